/** Analysing whole packages in one go, for the command line and the oracle: from patterns to what is said of packages. */
import path from 'node:path';
import { type CompileFlags, defaultFlags } from '../../core/ir/env.ts';
import { isMain, packageMatcher } from '../../core/load/covered.ts';
import { loadPackages, type LoadResult } from '../../core/load/load.ts';
import { fatalLine } from '../../core/load/modules.ts';
import { errorText, type Package, packageDesc, packageList } from '../../core/load/package.ts';
import { testedPackages } from '../../core/load/testpackages.ts';
import type { FileSystem } from '../../core/source/files.ts';
import { addCounters, coverPackages } from '../../core/summary/cover.ts';
import { decideOtherwise, Kept } from '../../core/summary/kept.ts';
import { GoError } from '../command.ts';
import { type Cover, type Loading, loadDefaults } from '../loading.ts';
import { nodeFiles, type Overlay, slashed } from '../node-files.ts';
import { nodeParser } from '../node-parser.ts';
import type { OpenStore } from '../summary-store.ts';
import {
  type Assignment,
  errorLimit,
  type Inspector,
  type Made,
  type Outcome,
  type Rendering,
} from './package-work.ts';
import { cut } from './pieces.ts';
import { type Job, runJobs } from './pool.ts';

/** The result for a package. */
export interface BatchResult {
  package: Package;
  /** What is said of it, in pieces; null when there are errors. */
  text: Uint8Array[] | null;
  /** The errors in its code, or why it could not be analysed. */
  errors: string[];
}

export interface BatchOptions {
  flags: CompileFlags;
  rendering: Rendering;
  /** Where summaries are kept for the next run; null: nowhere. */
  store: OpenStore | null;
  /** Packages are compiled as `go test` does it. */
  tests: boolean;
  threads: number;
  signal?: AbortSignal;
  /** Hears the warnings of loading. */
  warn?: (line: string) => void;
  /** Sees the compiler's messages. With it all work is done in this thread, and nothing is taken from earlier runs. */
  inspect?: Inspector;
}

/** Compiles the packages that the patterns match, in their order. Throws a GoError when they cannot be loaded. */
export async function* compilePatterns(
  patterns: readonly string[],
  loading: Loading,
  options: BatchOptions,
): AsyncGenerator<BatchResult> {
  const { threads, signal, inspect = null } = options;
  const { loaded, fs, overlay } = await loadCovered(patterns, loading, options);
  const named = withCopies(options.tests ? testedPackages(loaded.loader, loaded.roots) : loaded.roots);
  // unsafe has no code
  const sound = new Set(named.filter(p => p.importPath !== 'unsafe' && p.error === null));
  const kept = new Kept({ fs, target: loading.target, flags: options.flags, store: options.store });
  const said = inspect === null ? keptTexts(kept, sound, options) : new Map<Package, Uint8Array[]>();
  const { given, jobs } = planned({ ...loading, overlay }, sound, said, kept, options);
  const { packages } = given;
  const store = storing(kept, packages, sound, options);
  const outcomes = new Map<Package, Outcome>();
  const running = runJobs(given, jobs, threads, signal, inspect);
  try {
    for (const p of named) {
      if (p.importPath === 'unsafe') continue;
      const known = said.get(p);
      if (p.error !== null) yield { package: p, text: null, errors: [errorText(p.error)] };
      else if (known !== undefined) yield { package: p, text: known, errors: [] };
      else {
        while (!outcomes.has(p)) {
          const step = await running.next();
          if (step.done === true) {
            if (signal?.aborted) return;
            break;
          }
          const { id, outcome, made } = step.value;
          store.made(made);
          if (outcome === null) continue;
          outcomes.set(packages[id], outcome);
          store.outcome(packages[id], outcome);
          outcome.summary = null;
        }
        const outcome = outcomes.get(p);
        // without a name there is no code
        if (outcome === undefined) continue;
        const { text, errors, failure } = outcome;
        outcome.text = null;
        yield { package: p, text, errors: failure === '' ? errors : [...errors, failure] };
      }
    }
    for await (const { made } of running) store.made(made);
    store.end();
  } finally {
    await running.return(undefined);
  }
}

/** What is said of packages that did not change since an earlier run. */
function keptTexts(kept: Kept, sound: ReadonlySet<Package>, { rendering }: BatchOptions): Map<Package, Uint8Array[]> {
  const said = new Map<Package, Uint8Array[]>();
  for (const p of sound) {
    const text = kept.text(p, rendering, sound);
    if (text !== null) said.set(p, cut(text));
  }
  return said;
}

