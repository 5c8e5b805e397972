/** Inference of type arguments from function arguments and constraints (spec "Type inference"; types2 infer). */
import type { Pos } from '../source/text.ts';
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import type { ErrorT } from './errors.ts';
import { posString, str } from './format.ts';
import { Mode } from './info.ts';
import { hasAllMethods } from './lookup.ts';
import { TypeNameObj } from './object.ts';
import { type Cause, isNil, type Operand } from './operand.ts';
import { defaultType, isTyped, maxType } from './predicates.ts';
import { makeSubstMap, subst } from './subst.ts';
import { BasicKind, type Term, type TupleType, type Type, TypeKind, TypeParamType } from './type.ts';
import { iface, typeParamIs } from './typeparam.ts';
import { termsAll, typeSet } from './typeset.ts';
import { UnifyMode, Unifier } from './unify.ts';
import { commonUnder } from './under.ts';
import { Typ } from './universe.ts';
import { allowVersion, go1_21 } from './version.ts';

/** The type arguments for tparams, of which targs are given, such that args can be passed for params; null when that is
 * impossible, with the reason added to err. `reverse` says that arguments and parameters have changed roles, as when a
 * generic function is assigned to a function variable. */
export function infer(
  c: Checker,
  pos: Pos | null,
  tparams: readonly TypeParamType[],
  targs0: readonly (Type | null)[],
  params: TupleType,
  args: readonly Operand[],
  reverse: boolean,
  err: ErrorT,
): Type[] | null {
  const n = tparams.length;
  if (targs0.length === n && !targs0.includes(null)) return targs0 as Type[];
  for (const arg of args) if (arg.mode === Mode.Invalid) return null;
  const targs: (Type | null)[] = tparams.map((_, i) => targs0[i] ?? null);
  if (params.vars.length > 0) params = subst(c, null, params, makeSubstMap(tparams, targs), null, c.ctxt) as TupleType;

  const u = new Unifier(c, tparams, targs, allowVersion(c, go1_21));

  // Typed arguments first; untyped constants for bare type parameters are considered last.
  const untyped: number[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const par = params.vars[i].type!;
    if (!isParameterized(tparams, par) && !isParameterized(tparams, arg.type!)) continue;
    if (isTyped(arg.type!)) {
      if (!u.unify(par, arg.type!, UnifyMode.Assign)) {
        mismatch(c, u, tparams, arg, par, reverse, err);
        return null;
      }
    } else if (par.kind === TypeKind.TypeParam && !isNil(arg)) untyped.push(i);
  }

  if (!inferFromConstraints(c, pos, u, tparams, err)) return null;
  if (!inferFromUntyped(c, u, params, args, untyped, err)) return null;

  const inferred = u.inferred(tparams);
  killCycles(tparams, inferred);

  replaceTypeParams(c, tparams, targs, inferred);
  for (let i = 0; i < n; i++) {
    const t = inferred[i];
    if (t === null || isParameterized(tparams, t)) {
      const { obj } = tparams[i];
      err.addf(pos, `cannot infer ${obj.name} (declared at ${posString(obj.pos)})`);
      return null;
    }
  }
  return inferred as Type[];
}

/** Reports that the type of an argument does not match the type of its parameter. */
function mismatch(
  c: Checker,
  u: Unifier,
  tparams: readonly TypeParamType[],
  arg: Operand,
  tpar: Type,
  reverse: boolean,
  err: ErrorT,
): void {
  const type = `type ${str(c, arg.type)}`;
  const expr = str(c, arg.expr);
  const known = u.inferred(tparams);
  if (known.every(t => t === null)) {
    const names = typeParamsString(tparams);
    err.addf(arg, `${type} of ${expr} does not match ${str(c, tpar)} (cannot infer ${names})`);
    return;
  }
  const inferred = subst(c, null, tpar, makeSubstMap(tparams, known), null, c.ctxt);
  const want = `inferred type ${str(c, inferred)} for ${str(c, tpar)}`;
  if (inferred === tpar) err.addf(arg, `${type} of ${expr} does not match ${str(c, tpar)}`);
  else if (reverse) err.addf(arg, `${want} does not match ${type} of ${expr}`);
  else err.addf(arg, `${type} of ${expr} does not match ${want}`);
}

