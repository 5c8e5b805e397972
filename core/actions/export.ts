/** A build's graph in other tools' formats: Graphviz DOT, and the trace events of Chrome and Perfetto. */
import { type Action, type ActionGraph, kindOf } from './graph.ts';
import { lanes } from './schedule.ts';

function label(a: Action): string {
  return a.package === '' ? a.mode : `${a.mode} ${a.package}`;
}

/** DOT, prerequisites below what needs them; what ran is drawn bold. */
export function toDot(g: ActionGraph): string {
  const quote = (s: string): string => `"${s.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  let out = 'digraph build {\n\trankdir=LR;\n\tnode [shape=box, fontsize=10];\n';
  for (const a of g.actions) {
    const took = a.start >= 0 && a.done >= 0 ? `\\n${(a.done - a.start).toFixed(1)} ms` : '';
    const style = a.verdict === 'run' ? ', style=bold' : a.verdict === 'failed' ? ', style=dashed' : '';
    out += `\ta${a.id} [label=${quote(label(a)).slice(0, -1)}${took}"${style}];\n`;
  }
  for (const a of g.actions) for (const d of a.deps) out += `\ta${a.id} -> a${d};\n`;
  return `${out}}\n`;
}

/** Trace events: one thread a lane, times in microseconds. */
export function toTrace(g: ActionGraph): string {
  const lane = lanes(g);
  const events: unknown[] = [];
  let most = 0;
  for (const a of g.actions) {
    if (lane[a.id] < 0) continue;
    if (lane[a.id] > most) most = lane[a.id];
    events.push({
      name: label(a),
      cat: kindOf(a),
      ph: 'X',
      ts: Math.round(a.start * 1000),
      // Rounded as the beginning of the next is: neither lasts into the other.
      dur: Math.round(a.done * 1000) - Math.round(a.start * 1000),
      pid: 1,
      tid: lane[a.id] + 1,
      args: { verdict: a.verdict, wait_ms: Math.max(0, a.start - a.ready), cpu_ms: a.user + a.sys, action: a.actionId },
    });
  }
  const names = Array.from({ length: most + 1 }, (_, i) => ({
    name: 'thread_name',
    ph: 'M',
    pid: 1,
    tid: i + 1,
    args: { name: `lane ${i + 1}` },
  }));
  const process = { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: 'go build' } };
  return `${JSON.stringify({ traceEvents: [process, ...names, ...events], displayTimeUnit: 'ms' })}\n`;
}
