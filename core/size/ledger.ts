/**
 * The ledger: every byte of a file in exactly one row.
 *
 * Evidence is collected as claims (a byte range with what it is), the most certain kinds first: the file's own headers
 * and tables, functions by pclntab and symbols, then sections' own meaning. Where claims overlap the earlier one has the
 * byte. What no claim covers is a row `unknown` of its section, or padding when it is zeros outside any section.
 * Invariant: rows are sorted, do not overlap, and cover [0, file size).
 */
import type { Image } from '../binary/image.ts';

export const KINDS = [
  'code',
  'foreign code',
  'types',
  'itabs',
  'strings',
  'read-only data',
  'data',
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
}

export interface Claim {
  kind: LedgerKind;
  pkg?: string;
  symbol?: string;
  file?: string;
}

/** Collects claims; `ledger` resolves them. */
export class Claims {
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly kind: number[] = [];
  private readonly pkg: number[] = [];
  private readonly symbol: number[] = [];
  private readonly file: number[] = [];
  private readonly strings: string[] = [''];
  private readonly ids = new Map<string, number>([['', 0]]);

  constructor(private readonly image: Image) {}

  private id(text: string | undefined): number {
    if (text === undefined) return 0;
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.strings.length;
      this.strings.push(text);
      this.ids.set(text, id);
    }
    return id;
  }

  /** Claims a file range; earlier claims win where two overlap. Parts outside the file are dropped. */
  add(offset: number, size: number, claim: Claim): void {
    const end = Math.min(offset + size, this.image.source.size);
    if (!(size > 0 && offset >= 0 && end > offset)) return;
    this.from.push(offset);
    this.to.push(end);
    this.kind.push(KINDS.indexOf(claim.kind));
    this.pkg.push(this.id(claim.pkg));
    this.symbol.push(this.id(claim.symbol));
    this.file.push(this.id(claim.file));
  }

  /** Claims what of a memory range has bytes in the file. */
  addMemory(addr: number, size: number, claim: Claim): void {
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
      if (end > low) this.add(load.offset + (low - load.addr), end - low, claim);
    }
  }

  ledger(): Ledger {
    const n = this.from.length;
    const { size } = this.image.source;
    // sections cut rows and name them, so their edges are boundaries too
    const sections = this.image.sections
      .filter(s => s.fileSize > 0)
      .map(s => ({ from: s.offset, to: s.offset + s.fileSize, id: this.id(s.name) }))
      .sort((a, b) => a.from - b.from);
    const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => this.from[a] - this.from[b]);
    const rows = new Rows(size, this.strings);
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
        rows.add(at, end - at, this.kind[c], section, this.pkg[c], this.symbol[c], this.file[c]);
      } else {
        rows.add(at, end - at, inSection ? UNKNOWN : PADDING, section, 0, 0, 0);
      }
      at = end;
    }
    return rows.finish(this.image);
  }
}

/** Growing parallel arrays of rows; neighbours that say the same are one row. */
class Rows {
  private readonly offset: number[] = [];
  private readonly length: number[] = [];
  private readonly kind: number[] = [];
  private readonly section: number[] = [];
  private readonly pkg: number[] = [];
  private readonly symbol: number[] = [];
  private readonly file: number[] = [];
  constructor(
    private readonly size: number,
    private readonly strings: string[],
  ) {}
  add(offset: number, length: number, kind: number, section: number, pkg: number, symbol: number, file: number): void {
    const last = this.offset.length - 1;
    if (
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
    this.offset.push(offset);
    this.length.push(length);
    this.kind.push(kind);
    this.section.push(section);
    this.pkg.push(pkg);
    this.symbol.push(symbol);
    this.file.push(file);
  }
  /** Gaps outside sections are padding only when they hold nothing but zeros. */
  finish(image: Image): Ledger {
    let unknown = 0;
    for (let i = 0; i < this.kind.length; i++) {
      const gap = this.kind[i] === PADDING && this.symbol[i] === 0;
      if (gap && !isZero(image.source.read(this.offset[i], this.length[i]))) this.kind[i] = UNKNOWN;
      if (this.kind[i] === UNKNOWN) unknown += this.length[i];
    }
    return {
      size: this.size,
      count: this.offset.length,
      offset: Float64Array.from(this.offset),
      length: Float64Array.from(this.length),
      kind: Uint8Array.from(this.kind),
      section: Uint32Array.from(this.section),
      pkg: Uint32Array.from(this.pkg),
      symbol: Uint32Array.from(this.symbol),
      file: Uint32Array.from(this.file),
      strings: this.strings,
      unknown,
    };
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every(b => b === 0);
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
