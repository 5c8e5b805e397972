/** Function types, parameters and receivers (types2 signature). */
import type { Pos } from '../source/text.ts';
import { type Expr, type Field, type FuncType, Kind, Op } from '../syntax/ast.ts';
import { unalias } from './alias.ts';
import { later } from './check.ts';
import type { Checker } from './checker.ts';
import { collectTypeParams, declare, declareTypeParam } from './decl.ts';
import { error } from './errors.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { instance } from './instantiate.ts';
import { deref } from './lookup.ts';
import { recordCanon } from './mono.ts';
import { newVar, type TypeNameObj, VarKind, type VarObj } from './object.ts';
import { endPos, nodePos } from './position.ts';
import { isValid } from './predicates.ts';
import { recordImplicit, recordInstance, recordTypeAndValue, recordUse } from './recording.ts';
import { unpackRecv } from './resolver.ts';
import { closeScope, openScope } from './stmt.ts';
import { makeSubstMap, subst } from './subst.ts';
import {
  BasicKind,
  type NamedType,
  PointerType,
  type SignatureType,
  SliceType,
  TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { bindTParams } from './typeparam.ts';
import { genericType, varType } from './typexpr.ts';
import { under } from './under.ts';
import { emptyTuple, Typ } from './universe.ts';
import { go1_18, verifyVersionf } from './version.ts';

/** Sets up a signature with a scope of its own for its parameters. */
export function funcType(
  c: Checker,
  sig: SignatureType,
  recvPar: Field | null,
  tparams: readonly Field[],
  ftyp: FuncType,
): void {
  openScope(c, ftyp);
  const { scope } = c.env;
  scope.isFunc = true;
  sig.scope = scope;

  let recv: VarObj | null = null;
  if (recvPar !== null) {
    const found = collectRecv(c, recvPar, nodePos(ftyp));
    recv = found.recv;
    sig.recvTypeParams = found.tparams;
  }
  if (tparams.length > 0) collectTypeParams(c, list => (sig.typeParams = list), tparams);
  const params = collectParams(c, VarKind.ParamVar, ftyp.paramList);
  const results = collectParams(c, VarKind.ResultVar, ftyp.resultList);

  // All parameters are declared after the types, so that these do not see them.
  const scopePos = endPos(ftyp);
  if (recv !== null && recv.name !== '') declare(c, scope, recvPar!.name, recv, scopePos);
  declareParams(c, ftyp.paramList, params.vars, scopePos);
  declareParams(c, ftyp.resultList, results.vars, scopePos);

  sig.recv = recv;
  sig.params = params.vars.length === 0 ? emptyTuple : new TupleType(params.vars);
  sig.results = results.vars.length === 0 ? emptyTuple : new TupleType(results.vars);
  sig.variadic = params.variadic;
  closeScope(c);
}

/** Receiver parameter and its type parameters, which are declared in the current scope. */
function collectRecv(c: Checker, rparam: Field, scopePos: Pos): { recv: VarObj; tparams: TypeParamType[] } {
  const { ptr, base, tparams: names } = unpackRecv(c, rparam.type, true);
  let recvType: Type = Typ[BasicKind.Invalid];
  let tparams: TypeParamType[] = [];
  if (names === null) {
    recvType = varType(c, rparam.type);
    // An alias of an instance must not get around the rule that only generic types have methods.
    let a = unpointer(recvType);
    while (a.kind === TypeKind.Alias) {
      const target: Type = unpointer(a.fromRHS!);
      if ((target.kind === TypeKind.Named || target.kind === TypeKind.Alias) && target.typeParams.length > 0) {
        error(c, base, `cannot define new methods on instantiated type ${str(c, target)}`);
        recvType = Typ[BasicKind.Invalid];
        break;
      }
      a = target;
    }
  } else {
    // The type parameters are new ones that stand for those of the base type.
    const [t, cause] = genericType(c, base);
    let baseType: NamedType | null = null;
    if (isValid(t)) {
      if (t.kind === TypeKind.Named) baseType = t;
      else error(c, base, `cannot define new methods on generic alias type ${str(c, t)}`);
    } else if (cause !== '') error(c, base, cause);

    const list = names.map(name => {
      const tpar = declareTypeParam(c, name, scopePos);
      if (name.id >= 0) {
        recordUse(c, name, tpar.obj);
        recordTypeAndValue(c, name, Mode.TypExpr, tpar, null);
      }
      return tpar;
    });
    tparams = bindTParams(list);
    if (baseType !== null) {
      const baseTParams = baseType.typeParams;
      if (tparams.length === baseTParams.length) {
        const smap = makeSubstMap(baseTParams, tparams);
        for (let i = 0; i < tparams.length; i++) {
          recordCanon(c, tparams[i], baseTParams[i]);
          tparams[i].bound = subst(c, tparams[i].obj.pos, baseTParams[i].bound, smap, null, c.ctxt);
        }
      } else {
        const got = `${tparams.length} type parameter${tparams.length === 1 ? '' : 's'}`;
        error(c, base, `receiver declares ${got}, but receiver base type declares ${baseTParams.length}`);
      }
      verifyVersionf(c, base, go1_18, 'type instantiation');
      recvType = instance(c, nodePos(rparam.type), baseType, tparams, null, c.ctxt);
      recordInstance(c, base, tparams, recvType);
      if (ptr && isValid(recvType)) recvType = new PointerType(recvType);
      recordParenthesizedRecvTypes(c, rparam.type, recvType);
    }
  }

  const { name } = rparam;
  let recv: VarObj;
  if (name !== null && name.value !== '') recv = newVar(VarKind.RecvVar, nodePos(name), c.pkg, name.value, recvType);
  else {
    recv = newVar(VarKind.RecvVar, nodePos(rparam), c.pkg, '', recvType);
    recordImplicit(c, rparam, recv);
  }
  later(c, () => validRecv(c, base, recv));
  return { recv, tparams };
}

function unpointer(t: Type): Type {
  while (t.kind === TypeKind.Pointer) t = t.elem;
  return t;
}

/** Records the types of a receiver type expression and of what its parentheses and pointer enclose. */
function recordParenthesizedRecvTypes(c: Checker, expr: Expr, typ: Type): void {
  for (;;) {
    recordTypeAndValue(c, expr, Mode.TypExpr, typ, null);
    if (expr.kind === Kind.ParenExpr) expr = expr.x;
    else if (expr.kind === Kind.Operation && expr.op === Op.Mul && expr.y === null) {
      if (typ.kind !== TypeKind.Pointer) return;
      expr = expr.x;
      typ = typ.elem;
    } else return;
  }
}

function collectParams(c: Checker, kind: VarKind, list: readonly Field[]): { vars: VarObj[]; variadic: boolean } {
  const vars: VarObj[] = [];
  let variadic = false;
  let named = false;
  let anonymous = false;
  let typ: Type = Typ[BasicKind.Invalid];
  let prev: Expr | null = null;
  for (let i = 0; i < list.length; i++) {
    const field = list[i];
    let ftype = field.type;
    // Names of one list share their type.
    if (ftype !== prev) {
      prev = ftype;
      if (ftype.kind === Kind.DotsType) {
        if (kind === VarKind.ParamVar && i === list.length - 1) variadic = true;
        else error(c, ftype, 'invalid syntax tree: invalid use of ...');
        ftype = ftype.elem;
      }
      typ = varType(c, ftype);
    }
    if (field.name !== null) {
      const name = field.name.value;
      vars.push(newVar(kind, nodePos(field.name), c.pkg, name, typ));
      named = true;
    } else {
      const par = newVar(kind, nodePos(field), c.pkg, '', typ);
      recordImplicit(c, field, par);
      vars.push(par);
      anonymous = true;
    }
  }
  if (named && anonymous) error(c, list[0], 'invalid syntax tree: list contains both named and anonymous parameters');
  if (variadic) {
    // For the function body, the last parameter is a slice.
    const last = vars[vars.length - 1];
    last.type = new SliceType(last.type!);
    recordTypeAndValue(c, list[list.length - 1].type, Mode.TypExpr, last.type, null);
  }
  return { vars, variadic };
}

function declareParams(c: Checker, list: readonly Field[], vars: readonly VarObj[], scopePos: Pos): void {
  for (let i = 0; i < list.length; i++) {
    const { name } = list[i];
    if (name !== null && name.value !== '') declare(c, c.env.scope, name, vars[i], scopePos);
  }
}

/** Methods belong to defined types of this package that are neither pointers nor interfaces. */
function validRecv(c: Checker, pos: Expr, recv: VarObj): void {
  const [rtyp] = deref(recv.type!);
  const t = unalias(rtyp);
  if (!isValid(t)) return;
  switch (t.kind) {
    case TypeKind.Named: {
      if (t.obj.pkg !== c.pkg || isCGoTypeObj(t.obj)) {
        error(c, pos, `cannot define new methods on non-local type ${str(c, rtyp)}`);
        return;
      }
      const u = under(t);
      let cause = '';
      if (u.kind === TypeKind.Basic && u.basic === BasicKind.UnsafePointer) cause = 'unsafe.Pointer';
      else if (u.kind === TypeKind.Pointer || u.kind === TypeKind.Interface) cause = 'pointer or interface type';
      if (cause !== '') error(c, pos, `invalid receiver type ${str(c, rtyp)} (${cause})`);
      return;
    }
    case TypeKind.Basic:
      error(c, pos, `cannot define new methods on non-local type ${str(c, rtyp)}`);
      return;
    default:
      error(c, pos, `invalid receiver type ${str(c, recv.type)}`);
  }
}

function isCGoTypeObj(obj: TypeNameObj): boolean {
  return obj.name.startsWith('_Ctype_');
}
