/**
 * What the middle end asks of types. Types in the intermediate representation are the checker's classes, but
 * canonical (`types.ts`): without aliases and type parameters, one object per type of a builder, so that being the same
 * object is all there is to identity, except where gc itself keeps two spellings (byte and uint8, any and interface{})
 * or compares shapes with what they stand for (`identical`).
 */
import type { GoRelease } from '../load/release.ts';
import { byBytes } from '../source/utf8.ts';
import { isExported, PackageObj, TypeNameObj } from '../types/object.ts';
import { Scope } from '../types/scope.ts';
import type { SignatureType, Type } from '../types/type.ts';
import { BasicInfo, BasicKind, BasicType, InterfaceType, NamedType, TypeKind } from '../types/type.ts';
import type { Sym } from './node.ts';

function basic(kind: BasicKind, info: number, name: string): BasicType {
  return new BasicType(kind, info, name);
}

/** The predeclared types of the IR, by BasicKind. */
export const basicTypes: readonly BasicType[] = [
  basic(BasicKind.Invalid, 0, 'invalid type'),
  basic(BasicKind.Bool, BasicInfo.IsBoolean, 'bool'),
  basic(BasicKind.Int, BasicInfo.IsInteger, 'int'),
  basic(BasicKind.Int8, BasicInfo.IsInteger, 'int8'),
  basic(BasicKind.Int16, BasicInfo.IsInteger, 'int16'),
  basic(BasicKind.Int32, BasicInfo.IsInteger, 'int32'),
  basic(BasicKind.Int64, BasicInfo.IsInteger, 'int64'),
  basic(BasicKind.Uint, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'uint'),
  basic(BasicKind.Uint8, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'uint8'),
  basic(BasicKind.Uint16, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'uint16'),
  basic(BasicKind.Uint32, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'uint32'),
  basic(BasicKind.Uint64, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'uint64'),
  basic(BasicKind.Uintptr, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'uintptr'),
  basic(BasicKind.Float32, BasicInfo.IsFloat, 'float32'),
  basic(BasicKind.Float64, BasicInfo.IsFloat, 'float64'),
  basic(BasicKind.Complex64, BasicInfo.IsComplex, 'complex64'),
  basic(BasicKind.Complex128, BasicInfo.IsComplex, 'complex128'),
  basic(BasicKind.String, BasicInfo.IsString, 'string'),
  basic(BasicKind.UnsafePointer, 0, 'unsafe.Pointer'),
  basic(BasicKind.UntypedBool, BasicInfo.IsBoolean | BasicInfo.IsUntyped, 'untyped bool'),
  basic(BasicKind.UntypedInt, BasicInfo.IsInteger | BasicInfo.IsUntyped, 'untyped int'),
  basic(BasicKind.UntypedRune, BasicInfo.IsInteger | BasicInfo.IsUntyped, 'untyped rune'),
  basic(BasicKind.UntypedFloat, BasicInfo.IsFloat | BasicInfo.IsUntyped, 'untyped float'),
  basic(BasicKind.UntypedComplex, BasicInfo.IsComplex | BasicInfo.IsUntyped, 'untyped complex'),
  basic(BasicKind.UntypedString, BasicInfo.IsString | BasicInfo.IsUntyped, 'untyped string'),
  basic(BasicKind.UntypedNil, BasicInfo.IsUntyped, 'untyped nil'),
];
export const boolType = basicTypes[BasicKind.Bool];
export const intType = basicTypes[BasicKind.Int];
export const uintType = basicTypes[BasicKind.Uint];
export const uint8Type = basicTypes[BasicKind.Uint8];
export const int32Type = basicTypes[BasicKind.Int32];
export const uintptrType = basicTypes[BasicKind.Uintptr];
export const stringType = basicTypes[BasicKind.String];
export const unsafePointerType = basicTypes[BasicKind.UnsafePointer];
/** `byte`, printed so where it was written. */
export const byteType = basic(BasicKind.Uint8, BasicInfo.IsInteger | BasicInfo.IsUnsigned, 'byte');
/** `rune`, printed so where it was written. */
export const runeType = basic(BasicKind.Int32, BasicInfo.IsInteger, 'rune');

function emptyInterface(): InterfaceType {
  const t = new InterfaceType([], [], []);
  t.complete = true;
  return t;
}
/** `interface {}` as written. */
export const interfaceType = emptyInterface();
/** `any` as written. */
export const anyType = emptyInterface();

/** The pseudo-package of shapes (types.ShapePkg). */
export const shapePkg = new PackageObj('go.shape', 'go.shape', new Scope(null, null, null));