/** The jobs of a run: the packages about which nothing is said yet, and those of their imports that have to come first. */
function planned(
  { target, go, overlay }: Loading,
  sound: ReadonlySet<Package>,
  said: ReadonlyMap<Package, unknown>,
  kept: Kept,
  { flags, rendering, store }: BatchOptions,
): { given: Assignment; jobs: Job[] } {
  const wanted = [...sound].filter(p => !said.has(p));
  const packages = packageList(wanted);
  const ids = new Map(packages.map((p, id) => [p, id]));
  const otherwise = decideOtherwise(flags);
  const isJob = (p: Package): boolean => {
    if (p.importPath === 'unsafe' || p.error !== null || p.name === '') return false;
    if (sound.has(p) && (otherwise || !said.has(p))) return true;
    // what others import of packages that do not change is looked at piece by piece
    const fixed = p.standard || (p.module !== null && p.module.version !== '');
    return p.pgoProfile !== '' || !(fixed || kept.isWhole(p));
  };
  const jobs = jobsOf(packages, isJob);
  const numbers = (list: Iterable<Package>) => new Set([...list].flatMap(p => ids.get(p) ?? []));
  const given: Assignment = {
    packages,
    target,
    overlay,
    goroot: go.goroot,
    limit: errorLimit,
    compile: {
      flags,
      named: numbers(sound),
      wanted: numbers(wanted),
      rendering,
      cache: store === null ? null : { folder: store.folder, keys: keysOf(packages, kept, jobs) },
    },
  };
  return { given, jobs };
}

/** Puts what comes of packages into the store. */
function storing(
  kept: Kept,
  packages: readonly Package[],
  sound: ReadonlySet<Package>,
  { flags, rendering }: BatchOptions,
) {
  /** What is stored at the end: its keys depend on what cgo asks of imported packages, which is not known before. */
  const late: (() => void)[] = [];
  const overCgo = (p: Package) => packageList([p]).some(d => d !== p && d.files.cgoFiles.length > 0);
  const put = (p: Package, store: () => void): void => {
    if (overCgo(p)) late.push(store);
    else store();
  };
  // with other flags, summaries depend on them: they are of no use to other runs
  const otherwise = decideOtherwise(flags);
  const keepSummary = (p: Package, summary: Uint8Array): void => {
    if (!otherwise) put(p, () => kept.keepSummary(p, summary));
  };
  return {
    made(list: readonly Made[]): void {
      for (const { id, summary, asked } of list) {
        if (asked !== null) kept.keepAsked(packages[id], asked);
        keepSummary(packages[id], summary);
      }
    },
    outcome(p: Package, { asked, text, summary }: Outcome): void {
      if (asked !== null) kept.keepAsked(p, asked);
      if (text !== null) put(p, () => kept.keepText(p, rendering, sound, text));
      if (summary !== null) keepSummary(p, summary);
    },
    end(): void {
      for (const store of late) store();
    },
  };
}

/** What the go command prints of a package with errors; of a profile that cannot be read, under the profile's name. */
export function failureText(p: Package, errors: readonly string[], cwd: string): string {
  const unread = /^(.*?): (preprofile: .*)$/s.exec(errors[0] ?? '');
  if (unread !== null) return `# ${unread[1]}\n${unread[2]}\n`;
  // the text is shortened as a whole: messages may name files too
  return shortenPaths(`# ${packageDesc(p)}\n${errors.join('\n')}\n`, p.dir, cwd);
}

/** The packages that the patterns match, and the files that they are made of: under -cover not those of the author. */
async function loadCovered(
  patterns: readonly string[],
  { fs, env, target, overlay, pgo, cover }: Loading,
  { tests, warn }: BatchOptions,
): Promise<{ loaded: LoadResult; fs: FileSystem; overlay: Overlay }> {
  const options = { ...loadDefaults, tests, pgo };
  const loaded = loadPackages(env, target, patterns, options);
  for (const line of loaded.warnings) warn?.(`go: ${line}`);
  if (loaded.fatal.length > 0) throw new GoError(loaded.fatal.map(fatalLine).join('\n'));
  if (cover === null) return { loaded, fs, overlay };
  const parser = await nodeParser();
  const packages = packageList(loaded.roots);
  const files = coverPackages({ fs, parser, target }, packages, chosen(loaded, cover, env.cwd, warn), cover.mode);
  const over = new Map([...overlay, ...files]);
  const covered = nodeFiles(over);
  // the new files import more than those that they stand for
  const again = loadPackages({ ...env, fs: covered }, target, patterns, options);
  addCounters(packageList(again.roots), files);
  return { loaded: again, fs: covered, overlay: over };
}

