/** Where in a file the reader is: the tree of its rows, the node in view, the one selected, and the ways elsewhere. */
import type { BinarySummary, BinaryTable, DifferenceTable, PastBuild } from '../../server/protocol/binary.ts';
import { textMatcher } from '../dom.ts';
import { type RowGrouping, type TableRow, tableRows } from './rows.ts';
import type { State } from './state.ts';
import {
  buildTree,
  findByKey,
  findSymbol,
  rowsOfDifference,
  rowsOfTable,
  type TreeNode,
  type TreeRows,
} from './tree.ts';

/** What is explored; `whole` once all of its rows are there. */
export interface Shown {
  summary: BinarySummary;
  table: BinaryTable;
  whole: boolean;
  history: PastBuild[];
}

export interface Difference {
  old: { name: string; size: number };
  size: number;
  rows: DifferenceTable;
}

export class Place {
  source: TreeRows;
  tree: TreeNode;
  /** The node whose parts are shown. */
  view: TreeNode;
  selected: TreeNode | null;
  /** Of a difference: nothing differs but what follows from other changes, so that this is all there is to show. */
  readonly onlyFollowing: boolean;
  private listed: { view: TreeNode; by: RowGrouping; rows: TableRow[] } | null = null;

  constructor(
    private readonly file: Shown,
    readonly difference: Difference | null,
    private readonly state: State,
  ) {
    this.onlyFollowing = difference !== null && !difference.rows.follows.includes(0);
    this.source = this.rowsToShow();
    this.tree = this.grown();
    this.view = findByKey(this.tree, state.view) ?? this.tree;
    this.selected = state.selected === '' ? null : findByKey(this.tree, state.selected);
  }

  /** Bytes that shares are of. */
  get whole(): number {
    return this.difference === null ? this.file.summary.size : this.tree.size;
  }

  private rowsToShow(): TreeRows {
    return this.difference === null
      ? rowsOfTable(this.file.table, !this.file.whole)
      : rowsOfDifference(this.difference.rows, this.state.following || this.onlyFollowing);
  }

  private grown(): TreeNode {
    this.listed = null;
    return buildTree(this.source, this.file.summary.name, this.state.grouping);
  }

  /** By another grouping, from the top. */
  regroup(): void {
    this.tree = this.grown();
    this.view = this.tree;
    this.selected = null;
  }

  /** With what follows from other changes, or without; from the top. */
  refilter(): void {
    this.source = this.rowsToShow();
    this.regroup();
  }

  /** With the rows that were missing, at the same node. */
  complete(): void {
    const [view, selected] = [this.view.key, this.selected?.key];
    this.source = this.rowsToShow();
    this.tree = this.grown();
    this.view = findByKey(this.tree, view) ?? this.tree;
    this.selected = selected === undefined ? null : findByKey(this.tree, selected);
  }

  /** Out of the node in view, which is selected then; false at the top. */
  leave(): boolean {
    if (this.view.parent === null) return false;
    this.selected = this.view;
    this.view = this.view.parent;
    return true;
  }

  /** To a symbol, beside its neighbours; false where it is not in the file. */
  goTo(symbol: string): boolean {
    const node = findSymbol(this.tree, this.source, symbol);
    if (node === null) return false;
    if (node.parent !== null) this.view = node.parent;
    this.selected = node;
    return true;
  }

  /** Rows of the table for what is in view and matches the search. */
  rowsInView(): TableRow[] {
    const { view, state } = this;
    if (this.listed?.view !== view || this.listed.by !== state.rows)
      this.listed = { view, by: state.rows, rows: tableRows(this.source, view, state.rows) };
    const { rows } = this.listed;
    const matches = textMatcher(state.search);
    return matches === null ? rows : rows.filter(row => matches(row.name) || matches(row.pkg));
  }
}
