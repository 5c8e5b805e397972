/**
 * npm run bench -- targets: `gospect build --target` for ten targets beside a shell loop of `go build`, by turns, in the
 * three states of a build: nothing cached, everything compiled but nothing linked, nothing to do. Ratios are ours to the
 * loop's; processor time is that of all processes together, wherever the system tells it.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const TARGETS = [
  ['linux', 'amd64'],
  ['linux', 'arm64'],
  ['linux', '386'],
  ['linux', 'arm'],
  ['darwin', 'amd64'],
  ['darwin', 'arm64'],
  ['windows', 'amd64'],
  ['windows', 'arm64'],
  ['freebsd', 'amd64'],
  ['js', 'wasm'],
];
const SMALL = 'package main\n\nfunc main() { println("hello") }\n';
const LARGE = `package main

import (
	"fmt"
	"net/http"
)

func main() {
	fmt.Println(http.StatusText(200))
	http.Get("http://example.com")
}
`;

/** Processor time of all processes that ended below this one, in milliseconds; 0 where that is not told. */
function childrenCpu(): number {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return 0;
  }
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1];

export function benchTargets(row: (name: string, text: string) => void, runs = 5): void {
  const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-')));
  const cli = path.resolve('dist/cli.js');
  const program = (name: string, source: string): string => {
    const dir = path.join(top, name);
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/hello\n\ngo 1.24\n');
    fs.writeFileSync(path.join(dir, 'main.go'), source);
    return dir;
  };
  const folder = ([goos, goarch]: string[]): string => `${goos}_${goarch}`;
  const loop = TARGETS.map(([os, arch]) => `GOOS=${os} GOARCH=${arch} go build -o loop/${os}_${arch}/ .`).join(' && ');
  const list = TARGETS.map(t => t.join('/')).join(',');
  const measure = (cwd: string, cache: string | null, command: string, args: string[]) => {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOSPECT_CACHE: path.join(top, 'records') };
    const cpu = childrenCpu();
    const begin = performance.now();
    execFileSync(command, args, { cwd, env: cache ? { ...env, GOCACHE: cache } : env, stdio: 'ignore' });
    return { wall: performance.now() - begin, cpu: childrenCpu() - cpu };
  };
  const compare = (name: string, cwd: string, times: number, cold: boolean, before: () => void): void => {
    const ours = { wall: [] as number[], cpu: [] as number[] };
    const theirs = { wall: [] as number[], cpu: [] as number[] };
    for (let i = 0; i < times; i++) {
      before();
      const caches = ['loop', 'bin'].map(n => (cold ? path.join(top, `cache-${n}-${i}`) : null));
      const l = () => measure(cwd, caches[0], 'sh', ['-c', loop]);
      const g = () => measure(cwd, caches[1], process.execPath, [cli, 'build', '--target', list]);
      // By turns: neither is always the one that finds the disk warm.
      const [first, second] = i % 2 === 0 ? [l(), g()] : [g(), l()];
      const [a, b] = i % 2 === 0 ? [first, second] : [second, first];
      theirs.wall.push(a.wall);
      theirs.cpu.push(a.cpu);
      ours.wall.push(b.wall);
      ours.cpu.push(b.cpu);
      for (const cache of caches) if (cache) fs.rmSync(cache, { recursive: true, force: true });
    }
    const different = TARGETS.map(folder).filter(dir => {
      const [file] = fs.readdirSync(path.join(cwd, 'loop', dir));
      const [x, y] = ['loop', 'bin'].map(n => fs.readFileSync(path.join(cwd, n, dir, file)));
      return !x.equals(y);
    });
    const seconds = (t: number): string => `${(t / 1000).toFixed(2)} s`;
    const say = (what: string, o: number[], t: number[]): string =>
      `${what} ${seconds(median(o))} / ${seconds(median(t))} = ${(median(o) / median(t)).toFixed(3)}`;
    const bytes = different.length === 0 ? 'the same bytes' : `other bytes for ${different.join(', ')}`;
    const cpu = theirs.cpu.every(c => c > 0) ? `, ${say('processor', ours.cpu, theirs.cpu)}` : '';
    row('targets', `${name}: ${say('wall', ours.wall, theirs.wall)}${cpu}; ${bytes}`);
  };
  try {
    const large = program('large', LARGE);
    const clear = (dir: string) => () => {
      for (const n of ['loop', 'bin']) fs.rmSync(path.join(dir, n), { recursive: true, force: true });
    };
    measure(large, null, 'sh', ['-c', loop]);
    measure(large, null, process.execPath, [cli, 'build', '--target', list]);
    compare('10 of net/http, nothing to do', large, runs, false, () => {});
    compare('10 of net/http, all to be linked', large, runs, false, clear(large));
    const small = program('small', SMALL);
    compare('10 of println, nothing cached', small, 1, true, clear(small));
  } finally {
    fs.rmSync(top, { recursive: true, force: true });
  }
}
