import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evalConstraint, failingTerms, formatConstraint, minGoVersion, parseExpr } from '../core/load/constraint.ts';
import { importDir } from '../core/load/directory.ts';
import { readGoInfo } from '../core/load/head.ts';
import { collectDeps, goJson, packageJson } from '../core/load/list.ts';
import { loadSteps } from '../core/load/load.ts';
import { createLoader, type Loader } from '../core/load/loader.ts';
import { parseModFile, parseWorkFile } from '../core/load/modfile.ts';
import type { ModuleEnv } from '../core/load/modules.ts';
import { packageList } from '../core/load/package.ts';
import { matchPattern } from '../core/load/pattern.ts';
import { exclusionText, portsText, portsWith } from '../core/load/standing.ts';
import { defaultTarget, tagMatcher } from '../core/load/target.ts';
import { compareGoVersion, compareSemver } from '../core/load/version.ts';
import type { DirEntry, FileSystem } from '../core/source/files.ts';
import { nodeFiles } from '../server/node-files.ts';
import { goTest } from './go.ts';
import { gospect as run } from './gospect.ts';

const gospect = async (args: string[], cwd: string, env: Record<string, string>) =>
  (await run(args, cwd, { ...process.env, ...env })).out;

function goOutput(go: string, args: string[], cwd: string, env: Record<string, string>): string {
  const options = {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: 'pipe',
  } as const;
  return execFileSync(go, args, options);
}

/** The file of a test's program lies in go's cache, under a name made from what it says. */
function withoutTestMains(json: string): string {
  return json.replace(/"[^"]*-d"/g, '"_testmain.go"');
}

/** Errors below a package come in an order of go's that varies from run to run. */
function sortedErrors(json: string): string {
  return json.replace(/"DepsErrors": \[\n([\s\S]*?)\n\t\]/g, (_, body: string) =>
    body
      .replace(/,$/gm, '')
      .split(/(?<=^\t\t\})\n/m)
      .sort()
      .join('\n'),
  );
}

const fields =
  `Dir,ImportPath,Name,Standard,Root,Module,GoFiles,CgoFiles,IgnoredGoFiles,SFiles,HFiles,CFiles,EmbedPatterns,
EmbedFiles,TestGoFiles,XTestGoFiles,Imports,ImportMap,Deps,DepsErrors,Error,Incomplete,Match,DepOnly`.replace('\n', '');

