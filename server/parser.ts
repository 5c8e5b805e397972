/**
 * The parser that the core is handed: web-tree-sitter with our grammar, and the flattener that reads a whole tree in one
 * call. Works in Node and in a browser's worker; the bytes of the three wasm modules come from the caller.
 */
import { Edit, Language, Parser, type Point, type Tree } from 'web-tree-sitter';
import type { FlatTree, ParsedTree, TextEdit, TreeParser } from '../core/syntax/parser.ts';
import { Sym } from '../core/syntax/symbols.ts';

/** The three modules: web-tree-sitter/web-tree-sitter.wasm, grammars/go/gospect-go.wasm and grammars/flatten.wasm. */
export interface ParserModules {
  treeSitter: Uint8Array;
  grammar: Uint8Array;
  flatten: Uint8Array;
}

/** The part of WebAssembly that is used here: `lib: es2024` does not declare it. */
interface Wasm {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: WasmInstance; module: object }>;
}
interface WasmInstance {
  exports: Record<string, unknown>;
}
declare const WebAssembly: Wasm;

/** The exports of the main module and of the flattener that are used here. */
interface Exports {
  malloc(size: number): number;
  free(address: number): void;
}
type Flatten = (
  tree: number,
  comment: number,
  from: number,
  to: number,
  out: number,
  capacity: number,
  counts: number,
) => void;

interface Machine {
  exports: Exports;
  memory: { buffer: ArrayBuffer };
  flatten: Flatten;
  parser: Parser;
  /** Two integers in the modules' memory that `flatten` reports its counts in. */
  counts: number;
  /** A buffer in the modules' memory, `capacity` integers long, kept between calls. */
  buffer: number;
  capacity: number;
}

