/** ELF, 32 and 64 bit, either byte order (System V ABI; Go's debug/elf for what nm shows). */
import type { ByteSource } from './bytes.ts';
import { FormatError, Reader, readExact, textsIn } from './bytes.ts';
import { type Image, Letter, LOWER_CASE, type Part, type Section, type Symbols } from './image.ts';

const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHT_RELA = 4;
const SHT_NOBITS = 8;
const SHT_REL = 9;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;
const SHN_COMMON = 0xfff2;
const STB_LOCAL = 0;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;

const MACHINES: Record<number, string> = {
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const OSABI: Record<number, string> = { 2: 'netbsd', 6: 'solaris', 9: 'freebsd', 12: 'openbsd' };

/** R_*_RELATIVE by machine, for relocations with addends: the place gets the load address plus the addend. */
const RELATIVE: Record<number, number> = { 21: 22, 22: 12, 62: 8, 183: 1027, 243: 3, 258: 3 };

interface Header {
  name: number;
  type: number;
  flags: number;
  addr: number;
  offset: number;
  size: number;
  link: number;
  entsize: number;
}

/** The ELF header, as far as it is needed. */
interface Head {
  wide: boolean;
  little: boolean;
  ptrSize: 4 | 8;
  abi: number;
  type: number;
  machine: number;
  entry: number;
  size: number;
  /** Where the program headers are, how large each is and how many there are; then the same of the section headers. */
  phoff: number;
  phentsize: number;
  phnum: number;
  shoff: number;
  shentsize: number;
  shnum: number;
  /** The section of the sections' names. */
  shstrndx: number;
}

/** Reads the headers; names of sections and tables are checked, symbols and relocations read when asked for. */
export function openElf(source: ByteSource): Image {
  const head = readHead(source);
  const { wide, little, ptrSize } = head;
  const parts: Part[] = [{ kind: 'header', name: 'ELF header', offset: 0, size: head.size }];
  const headers = readSectionHeaders(source, head, parts);
  const strings = (index: number) => {
    const h = headers[index];
    if (h === undefined || h.type === SHT_NOBITS) return new Reader(new Uint8Array(0), little);
    return new Reader(readExact(source, h.offset, h.size, 'a string table'), little);
  };
  const names = head.shstrndx > 0 && head.shstrndx < headers.length ? strings(head.shstrndx) : null;
  const sections = headers.map((h, i) => {
    const name = names !== null && h.name < names.length ? names.cstring(h.name) : `section ${i}`;
    return sectionOf(source, h, name);
  });
  const { loads, interpreter, dynamic } = readSegments(source, head, parts);
  addTables(parts, headers, sections);
  return {
    format: 'elf',
    source,
    littleEndian: little,
    ptrSize,
    goarch: archOf(head),
    goos: elfOs(head.abi, sections),
    base: loads.find(l => l.offset === 0)?.addr ?? 0,
    entry: head.entry,
    sections,
    parts,
    loads,
    type: typeOf(head, interpreter, dynamic),
    libraries: neededLibraries(sections, headers, source, little, ptrSize, strings),
    pointerFixups: () => relativePointers(source, headers, head.machine, little, wide),
    memory: null,
    symbols: () => readSymbols(source, headers, sections, little, wide, strings),
  };
}

function readHead(source: ByteSource): Head {
  const ident = readExact(source, 0, 16, 'the ELF header');
  if (ident[4] !== 1 && ident[4] !== 2) throw new FormatError(`unknown ELF class ${ident[4]}`);
  if (ident[5] !== 1 && ident[5] !== 2) throw new FormatError(`unknown ELF byte order ${ident[5]}`);
  const wide = ident[4] === 2;
  const little = ident[5] === 1;
  const ptrSize = wide ? 8 : 4;
  const head = new Reader(readExact(source, 0, wide ? 64 : 52, 'the ELF header'), little);
  const tail = 24 + 3 * ptrSize + 4;
  return {
    wide,
    little,
    ptrSize,
    abi: ident[7],
    type: head.u16(16),
    machine: head.u16(18),
    entry: head.uptr(24, ptrSize),
    size: head.u16(tail),
    phoff: head.uptr(24 + ptrSize, ptrSize),
    phentsize: head.u16(tail + 2),
    phnum: head.u16(tail + 4),
    shoff: head.uptr(24 + 2 * ptrSize, ptrSize),
    shentsize: head.u16(tail + 6),
    shnum: head.u16(tail + 8),
    shstrndx: head.u16(tail + 10),
  };
}

/** The section headers; counts that were too large for the ELF header are put into `head`. */
function readSectionHeaders(source: ByteSource, head: Head, parts: Part[]): Header[] {
  const { wide, little, ptrSize, shoff, shentsize } = head;
  const headers: Header[] = [];
  if (shoff === 0) return headers;
  if (shentsize < (wide ? 64 : 40)) throw new FormatError(`section headers of ${shentsize} bytes are too small`);
  const first = new Reader(readExact(source, shoff, shentsize, 'the section headers'), little);
  // extended numbering: counts too large for the header stand in section 0
  if (head.shnum === 0) head.shnum = first.uptr(wide ? 32 : 20, ptrSize);
  if (head.shstrndx === 0xffff) head.shstrndx = first.u32(wide ? 40 : 24);
  const size = head.shnum * shentsize;
  const table = new Reader(readExact(source, shoff, size, 'the section headers'), little);
  parts.push({ kind: 'header', name: 'section headers', offset: shoff, size });
  for (let i = 0; i < head.shnum; i++) {
    const at = i * shentsize;
    headers.push({
      name: table.u32(at),
      type: table.u32(at + 4),
      flags: table.uptr(at + 8, ptrSize),
      addr: table.uptr(at + 8 + ptrSize, ptrSize),
      offset: table.uptr(at + 8 + 2 * ptrSize, ptrSize),
      size: table.uptr(at + 8 + 3 * ptrSize, ptrSize),
      link: table.u32(at + 8 + 4 * ptrSize),
      entsize: table.uptr(at + (wide ? 56 : 36), ptrSize),
    });
  }
  return headers;
}

function sectionOf(source: ByteSource, h: Header, name: string): Section {
  const fileSize = h.type === SHT_NOBITS || h.type === 0 ? 0 : h.size;
  if (fileSize > 0 && h.offset + fileSize > source.size) {
    throw new FormatError(
      `section ${name} ends at byte ${h.offset + fileSize}, but the file has ${source.size}: it is truncated`,
    );
  }
  return {
    name,
    addr: h.addr,
    memSize: h.flags & SHF_ALLOC ? h.size : 0,
    offset: h.offset,
    fileSize,
    exec: (h.flags & SHF_EXECINSTR) !== 0,
    write: (h.flags & SHF_WRITE) !== 0,
    loaded: (h.flags & SHF_ALLOC) !== 0,
    compressed: (h.flags & SHF_COMPRESSED) !== 0 || name.startsWith('.zdebug_'),
  };
}

/** What is loaded, by address, and whether the program is one for the system's loader. */
function readSegments(
  source: ByteSource,
  { wide, little, ptrSize, phoff, phentsize, phnum }: Head,
  parts: Part[],
): { loads: Image['loads']; interpreter: boolean; dynamic: boolean } {
  const loads: Image['loads'] = [];
  let interpreter = false;
  let dynamic = false;
  if (phoff === 0 || phnum === 0) return { loads, interpreter, dynamic };
  if (phentsize < (wide ? 56 : 32)) throw new FormatError(`program headers of ${phentsize} bytes are too small`);
  const table = new Reader(readExact(source, phoff, phnum * phentsize, 'the program headers'), little);
  parts.push({ kind: 'header', name: 'program headers', offset: phoff, size: phnum * phentsize });
  for (let i = 0; i < phnum; i++) {
    const at = i * phentsize;
    const kind = table.u32(at);
    if (kind === PT_INTERP) interpreter = true;
    if (kind === PT_DYNAMIC) dynamic = true;
    if (kind !== PT_LOAD) continue;
    const flags = table.u32(wide ? at + 4 : at + 24);
    const offset = table.uptr(at + (wide ? 8 : 4), ptrSize);
    const fileSize = table.uptr(at + (wide ? 32 : 16), ptrSize);
    if (offset + fileSize > source.size) {
      throw new FormatError(
        `a segment ends at byte ${offset + fileSize}, but the file has ${source.size}: it is truncated`,
      );
    }
    loads.push({
      addr: table.uptr(at + (wide ? 16 : 8), ptrSize),
      memSize: table.uptr(at + (wide ? 40 : 20), ptrSize),
      offset,
      fileSize,
      write: (flags & 2) !== 0,
      exec: (flags & 1) !== 0,
    });
  }
  loads.sort((a, b) => a.addr - b.addr);
  return { loads, interpreter, dynamic };
}

/** Symbols, their names and relocations: sections that are about the others. */
function addTables(parts: Part[], headers: Header[], sections: Section[]): void {
  for (const [i, h] of headers.entries()) {
    const kind = h.type === SHT_SYMTAB ? 'symbols' : h.type === SHT_STRTAB ? 'strings' : null;
    const isReloc = h.type === SHT_REL || h.type === SHT_RELA;
    if ((kind === null && !isReloc) || sections[i].fileSize === 0) continue;
    parts.push({ kind: isReloc ? 'relocations' : kind!, name: sections[i].name, offset: h.offset, size: h.size });
  }
}

function archOf({ machine, wide, little }: Head): string {
  const goarch = MACHINES[machine] ?? '';
  if (goarch === 'mips') return `mips${wide ? '64' : ''}${little ? 'le' : ''}`;
  return goarch === 'ppc64' && little ? 'ppc64le' : goarch;
}

/** A program that may lie anywhere has an interpreter, or an entry and nothing that is linked at its start. */
function typeOf({ type, entry }: Head, interpreter: boolean, dynamic: boolean): Image['type'] {
  if (type === 1) return 'object';
  if (type === 2) return 'exec';
  if (type === 3) return interpreter || (entry !== 0 && !dynamic) ? 'pie' : 'shared';
  return 'other';
}

/** The operating system: by the header's ABI, else by the note section each system's linker adds. */
function elfOs(abi: number, sections: Section[]): string {
  const named = OSABI[abi];
  if (named !== undefined) return named;
  for (const s of sections) {
    if (s.name === '.note.netbsd.ident') return 'netbsd';
    if (s.name === '.note.openbsd.ident') return 'openbsd';
  }
  return 'linux';
}

function neededLibraries(
  sections: Section[],
  headers: Header[],
  source: ByteSource,
  little: boolean,
  ptrSize: number,
  strings: (index: number) => Reader,
): string[] {
  const index = sections.findIndex(s => s.name === '.dynamic');
  if (index < 0) return [];
  const table = new Reader(readExact(source, headers[index].offset, sections[index].fileSize, '.dynamic'), little);
  const names = strings(headers[index].link);
  const libraries: string[] = [];
  for (let at = 0; at + 2 * ptrSize <= table.length; at += 2 * ptrSize) {
    const tag = table.uptr(at, ptrSize);
    if (tag === 0) break;
    const value = table.uptr(at + ptrSize, ptrSize);
    if (tag === 1 && value < names.length) libraries.push(names.cstring(value));
  }
  return libraries;
}

function readSymbols(
  source: ByteSource,
  headers: Header[],
  sections: Section[],
  little: boolean,
  wide: boolean,
  strings: (index: number) => Reader,
): Symbols | null {
  const index = headers.findIndex(h => h.type === SHT_SYMTAB);
  if (index < 0) return null;
  const entry = wide ? 24 : 16;
  const table = new Reader(readExact(source, headers[index].offset, headers[index].size, 'the symbol table'), little);
  const text = textsIn(strings(headers[index].link).bytes, source);
  const count = Math.max(0, Math.floor(table.length / entry) - 1);
  const names: string[] = new Array(count);
  const addrs = new Float64Array(count);
  const sizes = new Float64Array(count);
  const codes = new Uint8Array(count);
  const inSection = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const at = (i + 1) * entry;
    names[i] = text(table.u32(at));
    const info = table.u8(at + (wide ? 4 : 12));
    const section = table.u16(at + (wide ? 6 : 14));
    addrs[i] = wide ? table.u64(at + 8) : table.u32(at + 4);
    sizes[i] = wide ? table.u64(at + 16) : table.u32(at + 8);
    inSection[i] = section;
    codes[i] = letterOf(section, sections) + (info >> 4 === STB_LOCAL ? LOWER_CASE : 0);
  }
  return { names, addrs, sizes, codes, sections: inSection };
}

