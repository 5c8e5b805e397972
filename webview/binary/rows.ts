/** The table of the rows in view: each symbol by itself, or added up by package, kind, source file or section. */
import { formatSigned, formatSize } from '../../server/protocol/units.ts';
import { formatShare } from '../dom.ts';
import { type Column, numberColumn, pathColumn, TableView, textColumn } from '../table.ts';
import { leavesOf, type TreeNode, type TreeRows } from './tree.ts';

export type RowGrouping = 'symbol' | 'package' | 'kind' | 'file' | 'section';

export interface TableRow {
  name: string;
  pkg: string;
  kind: string;
  size: number;
  old: number;
  now: number;
  was: string;
  follows: boolean;
  /** What it stands for in the tree; null for what is added up from several places. */
  node: TreeNode | null;
}

export function tableRows(source: TreeRows, view: TreeNode, by: RowGrouping): TableRow[] {
  const leaves = leavesOf(view);
  if (by === 'symbol')
    return leaves.map(node => ({
      name: node.name,
      pkg: node.pkg,
      kind: node.kind,
      size: node.size,
      old: node.old,
      now: node.now,
      was: node.was,
      follows: node.follows,
      node,
    }));
  const { strings } = source;
  const column = { package: source.pkg, kind: source.kind, file: source.file, section: source.section }[by];
  const rows = new Map<string, TableRow>();
  for (const leaf of leaves) {
    for (const i of leaf.rows) {
      const name = strings[column[i]] || `(${strings[source.kind[i]]})`;
      let row = rows.get(name);
      if (row === undefined) {
        const kind = by === 'kind' ? name : '';
        row = { name, pkg: '', kind, size: 0, old: 0, now: 0, was: '', follows: true, node: null };
        rows.set(name, row);
      }
      row.size += source.size[i];
      row.old += source.old[i];
      row.now += source.now[i];
      if (source.follows[i] === 0) row.follows = false;
      if (by === 'package' && row.node === null) row.node = packageNode(leaf, name);
    }
  }
  return [...rows.values()];
}

/** The node of a package above one of its symbols. */
function packageNode(leaf: TreeNode, name: string): TreeNode | null {
  for (let n: TreeNode | null = leaf; n !== null; n = n.parent) if (n.name === name) return n;
  return null;
}

export function rowTable(
  difference: boolean,
  whole: number,
  events: { select(row: TableRow): void; open(row: TableRow): void; copy(text: string): void },
): TableView<TableRow> {
  const symbol = 'minmax(120px, 3fr)';
  const kind = difference ? 'minmax(44px, 136px)' : 'minmax(44px, 100px)';
  const pkg = 'minmax(60px, 1fr)';
  const text = textColumn<TableRow>;
  const bytes = (title: string, width: string, of: (row: TableRow) => number): Column<TableRow> =>
    numberColumn(title, width, of, formatSize);
  const columns = difference
    ? [
        text('Symbol', symbol, row => (row.was === '' ? row.name : `${row.name} (was ${row.was})`)),
        pathColumn<TableRow>('Package', pkg, row => row.pkg),
        text('Kind', kind, row => (row.follows ? `${row.kind}, follows` : row.kind)),
        bytes('Old', '78px', row => row.old),
        bytes('New', '78px', row => row.now),
        {
          ...bytes('Difference', '106px', row => row.now - row.old),
          text: (row: TableRow) => formatSigned(row.now - row.old),
          // by how much, whatever the direction; what only follows comes last
          compare: (a: TableRow, b: TableRow) =>
            Number(b.follows) - Number(a.follows) || Math.abs(a.now - a.old) - Math.abs(b.now - b.old),
        },
      ]
    : [
        text('Symbol', symbol, row => row.name),
        pathColumn<TableRow>('Package', pkg, row => row.pkg),
        text('Kind', kind, row => row.kind),
        bytes('Size', '78px', row => row.size),
        {
          ...bytes('Share', '66px', row => row.size),
          text: (row: TableRow) => formatShare(row.size, whole),
        },
      ];
  return new TableView<TableRow>(
    'Rows',
    columns,
    { ...events, faint: row => difference && row.follows },
    difference ? 5 : 3,
  );
}
