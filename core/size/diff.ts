/**
 * The difference of two files: what grew, shrank, came and went, by symbol and kind.
 *
 * Rows of the two ledgers are matched by package, symbol and kind; addresses and offsets say nothing, since one added
 * function moves everything behind it. Three things would make false rows, and are taken out:
 *
 * - Tables that the linker stores once for all functions that have the same (pc tables, stack maps) are in the ledger with
 *   the first of their users. When another function comes first the same bytes change hands: they are matched by content.
 * - A function or type that has another name (renamed, moved, a closure with a new number) is one row, not two: what
 *   only one file has is matched with what only the other has by the content of its code.
 * - Padding, tables by address and the like follow from what is in front of them. They are rows, since the rows add up
 *   to the difference of the sizes, but marked as following.
 */
import type { BuildInfo } from '../binary/buildinfo.ts';
import type { Image } from '../binary/image.ts';
import { offsetOf } from '../binary/image.ts';
import { memoryOf } from '../binary/memory.ts';
import { findModuledata } from '../binary/moduledata.ts';
import { funcdataOf, funcRecord, pcdataOf, pcTableSize, readPclntab } from '../binary/pclntab.ts';
import { type Grouping, groupOf } from './group.ts';
import { inlineTreeOf } from '../binary/inlining.ts';
import { KINDS, type Ledger, type LedgerKind } from './ledger.ts';
import { familyOf, pairByCode, renamed, type Stray, wordsOf } from './rename.ts';

export interface Side {
  image: Image;
  ledger: Ledger;
}

export interface DiffRow {
  pkg: string;
  symbol: string;
  /** The name it had in the old file, when it is another one; else empty. */
  was: string;
  /** Section of the new file, of the old one for what is gone. */
  section: string;
  file: string;
  kind: LedgerKind;
  /** Bytes in the files; content that only changed its owner is in neither. */
  old: number;
  now: number;
  /** What follows from changes elsewhere: padding, tables by address, debug information as a whole. */
  follows: boolean;
}

/** Kinds whose rows come from what the linker writes for something else that is in the file. */
const FOLLOWING: ReadonlySet<LedgerKind> = new Set([
  'dwarf',
  'symbols',
  'relocations',
  'header',
  'padding',
  'build info',
  'unknown',
]);

/** Tables of the linker's that have the runtime's name and an entry for each thing of the program. */
const TABLES = new Set(['runtime.findfunctab', 'runtime.typelink', 'runtime.itablink', 'runtime.textsectionmap']);

/**
 * The rows of both files, matched. Their `now − old` add up to the difference of the files; those that differ come first,
 * the largest change first, what only follows from others last.
 */
export function diffOf(old: Side, now: Side): DiffRow[] {
  const rows = new Map<string, DiffRow>();
  collect(rows, old, 'old');
  collect(rows, now, 'now');
  returnShared(rows, old, now);
  const joined = joinRenamed([...rows.values()], old, now);
  // where the format has no sizes a symbol reaches up to the next, over the alignment between them
  const sized = old.image.format === 'elf' && now.image.format === 'elf';
  for (const row of joined) {
    const small = Math.abs(row.now - row.old) < DATA_ALIGNMENT && row.old > 0 && row.now > 0;
    if (!sized && small && DATA.has(row.kind) && row.symbol !== '') row.follows = true;
    // what is left of a table whose content is another function's now is the alignment behind it
    if (row.kind === 'funcdata' && row.old < ALIGNMENT && row.now < ALIGNMENT) row.follows = true;
  }
  return joined.sort(
    (a, b) =>
      Number(a.follows) - Number(b.follows) ||
      Math.abs(b.now - b.old) - Math.abs(a.now - a.old) ||
      (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0),
  );
}

/** Kinds whose symbols are sized by the next one in PE and Mach-O, and how far apart symbols may be aligned. */
const DATA: ReadonlySet<LedgerKind> = new Set(['data', 'read-only data', 'itabs', 'strings', 'types']);
const DATA_ALIGNMENT = 32;

const DWARF = KINDS.indexOf('dwarf');

/**
 * The package of a row. Debug information is one stream for all packages: compressed, as the linker leaves it, each
 * change spreads over what comes after it, so that only its sections can be compared.
 */
function packageAt(ledger: Ledger, row: number): string {
  return ledger.kind[row] === DWARF ? '' : ledger.strings[ledger.pkg[row]];
}

