import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { levelKnob } from '../core/load/target.ts';
import { levelsOf } from '../core/load/levels.ts';
import { ports } from '../core/load/ports.ts';
import { tarOf } from '../server/build/archives.ts';
import { linkageOf } from '../server/build/linkage.ts';
import { runsHere } from '../server/build/runs-here.ts';
import { findProfile, parseTargetList, parseTargets, profileInfos } from '../server/build/targets.ts';
import { targetName } from '../server/protocol/ports.ts';
import type { OwnProfile, TargetResult } from '../server/protocol/builds.ts';
import { workflow } from '../server/build/workflow.ts';
import { goTest } from './go.ts';
import { gospect as run } from './gospect.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-matrix-')));
afterAll(() => fs.rmSync(top, { recursive: true, force: true }));

const gospect = (args: string[], cwd: string, env: Record<string, string> = {}) =>
  run(args, cwd, {
    ...process.env,
    GOSPECT_CACHE: path.join(top, 'records'),
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '0',
    ...env,
  });

goTest(
  'archives of each target are the same bytes whenever made, and SHA256SUMS names them',
  async () => {
    const dir = path.join(top, 'hello');
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/hello\n\ngo 1.24\n');
    fs.writeFileSync(path.join(dir, 'main.go'), 'package main\n\nfunc main() { println("hello") }\n');
    const args = ['build', '--target', 'linux/amd64,windows/arm64', '--profile', 'smallest', '--archive', '--json'];
    const { code, out, err } = await gospect(args, dir);
    expect(code, err).toBe(0);
    const { results, archives } = JSON.parse(out) as {
      results: TargetResult[];
      archives: { path: string; sha256: string }[];
    };
    const bin = path.join(dir, 'bin');
    const names = archives.map(a => path.relative(bin, a.path));
    expect(names).toEqual(['hello_linux_amd64.tar.gz', 'hello_windows_arm64.zip']);
    expect(fs.readdirSync(bin).sort()).toEqual(['SHA256SUMS', ...names, 'linux_amd64', 'windows_arm64'].sort());
    const bytes = names.map(n => fs.readFileSync(path.join(bin, n)));
    const sums = bytes.map((b, i) => `${createHash('sha256').update(b).digest('hex')}  ${names[i]}\n`).join('');
    expect(fs.readFileSync(path.join(bin, 'SHA256SUMS'), 'utf8')).toBe(sums);
    const unpacked = path.join(top, 'unpacked');
    fs.mkdirSync(unpacked);
    execFileSync('tar', ['-xzf', path.join(bin, names[0]), '-C', unpacked]);
    const program = path.join(unpacked, 'hello');
    expect(fs.readFileSync(program).equals(fs.readFileSync(results[0].files[0].path))).toBe(true);
    expect(fs.statSync(program).mode & 0o777).toBe(0o755);
    const inZip = unzipSync(bytes[1])['hello.exe'];
    expect(Buffer.from(inZip).equals(fs.readFileSync(results[1].files[0].path))).toBe(true);
    expect(results.map(r => [r.linkage, r.needs.length > 0])).toEqual([
      ['static', false],
      ['dynamic', true],
    ]);
    expect(results[1].runs).toBe('no');
    await gospect(args, dir);
    expect(names.map(n => fs.readFileSync(path.join(bin, n)).equals(bytes[names.indexOf(n)]))).toEqual([true, true]);
  },
  300_000,
);

/** A module in a folder of its own. */
function module(name: string, files: Record<string, string>): string {
  const dir = path.join(top, name);
  for (const [file, text] of Object.entries({ 'go.mod': 'module example.com/hello\n\ngo 1.24\n', ...files })) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  }
  return dir;
}

const say = (text: string) => `package main\n\nfunc main() { println("${text}") }\n`;

