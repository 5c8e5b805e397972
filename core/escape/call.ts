/** Calls, built-in ones included, and go and defer (escape/call.go). */
import { type Func, type Name, type Node, Class, Flag, Op } from '../ir/node.ts';
import { staticCalleeName, staticValue } from '../ir/static-value.ts';
import { tempAt } from '../ir/names.ts';
import { elemOf, hasPointers, isShape, isSlice, isString, isUintptr, isUnsafePointer, under } from '../ir/typeinfo.ts';
import { Pragma } from '../syntax/ast.ts';
import { type Type, TypeKind } from '../types/type.ts';
import { addr } from './assign.ts';
import { discard, discards, expr } from './expr.ts';
import {
  type Batch,
  type Hole,
  type Walker,
  EscFunc,
  asHole,
  deref,
  dropTemp,
  flow,
  later,
  newLoc,
  note,
  oldLoc,
  shift,
  spill,
  teeHole,
} from './graph.ts';
import { decode, numEscResults } from './leaks.ts';
import { oracleOf } from './literals.ts';
import { stmts } from './stmt.ts';

/** Variables of receiver and parameters, in order: they lead the function's list. */
export function params(fn: Func): Name[] {
  return fn.dcl.slice(0, paramCount(fn));
}

/** Result variables, in order. */
export function results(fn: Func): Name[] {
  const from = paramCount(fn);
  let to = from;
  while (to < fn.dcl.length && fn.dcl[to].cls === Class.PPARAMOUT) to++;
  return fn.dcl.slice(from, to);
}

function paramCount(fn: Func): number {
  let count = 0;
  while (count < fn.dcl.length && fn.dcl[count].cls === Class.PPARAM) count++;
  return count;
}

/** Evaluates the call `n`; `ks` are the holes of its results, null when they are not used (escape.call). */
export function call(e: Walker, ks: Hole[] | null, n: Node): void {
  const b = e.b;
  switch (n.op) {
    case Op.OTAILCALL:
      return funcCall(e, ks, n.x!);
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
    case Op.OCALLMETH:
      return funcCall(e, ks, n);

    case Op.OINLCALL: {
      stmts(e, n.body);
      for (let i = 0; i < n.list.length; i++) expr(e, ks === null ? b.discardHole : ks[i], n.list[i]);
      return;
    }

    case Op.OAPPEND: {
      // the appended-to slice may be the result, or its elements may be moved to a new backing store in the heap
      const k = ks === null ? b.discardHole : ks[0];
      const elem = elemOf(n.list[0].type!);
      let appendeeK = teeHole(e, [k, b.mutatorHole]);
      if (hasPointers(elem)) appendeeK = teeHole(e, [appendeeK, deref(b, b.heapHole, n, 'appendee slice')]);
      argument(e, appendeeK, n.list[0], n);
      if ((n.flags & Flag.IsDDD) !== 0) {
        const spread = n.list[1];
        let appendedK = b.discardHole;
        if (isSlice(spread.type!) && hasPointers(elemOf(spread.type!)))
          appendedK = deref(b, b.heapHole, n, 'appended slice...');
        argument(e, appendedK, spread, n);
      } else {
        for (let i = 1; i < n.list.length; i++) argument(e, b.heapHole, n.list[i], n);
      }
      // walk can tell whether the store may be reused, so it counts as outside of all loops
      spill(e, k, n).dst.loopDepth = 0;
      return;
    }

    case Op.OCOPY: {
      argument(e, b.mutatorHole, n.x!, n);
      const from = n.y!.type!;
      const copiedK =
        isSlice(from) && hasPointers(elemOf(from)) ? deref(b, b.heapHole, n, 'copied slice') : b.discardHole;
      return argument(e, copiedK, n.y!, n);
    }
    case Op.OPANIC:
      return argument(e, b.heapHole, n.x!, n);
    case Op.OCOMPLEX:
      discard(e, n.x);
      return discard(e, n.y);
    case Op.ODELETE:
    case Op.OPRINT:
    case Op.OPRINTLN:
    case Op.ORECOVER:
      return discards(e, n.list);
    case Op.OMIN:
    case Op.OMAX:
      for (const arg of n.list) argument(e, ks === null ? b.discardHole : ks[0], arg, n);
      return;
    case Op.OLEN:
    case Op.OCAP:
    case Op.OREAL:
    case Op.OIMAG:
    case Op.OCLOSE:
      return discard(e, n.x);
    case Op.OCLEAR:
      return argument(e, b.mutatorHole, n.x!, n);
    case Op.OUNSAFESTRINGDATA:
    case Op.OUNSAFESLICEDATA:
      return argument(e, ks === null ? b.discardHole : ks[0], n.x!, n);
    case Op.OUNSAFEADD:
    case Op.OUNSAFESLICE:
    case Op.OUNSAFESTRING:
      argument(e, ks === null ? b.discardHole : ks[0], n.x!, n);
      return discard(e, n.y);
    default:
      throw new Error(`unexpected call op: ${n.op}`);
  }
}

