import { expect, test } from 'vitest';
import { shortened } from './action.ts';

test.each([
  ['fmt', 3, 'fmt'],
  ['example.com/m/store', 19, 'example.com/m/store'],
  ['example.com/m/store', 9, '…/m/store'],
  ['example.com/m/store', 8, '…/store'],
  ['link example.com/m/cmd/app', 15, 'link …/cmd/app'],
  // less than the last element says nothing
  ['example.com/m/store', 2, '…/store'],
])('%s in a room of %i letters', (name, room, shown) => {
  expect(shortened(name, text => text.length <= room)).toBe(shown);
});
