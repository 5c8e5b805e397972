/** What is kept of a build: its action graph and the lines hashed into its keys, for the page and for the next build. */
import fs from 'node:fs';
import path from 'node:path';
import {
  type Action,
  type ActionGraph,
  kindOf,
  type ParsedGraph,
  parseActionGraph,
  totals,
} from '../core/actions/graph.ts';
import { changeText, compareKeys } from '../core/actions/inputs.ts';
import { type CacheKey, hashText } from '../core/actions/keys.ts';
import { criticalPath, lanes, observedWorkers, replay } from '../core/actions/schedule.ts';
import { graphOfTrace } from '../core/actions/trace.ts';
import { makeFolder } from './build-folder.ts';
import { cacheFolder } from './cache-folder.ts';
import type { GraphData, GraphResult, ProcessInfo, Reason, RecordInfo, WhatIfQuestion } from './protocol/builds.ts';

export interface BuildRecord {
  v: 2;
  /** What was built: the same in the next build of the same thing. */
  key: string;
  title: string;
  target: string;
  /** What -debug-actiongraph wrote. */
  graph: string;
  keys: CacheKey[];
  /** The keys of the build before, of packages whose key changed. */
  before: CacheKey[] | null;
  sizes: Record<string, number>;
  /** When it began, in milliseconds since 1970. */
  time: number;
  /** Milliseconds in which packages were loaded, before the first action; -1 when not known. */
  loading: number;
  processes: ProcessInfo[] | null;
  /** The folder of go's build cache; '' when a program keeps it. */
  cache: string;
  /** How many actions ran: with none the build tells nothing new. Not known of old records. */
  ran?: number;
}

function recordFile(env: Readonly<Record<string, string | undefined>>, id: string): string {
  return path.join(cacheFolder(env), 'builds', `${id}.json`);
}

/** The identifier under which the last build of the same thing lies. */
export function recordId(cwd: string, target: string, flags: readonly string[], packages: readonly string[]): string {
  return hashText(JSON.stringify([cwd, target, flags, packages])).slice(0, 24);
}

const maxRecords = 96;
/** Earlier builds of the same thing that are kept, to compare with. */
const maxEarlier = 5;

/**
 * Writes the record, whole or not at all, and drops the oldest beyond a bound; a cache that cannot be written is none. The
 * one before is kept as an earlier one, but where nothing ran in either: idle builds do not crowd out those that did something.
 */
