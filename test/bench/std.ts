/**
 * All of the standard library from nothing, as a user has it: the command line as it is built, with a cache folder of its
 * own that is empty, and go build with an empty cache, one after the other. Memory is the most that our process has had,
 * threads included.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Seconds. */
interface Cost {
  wall: number;
  cpu: number;
  /** MiB; 0 when it is not known. */
  memory: number;
}

const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' };
/** Tells what the process has used, on its way out. */
const meter = `data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,JSON.stringify(process.resourceUsage())))`;

function ours(cache: string, ...args: string[]): Cost {
  const start = performance.now();
  const { output, status } = spawnSync(process.execPath, ['--import', meter, 'dist/cli.js', ...args], {
    env: { ...env, GOSPECT_CACHE: cache },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const wall = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`gospect ${args.join(' ')} ended with status ${status}`);
  const used = JSON.parse(String(output[3])) as NodeJS.ResourceUsage;
  return { wall, cpu: (used.userCPUTime + used.systemCPUTime) / 1e6, memory: used.maxRSS / 1024 };
}

/** `go build -a -gcflags=-m std`; null without Go. */
function gc(cache: string): Cost | null {
  const start = performance.now();
  const run = spawnSync('sh', ['-c', 'go build -a -gcflags=-m std 2>/dev/null && times'], {
    env: { ...env, GOCACHE: cache },
    encoding: 'utf8',
  });
  const wall = (performance.now() - start) / 1000;
  if (run.status !== 0) return null;
  // the shell's own times, then those of what it has run
  const times = [...run.stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(m => Number(m[1]) * 60 + Number(m[2]));
  return { wall, cpu: times[2] + times[3], memory: 0 };
}

const shown = ({ wall, cpu, memory }: Cost): string =>
  `wall ${wall.toFixed(2)} s, CPU ${cpu.toFixed(1)} s${memory === 0 ? '' : `, at most ${memory.toFixed(0)} MiB`}`;

/** `names`: which of check and m are wanted. */
export function benchStd(row: (name: string, text: string) => void, names: readonly ('check' | 'm')[]): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
  const cores = os.availableParallelism();
  try {
    const theirs = gc(path.join(dir, 'go'));
    row(
      'gc',
      theirs === null ? 'no Go to compare with' : `${shown(theirs)}: go build -a -gcflags=-m std, ${cores} cores`,
    );
    for (const name of names) {
      for (const threads of new Set([cores, 1])) {
        const cache = path.join(dir, `${name} ${threads}`);
        const cost = ours(cache, name, '-p', String(threads), 'std');
        const ratio = theirs === null ? '' : `, ${(cost.wall / theirs.wall).toFixed(2)} × gc`;
        row(name, `${shown(cost)}${ratio}: std, nothing cached, -p ${threads}`);
        if (name === 'm' && threads === cores) row(name, `${shown(ours(cache, 'm', 'std'))}: the same again`);
      }
    }
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}
