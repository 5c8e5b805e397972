/**
 * Changes to a module, its environment or the flags, and what the next build makes of them. Modules are small, and those
 * whose scenarios change what every package is built with import nothing, so that no standard library is built again.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';

/** Where a scenario takes place. */
export interface Stage {
  /** The module's folder. */
  dir: string;
  /** A folder beside it. */
  beside: string;
  env: Record<string, string>;
  /** The folder of go's build cache. */
  cache: string;
  /** The cache keys of the last build by name. */
  sums(): Map<string, string>;
  edit(name: string, text: string | ((old: string) => string)): void;
  remove(name: string): void;
}

export interface Scenario {
  name: string;
  /** Applies the change; returns the flags of the next build. What it returns as `cwd` is where that is made. */
  change(stage: Stage): string[] | { flags?: string[]; cwd: string } | void;
  /**
   * By package: the inputs that changed, `absent`, `new`, `forced`, or `depends` with what on; then, after `→`, what
   * the build did where that could not be said for certain. Packages not named are kept.
   */
  expected: Record<string, string>;
  /** Words that the report must have. */
  says?: RegExp;
  /** Why this cannot be tried here, or ''. */
  lacks?(): string;
}

export interface Group {
  name: string;
  files: Record<string, string>;
  packages: string[];
  env?: Record<string, string>;
  /** Once, after the files are written. */
  prepare?(stage: Stage): void;
  scenarios: Scenario[];
}

