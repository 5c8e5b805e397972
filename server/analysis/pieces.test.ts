import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../core/source/utf8.ts';
import { cut, piecesOf } from './pieces.ts';

const line = 'flow: {heap} ← &{storage for x}:';
const all = `${`${line}\n`.repeat(1000)}\nthe end\n`;

test('a long text is in pieces of whole lines, none much longer than asked for', () => {
  const made = piecesOf(all.slice(0, -1).split('\n'), 100);
  const found = cut(encodeUtf8(all), 100);
  for (const pieces of [made, found]) {
    const texts = pieces.map(piece => decodeUtf8(piece));
    expect(texts.join('')).toBe(all);
    expect(texts.every(text => text.endsWith('\n') && text.length <= 99 + line.length + 1)).toBe(true);
  }
  expect(made.length).toBe(251);
});

test('a line that is longer than a piece is one; of no lines there are none', () => {
  const lines = ['a', 'b'.repeat(50), '', 'c'];
  const pieces = ['a\n', `${'b'.repeat(50)}\n`, '\n', 'c\n'];
  expect(piecesOf(lines, 1).map(piece => decodeUtf8(piece))).toEqual(pieces);
  expect(cut(encodeUtf8(pieces.join('')), 1).map(piece => decodeUtf8(piece))).toEqual(pieces);
  expect([piecesOf([]), cut(new Uint8Array())]).toEqual([[], []]);
});
