/** What one load works on, and what its parts share. */
import { hasPathPrefix, join } from '../source/path.ts';
import type { Position } from '../source/text.ts';
import { type DirPackage, type FileRules, importDir } from './directory.ts';
import { loadModules } from './mainmodules.ts';
import { type ModuleEnv, type Modules, shortPath } from './modules.ts';
import type { Package, PackageError } from './package.ts';
import { isStandardImportPath } from './pattern.ts';
import { isGoDir, type Resolution } from './resolve.ts';
import { type Target, tagMatcher } from './target.ts';

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

export interface Resolved extends Resolution {
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

/** Imports that are not packages of a module: cgo's, and names from before Go had URL-like paths. */
export function isReal(path: string): boolean {
  return path !== 'C' && !/^appengine(_internal)?(\/|$)/.test(path);
}

/** What an import of the standard library means: its vendored copy, where there is one (modload.stdVendor). */
export function stdVendor(ld: Loader, parent: string, path: string): string {
  if (isStandardImportPath(path)) return path;
  const vendored = hasPathPrefix(parent, 'cmd') ? `cmd/vendor/${path}` : `vendor/${path}`;
  return ld.env.fs.stat(join(ld.env.goroot, 'src', vendored)) === null ? path : vendored;
}

export function isStd(ld: Loader, path: string): boolean {
  return isStandardImportPath(path) && isGoDir(ld.env.fs, join(ld.env.goroot, 'src', path));
}

export function setPos(ld: Loader, e: PackageError, pos: readonly Position[] | null | undefined): void {
  if (pos && pos.length > 0) e.pos = { ...pos[0], file: shortPath(pos[0].file, ld.env.cwd) };
}
