/** Literals: basic, function and composite (spec "Operands"). */
import * as constant from '../constant/ops.ts';
import {
  type BasicLit,
  type CompositeLit,
  type Expr,
  type FuncLit,
  Kind,
  LitKind,
  type Name,
  NodeFlag,
} from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { assignment } from './assignments.ts';
import { use } from './call.ts';
import { later } from './check.ts';
import type { Checker } from './checker.ts';
import { overflow } from './const.ts';
import { error, versionErrorf } from './errors.ts';
import { lookupError } from './errsupport.ts';
import { assignedExpr, exprWithHint, keyVal } from './expr.ts';
import { str } from './format.ts';
import { index } from './index.ts';
import { Mode } from './info.ts';
import { deref, fieldIndex, lookupFieldOrMethod } from './lookup.ts';
import { isExported, ObjKind, type VarObj } from './object.ts';
import { Operand, setConst } from './operand.ts';
import { opPos } from './position.ts';
import { identical, isNonTypeParamInterface, isValid } from './predicates.ts';
import { recordTypeAndValue, recordUse } from './recording.ts';
import { funcBody } from './stmt.ts';
import { ArrayType, BasicKind, type StructType, type Type, TypeKind } from './type.ts';
import { typ, varType } from './typexpr.ts';
import { commonUnder, under } from './under.ts';
import { Typ } from './universe.ts';
import { allowVersion, go1_13, go1_27, release, verifyVersionf } from './version.ts';

/** Number syntax that needs a newer language version (types2 Checker.langCompat). */
function langCompat(c: Checker, lit: BasicLit): void {
  const s = lit.value;
  if (s.length <= 2 || allowVersion(c, go1_13)) return;
  if (s.includes('_')) {
    versionErrorf(c, lit, go1_13, 'underscore in numeric literal');
    return;
  }
  if (s[0] !== '0') return;
  const radix = s[1].toLowerCase();
  if (radix === 'b') versionErrorf(c, lit, go1_13, 'binary literal');
  else if (radix === 'o') versionErrorf(c, lit, go1_13, '0o/0O-style octal literal');
  else if (radix === 'x' && lit.litKind !== LitKind.Int)
    versionErrorf(c, lit, go1_13, 'hexadecimal floating-point literal');
}

/** The constant of a literal (types2 Checker.basicLit). */
export function basicLit(c: Checker, x: Operand, e: BasicLit): void {
  if ((e.flags & NodeFlag.BadLit) !== 0) {
    x.mode = Mode.Invalid;
    return;
  }
  if (e.litKind === LitKind.Int || e.litKind === LitKind.Float || e.litKind === LitKind.Imag) {
    langCompat(c, e);
    if (e.value.length > 10000) {
      error(c, e, `excessively long constant: ${e.value.slice(0, 10)}... (${e.value.length} chars)`);
      x.mode = Mode.Invalid;
      return;
    }
  }
  setConst(x, e.litKind, e.value);
  if (x.mode === Mode.Invalid) {
    error(c, e, `malformed constant: ${e.value}`);
    return;
  }
  x.expr = e;
  overflow(c, x, opPos(e));
}

/** A function literal; its body is checked as soon as the current statement is done, in the declaration's name. */
export function funcLit(c: Checker, x: Operand, e: FuncLit): void {
  const sig = typ(c, e.type);
  if (sig.kind !== TypeKind.Signature) {
    error(c, e, `invalid syntax tree: invalid function literal ${exprString(e)}`);
    x.mode = Mode.Invalid;
    return;
  }
  if ((c.conf.funcBodies || c.env.sig !== null) && e.body !== null) {
    const { decl, iota } = c.env;
    later(c, () => funcBody(c, decl, sig, e.body, iota));
  }
  x.mode = Mode.Value;
  x.type = sig;
}

