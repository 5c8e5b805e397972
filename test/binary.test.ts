import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FormatError, sourceOf, textsIn } from '../core/binary/bytes.ts';
import { type Image, offsetOf } from '../core/binary/image.ts';
import { compressedAt, inflate } from '../core/binary/inflate.ts';
import { scannerOf } from '../core/binary/references.ts';
import { readTypes } from '../core/binary/types.ts';
import { findModuledata } from '../core/binary/moduledata.ts';
import { readImage } from '../core/binary/open.ts';
import { funcRecord, readPclntab } from '../core/binary/pclntab.ts';
import { isWasm } from '../core/binary/wasm.ts';
import { ledgerOf } from '../core/size/attribute.ts';
import { Claims, KINDS, type Ledger } from '../core/size/ledger.ts';
import { binaryReport } from '../server/binary/report.ts';
import { goTest, type GoToolchain } from './go.ts';
import { gospect } from './gospect.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-binary-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const SOURCE = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n';
const TARGETS = ['linux/amd64', 'linux/386', 'linux/arm64', 'windows/amd64', 'darwin/arm64', 'js/wasm'];

/** Builds the program once for each target and flags. */
function build({ go }: GoToolchain, target: string, ...flags: string[]): string {
  const [goos, goarch] = target.split('/');
  const file = path.join(folder, `${goos}-${goarch}${flags.join('').replace(/[^a-z]/g, '')}`);
  if (fs.existsSync(file)) return file;
  const source = path.join(folder, 'main.go');
  fs.writeFileSync(source, SOURCE);
  const env = { ...process.env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' };
  execFileSync(go, ['build', ...flags, '-o', file, source], { env, stdio: 'pipe' });
  return file;
}

const cli = (...args: string[]) => gospect(args, folder, {});

function ledgerOfFile(bytes: Uint8Array): Ledger {
  const read = readImage(sourceOf(bytes), ledgerOf);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

function withImage(bytes: Uint8Array, look: (image: Image) => void): void {
  const read = readImage(sourceOf(bytes), look);
  if (!read.ok) throw new Error(read.message);
}

const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)]);

/** Rows follow one another from the first byte to the last. */
function expectPartition(ledger: Ledger): void {
  let at = 0;
  for (let i = 0; i < ledger.count; i++) {
    expect(ledger.offset[i]).toBe(at);
    expect(ledger.length[i]).toBeGreaterThan(0);
    at += ledger.length[i];
  }
  expect(at).toBe(ledger.size);
}

describe('the same text as Go', () => {
  goTest(
    'nm, version and buildid',
    async toolchain => {
      for (const target of TARGETS.filter(t => t !== 'js/wasm')) {
        const file = build(toolchain, target);
        const go = (...args: string[]) => execFileSync(toolchain.go, args, { encoding: 'utf8' });
        for (const order of ['address', 'size', 'name', 'none']) {
          const flags = ['-size', '-sort', order, file];
          expect((await cli('nm', ...flags)).out, `${target} ${order}`).toBe(go('tool', 'nm', ...flags));
        }
        expect((await cli('version', '-m', file)).out, target).toBe(go('version', '-m', file));
        expect((await cli('buildid', file)).out, target).toBe(go('tool', 'buildid', file));
      }
    },
    900_000,
  );
});

