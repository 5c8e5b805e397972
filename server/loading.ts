/** From a command's flags and the environment to what the core's loading needs. */
import path from 'node:path';
import type { LoadOptions } from '../core/load/loader.ts';
import { findWorkFile } from '../core/load/mainmodules.ts';
import type { ModuleEnv } from '../core/load/modules.ts';
import { sanitizerSupported } from '../core/load/ports.ts';
import type { Target } from '../core/load/target.ts';
import type { FileSystem } from '../core/source/files.ts';
import type { CoverMode } from '../core/syntax/cover.ts';
import { GoError, UsageError } from './command.ts';
import { goFlags } from './go-flags.ts';
import { type Environment, findGo, type GoEnv, makeTarget, moduleEnv } from './go-env.ts';
import { type LoadFlags, noFlags } from './load-flags.ts';
import { nodeFiles, type Overlay, slashed } from './node-files.ts';
import { readOverlay } from './overlay.ts';

export interface Loading {
  go: GoEnv;
  fs: FileSystem;
  /** The files that `fs` has before those of the disk. */
  overlay: Overlay;
  env: ModuleEnv;
  target: Target;
  flags: LoadFlags;
  /** -pgo: `auto`, `off` or a file. */
  pgo: string;
  /** -cover, -covermode and -coverpkg; null: nothing is covered. */
  cover: Cover | null;
  trimpath: boolean;
}

export interface Cover {
  mode: CoverMode;
  /** Patterns of -coverpkg; none: the packages that are named, and those of main modules. */
  packages: readonly string[];
}

/** What commands load unless they say otherwise. */
export const loadDefaults: LoadOptions = { embed: false, tests: false, anyTags: false, complete: true, pgo: 'auto' };

/**
 * Reads flags, GOFLAGS and environment; what is wrong with them is thrown as a UsageError. `files` stand in for those
 * of the disk, and those of -overlay for them.
 */
export function prepareLoading(
  given: ReadonlyMap<string, string>,
  from: { cwd: string; env: Environment },
  files: Overlay = new Map(),
): Loading {
  const cwd = slashed(from.cwd);
  const found = findGo(nodeFiles(files), cwd, from.env);
  if (!found.ok) throw new UsageError(found.message);
  const { go } = found;
  const all = new Map<string, string>();
  let covered = false;
  for (const [name, value] of [...goFlags(go.get('GOFLAGS')), ...given]) {
    all.set(name, value);
    if (name === 'cover') covered = value !== 'false';
    if (name === 'covermode' || name === 'coverpkg') covered = true;
  }
  const replaced = all.get('overlay');
  const overlay = replaced ? new Map([...files, ...readOverlay(replaced, from.cwd)]) : files;
  const fs = nodeFiles(overlay);
  const mode = go.get('GO111MODULE');
  if (!['', 'on', 'off', 'auto'].includes(mode))
    throw new GoError(`go: unknown environment setting GO111MODULE=${mode}`);
  const modfile = all.get('modfile') ?? '';
  if (modfile !== '') {
    if (!modfile.endsWith('.mod')) throw new GoError(`go: -modfile=${modfile}: file does not have .mod extension`);
    if (findWorkFile(fs, cwd, go.get('GOWORK'), go.goroot) !== '')
      throw new GoError('go: -modfile cannot be used in workspace mode');
  }
  const on = (name: string): boolean => all.has(name) && all.get(name) !== 'false';
  const sanitizers = (['race', 'msan', 'asan'] as const).filter(on);
  if (sanitizers.length > 1)
    throw new GoError(`go: may not use -${sanitizers[0]} and -${sanitizers[1]} simultaneously`, 2);
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
    modfile: modfile === '' ? '' : slashed(path.resolve(from.cwd, modfile)),
    instrument: sanitizers[0] ?? '',
    buildmode: all.get('buildmode') ?? 'default',
  };
  const target = makeTarget(go, flags, from.env);
  if (!target.ok)
    throw /^unsupported GOOS|^unknown GOEXPERIMENT/.test(target.message)
      ? new GoError(`go: ${target.message}`, 2)
      : new UsageError(target.message);
  const refused = sanitizerError(go, target.target);
  if (refused !== '') throw new GoError(refused, 2);
  const pgo = all.get('pgo') ?? 'auto';
  const cover = covered
    ? { mode: coverMode(all.get('covermode'), target.target), packages: splitList(all.get('coverpkg') ?? '') }
    : null;
  return {
    go,
    fs,
    overlay,
    env: moduleEnv(go, fs, cwd, flags),
    target: target.target,
    flags,
    pgo,
    cover,
    trimpath: on('trimpath'),
  };
}

/** The elements of a list with commas. */
function splitList(list: string): string[] {
  return list === '' ? [] : list.split(',');
}

/** -covermode, or what it is unless given (cmd/go/internal/work.BuildInit). */
function coverMode(given: string | undefined, { instrument }: Target): CoverMode {
  const mode = given ?? (instrument === 'race' ? 'atomic' : 'set');
  if (mode !== 'set' && mode !== 'count' && mode !== 'atomic')
    throw new UsageError(`invalid value "${mode}" for flag -covermode: valid modes are "set", "count", or "atomic"`);
  if (instrument === 'race' && mode !== 'atomic')
    throw new GoError(`go: -covermode must be "atomic", not "${mode}", when -race is enabled`, 2);
  return mode;
}

/** Why the target cannot be built with its sanitizer (cmd/go/internal/work.instrumentInit); '' when it can. */
function sanitizerError(go: GoEnv, { instrument, goos, goarch, cgo }: Target): string {
  if (instrument === '') return '';
  if (!sanitizerSupported(instrument, goos, goarch)) return `-${instrument} is not supported on ${goos}/${goarch}`;
  if (cgo || (goos === 'darwin' && instrument === 'race')) return '';
  const host = goos === go.hostOS && goarch === go.hostArch;
  return `go: -${instrument} requires cgo${host ? '; enable cgo by setting CGO_ENABLED=1' : ''}`;
}
