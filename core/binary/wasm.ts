/** WebAssembly modules (the core specification's binary format). Memory is rebuilt from the active data segments. */
import type { ByteSource } from './bytes.ts';
import { FormatError, readExact, utf8, uvarint } from './bytes.ts';
import { type Image, Letter, type Part, type Section, type Symbols } from './image.ts';

const SECTION_NAMES = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
];

/** A function body: its index among all functions (imports first) and its bytes in the file, size prefix included. */
export interface WasmFunction {
  index: number;
  offset: number;
  size: number;
}

export interface WasmImage extends Image {
  functions: WasmFunction[];
  importedFunctions: number;
  /** The function that each place of the table holds when the module starts, by the place. */
  elements: Map<number, number>;
  /** Function names of the name section by function index; empty when it was stripped. */
  functionNames: Map<number, string>;
  /** Segment headers of the data section: bytes that are neither code nor data. */
  segmentHeaders: { offset: number; size: number }[];
}

export function isWasm(image: Image): image is WasmImage {
  return image.format === 'wasm';
}

export function openWasm(source: ByteSource): WasmImage {
  const bytes = readExact(source, 0, source.size, 'the module');
  if (bytes.length < 8 || bytes[4] !== 1) throw new FormatError('a WebAssembly module of an unknown version');
  const sections: Section[] = [];
  const parts: Part[] = [{ kind: 'header', name: 'module header', offset: 0, size: 8 }];
  const loads: Image['loads'] = [];
  const functions: WasmFunction[] = [];
  const functionNames = new Map<number, string>();
  const elements = new Map<number, number>();
  const segmentHeaders: WasmImage['segmentHeaders'] = [];
  let importedFunctions = 0;
  let at = 8;
  while (at < bytes.length) {
    const start = at;
    const id = bytes[at];
    const [size, body] = uvarint(bytes, at + 1);
    const end = body + size;
    if (end > bytes.length) throw new FormatError(`section ${SECTION_NAMES[id] ?? id} is truncated`);
    let name = SECTION_NAMES[id] ?? `section ${id}`;
    let content = body;
    if (id === 0) {
      const [length, text] = uvarint(bytes, body);
      if (text + length > end) throw new FormatError('a custom section has a name that does not fit');
      name = utf8(bytes, text, text + length);
      content = text + length;
    }
    sections.push({
      name,
      addr: 0,
      memSize: 0,
      offset: start,
      fileSize: end - start,
      exec: id === 10,
      write: id === 11,
      loaded: id === 10 || id === 11,
      compressed: false,
    });
    if (id === 2) importedFunctions = countFunctionImports(bytes, content, end);
    // what stands before the first function or segment: the section's number, its size, and how many there are
    if (id === 10 || id === 11)
      parts.push({ kind: 'header', name: `${name} section`, offset: start, size: uvarint(bytes, content)[1] - start });
    if (id === 9) readElements(bytes, content, end, elements);
    if (id === 10) readBodies(bytes, content, end, importedFunctions, functions);
    if (id === 11) readSegments(bytes, content, end, loads, segmentHeaders);
    if (id === 0 && name === 'name') readNames(bytes, content, end, functionNames);
    at = end;
  }
  loads.sort((a, b) => a.addr - b.addr);
  return {
    format: 'wasm',
    source,
    littleEndian: true,
    ptrSize: 8,
    goarch: 'wasm',
    goos: sectionsGoos(bytes, sections),
    base: 0,
    entry: 0,
    sections,
    parts,
    loads,
    type: 'exec',
    libraries: [],
    functions,
    importedFunctions,
    elements,
    functionNames,
    segmentHeaders,
    pointerFixups: () => null,
    memory: null,
    symbols: () => nameSymbols(functions, functionNames),
  };
}

/** js or wasip1, by the module that the functions are imported from. */
function sectionsGoos(bytes: Uint8Array, sections: Section[]): string {
  const imports = sections.find(s => s.name === 'import');
  if (imports === undefined) return 'wasip1';
  const text = utf8(bytes, imports.offset, imports.offset + Math.min(imports.fileSize, 4096));
  return text.includes('wasi_snapshot_preview1') ? 'wasip1' : 'js';
}

