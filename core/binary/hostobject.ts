/**
 * Objects of a C compiler in a package that Go's own linker links: sections, the symbols in them, and what refers to what
 * (cmd/link/internal/loadelf). ELF alone.
 */
import { hasArchiveMagic, readArchive } from './archive.ts';
import { type ByteSource, FormatError, latin1, Reader, readExact } from './bytes.ts';

export interface HostSection {
  /** As the linker calls it: `runtime/cgo(.text)`. */
  name: string;
  size: number;
  /** Its relocations: symbol by index into the object's, byte in the section, and the type of the ELF machine. */
  relocations: { symbol: number; offset: number; type: number }[];
}

export interface HostSymbol {
  name: string;
  /** Found by its name from elsewhere. */
  global: boolean;
  /** Index into the sections, or -1 for what is defined elsewhere. */
  section: number;
  /** Stands for its section. */
  isSection: boolean;
  value: number;
}

export interface HostObject {
  sections: HostSection[];
  symbols: HostSymbol[];
}

const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_RELA = 4;
const SHT_NOBITS = 8;
const SHT_REL = 9;
const SHF_ALLOC = 2;
const STB_LOCAL = 0;
const STB_GLOBAL = 1;
const STB_WEAK = 2;
const STT_FUNC = 2;
const STT_SECTION = 3;
const STT_COMMON = 5;
const EM_MIPS = 8;

/** The C objects of a compiled package; those of other formats than ELF are left out. */
export function readHostObjects(source: ByteSource, pkg: string): HostObject[] {
  if (!hasArchiveMagic(source)) return [];
  const objects: HostObject[] = [];
  for (const { offset, size } of readArchive(source)) {
    if (size < 64 || latin1(source.read(offset, 4), 0, 4) !== '\x7fELF') continue;
    objects.push(readHostObject(readExact(source, offset, size, 'the object'), pkg));
  }
  return objects;
}

function readHostObject(bytes: Uint8Array, pkg: string): HostObject {
  const little = bytes[5] === 1;
  const wide = bytes[4] === 2;
  const r = new Reader(bytes, little);
  const word = wide ? 8 : 4;
  const [table, entry, count, names] = wide
    ? [r.u64(40), r.u16(58), r.u16(60), r.u16(62)]
    : [r.u32(32), r.u16(46), r.u16(48), r.u16(50)];
  const headers = Array.from({ length: count }, (_, i) => {
    const at = table + i * entry;
    return {
      name: r.u32(at),
      type: r.u32(at + 4),
      flags: r.uptr(at + 8, word),
      offset: r.uptr(at + 8 + 2 * word, word),
      size: r.uptr(at + 8 + 3 * word, word),
      link: r.u32(at + 8 + 4 * word),
      info: r.u32(at + 12 + 4 * word),
    };
  });
  const strings = (index: number) => {
    const header = headers[index];
    if (header === undefined) throw new FormatError('a C object has no table of names');
    return r.slice(header.offset, header.size);
  };
  const sections: HostSection[] = [];
  const places = new Map<number, number>();
  const sectionNames = strings(names);
  const taken = new Set<string>();
  let again = 0;
  for (const [i, { name, type, flags, size }] of headers.entries()) {
    if ((type !== SHT_PROGBITS && type !== SHT_NOBITS) || !(flags & SHF_ALLOC)) continue;
    const own = sectionNames.cstring(name);
    let full = `${pkg}(${own})`;
    while (taken.has(full)) full = `${pkg}(${own}${++again})`;
    taken.add(full);
    places.set(i, sections.length);
    sections.push({ name: full, size, relocations: [] });
  }
  const symtab = headers.find(h => h.type === SHT_SYMTAB);
  if (symtab === undefined) return { sections, symbols: [] };
  const text = strings(symtab.link);
  const symbols: HostSymbol[] = [];
  const step = wide ? 24 : 16;
  for (let at = symtab.offset; at + step <= symtab.offset + symtab.size; at += step) {
    const info = r.u8(at + (wide ? 4 : 12));
    const [bind, type] = [info >> 4, info & 15];
    const known = type <= STT_SECTION || type === STT_COMMON;
    const section = known ? (places.get(r.u16(at + (wide ? 6 : 14))) ?? -1) : -1;
    const isSection = type === STT_SECTION;
    symbols.push({
      name: isSection ? (sections[section]?.name ?? '') : text.cstring(r.u32(at)),
      global: known && !isSection && bind !== STB_LOCAL && (bind === STB_GLOBAL || bind === STB_WEAK),
      section: type > STT_FUNC && !isSection ? -1 : section,
      isSection,
      value: r.uptr(at + (wide ? 8 : 4), word),
    });
  }
  const mips64 = wide && r.u16(18) === EM_MIPS;
  for (const { type, offset, size, info } of headers) {
    const place = places.get(info);
    if ((type !== SHT_RELA && type !== SHT_REL) || place === undefined) continue;
    const length = word * (type === SHT_RELA ? 3 : 2);
    for (let at = offset; at + length <= offset + size; at += length) {
      const first = r.u32(at + word);
      const [symbol, kind] = !wide
        ? [first >>> 8, first & 0xff]
        : mips64
          ? [first, r.u8(at + word + 7)]
          : little
            ? [r.u32(at + word + 4), first]
            : [first, r.u32(at + word + 4)];
      if (kind !== 0 && symbol > 0 && symbol < symbols.length)
        sections[place].relocations.push({ symbol, offset: r.uptr(at, word), type: kind });
    }
  }
  return { sections, symbols };
}
