import { expect, test } from 'vitest';
import { KINDS } from './ledger.ts';
import { largeRows, type Table } from './summary.ts';

/** Each row in words and numbers, in no order. */
function wordsOf(table: Table): string[] {
  const text = (column: Uint32Array, row: number) => table.strings[column[row]];
  return Array.from(table.size, (size, i) => {
    const names = [table.section, table.pkg, table.symbol, table.file, table.kind].map(column => text(column, i));
    return [...names, size, table.memory[i], table.offset[i]].join(' | ');
  }).sort();
}

test('small symbols are added up by section, package and kind, large ones stay with all their rows', () => {
  const names = ['', '.text', '.rodata', 'p', 'q', 'p.Large', 'p.Small', 'p.Tiny', 'q.Tiny', 'x.go'];
  const strings = [...names, ...KINDS];
  const at = (name: string) => strings.indexOf(name);
  const rows: [string, string, string, string, (typeof KINDS)[number], number][] = [
    ['.text', 'p', 'p.Large', 'x.go', 'code', 90],
    ['.text', 'p', 'p.Small', 'x.go', 'code', 50],
    ['.text', 'p', 'p.Tiny', '', 'code', 2],
    ['.text', 'q', 'q.Tiny', 'x.go', 'code', 3],
    ['.rodata', 'p', 'p.Large', '', 'pclntab', 10],
    ['.rodata', 'p', 'p.Tiny', '', 'pclntab', 7],
    ['.rodata', '', '', '', 'padding', 1],
  ];
  const column = (k: number) => Uint32Array.from(rows, row => at(row[k] as string));
  const size = Float64Array.from(rows, row => row[5]);
  const [section, pkg, symbol, file, kind] = [0, 1, 2, 3, 4].map(column);
  const offset = Float64Array.from(rows, (_, i) => 1000 * i);
  const table: Table = { strings, section, pkg, symbol, file, kind, size, memory: size, offset };
  expect(wordsOf(largeRows(table, 100))).toEqual(
    [
      '.text | p | p.Large | x.go | code | 90 | 90 | 0',
      '.text | p |  |  | code | 52 | 52 | 1000',
      '.text | q |  |  | code | 3 | 3 | 3000',
      '.rodata | p | p.Large |  | pclntab | 10 | 10 | 4000',
      '.rodata | p |  |  | pclntab | 7 | 7 | 5000',
      '.rodata |  |  |  | padding | 1 | 1 | 6000',
    ].sort(),
  );
  expect(wordsOf(largeRows(table, 0))).toEqual(wordsOf(table));
});
