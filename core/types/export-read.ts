/** Reads the declarations of a package, object by object as they are asked for (export-data.ts). */
import { ByteReader, Damaged, NumberTable } from '../source/bytes.ts';
import type { Pos } from '../source/text.ts';
import type { Unit } from '../syntax/ast.ts';
import type { Outline } from '../syntax/outline.ts';
import { readOutline } from '../syntax/outline-bytes.ts';
import { newAlias } from './alias.ts';
import type { Context } from './context.ts';
import { ObjTag, readValue, Tag } from './export-data.ts';
import type { FuncHead } from './info.ts';
import { instance } from './instantiate.ts';
import { newNamed, resolveUnderlying } from './named.ts';
import {
  ConstObj,
  FuncObj,
  newVar,
  type Obj,
  ObjKind,
  type PackageObj,
  TypeNameObj,
  VarKind,
  VarObj,
} from './object.ts';
import {
  AliasType,
  ArrayType,
  BasicKind,
  ChanDir,
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
  TypeParamType,
  UnionType,
} from './type.ts';
import { iface } from './typeparam.ts';
import { typeSet } from './typeset.ts';
import { anyInterface, emptyInterface, emptyTuple, Typ, universe, universeByte, universeRune } from './universe.ts';

/** A package whose objects are read. */
export interface Exporting {
  pkg: PackageObj;
  ctxt: Context;
  /** A unit by its number through all files; undefined where there are fewer. */
  unit(id: number): Unit | undefined;
  /** Declares an object when its type is asked for: by `declare`, if it is one of those read here. */
  pending: (obj: Obj) => void;
  /** Told of each method as it becomes known, and in which unit it is. */
  method(m: FuncObj, unit: number): void;
}

/** The outline of a file, before it is read. */
export interface StoredOutline {
  /** How many units it has. */
  units: number;
  read(): Outline;
}

/** An object, before it is read. */
interface Entry {
  name: string;
  tag: ObjTag;
  /** Of the name, in its unit. */
  off: number;
  /** Of the description, among the data. */
  at: number;
}

/** What the file says of a function: where its signature is described, and its head. */
interface StoredFunc {
  sig: number;
  head: FuncHead;
}

export class ExportReader {
  /** By file, in the order of the package's. */
  readonly outlines: StoredOutline[] = [];
  private readonly units = new Map<number, Entry[]>();
  private readonly unitOf = new Map<string, number>();
  private readonly paths: string[] = [];
  private readonly packages = new Map<string, PackageObj>();
  /** Where types are described. */
  private offsets = new NumberTable(new Uint8Array(0));
  private readonly types: (Type | undefined)[] = [];
  /** Offset of the data in the file. */
  private data = 0;
  /** Where objects that nobody has asked for yet are described. */
  private readonly waiting = new Map<Obj, number>();
  private readonly funcs = new Map<Obj, StoredFunc>();
  /** Constraints of type parameters that have been read without. */
  private readonly bounds = new Map<TypeParamType, number>();
  /** Types that are declared as other ones, type parameters, interfaces: completed when all is read, as check.ts's cleanup has it. */
  private readonly unfinished: (NamedType | TypeParamType | InterfaceType)[] = [];
  private depth = 0;
  private x: Exporting | null = null;

  private constructor(private readonly file: ByteReader) {}

  /** Null when the bytes are not what `writeDeclarations` has made. */
  static open(bytes: Uint8Array): ExportReader | null {
    try {
      const x = new ExportReader(ByteReader.of(bytes));
      x.readHead();
      return x;
    } catch (error) {
      if (error instanceof Damaged) return null;
      throw error;
    }
  }

  private readHead(): void {
    const r = this.file;
    for (let n = r.count(); n > 0; n--) this.outlines.push(storedOutline(r));
    for (let n = r.count(); n > 0; n--) this.paths.push(r.string());
    this.offsets = r.table();
    for (let n = r.count(); n > 0; n--) {
      const unit = r.uint();
      const entries: Entry[] = [];
      for (let m = r.count(); m > 0; m--) {
        const name = r.string();
        entries.push({ name, tag: r.byte(), off: r.uint(), at: r.uint() });
        this.unitOf.set(name, unit);
      }
      this.units.set(unit, entries);
    }
    this.data = r.offset;
    let units = 0;
    for (const o of this.outlines) units += o.units;
    for (const unit of this.units.keys()) if (unit >= units) throw new Damaged('unit');
  }

  attach(x: Exporting): void {
    this.x = x;
  }

  /** Names of the objects. */
  names(): Iterable<string> {
    return this.unitOf.keys();
  }

