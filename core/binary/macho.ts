/** Mach-O, 32 and 64 bit, and fat files (Apple's loader.h; Go's debug/macho for what nm shows). */
import type { ByteSource } from './bytes.ts';
import { FormatError, Reader, readExact, textsIn, utf8 } from './bytes.ts';
import { type Image, Letter, type Part, type Section, sizesFromNext, type Symbols } from './image.ts';

const CPUS: Record<number, string> = {
  7: '386',
  0x01000007: 'amd64',
  12: 'arm',
  0x0100000c: 'arm64',
  18: 'ppc',
  0x01000012: 'ppc64',
};
const LC_SEGMENT = 0x1;
const LC_SYMTAB = 0x2;
const LC_DYSYMTAB = 0xb;
const LC_LOAD_DYLIB = 0xc;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const LC_FUNCTION_STARTS = 0x26;
const LC_DATA_IN_CODE = 0x29;
const LC_DYLD_INFO = 0x22;
const LC_DYLD_INFO_ONLY = 0x80000022;
const LC_MAIN = 0x80000028;
const LC_DYLD_CHAINED_FIXUPS = 0x80000034;
const LC_DYLD_EXPORTS_TRIE = 0x80000033;
const LC_BUILD_VERSION = 0x32;
const MAX_COMMANDS = 100_000;

const FAT_64 = 0xcafebabf;

/** The programs of a fat (universal) file, as byte ranges of it. */
function fatPrograms(source: ByteSource): { goarch: string; offset: number; size: number }[] {
  const head = new Reader(readExact(source, 0, 8, 'the fat header'), false);
  const wide = head.u32(0) === FAT_64;
  const count = head.u32(4);
  const entry = wide ? 32 : 20;
  if (count === 0 || 8 + count * entry > source.size) throw new FormatError(`a fat file that claims ${count} programs`);
  const table = new Reader(readExact(source, 8, count * entry, 'the fat header'), false);
  const programs = [];
  for (let i = 0; i < count; i++) {
    const at = i * entry;
    const offset = wide ? table.u64(at + 8) : table.u32(at + 8);
    const size = wide ? table.u64(at + 16) : table.u32(at + 12);
    if (offset + size > source.size) throw new FormatError('a program of the fat file is truncated');
    programs.push({ goarch: CPUS[table.u32(at)] ?? '', offset, size });
  }
  return programs;
}

/** A fat file as an image: what it says of itself is its first program's, its sections are those of all. */
export interface FatImage extends Image {
  programs: Image[];
}

export function openFat(source: ByteSource): FatImage {
  const programs = fatPrograms(source).map(({ offset, size }) => {
    const image = openMacho({ size, read: (at, length) => source.read(offset + at, length) });
    return shifted(image, source, offset);
  });
  const entry = new Reader(readExact(source, 0, 8, 'the fat header'), false).u32(0) === FAT_64 ? 32 : 20;
  return {
    ...programs[0],
    sections: programs.flatMap(p => p.sections),
    parts: [{ kind: 'header', name: 'fat header', offset: 0, size: 8 + programs.length * entry }],
    programs,
  };
}

/** The image of a program that begins at `by` of a larger file, with offsets of that file. */
function shifted(image: Image, source: ByteSource, by: number): Image {
  const move = <T extends { offset: number }>(list: T[]): T[] => list.map(x => ({ ...x, offset: x.offset + by }));
  return { ...image, source, sections: move(image.sections), parts: move(image.parts), loads: move(image.loads) };
}

interface Range {
  offset: number;
  size: number;
}

/** What the load commands tell. */
interface Loaded {
  wide: boolean;
  source: ByteSource;
  commands: Reader;
  parts: Part[];
  sections: Section[];
  loads: Image['loads'];
  libraries: string[];
  symtab: { offset: number; count: number; strings: number; stringsSize: number } | null;
  fixups: Range | null;
  /** Address of the segment of the header. */
  base: number;
  entry: number;
  goos: string;
}

