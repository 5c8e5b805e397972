/**
 * The symbols of a program as the linker sees them before it drops any: the objects of all packages, names resolved
 * (cmd/link/internal/loader LoadSyms), and from each symbol what it refers to. Symbols are numbers from 0.
 */
import { utf8 } from '../binary/bytes.ts';
import type { CgoExport } from '../binary/cgo-directives.ts';
import { type GoObject, RefKind, RelocType, SymbolFlag, SymbolFlag2, WEAK } from '../binary/goobj.ts';
import type { HostObject } from '../binary/hostobject.ts';

/** A package as it is linked. */
export interface LinkedPackage {
  path: string;
  objects: GoObject[];
  exports: CgoExport[];
  /** What a C compiler made of its files, where Go's linker takes it. */
  host: HostObject[];
}

export type BuildMode = 'exe' | 'pie' | 'c-shared' | 'c-archive' | 'plugin';

export interface LinkOptions {
  goos: string;
  goarch: string;
  mode: BuildMode;
  /** Where Go's own sources lie, which objects call $GOROOT. */
  goroot: string;
  /** Linked by the system's linker (cgo). */
  external: boolean;
  /** The release's list of runtime functions that objects refer to by number. */
  builtins: readonly { name: string; abi: number }[];
}

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

export interface Program {
  options: LinkOptions;
  packages: LinkedPackage[];
  count: number;
  /** Object and index in it of each symbol's definition; -1 for one that is defined nowhere here. */
  object: Int32Array;
  local: Int32Array;
  objects: { object: GoObject; pkg: string }[];
  /** Per object: its own numbering to the program's. */
  maps: Int32Array[];
  goType: Uint8Array;
  itab: Uint8Array;
  reflectMethod: Uint8Array;
  /** Types that are in an interface wherever they are reached. */
  usedInIface: Uint8Array;
  /** DWARF, which costs nothing when the program runs. */
  debug: Uint8Array;
  /** Bytes of the sections of C objects. */
  hostSize: ReadonlyMap<number, number>;
  roots: number[];
  nameOf(symbol: number): string;
  /** A symbol by name and ABI (0 also for data, 1 for Go functions), or -1. */
  lookup(name: string, abi: number): number;
  /** Method signatures by number: name, and the function type's symbol; type −1 stands for any. */
  signatures: { name: string; type: number }[];
  /** Edges of `symbol`, read when first asked: [from, to) of the arrays below. */
  edges(symbol: number): [from: number, to: number];
  target(edge: number): number;
  kind(edge: number): EdgeKind;
  /** objabi.RelocType, 0 for edges without a relocation. */
  type(edge: number): number;
  /** Byte in the source symbol, −1 for edges without a relocation. */
  offset(edge: number): number;
  /** A method's signature. */
  extra(edge: number): number;
}

const ABI_STATIC = 0xffff;
const AUX_GO_TYPE = 0;
const AUX_DWARF_FIRST = 3;
const AUX_DWARF_LAST = 6;

/** Main, then what it imports, then what these import, as the linker loads them: of equal copies the first gives the name. */
function inLinkOrder(packages: readonly LinkedPackage[]): LinkedPackage[] {
  const byPath = new Map(packages.map(p => [p.path, p]));
  const order = new Set<LinkedPackage>();
  const add = (path: string) => {
    const found = byPath.get(path);
    if (found !== undefined) order.add(found);
  };
  add('main');
  for (const { objects } of order) for (const { imports } of objects) for (const path of imports) add(path);
  add('runtime');
  for (const { objects } of order) for (const { imports } of objects) for (const path of imports) add(path);
  for (const p of packages) order.add(p);
  return [...order];
}

