/**
 * The modules of a build: main modules and workspace, the requirement graph with its pruning, minimal version
 * selection, replacements, the vendor folder, the module cache (cmd/go/internal/modload, mvs).
 *
 * The graph is lazy as in the go command: from go 1.17 on a module's roots name all that its packages need, so most
 * imports resolve from the roots, and the full graph is read only when one does not. Nothing is ever downloaded: what
 * the module cache does not hold is an error that says so.
 */
import type { FileSystem } from '../source/files.ts';
import { below, dirname, isAbsolute, join, relative } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { byBytes } from './directory.ts';
import { type ModFile, parseModFile, parseWorkFile } from './modfile.ts';
import { checkModulePath, escapePath } from './modpath.ts';
import {
  compareGoVersion,
  compareSelected,
  isToolchainPath,
  type ModuleVersion,
  sortVersions,
  versionKey,
  versionString,
} from './version.ts';

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
  /** Go's version without `go`: `1.26.8`. */
  goVersion: string;
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

export interface VendorList {
  /** Modules that provide packages. */
  list: ModuleVersion[];
  version: ReadonlyMap<string, string>;
  /** Import path to the module that provides it. */
  packages: ReadonlyMap<string, ModuleVersion>;
  meta: ReadonlyMap<string, { explicit: boolean; goVersion: string; replacement: ModuleVersion | null }>;
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
  roots: ModuleVersion[];
  direct: Set<string>;
  rootVersion: Map<string, string>;
  vendor: VendorList | null;
  sums: Map<string, string>;
  /** What makes loading impossible, in the go command's words, one a line. */
  fatal: string[];
  graphCache: ModuleGraph | null;
  summaries: Map<string, Summary>;
  files: Map<string, Summary>;
}

interface Summary {
  module: string;
  goVersion: string;
  pruning: Pruning;
  require: readonly ModuleVersion[];
  file: ModFile | null;
  error: string | null;
}

const noFile: ModFile = parseModFile(new Uint8Array());

/** The folder at or above `dir` that holds a go.mod, or ''. */
export function findModuleRoot(fs: FileSystem, dir: string): string {
  for (let d = dir; ; d = dirname(d)) {
    if (fs.stat(join(d, 'go.mod')) === 'file') return d;
    if (dirname(d) === d) return '';
  }
}

/** The go.work that applies in `dir`, or ''. */
export function findWorkFile(fs: FileSystem, dir: string, goroot: string): string {
  for (let d = dir; ; d = dirname(d)) {
    const f = join(d, 'go.work');
    // As a special case, GOROOT itself never counts as a workspace.
    if (fs.stat(f) === 'file') return d === goroot ? '' : f;
    if (dirname(d) === d) return '';
  }
}

/** The path a message shows: relative to the working folder when that is shorter (base.ShortPath). */
export function shortPath(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path;
  const rel = relative(cwd, path);
  return rel.length < path.length ? rel : path;
}

function fileErrors(path: string, cwd: string, f: ModFile): string[] {
  const name = shortPath(path, cwd);
  return [`errors parsing ${name}:`, ...f.errors.map(e => `${name}:${e.line}: ${e.message}`)];
}

