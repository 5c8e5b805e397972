/** Claims for Go's functions: their code, and what pclntab and the funcdata hold for each of them. */
import { type Image, Letter, LOWER_CASE, type Section, type Symbols } from '../binary/image.ts';
import { memoryOf } from '../binary/memory.ts';
import type { Moduledata } from '../binary/moduledata.ts';
import {
  fileNameAt,
  fileOf,
  type FuncRecord,
  funcdataOf,
  funcRecord,
  pcdataOf,
  type Pclntab,
  pcTableSize,
  pcValueAtEntry,
  Version,
} from '../binary/pclntab.ts';
import type { WasmFunction, WasmImage } from '../binary/wasm.ts';
import { packageOfSymbol } from '../names/symbol.ts';
import type { Claims, Owner } from './ledger.ts';
import { KINDS } from './ledger.ts';

/** What the linker puts between functions on x86; elsewhere a function's size includes its alignment. */
const INT3 = 0xcc;
/** The byte that is not zero in the instruction that loong64 is filled with. */
const BREAK = 0x2a;
const PC_STEP = 0x10000;
const LARGEST_ALIGNMENT = 64;
const CODE = KINDS.indexOf('code');
const PCLNTAB = KINDS.indexOf('pclntab');
const FUNCDATA = KINDS.indexOf('funcdata');

/** A function of the table with the owner of its code. */
export interface GoFunction {
  record: FuncRecord;
  addr: number;
  /** Bytes to the next function. */
  room: number;
  owner: Owner;
}

/** All functions of pclntab, with package and file. */
export function goFunctions(claims: Claims, table: Pclntab): GoFunction[] {
  const functions: GoFunction[] = [];
  const files = new Map<number, number>();
  const packages = new Map<string, number>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    const key = fileNameAt(table, record, pcValueAtEntry(table, record.pcfile));
    let file = files.get(key);
    if (file === undefined) {
      file = claims.id(fileOf(table, record));
      files.set(key, file);
    }
    const name = packageOfSymbol(record.name);
    let pkg = packages.get(name);
    if (pkg === undefined) {
      pkg = claims.id(name);
      packages.set(name, pkg);
    }
    const addr = table.entries[i];
    const owner = { kind: CODE, pkg, symbol: claims.id(record.name), file };
    functions.push({ record, addr, room: table.entries[i + 1] - addr, owner });
  }
  return functions;
}

/** Which function of the table each symbol of code names, by their addresses; -1 for none. */
export function functionsOfSymbols(table: Pclntab, symbols: Symbols): Int32Array {
  const { entries, count } = table;
  const found = new Int32Array(symbols.names.length).fill(-1);
  let next = 0;
  for (let i = 0; i < found.length; i++) {
    const code = symbols.codes[i];
    if (code !== Letter.Text && code !== Letter.Text + LOWER_CASE) continue;
    const addr = symbols.addrs[i];
    // most stand in the order of the table
    if (next >= count || entries[next] !== addr) {
      let high = count;
      next = 0;
      while (next < high) {
        const mid = (next + high) >> 1;
        if (entries[mid] < addr) next = mid + 1;
        else high = mid;
      }
    }
    if (next < count && entries[next] === addr) found[i] = next++;
  }
  return found;
}

/**
 * Code of each Go function; alignment between functions counts as padding where symbols tell the true size. `named` has
 * the function of each symbol.
 */
export function claimCode(
  claims: Claims,
  image: Image,
  functions: GoFunction[],
  symbols: Symbols | null,
  named: Int32Array | null,
): void {
  const sizes = new Float64Array(functions.length);
  // other formats have no sizes: what symbols say there is the distance to the next
  if (symbols !== null && named !== null && image.format === 'elf')
    for (let i = 0; i < named.length; i++)
      if (named[i] >= 0 && symbols.sizes[i] > 0) sizes[named[i]] = symbols.sizes[i];
  const padding = claims.owner({ kind: 'padding', symbol: 'between functions' });
  const memory = memoryOf(image);
  const range = functions.length === 0 ? -1 : memory.indexOf(functions[0].addr);
  const base = range < 0 ? 0 : memory.ranges[range].addr;
  const code = range < 0 ? new Uint8Array(0) : memory.reader(range).bytes;
  const x86 = image.goarch === 'amd64' || image.goarch === '386';
  for (let i = 0; i < functions.length; i++) {
    const { addr, room, owner } = functions[i];
    if (!(room > 0)) continue;
    let size = sizes[i];
    if (size === 0 || size > room) {
      // without a symbol: what the linker fills up with does not belong to the function
      size = room;
      while (x86 && size > 1 && room - size < LARGEST_ALIGNMENT && code[addr - base + size - 1] === INT3) size--;
    }
    claims.ownMemory(addr, size, owner);
    claims.ownMemory(addr + size, room - size, padding);
  }
  // behind the last function the section is filled up to the alignment of a function
  const last = functions.at(-1);
  const section = last === undefined ? undefined : image.sections.find(s => s.exec && holds(s, last.addr));
  if (last === undefined || section === undefined) return;
  const end = section.addr + Math.min(section.memSize, section.fileSize);
  const most = Math.min(end - last.addr, 2 * LARGEST_ALIGNMENT);
  let filler = 0;
  while (filler <= most && isFiller(code[end - filler - base - 1], image)) filler++;
  const from = end - Math.min(filler, Math.max(0, most));
  claims.ownMemory(from, end - from, padding);
}

const holds = (s: Section, addr: number): boolean => addr >= s.addr && addr < s.addr + s.memSize;
const isFiller = (byte: number, { goarch }: Image): boolean =>
  byte === 0 || byte === INT3 || (goarch === 'loong64' && byte === BREAK);

