/** A build in sentences: its figures, what took the time, and why things ran. */
import type { GraphData } from '../../server/protocol/builds.ts';
import { formatCount, formatTime } from '../../server/protocol/units.ts';
import { formatShare } from '../dom.ts';
import { duration, nameOf } from './action.ts';

/** The figures of the head line. */
export function facts(graph: GraphData): string {
  return [
    graph.target,
    `${formatTime(graph.wall)} wall`,
    graph.loading > 1 ? `${formatTime(graph.loading)} before that to load packages` : '',
    graph.cpu > 0 ? `${formatTime(graph.cpu)} CPU` : '',
    `${graph.actions.length} actions: ${graph.cached} cached, ${graph.run} run${graph.failed > 0 ? `, ${graph.failed} failed` : ''}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What mattered most, in a sentence. */
export function answer(graph: GraphData): string {
  const { actions, wall } = graph;
  if (!actions.some(a => a.start >= 0))
    return 'Nothing has run: the build was stopped before its end, or only planned.';
  if (graph.run === 0) {
    return graph.failed > 0
      ? 'The build failed before anything was compiled.'
      : 'Nothing had to be built: all of it was in the cache.';
  }
  const steps = graph.critical.map(s => s.id).sort((a, b) => duration(actions[b]) - duration(actions[a]));
  const [top] = steps;
  const a = actions[top];
  const share = formatShare(duration(a), wall);
  const beside = actions.filter((b, id) => id !== top && b.lane >= 0 && b.start < a.done && b.done > a.start);
  const busy = beside.reduce((sum, b) => sum + Math.min(b.done, a.done) - Math.max(b.start, a.start), 0);
  const alone = busy < duration(a) * 0.1 ? '; next to nothing ran beside it' : '';
  const what = a.kind === 'link' ? 'the link' : nameOf(a);
  const failed = graph.failed > 0 ? ` ${formatCount(graph.failed, 'action')} failed.` : '';
  return `${share} of the time is ${what} (${formatTime(duration(a))})${alone}.${failed}`;
}

/** Which inputs were the cause that something ran, and how much only followed; null where that is not known. */
export function causes(graph: GraphData): string | null {
  const { actions, reasons } = graph;
  if (reasons === null || graph.run === 0) return null;
  if (reasons.length === 0)
    return actions.some(a => a.verdict === 'run' && a.kind !== 'link')
      ? 'no key differs from the last build of the same: the entries were not in the cache'
      : 'the cache does not hold links';
  const own = reasons.filter(r => r.own);
  const first = own.slice(0, 3).map(r => `${r.package} — ${r.changes[0].text}`);
  if (own.length > 3) first.push(`${own.length - 3} more`);
  const followed = reasons.length - own.length;
  return `${first.join('; ')}${followed > 0 ? ` › ${followed} followed` : ''}`;
}
