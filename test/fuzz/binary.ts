/**
 * Damaged executables, each of which has to give an answer or one message, within 2 s of CPU and 512 MB.
 *
 *     node scripts/program.mjs test/fuzz/binary.ts [--format elf] [--count 100000] [--first 1] [--out DIR]
 *
 * Prints what does not, and the worst of each format. With --out the state is kept in DIR/FORMAT.json, so that the next
 * run goes on where this one ended, and so are the files that were not read as they should.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { sourceOf } from '../../core/binary/bytes.ts';
import { binaryReport, compareBinaries, guarded, openBinary } from '../../server/binary/report.ts';
import { mutate } from './mutate.ts';
import { type Seed, seedsOf, TARGETS } from './seeds.ts';

const CPU_LIMIT = 2000;
const MEMORY_LIMIT = 512;
/** Milliseconds of CPU after which a file is said to hang. */
const HANG = 30_000;
/** Every so many numbers the file is one that takes longer to read, and the questions behind the report are asked. */
const WHOLE = 12;
const DEEP = 16;
const SAVED = 500;
/** Numbers that found a mistake (with the programs of Go 1.26): they are tried first, whatever is asked for. */
const FOUND: Record<string, number[]> = { elf: [94573], pe: [45093, 64535, 96460, 5002882], wasm: [49524] };

interface Tally {
  /** The next number to try. */
  next: number;
  tried: number;
  answered: number;
  refused: number;
  /** CPU in milliseconds: all, and the most for one file. */
  cpu: number;
  worst: number;
  worstAt: number;
  /** The most memory that the process had, in MB, and the most that one file added to it. */
  peak: number;
  added: number;
  addedAt: number;
  problems: string[];
}

interface Job {
  seeds: Seed[];
  end: number;
  out: string;
  format: string;
  tally: Tally;
  /** [number that is tried, its number once it is done] */
  progress: Int32Array;
}

const megabytes = (kilobytes: number) => Math.round(kilobytes / 1024);
const cpuNow = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What is wrong with what is said of a file; empty when nothing is. */
function problemOf(bytes: Uint8Array, base: Uint8Array | null, tally: Tally): string {
  try {
    const result = binaryReport('x', sourceOf(bytes));
    if (!result.ok) {
      tally.refused++;
      return result.message === '' || result.message.includes('\n') ? `message: ${result.message}` : '';
    }
    tally.answered++;
    const { size, offset, kind } = result.value.table;
    const sum = Array.from(size).reduce((a, b) => a + b, 0);
    if (sum !== bytes.length) return `rows add up to ${sum}, the file has ${bytes.length} bytes`;
    if (base === null) return '';
    if (offset.length !== kind.length) return 'columns of different lengths';
    const open = openBinary('x', sourceOf(bytes));
    const old = openBinary('y', sourceOf(base));
    if (!open.ok || !old.ok) return '';
    guarded(() => {
      const functions = open.value.functions();
      for (const file of functions.files().slice(0, 3)) functions.lines(file);
      functions.details('runtime.main');
      functions.details('main.main');
    });
    guarded(() => compareBinaries(old.value, open.value));
    return '';
  } catch (error) {
    return `thrown: ${(error as Error).stack?.split('\n').slice(0, 5).join(' | ')}`;
  }
}