/** Finds the main modules for the working folder and reads their requirements (modload.loadModFile). */
export function loadModules(env: ModuleEnv): Modules {
  const { fs, cwd } = env;
  const ms: Modules = {
    env,
    mains: [],
    work: null,
    buildMod: 'readonly',
    buildModReason: '',
    buildModExplicit: env.mod !== '',
    pruning: 'pruned',
    roots: [],
    direct: new Set(),
    rootVersion: new Map(),
    vendor: null,
    sums: new Map(),
    fatal: [],
    graphCache: null,
    summaries: new Map(),
    files: new Map(),
  };
  const workPath =
    env.modfile !== '' || env.gowork === 'off'
      ? ''
      : env.gowork !== ''
        ? env.gowork
        : findWorkFile(fs, cwd, env.goroot);
  let modRoots: string[] = [];
  if (workPath !== '') {
    const src = fs.readFile(workPath);
    const file = src ? parseWorkFile(src) : noFile;
    if (!src) ms.fatal.push(`reading go.work: open ${workPath}: no such file or directory`);
    if (file.errors.length > 0) ms.fatal.push(...fileErrors(workPath, cwd, file));
    ms.work = { path: workPath, file };
    for (const u of file.use) {
      const root = isAbsolute(u.path) ? u.path : join(dirname(workPath), u.path);
      if (modRoots.includes(root))
        ms.fatal.push(
          `error loading go.work:\n${shortPath(workPath, cwd)}:${u.line}: path ${u.path} appears multiple times in workspace`,
        );
      else modRoots.push(root);
    }
    readSums(ms, workPath + '.sum');
  } else {
    const root = findModuleRoot(fs, cwd);
    if (root !== '') modRoots = [root];
  }
  for (const root of modRoots) {
    const gomod = env.modfile !== '' ? env.modfile : join(root, 'go.mod');
    const src = fs.readFile(gomod);
    if (!src) {
      const short = shortPath(root, cwd);
      ms.fatal.push(
        ms.work
          ? `cannot load module ${short} listed in go.work file: open ${shortPath(gomod, cwd)}: no such file or directory`
          : `open ${gomod}: no such file or directory`,
      );
      continue;
    }
    const file = parseModFile(src);
    if (file.errors.length > 0) {
      ms.fatal.push(...fileErrors(gomod, cwd, file));
      continue;
    }
    if (file.module === '') {
      ms.fatal.push(
        `error reading ${shortPath(gomod, cwd)}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod`,
      );
      continue;
    }
    const inGoroot = below(root, join(env.goroot, 'src')) !== null;
    if (ms.mains.some(m => m.path === file.module)) {
      ms.fatal.push(`module ${file.module} appears multiple times in workspace`);
      continue;
    }
    ms.mains.push({
      path: file.module,
      root,
      prefix: inGoroot && file.module === 'std' ? '' : file.module,
      gomod,
      file,
      goVersion: file.go === '' ? '1.16' : file.go,
    });
    readSums(ms, gomod.replace(/\.mod$/, '') + '.sum');
  }
  if (ms.mains.length === 0) {
    // Outside any module: a stand-in that provides nothing, so that std and files named on the command line load.
    ms.mains.push({
      path: 'command-line-arguments',
      root: '',
      prefix: 'command-line-arguments',
      gomod: '',
      file: noFile,
      goVersion: env.goVersion,
    });
    ms.roots = [
      { path: 'go', version: env.goVersion },
      { path: 'toolchain', version: `go${env.goVersion}` },
    ];
    ms.direct.add('go');
    if (ms.work) {
      ms.pruning = 'workspace';
      ms.roots.unshift({ path: 'command-line-arguments', version: '' });
    }
  } else if (ms.work) {
    ms.pruning = 'workspace';
    const go = ms.work.file.go === '' ? '1.18' : ms.work.file.go;
    ms.roots = [...ms.mains.map(m => ({ path: m.path, version: '' })), ...goRoots(go, ms.work.file.toolchain)];
    for (const m of ms.mains) for (const r of m.file.require) if (!r.indirect) ms.direct.add(r.path);
  } else {
    const main = ms.mains[0];
    ms.pruning = compareGoVersion(main.goVersion, '1.17') < 0 ? 'unpruned' : 'pruned';
    const excluded = new Set(main.file.exclude.map(versionKey));
    for (const r of main.file.require) {
      if (excluded.has(versionKey(r))) continue;
      ms.roots.push({ path: r.path, version: r.version });
      if (!r.indirect) ms.direct.add(r.path);
    }
    ms.roots.push(...goRoots(main.goVersion, main.file.toolchain));
    ms.direct.add('go');
  }
  sortVersions(ms.roots);
  for (const r of ms.roots) {
    const have = ms.rootVersion.get(r.path);
    if (have === undefined || compareSelected(r.path, have, r.version) < 0) ms.rootVersion.set(r.path, r.version);
  }
  setBuildMod(ms);
  if (ms.buildMod === 'vendor' && ms.fatal.length === 0) {
    ms.vendor = readVendorList(ms);
    checkVendorConsistency(ms, ms.vendor);
  }
  return ms;
}

