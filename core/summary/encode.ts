/** The bytes of a summary, and the key under which they may be kept: what the summary was made from. */
import { numEscResults } from '../escape/leaks.ts';
import type { FuncSummary } from '../ir/env.ts';
import type { Inline, Leaks } from '../ir/node.ts';
import { ByteReader, ByteWriter, Damaged } from '../source/bytes.ts';

/** What is known of a package's functions. */
export interface SummaryData {
  /** Of all of them: what is not here is not. Else of those that importers have asked for so far. */
  whole: boolean;
  /** By linker symbol name within the package; null: it cannot be inlined. */
  costs: Map<string, Inline | null>;
  /** By the same names, receiver first. */
  tags: Map<string, (Leaks | null)[]>;
  /** By the same names and the number of a parameter: its tag, where that was asked for alone; undefined: it
   * depends on those of a circle. */
  single: Map<string, Leaks | null | undefined>;
  /** Functions, of this and other packages, of which importers can expand the body, or not (`bodyKey`). */
  bodies: Map<string, boolean>;
  /** Those of which only a thorough look can tell, with the function in which they are called (`bodyWithin`). */
  unsure: Set<string>;
  /** What is known of the package's declarations (types/export-data.ts). */
  declarations: Uint8Array | null;
}

/** How a body that is asked for within another one is known. */
export function bodyWithin(key: string, within: string): string {
  return within === '' ? key : `${key} in ${within}`;
}

/** Where a host keeps summaries. Both are synchronous; what is lost is made again. */
export interface SummaryStore {
  /** A digest of the parts. */
  hash(parts: readonly (string | Uint8Array)[]): string;
  /** Bytes that were put under the key, or null. */
  get(key: string): Uint8Array | null;
  /** Keeps the parts, one after another, under the key. */
  put(key: string, ...parts: Uint8Array[]): void;
}

/** The first number in the bytes: changes when the encoding does, or what summaries mean. */
const format = 0x670005;

export function emptySummary(): SummaryData {
  return {
    whole: false,
    costs: new Map(),
    tags: new Map(),
    single: new Map(),
    bodies: new Map(),
    unsure: new Set(),
    declarations: null,
  };
}

/** What is known of a package that cannot be compiled. */
export function failedSummary(): SummaryData {
  return { ...emptySummary(), whole: true };
}

/** What compiling all of a package has found out. */
export function wholeSummary(funcs: ReadonlyMap<string, FuncSummary>, bodies: ReadonlySet<string>): SummaryData {
  const data = emptySummary();
  data.whole = true;
  for (const [name, { inl, tags }] of funcs) {
    data.costs.set(name, inl);
    data.tags.set(name, tags);
  }
  for (const key of bodies) data.bodies.set(key, true);
  return data;
}

export function encodeSummary(data: SummaryData): Uint8Array {
  const w = new ByteWriter();
  w.uint(format);
  w.bool(data.whole);
  const { declarations } = data;
  w.uint(declarations === null ? 0 : declarations.length + 1);
  if (declarations !== null) w.raw(declarations);
  w.uint(data.costs.size);
  for (const [name, inl] of data.costs) {
    w.string(name);
    w.uint(inl === null ? 0 : inl.cost + 1);
    if (inl !== null) w.bool(inl.canDelayResults);
  }
  w.uint(data.tags.size);
  for (const [name, tags] of data.tags) {
    w.string(name);
    w.uint(tags.length);
    for (const tag of tags) encodeTag(w, tag);
  }
  w.uint(data.single.size);
  for (const [key, leaks] of data.single) {
    w.string(key);
    w.bool(leaks !== undefined);
    if (leaks !== undefined) encodeTag(w, leaks);
  }
  w.uint(data.bodies.size);
  for (const [key, has] of data.bodies) {
    w.string(key);
    w.bool(has);
  }
  w.uint(data.unsure.size);
  for (const key of data.unsure) w.string(key);
  return w.finish();
}

/** Levels from -1 to 254, one a byte. */
function encodeTag(w: ByteWriter, tag: Leaks | null): void {
  w.bool(tag !== null);
  if (tag === null) return;
  w.byte(tag.heap + 1);
  w.byte(tag.mutator + 1);
  w.byte(tag.callee + 1);
  for (let i = 0; i < numEscResults; i++) w.byte(tag.results[i] + 1);
}

/** The summary of the bytes, or null when they are not those of one. */
export function decodeSummary(bytes: Uint8Array): SummaryData | null {
  try {
    const r = ByteReader.of(bytes);
    const data = readHead(r);
    if (data === null) return null;
    for (let n = r.count(); n > 0; n--) {
      const name = r.string();
      const cost = r.uint() - 1;
      data.costs.set(name, cost < 0 ? null : { cost, canDelayResults: r.bool() });
    }
    for (let n = r.count(); n > 0; n--) {
      const name = r.string();
      const tags: (Leaks | null)[] = [];
      for (let m = r.count(); m > 0; m--) tags.push(decodeTag(r));
      data.tags.set(name, tags);
    }
    for (let n = r.count(); n > 0; n--) {
      const key = r.string();
      data.single.set(key, r.bool() ? decodeTag(r) : undefined);
    }
    for (let n = r.count(); n > 0; n--) {
      const key = r.string();
      data.bodies.set(key, r.bool());
    }
    for (let n = r.count(); n > 0; n--) data.unsure.add(r.string());
    return r.done ? data : null;
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

/** What is known of the package's declarations, by bytes of which nothing else is looked at; null: nothing, or they are
 * not those of a summary. */
export function decodeDeclarations(bytes: Uint8Array): Uint8Array | null {
  try {
    return readHead(ByteReader.of(bytes))?.declarations ?? null;
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

/** The bytes are those of a summary of all functions. */
export function isWhole(bytes: Uint8Array): boolean {
  try {
    return readHead(ByteReader.of(bytes))?.whole === true;
  } catch (error) {
    if (error instanceof Damaged) return false;
    throw error;
  }
}

/** A summary without what is known of functions, which follows; null when the bytes are those of something else. */
function readHead(r: ByteReader): SummaryData | null {
  if (r.uint() !== format) return null;
  const data = emptySummary();
  data.whole = r.bool();
  const length = r.uint();
  if (length > 0) data.declarations = r.raw(length - 1);
  return data;
}

function decodeTag(r: ByteReader): Leaks | null {
  if (!r.bool()) return null;
  const leaks: Leaks = { heap: r.byte() - 1, mutator: r.byte() - 1, callee: r.byte() - 1, results: [] };
  for (let i = 0; i < numEscResults; i++) leaks.results.push(r.byte() - 1);
  return leaks;
}
