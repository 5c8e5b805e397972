/**
 * One target of a build: go builds into a folder beside the results, what came out is moved into place, and what go did
 * is recorded. The program that lies there already is shown to go, which keeps it when it is up to date.
 */
import fs from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type ActionGraph, parseActionGraph, totals } from '../core/actions/graph.ts';
import { parseHashLines } from '../core/actions/keys.ts';
import { TraceReader } from '../core/actions/trace.ts';
import { createLoader } from '../core/load/loader.ts';
import { loadSteps } from '../core/load/load.ts';
import { packageList } from '../core/load/package.ts';
import type { Target } from '../core/load/target.ts';
import { linkageOf, runsHere } from './artifacts.ts';
import {
  allFlags,
  buildEnv,
  type BuildRequest,
  goProgram,
  hashing,
  loadFlagsOf,
  placeOf,
  sayingFlags,
  toolchainEnv,
} from './build-command.ts';
import { clearStale, makeFolder, readIfThere, temporary, workPrefix } from './build-folder.ts';
import { hintFor } from './build-hints.ts';
import { keepPrevious, previousOf } from './build-previous.ts';
import { type BuildRecord, changedKeys, loadRecord, recordId, saveLatest, saveRecord } from './build-records.ts';
import { type BuildTarget, failedResult, type Profile, shellWord, targetName } from './build-targets.ts';
import { cacheDir } from './go-cache.ts';
import { type Environment, type GoEnv, type LoadFlags, makeTarget, moduleEnv } from './go-env.ts';
import { progressOf, runGo } from './go-process.ts';
import { quotedWords } from './go-flags.ts';
import { loadDefaults } from './loading.ts';
import { readOverlay } from './overlay.ts';
import { nodeFiles, slashed } from './node-files.ts';
import type { BuildEvent, LiveSpan, TargetResult } from './protocol/builds.ts';

/** What one target of a run is told of the others. */
export interface Turn {
  index: number;
  count: number;
  /** Packages that the target before had, null when that is not known. */
  packages: number | null;
  /** Folders that were made for results. */
  made: string[];
  /** Called once when nothing is left to compile, and go links. */
  linking(): void;
}