function symbolAt(ledger: Ledger, row: number): string {
  return ledger.strings[ledger.kind[row] === DWARF ? ledger.section[row] : ledger.symbol[row]];
}

function keyOf(ledger: Ledger, row: number): string {
  const symbol = symbolAt(ledger, row);
  const place = symbol === '' ? ledger.strings[ledger.section[row]] : symbol;
  return `${ledger.kind[row]}\0${packageAt(ledger, row)}\0${place}`;
}

function collect(rows: Map<string, DiffRow>, { ledger }: Side, side: 'old' | 'now'): void {
  const { strings } = ledger;
  for (let i = 0; i < ledger.count; i++) {
    const key = keyOf(ledger, i);
    let row = rows.get(key);
    if (row === undefined) {
      const kind = KINDS[ledger.kind[i]];
      const pkg = packageAt(ledger, i);
      const symbol = symbolAt(ledger, i);
      row = newRow(kind, pkg, symbol);
      rows.set(key, row);
    }
    row[side] += ledger.length[i];
    row.section = strings[ledger.section[i]];
    row.file = strings[ledger.file[i]] || row.file;
  }
}

function newRow(kind: LedgerKind, pkg: string, symbol: string): DiffRow {
  const follows =
    FOLLOWING.has(kind) || (pkg === '' && kind !== 'foreign code' && kind !== 'strings') || TABLES.has(symbol);
  return { pkg, symbol, was: '', section: '', file: '', kind, old: 0, now: 0, follows };
}

/** A table of functions: its bytes in the file, and a hash of them. */
interface Piece {
  length: number;
  hash: number;
  /** Key of the row that has it. */
  key: string;
}

function entry(map: Map<string, Map<number, Piece[]>>, key: string): Map<number, Piece[]> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map()));
  return found;
}

function push(map: Map<number, Piece[]>, hash: number, piece: Piece): void {
  const list = map.get(hash);
  if (list === undefined) map.set(hash, [piece]);
  else list.push(piece);
}

/** Takes out of both sides what only changed its owner, and what a table is longer by because the next one is aligned. */
function returnShared(rows: Map<string, DiffRow>, old: Side, now: Side): void {
  const before = piecesOf(rows, old);
  const after = piecesOf(rows, now);
  // per row: contents that one side has and the other has not
  const contents = new Map<string, Map<number, Piece[]>>();
  const strays = new Map<number, Piece[]>();
  for (const piece of before) push(entry(contents, piece.key), piece.hash, piece);
  const moved = after.filter(piece => contents.get(piece.key)?.get(piece.hash)?.pop() === undefined);
  for (const byHash of contents.values())
    for (const [hash, list] of byHash) for (const p of list) push(strays, hash, p);
  const unlike = new Set<string>();
  for (const piece of moved) {
    const was = strays.get(piece.hash)?.pop();
    const a = was === undefined ? undefined : rows.get(was.key)!;
    const b = rows.get(piece.key)!;
    // only who has less gave, and only who has more took
    if (a === undefined || a.old - a.now < piece.length - ALIGNMENT || b.now - b.old < piece.length - ALIGNMENT) {
      unlike.add(piece.key);
      continue;
    }
    a.old -= piece.length;
    b.now -= piece.length;
  }
  for (const list of strays.values()) for (const { key } of list) unlike.add(key);
  for (const [key, row] of rows) {
    const rest = row.now - row.old;
    if (row.kind !== 'funcdata' || rest === 0 || unlike.has(key)) continue;
    const padding = paddingRow(rows, row.section);
    if (rest > 0) padding.now += rest;
    else padding.old -= rest;
    row.now = row.old;
  }
}

function paddingRow(rows: Map<string, DiffRow>, section: string): DiffRow {
  const key = `padding of ${section}`;
  let row = rows.get(key);
  if (row === undefined) {
    row = newRow('padding', '', 'between tables');
    row.section = section;
    rows.set(key, row);
  }
  return row;
}

/** The row that has the byte. */
function rowAt(ledger: Ledger, offset: number): number {
  let low = 0;
  let high = ledger.count - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (ledger.offset[mid] <= offset) low = mid;
    else high = mid - 1;
  }
  return low;
}

/** Kinds of content of which the linker keeps one copy for all users. */
const SHARED: ReadonlySet<LedgerKind> = new Set(['strings', 'gc masks', 'read-only data', 'types']);

