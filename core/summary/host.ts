/** What compiling packages needs of a host, and what compiling one package needs follows from it. */
import { type CompileEnv, type CompileFlags, defaultFlags, type PackageSummary } from '../ir/env.ts';
import { pathToPrefix } from '../ir/names.ts';
import type { Package } from '../load/package.ts';
import { parseProfile, type Profile } from '../load/profile.ts';
import { goRelease } from '../load/release.ts';
import { type SymAbis, symAbis } from '../load/symabis.ts';
import type { Target } from '../load/target.ts';
import { Damaged } from '../source/bytes.ts';
import type { FileSystem } from '../source/files.ts';
import { join } from '../source/path.ts';
import { Interrupted } from '../source/steps.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import type { TreeParser } from '../syntax/parser.ts';
import type { Sizes } from '../types/sizes.ts';
import type { SummaryStore } from './encode.ts';

/** What a host gives: files, the parser, what is compiled for, and how. */
export interface ProgramHost {
  fs: FileSystem;
  parser: TreeParser;
  target: Target;
  flags: CompileFlags;
  /** Where summaries are kept, if anywhere, and what tells this build of the analysis from others. */
  store: { summaries: SummaryStore; version: string } | null;
}

/** -gcflags are for the packages that are named, whose level is not 0; how instrumented the build is, for all. */
export function flagsAt(flags: CompileFlags, level: number): CompileFlags {
  if (level > 0) return flags;
  const { race, msan, asan } = flags;
  return { ...defaultFlags, race, msan, asan };
}

/** What tells packages of one path apart: the program whose profile they are compiled with. */
export function pathKey(forMain: string, path: string): string {
  return forMain === '' ? path : `${forMain} ${path}`;
}

/** The profile at the path; or what is wrong with it, in the words of the tool that reads it for the go command. */
export function readProfile(fs: FileSystem, path: string): Profile | string | null {
  const bytes = fs.readFile(path);
  const said = (why: string) => `${path}: preprofile: ${why}`;
  if (bytes === null) return said(`error opening profile: open ${path}: no such file or directory`);
  const profile = parseProfile(bytes);
  return typeof profile === 'string' ? said(`error parsing profile: ${profile}`) : profile;
}

/** Bytes that are no summary are no fault of the code, nor is that somebody has ended the work. */
function butOutside(error: unknown): void {
  if (error instanceof Damaged || error instanceof Interrupted) throw error;
}

/** What compiling the package at the -m level needs; `known` gives summaries by `pathKey`. `tolerant`: what cannot be
 * analysed is left out. */
export function environment(
  host: Pick<ProgramHost, 'target' | 'flags' | 'fs'>,
  sizes: Sizes,
  p: Package,
  level: number,
  known: (key: string) => PackageSummary | null,
  tolerant: boolean,
): Omit<CompileEnv, 'pkg' | 'profile'> {
  const { target } = host;
  // what a program with a profile imports are its own copies
  const main = p.deps?.find(d => d.forMain !== '')?.forMain ?? p.forMain;
  return {
    sizes,
    release: goRelease(target.release),
    flags: { ...flagsAt(host.flags, level), m: level, std: p.standard },
    goos: target.goos,
    goarch: target.goarch,
    imported: path => known(pathKey(main, path)),
    report: () => {},
    symAbis: () => symAbisOf(host, p),
    coverPrefix: p.coverPrefix,
    // functions that use names of C which nobody knows are left out
    fail: tolerant || p.files.cgoFiles.length > 0 ? butOutside : null,
  };
}

/** What gc is given as -symabis. Assembly beside cgo files is for the C compiler. */
function symAbisOf({ fs, target }: Pick<ProgramHost, 'target' | 'fs'>, p: Package): SymAbis | null {
  if (!target.experiments.includes('regabiwrappers')) return null;
  const { sFiles, cgoFiles } = p.files;
  const files = cgoFiles.length > 0 && p.importPath !== 'runtime/cgo' ? [] : sFiles;
  const texts = files.map(name => decodeUtf8(fs.readFile(join(p.dir, name)) ?? new Uint8Array()));
  const anyStandard = [p, ...(p.deps ?? [])].find(d => d.standard && d.dir.endsWith(`/src/${d.importPath}`));
  const goroot = anyStandard?.dir.slice(0, -`/src/${anyStandard.importPath}`.length);
  const include = (name: string) => {
    const dirs = goroot === undefined ? [p.dir] : [p.dir, join(goroot, 'pkg/include'), join(goroot, 'src/runtime')];
    for (const dir of dirs) {
      const bytes = fs.readFile(join(dir, name));
      if (bytes !== null) return decodeUtf8(bytes);
    }
    return null;
  };
  return symAbis(texts, pathToPrefix(p.importPath), target, include);
}