/** Loads the symbols of all packages; the main package's path is `main`. */
export function loadProgram(linked: readonly LinkedPackage[], options: LinkOptions): Program {
  const packages = inLinkOrder(linked);
  const objects = packages.flatMap(({ path, objects }) => objects.map(object => ({ object, pkg: path })));
  let room = 2;
  for (const { object } of objects) room += object.names.length;
  for (const { host } of packages) for (const { sections, symbols } of host) room += sections.length + symbols.length;
  const object = new Int32Array(room).fill(-1);
  const local = new Int32Array(room).fill(-1);
  const goType = new Uint8Array(room);
  const itab = new Uint8Array(room);
  const reflectMethod = new Uint8Array(room);
  const usedInIface = new Uint8Array(room);
  const debug = new Uint8Array(room);
  const names = new Map<number, string>();
  const byName = [new Map<string, number>(), new Map<string, number>()];
  const maps = objects.map(o => new Int32Array(o.object.names.length).fill(-1));
  const byPackage = new Map<string, number>();
  let count = 0;

  const create = (o: number, i: number): number => {
    object[count] = o;
    local[count] = i;
    return count++;
  };
  const byAbi = (abi: number) => byName[abi === 0 ? 0 : 1];
  for (const [o, { object: from, pkg }] of objects.entries()) {
    if (!from.assembly && !byPackage.has(pkg)) byPackage.set(pkg, o);
    for (let i = 0; i < from.own; i++) {
      const symbol = create(o, i);
      maps[o][i] = symbol;
      if (from.abi[i] !== ABI_STATIC && from.names[i] !== '') byAbi(from.abi[i]).set(from.names[i], symbol);
    }
  }
  const byHash = new Map<string, number>();
  for (const [o, { object: from }] of objects.entries()) {
    for (let i = from.own; i < from.defined; i++) {
      const hash = from.hash(i);
      let symbol: number | undefined;
      if (hash !== '') {
        symbol = byHash.get(hash);
        if (symbol === undefined) byHash.set(hash, (symbol = create(o, i)));
        else if (from.size[i] > objects[object[symbol]].object.size[local[symbol]]) {
          object[symbol] = o;
          local[symbol] = i;
        }
      } else if (from.abi[i] === ABI_STATIC || from.names[i] === '') symbol = create(o, i);
      else {
        const table = byAbi(from.abi[i]);
        symbol = table.get(from.names[i]);
        if (symbol === undefined) table.set(from.names[i], (symbol = create(o, i)));
        else if (from.flag[i] & SymbolFlag.Dupok) {
          // of copies that may differ, such as instances compiled by two packages, the largest is kept
          if (from.size[i] > objects[object[symbol]].object.size[local[symbol]]) {
            object[symbol] = o;
            local[symbol] = i;
          }
        } else {
          // a declaration without content gives way to the definition
          const known = objects[object[symbol]].object;
          if (known.data(local[symbol]).length === 0 && from.data(i).length > 0) {
            object[symbol] = o;
            local[symbol] = i;
          }
        }
      }
      maps[o][i] = symbol;
    }
  }
  for (const [o, { object: from }] of objects.entries()) {
    for (let i = from.defined; i < from.names.length; i++) {
      const table = from.abi[i] === ABI_STATIC ? null : byAbi(from.abi[i]);
      let symbol = table?.get(from.names[i]);
      if (symbol === undefined) {
        symbol = create(-1, -1);
        names.set(symbol, from.names[i]);
        table?.set(from.names[i], symbol);
      }
      maps[o][i] = symbol;
    }
    for (let i = 0; i < from.names.length; i++) {
      if (from.flag2[i] & SymbolFlag2.UsedInIface) usedInIface[maps[o][i]] = 1;
    }
  }
  const extraEdges = new Map<number, number[]>();
  const lookup = (name: string, abi: number) => byAbi(abi).get(name) ?? -1;
  const hostSize = new Map<number, number>();
  const external = (name: string): number => {
    const symbol = create(-1, -1);
    names.set(symbol, name);
    return symbol;
  };
  const exported = new Map(packages.flatMap(p => p.exports.map(({ name, abi }) => [name, abi])));
  const global = (name: string): number => {
    let symbol = lookup(name, exported.get(name) ?? 0);
    if (symbol < 0) byAbi(0).set(name, (symbol = external(name)));
    return symbol;
  };
  for (const { host } of packages)
    for (const from of host) linkHost(from, { global, external, hostSize, edges: extraEdges });
  const builtins = options.builtins.map(({ name, abi }) => lookup(name, abi));
  const packageObjects = objects.map(o => o.object.packages.map(path => byPackage.get(path) ?? -1));
  const resolve = (o: number, refKind: RefKind, pkg: number, index: number): number => {
    if (refKind === RefKind.Here) return maps[o][index];
    if (refKind === RefKind.Builtin) return builtins[index] ?? -1;
    if (refKind === RefKind.None) return -1;
    const other = packageObjects[o][pkg] ?? -1;
    return other < 0 ? -1 : (maps[other][index] ?? -1);
  };
  for (const [o, { object: from }] of objects.entries()) {
    for (const { refKind, pkg, index, flag2 } of from.referenceFlags) {
      const symbol = resolve(o, refKind, pkg, index);
      if (symbol >= 0 && flag2 & SymbolFlag2.UsedInIface) usedInIface[symbol] = 1;
    }
  }
  for (let symbol = 0; symbol < count; symbol++) {
    if (object[symbol] < 0) continue;
    const from = objects[object[symbol]].object;
    const i = local[symbol];
    if (from.flag[i] & SymbolFlag.GoType) goType[symbol] = 1;
    if (from.flag2[i] & SymbolFlag2.Itab) itab[symbol] = 1;
    if (from.flag[i] & SymbolFlag.ReflectMethod) reflectMethod[symbol] = 1;
    if (from.names[i].startsWith('go:info.') || from.names[i].startsWith('go:cuinfo.')) debug[symbol] = 1;
  }

  const edgeStart = new Int32Array(room).fill(-1);
  const edgeEnd = new Int32Array(room);
  let capacity = 1 << 16;
  let targets = new Int32Array(capacity);
  let kinds = new Uint8Array(capacity);
  let types = new Uint16Array(capacity);
  let offsets = new Int32Array(capacity);
  let extras = new Int32Array(capacity);
  let used = 0;
  const push = (target: number, kind: EdgeKind, type: number, offset: number, extra: number) => {
    if (used === capacity) {
      capacity *= 2;
      const grown = <A extends Int32Array | Uint16Array | Uint8Array>(a: A, b: A): A => (b.set(a), b);
      targets = grown(targets, new Int32Array(capacity));
      kinds = grown(kinds, new Uint8Array(capacity));
      types = grown(types, new Uint16Array(capacity));
      offsets = grown(offsets, new Int32Array(capacity));
      extras = grown(extras, new Int32Array(capacity));
    }
    targets[used] = target;
    kinds[used] = kind;
    types[used] = type;
    offsets[used] = offset;
    extras[used++] = extra;
  };
  const plugins = packages.some(p => p.path === 'plugin') && packages.some(p => p.path === 'runtime/cgo');
  const signatures: Program['signatures'] = [];
  const signatureIds = new Map<string, number>();
  const signature = (name: string, type: number) => {
    const key = `${type} ${name}`;
    let id = signatureIds.get(key);
    if (id === undefined) {
      id = signatures.length;
      signatures.push({ name, type });
      signatureIds.set(key, id);
    }
    return id;
  };
  /** The symbol that the relocation at byte `offset` of a symbol leads to, or -1. */
  const at = (symbol: number, offset: number): number => {
    if (object[symbol] < 0) return -1;
    const r = objects[object[symbol]].object.relocations(local[symbol]);
    for (let k = 0; k < r.count; k++) {
      if (r.offset[k] === offset && r.type[k] !== 0) return resolve(object[symbol], r.refKind[k], r.pkg[k], r.index[k]);
    }
    return -1;
  };
  const dataOf = (symbol: number) => objects[object[symbol]].object.data(local[symbol]);
  /** A name in type data: flags, length, text (internal/abi.Name). */
  const nameData = (symbol: number): string => {
    if (symbol < 0 || object[symbol] < 0) return '';
    const data = dataOf(symbol);
    let length = 0;
    let i = 1;
    for (let scale = 1; i < data.length; scale *= 128) {
      length += (data[i] & 0x7f) * scale;
      if (data[i++] < 0x80) break;
    }
    return text(data.subarray(i, i + length));
  };
  const methodAt = (symbol: number, offset: number) => signature(nameData(at(symbol, offset)), at(symbol, offset + 4));

  const expand = (symbol: number) => {
    edgeStart[symbol] = used;
    for (const target of extraEdges.get(symbol) ?? []) push(target, EdgeKind.Strong, RelocType.Addr, 0, 0);
    const o = object[symbol];
    if (o >= 0) {
      const from = objects[o].object;
      const r = from.relocations(local[symbol]);
      let methods = 0;
      for (let k = 0; k < r.count; k++) {
        const target = resolve(o, r.refKind[k], r.pkg[k], r.index[k]);
        const type = r.type[k] & ~WEAK;
        if (r.type[k] & WEAK) {
          const map = (from.flag2[local[symbol]] & SymbolFlag2.PkgInit) !== 0 && target >= 0;
          if (!(plugins && map && nameOf(target).includes('map.init'))) continue;
        }
        if (target < 0 || type === RelocType.UseType || type === from.initOrder) continue;
        if (type === RelocType.MethodOff) {
          // three in a row are one method: its type, and its code for interfaces and for others
          push(target, EdgeKind.Method, type, r.offset[k], Math.floor(methods++ / 3));
        } else if (type === RelocType.UseIface) {
          push(itab[target] ? at(target, pointer) : target, EdgeKind.UseIface, type, r.offset[k], 0);
        } else if (type === RelocType.UseIfaceMethod) {
          push(target, EdgeKind.IfaceMethod, type, r.offset[k], methodAt(target, r.addend[k]));
        } else if (type === RelocType.UseNamedMethod) {
          const name = object[target] < 0 ? '' : text(dataOf(target));
          push(target, EdgeKind.NamedMethod, type, r.offset[k], signature(name, -1));
        } else push(target, EdgeKind.Strong, type, r.offset[k], 0);
      }
      if (methods > 0) {
        const found = methodSignatures(dataOf(symbol), pointer, releaseOf(from.goVersion), little, offset =>
          methodAt(symbol, offset),
        );
        for (let e = edgeStart[symbol]; e < used; e++)
          if (kinds[e] === EdgeKind.Method) extras[e] = found[extras[e]] ?? signature('', -1);
      }
      for (const { type, refKind, pkg, index } of from.auxiliaries(local[symbol])) {
        const target = resolve(o, refKind, pkg, index);
        if (type === AUX_GO_TYPE || target < 0) continue;
        if (type >= AUX_DWARF_FIRST && type <= AUX_DWARF_LAST) debug[target] = 1;
        push(target, EdgeKind.Aux, 0, -1, 0);
      }
    }
    edgeEnd[symbol] = used;
  };
  const pointer = /^(?:386|arm|mips|mipsle)$/.test(options.goarch) ? 4 : 8;
  const little = !/^(?:mips|mips64|ppc64|s390x)$/.test(options.goarch);
  const nameOf = (symbol: number) =>
    object[symbol] < 0 ? (names.get(symbol) ?? '') : objects[object[symbol]].object.names[local[symbol]];

  const program: Program = {
    options,
    packages,
    count,
    object,
    local,
    objects,
    maps,
    goType,
    itab,
    reflectMethod,
    usedInIface,
    debug,
    hostSize,
    roots: [],
    nameOf,
    lookup,
    signatures,
    edges(symbol) {
      if (edgeStart[symbol] < 0) expand(symbol);
      return [edgeStart[symbol], edgeEnd[symbol]];
    },
    target: edge => targets[edge],
    kind: edge => kinds[edge] as EdgeKind,
    type: edge => types[edge],
    offset: edge => offsets[edge],
    extra: edge => extras[edge],
  };
  // the linker's own lists of packages to initialise
  const list = (name: string, root: string): number => {
    const task = lookup(root, 0);
    if (task < 0) return -1;
    const symbol = create(-1, -1);
    names.set(symbol, name);
    extraEdges.set(symbol, initTasks(program, resolve, task));
    return symbol;
  };
  const main = list('go:main.inittasks', 'main..inittask');
  const runtime = list('go:runtime.inittasks', 'runtime..inittask');
  const holder = lookup('runtime.runtime_inittasks', 0);
  if (holder >= 0 && runtime >= 0) extraEdges.set(holder, [runtime]);
  program.count = count;
  program.roots = rootsOf(program, main);
  return program;
}

