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
} from '../../core/actions/graph.ts';
import { changeText, compareKeys } from '../../core/actions/inputs.ts';
import type { CacheKey } from '../../core/actions/keys.ts';
import { criticalPath, lanes, observedWorkers, replay } from '../../core/actions/schedule.ts';
import { graphOfTrace } from '../../core/actions/trace.ts';
import { loadRecord } from './records.ts';
import type { Environment } from '../go-env.ts';
import type { GraphData, GraphParams, GraphResult, ProcessInfo, Reason, WhatIfQuestion } from '../protocol/builds.ts';

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
export function readGraph(env: Environment, { record: id, file }: GraphParams): GraphResult {
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

/** What -debug-actiongraph or -debug-trace wrote, or Gospect as JSON, whichever it is. */
export function parseForeign(text: string): ParsedGraph {
  const parsed = parseActionGraph(text);
  if (parsed.ok) return parsed;
  const own = parseExported(text);
  if (own) return own;
  const trace = graphOfTrace(text);
  if (trace) return { ok: true, graph: trace };
  return {
    ok: false,
    message: parsed.message.replace('not an action graph', 'neither an action graph nor a trace of go build'),
  };
}

/**
 * What is exported as JSON: the record in it, or what is shown of it by way of what -debug-actiongraph would have
 * written, whose reader checks it; null when it is something else. What go decided the order by is not in it: go counts
 * actions from the last prerequisite up.
 */
function parseExported(text: string): ParsedGraph | null {
  let data: (Partial<GraphData> & { recorded?: unknown }) | null;
  try {
    data = JSON.parse(text) as typeof data;
  } catch {
    return null;
  }
  if (typeof data !== 'object' || data?.v !== 1 || !Array.isArray(data.actions)) return null;
  if (Array.isArray(data.recorded)) return parseActionGraph(JSON.stringify(data.recorded));
  const { actions, began } = data;
  const first = typeof began === 'number' && began > 0 && began < 8.64e15 / 2 ? began : 0;
  const when = (ms: unknown): string | undefined => {
    if (typeof ms !== 'number' || !(ms >= 0 && ms < 1e12)) return undefined;
    const at = first + ms;
    const nanoseconds = Math.min(Math.round((at - Math.floor(at)) * 1e6), 999_999);
    return new Date(Math.floor(at)).toISOString().replace('Z', `${String(nanoseconds).padStart(6, '0')}Z`);
  };
  const order = priorities(actions.map(a => (Array.isArray(a?.deps) ? a.deps : [])));
  return parseActionGraph(
    JSON.stringify(
      actions.map((a, id) => ({
        ID: id,
        Mode: a?.mode,
        Package: a?.package,
        Deps: a?.deps,
        Priority: order[id],
        TimeReady: when(a?.ready),
        TimeStart: when(a?.start),
        TimeDone: when(a?.done),
        Cmd: a?.commands,
        CmdUser: typeof a?.cpu === 'number' ? a.cpu * 1e6 : 0,
        ActionID: a?.actionId,
        BuildID: a?.buildId,
        Target: a?.target,
      })),
    ),
  );
}

/** The order of actions after what they wait for, from the first on (work.actionList). */
function priorities(deps: readonly (readonly number[])[]): Int32Array {
  const order = new Int32Array(deps.length).fill(-1);
  const entered = new Uint8Array(deps.length);
  let count = 0;
  for (let root = 0; root < deps.length; root++) {
    const stack = entered[root] === 0 ? [[root, 0]] : [];
    entered[root] = 1;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const [id, next] = top;
      if (next === deps[id].length) {
        order[id] = count++;
        stack.pop();
        continue;
      }
      top[1]++;
      const dep = deps[id][next];
      if (entered[dep] !== 0) continue;
      entered[dep] = 1;
      stack.push([dep, 0]);
    }
  }
  return order;
}

/** The actions of a record or of a file; null when they cannot be read. */
export function graphOf(env: Environment, { record: id, file }: GraphParams): ActionGraph | null {
  let text: string;
  try {
    text = id === '' ? fs.readFileSync(file, 'utf8') : (loadRecord(env, id)?.graph ?? '');
  } catch {
    return null;
  }
  const parsed = parseForeign(text);
  return parsed.ok ? parsed.graph : null;
}

/** Milliseconds the recorded build would have taken; null when it cannot be read. */
export function whatIf(env: Environment, build: GraphParams, question: WhatIfQuestion): number | null {
  const graph = graphOf(env, build);
  if (graph === null) return null;
  const factor = new Map(Object.entries(question.packages));
  const duration = (a: Action): number => {
    const recorded = a.start >= 0 && a.done >= a.start ? a.done - a.start : 0;
    if (question.noCgo && kindOf(a) === 'cgo') return 0;
    return recorded * Math.max(0, factor.get(a.package) ?? 1);
  };
  return replay(graph, { workers: question.workers, duration });
}
