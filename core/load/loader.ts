/** What one load works on, and what its parts share. */
import { hasPathPrefix, join } from '../source/path.ts';
import type { Position } from '../source/text.ts';
import { type DirPackage, type FileRules, importDir } from './directory.ts';
import { loadModules } from './mainmodules.ts';
import { type ModuleEnv, type Modules, shortPath } from './modules.ts';
import type { Package, PackageError } from './package.ts';
import { isStandardImportPath } from './pattern.ts';
import { isStandardPackage, type Resolution } from './resolve.ts';
import { type Target, tagMatcher } from './target.ts';

export interface LoadOptions {
  /** Look for the files of embed patterns, and report those that match none. */
  embed: boolean;
  /** Resolve the imports of tests too. */
  tests: boolean;
  /** Take files whatever tags they ask for, as `go mod why` does. */
  anyTags: boolean;
  /** A go.mod that would have to be updated is an error, as for the go command; else what it says is taken. */
  complete: boolean;
  /** -pgo: 'auto' takes a program's default.pgo, 'off' none, else a file. */
  pgo: string;
}

/** A folder's package with what it was made from. */
interface KeptDir {
  package: DirPackage;
  /** Names and kinds of the entries. */
  listing: string;
  files: [path: string, bytes: Uint8Array | null][];
}

/** What loads after one another share, so that the next one reads only what changed. */
interface Kept {
  dirs: Map<string, KeptDir>;
  /** Vendored spellings of imports in the standard library. */
  vendored: Map<string, string>;
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
  /** Import paths by their lower-case spelling: no two may differ in case alone. */
  folded: Map<string, string>;
  options: LoadOptions;
  kept: Kept;
}

export interface Resolved extends Resolution {
  path: string;
  /** Who imports it, on a shortest way from the roots; null for a root. */
  importer: Resolved | null;
  /** The package this is the test of; null for a package. */
  testOf: Resolved | null;
  imports: Resolved[];
  /** Its tests, an entry of their own; null where they are not asked for. */
  test: Resolved | null;
  /** In the pattern "all". */
  inAll: boolean;
  /** Matched by a pattern. */
  root: boolean;
  /** Its imports are known. */
  walked: boolean;
  inStd: boolean;
}

/**
 * A loader for the target. With the loader of an earlier snapshot, folders whose files are the same objects as then are
 * not read again; those of GOROOT and the module cache, which are not written to, are not even listed.
 */
export function createLoader(env: ModuleEnv, target: Target, options: LoadOptions, previous?: Loader | null): Loader {
  const has = tagMatcher(target);
  const modules = loadModules(env);
  const sameGo = previous?.env.goroot === env.goroot && previous.env.gomodcache === env.gomodcache;
  const same = sameGo && JSON.stringify(previous.target) === JSON.stringify(target);
  if (sameGo) modules.std = previous.modules.std;
  return {
    env,
    target,
    modules,
    rules: { has, cgo: target.cgo, useAllFiles: false, anyTags: options.anyTags },
    dirs: new Map(),
    resolved: new Map(),
    walk: [],
    packages: new Map(),
    folded: new Map(),
    options,
    kept:
      same && previous.options.anyTags === options.anyTags ? previous.kept : { dirs: new Map(), vendored: new Map() },
  };
}

/** The folder's package, read once, or taken over from the load before. */
export function readPackageDir(ld: Loader, dir: string): DirPackage {
  const have = ld.dirs.get(dir);
  if (have) return have;
  let kept = ld.kept.dirs.get(dir);
  if (!kept || !unchanged(ld, dir, kept)) {
    const { fs } = ld.env;
    const files: KeptDir['files'] = [];
    const readFile = (path: string): Uint8Array | null => {
      const bytes = fs.readFile(path);
      files.push([path, bytes]);
      return bytes;
    };
    const found = importDir({ ...fs, readFile }, dir, ld.rules);
    kept = { package: found, listing: isFixed(ld, dir) ? '' : listing(ld, dir), files };
    ld.kept.dirs.set(dir, kept);
  }
  ld.dirs.set(dir, kept.package);
  return kept.package;
}

/** Whether the folder is of a tree that nothing writes to: an installation of Go, the module cache. */
function isFixed(ld: Loader, dir: string): boolean {
  const { goroot, gomodcache } = ld.env;
  return hasPathPrefix(dir, goroot) || (gomodcache !== '' && hasPathPrefix(dir, gomodcache));
}

function listing(ld: Loader, dir: string): string {
  return (ld.env.fs.readDir(dir) ?? []).map(e => `${e.kind} ${e.name}`).join('/');
}

function unchanged(ld: Loader, dir: string, kept: KeptDir): boolean {
  const { fs } = ld.env;
  for (const [path, bytes] of kept.files) if (fs.readFile(path) !== bytes) return false;
  return isFixed(ld, dir) || listing(ld, dir) === kept.listing;
}

/** Imports that are not packages of a module: cgo's, and names from before Go had URL-like paths. */
export function isReal(path: string): boolean {
  return path !== 'C' && !/^appengine(_internal)?(\/|$)/.test(path);
}

/** What an import of the standard library means: its vendored copy, where there is one (modload.stdVendor). */
export function stdVendor(ld: Loader, parent: string, path: string): string {
  if (isStandardImportPath(path)) return path;
  const vendored = hasPathPrefix(parent, 'cmd') ? `cmd/vendor/${path}` : `vendor/${path}`;
  let found = ld.kept.vendored.get(vendored);
  if (found === undefined) {
    found = ld.env.fs.stat(join(ld.env.goroot, 'src', vendored)) === null ? path : vendored;
    ld.kept.vendored.set(vendored, found);
  }
  return found;
}

/** Whether the path is a package of GOROOT. */
export function isStd(ld: Loader, path: string): boolean {
  return isStandardPackage(ld.modules, path);
}

export function setPos(ld: Loader, e: PackageError, pos: readonly Position[] | null | undefined): void {
  if (pos && pos.length > 0) e.pos = { ...pos[0], file: shortPath(pos[0].file, ld.env.cwd) };
}