/** The go and toolchain entries of a build list's roots (modload.appendGoAndToolchainRoots). */
function goRoots(go: string, toolchain: string): ModuleVersion[] {
  const out = [{ path: 'go', version: go }];
  if (toolchain !== '') out.push({ path: 'toolchain', version: toolchain });
  return out;
}

function readSums(ms: Modules, path: string): void {
  const src = ms.env.fs.readFile(path);
  if (!src) return;
  for (const line of decodeUtf8(src).split('\n')) {
    const f = line.trim().split(/\s+/);
    if (f.length === 3 && !ms.sums.has(`${f[0]} ${f[1]}`)) ms.sums.set(`${f[0]} ${f[1]}`, f[2]);
  }
}

/** Whether there is a main module. */
export function hasModRoot(ms: Modules): boolean {
  return ms.mains[0].root !== '';
}

function mustHaveSums(ms: Modules): boolean {
  return hasModRoot(ms) && ms.buildMod === 'readonly' && ms.work === null;
}

/** Where the vendor folder is, if one is used. */
export function vendorDir(ms: Modules): string {
  return join(ms.work ? dirname(ms.work.path) : ms.mains[0].root, 'vendor');
}

/** Decides between the vendor folder and the module cache (modload.setDefaultBuildMod). */
function setBuildMod(ms: Modules): void {
  const { fs, mod } = ms.env;
  if (mod !== '') {
    if (mod !== 'mod' && mod !== 'readonly' && mod !== 'vendor') {
      ms.fatal.push(`invalid value "${mod}" for -mod: must be mod, readonly or vendor`);
      return;
    }
    if (ms.work && mod === 'mod')
      ms.fatal.push(
        'go: -mod may only be set to readonly or vendor when in workspace mode, but it is set to "mod"\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode.',
      );
    ms.buildMod = mod;
    return;
  }
  if (!hasModRoot(ms)) return;
  const source = ms.work ? 'go.work' : 'go.mod';
  const go = ms.work ? ms.work.file.go : ms.mains[0].file.go;
  const dir = vendorDir(ms);
  if (fs.stat(dir) !== 'dir') return;
  if (go === '') {
    ms.buildModReason = `Go version in ${source} is unspecified, so vendor directory was not used.`;
    return;
  }
  if (compareGoVersion(go, '1.14') < 0) {
    ms.buildModReason = `Go version in ${source} is ${go}, so vendor directory was not used.`;
    return;
  }
  const txt = fs.readFile(join(dir, 'modules.txt'));
  const first = txt ? decodeUtf8(txt.subarray(0, 512)).split('\n')[0] : '';
  const forWorkspace =
    first.startsWith('## ') &&
    first
      .slice(3)
      .split(';')
      .some(e => e.trim() === 'workspace');
  if (forWorkspace !== (ms.work !== null)) {
    ms.buildModReason = forWorkspace
      ? 'Outside workspace mode, but vendor directory is for a workspace.'
      : 'In workspace mode, but vendor directory is not for a workspace';
    return;
  }
  ms.buildMod = 'vendor';
  ms.buildModReason = `Go version in ${source} is at least 1.14 and vendor directory exists.`;
}

