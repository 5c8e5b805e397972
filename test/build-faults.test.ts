import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hintFor } from '../server/build/hints.ts';
import { faultsOf } from '../server/build/dry-run.ts';
import { goTest } from './go.ts';
import { gospect as run } from './gospect.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-faults-')));
afterAll(() => fs.rmSync(top, { recursive: true, force: true }));

const gospect = (args: string[], cwd: string, env: Record<string, string> = {}, signal?: AbortSignal) =>
  run(args, cwd, { ...process.env, GOFLAGS: '', GOSPECT_CACHE: path.join(top, '.records'), ...env }, signal);

function module(name: string, files: Record<string, string> = {}): string {
  const dir = path.join(top, name);
  const all = {
    'go.mod': 'module example.com/m\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() { println("made") }\n',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  }
  return dir;
}

/** Processes whose command line has the text: pid and command. */
function running(text: string): string[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return list.filter(l => l.includes(text) && !l.includes(' ps -A') && !l.includes('vitest'));
}

test('what is wrong is told without the commands that -n prints around it', () => {
  const said = [
    'mkdir -p $WORK/b066/',
    "cat >/tmp/x << 'EOF' # internal",
    "GOAMD64='v2' /usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b066/_pkg_.a -p example.com/m/own",
    'example.com/m/c: invalid flag in #cgo LDFLAGS: -DZ (see https://go.dev/s/invalidflag)',
    "TERM='dumb' gcc -I . -c x.c",
    '/usr/local/go/pkg/tool/linux_amd64/asm -p main x.s',
    'gcc -I . -o $WORK/b001/_x001.o -c x.c',
    'go tool buildid -w $WORK/b066/_pkg_.a # internal',
    'package example.com/m',
    '\timports example.com/m/c: build constraints exclude all Go files in /c',
    '/c/x.go:3:1: expected declaration',
  ];
  expect(faultsOf(said)).toEqual([
    'example.com/m/c: invalid flag in #cgo LDFLAGS: -DZ (see https://go.dev/s/invalidflag)',
    'package example.com/m imports example.com/m/c: build constraints exclude all Go files in /c',
    '/c/x.go:3:1: expected declaration',
  ]);
});

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until nothing runs that has the text in its command line; what still does. */
async function gone(text: string): Promise<string[]> {
  let left = running(text);
  for (let i = 0; i < 100 && left.length > 0; i++) {
    await pause(100);
    left = running(text);
  }
  return left;
}

const posix = process.platform === 'win32' ? test.skip : goTest;

