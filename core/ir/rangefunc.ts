/**
 * Range-over-func loops, rewritten in the syntax tree before anything else sees it (cmd/compile/internal/rangefunc).
 * A loop body becomes a function literal; what leaves the loop goes through variables that are checked after the call.
 * The tree itself is never changed: what is above a rewritten loop is copied, and nodes that have no source are in a
 * unit of their own.
 */
import type { Value } from '../constant/value.ts';
import { ValueKind } from '../constant/value.ts';
import {
  type BlockStmt,
  type BranchStmt,
  type CallStmt,
  type Expr,
  type ForStmt,
  type Name,
  type Node,
  type RangeClause,
  type ReturnStmt,
  rawNode,
  rawNodes,
  typedNode,
} from '../syntax/ast.ts';
import { copyNode, Kind, Op, RawNode, Tok, Unit, unpackList } from '../syntax/ast.ts';
import { type Obj, ObjKind, VarKind, VarObj } from '../types/object.ts';
import { SignatureType, TupleType, type Type } from '../types/type.ts';
import type { Builder } from './build.ts';
import type { Func } from './node.ts';
import { blockOf, type Body, ensureChecked, Reader } from './reader.ts';
import { coreSignature } from './generic.ts';
import { anyType, boolType, intType } from './typeinfo.ts';

/** What the checker would have said of the nodes that the rewriting of one function makes. */
class Synthetic {
  readonly types = new Map<number, Type>();
  readonly values = new Map<number, Value>();
  readonly objs = new Map<number, Obj>();
  /** Names that declare their object. */
  readonly defs = new Set<number>();
  /** Names of functions of package runtime. */
  readonly helpers = new Map<number, string>();
  /** Function literals that are loop bodies. */
  readonly bodies = new Set<number>();
  /** `orig`: the unit of the function. */
  constructor(readonly orig: Unit) {}
}

/** What is known of the nodes of a unit that rewriting has made; null for those of a text. */
export function syntheticOf(unit: Unit): Synthetic | null {
  return unit.synthetic as Synthetic | null;
}

/** The unit that the text of the unit's nodes is in. */
export function writtenIn(unit: Unit): Unit {
  return syntheticOf(unit)?.orig ?? unit;
}

/** What a range-over-func body's `defer` statement is given (syntax.CallStmt.DeferAt). */
const deferTokens = new WeakMap<object, Name>();
export function deferAt(stmt: CallStmt): Name | null {
  return deferTokens.get(stmt) ?? null;
}

/** States of a loop body (internal/abi.RF_State). */
const enum State {
  Done = 0,
  Ready = 1,
  Panic = 2,
  Exhausted = 3,
  MissingPanic = 4,
}

/** Values of #next that belong to one loop: to go on with it from a loop inside, and to leave it (perLoopStep). */
const perLoopStep = 2;

interface ForLoop {
  nfor: ForStmt;
  state: VarObj;
  depth: number;
  checkRet: boolean;
  checkBreak: boolean;
  checkContinue: boolean;
  checkBranch: { tok: Tok; label: string }[];
}

export interface Rewritten {
  block: BlockStmt;
  results: readonly VarObj[];
}

/** A body may outlive what was found out about it: it counts for the signature that it was checked with. */
const done = new WeakMap<BlockStmt, Rewritten & { sig: SignatureType }>();

/** The body of a function with its range-over-func loops rewritten, but not those of literals inside. */
export function rewriteRangeFuncs(r: Reader, body: Body): Rewritten {
  const block = blockOf(body)!;
  let w = done.get(block);
  if (w === undefined || w.sig !== body.sig) {
    const rw = new Rewriter(r, block, body.sig);
    w = { sig: body.sig, block: rw.block(block), results: rw.results };
    done.set(block, w);
  }
  return w;
}

/** Results as the function's type has them: where loops over functions hold returns, those without names have some. */
export function namedResults(b: Builder, fn: Func): readonly VarObj[] | null {
  const body = b.bodies.get(fn);
  if (body === undefined || body.sig.results.vars.length === 0) return null;
  const block = blockOf(body);
  if (block === null) return null;
  const { source, start } = block.unit;
  if (!/\brange\b/.test(source.text.slice(start + block.start, start + block.end))) return null;
  ensureChecked(body.src, body.obj);
  return rewriteRangeFuncs(new Reader(b, body.src, body.dict, body.env, fn, null), body).results;
}