const sh = (stage: Stage, program: string, ...args: string[]): string =>
  execFileSync(program, args, {
    cwd: stage.dir,
    env: { ...process.env, ...stage.env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const has = (program: string): string => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return `needs ${program}`;
  }
};
const flags = (...list: string[]) => list;
const entry = (stage: Stage, pkg: string, kind: 'a' | 'd'): string => {
  const sum = stage.sums().get(`build ${pkg}`)!;
  const action = path.join(stage.cache, sum.slice(0, 2), `${sum}-a`);
  if (kind === 'a') return action;
  const output = fs.readFileSync(action, 'utf8').split(' ')[2];
  return path.join(stage.cache, output.slice(0, 2), `${output}-d`);
};
const script = (file: string, text: string): string => {
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
};

/** A profile for optimisation in pprof's format: y.G calls x.F, seen `count` times. */
function pgoProfile(count: number): Buffer {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
  const field = (n: number, bytes: number[]): number[] => [...varint((n << 3) | 2), ...varint(bytes.length), ...bytes];
  const int = (n: number, x: number): number[] => [...varint(n << 3), ...varint(x)];
  const strings = ['', 'samples', 'count', 'cpu', 'nanoseconds', 'example.com/l/y.G', 'example.com/l/x.F', 'x.go'];
  return Buffer.from([
    ...field(1, [...int(1, 1), ...int(2, 2)]),
    ...field(1, [...int(1, 3), ...int(2, 4)]),
    ...field(2, [...field(1, [2, 1]), ...field(2, [...varint(count), ...varint(100)])]),
    ...field(4, [...int(1, 1), ...field(4, [...int(1, 1), ...int(2, 5)])]),
    ...field(4, [...int(1, 2), ...field(4, [...int(1, 2), ...int(2, 3)])]),
    ...field(5, [...int(1, 1), ...int(2, 5), ...int(3, 5), ...int(4, 7), ...int(5, 3)]),
    ...field(5, [...int(1, 2), ...int(2, 6), ...int(3, 6), ...int(4, 7), ...int(5, 3)]),
    ...strings.flatMap(s => field(6, [...Buffer.from(s)])),
  ]);
}

const x = 'example.com/l/x';
const y = 'example.com/l/y';
/** What every package is built with changed: both are built, and y's key waits for x too. */
const everywhere = (what: string): Record<string, string> => ({ [x]: what, [y]: `${what} | ${x} → rebuilt` });

const library: Group = {
  name: 'packages that import nothing of the library',
  packages: ['./...'],
  files: {
    'go.mod': 'module example.com/l\n\ngo 1.24\n',
    'x/x.go': 'package x\n\nfunc F() int { return g() }\n',
    'x/g.go': 'package x\n\nfunc g() int { return 1 }\n',
    'x/t.go': '//go:build tagged\n\npackage x\n\nfunc T() {}\n',
    'y/y.go': 'package y\n\nimport "example.com/l/x"\n\nfunc G() int { return x.F() }\n',
  },
  scenarios: [
    { name: 'nothing', change: () => {}, expected: {} },
    {
      name: 'a body that importers inline',
      change: s => s.edit('x/g.go', 'package x\n\nfunc g() int { return 41 }\n'),
      expected: { [x]: 'file g.go', [y]: `depends ${x} → rebuilt` },
    },
    {
      name: 'a body that importers do not see',
      change: s => s.edit('y/y.go', t => t.replace('x.F()', 'x.F() + 1')),
      expected: { [y]: 'file y.go' },
    },
    {
      name: 'an exported function more',
      change: s => s.edit('x/x.go', t => `${t}func More() {}\n`),
      expected: { [x]: 'file x.go', [y]: `depends ${x} → rebuilt` },
    },
    {
      name: 'the file and what it imports at once',
      change(s) {
        s.edit('x/g.go', 'package x\n\nfunc g() int { return 42 }\n');
        s.edit('y/y.go', t => `${t}func More() {}\n`);
      },
      expected: { [x]: 'file g.go', [y]: `file y.go | ${x} → rebuilt` },
    },
    {
      name: 'there and back again',
      change(s) {
        const before = fs.readFileSync(path.join(s.dir, 'x/g.go'), 'utf8');
        s.edit('x/g.go', 'package x\n\nfunc g() int { return 43 }\n');
        sh(s, 'go', 'build', './...');
        s.edit('x/g.go', before);
      },
      expected: {},
    },
    {
      name: 'a file renamed',
      change(s) {
        s.edit('x/h.go', fs.readFileSync(path.join(s.dir, 'x/g.go'), 'utf8'));
        s.remove('x/g.go');
      },
      // The name of the file is in the package's line tables, and those are in its output.
      expected: { [x]: 'file h.go, file g.go', [y]: `depends ${x} → rebuilt` },
    },
    {
      name: 'a file renamed to one for another system',
      change(s) {
        s.edit('x/x.go', 'package x\n\nfunc F() int { return 5 }\n');
        fs.renameSync(path.join(s.dir, 'x/g.go'), path.join(s.dir, 'x/g_plan9.go'));
      },
      expected: { [x]: 'file x.go, file g.go', [y]: `depends ${x} → rebuilt` },
    },
    {
      name: 'a build constraint that leaves a file out',
      change(s) {
        s.edit('x/x.go', 'package x\n\nfunc F() int { return 6 }\n');
        s.edit('x/g.go', t => `//go:build never\n\n${t}`);
      },
      expected: { [x]: 'file x.go, file g.go', [y]: `depends ${x} → rebuilt` },
      says: /g\.go is still there: its name or a build constraint leaves it out/,
    },
    {
      name: 'a build constraint that lets a file in',
      change: s => s.edit('x/t.go', t => t.replace('tagged', '!never')),
      expected: { [x]: 'file t.go', [y]: `depends ${x} → rebuilt` },
    },
    {
      name: 'a test file, test data, a README',
      change(s) {
        s.edit('x/x_test.go', 'package x\n');
        s.edit('x/testdata/a.go', 'package a\n');
        s.edit('x/README.md', 'words\n');
      },
      expected: {},
    },
    {
      name: 'a package more',
      change: s => s.edit('z/z.go', 'package z\n'),
      expected: { 'example.com/l/z': 'new' },
    },
    {
      name: 'a package gone',
      change: s => s.remove('y'),
      expected: {},
    },
    {
      name: 'a tag that lets a file in',
      change: () => flags('-tags=tagged'),
      expected: { [x]: 'file t.go', [y]: `depends ${x} → kept` },
    },
    { name: 'a tag that nobody asks for', change: () => flags('-tags=nobody'), expected: {} },
    { name: '-race', change: () => flags('-race'), expected: everywhere('flag -race'), lacks: () => has('gcc') },
    { name: '-cover', change: () => flags('-cover'), expected: everywhere('tool cover, flag -cover') },
    { name: '-gcflags of all', change: () => flags('-gcflags=all=-N'), expected: everywhere('flag -gcflags -N') },
    {
      name: '-gcflags of one package',
      change: () => flags('-gcflags=example.com/l/y=-d=ssa/check/on=0'),
      expected: { [y]: 'flag -gcflags -d' },
    },
    { name: '-buildmode=pie', change: () => flags('-buildmode=pie'), expected: everywhere('flag -shared') },
    {
      name: '-trimpath',
      change: () => flags('-trimpath'),
      expected: everywhere('flag -trimpath, module example.com/l, folder folder'),
    },
    {
      name: 'GOFLAGS',
      change(s) {
        s.env['GOFLAGS'] += ' -gcflags=all=-l';
      },
      expected: everywhere('flag -gcflags -l'),
    },
    {
      name: 'GOFLAGS of the file that go env -w writes',
      change(s) {
        s.env['GOENV'] = path.join(s.beside, 'env');
        fs.writeFileSync(s.env['GOENV'], 'GOFLAGS=-buildvcs=false -gcflags=all=-B\n');
        s.env['GOFLAGS'] = '';
      },
      expected: everywhere('flag -gcflags -B'),
    },
    {
      name: '-cover of one package',
      change: () => flags('-cover', '--coverpkg=example.com/l/y'),
      expected: { [y]: 'tool cover, flag -cover' },
    },
    {
      name: '-p and -v, which change nothing',
      change: () => flags('-p=1'),
      expected: {},
    },
    {
      name: 'an environment variable that nothing is built with',
      change(s) {
        s.env['GOGC'] = '50';
        s.env['EDITOR'] = 'ed';
      },
      expected: {},
    },
    {
      name: 'the level of the processor',
      change(s) {
        s.env['GOAMD64'] = 'v3';
      },
      expected: everywhere('environment GOAMD64'),
    },
    {
      name: 'an experiment of the toolchain',
      change(s) {
        s.env['GOEXPERIMENT'] = 'nogreenteagc';
      },
      expected: everywhere('tool compile, environment GOEXPERIMENT'),
    },
    {
      name: 'a variable for debugging the compiler',
      change(s) {
        s.env['GOCLOBBERDEADHASH'] = '0';
      },
      expected: everywhere('environment GOCLOBBERDEADHASH'),
    },
    {
      name: 'another target',
      change: () => flags('--target=windows/arm64'),
      expected: everywhere('target GOOS/GOARCH, environment GOARM64, environment GOAMD64'),
    },
    {
      name: 'another compiler',
      change: s => {
        const tool = script(
          path.join(s.beside, 'tool'),
          'if [ "$2" = -V=full ]; then "$@" | sed "s/$/ patched/"; else exec "$@"; fi',
        );
        return flags(`-toolexec=${tool}`);
      },
      expected: everywhere('tool compile'),
      lacks: () => (process.platform === 'win32' ? 'needs a shell for a stand-in of a tool' : ''),
    },
    {
      name: 'another release of Go',
      change(s) {
        s.env['GOTOOLCHAIN'] = otherToolchain();
      },
      expected: everywhere('release Go, tool compile'),
      lacks: () => (otherToolchain() === '' ? 'needs a second toolchain ≥ 1.24 in the module cache' : ''),
    },
    {
      name: 'the go line of go.mod',
      change: s => s.edit('go.mod', t => t.replace('1.24', '1.23')),
      expected: everywhere('module go directive'),
    },
    {
      name: 'a folder that was moved',
      change(s) {
        const cwd = path.join(s.beside, 'moved');
        fs.cpSync(s.dir, cwd, { recursive: true });
        return { cwd };
      },
      expected: everywhere('folder folder'),
    },
    {
      name: 'the folder reached through a link',
      change(s) {
        const cwd = path.join(s.beside, 'link');
        fs.symlinkSync(s.dir, cwd);
        return { cwd };
      },
      expected: {},
      lacks: () => (process.platform === 'win32' ? 'needs links' : ''),
    },
    {
      name: 'a folder of the module that was renamed, and who imports it',
      change(s) {
        fs.renameSync(path.join(s.dir, 'x'), path.join(s.dir, 'z'));
        s.edit('y/y.go', t => t.replace('example.com/l/x', 'example.com/l/z'));
      },
      expected: {
        'example.com/l/z': 'new',
        [y]: `file y.go, import example.com/l/z, import ${x} | example.com/l/z → rebuilt`,
      },
    },
    {
      name: 'the toolchain line of go.mod, with the same toolchain',
      change: s => s.edit('go.mod', t => `${t}\ntoolchain go1.24.0\n`),
      expected: {},
    },
    {
      name: 'line ends of another system',
      change: s => s.edit('x/g.go', t => t.replaceAll('\n', '\r\n')),
      expected: { [x]: 'file g.go', [y]: `depends ${x} → kept` },
    },
    {
      name: 'what a generator wrote, and what it wrote before',
      change(s) {
        const made = fs.readFileSync(path.join(s.dir, 'x/g.go'), 'utf8');
        s.edit('x/g.go', '// Code generated by gen. DO NOT EDIT.\n\npackage x\n\nfunc g() int { return 9 }\n');
        s.edit('x/g.go', made);
      },
      expected: {},
    },
    {
      name: 'a profile for optimisation',
      change(s) {
        fs.writeFileSync(path.join(s.beside, 'cpu.pgo'), pgoProfile(10 + (Date.now() % 1_000_000)));
        return flags(`-pgo=${path.join(s.beside, 'cpu.pgo')}`);
      },
      expected: {
        [x]: 'profile PGO profile | the prepared PGO profile → rebuilt',
        [y]: `profile PGO profile | ${x}, the prepared PGO profile → rebuilt`,
      },
    },
    {
      name: 'a file replaced by -overlay',
      change(s) {
        const other = path.join(s.beside, 'g.go');
        fs.writeFileSync(other, 'package x\n\nfunc g() int { return 44 }\n');
        const overlay = path.join(s.beside, 'overlay.json');
        fs.writeFileSync(overlay, JSON.stringify({ Replace: { [path.join(s.dir, 'x/g.go')]: other } }));
        return flags(`-overlay=${overlay}`);
      },
      expected: { [x]: 'file g.go', [y]: `depends ${x} → rebuilt` },
    },
    {
      name: 'a workspace around it',
      change: s => s.edit('go.work', 'go 1.24\n\nuse .\n'),
      expected: {},
    },
    {
      name: '-a',
      change: () => flags('-a'),
      expected: { [x]: 'forced', [y]: 'forced' },
    },
    {
      name: 'an entry gone from the cache',
      change: s => fs.rmSync(entry(s, x, 'a')),
      expected: { [x]: 'absent', [y]: `depends ${x} → kept` },
      says: /no longer in the cache/,
    },
    {
      name: 'an entry that is cut off',
      change: s => fs.truncateSync(entry(s, x, 'a'), 20),
      expected: { [x]: 'absent', [y]: `depends ${x} → kept` },
      says: /its entry in the cache is damaged/,
    },
    {
      name: 'an output gone from the cache',
      change: s => fs.rmSync(entry(s, y, 'd')),
      expected: { [y]: 'absent' },
      says: /its output is gone from the cache/,
    },
    {
      name: 'an output that is cut off',
      change: s => fs.truncateSync(entry(s, y, 'd'), 100),
      expected: { [y]: 'absent' },
      says: /has 100 bytes instead of \d+/,
    },
    {
      name: 'an output that was written over',
      change(s) {
        const file = entry(s, y, 'd');
        fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size, 'x'));
      },
      expected: { [y]: 'absent' },
      says: /its output in the cache is damaged/,
    },
    {
      name: 'an entry gone, and its importer changed',
      change(s) {
        fs.rmSync(entry(s, x, 'a'));
        s.edit('y/y.go', t => `${t}func Another() {}\n`);
      },
      expected: { [x]: 'absent', [y]: `file y.go | ${x} → rebuilt` },
    },
    {
      name: 'an entry gone, and its importer as it was once built',
      change(s) {
        const before = fs.readFileSync(path.join(s.dir, 'y/y.go'), 'utf8');
        s.edit('y/y.go', `${before}func Once() {}\n`);
        sh(s, 'go', 'build', './...');
        fs.rmSync(entry(s, x, 'a'));
      },
      // The input differs from the last recorded build, yet the cache has what comes of it.
      expected: { [x]: 'absent', [y]: `file y.go | ${x} → kept` },
    },
    {
      name: 'another cache',
      change(s) {
        s.env['GOCACHE'] = path.join(s.beside, 'cache');
      },
      expected: { [x]: 'absent', [y]: `depends ${x} → rebuilt` },
      says: /the cache is another one \(GOCACHE was/,
    },
  ],
};

