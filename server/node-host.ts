import { Worker } from 'node:worker_threads';
import { archive } from './artifacts.ts';
import { runBuilds } from './build.ts';
import { listRecords, readGraph, whatIf } from './build-records.ts';
import { failedResult, parseTargets } from './build-targets.ts';
import { engineThread } from './engine-thread.ts';
import type { ServerHost } from './host.ts';
import type { BinaryParams, BinaryResult } from './protocol/binary.ts';
import type { BuildEvent, BuildParams, TargetResult } from './protocol/builds.ts';
import type { ReportParams, ReportResult } from './protocol/reports.ts';
import { makeReport } from './reports/report.ts';

/** The platform of the server in Node. Workers lie beside the bundled program. */
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
    binary: params => inWorker<BinaryParams, BinaryResult>('binary-worker.js', params),
    build,
    report,
    graph: async params => readGraph(process.env, params),
    whatIf: async params => whatIf(process.env, params, params.question),
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

/** Runs one job in a thread of its own; an error in there is the answer's. */
function inWorker<Job, Answer>(script: string, job: Job): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(script, import.meta.url), { workerData: job });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`the worker ended with status ${code}`)));
  });
}
