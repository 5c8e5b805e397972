/** Laws of parsing under edits: what comes out depends on the text alone, and a broken function costs no other one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { File, RawNode } from '../core/syntax/ast.ts';
import { syntaxErrors } from '../core/syntax/errors.ts';
import { type ParsedFile, parseFile, reparseFile } from '../core/syntax/parse.ts';
import { goTest } from './go.ts';
import { testParser } from './parser.ts';

const parser = await testParser();
const rules = { genericMethods: false };

/** Everything there is to know about a file, as text. */
function dump(file: File): string {
  const lines: string[] = [];
  const visit = (n: RawNode | null) => {
    if (n === null) {
      lines.push('_');
      return;
    }
    lines.push(`${n.kind} ${n.id} ${n.pos} ${n.start} ${n.end} ${n.op} ${n.flags} ${n.aux} ${n.text} ${n.list.length}`);
    for (const child of [n.a, n.b, n.c, n.d, ...n.list, ...n.list2]) visit(child);
  };
  for (const unit of [file.head, ...file.units]) {
    lines.push(`unit ${unit.start} ${unit.end} ${unit.broken} ${unit.nodeCount}`);
    for (const decl of unit.decls) visit(decl as unknown as RawNode);
  }
  const { errors, linknames, goVersion, pkgName, source } = file;
  lines.push(JSON.stringify([errors, linknames, goVersion, pkgName.value, source.lineDirectives]));
  return lines.join('\n');
}

function edit(parsed: ParsedFile, start: number, oldEnd: number, inserted: string): ParsedFile {
  const text = parsed.file.source.text.slice(0, start) + inserted + parsed.file.source.text.slice(oldEnd);
  return reparseFile(parser, parsed, text, [{ start, oldEnd, newEnd: start + inserted.length }], rules);
}

const scraps = [
  ...['{', '}', '(', ')', '[', ']', '`', '"', "'", '/*', '*/', '//', '\n', ';', 'x', ' ', '.', ',', ':=', '~', '<-'],
  ...[
    'func ',
    '\nfunc f() {\n',
    'if ',
    'case ',
    '\n}\n',
    'type T ',
    'var x = ',
    'chan ',
    'goto L\n',
    'L:\n',
    '\nvar (',
  ],
  ...['\n//go:noinline\n', '\n//go:linkname a b\n', '\n//line a.go:1\n', 'import "x"\n', 'package q\n'],
  ...['\0', '\ufeff', '世', '😀', '\ud800'],
];

const sample = `//go:build go1.22 && linux

package p

import "fmt"

//go:noinline
func a[T any](x T, ys ...int) (n int, err error) {
	switch y := any(x).(type) {
	case int, []byte:
		for i := range y { fmt.Println(i, \`raw
func in raw\`) }
	default:
	L:
		if n > 1 { continue L }
	}
	return
}

/* a comment
var in comment
*/
type (
	S struct { A, B int "tag"; *T }
	C[P *int,] = chan<- P
)

//go:linkname b other
func b()

var v, w = map[string]S{"k": {A: 1}}, func() { go a(<-c...) }
`;

test('any edits: the same as parsing the text afresh', () => {
  const change = fc.record({ at: fc.nat(1000), remove: fc.nat(12), insert: fc.constantFrom('', ...scraps) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), changes => {
      let parsed = parseFile(parser, 'x.go', sample, rules);
      for (const { at, remove, insert } of changes) {
        const { text } = parsed.file.source;
        const start = at % (text.length + 1);
        parsed = edit(parsed, start, Math.min(text.length, start + remove), insert);
        const afresh = parseFile(parser, 'x.go', parsed.file.source.text, rules);
        expect(dump(parsed.file)).toBe(dump(afresh.file));
        afresh.dispose();
      }
      parsed.dispose();
    }),
    { numRuns: 150 },
  );
});

