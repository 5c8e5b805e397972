/**
 * The function table of the Go runtime (pclntab): names, entry points, files and lines of every function, in stripped
 * files too. Layouts of Go 1.16, 1.18 and 1.20 (runtime/symtab.go, debug/gosym); the magic tells which.
 */
import { FormatError, NAME_LIMIT, Reader, textsIn } from './bytes.ts';
import type { Image } from './image.ts';
import { sectionNamed } from './image.ts';
import { memoryOf } from './memory.ts';
import { findModuledata } from './moduledata.ts';

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
  /** A function's name by its offset from `names`; generic instances carry their arguments as `[...]`. */
  name(offset: number): string;
  /** Entry addresses, one more than functions: the last is the end of the text. */
  entries: Float64Array;
  /** Offset from `funcs` of each function's record. */
  records: Uint32Array;
}

/** One function's record, read on demand. */
export interface FuncRecord {
  name: string;
  /** Where the name stands among the names, and its bytes without the zero. */
  nameAt: number;
  nameSize: number;
  /** Offset of the record from the header, and its length with the tables behind it. */
  offset: number;
  size: number;
  pcsp: number;
  pcfile: number;
  pcln: number;
  /** Where the offsets of its pcdata and funcdata stand, from the header, and how many. */
  pcdataAt: number;
  pcdataCount: number;
  funcdataAt: number;
  funcdataCount: number;
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
/** A file that is in no line table. */
const NO_NAME = 0xffffffff;
/** Tables of pcdata that a function may have: internal/abi knows five. */
const MOST_TABLES = 256;
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
  const memory = memoryOf(image);
  if (named !== null && named.fileSize > SMALLEST) {
    const i = memory.indexOf(named.addr);
    if (i >= 0) {
      const reader = memory.reader(i);
      const at = named.addr - memory.ranges[i].addr;
      const table = tableAt(image, reader.slice(at, Math.min(named.fileSize, reader.length - at)), named.addr, true);
      if (table !== null) return table;
    }
  }
  // where a linker put it into a section of its own name: the read-only ranges first
  for (const exec of [false, true]) {
    for (const [i, range] of memory.ranges.entries()) {
      if (range.exec !== exec) continue;
      const table = search(image, memory.reader(i).bytes, range.addr);
      if (table !== null) return table;
    }
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
    const table = tableAt(image, new Reader(bytes.subarray(start), image.littleEndian), addr + start, false);
    if (table !== null) return table;
  }
  return null;
}

/** `named`: its section says what it is, whatever the magic, which obfuscators (garble) replace. */
function tableAt(image: Image, bytes: Reader, addr: number, named: boolean): Pclntab | null {
  if (bytes.length < SMALLEST) return null;
  const version = MAGICS[bytes.u32(0)] ?? (named ? Version.Go120 : undefined);
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
    if (MAGICS[bytes.u32(0)] === undefined && i > 0 && entries[i] < entries[i - 1]) return null;
  }
  let texts: ((offset: number) => string) | null = null;
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
    name: offset => (texts ??= textsIn(bytes.bytes.subarray(names, cus), image.source))(offset),
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
  if (npcdata > MOST_TABLES || tail + 4 * npcdata > bytes.length)
    throw new FormatError(`function record ${i} claims ${npcdata} tables`);
  const pcdataAt = tail;
  const word = version === Version.Go116 ? ptrSize : 4;
  const funcdataAt = Math.ceil((tail + 4 * npcdata) / word) * word;
  const end = funcdataAt + nfuncdata * word;
  if (end > bytes.length) throw new FormatError(`function record ${i} claims ${nfuncdata} parts of funcdata`);
  const nameAt = bytes.u32(at);
  const nameStart = table.names + nameAt;
  const zero = nameStart < bytes.length ? bytes.bytes.indexOf(0, nameStart) : -1;
  const nameEnd = Math.min(zero < 0 ? bytes.length : zero, nameStart + NAME_LIMIT);
  return {
    name: table.name(nameAt),
    nameAt,
    nameSize: Math.max(0, nameEnd - nameStart),
    offset,
    size: end - offset,
    pcsp: bytes.u32(at + 12),
    pcfile: bytes.u32(at + 16),
    pcln: bytes.u32(at + 20),
    pcdataAt,
    pcdataCount: npcdata,
    funcdataAt,
    funcdataCount: nfuncdata,
    cu: bytes.u32(at + 28),
    startLine: version === Version.Go120 ? bytes.u32(at + 32) : 0,
  };
}

/** Offset in the pc tables of a function's k-th pcdata; 0 for none. */
export function pcdataOf(table: Pclntab, { pcdataAt, pcdataCount }: FuncRecord, k: number): number {
  return k < pcdataCount ? table.bytes.u32(pcdataAt + 4 * k) : 0;
}

/** A function's k-th funcdata: its offset from moduledata's gofunc, in Go 1.16 its address; -1 for none. */
export function funcdataOf({ bytes, version, ptrSize }: Pclntab, { funcdataAt }: FuncRecord, k: number): number {
  const at = version === Version.Go116 ? bytes.uptr(funcdataAt + k * ptrSize, ptrSize) : bytes.u32(funcdataAt + 4 * k);
  return at === NO_FUNCDATA ? -1 : at;
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

/** Where the name of a function's file of that number stands among the names of files, or -1 (runtime funcfile). */
export function fileNameAt(table: Pclntab, record: FuncRecord, index: number): number {
  const slot = table.cus + 4 * (record.cu + index);
  if (index < 0 || slot + 4 > table.bytes.length) return -1;
  const name = table.bytes.u32(slot);
  return name === NO_NAME || table.fileNames + name >= table.bytes.length ? -1 : name;
}

/** Source file of a function's first instruction, empty when unknown. */
export function fileOf(table: Pclntab, record: FuncRecord): string {
  const name = fileNameAt(table, record, pcValueAtEntry(table, record.pcfile));
  return name < 0 ? '' : table.bytes.cstring(table.fileNames + name);
}
