import { expect, test, vi } from 'vitest';
import { exprString } from '../core/syntax/print.ts';
import { type Expr, Kind, type RawNode } from '../core/syntax/ast.ts';
import { lazyFile, parseBody } from '../core/syntax/lazy.ts';
import { parseFile, readFile, reparseFile } from '../core/syntax/parse.ts';
import { soundFile } from '../core/syntax/sound.ts';
import { testParser } from './parser.ts';
import { treeDifference } from './same-tree.ts';

const rules = { genericMethods: false };
const parser = await testParser();

/** The values of `var _ = …` declarations, printed. */
function values(text: string): string[] {
  const { file } = parseFile(parser, 'x.go', text, rules);
  return file.units.flatMap(unit =>
    unit.decls.flatMap(decl => (decl.kind === Kind.VarDecl && decl.values ? [exprString(decl.values)] : [])),
  );
}

/** What is read in more ways than one: where nodes begin and end, what takes a directive, what a newline is. */
const sound = [
  'import (\n\t. "fmt"\n\t_ "os"\n)\n\nimport "C"',
  'type (\n\t//go:notinheap\n\tA struct{}\n\tB = A\n)',
  '//go:nosplit\nfunc f(a, b (int), c ...string) (x, _ error) { type T[P any] []P; return }',
  '//go:linkname v runtime.v\nvar v, w int = f(1, 2)',
  'const (\n\ta, b = iota, 1 + 2*-3\n\tc, d\n)',
  'type T[P *int,] int\ntype U[P (*int),] int\ntype V[P *[]int | ~(string)] [N]int\ntype W [a * b]int\ntype X[A, B interface{ (int) | ~string }] []A',
  'type I interface {\n\tm(x int) (y int)\n\tE[int, string] | (F)\n\tpkg.G\n\t~int | pkg.H[int]\n}',
  'type S struct {\n\ta, b *int `tag`\n\t*E\n\tpkg.F[int] "x"\n\tG[A, B]\n\th [4]func(int) chan<- int\n}',
  'func g[T any](T) F[<-chan T] { return nil }\nvar h <-chan (<-chan int) = (<-chan (<-chan int))(nil)',
  'func (r *R[K, V]) m() {\nL:\n\t;\n\tgoto L\n\tfor i := range 10 {\n\t\tgoto N;;\n\t}\nN:\n}',
  'func f() {\n\tswitch x := y.(type) {\n\tcase int, *T:\n\t\ta++ /* a comment\n\tof two lines */\n\tdefault:\n\t}\n}',
  'func f() {\n\tif a := (T{1}); a == (T{x: {2}}) {\n\t} else if b {\n\t} else {\n\t}\n\tfor ; ; i++ {\n\t}\n}',
  'func f() {\n\tselect {\n\tcase v, ok := <-c:\n\tcase c <- -v:\n\tdefault:\n\t}\n\tgo func() {}()\n\tdefer a.b[c](d...)\n}',
  'var x = &(y)\nvar z = a[1:2:3][m[K, V]{}.f:]\nvar w = 0x1p-2 + 1_0i + \'\\n\' + `a\nb` + "é𐐀"',
];

test('gc’s parser and the grammar give the same nodes', () => {
  const found = sound.map(text => {
    const source = `package p\n${text}\n`;
    const { file } = parseFile(parser, 'x.go', source, rules);
    if (soundFile('x.go', source, rules) === null) return `${text}: ${JSON.stringify(file.errors)}`;
    return treeDifference(file, readFile(parser, 'x.go', source, rules));
  });
  expect(found).toEqual(sound.map(() => null));
});

test('declarations that are read one by one are those of the whole file', () => {
  const found = sound.map(text => {
    const source = `package p\n${text}\n`;
    const { file } = parseFile(parser, 'x.go', source, rules);
    const lazy = lazyFile(parser, 'x.go', source, rules);
    lazy.file.units.forEach((_, i) => parseBody(lazy, i));
    return treeDifference(file, lazy.file);
  });
  expect(found).toEqual(sound.map(() => null));
});

test('what is wrong, too deep or under line directives is left to the grammar', () => {
  const texts = [
    'func f() { x := }',
    'func f() {\n\t//go:noinline\n\tg()\n}',
    'func f() { L: return }',
    `var x = ${'f('.repeat(600)}${')'.repeat(600)}`,
    `var x = f${'.g()'.repeat(600)}`,
    '//line x.go:3\nvar x int',
    'var x = "\0"',
  ];
  expect(texts.filter(text => soundFile('x.go', `package p\n${text}\n`, rules) !== null)).toEqual([]);
});

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