/** Adds what the core types and methods of constraints say, until nothing new is learnt; false when one does not hold. */
function inferFromConstraints(
  c: Checker,
  pos: Pos | null,
  u: Unifier,
  tparams: readonly TypeParamType[],
  err: ErrorT,
): boolean {
  for (;;) {
    const before = u.unknowns();
    for (const tpar of tparams) {
      const tx = u.at(tpar);
      const [core, single] = coreTerm(tpar);
      if (core !== null) {
        if (tx !== null) {
          if (!u.unify(tx, core.type, UnifyMode.Inexact)) {
            err.addf(pos, `${str(c, tpar)} (type ${str(c, tx)}) does not satisfy ${str(c, tpar.bound)}`);
            return false;
          }
        } else if (single && !core.tilde) u.set(tpar, core.type);
      }
      if (tx !== null && !isParameterized(tparams, tx)) {
        // Methods of a known type argument must match those of the constraint.
        const cause: Cause = { text: '' };
        if (!hasAllMethods(c, tx, iface(tpar), true, (x, y) => u.unify(x, y, UnifyMode.Exact), cause)) {
          err.addf(pos, `${str(c, tpar)} (type ${str(c, tx)}) does not satisfy ${str(c, tpar.bound)} ${cause.text}`);
          return false;
        }
      }
    }
    if (u.unknowns() === before) return true;
  }
}

/** Gives bare type parameters the largest of the default types of their untyped arguments; false when these do not match. */
function inferFromUntyped(
  c: Checker,
  u: Unifier,
  params: TupleType,
  args: readonly Operand[],
  untyped: readonly number[],
  err: ErrorT,
): boolean {
  const maxUntyped = new Map<TypeParamType, Type>();
  for (const i of untyped) {
    const tpar = params.vars[i].type as TypeParamType;
    if (u.at(tpar) !== null) continue;
    const arg = args[i];
    const max = maxUntyped.get(tpar);
    const m = max === undefined ? arg.type! : maxType(max, arg.type!);
    if (m === null) {
      err.addf(arg, `mismatched types ${str(c, max!)} and ${str(c, arg.type)} (cannot infer ${str(c, tpar)})`);
      return false;
    }
    maxUntyped.set(tpar, m);
  }
  for (const [tpar, t] of maxUntyped) u.set(tpar, defaultType(t));
  return true;
}

/** Replaces type parameters in inferred types until none is left. */
function replaceTypeParams(
  c: Checker,
  tparams: readonly TypeParamType[],
  targs: readonly (Type | null)[],
  inferred: (Type | null)[],
): void {
  let dirty: number[] = [];
  for (let i = 0; i < inferred.length; i++) if (inferred[i] !== null && targs[i] === null) dirty.push(i);
  while (dirty.length > 0) {
    const smap = makeSubstMap(tparams, inferred.slice());
    const changed: number[] = [];
    for (const i of dirty) {
      const t0 = inferred[i]!;
      const t1 = subst(c, null, t0, smap, null, c.ctxt);
      if (t1 === t0) continue;
      // A generic function whose parameters have been replaced is not generic any more.
      if (t1.kind === TypeKind.Signature && t1.typeParams.length > 0 && !isParameterized(tparams, t1))
        t1.typeParams = [];
      inferred[i] = t1;
      changed.push(i);
    }
    dirty = changed;
  }
}

/** Copies of the type parameters, and typ with them in their place: for calls of a function within itself. */
export function renameTParams(
  c: Checker,
  pos: Pos | null,
  tparams: readonly TypeParamType[],
  typ: Type,
): [TypeParamType[], Type] {
  if (tparams.length === 0) return [[], typ];
  const renamed = tparams.map(t => {
    const obj = new TypeNameObj(t.obj.name, t.obj.pkg, t.obj.pos, null);
    const copy = new TypeParamType(obj, t.index, Typ[BasicKind.Invalid]);
    obj.type = copy;
    return copy;
  });
  const smap = makeSubstMap(tparams, renamed);
  for (let i = 0; i < tparams.length; i++) renamed[i].bound = subst(c, pos, tparams[i].bound, smap, null, c.ctxt);
  return [renamed, subst(c, pos, typ, smap, null, c.ctxt)];
}

