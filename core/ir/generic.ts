/** What has to be decided on the checker's types, before type parameters are replaced by their arguments. */
import { type Expr, Kind, type SelectorExpr, unparen } from '../syntax/ast.ts';
import { unalias } from '../types/alias.ts';
import { Mode } from '../types/info.ts';
import { assignableTo, makeOperand } from '../types/operand.ts';
import type { FuncObj } from '../types/object.ts';
import { identical, isInterface } from '../types/predicates.ts';
import type { NamedType, SignatureType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import { commonUnder, under } from '../types/under.ts';
import type { Reader } from './reader.ts';

export { identical as identicalTypes, isInterface as isInterfaceType, unalias, under as underType };

/** The single underlying type of all types that t stands for, or null (types2 CoreType). */
export function coreType(t: Type): Type | null {
  return commonUnder(t, null)[0];
}

export function coreSignature(t: Type): SignatureType | null {
  const u = coreType(t);
  return u !== null && u.kind === TypeKind.Signature ? u : null;
}

/** A value of type `v` may be assigned to a variable of type `t` (types2 AssignableTo). */
export function assignable(v: Type, t: Type): boolean {
  return assignableTo(null, makeOperand(Mode.Value, null, v), t, null);
}

export function isTypeParam(t: Type): boolean {
  return unalias(t).kind === TypeKind.TypeParam;
}

/** The element of a pointer, else the type itself (noder's deref2). */
export function deref(t: Type): Type {
  const u = unalias(t);
  if (u.kind === TypeKind.Pointer) return u.elem;
  const n = under(u);
  return n.kind === TypeKind.Pointer ? n.elem : t;
}

/** A method with type parameters of its own, which Go 1.27 has (noder's isGenericMethod). */
export function isGenericMethod(f: FuncObj): boolean {
  return f.signature.recv !== null && f.signature.typeParams.length > 0;
}

/** The type arguments of a generic method that `x` selects: those of the receiver's type first. */
export function methodTypeArgs(r: Reader, x: SelectorExpr, recv: NamedType): readonly Type[] {
  return [...recv.targs, ...r.instanceOf(x.sel)!.targs];
}

/** What selects the function in `x`, with type arguments or without; null when nothing does. */
export function selectorOf(x: Expr): SelectorExpr | null {
  const e = x.kind === Kind.IndexExpr ? unparen(x.x) : x;
  return e.kind === Kind.SelectorExpr ? e : null;
}
