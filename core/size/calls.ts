/**
 * Which functions call which, read from the machine code: direct call and jump instructions whose target is the entry of
 * another function of pclntab. Calls through pointers and interfaces are not in it. Where instructions have different lengths
 * (x86, s390x) the code is not decoded but searched for the opcode: an operand that looks like one would also have to hold
 * the distance to an entry, which happens about once in twenty megabytes of code.
 */
import type { Reader } from '../binary/bytes.ts';
import type { Image } from '../binary/image.ts';
import { memoryOf } from '../binary/memory.ts';
import type { Pclntab } from '../binary/pclntab.ts';

/** Parallel arrays: one entry for each call, by function number in the table. */
export interface Calls {
  from: Int32Array;
  to: Int32Array;
}

/** Displacement in bytes of the call or jump at byte `i` from its own start, or NaN when there is none. */
type Decode = (code: Reader, i: number) => number;

const signed = (value: number, bits: number) => (value << (32 - bits)) >> (32 - bits);

/** By GOARCH: the distance between possible instructions, and what one of them means. */
const DECODERS: Record<string, { step: number; decode: Decode }> = {
  amd64: { step: 1, decode: x86 },
  386: { step: 1, decode: x86 },
  arm64: {
    step: 4,
    decode(code, i) {
      const word = code.u32(i);
      return (word & 0x7c000000) === 0x14000000 ? 4 * signed(word & 0x3ffffff, 26) : Number.NaN;
    },
  },
  arm: {
    step: 4,
    decode(code, i) {
      const word = code.u32(i);
      return (word & 0x0e000000) === 0x0a000000 ? 8 + 4 * signed(word & 0xffffff, 24) : Number.NaN;
    },
  },
  ppc64: { step: 4, decode: power },
  ppc64le: { step: 4, decode: power },
  riscv64: {
    step: 2,
    decode(code, i) {
      const word = code.u32(i);
      if ((word & 0x7f) === 0x6f) {
        const imm =
          ((word >>> 31) << 20) |
          (((word >>> 12) & 0xff) << 12) |
          (((word >>> 20) & 1) << 11) |
          (((word >>> 21) & 0x3ff) << 1);
        return signed(imm, 21);
      }
      // AUIPC and JALR over the same register
      if ((word & 0x7f) !== 0x17 || i + 8 > code.length) return Number.NaN;
      const next = code.u32(i + 4);
      if ((next & 0x707f) !== 0x67 || ((next >>> 15) & 31) !== ((word >>> 7) & 31)) return Number.NaN;
      return (word & 0xfffff000) + (next >> 20);
    },
  },
  loong64: {
    step: 4,
    decode(code, i) {
      const word = code.u32(i);
      const op = word >>> 26;
      if (op !== 0x14 && op !== 0x15) return Number.NaN;
      return 4 * signed(((word & 0x3ff) << 16) | ((word >>> 10) & 0xffff), 26);
    },
  },
  s390x: {
    step: 2,
    decode(code, i) {
      const word = code.u16(i);
      return (word === 0xc0e5 || word === 0xc0f4) && i + 6 <= code.length ? 2 * code.i32(i + 2) : Number.NaN;
    },
  },
};

function x86(code: Reader, i: number): number {
  const op = code.bytes[i];
  return (op === 0xe8 || op === 0xe9) && i + 5 <= code.length ? 5 + code.i32(i + 1) : Number.NaN;
}

function power(code: Reader, i: number): number {
  const word = code.u32(i);
  return word >>> 26 === 18 && (word & 2) === 0 ? signed(word & 0x3fffffc, 26) : Number.NaN;
}

/** All direct calls of the program; null for architectures whose instructions are not known here. */
export function callsOf(image: Image, table: Pclntab): Calls | null {
  const decoder = DECODERS[image.goarch];
  if (decoder === undefined) return null;
  const { step, decode } = decoder;
  const entries = new Map<number, number>();
  for (let i = 0; i < table.count; i++) entries.set(table.entries[i], i);
  const from: number[] = [];
  const to: number[] = [];
  const end = table.entries[table.count];
  const memory = memoryOf(image);
  if (!memory.addressedCode) return null;
  for (const [r, { addr, end: last, exec }] of memory.ranges.entries()) {
    if (!exec || last <= table.entries[0] || addr >= end) continue;
    const code = memory.reader(r);
    const { bytes } = code;
    for (let f = 0; f < table.count; f++) {
      const start = table.entries[f] - addr;
      const stop = Math.min(table.entries[f + 1] - addr, bytes.length);
      if (start < 0) continue;
      for (let i = start; i + Math.max(step, 2) <= stop; i += step) {
        // four bytes at least, where instructions have them
        if (step > 1 && i + 4 > bytes.length) break;
        const displacement = decode(code, i);
        if (Number.isNaN(displacement)) continue;
        const target = entries.get(addr + i + displacement);
        // a function jumps back to its entry when its stack has grown; calls of itself say no more
        if (target === undefined || target === f) continue;
        from.push(f);
        to.push(target);
      }
    }
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}