/** Reads vendor/modules.txt (modload.readVendorList). */
function readVendorList(ms: Modules): VendorList {
  const packages = new Map<string, ModuleVersion>();
  const version = new Map<string, string>();
  const meta = new Map<string, { explicit: boolean; goVersion: string; replacement: ModuleVersion | null }>();
  const list: ModuleVersion[] = [];
  const replaced: ModuleVersion[] = [];
  const src = ms.env.fs.readFile(join(vendorDir(ms), 'modules.txt'));
  const metaOf = (m: ModuleVersion) => {
    let v = meta.get(versionKey(m));
    if (!v) meta.set(versionKey(m), (v = { explicit: false, goVersion: '', replacement: null }));
    return v;
  };
  let mod: ModuleVersion | null = null;
  for (const line of src ? decodeUtf8(src).split('\n') : []) {
    if (line.startsWith('# ')) {
      let f = line.split(/\s+/).filter(w => w !== '');
      mod = null;
      if (f.length < 3) continue;
      if (/^v\d/.test(f[2])) {
        mod = { path: f[1], version: f[2] };
        f = f.slice(3);
      } else if (f[2] === '=>') {
        mod = { path: f[1], version: '' };
        f = f.slice(2);
      } else continue;
      if (f[0] === '=>' && (f.length === 2 || f.length === 3)) {
        metaOf(mod).replacement = { path: f[1], version: f[2] ?? '' };
        replaced.push(mod);
      }
      continue;
    }
    if (mod === null) continue;
    if (line.startsWith('## ')) {
      for (const entry of line.slice(3).split(';')) {
        const e = entry.trim();
        if (e === 'explicit') metaOf(mod).explicit = true;
        else if (e.startsWith('go ')) metaOf(mod).goVersion = e.slice(3);
      }
      continue;
    }
    const path = line.trim();
    if (path === '' || /\s/.test(path)) continue;
    packages.set(path, mod);
    const have = version.get(mod.path);
    if (have === undefined || compareSelected(mod.path, have, mod.version) < 0) {
      list.push(mod);
      version.set(mod.path, mod.version);
    }
  }
  return { list, version, packages, meta, replaced };
}

/** Whether modules.txt agrees with go.mod (modload.checkVendorConsistency); what does not goes to ms.fatal. */
function checkVendorConsistency(ms: Modules, v: VendorList): void {
  const out: string[] = [];
  const pre114 = ms.work === null && compareGoVersion(ms.mains[0].goVersion, '1.14') < 0;
  for (const main of ms.mains) {
    for (const r of main.file.require) {
      if (v.meta.get(versionKey(r))?.explicit) continue;
      if (!pre114)
        out.push(
          `${versionString(r)}: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt`,
        );
      else if (v.version.has(r.path) && v.version.get(r.path) !== r.version)
        out.push(
          `${versionString(r)}: is explicitly required in go.mod, but vendor/modules.txt indicates ${r.path}@${v.version.get(r.path)}`,
        );
    }
  }
  const seen = new Set<string>();
  const replaces = [...ms.mains.flatMap(m => m.file.replace), ...(ms.work?.file.replace ?? [])];
  for (const r of replaces) {
    const key = versionKey(r.old);
    if (seen.has(key)) continue;
    seen.add(key);
    const now = replacement(ms, r.old);
    const was = v.meta.get(key)?.replacement ?? null;
    if (was === null) {
      if (now === null || (pre114 && (r.old.version === '' || v.version.get(r.old.path) !== r.old.version))) continue;
      out.push(
        `${versionString(r.old)}: is replaced in ${ms.work ? 'go.work' : 'go.mod'}, but not marked as replaced in vendor/modules.txt`,
      );
    } else if (now === null || versionKey(was) !== versionKey(now))
      out.push(
        `${versionString(r.old)}: is replaced by ${now ? versionString(now) : ''} in go.mod, but marked as replaced by ${versionString(was)} in vendor/modules.txt`,
      );
  }
  const required = new Set(ms.mains.flatMap(m => m.file.require.map(versionKey)));
  for (const mod of v.list) {
    if (v.meta.get(versionKey(mod))?.explicit && !required.has(versionKey(mod)))
      out.push(
        `${versionString(mod)}: is marked as explicit in vendor/modules.txt, but not explicitly required in ${ms.work ? 'a ' : ''}go.mod`,
      );
  }
  for (const mod of v.replaced)
    if (replacement(ms, mod) === null)
      out.push(
        `${versionString(mod)}: is marked as replaced in vendor/modules.txt, but not replaced in ${ms.work ? 'the workspace' : 'go.mod'}`,
      );
  if (out.length === 0) return;
  ms.fatal.push(
    `inconsistent vendoring in ${dirname(vendorDir(ms))}:\n\t${out.join('\n\t')}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo ${ms.work ? 'work' : 'mod'} vendor`,
  );
}

/** The folder that relative replacements count from. */
function replaceRelativeTo(ms: Modules): string {
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
function downloadDir(ms: Modules, path: string): string {
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
      error: `${versionString(actual)}: not in the module cache; to fetch it:\n\tgo mod download ${versionString(actual)}`,
      sumMissing: false,
    };
  return { dir, local: false, error: null, sumMissing: false };
}

