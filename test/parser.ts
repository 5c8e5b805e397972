/** The parser as tests use it: modules read from the source tree, made once per process. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { TreeParser } from '../core/syntax/parser.ts';
import { createParser } from '../server/parser.ts';

let made: Promise<TreeParser> | null = null;

export function testParser(): Promise<TreeParser> {
  const read = (path: URL | string) => new Uint8Array(readFileSync(path));
  made ??= createParser({
    treeSitter: read(createRequire(import.meta.url).resolve('web-tree-sitter/web-tree-sitter.wasm')),
    grammar: read(new URL('../grammars/go/gospect-go.wasm', import.meta.url)),
    flatten: read(new URL('../grammars/flatten.wasm', import.meta.url)),
  });
  return made;
}
