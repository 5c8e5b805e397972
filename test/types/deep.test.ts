import { expect, test } from 'vitest';
import { parseFile } from '../../core/syntax/parse.ts';
import { checkFiles } from '../../core/types/check.ts';
import { Checker } from '../../core/types/checker.ts';
import { newPackage } from '../../core/types/package.ts';
import { sizesFor } from '../../core/types/sizes.ts';
import { testParser } from '../parser.ts';

const parser = await testParser();

/** Messages of the errors in a package of one file that imports nothing. */
function errorsOf(text: string): string[] {
  const { file } = parseFile(parser, 'x.go', `package p\n${text}\n`, { genericMethods: false });
  const conf = {
    importer: { import: () => 'there are no packages here' },
    sizes: sizesFor('amd64'),
    goVersion: 'go1.26',
    funcBodies: true,
    cgo: false,
    allErrors: true,
  };
  const checked = checkFiles(new Checker(conf, newPackage('p', ''), [file]));
  return [...file.errors, ...checked.errors].map(e => e.message);
}

test.each([
  ['strings', `var s = "a"${' + "b"'.repeat(10_000)}`],
  ['variables', `func f(x int) int { return x${' + x'.repeat(10_000)} }`],
  ['conditions', `func f(x int) bool { return x == 1${' && x == 2'.repeat(10_000)} }`],
  ['delayed shifts', `func f(x uint) int64 { return 1 << x${' + 1<<x'.repeat(10_000)} }`],
])('a long chain of %s is no deep one', (_, text) => {
  expect(errorsOf(text)).toEqual([]);
});

test.each([
  ['parentheses', `var x = ${'('.repeat(950)}1${')'.repeat(950)}`],
  ['literals', `var x = ${'[]any{'.repeat(950)}1${'}'.repeat(950)}`],
  ['calls', `func f(x int) int { return ${'f('.repeat(950)}x${')'.repeat(950)} }`],
  ['types', `var x ${'[]'.repeat(950)}int`],
  ['instances', `type L[T any] struct{ t T }\nvar x ${'L['.repeat(950)}int${']'.repeat(950)}`],
])('nested %s that are too deep are told in words', (_, text) => {
  // the parser's limit or the checker's, whichever is met first
  expect(errorsOf(text).join()).toMatch(/nest(?:ed|ing) too deep/);
});

test.each([
  ['type N[B N[B]] = int', 'invalid recursive type: N refers to itself'],
  ['type O[B interface{ m(O[int]) }] = []B', 'invalid recursive type: O refers to itself'],
  ['type A[P B[int]] = int\ntype B[P A[int]] = int', 'invalid recursive type A'],
])('an alias that is an argument of its own constraint, where gc 1.26 ends: %s', (text, message) => {
  expect(errorsOf(text)).toEqual([message]);
});
