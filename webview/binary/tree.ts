/** The rows of a binary, or of the difference of two, as a tree: by package and its path, or by section. */
import type { BinaryTable, DifferenceTable } from '../../server/protocol/binary.ts';

export type Grouping = 'package' | 'section';

/** What the tree is built from: parallel columns, text as indices into `strings`. */
export interface TreeRows {
  strings: string[];
  section: number[];
  pkg: number[];
  symbol: number[];
  file: number[];
  kind: number[];
  /** What areas stand for: bytes in the file; of a difference how many came or went. */
  size: number[];
  memory: number[];
  offset: number[];
  /** Bytes in the two files, and the earlier name; zeros and the empty string where there is but one file. */
  old: number[];
  now: number[];
  was: number[];
  follows: number[];
}

export function rowsOfTable(table: BinaryTable): TreeRows {
  const none = new Array<number>(table.size.length).fill(0);
  return { ...table, old: none, now: none, was: none, follows: none };
}

/** `following`: also what only follows from other changes, such as padding and tables of symbols. */
export function rowsOfDifference(table: DifferenceTable, following: boolean): TreeRows {
  const none = new Array<number>(table.now.length).fill(0);
  const size = table.now.map((now, i) => (following || !table.follows[i] ? Math.abs(now - table.old[i]) : 0));
  return { ...table, size, memory: none, offset: none };
}

export interface TreeNode {
  name: string;
  /** Names from the root, joined; the identity of a node across groupings of the same file. */
  key: string;
  parent: TreeNode | null;
  /** Largest first. */
  children: TreeNode[];
  size: number;
  memory: number;
  /** Bytes in the old and new file, of what differs. */
  old: number;
  now: number;
  /** Kind of most of its bytes. */
  kind: string;
  pkg: string;
  /** Linker's name, for leaves that have one. */
  symbol: string;
  /** Name in the old file, when it is another. */
  was: string;
  file: string;
  /** Where its first byte is in the file; −1 when it is not known. */
  offset: number;
  /** Bytes of the row that begins there. */
  length: number;
  /** All of it only follows from other changes. */
  follows: boolean;
  /** Rows of the table that the node stands for, for leaves. */
  rows: number[];
  /** Bytes by kind, an index into the strings; of leaves null. */
  kinds: Map<number, number> | null;
}

/** Bytes by kind of all rows below a node, the most first. */
export function kindsOf(table: TreeRows, node: TreeNode): Map<string, number> {
  const sums = node.kinds ?? addKinds(table, node.rows, new Map<number, number>());
  const sorted = [...sums].sort((a, b) => b[1] - a[1]);
  return new Map(sorted.map(([kind, size]) => [table.strings[kind], size]));
}

function addKinds(table: TreeRows, rows: readonly number[], sums: Map<number, number>): Map<number, number> {
  for (const row of rows) sums.set(table.kind[row], (sums.get(table.kind[row]) ?? 0) + table.size[row]);
  return sums;
}

/** The kind of most bytes. */
function mainKind(table: TreeRows, sums: Map<number, number>): string {
  let main = 0;
  let most = -1;
  for (const [kind, size] of sums) {
    if (size > most) {
      most = size;
      main = kind;
    }
  }
  return table.strings[main];
}

function newNode(name: string, parent: TreeNode | null): TreeNode {
  const key = parent === null ? '' : `${parent.key}\u0000${name}`;
  return {
    name,
    key,
    parent,
    children: [],
    size: 0,
    memory: 0,
    old: 0,
    now: 0,
    kind: '',
    pkg: '',
    symbol: '',
    was: '',
    file: '',
    offset: -1,
    length: 0,
    follows: true,
    rows: [],
    kinds: null,
  };
}

/** Builds the tree. Rows of size 0 in the file are left out of it. */
export function buildTree(table: TreeRows, name: string, grouping: Grouping): TreeNode {
  const root = newNode(name, null);
  const { strings } = table;
  // by number: what a row is in is walked down to once for all rows that are in it
  const inner = new Map<number, { node: TreeNode; leaves: Map<number, TreeNode> }>();
  const named = new Map<string, TreeNode>();
  const leavesIn = new Map<TreeNode, Map<number, TreeNode>>();
  for (let row = 0; row < table.size.length; row++) {
    if (table.size[row] === 0) continue;
    const place = placeOf(table, row, grouping);
    let within = inner.get(place);
    if (within === undefined) {
      let node = root;
      for (const step of pathOf(table, row, grouping)) node = childOf(named, node, step);
      const leaves = leavesIn.get(node) ?? new Map<number, TreeNode>();
      leavesIn.set(node, leaves);
      inner.set(place, (within = { node, leaves }));
    }
    const symbol = table.symbol[row];
    const isPackage = grouping === 'package' && table.pkg[row] !== 0;
    let { node } = within;
    if (isPackage || (symbol !== 0 && strings[symbol] !== node.name)) {
      const id = symbol === 0 ? -table.kind[row] : symbol;
      const found = within.leaves.get(id);
      if (found !== undefined) node = found;
      else {
        const leaf = newNode(strings[Math.abs(id)], node);
        node.children.push(leaf);
        within.leaves.set(id, leaf);
        node = leaf;
      }
    }
    addRow(table, row, node);
  }
  finish(table, root);
  return root;
}