/** A toolchain in the module cache of another release than the one on PATH, '' when there is none. */
function otherToolchain(): string {
  try {
    const [cache = '', version = ''] = execFileSync('go', ['env', 'GOMODCACHE', 'GOVERSION'], {
      encoding: 'utf8',
    }).split('\n');
    const names = fs
      .readdirSync(path.join(cache, 'golang.org'))
      .flatMap(n => /@v0\.0\.1-(go1\.\d+\.\d+)\./.exec(n)?.[1] ?? []);
    return names.find(n => n !== version && Number(n.split('.')[1]) >= 24) ?? '';
  } catch {
    return '';
  }
}

const a = 'example.com/m/a';
const b = 'example.com/m/b';
const main = 'example.com/m';

const program: Group = {
  name: 'a program',
  packages: ['.'],
  files: {
    'go.mod': 'module example.com/m\n\ngo 1.24\n',
    'main.go':
      'package main\n\nimport "example.com/m/a"\n\nvar version string\n\nfunc main() { println(version, a.F()) }\n',
    'a/a.go': 'package a\n\nimport "example.com/m/b"\n\nfunc F() int { return b.G() }\n',
    'a/e.go': 'package a\n\nimport "embed"\n\n//go:embed files\nvar files embed.FS\n',
    'a/files/one.txt': '1',
    'b/b.go': 'package b\n\nfunc G() int { return 1 + H() }\n',
    'b/h.go': 'package b\n\nfunc H() int { return h }\n',
    'b/h_tagged.go': '//go:build tagged\n\npackage b\n\nfunc init() { h = 2 }\n',
    'b/v.go': 'package b\n\nimport _ "embed"\n\n//go:embed text*.txt\nvar text string\n\nvar h = len(text)\n',
    'b/text one.txt': 'abc',
    'b/p_amd64.s': '#include "textflag.h"\n#include "p.h"\n\nTEXT ·unused(SB), NOSPLIT, $0-0\n\tRET\n',
    'b/p_arm64.s': '#include "textflag.h"\n\nTEXT ·unused(SB), NOSPLIT, $0-0\n\tRET\n',
    'b/p.h': '// a header of the assembler\n',
    'b/p.go': 'package b\n\nfunc unused()\n',
  },
  scenarios: [
    {
      name: 'a file touched only',
      change: s => fs.utimesSync(path.join(s.dir, 'b/b.go'), new Date(), new Date()),
      expected: {},
    },
    {
      name: 'a comment at the end',
      change: s => s.edit('b/b.go', t => `${t}// a comment\n`),
      expected: { [b]: 'file b.go', [a]: `depends ${b} → kept`, [main]: `depends ${a} → kept` },
      says: /depends on the output of example\.com\/m\/b; kept if that comes out as before/,
    },
    {
      name: 'a body',
      change: s => s.edit('b/h.go', 'package b\n\nfunc H() int { return h + 1 }\n'),
      expected: { [b]: 'file h.go', [a]: `depends ${b} → rebuilt`, [main]: `depends ${a} → rebuilt` },
    },
    {
      name: 'the main package',
      change: s => s.edit('main.go', t => t.replace('println(', 'println("x", ')),
      expected: { [main]: 'file main.go' },
    },
    {
      name: 'an empty file more',
      change: s => s.edit('b/new.go', 'package b\n'),
      expected: { [b]: 'file new.go', [a]: `depends ${b} → kept`, [main]: `depends ${a} → kept` },
    },
    {
      name: 'a file gone',
      change: s => s.remove('b/p.go'),
      expected: { [b]: 'file p.go', [a]: `depends ${b} → rebuilt`, [main]: `depends ${a} → kept` },
    },
    { name: 'a file that is out for this target', change: s => s.edit('b/p_arm64.s', t => `${t}\n`), expected: {} },
    {
      name: 'assembly',
      change: s => s.edit('b/p_amd64.s', t => t.replace('RET', 'NOP\n\tRET')),
      expected: { [b]: 'file p_amd64.s', [a]: `depends ${b} → rebuilt`, [main]: `depends ${a} → kept` },
    },
    {
      name: 'a header of the assembler',
      change: s => s.edit('b/p.h', '#define X 1\n'),
      expected: { [b]: 'file p.h', [a]: `depends ${b} → kept`, [main]: `depends ${a} → kept` },
    },
    {
      name: '-asmflags',
      change: () => flags(`-asmflags=${b}=-D=X=1`),
      expected: { [b]: 'flag -asmflags -D', [a]: `depends ${b} → kept`, [main]: `flag -asmflags | ${a} → rebuilt` },
    },
    {
      name: 'an embedded file',
      change: s => s.edit('b/text one.txt', 'abcd'),
      expected: { [b]: 'file text one.txt', [a]: `depends ${b} → rebuilt`, [main]: `depends ${a} → kept` },
    },
    {
      name: 'a file more in an embedded folder',
      change: s => s.edit('a/files/two.txt', 'x'),
      expected: { [a]: 'file files/two.txt', [main]: `depends ${a} → rebuilt` },
    },
    {
      name: 'a hidden file in an embedded folder, which is left out',
      change: s => s.edit('a/files/.three.txt', 'x'),
      expected: {},
    },
    {
      name: 'an import gone, and what only that needed',
      change: s => s.edit('a/a.go', 'package a\n\nfunc F() int { return 1 }\n'),
      expected: { [a]: `file a.go, import ${b}`, [main]: `depends ${a} → rebuilt` },
    },
    {
      name: 'an import more',
      change: s => s.edit('b/h.go', 'package b\n\nimport "errors"\n\nfunc H() int { _ = errors.New; return h }\n'),
      expected: { [b]: 'file h.go, import errors', [a]: `depends ${b} → rebuilt`, [main]: `depends ${a} → rebuilt` },
    },
    {
      name: 'a tag that lets a file in',
      change: () => flags('--tags=tagged'),
      expected: { [b]: 'file h_tagged.go', [a]: `depends ${b} → rebuilt`, [main]: `flag -tags | ${a} → rebuilt` },
    },
    { name: '-ldflags -X', change: () => flags('--ldflags=-X main.version=y'), expected: { [main]: 'flag -ldflags' } },
    {
      name: '-ldflags with spaces and quotes',
      change: () => flags(`--ldflags=-X 'main.version=y "z"'`),
      expected: { [main]: 'flag -ldflags' },
    },
    {
      name: 'a //go:debug line',
      change: s => s.edit('main.go', t => `//go:debug panicnil=1\n${t}`),
      expected: { [main]: 'file main.go, godebug panicnil' },
    },
    {
      name: 'a godebug line of go.mod',
      change: s => s.edit('go.mod', t => `${t}\ngodebug http2client=0\n`),
      expected: { [main]: 'godebug http2client' },
    },
    {
      name: 'a requirement that nothing imports',
      change: s => s.edit('go.mod', t => `${t}\nrequire example.com/unused v1.0.0\n`),
      expected: {},
    },
  ],
};

