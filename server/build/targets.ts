/** Targets and profiles as users write them, and the flags they stand for. */
import { buildModeSupported, findPort, ports, sanitizerSupported } from '../../core/load/ports.ts';
import { checkLevel } from '../../core/load/target.ts';
import { UsageError } from '../command.ts';
import type { OwnProfile, ProfileInfo, TargetResult } from '../protocol/builds.ts';
import { type BuildTarget, targetName } from '../protocol/ports.ts';

/** The targets that the names mean, each once; an unknown name is a UsageError. */
export function parseTargets(names: readonly string[]): BuildTarget[] {
  const out = new Map<string, BuildTarget>();
  const add = (t: BuildTarget): void => void out.set(targetName(t), t);
  for (const name of names) {
    if (name === 'all' || name === 'first-class') {
      for (const p of ports)
        if (!p.broken && (name === 'all' || p.firstClass)) add({ goos: p.goos, goarch: p.goarch, level: '' });
      continue;
    }
    const [goos = '', goarch = '', level = '', ...more] = name.split('/');
    if (!findPort(goos, goarch) || more.length > 0)
      throw new UsageError(`${name} is no target: say os/arch[/level] as gospect ports lists them, all or first-class`);
    const bad = checkLevel(goarch, level);
    if (bad !== null) throw new UsageError(`${name}: ${bad}`);
    add({ goos, goarch, level });
  }
  return [...out.values()];
}

/** The targets of a list as it is typed. A comma may belong to a level, as in `linux/arm/7,hardfloat`. */
export function parseTargetList(text: string): BuildTarget[] {
  const names: string[] = [];
  for (const part of text.split(',')) {
    if (part === '') continue;
    const last = names.at(-1)?.split('/');
    const more = last?.length === 3 && checkLevel(last[1], `${last[2]},${part}`) === null;
    if (more) names[names.length - 1] += `,${part}`;
    else names.push(part);
  }
  return parseTargets(names);
}

export interface Profile {
  name: string;
  description: string;
  flags: readonly string[];
  env: Readonly<Record<string, string>>;
  /** cgo compiles with a C compiler that has musl. */
  musl?: boolean;
  /** Why the profile cannot be had for the port; null when it can. */
  unsupported(goos: string, goarch: string): string | null;
}

const always = (): null => null;
export const profiles: readonly Profile[] = [
  { name: 'default', description: 'as go build does it', flags: [], env: {}, unsupported: always },
  {
    name: 'debug',
    description: 'for a debugger: no optimisation, no inlining',
    flags: ['-gcflags=all=-N -l'],
    env: {},
    unsupported: always,
  },
  {
    name: 'release',
    description: 'without the paths of this machine',
    flags: ['-trimpath'],
    env: {},
    unsupported: always,
  },
  {
    name: 'smallest',
    description: 'without symbols, debug information and paths',
    flags: ['-trimpath', '-ldflags=-s -w'],
    env: {},
    unsupported: always,
  },
  {
    name: 'static',
    description: 'needs no C library where it runs',
    flags: ['-trimpath', '-tags=netgo,osusergo'],
    env: { CGO_ENABLED: '0' },
    unsupported: always,
  },
  {
    name: 'musl',
    description: 'with cgo, and the C library musl in it: zig cc or musl-gcc',
    flags: ['-trimpath', '-tags=netgo,osusergo', '-ldflags=-linkmode=external -extldflags=-static'],
    env: { CGO_ENABLED: '1' },
    musl: true,
    unsupported: goos => (goos === 'linux' ? null : 'musl is a C library for Linux'),
  },
  {
    name: 'race',
    description: 'reports data races as it runs',
    flags: ['-race'],
    env: { CGO_ENABLED: '1' },
    unsupported: (goos, goarch) =>
      sanitizerSupported('race', goos, goarch) ? null : `the race detector does not support ${goos}/${goarch}`,
  },
  {
    name: 'pie',
    description: 'can be loaded at any address',
    flags: ['-buildmode=pie'],
    env: {},
    unsupported: (goos, goarch) =>
      buildModeSupported('pie', goos, goarch) ? null : `-buildmode=pie is not supported on ${goos}/${goarch}`,
  },
  {
    name: 'reproducible',
    description: 'the same bytes from any folder',
    flags: ['-trimpath', '-buildvcs=false'],
    env: { CGO_ENABLED: '0' },
    unsupported: always,
  },
];

