/** Statements: writer.stmt1 with its cutting of dead code, reader.stmt1 and typecheck's tcXxx. */
import { compare } from '../constant/ops.ts';
import { ValueKind, type Value } from '../constant/value.ts';
import {
  type CaseClause,
  type Decl,
  type Expr,
  type ForStmt,
  type IfStmt,
  type SelectStmt,
  type Stmt,
  type SwitchStmt,
  rawNode,
  typedNode,
} from '../syntax/ast.ts';
import { copyNode, Kind, Op as SyntaxOp, Tok, unpackList, unparen } from '../syntax/ast.ts';
import { Mode } from '../types/info.ts';
import { ObjKind, type VarObj } from '../types/object.ts';
import { BasicKind, type Type, TypeKind } from '../types/type.ts';
import { assign, multiExpr } from './build-assign.ts';
import { implicitConv } from './build-conv.ts';
import { binaryOp, expr, exprType, optExpr } from './build-expr.ts';
import { goDefer } from './build-closure.ts';
import { noteRangeDictUse } from './dict-uses.ts';
import { assignable, coreType, isInterfaceType, underType } from './generic.ts';
import { mayLeak } from './loopvar.ts';
import { Class, Flag, Name, Node, NONE, Op, type XPos } from './node.ts';
import { literal, type Reader, unary } from './reader.ts';
import { deferAt, syntheticOf, writtenIn } from './rangefunc.ts';
import { basicTypes, boolType, interfaceType } from './typeinfo.ts';

// ---- lists

/** What decides whether a statement is reached. */
type Facts = Pick<Reader, 'valueOf' | 'modeOf'>;

/** Statements as a list, with what cannot be reached left out. */
export function stmts(r: Reader, list: readonly Stmt[]): Node[] {
  const out: Node[] = [];
  for (const s of reachable(r, list)) stmt1(r, s, out);
  return out;
}

/** Those of the statements that can be reached (writer.stmts). */
export function reachable(r: Facts, list: readonly Stmt[]): Stmt[] {
  let lastLabel = -1;
  list.forEach((s, i) => {
    if (s.kind === Kind.LabeledStmt) lastLabel = i;
  });
  const out: Stmt[] = [];
  let dead = false;
  list.forEach((s, i) => {
    if (dead && i > lastLabel && s.kind !== Kind.LabeledStmt) return;
    out.push(s);
    dead = terminates(r, s);
  });
  return out;
}

/** One statement as a list of its own. */
function one(r: Reader, s: Stmt | null): Node[] {
  return s === null ? [] : stmts(r, [s]);
}

/** Several statements as one, none as null (noder's block). */
export function block(pos: XPos | null, list: Node[]): Node {
  const n = new Node(Op.OBLOCK, list.length > 0 ? list[0].pos : pos, null);
  n.list = list;
  return n;
}

function asStmt(list: Node[]): Node | null {
  if (list.length === 0) return null;
  return list.length === 1 ? list[0] : block(null, list);
}

// ---- dead code

/** The condition is always true (1), always false (-1) or neither (0), and what remains of it (pkgWriter.staticBool). */
export function staticBool(r: Facts, x: Expr): { val: number; x: Expr } {
  const val = r.valueOf(x);
  if (val !== null && val.kind === ValueKind.Bool) return { val: val.val ? 1 : -1, x };
  if (x.kind !== Kind.Operation) return { val: 0, x };
  const isConst = (e: Expr) => r.valueOf(e) !== null;
  switch (x.op) {
    case SyntaxOp.Not: {
      if (x.y !== null) break;
      // As gc has it: the operand's verdict is taken over as it is.
      const s = staticBool(r, x.x);
      return { val: s.val, x: s.x === x.x ? x : withOperands(x, s.x, null) };
    }
    case SyntaxOp.AndAnd: {
      const a = staticBool(r, x.x);
      if (a.val < 0) return { val: a.val, x: a.x };
      const b = staticBool(r, x.y!);
      if (a.val > 0 || b.val < 0) {
        return { val: b.val, x: isConst(a.x) ? b.x : withOperands(x, a.x, b.x) };
      }
      return { val: 0, x: withOperands(x, a.x, b.x) };
    }
    case SyntaxOp.OrOr: {
      const a = staticBool(r, x.x);
      if (a.val > 0) return { val: a.val, x: a.x };
      const b = staticBool(r, x.y!);
      if (a.val < 0 || b.val > 0) {
        return { val: b.val, x: isConst(a.x) ? b.x : withOperands(x, a.x, b.x) };
      }
      return { val: 0, x: withOperands(x, a.x, b.x) };
    }
    default:
  }
  return { val: 0, x };
}

