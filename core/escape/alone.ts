/**
 * The tag of one parameter of a function that may be in a circle, found without the rest of the circle.
 *
 * Where the parameter goes is told by the bodies that it comes into: of the function, and of those that it is handed to.
 * That other functions of the circle call these too adds flows into them, not out of them: what flows together with the
 * parameter has no say in where it ends. Only what is returned goes on to all callers of the circle, whoever these are,
 * and then nothing is said here, unless it is on the heap already, over no more derefs. So it does not matter either
 * whether a function that joins the batch is in the circle: into its parameters and out to the heap it is as far over
 * its tag.
 */
import type { CompileEnv } from '../ir/env.ts';
import type { Func, Leaks } from '../ir/node.ts';
import { isClosure } from '../ir/scc.ts';
import { hasPointers } from '../ir/typeinfo.ts';
import { build, discardBatch } from './batch.ts';
import { params, results, tagHoles } from './call.ts';
import { isShorter, keepsResults, reachedBy } from './deferred.ts';
import { asHole, Batch, type DeferredTag, flow, type Location, oldLoc, type Oracles } from './graph.ts';
import { paramTag } from './report.ts';
import { walkAll } from './solve.ts';

/** Which functions belong together. */
export interface Circle {
  /** The function may be in a circle at all. */
  readonly exists: boolean;
  /** The function with its literals if it may be in the same circle; null: its tags are asked for. Undefined: nothing can
   * be told of it. */
  join(fn: Func): readonly Func[] | null | undefined;
}

/** The tag of the function's parameter, receiver first; undefined where it depends on the whole circle. `family`: the
 * function with its literals. */
export function tagAlone(
  fn: Func,
  family: readonly Func[],
  param: number,
  circle: Circle,
  oracles: Oracles,
  env: CompileEnv,
): Leaks | null | undefined {
  const b = new Batch(env, oracles);
  b.deferred = [];
  b.alone = true;
  const joined = new Set<Func>();
  try {
    join(b, joined, withCaptures(fn, family));
    const loc = oldLoc(b, params(fn)[param]);
    const certain = follow(b, loc, circle, joined);
    if (loc.paramEsc.heap !== 0 && !certain) return undefined;
    for (const f of joined) {
      // a literal with captures is only called from here
      if (isClosure(f) || (f === fn && !circle.exists)) continue;
      for (const result of results(f)) {
        const derefs = reachedBy(oldLoc(b, result)).get(loc);
        if (derefs !== undefined && isShorter(derefs, loc.paramEsc.heap)) return undefined;
      }
    }
    return paramTag(b, fn, params(fn)[param]);
  } finally {
    discardBatch(b, [...joined]);
  }
}

/** Adds all flows that matter to the parameter; false when some of them cannot be told. */
function follow(b: Batch, param: Location, circle: Circle, joined: Set<Func>): boolean {
  let certain = true;
  /** Those that took a look at the whole function. */
  const hard: DeferredTag[] = [];
  const answer = (tag: DeferredTag): void => {
    for (const k of tagHoles(b, tag.ks, tag.fn, tag.param)) flow(b, k, tag.loc);
  };
  const done = new Set<DeferredTag>();
  for (;;) {
    walkAll(b);
    if (param.paramEsc.heap === 0) return true;
    const next = b.deferred!.find(tag => !done.has(tag) && matters(tag.loc, param));
    if (next === undefined) {
      const last = hard.find(tag => matters(tag.loc, param));
      if (last === undefined) return certain;
      hard.splice(hard.indexOf(last), 1);
      answer(last);
      continue;
    }
    done.add(next);
    const { fn } = next;
    if (joined.has(fn)) {
      into(b, next);
      continue;
    }
    if (fn.closureParent !== null && !fn.tagsPending) {
      join(b, joined, [fn]);
      into(b, next);
      continue;
    }
    if (!fn.tagsPending) {
      answer(next);
      continue;
    }
    const members = circle.join(fn);
    if (members === undefined) certain = false;
    else if (members !== null) {
      join(b, joined, withCaptures(fn, members));
      into(b, next);
    } else if (fn.demand!.tag(fn, next.param) === undefined && fn.tagsPending) hard.push(next);
    else answer(next);
  }
}

function join(b: Batch, joined: Set<Func>, fns: readonly Func[]): void {
  const first = joined.size === 0;
  for (const fn of fns) joined.add(fn);
  build(b, fns);
  if (first) return;
  // outside of a circle they are their callers' business, where it can be told that nothing comes there
  for (const fn of fns) if (!isClosure(fn)) for (const result of results(fn)) oldLoc(b, result).paramOut = false;
}

/** The argument of a function that came into the batch later. */
function into(b: Batch, { loc, fn, param }: DeferredTag): void {
  const name = params(fn)[param];
  if (name !== undefined && hasPointers(name.type!)) flow(b, asHole(oldLoc(b, name)), loc);
}

/** What becomes of what flows to the location can change the parameter's tag. */
function matters(loc: Location, param: Location): boolean {
  const reached = reachedBy(loc);
  const derefs = reached.get(param);
  if (derefs !== undefined && isShorter(derefs, param.paramEsc.heap)) return true;
  for (const from of reached.keys()) if (keepsResults(from)) return true;
  return false;
}

function withCaptures(fn: Func, family: readonly Func[]): Func[] {
  return family.filter(f => f === fn || isClosure(f));
}
