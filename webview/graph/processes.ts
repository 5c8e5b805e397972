/** The programs of the build: who ran which, for how long, processor time and memory. */
import type { GraphData, ProcessInfo } from '../../server/protocol/builds.ts';
import { formatSize, formatTime } from '../../server/protocol/units.ts';
import { formatBytes } from '../dom.ts';
import { numberColumn, TableView, textColumn } from '../table.ts';

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
  const title = (p: Process) => [p.name, p.package].filter(Boolean).join(' ');
  const open = (p: Process) => {
    const id = p.package === '' ? -1 : graph.actions.findIndex(a => a.package === p.package && a.mode === 'build');
    if (id >= 0) select(id);
  };
  const sizeOrNone = (bytes: number) => (bytes > 0 ? formatSize(bytes) : '');
  const view = new TableView<Process>(
    'processes',
    [
      {
        title: 'Program',
        width: 'minmax(150px, 1fr)',
        numeric: false,
        text: p => `${'\u00a0\u00a0\u00a0'.repeat(p.depth)}${title(p)}`,
        exact: p => p.command,
        compare: (a, b) => b.order - a.order,
      },
      textColumn('Run by', 'minmax(0, 64px)', p => p.by),
      numberColumn('Start', 'minmax(60px, 76px)', p => p.start, formatTime),
      numberColumn('Took', 'minmax(60px, 76px)', p => p.done - p.start, formatTime),
      numberColumn('CPU', 'minmax(60px, 76px)', p => p.cpu, formatTime),
      numberColumn('Memory', 'minmax(76px, 90px)', p => p.memory, sizeOrNone, formatBytes),
    ],
    { select: open, open },
    0,
  );
  return { view, show: matches => view.show(matches ? all.filter(p => matches(title(p))) : all) };
}
