/**
 * Escape analysis (cmd/compile/internal/escape).
 *
 * The problem. A variable or an allocating expression may live in its function's frame only if (1) no pointer to it is
 * stored in the heap, and (2) no pointer to it outlives it: not past the return of its function, and not past the
 * iteration of the loop that declares it. Everything else is allocated on the heap. What is decided must be what gc
 * decides, to the line.
 *
 * The model. Every variable and every allocating expression of a batch is a *location*; every assignment is an edge
 * between two locations, weighted with its *derefs*: dereferences minus address-taking, never below -1.
 *
 *     p = &q  -1     p = q  0     p = *q  1     p = **&**&q  2
 *
 * Fields and elements are not told apart (`x.f = u[0]` is `x = *u`), order of execution is not regarded, and calls are
 * assignments to parameters and from results. An expression is evaluated into a *hole*: the location that its value
 * flows to and the derefs on the way. The heap, the mutator (memory written through a pointer) and the callee
 * (functions called without knowing which) are locations of their own; the blank one swallows what is discarded.
 *
 * Then, from every location as root, shortest paths over incoming edges (`solve.ts`) tell what flows to it. Where the
 * address of `l` (derefs -1) reaches a root that outlives it, `l` escapes: from then on its address counts as held by
 * the heap, and every location it was reached from is looked at again, until nothing changes. Where a parameter's value
 * reaches the heap or a result, that is the parameter's *leak*: the shortest derefs to each form its *tag*, all that
 * callers need to know (`leaks.ts`).
 *
 * A batch is a strongly connected component of the call graph, callees first. Calls inside it are edges between the
 * functions' own variables; calls out of it use tags.
 *
 * Invariants. Locations are in creation order, which is gc's order of reporting: the declared variables of all
 * functions of the batch, then expressions as they are walked. Every subexpression is walked exactly once, also where
 * its value is not needed, since it may contain locations. Sound because the graph only ever over-approximates: a flow
 * that may happen is an edge.
 *
 * Files: as gc's `graph` (locations, holes, edges), `expr`, `assign`, `stmt`, `call`, `solve`, `leaks`; gc's escape.go is
 * `batch`, `closure` (flowClosure), `literals` (rewriteWithLiterals) and `report` (finish, paramTag), its utils.go
 * `selfassign` and `size` (HeapAllocReason); `explain` makes the flows of -m=2 out of paths. Ours are `deferred`, which
 * asks for callees' tags only where they matter, `alone`, which finds a single parameter's tag without the functions
 * around it, and `frame`, which finds frames that the back end would refuse.
 */
import { canonical, type ReassignOracle } from '../ir/static-value.ts';
import type { CompileEnv } from '../ir/env.ts';
import { type Func, type Leaks, type Name, type Node, Class, Op } from '../ir/node.ts';
import type { Type } from '../types/type.ts';
import { isDirectIface, isInterface } from '../ir/typeinfo.ts';
import { reportEscape } from './explain.ts';
import { noLeaks } from './leaks.ts';

export const enum Attr {
  /** Must be allocated on the heap. */
  Escapes = 1,
  /** Its address outlives the statement: its storage cannot be used again at once. */
  Persists = 2,
  /** Memory that it points to may be written: a string must not be shared as a []byte. */
  Mutates = 4,
  /** A closure that it holds may be called without its results being tracked. */
  Calls = 8,
}

/** A variable, an allocating expression, or a temporary (`n` null). */
export class Location {
  readonly edges: Edge[] = [];
  /** From 1 for results, their place in the result list; 0 for all others. */
  resultIndex = 0;
  // of the walk in progress: shortest derefs to its root, and the edge that they came by
  derefs = 0;
  walkgen = 0;
  dst: Location | null = null;
  dstEdge = 0;
  queuedWalkAll = false;
  queuedWalkOne = 0;
  attrs = 0;
  /** Of a parameter: where it flows to. */
  paramEsc: Leaks;
  captured = false;
  reassigned = false;
  addrtaken = false;
  readonly param: boolean;
  paramOut: boolean;
  constructor(
    readonly n: Node | null,
    /** Null for the four pseudo-locations. */
    readonly curfn: Func | null,
    public loopDepth: number,
  ) {
    const cls = n !== null && n.op === Op.ONAME ? (n as Name).cls : -1;
    this.param = cls === Class.PPARAM;
    this.paramOut = cls === Class.PPARAMOUT;
    this.paramEsc = this.param ? noLeaks() : unused;
  }
}

