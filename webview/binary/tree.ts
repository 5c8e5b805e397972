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
  byKind: Map<string, number>;
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
    byKind: new Map(),
  };
}

/** Builds the tree. Rows of size 0 in the file are left out of it. */
export function buildTree(table: TreeRows, name: string, grouping: Grouping): TreeNode {
  const root = newNode(name, null);
  // children by name, node by node: a path is walked without building keys
  const index = new Map<TreeNode, Map<string, TreeNode>>();
  for (let row = 0; row < table.size.length; row++) {
    if (table.size[row] === 0) continue;
    const kind = table.strings[table.kind[row]];
    const pkg = table.strings[table.pkg[row]];
    let node = root;
    for (const step of pathOf(table, row, grouping, kind, pkg)) node = childOf(index, node, step);
    node.rows.push(row);
    node.pkg = pkg;
    node.symbol ||= table.strings[table.symbol[row]];
    node.was ||= table.strings[table.was[row]];
    node.file ||= table.strings[table.file[row]];
    // code comes before the tables of it
    if (node.offset < 0 || kind === 'code') {
      node.offset = table.offset[row];
      node.length = table.size[row];
    }
    node.size += table.size[row];
    node.memory += table.memory[row];
    node.old += table.old[row];
    node.now += table.now[row];
    if (table.follows[row] === 0) node.follows = false;
    node.byKind.set(kind, (node.byKind.get(kind) ?? 0) + table.size[row]);
  }
  finish(root);
  return root;
}

function pathOf(table: TreeRows, row: number, grouping: Grouping, kind: string, pkg: string): string[] {
  const section = table.strings[table.section[row]];
  const symbol = table.strings[table.symbol[row]];
  if (grouping === 'section') {
    const steps = [section || kind];
    if (pkg !== '') steps.push(pkg);
    else if (kind !== steps[0]) steps.push(kind);
    if (symbol !== '' && symbol !== steps.at(-1)) steps.push(symbol);
    return steps;
  }
  if (pkg === '') {
    const steps = [kind];
    if (section !== '' && section !== kind) steps.push(section);
    if (symbol !== '' && symbol !== steps.at(-1)) steps.push(symbol);
    return steps;
  }
  // a package lies in the folders of its path, each named by the whole path to it
  const steps: string[] = [];
  for (let slash = pkg.indexOf('/'); slash >= 0; slash = pkg.indexOf('/', slash + 1)) steps.push(pkg.slice(0, slash));
  steps.push(pkg, symbol || kind);
  return steps;
}

function childOf(index: Map<TreeNode, Map<string, TreeNode>>, parent: TreeNode, name: string): TreeNode {
  let children = index.get(parent);
  if (children === undefined) index.set(parent, (children = new Map()));
  let node = children.get(name);
  if (node === undefined) {
    node = newNode(name, parent);
    children.set(name, node);
    parent.children.push(node);
  }
  return node;
}

/** Adds up, sorts, names the main kind, and folds chains of single children into one node. */
function finish(node: TreeNode): void {
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
    finish(child);
    node.size += child.size;
    node.memory += child.memory;
    node.old += child.old;
    node.now += child.now;
    node.follows &&= child.follows;
    for (const [kind, size] of child.byKind) node.byKind.set(kind, (node.byKind.get(kind) ?? 0) + size);
  }
  let most = -1;
  for (const [kind, size] of node.byKind) {
    if (size > most) {
      most = size;
      node.kind = kind;
    }
  }
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
