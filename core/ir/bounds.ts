/**
 * Indices into arrays and constant strings that cannot be out of range (cmd/compile walkIndex, bounded). gc says so while
 * it lowers functions to simpler code, in the order in which it visits expressions.
 */
import { ValueKind } from '../constant/value.ts';
import type { CompileEnv } from './env.ts';
import { MessageKind, message } from './message.ts';
import { Flag, type Func, type Node, Node as NodeOf, Op } from './node.ts';
import { isClosure } from './scc.ts';
import { elemOf, isArray, isInteger, isPointer, isUnsigned, under } from './typeinfo.ts';
import { TypeKind } from '../types/type.ts';
import { doChildren, visit } from './visit.ts';

/** Reports the elided checks of all functions: list order, capturing literals right after their parent, last first. */
export function boundsChecks(funcs: readonly Func[], env: CompileEnv): void {
  for (const fn of funcs) if (!isClosure(fn)) walkFunc(fn, env);
}

function walkFunc(fn: Func, env: CompileEnv): void {
  const literals = new Set<Func>();
  const copied = new Set<Node>();
  /** Evaluated before the statement that they are in. */
  const hoisted = new Set<Node>();
  const { race, msan, asan } = env.flags;
  const instrumenting = race || msan || asan;
  const walk = (n: Node): boolean => {
    if (hoisted.has(n)) return false;
    if (n.op === Op.OCLOSURE && isClosure(n.func!)) literals.add(n.func!);
    if (n.op === Op.OAPPEND) {
      // arguments are made safe to evaluate twice: of an index that is not, all that is left is a temporary
      for (const arg of n.list) if (arg.op === Op.OINDEX && !isSafe(arg.y!)) copied.add(arg);
    }
    if (isStatement(n.op)) {
      for (const s of n.init) walk(s);
      for (const x of operands(n)) hoist(x, hoisted, walk);
    }
    if (instrumenting && n.op === Op.OASOP) {
      // becomes x = x op y, so that x is seen twice
      const indices: Node[] = [];
      visit(n.x!, m => {
        if (m.op !== Op.OINDEX || (m.flags & Flag.Bounded) !== 0) return;
        indices.push(m);
        if (!isSafe(m.y!)) copied.add(m);
      });
      walk(n.x!);
      for (const index of indices) index.flags &= ~Flag.Bounded;
    }
    if (n.op === Op.OAS2) walkLists(n, walk);
    else doChildren(n, walk);
    if (n.op === Op.OINDEX) check(n, copied.has(n) ? new NodeOf(Op.ONONAME, n.y!.pos, n.y!.type) : n.y!, env);
    return false;
  };
  for (const stmt of fn.body) walk(stmt);
  for (const literal of [...literals].toReversed()) walkFunc(literal, env);
}

/** A statement, or a call, which may be one. */
function isStatement(op: Op): boolean {
  switch (op) {
    case Op.OAS:
    case Op.OASOP:
    case Op.OAS2:
    case Op.OAS2DOTTYPE:
    case Op.OAS2FUNC:
    case Op.OAS2MAPR:
    case Op.OAS2RECV:
    case Op.OIF:
    case Op.OFOR:
    case Op.OSWITCH:
    case Op.ORETURN:
    case Op.OSEND:
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
      return true;
    default:
      return false;
  }
}

/** The expressions of a statement that are evaluated when its turn comes. */
function operands(n: Node): Node[] {
  const out: Node[] = [];
  if (n.x !== null) out.push(n.x);
  if (n.op === Op.OIF || n.op === Op.OFOR || n.op === Op.OSWITCH) return out;
  if (n.y !== null) out.push(n.y);
  out.push(...n.list, ...n.list2);
  return out;
}

/** Calls and the like are taken out of the expression and evaluated before the rest of it (walk.orderState.expr). */
function hoist(n: Node, hoisted: Set<Node>, walk: (n: Node) => boolean): void {
  if (hoisted.has(n)) return;
  switch (n.op) {
    case Op.ONAME:
    case Op.OLITERAL:
    case Op.OCLOSURE:
      return;
    case Op.OANDAND:
    case Op.OOROR:
      for (const side of [n.x!, n.y!]) {
        hoist(side, hoisted, walk);
        walk(side);
      }
      hoisted.add(n);
      return;
    case Op.OINLCALL:
      for (const s of [...n.init, ...n.body]) walk(s);
      for (const s of n.body) hoisted.add(s);
      return;
  }
  for (const s of n.init) walk(s);
  doChildren(n, child => {
    if (!n.init.includes(child)) hoist(child, hoisted, walk);
    return false;
  });
  switch (n.op) {
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
    case Op.OCAP:
    case Op.OCOMPLEX:
    case Op.OCOPY:
    case Op.OIMAG:
    case Op.OLEN:
    case Op.OMAKECHAN:
    case Op.OMAKEMAP:
    case Op.OMAKESLICE:
    case Op.OMAX:
    case Op.OMIN:
    case Op.ONEW:
    case Op.OREAL:
    case Op.ORECOVER:
    case Op.OSTR2BYTES:
    case Op.OSTR2RUNES:
    case Op.OAPPEND:
    case Op.OSLICE:
    case Op.OSLICEARR:
    case Op.OSLICESTR:
    case Op.OSLICE3:
    case Op.OSLICE3ARR:
    case Op.ORECV:
      walk(n);
      hoisted.add(n);
  }
}