const c = 'example.com/c/c';
const cgo: Group = {
  name: 'cgo',
  packages: ['./c'],
  env: { CGO_ENABLED: '1' },
  files: {
    'go.mod': 'module example.com/c\n\ngo 1.24\n',
    'c/c.go':
      'package c\n\n// #cgo CFLAGS: -DA=1\n// #cgo pkg-config: lib\n// #include "c.h"\n// #include "../outside/o.h"\nimport "C"\n\nfunc F() int { return int(C.f()) + C.ONE }\n',
    'c/n.go': '//go:build !cgo\n\npackage c\n\nfunc F() int { return 0 }\n',
    'c/c.h': '#include "deep.h"\nint f(void);\n',
    'c/deep.h': '#define DEEP 1\n',
    'c/c.c': '#include "c.h"\nint f(void) { return A; }\n',
    'outside/o.h': '#define ONE 1\n',
  },
  prepare(s) {
    s.env['PKG_CONFIG'] = script(path.join(s.beside, 'pkg-config'), 'case "$1" in --cflags) echo -DB=1;; esac');
  },
  scenarios: [
    { name: 'a C file', change: s => s.edit('c/c.c', t => t.replace('A;', 'A + 1;')), expected: { [c]: 'file c.c' } },
    {
      name: 'a header beside it',
      change: s => s.edit('c/c.h', t => `${t}int g(void);\n`),
      expected: { [c]: 'file c.h' },
    },
    {
      name: 'a header that only a header includes',
      change: s => s.edit('c/deep.h', '#define DEEP 2\n'),
      expected: { [c]: 'file deep.h' },
    },
    {
      name: 'a header in another folder, which no key has',
      change: s => s.edit('outside/o.h', '#define ONE 2\n'),
      expected: {},
      says: /With cgo: example\.com\/c\/c\. C headers outside their folders and what pkg-config says are in no key/,
    },
    {
      name: 'a #cgo line',
      change: s => s.edit('c/c.go', t => t.replace('-DA=1', '-DA=2')),
      expected: { [c]: 'file c.go, cgo CFLAGS' },
    },
    {
      name: 'cgo off',
      change(s) {
        s.env['CGO_ENABLED'] = '0';
      },
      expected: { [c]: 'environment CGO_ENABLED, file n.go, import unsafe, import runtime/cgo, import syscall' },
      says: /CGO_ENABLED changed \(1 → 0\)/,
    },
    {
      name: 'what pkg-config says of a library, which no key has',
      change: s => void script(s.env['PKG_CONFIG'], 'case "$1" in --cflags) echo -DB=2;; esac'),
      expected: {},
      says: /With cgo: example\.com\/c\/c\./,
    },
    {
      name: 'CGO_LDFLAGS',
      change(s) {
        s.env['CGO_LDFLAGS'] = `-L${s.beside}`;
      },
      expected: { 'runtime/cgo': 'cgo LDFLAGS', [c]: 'cgo LDFLAGS | runtime/cgo → rebuilt' },
    },
    {
      name: 'CGO_CFLAGS',
      change(s) {
        s.env['CGO_CFLAGS'] = `-O1 -I${s.beside}`;
      },
      expected: { 'runtime/cgo': 'cgo CFLAGS', [c]: 'cgo CFLAGS | runtime/cgo → rebuilt' },
    },
    {
      name: 'another C compiler',
      change(s) {
        s.env['CC'] = script(path.join(s.beside, 'cc'), 'exec gcc "$@"');
      },
      expected: { 'runtime/cgo': 'environment CC', [c]: 'environment CC | runtime/cgo → rebuilt' },
    },
  ],
};

