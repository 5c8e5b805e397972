/** Struct types (types2 struct). */
import { unquote } from '../constant/ops.ts';
import type { Pos } from '../source/text.ts';
import {
  type BasicLit,
  type Expr,
  Kind,
  LitKind,
  type Name,
  NodeFlag,
  Op,
  type StructType as StructExpr,
} from '../syntax/ast.ts';
import { later } from './check.ts';
import type { Checker } from './checker.ts';
import { error, newError } from './errors.ts';
import { str } from './format.ts';
import { deref } from './lookup.ts';
import { newVar, type Obj, VarKind, type VarObj } from './object.ts';
import { ObjSet } from './objset.ts';
import { nodePos, startPos, syntheticName } from './position.ts';
import { isTypeParam, isValid } from './predicates.ts';
import { recordDef } from './recording.ts';
import { BasicKind, type StructType, type Type, TypeKind } from './type.ts';
import { varType } from './typexpr.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';

export function structType(c: Checker, styp: StructType, e: StructExpr): void {
  const fields: VarObj[] = [];
  let tags: string[] | null = null;
  const fset = new ObjSet();
  const add = (ident: Name, typ: Type, tag: string, embedded: boolean): void => {
    if (tag !== '' && tags === null) tags = new Array(fields.length).fill('');
    if (tags !== null) tags.push(tag);
    const pos = nodePos(ident);
    const fld = newVar(VarKind.FieldVar, pos, c.pkg, ident.value, typ);
    fld.embedded = embedded;
    if (ident.value === '_' || declareInSet(c, fset, pos, fld)) {
      fields.push(fld);
      if (ident.id >= 0) recordDef(c, ident, fld);
    }
  };

  let typ: Type = Typ[BasicKind.Invalid];
  let prev: Expr | null = null;
  for (let i = 0; i < e.fieldList.length; i++) {
    const f = e.fieldList[i];
    // Names of one list share their type.
    if (f.type !== prev) {
      typ = varType(c, f.type);
      prev = f.type;
    }
    const tagLit = e.tagList[i] ?? null;
    const tag = tagLit === null ? '' : tagOf(c, tagLit);
    if (f.name !== null) {
      add(f.name, typ, tag, false);
      continue;
    }
    const pos = startPos(f.type);
    const name = embeddedFieldIdent(f.type);
    if (name === null) {
      error(c, pos, `invalid syntax tree: invalid embedded field type ${str(c, f.type)}`);
      add(syntheticName(f.unit, f.pos, '_'), Typ[BasicKind.Invalid], '', true);
      continue;
    }
    add(name, typ, tag, true);
    const embedded = typ;
    later(c, () => checkEmbedded(c, pos, embedded));
  }
  styp.fields = fields;
  styp.tags = tags ?? [];
}

/** Embedded types are defined types or pointers to them, but not pointers to interfaces or type parameters. */
function checkEmbedded(c: Checker, pos: Pos, embedded: Type): void {
  const [t, isPtr] = deref(embedded);
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Basic:
      if (isValid(t) && u.basic === BasicKind.UnsafePointer)
        error(c, pos, 'embedded field type cannot be unsafe.Pointer');
      break;
    case TypeKind.Pointer:
      error(c, pos, 'embedded field type cannot be a pointer');
      break;
    case TypeKind.Interface:
      if (isTypeParam(t)) error(c, pos, 'embedded field type cannot be a (pointer to a) type parameter');
      else if (isPtr) error(c, pos, 'embedded field type cannot be a pointer to an interface');
      break;
    default:
  }
}

/** The name of an embedded field's type. */
function embeddedFieldIdent(e: Expr): Name | null {
  switch (e.kind) {
    case Kind.Name:
      return e;
    case Kind.Operation: {
      if (e.op !== Op.Mul || e.y !== null) return null;
      // **T is not permitted.
      const base = e.x;
      if (base.kind === Kind.Operation && base.op === Op.Mul && base.y === null) return null;
      return embeddedFieldIdent(base);
    }
    case Kind.SelectorExpr:
      return e.sel;
    case Kind.IndexExpr:
      return embeddedFieldIdent(e.x);
    default:
      return null;
  }
}

export function declareInSet(c: Checker, set: ObjSet, pos: Pos, obj: Obj): boolean {
  const alt = set.insert(obj);
  if (alt === null) return true;
  newError(c).addf(pos, `${obj.name} redeclared`).addAltDecl(alt).report();
  return false;
}

/** Bytes of a field tag. */
function tagOf(c: Checker, t: BasicLit): string {
  if ((t.flags & NodeFlag.BadLit) !== 0) return '';
  if (t.litKind === LitKind.String) {
    const tag = unquote(t.value);
    if (tag !== null) return tag;
  }
  error(c, t, `invalid syntax tree: incorrect tag syntax: ${JSON.stringify(t.value)}`);
  return '';
}