function argument(e: Walker, k: Hole, arg: Node, n: Node): void {
  expr(e, note(e.b, k, n, 'call parameter'), arg);
}

/** A call of a function, a function value or an interface's method. */
function funcCall(e: Walker, ks: Hole[] | null, n: Node): void {
  const b = e.b;
  const direct = n.op === Op.OCALLFUNC;
  const fns = direct ? callees(e, n.x!) : [];

  if (ks !== null) {
    for (const fn of fns) {
      if (!inMutualBatch(fn)) continue;
      const list = results(fn.fn!);
      for (let i = 0; i < list.length; i++) expr(e, ks[i], list[i]);
    }
  }

  if (!direct) {
    argument(e, b.heapHole, n.x!.x!, n);
  } else {
    let calleeK = b.discardHole;
    if (fns.length === 0 && ks !== null) {
      // the results go somewhere, and a closure may be what is called: its results cannot be followed
      for (const k of ks) {
        if (k.dst === b.blankLoc) continue;
        calleeK = note(b, b.calleeHole, n, 'callee operand');
        break;
      }
    }
    expr(e, calleeK, n.x);
  }

  const keptAlive = (n.flags & Flag.KeepAlive) !== 0;
  const escapeNonString = fns.length !== 1 ? null : escapeNonStringHole(e, fns[0], n);
  for (let i = 0; i < n.list.length; i++) {
    const arg = n.list[i];
    if (keptAlive) argument(e, b.discardHole, arg, n);
    else if (escapeNonString !== null) argument(e, escapeNonString, arg, n);
    else {
      rewriteArgument(e, arg, n, fns);
      const known = fns.some(fn => fn.fn?.tagsPending === true) && holdsNothing(arg, b.env.flags.m > 0);
      const holes = known ? [] : fns.map(fn => tagHole(e, ks, fn, i));
      argument(e, fns.length === 0 ? b.heapHole : known ? b.discardHole : teeHole(e, holes), arg, n);
    }
  }
}

/** The functions that may be called, where all are known: one, or those that are assigned to a variable. */
function callees(e: Walker, fun: Node): Name[] {
  if (!e.b.env.release.assignedCallees) {
    const fn = staticCalleeName(staticValue(fun));
    return fn === null ? [] : [fn];
  }
  const oracle = oracleOf(e.b, e.curfn);
  const v = oracle.staticValue(fun);
  const fn = staticCalleeName(v);
  if (fn !== null) return [fn];
  const fns: Name[] = [];
  for (const as of v.op === Op.ONAME ? (oracle.funcAssignments(v as Name) ?? []) : []) {
    const callee = as.y === null ? null : staticCalleeName(as.y);
    if (callee === null || ((callee.fn?.pragma ?? 0) & (Pragma.UintptrKeepAlive | Pragma.UintptrEscapes)) !== 0)
      return [];
    fns.push(callee);
  }
  return fns;
}

/**
 * Nothing flows from the argument, whatever its parameter's tag says; or, where nobody asks whether it goes to the heap
 * itself, nothing but a string made here.
 */
function holdsNothing(arg: Node, asked: boolean): boolean {
  if (!asked && arg.op === Op.OADDSTR) return true;
  return arg.op === Op.OLITERAL || arg.op === Op.ONIL || (arg.type !== null && !hasPointers(arg.type));
}

/** internal/abi.EscapeNonString sends its argument to the heap if that holds pointers other than those of strings. */
function escapeNonStringHole(e: Walker, fn: Name, n: Node): Hole | null {
  const sym = fn.sym!;
  if (sym.pkg?.path !== 'internal/abi' || !sym.name.startsWith('EscapeNonString[')) return null;
  const type = n.list.length === 2 ? n.list[1].type : null;
  if (type === null || !isShape(type)) return null;
  return hasNonStringPointers(type) ? e.b.heapHole : e.b.discardHole;
}

function hasNonStringPointers(t: Type): boolean {
  if (!hasPointers(t) || isString(t)) return false;
  const u = under(t);
  if (u.kind === TypeKind.Struct) return u.fields.some(f => hasNonStringPointers(f.type!));
  if (u.kind === TypeKind.Array) return hasNonStringPointers(u.elem);
  return true;
}

