/**
 * Which bodies of functions a package shows to its importers, told without compiling the package. An importer can expand
 * a call where the callee's body is in the export data of a package that it imports directly (ir/export.ts): there are
 * the bodies that exported declarations lead to, the package's own as far as they can be inlined, and those of other
 * packages that it has expanded itself, anywhere. That last word is what makes the question hard: it is about all
 * functions of the package, their literals, wrappers and instances.
 *
 * So it is answered from the cheap end:
 * - Own bodies follow from declarations and costs alone (`ownExportedBodies`).
 * - A body of another package that nothing mentions, neither here nor in what can be expanded here, is not there; names
 *   in texts tell (callers.ts).
 * - Else there is a way to it among those that there could be (`possibleBodies`, which takes every function that can be
 *   inlined for expanded), and each function on the way is looked at: a few that mention it are expanded to see whether
 *   they hold it (`isPlainlyExpanded`), or all that do are seen not to (`isNowhereExpanded`), which closes the way.
 * - What remains open after that only the whole package can tell.
 */
import {
  type BodySearch,
  mentionsObject,
  ownExportedBodies,
  ownExportedObjects,
  possibleBodies,
  type Reached,
} from '../ir/export.ts';
import type { Builder } from '../ir/build.ts';
import type { Func } from '../ir/node.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type FuncObj, isExported, type Obj, ObjKind, type PackageObj } from '../types/object.ts';
import { type NamedType, TypeKind } from '../types/type.ts';
import { isNowhereMentioned, isOutOfReach, type Surroundings } from './callers.ts';
import { declaredFunc, Mentions, type Named, unitOf } from './names.ts';
import { ifCertain } from './uncertain.ts';

/** How many functions are looked at that may bring a body into a package, before the whole is. */
const maxMentioners = 30;

/** How many functions of the package are tried that may expand a function of another one. */
const maxTried = 12;

/** The package's functions, as they are looked at one by one (demand.ts). */
export interface Functions {
  readonly checked: CheckedPackage;
  readonly builder: Builder;
  /** Null for generic functions, and what cannot be read. */
  funcOf(obj: FuncObj): Func | null;
  /** The function is compiled in this package. */
  isOwn(fn: Func): boolean;
  /** Expands the calls in it; throws an `Uncertain` where that takes the whole package. */
  inline(fn: Func): void;
  /** That has been tried. */
  isTried(fn: Func): boolean;
  /** Instances of generic functions that the package's own bodies are known to mention. */
  readonly instances: Iterable<Func>;
  /** Makes the wrappers of a type's methods, and expands the calls in them. */
  wrap(t: NamedType): void;
  /** Functions that were expanded, and the function in which they were; null: a wrapper. */
  readonly expandedIn: ReadonlyMap<FuncObj, Func | null>;
  /** Whether the function can be inlined, or nobody knows. */
  mayInline(fn: Func): boolean;
  mayExpand(pkg: PackageObj, obj: FuncObj): boolean;
  checkedOf(pkg: PackageObj): CheckedPackage | null;
  /** The package shows the body of a function in whose body a call may be; not looked at thoroughly. */
  shows(fn: Func): boolean;
}

export class ShownBodies {
  private ownBodies: BodySearch | null = null;
  private exported: ReadonlySet<object> | null = null;
  /** Bodies that the export data may hold. */
  private possible: BodySearch | null = null;
  /** Functions of other packages that the package expands nowhere. */
  private readonly unexpanded = new Set<FuncObj>();
  /** Declared types whose wrappers have been made. */
  private readonly wrapped = new Set<string>();
  /** The package and all that it needs. */
  private readonly reachable = new Set<PackageObj>();

  constructor(private readonly fns: Functions) {}

  /**
   * The unexported object is in the package's export data, where gc finds it when an importer names it: what is exported
   * has it in its type, or calls it in a body that can be expanded. Constants in bodies are their values.
   */
  exports(obj: Obj): boolean {
    if (obj.kind === ObjKind.Const) return false;
    const { fns } = this;
    this.exported ??= ifCertain(() => ownExportedObjects(fns.builder, o => fns.funcOf(o)), new Set());
    const { exported } = this;
    return exported.has(obj) || (obj.kind === ObjKind.TypeName && obj.type !== null && exported.has(obj.type));
  }

