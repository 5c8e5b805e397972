/**
 * The Go environment, found without running anything: which GOROOT, which defaults, which target. Settings are read as
 * the go command reads them: environment, then the file GOENV names, then GOROOT/go.env (cmd/go/internal/cfg).
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { endianness, homedir } from 'node:os';
import path from 'node:path';
import type { FileSystem } from '../core/source/files.ts';
import { join } from '../core/source/path.ts';
import { parseModFile, parseWorkFile } from '../core/load/modfile.ts';
import { findModuleRoot, findWorkFile } from '../core/load/mainmodules.ts';
import type { ModuleEnv } from '../core/load/modules.ts';
import { findPort } from '../core/load/ports.ts';
import { enabledExperiments, goRelease, releaseMinor } from '../core/load/release.ts';
import { type CEnvironment, checkLevel, levelKnob, type Target } from '../core/load/target.ts';
import { compareGoVersion, fromToolchain } from '../core/load/version.ts';
import { quotedWords } from './go-flags.ts';
import type { LoadFlags } from './load-flags.ts';
import { slashed } from './node-files.ts';
import { portOfNode } from './protocol/ports.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GoEnv {
  goroot: string;
  /** `go1.26.8`. */
  version: string;
  /** How GOROOT was found, in words. */
  why: string;
  gopath: string;
  gomodcache: string;
  /** A setting as the go command would see it. */
  get(name: string): string;
  hostOS: string;
  hostArch: string;
  /** The toolchain that is asked for and is not in the module cache; ''. */
  missing: string;
}

export type Found<T> = ({ ok: true } & T) | { ok: false; message: string };

function isFile(p: string): boolean {
  try {
    return statSync(p, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // A folder of PATH that may not be looked into has nothing to run.
    return false;
  }
}

/** The program's path if a folder of PATH has it, or null. */
export function lookPath(program: string, env: Environment): string | null {
  const exts = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE').split(';') : [''];
  if (path.isAbsolute(program)) return ['', ...exts].map(ext => program + ext).find(isFile) ?? null;
  for (const dir of (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter)) {
    if (dir === '') continue;
    for (const ext of exts) {
      const p = path.join(dir, program + ext);
      if (isFile(p)) return p;
    }
  }
  return null;
}

/** KEY=VALUE lines, # comments (cfg.readEnvFile). */
function readEnvFile(file: string): Map<string, string> {
  const out = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return out;
  }
  for (const line of text.split('\n')) {
    const m = /^\s*([A-Z][A-Z0-9_]*)\s*=(.*)$/.exec(line);
    if (m && !out.has(m[1])) out.set(m[1], m[2].replace(/\r$/, ''));
  }
  return out;
}

function userConfigDir(env: Environment): string {
  if (process.platform === 'win32') return env['AppData'] ?? env['APPDATA'] ?? '';
  if (process.platform === 'darwin') return path.join(env['HOME'] ?? homedir(), 'Library/Application Support');
  return env['XDG_CONFIG_HOME'] || path.join(env['HOME'] ?? homedir(), '.config');
}

/** The GOROOT that the environment means: GOROOT itself, else that of the `go` on PATH, its links followed. */
function findGoroot(env: Environment): Found<{ goroot: string; why: string }> {
  const set = env['GOROOT'] ?? '';
  if (set !== '') {
    const goroot = slashed(path.resolve(set));
    if (!isFile(path.join(goroot, 'VERSION')))
      return {
        ok: false,
        message: `GOROOT is ${set}, but that folder has no VERSION file: set it to a Go installation`,
      };
    return { ok: true, goroot, why: 'GOROOT is set' };
  }
  const go = lookPath('go', env);
  if (go === null) return { ok: false, message: 'no Go found: set GOROOT, or put go on PATH (https://go.dev/dl/)' };
  let at = go;
  try {
    at = realpathSync(go);
  } catch {
    // The plain path will do.
  }
  const goroot = path.dirname(path.dirname(at));
  if (!isFile(path.join(goroot, 'VERSION')))
    return { ok: false, message: `${go} is on PATH, but ${goroot} has no VERSION file: set GOROOT` };
  return { ok: true, goroot: slashed(goroot), why: `go on PATH is ${go}` };
}

