/** What is found out of an imported package piece by piece is what compiling the whole of it says. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultFlags } from '../core/ir/env.ts';
import { loadPackages } from '../core/load/load.ts';
import type { Package } from '../core/load/package.ts';
import { messageLines } from '../core/remark/wording.ts';
import {
  decodeSummary,
  emptySummary,
  encodeSummary,
  type SummaryData,
  type SummaryStore,
} from '../core/summary/encode.ts';
import type { ProgramHost } from '../core/summary/host.ts';
import { Program } from '../core/summary/program.ts';
import { lazyFile, parseBody } from '../core/syntax/lazy.ts';
import { outlineOf } from '../core/syntax/outline.ts';
import { parseFile } from '../core/syntax/parse.ts';
import { compileErrors, formatError } from '../core/types/gcerrors.ts';
import { finish, Interrupted } from '../core/source/steps.ts';
import { remarkJson } from '../core/remark/remark.ts';
import { nodeSessionHost } from '../server/analysis/node-host.ts';
import { Session } from '../server/analysis/session.ts';
import { noFlags } from '../server/load-flags.ts';
import { loadDefaults, prepareLoading } from '../server/loading.ts';
import { nodeParser } from '../server/node-parser.ts';
import { summaryStore } from '../server/summary-store.ts';
import { goTest } from './go.ts';
import { memorySummaries } from './summaries.ts';

function inTemporaryFolder<T>(run: (dir: string) => T): T {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gospect-demand-'));
  try {
    return run(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

// ---- summaries as bytes

const level = fc.integer({ min: -1, max: 254 });
const leaks = fc.record({
  heap: level,
  mutator: level,
  callee: level,
  results: fc.array(level, { minLength: 5, maxLength: 5 }),
});
const inline = fc.record({ cost: fc.integer({ min: 0, max: 2000 }), canDelayResults: fc.boolean() });
const named = <T>(value: fc.Arbitrary<T>) => fc.array(fc.tuple(fc.string(), value)).map(list => new Map(list));
const summaries: fc.Arbitrary<SummaryData> = fc.record({
  whole: fc.boolean(),
  costs: named(fc.option(inline)),
  tags: named(fc.array(fc.option(leaks), { maxLength: 4 })),
  single: named(fc.option(fc.option(leaks), { nil: undefined })),
  bodies: named(fc.boolean()),
  unsure: fc.array(fc.string({ unit: 'binary' })).map(list => new Set(list)),
  declarations: fc.option(fc.uint8Array()),
});

test('a summary is what its bytes say', () => {
  fc.assert(
    fc.property(summaries, data => {
      expect(decodeSummary(encodeSummary(data))).toEqual(data);
    }),
  );
});

test('bytes that were not written are no summary', () => {
  fc.assert(fc.property(fc.uint8Array(), bytes => decodeSummary(bytes) === null));
});

test('a kept file that was changed is not used', () => {
  inTemporaryFolder(dir => {
    const { summaries: store } = summaryStore({ GOSPECT_CACHE: dir });
    const content = encodeSummary({ ...emptySummary(), bodies: new Map([['p F', true]]) });
    const folder = path.join(dir, 'summaries');
    const key = store.hash(['key']);
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, 10),
      (bytes: Buffer) => bytes.subarray(0, -1),
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.from(' ')]),
      (bytes: Buffer) => Buffer.from(bytes.map((b, i) => (i === bytes.length - 4 ? b ^ 1 : b))),
    ]) {
      store.put(key, content);
      expect(Buffer.from(store.get(key)!).equals(content)).toBe(true);
      const file = path.join(folder, readdirSync(folder)[0]);
      writeFileSync(file, damage(readFileSync(file)));
      expect(store.get(key)).toBe(null);
      expect(readdirSync(folder)).toEqual([]);
    }
    // one that was written for another key
    store.put(key, content);
    const other = store.hash(['other']);
    cpSync(path.join(folder, key), path.join(folder, other));
    expect(store.get(other)).toBe(null);
    expect(readdirSync(folder)).toEqual([key]);
  });
});

// ---- outlines

const odd = `//go:build go1.22

// Package p is odd.
package p

import (
	"a/b" // with a comment
	. "c"
)

const (
	A, B = iota, "func f() {"
	C, D
)

//go:noinline
func (s *Set[K, V]) Add(k K, f func(struct{ x int }) interface{ M() }) (ok struct{ b bool }) {
	type local struct{ r rune }
	return struct{ b bool }{s.m['{'] == \`
func not() {
\` && "\\"}" != "" /* } */} // }
}

