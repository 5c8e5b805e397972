/** A thread that works on packages (analysis/pool.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { finish } from '../core/source/steps.ts';
import { type Assignment, PackageWork } from './analysis/package-work.ts';
import type { FromWorker, ToWorker } from './analysis/pool.ts';
import { nodeParser } from './node-parser.ts';

const port = parentPort!;
const work = new PackageWork(workerData as Assignment, await nodeParser());
port.on('message', (message: ToWorker) => {
  if (message.type === 'know') {
    work.know(message.id, message.summary);
    return;
  }
  const { id } = message;
  const outcome = message.type === 'finish' ? finish(work.finish(id)) : null;
  if (outcome === null) checkAhead(id);
  // the text goes over without being copied
  const text = (outcome?.text ?? []).map(piece => piece.buffer as ArrayBuffer);
  port.postMessage({ id, outcome, made: work.made.splice(0) } satisfies FromWorker, text);
});

/** What goes wrong is said when the package's turn comes. */
function checkAhead(id: number): void {
  try {
    finish(work.check(id));
  } catch {}
}

port.postMessage('ready');