/** Pointers that stand in relocations with addends; the file may hold zeros in their places. */
function relativePointers(
  source: ByteSource,
  headers: Header[],
  machine: number,
  little: boolean,
  wide: boolean,
): { at: Float64Array; value: Float64Array } | null {
  const kind = RELATIVE[machine];
  const tables = headers.filter(h => h.type === SHT_RELA && h.flags & SHF_ALLOC && h.size > 0);
  if (kind === undefined || !wide || tables.length === 0) return null;
  const at: number[] = [];
  const value: number[] = [];
  for (const h of tables) {
    const table = new Reader(readExact(source, h.offset, h.size, 'the relocations'), little);
    for (let i = 0; i + 24 <= table.length; i += 24) {
      if (table.u32(little ? i + 8 : i + 12) !== kind || table.u32(little ? i + 12 : i + 8) !== 0) continue;
      at.push(table.u64(i));
      value.push(table.u64(i + 16));
    }
  }
  return { at: Float64Array.from(at), value: Float64Array.from(value) };
}

/** nm's letter for a section by its index (cmd/internal/objfile elf.go). */
function letterOf(section: number, sections: Section[]): Letter {
  if (section === 0) return Letter.Undefined;
  if (section === SHN_COMMON) return Letter.Bss;
  const s = sections[section];
  if (s === undefined) return Letter.Unknown;
  if (s.loaded && s.exec && !s.write) return Letter.Text;
  if (s.loaded && !s.exec && !s.write) return Letter.ReadOnly;
  if (s.loaded && s.write && !s.exec) return Letter.Data;
  return Letter.Unknown;
}
