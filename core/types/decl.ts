/** Declarations (types2 decl). Package-level objects are declared when they are first needed. */
import type { Pos } from '../source/text.ts';
import {
  type ConstDecl,
  type Decl,
  type Expr,
  type Field,
  Kind,
  type Name,
  Op,
  type TypeDecl,
  unpackList,
  type VarDecl,
} from '../syntax/ast.ts';
import { makeInt64, makeUnknown } from '../constant/ops.ts';
import { asNamed, newAlias } from './alias.ts';
import { initConst, initVar, initVars } from './assignments.ts';
import { later, pop, processDelayed, push } from './check.ts';
import { type Checker, type DeclInfo, newEnvironment } from './checker.ts';
import { error, newError, softErrorf } from './errors.ts';
import { expr, newTarget } from './expr.ts';
import { posString, qualifierOf, str } from './format.ts';
import { implicitInterface } from './interface.ts';
import { addMethod, newNamed } from './named.ts';
import { ConstObj, type FuncObj, newVar, type Obj, ObjKind, TypeNameObj, VarKind, type VarObj } from './object.ts';
import { isAlias } from './objectstring.ts';
import { ObjSet } from './objset.ts';
import { Operand } from './operand.ts';
import { endPos, nodePos } from './position.ts';
import { isConstType, isGeneric, isTypeParam, isValid } from './predicates.ts';
import { recordDef } from './recording.ts';
import { arity } from './resolver.ts';
import type { Scope } from './scope.ts';
import { funcType } from './signature.ts';
import { closeScope, funcBody, openScope } from './stmt.ts';
import { BasicKind, type NamedType, SignatureType, type Type, TypeKind, type TypeParamType } from './type.ts';
import { bindTParams, newTypeParam } from './typeparam.ts';
import { isMethodSet, typeSet } from './typeset.ts';
import { packagePrefix, typeString } from './typestring.ts';
import { declaredType, typ as typExpr, varType } from './typexpr.ts';
import { under } from './under.ts';
import { emptyTuple, Typ } from './universe.ts';
import { validType } from './validtype.ts';
import { go1_18, go1_23, go1_26, go1_9, release, verifyVersionf } from './version.ts';

/** Enters the object into the scope and records it for its name, if it has one in the source. */
export function declare(c: Checker, scope: Scope, id: Name | null, obj: Obj, pos: Pos | null): void {
  if (obj.name !== '_') {
    const alt = scope.insert(obj);
    if (alt !== null) {
      newError(c).addf(obj, `${obj.name} redeclared in this block`).addAltDecl(alt).report();
      return;
    }
    obj.scopePos = pos;
  }
  if (id !== null) recordDef(c, id, obj);
}

/** Gives the object its type, unless it has one; cycles are reported. */
export function objDecl(c: Checker, obj: Obj): void {
  if (obj.type !== null && c.objPathIdx.size === 0) return;
  if (c.objPathIdx.has(obj)) {
    switch (obj.kind) {
      case ObjKind.Const:
      case ObjKind.Var:
        if (!validCycle(c, obj) || obj.type === null) obj.type = Typ[BasicKind.Invalid];
        break;
      case ObjKind.TypeName:
        if (!validCycle(c, obj)) obj.type = Typ[BasicKind.Invalid];
        break;
      case ObjKind.Func:
        // A function's type is set before its declaration is looked at.
        validCycle(c, obj);
        break;
      default:
    }
    return;
  }
  if (obj.type !== null) return;
  const d = c.objMap.get(obj);
  if (d === undefined) return;
  push(c, obj);
  const saved = c.env;
  c.env = newEnvironment(d.fileScope, d.version);
  switch (obj.kind) {
    case ObjKind.Const:
      c.env.decl = d;
      constDecl(c, obj, d.vtyp, d.init, d.inherited);
      break;
    case ObjKind.Var:
      c.env.decl = d;
      varDecl(c, obj, d.lhs, d.vtyp, d.init);
      break;
    case ObjKind.TypeName:
      typeDecl(c, obj, d.tdecl!);
      collectMethods(c, obj);
      break;
    case ObjKind.Func:
      funcDecl(c, obj, d);
      break;
    default:
  }
  c.env = saved;
  pop(c);
}

