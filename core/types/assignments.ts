/** Initialisation and assignment (spec "Assignment statements", "Short variable declarations", "Return statements"). */
import type { Pos } from '../source/text.ts';
import { type Expr, Kind, type Node, type ReturnStmt, unparen } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { exprList, use, useLHS } from './call.ts';
import { lookup, processDelayed } from './check.ts';
import type { Checker } from './checker.ts';
import { ConvCode } from './convcode.ts';
import { declare } from './decl.ts';
import { error, newError, type Positioner, softErrorf } from './errors.ts';
import {
  expr,
  implicitTypeAndValue,
  multiExpr,
  infersFromUse,
  newTarget,
  nonGeneric,
  singleValue,
  updateExprType,
  updateExprVal,
} from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { type ConstObj, newVar, ObjKind, VarKind, type VarObj } from './object.ts';
import { assignableTo, type Cause, isNil, Operand } from './operand.ts';
import { endPos, nodePos } from './position.ts';
import { defaultType, isNonTypeParamInterface, isNumeric, isUntyped, isValid } from './predicates.ts';
import { recordCommaOkTypes, recordDef, recordUse } from './recording.ts';
import { BasicKind, type BasicType, type Type, TypeKind } from './type.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';

/** Where an assignment takes place, in words; a function where making them costs something. */
export type Context = string | (() => string);

function text(context: Context): string {
  return typeof context === 'string' ? context : context();
}

/** x can be assigned to a variable of type T; an untyped x is converted. T null stands for `_` (types2
 * Checker.assignment). x is invalid after an error. */
export function assignment(c: Checker, x: Operand, T: Type | null, context: Context): void {
  singleValue(c, x);
  switch (x.mode) {
    case Mode.Invalid:
      return;
    case Mode.NilValue:
    case Mode.Constant:
    case Mode.Variable:
    case Mode.MapIndex:
    case Mode.Value:
    case Mode.CommaOk:
    case Mode.CommaErr:
      break;
    default:
      error(c, x, `cannot assign ${str(c, x)} to ${str(c, T)} in ${text(context)}`);
      x.mode = Mode.Invalid;
      return;
  }

  if (isUntyped(x.type!)) {
    let target = T;
    if (isNil(x)) {
      if (T === null) {
        error(c, x, `use of untyped nil in ${text(context)}`);
        x.mode = Mode.Invalid;
        return;
      }
    } else if (T === null || isNonTypeParamInterface(T)) target = defaultType(x.type!);
    const [newType, val, code] = implicitTypeAndValue(c, x, target!);
    if (newType === null) {
      let msg = `cannot use ${str(c, x)} as ${str(c, target)} value in ${text(context)}`;
      if (code === ConvCode.TruncatedFloat) msg += ' (truncated)';
      else if (code === ConvCode.NumericOverflow) msg += ' (overflows)';
      error(c, x, msg);
      x.mode = Mode.Invalid;
      return;
    }
    if (val !== null) {
      x.val = val;
      updateExprVal(c, x.expr!, val);
    }
    if (newType !== x.type) {
      x.type = newType;
      updateExprType(c, x.expr!, newType, false);
    }
  }

  const sig = under(x.type!);
  if (infersFromUse(c)) {
    nonGeneric(c, newTarget(c, T, text(context)), x);
    if ((x.mode as Mode) === Mode.Invalid) return;
  } else if (sig.kind === TypeKind.Signature && sig.typeParams.length > 0) {
    error(c, x, `cannot use generic function ${str(c, x)} without instantiation in ${text(context)}`);
    x.mode = Mode.Invalid;
    return;
  }
  if (T === null || T === x.type) return;
  const cause: Cause = { text: '' };
  if (!assignableTo(c, x, T, cause)) {
    const why = cause.text === '' ? '' : `: ${cause.text}`;
    error(c, x, `cannot use ${str(c, x)} as ${str(c, T)} value in ${text(context)}${why}`);
    x.mode = Mode.Invalid;
  }
}