/** Loads the modules. web-tree-sitter keeps one main module per process: load once. */
export async function createParser(modules: ParserModules): Promise<TreeParser> {
  let main: WasmInstance | undefined;
  let memory: { buffer: ArrayBuffer } | undefined;
  await new Promise((resolve, reject) => {
    const options = {
      instantiateWasm(
        imports: { env: { memory: { buffer: ArrayBuffer } } },
        done: (i: WasmInstance, m: object) => void,
      ) {
        memory = imports.env.memory;
        // web-tree-sitter would wait for ever for a module that does not load
        WebAssembly.instantiate(modules.treeSitter, imports).then(({ instance, module }) => {
          main = instance;
          done(instance, module);
        }, reject);
        return {};
      },
    };
    Parser.init(options as unknown as Parameters<typeof Parser.init>[0]).then(resolve, reject);
  });
  if (main === undefined || memory === undefined) throw new Error('web-tree-sitter was initialised elsewhere');
  const language = await Language.load(modules.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  const flattener = await WebAssembly.instantiate(modules.flatten, { env: { memory }, tree: main.exports });
  const exports = main.exports as unknown as Exports;
  // The memory grows now rather than under a large text: V8 then throws away all code that reads typed arrays.
  exports.free(exports.malloc(memory.buffer.byteLength));
  const capacity = 1 << 18;
  const machine: Machine = {
    exports,
    memory,
    flatten: flattener.instance.exports['flatten'] as Flatten,
    parser,
    counts: exports.malloc(8),
    buffer: exports.malloc(capacity * 4),
    capacity,
  };
  return { parse: (text, old, edits) => parse(machine, text, old as TreeSitterTree | undefined, edits) };
}

interface TreeSitterTree extends ParsedTree {
  /** Null when the parser was stopped. */
  readonly tree: Tree | null;
}

/**
 * What a parse may take before it is stopped and the text counts as broken: for each of many comments that do not end,
 * tree-sitter reads to the end of the text. The budget is counted in steps of the parser (it reports every hundredth; a
 * large table of Go's takes 7,054 reports for 523,354 characters) and in pieces of text that it asks for. It is not counted
 * in time, since a result must not depend on how busy the machine is. Sources take a fiftieth of either.
 */
function budget(text: string): { reports: number; pieces: number } {
  return { reports: 2000 + text.length / 2, pieces: 5000 + (50 * text.length) / inputChunk };
}

function parse(
  machine: Machine,
  text: string,
  old: TreeSitterTree | undefined,
  edits: readonly TextEdit[] | undefined,
): TreeSitterTree {
  const before = old?.tree ?? null;
  const edited = before !== null && edits !== undefined ? editedCopy(before, old!.text, text, edits) : null;
  const left = budget(text);
  // a text that ends here is soon parsed, and the tree thrown away
  const input = (index: number) => (left.pieces-- > 0 ? text.substring(index, index + inputChunk) : '');
  const parsed = machine.parser.parse(input, edited, {
    progressCallback: () => left.pieces < 0 || left.reports-- <= 0,
  });
  const tree = left.pieces < 0 ? null : parsed;
  if (tree === null) {
    parsed?.delete();
    machine.parser.reset();
  }
  edited?.delete();
  return {
    tree,
    text,
    hasError: tree === null || tree.rootNode.hasError,
    flatten: (from = 0, to = 0x7fffffff) =>
      tree === null
        ? { records: new Int32Array(0), comments: new Int32Array(0) }
        : flattenTree(machine, tree, from, to),
    delete: () => tree?.delete(),
  };
}

/** Units asked for at once; web-tree-sitter copies at most 10 KiB, its terminator included, into its buffer. */
const inputChunk = 5 * 1024 - 1;

/**
 * A copy of the tree (cheap: nodes are shared) that knows about the edits. Their points (row, column) are needed for
 * nothing but the points of nodes, which nobody reads, but must be consistent: the tree subtracts them from each other.
 * The text between two edits is not known, so several edits become the one that covers them.
 */
function editedCopy(tree: Tree, oldText: string, text: string, edits: readonly TextEdit[]): Tree {
  const copy = tree.copy();
  let start = Number.POSITIVE_INFINITY;
  let tail = Number.POSITIVE_INFINITY; // units after the last edit, the same in both texts
  let length = oldText.length;
  for (const edit of edits) {
    start = Math.min(start, edit.start);
    tail = Math.min(tail, length - edit.oldEnd);
    length += edit.newEnd - edit.oldEnd;
  }
  if (start === Number.POSITIVE_INFINITY) return copy;
  const oldEnd = oldText.length - tail;
  const newEnd = text.length - tail;
  copy.edit(
    new Edit({
      startIndex: start,
      oldEndIndex: oldEnd,
      newEndIndex: newEnd,
      startPosition: pointAt(oldText, start),
      oldEndPosition: pointAt(oldText, oldEnd),
      newEndPosition: pointAt(text, newEnd),
    }),
  );
  return copy;
}

function pointAt(text: string, offset: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    row++;
    lineStart = i + 1;
  }
  return { row, column: offset - lineStart };
}

function flattenTree(machine: Machine, tree: Tree, from: number, to: number): FlatTree {
  const address = (tree as unknown as Record<number, number>)[0];
  for (;;) {
    machine.flatten(address, Sym.comment, from, to, machine.buffer, machine.capacity, machine.counts);
    const [used, comments] = new Int32Array(machine.memory.buffer, machine.counts, 2);
    if (used + comments <= machine.capacity) {
      const out = new Int32Array(machine.memory.buffer, machine.buffer, machine.capacity);
      return { records: out.slice(0, used), comments: pairsReversed(out, machine.capacity - comments) };
    }
    machine.exports.free(machine.buffer);
    machine.capacity = (used + comments) * 2;
    machine.buffer = machine.exports.malloc(machine.capacity * 4);
    if (machine.buffer === 0) throw new Error('out of memory in the parser');
  }
}

/** The pairs that were written from the end of the buffer downwards, in the order in which they were written. */
function pairsReversed(out: Int32Array, from: number): Int32Array {
  const pairs = new Int32Array(out.length - from);
  for (let i = 0, j = out.length - 2; j >= from; i += 2, j -= 2) {
    pairs[i] = out[j];
    pairs[i + 1] = out[j + 1];
  }
  return pairs;
}
