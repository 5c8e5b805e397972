/** Package-level objects: collecting them from the files, their order, imports (types2 resolver). */
import { makeInt64, unquote } from '../constant/ops.ts';
import type { Pos } from '../source/text.ts';
import {
  type ConstDecl,
  type Decl,
  type Expr,
  type File,
  type FuncDecl,
  type ImportDecl,
  Kind,
  NodeFlag,
  type Name,
  Op,
  type TypeDecl,
  unpackList,
  unparen,
  type VarDecl,
} from '../syntax/ast.ts';
import { mayBeDeclared } from './check.ts';
import type { Checker, DeclInfo } from './checker.ts';
import { collectMethods, type ConstRun, declare, inheritsConst, objDecl } from './decl.ts';
import { error, newError, softErrorf } from './errors.ts';
import { markImports, posString, str } from './format.ts';
import {
  ConstObj,
  FuncObj,
  isExported,
  newVar,
  type Obj,
  ObjKind,
  type PackageObj,
  PkgNameObj,
  TypeNameObj,
  VarKind,
  type VarObj,
} from './object.ts';
import { packageString } from './objectstring.ts';
import { newPackage } from './package.ts';
import { nodePos, syntheticName } from './position.ts';
import { recordDef, recordImplicit } from './recording.ts';
import { Scope } from './scope.ts';
import { BasicKind, TypeKind } from './type.ts';
import { Typ, unsafePackage } from './universe.ts';
import { go1_18, go1_27, verifyVersionf } from './version.ts';

export function newDecl(fileScope: Scope, version: string): DeclInfo {
  return {
    fileScope,
    version,
    lhs: null,
    vtyp: null,
    init: null,
    inherited: false,
    tdecl: null,
    fdecl: null,
    deps: new Set(),
    bodyChecked: false,
    unit: -1,
  };
}

/** Names and initialisers must match in number. */
export function arity(
  c: Checker,
  pos: Pos,
  names: readonly Name[],
  inits: readonly Expr[],
  constDecl: boolean,
  inherited: boolean,
): void {
  const l = names.length;
  const r = inits.length;
  if (l < r) {
    const n = inits[l];
    if (inherited) error(c, pos, `extra init expr at ${posString(nodePos(n))}`);
    else error(c, n, `extra init expr ${str(c, n)}`);
  } else if (l > r && (constDecl || r !== 1)) {
    const n = names[r];
    error(c, n, `missing init expr for ${n.value}`);
  }
}

/** The import path of a literal, or why it is not one. */
function validatedImportPath(lit: string): { path: string } | { problem: string } {
  const bytes = unquote(lit);
  if (bytes === null) return { problem: 'invalid syntax' };
  if (bytes === '') return { problem: 'empty string' };
  // The path as text: the literal is source text, so its unescaped form is that of its bytes.
  const path = textOfBytes(bytes);
  for (const ch of path) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(ch) || '!"#$%&\'()*,:;<=>?[\\]^{|}`\uFFFD'.includes(ch)) {
      const code = ch.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      const shown = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(ch) || ch === ' ' ? ` '${ch}'` : '';
      return { problem: `invalid character U+${code}${shown}` };
    }
  }
  return { path };
}

/** Text of UTF-8 bytes held one a unit. */
function textOfBytes(bytes: string): string {
  let ascii = true;
  for (let i = 0; i < bytes.length && ascii; i++) ascii = bytes.charCodeAt(i) < 0x80;
  if (ascii) return bytes;
  let escaped = '';
  for (let i = 0; i < bytes.length; i++) escaped += `%${bytes.charCodeAt(i).toString(16).padStart(2, '0')}`;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return '\uFFFD';
  }
}

function declarePkgObj(c: Checker, ident: Name, obj: Obj, d: DeclInfo): void {
  if (ident.value === 'init') {
    error(c, ident, 'cannot declare init - must be func');
    return;
  }
  if (ident.value === 'main' && c.pkg.name === 'main') {
    error(c, ident, 'cannot declare main - must be func');
    return;
  }
  declare(c, c.pkg.scope, ident, obj, null);
  enter(c, obj, d);
}

export function enter(c: Checker, obj: Obj, d: DeclInfo): void {
  c.objMap.set(obj, d);
  obj.order = c.objMap.size;
  c.lazy?.entered(obj);
}

