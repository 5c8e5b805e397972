/**
 * One target of a build: go builds into a folder beside the results, what came out is moved into place, and what go did
 * is recorded. The program that lies there already is shown to go, which keeps it when it is up to date.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ActionGraph } from '../../core/actions/graph.ts';
import { type CacheKey, parseHashLines } from '../../core/actions/keys.ts';
import type { Target } from '../../core/load/target.ts';
import { runsHere } from './runs-here.ts';
import { isOn } from '../switches.ts';
import {
  allFlags,
  buildEnv,
  type BuildRequest,
  goProgram,
  hashing,
  loadFlagsOf,
  sayingFlags,
  toolchainEnv,
} from './go-command.ts';
import { clearStale, makeFolder, readIfThere, temporary, workPrefix } from './folder.ts';
import { hintFor } from './hints.ts';
import { changedKeys, loadHead, loadRecord, type RecordHead, recordId, touchRecord } from './records.ts';
import { repeats, showPrograms } from './repeat.ts';
import { failedResult, type Profile, shellWord } from './targets.ts';
import { type BuildTarget, targetName } from '../protocol/ports.ts';
import { type Environment, type Found, type GoEnv, makeTarget } from '../go-env.ts';
import type { LoadFlags } from '../load-flags.ts';
import { type GoRun, progressOf, runGo } from './go-process.ts';
import { quotedWords } from '../go-flags.ts';
import { slashed } from '../node-files.ts';
import type { BuildEvent, TargetResult } from '../protocol/builds.ts';

/** What one target of a run is told of the others. */
export interface Turn {
  index: number;
  count: number;
  /** Packages that the target before had, null when that is not known. */
  packages: number | null;
  /**
   * Nothing is known to have changed since these targets were built last. Then go is not asked what it hashes, which takes
   * a third of its time when there is nothing to do; it is asked afterwards if the keys are not those recorded.
   */
  unchanged: boolean;
  /** Folders that were made for results. */
  made: string[];
  /** Called when nothing is left to compile, and go links. */
  linking(): void;
}

/** What came of a target, and whether its keys are those of the last build. */
export interface Built {
  result: TargetResult;
  unchanged: boolean;
}

/** One target's build as it is asked of go. */
interface Task {
  request: BuildRequest;
  go: GoEnv;
  env: Environment;
  name: string;
  /** What target and profile set, and the environment and go's settings with it. */
  own: Record<string, string>;
  merged: Environment;
  settings: GoEnv;
  flags: string[];
  loadFlags: LoadFlags;
  target: Target;
  packages: readonly string[];
  folder: string;
  signal: AbortSignal;
  turn: Turn;
}

/** Folders of one build, which are removed when it is over. */
interface Places {
  /** On the file system of the results, so that moving them is one step. */
  work: string;
  bin: string;
  /** Not beside the results: a file there would make the version control stamp say that something is modified. */
  scratch: string;
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
): Promise<Built> {
  const result = failedResult(targetName(target), '', false);
  if (!isOn('trimpath', [...profile.flags, ...request.flags])) result.reproducible = 'paths';
  const failed = (message: string): Built => ({ result: { ...result, message }, unchanged: false });
  const planned = plan(request, go, env, target, profile);
  if (!planned.ok) return failed(planned.message);
  const task: Task = { ...planned.plan, request, go, env, signal, turn };
  result.runs = runsHere(target);
  result.cacheProgram = task.settings.get('GOCACHEPROG');
  const prepared = prepare(task);
  if (!prepared.ok) return failed(prepared.message);
  const { work, scratch } = prepared.places;
  // nothing stays when the program ends in mid-build
  const orphan = (): void => {
    for (const dir of [work, scratch]) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', orphan);
  try {
    return await buildIn(task, prepared.places, result, tell);
  } finally {
    await Promise.all([work, scratch].map(dir => fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 3 })));
    process.removeListener('exit', orphan);
  }
}

type Plan = Omit<Task, 'request' | 'go' | 'env' | 'signal' | 'turn'>;

