/** The modules one works in: finding and reading go.mod and go.work (modload/init.go). */
import type { FileSystem } from '../source/files.ts';
import { below, dirname, isAbsolute, join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { type ModFile, parseModFile, parseWorkFile } from './modfile.ts';
import { hasModRoot, type ModuleEnv, type Modules, noFile, shortPath, vendorDir } from './modules.ts';
import { checkVendorConsistency, readVendorList } from './vendor.ts';
import { compareGoVersion, compareSelected, type ModuleVersion, sortVersions, versionKey } from './version.ts';

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

function fileErrors(path: string, cwd: string, f: ModFile): string {
  const name = shortPath(path, cwd);
  const lines = f.errors.map(e => `${name}:${e.line}:${e.col > 1 ? `${e.col}:` : ''} ${e.message}`);
  return [`errors parsing ${name}:`, ...lines].join('\n');
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
    std: new Map(),
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
    if (file.errors.length > 0) ms.fatal.push(fileErrors(workPath, cwd, file));
    ms.work = { path: workPath, file };
    for (const u of ms.fatal.length > 0 ? [] : file.use) {
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
      ms.fatal.push(fileErrors(gomod, cwd, file));
      continue;
    }
    if (env.gotoolchain === 'local' && compareGoVersion(file.go, env.goVersion) > 0) {
      const name = shortPath(gomod, cwd);
      ms.fatal.push(`${name} requires go >= ${file.go} (running go ${env.goVersion}; GOTOOLCHAIN=local)`);
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