/** The unpacked module in the module cache, whether it is there or not. */
export function cacheDir(ms: Modules, m: ModuleVersion): string {
  return join(ms.env.gomodcache, `${escapePath(m.path)}@${escapePath(m.version)}`);
}

/** What a dependency's go.mod says, without exclusions applied (modload.rawGoModSummary). */
function rawSummary(ms: Modules, m: ModuleVersion): Summary {
  const key = versionKey(m);
  const have = ms.files.get(key);
  if (have) return have;
  const s = readSummary(ms, m);
  ms.files.set(key, s);
  return s;
}

function readSummary(ms: Modules, m: ModuleVersion): Summary {
  const s: Summary = { module: m.path, goVersion: '', pruning: 'unpruned', require: [], file: null, error: null };
  if (isToolchainPath(m.path)) {
    if (m.path === 'go' && compareGoVersion(m.version, '1.21') >= 0)
      s.require = [{ path: 'toolchain', version: `go${m.version}` }];
    s.pruning = 'pruned';
    return s;
  }
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  let file: ModFile;
  if (main) file = main.file;
  else {
    let path: string;
    if (m.version === '') {
      const dir = isAbsolute(m.path) ? m.path : join(replaceRelativeTo(ms), m.path);
      path = join(dir, 'go.mod');
    } else {
      const bad = checkModulePath(m.path);
      if (bad !== null) return { ...s, error: bad };
      path = join(downloadDir(ms, m.path), `${escapePath(m.version)}.mod`);
    }
    const src = ms.env.fs.readFile(path);
    if (!src) {
      const error =
        m.version === ''
          ? `reading ${shortPath(path, ms.env.cwd)}: open ${path}: no such file or directory`
          : `${versionString(m)}: its go.mod is not in the module cache; to fetch it:\n\tgo mod download ${versionString(m)}`;
      return { ...s, error };
    }
    file = parseModFile(src, true);
    if (file.errors.length > 0)
      return {
        ...s,
        error: `${versionString(m)}: parsing ${shortPath(path, ms.env.cwd)}: ${file.errors[0].line}: ${file.errors[0].message}`,
      };
  }
  s.file = file;
  s.module = file.module;
  s.goVersion = file.go;
  s.pruning = compareGoVersion(file.go === '' ? '1.16' : file.go, '1.17') < 0 ? 'unpruned' : 'pruned';
  const require: ModuleVersion[] = file.require.map(r => ({ path: r.path, version: r.version }));
  s.require = require;
  // From 1.21 on a go line is a requirement on Go; before that it was a hint.
  if (file.go !== '' && compareGoVersion(file.go, '1.21') >= 0) {
    require.push({ path: 'go', version: file.go });
    if (compareGoVersion(file.go, ms.env.goVersion) > 0)
      s.error = `module ${versionString(m)} requires go >= ${file.go} (running go ${ms.env.goVersion})`;
  }
  return s;
}

/** What the module requires, replaced, checked and with excluded versions dropped (modload.goModSummary). */
function summary(ms: Modules, m: ModuleVersion): Summary {
  const key = versionKey(m);
  const have = ms.summaries.get(key);
  if (have) return have;
  const s = makeSummary(ms, m);
  ms.summaries.set(key, s);
  return s;
}

function makeSummary(ms: Modules, m: ModuleVersion): Summary {
  if (isToolchainPath(m.path)) return rawSummary(ms, m);
  const v = ms.vendor;
  if (v) {
    const listed = v.version.get(m.path) === m.version;
    return { module: m.path, goVersion: '', pruning: 'pruned', require: listed ? v.list : [], file: null, error: null };
  }
  const actual = replacement(ms, m) ?? m;
  if (mustHaveSums(ms) && actual.version !== '' && !ms.sums.has(`${actual.path} ${actual.version}/go.mod`))
    return {
      ...rawSummary(ms, { path: 'none', version: 'none' }),
      error: `${versionString(actual)}: missing go.sum entry for go.mod file; to add it:\n\tgo mod download ${m.path}`,
    };
  let s = rawSummary(ms, actual);
  if (s.error !== null) return s;
  if (actual.version !== '') {
    if (s.module === '') return { ...s, error: `${versionString(actual)}: parsing go.mod: missing module line` };
    if (s.module !== m.path && s.module !== actual.path)
      return {
        ...s,
        error: `${versionString(actual)}: parsing go.mod:\n\tmodule declares its path as: ${s.module}\n\t        but was required as: ${m.path}`,
      };
  }
  for (const main of ms.mains) {
    if (main.file.exclude.length === 0) continue;
    const excluded = new Set(main.file.exclude.map(versionKey));
    if (s.require.some(r => excluded.has(versionKey(r))))
      s = { ...s, require: s.require.filter(r => !excluded.has(versionKey(r))) };
  }
  return s;
}

