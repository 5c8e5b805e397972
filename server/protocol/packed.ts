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

/** Whole numbers of at most 2⁵² as text, each as its distance to the one before. */
export function packNumbers(numbers: readonly number[]): string {
  const parts: string[] = [];
  const chunk = new Array<number>(CHUNK);
  let used = 0;
  let last = 0;
  for (const number of numbers) {
    const step = number - last;
    last = number;
    let rest = step < 0 ? -2 * step - 1 : 2 * step;
    do {
      const digit = rest % 32;
      rest = (rest - digit) / 32;
      chunk[used++] = CODES[rest > 0 ? digit + 32 : digit];
    } while (rest > 0);
    if (used > CHUNK - 16) {
      parts.push(String.fromCharCode(...chunk.slice(0, used)));
      used = 0;
    }
  }
  parts.push(String.fromCharCode(...chunk.slice(0, used)));
  return parts.join('');
}

/** The numbers that were packed; text that no packing made gives some numbers. */
export function unpackNumbers(text: string): number[] {
  const numbers: number[] = [];
  let last = 0;
  let number = 0;
  let unit = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = VALUES[text.charCodeAt(i) & 127];
    number += (digit & 31) * unit;
    if (digit >= 32) unit *= 32;
    else {
      last += number % 2 === 1 ? -(number + 1) / 2 : number / 2;
      numbers.push(last);
      number = 0;
      unit = 1;
    }
  }
  return numbers;
}

/** A line break within a name is shown as a blank. */
export function packTable(table: BinaryTable): PackedTable {
  return {
    strings: table.strings.map(name => (name.includes('\n') ? name.replaceAll('\n', ' ') : name)).join('\n'),
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
    strings: table.strings.split('\n'),
    section: unpackNumbers(table.section),
    pkg: unpackNumbers(table.pkg),
    symbol: unpackNumbers(table.symbol),
    file: unpackNumbers(table.file),
    kind: unpackNumbers(table.kind),
    size: unpackNumbers(table.size),
    memory: unpackNumbers(table.memory),
    offset: unpackNumbers(table.offset),
  };
}
