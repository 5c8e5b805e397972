/** The order in which package variables are initialised (spec "Package initialization"; types2 initorder). */
import type { Checker, DeclInfo } from './checker.ts';
import { error, newError } from './errors.ts';
import { type Obj, ObjKind } from './object.ts';

interface GraphNode {
  obj: Obj;
  pred: Set<GraphNode>;
  succ: Set<GraphNode>;
  index: number;
  ndeps: number;
}

/** Fills info.initOrder; reports initialisation cycles. */
export function initOrder(c: Checker): void {
  c.info.initOrder.length = 0;
  const pq = dependencyGraph(c.objMap);
  for (let i = (pq.length >> 1) - 1; i >= 0; i--) down(pq, i);
  const emitted = new Set<DeclInfo>();
  while (pq.length > 0) {
    const n = popHeap(pq);
    if (n.ndeps > 0) {
      // All that is left depends on something: a cycle, unless it is one of functions alone.
      const cycle = findPath(c.objMap, n.obj, n.obj, new Set());
      if (cycle !== null) reportCycle(c, cycle);
    }
    for (const p of n.pred) {
      p.ndeps--;
      fix(pq, p.index);
    }
    const v = n.obj;
    if (v.kind !== ObjKind.Var) continue;
    const decl = c.objMap.get(v)!;
    if (decl.init === null || emitted.has(decl)) continue;
    emitted.add(decl);
    c.info.initOrder.push({ lhs: decl.lhs ?? [v], rhs: decl.init });
  }
}

/** A path of dependencies, last object first, or null. */
function findPath(objMap: Map<Obj, DeclInfo>, from: Obj, to: Obj, seen: Set<Obj>): Obj[] | null {
  if (seen.has(from)) return null;
  seen.add(from);
  const deps = [...objMap.get(from)!.deps].sort((a, b) => a.order - b.order);
  for (const d of deps) {
    if (d === to) return [d];
    const path = findPath(objMap, d, to, seen);
    if (path !== null) {
      path.push(d);
      return path;
    }
  }
  return null;
}

function reportCycle(c: Checker, cycle: readonly Obj[]): void {
  let obj = cycle[0];
  if (cycle.length === 1) {
    error(c, obj, `initialization cycle: ${obj.name} refers to itself`);
    return;
  }
  const err = newError(c);
  err.addf(obj, `initialization cycle for ${obj.name}`);
  for (let j = cycle.length - 1; j >= 0; j--) {
    const next = cycle[j];
    err.addf(obj, `${obj.name} refers to ${next.name}`);
    obj = next;
  }
  err.report();
}

/** Dependencies among constants and variables, those through functions made direct. */
function dependencyGraph(objMap: Map<Obj, DeclInfo>): GraphNode[] {
  const nodes = new Map<Obj, GraphNode>();
  for (const obj of objMap.keys()) {
    if (obj.kind === ObjKind.Const || obj.kind === ObjKind.Var || obj.kind === ObjKind.Func)
      nodes.set(obj, { obj, pred: new Set(), succ: new Set(), index: 0, ndeps: 0 });
  }
  for (const [obj, n] of nodes) {
    for (const d of objMap.get(obj)!.deps) {
      const m = nodes.get(d);
      if (m === undefined) continue;
      n.succ.add(m);
      m.pred.add(n);
    }
  }
  const vars: GraphNode[] = [];
  const funcs: GraphNode[] = [];
  for (const n of nodes.values()) (n.obj.kind === ObjKind.Func ? funcs : vars).push(n);
  // Functions with few connections first: that keeps the number of edges small.
  funcs.sort((a, b) => a.pred.size * a.succ.size - b.pred.size * b.succ.size);
  for (const n of funcs) {
    for (const p of n.pred) {
      if (p === n) continue;
      for (const s of n.succ) {
        if (s === n) continue;
        p.succ.add(s);
        s.pred.add(p);
      }
      p.succ.delete(n);
    }
    for (const s of n.succ) s.pred.delete(n);
  }
  for (let i = 0; i < vars.length; i++) {
    vars[i].index = i;
    vars[i].ndeps = vars[i].succ.size;
  }
  return vars;
}

/** Constants first, then by number of dependencies, then in source order. */
function less(x: GraphNode, y: GraphNode): boolean {
  const xConst = x.obj.kind === ObjKind.Const;
  if (xConst !== (y.obj.kind === ObjKind.Const)) return xConst;
  return x.ndeps < y.ndeps || (x.ndeps === y.ndeps && x.obj.order < y.obj.order);
}

function swap(a: GraphNode[], i: number, j: number): void {
  const x = a[i];
  a[i] = a[j];
  a[j] = x;
  a[i].index = i;
  x.index = j;
}

function down(a: GraphNode[], i0: number): boolean {
  let i = i0;
  for (;;) {
    let j = 2 * i + 1;
    if (j >= a.length) break;
    if (j + 1 < a.length && less(a[j + 1], a[j])) j++;
    if (!less(a[j], a[i])) break;
    swap(a, i, j);
    i = j;
  }
  return i > i0;
}

function up(a: GraphNode[], j: number): void {
  while (j > 0) {
    const i = (j - 1) >> 1;
    if (!less(a[j], a[i])) break;
    swap(a, i, j);
    j = i;
  }
}

/** Restores the order after a node's number of dependencies has changed; -1 stands for a node no longer in the heap. */
function fix(a: GraphNode[], i: number): void {
  if (i >= 0 && !down(a, i)) up(a, i);
}

function popHeap(a: GraphNode[]): GraphNode {
  swap(a, 0, a.length - 1);
  const n = a.pop()!;
  n.index = -1;
  if (a.length > 0) down(a, 0);
  return n;
}
