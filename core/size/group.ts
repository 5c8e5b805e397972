/** Views of the ledger: its rows added up by section, module, package, file, function, type, symbol or kind. */
import type { BuildInfo } from '../binary/buildinfo.ts';
import type { Image } from '../binary/image.ts';
import type { Ledger, LedgerKind } from './ledger.ts';
import { KINDS } from './ledger.ts';

export const GROUPINGS = ['section', 'module', 'package', 'file', 'function', 'type', 'symbol', 'kind'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface GroupRow {
  /** From the outermost group inwards; no two rows have the same path and kind. */
  path: string[];
  /** Bytes in the file, and in memory when the program runs. */
  size: number;
  memory: number;
  kind: LedgerKind;
}

/**
 * Adds the rows up. The sizes add up to the file's size; bytes that belong to no package (or symbol, file) are in the
 * group named by their kind. Parts without bytes in the file (.bss) come with size 0 and their memory. `info` names the
 * modules.
 */
export function groupLedger(
  image: Image,
  ledger: Ledger,
  groupings: readonly Grouping[],
  info: BuildInfo | null,
): GroupRow[] {
  const loaded = new Set(image.sections.filter(s => s.loaded).map(s => s.name));
  const loadedIds = Uint8Array.from(ledger.strings, s => (loaded.has(s) ? 1 : 0));
  const levels = groupings.map(g => levelOf(g, ledger, info));
  const rows = new Map<string, GroupRow>();
  for (let i = 0; i < ledger.count; i++) {
    const kind = KINDS[ledger.kind[i]];
    const path = levels.map(level => level(i));
    add(rows, path, kind, ledger.length[i], loadedIds[ledger.section[i]] === 1 ? ledger.length[i] : 0);
  }
  for (const s of image.sections) {
    const missing = s.memSize - s.fileSize;
    if (!s.loaded || missing <= 0) continue;
    const path = groupings.map(g => (g === 'section' ? s.name : 'data'));
    add(rows, path, 'data', 0, missing);
  }
  return [...rows.values()].sort(
    (a, b) => b.size - a.size || b.memory - a.memory || (a.path.join() < b.path.join() ? -1 : 1),
  );
}

/** What a row says of itself, in words. */
export interface Described {
  section: string;
  pkg: string;
  symbol: string;
  file: string;
  kind: LedgerKind;
}

/** The group that a row is in; that of its kind when it is in none. */
export function groupOf(grouping: Grouping, row: Described, info: BuildInfo | null): string {
  return nameOf(grouping, row, info) || row.kind;
}

function nameOf(grouping: Grouping, row: Described, info: BuildInfo | null): string {
  switch (grouping) {
    case 'section':
      return row.section;
    case 'kind':
      return row.kind;
    case 'package':
      return row.pkg;
    case 'file':
      return row.file;
    case 'symbol':
      return row.symbol;
    case 'module': {
      const modules = info === null ? [] : info.main === null ? info.deps : [info.main, ...info.deps];
      return moduleOf(row.pkg, modules, info?.main?.path ?? '');
    }
    case 'function':
      return OF_FUNCTIONS.has(row.kind) ? originOf(row.symbol) : '';
    case 'type':
      if (OF_FUNCTIONS.has(row.kind)) return receiverOf(row.symbol, row.pkg);
      return OF_TYPES.has(row.kind) ? typeOf(row.symbol, row.pkg) : '';
  }
}

/** `groupOf` for the rows of a ledger, asked once for rows that are alike. */
function levelOf(grouping: Grouping, ledger: Ledger, info: BuildInfo | null): (row: number) => string {
  const { strings, kind, pkg, symbol, file, section } = ledger;
  const known = new Map<number, string>();
  return i => {
    // what the grouping looks at: one column and at most the kind, or for types symbol and package
    const column =
      grouping === 'section'
        ? section[i]
        : grouping === 'file'
          ? file[i]
          : grouping === 'package' || grouping === 'module'
            ? pkg[i]
            : grouping === 'kind'
              ? 0
              : grouping === 'type'
                ? symbol[i] * strings.length + pkg[i]
                : symbol[i];
    const key = column * KINDS.length + kind[i];
    let found = known.get(key);
    if (found === undefined) {
      const row = {
        section: strings[section[i]],
        pkg: strings[pkg[i]],
        symbol: strings[symbol[i]],
        file: strings[file[i]],
        kind: KINDS[kind[i]],
      };
      known.set(key, (found = groupOf(grouping, row, info)));
    }
    return found;
  };
}

const OF_FUNCTIONS: ReadonlySet<LedgerKind> = new Set(['code', 'pclntab', 'funcdata']);
const OF_TYPES: ReadonlySet<LedgerKind> = new Set(['types', 'itabs', 'gc masks']);

/** `std` for packages of the standard library, else path@version of the module with the longest path that fits. */
function moduleOf(pkg: string, modules: BuildInfo['deps'], main: string): string {
  if (pkg === '') return '';
  if (pkg === 'main' || pkg.startsWith('main_test')) return main === '' ? 'main' : main;
  let best: BuildInfo['deps'][number] | null = null;
  for (const m of modules) {
    const fits = pkg === m.path || (pkg.startsWith(m.path) && pkg[m.path.length] === '/');
    if (fits && (best === null || m.path.length > best.path.length)) best = m;
  }
  if (best !== null) return best.path === main || best.version === '' ? best.path : `${best.path}@${best.version}`;
  return pkg.split('/')[0].includes('.') ? pkg : 'std';
}

/** A function without its type arguments: all instances are one. Names from pclntab have `[...]` already. */
function originOf(symbol: string): string {
  let text = '';
  let depth = 0;
  for (const c of symbol) {
    if (c === '[' && depth++ === 0) text += '[...]';
    if (depth === 0) text += c;
    if (c === ']' && depth > 0) depth--;
  }
  return text;
}

/** The type whose method a function is, with its import path; empty for functions without receiver. */
function receiverOf(symbol: string, pkg: string): string {
  if (pkg === '' || !symbol.startsWith(`${pkg}.`)) return '';
  const rest = originOf(symbol.slice(pkg.length + 1));
  const pointer = /^\(\*([^)]+)\)\./.exec(rest);
  if (pointer !== null) return `${pkg}.${pointer[1]}`;
  const [head, next] = rest.split('.');
  // closures are numbered: f.func1, f.gowrap2; init functions too
  return next === undefined || /^(?:func|gowrap|deferwrap|init|\d)/.test(next) || /^(?:init|glob)$/.test(head)
    ? ''
    : `${pkg}.${head}`;
}

/** The defined type that a descriptor, itab or mask is for: of `[]*http.Server` with its package net/http.Server. */
function typeOf(symbol: string, pkg: string): string {
  const name = symbol
    .replace(/^(?:type[:.]|go[:.]itab\.)/, '')
    .split(',')[0]
    .replace(/^(?:\.\w+\.)/, '')
    .replace(/^(?:\*|\[\d*\]|chan |<-chan )+/, '');
  const last = pkg.slice(pkg.lastIndexOf('/') + 1);
  if (pkg !== '' && name.startsWith(`${pkg}.`)) return originOf(name);
  if (pkg !== '' && name.startsWith(`${last}.`)) return originOf(`${pkg}${name.slice(last.length)}`);
  return originOf(name);
}

function add(rows: Map<string, GroupRow>, path: string[], kind: LedgerKind, size: number, memory: number): void {
  const key = `${path.join('\0')}\0${kind}`;
  const row = rows.get(key);
  if (row === undefined) rows.set(key, { path, size, memory, kind });
  else {
    row.size += size;
    row.memory += memory;
  }
}
