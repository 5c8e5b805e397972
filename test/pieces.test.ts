/** What is said of a package may be longer than a string can be: it is put out in pieces, found anew or kept. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { main } from '../server/cli.ts';
import { goTest } from './go.ts';

const MiB = 1 << 20;

goTest('gospect m puts out a long text in pieces, each when the one before it has been taken', async ({ go }) => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'gospect-pieces-')));
  try {
    writeFileSync(join(dir, 'go.mod'), 'module m\n\ngo 1.24\n');
    const functions = Array.from({ length: 700 }, (_, i) => `func F${i}(n int) *int { p := &n; return p }\n`);
    // each line begins with the name of the file
    writeFileSync(join(dir, `${'long'.repeat(50)}.go`), `package m\n\n${functions.join('')}`);
    const env = { ...process.env, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0', GOSPECT_CACHE: join(dir, 'cache') };
    const built = spawnSync(go, ['build', '-gcflags=-m=2', '.'], {
      cwd: dir,
      env,
      encoding: 'utf8',
      maxBuffer: 8 * MiB,
    });
    const run = async (): Promise<string[]> => {
      const pieces: string[] = [];
      let held = 0;
      const code = await main(['m', '-m=2', '.'], {
        cwd: dir,
        env,
        out(text) {
          pieces.push(text);
          held += text.length;
          expect(held).toBeLessThan(1.01 * MiB);
        },
        async drained() {
          held = 0;
        },
        err: text => expect(text).toBe(''),
        terminal: false,
        signal: new AbortController().signal,
      });
      expect(code).toBe(0);
      return pieces;
    };
    for (const state of ['new', 'kept']) {
      const pieces = await run();
      expect(pieces.length, state).toBeGreaterThan(2);
      expect(pieces.join('') === built.stderr, state).toBe(true);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
