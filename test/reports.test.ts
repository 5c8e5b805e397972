import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReportKind, ReportNode } from '../server/protocol/reports.ts';
import { compilersFor } from '../server/c-compilers.ts';
import { cgoVerdict } from '../server/reports/cgo.ts';
import { shortNames } from '../server/reports/forecast.ts';
import { makeReport } from '../server/reports/report.ts';
import { goTest } from './go.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-reports-')));
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+w', top]);
  fs.rmSync(top, { recursive: true, force: true });
});

function write(dir: string, files: Record<string, string | Uint8Array>, mode = 0o644): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode });
  }
}

/** A report's rows as lines of text, unfolded. */
async function report(
  kind: ReportKind,
  cwd: string,
  env: Record<string, string>,
  target = '',
  flags: string[] = [],
): Promise<string> {
  const params = { id: '', kind, cwd, target, profile: '', profiles: {}, packages: [], program: '', env, flags };
  const result = await makeReport(params, process.env, new AbortController().signal, () => {});
  if (!result.ok) return `failed: ${result.message}`;
  const lines = (n: ReportNode, depth: number): string =>
    `${'  '.repeat(depth)}${n.icon} ${n.label}: ${n.detail}\n${n.children.map(c => lines(c, depth + 1)).join('')}`;
  return result.nodes.map(n => lines(n, 0)).join('');
}

/** An installation as far as it is looked at without being run. */
function installation(name: string, version: string): string {
  const root = path.join(top, name);
  write(root, {
    VERSION: `${version}\ntime 2026-01-01\n`,
    'go.env': 'GOTOOLCHAIN=auto\nGOPROXY=https://proxy.example,direct\n',
    'src/fmt/print.go': 'package fmt\n',
  });
  write(root, { 'bin/go': '#!/bin/sh\n' }, 0o755);
  return root;
}

test('packages are shown without what all of their paths begin with', () => {
  const short = (...paths: string[]) => paths.map(shortNames(paths));
  expect(short('example.com/a/store', 'example.com/a/cmd/x')).toEqual(['…/store', '…/cmd/x']);
  expect(short('example.com/a', 'example.com/a/cmd/x')).toEqual(['example.com/a', 'example.com/a/cmd/x']);
  expect(short('example.com/a/b')).toEqual(['example.com/a/b']);
  expect(short('fmt', 'net/http')).toEqual(['fmt', 'net/http']);
});

describe('toolchain', () => {
  const one = installation('one', 'go1.24.1');
  const cache = path.join(top, 'cache');
  const newer = path.join(
    cache,
    `golang.org/toolchain@v0.0.1-go1.26.3.${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`,
  );
  write(newer, { VERSION: 'go1.26.3\n', 'go.env': 'GOTOOLCHAIN=auto\n', 'src/fmt/print.go': 'package fmt\n' });
  const bare = {
    PATH: path.join(one, 'bin'),
    GOROOT: '',
    GOENV: 'off',
    HOME: top,
    GOMODCACHE: cache,
    GOTOOLCHAIN: '',
    GOFLAGS: '',
  };
  const folder = path.join(top, 'm');
  write(folder, { 'go.mod': 'module m\n\ngo 1.25\n\ntoolchain go1.26.3\n' });

  test('the toolchain line of go.mod is the reason, GOTOOLCHAIN=local overrules it', async () => {
    const said = await report('toolchain', folder, bare);
    expect(said).toMatch(/^good go1\.26\.3: the toolchain line of .*go\.mod/);
    expect(said).toContain('module go.mod: go 1.25, toolchain go1.26.3');
    expect(said).toMatch(/setting GOTOOLCHAIN=auto: a newer one if go\.mod .* \(go\.env of the installation\)/);
    expect(said).toMatch(/tool go1\.24\.1: on PATH/);
    const local = await report('toolchain', folder, { ...bare, GOTOOLCHAIN: 'local' });
    expect(local).toMatch(/^good go1\.24\.1: go on PATH is/);
    expect(local).toContain(
      'setting GOTOOLCHAIN=local: always the one that runs, whatever go.mod asks for (environment)',
    );
    expect(local).toMatch(/tool go1\.26\.3: in the module cache/);
  });
  test('without Go, and with a GOROOT that is gone, it is said what to do', async () => {
    expect(await report('toolchain', folder, { ...bare, PATH: top })).toMatch(
      /^bad No Go found: no Go found: set GOROOT, or put go on PATH/,
    );
    expect(await report('toolchain', folder, { ...bare, GOROOT: '/gone' })).toMatch(
      /GOROOT is \/gone, but that folder has no VERSION file/,
    );
  });
});

