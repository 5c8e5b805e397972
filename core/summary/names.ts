/**
 * Which functions of a package may refer to each other, by the names in their texts: a graph that holds every reference
 * that there is, and more. Where it has no circle, there is none.
 */
import type { Func } from '../ir/node.ts';
import { Kind, type Unit } from '../syntax/ast.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type FuncObj, ObjKind, type PackageObj } from '../types/object.ts';
import { TypeKind } from '../types/type.ts';

const word = /(\.\s*)?([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)/g;

export interface Named {
  unit: Unit;
  name: string;
  method: boolean;
}

/** Where the function was declared; null for what has no declaration, such as wrappers. */
export function unitOf({ nname: { obj } }: Func): Unit | null {
  return obj === null || obj.pos === null ? null : (obj.pos.base as Unit);
}

/** Groups of functions that may refer to each other in a circle, in all packages that are asked for. */
export class NameGroups {
  private readonly graphs = new Map<PackageObj, NameGraph>();

  constructor(private readonly checkedOf: (pkg: PackageObj) => CheckedPackage | null) {}

  /** The function may be in a circle. */
  isInCircle(fn: Func): boolean {
    const at = this.groupOf(fn);
    return at !== null && at.graph.size(at.group) > 1;
  }

  /** The functions may refer to each other, perhaps by way of others. */
  mayReferToEachOther(a: Func, b: Func): boolean {
    const x = this.groupOf(a);
    const y = this.groupOf(b);
    return x !== null && y !== null && x.graph === y.graph && x.group === y.group && x.group >= 0;
  }

  private groupOf(fn: Func): { graph: NameGraph; group: number } | null {
    const unit = unitOf(fn);
    const pkg = fn.nname.obj?.pkg ?? null;
    if (unit === null || pkg === null) return null;
    let graph = this.graphs.get(pkg);
    if (graph === undefined) {
      const checked = this.checkedOf(pkg);
      if (checked === null) return null;
      this.graphs.set(pkg, (graph = new NameGraph(checked)));
    }
    return { graph, group: graph.group(unit) };
  }
}

class NameGraph {
  private readonly units: Unit[] = [];
  private readonly ids = new Map<Unit, number>();
  private readonly functions = new Map<string, number[]>();
  private readonly methods = new Map<string, number[]>();
  /** Component of each function that has been visited, and the size of each component. */
  private readonly component: number[] = [];
  private readonly sizes: number[] = [];

  constructor(checked: CheckedPackage) {
    for (const { unit, name, method } of checked.lazy?.functions() ?? declared(checked)) {
      const id = this.units.push(unit) - 1;
      this.ids.set(unit, id);
      this.component.push(-1);
      const map = method ? this.methods : this.functions;
      const list = map.get(name);
      if (list === undefined) map.set(name, [id]);
      else list.push(id);
    }
  }

  /** Number of the group of functions that may refer to each other; -1 for what is no function of the package. */
  group(unit: Unit): number {
    const id = this.ids.get(unit);
    if (id === undefined) return -1;
    if (this.component[id] < 0) this.visit(id);
    return this.component[id];
  }

  size(group: number): number {
    return group < 0 ? 1 : this.sizes[group];
  }

  private references(id: number): number[] {
    const { source, start, end } = this.units[id];
    const found = new Set<number>();
    for (const [, dot, name] of source.text.substring(start, end).matchAll(word)) {
      const list = (dot === undefined ? this.functions : this.methods).get(name);
      if (list !== undefined) for (const to of list) found.add(to);
    }
    return [...found];
  }

  /** Tarjan's algorithm from one function, with a stack of its own. */
  private visit(root: number): void {
    const order = new Map<number, number>();
    const low = new Map<number, number>();
    const open: number[] = [];
    const work: { id: number; refs: number[]; next: number }[] = [];
    const enter = (id: number): void => {
      order.set(id, order.size);
      low.set(id, order.get(id)!);
      open.push(id);
      work.push({ id, refs: this.references(id), next: 0 });
    };
    enter(root);
    while (work.length > 0) {
      const top = work[work.length - 1];
      if (top.next < top.refs.length) {
        const to = top.refs[top.next++];
        if (this.component[to] >= 0) continue;
        const seen = order.get(to);
        if (seen === undefined) enter(to);
        else low.set(top.id, Math.min(low.get(top.id)!, seen));
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      const own = low.get(top.id)!;
      if (parent !== undefined) low.set(parent.id, Math.min(low.get(parent.id)!, own));
      if (own !== order.get(top.id)) continue;
      const group = this.sizes.push(0) - 1;
      for (;;) {
        const id = open.pop()!;
        this.component[id] = group;
        this.sizes[group]++;
        if (id === top.id) break;
      }
    }
  }
}

function* declared(checked: CheckedPackage): Iterable<Named> {
  for (const file of checked.files) {
    for (const unit of file.units) {
      const [decl] = unit.decls;
      if (decl?.kind === Kind.FuncDecl) yield { unit, name: decl.name.value, method: decl.recv !== null };
    }
  }
}

/** A comment that nothing quoted stands before; with raw strings about it may be the inside of one. */
const comment = /^([^"'`/\n]*)\/\/.*$/gm;

/** Names of another package stand there without its name. */
const dotImport = /(?:^|[;(]|\bimport|\*\/)[ \t]*\.[ \t]*["\x60]/m;

/** A declared struct type, alone or in a group. */
const structType = /^(?:type[ \t]+|[ \t]+)([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)[ \t]+struct\b/gm;

/** Which texts of a package mention a name; what is plainly a comment does not count. */
export class Mentions {
  constructor(private readonly checked: CheckedPackage) {}

  /** Those of functions, and whether it stands outside of them. `inside`: the name is the package's own, else it stands
   * behind a dot, but for files that import packages without a name. */
  of(name: string, inside: boolean): { functions: Named[]; outside: boolean } {
    const part = String.raw`[\w\u0080-\uffff]`;
    const bare = String.raw`(?<!${part})${name}(?!${part})`;
    const qualified = new RegExp(inside ? bare : String.raw`\.\s*${bare}`);
    const functions: Named[] = [];
    let outside = false;
    const files = this.checked.files.filter(({ source }) => source.text.includes(name));
    const named = new Map<Unit, Named>();
    if (files.length > 0)
      for (const f of this.checked.lazy?.functions() ?? declared(this.checked)) named.set(f.unit, f);
    for (const file of files) {
      const at = inside || !dotImport.test(file.source.text) ? qualified : new RegExp(bare);
      for (const unit of file.units) {
        const text = file.source.text.substring(unit.start, unit.end);
        if (!at.test(text)) continue;
        if (!text.includes('`') && !at.test(text.replace(comment, '$1'))) continue;
        const f = named.get(unit);
        if (f === undefined) outside = true;
        else functions.push(f);
      }
    }
    return { functions, outside };
  }
  /** Struct types declared in the package, not in a function, that may embed a type of that name. */
  embedders(name: string): string[] {
    const field = new RegExp(String.raw`(?:^|[{;])[ \t]*\*?(?:\w+\.)?${name}[ \t]*(?:$|[\x60"/;}])`, 'm');
    const functions = new Set<Unit>();
    for (const { unit } of this.checked.lazy?.functions() ?? declared(this.checked)) functions.add(unit);
    const found: string[] = [];
    for (const { source, units } of this.checked.files) {
      if (!source.text.includes(name)) continue;
      for (const unit of units) {
        if (functions.has(unit)) continue;
        const text = source.text.substring(unit.start, unit.end);
        if (field.test(text)) for (const [, type] of text.matchAll(structType)) found.push(type);
      }
    }
    return found;
  }
}

/** The declared function; null where that cannot be told from its text. */
export function declaredFunc(pkg: PackageObj, { unit, name, method }: Named): FuncObj | null {
  const obj = pkg.scope.lookup(
    method ? (receiver.exec(unit.source.text.substring(unit.start, unit.end))?.[1] ?? '') : name,
  );
  if (obj === null) return null;
  if (obj.kind === ObjKind.Func) return obj;
  if (obj.kind !== ObjKind.TypeName || obj.type?.kind !== TypeKind.Named) return null;
  return obj.type.methods.find(m => m.name === name) ?? null;
}

/** The name of the receiver's type. */
const receiver =
  /^(?:\/\/.*\n|\s)*func\s*\(\s*(?:[\w\u0080-\uffff]+\s+)?\*?\s*([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)/;
