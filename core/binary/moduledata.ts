/**
 * The runtime's moduledata (runtime/symtab.go): where the linker put the tables that describe a program to its runtime.
 * The layout changes with releases; each known one is tried and has to make sense throughout.
 */
import type { Reader } from './bytes.ts';
import type { Image } from './image.ts';
import { type Memory, memoryOf } from './memory.ts';

/** Addresses; a slice is an address and a count of elements. */
export interface Moduledata {
  /** Address of the structure itself and its bytes. */
  addr: number;
  size: number;
  /** The first release with this layout: 18, 20, 21, 26 or 27. */
  layout: number;
  /** Program counters; for Wasm those of the interpreter, elsewhere addresses of code. */
  minpc: number;
  maxpc: number;
  text: number;
  etext: number;
  types: number;
  etypes: number;
  /** Where descriptors end that lie one behind the other (Go 1.27 on); 0: they are found through typelinks. */
  edescriptors: number;
  rodata: number;
  gofunc: number;
  gcdata: number;
  gcbss: number;
  end: number;
  noptrdata: number;
  enoptrdata: number;
  data: number;
  edata: number;
  bss: number;
  ebss: number;
  noptrbss: number;
  enoptrbss: number;
  findfunctab: number;
  textsectmap: { addr: number; count: number };
  typelinks: { addr: number; count: number };
  itablinks: { addr: number; count: number };
  /** Itabs that lie one behind the other (Go 1.27 on). */
  itabs: { addr: number; size: number };
  inittasks: { addr: number; count: number };
}

/** First releases of the layouts: 1.20 added coverage counters, 1.21 inittasks, 1.26 epclntab, 1.27 ordered types. */
const LAYOUTS = [27, 26, 21, 20, 18];

/**
 * Finds moduledata by its first word, the address of pclntab, and checks that what follows makes sense. `goMinor` is the
 * release when known (26 for Go 1.26): its layout is tried first.
 */
export function findModuledata(image: Image, pclntabAddr: number, goMinor = 0): Moduledata | null {
  const memory = memoryOf(image);
  const { ptrSize, littleEndian } = image;
  const first = LAYOUTS.find(l => goMinor >= l) ?? LAYOUTS[0];
  const layouts = [first, ...LAYOUTS.filter(l => l !== first)];
  const low = pclntabAddr % 0x100000000;
  const lowAt = littleEndian || ptrSize === 4 ? 0 : 4;
  for (const write of [true, false]) {
    for (const [i, range] of memory.ranges.entries()) {
      if (range.write !== write) continue;
      if (range.exec && image.format !== 'macho') continue;
      const data = memory.reader(i);
      const skip = (ptrSize - (range.addr % ptrSize)) % ptrSize;
      const last = data.length - 45 * ptrSize;
      const view = new DataView(data.bytes.buffer, data.bytes.byteOffset, data.bytes.byteLength);
      for (let at = skip; at <= last; at += ptrSize) {
        if (view.getUint32(at + lowAt, littleEndian) !== low || data.uptr(at, ptrSize) !== pclntabAddr) continue;
        for (const layout of layouts) {
          const found = moduledataAt(memory, data, at, range.addr, ptrSize, layout, goMinor || layout);
          if (found !== null) return found;
        }
      }
    }
  }
  return null;
}

function moduledataAt(
  memory: Memory,
  data: Reader,
  start: number,
  base: number,
  ptrSize: number,
  layout: number,
  minor: number,
): Moduledata | null {
  let at = start + 19 * ptrSize;
  const fits = (words: number) => at + words * ptrSize <= data.length;
  if (!fits(layout >= 20 ? 70 : 48)) return null;
  const word = () => {
    const value = data.uptr(at, ptrSize);
    at += ptrSize;
    return value;
  };
  let sane = true;
  const slice = () => {
    const [addr, count, capacity] = [word(), word(), word()];
    sane &&= count === capacity && (addr !== 0 || count === 0) && count < 0x80000000;
    return { addr, count };
  };
  const findfunctab = word();
  const [minpc, maxpc, text, etext] = [word(), word(), word(), word()];
  if (!(minpc < maxpc && text < etext)) return null;
  if (memory.addressedCode && !(text <= minpc && minpc < etext)) return null;
  const [noptrdata, enoptrdata, data0, edata, bss, ebss, noptrbss, enoptrbss] = Array.from({ length: 8 }, word);
  if (!(noptrdata <= enoptrdata && data0 <= edata && bss <= ebss && noptrbss <= enoptrbss)) return null;
  if (layout >= 20) {
    const [covctrs, ecovctrs] = [word(), word()];
    if (covctrs > ecovctrs) return null;
  }
  const [end, gcdata, gcbss, types] = [word(), word(), word(), word()];
  const typedesclen = layout >= 27 ? word() : 0;
  const etypes = word();
  const itaboffset = layout >= 27 ? word() : 0;
  const itabsize = layout >= 27 ? word() : 0;
  const [rodata, gofunc] = [word(), word()];
  // where the program ends comes behind all variables
  if (memory.indexOf(gofunc) < 0 || memory.indexOf(types) < 0) return null;
  if (!(types > 0 && types < etypes && end >= bss && end >= data0 && rodata > 0 && gofunc > 0)) return null;
  if (layout >= 27 && !(types + typedesclen <= etypes && types + itaboffset + itabsize <= etypes)) return null;
  if (layout >= 26) word();
  const textsectmap = slice();
  const none = { addr: 0, count: 0 };
  const typelinks = layout >= 27 ? none : slice();
  const itablinks = layout >= 27 ? none : slice();
  slice();
  at += 2 * ptrSize;
  slice();
  const inittasks = layout >= 21 ? slice() : none;
  if (!sane || textsectmap.count > 0xffff) return null;
  // modulename, modulehashes, flags, two bit vectors, typemap, next
  at += (2 + 3 + 1 + 2 * 2 + 2) * ptrSize;
  // the flag `bad` had a word of its own before it moved beside `hasmain`
  if (minor < 23) at += ptrSize;
  return {
    addr: base + start,
    size: Math.min(at, data.length) - start,
    layout,
    minpc,
    maxpc,
    text,
    etext,
    types,
    etypes,
    edescriptors: layout >= 27 ? types + typedesclen : 0,
    rodata,
    gofunc,
    gcdata,
    gcbss,
    end,
    noptrdata,
    enoptrdata,
    data: data0,
    edata,
    bss,
    ebss,
    noptrbss,
    enoptrbss,
    findfunctab,
    textsectmap,
    typelinks,
    itablinks,
    itabs: { addr: layout >= 27 ? types + itaboffset : 0, size: itabsize },
    inittasks,
  };
}