function importPackage(c: Checker, at: Expr, path: string, file: File, local: Name | null): PackageObj | null {
  const known = c.impMap.get(path);
  if (known !== undefined) return known;
  let imp: PackageObj;
  if (path === 'unsafe') imp = unsafePackage;
  else if (path === 'C' && c.conf.cgo) {
    imp = newPackage('C', 'C');
    imp.fake = true;
    imp.cgo = true;
  } else {
    let found = c.conf.importer.import(path, file.source.path);
    if (typeof found !== 'string' && (found.name === '_' || found.name === ''))
      found = `invalid package name: ${JSON.stringify(found.name)}`;
    if (typeof found === 'string') {
      error(c, at, `could not import ${path} (${found})`);
      // A stand-in without members avoids follow-up errors.
      const name = path.replace(/\/$/, '');
      imp = newPackage(path, name.slice(name.lastIndexOf('/') + 1));
      imp.fake = true;
      if (local === null) c.incomplete = c.failedImport = true;
      else if (local.value === '.') c.incomplete = c.failedDotImport = true;
    } else imp = found;
  }
  if (!imp.complete && !imp.fake) return null;
  c.impMap.set(path, imp);
  if (c.pkgPathMap !== null) markImports(c, imp);
  return imp;
}

/** A method that waits for its receiver's type. */
export interface MethodInfo {
  obj: FuncObj;
  ptr: boolean;
  recv: Name;
}

/** Enters the objects of all files into the package's and the files' scopes. */
export function collectObjects(c: Checker): void {
  const { pkg } = c;
  const methods: MethodInfo[] = [];
  const fileScopes: Scope[] = [];
  for (const file of c.files) {
    const fileScope = new Scope(pkg.scope, null, null);
    fileScopes.push(fileScope);
    c.env.version = c.versions.get(file)!;
    for (const unit of file.units) collectUnit(c, file, fileScope, unit.decls, methods);
  }

  // A file's imports must not clash with package-level names.
  for (const scope of fileScopes) {
    for (const [name, obj] of scope.elems) {
      const alt = pkg.scope.lookup(name);
      if (alt === null) continue;
      const err = newError(c);
      if (obj.kind === ObjKind.PkgName)
        err.addf(alt, `${alt.name} already declared through import of ${packageString(obj.imported)}`);
      else err.addf(alt, `${alt.name} already declared through dot-import of ${packageString(obj.pkg)}`);
      err.addAltDecl(obj).report();
    }
  }

  // All types are known now: find the receivers' base types.
  for (const m of methods) {
    const found = resolveBaseTypeName(c, m.ptr, m.recv.value);
    if (found === null) continue;
    m.obj.hasPtrRecv = found.ptr;
    const list = c.methods.get(found.base);
    if (list === undefined) c.methods.set(found.base, [m.obj]);
    else list.push(m.obj);
  }
}

/** Enters the objects of the declarations, those of one unit. */
export function collectUnit(
  c: Checker,
  file: File,
  fileScope: Scope,
  decls: readonly Decl[],
  methods: MethodInfo[],
): void {
  const consts: ConstRun = { group: null, last: null };
  for (const decl of decls) {
    switch (decl.kind) {
      case Kind.ImportDecl:
        importDecl(c, file, fileScope, decl);
        break;
      case Kind.ConstDecl: {
        const inherited = inheritsConst(consts, decl);
        collectConsts(c, fileScope, decl, consts.last, inherited);
        break;
      }
      case Kind.VarDecl:
        collectVars(c, fileScope, decl);
        break;
      case Kind.TypeDecl:
        collectType(c, fileScope, decl);
        break;
      case Kind.FuncDecl:
        collectFunc(c, fileScope, decl, methods);
        break;
    }
  }
}

function importDecl(c: Checker, file: File, fileScope: Scope, s: ImportDecl): void {
  if (s.path === null || (s.path.flags & NodeFlag.BadLit) !== 0) return;
  const valid = validatedImportPath(s.path.value);
  if ('problem' in valid) {
    error(c, s.path, `invalid import path (${valid.problem})`);
    return;
  }
  const { path } = valid;
  const imp = importPackage(c, s.path, path, file, s.localPkgName);
  if (imp === null) return;
  let name = imp.name;
  if (s.localPkgName !== null) {
    name = s.localPkgName.value;
    if (path === 'C') {
      error(c, s.localPkgName, 'cannot rename import "C"');
      return;
    }
  }
  if (name === 'init') {
    error(c, s, 'cannot import package as init - init must be a func');
    return;
  }
  if (!c.pkg.imports.includes(imp)) c.pkg.imports.push(imp);
  const pkgName = new PkgNameObj(name, c.pkg, nodePos(s), imp);
  pkgName.type = Typ[BasicKind.Invalid];
  if (s.localPkgName !== null) recordDef(c, s.localPkgName, pkgName);
  else recordImplicit(c, s, pkgName);
  if (imp.fake) pkgName.used = true;
  c.imports.push(pkgName);
  if (name !== '.') {
    declare(c, fileScope, null, pkgName, null);
    return;
  }
  let dotted = c.dotImportMap.get(fileScope);
  if (dotted === undefined) c.dotImportMap.set(fileScope, (dotted = new Map()));
  for (const [n, obj] of imp.scope.all()) {
    if (!isExported(n)) continue;
    const alt = fileScope.lookup(n);
    if (alt !== null) {
      newError(c).addf(s.localPkgName, `${alt.name} redeclared in this block`).addAltDecl(alt).report();
      continue;
    }
    fileScope.elems.set(n, obj);
    dotted.set(n, pkgName);
  }
}

