/** What each symbol of a program refers to, and why that keeps its target; read of a symbol when it is first asked for. */
import { minorOf } from '../binary/buildinfo.ts';
import { utf8 } from '../binary/bytes.ts';
import { AuxType, type GoObject, NEWEST, RelocType, SymbolFlag2, WEAK } from '../binary/goobj.ts';
import { Kind } from '../binary/types.ts';
import type { LinkOptions } from './link.ts';
import type { LinkSymbols } from './link-symbols.ts';

/** Why an edge keeps its target. */
export const enum EdgeKind {
  /** A relocation: a call, an address. */
  Strong,
  /** Tables that belong to a symbol: function data, DWARF. */
  Aux,
  /** From a type to one of its methods: only when it is used in an interface and such a method may be called. */
  Method,
  /** The source converts the target, a type, to an interface. */
  UseIface,
  /** The source calls the interface method `extra`. */
  IfaceMethod,
  /** The source calls any method of the name `extra`: through a type parameter, or by reflection with a constant name. */
  NamedMethod,
}

/** What is known of the program's symbols by now. */
export interface EdgeSources {
  itab: Uint8Array;
  /** Set for what turns out to be debug information. */
  debug: Uint8Array;
  /** Edges that no relocation of Go's objects makes. */
  more: ReadonlyMap<number, readonly number[]>;
  /** Maps are initialised even where they are weakly referred to: the program can load plugins. */
  plugins: boolean;
}

export class LinkEdges {
  /** Method signatures by number: name, and the function type's symbol; type −1 stands for any. */
  readonly signatures: { name: string; type: number }[] = [];
  private readonly signatureIds = new Map<string, number>();
  private readonly start: Int32Array;
  private readonly end: Int32Array;
  private used = 0;
  private targets = new Int32Array(FIRST_CAPACITY);
  private kinds = new Uint8Array(FIRST_CAPACITY);
  private types = new Uint16Array(FIRST_CAPACITY);
  private offsets = new Int32Array(FIRST_CAPACITY);
  private extras = new Int32Array(FIRST_CAPACITY);
  private readonly pointer: number;
  private readonly little: boolean;

  constructor(
    private readonly symbols: LinkSymbols,
    private readonly sources: EdgeSources,
    { goarch }: LinkOptions,
  ) {
    this.start = new Int32Array(symbols.room).fill(-1);
    this.end = new Int32Array(symbols.room);
    this.pointer = /^(?:386|arm|mips|mipsle)$/.test(goarch) ? 4 : 8;
    this.little = !/^(?:mips|mips64|ppc64|s390x)$/.test(goarch);
  }

  /** The edges of a symbol, [from, to): numbers for the functions below. */
  of(symbol: number): [from: number, to: number] {
    if (this.start[symbol] < 0) this.expand(symbol);
    return [this.start[symbol], this.end[symbol]];
  }
  target(edge: number): number {
    return this.targets[edge];
  }
  kind(edge: number): EdgeKind {
    return this.kinds[edge];
  }
  type(edge: number): number {
    return this.types[edge];
  }
  offset(edge: number): number {
    return this.offsets[edge];
  }
  extra(edge: number): number {
    return this.extras[edge];
  }

  private push(target: number, kind: EdgeKind, type: number, offset: number, extra: number): void {
    if (this.used === this.targets.length) this.grow();
    const edge = this.used++;
    this.targets[edge] = target;
    this.kinds[edge] = kind;
    this.types[edge] = type;
    this.offsets[edge] = offset;
    this.extras[edge] = extra;
  }

  private grow(): void {
    const size = 2 * this.targets.length;
    const grown = <A extends Int32Array | Uint16Array | Uint8Array>(a: A, b: A): A => (b.set(a), b);
    this.targets = grown(this.targets, new Int32Array(size));
    this.kinds = grown(this.kinds, new Uint8Array(size));
    this.types = grown(this.types, new Uint16Array(size));
    this.offsets = grown(this.offsets, new Int32Array(size));
    this.extras = grown(this.extras, new Int32Array(size));
  }

  private signature(name: string, type: number): number {
    const key = `${type} ${name}`;
    let id = this.signatureIds.get(key);
    if (id === undefined) {
      id = this.signatures.push({ name, type }) - 1;
      this.signatureIds.set(key, id);
    }
    return id;
  }

  /** The symbol that the relocation at byte `offset` of a symbol leads to, or -1. */
  private at(symbol: number, offset: number): number {
    const { object, local, objects } = this.symbols;
    if (object[symbol] < 0) return -1;
    const r = objects[object[symbol]].object.relocations(local[symbol]);
    for (let k = 0; k < r.count; k++) {
      if (r.offset[k] === offset && r.type[k] !== 0)
        return this.symbols.resolve(object[symbol], r.refKind[k], r.pkg[k], r.index[k]);
    }
    return -1;
  }