/** The underlying type. */
export function under(t: Type): Type {
  return t.kind === TypeKind.Named ? t.underlying! : t;
}

/** Name of a defined type (types.Type.Sym): predeclared ones have no package; null for type literals. */
export function typeSym(t: Type): Sym | null {
  if (t.kind === TypeKind.Named) return { pkg: t.obj.pkg, name: t.obj.name };
  if (t.kind === TypeKind.Basic) return { pkg: null, name: t.name };
  if (t === anyType) return { pkg: null, name: 'any' };
  return null;
}

/** The type is a defined or predeclared one (types.Type.Sym() != nil). */
export function hasName(t: Type): boolean {
  return t.kind === TypeKind.Named || t.kind === TypeKind.Basic || t === anyType;
}

export function isPointer(t: Type): boolean {
  return under(t).kind === TypeKind.Pointer;
}
export function isSlice(t: Type): boolean {
  return under(t).kind === TypeKind.Slice;
}
export function isArray(t: Type): boolean {
  return under(t).kind === TypeKind.Array;
}
export function isStruct(t: Type): boolean {
  return under(t).kind === TypeKind.Struct;
}
export function isMap(t: Type): boolean {
  return under(t).kind === TypeKind.Map;
}
export function isChan(t: Type): boolean {
  return under(t).kind === TypeKind.Chan;
}
export function isInterface(t: Type): boolean {
  return under(t).kind === TypeKind.Interface;
}
export function isEmptyInterface(t: Type): boolean {
  const u = under(t);
  return u.kind === TypeKind.Interface && u.methods.length === 0;
}

/** BasicInfo bits of the underlying type, 0 when that is no basic type. */
export function basicInfo(t: Type): number {
  const u = under(t);
  return u.kind === TypeKind.Basic ? u.info : 0;
}
/** BasicKind of the underlying type, Invalid when that is no basic type. */
export function basicKind(t: Type): BasicKind {
  const u = under(t);
  return u.kind === TypeKind.Basic ? u.basic : BasicKind.Invalid;
}
export function isString(t: Type): boolean {
  return (basicInfo(t) & BasicInfo.IsString) !== 0;
}
export function isInteger(t: Type): boolean {
  return (basicInfo(t) & BasicInfo.IsInteger) !== 0;
}
export function isUnsigned(t: Type): boolean {
  return (basicInfo(t) & BasicInfo.IsUnsigned) !== 0;
}
export function isFloat(t: Type): boolean {
  return (basicInfo(t) & BasicInfo.IsFloat) !== 0;
}
export function isComplex(t: Type): boolean {
  return (basicInfo(t) & BasicInfo.IsComplex) !== 0;
}
export function isUntyped(t: Type): boolean {
  return t.kind === TypeKind.Basic && (t.info & BasicInfo.IsUntyped) !== 0;
}
export function isUintptr(t: Type): boolean {
  return basicKind(t) === BasicKind.Uintptr;
}
export function isUnsafePointer(t: Type): boolean {
  return basicKind(t) === BasicKind.UnsafePointer;
}
/** Boolean or number (types.IsSimple). */
export function isSimple(t: Type | null): boolean {
  return t !== null && (basicInfo(t) & (BasicInfo.IsBoolean | BasicInfo.IsNumeric)) !== 0;
}

/** Element type of a pointer, slice, array, channel or map; the type itself when it has none. */
export function elemOf(t: Type): Type {
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Pointer:
    case TypeKind.Slice:
    case TypeKind.Array:
    case TypeKind.Chan:
    case TypeKind.Map:
      return u.elem;
    default:
      return t;
  }
}

/** The signature that is the type's underlying type, or null. */
export function signatureOf(t: Type): SignatureType | null {
  const u = under(t);
  return u.kind === TypeKind.Signature ? u : null;
}

/** The type is a shape (types.Type.IsShape). */
export function isShape(t: Type): boolean {
  return t.kind === TypeKind.Named && t.obj.pkg === shapePkg;
}

/** Named types with a shape among their type arguments; set when they are made. */
export const shapedNamed = new WeakSet<NamedType>();
const shapeCache = new WeakMap<Type, boolean>();

/** A shape occurs in the type (types.Type.HasShape). */
export function hasShape(t: Type): boolean {
  if (t.kind === TypeKind.Basic) return false;
  if (t.kind === TypeKind.Named) return t.obj.pkg === shapePkg || shapedNamed.has(t);
  let r = shapeCache.get(t);
  if (r === undefined) {
    r = hasShapeIn(t);
    shapeCache.set(t, r);
  }
  return r;
}

