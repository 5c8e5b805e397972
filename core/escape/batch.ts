/** From a package's functions to what is said of them: batches in bottom-up order (escape.Funcs, Batch). */
import type { CompileEnv } from '../ir/env.ts';
import { type Func, type Node, Op } from '../ir/node.ts';
import { isClosure, visitFuncsBottomUp } from '../ir/scc.ts';
import { canonical } from '../ir/static-value.ts';
import { visitList } from '../ir/visit.ts';
import { results } from './call.ts';
import { flowClosure } from './closure.ts';
import { resolveTags } from './deferred.ts';
import { Batch, EscFunc, LabelState, Walker, addrOf, flow, newLoc, oldLoc, type Oracles } from './graph.ts';
import { rewriteWithLiterals } from './literals.ts';
import { finish } from './report.ts';
import { heapAllocReason } from './size.ts';
import { walkAll } from './solve.ts';
import { block } from './stmt.ts';

/** Analyses all functions, a batch between two yields: afterwards they have their tags, and all lines are reported. */
export function* escapeFuncs(all: readonly Func[], env: CompileEnv): Generator<void, void> {
  const batches: Func[][] = [];
  visitFuncsBottomUp(all, list => {
    batches.push([...list]);
  });
  const oracles: Oracles = new Map();
  for (const fns of batches) {
    escapeBatch(fns, oracles, env);
    yield;
  }
}

/**
 * One batch of mutually recursive functions and the literals in them. `tagsOnly`: nobody asks for more than the tags of
 * the functions; then those of their callees are not asked for where they do not matter.
 */
export function escapeBatch(fns: readonly Func[], oracles: Oracles, env: CompileEnv, tagsOnly = false): Batch {
  const b = new Batch(env, oracles);
  if (tagsOnly) b.deferred = [];
  build(b, fns);
  try {
    if (b.deferred !== null) resolveTags(b, b.deferred);
  } catch (error) {
    discardBatch(b, fns);
    throw error;
  }
  walkAll(b);
  finish(b, fns);
  return b;
}

/** Makes the functions what they were before the batch. */
export function discardBatch(b: Batch, fns: readonly Func[]): void {
  for (const { n } of b.allLocs) if (n !== null) n.loc = -1;
  for (const f of fns) f.esc = EscFunc.Unknown;
  undoBatch(b.undo);
}

/** Adds the functions to the batch, with all edges that are known before the tags of others are asked for. */
export function build(b: Batch, fns: readonly Func[]): void {
  const { env } = b;
  const from = b.allLocs.length;
  for (const fn of fns) initFunc(b, fn);
  for (const fn of fns) if (!isClosure(fn)) walkFunc(b, fn);

  // all assignments and address-takings have been seen: how variables are captured can be decided
  for (const { k, clo } of b.closures) flowClosure(b, k, clo);
  b.closures = [];

  for (let i = from; i < b.allLocs.length; i++) {
    const loc = b.allLocs[i];
    if (loc.n === null || loc.curfn === null) continue;
    rewriteWithLiterals(b, loc.n, loc.curfn);
    const why = heapAllocReason(loc.n, env);
    if (why !== '') flow(b, addrOf(b, b.heapHole, loc.n, why), loc);
  }
}

/** Makes the functions of a batch what they were before it was analysed. */
export function undoBatch(undo: (() => void)[]): void {
  for (let i = undo.length - 1; i >= 0; i--) undo[i]();
  undo.length = 0;
}

function initFunc(b: Batch, fn: Func): void {
  const e = new Walker(b, fn);
  fn.esc = EscFunc.Planned;
  fn.closureResultsLost = false;
  for (const n of fn.dcl) newLoc(e, n, true);
  // the receiver of a method value's wrapper is a closure variable without a closure
  if (fn.oclosure === null) for (const n of fn.closureVars) newLoc(e, canonical(n), true);
  const list = results(fn);
  for (let i = 0; i < list.length; i++) oldLoc(b, list[i]).resultIndex = 1 + i;
}

/** Builds the edges of one function's body (batch.walkFunc). */
export function walkFunc(b: Batch, fn: Func): void {
  const e = new Walker(b, fn);
  fn.esc = EscFunc.Started;
  if (fn.hasLabels) findLabels(e, fn.body);
  block(e, fn.body);
}

/** Labels that a later goto jumps back to are looping. */
function findLabels(e: Walker, body: readonly Node[]): void {
  visitList(body, n => {
    if (n.op === Op.OLABEL && n.label !== '_') {
      e.labels ??= new Map();
      e.labels.set(n.label, LabelState.Nonlooping);
    } else if (n.op === Op.OGOTO && e.labels?.get(n.label) === LabelState.Nonlooping) {
      // the label came first: the goto goes back
      e.labels.set(n.label, LabelState.Looping);
    }
  });
}