export function saveRecord(
  env: Readonly<Record<string, string | undefined>>,
  id: string,
  record: BuildRecord,
  last: BuildRecord | null,
): boolean {
  try {
    const file = recordFile(env, id);
    const dir = path.dirname(file);
    makeFolder(dir);
    const replaces = record.ran === 0 && last?.ran === 0;
    if (!replaces) keepEarlier(dir, id);
    const temporary = `${file}.${process.pid}`;
    fs.writeFileSync(temporary, JSON.stringify(record));
    fs.renameSync(temporary, file);
    if (replaces) return true;
    const old = fs
      .readdirSync(dir)
      .map(name => ({ name, time: fs.statSync(path.join(dir, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .slice(maxRecords);
    for (const { name } of old) fs.rmSync(path.join(dir, name), { force: true });
    return true;
  } catch {
    return false;
  }
}

/** The build before this one, under a name with its time; the oldest beyond a bound go. */
function keepEarlier(dir: string, id: string): void {
  const file = path.join(dir, `${id}.json`);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat) fs.renameSync(file, path.join(dir, `${id}-${Math.round(stat.mtimeMs)}.json`));
  const earlier = fs
    .readdirSync(dir)
    .filter(name => name.startsWith(`${id}-`))
    .sort();
  for (const name of earlier.slice(0, -maxEarlier)) fs.rmSync(path.join(dir, name), { force: true });
}

/** More are not offered: each is read whole. */
const maxListed = 24;

/** The newest of the builds that are kept, newest first. */
export function listRecords(env: Readonly<Record<string, string | undefined>>): RecordInfo[] {
  let names: string[];
  try {
    const dir = path.join(cacheFolder(env), 'builds');
    names = fs
      .readdirSync(dir)
      .map(name => ({ name, time: fs.statSync(path.join(dir, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .map(f => f.name);
  } catch {
    return [];
  }
  const out: RecordInfo[] = [];
  for (const name of names) {
    if (out.length === maxListed) break;
    const id = name.replace(/\.json$/, '');
    const record = loadRecord(env, id);
    const parsed = record ? parseActionGraph(record.graph) : null;
    if (!record || !parsed?.ok) continue;
    const run = parsed.graph.actions.filter(a => a.mode === 'build' && a.verdict === 'run').length;
    out.push({
      record: id,
      title: record.title,
      target: record.target,
      time: record.time,
      wall: parsed.graph.wall,
      run,
    });
  }
  return out.sort((a, b) => b.time - a.time);
}

export function loadRecord(env: Readonly<Record<string, string | undefined>>, id: string): BuildRecord | null {
  if (!/^[0-9a-f]{1,64}(-\d{1,16})?$/.test(id)) return null;
  try {
    const record = JSON.parse(fs.readFileSync(recordFile(env, id), 'utf8')) as BuildRecord;
    return record.v === 2 && typeof record.graph === 'string' && Array.isArray(record.keys) ? record : null;
  } catch {
    return null;
  }
}

/** What makes two builds comparable although target, flags or folder differ: the folder, or the module and the place in it. */
export interface Place {
  cwd: string;
  /** Path of the main module, and the working folder in it; '' without one. */
  module: string;
  within: string;
}

/** The identifiers of the last build of the same packages, whatever its target and flags: here, and of this module anywhere. */
function latestIds({ cwd, module, within }: Place, packages: readonly string[]): string[] {
  const id = (...what: string[]): string => hashText(JSON.stringify(['latest', ...what, packages])).slice(0, 24);
  return module === '' ? [id(cwd)] : [id(cwd), id('module', module, within)];
}

/** Remembers which record is the last of its packages. */
export function saveLatest(
  env: Readonly<Record<string, string | undefined>>,
  place: Place,
  packages: readonly string[],
  id: string,
): void {
  for (const latest of latestIds(place, packages)) {
    try {
      fs.writeFileSync(recordFile(env, latest), JSON.stringify({ id }));
    } catch {
      // Without it an explanation has one comparison less.
    }
  }
}

/** The record of the last build of the same packages, with whatever target and flags; null when there is none. */
export function loadLatest(
  env: Readonly<Record<string, string | undefined>>,
  place: Place,
  packages: readonly string[],
): BuildRecord | null {
  for (const latest of latestIds(place, packages)) {
    try {
      const { id } = JSON.parse(fs.readFileSync(recordFile(env, latest), 'utf8')) as { id?: unknown };
      const record = typeof id === 'string' ? loadRecord(env, id) : null;
      if (record) return record;
    } catch {
      // Not built there.
    }
  }
  return null;
}

/** The keys of the earlier record that are not the same in the later one. */
export function changedKeys(before: readonly CacheKey[], after: readonly CacheKey[]): CacheKey[] {
  const now = new Map(after.map(k => [k.name, k.sum]));
  return before.filter(k => now.has(k.name) && now.get(k.name) !== k.sum);
}

/**
 * Why packages were built again: for each key that changed the inputs that differ. A package whose only difference is
 * that packages it imports came out different follows from those.
 */
export function reasons(before: readonly CacheKey[], after: readonly CacheKey[]): Reason[] {
  const was = new Map(before.map(k => [k.name, k]));
  const out: Reason[] = [];
  for (const key of after) {
    const old = was.get(key.name);
    if (!old || !key.name.startsWith('build ') || old.sum === key.sum) continue;
    const changes = compareKeys(old, key).map(c => ({ ...c, text: changeText(c) }));
    if (changes.length === 0) continue;
    out.push({
      package: key.name.slice('build '.length),
      own: changes.some(c => c.kind !== 'import' || c.before === null || c.after === null),
      changes,
    });
  }
  return out.sort((a, b) => Number(b.own) - Number(a.own));
}

/** The graph with all that the page shows of it. */
export function graphData(
  graph: ActionGraph,
  title: string,
  target: string,
  why: Reason[] | null,
  watched: { loading: number; processes: ProcessInfo[] | null } = { loading: -1, processes: null },
): GraphData {
  const lane = lanes(graph);
  const t = totals(graph);
  const workers = observedWorkers(graph);
  // A key that changed and was in the cache all the same, from an earlier build, made nothing run.
  const built = new Set(graph.actions.filter(a => a.mode === 'build' && a.verdict !== 'cached').map(a => a.package));
  const counts = [...new Set([1, 2, 4, 8, 16, workers])].sort((a, b) => a - b);
  return {
    v: 1,
    title,
    target,
    began: graph.began,
    wall: graph.wall,
    cpu: t.cpu,
    cached: t.cached,
    run: t.run,
    failed: t.failed,
    lanes: lane.reduce((most, l) => Math.max(most, l + 1), 0),
    actions: graph.actions.map(a => ({
      mode: a.mode,
      package: a.package,
      kind: kindOf(a),
      verdict: a.verdict,
      deps: a.deps,
      ready: a.ready,
      start: a.start,
      done: a.done,
      lane: lane[a.id],
      commands: a.commands,
      cpu: a.user + a.sys,
      actionId: a.actionId,
      buildId: a.buildId,
      target: a.target,
    })),
    critical: criticalPath(graph),
    whatIf: counts.map(workers => ({ workers, wall: replay(graph, { workers }) })),
    loading: watched.loading,
    processes: watched.processes,
    reasons: why === null ? null : why.filter(r => built.has(r.package)),
  };
}

/** The page's data for a record, or for a file that -debug-actiongraph wrote. */
export function readGraph(
  env: Readonly<Record<string, string | undefined>>,
  { record: id, file }: { record: string; file: string },
): GraphResult {
  if (id !== '') {
    const record = loadRecord(env, id);
    if (!record) return { ok: false, message: 'the record of that build is no longer there: build again' };
    const parsed = parseActionGraph(record.graph);
    if (!parsed.ok) return parsed;
    const why = record.before === null ? null : reasons(record.before, record.keys);
    return { ok: true, graph: graphData(parsed.graph, record.title, record.target, why, record) };
  }
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  const parsed = parseForeign(text);
  if (!parsed.ok) return parsed;
  return { ok: true, graph: graphData(parsed.graph, path.basename(file), '', null) };
}

/** What -debug-actiongraph or -debug-trace wrote, whichever it is. */
export function parseForeign(text: string): ParsedGraph {
  const parsed = parseActionGraph(text);
  if (parsed.ok) return parsed;
  const trace = graphOfTrace(text);
  if (trace) return { ok: true, graph: trace };
  return {
    ok: false,
    message: parsed.message.replace('not an action graph', 'neither an action graph nor a trace of go build'),
  };
}

/** Milliseconds the recorded build would have taken; null when it cannot be read. */
export function whatIf(
  env: Readonly<Record<string, string | undefined>>,
  { record: id, file }: { record: string; file: string },
  question: WhatIfQuestion,
): number | null {
  let text: string;
  try {
    text = id === '' ? fs.readFileSync(file, 'utf8') : (loadRecord(env, id)?.graph ?? '');
  } catch {
    return null;
  }
  const parsed = parseForeign(text);
  if (!parsed.ok) return null;
  const factor = new Map(Object.entries(question.packages));
  const duration = (a: Action): number => {
    const recorded = a.start >= 0 && a.done >= a.start ? a.done - a.start : 0;
    if (question.noCgo && kindOf(a) === 'cgo') return 0;
    return recorded * Math.max(0, factor.get(a.package) ?? 1);
  };
  return replay(parsed.graph, { workers: question.workers, duration });
}