function hasShapeIn(t: Type): boolean {
  switch (t.kind) {
    case TypeKind.Pointer:
    case TypeKind.Slice:
    case TypeKind.Array:
    case TypeKind.Chan:
      return hasShape(t.elem);
    case TypeKind.Map:
      return hasShape(t.key) || hasShape(t.elem);
    case TypeKind.Struct:
      return t.fields.some(f => hasShape(f.type!));
    case TypeKind.Tuple:
      return t.vars.some(v => hasShape(v.type!));
    case TypeKind.Signature:
      return hasShape(t.params) || hasShape(t.results) || (t.recv !== null && hasShape(t.recv.type!));
    case TypeKind.Interface:
      return t.methods.some(m => hasShape(m.type!));
    default:
      return false;
  }
}

const pointerCache = new WeakMap<Type, boolean>();

/** The type's values hold pointers that the collector follows (types.Type.HasPointers). */
export function hasPointers(t: Type): boolean {
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Basic:
      return u.basic === BasicKind.String || u.basic === BasicKind.UnsafePointer || u.basic === BasicKind.UntypedString;
    case TypeKind.Pointer:
      return !notInHeap(u.elem);
    case TypeKind.Array:
      return u.len !== 0 && hasPointers(u.elem);
    case TypeKind.Struct:
    case TypeKind.Tuple: {
      let r = pointerCache.get(u);
      if (r === undefined) {
        r = (u.kind === TypeKind.Struct ? u.fields : u.vars).some(f => hasPointers(f.type!));
        pointerCache.set(u, r);
      }
      return r;
    }
    default:
      return true;
  }
}

/** internal/runtime/sys.NotInHeap is part of the type: pointers to it are plain numbers (types.Type.NotInHeap). */
export function notInHeap(t: Type): boolean {
  if (t.kind === TypeKind.Named && t.obj.name === 'nih' && t.obj.pkg?.path === 'internal/runtime/sys') return true;
  if (t.kind === TypeKind.Named && t.underlying === null) return false;
  const u = under(t);
  if (u.kind === TypeKind.Array) return notInHeap(u.elem);
  if (u.kind !== TypeKind.Struct) return false;
  let r = notInHeapCache.get(u);
  if (r === undefined) {
    r = u.fields.some(f => notInHeap(f.type!));
    notInHeapCache.set(u, r);
  }
  return r;
}
const notInHeapCache = new WeakMap<Type, boolean>();

/** Values are one pointer word and stand in an interface as they are (types.IsDirectIface). */
export function isDirectIface(t: Type, release: GoRelease): boolean {
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Pointer:
      return !notInHeap(u.elem);
    case TypeKind.Chan:
    case TypeKind.Map:
    case TypeKind.Signature:
      return true;
    case TypeKind.Basic:
      return u.basic === BasicKind.UnsafePointer;
    case TypeKind.Array:
      return u.len === 1 && isDirectIface(u.elem, release);
    case TypeKind.Struct: {
      if (!release.directBesideNothing) return u.fields.length === 1 && isDirectIface(u.fields[0].type!, release);
      let words = 0;
      for (const f of u.fields) {
        if (isZeroSize(f.type!)) continue;
        if (!isDirectIface(f.type!, release)) return false;
        words++;
      }
      return words === 1;
    }
    default:
      return false;
  }
}

/** Values take no memory on any architecture. */
export function isZeroSize(t: Type): boolean {
  const u = under(t);
  if (u.kind === TypeKind.Array) return u.len === 0 || isZeroSize(u.elem);
  if (u.kind === TypeKind.Struct) return u.fields.every(f => isZeroSize(f.type!));
  return false;
}

/** gc's order of methods and fields (types.CompareSyms): exported first, by name, then by package path. */
export function compareSyms(a: Sym, b: Sym): number {
  const ea = isExported(a.name);
  const eb = isExported(b.name);
  if (ea !== eb) return ea ? -1 : 1;
  if (a.name !== b.name) return byBytes(a.name, b.name);
  return ea ? 0 : byBytes(a.pkg?.path ?? '', b.pkg?.path ?? '');
}

const enum Same {
  Plain = 0,
  IgnoreTags = 1,
  Strict = 2,
}

/** gc's types.Identical: a shape is identical to whatever it may stand for. */
export function identical(a: Type | null, b: Type | null): boolean {
  return a === b || same(a, b, Same.Plain, null);
}
/** types.IdenticalIgnoreTags: struct tags do not count. */
export function identicalIgnoreTags(a: Type, b: Type): boolean {
  return a === b || same(a, b, Same.IgnoreTags, null);
}
/** types.IdenticalStrict: shapes are types of their own. */
export function identicalStrict(a: Type, b: Type): boolean {
  return a === b || same(a, b, Same.Strict, null);
}

