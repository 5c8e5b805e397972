/** Writes the declarations of a package (export-data.ts). */
import { ByteWriter } from '../source/bytes.ts';
import type { Pos } from '../source/text.ts';
import type { LazyFile } from '../syntax/lazy.ts';
import { writeOutline } from '../syntax/outline-bytes.ts';
import { ObjTag, Tag, writeValue } from './export-data.ts';
import type { FuncHead } from './info.ts';
import { type FuncObj, type Obj, ObjKind, type PackageObj, type TypeNameObj, type VarObj } from './object.ts';
import {
  type AliasType,
  type InterfaceType,
  type NamedType,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { anyInterface, emptyInterface, universeByte, universeRune } from './universe.ts';

/** What is written of a package. */
export interface Exported {
  pkg: PackageObj;
  files: readonly LazyFile[];
  /** The objects by unit, numbered through all files; in the order of the units, and in each of its names. */
  units: { unit: number; objs: Obj[] }[];
  /** Number of the unit that a position is in, -1 for those of other packages. */
  unitOf(pos: Pos): number;
  headOf(f: FuncObj): FuncHead | undefined;
}

/** The object mentions what importers cannot find. */
class Unwritable extends Error {}

/** The bytes of all that can be written. */
export function writeDeclarations(x: Exported): Uint8Array {
  // an object that cannot be written takes those with it that mention it
  for (let { units } = x; ; ) {
    const w = new ExportWriter(x, units);
    const rest = w.objects();
    if (rest.length === units.length) return w.finish();
    units = rest;
  }
}

class ExportWriter {
  private readonly head = new ByteWriter();
  private readonly data = this.head.beside();
  private readonly index = this.head.beside();
  private readonly types = new Map<Type, number>();
  /** Instances by origin and arguments, since the objects for one are not always one. */
  private readonly instances = new Map<string, number>();
  private readonly todo: Type[] = [];
  private readonly offsets: number[] = [];
  private readonly packages = new Map<string, number>();
  private readonly own: ReadonlySet<Obj>;

  constructor(
    private readonly x: Exported,
    private readonly units: Exported['units'],
  ) {
    this.own = new Set(units.flatMap(u => u.objs));
  }

  /** Writes the units; those that could be written are returned. */
  objects(): Exported['units'] {
    return this.units.filter(({ unit, objs }) => {
      try {
        const at = objs.map(obj => {
          const offset = this.data.length;
          this.object(obj);
          return offset;
        });
        this.rest();
        this.index.uint(unit);
        this.index.uint(objs.length);
        for (const [i, obj] of objs.entries()) {
          this.index.string(obj.name);
          this.index.byte(tagOf(obj));
          this.index.uint(obj.pos!.off);
          this.index.uint(at[i]);
        }
        return true;
      } catch (error) {
        if (error instanceof Unwritable) return false;
        throw error;
      }
    });
  }

  finish(): Uint8Array {
    const { head } = this;
    head.uint(this.x.files.length);
    for (const f of this.x.files) {
      const outline = head.beside();
      writeOutline(outline, f.outline);
      head.uint(f.outline.units.length);
      head.uint(outline.length);
      head.raw(outline.written());
    }
    head.uint(this.packages.size);
    for (const path of this.packages.keys()) head.string(path);
    head.table(this.offsets);
    head.uint(this.units.length);
    head.raw(this.index.written());
    head.raw(this.data.written());
    return head.finish();
  }

  /** Describes the types that have been mentioned so far. */
  private rest(): void {
    for (let t = this.todo.pop(); t !== undefined; t = this.todo.pop()) {
      this.offsets[this.types.get(t)!] = this.data.length;
      this.describe(t);
    }
  }

  // ---- objects

  private object(obj: Obj): void {
    const { data } = this;
    switch (obj.kind) {
      case ObjKind.Const:
        this.type(obj.type!);
        writeValue(data, obj.val!);
        return;
      case ObjKind.Var:
        this.type(obj.type!);
        return;
      case ObjKind.Func:
        this.func(obj);
        return;
      case ObjKind.TypeName:
        this.typeName(obj);
        return;
      default:
        throw new Unwritable();
    }
  }

  /** Head and signature, either of them only where known. */
  private func(f: FuncObj): void {
    const { data } = this;
    const sig = f.knownType as SignatureType | null;
    const known = f.pending === null && sig !== null;
    const head = known ? this.x.headOf(f) : undefined;
    if (!known || head === undefined || head.unit.broken) {
      data.uint(0);
      return;
    }
    data.uint(1 + this.id(sig));
    data.uint(head.pos);
    data.uint(head.pragma);
    data.bool(head.hasBody);
  }

  private typeName(obj: TypeNameObj): void {
    const { data } = this;
    const t = obj.type!;
    if (t.kind === TypeKind.Alias) {
      this.list(t.typeParams);
      this.type(t.fromRHS!);
      return;
    }
    if (t.kind !== TypeKind.Named || t.obj !== obj || t.underlying === null || t.fromRHS === null)
      throw new Unwritable();
    this.list(t.typeParams);
    this.type(t.fromRHS);
    data.uint(t.methods.length);
    for (const m of t.methods) {
      data.string(m.name);
      this.pos(m.pos);
      data.bool(m.hasPtrRecv);
      this.func(m);
    }
  }

  // ---- references

  private package(pkg: PackageObj | null): void {
    let n = 0;
    if (pkg !== null) {
      n = this.packages.get(pkg.path) ?? 0;
      if (n === 0) {
        n = this.packages.size + 1;
        this.packages.set(pkg.path, n);
      }
    }
    this.data.uint(n);
  }

  /** The offset in the unit and the unit's number; 0 for none. */
  private pos(pos: Pos | null): void {
    const { data } = this;
    const unit = pos === null ? -1 : this.x.unitOf(pos);
    if (unit < 0) {
      data.uint(0);
      return;
    }
    // package clauses and the like lie before their unit
    if (pos!.off < 0) throw new Unwritable();
    data.uint(pos!.off + 1);
    data.uint(unit);
  }

  private type(t: Type): void {
    this.data.uint(this.id(t));
  }

  private list(types: readonly Type[]): void {
    this.data.uint(types.length);
    for (const t of types) this.type(t);
  }

  /** The type's number; a new one is described later. */
  private id(t: Type): number {
    let id = this.types.get(t);
    if (id !== undefined) return id;
    if ((t.kind === TypeKind.Named || t.kind === TypeKind.Alias) && t.orig !== null) {
      const key = `${this.id(t.orig)} ${t.targs.map(a => this.id(a)).join(' ')}`;
      const same = this.instances.get(key);
      if (same !== undefined) {
        this.types.set(t, same);
        return same;
      }
      id = this.offsets.length;
      this.instances.set(key, id);
    } else id = this.offsets.length;
    this.offsets.push(0);
    this.types.set(t, id);
    this.todo.push(t);
    return id;
  }

  // ---- types

  private describe(t: Type): void {
    const { data } = this;
    switch (t.kind) {
      case TypeKind.Basic:
        if (t === universeByte) data.byte(Tag.Byte);
        else if (t === universeRune) data.byte(Tag.Rune);
        else {
          data.byte(Tag.Basic);
          data.byte(t.basic);
        }
        return;
      case TypeKind.Named:
      case TypeKind.Alias:
        this.declared(t);
        return;
      case TypeKind.Array:
        data.byte(Tag.Array);
        data.int(t.len);
        this.type(t.elem);
        return;
      case TypeKind.Slice:
        data.byte(Tag.Slice);
        this.type(t.elem);
        return;
      case TypeKind.Struct:
        data.byte(Tag.Struct);
        data.uint(t.fields.length);
        for (const [i, f] of t.fields.entries()) {
          this.variable(f);
          data.bool(f.embedded);
          data.string(t.tags[i] ?? '');
        }
        data.bool(t.tags.length > 0);
        return;
      case TypeKind.Pointer:
        data.byte(Tag.Pointer);
        this.type(t.elem);
        return;
      case TypeKind.Tuple:
        data.byte(Tag.Tuple);
        this.variables(t.vars);
        return;
      case TypeKind.Signature:
        data.byte(Tag.Signature);
        this.list(t.recvTypeParams);
        this.list(t.typeParams);
        data.bool(t.recv !== null);
        if (t.recv !== null) this.variable(t.recv);
        this.variables(t.params.vars);
        this.variables(t.results.vars);
        data.bool(t.variadic);
        return;
      case TypeKind.Interface:
        this.interface(t);
        return;
      case TypeKind.Map:
        data.byte(Tag.Map);
        this.type(t.key);
        this.type(t.elem);
        return;
      case TypeKind.Chan:
        data.byte(Tag.Chan);
        data.byte(t.dir);
        this.type(t.elem);
        return;
      case TypeKind.TypeParam:
        this.typeParam(t);
        return;
      case TypeKind.Union:
        data.byte(Tag.Union);
        data.uint(t.terms.length);
        for (const { tilde, type } of t.terms) {
          data.bool(tilde);
          this.type(type);
        }
    }
  }

  private declared(t: NamedType | AliasType): void {
    const { data } = this;
    if (t.orig !== null) {
      data.byte(t.kind === TypeKind.Named ? Tag.Instance : Tag.AliasInstance);
      this.type(t.orig);
      this.list(t.targs);
      if (t.kind === TypeKind.Alias) this.type(t.fromRHS!);
      return;
    }
    const { obj } = t;
    // by name only those are found that stand in a package's scope, and, of this one, that are written
    if (obj.pkg !== null && obj.parent !== obj.pkg.scope) throw new Unwritable();
    if (obj.pkg === this.x.pkg && !this.own.has(obj)) throw new Unwritable();
    data.byte(Tag.Declared);
    this.package(obj.pkg);
    data.string(obj.name);
  }

  private interface(t: InterfaceType): void {
    const { data } = this;
    if (t === anyInterface || t === emptyInterface) {
      data.byte(t === anyInterface ? Tag.Any : Tag.EmptyInterface);
      return;
    }
    data.byte(Tag.Interface);
    data.bool(t.implicit);
    data.uint(t.methods.length);
    for (const m of t.methods) {
      data.string(m.name);
      this.package(m.pkg);
      this.pos(m.pos);
      this.type(m.type!);
    }
    data.uint(t.embeddeds.length);
    for (const [i, e] of t.embeddeds.entries()) {
      this.type(e);
      this.pos(t.embedPos[i] ?? null);
    }
  }

  private typeParam(t: TypeParamType): void {
    const { data } = this;
    data.byte(Tag.TypeParam);
    data.string(t.obj.name);
    this.package(t.obj.pkg);
    this.pos(t.obj.pos);
    data.uint(t.index);
    this.type(t.bound);
  }

  private variables(vars: readonly VarObj[]): void {
    this.data.uint(vars.length);
    for (const v of vars) this.variable(v);
  }

  private variable(v: VarObj): void {
    this.data.string(v.name);
    this.package(v.pkg);
    this.pos(v.pos);
    this.data.byte(v.varKind);
    this.type(v.type!);
  }
}

function tagOf(obj: Obj): ObjTag {
  switch (obj.kind) {
    case ObjKind.Const:
      return ObjTag.Const;
    case ObjKind.Var:
      return ObjTag.Var;
    case ObjKind.Func:
      return ObjTag.Func;
    default:
      return obj.type!.kind === TypeKind.Alias ? ObjTag.Alias : ObjTag.Type;
  }
}
