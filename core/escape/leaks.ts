/** Where a parameter flows to, and its encoding in export data (escape/leaks.go). */
import type { Leaks } from '../ir/node.ts';

/** Results that a tag has room for; flows to later ones count as flows to the heap. */
export const numEscResults = 5;
/** What the byte of a tag can hold. */
const maxDerefs = 254;

/** No flow anywhere. */
export function noLeaks(): Leaks {
  return { heap: -1, mutator: -1, callee: -1, results: [-1, -1, -1, -1, -1] };
}

/** Shorter of a known and a new number of derefs; -1 stands for none. */
function shorter(old: number, derefs: number): number {
  return old < 0 || derefs < old ? Math.min(derefs, maxDerefs) : old;
}

export function addHeap(l: Leaks, derefs: number): void {
  l.heap = shorter(l.heap, derefs);
}
export function addMutator(l: Leaks, derefs: number): void {
  l.mutator = shorter(l.mutator, derefs);
}
export function addCallee(l: Leaks, derefs: number): void {
  l.callee = shorter(l.callee, derefs);
}
export function addResult(l: Leaks, i: number, derefs: number): void {
  l.results[i] = shorter(l.results[i], derefs);
}

/** Forgets flows that are no shorter than the one to the heap (leaks.Optimize). */
export function optimize(l: Leaks): void {
  if (l.heap < 0) return;
  if (l.mutator >= l.heap) l.mutator = -1;
  if (l.callee >= l.heap) l.callee = -1;
  for (let i = 0; i < numEscResults; i++) if (l.results[i] >= l.heap) l.results[i] = -1;
}

/** The tag as a function's summary has it: null for a direct leak to the heap (leaks.Encode). */
export function encode(l: Leaks): Leaks | null {
  return l.heap === 0 ? null : l;
}

/** The flows that a tag stands for (parseLeaks); without a tag the parameter leaks to the heap. */
export function decode(tag: Leaks | null | undefined): Leaks {
  if (tag !== null && tag !== undefined) return tag;
  const l = noLeaks();
  l.heap = 0;
  return l;
}
