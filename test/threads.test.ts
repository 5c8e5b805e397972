import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect } from 'vitest';
import { defaultFlags } from '../core/ir/env.ts';
import { loadPackages } from '../core/load/load.ts';
import { packageList } from '../core/load/package.ts';
import { decodeUtf8 } from '../core/source/utf8.ts';
import type { Assignment } from '../server/analysis/package-work.ts';
import { type Done, type Job, runHere, runInThreads } from '../server/analysis/pool.ts';
import { loadDefaults, prepareLoading } from '../server/loading.ts';
import { goTest } from './go.ts';

const modules: Record<string, string> = {
  'go.mod': 'module m\n\ngo 1.26\n',
  'low/low.go': `package low

type T struct{ x int }

func New() *T { return &T{} }

func (t *T) Get() int { return t.x }

func Map[A, B any](list []A, f func(A) B) []B {
	var out []B
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}
`,
  'mid/mid.go': `package mid

import "m/low"

func Sum(list []*low.T) (n int) {
	for _, t := range list {
		n += t.Get()
	}
	return n
}

func Names(list []*low.T) []int { return low.Map(list, (*low.T).Get) }
`,
  'other/other.go': `package other

import "m/low"

var Kept = low.New()
`,
  'broken/broken.go': `package broken

import "m/low"

func F() string { return low.New() }
`,
  'top/top.go': `package top

import (
	"m/low"
	"m/mid"
	"m/other"
)

func F() int { return mid.Sum([]*low.T{low.New(), other.Kept}) + len(mid.Names(nil)) }
`,
};

const root = fileURLToPath(new URL('..', import.meta.url));

/** The assignment of all packages of the module, and its jobs. */
function assignment(dir: string): { given: Assignment; jobs: Job[] } {
  for (const [name, text] of Object.entries(modules)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  const { env, target, overlay, go } = prepareLoading(new Map(), {
    cwd: dir,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
  });
  const packages = packageList(loadPackages(env, target, ['./...'], loadDefaults).roots);
  const ids = new Set(packages.keys());
  const jobs = packages.map((p, id) => ({ id, needs: p.deps!.map(d => packages.indexOf(d)), size: 1 }));
  const compile = {
    flags: { ...defaultFlags, m: 2 },
    named: ids,
    wanted: ids,
    rendering: 'lines' as const,
    cache: null,
  };
  return { given: { packages, target, overlay, goroot: go.goroot, limit: 10, compile }, jobs };
}

async function outcomes(running: AsyncGenerator<Done>): Promise<Done['outcome'][]> {
  const found: Done['outcome'][] = [];
  for await (const { id, outcome } of running) if (outcome !== null) found[id] = outcome;
  return found;
}

goTest('threads say of packages what one says; they are stopped, and it is told when one ends', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'gospect-threads-'));
  const bundle = path.join(root, 'dist', `test-worker-${process.pid}.js`);
  try {
    const require = `import{createRequire as $c}from'node:module';const require=$c(import.meta.url);`;
    await build({
      absWorkingDir: root,
      entryPoints: ['server/package-worker.ts'],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: require },
    });
    const worker = pathToFileURL(bundle);
    const { given, jobs } = assignment(dir);

    const here = await outcomes(runHere(given, jobs, undefined, null));
    expect(here.map(o => o!.errors.length)).toEqual(given.packages.map(p => (p.name === 'broken' ? 1 : 0)));
    const top = here[given.packages.findIndex(p => p.name === 'top')]!;
    expect(decodeUtf8(top.text![0])).toContain('inlining call to low.New');
    const there = await outcomes(runInThreads(given, jobs, worker, 3, undefined));
    for (const o of [...here, ...there]) if (o!.summary !== null) o!.summary = Buffer.from(o!.summary);
    expect(there).toEqual(here);

    const checked: Assignment = { ...given, compile: null };
    const free = jobs.map(job => ({ ...job, needs: [] }));
    const apart = await outcomes(runInThreads(checked, free, worker, 2, undefined));
    expect(apart).toEqual(await outcomes(runHere(checked, free, undefined, null)));

    const stop = new AbortController();
    const stopped = runInThreads(given, jobs, worker, 2, stop.signal);
    expect((await stopped.next()).done).toBe(false);
    stop.abort();
    expect(await outcomes(stopped)).toEqual([]);

    writeFileSync(bundle, 'throw new Error("out of luck")');
    await expect(outcomes(runInThreads(given, jobs, worker, 2, undefined))).rejects.toThrow(
      'a thread ended: out of luck',
    );
  } finally {
    rmSync(dir, { recursive: true });
    rmSync(bundle, { force: true });
  }
});
