/**
 * Object files of the Go compiler and assembler (cmd/internal/goobj): the symbols of a package, their bytes, and the
 * relocations from each to others. All numbers are little-endian. Layouts of Go 1.18 (`\0go118ld`) and 1.20.
 *
 * A symbol is named by an index. Within one object these are, in this order: the package's own symbols, those known by a
 * short and by a long hash of their content, those known by name alone (all with definitions here); then names that are
 * defined elsewhere. A symbol of another package is a pair of that package and an index among its own symbols: objects
 * that the go command made do not repeat its name. So chains through packages need the objects of all of them.
 */
import { hasArchiveMagic, readArchive } from './archive.ts';
import { minorOf } from './buildinfo.ts';
import type { ByteSource } from './bytes.ts';
import { FormatError, Reader, latin1, readExact, utf8 } from './bytes.ts';
import { unescapePath } from '../names/symbol.ts';

export const enum SymbolFlag {
  Dupok = 1,
  Local = 2,
  Typelink = 4,
  Leaf = 8,
  NoSplit = 16,
  /** A function that calls reflect's Method or MethodByName with a name that is not constant. */
  ReflectMethod = 32,
  GoType = 64,
}

export const enum SymbolFlag2 {
  UsedInIface = 1,
  Itab = 2,
  Dict = 4,
  PkgInit = 8,
  Linkname = 16,
  AbiWrapper = 32,
  WasmExport = 64,
}

/** objabi.RelocType as far as reachability distinguishes it; the numbers are the same from Go 1.18 to 1.27. */
export const enum RelocType {
  Addr = 1,
  AddrOff = 5,
  Call = 7,
  UseField = 21,
  UseType = 22,
  UseIface = 23,
  UseIfaceMethod = 24,
  UseNamedMethod = 25,
  MethodOff = 26,
  Keep = 27,
}
/** objabi.SymKind of functions; the second is one since Go 1.24, which moved what it stood for before. */
const STEXT = 1;
const STEXTFIPS = 2;
const FIPS_SYMBOLS = 24;
/** objabi.R_INITORDER by release: from an inittask to those that must run before it. */
const INIT_ORDER: Record<number, number> = { 21: 81, 22: 91, 23: 91, 24: 95, 25: 95, 26: 99, 27: 102 };
/** The newest release whose objects are known: what an object that tells none is taken for. */
export const NEWEST = 27;

/** Set in a relocation's type when it does not keep its target alive. */
export const WEAK = 0x8000;

export const enum AuxType {
  GoType,
  FuncInfo,
  Funcdata,
  DwarfInfo,
  DwarfLoc,
  DwarfRanges,
  DwarfLines,
  Pcsp,
  Pcfile,
  Pcline,
  Pcinline,
  Pcdata,
}

/** What a reference leads to: a symbol of this object, of another package, or one of the runtime's listed functions. */
export const enum RefKind {
  None,
  /** `index` among this object's symbols, definitions or names. */
  Here,
  /** `index` among the own symbols of package `pkg`. */
  Package,
  /** `index` in the release's list of builtins. */
  Builtin,
}

export interface Relocations {
  count: number;
  /** Offset in the symbol's bytes, and how many bytes are filled in. */
  offset: Int32Array;
  size: Uint8Array;
  /** objabi.RelocType as 16 bits; negative ones (weak) have the bit WEAK. */
  type: Uint16Array;
  addend: Float64Array;
  refKind: Uint8Array;
  /** Index into `GoObject.packages`, for references to a package. */
  pkg: Uint32Array;
  index: Uint32Array;
}

export interface GoObject {
  goos: string;
  goarch: string;
  /** `go1.26.8`. */
  goVersion: string;
  /** The relocation type that orders package initialisation and keeps nothing alive; -1 before Go 1.21. */
  initOrder: number;
  /** Made from assembly. */
  assembly: boolean;
  /** Import paths of referenced packages by index; 0 is none. */
  packages: string[];
  /** Import paths that the linker loads because of this object. */
  imports: string[];
  files: string[];
  /** The first `own` symbols are those that other packages refer to by index. */
  own: number;
  /** Symbols with a definition: own, by short hash, by hash, by name. */
  defined: number;
  /** Definitions and the names that are defined elsewhere, by index. */
  names: string[];
  abi: Uint16Array;
  /** objabi.SymKind of the release. */
  kind: Uint8Array;
  /** Whether a defined symbol is a function: objabi.STEXT, and since Go 1.24 STEXTFIPS. */
  isFunction(index: number): boolean;
  /** Bits of SymbolFlag and SymbolFlag2. */
  flag: Uint8Array;
  flag2: Uint8Array;
  size: Float64Array;
  /** Content hash of a symbol known by one (hexadecimal), else empty: equal ones are one symbol in the program. */
  hash(index: number): string;
  /** The bytes of a defined symbol; trailing zeros may be missing. */
  data(index: number): Uint8Array;
  /** Where these bytes lie in the source. */
  dataRange(index: number): { offset: number; size: number };
  /** Where the relocations and the whole with its tables lie in the source. */
  parts: Record<'relocations' | 'tables', { offset: number; size: number }>;
  /** From a defined symbol to others, in the order of the file. */
  relocations(index: number): Relocations;
  /** Symbols that belong to a defined one: its type, function data, DWARF. */
  auxiliaries(index: number): { type: number; refKind: RefKind; pkg: number; index: number }[];
  /** Flags that this object adds to symbols of other packages (UsedInIface). */
  referenceFlags: { refKind: RefKind; pkg: number; index: number; flag2: number }[];
  /** Names of symbols of other packages, where the object tells them (compiled without the go command): key `pkg,index`. */
  referenceNames: Map<string, string>;
}

