/** Calls: instantiation of the callee, arguments, results; and marking what is used in erroneous code. */
import type { Pos } from '../source/text.ts';
import { type CallExpr, type Expr, type IndexExpr, Kind, unpackList, unparen } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { assignment, operandTypes, typesSummary, varTypes } from './assignments.ts';
import { builtin } from './builtins.ts';
import { context, later, lookup } from './check.ts';
import type { Checker } from './checker.ts';
import { conversion } from './conversions.ts';
import { error, invalidOp, newError, type Positioner, softErrorf, versionErrorf } from './errors.ts';
import {
  exclude,
  expr,
  exprOrType,
  genericExpr,
  infersFromUse,
  multiExpr,
  newTarget,
  nonGeneric,
  rawExpr,
  type Target,
} from './expr.ts';
import { str } from './format.ts';
import { indexExpr } from './index.ts';
import { infer, isParameterized, renameTParams } from './infer.ts';
import { Mode } from './info.ts';
import { instance, verify } from './instantiate.ts';
import { recordMonoInstance } from './mono.ts';
import { ExprKind, newVar, ObjKind, VarKind, type VarObj } from './object.ts';
import { makeOperand, Operand } from './operand.ts';
import { nodePos, startPos, syntheticName } from './position.ts';
import { isTypeParam } from './predicates.ts';
import { record, recordInstance, recordTypeAndValue } from './recording.ts';
import { makeSubstMap, subst } from './subst.ts';
import { SignatureType, TupleType, type Type, TypeKind, type TypeParamType } from './type.ts';
import { isMethodSet, typeSet } from './typeset.ts';
import { typeList } from './typexpr.ts';
import { commonUnder, under } from './under.ts';
import { predeclaredFuncs } from './universe.ts';
import { allowVersion, go1_18, go1_21, verifyVersionf } from './version.ts';

type TypeArgs = (Type | null)[];

/** A parameter variable. */
export function newParam(pos: Pos | null, v: { pkg: VarObj['pkg']; name: string } | null, type: Type): VarObj {
  return newVar(VarKind.ParamVar, pos, v?.pkg ?? null, v?.name ?? '', type);
}

/** Instantiates the generic function x with the type arguments of `inst`, if any, and those that follow from the
 * target. With `inferArgs` unset and too few arguments, they are returned and x stays as it is; else the result is null
 * (types2 Checker.funcInst). */
export function funcInst(
  c: Checker,
  target: Target | null,
  pos: Pos,
  x: Operand,
  inst: IndexExpr | null,
  inferArgs: boolean,
): Type[] | null {
  let instErrPos: Pos = pos;
  if (inst !== null) {
    instErrPos = nodePos(inst);
    x.expr = inst;
  }
  const versionErr = !verifyVersionf(c, instErrPos, go1_18, 'function instantiation');

  let targs: TypeArgs = [];
  let xlist: Expr[] = [];
  if (inst !== null) {
    xlist = unpackList(inst.index);
    const list = typeList(c, xlist);
    if (list === null) {
      x.mode = Mode.Invalid;
      return null;
    }
    targs = list;
  }
  let sig = x.type as SignatureType;
  const got = targs.length;
  const want = sig.typeParams.length;
  if (got > want) {
    error(c, xlist[got - 1], `got ${got} type arguments but want ${want}`);
    x.mode = Mode.Invalid;
    return null;
  }
  if (got < want) {
    if (!inferArgs) return targs as Type[];
    // An assignment `var v T = x` is like a call g(v) of a synthetic g[type parameters of x](its type).
    let args: Operand[] = [];
    let params: VarObj[] = [];
    let reverse = false;
    if (target !== null && want > 0) {
      if (!versionErr && !allowVersion(c, go1_21)) {
        const how = inst !== null ? 'partially' : 'implicitly';
        versionErrorf(c, instErrPos, go1_21, `${how} instantiated function in assignment`);
      }
      const gsig = new SignatureType(null, [], [], sig.params, sig.results, sig.variadic);
      params = [newParam(nodePos(x.expr!), null, gsig)];
      const e = x.expr!;
      args = [makeOperand(Mode.Value, syntheticName(e.unit, e.pos, target.desc), target.sig)];
      reverse = true;
    }
    const [tparams, params2] = renameTParams(c, pos, sig.typeParams, new TupleType(params));
    const err = newError(c);
    const inferred = infer(c, pos, tparams, targs, params2 as TupleType, args, reverse, err);
    if (inferred === null) {
      if (!err.empty) err.report();
      x.mode = Mode.Invalid;
      return null;
    }
    targs = inferred;
  }
  sig = instantiateSignature(c, nodePos(x.expr!), x.expr!, sig, targs as Type[], xlist);
  x.type = sig;
  x.mode = Mode.Value;
  return null;
}