/** The go line of the module's go.mod; '' when it has none or cannot be read. */
export function moduleGoVersion(ms: Modules, m: ModuleVersion): string {
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  if (main) return main.goVersion;
  if (ms.vendor) return ms.vendor.meta.get(versionKey(m))?.goVersion ?? '';
  const s = rawSummary(ms, replacement(ms, m) ?? m);
  return s.goVersion;
}

/** The error that the module's own go.mod gives, or null. */
export function moduleFileError(ms: Modules, m: ModuleVersion): string | null {
  return summary(ms, m).error;
}

/** The full requirement graph (modload.readModGraph); read once. */
export function moduleGraph(ms: Modules): ModuleGraph {
  ms.graphCache ??= readGraph(ms, ms.roots);
  return ms.graphCache;
}

function readGraph(ms: Modules, roots: readonly ModuleVersion[]): ModuleGraph {
  const required = new Map<string, readonly ModuleVersion[]>();
  const selected = new Map<string, string>();
  const graphRoots = ms.work ? [...roots] : ms.mains.map(m => ({ path: m.path, version: '' }));
  const select = (m: ModuleVersion): void => {
    const v = selected.get(m.path);
    if (v === undefined || compareSelected(m.path, v, m.version) < 0) selected.set(m.path, m.version);
  };
  const require = (m: ModuleVersion, reqs: readonly ModuleVersion[]): void => {
    if (required.has(versionKey(m))) return;
    required.set(versionKey(m), reqs);
    for (const r of reqs) select(r);
  };
  for (const r of graphRoots) select(r);
  const errors = new Map<string, string>();

  if (ms.vendor) {
    const fake = { path: 'vendor/modules.txt', version: '' };
    if (ms.work) {
      for (const main of ms.mains) {
        const reqs = [
          ...main.file.require.map(r => ({ path: r.path, version: r.version })),
          { path: 'go', version: main.goVersion },
        ];
        require({ path: main.path, version: '' }, [...sortVersions(reqs), fake]);
      }
      require(fake, ms.vendor.list);
    } else if (ms.pruning === 'pruned') require(graphRoots[0], roots);
    else {
      require(graphRoots[0], [...roots, fake]);
      require(fake, ms.vendor.list);
    }
    return { roots: graphRoots, required, selected, error: null };
  }

  if (!ms.work) require(graphRoots[0], roots);
  const queued = new Set<string>();
  const queue: { m: ModuleVersion; pruning: Pruning }[] = [];
  const enqueue = (m: ModuleVersion, pruning: Pruning): void => {
    if (m.version === 'none') return;
    const key = `${versionKey(m)} ${pruning}`;
    if (queued.has(key)) return;
    queued.add(key);
    queue.push({ m, pruning });
  };
  const drain = (): void => {
    for (let i = 0; i < queue.length; i++) {
      const { m, pruning } = queue[i];
      const s = summary(ms, m);
      if (s.error !== null) {
        errors.set(versionKey(m), s.error);
        continue;
      }
      require(m, s.require);
      // A module before go 1.17 does not name all that its packages need: all below it must be read.
      const next = pruning === 'unpruned' ? 'unpruned' : s.pruning;
      if (pruning !== 'pruned' || s.pruning === 'unpruned') for (const r of s.require) enqueue(r, next);
    }
    queue.length = 0;
  };
  for (const r of roots) enqueue(r, ms.pruning);
  drain();

  if (ms.pruning === 'workspace') {
    // A dependency of a workspace's modules may be selected at a version that no root names: read that one too.
    const inAll = new Set(roots.map(r => r.path));
    const seen = new Set<string>();
    for (;;) {
      const need: ModuleVersion[] = [];
      const needed = new Set<string>();
      const want = (m: ModuleVersion): void => {
        if (needed.has(versionKey(m))) return;
        needed.add(versionKey(m));
        need.push(m);
      };
      for (const path of inAll) {
        const m = { path, version: selected.get(path) ?? 'none' };
        if (!seen.has(versionKey(m))) {
          want(m);
          continue;
        }
        for (const r of required.get(versionKey(m)) ?? []) {
          const s = { path: r.path, version: selected.get(r.path) ?? 'none' };
          if (compareSelected(r.path, s.version, r.version) > 0 && !seen.has(versionKey(s))) want(s);
        }
      }
      if (need.length === 0) break;
      for (const m of need) {
        enqueue(m, 'workspace');
        seen.add(versionKey(m));
        inAll.add(m.path);
      }
      drain();
    }
  }
  const graph: ModuleGraph = { roots: graphRoots, required, selected, error: null };
  if (errors.size > 0) graph.error = buildListError(graph, errors);
  return graph;
}

