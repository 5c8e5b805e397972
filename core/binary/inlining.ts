/**
 * What pclntab says of the instructions of a function: source lines, and the calls that were inlined (runtime/symtab.go
 * pcvalue, runtime/symtabinl.go). Positions of instructions are bytes from the function's entry, ranges half-open.
 */
import type { Reader } from './bytes.ts';
import type { Image } from './image.ts';
import { memoryOf } from './memory.ts';
import type { Moduledata } from './moduledata.ts';
import { fileNameAt, type FuncRecord, pcdataOf, type Pclntab, Version } from './pclntab.ts';

/** Indices that the linker gives to tables of all functions (internal/abi symtab.go). */
const PCDATA_INL_TREE_INDEX = 2;
const FUNCDATA_INL_TREE = 3;

/** Calls back for each run of instructions with one value of a pc table, in order. */
export function eachPcValue(
  table: Pclntab,
  offset: number,
  size: number,
  found: (from: number, to: number, value: number) => void,
): void {
  if (offset === 0) return;
  const { bytes } = table.bytes;
  let at = table.pcs + offset;
  let value = -1;
  let pc = 0;
  let first = true;
  while (at < bytes.length && pc < size) {
    if (bytes[at] === 0 && !first) return;
    let delta = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      delta += (bytes[at] & 0x7f) * scale;
      if (bytes[at++] < 0x80) break;
    }
    value += delta % 2 === 1 ? -(delta + 1) / 2 : delta / 2;
    let step = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      step += (bytes[at] & 0x7f) * scale;
      if (bytes[at++] < 0x80) break;
    }
    const to = Math.min(size, pc + step * table.quantum);
    if (to > pc) found(pc, to, value);
    pc = to;
    first = false;
  }
}

/** Offset of the function's inlining tree from the module's funcdata, or -1 when nothing was inlined into it. */
export function inlineTreeOf(table: Pclntab, record: FuncRecord): number {
  if (table.version === Version.Go116) return -1;
  const at = record.offset + 4;
  const tail = at + (table.version === Version.Go120 ? 40 : 36);
  const count = table.bytes.u8(tail - 1);
  if (count <= FUNCDATA_INL_TREE) return -1;
  const offset = table.bytes.u32(record.offset + record.size - 4 * (count - FUNCDATA_INL_TREE));
  return offset === 0xffffffff ? -1 : offset;
}

/** One inlined call of a function. */
export interface InlinedCall {
  /** Linker's name of the function that was inlined. */
  name: string;
  /** Index of the call that it was inlined through, or -1 for one in the function itself. */
  parent: number;
  /** An instruction whose line is that of the call. */
  parentPc: number;
  /** Line of its func keyword, from 1; 0 when not recorded. */
  startLine: number;
  /** Bytes of instructions that are its own, without those of calls inlined into it. */
  size: number;
}

/** Inlining trees of one file. */
export interface InlineTrees {
  table: Pclntab;
  /** Memory that holds them. */
  memory: Reader;
  /** Offset of the first in it. */
  start: number;
}

/** Where the trees lie; null when the release keeps them elsewhere or there are none. */
export function inlineTrees(image: Image, table: Pclntab, moduledata: Moduledata | null): InlineTrees | null {
  if (moduledata === null || moduledata.gofunc === 0 || table.version === Version.Go116) return null;
  const memory = memoryOf(image);
  const range = memory.indexOf(moduledata.gofunc);
  if (range < 0) return null;
  return { table, memory: memory.reader(range), start: moduledata.gofunc - memory.ranges[range].addr };
}

/** The calls that were inlined into a function of `size` bytes. */
export function inlinedCalls(trees: InlineTrees, record: FuncRecord, size: number): InlinedCall[] {
  const { table, memory } = trees;
  const offset = inlineTreeOf(table, record);
  const indices = pcdataOf(table, record, PCDATA_INL_TREE_INDEX);
  if (offset < 0 || indices === 0) return [];
  const sizes = new Map<number, number>();
  const runs: { from: number; to: number; value: number }[] = [];
  eachPcValue(table, indices, size, (from, to, value) => {
    runs.push({ from, to, value });
    if (value >= 0) sizes.set(value, (sizes.get(value) ?? 0) + to - from);
  });
  const entry = table.version === Version.Go120 ? 16 : 20;
  const calls: InlinedCall[] = [];
  let count = 0;
  // no more calls than bytes of instructions, whatever a damaged table says
  for (const index of sizes.keys()) if (index < size) count = Math.max(count, index + 1);
  // a parent may have no instruction of its own: its index shows only where a call's parentPc points
  for (let i = 0; i < count; i++) {
    const at = trees.start + offset + i * entry;
    if (at + entry > memory.length) break;
    const [name, parentPc, startLine] =
      table.version === Version.Go120
        ? [memory.u32(at + 4), memory.u32(at + 8), memory.u32(at + 12)]
        : [memory.u32(at + 12), memory.u32(at + 16), 0];
    if (table.names + name >= table.cus) break;
    const parent = runs.find(run => parentPc >= run.from && parentPc < run.to)?.value ?? -1;
    calls.push({
      name: table.name(name),
      parent: parent === i ? -1 : parent,
      parentPc,
      startLine,
      size: sizes.get(i) ?? 0,
    });
  }
  return calls;
}

/** Bytes of a function's instructions by source line: of its own lines and of those inlined into it. */
export function eachLine(
  table: Pclntab,
  record: FuncRecord,
  size: number,
  found: (file: string, line: number, bytes: number) => void,
): void {
  const files: { to: number; name: string }[] = [];
  eachPcValue(table, record.pcfile, size, (_, to, value) => files.push({ to, name: fileName(table, record, value) }));
  let i = 0;
  eachPcValue(table, record.pcln, size, (from, to, line) => {
    let at = from;
    while (at < to) {
      while (i < files.length && files[i].to <= at) i++;
      const end = i < files.length ? Math.min(to, files[i].to) : to;
      if (i < files.length && files[i].name !== '') found(files[i].name, line, end - at);
      at = end;
    }
  });
}

/** Source file by a function's file number; names are kept, since many lines have the same. */
function fileName(table: Pclntab, record: FuncRecord, index: number): string {
  const name = table.version === Version.Go116 ? -1 : fileNameAt(table, record, index);
  if (name < 0) return '';
  let text = names.get(table)?.get(name);
  if (text === undefined) {
    text = table.bytes.cstring(table.fileNames + name);
    let known = names.get(table);
    if (known === undefined) names.set(table, (known = new Map()));
    known.set(name, text);
  }
  return text;
}
const names = new WeakMap<Pclntab, Map<number, string>>();
