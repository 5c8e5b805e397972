/** Reporting errors in types2's words, at its positions. */
import type { Pos } from '../source/text.ts';
import { type Node, RawNode, type Unit } from '../syntax/ast.ts';
import type { Checker } from './checker.ts';
import type { TypeError } from './info.ts';
import type { Obj } from './object.ts';
import { Operand } from './operand.ts';
import { startOffset } from './position.ts';
import { versionString } from './version.ts';

/** What an error can be reported at. */
export type Positioner = Node | Operand | Obj | Pos | null;

export const invalidArg = 'invalid argument: ';
export const invalidOp = 'invalid operation: ';

interface Place {
  unit: Unit;
  pos: number;
  end: number;
}

/** Where gc reports an error at `at`: expressions at their start, objects at their name (types2 atPos). */
function place(at: Positioner): Place | null {
  if (at === null) return null;
  if (at instanceof RawNode) {
    const node = at as Node;
    return { unit: node.unit, pos: startOffset(node), end: node.end };
  }
  if (at instanceof Operand) return at.expr === null ? null : place(at.expr);
  if ('base' in at) return { unit: at.base as Unit, pos: at.off, end: at.off };
  const pos = (at as Obj).pos;
  if (pos === null) return null;
  return { unit: pos.base as Unit, pos: pos.off, end: pos.off + (at as Obj).name.length };
}

/** An error in the making; further places are continuation lines (types2 error_). */
export class ErrorT {
  private readonly desc: { at: Place | null; message: string }[] = [];
  private isSoft = false;
  constructor(private readonly c: Checker) {}

  addf(at: Positioner, message: string): this {
    this.desc.push({ at: place(at), message });
    return this;
  }
  addAltDecl(obj: Obj): this {
    if (obj.pos !== null) this.addf(obj, `other declaration of ${obj.name}`);
    return this;
  }
  soft(): this {
    this.isSoft = true;
    return this;
  }
  get empty(): boolean {
    return this.desc.length === 0;
  }
  /** Where it would be reported. */
  get at(): Positioner {
    const at = this.desc[0]?.at ?? null;
    return at === null ? null : { base: at.unit, off: at.pos };
  }
  /** What would be reported, in one text. */
  get message(): string {
    return this.desc.map(d => d.message).join('\n\t');
  }
  report(): void {
    const { c } = this;
    const first = this.desc[0];
    // Follow-up errors are of no use; the first one may be misleading but is better than none.
    // With cgo they come of names that nobody knows.
    if (first.message.indexOf('invalid operand') > 0 || first.message.indexOf('invalid type') > 0) {
      // as the consequence of another one of the declaration it is left out whatever else there is
      if (!c.errors.some(e => e.at.unit === first.at?.unit)) c.followed = true;
      if (c.errors.length > 0 || c.conf.cgo) {
        if (first.at !== null) c.broken.add(first.at.unit);
        return;
      }
    }
    let at = c.env.errpos === null ? first.at : place(c.env.errpos);
    if (at === null) {
      const head = c.files[0]?.head;
      if (head === undefined) return;
      at = { unit: head, pos: 0, end: 0 };
    }
    const error: TypeError = {
      at,
      message: first.message,
      continued: this.desc.slice(1).map(d => ({ at: d.at, message: d.message })),
      soft: this.isSoft,
    };
    c.errors.push(error);
    if (!this.isSoft) c.broken.add(at.unit);
  }
}

export function newError(c: Checker): ErrorT {
  return new ErrorT(c);
}

export function error(c: Checker, at: Positioner, message: string): void {
  new ErrorT(c).addf(at, message).report();
}

export function softErrorf(c: Checker, at: Positioner, message: string): void {
  new ErrorT(c).addf(at, message).soft().report();
}

/** `what` needs language version 1.`version`. */
export function versionErrorf(c: Checker, at: Positioner, version: number, what: string): void {
  new ErrorT(c).addf(at, `${what} requires ${versionString(version)} or later`).report();
}