/** The installation's release, `go1.26.8`; '' where there is none. */
export function readVersion(goroot: string): string {
  try {
    return readFileSync(path.join(goroot, 'VERSION'), 'utf8').split('\n')[0].trim();
  } catch {
    return '';
  }
}

/** The settings of the user, without those of an installation: the environment, then the file that GOENV names. */
function userSettings(env: Environment): (name: string) => string {
  const goenv = env['GOENV'] ?? '';
  const file =
    goenv === 'off' ? new Map<string, string>() : readEnvFile(goenv || path.join(userConfigDir(env), 'go/env'));
  return name => env[name] || file.get(name) || '';
}

/** GOPATH and GOMODCACHE, or where they lie unless they are set (cfg.BuildContext.GOPATH, cfg.GOMODCACHE). */
function modulePaths(get: (name: string) => string, env: Environment): { gopath: string; gomodcache: string } {
  const home = env['HOME'] ?? homedir();
  const gopath = slashed(get('GOPATH') || (home === '' ? '' : path.join(home, 'go')));
  const first = gopath.split(path.delimiter)[0];
  return { gopath, gomodcache: slashed(get('GOMODCACHE') || (first === '' ? '' : join(first, 'pkg/mod'))) };
}

/** The module cache of the user, whatever Go is installed; '' when there is no home to have it in. */
export function moduleCache(env: Environment): string {
  return modulePaths(userSettings(env), env).gomodcache;
}

/** The port of the machine this runs on, in Go's words. */
export function hostPort(): { goos: string; goarch: string } {
  return portOfNode(process.platform, process.arch, endianness());
}

/** Finds Go and its settings for work in the folder `cwd`, toolchain lines followed into the module cache. */
export function findGo(fs: FileSystem, cwd: string, env: Environment): Found<{ go: GoEnv }> {
  const found = findGoroot(env);
  if (!found.ok) return found;
  let { goroot, why } = found;
  const user = userSettings(env);
  let defaults = readEnvFile(path.join(goroot, 'go.env'));
  const get = (name: string): string => user(name) || defaults.get(name) || '';
  const { goos: hostOS, goarch: hostArch } = hostPort();
  const { gopath, gomodcache } = modulePaths(get, env);
  let version = readVersion(goroot);
  let missing = '';
  const wanted = wantedToolchain(fs, cwd, get, version);
  if (wanted && wanted.name !== version) {
    const dir = join(gomodcache, `golang.org/toolchain@v0.0.1-${wanted.name}.${hostOS}-${hostArch}`);
    if (fs.stat(join(dir, 'VERSION')) === 'file') {
      goroot = dir;
      version = readVersion(dir);
      why = wanted.why;
      defaults = readEnvFile(path.join(dir, 'go.env'));
    } else {
      missing = wanted.name;
      why += `; ${wanted.why} asks for ${wanted.name}, which is not in the module cache`;
    }
  }
  return { ok: true, go: { goroot, version, why, gopath, gomodcache, get, hostOS, hostArch, missing } };
}

/** The toolchain that GOTOOLCHAIN and the lines of go.mod or go.work choose (cmd/go/internal/toolchain.Select). */
function wantedToolchain(
  fs: FileSystem,
  cwd: string,
  get: (name: string) => string,
  local: string,
): { name: string; why: string } | null {
  const setting = get('GOTOOLCHAIN');
  if (setting === 'local' || setting === '') return null;
  const plus = setting.indexOf('+');
  const base = plus >= 0 ? setting.slice(0, plus) : setting === 'auto' || setting === 'path' ? '' : setting;
  const mode = plus >= 0 ? setting.slice(plus + 1) : base === '' ? setting : '';
  let best = base === '' || base === 'local' ? local : base;
  let why = 'GOTOOLCHAIN';
  if (mode !== 'auto' && mode !== 'path') return best === local ? null : { name: best, why };
  // the go.work of an installation itself does not count, but which installation it will be is not known yet
  const work = findWorkFile(fs, cwd, get('GOWORK'), '');
  const root = work === '' ? findModuleRoot(fs, cwd) : '';
  const file = work !== '' ? work : root === '' ? '' : join(root, 'go.mod');
  const src = file === '' ? null : fs.readFile(file);
  if (src) {
    const mod = work !== '' ? parseWorkFile(src) : parseModFile(src);
    const newer = (v: string, name: string, line: string): void => {
      if (v === '' || compareGoVersion(v, fromToolchain(best)) <= 0) return;
      best = name;
      why = `the ${line} line of ${file}`;
    };
    if (mod.toolchain !== 'default') newer(fromToolchain(mod.toolchain), mod.toolchain, 'toolchain');
    newer(mod.go, `go${mod.go}`, 'go');
  }
  return best === local ? null : { name: best, why };
}