function plan(
  request: BuildRequest,
  go: GoEnv,
  env: Environment,
  target: BuildTarget,
  profile: Profile,
): Found<{ plan: Plan }> {
  const why = profile.unsupported(target.goos, target.goarch);
  if (why !== null) return { ok: false, message: why };
  const chosen = buildEnv(target, profile, go, env);
  if (!chosen.ok) return chosen;
  const own = chosen.env;
  const merged: Environment = { ...env, ...own };
  const settings: GoEnv = { ...go, get: n => own[n] ?? go.get(n) };
  const flags = allFlags(profile, request.flags);
  const loadFlags = loadFlagsOf([...quotedWords(settings.get('GOFLAGS')), ...flags], request.cwd);
  const made = makeTarget(settings, loadFlags, merged);
  if (!made.ok) return made;
  const packages = request.packages.length > 0 ? request.packages : ['.'];
  const folder = request.folder(target);
  const name = targetName(target);
  return { ok: true, plan: { name, own, merged, settings, flags, loadFlags, target: made.target, packages, folder } };
}

function prepare({ folder, settings, turn }: Task): Found<{ places: Places }> {
  const because = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  let work: string;
  try {
    makeFolder(folder, turn.made);
    clearStale(folder, workPrefix);
    work = fs.mkdtempSync(path.join(folder, `${workPrefix}${process.pid}-`));
  } catch (error) {
    const message = `cannot write to ${folder} (${because(error)}): choose another folder for the output`;
    return { ok: false, message };
  }
  try {
    const bin = path.join(work, 'out');
    fs.mkdirSync(bin);
    return { ok: true, places: { work, bin, scratch: temporary(settings.get('GOTMPDIR')) } };
  } catch (error) {
    fs.rmSync(work, { recursive: true, force: true });
    const why = because(error);
    const message = `there is no folder for go to work in (${why}): set GOTMPDIR to one that can be written to`;
    return { ok: false, message };
  }
}

async function buildIn(
  task: Task,
  places: Places,
  result: TargetResult,
  tell: (event: BuildEvent) => void,
): Promise<Built> {
  const { request, env, signal, folder } = task;
  const { bin } = places;
  const id = recordId(slashed(request.cwd), task.name, task.flags, task.packages);
  const head = loadHead(env, id);
  const trusting = task.turn.unchanged && head !== null && !task.flags.some(f => /^--?a(=|$)/.test(f));
  // then go does little but load packages, on one core: the next target may begin at once
  if (trusting) task.turn.linking();
  const shownFolder = relativePath(request.cwd, folder);
  const said: string[] = [];
  const hear = (event: BuildEvent): void => {
    if (event.type !== 'output') return tell(event);
    // go speaks of the folder it was given, which nobody knows
    const text = event.text.replaceAll(bin, shownFolder);
    if (said.length < 1000) said.push(text);
    tell({ ...event, text });
  };
  const run = (out: readonly string[], shown: readonly string[]) =>
    runBuild(task, places, { out, shown }, !trusting, head, hear);
  const began = performance.now();
  const there = showPrograms(folder, bin, Object.keys(head?.sizes ?? {}));
  const executable = request.executable ?? '';
  let out = ['-o', bin + path.sep + executable];
  const running = run(out, ['-o', `${shownFolder}/${executable}`]);
  // loaded while go runs, unless it will hardly be needed
  const outcome = trusting ? null : import('./outcome.ts');
  outcome?.catch(() => {});
  let ran = await running;
  // go finds that out only when it has loaded the packages
  if (ran.code !== 0 && ran.noMains && !signal.aborted) ran = await run((out = []), []);
  result.time = performance.now() - began;
  const ended = (more: Partial<TargetResult>): Built => ({ result: Object.assign(result, more), unchanged: false });
  if (signal.aborted) return ended({ status: 'cancelled', message: 'cancelled' });
  if (ran.error !== '') return ended({ message: ran.error });
  const ok = ran.code === 0;
  if (request.dry === true) return ended(ok ? { status: 'ok' } : { message: hintFor(said.join('')) });
  const text = readIfThere(graphFile(places));
  if (ok && trusting && text !== null && repeats({ env, head, graph: text, bin, folder, there }, result)) {
    touchRecord(env, id);
    return { result, unchanged: true };
  }
  const { graphIn, record, takeResults } = await (outcome ?? import('./outcome.ts'));
  const graph = text === null ? null : graphIn(text);
  if (ok) takeResults({ env, id, bin, folder, there, last: head, graph: graph?.graph ?? null }, result);
  else result.message = hintFor(said.join(''));
  if (graph === null) return { result, unchanged: false };
  const last = loadRecord(env, id);
  const keys = trusting ? await keysOf(task, places, out, graph.graph, last?.keys ?? []) : parseHashLines(ran.hashes);
  const title = `build ${task.packages.join(' ')}`;
  record({ go: task.go, env, target: task.name, title, id, last, graph, keys, ran }, result);
  return { result, unchanged: last !== null && changedKeys(last.keys, keys).length === 0 };
}

