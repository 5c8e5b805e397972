/**
 * Tags of callees, asked for only where the tags of the callers depend on them. Where a parameter goes depends on the
 * locations that it flows to, directly or through others, whether as value or by address; what an argument that none of
 * these reaches does is of no consequence to it. A literal that escapes loses its results (solve.ts), so that what
 * literals flow to counts as well.
 *
 * Of a parameter that is known to leak to the heap with d derefs, what it flows to with d or more is of no consequence
 * either: whatever comes of that is no shorter, and `optimize` leaves it out. So the graph is solved as far as it is
 * known, and only then the next callees are asked.
 */
import { Op } from '../ir/node.ts';
import { isClosure } from '../ir/scc.ts';
import { tagHoles } from './call.ts';
import { type Batch, type DeferredTag, flow, type Location, Attr } from './graph.ts';
import { walkAll } from './solve.ts';

/** Adds the flows of those arguments that matter to the tags of the batch's functions. */
export function resolveTags(b: Batch, deferred: readonly DeferredTag[]): void {
  const waiting = new Set(deferred);
  while (waiting.size > 0) {
    walkAll(b);
    const wanted = [...waiting].filter(({ loc }) => matters(loc));
    if (wanted.length === 0) return;
    const known = wanted.filter(({ fn }) => !fn.tagsPending);
    // what the first ones come to may leave nothing to be asked of the others
    for (const tag of known.length > 0 ? known : wanted.slice(0, Math.ceil(wanted.length / 8))) {
      waiting.delete(tag);
      for (const k of tagHoles(b, tag.ks, tag.fn, tag.param)) flow(b, k, tag.loc);
    }
  }
}

/** What becomes of what flows to the location can change the tag of a parameter of the batch. */
function matters(loc: Location): boolean {
  for (const [from, derefs] of reachedBy(loc)) {
    if (keepsResults(from)) return true;
    if (from.param && from.curfn !== null && !isClosure(from.curfn)) {
      const { heap } = from.paramEsc;
      if (isShorter(derefs, heap)) return true;
    }
  }
  return false;
}

/** A literal whose calls are all known as yet. */
export function keepsResults({ n }: Location): boolean {
  if (n === null || n.op !== Op.OCLOSURE) return false;
  const literal = n.func!;
  return isClosure(literal) && !literal.closureResultsLost;
}

/** What comes of a flow over so many derefs can be shorter than the known one to the heap. */
export function isShorter(derefs: number, heap: number): boolean {
  return heap < 0 || Math.max(derefs, 0) < heap;
}

/** Locations that flow to this one, and the least dereferences on the way (as walkOne counts them). Through what has
 * escaped nothing is followed: that counts as the heap. */
export function reachedBy(to: Location): Map<Location, number> {
  const found = new Map<Location, number>([[to, 0]]);
  const work = [to];
  for (let l = work.pop(); l !== undefined; l = work.pop()) {
    const base = Math.max(found.get(l)!, 0);
    for (const { src, derefs } of l.edges) {
      const d = base + derefs;
      const known = found.get(src);
      if (known !== undefined && known <= d) continue;
      found.set(src, d);
      if ((src.attrs & Attr.Escapes) === 0) work.push(src);
    }
  }
  return found;
}
