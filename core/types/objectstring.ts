/** How objects are described in messages (types2 object.go). */
import { unalias } from './alias.ts';
import { type FuncObj, type Obj, ObjKind, type PackageObj, type TypeNameObj, VarKind } from './object.ts';
import { type SignatureType, TypeKind } from './type.ts';
import { packagePrefix, type Qualifier, signatureString, tParamListString, typeString } from './typestring.ts';
import { under } from './under.ts';
import { emptyInterface, unsafePackage, universe, universeByte, universeRune } from './universe.ts';

/** The name is an alias of a type that is declared elsewhere (types2 TypeName.IsAlias). */
export function isAlias(obj: TypeNameObj): boolean {
  const t = obj.type;
  if (t === null) return false;
  switch (t.kind) {
    case TypeKind.Basic:
      if (obj.pkg === unsafePackage) return false;
      return obj.pkg !== null || t.name !== obj.name || t === universeByte || t === universeRune;
    case TypeKind.Named:
    case TypeKind.TypeParam:
      return obj !== t.obj;
    default:
      return true;
  }
}

/** What kind of thing the object is, in words (types2 objectKind). */
export function objectKind(obj: Obj): string {
  switch (obj.kind) {
    case ObjKind.PkgName:
      return 'package name';
    case ObjKind.Const:
      return 'constant';
    case ObjKind.TypeName:
      if (isAlias(obj)) return 'type alias';
      return obj.type?.kind === TypeKind.TypeParam ? 'type parameter' : 'defined type';
    case ObjKind.Var:
      switch (obj.varKind) {
        case VarKind.PackageVar:
          return 'package-level variable';
        case VarKind.LocalVar:
          return 'local variable';
        case VarKind.RecvVar:
          return 'receiver';
        case VarKind.ParamVar:
          return 'parameter';
        case VarKind.ResultVar:
          return 'result variable';
        case VarKind.FieldVar:
          return 'struct field';
      }
      break;
    case ObjKind.Func:
      return obj.type !== null && (obj.type as SignatureType).recv !== null ? 'method' : 'function';
    case ObjKind.Label:
      return 'label';
    case ObjKind.Builtin:
      return 'built-in function';
    case ObjKind.Nil:
      return 'untyped nil';
  }
  return 'unknown symbol';
}

export function funcName(f: FuncObj, qf: Qualifier | null): string {
  const sig = f.type as SignatureType | null;
  if (sig === null) return f.name;
  if (sig.recv !== null) {
    const t = sig.recv.type!;
    return `(${t.kind === TypeKind.Interface ? 'interface' : typeString(t, qf)}).${f.name}`;
  }
  return (f.pkg === null ? '' : packagePrefix(f.pkg, qf)) + f.name;
}

/** `package "path"`-style name of a package object in messages. */
export function packageString(pkg: PackageObj | null): string {
  return pkg === null ? '<nil>' : `package ${pkg.name} ("${pkg.path}")`;
}

/** Kind, name and type of an object (types2 ObjectString). */
export function objectString(obj: Obj, qf: Qualifier | null): string {
  let typ = obj.type;
  let what: string;
  switch (obj.kind) {
    case ObjKind.PkgName: {
      const path = obj.imported.path;
      return `package ${obj.name}${path !== '' && path !== obj.name ? ` ("${path}")` : ''}`;
    }
    case ObjKind.Const:
      what = 'const';
      break;
    case ObjKind.TypeName:
      what = typ !== null && unalias(typ).kind === TypeKind.TypeParam ? 'type parameter' : 'type';
      break;
    case ObjKind.Var:
      what = obj.isField ? 'field' : 'var';
      break;
    case ObjKind.Func:
      return `func ${funcName(obj, qf)}${typ === null ? '' : signatureString(typ as SignatureType, qf)}`;
    case ObjKind.Label:
      what = 'label';
      typ = null;
      break;
    case ObjKind.Builtin:
      what = 'builtin';
      typ = null;
      break;
    case ObjKind.Nil:
      return 'nil';
  }
  let s = `${what} `;
  if (obj.pkg !== null && obj.pkg.scope.lookup(obj.name) === obj) s += packagePrefix(obj.pkg, qf);
  s += obj.name;
  if (typ === null) return s;
  if (obj.kind === ObjKind.TypeName) {
    if (typ.kind === TypeKind.Basic) return s;
    if ((typ.kind === TypeKind.Named || typ.kind === TypeKind.Alias) && typ.typeParams.length > 0)
      s += tParamListString(typ.typeParams, qf);
    if (isAlias(obj)) {
      s += ' =';
      if (typ.kind === TypeKind.Alias) typ = typ.fromRHS!;
    } else if (typ.kind === TypeKind.TypeParam) typ = typ.bound;
    else typ = under(typ);
  }
  if (obj.name === 'any' && obj.parent === universe) typ = emptyInterface;
  return `${s} ${typeString(typ, qf)}`;
}
