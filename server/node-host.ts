/** The platform in Node: threads for analysis, binaries and reports; processes for builds. */
import { Worker } from 'node:worker_threads';
import { archive } from './build/archives.ts';
import { runBuilds } from './build/build.ts';
import { readGraph, whatIf } from './build/page-data.ts';
import { exportBuild } from './build/export.ts';
import { listRecords } from './build/records.ts';
import { failedResult, parseTargets } from './build/targets.ts';
import { engineThread } from './engine-thread.ts';
import type { ServerHost } from './host.ts';
import type { BinaryResult } from './protocol/binary.ts';
import type { BuildEvent, BuildParams, TargetResult } from './protocol/builds.ts';
import type { ReportParams, ReportResult } from './protocol/reports.ts';
import { makeReport } from './reports/report.ts';

/** Workers lie beside the bundled program. */
export function nodeHost(): ServerHost {
  return {
    env: process.env,
    engine: () =>
      engineThread(() => {
        const worker = new Worker(new URL('analysis-worker.js', import.meta.url));
        // the server ends when its editor does, whatever is being analysed
        worker.unref();
        return worker;
      }),
    binary: binaryThreads(),
    build,
    report,
    graph: async params => readGraph(process.env, params),
    whatIf: async params => whatIf(process.env, params, params.question),
    export: async params => exportBuild(process.env, params),
    archive: async ({ results, folder }) => archive(results, folder).map(a => a.path),
    records: async () => listRecords(process.env),
  };
}

async function build(
  params: BuildParams,
  signal: AbortSignal,
  tell: (event: BuildEvent) => void,
): Promise<TargetResult> {
  try {
    const { results, message } = await runBuilds(
      {
        cwd: params.cwd,
        packages: params.packages,
        targets: parseTargets([params.target]),
        profile: params.profile,
        profiles: params.profiles,
        folder: () => params.out,
        flags: params.flags,
        watched: true,
        program: params.program,
      },
      { ...process.env, ...params.env },
      signal,
      tell,
    );
    return results[0] ?? failedResult(params.target, message || 'cancelled', signal.aborted);
  } catch (error) {
    return failedResult(params.target, error instanceof Error ? error.message : String(error), false);
  }
}

/** Reports that run programs are made here, where ending the server ends them; those that only read, in a thread. */
function report(params: ReportParams, signal: AbortSignal, tell: (message: string) => void): Promise<ReportResult> {
  if (['next', 'verify', 'compile'].includes(params.kind)) return makeReport(params, process.env, signal, tell);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('report-worker.js', import.meta.url), { workerData: params });
    const stop = (): void => worker.postMessage('stop');
    signal.addEventListener('abort', stop);
    worker.on('message', (said: { message: string } | { result: ReportResult }) => {
      if ('result' in said) resolve(said.result);
      else tell(said.message);
    });
    worker.once('error', reject);
    worker.once('exit', code => {
      signal.removeEventListener('abort', stop);
      reject(new Error(`the worker ended with status ${code}`));
    });
  });
}

/** Files that stay open with what was worked out about them, and for how long after the last question. */
const OPEN_FILES = 3;
const IDLE = 10 * 60_000;
/** MB of young memory: nearly all that is made of a file stays, and with little is copied again and again. */
const YOUNG_SIZE = 96;

/** A thread for each executable that is looked at. */
function binaryThreads(): ServerHost['binary'] {
  interface Thread {
    worker: Worker;
    waiting: Map<number, { resolve(result: BinaryResult): void; reject(error: Error): void }>;
    timer: NodeJS.Timeout | null;
  }
  const threads = new Map<string, Thread>();
  let questions = 0;
  const end = (key: string, thread: Thread, why: string): void => {
    if (threads.get(key) === thread) threads.delete(key);
    if (thread.timer) clearTimeout(thread.timer);
    for (const { reject } of thread.waiting.values()) reject(new Error(why));
    thread.waiting.clear();
    void thread.worker.terminate();
  };
  const start = (key: string): Thread => {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_SIZE };
    const worker = new Worker(new URL('binary-worker.js', import.meta.url), { resourceLimits });
    // the server ends when its editor does
    worker.unref();
    const thread: Thread = { worker, waiting: new Map(), timer: null };
    worker.on('message', ({ id, result, error }: { id: number; result?: BinaryResult; error?: string }) => {
      const asked = thread.waiting.get(id);
      thread.waiting.delete(id);
      if (result !== undefined) asked?.resolve(result);
      else asked?.reject(new Error(error));
      thread.timer = setTimeout(() => thread.waiting.size === 0 && end(key, thread, ''), IDLE).unref();
    });
    worker.on('error', error => end(key, thread, error.message));
    worker.on('exit', status => end(key, thread, `the thread ended with status ${status}`));
    return thread;
  };
  return params => {
    const key = params.path ?? params.key;
    let thread = threads.get(key);
    threads.delete(key);
    for (const [other, idle] of threads)
      if (threads.size >= OPEN_FILES && idle.waiting.size === 0) end(other, idle, '');
    thread ??= start(key);
    threads.set(key, thread);
    if (thread.timer) clearTimeout(thread.timer);
    const { worker, waiting } = thread;
    const id = ++questions;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, params });
    });
  };
}
