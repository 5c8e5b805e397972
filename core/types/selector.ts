/** Selector expressions: qualified identifiers, fields, methods, method expressions (types2 call.go, selector). */
import { Kind, type SelectorExpr } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { newParam } from './call.ts';
import { addDeclDep, lookup } from './check.ts';
import type { Checker } from './checker.ts';
import { objDecl } from './decl.ts';
import { error } from './errors.ts';
import { lookupError } from './errsupport.ts';
import { exprOrType } from './expr.ts';
import { release } from './version.ts';
import { str } from './format.ts';
import { Mode, SelectionKind } from './info.ts';
import { interfacePtrError, isInterfacePtr, lookupFieldOrMethod } from './lookup.ts';
import { isExported, ObjKind, type PackageObj, type PkgNameObj, type TypeNameObj } from './object.ts';
import type { Operand } from './operand.ts';
import { isValid, isValidName } from './predicates.ts';
import { recordSelection, recordUse } from './recording.ts';
import { unalias } from './alias.ts';
import { BasicKind, SignatureType, TupleType, type Type, TypeKind } from './type.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';
import { nodePos } from './position.ts';

/** Checks x.sel; with wantType it stands where a type is expected (types2 Checker.selector). */
export function selector(c: Checker, x: Operand, e: SelectorExpr, wantType: boolean): void {
  if (!selectorOk(c, x, e, wantType)) {
    x.mode = Mode.Invalid;
    x.type = Typ[BasicKind.Invalid];
  }
  x.expr = e;
}

function selectorOk(c: Checker, x: Operand, e: SelectorExpr, wantType: boolean): boolean {
  const sel = e.sel.value;
  if (e.x.kind === Kind.Name) {
    const obj = lookup(c, e.x.value);
    if (obj !== null && obj.kind === ObjKind.PkgName) {
      recordUse(c, e.x, obj);
      obj.used = true;
      return qualifiedIdent(c, x, e, obj);
    }
  }

  exprOrType(c, x, e.x, false);
  if (x.mode === Mode.Builtin) {
    error(c, nodePos(e), `invalid use of ${str(c, x)} in selector expression`);
    return false;
  }
  if (x.mode === Mode.Invalid) return false;
  if (wantType) {
    error(c, e.sel, `${exprString(e)} is not a type`);
    return false;
  }

  const xt = x.type!;
  const { obj, index, indirect } = lookupFieldOrMethod(xt, x.mode === Mode.Variable, c.pkg, sel, false);
  if (obj === null) {
    if (!isValid(under(xt))) return false;
    if (index !== null) {
      error(c, e.sel, `ambiguous selector ${exprString(x.expr!)}.${sel}`);
      return false;
    }
    if (indirect) {
      const t = str(c, xt);
      if (x.mode === Mode.TypExpr)
        error(c, e.sel, `invalid method expression ${t}.${sel} (needs pointer receiver (*${t}).${sel})`);
      else error(c, e.sel, `cannot call pointer method ${sel} on ${t}`);
      return false;
    }
    let why: string;
    if (isInterfacePtr(xt)) why = interfacePtrError(c, xt);
    else {
      const alt = lookupFieldOrMethod(xt, x.mode === Mode.Variable, c.pkg, sel, true).obj;
      why = lookupError(c, xt, sel, alt, false);
    }
    error(c, e.sel, `${exprString(x.expr!)}.${sel} undefined (${why})`);
    return false;
  }
  // A method may not have its signature yet.
  if (obj.kind === ObjKind.Func) objDecl(c, obj);

  if (x.mode === Mode.TypExpr) {
    if (obj.kind !== ObjKind.Func && release(c) >= 27) {
      error(c, e.x, `operand for field selector ${sel} must be value of type ${str(c, xt)}`);
      return false;
    }
    if (obj.kind !== ObjKind.Func) {
      error(c, e.sel, `${exprString(x.expr!)}.${sel} undefined (type ${str(c, xt)} has no method ${sel})`);
      return false;
    }
    recordSelection(c, e, SelectionKind.MethodExpr, xt, obj, index!, indirect);
    const sig = obj.signature;
    if (sig.recv === null) {
      error(c, e, 'illegal cycle in method declaration');
      return false;
    }
    // The receiver becomes the first parameter; named if the others are.
    const params = sig.params.vars;
    let name = '';
    if (params.length > 0 && params[0].name !== '') name = sig.recv.name || '_';
    const recv = newParam(sig.recv.pos, { pkg: sig.recv.pkg, name }, xt);
    x.mode = Mode.Value;
    x.type = new SignatureType(null, [], sig.typeParams, new TupleType([recv, ...params]), sig.results, sig.variadic);
    addDeclDep(c, obj);
    return true;
  }

  if (obj.kind === ObjKind.Var) {
    recordSelection(c, e, SelectionKind.FieldVal, xt, obj, index!, indirect);
    x.mode = x.mode === Mode.Variable || indirect ? Mode.Variable : Mode.Value;
    x.type = obj.type;
  } else {
    recordSelection(c, e, SelectionKind.MethodVal, xt, obj, index!, indirect);
    x.mode = Mode.Value;
    const sig = obj.signature;
    x.type = new SignatureType(null, sig.recvTypeParams, sig.typeParams, sig.params, sig.results, sig.variadic);
    addDeclDep(c, obj);
  }
  return true;
}

