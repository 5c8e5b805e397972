/**
 * Which function bodies importers can expand. A package's export data holds the bodies of its own inlinable functions
 * and of those that it has expanded itself, as far as they can be reached from its exported declarations
 * (noder/linker.go); an importer has what its direct imports hold, and nothing else.
 */
import {
  type Name as AstName,
  type Expr,
  Kind,
  type RawNode,
  type Stmt,
  type SwitchStmt,
  type Unit,
  rawNode,
  typedNode,
  typedNodes,
  rawNodes,
} from '../syntax/ast.ts';
import type { Info } from '../types/info.ts';
import { type FuncObj, isExported, type Obj, ObjKind } from '../types/object.ts';
import type { NamedType, SignatureType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import type { Builder, PackageSource } from './build.ts';
import { reachable, staticBool, takenClause } from './build-stmt.ts';
import { ensureChecked } from './reader.ts';
import type { Func, Sym } from './node.ts';

/** How a function's body is known among packages. */
export function bodyKey(sym: Sym): string {
  return `${sym.pkg?.path ?? ''} ${sym.name}`;
}

/** The bodies in the export data of the package that has been built. */
export function exportedBodies(b: Builder): Set<string> {
  const has = (fn: Func, imported: boolean): boolean => fn.inl !== null && (!imported || b.expanded.has(fn));
  const x = new Exporter(b, Scope.Built, null, has);
  for (const obj of b.pkg.scope.elems.values()) if (isExported(obj.name)) x.object(obj);
  x.finish();
  return x.bodies;
}

/** Looks for bodies in export data, no further than it takes to find them. */
export interface BodySearch {
  /** How the body comes into the export data; null: it is not there. Bodies in whose texts the name stands are looked at
   * before others: that of the function, or of the type that it is a method of. */
  find(key: string, name: string): Reached | null;
}

/** The package's own functions whose bodies are in its export data, of a package that is compiled function by function:
 * bodies of other packages mention nothing of this one. */
export function ownExportedBodies(b: Builder, funcOf: (obj: FuncObj) => Func | null): BodySearch {
  return exporterOf(b, Scope.Own, funcOf, fn => fn.inl !== null);
}

/** The objects in the export data of a package that is compiled function by function, its own ones; defined types. */
export function ownExportedObjects(b: Builder, funcOf: (obj: FuncObj) => Func | null): ReadonlySet<object> {
  const x = exporterOf(b, Scope.Own, funcOf, fn => fn.inl !== null);
  x.finish();
  return x.objs;
}

/**
 * All that the package's export data can hold, whichever functions of other packages it has expanded, and a way to each.
 * `mayInline` is asked which functions can be expanded at all.
 */
export function possibleBodies(
  b: Builder,
  funcOf: (obj: FuncObj) => Func | null,
  mayInline: (fn: Func) => boolean,
): BodySearch {
  return exporterOf(b, Scope.All, funcOf, mayInline);
}

function exporterOf(b: Builder, scope: Scope, funcOf: FuncOf, has: (fn: Func) => boolean): Exporter {
  const x = new Exporter(b, scope, funcOf, has);
  for (const obj of [...b.pkg.scope.all().values()]) if (isExported(obj.name)) x.object(obj);
  return x;
}

/** How a body comes into the export data. */
export interface Reached {
  fn: Func;
  obj: FuncObj;
  /** The body that leads to it; null: a declaration. */
  from: Reached | null;
}

/** The function's body mentions the object. */
export function mentionsObject(src: PackageSource, within: FuncObj, obj: Obj): boolean {
  return mentionsIn(src, within)?.objs.includes(obj) === true;
}

/** What a declaration's syntax mentions. */
interface Mentions {
  /** A declaration may be checked again: what it mentions is found anew then. */
  info: Info;
  objs: Obj[];
  types: Type[];
}
const mentionsOf = new WeakMap<object, Mentions>();

/** Whose functions are looked at. */
const enum Scope {
  /** Those that have been built, of all packages. */
  Built,
  /** The package's own ones. */
  Own,
  All,
}

type FuncOf = (obj: FuncObj) => Func | null;

/** A function whose body is in the export data, or may be: `fn` is null for generic functions, whose bodies all are. */
interface Candidate {
  fn: Func | null;
  src: PackageSource;
  obj: FuncObj;
  from: Reached | null;
}

/** Goes from exported declarations to all that they mention, and from there to bodies, those first that are nearest. */
class Exporter implements BodySearch {
  readonly bodies = new Set<string>();
  private readonly candidates = new Map<string, Candidate>();
  /** Whose bodies are to be looked at, from `next` on. */
  private readonly work: Candidate[] = [];
  private next = 0;
  private from: Reached | null = null;
  readonly objs = new Set<object>();
  private readonly types = new Set<Type>();
  constructor(
    private readonly b: Builder,
    private readonly scope: Scope,
    /** Finds functions that have not been built. */
    private readonly funcOf: FuncOf | null,
    /** The body is in the export data once the function is reached. */
    private readonly has: (fn: Func, imported: boolean) => boolean,
  ) {}

  find(key: string, name: string): Reached | null {
    const { work } = this;
    let looked = 0;
    for (;;) {
      const found = this.candidates.get(key);
      if (found !== undefined) {
        const { fn, src, obj, from } = found;
        return this.has(fn!, src.imported) ? { fn: fn!, obj, from } : null;
      }
      for (looked = Math.max(looked, this.next); looked < work.length; looked++) {
        const { source, start, end } = work[looked].obj.pos!.base as Unit;
        if (!source.text.substring(start, end).includes(name)) continue;
        [work[looked], work[this.next]] = [work[this.next], work[looked]];
        break;
      }
      if (!this.step()) return null;
    }
  }

  finish(): void {
    while (this.step());
  }

  /** Looks at what the next body mentions; false when there is none left. */
  private step(): boolean {
    if (this.next === this.work.length) return false;
    const item = this.work[this.next++];
    const { fn, src, obj, from } = item;
    try {
      if (fn !== null && !this.has(fn, src.imported)) return true;
      if (fn !== null) this.bodies.add(bodyKey(fn.sym));
      this.from = fn === null ? from : { fn, obj, from };
      this.body(src, obj);
    } catch (error) {
      // who asks again comes to it again
      this.work.push(item);
      throw error;
    }
    return true;
  }

  object(obj: Obj): void {
    if (obj.pkg === null || this.objs.has(obj)) return;
    if (this.scope === Scope.Own && obj.pkg !== this.b.pkg) return;
    switch (obj.kind) {
      case ObjKind.Func: {
        this.objs.add(obj);
        const sig = obj.signature;
        this.signature(sig);
        if (sig.recv !== null) return;
        const src = this.b.source(obj.pkg);
        if (src === null) return;
        if (sig.typeParams.length > 0) {
          for (const p of sig.typeParams) this.type(p.bound);
          this.generic(src, obj);
        } else this.exportBody(src, obj, this.funcOf === null ? this.b.knownFunc(obj) : this.funcOf(obj));
        return;
      }
      case ObjKind.TypeName:
        this.objs.add(obj);
        if (obj.type !== null) this.type(obj.type);
        return;
      case ObjKind.Var:
      case ObjKind.Const:
        if (obj.kind === ObjKind.Var && obj.parent !== obj.pkg.scope) return;
        this.objs.add(obj);
        if (obj.type !== null) this.type(obj.type);
        return;
      default:
    }
  }

  private signature(sig: SignatureType): void {
    for (const v of sig.params.vars) this.type(v.type!);
    for (const v of sig.results.vars) this.type(v.type!);
  }

  private type(t: Type): void {
    if (this.types.has(t)) return;
    this.types.add(t);
    switch (t.kind) {
      case TypeKind.Named:
        for (const a of t.targs) this.type(a);
        this.named(t.origin);
        return;
      case TypeKind.Alias:
        for (const a of t.targs) this.type(a);
        this.type(t.actual ?? t.fromRHS!);
        return;
      case TypeKind.Pointer:
      case TypeKind.Slice:
      case TypeKind.Array:
      case TypeKind.Chan:
        this.type(t.elem);
        return;
      case TypeKind.Map:
        this.type(t.key);
        this.type(t.elem);
        return;
      case TypeKind.Struct:
        for (const f of t.fields) this.type(f.type!);
        return;
      case TypeKind.Tuple:
        for (const v of t.vars) this.type(v.type!);
        return;
      case TypeKind.Signature:
        this.signature(t);
        return;
      case TypeKind.Interface:
        for (const m of t.methods) this.type(m.type!);
        for (const e of t.embeddeds) this.type(e);
        return;
      case TypeKind.Union:
        for (const term of t.terms) this.type(term.type);
        return;
      default:
    }
  }

  private named(t: NamedType): void {
    if (t.obj.pkg === null || this.objs.has(t)) return;
    if (this.scope === Scope.Own && t.obj.pkg !== this.b.pkg) return;
    this.objs.add(t);
    if (t.underlying !== null) this.type(t.underlying);
    for (const p of t.typeParams) this.type(p.bound);
    const src = this.b.source(t.obj.pkg);
    for (const m of t.methods) {
      this.signature(m.signature);
      if (src === null) continue;
      if (t.typeParams.length > 0) this.generic(src, m);
      else this.exportBody(src, m, this.funcOf === null ? this.b.knownMethod(t, m) : this.funcOf(m));
    }
  }

  /** The body is part of the export data when the function is inlinable and of this package, or was expanded in it. */
  private exportBody(src: PackageSource, obj: FuncObj, fn: Func | null): void {
    if (fn === null) return;
    const key = bodyKey(fn.sym);
    if (this.candidates.has(key)) return;
    const candidate = { fn, src, obj, from: this.from };
    this.candidates.set(key, candidate);
    this.work.push(candidate);
  }

  private generic(src: PackageSource, obj: FuncObj): void {
    this.work.push({ fn: null, src, obj, from: this.from });
  }

  /** Everything that a body mentions. */
  private body(src: PackageSource, obj: FuncObj): void {
    const m = mentionsIn(src, obj);
    if (m === null) return;
    for (const o of m.objs) this.object(o);
    for (const t of m.types) this.type(t);
  }
}

function mentionsIn(src: PackageSource, obj: FuncObj): Mentions | null {
  const decl = src.decls.get(obj);
  if (decl === undefined || decl.body === null) return null;
  let m = mentionsOf.get(decl);
  if (m === undefined || m.info !== src.info) {
    ensureChecked(src, obj);
    m = mentions(src.info, rawNode(decl.body));
    mentionsOf.set(decl, m);
  }
  return m;
}

function mentions(info: Info, body: RawNode): Mentions {
  const objs = new Set<Obj>();
  const types = new Set<Type>();
  const visit = (n: RawNode | null): void => {
    if (n === null) return;
    const u = info.unit(n.unit);
    const val = u.val.get(n.id);
    const t = u.type[n.id];
    if (t !== null && t !== undefined) addType(t, types);
    if (val !== undefined) return;
    if (n.kind === Kind.Name) {
      const o = info.objOf(typedNode<AstName>(n));
      if (o !== null) {
        objs.add(o);
        if (o.kind === ObjKind.Var && o.type !== null) addType(o.type, types);
      }
      const inst = u.instances.get(n.id);
      if (inst !== undefined) for (const a of inst.targs) addType(a, types);
      return;
    }
    if (n.kind === Kind.SelectorExpr) {
      const sel = u.selections.get(n.id);
      if (sel !== undefined) addType(sel.recv, types);
    }
    // Code that is never reached is not written.
    if (n.kind === Kind.IfStmt && n.b !== null) {
      const cond = staticBool(info, typedNode<Expr>(n.b));
      visit(n.a);
      visit(rawNode(cond.x));
      if (cond.val >= 0) visit(n.d);
      if (cond.val <= 0) visit(n.c);
      return;
    }
    if (n.kind === Kind.SwitchStmt) {
      const taken = takenClause(info, typedNode<SwitchStmt>(n));
      if (taken !== null) {
        visit(n.a);
        for (const { c } of taken) for (const k of reachable(info, c.stmtList)) visit(rawNode(k));
        return;
      }
    }
    visit(n.a);
    visit(n.b);
    visit(n.c);
    visit(n.d);
    const list = holdsStmts(n.kind) ? rawNodes(reachable(info, typedNodes<Stmt>(n.list))) : n.list;
    for (const k of list) visit(k);
    for (const k of n.list2) visit(k);
  };
  visit(body);
  return { info, objs: [...objs], types: [...types] };
}

function holdsStmts(kind: Kind): boolean {
  return kind === Kind.BlockStmt || kind === Kind.CaseClause || kind === Kind.CommClause;
}

function addType(t: Type, types: Set<Type>): void {
  if (t.kind !== TypeKind.Basic && t.kind !== TypeKind.TypeParam) types.add(t);
}