describe('a build that is stopped', () => {
  goTest(
    'leaves no process and no file, whenever that is, and the next one is right',
    async () => {
      const dir = module('stopped');
      const before = fs.readdirSync(dir).sort();
      // Compilers are known by the folder that go works in.
      const temporary = path.join(top, 'go-tmp');
      fs.mkdirSync(temporary);
      // From before go has begun to when it compiles; the last of them lets it end.
      for (const delay of [0, 5, 40, 120, 300, 700, 1100]) {
        const stop = new AbortController();
        const building = gospect(['build', '-a', '--target', 'linux/amd64'], dir, { GOTMPDIR: temporary }, stop.signal);
        setTimeout(() => stop.abort(), delay);
        // A fast machine may be done before; then all of it is there.
        const { code } = await building;
        expect(fs.readdirSync(dir).sort(), String(delay)).toEqual(code === 0 ? [...before, 'm'].sort() : before);
        fs.rmSync(path.join(dir, 'm'), { force: true });
        expect(await gone(temporary), String(delay)).toEqual([]);
        expect(fs.readdirSync(temporary), String(delay)).toEqual([]);
      }
      // Several targets, when the first compiles and when one is linked beside it.
      for (const delay of [200, 900]) {
        const stop = new AbortController();
        const args = ['build', '--target', 'linux/386,linux/amd64,js/wasm', '--out', 'made/for/it'];
        const building = gospect(args, dir, { GOTMPDIR: temporary, GOFLAGS: '-ldflags=-s' }, stop.signal);
        setTimeout(() => stop.abort(), delay);
        await building;
        expect(await gone(temporary), String(delay)).toEqual([]);
        expect(fs.readdirSync(temporary), String(delay)).toEqual([]);
        // What was whole in time is in its place; no work folder is left, and none that is empty.
        const left = fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(name => name.startsWith('made'));
        const isFolder = (name: string) => fs.statSync(path.join(dir, name)).isDirectory();
        expect(left.filter(name => !isFolder(name) && path.basename(name) !== 'm')).toEqual([]);
        expect(left.filter(name => isFolder(name) && fs.readdirSync(path.join(dir, name)).length === 0)).toEqual([]);
        fs.rmSync(path.join(dir, 'made'), { recursive: true, force: true });
      }
      const early = new AbortController();
      early.abort();
      await gospect(['build', '--out', 'made/for/it'], dir, {}, early.signal);
      const soon = new AbortController();
      const building = gospect(['build', '-a', '--out', 'made/for/it'], dir, { GOTMPDIR: temporary }, soon.signal);
      setTimeout(() => soon.abort(), 100);
      await building;
      expect(fs.readdirSync(dir).sort()).toEqual(before);
      const host = process.platform === 'linux' && process.arch === 'x64';
      expect((await gospect(['build', '--target', 'linux/amd64'], dir)).code).toBe(0);
      if (host) expect(execFileSync('sh', ['-c', './m 2>&1'], { cwd: dir, encoding: 'utf8' })).toBe('made\n');
    },
    300_000,
  );

  // The editor's extension host is what starts the server, over IPC, as vscode-languageclient does.
  const server = path.join(import.meta.dirname, '../dist/server.js');
  const lead = path.join(top, 'host.mjs');
  fs.writeFileSync(
    lead,
    `import { fork } from 'node:child_process';
const [server, cwd] = process.argv.slice(2);
const child = fork(server, ['--node-ipc']);
const send = message => child.send({ jsonrpc: '2.0', ...message });
child.on('message', message => {
  if (message.id === 1) {
    send({ method: 'initialized', params: {} });
    const params = { id: 'b', cwd, packages: ['./...'], target: 'linux/amd64', profile: 'default', profiles: {}, out: cwd + '/out', program: '', env: {}, flags: ['-a'] };
    send({ id: 2, method: 'gospect/build', params });
  } else if (message.method === 'gospect/buildProgress' && message.params.event.type === 'live') console.log('building');
});
send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } });
`,
  );
  goTest('ends with the extension host, when that is killed in mid-build', async () => {
    // npm test builds first.
    expect(fs.existsSync(server), 'dist/server.js: npm run build').toBe(true);
    const dir = module('killed');
    const host = spawn(process.execPath, [lead, server, dir], {
      env: { ...process.env, GOFLAGS: '', GOSPECT_CACHE: path.join(top, '.records'), GOTMPDIR: dir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      host.stdout!.once('data', () => resolve());
      host.once('exit', code => reject(new Error(`the host ended with status ${code}`)));
    });
    expect(running(dir).length).toBeGreaterThan(1);
    host.kill('SIGKILL');
    expect(await gone(dir)).toEqual([]);
    const left = fs.existsSync(path.join(dir, 'out')) ? fs.readdirSync(path.join(dir, 'out')) : [];
    expect(left).toEqual([]);
  });
  posix('ends with the command, whatever ends that', async () => {
    const program = path.join(import.meta.dirname, '../dist/cli.js');
    expect(fs.existsSync(program), 'dist/cli.js: npm run build').toBe(true);
    const dir = module('ended');
    const temporary = path.join(top, 'ended-tmp');
    fs.mkdirSync(temporary);
    // Compilers wait until they are stopped, or until the test is over.
    const hold = path.join(top, 'hold.sh');
    const waits = 'case "$*" in *-V=full*) ;; */compile*) while [ -e "$0" ]; do sleep 0.1; done ;; esac';
    fs.writeFileSync(hold, `#!/bin/sh\n${waits}\nexec "$@"\n`, { mode: 0o755 });
    const env = { ...process.env, GOFLAGS: '', GOSPECT_CACHE: path.join(top, '.records'), GOTMPDIR: temporary };
    const before = fs.readdirSync(dir).sort();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
      const command = spawn(process.execPath, [program, 'build', '-a', `-toolexec=${hold}`], {
        cwd: dir,
        env,
        stdio: 'ignore',
      });
      const ended = new Promise(resolve => command.once('exit', resolve));
      while (!running(temporary).some(p => p.includes('/compile '))) await pause(20);
      command.kill(signal);
      await ended;
      expect(await gone(temporary), signal).toEqual([]);
      if (signal === 'SIGKILL') break;
      expect(fs.readdirSync(dir).sort(), signal).toEqual(before);
      expect(fs.readdirSync(temporary), signal).toEqual([]);
    }
    // Who was killed could not tidy up; the next one does.
    expect((await gospect(['build'], dir, { GOTMPDIR: temporary })).code).toBe(0);
    expect(fs.readdirSync(dir).sort()).toEqual([...before, 'm'].sort());
    expect(fs.readdirSync(temporary)).toEqual([]);
  });
  goTest('what a killed build left is removed by the next one', async () => {
    const dir = module('stale');
    const ended = spawn(process.execPath, ['-e', '']);
    await new Promise(resolve => ended.on('exit', resolve));
    fs.mkdirSync(path.join(dir, `.gospect-${ended.pid}-abcdef/out`), { recursive: true });
    fs.mkdirSync(path.join(dir, `.gospect-${process.pid}-abcdef`));
    expect((await gospect(['build'], dir)).code).toBe(0);
    expect(fs.readdirSync(dir).filter(n => n.startsWith('.gospect'))).toEqual([`.gospect-${process.pid}-abcdef`]);
  });
});