type (
	Set[K comparable, V any] struct{ m map[K]V }
	T = Set[string, int]
)

func asm(x []byte) int

var x, y = 1, func() int { return 2 }
`;

test('declarations parsed one by one are those of the whole file', async () => {
  const parser = await nodeParser();
  const rules = { genericMethods: false };
  const file = lazyFile(parser, '/p.go', odd, rules);
  expect(outlineOf(odd)!.units.map(u => [u.name, u.recv, u.ptr, u.types])).toEqual([
    ['', '', false, false],
    ['', '', false, false],
    ['Add', 'Set', true, true],
    ['', '', false, false],
    ['asm', '', false, false],
    ['', '', false, false],
  ]);
  for (let i = file.file.units.length - 1; i >= 0; i--) expect(parseBody(file, i)).toBe(true);
  const whole = parseFile(parser, '/p.go', odd, rules);
  const shape = (key: string, value: unknown) =>
    ['unit', 'source', 'id', 'nodeCount'].includes(key) ? undefined : (value as object);
  const text = (f: typeof file.file) => JSON.stringify([f.units, f.goVersion, f.pkgName], shape);
  expect(text(file.file)).toBe(text(whole.file));
  whole.dispose();
});

test('what does not lie open has no outline', () => {
  for (const text of [
    'package p; func f() {}',
    'package p\n//line x.go:1\nfunc f() {}\n',
    'package p\nfunc f() {\nfunc g() {}\n',
    'package p\nvar s = `\n',
    'var x int\n',
    'package p\n/* open',
    ' func f() {}\n',
  ]) {
    expect(outlineOf(text)).toBe(null);
  }
});

// ---- packages

const modules: Record<string, string> = {
  'go.mod': 'module m\n\ngo 1.24\n',
  'low/low.go': `package low

type T struct{ p *int }

func (t *T) Get() *int { return t.p }
func (t *T) Set(p *int) { t.p = p }

func Leak(p *int) *T { return &T{p} }
type Getter interface{ Get() *int }
type kept struct{ p *int }

func (k *kept) Get() *int { return k.p }

func NewGetter(p *int) Getter { return &kept{p} }

func Keep(p *int) int { return helper(p) + 1 }
func helper(p *int) int { return *p }

type adder[T any] interface{ Add(T) T }
type Point struct{ x int }

func (p *Point) Add(q *Point) *Point { return p }

type Curve[P adder[P]] struct{ p P; n *int }

func (c *Curve[P]) Params() *int { return c.n }
func P224() *Curve[*Point] { return &Curve[*Point]{} }

type Pair[A, B any] struct { a A; b B }

func (p *Pair[A, B]) First() A { return p.a }
func Map[E any](s []E, f func(E) E) []E {
	var out []E
	for _, e := range s {
		out = append(out, f(e))
	}
	return out
}
`,
  'mid/mid.go': `package mid

import "m/low"

type alias = hidden
type hidden struct{ t low.T }

func (h *alias) Value() *int { return h.t.Get() }

func New(p *int) *hidden {
	h := &hidden{}
	h.t.Set(p)
	return h
}

var table = map[string]func(*int) int{"keep": low.Keep}

func Even(n int, p **int) bool {
	if n == 0 {
		return true
	}
	return Odd(n-1, p)
}
func Odd(n int, p **int) bool {
	if n == 0 {
		return *p == nil
	}
	return Even(n-1, p)
}

func Twice(s []*int) []*int {
	type local struct{ s []*int }
	l := local{low.Map(s, func(p *int) *int { return p })}
	return l.s
}

func Call(name string, p *int) int { return table[name](p) }

func First(p *int) *int {
	pair := low.Pair[*int, int]{}
	_ = pair.First()
	return low.Leak(p).Get()
}
`,
  'late/late.go': `package late

import "m/low"

func Get(p *int, again bool) int {
	g := low.NewGetter(p)
	if again {
		g = low.NewGetter(p)
	}
	return *g.Get()
}
`,
  'bad/bad.go': `package bad

import (
	"m/low"
	m "m/mid"
)

type impl struct{ low.T; *low.Pair[int, string] }

func (impl) get() *int { return nil }

var _ low.Getter = impl{}
var _ low.Getter = low.T{}
var _ interface{ Get(int) *int } = (*low.T)(nil)

type T = low.T

func (T) More() {}

func f(p *int) {
	low.leak(p)
	low.LEAK(p)
	low.helper(p)
	var t low.T
	t.get()
	t.p = nil
	low.Keep(p, 1)
	var x int = low.Leak(p)
	_ = low.Pair[int]{}
	low.Map(1, 2)
	_ = low.Map[string]([]int{}, nil)
	m.Even("x", 1)
	_ = low.T{1, 2, 3}
	_ = low.Pair[int, int]{a: 1}
	x, y := m.New(p), m.Missing
	m.New = nil
	switch low.Getter(nil).(type) {
	case low.T:
	case *m.hidden:
	}
	return m.First
}
`,
  'top/top.go': `package top

import (
	"m/late"
	"m/low"
	"m/mid"
)

func use() *int {
	x, y := 1, 2
	p := &y
	if mid.Even(x, &p) {
		return mid.First(&x)
	}
	h := mid.New(&y)
	for _, q := range mid.Twice([]*int{h.Value()}) {
		return q
	}
	z := 3
	mid.Call("keep", &z)
	w := 4
	late.Get(&w, true)
	return low.P224().Params()
}
`,
};