function withOperands(x: Expr, a: Expr, b: Expr | null): Expr {
  const n = rawNode(x);
  if ((n.a as unknown) === a && (n.b as unknown) === b) return x;
  const copy = copyNode(n);
  copy.a = rawNode(a);
  copy.b = rawNode(b);
  return typedNode<Expr>(copy);
}

/** Control never reaches what follows the statement (pkgWriter.terminates). */
export function terminates(r: Facts, s: Stmt | null): boolean {
  if (s === null) return false;
  switch (s.kind) {
    case Kind.BranchStmt:
      return s.tok === Tok.Goto;
    case Kind.ReturnStmt:
      return true;
    case Kind.ExprStmt: {
      const call = unparen(s.x);
      if (call.kind !== Kind.CallExpr) return false;
      const fun = unparen(call.fun);
      return fun.kind === Kind.Name && fun.value === 'panic' && r.modeOf(fun) === Mode.Builtin;
    }
    case Kind.IfStmt: {
      const cond = staticBool(r, s.cond).val;
      return (cond < 0 || terminates(r, s.then)) && (cond > 0 || terminates(r, s.else));
    }
    case Kind.BlockStmt:
      return terminates(r, lastNonEmpty(s.stmtList));
    default:
      return false;
  }
}

function lastNonEmpty(list: readonly Stmt[]): Stmt | null {
  for (let i = list.length - 1; i >= 0; i--) if (list[i].kind !== Kind.EmptyStmt) return list[i];
  return null;
}

function hasFallthrough(list: readonly Stmt[]): boolean {
  let s = lastNonEmpty(list);
  while (s !== null && s.kind === Kind.LabeledStmt) s = s.stmt;
  return s !== null && s.kind === Kind.BranchStmt && s.tok === Tok.Fallthrough;
}

// ---- statements

