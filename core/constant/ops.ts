/** Operations on constant values: those of go/constant, with its representations. */
import {
  addBig,
  asBig,
  bigAsInt,
  bigIsInf,
  bigIsTiny,
  bitLength,
  cmpBig,
  floatFromBig,
  fromFloat64,
  makeRat,
  maxExp,
  mulBig,
  prec,
  quoBig,
  roundBig,
  smallBig,
  toFloat32,
  toFloat64,
  truncateBig,
} from './float.ts';
import type { BoolValue, ComplexValue, FloatValue, IntValue, StringValue, UnknownValue, Value } from './value.ts';
import { ValueKind } from './value.ts';

export { encodeRune, makeFromLiteral, unquote } from './literal.ts';
export { quote, valueString } from './print.ts';

/** Operators on constants, numbered as the syntax tree's (syntax.Op), which can be handed in as they are; IntDiv is the
 * integer division that truncates (go/token QUO_ASSIGN). */
export const enum Token {
  Not = 2,
  OrOr = 5,
  AndAnd,
  Eql,
  Neq,
  Lss,
  Leq,
  Gtr,
  Geq,
  Add,
  Sub,
  Or,
  Xor,
  Mul,
  Div,
  Rem,
  And,
  AndNot,
  Shl,
  Shr,
  IntDiv,
}
export const IntDiv: number = Token.IntDiv;

const unknown: UnknownValue = { kind: ValueKind.Unknown };
const true_: BoolValue = { kind: ValueKind.Bool, val: true };
const false_: BoolValue = { kind: ValueKind.Bool, val: false };
const zero: IntValue = { kind: ValueKind.Int, val: 0n };

export function makeUnknown(): UnknownValue {
  return unknown;
}
export function makeBool(b: boolean): BoolValue {
  return b ? true_ : false_;
}
/** One UTF-16 unit a byte. */
export function makeString(bytes: string): StringValue {
  return { kind: ValueKind.String, bytes };
}
export function makeInt(val: bigint): IntValue {
  return { kind: ValueKind.Int, val };
}
/** A safe integer. */
export function makeInt64(x: number): IntValue {
  return { kind: ValueKind.Int, val: BigInt(x) };
}
/** Unknown for infinities and NaN; -0 becomes 0. */
export function makeFloat64(x: number): FloatValue | UnknownValue {
  return Number.isFinite(x) ? fromFloat64(x) : unknown;
}
function makeBig(x: { mant: bigint; exp: number }): FloatValue | UnknownValue {
  if (bigIsInf(x)) return unknown;
  return floatFromBig(bigIsTiny(x) ? { mant: 0n, exp: 0 } : x);
}
function makeComplex(re: Value, im: Value): Value {
  if (re.kind === ValueKind.Unknown || im.kind === ValueKind.Unknown) return unknown;
  return { kind: ValueKind.Complex, re: re as IntValue | FloatValue, im: im as IntValue | FloatValue };
}
export function makeImag(x: Value): Value {
  return x.kind === ValueKind.Unknown ? x : makeComplex(zero, x);
}

export function boolVal(x: Value): boolean {
  return x.kind === ValueKind.Bool && x.val;
}
export function stringVal(x: Value): string {
  return x.kind === ValueKind.String ? x.bytes : '';
}
/** The integer when it is a safe one for a JS number, else null. */
export function int64Val(x: Value): bigint | null {
  return x.kind === ValueKind.Int && BigInt.asIntN(64, x.val) === x.val ? x.val : null;
}
export function uint64Val(x: Value): bigint | null {
  return x.kind === ValueKind.Int && BigInt.asUintN(64, x.val) === x.val ? x.val : null;
}
/** Nearest float32 of an Int or Float, infinite when out of range. */
export function float32Val(x: Value): number {
  const f = toFloat(x);
  return f.kind === ValueKind.Float ? toFloat32(f) : 0;
}
/** Nearest float64 of an Int or Float, infinite when out of range. */
export function float64Val(x: Value): number {
  const f = toFloat(x);
  return f.kind === ValueKind.Float ? toFloat64(f) : 0;
}
/** Bits of the absolute value of an Int. */
export function bitLen(x: Value): number {
  return x.kind === ValueKind.Int ? bitLength(x.val) : 0;
}
/** -1, 0 or 1; complex values are 0 only when both parts are; unknown values are 1. */
export function sign(x: Value): number {
  switch (x.kind) {
    case ValueKind.Int:
      return x.val < 0n ? -1 : x.val > 0n ? 1 : 0;
    case ValueKind.Float: {
      const n = x.big === null ? x.num : x.big.mant;
      return n < 0n ? -1 : n > 0n ? 1 : 0;
    }
    case ValueKind.Complex:
      return sign(x.re) | sign(x.im);
    default:
      return 1;
  }
}
export function real(x: Value): Value {
  return x.kind === ValueKind.Complex ? x.re : x;
}
export function imag(x: Value): Value {
  return x.kind === ValueKind.Complex ? x.im : x.kind === ValueKind.Unknown ? x : zero;
}

