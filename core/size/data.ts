/** Claims for Go's data: types, itabs, constants and variables, by symbols where there are some, else by their order. */
import type { Image, Section, Symbols } from '../binary/image.ts';
import { memoryOf } from '../binary/memory.ts';
import type { Moduledata } from '../binary/moduledata.ts';
import type { TypeData } from '../binary/types.ts';
import { packageOfSymbol } from '../names/symbol.ts';
import type { GoFunction } from './code.ts';
import type { Claims, LedgerKind } from './ledger.ts';

/** Type descriptors, the names and masks that they use, and itabs. */
export function claimTypes(claims: Claims, data: TypeData): void {
  const owners = data.types.map(({ pkg, name }) => claims.owner({ kind: 'types', pkg, symbol: name }));
  const nobody = claims.owner({ kind: 'types' });
  for (const [i, type] of data.types.entries()) claims.ownMemory(type.addr, type.size, owners[i]);
  const { addr, size, user } = data.names;
  for (let i = 0; i < addr.length; i++) claims.ownMemory(addr[i], size[i], owners[user[i]] ?? nobody);
  for (const itab of data.itabs) {
    const type = data.types[itab.type];
    const inter = data.types[itab.inter];
    const symbol = type === undefined || inter === undefined ? 'itab' : `${type.name}, ${inter.name}`;
    claims.addMemory(itab.addr, itab.size, { kind: 'itabs', pkg: type?.pkg ?? '', symbol });
  }
  const { kind } = claims.owner({ kind: 'gc masks' });
  for (const mask of data.masks) claims.ownMemory(mask.addr, mask.size, { ...(owners[mask.user] ?? nobody), kind });
}

/** Symbols that stand for a whole range of others; where the format has no sizes they would seem to be one object. */
const CONTAINERS = new Set([
  'runtime.text',
  'runtime.etext',
  'runtime.rodata',
  'runtime.erodata',
  'runtime.types',
  'runtime.etypes',
  'runtime.pclntab',
  'runtime.epclntab',
  'runtime.noptrdata',
  'runtime.data',
  'go:string.*',
  'go.string.*',
  'go:func.*',
  'go.func.*',
  'go:funcrel.*',
  'go.funcrel.*',
  'go:funcdesc',
  'go.funcdesc',
  'typerel.*',
  'typerel:*',
  'runtime.egcdata',
  'runtime.egcbss',
  'runtime.enoptrdata',
  'runtime.edata',
  'runtime.end',
  'type:*',
  'type.*',
  'runtime.gcbits.*',
]);

/**
 * Sized symbols outside the Go functions: data, tables, and code that is none of `functions`, which is of the kind
 * `others`. `named` has the function of each symbol, -1 for none.
 */
export function claimSymbols(
  claims: Claims,
  symbols: Symbols,
  named: Int32Array | null,
  functions: readonly GoFunction[],
  others: 'code' | 'foreign code',
): void {
  for (let i = 0; i < symbols.names.length; i++) {
    const size = symbols.sizes[i];
    // claimed by its function
    if (named !== null && named[i] >= 0 && size <= functions[named[i]].room) continue;
    const name = plain(symbols.names[i]);
    // PE has a symbol for each section, .text and the like
    if (!(size > 0) || CONTAINERS.has(name) || name.startsWith('.')) continue;
    const letter = String.fromCharCode(symbols.codes[i]).toUpperCase();
    const kind = letter === 'T' ? others : symbolKind(name, letter);
    if (kind === null) continue;
    const pkg = kind === 'foreign code' ? '' : packageOfSymbol(name);
    claims.addMemory(symbols.addrs[i], size, { kind, pkg, symbol: name });
  }
}

/** Mach-O keeps C's underscore before names without a dot. */
function plain(name: string): string {
  return name.startsWith('_go:') || name.startsWith('_type:') ? name.slice(1) : name;
}

/** Before Go 1.20 the linker's own names had a dot where now is a colon. */
export function symbolKind(name: string, letter: string): LedgerKind | null {
  if (letter === 'T') return 'foreign code';
  if (name.startsWith('type:') || name.startsWith('type..') || name === 'runtime.typelink') return 'types';
  if (/^go[:.]itab\./.test(name) || name === 'runtime.itablink') return 'itabs';
  if (/^go[:.]string\./.test(name)) return 'strings';
  if (name.startsWith('runtime.gcbits.') || name === 'runtime.gcdata' || name === 'runtime.gcbss') return 'gc masks';
  if (name === 'runtime.findfunctab') return 'pclntab';
  if (letter === 'R') return 'read-only data';
  if (letter === 'D') return 'data';
  return null;
}