function addRow(table: TreeRows, row: number, node: TreeNode): void {
  const { strings } = table;
  node.rows.push(row);
  node.pkg = strings[table.pkg[row]];
  node.symbol ||= strings[table.symbol[row]];
  node.was ||= strings[table.was[row]];
  node.file ||= strings[table.file[row]];
  // code comes before the tables of it
  if (node.offset < 0 || strings[table.kind[row]] === 'code') {
    node.offset = table.offset[row];
    node.length = table.size[row];
  }
  node.size += table.size[row];
  node.memory += table.memory[row];
  node.old += table.old[row];
  node.now += table.now[row];
  if (table.follows[row] === 0) node.follows = false;
}

/** A number for what {@link pathOf} says. */
function placeOf(table: TreeRows, row: number, grouping: Grouping): number {
  const many = table.strings.length;
  if (grouping === 'section') return (table.section[row] * many + table.pkg[row]) * many + table.kind[row];
  if (table.pkg[row] !== 0) return table.pkg[row];
  return -1 - (table.kind[row] * many + table.section[row]);
}

/** What a row is in, outermost first: its package in the folders of its path, or its section and package. */
function pathOf(table: TreeRows, row: number, grouping: Grouping): string[] {
  const kind = table.strings[table.kind[row]];
  const pkg = table.strings[table.pkg[row]];
  const section = table.strings[table.section[row]];
  if (grouping === 'section') {
    const steps = [section || kind];
    if (pkg !== '') steps.push(pkg);
    else if (kind !== steps[0]) steps.push(kind);
    return steps;
  }
  if (pkg === '') return section !== '' && section !== kind ? [kind, section] : [kind];
  // each named by the whole path to it
  const steps: string[] = [];
  for (let slash = pkg.indexOf('/'); slash >= 0; slash = pkg.indexOf('/', slash + 1)) steps.push(pkg.slice(0, slash));
  return [...steps, pkg];
}

function childOf(named: Map<string, TreeNode>, parent: TreeNode, name: string): TreeNode {
  const key = `${parent.key}\u0000${name}`;
  let node = named.get(key);
  if (node === undefined) {
    node = newNode(name, parent);
    named.set(key, node);
    parent.children.push(node);
  }
  return node;
}

/** Adds up, sorts, names the main kind, and folds chains of single children into one node. */
function finish(table: TreeRows, node: TreeNode): void {
  const kinds = addKinds(table, node.rows, new Map());
  const ofLeaf = new Map<number, number>();
  for (let i = 0; i < node.children.length; i++) {
    let child = node.children[i];
    while (child.children.length === 1 && child.rows.length === 0) {
      const [only] = child.children;
      // a symbol, and a package within a path, say more than what they are in; a section says less than the kind
      if (only.symbol === '' && !only.name.startsWith(child.name)) only.name = child.name;
      child = only;
    }
    child.parent = node;
    node.children[i] = child;
    if (child.children.length > 0) {
      finish(table, child);
      for (const [kind, size] of child.kinds!) kinds.set(kind, (kinds.get(kind) ?? 0) + size);
    } else {
      addKinds(table, child.rows, kinds);
      if (child.rows.length === 1) child.kind = table.strings[table.kind[child.rows[0]]];
      else {
        ofLeaf.clear();
        child.kind = mainKind(table, addKinds(table, child.rows, ofLeaf));
      }
    }
    node.size += child.size;
    node.memory += child.memory;
    node.old += child.old;
    node.now += child.now;
    node.follows &&= child.follows;
  }
  node.kinds = kinds;
  node.kind = mainKind(table, kinds);
  node.children.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
}

/** From the root down to the node. */
export function ancestors(node: TreeNode): TreeNode[] {
  const path: TreeNode[] = [];
  for (let n: TreeNode | null = node; n !== null; n = n.parent) path.unshift(n);
  return path;
}

export function findByKey(root: TreeNode, key: string): TreeNode | null {
  if (root.key === key) return root;
  for (const child of root.children) {
    if (key === child.key || key.startsWith(`${child.key}\u0000`)) return findByKey(child, key) ?? child;
  }
  return null;
}

/** The first leaf of a symbol. */
export function findSymbol(root: TreeNode, symbol: string): TreeNode | null {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.symbol === symbol && node.children.length === 0) return node;
    stack.push(...node.children);
  }
  return null;
}

export function leavesOf(node: TreeNode): TreeNode[] {
  const leaves: TreeNode[] = [];
  const stack = [node];
  for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
    if (n.children.length === 0 || n.rows.length > 0) leaves.push(n);
    stack.push(...n.children);
  }
  return leaves;
}

/** The package of a node, or of its largest part. */
export function packageOf(node: TreeNode): string {
  let n = node;
  while (n.pkg === '' && n.children.length > 0) [n] = n.children;
  return n.pkg;
}