describe('a build of several targets', () => {
  goTest(
    'links what is not up to date and leaves the rest in its place, the file that was replaced is kept',
    async () => {
      const dir = module('again', { 'a/main.go': say('a'), 'b/main.go': say('b') });
      const build = async (...flags: string[]) => {
        const { code, out, err } = await gospect(
          ['build', '--target', 'linux/amd64,windows/arm64', '--json', ...flags, './...'],
          dir,
        );
        expect(code, err).toBe(0);
        return (JSON.parse(out) as { results: TargetResult[] }).results.flatMap(r => r.files);
      };
      const inode = (file: string) => fs.statSync(file).ino;
      const first = await build();
      expect(first.map(f => path.relative(dir, f.path).replaceAll('\\', '/'))).toEqual([
        'bin/linux_amd64/a',
        'bin/linux_amd64/b',
        'bin/windows_arm64/a.exe',
        'bin/windows_arm64/b.exe',
      ]);
      expect(first.map(f => [f.before, f.previous])).toEqual(first.map(() => [null, null]));
      const inodes = first.map(f => inode(f.path));
      const bytes = fs.readFileSync(first[0].path);
      const second = await build();
      expect(second.map(f => [f.path, f.size, f.before])).toEqual(first.map(f => [f.path, f.size, f.size]));
      expect(second.map(f => inode(f.path))).toEqual(inodes);

      fs.writeFileSync(path.join(dir, 'a/main.go'), say('changed'));
      const third = await build();
      expect(third.map((f, i) => inode(f.path) === inodes[i])).toEqual([false, true, false, true]);
      expect(fs.readFileSync(third[0].previous!).equals(bytes)).toBe(true);
      expect(fs.readFileSync(third[0].path).equals(bytes)).toBe(false);
      expect((await build()).map(f => f.previous)).toEqual(third.map(f => f.previous));

      // What was built once and is no program now is no result, and what lies there is left alone.
      fs.writeFileSync(path.join(dir, 'b/main.go'), 'package b\n');
      const fourth = await build();
      expect(fourth.map(f => path.basename(f.path))).toEqual(['a', 'a.exe']);
      expect(inode(first[1].path)).toBe(inodes[1]);
      expect(fs.readdirSync(path.dirname(first[0].path)).sort()).toEqual(['a', 'b']);
    },
  );

  goTest('tells of them in their order, though one is begun while another is linked', async () => {
    const dir = module('order', {
      'main.go': say('all'),
      // Not found missing before it is linked, when the next has been begun.
      'main_linux_arm64.go': 'package main\n\nfunc missing()\n\nfunc init() { missing() }\n',
      'main_linux_arm64.s': '',
      'main_windows.go': 'package main\n\nfunc init() { windows }\n',
      'main_js.go': 'package main\n\nfunc init() { js }\n',
    });
    const targets = ['linux/amd64', 'windows/amd64', 'linux/arm64', 'js/wasm'];
    const { code, err, out } = await gospect(['build', '--target', targets.join(',')], dir);
    expect(code).toBe(1);
    const told = err
      .split('\n')
      .flatMap(line => /^GOOS=(\w+)|undefined: (\w+)|target main\.(\w+) not/.exec(line)?.slice(1).find(Boolean) ?? []);
    expect(told).toEqual(['linux', 'windows', 'windows', 'linux', 'missing', 'js', 'js']);
    expect([...out.matchAll(/^(\w+\/\w+) +(\w+)/gm)].map(m => m.slice(1))).toEqual([
      ['linux/amd64', 'ok'],
      ['windows/amd64', 'failed'],
      ['linux/arm64', 'failed'],
      ['js/wasm', 'failed'],
    ]);
  });

  goTest('-o names the executable of one target, or its folder', async () => {
    const main = 'package main\n\nfunc main() {}\n';
    const dir = module('named', { 'a/a.go': main, 'b/b.go': main });
    const build = async (...args: string[]) => {
      const { code, err } = await gospect(['build', ...args], dir);
      return { code, err };
    };
    expect((await build('-o', 'new/program', './a')).code).toBe(0);
    expect((await build('-o', 'new', './b')).code).toBe(0);
    expect((await build('-o', 'both/', './...')).code).toBe(0);
    expect(fs.readdirSync(path.join(dir, 'new')).sort()).toEqual(['b', 'program']);
    expect(fs.readdirSync(path.join(dir, 'both')).sort()).toEqual(['a', 'b']);
    const several = await build('-o', 'one', './...');
    expect(several.code).toBe(1);
    expect(several.err).toContain('go: cannot write multiple packages to non-directory ./one\n');
    expect((await build('-o', 'one', '--target', 'linux/amd64,linux/arm64', './a')).code).toBe(2);
  });

  goTest('-v names what is compiled, -x the commands that run, -n those that would', async () => {
    const dir = module('said', { 'main.go': 'package main\n\nfunc main() {}\n' });
    const build = async (flag: string) => {
      const { code, out, err } = await gospect(['build', flag], dir);
      expect(code).toBe(0);
      return { out, said: err.split('\n') };
    };
    const dry = await build('-n');
    expect(dry.out).toBe('');
    expect(dry.said).toContain('mv $WORK/b001/exe/a.out ./hello');
    expect(fs.readdirSync(dir).sort()).toEqual(['go.mod', 'main.go']);
    expect((await build('-v')).said).toContain('example.com/hello');
    expect(fs.existsSync(path.join(dir, 'hello'))).toBe(true);
    fs.appendFileSync(path.join(dir, 'main.go'), '\nvar X = 1\n');
    expect((await build('-x')).said).toEqual(expect.arrayContaining(['EOF', 'mv $WORK/b001/exe/a.out ./hello']));
  });

  goTest('packages that are no programs are compiled, and nothing is written', async () => {
    const dir = module('library', { 'a.go': 'package l\n', 'b/b.go': 'package b\n\nvar x int = "" \n' });
    const { code, err } = await gospect(['build', '--target', 'linux/amd64', './...'], dir);
    expect(code).toBe(1);
    expect(err).not.toContain('no main packages');
    expect(err).toContain('b/b.go:3:13: cannot use ""');
    expect(fs.readdirSync(dir).sort()).toEqual(['a.go', 'b', 'go.mod']);
  });
});

