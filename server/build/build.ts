/**
 * Runs the user's `go build`, target after target, and records what it did. The go command is run with an argument
 * array, never by a shell. Results are built in a folder of their own and moved into place when they are whole, so that
 * a build that is stopped leaves nothing behind.
 */
import os from 'node:os';
import { type BuildRequest, goOf, hostTarget, packagesFault, placeOf } from './go-command.ts';
import { removeEmpty } from './folder.ts';
import { saveLatest } from './records.ts';
import { buildTarget } from './run.ts';
import { findProfile } from './targets.ts';
import type { Environment } from '../go-env.ts';
import { slashed } from '../node-files.ts';
import type { BuildEvent, TargetResult } from '../protocol/builds.ts';

/**
 * Builds every target; a target that fails does not stop the others. While one is linked, which leaves cores idle, the
 * next is begun; what is told is in the order of the targets all the same. Throws UsageError for what the user can mend.
 */
export async function runBuilds(
  request: BuildRequest,
  env: Environment,
  signal: AbortSignal,
  tell: (event: BuildEvent) => void,
): Promise<{ results: TargetResult[]; message: string }> {
  const found = goOf(request, env);
  if (!found.ok) return { results: [], message: found.message };
  const profile = findProfile(request.profile === '' ? 'default' : request.profile, request.profiles);
  const fault = packagesFault(request.packages);
  if (fault !== '') return { results: [], message: fault };
  const { go } = found;
  const targets = request.targets.length > 0 ? request.targets : [hostTarget(go)];
  const results: TargetResult[] = [];
  let before: Promise<unknown> = Promise.resolve();
  let packages: number | null = null;
  let unchanged = targets.length > 1;
  const made: string[] = [];
  for (const [index, target] of targets.entries()) {
    if (signal.aborted) break;
    const told = inTurn(before, tell);
    const earlier = before;
    let linking = (): void => {};
    const linked = new Promise<void>(resolve => (linking = resolve));
    const turn = { index, count: targets.length, packages, unchanged, made, linking };
    const building = buildTarget(request, go, env, target, profile, signal, told, turn).then(async built => {
      const { result } = built;
      packages = result.packages || packages;
      unchanged &&= built.unchanged && result.compiled === 0;
      await earlier;
      results.push(result);
      tell({ type: 'result', result });
    });
    before = building;
    await earlier;
    await (sharesMachine(request) ? Promise.race([linked, building]) : building);
  }
  await before;
  removeEmpty(made);
  const last = results.findLast(r => r.status === 'ok' && r.record !== '');
  if (last)
    saveLatest(env, placeOf(slashed(request.cwd)), request.packages.length > 0 ? request.packages : ['.'], last.record);
  return { results, message: '' };
}

/** Whether two targets may be under way: not where the user says how much may run at one time, nor where memory is short. */
function sharesMachine(request: BuildRequest): boolean {
  return os.availableParallelism() > 1 && os.freemem() > 2 * 2 ** 30 && !request.flags.some(f => /^--?p=/.test(f));
}

/** Tells events in order, once `before` is over, however it ended. */
function inTurn(before: Promise<unknown>, tell: (event: BuildEvent) => void): (event: BuildEvent) => void {
  let held: BuildEvent[] | null = [];
  const release = () => {
    for (const event of held ?? []) tell(event);
    held = null;
  };
  // what went wrong is thrown where `before` is awaited
  void before.then(release, release);
  return event => (held ? void held.push(event) : tell(event));
}