describe('modules', () => {
  const cache = path.join(top, 'mods');
  const at = path.join(cache, 'cache/download/example.com/!dep/@v');
  const goMod = 'module example.com/Dep\n\ngo 1.24\n';
  const bytes = (text: string) => Buffer.from(text);
  const zip = (source: string) =>
    zipSync({
      'example.com/Dep@v1.0.0/go.mod': bytes(goMod),
      'example.com/Dep@v1.0.0/d.go': bytes(source),
      'example.com/Dep@v1.0.0/Z.txt': [bytes('stored'), { level: 0 }],
    });
  write(at, {
    'v1.0.0.zip': zip('package dep\n'),
    'v1.0.0.mod': goMod,
    'v1.0.0.info': '{"Version":"v1.0.0"}',
    list: 'v1.0.0\n',
  });
  write(path.join(cache, 'example.com/!dep@v1.0.0'), { 'go.mod': goMod, 'd.go': 'package dep\n' });
  const dir = path.join(top, 'app');
  const env = {
    GOMODCACHE: cache,
    GOFLAGS: '',
    GOPRIVATE: 'example.com/*,other.org',
    GOPROXY: 'https://one|https://two,off',
    GOWORK: 'off',
  };

  goTest('hashes of zips are those of go.sum, and one that is not is named', async ({ go }) => {
    write(dir, {
      'go.mod': 'module example.com/app\n\ngo 1.24\n\nrequire example.com/Dep v1.0.0\n',
      'app.go': 'package app\n\nimport _ "example.com/Dep"\n',
    });
    const proxy = `file://${path.join(cache, 'cache/download')}`;
    const fresh = {
      ...process.env,
      GOFLAGS: '-modcacherw',
      GOPROXY: proxy,
      GONOSUMDB: '*',
      GOSUMDB: 'off',
      GOMODCACHE: path.join(top, 'fresh'),
    };
    execFileSync(go, ['mod', 'tidy'], { cwd: dir, env: fresh, stdio: 'pipe' });
    expect(fs.readFileSync(path.join(dir, 'go.sum'), 'utf8')).toMatch(/^example\.com\/Dep v1\.0\.0 h1:/);
    expect(await report('sums', dir, env)).toBe('good Every zip is what go.sum says: 1 compared\n');
    write(at, { 'v1.0.0.zip': zip('package dep // not the same\n') });
    expect(await report('sums', dir, env)).toMatch(
      /^bad 1 file not as go\.sum says.*\nbad example\.com\/Dep v1\.0\.0: zip: is h1:\S+, go\.sum says h1:/,
    );
    write(at, { 'v1.0.0.zip': zip('package dep\n').subarray(0, 150) });
    expect(await report('sums', dir, env)).toMatch(/zip: the file is no zip, or cut off/);
  });
  goTest(
    'the build list says where each module is from, who asks for it, and what is missing with its fix',
    async () => {
      write(dir, { 'lost.go': 'package app\n\nimport _ "example.com/lost/pkg"\n' });
      const said = await report('modules', dir, env);
      expect(said).toMatch(/^module example\.com\/app: main module, go 1\.24\n/);
      expect(said).toContain('setting https://one: the next one after any error\n');
      expect(said).toContain('setting https://two: the next one if it has none (404, 410)\n');
      expect(said).toMatch(
        /module example\.com\/Dep: v1\.0\.0, module cache\n {4}info Required by: 1 module\n {6}module example\.com\/app/,
      );
      expect(said).toContain('setting Private: fetched directly, not checked by the checksum database');
      const half = await report('modules', dir, { ...env, GONOPROXY: 'none', GOSUMDB: 'sum.golang.org' });
      expect(half).toContain('setting Unchecked: not checked by the checksum database');
      expect(half).toContain('setting GONOPROXY: none: directly, past the proxies\nsetting GOSUMDB: sum.golang.org\n');
      expect(half).toContain('setting GOPRIVATE: example.com/*,other.org: not checked by the checksum database');
      const none = { ...env, GOPRIVATE: '', GONOSUMDB: '', GOSUMDB: 'off' };
      expect(await report('modules', dir, none)).toContain(
        'setting GOSUMDB: off: what go.sum does not have is believed',
      );
      expect(said).toMatch(
        /bad Imports that lead nowhere.*\n {2}bad example\.com\/lost\/pkg: go get example\.com\/lost\/pkg/,
      );
      fs.rmSync(path.join(dir, 'lost.go'));
      expect(await report('modules', path.join(top, 'nowhere'), env)).toMatch(/go\.mod file not found|No module here/);
    },
  );
  goTest('import cycles are paths', async () => {
    const circle = path.join(top, 'circle');
    write(circle, {
      'go.mod': 'module example.com/c\n\ngo 1.24\n',
      'a/a.go': 'package a\n\nimport _ "example.com/c/b"\n',
      'b/b.go': 'package b\n\nimport _ "example.com/c/a"\n',
    });
    const said = await report('modules', circle, env);
    expect(said).toMatch(
      /imports itself in a circle: drop one of these imports, or move what both need into a package of its own\n {4}package example\.com\/c\/a.*\n {4}package example\.com\/c\/b: imported at /,
    );
  });
});

