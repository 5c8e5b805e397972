/** Remarks of a package that is edited: made once for each list of messages, and moved with the text that they are about. */
import type { Message } from '../ir/message.ts';
import { outermost } from '../ir/node.ts';
import type { PosBase, SourceText } from '../source/text.ts';
import { type Remark, remarksOf } from './remark.ts';

interface Entry {
  remark: Remark;
  base: PosBase;
  /** Where the base was when the remark was made. */
  start: number;
  source: SourceText;
}

/** The remarks of one list. */
interface Made {
  entries: Entry[];
  /** Where all of them are; empty when that is more than one file. */
  path: string;
}

export class KeptRemarks {
  private readonly made = new WeakMap<readonly Message[], Made>();

  /** `own`: the files whose remarks are asked for at all. */
  constructor(
    private readonly packagePath: string,
    private readonly own: ReadonlySet<string>,
  ) {}

  /**
   * Remarks of all lists that are in the file, or in any; an explanation and what it explains are in one list. A remark
   * that was given before is the same object as long as it is at the same place of the same text.
   */
  of(lists: readonly (readonly Message[])[], path: string | null): Remark[] {
    const found: Remark[] = [];
    for (const list of lists) {
      if (list.length === 0) continue;
      let made = this.made.get(list);
      if (made === undefined) this.made.set(list, (made = this.make(list)));
      if (path !== null && made.path !== path && made.path !== '') continue;
      for (const entry of made.entries) {
        const { base, remark } = entry;
        if (path !== null && remark.source?.path !== path) continue;
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

  private make(list: readonly Message[]): Made {
    const entries: Entry[] = [];
    let path: string | null = null;
    for (const remark of remarksOf(this.packagePath, list)) {
      if (remark.source === null || !this.own.has(remark.source.path)) continue;
      const { base } = outermost(remark.data.pos!).frame;
      entries.push({ remark, base, start: base.start, source: base.source });
      path = path === null || path === remark.source.path ? remark.source.path : '';
    }
    return { entries, path: path ?? 'nowhere' };
  }
}