const unused: Leaks = noLeaks();

/** Assignment from `src`, dereferenced `derefs` times (-1: its address), to the location that has the edge. */
export interface Edge {
  readonly src: Location;
  readonly derefs: number;
  readonly notes: Note | null;
}

/** Why an edge is there: expressions and their roles, innermost first. */
export interface Note {
  readonly next: Note | null;
  readonly where: Node;
  readonly why: string;
}

/** Where the value of an expression goes. */
export class Hole {
  constructor(
    readonly dst: Location,
    readonly derefs: number,
    readonly notes: Note | null,
    /** The address of the expression is taken here, whether or not it is stored anywhere. */
    readonly addrtaken: boolean,
  ) {}
}

/** A captured literal and the hole that stands for storing into its closure record. */
export interface PendingClosure {
  readonly k: Hole;
  readonly clo: Node;
}

/** What is known of the variables of the outermost functions, shared by the batches of a package. */
export type Oracles = Map<Func, ReassignOracle>;

/** An argument flows to the location, and from there where the tag of the parameter says. */
export interface DeferredTag {
  loc: Location;
  /** Holes of the call's results. */
  ks: Hole[] | null;
  fn: Func;
  /** The parameter, receiver first. */
  param: number;
}

/** State of one batch. */
export class Batch {
  readonly allLocs: Location[] = [];
  closures: PendingClosure[] = [];
  readonly heapLoc = new Location(null, null, 0);
  readonly mutatorLoc = new Location(null, null, 0);
  readonly calleeLoc = new Location(null, null, 0);
  readonly blankLoc = new Location(null, null, 0);
  readonly heapHole = new Hole(this.heapLoc, 0, null, false);
  readonly mutatorHole = new Hole(this.mutatorLoc, 0, null, false);
  readonly calleeHole = new Hole(this.calleeLoc, 0, null, false);
  readonly discardHole = new Hole(this.blankLoc, 0, null, false);
  /** Functions outside of the batch whose tags were asked for. */
  readonly callees = new Set<Func>();
  /** Arguments whose parameters' tags are asked for at the end, and only where that matters; null: at once. */
  deferred: DeferredTag[] | null = null;
  /** Only one parameter's tag is asked for (alone.ts). */
  alone = false;
  /** Walks so far (solve.ts). */
  walks = 0;
  /** What takes back the changes to the functions, last one first. */
  readonly undo: (() => void)[] = [];
  /** Notes are kept and flows explained (-m=2). */
  readonly explain: boolean;
  constructor(
    readonly env: CompileEnv,
    readonly oracles: Oracles,
  ) {
    this.explain = env.flags.m >= 2;
    this.heapLoc.attrs = Attr.Escapes | Attr.Persists | Attr.Mutates | Attr.Calls;
    this.mutatorLoc.attrs = Attr.Mutates;
    this.calleeLoc.attrs = Attr.Calls;
  }
}

/** Takes back the temporary that was made last in the function. */
export function dropTemp(fn: Func, tmp: Name): void {
  if (fn.dcl[fn.dcl.length - 1] === tmp) fn.dcl.pop();
}

export const enum EscFunc {
  Unknown,
  Planned,
  Started,
  Tagged,
}

export const enum LabelState {
  Looping,
  Nonlooping,
}

/** State of walking one function of a batch (gc's escape). */
export class Walker {
  labels: Map<string, LabelState> | null = null;
  /** 1 in the body, more inside loops. */
  loopDepth = 1;
  constructor(
    readonly b: Batch,
    readonly curfn: Func,
  ) {}
}

