/** Predicates on types, identity, comparability (types2 predicates). */
import { asNamed, isPending, unalias } from './alias.ts';
import { Context } from './context.ts';
import { str } from './format.ts';
import { objId, sameId } from './object.ts';
import { makeSubstMap, subst } from './subst.ts';
import { termsEqual } from './termlist.ts';
import {
  BasicInfo,
  BasicKind,
  type BasicType,
  type InterfaceType,
  type NamedType,
  type SignatureType,
  type TupleType,
  type Type,
  TypeKind,
} from './type.ts';
import { typeParamIs } from './typeparam.ts';
import { computeUnionTypeSet, isComparableSet, isEmptySet, typeSet } from './typeset.ts';
import { emptyTypeError, safeUnderlying, type TypeErrorText, under, underIs } from './under.ts';
import { Typ, universeRune } from './universe.ts';

/** Not the type of something in error. */
export function isValid(t: Type): boolean {
  return unalias(t) !== Typ[BasicKind.Invalid] || isPending(t);
}

/** The underlying type is basic with one of the properties; false for type parameters. */
export function isBasic(t: Type, info: number): boolean {
  const u = under(t);
  return u.kind === TypeKind.Basic && (u.info & info) !== 0;
}
export function isBoolean(t: Type): boolean {
  return isBasic(t, BasicInfo.IsBoolean);
}
export function isInteger(t: Type): boolean {
  return isBasic(t, BasicInfo.IsInteger);
}
export function isUnsigned(t: Type): boolean {
  return isBasic(t, BasicInfo.IsUnsigned);
}
export function isFloat(t: Type): boolean {
  return isBasic(t, BasicInfo.IsFloat);
}
export function isComplex(t: Type): boolean {
  return isBasic(t, BasicInfo.IsComplex);
}
export function isNumeric(t: Type): boolean {
  return isBasic(t, BasicInfo.IsNumeric);
}
export function isString(t: Type): boolean {
  return isBasic(t, BasicInfo.IsString);
}
export function isIntegerOrFloat(t: Type): boolean {
  return isBasic(t, BasicInfo.IsInteger | BasicInfo.IsFloat);
}
export function isConstType(t: Type): boolean {
  return isBasic(t, BasicInfo.IsConstType);
}

/** Like isBasic; a type parameter needs the property for all types of its type set. */
export function allBasic(t: Type, info: number): boolean {
  const p = unalias(t);
  if (p.kind === TypeKind.TypeParam) return typeParamIs(p, term => term !== null && isBasic(term.type, info));
  return isBasic(t, info);
}
export function allBoolean(t: Type): boolean {
  return allBasic(t, BasicInfo.IsBoolean);
}
export function allInteger(t: Type): boolean {
  return allBasic(t, BasicInfo.IsInteger);
}
export function allUnsigned(t: Type): boolean {
  return allBasic(t, BasicInfo.IsUnsigned);
}
export function allNumeric(t: Type): boolean {
  return allBasic(t, BasicInfo.IsNumeric);
}
export function allString(t: Type): boolean {
  return allBasic(t, BasicInfo.IsString);
}
export function allOrdered(t: Type): boolean {
  return allBasic(t, BasicInfo.IsOrdered);
}
export function allNumericOrString(t: Type): boolean {
  return allBasic(t, BasicInfo.IsNumeric | BasicInfo.IsString);
}

/** Predeclared, defined or a type parameter. */
export function hasName(t: Type): boolean {
  const u = unalias(t);
  return u.kind === TypeKind.Basic || u.kind === TypeKind.Named || u.kind === TypeKind.TypeParam;
}

/** Neither defined nor a type parameter. */
export function isTypeLit(t: Type): boolean {
  const u = unalias(t);
  return u.kind !== TypeKind.Named && u.kind !== TypeKind.TypeParam;
}

export function isTyped(t: Type): boolean {
  return t.kind !== TypeKind.Basic || (t.info & BasicInfo.IsUntyped) === 0;
}
export function isUntyped(t: Type): boolean {
  return t.kind === TypeKind.Basic && (t.info & BasicInfo.IsUntyped) !== 0;
}
export function isUntypedNumeric(t: Type): boolean {
  return isUntyped(t) && ((t as BasicType).info & BasicInfo.IsNumeric) !== 0;
}

/** The underlying type is an interface; true for type parameters. */
export function isInterface(t: Type): boolean {
  return under(t).kind === TypeKind.Interface;
}
export function isTypeParam(t: Type): boolean {
  return unalias(t).kind === TypeKind.TypeParam;
}
export function isNonTypeParamInterface(t: Type): boolean {
  return !isTypeParam(t) && isInterface(t);
}

/** A type parameter that no type satisfies, as far as is known already. */
export function hasEmptyTypeset(t: Type): boolean {
  const p = unalias(t);
  if (p.kind !== TypeKind.TypeParam) return false;
  const u = safeUnderlying(p.bound);
  return u.kind === TypeKind.Interface && u.tset !== null && isEmptySet(u.tset);
}