  /** Objects of the unit are here. */
  hasUnit(unit: number): boolean {
    return this.units.has(unit);
  }

  isAlias(name: string): boolean {
    const unit = this.unitOf.get(name);
    return unit !== undefined && this.units.get(unit)!.some(e => e.name === name && e.tag === ObjTag.Alias);
  }

  /** Enters the objects of the unit that declares the name into the package's scope; false when there is none here. */
  find(name: string): boolean {
    const unit = this.unitOf.get(name);
    if (unit === undefined) return false;
    const { pkg, pending } = this.x!;
    const base = this.unit(unit);
    for (const { name: own, tag, off, at } of this.units.get(unit)!) {
      if (pkg.scope.elems.has(own)) continue;
      const obj = newObj(own, tag, pkg, { base, off });
      obj.pending = pending;
      this.waiting.set(obj, at);
      pkg.scope.insert(obj);
    }
    return true;
  }

  /** Gives the object its type, if it is one of those that are read here. */
  declare(obj: Obj): boolean {
    const at = this.waiting.get(obj);
    if (at === undefined) {
      const func = this.funcs.get(obj);
      if (func === undefined) return false;
      this.outermost(() => (obj.type = this.type(func.sig)));
      return true;
    }
    this.waiting.delete(obj);
    this.outermost(() => this.object(obj, this.reader(at)));
    return true;
  }

  /** The head of a function that has its type from here. */
  headOf(f: FuncObj): FuncHead | undefined {
    if (this.waiting.has(f)) void f.type;
    return this.funcs.get(f)?.head;
  }

  /** The function has been declared from its source. */
  forget(f: FuncObj): void {
    this.funcs.delete(f);
  }

  private unit(id: number): Unit {
    const unit = this.x!.unit(id);
    if (unit === undefined) throw new Damaged('unit');
    return unit;
  }

  private outermost(read: () => void): void {
    this.depth++;
    try {
      read();
    } finally {
      this.depth--;
    }
    if (this.depth > 0) return;
    for (const t of this.unfinished.splice(0)) {
      if (t.kind === TypeKind.Named) resolveUnderlying(t);
      else if (t.kind === TypeKind.TypeParam) iface(t);
      else typeSet(t);
    }
  }

  private reader(at: number): ByteReader {
    return this.file.from(this.data + at);
  }

  // ---- objects

  private object(obj: Obj, r: ByteReader): void {
    switch (obj.kind) {
      case ObjKind.Const:
        obj.type = this.type(r.uint());
        obj.val = readValue(r);
        return;
      case ObjKind.Var:
        obj.type = this.type(r.uint());
        return;
      case ObjKind.Func:
        this.func(obj, obj.pos!.base as Unit, r);
        if (!this.funcs.has(obj)) throw new Damaged('function');
        obj.type = this.type(this.funcs.get(obj)!.sig);
        return;
      case ObjKind.TypeName:
        if (this.isAlias(obj.name)) this.alias(obj, r);
        else this.named(obj, r);
        return;
      default:
    }
  }

  private func(f: FuncObj, unit: Unit, r: ByteReader): void {
    const sig = r.uint() - 1;
    if (sig < 0) return;
    this.funcs.set(f, { sig, head: { unit, pos: r.uint(), pragma: r.uint(), hasBody: r.bool() } });
  }

  private alias(obj: TypeNameObj, r: ByteReader): void {
    const t = newAlias(null, obj, null);
    this.constrain((t.typeParams = this.typeParams(r)));
    t.fromRHS = this.type(r.uint());
  }

  private named(obj: TypeNameObj, r: ByteReader): void {
    const t = newNamed(null, obj);
    const { pkg, pending, method } = this.x!;
    this.constrain((t.typeParams = this.typeParams(r)));
    const rhs = this.type(r.uint());
    t.fromRHS = rhs;
    if (rhs.kind === TypeKind.Named || rhs.kind === TypeKind.Alias) this.unfinished.push(t);
    else t.underlying = rhs;
    for (let n = r.count(); n > 0; n--) {
      const name = r.string();
      const off = r.uint() - 1;
      if (off < 0) throw new Damaged('method');
      const unit = r.uint();
      const base = this.unit(unit);
      const m = new FuncObj(name, pkg, { base, off }, null);
      m.hasPtrRecv = r.bool();
      this.func(m, base, r);
      m.pending = pending;
      method(m, unit);
      t.methods.push(m);
    }
  }

  // ---- references

