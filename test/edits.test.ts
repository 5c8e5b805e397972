/** Incremental equals scratch: edits that are hard to follow, one by one, and a few random ones (edits/main.ts makes many). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { nodeSessionHost } from '../server/analysis/node-host.ts';
import { Session } from '../server/analysis/session.ts';
import { prepareLoading } from '../server/loading.ts';
import { everything, judge } from './edits/judge.ts';
import { goTest } from './go.ts';
import { finish } from '../core/source/steps.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'gospect-edits-'));
afterAll(() => rmSync(dir, { recursive: true }));

const io = {
  cwd: dir,
  env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
};

const source = `package p

import (
	"errors"
	"io"
	"strings"
)

var sink *int
var table = map[string]func() int{"a": one, "b": two}
var size = one() + 1

func one() int { return 1 }
func two() int { return 2 }

func pick(a, b *int) *int { return a }
func callsPick() {
	x, y := 1, 2
	sink = pick(&x, &y)
}
func callsCallsPick() { callsPick() }

func even(n int) bool { if n == 0 { return true }; return odd(n - 1) }
func odd(n int) bool { if n == 0 { return false }; return even(n - 1) }
func asksEven() bool { return even(3) }

type List[T any] struct { items []T }
func (l *List[T]) Add(x T) { l.items = append(l.items, x) }
func Map[T, U any](list []T, f func(T) U) []U {
	var out []U
	for _, x := range list { out = append(out, f(x)) }
	return out
}
func usesGenerics() int {
	var l List[int]
	l.Add(1)
	return len(Map([]int{1}, func(x int) string { return "a" }))
}
func usesNothing() int { return 0 }

type Shape interface { Area() int }
type Square struct{ side int }
func (s Square) Area() int { return s.side * s.side }
type Named struct { Square; name string }
func area() int { var s Shape = Square{2}; return s.Area() }
func values() func() int { n := Named{}; return n.Area }
func literal() func() *int {
	count := 0
	return func() *int { count++; return &count }
}
func iterate(yield func(int) bool) { for i := 0; i < 3; i++ { if !yield(i) { return } } }
func rangesOver() (sum int) { for x := range iterate { defer println(x); sum += x }; return }
func fails() error { return errors.New(strings.ToUpper("x")) }
func reads(r io.Reader) *int { return new(int) }
`;

/** What is replaced by what, one after the other; each is taken back at the end. */
const edits: readonly (readonly [what: string, by: string])[] = [
  // the same cost, another flow, two calls away
  ['*int { return a }', '*int { return b }'],
  ['sink = pick(&x, &y)', 'pick(&x, &y)'],
  // within a circle, costs depend on who comes first
  ['{ return true }; return odd', '{ return true }; println(n); return odd'],
  ['return even(n - 1) }', 'return n == 1 }'],
  // instances come and go
  [
    'usesNothing() int { return 0 }',
    'usesNothing() int { return len(Map([]int{1}, func(x int) bool { return x > 0 })) }',
  ],
  ['len(Map([]int{1}, func(x int) string { return "a" }))', '1'],
  ['l.Add(1)', ''],
  ['for _, x := range list { out', 'for _, x := range list { println(len(list)); out'],
  // what package variables depend on
  ['one() int { return 1 }', 'one() int { return 1 + two() }'],
  ['two() int { return 2 }', 'two() int { return len(table) }'],
  ['two() int { return 2 }', 'two() int { return size }'],
  // devirtualized calls, method values, promoted methods, literals
  ['return s.side * s.side', 'println(s.side); return s.side * s.side'],
  ['Shape = Square{2}', 'Shape = Named{}'],
  ['return &count', 'return new(int)'],
  ['count++; return', 'x := count; go func() { println(x) }(); return'],
  ['yield(i) { return }', 'yield(i + 1) { return }'],
  ['defer println(x); sum', 'sum'],
  ['sum += x', 'type T struct{ x int }; sum += T{x}.x'],
  // imports, errors of both kinds, here and in others
  ['return new(int) }', 'return nil }'],
  ['return errors.New(strings.ToUpper("x"))', 'return errors.New("x")'],
  ['return errors.New(strings.ToUpper("x"))', 'return errors.New(strings.ToUpper("x")'],
  ['return errors.New(strings.ToUpper("x"))', 'return undefinedName'],
  ['return n.Area }', 'return n.Area( }'],
  ['usesNothing() int { return 0 }', 'usesNothing() int { var unused int; return undefinedName + 0 }'],
  ['callsCallsPick() { callsPick() }', 'callsCallsPick() { callsPick() } }'],
  ['callsCallsPick() { callsPick() }', 'callsCallsPick() { `callsPick() }'],
  // what is seen from outside
  ['func pick(a', '//go:noinline\nfunc pick(a'],
  ['usesNothing() int { return 0 }', 'usesNothing() string { return "" }'],
  ['type Square struct{ side int }', 'type Square struct{ side, other int }'],
];

