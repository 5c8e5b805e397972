/**
 * Type descriptors of the Go runtime (internal/abi type.go): found by following the runtime's own links from typelinks
 * and itabs, so that stripped files have them too.
 */
import { Reader, utf8, uvarint } from './bytes.ts';
import type { Image } from './image.ts';
import { memoryRanges } from './image.ts';
import type { Moduledata } from './pclntab.ts';

/** abi.Kind, the values that have data of their own behind the common part. */
const enum Kind {
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
const UNCOMMON_SIZE = 16;
/** Go 1.24 replaced buckets by groups: the descriptor of a map is four words longer. */
const SWISS_MAPS = 24;

export interface TypeDescriptor {
  /** Address and bytes, methods and fields included. */
  addr: number;
  size: number;
  /** As reflect's String shows it, such as `*http.Server`. */
  name: string;
  /** Import path for defined types with methods; empty otherwise. */
  pkg: string;
}

export interface TypeData {
  types: TypeDescriptor[];
  /** Names of types, fields and methods: address and bytes, with the type that was seen to use them first. */
  names: { addr: number; size: number; user: number }[];
  /** Where the last descriptor or name ends. */
  end: number;
  /** Lowest addresses behind that of a gc mask and of a function value that a type refers to; infinite for none. */
  firstMask: number;
  firstEqual: number;
}

/** Reads all descriptors that can be reached. `goMinor` is the release, 26 for Go 1.26. */
export function readTypes(image: Image, moduledata: Moduledata, goMinor: number): TypeData | null {
  const memory = memoryAt(image, moduledata.types);
  if (memory === null) return null;
  return new TypeWalk(image, memory, moduledata, goMinor).run();
}

interface Memory {
  addr: number;
  reader: Reader;
}

function memoryAt(image: Image, addr: number): Memory | null {
  for (const range of memoryRanges(image)) {
    if (addr >= range.addr && addr < range.addr + range.bytes.length) {
      return { addr: range.addr, reader: new Reader(range.bytes, image.littleEndian) };
    }
  }
  return null;
}

class TypeWalk {
  private readonly data: TypeData = {
    types: [],
    names: [],
    end: 0,
    firstMask: Number.POSITIVE_INFINITY,
    firstEqual: Number.POSITIVE_INFINITY,
  };
  private readonly seenTypes = new Set<number>();
  private readonly seenNames = new Set<number>();
  private readonly queue: number[] = [];
  private readonly equals = new Set<number>();
  private readonly masks = new Set<number>();
  private readonly p: number;

  constructor(
    private readonly image: Image,
    private readonly memory: Memory,
    private readonly m: Moduledata,
    private readonly goMinor: number,
  ) {
    this.p = image.ptrSize;
  }

  run(): TypeData {
    this.followLinks();
    while (this.queue.length > 0) {
      const addr = this.queue.pop()!;
      // a descriptor that does not fit is skipped: what it covers stays unknown
      if (this.fits(addr, 4 * this.p + 16)) this.read(addr);
    }
    const { data } = this;
    for (const { addr, size } of data.types) data.end = Math.max(data.end, addr + size);
    for (const { addr, size } of data.names) data.end = Math.max(data.end, addr + size);
    for (const mask of this.masks) if (mask >= data.end) data.firstMask = Math.min(data.firstMask, mask);
    for (const equal of this.equals) if (equal >= data.end) data.firstEqual = Math.min(data.firstEqual, equal);
    return data;
  }

  private fits(addr: number, size: number): boolean {
    return addr >= this.m.types && addr + size <= this.memory.addr + this.memory.reader.length && addr < this.m.etypes;
  }
  private push(addr: number): void {
    if (addr < this.m.types || addr >= this.m.etypes || addr % 4 !== 0 || this.seenTypes.has(addr)) return;
    this.seenTypes.add(addr);
    this.queue.push(addr);
  }

  /** typelinks are offsets from `types`; itabs hold an interface and a concrete type. */
  private followLinks(): void {
    const { typelinks, itablinks } = this.m;
    const links = memoryAt(this.image, typelinks.addr);
    if (links !== null) {
      const at = typelinks.addr - links.addr;
      for (let i = 0; i < typelinks.count && at + 4 * i + 4 <= links.reader.length; i++) {
        this.push(this.m.types + links.reader.i32(at + 4 * i));
      }
    }
    const tabs = memoryAt(this.image, itablinks.addr);
    for (let i = 0; tabs !== null && i < itablinks.count; i++) {
      const at = itablinks.addr - tabs.addr + i * this.p;
      if (at + this.p > tabs.reader.length) break;
      const itab = tabs.reader.uptr(at, this.p);
      const where = memoryAt(this.image, itab);
      if (where === null || itab - where.addr + 2 * this.p > where.reader.length) continue;
      this.push(where.reader.uptr(itab - where.addr, this.p));
      this.push(where.reader.uptr(itab - where.addr + this.p, this.p));
    }
  }

  private read(addr: number): void {
    const { p } = this;
    const r = this.memory.reader;
    const at = addr - this.memory.addr;
    const flags = r.u8(at + 2 * p + 4);
    const kind = r.u8(at + 2 * p + 7) & KIND_MASK;
    const equal = r.uptr(at + 2 * p + 8, p);
    const mask = r.uptr(at + 3 * p + 8, p);
    if (equal > this.m.types && equal < this.m.etypes) this.equals.add(equal);
    if (mask > this.m.types && mask < this.m.etypes) this.masks.add(mask);
    const index = this.data.types.length;
    const name = this.name(this.m.types + r.i32(at + 4 * p + 8), index);
    const toThis = r.i32(at + 4 * p + 12);
    if (toThis !== 0) this.push(this.m.types + toThis);
    const common = 4 * p + 16;
    const type: TypeDescriptor = {
      addr,
      size: common,
      name: flags & TFLAG_EXTRA_STAR && name.startsWith('*') ? name.slice(1) : name,
      pkg: '',
    };
    this.data.types.push(type);
    let own = common + this.ownSize(kind);
    const room = r.length - at;
    if (own > room) return;
    // arrays that follow the descriptor itself: parameters, methods
    let end = own;
    const word = (i: number) => r.uptr(at + common + i * p, p);
    const uncommon = (flags & TFLAG_UNCOMMON) !== 0;
    if (kind === Kind.Array) {
      this.push(word(0));
      this.push(word(1));
    } else if (kind === Kind.Chan || kind === Kind.Pointer || kind === Kind.Slice) this.push(word(0));
    else if (kind === Kind.Map) for (let i = 0; i < 3; i++) this.push(word(i));
    else if (kind === Kind.Func) {
      const count = r.u16(at + common) + (r.u16(at + common + 2) & 0x7fff);
      const first = own + (uncommon ? UNCOMMON_SIZE : 0);
      if (first + count * p > room) return;
      for (let i = 0; i < count; i++) this.push(r.uptr(at + first + i * p, p));
      end = first + count * p;
    } else if (kind === Kind.Interface) {
      end = Math.max(end, this.interfaceMethods(addr, word(1), word(2), index));
    } else if (kind === Kind.Struct) {
      end = Math.max(end, this.structFields(addr, word(1), word(2), index));
    }
    if (uncommon && own + UNCOMMON_SIZE <= room) end = Math.max(end, this.methods(at, own, index, type));
    own = end;
    type.size = Math.min(own, room);
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
        return this.goMinor >= SWISS_MAPS ? 7 * p + p : 4 * p + 8;
      case Kind.Pointer:
      case Kind.Slice:
        return p;
      default:
        return 0;
    }
  }

  /** Returns where the array ends, from the descriptor's start, when it lies behind it. */
  private interfaceMethods(type: number, array: number, count: number, user: number): number {
    if (!this.fits(array, count * 8)) return 0;
    const r = this.memory.reader;
    for (let i = 0; i < count; i++) {
      const at = array - this.memory.addr + i * 8;
      this.name(this.m.types + r.i32(at), user);
      this.push(this.m.types + r.i32(at + 4));
    }
    return count > 0 ? array + count * 8 - type : 0;
  }
  private structFields(type: number, array: number, count: number, user: number): number {
    const { p } = this;
    if (!this.fits(array, count * 3 * p)) return 0;
    const r = this.memory.reader;
    for (let i = 0; i < count; i++) {
      const at = array - this.memory.addr + i * 3 * p;
      this.name(r.uptr(at, p), user);
      this.push(r.uptr(at + p, p));
    }
    return count > 0 ? array + count * 3 * p - type : 0;
  }
  private methods(at: number, uncommon: number, user: number, type: TypeDescriptor): number {
    const r = this.memory.reader;
    const u = at + uncommon;
    const pkg = r.i32(u);
    if (pkg !== 0) type.pkg = this.name(this.m.types + pkg, user);
    const count = r.u16(u + 4);
    const first = u + r.u32(u + 8);
    if (count === 0 || first + count * 16 > r.length) return uncommon + UNCOMMON_SIZE;
    for (let i = 0; i < count; i++) {
      this.name(this.m.types + r.i32(first + i * 16), user);
      const signature = r.i32(first + i * 16 + 4);
      if (signature > 0) this.push(this.m.types + signature);
    }
    return Math.max(uncommon + UNCOMMON_SIZE, first + count * 16 - at);
  }

  /** A name: flag byte, length, text; then a tag with its length, and four bytes for a package path. */
  private name(addr: number, user: number): string {
    if (!this.fits(addr, 2)) return '';
    const { bytes } = this.memory.reader;
    const at = addr - this.memory.addr;
    const [length, text] = uvarint(bytes, at + 1);
    let end = text + length;
    if (end > bytes.length) return '';
    const flags = bytes[at];
    if (flags & 2) {
      const [tagLength, tag] = uvarint(bytes, end);
      end = tag + tagLength;
    }
    if (flags & 4) end += 4;
    if (!this.seenNames.has(addr)) {
      this.seenNames.add(addr);
      this.data.names.push({ addr, size: end - at, user });
    }
    return utf8(bytes, text, text + length);
  }
}