function stmt1(r: Reader, s: Stmt, out: Node[]): void {
  switch (s.kind) {
    case Kind.EmptyStmt:
      return;
    case Kind.AssignStmt: {
      if (s.rhs === null || (s.op !== SyntaxOp.None && s.op !== SyntaxOp.Def)) {
        const x = expr(r, s.lhs);
        const pos = r.pos(s);
        const n = new Node(Op.OASOP, pos, null);
        n.asop = binaryOp(s.op);
        n.x = x;
        if (s.rhs === null) {
          n.y = literal(pos, x.type!, { kind: ValueKind.Int, val: 1n });
          n.flags |= Flag.IncDec;
        } else {
          const shift = s.op === SyntaxOp.Shl || s.op === SyntaxOp.Shr;
          n.y = implicitConv(r, shift ? null : r.typeOf(s.lhs), s.rhs);
        }
        out.push(n);
        return;
      }
      assignStmt(r, r.pos(s), unpackList(s.lhs), unpackList(s.rhs), out);
      return;
    }
    case Kind.BlockStmt:
      out.push(...stmts(r, s.stmtList));
      return;
    case Kind.BranchStmt: {
      const op =
        s.tok === Tok.Break
          ? Op.OBREAK
          : s.tok === Tok.Continue
            ? Op.OCONTINUE
            : s.tok === Tok.Goto
              ? Op.OGOTO
              : Op.OFALL;
      const n = new Node(op, r.pos(s), null);
      if (s.label !== null) n.label = label(r, s.label.value);
      out.push(n);
      return;
    }
    case Kind.CallStmt: {
      const pos = r.pos(s);
      const n = new Node(s.tok === Tok.Defer ? Op.ODEFER : Op.OGO, pos, null);
      n.x = expr(r, s.call);
      const token = s.tok === Tok.Defer ? deferAt(s) : null;
      if (token !== null) n.y = expr(r, token);
      goDefer(r, n);
      out.push(n);
      return;
    }
    case Kind.DeclStmt:
      for (const d of s.declList) declStmt(r, d, out);
      return;
    case Kind.ExprStmt:
      out.push(expr(r, s.x));
      return;
    case Kind.ForStmt: {
      const n = forStmt(r, s, lastLabelOf(out));
      if (n !== null) out.push(n);
      return;
    }
    case Kind.IfStmt: {
      const n = ifStmt(r, s);
      if (n !== null) out.push(n);
      return;
    }
    case Kind.LabeledStmt: {
      const name = label(r, s.label.value);
      const n = new Node(name === '_' ? Op.OBLOCK : Op.OLABEL, r.pos(s), null);
      n.label = name;
      r.curfn.hasLabels = true;
      out.push(n);
      stmt1(r, s.stmt, out);
      return;
    }
    case Kind.ReturnStmt: {
      const pos = r.pos(s);
      const n = new Node(Op.ORETURN, pos, null);
      n.list = multiExpr(r, pos, i => r.results[i].type, unpackList(s.results));
      out.push(n);
      return;
    }
    case Kind.SelectStmt:
      out.push(selectStmt(r, s, lastLabelOf(out)));
      return;
    case Kind.SendStmt: {
      const chan = coreType(r.typeOf(s.chan)!);
      const pos = r.pos(s);
      const n = unary(Op.OSEND, pos, null, expr(r, s.chan));
      n.y = implicitConv(r, chan !== null && chan.kind === TypeKind.Chan ? chan.elem : null, s.value);
      out.push(n);
      return;
    }
    case Kind.SwitchStmt:
      out.push(switchStmt(r, s, lastLabelOf(out)));
      return;
    default:
      throw new Error(`unexpected statement of kind ${s.kind}`);
  }
}

function lastLabelOf(out: readonly Node[]): string {
  const last = out[out.length - 1];
  return last !== undefined && last.op === Op.OLABEL ? last.label : '';
}

/** A label's name; in inlined bodies each expansion has its own (reader.label). */
function label(r: Reader, name: string): string {
  return r.inl !== null && name !== '_' ? `~${name}·${r.b.inlgen}` : name;
}

function declStmt(r: Reader, d: Decl, out: Node[]): void {
  if (d.kind !== Kind.VarDecl) return;
  const pos = r.pos(d);
  assignStmt(r, pos, d.nameList, unpackList(d.values), out);
}

export function blankNode(): Name {
  return new Name(null, { pkg: null, name: '_' }, Class.PEXTERN, null);
}

/** The variable that a name on the left side declares, if it does. */
export function definedBy(r: Reader, x: Expr): VarObj | null {
  if (x.kind !== Kind.Name) return null;
  const obj = r.objOf(x);
  if (obj === null || obj.kind !== ObjKind.Var) return null;
  const made = syntheticOf(x.unit);
  if (made !== null) return made.defs.has(x.id) ? obj : null;
  return obj.pos !== null && obj.pos.base === x.unit && obj.pos.off === x.pos ? obj : null;
}

/** What is assigned to; `names` collects the variables that are declared (reader.assign). */
function assignee(r: Reader, x0: Expr, names: Name[]): Node {
  const x = unparen(x0);
  if (x.kind === Kind.Name) {
    if (x.value === '_') return blankNode();
    const obj = definedBy(r, x);
    if (obj !== null) {
      const pos = r.objPos(obj);
      r.b.basePos = pos;
      const name = r.newLocal(pos, obj, r.typ(obj.type!));
      names.push(name);
      return name;
    }
  }
  return expr(r, x);
}

/** The type that is assigned to, null for `_`. */
export function assigneeType(r: Reader, x0: Expr): Type | null {
  const x = unparen(x0);
  if (x.kind === Kind.Name) {
    if (x.value === '_') return null;
    const obj = r.objOf(x);
    if (obj !== null && obj.kind === ObjKind.Var) return obj.type;
  }
  return r.typeOf(x);
}