/** A generic type that has not been instantiated. */
export function isGeneric(t: Type): boolean {
  if (t.kind === TypeKind.Alias && t.typeParams.length > 0 && t.targs.length === 0) return true;
  const named = asNamed(t);
  return named !== null && named.orig === null && named.typeParams.length > 0;
}

/** Values of the type can be compared (spec "Comparison operators"), interfaces included. */
export function comparable(t: Type): boolean {
  return comparableType(t, true, null) === null;
}

/** Null if values of T are comparable, else why not; `dynamic` counts ordinary interfaces as comparable. */
export function comparableType(T: Type, dynamic: boolean, seen: Set<Type> | null): TypeErrorText | null {
  if (T.kind === TypeKind.Basic && T.basic !== BasicKind.UntypedNil) return null;
  if (seen === null) seen = new Set();
  else if (seen.has(T)) return null;
  seen.add(T);
  const t = under(T);
  switch (t.kind) {
    case TypeKind.Basic:
      return t.basic === BasicKind.UntypedNil ? emptyTypeError : null;
    case TypeKind.Pointer:
    case TypeKind.Chan:
      return null;
    case TypeKind.Struct:
      for (const f of t.fields)
        if (comparableType(f.type!, dynamic, seen) !== null)
          return c => `struct containing ${str(c, f.type)} cannot be compared`;
      return null;
    case TypeKind.Array:
      if (comparableType(t.elem, dynamic, seen) !== null) return c => `${str(c, T)} cannot be compared`;
      return null;
    case TypeKind.Interface: {
      if ((dynamic && !isTypeParam(T)) || isComparableSet(typeSet(t), seen)) return null;
      const empty = isEmptySet(typeSet(t));
      return () => (empty ? 'empty type set' : 'incomparable types in type set');
    }
    default:
      return emptyTypeError;
  }
}

/** Values of the type can be nil. */
export function hasNil(t: Type): boolean {
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Basic:
      return u.basic === BasicKind.UnsafePointer;
    case TypeKind.Slice:
    case TypeKind.Pointer:
    case TypeKind.Signature:
    case TypeKind.Map:
    case TypeKind.Chan:
      return true;
    case TypeKind.Interface:
      return !isTypeParam(t) || underIs(t, u => u !== null && hasNil(u));
    default:
      return false;
  }
}

/** Pairs of interfaces under comparison. */
export interface IfacePair {
  x: InterfaceType;
  y: InterfaceType;
  prev: IfacePair | null;
}

/** The two interfaces are being compared already, in either order (types2 ifacePair.identical). */
export function seenPair(p: IfacePair | null, x: InterfaceType, y: InterfaceType): boolean {
  for (; p !== null; p = p.prev) if ((p.x === x && p.y === y) || (p.x === y && p.y === x)) return true;
  return false;
}

const enum Ignore {
  Nothing = 0,
  Tags = 1,
  Invalids = 2,
}

/** Type identity (spec "Type identity"). */
export function identical(x: Type, y: Type): boolean {
  return x === y || identical0(x, y, Ignore.Nothing, null);
}
/** Type identity without regard to struct tags, as conversions ask (spec "Conversions"). */
export function identicalIgnoreTags(x: Type, y: Type): boolean {
  return x === y || identical0(x, y, Ignore.Tags, null);
}