describe('the ledger', () => {
  goTest(
    'has every byte in one row, nearly all of them explained, stripped or not',
    toolchain => {
      for (const target of TARGETS) {
        for (const flags of [[], ['-ldflags=-s -w']]) {
          const ledger = ledgerOfFile(new Uint8Array(fs.readFileSync(build(toolchain, target, ...flags))));
          expectPartition(ledger);
          expect(ledger.unknown / ledger.size, `${target} ${flags.join('')}`).toBeLessThan(0.0001);
        }
      }
    },
    900_000,
  );

  goTest('of a fat file has the programs of all architectures', toolchain => {
    const programs = ['darwin/arm64', 'darwin/amd64'].map(target => fs.readFileSync(build(toolchain, target)));
    const page = 0x4000;
    const offsets: number[] = [];
    let end = page;
    for (const program of programs) {
      offsets.push(end);
      end += Math.ceil(program.length / page) * page;
    }
    const fat = Buffer.alloc(offsets[1] + programs[1].length);
    fat.writeUInt32BE(0xcafebabe, 0);
    fat.writeUInt32BE(programs.length, 4);
    for (const [i, program] of programs.entries()) {
      [program.readUInt32LE(4), program.readUInt32LE(8), offsets[i], program.length, 14].forEach((word, k) =>
        fat.writeUInt32BE(word, 8 + 20 * i + 4 * k),
      );
      program.copy(fat, offsets[i]);
    }
    const ledger = ledgerOfFile(new Uint8Array(fat));
    expectPartition(ledger);
    expect(ledger.size).toBe(fat.length);
    expect(ledger.unknown / ledger.size).toBeLessThan(0.03);
    const bytes = (l: Ledger, at: number) => {
      const sums: Record<string, number> = {};
      for (let i = 0; i < l.count; i++) {
        const kind = KINDS[l.kind[i]];
        if (l.offset[i] >= at && kind !== 'padding') sums[kind] = (sums[kind] ?? 0) + l.length[i];
      }
      return sums;
    };
    expect(bytes(ledger, offsets[1])).toEqual(bytes(ledgerOfFile(new Uint8Array(programs[1])), 0));
  });

  goTest('knows the same functions in a stripped file', toolchain => {
    const functions = (file: string) => {
      const ledger = ledgerOfFile(new Uint8Array(fs.readFileSync(file)));
      const names = new Set<string>();
      for (let i = 0; i < ledger.count; i++) {
        if (KINDS[ledger.kind[i]] === 'code') names.add(ledger.strings[ledger.symbol[i]]);
      }
      return [...names].sort();
    };
    expect(functions(build(toolchain, 'linux/amd64', '-ldflags=-s -w'))).toEqual(
      functions(build(toolchain, 'linux/amd64')),
    );
  });
});

/**
 * main.main of a program that prints one line, as Go 1.26 compiles it: its address, its first bytes, and the addresses of
 * the line's type, the line, os.Stdout and the itab of *os.File, as nm has them.
 */
const MAINS: [goarch: string, at: number, code: string, addresses: number[]][] = [
  [
    'mipsle',
    0xe7268,
    '0800c18f2b083d00060020140000000025181f0040f7020c00000000f8ff001000000000d4ffbfafd4ffbd270000bfaf1000013cc0b62124' +
      '2400a1af1200013ce48221242800a1af1c00173c649be18e1200023c44864224',
    [0xfb6c0, 0x1182e4, 0x1b9b64, 0x118644],
  ],
  [
    'mips64',
    0xe6d40,
    'dfc10010003d082b1420000600000000001f18250c02efe8000000001000fff800000000ffbfffa863bdffa8ffbf00003c010010003c082d' +
      '6421a360ffa100483c010012003c082d6421fef8ffa100503c17001d02fcb82ddee1ebc83c020012005c102d64420418',
    [0xfa360, 0x11fef8, 0x1cebc8, 0x120418],
  ],
  [
    'ppc64',
    0xb53b0,
    'eade00107c360840418000107ca802a64bfde3214bffffec7fe802a6fbe1ffa93d00000d3908a340f90100483d00000f3908f990f9010050' +
      '3c80001ae884a7283c60000f3863fea8',
    [0xca340, 0xef990, 0x19a728, 0xefea8],
  ],
  // POWER10
  [
    'ppc64le',
    0xb8ca0,
    '1000deea4008367c10008041a602a87cf1d7fd4becffff4ba602e87fa9ffe1fb0100100640170039480001f90300100694700039500001f9' +
      '0e001004701a80e403001006f8756038',
    [0xca400, 0xefd60, 0x19a748, 0xf02d8],
  ],
  // -buildmode=pie
  [
    'ppc64le',
    0xbf820,
    '10004c3c60ef42381000deea4008367c18008041a602a87c080041f8ddbffd4b080041e8e4ffff4ba602e87fa9ffe1fb180041f8feff023d' +
      '80bc0839480001f9ffff023d386e0839500001f90100823ce8bf84e8ffff623c78736338',
    [0x19a400, 0x1b55b8, 0x1ca768, 0x1b5af8],
  ],
  [
    'loong64',
    0xb4670,
    'd442c028948e1200805600406100ff296300ff026100c029c902001a2981d50269c0c0298907001a29c1c50269e0c029de1e001ac5a3dc28' +
      '8407001a8460db02',
    [0xca560, 0xf0170, 0x1aa728, 0xf06d8],
  ],
];

