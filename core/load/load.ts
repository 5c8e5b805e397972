/**
 * Packages and their imports, as the go command loads them (cmd/go/internal/modload/load.go and load/pkg.go).
 *
 * The problem: from patterns to packages, each with its files partitioned, its imports resolved to packages, and every
 * error a value on the package it belongs to, in the words and places of `go list -e`.
 *
 * The model is the go command's. Patterns become import paths; a breadth-first walk over imports resolves each path to
 * a folder once and remembers who asked first, which error messages name; then packages are made depth first, with the
 * import stack at hand, since errors show it. Reading folders dominates, so the walk is what can be done in steps.
 */
import { updatesNeeded } from './updates.ts';
import { basename, dirname, hasPathPrefix, isAbsolute, join } from '../source/path.ts';
import { finish } from '../source/steps.ts';
import type { Position } from '../source/text.ts';
import { type DirPackage, importDir, type LoadError, loadError } from './directory.ts';
import { resolveEmbed } from './embed.ts';
import {
  createLoader,
  isReal,
  isStd,
  type Loader,
  type LoadOptions,
  readPackageDir,
  setPos,
  stdVendor,
} from './loader.ts';
import { expandPattern, type Match, unmatched } from './match.ts';
import { type ModuleEnv, moduleDir } from './modules.ts';
import { moduleGoVersion } from './requirements.ts';
import { emptyPackage, type ImportInfo, type Package, type PackageError, packageList, plainError } from './package.ts';
import { cleanPatterns, isLocalImport, isStandardImportPath } from './pattern.ts';
import { defaultPIE, internalLinkPIESupported, mustLinkExternal } from './ports.ts';
import type { Target } from './target.ts';
import { goLanguage, type ModuleVersion } from './version.ts';
import { disallowInternal, disallowVendor } from './visibility.ts';
import { patternAll, resolveAll } from './walk.ts';

export interface LoadResult {
  /** The packages the patterns match, in order. */
  roots: Package[];
  /** What makes loading impossible; then there are no packages. */
  fatal: string[];
  /** Remarks on the patterns: those that match nothing. */
  warnings: string[];
  loader: Loader;
}

/** Loads what the patterns match, in one go. */
export function loadPackages(
  env: ModuleEnv,
  target: Target,
  patterns: readonly string[],
  options: LoadOptions,
): LoadResult {
  return finish(loadSteps(createLoader(env, target, options), patterns));
}

/** Loads in steps of one folder each: a host can stop between them. */
export function* loadSteps(ld: Loader, patterns: readonly string[]): Generator<void, LoadResult> {
  const result: LoadResult = { roots: [], fatal: [], warnings: [], loader: ld };
  result.warnings.push(...ld.modules.warnings);
  result.fatal.push(...ld.modules.fatal);
  if (result.fatal.length > 0) return result;
  const named = patterns.some(p => p.endsWith('.go') && ld.env.fs.stat(absolute(ld, p)) === 'file');
  if (named) {
    yield* loadFiles(ld, patterns, result);
    return result;
  }
  const matches: Match[] = cleanPatterns(patterns).map(pattern => ({ pattern, dirs: null, paths: [], errors: [] }));
  const roots: string[] = [];
  for (const m of matches) {
    yield* expandPattern(ld, m, result.fatal);
    if (result.fatal.length > 0) return result;
    roots.push(...m.paths);
  }
  yield* resolveAll(
    ld,
    roots,
    matches.some(m => m.pattern === 'all'),
  );
  for (const m of matches) if (m.pattern === 'all') m.paths = patternAll(ld);
  const updates = ld.options.complete ? updatesNeeded(ld, ld.walk) : null;
  if (updates !== null) {
    result.fatal.push(updates);
    return result;
  }

  result.warnings.push(...unmatched(matches));
  const seen = new Set<Package>();
  const stack: ImportInfo[] = [];
  for (const m of matches) {
    for (const path of m.paths) {
      const p = loadRoot(ld, path, stack);
      p.match.push(m.pattern);
      if (seen.has(p)) continue;
      seen.add(p);
      result.roots.push(p);
    }
    if (m.errors.length > 0) {
      const p = emptyPackage(m.pattern);
      const e = m.errors[0];
      setLoadError(ld, p, e, m.pattern, [], null, true);
      p.match.push(m.pattern);
      result.roots.push(p);
    }
    yield;
  }
  setProfiles(ld, result.roots);
  return result;
}

