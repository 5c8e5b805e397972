/**
 * Budgets for CI: a JSON file says how large a program and its parts may be.
 *
 *     { "size": "20 MB", "package": { "net/http": "600 KB", "golang.org/x/...": "1 MiB" }, "kind": { "dwarf": 0 } }
 *
 * `size` is the file's; every other key is a grouping of `gospect size --by`, its keys are groups (`x/...` is x and all
 * below it), its values bytes: a number or a text with a unit.
 */
import type { BuildInfo } from '../binary/buildinfo.ts';
import type { Image } from '../binary/image.ts';
import { GROUPINGS, type Grouping, groupLedger } from './group.ts';
import type { Ledger } from './ledger.ts';

interface Limit {
  /** `size` or a grouping. */
  by: 'size' | Grouping;
  group: string;
  bytes: number;
}

export interface BudgetLine {
  by: 'size' | Grouping;
  /** Empty for the whole file. */
  group: string;
  bytes: number;
  limit: number;
}

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** The limits of a budget file, or what is wrong with it. */
export function parseBudget(text: string): Limit[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${(error as Error).message}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no JSON object';
  const limits: Limit[] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (key === 'size') {
      const bytes = bytesOf(entry);
      if (bytes === null) return `${JSON.stringify(entry)} is no number of bytes`;
      limits.push({ by: 'size', group: '', bytes });
      continue;
    }
    if (!(GROUPINGS as readonly string[]).includes(key))
      return `it has the key ${JSON.stringify(key)}: say size, ${GROUPINGS.join(', ')}`;
    if (typeof entry !== 'object' || entry === null) return `${key} is no object of names and bytes`;
    for (const [group, limit] of Object.entries(entry)) {
      const bytes = bytesOf(limit);
      if (bytes === null) return `${JSON.stringify(limit)} of ${group} is no number of bytes`;
      limits.push({ by: key as Grouping, group, bytes });
    }
  }
  return limits.length === 0 ? 'it sets no limit' : limits;
}

function bytesOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  const match = typeof value === 'string' ? /^([\d_]+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim()) : null;
  const unit = match === null ? undefined : UNITS[match[2].toLowerCase()];
  return match === null || unit === undefined ? null : Math.round(Number(match[1].replaceAll('_', '')) * unit);
}

/** What each limit is for and how many bytes there are, in the order of the file. */
export function checkBudget(limits: Limit[], image: Image, ledger: Ledger, info: BuildInfo | null): BudgetLine[] {
  const sums = new Map<Grouping, Map<string, number>>();
  const sumsOf = (by: Grouping): Map<string, number> => {
    let groups = sums.get(by);
    if (groups === undefined) {
      groups = new Map();
      for (const row of groupLedger(image, ledger, [by], info))
        groups.set(row.path[0], (groups.get(row.path[0]) ?? 0) + row.size);
      sums.set(by, groups);
    }
    return groups;
  };
  return limits.map(({ by, group, bytes: limit }) => {
    if (by === 'size') return { by, group, bytes: ledger.size, limit };
    const groups = sumsOf(by);
    if (!group.endsWith('/...')) return { by, group, bytes: groups.get(group) ?? 0, limit };
    const prefix = group.slice(0, -4);
    let bytes = 0;
    for (const [name, size] of groups) if (name === prefix || name.startsWith(`${prefix}/`)) bytes += size;
    return { by, group, bytes, limit };
  });
}
