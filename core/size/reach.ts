/**
 * Why a symbol is in a program: the linker's dead-code elimination run again, with its reasons kept
 * (cmd/link/internal/ld deadcode.go).
 *
 * The linker floods from the entry point along relocations. Methods are the exception: a type refers to all its methods,
 * but by relocations of their own kind, which count only when the type is converted to an interface somewhere and a method
 * of that name and signature is called through an interface, or of that name through a type parameter or by reflection with
 * a constant name. One reachable function that looks methods up by a name that is not constant ends this for good: then all
 * exported methods of all types in interfaces stay. That is what "dead-code elimination is off" means.
 *
 * The result of the flood does not depend on its order, so it can be repeated with something taken away: what is not
 * reached then is what would go. Chains are shortest paths over the edges that counted in the end; dominators say for each
 * symbol the nearest one through which all chains to it pass, with the same edges.
 */
import { EdgeKind } from './link-edges.ts';
import type { Program } from './link.ts';

export interface Reach {
  /** 1 for each symbol that is in the program. */
  reached: Uint8Array;
  /** 1 for types that are converted to an interface somewhere. */
  inIface: Uint8Array;
  /** Signatures of interface methods that are called, and names of methods that are called by name. */
  called: Set<number>;
  names: Set<string>;
  /** Reached functions that look up methods by names that are not constant. */
  reflecting: number[];
  /** Methods stay for what is loaded when the program runs. */
  dynamic: boolean;
  /** All exported methods of types in interfaces stay. */
  methodsKept: boolean;
}

/** What is left out when asking "what if this were gone". */
export interface Without {
  /** Symbols that are not there. */
  symbol?(symbol: number): boolean;
  /** References that are not there. */
  edge?(from: number, to: number): boolean;
  /** Methods stay only where calls of them are seen, whatever is looked up by name: elimination as if it were on. */
  lookups?: boolean;
}

/** Whether methods stay for what is loaded later, whatever calls there are (Link.DynlinkingGo). */
function isDynamic({ options, packages }: Program): boolean {
  const has = (path: string) => packages.some(p => p.path === path);
  return options.mode === 'plugin' || (has('plugin') && has('runtime/cgo'));
}

/** Runs dead-code elimination. */
export function reach(program: Program, without: Without = {}): Reach {
  const { count, goType } = program;
  const reached = new Uint8Array(count);
  const inIface = program.usedInIface.slice(0, count);
  const called = new Set<number>();
  const names = new Set<string>();
  const reflecting: number[] = [];
  const dynamic = isDynamic(program) && without.lookups !== true;
  let methods: { type: number; edge: number }[] = [];
  const queue: number[] = [];
  const mark = (symbol: number) => {
    if (reached[symbol] || without.symbol?.(symbol)) return;
    reached[symbol] = 1;
    queue.push(symbol);
  };
  /** A type that turns out to be in an interface is looked at again, now for its methods and the types it is made of. */
  const use = (type: number) => {
    if (type < 0 || inIface[type]) return;
    inIface[type] = 1;
    if (!reached[type]) return;
    reached[type] = 0;
    mark(type);
  };
  for (const root of program.roots) mark(root);
  const noop = program.lookup('runtime.mapinitnoop', 1);
  for (;;) {
    while (queue.length > 0) {
      const symbol = queue.pop()!;
      if (program.reflectMethod[symbol]) reflecting.push(symbol);
      if (dynamic && goType[symbol]) inIface[symbol] = 1;
      const used = goType[symbol] === 1 && inIface[symbol] === 1;
      const [from, to] = program.edges(symbol);
      for (let edge = from; edge < to; edge++) {
        const target = program.target(edge);
        if (without.edge?.(symbol, target)) continue;
        switch (program.kind(edge)) {
          case EdgeKind.Strong:
            if (used && goType[target] && !inIface[target]) {
              inIface[target] = 1;
              reached[target] = 0;
            }
            mark(target);
            break;
          case EdgeKind.Aux:
            mark(target);
            break;
          case EdgeKind.UseIface:
            use(target);
            break;
          case EdgeKind.IfaceMethod:
            called.add(program.extra(edge));
            break;
          case EdgeKind.NamedMethod:
            names.add(program.signatures[program.extra(edge)].name);
            break;
          case EdgeKind.Method:
            if (!used) break;
            methods.push({ type: symbol, edge });
            use(target);
            edge += 2;
            break;
        }
      }
    }
    const kept = (reflecting.length > 0 && without.lookups !== true) || dynamic;
    const rest: typeof methods = [];
    for (const method of methods) {
      if (!isCalled(program, method.edge, called, names, kept, dynamic)) rest.push(method);
      else for (let i = 0; i < 3; i++) if (program.target(method.edge + i) >= 0) mark(program.target(method.edge + i));
    }
    methods = rest;
    if (queue.length === 0) break;
  }
  if (noop >= 0 && !without.symbol?.(noop)) reached[noop] = 1;
  const methodsKept = (reflecting.length > 0 && without.lookups !== true) || dynamic;
  return { reached, inIface, called, names, reflecting, dynamic, methodsKept };
}