/** A thin file, or one program of a fat one. */
export function openMacho(source: ByteSource): Image {
  const magicBytes = readExact(source, 0, 4, 'the Mach-O header');
  const little = magicBytes[0] === 0xce || magicBytes[0] === 0xcf;
  if (![0xce, 0xcf].includes(magicBytes[little ? 0 : 3])) throw new FormatError('a part that is no Mach-O program');
  const wide = (little ? magicBytes[0] : magicBytes[3]) === 0xcf;
  const headSize = wide ? 32 : 28;
  const head = new Reader(readExact(source, 0, headSize, 'the Mach-O header'), little);
  const commandCount = head.u32(16);
  const commandsSize = head.u32(20);
  if (commandCount > MAX_COMMANDS) throw new FormatError(`a Mach-O file that claims ${commandCount} load commands`);
  const loaded: Loaded = {
    wide,
    source,
    commands: new Reader(readExact(source, headSize, commandsSize, 'the load commands'), little),
    parts: [{ kind: 'header', name: 'Mach-O header', offset: 0, size: headSize + commandsSize }],
    sections: [],
    loads: [],
    libraries: [],
    symtab: null,
    fixups: null,
    base: 0,
    entry: 0,
    goos: 'darwin',
  };
  readCommands(loaded, commandCount);
  const { sections, parts, loads, libraries, symtab, fixups, base, goos } = loaded;
  loads.sort((a, b) => a.addr - b.addr);
  return {
    format: 'macho',
    source,
    littleEndian: little,
    ptrSize: wide ? 8 : 4,
    goarch: CPUS[head.u32(4)] ?? '',
    goos,
    base,
    entry: base + loaded.entry,
    sections,
    parts,
    loads,
    type: typeOf(head.u32(12), head.u32(24)),
    libraries,
    pointerFixups: () => (fixups === null ? null : chainedPointers(source, fixups, loads, base)),
    memory: null,
    symbols: () => (symtab === null || symtab.count === 0 ? null : readSymbols(source, symtab, sections, little, wide)),
  };
}

function typeOf(fileType: number, flags: number): Image['type'] {
  if (fileType === 2) return flags & 0x200000 ? 'pie' : 'exec';
  if (fileType === 6 || fileType === 8) return 'shared';
  return fileType === 1 ? 'object' : 'other';
}

/** Commands that tell of a part of the file by its place and size alone. */
const LINKEDIT_DATA = new Map<number, Pick<Part, 'kind' | 'name'>>([
  [LC_CODE_SIGNATURE, { kind: 'signature', name: 'code signature' }],
  [LC_FUNCTION_STARTS, { kind: 'linkedit', name: 'function starts' }],
  [LC_DATA_IN_CODE, { kind: 'linkedit', name: 'data in code' }],
  [LC_DYLD_CHAINED_FIXUPS, { kind: 'relocations', name: 'chained fixups' }],
  [LC_DYLD_EXPORTS_TRIE, { kind: 'linkedit', name: 'exports' }],
]);

function readCommands(loaded: Loaded, count: number): void {
  const { commands, parts, libraries } = loaded;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const command = commands.u32(at);
    const size = commands.u32(at + 4);
    if (size < 8 || at + size > commands.length)
      throw new FormatError(`load command ${i} has an impossible size of ${size}`);
    const data = LINKEDIT_DATA.get(command);
    if (data !== undefined) {
      const length = commands.u32(at + 12);
      if (length > 0) parts.push({ ...data, offset: commands.u32(at + 8), size: length });
    }
    switch (command) {
      case LC_SEGMENT:
      case LC_SEGMENT_64:
        readSegment(loaded, at, command === LC_SEGMENT_64);
        break;
      case LC_SYMTAB:
        readSymtab(loaded, at);
        break;
      case LC_DYSYMTAB: {
        const indirect = commands.u32(at + 60);
        if (indirect > 0)
          parts.push({ kind: 'linkedit', name: 'indirect symbols', offset: commands.u32(at + 56), size: indirect * 4 });
        break;
      }
      case LC_LOAD_DYLIB:
        libraries.push(commands.slice(at, size).cstring(commands.u32(at + 8)));
        break;
      case LC_MAIN:
        loaded.entry = commands.u64(at + 8);
        break;
      case LC_BUILD_VERSION:
        if (commands.u32(at + 8) === 2 || commands.u32(at + 8) === 7) loaded.goos = 'ios';
        break;
      case LC_DYLD_CHAINED_FIXUPS:
        loaded.fixups = { offset: commands.u32(at + 8), size: commands.u32(at + 12) };
        break;
      case LC_DYLD_INFO:
      case LC_DYLD_INFO_ONLY:
        for (const [k, name] of ['rebase', 'bind', 'weak bind', 'lazy bind', 'exports'].entries()) {
          const length = commands.u32(at + 12 + k * 8);
          if (length > 0) parts.push({ kind: 'relocations', name, offset: commands.u32(at + 8 + k * 8), size: length });
        }
    }
    at += size;
  }
}

