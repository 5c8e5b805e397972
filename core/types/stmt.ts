/** Statements and function bodies (spec "Statements"). */
import * as constant from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import type { Pos } from '../source/text.ts';
import {
  type BlockStmt,
  type CaseClause,
  type CommClause,
  type Expr,
  type ForStmt,
  Kind,
  type Node,
  Op,
  type SelectStmt,
  type SimpleStmt,
  type Stmt,
  type SwitchStmt,
  Tok,
  type TypeSwitchGuard,
  unpackList,
  unparen,
} from '../syntax/ast.ts';
import { exprString, operatorString } from '../syntax/print.ts';
import { assignment, assignVar, assignVars, initVars, newLocalVar, shortVarDecl } from './assignments.ts';
import { use } from './call.ts';
import { lookup, processDelayed } from './check.ts';
import type { Checker, DeclInfo } from './checker.ts';
import { convertUntyped } from './const.ts';
import { declare, declStmt } from './decl.ts';
import { error, invalidOp, newError, softErrorf } from './errors.ts';
import { assignedExpr, expr, rawExpr, typeAssertion } from './expr.ts';
import { posString, str } from './format.ts';
import { binary, chanElem, comparison } from './operator.ts';
import { Mode } from './info.ts';
import { labels } from './labels.ts';
import { ExprKind, ObjKind, VarKind, type VarObj } from './object.ts';
import { cloneOperand, Operand } from './operand.ts';
import { endPos, nodePos, syntheticName } from './position.ts';
import {
  allBoolean,
  allNumeric,
  comparable,
  hasNil,
  identical,
  isInterface,
  isTypeParam,
  isValid,
} from './predicates.ts';
import { rangeStmt } from './range.ts';
import { recordDef, recordImplicit } from './recording.ts';
import { isTerminating } from './return.ts';
import { Scope } from './scope.ts';
import { BasicKind, type SignatureType, type Type } from './type.ts';
import { varType } from './typexpr.ts';
import { Typ } from './universe.ts';

/** Checks the body of a function or function literal of a declaration (types2 Checker.funcBody). */
export function funcBody(
  c: Checker,
  decl: DeclInfo | null,
  sig: SignatureType,
  body: BlockStmt,
  iota: Value | null,
): void {
  const saved = c.env;
  c.env = {
    decl,
    scope: sig.scope!,
    version: saved.version,
    iota,
    errpos: null,
    inTParamList: false,
    sig,
    isPanic: null,
    hasLabel: false,
    hasCallOrRecv: false,
  };
  stmtList(c, 0, body.stmtList);
  if (c.env.hasLabel) labels(c, body);
  if (sig.results.vars.length > 0 && !isTerminating(c, body, ''))
    error(c, { base: body.unit, off: body.rbrace }, 'missing return');
  usage(c, sig.scope!);
  c.env = saved;
}

/** Reports local variables that are not used, each scope's in source order. Scopes of function literals have been
 * handled with their bodies (types2 Checker.usage). */
export function usage(c: Checker, scope: Scope): void {
  let unused: VarObj[] | null = null;
  for (const obj of scope.elems.values()) {
    if (obj.kind !== ObjKind.Var || obj.used) continue;
    const k = obj.varKind;
    if (k === VarKind.RecvVar || k === VarKind.ParamVar || k === VarKind.ResultVar) continue;
    unused ??= [];
    unused.push(obj);
  }
  if (unused !== null) {
    unused.sort((a, b) => a.pos!.off - b.pos!.off);
    for (const v of unused) softErrorf(c, v.pos, `declared and not used: ${v.name}`);
  }
  for (const child of scope.children) if (!child.isFunc) usage(c, child);
}

/** What control flow a statement may have, and where it is (types2 stmtContext). */
const enum Ctxt {
  BreakOk = 1,
  ContinueOk = 2,
  FallthroughOk = 4,
  FinalSwitchCase = 8,
  InTypeSwitch = 16,
}

