/**
 * The ports of Go: which systems and processors there are, and what each can do. The facts are those of
 * cmd/dist/build.go and internal/platform; a test holds the table against `go tool dist list -json`.
 */

export interface Port {
  goos: string;
  goarch: string;
  cgoSupported: boolean;
  firstClass: boolean;
  /** Known to the toolchain but left out of `go tool dist list`, because it does not work at present. */
  broken: boolean;
}

// A port per entry; c: cgo is supported, f: first class, b: broken in this release.
const table = `
aix/ppc64:c android/386:c android/amd64:c android/arm:c android/arm64:c darwin/amd64:cf darwin/arm64:cf
dragonfly/amd64:c freebsd/386:c freebsd/amd64:c freebsd/arm:c freebsd/arm64:c freebsd/riscv64:cb illumos/amd64:c
ios/amd64:c ios/arm64:c js/wasm: linux/386:cf linux/amd64:cf linux/arm:cf linux/arm64:cf linux/loong64:c linux/mips:c
linux/mips64:c linux/mips64le:c linux/mipsle:c linux/ppc64: linux/ppc64le:c linux/riscv64:c linux/s390x:c
linux/sparc64:cb netbsd/386:c netbsd/amd64:c netbsd/arm:c netbsd/arm64:c openbsd/386:c openbsd/amd64:c openbsd/arm:c
openbsd/arm64:c openbsd/mips64:cb openbsd/ppc64: openbsd/riscv64:c plan9/386: plan9/amd64: plan9/arm: solaris/amd64:c
wasip1/wasm: windows/386:cf windows/amd64:cf windows/arm64:c`;

/** Every port the toolchain knows, sorted as `go tool dist list` sorts, the broken ones included. */
export const ports: readonly Port[] = table
  .trim()
  .split(/\s+/)
  .map(entry => {
    const [port, flags] = entry.split(':');
    const [goos, goarch] = port.split('/');
    return {
      goos,
      goarch,
      cgoSupported: flags.includes('c'),
      firstClass: flags.includes('f'),
      broken: flags.includes('b'),
    };
  });

/** The port of that name, or undefined when Go has none. */
export function findPort(goos: string, goarch: string): Port | undefined {
  return ports.find(p => p.goos === goos && p.goarch === goarch);
}

/** Systems that are or were build targets; these name files (internal/syslist.KnownOS). */
export const knownOS: ReadonlySet<string> = new Set(
  `aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows
   zos`.split(/\s+/),
);

/** Systems for which the build tag `unix` holds (internal/syslist.UnixOS). */
export const unixOS: ReadonlySet<string> = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris'.split(' '),
);

/** Processors that are or were build targets; these name files (internal/syslist.KnownArch). */
export const knownArch: ReadonlySet<string> = new Set(
  `386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64
   ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`.split(/\s+/),
);

/** Whether the linker of the system must be used (internal/platform.MustLinkExternal). */
export function mustLinkExternal(goos: string, goarch: string, withCgo: boolean): boolean {
  if (withCgo) {
    if (['mips', 'mipsle', 'mips64', 'mips64le'].includes(goarch)) return true;
    if (goarch === 'ppc64' && (goos === 'aix' || goos === 'linux')) return true;
    if (goos === 'android' || goos === 'dragonfly') return true;
  }
  if (goos === 'android') return goarch !== 'arm64';
  if (goos === 'ios') return goarch === 'arm64';
  return false;
}

const sanitizerPorts: Readonly<Record<'race' | 'msan' | 'asan', ReadonlySet<string>>> = {
  race: new Set(
    `linux/amd64 linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x darwin/amd64 darwin/arm64 freebsd/amd64
     netbsd/amd64 windows/amd64`.split(/\s+/),
  ),
  msan: new Set('linux/amd64 linux/arm64 linux/loong64 freebsd/amd64'.split(' ')),
  asan: new Set('linux/amd64 linux/arm64 linux/loong64 linux/riscv64 linux/ppc64le'.split(' ')),
};

/** Whether the port can be built with -race, -msan or -asan (internal/platform.RaceDetectorSupported and its like). */
export function sanitizerSupported(sanitizer: 'race' | 'msan' | 'asan', goos: string, goarch: string): boolean {
  return sanitizerPorts[sanitizer].has(`${goos}/${goarch}`);
}

export const buildModes = ['archive', 'c-archive', 'c-shared', 'default', 'exe', 'pie', 'plugin', 'shared'] as const;
export type BuildMode = (typeof buildModes)[number];

const cSharedPorts = new Set(
  `linux/amd64 linux/arm linux/arm64 linux/loong64 linux/386 linux/ppc64le linux/riscv64 linux/s390x android/amd64
   android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 windows/amd64 windows/386 windows/arm64
   wasip1/wasm`.split(/\s+/),
);
const piePorts = new Set(
  `linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x android/amd64
   android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 ios/amd64 ios/arm64 aix/ppc64
   openbsd/arm64 windows/386 windows/amd64 windows/arm64`.split(/\s+/),
);
const sharedPorts = new Set('linux/386 linux/amd64 linux/arm linux/arm64 linux/ppc64le linux/s390x'.split(' '));
const pluginPorts = new Set(
  `linux/amd64 linux/arm linux/arm64 linux/386 linux/loong64 linux/riscv64 linux/s390x linux/ppc64le android/amd64
   android/386 darwin/amd64 darwin/arm64 freebsd/amd64`.split(/\s+/),
);
const cArchiveLinux = new Set('386 amd64 arm armbe arm64 arm64be loong64 ppc64le riscv64 s390x'.split(' '));

/** Whether gc can build for the port in that mode (internal/platform.BuildModeSupported). */
export function buildModeSupported(mode: BuildMode, goos: string, goarch: string): boolean {
  if (!findPort(goos, goarch)) return false;
  const port = `${goos}/${goarch}`;
  switch (mode) {
    case 'archive':
    case 'default':
    case 'exe':
      return true;
    case 'c-archive':
      if (goos === 'linux') return cArchiveLinux.has(goarch);
      if (goos === 'freebsd') return goarch === 'amd64';
      return ['aix', 'darwin', 'ios', 'windows'].includes(goos);
    case 'c-shared':
      return cSharedPorts.has(port);
    case 'pie':
      return piePorts.has(port);
    case 'shared':
      return sharedPorts.has(port);
    case 'plugin':
      return pluginPorts.has(port);
  }
}

const internalPIE = new Set(
  `android/arm64 darwin/amd64 darwin/arm64 linux/amd64 linux/arm64 linux/loong64 linux/ppc64le windows/386 windows/amd64
   windows/arm64`.split(/\s+/),
);

/** Whether Go's own linker makes position independent executables for the port. */
export function internalLinkPIESupported(goos: string, goarch: string): boolean {
  return internalPIE.has(`${goos}/${goarch}`);
}

/** Whether an executable is position independent unless asked otherwise (internal/platform.DefaultPIE). */
export function defaultPIE(goos: string, race: boolean): boolean {
  if (goos === 'android' || goos === 'ios' || goos === 'darwin') return true;
  return goos === 'windows' && !race;
}
