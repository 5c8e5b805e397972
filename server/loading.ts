/** From a command's flags and the environment to what the core's loading needs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LoadOptions } from '../core/load/loader.ts';
import type { ModuleEnv } from '../core/load/modules.ts';
import { sanitizerSupported } from '../core/load/ports.ts';
import type { Target } from '../core/load/target.ts';
import type { FileSystem } from '../core/source/files.ts';
import { type Io, UsageError } from './command.ts';
import { findGo, type GoEnv, type LoadFlags, makeTarget, moduleEnv, noFlags } from './go-env.ts';
import { nodeFiles, type Overlay, slashed } from './node-files.ts';

export interface Loading {
  go: GoEnv;
  fs: FileSystem;
  env: ModuleEnv;
  target: Target;
  flags: LoadFlags;
  /** -pgo: `auto`, `off` or a file. */
  pgo: string;
}

/** What commands load unless they say otherwise. */
export const loadDefaults: LoadOptions = { embed: false, tests: false, anyTags: false, pgo: 'auto' };

/** The file that -overlay names, as a map: JSON of `{"Replace": {"path": "file that stands in, or empty"}}`. */
export function readOverlay(file: string, cwd: string): Overlay {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path.resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new UsageError(`-overlay ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const replace = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)['Replace'] : null;
  const out = new Map<string, Uint8Array | null>();
  if (typeof replace !== 'object' || replace === null) return out;
  for (const [from, to] of Object.entries(replace)) {
    if (typeof to !== 'string') throw new UsageError(`-overlay ${file}: the value of ${from} is not a file name`);
    const target = slashed(path.resolve(cwd, from));
    if (to === '') {
      out.set(target, null);
      continue;
    }
    try {
      out.set(target, readFileSync(path.resolve(cwd, to)));
    } catch {
      throw new UsageError(`-overlay ${file}: cannot read ${to}`);
    }
  }
  return out;
}

/** GOFLAGS as words (cmd/internal/quoted.Split). */
export function goFlags(value: string): string[] {
  return [...value.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(m => m[1] ?? m[2] ?? m[3]);
}

/**
 * Reads flags, GOFLAGS and environment; what is wrong with them is thrown as a UsageError. `files` stand in for those
 * of the disk, and those of -overlay for them.
 */
export function prepareLoading(given: ReadonlyMap<string, string>, io: Io, files: Overlay = new Map()): Loading {
  const overlay = given.get('overlay');
  const fs = nodeFiles(overlay ? new Map([...files, ...readOverlay(overlay, io.cwd)]) : files);
  const cwd = slashed(io.cwd);
  const found = findGo(fs, cwd, io.env);
  if (!found.ok) throw new UsageError(found.message);
  const { go } = found;
  const all = new Map<string, string>();
  for (const word of goFlags(go.get('GOFLAGS'))) {
    const m = /^--?([^=]+)(?:=(.*))?$/s.exec(word);
    if (m) all.set(m[1], m[2] ?? '');
  }
  for (const [name, value] of given) all.set(name, value);
  const on = (name: string): boolean => all.has(name) && all.get(name) !== 'false';
  const sanitizers = (['race', 'msan', 'asan'] as const).filter(on);
  if (sanitizers.length > 1) throw new UsageError(`may not use -${sanitizers[0]} and -${sanitizers[1]} simultaneously`);
  const levels: Record<string, string> = {};
  for (const [name, value] of all)
    if (/^go(386|amd64|arm|arm64|mips|mips64|ppc64|riscv64)$/.test(name)) levels[name.toUpperCase()] = value;
  const flags: LoadFlags = {
    ...noFlags,
    tags: (all.get('tags') ?? '').split(/[,\s]+/).filter(t => t !== ''),
    goos: all.get('goos') ?? '',
    goarch: all.get('goarch') ?? '',
    levels,
    mod: all.get('mod') ?? '',
    modfile: all.has('modfile') ? slashed(path.resolve(io.cwd, all.get('modfile') ?? '')) : '',
    instrument: sanitizers[0] ?? '',
    buildmode: all.get('buildmode') ?? 'default',
  };
  const target = makeTarget(go, flags, io.env);
  if (!target.ok) throw new UsageError(target.message);
  const refused = sanitizerError(go, target.target);
  if (refused !== '') throw new UsageError(refused);
  return { go, fs, env: moduleEnv(go, fs, cwd, flags), target: target.target, flags, pgo: all.get('pgo') ?? 'auto' };
}

/** Why the target cannot be built with its sanitizer (cmd/go/internal/work.instrumentInit); '' when it can. */
function sanitizerError(go: GoEnv, { instrument, goos, goarch, cgo }: Target): string {
  if (instrument === '') return '';
  if (!sanitizerSupported(instrument, goos, goarch)) return `-${instrument} is not supported on ${goos}/${goarch}`;
  if (cgo || (goos === 'darwin' && instrument === 'race')) return '';
  const host = goos === go.hostOS && goarch === go.hostArch;
  return `-${instrument} requires cgo${host ? '; enable cgo by setting CGO_ENABLED=1' : ''}`;
}