  /** A name in type data: flags, length, text (internal/abi.Name). */
  private nameData(symbol: number): string {
    if (symbol < 0 || this.symbols.object[symbol] < 0) return '';
    const data = this.symbols.dataOf(symbol);
    let length = 0;
    let i = 1;
    for (let scale = 1; i < data.length; scale *= 128) {
      length += (data[i] & 0x7f) * scale;
      if (data[i++] < 0x80) break;
    }
    return text(data.subarray(i, i + length));
  }

  private methodAt(symbol: number, offset: number): number {
    return this.signature(this.nameData(this.at(symbol, offset)), this.at(symbol, offset + 4));
  }

  private expand(symbol: number): void {
    this.start[symbol] = this.used;
    for (const target of this.sources.more.get(symbol) ?? []) this.push(target, EdgeKind.Strong, RelocType.Addr, 0, 0);
    const o = this.symbols.object[symbol];
    if (o >= 0) {
      const { object } = this.symbols.objects[o];
      this.addRelocations(symbol, o, object);
      this.addAuxiliaries(symbol, o, object);
    }
    this.end[symbol] = this.used;
  }

  private addRelocations(symbol: number, o: number, from: GoObject): void {
    const { symbols } = this;
    const first = this.used;
    const r = from.relocations(symbols.local[symbol]);
    let methods = 0;
    for (let k = 0; k < r.count; k++) {
      const target = symbols.resolve(o, r.refKind[k], r.pkg[k], r.index[k]);
      const type = r.type[k] & ~WEAK;
      if (r.type[k] & WEAK) {
        const map = (from.flag2[symbols.local[symbol]] & SymbolFlag2.PkgInit) !== 0 && target >= 0;
        if (!(this.sources.plugins && map && symbols.nameOf(target).includes('map.init'))) continue;
      }
      if (target < 0 || type === RelocType.UseType || type === from.initOrder) continue;
      if (type === RelocType.MethodOff) {
        // three in a row are one method: its type, and its code for interfaces and for others
        this.push(target, EdgeKind.Method, type, r.offset[k], Math.floor(methods++ / 3));
      } else if (type === RelocType.UseIface) {
        const used = this.sources.itab[target] ? this.at(target, this.pointer) : target;
        this.push(used, EdgeKind.UseIface, type, r.offset[k], 0);
      } else if (type === RelocType.UseIfaceMethod) {
        this.push(target, EdgeKind.IfaceMethod, type, r.offset[k], this.methodAt(target, r.addend[k]));
      } else if (type === RelocType.UseNamedMethod) {
        const name = symbols.object[target] < 0 ? '' : text(symbols.dataOf(target));
        this.push(target, EdgeKind.NamedMethod, type, r.offset[k], this.signature(name, -1));
      } else this.push(target, EdgeKind.Strong, type, r.offset[k], 0);
    }
    if (methods === 0) return;
    const release = minorOf(from.goVersion) || NEWEST;
    const found = methodSignatures(symbols.dataOf(symbol), this.pointer, release, this.little, offset =>
      this.methodAt(symbol, offset),
    );
    for (let e = first; e < this.used; e++)
      if (this.kinds[e] === EdgeKind.Method) this.extras[e] = found[this.extras[e]] ?? this.signature('', -1);
  }

  private addAuxiliaries(symbol: number, o: number, from: GoObject): void {
    for (const { type, refKind, pkg, index } of from.auxiliaries(this.symbols.local[symbol])) {
      const target = this.symbols.resolve(o, refKind, pkg, index);
      if (type === AuxType.GoType || target < 0) continue;
      if (type >= AuxType.DwarfInfo && type <= AuxType.DwarfLines) this.sources.debug[target] = 1;
      this.push(target, EdgeKind.Aux, 0, -1, 0);
    }
  }
}
const FIRST_CAPACITY = 1 << 16;

/** The methods in a type's data, by where they stand (deadcodePass.decodetypeMethods). */
function methodSignatures(
  data: Uint8Array,
  pointer: number,
  release: number,
  little: boolean,
  at: (offset: number) => number,
): number[] {
  const common = 4 * pointer + 16;
  const own: Record<number, number> = {
    [Kind.Array]: 3 * pointer,
    [Kind.Chan]: 2 * pointer,
    [Kind.Func]: pointer,
    [Kind.Interface]: 4 * pointer,
    // groups replaced buckets in Go 1.24, and 1.27 has three words more
    [Kind.Map]: release >= 27 ? 10 * pointer + pointer : release >= 24 ? 7 * pointer + pointer : 4 * pointer + 8,
    [Kind.Pointer]: pointer,
    [Kind.Slice]: pointer,
    [Kind.Struct]: 4 * pointer,
  };
  const uncommon = common + (own[data[2 * pointer + 7] & 31] ?? 0);
  if (uncommon + 16 > data.length) return [];
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const count = view.getUint16(uncommon + 4, little);
  const first = uncommon + view.getUint32(uncommon + 8, little);
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push(at(first + i * 16));
  return found;
}

function text(bytes: Uint8Array): string {
  return utf8(bytes, 0, bytes.length);
}