/** What stores into the location (location.asHole). */
export function asHole(loc: Location): Hole {
  return new Hole(loc, 0, null, false);
}

/** The hole with a reason added, when reasons are kept (hole.note). */
export function note(b: Batch, k: Hole, where: Node, why: string): Hole {
  return b.explain ? new Hole(k.dst, k.derefs, { next: k.notes, where, why }, k.addrtaken) : k;
}

/** The hole with so many more dereferences of what flows into it, -1 for its address (hole.shift). Throws below -1. */
export function shift(k: Hole, delta: number): Hole {
  const derefs = k.derefs + delta;
  if (derefs < -1) throw new Error(`derefs underflow: ${derefs}`);
  return new Hole(k.dst, derefs, k.notes, delta < 0);
}

/** The hole for a pointer whose target flows into `k` (hole.deref). */
export function deref(b: Batch, k: Hole, where: Node, why: string): Hole {
  return note(b, shift(k, 1), where, why);
}

/** The hole for a variable whose address flows into `k` (hole.addr). */
export function addrOf(b: Batch, k: Hole, where: Node, why: string): Hole {
  return note(b, shift(k, -1), where, why);
}

/** A value taken out of an interface: behind a pointer unless it is an interface or pointer-shaped (hole.dotType). */
export function dotType(b: Batch, k: Hole, t: Type, where: Node, why: string): Hole {
  return note(b, isInterface(t) || isDirectIface(t, b.env.release) ? k : shift(k, 1), where, why);
}

/** Records that `src` flows into `k` (batch.flow). The address of a location in the heap makes it escape at once. */
export function flow(b: Batch, k: Hole, src: Location): void {
  if (k.addrtaken) src.addrtaken = true;
  const dst = k.dst;
  if (dst === b.blankLoc) return;
  if (dst === src && k.derefs >= 0) return;
  if ((dst.attrs & Attr.Escapes) !== 0 && k.derefs < 0) {
    if (b.explain) reportEscape(b, src, dst, k.derefs, k.notes);
    src.attrs |= Attr.Escapes | Attr.Persists | Attr.Mutates | Attr.Calls;
    return;
  }
  dst.edges.push({ src, derefs: k.derefs, notes: k.notes });
}

/** Location of a variable (batch.oldLoc). Throws when it has none: those in their function's list all have. */
export function oldLoc(b: Batch, n: Name): Location {
  const name = canonical(n);
  const loc = b.allLocs[name.loc];
  if (loc === undefined || loc.n !== name) throw new Error(`${name.sym?.name} has no location`);
  return loc;
}

/** A new location at the present loop depth, for what `n` is or allocates; persistent ones outlive the statement
 * (escape.newLoc). */
export function newLoc(e: Walker, n: Node | null, persists: boolean): Location {
  const loc = new Location(n, e.curfn, e.loopDepth);
  if (persists) loc.attrs |= Attr.Persists;
  if (n !== null) n.loc = e.b.allLocs.length;
  e.b.allLocs.push(loc);
  return loc;
}

/** A hole that flows to all of `ks`, none of which takes an address. */
export function teeHole(e: Walker, ks: Hole[]): Hole {
  if (ks.length === 0) return e.b.discardHole;
  if (ks.length === 1) return ks[0];
  const loc = newLoc(e, null, false);
  for (const k of ks) {
    if (k.derefs < 0) throw new Error('teeHole: negative derefs');
    flow(e.b, k, loc);
  }
  return asHole(loc);
}

/** A hole that flows to `k`, but some time later: temporaries must be kept until then. */
export function later(e: Walker, k: Hole): Hole {
  const loc = newLoc(e, null, true);
  flow(e.b, k, loc);
  return asHole(loc);
}

/** A location for the storage that `n` allocates; its address flows to `k`, and the hole stores into it. */
export function spill(e: Walker, k: Hole, n: Node): Hole {
  const loc = newLoc(e, n, false);
  flow(e.b, addrOf(e.b, k, n, 'spill'), loc);
  return asHole(loc);
}
