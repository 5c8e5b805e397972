/**
 * What depends on the release of Go: the one table for it. A release is the N of go1.N.
 * Sources: internal/buildcfg/exp.go and internal/goexperiment/flags.go of each release.
 */

export interface GoRelease {
  /** The N of go1.N. */
  minor: number;
  /** Experiments that exist, in the order of goexperiment.Flags, lower case. */
  experiments: readonly string[];
  /** Those on by default for the port. */
  baseline(goos: string, goarch: string): string[];
}

const regabiAlways = new Set(['amd64', 'arm64', 'loong64', 'ppc64le', 'ppc64', 'riscv64']);
const regabi = (goarch: string): string[] =>
  regabiAlways.has(goarch) || goarch === 's390x' ? ['regabiwrappers', 'regabiargs'] : [];
const dwarf5 = (goos: string): string[] => (goos !== 'darwin' && goos !== 'ios' && goos !== 'aix' ? ['dwarf5'] : []);

const experiments126 = `fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs
heapminimum512kib arenas cgocheck2 loopvar newinliner dwarf5 jsonv2 greenteagc randomizedheapbase64 runtimefreegc
sizespecializedmalloc goroutineleakprofile simd runtimesecret`.split(/\s+/);

const releases: readonly GoRelease[] = [
  {
    minor: 24,
    experiments: `fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs heapminimum512kib
arenas cgocheck2 loopvar cacheprog newinliner rangefunc aliastypeparams swissmap spinbitmutex synctest synchashtriemap`
      .trim()
      .split(/\s+/),
    baseline: (_goos, goarch) => [...regabi(goarch), 'aliastypeparams', 'swissmap', 'spinbitmutex', 'synchashtriemap'],
  },
  {
    minor: 25,
    experiments: `fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs heapminimum512kib
arenas cgocheck2 loopvar cacheprog newinliner rangefunc aliastypeparams swissmap spinbitmutex synctest dwarf5 jsonv2
greenteagc`
      .trim()
      .split(/\s+/),
    baseline: (goos, goarch) => [...regabi(goarch), 'aliastypeparams', 'swissmap', 'spinbitmutex', ...dwarf5(goos)],
  },
  {
    minor: 26,
    experiments: experiments126,
    baseline: (goos, goarch) => [...regabi(goarch), ...dwarf5(goos), 'greenteagc', 'randomizedheapbase64'],
  },
  {
    minor: 27,
    experiments: experiments126,
    baseline: (goos, goarch) => [...regabi(goarch), ...dwarf5(goos), 'greenteagc', 'randomizedheapbase64'],
  },
];

/** The facts of go1.minor; of the nearest release in the table for one that is older or newer. */
export function goRelease(minor: number): GoRelease {
  for (let i = releases.length - 1; i > 0; i--) if (releases[i].minor <= minor) return releases[i];
  return releases[0];
}

/** The N of a VERSION file's first line or of a `go version`: `go1.26.8`, `go1.27rc1`, `devel go1.27-abc`; null if none. */
export function releaseMinor(version: string): number | null {
  const m = /\bgo1\.(\d{1,4})/.exec(version);
  return m ? Number(m[1]) : null;
}

/**
 * The experiments that are on, in flag order (buildcfg.ParseGOEXPERIMENT). `setting` is GOEXPERIMENT's value.
 * An unknown name is an error in words.
 */
export function enabledExperiments(
  release: GoRelease,
  goos: string,
  goarch: string,
  setting: string,
): { ok: true; enabled: string[] } | { ok: false; message: string } {
  let on = new Set(release.baseline(goos, goarch));
  for (const f of setting.split(',')) {
    if (f === '') continue;
    if (f === 'none') {
      on = new Set();
      continue;
    }
    const off = f.startsWith('no');
    const name = off ? f.slice(2) : f;
    const names = name === 'regabi' ? ['regabiwrappers', 'regabiargs'] : [name];
    if (name !== 'regabi' && !release.experiments.includes(name))
      return { ok: false, message: `unknown GOEXPERIMENT ${name}` };
    for (const n of names) {
      if (off) on.delete(n);
      else on.add(n);
    }
  }
  if (regabiAlways.has(goarch)) for (const n of ['regabiwrappers', 'regabiargs']) on.add(n);
  else if (goarch !== 's390x') for (const n of ['regabiwrappers', 'regabiargs']) on.delete(n);
  if (on.has('regabiargs') && !on.has('regabiwrappers'))
    return { ok: false, message: 'GOEXPERIMENT regabiargs requires regabiwrappers' };
  return { ok: true, enabled: release.experiments.filter(e => on.has(e)) };
}
