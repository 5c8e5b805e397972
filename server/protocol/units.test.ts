import { expect, test } from 'vitest';
import { formatAge, formatCount, formatSize, formatTime } from './units.ts';

test('one of a thing is in the singular, more of it in the plural', () => {
  const counts = [0, 1, 2, 1200].flatMap(n => [formatCount(n, 'package'), formatCount(n, 'entry')]);
  expect(counts).toEqual([
    '0 packages',
    '0 entries',
    '1 package',
    '1 entry',
    '2 packages',
    '2 entries',
    '1,200 packages',
    '1,200 entries',
  ]);
  expect(formatCount(3, 'day')).toBe('3 days');
});

test('ages are in minutes, hours or days', () => {
  const minute = 60_000;
  expect([-5, minute, 89 * minute, 90 * minute, 35 * 60 * minute, 36 * 60 * minute].map(formatAge)).toEqual([
    '0 minutes ago',
    '1 minute ago',
    '89 minutes ago',
    '2 hours ago',
    '35 hours ago',
    '2 days ago',
  ]);
});

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