const dep = 'example.com/Dep';
const app = 'example.com/app';
/** Versions of a module as a module proxy in a folder has them. */
function proxy(stage: Stage, versions: Record<string, string>): void {
  const at = path.join(stage.beside, 'proxy/example.com/!dep/@v');
  fs.mkdirSync(at, { recursive: true });
  const mod = 'module example.com/Dep\n\ngo 1.24\n';
  for (const [version, source] of Object.entries(versions)) {
    const file = (name: string, text: string) => [`example.com/Dep@${version}/${name}`, Buffer.from(text)] as const;
    fs.writeFileSync(path.join(at, `${version}.info`), JSON.stringify({ Version: version }));
    fs.writeFileSync(path.join(at, `${version}.mod`), mod);
    fs.writeFileSync(
      path.join(at, `${version}.zip`),
      zipSync(Object.fromEntries([file('go.mod', mod), file('d.go', source)])),
    );
  }
  fs.writeFileSync(path.join(at, 'list'), Object.keys(versions).join('\n'));
}

const modules: Group = {
  name: 'modules',
  packages: ['./...'],
  files: {
    'go.mod': 'module example.com/app\n\ngo 1.24\n\nrequire example.com/Dep v1.0.0\n',
    'app.go': 'package app\n\nimport "example.com/Dep"\n\nfunc F() int { return dep.D() }\n',
  },
  env: { GOFLAGS: '-mod=mod -modcacherw', GOSUMDB: 'off', GONOSUMDB: '*' },
  prepare(s) {
    proxy(s, {
      'v1.0.0': 'package dep\n\nfunc D() int { return 1 }\n',
      'v1.1.0': 'package dep\n\nfunc D() int { return 2 }\n',
      'v1.2.0': 'package dep\n\nfunc D() int { return 1 }\n',
    });
    s.env['GOPROXY'] = `file://${path.join(s.beside, 'proxy')}`;
    s.env['GOMODCACHE'] = path.join(s.beside, 'pkg/mod');
  },
  scenarios: [
    {
      name: 'a newer version of a module',
      change: s => s.edit('go.mod', t => t.replace('v1.0.0', 'v1.1.0')),
      expected: { [dep]: `module ${dep}, file d.go`, [app]: `depends ${dep} → rebuilt` },
      says: /module example\.com\/Dep changed \(v1\.0\.0 → v1\.1\.0\)/,
    },
    {
      name: 'a newer version of a module, the same in this package',
      change: s => s.edit('go.mod', t => t.replace('v1.0.0', 'v1.2.0')),
      // Its folder is in its line tables, which are in its output.
      expected: { [dep]: `module ${dep}`, [app]: `depends ${dep} → rebuilt` },
    },
    {
      name: 'a module replaced by a folder',
      change(s) {
        s.edit('dep/go.mod', 'module example.com/Dep\n\ngo 1.24\n');
        s.edit('dep/d.go', 'package dep\n\nfunc D() int { return 1 }\n');
        s.edit('go.mod', t => `${t}\nreplace example.com/Dep => ./dep\n`);
      },
      expected: { [dep]: 'folder folder', [app]: `depends ${dep} → rebuilt` },
    },
    {
      name: 'a module vendored',
      change(s) {
        s.env['GOFLAGS'] = '-modcacherw';
        sh(s, 'go', 'mod', 'vendor');
      },
      expected: { [dep]: 'folder folder', [app]: `depends ${dep} → rebuilt` },
    },
    {
      name: 'a use line of go.work that brings the module from a folder',
      change(s) {
        s.env['GOFLAGS'] = '-modcacherw';
        s.edit('dep/go.mod', 'module example.com/Dep\n\ngo 1.24\n');
        s.edit('dep/d.go', 'package dep\n\nfunc D() int { return 5 }\n');
        s.edit('go.work', 'go 1.24\n\nuse (\n\t.\n\t./dep\n)\n');
      },
      expected: { [dep]: 'folder folder, file d.go', [app]: `depends ${dep} → rebuilt` },
    },
    {
      name: 'a checksum more in go.sum',
      change: s =>
        s.edit('go.sum', t => `${t}example.com/other v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`),
      expected: {},
    },
    {
      name: 'a file of the vendor folder',
      change(s) {
        s.env['GOFLAGS'] = '-modcacherw';
        sh(s, 'go', 'mod', 'vendor');
        s.edit('vendor/example.com/Dep/d.go', 'package dep\n\nfunc D() int { return 3 }\n');
      },
      expected: { [dep]: 'folder folder, file d.go', [app]: `depends ${dep} → rebuilt` },
    },
    {
      name: 'the go line of a module that is replaced',
      change(s) {
        s.edit('dep/go.mod', 'module example.com/Dep\n\ngo 1.22\n');
        s.edit('dep/d.go', 'package dep\n\nfunc D() int { return 4 }\n');
        s.edit('go.mod', t => `${t}\nreplace example.com/Dep => ./dep\n`);
      },
      expected: { [dep]: 'module go directive, folder folder, file d.go', [app]: `depends ${dep} → rebuilt` },
    },
  ],
};

