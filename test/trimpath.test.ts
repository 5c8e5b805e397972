/** -trimpath names files by import path, in -m=2 also those of packages that inlined calls come from. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { gospect } from './gospect.ts';
import { goTest } from './go.ts';

goTest('gospect m -trimpath prints what go build does, and -trimpath=false undoes GOFLAGS', async ({ go }) => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'gospect-trimpath-')));
  try {
    mkdirSync(join(dir, 'low'));
    writeFileSync(join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
    writeFileSync(
      join(dir, 'low/low.go'),
      'package low\n\nfunc Half(n int) []int { return make([]int, n/2) }\n\nfunc Put(to **int, n int) { *to = &n }\n',
    );
    writeFileSync(
      join(dir, 'm.go'),
      `package m

import "example.com/m/low"

func Two(n int) []int {
	var p *int
	low.Put(&p, n/3)
	return low.Half(n / 2)
}
//line made/up.y:7
func three() *int { return new(int) }
`,
    );
    const env = { ...process.env, GOFLAGS: '-trimpath', CGO_ENABLED: '0', GOSPECT_CACHE: join(dir, 'cache') };
    const { stderr } = spawnSync(go, ['build', '-gcflags=-m=2', './...'], { cwd: dir, env, encoding: 'utf8' });
    const packages = (text: string) => text.split(/^(?=# )/m).sort();
    const ours = await gospect(['m', '-m=2', './...'], dir, env);
    expect(packages(stderr)[0]).toContain('example.com/m/m.go:5:6: ');
    expect(packages(ours.out)).toEqual(packages(stderr));
    const flag = await gospect(['m', '-m=2', '-trimpath', './...'], dir, { ...env, GOFLAGS: '' });
    expect(flag.out).toBe(ours.out);
    const plain = await gospect(['m', '-m=2', './...'], dir, { ...env, GOFLAGS: '' });
    expect(plain.out).toContain('./m.go:5:6: ');
    const off = await gospect(['m', '-m=2', '-trimpath=false', './...'], dir, env);
    expect(off.out).toBe(plain.out);
    const covered = { ...env, GOFLAGS: '-trimpath -covermode=count' };
    const uncovered = await gospect(['m', '-m=2', '-cover=0', '-trimpath=0', './...'], dir, covered);
    expect(uncovered.out).toBe(plain.out);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