const RANGES: Record<string, LedgerKind> = {
  'type:*': 'types',
  'type.*': 'types',
  'go:string.*': 'strings',
  'go.string.*': 'strings',
  'go:funcdesc': 'read-only data',
  'go.funcdesc': 'read-only data',
  'runtime.gcbits.*': 'gc masks',
};

/** The ranges between marker symbols of the read-only data: types, strings, function values, gc masks. */
export function claimRanges(claims: Claims, symbols: Symbols): void {
  const at = new Map<string, number>();
  for (let i = 0; i < symbols.names.length; i++) {
    const name = plain(symbols.names[i]);
    if (CONTAINERS.has(name)) at.set(name, symbols.addrs[i]);
  }
  const marks = [...at].sort((a, b) => a[1] - b[1]);
  for (const [name, addr] of marks) {
    const kind = RANGES[name];
    let next = marks.find(m => m[1] > addr)?.[1] ?? 0;
    // nothing marks the end of the masks: the next object does
    if (name === 'runtime.gcbits.*') for (const other of symbols.addrs) if (other > addr && other < next) next = other;
    if (kind !== undefined && next > addr) claims.addMemory(addr, next - addr, { kind, symbol: name });
  }
}

/** The runtime's own description of the program, and the tables and variables between its addresses. */
export function claimModuledata(claims: Claims, image: Image, m: Moduledata): void {
  claims.addMemory(m.addr, m.size, { kind: 'data', pkg: 'runtime', symbol: 'runtime.firstmoduledata' });
  claims.addMemory(m.noptrdata, m.enoptrdata - m.noptrdata, { kind: 'data', symbol: 'variables without pointers' });
  claims.addMemory(m.data, m.edata - m.data, { kind: 'data', symbol: 'variables with pointers' });
  claims.addMemory(m.typelinks.addr, m.typelinks.count * 4, { kind: 'types', symbol: 'runtime.typelink' });
  claims.addMemory(m.itablinks.addr, m.itablinks.count * image.ptrSize, { kind: 'itabs', symbol: 'runtime.itablink' });
  claims.addMemory(m.itabs.addr, m.itabs.size, { kind: 'itabs', symbol: 'itabs' });
  claims.addMemory(m.textsectmap.addr, m.textsectmap.count * 3 * image.ptrSize, {
    kind: 'pclntab',
    symbol: 'runtime.textsectionmap',
  });
  claims.addMemory(m.inittasks.addr, m.inittasks.count * image.ptrSize, {
    kind: 'data',
    pkg: 'runtime',
    symbol: 'go:main.inittasks',
  });
  // 16 buckets of 256 bytes of code share an entry of 20 bytes (runtime.findfuncbucket)
  const buckets = Math.ceil((m.maxpc - m.minpc) / 4096);
  claims.addMemory(m.findfunctab, buckets * 20, { kind: 'pclntab', symbol: 'runtime.findfunctab' });
  // a bit for each word of the variables with pointers; from Go 1.22 on packed
  const words = (m.edata - m.data) / image.ptrSize;
  if (m.gcbss > m.gcdata && m.gcbss - m.gcdata <= words)
    claims.addMemory(m.gcdata, m.gcbss - m.gcdata, { kind: 'gc masks', symbol: 'runtime.gcdata' });
}

/** A stretch of constants whose kind is known by its place. */
export interface Constants {
  from: number;
  to: number;
  kind: LedgerKind;
  symbol: string;
}

/**
 * Go's read-only data by the linker's order (cmd/link/internal/sym symkind.go): type descriptors and their names, string
 * constants, function values, gc masks, other constants. Where one kind ends the next begins; types and what has
 * pointers may be in a section of their own that becomes read-only after relocation.
 */
