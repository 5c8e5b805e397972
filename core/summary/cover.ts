/** Which packages -cover is for, and what they become (load.SelectCoverPackages, Builder.runCover). */
import { sha256 } from '@noble/hashes/sha2.js';
import { isRuntimePkg } from '../ir/special-packages.ts';
import type { Package } from '../load/package.ts';
import { goRelease } from '../load/release.ts';
import { join } from '../source/path.ts';
import { decodeUtf8, encodeUtf8 } from '../source/utf8.ts';
import { type CoverMode, coveredText, coverVariables, newCovered } from '../syntax/cover.ts';
import { parseFile } from '../syntax/parse.ts';
import type { ProgramHost } from './host.ts';

/** Packages that run before the run time can give numbers to packages, in the order of theirs (coverage.rtPkgs). */
const numbered = `internal/asan internal/byteorder internal/coverage/rtcov internal/cpu internal/bytealg internal/goarch
internal/abi internal/chacha8rand internal/godebugs internal/goexperiment internal/goos internal/msan
internal/profilerecord internal/race internal/runtime/atomic internal/runtime/exithook internal/runtime/gc
internal/runtime/math internal/runtime/sys internal/runtime/maps internal/runtime/syscall/linux
internal/runtime/syscall/windows internal/runtime/cgroup internal/strconv internal/stringslite runtime`.split(/\s+/);

/** What the names of the package's counters begin with. */
function coverPrefix(importPath: string): string {
  const sum = [...sha256(encodeUtf8(importPath)).subarray(0, 6)];
  return `goCover_${sum.map(b => b.toString(16).padStart(2, '0')).join('')}_`;
}

/** How a package that is chosen is covered; null when it is not all the same. */
function modeOf(p: Package, mode: CoverMode, race: boolean): CoverMode | null {
  if (p.error !== null || p.importPath === 'unsafe' || p.files.goFiles.length + p.files.cgoFiles.length === 0)
    return null;
  if (mode === 'atomic' && (p.importPath === 'sync/atomic' || p.importPath === 'internal/runtime/atomic')) return null;
  return race && p.standard && isRuntimePkg(p.importPath) ? 'regonly' : mode;
}

/** The files that stand in for those of the packages that are `chosen`, by path. Files with syntax errors stay as they
 * are. */
export function coverPackages(
  { fs, parser, target }: Pick<ProgramHost, 'fs' | 'parser' | 'target'>,
  packages: readonly Package[],
  chosen: (p: Package) => boolean,
  mode: CoverMode,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const p of packages) {
    const own = chosen(p) ? modeOf(p, mode, target.instrument === 'race') : null;
    if (own === null) continue;
    const prefix = coverPrefix(p.importPath);
    const number = numbered.indexOf(p.importPath);
    const id = number < 0 ? `${prefix}P` : `uint32(${2 ** 32 - 2 - number})`;
    const { name, importPath, cmdlineFiles: local } = p;
    const pkg = newCovered({ name, mode: own, prefix, id, importPath, local }, p.module?.path ?? '');
    for (const file of [...p.files.goFiles.toSorted(), ...p.files.cgoFiles.toSorted()]) {
      const path = join(p.dir, file);
      const bytes = fs.readFile(path);
      if (bytes === null) continue;
      const parsed = parseFile(parser, path, decodeUtf8(bytes), goRelease(target.release));
      if (parsed.file.errors.length === 0) files.set(path, encodeUtf8(coveredText(pkg, parsed)));
      parsed.dispose();
    }
    files.set(variablesPath(p), encodeUtf8(coverVariables(pkg)));
  }
  return files;
}

/** Gives the packages that have such a file the declarations of their counters. */
export function addCounters(packages: readonly Package[], files: ReadonlyMap<string, Uint8Array>): void {
  for (const p of packages) {
    const path = variablesPath(p);
    if (!files.has(path)) continue;
    p.files = { ...p.files, goFiles: [path, ...p.files.goFiles] };
    p.coverPrefix = coverPrefix(p.importPath);
  }
}

/** Where the package's counters are declared: in no folder that is looked into. */
function variablesPath(p: Package): string {
  return `/$WORK/${p.importPath}/covervars.go`;
}
