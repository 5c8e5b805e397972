/**
 * Executables to damage: the smallest programs that Go and C compilers make for each format, as they are and with tables
 * cut short, so that thousands of damaged copies can be read in the time that one large file takes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sourceOf, uvarint } from '../../core/binary/bytes.ts';
import { type Image, offsetOf } from '../../core/binary/image.ts';
import { findModuledata, type Moduledata } from '../../core/binary/moduledata.ts';
import { readImage } from '../../core/binary/open.ts';
import { readPclntab } from '../../core/binary/pclntab.ts';
import { ledgerOf } from '../../core/size/attribute.ts';
import { KINDS } from '../../core/size/ledger.ts';

/** Bytes [from, to) of a file. */
export interface Place {
  from: number;
  to: number;
}

export interface Seed {
  name: string;
  bytes: Uint8Array;
  /** Read in a few milliseconds. */
  quick: boolean;
  /** What readers follow, by subject: headers, moduledata, types and so on. No group is empty. */
  places: Place[][];
}

export const TARGETS: Record<string, string[]> = {
  elf: ['linux/amd64', 'linux/386', 'linux/s390x', 'linux/mips', 'freebsd/arm64'],
  pe: ['windows/amd64', 'windows/386', 'windows/arm64'],
  macho: ['darwin/arm64', 'darwin/amd64'],
  wasm: ['js/wasm', 'wasip1/wasm'],
};

/** Kinds of rows whose bytes readers follow. */
const FOLLOWED = new Set([
  'header',
  'symbols',
  'relocations',
  'types',
  'itabs',
  'pclntab',
  'dwarf',
  'build info',
  'data',
]);
/** Bytes at the begin of a row that are aimed at. */
const AIMED = 128;
/** Functions and types that are left where tables are cut short. */
const FEW = 40;

const GO = 'package main\n\nfunc main() { println("x") }\n';
const C =
  'struct s { int a; const char *b; } v = {1, "x"};\nint f(int n) { return n * v.a; }\nint main(void) { return f(2); }\n';

/** Builds what the toolchains at hand can make of a format, and says what cannot be made. */
export function seedsOf(format: string, folder: string): Seed[] {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'main.go'), GO);
  fs.writeFileSync(path.join(folder, 'main.c'), C);
  const seeds: Seed[] = [];
  for (const target of TARGETS[format]) {
    for (const flags of ['', '-s -w']) {
      const name = target.replace('/', '-') + (flags === '' ? '' : '-stripped');
      const bytes = goProgram(folder, name, target, ['-ldflags=' + flags]);
      seeds.push(seedOf(name, bytes, false), seedOf(`${name}, few functions`, shortened(bytes), flags !== ''));
    }
  }
  if (format === 'elf') {
    const bytes = goProgram(folder, 'pie', 'linux/amd64', ['-buildmode=pie', '-ldflags=-s -w']);
    seeds.push(seedOf('pie, few functions', shortened(bytes), true));
  }
  for (const [name, ...command] of compilers(format)) {
    const out = path.join(folder, `c-${name}`);
    const [program, ...args] = command;
    if (spawnSync(program, [...args, '-o', out, 'main.c'], { cwd: folder }).status !== 0)
      console.log(`${format}: no seed of ${command.join(' ')}`);
    else seeds.push(seedOf(`C, ${name}`, new Uint8Array(fs.readFileSync(out)), true));
  }
  return seeds;
}

/** Programs where there is a linker for the format, else object files. */
function compilers(format: string): [string, ...string[]][] {
  switch (format) {
    case 'elf':
      return [
        ['dynamic', 'gcc', '-g', '-gdwarf-4'],
        ['debug 5', 'gcc', '-g3', '-gdwarf-5'],
        ['compressed', 'gcc', '-g', '-gz'],
        ['object', 'clang', '-g', '-c'],
      ];
    case 'macho':
      return [
        ['object', 'clang', '-g', '-c', '-target', 'x86_64-apple-macos11'],
        ['object arm64', 'clang', '-c', '-target', 'arm64-apple-macos11'],
      ];
    case 'wasm':
      return [['object', 'clang', '-g', '-c', '-target', 'wasm32']];
    default:
      return [];
  }
}

function goProgram(folder: string, name: string, target: string, flags: string[]): Uint8Array {
  const [GOOS, GOARCH] = target.split('/');
  const file = path.join(folder, name);
  const env = { ...process.env, GOOS, GOARCH, CGO_ENABLED: '0', GOFLAGS: '' };
  if (!fs.existsSync(file)) execFileSync('go', ['build', ...flags, '-o', file, 'main.go'], { cwd: folder, env });
  return new Uint8Array(fs.readFileSync(file));
}