/** The signature with type arguments for its parameters; the constraints are verified later (types2
 * Checker.instantiateSignature). */
export function instantiateSignature(
  c: Checker,
  pos: Pos,
  e: Expr,
  type: SignatureType,
  targs: Type[],
  xlist: Expr[],
): SignatureType {
  const inst = instance(c, pos, type, targs, null, context(c)) as SignatureType;
  recordInstance(c, e, targs, inst);
  later(c, () => {
    const tparams = type.typeParams;
    const failure = verify(c, pos, tparams, targs, context(c));
    if (failure !== null) {
      const [i, msg] = failure;
      softErrorf(c, i < xlist.length ? startPos(xlist[i]) : pos, msg);
    } else recordMonoInstance(c, c.pkg, pos, tparams, targs, xlist);
  });
  return inst;
}

/** Checks a call: a conversion, a built-in, or a function call (types2 Checker.callExpr). */
export function callExpr(c: Checker, x: Operand, call: CallExpr): ExprKind {
  let inst: IndexExpr | null = null;
  if (call.fun.kind === Kind.IndexExpr) {
    // Instantiation waits for the arguments, which take part in the inference.
    if (indexExpr(c, x, call.fun)) inst = call.fun;
    x.expr = call.fun;
    record(c, x);
  } else exprOrType(c, x, call.fun, true);

  switch (x.mode) {
    case Mode.Invalid:
      use(c, call.argList);
      x.expr = call;
      return ExprKind.Statement;
    case Mode.TypExpr:
      return conversionCall(c, x, call);
    case Mode.Builtin: {
      const id = x.id;
      if (!builtin(c, x, call, id)) x.mode = Mode.Invalid;
      x.expr = call;
      if ((x.mode as Mode) !== Mode.Invalid && (x.mode as Mode) !== Mode.Constant) c.env.hasCallOrRecv = true;
      return predeclaredFuncs[id].kind;
    }
    default:
  }

  const cgocall = x.mode === Mode.CgoFunc;
  const [u, err] = commonUnder(x.type!, (t, u) =>
    u !== null && u.kind !== TypeKind.Signature ? () => `${str(c, t)} is not a function` : null,
  );
  if (err !== null) {
    error(c, x, `${invalidOp}cannot call ${str(c, x)}: ${err(c)}`);
    return failedCall(c, x, call, null);
  }
  let sig = u as SignatureType;
  const wasGeneric = sig.typeParams.length > 0;

  let xlist: Expr[] = [];
  let targs: TypeArgs = [];
  if (inst !== null) {
    xlist = unpackList(inst.index);
    const list = typeList(c, xlist);
    if (list === null) return failedCall(c, x, call, call.argList);
    targs = list;
    const got = targs.length;
    const want = sig.typeParams.length;
    if (got > want) {
      error(c, xlist[want], `got ${got} type arguments but want ${want}`);
      return failedCall(c, x, call, call.argList);
    }
    // With all type arguments given, the signature is recorded even if the arguments are wrong.
    if (got === want && want > 0) {
      verifyVersionf(c, inst, go1_18, 'function instantiation');
      sig = instantiateSignature(c, nodePos(inst), inst, sig, targs as Type[], xlist);
      targs = [];
      xlist = [];
    }
  }

  const [args, atargs] = genericExprList(c, call.argList);
  sig = checkArguments(c, call, sig, targs, xlist, args, atargs);
  if (wasGeneric && sig.typeParams.length === 0) recordTypeAndValue(c, call.fun, Mode.Value, sig, null);

  const results = sig.results.vars;
  if (results.length === 0) x.mode = Mode.NoValue;
  else if (results.length === 1) {
    x.mode = cgocall ? Mode.CommaErr : Mode.Value;
    x.type = results[0].type;
  } else {
    x.mode = Mode.Value;
    x.type = sig.results;
  }
  x.expr = call;
  c.env.hasCallOrRecv = true;
  if (x.mode === Mode.Value && sig.typeParams.length > 0 && isParameterized(sig.typeParams, x.type!))
    x.mode = Mode.Invalid;
  return ExprKind.Statement;
}

