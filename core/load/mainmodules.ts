/** The modules one works in: finding and reading go.mod and go.work (modload/init.go). */
import type { FileSystem } from '../source/files.ts';
import { below, dirname, isAbsolute, join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { fileErrors, type ModFile, parseModFile, parseWorkFile } from './modfile.ts';
import { checkImportPath } from './modpath.ts';
import {
  hasModRoot,
  type MainModule,
  type ModuleEnv,
  type Modules,
  noFile,
  shortPath,
  tooNew,
  vendorDir,
} from './modules.ts';
import { conflictingReplaces } from './updates.ts';
import { checkVendorConsistency, readVendorList } from './vendor.ts';
import {
  compareGoVersion,
  compareSelected,
  isValidGoVersion,
  type ModuleVersion,
  sortVersions,
  versionKey,
} from './version.ts';

/** The folder at or above `dir` that holds a go.mod, or ''. */
export function findModuleRoot(fs: FileSystem, dir: string): string {
  for (let d = dir; ; d = dirname(d)) {
    if (fs.stat(join(d, 'go.mod')) === 'file') return d;
    if (dirname(d) === d) return '';
  }
}

/** The go.work that applies in `dir`, or '': the one that the setting GOWORK names, else the nearest (modload.FindGoWork). */
export function findWorkFile(fs: FileSystem, dir: string, gowork: string, goroot: string): string {
  if (gowork !== '') return gowork === 'off' ? '' : gowork;
  for (let d = dir; ; d = dirname(d)) {
    const f = join(d, 'go.work');
    // As a special case, GOROOT itself never counts as a workspace.
    if (fs.stat(f) === 'file') return d === goroot ? '' : f;
    if (dirname(d) === d) return '';
  }
}

/** Finds the main modules for the working folder and reads their requirements (modload.loadModFile). */
export function loadModules(env: ModuleEnv): Modules {
  const ms = noModules(env);
  if (env.go111module === 'off')
    ms.fatal.push('GO111MODULE=off asks for GOPATH mode, which Gospect does not have: unset it, or set it to on');
  // with -modfile there is no workspace
  const workPath = env.modfile === '' ? findWorkFile(env.fs, env.cwd, env.gowork, env.goroot) : '';
  const moduleRoot = workPath === '' ? findModuleRoot(env.fs, env.cwd) : '';
  const modRoots = workPath !== '' ? readWorkFile(ms, workPath) : moduleRoot !== '' ? [moduleRoot] : [];
  let sumFault: string | null = null;
  for (const root of modRoots) {
    const main = readMainModule(ms, root);
    if (main === null) continue;
    ms.mains.push(main);
    sumFault ??= readSums(ms, main.gomod.replace(/\.mod$/, '') + '.sum');
  }
  const conflict = ms.mains.length > 1 ? conflictingReplaces(ms) : null;
  if (conflict !== null) ms.fatal.push(conflict);
  if (ms.mains.length === 0) standIn(ms);
  else if (ms.work) workspaceRoots(ms, ms.work.file);
  else moduleRoots(ms, ms.mains[0]);
  sortVersions(ms.roots);
  for (const r of ms.roots) {
    const have = ms.rootVersion.get(r.path);
    if (have === undefined || compareSelected(r.path, have, r.version) < 0) ms.rootVersion.set(r.path, r.version);
  }
  setBuildMod(ms);
  // sums are looked up for what is required
  if (sumFault !== null && hasModRoot(ms) && ms.work === null && ms.mains[0].file.require.length > 0)
    ms.fatal.push(sumFault);
  if (ms.buildMod === 'vendor' && ms.fatal.length === 0) {
    ms.vendor = readVendorList(ms);
    checkVendorConsistency(ms, ms.vendor);
  }
  return ms;
}

function noModules(env: ModuleEnv): Modules {
  return {
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
    warnings: [],
    graphCache: null,
    std: new Map(),
    summaries: new Map(),
    files: new Map(),
  };
}

/** Reads go.work and its go.work.sum; the folders of the modules it uses, none where something is wrong with it. */
function readWorkFile(ms: Modules, path: string): string[] {
  const { env, fatal } = ms;
  const short = shortPath(path, env.cwd);
  const src = env.fs.readFile(path);
  const file = src ? parseWorkFile(src) : noFile;
  if (!isAbsolute(path)) fatal.push('invalid GOWORK: not an absolute path');
  else if (!src) fatal.push(`reading go.work: open ${short}: no such file or directory`);
  if (file.errors.length > 0) fatal.push(`errors parsing ${short}:\n${fileErrors(short, short, file)}`);
  else if (compareGoVersion(file.go, env.goVersion) > 0 && env.gotoolchain === 'local')
    fatal.push(tooNew(env, short, file.go));
  ms.work = { path, file };
  const roots: string[] = [];
  for (const u of fatal.length > 0 ? [] : file.use) {
    const root = isAbsolute(u.path) ? u.path : join(dirname(path), u.path);
    if (roots.includes(root))
      fatal.push(`error loading go.work:\n${short}:${u.line}: path ${root} appears multiple times in workspace`);
    else roots.push(root);
  }
  readSums(ms, path + '.sum');
  return roots;
}

/** Reads the go.mod of the module in folder `root`; null where that fails, with the reason in `ms.fatal`. */
function readMainModule(ms: Modules, root: string): MainModule | null {
  const { env, fatal } = ms;
  const { cwd } = env;
  const gomod = env.modfile !== '' ? env.modfile : join(root, 'go.mod');
  const name = shortPath(gomod, cwd);
  const where = ms.work ? `cannot load module ${shortPath(root, cwd)} listed in go.work file: ` : '';
  const src = env.fs.readFile(gomod);
  if (!src) {
    fatal.push(`${where}open ${name}: no such file or directory`);
    return null;
  }
  const file = parseModFile(src);
  if (file.errors.length > 0) {
    // files of a workspace are named as a whole
    const errors = fileErrors(name, ms.work ? name : gomod, file, env.goproxy === 'off');
    fatal.push(`${where}errors parsing ${name}:\n${errors}`);
    return null;
  }
  const workGo = ms.work === null ? '' : ms.work.file.go || '1.18';
  if (workGo !== '' && compareGoVersion(file.go, workGo) > 0 && compareGoVersion(file.go, '1.21') >= 0) {
    const says = ms.work?.file.go ? 'lists' : 'implicitly requires';
    fatal.push(
      `module ${shortPath(root, cwd)} listed in go.work file requires go >= ${file.go}, but go.work ${says} go ${workGo}; to update it:\n\tgo work use`,
    );
    return null;
  }
  if (env.gotoolchain === 'local' && compareGoVersion(file.go, env.goVersion) > 0) {
    fatal.push(tooNew(env, name, file.go));
    return null;
  }
  const faults = ms.work === null ? godebugFaults(env, file) : [];
  for (const f of faults) fatal.push(`error loading go.mod:\n${name}:${f.line}: ${f.message}`);
  if (file.module === '') {
    fatal.push(
      `error reading ${name}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod`,
    );
    return null;
  }
  const badPath = checkImportPath(file.module);
  if (badPath !== null) fatal.push(badPath.replace(/^malformed import path/, 'malformed module path'));
  if (ms.mains.some(m => m.path === file.module)) {
    fatal.push(`module ${file.module} appears multiple times in workspace`);
    return null;
  }
  const inGoroot = below(root, join(env.goroot, 'src')) !== null;
  return {
    path: file.module,
    root,
    prefix: inGoroot && file.module === 'std' ? '' : file.module,
    gomod,
    file,
    goVersion: file.go === '' ? '1.16' : file.go,
  };
}

/** Outside any module: a main module that provides nothing, so that std and files named on the command line load. */
function standIn(ms: Modules): void {
  const { goVersion } = ms.env;
  const path = 'command-line-arguments';
  ms.mains.push({ path, root: '', prefix: path, gomod: '', file: noFile, goVersion });
  ms.roots = goRoots(goVersion, `go${goVersion}`);
  ms.direct.add('go');
  if (ms.work) {
    ms.pruning = 'workspace';
    ms.roots.unshift({ path, version: '' });
  }
}

/** The roots of a workspace's module graph are its modules. */
function workspaceRoots(ms: Modules, { go, toolchain }: ModFile): void {
  ms.pruning = 'workspace';
  ms.roots = [...ms.mains.map(m => ({ path: m.path, version: '' })), ...goRoots(go === '' ? '1.18' : go, toolchain)];
  for (const m of ms.mains) for (const r of m.file.require) if (!r.indirect) ms.direct.add(r.path);
}

/** The roots of one module's graph are what it requires (modload.requirementsFromModFiles). */
function moduleRoots(ms: Modules, main: MainModule): void {
  ms.pruning = compareGoVersion(main.goVersion, '1.17') < 0 ? 'unpruned' : 'pruned';
  const excluded = new Set(main.file.exclude.map(versionKey));
  for (const r of main.file.require) {
    if (excluded.has(versionKey(r))) {
      const verb = ms.env.mod === 'mod' ? 'dropping' : 'ignoring';
      ms.warnings.push(`${verb} requirement on excluded version ${r.path} ${r.version}`);
      continue;
    }
    ms.roots.push({ path: r.path, version: r.version });
    if (!r.indirect) ms.direct.add(r.path);
  }
  ms.roots.push(...goRoots(main.goVersion, main.file.toolchain));
  ms.direct.add('go');
}

/** The go and toolchain entries of a build list's roots (modload.appendGoAndToolchainRoots). */
function goRoots(go: string, toolchain: string): ModuleVersion[] {
  const out = [{ path: 'go', version: go }];
  if (toolchain !== '') out.push({ path: 'toolchain', version: toolchain });
  return out;
}

/** Reads a go.sum; what is wrong with it, or null. */
function readSums(ms: Modules, path: string): string | null {
  const src = ms.env.fs.readFile(path);
  if (!src) return null;
  for (const [i, line] of decodeUtf8(src).split('\n').entries()) {
    const f = line.trim().split(/\s+/);
    if (f.length !== 3 && line.trim() !== '') {
      return `malformed go.sum:\n${path}:${i + 1}: wrong number of fields ${f.length}`;
    }
    if (f.length === 3 && !ms.sums.has(`${f[0]} ${f[1]}`)) ms.sums.set(`${f[0]} ${f[1]}`, f[2]);
  }
  return null;
}

/** Decides between the vendor folder and the module cache (modload.setDefaultBuildMod). */
function setBuildMod(ms: Modules): void {
  const { fs, mod } = ms.env;
  if (mod !== '') {
    if (mod !== 'mod' && mod !== 'readonly' && mod !== 'vendor') {
      ms.fatal.push(`-mod=${mod} not supported (can be '', 'mod', 'readonly', or 'vendor')`);
      return;
    }
    if (ms.work && mod === 'mod')
      ms.fatal.push(
        '-mod may only be set to readonly or vendor when in workspace mode, but it is set to "mod"\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode.',
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

/** What is wrong with the godebug lines (modload.CheckGodebug): GOROOT has the table of settings. */
function godebugFaults({ fs, goroot, goVersion }: ModuleEnv, file: ModFile): { line: number; message: string }[] {
  if (file.godebug.length === 0) return [];
  const table = fs.readFile(join(goroot, 'src/internal/godebugs/table.go'));
  const text = table === null ? null : decodeUtf8(table);
  const faults: { line: number; message: string }[] = [];
  for (const { key, value, line } of file.godebug) {
    const fault = (message: string) => faults.push({ line, message });
    if (/[ \t]/.test(key)) fault('key contains space');
    else if (/[ \t]/.test(value)) fault('value contains space');
    else if (key.includes(',')) fault('key contains comma');
    else if (value.includes(',')) fault('value contains comma');
    else if (key === 'default') {
      const version = value.startsWith('go') ? value.slice(2) : '';
      if (!isValidGoVersion(version)) fault('value for default= must be goVERSION');
      else if (compareGoVersion(version, goVersion) > 0)
        fault(`default=${value} too new (toolchain is go${goVersion})`);
    } else if (text !== null) {
      const removed = new RegExp(`\\{Name: ${JSON.stringify(key)}, Removed: (\\d+)\\}`).exec(text);
      if (removed !== null)
        fault(`use of removed godebug ${JSON.stringify(key)}, see https://go.dev/doc/godebug#go-1${removed[1]}`);
      else if (!text.includes(`{Name: ${JSON.stringify(key)}`)) fault(`unknown godebug ${JSON.stringify(key)}`);
    }
  }
  return faults;
}
