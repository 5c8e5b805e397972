/**
 * Numbers for the symbols of a program's objects, names resolved (cmd/link/internal/loader LoadSyms): first what each
 * object defines for itself, then what several may define, by content or name, then what is only referred to.
 */
import { type GoObject, RefKind, SymbolFlag } from '../binary/goobj.ts';
import type { HostObject } from '../binary/hostobject.ts';
import type { LinkedPackage, LinkOptions } from './link.ts';

const ABI_STATIC = 0xffff;

export class LinkSymbols {
  readonly objects: { object: GoObject; pkg: string }[];
  /** How many there can be at most: arrays by symbol are this long. */
  readonly room: number;
  count = 0;
  /** Object and index in it of each symbol's definition; -1 for one that is defined nowhere here. */
  readonly object: Int32Array;
  readonly local: Int32Array;
  /** Per object: its own numbering to the program's. */
  readonly maps: Int32Array[];
  /** Of symbols that are defined nowhere here. */
  private readonly names = new Map<number, string>();
  /** By ABI: 0, also that of data, and 1. */
  private readonly byName = [new Map<string, number>(), new Map<string, number>()];
  private readonly byHash = new Map<string, number>();
  /** ABIs of what C is shown. */
  private readonly exported: ReadonlyMap<string, number>;
  private readonly builtins: number[];
  /** Per object: the objects of the packages that it refers to by number, -1 for none. */
  private readonly packageObjects: number[][];

  /** `packages` in the order in which the linker loads them. */
  constructor(packages: readonly LinkedPackage[], { builtins }: LinkOptions) {
    this.objects = packages.flatMap(({ path, objects }) => objects.map(object => ({ object, pkg: path })));
    // two lists of packages to initialise are the linker's own
    let room = 2;
    for (const { object } of this.objects) room += object.names.length;
    for (const { host } of packages) for (const { sections, symbols } of host) room += sections.length + symbols.length;
    this.room = room;
    this.object = new Int32Array(room).fill(-1);
    this.local = new Int32Array(room).fill(-1);
    this.maps = this.objects.map(o => new Int32Array(o.object.names.length).fill(-1));
    this.exported = new Map(packages.flatMap(p => p.exports.map(({ name, abi }) => [name, abi])));
    for (const [o, { object }] of this.objects.entries()) this.defineOwn(o, object);
    for (const [o, { object }] of this.objects.entries())
      for (let i = object.own; i < object.defined; i++) this.maps[o][i] = this.shared(o, i);
    for (const [o, { object }] of this.objects.entries()) this.refer(o, object);
    const byPackage = new Map<string, number>();
    for (const [o, { object, pkg }] of this.objects.entries())
      if (!object.assembly && !byPackage.has(pkg)) byPackage.set(pkg, o);
    this.builtins = builtins.map(({ name, abi }) => this.lookup(name, abi));
    this.packageObjects = this.objects.map(o => o.object.packages.map(path => byPackage.get(path) ?? -1));
  }

  private create(o: number, i: number): number {
    this.object[this.count] = o;
    this.local[this.count] = i;
    return this.count++;
  }

  private byAbi(abi: number): Map<string, number> {
    return this.byName[abi === 0 ? 0 : 1];
  }

  private defineOwn(o: number, { own, abi, names }: GoObject): void {
    for (let i = 0; i < own; i++) {
      const symbol = this.create(o, i);
      this.maps[o][i] = symbol;
      if (abi[i] !== ABI_STATIC && names[i] !== '') this.byAbi(abi[i]).set(names[i], symbol);
    }
  }

