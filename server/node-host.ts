import { Worker } from 'node:worker_threads';
import type { ServerHost } from './host.ts';
import type { BinaryParams, BinaryResult } from './protocol/binary.ts';

/** The platform of the server in Node. Workers lie beside the bundled program. */
export function nodeHost(): ServerHost {
  return { binary: params => inWorker<BinaryParams, BinaryResult>('binary-worker.js', params) };
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
