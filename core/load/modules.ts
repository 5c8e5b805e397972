/**
 * The modules of a build: main modules and workspace, the requirement graph with its pruning, minimal version
 * selection, replacements, the vendor folder, the module cache (cmd/go/internal/modload, mvs).
 *
 * The graph is lazy as in the go command: from go 1.17 on a module's roots name all that its packages need, so most
 * imports resolve from the roots, and the full graph is read only when one does not. Nothing is ever downloaded: what
 * the module cache does not hold is an error that says so.
 */
import type { FileSystem } from '../source/files.ts';
import { dirname, isAbsolute, join, relative } from '../source/path.ts';
import { byBytes } from '../source/utf8.ts';
import { type ModFile, parseModFile } from './modfile.ts';
import { escapePath } from './modpath.ts';
import { compareSelected, type ModuleVersion, versionKey, versionString } from './version.ts';

/** Where things are and what was asked for; a host fills it from the environment and flags. */
export interface ModuleEnv {
  fs: FileSystem;
  /** The working folder. */
  cwd: string;
  goroot: string;
  gomodcache: string;
  /** GO111MODULE. */
  go111module: string;
  /** GOWORK: '', 'off' or a file. */
  gowork: string;
  /** -mod: '', 'mod', 'readonly' or 'vendor'. */
  mod: string;
  /** -modfile, absolute; ''. */
  modfile: string;
  /** GOPROXY; with `off` the go command says of what is not in the module cache that it may not look. */
  goproxy?: string;
  /** Go's version without `go`: `1.26.8`. */
  goVersion: string;
  /** GOTOOLCHAIN; with `local` a module that asks for a newer Go is refused. */
  gotoolchain?: string;
}

export interface MainModule {
  path: string;
  /** Folder; '' when there is no main module. */
  root: string;
  /** What import paths of its packages begin with: the module path, '' for std. */
  prefix: string;
  /** Path of its go.mod. */
  gomod: string;
  file: ModFile;
  /** The go line, 1.16 when there is none. */
  goVersion: string;
}

export type Pruning = 'pruned' | 'unpruned' | 'workspace';

/** The requirements of all modules that matter, and the version selected of each path (mvs.Graph). */
export interface ModuleGraph {
  roots: readonly ModuleVersion[];
  required: ReadonlyMap<string, readonly ModuleVersion[]>;
  selected: ReadonlyMap<string, string>;
  /** Why a module's requirements could not be read; the graph is incomplete then. */
  error: string | null;
}

/** What vendor/modules.txt says. */
export interface VendorList {
  /** Modules that provide packages. */
  list: ModuleVersion[];
  version: ReadonlyMap<string, string>;
  /** Import path to the module that provides it. */
  packages: ReadonlyMap<string, ModuleVersion>;
  meta: ReadonlyMap<string, { explicit: boolean; goVersion: string; replacement: ModuleVersion | null }>;
  /** Modules that it marks as replaced. */
  replaced: ModuleVersion[];
}

export interface Modules {
  env: ModuleEnv;
  mains: MainModule[];
  /** go.work's file and what it says, in workspace mode. */
  work: { path: string; file: ModFile } | null;
  buildMod: 'mod' | 'readonly' | 'vendor';
  /** Why buildMod is what it is, where an import error would mention it. */
  buildModReason: string;
  buildModExplicit: boolean;
  pruning: Pruning;
  /** What the graph begins with: what go.mod requires, or the modules of the workspace; Go itself too. */
  roots: ModuleVersion[];
  /** Paths of modules that are required without `// indirect`. */
  direct: Set<string>;
  /** The version of each path among the roots. */
  rootVersion: Map<string, string>;
  vendor: VendorList | null;
  /** The sums of go.sum, by `path version` and `path version/go.mod`. */
  sums: Map<string, string>;
  /** What makes loading impossible, in the go command's words, one a line. */
  fatal: string[];
  /** What is only said. */
  warnings: string[];
  graphCache: ModuleGraph | null;
  /** Which paths are packages of GOROOT, as far as it was asked. */
  std: Map<string, boolean>;
  /** By module: what it requires, replacements and exclusions applied. */
  summaries: Map<string, Summary>;
  /** By module: what its own go.mod says. */
  files: Map<string, Summary>;
}

/** What is wrong with a module's go.mod. */
export interface SummaryError {
  /** The module that it is said of, a replacement perhaps; null where the text names it. */
  of: ModuleVersion | null;
  text: string;
  /** It asks for a newer Go than this one. */
  tooNew: boolean;
}

/** What loading needs of a module's go.mod. */
export interface Summary {
  module: string;
  goVersion: string;
  pruning: Pruning;
  require: readonly ModuleVersion[];
  file: ModFile | null;
  error: SummaryError | null;
}

/** A fatal message as the go command prints it: a few come without its name before them. */
export function fatalLine(message: string): string {
  return bare.test(message) ? message : `go: ${message}`;
}

const bare = /^(named files must all be in one directory|stat .*: no such file or directory$|-mod=|malformed go\.sum:)/;

/** What is said where a module would have to be fetched, `otherwise` when that is allowed (and left to the user). */
export function notCached(env: ModuleEnv, otherwise: string): string {
  return env.goproxy === 'off' ? 'module lookup disabled by GOPROXY=off' : otherwise;
}