const PKG_NONE = 0x7fffffff;
const PKG_HASHED64 = PKG_NONE - 1;
const PKG_HASHED = PKG_NONE - 2;
const PKG_BUILTIN = PKG_NONE - 3;
const PKG_SELF = PKG_NONE - 4;

/** The tables of an object, in the order of the file (goobj.BlkAutolib and so on). */
export const enum Block {
  Autolib,
  PkgIdx,
  File,
  Symdef,
  Hashed64def,
  Hasheddef,
  Nonpkgdef,
  Nonpkgref,
  RefFlags,
  Hash64,
  Hash,
  RelocIdx,
  AuxIdx,
  DataIdx,
  Reloc,
  Aux,
  Data,
  RefName,
  End,
}
const BLOCKS = Block.End + 1;
/** Bytes of an entry of the tables. */
export const SYM = 21;
const RELOC = 23;
const AUX = 9;
const IMPORT = 16;
const REF_NAME = 16;
const REF_FLAGS = 10;
const NEEDS_EXPANSION = 2;
const FROM_ASSEMBLY = 4;

/**
 * The objects of a compiled package (an archive of the build cache, or one object). `pkgPath` completes names that older
 * compilers leave open (`"".f`). Members of a C compiler are left out.
 */
export function readGoObjects(source: ByteSource, pkgPath: string): GoObject[] {
  const head = source.read(0, Math.min(9, source.size));
  if (latin1(head, 0, head.length) === 'go object') return [readGoObject(source, 0, source.size, pkgPath)];
  if (!hasArchiveMagic(source)) throw new FormatError('it is no object file or archive of Go');
  const objects: GoObject[] = [];
  for (const { name, offset, size } of readArchive(source)) {
    if (name === '__.PKGDEF' || size < 16) continue;
    if (latin1(source.read(offset, 9), 0, 9) === 'go object') objects.push(readGoObject(source, offset, size, pkgPath));
  }
  return objects;
}

/** Where the `!` is that ends the text before an object, on a line of its own; -1 when it is not there. cgo's directives make it long. */
export function headEnd(bytes: Uint8Array): number {
  let end = bytes.indexOf(0x21);
  while (end > 0 && !(bytes[end - 1] === 0x0a && bytes[end + 1] === 0x0a)) end = bytes.indexOf(0x21, end + 1);
  return end;
}

/** An object's tables, checked, and how many symbols it has of each kind. */
interface Tables {
  r: Reader;
  bytes: Uint8Array;
  /** Where `bytes` begin in the source. */
  at: number;
  flags: number;
  /** Where each table begins in `bytes`, and behind the last where it ends. */
  block: readonly number[];
  own: number;
  hashed64: number;
  hashed: number;
  defined: number;
  total: number;
}

