/**
 * What depends on the release of Go: the one table for it. A release is the N of go1.N.
 * Sources: internal/buildcfg/exp.go, internal/goexperiment/flags.go and cmd/compile/internal of each release.
 */

export interface GoRelease {
  /** The N of go1.N. */
  minor: number;
  /** Experiments that exist, in the order of goexperiment.Flags, lower case. */
  experiments: readonly string[];
  /** Those on by default for the port. */
  baseline(goos: string, goarch: string): string[];
  /** Methods may have type parameters. */
  genericMethods: boolean;
  /** Instances in a cycle of types are named with their type arguments (Checker.cycleError). */
  namesInstances: boolean;
  /** `//go:linknamestd` is read, the linkname that only the standard library may be the other end of. */
  linknamestd: boolean;
  /** Devirtualization looks at all assignments to a variable; before, at the only one (State of package devirtualize), and
   * the type was asserted at the method's name rather than at the call. */
  assignedTypes: boolean;
  /** The body of `for b.Loop()` is inlined into, and what it computes kept alive; before, nothing in it was inlined. */
  keepsBenchmarksAlive: boolean;
  /** `x[0:]` and `x[:len(x)]` cost what x[:] does (hairyVisitor, OSLICE). */
  freeFullSlices: boolean;
  /** make's size is also known where it is the length of a known slice literal (rewriteWithLiterals, OLEN). */
  knownLengths: boolean;
  /** A struct whose only other fields have no size is a pointer word like that field (types.IsDirectIface). */
  directBesideNothing: boolean;
  /** Literals in an inlined body keep the names that they have in the inlined function (ir.closureName). */
  closuresKeepNames: boolean;
  /** The copy that new(x) and method values make is defined by the statement that sets it (reader.tempCopy). */
  definesCopies: boolean;
  /** A call of a variable to which only known functions are assigned is a call of all of them (FuncAssignments). */
  assignedCallees: boolean;
  /** The types of an interface's methods are spelled as the linker does once one of them is unexported (types.tconv2). */
  linksUnexportedMethods: boolean;
  /** A type that its own declaration mentions is met there, before the types that come after it (needWrapper). */
  meetsForwardTypes: boolean;
  /** recover() takes the frame of its caller, which go and defer statements evaluate first (tcRecover). */
  recoversFrames: boolean;
  /** Bodies of loops over functions that defer calls are not inlined (hairyVisitor, deferrangefunc). */
  keepsRangeDefers: boolean;
  /** Of equal labels of a function and its literals the first tells the loop over a function that they are in; before, the
   * last (computeBranchNext). */
  firstLabelCounts: boolean;
  /** Pointers to types of a generic function's own shapes are not all of one shape (noder.shapify). */
  keepsShapedPointers: boolean;
  /** A constant that is converted to a type parameter's type is one of that type before anything else (exprConvert). */
  convertsConstantsFirst: boolean;
  /** How much more a closure may cost that captures a SIMD value (simdCreditMultiplier). */
  simdCaptureCredit: number;
  /** What is no instruction of its own yet, of the symbols in inline/intrinsics.ts: by architectures. */
  lackingIntrinsics: readonly (readonly [archs: string, symbols: string])[];
}

/** What the compiler of Go 1.26 does. */
const rules126 = {
  recoversFrames: false,
  genericMethods: false,
  namesInstances: false,
  linknamestd: false,
  assignedTypes: true,
  keepsBenchmarksAlive: true,
  freeFullSlices: true,
  knownLengths: true,
  directBesideNothing: true,
  closuresKeepNames: false,
  definesCopies: false,
  assignedCallees: false,
  linksUnexportedMethods: true,
  meetsForwardTypes: true,
  keepsRangeDefers: true,
  firstLabelCounts: false,
  keepsShapedPointers: true,
  convertsConstantsFirst: false,
  simdCaptureCredit: 11,
  lackingIntrinsics: [
    ['loong64', 'math.Ceil math.Floor math.RoundToEven math.Trunc'],
    ['riscv64', 'crypto/internal/constanttime.Select'],
  ],
} as const;

const rules125 = {
  ...rules126,
  recoversFrames: true,
  assignedTypes: false,
  keepsBenchmarksAlive: false,
  freeFullSlices: false,
  knownLengths: false,
  keepsRangeDefers: false,
  directBesideNothing: false,
  lackingIntrinsics: [
    ...rules126.lackingIntrinsics,
    ['386 arm mips wasm', 'math/bits.Mul64'],
    ['arm64', 'runtime.memequal'],
    ['wasm', 'internal/runtime/math.Mul64 math/big.mulWW math/bits.Mul'],
  ],
} as const;

const rules127 = {
  ...rules126,
  genericMethods: true,
  namesInstances: true,
  linknamestd: true,
  closuresKeepNames: true,
  definesCopies: true,
  assignedCallees: true,
  linksUnexportedMethods: false,
  meetsForwardTypes: false,
  firstLabelCounts: true,
  keepsShapedPointers: false,
  convertsConstantsFirst: true,
  simdCaptureCredit: 16,
  lackingIntrinsics: [],
} as const;

const regabiAlways = new Set(['amd64', 'arm64', 'loong64', 'ppc64le', 'ppc64', 'riscv64']);
const regabi = (goarch: string): string[] =>
  regabiAlways.has(goarch) || goarch === 's390x' ? ['regabiwrappers', 'regabiargs'] : [];
/** s390x has it since Go 1.26. */
const regabi125 = (goarch: string): string[] => (goarch === 's390x' ? [] : regabi(goarch));
const dwarf5 = (goos: string): string[] => (goos !== 'darwin' && goos !== 'ios' && goos !== 'aix' ? ['dwarf5'] : []);

const experiments126 = `fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs
heapminimum512kib arenas cgocheck2 loopvar newinliner dwarf5 jsonv2 greenteagc randomizedheapbase64 runtimefreegc
sizespecializedmalloc goroutineleakprofile simd runtimesecret`.split(/\s+/);
const experiments127 = [...experiments126.filter(e => e !== 'goroutineleakprofile'), 'mapsplitgroup'];

const releases: readonly GoRelease[] = [
  {
    minor: 24,
    experiments: `fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs heapminimum512kib
arenas cgocheck2 loopvar cacheprog newinliner rangefunc aliastypeparams swissmap spinbitmutex synctest synchashtriemap`
      .trim()
      .split(/\s+/),
    baseline: (_goos, goarch) => [
      ...regabi125(goarch),
      'aliastypeparams',
      'swissmap',
      'spinbitmutex',
      'synchashtriemap',
    ],
    ...rules125,
  },
  {
    minor: 25,
    experiments: `fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs heapminimum512kib
arenas cgocheck2 loopvar cacheprog newinliner rangefunc aliastypeparams swissmap synchashtriemap synctest dwarf5 jsonv2
greenteagc`
      .trim()
      .split(/\s+/),
    baseline: (goos, goarch) => [
      ...regabi125(goarch),
      'aliastypeparams',
      'swissmap',
      'synchashtriemap',
      ...dwarf5(goos),
    ],
    ...rules125,
  },
  {
    minor: 26,
    experiments: experiments126,
    baseline: (goos, goarch) => [...regabi(goarch), ...dwarf5(goos), 'greenteagc', 'randomizedheapbase64'],
    ...rules126,
  },
  {
    minor: 27,
    experiments: experiments127,
    baseline: (goos, goarch) => [
      ...regabi(goarch),
      ...dwarf5(goos),
      'greenteagc',
      'randomizedheapbase64',
      'jsonv2',
      'sizespecializedmalloc',
    ],
    ...rules127,
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
