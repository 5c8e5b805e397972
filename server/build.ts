/**
 * Runs the user's `go build`, target after target, and records what it did. The go command is run with an argument
 * array, never by a shell. Results are built in a folder of their own and moved into place when they are whole, so that
 * a build that is stopped leaves nothing behind.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type ActionGraph, parseActionGraph, totals } from '../core/actions/graph.ts';
import { type CacheKey, parseHashLines } from '../core/actions/keys.ts';
import { TraceReader } from '../core/actions/trace.ts';
import { loadSteps } from '../core/load/load.ts';
import { findModuleRoot } from '../core/load/mainmodules.ts';
import { parseModFile } from '../core/load/modfile.ts';
import { createLoader } from '../core/load/loader.ts';
import { packageList } from '../core/load/package.ts';
import { levelKnob, type Target } from '../core/load/target.ts';
import { join } from '../core/source/path.ts';
import { linkageOf, runsHere } from './artifacts.ts';
import { type BuildTarget, failedResult, findProfile, type Profile, shellWord, targetName } from './build-targets.ts';
import { keepPrevious } from './build-previous.ts';
import {
  type BuildRecord,
  changedKeys,
  loadLatest,
  loadRecord,
  type Place,
  recordId,
  saveLatest,
  saveRecord,
} from './build-records.ts';
import {
  type Environment,
  findGo,
  type GoEnv,
  type LoadFlags,
  lookPath,
  makeTarget,
  moduleEnv,
  noFlags,
} from './go-env.ts';
import { hintFor } from './build-hints.ts';
import { cacheDir } from './go-cache.ts';
import { progressOf, runGo } from './go-process.ts';
import { goFlags, loadDefaults, readOverlay } from './loading.ts';
import { nodeFiles, slashed } from './node-files.ts';
import type { BuildEvent, LiveSpan, OwnProfile, TargetResult } from './protocol/builds.ts';

export interface BuildRequest {
  /** Absolute. */
  cwd: string;
  packages: readonly string[];
  /** None: the host, or GOOS and GOARCH. */
  targets: readonly BuildTarget[];
  profile: string;
  /** The user's own profiles. */
  profiles?: Readonly<Record<string, OwnProfile>>;
  /** The folder for a target's executables, absolute. */
  folder(target: BuildTarget): string;
  /** Flags passed on to go build as they are. */
  flags: readonly string[];
  /** The go command to run; '' for the one of the GOROOT that the environment means. */
  program: string;
}

/** Builds every target; a target that fails does not stop the others. Throws UsageError for what the user can mend. */
export async function runBuilds(
  request: BuildRequest,
  env: Environment,
  signal: AbortSignal,
  tell: (event: BuildEvent) => void,
): Promise<{ results: TargetResult[]; message: string }> {
  const cwd = slashed(request.cwd);
  const files = nodeFiles();
  const root = gorootOf(request.program, env);
  const found = findGo(files, cwd, root === null ? env : { ...env, GOROOT: root });
  if (!found.ok) return { results: [], message: found.message };
  const profile = findProfile(request.profile === '' ? 'default' : request.profile, request.profiles);
  for (const p of request.packages)
    if (p.startsWith('-')) return { results: [], message: `${p} is no package: flags come before packages` };
  const { go } = found;
  const targets = request.targets.length > 0 ? request.targets : [hostTarget(go)];
  const results: TargetResult[] = [];
  for (const [index, target] of targets.entries()) {
    if (signal.aborted) break;
    const result = await buildTarget(request, go, env, target, profile, signal, tell, index, targets.length);
    results.push(result);
    tell({ type: 'result', result });
  }
  return { results, message: '' };
}

/** The installation that a go command belongs to, links followed; null when that cannot be told from its place. */
function gorootOf(program: string, env: Environment): string | null {
  const found = program === '' || program === 'go' ? null : lookPath(program, env);
  if (found === null) return null;
  try {
    const root = path.dirname(path.dirname(fs.realpathSync(found)));
    return fs.existsSync(path.join(root, 'VERSION')) ? root : null;
  } catch {
    return null;
  }
}

export interface DryRun {
  /** The target's name. */
  target: string;
  graph: ActionGraph;
  keys: CacheKey[];
  /** The record of the last build of the same, or null. */
  last: BuildRecord | null;
  /** The folder of go's build cache; '' when a program keeps it. */
  cache: string;
}

