/** The hash that ties the built wasm to the sources it was built from. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const sources = ['go/grammar.js', 'go/src/scanner.c', 'flatten.c', 'include/stdlib.h', 'build.mjs'];

/** SHA-256, in hexadecimal, over the grammar's sources and the version of tree-sitter-go that it extends. */
export function sourceHash() {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(new URL(source, import.meta.url)));
  hash.update(createRequire(import.meta.url)('tree-sitter-go/package.json').version);
  return hash.digest('hex');
}
