/** Identifiers and type expressions (types2 typexpr). */
import { int64Val, toInt } from '../constant/ops.ts';
import { ValueKind } from '../constant/value.ts';
import {
  type ArrayType as ArrayTypeExpr,
  ChanDir as SyntaxChanDir,
  type Expr,
  Kind,
  type Name,
  Op,
  unpackList,
} from '../syntax/ast.ts';
import { use } from './call.ts';
import { addDeclDep, later, mayBeDeclared } from './check.ts';
import { type Checker, maxDepth } from './checker.ts';
import { representableConst } from './const.ts';
import { cycleError, firstInSrc, objDecl } from './decl.ts';
import { error, invalidOp, softErrorf } from './errors.ts';
import { expr } from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { instance, validateTArgLen, verify } from './instantiate.ts';
import { interfaceType } from './interface.ts';
import { recordMonoInstance } from './mono.ts';
import { newInterface } from './named.ts';
import { ObjKind, type TypeNameObj } from './object.ts';
import { objectKind } from './objectstring.ts';
import { Operand } from './operand.ts';
import { nodePos, startPos } from './position.ts';
import { comparable, isGeneric, isInteger, isTypeParam, isUntyped, isValid, isValidName } from './predicates.ts';
import { recordInstance, recordTypeAndValue, recordUse } from './recording.ts';
import type { Scope } from './scope.ts';
import { selector } from './selector.ts';
import { funcType } from './signature.ts';
import { structType } from './struct.ts';
import {
  type AliasType,
  ArrayType,
  BasicKind,
  ChanDir,
  ChanType,
  MapType,
  type NamedType,
  PointerType,
  SignatureType,
  SliceType,
  StructType,
  type Type,
  TypeKind,
} from './type.ts';
import { computeInterfaceTypeSet, isMethodSet } from './typeset.ts';
import { under } from './under.ts';
import { emptyTuple, Typ, universe, universeComparable, universeIota } from './universe.ts';
import { go1_18, go1_26, release, verifyVersionf } from './version.ts';

const invalidType = Typ[BasicKind.Invalid];

/** The object that the name denotes, as an operand; `wantType` when only a type will do. */
export function ident(c: Checker, x: Operand, e: Name, wantType: boolean): void {
  x.mode = Mode.Invalid;
  x.expr = e;
  const name = e.value;
  let scope: Scope | null = c.env.scope;
  let obj = scope.lookup(name);
  while (obj === null) {
    scope = scope.parent;
    if (scope === null) break;
    obj = scope.lookup(name);
  }
  if (obj === null) {
    if (name === '_') error(c, e, 'cannot use _ as value or type');
    else if (isValidName(name) && !mayBeDeclared(c, name, e)) error(c, e, `undefined: ${name}`);
    return;
  }
  if (obj === universeComparable && !verifyVersionf(c, e, go1_18, `predeclared ${name}`)) return;
  if (name === 'any' && obj.parent === universe && !verifyVersionf(c, e, go1_18, `predeclared ${name}`)) return;
  recordUse(c, e, obj);

  const gotType = obj.kind === ObjKind.TypeName;
  if (!gotType && wantType) {
    error(c, e, `${release(c) < go1_26 ? name : `${name} (${objectKind(obj)})`} is not a type`);
    if (obj.kind === ObjKind.Var && obj.pkg === c.pkg) obj.used = true;
    return;
  }

  // Types are visited even if they have a type already, so that cycles are found.
  if (obj.type === null || (gotType && wantType && obj.pkg === c.pkg)) objDecl(c, obj);
  const typ = obj.type!;

  if (c.dotImportMap.size > 0 && scope !== null) {
    const pkgName = c.dotImportMap.get(scope)?.get(name);
    if (pkgName !== undefined) pkgName.used = true;
  }

  switch (obj.kind) {
    case ObjKind.PkgName:
      error(c, e, `use of package ${name} not in selector`);
      return;
    case ObjKind.Const:
      addDeclDep(c, obj);
      if (!isValid(typ)) return;
      if (obj === universeIota) {
        if (c.env.iota === null) {
          error(c, e, 'cannot use iota outside constant declaration');
          return;
        }
        x.val = c.env.iota;
      } else x.val = obj.val;
      x.mode = Mode.Constant;
      break;
    case ObjKind.TypeName:
      x.mode = Mode.TypExpr;
      break;
    case ObjKind.Var:
      // Variables of other packages may be looked at by several checkers.
      if (obj.pkg === c.pkg) obj.used = true;
      addDeclDep(c, obj);
      if (!isValid(typ)) return;
      x.mode = Mode.Variable;
      break;
    case ObjKind.Func:
      addDeclDep(c, obj);
      x.mode = Mode.Value;
      break;
    case ObjKind.Builtin:
      x.id = obj.id;
      x.mode = Mode.Builtin;
      break;
    case ObjKind.Nil:
      x.mode = Mode.NilValue;
      break;
    default:
      return;
  }
  x.type = typ;
}