/** What is asked of packages that are far away, and what is not. */
const far: Record<string, string> = {
  'base/base.go': `package base

type T struct{ p *int }

func (t *T) Get() *int { return t.p }

//go:noinline
func Through(p *int) *int { return p }

//go:noinline
func Aside(p *int) int { return *p }

//go:noinline
func Beyond(p *int) int { return *p }
`,
  'ring/ring.go': `package ring

import "m/base"

var sink *int

//go:noinline
func Look(p *int, n int) int {
	step(n)
	return *p
}

//go:noinline
func Store(p *int, n int) {
	put(p, n)
}

//go:noinline
func Echo(p *int, n int) *int {
	step(n)
	return p
}

//go:noinline
func put(p *int, n int) {
	sink = p
	step(n)
}

//go:noinline
func step(n int) {
	if n > 0 {
		other(new(int), n-1)
		Store(new(int), n-1)
	}
}

//go:noinline
func other(q *int, n int) {
	base.Beyond(q)
	Look(q, n)
}

//go:noinline
func Lost(p *int, n int) *int {
	if n > 0 {
		sink = Lost(new(int), n-1)
	}
	return p
}
`,
  'gen/gen.go': `package gen

import "m/base"

type G[E any] struct{ e E }

//go:noinline
func (g *G[E]) Do(t *base.T) *int { return t.Get() }
`,
  'both/both.go': `package both

import "m/base"

//go:noinline
func Both(p *int) *int {
	x := 1
	base.Aside(&x)
	return base.Through(p)
}
`,
  'wrap/wrap.go': `package wrap

import "m/base"

type W struct{ *base.T }
`,
  'use/use.go': `package use

import (
	"m/both"
	"m/gen"
	"m/ring"
	"m/wrap"
)

func f() *int {
	var g gen.G[int]
	var w wrap.W
	y := 2
	both.Both(&y)
	look, store, lost := 1, 2, 3
	ring.Look(&look, 4)
	ring.Store(&store, 5)
	ring.Lost(&lost, 6)
	return g.Do(w.T)
}
`,
};

/** The package of the modules, written into the folder. */
function loadModule(dir: string, pattern: string) {
  for (const [name, text] of [...Object.entries(modules), ...Object.entries(far)]) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  const io = {
    cwd: dir,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
  };
  const { fs, env, target } = prepareLoading(new Map(), io);
  return { fs, target, root: loadPackages(env, target, [pattern], loadDefaults).roots[0] };
}

