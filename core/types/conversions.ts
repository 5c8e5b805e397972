/** Conversions T(x) (spec "Conversions"). */
import * as constant from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { representableConst } from './const.ts';
import { error } from './errors.ts';
import { updateExprType } from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { addCause, assignableTo, type Cause, cloneOperand, type Operand } from './operand.ts';
import {
  allString,
  defaultType,
  identical,
  identicalIgnoreTags,
  isComplex,
  isConstType,
  isInteger,
  isIntegerOrFloat,
  isNonTypeParamInterface,
  isString,
  isTypeParam,
  isUntyped,
} from './predicates.ts';
import { BasicKind, type Type, TypeKind } from './type.ts';
import { typeParamIs } from './typeparam.ts';
import { under, underIs } from './under.ts';
import { Typ } from './universe.ts';
import { allowVersion, go1_17, go1_20 } from './version.ts';

/** The constant of x converted to the constant type T, or null (the closure constConvertibleTo in types2). */
function constConvertibleTo(c: Checker, x: Operand, T: Type): Value | null {
  const t = under(T);
  if (t.kind !== TypeKind.Basic) return null;
  const v = representableConst(c, x.val!, t);
  if (v !== null) return v;
  if (isInteger(x.type!) && isString(t)) {
    const i = constant.toInt(x.val!);
    let codepoint = 0xfffd;
    if (i.kind === ValueKind.Int && i.val >= 0n && i.val <= 0x10ffffn) codepoint = Number(i.val);
    if (codepoint >= 0xd800 && codepoint <= 0xdfff) codepoint = 0xfffd;
    return constant.makeString(constant.encodeRune(codepoint));
  }
  return null;
}

function asInt(v: Value): Value {
  const i = constant.toInt(v);
  return i.kind === ValueKind.Int ? i : v;
}

/** Checks the conversion T(x); the result is in x (types2 Checker.conversion). */
export function conversion(c: Checker, x: Operand, T: Type): void {
  const constArg = x.mode === Mode.Constant;
  let ok = false;
  const cause: Cause = { text: '' };
  if (constArg && isConstType(T)) {
    const v = constConvertibleTo(c, x, T);
    ok = v !== null;
    // An operand that is an integer is told as one even if it does not fit.
    x.val = v ?? (isInteger(T) ? asInt(x.val!) : x.val!);
    if (!ok && isInteger(x.type!) && isInteger(T)) {
      error(c, x, `constant ${constant.valueString(x.val)} overflows ${str(c, T)}`);
      x.mode = Mode.Invalid;
      return;
    }
  } else if (constArg && isTypeParam(T)) {
    ok = underIs(T, u => {
      if (u === null) {
        cause.text = `${str(c, T)} does not contain specific types`;
        return false;
      }
      if (isString(x.type!) && isBytesOrRunes(u)) return true;
      if (constConvertibleTo(c, x, u) !== null) return true;
      cause.text =
        isInteger(x.type!) && isInteger(u)
          ? `constant ${constant.valueString(x.val!)} overflows ${str(c, u)} (in ${str(c, T)})`
          : `cannot convert ${str(c, x)} to type ${str(c, u)} (in ${str(c, T)})`;
      return false;
    });
    x.mode = Mode.Value;
  } else if (convertibleTo(c, x, T, cause)) {
    ok = true;
    x.mode = Mode.Value;
  }

  if (!ok) {
    const why = cause.text === '' ? '' : `: ${cause.text}`;
    error(c, x, `cannot convert ${str(c, x)} to type ${str(c, T)}${why}`);
    x.mode = Mode.Invalid;
    return;
  }

  // The conversion gives an untyped operand its type, except where the operand keeps its default type.
  if (isUntyped(x.type!)) {
    let final = T;
    if (x.type === Typ[BasicKind.UntypedNil]) {
      // nil takes T
    } else if (isNonTypeParamInterface(T) || (constArg && !isConstType(T))) final = defaultType(x.type!);
    else if (x.mode === Mode.Constant && isInteger(x.type!) && allString(T)) final = x.type!;
    updateExprType(c, x.expr!, final, true);
  }
  x.type = T;
}

