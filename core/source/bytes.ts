/**
 * Values as bytes, for what is kept between runs: integers of variable length, strings that are written once and then
 * named by number. Reading trusts nothing: what the bytes do not hold throws a `Damaged`, and no count sizes anything
 * before it has been compared with what is left.
 */
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** The bytes are not what a `ByteWriter` wrote. */
export class Damaged extends Error {}

export class ByteWriter {
  private bytes = new Uint8Array(1024);
  length = 0;

  /** Writers of one file share the strings. */
  constructor(private readonly strings = new Map<string, number>()) {}

  /** Another writer, with the same strings. */
  beside(): ByteWriter {
    return new ByteWriter(this.strings);
  }

  private room(n: number): void {
    if (this.length + n <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + n));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(n: number): void {
    this.room(1);
    this.bytes[this.length++] = n;
  }

  /** An integer from 0 to 2^53 - 1, seven bits a byte. */
  uint(n: number): void {
    this.room(8);
    while (n >= 0x80) {
      this.bytes[this.length++] = (n % 0x80) | 0x80;
      n = Math.floor(n / 0x80);
    }
    this.bytes[this.length++] = n;
  }

  /** An integer of either sign, the small ones short. */
  int(n: number): void {
    this.uint(n < 0 ? -2 * n - 1 : 2 * n);
  }

  bool(b: boolean): void {
    this.byte(b ? 1 : 0);
  }

  /** A string by its number; new ones get the next. */
  string(s: string): void {
    let id = this.strings.get(s);
    if (id === undefined) {
      id = this.strings.size;
      this.strings.set(s, id);
    }
    this.uint(id);
  }

  /** As many numbers below 2^32, four bytes each: any of them can be read without the others (`ByteReader.table`). */
  table(numbers: readonly number[]): void {
    this.uint(numbers.length);
    this.room(4 * numbers.length);
    for (const n of numbers)
      for (let shift = 0; shift < 32; shift += 8) this.bytes[this.length++] = (n >>> shift) & 0xff;
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What has been written, without the strings. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** The strings, then what has been written. */
  finish(): Uint8Array {
    const file = new ByteWriter();
    const ends: number[] = [];
    let text = '';
    for (const s of this.strings.keys()) ends.push((text += s).length);
    file.table(ends);
    const encoded = encodeUtf8(text);
    file.uint(encoded.length);
    file.raw(encoded);
    file.raw(this.written());
    return file.written().slice();
  }
}

/** Numbers that are read one by one. */
export class NumberTable {
  readonly length: number;
  constructor(private readonly bytes: Uint8Array) {
    this.length = bytes.length / 4;
  }

  /** The number at i, which must be below the length. */
  get(i: number): number {
    const { bytes } = this;
    const at = 4 * i;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }
}

/** The strings of a file: one text, and where in it each ends. */
export class StringTable {
  constructor(
    private readonly text: string,
    private readonly ends: NumberTable,
  ) {}

  get(id: number): string {
    const { text, ends } = this;
    if (id >= ends.length) throw new Damaged('string');
    const start = id === 0 ? 0 : ends.get(id - 1);
    const end = ends.get(id);
    if (start > end || end > text.length) throw new Damaged('strings');
    return text.substring(start, end);
  }
}

export class ByteReader {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly strings: StringTable | null = null,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  /** A reader of what `ByteWriter.finish` has made. */
  static of(bytes: Uint8Array): ByteReader {
    const r = new ByteReader(bytes);
    const ends = r.table();
    const text = decodeUtf8(r.raw(r.uint()));
    return new ByteReader(bytes, new StringTable(text, ends), r.at);
  }

  /** Nothing is left. */
  get done(): boolean {
    return this.at === this.end;
  }

  /** Offset of what is read next. */
  get offset(): number {
    return this.at;
  }

  /** A reader of all from the offset on, with the same strings. */
  from(offset: number): ByteReader {
    if (offset > this.end) throw new Damaged('offset');
    return new ByteReader(this.bytes, this.strings, offset, this.end);
  }

  /** The next bytes as they are. */
  raw(length: number): Uint8Array {
    if (length > this.end - this.at) throw new Damaged('end');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The numbers that follow (`ByteWriter.table`). */
  table(): NumberTable {
    return new NumberTable(this.raw(4 * this.count()));
  }

  byte(): number {
    if (this.at >= this.end) throw new Damaged('end');
    return this.bytes[this.at++];
  }

  uint(): number {
    let n = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const b = this.byte();
      n += (b & 0x7f) * scale;
      if (n > Number.MAX_SAFE_INTEGER) throw new Damaged('integer');
      if (b < 0x80) return n;
    }
  }

  int(): number {
    const n = this.uint();
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  }

  bool(): boolean {
    const b = this.byte();
    if (b > 1) throw new Damaged('flag');
    return b === 1;
  }

  string(): string {
    const id = this.uint();
    if (this.strings === null) throw new Damaged('string');
    return this.strings.get(id);
  }

  /** How many things follow; each takes a byte at least. */
  count(): number {
    const n = this.uint();
    if (n > this.end - this.at) throw new Damaged('count');
    return n;
  }
}

/** Both are missing, or have the same bytes. */
export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