describe('addresses in code', () => {
  test.each(MAINS)('%s', (goarch, at, hex, addresses) => {
    const code = new Uint8Array(Buffer.from(hex, 'hex'));
    const found: number[] = [];
    scannerOf(goarch)!(code, 0, code.length, at, address => found.push(address));
    expect(found).toEqual(addresses);
  });
});

describe('texts in a table', () => {
  test('are the same as parts of one text and each on its own', () => {
    const characters = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    for (const table of ['main.main\0runtime.\0\0x', 'main.main\0main.größe\0世界\0']) {
      const bytes = new TextEncoder().encode(table);
      const source = sourceOf(bytes);
      const single = textsIn(bytes, source);
      const parts = textsIn(bytes, { ...source, characters });
      for (let at = 0; at <= bytes.length + 1; at++) {
        const end = bytes.indexOf(0, at);
        const text = new TextDecoder().decode(bytes.subarray(at, end < 0 ? bytes.length : end));
        expect([single(at), parts(at)]).toEqual([text, text]);
      }
    }
  });
});

describe('texts of claims', () => {
  test('have numbers of their own, also where only a few letters tell them apart', () => {
    const read = readImage(sourceOf(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)), image => {
      const claims = new Claims(image);
      const texts: string[] = [''];
      for (let i = 0; i < 40_000; i++) {
        const digits = String(i).padStart(5, '0');
        texts.push(digits, 'x'.repeat(i % 300) + digits);
        // letters that are not looked at for a first guess
        if (i < 3000) texts.push(digits.replaceAll(/\d/g, '......$&.').padEnd(640, '.'));
      }
      const ids = texts.map(text => claims.id(text));
      expect(new Set(ids).size).toBe(new Set(texts).size);
      expect(texts.map(text => claims.id(text))).toEqual(ids);
    });
    expect(read.ok).toBe(true);
  });
});

describe('debug information', () => {
  test('is inflated to what zlib makes of it, with positions that never go back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(700).fill(7))), {
          maxLength: 12,
        }),
        fc.constantFrom(0, 1, 9),
        fc.constantFrom(0, 4),
        (parts, level, strategy) => {
          const bytes = Uint8Array.from(parts.flatMap(part => [...part]));
          const packed = new Uint8Array(deflateSync(bytes, { level, strategy }));
          const inflated = inflate(packed, bytes.length);
          expect(Buffer.compare(inflated.bytes, bytes)).toBe(0);
          let last = 0;
          for (let at = 0; at <= bytes.length; at += 50) {
            const place = compressedAt(inflated, at);
            expect(place).toBeGreaterThanOrEqual(last);
            expect(place).toBeLessThanOrEqual(packed.length);
            last = place;
          }
        },
      ),
      { numRuns: 100 },
    );
    const short = new Uint8Array(deflateSync(new Uint8Array(1000)));
    expect(() => inflate(short, 999)).toThrow(FormatError);
    expect(() => inflate(short.subarray(0, 8), 1000)).toThrow(FormatError);
    expect(() => inflate(short, 2 ** 40)).toThrow(FormatError);
  });

  goTest('belongs to the packages whose code is there', toolchain => {
    for (const target of ['linux/amd64', 'windows/amd64', 'darwin/arm64']) {
      const ledger = ledgerOfFile(new Uint8Array(fs.readFileSync(build(toolchain, target))));
      const packages = { code: new Set<string>(), dwarf: new Set<string>() };
      let ownerless = 0;
      let total = 0;
      for (let i = 0; i < ledger.count; i++) {
        const kind = KINDS[ledger.kind[i]];
        const pkg = ledger.strings[ledger.pkg[i]];
        const symbol = ledger.strings[ledger.symbol[i]];
        if (kind === 'code' && pkg !== '') packages.code.add(pkg);
        if (kind !== 'dwarf') continue;
        total += ledger.length[i];
        if (pkg === '') ownerless += ledger.length[i];
        else if (symbol.endsWith('debug_info')) packages.dwarf.add(pkg);
      }
      // instances of generic functions and linknamed ones are compiled with other packages
      const missing = [...packages.code].filter(p => !packages.dwarf.has(p));
      expect(missing.length, `${target} ${missing}`).toBeLessThan(packages.code.size / 10);
      expect(ownerless / total, target).toBeLessThan(0.02);
    }
  });
});

