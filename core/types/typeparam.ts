/** Type parameters (types2 typeparam). */
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import type { TypeNameObj } from './object.ts';
import { BasicKind, InterfaceType, type Term, type Type, TypeKind, TypeParamType } from './type.ts';
import { computeInterfaceTypeSet, termsAll, typeSet } from './typeset.ts';
import { under } from './under.ts';
import { emptyInterface } from './universe.ts';

export function newTypeParam(c: Checker | null, obj: TypeNameObj, bound: Type): TypeParamType {
  const t = new TypeParamType(obj, -1, bound);
  t.check = c;
  if (obj.type === null) obj.type = t;
  if (c !== null) c.cleaners.push(t);
  return t;
}

/** Numbers the type parameters of a list. */
export function bindTParams(list: TypeParamType[]): TypeParamType[] {
  for (let i = 0; i < list.length; i++) list[i].index = i;
  return list;
}

/** The constraint as an interface; one that is no interface is wrapped into one. */
export function iface(t: TypeParamType): InterfaceType {
  const bound = t.bound;
  if (bound.kind === TypeKind.Interface && bound.tset !== null) return bound;
  const u = under(bound);
  let ityp: InterfaceType | null = null;
  if (u.kind === TypeKind.Basic) {
    if (u.basic === BasicKind.Invalid) return emptyInterface;
  } else if (u.kind === TypeKind.Interface) {
    if (unalias(bound).kind === TypeKind.TypeParam) return emptyInterface;
    ityp = u;
  }
  if (ityp === null) {
    ityp = new InterfaceType([], [bound], []);
    ityp.complete = true;
    ityp.implicit = true;
    t.bound = ityp;
  }
  if (ityp.tset === null) computeInterfaceTypeSet(t.check, ityp);
  return ityp;
}

/** f holds for every term of the constraint's type set; null when it has no specific types (types2 TypeParam.is). */
export function typeParamIs(t: TypeParamType, f: (t: Term | null) => boolean): boolean {
  return termsAll(typeSet(iface(t)), f);
}
