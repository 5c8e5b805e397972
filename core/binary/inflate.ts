/**
 * Inflate (RFC 1951, in a zlib stream by RFC 1950) that remembers where in the compressed bytes each part of the result
 * comes from: so compressed debug information can be divided among those whose it is.
 */
import { FormatError } from './bytes.ts';

export interface Inflated {
  bytes: Uint8Array;
  /** For each MARK_STEP bytes of the result, how many compressed bytes had been used when they began. */
  marks: Uint32Array;
  /** Compressed bytes used in all. */
  used: number;
}

const MARK_STEP = 256;
const FAST_BITS = 11;
const FAST_MASK = (1 << FAST_BITS) - 1;
const MAX_BITS = 15;

/** Position in the compressed bytes of a position in the result, to a few bytes. */
export function compressedAt(inflated: Inflated, at: number): number {
  const { marks, bytes, used } = inflated;
  if (at >= bytes.length) return used;
  const i = Math.floor(at / MARK_STEP);
  const next = i + 1 < marks.length ? marks[i + 1] : used;
  const span = Math.min(MARK_STEP, bytes.length - i * MARK_STEP);
  return Math.floor(marks[i] + ((next - marks[i]) * (at - i * MARK_STEP)) / span);
}

/** Canonical Huffman code: a table by the next FAST_BITS bits, longer codes by their length. */
interface Code {
  /** symbol << 4 | length; 0 where the code is longer. */
  fast: Uint16Array;
  count: Uint16Array;
  symbols: Uint16Array;
}

