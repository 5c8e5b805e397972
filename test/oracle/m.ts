/**
 * The judge of `gospect m`: gc's -m lines, made by the Go on PATH, against ours, by package and by class of message.
 *
 *     npm run oracle -- [options] [packages]
 *       -m=2, -l, …        flags of the compiler (-m is the default)
 *       --os, --arch       target
 *       --cgo              with cgo on
 *       -race, -pgo=FILE   flags of go build (-msan, -asan, -cover, -covermode=MODE, -coverpkg=LIST, too)
 *       -test              with the files of tests, as go test compiles them
 *       --rewrites N       with N changes to each package that keep its types (oracle/rewrite), by --seed S (1);
 *                          --rules NAME,… takes only those
 *       --class NAME       all differences of one class
 *       --package PATH     only this package, in the order of the list
 *       --diff             the two outputs as a diff
 *       --examples N       examples per class (default 3)
 *       --fail-under R P   exit 1 when recall or precision (in %) over all packages is lower
 *
 * Without packages: those of the first slice. `std` works.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ourLines } from './ours.ts';
import { classOf, compare, type Difference } from './compare.ts';
import { gcLines, goEnv, listPackages, type Target } from './gc.ts';
import { rewrite } from './rewrites.ts';

const slice =
  'errors unicode unicode/utf8 unicode/utf16 strings bytes strconv sort slices maps cmp bufio container/heap container/list container/ring path math math/bits text/tabwriter encoding/hex encoding/base64 index/suffixarray'.split(
    ' ',
  );

interface Options {
  gcflags: string[];
  goos: string;
  goarch: string;
  cgo: boolean;
  flags: string[];
  dir: string;
  class: string;
  packages: string[];
  diff: boolean;
  examples: number;
  failUnder: [number, number] | null;
  tests: boolean;
  /** Flags for rewriting; none where packages are taken as they are. */
  rewriting: string[];
}

function parseArgs(args: string[]): Options {
  const options: Options = {
    gcflags: [],
    goos: '',
    goarch: '',
    cgo: false,
    flags: [],
    dir: '',
    class: '',
    packages: [],
    diff: false,
    examples: 3,
    failUnder: null,
    tests: false,
    rewriting: [],
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--os') options.goos = args[++i];
    else if (arg === '--arch') options.goarch = args[++i];
    else if (arg === '--cgo') options.cgo = true;
    else if (arg === '-test') options.tests = true;
    else if (arg === '--rewrites') options.rewriting.push('-n', args[++i]);
    else if (arg === '--seed' || arg === '--rules') options.rewriting.push(arg.slice(1), args[++i]);
    else if (arg === '--dir') options.dir = args[++i];
    else if (arg === '--class') options.class = args[++i];
    else if (arg === '--package') options.packages.push(args[++i]);
    else if (arg === '--diff') options.diff = true;
    else if (arg === '--examples') options.examples = Number(args[++i]);
    else if (arg === '--fail-under') options.failUnder = [Number(args[++i]), Number(args[++i])];
    else if (arg.startsWith('-pgo=') || arg.startsWith('-cover')) options.flags.push(arg);
    else if (arg === '-race' || arg === '-msan' || arg === '-asan') options.flags.push(arg);
    else if (arg.startsWith('-')) options.gcflags.push(arg);
    else options.packages.push(arg);
  }
  return options;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '     –' : `${((100 * part) / whole).toFixed(2).padStart(6)}`;
}

