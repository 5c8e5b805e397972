/**
 * From an import path to the module and folder that provide it (modload.importFromModules, queryImport), in the go
 * command's words when none does.
 */
import type { FileSystem } from '../source/files.ts';
import { clean, dirname, hasPathPrefix, isAbsolute, join, relative } from '../source/path.ts';
import { quote } from '../source/quote.ts';
import { type LoadError, loadError } from './directory.ts';
import { findModuleRoot } from './mainmodules.ts';
import { checkImportPath, checkModulePath, splitPathVersion } from './modpath.ts';
import {
  hasModRoot,
  highestReplaced,
  type MainModule,
  type ModuleGraph,
  type Modules,
  moduleDir,
  replacement,
  shortPath,
  type VendorList,
  vendorDir,
} from './modules.ts';
import { buildList, moduleFileError, moduleGraph, selectedVersion } from './requirements.ts';
import { isLocalImport, isMetaPackage, isStandardImportPath } from './pattern.ts';
import { compareGoVersion, compareSelected, isToolchainPath, type ModuleVersion, versionString } from './version.ts';

/** Where a package comes from. */
export interface Resolution {
  /** The module, null for the standard library and when there is none. */
  mod: ModuleVersion | null;
  /** The folder; '' when there is none. */
  dir: string;
  error: ResolveError | null;
}

export interface ResolveError extends LoadError {
  /** The package is missing: a new requirement could provide it. */
  missing: boolean;
  /** go.sum lacks entries; the modules it lacks them for. */
  sumMissing: ModuleVersion[];
  /** The import is found, but another module might have it too. */
  sumFound: boolean;
}

function failure(kind: LoadError['kind'], message: string, subject: string, missing = false): Resolution {
  return {
    mod: null,
    dir: '',
    error: { ...loadError(kind, message, subject), missing, sumMissing: [], sumFound: false },
  };
}

/** Whether the folder has a Go file, whatever its constraints (fsys.IsGoDir). */
export function isGoDir(fs: FileSystem, dir: string): boolean {
  for (const e of fs.readDir(dir) ?? []) {
    if (e.kind === 'dir' || !e.name.endsWith('.go')) continue;
    if (e.kind === 'file' || (e.kind === 'link' && fs.stat(join(dir, e.name)) === 'file')) return true;
  }
  return false;
}

/** Whether the path is a package of GOROOT (modindex.IsStandardPackage). */
export function isStandardPackage(ms: Modules, path: string): boolean {
  if (!isStandardImportPath(path)) return false;
  let found = ms.std.get(path);
  if (found === undefined) {
    found = isGoDir(ms.env.fs, join(ms.env.goroot, 'src', path));
    ms.std.set(path, found);
  }
  return found;
}

/** The folder of package `path` in the module at `root` with that prefix (modload.dirInModule); null when it cannot be. */
export function dirInModule(
  fs: FileSystem,
  path: string,
  prefix: string,
  root: string,
  local: boolean,
): { dir: string; hasGoFiles: boolean } | null {
  let dir: string;
  if (path === prefix) dir = root;
  else if (prefix === '') dir = join(root, path);
  else if (path.startsWith(`${prefix}/`)) dir = join(root, path.slice(prefix.length + 1));
  else return null;
  if (local) {
    // A go.mod on the way makes what is below it another module.
    for (let d = dir; d !== root && d.length > root.length; ) {
      if (fs.stat(join(d, 'go.mod')) === 'file') return null;
      const parent = dirname(d);
      if (parent === d) break;
      d = parent;
    }
  }
  return { dir, hasGoFiles: isGoDir(fs, dir) };
}

function inGorootSrc(ms: Modules, m: MainModule): boolean {
  return m.root !== '' && hasPathPrefix(m.root, join(ms.env.goroot, 'src'));
}

/** A module and the folder of it that a package is in; `mod` null for std. */
interface Found {
  mod: ModuleVersion | null;
  dir: string;
}

