/** The list of cases known to fail (known.json), and how a suite is held against it. */
import fs from 'node:fs';
import { expect } from 'vitest';

/** Per suite, the cases known to fail and, for each, the rule that is missing. */
type Known = Record<string, Record<string, string>>;

const known: Known = JSON.parse(fs.readFileSync(new URL('known.json', import.meta.url), 'utf8'));

/**
 * Holds the cases of a suite against test/known.json: every case that fails must be listed there with the rule that is
 * missing, and every case listed must still fail. `results` maps a case's name to whether it passed.
 */
export function expectKnown(suite: string, results: ReadonlyMap<string, boolean>): void {
  const listed = known[suite] ?? {};
  const unexpected = [...results].filter(([name, passed]) => !passed && !(name in listed)).map(([name]) => name);
  const mended = Object.keys(listed).filter(name => results.get(name) !== false);
  expect({ unexpected, mended }, `${suite}: failing but not in test/known.json; in it but not failing`).toEqual({
    unexpected: [],
    mended: [],
  });
}