goTest('errors about declarations that were kept are those about the sources', async () => {
  const parser = await nodeParser();
  inTemporaryFolder(dir => {
    const { fs, target, root } = loadModule(dir, 'm/bad');
    const errors = (store: ProgramHost['store']) => {
      const program = new Program({ fs, parser, target, flags: defaultFlags, store }, true);
      const steps = program.compile(root);
      let step = steps.next();
      while (!step.done) step = steps.next();
      for (const _ of program.keepAnswers());
      const lang = { lang: 'go1.24', limit: 0, complete: true, std: false };
      return compileErrors(step.value.checked, lang).errors.map(e => formatError(e, name => name));
    };
    const fromSources = errors(null);
    expect(fromSources.length).toBeGreaterThan(15);
    const store = { summaries: memorySummaries(), version: '1' };
    expect(errors(store)).toEqual(fromSources);
    expect(errors(store)).toEqual(fromSources);
  });
});

goTest('declarations that end too soon are declared from the sources, and kept anew', async () => {
  const inner = await nodeSessionHost(process.env, () => noFlags);
  inTemporaryFolder(dir => {
    loadModule(dir, 'm/top');
    const file = path.join(dir, 'top/top.go');
    const kept = memorySummaries();
    let cut = false;
    let puts = 0;
    const summaries: SummaryStore = {
      hash: kept.hash,
      get(key) {
        const data = decodeSummary(kept.get(key) ?? new Uint8Array());
        if (data === null) return null;
        if (cut && data.declarations !== null) data.declarations = data.declarations.slice(0, -5);
        return encodeSummary(data);
      },
      put(key, bytes) {
        puts++;
        kept.put(key, bytes);
      },
    };
    const remarks = () => {
      const session = new Session({ ...inner, store: { summaries, version: '1' } });
      const steps = session.analyse(file);
      let step = steps.next();
      while (!step.done) step = steps.next();
      for (const _ of session.keep());
      if ('message' in step.value) throw new Error(step.value.message);
      expect(step.value.note).toBe('');
      return step.value.remarks.map(r => JSON.stringify(remarkJson(r)));
    };
    const first = remarks();
    expect(first.length).toBeGreaterThan(10);
    puts = 0;
    expect(remarks()).toEqual(first);
    expect(puts).toBe(0);
    cut = true;
    expect(remarks()).toEqual(first);
    expect(puts).toBeGreaterThan(0);
  });
});

goTest('what importers ask of a package one by one is what the whole of it says', async () => {
  const parser = await nodeParser();
  inTemporaryFolder(dir => {
    const { fs, target, root } = loadModule(dir, 'm/top');
    const said = (wanted: (p: Package) => boolean, store: ProgramHost['store'] = null) => {
      const flags = { ...defaultFlags, m: 2 };
      const program = new Program({ fs, parser, target, flags, store }, true);
      const steps = program.compile(root, wanted);
      let step = steps.next();
      while (!step.done) step = steps.next();
      expect(step.value.failure).toBe('');
      for (const _ of program.keepAnswers());
      return step.value.compiled!.messages.flatMap(msg => messageLines(msg, 2)).sort();
    };
    const whole = said(() => true);
    expect(whole.some(line => line.endsWith('inlining call to low.(*T).Get'))).toBe(true);
    expect(said(p => p === root)).toEqual(whole);

    // what one program was told is kept for the next one, which asks nothing new
    const summaries = memorySummaries();
    const puts: string[] = [];
    const put: SummaryStore['put'] = (key, bytes) => {
      puts.push(key);
      summaries.put(key, bytes);
    };
    const store = { summaries: { ...summaries, put }, version: '1' };
    expect(said(p => p === root, store)).toEqual(whole);
    expect(puts.length).toBeGreaterThan(1);
    puts.length = 0;
    expect(said(p => p === root, store)).toEqual(whole);
    expect(puts).toEqual([]);
    // bytes that are none are as good as nothing
    const broken = { ...summaries, put, get: (key: string) => summaries.get(key)?.map(b => b ^ 1) ?? null };
    expect(said(p => p === root, { ...store, summaries: broken })).toEqual(whole);
    expect(puts.length).toBeGreaterThan(1);
  });
});

