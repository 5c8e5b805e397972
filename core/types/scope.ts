/** Scopes: which object a name stands for, and where. */
import type { Pos } from '../source/text.ts';
import { equalFold, isExported, type Obj } from './object.ts';

/** A scope: names to objects, in a tree (types2's Scope). Insertion order is kept. */
export class Scope {
  readonly elems = new Map<string, Obj>();
  readonly children: Scope[] = [];
  /** Enters what has the name, null for everything; for packages whose objects are entered when asked for. */
  pending: ((name: string | null) => void) | null = null;
  constructor(
    readonly parent: Scope | null,
    /** Extent in the source, for local scopes. */
    public from: Pos | null,
    public to: Pos | null,
    public isFunc = false,
  ) {
    if (parent !== null && parent.parent !== null) parent.children.push(this);
  }
  /** All objects, by name. */
  all(): ReadonlyMap<string, Obj> {
    this.pending?.(null);
    return this.elems;
  }
  /** Names in byte order. */
  names(): string[] {
    this.pending?.(null);
    return [...this.elems.keys()].sort();
  }
  /** Objects whose names differ at most in case (types2 Scope.lookupIgnoringCase). */
  lookupIgnoringCase(name: string, exported: boolean): Obj[] {
    const matches: Obj[] = [];
    for (const n of this.names())
      if ((!exported || isExported(n)) && equalFold(n, name)) matches.push(this.elems.get(n)!);
    return matches;
  }
  lookup(name: string): Obj | null {
    const obj = this.elems.get(name);
    if (obj !== undefined || this.pending === null) return obj ?? null;
    this.pending(name);
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