function readGoObject(source: ByteSource, from: number, length: number, pkgPath: string): GoObject {
  const all = readExact(source, from, length, 'the object');
  const end = headEnd(all);
  const text = latin1(all, 0, Math.min(Math.max(0, end), 4096));
  const [, , goos = '', goarch = '', goVersion = ''] = text.split(/\s+/);
  const minor = minorOf(goVersion) || NEWEST;
  if (end < 0 || goVersion === '') throw new FormatError('the object has no header of the Go compiler');
  const t = readTables(all.subarray(end + 2), from + end + 2, goVersion);
  const { bytes, at, flags, block, own, defined } = t;
  const columns = readSymbols(t, pkgPath);
  const { kind } = columns;
  return {
    goos,
    goarch,
    goVersion,
    initOrder: INIT_ORDER[minor] ?? -1,
    assembly: (flags & FROM_ASSEMBLY) !== 0,
    packages: stringsOf(t, Block.PkgIdx, 8).map(unescapePath),
    imports: stringsOf(t, Block.Autolib, IMPORT),
    files: stringsOf(t, Block.File, 8),
    own,
    defined,
    ...columns,
    referenceFlags: readReferenceFlags(t),
    referenceNames: readReferenceNames(t),
    isFunction: i => kind[i] === STEXT || (kind[i] === STEXTFIPS && minor >= FIPS_SYMBOLS),
    hash: i => hashOf(t, i),
    data(i) {
      const [low, high] = spanOf(t, Block.DataIdx, i, Block.Data, 1);
      return bytes.subarray(block[Block.Data] + low, block[Block.Data] + high);
    },
    dataRange(i) {
      const [low, high] = spanOf(t, Block.DataIdx, i, Block.Data, 1);
      return { offset: at + block[Block.Data] + low, size: high - low };
    },
    parts: {
      relocations: { offset: at + block[Block.Reloc], size: block[Block.Reloc + 1] - block[Block.Reloc] },
      tables: { offset: from, size: length },
    },
    relocations: i => relocationsOf(t, i),
    auxiliaries: i => auxiliariesOf(t, i),
  };
}

/** `at`: where the bytes, those behind the text, begin in the source. */
function readTables(bytes: Uint8Array, at: number, goVersion: string): Tables {
  const r = new Reader(bytes, true);
  const magic = bytes.length < 8 ? '' : r.latin1(0, 8);
  if (magic !== '\0go120ld' && magic !== '\0go118ld')
    throw new FormatError(`an object of ${goVersion}, whose format is not known here`);
  const block: number[] = [];
  for (let i = 0; i < BLOCKS; i++) {
    block.push(r.u32(20 + 4 * i));
    if (block[i] > bytes.length || (i > 0 && block[i] < block[i - 1]))
      throw new FormatError('the tables of the object overlap: it is damaged');
  }
  const count = (b: Block) => entriesOf(block, b, SYM);
  const own = count(Block.Symdef);
  const hashed64 = count(Block.Hashed64def);
  const hashed = count(Block.Hasheddef);
  const defined = own + hashed64 + hashed + count(Block.Nonpkgdef);
  const total = defined + count(Block.Nonpkgref);
  for (const b of [Block.RelocIdx, Block.AuxIdx, Block.DataIdx])
    if (entriesOf(block, b, 4) < defined + 1)
      throw new FormatError('an index of the object is too short: it is damaged');
  return { r, bytes, at, flags: r.u32(16), block, own, hashed64, hashed, defined, total };
}

function entriesOf(block: readonly number[], b: Block, size: number): number {
  return Math.floor((block[b + 1] - block[b]) / size);
}

/** The text whose size and place stand at `at`. */
function stringAt({ r, bytes }: Tables, at: number): string {
  const size = r.u32(at);
  const offset = r.u32(at + 4);
  if (offset + size > bytes.length) throw new FormatError('a name lies outside the object: it is damaged');
  return utf8(bytes, offset, offset + size);
}

/** The texts with which the entries of a table begin. */
function stringsOf(t: Tables, b: Block, size: number): string[] {
  return Array.from({ length: entriesOf(t.block, b, size) }, (_, i) => stringAt(t, t.block[b] + i * size));
}

/** Symbols as columns, those without a definition too. */
function readSymbols(t: Tables, pkgPath: string): Pick<GoObject, 'names' | 'abi' | 'kind' | 'flag' | 'flag2' | 'size'> {
  const { r, bytes, block, total } = t;
  const names: string[] = new Array(total);
  const abi = new Uint16Array(total);
  const kind = new Uint8Array(total);
  const flag = new Uint8Array(total);
  const flag2 = new Uint8Array(total);
  const size = new Float64Array(total);
  const expand = (t.flags & NEEDS_EXPANSION) !== 0;
  for (let i = 0; i < total; i++) {
    const at = block[Block.Symdef] + i * SYM;
    const name = stringAt(t, at);
    names[i] = expand && name.includes('""') ? name.replaceAll('"".', `${pkgPath}.`) : name;
    abi[i] = r.u16(at + 8);
    kind[i] = bytes[at + 10];
    flag[i] = bytes[at + 11];
    flag2[i] = bytes[at + 12];
    size[i] = r.u32(at + 13);
  }
  return { names, abi, kind, flag, flag2, size };
}

/** The entries [low, high) of a table that belong to symbol `i`, by the index of that table. */
function spanOf({ r, block, defined }: Tables, index: Block, i: number, b: Block, entry: number): [number, number] {
  if (!(i >= 0 && i < defined)) return [0, 0];
  const low = r.u32(block[index] + 4 * i);
  const high = r.u32(block[index] + 4 * i + 4);
  if (low > high || high > entriesOf(block, b, entry)) throw new FormatError(`symbol ${i} of the object is damaged`);
  return [low, high];
}

