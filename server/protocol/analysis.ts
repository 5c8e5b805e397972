/** Live analysis: what the server tells the client of its state, and the client the server of files it cannot read itself. */

/** Notification `gospect/status`: how far the analysis of the open files is. */
export const STATUS_NOTIFICATION = 'gospect/status';

export interface AnalysisStatus {
  /** `idle` before anything was opened; `errors`: analysed, with errors in the code; `failed`: no analysis, see note. */
  state: 'idle' | 'running' | 'done' | 'errors' | 'failed';
  /** `linux/amd64`; empty as long as it is not known. */
  target: string;
  /** Import path of the package; empty. */
  package: string;
  /** What is missing and why, in words; empty when nothing is. */
  note: string;
}

/** Commands of the client that change what remarks are for; their argument is a port, `os/arch`, or a tag to add. */
export const SELECT_TARGET_COMMAND = 'gospect.selectTarget';
export const SELECT_TAGS_COMMAND = 'gospect.selectTags';

/** Request of the client: the remarks of an open document (its URI), as {@link RemarkList}. */
export const ROWS_REQUEST = 'gospect/remarks';

export interface RemarkList {
  /** In the order of the text. */
  rows: RemarkRow[];
  /** Why there are none, or not all, in words; '' when these are all. */
  note: string;
}

export interface RemarkRow {
  /** Function that it is in, as the linker names it; empty outside of functions. */
  function: string;
  /** Name of its kind, as in `gospect m -json`. */
  kind: string;
  /** Whether it is what one would rather not have: a value on the heap, a function that is not inlined. */
  miss: boolean;
  message: string;
  /** Lines and UTF-16 units from 0. */
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

/** Request of the server: the file or folder at a URI, for servers without a disk. */
export const FILES_REQUEST = 'gospect/files';

export interface FileAnswer {
  /** Null when there is nothing. */
  kind: 'file' | 'dir' | null;
  /** A file's bytes. */
  bytes: Uint8Array | null;
  /** A folder's entries. */
  entries: { name: string; kind: 'file' | 'dir' | 'other' }[] | null;
}