function failedCall(c: Checker, x: Operand, call: CallExpr, args: Expr[] | null): ExprKind {
  if (args !== null) use(c, args);
  x.mode = Mode.Invalid;
  x.expr = call;
  return ExprKind.Statement;
}

/** The call T(args) where x is the type T. */
function conversionCall(c: Checker, x: Operand, call: CallExpr): ExprKind {
  nonGeneric(c, null, x);
  if (x.mode === Mode.Invalid) return ExprKind.Conversion;
  const T = x.type!;
  x.mode = Mode.Invalid;
  const args = call.argList;
  if (args.length === 0) error(c, call, `missing argument in conversion to ${str(c, T)}`);
  else if (args.length === 1) {
    expr(c, infersFromUse(c) ? newTarget(c, T, 'conversion') : null, x, args[0]);
    if ((x.mode as Mode) !== Mode.Invalid) {
      const u = under(T);
      if (u.kind === TypeKind.Interface && !isTypeParam(T) && !isMethodSet(typeSet(u))) {
        error(
          c,
          call,
          `cannot use interface ${str(c, T)} in conversion (contains specific type constraints or is comparable)`,
        );
      } else if (call.hasDots) error(c, args[0], `invalid use of ... in conversion to ${str(c, T)}`);
      else conversion(c, x, T);
    }
  } else {
    use(c, args);
    error(c, args[args.length - 1], `too many arguments in conversion to ${str(c, T)}`);
  }
  x.expr = call;
  return ExprKind.Conversion;
}

/** The values of a list of expressions; a single one may be a call with several results. */
export function exprList(c: Checker, elist: Expr[]): Operand[] {
  if (elist.length === 1) return multiExpr(c, elist[0], false)[0];
  return elist.map(e => {
    const x = new Operand();
    expr(c, null, x, e);
    return x;
  });
}

/** Like exprList, but values may be generic functions, instantiated in part: their type arguments so far are in the
 * second list (types2 Checker.genericExprList). */
export function genericExprList(c: Checker, elist: Expr[]): [args: Operand[], targs: (Type[] | null)[]] {
  const n = elist.length;
  const inferArgs = !(n > 0 && allowVersion(c, go1_21));
  if (n === 1) {
    const e = elist[0];
    const x = new Operand();
    const targs = genericArg(c, x, e, inferArgs);
    if (targs !== undefined) return [[x], targs === null ? [] : [targs]];
    rawExpr(c, null, x, e, null, true);
    exclude(c, x, (1 << Mode.NoValue) | (1 << Mode.Builtin) | (1 << Mode.TypExpr));
    const t = x.type;
    if (t !== null && t.kind === TypeKind.Tuple && x.mode !== Mode.Invalid)
      return [t.vars.map(v => makeOperand(Mode.Value, e, v.type)), []];
    return [[x], []];
  }
  const list: Operand[] = [];
  const targsList: (Type[] | null)[] = [];
  for (const e of elist) {
    const x = new Operand();
    const targs = genericArg(c, x, e, inferArgs);
    if (targs === undefined) genericExpr(c, x, e);
    list.push(x);
    targsList.push(targs ?? null);
  }
  return [list, targsList];
}