/**
 * Gives packages the profile they are compiled with (load.setPGOProfilePath). A program's default.pgo governs all that
 * is linked into it; among several roots that takes copies, one per program.
 */
function setProfiles(ld: Loader, roots: readonly Package[]): void {
  const { pgo } = ld.options;
  if (pgo === 'off') return;
  if (pgo !== 'auto') {
    for (const p of packageList(roots)) p.pgoProfile = absolute(ld, pgo);
    return;
  }
  for (const main of roots) {
    if (main.name !== 'main') continue;
    const file = join(main.dir, 'default.pgo');
    if (ld.env.fs.stat(file) === null) continue;
    const copies = new Map<Package, Package>();
    for (const p of packageList([main])) {
      const own = roots.length > 1 && p !== main ? { ...p, imports: [...p.imports], forMain: main.importPath } : p;
      own.pgoProfile = file;
      // Imports come before importers, so theirs are made; a cycle keeps the original.
      own.deps = p.deps === null ? null : p.deps.map(d => copies.get(d) ?? d);
      copies.set(p, own);
    }
  }
}

function absolute(ld: Loader, path: string): string {
  const p = path.replaceAll('\\', '/');
  return isAbsolute(p) ? p : join(ld.env.cwd, p);
}

/** The package of Go files named on the command line (load.GoFilesPackage). */
function* loadFiles(ld: Loader, files: readonly string[], result: LoadResult): Generator<void, void> {
  const names: string[] = [];
  let dir = '';
  let shown = '';
  for (const f of files) {
    if (!f.endsWith('.go')) {
      const p = emptyPackage('command-line-arguments');
      p.name = f;
      p.incomplete = true;
      p.error = plainError([], `named files must be .go files: ${f}`);
      result.roots.push(p);
      return;
    }
    const abs = absolute(ld, f);
    const kind = ld.env.fs.stat(abs);
    if (kind === null) result.fatal.push(`stat ${f}: no such file or directory`);
    else if (kind === 'dir') result.fatal.push(`${f} is a directory, should be a Go file`);
    else if (dir === '') {
      dir = dirname(abs);
      shown = dirname(f);
    } else if (dirname(abs) !== dir)
      result.fatal.push(`named files must all be in one directory; have ${shown} and ${dirname(f)}`);
    if (result.fatal.length > 0) return;
    names.push(basename(abs));
  }
  const found = importDir(ld.env.fs, dir, { ...ld.rules, useAllFiles: true }, names);
  const imports = [found.imports, ...(ld.options.tests ? [found.testImports, found.xTestImports] : [])];
  yield* resolveAll(ld, [...new Set(imports.flatMap(i => i.names.filter(isReal)))], false);
  const p = emptyPackage('.');
  const src = join(ld.env.goroot, 'src');
  if (hasPathPrefix(dir, src) && dir !== src) {
    p.importPath = dir.slice(src.length + 1);
    p.goroot = true;
    p.root = ld.env.goroot;
  }
  p.cmdlineFiles = true;
  p.match = [...files];
  const stack: ImportInfo[] = [];
  const frame = load(ld, p, 'command-line-arguments', stack, null, found, found.error, null);
  if (frame) loadFrames(ld, frame, stack);
  p.importPath = 'command-line-arguments';
  result.roots.push(p);
}

/** A package whose imports are being loaded. Imports can be deep, so the stack of them is a list of ours. */
interface Frame {
  p: Package;
  /** The imports as written, the implicit ones of cgo and the linker at the end. */
  importPaths: string[];
  /** The import at hand, and its package where that is being loaded. */
  next: number;
  child: Package | null;
  deps: Package[];
  usesC: boolean;
  setError(message: string): void;
}