/** The constant lhs gets the value of x. */
export function initConst(c: Checker, lhs: ConstObj, x: Operand): void {
  if (x.mode === Mode.Invalid || !isValid(x.type!) || (lhs.type !== null && !isValid(lhs.type))) {
    lhs.type ??= Typ[BasicKind.Invalid];
    return;
  }
  if (x.mode !== Mode.Constant) {
    error(c, x, `${str(c, x)} is not constant`);
    lhs.type ??= Typ[BasicKind.Invalid];
    return;
  }
  lhs.type ??= x.type;
  assignment(c, x, lhs.type, 'constant declaration');
  if ((x.mode as Mode) === Mode.Invalid) return;
  lhs.val = x.val;
}

/** The variable lhs is initialised with x, whose type it takes when it has none (types2 Checker.initVar). */
export function initVar(c: Checker, lhs: VarObj, x: Operand, context: Context): void {
  if (x.mode === Mode.Invalid || !isValid(x.type!) || (lhs.type !== null && !isValid(lhs.type))) {
    lhs.type ??= Typ[BasicKind.Invalid];
    x.mode = Mode.Invalid;
    return;
  }
  if (lhs.type === null) {
    let t = x.type!;
    if (isUntyped(t)) {
      if (t === Typ[BasicKind.UntypedNil]) {
        error(c, x, `use of untyped nil in ${text(context)}`);
        lhs.type = Typ[BasicKind.Invalid];
        x.mode = Mode.Invalid;
        return;
      }
      t = defaultType(t);
    }
    lhs.type = t;
  }
  assignment(c, x, lhs.type, context);
}

/** Type of the left side of an assignment, null for `_`, invalid after an error. A variable named there does not count
 * as used (types2 Checker.lhsVar). */
function lhsVar(c: Checker, lhs: Expr): Type | null {
  const ident = unparen(lhs);
  let v: VarObj | null = null;
  let used = false;
  if (ident.kind === Kind.Name) {
    if (ident.value === '_') {
      recordDef(c, ident, null);
      return null;
    }
    const obj = lookup(c, ident.value);
    if (obj !== null && obj.kind === ObjKind.Var && obj.pkg === c.pkg) {
      v = obj;
      used = obj.used;
    }
  }
  const x = new Operand();
  expr(c, null, x, lhs);
  if (v !== null) v.used = used;
  if (x.mode === Mode.Invalid || !isValid(x.type!)) return Typ[BasicKind.Invalid];
  if (x.mode === Mode.Variable || x.mode === Mode.MapIndex) return x.type;
  if (x.expr!.kind === Kind.SelectorExpr) {
    const op = new Operand();
    expr(c, null, op, x.expr.x);
    if (op.mode === Mode.MapIndex) {
      error(c, x, `cannot assign to struct field ${exprString(x.expr)} in map`);
      return Typ[BasicKind.Invalid];
    }
  }
  error(c, x, `cannot assign to ${exprString(x.expr!)} (neither addressable nor a map index expression)`);
  return Typ[BasicKind.Invalid];
}

/** lhs = rhs, or lhs = x when the right side has been evaluated (types2 Checker.assignVar). */
export function assignVar(c: Checker, lhs: Expr, rhs: Expr | null, x: Operand | null, context: Context): void {
  const T = lhsVar(c, lhs);
  if (T !== null && !isValid(T)) {
    if (x !== null) x.mode = Mode.Invalid;
    else use(c, [rhs]);
    return;
  }
  if (x === null) {
    const target = T !== null && under(T).kind === TypeKind.Signature ? newTarget(c, T, exprString(lhs)) : null;
    x = new Operand();
    expr(c, target, x, rhs!);
  }
  if (T === null && context === 'assignment') context = 'assignment to _ identifier';
  assignment(c, x, T, context);
}

