/**
 * The ledger: every byte of a file in exactly one row.
 *
 * Evidence is collected as claims (a byte range with what it is), the most certain kinds first: the file's own headers
 * and tables, functions by pclntab and symbols, then sections' own meaning. Where claims overlap the earlier one has the
 * byte. What no claim covers is a row `unknown` of its section, or padding when it is zeros outside any section.
 * Invariant: rows are sorted, do not overlap, and cover [0, file size).
 */
import { isZero } from '../binary/bytes.ts';
import type { Image } from '../binary/image.ts';
import type { Maker } from '../binary/maker.ts';

/** What a byte can be, as it is shown. */
export const KINDS = [
  'code',
  'foreign code',
  'types',
  'itabs',
  'strings',
  'read-only data',
  'data',
  'embedded files',
  'foreign data',
  'pclntab',
  'funcdata',
  'gc masks',
  'build info',
  'dwarf',
  'symbols',
  'relocations',
  'header',
  'padding',
  'unknown',
] as const;
export type LedgerKind = (typeof KINDS)[number];
const UNKNOWN = KINDS.indexOf('unknown');
const PADDING = KINDS.indexOf('padding');
const KIND_INDEX = new Map(KINDS.map((kind, i) => [kind, i]));

/** Rows as parallel arrays; text columns are indices into `strings`. */
export interface Ledger {
  size: number;
  count: number;
  /** File offset and size in bytes of each row. */
  offset: Float64Array;
  length: Float64Array;
  kind: Uint8Array;
  /** Indices into `strings`: 0 is the empty string. */
  section: Uint32Array;
  pkg: Uint32Array;
  symbol: Uint32Array;
  file: Uint32Array;
  strings: string[];
  /** Bytes in no row but `unknown`. */
  unknown: number;
  /** What made the file: Go, or what else it was recognised as. */
  maker: Maker;
}

export interface Claim {
  kind: LedgerKind;
  pkg?: string;
  symbol?: string;
  file?: string;
}

/** A claim whose texts are numbers already (`Claims.id`), for what is claimed many times. */
export interface Owner {
  kind: number;
  pkg: number;
  symbol: number;
  file: number;
}

/** Claims that there is room for at first: about as many as a program of Go has that is not stripped. */
const capacityFor = (size: number) => Math.ceil(Math.max(2 ** 14, Math.min(2 ** 20, size / BYTES_PER_CLAIM)));
const BYTES_PER_CLAIM = 112;
const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/**
 * Claims that are taken of a file: programs have one for 30 bytes and more. Sizes that are made up can claim thousands of
 * segments over and over; what comes after so many stays unknown.
 */
const mostClaims = (size: number) => 2 ** 20 + size / 16;

function wider<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Texts that are told apart by other letters than those that were looked at. */
const MOST_PROBES = 64;

/**
 * Texts by number, the empty one first. In open addressing, by some of their letters: a Map of them reads all letters, and
 * takes three times as long for the names of a large program. It has those that were made to be alike.
 */
class Texts {
  readonly all: string[] = [''];
  private slots: Int32Array;
  private readonly alike = new Map<string, number>();

  /** `room`: texts that there is room for at first. */
  constructor(room: number) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * room)));
  }

  id(text: string): number {
    if (text === '') return 0;
    const { all } = this;
    const mask = this.slots.length - 1;
    let slot = hashOf(text) & mask;
    let probes = 0;
    for (; this.slots[slot] !== 0 && probes < MOST_PROBES; probes++, slot = (slot + 1) & mask)
      if (all[this.slots[slot]] === text) return this.slots[slot];
    if (this.alike.size > 0 || probes === MOST_PROBES) {
      const known = this.alike.get(text);
      if (known !== undefined) return known;
    }
    const id = all.push(text) - 1;
    if (probes === MOST_PROBES) this.alike.set(text, id);
    else this.slots[slot] = id;
    if (2 * all.length > mask) this.grow();
    return id;
  }

  private grow(): void {
    const slots = new Int32Array(4 * this.slots.length);
    const mask = slots.length - 1;
    for (let id = 1; id < this.all.length; id++) {
      let slot = hashOf(this.all[id]) & mask;
      let probes = 0;
      for (; slots[slot] !== 0 && probes < MOST_PROBES; probes++) slot = (slot + 1) & mask;
      if (probes === MOST_PROBES) this.alike.set(this.all[id], id);
      else slots[slot] = id;
    }
    this.slots = slots;
  }
}