function simpleStmt(c: Checker, s: SimpleStmt | null): void {
  if (s !== null) stmt(c, 0, s);
}

function stmtList(c: Checker, ctxt: number, list: Stmt[]): void {
  const ok = (ctxt & Ctxt.FallthroughOk) !== 0;
  const inner = ctxt & ~Ctxt.FallthroughOk;
  // Trailing empty statements do not count for fallthrough.
  let n = list.length;
  while (n > 0 && list[n - 1].kind === Kind.EmptyStmt) n--;
  for (let i = 0; i < n; i++) stmt(c, ok && i + 1 === n ? inner | Ctxt.FallthroughOk : inner, list[i]);
}

function multipleDefaults(c: Checker, list: (CaseClause | CommClause)[]): void {
  let first: Node | null = null;
  for (const cc of list) {
    if ((cc.kind === Kind.CaseClause ? cc.cases : cc.comm) !== null) continue;
    if (first !== null) error(c, cc, `multiple defaults (first at ${posString(nodePos(first))})`);
    else first = cc;
  }
}

export function openScope(c: Checker, n: Node): void {
  c.env.scope = new Scope(c.env.scope, nodePos(n), endPos(n));
}

export function closeScope(c: Checker): void {
  c.env.scope = c.env.scope.parent!;
}

/** go call, defer call */
function suspendedCall(c: Checker, keyword: string, call: Expr): void {
  if (call.kind !== Kind.CallExpr) {
    error(c, call, `expression in ${keyword} must be function call`);
    use(c, [call]);
    return;
  }
  const x = new Operand();
  const kind = rawExpr(c, null, x, call, null, false);
  if (kind === ExprKind.Statement) return;
  const msg = kind === ExprKind.Conversion ? 'requires function call, not conversion' : 'discards result of';
  error(c, x, `${keyword} ${msg} ${str(c, x)}`);
}

/** Key of a case value that is checked for duplicates: integers, floats, strings, as gc does; null for others. */
function goVal(v: Value | null): string | null {
  if (v === null) return null;
  switch (v.kind) {
    case ValueKind.Int:
      return constant.int64Val(v) !== null || constant.uint64Val(v) !== null ? `i${v.val}` : null;
    case ValueKind.Float: {
      const f = constant.float64Val(v);
      return Number.isFinite(f) ? `f${f}` : null;
    }
    case ValueKind.String:
      return `s${v.bytes}`;
    default:
      return null;
  }
}

interface ValueType {
  pos: Pos;
  type: Type;
}

/** The values of a case against the switch expression x; duplicates are found by value and type. */
function caseValues(c: Checker, x: Operand, values: Expr[], seen: Map<string, ValueType[]>): void {
  next: for (const e of values) {
    const v = new Operand();
    expr(c, null, v, e);
    if (x.mode === Mode.Invalid || v.mode === Mode.Invalid) continue;
    convertUntyped(c, v, x.type!);
    if ((v.mode as Mode) === Mode.Invalid) continue;
    // In this order errors are at the case values.
    const res = cloneOperand(v);
    comparison(c, res, x, Op.Eql, true);
    if (res.mode === Mode.Invalid || v.mode !== Mode.Constant) continue;
    const val = goVal(v.val);
    if (val === null) continue;
    const types = seen.get(val);
    if (types === undefined) {
      seen.set(val, [{ pos: nodePos(v.expr!), type: v.type! }]);
      continue;
    }
    for (const vt of types) {
      if (!identical(v.type!, vt.type)) continue;
      const err = newError(c);
      err.addf(v, `duplicate case ${str(c, v)} in expression switch`);
      err.addf(vt.pos, 'previous case');
      err.report();
      continue next;
    }
    types.push({ pos: nodePos(v.expr!), type: v.type! });
  }
}

/** The expression is the predeclared nil, maybe in parentheses. */
function isNilExpr(c: Checker, e: Expr): boolean {
  const name = unparen(e);
  return name.kind === Kind.Name && lookup(c, name.value)?.kind === ObjKind.Nil;
}

