/** Code with errors: what is said is what gc says of the package without the functions that have them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { goTest } from './go.ts';
import { normalise, type Target } from './oracle/gc.ts';
import { liveLines } from './oracle/live.ts';

const whole = `package p

type List struct{ next *List; value any }

func (l *List) Push(value any) *List { return &List{l, value} }

func kept(p *int, l *List) int {
	for ; l != nil; l = l.next { *p++ }
	return *p
}
`;
const broken = [
  'func (l *List) Type(to *int, list []string) { _ = list["a"] }',
  'func (l *List) Name(to *int, list []string) *int { nosuch(to, l); return to }',
  'func (l *List) Syntax(to *int, list []string) *int { if { ; return to }',
  'func bracket(to *int, list []string) *int { list[; return to }',
  'func index(to *int, list []string) []string { *to = 1; return list[1::2] }',
  'func End(to *int, list *List) *List { x := list.Push(to',
];

goTest('functions with an error of types or syntax are as if they were not there', async ({ go, version }) => {
  const dir = mkdtempSync(join(tmpdir(), 'gospect-broken-'));
  try {
    const language = /^go(1\.\d+)/.exec(version)![1];
    writeFileSync(join(dir, 'go.mod'), `module p\n\ngo ${language}\n`);
    for (const [i, text] of ['', ...broken].entries()) {
      mkdirSync(join(dir, `p${i}`));
      writeFileSync(join(dir, `p${i}`, 'p.go'), `${whole}\n${text}\n`);
    }
    const env = { ...process.env, GOFLAGS: '', GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64' };
    const args = ['tool', 'compile', '-p', 'p', '-complete', '-m', '-o', 'p.a', 'p0/p.go'];
    const said = execFileSync(go, args, { cwd: dir, env, encoding: 'utf8', stdio: 'pipe' });
    const theirs = normalise(said.replaceAll(`${dir}/`, '')).sort();
    const target: Target = { goos: 'linux', goarch: 'amd64', cgo: false, gcflags: '-m', flags: [], dir, tests: false };
    const found = await liveLines(['./...'], target, '');
    expect(found.length).toBe(1 + broken.length);
    for (const [i, { lines, error }] of found.entries()) {
      expect(error).toBe('');
      expect(lines.map(l => l.replace(`p${i}/`, 'p0/')).sort(), broken[i - 1]).toEqual(theirs);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