describe('arguments', () => {
  goTest('with spaces, quotes, newlines and signs reach go as they are, by no shell', async () => {
    const name = `it's "a" $(touch x) \`id\` ;& #`;
    const dir = module(`folder ${name}`, {
      'main.go': 'package main\n\nvar v string\n\nfunc main() { println(v) }\n',
      'tagged.go': '//go:build tag_1\n\npackage main\n\nfunc init() { print("tagged ") }\n',
    });
    const value = `$(touch pwned) \`id\` "q" \\n %s ; rm -rf x`;
    const out = path.join(dir, `-o ${name}`);
    const { code, err } = await gospect(['build', `--ldflags=-X 'main.v=${value}'`, '--tags=tag_1', '--out', out], dir);
    expect(code, err).toBe(0);
    expect(err).toContain(`'-ldflags=-X '\\''main.v=${value}'\\'''`);
    const [target] = fs.readdirSync(out);
    expect(execFileSync('sh', ['-c', '"$0" 2>&1', path.join(out, target, 'm')], { encoding: 'utf8' })).toBe(
      `tagged ${value}\n`,
    );
    const all = fs.readdirSync(top, { recursive: true }) as string[];
    expect(all.filter(f => /(^|\/)(x|pwned)$/.test(f))).toEqual([]);
    const explained = await gospect(['explain', `--ldflags=-X 'main.v=a b'`, '--json'], dir);
    expect(JSON.parse(explained.out).packages.map((p: { package: string }) => p.package)).toContain('example.com/m');
  });
  goTest('that go would take for flags, or that are no value, are refused or passed as one', async () => {
    const dir = module('refused');
    const said = async (...args: string[]) => {
      const { code, out, err } = await gospect(args, dir);
      expect(code).toBeGreaterThan(0);
      return out + err;
    };
    expect(await said('build', '--', '-toolexec=/bin/sh')).toContain('-toolexec=/bin/sh is no package');
    expect(await said('explain', '--', '-exec=x')).toContain('-exec=x is no package');
    expect(await said('build', '--toolexec2=x')).toContain('flag provided but not defined');
    expect(await said('build', '--target', 'linux/amd64; rm -rf /')).toContain('is no target');
    expect(await said('build', '--target', '../amd64')).toContain('is no target');
    expect(await said('build', '--profile', '$(id)')).toContain('no profile $(id)');
    expect(await said('build', './no\nsuch')).not.toContain('internal error');
    expect(await said('build', 'main.go\0x')).not.toContain('internal error');
    expect((await gospect(['build', '--tags=a\nb', '--out', 'tagged'], dir)).err).not.toContain('internal error');
    fs.rmSync(path.join(dir, 'tagged'), { recursive: true, force: true });
    expect(await said('build', '--ldflags=\0')).not.toContain('internal error');
    expect(fs.readdirSync(dir).sort()).toEqual(['go.mod', 'main.go']);
  });
});

