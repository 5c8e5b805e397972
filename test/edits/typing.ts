/**
 * What typing costs the rest of a file: random functions of the standard library are typed a character at a time, and
 * get stray and missing brackets, quotes and halves of statements. Counted is how many of the file's other declarations
 * are not whole and the same after each keystroke, and at some keystrokes how many of the package's other functions have
 * errors of types that they had not.
 *
 *     node scripts/program.mjs test/edits/typing.ts [--seed N] [--functions N] [--checks N]
 *
 * The exit status is 1 when less than 99.9 % stay.
 */
import { loadPackages } from '../../core/load/load.ts';
import { goRelease } from '../../core/load/release.ts';
import type { FileSystem } from '../../core/source/files.ts';
import { decodeUtf8, encodeUtf8 } from '../../core/source/utf8.ts';
import { type ParsedFile, parseFile, reparseFile } from '../../core/syntax/parse.ts';
import type { CheckedPackage } from '../../core/types/info.ts';
import { checkPackage, newChecking } from '../../core/types/packages.ts';
import { loadDefaults, prepareLoading } from '../../server/loading.ts';
import { nodeParser } from '../../server/node-parser.ts';
import { randomFrom } from './judge.ts';

const args = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const i = args.indexOf(name);
  return i < 0 ? otherwise : Number(args[i + 1]);
};
const random = randomFrom(option('--seed', 1));
const wanted = option('--functions', 200);
const checks = option('--checks', 4);

const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '' };
const { fs: disk, env: modules, target } = prepareLoading(new Map(), { cwd: '/', env });
const loaded = loadPackages(modules, target, ['std'], loadDefaults);
if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
const roots = loaded.roots.filter(p => p.error === null && p.files.goFiles.length > 0 && p.importPath !== 'unsafe');
const rules = goRelease(target.release);
const parser = await nodeParser();

let over: { path: string; bytes: Uint8Array } = { path: '', bytes: new Uint8Array() };
const files: FileSystem = {
  readFile: name => (name === over.path ? over.bytes : disk.readFile(name)),
  readDir: name => disk.readDir(name),
  stat: name => disk.stat(name),
};

const scraps = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '`',
  '"',
  "'",
  '/*',
  'case ',
  'if ',
  'func(',
  'x :=',
  'for i := ',
  '\n}\n',
];

interface Unit {
  start: number;
  end: number;
}
const unitsOf = (parsed: ParsedFile): Unit[] => parsed.file.units.map(({ start, end }) => ({ start, end }));

/** How many of the texts are not among the file's whole declarations. */
function lost(parsed: ParsedFile, texts: readonly string[]): number {
  const { text } = parsed.file.source;
  const whole = new Set(parsed.file.units.filter(u => !u.broken).map(u => text.slice(u.start, u.end)));
  let n = 0;
  for (const t of texts) if (!whole.has(t)) n++;
  return n;
}

/** The type errors of a package by the declaration they are in: file, and what is left of it at both ends. */
function errorsOutside(checked: CheckedPackage, path: string, from: number, to: number, name: string): string[] {
  const out: string[] = [];
  for (const { at, message, soft } of checked.errors) {
    const { source } = at.unit;
    const offset = at.unit.start + at.pos;
    if (source.path === path && offset >= from && offset <= to) continue;
    // who uses what is being typed has reason to complain, and so have imports that only it used
    if (soft || new RegExp(`\\b${name}\\b`).test(message)) continue;
    out.push(`${source.path}:${offset}: ${message}`);
  }
  return out;
}