  /**
   * Importers see the function's body (`PackageSummary.bodies`; `key` is the function's `bodyKey`). Null when only the
   * whole package can tell, or when it takes a thorough look and that is not wanted.
   */
  has(key: string, fn: Func, within: Func | null, thorough: boolean): boolean | null {
    const { fns } = this;
    const { obj } = fn.nname;
    if (obj === null || obj.kind !== ObjKind.Func) return null;
    const { pkg } = fns.checked;
    const outer = within === null ? null : within.nname.obj;
    const inside =
      within !== null && outer !== null && outer.kind === ObjKind.Func && this.mentions(outer, obj) ? within : null;
    if (obj.pkg === pkg) {
      if (isPlainlyExported(obj)) return true;
      if (inside !== null && outer!.pkg === pkg && fns.shows(inside)) return true;
      this.ownBodies ??= ownExportedBodies(fns.builder, o => fns.funcOf(o));
      return this.ownBodies.find(key, nameFor(obj)) !== null;
    }
    if (!this.imports(obj.pkg)) return false;
    if (thorough) {
      if (isNowhereMentioned(this.surroundings, obj) || isOutOfReach(this.surroundings, obj)) return false;
      const held = this.isReached(key, fn, inside);
      if (held !== null) return held;
    }
    if (inside !== null && fns.shows(inside)) {
      // whatever this package expanded the outer function into has the inner one's call
      const at = outer!.pkg === pkg ? fns.funcOf(outer as FuncObj) : (fns.expandedIn.get(outer as FuncObj) ?? null);
      if (at !== null) {
        fns.inline(at);
        if (fns.expandedIn.has(obj)) return true;
      }
    }
    return null;
  }

  /**
   * A function of the package expands the other, of another package, as is plain from a few that mention it or the one
   * that it is asked for within. False where there is none, or where it takes more to find it.
   */
  private isPlainlyExpanded(wanted: FuncObj, inside: Func | null): boolean {
    const { fns } = this;
    if (fns.expandedIn.has(wanted)) return true;
    const mentions = new Mentions(fns.checked);
    const callees = inside === null ? [wanted] : [wanted, inside.nname.obj as FuncObj];
    for (const callee of callees) {
      const { functions } = mentions.of(callee.name, callee.pkg === fns.checked.pkg);
      const length = ({ unit }: Named): number => unit.end - unit.start;
      const shortest = functions.sort((a, b) => length(a) - length(b)).slice(0, maxTried);
      for (const named of shortest) {
        const obj = declaredFunc(fns.checked.pkg, named);
        const fn = obj === null ? null : fns.funcOf(obj);
        if (fn === null || !this.tryInline(fn)) continue;
        if (fns.expandedIn.has(wanted) || this.isExpandedInInstance(wanted, callee.name)) return true;
      }
      const { recv } = callee.signature;
      if (recv === null) continue;
      const base = recv.type!.kind === TypeKind.Pointer ? recv.type.elem : recv.type!;
      if (base.kind !== TypeKind.Named) continue;
      for (const name of mentions.embedders(base.obj.name)) {
        this.wrap(name);
        if (fns.expandedIn.has(wanted)) return true;
      }
    }
    return false;
  }

  /** An instance that the package's own bodies are known to mention, and that mentions the name, expands the function. */
  private isExpandedInInstance(wanted: FuncObj, name: string): boolean {
    const mentioned = new RegExp(String.raw`(?<![\w\u0080-\uffff])${name}(?![\w\u0080-\uffff])`);
    const { fns } = this;
    for (const fn of [...fns.instances]) {
      const unit = unitOf(fn);
      if (unit === null || fns.isTried(fn)) continue;
      if (!mentioned.test(unit.source.text.substring(unit.start, unit.end))) continue;
      if (this.tryInline(fn) && fns.expandedIn.has(wanted)) return true;
    }
    return false;
  }

  /** Makes the wrappers of the methods of the declared type. */
  private wrap(name: string): void {
    const obj = this.fns.checked.pkg.scope.lookup(name);
    if (this.wrapped.has(name) || obj === null || obj.kind !== ObjKind.TypeName) return;
    this.wrapped.add(name);
    const t = obj.type;
    if (t === null || t.kind !== TypeKind.Named || t.obj !== obj || t.typeParams.length > 0) return;
    this.fns.wrap(t);
  }

