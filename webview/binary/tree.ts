/** The rows of a binary, or of the difference of two, as a tree: by package and its path, or by section. */
import type { BinaryTable, DifferenceTable } from '../../server/protocol/binary.ts';

export type Grouping = 'package' | 'section';

/** Numbers of a column. */
export type Numbers = ArrayLike<number>;

/** What the tree is built from: parallel columns, text as indices into `strings`. */
export interface TreeRows {
  strings: string[];
  section: Numbers;
  pkg: Numbers;
  symbol: Numbers;
  file: Numbers;
  kind: Numbers;
  /** What areas stand for: bytes in the file; of a difference how many came or went. */
  size: Numbers;
  memory: Numbers;
  offset: Numbers;
  /** Bytes in the two files, and the earlier name; zeros and the empty string where there is but one file. */
  old: Numbers;
  now: Numbers;
  was: Numbers;
  follows: Numbers;
  /** Rows of packages without a symbol are of many that are not told yet: they are the package's own, not a leaf. */
  partial: boolean;
}

export function rowsOfTable(table: BinaryTable, partial = false): TreeRows {
  const none = new Uint8Array(table.size.length);
  return { ...table, old: none, now: none, was: none, follows: none, partial };
}

/** `following`: also what only follows from other changes, such as padding and tables of symbols. */
export function rowsOfDifference(table: DifferenceTable, following: boolean): TreeRows {
  const none = new Uint8Array(table.now.length);
  const size = table.now.map((now, i) => (following || !table.follows[i] ? Math.abs(now - table.old[i]) : 0));
  return { ...table, size, memory: none, offset: none, partial: false };
}

/**
 * A node of the tree. What is in a package, or in another place of many symbols, is made when it is first looked at: a
 * large program has some hundred thousand symbols, of which a few thousand are seen.
 */
export class TreeNode {
  size = 0;
  memory = 0;
  /** Bytes in the old and new file, of what differs. */
  old = 0;
  now = 0;
  /** Kind of most of its bytes. */
  kind = '';
  pkg = '';
  /** Linker's name, for leaves that have one. */
  symbol = '';
  /** Name in the old file, when it is another. */
  was = '';
  file = '';
  /** Where its first byte is in the file; −1 when it is not known. */
  offset = -1;
  /** Bytes of the row that begins there. */
  length = 0;
  /** All of it only follows from other changes. */
  follows = true;
  /** Rows of the table that the node stands for itself, for leaves all. */
  rows: number[] = [];
  /** Bytes by kind, an index into the strings; of leaves null. */
  kinds: Map<number, number> | null = null;
  /** Its children but for the leaves that are not made yet, and the rows of these. */
  private made: TreeNode[] = [];
  private waiting: Numbers | null = null;

  constructor(
    private readonly table: TreeRows,
    public name: string,
    public parent: TreeNode | null,
  ) {}

  /** Largest first. */
  get children(): readonly TreeNode[] {
    if (this.waiting !== null) {
      this.made.push(...leavesFrom(this.table, this.waiting, this));
      this.waiting = null;
      this.made.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
    }
    return this.made;
  }

  /** Names from below the root, each after a zero byte; the identity of a node across groupings of the same file. */
  get key(): string {
    return this.parent === null ? '' : `${this.parent.key}\u0000${this.name}`;
  }

  addChild(child: TreeNode): void {
    this.made.push(child);
  }

  /**
   * Once all is added: adds up, names the main kind, and folds chains of single children into one node. `loose` has the
   * rows of the leaves right below each node.
   */
  finish(loose: Map<TreeNode, Numbers>): void {
    const { table } = this;
    const kinds = addKinds(table, this.rows, new Map());
    const mine = loose.get(this);
    const inner = this.made;
    this.made = [];
    if (mine !== undefined) {
      this.sum(mine, kinds);
      this.waiting = mine;
    }
    for (const first of inner) {
      let child = first;
      for (let only = child.only(loose); only !== null; only = child.only(loose)) {
        // a symbol, and a package within a path, say more than what they are in; a section says less than the kind
        if (only.symbol === '' && !only.name.startsWith(child.name)) only.name = child.name;
        child = only;
      }
      child.parent = this;
      this.made.push(child);
      if (child.made.length > 0 || loose.has(child)) {
        child.finish(loose);
        for (const [kind, size] of child.kinds!) kinds.set(kind, (kinds.get(kind) ?? 0) + size);
      } else {
        child.kind = kindOfRows(table, child.rows);
        addKinds(table, child.rows, kinds);
      }
      this.size += child.size;
      this.memory += child.memory;
      this.old += child.old;
      this.now += child.now;
      this.follows &&= child.follows;
    }
    this.kinds = kinds;
    this.kind = mainKind(table, kinds);
    if (this.waiting === null) this.made.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  }

