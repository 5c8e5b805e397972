/**
 * A layered layout of a graph without cycles: prerequisites to the left of what needs them. Edges that others imply are
 * left out first (transitive reduction over bit sets), layers are by longest path, and the order in a layer by the mean
 * place of neighbours, back and forth a few times. 3,000 nodes take some tens of milliseconds.
 */

export interface Layout {
  /** Column and row of each node. */
  layer: Int32Array;
  row: Float64Array;
  layers: number;
  /** Rows of the fullest layer. */
  rows: number;
  /** The edges that remain, from what needs to what is needed. */
  edges: [number, number][];
}

/** Nodes in an order in which prerequisites come first. */
function topological(deps: readonly number[][]): number[] {
  const n = deps.length;
  const waits = new Int32Array(n);
  const dependents: number[][] = deps.map(() => []);
  deps.forEach((list, i) => {
    waits[i] = list.length;
    for (const d of list) dependents[d].push(i);
  });
  const order: number[] = [];
  for (let i = 0; i < n; i++) if (waits[i] === 0) order.push(i);
  for (let i = 0; i < order.length; i++) for (const d of dependents[order[i]]) if (--waits[d] === 0) order.push(d);
  return order;
}

/** The edges that no longer path replaces. */
function reduce(deps: readonly number[][], order: readonly number[]): number[][] {
  const words = (deps.length + 31) >> 5;
  const reach: Uint32Array[] = [];
  const place = new Int32Array(deps.length);
  order.forEach((node, i) => {
    place[node] = i;
  });
  const kept: number[][] = deps.map(() => []);
  for (const node of order) {
    const set = new Uint32Array(words);
    // nearest first: what they reach needs no edge of its own
    for (const d of [...deps[node]].sort((a, b) => place[b] - place[a])) {
      if ((set[d >> 5] >>> (d & 31)) & 1) continue;
      kept[node].push(d);
      const below = reach[d];
      for (let w = 0; w < words; w++) set[w] |= below[w];
      set[d >> 5] |= 1 << (d & 31);
    }
    reach[node] = set;
  }
  return kept;
}

export function layout(deps: readonly number[][]): Layout {
  const n = deps.length;
  const order = topological(deps);
  const kept = reduce(deps, order);
  const layer = new Int32Array(n);
  const users: number[][] = deps.map(() => []);
  let layers = 0;
  for (const node of order) {
    for (const d of kept[node]) {
      layer[node] = Math.max(layer[node], layer[d] + 1);
      users[d].push(node);
    }
    layers = Math.max(layers, layer[node] + 1);
  }
  const columns: number[][] = Array.from({ length: layers }, () => []);
  for (const node of order) columns[layer[node]].push(node);
  const row = new Float64Array(n);
  const settle = (column: number[]) => {
    const middle = (column.length - 1) / 2;
    column.forEach((node, i) => {
      row[node] = i - middle;
    });
  };
  columns.forEach(settle);
  const pull = (column: number[], near: readonly number[][]) => {
    const mean = new Map<number, number>();
    for (const node of column) {
      let sum = 0;
      for (const d of near[node]) sum += row[d];
      mean.set(node, near[node].length === 0 ? row[node] : sum / near[node].length);
    }
    column.sort((a, b) => mean.get(a)! - mean.get(b)! || a - b);
    settle(column);
  };
  for (let sweep = 0; sweep < 4; sweep++) {
    for (let i = 1; i < layers; i++) pull(columns[i], kept);
    for (let i = layers - 2; i >= 0; i--) pull(columns[i], users);
  }
  const edges: [number, number][] = [];
  kept.forEach((list, node) => {
    for (const d of list) edges.push([node, d]);
  });
  return { layer, row, layers, rows: Math.max(1, ...columns.map(c => c.length)), edges };
}