/** True while the function's variables are in the graph being built (batch.inMutualBatch). */
export function inMutualBatch(fn: Name): boolean {
  const f = fn.fn;
  return f !== null && !f.imported && f.esc > EscFunc.Unknown && f.esc < EscFunc.Tagged;
}

/** Hole of an argument for parameter `i` (receiver first) of the function; fn null: not known (escape.tagHole). */
export function tagHole(e: Walker, ks: Hole[] | null, fn: Name | null, i: number): Hole {
  const b = e.b;
  if (fn === null || fn.fn === null) return b.heapHole;
  if (inMutualBatch(fn)) {
    const param = params(fn.fn)[i];
    return param === undefined ? b.discardHole : addr(e, param);
  }
  if (b.deferred !== null && (fn.fn.tagsPending || (b.alone && fn.fn.closureParent !== null))) {
    const loc = newLoc(e, null, false);
    b.deferred.push({ loc, ks, fn: fn.fn, param: i });
    return asHole(loc);
  }
  return teeHole(e, tagHoles(b, ks, fn.fn, i));
}

/** Where the parameter's tag says that it goes. */
export function tagHoles(b: Batch, ks: Hole[] | null, fn: Func, i: number): Hole[] {
  b.callees.add(fn);
  const tagKs: Hole[] = [];
  const esc = decode(fn.tag(i));
  if (esc.heap >= 0) tagKs.push(shift(b.heapHole, esc.heap));
  if (esc.mutator >= 0) tagKs.push(shift(b.mutatorHole, esc.mutator));
  if (esc.callee >= 0) tagKs.push(shift(b.calleeHole, esc.callee));
  if (ks !== null)
    for (let r = 0; r < numEscResults; r++) if (esc.results[r] >= 0) tagKs.push(shift(ks[r], esc.results[r]));
  return tagKs;
}

/** go and defer: the call has neither arguments nor results by now (escape.goDeferStmt). */
export function goDeferStmt(e: Walker, n: Node): void {
  let k = e.b.heapHole;
  // a defer outside of loops keeps its closure only until the function returns
  if (n.op === Op.ODEFER && e.loopDepth === 1 && n.y === null) k = later(e, e.b.discardHole);
  expr(e, k, n.x!.x);
}

/** Keeps pointers converted to uintptr alive in the arguments of functions that take them (escape.rewriteArgument). */
function rewriteArgument(e: Walker, arg: Node, n: Node, fns: readonly Name[]): void {
  let pragma = 0;
  for (const fn of fns) pragma |= fn.fn?.pragma ?? 0;
  if ((pragma & (Pragma.UintptrKeepAlive | Pragma.UintptrEscapes)) === 0) return;
  if (arg.op === Op.OSLICELIT) {
    for (const elem of arg.list) unsafeUintptr(e, elem.op === Op.OKEY ? elem.y! : elem, n, pragma);
  } else unsafeUintptr(e, arg, n, pragma);
}

function unsafeUintptr(e: Walker, conv: Node, n: Node, pragma: number): void {
  const b = e.b;
  if (conv.op !== Op.OCONVNOP) return;
  if (!isUnsafePointer(conv.x!.type!) || !isUintptr(conv.type!)) return;
  const { x } = conv;
  const { init } = n;
  const tmp = copyExpr(e, conv, n);
  conv.x = tmp;
  const { undo } = b;
  const { curfn } = e;
  undo.push(() => {
    conv.x = x;
    n.init = init;
    dropTemp(curfn, tmp);
  });
  let k = b.mutatorHole;
  if ((pragma & Pragma.UintptrEscapes) !== 0) k = note(b, b.heapHole, conv, '//go:uintptrescapes');
  flow(b, k, oldLoc(b, tmp));
  if ((pragma & Pragma.UintptrKeepAlive) !== 0) tmp.addrtaken = true;
}

/** Moves the operand of `conv` into a temporary that is set before the call `n` (escape.copyExpr). */
function copyExpr(e: Walker, conv: Node, n: Node): Name {
  const x = conv.x!;
  const pos = hasUniquePos(x) ? x.pos : conv.pos;
  const { tmp, stmts: list } = tempAt(pos, e.curfn, x);
  n.init = [...n.init, ...list];
  newLoc(e, tmp, true);
  stmts(e, list);
  return tmp;
}

function hasUniquePos(n: Node): boolean {
  if (n.op === Op.ONAME) return false;
  if ((n.op === Op.OLITERAL || n.op === Op.ONIL || n.op === Op.OTYPE) && n.sym !== null) return false;
  return n.pos !== null;
}
