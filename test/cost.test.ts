import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';

const CODE = `package p

type list struct{ next *list; n int }

func (l *list) dear(f func(int) int) (sum int) {
	for ; l != nil; l = l.next {
		if l.n > 0 { sum += f(l.n) + work(l.n) }
		sum += work(sum)
	}
	return sum
}

func deferred(f func(int) int) {
	f(f(f(f(1))))
	defer f(2)
}

//go:noinline
func work(n int) int { return n }
`;

goTest('what a refused function costs is told by line, and the parts are the whole', async () => {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-cost-'));
  onTestFinished(() => fs.rmSync(cwd, { recursive: true }));
  fs.writeFileSync(path.join(cwd, 'go.mod'), 'module p\n\ngo 1.24\n');
  fs.writeFileSync(path.join(cwd, 'p.go'), CODE);
  const { out, err } = await gospect(['m', '-json'], cwd, { ...process.env, GOSPECT_CACHE: path.join(cwd, '.cache') });
  expect(err).toBe('');
  interface Json {
    kind: string;
    function: string;
    message: string;
    cost?: number;
    costs?: { cost: number; at: { line: number } }[];
  }
  const remarks = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Json);
  const dear = remarks.find(remark => remark.kind === 'cannot-inline' && remark.function === '(*list).dear')!;
  expect(dear.costs!.reduce((sum, { cost }) => sum + cost, 0)).toBe(dear.cost);
  const deferred = remarks.find(remark => remark.kind === 'cannot-inline' && remark.function === 'deferred')!;
  expect(deferred.message).toBe('cannot inline deferred: unhandled op DEFER');
  expect(deferred.cost).toBeUndefined();
  expect(dear.costs!.slice(0, 2).map(({ at }) => at.line)).toEqual([6, 7]);
});
