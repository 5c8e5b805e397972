/** What a change of the code does to the remarks: those that are new and those that are gone. */
import { MessageKind, messageLevel } from '../ir/message.ts';
import type { Remark } from './remark.ts';

export interface RemarkChange {
  change: 'gained' | 'lost';
  remark: Remark;
}

/**
 * The remarks of a package that only one of two states of it has, in the order of their places. Remarks are the same
 * when the same is said in the same function of the same expression, wherever it stands now: of several such, first
 * those whose lines read the same are matched, then by order. Explanations are no remarks of their own, and how far a
 * function misses the inlining budget is no difference.
 */
export function diffRemarks(before: readonly Remark[], after: readonly Remark[]): RemarkChange[] {
  const old = grouped(before);
  const now = grouped(after);
  const changes: RemarkChange[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [lost, gained] = unmatched(old.get(key) ?? [], now.get(key) ?? []);
    for (const remark of lost) changes.push({ change: 'lost', remark });
    for (const remark of gained) changes.push({ change: 'gained', remark });
  }
  const file = ({ remark }: RemarkChange): string => remark.source?.path ?? '';
  return changes.sort(
    (a, b) => compare(file(a), file(b)) || lineOf(a.remark) - lineOf(b.remark) || compare(b.change, a.change),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lineOf({ source, start }: Remark): number {
  return source === null ? 0 : source.lineOf(start);
}

/** The text of the line that a remark is about, without indentation. */
function lineText(remark: Remark): string {
  const { source } = remark;
  if (source === null) return '';
  const starts = source.lineStarts();
  const line = lineOf(remark);
  return source.text.slice(starts[line], starts[line + 1] ?? source.text.length).trim();
}

function grouped(remarks: readonly Remark[]): Map<string, Remark[]> {
  const groups = new Map<string, Remark[]>();
  for (const remark of remarks) {
    if (messageLevel(remark.kind) > 1 && remark.kind !== MessageKind.CannotInline) continue;
    const words = remark.kind === MessageKind.CannotInline ? remark.message.replaceAll(/\d+/g, '#') : remark.message;
    const key = `${remark.function}\n${remark.kind}\n${words}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [remark]);
    else group.push(remark);
  }
  return groups;
}

/** What is left of both lists when equals are paired. */
function unmatched(old: readonly Remark[], now: readonly Remark[]): [Remark[], Remark[]] {
  const lines = new Map<string, number>();
  for (const remark of now) lines.set(lineText(remark), (lines.get(lineText(remark)) ?? 0) + 1);
  const lost: Remark[] = [];
  for (const remark of old) {
    const left = lines.get(lineText(remark)) ?? 0;
    if (left > 0) lines.set(lineText(remark), left - 1);
    else lost.push(remark);
  }
  const gained: Remark[] = [];
  // of lines that read the same the last ones are new
  for (const remark of [...now].reverse()) {
    const left = lines.get(lineText(remark)) ?? 0;
    if (left === 0) continue;
    lines.set(lineText(remark), left - 1);
    gained.unshift(remark);
  }
  const pairs = Math.min(lost.length, gained.length);
  return [lost.slice(pairs), gained.slice(pairs)];
}