describe('variables that the linker sets', () => {
  const dir = path.join(top, 'variables');
  write(dir, {
    'go.mod': 'module example.com/v\n\ngo 1.24\n',
    'cmd/x/main.go':
      'package main\n\nimport "example.com/v/b"\n\nvar (\n\tversion string\n\tdate = "un" + "known"\n\thost = name()\n\ttwo, three = "2", name()\n\tkind MyString\n\tcount int\n)\n\ntype MyString string\n\nfunc name() string { return b.Name }\n\nfunc main() { println(version, date, host, two, three, kind, count, b.Name) }\n',
    'b/b.go': 'package b\n\nvar Name = `quoted`\n\nvar Copy = Name\n\nconst Const = "c"\n',
  });
  const bare = { GOFLAGS: '', GOWORK: 'off' };

  goTest('those that can be set, with what they are, and why others cannot', async () => {
    const said = await report('variables', dir, bare);
    expect(said.split('\n')).toEqual([
      'setting example.com/v/b.Name: "quoted"',
      'setting main.date: "unknown"',
      'setting main.two: "2"',
      'setting main.version: empty',
      'info example.com/v/b.Copy: it is given another value when the program starts: only a constant can be replaced',
      'info main.host: it is given another value when the program starts: only a constant can be replaced',
      'info main.kind: its type is main.MyString, and the linker sets variables of type string only',
      'info main.three: it is given another value when the program starts: only a constant can be replaced',
      '',
    ]);
  });
  goTest('the main packages, as go run takes them', async () => {
    expect(await report('mains', dir, bare)).toBe('package example.com/v/cmd/x: cmd/x\n');
    expect(await report('mains', path.join(dir, 'b'), bare)).toBe('');
  });
  goTest('the linker agrees', ({ go }) => {
    const set = [
      'main.version=V',
      'main.date=D',
      'main.host=H',
      'main.two=T',
      'main.three=R',
      'example.com/v/b.Name=N',
    ];
    const program = path.join(dir, 'x');
    const ldflags = set.map(s => `-X ${s}`).join(' ');
    execFileSync(go, ['build', `-ldflags=${ldflags}`, '-o', program, './cmd/x'], {
      cwd: dir,
      env: { ...process.env, ...bare },
    });
    const said = execFileSync('sh', ['-c', '"$0" 2>&1', program], { encoding: 'utf8' });
    // host and three are given their values at start, from a name that was set.
    expect(said.trim()).toBe('V D N T N  0 N');
    const wrong = () =>
      execFileSync(go, ['build', '-ldflags=-X main.kind=K', '-o', program, './cmd/x'], {
        cwd: dir,
        env: { ...process.env, ...bare },
        stdio: 'pipe',
      });
    expect(wrong).toThrow(/main\.kind: cannot set with -X: not a var of type string/);
  });
  goTest('what is given and cannot work comes first', async () => {
    const flags = [`-ldflags=-s -X main.Version=1 -X 'main.date=a b' -X=main.host=h`];
    const said = await report('variables', dir, bare, '', flags);
    expect(said.split('\n').slice(0, 3)).toEqual([
      'warning main.Version: there is no such variable: main.version?',
      'warning main.host: it is given another value when the program starts: only a constant can be replaced',
      'good main.date: set to "a b"',
    ]);
  });
});