function identical0(x: Type, y: Type, ignore: Ignore, p: IfacePair | null): boolean {
  if (x.kind === TypeKind.Alias) x = unalias(x);
  if (y.kind === TypeKind.Alias) y = unalias(y);
  if (x === y) return true;
  if ((ignore & Ignore.Invalids) !== 0 && (x === Typ[BasicKind.Invalid] || y === Typ[BasicKind.Invalid])) return true;
  switch (x.kind) {
    case TypeKind.Basic:
      return y.kind === TypeKind.Basic && x.basic === y.basic;
    case TypeKind.Array:
      if (y.kind !== TypeKind.Array) return false;
      return (x.len < 0 || y.len < 0 || x.len === y.len) && identical0(x.elem, y.elem, ignore, p);
    case TypeKind.Slice:
      return y.kind === TypeKind.Slice && identical0(x.elem, y.elem, ignore, p);
    case TypeKind.Struct: {
      if (y.kind !== TypeKind.Struct || x.fields.length !== y.fields.length) return false;
      for (let i = 0; i < x.fields.length; i++) {
        const f = x.fields[i];
        const g = y.fields[i];
        if (
          f.embedded !== g.embedded ||
          ((ignore & Ignore.Tags) === 0 && (x.tags[i] ?? '') !== (y.tags[i] ?? '')) ||
          !sameId(f, g.pkg, g.name, false) ||
          !identical0(f.type!, g.type!, ignore, p)
        )
          return false;
      }
      return true;
    }
    case TypeKind.Pointer:
      return y.kind === TypeKind.Pointer && identical0(x.elem, y.elem, ignore, p);
    case TypeKind.Tuple:
      return y.kind === TypeKind.Tuple && identicalTuples(x, y, ignore, p);
    case TypeKind.Signature:
      return y.kind === TypeKind.Signature && identicalSignatures(x, y, ignore, p);
    case TypeKind.Union: {
      if (y.kind !== TypeKind.Union) return false;
      const sets = new Map();
      const xset = computeUnionTypeSet(null, sets, null, x);
      const yset = computeUnionTypeSet(null, sets, null, y);
      return termsEqual(xset.terms, yset.terms);
    }
    case TypeKind.Interface: {
      if (y.kind !== TypeKind.Interface) return false;
      const xset = typeSet(x);
      const yset = typeSet(y);
      if (xset.comparable !== yset.comparable || !termsEqual(xset.terms, yset.terms)) return false;
      const a = xset.methods;
      const b = yset.methods;
      if (a.length !== b.length) return false;
      // Interfaces can only be cyclic through their methods: a pair met again adds nothing.
      if (seenPair(p, x, y)) return true;
      const q: IfacePair = { x, y, prev: p };
      for (let i = 0; i < a.length; i++) {
        if (a[i] === b[i]) continue;
        if (objId(a[i].pkg, a[i].name) !== objId(b[i].pkg, b[i].name)) return false;
        if (!identical0(a[i].type!, b[i].type!, ignore, q)) return false;
      }
      return true;
    }
    case TypeKind.Map:
      return y.kind === TypeKind.Map && identical0(x.key, y.key, ignore, p) && identical0(x.elem, y.elem, ignore, p);
    case TypeKind.Chan:
      return y.kind === TypeKind.Chan && x.dir === y.dir && identical0(x.elem, y.elem, ignore, p);
    case TypeKind.Named: {
      if (y.kind !== TypeKind.Named) return false;
      if (x.targs.length !== y.targs.length || !identicalOrigin(x, y)) return false;
      for (let i = 0; i < x.targs.length; i++) if (!identical(x.targs[i], y.targs[i])) return false;
      return true;
    }
    default:
      return false;
  }
}

function identicalTuples(x: TupleType, y: TupleType, ignore: Ignore, p: IfacePair | null): boolean {
  if (x.vars.length !== y.vars.length) return false;
  for (let i = 0; i < x.vars.length; i++) if (!identical0(x.vars[i].type!, y.vars[i].type!, ignore, p)) return false;
  return true;
}

function identicalSignatures(x: SignatureType, y: SignatureType, ignore: Ignore, p: IfacePair | null): boolean {
  if (x.typeParams.length !== y.typeParams.length) return false;
  let yparams = y.params;
  let yresults = y.results;
  if (x.typeParams.length > 0) {
    // Generic functions are identical when they are after renaming the type parameters of one.
    const smap = makeSubstMap(y.typeParams, x.typeParams);
    const ctxt = new Context();
    for (let i = 0; i < x.typeParams.length; i++) {
      const ybound = subst(null, null, y.typeParams[i].bound, smap, null, ctxt);
      if (!identical0(x.typeParams[i].bound, ybound, ignore, p)) return false;
    }
    yparams = subst(null, null, y.params, smap, null, ctxt) as TupleType;
    yresults = subst(null, null, y.results, smap, null, ctxt) as TupleType;
  }
  return (
    x.variadic === y.variadic &&
    identicalTuples(x.params, yparams, ignore, p) &&
    identicalTuples(x.results, yresults, ignore, p)
  );
}

/** Both are instances of one generic type, or the same type (types2 identicalOrigin). */
export function identicalOrigin(x: NamedType, y: NamedType): boolean {
  return x.origin.obj === y.origin.obj;
}

/** The type an untyped value gets where nothing else asks for one. */
export function defaultType(t: Type): Type {
  if (t.kind === TypeKind.Basic) {
    switch (t.basic) {
      case BasicKind.UntypedBool:
        return Typ[BasicKind.Bool];
      case BasicKind.UntypedInt:
        return Typ[BasicKind.Int];
      case BasicKind.UntypedRune:
        return universeRune;
      case BasicKind.UntypedFloat:
        return Typ[BasicKind.Float64];
      case BasicKind.UntypedComplex:
        return Typ[BasicKind.Complex128];
      case BasicKind.UntypedString:
        return Typ[BasicKind.String];
      default:
    }
  }
  return t;
}

/** The larger of two untyped numeric kinds; null for types that do not mix. */
export function maxType(x: Type, y: Type): Type | null {
  if (x === y) return x;
  if (isUntypedNumeric(x) && isUntypedNumeric(y)) return (x as BasicType).basic > (y as BasicType).basic ? x : y;
  return null;
}

/** An identifier as the language has it, not one of the names that error recovery makes up. */
export function isValidName(s: string): boolean {
  return /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(s);
}
