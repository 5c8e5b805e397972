/** What is kept of a package that is edited (live.ts): its families, what is known of each function, and whether that still holds. */
import type { Batch } from '../escape/graph.ts';
import type { Message } from '../ir/message.ts';
import type { Func, Inline, Leaks } from '../ir/node.ts';
import type { Unit } from '../syntax/ast.ts';

/** What a function's calls may depend on: another function, and what it was like. */
export interface Seen {
  fn: Func;
  key: number;
}

/** A function with its literals. */
export interface Family {
  readonly root: Func;
  /** Its declaration, of functions that are not generic; null for all others. */
  readonly unit: Unit | null;
  /** Changes with the declaration. */
  version: number;
  /** There are errors in it: nothing is known of it. */
  withheld: boolean;
  /** As built, in this round. */
  fresh: boolean;
  /** As built, and what came with expansions. */
  built: Func[];
  expanded: Func[];
  /** Functions of other families that are mentioned in the bodies as built. */
  outside: Func[];
  callees: Seen[];
  /** Types, instances and dictionaries that were asked for. */
  asked: Set<object>;
  /** Said while building, expanding, and in the end. */
  said: Message[][];
}

/** What is known of one function. */
export interface State {
  readonly fn: Func;
  /** Null for what is only mentioned, such as instances that nothing but expanded calls need. */
  readonly family: Family | null;
  /** Functions mentioned: in the body as built, with calls resolved, and at last. */
  built: readonly Func[];
  resolved: readonly Func[];
  final: readonly Func[];
  /** `inlChecked` as built: some functions are never costed. */
  readonly exempt: boolean;
  cost: Cost | null;
  batch: KeptBatch | null;
}

/** What costing a function came to. */
export interface Cost {
  /** Keys of the family's `outside` at its turn. */
  seen: number[];
  inl: Inline | null;
  checked: boolean;
  reason: string;
  said: Message[];
}

export interface KeptBatch {
  /** What escape analysis changed (Batch.undo). */
  undo: Batch['undo'];
  fns: readonly Func[];
  tags: { fn: Func; tags: readonly (Leaks | null)[] }[];
  said: Message[];
}

export function newState(fn: Func, family: Family | null): State {
  const { inlChecked: exempt } = fn;
  return { fn, family, built: [], resolved: [], final: [], exempt, cost: null, batch: null };
}

/** Its functions, and those that came with expansions. */
export const functionsOf = (family: Family): Func[] => [...family.built, ...family.expanded];

/** The function that the literal is in; the function itself when it is none. */
export function rootOf(fn: Func): Func {
  while (fn.closureParent !== null) fn = fn.closureParent;
  return fn;
}

/** What callers see of a function's cost. */
export function inlineKey(fn: Func): number {
  return fn.inl === null ? -1 : fn.inl.cost * 2 + (fn.inl.canDelayResults ? 1 : 0);
}

export function sameKeys(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

export function sameTags(a: readonly (Leaks | null)[], b: readonly (Leaks | null)[]): boolean {
  return a.length === b.length && a.every((x, i) => sameLeaks(x, b[i]));
}

function sameLeaks(a: Leaks | null, b: Leaks | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.heap !== b.heap || a.mutator !== b.mutator || a.callee !== b.callee) return false;
  return a.results.every((x, i) => x === b.results[i]);
}