/** Loads a package named on the command line, and all it imports. */
function loadRoot(ld: Loader, path: string, stack: ImportInfo[]): Package {
  const { p, frame } = enterImport(ld, path, null, stack, null);
  if (frame) loadFrames(ld, frame, stack);
  return p;
}

/** Loads a package that tests of `parent` import, or the program around them; and what forbids the import. */
export function importPackage(
  ld: Loader,
  written: string,
  parent: Package | null,
  stack: ImportInfo[],
  pos: readonly Position[] | null,
): { p: Package; error: PackageError | null } {
  const { p, frame } = enterImport(ld, written, parent, stack, pos);
  if (frame) loadFrames(ld, frame, stack);
  const error = parent === null ? null : importError(ld, parent, written, p, stack);
  if (error) setPos(ld, error, pos);
  return { p, error };
}

/** Loads the imports of the frame's package depth first, in order. */
function loadFrames(ld: Loader, first: Frame, stack: ImportInfo[]): void {
  const frames = [first];
  for (let f = frames.at(-1); f; f = frames.at(-1)) {
    if (f.next < f.importPaths.length) {
      const path = f.importPaths[f.next];
      if (path === 'C') {
        f.next++;
        continue;
      }
      if (f.child === null) {
        const e = enterImport(ld, path, f.p, stack, f.p.files.imports.pos.get(path) ?? null);
        f.child = e.p;
        if (e.frame) {
          frames.push(e.frame);
          continue;
        }
      }
      leaveImport(ld, f, path, f.child, stack);
      f.child = null;
      f.next++;
      continue;
    }
    f.p.deps = f.deps;
    checkSources(ld, f);
    frames.pop();
    stack.pop();
  }
}

/** Finds the folder of an import and makes or reuses its package (load.loadImport); a frame if its imports are to load. */
function enterImport(
  ld: Loader,
  written: string,
  parent: Package | null,
  stack: ImportInfo[],
  importPos: readonly Position[] | null,
): { p: Package; frame: Frame | null } {
  const first = importPos && importPos.length > 0 ? importPos[0] : null;
  if (written.startsWith('mod/') || written.includes('@')) {
    const p = emptyPackage(written);
    p.incomplete = true;
    stack.push({ path: written, pos: first });
    p.error = plainError(
      stack,
      written.startsWith('mod/')
        ? `disallowed import path "${written}"`
        : "can only use path@version syntax with 'go get' and 'go install' in module-aware mode",
    );
    stack.pop();
    return { p, frame: null };
  }
  const path = parent?.standard ? stdVendor(ld, parent.importPath, written) : written;
  const have = ld.packages.get(path);
  if (have) {
    stack.push({ path: written, pos: first });
    reusePackage(have, stack);
    stack.pop();
    return { p: have, frame: null };
  }
  const p = emptyPackage(path);
  ld.packages.set(path, p);
  const found = lookup(ld, path);
  const files = found.dir === '' ? null : readPackageDir(ld, found.dir);
  if (files) {
    p.goroot = hasPathPrefix(found.dir, join(ld.env.goroot, 'src')) && !/(^|\/)testdata(\/|$)/.test(path);
    if (p.goroot) p.root = ld.env.goroot;
    // The go command asks for the module of the path as written, so that a vendored package of the standard library
    // has the root of the module of that name where the build has one; go list's Root shows it.
    const mod = ld.resolved.get(written)?.mod;
    if (mod && !isStd(ld, written)) p.root = moduleRoot(ld, mod);
  }
  const error = files?.error ?? found.error;
  return { p, frame: load(ld, p, written, stack, importPos, files, error, found.mod) };
}

/** Records the import in its importer, and what forbids it. */
function leaveImport(ld: Loader, f: Frame, written: string, child: Package, stack: readonly ImportInfo[]): void {
  const { p } = f;
  const error = importError(ld, p, written, child, stack);
  if (error && p.error === null) {
    setPos(ld, error, p.files.imports.pos.get(written));
    p.error = error;
    p.incomplete = true;
  }
  if (f.next < p.imports.length) {
    if (child.importPath !== written) p.importMap.set(written, child.importPath);
    p.imports[f.next] = child.importPath;
  }
  f.deps.push(child);
  if (child.incomplete) p.incomplete = true;
}