function same(a: Type | null, b: Type | null, mode: Same, assumed: [Type, Type][] | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const ua = under(a);
  const ub = under(b);
  if (ua.kind !== ub.kind) return false;
  if (ua.kind === TypeKind.Basic && ub.kind === TypeKind.Basic && ua.basic !== ub.basic) return false;
  if (hasName(a) || hasName(b)) {
    if (mode !== Same.Strict && (hasShape(a) || hasShape(b))) {
      if (ua.kind === TypeKind.Basic || ua.kind === TypeKind.Pointer) return true;
    } else {
      // Two spellings of one type; other predeclared types are single objects.
      if (a.kind === TypeKind.Basic && b.kind === TypeKind.Basic) return true;
      if (ua.kind === TypeKind.Interface) {
        const eface = (t: Type) => t === anyType || (t.kind === TypeKind.Interface && t.methods.length === 0);
        return (a === anyType && eface(b)) || (b === anyType && eface(a));
      }
      return false;
    }
  }
  if (assumed === null) assumed = [];
  else if (assumed.some(p => p[0] === a && p[1] === b)) return true;
  assumed.push([a, b]);
  const eq = (x: Type | null, y: Type | null) => same(x, y, mode, assumed);
  switch (ua.kind) {
    case TypeKind.Interface: {
      const ms = (ub as InterfaceType).methods;
      return (
        ua.methods.length === ms.length &&
        ua.methods.every((m, i) => m.name === ms[i].name && sameSymPkg(m, ms[i]) && eq(m.type, ms[i].type))
      );
    }
    case TypeKind.Struct: {
      const other = ub as typeof ua;
      return (
        ua.fields.length === other.fields.length &&
        ua.fields.every((f, i) => {
          const g = other.fields[i];
          return (
            f.name === g.name &&
            f.embedded === g.embedded &&
            sameSymPkg(f, g) &&
            eq(f.type, g.type) &&
            (mode === Same.IgnoreTags || (ua.tags[i] ?? '') === (other.tags[i] ?? ''))
          );
        })
      );
    }
    case TypeKind.Signature: {
      const other = ub as SignatureType;
      return (
        ua.variadic === other.variadic &&
        (ua.recv === null) === (other.recv === null) &&
        eq(ua.params, other.params) &&
        eq(ua.results, other.results)
      );
    }
    case TypeKind.Tuple: {
      const vars = (ub as typeof ua).vars;
      return ua.vars.length === vars.length && ua.vars.every((v, i) => eq(v.type, vars[i].type));
    }
    case TypeKind.Array:
      return ua.len === (ub as typeof ua).len && eq(ua.elem, (ub as typeof ua).elem);
    case TypeKind.Chan:
      return ua.dir === (ub as typeof ua).dir && eq(ua.elem, (ub as typeof ua).elem);
    case TypeKind.Map:
      return eq(ua.key, (ub as typeof ua).key) && eq(ua.elem, (ub as typeof ua).elem);
    case TypeKind.Pointer:
    case TypeKind.Slice:
      return eq(ua.elem, (ub as typeof ua).elem);
    default:
      return true;
  }
}

/** Fields and methods of one name are the same symbol: unexported ones only within a package. */
function sameSymPkg(a: { name: string; pkg: PackageObj | null }, b: { pkg: PackageObj | null }): boolean {
  return isExported(a.name) || a.pkg === b.pkg;
}

const simKinds: readonly BasicKind[] = basicTypes.map(t => t.basic);

/** Representation of a numeric kind (types.SimType): int is as wide as a pointer. */
export function simKind(kind: BasicKind, ptrSize: number): BasicKind {
  switch (kind) {
    case BasicKind.Int:
      return ptrSize === 8 ? BasicKind.Int64 : BasicKind.Int32;
    case BasicKind.Uint:
    case BasicKind.Uintptr:
      return ptrSize === 8 ? BasicKind.Uint64 : BasicKind.Uint32;
    default:
      return simKinds[kind];
  }
}

/** A type name for a type that the compiler makes up. */
export function makeTypeName(name: string, pkg: PackageObj | null): TypeNameObj {
  return new TypeNameObj(name, pkg, null, null);
}

/** A named type with everything that the middle end wants of one. */
export function makeNamed(name: string, pkg: PackageObj | null): NamedType {
  const obj = makeTypeName(name, pkg);
  const t = new NamedType(obj, null, []);
  obj.type = t;
  return t;
}
