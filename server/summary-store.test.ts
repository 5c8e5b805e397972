import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSummaries } from './summary-store.ts';

function folder(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-store-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true }));
  return dir;
}

/** The names of what is kept. */
function kept(dir: string): string[] {
  return fs.readdirSync(dir).sort((a, b) => Number(a) - Number(b));
}

/** As if the file had been used `age` seconds after all began. */
const use = (dir: string, name: number): void => fs.utimesSync(path.join(dir, String(name)), name, name);

test('of too many files those that were used last stay', () => {
  const dir = folder();
  const store = openSummaries(dir, { files: 16, bytes: 2 ** 20 });
  for (let i = 1; i <= 19; i++) {
    store.put(String(i), new Uint8Array(10));
    use(dir, i);
  }
  // the folder is looked at before each second file: with 18 in it, 8 stay
  expect(kept(dir)).toEqual(['11', '12', '13', '14', '15', '16', '17', '18', '19']);
});

test('of too many bytes those that were used last stay', () => {
  const dir = folder();
  const store = openSummaries(dir, { files: 100, bytes: 4000 });
  for (let i = 1; i <= 6; i++) {
    store.put(String(i), new Uint8Array(500), new Uint8Array(484));
    use(dir, i);
  }
  // five came to 5000 bytes before the sixth was written
  expect(kept(dir)).toEqual(['4', '5', '6']);
  expect(store.get('6')?.length).toBe(984);
});

test('what is larger than half of all that may be kept is not kept', () => {
  const dir = folder();
  const store = openSummaries(dir, { files: 100, bytes: 4000 });
  store.put('1', new Uint8Array(2001));
  expect(store.get('1')).toBeNull();
  store.put('2', new Uint8Array(2000));
  expect(store.get('2')?.length).toBe(2000);
});
