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

export function tableOf(image: Image, ledger: Ledger): Table {
  const strings = [...ledger.strings];
  const kindIds = KINDS.map(kind => strings.push(kind) - 1);
  const loaded = new Set(image.sections.filter(s => s.loaded).map(s => s.name));
  const loadedIds = Uint8Array.from(ledger.strings, name => (loaded.has(name) ? 1 : 0));
  const rows = new RowIndex(ledger.count);
  const { length, section } = ledger;
  /** Of each row of the table the first of the ledger's that it is made of. */
  const first = new Uint32Array(ledger.count);
  const size = new Float64Array(ledger.count);
  const memory = new Float64Array(ledger.count);
  let count = 0;
  for (let i = 0; i < ledger.count; i++) {
    let slot = rows.slotOf(ledger, i);
    while (rows.at(slot) >= 0 && !isSame(ledger, first[rows.at(slot)], i)) slot = rows.after(slot);
    let row = rows.at(slot);
    if (row < 0) {
      row = count++;
      rows.set(slot, row);
      first[row] = i;
    }
    size[row] += length[i];
    if (loadedIds[section[i]] === 1) memory[row] += length[i];
  }
  const column = (of: Uint32Array) => {
    const values = new Uint32Array(count);
    for (let row = 0; row < count; row++) values[row] = of[first[row]];
    return values;
  };
  const kind = new Uint32Array(count);
  const offset = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    kind[row] = kindIds[ledger.kind[first[row]]];
    offset[row] = ledger.offset[first[row]];
  }
  return {
    strings,
    section: column(section),
    pkg: column(ledger.pkg),
    symbol: column(ledger.symbol),
    file: column(ledger.file),
    kind,
    size: size.slice(0, count),
    memory: memory.slice(0, count),
    offset,
  };
}

/**
 * The same table with rows of one symbol only for symbols of `least` bytes and more; those of the others are added up by
 * section, package and kind, without symbol and file. For a first picture, in which they would not be seen.
 */
export function largeRows(table: Table, least: number): Table {
  const { section, pkg, symbol, file, kind, size, memory, offset } = table;
  const ofSymbol = new Float64Array(table.strings.length);
  for (let i = 0; i < size.length; i++) ofSymbol[symbol[i]] += size[i];
  const rows: number[] = [];
  /** Where each row goes: several to one, the first of them in `rows`. */
  const place = new Uint32Array(size.length);
  const sums = new Map<number, number>();
  const many = table.strings.length;
  for (let i = 0; i < size.length; i++) {
    if (symbol[i] === 0 || ofSymbol[symbol[i]] >= least) {
      place[i] = rows.push(i) - 1;
      continue;
    }
    const key = (section[i] * many + pkg[i]) * KINDS.length + (kind[i] + KINDS.length - many);
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = rows.push(i) - 1;
      sums.set(key, sum);
    }
    place[i] = sum;
  }
  const strings = [''];
  const numbers = new Map([[0, 0]]);
  const named = (of: Uint32Array, all: boolean) =>
    Uint32Array.from(rows, i => {
      const old = all || symbol[i] === 0 || ofSymbol[symbol[i]] >= least ? of[i] : 0;
      let number = numbers.get(old);
      if (number === undefined) {
        number = strings.push(table.strings[old]) - 1;
        numbers.set(old, number);
      }
      return number;
    });
  const large: Table = {
    strings,
    section: named(section, true),
    pkg: named(pkg, true),
    symbol: named(symbol, false),
    file: named(file, false),
    kind: named(kind, true),
    size: new Float64Array(rows.length),
    memory: new Float64Array(rows.length),
    offset: Float64Array.from(rows, i => offset[i]),
  };
  for (let i = 0; i < size.length; i++) {
    large.size[place[i]] += size[i];
    large.memory[place[i]] += memory[i];
  }
  return large;
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