/** The cycle that ends in obj is permitted; otherwise it is reported. */
function validCycle(c: Checker, obj: Obj): boolean {
  const cycle = c.objPath.slice(c.objPathIdx.get(obj));
  let nval = 0;
  let ndef = 0;
  for (const o of cycle) {
    if (o.kind === ObjKind.Const || o.kind === ObjKind.Var) nval++;
    else if (o.kind === ObjKind.TypeName) {
      // A generic type may appear in its own type parameter list, since Go 1.26.
      if (c.env.inTParamList && o.type !== null && isGeneric(o.type)) {
        if (release(c) >= go1_26) return true;
        ndef = -1;
        break;
      }
      if (!isAlias(o)) ndef++;
    }
  }
  // Initialisation cycles are found later; a cycle through functions or type definitions alone is fine.
  if (ndef >= 0 && nval === cycle.length) return true;
  if (nval === 0 && ndef > 0) return true;
  cycleError(c, cycle, firstInSrc(cycle));
  return false;
}

/** Reports the cycle, starting at an object of it. */
export function cycleError(c: Checker, cycle: readonly Obj[], start: number): void {
  const qf = qualifierOf(c);
  const name = (o: Obj): string => {
    const t = c.conf.namesInstances === true && o.kind === ObjKind.TypeName ? o.type : null;
    if (t?.kind === TypeKind.Named && t.targs.length > 0) return typeString(t, qf);
    return packagePrefix(o.pkg, qf) + o.name;
  };
  let obj = cycle[start];
  const isType = obj.kind === ObjKind.TypeName;
  // A cyclic alias stands for nothing.
  if (isType && obj.type !== null && obj.type.kind === TypeKind.Alias) {
    obj.type.fromRHS = Typ[BasicKind.Invalid];
    obj.type.actual = null;
  }
  if (cycle.length === 1) {
    const what = isType ? 'invalid recursive type' : 'invalid cycle in declaration';
    error(c, obj, `${what}: ${name(obj)} refers to itself`);
    return;
  }
  const err = newError(c);
  err.addf(obj, isType ? `invalid recursive type ${name(obj)}` : `invalid cycle in declaration of ${name(obj)}`);
  for (let i = 0; i < cycle.length; i++) {
    const next = cycle[(start + i + 1) % cycle.length];
    err.addf(obj, `${name(obj)} refers to ${name(next)}`);
    obj = next;
  }
  err.report();
}

/** Index of the object that comes first in the source, files by name. */
export function firstInSrc(path: readonly Obj[]): number {
  let first = 0;
  for (let i = 1; i < path.length; i++) if (comparePos(path[i].pos, path[first].pos) < 0) first = i;
  return first;
}

/** Order of positions: by file name, then by offset. */
export function comparePos(a: Pos | null, b: Pos | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  const { path } = a.base.source;
  const other = b.base.source.path;
  if (path !== other) return path < other ? -1 : 1;
  return a.base.start + a.off - (b.base.start + b.off);
}

/** Constant declaration; obj.val is the value of iota until it has its own. */
function constDecl(c: Checker, obj: ConstObj, typ: Expr | null, init: Expr | null, inherited: boolean): void {
  const { iota, errpos } = c.env;
  c.env.iota = obj.val;
  c.env.errpos = null;
  obj.val = makeUnknown();
  constDecl0(c, obj, typ, init, inherited);
  c.env.iota = iota;
  c.env.errpos = errpos;
}

function constDecl0(c: Checker, obj: ConstObj, typ: Expr | null, init: Expr | null, inherited: boolean): void {
  if (typ !== null) {
    const t = typExpr(c, typ);
    if (!isConstType(t)) {
      if (isValid(under(t))) error(c, typ, `invalid constant type ${str(c, t)}`);
      obj.type = Typ[BasicKind.Invalid];
      return;
    }
    obj.type = t;
  }
  const x = new Operand();
  if (init !== null) {
    // An error in a repeated initialiser is reported where it is repeated.
    if (inherited) c.env.errpos = obj.pos;
    expr(c, null, x, init);
  }
  initConst(c, obj, x);
}

function varDecl(c: Checker, obj: VarObj, lhs: VarObj[] | null, typ: Expr | null, init: Expr | null): void {
  if (typ !== null) obj.type = varType(c, typ);
  if (init === null) {
    if (typ === null) obj.type = Typ[BasicKind.Invalid];
    return;
  }
  if (lhs === null || lhs.length === 1) {
    const x = new Operand();
    expr(c, newTarget(c, obj.type, obj.name), x, init);
    initVar(c, obj, x, 'variable declaration');
    return;
  }
  // All variables are initialised by one call.
  if (typ !== null) for (const v of lhs) v.type = obj.type;
  initVars(c, lhs, [init], null);
}

/** A constraint interface of another package. */
export function isImportedConstraint(c: Checker, typ: Type | null): boolean {
  const named = asNamed(typ);
  if (named === null || named.obj.pkg === c.pkg || named.obj.pkg === null) return false;
  const u = under(named);
  return u.kind === TypeKind.Interface && !isMethodSet(typeSet(u));
}

