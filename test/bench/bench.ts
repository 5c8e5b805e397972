/**
 * npm run bench [-- NAME…]: the cost of each step on real code, and what gc takes for the same in the same run. Figures
 * are medians; ratios are ours to gc's (below 1: faster). Names: parse, check, m, open, summary, keystroke, size,
 * targets, graph, peers, which takes FILE… too; and window FILE, which is run when it is asked for.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defaultFlags } from '../../core/ir/env.ts';
import { loadPackages } from '../../core/load/load.ts';
import { type Package, packageList } from '../../core/load/package.ts';
import { goRelease } from '../../core/load/release.ts';
import { finish } from '../../core/source/steps.ts';
import type { SummaryStore } from '../../core/summary/encode.ts';
import { type CompiledPackage, Program } from '../../core/summary/program.ts';
import { parseFile } from '../../core/syntax/parse.ts';
import { hasPtrRecv } from '../../core/types/named.ts';
import { type FuncObj, ObjKind } from '../../core/types/object.ts';
import { checkSteps, editFile, newChecking } from '../../core/types/packages.ts';
import { newRechecking, recheckBody } from '../../core/types/recheck.ts';
import { TypeKind } from '../../core/types/type.ts';
import { nodeSessionHost } from '../../server/analysis/node-host.ts';
import { fileRemarks } from '../../server/analysis/editor.ts';
import { Session } from '../../server/analysis/session.ts';
import { loadDefaults, prepareLoading } from '../../server/loading.ts';
import { nodeParser } from '../../server/node-parser.ts';
import { summaryStore } from '../../server/summary-store.ts';
import { benchGraph } from './graph.ts';
import { benchPeers } from './peers.ts';
import { benchSize } from './size.ts';
import { benchStd } from './std.ts';
import { benchTargets } from './targets.ts';
import { benchWindow } from './window.ts';

const PATTERNS = ['std'];
const io = {
  cwd: os.tmpdir(),
  env: { ...process.env, CGO_ENABLED: '0' },
};

const words = process.argv.slice(2);
/** Words behind `peers` that no bench has for its name: files of the folder in which npm was called. */
const behind = words.includes('peers') ? words.slice(words.indexOf('peers') + 1) : [];
const named = behind.filter(word => !/^[a-z]+$/.test(word)).map(file => path.resolve(process.env.INIT_CWD ?? '', file));
const chosen = new Set(words.filter(word => !behind.includes(word) || /^[a-z]+$/.test(word)));
const wanted = (name: string) => chosen.size === 0 || chosen.has(name);
const ms = (time: number) => (time >= 1000 ? `${(time / 1000).toFixed(2)} s` : `${time.toFixed(time < 10 ? 2 : 1)} ms`);
const row = (name: string, text: string) => console.log(`${name.padEnd(12)} ${text}`);

