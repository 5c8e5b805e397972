import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceHash } from '../grammars/stamp.mjs';

const stamped = ['go/gospect-go.wasm', 'flatten.wasm'];

test.each(stamped)('%s was built from the sources beside it', name => {
  const bytes = readFileSync(new URL(`../grammars/${name}`, import.meta.url));
  const at = bytes.lastIndexOf('gospect.sources');
  expect(at, 'custom section gospect.sources').toBeGreaterThan(0);
  const stamp = bytes.subarray(at + 'gospect.sources'.length).toString();
  expect(stamp, 'run: node grammars/build.mjs').toBe(sourceHash());
});