/** A program that keeps a build cache in a folder (go help cacheprog). */
const cacheProgram = `import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
const dir = process.argv[2];
fs.mkdirSync(dir, { recursive: true });
const say = o => process.stdout.write(JSON.stringify(o) + '\\n');
const file = id => path.join(dir, Buffer.from(id, 'base64').toString('hex'));
say({ ID: 0, KnownCommands: ['get', 'put', 'close'] });
let put = null;
const store = (q, body) => {
  fs.writeFileSync(file(q.OutputID) + '-d', body);
  fs.writeFileSync(file(q.ActionID) + '-a', q.OutputID);
  say({ ID: q.ID, DiskPath: file(q.OutputID) + '-d' });
};
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === '') continue;
  const q = JSON.parse(line);
  if (typeof q === 'string') {
    store(put, Buffer.from(q, 'base64'));
    put = null;
  } else if (q.Command === 'put') {
    if (q.BodySize > 0) put = q;
    else store(q, Buffer.alloc(0));
  } else if (q.Command === 'get') {
    const entry = file(q.ActionID) + '-a';
    if (!fs.existsSync(entry)) say({ ID: q.ID, Miss: true });
    else {
      const OutputID = fs.readFileSync(entry, 'utf8');
      const DiskPath = file(OutputID) + '-d';
      say({ ID: q.ID, OutputID, DiskPath, Size: fs.statSync(DiskPath).size });
    }
  } else if (q.Command === 'close') {
    say({ ID: q.ID });
    process.exit(0);
  }
}
`;