async function sessions(): Promise<[Session, Session]> {
  const loading = prepareLoading(new Map(), io);
  const host = await nodeSessionHost(io.env, () => loading.flags);
  return [new Session(host), new Session(host)];
}

goTest('what is hard to follow is followed, or analysed afresh', async () => {
  const file = path.join(dir, 'p.go');
  writeFileSync(path.join(dir, 'go.mod'), 'module example.com/p\n\ngo 1.24\n');
  writeFileSync(file, source);
  const [live, whole] = await sessions();
  const known = new Map<string, string[]>();
  const afresh = (text: string): string[] => {
    whole.setBuffer(file, null);
    whole.setBuffer(file, text);
    return everything(finish(whole.analyse(file)));
  };
  const compare = (text: string, what: string) => {
    live.setBuffer(file, text);
    const said = known.get(text) ?? afresh(text);
    known.set(text, said);
    expect({ what, said: everything(finish(live.analyse(file))) }).toEqual({ what, said });
  };
  compare(source, 'at first');
  const random = edits.map((_, i) => (i * 7 + 3) % edits.length);
  for (const i of edits.keys()) {
    const [what, by] = edits[i];
    expect(source).toContain(what);
    const once = source.replace(what, by);
    compare(once, by);
    // and another one on top of it
    const [also, byAlso] = edits[random[i]];
    compare(once.replace(also, byAlso), `${by}, ${byAlso}`);
    compare(source, `without ${by}`);
  }
  expect(live.followed).toBeGreaterThan(edits.length);
});

goTest('a test sees the new text of a file that was analysed without it in between', async () => {
  const folder = path.join(dir, 'both');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'go.mod'), 'module example.com/both\n\ngo 1.24\n');
  const [file, ofTest] = ['p.go', 'p_test.go'].map(name => path.join(folder, name));
  const use = 'package both\n\nimport "testing"\n\nfunc TestF(t *testing.T) { t.Log(F()) }\n';
  const [session] = await sessions();
  session.setBuffer(file, 'package both\n');
  session.setBuffer(ofTest, use);
  expect(everything(finish(session.analyse(ofTest))).join('\n')).toContain('undefined: F');
  session.setBuffer(file, 'package both\n\nfunc F() int { return 1 }\n');
  finish(session.analyse(file));
  expect(everything(finish(session.analyse(ofTest))).join('\n')).not.toContain('undefined: F');
});

goTest('files of a folder that was renamed are read again', async () => {
  const folder = path.join(dir, 'renamed');
  const file = path.join(folder, 'p.go');
  const importing = 'package p\n\nimport "example.com/renamed/q"\n\nvar N int = q.N\n';
  mkdirSync(path.join(folder, 'q'), { recursive: true });
  writeFileSync(path.join(folder, 'go.mod'), 'module example.com/renamed\n\ngo 1.24\n');
  writeFileSync(path.join(folder, 'q/q.go'), 'package q\n\nvar N = "a"\n');
  const [session] = await sessions();
  session.setBuffer(file, importing);
  expect(everything(finish(session.analyse(file))).join('\n')).toContain('cannot use q.N');
  writeFileSync(path.join(folder, 'q/q.go'), 'package q\n\nvar N = 1\n');
  // editors name the folder alone
  session.changed(path.join(folder, 'q'));
  expect(everything(finish(session.analyse(file))).join('\n')).not.toContain('cannot use q.N');
});

goTest('whatever is edited, what is said of it is what a whole analysis says', async ({ goroot }) => {
  const [live, whole] = await sessions();
  const file = path.posix.join(goroot, 'src/container/list/list.go');
  const { texts, followed, difference } = judge(live, whole, file, 7, 30);
  expect(difference).toBe('');
  expect(followed).toBeGreaterThan(texts / 3);
});
