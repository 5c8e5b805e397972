import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { sourceOf } from '../core/binary/bytes.ts';
import { readImage } from '../core/binary/open.ts';
import { parseBudget } from '../core/size/budget.ts';
import { readDebug } from '../core/size/debug.ts';
import { GROUPINGS } from '../core/size/group.ts';
import { savings } from '../core/size/savings.ts';
import { debugInThread, type DebugThreadData } from '../server/binary/debug-thread.ts';
import { fdOf, withImage } from '../server/binary/file.ts';
import { goTest, type GoToolchain } from './go.ts';
import { gospect } from './gospect.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-size-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const SOURCE = `package main

import "os"

type list[T any] struct{ items []T }

//go:noinline
func (l *list[T]) add(item T) { l.items = append(l.items, item) }

type shape struct{ side int }

//go:noinline
func (s shape) area() int { return s.side * s.side }

func main() {
	var a list[int]
	var b list[string]
	a.add(len(os.Args))
	b.add(os.Args[0])
	println(len(a.items), len(b.items), shape{len(os.Args)}.area())
}
`;

function build({ go }: GoToolchain): string {
  const file = path.join(folder, 'app');
  if (fs.existsSync(file)) return file;
  fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/app\n\ngo 1.21\n');
  fs.writeFileSync(path.join(folder, 'main.go'), SOURCE);
  const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '' };
  execFileSync(go, ['build', '-o', file, '.'], { cwd: folder, env, stdio: 'pipe' });
  return file;
}

const cli = (...args: string[]) => gospect(args, folder, {});

interface Row {
  path: string[];
  kind: string;
  size: number;
}
async function rowsBy(file: string, by: string): Promise<{ size: number; rows: Row[] }> {
  return JSON.parse((await cli('size', '--json', '--by', by, file)).out) as { size: number; rows: Row[] };
}

describe('groups', () => {
  goTest('add up to the file, each path and kind once', async toolchain => {
    const file = build(toolchain);
    const { size } = fs.statSync(file);
    for (const by of [...GROUPINGS, 'module,package,type', 'kind,function']) {
      const report = await rowsBy(file, by);
      expect(report.size).toBe(size);
      expect(
        report.rows.reduce((sum, row) => sum + row.size, 0),
        by,
      ).toBe(size);
      expect(new Set(report.rows.map(row => `${row.path.join('\0')}\0${row.kind}`)).size, by).toBe(report.rows.length);
    }
  });

  goTest('modules, types with their methods, generic functions as one', async toolchain => {
    const file = build(toolchain);
    const code = async (by: string) =>
      (await rowsBy(file, by)).rows.filter(row => row.kind === 'code').map(row => row.path[0]);
    expect(await code('module')).toEqual(expect.arrayContaining(['std', 'example.com/app']));
    expect(await code('type')).toEqual(expect.arrayContaining(['main.shape', 'main.list[...]', 'runtime.mheap']));
    const functions = await code('function');
    expect(functions.filter(name => name.includes('main.(*list'))).toEqual(['main.(*list[...]).add']);
  });
});

describe('sections alone', () => {
  goTest('are as large as in the whole ledger, and add up to the file', async ({ go }) => {
    const inner = path.join(folder, 'sections');
    fs.mkdirSync(inner);
    const source = path.join(inner, 'main.go');
    fs.writeFileSync(source, 'package main\n\nfunc main() { println("x") }\n');
    for (const port of ['linux/amd64', 'windows/amd64', 'darwin/arm64', 'js/wasm']) {
      const [goos, goarch] = port.split('/');
      const file = path.join(inner, goos);
      const env = { ...process.env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' };
      execFileSync(go, ['build', '-o', file, source], { env, stdio: 'pipe' });
      const read = readImage(sourceOf(new Uint8Array(fs.readFileSync(file))), image => [
        ...image.sections.map(section => section.name),
      ]);
      const { rows, size } = JSON.parse((await cli('size', '--json', '--sections', file)).out) as {
        rows: Row[];
        size: number;
      };
      const whole = await rowsBy(file, 'section');
      const bySection = (all: Row[], name: string) =>
        all.filter(r => r.path[0] === name).reduce((sum, r) => sum + r.size, 0);
      expect(rows.reduce((sum, r) => sum + r.size, 0)).toBe(fs.statSync(file).size);
      expect(size).toBe(fs.statSync(file).size);
      expect(read.ok && read.value.length).toBeGreaterThan(5);
      for (const name of read.ok ? read.value : [])
        expect(bySection(rows, name), `${port} ${name}`).toBe(bySection(whole.rows, name));
    }
    expect((await cli('size', '--sections', '--by', 'kind', 'x')).code).toBe(2);
  });
});

describe('constants', () => {
  goTest('strings by who uses them, embedded files by name, stripped', async ({ go }) => {
    const inner = path.join(folder, 'constants');
    fs.mkdirSync(inner);
    fs.writeFileSync(path.join(inner, 'go.mod'), 'module example.com/constants\n\ngo 1.21\n');
    fs.writeFileSync(path.join(inner, 'page.html'), '<p>'.repeat(1111));
    fs.writeFileSync(
      path.join(inner, 'main.go'),
      `package main