class Rewriter {
  results: VarObj[];
  /** Of the nodes that are made, from the first one on. */
  private made: Unit | null = null;
  private readonly loops: ForLoop[] = [];
  /** Statements that break and continue may mean, innermost last. */
  private readonly targets: { stmt: Node; label: string | null }[] = [];
  private readonly rewritten = new Map<Node, Node>();
  private labelLoop: Map<string, ForStmt | null> | null = null;
  private readonly branchNext = new Map<string, number>();
  private outerDecls: RawNode[] = [];
  private nextVar: VarObj | null = null;
  private defers: VarObj | null = null;
  private states = 0;
  private closures = 0;
  constructor(
    private readonly r: Reader,
    private readonly body: BlockStmt,
    sig: SignatureType,
  ) {
    this.results = sig.results.vars.slice();
  }

  private get unit(): Unit {
    if (this.made !== null) return this.made;
    const { unit } = this.body;
    if (unit.synthetic !== null) return (this.made = unit);
    return (this.made = new Unit(unit.source, unit.start, unit.end, false, new Synthetic(unit)));
  }

  private get known(): Synthetic {
    return syntheticOf(this.unit)!;
  }

  // ---- walking

  block(b: BlockStmt): BlockStmt {
    const list = this.list(b.stmtList);
    return list === b.stmtList ? b : (copy(b, { list: rawNodes(list) }) as BlockStmt);
  }

  private list<T extends Node>(old: readonly T[]): T[] {
    let list = old as T[];
    const put = (i: number, s: Node): void => {
      if (s === list[i]) return;
      if (list === old) list = old.slice();
      list[i] = s as T;
    };
    for (let i = 0; i < old.length; i++) put(i, this.visit(old[i], null));
    for (let i = 0; i < old.length; i++) put(i, this.edit(list[i]));
    return list;
  }

  private visit(n: Node, label: string | null): Node {
    switch (n.kind) {
      case Kind.BlockStmt:
        return this.block(n);
      case Kind.LabeledStmt: {
        const stmt = this.edit(this.visit(n.stmt, n.label.value));
        return stmt === n.stmt ? n : copy(n, { c: stmt });
      }
      case Kind.IfStmt: {
        const then = this.visit(n.then, null);
        const els = n.else === null ? null : this.visit(n.else, null);
        return then === n.then && els === n.else ? n : copy(n, { d: then, c: els });
      }
      case Kind.ForStmt: {
        const loop = isRangeFunc(this.r, n) ? this.startLoop(n) : null;
        this.targets.push({ stmt: n, label });
        const body = this.block(n.body);
        this.targets.pop();
        if (loop !== null) {
          this.endLoop(loop, body);
          this.loops.pop();
          return n;
        }
        return body === n.body ? n : copy(n, { d: body });
      }
      case Kind.SwitchStmt:
      case Kind.SelectStmt: {
        this.targets.push({ stmt: n, label });
        let changed = false;
        const clauses = n.clauses.map(c => {
          const list = this.list(c.stmtList);
          if (list === c.stmtList) return c;
          changed = true;
          return copy(c, { list: rawNodes(list) });
        });
        this.targets.pop();
        return changed ? copy(n, { list: rawNodes(clauses as Node[]) }) : n;
      }
      default:
        return n;
    }
  }

  private edit(x: Node): Node {
    const s = this.rewritten.get(x);
    if (s !== undefined) return s;
    if (this.loops.length > 0) {
      if (x.kind === Kind.BranchStmt) return this.editBranch(x);
      if (x.kind === Kind.CallStmt && x.tok === Tok.Defer) return this.editDefer(x);
      if (x.kind === Kind.ReturnStmt) return this.editReturn(x);
    }
    return x;
  }

  private startLoop(nfor: ForStmt): ForLoop {
    this.states++;
    const state = this.variable(`#state${this.states}`, intType, nfor.pos);
    const loop: ForLoop = {
      nfor,
      state,
      depth: 1 + this.loops.length,
      checkRet: false,
      checkBreak: false,
      checkContinue: false,
      checkBranch: [],
    };
    this.loops.push(loop);
    return loop;
  }

  // ---- what leaves a loop body