const graphFile = (places: Places): string => path.join(places.scratch, 'graph.json');

/** The flags that name what go makes, and how the user is shown them. */
interface Naming {
  out: readonly string[];
  shown: readonly string[];
}

/** Runs go build once; `hashed`: it tells what it hashes into keys. */
async function runBuild(
  task: Task,
  places: Places,
  { out, shown }: Naming,
  hashed: boolean,
  last: RecordHead | null,
  tell: (event: BuildEvent) => void,
): Promise<GoRun> {
  const { request, name, own, flags, packages, turn } = task;
  const saying = sayingFlags(request);
  const words = ['go', 'build', ...saying, ...flags, ...shown, ...packages];
  const command = [...Object.entries(own).map(([k, v]) => `${k}=${shellWord(v)}`), ...words.map(shellWord)].join(' ');
  tell({ type: 'target', target: name, index: turn.index, count: turn.count, command });
  const traceFile = path.join(places.scratch, 'trace.json');
  // -json came with 1.24; before it, output is plain.
  const json = task.target.release >= 24;
  const commands = saying.includes('-x') || saying.includes('-n');
  const args = [
    'build',
    ...(json ? ['-json'] : []),
    ...(saying.includes('-v') || !commands ? ['-v'] : []),
    ...saying.filter(f => f !== '-v'),
    `-debug-actiongraph=${graphFile(places)}`,
    ...(request.watched ? [`-debug-trace=${traceFile}`] : []),
    ...flags,
    ...out,
    '--',
    ...packages,
  ];
  // without keys only packages that are compiled are seen: a share of all packages would say nothing
  const count = hashed ? counting(task, last) : { total: () => 0, stop: () => {} };
  const progress = progressOf(name, count.total, { json, packages: saying.includes('-v'), commands }, tell);
  fs.rmSync(traceFile, { force: true });
  const live = request.watched
    ? (await import('./live.ts')).followTrace(traceFile, spans => tell({ type: 'live', target: name, spans }))
    : null;
  const ran = await runGo(
    goProgram(request, task.go, task.env),
    args,
    request.cwd,
    environment(task, places, hashed),
    task.signal,
    { ...progress, linking: turn.linking },
    true,
  );
  count.stop();
  return { ...ran, loading: live?.stop() ?? ran.loading };
}

function environment({ request, go, env, merged }: Task, { scratch }: Places, hashed: boolean): Environment {
  return { ...(hashed ? hashing(merged) : merged), ...toolchainEnv(request, go, env), GOTMPDIR: scratch };
}

/** How many packages the build has: as last time, as the target before, or counted meanwhile if somebody looks on. */
function counting(task: Task, last: RecordHead | null): { total(): number; stop(): void } {
  let total = last?.told.packages ?? task.turn.packages ?? 0;
  const counted = new AbortController();
  if (total === 0 && task.request.watched) {
    const { request, settings, target, loadFlags, flags } = task;
    void import('./live.ts')
      .then(({ countPackages }) => countPackages(request, settings, target, loadFlags, flags, counted.signal))
      .then(n => (total = n))
      // only the progress needs it, and go says what is wrong
      .catch(() => undefined);
  }
  return { total: () => total, stop: () => counted.abort() };
}

/**
 * The keys of a build that was not asked for them. The graph names every key, so those recorded last are the keys if it
 * names the same. If not, go is asked again what it hashes, which is cheap by now, and what the graph does not name is
 * dropped.
 */
async function keysOf(
  task: Task,
  places: Places,
  out: readonly string[],
  graph: ActionGraph,
  last: readonly CacheKey[],
): Promise<CacheKey[]> {
  const { keysIn } = await import('./outcome.ts');
  const known = keysIn(graph, last);
  if (known.all) return known.keys;
  const asked = await runGo(
    goProgram(task.request, task.go, task.env),
    ['build', '-n', ...task.flags, ...out, '--', ...task.packages],
    task.request.cwd,
    environment(task, places, true),
    task.signal,
    { line: () => {}, key: () => {}, linking: () => {}, error: () => {} },
  );
  return keysIn(graph, [...last, ...parseHashLines(asked.hashes)]).keys;
}

function relativePath(cwd: string, file: string): string {
  const rel = path.relative(cwd, file);
  return rel === '' ? '.' : rel.startsWith('..') ? file : `.${path.sep}${rel}`;
}