/** The types of a case against the operand x of a type switch, null when it is invalid. The result is the type of the
 * variable in that clause (types2 Checker.caseTypes). */
function caseTypes(c: Checker, x: Operand | null, types: Expr[], seen: { type: Type | null; at: Expr }[]): Type {
  let T: Type | null = null;
  next: for (const e of types) {
    if (isNilExpr(c, e)) {
      T = null;
      expr(c, null, new Operand(), e);
    } else {
      T = varType(c, e);
      if (!isValid(T)) continue;
    }
    for (const other of seen) {
      if (T === null ? other.type !== null : other.type === null || !identical(T, other.type)) continue;
      const err = newError(c);
      err.addf(e, `duplicate case ${T === null ? 'nil' : str(c, T)} in type switch`);
      err.addf(other.at, 'previous case');
      err.report();
      continue next;
    }
    seen.push({ type: T, at: e });
    if (x !== null && T !== null) typeAssertion(c, e, x, T, true);
  }
  if (types.length !== 1 || T === null) T = x !== null ? x.type : Typ[BasicKind.Invalid];
  return T!;
}

/** Checks a statement, then the function literals in it (types2 Checker.stmt). */
export function stmt(c: Checker, ctxt: number, s: Stmt): void {
  const top = c.delayed.length;
  stmtKind(c, ctxt, s);
  if (c.delayed.length > top) processDelayed(c, top);
}