function isCalled(
  { signatures, extra }: Program,
  edge: number,
  called: Set<number>,
  names: Set<string>,
  kept: boolean,
  dynamic: boolean,
): boolean {
  const signature = extra(edge);
  const { name } = signatures[signature];
  return (kept && (dynamic || isExported(name))) || called.has(signature) || names.has(name);
}

function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}

/** Whether an edge counted: a method's only where the method stayed. */
export function counts(program: Program, result: Reach, from: number, edge: number): boolean {
  const target = program.target(edge);
  if (target < 0 || !result.reached[target]) return false;
  switch (program.kind(edge)) {
    case EdgeKind.Strong:
    case EdgeKind.Aux:
      return true;
    case EdgeKind.Method: {
      if (!result.inIface[from]) return false;
      return isCalled(program, edge, result.called, result.names, result.methodsKept, result.dynamic);
    }
    default:
      return false;
  }
}

/** Shortest chains from the entry: to each reached symbol the edge that leads to it, −1 for roots and unreached ones. */
export interface Chains {
  parent: Int32Array;
  edge: Int32Array;
  /** Symbols in the order of their distance from the entry. */
  order: Int32Array;
}

/** Searches from the entry, nearest first. */
export function shortestChains(program: Program, result: Reach): Chains {
  const parent = new Int32Array(program.count).fill(-1);
  const edges = new Int32Array(program.count).fill(-1);
  const seen = new Uint8Array(program.count);
  const order = new Int32Array(program.count);
  let end = 0;
  for (const root of program.roots) {
    if (!result.reached[root] || seen[root]) continue;
    seen[root] = 1;
    order[end++] = root;
  }
  // debug information refers to much; a chain through it is taken only where there is no other
  const late: { symbol: number; edge: number; target: number }[] = [];
  for (let at = 0; at < end || late.length > 0; at++) {
    if (at === end) {
      const { symbol, edge, target } = late.pop()!;
      at--;
      if (seen[target]) continue;
      seen[target] = 1;
      parent[target] = symbol;
      edges[target] = edge;
      order[end++] = target;
      continue;
    }
    const symbol = order[at];
    const [from, to] = program.edges(symbol);
    for (let edge = from; edge < to; edge++) {
      const target = program.target(edge);
      if (target < 0 || seen[target] || !counts(program, result, symbol, edge)) continue;
      if (program.debug[target]) {
        late.push({ symbol, edge, target });
        continue;
      }
      seen[target] = 1;
      parent[target] = symbol;
      edges[target] = edge;
      order[end++] = target;
    }
  }
  return { parent, edge: edges, order: order.subarray(0, end) };
}

/** One step of a chain. */
export interface Link {
  symbol: number;
  /** The edge that leads here from the step before; −1 for the first. */
  edge: number;
}

/** The chain from the entry to a symbol; empty when it is not reached. */
export function chainTo({ parent, edge }: Chains, result: Reach, symbol: number): Link[] {
  if (!result.reached[symbol]) return [];
  const chain: Link[] = [];
  for (let s = symbol; s >= 0; s = parent[s]) chain.unshift({ symbol: s, edge: edge[s] });
  return chain;
}

/** Bytes of a symbol in the file, debug information apart; 0 for variables without a value. */
export function sizeOf({ object, local, objects, debug, hostSize }: Program, symbol: number): number {
  if (object[symbol] < 0) return hostSize.get(symbol) ?? 0;
  if (debug[symbol]) return 0;
  const { object: from } = objects[object[symbol]];
  return from.data(local[symbol]).length === 0 ? 0 : from.size[local[symbol]];
}