function collectConsts(c: Checker, scope: Scope, s: ConstDecl, last: ConstDecl | null, inherited: boolean): void {
  const values = unpackList(last?.values ?? null);
  for (let i = 0; i < s.nameList.length; i++) {
    const name = s.nameList[i];
    const obj = new ConstObj(name.value, c.pkg, nodePos(name), null);
    obj.val = makeInt64(s.iota);
    const d = newDecl(scope, c.env.version);
    d.vtyp = last?.type ?? null;
    d.init = values[i] ?? null;
    d.inherited = inherited;
    declarePkgObj(c, name, obj, d);
  }
  arity(c, nodePos(s), s.nameList, values, true, inherited);
}

function collectVars(c: Checker, scope: Scope, s: VarDecl): void {
  const lhs: VarObj[] = [];
  // One initialiser for all names is one declaration that they share.
  let d1: DeclInfo | null = null;
  if (s.values === null || s.values.kind !== Kind.ListExpr) {
    d1 = newDecl(scope, c.env.version);
    d1.lhs = lhs;
    d1.vtyp = s.type;
    d1.init = s.values;
  }
  const values = unpackList(s.values);
  for (let i = 0; i < s.nameList.length; i++) {
    const name = s.nameList[i];
    const obj = newVar(VarKind.PackageVar, nodePos(name), c.pkg, name.value, null);
    lhs.push(obj);
    let d = d1;
    if (d === null) {
      d = newDecl(scope, c.env.version);
      d.vtyp = s.type;
      d.init = values[i] ?? null;
    }
    declarePkgObj(c, name, obj, d);
  }
  if (s.type === null || values.length > 0) arity(c, nodePos(s), s.nameList, values, false, false);
}

function collectType(c: Checker, scope: Scope, s: TypeDecl): void {
  const obj = new TypeNameObj(s.name.value, c.pkg, nodePos(s.name), null);
  const d = newDecl(scope, c.env.version);
  d.tdecl = s;
  declarePkgObj(c, s.name, obj, d);
}

function collectFunc(c: Checker, scope: Scope, s: FuncDecl, methods: MethodInfo[]): void {
  const { pkg } = c;
  const name = s.name.value;
  const obj = new FuncObj(name, pkg, nodePos(s.name), null);
  let hasTParamError = false;
  if (s.recv === null) {
    if (name === 'init' || (name === 'main' && pkg.name === 'main')) {
      if (s.tparamList.length > 0) {
        softErrorf(c, s.tparamList[0], `func ${name} must have no type parameters`);
        hasTParamError = true;
      }
      if (s.type.paramList.length > 0 || s.type.resultList.length > 0)
        softErrorf(c, s.name, `func ${name} must have no arguments and no return values`);
    }
    // init cannot be referred to.
    if (name === 'init') {
      obj.parent = pkg.scope;
      recordDef(c, s.name, obj);
      if (s.body === null && !s.unit.broken) softErrorf(c, obj.pos, 'func init must have a body');
    } else declare(c, pkg.scope, s.name, obj, null);
  } else {
    const { ptr, base } = unpackRecv(c, s.recv.type, false);
    if (base.kind === Kind.Name && name !== '_') methods.push({ obj, ptr, recv: base });
    if (s.tparamList.length > 0) verifyVersionf(c, s.tparamList[0], go1_27, 'generic method');
    recordDef(c, s.name, obj);
  }
  if (s.tparamList.length > 0 && !hasTParamError) verifyVersionf(c, s.tparamList[0], go1_18, 'type parameter');
  const d = newDecl(scope, c.env.version);
  d.fdecl = s;
  enter(c, obj, d);
  c.info.funcs.push({ obj, decl: s });
}