goTest('a profile and what is passed go together: linker flags and tags of both', async () => {
  const dir = module('together', { 'main.go': 'package main\n\nvar v string\n\nfunc main() { println(v) }\n' });
  const { err } = await gospect(
    ['build', '--profile', 'smallest', '--ldflags=-X main.v=set', '--target', 'linux/amd64'],
    dir,
  );
  expect(err).toContain("'-ldflags=-s -w -X main.v=set'");
  expect(fs.readFileSync(path.join(dir, 'm')).includes('.debug_info')).toBe(false);
  if (process.platform === 'linux' && process.arch === 'x64')
    expect(execFileSync('sh', ['-c', '"$0" 2>&1', path.join(dir, 'm')], { encoding: 'utf8' })).toBe('set\n');
});

goTest('the version control stamp is that of the sources: a build adds nothing that git sees', async ({ go }) => {
  const dir = module('stamped', { '.gitignore': '/m\n' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: dir, stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'a');
  expect((await gospect(['build', '--buildvcs=true'], dir)).code).toBe(0);
  const info = execFileSync(go, ['version', '-m', path.join(dir, 'm')], { encoding: 'utf8' });
  expect(info).toContain('vcs.modified=false');
});

describe('what is missing is said, with what to do', () => {
  const bare = { GOROOT: '', GOENV: 'off' };
  test('without Go, and with a GOROOT that is gone', async () => {
    const dir = module('nogo');
    for (const command of ['build', 'explain', 'verify', 'graph']) {
      const none = await gospect([command], dir, { ...bare, PATH: top });
      expect(none, command).toMatchObject({
        code: 2,
        err: expect.stringMatching(/no Go found: set GOROOT, or put go on PATH \(https:\/\/go\.dev\/dl\/\)\n$/),
      });
      const lost = await gospect([command], dir, { GOROOT: '/gone' });
      expect(lost.err, command).toContain(
        'GOROOT is /gone, but that folder has no VERSION file: set it to a Go installation',
      );
    }
  });
  test('a GOROOT without its programs', async () => {
    const root = path.join(top, 'hollow');
    fs.mkdirSync(root);
    fs.writeFileSync(path.join(root, 'VERSION'), 'go1.26.8\n');
    const { code, err } = await gospect(['build'], module('hollowed'), { ...bare, GOROOT: root });
    expect(code).toBe(1);
    expect(err).toMatch(/is not in std|cannot run .*hollow\/bin\/go/);
    expect(err).toMatch(/the Go installation is incomplete|cannot run/);
  });
  goTest('without a module', async () => {
    const dir = path.join(top, 'nomodule');
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'main.go'), 'package main\n\nfunc main() {}\n');
    for (const command of ['build', 'explain', 'verify', 'graph'])
      expect((await gospect([command], dir)).err, command).toMatch(
        /go\.mod file not found in current directory[^]*open a folder with a go\.mod, or make one: go mod init/,
      );
  });
  goTest('import cycles and missing modules are told whole before a build, as go build tells them', async () => {
    const dir = module('cyclic', {
      'main.go': 'package main\n\nimport _ "example.com/m/a"\n\nfunc main() {}\n',
      'a/a.go': 'package a\n\nimport _ "example.com/m/b"\n',
      'b/b.go': 'package b\n\nimport _ "example.com/m/a"\n',
    });
    expect((await gospect(['explain'], dir)).err).toContain(
      'explain: package example.com/m imports example.com/m/a from main.go imports example.com/m/b from a.go ' +
        'imports example.com/m/a from b.go: import cycle not allowed\n',
    );
    fs.writeFileSync(path.join(dir, 'b/b.go'), 'package b\n\nimport _ "example.org/none"\n');
    expect((await gospect(['explain'], dir)).err).toContain(
      'b/b.go:3:8: no required module provides package example.org/none; to add it: go get example.org/none\n',
    );
  });
  goTest('without a network, modules missing', async () => {
    const dir = module('offline', {
      'go.mod': 'module example.com/m\n\ngo 1.24\n\nrequire example.com/none v1.0.0\n',
      'main.go': 'package main\n\nimport _ "example.com/none"\n\nfunc main() {}\n',
    });
    const empty = { GOFLAGS: '-mod=mod', GOMODCACHE: path.join(top, 'empty') };
    for (const GOPROXY of ['off', 'http://127.0.0.1:1']) {
      const built = await gospect(['build'], dir, { ...empty, GOPROXY });
      expect(built.code).toBe(1);
      expect(built.err, GOPROXY).toContain(
        'cannot be downloaded: go online, set GOPROXY to a proxy that can be reached, or vendor them',
      );
      expect((await gospect(['explain'], dir, { ...empty, GOPROXY })).err, GOPROXY).toContain('cannot be downloaded');
    }
  });
  goTest('GOFLAGS=-mod=vendor without what it needs', async () => {
    const dir = module('vendored', {
      'go.mod': 'module example.com/m\n\ngo 1.24\n\nrequire example.com/none v1.0.0\n',
      'vendor/modules.txt': '',
    });
    const { code, err } = await gospect(['build'], dir, { GOFLAGS: '-mod=vendor' });
    expect(code).toBe(1);
    expect(err).toMatch(/inconsistent vendoring/);
    expect(err).toMatch(/go mod vendor/);
  });
  goTest('an output that cannot be written, a cache that cannot', async () => {
    const dir = module('unwritable', { file: 'in the way' });
    const out = await gospect(['build', '--out', 'file/below'], dir);
    expect(out.code).toBe(1);
    expect(out.err).toMatch(/cannot write to .*file.below.* \(.*\): choose another folder for the output/);
    const proc = process.platform === 'linux' ? '/proc/gospect' : path.join(dir, 'file');
    expect((await gospect(['build', '--out', proc], dir)).err).toContain('choose another folder for the output');
    const cache = await gospect(['build'], dir, { GOCACHE: path.join(dir, 'file/cache') });
    expect(cache.err).toContain('set GOCACHE to a folder that can be written to');
    const work = await gospect(['build'], dir, { GOTMPDIR: path.join(dir, 'file') });
    expect(work.err).toContain('set GOTMPDIR to one that can be written to');
    expect(fs.readdirSync(dir).sort()).toEqual(['file', 'go.mod', 'main.go']);
  });
  posix('a folder that may only be read', async () => {
    const dir = module('readonly');
    fs.chmodSync(top, 0o755);
    fs.chmodSync(dir, 0o555);
    // The superuser may write everywhere: it is somebody else meanwhile.
    const superuser = process.geteuid?.() === 0;
    if (superuser) process.seteuid!(65534);
    try {
      for (const command of [['build'], ['build', '--out', 'bin/deep'], ['build', '--target', 'js/wasm,linux/386']]) {
        const { code, err } = await gospect(command, dir);
        expect(code, err).toBe(1);
        expect(err, command.join(' ')).toMatch(
          /cannot write to .*readonly.*EACCES.*: choose another folder for the output/,
        );
      }
    } finally {
      if (superuser) process.seteuid!(0);
    }
    expect(fs.readdirSync(dir).sort()).toEqual(['go.mod', 'main.go']);
    fs.chmodSync(dir, 0o755);
  });
  goTest('a C compiler that is not there', async () => {
    const dir = module('nocc', { 'main.go': 'package main\n\n// int f(void);\nimport "C"\n\nfunc main() { C.f() }\n' });
    const { err } = await gospect(['build'], dir, { CGO_ENABLED: '1', CC: 'no-such-cc' });
    expect(err).toMatch(/no-such-cc/);
    expect(err).toContain('install that C compiler, set CC to one that is there, or build without cgo');
  });
  test('ordinary errors of the code call for no hint', () => {
    expect(hintFor('./main.go:3:15: undefined: x\n')).toBe('');
    expect(
      hintFor('main.go:3:8: no required module provides package example.com/x; to add it:\n\tgo get example.com/x'),
    ).toBe('');
  });
});
