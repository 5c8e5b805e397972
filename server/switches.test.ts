import { expect, test } from 'vitest';
import { isOn } from './switches.ts';

test.each([
  ['', false],
  ['-race', true],
  ['--race', true],
  ['-race=1', true],
  ['-race -race=false', false],
  ['-race=F -trimpath --race=true', true],
  ['-races -race=x', false],
])('race in %j: %s', (line, on) => {
  expect(isOn('race', line.split(' '))).toBe(on);
});