/**
 * Names the symbols of a C object (loadelf Load). A section holds on to the first of its symbols, each of these to the
 * next and to the section, so that one of them keeps all (deadcodePass.flood, IsExternal); relocations are the section's.
 */
function linkHost(
  { sections, symbols }: HostObject,
  to: {
    global(name: string): number;
    external(name: string): number;
    hostSize: Map<number, number>;
    edges: Map<number, number[]>;
  },
): void {
  const holds = (from: number, target: number) => {
    const known = to.edges.get(from);
    if (known === undefined) to.edges.set(from, [target]);
    else known.push(target);
  };
  const carriers = sections.map(({ name, size }) => {
    const carrier = to.external(name);
    to.hostSize.set(carrier, size);
    return carrier;
  });
  const numbers = symbols.map(({ name, global, section, isSection }) =>
    isSection ? (carriers[section] ?? -1) : global ? to.global(name) : to.external(name),
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

/** Where the linker begins (deadcodePass.init). */
function rootsOf({ options, packages, lookup, objects, maps }: Program, tasks: number): number[] {
  const { goos, goarch, mode, external } = options;
  const roots = new Set<number>();
  const both = (name: string) => {
    roots.add(lookup(name, 0));
    roots.add(lookup(name, 1));
  };
  const library = mode === 'c-shared' || mode === 'c-archive' ? '_lib' : '';
  if (external && library === '') both(goos === 'windows' && goarch === '386' ? '_main' : 'main');
  else both(`_rt0_${goarch}_${goos}${library}`);
  both('runtime.unreachableMethod');
  for (const { exports } of packages) {
    for (const { name, abi, dynamic } of exports) {
      if ((dynamic && external) || (name === 'main' && library !== '')) continue;
      roots.add(lookup(name, abi));
    }
  }
  for (const [o, { object }] of objects.entries()) {
    for (let i = 0; i < object.defined; i++) if (object.flag2[i] & SymbolFlag2.WasmExport) roots.add(maps[o][i]);
  }
  roots.add(tasks);
  roots.delete(-1);
  return [...roots];
}

/** The initialisation records of all packages that a first one depends on, those with something to run (inittaskSym). */
function initTasks(
  { objects, object, local }: Program,
  resolve: (o: number, refKind: RefKind, pkg: number, index: number) => number,
  root: number,
): number[] {
  const found = new Set([root]);
  for (const task of found) {
    if (object[task] < 0) continue;
    const from = objects[object[task]].object;
    const r = from.relocations(local[task]);
    for (let k = 0; k < r.count; k++) {
      if (r.type[k] !== from.initOrder) continue;
      const target = resolve(object[task], r.refKind[k], r.pkg[k], r.index[k]);
      if (target >= 0) found.add(target);
    }
  }
  // state and count are eight bytes: what is no longer runs nothing
  return [...found].filter(task => object[task] >= 0 && objects[object[task]].object.size[local[task]] > 8);
}

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

function releaseOf(goVersion: string): number {
  return Number(/^go1\.(\d+)/.exec(goVersion)?.[1] ?? 26);
}

function text(bytes: Uint8Array): string {
  return utf8(bytes, 0, bytes.length);
}
