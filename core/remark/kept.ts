/** Remarks of a package that is edited: made once for each list of messages, and moved with the text that they are about. */
import type { Message } from '../ir/message.ts';
import { outermost } from '../ir/node.ts';
import type { PosBase, SourceText } from '../source/text.ts';
import { type Remark, remarksOf } from './remark.ts';

interface Entry {
  remark: Remark;
  base: PosBase;
  /** What the base was when the remark was made. */
  start: number;
  source: SourceText;
}

export class KeptRemarks {
  private readonly entries = new WeakMap<readonly Message[], Entry[]>();

  constructor(private readonly packagePath: string) {}

  /**
   * Remarks of all lists, for the files whose path is `wanted`. An explanation and what it explains are in one list. A
   * remark that was given before is the same object as long as it is at the same place of the same text.
   */
  of(lists: Iterable<readonly Message[]>, wanted: (path: string) => boolean): Remark[] {
    const found: Remark[] = [];
    for (const list of lists) {
      let entries = this.entries.get(list);
      if (entries === undefined) this.entries.set(list, (entries = this.make(list, wanted)));
      for (const entry of entries) {
        const { base, remark } = entry;
        if (base.start !== entry.start || base.source !== entry.source) {
          const by = base.start - entry.start;
          const { start, end } = remark;
          entry.remark = { ...remark, source: base.source, start: start + by, end: end + by };
          entry.start = base.start;
          entry.source = base.source;
        }
        found.push(entry.remark);
      }
    }
    return found;
  }

  private make(list: readonly Message[], wanted: (path: string) => boolean): Entry[] {
    const entries: Entry[] = [];
    for (const remark of remarksOf(this.packagePath, list)) {
      if (remark.source === null || !wanted(remark.source.path)) continue;
      const { base } = outermost(remark.data.pos!).frame;
      entries.push({ remark, base, start: base.start, source: base.source });
    }
    return entries;
  }
}
