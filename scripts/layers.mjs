// The order of core's folders, checked: a file imports only from its own folder or from folders to the left of it.
// References of tsconfig cannot say that, since all of core is one project; what they do say is not repeated here.
import fs from 'node:fs';
import path from 'node:path';

const ANALYSIS = [
  'source',
  'names',
  'constant',
  'syntax',
  'load',
  'cgo',
  'types',
  'ir',
  'inline',
  'escape',
  'summary',
  'remark',
];
const BINARY = ['source', 'names', 'binary', 'size'];
const BUILDS = ['source', 'names', 'actions'];

/** Folders that each folder of core may import from. */
const allowed = new Map();
for (const flow of [ANALYSIS, BINARY, BUILDS]) {
  for (const [index, folder] of flow.entries()) allowed.set(folder, new Set(flow.slice(0, index + 1)));
}

/** Packages that pure code may use: hashing and inflating, both synchronous and without a host. */
const PURE_PACKAGES = /^(@noble\/hashes|fflate)(\/|$)/;
const IMPORT =
  /^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** One line per import that breaks the order, `file:line: why`. */
export function layerErrors(root) {
  const errors = [];
  const core = path.join(root, 'core');
  for (const name of fs.readdirSync(core, { recursive: true })) {
    const file = name.replaceAll('\\', '/');
    if (!/\.ts$/.test(file) || !file.includes('/')) continue;
    const folder = file.split('/')[0];
    const isTest = file.endsWith('.test.ts');
    const text = fs.readFileSync(path.join(core, file), 'utf8');
    const report = (match, why) => errors.push(`core/${file}:${text.slice(0, match.index).split('\n').length}: ${why}`);
    if (!allowed.has(folder)) {
      errors.push(`core/${file}:1: folder ${folder} has no place in the order of layers (scripts/layers.mjs)`);
      continue;
    }
    if (isTest) continue;
    for (const match of text.matchAll(IMPORT)) {
      const specifier = match[1] ?? match[2] ?? match[3];
      if (!specifier.startsWith('.')) {
        if (!PURE_PACKAGES.test(specifier)) report(match, `core is pure, ${specifier} is not`);
        continue;
      }
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)).split('/')[0];
      if (target === '..') report(match, `${specifier} lies outside core`);
      else if (!allowed.get(folder).has(target)) report(match, `${folder} may not import ${target}`);
    }
  }
  return errors;
}