/** That something asks for a newer Go (gover.TooNewError). */
export function tooNew(env: ModuleEnv, what: string, version: string): string {
  const setting = env.gotoolchain ?? '';
  const why = setting === '' || setting === 'auto' ? '' : `; GOTOOLCHAIN=${setting}`;
  return `${what} requires go >= ${version} (running go ${env.goVersion}${why})`;
}

export const noFile: ModFile = parseModFile(new Uint8Array());

/** The path a message shows: relative to the working folder when that is shorter (base.ShortPath). */
export function shortPath(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path;
  const rel = relative(cwd, path);
  return rel.length < path.length ? rel : path;
}

/** Whether there is a main module. */
export function hasModRoot(ms: Modules): boolean {
  return ms.mains[0].root !== '';
}

/** Whether go.sum must have what is read of a module (modload.mustHaveSums). */
export function mustHaveSums(ms: Modules): boolean {
  return hasModRoot(ms) && ms.buildMod === 'readonly' && ms.work === null;
}

/** Where the vendor folder is, if one is used. */
export function vendorDir(ms: Modules): string {
  return join(ms.work ? dirname(ms.work.path) : ms.mains[0].root, 'vendor');
}

/** The folder that relative replacements count from. */
export function replaceRelativeTo(ms: Modules): string {
  return ms.work ? dirname(ms.work.path) : ms.mains[0].root;
}

/** What replaces the module, or null (modload.Replacement). */
export function replacement(ms: Modules, m: ModuleVersion): ModuleVersion | null {
  const find = (file: ModFile): ModuleVersion | null => {
    let any: ModuleVersion | null = null;
    for (const r of file.replace) {
      if (r.old.path !== m.path) continue;
      if (r.old.version === m.version) return r.new;
      if (r.old.version === '') any = r.new;
    }
    return any;
  };
  if (ms.mains.some(x => x.path === m.path) && m.version === '' && ms.work === null) return null;
  if (ms.work) {
    const r = find(ms.work.file);
    if (r) return r;
  }
  for (const main of ms.mains) {
    const r = find(main.file);
    if (!r) continue;
    if (ms.work && r.version === '' && !isAbsolute(r.path)) {
      // A folder named in a module of the workspace counts from that module.
      const rel = relative(dirname(ms.work.path), join(main.root, r.path));
      return { path: rel.startsWith('.') ? rel : `./${rel}`, version: '' };
    }
    return r;
  }
  return null;
}

/** The folder in the module cache that holds the module's download files. */
export function downloadDir(ms: Modules, path: string): string {
  return join(ms.env.gomodcache, 'cache/download', escapePath(path), '@v');
}

export interface ModuleDir {
  dir: string;
  /** A folder of the user's, not of the cache. */
  local: boolean;
  error: string | null;
  /** The error is a missing go.sum entry. */
  sumMissing: boolean;
}

/** Where the module's files are (modload.fetch), without fetching. */
export function moduleDir(ms: Modules, m: ModuleVersion): ModuleDir {
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path && x.root !== '') : undefined;
  if (main) return { dir: main.root, local: true, error: null, sumMissing: false };
  const r = replacement(ms, m);
  let actual = m;
  if (r) {
    if (r.version === '') {
      const dir = isAbsolute(r.path) ? r.path : join(replaceRelativeTo(ms), r.path);
      const error =
        ms.env.fs.stat(dir) === null ? `${versionString(m)}: replacement directory ${r.path} does not exist` : null;
      return { dir, local: true, error, sumMissing: false };
    }
    actual = r;
  }
  if (mustHaveSums(ms) && !ms.sums.has(versionKey(actual)))
    return { dir: '', local: false, error: `${versionString(actual)}: missing go.sum entry`, sumMissing: true };
  const dir = cacheDir(ms, actual);
  if (ms.env.fs.stat(dir) !== 'dir')
    return {
      dir,
      local: false,
      error: notCached(
        ms.env,
        `${versionString(actual)}: not in the module cache; to fetch it:\n\tgo mod download ${versionString(actual)}`,
      ),
      sumMissing: false,
    };
  return { dir, local: false, error: null, sumMissing: false };
}

/** The unpacked module in the module cache, whether it is there or not. */
export function cacheDir(ms: Modules, m: ModuleVersion): string {
  return join(ms.env.gomodcache, `${escapePath(m.path)}@${escapePath(m.version)}`);
}

/** The highest version each path is replaced at, '' for a replacement of any version. */
export function highestReplaced(ms: Modules): Map<string, string> {
  const out = new Map<string, string>();
  for (const r of [...(ms.work?.file.replace ?? []), ...ms.mains.flatMap(m => m.file.replace)]) {
    const have = out.get(r.old.path);
    if (
      have === undefined ||
      (r.old.version !== '' && (have === '' || compareSelected(r.old.path, have, r.old.version) < 0))
    )
      out.set(r.old.path, r.old.version);
  }
  return out;
}

/** The tools that go.mod's tool lines name, sorted. */
export function moduleTools(ms: Modules): string[] {
  return [...new Set(ms.mains.flatMap(m => m.file.tool))].sort(byBytes);
}
