/** Instantiation of generic types and functions, and the implementation relation (types2 instantiate). */
import type { Pos } from '../source/text.ts';
import { newAliasInstance } from './alias.ts';
import type { Checker } from './checker.ts';
import { type Context, instanceHash } from './context.ts';
import { error } from './errors.ts';
import { str } from './format.ts';
import { hasAllMethods, interfacePtrError, isInterfacePtr } from './lookup.ts';
import { copySignature, newNamedInstance } from './named.ts';
import type { Cause } from './operand.ts';
import { comparableType, identical, isValid } from './predicates.ts';
import { makeSubstMap, subst } from './subst.ts';
import { termIncludes, termsSubsetOf } from './termlist.ts';
import {
  type AliasType,
  BasicKind,
  type NamedType,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { iface } from './typeparam.ts';
import { hasTerms, isAllSet, isComparableSet, isEmptySet, typeSet } from './typeset.ts';
import { termsString } from './typestring.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';
import { allowVersion, go1_20, go1_27, release } from './version.ts';

/** The instance of a generic type or function for the type arguments, the same object for identical ones. The arguments
 * are not verified against the constraints. */
export function instance(
  c: Checker | null,
  pos: Pos | null,
  orig: NamedType | AliasType | SignatureType,
  targs: Type[],
  expanding: NamedType | null,
  ctxt: Context | null,
): Type {
  const context = expanding === null ? ctxt! : expanding.ctxt!;
  const hash = instanceHash(orig, targs);
  const known = context.lookup(hash, orig, targs);
  if (known !== null) return known;
  let res: Type;
  switch (orig.kind) {
    case TypeKind.Named:
      res = newNamedInstance(c, pos, orig, targs, context);
      break;
    case TypeKind.Alias:
      if (!validateTArgLen(c, pos, orig.obj.name, orig.typeParams.length, targs.length)) return Typ[BasicKind.Invalid];
      if (orig.typeParams.length === 0) return orig;
      res = newAliasInstance(c, pos, orig, targs, expanding, context);
      break;
    case TypeKind.Signature: {
      const tparams = orig.typeParams;
      if (!validateTArgLen(c, pos, str(null, orig), tparams.length, targs.length)) return Typ[BasicKind.Invalid];
      if (tparams.length === 0) return orig;
      let sig = subst(c, pos, orig, makeSubstMap(tparams, targs), null, context) as SignatureType;
      if (sig === orig) sig = copySignature(orig);
      // The instance is not generic.
      sig.typeParams = [];
      res = sig;
      break;
    }
  }
  return context.update(hash, orig, targs, res);
}

/** The number of type arguments is right; otherwise that is reported. */
export function validateTArgLen(c: Checker | null, pos: Pos | null, name: string, want: number, got: number): boolean {
  if (got === want) return true;
  const qual = got < want ? 'not enough' : 'too many';
  if (c !== null) error(c, pos, `${qual} type arguments for type ${name}: have ${got}, want ${want}`);
  return false;
}

/** Index of the first type argument that does not satisfy its constraint, and why; null when all do. */
export function verify(
  c: Checker | null,
  pos: Pos | null,
  tparams: readonly TypeParamType[],
  targs: readonly Type[],
  ctxt: Context,
): [number, string] | null {
  const smap = makeSubstMap(tparams, targs);
  const cause: Cause = { text: '' };
  for (let i = 0; i < tparams.length; i++) {
    iface(tparams[i]);
    const bound = subst(c, pos, tparams[i].bound, smap, null, ctxt);
    if (!implements_(c, targs[i], bound, true, cause)) return [i, cause.text];
  }
  return null;
}

/** V implements interface T, or satisfies it as a constraint (spec "Implementing an interface", "Satisfying a type
 * constraint"; types2 Checker.implements). */
export function implements_(c: Checker | null, V: Type, T: Type, constraint: boolean, cause: Cause | null): boolean {
  const Vu = under(V);
  const Tu = under(T);
  if (!isValid(Vu) || !isValid(Tu)) return true;
  if (Vu.kind === TypeKind.Pointer && !isValid(under(Vu.elem))) return true;
  const verb = constraint ? 'satisfy' : 'implement';
  const because = (text: () => string): false => {
    if (cause !== null) cause.text = text();
    return false;
  };

  if (Tu.kind !== TypeKind.Interface) {
    return because(() => {
      let detail = `${str(c, T)} is not an interface`;
      if (isInterfacePtr(Tu)) {
        // Before Go 1.27 pointers to type parameters were taken for those.
        if (c !== null && release(c) >= go1_27) detail = interfacePtrError(c, T);
        else detail = `type ${str(c, T)} is pointer to interface, not interface`;
      }
      return `${str(c, V)} does not ${verb} ${str(c, T)} (${detail})`;
    });
  }
  const tset = typeSet(Tu);
  if (isAllSet(tset)) return true;
  const vset = Vu.kind === TypeKind.Interface ? typeSet(Vu) : null;
  // The empty set implements everything; nothing implements an interface with an empty set.
  if (vset !== null && isEmptySet(vset)) return true;
  if (isEmptySet(tset)) return because(() => `cannot ${verb} ${str(c, T)} (empty type set)`);

  if (!hasAllMethods(c, V, T, true, identical, cause))
    return because(() => `${str(c, V)} does not ${verb} ${str(c, T)} ${cause!.text}`);

  const checkComparability = (): boolean => {
    if (!isComparableSet(tset, null)) return true;
    if (comparableType(V, false, null) === null) return true;
    if (constraint && comparableType(V, true, null) === null) {
      if (c === null || allowVersion(c, go1_20)) return true;
      return because(() => `${str(c, V)} to ${verb} comparable requires go1.20 or later`);
    }
    return because(() => `${str(c, V)} does not ${verb} comparable`);
  };

  if (!hasTerms(tset)) return checkComparability();
  if (vset !== null) {
    if (!termsSubsetOf(vset.terms, tset.terms)) return because(() => `${str(c, V)} does not ${verb} ${str(c, T)}`);
    return checkComparability();
  }

  // V must be in T's type set.
  let alt: Type | null = null;
  for (const t of tset.terms!) {
    if (termIncludes(t, V)) return checkComparability();
    if (alt === null && !t.tilde && identical(t.type, under(t.type)) && termIncludes({ tilde: true, type: t.type }, V))
      alt = t.type;
  }
  return because(() => {
    let detail: string;
    if (alt !== null) detail = `possibly missing ~ for ${str(c, alt)} in ${str(c, T)}`;
    else if (mentions(Tu, V))
      detail = `${str(c, T)} mentions ${str(c, V)}, but ${str(c, V)} is not in the type set of ${str(c, T)}`;
    else detail = `${str(c, V)} missing in ${termsString(tset.terms, null)}`;
    return `${str(c, V)} does not ${verb} ${str(c, T)} (${detail})`;
  });
}

/** The type is written somewhere in the union or interface T. */
function mentions(T: Type, typ: Type): boolean {
  switch (T.kind) {
    case TypeKind.Interface:
      return T.embeddeds.some(e => mentions(e, typ));
    case TypeKind.Union:
      return T.terms.some(t => mentions(t.type, typ));
    default:
      return identical(T, typ);
  }
}
