/** How values are printed in messages (go/constant String and ExactString, strconv.Quote). */
import { escapedRune } from '../source/quote.ts';
import { asBig, bigAsInt, bitLength, toFloat64 } from './float.ts';
import { decodeRune } from './literal.ts';
import type { FloatValue, Value } from './value.ts';
import { ValueKind } from './value.ts';

/** The bytes as a double-quoted Go literal (strconv.Quote). */
export function quote(bytes: string): string {
  let out = '"';
  for (let i = 0; i < bytes.length; ) {
    const [r, size] = decodeRune(bytes, i);
    if (size === 1 && r === 0xfffd) out += `\\x${bytes.charCodeAt(i).toString(16).padStart(2, '0')}`;
    else out += escapedRune(r, '"');
    i += size;
  }
  return `${out}"`;
}

/** x > 0 as d.ddde±n with that many digits. Halves are rounded to even, as strconv does; toExponential rounds them up. */
function exponential(x: number, precision: number): string {
  // 40 digits tell a half from what is not quite one
  const [digits, exp] = x.toExponential(40).split('e');
  const half = precision + 1;
  if (/^50*$/.test(digits.slice(half)) && Number(digits[half - 1]) % 2 === 0) return `${digits.slice(0, half)}e${exp}`;
  return x.toExponential(precision - 1);
}

/** Go's %g with `precision` significant digits, or the shortest exact ones when it is 0. */
function formatG(x: number, precision: number): string {
  if (x === 0) return '0';
  const neg = x < 0;
  const [digitPart, expPart] = (
    precision > 0 ? exponential(Math.abs(x), precision) : Math.abs(x).toExponential()
  ).split('e');
  const digits = digitPart.replace('.', '').replace(/0+$/, '');
  const exp = Number(expPart);
  let limit = precision === 0 ? 6 : precision;
  if (precision !== 0 && limit > digits.length && digits.length >= exp + 1) limit = digits.length;
  let s: string;
  if (exp < -4 || exp >= limit) {
    s = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    s += `e${exp < 0 ? '-' : '+'}${String(Math.abs(exp)).padStart(2, '0')}`;
  } else if (exp < 0) s = `0.${'0'.repeat(-exp - 1)}${digits}`;
  else if (digits.length <= exp + 1) s = digits.padEnd(exp + 1, '0');
  else s = `${digits.slice(0, exp + 1)}.${digits.slice(exp + 1)}`;
  return neg ? `-${s}` : s;
}

function floatString(x: FloatValue): string {
  const f = toFloat64(x);
  const big = asBig(x);
  const zero = big.mant === 0n;
  if (zero === (f === 0) && Number.isFinite(f)) {
    const s = formatG(f, 6);
    const isInt = x.big === null ? x.den === 1n : bigAsInt(x.big) !== null;
    return !isInt && !s.includes('.') ? formatG(f, 0) : s;
  }
  // Beyond float64: mant × 2^exp in decimal, by logarithm.
  const bits = bitLength(big.mant);
  const exp = big.exp + bits;
  let m = toFloat64({ kind: ValueKind.Float, num: 0n, den: 1n, big: { mant: big.mant, exp: -bits } });
  const d = exp * (Math.LN2 / Math.LN10);
  let e = Math.trunc(d);
  m *= 10 ** (d - e);
  const am = Math.abs(m);
  if (am < 1 - 0.5e-6) {
    m *= 10;
    e--;
  } else if (am >= 10) {
    m /= 10;
    e++;
  }
  return `${formatG(m, 6)}e${e < 0 ? '-' : '+'}${Math.abs(e)}`;
}

/** Short form for messages: floats with six digits, strings of at most 72 characters (go/constant String). */
export function valueString(x: Value): string {
  switch (x.kind) {
    case ValueKind.Unknown:
      return 'unknown';
    case ValueKind.Bool:
      return x.val ? 'true' : 'false';
    case ValueKind.String: {
      // Quoting only lengthens, so what lies beyond 72 bytes × 4 cannot be shown.
      const s = quote(x.bytes.length > 400 ? x.bytes.slice(0, 400) : x.bytes);
      const chars = Array.from(s);
      return chars.length > 72 ? `${chars.slice(0, 69).join('')}...` : s;
    }
    case ValueKind.Int:
      return x.val.toString();
    case ValueKind.Float:
      return floatString(x);
    case ValueKind.Complex:
      return `(${valueString(x.re)} + ${valueString(x.im)}i)`;
  }
}

/** Exact form: fractions as num/den, strings in full (go/constant ExactString). */
export function exactString(x: Value): string {
  switch (x.kind) {
    case ValueKind.String:
      return quote(x.bytes);
    case ValueKind.Float:
      if (x.big !== null) return floatString(x);
      return x.den === 1n ? x.num.toString() : `${x.num}/${x.den}`;
    case ValueKind.Complex:
      return `(${exactString(x.re)} + ${exactString(x.im)}i)`;
    default:
      return valueString(x);
  }
}