/** Whether -cover is for a package (load.PrepareForCoverageBuild); warns of patterns that match no package. */
function chosen(
  { roots, loader }: LoadResult,
  { packages }: Cover,
  cwd: string,
  warn: BatchOptions['warn'],
): (p: Package) => boolean {
  const named = new Set(roots);
  if (packages.length === 0) return p => named.has(p) || isMain(p);
  const all = packageList(roots);
  const covered = new Set<Package>();
  for (const pattern of packages) {
    const matched = all.filter(packageMatcher(pattern, cwd, loader.modules));
    if (matched.length === 0) warn?.(`warning: no packages being built depend on matches for pattern ${pattern}`);
    for (const p of matched) covered.add(p);
  }
  return p => covered.has(p);
}

/** A job for each package that `isJob`; it waits for the jobs of all packages that it imports, directly or not. */
function jobsOf(packages: readonly Package[], isJob: (p: Package) => boolean): Job[] {
  const jobs = new Map<Package, Job>();
  packages.forEach((p, id) => {
    if (!isJob(p)) return;
    // packages that import each other in a circle are not in order
    const needs = packageList([p]).flatMap(d => (d === p ? [] : (jobs.get(d)?.id ?? [])));
    jobs.set(p, { id, needs, size: p.files.goFiles.length + p.files.cgoFiles.length });
  });
  return [...jobs.values()];
}

/** Keys of packages that may have a summary from an earlier run. */
function keysOf(packages: readonly Package[], kept: Kept, jobs: readonly Job[]): Map<number, string> {
  const own = new Set(jobs.map(job => job.id));
  const keys = new Map<number, string>();
  packages.forEach((p, id) => {
    const key = own.has(id) || p.importPath === 'unsafe' ? null : kept.summaryKey(p);
    if (key !== null) keys.set(id, key);
  });
  return keys;
}

/** The packages; before each program that is built with a profile, the copies of packages that go compiles for it. */
function withCopies(roots: readonly Package[]): Package[] {
  const paths = new Set(roots.map(p => p.importPath));
  return roots.flatMap(p => {
    if (p.pgoProfile === '') return [p];
    const copies = packageList([p]).filter(d => d !== p && d.forMain !== '' && paths.has(d.importPath));
    return [...copies, p];
  });
}

/** Compile flags by gc's spelling, as in `-m=2 -l`. Words that say nothing about compiling are passed over. */
export function parseGcflags(words: readonly string[]): CompileFlags {
  const flags: CompileFlags = { ...defaultFlags };
  for (const word of words) {
    if (word === '-smallframes') flags.smallframes = true;
    else if (word === '-std') flags.std = true;
    if (/^-d=(.*,)?escapemutationscalls(=[1-9])?(,|$)/.test(word)) flags.escapeMutationsCalls = true;
    const checkptr = /^-d=(?:.*,)?checkptr(?:=(\d))?(?:,|$)/.exec(word);
    if (checkptr !== null) flags.checkptr = Number(checkptr[1] ?? 1);
    const match = /^-([mlN])(?:=(\d+))?$/.exec(word);
    if (match === null) continue;
    const value = match[2] === undefined ? null : Number(match[2]);
    if (match[1] === 'm') flags.m = value ?? 1;
    else if (match[1] === 'N') flags.N = value !== 0;
    // base.Flag.LowerL is 1 when the flag is not given, and one -l turns inlining off
    else flags.l = value === null || value === 1 ? 0 : value === 0 ? 1 : value;
  }
  return flags;
}

/**
 * Replaces the package's folder, then each folder above it, by its path from `cwd` where that is shorter (cmd/go's
 * Shell.reportCmd, base.ShortPath); only where a word begins.
 */
export function shortenPaths(text: string, packageDir: string, cwd: string): string {
  let out = `\n${text}`;
  for (let dir = packageDir; ; ) {
    const relative = slashed(path.relative(cwd, dir)) || '.';
    if (relative.length < dir.length) {
      for (const before of [' ', '\n', '\n\t']) out = out.replaceAll(`${before}${dir}`, `${before}${relative}`);
    }
    const parent = slashed(path.dirname(dir));
    if (parent === dir) return out.slice(1);
    dir = parent;
  }
}
