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

/** A thin file, or one program of a fat one. */
export function openMacho(source: ByteSource): Image {
  const magicBytes = readExact(source, 0, 4, 'the Mach-O header');
  const little = magicBytes[0] === 0xce || magicBytes[0] === 0xcf;
  if (![0xce, 0xcf].includes(magicBytes[little ? 0 : 3])) throw new FormatError('a part that is no Mach-O program');
  const wide = (little ? magicBytes[0] : magicBytes[3]) === 0xcf;
  const headSize = wide ? 32 : 28;
  const head = new Reader(readExact(source, 0, headSize, 'the Mach-O header'), little);
  const fileType = head.u32(12);
  const commandCount = head.u32(16);
  const commandsSize = head.u32(20);
  const flags = head.u32(24);
  if (commandCount > MAX_COMMANDS) throw new FormatError(`a Mach-O file that claims ${commandCount} load commands`);
  const commands = new Reader(readExact(source, headSize, commandsSize, 'the load commands'), little);

  const parts: Part[] = [{ kind: 'header', name: 'Mach-O header', offset: 0, size: headSize + commandsSize }];
  const sections: Section[] = [];
  const loads: Image['loads'] = [];
  const libraries: string[] = [];
  let symtab: { offset: number; count: number; strings: number; stringsSize: number } | null = null;
  let fixups: { offset: number; size: number } | null = null;
  let base = 0;
  let entry = 0;
  let goos = 'darwin';
  const linkedit = (name: string, kind: Part['kind'], at: number) => {
    const size = commands.u32(at + 12);
    if (size > 0) parts.push({ kind, name, offset: commands.u32(at + 8), size });
  };
  let at = 0;
  for (let i = 0; i < commandCount; i++) {
    const command = commands.u32(at);
    const size = commands.u32(at + 4);
    if (size < 8 || at + size > commands.length)
      throw new FormatError(`load command ${i} has an impossible size of ${size}`);
    if (command === LC_SEGMENT || command === LC_SEGMENT_64) {
      const is64 = command === LC_SEGMENT_64;
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
      if (segment === '__TEXT') base = addr;
      const entrySize = is64 ? 80 : 68;
      if (first + count * entrySize > commands.length)
        throw new FormatError(`segment ${segment} claims ${count} sections`);
      loads.push({ addr, memSize, offset, fileSize, write: (protection & 2) !== 0, exec: (protection & 4) !== 0 });
      for (let k = 0; k < count; k++) {
        const s = first + k * entrySize;
        const name = fixedName(commands, s);
        const inSegment = fixedName(commands, s + 16);
        const sectionSize = commands.uptr(s + 32 + p, p);
        const sectionOffset = commands.u32(s + 32 + 2 * p);
        const sectionFlags = commands.u32(s + 32 + 2 * p + 16);
        const kind = sectionFlags & 0xff;
        // zeros, or listed for their addresses alone: a dSYM has the debug information of a program, not the program
        const zero = kind === 1 || kind === 12 || kind === 18 || sectionOffset === 0;
        if (!zero && sectionOffset + sectionSize > source.size) {
          throw new FormatError(`section ${name} ends past the end of the file: it is truncated`);
        }
        sections.push({
          name: `${inSegment},${name}`,
          addr: commands.uptr(s + 32, p),
          memSize: inSegment === '__DWARF' ? 0 : sectionSize,
          offset: sectionOffset,
          fileSize: zero ? 0 : sectionSize,
          exec: (sectionFlags & 0x80000400) !== 0,
          write: (protection & 2) !== 0,
          loaded: inSegment !== '__DWARF',
          compressed: name.startsWith('__zdebug_'),
        });
      }
    } else if (command === LC_SYMTAB) {
      symtab = {
        offset: commands.u32(at + 8),
        count: commands.u32(at + 12),
        strings: commands.u32(at + 16),
        stringsSize: commands.u32(at + 20),
      };
      if (symtab.count > 0) {
        parts.push({
          kind: 'symbols',
          name: 'symbol table',
          offset: symtab.offset,
          size: symtab.count * (wide ? 16 : 12),
        });
        parts.push({ kind: 'strings', name: 'string table', offset: symtab.strings, size: symtab.stringsSize });
      }
    } else if (command === LC_DYSYMTAB) {
      const indirect = commands.u32(at + 60);
      if (indirect > 0)
        parts.push({ kind: 'linkedit', name: 'indirect symbols', offset: commands.u32(at + 56), size: indirect * 4 });
    } else if (command === LC_LOAD_DYLIB) {
      libraries.push(commands.slice(at, size).cstring(commands.u32(at + 8)));
    } else if (command === LC_MAIN) {
      entry = commands.u64(at + 8);
    } else if (command === LC_BUILD_VERSION) {
      if (commands.u32(at + 8) === 2 || commands.u32(at + 8) === 7) goos = 'ios';
    } else if (command === LC_CODE_SIGNATURE) linkedit('code signature', 'signature', at);
    else if (command === LC_FUNCTION_STARTS) linkedit('function starts', 'linkedit', at);
    else if (command === LC_DATA_IN_CODE) linkedit('data in code', 'linkedit', at);
    else if (command === LC_DYLD_CHAINED_FIXUPS) {
      linkedit('chained fixups', 'relocations', at);
      fixups = { offset: commands.u32(at + 8), size: commands.u32(at + 12) };
    } else if (command === LC_DYLD_EXPORTS_TRIE) linkedit('exports', 'linkedit', at);
    else if (command === LC_DYLD_INFO || command === LC_DYLD_INFO_ONLY) {
      const names = ['rebase', 'bind', 'weak bind', 'lazy bind', 'exports'];
      for (const [k, name] of names.entries()) {
        const length = commands.u32(at + 12 + k * 8);
        if (length > 0) parts.push({ kind: 'relocations', name, offset: commands.u32(at + 8 + k * 8), size: length });
      }
    }
    at += size;
  }
  loads.sort((a, b) => a.addr - b.addr);
  const table = symtab;
  const chains = fixups;
  return {
    format: 'macho',
    source,
    littleEndian: little,
    ptrSize: wide ? 8 : 4,
    goarch: CPUS[head.u32(4)] ?? '',
    goos,
    base,
    entry: base + entry,
    sections,
    parts,
    loads,
    type:
      fileType === 2
        ? flags & 0x200000
          ? 'pie'
          : 'exec'
        : fileType === 6 || fileType === 8
          ? 'shared'
          : fileType === 1
            ? 'object'
            : 'other',
    libraries,
    pointerFixups: () => (chains === null ? null : chainedPointers(source, chains, loads, base)),
    memory: null,
    symbols: () => (table === null || table.count === 0 ? null : readSymbols(source, table, sections, little, wide)),
  };
}

/** dyld's chained fixups (mach-o/fixup-chains.h): pointer formats of 64-bit user programs. */
const PTR_64 = 2;
const PTR_64_OFFSET = 6;
const START_NONE = 0xffff;
const MAX_CHAIN = 16384;

/** Each page's pointers are a chain: every one holds its target and the distance to the next. */
function chainedPointers(
  source: ByteSource,
  fixups: { offset: number; size: number },
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
