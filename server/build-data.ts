/** What the page of a build shows: its actions, why they ran, what would have changed its time. */
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
import type { CacheKey } from '../core/actions/keys.ts';
import { criticalPath, lanes, observedWorkers, replay } from '../core/actions/schedule.ts';
import { graphOfTrace } from '../core/actions/trace.ts';
import { loadRecord } from './build-records.ts';
import type { GraphData, GraphResult, ProcessInfo, Reason, WhatIfQuestion } from './protocol/builds.ts';

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
