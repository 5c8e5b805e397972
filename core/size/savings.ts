/**
 * What a file would lose when linked with -w (no debug information) or -s (no symbol table either), computed from where
 * Go's linker lays the parts that these flags leave out, and what follows them.
 */
import { type Image, Letter, type Section } from '../binary/image.ts';
import { minorOf } from '../binary/buildinfo.ts';
import { debugName } from '../binary/dwarf.ts';

export interface Savings {
  /** Bytes that -ldflags=-w and -ldflags=-s leave out; 0 when they are not there. */
  w: number;
  s: number;
}

const isDebug = (s: Section) => debugName(s).startsWith('debug_');
const align = (n: number, to: number) => Math.ceil(n / to) * to;

/** Since when -s leaves out the symbols of Mach-O files too. */
const MACHO_SYMBOLS = 22;

/**
 * A host's linker lays files out in other ways: there the result is near, for Go's own it is exact but for the flags
 * that build information records. `goVersion` is the file's.
 */
export function savings(image: Image, goVersion: string): Savings {
  switch (image.format) {
    case 'elf':
      return ofElf(image);
    case 'pe':
      return ofPe(image);
    case 'macho': {
      const both = ofMacho(image);
      return (minorOf(goVersion) || MACHO_SYMBOLS) < MACHO_SYMBOLS ? { w: both.w, s: both.w } : both;
    }
    case 'wasm':
      return ofWasm(image);
    case 'archive':
      return { w: 0, s: 0 };
  }
}

/** Sections that are not loaded stand at the end: debug information, symbols, their names, the names of sections. */
function ofElf(image: Image): Savings {
  const { sections, source } = image;
  const loaded = image.loads.reduce((high, l) => Math.max(high, l.offset + l.fileSize), 0);
  const tail = sections.filter(s => s.fileSize > 0 && s.offset >= loaded).sort((a, b) => a.offset - b.offset);
  if (tail.length === 0) return { w: 0, s: 0 };
  // a host's linker puts the section headers last
  const end = tail.reduce((high, s) => Math.max(high, s.offset + s.fileSize), 0);
  const headers = image.parts.find(p => p.name === 'section headers');
  const headersLast = headers !== undefined && headers.offset >= end;
  const size = (dropped: (s: Section) => boolean) => {
    const names = tail.filter(dropped).reduce((sum, s) => sum + s.name.length + 1, 0);
    let at = tail[0].offset;
    for (const s of tail) {
      if (dropped(s)) continue;
      if (s.name === '.symtab') at = align(at, image.ptrSize);
      at += s.fileSize - (s.name === '.shstrtab' ? names : 0);
    }
    if (!headersLast) return at;
    const each = image.ptrSize === 8 ? 64 : 40;
    return align(at, image.ptrSize) + headers.size - each * tail.filter(dropped).length;
  };
  return {
    w: tail.some(isDebug) ? source.size - size(isDebug) : 0,
    s: tail.some(s => isDebug(s) || s.name === '.symtab')
      ? source.size - size(s => isDebug(s) || s.name === '.symtab' || s.name === '.strtab')
      : 0,
  };
}

const FILE_ALIGNMENT = 512;

/** Every section begins at 512 bytes; long names of sections are in the symbols' table of strings. */
function ofPe(image: Image): Savings {
  const { sections, parts } = image;
  const debug = sections.filter(isDebug);
  const dropped = debug.reduce((sum, s) => sum + s.fileSize, 0);
  const names = debug.reduce((sum, s) => sum + (s.name.length > 8 ? s.name.length + 1 : 0), 0);
  const symbols = parts.find(p => p.kind === 'symbols')?.size ?? 0;
  const strings = parts.find(p => p.kind === 'strings')?.size ?? 0;
  const table = align(symbols + strings, FILE_ALIGNMENT);
  const w = dropped + (strings > 0 ? table - align(symbols + strings - names, FILE_ALIGNMENT) : 0);
  // what stays of the table is the size of its strings
  return { w, s: symbols > 0 ? dropped + table - FILE_ALIGNMENT : w };
}

const HASHED_PAGE = 4096;
const HASH = 32;
const SYMBOL = 16;

/** __DWARF goes, __LINKEDIT moves up; of the symbols those that dyld looks up stay; the signature hashes fewer pages. */
function ofMacho(image: Image): Savings {
  const { sections, parts, source } = image;
  // a fat file has several of all that
  if ('programs' in image) return { w: 0, s: 0 };
  const linkedit = parts.filter(p => p.kind !== 'header' && p.kind !== 'signature');
  if (linkedit.length === 0) return { w: 0, s: 0 };
  const begin = linkedit.reduce((low, p) => Math.min(low, p.offset), source.size);
  const debug = sections.filter(isDebug);
  const dwarf = debug.length === 0 ? begin : debug.reduce((low, s) => Math.min(low, s.offset), begin);
  const signature = parts.find(p => p.kind === 'signature');
  const signed = signature === undefined ? 0 : signature.size - HASH * Math.ceil(signature.offset / HASHED_PAGE);
  const size = (kept: number) => {
    const at = dwarf + kept;
    if (signature === undefined) return at;
    const offset = align(at, 16);
    return offset + signed + HASH * Math.ceil(offset / HASHED_PAGE);
  };
  const all = linkedit.reduce((sum, p) => sum + p.size, 0);
  const table = image.symbols();
  let undefinedCount = 0;
  let nameBytes = 2;
  for (let i = 0; table !== null && i < table.names.length; i++) {
    if (table.codes[i] !== Letter.Undefined) continue;
    undefinedCount++;
    nameBytes += table.names[i].length + 1;
  }
  const symbolBytes = linkedit.reduce((sum, p) => sum + (p.kind === 'symbols' || p.kind === 'strings' ? p.size : 0), 0);
  const left = undefinedCount * SYMBOL + align(nameBytes, 8);
  const w = debug.length === 0 ? 0 : source.size - size(all);
  return { w, s: symbolBytes > left ? source.size - size(all - symbolBytes + left) : w };
}

/** Names of functions are a section of their own; Go writes no other debug information. */
function ofWasm(image: Image): Savings {
  const bytes = (name: RegExp) => image.sections.reduce((sum, s) => sum + (name.test(s.name) ? s.fileSize : 0), 0);
  const w = bytes(/^\.debug_/);
  return { w, s: w + bytes(/^name$/) };
}