describe("what other tools make of Go's files", () => {
  goTest('functions of a Wasm module are known where an optimizer has put them', toolchain => {
    const bytes = new Uint8Array(fs.readFileSync(build(toolchain, 'js/wasm')));
    const codeOf = (file: Uint8Array): Map<string, number> => {
      const ledger = ledgerOfFile(file);
      expectPartition(ledger);
      const sums = new Map<string, number>();
      for (let i = 0; i < ledger.count; i++) {
        const symbol = ledger.strings[ledger.symbol[i]];
        if (KINDS[ledger.kind[i]] === 'code') sums.set(symbol, (sums.get(symbol) ?? 0) + ledger.length[i]);
      }
      return sums;
    };
    const before = codeOf(bytes);
    expect(before.size).toBeGreaterThan(1000);
    expect(codeOf(reordered(bytes))).toEqual(before);
  });

  goTest('a dSYM lists sections whose bytes are in the program', toolchain => {
    const whole = fs.readFileSync(build(toolchain, 'darwin/arm64'));
    const alone = Buffer.from(whole.subarray(0, 32 + whole.readUInt32LE(20)));
    const DSYM = 10;
    alone.writeUInt32LE(DSYM, 12);
    for (let at = 32; at < alone.length; at += alone.readUInt32LE(at + 4)) {
      // what is not a segment is about the program's own bytes
      if (alone.readUInt32LE(at) !== 0x19) alone.writeUInt32LE(0x31, at);
      else {
        alone.fill(0, at + 40, at + 56);
        const sections = alone.readUInt32LE(at + 64);
        for (let i = 0; i < sections; i++) alone.writeUInt32LE(0, at + 72 + 80 * i + 48);
      }
    }
    const ledger = ledgerOfFile(new Uint8Array(alone));
    expectPartition(ledger);
    expect(ledger.maker).toBe('split');
  });

  goTest('a long tail of zeros is padding, and is read in slices', toolchain => {
    const bytes = new Uint8Array(fs.readFileSync(build(toolchain, 'linux/amd64')));
    const size = bytes.length + 200 * 2 ** 20;
    let longest = 0;
    const read = (offset: number, length: number): Uint8Array => {
      if (offset + length > bytes.length) longest = Math.max(longest, length);
      const found = new Uint8Array(length);
      found.set(bytes.subarray(offset, Math.min(bytes.length, offset + length)));
      return found;
    };
    const result = readImage({ size, read }, ledgerOf);
    if (!result.ok) throw new Error(result.message);
    expectPartition(result.value);
    expect(KINDS[result.value.kind[result.value.count - 1]]).toBe('padding');
    expect(longest).toBeLessThan(2 ** 24);
  });

  goTest('the build ID is found in a program without a list of sections', async toolchain => {
    const bytes = fs.readFileSync(build(toolchain, 'linux/amd64'));
    const file = path.join(folder, 'no-sections');
    bytes.fill(0, 40, 48);
    bytes.fill(0, 60, 64);
    fs.writeFileSync(file, bytes);
    const theirs = execFileSync(toolchain.go, ['tool', 'buildid', file], { encoding: 'utf8' });
    expect(theirs.trim()).not.toBe('');
    expect((await cli('buildid', file)).out).toBe(theirs);
  });
});