  /**
   * The package's export data has the body of a function of another package. Whether a way to it is one depends on which
   * functions the package expands, of which those are looked at that are on the way. Null when it takes more to tell.
   */
  private isReached(key: string, fn: Func, inside: Func | null): boolean | null {
    const { fns } = this;
    for (;;) {
      this.possible ??= possibleBodies(
        fns.builder,
        o => fns.funcOf(o),
        f => !this.unexpanded.has(f.nname.obj as FuncObj) && fns.mayInline(f),
      );
      const wanted = this.possible.find(key, nameFor(fn.nname.obj as FuncObj));
      if (wanted === null) return false;
      let unknown = false;
      let closed = false;
      for (let at: Reached | null = wanted; at !== null && !closed; at = at.from) {
        const { fn: reached, obj } = at;
        if (fns.isOwn(reached)) unknown ||= !ifCertain(() => reached.inl !== null, false);
        else if (this.isNowhereExpanded(obj)) closed = this.unexpanded.add(obj).has(obj);
        else unknown ||= !this.isPlainlyExpanded(obj, at === wanted ? inside : null);
      }
      if (!closed) return unknown ? null : true;
      this.possible = null;
    }
  }

  /**
   * Nothing in the package expands the function, of another package: nobody mentions it whose body is compiled here or
   * can be expanded here. False when that cannot be told from names.
   */
  private isNowhereExpanded(wanted: FuncObj): boolean {
    const { fns } = this;
    if (this.unexpanded.has(wanted)) return true;
    if (fns.expandedIn.has(wanted)) return false;
    const work = [wanted];
    for (let i = 0; i < work.length; i++) {
      const obj = work[i];
      if (i >= maxMentioners || obj.pkg === null || obj.signature.recv !== null) return false;
      for (const pkg of this.reachable) {
        if (pkg !== obj.pkg && !pkg.imports.includes(obj.pkg)) continue;
        const checked = fns.checkedOf(pkg);
        if (checked === null) return false;
        const mentioners = new Mentions(checked).of(obj.name, pkg === obj.pkg);
        if (pkg === fns.checked.pkg && mentioners.outside) return false;
        for (const { name, method } of mentioners.functions) {
          if (pkg === obj.pkg && name === obj.name && !method) continue;
          const by = method ? null : pkg.scope.lookup(name);
          if (by === null || by.kind !== ObjKind.Func) return false;
          const isGeneric = by.signature.typeParams.length > 0;
          if (pkg === fns.checked.pkg && !isGeneric) {
            const fn = fns.funcOf(by);
            if (fn === null || !this.tryInline(fn) || fns.expandedIn.has(wanted)) return false;
          }
          if ((isGeneric || fns.mayExpand(pkg, by)) && !work.includes(by)) work.push(by);
        }
      }
    }
    return true;
  }

  private get surroundings(): Surroundings {
    const { fns, reachable } = this;
    return {
      own: fns.checked.pkg,
      reachable,
      checkedOf: pkg => fns.checkedOf(pkg),
      mayExpand: (pkg, fn) => fns.mayExpand(pkg, fn),
    };
  }

  /** Whether it could be done: where it could not, nothing is known of what the function expands. */
  private tryInline(fn: Func): boolean {
    return ifCertain(() => {
      this.fns.inline(fn);
      return true;
    }, false);
  }

  private mentions(outer: FuncObj, obj: FuncObj): boolean {
    const src = outer.pkg === null ? null : this.fns.builder.source(outer.pkg);
    return src !== null && mentionsObject(src, outer, obj);
  }

  /** The package is among those that this one needs. */
  private imports(wanted: PackageObj | null): boolean {
    if (this.reachable.size === 0) {
      this.reachable.add(this.fns.checked.pkg);
      for (const p of this.reachable) for (const q of p.imports) this.reachable.add(q);
    }
    return wanted !== null && this.reachable.has(wanted);
  }
}

/** The name that stands in texts that lead to the function: its own, that of the type that it is a method of. */
function nameFor({ name, signature: { recv } }: FuncObj): string {
  const t = recv === null ? null : recv.type!.kind === TypeKind.Pointer ? recv.type.elem : recv.type!;
  return t !== null && t.kind === TypeKind.Named ? t.obj.name : name;
}

/** An exported function, or a method of an exported type. */
function isPlainlyExported(obj: FuncObj): boolean {
  const { recv } = obj.signature;
  if (recv === null) return isExported(obj.name) && obj.parent === obj.pkg?.scope;
  let t = recv.type!;
  if (t.kind === TypeKind.Pointer) t = t.elem;
  return t.kind === TypeKind.Named && isExported(t.obj.name) && t.obj.parent === t.obj.pkg?.scope;
}
