/**
 * Packages whose declarations are looked at when somebody asks for them: most of what is imported, nobody does. The scope
 * of such a package fills name by name, an object gets its type when that is first read, methods wait for their type,
 * bodies for checkBody. What comes out is what checking the whole package would give, since declarations depend on each
 * other by name alone (types2 resolves them lazily too, only that it asks for all of them in the end).
 *
 * What needs the whole package is left out: its order of initialisation, unused imports, declarations that clash.
 */
import type { PosBase } from '../source/text.ts';
import type { File, FuncDecl, Unit } from '../syntax/ast.ts';
import { Kind } from '../syntax/ast.ts';
import { declare as parseUnit, type LazyFile, parseBody } from '../syntax/lazy.ts';
import { Keyword } from '../syntax/outline.ts';
import { checkBody, cleanup, initOneFile, isTooNew, processDelayed, tooNew } from './check.ts';
import { type Checker, newEnvironment } from './checker.ts';
import { directCycle } from './cycles.ts';
import { objDecl } from './decl.ts';
import type { ExportReader } from './export-read.ts';
import { writeDeclarations } from './export-write.ts';
import { type CheckedPackage, type FuncHead, headOf } from './info.ts';
import { FuncObj, type Obj, ObjKind, type TypeNameObj } from './object.ts';
import { recordDef, recordUntyped } from './recording.ts';
import { collectUnit, enter, type MethodInfo, newDecl, resolveBaseTypeName } from './resolver.ts';
import { Scope } from './scope.ts';
import { emptyTuple } from './universe.ts';
import { SignatureType, TypeKind } from './type.ts';

/** A file that is opened when something in it is asked for. */
export interface FileSlot {
  /** How many units it has. */
  units: number;
  open(): LazyFile;
}

/** What opening the package gives: its files, with what is known of their declarations from earlier. */
export interface OpenedPackage {
  files: FileSlot[];
  stored: ExportReader | null;
}

/** A unit among all of the package. */
interface UnitRef {
  file: number;
  index: number;
}

/** Units that may declare a name, functions and methods apart: those under their own names are taken out as they are
 * collected, methods are under the name of their receiver's type as written. */
interface DeclaredNames {
  byName: Map<string, number[]>;
  byRecv: Map<string, number[]>;
}

function index(map: Map<string, number[]>, name: string, id: number): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [id]);
  else list.push(id);
}

class LazyPackage {
  private slots: FileSlot[] = [];
  private isOpen = false;
  /** Files that have been opened; the scopes of those that have been asked for one. */
  private readonly opened: (LazyFile | undefined)[] = [];
  private readonly scopes: (Scope | undefined)[] = [];
  private readonly imported: boolean[] = [];
  /** Number of each file's first unit, and of all units. */
  private readonly first: number[] = [];
  private readonly collected = new Set<number>();
  private names_: DeclaredNames | null = null;
  private readonly methodObjs = new Map<number, FuncObj>();
  /** Numbers of the units of files that have been opened. */
  private readonly unitIds = new Map<PosBase, number>();
  private stored_: ExportReader | null = null;
  /** Something has been declared from its source that is not kept yet. */
  fresh = false;
  /** Methods of types that are written with the name of an alias. */
  private byAlias: Map<Obj, number[]> | null = null;
  /** A declaration or body is being checked. */
  private active = false;

  constructor(
    private readonly c: Checker,
    private readonly open: () => OpenedPackage,
  ) {}

  /** All files. */
  get files(): LazyFile[] {
    this.openPackage();
    return this.slots.map((_, i) => this.file(i));
  }

  private get stored(): ExportReader | null {
    this.openPackage();
    return this.stored_;
  }

  private openPackage(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const { c } = this;
    const { files, stored } = this.open();
    this.slots = files;
    this.stored_ = stored;
    let units = 0;
    for (const slot of files) {
      this.first.push(units);
      units += slot.units;
    }
    this.first.push(units);
    if (files.length > 0 && isTooNew(c)) tooNew(c, this.file(0).file);
    stored?.attach({
      pkg: c.pkg,
      ctxt: c.ctxt,
      unit: id => this.unit(id),
      pending: this.declare,
      method: (m, unit) => void this.methodObjs.set(unit, m),
    });
  }

  private file(i: number): LazyFile {
    let f = this.opened[i];
    if (f !== undefined) return f;
    this.opened[i] = f = this.slots[i].open();
    const { c } = this;
    const first = this.first[i];
    const { units } = f.file;
    for (let index = 0; index < units.length; index++) this.unitIds.set(units[index], first + index);
    const { env } = c;
    c.env = newEnvironment(c.pkg.scope, '');
    initOneFile(c, f.file);
    c.env = env;
    return f;
  }