/** Finds the package among std, the main modules, the vendor folder and the requirements (modload.importFromModules). */
export function importFromModules(ms: Modules, path: string): Resolution {
  const bad = importPathFault(path);
  if (bad !== null) return failure('import', bad, path);
  if (path === 'C') return { mod: null, dir: '', error: null };

  const found: Found[] = [];
  const isStd = isStandardImportPath(path);
  if (isStd && isStandardPackage(ms, path)) {
    for (const main of ms.mains) {
      if (!inGorootSrc(ms, main)) continue;
      const d = dirInModule(ms.env.fs, path, main.prefix, main.root, true);
      if (d?.hasGoFiles) return { mod: { path: main.path, version: '' }, dir: d.dir, error: null };
    }
    found.push({ mod: null, dir: join(ms.env.goroot, 'src', path) });
  }
  if (ms.vendor) return importFromVendor(ms, ms.vendor, path, found);

  // First from the roots alone; if that finds nothing, from the whole graph.
  let graph: ModuleGraph | null = ms.pruning === 'unpruned' ? moduleGraph(ms) : null;
  if (graph?.error) graph = null;
  for (;;) {
    const mods = modulesWith(ms, path, graph);
    if (!mods.ok) return mods.failure;
    const resolution = onlyOf([...found, ...mods.found], mods.sumMissing, ms, path);
    if (resolution !== null) return resolution;
    if (graph) return missing(ms, path, isStd ? true : null, hasModRoot(ms) ? '' : noMainModules(ms));
    graph = moduleGraph(ms);
    if (graph.error) return failure('other', graph.error, path);
  }
}

/** What is wrong with the text of an import path, or null. */
function importPathFault(path: string): string | null {
  if (path.includes('@')) return `import path ${quote(path)} should not have @version`;
  if (isLocalImport(path))
    return `${quote(path)} is relative, but relative import paths are not supported in module mode`;
  if (isAbsolute(path)) return `${quote(path)} is not a package path; see 'go help packages'`;
  if (isMetaPackage(path)) return `${quote(path)} is not an importable package; see 'go help packages'`;
  return path === 'C' ? null : checkImportPath(path);
}

/** With -mod=vendor: the package in std (`found`), in a main module, or in the vendor folder. */
function importFromVendor(ms: Modules, vendor: VendorList, path: string, found: Found[]): Resolution {
  const { fs } = ms.env;
  for (const main of ms.mains) {
    if (main.root === '') continue;
    const d = dirInModule(fs, path, main.prefix, main.root, true);
    if (d?.hasGoFiles) found.push({ mod: { path: main.path, version: '' }, dir: d.dir });
  }
  if (hasModRoot(ms)) {
    const d = dirInModule(fs, path, '', vendorDir(ms), false);
    const mod = vendor.packages.get(path);
    const go = ms.work ? ms.work.file.go || '1.18' : ms.mains[0].goVersion;
    if (d?.hasGoFiles && (mod || compareGoVersion(go, '1.23') < 0)) found.push({ mod: mod ?? null, dir: d.dir });
  }
  const dirs = found.map(f => f.dir);
  if (found.length > 1) return failure('import', ambiguous(path, dirs, []), path);
  if (found.length === 0) return missing(ms, path, null, '');
  return { ...found[0], error: null };
}

/**
 * The modules that have the package, longest path first: of the roots, or of the whole graph. `sumMissing`: modules that
 * may have it and cannot be looked into for want of their go.sum lines.
 */
function modulesWith(
  ms: Modules,
  path: string,
  graph: ModuleGraph | null,
): { ok: true; found: Found[]; sumMissing: ModuleVersion[] } | { ok: false; failure: Resolution } {
  const found: Found[] = [];
  const sumMissing: ModuleVersion[] = [];
  for (let prefix = path; prefix !== '.'; prefix = dirname(prefix)) {
    if (isToolchainPath(prefix)) continue;
    const own = ms.mains.find(x => x.path === prefix);
    const version = own ? '' : graph ? selectedVersion(graph, prefix) : ms.rootVersion.get(prefix);
    if (version === undefined || version === 'none') {
      if (prefix.startsWith('/')) break;
      continue;
    }
    // the stand-in that there is outside of modules provides nothing
    if (ms.mains.some(x => x.path === prefix && x.root === '')) continue;
    const mod = { path: prefix, version };
    const at = moduleDir(ms, mod);
    if (at.sumMissing) sumMissing.push(mod);
    else if (at.error !== null) return { ok: false, failure: failure('other', at.error, path) };
    else {
      const d = dirInModule(ms.env.fs, path, own ? own.prefix : prefix, at.dir, at.local);
      if (d?.hasGoFiles) found.push({ mod, dir: d.dir });
    }
  }
  return { ok: true, found, sumMissing };
}

