/**
 * The judge of `gospect list` and `gospect mod`: what the Go on PATH prints, against ours, package by package and field
 * by field.
 *
 *     node scripts/program.mjs test/oracle/list.ts [options] [packages]
 *       -C DIR             a module or workspace (repeatable); its module graph is compared too. Without: std and cmd
 *       --targets a/b,…    default: linux/amd64,linux/386,windows/arm64,darwin/arm64,js/wasm,plan9/amd64
 *       --variants V,…     of plain,cgo0,cgo1,race,tags,test (default: all); race only where the target has it
 *       --modules          the module graph alone
 *       -mod=…, …          flags for both
 *       --examples N       differences shown per field (default 3)
 *
 * Nothing is downloaded (GOPROXY=off). The exit status is 1 when anything differs.
 */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listFields } from '../../core/load/list.ts';
import { gospect } from '../gospect.ts';

const variants: Readonly<Record<string, { env: Record<string, string>; flags: string[] }>> = {
  plain: { env: {}, flags: [] },
  cgo0: { env: { CGO_ENABLED: '0' }, flags: [] },
  cgo1: { env: { CGO_ENABLED: '1' }, flags: [] },
  race: { env: { CGO_ENABLED: '1' }, flags: ['-race'] },
  tags: { env: {}, flags: ['-tags=netgo,purego,osusergo'] },
  test: { env: {}, flags: ['-test'] },
};
const withRace = new Set(['linux/amd64', 'darwin/arm64']);

const dirs: string[] = [];
const flags: string[] = [];
const patterns: string[] = [];
let targets = ['linux/amd64', 'linux/386', 'windows/arm64', 'darwin/arm64', 'js/wasm', 'plan9/amd64'];
let chosen = Object.keys(variants);
let examples = 3;
let modulesOnly = false;
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i++) {
  if (args[i] === '-C') dirs.push(path.resolve(args[++i]));
  else if (args[i] === '--targets') targets = args[++i].split(',');
  else if (args[i] === '--variants') chosen = args[++i].split(',');
  else if (args[i] === '--examples') examples = Number(args[++i]);
  else if (args[i] === '--modules') modulesOnly = true;
  else if (args[i].startsWith('-')) flags.push(args[i]);
  else patterns.push(args[i]);
}

interface Output {
  out: string;
  err: string;
  status: number;
}

const environment = (env: Record<string, string>) => ({ ...process.env, GOPROXY: 'off', GOFLAGS: '', ...env });

function goPrints(argv: string[], cwd: string, env: Record<string, string>): Output {
  const r = spawnSync('go', argv, { cwd, env: environment(env), encoding: 'utf8', maxBuffer: 1 << 30 });
  // what go would fetch it names, even where it may not
  return { out: r.stdout, err: r.stderr.replace(/^go: downloading .*\n/gm, ''), status: r.status ?? -1 };
}

async function wePrint(argv: string[], cwd: string, env: Record<string, string>): Promise<Output> {
  const { code, out, err } = await gospect(argv, cwd, environment(env));
  return { out, err, status: code };
}

/** The objects of a stream of JSON as go list prints it, by the fields' texts. */
function objects(json: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const text of json.split(/(?<=^\})\n/m)) {
    if (text.trim() === '') continue;
    const object = JSON.parse(text) as Record<string, unknown>;
    const fields = new Map<string, string>();
    for (const [name, value] of Object.entries(object)) {
      // errors of dependencies come in an order of go's that varies from run to run
      const sorted = name === 'DepsErrors' ? (value as object[]).map(e => JSON.stringify(e)).sort() : value;
      fields.set(name, JSON.stringify(sorted).replace(/"[^"]*-d"/g, '"_testmain.go"'));
    }
    found.set(String(object['ImportPath'] ?? object['Path']), fields);
  }
  return found;
}

/** Differences by field: how many, and a few of them in words. */
const differences = new Map<string, { count: number; shown: string[] }>();
let differing = 0;

function differ(field: string, text: string): void {
  const known = differences.get(field) ?? { count: 0, shown: [] };
  differences.set(field, known);
  known.count++;
  differing++;
  if (known.shown.length < examples) known.shown.push(text);
}

