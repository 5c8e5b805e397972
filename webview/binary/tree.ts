/** The rows of a binary as a tree: by package and its path, or by section. */
import type { BinaryTable } from '../../server/protocol/binary.ts';

export type Grouping = 'package' | 'section';

export interface TreeNode {
  name: string;
  /** Names from the root, joined; the identity of a node across groupings of the same file. */
  key: string;
  parent: TreeNode | null;
  /** Largest first. */
  children: TreeNode[];
  size: number;
  memory: number;
  /** Kind of most of its bytes. */
  kind: string;
  pkg: string;
  file: string;
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
    kind: '',
    pkg: '',
    file: '',
    rows: [],
    byKind: new Map(),
  };
}

/** Builds the tree. Rows of size 0 in the file are left out of it. */
export function buildTree(table: BinaryTable, name: string, grouping: Grouping): TreeNode {
  const root = newNode(name, null);
  const index = new Map<string, TreeNode>();
  for (let row = 0; row < table.size.length; row++) {
    if (table.size[row] === 0) continue;
    const kind = table.strings[table.kind[row]];
    const pkg = table.strings[table.pkg[row]];
    let node = root;
    for (const step of pathOf(table, row, grouping, kind, pkg)) node = childOf(index, node, step);
    node.rows.push(row);
    node.pkg = pkg;
    node.file ||= table.strings[table.file[row]];
    for (let up: TreeNode | null = node; up !== null; up = up.parent) {
      up.size += table.size[row];
      up.memory += table.memory[row];
      up.byKind.set(kind, (up.byKind.get(kind) ?? 0) + table.size[row]);
    }
  }
  finish(root);
  return root;
}

function pathOf(table: BinaryTable, row: number, grouping: Grouping, kind: string, pkg: string): string[] {
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

function childOf(index: Map<string, TreeNode>, parent: TreeNode, name: string): TreeNode {
  const key = `${parent.key}\u0000${name}`;
  let node = index.get(key);
  if (node === undefined) {
    node = newNode(name, parent);
    index.set(key, node);
    parent.children.push(node);
  }
  return node;
}

/** Sorts, names the main kind, and folds chains of single children into one node. */
function finish(node: TreeNode): void {
  let most = -1;
  for (const [kind, size] of node.byKind) {
    if (size > most) {
      most = size;
      node.kind = kind;
    }
  }
  for (let i = 0; i < node.children.length; i++) {
    let child = node.children[i];
    while (child.children.length === 1 && child.rows.length === 0) [child] = child.children;
    child.parent = node;
    node.children[i] = child;
    finish(child);
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
