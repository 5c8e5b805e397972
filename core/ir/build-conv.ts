/** Conversions, implicit and explicit (writer.convertExpr, typecheck's tcConv and convertOp). */
import { decodeRune } from '../constant/literal.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Type } from '../types/type.ts';
import { BasicKind, ChanDir, TypeKind } from '../types/type.ts';
import { expr, newCompLit } from './build-expr.ts';
import { noteConvDictUse } from './dict-uses.ts';
import { identicalTypes, isTypeParam } from './generic.ts';
import { Flag, Node, Op, type XPos } from './node.ts';
import { implicit, literal, type Reader, unary } from './reader.ts';
import {
  basicKind,
  byteType,
  elemOf,
  hasName,
  hasShape,
  identical,
  identicalIgnoreTags,
  int32Type,
  intType,
  isArray,
  isComplex,
  isEmptyInterface,
  isFloat,
  isInteger,
  isInterface,
  isPointer,
  isShape,
  isSlice,
  isString,
  isUintptr,
  isUnsafePointer,
  runeType,
  simKind,
  uint8Type,
  under,
} from './typeinfo.ts';

/** The expression, converted to `dst` when that is another type than its own. */
export function implicitConv(r: Reader, dst: Type | null, x: Expr): Node {
  return convertExpr(r, dst, x, true);
}

export function convertExpr(r: Reader, dst: Type | null, x: Expr, isImplicit: boolean): Node {
  const src = r.typeOf(x);
  const same = dst === null || (src !== null && identicalTypes(src, dst));
  if (isImplicit && same) return expr(r, x);
  const typ = r.typ(dst!);
  const pos = r.pos(x);
  if (src !== null) r.typ(src);
  const value = expr(r, x);
  if (isTypeParam(dst!) && value.op === Op.OLITERAL && r.b.env.release.convertsConstantsFirst) {
    if (isConstantOf(value.val!, typ)) {
      return implicit(unary(Op.OCONVNOP, pos, typ, literal(value.pos, typ, value.val!)));
    }
  }
  const n = conv(r, pos, typ, value, isImplicit);
  if (
    !same &&
    n.op === Op.OCONVNOP &&
    isInterface(n.type!) &&
    !isEmptyInterface(n.type!) &&
    (hasShape(n.type!) || hasShape(n.x!.type!))
  ) {
    n.op = Op.OCONVIFACE;
  }
  if (value.type !== null) noteConvDictUse(r, n, value.type, typ);
  if (isTypeParam(dst!) && n.op === Op.OLITERAL) return implicit(unary(Op.OCONVNOP, pos, n.type, n));
  return n;
}

/** The type has constants of the value's kind (typecheck.ConvertVal, not explicit). */
function isConstantOf(val: Value, typ: Type): boolean {
  switch (val.kind) {
    case ValueKind.Bool:
      return basicKind(typ) === BasicKind.Bool;
    case ValueKind.String:
      return isString(typ);
    default:
      return isInteger(typ) || isFloat(typ) || isComplex(typ);
  }
}

/** Converts a value (tcConv). */
export function conv(r: Reader, pos: XPos | null, typ: Type, x: Node, isImplicit: boolean): Node {
  const t = x.type!;
  const n = unary(convertOp(r, x.op === Op.OLITERAL, t, typ), pos, typ, x);
  if (isImplicit) implicit(n);
  switch (n.op) {
    case Op.OCONVNOP:
      // Floats are not no-ops even between types of one kind: they may have to be rounded.
      if ((isFloat(t) || isComplex(t)) && basicKind(t) === basicKind(typ)) n.op = Op.OCONV;
      break;
    case Op.OSTR2RUNES:
      if (x.op === Op.OLITERAL) return runesLit(n);
      break;
    case Op.OBYTES2STR: {
      const elem = elemOf(t);
      if (elem !== byteType && elem !== uint8Type) n.x = unary(Op.OCONVNOP, x.pos, r.b.types.slice(byteType), x);
      break;
    }
    case Op.ORUNES2STR: {
      const elem = elemOf(t);
      if (elem !== runeType && elem !== int32Type) n.x = unary(Op.OCONVNOP, x.pos, r.b.types.slice(runeType), x);
      break;
    }
    default:
  }
  return n;
}

