/** Exact fractions and binary floats of up to 512 bits, the two representations of a Float, and rounding to float32/64. */
import type { FloatValue } from './value.ts';
import { ValueKind } from './value.ts';

/** Mantissa bits of big floats (go/constant prec). */
export const prec = 512;
/** Exponents beyond which fractions give way to big floats (go/constant maxExp). */
export const maxExp = 4 << 10;
/** Exponent range of math/big's floats; beyond it values are infinite or zero. */
const maxFloatExp = 0x7fffffff;

/** mant × 2^exp. */
export interface Big {
  readonly mant: bigint;
  readonly exp: number;
}

export function bitLength(x: bigint): number {
  if (x < 0n) x = -x;
  if (x === 0n) return 0;
  if (x <= 0xffffffffn) return 32 - Math.clz32(Number(x));
  const hex = x.toString(16);
  return (hex.length - 1) * 4 + 32 - Math.clz32(Number.parseInt(hex[0], 16));
}

function abs(x: bigint): bigint {
  return x < 0n ? -x : x;
}

function gcd(a: bigint, b: bigint): bigint {
  a = abs(a);
  b = abs(b);
  while (b !== 0n) {
    if (a <= 0xfffffffffffffn && b <= 0xfffffffffffffn) {
      let x = Number(a);
      let y = Number(b);
      while (y !== 0) [x, y] = [y, x % y];
      return BigInt(x);
    }
    [a, b] = [b, a % b];
  }
  return a;
}

/** x / 2^shift, to nearest even. */
function shiftRound(x: bigint, shift: number): bigint {
  if (shift <= 0) return x << BigInt(-shift);
  const s = BigInt(shift);
  const neg = x < 0n;
  const a = neg ? -x : x;
  let q = a >> s;
  const rest = a - (q << s);
  const half = 1n << (s - 1n);
  if (rest > half || (rest === half && (q & 1n) === 1n)) q += 1n;
  return neg ? -q : q;
}

/** mant × 2^exp with at most `bits` bits of mantissa, to nearest even. */
export function roundBig(mant: bigint, exp: number, bits = prec): Big {
  if (mant === 0n) return { mant: 0n, exp: 0 };
  const excess = bitLength(mant) - bits;
  if (excess <= 0) return { mant, exp };
  return { mant: shiftRound(mant, excess), exp: exp + excess };
}

export function bigIsInf(x: Big): boolean {
  return x.mant !== 0n && x.exp + bitLength(x.mant) > maxFloatExp;
}

/** Below the exponent range of math/big's floats, where values become 0. */
export function bigIsTiny(x: Big): boolean {
  return x.exp + bitLength(x.mant) < -maxFloatExp - 1;
}

export function addBig(a: Big, b: Big): Big {
  if (a.mant === 0n) return b;
  if (b.mant === 0n) return a;
  if (a.exp < b.exp) [a, b] = [b, a];
  const shift = a.exp - b.exp;
  // Where b lies wholly below a's rounding bit it only decides ties.
  if (shift > bitLength(b.mant) + 2 * prec)
    return roundBig((a.mant << BigInt(prec + 2)) + (b.mant < 0n ? -1n : 1n), a.exp - prec - 2);
  return roundBig((a.mant << BigInt(shift)) + b.mant, b.exp);
}

export function mulBig(a: Big, b: Big, bits = prec): Big {
  return roundBig(a.mant * b.mant, a.exp + b.exp, bits);
}

export function quoBig(a: Big, b: Big): Big {
  if (a.mant === 0n) return a;
  const shift = Math.max(0, prec + 2 + bitLength(b.mant) - bitLength(a.mant));
  const num = a.mant << BigInt(shift);
  let q = num / b.mant;
  // A sticky bit stands for the remainder.
  const rest = num % b.mant !== 0n;
  const neg = a.mant < 0n !== b.mant < 0n;
  q = (abs(q) << 1n) | (rest ? 1n : 0n);
  return roundBig(neg ? -q : q, a.exp - b.exp - shift - 1);
}