function assignStmt(r: Reader, pos: XPos | null, lhs: readonly Expr[], rhs: readonly Expr[], out: Node[]): void {
  const names: Name[] = [];
  const left = lhs.map(x => assignee(r, x, names));
  const right = multiExpr(r, pos, i => assigneeType(r, lhs[i]), rhs);
  if (right.length === 0) {
    for (const name of names) {
      const as = unary(Op.OAS, pos, null, name);
      as.init = [unary(Op.ODCL, pos, null, name)];
      out.push(as);
    }
    return;
  }
  if (left.length === 1 && right.length === 1) {
    const n = unary(Op.OAS, pos, null, left[0]);
    n.y = right[0];
    initDefn(n, names);
    out.push(assign(r, n));
    return;
  }
  const n = new Node(Op.OAS2, pos, null);
  n.list = left;
  n.list2 = right;
  initDefn(n, names);
  out.push(assign(r, n));
}

/** The statement declares the names (reader.initDefn). */
function initDefn(n: Node, names: readonly Name[]): void {
  if (names.length === 0) return;
  n.init = names.map(name => {
    name.defn = n;
    return unary(Op.ODCL, name.pos, null, name);
  });
  n.flags |= Flag.Def;
}

/** The loop's variables are those of each iteration, from Go 1.22 on. */
function markDistinctVars(r: Reader, s: ForStmt, n: Node): void {
  const version = r.b.fileVersion(r.src, writtenIn(s.unit));
  if (version !== 0 && version < 22) return;
  n.flags |= Flag.DistinctVars;
  if (mayLeak(n)) r.curfn.hasDistinctVars = true;
}

function forStmt(r: Reader, s: ForStmt, lbl: string): Node | null {
  if (s.init !== null && s.init.kind === Kind.RangeClause) {
    const clause = s.init;
    const n = new Node(Op.ORANGE, r.pos(clause), null);
    n.label = lbl;
    const names: Name[] = [];
    const lhs = unpackList(clause.lhs).map(x => assignee(r, x, names));
    n.y = lhs[0] ?? null;
    n.z = lhs[1] ?? null;
    initDefn(n, names);
    n.x = expr(r, clause.x);
    noteRangeDictUse(r, n, r.typeOf(clause.x)!);
    n.body = stmts(r, s.body.stmtList);
    markDistinctVars(r, s, n);
    return n;
  }
  let cond = s.cond;
  let never = false;
  if (cond !== null) {
    const st = staticBool(r, cond);
    cond = st.x;
    never = st.val < 0;
  }
  const pos = r.pos(s);
  const init = one(r, s.init);
  const c = optExpr(r, cond);
  const post = never ? null : asStmt(one(r, s.post));
  const body = never ? [] : stmts(r, s.body.stmtList);
  if (c !== null && c.op === Op.OLITERAL && c.val!.kind === ValueKind.Bool && !c.val!.val) return asStmt(init);
  const n = new Node(Op.OFOR, pos, null);
  n.label = lbl;
  const first = asStmt(init);
  if (first !== null) n.init = [first];
  n.x = c;
  n.y = post;
  n.body = body;
  markDistinctVars(r, s, n);
  return n;
}

function ifStmt(r: Reader, s: IfStmt): Node | null {
  const cond = staticBool(r, s.cond);
  const pos = r.pos(s);
  const init = one(r, s.init);
  const c = expr(r, cond.x);
  const then = cond.val >= 0 ? stmts(r, s.then.stmtList) : [];
  const els = cond.val <= 0 ? one(r, s.else) : [];
  if (cond.val !== 0) {
    if (c.op !== Op.OLITERAL) {
      const as = unary(Op.OAS, pos, null, blankNode());
      as.y = c;
      init.push(as);
    }
    return asStmt([...init, ...then, ...els]);
  }
  const n = unary(Op.OIF, pos, null, c);
  n.init = init.length > 0 ? init : NONE;
  n.body = then;
  n.list2 = els;
  return n;
}