test('whatever the text, lowering has a doubt where gc’s parser has an error', () => {
  const pattern = /\/\/.*|`[^`]*`|"(?:[^"\\\n]|\\.)*"|[\p{L}_][\p{L}\p{Nd}_]*|[0-9.]+|\s+|[^]/gu;
  const tokens = sample.match(pattern)!;
  const words = [
    'case',
    'for',
    'func',
    'type',
    'chan',
    'range',
    '++',
    '&&',
    '<-',
    ':=',
    '0b2',
    "'ab'",
    '//go:embed',
    '...',
  ];
  const change = fc.record({
    at: fc.nat(tokens.length),
    remove: fc.nat(2),
    insert: fc.constantFrom('', ...scraps, ...words),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), changes => {
      const mutated = tokens.slice();
      for (const { at, remove, insert } of changes) mutated.splice(at, remove, insert);
      const parsed = parseFile(parser, 'x.go', mutated.join(''), rules);
      parsed.dispose();
      expect(parsed.file.errors).toEqual(syntaxErrors(parsed.file.source, rules));
      if (parsed.file.units.some(unit => unit.broken)) expect(parsed.file.errors).not.toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('characters that are wrong anywhere are wrong in a comment', () => {
  for (const [odd, message] of [
    ['\0', 'invalid NUL character'],
    ['\ufeff', 'invalid BOM in the middle of the file'],
  ]) {
    const parsed = parseFile(parser, 'x.go', `package p\n\n// a ${odd} comment\nfunc f() {}\n`, rules);
    parsed.dispose();
    expect(parsed.file.errors).toEqual([{ offset: 16, message }]);
  }
});

test('any text gives an answer', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.constantFrom(...scraps), { maxLength: 80 }).map(parts => `package p\n${parts.join('')}`),
  );
  fc.assert(
    fc.property(text, value => {
      const parsed = parseFile(parser, 'x.go', value, rules);
      parsed.dispose();
      if (parsed.file.units.some(unit => unit.broken)) expect(parsed.file.errors).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['parentheses', 'var x = ', '('],
  ['blocks', 'func f() ', '{'],
  ['unary operators', 'var x = ', '-'],
  ['pointers', 'var x ', '*'],
  ['literals', 'var x = T', '{'],
  ['binary operators', 'var x = 1', '+1'],
  ['selectors', 'var x = a', '.b'],
  ['calls', 'var x = a', '()'],
  ['if', 'func f() {', 'if x {} else '],
])('a hundred thousand nested %s end in bounded time', (_, prefix, piece) => {
  const parsed = parseFile(parser, 'x.go', `package p\n${prefix}${piece.repeat(100_000)}\n`, rules);
  parsed.dispose();
  expect(parsed.file.errors.length).toBeGreaterThanOrEqual(0);
});

/** Functions of the folder's files, picked evenly: file text, and the function's extent. */
function functions(folder: string, count: number): { path: string; text: string; from: number; to: number }[] {
  const all = readdirSync(folder)
    .filter(name => name.endsWith('.go') && !name.endsWith('_test.go'))
    .flatMap(name => {
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      const parsed = parseFile(parser, path, text, rules);
      parsed.dispose();
      return parsed.file.units
        .filter(unit => text.startsWith('func', unit.start) && unit.end - unit.start < 800)
        .map(unit => ({ path, text, from: unit.start, to: unit.end }));
    });
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor((i * all.length) / count)]);
}

/** How many of the texts are not among the file's whole units. */
function lost(parsed: ParsedFile, texts: readonly string[]): number {
  const { text } = parsed.file.source;
  const whole = new Set(parsed.file.units.filter(unit => !unit.broken).map(unit => text.slice(unit.start, unit.end)));
  return texts.filter(unit => !whole.has(unit)).length;
}

function otherUnits(parsed: ParsedFile, from: number): string[] {
  return parsed.file.units.filter(u => u.start !== from).map(u => parsed.file.source.text.slice(u.start, u.end));
}

goTest(
  'typing a function character by character costs no other function',
  ({ goroot }) => {
    for (const { path, text, from, to } of functions(join(goroot, 'src/go/types'), 15)) {
      const whole = parseFile(parser, path, text, rules);
      const others = otherUnits(whole, from);
      let parsed = edit(whole, from, to, '');
      let count = 0;
      for (let at = from; at < to; at++) {
        parsed = edit(parsed, at, at, text[at]);
        count += lost(parsed, others);
      }
      parsed.dispose();
      expect(count, path).toBe(0);
    }
  },
  600_000,
);

goTest(
  'a stray or missing bracket, quote or keyword costs no other function',
  ({ goroot }) => {
    let count = 0;
    let checked = 0;
    for (const { path, text, from, to } of functions(join(goroot, 'src/net/http'), 12)) {
      const others = otherUnits(parseFile(parser, path, text, rules), from);
      const middle = text.indexOf('\n', from) + 1;
      if (middle === 0 || middle > to) continue;
      for (const scrap of ['{', '}', '(', ')', '[', ']', '`', '"', "'", '/*', 'case ', 'if ', 'func(', '\n}\n']) {
        const parsed = edit(parseFile(parser, path, text, rules), middle, middle, scrap);
        count += lost(parsed, others);
        checked += others.length;
        parsed.dispose();
      }
    }
    expect(checked).toBeGreaterThan(1000);
    expect(count / checked).toBeLessThanOrEqual(0.001);
  },
  600_000,
);