  private editDefer(x: CallStmt): Node {
    if (this.defers === null) {
      this.defers = this.variable('#defers', anyType, -1);
      const sig = new SignatureType(null, [], [], new TupleType([]), new TupleType([tmpVar(anyType)]), false);
      const fun = this.helper('deferrangefunc', sig);
      const call = this.make(Kind.CallExpr, -1, { a: fun });
      this.known.types.set(call.id, anyType);
      this.declareOuter(this.defers, call);
    }
    const stmt = copy(x, {});
    const token = this.use(this.defers);
    setPos(token, x.pos);
    deferTokens.set(stmt, typedNode<Name>(token));
    return stmt;
  }

  private editReturn(x: ReturnStmt): Node {
    const list: RawNode[] = [];
    if (x.results !== null) {
      this.results.forEach((v, i) => {
        if (v.name !== '' && v.name !== '_') return;
        const named = new VarObj(`#rv${i + 1}`, v.pkg ?? this.r.src.pkg, v.pos, v.type);
        named.varKind = VarKind.ResultVar;
        this.results[i] = named;
      });
      const lhs = this.results.map(v => this.use(v));
      list.push(this.make(Kind.AssignStmt, -1, { c: asExpr(this, lhs), b: x.results }));
    }
    for (const loop of this.loops) loop.checkRet = true;
    list.push(this.assign(this.next(), this.int(-1)));
    list.push(this.setState(this.loops.length - 1, State.Done, x.pos));
    list.push(this.ret(this.bool(false)));
    return this.blockAt(list, x.pos);
  }

  private editBranch(x: BranchStmt): Node {
    if (x.tok === Tok.Fallthrough) return x;
    const target = this.target(x);
    let i = this.loops.length - 1;
    if (x.label === null && this.loops[i].nfor !== target) return x;
    while (i >= 0 && this.loops[i].nfor !== target) i--;
    let exitFrom = i + 1;
    let next: number;
    if (x.tok === Tok.Goto || i < 0) {
      this.computeBranchNext();
      const nfor = this.loops[this.loops.length - 1].nfor;
      const label = x.label!.value;
      const loopOfLabel = this.labelLoop!.get(label) ?? null;
      if (nfor === loopOfLabel) return x;
      next = this.branchNext.get(`${x.tok} ${label}`) ?? 0;
      let k = this.loops.length - 1;
      while (k >= 0 && this.loops[k].nfor !== loopOfLabel) k--;
      exitFrom = k + 1;
      this.loops[exitFrom].checkBranch.push({ tok: x.tok, label });
      for (let j = exitFrom + 1; j < this.loops.length; j++) this.loops[j].checkRet = true;
    } else {
      if (exitFrom === this.loops.length) {
        const goOn = x.tok === Tok.Continue;
        const list = [
          this.setState(this.loops.length - 1, goOn ? State.Ready : State.Done, x.pos),
          this.ret(this.bool(goOn)),
        ];
        return this.blockAt(list, x.pos);
      }
      if (x.tok === Tok.Continue) this.loops[exitFrom].checkContinue = true;
      else {
        exitFrom = i;
        this.loops[exitFrom].checkBreak = true;
      }
      for (let j = exitFrom + 1; j < this.loops.length; j++) this.loops[j].checkBreak = true;
      next = perLoopStep * (i + 1);
      if (x.tok === Tok.Continue) next--;
    }
    const list = [
      this.assign(this.next(), this.int(next)),
      this.setState(this.loops.length - 1, State.Done, x.pos),
      this.ret(this.bool(false)),
    ];
    return this.blockAt(list, x.pos);
  }

  /** The statement that a branch leaves or goes on with. */
  private target(x: BranchStmt): Node | null {
    for (let i = this.targets.length - 1; i >= 0; i--) {
      const t = this.targets[i];
      if (x.label !== null ? t.label === x.label.value : x.tok === Tok.Break || t.stmt.kind === Kind.ForStmt) {
        return x.tok === Tok.Goto ? null : t.stmt;
      }
    }
    return null;
  }