describe('list -deps -json', () => {
  const targets = ['linux/amd64', 'windows/arm64', 'js/wasm', 'darwin/arm64', 'linux/386', 'plan9/amd64'];
  for (const target of targets) {
    goTest(
      `std on ${target} as go list has it`,
      async ({ go, goroot }) => {
        const [GOOS, GOARCH] = target.split('/');
        const env = { GOOS, GOARCH, GOFLAGS: '', GOROOT: goroot };
        const args = ['-deps', `-json=${fields}`, 'std'];
        expect(await gospect(['list', ...args], tmpdir(), env)).toBe(
          goOutput(go, ['list', '-e', ...args], tmpdir(), env),
        );
      },
      300_000,
    );
  }

  goTest(
    'cmd with cgo off and with tags, as go list has it',
    async ({ go, goroot }) => {
      for (const [env, tags] of [
        [{ CGO_ENABLED: '0' }, []],
        [{ CGO_ENABLED: '1' }, ['-tags=netgo,purego']],
      ] as [Record<string, string>, string[]][]) {
        const all = { ...env, GOFLAGS: '', GOROOT: goroot };
        const args = ['-deps', ...tags, `-json=${fields}`, 'cmd'];
        expect(await gospect(['list', ...args], tmpdir(), all)).toBe(
          goOutput(go, ['list', '-e', ...args], tmpdir(), all),
        );
      }
    },
    300_000,
  );

  goTest(
    'test variants, as go list has them',
    async ({ go, goroot }) => {
      for (const args of [['-deps', `-json=${fields},ForTest,TestImports,XTestImports`], []]) {
        const all = ['-test', ...args, 'bytes', 'embed', 'net/http', 'cmd/go'];
        expect(await gospect(['list', ...all], tmpdir(), { GOFLAGS: '', GOROOT: goroot })).toBe(
          withoutTestMains(goOutput(go, ['list', '-e', ...all], tmpdir(), { GOFLAGS: '', GOROOT: goroot })),
        );
      }
    },
    300_000,
  );

  goTest(
    'packages with every kind of fault, as go list has them',
    async ({ go, goroot }) => {
      const dir = mkdtempSync(path.join(tmpdir(), 'gospect-faults-'));
      try {
        for (const [name, text] of Object.entries(faults)) {
          mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
          writeFileSync(path.join(dir, name), text);
        }
        symlinkSync('nowhere', path.join(dir, 'a/broken.go'));
        symlinkSync('../b', path.join(dir, 'linkdir'));
        const env = { GOFLAGS: '', GOROOT: goroot, GOWORK: 'off' };
        for (const patterns of [
          ['./...'],
          ['all'],
          ['./nosuch'],
          ['nosuch/x'],
          ['./empty'],
          ['a/a.go'],
          ['./sub'],
          ['fmt/...'],
          ['-test', './...'],
          ['-test', 'a/a.go', 'a/a_test.go'],
        ]) {
          const args = ['-deps', `-json=${fields}`, ...patterns];
          expect(sortedErrors(await gospect(['list', '-e', ...args], dir, env)), patterns.join(' ')).toBe(
            sortedErrors(withoutTestMains(goOutput(go, ['list', '-e', ...args], dir, env))),
          );
        }
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
    300_000,
  );
});

const faults: Record<string, string> = {
  'go.mod': 'module example.com/bad\n\ngo 1.24\n',
  'a/a.go': 'package a\n\nimport (\n\t"fmt"\n\t"example.com/bad/b"\n\t"nosuch"\n\t"example.com/missing/x"\n)\n',
  'b/b.go': 'package b\n\nimport "example.com/bad/c"\n',
  'c/c.go': 'package c\n\nimport "example.com/bad/b"\n',
  'syntax1/s.go': 'package syn\n\nimport "fmt\n\nfunc f() {}\n',
  'syntax2/s.go': 'package\n\nimport "fmt"\n',
  'syntax3/s.go': 'func main() {}\n',
  'syntax4/s.go': 'package p\nimport fmt\n',
  'syntax5/s.go': 'package p\nimport (\n"fmt"\n"os" "io"\n)\n',
  'syntax6/s.go': 'package p; import "a b"\n',
  'syntax7/s.go': '',
  'syntax8/s.go': 'package p\x00\n',
  'syntax9/s.go': 'package p\nimport "fmt" @ \n',
  'syntax10/s.go': '/* unterminated\npackage p\n',
  'syntax11/s.go': 'package p\nimport “fmt”\n',
  'syntax12/s.go': 'package 12\n',
  'two/a.go': 'package x\n',
  'two/b.go': 'package y\n',
  'out/a_windows.go': 'package out\n',
  'out/b.go': '//go:build ignore\n\npackage main\n',
  'constraint1/a.go': '//go:build linux &&\n\npackage badc\n',
  'onlytest/a_test.go': 'package onlytest\n',
  'xtest/a_test.go': 'package xtest_test\n',
  'xtest/a.go': 'package xtest\n',
  'cgo/a.go': 'package cgo\n\n/*\n#cgo LDFLAGS: -lm\n#cgo windows CFLAGS: -DX\n*/\nimport "C"\n',
  'cfiles/a.c': 'int x;\n',
  'cfiles/a.go': 'package cfiles\n',
  'embed1/a.go': 'package emb\n\nimport _ "embed"\n\n//go:embed a.txt missing*.txt\nvar s string\n',
  'embed1/a.txt': 'x',
  'embed2/a.go': 'package emb2\n\nimport "embed"\n\n//go:embed d "e f.txt" all:h\nvar s embed.FS\n',
  'embed2/d/x.txt': '1',
  'embed2/d/.hidden': '',
  'embed2/e f.txt': '',
  'embed2/h/_x': '',
  'embed2/h/.y/z': '',
  'embed3/a.go': 'package emb3\n\nimport "embed"\n\n//go:embed ../x\nvar s embed.FS\n',
  'internals/a.go': 'package internals\n\nimport _ "cmd/internal/obj"\nimport _ "internal/abi"\n',
  'vendored/a.go':
    'package vendored\n\nimport _ "golang.org/x/net/http/httpguts"\nimport _ "vendor/golang.org/x/net/dns/dnsmessage"\n',
  'prog/m.go': 'package main\n\nfunc main() {}\n',
  'useprog/m.go': 'package useprog\n\nimport _ "example.com/bad/prog"\n',
  'relative/m.go': 'package relative\n\nimport _ "./x"\nimport _ "../b"\n',
  'self/m.go': 'package self\n\nimport _ "example.com/bad/self"\n',
  'at/a.go': 'package at\nimport _ "fmt@v1"\nimport _ "mod/x"\n',
  'sub/go.mod': 'module example.com/sub\n',
  'sub/s.go': 'package sub\n',
  'usesub/a.go': 'package usesub\nimport _ "example.com/bad/sub"\n',
  'testdata/x/x.go': 'package x\n',
  'a/a_test.go': 'package a\n\nimport "testing"\n',
  'tested/a.go': 'package tested\n',
  'tested/a_test.go': 'package tested\n\nimport _ "example.com/bad/nothere"\nimport _ "testing"\n',
  'cycle/a.go': 'package cycle\n',
  'cycle/a_test.go': 'package cycle\n\nimport _ "example.com/bad/cycle/user"\n',
  'cycle/user/u.go': 'package user\n\nimport _ "example.com/bad/cycle"\n',
  'cycle/x_test.go': 'package cycle_test\n\nimport _ "example.com/bad/cycle"\nimport _ "example.com/bad/prog"\n',
  'testembed/a_test.go': 'package testembed\n\nimport _ "embed"\n\n//go:embed nothing\nvar s string\n',
  'prog/m_test.go': 'package main\n\nimport "testing"\n\nfunc Test(*testing.T) {}\n',
  'usetestdata/a.go': 'package usetestdata\nimport _ "example.com/bad/testdata/x"\n',
  'empty/readme.txt': '',
  'plus/a.go': '// +build linux,!cgo darwin\n// +build amd64\n\npackage plus\n',
  'plus/b.go': '/* c */\n\n// +build ignore\n\npackage plus\n',
  'bom/a.go': '\ufeffpackage bom\nimport _ "fmt"\n',
  'crlf/a.go': 'package crlf\r\nimport (\r\n\t"fmt"\r\n)\r\n',
  'documentation/a.go': 'package documentation\n',
  'documentation/b.go': 'package doc\n',
  'asm/a.s': 'TEXT\n',
  'asm/a.go': 'package asm\n',
  'asm/b_arm64.s': 'x',
  'asm/c.S': 'x',
  'asm/d.h': '//go:build ignore\n\n',
};

goTest("what is wrong with a go.mod or go.work, in the go command's words", async ({ go, goroot }) => {
  const cases: [string, string][] = [
    ['go.mod', 'module n\n\ngo 1.99\n'],
    ['go.mod', 'module n\n\ngo 1.24\n\nfoo bar\nrequire x\n'],
    ['go.mod', 'module n\ngo x\n'],
    ['go.mod', 'go 1.24\n'],
    ['go.mod', 'module n\ngo 1.24\ngo 1.25\nmodule m\n exclude a.b v2.0.0\nrequire a.b/v2 v1.0.0'],
    ['go.mod', 'module n\n "unterminated\n'],
    ['go.mod', 'module n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d\n\tgopkg.in/x.v2 v1.0.0\n)\n'],
    ['go.mod', 'module n\nreplace a => b\n'],
    ['go.work', 'go 1.24\nuse ./x\nfoo\n'],
    ['go.work', 'go 1.24\nuse ./x\n'],
  ];
  for (const [name, text] of cases) {
    const dir = mkdtempSync(path.join(tmpdir(), 'gospect-mod-'));
    try {
      writeFileSync(path.join(dir, name), text);
      writeFileSync(path.join(dir, 'n.go'), 'package n\n');
      const env = { ...process.env, GOFLAGS: '', GOROOT: goroot, GOTOOLCHAIN: 'local', GOPROXY: 'off' };
      const { err } = await run(['list', '.'], dir, env);
      const theirs = spawnSync(go, ['list', '.'], { cwd: dir, env, encoding: 'utf8' });
      expect(err, text).toBe(theirs.stderr);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
});

goTest('ports as go tool dist list has them', async ({ go, goroot }) => {
  for (const json of [[], ['-json']])
    expect(await gospect(['ports', ...json], tmpdir(), {})).toBe(
      goOutput(go, ['tool', 'dist', 'list', ...json], tmpdir(), { GOROOT: goroot }),
    );
});

describe('build constraints', () => {
  const expr = (text: string) => {
    const p = parseExpr(text);
    if (!p.ok) throw new Error(p.message);
    return p.expr;
  };
  test('the terms that fail', () => {
    const has = (t: string): boolean => t === 'linux' || t === 'cgo';
    const terms = (text: string): string[] => failingTerms(expr(text), has).map(t => (t.negated ? '!' : '') + t.tag);
    expect(terms('windows && linux')).toEqual(['windows']);
    expect(terms('windows || darwin')).toEqual(['windows', 'darwin']);
    expect(terms('linux && !cgo')).toEqual(['!cgo']);
    expect(terms('!(linux && cgo)')).toEqual(['!linux', '!cgo']);
    expect(terms('linux')).toEqual([]);
  });
  test('the least release they imply', () => {
    const least = (text: string): number => minGoVersion(expr(text));
    expect(least('linux && go1.22')).toBe(22);
    expect(least('(linux && go1.22) || (windows && go1.20)')).toBe(20);
    expect(least('linux || (windows && go1.22)')).toBe(-1);
    expect(least('!go1.22')).toBe(-1);
    expect(least('go1')).toBe(0);
  });
  const tree = fc.letrec(tie => ({
    x: fc.oneof(
      { depthSize: 'small' },
      fc.record({ op: fc.constant('tag' as const), tag: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ op: fc.constant('and' as const), x: tie('x'), y: tie('x') }),
      fc.record({ op: fc.constant('or' as const), x: tie('x'), y: tie('x') }),
    ),
  })).x;
  test('what is printed parses to the same', () => {
    fc.assert(
      fc.property(tree, fc.subarray(['a', 'b', 'c']), (x, on) => {
        const has = (t: string): boolean => on.includes(t);
        const c = x as Parameters<typeof evalConstraint>[0];
        const value = evalConstraint(c, has);
        expect(evalConstraint(expr(formatConstraint(c)), has)).toBe(value);
        expect(failingTerms(c, has).length === 0).toBe(value);
      }),
    );
  });
  test('why a file is out is data', () => {
    const rules = {
      has: tagMatcher({
        goos: 'linux',
        goarch: 'amd64',
        level: 'v3',
        compiler: 'gc',
        cgo: false,
        instrument: '',
        tags: [],
        release: 26,
        experiments: [],
        buildmode: 'default',
      }),
      cgo: false,
      useAllFiles: false,
      anyTags: false,
      complete: true,
    };
    const files: Record<string, string> = {
      'a_windows_arm64.go': 'package p\n',
      'b.go': '// Copyright\n\n//go:build go1.99 || amd64.v4\n\npackage p\n',
      'c.go': 'package p\n\nimport "C"\n',
      'd.go': '//go:build amd64.v3 && unix\n\npackage p\n',
    };
    const fs = {
      readFile: (p: string) => new TextEncoder().encode(files[p.slice(3)]),
      readDir: () => Object.keys(files).map(name => ({ name, kind: 'file' as const })),
      stat: () => 'file' as const,
    };
    const p = importDir(fs, '/p', rules);
    expect(p.goFiles).toEqual(['d.go']);
    expect(p.excluded).toEqual([
      {
        name: 'a_windows_arm64.go',
        exclusion: {
          why: 'suffix',
          failing: [
            { tag: 'windows', negated: false },
            { tag: 'arm64', negated: false },
          ],
        },
      },
      {
        name: 'b.go',
        exclusion: {
          why: 'constraint',
          text: '//go:build go1.99 || amd64.v4',
          line: 3,
          failing: [
            { tag: 'go1.99', negated: false },
            { tag: 'amd64.v4', negated: false },
          ],
        },
      },
      { name: 'c.go', exclusion: { why: 'cgo' } },
    ]);
    expect(p.excluded.map(f => exclusionText(f.exclusion))).toEqual([
      'its name says windows and arm64',
      'line 3 says go:build go1.99 || amd64.v4, and go1.99 does not hold, amd64.v4 does not hold',
      'it imports "C", and cgo is off',
    ]);
    const linux = defaultTarget('linux', 'amd64', 26, [], true);
    expect(portsWith(fs, '/p', 'a_windows_arm64.go', linux)).toEqual(['windows/arm64']);
    expect(portsText(portsWith(fs, '/p', 'd.go', { ...linux, level: 'v3' }))).toBe('');
    expect(portsText(['plan9/386', 'plan9/amd64', 'plan9/arm', 'linux/386'])).toBe('plan9, linux/386');
  });
});

test('package patterns', () => {
  const cases: [string, string[], string[]][] = [
    ['./...', ['.', './a', './a/b', './a/vendor'], ['./vendor/x', './a/vendor/x', 'a']],
    ['net/...', ['net', 'net/http', 'net/http/internal'], ['netchan', 'net/vendor/x']],
    ['./vendor/...', ['./vendor', './vendor/x'], ['./vendor/x/vendor/y', './vendors']],
    ['...', ['a', 'a/b'], ['vendor/x', 'a/vendor/b']],
    ['a...b', ['ab', 'axb', 'ax/b'], ['abc', 'a']],
    ['net...', ['net', 'netchan', 'net/http'], ['ne']],
    ['x/.../y', ['x/y/y', 'x/a/b/y'], ['x/y']],
  ];
  for (const [pattern, yes, no] of cases) {
    const match = matchPattern(pattern);
    for (const name of yes) expect(match(name), `${pattern} ${name}`).toBe(true);
    for (const name of no) expect(match(name), `${pattern} ${name}`).toBe(false);
  }
});

test('versions in order', () => {
  const go = ['bad', '1.20', '1.21', '1.21rc1', '1.21.0', '1.21.1', '1.22rc2', '1.22.0'];
  for (let i = 1; i < go.length; i++) expect(compareGoVersion(go[i - 1], go[i]), go[i]).toBe(-1);
  expect(compareGoVersion('1.20', '1.20.0')).toBe(0);
  const sem = [
    'bad',
    'v0.0.0-2019',
    'v0.0.0',
    'v1.0.0-alpha',
    'v1.0.0-alpha.1',
    'v1.0.0-beta.2',
    'v1.0.0-beta.11',
    'v1.0.0',
    'v10.0.0',
  ];
  for (let i = 1; i < sem.length; i++) expect(compareSemver(sem[i - 1], sem[i]), sem[i]).toBe(-1);
  expect(compareSemver('v2.0.0+incompatible', 'v2.0.0')).toBe(0);
});

test('go.mod, all directives', () => {
  const f = parseModFile(
    new TextEncoder().encode(`// Deprecated: use
// something else.
module "example.com/m"

go 1.24.1
toolchain go1.25.0
godebug default=go1.23
require example.com/a v1.2.3 // indirect
require (
	example.com/b/v2 v2.0.0
	example.com/c v3.0.0+incompatible // indirect; for tests
)
exclude example.com/a v1.2.4
replace example.com/a v1.2.3 => ../a
replace example.com/b/v2 => example.com/fork v1.0.0
// broken
retract [v1.0.0, v1.0.5]
retract v1.1.0 // by mistake
tool example.com/c/cmd
ignore ./node_modules
`),
  );
  expect(f.errors).toEqual([]);
  expect(f).toMatchObject({
    module: 'example.com/m',
    deprecated: 'use something else.',
    go: '1.24.1',
    toolchain: 'go1.25.0',
    require: [
      { path: 'example.com/a', version: 'v1.2.3', indirect: true },
      { path: 'example.com/b/v2', version: 'v2.0.0', indirect: false },
      { path: 'example.com/c', version: 'v3.0.0+incompatible', indirect: true },
    ],
    exclude: [{ path: 'example.com/a', version: 'v1.2.4' }],
    retract: [
      { low: 'v1.0.0', high: 'v1.0.5', rationale: 'broken' },
      { low: 'v1.1.0', high: 'v1.1.0', rationale: 'by mistake' },
    ],
    tool: ['example.com/c/cmd'],
    ignore: ['./node_modules'],
  });
});

test('any bytes as a go.mod, go.work or Go file give an answer', () => {
  const words = fc.constantFrom(
    'module',
    'go',
    'require',
    '(',
    ')',
    '\n',
    ' ',
    'v1.2.3',
    '"',
    '`',
    '//',
    '/*',
    '=>',
    '1.2',
    'import',
    'package',
    'p',
    ';',
    '\\',
    '\0',
    '[',
    ',',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(words, { maxLength: 60 }).map(w => new TextEncoder().encode(w.join(' '))),
    fc.array(words, { maxLength: 60 }).map(w => new TextEncoder().encode(w.join(''))),
  );
  fc.assert(
    fc.property(bytes, b => {
      parseModFile(b);
      parseModFile(b, true);
      parseWorkFile(b);
      readGoInfo(b);
    }),
    { numRuns: 2000 },
  );
});

test('loading after a change is loading afresh', () => {
  const files = new Map<string, Uint8Array>();
  const put = (name: string, text: string): void => void files.set(`/m/${name}`, new TextEncoder().encode(text));
  // Listings and kinds as of now, bytes the same objects until they change: what a session offers.
  const fs: FileSystem = {
    readFile: p => files.get(p) ?? null,
    readDir(dir) {
      const out = new Map<string, DirEntry>();
      for (const f of files.keys()) {
        if (!f.startsWith(`${dir}/`)) continue;
        const [name, ...rest] = f.slice(dir.length + 1).split('/');
        out.set(name, { name, kind: rest.length > 0 ? 'dir' : 'file' });
      }
      return out.size === 0 ? null : [...out.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    stat: p => (files.has(p) ? 'file' : [...files.keys()].some(f => f.startsWith(`${p}/`)) ? 'dir' : null),
  };
  const env: ModuleEnv = {
    fs,
    cwd: '/m',
    goroot: '/go',
    gomodcache: '/cache',
    go111module: '',
    gowork: 'off',
    mod: '',
    modfile: '',
    goVersion: '1.26.0',
  };
  const target = defaultTarget('linux', 'amd64', 26, [], false);
  const options = { embed: true, tests: false, anyTags: false, complete: true, pgo: 'off' };
  const load = (previous: Loader | null): { loader: Loader; text: string } => {
    const loader = createLoader(env, target, options, previous);
    const steps = loadSteps(loader, ['./...']);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const list = packageList(step.value.roots);
    const collected = collectDeps(list, true);
    const text = list.map(p => goJson(packageJson(loader, p, collected, false, () => true))).join('\n');
    return { loader, text: text + step.value.fatal.join() };
  };
  put('go.mod', 'module m\n\ngo 1.24\n');
  put('a/a.go', 'package a\n\nimport "m/b"\n');
  put('b/b.go', 'package b\n');
  let { loader } = load(null);
  const edit = fc.record({
    name: fc.constantFrom('a/a.go', 'a/x_windows.go', 'b/b.go', 'b/b_test.go', 'c/c.go', 'go.mod'),
    text: fc.constantFrom(
      'package a\n',
      'package b\n\nimport "m/a"\n',
      'package c\nimport "m/b"; import "m/nosuch"\n',
      '//go:build windows\n\npackage b\n',
      'module m\n\ngo 1.22\n',
      'module n\n',
      null,
    ),
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 8 }), edits => {
      for (const { name, text } of edits) {
        if (text === null) files.delete(`/m/${name}`);
        else put(name, text);
        const next = load(loader);
        expect(next.text).toBe(load(null).text);
        loader = next.loader;
      }
    }),
    { numRuns: 200 },
  );
});

test('a file system that was asked once stays as it was', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'gospect-files-'));
  try {
    const at = dir.replaceAll('\\', '/');
    writeFileSync(path.join(dir, 'a.go'), 'package a\n');
    const overlay = new Map<string, Uint8Array | null>([
      [`${at}/b.go`, new TextEncoder().encode('package b\n')],
      [`${at}/a.go`, null],
    ]);
    const fs = nodeFiles(overlay);
    expect(fs.readDir(at)).toEqual([{ name: 'b.go', kind: 'file' }]);
    expect(fs.stat(`${at}/a.go`)).toBe(null);
    writeFileSync(path.join(dir, 'c.go'), '');
    expect(fs.readDir(at)?.length).toBe(1);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