/** An argument f[T]: null when it was instantiated, its type arguments when some are missing, undefined when e is no
 * such expression and is still to be checked. */
function genericArg(c: Checker, x: Operand, e: Expr, inferArgs: boolean): Type[] | null | undefined {
  if (e.kind !== Kind.IndexExpr) return undefined;
  const y = new Operand();
  if (!indexExpr(c, y, e)) return undefined;
  x.mode = y.mode;
  x.expr = y.expr;
  x.type = y.type;
  const targs = funcInst(c, null, nodePos(x.expr!), x, e, inferArgs);
  if (targs !== null) x.expr = e;
  else record(c, x);
  return targs;
}

/** Checks arguments against a signature, infers missing type arguments of both, and returns the signature that is called
 * (types2 Checker.arguments):
 *
 *                | f(a, b)          | f(a, b...)
 *     f(…)       | nargs == npars   | invalid
 *     f(…, ...T) | nargs >= npars-1 | nargs == npars
 */
export function checkArguments(
  c: Checker,
  call: CallExpr,
  sig: SignatureType,
  targs: TypeArgs,
  xlist: Expr[],
  args: Operand[],
  atargs: (Type[] | null)[],
): SignatureType {
  let rsig = sig;
  const nargs = args.length;
  let npars = sig.params.vars.length;
  const ddd = call.hasDots;

  let sigParams = sig.params;
  let adjusted = false;
  if (sig.variadic) {
    if (ddd) {
      if (call.argList.length === 1 && nargs > 1) {
        error(c, call, `cannot use ... with ${nargs}-valued ${exprString(call.argList[0])}`);
        return rsig;
      }
    } else if (nargs >= npars - 1) {
      sigParams = spreadVariadic(sig.params, nargs);
      adjusted = true;
      npars = nargs;
    } else npars--;
  } else if (ddd) {
    error(c, call, `cannot use ... in call to non-variadic ${exprString(call.fun)}`);
    return rsig;
  }

  if (nargs !== npars) {
    reportArgumentCount(c, call, sig, args, npars);
    return rsig;
  }

  // Type parameters of the callee, then those of each generic argument.
  let tparams: TypeParamType[] = [];
  const n = sig.typeParams.length;
  if (n > 0) {
    if (!allowVersion(c, go1_18)) {
      if (call.fun.kind === Kind.IndexExpr) versionErrorf(c, call.fun, go1_18, 'function instantiation');
      else versionErrorf(c, call, go1_18, 'implicit function instantiation');
    }
    const [renamed, params] = renameTParams(c, nodePos(call), sig.typeParams, sigParams);
    tparams = renamed.slice();
    sigParams = params as TupleType;
    targs = targs.slice();
    while (targs.length < tparams.length) targs.push(null);
  }
  const genericArgs: number[] = [];
  for (let i = 0; i < nargs; i++) {
    const arg = args[i];
    const t = arg.type;
    if (t === null || t.kind !== TypeKind.Signature || t.typeParams.length === 0) continue;
    // A type of its own for each argument, so that f(g, g) works and g's own type stays as it is.
    const [atparams, renamed] = renameTParams(c, nodePos(call), t.typeParams, cloneSignature(t));
    let asig = renamed as SignatureType;
    if (asig === t) asig = cloneSignature(asig);
    asig.typeParams = atparams;
    arg.type = asig;
    tparams.push(...atparams);
    targs.push(...(atargs[i] ?? []));
    while (targs.length < tparams.length) targs.push(null);
    genericArgs.push(i);
  }
  if (genericArgs.length > 0)
    verifyVersionf(c, args[genericArgs[0]], go1_21, 'implicitly instantiated function as argument');

  if (tparams.length > 0) {
    const err = newError(c);
    const inferred = infer(c, nodePos(call), tparams, targs, sigParams, args, false, err);
    if (inferred === null) {
      if (!err.empty) error(c, err.at, `in call to ${exprString(call.fun)}, ${err.message}`);
      return rsig;
    }
    if (n > 0) {
      const calleeArgs = inferred.slice(0, n);
      rsig = instantiateSignature(c, nodePos(call), call.fun, sig, calleeArgs, xlist);
      sigParams = adjusted
        ? (subst(
            c,
            nodePos(call),
            sigParams,
            makeSubstMap(tparams.slice(0, n), calleeArgs),
            null,
            context(c),
          ) as TupleType)
        : rsig.params;
    }
    let j = n;
    for (const i of genericArgs) {
      const arg = args[i];
      const asig = arg.type as SignatureType;
      const k = j + asig.typeParams.length;
      arg.type = instantiateSignature(c, nodePos(call), arg.expr!, asig, inferred.slice(j, k), []);
      record(c, arg);
      j = k;
    }
  }

  if (nargs > 0) {
    let what: string | null = null;
    for (let i = 0; i < nargs; i++)
      assignment(c, args[i], sigParams.vars[i].type, () => (what ??= `argument to ${exprString(call.fun)}`));
  }
  return rsig;
}

