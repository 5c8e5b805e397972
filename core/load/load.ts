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
import { basename, dirname, hasPathPrefix, isAbsolute, join } from '../source/path.ts';
import type { Position } from '../source/text.ts';
import { minGoVersion } from './constraint.ts';
import { byBytes, type DirPackage, type FileRules, importDir, type LoadError, loadError } from './directory.ts';
import { resolveEmbed } from './embed.ts';
import { checkImportPath } from './modpath.ts';
import {
  buildList,
  hasModRoot,
  loadModules,
  type ModuleEnv,
  moduleDir,
  moduleGoVersion,
  moduleGraph,
  moduleTools,
  type Modules,
  shortPath,
  vendorDir,
} from './modules.ts';
import {
  cleanPatterns,
  isLiteral,
  isLocalImport,
  isLocalPattern,
  isMetaPackage,
  isStandardImportPath,
  matchPattern,
  treeCanMatch,
} from './pattern.ts';
import { defaultPIE, internalLinkPIESupported, mustLinkExternal } from './ports.ts';
import {
  explainMissing,
  importFromModules,
  isGoDir,
  noMainModules,
  type Resolution,
  resolveLocalPackage,
  sumMessage,
} from './resolve.ts';
import { type Target, tagMatcher } from './target.ts';
import { compareGoVersion, goLanguage, isToolchainPath, type ModuleVersion } from './version.ts';

/** One import on the way from the command line to a package. */
export interface ImportInfo {
  path: string;
  /** Where it is imported; null for a package named on the command line. */
  pos: Position | null;
}

export interface PackageError {
  stack: ImportInfo[];
  /** Where; file name as a message shows it. Null when the error has no place. */
  pos: Position | null;
  message: string;
  /** The packages of the import stack are a cycle, the last importing the first. */
  cycle: boolean;
  alwaysPrintStack: boolean;
}

export interface Package {
  importPath: string;
  dir: string;
  name: string;
  /** GOROOT, or the module's folder; ''. */
  root: string;
  goroot: boolean;
  /** Of the standard library or the go command's own tree. */
  standard: boolean;
  module: ModuleVersion | null;
  /** Files, imports and constraints as the folder has them. */
  files: DirPackage;
  /** The language version of its files unless they say otherwise: `1.26`. */
  goVersion: string;
  /** Import paths after vendoring, in the order of the written ones, which are `files.imports.names`. */
  imports: string[];
  /** Written path to import path, where they differ. */
  importMap: Map<string, string>;
  /** What it imports, the implicit imports of cgo and the linker included; null while loading and after an early error. */
  deps: Package[] | null;
  embedFiles: string[];
  /** Pattern to files. */
  embed: ReadonlyMap<string, string[]>;
  error: PackageError | null;
  /** It or something it needs has an error. */
  incomplete: boolean;
  /** The patterns that matched it. */
  match: string[];
  /** Named on the command line by files. */
  cmdlineFiles: boolean;
  /** For a test variant: the import path of the package under test; ''. */
  forTest: string;
  /** For a copy that is compiled with one program's profile: that program; ''. */
  forMain: string;
  /** The profile that guides its compilation; ''. */
  pgoProfile: string;
}

export interface LoadOptions {
  /** Look for the files of embed patterns, and report those that match none. */
  embed: boolean;
  /** Resolve the imports of tests too. */
  tests: boolean;
  /** Take files whatever tags they ask for, as `go mod why` does. */
  anyTags: boolean;
  /** -pgo: 'auto' takes a program's default.pgo, 'off' none, else a file. */
  pgo: string;
}

/** What one load works on: made once per snapshot and target. Folders that were read are kept. */
export interface Loader {
  env: ModuleEnv;
  target: Target;
  modules: Modules;
  rules: FileRules;
  dirs: Map<string, DirPackage>;
  resolved: Map<string, Resolved>;
  /** What the last walk over imports reached, from the roots outwards; tests are entries of their own. */
  walk: Resolved[];
  packages: Map<string, Package>;
  folded: Map<string, string>;
  options: LoadOptions;
}

interface Resolved extends Resolution {
  path: string;
  /** Who imports it, on a shortest way from the roots; null for a root. */
  importer: Resolved | null;
  /** The package this is the test of; null for a package. */
  testOf: Resolved | null;
  imports: Resolved[];
  test: Resolved | null;
  /** In the pattern "all". */
  inAll: boolean;
  root: boolean;
  walked: boolean;
  inStd: boolean;
}

export interface LoadResult {
  /** The packages the patterns match, in order. */
  roots: Package[];
  /** What makes loading impossible; then there are no packages. */
  fatal: string[];
  /** Remarks on the patterns: those that match nothing. */
  warnings: string[];
  loader: Loader;
}