/** The one module that has the package, or why none can be taken; null when there is none. */
function onlyOf(
  found: readonly Found[],
  sumMissing: readonly ModuleVersion[],
  ms: Modules,
  path: string,
): Resolution | null {
  if (found.length > 1) {
    // The walk went from the longest module path to the shortest; the message goes the other way.
    const shortest = found.toReversed();
    const dirs = shortest.map(m => m.dir);
    const mods = shortest.map(m => m.mod ?? { path: '', version: '' });
    return failure('import', ambiguous(path, dirs, mods), path);
  }
  if (sumMissing.length > 0) {
    const r = failure('import', '', path);
    const error = r.error as ResolveError;
    error.sumMissing = sumMissing.toReversed();
    error.sumFound = found.length > 0;
    error.message = sumMessage(path, error, null);
    return r;
  }
  if (found.length === 0) return null;
  const [{ mod, dir }] = found;
  if (mod && !ms.mains.some(m => m.path === mod.path)) {
    const broken = moduleFileError(ms, mod);
    if (broken !== null) return failure(broken.tooNew ? 'version' : 'other', broken.text, path);
  }
  return { mod, dir, error: null };
}

/** That there is no main module, in the go command's words. */
export function noMainModules(ms: Modules): string {
  return ms.work
    ? "no modules were found in the current workspace; see 'go help work'"
    : "go.mod file not found in current directory or any parent directory; see 'go help modules'";
}

/** modload.ImportMissingSumError's text; the importer is known only once the import graph is. */
export function sumMessage(
  path: string,
  e: ResolveError,
  importer: { path: string; version: string; test: boolean } | null,
): string {
  const by = importer ? ` (imported by ${importer.path})` : '';
  const message = e.sumFound
    ? `missing go.sum entry needed to verify package ${path}${by} is provided by exactly one module`
    : `missing go.sum entry for module providing package ${path}${by}`;
  if (importer === null)
    return e.sumMissing.length > 0
      ? `${message}; to add:\n\tgo mod download ${e.sumMissing.map(m => m.path).join(' ')}`
      : message;
  return `${message}; to add:\n\tgo get${importer.test ? ' -t' : ''} ${importer.path}${importer.version === '' ? '' : `@${importer.version}`}`;
}

function ambiguous(path: string, dirs: string[], mods: ModuleVersion[]): string {
  let s = `ambiguous import: found package ${path} in multiple ${mods.length > 0 ? 'modules' : 'directories'}:`;
  dirs.forEach((dir, i) => {
    if (i >= mods.length) {
      s += `\n\t${dir}`;
      return;
    }
    const m = mods[i];
    s += `\n\t${m.path}${m.version === '' ? '' : ` ${m.version}`} (${dir})`;
  });
  return s;
}

function missing(ms: Modules, path: string, std: boolean | null, queryError: string): Resolution {
  const message = std
    ? `package ${path} is not in std (${join(ms.env.goroot, 'src', path)})`
    : queryError !== '' && hasModRoot(ms)
      ? `cannot find module providing package ${path}: ${queryError}`
      : queryError !== ''
        ? `no required module provides package ${path}: ${queryError}`
        : `no required module provides package ${path}; to add it:\n\tgo get ${path}`;
  return failure('import', message, path, true);
}

/**
 * Says why a missing package is not to be had, as the go command does after it has looked further (modload.queryImport
 * with -mod=readonly). `importer` is the main module whose import led here.
 */
export function explainMissing(ms: Modules, path: string, importer: MainModule | null): LoadError {
  const fail = (message: string): LoadError => loadError('import', message, path);
  const candidates: ModuleVersion[] = [];
  for (const [mp, mv] of highestReplaced(ms)) {
    if (mp !== path && !path.startsWith(`${mp}/`)) continue;
    let version = mv;
    if (version === '') {
      const major = splitPathVersion(mp)?.major ?? '';
      version = `${major === '' ? 'v0' : major.slice(1)}.0.0-00010101000000-000000000000`;
    }
    const g = moduleGraph(ms);
    if (compareSelected(mp, selectedVersion(g, mp), version) >= 0) continue;
    candidates.push({ path: mp, version });
  }
  candidates.sort((a, b) => b.path.length - a.path.length);
  for (const m of candidates) {
    const at = moduleDir(ms, m);
    if (at.error !== null) return loadError('other', at.error, path);
    if (!dirInModule(ms.env.fs, path, m.path, at.dir, at.local)?.hasGoFiles) continue;
    const zero = /-00010101000000-0{12}$/.test(m.version);
    return fail(
      `module ${m.path} provides package ${path} and is replaced but not required; to add it:\n\tgo get ${zero ? m.path : versionString(m)}`,
    );
  }
  if (candidates.length > 0 && checkModulePath(path) !== null) {
    const m = candidates[0];
    const r = replacement(ms, m);
    return loadError(
      'other',
      `module ${m.path}@latest found (${m.version}${r ? `, replaced by ${versionString(r)}` : ''}), but does not contain package ${path}`,
      path,
    );
  }
  if (isStandardImportPath(path)) return fail(`package ${path} is not in std (${join(ms.env.goroot, 'src', path)})`);
  const base = `no required module provides package ${path}`;
  if (ms.vendor) {
    const reason = ms.buildModExplicit || ms.buildModReason === '' ? '' : `\n\t(${ms.buildModReason})`;
    return fail(`cannot find module providing package ${path}: import lookup disabled by -mod=${ms.buildMod}${reason}`);
  }
  if (ms.buildModExplicit) return fail(`${base}: import lookup disabled by -mod=${ms.buildMod}`);
  if (ms.buildModReason !== '')
    return fail(`${base}: import lookup disabled by -mod=${ms.buildMod}\n\t(${ms.buildModReason})`);
  const cwdModule = ms.mains.find(m => m.root !== '' && hasPathPrefix(ms.env.cwd, m.root)) ?? null;
  if (importer && importer !== cwdModule) return fail(`${base}; to add it:\n\tcd ${importer.root}\n\tgo get ${path}`);
  return fail(`${base}; to add it:\n\tgo get ${path}`);
}