/** The profile of that name, the user's own first; an unknown name is a UsageError. */
export function findProfile(name: string, own: Readonly<Record<string, OwnProfile>> = {}): Profile {
  if (Object.hasOwn(own, name)) return ownProfile(name, own[name]);
  const p = profiles.find(x => x.name === name);
  const names = [...Object.keys(own), ...profiles.map(x => x.name)];
  if (!p) throw new UsageError(`no profile ${name}: there are ${names.join(', ')}`);
  return p;
}

/** A profile from settings, which may be of any shape: what is no flag or no variable is a UsageError. */
function ownProfile(name: string, own: OwnProfile): Profile {
  const flags: unknown = own?.flags ?? [];
  const env: unknown = own?.env ?? {};
  if (
    !Array.isArray(flags) ||
    flags.some(f => typeof f !== 'string' || !f.startsWith('-') || f === '--' || f.includes('\0'))
  )
    throw new UsageError(`profile ${name}: flags must be a list of flags of go build, each beginning with -`);
  if (typeof env !== 'object' || env === null || Array.isArray(env))
    throw new UsageError(`profile ${name}: env must be variables and their values`);
  const values: Record<string, string> = {};
  for (const [k, v] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(k) || typeof v !== 'string' || v.includes('\0'))
      throw new UsageError(`profile ${name}: ${k} is no variable with a text for its value`);
    values[k] = v;
  }
  const refused = (flags as string[]).find(f => /^--?(o|C|n|json|debug-actiongraph|debug-trace)(=|$)/.test(f));
  if (refused !== undefined) throw new UsageError(`profile ${name}: ${refused} is what Gospect sets itself`);
  return { name, description: 'from the settings', flags: flags as string[], env: values, unsupported: always };
}

/** Every profile as the command line it comes to. */
export function profileInfos(
  own: Readonly<Record<string, OwnProfile>>,
  target: BuildTarget | null,
  flags: readonly string[],
  packages: readonly string[],
): ProfileInfo[] {
  const info = (p: Profile): ProfileInfo => {
    const env = { ...(target ? { GOOS: target.goos, GOARCH: target.goarch } : {}), ...p.env };
    const words = ['go', 'build', ...p.flags, ...flags, ...packages].map(shellWord);
    const command = [...Object.entries(env).map(([k, v]) => `${k}=${shellWord(v)}`), ...words].join(' ');
    const unsupported = target ? (p.unsupported(target.goos, target.goarch) ?? '') : '';
    return { name: p.name, description: p.description, command, unsupported };
  };
  const mine = Object.keys(own).map((name): ProfileInfo => {
    try {
      return info(findProfile(name, own));
    } catch (error) {
      return { name, description: 'from the settings', command: '', unsupported: (error as Error).message };
    }
  });
  return [...mine, ...profiles.filter(p => !Object.hasOwn(own, p.name)).map(info)];
}

/** A word as a shell would need it, for showing commands; nothing here is run by a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The flags and settings that the profile adds, as they would be typed. */
export function profileText(p: Profile): string {
  return [...Object.entries(p.env).map(([k, v]) => `${k}=${v}`), ...p.flags.map(shellWord)].join(' ');
}

/** The result of a build that came to nothing. */
export function failedResult(target: string, message: string, cancelled: boolean): TargetResult {
  return {
    target,
    status: cancelled ? 'cancelled' : 'failed',
    message,
    time: 0,
    files: [],
    cgo: false,
    linkage: '',
    needs: [],
    runs: 'unknown',
    cacheProgram: '',
    reproducible: 'not checked',
    packages: 0,
    cached: 0,
    compiled: 0,
    record: '',
  };
}