export function createLoader(env: ModuleEnv, target: Target, options: LoadOptions): Loader {
  const has = tagMatcher(target);
  return {
    env,
    target,
    modules: loadModules(env),
    rules: { has, cgo: target.cgo, useAllFiles: false, anyTags: options.anyTags },
    dirs: new Map(),
    resolved: new Map(),
    walk: [],
    packages: new Map(),
    folded: new Map(),
    options,
  };
}

/** The folder's package, read once. */
export function readPackageDir(ld: Loader, dir: string): DirPackage {
  let p = ld.dirs.get(dir);
  if (!p) ld.dirs.set(dir, (p = importDir(ld.env.fs, dir, ld.rules)));
  return p;
}

/** Loads what the patterns match, in one go. */
export function loadPackages(
  env: ModuleEnv,
  target: Target,
  patterns: readonly string[],
  options: LoadOptions,
): LoadResult {
  const steps = loadSteps(createLoader(env, target, options), patterns);
  for (;;) {
    const r = steps.next();
    if (r.done) return r.value;
  }
}

/** Loads in steps of one folder each: a host can stop between them. */
export function* loadSteps(ld: Loader, patterns: readonly string[]): Generator<void, LoadResult> {
  const result: LoadResult = { roots: [], fatal: [], warnings: [], loader: ld };
  if (ld.env.go111module === 'off') result.fatal.push("modules disabled by GO111MODULE=off; see 'go help modules'");
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
    yield* expandPattern(ld, m, result);
    if (result.fatal.length > 0) return result;
    roots.push(...m.paths);
  }
  yield* resolveAll(
    ld,
    roots,
    matches.some(m => m.pattern === 'all'),
  );
  for (const m of matches) if (m.pattern === 'all') m.paths = patternAll(ld);

  const seen = new Set<Package>();
  const stack: ImportInfo[] = [];
  for (const m of matches) {
    if (m.paths.length === 0 && m.errors.length === 0)
      result.warnings.push(`warning: "${m.pattern}" matched no packages`);
    for (const path of m.paths) {
      const { p } = loadImport(ld, path, null, stack, null);
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

/** The package's name where several of it are told apart (load.Package.Desc). */
export function packageDesc(p: Package): string {
  if (p.forTest !== '') return `${p.importPath} [${p.forTest}.test]`;
  if (p.forMain !== '') return `${p.importPath} [${p.forMain}]`;
  return p.importPath;
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
  yield* resolveAll(ld, found.imports.names.filter(isReal), false);
  const p = emptyPackage('.');
  const src = join(ld.env.goroot, 'src');
  if (hasPathPrefix(dir, src) && dir !== src) {
    p.importPath = dir.slice(src.length + 1);
    p.goroot = true;
    p.root = ld.env.goroot;
  }
  p.cmdlineFiles = true;
  p.match = [...files];
  load(ld, p, 'command-line-arguments', [], null, found, found.error, null);
  p.importPath = 'command-line-arguments';
  result.roots.push(p);
}

// --- Patterns.

interface Match {
  pattern: string;
  dirs: string[] | null;
  paths: string[];
  errors: LoadError[];
}

function* expandPattern(ld: Loader, m: Match, result: LoadResult): Generator<void, void> {
  const { pattern } = m;
  const ms = ld.modules;
  const matchError = (e: LoadError): LoadError =>
    isLiteral(pattern) ? e : { ...e, kind: 'match', message: `pattern ${pattern}: ${e.message}` };
  if (isLocalPattern(pattern)) {
    m.dirs = yield* matchDirs(ld, m);
    for (const dir of m.dirs) {
      const local = resolveLocalPackage(ms, dir, d => {
        const p = readPackageDir(ld, d);
        return p.error !== null && p.ignoredGoFiles.length === 0 ? p.error : null;
      });
      if (local.ok) {
        m.paths.push(local.path);
        continue;
      }
      if (local.builtin && !isLiteral(pattern)) continue;
      if (!hasModRoot(ms)) {
        result.fatal.push(noMainModules(ms));
        return;
      }
      m.errors.push(matchError(local.error));
    }
    return;
  }
  if (isLiteral(pattern)) {
    m.paths = [pattern];
    return;
  }
  if (pattern === 'std' || pattern === 'cmd') {
    m.paths = yield* matchStd(ld, pattern);
    return;
  }
  if (pattern === 'tool') {
    m.paths = moduleTools(ms);
    return;
  }
  const mains = ms.mains.map(x => ({ path: x.path, version: '' }));
  if (pattern === 'work' || pattern === 'all') {
    m.paths = yield* matchPackages(ld, m, mains, false);
    if (pattern === 'all') m.paths.push(...moduleTools(ms));
    return;
  }
  const g = moduleGraph(ms);
  if (g.error !== null) m.errors.push(loadError('other', g.error));
  m.paths = yield* matchPackages(ld, m, buildList(g), true);
}

/** Names under which no package is looked for. */
function skipped(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_') || name === 'testdata';
}

/** The folders below that a walk goes into; links are not followed. */
function subdirs(ld: Loader, dir: string): string[] {
  const out: string[] = [];
  for (const e of ld.env.fs.readDir(dir) ?? []) if (e.kind === 'dir' && !skipped(e.name)) out.push(e.name);
  return out;
}

/** std or cmd (search.Match.MatchPackages). */
function* matchStd(ld: Loader, pattern: 'std' | 'cmd'): Generator<void, string[]> {
  const out: string[] = [];
  const src = join(ld.env.goroot, 'src');
  const walk = function* (dir: string, name: string): Generator<void, void> {
    if (name !== '' && name !== 'builtin' && (ld.target.cgo || name !== 'runtime/cgo')) {
      const p = readPackageDir(ld, dir);
      yield;
      const vendoredMain = pattern === 'cmd' && name.startsWith('cmd/vendor') && p.name === 'main';
      if (p.error?.kind !== 'noGo' && !vendoredMain) out.push(name);
    }
    for (const sub of subdirs(ld, dir)) {
      const path = name === '' ? sub : `${name}/${sub}`;
      if (pattern === 'std' && (path === 'cmd' || !isStandardImportPath(path))) continue;
      yield* walk(join(dir, sub), path);
    }
  };
  if (pattern === 'std') yield* walk(src, '');
  else yield* walk(join(src, 'cmd'), 'cmd');
  return out;
}

/** The folders that a local pattern names (search.Match.MatchDirs); relative ones stay as written. */
function* matchDirs(ld: Loader, m: Match): Generator<void, string[]> {
  const { pattern } = m;
  const ms = ld.modules;
  if (isLiteral(pattern)) return [pattern];
  const i = pattern.indexOf('...');
  const start = dirname(pattern.slice(0, i + 3));
  const abs = isAbsolute(start) ? start : join(ld.env.cwd, start);
  // A walk outside the modules at hand can find nothing, and may be long.
  const main = ms.mains.find(x => x.root !== '' && hasPathPrefix(abs, x.root));
  const inStd = hasPathPrefix(abs, join(ld.env.goroot, 'src'));
  const inCache = hasModRoot(ms) && buildListDirs(ld).some(d => hasPathPrefix(abs, d));
  if (!main && !inStd && !inCache) {
    const scope = ms.work
      ? 'modules listed in go.work or their selected dependencies'
      : 'main module or its selected dependencies';
    m.errors.push(
      loadError(
        'match',
        `pattern ${pattern}: directory prefix ${shortPath(abs, ld.env.cwd)} does not contain ${scope}`,
      ),
    );
    return [];
  }
  const relativePattern = !isAbsolute(pattern);
  const match = matchPattern(pattern);
  const ignored = main ? ignorePatterns(main.file.ignore) : null;
  const out: string[] = [];
  const walk = function* (dir: string, name: string, top: boolean): Generator<void, void> {
    if (!top && ld.env.fs.stat(join(dir, 'go.mod')) === 'file') return;
    if (main && ignored?.(dir.slice(main.root.length + 1))) return;
    if (match(name)) {
      const p = readPackageDir(ld, dir);
      yield;
      if (p.error === null || p.invalidGoFiles.length > 0) out.push(name);
    }
    for (const sub of subdirs(ld, dir)) yield* walk(join(dir, sub), name === '/' ? `/${sub}` : `${name}/${sub}`, false);
  };
  if (ld.env.fs.readDir(abs) === null) {
    m.errors.push(loadError('match', `pattern ${pattern}: lstat ${start}: no such file or directory`));
    return [];
  }
  const name = relativePattern && start !== '.' && !start.startsWith('.') ? `./${start}` : start;
  yield* walk(abs, name, true);
  return out;
}

function buildListDirs(ld: Loader): string[] {
  return buildList(moduleGraph(ld.modules))
    .filter(m => !isToolchainPath(m.path))
    .map(m => moduleDir(ld.modules, m).dir)
    .filter(d => d !== '');
}

/** A function that says whether go.mod's ignore lines cover a folder, relative to the module (search.IgnorePatterns). */
function ignorePatterns(patterns: readonly string[]): (rel: string) => boolean {
  const norm = (p: string): string => `/${p.replace(/^\/|\/$/g, '')}/`;
  const rooted = patterns.filter(p => p.startsWith('./')).map(p => norm(p.slice(2)));
  const any = patterns.filter(p => !p.startsWith('./')).map(norm);
  return rel => {
    if (rel === '') return false;
    const dir = norm(rel);
    return rooted.some(p => dir.startsWith(p)) || any.some(p => dir.includes(p));
  };
}

/** The packages of the modules whose import path matches (modload.matchPackages), sorted. */
function* matchPackages(
  ld: Loader,
  m: Match,
  mods: readonly ModuleVersion[],
  includeStd: boolean,
): Generator<void, string[]> {
  const ms = ld.modules;
  const meta = isMetaPackage(m.pattern);
  const isMatch = meta ? () => true : matchPattern(m.pattern);
  const canMatch = meta ? () => true : treeCanMatch(m.pattern);
  const have = new Set(['builtin']);
  if (!ld.target.cgo) have.add('runtime/cgo');
  const out: string[] = [];
  const walk = function* (
    root: string,
    dir: string,
    name: string,
    prune: { vendor: boolean; goMod: boolean },
    ignored: ((rel: string) => boolean) | null,
  ): Generator<void, void> {
    const top = dir === root;
    if (!top) {
      if (ignored?.(dir.slice(root.length + 1))) return;
      if (!canMatch(name)) return;
      if (prune.goMod && ld.env.fs.stat(join(dir, 'go.mod')) === 'file') return;
    }
    if (name !== '') {
      if (!canMatch(name)) return;
      if (!have.has(name)) {
        have.add(name);
        if (isMatch(name)) {
          const p = readPackageDir(ld, dir);
          yield;
          if (!p.empty) out.push(name);
        }
      }
    }
    if (!top && prune.vendor && basename(dir) === 'vendor') return;
    for (const sub of subdirs(ld, dir))
      yield* walk(root, join(dir, sub), name === '' ? sub : `${name}/${sub}`, prune, ignored);
  };
  if (includeStd) {
    const src = join(ld.env.goroot, 'src');
    yield* walk(src, src, '', { vendor: false, goMod: true }, null);
    if (canMatch('cmd')) yield* walk(join(src, 'cmd'), join(src, 'cmd'), 'cmd', { vendor: false, goMod: true }, null);
  }
  if (ms.vendor) {
    for (const main of ms.mains)
      if (main.root !== '')
        yield* walk(main.root, main.root, main.prefix, { vendor: true, goMod: true }, ignorePatterns(main.file.ignore));
    if (hasModRoot(ms)) yield* walk(vendorDir(ms), vendorDir(ms), '', { vendor: true, goMod: false }, null);
    return out.sort(byBytes);
  }
  for (const mod of mods) {
    if (isToolchainPath(mod.path) || !canMatch(mod.path)) continue;
    const main = mod.version === '' ? ms.mains.find(x => x.path === mod.path) : undefined;
    if (main) {
      if (main.root === '') continue;
      yield* walk(main.root, main.root, main.prefix, { vendor: true, goMod: true }, ignorePatterns(main.file.ignore));
      continue;
    }
    const at = moduleDir(ms, mod);
    if (at.error !== null) {
      m.errors.push(loadError('match', `pattern ${m.pattern}: ${at.error}`));
      continue;
    }
    yield* walk(at.dir, at.dir, mod.path, { vendor: true, goMod: at.local }, null);
  }
  return out.sort(byBytes);
}

// --- The walk that resolves imports.

/** Imports that are not packages of a module: cgo's, and names from before Go had URL-like paths. */
function isReal(path: string): boolean {
  return path !== 'C' && !/^appengine(_internal)?(\/|$)/.test(path);
}

/** What an import of the standard library means: its vendored copy, where there is one (modload.stdVendor). */
function stdVendor(ld: Loader, parent: string, path: string): string {
  if (isStandardImportPath(path)) return path;
  const vendored = hasPathPrefix(parent, 'cmd') ? `cmd/vendor/${path}` : `vendor/${path}`;
  return ld.env.fs.stat(join(ld.env.goroot, 'src', vendored)) === null ? path : vendored;
}

/**
 * Resolves the roots and all they import (modload.loadFromRoots). What is in "all" spreads from the main modules'
 * packages over imports, and over the imports of tests of the main modules; before go 1.16 over all tests.
 */
function* resolveAll(ld: Loader, roots: readonly string[], all: boolean): Generator<void, void> {
  const ms = ld.modules;
  const tools = new Set(moduleTools(ms));
  const go = ms.work ? '1.18' : ms.mains[0].goVersion;
  const closesOverTests = compareGoVersion(go, '1.16') < 0;
  const isMain = (r: Resolved): boolean => r.mod !== null && ms.mains.some(m => m.path === r.mod?.path);
  const queue: Resolved[] = [];
  const node = (path: string): Resolved => {
    const have = ld.resolved.get(path);
    if (have) return have;
    const found = importFromModules(ms, path);
    const r: Resolved = {
      ...found,
      path,
      importer: null,
      testOf: null,
      imports: [],
      test: null,
      inAll: false,
      root: false,
      walked: false,
      inStd: isStandardImportPath(path) && hasPathPrefix(found.dir, join(ld.env.goroot, 'src')),
    };
    ld.resolved.set(path, r);
    queue.push(r);
    return r;
  };
  const importsOf = (r: Resolved, names: readonly string[]): Resolved[] =>
    names.filter(isReal).map(written => node(r.inStd ? stdVendor(ld, r.path, written) : written));
  /** Adds flags and what follows from them (modload.applyPkgFlags); a stack, since imports can be deep. */
  const mark = (start: Resolved, inAll: boolean, root: boolean): void => {
    const work: { r: Resolved; inAll: boolean; root: boolean }[] = [{ r: start, inAll, root }];
    for (let w = work.pop(); w; w = work.pop()) {
      const { r } = w;
      const spread = w.inAll && !r.inAll;
      r.inAll ||= w.inAll;
      r.root ||= w.root || (all && r.inAll && r.testOf === null);
      if (!r.walked) continue;
      if (r.testOf === null && r.test === null) {
        const want = (all && isMain(r)) || (all && closesOverTests && r.inAll) || (ld.options.tests && r.root);
        if (want) makeTest(r, isMain(r) || (closesOverTests && r.inAll));
      }
      if (spread) for (const dep of r.imports) work.push({ r: dep, inAll: true, root: false });
    }
  };
  const makeTest = (r: Resolved, inAll: boolean): void => {
    const t: Resolved = { ...r, testOf: r, test: null, imports: [], inAll: false, root: false };
    r.test = t;
    const p = readPackageDir(ld, r.dir);
    t.imports = importsOf(t, [...new Set([...p.testImports.names, ...p.xTestImports.names])].sort(byBytes));
    mark(t, inAll, false);
    if (t.inAll) for (const dep of t.imports) mark(dep, true, false);
  };

  const rootNodes = roots.map(node);
  for (const r of rootNodes) mark(r, false, true);
  for (let i = 0; i < queue.length; i++) {
    const r = queue[i];
    if (tools.has(r.path)) mark(r, true, false);
    if (r.dir === '') continue;
    if (isMain(r)) mark(r, true, false);
    r.imports = importsOf(r, readPackageDir(ld, r.dir).imports.names);
    r.walked = true;
    mark(r, r.inAll, r.root);
    if (r.inAll) for (const dep of r.imports) mark(dep, true, false);
    yield;
  }
  buildStacks(ld, rootNodes);
  for (const r of ld.walk) {
    checkImplicit(ld, r, isMain);
    explain(ld, r);
  }
}

/** Who imports each package on a shortest way from the roots, and all of them in that order (modload.buildStacks). */
function buildStacks(ld: Loader, roots: readonly Resolved[]): void {
  const seen = new Set<Resolved>(roots);
  ld.walk = [...seen];
  for (const r of ld.walk) r.importer = null;
  const visit = (next: Resolved, from: Resolved): void => {
    if (seen.has(next)) return;
    seen.add(next);
    next.importer = from;
    ld.walk.push(next);
  };
  for (let i = 0; i < ld.walk.length; i++) {
    const r = ld.walk[i];
    for (const dep of r.imports) visit(dep, r);
    if (r.test) visit(r.test, r);
  }
}

/**
 * The chain of imports by which the main modules need the package, as `go mod why` shows it: a line a package, tests
 * with `.test`. '' when they do not. The packages of "all" must have been loaded.
 */
export function why(ld: Loader, path: string): string {
  let r: Resolved | null = ld.resolved.get(path) ?? null;
  if (r === null || !ld.walk.includes(r)) return '';
  const chain: string[] = [];
  for (; r; r = r.importer) chain.unshift(r.testOf ? `${r.path}.test\n` : `${r.path}\n`);
  return chain.join('');
}

/** The packages that were reached, with the modules that provide them, sorted by path. */
export function reachedPackages(ld: Loader): { path: string; mod: ModuleVersion | null; depth: number }[] {
  const out: { path: string; mod: ModuleVersion | null; depth: number }[] = [];
  for (const r of ld.walk) {
    if (r.testOf) continue;
    let depth = 0;
    for (let x: Resolved | null = r; x; x = x.importer) depth++;
    out.push({ path: r.path, mod: r.mod, depth });
  }
  return out.sort((a, b) => byBytes(a.path, b.path));
}

/** Resolves what the patterns match and all it imports, without making packages. */
export function* resolveSteps(
  ld: Loader,
  patterns: readonly string[],
): Generator<void, { paths: string[]; fatal: string[] }> {
  const result: LoadResult = { roots: [], fatal: [...ld.modules.fatal], warnings: [], loader: ld };
  const matches: Match[] = cleanPatterns(patterns).map(pattern => ({ pattern, dirs: null, paths: [], errors: [] }));
  for (const m of matches) {
    if (result.fatal.length > 0) break;
    yield* expandPattern(ld, m, result);
  }
  if (result.fatal.length > 0) return { paths: [], fatal: result.fatal };
  const all = matches.some(m => m.pattern === 'all');
  yield* resolveAll(
    ld,
    matches.flatMap(m => m.paths),
    all,
  );
  for (const m of matches) if (m.pattern === 'all') m.paths = patternAll(ld);
  return { paths: matches.flatMap(m => m.paths), fatal: [] };
}

/** A main module's package must import from modules that go.mod names (modload.updateRequirements). */
function checkImplicit(ld: Loader, r: Resolved, isMain: (r: Resolved) => boolean): void {
  const ms = ld.modules;
  if (ms.vendor || !isMain(r) || r.error) return;
  for (const dep of r.imports) {
    if (dep.mod === null || isMain(dep)) continue;
    if (ms.work) {
      if (moduleGraph(ms).required.has(`${dep.mod.path} ${dep.mod.version}`)) continue;
    } else if (ms.buildMod === 'mod' || ms.rootVersion.get(dep.mod.path) === dep.mod.version) continue;
    r.error = {
      ...loadError(
        'import',
        `package ${r.path} imports ${dep.path} from implicitly required module; to add missing requirements, run:\n\tgo get ${dep.mod.path}@${dep.mod.version}`,
        r.path,
      ),
      missing: false,
      sumMissing: [],
      sumFound: false,
    };
    return;
  }
}

/** Completes the messages that say who imports what. */
function explain(ld: Loader, r: Resolved): void {
  const ms = ld.modules;
  const e = r.error;
  if (!e) return;
  if (e.sumMissing.length > 0) {
    const by = r.importer;
    e.message = sumMessage(
      r.path,
      e,
      by ? { path: by.path, version: by.mod?.version ?? '', test: by.testOf !== null } : null,
    );
  }
  if (!e.missing || !hasModRoot(ms)) return;
  let main = null;
  for (let x = r.importer; x && !main; x = x.importer) main = ms.mains.find(m => m.path === x?.mod?.path) ?? null;
  r.error = { ...e, ...explainMissing(ms, r.path, main) };
}

/** The packages of "all", sorted. */
function patternAll(ld: Loader): string[] {
  const out: string[] = [];
  for (const r of ld.walk) if (r.inAll && !r.testOf && checkImportPath(r.path) === null) out.push(r.path);
  return out.sort(byBytes);
}

// --- Packages.

const noFiles: DirPackage = importDir({ readFile: () => null, readDir: () => [], stat: () => null }, '', {
  has: () => false,
  cgo: false,
  useAllFiles: false,
  anyTags: false,
});

function emptyPackage(importPath: string): Package {
  return {
    importPath,
    dir: '',
    name: '',
    root: '',
    goroot: false,
    standard: false,
    module: null,
    files: { ...noFiles, error: null },
    goVersion: '',
    imports: [],
    importMap: new Map(),
    deps: null,
    embedFiles: [],
    embed: new Map(),
    error: null,
    incomplete: false,
    match: [],
    cmdlineFiles: false,
    forTest: '',
    forMain: '',
    pgoProfile: '',
  };
}

function plainError(stack: readonly ImportInfo[], message: string): PackageError {
  return { stack: [...stack], pos: null, message, cycle: false, alwaysPrintStack: false };
}

function setPos(ld: Loader, e: PackageError, pos: readonly Position[] | null | undefined): void {
  if (pos && pos.length > 0) e.pos = { ...pos[0], file: shortPath(pos[0].file, ld.env.cwd) };
}

/** Finds the folder of an import and makes or reuses its package (load.loadImport). `error` is the importer's. */
function loadImport(
  ld: Loader,
  path: string,
  parent: Package | null,
  stack: ImportInfo[],
  importPos: readonly Position[] | null,
): { p: Package; error: PackageError | null } {
  const first = importPos && importPos.length > 0 ? importPos[0] : null;
  if (path.startsWith('mod/') || path.includes('@')) {
    const p = emptyPackage(path);
    p.incomplete = true;
    stack.push({ path, pos: first });
    p.error = plainError(
      stack,
      path.startsWith('mod/')
        ? `disallowed import path "${path}"`
        : "can only use path@version syntax with 'go get' and 'go install' in module-aware mode",
    );
    stack.pop();
    return { p, error: null };
  }
  const written = path;
  const resolvedPath = parent?.standard ? stdVendor(ld, parent.importPath, path) : path;
  let p = ld.packages.get(resolvedPath);
  if (p) {
    stack.push({ path: written, pos: first });
    reusePackage(p, stack);
    stack.pop();
  } else {
    p = emptyPackage(resolvedPath);
    ld.packages.set(resolvedPath, p);
    const found = lookup(ld, resolvedPath);
    const files = found.dir === '' ? null : readPackageDir(ld, found.dir);
    let error = files?.error ?? null;
    if (found.error && error === null) error = found.error;
    if (files) {
      p.goroot = hasPathPrefix(found.dir, join(ld.env.goroot, 'src')) && !/(^|\/)testdata(\/|$)/.test(resolvedPath);
      if (p.goroot) p.root = ld.env.goroot;
      // The go command asks for the module of the path as written, so that a vendored package of the standard library
      // has the root of the module of that name where the build has one; go list's Root shows it.
      const mod = ld.resolved.get(written)?.mod;
      if (mod && !isStd(ld, written)) p.root = moduleRoot(ld, mod);
    }
    load(ld, p, written, stack, importPos, files, error, found.mod);
  }
  const internal = disallowInternal(ld, parent, p, stack);
  if (internal) {
    setPos(ld, internal, importPos);
    return { p, error: internal };
  }
  if (parent) {
    const vendor = disallowVendor(parent, written, p, stack);
    if (vendor) {
      setPos(ld, vendor, importPos);
      return { p, error: vendor };
    }
    if (p.name === 'main' && parent.dir !== p.dir) {
      const e = plainError(stack, `import "${written}" is a program, not an importable package`);
      setPos(ld, e, importPos);
      return { p, error: e };
    }
    if (isLocalImport(written) && !isLocalImport(parent.importPath)) {
      const e = plainError(
        stack,
        written === '.' ? '.: cannot import current directory' : `local import "${written}" in non-local package`,
      );
      setPos(ld, e, importPos);
      return { p, error: e };
    }
  }
  return { p, error: null };
}

function isStd(ld: Loader, path: string): boolean {
  return isStandardImportPath(path) && isGoDir(ld.env.fs, join(ld.env.goroot, 'src', path));
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

/** Fills in the package from its folder and loads what it imports (load.Package.load). */
function load(
  ld: Loader,
  p: Package,
  path: string,
  stack: ImportInfo[],
  importPos: readonly Position[] | null,
  files: DirPackage | null,
  err: LoadError | null,
  mod: ModuleVersion | null,
): void {
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
      return;
    }
    for (const name of linker.deps) implicit(name);
  }

  // Two import paths that differ only in case would share a folder on some systems.
  const folded = p.importPath.toLowerCase();
  const other = ld.folded.get(folded);
  if (other === undefined) ld.folded.set(folded, p.importPath);
  else if (other !== p.importPath) {
    setError(`case-insensitive import collision: "${p.importPath}" and "${other}"`);
    return;
  }
  if (!safeArg(p.importPath)) {
    setError(`invalid import path "${p.importPath}"`);
    return;
  }

  stack.push({ path, pos: importPos && importPos.length > 0 ? importPos[0] : null });
  loadInside(ld, p, stack, importPaths, mod, usesCgo || usesSwig, setError);
  stack.pop();
}

/** The part of load whose errors are the package's own. */
function loadInside(
  ld: Loader,
  p: Package,
  stack: ImportInfo[],
  importPaths: string[],
  mod: ModuleVersion | null,
  usesC: boolean,
  setError: (message: string) => void,
): void {
  const { target } = ld;
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
      return;
    }
    seen.set(key, f);
  }
  for (const f of inputs) {
    if (safeArg(f) && !f.startsWith('_cgo_')) continue;
    setError(`invalid input file name "${f}"`);
    return;
  }
  const last = basename(p.importPath);
  if (!safeArg(last)) {
    setError(`invalid input directory name "${last}"`);
    return;
  }
  if (/[\r\n]/.test(p.dir)) {
    setError(`invalid package directory ${JSON.stringify(p.dir)}`);
    return;
  }

  const deps: Package[] = [];
  importPaths.forEach((path, i) => {
    if (path === 'C') return;
    const r = loadImport(ld, path, p, stack, p.files.imports.pos.get(path) ?? null);
    if (r.error && p.error === null) {
      p.error = r.error;
      p.incomplete = true;
    }
    if (i < p.imports.length) {
      if (r.p.importPath !== path) p.importMap.set(path, r.p.importPath);
      p.imports[i] = r.p.importPath;
    }
    deps.push(r.p);
    if (r.p.incomplete) p.incomplete = true;
  });
  p.deps = deps;

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
function linkerDeps(t: Target): { ok: true; deps: string[] } | { ok: false; message: string } {
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

/**
 * The language version of one of the package's files, `1.26`: its `//go:build go1.N` counts, downwards only to 1.21
 * (types2's rule for file versions).
 */
export function fileGoVersion(p: Package, file: string): string {
  const c = p.files.constraints.get(file);
  if (!c) return p.goVersion;
  const n = minGoVersion(c);
  if (n < 0) return p.goVersion;
  return n < 21 ? (compareGoVersion(p.goVersion, '1.21') > 0 ? '1.21' : p.goVersion) : `1.${n}`;
}

/** The package that `path` means where p's files import it; null when it is missing or "C". */
export function importedPackage(p: Package, path: string): Package | null {
  if (path === 'C' || p.deps === null) return null;
  const real = p.importMap.get(path) ?? path;
  return p.deps.find(d => d.importPath === real) ?? null;
}

/** The roots and all they import, imports before importers (load.PackageList). */
export function packageList(roots: readonly Package[]): Package[] {
  const seen = new Set<Package>();
  const out: Package[] = [];
  // A stack of its own: the depth of imports is the input's to choose.
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const work: { p: Package; next: number }[] = [{ p: root, next: 0 }];
    while (work.length > 0) {
      const top = work[work.length - 1];
      const deps = top.p.deps ?? [];
      if (top.next >= deps.length) {
        out.push(top.p);
        work.pop();
        continue;
      }
      const d = deps[top.next++];
      if (seen.has(d)) continue;
      seen.add(d);
      work.push({ p: d, next: 0 });
    }
  }
  return out;
}

