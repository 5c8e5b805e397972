/** What the bytes of an executable are: the evidence, most certain first, as claims for the ledger. */
import { readBuildInfo } from '../binary/buildinfo.ts';
import type { Image, Section, Symbols } from '../binary/image.ts';

import type { WasmImage } from '../binary/wasm.ts';
import type { Moduledata, Pclntab } from '../binary/pclntab.ts';
import { Version, fileOf, findModuledata, funcRecord, pcTableSize, readPclntab } from '../binary/pclntab.ts';
import { readTypes, type TypeData } from '../binary/types.ts';
import { packageOfSymbol } from '../names/symbol.ts';
import type { Ledger, LedgerKind } from './ledger.ts';
import { Claims } from './ledger.ts';

const LETTER_T = 0x54;
const LETTER_LOCAL_T = 0x74;

/** The ledger of an executable. Costs one pass over functions, symbols and sections. */
export function ledgerOf(image: Image): Ledger {
  const claims = new Claims(image);
  const symbols = image.symbols();
  const table = readPclntab(image);
  const moduledata = table === null ? null : findModuledata(image, table.addr);
  for (const part of image.parts) {
    const kind: LedgerKind =
      part.kind === 'symbols' || part.kind === 'strings'
        ? 'symbols'
        : part.kind === 'relocations'
          ? 'relocations'
          : 'header';
    claims.add(part.offset, part.size, { kind, symbol: part.name });
  }
  const info = readBuildInfo(image);
  if (info !== null) {
    const claim = { kind: 'build info', symbol: 'runtime.buildInfo' } as const;
    if (isWasm(image)) claims.addMemory(info.at, info.size, claim);
    else claims.add(info.at, info.size, claim);
  }
  if (table !== null) {
    if (isWasm(image)) claimBodies(claims, image, table);
    else claimFunctions(claims, table, symbols);
  }
  if (table !== null) claimPclntab(claims, table);
  if (table !== null && moduledata !== null) claimFuncdata(claims, image, table, moduledata);
  const types = moduledata === null ? null : readTypes(image, moduledata, minorOf(info?.goVersion ?? ''));
  if (types !== null) claimTypes(claims, types);
  if (symbols !== null && !isWasm(image)) claimSymbols(claims, symbols);
  if (symbols !== null) claimRanges(claims, symbols);
  if (moduledata !== null) claimModuledata(claims, image, moduledata);
  if (moduledata !== null && types !== null) claimReadOnly(claims, moduledata, types);
  for (const section of image.sections) claimSection(claims, section);
  return claims.ledger();
}

/** Code of each Go function; alignment between functions counts as padding where symbols tell the true size. */
function claimFunctions(claims: Claims, table: Pclntab, symbols: Symbols | null): void {
  const sizes = new Map<number, number>();
  if (symbols !== null) {
    for (let i = 0; i < symbols.names.length; i++) {
      const code = symbols.codes[i];
      if ((code === LETTER_T || code === LETTER_LOCAL_T) && symbols.sizes[i] > 0)
        sizes.set(symbols.addrs[i], symbols.sizes[i]);
    }
  }
  const files = new Map<number, string>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    const addr = table.entries[i];
    const room = table.entries[i + 1] - addr;
    if (!(room > 0)) continue;
    const size = Math.min(sizes.get(addr) ?? room, room);
    const pkg = packageOfSymbol(record.name);
    const key = record.cu * 65536 + record.pcfile;
    let file = files.get(key);
    if (file === undefined) {
      file = fileOf(table, record);
      files.set(key, file);
    }
    claims.addMemory(addr, size, { kind: 'code', pkg, symbol: record.name, file });
    claims.addMemory(addr + size, room - size, { kind: 'padding', symbol: 'between functions' });
  }
}

function isWasm(image: Image): image is WasmImage {
  return image.format === 'wasm';
}

/** Wasm: bodies stand in the order of the function table; any that come before are not Go's. */
function claimBodies(claims: Claims, image: WasmImage, table: Pclntab): void {
  const bodiesBefore = Math.max(0, image.functions.length - table.count);
  for (let i = 0; i < table.count; i++) {
    const body = image.functions[i + bodiesBefore];
    if (body === undefined) break;
    const record = funcRecord(table, i);
    const pkg = packageOfSymbol(record.name);
    claims.add(body.offset, body.size, { kind: 'code', pkg, symbol: record.name, file: fileOf(table, record) });
  }
  for (const header of image.segmentHeaders)
    claims.add(header.offset, header.size, { kind: 'header', symbol: 'data segments' });
}