/**
 * Wasm: a function is told by its place in the table of functions, which newer releases write as the entry itself and
 * older ones times 2^16 (cmd/link/internal/wasm). So it is found where an optimizer has put its body; without a table,
 * bodies are taken in the order of pclntab, and any that come before are not Go's.
 */
export function* bodiesOf(image: WasmImage, functions: GoFunction[]): Generator<[GoFunction, WasmFunction]> {
  const { elements, importedFunctions } = image;
  const before = Math.max(0, image.functions.length - functions.length);
  for (let i = 0; i < functions.length; i++) {
    const { addr } = functions[i];
    const element = elements.get(addr) ?? elements.get(addr / PC_STEP) ?? -1;
    const body = image.functions[elements.size === 0 ? i + before : element - importedFunctions];
    if (body !== undefined) yield [functions[i], body];
  }
}

/** Wasm: the body of each Go function, and the headers between pieces of data. */
export function claimBodies(claims: Claims, image: WasmImage, functions: GoFunction[]): void {
  for (const [{ owner }, body] of bodiesOf(image, functions)) claims.own(body.offset, body.size, owner);
  const header = claims.owner({ kind: 'header', symbol: 'data segments' });
  for (const { offset, size } of image.segmentHeaders) claims.own(offset, size, header);
}

/** pclntab by part: each name, record and pc table belongs to the function that uses it first. */
export function claimPclntab(claims: Claims, table: Pclntab, functions: GoFunction[]): void {
  const word = table.version === Version.Go116 ? table.ptrSize : 4;
  const part = (offset: number, size: number, symbol: string) =>
    claims.addMemory(table.addr + offset, size, { kind: 'pclntab', symbol });
  part(0, 8 + (table.version === Version.Go116 ? 7 : 8) * table.ptrSize, 'pclntab header');
  const seenNames = new Uint8Array(Math.max(0, table.cus - table.names));
  const seenTables = new Uint8Array(Math.max(0, table.funcs - table.pcs));
  for (const { record, owner } of functions) {
    const mine: Owner = { kind: PCLNTAB, pkg: owner.pkg, symbol: owner.symbol, file: 0 };
    claims.ownMemory(table.addr + record.offset, record.size, mine);
    if (seenNames[record.nameAt] === 0) {
      seenNames[record.nameAt] = 1;
      claims.ownMemory(table.addr + table.names + record.nameAt, record.nameSize + 1, mine);
    }
    for (let k = -3; k < record.pcdataCount; k++) {
      const pcs =
        k === -3 ? record.pcsp : k === -2 ? record.pcfile : k === -1 ? record.pcln : pcdataOf(table, record, k);
      if (pcs === 0 || pcs >= seenTables.length || seenTables[pcs] !== 0) continue;
      seenTables[pcs] = 1;
      claims.ownMemory(table.addr + table.pcs + pcs, pcTableSize(table, pcs), mine);
    }
  }
  part(table.funcs, (2 * table.count + 1) * word, 'function index');
  part(table.names, table.cus - table.names, 'function names');
  part(table.cus, table.fileNames - table.cus, 'compilation units');
  part(table.fileNames, table.pcs - table.fileNames, 'file names');
  part(table.pcs, table.funcs - table.pcs, 'pc tables');
  part(table.funcs, table.size - table.funcs, 'function records');
}

/** Funcdata reaches from its offset to the next one that any function uses. */
export function claimFuncdata(
  claims: Claims,
  image: Image,
  table: Pclntab,
  functions: GoFunction[],
  moduledata: Moduledata,
): void {
  if (table.version === Version.Go116 || moduledata.gofunc === 0) return;
  let count = 0;
  for (const { record } of functions) count += record.funcdataCount;
  // sorted as numbers, each an offset and behind it the function: the first user of an offset comes first
  const many = functions.length;
  const uses = new Float64Array(count);
  count = 0;
  for (let i = 0; i < many; i++) {
    const { record } = functions[i];
    for (let k = 0; k < record.funcdataCount; k++) {
      const offset = funcdataOf(table, record, k);
      if (offset >= 0) uses[count++] = offset * many + i;
    }
  }
  uses.subarray(0, count).sort();
  const end = funcdataEnd(image, moduledata);
  for (let i = 0, next = 0; i < count; i = next) {
    const offset = Math.floor(uses[i] / many);
    for (next = i + 1; next < count && uses[next] < (offset + 1) * many; ) next++;
    const from = moduledata.gofunc + offset;
    const to = next < count ? moduledata.gofunc + Math.floor(uses[next] / many) : Math.min(from + 64, end);
    if (to > end) break;
    // (numbers of files with more functions than fit beside an offset are rounded)
    const { pkg, symbol } = functions[Math.min(many - 1, Math.max(0, uses[i] - offset * many))].owner;
    claims.ownMemory(from, to - from, { kind: FUNCDATA, pkg, symbol, file: 0 });
  }
}

/** Funcdata ends where the next known table or its section does. */
function funcdataEnd(image: Image, m: Moduledata): number {
  const memory = memoryOf(image);
  let end = m.gofunc;
  const range = memory.indexOf(m.gofunc);
  if (range >= 0) end = memory.ranges[range].end;
  const tables = [m.findfunctab, m.typelinks.addr, m.itablinks.addr, m.noptrdata, m.data];
  for (const addr of tables) if (addr > m.gofunc) end = Math.min(end, addr);
  for (const s of image.sections) if (s.addr > m.gofunc && s.loaded) end = Math.min(end, s.addr);
  return end;
}
