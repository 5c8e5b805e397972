/**
 * Tags of callees, asked for only where the tags of the callers depend on them. Where a parameter goes depends on the
 * locations that it flows to, directly or through others, whether as value or by address; what an argument that none of
 * these reaches does is of no consequence to it. A literal that escapes loses its results (solve.ts), so that what
 * literals flow to counts as well.
 */
import { Op } from '../ir/node.ts';
import { isClosure } from '../ir/scc.ts';
import { tagHoles } from './call.ts';
import { type Batch, type DeferredTag, flow, type Location } from './graph.ts';

/** Adds the flows of those arguments that parameters of the batch's functions, or literals, reach. */
export function resolveTags(b: Batch, deferred: readonly DeferredTag[]): void {
  let waiting = deferred;
  while (waiting.length > 0) {
    const reached = reachable(b);
    const wanted = waiting.filter(({ loc }) => reached.has(loc));
    if (wanted.length === 0) return;
    waiting = waiting.filter(({ loc }) => !reached.has(loc));
    for (const { loc, ks, fn, param } of wanted) for (const k of tagHoles(b, ks, fn, param)) flow(b, k, loc);
  }
}

/** Locations to which something flows from a parameter of a function that is no literal, or from a literal. */
function reachable(b: Batch): Set<Location> {
  const flowsTo = new Map<Location, Location[]>();
  const reached = new Set<Location>();
  for (const loc of b.allLocs) {
    if ((loc.param && loc.curfn !== null && !isClosure(loc.curfn)) || loc.n?.op === Op.OCLOSURE) reached.add(loc);
    for (const { src } of loc.edges) {
      const list = flowsTo.get(src);
      if (list === undefined) flowsTo.set(src, [loc]);
      else list.push(loc);
    }
  }
  for (const loc of reached) for (const to of flowsTo.get(loc) ?? []) reached.add(to);
  return reached;
}
