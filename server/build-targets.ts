/** Targets and profiles as users write them, and the flags they stand for. */
import { buildModeSupported, findPort, ports, raceDetectorSupported } from '../core/load/ports.ts';
import { checkLevel } from '../core/load/target.ts';
import { UsageError } from './command.ts';
import type { TargetResult } from './protocol/builds.ts';

export interface BuildTarget {
  goos: string;
  goarch: string;
  /** '' for the default. */
  level: string;
}

export function targetName(t: BuildTarget): string {
  return `${t.goos}/${t.goarch}${t.level === '' ? '' : `/${t.level}`}`;
}

/** The targets that the names mean, each once; a name that means none is a UsageError. */
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

export interface Profile {
  name: string;
  description: string;
  flags: readonly string[];
  env: Readonly<Record<string, string>>;
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
    name: 'race',
    description: 'reports data races as it runs',
    flags: ['-race'],
    env: { CGO_ENABLED: '1' },
    unsupported: (goos, goarch) =>
      raceDetectorSupported(goos, goarch) ? null : `the race detector does not support ${goos}/${goarch}`,
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

export function findProfile(name: string): Profile {
  const p = profiles.find(x => x.name === name);
  if (!p) throw new UsageError(`no profile ${name}: there are ${profiles.map(x => x.name).join(', ')}`);
  return p;
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
    reproducible: 'not checked',
    cached: 0,
    compiled: 0,
    record: '',
  };
}
