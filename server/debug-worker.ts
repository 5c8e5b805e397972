/** The thread that reads a file's debug information, and ends. */
import { workerData } from 'node:worker_threads';
import { readImage } from '../core/binary/open.ts';
import { readDebug } from '../core/size/debug.ts';
import { type DebugThreadData, ThreadState } from './binary/debug-thread.ts';
import { sourceOfFd } from './binary/file.ts';

const { fd, size, state, port } = workerData as DebugThreadData;

function become(now: ThreadState): void {
  Atomics.store(state, 0, now);
  Atomics.notify(state, 0);
}

become(ThreadState.Reading);
try {
  const read = readImage(sourceOfFd(fd, size), image => readDebug(image, true));
  if (read.ok) {
    const { go, from, to, unit, section, frames } = read.value;
    const columns = [go, from, to, unit, section, ...(frames === null ? [] : [frames.addr, frames.offset])];
    port.postMessage(
      read.value,
      columns.map(column => column.buffer as ArrayBuffer),
    );
  }
} finally {
  become(ThreadState.Done);
}