const counts = { keystrokes: 0, units: 0, lost: 0, checks: 0, functions: 0, broken: 0 };
const shown: string[] = [];
for (let picked = 0; picked < wanted; ) {
  const p = roots[random(roots.length)];
  const path = `${p.dir}/${p.files.goFiles[random(p.files.goFiles.length)]}`;
  const bytes = disk.readFile(path);
  if (bytes === null) continue;
  const text = decodeUtf8(bytes);
  const pristine = parseFile(parser, path, text, rules);
  const funcs = unitsOf(pristine).filter(u => text.startsWith('func', u.start) && u.end - u.start < 1500);
  if (funcs.length === 0) continue;
  picked++;
  const { start, end } = funcs[random(funcs.length)];
  const name = /^func\s*(?:\([^)]*\)\s*)?(\w+)/.exec(text.slice(start, end))?.[1] ?? '';
  const others = unitsOf(pristine)
    .filter(u => u.start !== start)
    .map(u => text.slice(u.start, u.end));
  pristine.dispose();

  const count = (parsed: ParsedFile): void => {
    counts.keystrokes++;
    counts.units += others.length;
    const n = lost(parsed, others);
    counts.lost += n;
    if (n > 0 && shown.length < 10)
      shown.push(
        `${path}: ${n} of ${others.length} lost while ${name} reads ${JSON.stringify(text.slice(start, start + 60))}`,
      );
  };
  // a character at a time, each parse made from the one before
  const without = text.slice(0, start) + text.slice(end);
  let parsed = parseFile(parser, path, without, rules);
  for (let at = start; at < end; at++) {
    const now = text.slice(0, at + 1) + text.slice(end);
    parsed = reparseFile(parser, parsed, now, [{ start: at, oldEnd: at, newEnd: at + 1 }], rules);
    count(parsed);
  }
  parsed.dispose();
  // something stray, and something missing, anywhere in it
  const damaged: string[] = [];
  for (const scrap of scraps) {
    const at = start + 5 + random(Math.max(1, end - start - 5));
    damaged.push(text.slice(0, at) + scrap + text.slice(at));
  }
  const brackets = [...text.slice(start, end).matchAll(/[{}()[\]"`']/g)].map(m => start + m.index);
  for (let k = 0; k < 12 && brackets.length > 0; k++) {
    const at = brackets[random(brackets.length)];
    damaged.push(text.slice(0, at) + text.slice(at + 1));
  }
  for (const now of damaged) {
    const found = parseFile(parser, path, now, rules);
    count(found);
    found.dispose();
  }

  // types, at some of these texts
  const program = newChecking(
    files,
    parser,
    rules,
    target,
    q => q === p,
    () => true,
    q => q !== p && q.standard,
  );
  over = { path, bytes: encodeUtf8(text) };
  const before = new Set(
    errorsOutside(checkPackage(program, p), path, start, end, name).map(e => e.replace(/^[^ ]* /, '')),
  );
  for (let k = 0; k < checks; k++) {
    const typed = random(3) > 0;
    const at = start + 1 + random(end - start);
    const now = typed ? text.slice(0, at) + text.slice(end) : damaged[random(damaged.length)];
    over = { path, bytes: encodeUtf8(now) };
    program.checked.delete(p);
    const to = end + now.length - text.length;
    const errors = errorsOutside(checkPackage(program, p), path, start, Math.max(to, start), name);
    const fresh = errors.filter(e => !before.has(e.replace(/^[^ ]* /, '')));
    counts.checks++;
    counts.functions += others.length;
    const places = new Set(fresh.map(e => e.slice(0, e.indexOf(': '))));
    counts.broken += places.size;
    if (places.size > 0 && shown.length < 10) shown.push(`${path}: ${name}: ${fresh[0]}`);
  }
}
for (const line of shown) console.log(line);
const part = (n: number, of: number): string => `${n} of ${of} (${((100 * (of - n)) / of).toFixed(4)} % stay)`;
console.log(
  `${wanted} functions, ${counts.keystrokes} texts: other declarations lost: ${part(counts.lost, counts.units)}`,
);
console.log(`${counts.checks} texts checked: errors in other declarations: ${part(counts.broken, counts.functions)}`);
process.exitCode = counts.lost / counts.units > 0.001 || counts.broken / counts.functions > 0.001 ? 1 : 0;