  private package(r: ByteReader): PackageObj | null {
    const n = r.uint();
    if (n === 0) return null;
    if (n > this.paths.length) throw new Damaged('package');
    const path = this.paths[n - 1];
    const { pkg } = this.x!;
    if (path === pkg.path) return pkg;
    if (this.packages.size === 0) {
      const all = new Set(pkg.imports);
      for (const p of all) {
        this.packages.set(p.path, p);
        for (const q of p.imports) all.add(q);
      }
    }
    const found = this.packages.get(path);
    if (found === undefined) throw new Damaged(`package ${path}`);
    return found;
  }

  private pos(r: ByteReader): Pos | null {
    const off = r.uint() - 1;
    if (off < 0) return null;
    return { base: this.unit(r.uint()), off };
  }

  /** Type parameters; their constraints, which may mention what has them, are read by `constrain`. */
  private typeParams(r: ByteReader): TypeParamType[] {
    const list: TypeParamType[] = [];
    for (let n = r.count(); n > 0; n--) {
      const id = r.uint();
      let t = this.types[id];
      if (t === undefined) {
        const part = this.descriptionOf(id);
        if (part.byte() !== Tag.TypeParam) throw new Damaged('type parameter');
        t = this.typeParam(id, part);
        this.bounds.set(t, part.uint());
      }
      if (t.kind !== TypeKind.TypeParam) throw new Damaged('type parameter');
      list.push(t);
    }
    return list;
  }

  private constrain(list: readonly TypeParamType[]): void {
    for (const t of list) {
      const bound = this.bounds.get(t);
      if (bound === undefined) continue;
      this.bounds.delete(t);
      t.bound = this.type(bound);
    }
  }

  /** Without its constraint. */
  private typeParam(id: number, r: ByteReader): TypeParamType {
    const obj = new TypeNameObj(r.string(), this.package(r), this.pos(r), null);
    const t = new TypeParamType(obj, r.uint(), Typ[BasicKind.Invalid]);
    obj.type = t;
    this.types[id] = t;
    this.unfinished.push(t);
    return t;
  }

  private descriptionOf(id: number): ByteReader {
    if (id >= this.offsets.length) throw new Damaged('type');
    return this.reader(this.offsets.get(id));
  }

  private list(r: ByteReader): Type[] {
    const list: Type[] = [];
    for (let n = r.count(); n > 0; n--) list.push(this.type(r.uint()));
    return list;
  }

  private variables(r: ByteReader): TupleType {
    const n = r.count();
    if (n === 0) return emptyTuple;
    const vars: VarObj[] = [];
    for (let i = 0; i < n; i++) vars.push(this.variable(r));
    return new TupleType(vars);
  }

  private variable(r: ByteReader): VarObj {
    const name = r.string();
    const pkg = this.package(r);
    const pos = this.pos(r);
    const kind: VarKind = r.byte();
    return newVar(kind, pos, pkg, name, this.type(r.uint()));
  }

  // ---- types

  private type(id: number): Type {
    return this.types[id] ?? this.read(id, this.descriptionOf(id));
  }

