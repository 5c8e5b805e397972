/**
 * What the core needs of a parser of the grammar in grammars/: a synchronous function from text to plain integers. The
 * host makes one (server/parser.ts) and hands it in, since tree-sitter's library needs a platform and the core has none.
 */

/** One replacement of text: [start, oldEnd) of the old text became [start, newEnd) of the new one, in UTF-16 units. */
export interface TextEdit {
  start: number;
  oldEnd: number;
  newEnd: number;
}

/** Fields of a record, and their number. */
export const enum Rec {
  /** A `Sym`. */
  Symbol = 0,
  /** First offset of the node, in UTF-16 units from the start of the text. */
  Start = 1,
  /** Offset past the node. */
  End = 2,
  /** Index, in the array, of the first record after the node's subtree: its next sibling, or its parent's. */
  Next = 3,
  Size = 4,
}

/**
 * A flattened tree: `Rec.Size` integers a node in preorder, every token included, comments left out. A node's first
 * child, where it has one, follows it; `records[0]` is the source file.
 */
export interface FlatTree {
  readonly records: Int32Array;
  /** First and past-the-end offsets of the comments, in source order. */
  readonly comments: Int32Array;
}

export interface ParsedTree {
  readonly text: string;
  /** True when the text does not follow the grammar: there are ERROR or missing nodes in the tree. */
  readonly hasError: boolean;
  /** The whole tree; or the root and its children, of which only those that overlap [from, to) with all below them. */
  flatten(from?: number, to?: number): FlatTree;
  /** Frees the tree; nothing else may be called afterwards. */
  delete(): void;
}

export interface TreeParser {
  /**
   * Parses the text. With the tree of an earlier text and the edits that lead from that text to this one, in the order
   * in which they were made, what did not change is taken over. `old` stays as it is.
   */
  parse(text: string, old?: ParsedTree, edits?: readonly TextEdit[]): ParsedTree;
}
