import { expect, test } from 'vitest';
import { formatSize, formatTime } from './units.ts';

test('sizes have a unit that suits them, whatever their sign', () => {
  const sizes = [0, 1023, 1024, 2 ** 20 - 1, 2 ** 20, 19_313_459, 2 ** 30, -1536];
  expect(sizes.map(formatSize)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1024.0 KiB',
    '1.00 MiB',
    '18.42 MiB',
    '1.00 GiB',
    '-1.5 KiB',
  ]);
});

test('times have two figures or more, and none where there is no time', () => {
  expect([-1, 0, 9.94, 340.4, 1234, 12_345, 126_000].map(formatTime)).toEqual([
    '',
    '0.0 ms',
    '9.9 ms',
    '340 ms',
    '1.23 s',
    '12.3 s',
    '2.1 min',
  ]);
});
