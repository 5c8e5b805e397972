/**
 * Packages whose declarations are looked at when somebody asks for them: most of what is imported, nobody does. The scope
 * of such a package fills name by name, an object gets its type when that is first read, methods wait for their type,
 * bodies for checkBody. What comes out is what checking the whole package would give, since declarations depend on each
 * other by name alone (types2 resolves them lazily too, only that it asks for all of them in the end).
 *
 * What needs the whole package is left out: its order of initialisation, unused imports, declarations that clash.
 */
import type { File, FuncDecl, Unit } from '../syntax/ast.ts';
import { Kind } from '../syntax/ast.ts';
import { declare as parseUnit, type LazyFile, parseBody } from '../syntax/lazy.ts';
import { Keyword } from '../syntax/outline.ts';
import { checkBody, cleanup, initFiles, processDelayed } from './check.ts';
import { type Checker, newEnvironment } from './checker.ts';
import { directCycle } from './cycles.ts';
import { objDecl } from './decl.ts';
import type { CheckedPackage } from './info.ts';
import { FuncObj, type Obj, ObjKind, type TypeNameObj } from './object.ts';
import { recordDef, recordUntyped } from './recording.ts';
import { collectUnit, enter, type MethodInfo, newDecl, resolveBaseTypeName } from './resolver.ts';
import { Scope } from './scope.ts';
import { emptyTuple } from './universe.ts';
import { SignatureType } from './type.ts';

/** A unit among all of the package. */
interface UnitRef {
  file: number;
  index: number;
}

class LazyPackage {
  private readonly scopes: Scope[] = [];
  private readonly imported: boolean[] = [];
  private readonly refs: UnitRef[] = [];
  private readonly collected: boolean[] = [];
  /** Units that may declare the name, functions and methods apart; emptied as they are collected. */
  private readonly byName = new Map<string, number[]>();
  /** Methods by the name of the receiver's type as written. */
  private readonly byRecv = new Map<string, number[]>();
  private readonly methodObjs = new Map<number, FuncObj>();
  /** Methods of types that are written with the name of an alias. */
  private byAlias: Map<Obj, number[]> | null = null;
  private files_: LazyFile[] | null = null;
  /** A declaration or body is being checked. */
  private active = false;

  constructor(
    private readonly c: Checker,
    private readonly open: () => LazyFile[],
  ) {}

  /** The files, outlined when first asked for. */
  get files(): LazyFile[] {
    if (this.files_ !== null) return this.files_;
    const { c } = this;
    const files = this.open();
    this.files_ = files;
    c.files.push(...files.map(f => f.file));
    c.env = newEnvironment(c.pkg.scope, '');
    const { name } = c.pkg;
    initFiles(c);
    c.pkg.name = name;
    files.forEach((f, file) => {
      this.scopes.push(new Scope(c.pkg.scope, null, null));
      this.imported.push(false);
      f.outline.units.forEach((u, index) => {
        const id = this.refs.push({ file, index }) - 1;
        this.collected.push(false);
        if (u.keyword === Keyword.Import) return;
        if (u.keyword !== Keyword.Func) for (const n of new Set(u.names)) this.index(this.byName, n, id);
        else if (u.recv !== '') this.index(this.byRecv, u.recv, id);
        else if (u.name !== 'init') this.index(this.byName, u.name, id);
      });
    });
    return files;
  }

  private index(map: Map<string, number[]>, name: string, id: number): void {
    const list = map.get(name);
    if (list === undefined) map.set(name, [id]);
    else list.push(id);
  }

  /** Enters the objects that have the name, or all of the package. */
  readonly find = (name: string | null): void => {
    void this.files;
    if (name === null) {
      for (const n of [...this.byName.keys()]) this.find(n);
      return;
    }
    const units = this.byName.get(name);
    if (units === undefined) return;
    this.byName.delete(name);
    for (const id of units) this.collect(id);
  };

  private fileScope(file: number): Scope {
    if (!this.imported[file]) {
      this.imported[file] = true;
      const f = this.files[file];
      f.outline.units.forEach((u, i) => {
        if (u.keyword === Keyword.Import) this.enterUnit(f, i, this.scopes[file], file);
      });
    }
    return this.scopes[file];
  }