/** pclntab by part: each name, record and pc table belongs to the function that uses it first. */
function claimPclntab(claims: Claims, table: Pclntab): void {
  const own = (offset: number, size: number, pkg: string, symbol: string) =>
    claims.addMemory(table.addr + offset, size, { kind: 'pclntab', pkg, symbol });
  const word = table.version === Version.Go116 ? table.ptrSize : 4;
  own(0, 8 + 8 * table.ptrSize, '', 'pclntab header');
  const seen = new Set<number>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    const pkg = packageOfSymbol(record.name);
    own(record.offset, record.size, pkg, record.name);
    const nameOffset = table.names + nameIndex(table, record.offset);
    if (!seen.has(-nameOffset)) {
      seen.add(-nameOffset);
      own(nameOffset, record.name.length + 1, pkg, record.name);
    }
    for (const pcs of [record.pcsp, record.pcfile, record.pcln, ...record.pcdata]) {
      if (pcs === 0 || seen.has(pcs)) continue;
      seen.add(pcs);
      own(table.pcs + pcs, pcTableSize(table, pcs), pkg, record.name);
    }
  }
  own(table.funcs, (2 * table.count + 1) * word, '', 'function index');
  own(table.names, table.cus - table.names, '', 'function names');
  own(table.cus, table.fileNames - table.cus, '', 'compilation units');
  own(table.fileNames, table.pcs - table.fileNames, '', 'file names');
  own(table.pcs, table.funcs - table.pcs, '', 'pc tables');
  own(table.funcs, table.size - table.funcs, '', 'function records');
}

function nameIndex(table: Pclntab, recordOffset: number): number {
  return table.bytes.u32(recordOffset + (table.version === Version.Go116 ? table.ptrSize : 4));
}

/** Funcdata reaches from its offset to the next one that any function uses. */
function claimFuncdata(claims: Claims, image: Image, table: Pclntab, moduledata: Moduledata): void {
  if (table.version === Version.Go116 || moduledata.gofunc === 0) return;
  const users = new Map<number, string>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    for (const offset of record.funcdata) if (!users.has(offset)) users.set(offset, record.name);
  }
  const offsets = Float64Array.from(users.keys()).sort();
  const end = funcdataEnd(image, moduledata);
  for (let i = 0; i < offsets.length; i++) {
    const from = moduledata.gofunc + offsets[i];
    const to = i + 1 < offsets.length ? moduledata.gofunc + offsets[i + 1] : Math.min(from + 64, end);
    if (to > end) break;
    const symbol = users.get(offsets[i])!;
    claims.addMemory(from, to - from, { kind: 'funcdata', pkg: packageOfSymbol(symbol), symbol });
  }
}

/** Funcdata ends where the next known table or its section does. */
function funcdataEnd(image: Image, moduledata: Moduledata): number {
  let end = Number.POSITIVE_INFINITY;
  for (const addr of [moduledata.findfunctab, moduledata.typelinks.addr, moduledata.itablinks.addr]) {
    if (addr > moduledata.gofunc) end = Math.min(end, addr);
  }
  if (isWasm(image)) return end;
  for (const load of image.loads) {
    if (moduledata.gofunc >= load.addr && moduledata.gofunc < load.addr + load.memSize)
      end = Math.min(end, load.addr + load.memSize);
  }
  return end;
}

/** The release's second number, 26 for go1.26.8; the newest known when there is none (a development version). */
function minorOf(goVersion: string): number {
  const match = /\bgo1\.(\d+)/.exec(goVersion);
  return match === null ? 26 : Number(match[1]);
}

/** Type descriptors, and the names of types, fields and methods by the type that uses them. */
function claimTypes(claims: Claims, data: TypeData): void {
  for (const type of data.types)
    claims.addMemory(type.addr, type.size, { kind: 'types', pkg: type.pkg, symbol: type.name });
  for (const name of data.names) {
    const type = data.types[name.user];
    claims.addMemory(name.addr, name.size, { kind: 'types', pkg: type?.pkg ?? '', symbol: type?.name ?? '' });
  }
}

/**
 * The read-only data by its order, which is the linker's: types with their names, string constants, function values, gc
 * masks, other constants. Where one kind ends the next begins.
 */
function claimReadOnly(claims: Claims, m: Moduledata, data: TypeData): void {
  const { end } = data;
  claims.addMemory(m.types, end - m.types, { kind: 'types', symbol: 'type names and alignment' });
  const next = Math.min(data.firstMask, data.firstEqual);
  if (Number.isFinite(next)) claims.addMemory(end, next - end, { kind: 'strings', symbol: 'string constants' });
  if (data.firstEqual < data.firstMask && Number.isFinite(data.firstMask)) {
    claims.addMemory(data.firstEqual, data.firstMask - data.firstEqual, {
      kind: 'read-only data',
      symbol: 'function values',
    });
  }
  claims.addMemory(data.firstMask, m.gcdata - data.firstMask, { kind: 'gc masks', symbol: 'gc masks' });
  const rest = Math.max(m.gcdata, m.gcbss, end);
  claims.addMemory(rest, m.etypes - rest, { kind: 'read-only data', symbol: 'constants' });
}

