/** The answer depends on the package as a whole: thrown where functions are looked at one by one. */
export class Uncertain extends Error {}

/** The answer, or `otherwise` when it depends on the package as a whole. */
export function ifCertain<T, U>(ask: () => T, otherwise: U): T | U {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Uncertain) return otherwise;
    throw error;
  }
}