/** What a pair of package and index refers to. */
function resolve(t: Tables, pkg: number, index: number): { refKind: RefKind; pkg: number; index: number } {
  const { own, hashed64, hashed, total } = t;
  const here = (first: number) => {
    if (first + index >= total) throw new FormatError('a reference of the object leads nowhere: it is damaged');
    return { refKind: RefKind.Here, pkg: 0, index: first + index };
  };
  if (pkg === 0) return { refKind: RefKind.None, pkg: 0, index: 0 };
  if (pkg === PKG_SELF) return here(0);
  if (pkg === PKG_HASHED64) return here(own);
  if (pkg === PKG_HASHED) return here(own + hashed64);
  if (pkg === PKG_NONE) return here(own + hashed64 + hashed);
  if (pkg === PKG_BUILTIN) return { refKind: RefKind.Builtin, pkg: 0, index };
  return { refKind: RefKind.Package, pkg, index };
}

function readReferenceNames(t: Tables): GoObject['referenceNames'] {
  const { r, block } = t;
  const names: GoObject['referenceNames'] = new Map();
  for (let i = 0; i < entriesOf(block, Block.RefName, REF_NAME); i++) {
    const at = block[Block.RefName] + i * REF_NAME;
    names.set(`${r.u32(at)},${r.u32(at + 4)}`, stringAt(t, at + 8));
  }
  return names;
}

function readReferenceFlags(t: Tables): GoObject['referenceFlags'] {
  const { r, block } = t;
  const flags: GoObject['referenceFlags'] = [];
  for (let i = 0; i < entriesOf(block, Block.RefFlags, REF_FLAGS); i++) {
    const at = block[Block.RefFlags] + i * REF_FLAGS;
    flags.push({ ...resolve(t, r.u32(at), r.u32(at + 4)), flag2: r.u8(at + 9) });
  }
  return flags;
}

function hashOf({ r, block, own, hashed64, hashed }: Tables, i: number): string {
  const long = i - own - hashed64;
  if (i < own || long >= hashed) return '';
  const width = long < 0 ? 8 : Math.floor((block[Block.Hash + 1] - block[Block.Hash]) / hashed);
  const at = long < 0 ? block[Block.Hash64] + (i - own) * 8 : block[Block.Hash] + long * width;
  let text = long < 0 ? 'short:' : '';
  for (let k = 0; k < width; k++)
    text += r
      .u8(at + k)
      .toString(16)
      .padStart(2, '0');
  return text;
}

function relocationsOf(t: Tables, i: number): Relocations {
  const { r, bytes, block } = t;
  const [low, high] = spanOf(t, Block.RelocIdx, i, Block.Reloc, RELOC);
  const count = high - low;
  const out: Relocations = {
    count,
    offset: new Int32Array(count),
    size: new Uint8Array(count),
    type: new Uint16Array(count),
    addend: new Float64Array(count),
    refKind: new Uint8Array(count),
    pkg: new Uint32Array(count),
    index: new Uint32Array(count),
  };
  for (let k = 0; k < count; k++) {
    const at = block[Block.Reloc] + (low + k) * RELOC;
    out.offset[k] = r.i32(at);
    out.size[k] = bytes[at + 4];
    out.type[k] = r.u16(at + 5);
    out.addend[k] = r.i32(at + 11) * 0x100000000 + r.u32(at + 7);
    const ref = resolve(t, r.u32(at + 15), r.u32(at + 19));
    out.refKind[k] = ref.refKind;
    out.pkg[k] = ref.pkg;
    out.index[k] = ref.index;
  }
  return out;
}

function auxiliariesOf(t: Tables, i: number): ReturnType<GoObject['auxiliaries']> {
  const { r, bytes, block } = t;
  const [low, high] = spanOf(t, Block.AuxIdx, i, Block.Aux, AUX);
  const out: ReturnType<GoObject['auxiliaries']> = [];
  for (let k = low; k < high; k++) {
    const at = block[Block.Aux] + k * AUX;
    out.push({ type: bytes[at], ...resolve(t, r.u32(at + 1), r.u32(at + 5)) });
  }
  return out;
}

/**
 * The list of runtime functions that objects refer to by number, read from a release's own source
 * (`$GOROOT/src/cmd/internal/goobj/builtinlist.go`): it differs between releases.
 */
export function readBuiltins(source: string): { name: string; abi: number }[] {
  return Array.from(source.matchAll(/^\t\{"([^"]+)", (\d+)\},$/gm), ([, name, abi]) => ({ name, abi: Number(abi) }));
}