function countFunctionImports(bytes: Uint8Array, from: number, end: number): number {
  let [count, at] = uvarint(bytes, from);
  let found = 0;
  for (; count > 0 && at < end; count--) {
    for (let part = 0; part < 2; part++) {
      const [length, text] = uvarint(bytes, at);
      at = text + length;
    }
    const kind = bytes[at++];
    if (kind === 0) {
      found++;
      at = uvarint(bytes, at)[1];
    } else if (kind === 1 || kind === 2) {
      if (kind === 1) at++;
      const flags = bytes[at++];
      at = uvarint(bytes, at)[1];
      if (flags & 1) at = uvarint(bytes, at)[1];
    } else at += 2;
  }
  return found;
}

function readBodies(bytes: Uint8Array, from: number, end: number, first: number, out: WasmFunction[]): void {
  let [count, at] = uvarint(bytes, from);
  for (let index = first; count > 0 && at < end; count--, index++) {
    const [size, body] = uvarint(bytes, at);
    if (body + size > end) throw new FormatError(`the body of function ${index} is truncated`);
    out.push({ index, offset: at, size: body + size - at });
    at = body + size;
  }
}

/**
 * Active segments of function indices, such as Go's linker writes and optimizers write again. What follows a segment of
 * another kind is left out: where it ends would have to be known.
 */
function readElements(bytes: Uint8Array, from: number, end: number, elements: Map<number, number>): void {
  let [count, at] = uvarint(bytes, from);
  for (; count > 0 && at < end; count--) {
    const mode = bytes[at++];
    if (mode !== 0 && mode !== 2) return;
    if (mode === 2) at = uvarint(bytes, at)[1];
    if (bytes[at] !== 0x41) return;
    let [place, next] = signedVarint(bytes, at + 1);
    if (bytes[next] !== 0x0b) return;
    at = mode === 2 ? next + 2 : next + 1;
    let [entries, first] = uvarint(bytes, at);
    for (; entries > 0 && first < end; entries--, place++) {
      [next, first] = uvarint(bytes, first);
      elements.set(place, next);
    }
    at = first;
  }
}

/** Active segments with a constant offset; others are not placed in memory when the module starts. */
function readSegments(
  bytes: Uint8Array,
  from: number,
  end: number,
  loads: Image['loads'],
  headers: WasmImage['segmentHeaders'],
): void {
  let [count, at] = uvarint(bytes, from);
  for (; count > 0 && at < end; count--) {
    const start = at;
    const [mode, next] = uvarint(bytes, at);
    at = next;
    let addr = -1;
    if (mode === 2) at = uvarint(bytes, at)[1];
    if (mode !== 1) {
      if (bytes[at] === 0x41 || bytes[at] === 0x42) {
        const [value, after] = signedVarint(bytes, at + 1);
        addr = value;
        at = after;
      }
      while (at < end && bytes[at] !== 0x0b) at++;
      at++;
    }
    const [length, data] = uvarint(bytes, at);
    if (data + length > end) throw new FormatError('a data segment is truncated');
    headers.push({ offset: start, size: data - start });
    if (addr >= 0) loads.push({ addr, memSize: length, offset: data, fileSize: length, write: true, exec: false });
    at = data + length;
  }
}

/** i32.const operand: signed, but offsets are addresses, so a negative one is its unsigned 32-bit value. */
function signedVarint(bytes: Uint8Array, offset: number): [number, number] {
  const [raw, next] = uvarint(bytes, offset);
  const bits = (next - offset) * 7;
  const negative = bits < 53 && raw >= 2 ** (bits - 1);
  return [negative ? (raw - 2 ** bits) >>> 0 : raw, next];
}

function readNames(bytes: Uint8Array, from: number, end: number, names: Map<number, string>): void {
  for (let at = from; at < end; ) {
    const id = bytes[at];
    const [size, body] = uvarint(bytes, at + 1);
    if (id === 1) {
      let [count, p] = uvarint(bytes, body);
      for (; count > 0 && p < end; count--) {
        const [index, afterIndex] = uvarint(bytes, p);
        const [length, text] = uvarint(bytes, afterIndex);
        if (text + length > end) return;
        names.set(index, utf8(bytes, text, text + length));
        p = text + length;
      }
    }
    at = body + size;
  }
}

function nameSymbols(functions: WasmFunction[], functionNames: Map<number, string>): Symbols | null {
  if (functionNames.size === 0) return null;
  const named = functions.filter(f => functionNames.has(f.index));
  return {
    names: named.map(f => functionNames.get(f.index)!),
    addrs: Float64Array.from(named, f => f.offset),
    sizes: Float64Array.from(named, f => f.size),
    codes: new Uint8Array(named.length).fill(Letter.Text),
  };
}