export async function buildTarget(
  request: BuildRequest,
  go: GoEnv,
  env: Environment,
  target: BuildTarget,
  profile: Profile,
  signal: AbortSignal,
  tell: (event: BuildEvent) => void,
  turn: Turn,
): Promise<TargetResult> {
  const name = targetName(target);
  const result = failedResult(name, '', false);
  if (!profile.flags.includes('-trimpath') && !request.flags.includes('-trimpath')) result.reproducible = 'paths';
  const why = profile.unsupported(target.goos, target.goarch);
  if (why !== null) return { ...result, message: why };
  const chosen = buildEnv(target, profile, go, env);
  if (!chosen.ok) return { ...result, message: chosen.message };
  const own = chosen.env;
  const merged: Environment = { ...env, ...own };
  const settings: GoEnv = { ...go, get: n => own[n] ?? go.get(n) };
  const flags = allFlags(profile, request.flags);
  const loadFlags = loadFlagsOf([...quotedWords(settings.get('GOFLAGS')), ...flags], request.cwd);
  const made = makeTarget(settings, loadFlags, merged);
  if (!made.ok) return { ...result, message: made.message };
  result.runs = runsHere(target);
  result.cacheProgram = settings.get('GOCACHEPROG');

  const folder = request.folder(target);
  let work: string;
  let scratch: string;
  try {
    // On the file system of the results, so that moving them is one step.
    makeFolder(folder, turn.made);
    clearStale(folder, workPrefix);
    work = fs.mkdtempSync(path.join(folder, `${workPrefix}${process.pid}-`));
  } catch (error) {
    return {
      ...result,
      message: `cannot write to ${folder} (${error instanceof Error ? error.message : String(error)}): choose another folder for the output`,
    };
  }
  try {
    scratch = temporary(settings.get('GOTMPDIR'));
  } catch (error) {
    fs.rmSync(work, { recursive: true, force: true });
    const why = error instanceof Error ? error.message : String(error);
    return {
      ...result,
      message: `there is no folder for go to work in (${why}): set GOTMPDIR to one that can be written to`,
    };
  }
  const packages = request.packages.length > 0 ? request.packages : ['.'];
  // When the program ends in mid-build nothing of it stays.
  const orphan = (): void => {
    for (const dir of [work, scratch]) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', orphan);
  const id = recordId(slashed(request.cwd), name, flags, packages);
  const last = loadRecord(env, id);
  const bin = path.join(work, 'out');
  fs.mkdirSync(bin);
  const shownFolder = relativePath(request.cwd, folder);
  const said: string[] = [];
  const hear = (event: BuildEvent): void => {
    if (event.type !== 'output') return tell(event);
    // go speaks of the folder it was given, which nobody knows
    const text = event.text.replaceAll(bin, shownFolder);
    if (said.length < 1000) said.push(text);
    tell({ ...event, text });
  };
  // Not beside the results: a file there would make the version control stamp say that something is modified.
  const graphFile = path.join(scratch, 'graph.json');
  const traceFile = path.join(scratch, 'trace.json');
  let total = (last && packagesIn(last.keys)) ?? turn.packages ?? 0;
  const counting = new AbortController();
  if (total === 0 && request.watched)
    void countPackages(request, settings, made.target, loadFlags, flags, counting.signal).then(n => (total = n));
  // -json came with 1.24; before it, output is plain.
  const json = made.target.release >= 24;
  const saying = sayingFlags(request);
  const commands = saying.includes('-x') || saying.includes('-n');
  const telling = { json, packages: saying.includes('-v'), commands };
  const run = async (out: readonly string[], shown: readonly string[]) => {
    const words = ['go', 'build', ...saying, ...flags, ...shown, ...packages];
    const command = [...Object.entries(own).map(([k, v]) => `${k}=${shellWord(v)}`), ...words.map(shellWord)].join(' ');
    tell({ type: 'target', target: name, index: turn.index, count: turn.count, command });
    const args = [
      'build',
      ...(json ? ['-json'] : []),
      ...(saying.includes('-v') || !commands ? ['-v'] : []),
      ...saying.filter(f => f !== '-v'),
      `-debug-actiongraph=${graphFile}`,
      ...(request.watched ? [`-debug-trace=${traceFile}`] : []),
      ...flags,
      ...out,
      '--',
      ...packages,
    ];
    fs.rmSync(traceFile, { force: true });
    const live = request.watched ? followTrace(traceFile, spans => tell({ type: 'live', target: name, spans })) : null;
    const ran = await runGo(
      goProgram(request, go, env),
      args,
      request.cwd,
      { ...hashing(merged), ...toolchainEnv(request, go, env), GOTMPDIR: scratch },
      signal,
      { ...progressOf(name, () => total, telling, hear), linking: turn.linking },
      true,
    );
    return { ...ran, loading: live?.stop() ?? ran.loading };
  };
  const began = performance.now();
  try {
    const there = showPrograms(folder, bin, Object.keys(last?.sizes ?? {}));
    const executable = request.executable ?? '';
    let ran = await run(['-o', bin + path.sep + executable], ['-o', `${shownFolder}/${executable}`]);
    // Go says so only when it has loaded the packages, and so do we.
    if (ran.code !== 0 && ran.noMains && !signal.aborted) ran = await run([], []);
    counting.abort();
    result.time = performance.now() - began;
    if (signal.aborted) return { ...result, status: 'cancelled', message: 'cancelled' };
    if (ran.error !== '') return { ...result, message: ran.error };
    if (request.dry === true)
      return ran.code === 0 ? { ...result, status: 'ok' } : { ...result, message: hintFor(said.join('')) };
    const graph = readIfThere(graphFile);
    const parsed = graph === null ? null : parseActionGraph(graph);
    const sizes: Record<string, number> = {};
    if (ran.code !== 0) result.message = hintFor(said.join(''));
    else {
      result.status = 'ok';
      const programs = parsed?.ok ? programsOf(parsed.graph) : null;
      for (const file of fs.readdirSync(bin).sort()) {
        const [from, to] = [path.join(bin, file), path.join(folder, file)];
        // What go was shown and did not ask for is no result of this build.
        if (there.has(file) && programs && !programs.has(file)) continue;
        const kept = there.has(file) && isSame(from, to);
        const previous = kept ? previousOf(env, id, to) : keepPrevious(env, id, to);
        if (!kept) fs.renameSync(from, to);
        const { size } = fs.statSync(to);
        sizes[file] = size;
        result.files.push({ path: to, size, before: last?.sizes[file] ?? null, previous });
      }
      if (result.files.length > 0) Object.assign(result, linkageOf(result.files[0].path));
    }
    if (graph !== null && parsed?.ok) {
      const t = totals(parsed.graph);
      result.cached = parsed.graph.actions.filter(a => a.mode === 'build' && a.verdict === 'cached').length;
      result.compiled = parsed.graph.actions.filter(a => a.mode === 'build' && a.verdict === 'run').length;
      const keys = parseHashLines(ran.hashes);
      result.cgo = keys.some(k => k.lines.some(l => l.startsWith('"cgo ')));
      result.packages = packagesIn(keys);
      const cache = cacheDir(go, env);
      const title = `build ${packages.join(' ')}`;
      // A build in which nothing ran tells nothing new: keep the reasons of the one before.
      const before = last ? (t.run === 0 && last.before ? last.before : changedKeys(last.keys, keys)) : null;
      const saved = saveRecord(env, id, {
        v: 2,
        key: id,
        title,
        target: name,
        graph,
        keys,
        before,
        sizes: { ...last?.sizes, ...sizes },
        time: parsed.graph.began,
        loading: ran.loading,
        processes: ran.processes,
        cache: cache.ok ? cache.dir : '',
      });
      if (saved) {
        result.record = id;
        if (ran.code === 0) saveLatest(env, placeOf(slashed(request.cwd)), packages, id);
      }
    }
    return result;
  } finally {
    await Promise.all([work, scratch].map(dir => fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 3 })));
    process.removeListener('exit', orphan);
  }
}