/** pkg.sel */
function qualifiedIdent(c: Checker, x: Operand, e: SelectorExpr, pname: PkgNameObj): boolean {
  const sel = e.sel.value;
  const pkg = pname.imported;
  let exp = pkg.scope.lookup(sel);
  if (exp !== null && !isExported(sel)) {
    // What gc reads of a package has the unexported types that its exported objects need, and what is mentioned in bodies
    // that can be inlined.
    const held = (exp.kind === ObjKind.TypeName && inExportData(pkg, exp)) || c.conf.inExportData?.(pkg, exp) === true;
    if (!held) exp = null;
    else error(c, e.sel, `name ${sel} not exported by package ${pkg.name}`);
  }
  if (exp === null) {
    // Of a package that is not known no error is reported, but nothing follows from it either.
    if (pkg.fake) c.broken.add(e.unit);
    else if (isValidName(sel)) {
      const alt = pkg.scope.lookupIgnoringCase(sel, true);
      error(c, e.sel, `undefined: ${exprString(e)}${alt.length === 0 ? '' : ` (but have ${alt[0].name})`}`);
    }
    return false;
  }
  recordUse(c, e.sel, exp);
  x.type = exp.type;
  switch (exp.kind) {
    case ObjKind.Const:
      x.mode = Mode.Constant;
      x.val = exp.val;
      return true;
    case ObjKind.TypeName:
      x.mode = Mode.TypExpr;
      return true;
    case ObjKind.Var:
      x.mode = Mode.Variable;
      return true;
    case ObjKind.Func:
      x.mode = Mode.Value;
      return true;
    case ObjKind.Builtin:
      x.mode = Mode.Builtin;
      x.id = exp.id;
      return true;
    default:
      return false;
  }
}

/** The unexported type is part of the types of the package's exported objects. */
function inExportData(pkg: PackageObj, wanted: TypeNameObj): boolean {
  const seen = new Set<Type>();
  const reaches = (t0: Type | null): boolean => {
    if (t0 === null || seen.has(t0)) return false;
    seen.add(t0);
    switch (t0.kind) {
      case TypeKind.Alias:
        return t0.obj === wanted || t0.targs.some(reaches) || reaches(unalias(t0));
      case TypeKind.Named: {
        const { obj, underlying, methods } = t0.origin;
        if (obj === wanted) return true;
        return obj.pkg === pkg && (reaches(underlying) || t0.targs.some(reaches) || methods.some(m => reaches(m.type)));
      }
      case TypeKind.Pointer:
      case TypeKind.Slice:
      case TypeKind.Array:
      case TypeKind.Chan:
        return reaches(t0.elem);
      case TypeKind.Map:
        return reaches(t0.key) || reaches(t0.elem);
      case TypeKind.Struct:
        return t0.fields.some(f => reaches(f.type));
      case TypeKind.Tuple:
        return t0.vars.some(v => reaches(v.type));
      case TypeKind.Signature:
        return reaches(t0.params) || reaches(t0.results);
      case TypeKind.Interface:
        return t0.methods.some(m => reaches(m.type)) || t0.embeddeds.some(reaches);
      default:
        return false;
    }
  };
  for (const [name, obj] of pkg.scope.all()) if (isExported(name) && reaches(obj.type)) return true;
  return false;
}
