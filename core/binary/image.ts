/** A file as all formats show it: sections with their file and memory ranges, tables, symbols. */
import type { ByteSource } from './bytes.ts';
import type { Memory } from './memory.ts';

export type Format = 'elf' | 'pe' | 'macho' | 'wasm' | 'archive';

export interface Section {
  /** As the format spells it; Mach-O: `__TEXT,__text`; Wasm: `code`, `data`, or a custom section's name. */
  name: string;
  /** Address in memory, 0 when not loaded. */
  addr: number;
  /** Bytes in memory. */
  memSize: number;
  /** Byte range in the file; `fileSize` is 0 for .bss and the like. */
  offset: number;
  fileSize: number;
  exec: boolean;
  write: boolean;
  /** Takes memory when the program runs. */
  loaded: boolean;
  /** Compressed content (ELF SHF_COMPRESSED or .zdebug_). */
  compressed: boolean;
}

/** Where a symbol lies, as the letter of `go tool nm` in a character code; local symbols have the lower-case one. */
export const enum Letter {
  /** B: variables that are zero at first, of which the file holds no bytes. */
  Bss = 0x42,
  /** C: a constant without a place. */
  Constant = 0x43,
  /** D: variables. */
  Data = 0x44,
  /** R: read-only data. */
  ReadOnly = 0x52,
  /** T: code. */
  Text = 0x54,
  /** U: not in this file. */
  Undefined = 0x55,
  /** `?` */
  Unknown = 0x3f,
}
/** From a letter to its lower case. */
export const LOWER_CASE = 0x20;

/** Symbols as parallel arrays. */
export interface Symbols {
  names: string[];
  addrs: Float64Array;
  /** In bytes; for formats without sizes the distance to the next symbol, 0 for the last. */
  sizes: Float64Array;
  /** Letters. */
  codes: Uint8Array;
  /** ELF: index of the section that each is defined in. */
  sections?: Uint16Array;
}

/** A structural part of the file that is no section: headers, tables, signatures. */
export interface Part {
  kind: 'header' | 'symbols' | 'strings' | 'relocations' | 'signature' | 'linkedit';
  name: string;
  offset: number;
  size: number;
}

export interface Image {
  format: Format;
  source: ByteSource;
  littleEndian: boolean;
  ptrSize: 4 | 8;
  goarch: string;
  goos: string;
  /** Address at which offset 0 of the file is loaded (PE: ImageBase), for formats that have one. */
  base: number;
  entry: number;
  sections: Section[];
  parts: Part[];
  /** Where addresses lie in the file, sorted by address. */
  loads: { addr: number; memSize: number; offset: number; fileSize: number; write: boolean; exec: boolean }[];
  /** Pointers that the dynamic linker writes at start: addresses of the places and what they will hold; null for none. */
  pointerFixups(): { at: Float64Array; value: Float64Array } | null;
  /** Made by `memoryOf` when first asked for. */
  memory: Memory | null;
  /** Read when first asked for; null when the file has no symbol table. */
  symbols(): Symbols | null;
  /** What it is for the operating system: a program, one for any address, a shared library, an object; else `other`. */
  type: 'exec' | 'pie' | 'shared' | 'object' | 'other';
  /** Shared libraries it asks for. */
  libraries: string[];
}

/** File offset of an address, or -1 when no byte of the file is loaded there. */
export function offsetOf(image: Image, addr: number): number {
  for (const load of image.loads) {
    if (addr >= load.addr && addr < load.addr + load.fileSize) return load.offset + (addr - load.addr);
  }
  return -1;
}

/** The section of the first of these names that there is; null for none. */
export function sectionNamed(image: Image, ...names: string[]): Section | null {
  for (const name of names) {
    const found = image.sections.find(s => s.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** Sizes as the distance to the next higher address, as `go tool nm` does where the format has none. */
export function sizesFromNext(addrs: Float64Array, count: number): Float64Array {
  const sorted = addrs.slice(0, count).sort();
  const sizes = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let low = 0;
    let high = count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (sorted[mid] > addrs[i]) high = mid;
      else low = mid + 1;
    }
    if (low < count) sizes[i] = sorted[low] - addrs[i];
  }
  return sizes;
}
