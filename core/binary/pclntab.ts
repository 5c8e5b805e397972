/**
 * The function table of the Go runtime (pclntab): names, entry points, files and lines of every function, in stripped
 * files too. Layouts of Go 1.16, 1.18 and 1.20 (runtime/symtab.go, debug/gosym); the magic tells which.
 */
import { FormatError, Reader, readExact, utf8 } from './bytes.ts';
import type { Image } from './image.ts';
import { memoryRanges, sectionNamed } from './image.ts';

export const enum Version {
  Go116 = 116,
  Go118 = 118,
  Go120 = 120,
}

export interface Pclntab {
  version: Version;
  /** Address of the header in memory, and bytes to the end of the last record. */
  addr: number;
  size: number;
  ptrSize: number;
  /** Smallest instruction, in bytes; pc deltas are multiples of it. */
  quantum: number;
  /** Address that entries are relative to (runtime.text); Go 1.16: 0. */
  textStart: number;
  count: number;
  /** Offsets from the header to its parts. */
  names: number;
  cus: number;
  fileNames: number;
  pcs: number;
  funcs: number;
  bytes: Reader;
  /** Entry addresses, one more than functions: the last is the end of the text. */
  entries: Float64Array;
  /** Offset from `funcs` of each function's record. */
  records: Uint32Array;
}

/** One function's record, read on demand. */
export interface FuncRecord {
  name: string;
  /** Offset of the record from the header, and its length with the tables behind it. */
  offset: number;
  size: number;
  pcsp: number;
  pcfile: number;
  pcln: number;
  pcdata: number[];
  funcdata: number[];
  cu: number;
  /** Line of the func keyword, from 1; 0 when not recorded (before Go 1.20). */
  startLine: number;
}

const MAGICS: Record<number, Version> = {
  0xfffffffa: Version.Go116,
  0xfffffff0: Version.Go118,
  0xfffffff1: Version.Go120,
};
const NO_FUNCDATA = 0xffffffff;
/** Bytes of the header, where pointers have eight. */
const SMALLEST = 72;

/** Finds and checks the table; null when the file has none (not Go, or packed). */
export function readPclntab(image: Image): Pclntab | null {
  const named = sectionNamed(
    image,
    '.gopclntab',
    '.data.rel.ro.gopclntab',
    '__TEXT,__gopclntab',
    '__DATA_CONST,__gopclntab',
  );
  if (named !== null && named.fileSize > SMALLEST) {
    const bytes = readExact(image.source, named.offset, named.fileSize, 'pclntab');
    const table = tableAt(image, new Reader(bytes, image.littleEndian), named.addr);
    if (table !== null) return table;
  }
  for (const { addr, bytes } of memoryRanges(image)) {
    const table = search(image, bytes, addr);
    if (table !== null) return table;
  }
  return null;
}

/** Looks for the header's first eight bytes: magic, two zeros, instruction size, pointer size. */
function search(image: Image, bytes: Uint8Array, addr: number): Pclntab | null {
  const second = image.littleEndian ? 1 : 0;
  for (let at = bytes.indexOf(0xff, second); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const start = at - second;
    if (start % 4 !== 0 || start + SMALLEST > bytes.length) continue;
    if (bytes[start + 4] !== 0 || bytes[start + 5] !== 0 || (bytes[start + 7] !== 4 && bytes[start + 7] !== 8))
      continue;
    const table = tableAt(image, new Reader(bytes.subarray(start), image.littleEndian), addr + start);
    if (table !== null) return table;
  }
  return null;
}

function tableAt(image: Image, bytes: Reader, addr: number): Pclntab | null {
  if (bytes.length < SMALLEST) return null;
  const version = MAGICS[bytes.u32(0)];
  const quantum = bytes.u8(6);
  const ptrSize = bytes.u8(7);
  if (version === undefined || bytes.u16(4) !== 0) return null;
  if ((quantum !== 1 && quantum !== 2 && quantum !== 4) || (ptrSize !== 4 && ptrSize !== 8)) return null;
  const word = (i: number) => bytes.uptr(8 + i * ptrSize, ptrSize);
  const first = version === Version.Go116 ? 2 : 3;
  const count = word(0);
  const [names, cus, fileNames, pcs, funcs] = [0, 1, 2, 3, 4].map(i => word(first + i));
  const field = version === Version.Go116 ? ptrSize : 4;
  const tableSize = (2 * count + 1) * field;
  if (!(names <= cus && cus <= fileNames && fileNames <= pcs && pcs <= funcs && funcs + tableSize <= bytes.length))
    return null;
  const textStart = version === Version.Go116 ? 0 : word(2) || runtimeText(image, addr);
  const entries = new Float64Array(count + 1);
  const records = new Uint32Array(count);
  for (let i = 0; i <= count; i++) {
    entries[i] = textStart + bytes.uptr(funcs + 2 * i * field, field);
    if (i < count) records[i] = bytes.uptr(funcs + (2 * i + 1) * field, field);
  }
  const table: Pclntab = {
    version,
    addr,
    size: bytes.length,
    ptrSize,
    quantum,
    textStart,
    count,
    names,
    cus,
    fileNames,
    pcs,
    funcs,
    bytes,
    entries,
    records,
  };
  table.size = tableEnd(table);
  return table;
}

