/**
 * What the next build would build again, and why: the model of the go command's own `-n` run, which computes keys and
 * asks the cache but builds nothing.
 *
 * The honest part is early cutoff. A package that imports one which is to be built has a key that depends on an output
 * which does not exist yet; in a dry run that import's line holds the prerequisite's own key. Such a package is rebuilt
 * only if the output comes out different, which nobody can know beforehand: it "depends on the output of" that package.
 */
import type { ActionGraph } from './graph.ts';
import { type CacheKey, compareKeys, type InputChange, inputOf } from './keys.ts';

export interface Prediction {
  package: string;
  /**
   * `rebuilt`: an input of its own changed. `absent`: its key is that of the last build, but the cache has no entry.
   * `depends`: rebuilt if the output of what it imports comes out different. `unproved`: it is not in the cache, and
   * there is no record of an earlier build to compare with.
   */
  verdict: 'rebuilt' | 'absent' | 'depends' | 'unproved';
  changes: InputChange[];
  /** For `depends`: the packages to be built whose output decides, the imports themselves. */
  on: string[];
  /** For `depends`: the packages at the start of those chains, which are built for a reason of their own. */
  roots: string[];
}

export interface Forecast {
  packages: Prediction[];
  /** Packages whose output is in the cache. */
  kept: number;
  /** Programs that are linked; the cache does not hold links. */
  links: string[];
}

/** Reads a dry run's graph and keys against those of the last build; `before` is null when there is no record. */
export function forecast(dry: ActionGraph, keys: readonly CacheKey[], before: readonly CacheKey[] | null): Forecast {
  const now = new Map(keys.map(k => [k.name, k]));
  const was = before === null ? null : new Map(before.map(k => [k.name, k]));
  const todo = new Map<string, string>();
  let kept = 0;
  const links: string[] = [];
  for (const a of dry.actions) {
    if (a.mode === 'link') links.push(a.package);
    if (a.mode !== 'build' || a.actionId === '') continue;
    if (a.buildId !== '') kept++;
    else todo.set(a.package, a.actionId);
  }
  const packages: Prediction[] = [];
  for (const path of todo.keys()) {
    const key = now.get(`build ${path}`);
    const old = was?.get(`build ${path}`);
    const p: Prediction = { package: path, verdict: 'unproved', changes: [], on: [], roots: [] };
    packages.push(p);
    if (!key) continue;
    for (const line of key.lines) {
      const i = inputOf(line);
      const built = i.kind === 'import' ? todo.get(i.name) : undefined;
      if (built !== undefined && i.value === built) p.on.push(i.name);
    }
    if (old) {
      const pending = new Set(p.on);
      p.changes = compareKeys(old, key).filter(
        c => c.kind !== 'import' || !pending.has(c.name) || c.before === null || c.after === null,
      );
      if (p.changes.length > 0) p.verdict = 'rebuilt';
      else if (p.on.length > 0) p.verdict = 'depends';
      else p.verdict = 'absent';
    } else if (was !== null && p.on.length > 0) p.verdict = 'depends';
  }
  // The start of each chain: what is built whatever comes out of others.
  const byPath = new Map(packages.map(p => [p.package, p]));
  for (const p of packages) {
    if (p.verdict !== 'depends') continue;
    const seen = new Set<string>(p.on);
    for (const path of seen) {
      const q = byPath.get(path);
      if (!q) continue;
      if (q.verdict === 'depends') for (const x of q.on) seen.add(x);
      else p.roots.push(path);
    }
  }
  return { packages, kept, links };
}

export interface Surprise {
  package: string;
  expected: 'rebuilt' | 'kept';
  happened: 'rebuilt' | 'kept';
}

/** Where a build did other than was said for certain; what depended on an output can do either. */
export function checkForecast(f: Forecast, built: ActionGraph): Surprise[] {
  const said = new Map(f.packages.map(p => [p.package, p.verdict]));
  const out: Surprise[] = [];
  for (const a of built.actions) {
    if (a.mode !== 'build' || (a.verdict !== 'run' && a.verdict !== 'cached')) continue;
    const verdict = said.get(a.package);
    if (verdict === 'depends') continue;
    const happened = a.verdict === 'run' ? 'rebuilt' : 'kept';
    const expected = verdict === undefined ? 'kept' : 'rebuilt';
    if (happened !== expected) out.push({ package: a.package, expected, happened });
  }
  return out;
}
