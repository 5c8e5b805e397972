/**
 * Versions: Go's own (`1.21`, `1.21rc1`, `1.21.3`; internal/gover) and modules' (semantic versions with Go's order and
 * `+incompatible`; golang.org/x/mod/semver).
 */

export interface ModuleVersion {
  path: string;
  /** '' for a main module or a folder; 'none' for a module that is not selected. */
  version: string;
}

/** A key for maps: no module path or version has a space. */
export function versionKey(m: ModuleVersion): string {
  return `${m.path} ${m.version}`;
}

/** `path@version`, or the path alone (module.Version.String). */
export function versionString(m: ModuleVersion): string {
  return m.version === '' ? m.path : `${m.path}@${m.version}`;
}

/** Orders decimal numbers of any length, without leading zeros. */
function compareDecimal(x: string, y: string): number {
  if (x === y) return 0;
  if (x.length !== y.length) return x.length < y.length ? -1 : 1;
  return x < y ? -1 : 1;
}

interface GoVersion {
  major: string;
  minor: string;
  patch: string;
  kind: string;
  pre: string;
}

const goVersionPattern = /^(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)|([a-z]+)(0|[1-9]\d*)?)?)?$/;

function parseGoVersion(x: string): GoVersion | null {
  const m = goVersionPattern.exec(x);
  if (!m) return null;
  if (m[2] === undefined) return { major: m[1], minor: '0', patch: '0', kind: '', pre: '' };
  let patch = m[3] ?? '';
  // Before 1.21 a version without patch is the .0 release; from 1.21 on it is the language version, which is less.
  if (patch === '' && m[4] === undefined && compareDecimal(m[2], '21') < 0) patch = '0';
  return { major: m[1], minor: m[2], patch, kind: m[4] ?? '', pre: m[5] ?? '' };
}

export function isValidGoVersion(x: string): boolean {
  return parseGoVersion(x) !== null;
}

/** Orders Go versions without the `go` prefix (gover.Compare); malformed ones come first and are equal. */
export function compareGoVersion(x: string, y: string): number {
  const zero: GoVersion = { major: '', minor: '', patch: '', kind: '', pre: '' };
  const a = parseGoVersion(x) ?? zero;
  const b = parseGoVersion(y) ?? zero;
  return (
    compareDecimal(a.major, b.major) ||
    compareDecimal(a.minor, b.minor) ||
    compareDecimal(a.patch, b.patch) ||
    (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) ||
    compareDecimal(a.pre, b.pre)
  );
}

/** `1.21.3` to `1.21` (gover.Lang); '' when malformed. */
export function goLanguage(x: string): string {
  const v = parseGoVersion(x);
  if (!v) return '';
  return v.major === '1' && v.minor === '0' ? v.major : `${v.major}.${v.minor}`;
}

/** The version in a toolchain name: `go1.21.3-suffix` to `1.21.3`; '' when it names none (gover.FromToolchain). */
export function fromToolchain(name: string): string {
  if (/[\\/]/.test(name)) return '';
  if (!name.startsWith('go')) return '';
  const v = name.slice(2).split(/[ \t-]/)[0];
  return isValidGoVersion(v) ? v : '';
}

interface SemVer {
  major: string;
  minor: string;
  patch: string;
  /** `.0` or `.0.0` when parts were left out. */
  short: string;
  prerelease: string;
  build: string;
}

const semverPattern =
  /^v(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?$/;

function parseSemver(v: string): SemVer | null {
  const m = semverPattern.exec(v);
  if (!m) return null;
  const pre = m[4] ?? '';
  // A numeric identifier of a prerelease has no leading zero.
  if (
    pre !== '' &&
    pre
      .slice(1)
      .split('.')
      .some(id => /^0\d+$/.test(id))
  )
    return null;
  return {
    major: m[1],
    minor: m[2] ?? '0',
    patch: m[3] ?? '0',
    short: m[2] === undefined ? '.0.0' : m[3] === undefined ? '.0' : '',
    prerelease: pre,
    build: m[5] ?? '',
  };
}

export function isSemver(v: string): boolean {
  return parseSemver(v) !== null;
}

/** Orders semantic versions; invalid ones come first and are equal; build metadata does not count. */
export function compareSemver(v: string, w: string): number {
  const a = parseSemver(v);
  const b = parseSemver(w);
  if (!a && !b) return 0;
  if (!a) return -1;
  if (!b) return 1;
  return (
    compareDecimal(a.major, b.major) ||
    compareDecimal(a.minor, b.minor) ||
    compareDecimal(a.patch, b.patch) ||
    comparePrerelease(a.prerelease, b.prerelease)
  );
}

function comparePrerelease(x: string, y: string): number {
  if (x === y) return 0;
  if (x === '') return 1;
  if (y === '') return -1;
  const a = x.slice(1).split('.');
  const b = y.slice(1).split('.');
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === b[i]) continue;
    const na = /^\d+$/.test(a[i]);
    const nb = /^\d+$/.test(b[i]);
    if (na !== nb) return na ? -1 : 1;
    if (na) return compareDecimal(a[i], b[i]);
    return a[i] < b[i] ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** `v1`, or '' when invalid. */
export function semverMajor(v: string): string {
  const p = parseSemver(v);
  return p ? `v${p.major}` : '';
}

/** The version in full, `+incompatible` kept (module.CanonicalVersion); '' when invalid. */
export function canonicalVersion(v: string): string {
  const p = parseSemver(v);
  if (!p) return '';
  return `v${p.major}.${p.minor}.${p.patch}${p.prerelease}${p.build === '+incompatible' ? p.build : ''}`;
}

/** Whether the path is one of the two names that stand for Go itself in a build list. */
export function isToolchainPath(path: string): boolean {
  return path === 'go' || path === 'toolchain';
}

/** Orders versions of the module with that path (gover.ModCompare); what is no version, as 'none', comes first. */
function compareVersion(path: string, x: string, y: string): number {
  if (path === 'go') return compareGoVersion(x, y);
  if (path === 'toolchain') return compareGoVersion(toolchainVersion(x), toolchainVersion(y));
  return compareSemver(x, y);
}

/** mvs's order: as compareVersion, but '' (the main module itself) is above all else (modload.cmpVersion). */
export function compareSelected(path: string, x: string, y: string): number {
  if (y === '') return x === '' ? 0 : -1;
  if (x === '') return 1;
  return compareVersion(path, x, y);
}

function toolchainVersion(name: string): string {
  return isValidGoVersion(name) ? name : fromToolchain(name);
}

/** Sorts by path, then version (gover.ModSort). */
export function sortVersions(list: ModuleVersion[]): ModuleVersion[] {
  return list.sort((a, b) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : compareVersion(a.path, a.version, b.version),
  );
}