/** Why `parent` must not import the package, or null. */
function importError(
  ld: Loader,
  parent: Package,
  written: string,
  p: Package,
  stack: readonly ImportInfo[],
): PackageError | null {
  const hidden = disallowInternal(ld, parent, p, stack) ?? disallowVendor(parent, written, p, stack);
  if (hidden) return hidden;
  if (p.name === 'main' && parent.dir !== p.dir)
    return plainError(stack, `import "${written}" is a program, not an importable package`);
  if (isLocalImport(written) && !isLocalImport(parent.importPath))
    return plainError(
      stack,
      written === '.' ? '.: cannot import current directory' : `local import "${written}" in non-local package`,
    );
  return null;
}

/** The folder of the module as go list's Dir has it; '' where packages come from a vendor folder. */
function moduleRoot(ld: Loader, m: ModuleVersion): string {
  const ms = ld.modules;
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  if (main) return main.root;
  return ms.vendor ? '' : moduleDir(ms, m).dir;
}

function lookup(ld: Loader, path: string): { dir: string; mod: ModuleVersion | null; error: LoadError | null } {
  const r = ld.resolved.get(path);
  if (r) {
    if (r.dir === '' && r.error === null && path !== 'unsafe')
      return {
        dir: '',
        mod: null,
        error: loadError(
          'other',
          `unknown import path "${path}": internal error: module loader did not resolve import`,
        ),
      };
    return { dir: r.dir, mod: r.mod, error: r.error };
  }
  // Imports that the linker and cgo add are of the standard library and were not in any file.
  if (isStd(ld, path)) return { dir: join(ld.env.goroot, 'src', path), mod: null, error: null };
  return { dir: '', mod: null, error: loadError('other', 'cannot find package') };
}

function reusePackage(p: Package, stack: readonly ImportInfo[]): void {
  if (p.deps === null) {
    if (p.error === null) {
      p.error = plainError(stack, 'import cycle not allowed');
      p.error.cycle = true;
    } else p.error.cycle = true;
    p.incomplete = true;
  }
  const e = p.error;
  if (e && !e.cycle && shorter(stack, e.stack)) e.stack = [...stack];
}

