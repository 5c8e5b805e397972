/** Builds: what the client asks the server, what the server tells while it runs, and what the action graph page shows. */

/** Request `gospect/build`: builds for one target. Cancelling the request stops the build. */
export const BUILD_REQUEST = 'gospect/build';

export interface BuildParams {
  /** Tells the progress of several builds apart. */
  id: string;
  /** Absolute path. */
  cwd: string;
  packages: string[];
  /** `os/arch` or `os/arch/level`. */
  target: string;
  profile: string;
  /** The user's own profiles by name. */
  profiles: Record<string, OwnProfile>;
  /** Folder for the executables, absolute. */
  out: string;
  /** The go command of the user's settings, `go` for the one on PATH, and the environment and flags they add. */
  program: string;
  env: Record<string, string>;
  flags: string[];
}

/** A profile of the user's settings. */
export interface OwnProfile {
  flags: string[];
  env: Record<string, string>;
}

/** Request `gospect/profiles` with {@link ProfilesParams}: every profile, as the command line it comes to. */
export const PROFILES_REQUEST = 'gospect/profiles';

export interface ProfilesParams {
  profiles: Record<string, OwnProfile>;
  target: string;
  packages: string[];
  flags: string[];
}

export interface ProfileInfo {
  name: string;
  description: string;
  /** As it would be typed. */
  command: string;
  /** Why it cannot be had for the target; ''. */
  unsupported: string;
}

/** Request `gospect/archive`: packs what was built; answers the files made. */
export const ARCHIVE_REQUEST = 'gospect/archive';

/** A target and its programs, absolute paths. */
export interface BuiltTarget {
  target: string;
  files: string[];
}

export interface ArchiveParams {
  results: BuiltTarget[];
  /** Absolute. */
  folder: string;
}

/** Request `gospect/workflow`: a GitHub Actions workflow, as text. */
export const WORKFLOW_REQUEST = 'gospect/workflow';

export interface WorkflowParams {
  targets: string[];
  profile: string;
  profiles: Record<string, OwnProfile>;
  flags: string[];
  packages: string[];
  goMod: string;
}

/** Notification `gospect/buildProgress`. */
export const BUILD_PROGRESS = 'gospect/buildProgress';

export type BuildEvent =
  /** A target begins; the command as it would be typed. */
  | { type: 'target'; target: string; index: number; count: number; command: string }
  /**
   * How many of the target's packages have been looked at; `total` is 0 while it is not known. `compiling` is the package
   * that was begun last, or ''.
   */
  | { type: 'progress'; target: string; done: number; total: number; compiling: string }
  /** Actions that began or ended, while the build runs. */
  | { type: 'live'; target: string; spans: LiveSpan[] }
  /** What the compiler and linker say. */
  | { type: 'output'; target: string; text: string }
  | { type: 'result'; result: TargetResult };

/** An action of a running build. Milliseconds since the build began; `done` is -1 while it lasts. */
export interface LiveSpan {
  /** Order of beginning, from 0. */
  id: number;
  mode: string;
  package: string;
  thread: number;
  start: number;
  done: number;
}

export interface BuildProgress {
  id: string;
  event: BuildEvent;
}

export interface TargetResult {
  target: string;
  status: 'ok' | 'failed' | 'cancelled';
  /** Why it failed before the compiler had a say; ''. */
  message: string;
  /** Milliseconds. */
  time: number;
  /**
   * The executables, absolute paths, sizes in bytes, what they were last time, and where the file that each replaced is
   * kept (null: not known, none).
   */
  files: { path: string; size: number; before: number | null; previous: string | null }[];
  cgo: boolean;
  /** How the first program is linked, and the libraries it asks for; '' when there is none. */
  linkage: 'static' | 'dynamic' | '';
  needs: string[];
  /** Whether this machine runs it. */
  runs: 'yes' | 'no' | 'unknown';
  /** The program that keeps the build cache (GOCACHEPROG); ''. */
  cacheProgram: string;
  /** `paths` when the sources' folders are in the file, else `not checked`. */
  reproducible: 'paths' | 'not checked';
  /** Packages that it has; 0 when that is not known. */
  packages: number;
  /** Packages taken from the cache and compiled. */
  cached: number;
  compiled: number;
  /** Identifies the record of the build, for its action graph; '' when there is none. */
  record: string;
}

/** Of the libraries that a program needs the one to name: the C library if it is among them, else the first. */
export function mainLibrary(needs: readonly string[]): string | undefined {
  return needs.find(name => /^(libc\b|libSystem|msvcrt|ucrtbase)/.test(name)) ?? needs[0];
}