function median(times: number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function percentile(times: number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const std = (['check', 'm'] as const).filter(wanted);
if (std.length > 0) benchStd(row, std);
if (wanted('size')) benchSize(row);
if (wanted('peers')) benchPeers(row, named);
if (wanted('targets')) benchTargets(row);
if (wanted('graph')) await benchGraph(row);
// these need nothing of what is loaded below
const alone = new Set(['check', 'm', 'size', 'peers', 'targets', 'graph']);
if (chosen.size > 0 && [...chosen].every(name => alone.has(name))) process.exit();

if (chosen.has('window')) {
  const file = process.argv[process.argv.indexOf('window') + 1];
  if (file === undefined) throw new Error('npm run bench -- window FILE: no file');
  await benchWindow(path.resolve(process.env.INIT_CWD ?? '', file), row);
  process.exit(0);
}

const parser = await nodeParser();
const loading = prepareLoading(new Map(), io);
const { env, target, fs: files } = loading;
const start = performance.now();
const loaded = loadPackages(env, target, PATTERNS, loadDefaults);
const packages: Package[] = loaded.roots;
row('load', `${ms(performance.now() - start)} for ${packages.length} packages`);

if (wanted('parse')) {
  const texts = packages
    .flatMap(p => p.files.goFiles.map(name => path.posix.join(p.dir, name)))
    .map(file => {
      const text = Buffer.from(files.readFile(file)!).toString();
      return { file, text };
    });
  const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const times = [0, 1, 2].map(() => {
    const begin = performance.now();
    for (const { file, text } of texts) parseFile(parser, file, text, { genericMethods: false }).dispose();
    return performance.now() - begin;
  });
  const time = median(times);
  row('parse', `${ms(time)} to parse and lower ${texts.length} files, ${(bytes / 1000 / time).toFixed(1)} MB/s`);
}

/** CPU time of this process in milliseconds, all threads: what others do on the machine is not in it. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

if (wanted('open')) {
  const src = path.posix.join(env.goroot ?? '', 'src');
  const sample = path.resolve('test/sample/store/store.go');
  for (const file of [sample, `${src}/strings/builder.go`, `${src}/fmt/print.go`, `${src}/net/http/server.go`]) {
    const costs: string[] = [];
    const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
    for (const state of ['nothing known before', 'summaries on disk']) {
      const session = new Session(await nodeSessionHost({ ...io.env, GOSPECT_CACHE: cache }, () => loading.flags));
      const begin = cpu();
      finish(session.analyse(file));
      costs.push(`${ms(cpu() - begin)} (${state})`);
      for (const _ of session.keep());
    }
    fs.rmSync(cache, { recursive: true });
    row('open', `CPU ${costs.join(', ')} until the remarks of ${file}`);
  }
}

/** Asks for all that the package declares, and for what is known of all its functions. */
function wholeSummary({ checked, compiled }: CompiledPackage): number {
  let asked = 0;
  const ask = (name: string, f: FuncObj): void => {
    const sig = f.signature;
    if (sig.typeParams.length > 0 || sig.recvTypeParams.length > 0) return;
    const summary = compiled!.summary.funcs.get(name, f);
    if (summary !== undefined && summary.inl !== undefined && summary.tags !== null) asked++;
  };
  for (const obj of checked.pkg.scope.all().values()) {
    const { type } = obj;
    if (obj.kind === ObjKind.Func) ask(obj.name, obj);
    if (obj.kind !== ObjKind.TypeName || type?.kind !== TypeKind.Named) continue;
    for (const m of type.methods) ask(hasPtrRecv(m) ? `(*${obj.name}).${m.name}` : `${obj.name}.${m.name}`, m);
  }
  return asked;
}

if (wanted('summary')) {
  const given = process.env.GOSPECT_BENCH_SUMMARIES;
  const cache = given ?? fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
  const http = packages.find(p => p.importPath === 'net/http')!;
  // a session has read the sources, of which the key is made, when it knows what is imported
  const read = new Map<string, Uint8Array | null>();
  const readFile = (name: string): Uint8Array | null => {
    let bytes = read.get(name);
    if (bytes === undefined) read.set(name, (bytes = files.readFile(name)));
    return bytes;
  };
  for (const p of given === undefined ? [] : packageList([http]))
    for (const name of p.files.goFiles) readFile(path.posix.join(p.dir, name));
  const load = (kept: Uint8Array[]) => {
    const { summaries, version } = summaryStore({ GOSPECT_CACHE: cache });
    const put: SummaryStore['put'] = (key, bytes) => {
      kept.push(bytes);
      summaries.put(key, bytes);
    };
    const store = { summaries: { ...summaries, put }, version };
    const program = new Program({ fs: { ...files, readFile }, parser, target, flags: defaultFlags, store }, true);
    const clock = performance.now();
    const begin = cpu();
    const asked = wholeSummary(finish(program.compile(http, () => false)));
    const cost = cpu() - begin;
    const time = performance.now() - clock;
    for (const _ of program.keepAnswers());
    return { asked, cost, time };
  };
  if (given !== undefined) {
    const made: Uint8Array[] = [];
    const { cost, time } = load(made);
    console.log(JSON.stringify({ cost, time, made: made.length }));
    process.exit();
  }
  const first = load([]);
  /** A process that does nothing else: all of it is cold but what loading std has warmed up. */
  const fresh = [0, 1, 2, 3, 4].map(() => {
    const env = { ...process.env, GOSPECT_BENCH_SUMMARIES: cache };
    const out = execFileSync(process.execPath, [process.argv[1], 'summary'], { env, encoding: 'utf8' });
    return JSON.parse(out.trim().split('\n').at(-1)!) as { cost: number; time: number; made: number };
  });
  const times: number[] = [];
  let again = 0;
  for (let i = 0; i < 5; i++) {
    const made: Uint8Array[] = [];
    times.push(load(made).cost);
    again += made.length;
  }
  const bytes = fs
    .readdirSync(path.join(cache, 'summaries'))
    .reduce((sum, name) => sum + fs.statSync(path.join(cache, 'summaries', name)).size, 0);
  fs.rmSync(cache, { recursive: true });
  again += fresh.reduce((sum, { made }) => sum + made, 0);
  row(
    'summary',
    `${ms(median(fresh.map(f => f.time)))}, CPU of all threads ${ms(median(fresh.map(f => f.cost)))} in a process of its own, then CPU ${ms(median(times))}: summary of net/http, load from disk: all that it declares, ${first.asked} functions`,
  );
  row(
    '',
    `${ms(first.cost)} to make it; ${(bytes / 1000).toFixed(0)} kB with those it uses; ${again} had to be made again`,
  );
}

/** Texts that come of typing a statement into every fifth function, a character at a time, and of taking it back. */
function* keystrokes(original: string): Generator<string> {
  const typed = '\n\tvar gospect = new(int); *gospect = len("x"); println(gospect)\n';
  const bodies = [...original.matchAll(/^func [^\n]*\{\n/gm)].map(match => match.index + match[0].length - 1);
  for (let i = 0; i < bodies.length; i += 5) {
    for (let n = 1; n <= typed.length; n++)
      yield original.slice(0, bodies[i]) + typed.slice(0, n) + original.slice(bodies[i]);
    yield original;
  }
}

const percentiles = (times: number[]) =>
  `median ${ms(median(times))}, p95 ${ms(percentile(times, 0.95))}, at most ${ms(percentile(times, 1))}`;

if (wanted('keystroke')) {
  const file = path.posix.join(env.goroot ?? '', 'src/net/http/server.go');
  const original = fs.readFileSync(file, 'utf8');

  const http = packages.find(p => p.importPath === 'net/http')!;
  const checking = newChecking(files, parser, goRelease(target.release), target, p => p === http);
  checking.edited.set(file, null);
  const checked = finish(checkSteps(checking, http));
  const rechecking = newRechecking(checked.checker);
  const front: number[] = [];
  for (const text of keystrokes(original)) {
    const begin = cpu();
    const edit = editFile(checking, file, text);
    edit?.commit();
    for (const { unit } of edit?.changed ?? []) recheckBody(rechecking, edit!.file, unit);
    front.push(cpu() - begin);
  }
  row('recheck', `CPU ${percentiles(front)}: a key in net/http/server.go parsed, lowered, its function checked`);

  const session = new Session(await nodeSessionHost(io.env, () => loading.flags));
  session.setBuffer(file, original);
  const cold = performance.now();
  finish(session.analyse(file));
  row('open', `${ms(performance.now() - cold)} until the remarks of net/http/server.go, nothing known before`);
  const times: number[] = [];
  for (const text of keystrokes(original)) {
    const begin = cpu();
    session.setBuffer(file, text);
    const analysis = finish(session.analyse(file));
    if (!('message' in analysis)) structuredClone(fileRemarks(analysis, file, () => true)?.diagnostics);
    times.push(cpu() - begin);
  }
  row('keystroke', `CPU ${percentiles(times)}: from the key to diagnostics and hints`);
  row('', `${session.followed} of ${times.length} keys cost their function alone`);
}