  /** A definition that other objects may have too; of copies that differ, such as instances, the largest is kept. */
  private shared(o: number, i: number): number {
    const from = this.objects[o].object;
    const hash = from.hash(i);
    if (hash === '' && (from.abi[i] === ABI_STATIC || from.names[i] === '')) return this.create(o, i);
    const table = hash === '' ? this.byAbi(from.abi[i]) : this.byHash;
    const key = hash === '' ? from.names[i] : hash;
    const known = table.get(key);
    if (known === undefined) {
      const symbol = this.create(o, i);
      table.set(key, symbol);
      return symbol;
    }
    const definition = this.objects[this.object[known]].object;
    const better =
      hash !== '' || from.flag[i] & SymbolFlag.Dupok
        ? from.size[i] > definition.size[this.local[known]]
        : // a declaration without content gives way to the definition
          definition.data(this.local[known]).length === 0 && from.data(i).length > 0;
    if (better) {
      this.object[known] = o;
      this.local[known] = i;
    }
    return known;
  }

  /** What an object refers to by name. */
  private refer(o: number, from: GoObject): void {
    for (let i = from.defined; i < from.names.length; i++) {
      const table = from.abi[i] === ABI_STATIC ? null : this.byAbi(from.abi[i]);
      let symbol = table?.get(from.names[i]);
      if (symbol === undefined) {
        symbol = this.external(from.names[i]);
        table?.set(from.names[i], symbol);
      }
      this.maps[o][i] = symbol;
    }
  }

  /** A symbol by name and ABI (0 also for data, 1 for Go functions), or -1. */
  lookup(name: string, abi: number): number {
    return this.byAbi(abi).get(name) ?? -1;
  }

  /** A new symbol that is defined nowhere here. */
  external(name: string): number {
    const symbol = this.create(-1, -1);
    this.names.set(symbol, name);
    return symbol;
  }

  /** The symbol that C calls so. */
  global(name: string): number {
    let symbol = this.lookup(name, this.exported.get(name) ?? 0);
    if (symbol < 0) this.byAbi(0).set(name, (symbol = this.external(name)));
    return symbol;
  }

  nameOf(symbol: number): string {
    const o = this.object[symbol];
    return o < 0 ? (this.names.get(symbol) ?? '') : this.objects[o].object.names[this.local[symbol]];
  }

  /** The symbol that object `o` refers to, or -1. */
  resolve(o: number, refKind: RefKind, pkg: number, index: number): number {
    if (refKind === RefKind.Here) return this.maps[o][index];
    if (refKind === RefKind.Builtin) return this.builtins[index] ?? -1;
    if (refKind === RefKind.None) return -1;
    const other = this.packageObjects[o][pkg] ?? -1;
    return other < 0 ? -1 : (this.maps[other][index] ?? -1);
  }

  dataOf(symbol: number): Uint8Array {
    return this.objects[this.object[symbol]].object.data(this.local[symbol]);
  }
}

/**
 * Names the symbols of a C object (loadelf Load). A section holds on to the first of its symbols, each of these to the
 * next and to the section, so that one of them keeps all (deadcodePass.flood, IsExternal); relocations are the section's.
 */
export function linkHost(
  numbering: LinkSymbols,
  { sections, symbols }: HostObject,
  hostSize: Map<number, number>,
  edges: Map<number, number[]>,
): void {
  const holds = (from: number, target: number) => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [target]);
    else known.push(target);
  };
  const carriers = sections.map(({ name, size }) => {
    const carrier = numbering.external(name);
    hostSize.set(carrier, size);
    return carrier;
  });
  const numbers = symbols.map(({ name, global, section, isSection }) =>
    isSection ? (carriers[section] ?? -1) : global ? numbering.global(name) : numbering.external(name),
  );
  for (const [i, carrier] of carriers.entries()) {
    const inside = symbols.flatMap((symbol, k) =>
      k > 0 && symbol.section === i && !symbol.isSection ? [{ value: symbol.value, number: numbers[k] }] : [],
    );
    // in the linker's list the last comes first, until it is sorted
    inside.reverse().sort((a, b) => a.value - b.value);
    let before = carrier;
    for (const { number } of inside) {
      holds(before, number);
      holds(number, carrier);
      before = number;
    }
    for (const { symbol } of sections[i].relocations) if (numbers[symbol] >= 0) holds(carrier, numbers[symbol]);
  }
}
