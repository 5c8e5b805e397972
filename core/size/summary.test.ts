import { expect, test } from 'vitest';
import type { Image } from '../binary/image.ts';
import { KINDS, type Ledger } from './ledger.ts';
import { type Table, tableOf } from './summary.ts';

/** Each row in words and numbers, in no order. */
function wordsOf(table: Table): string[] {
  const text = (column: Uint32Array, row: number) => table.strings[column[row]];
  return Array.from(table.size, (size, i) => {
    const names = [table.section, table.pkg, table.symbol, table.file, table.kind].map(column => text(column, i));
    return [...names, size, table.memory[i], table.offset[i]].join(' | ');
  }).sort();
}

test('small symbols are added up by section, package and kind, large ones stay with all their rows', () => {
  const strings = ['', '.text', '.rodata', 'p', 'q', 'p.Large', 'p.Small', 'p.Tiny', 'q.Tiny', 'x.go'];
  const rows: [string, string, string, string, (typeof KINDS)[number], number][] = [
    ['.text', 'p', 'p.Large', 'x.go', 'code', 40],
    ['.text', 'p', 'p.Small', 'x.go', 'code', 50],
    ['.text', 'p', 'p.Tiny', '', 'code', 2],
    ['.text', 'q', 'q.Tiny', 'x.go', 'code', 3],
    ['.rodata', 'p', 'p.Large', '', 'pclntab', 10],
    ['.rodata', 'p', 'p.Tiny', '', 'pclntab', 7],
    ['.rodata', '', '', '', 'padding', 1],
    ['.text', 'p', 'p.Large', 'x.go', 'code', 50],
  ];
  const column = (k: number) => Uint32Array.from(rows, row => strings.indexOf(row[k] as string));
  const length = Float64Array.from(rows, row => row[5]);
  const [section, pkg, symbol, file] = [0, 1, 2, 3].map(column);
  const kind = Uint8Array.from(rows, row => KINDS.indexOf(row[4]));
  const offset = Float64Array.from(rows, (_, i) => 1000 * i);
  const columns = { section, pkg, symbol, file, kind, length, offset };
  const ledger: Ledger = { ...columns, size: 163, count: rows.length, strings, unknown: 0, maker: 'go' };
  const image = { sections: [{ name: '.text', loaded: true }] } as Image;
  expect(wordsOf(tableOf(image, ledger, 100))).toEqual(
    [
      '.text | p | p.Large | x.go | code | 90 | 90 | 0',
      '.text | p |  |  | code | 52 | 52 | 1000',
      '.text | q |  |  | code | 3 | 3 | 3000',
      '.rodata | p | p.Large |  | pclntab | 10 | 0 | 4000',
      '.rodata | p |  |  | pclntab | 7 | 0 | 5000',
      '.rodata |  |  |  | padding | 1 | 0 | 6000',
    ].sort(),
  );
  const all = wordsOf(tableOf(image, ledger));
  expect(all).toHaveLength(7);
  expect(all).toContain('.text | p | p.Small | x.go | code | 50 | 50 | 1000');
});
