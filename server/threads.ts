/** How many threads share the work of a command. */
import { availableParallelism } from 'node:os';
import { type Flags, UsageError } from './command.ts';

/** As go build's -p. */
export const THREADS_FLAG: Flags = {
  p: { value: 'required', placeholder: 'n', help: 'threads that work at the same time, else one a core; four at most' },
};

export function threadsOf(flags: ReadonlyMap<string, string>): number {
  const given = flags.get('p');
  if (given === undefined) return availableParallelism();
  if (!/^[1-9]\d*$/.test(given)) throw new UsageError(`-p ${given}: not a number of threads`);
  return Number(given);
}
