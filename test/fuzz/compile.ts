/**
 * Throws mutated functions of the standard library at the whole analysis: whatever the text, a package is checked and
 * compiled without a crash, and declarations that do not depend on the mutated function keep their remarks
 * (independence.ts).
 *
 *     node scripts/program.mjs test/fuzz/compile.ts [--seed N] [--runs N] [packages]
 *
 * What fails is printed with its seed and run: `--seed S --first RUN --runs 1` shows it again, with the text that did it.
 */
import { loadPackages } from '../../core/load/load.ts';
import { type Package, packageList } from '../../core/load/package.ts';
import { defaultFlags } from '../../core/ir/env.ts';
import { messageLines } from '../../core/remark/wording.ts';
import type { FileSystem } from '../../core/source/files.ts';
import { join } from '../../core/source/path.ts';
import { decodeUtf8, encodeUtf8 } from '../../core/source/utf8.ts';
import { finish } from '../../core/source/steps.ts';
import { type CompiledPackage, Program } from '../../core/summary/program.ts';
import { loadDefaults, prepareLoading } from '../../server/loading.ts';
import { nodeParser } from '../../server/node-parser.ts';
import { memorySummaries } from '../summaries.ts';
import { compareLaws, type Law, lawOf } from './independence.ts';

/** A generator of numbers below n, the same for the same seed (mulberry32). */
function random(seed: number): (n: number) => number {
  let a = seed | 0;
  return n => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}

const token =
  /[ \t\r\n]+|\/\/[^\n]*|\/\*[^]*?\*\/|`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|\.?[0-9](?:[eEpP][+-]|[\w.])*|[\p{L}_][\p{L}\p{Nd}_]*|<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|[=!<>:+\-*/%&|^]=|<<|>>|&\^|[^]/gu;

const scraps =
  `{|}|(|)|[|]|;|,|.|:=|=|<-|...|*|&|~|nil|0|""|x|_|any|func() {}|func() int { return 1 }|[]int{}|map[any]any{}