// --- Visibility.

/** The index of the last path element `internal`, or -1 (load.findInternal). */
function findInternal(path: string): number {
  if (path.endsWith('/internal')) return path.length - 'internal'.length;
  const i = path.lastIndexOf('/internal/');
  if (i >= 0) return i + 1;
  return path === 'internal' || path.startsWith('internal/') ? 0 : -1;
}

function disallowInternal(
  ld: Loader,
  importer: Package | null,
  p: Package,
  stack: readonly ImportInfo[],
): PackageError | null {
  if (p.error || importer === null) return null;
  let i = findInternal(p.importPath);
  if (i < 0) return null;
  if (i > 0) i--;
  let importerPath = importer.importPath;
  const fips = 'crypto/internal/fips140';
  let allowed: boolean;
  if (hasPathPrefix(importerPath, 'crypto') && hasPathPrefix(p.importPath, fips)) return null;
  if (hasPathPrefix(importerPath, fips)) allowed = hasPathPrefix(p.importPath, 'crypto/internal');
  else if (p.module === null) {
    const parent = p.dir.slice(0, i + p.dir.length - p.importPath.length);
    allowed = hasPathPrefix(importer.dir, parent.replace(/\/$/, ''));
  } else {
    if (importer.cmdlineFiles) importerPath = dirImportPath(ld, importer.dir);
    allowed = hasPathPrefix(importerPath, p.importPath.slice(0, i));
  }
  if (allowed) return null;
  const e = plainError(stack, `use of internal package ${p.importPath} not allowed`);
  e.alwaysPrintStack = true;
  return e;
}

