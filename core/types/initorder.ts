/** The order in which package variables are initialised (spec "Package initialization"; types2 initorder.go). */
import type { Checker, DeclInfo } from './checker.ts';
import { error, newError } from './errors.ts';
import { type ConstObj, type FuncObj, type Obj, ObjKind, type VarObj } from './object.ts';

/** What can be depended on. */
type Dependency = ConstObj | VarObj | FuncObj;

interface GraphNode {
  obj: Dependency;
  /** Those that depend on the node, and those it depends on. */
  pred: Set<GraphNode>;
  succ: Set<GraphNode>;
  /** Place in the heap. */
  index: number;
  /** Dependencies that are still to be initialised. */
  ndeps: number;
}

function asDependency(obj: Obj): Dependency | null {
  return obj.kind === ObjKind.Const || obj.kind === ObjKind.Var || obj.kind === ObjKind.Func ? obj : null;
}

/** Computes `info.initOrder`; reports initialisation cycles. */
export function initOrder(c: Checker): void {
  c.info.initOrder = [];
  const pq = dependencyGraph(c.objMap);
  for (let i = (pq.length >> 1) - 1; i >= 0; i--) down(pq, i);
  const emitted = new Set<DeclInfo>();
  while (pq.length > 0) {
    const n = pop(pq);
    // Dependencies that are left are part of a cycle, which may also be one of functions only, which is fine.
    if (n.ndeps > 0) {
      const cycle = findPath(c.objMap, n.obj, n.obj, new Set());
      if (cycle !== null) reportCycle(c, cycle);
    }
    for (const p of n.pred) {
      p.ndeps--;
      if (p.index >= 0 && !down(pq, p.index)) up(pq, p.index);
    }
    if (n.obj.kind !== ObjKind.Var) continue;
    const info = c.objMap.get(n.obj);
    // A variable without an initial value is initialised with the zero value.
    if (info === undefined || info.init === null || emitted.has(info)) continue;
    emitted.add(info);
    c.info.initOrder.push({ lhs: info.lhs ?? [n.obj], rhs: info.init });
  }
}

/** A path of dependencies from one object to another, last first; null when there is none. */
function findPath(objMap: Map<Obj, DeclInfo>, from: Obj, to: Obj, seen: Set<Obj>): Obj[] | null {
  if (seen.has(from)) return null;
  seen.add(from);
  const deps = [...(objMap.get(from)?.deps ?? [])].sort((a, b) => a.order - b.order);
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

function reportCycle(c: Checker, cycle: Obj[]): void {
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

/** The graph of dependencies among variables and constants: functions are replaced by what they depend on. */
function dependencyGraph(objMap: Map<Obj, DeclInfo>): GraphNode[] {
  const nodes = new Map<Obj, GraphNode>();
  for (const obj of objMap.keys()) {
    const dep = asDependency(obj);
    if (dep !== null) nodes.set(obj, { obj: dep, pred: new Set(), succ: new Set(), index: -1, ndeps: 0 });
  }
  for (const [obj, n] of nodes) {
    for (const d of objMap.get(obj)!.deps) {
      const to = nodes.get(d);
      if (to === undefined) continue;
      n.succ.add(to);
      to.pred.add(n);
    }
  }
  const graph: GraphNode[] = [];
  const funcs: GraphNode[] = [];
  for (const n of nodes.values()) (n.obj.kind === ObjKind.Func ? funcs : graph).push(n);

  // Cheap ones first keeps the number of edges down.
  const cost = new Map(funcs.map(n => [n, n.pred.size * n.succ.size]));
  funcs.sort((a, b) => cost.get(a)! - cost.get(b)!);
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
  graph.forEach((n, i) => {
    n.index = i;
    n.ndeps = n.succ.size;
  });
  return graph;
}

// ---- a heap that knows where its nodes are

/** Constants come first, then those with fewest dependencies, then source order. */
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
  a[j].index = j;
}

function up(a: GraphNode[], i: number): void {
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!less(a[i], a[parent])) return;
    swap(a, i, parent);
    i = parent;
  }
}

function down(a: GraphNode[], start: number): boolean {
  let i = start;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= a.length) break;
    if (child + 1 < a.length && less(a[child + 1], a[child])) child++;
    if (!less(a[child], a[i])) break;
    swap(a, i, child);
    i = child;
  }
  return i > start;
}

function pop(a: GraphNode[]): GraphNode {
  swap(a, 0, a.length - 1);
  const n = a.pop()!;
  n.index = -1;
  if (a.length > 0) down(a, 0);
  return n;
}
