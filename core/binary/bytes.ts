/**
 * Bounds-checked access to the bytes of a file. Whatever a file says of its own sizes is checked against what is there
 * before anything is read or allocated.
 */

/** Says in one sentence what is wrong with a file. Thrown by readers, caught where a file is opened. */
export class FormatError extends Error {
  override name = 'FormatError';
  constructor(message: string) {
    // names in it come from the file: one line, and no longer than a line
    super(message.slice(0, MESSAGE_LIMIT).replace(/\p{Cc}/gu, '\ufffd'));
  }
}
const MESSAGE_LIMIT = 300;

/** A file's bytes by offset: slices of a file on disk (Node), or one buffer (browser). */
export interface ByteSource {
  /** Bytes in the whole file. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; the caller has checked that they lie within the file. May be a view. */
  read(offset: number, length: number): Uint8Array;
  /** Bytes as characters 0…255, of hosts that have something faster for it than the core. */
  characters?(bytes: Uint8Array): string;
}

/** A ByteSource over a buffer. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** `length` bytes from `offset`, or a FormatError that names `what` when the file is too short. */
export function readExact(source: ByteSource, offset: number, length: number, what: string): Uint8Array {
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
    throw new FormatError(
      `${what} should be at bytes ${offset}–${offset + length}, past the end of the file (${source.size} bytes): it is truncated`,
    );
  }
  return source.read(offset, length);
}

const ZEROS_CHUNK = 1 << 20;

/** Whether a range that lies within the file holds nothing but zeros; read in slices, however long it is. */
export function isZero(source: ByteSource, offset: number, length: number): boolean {
  for (let done = 0; done < length; done += ZEROS_CHUNK) {
    const bytes = source.read(offset + done, Math.min(ZEROS_CHUNK, length - done));
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  }
  return true;
}

const LATIN1_CHUNK = 8192;

/** Longer than any symbol's name: those of instances with large type arguments have some thousand bytes. */
export const NAME_LIMIT = 0x10000;

const HOST_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Numbers and strings in a byte range, little- or big-endian. Offsets are from the start of the range. */
export class Reader {
  private readonly view: DataView;
  readonly length: number;
  constructor(
    readonly bytes: Uint8Array,
    readonly littleEndian: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
  }

  private need(offset: number, n: number): void {
    if (!(offset >= 0 && offset + n <= this.length)) {
      throw new FormatError(`data ends early: ${n} bytes wanted at ${offset} of ${this.length}`);
    }
  }
  u8(offset: number): number {
    this.need(offset, 1);
    return this.bytes[offset];
  }
  u16(offset: number): number {
    this.need(offset, 2);
    return this.view.getUint16(offset, this.littleEndian);
  }
  i16(offset: number): number {
    this.need(offset, 2);
    return this.view.getInt16(offset, this.littleEndian);
  }
  u32(offset: number): number {
    this.need(offset, 4);
    return this.view.getUint32(offset, this.littleEndian);
  }
  i32(offset: number): number {
    this.need(offset, 4);
    return this.view.getInt32(offset, this.littleEndian);
  }
  /** 64 bits as a number: exact up to 2^53; larger values (never a valid offset here) lose their low bits. */
  u64(offset: number): number {
    this.need(offset, 8);
    const first = this.view.getUint32(offset, this.littleEndian);
    const second = this.view.getUint32(offset + 4, this.littleEndian);
    return this.littleEndian ? second * 0x100000000 + first : first * 0x100000000 + second;
  }
  /** A pointer-sized unsigned integer. */
  uptr(offset: number, ptrSize: number): number {
    return ptrSize === 8 ? this.u64(offset) : this.u32(offset);
  }
  /** Words of 32 bits from an offset on, for going through all of them; null where the machine reads them otherwise. */
  words(from: number): Uint32Array | null {
    const begin = this.bytes.byteOffset + from;
    if (!this.littleEndian || !HOST_LITTLE_ENDIAN || begin % 4 !== 0 || from > this.length) return null;
    return new Uint32Array(this.bytes.buffer, begin, (this.length - from) >> 2);
  }
  /** Bytes as characters 0…255, for names that are compared, not shown. */
  latin1(offset: number, length: number): string {
    this.need(offset, length);
    return latin1(this.bytes, offset, offset + length);
  }
  /** The bytes up to the next zero byte (or the end), decoded as UTF-8; of damaged tables no more than any name has. */
  cstring(offset: number): string {
    this.need(offset, 0);
    const end = this.bytes.indexOf(0, offset);
    return utf8(this.bytes, offset, Math.min(end < 0 ? this.length : end, offset + NAME_LIMIT));
  }
  slice(offset: number, length: number): Reader {
    this.need(offset, length);
    return new Reader(this.bytes.subarray(offset, offset + length), this.littleEndian);
  }
}