goTest('a cache that a program keeps is used, and said how much of it', async () => {
  const dir = path.join(top, 'shared');
  fs.mkdirSync(path.join(dir, 'b'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/l\n\ngo 1.24\n');
  fs.writeFileSync(path.join(dir, 'a.go'), 'package l\n\nimport _ "example.com/l/b"\n');
  fs.writeFileSync(path.join(dir, 'b/b.go'), 'package b\n');
  fs.writeFileSync(path.join(dir, 'cache.mjs'), cacheProgram);
  const program = `${process.execPath} ${path.join(dir, 'cache.mjs')} ${path.join(dir, 'kept')}`;
  const env = { GOCACHEPROG: program, GOCACHE: path.join(dir, 'local') };
  const first = await gospect(['build', './...'], dir, env);
  expect(first.code, first.err).toBe(0);
  expect(first.out).toContain(`GOCACHEPROG=${program}: 0 of 2 packages came from its cache`);
  expect((await gospect(['build', './...'], dir, env)).out).toContain('2 of 2 packages came from its cache');
  fs.writeFileSync(path.join(dir, 'b/b.go'), 'package b\n\nfunc F() {}\n');
  const said = await gospect(['explain', '--run', './...'], dir, env);
  // What the program has cannot be looked up beforehand: no condition is promised.
  expect(said.out).toMatch(/example\.com\/l\/b: rebuilt, file b\.go changed/);
  expect(said.out).toMatch(/example\.com\/l: depends on the output of example\.com\/l\/b\n {2}was rebuilt/);
  expect(said.out).toContain('The build did what was said.');
});

test('a tar archive of names and sizes that do not fill blocks', () => {
  const tar = tarOf([
    { name: 'a', bytes: Buffer.alloc(512, 1) },
    { name: 'b', bytes: Buffer.alloc(5, 2) },
    { name: 'empty', bytes: Buffer.alloc(0) },
  ]);
  const file = path.join(top, 'x.tar');
  fs.writeFileSync(file, tar);
  const listed = execFileSync('tar', ['-tvf', file], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
  });
  expect(
    listed.split('\n').map(l =>
      l
        .split(/\s+/)
        .filter((_, i) => i === 0 || i === 2 || i > 4)
        .join(' '),
    ),
  ).toEqual(
    ['-rwxr-xr-x 512 a', '-rwxr-xr-x 5 b', '-rwxr-xr-x 0 empty', ''].map((l, i) =>
      i === 3 ? l : l.replace(/(\S+) (\S+) (\S+)/, '$1 $2 $3'),
    ),
  );
});

describe('targets and their levels', () => {
  test('every level of every port has a meaning, and one is the default', () => {
    for (const { goarch } of ports) {
      const levels = levelsOf(goarch);
      for (const l of levels) expect(l.meaning, `${goarch} ${l.level}`).not.toBe('');
      if (levelKnob(goarch)?.default) expect(levels.filter(l => l.isDefault).length, goarch).toBe(1);
    }
  });
  test('a comma in a level is not the end of a target', () => {
    const names = (text: string) => parseTargetList(text).map(targetName);
    expect(names('linux/arm/7,hardfloat,linux/amd64,,js/wasm')).toEqual([
      'linux/arm/7,hardfloat',
      'linux/amd64',
      'js/wasm',
    ]);
    expect(names('linux/arm64/v8.0,lse,crypto')).toEqual(['linux/arm64/v8.0,lse,crypto']);
    expect(() => names('linux/arm/7,hard')).toThrow(/hard is no target/);
    expect(() => names('linux/amd64,hardfloat')).toThrow(/hardfloat is no target/);
  });
  goTest('a level reaches go, and names the folder', async () => {
    const dir = module('level', { 'main.go': say('level') });
    const { code, err } = await gospect(['build', '--target', 'linux/arm/5,softfloat', '--out', 'o'], dir);
    expect(code, err).toBe(0);
    expect(err).toContain('GOOS=linux GOARCH=arm GOARM=5,softfloat go build');
    expect(fs.readdirSync(path.join(dir, 'o'))).toEqual(['linux_arm_5_softfloat']);
  });
  test('what runs on this machine', () => {
    const [host] = parseTargets([
      `${process.platform === 'darwin' ? 'darwin' : process.platform === 'win32' ? 'windows' : 'linux'}/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`,
    ]);
    expect(runsHere(host)).toBe('yes');
    expect(runsHere(parseTargets(['plan9/arm'])[0])).toBe('no');
    if (process.platform === 'linux' && process.arch === 'x64') {
      expect(runsHere(parseTargets(['linux/386'])[0])).toBe('yes');
      expect(runsHere(parseTargets(['linux/amd64/v1'])[0])).toBe('yes');
      const avx512 = /\bavx512f\b/.test(fs.readFileSync('/proc/cpuinfo', 'utf8'));
      if (!avx512) expect(runsHere(parseTargets(['linux/amd64/v4'])[0])).toBe('no');
    }
  });
  test('what is no program is not said to be static', () => {
    fs.writeFileSync(path.join(top, 'words'), 'words');
    expect(linkageOf(path.join(top, 'words'))).toEqual({ linkage: '', needs: [] });
    expect(linkageOf(path.join(top, 'gone'))).toEqual({ linkage: '', needs: [] });
  });
});

const linux: typeof goTest =
  process.platform === 'linux' && process.arch === 'x64' ? goTest : name => test.skip(`${name} (needs Linux on x64)`);
linux('a program with cgo that has its C library in it, by a compiler with musl', async ({ goroot }) => {
  const dir = module('musl', {
    'main.go': 'package main\n\n// #include <stdlib.h>\nimport "C"\n\nfunc main() { println(int(C.abs(-3))) }\n',
  });
  const build = (PATH: string, target = 'linux/amd64') =>
    gospect(['build', '--json', '--profile', 'musl', '--target', target], dir, {
      PATH,
      CGO_ENABLED: '',
      GOROOT: goroot,
    });
  const none = await build(top);
  expect(none.err).toMatch(/no C compiler with musl for linux\/amd64 on PATH: install zig or musl-gcc, or build with/);
  expect((await build(process.env['PATH']!, 'darwin/arm64')).err).toContain('musl is a C library for Linux');
  // The compiler of this machine stands for it: what is linked whole is its library then.
  const bin = path.join(top, 'musl-bin');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'musl-gcc'), '#!/bin/sh\nexec gcc "$@"\n', { mode: 0o755 });
  const { code, out, err } = await build(`${bin}:${process.env['PATH']}`);
  expect(code, err).toBe(0);
  expect(err).toContain(
    `CGO_ENABLED=1 CC=musl-gcc go build -trimpath '-ldflags=-linkmode=external -extldflags=-static'`,
  );
  const [result] = (JSON.parse(out) as { results: TargetResult[] }).results;
  expect(result).toMatchObject({ cgo: true, linkage: 'static', needs: [] });
  expect(execFileSync('sh', ['-c', '"$0" 2>&1', result.files[0].path], { encoding: 'utf8' })).toBe('3\n');
});