/** Names in a sentence. */
export function typeParamsString(list: readonly TypeParamType[]): string {
  const names = list.map(t => t.obj.name);
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names[names.length - 1]}`;
}

/** The type mentions one of the type parameters. */
export function isParameterized(tparams: readonly TypeParamType[], typ: Type): boolean {
  if (typ.kind === TypeKind.Basic) return false;
  return parameterized(tparams, typ, new Map());
}

function parameterized(tparams: readonly TypeParamType[], typ: Type, seen: Map<Type, boolean>): boolean {
  switch (typ.kind) {
    case TypeKind.Basic:
      return false;
    case TypeKind.TypeParam:
      return tparams.includes(typ);
    case TypeKind.Named:
      if (typ.targs.length === 0) return false;
      break;
    default:
  }
  const known = seen.get(typ);
  if (known !== undefined) return known;
  seen.set(typ, false);
  const result = parameterized0(tparams, typ, seen);
  seen.set(typ, result);
  return result;
}

function parameterized0(tparams: readonly TypeParamType[], t: Type, seen: Map<Type, boolean>): boolean {
  const walk = (t: Type): boolean => parameterized(tparams, t, seen);
  switch (t.kind) {
    case TypeKind.Alias:
      return walk(unalias(t));
    case TypeKind.Array:
    case TypeKind.Slice:
    case TypeKind.Pointer:
    case TypeKind.Chan:
      return walk(t.elem);
    case TypeKind.Map:
      return walk(t.key) || walk(t.elem);
    case TypeKind.Struct:
      return t.fields.some(f => walk(f.type!));
    case TypeKind.Tuple:
      return t.vars.some(v => walk(v.type!));
    case TypeKind.Signature:
      // The signature's own type parameters are not the ones that are looked for.
      return t.params.vars.some(v => walk(v.type!)) || t.results.vars.some(v => walk(v.type!));
    case TypeKind.Interface: {
      const tset = typeSet(t);
      return tset.methods.some(m => walk(m.type!)) || termsAll(tset, term => term !== null && walk(term.type));
    }
    case TypeKind.Named:
      return t.targs.some(walk);
    default:
      return false;
  }
}

/** What the types of a constraint have in common, and whether there is only one term. */
function coreTerm(tpar: TypeParamType): [Term | null, boolean] {
  let n = 0;
  let single: Term | null = null;
  let tilde = false;
  typeParamIs(tpar, t => {
    if (t === null) return false;
    n++;
    single = t;
    if (t.tilde) tilde = true;
    return true;
  });
  if (n === 1) return [single, true];
  const [type] = commonUnder(tpar, null);
  return type === null ? [null, false] : [{ tilde, type }, false];
}

/** Forgets inferred types that contain themselves. */
function killCycles(tparams: readonly TypeParamType[], inferred: (Type | null)[]): void {
  const seen = new Set<Type>();
  const list = (vars: readonly { type: Type | null }[]): void => {
    for (const v of vars) walk(v.type!);
  };
  const walk = (typ: Type): void => {
    const t = unalias(typ);
    if (t.kind === TypeKind.Basic) return;
    if (seen.has(t)) {
      if (t.kind === TypeKind.TypeParam) {
        const i = tparams.indexOf(t);
        if (i >= 0) inferred[i] = null;
      }
      return;
    }
    seen.add(t);
    switch (t.kind) {
      case TypeKind.Array:
      case TypeKind.Slice:
      case TypeKind.Pointer:
      case TypeKind.Chan:
        walk(t.elem);
        break;
      case TypeKind.Struct:
        list(t.fields);
        break;
      case TypeKind.Tuple:
        list(t.vars);
        break;
      case TypeKind.Signature:
        list(t.params.vars);
        list(t.results.vars);
        break;
      case TypeKind.Union:
        for (const term of t.terms) walk(term.type);
        break;
      case TypeKind.Interface:
        list(t.methods);
        for (const e of t.embeddeds) walk(e);
        break;
      case TypeKind.Map:
        walk(t.key);
        walk(t.elem);
        break;
      case TypeKind.Named:
        for (const a of t.targs) walk(a);
        break;
      case TypeKind.TypeParam: {
        const i = tparams.indexOf(t);
        if (i >= 0 && inferred[i] !== null) walk(inferred[i]);
        break;
      }
      default:
    }
    seen.delete(t);
  };
  for (const t of tparams) walk(t);
}
