import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FormatError, sourceOf } from '../core/binary/bytes.ts';
import { compressedAt, inflate } from '../core/binary/inflate.ts';
import { readImage } from '../core/binary/open.ts';
import { ledgerOf } from '../core/size/attribute.ts';
import { KINDS, type Ledger } from '../core/size/ledger.ts';
import { binaryReport } from '../server/binary-report.ts';
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
