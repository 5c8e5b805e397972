/** Long work as a generator: it yields where a host may stop it or do something else, and returns its result. */

/** Work was ended from outside, to be begun again: whoever is in the middle of something drops it, and lets this pass. */
export class Interrupted extends Error {}

/** Does all of the work at once. */
export function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
