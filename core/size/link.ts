/**
 * The symbols of a program as the linker sees them before it drops any: the objects of all packages, names resolved
 * (cmd/link/internal/loader LoadSyms), and from each symbol what it refers to. Symbols are numbers from 0.
 */
import type { CgoExport } from '../binary/cgo-directives.ts';
import { type GoObject, SymbolFlag, SymbolFlag2 } from '../binary/goobj.ts';
import type { HostObject } from '../binary/hostobject.ts';
import { type EdgeKind, LinkEdges } from './link-edges.ts';
import { linkHost, LinkSymbols } from './link-symbols.ts';

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
  const symbols = new LinkSymbols(packages, options);
  const { room, object, local, objects, maps } = symbols;
  const hostSize = new Map<number, number>();
  const more = new Map<number, number[]>();
  for (const { host } of packages) for (const from of host) linkHost(symbols, from, hostSize, more);
  const flags = flagsOf(symbols);
  const debug = new Uint8Array(room);
  for (let symbol = 0; symbol < symbols.count; symbol++)
    if (object[symbol] >= 0 && /^go:(?:info|cuinfo)\./.test(symbols.nameOf(symbol))) debug[symbol] = 1;
  const plugins = packages.some(p => p.path === 'plugin') && packages.some(p => p.path === 'runtime/cgo');
  const edges = new LinkEdges(symbols, { itab: flags.itab, debug, more, plugins }, options);
  const lookup = (name: string, abi: number) => symbols.lookup(name, abi);
  // the linker's own lists of packages to initialise
  const list = (name: string, root: string): number => {
    const task = lookup(root, 0);
    if (task < 0) return -1;
    const symbol = symbols.external(name);
    more.set(symbol, initTasks(symbols, task));
    return symbol;
  };
  const main = list('go:main.inittasks', 'main..inittask');
  const runtime = list('go:runtime.inittasks', 'runtime..inittask');
  const holder = lookup('runtime.runtime_inittasks', 0);
  if (holder >= 0 && runtime >= 0) more.set(holder, [runtime]);
  return {
    options,
    packages,
    count: symbols.count,
    object,
    local,
    objects,
    maps,
    ...flags,
    debug,
    hostSize,
    roots: rootsOf(options, packages, symbols, main),
    nameOf: symbol => symbols.nameOf(symbol),
    lookup,
    signatures: edges.signatures,
    edges: symbol => edges.of(symbol),
    target: edge => edges.target(edge),
    kind: edge => edges.kind(edge),
    type: edge => edges.type(edge),
    offset: edge => edges.offset(edge),
    extra: edge => edges.extra(edge),
  };
}

/** What the objects say of their symbols, and of those of others that they use in interfaces. */
function flagsOf(symbols: LinkSymbols): Pick<Program, 'goType' | 'itab' | 'reflectMethod' | 'usedInIface'> {
  const { room, object, local, objects, maps } = symbols;
  const goType = new Uint8Array(room);
  const itab = new Uint8Array(room);
  const reflectMethod = new Uint8Array(room);
  const usedInIface = new Uint8Array(room);
  for (const [o, { object: from }] of objects.entries()) {
    for (let i = 0; i < from.names.length; i++)
      if (from.flag2[i] & SymbolFlag2.UsedInIface) usedInIface[maps[o][i]] = 1;
    for (const { refKind, pkg, index, flag2 } of from.referenceFlags) {
      const symbol = symbols.resolve(o, refKind, pkg, index);
      if (symbol >= 0 && flag2 & SymbolFlag2.UsedInIface) usedInIface[symbol] = 1;
    }
  }
  for (let symbol = 0; symbol < symbols.count; symbol++) {
    if (object[symbol] < 0) continue;
    const from = objects[object[symbol]].object;
    const i = local[symbol];
    if (from.flag[i] & SymbolFlag.GoType) goType[symbol] = 1;
    if (from.flag2[i] & SymbolFlag2.Itab) itab[symbol] = 1;
    if (from.flag[i] & SymbolFlag.ReflectMethod) reflectMethod[symbol] = 1;
  }
  return { goType, itab, reflectMethod, usedInIface };
}

/** Where the linker begins (deadcodePass.init). */
function rootsOf(
  { goos, goarch, mode, external }: LinkOptions,
  packages: readonly LinkedPackage[],
  symbols: LinkSymbols,
  tasks: number,
): number[] {
  const roots = new Set<number>();
  const both = (name: string) => {
    roots.add(symbols.lookup(name, 0));
    roots.add(symbols.lookup(name, 1));
  };
  const library = mode === 'c-shared' || mode === 'c-archive' ? '_lib' : '';
  if (external && library === '') both(goos === 'windows' && goarch === '386' ? '_main' : 'main');
  else both(`_rt0_${goarch}_${goos}${library}`);
  both('runtime.unreachableMethod');
  for (const { exports } of packages) {
    for (const { name, abi, dynamic } of exports) {
      if ((dynamic && external) || (name === 'main' && library !== '')) continue;
      roots.add(symbols.lookup(name, abi));
    }
  }
  for (const [o, { object }] of symbols.objects.entries()) {
    for (let i = 0; i < object.defined; i++)
      if (object.flag2[i] & SymbolFlag2.WasmExport) roots.add(symbols.maps[o][i]);
  }
  roots.add(tasks);
  roots.delete(-1);
  return [...roots];
}

/** The initialisation records of all packages that a first one depends on, those with something to run (inittaskSym). */
function initTasks(symbols: LinkSymbols, root: number): number[] {
  const { objects, object, local } = symbols;
  const found = new Set([root]);
  for (const task of found) {
    if (object[task] < 0) continue;
    const from = objects[object[task]].object;
    const r = from.relocations(local[task]);
    for (let k = 0; k < r.count; k++) {
      if (r.type[k] !== from.initOrder) continue;
      const target = symbols.resolve(object[task], r.refKind[k], r.pkg[k], r.index[k]);
      if (target >= 0) found.add(target);
    }
  }
  // state and count are eight bytes: what is no longer runs nothing
  return [...found].filter(task => object[task] >= 0 && objects[object[task]].object.size[local[task]] > 8);
}