export function constantsOf(image: Image, m: Moduledata, data: TypeData): Constants[] {
  const regions: Constants[] = [];
  const region = (from: number, to: number, kind: LedgerKind, symbol: string) => {
    if (to > from) regions.push({ from, to, kind, symbol });
  };
  const [first, last] = mostMasks(data.masks);
  const home = homeOf(image, first?.addr ?? m.rodata);
  if (home === null) return regions;
  let at = Math.max(home.from, m.rodata < home.to ? m.rodata : 0);
  // up to Go 1.26 types come first where they share the section
  if (data.end > at && data.end <= (first?.addr ?? home.to)) at = data.end;
  if (first !== undefined) region(at, first.addr, 'strings', 'string constants');
  if (first !== undefined && last !== undefined) at = last.addr + last.size;
  const end = home.section !== null && !hasForeign(image) ? home.to : Math.min(home.to, lastTable(m, home));
  region(at, end, 'read-only data', 'constants');
  for (const s of image.sections) {
    if (/^\.data\.rel\.ro$|^__DATA_CONST,__rodata$/.test(s.name))
      region(s.addr, s.addr + s.fileSize, 'read-only data', 'constants with pointers');
  }
  return regions;
}

/** Claims what is known by its place only. */
export function claimConstants(
  claims: Claims,
  image: Image,
  m: Moduledata,
  data: TypeData,
  regions: Constants[],
): void {
  claims.addMemory(m.types, data.end - m.types, { kind: 'types', symbol: 'type names and alignment' });
  const [first, last] = mostMasks(data.masks);
  if (first !== undefined && last !== undefined)
    claims.addMemory(first.addr, last.addr + last.size - first.addr, { kind: 'gc masks', symbol: 'gc masks' });
  for (const { from, to, kind, symbol } of regions) claims.addMemory(from, to - from, { kind, symbol });
  const own = image.format === 'pe' && !hasForeign(image) ? '.data' : '';
  for (const s of image.sections)
    if (s.name === own) claims.add(s.offset, s.fileSize, { kind: 'data', symbol: "the linker's variables" });
}

/**
 * Whether a C linker put other objects into the sections that Go's data is in: the file asks for libraries, or has what
 * C compilers add to each object and Go's linker never makes. Mach-O has sections of its own for C's.
 */
export function hasForeign(image: Image): boolean {
  if (image.format === 'pe') return image.sections.some(s => s.name === '.CRT' || s.name === '.tls');
  if (image.format !== 'elf') return false;
  return image.libraries.length > 0 || image.sections.some(s => s.name === '.comment' || s.name === '.eh_frame');
}

/**
 * The first and last of the masks that lie together. One that lies elsewhere may be a string constant that has the same
 * bytes (up to Go 1.19).
 */
function mostMasks(masks: TypeData['masks']): [TypeData['masks'][0] | undefined, TypeData['masks'][0] | undefined] {
  let [from, to] = [0, 0];
  let start = 0;
  for (let i = 1; i <= masks.length; i++) {
    if (i < masks.length && masks[i].addr - masks[i - 1].addr < MASK_GAP) continue;
    if (i - start > to - from) [from, to] = [start, i];
    start = i;
  }
  return [masks[from], masks[to - 1]];
}

/** Distance between neighbouring masks that types use: those of variables lie between. */
const MASK_GAP = 16384;

/** Past the last table of Go's that is known to lie in a range: what a C linker puts behind is not Go's. */
function lastTable(m: Moduledata, home: { from: number; to: number }): number {
  let end = home.from;
  for (const addr of [m.gcdata, m.gcbss, m.etypes, m.findfunctab]) if (addr > end && addr <= home.to) end = addr;
  return end;
}

/** The section, or without sections the range of memory, that holds an address. */
function homeOf(image: Image, addr: number): { from: number; to: number; section: Section | null } | null {
  const section = image.sections.find(
    s => s.loaded && image.format !== 'wasm' && addr >= s.addr && addr < s.addr + s.memSize,
  );
  if (section !== undefined) return { from: section.addr, to: section.addr + section.memSize, section };
  const memory = memoryOf(image);
  const range = memory.indexOf(addr);
  return range < 0 ? null : { from: memory.ranges[range].addr, to: memory.ranges[range].end, section: null };
}

/**
 * What remains of the loaded sections: Go's own parts are bounded by moduledata, so it was put there by a C compiler or
 * the system's linker.
 */
export function claimForeign(claims: Claims, image: Image): void {
  if (image.format === 'wasm') return;
  for (const s of image.sections) {
    if (!s.loaded) continue;
    claims.add(s.offset, s.fileSize, { kind: s.exec ? 'foreign code' : 'foreign data', symbol: s.name });
  }
}
