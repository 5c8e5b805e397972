/**
 * The judge of remarks on code with errors: faults are put into functions that nothing in their package mentions
 * (oracle/rewrite -broken), and what the live analysis says must be what gc says of the package without these functions,
 * in any order.
 *
 *     node scripts/program.mjs test/oracle/broken.ts [-m=2 …] [--seed N] [-n FUNCTIONS] [-C DIR] [packages]
 *
 * Default packages: a choice of the standard library's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.ts';
import { gcLines, goEnv, listPackages, type Target } from './gc.ts';
import { liveLines } from './live.ts';
import { rewrite } from './rewrites.ts';

const args = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const i = args.indexOf(name);
  return i < 0 ? otherwise : args.splice(i, 2)[1];
};
const seed = option('--seed', '1');
const functions = option('-n', '3');
const dir = option('-C', join(goEnv('GOROOT', process.cwd()), 'src'));
const gcflags = args.filter(arg => arg.startsWith('-')).join(' ') || '-m';
const named = args.filter(arg => !arg.startsWith('-'));
const patterns =
  named.length > 0
    ? named
    : 'strings bytes bufio sort slices maps context container/list text/tabwriter encoding/json encoding/csv net/url go/ast go/printer text/template regexp archive/tar flag'.split(
        ' ',
      );

const work = mkdtempSync(join(tmpdir(), 'gospect-broken-'));
process.on('exit', () => rmSync(work, { recursive: true }));
process.env.GOSPECT_CACHE = work;
const target: Target = {
  goos: goEnv('GOOS', dir),
  goarch: goEnv('GOARCH', dir),
  cgo: false,
  gcflags,
  flags: [],
  dir,
  tests: false,
};
const packages = listPackages(patterns, target);

let lines = 0;
let missing = 0;
let extra = 0;
for (const path of packages) {
  // each with the others as they are, since they may need what is taken out
  const out = join(work, path.replaceAll('/', '!'));
  const done = rewrite(['-broken', '-seed', seed, '-n', functions], [path], dir, out);
  const without = { ...target, flags: [`-overlay=${join(out, 'without.json')}`] };
  const gc = gcLines([path], without).get(path)?.[0] ?? [];
  const [ours] = await liveLines([path], target, join(out, 'overlay.json'));
  const difference = compare(gc, ours.lines);
  lines += gc.length;
  missing += difference.missing.length;
  extra += difference.extra.length;
  console.log(`${done.trim()}\n    ${gc.length} lines of gc, ${ours.lines.length} of ours ${ours.error}`);
  for (const line of difference.missing.slice(0, 5)) console.log(`    - ${line}`);
  for (const line of difference.extra.slice(0, 5)) console.log(`    + ${line}`);
}
console.log(`${lines} lines, ${missing} missing, ${extra} extra; ${packages.length} packages, seed ${seed}`);
if (missing + extra > 0) process.exit(1);