const LENGTH_BASE = Uint16Array.from([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const LENGTH_EXTRA = Uint8Array.from([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const DISTANCE_BASE = Uint16Array.from([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
const DISTANCE_EXTRA = Uint8Array.from([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function codeOf(lengths: Uint8Array): Code {
  const count = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) count[length]++;
  count[0] = 0;
  const next = new Uint32Array(MAX_BITS + 2);
  const offsets = new Uint16Array(MAX_BITS + 2);
  let left = 1;
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    left = left * 2 - count[bits];
    if (left < 0) throw new FormatError('compressed data has an impossible code');
    next[bits + 1] = (next[bits] + count[bits]) << 1;
    offsets[bits + 1] = offsets[bits] + count[bits];
  }
  const symbols = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << FAST_BITS);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    symbols[offsets[length]++] = symbol;
    const code = next[length]++;
    if (length > FAST_BITS) continue;
    // codes come with their first bit lowest
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) if (code & (1 << bit)) reversed |= 1 << (length - 1 - bit);
    for (let i = reversed; i < fast.length; i += 1 << length) fast[i] = (symbol << 4) | length;
  }
  return { fast, count, symbols };
}

let fixedCodes: { literals: Code; distances: Code } | null = null;
function fixed(): { literals: Code; distances: Code } {
  if (fixedCodes === null) {
    const lengths = new Uint8Array(288);
    lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
    fixedCodes = { literals: codeOf(lengths), distances: codeOf(new Uint8Array(30).fill(5)) };
  }
  return fixedCodes;
}

/** The zlib stream at the beginning of `source`, which makes `size` bytes. */
export function inflate(source: Uint8Array, size: number): Inflated {
  // the format cannot shrink anything to less than a 1032nd
  if (size > source.length * 1032 + 1024) throw new FormatError(`compressed data claims to be ${size} bytes`);
  return new Inflater(source, size).run();
}

class Inflater {
  private readonly out: Uint8Array;
  private readonly marks: Uint32Array;
  private readonly view: DataView;
  private at = 2;
  private hold = 0;
  private bits = 0;
  private done = 0;
  private nextMark = 0;

  constructor(
    private readonly source: Uint8Array,
    size: number,
  ) {
    this.out = new Uint8Array(size);
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.marks = new Uint32Array(Math.ceil(size / MARK_STEP));
  }

  run(): Inflated {
    for (let last = false; !last; ) {
      last = this.take(1) === 1;
      const type = this.take(2);
      if (type === 0) this.stored();
      else if (type === 1) this.block(fixed().literals, fixed().distances);
      else if (type === 2) this.dynamic();
      else throw new FormatError('compressed data has an unknown block');
    }
    if (this.done !== this.out.length) throw new FormatError('compressed data is shorter than it says');
    return { bytes: this.out, marks: this.marks, used: Math.min(this.source.length, this.at) };
  }

  private take(n: number): number {
    while (this.bits < n) {
      if (this.at >= this.source.length) throw new FormatError('compressed data ends early');
      this.hold |= this.source[this.at++] << this.bits;
      this.bits += 8;
    }
    const value = this.hold & ((1 << n) - 1);
    this.hold >>>= n;
    this.bits -= n;
    return value;
  }

  private mark(): void {
    const used = this.at - (this.bits >> 3);
    while (this.nextMark * MARK_STEP <= this.done && this.nextMark < this.marks.length)
      this.marks[this.nextMark++] = used;
  }

  private stored(): void {
    this.hold = 0;
    this.at -= this.bits >> 3;
    this.bits = 0;
    const size = this.take(16);
    this.take(16);
    if (this.at + size > this.source.length || this.done + size > this.out.length)
      throw new FormatError('compressed data ends early');
    this.out.set(this.source.subarray(this.at, this.at + size), this.done);
    const end = this.done + size;
    while (this.done < end) {
      this.mark();
      const step = Math.min(MARK_STEP - (this.done % MARK_STEP), end - this.done);
      this.done += step;
      this.at += step;
    }
  }

  private dynamic(): void {
    const literals = this.take(5) + 257;
    const distances = this.take(5) + 1;
    const count = this.take(4) + 4;
    const lengths = new Uint8Array(320);
    for (let i = 0; i < count; i++) lengths[ORDER[i]] = this.take(3);
    const code = codeOf(lengths.subarray(0, 19).slice());
    lengths.fill(0);
    for (let i = 0; i < literals + distances; ) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new FormatError('compressed data has an impossible code');
      const value = symbol === 16 ? lengths[i - 1] : 0;
      const times = symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (i + times > literals + distances) throw new FormatError('compressed data has an impossible code');
      lengths.fill(value, i, i + times);
      i += times;
    }
    this.block(codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals, literals + distances)));
  }

  private symbol(code: Code): number {
    const { source } = this;
    while (this.bits < MAX_BITS && this.at < source.length) {
      this.hold |= source[this.at++] << this.bits;
      this.bits += 8;
    }
    const entry = code.fast[this.hold & FAST_MASK] || longCode(code, this.hold);
    const length = entry & 15;
    if (length > this.bits) throw new FormatError('compressed data ends early');
    this.hold >>>= length;
    this.bits -= length;
    return entry >> 4;
  }

  /** The inner loop: what it counts with is kept in variables of its own, and put back where others go on. */
  private block(literals: Code, distances: Code): void {
    const { out, source, view, marks } = this;
    const literalTable = literals.fast;
    const distanceTable = distances.fast;
    const end = source.length;
    let { at, hold, bits, done, nextMark } = this;
    let markAt = nextMark * MARK_STEP;
    for (;;) {
      while (done >= markAt && nextMark < marks.length) {
        marks[nextMark++] = at - (bits >> 3);
        markAt += MARK_STEP;
      }
      // 24 bits and more: a length and its extra bits; those above `bits` are read once more, and are the same then
      if (at + 4 <= end) {
        hold |= view.getInt32(at, true) << bits;
        at += (31 - bits) >> 3;
        bits |= 24;
      } else {
        for (; bits < 24 && at < end; bits += 8) hold |= source[at++] << bits;
      }
      let entry = literalTable[hold & FAST_MASK];
      if (entry === 0) entry = longCode(literals, hold);
      hold = (hold >>> (entry & 15)) | 0;
      bits -= entry & 15;
      if (bits < 0) throw new FormatError('compressed data ends early');
      const symbol = entry >> 4;
      if (symbol < 256) {
        if (done >= out.length) throw new FormatError('compressed data is longer than it says');
        out[done++] = symbol;
        continue;
      }
      if (symbol === 256) break;
      if (symbol >= 286) throw new FormatError('compressed data has an impossible length');
      const lengthBits = LENGTH_EXTRA[symbol - 257];
      const length = LENGTH_BASE[symbol - 257] + (hold & ((1 << lengthBits) - 1));
      hold = (hold >>> lengthBits) | 0;
      bits -= lengthBits;
      if (at + 4 <= end) {
        hold |= view.getInt32(at, true) << bits;
        at += (31 - bits) >> 3;
        bits |= 24;
      } else {
        for (; bits < 24 && at < end; bits += 8) hold |= source[at++] << bits;
      }
      entry = distanceTable[hold & FAST_MASK];
      if (entry === 0) entry = longCode(distances, hold);
      hold = (hold >>> (entry & 15)) | 0;
      bits -= entry & 15;
      const d = entry >> 4;
      if (d >= 30) throw new FormatError('compressed data has an impossible distance');
      const distanceBits = DISTANCE_EXTRA[d];
      for (; bits < distanceBits && at < end; bits += 8) hold |= source[at++] << bits;
      const distance = DISTANCE_BASE[d] + (hold & ((1 << distanceBits) - 1));
      hold = (hold >>> distanceBits) | 0;
      bits -= distanceBits;
      if (bits < 0) throw new FormatError('compressed data ends early');
      if (distance > done || done + length > out.length)
        throw new FormatError('compressed data refers to what is not there');
      for (const to = done + length; done < to; done++) out[done] = out[done - distance];
    }
    this.at = at;
    this.hold = hold & ((1 << bits) - 1);
    this.bits = bits;
    this.done = done;
    this.nextMark = nextMark;
  }
}

/** The entry, symbol and length, of a code of more than FAST_BITS bits. */
function longCode({ count, symbols }: Code, hold: number): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    value |= (hold >>> (length - 1)) & 1;
    const codes = count[length];
    if (value - first < codes) return (symbols[index + value - first] << 4) | length;
    index += codes;
    first = (first + codes) << 1;
    value <<= 1;
  }
  throw new FormatError('compressed data has an impossible code');
}