export function cmpBig(a: Big, b: Big): number {
  const sa = a.mant < 0n ? -1 : a.mant > 0n ? 1 : 0;
  const sb = b.mant < 0n ? -1 : b.mant > 0n ? 1 : 0;
  if (sa !== sb) return sa < sb ? -1 : 1;
  if (sa === 0) return 0;
  const ea = a.exp + bitLength(a.mant);
  const eb = b.exp + bitLength(b.mant);
  if (ea !== eb) return ea < eb === sa > 0 ? -1 : 1;
  const e = Math.min(a.exp, b.exp);
  const x = a.mant << BigInt(a.exp - e);
  const y = b.mant << BigInt(b.exp - e);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** 5^n with at most `bits` bits. */
function pow5(n: number, bits: number): Big {
  let result: Big = { mant: 1n, exp: 0 };
  let square: Big = { mant: 5n, exp: 0 };
  for (; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = mulBig(result, square, bits);
    square = mulBig(square, square, bits);
  }
  return result;
}

/** mant × 10^exp10 × 2^exp2 as a big float; null when its exponent is out of range. */
export function bigFromDecimal(mant: bigint, exp10: number, exp2: number): Big | null {
  if (Math.abs(exp10) + Math.abs(exp2) > maxFloatExp) return null;
  const x: Big = { mant, exp: exp2 + exp10 };
  if (exp10 === 0) return roundBig(x.mant, x.exp);
  const p = pow5(Math.abs(exp10), prec + 64);
  return exp10 < 0 ? quoBig(x, p) : mulBig(x, p);
}

const bigZero: Big = { mant: 0n, exp: 0 };

export function floatFromBig(big: Big): FloatValue {
  return { kind: ValueKind.Float, num: 0n, den: 1n, big: big.mant === 0n ? bigZero : big };
}

export function bigFromRat(num: bigint, den: bigint): Big {
  return quoBig({ mant: num, exp: 0 }, { mant: den, exp: 0 });
}

/** num/den as a Float: a fraction while numerator and denominator are small, else a big float (go/constant makeRat). */
export function makeRat(num: bigint, den: bigint): FloatValue {
  if (den < 0n) {
    num = -num;
    den = -den;
  }
  if (den !== 1n) {
    const d = gcd(num, den);
    if (d !== 1n) {
      num /= d;
      den /= d;
    }
  }
  if (bitLength(num) < maxExp && bitLength(den) < maxExp) return { kind: ValueKind.Float, num, den, big: null };
  return floatFromBig(bigFromRat(num, den));
}

/** The big float of a Float in either representation. */
export function asBig(x: FloatValue): Big {
  return x.big ?? bigFromRat(x.num, x.den);
}

/** Magnitude in the range in which fractions are used (go/constant smallFloat). */
export function smallBig(x: Big): boolean {
  if (x.mant === 0n) return true;
  const e = x.exp + bitLength(x.mant);
  return -maxExp < e && e < maxExp;
}

/** The nearest number with `bits` of mantissa, smallest bit 2^minExp, below 2^maxExponent; ties to even. */
function nearest(num: bigint, den: bigint, exp: number, bits: number, minExp: number, maxExponent: number): number {
  if (num === 0n) return 0;
  const neg = num < 0n;
  const a = neg ? -num : num;
  // a/den × 2^exp lies in [2^(e-1), 2^(e+1)).
  let e = bitLength(a) - bitLength(den) + exp;
  if (e > maxExponent + 2) return neg ? -Infinity : Infinity;
  if (e < minExp - 2) return 0;
  let q = 0n;
  let low = 0;
  for (;;) {
    low = Math.max(e - bits, minExp);
    // q = round(a/den × 2^(exp-low))
    const shift = exp - low;
    const n = shift >= 0 ? a << BigInt(shift) : a;
    const d = shift >= 0 ? den : den << BigInt(-shift);
    q = n / d;
    const rest = (n - q * d) * 2n;
    if (rest > d || (rest === d && (q & 1n) === 1n)) q += 1n;
    if (bitLength(q) <= bits) break;
    if (q === 1n << BigInt(bits)) break;
    e++;
  }
  const v = scale(Number(q), low);
  const limit = 2 ** maxExponent * 2;
  if (Number.isFinite(limit) ? v >= limit : !Number.isFinite(v)) return neg ? -Infinity : Infinity;
  return neg ? -v : v;
}

/** m × 2^e without intermediate overflow or rounding. */
function scale(m: number, e: number): number {
  while (e > 900) {
    m *= 2 ** 900;
    e -= 900;
  }
  while (e < -1000) {
    // Multiplying by 2^-1000 twice could round twice only below the smallest subnormal, which m × 2^e never is.
    const step = Math.max(e, -1000);
    m *= 2 ** step;
    e -= step;
  }
  return m * 2 ** e;
}

/** Nearest float64, infinite when out of range. */
export function toFloat64(x: FloatValue): number {
  if (x.big !== null) return nearest(x.big.mant, 1n, x.big.exp, 53, -1074, 1023);
  if (x.den <= 0x1fffffffffffffn && abs(x.num) <= 0x1fffffffffffffn) return Number(x.num) / Number(x.den);
  return nearest(x.num, x.den, 0, 53, -1074, 1023);
}

/** Nearest float32, infinite when out of range. */
export function toFloat32(x: FloatValue): number {
  if (x.big !== null) return nearest(x.big.mant, 1n, x.big.exp, 24, -149, 127);
  return nearest(x.num, x.den, 0, 24, -149, 127);
}

const view = new DataView(new ArrayBuffer(8));

/** A finite float64 as an exact fraction. */
export function fromFloat64(x: number): FloatValue {
  if (Number.isSafeInteger(x)) return { kind: ValueKind.Float, num: BigInt(x), den: 1n, big: null };
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  let mant = bits & 0xfffffffffffffn;
  if (biased !== 0) mant |= 1n << 52n;
  const exp = (biased === 0 ? 1 : biased) - 1075;
  if (x < 0) mant = -mant;
  return exp >= 0 ? makeRat(mant << BigInt(exp), 1n) : makeRat(mant, 1n << BigInt(-exp));
}

/** Bits rounded towards zero or away from it (for go/constant ToInt's tolerance). */
export function truncateBig(x: Big, bits: number, away: boolean): Big {
  const excess = bitLength(x.mant) - bits;
  if (excess <= 0) return x;
  const neg = x.mant < 0n;
  const a = neg ? -x.mant : x.mant;
  let q = a >> BigInt(excess);
  if (away && q << BigInt(excess) !== a) q += 1n;
  return { mant: neg ? -q : q, exp: x.exp + excess };
}

/** The integer that x is, or null. */
export function bigAsInt(x: Big): bigint | null {
  if (x.exp >= 0) return x.mant << BigInt(x.exp);
  const s = BigInt(-x.exp);
  if (bitLength(x.mant) <= -x.exp && x.mant !== 0n) return null;
  const q = x.mant >> s;
  return q << s === x.mant ? q : null;
}
