/** Binary explorer: what the client asks the server, and what the page and its host tell each other. */

/** Request `gospect/binary`: opens an executable and adds up what its bytes are, or answers a question about it. */
export const BINARY_REQUEST = 'gospect/binary';

/** A file on the server's machine, or its bytes. */
export interface BinaryFile {
  /** Name to show. */
  name: string;
  /** Tells it from other files of that name. */
  key: string;
  /** Absolute path on the server's machine; null when only the bytes are at hand (browser). */
  path: string | null;
  /** The whole file, when `path` is null; null when the server was sent them before, under the same key. */
  bytes: Uint8Array | null;
}

/** The user's go, for questions that need it; only from trusted workspaces. */
export interface GoProgram {
  program: string;
  env: Record<string, string>;
  /** Flags of go build. */
  flags: string[];
  /** Folder to run it in, absolute. */
  cwd: string;
}

export type BinaryQuery =
  | { type: 'open' }
  /** All rows of a file, after `open` has answered with the large ones. */
  | { type: 'rows' }
  /** What the headers alone say, which takes no time. */
  | { type: 'head' }
  /** The difference to an older file. */
  | { type: 'compare'; old: BinaryFile }
  | { type: 'function'; symbol: string }
  /** At most 64 KiB. */
  | { type: 'bytes'; offset: number; length: number }
  | { type: 'assembly'; symbol: string; go: GoProgram }
  /** Why a symbol is linked; `symbol` '' for dead-code elimination alone. */
  | { type: 'why'; symbol: string; go: GoProgram }
  /** What would go without a package, or without its import by another. */
  | { type: 'without'; pkg: string; from: string; go: GoProgram }
  /** Bytes per source line; `file` absolute. */
  | { type: 'lines'; file: string };

export interface BinaryParams extends BinaryFile {
  query: BinaryQuery;
}

export type BinaryResult =
  | { ok: true; answer: BinaryAnswer }
  /** Completes a sentence that begins with the file's name. */
  | { ok: false; message: string };

export type BinaryAnswer =
  /** `whole`: the table has all rows; else what is too small to be seen is added up by package, section and kind. */
  | { type: 'open'; summary: BinarySummary; table: PackedTable; whole: boolean }
  | { type: 'rows'; table: PackedTable }
  | { type: 'head'; head: BinaryHead }
  | { type: 'compare'; old: { name: string; size: number }; size: number; rows: DifferenceTable }
  | { type: 'function'; details: FunctionFacts | null }
  /** Hexadecimal, two digits a byte. */
  | { type: 'bytes'; offset: number; bytes: string }
  | { type: 'assembly'; text: string }
  | { type: 'why'; why: WhyFacts | null; deadCode: DeadCodeFacts }
  | { type: 'without'; retained: RetainedFacts }
  | { type: 'lines'; lines: LineFacts[] };

/** Enough to show what file it is while its bytes are added up. */
export interface BinaryHead {
  name: string;
  size: number;
  format: string;
  goos: string;
  goarch: string;
  /** Go release such as `go1.26.8`; empty when it is no Go program. */
  go: string;
  strip: { name: string; offset: number; size: number }[];
}

export interface BinarySummary {
  name: string;
  /** Bytes in the file, and of these in no row but `unknown`. */
  size: number;
  unknown: number;
  format: string;
  goos: string;
  goarch: string;
  /** Go release such as `go1.26.8`; empty when it is no Go program. */
  go: string;
  stripped: boolean;
  /** Why Go's tables in the file cannot be read; empty where they can. */
  note: string;
  type: string;
  buildId: string;
  mainPath: string;
  modules: { path: string; version: string; replaced: string; licence: string }[];
  settings: { key: string; value: string }[];
  libraries: string[];
  /** Facts that make attacks harder or easier, each as a word and what it means here. */
  hardening: { name: string; value: string }[];
  /** Variables set by the linker's -X. */
  variables: { name: string; value: string }[];
  /** Sections in file order, and what lies between them. */
  strip: { name: string; offset: number; size: number }[];
}

