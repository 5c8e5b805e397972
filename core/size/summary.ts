/** The ledger added up to one row per section, package, symbol, file and kind, for showing. */
import type { Image } from '../binary/image.ts';
import type { Ledger } from './ledger.ts';
import { KINDS } from './ledger.ts';

export interface Table {
  strings: string[];
  section: number[];
  pkg: number[];
  symbol: number[];
  file: number[];
  kind: number[];
  size: number[];
  memory: number[];
  /** File offset of the row's first byte. */
  offset: number[];
}

export function tableOf(image: Image, ledger: Ledger): Table {
  const strings = [...ledger.strings];
  const kindIds = KINDS.map(kind => strings.push(kind) - 1);
  const table: Table = {
    strings,
    section: [],
    pkg: [],
    symbol: [],
    file: [],
    kind: [],
    size: [],
    memory: [],
    offset: [],
  };
  const loaded = new Set(image.sections.filter(s => s.loaded).map(s => s.name));
  const rows = new RowIndex(ledger.count);
  const loadedIds = Uint8Array.from(ledger.strings, name => (loaded.has(name) ? 1 : 0));
  for (let i = 0; i < ledger.count; i++) {
    let slot = rows.slotOf(ledger, i);
    while (rows.at(slot) >= 0 && !isOf(table, rows.at(slot), ledger, i, kindIds)) slot = rows.after(slot);
    let row = rows.at(slot);
    if (row < 0) {
      row = table.size.length;
      rows.set(slot, row);
      table.section.push(ledger.section[i]);
      table.pkg.push(ledger.pkg[i]);
      table.symbol.push(ledger.symbol[i]);
      table.file.push(ledger.file[i]);
      table.kind.push(kindIds[ledger.kind[i]]);
      table.size.push(0);
      table.memory.push(0);
      table.offset.push(ledger.offset[i]);
    }
    table.size[row] += ledger.length[i];
    if (loadedIds[ledger.section[i]] === 1) table.memory[row] += ledger.length[i];
  }
  return table;
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

/** Whether a row of the table is the one that a row of the ledger is added to. */
function isOf(table: Table, row: number, ledger: Ledger, i: number, kindIds: readonly number[]): boolean {
  return (
    table.symbol[row] === ledger.symbol[i] &&
    table.pkg[row] === ledger.pkg[i] &&
    table.file[row] === ledger.file[i] &&
    table.section[row] === ledger.section[i] &&
    table.kind[row] === kindIds[ledger.kind[i]]
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
