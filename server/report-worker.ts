/** Reports that read much, away from the thread that answers the editor. The parent posts anything to stop it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ReportParams } from './protocol/reports.ts';
import { makeReport } from './reports/report.ts';

const stop = new AbortController();
parentPort!.once('message', () => stop.abort());
const result = await makeReport(workerData as ReportParams, process.env, stop.signal, message =>
  parentPort!.postMessage({ message }),
);
parentPort!.postMessage({ result });
process.exit();