/**
 * Rows of the ledger added up by section, package, symbol, file and kind, as parallel columns. Text columns are indices
 * into `strings`; index 0 is the empty string.
 */
export interface BinaryTable {
  strings: string[];
  section: ArrayLike<number>;
  pkg: ArrayLike<number>;
  symbol: ArrayLike<number>;
  file: ArrayLike<number>;
  kind: ArrayLike<number>;
  size: ArrayLike<number>;
  memory: ArrayLike<number>;
  /** Where the row's first byte is in the file. */
  offset: ArrayLike<number>;
}

/**
 * The same as few texts (packed.ts): the strings as lines, each without what it has in common with the one before, how
 * much that is, and each column as digits.
 */
export type PackedTable = { [column in keyof BinaryTable | 'common']: string };

/** Rows that differ, as parallel columns like those of {@link BinaryTable}; the first string is empty. */
export interface DifferenceTable {
  strings: string[];
  section: number[];
  pkg: number[];
  symbol: number[];
  /** Its name in the old file, where that differs. */
  was: number[];
  file: number[];
  kind: number[];
  old: number[];
  now: number[];
  /** 1 for what follows from other changes. */
  follows: number[];
}

export interface NamedCount {
  symbol: string;
  count: number;
  bytes: number;
}

export interface FunctionFacts {
  symbol: string;
  copies: { address: number; offset: number; size: number }[];
  file: string;
  /** From 1; 0 when not known. */
  line: number;
  evidence: string;
  callers: NamedCount[];
  callees: NamedCount[];
  inlines: NamedCount[];
  inlinedInto: NamedCount[];
}

export interface PlaceFacts {
  file: string;
  line: number;
}

export interface WhyStepFacts {
  symbol: string;
  pkg: string;
  how: string;
  place: PlaceFacts | null;
}

export interface RetainedFacts {
  bytes: number;
  count: number;
  symbols: { symbol: string; size: number }[];
}

export interface WhyFacts {
  symbol: string;
  pkg: string;
  size: number;
  chain: WhyStepFacts[];
  users: { symbol: string; how: string; place: PlaceFacts | null }[];
  userCount: number;
  heldBy: string[];
  retained: RetainedFacts;
  /** Packages that import its package. */
  importers: string[];
}

export interface DeadCodeFacts {
  on: boolean;
  reason: '' | 'reflect' | 'plugin' | 'mode';
  causes: { symbol: string; call: string; place: PlaceFacts | null; chain: WhyStepFacts[]; fix: string }[];
  cost: number;
  functions: number;
}

export interface LineFacts {
  line: number;
  bytes: number;
  inlined: number;
  functions: number;
}

/** One past build of the same thing. */
export interface PastBuild {
  /** Milliseconds since 1970. */
  time: number;
  size: number;
}

/** A question of the page, answered by a message of the same id. */
export type PageQuery =
  | { type: 'function'; symbol: string }
  | { type: 'bytes'; offset: number; length: number }
  | { type: 'assembly'; symbol: string }
  | { type: 'why'; symbol: string }
  | { type: 'without'; pkg: string; from: string };

export type ToBinaryPage =
  | { type: 'loading'; name: string; what: string }
  | { type: 'head'; head: BinaryHead }
  /** Where not `whole`, the page asks for `rows`. */
  | { type: 'binary'; summary: BinarySummary; table: PackedTable; whole: boolean; history: PastBuild[] }
  | { type: 'rows'; table: PackedTable }
  | { type: 'difference'; old: { name: string; size: number }; size: number; rows: DifferenceTable }
  | { type: 'answer'; id: number; result: BinaryResult }
  | { type: 'failed'; name: string; message: string };

export type FromBinaryPage =
  | { type: 'ready' }
  /** `line` from 1, 0 for the file alone. */
  | { type: 'open'; file: string; line: number }
  | { type: 'save'; name: string; text: string }
  | { type: 'copy'; text: string }
  | { type: 'compare' }
  /** What is large is on screen: now the rest. */
  | { type: 'rows' }
  | { type: 'query'; id: number; query: PageQuery }
  | { type: 'retry' };
