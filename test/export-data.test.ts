/** Declarations that were written and read again are those of the sources. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueString } from '../core/constant/print.ts';
import { loadPackages } from '../core/load/load.ts';
import { type Package, packageList } from '../core/load/package.ts';
import type { Target } from '../core/load/target.ts';
import { goRelease } from '../core/load/release.ts';
import type { Pos } from '../core/source/text.ts';
import { readOutline, writeOutline } from '../core/syntax/outline-bytes.ts';
import { outlineOf } from '../core/syntax/outline.ts';
import { ByteReader, ByteWriter } from '../core/source/bytes.ts';
import { ExportReader } from '../core/types/export-read.ts';
import type { CheckedPackage } from '../core/types/info.ts';
import { method } from '../core/types/named.ts';
import { ObjKind } from '../core/types/object.ts';
import { objectString } from '../core/types/objectstring.ts';
import { type Checking, checkPackage, newChecking } from '../core/types/packages.ts';
import { TypeKind } from '../core/types/type.ts';
import { typeString } from '../core/types/typestring.ts';
import { loadDefaults, prepareLoading } from '../server/loading.ts';
import { nodeParser } from '../server/node-parser.ts';
import { goTest } from './go.ts';

const parser = await nodeParser();

/** Checks declaration by declaration, all packages; `stored`: what is known of some from earlier. */
function lazily(root: Package, fs: Checking['fs'], target: Target, stored: Stored) {
  const program = newChecking(
    fs,
    // what was kept of all packages leaves nothing to parse
    stored.size === 0 ? parser : { parse: () => expect.unreachable('a source was parsed') },
    goRelease(target.release),
    target,
    () => false,
    () => true,
    () => true,
  );
  program.stored = p => stored.get(p.importPath) ?? null;
  checkPackage(program, root);
  return program.checked;
}
type Stored = ReadonlyMap<string, Uint8Array>;

/** Has everything declared, and describes it with its places. */
function describe({ pkg }: CheckedPackage): string {
  const lines: string[] = [];
  const line = (obj: { pos: Pos | null }, text: string) => {
    if (obj.pos === null) return void lines.push(text);
    const { base, off } = obj.pos;
    const { line, col } = base.source.lineCol(base.start + off);
    lines.push(`${path.basename(base.source.path)}:${line}:${col}: ${text}`);
  };
  for (const obj of [...pkg.scope.all().values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    line(obj, objectString(obj, null));
    if (obj.kind === ObjKind.Const) line(obj, valueString(obj.val!));
    const t = obj.type!;
    if (obj.kind !== ObjKind.TypeName || t.kind !== TypeKind.Named) continue;
    line(obj, `${typeString(t.underlying, null)} ${t.typeParams.map(p => typeString(p.bound, null)).join()}`);
    for (let i = 0; i < t.methods.length; i++) line(method(t, i), objectString(method(t, i), null));
    if (t.underlying!.kind === TypeKind.Struct) for (const f of t.underlying!.fields) line(f, objectString(f, null));
    if (t.underlying!.kind === TypeKind.Interface) for (const m of t.underlying!.methods) line(m, m.name);
  }
  return lines.join('\n');
}

function roundTrip(cwd: string, pattern: string): void {
  const io = {
    cwd,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
  };
  const { fs, env, target } = prepareLoading(new Map(), io);
  const root = loadPackages(env, target, [pattern], loadDefaults).roots[0];
  const packages = packageList([root]).filter(p => p.importPath !== 'unsafe');
  const first = lazily(root, fs, target, new Map());
  const said = packages.map(p => describe(first.get(p)!));
  const stored = new Map(packages.map(p => [p.importPath, first.get(p)!.lazy!.exported()!]));
  const again = lazily(root, fs, target, stored);
  for (const [i, p] of packages.entries()) expect(describe(again.get(p)!)).toBe(said[i]);
  for (const p of packages) {
    const bytes = again.get(p)!.lazy!.exported()!;
    expect(Buffer.from(bytes).equals(stored.get(p.importPath)!), p.importPath).toBe(true);
  }
}

const odd = `package odd

import (
	"fmt"
	"sync/atomic"
)

type Set[K comparable, V fmt.Stringer] struct {
	*node[K, V] \`json:"node,omitempty" x:"\\u00e9"\`
	next, last  *Set[K, V]
	count       atomic.Pointer[Set[K, V]]
}

type node[K comparable, V any] struct{ f func(K, ...V) (_ *Set[K, V0], err error) }

type V0 struct{}

func (V0) String() string { return "" }
func (s *Set[A, B]) Add(key A, _ B) *Set[A, B] { return s }
func (s *alias) Alias() alias { return *s }

type (
	alias            = Set[string, V0]
	List[T any]      = []node[T, T]
	Ints             = List[int]
	Self[T Self[T]]  interface{ Less(T) bool }
	Number           interface{ ~int | ~float64; comparable }
	Loop             struct{ f func(interface{ m() Loop }) chan<- *Loop; a [N]<-chan Loop0 }
	Loop0            Loop1
	Loop1            map[byte]*Loop0
	Plain            fmt.State
)

const N = 1 << iota + 2

const (
	Big   = 1 << 200
	Third = 1.0 / 3
	Tiny  = 1e-4000
	Huge  = 0x1p+100000
	Im    = 2 + 1.5i
	Text  = "\\xff\\u00e9"
	Yes   = N > 1
	Typed rune = 'x'
)

var x, y = func() (int, error) { return 0, nil }()
var Fields struct{ A, b rune; Any any; fmt.Stringer }

func Map[S ~[]E, E, F any](s S, f func(E) F) []F { type local struct{ F F }; return nil }
func Min[T Number](a, b T) T
`;

goTest('declarations are those that were written, and are written as the same bytes', () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gospect-export-'));
  try {
    mkdirSync(path.join(dir, 'odd'));
    writeFileSync(path.join(dir, 'go.mod'), 'module m\n\ngo 1.24\n');
    writeFileSync(path.join(dir, 'odd/odd.go'), odd);
    roundTrip(dir, 'm/odd');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('an outline is what its bytes say', () => {
  const outline = outlineOf(`//go:build linux\n${odd}`)!;
  const w = new ByteWriter();
  writeOutline(w, outline);
  expect(readOutline(ByteReader.of(w.finish()))).toEqual(outline);
});

test('bytes that were not written are no declarations', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => ExportReader.open(bytes)?.outlines.length !== 1));
});