  /** Labels are numbered in source order, those of function literals inside with them; of equal ones the last number counts. */
  private computeBranchNext(): void {
    if (this.labelLoop !== null) return;
    this.labelLoop = new Map();
    const labels: { name: Name; loop: ForStmt | null }[] = [];
    const stack: { node: RawNode | null; loop: ForStmt | null }[] = [{ node: rawNode(this.body), loop: null }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.node === null) continue;
      const n = typedNode<Node>(top.node);
      if (n.kind === Kind.LabeledStmt) labels.push({ name: n.label, loop: top.loop });
      const loop = n.kind === Kind.ForStmt && isRangeFunc(this.r, n) ? n : top.loop;
      const { a, b, c, d, list, list2 } = top.node;
      for (const node of [a, b, c, d, ...list, ...list2]) stack.push({ node, loop });
    }
    const { firstLabelCounts } = this.r.b.env.release;
    let used = -1;
    for (const { name, loop } of labels.sort((x, y) => x.name.pos - y.name.pos)) {
      used -= 3;
      if (!firstLabelCounts || !this.labelLoop.has(name.value)) this.labelLoop.set(name.value, loop);
      this.branchNext.set(`${Tok.Break} ${name.value}`, used);
      this.branchNext.set(`${Tok.Continue} ${name.value}`, used + 1);
      this.branchNext.set(`${Tok.Goto} ${name.value}`, used + 2);
    }
  }

  // ---- the loop

  private endLoop(loop: ForLoop, body: BlockStmt): void {
    const { nfor } = loop;
    const start = nfor.pos;
    const end = nfor.body.rbrace;
    const clause = nfor.init as RangeClause;
    const rfunc = coreSignature(this.r.typeOf(clause.x)!)!;
    const ftyp = coreSignature(rfunc.params.vars[0].type!)!;

    this.closures++;
    const lit = this.bodyFunc(loop, body.stmtList, unpackList(clause.lhs), clause.def, ftyp, start, end);
    const yieldVar = this.variable(`#yield${this.closures}`, this.known.types.get(lit.id)!, -1);
    const closure = this.declare(yieldVar, lit);
    setPos(closure, start);
    const callExpr = this.make(Kind.CallExpr, -1, { a: clause.x, list: [this.use(yieldVar)] });
    this.known.types.set(callExpr.id, new TupleType([]));
    const call = this.make(Kind.ExprStmt, -1, { a: callExpr });
    setPos(call, start);
    const checks = this.checks(loop, end);

    const list: RawNode[] = [];
    if (this.loops.length === 1 && this.outerDecls.length > 0) {
      const stmt = this.make(Kind.DeclStmt, -1, { list: this.outerDecls });
      setPos(stmt, start);
      list.push(stmt);
    }
    const stateDecl = this.declare(loop.state, this.int(State.Ready), start);
    setPos(stateDecl, start);
    list.push(stateDecl, closure, call);
    const cond = this.cond(Op.Eql, this.use(loop.state), this.int(State.Panic));
    const missing = this.make(Kind.IfStmt, -1, {
      b: cond,
      d: this.blockAt([this.panic(this.int(State.MissingPanic), start)], -1),
    });
    setPos(missing, end);
    list.push(missing, this.setState(this.loops.length - 1, State.Exhausted, end), ...checks);
    if (this.loops.length === 1) {
      this.outerDecls = [];
      this.nextVar = null;
      this.defers = null;
    }
    const block = this.make(Kind.BlockStmt, start, { list, aux: end });
    setPos(block, start);
    this.rewritten.set(nfor, typedNode<Node>(block));
  }

  private bodyFunc(
    loop: ForLoop,
    body: readonly Node[],
    lhs: readonly Expr[],
    def: boolean,
    ftyp: SignatureType,
    start: number,
    end: number,
  ): RawNode {
    const params: VarObj[] = [];
    const list: RawNode[] = [];
    ftyp.params.vars.forEach((p, i) => {
      const x = lhs[i];
      const declared = x !== undefined && def && x.kind === Kind.Name ? this.r.objOf(x) : null;
      if (declared !== null && declared.kind === ObjKind.Var) {
        params.push(declared);
        return;
      }
      if (x !== undefined && def && x.kind === Kind.Name) {
        params.push(this.variable('_', p.type!, x.pos));
        return;
      }
      const v = this.variable(`#p${1 + i}`, p.type!, start);
      params.push(v);
      if (x !== undefined) {
        const from = this.use(v);
        setPos(from, x.pos);
        list.push(this.make(Kind.AssignStmt, x.pos, { c: x, b: from }));
      }
    });
    const result = new VarObj('#r', null, { base: this.known.orig, off: start }, boolType);
    const sig = new SignatureType(null, [], [], new TupleType(params), new TupleType([result]), false);

    const tmp = this.variable('#tmpState', intType, -1);
    const head = [this.declare(tmp, this.use(loop.state)), this.setState(this.loops.length - 1, State.Panic, start)];
    const notReady = this.make(Kind.IfStmt, -1, {
      b: this.cond(Op.Neq, this.use(tmp), this.int(State.Ready)),
      d: this.blockAt([this.panic(this.use(tmp), start)], -1),
    });
    setPos(notReady, start);
    list.push(...head, notReady, ...rawNodes(body));
    list.push(this.setState(this.loops.length - 1, State.Ready, end));
    list.push(this.make(Kind.ReturnStmt, end, { a: this.bool(true) }));
    const block = this.make(Kind.BlockStmt, -1, { list, aux: end });
    const lit = this.make(Kind.FuncLit, -1, { d: block });
    this.known.types.set(lit.id, sig);
    this.known.bodies.add(lit.id);
    // The declaration of #tmpState stays without a position.
    lit.pos = start;
    block.pos = start;
    return lit;
  }

  private checks(loop: ForLoop, pos: number): RawNode[] {
    const list: RawNode[] = [];
    const did = new Set<string>();
    for (const br of loop.checkBranch) {
      const key = `${br.tok} ${br.label}`;
      if (did.has(key)) continue;
      did.add(key);
      const label = this.make(Kind.Name, -1, { text: br.label });
      const branch = this.make(Kind.BranchStmt, -1, { op: br.tok, a: label });
      list.push(this.ifNext(Op.Eql, this.branchNext.get(key)!, true, [branch]));
    }
    const cur = loop.depth - 1;
    const curIndex = cur - 1;
    if (this.loops.length === 1) {
      if (loop.checkRet) list.push(this.ifNext(Op.Eql, -1, false, [this.make(Kind.ReturnStmt, -1, {})]));
    } else {
      const leave = (state: State, result: boolean) => [
        this.setState(curIndex, state, -1),
        this.ret(this.bool(result)),
      ];
      if (loop.checkRet) list.push(this.ifNext(Op.Lss, 0, false, leave(State.Done, false)));
      const step = perLoopStep * cur;
      list.push(this.ifNext(Op.Gtr, step, false, [this.panic(this.int(State.Done), pos)]));
      if (loop.checkContinue) list.push(this.ifNext(Op.Eql, step - 1, true, leave(State.Ready, true)));
      if (loop.checkBreak) list.push(this.ifNext(Op.Eql, step, true, leave(State.Done, false)));
      if (loop.checkContinue || loop.checkBreak) list.push(this.ifNext(Op.Gtr, 0, false, leave(State.Done, false)));
    }
    for (const s of list) setPos(s, pos);
    return list;
  }

  private ifNext(op: Op, c: number, zero: boolean, thens: RawNode[]): RawNode {
    const list = zero ? [this.assign(this.next(), this.int(0)), ...thens] : thens;
    return this.make(Kind.IfStmt, -1, { b: this.cond(op, this.next(), this.int(c)), d: this.blockAt(list, -1) });
  }

  // ---- making nodes

  make(
    kind: Kind,
    pos: number,
    f: {
      op?: number;
      flags?: number;
      aux?: number;
      text?: string;
      a?: Node | RawNode | null;
      b?: Node | RawNode | null;
      c?: Node | RawNode | null;
      d?: Node | RawNode | null;
      list?: RawNode[];
    },
  ): RawNode {
    const u = this.unit;
    return new RawNode(
      kind,
      u.nodeCount++,
      u,
      pos,
      pos,
      pos,
      f.op ?? 0,
      f.flags ?? 0,
      f.aux ?? -1,
      f.text ?? '',
      (f.a ?? null) as RawNode | null,
      (f.b ?? null) as RawNode | null,
      (f.c ?? null) as RawNode | null,
      (f.d ?? null) as RawNode | null,
      f.list ?? [],
      [],
      null,
    );
  }

  private variable(name: string, type: Type, pos: number): VarObj {
    const at = pos < 0 ? null : { base: this.known.orig, off: pos };
    return new VarObj(name, this.r.src.pkg, at, type);
  }

  use(v: VarObj): RawNode {
    const n = this.make(Kind.Name, -1, { text: v.name });
    this.known.types.set(n.id, v.type!);
    this.known.objs.set(n.id, v);
    return n;
  }

  private helper(name: string, sig: SignatureType): RawNode {
    const n = this.make(Kind.Name, -1, { text: `runtime.${name}` });
    this.known.types.set(n.id, sig);
    this.known.helpers.set(n.id, name);
    return n;
  }

  private int(c: number): RawNode {
    const n = this.make(Kind.BasicLit, -1, { text: `${c}` });
    this.known.types.set(n.id, intType);
    this.known.values.set(n.id, { kind: ValueKind.Int, val: BigInt(c) });
    return n;
  }

  private bool(val: boolean): RawNode {
    const n = this.make(Kind.Name, -1, { text: `${val}` });
    this.known.types.set(n.id, boolType);
    this.known.values.set(n.id, { kind: ValueKind.Bool, val });
    return n;
  }

  private cond(op: Op, x: RawNode, y: RawNode): RawNode {
    const n = this.make(Kind.Operation, -1, { op, a: x, b: y });
    this.known.types.set(n.id, boolType);
    return n;
  }

  private assign(x: RawNode, y: RawNode): RawNode {
    return this.make(Kind.AssignStmt, -1, { c: x, b: y });
  }

  private setState(loop: number, state: State, pos: number): RawNode {
    const s = this.assign(this.use(this.loops[loop].state), this.int(state));
    setPos(s, pos);
    return s;
  }

  private ret(x: RawNode): RawNode {
    return this.make(Kind.ReturnStmt, -1, { a: x });
  }

  private blockAt(list: RawNode[], pos: number): Node & RawNode {
    const n = this.make(Kind.BlockStmt, -1, { list });
    setPos(n, pos);
    return n as Node & RawNode;
  }

  private panic(arg: RawNode, pos: number): RawNode {
    void pos;
    const sig = new SignatureType(null, [], [], new TupleType([tmpVar(intType)]), new TupleType([]), false);
    const call = this.make(Kind.CallExpr, -1, { a: this.helper('panicrangestate', sig), list: [arg] });
    this.known.types.set(call.id, new TupleType([]));
    return this.make(Kind.ExprStmt, -1, { a: call });
  }

  private next(): RawNode {
    if (this.nextVar === null) {
      this.nextVar = this.variable('#next', intType, -1);
      this.declareOuter(this.nextVar, null);
    }
    return this.use(this.nextVar);
  }

  private varDecl(v: VarObj, values: RawNode | null, pos: number): RawNode {
    const name = this.make(Kind.Name, pos, { text: v.name });
    this.known.types.set(name.id, v.type!);
    this.known.objs.set(name.id, v);
    this.known.defs.add(name.id);
    return this.make(Kind.VarDecl, -1, { list: [name], c: values, aux: 0 });
  }

  private declareOuter(v: VarObj, init: RawNode | null): void {
    this.outerDecls.push(this.varDecl(v, init, -1));
  }

  private declare(v: VarObj, init: RawNode, pos = -1): RawNode {
    return this.make(Kind.DeclStmt, -1, { list: [this.varDecl(v, init, pos)] });
  }
}