/** Type declaration: obj gets a defined or alias type. */
function typeDecl(c: Checker, obj: TypeNameObj, tdecl: TypeDecl): void {
  let versionErr = false;
  let rhs: Type | null = null;
  later(c, () => {
    const t = asNamed(obj.type);
    if (t !== null) validType(c, t);
    if (!versionErr && isImportedConstraint(c, rhs))
      verifyVersionf(c, tdecl.type, go1_18, `using type constraint ${str(c, rhs)}`);
  });

  const tparam0 = tdecl.tparamList.length > 0 ? tdecl.tparamList[0] : null;
  if (tdecl.alias) {
    if (tparam0 !== null && !verifyVersionf(c, tparam0, go1_23, 'generic type alias')) versionErr = true;
    if (!versionErr && !verifyVersionf(c, tdecl, go1_9, 'type alias')) versionErr = true;
    const alias = newAlias(c, obj, null);
    if (tparam0 !== null) {
      openScope(c, tdecl);
      collectTypeParams(c, list => (alias.typeParams = list), tdecl.tparamList);
    }
    rhs = declaredType(c, tdecl.type, obj);
    // A cycle may have made the alias invalid meanwhile; its right-hand side is set all the same.
    alias.fromRHS = rhs;
    alias.actual = null;
    if (rhs.kind === TypeKind.TypeParam && alias.typeParams.includes(rhs)) {
      error(c, tdecl.type, 'cannot use type parameter declared in alias declaration as RHS');
      alias.fromRHS = Typ[BasicKind.Invalid];
    }
    if (tparam0 !== null) closeScope(c);
    return;
  }

  if (tparam0 !== null && !verifyVersionf(c, tparam0, go1_18, 'type parameter')) versionErr = true;
  const named = newNamed(c, obj);
  if (tparam0 !== null) {
    openScope(c, tdecl);
    collectTypeParams(c, list => (named.typeParams = list), tdecl.tparamList);
  }
  rhs = declaredType(c, tdecl.type, obj);
  named.fromRHS = rhs;
  if (isTypeParam(rhs)) {
    error(c, tdecl.type, 'cannot use a type parameter as RHS in type declaration');
    named.fromRHS = Typ[BasicKind.Invalid];
  }
  if (tparam0 !== null) closeScope(c);
}

/** Declares type parameters in the current scope; `bind` gets them before their constraints are looked at. */
export function collectTypeParams(
  c: Checker,
  bind: (list: TypeParamType[]) => void,
  list: readonly Field[],
): TypeParamType[] {
  const scopePos = list.length > 0 ? nodePos(list[0]) : null;
  const tparams = bindTParams(list.map(f => declareTypeParam(c, f.name!, scopePos)));
  bind(tparams);
  c.env.inTParamList = true;
  let bound: Type = Typ[BasicKind.Invalid];
  for (let i = 0; i < list.length; i++) {
    const f = list[i];
    if (i === 0 || f.type !== list[i - 1].type) {
      bound = boundType(c, f.type);
      if (isTypeParam(bound)) {
        error(c, f.type, 'cannot use a type parameter as constraint');
        bound = Typ[BasicKind.Invalid];
      }
    }
    tparams[i].bound = bound;
  }
  c.env.inTParamList = false;
  return tparams;
}

/** A constraint; a bare ~T or A|B stands for the interface with that element. */
function boundType(c: Checker, x: Expr): Type {
  if (x.kind === Kind.Operation && (x.op === Op.Tilde || x.op === Op.Or)) return implicitInterface(c, x);
  return typExpr(c, x);
}

export function declareTypeParam(c: Checker, name: Name, scopePos: Pos | null): TypeParamType {
  const at = nodePos(name);
  const again = c.declaredAgain.find(({ obj: { pos } }) => pos !== null && pos.base === at.base && pos.off === at.off);
  if (again !== undefined) {
    declare(c, c.env.scope, name, again.obj, scopePos);
    return again;
  }
  const tname = new TypeNameObj(name.value, c.pkg, at, null);
  // The constraint is invalid until it is known, so that it is not used before.
  const tpar = newTypeParam(c, tname, Typ[BasicKind.Invalid]);
  declare(c, c.env.scope, name, tname, scopePos);
  return tpar;
}

/** Gives a declared type its methods. */
export function collectMethods(c: Checker, obj: TypeNameObj): void {
  c.lazy?.methodsOf(obj);
  const methods = c.methods.get(obj);
  if (methods === undefined) return;
  c.methods.delete(obj);
  const mset = new ObjSet();
  const base = asNamed(obj.type);
  if (base !== null) {
    // Field names are not known yet.
    later(c, () => checkFieldUniqueness(c, base));
    for (const m of base.methods) mset.insert(m);
  }
  for (const m of methods) {
    const alt = mset.insert(m);
    if (alt !== null) {
      const where = alt.pos === null ? '' : ` at ${posString(alt.pos)}`;
      error(c, m.pos, `method ${obj.name}.${m.name} already declared${where}`);
      continue;
    }
    if (base !== null) addMethod(base, m);
  }
}