/** A module with its functions' bodies in the opposite order, and its table of functions changed accordingly. */
function reordered(bytes: Uint8Array): Uint8Array {
  const numberAt = (at: number): [value: number, next: number] => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return [value, at];
    }
  };
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  /** The numbers of the functions with bodies: [first, first + count). */
  let first = 0;
  let count = 0;
  const sections: { id: number; body: Uint8Array; from: number; end: number }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const [size, from] = numberAt(at + 1);
    sections.push({ id: bytes[at], body: bytes.subarray(from, from + size), from, end: from + size });
    at = from + size;
  }
  withImage(bytes, image => {
    if (!isWasm(image)) throw new Error('no module');
    first = image.importedFunctions;
    count = image.functions.length;
  });
  for (const section of sections) {
    const { id, from, end } = section;
    let { body } = section;
    if (id === 9) {
      // one segment: its flags, i32.const and where it begins, end; then the functions
      const [, begin] = numberAt(numberAt(from)[1] + 2);
      let [entries, at] = numberAt(begin + 1);
      const head = bytes.subarray(from, at);
      const table: number[] = [];
      for (; entries > 0; entries--) {
        const [index, next] = numberAt(at);
        table.push(...uleb(index < first ? index : first + (first + count - 1 - index)));
        at = next;
      }
      body = Uint8Array.from([...head, ...table]);
    } else if (id === 10) {
      let at = numberAt(from)[1];
      const head = bytes.subarray(from, at);
      const bodies: Uint8Array[] = [];
      while (at < end) {
        const [size, content] = numberAt(at);
        bodies.push(bytes.subarray(at, content + size));
        at = content + size;
      }
      body = Buffer.concat([head, ...bodies.reverse()]);
    }
    parts.push(Uint8Array.of(id), Uint8Array.from(uleb(body.length)), body);
  }
  return new Uint8Array(Buffer.concat(parts));
}

