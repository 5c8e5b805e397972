/** Alias types (types2 alias). */
import type { Pos } from '../source/text.ts';
import type { Checker } from './checker.ts';
import type { Context } from './context.ts';
import { TypeNameObj } from './object.ts';
import { makeSubstMap, subst } from './subst.ts';
import { AliasType, BasicKind, type NamedType, type Type, TypeKind } from './type.ts';
import { Typ } from './universe.ts';

/** The type without any aliases around it. */
export function unalias(t: Type): Type {
  if (t.kind !== TypeKind.Alias) return t;
  return t.actual ?? unaliasSlow(t);
}

function unaliasSlow(a0: AliasType): Type {
  let t: Type = a0;
  while (t.kind === TypeKind.Alias) {
    // Still being declared: nothing is known yet.
    if (t.fromRHS === null) return Typ[BasicKind.Invalid];
    t = t.fromRHS;
  }
  a0.actual = t;
  return t;
}

/** An alias whose declaration is being checked: what it stands for is not known yet. */
export function isPending(t: Type): boolean {
  while (t.kind === TypeKind.Alias) {
    if (t.fromRHS === null) return true;
    t = t.fromRHS;
  }
  return false;
}

/** The type as a defined type, or null. */
export function asNamed(t: Type | null): NamedType | null {
  if (t === null) return null;
  const u = t.kind === TypeKind.Alias ? unalias(t) : t;
  return u.kind === TypeKind.Named ? u : null;
}

export function newAlias(c: Checker | null, obj: TypeNameObj, rhs: Type | null): AliasType {
  const a = new AliasType(obj, rhs, null, []);
  if (obj.type === null) obj.type = a;
  if (c !== null) c.cleaners.push(a);
  return a;
}

export function newAliasInstance(
  c: Checker | null,
  pos: Pos | null,
  orig: AliasType,
  targs: Type[],
  expanding: NamedType | null,
  ctxt: Context | null,
): AliasType {
  const obj = new TypeNameObj(orig.obj.name, orig.obj.pkg, pos, null);
  const rhs = subst(c, pos, orig.fromRHS!, makeSubstMap(orig.typeParams, targs), expanding, ctxt);
  const res = new AliasType(obj, rhs, orig, targs);
  obj.type = res;
  res.typeParams = orig.typeParams;
  if (c !== null) c.cleaners.push(res);
  return res;
}