function checkFieldUniqueness(c: Checker, base: NamedType): void {
  const t = under(base);
  if (t.kind !== TypeKind.Struct) return;
  const mset = new ObjSet();
  for (const m of base.methods) mset.insert(m);
  for (const fld of t.fields) {
    if (fld.name === '_') continue;
    const alt = mset.insert(fld);
    if (alt !== null && alt.kind === ObjKind.Func)
      newError(c).addf(alt, `field and method with the same name ${fld.name}`).addAltDecl(fld).report();
  }
}

function funcDecl(c: Checker, obj: FuncObj, decl: DeclInfo): void {
  const sig = new SignatureType(null, [], [], emptyTuple, emptyTuple, false);
  obj.type = sig;
  const fdecl = decl.fdecl!;
  funcType(c, sig, fdecl.recv, fdecl.tparamList, fdecl.type);
  sig.scope!.from = nodePos(fdecl);
  sig.scope!.to = endPos(fdecl);
  const { body } = fdecl;
  if (fdecl.tparamList.length > 0 && body === null && !fdecl.unit.broken)
    softErrorf(c, fdecl, 'generic function is missing function body');
  if (c.conf.funcBodies && body !== null) {
    decl.bodyChecked = true;
    later(c, () => funcBody(c, decl, sig, body, null));
  }
}

/** The last constant specification with a type or values, while those of one group are gone through in order. */
export interface ConstRun {
  group: ConstDecl['group'];
  last: ConstDecl | null;
}

/** Takes the next specification into account: whether it repeats the type and values of `run.last` (spec "Iota"). */
export function inheritsConst(run: ConstRun, decl: ConstDecl): boolean {
  if (decl.group === null || decl.group !== run.group) run.last = null;
  run.group = decl.group;
  if (decl.type === null && decl.values === null) return run.last !== null;
  run.last = decl;
  return false;
}

/** Declarations in a function body. */
export function declStmt(c: Checker, list: readonly Decl[]): void {
  const consts: ConstRun = { group: null, last: null };
  for (const decl of list) {
    switch (decl.kind) {
      case Kind.ConstDecl: {
        const inherited = inheritsConst(consts, decl);
        localConsts(c, decl, consts.last, inherited);
        break;
      }
      case Kind.VarDecl:
        localVars(c, decl);
        break;
      case Kind.TypeDecl: {
        const obj = new TypeNameObj(decl.name.value, c.pkg, nodePos(decl.name), null);
        // The scope of a type begins at its name.
        declare(c, c.env.scope, decl.name, obj, nodePos(decl.name));
        push(c, obj);
        typeDecl(c, obj, decl);
        pop(c);
        break;
      }
      default:
    }
  }
}

function localConsts(c: Checker, s: ConstDecl, last: ConstDecl | null, inherited: boolean): void {
  const top = c.delayed.length;
  const values = unpackList(last?.values ?? null);
  const lhs: ConstObj[] = [];
  for (let i = 0; i < s.nameList.length; i++) {
    const name = s.nameList[i];
    const obj = new ConstObj(name.value, c.pkg, nodePos(name), null);
    obj.val = makeInt64(s.iota);
    lhs.push(obj);
    constDecl(c, obj, last?.type ?? null, values[i] ?? null, inherited);
  }
  arity(c, nodePos(s), s.nameList, values, true, inherited);
  // Function literals in the initialisers must not see the constants.
  processDelayed(c, top);
  const scopePos = endPos(s);
  for (let i = 0; i < lhs.length; i++) declare(c, c.env.scope, s.nameList[i], lhs[i], scopePos);
}

function localVars(c: Checker, s: VarDecl): void {
  const top = c.delayed.length;
  const lhs = s.nameList.map(name => newVar(VarKind.LocalVar, nodePos(name), c.pkg, name.value, null));
  const values = unpackList(s.values);
  for (let i = 0; i < lhs.length; i++) {
    const single = values.length === 1 && values.length !== lhs.length;
    const init = single ? values[0] : (values[i] ?? null);
    varDecl(c, lhs[i], single ? lhs : null, s.type, init);
    // One call has initialised all of them.
    if (values.length === 1) break;
  }
  if (s.type === null || values.length > 0) arity(c, nodePos(s), s.nameList, values, false, false);
  processDelayed(c, top);
  const scopePos = endPos(s);
  for (let i = 0; i < lhs.length; i++) declare(c, c.env.scope, s.nameList[i], lhs[i], scopePos);
}