/** Asks the go command what it would do, with -n: keys are computed and the cache is asked, nothing is built. */
export async function dryRun(
  request: BuildRequest,
  env: Environment,
  signal: AbortSignal,
): Promise<{ ok: true; run: DryRun } | { ok: false; message: string }> {
  const root = gorootOf(request.program, env);
  const found = findGo(nodeFiles(), slashed(request.cwd), root === null ? env : { ...env, GOROOT: root });
  if (!found.ok) return found;
  const target = request.targets[0] ?? hostTarget(found.go);
  const profile = findProfile(request.profile === '' ? 'default' : request.profile, request.profiles);
  const flags = allFlags(profile, request.flags);
  const packages = request.packages.length > 0 ? request.packages : ['.'];
  const cache = cacheDir(found.go, env);
  for (const p of packages) if (p.startsWith('-')) return { ok: false, message: `${p} is no package` };
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-'));
  try {
    const graphFile = path.join(work, 'graph.json');
    const said: string[] = [];
    const attempt = (out: readonly string[]) =>
      runGo(
        goProgram(request, found.go),
        ['build', '-n', `-debug-actiongraph=${graphFile}`, ...flags, ...out, '--', ...packages],
        request.cwd,
        { ...hashing(env), ...buildEnv(target, profile), ...toolchainEnv(found.go), GOTMPDIR: work },
        signal,
        { line: () => {}, key: () => {}, error: line => said.push(line) },
      );
    // A program that lies where go build would put it may stand in for its main package: ask about another place.
    let run = await attempt(['-o', path.join(work, 'out') + path.sep]);
    if (run.code !== 0 && said.some(l => l.includes('no main packages to build'))) run = await attempt([]);
    if (run.error !== '') return { ok: false, message: run.error };
    const text = readIfThere(graphFile);
    if (run.code !== 0 || text === null) {
      const message = said.filter(
        l => /^[^#\s$]/.test(l) && !/^(mkdir|cd|cat|EOF|packagefile|import|modinfo|GOROOT|mv|rm|echo)\b/.test(l),
      );
      const hint = hintFor(said.join('\n'));
      const text = message.slice(0, 5).join('; ') || `go build -n failed with status ${run.code}`;
      return { ok: false, message: hint === '' ? text : `${text}; ${hint}` };
    }
    const parsed = parseActionGraph(text);
    if (!parsed.ok) return parsed;
    const name = targetName(target);
    const cwd = slashed(request.cwd);
    // With other flags or for another target than ever: the last build of the packages shows what that changes.
    const last = loadRecord(env, recordId(cwd, name, flags, packages)) ?? loadLatest(env, placeOf(cwd), packages);
    const keys = parseHashLines(run.hashes);
    return { ok: true, run: { target: name, graph: parsed.graph, keys, last, cache: cache.ok ? cache.dir : '' } };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** The folder, and where it lies in its module. */
function placeOf(cwd: string): Place {
  const files = nodeFiles();
  const root = findModuleRoot(files, cwd);
  const source = root === '' ? null : files.readFile(join(root, 'go.mod'));
  return {
    cwd,
    module: source ? parseModFile(source).module : '',
    within: root === '' ? '' : cwd.slice(root.length),
  };
}

function goProgram(request: BuildRequest, go: GoEnv): string {
  if (request.program !== '' && request.program !== 'go') return request.program;
  return path.join(go.goroot, 'bin', process.platform === 'win32' ? 'go.exe' : 'go');
}

/** The toolchain was chosen already; one that is not there yet go may download, or say why not. */
function toolchainEnv(go: GoEnv): Record<string, string> {
  return go.missing === '' ? { GOTOOLCHAIN: 'local' } : {};
}

/** The environment that makes the go command print what it hashes into keys. */
function hashing(env: Environment): Environment {
  return { ...env, GODEBUG: env['GODEBUG'] ? `${env['GODEBUG']},gocachehash=1` : 'gocachehash=1' };
}

function hostTarget(go: GoEnv): BuildTarget {
  return { goos: go.get('GOOS') || go.hostOS, goarch: go.get('GOARCH') || go.hostArch, level: '' };
}

/** The profile's flags and those passed on, with their build tags and linker flags together: of several go takes the last. */
function allFlags(profile: Profile, passed: readonly string[]): string[] {
  const tags: string[] = [];
  const link: string[] = [];
  const rest: string[] = [];
  for (const flag of [...profile.flags, ...passed]) {
    const m = /^--?tags=(.*)$/.exec(flag);
    // Those with a pattern of packages before them stay on their own.
    const ld = /^--?ldflags=(\s*-.*)$/s.exec(flag);
    if (ld) link.push(ld[1]);
    else if (m) tags.push(...m[1].split(',').filter(t => t !== '' && !tags.includes(t)));
    else rest.push(flag);
  }
  if (link.length > 0) rest.push(`-ldflags=${link.join(' ')}`);
  if (tags.length > 0) rest.push(`-tags=${tags.join(',')}`);
  return rest;
}

/** What the flags mean for which packages and files there are. */
function loadFlagsOf(flags: readonly string[], cwd: string): LoadFlags {
  const value = (name: string): string => {
    const found = flags.findLast(f => f.startsWith(`-${name}=`) || f.startsWith(`--${name}=`));
    return found === undefined ? '' : found.slice(found.indexOf('=') + 1);
  };
  const on = (name: string): boolean => flags.some(f => f === `-${name}` || f === `--${name}`);
  const modfile = value('modfile');
  return {
    ...noFlags,
    tags: value('tags')
      .split(',')
      .filter(t => t !== ''),
    mod: value('mod'),
    modfile: modfile === '' ? '' : slashed(path.resolve(cwd, modfile)),
    instrument: on('race') ? 'race' : on('msan') ? 'msan' : on('asan') ? 'asan' : '',
    buildmode: value('buildmode') || 'default',
  };
}

/** The settings that choose a target and profile, beyond the environment that is there. */
function buildEnv(target: BuildTarget, profile: Profile): Record<string, string> {
  const out: Record<string, string> = { GOOS: target.goos, GOARCH: target.goarch, ...profile.env };
  const knob = levelKnob(target.goarch);
  if (knob && target.level !== '') out[knob.variable] = target.level;
  return out;
}

async function buildTarget(
  request: BuildRequest,
  go: GoEnv,
  env: Environment,
  target: BuildTarget,
  profile: Profile,
  signal: AbortSignal,
  tell: (event: BuildEvent) => void,
  index: number,
  count: number,
): Promise<TargetResult> {
  const name = targetName(target);
  const result = failedResult(name, '', false);
  if (!profile.flags.includes('-trimpath') && !request.flags.includes('-trimpath')) result.reproducible = 'paths';
  const why = profile.unsupported(target.goos, target.goarch);
  if (why !== null) return { ...result, message: why };
  const own = buildEnv(target, profile);
  const merged: Environment = { ...env, ...own };
  const settings: GoEnv = { ...go, get: n => own[n] ?? go.get(n) };
  const flags = allFlags(profile, request.flags);
  const loadFlags = loadFlagsOf([...goFlags(settings.get('GOFLAGS')), ...flags], request.cwd);
  const made = makeTarget(settings, loadFlags, merged);
  if (!made.ok) return { ...result, message: made.message };
  const built = await whatIsBuilt(request, settings, made.target, loadFlags, flags);
  if (!built.ok) {
    const hint = hintFor(built.message);
    return { ...result, message: hint === '' ? built.message : `${built.message}; ${hint}` };
  }
  result.cgo = built.cgo;
  result.runs = runsHere(target);
  result.cacheProgram = settings.get('GOCACHEPROG');

  const folder = request.folder(target);
  const fresh = !fs.existsSync(folder);
  const hasMain = built.mains > 0;
  let work: string;
  let scratch: string;
  try {
    // On the file system of the results, so that moving them is one step.
    makeFolder(folder);
    clearStale(folder);
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
  const shown = [
    ...Object.entries(own).map(([k, v]) => `${k}=${shellWord(v)}`),
    ...['go', 'build', ...flags, ...(hasMain ? ['-o', `${relativePath(request.cwd, folder)}/`] : []), ...packages].map(
      shellWord,
    ),
  ].join(' ');
  tell({ type: 'target', target: name, index, count, command: shown, packages: built.packages });
  const began = performance.now();
  // When the program ends in mid-build nothing of it stays.
  const orphan = (): void => {
    for (const dir of [work, scratch]) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', orphan);
  const said: string[] = [];
  const hear = (event: BuildEvent): void => {
    if (event.type === 'output' && said.length < 1000) said.push(event.text);
    tell(event);
  };
  try {
    // Not beside the results: a file there would make the version control stamp say that something is modified.
    const graphFile = path.join(scratch, 'graph.json');
    const traceFile = path.join(scratch, 'trace.json');
    const bin = path.join(work, 'out');
    fs.mkdirSync(bin);
    // -json came with 1.24; before it, output is plain.
    const json = made.target.release >= 24;
    const args = [
      'build',
      ...(json ? ['-json'] : []),
      '-v',
      `-debug-actiongraph=${graphFile}`,
      `-debug-trace=${traceFile}`,
      ...flags,
      ...(hasMain ? ['-o', bin + path.sep] : []),
      '--',
      ...packages,
    ];
    const live = followTrace(traceFile, spans => tell({ type: 'live', target: name, spans }));
    const run = await runGo(
      goProgram(request, go),
      args,
      request.cwd,
      { ...hashing(merged), ...toolchainEnv(go), GOTMPDIR: scratch },
      signal,
      progressOf(name, built.packages, json, hear),
      true,
    );
    const loading = live.stop();
    result.time = performance.now() - began;
    if (signal.aborted) return { ...result, status: 'cancelled', message: 'cancelled' };
    if (run.error !== '') return { ...result, message: run.error };
    const id = recordId(slashed(request.cwd), name, flags, packages);
    const last = loadRecord(env, id);
    const sizes: Record<string, number> = {};
    if (run.code !== 0) result.message = hintFor(said.join(''));
    else {
      result.status = 'ok';
      for (const file of fs.readdirSync(bin).sort()) {
        const to = path.join(folder, file);
        const previous = keepPrevious(env, id, to);
        fs.renameSync(path.join(bin, file), to);
        const { size } = fs.statSync(to);
        sizes[file] = size;
        result.files.push({ path: to, size, before: last?.sizes[file] ?? null, previous });
      }
      if (result.files.length > 0) Object.assign(result, linkageOf(result.files[0].path));
    }
    const graph = readIfThere(graphFile);
    const parsed = graph === null ? null : parseActionGraph(graph);
    if (graph !== null && parsed?.ok) {
      const t = totals(parsed.graph);
      result.cached = parsed.graph.actions.filter(a => a.mode === 'build' && a.verdict === 'cached').length;
      result.compiled = parsed.graph.actions.filter(a => a.mode === 'build' && a.verdict === 'run').length;
      const keys = parseHashLines(run.hashes);
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
        loading,
        processes: run.processes,
        cache: cache.ok ? cache.dir : '',
      });
      if (saved) {
        result.record = id;
        if (run.code === 0) saveLatest(env, placeOf(slashed(request.cwd)), packages, id);
      }
    }
    return result;
  } finally {
    process.removeListener('exit', orphan);
    orphan();
    // A folder that was made for results that did not come.
    if (fresh && result.files.length === 0) removeEmpty(folder);
  }
}

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

/** A folder for go to work in: it is removed whatever becomes of go, which tidies up only when it ends by itself. */
function temporary(set: string): string {
  return fs.mkdtempSync(path.join(set || os.tmpdir(), 'gospect-go-'));
}

const workPrefix = '.gospect-';

/** Makes the folder and those above it, one by one: asked to do it itself Node tries for ever where it cannot be (/proc). */
function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Removes what builds left here whose process is gone: one that was killed could not tidy up. */
function clearStale(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = new RegExp(`^\\${workPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function removeEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // It has other files.
  }
}

function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function relativePath(cwd: string, file: string): string {
  const rel = path.relative(cwd, file);
  return rel === '' ? '.' : rel.startsWith('..') ? file : `.${path.sep}${rel}`;
}

/** How many packages the build has, and what they mean for it, from the sources alone; in slices of a few milliseconds. */
async function whatIsBuilt(
  request: BuildRequest,
  go: GoEnv,
  target: Target,
  flags: LoadFlags,
  words: readonly string[],
): Promise<{ ok: true; packages: number; mains: number; cgo: boolean } | { ok: false; message: string }> {
  const overlay = words.findLast(w => /^--?overlay=/.test(w))?.replace(/^--?overlay=/, '');
  const files = nodeFiles(overlay ? readOverlay(overlay, request.cwd) : new Map());
  const env = moduleEnv(go, files, slashed(request.cwd), flags);
  const steps = loadSteps(createLoader(env, target, loadDefaults), request.packages);
  let step = steps.next();
  for (let slice = performance.now(); !step.done; step = steps.next()) {
    if (performance.now() - slice < 5) continue;
    await new Promise(resolve => setImmediate(resolve));
    slice = performance.now();
  }
  const loaded = step.value;
  if (loaded.fatal.length > 0) return { ok: false, message: loaded.fatal.join('\n') };
  const all = packageList(loaded.roots);
  const mains = loaded.roots.filter(p => p.name === 'main').length;
  return { ok: true, packages: all.length, mains, cgo: all.some(p => p.files.cgoFiles.length > 0) };
}
