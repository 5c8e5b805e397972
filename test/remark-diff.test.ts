import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-remark-diff-')));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const BEFORE = `package p

type T struct{ n int }

func stays() *T { return &T{1} }

func grows(n int) int { return n + 1 }

func uses() int { return grows(2) }
`;
// stays moves down, grows is no longer inlined, fresh is new
const AFTER = `package p

func fresh() *T { t := T{2}; return &t }

type T struct{ n int }

func uses() int { return grows(2) }

func grows(n int) int { defer recover(); return n + 1 }

func stays() *T { return &T{1} }
`;

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });
}

const diff = (...args: string[]) =>
  gospect(['diff', ...args], folder, { ...process.env, GOSPECT_CACHE: path.join(folder, '.cache') });

beforeAll(() => {
  fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/p\n\ngo 1.24\n');
  fs.writeFileSync(path.join(folder, 'p.go'), BEFORE);
  fs.mkdirSync(path.join(folder, 'gone'));
  fs.writeFileSync(path.join(folder, 'gone/gone.go'), 'package gone\n\nfunc f() *int { return new(int) }\n');
  fs.writeFileSync(path.join(folder, '.gitignore'), '.cache\n');
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'before');
  fs.writeFileSync(path.join(folder, 'p.go'), AFTER);
  fs.rmSync(path.join(folder, 'gone'), { recursive: true });
});

goTest('remarks gained and lost since a commit, not those of code that moved', async () => {
  const { code, out, err } = await diff('./...');
  expect(out).toBe(
    `# example.com/p
+ ./p.go:3:6: can inline fresh
+ ./p.go:3:19: moved to heap: t
- ./p.go:7:6: can inline grows
- ./p.go:9:31: inlining call to grows
+ ./p.go:9:25: cannot inline grows.deferwrap1: call to recover
+ ./p.go:9:6: cannot inline grows: unhandled op DEFER
# example.com/p/gone
- gone/gone.go:3:6: can inline f
- gone/gone.go:3:27: new(int) escapes to heap
`,
  );
  expect(err).toContain('gained');
  expect(code).toBe(0);
});

goTest('a difference can fail a check, and be read by code scanning', async () => {
  expect((await diff('-fail-on', 'new-heap', 'HEAD', '.')).code).toBe(1);
  const log = JSON.parse((await diff('-sarif', '.')).out);
  const found = log.runs[0].results.find((r: { ruleId: string }) => r.ruleId === 'moved-to-heap');
  expect(found).toMatchObject({ baselineState: 'new', message: { text: 'moved to heap: t' } });
  expect(found.locations[0].physicalLocation.region).toEqual({
    startLine: 3,
    startColumn: 19,
    endLine: 3,
    endColumn: 20,
  });
});

goTest('what there is nothing to compare with is said', async () => {
  const { code, err } = await diff('-C', os.tmpdir());
  expect(code).toBe(2);
  expect(err).toMatch(/no commit to compare with/);
});
