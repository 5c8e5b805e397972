/** A build in a file: for Gospect itself, for Graphviz, for Chrome and Perfetto, for a browser. */
import { toDot, toTrace } from '../../core/actions/export.ts';
import { graphOf, readGraph } from './page-data.ts';
import { loadRecord } from './records.ts';
import type { Environment } from '../go-env.ts';
import { htmlPage } from '../html-page.ts';
import type { ExportParams, ExportResult } from '../protocol/builds.ts';

export function exportBuild(env: Environment, { format, ...build }: ExportParams): ExportResult {
  const result = readGraph(env, build);
  if (!result.ok) return result;
  const { graph } = result;
  if (format === 'json') {
    // With the record itself, replays of the file are those of the build.
    const recorded: unknown =
      build.record === '' ? undefined : JSON.parse(loadRecord(env, build.record)?.graph ?? 'null');
    return { ok: true, text: `${JSON.stringify({ ...graph, recorded })}\n` };
  }
  if (format === 'html') return { ok: true, text: htmlPage('graph', graph.title, graph) };
  const actions = graphOf(env, build);
  if (actions === null) return { ok: false, message: 'the record of that build is no longer there: build again' };
  return { ok: true, text: format === 'dot' ? toDot(actions) : toTrace(actions) };
}