describe('cgo', () => {
  const tools = path.join(top, 'tools');
  const shell = '#!/bin/sh\n';
  write(
    tools,
    {
      gcc: `${shell}exit 0\n`,
      'aarch64-linux-gnu-gcc': `${shell}echo "main.c:1:10: fatal error: stdlib.h: No such file" >&2; exit 1\n`,
      zig: `${shell}exit 0\n`,
    },
    0o755,
  );
  const host = { hostOS: 'linux', hostArch: 'amd64' };
  const target = (name: string) => ({ goos: name.split('/')[0], goarch: name.split('/')[1], level: '' });
  test('compilers that serve, by target', () => {
    const names = (name: string) => compilersFor(target(name), host, { PATH: tools }).map(c => c.cc.join(' '));
    expect(names('linux/amd64')).toEqual(['gcc', 'zig cc -target x86_64-linux-musl']);
    expect(names('linux/386')).toEqual(['gcc -m32', 'zig cc -target x86-linux-musl']);
    expect(names('linux/arm64')).toEqual(['aarch64-linux-gnu-gcc', 'zig cc -target aarch64-linux-musl']);
    expect(names('windows/amd64')).toEqual(['zig cc -target x86_64-windows-gnu']);
    expect(names('plan9/amd64')).toEqual([]);
  });
  test('why cgo is on or off', () => {
    const go = (set: Record<string, string>) => ({
      goroot: '/none',
      version: 'go1.26.8',
      why: '',
      gopath: '',
      gomodcache: '',
      hostOS: 'linux',
      hostArch: 'amd64',
      missing: '',
      get: (n: string) => set[n] ?? '',
    });
    const verdict = (name: string, set: Record<string, string>, bin = tools) =>
      cgoVerdict(target(name), go(set), { PATH: bin, ...set });
    expect(verdict('linux/amd64', {})).toEqual({ on: true, why: 'linux/amd64 is this machine, and gcc is on PATH' });
    expect(verdict('linux/amd64', {}, top)).toMatchObject({
      on: false,
      why: expect.stringContaining('the C compiler gcc is not on PATH'),
    });
    expect(verdict('linux/arm64', {})).toMatchObject({
      on: false,
      why: expect.stringContaining('is not this machine'),
    });
    expect(verdict('linux/arm64', { CGO_ENABLED: '1' })).toEqual({ on: true, why: 'CGO_ENABLED=1 (environment)' });
    expect(verdict('linux/amd64', { CGO_ENABLED: '0' })).toMatchObject({ on: false });
    expect(verdict('plan9/amd64', {})).toEqual({ on: false, why: 'Go has no cgo for plan9/amd64' });
  });
  goTest('a dry compile says what is wrong with a compiler', async () => {
    const said = await report('compile', top, { PATH: `${tools}:${process.env['PATH']}`, GOENV: 'off' }, 'linux/arm64');
    expect(said).toMatch(/bad GCC for aarch64-linux-gnu: main\.c:1:10: fatal error: stdlib\.h: No such file/);
    expect(said).toMatch(
      /good Zig: compiles and links a program\n {4}setting GOOS=linux GOARCH=arm64 CGO_ENABLED=1 CC='zig cc -target aarch64-linux-musl'/,
    );
  });
});
