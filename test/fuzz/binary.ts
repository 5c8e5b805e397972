/**
 * Damaged executables, each of which has to give an answer or one message, within 2 s of CPU and 512 MB.
 *
 *     node --experimental-transform-types test/fuzz/binary.ts [-format elf] [-count 100000] [-seed 1]
 *
 * Prints a line for each that does not, with the seed that makes it again, and how many were tried.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readImage } from '../../core/binary/open.ts';
import { sourceOf } from '../../core/binary/bytes.ts';
import { ledgerOf } from '../../core/size/attribute.ts';
import { KINDS } from '../../core/size/ledger.ts';
import { binaryReport } from '../../server/binary-report.ts';
import { mutate } from './mutate.ts';

const TARGETS: Record<string, string[]> = {
  elf: ['linux/amd64', 'linux/386', 'linux/s390x'],
  pe: ['windows/amd64', 'windows/386'],
  macho: ['darwin/arm64', 'darwin/amd64'],
  wasm: ['js/wasm', 'wasip1/wasm'],
};
const CPU_LIMIT = 2000;
const MEMORY_LIMIT = 512;
/** A hang is one by the clock, which other work on the machine slows down. */
const HANG = 120_000;

/** Kinds whose bytes readers follow. */
const READ = new Set(['header', 'symbols', 'relocations', 'types', 'itabs', 'pclntab', 'dwarf', 'build info', 'data']);

interface Job {
  files: string[];
  seed: number;
  count: number;
}

function placesOf(good: Uint8Array): { from: number; to: number }[] {
  const places = [{ from: 0, to: 2048 }];
  const read = readImage(sourceOf(good), ledgerOf);
  if (!read.ok) throw new Error(read.message);
  const ledger = read.value;
  for (let i = 0; i < ledger.count; i++) {
    if (!READ.has(KINDS[ledger.kind[i]])) continue;
    const from = ledger.offset[i];
    places.push({ from, to: from + Math.min(256, ledger.length[i]) });
  }
  return places;
}

/** In a thread of its own, so that one that hangs can be ended. */
function work({ files, seed, count }: Job): void {
  const bases = files.map(file => new Uint8Array(fs.readFileSync(file)));
  const places = bases.map(placesOf);
  for (let i = 0; i < count; i++) {
    const base = (seed + i) % bases.length;
    const bytes = mutate(bases[base], places[base], seed + i);
    parentPort!.postMessage({ seed: seed + i });
    const rss = process.memoryUsage.rss();
    const before = process.cpuUsage();
    let problem = '';
    try {
      const result = binaryReport('x', sourceOf(bytes));
      if (!result.ok && (result.message === '' || result.message.includes('\n')))
        problem = `message: ${result.message}`;
      if (result.ok) {
        const sum = result.value.table.size.reduce((a, b) => a + b, 0);
        if (sum !== bytes.length) problem = `rows add up to ${sum}, the file has ${bytes.length} bytes`;
      }
    } catch (error) {
      problem = `thrown: ${(error as Error).stack?.split('\n').slice(0, 4).join(' | ')}`;
    }
    const { user, system } = process.cpuUsage(before);
    const cpu = Math.round((user + system) / 1000);
    const memory = Math.round((process.memoryUsage.rss() - rss) / 2 ** 20);
    if (cpu > CPU_LIMIT) problem ||= `${cpu} ms of CPU`;
    if (memory > MEMORY_LIMIT) problem ||= `${memory} MB`;
    if (problem !== '') parentPort!.postMessage({ seed: seed + i, problem });
  }
}

/** Tries seeds from `seed` on; begins again behind one that hangs or ends its thread. */
async function run(job: Job): Promise<number> {
  const end = job.seed + job.count;
  let problems = 0;
  for (let seed = job.seed; seed < end; ) {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { ...job, seed, count: end - seed },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT },
      execArgv: ['--experimental-transform-types', '--no-warnings'],
    });
    let last = seed;
    let at = Date.now();
    seed = await new Promise<number>(resolve => {
      const fail = (why: string) => {
        console.log(`seed ${last}: ${why}`);
        problems++;
        clearInterval(watch);
        void worker.terminate();
        resolve(last + 1);
      };
      const watch = setInterval(() => Date.now() - at > HANG && fail('hangs'), 1000);
      worker.on('message', (m: { seed: number; problem?: string }) => {
        last = m.seed;
        at = Date.now();
        if (m.problem === undefined) return;
        console.log(`seed ${m.seed}: ${m.problem}`);
        problems++;
      });
      worker.on('error', error => fail(error.message));
      worker.on('exit', () => {
        clearInterval(watch);
        resolve(end);
      });
    });
  }
  return problems;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: { format: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' } },
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-fuzz-'));
  fs.writeFileSync(path.join(folder, 'main.go'), 'package main\n\nfunc main() { println("x") }\n');
  for (const [format, targets] of Object.entries(TARGETS)) {
    if (values.format !== undefined && values.format !== format) continue;
    const files = targets.flatMap(target =>
      ['', '-s'].map(flags => {
        const file = path.join(folder, `${target.replace('/', '-')}${flags}`);
        const [GOOS, GOARCH] = target.split('/');
        const env = { ...process.env, GOOS, GOARCH, CGO_ENABLED: '0' };
        execFileSync('go', ['build', `-ldflags=${flags}`, '-o', file, 'main.go'], { cwd: folder, env });
        return file;
      }),
    );
    const job = { files, seed: Number(values.seed ?? 1), count: Number(values.count ?? 1000) };
    const problems = await run(job);
    console.log(`${format}: ${job.count} tried, ${problems} not as they should be`);
    if (problems > 0) process.exitCode = 1;
  }
  fs.rmSync(folder, { recursive: true });
} else work(workerData as Job);