/** The text address where the header does not tell (Go 1.26 on): moduledata's, else symbol, else section. */
function runtimeText(image: Image, pclntabAddr: number): number {
  const data = findModuledata(image, pclntabAddr);
  if (data !== null) return data.text;
  const symbols = image.symbols();
  const index = symbols === null ? -1 : symbols.names.indexOf('runtime.text');
  if (index >= 0) return symbols!.addrs[index];
  return sectionNamed(image, '.text', '__TEXT,__text')?.addr ?? 0;
}

/** Past the last record of the table. */
function tableEnd(table: Pclntab): number {
  let end = table.funcs + (2 * table.count + 1) * (table.version === Version.Go116 ? table.ptrSize : 4);
  for (let i = Math.max(0, table.count - 1); i < table.count; i++) {
    const record = funcRecord(table, i);
    end = Math.max(end, record.offset + record.size);
  }
  return end;
}

/** The record of the i-th function. */
export function funcRecord(table: Pclntab, i: number): FuncRecord {
  const { bytes, ptrSize, version } = table;
  const offset = table.funcs + table.records[i];
  const at = offset + (version === Version.Go116 ? ptrSize : 4);
  const npcdata = bytes.u32(at + 24);
  // the fixed part ends with funcID, flag, padding and the number of funcdata, a byte each
  const tail = at + (version === Version.Go120 ? 40 : 36);
  const nfuncdata = bytes.u8(tail - 1);
  if (tail + 4 * npcdata > bytes.length) throw new FormatError(`function record ${i} claims ${npcdata} tables`);
  const pcdata: number[] = [];
  for (let k = 0; k < npcdata; k++) pcdata.push(bytes.u32(tail + 4 * k));
  const funcdata: number[] = [];
  let end = tail + 4 * npcdata;
  if (version === Version.Go116) {
    end = Math.ceil(end / ptrSize) * ptrSize;
    for (let k = 0; k < nfuncdata; k++) funcdata.push(bytes.uptr(end + k * ptrSize, ptrSize));
    end += nfuncdata * ptrSize;
  } else {
    for (let k = 0; k < nfuncdata; k++) funcdata.push(bytes.u32(end + 4 * k));
    end += 4 * nfuncdata;
  }
  return {
    name: nameAt(table, bytes.u32(at)),
    offset,
    size: end - offset,
    pcsp: bytes.u32(at + 12),
    pcfile: bytes.u32(at + 16),
    pcln: bytes.u32(at + 20),
    pcdata,
    funcdata: funcdata.filter(f => f !== NO_FUNCDATA),
    cu: bytes.u32(at + 28),
    startLine: version === Version.Go120 ? bytes.u32(at + 32) : 0,
  };
}

/** A function's name; generic instances carry their arguments as `[...]`. */
export function nameAt(table: Pclntab, offset: number): string {
  const start = table.names + offset;
  const { bytes } = table.bytes;
  let end = start;
  while (end < bytes.length && bytes[end] !== 0) end++;
  return utf8(bytes, start, end);
}

/** Length in the pc table of the varint pairs that begin at `offset`; 0 for none. */
export function pcTableSize(table: Pclntab, offset: number): number {
  if (offset === 0) return 0;
  const { bytes } = table.bytes;
  const start = table.pcs + offset;
  let at = start;
  let first = true;
  while (at < bytes.length) {
    // a value delta of zero, which needs one byte, ends the table, except as its first pair
    if (bytes[at] === 0 && !first) return at + 1 - start;
    while (at < bytes.length && bytes[at] >= 0x80) at++;
    at++;
    while (at < bytes.length && bytes[at] >= 0x80) at++;
    at++;
    first = false;
  }
  return bytes.length - start;
}

