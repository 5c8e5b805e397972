/**
 * The packages of one run, worked on in threads, or here where there is too little to share. Each thread has types of its
 * own and looks at what packages import by itself (package-work.ts); what goes between threads are the bytes of
 * summaries. So a package can be checked anywhere and at any time, and compiled once the packages it imports have been.
 *
 * Of what can be done the thread gets that first on which the most waits. While nothing can be compiled (all of the
 * standard library waits for package runtime) threads check what comes next, and hold it until its turn comes.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { nodeParser } from '../node-parser.ts';
import { type Assignment, type Inspector, type Made, type Outcome, PackageWork } from './package-work.ts';

/** A package to be worked on. */
export interface Job {
  id: number;
  /** Jobs whose summaries it needs. */
  needs: readonly number[];
  /** Go files: about what it costs. */
  size: number;
}

export type ToWorker = { type: 'check' | 'finish'; id: number } | ({ type: 'know' } & Omit<Made, 'asked'>);
/** `outcome`: null when the package was only checked. */
export interface FromWorker {
  id: number;
  outcome: Outcome | null;
  made: Made[];
}

/** What came of a job, or null at the end of all; `made`: what was found out of other packages on the way. */
export interface Done {
  id: number;
  outcome: Outcome | null;
  made: Made[];
}

/** Files of a thread's share at least: starting a thread costs as much as some of them. Where there are two such shares
 * even one thread pays: it has room for what lives shortly, which this one has not. */
const minShare = 60;
/** Threads at most: each optimizes all code anew and has its own view of what is imported. With eight the standard library
 * takes two fifths more CPU time than with four, and 3 GB. */
const maxThreads = 4;
/** Files of packages that all threads together have checked and hold. Of two threads that is most of what one checks
 * while the other compiles package runtime: with 640 it waits for the end of that for a twentieth of all time, with 480
 * somewhat longer, and all together take up to 400 MiB less. */
const maxHeld = 480;
/** MiB of memory for what lives shortly, of a thread and of all of them; Node's default is 48 for each, and a fifth of the
 * time goes into it. */
const youngSize = { thread: 96, all: 192 };
/** Milliseconds of work here between two looks at whether to stop. */
const slice = 50;

/** Works on the jobs, imports before importers, in their order or in threads in any; `threads` at most. */
export async function* runJobs(
  given: Assignment,
  jobs: readonly Job[],
  threads: number,
  signal: AbortSignal | undefined,
  inspect: Inspector | null,
): AsyncGenerator<Done> {
  if (jobs.length === 0) return;
  const worker = new URL('package-worker.js', import.meta.url);
  const size = jobs.reduce((sum, job) => sum + job.size, 0);
  const count = Math.min(threads, maxThreads, Math.floor(size / minShare));
  // run from its sources the program has no worker
  if (size >= 2 * minShare && inspect === null && existsSync(fileURLToPath(worker)))
    yield* runInThreads(given, jobs, worker, count, signal);
  else yield* runHere(given, jobs, signal, inspect);
}

/** Works on the jobs in `count` threads that run `worker`. Throws when one of them ends. */
export function runInThreads(
  given: Assignment,
  jobs: readonly Job[],
  worker: URL,
  count: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Done> {
  return new Pool(given, jobs, worker, count).run(signal);
}

/** Works on the jobs in this thread, in their order, and lets others have their turn now and then. */
export async function* runHere(
  given: Assignment,
  jobs: readonly Job[],
  signal: AbortSignal | undefined,
  inspect: Inspector | null,
): AsyncGenerator<Done> {
  const work = new PackageWork(given, await nodeParser(), inspect);
  let until = performance.now() + slice;
  for (const { id } of jobs) {
    const steps = work.finish(id);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) {
        yield { id, outcome: step.value, made: work.made.splice(0) };
        break;
      }
      if (performance.now() < until) continue;
      await new Promise(resolve => setImmediate(resolve));
      if (signal?.aborted) return;
      until = performance.now() + slice;
    }
  }
  yield { id: -1, outcome: null, made: work.answers() };
}

/** How far a job is. */
interface State {
  job: Job;
  /** Jobs that it still waits for. */
  waits: number;
  /** Jobs that wait for it. */
  importers: State[];
  /** Files on the longest way from it to a job for which nothing waits. */
  height: number;
  /** Who has checked it. */
  holder: Thread | null;
  taken: boolean;
}

interface Thread {
  worker: Worker;
  /** Where in the order of jobs it begins, when none waits for another: its own end of it, so that it sees the same
   * imports again and again. */
  anchor: number;
  idle: boolean;
  /** Files of the packages that it has checked and holds. */
  held: number;
}

class Pool {
  private readonly states = new Map<number, State>();
  private readonly threads: Thread[] = [];
  private readonly results: Done[] = [];
  private left: number;
  /** Some jobs wait for others. */
  private readonly waiting: boolean;
  private failed: Error | null = null;
  private wake: () => void = () => {};