/** `a, b = x, y` is taken apart: its first left side, then all right sides, then the other left sides. */
function walkLists(n: Node, walk: (n: Node) => boolean): void {
  for (const s of n.init) walk(s);
  if (n.list.length > 0) walk(n.list[0]);
  for (const rhs of n.list2) walk(rhs);
  for (let i = 1; i < n.list.length; i++) walk(n.list[i]);
}

/** Needs no copy to be evaluated twice (walk.safeExpr). */
function isSafe(n: Node): boolean {
  switch (n.op) {
    case Op.ONAME:
    case Op.OLITERAL:
    case Op.ONIL:
      return true;
    case Op.OLEN:
    case Op.OCAP:
    case Op.ODOT:
    case Op.ODOTPTR:
    case Op.ODEREF:
      return isSafe(n.x!);
    case Op.OINDEX:
    case Op.OINDEXMAP:
      return isSafe(n.x!) && isSafe(n.y!);
    default:
      return false;
  }
}

function check(n: Node, index: Node, env: CompileEnv): void {
  if ((n.flags & Flag.Bounded) !== 0) return;
  const limit = lengthOf(n.x!);
  if (limit < 0 || !bounded(index, limit, env)) return;
  n.flags |= Flag.Bounded;
  if (index.op === Op.OLITERAL) return;
  env.report(message(MessageKind.BoundsCheckElided, n.op, n.pos));
}

/** Length of an array, of what a pointer to one points to, or of a constant string; -1 for all else. */
function lengthOf(x: Node): number {
  if (x.type === null) return -1;
  const type = isPointer(x.type) ? elemOf(x.type) : x.type;
  if (isArray(type)) {
    const array = under(type);
    return array.kind === TypeKind.Array ? array.len : -1;
  }
  if (x.op === Op.OLITERAL && x.val?.kind === ValueKind.String) return x.val.bytes.length;
  return -1;
}

/** Whether 0 ≤ n < max follows from the form of the expression and its type alone. */
function bounded(n: Node, max: number, env: CompileEnv): boolean {
  if (n.type === null || !isInteger(n.type)) return false;
  const signed = !isUnsigned(n.type);
  let bits = 8 * env.sizes.sizeof(n.type);
  const constant = smallInt(n);
  if (constant !== null) return constant >= 0 && constant < max;
  const right = n.y === null ? null : smallInt(n.y);
  switch (n.op) {
    case Op.OAND:
    case Op.OANDNOT: {
      const left = smallInt(n.x!);
      let mask = -1;
      if (left !== null) mask = left;
      else if (right !== null) {
        mask = right;
        if (n.op === Op.OANDNOT) {
          mask = -right - 1;
          if (!signed && bits < 53) mask = ((mask % 2 ** bits) + 2 ** bits) % 2 ** bits;
          else if (!signed) mask = Number.POSITIVE_INFINITY;
        }
      }
      if (mask >= 0 && mask < max) return true;
      break;
    }
    case Op.OMOD:
      if (!signed && right !== null && right >= 0 && right <= max) return true;
      break;
    case Op.ODIV:
      if (!signed && right !== null) {
        for (let v = right; bits > 0 && v >= 2; v = Math.floor(v / 2)) bits--;
      }
      break;
    case Op.ORSH:
      if (!signed && right !== null) {
        if (right > bits) return true;
        bits -= right;
      }
      break;
  }
  return !signed && bits <= 62 && 2 ** bits <= max;
}

/** The value of a constant that fits 32 bits (ir.IsSmallIntConst), else null. */
function smallInt(n: Node): number | null {
  const v = n.op === Op.OLITERAL ? n.val : null;
  if (v === null || v.kind !== ValueKind.Int || v.val < -0x80000000n || v.val > 0x7fffffffn) return null;
  return Number(v.val);
}
