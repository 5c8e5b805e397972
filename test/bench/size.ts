/** The ledger of a large executable, and what other tools of the kind make of it in the same run. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ledgerOf } from '../../core/size/attribute.ts';
import { withImage } from '../../server/binary-file.ts';

/** GOSPECT_BENCH_FILE, else the compiler: the largest program that comes with Go. */
function fileToMeasure(): string | null {
  const named = process.env.GOSPECT_BENCH_FILE;
  if (named !== undefined && named !== '') return path.resolve(named);
  try {
    return execFileSync('go', ['tool', '-n', 'compile'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** Bytes that bloaty puts into rows of its own making, in brackets, and the time it takes. */
function bloaty(file: string, out: string): { time: number; unattributed: number } | null {
  const begin = performance.now();
  const { status, stdout } = spawnSync('bloaty', ['-d', 'symbols', '-n', '0', '--csv', file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    cwd: out,
  });
  if (status !== 0) return null;
  const time = performance.now() - begin;
  let unattributed = 0;
  for (const line of stdout.split('\n')) if (line.startsWith('[')) unattributed += Number(line.split(',').at(-1));
  return { time, unattributed };
}

/** The file less gsa's packages, and the time it takes. */
function gsa(file: string, out: string): { time: number; unattributed: number } | null {
  const json = path.join(out, 'gsa.json');
  const begin = performance.now();
  const { status } = spawnSync('gsa', ['-f', 'json', '-o', json, file], { cwd: out, stdio: 'ignore' });
  if (status !== 0) return null;
  const time = performance.now() - begin;
  const report = JSON.parse(fs.readFileSync(json, 'utf8')) as {
    size: number;
    packages: Record<string, { size: number }>;
  };
  const packages = Object.values(report.packages).reduce((sum, p) => sum + p.size, 0);
  return { time, unattributed: report.size - packages };
}

/** Prints a line each; a tool that is not installed is named. */
export function benchSize(print: (name: string, text: string) => void): void {
  const file = fileToMeasure();
  if (file === null) return print('size', 'no Go, and no file in GOSPECT_BENCH_FILE');
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
  const size = fs.statSync(file).size;
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const { unknown, rows } = withImage('/', file, image => {
    const ledger = ledgerOf(image);
    return { unknown: ledger.unknown, rows: ledger.count };
  });
  const used = process.cpuUsage(cpu);
  const line = (time: number, unattributed: number) =>
    `${(time / 1000).toFixed(2)} s, ${unattributed} of ${size} bytes without a name (${((100 * unattributed) / size).toFixed(2)} %)`;
  const seconds = ((used.user + used.system) / 1e6).toFixed(2);
  print(
    'size',
    `${line(performance.now() - begin, unknown)}, ${rows} rows, ${seconds} s of CPU, ${path.basename(file)}`,
  );
  for (const [name, measure] of [
    ['bloaty', bloaty],
    ['gsa', gsa],
  ] as const) {
    const peer = measure(file, out);
    print(name, peer === null ? 'not installed, or it cannot read the file' : line(peer.time, peer.unattributed));
  }
  fs.rmSync(out, { recursive: true });
}