goTest('of packages that are far away no more is asked than the answer depends on', async () => {
  const parser = await nodeParser();
  inTemporaryFolder(dir => {
    const { fs, target, root } = loadModule(dir, 'm/use');
    const tags = new Set<string>();
    const store = { summaries: memorySummaries(), version: '1' };
    const put: SummaryStore['put'] = (_, bytes) => {
      const { tags: all, single } = decodeSummary(bytes)!;
      for (const name of [...all.keys(), ...single.keys()]) tags.add(name.split(' ')[0]);
    };
    const said = (wanted: (p: Package) => boolean) => {
      const host = { fs, parser, target, flags: { ...defaultFlags, m: 1 } };
      const program = new Program({ ...host, store: { ...store, summaries: { ...store.summaries, put } } }, true);
      const steps = program.compile(root, wanted);
      let step = steps.next();
      while (!step.done) step = steps.next();
      for (const _ of program.keepAnswers());
      const lines = step.value.compiled!.messages.flatMap(msg => messageLines(msg, 1)).sort();
      return { lines, apart: program.apart };
    };
    const { lines, apart } = said(p => p === root);
    // the body is in what wrap shows, because its wrappers hold it
    expect(apart.filter(why => why.startsWith('m/wrap'))).toEqual([]);
    expect(lines.some(line => line.endsWith('inlining call to base.(*T).Get'))).toBe(true);
    expect(tags.has('Through')).toBe(true);
    expect(tags.has('Aside')).toBe(false);
    // what others of the circle do with it is of no consequence
    expect(tags.has('Look')).toBe(true);
    expect(tags.has('Beyond')).toBe(false);
    for (const name of ['look', 'store', 'lost'])
      expect(lines.some(line => line.endsWith(`moved to heap: ${name}`))).toBe(name !== 'look');
    expect(said(() => true).lines).toEqual(lines);
  });
});

goTest('work that is ended in the middle of a question leaves nothing half made, and what was found out', async () => {
  const parser = await nodeParser();
  inTemporaryFolder(dir => {
    for (const name of ['top', 'use']) {
      const { fs, target, root } = loadModule(dir, `m/${name}`);
      const flags = { ...defaultFlags, m: 2 };
      const fresh = () => new Program({ fs, parser, target, flags, store: null }, true);
      /** What is said when the program is ended before a body is read, so many later; null: it was ended. */
      const said = (program: Program, bodies: number) => {
        let left = bodies;
        program.interrupted = () => --left < 0;
        try {
          const { compiled } = finish(program.compile(root));
          return { lines: compiled!.messages.flatMap(msg => messageLines(msg, 2)).sort(), read: bodies - left };
        } catch (error) {
          expect(error).toBeInstanceOf(Interrupted);
          return null;
        }
      };
      const whole = fresh();
      const { lines, read } = said(whole, 1_000_000)!;
      // ended at the first body, then at the second one, until it is at its end before: what is read then was dropped
      for (const step of [1, 2, 5]) {
        const program = fresh();
        let bodies = 0;
        let found = said(program, bodies);
        for (; found === null; found = said(program, bodies)) bodies += step;
        expect(found.lines).toEqual(lines);
        expect(program.apart).toEqual(whole.apart);
        expect(found.read).toBeLessThan(read);
      }
    }
  });
});

goTest('packages that no open file needs any more are forgotten', async () => {
  const host = { ...(await nodeSessionHost(process.env, () => noFlags)), store: null };
  inTemporaryFolder(dir => {
    loadModule(dir, 'm/top');
    const file = (name: string) => path.join(dir, name, `${name}.go`);
    const open = (session: Session, name: string) => {
      session.setBuffer(file(name), readFileSync(file(name), 'utf8'));
      const analysis = finish(session.analyse(file(name)));
      if ('message' in analysis) throw new Error(analysis.message);
      return analysis.remarks.map(r => JSON.stringify(remarkJson(r)));
    };
    const alone = new Session(host);
    open(alone, 'use');
    const session = new Session(host);
    const remarks = open(session, 'top');
    const { size } = session;
    open(session, 'use');
    expect(session.size).toBeGreaterThan(Math.max(size, alone.size));
    session.setBuffer(file('top'), null);
    finish(session.analyse(file('use')));
    expect(session.size).toBe(alone.size);
    expect(open(session, 'top')).toEqual(remarks);
  });
});
