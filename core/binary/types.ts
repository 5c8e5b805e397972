/**
 * Type descriptors of the Go runtime (internal/abi type.go): found by following the runtime's own links from typelinks
 * and itabs (from Go 1.27 on one behind the other), so that stripped files have them too. Anything that does not fit is
 * skipped: what it covers stays unknown.
 */
import { FormatError, LONGEST_TABLE, type Reader, utf8, uvarint } from './bytes.ts';
import type { Image } from './image.ts';
import { type Memory, memoryOf } from './memory.ts';
import type { Moduledata } from './moduledata.ts';

/** abi.Kind, the values that have data of their own behind the common part. */
export const enum Kind {
  Array = 17,
  Chan = 18,
  Func = 19,
  Interface = 20,
  Map = 21,
  Pointer = 22,
  Slice = 23,
  Struct = 25,
}

const KIND_MASK = 31;
const TFLAG_UNCOMMON = 1;
const TFLAG_EXTRA_STAR = 2;
const TFLAG_GC_MASK_ON_DEMAND = 16;
/** A bit of the kind up to Go 1.23. */
const KIND_GC_PROG = 64;
const UNCOMMON_SIZE = 16;
/** Longest stretch between two descriptors in which others are looked for. */
const GAP_LIMIT = 1 << 16;
/** Go 1.24 replaced buckets by groups, Go 1.27 lays groups out in another way. */
const SWISS_MAPS = 24;
const SPLIT_GROUPS = 27;

/** States of a place: what is greater is the index of a descriptor. */
const WAITING = 1;
const FIRST_INDEX = 2;

export interface TypeDescriptor {
  /** Address and bytes, methods and fields included. */
  addr: number;
  size: number;
  /** As reflect's String shows it, such as `*http.Server`. */
  name: string;
  /** Import path of the package of a defined type, or of what the type is composed of; empty for none. */
  pkg: string;
}

/** A table of methods for a concrete type in an interface. */
export interface Itab {
  addr: number;
  size: number;
  /** Indices into `types`; -1 when not found there. */
  inter: number;
  type: number;
}

export interface TypeData {
  types: TypeDescriptor[];
  /** Names of types, fields and methods: address and bytes, with the type that was seen to use them first. */
  names: { addr: number[]; size: number[]; user: number[] };
  itabs: Itab[];
  /** Masks for the garbage collector by address, with the type that was seen to use them first. */
  masks: { addr: number; size: number; user: number }[];
  /** Where the last descriptor or name ends. */
  end: number;
}

/** Reads all descriptors that can be reached. `goMinor` is the release, 26 for Go 1.26. */
export function readTypes(image: Image, moduledata: Moduledata, goMinor: number): TypeData | null {
  const memory = memoryOf(image);
  const range = memory.indexOf(moduledata.types);
  if (range < 0) return null;
  return new TypeWalk(image, memory, range, moduledata, goMinor).run();
}

class TypeWalk {
  private readonly data: TypeData = {
    types: [],
    names: { addr: [], size: [], user: [] },
    itabs: [],
    masks: [],
    end: 0,
  };
  /**
   * What is known of each place of four bytes from `types` on: nothing, a descriptor that waits, or the index of one that
   * has been read. (A map of that many addresses takes a tenth of the time of the whole walk.)
   */
  private readonly seen: Int32Array;
  /** Whether a name begins at a byte, from `types` on. */
  private readonly seenNames: Uint8Array;
  private readonly seenMasks = new Set<number>();
  /** By descriptor: address of the type it is made of (pointer, slice, array, channel), 0 for none; methods of an interface. */
  private readonly element: number[] = [];
  private readonly methodCount: number[] = [];
  private readonly queue: number[] = [];
  private readonly p: number;
  private readonly r: Reader;
  private readonly base: number;
  /** All that descriptors and names stand in as characters, where the host makes them fast and it is not too much. */
  private readonly characters: ((bytes: Uint8Array) => string) | null;
  private whole: string | null = null;

  constructor(
    image: Image,
    private readonly memory: Memory,
    range: number,
    private readonly m: Moduledata,
    private readonly goMinor: number,
  ) {
    this.p = image.ptrSize;
    this.r = memory.reader(range);
    this.base = memory.ranges[range].addr;
    const room = Math.max(0, Math.min(m.etypes, this.base + this.r.length) - m.types);
    this.seen = new Int32Array(Math.ceil(room / 4));
    this.seenNames = new Uint8Array(room);
    const { characters } = image.source;
    this.characters = m.etypes - m.types <= LONGEST_TABLE ? (characters ?? null) : null;
  }

