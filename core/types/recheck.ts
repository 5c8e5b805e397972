/**
 * Checking one function's body again after it was replaced (syntax/graft.ts), all else being as it was.
 *
 * A body cannot be seen from outside of it, except through the imports it uses, the package-level objects it mentions,
 * which order initialisation, and its errors: these are brought up to date. Where more may have changed the answer is
 * no, and the package is to be checked afresh.
 */
import type { PosBase } from '../source/text.ts';
import { anyNode, type File, type FuncDecl, Kind, type Unit } from '../syntax/ast.ts';
import { onlyFunc, signatureNodes } from '../syntax/graft.ts';
import { anonymousCycles } from './anoncycle.ts';
import { cleanup, processDelayed } from './check.ts';
import { type Checker, newEnvironment } from './checker.ts';
import { Context } from './context.ts';
import type { TypeError } from './info.ts';
import { initOrder } from './initorder.ts';
import { monomorph } from './mono.ts';
import { type Obj, ObjKind, type PkgNameObj, VarKind } from './object.ts';
import { endPos } from './position.ts';
import { recordUntyped } from './recording.ts';
import { unusedImports } from './resolver.ts';
import type { Scope } from './scope.ts';
import { funcBody } from './stmt.ts';
import type { SignatureType } from './type.ts';

/** What is known of a checked package beside its checker, from one body to the next. */
export interface Rechecking {
  readonly c: Checker;
  /** Instances that all of the package share; those first met in a body that is checked again go with it. */
  readonly context: Context;
  /** Imports that a unit uses; of the files that were edited. */
  readonly imports: Map<Unit, Set<PkgNameObj>>;
  /** What package variables' initialisation depends on, directly or not; null: not known yet. */
  initial: Set<Obj> | null;
  /** The checks that wait for a package without errors have been made. */
  complete: boolean;
}

/** For a package that has been checked with all its bodies. */
export function newRechecking(c: Checker): Rechecking {
  return { c, context: c.ctxt, imports: new Map(), initial: null, complete: c.errors.length === 0 };
}

const unusedImport = /^".*" imported (?:as \S+ )?and not used$/;
/** Errors about the package as a whole that may stand in a body, and those that tell a place by its line. */
const farReaching = /^instantiation cycle|^invalid recursive type: anonymous|^initialization cycle|:\d+:\d+/;

/** Called before the body is replaced: whether it can be checked alone. */
export function canRecheck({ c }: Rechecking, unit: Unit): boolean {
  const decl = onlyFunc(unit);
  if (decl === null || c.conf.cgo || c.followed || c.guessed || c.dotImportMap.size > 0) return false;
  const obj = c.info.objOf(decl.name);
  if (obj === null || obj.kind !== ObjKind.Func || obj.type === null || !c.objMap.has(obj)) return false;
  const sig = obj.type as SignatureType;
  if (sig.typeParams.length > 0 || sig.recvTypeParams.length > 0 || sig.scope === null) return false;
  for (const e of c.errors) {
    if (farReaching.test(e.message) || e.continued.some(({ message }) => farReaching.test(message))) return false;
    if (e.at.unit === unit && !inBody(e, decl)) return false;
  }
  return !namesFakePackage(c, unit);
}

function inBody(e: TypeError, decl: FuncDecl): boolean {
  return e.at.pos >= decl.type.end;
}

/** The signature uses a package that nobody knows. */
function namesFakePackage(c: Checker, unit: Unit): boolean {
  const objs = c.info.unit(unit).obj;
  const end = signatureNodes(unit);
  for (let id = 0; id < end; id++) {
    const obj = objs[id];
    if (obj?.kind === ObjKind.PkgName && obj.imported.fake) return true;
  }
  return false;
}

/** Checks the new body of the unit's function, for which canRecheck was true before. False: the package must be checked
 * afresh, and nothing of the checker be used any more. */