/** A segment and its sections; `at` is where its command begins. */
function readSegment(loaded: Loaded, at: number, is64: boolean): void {
  const { source, commands, loads, sections } = loaded;
  const p = is64 ? 8 : 4;
  const segment = fixedName(commands, at + 8);
  const addr = commands.uptr(at + 24, p);
  const memSize = commands.uptr(at + 24 + p, p);
  const offset = commands.uptr(at + 24 + 2 * p, p);
  const fileSize = commands.uptr(at + 24 + 3 * p, p);
  const protection = commands.u32(at + 24 + 4 * p + 4);
  const count = commands.u32(at + 24 + 4 * p + 8);
  const first = at + 24 + 4 * p + 16;
  if (offset + fileSize > source.size) {
    throw new FormatError(
      `segment ${segment} ends at byte ${offset + fileSize}, but the file has ${source.size}: it is truncated`,
    );
  }
  if (segment === '__TEXT') loaded.base = addr;
  const entrySize = is64 ? 80 : 68;
  if (first + count * entrySize > commands.length) throw new FormatError(`segment ${segment} claims ${count} sections`);
  const write = (protection & 2) !== 0;
  loads.push({ addr, memSize, offset, fileSize, write, exec: (protection & 4) !== 0 });
  for (let k = 0; k < count; k++) sections.push(sectionAt(source, commands, first + k * entrySize, p, write));
}

function sectionAt(source: ByteSource, commands: Reader, at: number, p: 4 | 8, write: boolean): Section {
  const name = fixedName(commands, at);
  const segment = fixedName(commands, at + 16);
  const size = commands.uptr(at + 32 + p, p);
  const offset = commands.u32(at + 32 + 2 * p);
  const flags = commands.u32(at + 32 + 2 * p + 16);
  const kind = flags & 0xff;
  // zeros, or listed for their addresses alone: a dSYM has the debug information of a program, not the program
  const zero = kind === 1 || kind === 12 || kind === 18 || offset === 0;
  if (!zero && offset + size > source.size)
    throw new FormatError(`section ${name} ends past the end of the file: it is truncated`);
  return {
    name: `${segment},${name}`,
    addr: commands.uptr(at + 32, p),
    memSize: segment === '__DWARF' ? 0 : size,
    offset,
    fileSize: zero ? 0 : size,
    exec: (flags & 0x80000400) !== 0,
    write,
    loaded: segment !== '__DWARF',
    compressed: name.startsWith('__zdebug_'),
  };
}

/** The symbol table and its names. */
function readSymtab(loaded: Loaded, at: number): void {
  const { wide, commands, parts } = loaded;
  const symtab = {
    offset: commands.u32(at + 8),
    count: commands.u32(at + 12),
    strings: commands.u32(at + 16),
    stringsSize: commands.u32(at + 20),
  };
  loaded.symtab = symtab;
  if (symtab.count === 0) return;
  const size = symtab.count * (wide ? 16 : 12);
  parts.push({ kind: 'symbols', name: 'symbol table', offset: symtab.offset, size });
  parts.push({ kind: 'strings', name: 'string table', offset: symtab.strings, size: symtab.stringsSize });
}

