/**
 * Claims for strings by who uses them: functions whose instructions take their address, variables that point to them.
 * Strings stand side by side without anything between: one reaches from its first byte, which its users refer to, to
 * that of the next. (Of other constants the address says nothing of where they end: they have no user here, but for
 * function values and embedded files.)
 */
import { type Reader, readExact, utf8 } from '../binary/bytes.ts';
import type { Image, Symbols } from '../binary/image.ts';
import { memoryOf } from '../binary/memory.ts';
import { scannerOf } from '../binary/references.ts';
import { isWasm } from '../binary/wasm.ts';
import { packageOfSymbol } from '../names/symbol.ts';
import { bodiesOf, type GoFunction } from './code.ts';
import type { Constants } from './data.ts';
import type { Claims, Owner } from './ledger.ts';
import { KINDS } from './ledger.ts';

const STRINGS = KINDS.indexOf('strings');
const CONSTANTS = KINDS.indexOf('read-only data');

/** Who refers to an address first. */
type Users = Map<number, Owner>;

/** Claims strings, function values and embedded files in the regions of constants, by their first users. */
export function claimReferences(
  claims: Claims,
  image: Image,
  functions: GoFunction[],
  symbols: Symbols | null,
  regions: Constants[],
): void {
  const users: Users = new Map();
  const low = regions.reduce((least, r) => Math.min(least, r.from), Number.POSITIVE_INFINITY);
  const high = regions.reduce((most, r) => Math.max(most, r.to), 0);
  if (low >= high) return;
  const inside = (addr: number) => {
    if (addr < low || addr >= high) return false;
    for (const r of regions) if (addr >= r.from && addr < r.to) return true;
    return false;
  };
  ofCode(image, functions, inside, users);
  ofData(claims, image, functions, symbols, regions, inside, users);
  const starts = Float64Array.from(users.keys()).sort();
  for (const region of regions) {
    if (region.kind !== 'strings') continue;
    let i = firstFrom(starts, region.from);
    for (; i < starts.length && starts[i] < region.to; i++) {
      const end = i + 1 < starts.length ? Math.min(region.to, starts[i + 1]) : region.to;
      const { pkg, symbol, file } = users.get(starts[i])!;
      claims.ownMemory(starts[i], end - starts[i], { kind: STRINGS, pkg, symbol, file });
    }
  }
}

function ofCode(image: Image, functions: GoFunction[], inside: (addr: number) => boolean, users: Users): void {
  const scan = scannerOf(image.goarch);
  if (scan === null || functions.length === 0) return;
  let owner = functions[0].owner;
  const found = (target: number) => {
    if (inside(target) && !users.has(target)) users.set(target, owner);
  };
  if (isWasm(image)) {
    for (const [f, body] of bodiesOf(image, functions)) {
      owner = f.owner;
      const bytes = readExact(image.source, body.offset, body.size, 'a function');
      scan(bytes, 0, bytes.length, 0, found);
    }
    return;
  }
  const memory = memoryOf(image);
  const range = memory.indexOf(functions[0].addr);
  if (range < 0) return;
  const { bytes } = memory.reader(range);
  const base = memory.ranges[range].addr;
  for (const f of functions) {
    owner = f.owner;
    const from = f.addr - base;
    const to = Math.min(bytes.length, from + f.room);
    if (from >= 0 && to > from) scan(bytes, from, to, f.addr, found);
  }
}

/** Strings and slices of variables and constants: a pointer into a region and a length that fits there. */
function ofData(
  claims: Claims,
  image: Image,
  functions: GoFunction[],
  symbols: Symbols | null,
  regions: Constants[],
  inside: (addr: number) => boolean,
  users: Users,
): void {
  const memory = memoryOf(image);
  const p = image.ptrSize;
  // Wasm's symbols are functions, at offsets of the file
  const named = namesOf(claims, isWasm(image) ? null : symbols);
  const lowest = functions[0]?.addr ?? 1;
  const highest = functions.at(-1)?.addr ?? 0;
  const entries = new Map(functions.map(f => [f.addr, f.owner]));
  // most words are none of these addresses
  const least = Math.min(lowest, ...regions.map(g => g.from));
  const past = Math.max(highest + 1, ...regions.map(g => g.to));
  const embeds = functions.some(f => f.record.name.startsWith('embed.FS.'));
  const loaded = (addr: number) => memory.indexOf(addr) >= 0;
  const text = (addr: number, length: number) => {
    const k = memory.indexOf(addr);
    return k < 0 ? '' : memory.reader(k).latin1(addr - memory.ranges[k].addr, length);
  };
  const unnamed = claims.owner({ kind: 'strings', symbol: 'strings of variables' });
  for (const [i, range] of memory.ranges.entries()) {
    if (range.exec && image.format !== 'macho') continue;
    const r = memory.reader(i);
    const skip = (p - (range.addr % p)) % p;
    const words = r.words(skip);
    for (let at = skip; at + 2 * p <= r.length; at += p) {
      if (words !== null) {
        at = skip + 4 * nextWithin(words, (at - skip) >> 2, p, least, past);
        if (at + 2 * p > r.length) break;
      }
      const target = r.uptr(at, p);
      if (target < least || target >= past) continue;
      const addr = range.addr + at;
      const entry = target >= lowest && target <= highest ? entries.get(target) : undefined;
      // a function value: a word that holds the function's address
      if (entry !== undefined && inside(addr)) claims.ownMemory(addr, p, { ...entry, kind: CONSTANTS });
      if (!inside(target)) continue;
      if (embeds) claimEmbedded(claims, r, at, p, inside, text, named(addr), loaded);
      if (users.has(target)) continue;
      const length = r.uptr(at + p, p);
      const region = regions.find(g => target >= g.from && target < g.to)!;
      if (length === 0 || target + length > region.to) continue;
      users.set(target, named(addr) ?? unnamed);
    }
  }
}