  /** Adds rows of leaves to the sums, without making leaves of them. */
  private sum(rows: Numbers, kinds: Map<number, number>): void {
    const { size, memory, old, now, follows } = this.table;
    addKinds(this.table, rows, kinds);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      this.size += size[row];
      this.memory += memory[row];
      this.old += old[row];
      this.now += now[row];
      if (follows[row] === 0) this.follows = false;
    }
  }

  /** Its one child, where it stands for no rows itself; else null. */
  private only(loose: Map<TreeNode, Numbers>): TreeNode | null {
    const { made, table } = this;
    if (this.rows.length > 0) return null;
    const rows = loose.get(this);
    if (rows === undefined) return made.length === 1 ? made[0] : null;
    if (made.length > 0) return null;
    const id = leafId(table, rows[0]);
    for (let i = 1; i < rows.length; i++) if (leafId(table, rows[i]) !== id) return null;
    return leavesFrom(table, rows, this)[0];
  }

  addRow(row: number): void {
    const { table } = this;
    const { strings } = table;
    this.rows.push(row);
    this.pkg = strings[table.pkg[row]];
    this.symbol ||= strings[table.symbol[row]];
    this.was ||= strings[table.was[row]];
    this.file ||= strings[table.file[row]];
    // code comes before the tables of it
    if (this.offset < 0 || strings[table.kind[row]] === 'code') {
      this.offset = table.offset[row];
      this.length = table.size[row];
    }
    this.size += table.size[row];
    this.memory += table.memory[row];
    this.old += table.old[row];
    this.now += table.now[row];
    if (table.follows[row] === 0) this.follows = false;
  }

  /** Whether a leaf below it that is not made yet is of a symbol. */
  awaits(symbol: number): boolean {
    const { waiting, table } = this;
    for (let i = 0; waiting !== null && i < waiting.length; i++) if (table.symbol[waiting[i]] === symbol) return true;
    return false;
  }

  /** Its children without any that are not made yet. */
  get madeChildren(): readonly TreeNode[] {
    return this.made;
  }
}

/** Bytes by kind of all rows below a node, the most first. */
export function kindsOf(table: TreeRows, node: TreeNode): Map<string, number> {
  const sums = node.kinds ?? addKinds(table, node.rows, new Map<number, number>());
  const sorted = [...sums].sort((a, b) => b[1] - a[1]);
  return new Map(sorted.map(([kind, size]) => [table.strings[kind], size]));
}