/** T(x) is valid for a non-constant x (types2 operand.convertibleTo). */
export function convertibleTo(c: Checker, x: Operand, target: Type, cause: Cause | null): boolean {
  if (assignableTo(c, x, target, cause)) return true;
  const V = unalias(x.type!);
  const T = unalias(target);
  const Vu = under(V);
  const Tu = under(T);
  const Vp = V.kind === TypeKind.TypeParam ? V : null;
  const Tp = T.kind === TypeKind.TypeParam ? T : null;

  if (identicalIgnoreTags(Vu, Tu) && Vp === null && Tp === null) return true;
  if (
    V.kind === TypeKind.Pointer &&
    T.kind === TypeKind.Pointer &&
    identicalIgnoreTags(under(V.elem), under(T.elem)) &&
    !isTypeParam(V.elem) &&
    !isTypeParam(T.elem)
  )
    return true;
  if (isIntegerOrFloat(Vu) && isIntegerOrFloat(Tu)) return true;
  if (isComplex(Vu) && isComplex(Tu)) return true;
  if ((isInteger(Vu) || isBytesOrRunes(Vu)) && isString(Tu)) return true;
  if (isString(Vu) && isBytesOrRunes(Tu)) return true;
  if ((isPointer(Vu) || isUintptr(Vu)) && isUnsafePointer(Tu)) return true;
  if (isUnsafePointer(Vu) && (isPointer(Tu) || isUintptr(Tu))) return true;
  if (Vu.kind === TypeKind.Slice) {
    if (Tu.kind === TypeKind.Array) {
      if (identical(Vu.elem, Tu.elem)) {
        if (allowVersion(c, go1_20)) return true;
        if (cause !== null) cause.text = 'conversion of slice to array requires go1.20 or later';
        return false;
      }
    } else if (Tu.kind === TypeKind.Pointer) {
      const a = under(Tu.elem);
      if (a.kind === TypeKind.Array && identical(Vu.elem, a.elem)) {
        if (allowVersion(c, go1_17)) return true;
        if (cause !== null) cause.text = 'conversion of slice to array pointer requires go1.17 or later';
        return false;
      }
    }
  }
  if (Vp === null && Tp === null) return false;

  // Every specific type of the one must be convertible to every specific type of the other.
  if (Vp !== null) {
    const y = cloneOperand(x);
    return typeParamIs(Vp, v => {
      if (v === null) return false;
      y.type = v.type;
      if (Tp === null) {
        if (convertibleTo(c, y, T, cause)) return true;
        addCause(cause, `cannot convert ${str(c, v.type)} (in ${str(c, Vp)}) to type ${str(c, target)}`);
        return false;
      }
      return typeParamIs(Tp, t => {
        if (t === null) return false;
        if (convertibleTo(c, y, t.type, cause)) return true;
        addCause(
          cause,
          `cannot convert ${str(c, v.type)} (in ${str(c, Vp)}) to type ${str(c, t.type)} (in ${str(c, Tp)})`,
        );
        return false;
      });
    });
  }
  return typeParamIs(Tp!, t => {
    if (t === null) return false;
    if (convertibleTo(c, x, t.type, cause)) return true;
    addCause(cause, `cannot convert ${str(c, x.type)} to type ${str(c, t.type)} (in ${str(c, Tp)})`);
    return false;
  });
}

export function isUintptr(t: Type): boolean {
  const u = under(t);
  return u.kind === TypeKind.Basic && u.basic === BasicKind.Uintptr;
}

export function isUnsafePointer(t: Type): boolean {
  const u = under(t);
  return u.kind === TypeKind.Basic && u.basic === BasicKind.UnsafePointer;
}

export function isPointer(t: Type): boolean {
  return under(t).kind === TypeKind.Pointer;
}

/** A slice whose elements are bytes or runes by their underlying type. */
export function isBytesOrRunes(t: Type): boolean {
  const u = under(t);
  if (u.kind !== TypeKind.Slice) return false;
  const e = under(u.elem);
  return e.kind === TypeKind.Basic && (e.basic === BasicKind.Uint8 || e.basic === BasicKind.Int32);
}