/** dyld's chained fixups (mach-o/fixup-chains.h): pointer formats of 64-bit user programs. */
const PTR_64 = 2;
const PTR_64_OFFSET = 6;
const START_NONE = 0xffff;
const MAX_CHAIN = 16384;

/** Each page's pointers are a chain: every one holds its target and the distance to the next. */
function chainedPointers(
  source: ByteSource,
  fixups: Range,
  loads: Image['loads'],
  base: number,
): { at: Float64Array; value: Float64Array } {
  const table = new Reader(readExact(source, fixups.offset, fixups.size, 'the chained fixups'), true);
  const at: number[] = [];
  const value: number[] = [];
  const starts = table.u32(4);
  const count = table.u32(starts);
  for (let s = 0; s < count; s++) {
    const info = table.u32(starts + 4 + 4 * s);
    if (info === 0) continue;
    const first = starts + info;
    const pageSize = table.u16(first + 4);
    const format = table.u16(first + 6);
    const addr = base + table.u64(first + 8);
    const load = loads.find(l => l.addr === addr);
    if ((format !== PTR_64 && format !== PTR_64_OFFSET) || load === undefined || load.fileSize === 0) continue;
    const data = new Reader(readExact(source, load.offset, load.fileSize, 'a segment'), true);
    const pages = table.u16(first + 20);
    for (let page = 0; page < pages; page++) {
      const start = table.u16(first + 22 + 2 * page);
      if (start === START_NONE) continue;
      let place = page * pageSize + start;
      for (let step = 0; step < MAX_CHAIN && place + 8 <= data.length; step++) {
        const low = data.u32(place);
        const high = data.u32(place + 4);
        if (high >>> 31 === 0) {
          at.push(addr + place);
          value.push(low + (high & 0xf) * 0x100000000 + (format === PTR_64_OFFSET ? base : 0));
        }
        const next = ((high >>> 19) & 0xfff) * 4;
        if (next === 0) break;
        place += next;
      }
    }
  }
  return { at: Float64Array.from(at), value: Float64Array.from(value) };
}

function fixedName(reader: Reader, offset: number): string {
  let end = offset;
  while (end < offset + 16 && reader.u8(end) !== 0) end++;
  return utf8(reader.bytes, offset, end);
}

/** Letters and sizes as in cmd/internal/objfile macho.go; debugging (stab) entries are left out. */
function readSymbols(
  source: ByteSource,
  table: { offset: number; count: number; strings: number; stringsSize: number },
  sections: Section[],
  little: boolean,
  wide: boolean,
): Symbols {
  const entry = wide ? 16 : 12;
  const data = new Reader(readExact(source, table.offset, table.count * entry, 'the symbol table'), little);
  const text = textsIn(readExact(source, table.strings, table.stringsSize, 'the string table'), source);
  const names: string[] = [];
  const addrs = new Float64Array(table.count);
  const codes = new Uint8Array(table.count);
  let count = 0;
  for (let i = 0; i < table.count; i++) {
    const at = i * entry;
    if ((data.u8(at + 4) & 0xe0) !== 0) continue;
    const name = text(data.u32(at));
    // debug/macho drops the underscore of C when a dot shows that the name is Go's
    names.push(name.includes('.') && name.startsWith('_') ? name.slice(1) : name);
    const section = data.u8(at + 5);
    addrs[count] = data.uptr(at + 8, wide ? 8 : 4);
    codes[count] = section === 0 ? Letter.Undefined : letterOf(sections[section - 1]?.name ?? '');
    count++;
  }
  return {
    names,
    addrs: addrs.subarray(0, count),
    sizes: sizesFromNext(addrs, count),
    codes: codes.subarray(0, count),
  };
}

function letterOf(section: string): Letter {
  if (section === '__TEXT,__text') return Letter.Text;
  if (section === '__DATA,__bss' || section === '__DATA,__noptrbss') return Letter.Bss;
  if (section.startsWith('__TEXT,') || section.startsWith('__DATA_CONST,')) return Letter.ReadOnly;
  if (section.startsWith('__DATA,')) return Letter.Data;
  return Letter.Unknown;
}
