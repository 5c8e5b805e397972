/** Two builds side by side: what each action took, then and now. */
import type { GraphAction, GraphData } from '../../server/protocol/builds.ts';
import { formatTime } from '../../server/protocol/units.ts';
import { numberColumn, pathColumn, TableView, textColumn } from '../table.ts';
import { duration, nameOf } from './action.ts';

interface Pair {
  name: string;
  mode: string;
  /** Indices in the two builds; -1 for none. */
  id: number;
  now: GraphAction | null;
  then: GraphAction | null;
}

function pairs(graph: GraphData, other: GraphData): Pair[] {
  const keyOf = (a: GraphAction) => `${a.mode} ${a.package}`;
  const out = new Map<string, Pair>();
  graph.actions.forEach((a, id) => {
    if (a.verdict !== 'none') out.set(keyOf(a), { name: nameOf(a), mode: a.mode, id, now: a, then: null });
  });
  for (const a of other.actions) {
    if (a.verdict === 'none') continue;
    const pair = out.get(keyOf(a));
    if (pair) pair.then = a;
    else out.set(keyOf(a), { name: nameOf(a), mode: a.mode, id: -1, now: null, then: a });
  }
  return [...out.values()];
}

const took = (a: GraphAction | null): number => (a ? duration(a) : 0);
const difference = (p: Pair): number => took(p.now) - took(p.then);
const signed = (ms: number): string => (Math.abs(ms) < 0.5 ? '' : `${ms > 0 ? '+' : '−'}${formatTime(Math.abs(ms))}`);
const verdict = (a: GraphAction | null): string => (a ? a.verdict : '–');

/** What the comparison comes to, in a sentence. */
export function comparison(graph: GraphData, other: GraphData): string {
  const when = new Date(other.began).toLocaleString();
  const all = pairs(graph, other);
  const more = all.filter(p => p.now?.verdict === 'run' && p.then?.verdict !== 'run').length;
  const fewer = all.filter(p => p.then?.verdict === 'run' && p.now?.verdict !== 'run').length;
  const parts = [
    more > 0 ? `${more} ran that did not then` : '',
    fewer > 0 ? `${fewer} ran then and not now` : '',
  ].filter(Boolean);
  const change = signed(graph.wall - other.wall) || '±0';
  const name = [other.title, other.target === graph.target ? '' : other.target].filter(Boolean).join(' for ');
  return `${formatTime(graph.wall)} against ${formatTime(other.wall)} (${change}) of ${name}, ${when}${parts.length > 0 ? `; ${parts.join(', ')}` : ''}.`;
}

export function compareTable(
  graph: GraphData,
  other: GraphData,
  select: (id: number) => void,
): { view: TableView<Pair>; show(matches: ((name: string) => boolean) | null): void } {
  const all = pairs(graph, other);
  const time = (ms: number) => (ms > 0 ? formatTime(ms) : '');
  const open = (p: Pair) => p.id >= 0 && select(p.id);
  const view = new TableView<Pair>(
    'comparison',
    [
      pathColumn('Package', 'minmax(140px, 1fr)', p => p.name),
      textColumn('Action', 'minmax(48px, 84px)', p => p.mode),
      textColumn('Now', 'minmax(58px, 84px)', p => verdict(p.now)),
      textColumn('Then', 'minmax(58px, 84px)', p => verdict(p.then)),
      numberColumn('Took now', 'minmax(74px, 100px)', p => took(p.now), time),
      numberColumn('Took then', 'minmax(74px, 100px)', p => took(p.then), time),
      {
        title: 'Difference',
        width: 'minmax(88px, 110px)',
        numeric: true,
        text: p => signed(difference(p)),
        exact: p => String(difference(p)),
        compare: (a, b) => Math.abs(difference(a)) - Math.abs(difference(b)),
      },
    ],
    { select: open, open },
    6,
  );
  return { view, show: matches => view.show(matches ? all.filter(p => matches(p.name)) : all) };
}
