/** What the server needs of the platform it runs on: Node (node-host.ts) or a browser (browser-host.ts). */
import type { EnginePort } from './live.ts';
import type { BinaryParams, BinaryResult } from './protocol/binary.ts';
import type {
  BuildEvent,
  BuildParams,
  ExportParams,
  ExportResult,
  GraphParams,
  GraphResult,
  TargetResult,
  ArchiveParams,
  RecordInfo,
  WhatIfParams,
} from './protocol/builds.ts';
import type { ReportParams, ReportResult } from './protocol/reports.ts';

/** What the language server needs of the platform it runs on. */
export interface ServerHost {
  env: Readonly<Record<string, string | undefined>>;
  /** Told where the files of dist/ are, by a client whose server cannot tell from its own address. */
  useAssets?(base: string): void;
  /** Starts what analyses open files, away from this thread where there is another. */
  engine(): EnginePort;
  /** Reads an executable, away from the thread that answers the editor where there is another. */
  binary(params: BinaryParams): Promise<BinaryResult>;
  /** Runs the user's go; `tell` is called as it goes on. */
  build(params: BuildParams, signal: AbortSignal, tell: (event: BuildEvent) => void): Promise<TargetResult>;
  /** What the views show beside results; `tell` hears what a report that takes long is doing. */
  report(params: ReportParams, signal: AbortSignal, tell: (message: string) => void): Promise<ReportResult>;
  /** The action graph of a build. */
  graph(params: GraphParams): Promise<GraphResult>;
  /** Milliseconds that build would have taken; null when there is no record of it. */
  whatIf(params: WhatIfParams): Promise<number | null>;
  /** That build as a file. */
  export(params: ExportParams): Promise<ExportResult>;
  records(): Promise<RecordInfo[]>;
  /** Packs what was built; the files made. */
  archive(params: ArchiveParams): Promise<string[]>;
}
