/** What go build would do, as -n tells it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ActionGraph, parseActionGraph } from '../../core/actions/graph.ts';
import { type CacheKey, parseHashLines } from '../../core/actions/keys.ts';
import {
  allFlags,
  buildEnv,
  type BuildRequest,
  goOf,
  goProgram,
  hashing,
  hostTarget,
  packagesFault,
  placeOf,
  toolchainEnv,
} from './go-command.ts';
import { readIfThere } from './folder.ts';
import { hintFor } from './hints.ts';
import { type BuildRecord, loadLatest, loadRecord, recordId } from './records.ts';
import { findProfile } from './targets.ts';
import { targetName } from '../protocol/ports.ts';
import { cacheDir } from '../go-cache.ts';
import type { Environment } from '../go-env.ts';
import { runGo } from './go-process.ts';
import { slashed } from '../node-files.ts';

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
  const found = goOf(request, env);
  if (!found.ok) return found;
  const target = request.targets[0] ?? hostTarget(found.go);
  const profile = findProfile(request.profile === '' ? 'default' : request.profile, request.profiles);
  const own = buildEnv(target, profile, found.go, env);
  if (!own.ok) return own;
  const flags = allFlags(profile, request.flags);
  const packages = request.packages.length > 0 ? request.packages : ['.'];
  const cache = cacheDir(found.go, env);
  const fault = packagesFault(packages);
  if (fault !== '') return { ok: false, message: fault };
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
    // a program that lies where go build would put it may stand in for its main package: another place is asked about
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
    // flags or a target that were never built: the last build of the packages shows what they change
    const last = loadRecord(env, recordId(cwd, name, flags, packages)) ?? loadLatest(env, placeOf(cwd), packages);
    const keys = parseHashLines(run.hashes);
    return { ok: true, run: { target: name, graph: parsed.graph, keys, last, cache: cache.ok ? cache.dir : '' } };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Lines of the shell that -n prints; the programs it runs, by their path, a variable before them or where they put what
 * they make.
 */
const isCommand = (line: string): boolean =>
  /^(?:(?:mkdir|cd|cat|EOF|packagefile|import|modinfo|mv|rm|cp|echo|go tool)\b|[A-Z][A-Z0-9_]*=)/.test(line) ||
  /^\S*[/\\]pkg[/\\]tool[/\\]| -o /.test(line);

/** What go says is wrong, each in a line of its own, among the commands that -n prints: lines that go on are indented. */
export function faultsOf(said: readonly string[]): string[] {
  const out: string[] = [];
  let on = false;
  for (const line of said) {
    if (/^\s/.test(line)) {
      if (on) out.push(`${out.pop()} ${line.trim()}`);
      continue;
    }
    on = /^[^#$]/.test(line) && !isCommand(line);
    if (on) out.push(line);
  }
  return out;
}