/** Takes a receiver type apart: pointer, base type, and the names of its type parameters if asked for. */
export function unpackRecv(
  c: Checker,
  rtyp: Expr,
  unpackParams: boolean,
): { ptr: boolean; base: Expr; tparams: Name[] | null } {
  let ptr = false;
  let base = unparen(rtyp);
  let tparams: Name[] | null = null;
  if (base.kind === Kind.Operation && base.op === Op.Mul && base.y === null) {
    ptr = true;
    base = unparen(base.x);
  }
  if (base.kind === Kind.IndexExpr) {
    const args = unpackList(base.index);
    base = base.x;
    if (unpackParams) {
      tparams = [];
      for (const arg of args) {
        if (arg.kind === Kind.Name) {
          tparams.push(arg);
          continue;
        }
        if (arg.kind !== Kind.BadExpr) error(c, arg, `receiver type parameter ${str(c, arg)} must be an identifier`);
        tparams.push(syntheticName(arg.unit, arg.pos, '_'));
      }
    }
  }
  return { ptr, base, tparams };
}

/** The defined type of this package that a receiver's name leads to through aliases. */
export function resolveBaseTypeName(
  c: Checker,
  ptr: boolean,
  name: string,
): { ptr: boolean; base: TypeNameObj } | null {
  const seen = new Set<Obj>();
  for (;;) {
    const obj = c.pkg.scope.lookup(name);
    if (obj === null || obj.kind !== ObjKind.TypeName || seen.has(obj)) return null;
    const tdecl = c.objMap.get(obj)?.tdecl;
    if (tdecl === undefined || tdecl === null) return readBaseType(ptr, obj);
    if (!tdecl.alias) return { ptr, base: obj };
    if (tdecl.tparamList.length > 0) return null;
    seen.add(obj);
    let typ = unparen(tdecl.type);
    if (typ.kind === Kind.Operation && typ.op === Op.Mul && typ.y === null) {
      // Only one pointer is permitted.
      if (ptr) return null;
      ptr = true;
      typ = unparen(typ.x);
    }
    if (typ.kind !== Kind.Name) return null;
    name = typ.value;
  }
}

/** The same for an object that has no declaration, since it was read from export data. */
function readBaseType(ptr: boolean, obj: TypeNameObj): { ptr: boolean; base: TypeNameObj } | null {
  let t = obj.type!;
  while (t.kind === TypeKind.Alias) {
    if (t.typeParams.length > 0) return null;
    t = t.fromRHS!;
    if (t.kind !== TypeKind.Pointer) continue;
    if (ptr) return null;
    ptr = true;
    t = t.elem;
  }
  return t.kind === TypeKind.Named && t.orig === null && t.obj.pkg === obj.pkg ? { ptr, base: t.obj } : null;
}

/** Declares all objects, each a step: types first, aliases after the types they may need, then the rest in source order. */
export function* packageObjects(c: Checker): Generator<void, void> {
  const aliases: Obj[] = [];
  const others: Obj[] = [];
  for (const obj of c.objList) {
    if (obj.kind !== ObjKind.TypeName) others.push(obj);
    else if (obj.type !== null) collectMethods(c, obj);
  }
  for (const obj of c.objList) {
    if (obj.kind !== ObjKind.TypeName) continue;
    if (c.objMap.get(obj)!.tdecl!.alias) aliases.push(obj);
    else {
      objDecl(c, obj);
      yield;
    }
  }
  for (const list of [aliases, others]) {
    for (const obj of list) {
      objDecl(c, obj);
      yield;
    }
  }
  c.methods.clear();
}

/** Reports imports that no file uses; names used in a declaration that cannot be read count as used. */
export function unusedImports(c: Checker): void {
  if (!c.conf.funcBodies) return;
  const { guessed } = c;
  for (const obj of c.imports) {
    if (obj.name === '_' || obj.used) continue;
    if (c.incomplete && (obj.name === '.' || mayBeDeclared(c, obj.name))) continue;
    const { path } = obj.imported;
    const elem = path.slice(path.lastIndexOf('/') + 1);
    if (obj.name === '' || obj.name === '.' || obj.name === elem) softErrorf(c, obj, `"${path}" imported and not used`);
    else softErrorf(c, obj, `"${path}" imported as ${obj.name} and not used`);
  }
  c.guessed = guessed; // imports are looked at again whenever a body is
}
