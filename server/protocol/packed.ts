/**
 * Columns of numbers as text. A table of a large executable goes from thread to process to process to page, at each step
 * as JSON: ten texts are sent in a tenth of the time of millions of numbers, and are a fraction of their size.
 */
import type { BinaryTable, PackedTable } from './binary.ts';

/** Five bits a digit, least first; the digits with which a number goes on come after those with which it ends. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const CODES = Uint8Array.from(DIGITS, digit => digit.charCodeAt(0));
const VALUES = new Uint8Array(128);
for (const [value, code] of CODES.entries()) VALUES[code] = value;
const CHUNK = 8192;
const HIGH_SURROGATE = 0xd800 >> 10;

/** Whole numbers of at most 2⁵² as text, each as its distance to the one before. */
export function packNumbers(numbers: ArrayLike<number>): string {
  const parts: string[] = [];
  const chunk = new Uint8Array(CHUNK);
  let used = 0;
  let last = 0;
  const flush = () => {
    parts.push(String.fromCharCode.apply(null, chunk.subarray(0, used) as unknown as number[]));
    used = 0;
  };
  for (let i = 0; i < numbers.length; i++) {
    const step = numbers[i] - last;
    last = numbers[i];
    let rest = step < 0 ? -2 * step - 1 : 2 * step;
    for (; rest >= 2 ** 31; rest = Math.floor(rest / 32)) chunk[used++] = CODES[(rest % 32) + 32];
    for (; rest >= 32; rest >>= 5) chunk[used++] = CODES[(rest & 31) + 32];
    chunk[used++] = CODES[rest];
    if (used > CHUNK - 16) flush();
  }
  flush();
  return parts.join('');
}

/** The numbers that were packed; text that no packing made gives some numbers. */
export function unpackNumbers(text: string): Float64Array {
  const numbers = new Float64Array(text.length);
  let count = 0;
  let last = 0;
  let number = 0;
  let unit = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = VALUES[text.charCodeAt(i) & 127];
    number += (digit & 31) * unit;
    if (digit >= 32) unit *= 32;
    else {
      last += number % 2 === 1 ? -(number + 1) / 2 : number / 2;
      numbers[count++] = last;
      number = 0;
      unit = 1;
    }
  }
  return numbers.slice(0, count);
}

/** The same for indices. */
const unpackIndices = (text: string): Uint32Array => Uint32Array.from(unpackNumbers(text));

/** Texts as lines, each without its beginning that it shares with the one before. A line break becomes a blank. */
function packTexts(texts: readonly string[]): { lines: string; common: string } {
  const rests: string[] = [];
  const common: number[] = [];
  let last = '';
  for (const text of texts) {
    const line = text.includes('\n') ? text.replaceAll('\n', ' ') : text;
    const most = Math.min(line.length, last.length);
    let same = 0;
    while (same < most && line.charCodeAt(same) === last.charCodeAt(same)) same++;
    // a character of two units stays whole
    if (same > 0 && line.charCodeAt(same - 1) >> 10 === HIGH_SURROGATE) same--;
    rests.push(line.slice(same));
    common.push(same);
    last = line;
  }
  return { lines: rests.join('\n'), common: packNumbers(common) };
}

/** Texts again. They are parts of one text, which takes less time and memory than texts put together from two. */
function unpackTexts(lines: string, common: string): string[] {
  const same = unpackNumbers(common);
  const ends = new Uint32Array(same.length);
  let codes = new Uint16Array(2 * lines.length + CHUNK);
  let last = 0;
  let size = 0;
  let at = 0;
  for (let i = 0; i < same.length; i++) {
    const end = lines.indexOf('\n', at);
    const to = end < 0 ? lines.length : end;
    const start = size;
    size += Math.min(same[i], start - last) + Math.max(0, to - at);
    if (size > codes.length) {
      const wider = new Uint16Array(2 * size);
      wider.set(codes.subarray(0, start));
      codes = wider;
    }
    codes.copyWithin(start, last, last + Math.min(same[i], start - last));
    for (let k = to - 1, place = size - 1; k >= at; k--, place--) codes[place] = lines.charCodeAt(k);
    last = start;
    ends[i] = size;
    at = to + 1;
  }
  const parts: string[] = [];
  for (let i = 0; i < size; i += CHUNK)
    parts.push(String.fromCharCode.apply(null, codes.subarray(i, Math.min(size, i + CHUNK)) as unknown as number[]));
  const whole = parts.join('');
  return Array.from(ends, (end, i) => whole.slice(i === 0 ? 0 : ends[i - 1], end));
}

export function packTable(table: BinaryTable): PackedTable {
  const { lines, common } = packTexts(table.strings);
  return {
    strings: lines,
    common,
    section: packNumbers(table.section),
    pkg: packNumbers(table.pkg),
    symbol: packNumbers(table.symbol),
    file: packNumbers(table.file),
    kind: packNumbers(table.kind),
    size: packNumbers(table.size),
    memory: packNumbers(table.memory),
    offset: packNumbers(table.offset),
  };
}

export function unpackTable(table: PackedTable): BinaryTable {
  return {
    strings: unpackTexts(table.strings, table.common),
    section: unpackIndices(table.section),
    pkg: unpackIndices(table.pkg),
    symbol: unpackIndices(table.symbol),
    file: unpackIndices(table.file),
    kind: unpackIndices(table.kind),
    size: unpackNumbers(table.size),
    memory: unpackNumbers(table.memory),
    offset: unpackNumbers(table.offset),
  };
}