defer|go|return|for|range|for range 3 {}|if|switch x := any(1).(type) {|case|default:|select {}|break|continue|goto L|L:
struct{}{}|interface{ M() }|new(int)|new(1)|make([]int, 1)|append(nil, 1)|panic(1)|recover()|len|cap|unsafe.Pointer(nil)
const c = iota|var v = v|type T T|type T struct{ T }|type A = []A|[T any]|[int]|x.(int)|&struct{ x any }{}|func(yield func(int) bool) {}
for i := range func(yield func(int) bool) { yield(1) } { defer func() { _ = i }() }|min(1, 2)|clear(x)|1 << 70|'a'|1.5i|chan int`.split(
    /[|\n]/,
  );

/** The text with something changed in one of its top-level declarations, and where that begins. */
function mutate(text: string, rand: (n: number) => number): { text: string; start: number } {
  const starts = [...text.matchAll(/^(?:func|type|var|const) /gm)].map(m => m.index);
  if (starts.length === 0) return { text, start: -1 };
  const pick = rand(starts.length);
  const start = starts[pick];
  const end = starts[pick + 1] ?? text.length;
  const tokens = text.slice(start, end).match(token) ?? [];
  const words = [...text.matchAll(/[\p{L}_][\p{L}\p{Nd}_]*/gu)].map(m => m[0]);
  const at = () => rand(tokens.length);
  for (let n = 1 + rand(3); n > 0 && tokens.length > 0; n--) {
    const i = at();
    switch (rand(8)) {
      case 0:
        tokens.splice(i, 1 + rand(6));
        break;
      case 1:
        tokens.splice(i, 0, ...tokens.slice(i, i + 1 + rand(20)));
        break;
      case 2:
        tokens.splice(i, 1, ` ${scraps[rand(scraps.length)]} `);
        break;
      case 3:
        tokens.splice(i, 0, `\n${scraps[rand(scraps.length)]}\n`);
        break;
      case 4: {
        // names are where types go wrong without an error of syntax
        const names = tokens.flatMap((t, k) => (/^[\p{L}_]/u.test(t) ? [k] : []));
        if (names.length > 0) tokens[names[rand(names.length)]] = words[rand(words.length)];
        break;
      }
      case 5: {
        const j = at();
        [tokens[i], tokens[j]] = [tokens[j], tokens[i]];
        break;
      }
      case 6:
        tokens.splice(i, 0, ...tokens.slice(at()).slice(0, 30));
        break;
      default:
        tokens.splice(i);
    }
  }
  return { text: `${text.slice(0, start)}${tokens.join('')}\n${text.slice(end)}`, start };
}

const args = process.argv.slice(2);
const option = (name: string, value: number): number => {
  const i = args.indexOf(name);
  return i < 0 ? value : Number(args.splice(i, 2)[1]);
};
const seed = option('--seed', 1);
const first = option('--first', 0);
const runs = option('--runs', 200);
const patterns =
  args.length > 0
    ? args
    : ['strings', 'sort', 'bufio', 'slices', 'maps', 'container/list', 'context', 'text/tabwriter'];

const loading = prepareLoading(new Map(), {
  cwd: process.cwd(),
  env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
});
const { fs: disk, target } = loading;
const loaded = loadPackages(loading.env, target, patterns, loadDefaults);
if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
const parser = await nodeParser();
let over: { path: string; bytes: Uint8Array } = { path: '', bytes: new Uint8Array() };
const files: FileSystem = {
  readFile: path => (path === over.path ? over.bytes : disk.readFile(path)),
  readDir: path => disk.readDir(path),
  stat: path => disk.stat(path),
};
const store = { summaries: memorySummaries(), version: '' };
const programs = new Map<Package, { program: Program; deps: Map<Package, CompiledPackage>; law: Law }>();
for (const p of loaded.roots) {
  const program = new Program({ fs: files, parser, target, flags: { ...defaultFlags, m: 2 }, store }, true);
  program.edited = p;
  const deps = new Map<Package, CompiledPackage>();
  for (const dep of packageList([p])) {
    if (dep === p || dep.importPath === 'unsafe') continue;
    deps.set(dep, finish(program.compile(dep)));
  }
  programs.set(p, { program, deps, law: lawOf(finish(program.compile(p))) });
}

let failures = 0;
let withErrors = 0;
let compared = 0;
const began = performance.now();
for (let run = first; run < first + runs; run++) {
  const rand = random(seed * 1_000_003 + run);
  const p = loaded.roots[rand(loaded.roots.length)];
  const { program, deps, law } = programs.get(p)!;
  const names = p.files.goFiles;
  const path = join(p.dir, names[rand(names.length)]);
  over = { path: '', bytes: new Uint8Array() };
  const { text, start: mutated } = mutate(decodeUtf8(disk.readFile(path)!), rand);
  over = { path, bytes: encodeUtf8(text) };
  program.setFiles(files);
  program.retain(deps);
  const start = performance.now();
  let failure = '';
  try {
    const result = finish(program.compile(p));
    failure = result.failure;
    if (result.checked.errors.length > 0 || result.checked.files.some(f => f.errors.length > 0)) withErrors++;
    const broken = law.places.find(d => d.file === path && d.start === mutated && d.func);
    if (failure === '' && broken !== undefined) {
      const outcome = compareLaws(law, lawOf(result), broken.key);
      compared += outcome.compared;
      if (outcome.difference !== '') failure = `${broken.key} was changed, and so was\n${outcome.difference}`;
    }
    if (result.compiled !== null) for (const msg of result.compiled.messages) messageLines(msg, 2);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const took = performance.now() - start;
  if (failure === '' && took < 20_000) continue;
  failures++;
  const what = failure === '' ? `took ${(took / 1000).toFixed(0)} s` : failure.split('\n').slice(0, 8).join('\n');
  console.log(`seed ${seed} run ${run}: ${path}\n${what}`);
  if (runs === 1) console.log(text);
}
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${runs} mutations, ${withErrors} with errors, ${compared} other declarations compared, ${failures} failures, ${seconds} s`,
);
if (failures > 0) process.exit(1);