const git = (s: Stage, ...args: string[]) => sh(s, 'git', '-c', 'user.name=a', '-c', 'user.email=a@b', ...args);
/** Commits at that time: the clock's second may be the one of the commit before, and vcs.time then the same. */
const commit = (s: Stage, time: string, ...args: string[]) =>
  git({ ...s, env: { ...s.env, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time } }, 'commit', '-q', ...args);
const stamped: Group = {
  name: 'version control',
  packages: ['.'],
  env: { GOFLAGS: '-buildvcs=true' },
  files: {
    'go.mod': 'module example.com/v\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() {}\n',
    'notes.txt': 'a\n',
    '.gitignore': 'v\n',
  },
  prepare(s) {
    git(s, 'init', '-q');
    git(s, 'add', '.');
    commit(s, '2020-01-01T00:00:00Z', '-m', 'a');
  },
  scenarios: [
    {
      name: 'a file that is not committed',
      // of another size: git may take a file of the same size and time for unchanged
      change: s => s.edit('notes.txt', 'b is longer\n'),
      expected: { 'example.com/v': 'module example.com/v, vcs vcs.modified' },
      lacks: () => has('git'),
    },
    {
      name: 'a commit',
      change(s) {
        commit(s, '2020-01-01T00:00:01Z', '--allow-empty', '-m', 'b');
      },
      expected: { 'example.com/v': 'module example.com/v, vcs vcs.revision, vcs vcs.time' },
      lacks: () => has('git'),
    },
    {
      name: '-buildvcs=false',
      change: () => flags('-buildvcs=false'),
      expected: {
        'example.com/v': 'module example.com/v, vcs vcs, vcs vcs.revision, vcs vcs.time, vcs vcs.modified',
      },
      lacks: () => has('git'),
    },
  ],
};

export const groups: readonly Group[] = [library, program, cgo, modules, stamped];