const short = (text: string | undefined): string => {
  if (text === undefined) return '(absent)';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
};

/** Where the texts part. */
function parting(want: string, got: string): string {
  const w = want.split('\n');
  const g = got.split('\n');
  const at = w.findIndex((line, i) => line !== g[i]);
  return `line ${at + 1} of ${w.length}, ${g.length}: -${short(w[at])} +${short(g[at])}`;
}

function compareText(what: string, want: Output, got: Output): void {
  for (const part of ['out', 'err', 'status'] as const) {
    if (want[part] === got[part]) continue;
    differ(`${what.split(':')[0]} ${part}`, `${what}: ${parting(String(want[part]), String(got[part]))}`);
  }
}

/** Compares two lists of packages; how many packages and fields go's has. */
function comparePackages(what: string, want: Output, got: Output): string {
  const w = objects(want.out);
  const g = objects(got.out);
  const before = differing;
  let fields = 0;
  for (const [name, package_] of w) {
    fields += package_.size;
    const ours = g.get(name);
    if (ours === undefined) {
      differ('(package)', `${what}: ${name} is missing`);
      continue;
    }
    for (const field of new Set([...package_.keys(), ...ours.keys()])) {
      const [a, b] = [package_.get(field), ours.get(field)];
      if (a !== b) differ(field, `${what}: ${name}: -${short(a)} +${short(b)}`);
    }
  }
  for (const name of g.keys()) if (!w.has(name)) differ('(package)', `${what}: ${name} is not go's`);
  if (differing === before && [...w.keys()].join() !== [...g.keys()].join()) differ('(order)', what);
  if (want.status !== got.status) differ('(exit status)', `${what}: -${want.status} +${got.status}: ${short(got.err)}`);
  if (want.err !== got.err) differ('(messages)', `${what}: ${parting(want.err, got.err)}`);
  return `${w.size} packages, ${fields} fields`;
}

async function packagesOf(dir: string, names: string[]): Promise<void> {
  for (const target of targets) {
    const [GOOS, GOARCH] = target.split('/');
    for (const variant of chosen) {
      if (variant === 'race' && !withRace.has(target)) continue;
      const v = variants[variant];
      const env = { GOOS, GOARCH, ...v.env };
      const argv = ['list', '-e', '-deps', ...v.flags, ...flags, `-json=${listFields.join()}`, ...names];
      const before = differing;
      const want = goPrints(argv, dir, env);
      const counted = comparePackages(`${dir} ${target} ${variant}`, want, await wePrint(argv, dir, env));
      console.log(`${dir} ${target} ${variant}: ${counted}, ${differing - before} differences`);
    }
  }
}

async function modulesOf(dir: string): Promise<void> {
  const before = differing;
  const all = goPrints(['list', '-e', ...flags, '-m', 'all'], dir, {});
  const paths = all.out.split('\n').flatMap(line => (line === '' ? [] : [line.split(' ')[0]]));
  for (const [name, argv] of [
    ['list -m all', ['list', '-e', ...flags, '-m', 'all']],
    ['list -m -json all', ['list', '-e', ...flags, '-m', '-json', 'all']],
    ['mod graph', ['mod', 'graph']],
    ['mod why -m', ['mod', 'why', '-m', ...paths]],
  ] as const)
    compareText(`${name}: ${dir}`, goPrints([...argv], dir, {}), await wePrint([...argv], dir, {}));
  console.log(`${dir}: ${paths.length} modules, ${differing - before} differences`);
}

if (dirs.length === 0) await packagesOf(tmpdir(), patterns.length > 0 ? patterns : ['std', 'cmd']);
for (const dir of dirs) {
  await modulesOf(dir);
  if (!modulesOnly) await packagesOf(dir, patterns.length > 0 ? patterns : ['./...']);
}
for (const [field, { count, shown }] of differences) console.log(`${count} × ${field}\n  ${shown.join('\n  ')}`);
console.log(`${differing} differences`);
process.exitCode = differing > 0 ? 1 : 0;