function printDiff(path: string, theirs: string[], ours: string[]): void {
  const dir = mkdtempSync(join(tmpdir(), 'gospect-oracle-'));
  writeFileSync(join(dir, 'gc'), `${theirs.join('\n')}\n`);
  writeFileSync(join(dir, 'ours'), `${ours.join('\n')}\n`);
  console.log(`# ${path}`);
  console.log(spawnSync('diff', ['-U2', 'gc', 'ours'], { cwd: dir, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout);
  rmSync(dir, { recursive: true });
}

/** Compares with the output that has the fewest differences and takes it away: which of a package's two go prints first
 * depends on what was compiled sooner. */
function nearest(outputs: string[][], ours: string[]): { gc: string[]; difference: Difference } {
  let best = { gc: [] as string[], difference: compare([], ours) };
  let least = Infinity;
  for (const gc of outputs) {
    const difference = compare(gc, ours);
    const n = difference.missing.length + difference.extra.length;
    if (n < least) [best, least] = [{ gc, difference }, n];
  }
  if (least < Infinity) outputs.splice(outputs.indexOf(best.gc), 1);
  return best;
}

const options = parseArgs(process.argv.slice(2));
const cwd = process.cwd();
const target: Target = {
  goos: options.goos || goEnv('GOOS', cwd),
  goarch: options.goarch || goEnv('GOARCH', cwd),
  cgo: options.cgo,
  gcflags: [options.gcflags.some(flag => flag.startsWith('-m')) ? '' : '-m', ...options.gcflags].join(' ').trim(),
  flags: options.flags,
  dir: options.dir || join(goEnv('GOROOT', cwd), 'src'),
  tests: options.tests,
};
let work = '';
if (options.rewriting.length > 0) {
  work = mkdtempSync(join(tmpdir(), 'gospect-rewrites-'));
  const patterns = options.packages.length > 0 ? options.packages : slice;
  console.log(rewrite(options.rewriting, patterns, target.dir, work));
  target.flags.push(`-overlay=${join(work, 'overlay.json')}`);
  // what gc says of them is not kept
  process.env.GOSPECT_CACHE = work;
}
const packages = listPackages(options.packages.length > 0 ? options.packages : slice, target);
const theirs = gcLines(packages, target);

const classes = new Map<string, { missing: string[]; extra: string[]; common: number; total: number }>();
let found = 0;
let wanted = 0;
let printed = 0;
const start = performance.now();
const width = Math.max(...packages.map(path => path.length), 8);
if (!options.diff && !options.class)
  console.log(`${'package'.padEnd(width)}     gc   ours recall precis order  missing extra`);
for await (const { path, lines: ours, error } of ourLines(packages, target)) {
  const { gc, difference } = nearest(theirs.get(path) ?? [], ours);
  found += difference.common;
  wanted += gc.length;
  printed += ours.length;
  for (const [lines, field] of [
    [difference.missing, 'missing'],
    [difference.extra, 'extra'],
    [gc, 'total'],
  ] as const) {
    for (const line of lines) {
      const name = classOf(line);
      let entry = classes.get(name);
      if (entry === undefined) classes.set(name, (entry = { missing: [], extra: [], common: 0, total: 0 }));
      if (field === 'total') entry.total++;
      else entry[field].push(line);
    }
  }
  if (options.diff) printDiff(path, gc, ours);
  else if (options.class) {
    for (const line of difference.missing) if (classOf(line) === options.class) console.log(`- ${line}`);
    for (const line of difference.extra) if (classOf(line) === options.class) console.log(`+ ${line}`);
  } else {
    console.log(
      `${path.padEnd(width)} ${String(gc.length).padStart(6)} ${String(ours.length).padStart(6)} ${percent(difference.common, gc.length)} ${percent(difference.common, ours.length)} ${difference.sameOrder ? 'same ' : 'DIFF '} ${String(difference.missing.length).padStart(7)} ${String(difference.extra.length).padStart(5)}`,
    );
  }
  if (error) console.log(`  ! ${error}`);
  else if (!difference.sameOrder && !options.diff && !options.class)
    console.log(`  order: ${difference.firstDisorder}`);
}
if (!options.diff && !options.class) {
  console.log('\nclass                        gc missing extra');
  for (const [name, entry] of [...classes].sort(
    (a, b) => b[1].missing.length + b[1].extra.length - a[1].missing.length - a[1].extra.length,
  )) {
    console.log(
      `${name.padEnd(24)} ${String(entry.total).padStart(6)} ${String(entry.missing.length).padStart(7)} ${String(entry.extra.length).padStart(5)}`,
    );
    for (const line of entry.missing.slice(0, options.examples)) console.log(`    - ${line}`);
    for (const line of entry.extra.slice(0, options.examples)) console.log(`    + ${line}`);
  }
}
if (work !== '') rmSync(work, { recursive: true });
const recall = (100 * found) / Math.max(wanted, 1);
const precision = (100 * found) / Math.max(printed, 1);
console.log(
  `\nrecall ${recall.toFixed(3)} %  precision ${precision.toFixed(3)} %  (gc ${wanted}, ours ${printed}, common ${found}; ${packages.length} packages, ${((performance.now() - start) / 1000).toFixed(1)} s)`,
);
if (options.failUnder !== null && (recall < options.failUnder[0] || precision < options.failUnder[1])) process.exit(1);