/** In a thread of its own, so that one that hangs can be ended. */
function work({ seeds, end, out, format, tally, progress }: Job): void {
  const small = seeds.filter(seed => seed.quick);
  const whole = seeds.filter(seed => !seed.quick);
  const again = tally.tried === 0 ? [...(FOUND[format] ?? [])] : [];
  while (tally.next < end) {
    const number = again.pop() ?? tally.next++;
    const from = number % WHOLE === 0 ? whole : small;
    const seed = from[Math.floor(number / WHOLE) % from.length] ?? seeds[0];
    const bytes = mutate(seed, seeds, number);
    progress[0] = number;
    const rss = process.resourceUsage().maxRSS;
    const before = cpuNow();
    let problem = problemOf(bytes, number % DEEP === 1 ? seed.bytes : null, tally);
    const cpu = Math.round(cpuNow() - before);
    const peak = process.resourceUsage().maxRSS;
    const added = megabytes(peak - rss);
    tally.tried++;
    tally.cpu += cpu;
    if (cpu > tally.worst) [tally.worst, tally.worstAt] = [cpu, number];
    // what the first files add is the compiler of JavaScript at work
    if (added > tally.added && tally.tried > 200) [tally.added, tally.addedAt] = [added, number];
    tally.peak = Math.max(tally.peak, megabytes(peak));
    if (cpu > CPU_LIMIT) problem ||= `${cpu} ms of CPU`;
    if (added > MEMORY_LIMIT) problem ||= `${added} MB`;
    if (problem !== '') {
      const line = `${format} ${number} (${seed.name}): ${problem}`;
      console.log(line);
      tally.problems.push(line);
      if (out !== '') fs.writeFileSync(path.join(out, `${format}-${number}`), bytes);
    }
    progress[1] = number;
    if (number % SAVED === 0) save(out, format, tally);
  }
  save(out, format, tally);
}

function save(out: string, format: string, tally: Tally): void {
  fs.writeFileSync(path.join(out, `${format}.json`), `${JSON.stringify(tally, null, 1)}\n`);
}

function load(out: string, format: string, first: number): Tally {
  const file = path.join(out, `${format}.json`);
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as Tally;
  return {
    next: first,
    tried: 0,
    answered: 0,
    refused: 0,
    cpu: 0,
    worst: 0,
    worstAt: 0,
    peak: 0,
    added: 0,
    addedAt: 0,
    problems: [],
  };
}

/** Tries the numbers up to `end`; begins again behind one that hangs or ends its thread. */
async function run(format: string, seeds: Seed[], out: string, first: number, end: number): Promise<Tally> {
  for (;;) {
    const tally = load(out, format, first);
    if (tally.next >= end) return tally;
    const progress = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { seeds, end, out, format, tally, progress } satisfies Job,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT },
    });
    let trying = -1;
    let since = cpuNow();
    const ended = await new Promise<string>(resolve => {
      const watch = setInterval(() => {
        if (progress[0] !== trying || progress[1] === trying) [trying, since] = [progress[0], cpuNow()];
        else if (cpuNow() - since > HANG) resolve('hangs');
      }, 500);
      worker.on('error', error => resolve(error.message));
      worker.on('exit', () => {
        clearInterval(watch);
        resolve('');
      });
    });
    if (ended === '') continue;
    await worker.terminate();
    // what was tried since the state was last kept is tried again, up to the one that ended it
    const line = `${format} ${progress[0]}: ${ended}`;
    console.log(line);
    const kept = load(out, format, first);
    if (!FOUND[format]?.includes(progress[0])) kept.next = progress[0] + 1;
    kept.tried = Math.max(kept.tried, kept.next - first, 1);
    kept.problems.push(line);
    save(out, format, kept);
  }
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      format: { type: 'string' },
      count: { type: 'string', default: '1000' },
      first: { type: 'string', default: '1' },
      out: { type: 'string' },
    },
  });
  const out = values.out ?? fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-fuzz-'));
  for (const format of Object.keys(TARGETS)) {
    if (values.format !== undefined && values.format !== format) continue;
    const seeds = seedsOf(format, path.join(out, 'seeds'));
    const first = Number(values.first);
    const tally = await run(format, seeds, out, first, first + Number(values.count));
    console.log(
      `${format}: ${tally.tried} tried, ${tally.answered} answered, ${tally.refused} refused with a message, ` +
        `${tally.problems.length} not as they should be; CPU ${(tally.cpu / tally.tried).toFixed(1)} ms each, ` +
        `at most ${tally.worst} ms (${tally.worstAt}); the process had ${tally.peak} MB at most, ` +
        `one file added ${tally.added} MB at most (${tally.addedAt})`,
    );
    if (tally.problems.length > 0) process.exitCode = 1;
  }
  if (values.out === undefined) fs.rmSync(out, { recursive: true });
} else work(workerData as Job);