/** By its length and at most 64 of its letters. */
function hashOf(text: string): number {
  const { length } = text;
  const step = 1 + (length >> 6);
  let hash = length;
  for (let i = length - 1; i >= 0; i -= step) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

/** Collects claims; `ledger` resolves them. */
export class Claims {
  private count = 0;
  private from: Float64Array;
  private to: Float64Array;
  private kind: Uint8Array;
  private pkg: Uint32Array;
  private symbol: Uint32Array;
  private sourceFile: Uint32Array;
  private readonly texts: Texts;

  private readonly file: Image;
  private readonly limit: number;
  constructor(private image: Image) {
    this.file = image;
    const { size } = image.source;
    this.limit = mostClaims(size);
    const capacity = capacityFor(size);
    this.from = new Float64Array(capacity);
    this.to = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.pkg = new Uint32Array(capacity);
    this.symbol = new Uint32Array(capacity);
    this.sourceFile = new Uint32Array(capacity);
    this.texts = new Texts(capacity >> 1);
  }

  /** Addresses are those of this program from here on: a fat file has several. */
  addressing(program: Image): void {
    this.image = program;
  }

  /** The number of a text. */
  id(text: string | undefined): number {
    return text === undefined ? 0 : this.texts.id(text);
  }

  /** The claim with numbers for its texts. */
  owner(claim: Claim): Owner {
    return {
      kind: KIND_INDEX.get(claim.kind)!,
      pkg: this.id(claim.pkg),
      symbol: this.id(claim.symbol),
      file: this.id(claim.file),
    };
  }

  /** Claims a file range; earlier claims win where two overlap. Parts outside the file are dropped. */
  add(offset: number, size: number, claim: Claim): void {
    if (size > 0) this.own(offset, size, this.owner(claim));
  }

  /** Claims what of a memory range has bytes in the file. */
  addMemory(addr: number, size: number, claim: Claim): void {
    if (size > 0) this.ownMemory(addr, size, this.owner(claim));
  }

  /** `add` with texts that are numbers already. */
  own(offset: number, size: number, owner: Owner): void {
    const end = Math.min(offset + size, this.image.source.size);
    if (!(size > 0 && offset >= 0 && end > offset) || this.count >= this.limit) return;
    if (this.count === this.from.length) this.grow();
    const i = this.count++;
    this.from[i] = offset;
    this.to[i] = end;
    this.kind[i] = owner.kind;
    this.pkg[i] = owner.pkg;
    this.symbol[i] = owner.symbol;
    this.sourceFile[i] = owner.file;
  }

  /** `addMemory` with texts that are numbers already. */
  ownMemory(addr: number, size: number, owner: Owner): void {
    if (!(size > 0)) return;
    const { loads } = this.image;
    // loads do not overlap: the last that begins at or before the range, and those that follow while they begin in it
    let i = 0;
    let high = loads.length;
    while (i < high) {
      const mid = (i + high) >> 1;
      if (loads[mid].addr <= addr) i = mid + 1;
      else high = mid;
    }
    for (i = Math.max(0, i - 1); i < loads.length && loads[i].addr < addr + size; i++) {
      const load = loads[i];
      const low = Math.max(addr, load.addr);
      const end = Math.min(addr + size, load.addr + load.fileSize);
      if (end > low) this.own(load.offset + (low - load.addr), end - low, owner);
    }
  }

  private grow(): void {
    const size = this.from.length * 2;
    this.from = wider(this.from, new Float64Array(size));
    this.to = wider(this.to, new Float64Array(size));
    this.kind = wider(this.kind, new Uint8Array(size));
    this.pkg = wider(this.pkg, new Uint32Array(size));
    this.symbol = wider(this.symbol, new Uint32Array(size));
    this.sourceFile = wider(this.sourceFile, new Uint32Array(size));
  }

  /** Claims in the order of their begin, those that begin together in the order of evidence: by digits, low first. */
  private order(): Uint32Array {
    const { count, from } = this;
    const { size } = this.image.source;
    let order = new Uint32Array(count);
    let next = new Uint32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    const places = new Uint32Array(RADIX);
    // offsets of files of less than 4 GiB are digits of 32 bits; of larger ones the high ones come by division
    const low = new Uint32Array(count);
    for (let unit = 1; unit <= size; unit *= 2 ** 32) {
      for (let i = 0; i < count; i++) low[i] = unit === 1 ? from[i] : Math.floor(from[i] / unit);
      for (let shift = 0; shift < 32 && unit * 2 ** shift <= size; shift += RADIX_BITS) {
        places.fill(0);
        for (let i = 0; i < count; i++) places[(low[i] >>> shift) & (RADIX - 1)]++;
        let sum = 0;
        for (let digit = 0; digit < RADIX; digit++) {
          const here = places[digit];
          places[digit] = sum;
          sum += here;
        }
        for (let i = 0; i < count; i++) {
          const claim = order[i];
          next[places[(low[claim] >>> shift) & (RADIX - 1)]++] = claim;
        }
        [order, next] = [next, order];
      }
    }
    return order;
  }

  /** Gives each byte to the earliest claim on it. */
  ledger(maker: Maker): Ledger {
    const n = this.count;
    const { size } = this.image.source;
    // sections cut rows and name them, so their edges are boundaries too
    const sections = this.file.sections
      .filter(s => s.fileSize > 0)
      .map(s => ({ from: s.offset, to: s.offset + s.fileSize, id: this.id(s.name) }))
      .sort((a, b) => a.from - b.from);
    const order = this.order();
    const rows = new Rows(size, this.texts.all, this.from.length);
    // active claims in a heap by number: the lowest number is the earliest evidence
    const heap = new MinHeap();
    let next = 0;
    let s = 0;
    let at = 0;
    while (at < size) {
      while (next < n && this.from[order[next]] <= at) heap.push(order[next++]);
      while (heap.size > 0 && this.to[heap.top] <= at) heap.pop();
      while (s < sections.length && sections[s].to <= at) s++;
      const inSection = s < sections.length && sections[s].from <= at;
      let end = size;
      if (s < sections.length) end = Math.min(end, inSection ? sections[s].to : sections[s].from);
      if (heap.size > 0) end = Math.min(end, this.to[heap.top]);
      // a more certain claim may begin before the current one ends
      let peek = next;
      while (peek < n && this.from[order[peek]] < end) {
        if (heap.size === 0 || order[peek] < heap.top) {
          end = this.from[order[peek]];
          break;
        }
        // less certain ones only matter once the current is over: queue them now
        heap.push(order[peek]);
        peek++;
        next = peek;
      }
      const section = inSection ? sections[s].id : 0;
      if (heap.size > 0 && this.from[heap.top] <= at) {
        const c = heap.top;
        rows.add(at, end - at, this.kind[c], section, this.pkg[c], this.symbol[c], this.sourceFile[c], c);
      } else {
        rows.add(at, end - at, inSection ? UNKNOWN : PADDING, section, 0, 0, 0, -1);
      }
      at = end;
    }
    return rows.finish(this.file, maker);
  }
}

/** Kinds of which the linker keeps one copy for all users: each piece is a row, since a neighbour may change its user. */
const APART = Uint8Array.from(KINDS, kind => (/^(?:strings|read-only data|gc masks)$/.test(kind) ? 1 : 0));

/** Growing parallel arrays of rows; neighbours that say the same are one row. */
class Rows {
  private count = 0;
  private offset: Float64Array;
  private length: Float64Array;
  private kind: Uint8Array;
  private section: Uint32Array;
  private pkg: Uint32Array;
  private symbol: Uint32Array;
  private file: Uint32Array;
  private claim = -1;
  constructor(
    private readonly size: number,
    private readonly strings: string[],
    capacity: number,
  ) {
    this.offset = new Float64Array(capacity);
    this.length = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.section = new Uint32Array(capacity);
    this.pkg = new Uint32Array(capacity);
    this.symbol = new Uint32Array(capacity);
    this.file = new Uint32Array(capacity);
  }

  /** `claim` is the number of the claim that the row is of. */
  add(
    offset: number,
    length: number,
    kind: number,
    section: number,
    pkg: number,
    symbol: number,
    file: number,
    claim: number,
  ): void {
    const same = claim === this.claim || APART[kind] === 0;
    this.claim = claim;
    const last = this.count - 1;
    if (
      same &&
      last >= 0 &&
      this.kind[last] === kind &&
      this.section[last] === section &&
      this.pkg[last] === pkg &&
      this.symbol[last] === symbol &&
      this.file[last] === file
    ) {
      this.length[last] += length;
      return;
    }
    if (this.count === this.offset.length) this.grow();
    const i = this.count++;
    this.offset[i] = offset;
    this.length[i] = length;
    this.kind[i] = kind;
    this.section[i] = section;
    this.pkg[i] = pkg;
    this.symbol[i] = symbol;
    this.file[i] = file;
  }

  private grow(): void {
    const size = this.offset.length * 2;
    this.offset = wider(this.offset, new Float64Array(size));
    this.length = wider(this.length, new Float64Array(size));
    this.kind = wider(this.kind, new Uint8Array(size));
    this.section = wider(this.section, new Uint32Array(size));
    this.pkg = wider(this.pkg, new Uint32Array(size));
    this.symbol = wider(this.symbol, new Uint32Array(size));
    this.file = wider(this.file, new Uint32Array(size));
  }

  /** Gaps outside sections are padding only when they hold nothing but zeros. */
  finish(image: Image, maker: Maker): Ledger {
    let unknown = 0;
    const n = this.count;
    for (let i = 0; i < n; i++) {
      const gap = this.kind[i] === PADDING && this.symbol[i] === 0;
      if (gap && !isZero(image.source, this.offset[i], this.length[i])) this.kind[i] = UNKNOWN;
      if (this.kind[i] === UNKNOWN) unknown += this.length[i];
    }
    return {
      size: this.size,
      count: n,
      offset: this.offset.slice(0, n),
      length: this.length.slice(0, n),
      kind: this.kind.slice(0, n),
      section: this.section.slice(0, n),
      pkg: this.pkg.slice(0, n),
      symbol: this.symbol.slice(0, n),
      file: this.file.slice(0, n),
      strings: this.strings,
      unknown,
      maker,
    };
  }
}

/** Binary heap of claim numbers. */
class MinHeap {
  private readonly items: number[] = [];
  get size(): number {
    return this.items.length;
  }
  get top(): number {
    return this.items[0];
  }
  push(item: number): void {
    const { items } = this;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (items[parent] <= item) break;
      items[i] = items[parent];
      i = parent;
    }
    items[i] = item;
  }
  pop(): void {
    const { items } = this;
    const last = items.pop()!;
    if (items.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1] < items[child]) child++;
      if (items[child] >= last) break;
      items[i] = items[child];
      i = child;
    }
    items[i] = last;
  }
}