export function recheckBody(r: Rechecking, file: File, unit: Unit): boolean {
  const { c } = r;
  const decl = onlyFunc(unit)!;
  c.info.renew(unit, signatureNodes(unit));
  const obj = c.info.objOf(decl.name)!;
  if (obj.kind !== ObjKind.Func) return false;
  const d = c.objMap.get(obj)!;
  const sig = obj.type as SignatureType;
  const imported = importsOf(r, file);
  for (const entry of c.info.funcs) if (entry.obj === obj) entry.decl = decl;

  const outside = c.errors.filter(e => e.at.unit !== unit && !unusedImport.test(e.message));
  const wasIncomplete = c.incomplete;
  c.incomplete = c.files.some(f => f.units.some(u => u.broken));
  if ((wasIncomplete || c.incomplete) && outside.some(e => e.message.includes('undefined'))) return false;

  c.errors.splice(0, c.errors.length, ...outside);
  if (unit.broken || unit.repaired) c.broken.add(unit);
  else c.broken.delete(unit);
  c.interfaceExprs = c.interfaceExprs.filter(({ expr }) => expr.unit !== unit || expr.start < decl.type.end);
  const interfaces = c.interfaceExprs.length;
  forgetLocals(sig.scope!);
  sig.scope!.to = endPos(decl);
  for (const name of imported) name.used = name.imported.fake;
  const before = d.deps;
  d.fdecl = decl;
  d.deps = new Set();
  d.bodyChecked = true;
  c.ctxt = new Context(r.context);
  if (decl.body !== null) {
    c.env = newEnvironment(d.fileScope, d.version);
    funcBody(c, d, sig, decl.body, null);
    processDelayed(c, 0);
    cleanup(c);
    recordUntyped(c);
  }
  if (c.followed || c.guessed) return false;
  for (let i = outside.length; i < c.errors.length; i++) {
    const e = c.errors[i];
    if (e.at.unit !== unit || !inBody(e, decl)) return false;
  }

  // the signature's, which has not been checked again, and those of the body, errors included
  const used = importsUsed(c, unit);
  for (const name of imported) if (name.used) used.add(name);
  r.imports.set(unit, used);
  for (const u of file.units) for (const name of r.imports.get(u)!) name.used = true;
  unusedImports(c);

  if (initialisers(r).has(obj) && !sameSet(before, d.deps)) {
    const order = c.info.initOrder.slice();
    const errors = c.errors.length;
    initOrder(c);
    r.initial = null;
    if (c.errors.length !== errors || !order.every((init, i) => init.rhs === c.info.initOrder[i]?.rhs)) return false;
  }
  if (c.interfaceExprs.length > interfaces) r.complete = false;
  if (c.errors.length > 0 || r.complete) return true;
  monomorph(c);
  anonymousCycles(c);
  r.complete = true;
  return c.errors.length === 0;
}

/** The imports of the file. */
function importsOf(r: Rechecking, file: File): Set<PkgNameObj> {
  const { c } = r;
  const names = new Set<PkgNameObj>();
  const units = new Set<PosBase>(file.units);
  for (const name of c.imports) if (name.pos !== null && units.has(name.pos.base)) names.add(name);
  for (const unit of file.units) if (!r.imports.has(unit)) r.imports.set(unit, importsUsed(c, unit));
  return names;
}

function importsUsed(c: Checker, unit: Unit): Set<PkgNameObj> {
  const used = new Set<PkgNameObj>();
  const objs = c.info.unit(unit).obj;
  anyNode(unit.decls, node => {
    if (node.kind !== Kind.SelectorExpr || node.a!.kind !== Kind.Name) return false;
    const obj = objs[node.a!.id];
    if (obj?.kind === ObjKind.PkgName) used.add(obj);
    return false;
  });
  return used;
}

/** Leaves in a function's scope what its signature declares. */
function forgetLocals(scope: Scope): void {
  scope.children.length = 0;
  for (const [name, obj] of scope.elems) {
    const declared =
      obj.kind === ObjKind.Var &&
      (obj.varKind === VarKind.RecvVar || obj.varKind === VarKind.ParamVar || obj.varKind === VarKind.ResultVar);
    if (!declared) scope.elems.delete(name);
  }
}

/** All that package variables' initialisation mentions. */
function initialisers(r: Rechecking): Set<Obj> {
  if (r.initial !== null) return r.initial;
  const { objMap } = r.c;
  const found = new Set<Obj>();
  const todo: Obj[] = [];
  for (const [obj, { init }] of objMap) if (obj.kind === ObjKind.Var && init !== null) todo.push(obj);
  for (let obj = todo.pop(); obj !== undefined; obj = todo.pop()) {
    for (const dep of objMap.get(obj)?.deps ?? []) {
      if (found.has(dep)) continue;
      found.add(dep);
      todo.push(dep);
    }
  }
  r.initial = found;
  return found;
}

function sameSet(a: ReadonlySet<Obj>, b: ReadonlySet<Obj>): boolean {
  if (a.size !== b.size) return false;
  for (const obj of a) if (!b.has(obj)) return false;
  return true;
}