function stmtKind(c: Checker, ctxt: number, s: Stmt): void {
  let inner = ctxt & ~(Ctxt.FallthroughOk | Ctxt.FinalSwitchCase | Ctxt.InTypeSwitch);
  switch (s.kind) {
    case Kind.EmptyStmt:
      break;
    case Kind.DeclStmt:
      declStmt(c, s.declList);
      break;
    case Kind.LabeledStmt:
      c.env.hasLabel = true;
      stmt(c, ctxt, s.stmt);
      break;
    case Kind.ExprStmt: {
      const x = new Operand();
      const kind = rawExpr(c, null, x, s.x, null, false);
      let msg: string;
      if (x.mode === Mode.Builtin) msg = 'must be called';
      else if (x.mode === Mode.TypExpr) msg = 'is not an expression';
      else if (kind === ExprKind.Statement) break;
      else msg = 'is not used';
      error(c, x, `${str(c, x)} ${msg}`);
      break;
    }
    case Kind.SendStmt: {
      const ch = new Operand();
      const val = new Operand();
      expr(c, null, ch, s.chan);
      assignedExpr(c, val, s.value);
      if (ch.mode === Mode.Invalid || val.mode === Mode.Invalid) break;
      const elem = chanElem(c, s, ch, false);
      if (elem !== null) assignment(c, val, elem, 'send');
      break;
    }
    case Kind.AssignStmt: {
      if (s.rhs === null) {
        const x = new Operand();
        expr(c, null, x, s.lhs);
        if (x.mode === Mode.Invalid) break;
        if (!allNumeric(x.type!)) {
          const op = operatorString(s.op);
          error(c, s.lhs, `${invalidOp}${exprString(s.lhs)}${op}${op} (non-numeric type ${str(c, x.type)})`);
          break;
        }
        assignVar(c, s.lhs, null, x, 'assignment');
        break;
      }
      const lhs = unpackList(s.lhs);
      const rhs = unpackList(s.rhs);
      if (s.op === Op.None) assignVars(c, lhs, rhs);
      else if (s.op === Op.Def) shortVarDecl(c, nodePos(s), lhs, rhs);
      else if (lhs.length !== 1 || rhs.length !== 1)
        error(c, s, `assignment operation ${operatorString(s.op)} requires single-valued expressions`);
      else {
        const x = new Operand();
        expr(c, null, x, lhs[0]);
        binary(c, x, null, lhs[0], rhs[0], s.op);
        assignVar(c, lhs[0], null, x, 'assignment');
      }
      break;
    }
    case Kind.CallStmt:
      suspendedCall(c, s.tok === Tok.Defer ? 'defer' : 'go', s.call);
      break;
    case Kind.ReturnStmt: {
      const res = c.env.sig!.results.vars;
      const results = unpackList(s.results);
      if (results.length === 0 && res.length > 0 && res[0].name !== '') {
        for (const obj of res) {
          const alt = lookup(c, obj.name);
          if (alt === null || alt === obj) continue;
          const err = newError(c);
          err.addf(s, `result parameter ${obj.name} not in scope at return`);
          err.addf(alt, `inner declaration of ${str(c, obj)}`);
          err.report();
        }
      } else if (res.length > 0 || results.length > 0) initVars(c, res, results, s);
      break;
    }
    case Kind.BranchStmt:
      if (s.label !== null) {
        c.env.hasLabel = true;
        break;
      }
      if (c.conf.ignoreBranchErrors) break;
      if (s.tok === Tok.Break) {
        if ((ctxt & Ctxt.BreakOk) === 0) error(c, s, 'break not in for, switch, or select statement');
      } else if (s.tok === Tok.Continue) {
        if ((ctxt & Ctxt.ContinueOk) === 0) error(c, s, 'continue not in for statement');
      } else if (s.tok === Tok.Fallthrough && (ctxt & Ctxt.FallthroughOk) === 0) {
        if ((ctxt & Ctxt.FinalSwitchCase) !== 0) error(c, s, 'cannot fallthrough final case in switch');
        else if ((ctxt & Ctxt.InTypeSwitch) !== 0) error(c, s, 'cannot fallthrough in type switch');
        else error(c, s, 'fallthrough statement out of place');
      }
      break;
    case Kind.BlockStmt:
      openScope(c, s);
      stmtList(c, inner, s.stmtList);
      closeScope(c);
      break;
    case Kind.IfStmt: {
      openScope(c, s);
      simpleStmt(c, s.init);
      condition(c, s.cond, 'if');
      stmt(c, inner, s.then);
      if (s.else !== null) stmt(c, inner, s.else);
      closeScope(c);
      break;
    }
    case Kind.SwitchStmt:
      inner |= Ctxt.BreakOk;
      openScope(c, s);
      simpleStmt(c, s.init);
      if (s.tag !== null && s.tag.kind === Kind.TypeSwitchGuard) typeSwitchStmt(c, inner | Ctxt.InTypeSwitch, s, s.tag);
      else switchStmt(c, inner, s);
      closeScope(c);
      break;
    case Kind.SelectStmt:
      selectStmt(c, inner | Ctxt.BreakOk, s);
      break;
    case Kind.ForStmt:
      forStmt(c, inner | Ctxt.BreakOk | Ctxt.ContinueOk, s);
      break;
    default:
      error(c, s, 'invalid syntax tree: invalid statement');
  }
}

function condition(c: Checker, e: Expr, what: string): void {
  const x = new Operand();
  expr(c, null, x, e);
  if (x.mode !== Mode.Invalid && !allBoolean(x.type!)) error(c, e, `non-boolean condition in ${what} statement`);
}

function forStmt(c: Checker, inner: number, s: ForStmt): void {
  if (s.init !== null && s.init.kind === Kind.RangeClause) {
    const clause = s.init;
    let key = clause.lhs;
    let value: Expr | null = null;
    let extra: Expr | null = null;
    if (key !== null && key.kind === Kind.ListExpr) {
      const list: Expr[] = key.elemList;
      key = list[0];
      value = list[1];
      extra = list[2] ?? null;
    }
    rangeStmt(c, inner, s, s, key, value, extra, clause.x, clause.def);
    return;
  }
  openScope(c, s);
  simpleStmt(c, s.init);
  if (s.cond !== null) condition(c, s.cond, 'for');
  simpleStmt(c, s.post);
  if (s.post !== null && s.post.kind === Kind.AssignStmt && s.post.op === Op.Def) use(c, [s.post.lhs]);
  stmt(c, inner, s.body);
  closeScope(c);
}

