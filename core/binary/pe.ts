/** PE/COFF images, 32 and 64 bit (Microsoft's PE format; Go's debug/pe for what nm shows). */
import type { ByteSource } from './bytes.ts';
import { FormatError, Reader, readExact, utf8 } from './bytes.ts';
import { type Image, Letter, type Part, type Section, sizesFromNext, type Symbols } from './image.ts';

const MACHINES: Record<number, string> = { 0x14c: '386', 0x8664: 'amd64', 0x1c0: 'arm', 0x1c4: 'arm', 0xaa64: 'arm64' };
const CNT_CODE = 0x20;
const CNT_DATA = 0x40;
const CNT_BSS = 0x80;
const MEM_EXECUTE = 0x20000000;
const MEM_WRITE = 0x80000000;
const SECTION_SIZE = 40;
const SYMBOL_SIZE = 18;
const RELOCATION_SIZE = 10;
const SYM_ABSOLUTE = -1;

interface Raw {
  section: Section;
  characteristics: number;
  relocOffset: number;
  relocCount: number;
}

/** The directory of certificates, by which a file is signed (Authenticode). */
const SECURITY = 4;

/** The headers, as far as they are needed. */
interface Head {
  machine: number;
  flags: number;
  wide: boolean;
  entry: number;
  base: number;
  headersSize: number;
  dynamicBase: boolean;
  optional: Reader;
  sectionCount: number;
  /** Where the section headers begin in the file. */
  sectionsAt: number;
  symbolsAt: number;
  symbolCount: number;
}

export function openPe(source: ByteSource): Image {
  const head = readHead(source);
  const { machine, flags, wide, entry, base, dynamicBase, optional, symbolsAt, symbolCount } = head;
  const strings = readStrings(source, head);
  const stringAt = (offset: number) => {
    const end = strings.indexOf(0, offset);
    return utf8(strings, offset, end < 0 ? strings.length : end);
  };
  const raws = readSections(source, head, stringAt);
  const loads = loadsOf(source, head, raws);
  return {
    format: 'pe',
    source,
    littleEndian: true,
    ptrSize: wide ? 8 : 4,
    goarch: MACHINES[machine] ?? '',
    goos: 'windows',
    base,
    entry: base + entry,
    sections: raws.map(r => r.section),
    parts: partsOf(source, head, raws, strings.length),
    loads,
    type: flags & 0x2000 ? 'shared' : dynamicBase ? 'pie' : 'exec',
    libraries: importedLibraries(source, optional, wide, base, loads),
    pointerFixups: () => null,
    memory: null,
    symbols: () => readSymbols(source, symbolsAt, symbolCount, raws, stringAt),
  };
}

function readHead(source: ByteSource): Head {
  const dos = new Reader(readExact(source, 0, 64, 'the DOS header'), true);
  const start = dos.u32(60);
  const head = new Reader(readExact(source, start, 24, 'the PE header'), true);
  if (head.latin1(0, 4) !== 'PE\0\0') throw new FormatError('a DOS program without a PE header');
  const optionalSize = head.u16(20);
  const optional = new Reader(readExact(source, start + 24, optionalSize, 'the optional header'), true);
  const magic = optionalSize >= 2 ? optional.u16(0) : 0;
  if (magic !== 0x10b && magic !== 0x20b) throw new FormatError('a PE object without an optional header is no program');
  const wide = magic === 0x20b;
  return {
    machine: head.u16(4),
    flags: head.u16(22),
    wide,
    entry: optional.u32(16),
    base: wide ? optional.u64(24) : optional.u32(28),
    headersSize: optional.u32(60),
    dynamicBase: (optional.u16(70) & 0x40) !== 0,
    optional,
    sectionCount: head.u16(6),
    sectionsAt: start + 24 + optionalSize,
    symbolsAt: head.u32(12),
    symbolCount: head.u32(16),
  };
}

const stringsAt = ({ symbolsAt, symbolCount }: Head): number => symbolsAt + symbolCount * SYMBOL_SIZE;

/** Long names, of symbols and of sections: they stand behind the symbols, and begin with their size. */
function readStrings(source: ByteSource, head: Head): Uint8Array {
  const at = stringsAt(head);
  if (head.symbolsAt === 0 || at + 4 > source.size) return new Uint8Array(0);
  const size = new Reader(readExact(source, at, 4, 'the string table'), true).u32(0);
  return readExact(source, at, Math.min(size, source.size - at), 'the string table');
}

function readSections(source: ByteSource, head: Head, stringAt: (offset: number) => string): Raw[] {
  const { sectionCount, sectionsAt, base } = head;
  const table = new Reader(readExact(source, sectionsAt, sectionCount * SECTION_SIZE, 'the section headers'), true);
  const raws: Raw[] = [];
  for (let i = 0; i < sectionCount; i++) {
    const at = i * SECTION_SIZE;
    let name = fixedString(table, at, 8);
    if (/^\/\d+$/.test(name)) name = stringAt(Number(name.slice(1)));
    const memSize = table.u32(at + 8);
    const rawSize = table.u32(at + 16);
    const offset = table.u32(at + 20);
    const characteristics = table.u32(at + 36);
    const fileSize = (characteristics & CNT_BSS) !== 0 && offset === 0 ? 0 : rawSize;
    if (fileSize > 0 && offset + fileSize > source.size) {
      throw new FormatError(
        `section ${name} ends at byte ${offset + fileSize}, but the file has ${source.size}: it is truncated`,
      );
    }
    // bit 25: the linker drops the section from memory once loaded (debug information)
    const discardable = (characteristics & 0x02000000) !== 0;
    raws.push({
      section: {
        name,
        addr: base + table.u32(at + 12),
        memSize: discardable ? 0 : memSize,
        offset,
        fileSize,
        exec: (characteristics & MEM_EXECUTE) !== 0,
        write: (characteristics & MEM_WRITE) !== 0,
        loaded: !discardable,
        compressed: name.startsWith('.zdebug_'),
      },
      characteristics,
      relocOffset: table.u32(at + 24),
      relocCount: table.u16(at + 32),
    });
  }
  return raws;
}