  private ref(id: number): UnitRef {
    const { first } = this;
    let low = 0;
    let high = first.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (first[middle] <= id) low = middle;
      else high = middle - 1;
    }
    return { file: low, index: id - first[low] };
  }

  private unit(id: number): Unit | undefined {
    if (id >= this.first[this.first.length - 1]) return undefined;
    const { file, index } = this.ref(id);
    return this.file(file).file.units[index];
  }

  private isCollected(id: number): boolean {
    return this.collected.has(id) || this.stored?.hasUnit(id) === true;
  }

  /** What the units declare of which nothing is stored. */
  private get names(): DeclaredNames {
    if (this.names_ !== null) return this.names_;
    const { stored } = this;
    const names: DeclaredNames = { byName: new Map(), byRecv: new Map() };
    for (const [file, f] of this.files.entries()) {
      for (const [i, u] of f.outline.units.entries()) {
        const id = this.first[file] + i;
        if (u.keyword === Keyword.Import || stored?.hasUnit(id) === true) continue;
        if (u.keyword !== Keyword.Func) for (const n of new Set(u.names)) index(names.byName, n, id);
        else if (u.recv !== '') index(names.byRecv, u.recv, id);
        else if (u.name !== 'init') index(names.byName, u.name, id);
      }
    }
    return (this.names_ = names);
  }

  /** Enters the objects that have the name, or all of the package. */
  readonly find = (name: string | null): void => {
    const { stored } = this;
    if (name === null) {
      for (const n of stored?.names() ?? []) this.find(n);
      for (const n of [...this.names.byName.keys()]) this.find(n);
      return;
    }
    if (stored?.find(name)) return;
    const { byName } = this.names;
    const units = byName.get(name);
    if (units === undefined) return;
    this.fresh = true;
    byName.delete(name);
    for (const id of units) this.collect(id);
  };

  private emptyScope(file: number): Scope {
    return (this.scopes[file] ??= new Scope(this.c.pkg.scope, null, null));
  }

  private fileScope(file: number): Scope {
    const scope = this.emptyScope(file);
    if (!this.imported[file]) {
      this.imported[file] = true;
      const f = this.file(file);
      f.outline.units.forEach((u, i) => {
        if (u.keyword === Keyword.Import) this.enterUnit(f, i, scope);
      });
    }
    return scope;
  }

  private enterUnit(f: LazyFile, index: number, scope: Scope): MethodInfo[] {
    const { c } = this;
    const unit = parseUnit(f, index);
    if (unit.broken) c.incomplete = true;
    const methods: MethodInfo[] = [];
    const { env } = c;
    c.env = newEnvironment(c.pkg.scope, c.versions.get(f.file) ?? '');
    collectUnit(c, f.file, scope, unit.decls, methods);
    c.env = env;
    return methods;
  }

  /** Enters the objects of a unit that is no method. */
  private collect(id: number): void {
    if (this.isCollected(id)) return;
    this.collected.add(id);
    const { c } = this;
    const { file, index } = this.ref(id);
    const before = c.objMap.size;
    const f = this.file(file);
    this.enterUnit(f, index, this.fileScope(file));
    if (c.objMap.size === before) return;
    for (const decl of f.file.units[index].decls) {
      if (decl.kind === Kind.FuncDecl) {
        const obj = c.info.objOf(decl.name);
        if (obj !== null) c.objMap.get(obj)!.unit = id;
      } else if (decl.kind === Kind.TypeDecl) {
        const obj = c.info.objOf(decl.name);
        if (obj !== null && obj.kind === ObjKind.TypeName && c.objMap.has(obj)) directCycle(c, obj, new Map());
      }
    }
  }

  readonly entered = (obj: Obj): void => {
    obj.pending = this.declare;
  };

  /** Gives the object its type. */
  private readonly declare = (obj: Obj): void => {
    const { c } = this;
    if (this.stored?.declare(obj)) return;
    this.fresh = true;
    if (obj.kind === ObjKind.Func && !c.objMap.has(obj)) this.enterMethod(obj);
    if (obj.kind === ObjKind.Func && !this.funcDecl(obj)) return;
    this.run(() => objDecl(c, obj));
  };

  /** Does something that checks declarations, and what it requests to be done later. */
  private run(f: () => void): void {
    const { c } = this;
    if (this.active) {
      const top = c.delayed.length;
      f();
      // as if it had been declared before what is being checked
      if (c.objPath.length === 0) processDelayed(c, top);
      return;
    }
    this.active = true;
    const { env } = c;
    c.env = newEnvironment(c.pkg.scope, '');
    try {
      f();
      processDelayed(c, 0);
      cleanup(c);
      recordUntyped(c);
    } finally {
      this.active = false;
      c.env = env;
    }
  }

  /** Parses the function's declaration, without its body; false when that cannot be read. */
  private funcDecl(obj: FuncObj): boolean {
    const { c } = this;
    const d = c.objMap.get(obj);
    if (d === undefined) return false;
    if (d.fdecl !== null) return true;
    const { file, index } = this.ref(d.unit);
    d.fileScope = this.fileScope(file);
    const unit = parseUnit(this.file(file), index);
    const decl = unit.decls[0];
    if (unit.broken) {
      c.incomplete = true;
      c.broken.add(unit);
    }
    if (decl === undefined || decl.kind !== Kind.FuncDecl) {
      obj.type = new SignatureType(null, [], [], emptyTuple, emptyTuple, false);
      return false;
    }
    d.fdecl = decl;
    recordDef(c, decl.name, obj);
    return true;
  }

  /** A method of a type that was read, of which nobody has asked for more before. */
  private enterMethod(obj: FuncObj): void {
    const id = this.unitIds.get(obj.pos!.base)!;
    const { file } = this.ref(id);
    const d = newDecl(this.fileScope(file), this.c.versions.get(this.file(file).file) ?? '');
    d.unit = id;
    this.c.objMap.set(obj, d);
  }

  /**
   * Declares a function from its source whose declaration was read, since its body is asked for. The signature stays the
   * object that it is, and so do type parameters, since others have them; parameters are those that the body means.
   */
  private declareAgain(obj: FuncObj): void {
    const { c } = this;
    if (c.objMap.has(obj) || obj.pos === null || !this.unitIds.has(obj.pos.base)) return;
    const sig = obj.type as SignatureType;
    // asking for the type may have declared it
    if (c.objMap.has(obj)) return;
    this.stored!.forget(obj);
    this.enterMethod(obj);
    if (!this.funcDecl(obj)) return;
    const outer = c.declaredAgain;
    c.declaredAgain = [...sig.recvTypeParams, ...sig.typeParams];
    obj.type = null;
    this.run(() => objDecl(c, obj));
    c.declaredAgain = outer;
    const own = obj.type as SignatureType | null;
    if (own !== null) {
      sig.recv = own.recv;
      sig.params = own.params;
      sig.results = own.results;
      sig.scope = own.scope;
    }
    obj.type = sig;
  }

  /** Makes the methods of a type known, without their signatures. */
  readonly methodsOf = (obj: TypeNameObj): void => {
    const { c } = this;
    const { byRecv } = this.names;
    this.byAlias ??= this.aliases();
    const direct = this.isAlias(obj.name) ? undefined : byRecv.get(obj.name);
    const others = this.byAlias.get(obj);
    if (direct === undefined && others === undefined) return;
    const ids = [...(direct ?? []), ...(others ?? [])].sort((a, b) => a - b);
    const list: FuncObj[] = [];
    for (const id of ids) {
      const m = this.method(id);
      if (m !== null) list.push(m);
    }
    c.methods.set(obj, list);
  };

  private method(id: number): FuncObj | null {
    const known = this.methodObjs.get(id);
    if (known !== undefined) return known;
    const { c } = this;
    const { file, index } = this.ref(id);
    const f = this.file(file);
    const u = f.outline.units[index];
    if (u.name === '_') return null;
    const found = resolveBaseTypeName(c, u.ptr, u.recv);
    const unit = f.file.units[index];
    const obj = new FuncObj(u.name, c.pkg, { base: unit, off: u.nameAt - u.start }, null);
    obj.hasPtrRecv = found?.ptr ?? u.ptr;
    this.methodObjs.set(id, obj);
    const d = newDecl(this.emptyScope(file), c.versions.get(f.file) ?? '');
    d.unit = id;
    enter(c, obj, d);
    return obj;
  }

  /** The name may be declared as an alias. */
  private isAlias(name: string): boolean {
    if (this.stored?.isAlias(name)) return true;
    const obj = this.c.pkg.scope.elems.get(name);
    return obj !== undefined && obj.kind === ObjKind.TypeName && this.c.objMap.get(obj)?.tdecl?.alias === true;
  }

  private aliases(): Map<Obj, number[]> {
    const { c } = this;
    const map = new Map<Obj, number[]>();
    for (const [name, ids] of this.names.byRecv) {
      const units = this.names.byName.get(name) ?? [];
      const possible =
        units.some(id => {
          const { file, index } = this.ref(id);
          const u = this.file(file).outline.units[index];
          return u.keyword === Keyword.Type && u.alias;
        }) || this.isAlias(name);
      if (!possible) continue;
      this.find(name);
      if (!this.isAlias(name)) continue;
      const found = resolveBaseTypeName(c, false, name) ?? resolveBaseTypeName(c, true, name);
      if (found !== null) map.set(found.base, [...(map.get(found.base) ?? []), ...ids]);
    }
    return map;
  }

  readonly checkBody = (obj: FuncObj): void => {
    const { c } = this;
    this.declareAgain(obj);
    const d = c.objMap.get(obj);
    if (d === undefined || d.bodyChecked || d.unit < 0) return;
    if (obj.type === null || d.fdecl === null || d.fdecl.body === null) return;
    const { file, index } = this.ref(d.unit);
    const f = this.file(file);
    const unit = f.file.units[index];
    if (!parseBody(f, index)) {
      d.bodyChecked = true;
      c.broken.add(unit);
      c.incomplete = true;
      return;
    }
    c.info.grow(unit);
    this.run(() => checkBody(c, obj));
  };

  readonly headOf = (obj: FuncObj): FuncHead | undefined => {
    const head = this.stored?.headOf(obj);
    if (head !== undefined) return head;
    const decl = this.declOf(obj);
    return decl === undefined ? undefined : headOf(decl);
  };

  readonly declOf = (obj: FuncObj): FuncDecl | undefined => {
    this.declareAgain(obj);
    const d = this.c.objMap.get(obj);
    if (d === undefined || !this.funcDecl(obj)) return undefined;
    return d.fdecl ?? undefined;
  };

  /**
   * All that has been asked for so far, as bytes; null when the package's files do not lie open. What was read from
   * earlier bytes is read to its end, since it is written again.
   */
  readonly exported = (): Uint8Array | null => {
    const { c, files, stored } = this;
    if (files.some(f => f.whole)) return null;
    for (const name of stored?.names() ?? []) stored!.find(name);
    const { elems } = c.pkg.scope;
    // asking for types enters more objects; the loop comes to them
    for (const obj of elems.values()) {
      void obj.type;
      if (obj.kind !== ObjKind.TypeName || obj.type?.kind !== TypeKind.Named) continue;
      for (const m of obj.type.methods) if (stored?.headOf(m) !== undefined) void m.type;
    }
    const units = new Map<number, Obj[]>();
    // some declare nothing that has a name
    for (let unit = 0; unit < this.first[files.length]; unit++) if (this.isCollected(unit)) units.set(unit, []);
    for (const obj of elems.values()) {
      const unit = obj.pos === null ? undefined : this.unitIds.get(obj.pos.base);
      if (unit === undefined) continue;
      units.get(unit)?.push(obj);
    }
    const sorted = [...units].sort(([a], [b]) => a - b);
    return writeDeclarations({
      pkg: c.pkg,
      files,
      units: sorted.map(([unit, objs]) => ({ unit, objs: objs.sort((a, b) => a.pos!.off - b.pos!.off) })),
      unitOf: pos => this.unitIds.get(pos.base) ?? -1,
      headOf: this.headOf,
    });
  };

  readonly functions = (): { unit: Unit; name: string; method: boolean }[] => {
    const list: { unit: Unit; name: string; method: boolean }[] = [];
    for (const f of this.files) {
      f.outline.units.forEach((u, i) => {
        if (u.keyword === Keyword.Func) list.push({ unit: f.file.units[i], name: u.name, method: u.recv !== '' });
      });
    }
    return list;
  };

  readonly prepareLocalTypes = (): void => {
    this.files.forEach(f => {
      f.outline.units.forEach((u, index) => {
        if (!u.types) return;
        if (u.keyword !== Keyword.Func) {
          parseUnit(f, index);
          return;
        }
        if (u.recv === '') {
          if (u.name !== 'init' && u.name !== '_') {
            const obj = this.c.pkg.scope.lookup(u.name);
            if (obj !== null && obj.kind === ObjKind.Func) this.declareAgain(obj);
          }
        } else void this.c.pkg.scope.lookup(u.recv)?.type;
        const m = this.methodObjs.get(this.unitIds.get(f.file.units[index])!);
        if (m !== undefined) void this.declOf(m);
        if (parseBody(f, index)) this.c.info.grow(f.file.units[index]);
      });
    });
  };
}

/** The package as it is before anybody has asked for anything; `open` gives its files. */
export function lazyPackage(c: Checker, open: () => OpenedPackage): CheckedPackage {
  const { pkg } = c;
  const state = new LazyPackage(c, open);
  c.lazy = state;
  pkg.scope.pending = state.find;
  pkg.goVersion = c.conf.goVersion;
  pkg.complete = true;
  return {
    pkg,
    get files(): File[] {
      return state.files.map(f => f.file);
    },
    info: c.info,
    errors: c.errors,
    tooLarge: [],
    fillsFrames: false,
    broken: c.broken,
    checkBody: state.checkBody,
    lazy: state,
    checker: c,
  };
}
