/** Whether this machine runs what is built for a target. */
import fs from 'node:fs';
import { levelKnob } from '../../core/load/target.ts';
import type { BuildTarget } from '../protocol/ports.ts';
import { hostPort } from '../go-env.ts';

/** Processor features that a level of GOAMD64 asks for, as Linux calls them. */
const amd64Levels: Readonly<Record<string, readonly string[]>> = {
  v2: ['cx16', 'lahf_lm', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'],
  v3: ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe'],
  v4: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
};

/** Whether this machine runs what is built for the target; `unknown` where its processor cannot be asked. */
export function runsHere(target: BuildTarget): 'yes' | 'no' | 'unknown' {
  const host = hostPort();
  const sibling = host.goarch === 'amd64' && target.goarch === '386' && host.goos !== 'darwin';
  if (target.goos !== host.goos || (target.goarch !== host.goarch && !sibling)) return 'no';
  const knob = levelKnob(target.goarch);
  if (!knob || target.level === '' || target.level === knob.default || target.goarch !== 'amd64')
    return target.level === '' || target.level === knob?.default ? 'yes' : 'unknown';
  if (host.goos !== 'linux') return 'unknown';
  try {
    const flags = new Set(/^flags\s*:(.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1].trim().split(' '));
    const wanted = ['v2', 'v3', 'v4'].slice(0, Number(target.level.slice(1)) - 1).flatMap(l => amd64Levels[l]);
    return wanted.every(f => flags.has(f)) ? 'yes' : 'no';
  } catch {
    return 'unknown';
  }
}
