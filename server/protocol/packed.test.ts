import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packNumbers, packTable, unpackNumbers, unpackTable } from './packed.ts';

test('what is packed is unpacked', () => {
  const whole = fc.integer({ min: 0, max: 2 ** 51 });
  fc.assert(
    fc.property(fc.array(whole), numbers => {
      expect([...unpackNumbers(packNumbers(numbers))]).toEqual(numbers);
    }),
  );
  const many = Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 100_003);
  expect([...unpackNumbers(packNumbers(many))]).toEqual(many);
});

test('a table is the same but for line breaks in names', () => {
  const column = [0, 1, 2];
  const table = {
    strings: ['', 'a', 'b\nc'],
    section: column,
    pkg: [2, 0, 1],
    symbol: column,
    file: column,
    kind: column,
    size: [5, 2 ** 40, 0],
    memory: column,
    offset: [9, 8, 7],
  };
  const again = Object.entries(unpackTable(packTable(table))).map(([name, of]) => [name, Array.from(of as number[])]);
  expect(Object.fromEntries(again)).toEqual({ ...table, strings: ['', 'a', 'b c'] });
});

test('names are the same whatever they share with the one before', () => {
  const names = [
    '',
    'net/http.(*Server).Serve',
    'net/http.(*Server).Shutdown',
    'net/http',
    '',
    'größe😀',
    'größe😁',
    'x',
    'x',
  ];
  for (let i = 0; i < 5000; i++) names.push(`${'long/'.repeat(i % 50)}name${i}`);
  const table = {
    strings: names,
    section: [],
    pkg: [],
    symbol: [],
    file: [],
    kind: [],
    size: [],
    memory: [],
    offset: [],
  };
  const packed = packTable(table);
  expect(unpackTable(packed).strings).toEqual(names);
  // each part can be written as UTF-8
  expect(packed.strings.isWellFormed()).toBe(true);
  expect(packed.strings.length).toBeLessThan(names.join('').length / 2);
});
