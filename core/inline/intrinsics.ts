/**
 * Calls that the back end turns into instructions (ssagen/intrinsics.go, of all releases): they cost what a node costs
 * and are never expanded. The levels of GOPPC64 and GORISCV64 are the lowest, as by default.
 */
import type { GoRelease } from '../load/release.ts';
import type { CompileEnv } from '../ir/env.ts';
import { Class, type Name, type Node, Op, type Sym } from '../ir/node.ts';

/** By package: functions, and the families of architectures that have them. */
const table: { readonly [pkg: string]: readonly (readonly [archs: string, funcs: string])[] } = {
  'crypto/internal/constanttime': [
    ['all', 'boolToUint8'],
    ['amd64 arm64 loong64 ppc64 riscv64 wasm', 'Select'],
  ],
  'internal/runtime/atomic': [
    [
      'amd64 arm64 loong64 mips mips64 ppc64 riscv64 s390x',
      'And And8 Cas CasRel Casint32 Casp1 Casuintptr Load Load8 LoadAcq LoadAcquintptr Loadint32 Loadp Loaduint Loaduintptr Or Or8 Store Store8 StoreRel StoreReluintptr Storeint32 Storeuintptr Xadd Xaddint32 Xadduintptr Xchg Xchgint32 Xchguintptr',
    ],
    ['amd64 arm64 loong64', 'And32 And64 Or32 Or64'],
    [
      'amd64 arm64 loong64 mips64 ppc64 riscv64 s390x',
      'Cas64 Casint64 Load64 LoadAcq64 Loadint64 Store64 StoreRel64 Storeint64 Xadd64 Xaddint64 Xchg64 Xchgint64',
    ],
    ['amd64 arm64 loong64 mips mips64 riscv64 s390x', 'StorepNoWB'],
    ['amd64 arm64 loong64 ppc64', 'Xchg8'],
    ['arm64 loong64', 'Anduintptr Oruintptr'],
  ],
  'internal/runtime/maps': [
    [
      'amd64',
      'bitsetFirst bitsetLowestSet bitsetRemoveBelow bitsetShiftOutLowest ctrlGroupMatchEmpty ctrlGroupMatchEmptyOrDeleted ctrlGroupMatchFull ctrlGroupMatchH2',
    ],
  ],
  'internal/runtime/math': [
    ['386 amd64 arm64 loong64 mips64 ppc64 riscv64', 'MulUintptr'],
    ['amd64 arm64 loong64 mips64 ppc64 riscv64 s390x', 'Add64'],
    ['amd64 arm64 loong64 mips64 ppc64 riscv64 s390x wasm', 'Mul64'],
  ],
  'internal/runtime/sys': [
    ['386 amd64 arm arm64 loong64 s390x', 'Bswap32 Bswap64'],
    ['all', 'GetCallerPC GetCallerSP GetClosurePtr'],
    ['386 amd64 arm arm64 loong64 mips ppc64 s390x wasm', 'TrailingZeros32 TrailingZeros64 TrailingZeros8'],
    ['amd64 arm arm64 loong64 mips ppc64 s390x wasm', 'Len64 Len8'],
    ['amd64 arm64 loong64 ppc64 riscv64 s390x wasm', 'OnesCount64'],
    ['amd64 arm64 loong64 ppc64', 'Prefetch PrefetchStreamed'],
  ],
  math: [
    ['all', 'sqrt'],
    ['amd64 arm64 loong64 ppc64 s390x wasm', 'Ceil Floor Trunc'],
    ['amd64 arm arm64 loong64 ppc64 riscv64 s390x', 'FMA'],
    ['amd64 arm64 loong64 s390x wasm', 'RoundToEven'],
    ['arm arm64 loong64 mips mips64 ppc64 riscv64 wasm', 'Abs'],
    ['arm64 ppc64 s390x', 'Round'],
    ['loong64 ppc64 riscv64 wasm', 'Copysign'],
  ],
  'math/big': [['amd64 arm64 loong64 mips64 ppc64 riscv64 s390x wasm', 'mulWW']],
  'math/bits': [
    ['all', 'Mul64'],
    ['386 amd64 arm arm64 loong64 s390x', 'ReverseBytes32 ReverseBytes64'],
    [
      '386 amd64 arm arm64 loong64 mips ppc64 s390x wasm',
      'TrailingZeros16 TrailingZeros32 TrailingZeros64 TrailingZeros8',
    ],
    ['amd64 arm64 loong64 mips64 ppc64 riscv64 s390x', 'Add Add64 Sub Sub64'],
    ['amd64', 'Div Div64'],
    ['amd64 arm arm64 loong64 mips ppc64 s390x wasm', 'Len Len16 Len32 Len64 Len8'],
    ['amd64 arm64 loong64 mips64 ppc64 riscv64 s390x wasm', 'Mul'],
    [
      'amd64 arm64 loong64 ppc64 riscv64 s390x wasm',
      'OnesCount OnesCount16 OnesCount32 OnesCount64 RotateLeft RotateLeft64',
    ],
    ['amd64 riscv64', 'RotateLeft16 RotateLeft8'],
    ['amd64 arm arm64 loong64 ppc64 riscv64 s390x wasm', 'RotateLeft32'],
    ['arm64 loong64', 'Reverse Reverse16 Reverse32 Reverse64 Reverse8'],
    ['loong64', 'ReverseBytes16'],
    ['ppc64 s390x wasm', 'OnesCount8'],
  ],
  runtime: [
    ['all', 'KeepAlive slicebytetostringtmp'],
    ['arm64', 'memequal'],
    ['arm64 loong64 mips mips64 ppc64 riscv64', 'publicationBarrier'],
  ],
  sync: [['amd64 arm64 loong64 mips mips64 ppc64 riscv64 s390x', 'runtime_LoadAcquintptr runtime_StoreReluintptr']],
  'sync/atomic': [
    [
      'amd64 arm64 loong64 mips mips64 ppc64 riscv64 s390x',
      'AddInt32 AddUint32 AddUintptr CompareAndSwapInt32 CompareAndSwapUint32 CompareAndSwapUintptr LoadInt32 LoadPointer LoadUint32 LoadUintptr StoreInt32 StoreUint32 StoreUintptr SwapInt32 SwapUint32 SwapUintptr',
    ],
    [
      'amd64 arm64 loong64 mips64 ppc64 riscv64 s390x',
      'AddInt64 AddUint64 CompareAndSwapInt64 CompareAndSwapUint64 LoadInt64 LoadUint64 StoreInt64 StoreUint64 SwapInt64 SwapUint64',
    ],
    [
      'amd64 arm64 loong64',
      'AndInt32 AndInt64 AndUint32 AndUint64 AndUintptr OrInt32 OrInt64 OrUint32 OrUint64 OrUintptr',
    ],
  ],
};