/** The first module whose requirements failed, with the chain that leads to it (mvs.BuildListError). */
function buildListError(g: ModuleGraph, errors: ReadonlyMap<string, string>): string {
  const from = new Map<string, ModuleVersion | null>();
  const queue: ModuleVersion[] = [];
  for (const r of g.roots) {
    from.set(versionKey(r), null);
    queue.push(r);
  }
  for (let i = 0; i < queue.length; i++) {
    const m = queue[i];
    const error = errors.get(versionKey(m));
    if (error !== undefined) {
      const chain: string[] = [];
      for (let x: ModuleVersion | null | undefined = m; x; x = from.get(versionKey(x))) chain.unshift(versionString(x));
      return chain.length <= 1 ? error : `${chain.slice(0, -1).join(' requires\n\t')} requires\n\t${error}`;
    }
    for (const r of g.required.get(versionKey(m)) ?? []) {
      if (from.has(versionKey(r)) || r.version === 'none') continue;
      from.set(versionKey(r), m);
      queue.push(r);
    }
  }
  return [...errors.values()][0];
}

/** The version selected of the path, 'none' when no module of the graph requires it. */
export function selectedVersion(g: ModuleGraph, path: string): string {
  return g.selected.get(path) ?? 'none';
}

/** Main modules first, then the selected version of each path in order (mvs.Graph.BuildList). */
export function buildList(g: ModuleGraph): ModuleVersion[] {
  const list: ModuleVersion[] = [];
  const seen = new Set<string>();
  for (const r of g.roots) {
    if (seen.has(r.path) || selectedVersion(g, r.path) !== r.version) continue;
    seen.add(r.path);
    list.push(r);
  }
  const rest: ModuleVersion[] = [];
  for (const [path, version] of g.selected) if (!seen.has(path) && version !== 'none') rest.push({ path, version });
  return [...list, ...sortVersions(rest)];
}

/** Each module of the graph once, from the roots outwards (mvs.Graph.WalkBreadthFirst). */
export function breadthFirst(g: ModuleGraph): ModuleVersion[] {
  const queue: ModuleVersion[] = [];
  const seen = new Set<string>();
  for (const r of g.roots) {
    if (seen.has(versionKey(r))) continue;
    seen.add(versionKey(r));
    queue.push(r);
  }
  for (let i = 0; i < queue.length; i++) {
    for (const r of g.required.get(versionKey(queue[i])) ?? []) {
      if (seen.has(versionKey(r)) || r.version === 'none') continue;
      seen.add(versionKey(r));
      queue.push(r);
    }
  }
  return queue;
}

/**
 * The graph with every root at its selected version (modload.expandGraph): an untidy go.mod may name versions that
 * its own requirements outgrow.
 */