/** The import path of a folder of a main module; '.' outside of them (modload.DirImportPath). */
function dirImportPath(ld: Loader, dir: string): string {
  let best = '';
  let path = '.';
  for (const m of ld.modules.mains) {
    if (m.root === '') continue;
    if (dir === m.root) return m.prefix;
    if (!hasPathPrefix(dir, m.root) || m.prefix <= best) continue;
    best = m.prefix;
    const suffix = dir.slice(m.root.length + 1);
    path = suffix.startsWith('vendor/') ? suffix.slice('vendor/'.length) : `${m.prefix}/${suffix}`;
  }
  return path;
}

/** The index of the last path element `vendor` that something follows, or -1 (load.FindVendor). */
function findVendor(path: string): number {
  const i = path.lastIndexOf('/vendor/');
  if (i >= 0) return i + 1;
  return path.startsWith('vendor/') ? 0 : -1;
}

function disallowVendor(
  importer: Package,
  path: string,
  p: Package,
  stack: readonly ImportInfo[],
): PackageError | null {
  let i = findVendor(p.importPath);
  if (i >= 0) {
    if (i > 0) i--;
    const cut = i + p.dir.length - p.importPath.length;
    const parent = cut <= 0 ? '' : p.dir.slice(0, cut).replace(/\/$/, '');
    if (!hasPathPrefix(importer.dir, parent)) {
      return plainError(stack, 'use of vendored package not allowed');
    }
  }
  const v = findVendor(path);
  if (v >= 0) return plainError(stack, `${path} must be imported as ${path.slice(v + 'vendor/'.length)}`);
  return null;
}

/** The error as the go command prints it (load.PackageError.Error). */
export function errorText(e: PackageError): string {
  const at = e.pos ? formatPos(e.pos) : '';
  if (at !== '' && (e.stack.length === 0 || !e.alwaysPrintStack)) return `${at}: ${e.message}`;
  if (e.stack.length === 0) return e.message;
  const imports = e.stack.map(s => (e.cycle && s.pos ? `${s.path} from ${basename(s.pos.file)}` : s.path));
  return `package ${imports.join('\n\timports ')}${at === '' ? '' : `\n\t${at}`}: ${e.message}`;
}

export function formatPos(p: Position): string {
  return p.line === 0 ? p.file : p.col === 0 ? `${p.file}:${p.line}` : `${p.file}:${p.line}:${p.col}`;
}