/** Symbols of one release and architecture, as `pkg.Func`; made once. */
const byRelease = new WeakMap<GoRelease, Map<string, ReadonlySet<string>>>();

function intrinsicsOf(release: GoRelease, goarch: string): ReadonlySet<string> {
  let byArch = byRelease.get(release);
  if (byArch === undefined) byRelease.set(release, (byArch = new Map()));
  let set = byArch.get(goarch);
  if (set === undefined) {
    const family = goarch === 'mipsle' || goarch === 'mips64le' || goarch === 'ppc64le' ? goarch.slice(0, -2) : goarch;
    const all = new Set<string>();
    for (const [pkg, rows] of Object.entries(table)) {
      for (const [archs, funcs] of rows) {
        if (archs !== 'all' && !archs.split(' ').includes(family)) continue;
        for (const fn of funcs.split(' ')) all.add(`${pkg}.${fn}`);
      }
    }
    for (const [archs, symbols] of release.lackingIntrinsics)
      if (archs.split(' ').includes(family)) for (const sym of symbols.split(' ')) all.delete(sym);
    byArch.set(goarch, (set = all));
  }
  return set;
}

/** A function with an instruction of its own (IsIntrinsicSym). */
export function isIntrinsicSym(sym: Sym, env: CompileEnv): boolean {
  if (sym.pkg === null) return false;
  const pkg = sym.pkg.path === 'go.runtime' ? 'runtime' : sym.pkg.path;
  const { race, msan, asan } = env.flags;
  if (table[pkg] === undefined) return false;
  // The race detector watches these.
  if (race && pkg === 'sync/atomic') return false;
  if ((race || msan || asan) && pkg === 'runtime' && sym.name === 'slicebytetostringtmp') return false;
  return intrinsicsOf(env.release, env.goarch).has(`${pkg}.${sym.name}`);
}

/** A call of such a function by name (IsIntrinsicCall). */
export function isIntrinsicCall(call: Node, env: CompileEnv): boolean {
  const fun = call.x;
  if (fun === null) return false;
  if (fun.op === Op.ONAME) return (fun as Name).cls === Class.PFUNC && isIntrinsicSym(fun.sym!, env);
  return fun.op === Op.OMETHEXPR && fun.method !== null && isIntrinsicSym(fun.method.sym!, env);
}