/** The value of a pc table at the function's entry: for `pcfile` and `pcln` the first file and line. */
export function pcValueAtEntry(table: Pclntab, offset: number): number {
  if (offset === 0) return -1;
  const { bytes } = table.bytes;
  let at = table.pcs + offset;
  let value = 0;
  for (let scale = 1; at < bytes.length; scale *= 128) {
    value += (bytes[at] & 0x7f) * scale;
    if (bytes[at++] < 0x80) break;
  }
  return -1 + (value % 2 === 1 ? -(value + 1) / 2 : value / 2);
}

/** Source file of a function's first instruction, empty when unknown. */
export function fileOf(table: Pclntab, record: FuncRecord): string {
  const index = pcValueAtEntry(table, record.pcfile);
  if (index < 0) return '';
  const slot = table.cus + 4 * (record.cu + index);
  if (slot + 4 > table.bytes.length) return '';
  const name = table.bytes.u32(slot);
  if (name === 0xffffffff || table.fileNames + name >= table.bytes.length) return '';
  return table.bytes.cstring(table.fileNames + name);
}

/** What the runtime's moduledata says of the layout: addresses, [start, end) pairs. */
export interface Moduledata {
  /** Address of the structure itself and its size up to what is read here. */
  addr: number;
  size: number;
  text: number;
  etext: number;
  types: number;
  etypes: number;
  rodata: number;
  gofunc: number;
  gcdata: number;
  gcbss: number;
  end: number;
  noptrdata: number;
  enoptrdata: number;
  data: number;
  edata: number;
  bss: number;
  noptrbss: number;
  findfunctab: number;
  typelinks: { addr: number; count: number };
  itablinks: { addr: number; count: number };
}

/** Finds moduledata by its first word, the address of pclntab, and checks that what follows makes sense. */
export function findModuledata(image: Image, pclntabAddr: number): Moduledata | null {
  const { ptrSize } = image;
  for (const { addr, bytes, exec } of memoryRanges(image)) {
    if (exec && image.format !== 'macho') continue;
    const data = new Reader(bytes, image.littleEndian);
    const low = pclntabAddr % 0x100000000;
    const skip = (ptrSize - (addr % ptrSize)) % ptrSize;
    for (let at = skip; at + 45 * ptrSize <= data.length; at += ptrSize) {
      if (data.u32(image.littleEndian || ptrSize === 4 ? at : at + 4) !== low || data.uptr(at, ptrSize) !== pclntabAddr)
        continue;
      for (const shift of [0, -2]) {
        const found = moduledataAt(data, at, addr, ptrSize, shift);
        if (found !== null) return found;
      }
    }
  }
  return null;
}

/** `shift` words less than Go 1.20's layout: 1.18 and 1.19 have no coverage counters. */
function moduledataAt(data: Reader, at: number, base: number, ptrSize: number, shift: number): Moduledata | null {
  const word = (i: number) => data.uptr(at + i * ptrSize, ptrSize);
  const late = (i: number) => word(i + shift);
  const text = word(22);
  const etext = word(23);
  const minpc = word(20);
  const maxpc = word(21);
  const types = late(37);
  const etypes = late(38);
  if (!(text <= minpc && minpc < maxpc && text < etext && types <= etypes && etypes > 0)) return null;
  if (!(late(34) >= etext || late(34) === 0)) return null;
  // 1.26 added epclntab before textsectmap; a slice's length equals its capacity, which tells the two layouts apart
  const slice = (i: number) => ({ addr: late(i), count: late(i + 1) });
  const isSlice = (i: number) => late(i + 1) === late(i + 2) && (late(i) !== 0 || late(i + 1) === 0);
  const links = isSlice(44) && isSlice(47) ? 44 : 45;
  return {
    addr: base + at,
    size: (links + 6 + shift) * ptrSize,
    text,
    etext,
    types,
    etypes,
    rodata: late(39),
    gofunc: late(40),
    gcdata: late(35),
    gcbss: late(36),
    end: late(34),
    noptrdata: word(24),
    enoptrdata: word(25),
    data: word(26),
    edata: word(27),
    bss: word(28),
    noptrbss: word(30),
    findfunctab: word(19),
    typelinks: slice(links),
    itablinks: slice(links + 3),
  };
}