/** The parameters of a variadic function, one for each of the arguments. */
function spreadVariadic(params: TupleType, nargs: number): TupleType {
  const vars = params.vars.slice(0, -1);
  const last = params.vars[params.vars.length - 1];
  const lastType = last.type!;
  const elem = lastType.kind === TypeKind.Slice ? lastType.elem : lastType;
  while (vars.length < nargs) vars.push(newParam(last.pos, last, elem));
  return new TupleType(vars);
}

/** Reports that there are fewer or more arguments than the `npars` that are needed. */
function reportArgumentCount(
  c: Checker,
  call: CallExpr,
  sig: SignatureType,
  args: readonly Operand[],
  npars: number,
): void {
  const nargs = args.length;
  const [at, qualifier]: [Positioner, string] =
    nargs > npars ? [args[npars].expr!, 'too many'] : [nargs > 0 ? args[nargs - 1].expr! : call, 'not enough'];
  const err = newError(c);
  err.addf(at, `${qualifier} arguments in call to ${exprString(call.fun)}`);
  err.addf(null, `have ${typesSummary(c, operandTypes(args), false, call.hasDots)}`);
  err.addf(null, `want ${typesSummary(c, varTypes(sig.params.vars), sig.variadic, false)}`);
  err.report();
}

export function cloneSignature(s: SignatureType): SignatureType {
  return new SignatureType(s.recv, s.recvTypeParams, s.typeParams, s.params, s.results, s.variadic);
}

/** Checks expressions so that what they mention counts as used; reports whether there was no error (types2
 * Checker.use). */
export function use(c: Checker, args: (Expr | null)[]): boolean {
  return useN(c, args, false);
}

/** Like use, but variables named on the left of an assignment do not count as used. */
export function useLHS(c: Checker, args: (Expr | null)[]): boolean {
  return useN(c, args, true);
}

function useN(c: Checker, args: (Expr | null)[], lhs: boolean): boolean {
  let ok = true;
  for (const e of args) if (e !== null && !use1(c, e, lhs)) ok = false;
  return ok;
}

function use1(c: Checker, e: Expr, lhs: boolean): boolean {
  const x = new Operand();
  x.mode = Mode.Value;
  const n = unparen(e);
  if (n.kind === Kind.Name) {
    if (n.value === '_') return true;
    let v: VarObj | null = null;
    let used = false;
    if (lhs) {
      const obj = lookup(c, n.value);
      if (obj !== null && obj.kind === ObjKind.Var && obj.pkg === c.pkg) {
        v = obj;
        used = obj.used;
      }
    }
    exprOrType(c, x, n, true);
    if (v !== null) v.used = used;
  } else if (n.kind === Kind.ListExpr) return useN(c, n.elemList, lhs);
  else rawExpr(c, null, x, e, null, true);
  return (x.mode as Mode) !== Mode.Invalid;
}
