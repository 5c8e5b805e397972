/** What is compiled for: port, level of the processor, cgo, build tags, sanitizers. */
import { unixOS } from './ports.ts';

/** What the environment tells cgo: flags before those of the #cgo lines, and where .pc files are. */
export interface CEnvironment {
  /** CGO_CPPFLAGS and CGO_CFLAGS. */
  cppflags: readonly string[];
  cflags: readonly string[];
  /** CGO_LDFLAGS. */
  ldflags: readonly string[];
  /** PKG_CONFIG_PATH; PKG_CONFIG_LIBDIR, null when it is not set. */
  pcPath: readonly string[];
  pcLibdir: readonly string[] | null;
}

/** What is built for: the port and everything else that decides which files are in and how they compile. */
export interface Target {
  goos: string;
  goarch: string;
  /** The processor's level, as goarch's variable has it: `v3` of GOAMD64, `7,hardfloat` of GOARM; '' for the default. */
  level: string;
  compiler: 'gc';
  cgo: boolean;
  /** The sanitizer compiled in, or ''. */
  instrument: '' | 'race' | 'msan' | 'asan';
  /** The tags of -tags. */
  tags: readonly string[];
  /** N for go1.N. */
  release: number;
  /** Experiments that are on, lower case. */
  experiments: readonly string[];
  buildmode: string;
  /** For cgo; absent where the environment says nothing. */
  c?: CEnvironment;
}

/** The environment variable that sets the level of an architecture, its default, and its values in rising order. */
export interface LevelKnob {
  variable: string;
  default: string;
  values: readonly string[];
}

const arm64Levels = [
  ...Array.from({ length: 10 }, (_, i) => `v8.${i}`),
  ...Array.from({ length: 6 }, (_, i) => `v9.${i}`),
];
const mips: readonly string[] = ['softfloat', 'hardfloat'];
const knobs: Readonly<Record<string, LevelKnob>> = {
  '386': { variable: 'GO386', default: 'sse2', values: ['softfloat', 'sse2'] },
  amd64: { variable: 'GOAMD64', default: 'v1', values: ['v1', 'v2', 'v3', 'v4'] },
  arm: {
    variable: 'GOARM',
    default: '7',
    values: ['5', '6', '7', '5,hardfloat', '6,softfloat', '7,softfloat', '5,softfloat', '6,hardfloat', '7,hardfloat'],
  },
  arm64: { variable: 'GOARM64', default: 'v8.0', values: arm64Levels },
  mips: { variable: 'GOMIPS', default: 'hardfloat', values: mips },
  mipsle: { variable: 'GOMIPS', default: 'hardfloat', values: mips },
  mips64: { variable: 'GOMIPS64', default: 'hardfloat', values: mips },
  mips64le: { variable: 'GOMIPS64', default: 'hardfloat', values: mips },
  ppc64: { variable: 'GOPPC64', default: 'power8', values: ['power8', 'power9', 'power10'] },
  ppc64le: { variable: 'GOPPC64', default: 'power8', values: ['power8', 'power9', 'power10'] },
  riscv64: { variable: 'GORISCV64', default: 'rva20u64', values: ['rva20u64', 'rva22u64', 'rva23u64'] },
  wasm: { variable: 'GOWASM', default: '', values: ['satconv', 'signext'] },
};

/** The knob of an architecture, or null when it has no levels. */
export function levelKnob(goarch: string): LevelKnob | null {
  return knobs[goarch] ?? null;
}

/**
 * Why the level is not one of the architecture's, in a sentence; null when it is. Parts of the toolchain accept any
 * value silently, so it is checked here.
 */
export function checkLevel(goarch: string, level: string): string | null {
  if (level === '') return null;
  const knob = levelKnob(goarch);
  if (!knob) return `${goarch} has no levels`;
  let ok = knob.values.includes(level);
  if (goarch === 'arm64') ok = arm64Levels.includes(level.replace(/(,lse|,crypto)+$/, ''));
  if (goarch === 'wasm') ok = level.split(',').every(f => f === '' || knob.values.includes(f));
  return ok ? null : `${knob.variable}=${level} is not one of ${knob.values.join(', ')}`;
}

/** The tags `arch.level` that hold (buildcfg.gogoarchTags). */
export function levelTags(goarch: string, level: string): string[] {
  const knob = levelKnob(goarch);
  if (!knob) return [];
  const v = level === '' ? knob.default : level;
  switch (goarch) {
    case 'arm': {
      const n = Number(v[0]);
      return ['5', '6', '7'].filter(x => Number(x) <= n).map(x => `arm.${x}`);
    }
    case 'arm64': {
      const major = Number(v[1]);
      const minor = Number(v[3]);
      const list = Array.from({ length: minor + 1 }, (_, i) => `arm64.v${major}.${i}`);
      // v9.x includes v8.(x+5).
      if (major === 9) for (let i = 0; i <= minor + 5 && i <= 9; i++) list.push(`arm64.v8.${i}`);
      return list;
    }
    case 'wasm':
      return ['wasm.satconv', 'wasm.signext'];
    case '386':
    case 'mips':
    case 'mipsle':
    case 'mips64':
    case 'mips64le':
      return [`${goarch}.${v}`];
    default:
      return knob.values.slice(0, knob.values.indexOf(v) + 1).map(x => `${goarch}.${x}`);
  }
}

/** go/build's ToolTags for the target: experiments, levels, sanitizer. */
export function toolTags(t: Target): string[] {
  const tags = t.experiments.map(e => `goexperiment.${e}`);
  tags.push(...levelTags(t.goarch, t.level));
  if (t.instrument !== '') tags.push(t.instrument);
  return tags;
}

/** A function from tag to whether it holds for the target (go/build.Context.matchTag). */
export function tagMatcher(t: Target): (tag: string) => boolean {
  const set = new Set<string>([t.goos, t.goarch, t.compiler, ...t.tags, ...toolTags(t)]);
  for (let i = 1; i <= t.release; i++) set.add(`go1.${i}`);
  if (t.cgo) set.add('cgo');
  if (t.goos === 'android') set.add('linux');
  if (t.goos === 'illumos') set.add('solaris');
  if (t.goos === 'ios') set.add('darwin');
  if (unixOS.has(t.goos)) set.add('unix');
  if (set.has('goexperiment.boringcrypto')) set.add('boringcrypto');
  else set.delete('boringcrypto');
  return tag => set.has(tag);
}

/** A target with the defaults of its port: no tags, no sanitizer, cgo as given. */
export function defaultTarget(
  goos: string,
  goarch: string,
  release: number,
  experiments: readonly string[],
  cgo: boolean,
): Target {
  return {
    goos,
    goarch,
    level: '',
    compiler: 'gc',
    cgo,
    instrument: '',
    tags: [],
    release,
    experiments,
    buildmode: 'default',
  };
}
