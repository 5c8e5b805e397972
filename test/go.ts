/** The Go on PATH, and tests that need it. */
import { execFileSync } from 'node:child_process';
import { test } from 'vitest';

/** The Go toolchain that oracle tests compare with. */
export interface GoToolchain {
  /** Path or name to run. */
  go: string;
  /** `go1.26.8`. */
  version: string;
  goroot: string;
}

/** Oldest release whose output the tests know. */
const OLDEST_MINOR = 25;

function findGo(): GoToolchain | null {
  try {
    const output = execFileSync('go', ['env', 'GOVERSION', 'GOROOT'], { encoding: 'utf8', stdio: 'pipe' });
    const [version = '', goroot = ''] = output.trim().split('\n');
    const minor = /^go1\.(\d+)/.exec(version);
    return minor && Number(minor[1]) >= OLDEST_MINOR ? { go: 'go', version, goroot } : null;
  } catch {
    return null;
  }
}

/** The Go on PATH; null when there is none that is new enough. */
export const found = findGo();

/**
 * A test that needs Go on PATH. Without one it is listed by name among the skipped ones that `npm test` counts at its
 * end. `timeout` in milliseconds.
 */
export function goTest(name: string, run: (go: GoToolchain) => void | Promise<void>, timeout?: number): void {
  test.skipIf(!found)(found ? name : `${name} (needs Go ≥ 1.${OLDEST_MINOR})`, () => run(found!), timeout);
}
