/** The parser's modules in Node: beside the bundled program, else where the sources have them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TreeParser } from '../core/syntax/parser.ts';
import { createParser } from './parser.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

function moduleBytes(name: string, ...elsewhere: string[]): Uint8Array {
  const found = [path.join(here, name), ...elsewhere].find(file => existsSync(file));
  if (found === undefined) throw new Error(`${name} is missing beside ${here}: run npm run build`);
  return readFileSync(found);
}

let parser: Promise<TreeParser> | null = null;

/** The process's one parser. */
export function nodeParser(): Promise<TreeParser> {
  const root = path.dirname(here);
  parser ??= createParser({
    treeSitter: moduleBytes(
      'web-tree-sitter.wasm',
      path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    ),
    grammar: moduleBytes('gospect-go.wasm', path.join(root, 'grammars/go/gospect-go.wasm')),
    flatten: moduleBytes('flatten.wasm', path.join(root, 'grammars/flatten.wasm')),
  });
  return parser;
}