/** The same file with a function table, type links and itab links of few entries, and Wasm's data in one segment. */
function shortened(bytes: Uint8Array): Uint8Array {
  const copy = bytes[0] === 0 ? inOneSegment(bytes) : bytes.slice();
  const read = readImage(sourceOf(copy.slice()), image => {
    const table = readPclntab(image);
    if (table === null) throw new Error('a program of Go without a function table');
    const view = new DataView(copy.buffer);
    const little = image.littleEndian;
    const put = (addr: number, value: number) => {
      const at = offsetOf(image, addr);
      if (at >= 0) view.setUint32(at + (little || image.ptrSize === 4 ? 0 : 4), value, little);
    };
    put(table.addr + 8, FEW);
    const m = findModuledata(image, table.addr);
    if (m !== null) shortenTypes(image, m, put);
  });
  if (!read.ok) throw new Error(read.message);
  return copy;
}

const WASM_DATA = 11;

/** A Wasm module with the twenty thousand segments of its data joined. */
function inOneSegment(bytes: Uint8Array): Uint8Array {
  const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)]);
  const sleb = (value: number): number[] => (value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...sleb(value >>> 7)]);
  const read = readImage(sourceOf(bytes), image => {
    const end = image.loads.reduce((high, load) => Math.max(high, load.addr + load.fileSize), 0);
    const memory = new Uint8Array(end);
    for (const load of image.loads) memory.set(image.source.read(load.offset, load.fileSize), load.addr);
    const low = image.loads.reduce((least, load) => Math.min(least, load.addr), end);
    const content = memory.subarray(low);
    const head = [1, 0, 0x41, ...sleb(low), 0x0b, ...uleb(content.length)];
    return Buffer.concat([Uint8Array.of(WASM_DATA, ...uleb(head.length + content.length), ...head), content]);
  });
  if (!read.ok) throw new Error(read.message);
  const pieces: Uint8Array[] = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [size, content] = uvarint(bytes, at + 1);
    pieces.push(bytes[at] === WASM_DATA ? read.value : bytes.subarray(at, content + size));
    at = content + size;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function shortenTypes(image: Image, m: Moduledata, put: (addr: number, value: number) => void): void {
  const at = (addr: number) => {
    const offset = offsetOf(image, addr);
    if (offset < 0) return -1;
    const bytes = image.source.read(offset, image.ptrSize);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return view.getUint32(image.littleEndian || image.ptrSize === 4 ? 0 : 4, image.littleEndian);
  };
  for (let word = m.addr; word < m.addr + m.size; word += image.ptrSize) {
    const next = word + image.ptrSize;
    for (const { addr, count } of [m.typelinks, m.itablinks]) {
      if (at(word) !== addr % 2 ** 32 || at(next) !== count || count <= FEW) continue;
      put(next, FEW);
      put(next + image.ptrSize, FEW);
    }
  }
}

function seedOf(name: string, bytes: Uint8Array, quick: boolean): Seed {
  const groups = new Map<string, Place[]>();
  const aim = (group: string, from: number, to: number) => {
    if (from < 0 || to <= from || to > bytes.length) return;
    const places = groups.get(group);
    if (places === undefined) groups.set(group, [{ from, to }]);
    else places.push({ from, to });
  };
  aim('begin', 0, Math.min(bytes.length, 1024));
  aim('end', Math.max(0, bytes.length - 256), bytes.length);
  const read = readImage(sourceOf(bytes), image => {
    const ledger = ledgerOf(image);
    for (let i = 0; i < ledger.count; i++) {
      const kind = KINDS[ledger.kind[i]];
      if (!FOLLOWED.has(kind)) continue;
      // debug information by its section: each has a reader of its own
      const group = kind === 'dwarf' ? ledger.strings[ledger.section[i]] : kind;
      const from = ledger.offset[i];
      aim(group, from, from + Math.min(AIMED, ledger.length[i]));
    }
    for (const part of image.parts) aim('tables', part.offset, part.offset + part.size);
    const table = readPclntab(image);
    if (table === null) return;
    const header = offsetOf(image, table.addr);
    aim('pclntab header', header, header + 8 + 8 * image.ptrSize);
    const index = offsetOf(image, table.addr + table.funcs);
    aim('function index', index, index + AIMED);
    const m = findModuledata(image, table.addr);
    const data = m === null ? -1 : offsetOf(image, m.addr);
    if (data >= 0) aim('moduledata', data, data + m!.size);
  });
  if (!read.ok) throw new Error(`${name}: ${read.message}`);
  return { name, bytes, quick, places: [...groups.values()] };
}