/** Puts the programs that lie in `folder` where go is to build them, as links: their names. */
function showPrograms(folder: string, bin: string, names: readonly string[]): Set<string> {
  const there = new Set<string>();
  for (const name of names) {
    if (name !== path.basename(name)) continue;
    try {
      const file = path.join(folder, name);
      if (!fs.lstatSync(file).isFile()) continue;
      fs.linkSync(file, path.join(bin, name));
      there.add(name);
    } catch {
      // It is gone, or there are no links here: go links it anew.
    }
  }
  return there;
}

/** The names of the programs that the build is for. */
function programsOf(graph: ActionGraph): Set<string> {
  return new Set(graph.raw.flatMap(a => (a.target === '' ? [] : [path.basename(a.target)])));
}

function isSame(a: string, b: string): boolean {
  const [x, y] = [fs.statSync(a, { bigint: true }), fs.statSync(b, { bigint: true })];
  return x.ino === y.ino && x.dev === y.dev;
}

const packagesIn = (keys: BuildRecord['keys']): number => keys.filter(k => k.name.startsWith('build ')).length;

/**
 * Reads what -debug-trace writes while it is written, and tells which actions began and ended. Stopping tells how long
 * packages were loaded before the first action, in milliseconds; -1 when that cannot be told.
 */
function followTrace(file: string, tell: (spans: LiveSpan[]) => void): { stop(): number } {
  const reader = new TraceReader();
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(1 << 16);
  let fd: number | null = null;
  const read = (): void => {
    try {
      fd ??= fs.openSync(file, 'r');
    } catch {
      // Not there yet.
      return;
    }
    const changed = new Set<LiveSpan>();
    for (let n = fs.readSync(fd, buffer); n > 0; n = fs.readSync(fd, buffer))
      for (const span of reader.feed(decoder.write(buffer.subarray(0, n)))) changed.add(span);
    if (changed.size > 0) tell([...changed].map(s => ({ ...s })));
  };
  const timer = setInterval(read, 250);
  return {
    stop() {
      clearInterval(timer);
      read();
      if (fd !== null) fs.closeSync(fd);
      const load = reader.spans.find(s => s.mode === 'load packages');
      return load && load.done >= 0 ? load.done : -1;
    },
  };
}

function relativePath(cwd: string, file: string): string {
  const rel = path.relative(cwd, file);
  return rel === '' ? '.' : rel.startsWith('..') ? file : `.${path.sep}${rel}`;
}

/** How many packages the build has, from the sources alone, in slices of a few milliseconds; 0 when that cannot be told. */
async function countPackages(
  request: BuildRequest,
  go: GoEnv,
  target: Target,
  flags: LoadFlags,
  words: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const overlay = words.findLast(w => /^--?overlay=/.test(w))?.replace(/^--?overlay=/, '');
  const files = nodeFiles(overlay ? readOverlay(overlay, request.cwd) : new Map());
  const env = moduleEnv(go, files, slashed(request.cwd), flags);
  const steps = loadSteps(createLoader(env, target, loadDefaults), request.packages);
  let step = steps.next();
  for (let slice = performance.now(); !step.done; step = steps.next()) {
    if (performance.now() - slice < 5) continue;
    await new Promise(resolve => setImmediate(resolve));
    if (signal.aborted) return 0;
    slice = performance.now();
  }
  return packageList(step.value.roots).length;
}
