/** gospect graph: the action graph of a build. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ActionGraph, parseActionGraph } from '../../core/actions/graph.ts';
import { toDot, toTrace } from '../../core/actions/export.ts';
import { runBuilds } from '../build/build.ts';
import { requestedOne, TARGET_FLAGS } from '../build/flags.ts';
import { graphData, parseForeign, reasons } from '../build/page-data.ts';
import { type BuildRecord, loadRecord } from '../build/records.ts';
import { atMostOne, type Command, Exit, type Invocation, type Io, UsageError } from '../command.ts';
import { htmlPage } from '../html-page.ts';
import { fileError } from '../node-files.ts';
import type { GraphData, Reason } from '../protocol/builds.ts';
import { formatTime } from '../protocol/units.ts';
import { echo } from './build-output.ts';

export const graph: Command = {
  name: 'graph',
  usage: '[--json | --dot | --trace | --html] [--from file | packages]',
  help: [
    'Builds the packages with the Go on this machine (executables are thrown away) and shows the graph of the build, or',
    'reads one that go build -debug-actiongraph or -debug-trace wrote, or --json. --trace is for Chrome and Perfetto, --dot for Graphviz.',
  ].join('\n'),
  examples: [
    ['graph ./...', 'what took long, what mattered'],
    ['graph --html ./... > build.html', 'the page for a browser'],
    ['graph --trace --from actions.json', 'for Chrome or Perfetto'],
  ],
  flags: {
    from: { value: 'required', placeholder: 'file', help: 'read this action graph; no Go is needed' },
    ...TARGET_FLAGS,
    json: { value: 'none', help: 'print JSON' },
    dot: { value: 'none', help: 'print DOT' },
    trace: { value: 'none', help: 'print trace events with a thread for each lane' },
    html: { value: 'none', help: 'print the page of the editor as one file for a browser' },
  },
  async run(invocation, io) {
    const { flags } = invocation;
    atMostOne(flags, ['json', 'dot', 'trace', 'html']);
    const from = flags.get('from');
    const { graph, title, target, why, watched } =
      from === undefined
        ? await record(invocation, io)
        : { graph: read(from, io), title: from, target: '', why: null, watched: undefined };
    if (flags.has('dot')) io.out(toDot(graph));
    else if (flags.has('trace')) io.out(toTrace(graph));
    else {
      const data = graphData(graph, title, target, why, watched);
      if (flags.has('html')) io.out(htmlPage('graph', data.title, data));
      else io.out(flags.has('json') ? `${JSON.stringify(data)}\n` : summary(data));
    }
    return Exit.Done;
  },
};

function read(file: string, io: Io): ActionGraph {
  let text: string;
  try {
    text = fs.readFileSync(path.resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(fileError(error, 'open', file));
  }
  const parsed = parseForeign(text);
  if (!parsed.ok) throw new UsageError(`${file}: ${parsed.message}`);
  return parsed.graph;
}

async function record(
  invocation: Invocation,
  io: Io,
): Promise<{ graph: ActionGraph; title: string; target: string; why: Reason[] | null; watched: BuildRecord }> {
  const asked = requestedOne('graph', invocation, io);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-graph-'));
  try {
    const { results, message } = await runBuilds({ ...asked, folder: () => scratch }, io.env, io.signal, echo(io));
    if (message !== '') throw new UsageError(message);
    const [result] = results;
    if (result.message !== '') throw new UsageError(result.message);
    const saved = loadRecord(io.env, result.record);
    const parsed = saved ? parseActionGraph(saved.graph) : null;
    if (!saved || !parsed?.ok) throw new UsageError('the build left no action graph');
    const why = saved.before === null ? null : reasons(saved.before, saved.keys);
    return { graph: parsed.graph, title: saved.title, target: saved.target, why, watched: saved };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** The answer in a few lines: how long, what of it mattered. */
function summary(g: GraphData): string {
  const share = (ms: number): string => `${((100 * ms) / Math.max(g.wall, 0.001)).toFixed(0)} %`;
  const name = (id: number): string => `${g.actions[id].mode} ${g.actions[id].package}`.trim();
  const title = g.target === '' ? g.title : `${g.title} for ${g.target}`;
  if (!g.actions.some(a => a.start >= 0))
    return `${title}: ${g.actions.length} actions that have not run: the build was stopped before its end, or only planned\n`;
  let out = `${title}: ${formatTime(g.wall)} wall, ${formatTime(g.cpu)} CPU, `;
  out += `${g.actions.length} actions: ${g.cached} cached, ${g.run} run${g.failed > 0 ? `, ${g.failed} failed` : ''}\n`;
  const path = g.critical.filter(s => g.actions[s.id].done - g.actions[s.id].start > 1);
  if (path.length > 0) out += '\nCritical path, longest first:\n';
  const byTime = [...path].sort((a, b) => took(b.id) - took(a.id)).slice(0, 10);
  for (const s of byTime)
    out += `  ${formatTime(took(s.id)).padStart(8)}  ${share(took(s.id)).padStart(4)}  ${name(s.id)}${s.wait > 1 ? `  (waited ${formatTime(s.wait)} for a worker)` : ''}\n`;
  if (g.run > 0) out += `\nBy replay: ${g.whatIf.map(w => `-p ${w.workers} ${formatTime(w.wall)}`).join(', ')}\n`;
  const own = (g.reasons ?? []).filter(r => r.own);
  if (own.length > 0) out += '\nWhy these ran:\n';
  for (const r of own.slice(0, 20))
    out += `  ${r.package}: ${r.changes
      .map(c => c.text)
      .slice(0, 3)
      .join('; ')}\n`;
  return out;

  function took(id: number): number {
    return g.actions[id].done - g.actions[id].start;
  }
}
