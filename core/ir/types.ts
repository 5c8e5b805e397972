/**
 * Canonical types: what the checker's types become once aliases are followed and type parameters replaced by type
 * arguments or shapes (noder's reader.typIdx). One object per type of a builder.
 */
import { FuncObj, type PackageObj, type TypeNameObj, VarObj } from '../types/object.ts';
import {
  type AliasType,
  ArrayType,
  BasicKind,
  ChanType,
  InterfaceType,
  MapType,
  type NamedType,
  PointerType,
  SignatureType,
  SliceType,
  StructType,
  TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from '../types/type.ts';
import { typeSet } from '../types/typeset.ts';
import { anyType, basicTypes, byteType, compareSyms, interfaceType, runeType } from './typeinfo.ts';

/** What the type parameters that are in scope stand for. */
export interface TypeEnv {
  readonly params: Map<TypeParamType, Type>;
  readonly cache: Map<Type, Type>;
  /** Type arguments of enclosing functions first (implicits), then the declaration's own. */
  readonly targs: readonly Type[];
}

export function newTypeEnv(targs: readonly Type[] = []): TypeEnv {
  return { params: new Map(), cache: new Map(), targs };
}

export interface NamedResolver {
  /** The canonical form of a use of a defined type with canonical type arguments (reader.obj). */
  named(t: NamedType, targs: Type[], env: TypeEnv | null): Type;
  /** What the type parameters of a generic alias stand for where one of the type arguments has a shape; null elsewhere. */
  shapedAlias(origin: AliasType, targs: Type[]): TypeEnv | null;
  /** Called once for every type that is met, after the types that it consists of (reader.needWrapper). */
  met(t: Type): void;
  /** What is read is an imported declaration that is not generic (reader.importedDef). */
  importedDef: boolean;
  /** Declarations of the package are imported; null: of the universe. */
  isImported(pkg: PackageObj | null): boolean;
}

export class TypeTable {
  private readonly plain = new Map<Type, Type>();
  private readonly ids = new Map<Type, number>();
  private readonly made = new Map<string, Type>();
  /** Forms of what bodies that were checked again mention: checker's types that go when they are checked the next time.
   * Null while the package is built. */
  passing: Map<Type, Type> | null = null;
  /** Collects the types that are asked for, when somebody wants to know; null. */
  asked: Set<object> | null = null;
  /** The package has been read: pointer types that are made from now on are one for each expression that makes one
   * (types.NewPtrCacheEnabled), which devirtualization can tell. */
  loaded = false;
  private readonly late = new Set<Type>();
  /** Types that declarations of imported packages have mentioned. */
  private readonly imported = new WeakSet<Type>();
  constructor(private readonly resolver: NamedResolver) {}

  /** A number for a canonical type: equal for equal types only. */
  id(t: Type): number {
    let id = this.ids.get(t);
    if (id === undefined) {
      id = this.ids.size;
      this.ids.set(t, id);
    }
    return id;
  }

  /** The canonical type of a checker's type, type parameters replaced as `env` says. */
  typ(t: Type, env: TypeEnv | null): Type {
    const passing = env === null ? this.passing : null;
    const cache = env === null ? this.plain : env.cache;
    const known = cache.get(t) ?? passing?.get(t);
    if (known !== undefined) {
      this.asked?.add(known);
      if (this.resolver.importedDef) this.meetAgain(t, known, env);
      return known;
    }
    // what it consists of comes with it, and is not asked for
    const { asked } = this;
    this.asked = null;
    const r = this.make(t, env);
    this.asked = asked;
    asked?.add(r);
    const into = passing ?? cache;
    if (r.kind === TypeKind.Named && into.has(t)) return into.get(t)!;
    into.set(t, r);
    if (r.kind !== TypeKind.TypeParam) this.resolver.met(r);
    if (this.resolver.importedDef) this.imported.add(t);
    return r;
  }

  /** Each package that is read has a table of types of its own: a type that is known may be new to an imported one, and
   * what is met there has its wrappers there. What is declared is read once. */
  private meetAgain(t: Type, known: Type, env: TypeEnv | null): void {
    if (this.imported.has(t)) return;
    this.imported.add(t);
    switch (t.kind) {
      case TypeKind.Basic:
      case TypeKind.TypeParam:
        return;
      case TypeKind.Named:
        for (const a of t.targs) this.typ(a, env);
        break;
      case TypeKind.Alias:
        if (!isGlobal(t.obj)) this.typ(t.actual ?? t.fromRHS!, env);
        break;
      default:
        this.make(t, env);
    }
    this.resolver.met(known);
  }

  /** The same for the right-hand side of a type declaration, which is not met as a type of its own. */
  bare(t: Type, env: TypeEnv | null): Type {
    return t.kind === TypeKind.Interface ? this.interface(t, env, true) : this.make(t, env);
  }

  /** What an alias stands for, read where the alias is declared; one that is declared in a function is read through. */
  private aliased(t: AliasType, env: TypeEnv | null): Type {
    const rhs = t.actual ?? t.fromRHS!;
    if (env !== null && t.targs.length > 0) {
      const { origin } = t;
      const targs = t.targs.map(a => this.typ(a, env));
      const shaped = this.resolver.shapedAlias(origin, targs);
      if (shaped !== null) return this.typ(origin.fromRHS!, shaped);
    }
    if (!isGlobal(t.obj)) return this.typ(rhs, env);
    const { resolver } = this;
    const { importedDef } = resolver;
    resolver.importedDef = t.targs.length === 0 && resolver.isImported(t.obj.pkg);
    const r = this.typ(rhs, env);
    resolver.importedDef = importedDef;
    return r;
  }

  private make(t: Type, env: TypeEnv | null): Type {
    if (t === anyType) return anyType;
    switch (t.kind) {
      case TypeKind.Basic:
        if (t.basic === BasicKind.Uint8 && t.name === 'byte') return byteType;
        if (t.basic === BasicKind.Int32 && t.name === 'rune') return runeType;
        return basicTypes[t.basic];
      case TypeKind.Alias:
        if (t.obj.pkg === null && t.obj.name === 'any') return anyType;
        return this.aliased(t, env);
      case TypeKind.TypeParam: {
        const arg = env?.params.get(t);
        return arg ?? t;
      }
      case TypeKind.Named: {
        const targs = t.targs.map(a => this.typ(a, env));
        return this.resolver.named(t, targs, env);
      }
      case TypeKind.Pointer:
        return this.pointer(this.typ(t.elem, env));
      case TypeKind.Slice:
        return this.slice(this.typ(t.elem, env));
      case TypeKind.Array:
        return this.array(this.typ(t.elem, env), t.len);
      case TypeKind.Chan: {
        const elem = this.typ(t.elem, env);
        return this.cons(`c${t.dir},${this.id(elem)}`, () => new ChanType(t.dir, elem));
      }
      case TypeKind.Map: {
        const key = this.typ(t.key, env);
        const elem = this.typ(t.elem, env);
        return this.cons(`m${this.id(key)},${this.id(elem)}`, () => new MapType(key, elem));
      }
      case TypeKind.Struct: {
        const types = t.fields.map(f => this.typ(f.type!, env));
        return this.struct(t, types);
      }
      case TypeKind.Tuple:
        return this.tuple(t.vars.map(v => this.typ(v.type!, env)));
      case TypeKind.Signature:
        return this.signature(
          t.params.vars.map(v => this.typ(v.type!, env)),
          t.results.vars.map(v => this.typ(v.type!, env)),
          t.variadic,
        );
      case TypeKind.Interface:
        return this.interface(t, env);
      case TypeKind.Union:
        return interfaceType;
    }
  }

  private cons<T extends Type>(key: string, make: () => T): T {
    let t = this.made.get(key);
    if (t === undefined) {
      t = make();
      this.made.set(key, t);
    }
    return t as T;
  }

  pointer(elem: Type): PointerType {
    const t = this.cons(`*${this.id(elem)}`, () => {
      const made = new PointerType(elem);
      if (this.loaded) this.late.add(made);
      return made;
    });
    // an edit may read what only inlining had brought
    if (!this.loaded && this.late.size > 0) this.late.delete(t);
    return t;
  }
  /** The pointer type was first made after the package had been read. */
  isLate(t: Type): boolean {
    return this.late.has(t);
  }
  slice(elem: Type): SliceType {
    return this.cons(`[]${this.id(elem)}`, () => new SliceType(elem));
  }
  array(elem: Type, len: number): ArrayType {
    return this.cons(`[${len}]${this.id(elem)}`, () => new ArrayType(len, elem));
  }
  tuple(types: readonly Type[]): TupleType {
    return this.cons(`(${types.map(t => this.id(t)).join()})`, () => new TupleType(unnamedVars(types)));
  }
  /** A function type without receiver. */
  signature(params: readonly Type[], results: readonly Type[], variadic: boolean): SignatureType {
    const key = `f(${params.map(t => this.id(t)).join()})${variadic ? '.' : ''}(${results.map(t => this.id(t)).join()})`;
    return this.cons(key, () => new SignatureType(null, [], [], this.tuple(params), this.tuple(results), variadic));
  }
  private struct(t: StructType, types: readonly Type[]): Type {
    let key = '{';
    t.fields.forEach((f, i) => {
      const tag = t.tags.length > 0 ? t.tags[i] : '';
      key += `${f.pkg?.path ?? ''} ${f.name} ${this.id(types[i])}${f.embedded ? 'e' : ''} ${JSON.stringify(tag)};`;
    });
    return this.cons(key, () => {
      const fields = t.fields.map((f, i) => {
        const v = new VarObj(f.name, f.pkg, f.pos, types[i]);
        v.varKind = f.varKind;
        v.embedded = f.embedded;
        v.origin = f;
        return v;
      });
      return new StructType(fields, t.tags.slice());
    });
  }
  /** `declared`: of a type declaration, whose methods are its own even where another has the same, as are those of the
   * first literal (typWrapped(false) is not cached): wrappers take the names and places of parameters from them. */
  private interface(t: InterfaceType, env: TypeEnv | null, declared = false): Type {
    // read as they are written, for the order in which types are met
    for (const m of t.methods) this.typ(m.type!, env);
    for (const e of t.embeddeds) this.typ(e, env);
    // by the checker's type set: an embedded interface may be one that is just being made here
    if (declared && t.embeddeds.length > 0) return this.promoting(typeSet(t).methods, env);
    const methods = typeSet(t).methods.map(obj => ({
      name: obj.name,
      pkg: obj.pkg,
      type: this.typ(obj.type!, env),
      obj,
    }));
    if (methods.length === 0) return interfaceType;
    methods.sort(compareSyms);
    const key = `i${methods.map(m => `${m.pkg?.path ?? ''} ${m.name} ${this.id(m.type)}`).join(';')}`;
    const create = () => {
      const it = new InterfaceType(
        methods.map(m => {
          const f = new FuncObj(m.name, m.pkg, m.obj.pos, m.type);
          f.origin = m.obj;
          return f;
        }),
        [],
        [],
      );
      it.complete = true;
      return it;
    };
    if (!declared) return this.cons(key, create);
    const shared = this.made.get(key) as InterfaceType | undefined;
    return shared === undefined || shared.methods.some((f, i) => f.origin !== methods[i].obj) ? create() : shared;
  }

  /** A declared interface that embeds others: the signatures of their methods are read where these are declared, and looked
   * up when all that is being read has been. */
  private promoting(objs: readonly FuncObj[], env: TypeEnv | null): Type {
    if (objs.length === 0) return interfaceType;
    const methods = objs.toSorted(compareSyms).map(obj => {
      const f = new FuncObj(obj.name, obj.pkg, obj.pos, null);
      f.origin = obj;
      return f;
    });
    const it = new InterfaceType(methods, [], []);
    it.complete = true;
    const { importedDef } = this.resolver;
    this.later.push(() => {
      const saved = this.resolver.importedDef;
      this.resolver.importedDef = importedDef;
      for (const f of methods) f.type = this.typ(f.origin!.type!, env);
      this.resolver.importedDef = saved;
    });
    return it;
  }

  /** What is left to do for declared types once none of them is being read. */
  readonly later: (() => void)[] = [];
}

function isGlobal(obj: TypeNameObj): boolean {
  return obj.pkg !== null && obj.parent === obj.pkg.scope;
}

function unnamedVars(types: readonly Type[]): VarObj[] {
  return types.map(t => new VarObj('', null, null, t));
}