export type LocalPackage = { ok: true; path: string } | { ok: false; error: LoadError; builtin: boolean };

/**
 * The import path of a folder (modload.resolveLocalPackage). `hasPackage` says whether the folder holds a package or
 * Go files that are out.
 */
export function resolveLocalPackage(
  ms: Modules,
  dir: string,
  hasPackage: (dir: string) => LoadError | null,
): LocalPackage {
  const { fs, goroot, cwd } = ms.env;
  const abs = isAbsolute(dir) ? clean(dir) : join(cwd, dir);
  const no = (message: string, builtin = false): LocalPackage => ({
    ok: false,
    error: loadError('other', message),
    builtin,
  });
  const problem = hasPackage(abs);
  if (problem) {
    if (fs.stat(abs) === null) return no(`stat ${abs}: directory not found`);
    if (problem.kind === 'noGo') return { ok: false, error: problem, builtin: false };
  }
  const src = join(goroot, 'src');
  for (const m of ms.mains) {
    if (m.root === '' || abs !== m.root) continue;
    if (abs === src) return no('GOROOT/src is not an importable package', true);
    return { ok: true, path: m.prefix };
  }
  let notFound = '';
  let notFoundPrefix = '';
  for (const m of ms.mains) {
    if (m.root === '' || !hasPathPrefix(abs, m.root) || abs.slice(m.root.length).includes('@')) continue;
    const suffix = abs.slice(m.root.length + 1);
    if (suffix.startsWith('vendor/')) {
      if (!ms.vendor) return no(`without -mod=vendor, directory ${abs} has no package path`);
      const pkg = suffix.slice('vendor/'.length);
      return ms.vendor.packages.has(pkg)
        ? { ok: true, path: pkg }
        : no(`directory ${abs} is not a package listed in vendor/modules.txt`);
    }
    if (m.prefix === '') {
      if (suffix === 'builtin') return no('"builtin" is a pseudo-package, not an importable package', true);
      return { ok: true, path: suffix };
    }
    const pkg = `${m.prefix}/${suffix}`;
    if (dirInModule(fs, pkg, m.prefix, m.root, true)?.hasGoFiles) return { ok: true, path: pkg };
    if (m.prefix.length > notFoundPrefix.length) {
      notFoundPrefix = m.prefix;
      notFound = `main module (${m.path}) does not contain package ${pkg}`;
    }
  }
  if (notFound !== '') return no(notFound);
  if (hasPathPrefix(abs, src) && abs !== src) {
    const sub = abs.slice(src.length + 1);
    if (!sub.includes('@')) {
      if (sub === 'builtin') return no('"builtin" is a pseudo-package, not an importable package', true);
      return { ok: true, path: sub };
    }
  }
  if (hasModRoot(ms)) {
    for (const m of buildList(moduleGraph(ms))) {
      if (isToolchainPath(m.path)) continue;
      const at = moduleDir(ms, m);
      if (at.dir === '' || !hasPathPrefix(abs, at.dir)) continue;
      const sub = relative(at.dir, abs);
      if (/(^|\/)vendor\//.test(sub) || sub.includes('@')) continue;
      return { ok: true, path: sub === '.' ? m.path : `${m.path}/${sub}` };
    }
  }
  const short = shortPath(abs, cwd);
  const what = short === '.' ? 'current directory' : `directory ${short}`;
  const contained = ms.work ? findModuleRoot(ms.env.fs, abs) : '';
  if (contained !== '')
    return no(
      `${what} is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use ${shortPath(contained, cwd)}`,
    );
  return no(
    ms.work
      ? `${what} outside modules listed in go.work or their selected dependencies`
      : `${what} outside main module or its selected dependencies`,
  );
}