/** T{…}; with `hint` the element type of the enclosing literal stands for a missing T (types2 Checker.compositeLit). */
export function compositeLit(c: Checker, x: Operand, e: CompositeLit, hint: Type | null): void {
  let type: Type;
  let base: Type;
  let isElem = false;
  if (e.type !== null) {
    if (e.type.kind === Kind.ArrayType && e.type.len === null) {
      // [...]T: the length is known after the elements.
      type = new ArrayType(-1, varType(c, e.type.elem));
    } else type = typ(c, e.type);
    base = type;
  } else if (hint !== null) {
    type = base = hint;
    // *T stands for &T{}.
    const [u] = commonUnder(base, null);
    if (u !== null) {
      const [b, ok] = deref(u);
      if (ok) base = b;
    }
    isElem = true;
  } else {
    error(c, e, 'missing type in composite literal');
    type = base = Typ[BasicKind.Invalid];
  }

  const utyp = commonUnder(base, null)[0];
  switch (utyp?.kind) {
    case TypeKind.Struct:
      structLit(c, x, e, base, utyp);
      break;
    case TypeKind.Array: {
      const n = indexedElts(c, e.elemList, utyp.elem, utyp.len);
      // Also for [n]T with an invalid n.
      if (utyp.len < 0) {
        utyp.len = n;
        if (e.type !== null) recordTypeAndValue(c, e.type, Mode.TypExpr, utyp, null);
      }
      break;
    }
    case TypeKind.Slice:
      noteLength(c, utyp.elem, indexedElts(c, e.elemList, utyp.elem, -1));
      break;
    case TypeKind.Map:
      mapLit(c, x, e, utyp.key, utyp.elem);
      break;
    default:
      for (const el of e.elemList) use(c, [el.kind === Kind.KeyValueExpr ? el.value : el]);
      if (utyp === null || isValid(utyp)) {
        const qualifier = isElem ? ' element' : '';
        const cause = utyp === null ? ' (no common underlying type)' : '';
        error(c, e, `invalid composite literal${qualifier} type ${str(c, type)}${cause}`);
        x.mode = Mode.Invalid;
        return;
      }
  }
  x.mode = Mode.Value;
  x.type = type;
}

function structLit(c: Checker, x: Operand, e: CompositeLit, base: Type, utyp: StructType): void {
  if (e.elemList.length === 0) return;
  const fields = utyp.fields;
  const mixture = 'mixture of field:value and value elements in struct literal';
  if (e.elemList[0].kind === Kind.KeyValueExpr) {
    const visited: { fld: VarObj; path: number[] }[] = [];
    for (const kv of e.elemList) {
      if (kv.kind !== Kind.KeyValueExpr) {
        error(c, kv, mixture);
        continue;
      }
      const key = kv.key;
      assignedExpr(c, x, kv.value);
      if (key.kind !== Kind.Name) {
        error(c, kv, `invalid field name ${exprString(key)} in struct literal`);
        continue;
      }
      const found = literalField(c, base, utyp, key);
      if (found === null) continue;
      const { fld, path } = found;
      recordUse(c, key, fld);
      assignment(c, x, fld.type, 'struct literal');
      const clash = visited.find(v => v.path.every((i, k) => k >= path.length || i === path[k]));
      if (clash === undefined) visited.push(found);
      else if (clash.fld === fld) error(c, kv, `duplicate field name ${fld.name} in struct literal`);
      else {
        const [inner, outer] =
          clash.path.length < path.length
            ? ['promoted field', 'enclosing embedded field']
            : ['embedded field', 'enclosed promoted field'];
        error(c, kv, `cannot specify ${inner} ${fld.name} and ${outer} ${clash.fld.name}`);
      }
    }
    return;
  }
  for (let i = 0; i < e.elemList.length; i++) {
    const el = e.elemList[i];
    if (el.kind === Kind.KeyValueExpr) {
      error(c, el, mixture);
      continue;
    }
    assignedExpr(c, x, el);
    if (i >= fields.length) {
      error(c, x, `too many values in struct literal of type ${str(c, base)}`);
      break;
    }
    const fld = fields[i];
    if (!isExported(fld.name) && fld.pkg !== c.pkg) {
      error(c, x, `implicit assignment to unexported field ${fld.name} in struct literal of type ${str(c, base)}`);
      continue;
    }
    assignment(c, x, fld.type, 'struct literal');
  }
  if (e.elemList.length < fields.length)
    error(c, { base: e.unit, off: e.end - 1 }, `too few values in struct literal of type ${str(c, base)}`);
}