function tmpVar(type: Type): VarObj {
  return new VarObj('', null, null, type);
}

function asExpr(rw: Rewriter, list: RawNode[]): RawNode {
  return list.length === 1 ? list[0] : rw.make(Kind.ListExpr, -1, { list });
}

/** A copy of a node in the same unit with some of its parts replaced. */
function copy(node: Node, f: { c?: Node | null; d?: Node | null; list?: RawNode[] }): Node {
  const m = copyNode(rawNode(node));
  if (f.c !== undefined) m.c = rawNode(f.c);
  if (f.d !== undefined) m.d = rawNode(f.d);
  if (f.list !== undefined) m.list = f.list;
  return typedNode<Node>(m);
}

/** Gives nodes that have no position this one, not looking into those that have (rangefunc.setPos). */
function setPos(n: RawNode | null, pos: number): void {
  if (n === null || n.pos >= 0 || pos < 0) return;
  n.pos = pos;
  if (n.kind === Kind.BlockStmt && n.aux < 0) n.aux = pos;
  setPos(n.a, pos);
  setPos(n.b, pos);
  setPos(n.c, pos);
  setPos(n.d, pos);
  for (const k of n.list) setPos(k, pos);
}

/** `for … range f` with a function f (forRangeFunc). */
export function isRangeFunc(r: Reader, n: ForStmt): boolean {
  if (n.init === null || n.init.kind !== Kind.RangeClause) return false;
  const t = r.typeOf(n.init.x);
  return t !== null && coreSignature(t) !== null;
}