import (
	"embed"
	"os"
)

//go:embed page.html
var pages embed.FS

var said = []string{"a string that only a variable has, of 46 bytes"}

//go:noinline
func greet() string { return "good morning to whoever reads this, 50 bytes long" }

func main() {
	page, _ := pages.ReadFile("page.html")
	os.Stdout.WriteString(greet() + said[len(os.Args)] + string(page))
}
`,
    );
    for (const port of ['linux/amd64', 'darwin/arm64', 'js/wasm']) {
      const [goos, goarch] = port.split('/');
      const file = path.join(inner, goarch);
      const env = { ...process.env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' };
      execFileSync(go, ['build', '-ldflags=-s', '-o', file, '.'], { cwd: inner, env, stdio: 'pipe' });
      const { rows } = await rowsBy(file, 'kind,symbol');
      const sizeOf = (kind: string, symbol: string) => rows.find(r => r.kind === kind && r.path[1] === symbol)?.size;
      expect(sizeOf('strings', 'main.greet'), port).toBe(49);
      expect(sizeOf('strings', 'strings of variables'), port).toBeGreaterThanOrEqual(46);
      expect(sizeOf('embedded files', 'page.html'), port).toBe(3333);
    }
  });
});

describe('budgets', () => {
  const budget = (value: unknown) => fs.writeFileSync(path.join(folder, 'budget.json'), JSON.stringify(value));

  goTest('that are kept end with 0, others with 1 and what is over', async toolchain => {
    const file = build(toolchain);
    budget({ size: '1 GiB', module: { std: '100 MB' } });
    expect(await cli('size', '--budget', 'budget.json', file)).toMatchObject({ code: 0, err: '' });
    const { size } = fs.statSync(file);
    budget({ size: size - 10, package: { 'internal/...': '1 KB', nothing: 0 } });
    const over = await cli('size', '--budget', 'budget.json', file);
    expect(over.code).toBe(1);
    expect(over.out).toContain(`${size} of ${String(size - 10).padStart(10)}  OVER by 10 (0.0 %)`);
    expect(over.out).toMatch(/OVER by \d+ \(\d+\.\d %\) {2}package internal\/\.\.\./);
    expect(over.out).toMatch(/ 0 of +0 {2}ok +package nothing/);
    expect(over.err).toBe('gospect size: 2 of 3 limits of budget.json are exceeded\n');
    const json = await cli('size', '--json', '--budget', 'budget.json', file);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ v: 1, ok: false, limits: [{ by: 'size', bytes: size }, {}, {}] });
  });

  test.each([
    ['{', 'it is no JSON'],
    ['[]', 'it is no JSON object'],
    ['{"packages": {}}', 'it has the key "packages"'],
    ['{"package": {"fmt": "much"}}', '"much" of fmt is no number of bytes'],
    ['{}', 'it sets no limit'],
  ])('%s is refused with the reason', (text, reason) => {
    expect(parseBudget(text)).toContain(reason);
  });

  test('take bytes and units', () => {
    const limits = parseBudget('{"size": 12, "kind": {"a": "1.5 MiB", "b": "2kb", "c": "1_000"}}');
    expect(Array.isArray(limits) && limits.map(l => l.bytes)).toEqual([12, 1572864, 2000, 1000]);
  });
});

describe('what -s and -w leave out', () => {
  goTest('is what files linked so do not have', ({ go }) => {
    build({ go } as GoToolchain);
    for (const target of ['linux/amd64', 'windows/amd64', 'darwin/arm64', 'js/wasm']) {
      const [goos, goarch] = target.split('/');
      const link = (flags: string) => {
        const file = path.join(folder, `saved${flags}`);
        const env = { ...process.env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' };
        execFileSync(go, ['build', `-ldflags=${flags}`, '-o', file, '.'], { cwd: folder, env, stdio: 'pipe' });
        return fs.readFileSync(file);
      };
      const plain = link('');
      const read = readImage(sourceOf(new Uint8Array(plain)), image => savings(image, 'go1.26'));
      const { w, s } = read.ok ? read.value : { w: -1, s: -1 };
      // the flags themselves are recorded in the build information
      expect(Math.abs(plain.length - link('-w').length - w), `${target} -w`).toBeLessThan(32);
      expect(Math.abs(plain.length - link('-s').length - s), `${target} -s`).toBeLessThan(32);
    }
  });
});

describe('files of others', () => {
  goTest('packed by UPX, and not of Go at all, are called so', async toolchain => {
    const bytes = fs.readFileSync(build(toolchain));
    // without sections, function table and build information: what a packer leaves
    const empty = Buffer.alloc(bytes.length, 1);
    bytes.copy(empty, 0, 0, 1024);
    empty.fill(0, 40, 48);
    empty.fill(0, 58, 64);
    fs.writeFileSync(path.join(folder, 'other'), empty);
    expect((await cli('size', 'other')).out).toContain('not built by Go');
    empty.write('UPX!', empty.length - 36);
    fs.writeFileSync(path.join(folder, 'packed'), empty);
    const { out } = await cli('size', 'packed');
    expect(out).toContain('packed by UPX');
    expect((JSON.parse((await cli('size', '--json', 'packed')).out) as { note: string }).note).toContain('upx -d');
  });

  goTest('of Go with a function table that cannot be read are not of others', async toolchain => {
    const bytes = fs.readFileSync(build(toolchain));
    const at = bytes.indexOf(Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0]));
    // what obfuscators change
    bytes.writeUInt32LE(0x12345678, at);
    fs.writeFileSync(path.join(folder, 'renamed'), bytes);
    const functions = async (name: string) =>
      (
        JSON.parse((await cli('size', '--json', '--by', 'function', name)).out) as {
          rows: { path: string[]; kind: string }[];
        }
      ).rows.flatMap(row => (row.kind === 'pclntab' ? [row.path[0]] : []));
    expect(await functions('renamed')).toContain('main.main');
    bytes[at + 6] = 9;
    fs.writeFileSync(path.join(folder, 'hidden'), bytes);
    const report = JSON.parse((await cli('size', '--json', '--by', 'kind', 'hidden')).out) as {
      note: string;
      rows: { kind: string }[];
    };
    expect(report.note).toContain('built by Go, but');
    const kinds = report.rows.map(row => row.kind);
    expect(kinds).toContain('code');
    expect(kinds).not.toContain('foreign code');
  });

  goTest('with something behind it says how much, and what is no executable says what it is', async toolchain => {
    const bytes = fs.readFileSync(build(toolchain));
    fs.writeFileSync(path.join(folder, 'installer'), Buffer.concat([bytes, bytes.subarray(0, 5000)]));
    const { rows } = await rowsBy('installer', 'symbol');
    expect(rows.find(row => row.path[0] === 'appended to the file')).toMatchObject({
      kind: 'foreign data',
      size: 5000,
    });
    expect(rows.filter(row => row.kind === 'unknown')).toEqual([]);
    fs.writeFileSync(path.join(folder, 'app.gz'), gzipSync(bytes.subarray(0, 1000)));
    expect((await cli('size', 'app.gz')).err).toContain('it is compressed (gzip)');
  });

  goTest('split off its debug information is told from what Go did not build', async toolchain => {
    const bytes = fs.readFileSync(build(toolchain));
    const table = Number(bytes.readBigUInt64LE(40));
    const at = (i: number) => table + 64 * i;
    // as objcopy --only-keep-debug does: what is loaded has no bytes in the file
    for (let i = 1; i < bytes.readUInt16LE(60); i++) {
      const notes = bytes.readUInt32LE(at(i) + 4) === 7;
      if (!notes && bytes.readBigUInt64LE(at(i) + 8) & 2n) bytes.writeUInt32LE(8, at(i) + 4);
    }
    // and no segments
    bytes.writeUInt16LE(0, 56);
    fs.writeFileSync(path.join(folder, 'app.debug'), bytes);
    expect((await cli('size', 'app.debug')).out).toContain('split off from it');
  });

  goTest('a section that others added is theirs by its name', async toolchain => {
    const bytes = fs.readFileSync(build(toolchain));
    const name = '.debug_gdb_scripts';
    bytes.write('.provenance_record', bytes.lastIndexOf(`${name}\0`), 'latin1');
    fs.writeFileSync(path.join(folder, 'recorded'), bytes);
    const { unknown, rows } = JSON.parse((await cli('size', '--json', '--by', 'section', 'recorded')).out) as {
      unknown: number;
      rows: { path: string[]; kind: string }[];
    };
    expect(unknown).toBe(0);
    expect(rows.find(row => row.path[0] === '.provenance_record')?.kind).toBe('foreign data');
  });

  goTest('a signature at the end of a program for Windows is known', async ({ go }) => {
    const dir = path.join(folder, 'signed');
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'main.go'), 'package main\n\nfunc main() { println("hello") }\n');
    const env = { ...process.env, GOOS: 'windows', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '' };
    execFileSync(go, ['build', '-ldflags=-s -w', '-o', 'main.exe', 'main.go'], { cwd: dir, env, stdio: 'pipe' });
    const bytes = fs.readFileSync(path.join(dir, 'main.exe'));
    const directory = bytes.readUInt32LE(60) + 24 + 112 + 8 * 4;
    bytes.writeUInt32LE(bytes.length, directory);
    bytes.writeUInt32LE(1000, directory + 4);
    fs.writeFileSync(path.join(dir, 'main.exe'), Buffer.concat([bytes, Buffer.alloc(1000, 0x30)]));
    const { unknown, rows } = JSON.parse((await cli('size', '--json', '--by', 'symbol', 'signed/main.exe')).out) as {
      unknown: number;
      rows: { path: string[]; size: number }[];
    };
    expect(unknown).toBe(0);
    expect(rows.find(row => row.path[0] === 'signature')?.size).toBe(1000);
  });
});

goTest('debug information is the same from a thread, and read here when that fails', async toolchain => {
  const file = build(toolchain);
  const outfile = path.join(folder, 'debug-worker.mjs');
  const require = `import{createRequire as $c}from'node:module';const require=$c(import.meta.url);`;
  const banner = { js: require };
  const entryPoints = ['server/debug-worker.ts'];
  await bundle({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', banner });
  const fd = fs.openSync(file, 'r');
  const { port1, port2 } = new MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(4));
  const data: DebugThreadData = { fd, size: fs.fstatSync(fd).size, state, port: port2 };
  const worker = new Worker(pathToFileURL(outfile), { workerData: data, transferList: [port2] });
  await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));
  const found: unknown = receiveMessageOnPort(port1)?.message;
  port1.close();
  fs.closeSync(fd);

  fs.writeFileSync(outfile, 'throw new Error("out of luck")');
  withImage('/', file, image => {
    const here = readDebug(image, true);
    expect(here.names).toContain('runtime');
    expect(here.frames!.addr.length).toBeGreaterThan(1000);
    expect(found).toEqual(here);
    expect(fdOf(image.source)).not.toBe(null);
    expect(debugInThread(image, pathToFileURL(outfile))!(image, true)).toEqual(here);
  });
});