/** The type that e denotes; invalid after an error. */
export function typ(c: Checker, e: Expr): Type {
  return declaredType(c, e, null);
}

/** A type for variables: no constraint interface. */
export function varType(c: Checker, e: Expr): Type {
  const t = declaredType(c, e, null);
  validVarType(c, e, t);
  return t;
}

/** Reports a constraint interface used as the type of a variable, once that can be known. */
export function validVarType(c: Checker, e: Expr, typ: Type): void {
  // Only types that may turn out as interfaces need a second look.
  if (typ.kind !== TypeKind.Named && typ.kind !== TypeKind.Interface && typ.kind !== TypeKind.Alias) return;
  if (typ.kind === TypeKind.Named && typ.underlying !== null && typ.underlying.kind !== TypeKind.Interface) return;
  if (isTypeParam(typ)) return;
  later(c, () => {
    const t = under(typ);
    if (t.kind !== TypeKind.Interface) return;
    const pos = startPos(e);
    const tset = computeInterfaceTypeSet(c, t);
    if (isMethodSet(tset)) return;
    const why = tset.comparable ? 'interface is (or embeds) comparable' : 'interface contains type constraints';
    softErrorf(c, pos, `cannot use type ${str(c, typ)} outside a type constraint: ${why}`);
  });
}

/** Like typ; def is the type name being declared with this type, if any. */
export function declaredType(c: Checker, e: Expr, def: TypeNameObj | null): Type {
  let t = typInternal(c, e, def);
  if (isGeneric(t)) {
    error(c, e, `cannot use generic type ${str(c, t)} without instantiation`);
    t = invalidType;
  }
  recordTypeAndValue(c, e, Mode.TypExpr, t, null);
  return t;
}

/** The generic type that e denotes, or why it does not. */
export function genericType(c: Checker, e: Expr): [Type, string] {
  let t = typInternal(c, e, null);
  let cause = '';
  if (isValid(t) && !isGeneric(t)) {
    cause = `${str(c, t)} is not a generic type`;
    t = invalidType;
  }
  recordTypeAndValue(c, e, Mode.TypExpr, t, null);
  return [t, cause];
}

function namedType(c: Checker, x: Operand): Type {
  switch (x.mode) {
    case Mode.TypExpr:
      return x.type!;
    case Mode.Invalid:
      break;
    case Mode.NoValue:
      error(c, x, `${str(c, x)} used as type`);
      break;
    default:
      error(c, x, `${str(c, x)} is not a type`);
  }
  return invalidType;
}

function typInternal(c: Checker, e: Expr, def: TypeNameObj | null): Type {
  if (c.depth >= maxDepth) {
    error(c, e, 'type nested too deeply');
    return Typ[BasicKind.Invalid];
  }
  c.depth++;
  const t = typOfKind(c, e, def);
  c.depth--;
  return t;
}

function typOfKind(c: Checker, e: Expr, def: TypeNameObj | null): Type {
  switch (e.kind) {
    case Kind.BadExpr:
      return invalidType;
    case Kind.Name: {
      const x = new Operand();
      ident(c, x, e, true);
      return namedType(c, x);
    }
    case Kind.SelectorExpr: {
      const x = new Operand();
      selector(c, x, e, true);
      return namedType(c, x);
    }
    case Kind.IndexExpr:
      verifyVersionf(c, e, go1_18, 'type instantiation');
      return instantiatedType(c, e.x, unpackList(e.index));
    case Kind.ParenExpr:
      // Generic types must be instantiated inside the parentheses.
      return declaredType(c, e.x, def);
    case Kind.ArrayType:
      return arrayType(c, e);
    case Kind.SliceType: {
      const t = new SliceType(invalidType);
      t.elem = varType(c, e.elem);
      return t;
    }
    case Kind.DotsType:
      error(c, e, 'invalid syntax tree: invalid use of ...');
      return invalidType;
    case Kind.StructType: {
      const t = new StructType([], []);
      structType(c, t, e);
      return t;
    }
    case Kind.Operation:
      if (e.op === Op.Mul && e.y === null) {
        const t = new PointerType(invalidType);
        t.elem = varType(c, e.x);
        // *invalid is of no use.
        return isValid(t.elem) ? t : invalidType;
      }
      break;
    case Kind.FuncType: {
      const t = new SignatureType(null, [], [], emptyTuple, emptyTuple, false);
      funcType(c, t, null, [], e);
      return t;
    }
    case Kind.InterfaceType: {
      const t = newInterface(c);
      interfaceType(c, t, e, def);
      return t;
    }
    case Kind.MapType: {
      const t = new MapType(invalidType, invalidType);
      t.key = varType(c, e.key);
      t.elem = varType(c, e.value);
      if (t.key.kind === TypeKind.Basic && comparable(t.key)) return t;
      // Key types may be incomplete still.
      later(c, () => {
        if (comparable(t.key)) return;
        const why = isTypeParam(t.key) ? ' (missing comparable constraint)' : '';
        error(c, e.key, `invalid map key type ${str(c, t.key)}${why}`);
      });
      return t;
    }
    case Kind.ChanType: {
      const dir =
        e.dir === SyntaxChanDir.SendOnly
          ? ChanDir.SendOnly
          : e.dir === SyntaxChanDir.RecvOnly
            ? ChanDir.RecvOnly
            : ChanDir.SendRecv;
      const t = new ChanType(dir, invalidType);
      t.elem = varType(c, e.elem);
      c.sizedExprs.push({ expr: e, type: t });
      return t;
    }
    default:
  }
  error(c, e, `${str(c, e)} is not a type`);
  use(c, [e]);
  return invalidType;
}