/** Sized symbols outside the Go functions: data, tables, foreign code. */
function claimSymbols(claims: Claims, symbols: Symbols): void {
  for (let i = 0; i < symbols.names.length; i++) {
    const size = symbols.sizes[i];
    const name = symbols.names[i];
    if (!(size > 0) || CONTAINERS.has(name)) continue;
    const letter = String.fromCharCode(symbols.codes[i]).toUpperCase();
    const kind = symbolKind(name, letter);
    if (kind === null) continue;
    claims.addMemory(symbols.addrs[i], size, {
      kind,
      pkg: kind === 'foreign code' ? '' : packageOfSymbol(name),
      symbol: name,
    });
  }
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
  'go:string.*',
  'go:func.*',
  'go:funcdesc',
  'type:*',
  'runtime.gcbits.*',
]);

function symbolKind(name: string, letter: string): LedgerKind | null {
  if (letter === 'T') return 'foreign code';
  if (name.startsWith('type:')) return 'types';
  if (name.startsWith('go:itab.')) return 'itabs';
  if (name.startsWith('go:string.')) return 'strings';
  if (name.startsWith('runtime.gcbits.') || name === 'runtime.gcdata' || name === 'runtime.gcbss') return 'gc masks';
  if (name === 'runtime.findfunctab') return 'pclntab';
  if (letter === 'R') return 'read-only data';
  if (letter === 'D') return 'data';
  return null;
}

/** The ranges between marker symbols of the read-only data: types, strings, function values, gc masks. */
function claimRanges(claims: Claims, symbols: Symbols): void {
  const at = new Map<string, number>();
  for (let i = 0; i < symbols.names.length; i++) {
    if (CONTAINERS.has(symbols.names[i])) at.set(symbols.names[i], symbols.addrs[i]);
  }
  const marks = [...at].sort((a, b) => a[1] - b[1]);
  const kinds: Record<string, LedgerKind> = {
    'type:*': 'types',
    'go:string.*': 'strings',
    'go:funcdesc': 'read-only data',
    'runtime.gcbits.*': 'gc masks',
  };
  for (const [name, addr] of marks) {
    const kind = kinds[name];
    const next = marks.find(m => m[1] > addr);
    if (kind === undefined || next === undefined) continue;
    claims.addMemory(addr, next[1] - addr, { kind, symbol: name });
  }
}

function claimModuledata(claims: Claims, image: Image, m: Moduledata): void {
  claims.addMemory(m.addr, m.size, { kind: 'data', pkg: 'runtime', symbol: 'runtime.firstmoduledata' });
  claims.addMemory(m.noptrdata, m.enoptrdata - m.noptrdata, { kind: 'data', symbol: 'variables without pointers' });
  claims.addMemory(m.data, m.edata - m.data, { kind: 'data', symbol: 'variables with pointers' });
  claims.addMemory(m.typelinks.addr, m.typelinks.count * 4, { kind: 'types', symbol: 'runtime.typelink' });
  claims.addMemory(m.itablinks.addr, m.itablinks.count * image.ptrSize, { kind: 'itabs', symbol: 'runtime.itablink' });
  // 16 buckets of 256 bytes of code share an entry of 20 bytes (runtime.findfuncbucket)
  const buckets = Math.ceil((m.etext - m.text) / 4096);
  claims.addMemory(m.findfunctab, buckets * 20, { kind: 'pclntab', symbol: 'runtime.findfunctab' });
}

/** Sections of a Wasm module that describe it to the engine. */
const WASM_TABLES = new Set(
  'type import function table memory global export start element producers go:buildid'.split(' '),
);

/** What a section is as a whole, for the bytes that nothing above tells. Read-only and writable data stay unknown. */
function claimSection(claims: Claims, section: Section): void {
  const name = section.name.replace(/^__[A-Z_]+,/, '').replace(/^(?:__|\.)/, '');
  const claim = (kind: LedgerKind) => claims.add(section.offset, section.fileSize, { kind, symbol: section.name });
  if (/^z?debug_|^apple_/.test(name)) claim('dwarf');
  else if (/^(?:data\.rel\.ro\.)?(?:typelink)$/.test(name)) claim('types');
  else if (/^(?:data\.rel\.ro\.)?(?:itablink)$/.test(name)) claim('itabs');
  else if (/gopclntab$/.test(name)) claim('pclntab');
  else if (/^(?:rela?[._]|rel\.|reloc$)/.test(name)) claim('relocations');
  else if (/^(?:symtab|strtab|shstrtab|dynsym|dynstr|gnu\.version(?:_r)?|hash|gnu\.hash|name)$/.test(name))
    claim('symbols');
  else if (/^(?:interp|dynamic|note\b.*|got|got\.plt|plt|eh_frame|eh_frame_hdr|idata|xdata|pdata|edata)$/.test(name))
    claim('header');
  else if (WASM_TABLES.has(name)) claim('header');
  else if (/^go[._]buildinfo$|^go\.buildinfo$/.test(name)) claim('build info');
}
