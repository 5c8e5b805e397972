/**
 * The analysing thread, started when there is something to analyse (a window may show only executables, whose reading it
 * would hold up), and again when it has ended: out of memory, or by a fault of ours.
 */
import type { FromEngine, ToEngine } from './analysis/messages.ts';
import type { EnginePort } from './live.ts';

/** The part of a worker that is used here. */
export interface Thread {
  postMessage(message: ToEngine): void;
  on(event: 'message', listener: (message: FromEngine) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (status: number) => void): unknown;
}

/** How often the thread is started again, within how many milliseconds. */
const RESTARTS = 3;
const WITHIN = 60_000;

/** The engine in a thread that `start` makes; when it has ended too often, the status says so. */
export function engineThread(start: () => Thread): EnginePort {
  const listeners: ((message: FromEngine) => void)[] = [];
  const restarted: (() => void)[] = [];
  let thread: Thread | null = null;
  let ends: number[] = [];

  const run = () => {
    const mine = start();
    thread = mine;
    mine.on('message', message => {
      for (const listener of listeners) listener(message);
    });
    const end = (why: string) => {
      if (thread !== mine) return;
      thread = null;
      const now = performance.now();
      ends = [...ends.filter(time => now - time < WITHIN), now];
      if (ends.length <= RESTARTS) {
        run();
        for (const listener of restarted) listener();
        return;
      }
      const note = `the analysis ended ${ends.length} times within a minute (${why}); Restart Language Server tries again`;
      for (const listener of listeners)
        listener({ type: 'status', status: { state: 'failed', target: '', package: '', note } });
    };
    mine.on('error', error => end(error.message));
    mine.on('exit', status => end(`status ${status}`));
  };
  let settings: ToEngine | null = null;
  let begun = false;
  /** Answers a question that comes when there is no thread any more. */
  const refuse = (message: ToEngine) => {
    const list = { rows: [], note: 'the analysis has ended; Restart Language Server tries again' };
    for (const listener of listeners) {
      if (message.type === 'hover') listener({ type: 'hover', id: message.id, hover: null });
      else if (message.type === 'rows') listener({ type: 'rows', id: message.id, list });
    }
  };
  return {
    send(message) {
      if (!begun) {
        if (message.type === 'settings') settings = message;
        // without an open file nothing is known yet that settings or files on disk could change
        if (message.type === 'settings' || message.type === 'changed') return;
        begun = true;
        run();
        if (settings !== null) thread?.postMessage(settings);
      }
      if (thread === null) refuse(message);
      else thread.postMessage(message);
    },
    onMessage: listener => void listeners.push(listener),
    onRestart: listener => void restarted.push(listener),
  };
}