function selectStmt(r: Reader, s: SelectStmt, lbl: string): Node {
  const n = new Node(Op.OSELECT, r.pos(s), null);
  n.label = lbl;
  n.list = s.clauses.map(c => {
    const pos = r.pos(c);
    let comm = asStmt(one(r, c.comm));
    let body = stmts(r, c.stmtList);
    if (comm !== null && comm.op === Op.OAS && (comm.flags & Flag.Def) === 0) {
      const y = comm.y!;
      if (y.op === Op.OCONVIFACE) {
        const recv = y.x!;
        const tmp = r.temp(pos, recv.type!);
        const as = unary(Op.OAS, pos, null, tmp);
        as.y = recv;
        as.flags |= Flag.Def;
        as.init = [unary(Op.ODCL, pos, null, tmp)];
        tmp.defn = as;
        y.x = tmp;
        body = [comm, ...body];
        comm = as;
      }
    }
    if (comm !== null && comm.op === Op.OAS2) {
      const init = comm.list2[0].init;
      comm.list2[0].init = NONE;
      body = [comm, ...body];
      comm = init[0];
    }
    const clause = new Node(Op.OCASE, pos, null);
    clause.x = comm === null ? null : selectComm(comm);
    clause.body = body;
    return clause;
  });
  return n;
}

/** The communication of a select clause as OSEND or OSELRECV2 (tcSelect). */
function selectComm(n: Node): Node {
  const selrecv = (dst: Node, recv: Node, def: boolean) => {
    const s = new Node(Op.OSELRECV2, n.pos, null);
    s.list = [dst, blankNode()];
    s.list2 = [recv];
    if (def) s.flags |= Flag.Def;
    s.init = n.init;
    return s;
  };
  switch (n.op) {
    case Op.OAS: {
      let y = n.y!;
      if ((y.op === Op.OCONVNOP || y.op === Op.OCONVIFACE) && (y.flags & Flag.Implicit) !== 0) y = y.x!;
      const s = selrecv(n.x!, y, (n.flags & Flag.Def) !== 0);
      return s;
    }
    case Op.OAS2RECV:
      n.op = Op.OSELRECV2;
      return n;
    case Op.ORECV:
      return selrecv(blankNode(), n, false);
    default:
      return n;
  }
}

function switchStmt(r: Reader, s: SwitchStmt, lbl: string): Node {
  const n = new Node(Op.OSWITCH, r.pos(s), null);
  n.label = lbl;
  const init = asStmt(one(r, s.init));
  if (s.tag !== null && s.tag.kind === Kind.TypeSwitchGuard) typeSwitch(r, s, n);
  else exprSwitch(r, s, n);
  if (init !== null) n.init = [init];
  return n;
}

function typeSwitch(r: Reader, s: SwitchStmt, n: Node): void {
  const guard = s.tag!;
  if (guard.kind !== Kind.TypeSwitchGuard) return;
  const iface = r.typeOf(guard.x)!;
  const tag = new Node(Op.OTYPESW, r.pos(guard), null);
  if (guard.lhs !== null) {
    tag.y = new Node(Op.ONONAME, r.pos(guard.lhs), null);
    tag.y.sym = { pkg: r.src.pkg, name: guard.lhs.value };
  }
  tag.x = expr(r, guard.x);
  n.x = tag;
  n.list = s.clauses.map(c => {
    const clause = new Node(Op.OCASE, r.pos(c), null);
    clause.list = unpackList(c.cases).map(x => {
      const e = unparen(x);
      if (e.kind === Kind.Name && r.objOf(e)?.kind === ObjKind.Nil) {
        return new Node(Op.ONIL, null, basicTypes[BasicKind.UntypedNil]);
      }
      return exprType(r, iface, x);
    });
    const obj = c.unit.synthetic === null ? r.info.implicitOf(c) : null;
    if (obj !== null && obj.kind === ObjKind.Var) {
      const cases = unpackList(c.cases);
      const pos = cases.length > 0 ? r.posAt(c.unit, typeExprEndPos(cases[cases.length - 1])) : r.pos(c);
      const name = r.newLocal(pos, obj, r.typ(obj.type!));
      name.defn = tag;
      clause.y = name;
    }
    clause.body = stmts(r, c.stmtList);
    return clause;
  });
}

