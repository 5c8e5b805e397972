/** The ledger added up to one row per section, package, symbol, file and kind, for showing. */
import type { Image } from '../binary/image.ts';
import type { Ledger } from './ledger.ts';
import { KINDS } from './ledger.ts';

export interface Table {
  strings: string[];
  section: Uint32Array;
  pkg: Uint32Array;
  symbol: Uint32Array;
  file: Uint32Array;
  kind: Uint32Array;
  size: Float64Array;
  memory: Float64Array;
  /** File offset of the row's first byte. */
  offset: Float64Array;
}

/**
 * The table of a ledger. With `least` only symbols of so many bytes and more have rows of their own; the others are added
 * up by section, package and kind, without symbol and file: for a first picture, in which they would not be seen.
 */
export function tableOf(image: Image, ledger: Ledger, least = 0): Table {
  const { count, length, section, pkg, kind } = ledger;
  const [symbol, file] = least > 0 ? ofLargeSymbols(ledger, least) : [ledger.symbol, ledger.file];
  const shown: Ledger = { ...ledger, symbol, file };
  const loaded = new Set(image.sections.filter(s => s.loaded).map(s => s.name));
  const loadedIds = Uint8Array.from(ledger.strings, name => (loaded.has(name) ? 1 : 0));
  const rows = new RowIndex(count);
  /** Of each row of the table the first of the ledger's that it is made of. */
  const first = new Uint32Array(count);
  const size = new Float64Array(count);
  const memory = new Float64Array(count);
  let many = 0;
  let row = -1;
  for (let i = 0; i < count; i++) {
    // small symbols of a package lie side by side
    if (row < 0 || !isSame(shown, first[row], i)) {
      let slot = rows.slotOf(shown, i);
      while (rows.at(slot) >= 0 && !isSame(shown, first[rows.at(slot)], i)) slot = rows.after(slot);
      row = rows.at(slot);
      if (row < 0) {
        row = many++;
        rows.set(slot, row);
        first[row] = i;
      }
    }
    size[row] += length[i];
    if (loadedIds[section[i]] === 1) memory[row] += length[i];
  }
  const strings = least > 0 ? [''] : [...ledger.strings];
  /** Numbers of the texts that are used, where not all are; 0 for those that have not been seen. */
  const numbers = least > 0 ? new Uint32Array(ledger.strings.length) : null;
  const column = (of: Uint32Array) => {
    const values = new Uint32Array(many);
    for (let row = 0; row < many; row++) {
      const text = of[first[row]];
      if (numbers !== null && text !== 0 && numbers[text] === 0) numbers[text] = strings.push(ledger.strings[text]) - 1;
      values[row] = numbers === null ? text : numbers[text];
    }
    return values;
  };
  const kindIds = KINDS.map(kind => strings.push(kind) - 1);
  const kinds = new Uint32Array(many);
  const offset = new Float64Array(many);
  for (let row = 0; row < many; row++) {
    kinds[row] = kindIds[kind[first[row]]];
    offset[row] = ledger.offset[first[row]];
  }
  return {
    strings,
    section: column(section),
    pkg: column(pkg),
    symbol: column(symbol),
    file: column(file),
    kind: kinds,
    size: size.slice(0, many),
    memory: memory.slice(0, many),
    offset,
  };
}

/** Symbol and file of each row, none for those of symbols of less than `least` bytes. */
function ofLargeSymbols({ count, length, symbol, file, strings }: Ledger, least: number): [Uint32Array, Uint32Array] {
  const sizes = new Float64Array(strings.length);
  for (let i = 0; i < count; i++) sizes[symbol[i]] += length[i];
  const symbols = new Uint32Array(count);
  const files = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    if (symbol[i] !== 0 && sizes[symbol[i]] < least) continue;
    symbols[i] = symbol[i];
    files[i] = file[i];
  }
  return [symbols, files];
}

/** Rows by what they say, in open addressing: a map keyed by numbers this large makes an object of each. */
class RowIndex {
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** For at most `count` rows. */
  constructor(count: number) {
    const size = 2 ** Math.ceil(Math.log2(2 * count + 2));
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
  }

  slotOf({ symbol, pkg, file, section, kind }: Ledger, i: number): number {
    let hash = Math.imul(symbol[i], 0x9e3779b1) ^ Math.imul(pkg[i], 0x85ebca6b) ^ Math.imul(file[i], 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f) ^ Math.imul((section[i] << 5) | kind[i], 0x165667b1);
    return (hash ^ (hash >>> 13)) & this.mask;
  }
  after(slot: number): number {
    return (slot + 1) & this.mask;
  }
  /** The row at a slot; -1 for none. */
  at(slot: number): number {
    return this.slots[slot];
  }
  set(slot: number, row: number): void {
    this.slots[slot] = row;
  }
}

/** Whether two rows of the ledger are added to one of the table. */
function isSame({ symbol, pkg, file, section, kind }: Ledger, a: number, b: number): boolean {
  return (
    symbol[a] === symbol[b] &&
    pkg[a] === pkg[b] &&
    file[a] === file[b] &&
    section[a] === section[b] &&
    kind[a] === kind[b]
  );
}

/** Sections in file order, and what lies between them: a partition of the file. */
export function stripOf(ledger: Ledger): { name: string; offset: number; size: number }[] {
  const strip: { name: string; offset: number; size: number }[] = [];
  for (let i = 0; i < ledger.count; i++) {
    const name = ledger.strings[ledger.section[i]] || 'outside sections';
    const last = strip.at(-1);
    if (last !== undefined && last.name === name) last.size += ledger.length[i];
    else strip.push({ name, offset: ledger.offset[i], size: ledger.length[i] });
  }
  return strip;
}

/** The same from the section headers alone. */
export function stripOfSections(image: Image): { name: string; offset: number; size: number }[] {
  const strip: { name: string; offset: number; size: number }[] = [];
  let at = 0;
  const add = (name: string, end: number) => {
    if (end > at) strip.push({ name, offset: at, size: end - at });
    at = Math.max(at, end);
  };
  const sections = image.sections.filter(s => s.fileSize > 0).sort((a, b) => a.offset - b.offset);
  for (const { name, offset, fileSize } of sections) {
    add('outside sections', Math.min(offset, image.source.size));
    add(name, Math.min(offset + fileSize, image.source.size));
  }
  add('outside sections', image.source.size);
  return strip;
}
