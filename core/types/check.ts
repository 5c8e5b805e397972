/** Checking a package: collect its objects, declare them, then the delayed actions and the bodies of functions, at last
 * what needs everything (types2 check). */
import { finish } from '../source/steps.ts';
import type { Pos } from '../source/text.ts';
import type { File, Name } from '../syntax/ast.ts';
import { onlyFunc } from '../syntax/graft.ts';
import type { FuncObj, Obj } from './object.ts';
import { unalias } from './alias.ts';
import { anonymousCycles } from './anoncycle.ts';
import { type Checker, newEnvironment } from './checker.ts';
import type { Context } from './context.ts';
import { directCycles } from './cycles.ts';
import { error } from './errors.ts';
import type { CheckedPackage } from './info.ts';
import { initOrder } from './initorder.ts';
import { monomorph } from './mono.ts';
import { recordUntyped } from './recording.ts';
import { collectObjects, packageObjects, unusedImports } from './resolver.ts';
import { Scope } from './scope.ts';
import { funcBody } from './stmt.ts';
import { fillsFrames, tooLargeTypes } from './toolarge.ts';
import { type SignatureType, TypeKind } from './type.ts';
import { iface } from './typeparam.ts';
import { typeSet } from './typeset.ts';
import { under } from './under.ts';
import { testUniverse, unsafePackage } from './universe.ts';
import { asGoVersion, go1_21, minorVersion, release } from './version.ts';

/** The object that a name denotes here, or null. */
export function lookup(c: Checker, name: string): Obj | null {
  for (let s: typeof c.env.scope | null = c.env.scope; s !== null; s = s.parent) {
    const obj = s.lookup(name);
    if (obj !== null) return obj;
  }
  return null;
}

/** The package-level declaration being checked depends on `to`. */
export function addDeclDep(c: Checker, to: Obj): void {
  const { decl } = c.env;
  if (decl !== null && c.objMap.has(to)) decl.deps.add(to);
}

export function context(c: Checker): Context {
  return c.ctxt;
}

/** Runs f once the current declaration is complete, in the order of requests, under the language version in force now. */
export function later(c: Checker, f: () => void): void {
  c.delayed.push({ version: c.env.version, run: f });
}

export function push(c: Checker, obj: Obj): void {
  c.objPathIdx.set(obj, c.objPath.length);
  c.objPath.push(obj);
}

export function pop(c: Checker): void {
  c.objPathIdx.delete(c.objPath.pop()!);
}

/** Runs the delayed actions from `top` on, those they request included. */
export function processDelayed(c: Checker, top: number): void {
  const saved = c.env.version;
  for (let i = top; i < c.delayed.length; i++) {
    const a = c.delayed[i];
    c.env.version = a.version;
    a.run();
  }
  c.delayed.length = top;
  c.env.version = saved;
}

/** The name may be declared where it cannot be read: in a declaration with a syntax error, or in a package that could
 * not be imported. Errors about its absence would mislead. */