/** x as an Int if it is an integer (big floats within four bits), else unknown. */
export function toInt(x: Value): Value {
  switch (x.kind) {
    case ValueKind.Int:
      return x;
    case ValueKind.Float: {
      if (x.big === null) return x.den === 1n ? makeInt(x.num) : unknown;
      if (!smallBig(x.big)) return unknown;
      for (const big of [x.big, truncateBig(x.big, prec - 4, false), truncateBig(x.big, prec - 4, true)]) {
        const i = bigAsInt(big);
        if (i !== null) return makeInt(i);
      }
      return unknown;
    }
    case ValueKind.Complex: {
      const re = toFloat(x);
      return re.kind === ValueKind.Float ? toInt(re) : unknown;
    }
    default:
      return unknown;
  }
}

export function toFloat(x: Value): Value {
  switch (x.kind) {
    case ValueKind.Int:
      if (bitLength(x.val) < maxExp) return { kind: ValueKind.Float, num: x.val, den: 1n, big: null };
      return makeBig(roundBig(x.val, 0));
    case ValueKind.Float:
      return x;
    case ValueKind.Complex:
      return sign(x.im) === 0 ? toFloat(x.re) : unknown;
    default:
      return unknown;
  }
}

export function toComplex(x: Value): Value {
  switch (x.kind) {
    case ValueKind.Int:
    case ValueKind.Float:
      return makeComplex(x, zero);
    case ValueKind.Complex:
      return x;
    default:
      return unknown;
  }
}

/** +x, -x, ^x (`size` bits of an unsigned type, 0 for others) or !x. */
export function unaryOp(op: number, y: Value, size = 0): Value {
  if (y.kind === ValueKind.Unknown) return y;
  switch (op) {
    case Token.Add:
      return y;
    case Token.Sub:
      switch (y.kind) {
        case ValueKind.Int:
          return makeInt(-y.val);
        case ValueKind.Float:
          return y.big === null ? makeRat(-y.num, y.den) : floatFromBig({ mant: -y.big.mant, exp: y.big.exp });
        case ValueKind.Complex:
          return makeComplex(unaryOp(Token.Sub, y.re), unaryOp(Token.Sub, y.im));
        default:
      }
      break;
    case Token.Xor:
      if (y.kind === ValueKind.Int) return makeInt(size > 0 ? BigInt.asUintN(size, ~y.val) : ~y.val);
      break;
    case Token.Not:
      if (y.kind === ValueKind.Bool) return makeBool(!y.val);
      break;
  }
  return unknown;
}

/** Both values in the larger of their representations; unknown when they have none in common. */
function match(x: Value, y: Value): [Value, Value] {
  if (x.kind === ValueKind.Unknown || y.kind === ValueKind.Unknown) return [unknown, unknown];
  if (x.kind === y.kind) {
    if (x.kind === ValueKind.Float && y.kind === ValueKind.Float) return matchFloats(x, y);
    return [x, y];
  }
  if (x.kind < ValueKind.Int || y.kind < ValueKind.Int) return [unknown, unknown];
  if (x.kind === ValueKind.Complex) return [x, toComplex(y)];
  if (y.kind === ValueKind.Complex) return [toComplex(x), y];
  const fx = toFloat(x);
  const fy = toFloat(y);
  if (fx.kind !== ValueKind.Float || fy.kind !== ValueKind.Float) return [unknown, unknown];
  return matchFloats(fx, fy);
}

function matchFloats(x: FloatValue, y: FloatValue): [Value, Value] {
  if ((x.big === null) === (y.big === null)) return [x, y];
  return [floatFromBig(asBig(x)), floatFromBig(asBig(y))];
}

