/** The bytes of a summary, and the key under which they may be kept: what the summary was made from. */
import type { FuncSummary } from '../ir/env.ts';
import type { Leaks } from '../ir/node.ts';
import { decodeUtf8, encodeUtf8 } from '../source/utf8.ts';

/** What importers need of a package beside its declarations, which they have from its sources. */
export interface SummaryData {
  funcs: Map<string, FuncSummary>;
  bodies: ReadonlySet<string>;
}

/** Where a host keeps summaries. Both are synchronous; what is lost is made again. */
export interface SummaryStore {
  /** A digest of the parts. */
  hash(parts: readonly (string | Uint8Array)[]): string;
  /** Bytes that were put under the key, or null. */
  get(key: string): Uint8Array | null;
  put(key: string, bytes: Uint8Array): void;
}

/** Changes when the encoding does, or what summaries mean. */
const format = 1;

/** Name, cost (-1: not inlinable), delayed results, then a tag for each parameter. */
type Row = [string, number, 0 | 1, ...(0 | number[])[]];

export function encodeSummary(data: SummaryData): Uint8Array {
  const rows: Row[] = [];
  for (const [name, { inl, tags }] of data.funcs)
    rows.push([name, inl?.cost ?? -1, inl?.canDelayResults ? 1 : 0, ...tags.map(encodeTag)]);
  return encodeUtf8(JSON.stringify({ v: format, funcs: rows, bodies: [...data.bodies] }));
}

function encodeTag(tag: Leaks | null): 0 | number[] {
  return tag === null ? 0 : [tag.heap, tag.mutator, tag.callee, ...tag.results];
}

/** The summary of the bytes, or null when they are not those of one. */
export function decodeSummary(bytes: Uint8Array): SummaryData | null {
  let data: unknown;
  try {
    data = JSON.parse(decodeUtf8(bytes));
  } catch {
    return null;
  }
  if (typeof data !== 'object' || data === null) return null;
  const { v, funcs, bodies } = data as Record<string, unknown>;
  if (v !== format || !Array.isArray(funcs) || !Array.isArray(bodies)) return null;
  const decoded = new Map<string, FuncSummary>();
  for (const row of funcs) {
    if (!Array.isArray(row) || typeof row[0] !== 'string' || typeof row[1] !== 'number') return null;
    const tags: (Leaks | null)[] = [];
    for (const tag of row.slice(3)) {
      if (tag === 0) tags.push(null);
      else if (isTag(tag)) tags.push({ heap: tag[0], mutator: tag[1], callee: tag[2], results: tag.slice(3) });
      else return null;
    }
    const inl = row[1] < 0 ? null : { cost: row[1], canDelayResults: row[2] === 1 };
    decoded.set(row[0], { inl, tags });
  }
  if (!bodies.every(key => typeof key === 'string')) return null;
  return { funcs: decoded, bodies: new Set(bodies) };
}

function isTag(tag: unknown): tag is number[] {
  return Array.isArray(tag) && tag.length === 8 && tag.every(n => Number.isInteger(n) && n >= -1 && n < 255);
}