/** About where a type expression ends (noder's typeExprEndPos). */
function typeExprEndPos(x: Expr): number {
  const last = (fields: readonly { type: Expr }[]): Expr | null =>
    fields.length > 0 ? fields[fields.length - 1].type : null;
  for (let e: Expr = x; ; ) {
    let next: Expr | null = null;
    switch (e.kind) {
      case Kind.SelectorExpr:
        return e.x.pos;
      case Kind.ParenExpr:
      case Kind.Operation:
        next = e.x;
        break;
      case Kind.ArrayType:
      case Kind.ChanType:
      case Kind.DotsType:
      case Kind.SliceType:
        next = e.elem;
        break;
      case Kind.MapType:
        next = e.value;
        break;
      case Kind.InterfaceType:
        next = last(e.methodList);
        break;
      case Kind.FuncType:
        next = last(e.resultList) ?? last(e.paramList);
        break;
      case Kind.IndexExpr:
        next = e.index;
        break;
      case Kind.ListExpr:
        next = e.elemList[e.elemList.length - 1];
        break;
      default:
    }
    if (next === null) return e.pos;
    e = next;
  }
}

function exprSwitch(r: Reader, s: SwitchStmt, n: Node): void {
  const { tag, clauses, compared } = switchParts(r, s);
  if (tag !== null) n.x = implicitConv(r, compared ?? r.typeOf(tag), tag);
  n.list = clauses.map(({ c, cases }) => {
    const clause = new Node(Op.OCASE, r.pos(c), null);
    clause.list = cases.map(x => implicitConv(r, compared, x));
    clause.body = stmts(r, c.stmtList);
    return clause;
  });
}

interface Clause {
  c: CaseClause;
  /** Empty for the default clause. */
  cases: Expr[];
}

/** What gc writes of an expression switch (writer.switchStmt). */
interface SwitchParts {
  /** Null when there is none, and when it is known which clause it leads to. */
  tag: Expr | null;
  clauses: Clause[];
  /** What tag and cases are converted to, so that they can be compared; null: cases stay as they are. */
  compared: Type | null;
}

/** The parts of an expression switch that are written: of one whose tag and cases are constant the clause that is taken. */
export function switchParts(r: Facts & Pick<Reader, 'typeOf'>, s: SwitchStmt): SwitchParts {
  const taken = takenClause(r, s);
  if (taken !== null) return { tag: null, clauses: taken, compared: boolType };
  const tag = s.tag as Expr | null;
  const tagType = tag === null ? boolType : r.typeOf(tag)!;
  const clauses = s.clauses.map(c => ({ c, cases: unpackList(c.cases) }));
  if (underType(tagType).kind === TypeKind.Chan) return { tag, clauses, compared: null };
  const mixed = clauses.some(({ cases }) =>
    cases.some(x => {
      const t = r.typeOf(x);
      return t !== null && !assignable(t, tagType) && (isInterfaceType(t) || isInterfaceType(tagType));
    }),
  );
  return { tag, clauses, compared: mixed ? interfaceType : tagType };
}

/** The only clause that a constant tag leads to, now without cases, or none; null when that is not known, and for type
 * switches. Where there is no tag it is `true`. */
export function takenClause(r: Facts, s: SwitchStmt): Clause[] | null {
  if (s.tag !== null && s.tag.kind === Kind.TypeSwitchGuard) return null;
  const tag: Value | null = s.tag === null ? { kind: ValueKind.Bool, val: true } : r.valueOf(s.tag);
  if (tag === null) return null;
  let target: CaseClause | null = null;
  outer: for (const c of s.clauses) {
    if (c.cases === null) target = c;
    for (const x of unpackList(c.cases)) {
      const v = r.valueOf(x);
      if (v === null) return null;
      if (compare(tag, SyntaxOp.Eql, v)) {
        target = c;
        break outer;
      }
    }
  }
  if (target === null) return [];
  return hasFallthrough(target.stmtList) ? null : [{ c: target, cases: [] }];
}
