/** Binary explorer: what the client asks the server, and what the page and its host tell each other. */

/** Request `gospect/binary`: opens an executable and adds up what its bytes are. */
export const BINARY_REQUEST = 'gospect/binary';

export interface BinaryParams {
  /** Name to show. */
  name: string;
  /** Absolute path on the server's machine; null when only the bytes are at hand (browser). */
  path: string | null;
  /** The whole file, when `path` is null. */
  bytes: Uint8Array | null;
}

export type BinaryResult = { ok: true; summary: BinarySummary; table: BinaryTable } | { ok: false; message: string };

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
  type: string;
  buildId: string;
  mainPath: string;
  modules: { path: string; version: string; replaced: string }[];
  settings: { key: string; value: string }[];
  libraries: string[];
  /** Sections in file order, and what lies between them. */
  strip: { name: string; offset: number; size: number }[];
}

/**
 * Rows of the ledger added up by section, package, symbol, file and kind, as parallel columns. Text columns are indices
 * into `strings`; index 0 is the empty string.
 */
export interface BinaryTable {
  strings: string[];
  section: number[];
  pkg: number[];
  symbol: number[];
  file: number[];
  kind: number[];
  size: number[];
  memory: number[];
}

export type ToBinaryPage =
  | { type: 'loading'; name: string }
  | { type: 'binary'; summary: BinarySummary; table: BinaryTable }
  | { type: 'failed'; name: string; message: string };

export type FromBinaryPage =
  | { type: 'ready' }
  | { type: 'open'; file: string }
  | { type: 'save'; name: string; text: string }
  | { type: 'retry' };
