/** What a build leaves: programs moved into place, and a record of what go did. */
import fs from 'node:fs';
import path from 'node:path';
import { type ActionGraph, parseActionGraph, totals } from '../../core/actions/graph.ts';
import { type CacheKey, shortHash } from '../../core/actions/keys.ts';
import { linkageOfAll } from './linkage.ts';
import { keepPrevious, previousOf } from './previous.ts';
import { type BuildRecord, changedKeys, type RecordHead, saveRecord } from './records.ts';
import { idleActions, isSame } from './repeat.ts';
import { cacheDir } from '../go-cache.ts';
import type { Environment, GoEnv } from '../go-env.ts';
import type { GoRun } from './go-process.ts';
import type { TargetResult } from '../protocol/builds.ts';

/** An action graph and the text it was read from. */
export interface WrittenGraph {
  text: string;
  graph: ActionGraph;
}

/** The action graph in what -debug-actiongraph wrote; null when it is none. */
export function graphIn(text: string): WrittenGraph | null {
  const parsed = parseActionGraph(text);
  return parsed.ok ? { text, graph: parsed.graph } : null;
}

const packagesIn = (keys: readonly CacheKey[]): number => keys.filter(k => k.name.startsWith('build ')).length;

/** Those of the keys that the graph names, the last of each, and whether they are all it names. */
export function keysIn(graph: ActionGraph, keys: readonly CacheKey[]): { keys: CacheKey[]; all: boolean } {
  const named = new Set<string>();
  for (const a of graph.actions)
    if ((a.mode === 'build' || a.mode === 'link') && a.actionId !== '') named.add(a.actionId);
  const found = new Map<string, CacheKey>();
  for (const key of keys) {
    const id = shortHash(key.sum);
    if (named.has(id)) found.set(id, key);
  }
  return { keys: [...found.values()], all: found.size === named.size };
}

/** Programs that go left in `bin`, and where they go. */
interface Taking {
  env: Environment;
  id: string;
  bin: string;
  folder: string;
  /** What go was shown. */
  there: ReadonlySet<string>;
  last: RecordHead | null;
  graph: ActionGraph | null;
}

/** Moves what go made into place, and says of the result what it is. */
export function takeResults({ env, id, bin, folder, there, last, graph }: Taking, result: TargetResult): void {
  result.status = 'ok';
  const programs = graph && programsOf(graph);
  for (const file of fs.readdirSync(bin).sort()) {
    const [from, to] = [path.join(bin, file), path.join(folder, file)];
    // a program that go was shown and did not ask for is no result of this build
    if (there.has(file) && programs && !programs.has(file)) continue;
    const kept = there.has(file) && isSame(from, to);
    const previous = kept ? previousOf(env, id, to) : keepPrevious(env, id, to);
    if (!kept) fs.renameSync(from, to);
    const { size } = fs.statSync(to);
    result.files.push({ path: to, size, before: last?.sizes[file] ?? null, previous });
  }
  if (result.files.length > 0) Object.assign(result, linkageOfAll(result.files.map(f => f.path)));
}

/** The names of the programs that the build is for. */
function programsOf(graph: ActionGraph): Set<string> {
  return new Set(graph.raw.flatMap(a => (a.target === '' ? [] : [path.basename(a.target)])));
}

/** A build that is over. */
interface Done {
  go: GoEnv;
  env: Environment;
  target: string;
  title: string;
  id: string;
  last: BuildRecord | null;
  graph: WrittenGraph;
  keys: CacheKey[];
  ran: GoRun;
}

/** Keeps what go did, and says of the result what it comes to. */
export function record(done: Done, result: TargetResult): void {
  const { go, env, id, last, keys, ran } = done;
  const { graph, text } = done.graph;
  const of = (verdict: string): number => graph.actions.filter(a => a.mode === 'build' && a.verdict === verdict).length;
  result.cached = of('cached');
  result.compiled = of('run');
  result.cgo = keys.some(k => k.lines.some(l => l.startsWith('"cgo ')));
  result.packages = packagesIn(keys);
  const cache = cacheDir(go, env);
  const sizes = Object.fromEntries(result.files.map(f => [path.basename(f.path), f.size]));
  // A build in which nothing ran tells nothing new: keep the reasons of the one before.
  const { run } = totals(graph);
  const before = last ? (run === 0 && last.before ? last.before : changedKeys(last.keys, keys)) : null;
  const { cached, compiled, packages, cgo, linkage, needs } = result;
  const kept: BuildRecord = {
    v: 3,
    key: id,
    title: done.title,
    target: done.target,
    graph: text,
    keys,
    before,
    sizes: { ...last?.sizes, ...sizes },
    time: graph.began,
    wall: graph.wall,
    loading: ran.loading,
    processes: ran.processes,
    cache: cache.ok ? cache.dir : '',
    ran: run,
    actions: run === 0 ? idleActions(text) : '',
    programs: Object.keys(sizes),
    told: { cached, compiled, packages, cgo, linkage, needs },
  };
  if (saveRecord(env, id, kept, last)) result.record = id;
}
