/** The things that names denote (types2's Object). */
import type { Value } from '../constant/value.ts';
import type { Pos } from '../source/text.ts';
import type { Scope } from './scope.ts';
import type { SignatureType, Type } from './type.ts';

export const enum ObjKind {
  PkgName,
  Const,
  TypeName,
  Var,
  Func,
  Label,
  Builtin,
  Nil,
}

export type Obj = PkgNameObj | ConstObj | TypeNameObj | VarObj | FuncObj | LabelObj | BuiltinObj | NilObj;

/** A package as its importers see it, and as the checker fills it. */
export class PackageObj {
  scope: Scope;
  /** Directly imported packages, sorted by path. */
  imports: PackageObj[] = [];
  complete = false;
  /** Its members are unknown: names looked up in it are silently invalid. */
  fake = false;
  /** The package `C` of cgo. */
  cgo = false;
  /** Language version from go.mod, such as `go1.26`. */
  goVersion = '';
  constructor(
    /** Import path after vendoring and GOROOT rules; the linker's name for the package ("main" for main packages). */
    readonly path: string,
    public name: string,
    scope: Scope,
  ) {
    this.scope = scope;
  }
}

abstract class ObjBase {
  parent: Scope | null = null;
  /** Source order of package-level objects, from 1; 0 for all others. */
  order = 0;
  /** Where the object's scope begins (after its declaration), or null for the whole scope. */
  scopePos: Pos | null = null;
  /** Declares the object; to be called once, when its type is first asked for (types/lazy.ts). */
  pending: ((obj: Obj) => void) | null = null;
  private typ: Type | null;
  constructor(
    readonly name: string,
    public pkg: PackageObj | null,
    /** Position of the name in its declaration; null for predeclared and synthetic objects. */
    public pos: Pos | null,
    type: Type | null,
  ) {
    this.typ = type;
  }
  /** Null while it is not known; asking for that of an imported package's object declares it. */
  get type(): Type | null {
    const declare = this.pending;
    if (declare !== null) {
      this.pending = null;
      declare(this as unknown as Obj);
    }
    return this.typ;
  }
  set type(t: Type | null) {
    this.typ = t;
  }
  /** The type as far as it is known; declares nothing. */
  get knownType(): Type | null {
    return this.typ;
  }
}

/** An object by name across packages: exported names stand for themselves (types2 Id). */
export function objId(pkg: PackageObj | null, name: string): string {
  if (isExported(name)) return name;
  return `${pkg === null || pkg.path === '' ? '_' : pkg.path}.${name}`;
}

/** Equal under Unicode case folding (strings.EqualFold). */
export function equalFold(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase();
}

/** Same package by path; null is only the same as null (types2 samePkg). */
export function samePkg(a: PackageObj | null, b: PackageObj | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || a.path === b.path;
}

/** The object is what `name` denotes in package `pkg` (types2 object.sameId). */
export function sameId(obj: Obj, pkg: PackageObj | null, name: string, foldCase: boolean): boolean {
  if (foldCase && equalFold(obj.name, name)) return true;
  if (obj.name !== name) return false;
  return isExported(name) || samePkg(obj.pkg, pkg);
}

export class PkgNameObj extends ObjBase {
  readonly kind = ObjKind.PkgName;
  used = false;
  constructor(
    name: string,
    pkg: PackageObj | null,
    pos: Pos | null,
    readonly imported: PackageObj,
  ) {
    super(name, pkg, pos, null);
  }
}

export class ConstObj extends ObjBase {
  readonly kind = ObjKind.Const;
  val: Value | null = null;
}

export class TypeNameObj extends ObjBase {
  readonly kind = ObjKind.TypeName;
}

export const enum VarKind {
  PackageVar,
  LocalVar,
  RecvVar,
  ParamVar,
  ResultVar,
  FieldVar,
}

export class VarObj extends ObjBase {
  readonly kind = ObjKind.Var;
  varKind: VarKind = VarKind.LocalVar;
  /** Embedded struct field. */
  embedded = false;
  used = false;
  /** For fields and parameters of instances: the variable of the generic declaration. */
  origin: VarObj | null = null;
  get isField(): boolean {
    return this.varKind === VarKind.FieldVar;
  }
}

export function newVar(
  kind: VarKind,
  pos: Pos | null,
  pkg: PackageObj | null,
  name: string,
  type: Type | null,
): VarObj {
  const v = new VarObj(name, pkg, pos, type);
  v.varKind = kind;
  return v;
}

export class FuncObj extends ObjBase {
  readonly kind = ObjKind.Func;
  /** Receiver is a pointer as written; read through `hasPtrRecv(f)`, which knows instances as well. */
  hasPtrRecv = false;
  /** For methods of instances: the method of the generic declaration. */
  origin: FuncObj | null = null;
  get signature(): SignatureType {
    return this.type as SignatureType;
  }
}

export class LabelObj extends ObjBase {
  readonly kind = ObjKind.Label;
  used = false;
}

/** types2's builtinId, same order. */
export const enum BuiltinId {
  Append,
  Cap,
  Clear,
  Close,
  Complex,
  Copy,
  Delete,
  Imag,
  Len,
  Make,
  Max,
  Min,
  New,
  Panic,
  Print,
  Println,
  Real,
  Recover,
  Add,
  Alignof,
  Offsetof,
  Sizeof,
  Slice,
  SliceData,
  String,
  StringData,
  Assert,
  Trace,
}

/** What a call is: only statements (and some built-ins) may stand alone. */
export const enum ExprKind {
  Conversion,
  Expression,
  Statement,
}

export class BuiltinObj extends ObjBase {
  readonly kind = ObjKind.Builtin;
  constructor(
    name: string,
    pkg: PackageObj | null,
    readonly id: BuiltinId,
  ) {
    super(name, pkg, null, null);
  }
}

export class NilObj extends ObjBase {
  readonly kind = ObjKind.Nil;
}

/** Starts with an upper-case letter (Unicode Lu). */
export function isExported(name: string): boolean {
  const c = name.charCodeAt(0);
  if (c < 0x80) return c >= 65 && c <= 90;
  return /^\p{Lu}/u.test(name);
}