export function expandGraph(ms: Modules): ModuleGraph {
  for (let round = 0; round < 100; round++) {
    const g = moduleGraph(ms);
    if (g.error !== null || ms.work || ms.vendor) return g;
    let changed = false;
    const roots: ModuleVersion[] = [];
    const seen = new Set<string>();
    for (const r of ms.roots) {
      const v = selectedVersion(g, r.path);
      if (ms.mains.some(m => m.path === r.path) || seen.has(r.path)) {
        changed = true;
        continue;
      }
      seen.add(r.path);
      if (v !== r.version) changed = true;
      roots.push({ path: r.path, version: v });
    }
    if (!changed) return g;
    ms.roots = sortVersions(roots);
    ms.rootVersion = new Map(ms.roots.map(r => [r.path, r.version]));
    ms.graphCache = null;
  }
  return moduleGraph(ms);
}

/** What go list shows of a module (modinfo.ModulePublic), in the order of its fields; '' and false are left out. */
export interface ModuleInfo {
  Path: string;
  Version: string;
  Replace: ModuleInfo | null;
  Time: string;
  Main: boolean;
  Indirect: boolean;
  Dir: string;
  GoMod: string;
  GoVersion: string;
  Error: string;
  Sum: string;
  GoModSum: string;
}

function bareInfo(path: string, version: string): ModuleInfo {
  return {
    Path: path,
    Version: version,
    Replace: null,
    Time: '',
    Main: false,
    Indirect: false,
    Dir: '',
    GoMod: '',
    GoVersion: '',
    Error: '',
    Sum: '',
    GoModSum: '',
  };
}

/** What is known of the module (modload.moduleInfo). */
export function moduleInfo(ms: Modules, m: ModuleVersion): ModuleInfo {
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  if (main)
    return { ...bareInfo(m.path, ''), Main: true, GoVersion: main.goVersion, Dir: main.root, GoMod: main.gomod };
  const info = bareInfo(m.path, m.version);
  info.Indirect = !ms.direct.has(m.path);
  const r = replacement(ms, m);
  if (!r) {
    if (ms.vendor) info.GoVersion = ms.vendor.meta.get(versionKey(m))?.goVersion ?? '';
    else completeInfo(ms, info);
    return info;
  }
  const rep = bareInfo(r.path, r.version);
  info.Replace = rep;
  if (ms.vendor) rep.GoVersion = ms.vendor.meta.get(versionKey(m))?.goVersion ?? '';
  if (r.version === '') {
    rep.Dir = isAbsolute(r.path) ? r.path : join(replaceRelativeTo(ms), r.path);
    rep.GoMod = join(rep.Dir, 'go.mod');
  }
  if (!ms.vendor) {
    completeInfo(ms, rep);
    info.Dir = rep.Dir;
    info.GoMod = rep.GoMod;
  }
  info.GoVersion = rep.GoVersion;
  return info;
}

function completeInfo(ms: Modules, info: ModuleInfo): void {
  const m = { path: info.Path, version: info.Version };
  if (isToolchainPath(m.path)) return;
  const { fs } = ms.env;
  const sumOk = (suffix: string): boolean =>
    m.version === '' || !mustHaveSums(ms) || ms.sums.has(`${m.path} ${m.version}${suffix}`);
  if (m.version !== '') {
    const src = fs.readFile(join(downloadDir(ms, m.path), `${escapePath(m.version)}.info`));
    if (src) {
      const time = /"Time"\s*:\s*"([^"]*)"/.exec(decodeUtf8(src));
      if (time) info.Time = time[1];
    }
  }
  if (info.GoVersion === '' && sumOk('/go.mod')) info.GoVersion = rawSummary(ms, m).goVersion;
  if (m.version === '') return;
  if (sumOk('/go.mod')) {
    const gomod = join(downloadDir(ms, m.path), `${escapePath(m.version)}.mod`);
    if (fs.stat(gomod) === 'file') info.GoMod = gomod;
    info.GoModSum = ms.sums.get(`${m.path} ${m.version}/go.mod`) ?? '';
  }
  if (sumOk('')) {
    const dir = cacheDir(ms, m);
    if (fs.stat(dir) === 'dir') info.Dir = dir;
    info.Sum = ms.sums.get(versionKey(m)) ?? '';
  }
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