  /** What may lead back to itself is known by its number before the rest of it is read. */
  private read(id: number, r: ByteReader): Type {
    const tag: Tag = r.byte();
    switch (tag) {
      case Tag.Basic: {
        const t: Type | undefined = Typ[r.byte()];
        if (t === undefined) throw new Damaged('type');
        return this.known(id, t);
      }
      case Tag.Byte:
        return this.known(id, universeByte);
      case Tag.Rune:
        return this.known(id, universeRune);
      case Tag.Any:
        return this.known(id, anyInterface);
      case Tag.EmptyInterface:
        return this.known(id, emptyInterface);
      case Tag.Declared: {
        const pkg = this.package(r);
        const obj = (pkg === null ? universe : pkg.scope).lookup(r.string());
        if (obj === null || obj.kind !== ObjKind.TypeName || obj.type === null) throw new Damaged('declared type');
        return this.known(id, obj.type);
      }
      case Tag.Instance: {
        const orig = this.type(r.uint());
        if (orig.kind !== TypeKind.Named) throw new Damaged('instance');
        return this.known(id, instance(null, null, orig, this.list(r), null, this.x!.ctxt));
      }
      case Tag.AliasInstance: {
        const orig = this.type(r.uint());
        if (orig.kind !== TypeKind.Alias) throw new Damaged('instance');
        const obj = new TypeNameObj(orig.obj.name, orig.obj.pkg, null, null);
        const t = this.known(id, new AliasType(obj, null, orig, this.list(r)));
        obj.type = t;
        t.typeParams = orig.typeParams;
        t.fromRHS = this.type(r.uint());
        return t;
      }
      case Tag.Array:
        return this.element(this.known(id, new ArrayType(r.int(), Typ[BasicKind.Invalid])), r);
      case Tag.Slice:
        return this.element(this.known(id, new SliceType(Typ[BasicKind.Invalid])), r);
      case Tag.Struct:
        return this.struct(this.known(id, new StructType([], [])), r);
      case Tag.Pointer:
        return this.element(this.known(id, new PointerType(Typ[BasicKind.Invalid])), r);
      case Tag.Tuple: {
        const t = this.known(id, new TupleType([]));
        t.vars = this.variables(r).vars;
        return t;
      }
      case Tag.Signature:
        return this.signature(this.known(id, new SignatureType(null, [], [], emptyTuple, emptyTuple, false)), r);
      case Tag.Interface:
        return this.interface(this.known(id, new InterfaceType([], [], [])), r);
      case Tag.Map:
        return this.map(this.known(id, new MapType(Typ[BasicKind.Invalid], Typ[BasicKind.Invalid])), r);
      case Tag.Chan: {
        const dir = r.byte();
        if (dir > ChanDir.RecvOnly) throw new Damaged('channel');
        return this.element(this.known(id, new ChanType(dir, Typ[BasicKind.Invalid])), r);
      }
      case Tag.TypeParam: {
        const t = this.typeParam(id, r);
        t.bound = this.type(r.uint());
        return t;
      }
      case Tag.Union: {
        const t = this.known(id, new UnionType([]));
        for (let n = r.count(); n > 0; n--) t.terms.push({ tilde: r.bool(), type: this.type(r.uint()) });
        return t;
      }
      default:
        throw new Damaged('type');
    }
  }

  /** From now on the number stands for the type. */
  private known<T extends Type>(id: number, t: T): T {
    this.types[id] = t;
    return t;
  }

  private element<T extends ArrayType | SliceType | PointerType | ChanType>(t: T, r: ByteReader): T {
    t.elem = this.type(r.uint());
    return t;
  }

  private map(t: MapType, r: ByteReader): MapType {
    t.key = this.type(r.uint());
    t.elem = this.type(r.uint());
    return t;
  }

  private struct(t: StructType, r: ByteReader): StructType {
    const tags: string[] = [];
    for (let n = r.count(); n > 0; n--) {
      const f = this.variable(r);
      f.embedded = r.bool();
      t.fields.push(f);
      tags.push(r.string());
    }
    if (r.bool()) t.tags = tags;
    return t;
  }

  private signature(t: SignatureType, r: ByteReader): SignatureType {
    this.constrain((t.recvTypeParams = this.typeParams(r)));
    this.constrain((t.typeParams = this.typeParams(r)));
    if (r.bool()) t.recv = this.variable(r);
    t.params = this.variables(r);
    t.results = this.variables(r);
    t.variadic = r.bool();
    return t;
  }

  private interface(t: InterfaceType, r: ByteReader): InterfaceType {
    t.implicit = r.bool();
    t.complete = true;
    this.unfinished.push(t);
    for (let n = r.count(); n > 0; n--) {
      const name = r.string();
      const pkg = this.package(r);
      const pos = this.pos(r);
      t.methods.push(new FuncObj(name, pkg, pos, this.type(r.uint())));
    }
    for (let n = r.count(); n > 0; n--) {
      t.embeddeds.push(this.type(r.uint()));
      t.embedPos.push(this.pos(r));
    }
    return t;
  }
}

function storedOutline(r: ByteReader): StoredOutline {
  const units = r.uint();
  const length = r.uint();
  const at = r.offset;
  r.raw(length);
  const read = (): Outline => {
    const part = r.from(at);
    const outline = readOutline(part);
    if (outline.units.length !== units || part.offset !== at + length) throw new Damaged('outline');
    return outline;
  };
  return { units, read };
}

function newObj(name: string, tag: ObjTag, pkg: PackageObj, pos: Pos): Obj {
  switch (tag) {
    case ObjTag.Const:
      return new ConstObj(name, pkg, pos, null);
    case ObjTag.Var: {
      const v = new VarObj(name, pkg, pos, null);
      v.varKind = VarKind.PackageVar;
      return v;
    }
    case ObjTag.Func:
      return new FuncObj(name, pkg, pos, null);
    case ObjTag.Type:
    case ObjTag.Alias:
      return new TypeNameObj(name, pkg, pos, null);
    default:
      throw new Damaged('object');
  }
}
