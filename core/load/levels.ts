/** What the levels of an architecture mean where the program runs (go help environment, go.dev/wiki/MinimumRequirements). */
import { levelKnob } from './target.ts';

const meanings: Readonly<Record<string, string>> = {
  'amd64 v1': 'every 64-bit x86 processor',
  'amd64 v2': 'SSE4.2 and POPCNT, since about 2009; ends at start on an older one',
  'amd64 v3': 'AVX2, BMI, FMA, since about 2013; ends at start on an older one',
  'amd64 v4': 'AVX-512; ends at start where it is not there',
  '386 sse2': 'a processor with SSE2, since about 2001',
  '386 softfloat': 'no floating-point unit is used',
  'arm 5': 'ARMv5, floating point in software',
  'arm 6': 'ARMv6 with VFP',
  'arm 7': 'ARMv7 with VFPv3',
  'mips hardfloat': 'a floating-point unit is used',
  'mips softfloat': 'no floating-point unit is used',
  'ppc64 power8': 'POWER8 and later',
  'ppc64 power9': 'POWER9 and later',
  'ppc64 power10': 'POWER10 and later',
  'riscv64 rva20u64': 'every processor of the RVA20 profile',
  'riscv64 rva22u64': 'the RVA22 profile: bit manipulation and more',
  'riscv64 rva23u64': 'the RVA23 profile: vectors too',
  'wasm satconv': 'conversions that saturate',
  'wasm signext': 'operators that extend signs',
};

/** Architectures whose levels mean the same. */
const like: Readonly<Record<string, string>> = { mipsle: 'mips', mips64: 'mips', mips64le: 'mips', ppc64le: 'ppc64' };

/** What the level asks of the processor, in a clause; '' when there is nothing to say. */
export function levelMeaning(goarch: string, level: string): string {
  const arch = like[goarch] ?? goarch;
  if (arch === 'arm64') return `ARM${level} instructions, on any older processor an illegal one`;
  if (arch === 'arm' && level.includes(',')) {
    const [version, float] = level.split(',');
    return `ARMv${version}, floating point in ${float === 'softfloat' ? 'software' : 'hardware'}`;
  }
  return meanings[`${arch} ${level}`] ?? '';
}

/** The levels of an architecture in rising order, each with its meaning; the default is marked. */
export function levelsOf(goarch: string): { level: string; meaning: string; isDefault: boolean }[] {
  const knob = levelKnob(goarch);
  if (!knob) return [];
  return knob.values.map(level => ({ level, meaning: levelMeaning(goarch, level), isDefault: level === knob.default }));
}
