/** Packages rewritten by chance (oracle/rewrite, a Go program): same types, other code. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../test/oracle/rewrite', import.meta.url));

/** Writes rewritten packages to `out`, by the program's flags; returns what it says was done, a line for each package. */
export function rewrite(flags: readonly string[], packages: readonly string[], dir: string, out: string): string {
  mkdirSync(out, { recursive: true });
  const program = join(out, 'rewrite');
  // built in its own folder, since the go command's is another module
  execFileSync('go', ['build', '-o', program, 'main.go', 'package.go', 'rules.go', 'sites.go', 'damage.go'], {
    cwd: source,
    env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '' },
  });
  return execFileSync(program, [...flags, '-o', out, ...packages], { cwd: dir, encoding: 'utf8', maxBuffer: 1 << 26 });
}