/** The bytes [from, to) as characters 0…255. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i += LATIN1_CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(to, i + LATIN1_CHUNK)));
  }
  return text;
}

/** Where `text` (characters 0…255) first stands in [from, to), or -1. */
export function indexOfText(bytes: Uint8Array, text: string, from: number, to = bytes.length): number {
  const first = text.charCodeAt(0);
  const last = to - text.length;
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let k = 1;
    while (k < text.length && bytes[at + k] === text.charCodeAt(k)) k++;
    if (k === text.length) return at;
  }
  return -1;
}

/** Decodes UTF-8; invalid bytes become U+FFFD. Written for short names: most are ASCII. */
export function utf8(bytes: Uint8Array, from: number, to: number): string {
  let ascii = to - from <= LATIN1_CHUNK;
  for (let i = from; ascii && i < to; i++) ascii = bytes[i] < 0x80;
  // one flat string: those put together from pieces take several times the memory
  if (ascii) return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[]);
  let text = '';
  for (let i = from; i < to; ) {
    const b = bytes[i];
    if (b < 0x80) {
      text += String.fromCharCode(b);
      i++;
      continue;
    }
    const size = b >= 0xf0 && b < 0xf5 ? 4 : b >= 0xe0 ? 3 : 2;
    let point = size === 4 ? b & 0x07 : size === 3 ? b & 0x0f : b & 0x1f;
    let valid = b >= 0xc2 && b < 0xf5 && i + size <= to;
    for (let k = 1; valid && k < size; k++) {
      if ((bytes[i + k] & 0xc0) !== 0x80) valid = false;
      point = (point << 6) | (bytes[i + k] & 0x3f);
    }
    if (
      valid &&
      ((size === 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) ||
        (size === 4 && (point < 0x10000 || point > 0x10ffff)))
    )
      valid = false;
    text += valid ? String.fromCodePoint(point) : '\ufffd';
    i += valid ? size : 1;
  }
  return text;
}

/** More than a name table of any program has; texts may not be much longer. */
export const LONGEST_TABLE = 2 ** 28;

/**
 * Texts in a table, each up to its zero byte, by their offset in it. Those that are ASCII are parts of one text, which
 * takes a tenth of the time and memory of texts of their own.
 */
export function textsIn(table: Uint8Array, source: ByteSource): (offset: number) => string {
  const whole = source.characters === undefined || table.length > LONGEST_TABLE ? null : source.characters(table);
  return offset => {
    if (offset >= table.length) return '';
    const limit = Math.min(table.length, offset + NAME_LIMIT);
    let end = offset;
    let ascii = whole !== null;
    // names are short: to look for the zero byte by itself takes longer
    for (; end < limit && table[end] !== 0; end++) if (table[end] >= 0x80) ascii = false;
    return ascii ? whole!.slice(offset, end) : utf8(table, offset, end);
  };
}

/** Unsigned LEB128 from `offset`: [value, offset after it]. At most 10 bytes. */
export function uvarint(bytes: Uint8Array, offset: number): [number, number] {
  let value = 0;
  let scale = 1;
  for (let i = offset; i < bytes.length && i < offset + 10; i++) {
    value += (bytes[i] & 0x7f) * scale;
    if (bytes[i] < 0x80) return [value, i + 1];
    scale *= 128;
  }
  throw new FormatError(`a variable-length number at ${offset} does not end`);
}