  constructor(given: Assignment, jobs: readonly Job[], url: URL, count: number) {
    this.left = jobs.length;
    for (const job of jobs)
      this.states.set(job.id, { job, waits: job.needs.length, importers: [], height: 0, holder: null, taken: false });
    for (const job of jobs) for (const id of job.needs) this.states.get(id)!.importers.push(this.states.get(job.id)!);
    for (const { id } of jobs.toReversed()) {
      const state = this.states.get(id)!;
      state.height = state.job.size + Math.max(0, ...state.importers.map(s => s.height));
    }
    this.waiting = jobs.some(job => job.needs.length > 0);
    const young = Math.min(youngSize.thread, youngSize.all / count);
    // all of the young memory (two halves, and as much for large objects) from the start, instead of growing into it
    setFlagsFromString(`--min-semi-space-size=${Math.floor(young / 3)}`);
    // each thread optimizes all code anew: half of what V8 would inline (920) saves 4 % of all time, 12 % in Node 20
    setFlagsFromString('--max-inlined-bytecode-size-cumulative=400');
    if (process.versions.v8.startsWith('11.')) {
      // Node 20 has no compiler between the quick and the thorough one, and calls that too early: a tenth of all time
      setFlagsFromString('--interrupt-budget=700000');
    } else if (!process.versions.v8.startsWith('12.')) {
      // Node 24 has one, and what it makes is good: to optimize later (V8 does after 400 and 3000 runs of a function)
      // saves 8 % of all time
      setFlagsFromString('--invocation-count-for-maglev=700');
      setFlagsFromString('--invocation-count-for-turbofan=100000');
    }
    // where our threads have all cores, V8's own only wait for each other: a sixth of all time
    if (count >= availableParallelism()) setFlagsFromString('--no-parallel-scavenge');
    for (let i = 0; i < count; i++)
      this.threads.push(this.start(given, url, young, count === 1 ? 0 : (i * (jobs.length - 1)) / (count - 1)));
  }

  async *run(signal: AbortSignal | undefined): AsyncGenerator<Done> {
    const stop = (): void => this.wake();
    signal?.addEventListener('abort', stop);
    try {
      while (this.left > 0 || this.results.length > 0) {
        if (signal?.aborted) return;
        if (this.failed !== null) throw this.failed;
        const done = this.results.shift();
        if (done === undefined) await new Promise<void>(resolve => (this.wake = resolve));
        else yield done;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
    }
  }

  private start(given: Assignment, url: URL, young: number, anchor: number): Thread {
    const worker = new Worker(url, { workerData: given, resourceLimits: { maxYoungGenerationSizeMb: young } });
    const thread: Thread = { worker, anchor, idle: false, held: 0 };
    worker.on('message', (message: FromWorker | 'ready') => {
      if (message !== 'ready') this.received(thread, message);
      thread.idle = true;
      for (const t of this.threads) if (t.idle) this.assign(t);
      this.wake();
    });
    const fail = (why: string): void => {
      this.failed ??= new Error(`a thread ended: ${why}`);
      this.wake();
    };
    worker.on('error', error => fail(error.message));
    worker.on('exit', status => this.left > 0 && fail(`status ${status}`));
    return thread;
  }

  private received(thread: Thread, { id, outcome, made }: FromWorker): void {
    const state = this.states.get(id)!;
    if (outcome === null) {
      state.holder = thread;
      state.taken = false;
      thread.held += state.job.size;
      return;
    }
    if (state.holder !== null) state.holder.held -= state.job.size;
    this.results.push({ id, outcome, made });
    this.left--;
    const news = outcome.summary === null ? made : [...made, { id, summary: outcome.summary, asked: null }];
    for (const { worker } of this.threads) {
      if (worker === thread.worker) continue;
      for (const { id, summary } of news) worker.postMessage({ type: 'know', id, summary } satisfies ToWorker);
    }
    for (const importer of state.importers) importer.waits--;
  }

  /** Gives an idle thread the next thing to do, if there is one. */
  private assign(thread: Thread): void {
    if (!this.waiting) {
      this.give(thread, nearest([...this.states.values()], thread.anchor), 'finish');
      return;
    }
    let ready: State | null = null;
    let stolen: State | null = null;
    let next: State | null = null;
    const share = maxHeld / this.threads.length;
    for (const state of this.states.values()) {
      if (state.taken) continue;
      if (state.waits === 0) {
        if (state.holder === null || state.holder === thread) ready = higher(ready, state);
        else stolen = higher(stolen, state);
      } else if (state.holder === null && (thread.held === 0 || thread.held + state.job.size <= share))
        next = higher(next, state);
    }
    this.give(thread, ready ?? next ?? stolen, ready === null && next !== null ? 'check' : 'finish');
  }

  private give(thread: Thread, state: State | null, type: 'check' | 'finish'): void {
    if (state === null) return;
    state.taken = true;
    thread.idle = false;
    thread.worker.postMessage({ type, id: state.job.id } satisfies ToWorker);
  }
}

function nearest(states: readonly State[], anchor: number): State | null {
  let found: State | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const [i, state] of states.entries()) {
    if (state.taken || Math.abs(i - anchor) >= distance) continue;
    found = state;
    distance = Math.abs(i - anchor);
  }
  return found;
}

function higher(a: State | null, b: State): State {
  return a === null || b.height > a.height ? b : a;
}