/** Index of the first pointer from one on that is in [least, past), in words of 32 bits; past the end for none. */
function nextWithin(words: Uint32Array, from: number, p: number, least: number, past: number): number {
  let i = from;
  if (p === 4) {
    while (i < words.length && (words[i] < least || words[i] >= past)) i++;
    return i;
  }
  // most words are told by their upper half alone
  const low = Math.floor(least / 2 ** 32);
  const high = Math.floor(past / 2 ** 32);
  for (; i + 1 < words.length; i += 2) {
    const upper = words[i + 1];
    if (upper < low || upper > high) continue;
    const target = words[i] + upper * 2 ** 32;
    if (target >= least && target < past) return i;
  }
  return words.length + 1;
}

const LONGEST_PATH = 1024;
const HASH = 16;

/**
 * An entry of embed.FS (embed.file): the file's name, its content, and a hash of 16 bytes. The name begins at `at`; only
 * programs that use embed.FS are asked.
 */
function claimEmbedded(
  claims: Claims,
  r: Reader,
  at: number,
  p: number,
  inside: (addr: number) => boolean,
  text: (addr: number, length: number) => string,
  variable: Owner | null,
  loaded: (addr: number) => boolean,
): void {
  if (at + 4 * p + HASH > r.length) return;
  const [nameLength, content, size] = [r.uptr(at + p, p), r.uptr(at + 2 * p, p), r.uptr(at + 3 * p, p)];
  if (nameLength === 0 || nameLength > LONGEST_PATH || size === 0 || size > 2 ** 31) return;
  if (!inside(content) || !inside(content + size - 1)) return;
  // a hash has few zeros and no addresses in it
  let zeros = 0;
  for (let i = 0; i < HASH; i++) if (r.bytes[at + 4 * p + i] === 0) zeros++;
  for (let i = 0; i < HASH; i += p) if (loaded(r.uptr(at + 4 * p + i, p))) return;
  const name = zeros > 3 ? '' : text(r.uptr(at, p), nameLength);
  if (!/^[^\p{Cc}/:*?"<>|\\][^\p{Cc}:*?"<>|\\]*$/u.test(name)) return;
  const owner = claims.owner({
    kind: 'embedded files',
    symbol: utf8(
      Uint8Array.from(name, c => c.charCodeAt(0)),
      0,
      name.length,
    ),
  });
  claims.ownMemory(content, size, { ...owner, pkg: variable?.pkg ?? 0 });
}

/** The owner of an address among the sized symbols of data. */
function namesOf(claims: Claims, symbols: Symbols | null): (addr: number) => Owner | null {
  if (symbols === null) return () => null;
  let indices: Uint32Array | null = null;
  let starts = new Float64Array(0);
  const sort = () => {
    const sized: number[] = [];
    for (let i = 0; i < symbols.names.length; i++) if (symbols.sizes[i] > 0) sized.push(i);
    const inOrder = Uint32Array.from(sized).sort((a, b) => symbols.addrs[a] - symbols.addrs[b]);
    starts = Float64Array.from(inOrder, i => symbols.addrs[i]);
    return inOrder;
  };
  return addr => {
    indices ??= sort();
    const i = indices[firstFrom(starts, addr + 1) - 1];
    if (i === undefined || addr >= symbols.addrs[i] + symbols.sizes[i]) return null;
    const symbol = symbols.names[i];
    return claims.owner({ kind: 'strings', pkg: packageOfSymbol(symbol), symbol });
  };
}

/** Index of the first number not below `value` in a sorted array. */
function firstFrom(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid] < value) low = mid + 1;
    else high = mid;
  }
  return low;
}
