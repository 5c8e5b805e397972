/** Values of literals as written, and unquoting. Strings of bytes hold one UTF-16 unit (0…255) a byte. */
import { bigFromDecimal, bigIsInf, bigIsTiny, bitLength, floatFromBig, makeRat, smallBig } from './float.ts';
import type { FloatValue, Value } from './value.ts';
import { ValueKind } from './value.ts';

/** Kinds of literal, in the order of syntax.LitKind. */
export const enum Literal {
  Int,
  Float,
  Imag,
  Rune,
  String,
}

/** UTF-8 of a code point; surrogates and values out of range give U+FFFD. */
export function encodeRune(r: number): string {
  if (r >= 0 && r < 0x80) return String.fromCharCode(r);
  if (r < 0 || r > 0x10ffff || (r >= 0xd800 && r <= 0xdfff)) r = 0xfffd;
  if (r < 0x800) return String.fromCharCode(0xc0 | (r >> 6), 0x80 | (r & 63));
  if (r < 0x10000) return String.fromCharCode(0xe0 | (r >> 12), 0x80 | ((r >> 6) & 63), 0x80 | (r & 63));
  return String.fromCharCode(0xf0 | (r >> 18), 0x80 | ((r >> 12) & 63), 0x80 | ((r >> 6) & 63), 0x80 | (r & 63));
}

/** UTF-8 of a text. */
export function encodeText(text: string): string {
  let ascii = true;
  for (let i = 0; i < text.length && ascii; i++) ascii = text.charCodeAt(i) < 0x80;
  if (ascii) return text;
  let out = '';
  for (const ch of text) out += encodeRune(ch.codePointAt(0)!);
  return out;
}

/** First rune of UTF-8 bytes at i with its length; U+FFFD of length 1 where they are not valid. */
export function decodeRune(bytes: string, i: number): [rune: number, size: number] {
  const b0 = bytes.charCodeAt(i);
  if (b0 < 0x80) return [b0, 1];
  const need = b0 >= 0xc2 && b0 < 0xe0 ? 1 : b0 >= 0xe0 && b0 < 0xf0 ? 2 : b0 >= 0xf0 && b0 < 0xf5 ? 3 : 0;
  if (need === 0 || i + need >= bytes.length) return [0xfffd, 1];
  let r = b0 & (0x3f >> need);
  for (let k = 1; k <= need; k++) {
    const b = bytes.charCodeAt(i + k);
    if ((b & 0xc0) !== 0x80) return [0xfffd, 1];
    r = (r << 6) | (b & 63);
  }
  if ((need === 2 && r < 0x800) || (need === 3 && r < 0x10000) || r > 0x10ffff || (r >= 0xd800 && r <= 0xdfff))
    return [0xfffd, 1];
  return [r, need + 1];
}

/** The bytes that a quoted Go string or rune literal denotes, or null when it is malformed (strconv.Unquote). */
export function unquote(lit: string): string | null {
  if (lit.length < 2) return null;
  const quote = lit[0];
  if (lit[lit.length - 1] !== quote) return null;
  const body = lit.slice(1, -1);
  if (quote === '`') return body.includes('`') ? null : encodeText(body.replaceAll('\r', ''));
  if (quote !== '"' && quote !== "'") return null;
  if (body.includes('\n')) return null;
  if (!body.includes('\\')) return body.includes(quote) ? null : encodeText(body);
  let out = '';
  for (let i = 0; i < body.length; ) {
    const ch = unquoteChar(body, i, quote);
    if (ch === null) return null;
    out += ch.isByte ? String.fromCharCode(ch.value) : encodeRune(ch.value);
    i = ch.next;
  }
  return out;
}

const simpleEscapes: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };

/** One possibly escaped character (strconv.UnquoteChar). */
function unquoteChar(s: string, i: number, quote: string): { value: number; isByte: boolean; next: number } | null {
  const c = s[i];
  if (c === quote) return null;
  if (c !== '\\') {
    const value = s.codePointAt(i)!;
    return { value, isByte: false, next: i + (value > 0xffff ? 2 : 1) };
  }
  const e = s[i + 1];
  if (e === undefined) return null;
  if (e in simpleEscapes) return { value: simpleEscapes[e], isByte: false, next: i + 2 };
  if (e === quote) return { value: e.charCodeAt(0), isByte: false, next: i + 2 };
  const hex = e === 'x' ? 2 : e === 'u' ? 4 : e === 'U' ? 8 : 0;
  if (hex > 0) {
    const digits = s.slice(i + 2, i + 2 + hex);
    if (digits.length !== hex || !/^[0-9a-fA-F]+$/.test(digits)) return null;
    const value = Number.parseInt(digits, 16);
    if (hex > 2 && (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))) return null;
    return { value, isByte: hex === 2, next: i + 2 + hex };
  }
  const oct = s.slice(i + 1, i + 4);
  if (!/^[0-7]{3}$/.test(oct)) return null;
  const value = Number.parseInt(oct, 8);
  return value > 255 ? null : { value, isByte: true, next: i + 4 };
}

/** The value of a literal, or an unknown value when it is malformed (go/constant MakeFromLiteral). */
export function makeFromLiteral(lit: string, kind: Literal): Value {
  switch (kind) {
    case Literal.Int: {
      const val = parseInt_(lit);
      return val === null ? { kind: ValueKind.Unknown } : { kind: ValueKind.Int, val };
    }
    case Literal.Float:
      return makeFloatFromLiteral(lit) ?? { kind: ValueKind.Unknown };
    case Literal.Imag: {
      const im = makeFloatFromLiteral(lit.slice(0, -1));
      if (im === null) return { kind: ValueKind.Unknown };
      return { kind: ValueKind.Complex, re: { kind: ValueKind.Int, val: 0n }, im };
    }
    case Literal.Rune: {
      const ch = lit.length >= 2 ? unquoteChar(lit.slice(0, -1), 1, "'") : null;
      return ch === null ? { kind: ValueKind.Unknown } : { kind: ValueKind.Int, val: BigInt(ch.value) };
    }
    case Literal.String: {
      const bytes = unquote(lit);
      return bytes === null ? { kind: ValueKind.Unknown } : { kind: ValueKind.String, bytes };
    }
  }
}

function parseInt_(lit: string): bigint | null {
  let s = lit.includes('_') ? lit.replaceAll('_', '') : lit;
  if (s.length > 1 && s[0] === '0' && s.charCodeAt(1) <= 57) s = `0o${s.slice(1)}`;
  if (!/^(\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(s)) return null;
  return BigInt(s);
}

/** Decimal or hexadecimal floating point, or an integer (whose leading 0 then means nothing, as in 08i). */
function makeFloatFromLiteral(lit: string): FloatValue | null {
  const s = lit.replaceAll('_', '');
  let m = /^0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?$/.exec(s);
  if (m !== null) {
    const frac = m[2] ?? '';
    if (m[1] + frac === '') return null;
    return scaled(BigInt(`0x${m[1]}${frac}`), 0, Number(m[3] ?? '0') - 4 * frac.length);
  }
  if (/^0[oObB]/.test(s)) {
    const val = parseInt_(s);
    return val === null ? null : scaled(val, 0, 0);
  }
  m = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(s);
  if (m === null) return null;
  const frac = m[2] ?? '';
  if (m[1] + frac === '') return null;
  return scaled(BigInt(m[1] + frac), Number(m[3] ?? '0') - frac.length, 0);
}

/** mant × 10^exp10 × 2^exp2 (go/constant makeFloatFromLiteral). */
function scaled(mant: bigint, exp10: number, exp2: number): FloatValue | null {
  if (mant === 0n) return makeRat(0n, 1n);
  const size = bitLength(mant) + exp10 * 3.3219280948873626 + exp2;
  if (Math.abs(size) > 8192) {
    const big = bigFromDecimal(mant, exp10, exp2);
    if (big === null || bigIsInf(big)) return null;
    if (bigIsTiny(big)) return makeRat(0n, 1n);
    return floatFromBig(big);
  }
  let num = mant;
  let den = 1n;
  if (exp10 >= 0) num *= 10n ** BigInt(exp10);
  else den = 10n ** BigInt(-exp10);
  if (exp2 >= 0) num <<= BigInt(exp2);
  else den <<= BigInt(-exp2);
  const big = bigFromDecimal(mant, exp10, exp2)!;
  return smallBig(big) ? makeRat(num, den) : floatFromBig(big);
}
