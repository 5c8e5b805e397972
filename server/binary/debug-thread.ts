/**
 * Debug information read in a second thread, while this one reads all else: it is a sixth of the work, most of which is
 * to inflate it.
 */
import fs from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Image } from '../../core/binary/image.ts';
import { type DebugParts, type ReadDebug, readDebug } from '../../core/size/debug.ts';
import { fdOf } from './file.ts';

/** What the thread is given; `port` is to send it the parts by, null where they could not be read. */
export interface DebugThreadData {
  fd: number;
  size: number;
  state: Int32Array;
  port: MessagePort;
}

/** What `state` says of the thread. */
export const enum ThreadState {
  Waiting,
  Reading,
  Done,
}

/** Compressed bytes that are read in the time that a thread takes to begin, a few times over. */
const LEAST = 1 << 22;
/** Milliseconds until a thread that does not begin, or end, is not waited for any longer. */
const UNTIL_BEGUN = 500;
const UNTIL_DONE = 20_000;

/**
 * How to read the debug information of an image: in a thread, begun at once, where the image is a file on disk with much
 * of it and there is a core for the thread; else when asked for.
 */
export function debugReader(image: Image): ReadDebug {
  const worker = new URL('debug-worker.js', import.meta.url);
  let bytes = 0;
  for (const s of image.sections) if (s.compressed) bytes += s.fileSize;
  // run from its sources the program has no worker
  if (bytes < LEAST || availableParallelism() < 2 || !fs.existsSync(fileURLToPath(worker))) return readDebug;
  return debugInThread(image, worker) ?? readDebug;
}

/** Begins to read in a thread that runs `url`; null where the image is not a file on disk. */
export function debugInThread(image: Image, url: URL): ReadDebug | null {
  const fd = fdOf(image.source);
  if (fd === null) return null;
  const { port1, port2 } = new MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(4));
  const data: DebugThreadData = { fd, size: image.source.size, state, port: port2 };
  const worker = new Worker(url, { workerData: data, transferList: [port2] });
  // that it failed is seen when its answer is missing
  worker.on('error', () => {});
  worker.unref();
  return (whole, withFrames) => {
    Atomics.wait(state, 0, ThreadState.Waiting, UNTIL_BEGUN);
    Atomics.wait(state, 0, ThreadState.Reading, UNTIL_DONE);
    const answer = receiveMessageOnPort(port1)?.message as DebugParts | null | undefined;
    port1.close();
    void worker.terminate();
    return answer ?? readDebug(whole, withFrames);
  };
}
