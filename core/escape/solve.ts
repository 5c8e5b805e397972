/** Shortest paths from every location, until nothing changes (escape/solve.go). */
import { type Func, Op } from '../ir/node.ts';
import { inMutualBatch, results } from './call.ts';
import { reportEscapePath, reportLeakPath } from './explain.ts';
import { type Batch, type Location, Attr, oldLoc } from './graph.ts';
import { addCallee, addHeap, addMutator, addResult, numEscResults } from './leaks.ts';

const allAttrs = Attr.Escapes | Attr.Persists | Attr.Mutates | Attr.Calls;

/** Locations to be walked from: what escapes comes first, the rest in turn. A ring that grows. */
class Queue {
  private locs: Location[];
  private head = 0;
  private count = 0;
  private mask: number;
  constructor(capacity: number) {
    let size = 16;
    while (size < capacity) size *= 2;
    this.locs = new Array(size);
    this.mask = size - 1;
  }
  get length(): number {
    return this.count;
  }
  pushFront(loc: Location): void {
    if (this.count > this.mask) this.grow();
    this.head = (this.head - 1) & this.mask;
    this.locs[this.head] = loc;
    this.count++;
  }
  pushBack(loc: Location): void {
    if (this.count > this.mask) this.grow();
    this.locs[(this.head + this.count) & this.mask] = loc;
    this.count++;
  }
  popFront(): Location {
    const loc = this.locs[this.head];
    this.head = (this.head + 1) & this.mask;
    this.count--;
    return loc;
  }
  private grow(): void {
    const locs = new Array<Location>((this.mask + 1) * 2);
    for (let i = 0; i < this.count; i++) locs[i] = this.locs[(this.head + i) & this.mask];
    this.locs = locs;
    this.mask = locs.length - 1;
    this.head = 0;
  }
}

/** Walks from every location, and again from those that come to escape or to persist (batch.walkAll). When edges have
 * been added it can be done again: nothing that was found becomes untrue. */
export function walkAll(b: Batch): void {
  const todo = new Queue(b.allLocs.length + 3);
  const enqueue = (loc: Location): void => {
    if (loc.queuedWalkAll) return;
    loc.queuedWalkAll = true;
    if ((loc.attrs & Attr.Escapes) !== 0) todo.pushFront(loc);
    else todo.pushBack(loc);
  };
  for (const loc of b.allLocs) {
    todo.pushFront(loc);
    loc.queuedWalkAll = true;
  }
  for (const loc of [b.mutatorLoc, b.calleeLoc, b.heapLoc]) {
    todo.pushFront(loc);
    loc.queuedWalkAll = true;
  }
  const work: Location[] = [];
  while (todo.length > 0) {
    const root = todo.popFront();
    root.queuedWalkAll = false;
    walkOne(b, root, ++b.walks, enqueue, work);
  }
}

/** Least dereferences from `root` to all locations that flow to it, Bellman-Ford (batch.walkOne). */
function walkOne(b: Batch, root: Location, walkgen: number, enqueue: (loc: Location) => void, todo: Location[]): void {
  root.walkgen = walkgen;
  root.derefs = 0;
  root.dst = null;

  if ((root.attrs & Attr.Calls) !== 0 && root.n !== null && root.n.op === Op.OCLOSURE) {
    const fn = root.n.func!;
    if (inMutualBatch(fn.nname) && !fn.closureResultsLost) {
      fn.closureResultsLost = true;
      for (const result of results(fn)) enqueue(oldLoc(b, result));
    }
  }

  todo.length = 0;
  todo.push(root);
  for (let head = 0; head < todo.length; head++) {
    const l = todo[head];
    l.queuedWalkOne = 0;
    let derefs = l.derefs;
    let newAttrs = 0;
    if (derefs < 0) {
      // l's address flows to root; what flows to l's value does so without its address
      derefs = 0;
      if (outlives(b, root, l)) {
        if (b.explain && (l.attrs & Attr.Escapes) === 0) reportEscapePath(b, root, l);
        newAttrs |= allAttrs;
      } else newAttrs |= root.attrs & Attr.Persists;
    }
    if (derefs === 0) newAttrs |= root.attrs & (Attr.Mutates | Attr.Calls);

    if (l.param) {
      if (outlives(b, root, l)) {
        if (b.explain && (l.attrs & Attr.Escapes) === 0) reportLeakPath(b, root, l, derefs);
        leakTo(l, root, derefs);
      }
      if ((root.attrs & Attr.Mutates) !== 0) addMutator(l.paramEsc, derefs);
      if ((root.attrs & Attr.Calls) !== 0) addCallee(l.paramEsc, derefs);
    }

    if ((newAttrs & ~l.attrs) !== 0) {
      l.attrs |= newAttrs;
      enqueue(l);
      if ((l.attrs & Attr.Escapes) !== 0) continue;
    }

    const { edges } = l;
    for (let i = 0; i < edges.length; i++) {
      const { src } = edges[i];
      if ((src.attrs & Attr.Escapes) !== 0) continue;
      const d = derefs + edges[i].derefs;
      if (src.walkgen === walkgen && src.derefs <= d) continue;
      src.walkgen = walkgen;
      src.derefs = d;
      src.dst = l;
      src.dstEdge = i;
      if (src.queuedWalkOne !== walkgen) {
        src.queuedWalkOne = walkgen;
        todo.push(src);
      }
    }
  }
}

/** Records that parameter `l` flows to `sink` (location.leakTo): to a result of its function, or to the heap. */
function leakTo(l: Location, sink: Location, derefs: number): void {
  if ((sink.attrs & Attr.Escapes) === 0 && sink.paramOut && sink.curfn === l.curfn) {
    const i = sink.resultIndex - 1;
    if (i < numEscResults) {
      addResult(l.paramEsc, i, derefs);
      return;
    }
  }
  addHeap(l.paramEsc, derefs);
}

/** `c` is a literal somewhere inside `f` (ir.ContainsClosure). */
function containsClosure(f: Func | null, c: Func | null): boolean {
  if (f === null || c === null || f === c || c.oclosure === null) return false;
  for (let p = c.closureParent; p !== null; p = p.closureParent) if (p === f) return true;
  return false;
}

/** Whether what is stored in `l` may be used after the lifetime of `other`'s storage on the stack (batch.outlives). */
function outlives(b: Batch, l: Location, other: Location): boolean {
  if ((l.attrs & Attr.Escapes) !== 0) return true;
  if (l === b.mutatorLoc || l === b.calleeLoc) return false;
  if (l.paramOut) {
    // a literal all of whose calls are known may return what lives in the functions around it
    return !(containsClosure(other.curfn, l.curfn) && !l.curfn!.closureResultsLost);
  }
  if (l.curfn === other.curfn && l.loopDepth < other.loopDepth) return true;
  return containsClosure(l.curfn, other.curfn);
}
