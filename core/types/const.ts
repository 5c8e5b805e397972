/** Untyped constant operands: overflow, representability, conversion to a type. */
import * as constant from '../constant/ops.ts';
import { Token } from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import type { Pos } from '../source/text.ts';
import type { Checker } from './checker.ts';
import { ConvCode } from './convcode.ts';
import { error } from './errors.ts';
import { implicitTypeAndValue, updateExprType, updateExprVal } from './expr.ts';
import { str } from './format.ts';
import { opName } from './operator.ts';
import { Mode } from './info.ts';
import type { Operand } from './operand.ts';
import { isBoolean, isComplex, isFloat, isInteger, isNumeric, isString, isTyped, isTypeParam } from './predicates.ts';
import { BasicKind, type BasicType, type Type } from './type.ts';
import { safeUnderlying, under } from './under.ts';

/** The constant x must fit its type; an untyped integer must not exceed 512 bits (types2 Checker.overflow). */
export function overflow(c: Checker, x: Operand, opPos: Pos | null): void {
  if (x.val!.kind === ValueKind.Unknown) {
    error(c, opPos, 'constant result is not representable');
    return;
  }
  if (isTyped(x.type!)) {
    representable(c, x, under(x.type!) as BasicType);
    return;
  }
  if (x.val!.kind === ValueKind.Int && constant.bitLen(x.val!) > 512) {
    let op = opName(x.expr);
    if (op !== '') op += ' ';
    error(c, opPos, `constant ${op}overflow`);
    x.val = constant.makeUnknown();
  }
}

/** Bits of an integer type; `untyped` have none. */
function intRange(c: Checker, kind: BasicKind): { bits: number; signed: boolean } | null {
  switch (kind) {
    case BasicKind.Int:
      return { bits: c.conf.sizes.ptrSize * 8, signed: true };
    case BasicKind.Int8:
      return { bits: 8, signed: true };
    case BasicKind.Int16:
      return { bits: 16, signed: true };
    case BasicKind.Int32:
      return { bits: 32, signed: true };
    case BasicKind.Int64:
      return { bits: 64, signed: true };
    case BasicKind.Uint:
    case BasicKind.Uintptr:
      return { bits: c.conf.sizes.ptrSize * 8, signed: false };
    case BasicKind.Uint8:
      return { bits: 8, signed: false };
    case BasicKind.Uint16:
      return { bits: 16, signed: false };
    case BasicKind.Uint32:
      return { bits: 32, signed: false };
    case BasicKind.Uint64:
      return { bits: 64, signed: false };
    default:
      return null;
  }
}

/** The value as the basic type represents it (floats rounded, integers as Int), or null when it cannot
 * (types2 representableConst). */
export function representableConst(c: Checker, v: Value, typ: BasicType): Value | null {
  if (v.kind === ValueKind.Unknown) return v;
  if (isInteger(typ)) {
    const x = constant.toInt(v);
    if (x.kind !== ValueKind.Int) return null;
    // Most constants are small and fit anywhere.
    if (x.val >= 0n && x.val <= 127n) return x;
    // Rune is int32 by kind; the untyped kinds hold any integer.
    const range = intRange(c, typ.basic);
    if (range === null) return x;
    const { bits, signed } = range;
    const fits = signed ? BigInt.asIntN(bits, x.val) === x.val : BigInt.asUintN(bits, x.val) === x.val;
    return fits ? x : null;
  }
  if (isFloat(typ)) {
    const x = constant.toFloat(v);
    if (x.kind !== ValueKind.Float) return null;
    switch (typ.basic) {
      case BasicKind.Float32:
        return roundFloat32(x);
      case BasicKind.Float64:
        return roundFloat64(x);
      default:
        return v;
    }
  }
  if (isComplex(typ)) {
    const x = constant.toComplex(v);
    if (x.kind !== ValueKind.Complex) return null;
    if (typ.basic === BasicKind.UntypedComplex) return v;
    const round = typ.basic === BasicKind.Complex64 ? roundFloat32 : roundFloat64;
    const re = round(constant.real(x));
    const im = round(constant.imag(x));
    if (re === null || im === null) return null;
    return constant.binaryOp(re, Token.Add, constant.makeImag(im));
  }
  if (isString(typ)) return v.kind === ValueKind.String ? v : null;
  if (isBoolean(typ)) return v.kind === ValueKind.Bool ? v : null;
  return null;
}

function roundFloat32(x: Value): Value | null {
  const f = constant.float32Val(x);
  return Number.isFinite(f) ? constant.makeFloat64(f) : null;
}

function roundFloat64(x: Value): Value | null {
  const f = constant.float64Val(x);
  return Number.isFinite(f) ? constant.makeFloat64(f) : null;
}

/** Checks that a constant operand is representable in a basic type and rounds it (types2 Checker.representable). */
export function representable(c: Checker, x: Operand, typ: BasicType): void {
  const [v, code] = representation(c, x, typ);
  if (v === null) {
    invalidConversion(c, code, x, typ);
    x.mode = Mode.Invalid;
    return;
  }
  x.val = v;
}

/** The constant operand as a value of the basic type, or why not (types2 Checker.representation). */
export function representation(c: Checker, x: Operand, typ: BasicType): [Value | null, ConvCode] {
  const v = representableConst(c, x.val!, typ);
  if (v !== null) return [v, ConvCode.Ok];
  if (isNumeric(x.type!) && isNumeric(typ))
    return [null, !isInteger(x.type!) && isInteger(typ) ? ConvCode.TruncatedFloat : ConvCode.NumericOverflow];
  return [null, ConvCode.InvalidConstVal];
}

export function invalidConversion(c: Checker, code: ConvCode, x: Operand, target: Type): void {
  const from = str(c, x);
  const to = str(c, target);
  if (code === ConvCode.TruncatedFloat) error(c, x, `${from} truncated to ${to}`);
  else if (code === ConvCode.NumericOverflow) error(c, x, `${from} overflows ${to}`);
  else error(c, x, `cannot convert ${from} to type ${to}`);
}

/** Gives an untyped operand the target type where that is possible (types2 Checker.convertUntyped). */
export function convertUntyped(c: Checker, x: Operand, target: Type): void {
  const [newType, val, code] = implicitTypeAndValue(c, x, target);
  if (newType === null) {
    invalidConversion(c, code, x, isTypeParam(target) ? target : safeUnderlying(target));
    x.mode = Mode.Invalid;
    return;
  }
  if (val !== null) {
    x.val = val;
    updateExprVal(c, x.expr!, val);
  }
  if (newType !== x.type) {
    x.type = newType;
    updateExprType(c, x.expr!, newType, false);
  }
}