/** The field that a key of a struct literal names, which since Go 1.27 may be one of an embedded struct. */
function literalField(c: Checker, base: Type, utyp: StructType, key: Name): { fld: VarObj; path: number[] } | null {
  const { fields } = utyp;
  const i = fieldIndex(fields, c.pkg, key.value, false);
  if (i >= 0) return { fld: fields[i], path: [i] };
  if (release(c) < go1_27) {
    const j = fieldIndex(fields, c.pkg, key.value, true);
    error(c, key, lookupError(c, base, key.value, j >= 0 ? fields[j] : null, true));
    return null;
  }
  const { obj, index: path, indirect } = lookupFieldOrMethod(utyp, false, c.pkg, key.value, false);
  if (obj === null) {
    const alt = lookupFieldOrMethod(utyp, false, c.pkg, key.value, true).obj;
    error(c, key, lookupError(c, base, key.value, alt, true));
  } else if (obj.kind !== ObjKind.Var) error(c, key, `${key.value} is not a field`);
  else {
    const what = `use of promoted field ${fieldPath(utyp, path!)} in struct literal of type ${str(c, base)}`;
    if (!verifyVersionf(c, key, go1_27, what)) return null;
    if (!indirect) return { fld: obj, path: path! };
    error(c, key, `invalid implicit pointer indirection to reach ${key.value}`);
  }
  return null;
}

/** The names of the fields on the way to a promoted one, with dots. */
function fieldPath(utyp: StructType, path: readonly number[]): string {
  const names: string[] = [];
  let t: Type = utyp;
  for (const i of path) {
    const s: Type = under(deref(t)[0]);
    if (s.kind !== TypeKind.Struct) break;
    names.push(s.fields[i].name);
    t = s.fields[i].type!;
  }
  return names.join('.');
}

function mapLit(c: Checker, x: Operand, e: CompositeLit, keyType: Type, elem: Type): void {
  // A constant key in an interface is another key with another type.
  const keyIsInterface = isNonTypeParamInterface(keyType);
  const visited = new Map<string, Type[]>();
  for (const kv of e.elemList) {
    if (kv.kind !== Kind.KeyValueExpr) {
      error(c, kv, 'missing key in map literal');
      continue;
    }
    exprWithHint(c, x, kv.key, keyType);
    assignment(c, x, keyType, 'map literal');
    if (x.mode === Mode.Invalid) continue;
    if (x.mode === Mode.Constant) {
      const xkey = keyVal(x.val!);
      const types = visited.get(xkey);
      const xt = x.type!;
      if (types !== undefined && (!keyIsInterface || types.some(t => identical(t, xt)))) {
        error(c, x, `duplicate key ${constant.valueString(x.val!)} in map literal`);
        continue;
      }
      if (types === undefined) visited.set(xkey, [xt]);
      else types.push(xt);
    }
    exprWithHint(c, x, kv.value, elem);
    assignment(c, x, elem, 'map literal');
  }
}

/** Remembers what may be a large array behind a slice. */
function noteLength(c: Checker, elem: Type, len: number): void {
  if (len > longLiteral) c.longLiterals.push({ len, elem });
}
const longLiteral = 2 ** 16;

/** Checks the elements of an array or slice literal; the length, if not negative, bounds the indices. The result is the
 * greatest index + 1 (types2 Checker.indexedElts). */
function indexedElts(c: Checker, elts: Expr[], elemType: Type, length: number): number {
  let visited: Set<number> | null = null;
  let i = 0;
  let max = 0;
  // Indices that only count up need no set until one is given.
  let dense = true;
  for (const e of elts) {
    let validIndex = false;
    let value = e;
    if (e.kind === Kind.KeyValueExpr) {
      if (dense) {
        dense = false;
        visited = new Set();
        for (let k = 0; k < max; k++) visited.add(k);
      }
      const [t, v] = index(c, e.key, length);
      if (isValid(t)) {
        if (v >= 0n) {
          i = Number(v);
          validIndex = true;
        } else error(c, e, `index ${exprString(e.key)} must be integer constant`);
      }
      value = e.value;
    } else if (length >= 0 && i >= length) error(c, e, `index ${i} is out of bounds (>= ${length})`);
    else validIndex = true;
    if (validIndex && visited !== null) {
      if (visited.has(i)) error(c, e, `duplicate index ${i} in array or slice literal`);
      visited.add(i);
    }
    i++;
    if (i > max) max = i;

    const x = new Operand();
    exprWithHint(c, x, value, elemType);
    assignment(c, x, elemType, 'array or slice literal');
  }
  return max;
}
