import { describe, expect, test } from 'vitest';
import { sourceOf } from '../core/binary/bytes.ts';
import { memoryOf } from '../core/binary/memory.ts';
import { readImage } from '../core/binary/open.ts';

const BASE = 0x100000000;
const DATA_OFFSET = 0x400;

/** A 64-bit Mach-O file of two segments whose pointers are in chains, in one of dyld's formats. */
function chained(format: 2 | 6): Uint8Array {
  const bytes = new Uint8Array(0x600);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const u32 = (...words: number[]) => {
    for (const word of words) {
      view.setUint32(at, word, true);
      at += 4;
    }
  };
  const u64 = (...values: number[]) => {
    for (const value of values) u32(value % 0x100000000, Math.floor(value / 0x100000000));
  };
  const segment = (name: string, addr: number, offset: number, size: number) => {
    u32(0x19, 72);
    for (let i = 0; i < 16; i++) bytes[at++] = name.charCodeAt(i) || 0;
    u64(addr, size, offset, size);
    u32(7, 3, 0, 0);
  };
  u32(0xfeedfacf, 0x0100000c, 0, 2, 3, 2 * 72 + 16, 0x200000, 0);
  segment('__TEXT', BASE, 0, DATA_OFFSET);
  segment('__DATA', BASE + 0x4000, DATA_OFFSET, 0x100);
  u32(0x80000034, 16, 0x500, 0x80);
  // the header of the fixups, two segments of which the second has one page that begins with a chain at 8
  at = 0x500;
  u32(0, 28, 0, 0, 0, 0, 0);
  u32(2, 0, 12);
  u32(24, 0x4000 | (format << 16));
  u64(0x4000);
  u32(0, 1 | (8 << 16));
  // the first pointer, the next 16 bytes on, is rebased; the second is an import and stays
  const target = format === 6 ? 0x120 : BASE + 0x120;
  at = DATA_OFFSET + 8;
  u32(target % 0x100000000, Math.floor(target / 0x100000000) | (4 << 19));
  at = DATA_OFFSET + 24;
  u32(0, 0x80000000);
  return bytes;
}

describe('pointers that the dynamic linker writes', () => {
  test.each([2, 6] as const)('are read from chained fixups of format %i', format => {
    const read = readImage(sourceOf(chained(format)), image => {
      const memory = memoryOf(image);
      return [8, 24].map(at => memory.at(BASE + 0x4000 + at, 8, 'a pointer').u64(0));
    });
    if (!read.ok) throw new Error(read.message);
    expect(read.value[0]).toBe(BASE + 0x120);
    expect(read.value[1]).toBe(2 ** 63);
  });
});
