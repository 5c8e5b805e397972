/** Packages that the compiler treats specially (cmd/internal/objabi/pkgspecial.go). */

const runtimePackages: ReadonlySet<string> = new Set([
  'runtime',
  'internal/runtime/atomic',
  'internal/runtime/cgroup',
  'internal/runtime/exithook',
  'internal/runtime/gc',
  'internal/runtime/gc/scan',
  'internal/runtime/maps',
  'internal/runtime/math',
  'internal/runtime/sys',
  // Go 1.25's
  'internal/runtime/strconv',
  'internal/runtime/syscall',
  'internal/runtime/syscall/linux',
  'internal/runtime/syscall/windows',
  'internal/abi',
  'internal/bytealg',
  'internal/byteorder',
  'internal/chacha8rand',
  'internal/coverage/rtcov',
  'internal/cpu',
  'internal/goarch',
  'internal/godebugs',
  'internal/goexperiment',
  'internal/goos',
  'internal/profilerecord',
  'internal/strconv',
  'internal/stringslite',
]);

/** The runtime and what it imports (types.IsRuntimePkg). */
export function isRuntimePkg(path: string): boolean {
  return runtimePackages.has(path);
}

/** Race, memory and address sanitizers leave the package alone (types.IsNoInstrumentPkg). */
export function isNoInstrumentPkg(path: string): boolean {
  if (path === 'internal/bytealg') return false;
  return runtimePackages.has(path) || path === 'runtime/race' || path === 'runtime/msan' || path === 'runtime/asan';
}

/** The race detector does not follow the package's functions (types.IsNoRacePkg). */
export function isNoRacePkg(path: string): boolean {
  return path === 'sync' || path === 'sync/atomic' || path === 'internal/sync' || path === 'internal/runtime/atomic';
}
