/** Ports: what a build is for, that of a machine, and all of them for the cross-build picker. */

/** What a build is for. */
export interface BuildTarget {
  goos: string;
  goarch: string;
  /** Of the processor, as GOAMD64 and the like have it; '' for the default. */
  level: string;
}

/** `os/arch[/level]`, as tasks, settings and flags name it. */
export function targetName({ goos, goarch, level }: BuildTarget): string {
  return `${goos}/${goarch}${level === '' ? '' : `/${level}`}`;
}

/** Request without parameters: every port `go tool dist list` has, as {@link PortInfo}[]. */
export const PORTS_REQUEST = 'gospect/ports';

export interface PortInfo {
  goos: string;
  goarch: string;
  firstClass: boolean;
  cgoSupported: boolean;
  race: boolean;
  /** Values of -buildmode that the port has. */
  buildmodes: string[];
  /** The variable of the architecture's levels, and the levels with what they ask of the processor; none: ''. */
  knob: string;
  levels: { level: string; meaning: string; isDefault: boolean }[];
}

const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };

/** Go's name for a machine, by Node's for its system, its processor and the order of its bytes. */
export function portOfNode(platform: string, arch: string, order: 'LE' | 'BE'): { goos: string; goarch: string } {
  // of POWER Node names the processor alone
  const goarch = arch === 'ppc64' && order === 'LE' ? 'ppc64le' : (PROCESSORS[arch] ?? arch);
  return { goos: SYSTEMS[platform] ?? platform, goarch };
}
