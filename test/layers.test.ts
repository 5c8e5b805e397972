import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error a plain script without types
import { layerErrors } from '../scripts/layers.mjs';

function errorsOf(files: Record<string, string>): string[] {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-layers-'));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  const errors = layerErrors(root) as string[];
  fs.rmSync(root, { recursive: true });
  return errors;
}

test('an import towards the right is reported, one towards the left is not', () => {
  const errors = errorsOf({
    'core/types/check.ts': `import { a } from '../syntax/ast.ts';\nimport {\n  b,\n} from '../escape/graph.ts';\n`,
    'core/binary/elf.ts': `export { c } from '../types/check.ts';\n`,
    'core/load/mod.ts': `import fs from 'node:fs';\nimport { sha256 } from '@noble/hashes/sha2.js';\n`,
  });
  expect(errors.sort()).toEqual([
    'core/binary/elf.ts:1: binary may not import types',
    'core/load/mod.ts:1: core is pure, node:fs is not',
    'core/types/check.ts:2: types may not import escape',
  ]);
});

test('core keeps to the order', () => {
  expect(layerErrors(path.dirname(import.meta.dirname))).toEqual([]);
});