function addKinds({ kind, size }: TreeRows, rows: Numbers, sums: Map<number, number>): Map<number, number> {
  for (let i = 0; i < rows.length; i++) sums.set(kind[rows[i]], (sums.get(kind[rows[i]]) ?? 0) + size[rows[i]]);
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

function kindOfRows(table: TreeRows, rows: Numbers): string {
  return rows.length === 1 ? table.strings[table.kind[rows[0]]] : mainKind(table, addKinds(table, rows, new Map()));
}

/** Rows of one leaf have the same: its symbol, or the kind of what has none. */
function leafId(table: TreeRows, row: number): number {
  return table.symbol[row] === 0 ? -table.kind[row] : table.symbol[row];
}

function leavesFrom(table: TreeRows, rows: Numbers, parent: TreeNode): TreeNode[] {
  const leaves = new Map<number, TreeNode>();
  for (let i = 0; i < rows.length; i++) {
    const id = leafId(table, rows[i]);
    let leaf = leaves.get(id);
    if (leaf === undefined) {
      leaf = new TreeNode(table, table.strings[Math.abs(id)], parent);
      leaves.set(id, leaf);
    }
    leaf.addRow(rows[i]);
  }
  for (const leaf of leaves.values()) leaf.kind = kindOfRows(table, leaf.rows);
  return [...leaves.values()];
}

/** Builds the tree. Rows of size 0 in the file are left out of it. */
export function buildTree(table: TreeRows, name: string, grouping: Grouping): TreeNode {
  const root = new TreeNode(table, name, null);
  const named = new Map<string, TreeNode>();
  const loose = new Map<TreeNode, Numbers>();
  for (const rows of places(table, grouping)) {
    const [first] = rows;
    let node = root;
    let key = '';
    for (const step of pathOf(table, first, grouping)) {
      key += `\u0000${step}`;
      let child = named.get(key);
      if (child === undefined) {
        child = new TreeNode(table, step, node);
        named.set(key, child);
        node.addChild(child);
      }
      node = child;
    }
    // of a package all rows are its symbols'; elsewhere what has no symbol of another name is of the node itself
    let leaves = rows;
    if (grouping !== 'package' || table.pkg[first] === 0 || table.partial) {
      const its = (row: number) => table.symbol[row] !== 0 && table.strings[table.symbol[row]] !== node.name;
      for (const row of rows) if (!its(row)) node.addRow(row);
      leaves = rows.filter(its);
    }
    if (leaves.length === 0) continue;
    const others = loose.get(node);
    loose.set(node, others === undefined ? leaves : Uint32Array.from([...Array.from(others), ...leaves]));
  }
  root.finish(loose);
  return root;
}

/** The rows that have bytes in the file, those of one place together, in the order in which the places first come. */
function places(table: TreeRows, grouping: Grouping): Uint32Array[] {
  const { size } = table;
  const numbers = new Map<number, number>();
  const ends: number[] = [];
  const placed = new Int32Array(size.length);
  let last = Number.NaN;
  let number = -1;
  for (let row = 0; row < size.length; row++) {
    if (size[row] === 0) {
      placed[row] = -1;
      continue;
    }
    const place = placeOf(table, row, grouping);
    if (place !== last) {
      last = place;
      number = numbers.get(place) ?? -1;
      if (number < 0) {
        number = ends.push(0) - 1;
        numbers.set(place, number);
      }
    }
    placed[row] = number;
    ends[number]++;
  }
  let sum = 0;
  for (let i = 0; i < ends.length; i++) {
    sum += ends[i];
    ends[i] = sum;
  }
  const starts = Uint32Array.from(ends, (_, i) => (i === 0 ? 0 : ends[i - 1]));
  const next = starts.slice();
  const rows = new Uint32Array(sum);
  for (let row = 0; row < placed.length; row++) if (placed[row] >= 0) rows[next[placed[row]]++] = row;
  return ends.map((end, i) => rows.subarray(starts[i], end));
}

/** A number for what {@link pathOf} says. */
function placeOf(table: TreeRows, row: number, grouping: Grouping): number {
  const many = table.strings.length;
  if (table.pkg[row] === 0) return -1 - (table.kind[row] * many + table.section[row]);
  return grouping === 'section' ? table.section[row] * many + table.pkg[row] : table.pkg[row];
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

/** From the root down to the node. */
export function ancestors(node: TreeNode): TreeNode[] {
  const path: TreeNode[] = [];
  for (let n: TreeNode | null = node; n !== null; n = n.parent) path.unshift(n);
  return path;
}

/** The node of a key, or the innermost one above it that is there; null where nothing is. */
export function findByKey(root: TreeNode, key: string): TreeNode | null {
  if (key === '') return root;
  let found: TreeNode | null = null;
  let rest = key.slice(1);
  for (let node: TreeNode | undefined = root; node !== undefined && rest !== ''; ) {
    const name: string = rest.split('\u0000', 1)[0];
    node = node.children.find(child => child.name === name);
    if (node !== undefined) found = node;
    rest = rest.slice(name.length + 1);
  }
  return found;
}

/** The first leaf of a symbol. */
export function findSymbol(root: TreeNode, table: TreeRows, symbol: string): TreeNode | null {
  const number = table.strings.indexOf(symbol);
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const below = node.awaits(number) ? node.children : node.madeChildren;
    if (node.symbol === symbol && below.length === 0) return node;
    stack.push(...below);
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