export interface Dominators {
  /** The nearest symbol through which every chain to a symbol passes; −1: there is none but the entry, or unreached. */
  of: Int32Array;
  /** Bytes of a symbol and of all that it dominates. */
  retained: Float64Array;
}

/**
 * The dominator tree (Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm"), from a root above all roots.
 * Methods hang on their types alone: that a call of the method is needed too is not in it.
 */
export function dominators(program: Program, result: Reach): Dominators {
  const { count } = program;
  // depth first, with numbers in the order of leaving
  const number = new Int32Array(count).fill(-1);
  const byNumber: number[] = [];
  const stack: number[] = [];
  const next: number[] = [];
  const seen = new Uint8Array(count);
  const enter = (symbol: number) => {
    seen[symbol] = 1;
    stack.push(symbol);
    next.push(program.edges(symbol)[0]);
  };
  for (const root of program.roots) {
    if (!result.reached[root] || seen[root]) continue;
    enter(root);
    while (stack.length > 0) {
      const symbol = stack[stack.length - 1];
      const end = program.edges(symbol)[1];
      let edge = next[next.length - 1];
      while (
        edge < end &&
        (program.target(edge) < 0 || seen[program.target(edge)] || !counts(program, result, symbol, edge))
      )
        edge++;
      next[next.length - 1] = edge + 1;
      if (edge < end) enter(program.target(edge));
      else {
        number[symbol] = byNumber.length;
        byNumber.push(symbol);
        stack.pop();
        next.pop();
      }
    }
  }
  const n = byNumber.length;
  // predecessors by number, packed
  const first = new Int32Array(n + 1);
  const each = (visit: (from: number, to: number) => void) => {
    for (const symbol of byNumber) {
      const [from, to] = program.edges(symbol);
      for (let edge = from; edge < to; edge++) {
        if (counts(program, result, symbol, edge) && number[program.target(edge)] >= 0)
          visit(number[symbol], number[program.target(edge)]);
      }
    }
  };
  each((_, to) => first[to + 1]++);
  for (let i = 0; i < n; i++) first[i + 1] += first[i];
  const before = new Int32Array(first[n]);
  const fill = first.slice();
  each((from, to) => {
    before[fill[to]++] = from;
  });
  const isRoot = new Uint8Array(n);
  for (const root of program.roots) if (number[root] >= 0) isRoot[number[root]] = 1;
  // the root above all has the highest number
  const idom = new Int32Array(n + 1).fill(-1);
  idom[n] = n;
  const common = (a: number, b: number) => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (x < y) x = idom[x];
      while (y < x) y = idom[y];
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = n - 1; i >= 0; i--) {
      let found = isRoot[i] ? n : -1;
      for (let k = first[i]; k < first[i + 1]; k++) {
        if (idom[before[k]] >= 0) found = found < 0 ? before[k] : common(found, before[k]);
      }
      if (found !== idom[i]) {
        idom[i] = found;
        changed = true;
      }
    }
  }
  const of = new Int32Array(count).fill(-1);
  const retained = new Float64Array(count);
  // a dominator leaves the search after what it dominates, so in this order sums are complete when they are passed on
  for (let i = 0; i < n; i++) {
    const symbol = byNumber[i];
    retained[symbol] += sizeOf(program, symbol);
    if (idom[i] < n && idom[i] >= 0) {
      of[symbol] = byNumber[idom[i]];
      retained[byNumber[idom[i]]] += retained[symbol];
    }
  }
  return { of, retained };
}

/** What would not be in the program any more, largest first, and its bytes. */
export function gone(program: Program, now: Reach, without: Without): { symbols: number[]; bytes: number } {
  const rest = reach(program, without);
  const symbols: number[] = [];
  let bytes = 0;
  for (let symbol = 0; symbol < program.count; symbol++) {
    if (!now.reached[symbol] || rest.reached[symbol]) continue;
    symbols.push(symbol);
    bytes += sizeOf(program, symbol);
  }
  symbols.sort((a, b) => sizeOf(program, b) - sizeOf(program, a));
  return { symbols, bytes };
}

/** Import path of the package whose object defines a symbol, the first of several; '' for what no object of Go defines. */
export function packageOf({ object, objects }: Program, symbol: number): string {
  return object[symbol] < 0 ? '' : objects[object[symbol]].pkg;
}
