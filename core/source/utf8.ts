/**
 * UTF-8 in both directions, synchronous and without a platform. A malformed sequence decodes to one U+FFFD per byte
 * that cannot be part of a character, as Go's utf8.DecodeRune has it.
 */

/** The platform's own decoder, or null. */
let platform: ((bytes: Uint8Array) => string | null) | null = null;
/** Bytes from which it is worth asking. */
const worthAsking = 64;

/** Has texts decoded by what the platform has for it: null for bytes that are not UTF-8, since it may see other
 * characters in them. */
export function decodeWith(decode: (bytes: Uint8Array) => string | null): void {
  platform = decode;
}

/** The text of bytes[start, end). */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (platform !== null && end - start >= worthAsking) {
    const text = platform(bytes.subarray(start, end));
    if (text !== null) return text;
  }
  let out = '';
  let i = start;
  while (i < end) {
    // A run of ASCII in one call: most of what is read here is ASCII from end to end.
    let j = i;
    const limit = i + 4096 < end ? i + 4096 : end;
    while (j < limit && bytes[j] < 0x80) j++;
    if (j > i) {
      out += String.fromCharCode.apply(null, bytes.subarray(i, j) as unknown as number[]);
      i = j;
      continue;
    }
    const rune = decodeRune(bytes, i, end);
    out += String.fromCodePoint(rune >>> 3);
    i += rune & 7;
  }
  return out;
}

/** First and last of the units that stand for bytes 0x80 to 0xff in what decodeSource gives. */
export const firstMalformed = 0xdc80;
export const lastMalformed = 0xdcff;

/**
 * The text of a source file. A byte that is no part of a character is a lone surrogate, 0xdc00 and the byte, so that what
 * reads the text can tell it from a U+FFFD that stands there.
 */
export function decodeSource(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (!text.includes('\ufffd')) return text;
  let out = '';
  let from = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = decodeRune(bytes, i, bytes.length) & 7;
    if (length === 1 && bytes[i] >= 0x80) {
      out += decodeUtf8(bytes, from, i) + String.fromCharCode(0xdc00 | bytes[i]);
      from = i + 1;
    }
    i += length;
  }
  return out + decodeUtf8(bytes, from);
}

/** Whether there are bytes in a text of decodeSource that are no part of a character. */
export function hasMalformed(text: string): boolean {
  return !text.isWellFormed() && /[\udc80-\udcff]/u.test(text);
}

/** The character at bytes[at] as `codePoint << 3 | length`; U+FFFD of length 1 when malformed. `at` must be below end. */
export function decodeRune(bytes: Uint8Array, at: number, end: number): number {
  const bad = (0xfffd << 3) | 1;
  const b0 = bytes[at];
  if (b0 < 0x80) return (b0 << 3) | 1;
  if (b0 < 0xc2 || b0 > 0xf4) return bad;
  const n = b0 < 0xe0 ? 2 : b0 < 0xf0 ? 3 : 4;
  if (at + n > end) return bad;
  const b1 = bytes[at + 1];
  let lo = 0x80;
  let hi = 0xbf;
  if (b0 === 0xe0) lo = 0xa0;
  else if (b0 === 0xed) hi = 0x9f;
  else if (b0 === 0xf0) lo = 0x90;
  else if (b0 === 0xf4) hi = 0x8f;
  if (b1 < lo || b1 > hi) return bad;
  if (n === 2) return ((((b0 & 0x1f) << 6) | (b1 & 0x3f)) << 3) | 2;
  const b2 = bytes[at + 2];
  if ((b2 & 0xc0) !== 0x80) return bad;
  if (n === 3) return ((((b0 & 0x0f) << 12) | ((b1 & 0x3f) << 6) | (b2 & 0x3f)) << 3) | 3;
  const b3 = bytes[at + 3];
  if ((b3 & 0xc0) !== 0x80) return bad;
  return ((((b0 & 0x07) << 18) | ((b1 & 0x3f) << 12) | ((b2 & 0x3f) << 6) | (b3 & 0x3f)) << 3) | 4;
}

/** The text's UTF-8 bytes; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c < 0x80) {
      out[n++] = c;
      continue;
    }
    if (c >= 0xd800 && c <= 0xdfff) {
      const low = c < 0xdc00 && i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        i++;
      } else c = 0xfffd;
    }
    if (c < 0x800) out[n++] = 0xc0 | (c >> 6);
    else {
      if (c < 0x10000) out[n++] = 0xe0 | (c >> 12);
      else {
        out[n++] = 0xf0 | (c >> 18);
        out[n++] = 0x80 | ((c >> 12) & 0x3f);
      }
      out[n++] = 0x80 | ((c >> 6) & 0x3f);
    }
    out[n++] = 0x80 | (c & 0x3f);
  }
  return out.slice(0, n);
}

/** Go's order of strings: by the bytes of UTF-8, which is the order of code points. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above all others of 16 bits.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}