/** What more than one function or type may use. */
function piecesOf(rows: Map<string, DiffRow>, { image, ledger }: Side): Piece[] {
  const pieces: Piece[] = [];
  const add = (offset: number, length: number, hash: number) =>
    pieces.push({ length, hash, key: keyOf(ledger, rowAt(ledger, offset)) });
  for (let i = 0; i < ledger.count; i++) {
    if (!SHARED.has(KINDS[ledger.kind[i]])) continue;
    const row = rows.get(keyOf(ledger, i))!;
    if (row.old === row.now) continue;
    const bytes = image.source.read(ledger.offset[i], ledger.length[i]);
    add(ledger.offset[i], bytes.length, hashOf(bytes, 0, bytes.length));
  }
  const table = readPclntab(image);
  if (table === null) return pieces;
  // the segments of a Wasm module leave out runs of zeros, so that no distance in memory is one in the file
  const base = offsetOf(image, table.addr);
  const seen = new Set<number>();
  const tables = new Map<number, boolean>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    const pcdata = Array.from({ length: record.pcdataCount }, (_, k) => pcdataOf(table, record, k));
    for (const pcs of [record.pcsp, record.pcfile, record.pcln, ...pcdata]) {
      if (pcs === 0 || seen.has(pcs)) continue;
      seen.add(pcs);
      const length = pcTableSize(table, pcs);
      const at = table.pcs + pcs;
      const offset = image.format === 'wasm' ? offsetOf(image, table.addr + at) : base + at;
      if (offset >= 0) add(offset, length, hashOf(table.bytes.bytes, at, at + length));
    }
    const tree = inlineTreeOf(table, record);
    for (let k = 0; k < record.funcdataCount; k++) {
      const offset = funcdataOf(table, record, k);
      if (offset >= 0) tables.set(offset, tables.get(offset) === true || offset === tree);
    }
  }
  const data = findModuledata(image, table.addr);
  if (data === null || data.gofunc === 0) return pieces;
  const start = offsetOf(image, data.gofunc);
  const memory = memoryOf(image);
  if (start < 0 && image.format !== 'wasm') return pieces;
  const offsets = Float64Array.from(tables.keys()).sort();
  for (let i = 0; i + 1 < offsets.length; i++) {
    const room = offsets[i + 1] - offsets[i];
    const range = memory.indexOf(data.gofunc + offsets[i]);
    if (range < 0) break;
    const reader = memory.reader(range);
    const first = data.gofunc + offsets[i] - memory.ranges[range].addr;
    if (first + room > reader.length) break;
    const bytes = reader.bytes.subarray(first, first + room);
    const offset = image.format === 'wasm' ? offsetOf(image, data.gofunc + offsets[i]) : start + offsets[i];
    if (offset < 0) continue;
    // an inlining tree has offsets of names in it, which every function moves; it is no other function's anyway
    if (tables.get(offsets[i])) add(offset, room, room);
    else {
      let length = room;
      while (length > 0 && room - length < ALIGNMENT - 1 && bytes[length - 1] === 0) length--;
      add(offset, length, hashOf(bytes, 0, length));
    }
  }
  return pieces;
}

/** Tables of pointers and numbers are aligned to it. */
const ALIGNMENT = 8;

/** FNV-1a over 32 bits, and the length above them. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return (hash >>> 0) + ((to - from) % 0x100000) * 0x100000000;
}

/** Makes one row of each two that are the same thing under two names. */
function joinRenamed(rows: DiffRow[], old: Side, now: Side): DiffRow[] {
  const nameOf = (row: DiffRow) => `${row.pkg}\0${row.symbol}`;
  const gone: DiffRow[] = [];
  const come: DiffRow[] = [];
  const families = new Map<string, DiffRow[]>();
  for (const row of rows) {
    if (row.kind !== 'code') continue;
    const family = familyOf(row.symbol);
    if (family !== null) {
      const list = families.get(family);
      if (list === undefined) families.set(family, [row]);
      else list.push(row);
    } else if (row.now === 0) gone.push(row);
    else if (row.old === 0) come.push(row);
  }
  const pairs = new Map<string, string>();
  // a closure that comes first renumbers its siblings: within a family names say nothing as soon as one differs
  for (const list of families.values()) {
    if (list.every(row => row.old === row.now)) continue;
    const within = pairByCode(
      codeOf(old, list.filter(row => row.old > 0).map(nameOf)),
      codeOf(now, list.filter(row => row.now > 0).map(nameOf)),
    );
    const free = new Set(list.filter(row => row.now > 0).map(nameOf));
    for (const to of within.values()) free.delete(to);
    for (const row of list) {
      if (row.old === 0) continue;
      const name = nameOf(row);
      // what is like no other keeps its own name if that is still to be had, else is left to the search over the file
      if (within.has(name)) pairs.set(name, within.get(name)!);
      else if (free.delete(name)) pairs.set(name, name);
      else gone.push(row);
    }
    for (const row of list) if (free.has(nameOf(row))) come.push(row);
  }
  for (const [from, to] of pairByCode(codeOf(old, gone.map(nameOf)), codeOf(now, come.map(nameOf))))
    pairs.set(from, to);
  return pairs.size === 0 ? rows : joinPairs(rows, pairs, nameOf);
}

