/** The ledger of a large executable, as a process of its own: what the command line and the editor's thread pay. */
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';

/** What one ledger was and cost: seconds since its process began, CPU of all its threads, the most memory in MB. */
export interface LedgerCost {
  size: number;
  rows: number;
  /** Bytes that nothing explains, and bytes that are in no package's row: headers, tables of the whole file, padding. */
  unknown: number;
  homeless: number;
  wall: number;
  cpu: number;
  memory: number;
}

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

/** Null when the file cannot be read. */
export function ledgerCost(file: string): LedgerCost | null {
  const args = ['scripts/program.mjs', 'test/bench/ledger.ts', path.resolve(file)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout) as LedgerCost;
  console.error(stderr.trim());
  return null;
}

export function benchSize(print: (name: string, text: string) => void): void {
  const file = fileToMeasure();
  if (file === null) return print('size', 'no Go, and no file in GOSPECT_BENCH_FILE');
  const cost = ledgerCost(file);
  if (cost === null) return print('size', `cannot read ${file}`);
  const { size, rows, unknown, wall, cpu, memory } = cost;
  print(
    'size',
    `${wall.toFixed(2)} s, ${cpu.toFixed(2)} s of CPU, ${memory.toFixed(0)} MB of memory for the ${rows} rows of ` +
      `${path.basename(file)}, ${(size / 1e6).toFixed(1)} MB; unknown ${unknown} bytes (${((100 * unknown) / size).toFixed(3)} %)`,
  );
}
