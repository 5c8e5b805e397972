import { expect, test, vi } from 'vitest';
import { exprString } from '../core/syntax/print.ts';
import { type Expr, Kind, type RawNode } from '../core/syntax/ast.ts';
import { parseFile, reparseFile } from '../core/syntax/parse.ts';
import { testParser } from './parser.ts';

const rules = { genericMethods: false };
const parser = await testParser();

/** The values of `var _ = …` declarations, printed. */
function values(text: string): string[] {
  const { file } = parseFile(parser, 'x.go', text, rules);
  return file.units.flatMap(unit =>
    unit.decls.flatMap(decl => (decl.kind === Kind.VarDecl && decl.values ? [exprString(decl.values)] : [])),
  );
}

test('expressions keep their shape', () => {
  const list = [
    'new(f(1))',
    'a * b + c << 2 &^ d',
    '<-chan int(x)',
    '[]byte("x")',
    'map[string]func(int, ...string) (a, b error){…}',
    '&T{…}',
    'x.(type)',
    'f(a, b...)',
    'a[i:j:k]',
    'm[K, V](x).y[0]',
    'func(a, b int) {…}',
    'struct{A, B int "tag"; C; *D}{…}',
    'interface{m(); ~int | string}(nil)',
    'chan (<-chan int)(nil)',
  ];
  const source = list.map(x => `var _ = ${x.replace(/\{…\}/g, x.startsWith('func(') ? '{return}' : '{1}')}`).join('\n');
  expect(values(`package p\n${source}\n`)).toEqual(list);
});

test('a broken function costs no other function, and keeps its signature', () => {
  const text = [
    'package p',
    'func a() int { return 1 }',
    'func b(x int) string { x := `open',
    '}',
    'func c() { if }',
    'func d() {}',
  ].join('\n');
  const { file } = parseFile(parser, 'x.go', text, rules);
  const summary = file.units.map(unit => {
    const decl = unit.decls[0] as unknown as RawNode | undefined;
    return `${decl?.a?.text ?? '?'} ${unit.broken ? 'broken' : 'whole'} ${exprString(decl?.b as unknown as Expr)}`;
  });
  expect(summary).toEqual(['a whole func() int', 'b broken func(x int) string', 'c broken func()', 'd whole func()']);
});

test('a broken line costs a group or a struct that line', () => {
  const text = [
    'package p',
    'const (\n\tA = iota\n\tB = = 2\n\tC\n)',
    'type (\n\tS struct {\n\t\ta int\n\t\tb.\n\t\tc string\n\t}\n\tT [\n\tU = int\n)',
    'var x, y = 1, "',
    'var z int',
  ].join('\n');
  const { file } = parseFile(parser, 'x.go', text, rules);
  const summary = file.units.map(unit => {
    const names = unit.decls.map(decl => {
      const d = decl as unknown as RawNode;
      return d.kind === Kind.TypeDecl ? `${d.a!.text} ${exprString(d.b!)}` : `${d.list.map(n => n.text)} ${d.aux}`;
    });
    return `${unit.broken ? 'broken' : 'whole'} ${names.join(', ')}`;
  });
  expect(summary).toEqual(['broken A 0, _ 1, C 2', 'broken S struct{a int; c string}, U int', 'broken ', 'whole z 0']);
});

test('an edit takes over the declarations it does not touch', () => {
  const old = parseFile(parser, 'x.go', 'package p\n\nfunc a() {}\n\nfunc b() {}\n\nfunc c() {}\n', rules);
  const [a, b, c] = old.file.units;
  const at = old.file.source.text.indexOf('b() {') + 5;
  const text = `${old.file.source.text.slice(0, at)} x++ ${old.file.source.text.slice(at)}`;
  const edited = reparseFile(parser, old, text, [{ start: at, oldEnd: at, newEnd: at + 5 }], rules);
  expect(edited.file.units[0]).toBe(a);
  expect(edited.file.units[1]).not.toBe(b);
  expect(edited.file.units[2]).toBe(c);
  expect(text.slice(c.start, c.end)).toBe('func c() {}');
});

test('how long a text takes does not change what it is', () => {
  const table = `package p\nvar t = []int{${'0x3c, '.repeat(20_000)}}\n`;
  // a machine so busy that a minute passes between any two looks at the clock
  let time = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 60_000));
  try {
    expect(parser.parse(table).hasError).toBe(false);
  } finally {
    clock.mockRestore();
  }
});

test('a text that is read again and again is given up, and costs the next one nothing', () => {
  expect(parser.parse(`package p\n${'/* '.repeat(30_000)}`).hasError).toBe(true);
  expect(parser.parse('package p\n/* one */ var x = 1\n').hasError).toBe(false);
});