  run(): TypeData {
    this.followLinks();
    this.walkOrdered();
    this.drain();
    this.itabsOf();
    this.drain();
    this.fillGaps();
    const { data } = this;
    this.inheritPackages();
    for (const { addr, size } of data.types) data.end = Math.max(data.end, addr + size);
    const { addr: names, size: sizes } = data.names;
    for (let i = 0; i < names.length; i++) data.end = Math.max(data.end, names[i] + sizes[i]);
    data.masks.sort((a, b) => a.addr - b.addr);
    return data;
  }

  private drain(): void {
    while (this.queue.length > 0) this.tryRead(this.queue.pop()!);
  }

  private tryRead(addr: number): boolean {
    if (!this.fits(addr, 4 * this.p + 16)) return false;
    try {
      this.read(addr);
      return true;
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  }

  private fits(addr: number, size: number): boolean {
    return addr >= this.m.types && addr + size <= this.base + this.r.length && addr < this.m.etypes;
  }
  private placeOf(addr: number): number {
    return Math.floor((addr - this.m.types) / 4);
  }
  private isSeen(addr: number): boolean {
    return this.seen[this.placeOf(addr)] > 0;
  }
  private see(addr: number, state: number): void {
    const place = this.placeOf(addr);
    if (place < this.seen.length) this.seen[place] = state;
  }
  /** Index of the descriptor at an address; -1 for none. */
  private indexOf(addr: number): number {
    const place = this.placeOf(addr);
    return place >= 0 && place < this.seen.length && addr % 4 === 0 ? Math.max(-1, this.seen[place] - FIRST_INDEX) : -1;
  }
  private push(addr: number): void {
    if (addr < this.m.types || addr >= this.m.etypes || addr % 4 !== 0 || this.isSeen(addr)) return;
    this.see(addr, WAITING);
    this.queue.push(addr);
  }

  /** typelinks are offsets from `types`. */
  private followLinks(): void {
    const { typelinks } = this.m;
    const i = this.memory.indexOf(typelinks.addr);
    if (i < 0) return;
    const links = this.memory.reader(i);
    const at = typelinks.addr - this.memory.ranges[i].addr;
    const count = Math.min(typelinks.count, Math.floor((links.length - at) / 4));
    for (let k = 0; k < count; k++) this.push(this.m.types + links.i32(at + 4 * k));
  }

  /** Go 1.27: descriptors one behind the other, aligned to pointers (runtime moduleTypelinks). */
  private walkOrdered(): void {
    for (let addr = this.m.types + this.p; addr < this.m.edescriptors; ) {
      addr = Math.ceil(addr / this.p) * this.p;
      const index = this.data.types.length;
      this.see(addr, WAITING);
      if (!this.tryRead(addr) || this.data.types[index] === undefined) return;
      addr += this.data.types[index].size;
    }
  }

  /**
   * Descriptors that only code refers to: where a known one ends another may begin. It has to look like one throughout:
   * a kind, sizes that fit it, a name, and a place behind it that is not taken.
   */
  private fillGaps(): void {
    const { types } = this.data;
    const { p } = this;
    for (let found = -1; found !== types.length; ) {
      found = types.length;
      const order = types.map(t => ({ from: t.addr, to: t.addr + t.size })).sort((a, b) => a.from - b.from);
      for (let i = 0; i + 1 < order.length; i++) {
        const end = order[i + 1].from;
        let at = Math.ceil(order[i].to / p) * p;
        while (at + 4 * p + 16 <= end && end - at < GAP_LIMIT) {
          // alignment that zeros fill
          if (this.r.uptr(at - this.base, p) === 0 && this.r.uptr(at - this.base + p, p) === 0) {
            at += p;
            continue;
          }
          const index = types.length;
          if (!this.looksLikeType(at) || this.isSeen(at)) break;
          this.see(at, WAITING);
          if (!this.tryRead(at) || types[index] === undefined || at + types[index].size > end) break;
          at = Math.ceil((at + types[index].size) / p) * p;
        }
      }
      this.drain();
    }
  }

  private looksLikeType(addr: number): boolean {
    const { p, r } = this;
    const at = addr - this.base;
    const [size, pointers] = [r.uptr(at, p), r.uptr(at + p, p)];
    const kind = r.u8(at + 2 * p + 7) & KIND_MASK;
    if (kind === 0 || kind > 26 || pointers > size || r.u32(at + 2 * p) === 0) return false;
    const name = this.m.types + r.i32(at + 4 * p + 8);
    if (name === this.m.types || !this.fits(name, 3)) return false;
    const { bytes } = r;
    const n = name - this.base;
    if (bytes[n] > 15 || bytes[n + 1] === 0) return false;
    // a length of three bytes or more is none of a name
    if (bytes[n + 1] >= 0x80 && bytes[n + 2] >= 0x80) return false;
    const [length, text] = uvarint(bytes, n + 1);
    if (length > 0x4000 || text + length > bytes.length) return false;
    for (let i = text; i < text + length; i++) if (bytes[i] < 0x20) return false;
    return true;
  }

  /** An itab holds an interface, a concrete type, a hash, and the methods of the interface, at least one place. */
  private itabsOf(): void {
    const { p, m } = this;
    const one = (addr: number): number => {
      const i = this.memory.indexOf(addr);
      if (i < 0 || addr + 3 * p + 8 > this.memory.ranges[i].end) return 0;
      const r = this.memory.reader(i);
      const at = addr - this.memory.ranges[i].addr;
      const [inter, type] = [r.uptr(at, p), r.uptr(at + p, p)];
      this.push(inter);
      this.push(type);
      this.drain();
      const interIndex = this.indexOf(inter);
      const methods = interIndex < 0 ? 1 : Math.max(1, this.methodCount[interIndex]);
      // the hash takes four bytes and is padded to the alignment of pointers
      const size = 2 * p + (p === 8 ? 8 : 4) + methods * p;
      this.data.itabs.push({ addr, size, inter: interIndex, type: this.indexOf(type) });
      return size;
    };
    for (let addr = m.itabs.addr; addr < m.itabs.addr + m.itabs.size; ) {
      const size = one(addr);
      if (size === 0) break;
      addr += size;
    }
    const i = this.memory.indexOf(m.itablinks.addr);
    if (i < 0) return;
    const links = this.memory.reader(i);
    const at = m.itablinks.addr - this.memory.ranges[i].addr;
    const count = Math.min(m.itablinks.count, Math.floor((links.length - at) / p));
    for (let k = 0; k < count; k++) one(links.uptr(at + k * p, p));
  }

  /** A type that is composed of one other belongs to that one's package. */
  private inheritPackages(): void {
    const { types } = this.data;
    for (let i = 0; i < types.length; i++) {
      let k = i;
      for (let depth = 0; depth < 8 && types[k].pkg === '' && this.element[k] !== 0; depth++) {
        const next = this.indexOf(this.element[k]);
        if (next < 0) break;
        k = next;
      }
      if (types[i].pkg === '') types[i].pkg = types[k].pkg;
    }
  }

  private read(addr: number): void {
    const { p, r } = this;
    const at = addr - this.base;
    const flags = r.u8(at + 2 * p + 4);
    const kind = r.u8(at + 2 * p + 7) & KIND_MASK;
    const index = this.data.types.length;
    const mask = r.uptr(at + 3 * p + 8, p);
    // a large type has a program instead of a mask, or makes its mask when it is needed
    const noMask = this.goMinor >= SWISS_MAPS ? flags & TFLAG_GC_MASK_ON_DEMAND : r.u8(at + 2 * p + 7) & KIND_GC_PROG;
    if (mask !== 0 && noMask === 0 && !this.seenMasks.has(mask)) {
      this.seenMasks.add(mask);
      // one bit for each word that may hold a pointer
      const bytes = Math.ceil(r.uptr(at + p, p) / p / 8);
      if (bytes < 0x100000) this.data.masks.push({ addr: mask, size: bytes, user: index });
    }
    const common = 4 * p + 16;
    const name = this.text(this.m.types + r.i32(at + 4 * p + 8), index);
    const pointerTo = r.i32(at + 4 * p + 12);
    if (pointerTo !== 0) this.push(this.m.types + pointerTo);
    const type: TypeDescriptor = {
      addr,
      size: common,
      name: flags & TFLAG_EXTRA_STAR && name.startsWith('*') ? name.slice(1) : name,
      pkg: '',
    };
    this.data.types.push(type);
    this.see(addr, index + FIRST_INDEX);
    this.element.push(0);
    this.methodCount.push(0);
    const own = common + this.ownSize(kind);
    const room = r.length - at;
    if (own > room) return;
    type.size = own;
    // arrays that follow the descriptor itself: parameters, methods
    let end = own;
    const word = (i: number) => r.uptr(at + common + i * p, p);
    const uncommon = (flags & TFLAG_UNCOMMON) !== 0;
    if (kind === Kind.Array) {
      this.element[index] = word(0);
      this.push(word(0));
      this.push(word(1));
    } else if (kind === Kind.Chan || kind === Kind.Pointer || kind === Kind.Slice) {
      this.element[index] = word(0);
      this.push(word(0));
    } else if (kind === Kind.Map) for (let i = 0; i < 3; i++) this.push(word(i));
    else if (kind === Kind.Func) {
      const count = r.u16(at + common) + (r.u16(at + common + 2) & 0x7fff);
      const first = own + (uncommon ? UNCOMMON_SIZE : 0);
      if (first + count * p <= room) {
        for (let i = 0; i < count; i++) this.push(r.uptr(at + first + i * p, p));
        end = first + count * p;
      }
    } else if (kind === Kind.Interface || kind === Kind.Struct) {
      if (word(0) !== 0) type.pkg = this.text(word(0), index);
      const array =
        kind === Kind.Struct ? this.structFields(addr, index, word) : this.interfaceMethods(addr, index, word);
      end = Math.max(end, array);
    }
    if (uncommon && own + UNCOMMON_SIZE <= room) end = Math.max(end, this.methods(at, own, index, type));
    type.size = Math.min(end, room);
  }

  private ownSize(kind: number): number {
    const { p } = this;
    switch (kind) {
      case Kind.Array:
        return 3 * p;
      case Kind.Chan:
        return 2 * p;
      case Kind.Func:
        return p;
      case Kind.Interface:
      case Kind.Struct:
        return 4 * p;
      case Kind.Map:
        return this.goMinor >= SPLIT_GROUPS ? 11 * p : this.goMinor >= SWISS_MAPS ? 8 * p : 4 * p + 8;
      case Kind.Pointer:
      case Kind.Slice:
        return p;
      default:
        return 0;
    }
  }

  /** Returns where the array ends, from the descriptor's start, when it lies behind it. */
  private interfaceMethods(type: number, user: number, word: (i: number) => number): number {
    const [array, count] = [word(1), word(2)];
    if (!(count < 0x10000 && this.fits(array, count * 8))) return 0;
    this.methodCount[user] = count;
    for (let i = 0; i < count; i++) {
      const at = array - this.base + i * 8;
      this.name(this.m.types + this.r.i32(at), user);
      this.push(this.m.types + this.r.i32(at + 4));
    }
    return count > 0 && this.follows(type, array) ? array + count * 8 - type : 0;
  }
  private structFields(type: number, user: number, word: (i: number) => number): number {
    const { p, r } = this;
    const [array, count] = [word(1), word(2)];
    if (!(count < 0x10000 && this.fits(array, count * 3 * p))) return 0;
    for (let i = 0; i < count; i++) {
      const at = array - this.base + i * 3 * p;
      this.name(r.uptr(at, p), user);
      this.push(r.uptr(at + p, p));
    }
    return count > 0 && this.follows(type, array) ? array + count * 3 * p - type : 0;
  }
  /** Whether an array of methods or fields lies right behind its descriptor. */
  private follows(type: number, array: number): boolean {
    const own = 4 * this.p + 16 + 4 * this.p;
    return array >= type + own && array <= type + own + UNCOMMON_SIZE;
  }
  private methods(at: number, uncommon: number, user: number, type: TypeDescriptor): number {
    const { r } = this;
    const u = at + uncommon;
    const pkg = r.i32(u);
    if (pkg !== 0) type.pkg = this.text(this.m.types + pkg, user);
    const count = r.u16(u + 4);
    const first = u + r.u32(u + 8);
    // methods follow the parameters or fields
    if (count === 0 || first + count * 16 > r.length || first - at > 0x100000) return uncommon + UNCOMMON_SIZE;
    for (let i = 0; i < count; i++) {
      this.name(this.m.types + r.i32(first + i * 16), user);
      const signature = r.i32(first + i * 16 + 4);
      if (signature > 0) this.push(this.m.types + signature);
    }
    return Math.max(uncommon + UNCOMMON_SIZE, first + count * 16 - at);
  }

  /** A name: flag byte, length, text; then a tag with its length, and four bytes for a package path. */
  private name(addr: number, user: number): boolean {
    if (!this.fits(addr, 2)) return false;
    if (this.seenNames[addr - this.m.types] === 1) return true;
    const { bytes } = this.r;
    const at = addr - this.base;
    const [length, text] = uvarint(bytes, at + 1);
    let end = text + length;
    if (length > 0x10000 || end > bytes.length) return false;
    const flags = bytes[at];
    if (flags & 2) {
      const [tagLength, tag] = uvarint(bytes, end);
      if (tagLength > 0x10000) return false;
      end = tag + tagLength;
    }
    if (flags & 4) end += 4;
    this.seenNames[addr - this.m.types] = 1;
    const { names } = this.data;
    names.addr.push(addr);
    names.size.push(end - at);
    names.user.push(user);
    return true;
  }

  /** The text of a name, empty where none can be. */
  private text(addr: number, user: number): string {
    if (!this.name(addr, user)) return '';
    const { bytes } = this.r;
    const [length, from] = uvarint(bytes, addr - this.base + 1);
    let ascii = this.characters !== null;
    for (let i = from; ascii && i < from + length; i++) ascii = bytes[i] < 0x80;
    // parts of one text take less time and memory than texts of their own
    if (!ascii) return utf8(bytes, from, from + length);
    const { types } = this.m;
    this.whole ??= this.characters!(bytes.subarray(types - this.base, this.m.etypes - this.base));
    return this.whole.slice(from + this.base - types, from + length + this.base - types);
  }
}
