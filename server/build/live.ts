/** What is told of a build while it runs: the actions that began and ended, and how many packages there will be. */
import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { TraceReader } from '../../core/actions/trace.ts';
import { createLoader } from '../../core/load/loader.ts';
import { loadSteps } from '../../core/load/load.ts';
import { packageList } from '../../core/load/package.ts';
import type { Target } from '../../core/load/target.ts';
import type { BuildRequest } from './go-command.ts';
import { type GoEnv, moduleEnv } from '../go-env.ts';
import type { LoadFlags } from '../load-flags.ts';
import { loadDefaults } from '../loading.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import { readOverlay } from '../overlay.ts';
import type { LiveSpan } from '../protocol/builds.ts';

/**
 * Reads what -debug-trace writes while it is written, and tells which actions began and ended. Stopping tells how long
 * packages were loaded before the first action, in milliseconds; -1 when that cannot be told.
 */
export function followTrace(file: string, tell: (spans: LiveSpan[]) => void): { stop(): number } {
  const reader = new TraceReader();
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(1 << 16);
  let fd: number | null = null;
  const read = (): void => {
    try {
      fd ??= fs.openSync(file, 'r');
    } catch {
      // Not there yet.
      return;
    }
    const changed = new Set<LiveSpan>();
    for (let n = fs.readSync(fd, buffer); n > 0; n = fs.readSync(fd, buffer))
      for (const span of reader.feed(decoder.write(buffer.subarray(0, n)))) changed.add(span);
    if (changed.size > 0) tell([...changed].map(s => ({ ...s })));
  };
  const timer = setInterval(read, 250);
  return {
    stop() {
      clearInterval(timer);
      read();
      if (fd !== null) fs.closeSync(fd);
      const load = reader.spans.find(s => s.mode === 'load packages');
      return load && load.done >= 0 ? load.done : -1;
    },
  };
}

/** How many packages the build has, from the sources alone, in slices of a few milliseconds; 0 when that cannot be told. */
export async function countPackages(
  request: BuildRequest,
  go: GoEnv,
  target: Target,
  flags: LoadFlags,
  words: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const overlay = words.findLast(w => /^--?overlay=/.test(w))?.replace(/^--?overlay=/, '');
  const files = nodeFiles(overlay ? readOverlay(overlay, request.cwd) : new Map());
  const env = moduleEnv(go, files, slashed(request.cwd), flags);
  const steps = loadSteps(createLoader(env, target, loadDefaults), request.packages);
  let step = steps.next();
  for (let slice = performance.now(); !step.done; step = steps.next()) {
    if (performance.now() - slice < 5) continue;
    await new Promise(resolve => setImmediate(resolve));
    if (signal.aborted) return 0;
    slice = performance.now();
  }
  return packageList(step.value.roots).length;
}