/** Arrays of fewer elements are not worth a look. */
const largeLength = 1024;

function arrayType(c: Checker, e: ArrayTypeExpr): Type {
  const t = new ArrayType(-1, invalidType);
  if (e.len !== null) t.len = arrayLength(c, e.len);
  else error(c, e, 'invalid use of [...] array (outside a composite literal)');
  t.elem = varType(c, e.elem);
  if (t.len > largeLength) c.sizedExprs.push({ expr: e, type: t });
  return t.len >= 0 ? t : invalidType;
}

function instantiatedType(c: Checker, x: Expr, xlist: Expr[]): Type {
  const [gtyp, cause] = genericType(c, x);
  if (cause !== '') error(c, x, `${invalidOp}${str(c, x)}${str(c, xlist)} (${cause})`);
  if (!isValid(gtyp)) return gtyp;
  const targs = typeList(c, xlist);
  if (targs === null) return invalidType;
  // gc ends here (go.dev/issue/78296); the error is Go 1.25's.
  if (gtyp.kind === TypeKind.Alias && gtyp.fromRHS === null) {
    const i = c.objPathIdx.get(gtyp.obj);
    const cycle = i === undefined ? [gtyp.obj] : c.objPath.slice(i);
    cycleError(c, cycle, firstInSrc(cycle));
    return invalidType;
  }
  const inst = instance(c, nodePos(x), gtyp as NamedType | AliasType, targs, null, c.ctxt);
  if (inst.kind !== TypeKind.Named && inst.kind !== TypeKind.Alias) return invalidType;
  // Constraints may not be set up yet.
  later(c, () => {
    recordInstance(c, x, targs, inst);
    const tparams = inst.typeParams;
    const pos = nodePos(x);
    if (!validateTArgLen(c, pos, inst.obj.name, tparams.length, targs.length)) return;
    const failure = verify(c, pos, tparams, targs, c.ctxt);
    if (failure !== null) {
      const [i, why] = failure;
      softErrorf(c, i < xlist.length ? startPos(xlist[i]) : pos, why);
    } else recordMonoInstance(c, c.pkg, pos, tparams, targs, xlist);
  });
  return inst;
}

/** Length of an array, or -1 after an error. */
export function arrayLength(c: Checker, e: Expr): number {
  // A type parameter list that looks like an array declaration gets a better error.
  if (e.kind === Kind.Name) {
    const name = e.value;
    let obj = null;
    for (let s: Scope | null = c.env.scope; s !== null && obj === null; s = s.parent) obj = s.lookup(name);
    if (obj === null) {
      if (!mayBeDeclared(c, name)) error(c, e, `undefined array length ${name} or missing type constraint`);
      return -1;
    }
    if (obj.kind !== ObjKind.Const) {
      error(c, e, `invalid array length ${name}`);
      return -1;
    }
  }
  const x = new Operand();
  expr(c, null, x, e);
  if (x.mode !== Mode.Constant) {
    if (x.mode !== Mode.Invalid) error(c, x, `array length ${str(c, x)} must be constant`);
    return -1;
  }
  if (isUntyped(x.type!) || isInteger(x.type!)) {
    const val = toInt(x.val!);
    if (val.kind === ValueKind.Int && representableConst(c, val, Typ[BasicKind.Int]) !== null) {
      const n = int64Val(val);
      if (n !== null && n >= 0n) return Number(n);
    }
  }
  error(c, x, isInteger(x.type!) ? `invalid array length ${str(c, x)}` : `array length ${str(c, x)} must be integer`);
  return -1;
}

/** The types that the expressions denote, or null if one is invalid. */
export function typeList(c: Checker, list: readonly Expr[]): Type[] | null {
  let valid = true;
  const res = list.map(x => {
    const t = varType(c, x);
    if (!isValid(t)) valid = false;
    return t;
  });
  return valid ? res : null;
}