/** Machine code of functions by package and name; those of several parts by their first. */
function codeOf({ image, ledger }: Side, names: readonly string[]): Stray[] {
  if (names.length === 0) return [];
  const wanted = new Set(names);
  const strays: Stray[] = [];
  const code = KINDS.indexOf('code');
  for (let i = 0; i < ledger.count; i++) {
    if (ledger.kind[i] !== code) continue;
    const id = `${ledger.strings[ledger.pkg[i]]}\0${ledger.strings[ledger.symbol[i]]}`;
    if (wanted.delete(id)) strays.push({ id, code: image.source.read(ledger.offset[i], ledger.length[i]) });
  }
  return strays;
}

function joinPairs(rows: DiffRow[], pairs: Map<string, string>, nameOf: (row: DiffRow) => string): DiffRow[] {
  const words = wordsOf(pairs);
  const joined = new Map<string, DiffRow>();
  const reversed = new Set(pairs.values());
  const keyed = (kind: string, name: string) => `${kind}\0${name}`;
  // the new side first: its names are those that are shown
  for (const row of rows) {
    if (row.now > 0 || (row.old > 0 && row.symbol === ''))
      joined.set(keyed(row.kind, nameOf(row)) + (row.symbol ? '' : row.section), { ...row, old: 0 });
  }
  for (const row of rows) {
    if (row.old === 0) continue;
    const name = nameOf(row);
    let to = pairs.get(name);
    if (to === undefined && row.symbol !== '' && (row.now === 0 || reversed.has(name))) {
      const other = `${renamed(row.pkg, words)}\0${renamed(row.symbol, words)}`;
      const target = joined.get(keyed(row.kind, other));
      to = target !== undefined && (target.old === 0 || other === name) ? other : name;
    }
    const key = keyed(row.kind, to ?? name) + (row.symbol ? '' : row.section);
    const target = joined.get(key);
    if (target === undefined) {
      const [pkg, symbol] = (to ?? name).split('\0');
      joined.set(key, { ...row, pkg, symbol, was: symbol === row.symbol ? '' : row.symbol, now: 0 });
      continue;
    }
    target.old += row.old;
    if (to !== undefined && to !== name) target.was = row.symbol;
  }
  return [...joined.values()];
}

/** Rows of one kind that are in the same groups, added up. */
export interface DiffGroup {
  /** The groups, outermost first. */
  path: string[];
  kind: LedgerKind;
  old: number;
  now: number;
  /** Earlier name of the innermost group when all of it is one renamed thing; else empty. */
  was: string;
  follows: boolean;
}

/** The rows added up by what `groupings` name, outermost first. Only what differs. */
export function groupDiff(
  rows: readonly DiffRow[],
  groupings: readonly Grouping[],
  info: BuildInfo | null,
): DiffGroup[] {
  const groups = new Map<string, DiffGroup>();
  for (const row of rows) {
    const path = groupings.map(g => groupOf(g, row, info));
    const key = `${path.join('\0')}\0${row.kind}`;
    const group = groups.get(key);
    const was = groupings.includes('symbol') ? row.was : '';
    if (group === undefined)
      groups.set(key, { path, kind: row.kind, old: row.old, now: row.now, was, follows: row.follows });
    else {
      group.old += row.old;
      group.now += row.now;
      group.was ||= was;
      group.follows &&= row.follows;
    }
  }
  return [...groups.values()]
    .filter(group => group.old !== group.now)
    .sort(
      (a, b) =>
        Number(a.follows) - Number(b.follows) ||
        Math.abs(b.now - b.old) - Math.abs(a.now - a.old) ||
        (a.path.join() < b.path.join() ? -1 : 1),
    );
}
