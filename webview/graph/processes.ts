/** The programs of the build: who ran which, for how long, processor time and memory. */
import type { GraphData, ProcessInfo } from '../../server/protocol/builds.ts';
import { formatBytes, formatSize } from '../dom.ts';
import { TableView } from '../table.ts';
import { formatTime } from './palette.ts';

interface Process extends ProcessInfo {
  depth: number;
  /** Place in the tree, parents before children. */
  order: number;
  by: string;
}

/** Parents before their children, children in the order they were begun. */
function treeOf(list: readonly ProcessInfo[]): Process[] {
  const children = new Map<number, ProcessInfo[]>();
  const known = new Map(list.map(p => [p.pid, p]));
  for (const p of list) {
    const parent = known.has(p.parent) ? p.parent : 0;
    const of = children.get(parent);
    if (of) of.push(p);
    else children.set(parent, [p]);
  }
  const out: Process[] = [];
  const work = (children.get(0) ?? []).map(p => ({ p, depth: 0 })).reverse();
  for (let next = work.pop(); next; next = work.pop()) {
    const { p, depth } = next;
    out.push({ ...p, depth, order: out.length, by: known.get(p.parent)?.name ?? '' });
    if (depth < 50) for (const c of (children.get(p.pid) ?? []).toReversed()) work.push({ p: c, depth: depth + 1 });
  }
  return out;
}

export function processTable(
  graph: GraphData,
  select: (id: number) => void,
): { view: TableView<Process>; show(matches: ((name: string) => boolean) | null): void } {
  const all = treeOf(graph.processes ?? []);
  const number = (value: (p: Process) => number) => (a: Process, b: Process) => value(a) - value(b);
  const title = (p: Process) => [p.name, p.package].filter(Boolean).join(' ');
  const text = (value: (p: Process) => string) => (a: Process, b: Process) =>
    value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0;
  const open = (p: Process) => {
    const id = p.package === '' ? -1 : graph.actions.findIndex(a => a.package === p.package && a.mode === 'build');
    if (id >= 0) select(id);
  };
  const took = (p: Process) => p.done - p.start;
  const view = new TableView<Process>(
    'processes',
    [
      {
        title: 'Program',
        width: 'minmax(90px, 1fr)',
        numeric: false,
        text: p => `${'\u00a0\u00a0\u00a0'.repeat(p.depth)}${title(p)}`,
        exact: p => p.command,
        compare: (a, b) => b.order - a.order,
      },
      { title: 'Run by', width: 'minmax(0, 120px)', numeric: false, text: p => p.by, compare: text(p => p.by) },
      {
        title: 'Start',
        width: 'minmax(60px, 76px)',
        numeric: true,
        text: p => formatTime(p.start),
        exact: p => String(p.start),
        compare: number(p => p.start),
      },
      {
        title: 'Took',
        width: 'minmax(60px, 76px)',
        numeric: true,
        text: p => formatTime(took(p)),
        exact: p => String(took(p)),
        compare: number(took),
      },
      {
        title: 'CPU',
        width: 'minmax(60px, 76px)',
        numeric: true,
        text: p => formatTime(p.cpu),
        exact: p => String(p.cpu),
        compare: number(p => p.cpu),
      },
      {
        title: 'Memory',
        width: 'minmax(76px, 120px)',
        numeric: true,
        text: p => (p.memory > 0 ? formatSize(p.memory) : ''),
        exact: p => formatBytes(p.memory),
        compare: number(p => p.memory),
      },
    ],
    { select: open, open },
    0,
  );
  return { view, show: matches => view.show(matches ? all.filter(p => matches(title(p))) : all) };
}