/** Request `gospect/actionGraph`: the recorded build with that identifier, or the one in a file. */
export const GRAPH_REQUEST = 'gospect/actionGraph';

export interface GraphParams {
  record: string;
  /** Absolute path of a file that -debug-actiongraph, -debug-trace or an export wrote, when `record` is ''. */
  file: string;
}

/** What would have been different; times are those of the record unless changed here. */
export interface WhatIfQuestion {
  workers: number;
  /** Without cgo's steps: those of the record take no time. */
  noCgo: boolean;
  /** Package to what its actions would take of their time: 0 for a package that is gone, 0.5 for twice as fast. */
  packages: Record<string, number>;
}

/** Request `gospect/whatIf`: milliseconds the build would have taken, by replaying the scheduler; null without a record. */
export const WHAT_IF_REQUEST = 'gospect/whatIf';

export interface WhatIfParams extends GraphParams {
  question: WhatIfQuestion;
}

/** Request `gospect/exportBuild`: the build as a file of another program, or of our own. */
export const EXPORT_REQUEST = 'gospect/exportBuild';

export type ExportFormat = 'json' | 'html' | 'dot' | 'trace';
export interface ExportParams extends GraphParams {
  format: ExportFormat;
}
export type ExportResult = { ok: true; text: string } | { ok: false; message: string };

/** Request `gospect/buildRecords`: the builds that are kept, newest first. */
export const RECORDS_REQUEST = 'gospect/buildRecords';

export interface RecordInfo {
  record: string;
  title: string;
  target: string;
  /** When it began, in milliseconds since 1970, and how long it took. */
  time: number;
  wall: number;
  /** Packages that were compiled. */
  run: number;
}

export type GraphResult = { ok: true; graph: GraphData } | { ok: false; message: string };

export type ActionVerdict = 'cached' | 'run' | 'failed' | 'none';
export type ActionKindName = 'compile' | 'cgo' | 'link' | 'vet' | 'test' | 'other';

export interface GraphAction {
  mode: string;
  package: string;
  kind: ActionKindName;
  verdict: ActionVerdict;
  deps: number[];
  /** Milliseconds since the build began; -1 for never. */
  ready: number;
  start: number;
  done: number;
  /** From 0; -1 for an action that took no time. */
  lane: number;
  commands: string[];
  /** Milliseconds of processor time. */
  cpu: number;
  actionId: string;
  buildId: string;
  target: string;
}

/** Why a package was built again: the inputs of its key that differ from the build before. */
export interface Reason {
  package: string;
  /** The cause is in this package; else it follows from others. */
  own: boolean;
  changes: { kind: string; name: string; before: string | null; after: string | null; text: string }[];
}

/**
 * A program of the build: who ran it, how long, processor time in milliseconds, the most memory in bytes (0: not
 * known).
 */
export interface ProcessInfo {
  pid: number;
  parent: number;
  /** The program's name and, where its arguments tell, the package it is for. */
  name: string;
  package: string;
  command: string;
  start: number;
  done: number;
  cpu: number;
  memory: number;
}

export interface GraphData {
  v: 1;
  /** What was built, `build ./cmd/app`. */
  title: string;
  target: string;
  /** Milliseconds since 1970. */
  began: number;
  /** Milliseconds. */
  wall: number;
  cpu: number;
  cached: number;
  run: number;
  failed: number;
  lanes: number;
  /** Milliseconds before the first action, in which packages were loaded; -1 when not known. */
  loading: number;
  actions: GraphAction[];
  /** Indices of actions, first to last, with the time each was ready and had no worker. */
  critical: { id: number; wait: number }[];
  /** Wall time by number of workers, by replaying the scheduler. */
  whatIf: { workers: number; wall: number }[];
  /** Programs that were seen running, while the build was watched; by parent. Null when it was not. */
  processes: ProcessInfo[] | null;
  /** Null when there is no earlier build to compare with. */
  reasons: Reason[] | null;
}

export type ToGraphPage =
  | { type: 'loading'; name: string }
  | { type: 'graph'; graph: GraphData; other: GraphData | null }
  /** All actions so far of the build that runs. */
  | { type: 'live'; name: string; target: string; spans: LiveSpan[] }
  | { type: 'whatIf'; wall: number }
  | { type: 'failed'; name: string; message: string };

export type FromGraphPage =
  | { type: 'ready' }
  | { type: 'retry' }
  | { type: 'compare' }
  | { type: 'whatIf'; question: WhatIfQuestion }
  | { type: 'export' };