  private enterUnit(f: LazyFile, index: number, scope: Scope, file: number): MethodInfo[] {
    const { c } = this;
    const unit = parseUnit(f, index);
    if (unit.broken) c.incomplete = true;
    const methods: MethodInfo[] = [];
    const { env } = c;
    c.env = newEnvironment(c.pkg.scope, c.versions.get(this.files[file].file) ?? '');
    collectUnit(c, f.file, scope, unit.decls, methods);
    c.env = env;
    return methods;
  }

  /** Enters the objects of a unit that is no method. */
  private collect(id: number): void {
    if (this.collected[id]) return;
    this.collected[id] = true;
    const { c } = this;
    const { file, index } = this.refs[id];
    const before = c.objMap.size;
    this.enterUnit(this.files[file], index, this.fileScope(file), file);
    if (c.objMap.size === before) return;
    const f = this.files[file];
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
    const { file, index } = this.refs[d.unit];
    d.fileScope = this.fileScope(file);
    const unit = parseUnit(this.files[file], index);
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

  /** Makes the methods of a type known, without their signatures. */
  readonly methodsOf = (obj: TypeNameObj): void => {
    const { c } = this;
    void this.files;
    this.byAlias ??= this.aliases();
    const direct = this.isAlias(obj.name) ? undefined : this.byRecv.get(obj.name);
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
    const { file, index } = this.refs[id];
    const f = this.files[file];
    const u = f.outline.units[index];
    if (u.name === '_') return null;
    const found = resolveBaseTypeName(c, u.ptr, u.recv);
    const unit = f.file.units[index];
    const obj = new FuncObj(u.name, c.pkg, { base: unit, off: u.nameAt - u.start }, null);
    obj.hasPtrRecv = found?.ptr ?? u.ptr;
    this.methodObjs.set(id, obj);
    const d = newDecl(this.scopes[file], c.versions.get(f.file) ?? '');
    d.unit = id;
    enter(c, obj, d);
    return obj;
  }

  /** The name may be declared as an alias. */
  private isAlias(name: string): boolean {
    const obj = this.c.pkg.scope.elems.get(name);
    return obj !== undefined && obj.kind === ObjKind.TypeName && this.c.objMap.get(obj)?.tdecl?.alias === true;
  }

  private aliases(): Map<Obj, number[]> {
    const { c } = this;
    const map = new Map<Obj, number[]>();
    for (const [name, ids] of this.byRecv) {
      const units = this.byName.get(name) ?? [];
      const possible =
        units.some(id => {
          const { file, index } = this.refs[id];
          const u = this.files[file].outline.units[index];
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
    const d = c.objMap.get(obj);
    if (d === undefined || d.bodyChecked || d.unit < 0) return;
    if (obj.type === null || d.fdecl === null || d.fdecl.body === null) return;
    const { file, index } = this.refs[d.unit];
    const f = this.files[file];
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

  readonly declOf = (obj: FuncObj): FuncDecl | undefined => {
    const d = this.c.objMap.get(obj);
    if (d === undefined || !this.funcDecl(obj)) return undefined;
    return d.fdecl ?? undefined;
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
    this.files.forEach((f, file) => {
      f.outline.units.forEach((u, index) => {
        if (!u.types) return;
        if (u.keyword !== Keyword.Func) {
          parseUnit(f, index);
          return;
        }
        if (u.recv === '') {
          if (u.name !== 'init' && u.name !== '_') this.find(u.name);
        } else void this.c.pkg.scope.lookup(u.recv)?.type;
        const id = this.refs.findIndex(r => r.file === file && r.index === index);
        const m = this.methodObjs.get(id);
        if (m !== undefined) this.funcDecl(m);
        if (parseBody(f, index)) this.c.info.grow(f.file.units[index]);
      });
    });
  };
}

/** The package as it is before anybody has asked for anything; `open` gives its files. */
export function lazyPackage(c: Checker, open: () => LazyFile[]): CheckedPackage {
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
    broken: c.broken,
    checkBody: state.checkBody,
    lazy: state,
    checker: c,
  };
}