export function mayBeDeclared(c: Checker, name: string, use: Name | null = null): boolean {
  if (!c.incomplete || name === '_') return false;
  if (c.failedDotImport || (c.failedImport && use !== null && isQualifier(use))) return true;
  for (const file of c.files) {
    for (const unit of file.units) {
      if (!unit.broken) continue;
      const text = unit.source.text.slice(unit.start, unit.end).replace(/\/\/[^\n]*|\/\*[^]*?\*\//g, ' ');
      for (let i = text.indexOf(name); i >= 0; i = text.indexOf(name, i + 1))
        if (!isNamePart(text, i - 1) && !isNamePart(text, i + name.length)) return (c.guessed = true);
    }
  }
  return false;
}

/** The name stands before a dot. */
function isQualifier(name: Name): boolean {
  const { source, start } = name.unit;
  return source.text[start + name.end] === '.';
}

function isNamePart(text: string, i: number): boolean {
  return i >= 0 && i < text.length && /[\p{L}\p{Nd}_]/u.test(text[i]);
}

/** The first character of a file, where gc reports what is wrong with it as a whole. */
function fileStart(file: File): Pos {
  return { base: file.head, off: -file.head.start };
}

export function initFiles(c: Checker): void {
  const files = c.files.splice(0);
  for (const file of files) nameFile(c, file);
  const [first] = files;
  if (first !== undefined && isTooNew(c)) tooNew(c, first);
  for (const file of c.files) initFile(c, file);
}

/** The same for files that come one by one, of a package whose name is known. */
export function initOneFile(c: Checker, file: File): void {
  const { name } = c.pkg;
  nameFile(c, file);
  c.pkg.name = name;
  if (c.files[c.files.length - 1] === file) initFile(c, file);
}

function nameFile(c: Checker, file: File): void {
  const { pkg } = c;
  const name = file.pkgName.value;
  // that there is no package clause has been said
  if (file.pkgName.end === file.pkgName.start) c.files.push(file);
  else if (pkg.name === '' || (name === '_' && pkg.name === name)) {
    if (name === '_') error(c, file.pkgName, 'invalid package name _');
    else pkg.name = name;
    c.files.push(file);
  } else if (pkg.name === name) c.files.push(file);
  else error(c, fileStart(file), `package ${name}; expected package ${pkg.name}`);
}

/** The package asks for a language version that is not known yet. */
export function isTooNew(c: Checker): boolean {
  const pkgVersion = asGoVersion(c.conf.goVersion);
  return pkgVersion !== '' && minorVersion(pkgVersion) > release(c);
}

export function tooNew(c: Checker, first: File): void {
  const pkgVersion = asGoVersion(c.conf.goVersion);
  const newest = release(c);
  error(c, fileStart(first), `package requires newer Go version ${pkgVersion} (application built with go1.${newest})`);
}

function initFile(c: Checker, file: File): void {
  let v = asGoVersion(c.conf.goVersion);
  const newest = release(c);
  // A //go:build line can raise or lower the version, but not below 1.21.
  const fileVersion = asGoVersion(file.goVersion);
  if (fileVersion !== '') {
    v = minorVersion(fileVersion) > go1_21 ? fileVersion : `go1.${go1_21}`;
    if (minorVersion(fileVersion) > newest) error(c, file.pkgName, `file requires newer Go version ${fileVersion}`);
  }
  c.versions.set(file, v);
  for (const unit of file.units) {
    if (unit.broken) c.incomplete = true;
    // of a function with a syntax error the signature may be known, and no more
    if (unit.repaired || (unit.broken && onlyFunc(unit) !== null)) c.broken.add(unit);
  }
}

/** Checks the package; with conf.funcBodies unset its function bodies are left to checkBody. */
export function checkFiles(c: Checker): CheckedPackage {
  return finish(checkFilesSteps(c));
}

/** checkFiles in steps, of which each is one declaration or one function body. */
export function* checkFilesSteps(c: Checker): Generator<void, CheckedPackage> {
  const { pkg, info, errors, broken } = c;
  if (pkg !== unsafePackage) {
    if (c.conf.testFuncs) pkg.scope = new Scope(testUniverse(), null, null);
    c.env = newEnvironment(pkg.scope, '');
    initFiles(c);
    collectObjects(c);
    c.objList = [...c.objMap.keys()];
    directCycles(c);
    yield;
    yield* packageObjects(c);
    // At the outermost level the version in force is that of each action.
    for (let i = 0; i < c.delayed.length; i++) {
      const a = c.delayed[i];
      c.env.version = a.version;
      a.run();
      yield;
    }
    c.delayed.length = 0;
    cleanup(c);
    initOrder(c);
    unusedImports(c);
    recordUntyped(c);
    if (errors.length === 0) monomorph(c);
    if (errors.length === 0 && c.conf.ignoreBranchErrors) anonymousCycles(c);
    pkg.goVersion = c.conf.goVersion;
    pkg.complete = true;
  }
  const left = c.conf.funcBodies ? null : (obj: FuncObj) => checkBody(c, obj);
  const tooLarge = errors.length === 0 ? tooLargeTypes(c) : [];
  return {
    pkg,
    files: c.files,
    info,
    errors,
    tooLarge,
    fillsFrames: fillsFrames(c),
    broken,
    checkBody: left,
    lazy: null,
    checker: c,
  };
}

/** Checks the body of one function of a package that has been checked without bodies. */
export function checkBody(c: Checker, obj: FuncObj): void {
  const d = c.objMap.get(obj);
  if (d === undefined || d.fdecl === null || d.fdecl.body === null || d.bodyChecked) return;
  d.bodyChecked = true;
  const sig = obj.type as SignatureType;
  c.env = newEnvironment(d.fileScope, d.version);
  funcBody(c, d, sig, d.fdecl.body, null);
  processDelayed(c, 0);
  cleanup(c);
  recordUntyped(c);
}

/** Completes types that may be needed after checking, so that they need the checker no more. */
export function cleanup(c: Checker): void {
  for (let i = 0; i < c.cleaners.length; i++) {
    const t = c.cleaners[i];
    switch (t.kind) {
      case TypeKind.Named:
        if (t.orig === null) under(t);
        t.check = null;
        break;
      case TypeKind.Alias:
        unalias(t);
        break;
      case TypeKind.TypeParam:
        iface(t);
        t.check = null;
        break;
      case TypeKind.Interface:
        typeSet(t);
        t.check = null;
        break;
    }
  }
  c.cleaners = [];
}