describe('profiles', () => {
  const own = { small: { flags: ['-trimpath', '-ldflags=-s -w -X "main.v=a b"'], env: { GOARM: '6' } } };
  test('each is shown as the command line it comes to', () => {
    const infos = profileInfos(own, parseTargets(['js/wasm'])[0], ['-tags=a b'], ['./...']);
    expect(infos[0]).toEqual({
      name: 'small',
      description: 'from the settings',
      command: `GOOS=js GOARCH=wasm GOARM=6 go build -trimpath '-ldflags=-s -w -X "main.v=a b"' '-tags=a b' ./...`,
      unsupported: '',
    });
    expect(infos.find(p => p.name === 'race')?.unsupported).toContain('does not support js/wasm');
    expect(infos.map(p => p.name)).toContain('default');
  });
  test.each([
    [{ flags: 'x' }, /flags must be a list/],
    [{ flags: ['rm -rf /'] }, /each beginning with -/],
    [{ flags: ['--'] }, /each beginning with -/],
    [{ flags: ['-o=/etc/passwd'] }, /-o=\/etc\/passwd is what Gospect sets itself/],
    [{ flags: ['-C=/'] }, /is what Gospect sets itself/],
    [{ flags: ['-ldflags=\0'] }, /each beginning with -/],
    [{ env: { 'A B': '1' } }, /A B is no variable/],
    [{ env: { A: 1 } }, /A is no variable/],
    [{ env: ['A'] }, /env must be variables/],
    [null, null],
  ])('settings of any shape are read or refused: %j', (value, message) => {
    const find = () => findProfile('mine', { mine: value as unknown as OwnProfile });
    if (message === null) expect(find().flags).toEqual([]);
    else expect(find).toThrow(message);
  });
  test('a name that is no profile, not even of every object', () => {
    expect(() => findProfile('toString')).toThrow(/no profile toString/);
    expect(() => findProfile('nope', own)).toThrow(/there are small, default/);
  });
});

goTest('profiles of a file that is named, settings of an editor too; none is looked for', async () => {
  const dir = module('profiled', { 'main.go': say('profiled') });
  const settings = path.join(dir, '.vscode/settings.json');
  fs.mkdirSync(path.dirname(settings));
  fs.writeFileSync(
    settings,
    `{
  // "a comment", /* and */ one
  "gospect.build.profiles": {
    "mine": { "flags": ["-trimpath", "-ldflags=-X main.v=//no,comment,]"], /* another */ "env": { "GOAMD64": "v2" }, },
  },
}`,
  );
  const build = (...args: string[]) => gospect(['build', '--target', 'linux/amd64', '--profile', 'mine', ...args], dir);
  expect(await build()).toMatchObject({ code: 2, err: expect.stringContaining('no profile mine') });
  const { code, err } = await build('--profiles', '.vscode/settings.json');
  expect(err).toContain(`GOAMD64=v2 go build -trimpath '-ldflags=-X main.v=//no,comment,]' -o ./ .`);
  expect(code).toBe(0);
  fs.writeFileSync(path.join(dir, 'own.json'), '{"mine": {"flags": ["-o=/x"]}}');
  expect((await build('--profiles', 'own.json')).err).toContain('-o=/x is what Gospect sets itself');
  fs.writeFileSync(path.join(dir, 'bad.json'), '{"mine": ');
  expect((await build('--profiles', 'bad.json')).err).toMatch(/bad\.json is not JSON/);
  fs.writeFileSync(path.join(dir, 'list.json'), '[]');
  expect((await build('--profiles', 'list.json')).err).toMatch(/no profile mine|has no profiles/);
  expect(await build('--profiles', 'gone.json')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/open .*gone.*: no such file/),
  });
});