/** `[]rune("…")` as a slice literal (stringtoruneslit). */
function runesLit(n: Node): Node {
  const val = n.x!.val!;
  const bytes = val.kind === ValueKind.String ? val.bytes : '';
  const list: Node[] = [];
  for (let i = 0, k = 0; i < bytes.length; k++) {
    const [rune, size] = decodeRune(bytes, i);
    i += size;
    const kv = new Node(Op.OKEY, n.pos, null);
    kv.x = literal(n.pos, intType, { kind: ValueKind.Int, val: BigInt(k) });
    kv.y = literal(n.pos, elemOf(n.type!), { kind: ValueKind.Int, val: BigInt(rune) });
    list.push(kv);
  }
  return newCompLit(n.pos, n.type!, list);
}

/** Op that assigns a value of type src to a variable of type dst, or null when there is none (assignOp). */
export function assignOp(src: Type, dst: Type): Op | null {
  if (src === dst || identical(src, dst)) return Op.OCONVNOP;
  if (identical(under(src), under(dst))) {
    if (isEmptyInterface(src)) return Op.OCONVNOP;
    if ((!hasName(src) || !hasName(dst)) && !isInterface(src)) return Op.OCONVNOP;
    if (isShape(src) || isShape(dst)) return Op.OCONVNOP;
  }
  const isNil = src.kind === TypeKind.Basic && src.basic === BasicKind.UntypedNil;
  if (isInterface(dst) && !isNil) return Op.OCONVIFACE;
  if (isInterface(src)) return null;
  const cs = under(src);
  const cd = under(dst);
  if (cs.kind === TypeKind.Chan && cs.dir === ChanDir.SendRecv && cd.kind === TypeKind.Chan) {
    if (identical(cs.elem, cd.elem) && (!hasName(src) || !hasName(dst))) return Op.OCONVNOP;
  }
  if (isNil) return Op.OCONVNOP;
  return null;
}

/** Op of the conversion of a value of type src to type dst (convertOp). */
function convertOp(r: Reader, srcConst: boolean, src: Type, dst: Type): Op {
  const op = assignOp(src, dst);
  if (op !== null) return op;
  if (identicalIgnoreTags(under(src), under(dst))) return Op.OCONVNOP;
  const us = under(src);
  const ud = under(dst);
  if (us.kind === TypeKind.Pointer && ud.kind === TypeKind.Pointer && !hasName(src) && !hasName(dst)) {
    if (identicalIgnoreTags(under(us.elem), under(ud.elem))) return Op.OCONVNOP;
  }
  const ptrSize = r.b.env.sizes.ptrSize;
  const sim = () => simKind(basicKind(src), ptrSize) === simKind(basicKind(dst), ptrSize);
  if ((isInteger(src) || isFloat(src)) && (isInteger(dst) || isFloat(dst))) return sim() ? Op.OCONVNOP : Op.OCONV;
  if (isComplex(src) && isComplex(dst)) return sim() ? Op.OCONVNOP : Op.OCONV;
  const numeric = (t: Type) => isInteger(t) || isFloat(t) || isComplex(t);
  if (srcConst && numeric(src) && numeric(dst)) return Op.OCONV;
  if (isInteger(src) && isString(dst)) return Op.ORUNESTR;
  if (isSlice(src) && isString(dst)) {
    return basicKind(elemOf(src)) === BasicKind.Uint8 ? Op.OBYTES2STR : Op.ORUNES2STR;
  }
  if (isString(src) && isSlice(dst)) {
    return basicKind(elemOf(dst)) === BasicKind.Uint8 ? Op.OSTR2BYTES : Op.OSTR2RUNES;
  }
  if ((isPointer(src) || isUintptr(src)) && isUnsafePointer(dst)) return Op.OCONVNOP;
  if (isUnsafePointer(src) && (isPointer(dst) || isUintptr(dst))) return Op.OCONVNOP;
  if (isSlice(src)) {
    if (isArray(dst)) return Op.OSLICE2ARR;
    if (isPointer(dst)) return Op.OSLICE2ARRPTR;
  }
  return Op.OCONVNOP;
}

/** The value as assigned to a variable of type t: converted implicitly, at `pos`, when that is another type
 * (typecheck.AssignConv). */
export function assignConv(n: Node, t: Type, pos: XPos | null): Node {
  if (n.type === null || identical(n.type, t)) return n;
  const c = unary(assignOp(n.type, t) ?? Op.OCONV, pos, t, n);
  c.flags |= Flag.Implicit;
  return c;
}
