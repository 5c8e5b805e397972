/** The modules one works in: finding and reading go.mod and go.work (modload/init.go). */
import type { FileSystem } from '../source/files.ts';
import { below, dirname, isAbsolute, join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { fileErrors, type ModFile, parseModFile, parseWorkFile } from './modfile.ts';
import { checkImportPath } from './modpath.ts';
import { hasModRoot, type ModuleEnv, type Modules, noFile, shortPath, tooNew, vendorDir } from './modules.ts';
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

/** The go.work that applies in `dir`, or ''. */
export function findWorkFile(fs: FileSystem, dir: string, goroot: string): string {
  for (let d = dir; ; d = dirname(d)) {
    const f = join(d, 'go.work');
    // As a special case, GOROOT itself never counts as a workspace.
    if (fs.stat(f) === 'file') return d === goroot ? '' : f;
    if (dirname(d) === d) return '';
  }
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
    warnings: [],
    graphCache: null,
    std: new Map(),
    summaries: new Map(),
    files: new Map(),
  };
  if (env.go111module === 'off')
    ms.fatal.push('GO111MODULE=off asks for GOPATH mode, which Gospect does not have: unset it, or set it to on');
  const workPath =
    env.modfile !== '' || env.gowork === 'off'
      ? ''
      : env.gowork !== ''
        ? env.gowork
        : findWorkFile(fs, cwd, env.goroot);
  let modRoots: string[] = [];
  let sumFault: string | null = null;
  if (workPath !== '') {
    const src = fs.readFile(workPath);
    const file = src ? parseWorkFile(src) : noFile;
    if (!isAbsolute(workPath)) ms.fatal.push('invalid GOWORK: not an absolute path');
    else if (!src) ms.fatal.push(`reading go.work: open ${shortPath(workPath, cwd)}: no such file or directory`);
    if (file.errors.length > 0)
      ms.fatal.push(
        `errors parsing ${shortPath(workPath, cwd)}:\n${fileErrors(shortPath(workPath, cwd), shortPath(workPath, cwd), file)}`,
      );
    else if (compareGoVersion(file.go, env.goVersion) > 0 && env.gotoolchain === 'local')
      ms.fatal.push(tooNew(env, shortPath(workPath, cwd), file.go));
    ms.work = { path: workPath, file };
    for (const u of ms.fatal.length > 0 ? [] : file.use) {
      const root = isAbsolute(u.path) ? u.path : join(dirname(workPath), u.path);
      if (modRoots.includes(root))
        ms.fatal.push(
          `error loading go.work:\n${shortPath(workPath, cwd)}:${u.line}: path ${root} appears multiple times in workspace`,
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
          : `open ${shortPath(gomod, cwd)}: no such file or directory`,
      );
      continue;
    }
    const file = parseModFile(src);
    if (file.errors.length > 0) {
      const name = shortPath(gomod, cwd);
      const where = ms.work ? `cannot load module ${shortPath(root, cwd)} listed in go.work file: ` : '';
      // files of a workspace are named as a whole
      ms.fatal.push(
        `${where}errors parsing ${name}:\n${fileErrors(name, ms.work ? name : gomod, file, env.goproxy === 'off')}`,
      );
      continue;
    }
    const workGo = ms.work === null ? '' : ms.work.file.go || '1.18';
    if (workGo !== '' && compareGoVersion(file.go, workGo) > 0 && compareGoVersion(file.go, '1.21') >= 0) {
      const says = ms.work?.file.go ? 'lists' : 'implicitly requires';
      ms.fatal.push(
        `module ${shortPath(root, cwd)} listed in go.work file requires go >= ${file.go}, but go.work ${says} go ${workGo}; to update it:\n\tgo work use`,
      );
      continue;
    }
    if (env.gotoolchain === 'local' && compareGoVersion(file.go, env.goVersion) > 0) {
      ms.fatal.push(tooNew(env, shortPath(gomod, cwd), file.go));
      continue;
    }
    const faults = ms.work === null ? godebugFaults(env, file) : [];
    for (const f of faults) ms.fatal.push(`error loading go.mod:\n${shortPath(gomod, cwd)}:${f.line}: ${f.message}`);
    if (file.module === '') {
      ms.fatal.push(
        `error reading ${shortPath(gomod, cwd)}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod`,
      );
      continue;
    }
    const badPath = checkImportPath(file.module);
    if (badPath !== null) ms.fatal.push(badPath.replace(/^malformed import path/, 'malformed module path'));
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
    sumFault ??= readSums(ms, gomod.replace(/\.mod$/, '') + '.sum');
  }
  const conflict = ms.mains.length > 1 ? conflictingReplaces(ms) : null;
  if (conflict !== null) ms.fatal.push(conflict);
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
      if (excluded.has(versionKey(r))) {
        const verb = env.mod === 'mod' ? 'dropping' : 'ignoring';
        ms.warnings.push(`${verb} requirement on excluded version ${r.path} ${r.version}`);
        continue;
      }
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
  // sums are looked up for what is required
  if (sumFault !== null && hasModRoot(ms) && ms.work === null && ms.mains[0].file.require.length > 0)
    ms.fatal.push(sumFault);
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
