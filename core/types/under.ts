/** Underlying types and type sets of operands (types2 under). */
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { str } from './format.ts';
import { resolveUnderlying } from './named.ts';
import { identical } from './predicates.ts';
import { ChanDir, type Type, TypeKind } from './type.ts';
import { iface } from './typeparam.ts';
import { allTypes, typeSet } from './typeset.ts';

/** The underlying type; that of a type parameter is its constraint interface. */
export function under(t: Type): Type {
  switch (t.kind) {
    case TypeKind.Named:
      return t.underlying ?? resolveUnderlying(t);
    case TypeKind.TypeParam:
      return iface(t);
    case TypeKind.Alias:
      return under(unalias(t));
    default:
      return t;
  }
}

/** Like under, but does not resolve a type that is being set up (types2 safeUnderlying). */
export function safeUnderlying(t: Type): Type {
  const u = unalias(t);
  if (u.kind === TypeKind.Named) return u.underlying ?? u;
  return under(u);
}

/** f holds for the underlying type of t, or of every type in a type parameter's type set; null when that has no
 * specific types. */
export function underIs(t: Type, f: (u: Type | null) => boolean): boolean {
  return all(t, (_, u) => f(u));
}

/** f holds for t and its underlying type, or for all types of a type parameter's type set. */
export function all(t: Type, f: (t: Type | null, u: Type | null) => boolean): boolean {
  const p = unalias(t);
  if (p.kind === TypeKind.TypeParam) return allTypes(typeSet(iface(p)), f);
  return f(t, under(t));
}

/** Why types do not fit, told when it is needed (types2 typeError). */
export type TypeErrorText = (c: Checker | null) => string;

export function emptyTypeError(): string {
  return '';
}

/** The underlying type that all types of t have in common, allowing for channel directions; else why there is none
 * (types2 commonUnder). `cond` can reject types. */
export function commonUnder(
  t: Type,
  cond: ((t: Type | null, u: Type | null) => TypeErrorText | null) | null,
): [Type | null, TypeErrorText | null] {
  if (cond === null && unalias(t).kind !== TypeKind.TypeParam) return [under(t), null];
  let ct: Type | null = null;
  let cu: Type | null = null;
  let err: TypeErrorText | null = null;
  all(t, (t, u) => {
    if (cond !== null) {
      err = cond(t, u);
      if (err !== null) return false;
    }
    if (u === null) {
      err = () => 'no specific type';
      return false;
    }
    if (cu === null) {
      ct = t;
      cu = u;
      return true;
    }
    const ct0 = ct;
    const chu: Type = cu;
    if (chu.kind === TypeKind.Chan && u.kind === TypeKind.Chan) {
      if (!identical(chu.elem, u.elem)) {
        err = c => `channels ${str(c, ct0)} and ${str(c, t)} have different element types`;
        return false;
      }
      if (chu.dir === u.dir) return true;
      if (chu.dir === ChanDir.SendRecv) {
        ct = t;
        cu = u;
      } else if (u.dir !== ChanDir.SendRecv) {
        err = c => `channels ${str(c, ct0)} and ${str(c, t)} have conflicting directions`;
        return false;
      }
      return true;
    }
    if (!identical(chu, u)) {
      err = c => `${str(c, ct0)} and ${str(c, t)} have different underlying types`;
      return false;
    }
    return true;
  });
  return err === null ? [cu, null] : [null, err];
}
