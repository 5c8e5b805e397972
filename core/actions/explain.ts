/**
 * What the next build would build again, and why: the model of the go command's own `-n` run, which computes keys and
 * asks the cache but builds nothing.
 *
 * What cannot be known beforehand is early cutoff. A package that imports one which is to be built has a key that depends
 * on an output which does not exist yet; in a dry run that import's line holds the prerequisite's own key. Such a package
 * is rebuilt only if the output comes out different: it "depends on the output of" that package. Something is known all
 * the same: with the output of last time put into its place the key is complete, and the cache has an entry under it or
 * not. So a forecast is certain, or certain on that condition, or there is none; and after the build each of the first two
 * is checked.
 */
import type { ActionGraph } from './graph.ts';
import { changeText, compareKeys, inputsOf, type InputChange } from './inputs.ts';
import { type CacheKey, recompute, shortHash } from './keys.ts';

export interface Prediction {
  package: string;
  /**
   * `rebuilt`: an input of its own changed. `absent`: its key is that of the last build, but the cache has no entry.
   * `new`: it was not part of the last build. `forced`: -a builds everything. `depends`: rebuilt if the output of what
   * it imports comes out different. `unproved`: there is no record of an earlier build to compare with.
   */
  verdict: 'rebuilt' | 'absent' | 'new' | 'forced' | 'depends' | 'unproved';
  /** It is built whatever the outputs of other packages are. */
  certain: boolean;
  changes: InputChange[];
  /** The packages to be built whose output its key waits for, the imports themselves. */
  on: string[];
  /** For `depends`: the packages at the start of those chains, which are built for a reason of their own. */
  roots: string[];
  /** What becomes of it if all that it waits for comes out as last time; '' where that is certain anyway, or not known. */
  ifSame: 'kept' | 'rebuilt' | '';
  /** For `absent`: what is wrong with the cache's entry. Otherwise a note beside the changes, or ''. */
  note: string;
}

export interface Forecast {
  packages: Prediction[];
  /** Packages whose output is in the cache. */
  kept: number;
  /** Programs that are linked; the cache does not hold links. */
  links: string[];
  /**
   * Packages with cgo among those that are kept: headers outside their folders (golang/go#24355) and what pkg-config says
   * are in no key.
   */
  cgoKept: string[];
}

/** What is known besides the dry run. */
export interface Known {
  /** The keys of the last build; null when there is no record. */
  before: readonly CacheKey[] | null;
  /** -a was given. */
  forced: boolean;
  /** What is wrong with the cache's entry of a key, '' when it is there; null when that cannot be seen. */
  entry(sum: string): string | null;
}

/** What the key of a package waits for when a profile for optimisation is yet to be prepared. */
const profile = 'the prepared PGO profile';

/** Reads a dry run's graph and keys against those of the last build. */
export function forecast(dry: ActionGraph, keys: readonly CacheKey[], known: Known): Forecast {
  const byId = new Map(keys.map(k => [shortHash(k.sum), k]));
  const was = known.before === null ? null : new Map(known.before.map(k => [k.name, k]));
  const todo = new Map<string, string>();
  const ids = new Map<string, string>();
  let kept = 0;
  const links: string[] = [];
  const cgoKept: string[] = [];
  for (const a of dry.actions) {
    if (a.mode === 'link') links.push(a.package);
    if (a.mode !== 'build' || a.actionId === '') continue;
    if (a.buildId === '') {
      todo.set(a.package, a.actionId);
      ids.set(a.actionId, a.package);
      continue;
    }
    kept++;
    const lines = byId.get(a.actionId)?.lines ?? [];
    if (lines.some(l => l.startsWith('"CC=')) && !lines.some(l => l.includes(' standard true ')))
      cgoKept.push(a.package);
  }
  const outputs = outputsOf(known.before ?? []);
  const packages: Prediction[] = [];
  for (const [path, actionId] of todo) {
    const key = byId.get(actionId);
    const old = was?.get(`build ${path}`);
    const p: Prediction = {
      package: path,
      verdict: was === null ? 'unproved' : 'new',
      certain: true,
      changes: [],
      on: [],
      roots: [],
      ifSame: '',
      note: '',
    };
    packages.push(p);
    if (known.forced) {
      p.verdict = 'forced';
      if (key && old) p.changes = compareKeys(old, key).filter(c => c.kind !== 'import' || !ids.has(c.after ?? ''));
      continue;
    }
    if (!key) continue;
    for (const line of key.lines) {
      for (const i of inputsOf(line)) {
        if (i.kind === 'import' && ids.has(i.value)) p.on.push(i.name);
        else if (i.kind === 'profile' && i.value === '') p.on.push(profile);
      }
    }
    p.certain = p.on.length === 0;
    const pending = new Set(p.on);
    if (old) {
      p.changes = compareKeys(old, key).filter(c => {
        const waits = c.kind === 'import' ? pending.has(c.name) : c.kind === 'profile' && pending.has(profile);
        return !waits || c.before === null || c.after === null;
      });
      if (p.changes.length > 0) p.verdict = 'rebuilt';
      else p.verdict = p.certain ? 'absent' : 'depends';
      if (p.verdict === 'absent') p.note = known.entry(key.sum) ?? '';
    } else if (!p.certain && was !== null) p.verdict = 'depends';
    if (!p.certain) p.ifSame = ifSame(key, old, outputs, ids, known);
  }
  chains(packages);
  return { packages, kept, links, cgoKept };
}

