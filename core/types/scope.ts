import type { Pos } from '../source/text.ts';
import type { Obj } from './object.ts';

/** A scope: names to objects, in a tree (types2's Scope). Insertion order is kept. */
export class Scope {
  readonly elems = new Map<string, Obj>();
  readonly children: Scope[] = [];
  constructor(
    readonly parent: Scope | null,
    /** Extent in the source, for local scopes. */
    readonly from: Pos | null,
    readonly to: Pos | null,
    readonly isFunc = false,
  ) {
    if (parent !== null && parent.parent !== null) parent.children.push(this);
  }
  lookup(name: string): Obj | null {
    return this.elems.get(name) ?? null;
  }
  /** Adds the object unless the name is taken; then the object that has it is returned. `_` is never entered. */
  insert(obj: Obj): Obj | null {
    const alt = this.elems.get(obj.name);
    if (alt !== undefined) return alt;
    this.elems.set(obj.name, obj);
    if (obj.parent === null) obj.parent = this;
    return null;
  }
}
