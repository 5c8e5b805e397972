/** What the go command is run with for a build: the program, its environment, its flags. */
import fs from 'node:fs';
import path from 'node:path';
import { levelKnob } from '../../core/load/target.ts';
import { findModuleRoot } from '../../core/load/mainmodules.ts';
import { parseModFile } from '../../core/load/modfile.ts';
import { join } from '../../core/source/path.ts';
import type { Place } from './records.ts';
import type { Profile } from './targets.ts';
import type { BuildTarget } from '../protocol/ports.ts';
import { muslCompiler } from '../c-compilers.ts';
import { type Environment, findGo, type Found, type GoEnv, lookPath } from '../go-env.ts';
import { type LoadFlags, noFlags } from '../load-flags.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import { isOn } from '../switches.ts';
import type { OwnProfile } from '../protocol/builds.ts';

export interface BuildRequest {
  /** Absolute. */
  cwd: string;
  packages: readonly string[];
  /** None: the host, or GOOS and GOARCH. */
  targets: readonly BuildTarget[];
  profile: string;
  /** The user's own profiles. */
  profiles?: Readonly<Record<string, OwnProfile>>;
  /** The folder for a target's executables, absolute. */
  folder(target: BuildTarget): string;
  /** The name of the one executable, where it is not the one that go would give it. */
  executable?: string;
  /** Flags passed on to go build as they are. */
  flags: readonly string[];
  /** What go build is to say of its work beyond what goes wrong. */
  say?: { packages: boolean; commands: boolean };
  /** Build nothing: say the commands that would run. */
  dry?: boolean;
  /** Somebody looks on: packages are counted beforehand, and the actions that begin and end are told. */
  watched?: boolean;
  /** The go command to run; '' for the one of the GOROOT that the environment means. */
  program: string;
}

/** The installation that a go command belongs to, links followed; null when that cannot be told from its place. */
export function gorootOf(program: string, env: Environment): string | null {
  const found = program === '' || program === 'go' ? null : lookPath(program, env);
  if (found === null) return null;
  try {
    const root = path.dirname(path.dirname(fs.realpathSync(found)));
    return fs.existsSync(path.join(root, 'VERSION')) ? root : null;
  } catch {
    return null;
  }
}

/** The Go that a build in the request's folder uses: that of its program where it belongs to an installation. */
export function goOf({ cwd, program }: Pick<BuildRequest, 'cwd' | 'program'>, env: Environment): Found<{ go: GoEnv }> {
  const root = gorootOf(program, env);
  return findGo(nodeFiles(), slashed(cwd), root === null ? env : { ...env, GOROOT: root });
}

/** What is wrong with the names of the packages; '' when nothing is. */
export function packagesFault(packages: readonly string[]): string {
  const flag = packages.find(p => p.startsWith('-'));
  return flag === undefined ? '' : `${flag} is no package: flags come before packages`;
}

/** The folder, and where it lies in its module. */
export function placeOf(cwd: string): Place {
  const files = nodeFiles();
  const root = findModuleRoot(files, cwd);
  const source = root === '' ? null : files.readFile(join(root, 'go.mod'));
  return {
    cwd,
    module: source ? parseModFile(source).module : '',
    within: root === '' ? '' : cwd.slice(root.length),
  };
}

/**
 * The go command to run: that of the chosen toolchain. A program of the settings that belongs to no installation, such as
 * a script that calls go, is run itself.
 */
export function goProgram(request: BuildRequest, go: GoEnv, env: Environment): string {
  if (isScript(request, env)) return request.program;
  return path.join(go.goroot, 'bin', process.platform === 'win32' ? 'go.exe' : 'go');
}

function isScript(request: BuildRequest, env: Environment): boolean {
  return request.program !== '' && request.program !== 'go' && gorootOf(request.program, env) === null;
}

/**
 * Variables that keep go from choosing a toolchain another time: a GOROOT that is set may be that of another one
 * (toolchain.execGoToolchain). None where the toolchain is missing: go may download it, or say why not.
 */
export function toolchainEnv(request: BuildRequest, go: GoEnv, env: Environment): Record<string, string> {
  if (go.missing !== '' || isScript(request, env)) return {};
  return { GOTOOLCHAIN: 'local', ...(env['GOROOT'] ? { GOROOT: go.goroot } : {}) };
}

/** The environment that makes the go command print what it hashes into keys. */
export function hashing(env: Environment): Environment {
  return { ...env, GODEBUG: env['GODEBUG'] ? `${env['GODEBUG']},gocachehash=1` : 'gocachehash=1' };
}

export function hostTarget(go: GoEnv): BuildTarget {
  return { goos: go.get('GOOS') || go.hostOS, goarch: go.get('GOARCH') || go.hostArch, level: '' };
}

/** The profile's flags and those passed on. All -tags become one flag, and all -ldflags: of several, go takes the last. */
export function allFlags(profile: Profile, passed: readonly string[]): string[] {
  const tags: string[] = [];
  const link: string[] = [];
  const rest: string[] = [];
  for (const flag of [...profile.flags, ...passed]) {
    const m = /^--?tags=(.*)$/.exec(flag);
    // a flag that begins with a pattern of packages stays as it is
    const ld = /^--?ldflags=(\s*-.*)$/s.exec(flag);
    if (ld) link.push(ld[1]);
    else if (m) tags.push(...m[1].split(',').filter(t => t !== '' && !tags.includes(t)));
    else rest.push(flag);
  }
  if (link.length > 0) rest.push(`-ldflags=${link.join(' ')}`);
  if (tags.length > 0) rest.push(`-tags=${tags.join(',')}`);
  return rest;
}

/** The flags that make go build say more, which change nothing of what it makes. */
export function sayingFlags({ say, dry }: BuildRequest): string[] {
  return [dry === true && '-n', say?.packages === true && '-v', say?.commands === true && '-x'].filter(
    f => f !== false,
  );
}

/** Those of the flags that decide which packages and files there are. */
export function loadFlagsOf(flags: readonly string[], cwd: string): LoadFlags {
  const value = (name: string): string => {
    const found = flags.findLast(f => f.startsWith(`-${name}=`) || f.startsWith(`--${name}=`));
    return found === undefined ? '' : found.slice(found.indexOf('=') + 1);
  };
  const modfile = value('modfile');
  return {
    ...noFlags,
    tags: value('tags')
      .split(',')
      .filter(t => t !== ''),
    mod: value('mod'),
    modfile: modfile === '' ? '' : slashed(path.resolve(cwd, modfile)),
    instrument: (['race', 'msan', 'asan'] as const).find(name => isOn(name, flags)) ?? '',
    buildmode: value('buildmode') || 'default',
  };
}

/** The settings that choose a target and profile, beyond the environment that is there; or why they cannot be had. */
export function buildEnv(
  target: BuildTarget,
  profile: Profile,
  go: GoEnv,
  env: Environment,
): Found<{ env: Record<string, string> }> {
  const out: Record<string, string> = { GOOS: target.goos, GOARCH: target.goarch, ...profile.env };
  const knob = levelKnob(target.goarch);
  if (knob && target.level !== '') out[knob.variable] = target.level;
  if (profile.musl) {
    const compiler = muslCompiler(target, go, env);
    if (!compiler.ok) return compiler;
    Object.assign(out, compiler.env);
  }
  return { ok: true, env: out };
}