/** The output of each package as the keys of those that import it have it. */
function outputsOf(keys: readonly CacheKey[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const key of keys) {
    for (const line of key.lines) {
      if (!line.startsWith('"import ')) continue;
      for (const i of inputsOf(line)) if (i.kind === 'import') out.set(i.name, i.value);
    }
  }
  return out;
}

/** Completes the key with the outputs of last time and looks it up. */
function ifSame(
  key: CacheKey,
  old: CacheKey | undefined,
  outputs: ReadonlyMap<string, string>,
  pending: ReadonlyMap<string, string>,
  known: Known,
): Prediction['ifSame'] {
  const lines: string[] = [];
  for (const line of key.lines) {
    const [i] = inputsOf(line);
    if (i.kind === 'import' && pending.has(i.value)) {
      const output = outputs.get(i.name);
      if (output === undefined) return '';
      lines.push(line.replace(` ${i.value}\\n"`, ` ${output}\\n"`));
    } else if (i.kind === 'profile' && i.value === '') {
      const before = old?.lines.find(l => l.startsWith('"pgofile '));
      if (before === undefined) return '';
      lines.push(before);
    } else lines.push(line);
  }
  const sum = recompute({ ...key, lines });
  const entry = sum === null ? null : known.entry(sum);
  return entry === null ? '' : entry === '' ? 'kept' : 'rebuilt';
}

/** Fills in the start of each chain: what is built whatever comes out of others. */
function chains(packages: readonly Prediction[]): void {
  const byPath = new Map(packages.map(p => [p.package, p]));
  for (const p of packages) {
    if (p.verdict !== 'depends') continue;
    const seen = new Set<string>(p.on);
    for (const path of seen) {
      const q = byPath.get(path);
      if (q?.verdict === 'depends') for (const x of q.on) seen.add(x);
      else p.roots.push(path);
    }
  }
}

/** What became of a package that the forecast names. */
export interface Outcome {
  package: string;
  happened: 'rebuilt' | 'kept';
  /** It was built, and its output is the one from before: its importers need not be built because of it. */
  sameOutput: boolean;
}

export interface Surprise {
  package: string;
  expected: 'rebuilt' | 'kept';
  happened: 'rebuilt' | 'kept';
}

export interface Checked {
  outcomes: Outcome[];
  /** Where the build did otherwise than was forecast for certain, or on a condition that held. */
  surprises: Surprise[];
}

/** Compares a forecast with the build that followed; `before` as for the forecast. */
export function checkForecast(f: Forecast, built: ActionGraph, before: readonly CacheKey[] | null): Checked {
  const said = new Map(f.packages.map(p => [p.package, p]));
  const outputs = outputsOf(before ?? []);
  const contents = new Map<string, string>();
  for (const a of built.actions) if (a.mode === 'build') contents.set(a.package, contentId(a.buildId));
  const same = (path: string): boolean => outputs.has(path) && outputs.get(path) === contents.get(path);
  const out: Checked = { outcomes: [], surprises: [] };
  for (const a of built.actions) {
    if (a.mode !== 'build' || (a.verdict !== 'run' && a.verdict !== 'cached')) continue;
    const p = said.get(a.package);
    const happened = a.verdict === 'run' ? 'rebuilt' : 'kept';
    if (p) out.outcomes.push({ package: a.package, happened, sameOutput: happened === 'rebuilt' && same(a.package) });
    let expected: Surprise['expected'] | '' = 'kept';
    if (p) expected = p.certain ? 'rebuilt' : p.on.every(same) ? p.ifSame : '';
    if (expected !== '' && happened !== expected) out.surprises.push({ package: a.package, expected, happened });
  }
  return out;
}

/** The part of a build ID that names the output (buildid.contentID). */
function contentId(buildId: string): string {
  return buildId.slice(buildId.lastIndexOf('/') + 1);
}

/** A prediction in a line, without the package's name. */
export function predictionText(p: Prediction): string {
  const waits = `the output of ${p.on.join(', ')}`;
  const same =
    p.ifSame === 'kept'
      ? '; kept if that comes out as before'
      : p.ifSame === 'rebuilt'
        ? '; even if that comes out as before, since the cache has no entry for it'
        : '';
  switch (p.verdict) {
    case 'forced':
      return 'rebuilt, -a builds everything';
    case 'absent':
      return `rebuilt, its inputs are those of the last build but ${p.note || 'its entry is no longer in the cache'}`;
    case 'new':
      return 'built, it was not part of the last build and the cache does not have it';
    case 'unproved':
      return 'built, the cache does not have it; the cause is not proved, as there is no record of an earlier build';
    case 'depends': {
      const far = p.roots.length === p.on.length && p.roots.every(r => p.on.includes(r));
      return `depends on ${waits}${far ? '' : ` (from ${p.roots.join(', ')})`}${same}`;
    }
    case 'rebuilt': {
      const more = p.changes.length > 6 ? `; and ${p.changes.length - 5} more` : '';
      const why =
        p.changes
          .slice(0, more === '' ? 6 : 5)
          .map(changeText)
          .join('; ') + more;
      return `rebuilt, ${why}${p.note === '' ? '' : ` (${p.note})`}${p.certain ? '' : `; its key waits for ${waits} too`}`;
    }
  }
}
