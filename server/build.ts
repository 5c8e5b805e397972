/**
 * Runs the user's `go build`, target after target, and records what it did. The go command is run with an argument
 * array, never by a shell. Results are built in a folder of their own and moved into place when they are whole, so that
 * a build that is stopped leaves nothing behind.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ActionGraph, parseActionGraph } from '../core/actions/graph.ts';
import { type CacheKey, parseHashLines } from '../core/actions/keys.ts';
import {
  allFlags,
  buildEnv,
  type BuildRequest,
  goProgram,
  gorootOf,
  hashing,
  hostTarget,
  placeOf,
  toolchainEnv,
} from './build-command.ts';
import { readIfThere, removeEmpty } from './build-folder.ts';
import { hintFor } from './build-hints.ts';
import { type BuildRecord, loadLatest, loadRecord, recordId, saveLatest } from './build-records.ts';
import { buildTarget } from './build-run.ts';
import { findProfile, targetName } from './build-targets.ts';
import { cacheDir } from './go-cache.ts';
import { type Environment, findGo } from './go-env.ts';
import { runGo } from './go-process.ts';
import { nodeFiles, slashed } from './node-files.ts';
import type { BuildEvent, TargetResult } from './protocol/builds.ts';

/**
 * Builds every target; a target that fails does not stop the others. While one is linked, which leaves cores idle, the
 * next is begun; what is told is in the order of the targets all the same. Throws UsageError for what the user can mend.
 */
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
  let before: Promise<unknown> = Promise.resolve();
  let packages: number | null = null;
  let unchanged = targets.length > 1;
  const made: string[] = [];
  for (const [index, target] of targets.entries()) {
    if (signal.aborted) break;
    const told = inTurn(before, tell);
    const earlier = before;
    let linking = (): void => {};
    const linked = new Promise<void>(resolve => (linking = resolve));
    const turn = { index, count: targets.length, packages, unchanged, made, linking };
    const building = buildTarget(request, go, env, target, profile, signal, told, turn).then(async built => {
      const { result } = built;
      packages = result.packages || packages;
      unchanged &&= built.unchanged && result.compiled === 0;
      await earlier;
      results.push(result);
      tell({ type: 'result', result });
    });
    before = building;
    await earlier;
    await (sharesMachine(request) ? Promise.race([linked, building]) : building);
  }
  await before;
  removeEmpty(made);
  const last = results.findLast(r => r.status === 'ok' && r.record !== '');
  if (last) saveLatest(env, placeOf(cwd), request.packages.length > 0 ? request.packages : ['.'], last.record);
  return { results, message: '' };
}

/** Whether two targets may be under way: not where the user says how much may run at one time, nor where memory is short. */
function sharesMachine(request: BuildRequest): boolean {
  return os.availableParallelism() > 1 && os.freemem() > 2 * 2 ** 30 && !request.flags.some(f => /^--?p=/.test(f));
}

/** Tells events once `before` is over, in order. */
function inTurn(before: Promise<unknown>, tell: (event: BuildEvent) => void): (event: BuildEvent) => void {
  let held: BuildEvent[] | null = [];
  void before.then(() => {
    for (const event of held ?? []) tell(event);
    held = null;
  });
  return event => (held ? void held.push(event) : tell(event));
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
  const own = buildEnv(target, profile, found.go, env);
  if (!own.ok) return own;
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
        goProgram(request, found.go, env),
        ['build', '-n', `-debug-actiongraph=${graphFile}`, ...flags, ...out, '--', ...packages],
        request.cwd,
        { ...hashing(env), ...own.env, ...toolchainEnv(request, found.go, env), GOTMPDIR: work },
        signal,
        { line: () => {}, key: () => {}, linking: () => {}, error: line => said.push(line) },
      );
    // A program that lies where go build would put it may stand in for its main package: ask about another place.
    let run = await attempt(['-o', path.join(work, 'out') + path.sep]);
    if (run.code !== 0 && run.noMains) run = await attempt([]);
    if (run.error !== '') return { ok: false, message: run.error };
    const text = readIfThere(graphFile);
    if (run.code !== 0 || text === null) {
      const hint = hintFor(said.join('\n'));
      const text = faultsOf(said).slice(0, 5).join('; ') || `go build -n failed with status ${run.code}`;
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

/** What go says is wrong, each in a line of its own, among the commands that -n prints: lines that go on are indented. */
function faultsOf(said: readonly string[]): string[] {
  const out: string[] = [];
  let on = false;
  for (const line of said) {
    if (/^\s/.test(line)) {
      if (on) out.push(`${out.pop()} ${line.trim()}`);
      continue;
    }
    on = /^[^#$]/.test(line) && !/^(mkdir|cd|cat|EOF|packagefile|import|modinfo|GOROOT|mv|rm|echo)\b/.test(line);
    if (on) out.push(line);
  }
  return out;
}
