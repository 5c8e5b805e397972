import { expect, test } from 'vitest';
import { filled } from './fill.ts';

test('paragraphs are filled, rows go on below their last column', () => {
  const words = 'word '.repeat(30).trim();
  expect(
    filled(`usage: gospect x [--one value] [--two value] [--three value] [--fourth with value] [packages]

${words}
and more.

Flags:
  -a list  ${words}
  -b       short
`),
  ).toBe(`usage: gospect x [--one value] [--two value] [--three value]
                 [--fourth with value] [packages]

word word word word word word word word word word word word word word word word
word word word word word word word word word word word word word word and more.

Flags:
  -a list  word word word word word word word word word word word word word word
           word word word word word word word word word word word word word word
           word word
  -b       short
`);
});

test('what cannot be broken stays whole', () => {
  expect(filled('x'.repeat(90))).toBe('x'.repeat(90));
  expect(filled(`  a  ${'y'.repeat(90)} b`)).toBe(`  a  ${'y'.repeat(90)}\n     b`);
});
