/** Views of the ledger: its rows added up by section, package, symbol, type or file. */
import type { Image } from '../binary/image.ts';
import type { Ledger, LedgerKind } from './ledger.ts';
import { KINDS } from './ledger.ts';

export const GROUPINGS = ['section', 'package', 'symbol', 'file', 'kind'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface GroupRow {
  /** From the outermost group inwards; no two rows have the same path and kind. */
  path: string[];
  /** Bytes in the file, and in memory when the program runs. */
  size: number;
  memory: number;
  kind: LedgerKind;
}

/**
 * Adds the rows up. The sizes add up to the file's size; bytes that belong to no package (or symbol, file) are in the
 * group named by their kind. Parts without bytes in the file (.bss) come with size 0 and their memory.
 */
export function groupLedger(image: Image, ledger: Ledger, groupings: readonly Grouping[]): GroupRow[] {
  const sections = new Map(image.sections.map(s => [s.name, s]));
  const rows = new Map<string, GroupRow>();
  for (let i = 0; i < ledger.count; i++) {
    const kind = KINDS[ledger.kind[i]];
    const section = ledger.strings[ledger.section[i]];
    const path: string[] = [];
    for (const g of groupings) {
      if (g === 'section') path.push(section === '' ? kind : section);
      else if (g === 'kind') path.push(kind);
      else
        path.push(
          ledger.strings[g === 'package' ? ledger.pkg[i] : g === 'file' ? ledger.file[i] : ledger.symbol[i]] || kind,
        );
    }
    const loaded = sections.get(section)?.loaded === true;
    add(rows, path, kind, ledger.length[i], loaded ? ledger.length[i] : 0);
  }
  for (const s of image.sections) {
    const missing = s.memSize - s.fileSize;
    if (!s.loaded || missing <= 0) continue;
    const path = groupings.map(g => (g === 'section' ? s.name : 'data'));
    add(rows, path, 'data', 0, missing);
  }
  return [...rows.values()].sort(
    (a, b) => b.size - a.size || b.memory - a.memory || (a.path.join() < b.path.join() ? -1 : 1),
  );
}

function add(rows: Map<string, GroupRow>, path: string[], kind: LedgerKind, size: number, memory: number): void {
  const key = `${path.join('\0')}\0${kind}`;
  const row = rows.get(key);
  if (row === undefined) rows.set(key, { path, size, memory, kind });
  else {
    row.size += size;
    row.memory += memory;
  }
}