/** Headers, symbols, their names, relocations of sections, the signature. */
function partsOf(source: ByteSource, head: Head, raws: readonly Raw[], stringsSize: number): Part[] {
  const { sectionsAt, sectionCount, symbolsAt, symbolCount, wide, optional } = head;
  const headers = sectionsAt + sectionCount * SECTION_SIZE;
  const parts: Part[] = [{ kind: 'header', name: 'DOS and PE headers', offset: 0, size: headers }];
  if (symbolsAt > 0 && symbolCount > 0) {
    parts.push({ kind: 'symbols', name: 'COFF symbols', offset: symbolsAt, size: symbolCount * SYMBOL_SIZE });
    parts.push({ kind: 'strings', name: 'COFF strings', offset: stringsAt(head), size: stringsSize });
  }
  for (const { section, relocOffset, relocCount } of raws)
    if (relocCount > 0)
      parts.push({ kind: 'relocations', name: section.name, offset: relocOffset, size: relocCount * RELOCATION_SIZE });
  // in this directory alone the place is one of the file, since it is not loaded
  const directories = wide ? 112 : 96;
  const directory = directories + 8 * SECURITY;
  if (optional.length >= directory + 8 && optional.u32(directories - 4) > SECURITY) {
    const [offset, size] = [optional.u32(directory), optional.u32(directory + 4)];
    if (size > 0 && offset + size <= source.size) parts.push({ kind: 'signature', name: 'signature', offset, size });
  }
  return parts;
}

/** Sections and, before them, the headers. */
function loadsOf(source: ByteSource, { base, headersSize }: Head, raws: readonly Raw[]): Image['loads'] {
  const loads = raws.map(({ section: { addr, memSize, offset, fileSize, write, exec } }) => ({
    addr,
    memSize,
    offset,
    fileSize,
    write,
    exec,
  }));
  const fileSize = Math.min(headersSize, source.size);
  loads.push({ addr: base, memSize: headersSize, offset: 0, fileSize, write: false, exec: false });
  return loads.sort((a, b) => a.addr - b.addr);
}

/** More than any program asks for. */
const MAX_LIBRARIES = 4096;

/** The names in the import directory: 20 bytes a library, the last all zero. None where it lies nowhere in the file. */
function importedLibraries(
  source: ByteSource,
  optional: Reader,
  wide: boolean,
  base: number,
  loads: Image['loads'],
): string[] {
  const directory = wide ? 120 : 104;
  if (optional.length < directory + 8 || optional.u32(directory - 12) < 2) return [];
  const at = (rva: number, length: number): Reader | null => {
    const load = loads.find(l => base + rva >= l.addr && base + rva + length <= l.addr + l.fileSize);
    return load ? new Reader(source.read(load.offset + (base + rva - load.addr), length), true) : null;
  };
  const out: string[] = [];
  const rva = optional.u32(directory);
  for (let i = 0; rva > 0 && i < MAX_LIBRARIES; i++) {
    const entry = at(rva + i * 20, 20);
    const name = entry?.u32(12) ?? 0;
    if (name === 0) break;
    const load = loads.find(l => base + name >= l.addr && base + name < l.addr + l.fileSize);
    const room = load ? Math.min(256, load.addr + load.fileSize - base - name) : 0;
    const text = at(name, room)?.cstring(0) ?? '';
    if (text !== '') out.push(text);
  }
  return out;
}

function fixedString(reader: Reader, offset: number, size: number): string {
  let end = offset;
  while (end < offset + size && reader.u8(end) !== 0) end++;
  return utf8(reader.bytes, offset, end);
}

/** Letters and the missing sizes as in cmd/internal/objfile pe.go. Auxiliary records are skipped. */
function readSymbols(
  source: ByteSource,
  offset: number,
  total: number,
  raws: Raw[],
  stringAt: (offset: number) => string,
): Symbols | null {
  if (offset === 0 || total === 0) return null;
  const table = new Reader(readExact(source, offset, total * SYMBOL_SIZE, 'the symbol table'), true);
  const names: string[] = [];
  const addrs = new Float64Array(total);
  const codes = new Uint8Array(total);
  let count = 0;
  for (let i = 0; i < total; i++) {
    const at = i * SYMBOL_SIZE;
    const long = table.u32(at) === 0;
    names.push(long ? stringAt(table.u32(at + 4)) : fixedString(table, at, 8));
    let addr = table.u32(at + 8);
    const section = table.i16(at + 12);
    let code = Letter.Unknown;
    if (section === 0) code = Letter.Undefined;
    else if (section === SYM_ABSOLUTE) code = Letter.Constant;
    else if (section > 0) {
      const raw = raws[section - 1];
      if (raw === undefined)
        throw new FormatError(`symbol ${names[count]} is in section ${section}, which is not there`);
      const c = raw.characteristics;
      if (c & CNT_CODE) code = Letter.Text;
      else if (c & CNT_DATA) code = c & MEM_WRITE ? Letter.Data : Letter.ReadOnly;
      else if (c & CNT_BSS) code = Letter.Bss;
      addr += raw.section.addr;
    }
    addrs[count] = addr;
    codes[count] = code;
    count++;
    i += table.u8(at + 17);
  }
  return {
    names,
    addrs: addrs.subarray(0, count),
    sizes: sizesFromNext(addrs, count),
    codes: codes.subarray(0, count),
  };
}