export function operandTypes(list: readonly Operand[]): (Type | null)[] {
  return list.map(x => x.type);
}

export function varTypes(list: VarObj[]): (Type | null)[] {
  return list.map(v => v.type);
}

/** `(t1, t2, …)` for messages about counts; numbers without a type are `number` (types2 Checker.typesSummary). */
export function typesSummary(c: Checker, list: (Type | null)[], variadic: boolean, hasDots: boolean): string {
  const res = list.map((t, i) => {
    let s: string;
    if (t === null || !isValid(t)) s = 'unknown type';
    else if (isUntyped(t)) s = isNumeric(t) ? 'number' : (t as BasicType).name.replaceAll('untyped ', '');
    else s = str(c, t);
    if (i === list.length - 1) {
      if (variadic) s = `...${t !== null && t.kind === TypeKind.Slice ? str(c, t.elem) : s}`;
      else if (hasDots) s += '...';
    }
    return s;
  });
  return `(${res.join(', ')})`;
}

function measure(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

export function assignError(c: Checker, rhs: Expr[], l: number, r: number): void {
  const vars = measure(l, 'variable');
  const vals = measure(r, 'value');
  const rhs0 = rhs[0];
  if (rhs.length === 1) {
    const call = unparen(rhs0);
    if (call.kind === Kind.CallExpr) {
      error(c, rhs0, `assignment mismatch: ${vars} but ${exprString(call.fun)} returns ${vals}`);
      return;
    }
  }
  error(c, rhs0, `assignment mismatch: ${vars} but ${vals}`);
}

function returnError(c: Checker, stmt: Node, lhs: VarObj[], rhs: Operand[]): void {
  const l = lhs.length;
  const r = rhs.length;
  let at: Positioner = stmt;
  let qualifier = 'not enough';
  if (r > l) {
    at = rhs[l];
    qualifier = 'too many';
  } else if (r > 0) at = rhs[r - 1];
  const err = newError(c);
  err.addf(at, `${qualifier} return values`);
  err.addf(null, `have ${typesSummary(c, operandTypes(rhs), false, false)}`);
  err.addf(null, `want ${typesSummary(c, varTypes(lhs), false, false)}`);
  err.report();
}

/** A single call on the right is not a case of n:n, for a better message. */
function isSingleCall(rhs: Expr[]): boolean {
  return rhs.length === 1 && unparen(rhs[0]).kind === Kind.CallExpr;
}

function assignmentContext(c: Checker, variables: number): string {
  return variables > 1 && infersFromUse(c) ? 'multiple assignment' : 'assignment';
}

/** Variables lhs are initialised with the expressions; with returnStmt these are results (types2 Checker.initVars). */
export function initVars(c: Checker, lhs: VarObj[], origRhs: Expr[], returnStmt: ReturnStmt | null): void {
  const context = returnStmt !== null ? 'return statement' : assignmentContext(c, lhs.length);
  const l = lhs.length;
  let r = origRhs.length;
  if (l === r && !isSingleCall(origRhs)) {
    for (let i = 0; i < l; i++) {
      const v = lhs[i];
      const desc = returnStmt !== null && v.name === '' ? 'result variable' : v.name;
      const x = new Operand();
      expr(c, newTarget(c, v.type, desc), x, origRhs[i]);
      initVar(c, v, x, context);
    }
    return;
  }

  if (r !== 1) {
    if (use(c, origRhs)) {
      if (returnStmt !== null) returnError(c, returnStmt, lhs, exprList(c, origRhs));
      else assignError(c, origRhs, l, r);
    }
    for (const v of lhs) v.type ??= Typ[BasicKind.Invalid];
    return;
  }

  const [rhs, commaOk] = multiExpr(c, origRhs[0], l === 2 && returnStmt === null);
  r = rhs.length;
  if (l === r) {
    for (let i = 0; i < l; i++) initVar(c, lhs[i], rhs[i], context);
    if (commaOk && rhs[0].mode !== Mode.Invalid && rhs[1].mode !== Mode.Invalid) recordCommaOkTypes(c, origRhs[0], rhs);
    return;
  }
  if (rhs[0].mode !== Mode.Invalid) {
    if (returnStmt !== null) returnError(c, returnStmt, lhs, rhs);
    else assignError(c, origRhs, l, r);
  }
  for (const v of lhs) v.type ??= Typ[BasicKind.Invalid];
}

/** lhs = rhs with several operands (types2 Checker.assignVars). */
export function assignVars(c: Checker, lhs: Expr[], origRhs: Expr[]): void {
  const l = lhs.length;
  let r = origRhs.length;
  const context = assignmentContext(c, l);
  if (l === r && !isSingleCall(origRhs)) {
    for (let i = 0; i < l; i++) assignVar(c, lhs[i], origRhs[i], null, context);
    return;
  }
  if (r !== 1) {
    const okLHS = useLHS(c, lhs);
    const okRHS = use(c, origRhs);
    if (okLHS && okRHS) assignError(c, origRhs, l, r);
    return;
  }
  const [rhs, commaOk] = multiExpr(c, origRhs[0], l === 2);
  r = rhs.length;
  if (l === r) {
    for (let i = 0; i < l; i++) assignVar(c, lhs[i], null, rhs[i], context);
    if (commaOk && rhs[0].mode !== Mode.Invalid && rhs[1].mode !== Mode.Invalid) recordCommaOkTypes(c, origRhs[0], rhs);
    return;
  }
  if (rhs[0].mode !== Mode.Invalid) assignError(c, origRhs, l, r);
  useLHS(c, lhs);
}

/** A local variable; without a type until it is initialised. */
export function newLocalVar(c: Checker, pos: Pos, name: string, type: Type | null): VarObj {
  return newVar(VarKind.LocalVar, pos, c.pkg, name, type);
}

/** lhs := rhs (types2 Checker.shortVarDecl). */
export function shortVarDecl(c: Checker, at: Positioner, lhs: Expr[], rhs: Expr[]): void {
  const top = c.delayed.length;
  const scope = c.env.scope;
  const seen = new Set<string>();
  const lhsVars: (VarObj | null)[] = [];
  const newVars: VarObj[] = [];
  let hasErr = false;
  for (const e of lhs) {
    lhsVars.push(null);
    const i = lhsVars.length - 1;
    if (e.kind !== Kind.Name) {
      useLHS(c, [e]);
      error(c, e, `non-name ${exprString(e)} on left side of :=`);
      hasErr = true;
      continue;
    }
    const name = e.value;
    if (name !== '_') {
      if (seen.has(name)) {
        error(c, e, `${name} repeated on left side of :=`);
        hasErr = true;
        continue;
      }
      seen.add(name);
    }
    const alt = scope.lookup(name);
    if (alt !== null) {
      recordUse(c, e, alt);
      if (alt.kind === ObjKind.Var) lhsVars[i] = alt;
      else {
        error(c, e, `cannot assign to ${name}`);
        hasErr = true;
      }
      continue;
    }
    const obj = newLocalVar(c, nodePos(e), name, null);
    lhsVars[i] = obj;
    if (name !== '_') newVars.push(obj);
    recordDef(c, e, obj);
  }
  const vars = lhsVars.map((v, i) => v ?? newLocalVar(c, nodePos(lhs[i]), '_', null));

  initVars(c, vars, rhs, null);

  // Function literals on the right do not see the new variables.
  processDelayed(c, top);

  if (newVars.length === 0 && !hasErr) {
    softErrorf(c, at, 'no new variables on left side of :=');
    return;
  }
  const scopePos = endPos(rhs[rhs.length - 1]);
  for (const v of newVars) declare(c, scope, null, v, scopePos);
}
