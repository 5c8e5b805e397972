/**
 * Bytes without a name and the time it takes, beside other tools that are asked about the same files in the same run:
 * bloaty (GOSPECT_BLOATY or on the PATH) by symbol and by section, gsa (GOSPECT_GSA or on the PATH). By section ours is
 * `gospect size --sections`, which as bloaty then does reads the headers alone. Files are those that are named
 * (`npm run bench -- peers FILE…`, folders too), else those of GOSPECT_BENCH_FILES, a list like PATH, else the programs
 * that come with Go. Time is compared on files of 80 MB and more.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ledgerCost } from './size.ts';

interface Peer {
  unattributed: number;
  /** Seconds, and those of CPU of all its threads. */
  wall: number;
  cpu: number;
}

/** Files from which on time is compared. */
const LARGE = 80e6;
const OUTPUT_LIMIT = 2 ** 30;

const bloatyAt = process.env.GOSPECT_BLOATY ?? 'bloaty';
const gsaAt = process.env.GOSPECT_GSA ?? 'gsa';

function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs a program, with what it cost; null when it fails. */
function timed(program: string, args: string[], cwd: string): { wall: number; cpu: number; stdout: string } | null {
  const begin = performance.now();
  const costs = path.join(cwd, 'times');
  const script = '"$@"; status=$?; times > "$0"; exit $status';
  const { status, stdout } = spawnSync('sh', ['-c', script, costs, program, ...args], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_LIMIT,
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const wall = (performance.now() - begin) / 1000;
  if (status !== 0) return null;
  // the second line has what its children took, as 0m1.25s 0m0.30s
  const children = fs.readFileSync(costs, 'utf8').split('\n')[1];
  let cpu = 0;
  for (const [, minutes, seconds] of children.matchAll(/(\d+)m([\d.]+)s/g))
    cpu += 60 * Number(minutes) + Number(seconds);
  return { wall, cpu, stdout };
}

/** Bytes that bloaty puts into rows of its own making, in brackets. */
function bloaty(by: string) {
  return (file: string, cwd: string): Peer | null => {
    const run = timed(bloatyAt, ['-d', by, '-n', '0', '--csv', file], cwd);
    if (run === null) return null;
    let unattributed = 0;
    for (const line of run.stdout.split('\n'))
      if (/^"?\[/.test(line)) unattributed += Number(line.slice(line.lastIndexOf(',') + 1));
    return { unattributed, wall: run.wall, cpu: run.cpu };
  };
}

/** The file less gsa's packages. */
function gsa(file: string, cwd: string): Peer | null {
  const json = path.join(cwd, 'gsa.json');
  const run = timed(gsaAt, ['-f', 'json', '-o', json, file], cwd);
  if (run === null) return null;
  const report = JSON.parse(fs.readFileSync(json, 'utf8')) as {
    size: number;
    packages: Record<string, { size: number }>;
  };
  const packages = Object.values(report.packages).reduce((sum, p) => sum + p.size, 0);
  return { unattributed: report.size - packages, wall: run.wall, cpu: run.cpu };
}

const EXECUTABLE = /^(?:\x7fELF|MZ|\0asm|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)/;

function isExecutable(file: string): boolean {
  const fd = fs.openSync(file, 'r');
  const head = Buffer.alloc(4);
  fs.readSync(fd, head);
  fs.closeSync(fd);
  return EXECUTABLE.test(head.toString('latin1'));
}

function filesToMeasure(named: string[]): string[] {
  let places = named.length > 0 ? named : (process.env.GOSPECT_BENCH_FILES ?? '').split(path.delimiter);
  if (places.join('') === '') {
    try {
      places = [execFileSync('go', ['env', 'GOTOOLDIR'], { encoding: 'utf8' }).trim()];
    } catch {
      return [];
    }
  }
  return places.flatMap(place => {
    if (!fs.statSync(place).isDirectory()) return [path.resolve(place)];
    const files = fs.readdirSync(place).map(name => path.resolve(place, name));
    return files.filter(file => fs.statSync(file).isFile() && isExecutable(file));
  });
}

/** Ours by section, as the command line answers it. */
function sections(file: string, cwd: string): Peer | null {
  const run = timed(process.execPath, [path.resolve('dist/cli.js'), 'size', '--sections', '--json', file], cwd);
  if (run === null) return null;
  const { unknown } = JSON.parse(run.stdout) as { unknown: number };
  return { unattributed: unknown, wall: run.wall, cpu: run.cpu };
}

/** A line for each file, then on how many of them ours is at most theirs. */
export function benchPeers(print: (name: string, text: string) => void, named: string[]): void {
  const files = filesToMeasure(named);
  if (files.length === 0) return print('peers', 'no Go, and no files in GOSPECT_BENCH_FILES');
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'ignore' });
  const peers = [
    { name: 'bloaty, symbols', program: bloatyAt, measure: bloaty('symbols'), bySection: false },
    { name: 'bloaty, sections', program: bloatyAt, measure: bloaty('sections'), bySection: true },
    { name: 'gsa', program: gsaAt, measure: gsa, bySection: false },
  ].filter(({ name, program }) => {
    if (isThere(program)) return true;
    print('peers', `${name}: not here`);
    return false;
  });
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
  const score = peers.map(() => ({ read: 0, fewer: 0, large: 0, faster: 0, cheaper: 0 }));
  let read = 0;
  for (const file of files) {
    const whole = ledgerCost(file);
    const headers = sections(file, cwd);
    if (whole === null || headers === null) {
      print('peers', `${file}: not read`);
      continue;
    }
    read++;
    const cost = (c: { wall: number; cpu: number }) => `${c.wall.toFixed(2)} s, CPU ${c.cpu.toFixed(2)} s`;
    print('', `${file} (${(whole.size / 1e6).toFixed(1)} MB)`);
    print('', `  ours: unknown ${whole.unknown}, in no package ${whole.homeless}; ${cost(whole)}`);
    print('', `  ours, sections: unknown ${headers.unattributed}; ${cost(headers)}`);
    for (const [i, { name, measure, bySection }] of peers.entries()) {
      const theirs = measure(file, cwd);
      if (theirs === null) {
        print('', `  ${name}: does not read it`);
        continue;
      }
      const s = score[i];
      s.read++;
      const ours = bySection ? headers : { ...whole, unattributed: whole.unknown };
      const fewer = ours.unattributed <= Math.max(0, theirs.unattributed);
      if (fewer) s.fewer++;
      if (whole.size >= LARGE) {
        s.large++;
        if (ours.wall <= theirs.wall) s.faster++;
        if (ours.cpu <= theirs.cpu) s.cheaper++;
      }
      print(
        '',
        `  ${name}: ${theirs.unattributed} without a name; ${cost(theirs)}${fewer ? '' : '   FEWER THAN OURS'}`,
      );
    }
  }
  fs.rmSync(cwd, { recursive: true });
  for (const [i, { name }] of peers.entries()) {
    const { read: n, fewer, large, faster, cheaper } = score[i];
    print(
      'peers',
      `${name}: reads ${n} of the ${read} that ours does; ours leaves no more bytes without a name on ${fewer} of ${n}; ` +
        `of ${large} with 80 MB or more ours is as fast on ${faster}, takes no more CPU on ${cheaper}`,
    );
  }
}
