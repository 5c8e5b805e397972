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
    const table = new ByteWriter();
    const encoded = [...this.strings.keys()].map(encodeUtf8);
    table.uint(encoded.length);
    for (const s of encoded) table.uint(s.length);
    for (const s of encoded) table.raw(s);
    table.raw(this.written());
    return table.written().slice();
  }
}

/** The strings of a file; each is decoded when it is first asked for. */
export class StringTable {
  private readonly known: (string | undefined)[];
  constructor(
    private readonly bytes: Uint8Array,
    /** Where each begins, and the last one ends. */
    private readonly starts: Uint32Array,
  ) {
    this.known = new Array<string | undefined>(starts.length - 1);
  }

  get(id: number): string {
    if (id >= this.known.length) throw new Damaged('string');
    return (this.known[id] ??= decodeUtf8(this.bytes.subarray(this.starts[id], this.starts[id + 1])));
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
    const n = r.count();
    const lengths = Array.from({ length: n }, () => r.uint());
    const starts = new Uint32Array(n + 1);
    starts[0] = r.at;
    for (const [i, length] of lengths.entries()) {
      if (length > r.end - starts[i]) throw new Damaged('strings');
      starts[i + 1] = starts[i] + length;
    }
    return new ByteReader(bytes, new StringTable(bytes, starts), starts[n]);
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