/** x op y. Div on integers gives a Float; division by zero is the caller's to prevent. */
export function binaryOp(x_: Value, op: number, y_: Value): Value {
  const [x, y] = match(x_, y_);
  switch (x.kind) {
    case ValueKind.Unknown:
      return x;
    case ValueKind.Bool: {
      const b = (y as BoolValue).val;
      if (op === Token.AndAnd) return makeBool(x.val && b);
      if (op === Token.OrOr) return makeBool(x.val || b);
      return unknown;
    }
    case ValueKind.Int: {
      const a = x.val;
      const b = (y as IntValue).val;
      switch (op) {
        case Token.Add:
          return makeInt(a + b);
        case Token.Sub:
          return makeInt(a - b);
        case Token.Mul:
          return makeInt(a * b);
        case Token.Div:
          return makeRat(a, b);
        case Token.IntDiv:
          return makeInt(a / b);
        case Token.Rem:
          return makeInt(a % b);
        case Token.And:
          return makeInt(a & b);
        case Token.Or:
          return makeInt(a | b);
        case Token.Xor:
          return makeInt(a ^ b);
        case Token.AndNot:
          return makeInt(a & ~b);
      }
      return unknown;
    }
    case ValueKind.Float: {
      const w = y as FloatValue;
      if (x.big !== null && w.big !== null) {
        switch (op) {
          case Token.Add:
            return makeBig(addBig(x.big, w.big));
          case Token.Sub:
            return makeBig(addBig(x.big, { mant: -w.big.mant, exp: w.big.exp }));
          case Token.Mul:
            return makeBig(mulBig(x.big, w.big));
          case Token.Div:
            return makeBig(quoBig(x.big, w.big));
        }
        return unknown;
      }
      switch (op) {
        case Token.Add:
          return makeRat(x.num * w.den + w.num * x.den, x.den * w.den);
        case Token.Sub:
          return makeRat(x.num * w.den - w.num * x.den, x.den * w.den);
        case Token.Mul:
          return makeRat(x.num * w.num, x.den * w.den);
        case Token.Div:
          return makeRat(x.num * w.den, x.den * w.num);
      }
      return unknown;
    }
    case ValueKind.Complex:
      return complexOp(x, op, y as ComplexValue);
    case ValueKind.String:
      return op === Token.Add ? makeString(x.bytes + (y as StringValue).bytes) : unknown;
  }
}

function complexOp(x: ComplexValue, op: number, y: ComplexValue): Value {
  const { re: a, im: b } = x;
  const { re: c, im: d } = y;
  switch (op) {
    case Token.Add:
    case Token.Sub:
      return makeComplex(binaryOp(a, op, c), binaryOp(b, op, d));
    case Token.Mul:
    case Token.Div: {
      const ac = binaryOp(a, Token.Mul, c);
      const bd = binaryOp(b, Token.Mul, d);
      const bc = binaryOp(b, Token.Mul, c);
      const ad = binaryOp(a, Token.Mul, d);
      if (op === Token.Mul) return makeComplex(binaryOp(ac, Token.Sub, bd), binaryOp(bc, Token.Add, ad));
      const s = binaryOp(binaryOp(c, Token.Mul, c), Token.Add, binaryOp(d, Token.Mul, d));
      const re = binaryOp(binaryOp(ac, Token.Add, bd), Token.Div, s);
      const im = binaryOp(binaryOp(bc, Token.Sub, ad), Token.Div, s);
      return makeComplex(re, im);
    }
  }
  return unknown;
}

/** x << s or x >> s of an Int. */
export function shift(x: Value, op: number, s: number): Value {
  if (x.kind !== ValueKind.Int) return unknown;
  if (s === 0) return x;
  return makeInt(op === Token.Shl ? x.val << BigInt(s) : x.val >> BigInt(s));
}

function cmpResult(cmp: number, op: number): boolean {
  switch (op) {
    case Token.Eql:
      return cmp === 0;
    case Token.Neq:
      return cmp !== 0;
    case Token.Lss:
      return cmp < 0;
    case Token.Leq:
      return cmp <= 0;
    case Token.Gtr:
      return cmp > 0;
    case Token.Geq:
      return cmp >= 0;
  }
  return false;
}

/** x op y; false when either is unknown. */
export function compare(x_: Value, op: number, y_: Value): boolean {
  const [x, y] = match(x_, y_);
  switch (x.kind) {
    case ValueKind.Unknown:
      return false;
    case ValueKind.Bool:
      return cmpResult(x.val === (y as BoolValue).val ? 0 : 1, op);
    case ValueKind.Int: {
      const b = (y as IntValue).val;
      return cmpResult(x.val < b ? -1 : x.val > b ? 1 : 0, op);
    }
    case ValueKind.Float: {
      const w = y as FloatValue;
      if (x.big !== null && w.big !== null) return cmpResult(cmpBig(x.big, w.big), op);
      const l = x.num * w.den;
      const r = w.num * x.den;
      return cmpResult(l < r ? -1 : l > r ? 1 : 0, op);
    }
    case ValueKind.Complex: {
      const c = y as ComplexValue;
      const same = compare(x.re, Token.Eql, c.re) && compare(x.im, Token.Eql, c.im);
      return cmpResult(same ? 0 : 1, op);
    }
    case ValueKind.String: {
      const b = (y as StringValue).bytes;
      return cmpResult(x.bytes < b ? -1 : x.bytes > b ? 1 : 0, op);
    }
  }
}