describe('bad files', () => {
  test.each([
    ['empty', new Uint8Array(0), 'the file is empty'],
    ['a text', new TextEncoder().encode('package main\n\nfunc main() {}\n'), 'it is a text file, not an executable'],
    ['a script', new TextEncoder().encode('#!/bin/sh\nexit 1\n'), 'it is a script'],
    ['a program for Plan 9', Uint8Array.from([0, 0, 0x8a, 0x97, 0, 0x10, 0x87, 0x78]), 'it is a program for Plan 9'],
    ['a program for AIX', Uint8Array.from([1, 0xf7, 0, 10, 0, 0, 0, 0]), 'it is a program for AIX'],
    ['an ELF head alone', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'it is truncated'],
  ])('%s gets one clear sentence', (_, bytes, message) => {
    const result = binaryReport('x', sourceOf(bytes));
    expect(result.ok ? '' : result.message).toContain(message);
  });

  goTest('a truncated executable says so, in the terminal on one line', async toolchain => {
    for (const target of TARGETS.filter(t => t !== 'js/wasm')) {
      const bytes = fs.readFileSync(build(toolchain, target));
      fs.writeFileSync(path.join(folder, 'cut'), bytes.subarray(0, bytes.length / 2));
      const { code, out, err } = await cli('size', 'cut');
      expect([code, out]).toEqual([2, '']);
      expect(err, target).toMatch(/^gospect size: cannot read cut: .*truncated\n$/);
    }
  });

  test('a name from the file does not break the message', () => {
    expect(new FormatError('symbol \n\x1b[31mw is missing').message).toBe('symbol \ufffd\ufffd[31mw is missing');
    expect(new FormatError('x'.repeat(5000)).message.length).toBeLessThan(1000);
  });

  goTest('a function that claims thousands of tables is not believed', toolchain => {
    const bytes = new Uint8Array(fs.readFileSync(build(toolchain, 'linux/amd64')));
    withImage(bytes, image => {
      const table = readPclntab(image)!;
      const record = offsetOf(image, table.addr + funcRecord(table, 7).offset);
      new DataView(bytes.buffer).setUint32(record + 28, 1000, true);
    });
    const result = binaryReport('x', sourceOf(bytes));
    expect(result.ok ? '' : result.message).toContain('function record 7 claims 1000 tables');
  });

  goTest('addresses past what numbers hold exactly do not hang it', toolchain => {
    const bytes = new Uint8Array(fs.readFileSync(build(toolchain, 'windows/amd64', '-ldflags=-s -w')));
    const view = new DataView(bytes.buffer);
    withImage(bytes, image => {
      const text = image.sections.find(s => s.exec)!;
      const end = text.offset + Math.min(text.memSize, text.fileSize);
      bytes.fill(0xcc, end - 1024, end);
      // few functions: the last is far from the end
      view.setUint32(offsetOf(image, readPclntab(image)!.addr) + 8, 40, true);
    });
    // ImageBase of the optional header, its high half
    view.setUint32(view.getUint32(0x3c, true) + 24 + 28, 0x17d72000, true);
    const ledger = ledgerOfFile(bytes);
    expectPartition(ledger);
  });

  goTest('types that cannot be read are not in the place of others', toolchain => {
    const bytes = new Uint8Array(fs.readFileSync(build(toolchain, 'linux/amd64')));
    withImage(bytes, image => {
      const table = readPclntab(image)!;
      const m = findModuledata(image, table.addr, 26)!;
      // a name whose length does not end: that of all types but pointers
      const endless = m.etypes - 32;
      bytes.fill(0xff, offsetOf(image, endless), offsetOf(image, endless) + 16);
      const view = new DataView(bytes.buffer);
      const POINTER = 22;
      for (const { addr } of readTypes(image, m, 26)!.types) {
        const at = offsetOf(image, addr);
        if ((bytes[at + 23] & 31) !== POINTER) view.setInt32(at + 40, endless - m.types, true);
      }
    });
    withImage(bytes, image => {
      const types = readTypes(image, findModuledata(image, readPclntab(image)!.addr, 26)!, 26)!.types;
      expect(types.length).toBeGreaterThan(10);
      const strangers = types.filter(({ name, pkg }) => {
        const [, qualifier] = /^\**(\w+)\.\w+$/.exec(name) ?? [];
        return qualifier !== undefined && pkg !== '' && pkg.split('/').at(-1) !== qualifier;
      });
      expect(strangers).toEqual([]);
    });
    expectPartition(ledgerOfFile(bytes));
  });

  test('claims on thousands of pieces over and over come to an end', () => {
    const pieces = 1500;
    const content: number[] = [...uleb(pieces)];
    for (let i = 0; i < pieces; i++) {
      const at = 4096 + 2 * i;
      content.push(0, 0x41, ...uleb(at), 0x0b, 1, 1);
    }
    const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 11, ...uleb(content.length), ...content]);
    withImage(bytes, image => {
      const claims = new Claims(image);
      for (let i = 0; i < 1000; i++) claims.addMemory(4096, 4096, { kind: 'data', symbol: `variable ${i}` });
      claims.add(0, bytes.length, { kind: 'header', symbol: 'too late' });
      const ledger = claims.ledger('other');
      expectPartition(ledger);
      expect(ledger.strings).toContain('too late');
      const names = new Set([...ledger.symbol].map(id => ledger.strings[id]));
      expect([...names].sort()).toEqual(['', 'variable 0']);
    });
  });

  goTest(
    'any damage gives an answer or one message',
    toolchain => {
      for (const target of TARGETS) {
        const good = new Uint8Array(fs.readFileSync(build(toolchain, target)));
        const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 });
        const near = fc.array(fc.tuple(fc.nat(2047), fc.nat(255)), { minLength: 1, maxLength: 40 });
        fc.assert(
          fc.property(fc.oneof(damage, near), changes => {
            const bytes = good.slice();
            for (const [at, value] of changes) bytes[at] = value;
            const result = binaryReport('x', sourceOf(bytes));
            if (!result.ok) expect(result.message).not.toBe('');
          }),
          { numRuns: 25, seed: 1 },
        );
      }
    },
    900_000,
  );
});
