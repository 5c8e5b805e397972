import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Case, remarkCases, runRemarkCases } from './errorcheck.ts';
import { goTest } from './go.ts';
import { expectKnown } from './known.ts';

async function run(suite: string, cases: readonly Case[]): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'gospect-errorcheck-'));
  try {
    const problems = await runRemarkCases(cases, dir);
    if (process.env.GOSPECT_SHOW !== undefined)
      for (const [name, list] of problems) if (list.length > 0) console.log([name, ...list].join('\n  '));
    expectKnown(suite, new Map([...problems].map(([name, list]) => [name, list.length === 0])));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Imports nothing, or nothing that takes long to compile. */
function isQuick(c: Case): boolean {
  return c.packages.every(p => p.sources.every(s => !/^import [^_]*"(?!unsafe"|\.\/|test\/)|^\t"/m.test(s.text)));
}

goTest('$GOROOT/test: what its files want -m to say', async ({ goroot }) => {
  const quick = remarkCases(goroot).filter(isQuick);
  expect(quick.length).toBeGreaterThan(35);
  await run('$GOROOT/test -m', quick);
});

// takes half a minute: GOSPECT_ALL=1 runs it
if (process.env.GOSPECT_ALL !== undefined) {
  goTest(
    '$GOROOT/test: what its files want -m to say, those that import much',
    ({ goroot }) =>
      run(
        '$GOROOT/test -m, with imports',
        remarkCases(goroot).filter(c => !isQuick(c)),
      ),
    600_000,
  );
}
