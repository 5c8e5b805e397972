import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SourceText, utf8Length } from '../core/source/text.ts';
import { decodeRune, decodeUtf8, encodeUtf8 } from '../core/source/utf8.ts';
import { slashed } from '../server/node-files.ts';

/** What Go's utf8.DecodeRune makes of the bytes, one after the other. */
function runes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const rune = decodeRune(bytes, at, bytes.length);
    text += String.fromCodePoint(rune >>> 3);
    at += rune & 7;
  }
  return text;
}

test('bytes become the text that Go sees in them, whoever decodes', () => {
  // node-files.ts has handed in Node's decoder
  expect(slashed('/')).toBe('/');
  const long = { minLength: 0, maxLength: 200 };
  const text = fc.string({ unit: 'binary', ...long });
  const odd = fc.tuple(text, fc.uint8Array({ minLength: 0, maxLength: 3 }), text);
  fc.assert(
    fc.property(odd, ([a, bytes, b]) => {
      const all = Uint8Array.from([...Buffer.from(a), ...bytes, ...Buffer.from(b)]);
      expect(decodeUtf8(all)).toBe(runes(all));
      expect(decodeUtf8(all, 1, Math.max(1, all.length - 1))).toBe(runes(all.subarray(1, Math.max(1, all.length - 1))));
    }),
    { seed: 1 },
  );
  const words = `\ufeff${'a word and '.repeat(20)}`;
  expect(decodeUtf8(Buffer.from(words))).toBe(words);
});

test('a text becomes its bytes, a lone surrogate U+FFFD', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 0xffff })), units => {
      const text = String.fromCharCode(...units);
      expect(Buffer.from(encodeUtf8(text)).equals(Buffer.from(text))).toBe(true);
    }),
    { seed: 1 },
  );
  expect(Buffer.from(encodeUtf8('😀x')).equals(Buffer.from('😀x'))).toBe(true);
});

test('columns of a long line are counted in bytes, wherever they are asked for', () => {
  const line = 'a😀é世'.repeat(3000);
  const source = new SourceText('', `first\n${line}\n${line}z`);
  const { text } = source;
  for (const start of [6, 6 + line.length + 1])
    for (const at of [0, 1, 1023, 1024, 1025, 5000, 2048, 4096, 9999, line.length - 1, line.length])
      expect(source.lineCol(start + at).col).toBe(1 + utf8Length(text, start, start + at));
  expect(source.lineCol(text.length)).toEqual({ line: 3, col: 1 + Buffer.byteLength(line) + 1 });
});
