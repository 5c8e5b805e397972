/**
 * The judge of `gospect check`: packages with faults put into one of their files (mutants.ts), compiled by the gc of the
 * Go on PATH and checked by us; errors are compared byte for byte, half of them without the limit of ten (-e).
 *
 *     node scripts/program.mjs test/oracle/errors.ts [--seed N] [--runs N] [--first N] [--lang] [--cgo] [-C DIR] [packages]
 *
 * With --lang each run is for a language version of its own, go1.18 to that of the Go. With --cgo packages that import "C" are taken, and `go build -overlay` is compared with `gospect check -overlay`.
 *
 * Default packages: a choice of the standard library's. A difference is shown with its run: `--first RUN --runs 1` makes
 * it again and prints the text.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadPackages } from '../../core/load/load.ts';
import { goRelease } from '../../core/load/release.ts';
import type { FileSystem } from '../../core/source/files.ts';
import { decodeUtf8, encodeUtf8 } from '../../core/source/utf8.ts';
import { type CompileError, compileErrors, formatError } from '../../core/types/gcerrors.ts';
import { checkPackage, isComplete, newChecking } from '../../core/types/packages.ts';
import { gospect } from '../gospect.ts';
import { loadDefaults, prepareLoading } from '../../server/loading.ts';
import { nodeParser } from '../../server/node-parser.ts';
import { randomOf } from '../fuzz/mutate.ts';
import { mutant } from './mutants.ts';

const args = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const i = args.indexOf(name);
  return i < 0 ? otherwise : args.splice(i, 2)[1];
};
const seed = Number(option('--seed', '1'));
const runs = Number(option('--runs', '300'));
const first = Number(option('--first', '0'));
const dir = path.resolve(option('-C', tmpdir()));
const lang = args.includes('--lang');
if (lang) args.splice(args.indexOf('--lang'), 1);
const cgo = args.includes('--cgo');
if (cgo) args.splice(args.indexOf('--cgo'), 1);
const patterns =
  args.length > 0
    ? args
    : cgo
      ? ['net', 'os/user', 'plugin', 'cmd/cgo/internal/test', 'runtime/cgo']
      : `sort strings bytes bufio errors context slices maps container/list container/heap text/tabwriter text/scanner encoding/json encoding/csv
encoding/xml encoding/binary encoding/gob go/ast go/scanner go/token go/printer go/constant html/template text/template net/url net/mail net/textproto path/filepath
io io/fs flag log log/slog archive/tar archive/zip compress/flate regexp regexp/syntax expvar mime/multipart image image/png iter sync strconv time unique
internal/fuzz internal/profile testing/quick database/sql crypto/x509 os/exec`.split(/\s+/);

const env = { ...process.env, CGO_ENABLED: cgo ? '1' : '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOPROXY: 'off' };
const { go, fs: disk, env: modules, target } = prepareLoading(new Map(), { cwd: dir, env });
const loaded = loadPackages(modules, target, patterns, { ...loadDefaults, embed: true });
if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
const listed = spawnSync(
  'go',
  [
    'list',
    '-e',
    '-export',
    '-deps',
    '-f',
    '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}',
    'fmt',
    'strings',
    'errors',
    ...patterns,
  ],
  { cwd: dir, env, encoding: 'utf8', maxBuffer: 1 << 28 },
);
const work = mkdtempSync(path.join(tmpdir(), 'gospect-errors-'));
const exported = new Map(
  listed.stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => [line.slice('packagefile '.length, line.indexOf('=')), line]),
);

let over: { path: string; bytes: Uint8Array } = { path: '', bytes: new Uint8Array() };
const files: FileSystem = {
  readFile: name => (name === over.path ? over.bytes : disk.readFile(name)),
  readDir: name => disk.readDir(name),
  stat: name => disk.stat(name),
};
const parser = await nodeParser();
const roots = loaded.roots.filter(
  p => p.error === null && p.importPath !== 'unsafe' && (cgo ? p.files.cgoFiles : p.files.goFiles).length > 0,
);
const program = newChecking(
  files,
  parser,
  goRelease(target.release),
  target,
  p => roots.includes(p),
  p => !roots.includes(p),
);

const name = (file: string): string =>
  file.startsWith(`${go.goroot}/`) ? `$GOROOT${file.slice(go.goroot.length)}` : file;
function placeOf(e: CompileError): string {
  const text = formatError({ ...e, lines: [{ ...e.lines[0], text: '' }] }, name);
  return text.slice(0, text.lastIndexOf(':'));
}

function compare(run: number, what: string, want: string, got: string): void {
  counts.errors += want === '' ? 0 : want.split('\n').length;
  if (want === got) {
    counts[want === '' ? 'valid' : 'same']++;
    return;
  }
  counts.differ++;
  const w = want.split('\n');
  const g = got.split('\n');
  const missing = w.filter(l => !g.includes(l));
  const extra = g.filter(l => !w.includes(l));
  console.log(`--- run ${run}: ${what}`);
  if (missing.length + extra.length === 0) console.log('  only the order differs');
  for (const l of missing.slice(0, 5)) console.log(`  -${l}`);
  for (const l of extra.slice(0, 5)) console.log(`  +${l}`);
  const kind = (missing[0] ?? extra[0] ?? 'order').replace(/^\S+ /, '').slice(0, 50);
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}

const counts = { same: 0, valid: 0, differ: 0, gaveUp: 0, errors: 0 };
const kinds = new Map<string, number>();
for (let run = 0; run < first + runs; run++) {
  const random = randomOf(seed * 1_000_003 + run);
  const p = roots[random(roots.length)];
  const sources = cgo ? [...p.files.goFiles, ...p.files.cgoFiles] : p.files.goFiles;
  const file = sources[random(sources.length)];
  const full = `${p.dir}/${file}`;
  const bytes = disk.readFile(full);
  if (bytes === null || run < first) continue;
  const all = random(2) === 0;
  const text = mutant(decodeUtf8(bytes), random);
  if (lang) p.goVersion = `1.${18 + random(goRelease(target.release).minor - 17)}`;
  if (runs === 1) writeFileSync(path.join(tmpdir(), `mutant-${seed}-${run}.go`), text);

  if (cgo) {
    const changed = path.join(work, 'changed.go');
    const overlay = path.join(work, 'overlay.json');
    writeFileSync(changed, text);
    writeFileSync(overlay, JSON.stringify({ Replace: { [full]: changed } }));
    const built = spawnSync(
      'go',
      ['build', ...(all ? ['-gcflags=-e'] : []), `-overlay=${overlay}`, '-o', path.join(work, 'out'), p.importPath],
      { cwd: dir, env, encoding: 'utf8' },
    );
    const ours = await gospect(['check', ...(all ? ['-e'] : []), `-overlay=${overlay}`, p.importPath], dir, env);
    const plain = (out: string) => out.replaceAll(changed, full).trimEnd();
    // what a C compiler or go/parser says is not ours to say
    if (/cgo-gcc|gcc failed|expected |stack frame|internal compiler/.test(built.stderr)) counts.gaveUp++;
    else compare(run, `${p.importPath} ${file}${all ? ' -e' : ''}`, plain(built.stderr), plain(ours.err));
    continue;
  }

  // imports that the package did not have: gc is told of the few that mutants bring
  const folder = path.join(work, 'p');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const names = p.files.goFiles.toSorted();
  for (const n of names) writeFileSync(path.join(folder, n), n === file ? text : disk.readFile(`${p.dir}/${n}`)!);
  const map = (p.deps ?? []).flatMap(d => exported.get(d.importPath) ?? []);
  for (const extra of ['fmt', 'strings', 'errors'])
    if (!p.deps?.some(d => d.importPath === extra)) map.push(exported.get(extra) ?? '');
  for (const [written, real] of p.importMap) map.push(`importmap ${written}=${real}`);
  writeFileSync(path.join(work, 'importcfg'), `${map.join('\n')}\n`);
  const flags = ['-p', p.importPath, '-importcfg', '../importcfg', '-o', '../out.a', '-pack', `-lang=go${p.goVersion}`];
  if (p.standard) flags.push('-std');
  if (isComplete(p)) flags.push('-complete');
  else {
    writeFileSync(path.join(work, 'symabis'), '');
    writeFileSync(path.join(folder, 'go_asm.h'), '');
    flags.push('-symabis', '../symabis');
  }
  if (p.embed.size > 0) {
    const files = Object.fromEntries(p.embedFiles.map(f => [f, `${p.dir}/${f}`]));
    writeFileSync(path.join(work, 'embedcfg'), JSON.stringify({ Patterns: Object.fromEntries(p.embed), Files: files }));
    flags.push('-embedcfg', '../embedcfg');
  }
  if (all) flags.push('-e');
  const gc = spawnSync('go', ['tool', 'compile', ...flags, ...names.map(n => `./${n}`)], {
    cwd: folder,
    encoding: 'utf8',
  });
  const want = gc.stdout.trimEnd();
  if (/internal compiler error|stack frame too large|not in std|could not import|-symabis/.test(want)) {
    counts.gaveUp++;
    continue;
  }

  over = { path: full, bytes: encodeUtf8(text) };
  // other packages may import this one: what they saw of it stays
  const pristine = program.checked.get(p);
  program.checked.delete(p);
  let got: string;
  try {
    const found = compileErrors(checkPackage(program, p), {
      lang: `go${p.goVersion}`,
      limit: all ? 0 : 10,
      complete: isComplete(p),
      std: p.standard,
    });
    const lines = found.errors.map(e => formatError(e, name));
    if (found.tooMany !== null) lines.push(`${placeOf(found.tooMany)}: too many errors`);
    got = lines
      .join('\n')
      .replaceAll(p.standard ? `$GOROOT${p.dir.slice(go.goroot.length)}/` : `${p.dir}/`, './')
      .replaceAll(`${p.dir}/`, './');
  } catch (e) {
    got = `CRASH ${e instanceof Error ? e.stack?.split('\n').slice(0, 4).join('\n') : String(e)}`;
  }
  if (pristine === undefined) program.checked.delete(p);
  else program.checked.set(p, pristine);
  if (/could not import/.test(got)) counts.gaveUp++;
  else compare(run, `${p.importPath} ${file}${all ? ' -e' : ''}${lang ? ` -lang=go${p.goVersion}` : ''}`, want, got);
}
rmSync(work, { recursive: true });
for (const [kind, n] of [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 20)) console.log(`${n} × ${kind}`);
console.log(
  `${counts.same} of ${counts.same + counts.differ} mutants with the same errors (${counts.errors} lines); ${counts.valid} valid, ${counts.gaveUp} not to be compared`,
);
process.exitCode = counts.differ > 0 ? 1 : 0;