function shorter(a: readonly ImportInfo[], b: readonly ImportInfo[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (let i = 0; i < a.length; i++) if (a[i].path !== b[i].path) return a[i].path < b[i].path;
  return false;
}

/** Records an error found while reading the package (load.setLoadPackageDataError). */
function setLoadError(
  ld: Loader,
  p: Package,
  err: LoadError,
  path: string,
  stack: ImportInfo[],
  importPos: readonly Position[] | null,
  isMatch: boolean,
): void {
  let message = err.message;
  if (err.kind === 'noGo') {
    if (p.dir === '') p.dir = err.message.replace(/^no buildable Go source files in /, '');
    const f = p.files;
    message =
      f.ignoredGoFiles.length > 0
        ? `build constraints exclude all Go files in ${p.dir}`
        : f.testGoFiles.length + f.xTestGoFiles.length > 0
          ? `no non-test Go files in ${p.dir}`
          : `no Go files in ${p.dir}`;
  }
  const own = !isMatch && (err.kind === 'noGo' || err.kind === 'scan');
  if (own) stack.push({ path, pos: importPos && importPos.length > 0 ? importPos[0] : null });
  p.error = plainError(stack, message);
  if (err.kind === 'scan' && err.pos) setPos(ld, p.error, [err.pos]);
  p.incomplete = true;
  const top = stack.length > 0 ? stack[stack.length - 1] : null;
  if (top && top.path !== path) setPos(ld, p.error, importPos);
  if (own) stack.pop();
}

/** Names that can be arguments of a tool without being taken for flags (load.SafeArg). */
function safeArg(name: string): boolean {
  return /^[0-9A-Za-z._/\u0080-\uffff]/.test(name);
}

const cgoSyscallExclude = new Set(['runtime/cgo', 'runtime/race', 'runtime/msan', 'runtime/asan']);

/**
 * Fills in the package from its folder (load.Package.load). Returns what is to be loaded with its entry on the import
 * stack; null after an error that stops it.
 */
function load(
  ld: Loader,
  p: Package,
  path: string,
  stack: ImportInfo[],
  importPos: readonly Position[] | null,
  files: DirPackage | null,
  err: LoadError | null,
  mod: ModuleVersion | null,
): Frame | null {
  const { target } = ld;
  if (files) {
    p.files = files;
    p.dir = files.dir;
    p.name = files.name;
    p.standard = p.goroot && isStandardImportPath(p.importPath);
    p.imports = [...files.imports.names];
  }
  const setError = (message: string): void => {
    if (p.error) return;
    p.error = plainError(stack, message);
    p.incomplete = true;
    const top = stack.length > 0 ? stack[stack.length - 1] : null;
    if (top && top.path !== path && importPos && importPos.length > 0) setPos(ld, p.error, importPos);
  };
  if (err) {
    p.incomplete = true;
    setLoadError(ld, p, err, path, stack, importPos, false);
  }

  const importPaths = [...p.imports];
  const implicit = (name: string): void => {
    if (!importPaths.includes(name)) importPaths.push(name);
  };
  const usesCgo = p.files.cgoFiles.length > 0;
  const usesSwig = target.cgo && p.files.swigFiles.length + p.files.swigCXXFiles.length > 0;
  if (usesCgo) {
    implicit('unsafe');
    if (!p.standard || p.importPath !== 'runtime/cgo') implicit('runtime/cgo');
    if (!p.standard || !cgoSyscallExclude.has(p.importPath)) implicit('syscall');
  }
  if (p.files.swigFiles.length + p.files.swigCXXFiles.length > 0)
    for (const name of ['unsafe', 'runtime/cgo', 'syscall', 'sync']) implicit(name);
  if (p.name === 'main') {
    const linker = linkerDeps(target);
    if (!linker.ok) {
      setError(linker.message);
      return null;
    }
    for (const name of linker.deps) implicit(name);
  }

  // Two import paths that differ only in case would share a folder on some systems.
  const folded = p.importPath.toLowerCase();
  const other = ld.folded.get(folded);
  if (other === undefined) ld.folded.set(folded, p.importPath);
  else if (other !== p.importPath) {
    setError(`case-insensitive import collision: "${p.importPath}" and "${other}"`);
    return null;
  }
  if (!safeArg(p.importPath)) {
    setError(`invalid import path "${p.importPath}"`);
    return null;
  }

  stack.push({ path, pos: importPos && importPos.length > 0 ? importPos[0] : null });
  if (checkInside(ld, p, mod, setError))
    return { p, importPaths, next: 0, child: null, deps: [], usesC: usesCgo || usesSwig, setError };
  stack.pop();
  return null;
}

/** What is wrong with the package in itself; false when nothing it imports is to be loaded. */
function checkInside(ld: Loader, p: Package, mod: ModuleVersion | null, setError: (message: string) => void): boolean {
  if (mod && !isStd(ld, p.importPath) && !p.cmdlineFiles) p.module = mod;
  p.goVersion = languageVersion(ld, p, mod);

  if (ld.options.embed && p.files.embeds.names.length > 0) {
    const e = resolveEmbed(ld.env.fs, p.dir, p.files.embeds.names);
    p.embedFiles = e.files;
    p.embed = e.byPattern;
    if (e.error) {
      p.incomplete = true;
      setError(e.error.message);
      if (p.error) setPos(ld, p.error, p.files.embeds.pos.get(e.error.pattern));
    }
  }

  const inputs = allFiles(p);
  const seen = new Map<string, string>();
  for (const f of inputs) {
    const key = f.toLowerCase();
    const was = seen.get(key);
    if (was !== undefined) {
      setError(`case-insensitive file name collision: "${was}" and "${f}"`);
      return false;
    }
    seen.set(key, f);
  }
  for (const f of inputs) {
    if (safeArg(f) && !f.startsWith('_cgo_')) continue;
    setError(`invalid input file name "${f}"`);
    return false;
  }
  const last = basename(p.importPath);
  if (!safeArg(last)) {
    setError(`invalid input directory name "${last}"`);
    return false;
  }
  if (/[\r\n]/.test(p.dir)) {
    setError(`invalid package directory ${JSON.stringify(p.dir)}`);
    return false;
  }

  return true;
}

/** Sources that need cgo or SWIG are errors without; what the target does not use is dropped. */
function checkSources(ld: Loader, { p, usesC, setError }: Frame): void {
  const { target } = ld;
  if (!target.cgo) p.files = { ...p.files, cFiles: [], cxxFiles: [], mFiles: [], swigFiles: [], swigCXXFiles: [] };
  if (target.instrument === 'msan') p.files = { ...p.files, sysoFiles: [] };
  if (usesC) return;
  const f = p.files;
  if (f.cFiles.length > 0) setError(`C source files not allowed when not using cgo or SWIG: ${f.cFiles.join(' ')}`);
  else if (f.cxxFiles.length > 0)
    setError(`C++ source files not allowed when not using cgo or SWIG: ${f.cxxFiles.join(' ')}`);
  else if (f.mFiles.length > 0)
    setError(`Objective-C source files not allowed when not using cgo or SWIG: ${f.mFiles.join(' ')}`);
  else if (f.fFiles.length > 0)
    setError(`Fortran source files not allowed when not using cgo or SWIG: ${f.fFiles.join(' ')}`);
}

function allFiles(p: Package): string[] {
  const f = p.files;
  const files = [
    ...f.goFiles,
    ...f.cgoFiles,
    ...f.ignoredGoFiles,
    ...f.ignoredOtherFiles,
    ...f.cFiles,
    ...f.cxxFiles,
    ...f.mFiles,
    ...f.hFiles,
    ...f.fFiles,
    ...f.sFiles,
    ...f.swigFiles,
    ...f.swigCXXFiles,
    ...f.sysoFiles,
    ...f.testGoFiles,
    ...f.xTestGoFiles,
  ];
  const have = new Set(files);
  for (const e of p.embedFiles) if (e.includes('/') || !have.has(e)) files.push(e);
  return files;
}

/** What the linker adds to the imports of a program (load.LinkerDeps). */
export function linkerDeps(t: Target): { ok: true; deps: string[] } | { ok: false; message: string } {
  const deps = ['runtime'];
  const why = externalLinkingReason(t);
  if (why !== '') {
    if (!t.cgo) return { ok: false, message: `${why} requires external (cgo) linking, but cgo is not enabled` };
    deps.push('runtime/cgo');
  }
  if (t.goarch === 'arm') deps.push('math');
  if (t.instrument !== '') deps.push(`runtime/${t.instrument}`);
  return { ok: true, deps };
}

function externalLinkingReason(t: Target): string {
  if (mustLinkExternal(t.goos, t.goarch, false)) return `${t.goos}/${t.goarch}`;
  if (t.buildmode === 'plugin' || (t.buildmode === 'c-shared' && t.goarch !== 'wasm'))
    return `-buildmode=${t.buildmode}`;
  const isPIE = t.buildmode === 'pie' || (t.buildmode === 'default' && defaultPIE(t.goos, t.instrument === 'race'));
  if (isPIE && !internalLinkPIESupported(t.goos, t.goarch))
    return t.buildmode === 'pie' ? '-buildmode=pie' : 'default PIE binary';
  return '';
}

/** The go line that governs the package (work.gc passes it as -lang). */
function languageVersion(ld: Loader, p: Package, mod: ModuleVersion | null): string {
  if (p.standard || mod === null) return `1.${ld.target.release}`;
  const v = moduleGoVersion(ld.modules, mod);
  return v === '' ? '1.16' : goLanguage(v);
}