/** What the core's loading needs of the environment. */
export function moduleEnv(go: GoEnv, fs: FileSystem, cwd: string, flags: LoadFlags): ModuleEnv {
  return {
    fs,
    cwd,
    goroot: go.goroot,
    gomodcache: go.gomodcache,
    go111module: go.get('GO111MODULE'),
    gowork: slashed(go.get('GOWORK')),
    mod: flags.mod,
    modfile: flags.modfile,
    gotoolchain: go.get('GOTOOLCHAIN'),
    goproxy: go.get('GOPROXY'),
    goVersion: fromToolchain(go.version) || `1.${releaseMinor(go.version) ?? 0}`,
  };
}

/** The C compiler cgo would run unless CC says otherwise (cfg.DefaultCC). */
export function defaultCC(goos: string): string {
  return ['darwin', 'ios', 'freebsd', 'openbsd', 'android'].includes(goos) ? 'clang' : 'gcc';
}

function cEnvironment(go: GoEnv, env: Environment): CEnvironment {
  const folders = (value: string) => value.split(path.delimiter).filter(dir => dir !== '');
  const libdir = env['PKG_CONFIG_LIBDIR'];
  return {
    cppflags: quotedWords(go.get('CGO_CPPFLAGS')),
    cflags: quotedWords(go.get('CGO_CFLAGS')),
    ldflags: quotedWords(go.get('CGO_LDFLAGS') || '-O2 -g'),
    pcPath: folders(env['PKG_CONFIG_PATH'] ?? ''),
    pcLibdir: libdir === undefined ? null : folders(libdir),
  };
}

/** The target that flags and environment choose, checked. */
export function makeTarget(go: GoEnv, flags: LoadFlags, env: Environment): Found<{ target: Target }> {
  const goos = flags.goos || go.get('GOOS') || go.hostOS;
  const goarch = flags.goarch || go.get('GOARCH') || go.hostArch;
  const port = findPort(goos, goarch);
  if (!port) return { ok: false, message: `unsupported GOOS/GOARCH pair ${goos}/${goarch}` };
  const knob = levelKnob(goarch);
  const level = knob ? flags.levels[knob.variable] || go.get(knob.variable) : '';
  const bad = checkLevel(goarch, level);
  if (bad !== null) return { ok: false, message: bad };
  const minor = releaseMinor(go.version);
  if (minor === null)
    return {
      ok: false,
      message: `${go.goroot}/VERSION says ${go.version}, which is no release of Go: set GOROOT to a Go installation`,
    };
  const experiments = enabledExperiments(goRelease(minor), goos, goarch, go.get('GOEXPERIMENT'));
  if (!experiments.ok) return experiments;
  const setting = go.get('CGO_ENABLED');
  let cgo: boolean;
  if (setting === '0' || setting === '1') cgo = setting === '1';
  else {
    // on by default for the host only, if cgo works there and the C compiler is installed
    cgo = goos === go.hostOS && goarch === go.hostArch && port.cgoSupported;
    if (cgo && (env['CC'] ?? '') === '') cgo = lookPath(defaultCC(goos), env) !== null;
  }
  const target: Target = {
    goos,
    goarch,
    level,
    compiler: 'gc',
    cgo,
    instrument: flags.instrument,
    tags: flags.tags,
    release: minor,
    experiments: experiments.enabled,
    buildmode: flags.buildmode,
    ...(cgo ? { c: cEnvironment(go, env) } : {}),
  };
  return { ok: true, target };
}
