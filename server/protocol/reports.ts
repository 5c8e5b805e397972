/** Reports: what the server finds out about builds, toolchains, modules, cgo and the cache, as trees that a view shows. */

import type { OwnProfile } from './builds.ts';

/** Request `gospect/report`. Cancelling it stops what runs. */
export const REPORT_REQUEST = 'gospect/report';

/** Notification `gospect/reportProgress`: what a report that takes long is doing. */
export const REPORT_PROGRESS = 'gospect/reportProgress';

/**
 * `next`: what the next build does. `verify`: whether a build is reproducible. The others read what there is; but `sums`
 * hashes the module cache's zips, `checkCache` hashes the build cache's outputs, `upgrades` asks the module proxies over the
 * network, and `compile` runs C compilers. `variables` lists what the linker can set, `mains` the main packages.
 */
export type ReportKind =
  | 'next'
  | 'verify'
  | 'toolchain'
  | 'modules'
  | 'sums'
  | 'upgrades'
  | 'cgo'
  | 'compile'
  | 'cache'
  | 'checkCache'
  | 'repairCache'
  | 'variables'
  | 'mains';

export interface ReportParams {
  /** Tells the progress of several reports apart. */
  id: string;
  kind: ReportKind;
  /** Absolute path. */
  cwd: string;
  /** `os/arch[/level]`; '' for the host, or what the environment says. */
  target: string;
  profile: string;
  profiles: Record<string, OwnProfile>;
  /** None: `.`, or all of the module. */
  packages: string[];
  /** The go command of the user's settings, and the environment and flags they add. */
  program: string;
  env: Record<string, string>;
  flags: string[];
}

export interface ReportProgress {
  id: string;
  message: string;
}

/** What a row is about, which decides its icon. */
export type ReportIcon =
  | 'good'
  | 'bad'
  | 'warning'
  | 'info'
  | 'rebuilt'
  | 'kept'
  | 'depends'
  | 'link'
  | 'folder'
  | 'file'
  | 'module'
  | 'package'
  | 'tool'
  | 'setting'
  | 'time';

export interface ReportNode {
  label: string;
  /** Beside the label, fainter. */
  detail: string;
  /** More, when pointed at; ''. */
  tooltip: string;
  icon: ReportIcon;
  /** A file or folder it is about, absolute; ''. */
  file: string;
  /** From 1; 0 for none. */
  line: number;
  /** What copying the row copies; '' for its label. */
  copy: string;
  /** An installation of Go to switch to: its folder; ''. */
  goroot: string;
  expanded: boolean;
  children: ReportNode[];
}

export type ReportResult = { ok: true; nodes: ReportNode[] } | { ok: false; message: string };