function selectStmt(c: Checker, inner: number, s: SelectStmt): void {
  multipleDefaults(c, s.clauses);
  for (const clause of s.clauses) {
    const comm = clause.comm;
    let valid = false;
    let rhs: Expr | null = null;
    if (comm === null || comm.kind === Kind.SendStmt) valid = true;
    else if (comm.kind === Kind.AssignStmt) {
      if (comm.rhs !== null && comm.rhs.kind !== Kind.ListExpr) rhs = comm.rhs;
    } else if (comm.kind === Kind.ExprStmt) rhs = comm.x;
    if (rhs !== null) {
      const r = unparen(rhs);
      valid = r.kind === Kind.Operation && r.y === null && r.op === Op.Recv;
    }
    if (!valid) {
      error(c, comm, 'select case must be send or receive (possibly with assignment)');
      continue;
    }
    openScope(c, clause);
    if (comm !== null) stmt(c, inner, comm);
    stmtList(c, inner, clause.stmtList);
    closeScope(c);
  }
}

function switchStmt(c: Checker, inner: number, s: SwitchStmt): void {
  const x = new Operand();
  if (s.tag !== null) {
    expr(c, null, x, s.tag);
    // As if assigned to a temporary variable.
    assignment(c, x, null, 'switch expression');
    if (x.mode !== Mode.Invalid && !comparable(x.type!) && !hasNil(x.type!)) {
      error(c, x, `cannot switch on ${str(c, x)} (${str(c, x.type)} is not comparable)`);
      x.mode = Mode.Invalid;
    }
  } else {
    x.mode = Mode.Constant;
    x.type = Typ[BasicKind.Bool];
    x.val = constant.makeBool(true);
    x.expr = syntheticName(s.unit, s.clauses.length > 0 ? s.clauses[0].pos : s.end - 1, 'true');
  }
  multipleDefaults(c, s.clauses);
  const seen = new Map<string, ValueType[]>();
  for (let i = 0; i < s.clauses.length; i++) {
    const clause = s.clauses[i];
    const last = i + 1 === s.clauses.length;
    caseValues(c, x, unpackList(clause.cases), seen);
    openScope(c, clause);
    stmtList(c, inner | (last ? Ctxt.FinalSwitchCase : Ctxt.FallthroughOk), clause.stmtList);
    closeScope(c);
  }
}

function typeSwitchStmt(c: Checker, inner: number, s: SwitchStmt, guard: TypeSwitchGuard): void {
  let lhs = guard.lhs;
  if (lhs !== null) {
    if (lhs.value === '_') {
      softErrorf(c, lhs, 'no new variable on left side of :=');
      lhs = null;
    } else recordDef(c, lhs, null);
  }
  let sx: Operand | null = null;
  const x = new Operand();
  expr(c, null, x, guard.x);
  if (x.mode !== Mode.Invalid) {
    if (isTypeParam(x.type!)) error(c, x, `cannot use type switch on type parameter value ${str(c, x)}`);
    else if (isInterface(x.type!)) sx = x;
    else error(c, x, `${str(c, x)} is not an interface`);
  }
  multipleDefaults(c, s.clauses);
  const lhsVars: VarObj[] = [];
  const seen: { type: Type | null; at: Expr }[] = [];
  for (const clause of s.clauses) {
    const T = caseTypes(c, sx, unpackList(clause.cases), seen);
    openScope(c, clause);
    if (lhs !== null) {
      const obj = newLocalVar(c, nodePos(lhs), lhs.value, T);
      declare(c, c.env.scope, null, obj, { base: clause.unit, off: clause.colon });
      recordImplicit(c, clause, obj);
      lhsVars.push(obj);
    }
    stmtList(c, inner, clause.stmtList);
    closeScope(c);
  }
  // The variables of all clauses are one: used if any of them is.
  if (lhs !== null) {
    let used = false;
    for (const v of lhsVars) {
      if (v.used) used = true;
      v.used = true;
    }
    if (!used) softErrorf(c, lhs, `${lhs.value} declared and not used`);
  }
}
