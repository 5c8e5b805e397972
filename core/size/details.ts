/** What a file says of one function beyond its bytes: where it is, who calls it, what is inlined into it, and into what it is. */
import type { Image } from '../binary/image.ts';
import { offsetOf } from '../binary/image.ts';
import { eachLine, type InlineTrees, inlinedCalls, inlineTrees } from '../binary/inlining.ts';
import { findModuledata } from '../binary/moduledata.ts';
import { fileOf, funcRecord, type Pclntab, readPclntab } from '../binary/pclntab.ts';
import { type Calls, callsOf } from './calls.ts';

export interface NamedCount {
  symbol: string;
  /** How often: calls, or inlined copies. */
  count: number;
  /** Bytes of instructions, for inlined copies. */
  bytes: number;
}

export interface FunctionDetails {
  symbol: string;
  /** Functions of that name: instances of a generic function share one. */
  copies: { address: number; offset: number; size: number }[];
  file: string;
  /** Line of its func keyword, from 1; 0 when not recorded. */
  line: number;
  /** What the lists of callers and callees were read from; empty when they could not be. */
  evidence: string;
  callers: NamedCount[];
  callees: NamedCount[];
  /** What was inlined into it, and what it was inlined into. */
  inlines: NamedCount[];
  inlinedInto: NamedCount[];
}

/** Bytes of instructions of one source line. */
export interface LineBytes {
  line: number;
  bytes: number;
  /** Of these in copies that were inlined into other functions. */
  inlined: number;
  functions: number;
}

/** An open file, of which parts are worked out when they are asked for. */
export interface Functions {
  details(symbol: string): FunctionDetails | null;
  /** Source lines of a file, by its path as the compiler recorded it. */
  lines(file: string): LineBytes[];
  /** Source files that have instructions. */
  files(): string[];
}

/** The functions of a file; there are none where it has no function table. */
export function functionsOf(image: Image): Functions {
  const table = readPclntab(image);
  if (table === null) return { details: () => null, lines: () => [], files: () => [] };
  const trees = inlineTrees(image, table, findModuledata(image, table.addr));
  const byName = new Map<string, number[]>();
  for (let i = 0; i < table.count; i++) {
    const { name } = funcRecord(table, i);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [i]);
    else same.push(i);
  }
  let calls: Calls | null | undefined;
  let copies: Map<string, Map<number, NamedCount>> | undefined;
  return {
    details(symbol) {
      const own = byName.get(symbol);
      if (own === undefined) return null;
      calls ??= callsOf(image, table);
      copies ??= trees === null ? new Map() : inlinedCopies(table, trees);
      const record = funcRecord(table, own[0]);
      const set = new Set(own);
      return {
        symbol,
        copies: own.map(i => ({
          address: table.entries[i],
          offset: offsetOf(image, table.entries[i]),
          size: table.entries[i + 1] - table.entries[i],
        })),
        file: fileOf(table, record),
        line: record.startLine,
        evidence: calls === null ? '' : 'direct calls and jumps in the machine code',
        callers: calls === null ? [] : named(table, calls.to, calls.from, set),
        callees: calls === null ? [] : named(table, calls.from, calls.to, set),
        inlines: trees === null ? [] : inlinesOf(table, trees, own),
        inlinedInto: [...(copies.get(symbol)?.values() ?? [])].sort(byBytes),
      };
    },
    lines(file) {
      const recorded = recordedAs(this.files(), file);
      return recorded === null ? [] : linesOf(table, recorded);
    },
    files() {
      const found = new Set<string>();
      for (let i = 0; i < table.count; i++) found.add(fileOf(table, funcRecord(table, i)));
      found.delete('');
      return [...found].sort();
    },
  };
}

const byBytes = (a: NamedCount, b: NamedCount) => b.bytes - a.bytes || (a.symbol < b.symbol ? -1 : 1);

/** The functions at the other end of the calls at this one, most calls first. */
function named(table: Pclntab, here: Int32Array, there: Int32Array, own: ReadonlySet<number>): NamedCount[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < here.length; i++) {
    if (own.has(here[i])) counts.set(there[i], (counts.get(there[i]) ?? 0) + 1);
  }
  const byName = new Map<string, NamedCount>();
  for (const [f, count] of counts) {
    const symbol = funcRecord(table, f).name;
    const known = byName.get(symbol);
    if (known === undefined) byName.set(symbol, { symbol, count, bytes: 0 });
    else known.count += count;
  }
  return [...byName.values()].sort((a, b) => b.count - a.count || (a.symbol < b.symbol ? -1 : 1));
}

function inlinesOf(table: Pclntab, trees: InlineTrees, own: readonly number[]): NamedCount[] {
  const found = new Map<string, NamedCount>();
  for (const i of own) {
    for (const { name, size } of inlinedCalls(trees, funcRecord(table, i), table.entries[i + 1] - table.entries[i])) {
      const known = found.get(name);
      if (known === undefined) found.set(name, { symbol: name, count: 1, bytes: size });
      else {
        known.count++;
        known.bytes += size;
      }
    }
  }
  return [...found.values()].sort(byBytes);
}

/** For each function that was inlined anywhere: into which functions, how often, and how many bytes. */
function inlinedCopies(table: Pclntab, trees: InlineTrees): Map<string, Map<number, NamedCount>> {
  const copies = new Map<string, Map<number, NamedCount>>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    for (const { name, size } of inlinedCalls(trees, record, table.entries[i + 1] - table.entries[i])) {
      let into = copies.get(name);
      if (into === undefined) copies.set(name, (into = new Map()));
      const known = into.get(i);
      if (known === undefined) into.set(i, { symbol: record.name, count: 1, bytes: size });
      else {
        known.count++;
        known.bytes += size;
      }
    }
  }
  return copies;
}

/**
 * The path under which a program knows a source file: itself, or with -trimpath that of its package. Then it is the one
 * file that has the longest end in common, at least name and folder.
 */
export function recordedAs(files: readonly string[], file: string): string | null {
  if (files.includes(file)) return file;
  const parts = file.split('/');
  let best: string | null = null;
  let most = 1;
  for (const other of files) {
    // a module's folder in the cache carries its version: golang.org/x/text@v0.3.0/…
    const own = other.replace(/@[^/]+/, '').split('/');
    let common = 0;
    while (common < own.length && own[own.length - 1 - common] === parts[parts.length - 1 - common]) common++;
    if (common > most) {
      most = common;
      best = other;
    } else if (common === most) best = null;
  }
  return best;
}

function linesOf(table: Pclntab, file: string): LineBytes[] {
  const lines = new Map<number, LineBytes>();
  for (let i = 0; i < table.count; i++) {
    const record = funcRecord(table, i);
    const size = table.entries[i + 1] - table.entries[i];
    const own = fileOf(table, record) === file;
    const seen = new Set<number>();
    eachLine(table, record, size, (name, line, bytes) => {
      if (name !== file) return;
      let known = lines.get(line);
      if (known === undefined) lines.set(line, (known = { line, bytes: 0, inlined: 0, functions: 0 }));
      known.bytes += bytes;
      if (!own) known.inlined += bytes;
      if (!seen.has(line)) known.functions++;
      seen.add(line);
    });
  }
  return [...lines.values()].sort((a, b) => a.line - b.line);
}