test('a workflow that builds each target, with what is in arguments quoted', () => {
  const text = workflow({
    targets: parseTargets(['linux/amd64/v3', 'windows/arm64']),
    env: { CGO_ENABLED: '0' },
    flags: ['-trimpath', '-ldflags=-X main.v=$(whoami) "`id`: #${{ x'],
    packages: ['./cmd/...'],
    goMod: "it's/go.mod",
  });
  expect(text).toContain(
    `          - { target: 'linux_amd64_v3', os: ubuntu-latest, goos: linux, goarch: 'amd64', level: 'GOAMD64=v3' }\n`,
  );
  expect(text).toContain(
    `          - { target: 'windows_arm64', os: ubuntu-latest, goos: windows, goarch: 'arm64' }\n`,
  );
  // A YAML scalar in single quotes, in it words for a shell in single quotes.
  expect(text).toContain(
    `        run: 'go build -trimpath ''-ldflags=-X main.v=$(whoami) "\`id\`: #\${{ ''\${{'' }} x'' -o out/ ./cmd/...'\n`,
  );
  expect(text).toContain(`go-version-file: 'it''s/go.mod'\n`);
  expect(text).toContain(`working-directory: 'it''s'\n`);
  expect(text).toContain(`path: 'it''s/out/'\n`);
  expect(text).toContain('echo "${{ matrix.level }}" >> "$GITHUB_ENV"');
  const cgo = workflow({
    targets: parseTargets(['darwin/arm64']),
    env: { CGO_ENABLED: '1' },
    flags: [],
    packages: [],
    goMod: 'go.mod',
  });
  expect(cgo).toContain('os: macos-latest');
  expect(cgo).not.toContain('matrix.level');
  expect(cgo).toContain("run: 'go build -o out/ .'");
  expect(cgo).not.toMatch(/working-directory|Left out/);
});

test('a workflow made in a folder of a repository builds there', async () => {
  const repository = path.join(top, 'repository');
  const dir = path.join(repository, 'tools/cmd/x');
  fs.mkdirSync(dir, { recursive: true });
  fs.mkdirSync(path.join(repository, '.git'));
  fs.writeFileSync(path.join(repository, 'tools/go.mod'), 'module example.com/tools\n');
  const made = await gospect(['build', '--github', '--target', 'linux/amd64'], dir);
  expect(made.out).toContain("go-version-file: 'tools/go.mod'\n");
  expect(made.out).toContain("working-directory: 'tools/cmd/x'\n");
  expect(made.out).toContain("path: 'tools/cmd/x/out/'\n");
  expect((await gospect(['build', '--github', '--target', 'linux/amd64'], top)).err).toContain('go mod init');
});

test('a workflow leaves out what is on this machine alone, and says so', () => {
  const text = workflow({
    targets: parseTargets(['linux/arm/7,softfloat']),
    env: { CGO_ENABLED: '1', CC: '/opt/gcc', CXX: 'g++' },
    flags: ['-toolexec=/home/me/tool -v', '--overlay=C:\\o.json', '-modfile=ci/go.mod', '-ldflags=/x'],
    packages: ['.'],
    goMod: 'go.mod',
  });
  const note = '# Left out, since it names files of the machine this was made on:\n';
  expect(
    text.startsWith(`${note}#   -toolexec=/home/me/tool -v\n#   --overlay=C:\\o.json\n#   CC=/opt/gcc\nname`),
  ).toBe(true);
  expect(text).toContain("run: 'go build -modfile=ci/go.mod -ldflags=/x -o out/ .'");
  expect(text).toContain("      CXX: 'g++'\n    steps");
  expect(text).toContain("target: 'linux_arm_7_softfloat'");
  expect(() => workflow({ targets: [], env: {}, flags: ['-tags=a\nb'], packages: [], goMod: 'go.mod' })).toThrow(
    'line break',
  );
});
