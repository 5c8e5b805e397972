/** Go's own tests of its type checker, and its standard library, as test cases: read from GOROOT, never copied. */
import fs from 'node:fs';
import path from 'node:path';
import { evalConstraint, parseConstraint } from '../../core/load/constraint.ts';
import { loadPackages } from '../../core/load/load.ts';
import { type Package, packageList } from '../../core/load/package.ts';
import { goRelease } from '../../core/load/release.ts';
import { tagMatcher, type Target } from '../../core/load/target.ts';
import { unquote } from '../../core/constant/ops.ts';
import type { File } from '../../core/syntax/ast.ts';
import { recoverySource } from '../../core/syntax/errors.ts';
import { parseFile } from '../../core/syntax/parse.ts';
import type { TreeParser } from '../../core/syntax/parser.ts';
import { checkFiles } from '../../core/types/check.ts';
import { Checker, type Config } from '../../core/types/checker.ts';
import { Context } from '../../core/types/context.ts';
import { compileErrors, formatError } from '../../core/types/gcerrors.ts';
import type { CheckedPackage } from '../../core/types/info.ts';
import { newPackage } from '../../core/types/package.ts';
import { type Checking, checkPackage, missingImport, newChecking } from '../../core/types/packages.ts';
import { unsafePackage } from '../../core/types/universe.ts';
import { PackageWork } from '../../server/analysis/package-work.ts';
import { findGo, makeTarget, moduleEnv } from '../../server/go-env.ts';
import { noFlags } from '../../server/load-flags.ts';
import { loadDefaults } from '../../server/loading.ts';
import { nodeFiles } from '../../server/node-files.ts';
import { testParser } from '../parser.ts';

/** The standard library, loaded; packages are checked when they are asked for. */
export interface Std {
  goroot: string;
  target: Target;
  /** How packages are found from a folder. */
  loading: (dir: string) => ReturnType<typeof moduleEnv>;
  parser: TreeParser;
  program: Checking;
  packages: Map<string, Package>;
  /** In the order in which they can be checked. */
  list: Package[];
}

/** Loads the standard library without cgo, as Go's own tests of the checker import it. */
export async function loadStd(goroot: string, bodies: boolean): Promise<Std> {
  const files = nodeFiles();
  const env = { ...process.env, GOROOT: goroot, CGO_ENABLED: '0', GO111MODULE: '', GOFLAGS: '', GOWORK: 'off' };
  const go = findGo(files, goroot, env);
  if (!go.ok) throw new Error(go.message);
  const target = makeTarget(go.go, noFlags, env);
  if (!target.ok) throw new Error(target.message);
  const loading = (dir: string) => moduleEnv(go.go, files, dir, noFlags);
  const loaded = loadPackages(loading(path.join(goroot, 'src')), target.target, ['std'], {
    embed: false,
    tests: false,
    anyTags: false,
    complete: false,
    pgo: 'off',
  });
  if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
  const packages = new Map(loaded.roots.map(p => [p.importPath, p]));
  const parser = await testParser();
  const program = newChecking(files, parser, goRelease(target.target.release), target.target, () => bodies);
  return {
    goroot,
    target: target.target,
    loading,
    parser,
    program,
    packages,
    list: loaded.roots.filter(p => p.importPath !== 'unsafe'),
  };
}

/** Errors of one package of the standard library, as gc would print them. */
export function checkStdPackage(std: Std, p: Package): string[] {
  return compileErrors(checkPackage(std.program, p), { lang: `go${p.goVersion}`, std: true }).errors.map(e =>
    formatError(e, name => name),
  );
}

export interface Source {
  path: string;
  text: string;
}

/** Packages of a test beside its own, imported as `./name` or `test/name`. */
interface Beside {
  path: string;
  local: ReadonlyMap<string, CheckedPackage>;
}

/** Checks files as one package that may import the standard library. */
export function checkSources(
  std: Std,
  sources: Source[],
  config: Partial<Config>,
  beside?: Beside,
  recovered = false,
): CheckedPackage {
  const files: File[] = sources.map(s => {
    const parsed = parseFile(std.parser, s.path, s.text, std.program.rules);
    parsed.dispose();
    const { file } = parsed;
    // the tests of types2 check what gc's parser makes of the text, broken declarations too
    if (!recovered || !file.units.some(u => u.broken)) return file;
    const { unit, all } = recoverySource(file.source, std.program.rules);
    return { ...file, units: [Object.assign(unit, { broken: false })], errors: all };
  });
  const importer = {
    import(imported: string) {
      if (imported === 'unsafe') return unsafePackage;
      const local = /^(\.|test)\//.test(imported)
        ? beside?.local.get(imported.slice(imported.indexOf('/') + 1))
        : undefined;
      if (local !== undefined) return local.pkg;
      const p = std.packages.get(imported);
      if (p === undefined) return missingImport(imported);
      return checkPackage(std.program, p).pkg;
    },
  };
  const name = files[0]?.pkgName.value ?? 'p';
  const conf: Config = {
    importer,
    sizes: std.program.sizes,
    goVersion: '',
    newest: std.target.release,
    funcBodies: true,
    cgo: false,
    allErrors: true,
    context: new Context(),
    ...config,
  };
  return checkFiles(new Checker(conf, newPackage(name === 'main' ? name : (beside?.path ?? name), ''), files));
}

// ---- internal/types/testdata

interface Found {
  file: string;
  line: number;
  col: number;
  message: string;
}

interface Wanted {
  col: number;
  pattern: string;
}

const token =
  /[ \t\r\n]+|\/\/[^\n]*|\/\*[^]*?\*\/|`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|\.?[0-9](?:[eEpP][+-]|[\w.])*|[\p{L}_\u{80}-\u{10ffff}][\p{L}\p{Nd}_\u{80}-\u{10ffff}]*|<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|[=!<>:+\-*/%&|^]=|<<|>>|&\^|[^]/uy;

/** Comments of the form ` ERROR "…"` or ` ERRORx "…"` by the line of the token before them (syntax.CommentMap). */
function commentMap(text: string): Map<number, Wanted[]> {
  const map = new Map<number, Wanted[]>();
  let line = 1;
  let lineStart = 0;
  let prev = { line: 0, col: 0 };
  token.lastIndex = 0;
  for (let m = token.exec(text); m !== null; m = token.exec(text)) {
    const s = m[0];
    if (s.startsWith('//') || s.startsWith('/*')) {
      const body = s.startsWith('/*') ? s.slice(2, -2) : s.slice(2);
      if (/^ ERRORx? /.test(body)) {
        const list = map.get(prev.line);
        const wanted = { col: prev.col, pattern: body };
        if (list === undefined) map.set(prev.line, [wanted]);
        else list.push(wanted);
      }
    } else if (!/^[ \t\r\n]/.test(s)) {
      prev = { line, col: 1 + Buffer.byteLength(text.slice(lineStart, m.index)) };
    }
    for (let i = s.indexOf('\n'); i >= 0; i = s.indexOf('\n', i + 1)) {
      line++;
      lineStart = m.index + i + 1;
    }
  }
  return map;
}

function goPattern(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  return flags === null ? new RegExp(pattern) : new RegExp(pattern.slice(flags[0].length), flags[1]);
}

/** What does not match between the errors found and those the files' comments want; empty when the test passes. */
function matchErrors(sources: Source[], found: Found[], colDelta: number): string[] {
  const problems: string[] = [];
  const wanted = new Map(sources.map(s => [s.path, commentMap(s.text)]));
  for (const got of found) {
    const list = wanted.get(got.file)?.get(got.line) ?? [];
    let best = -1;
    let delta = 0;
    list.forEach((want, i) => {
      const isSubstring = want.pattern.startsWith(' ERROR ');
      const quoted = unquote(want.pattern.slice(isSubstring ? 7 : 8).trim());
      if (quoted === null) return;
      const pattern = Buffer.from(quoted, 'latin1').toString('utf8');
      if (isSubstring ? !got.message.includes(pattern) : !goPattern(pattern).test(got.message)) return;
      const d = Math.abs(got.col - want.col);
      if (best < 0 || d < delta) {
        best = i;
        delta = d;
      }
    });
    const at = `${path.basename(got.file)}:${got.line}:${got.col}`;
    if (best < 0) {
      problems.push(`${at}: no error expected: ${got.message}`);
      continue;
    }
    if (delta > colDelta) problems.push(`${at}: got col = ${got.col}; want ${list[best].col}`);
    list.splice(best, 1);
  }
  for (const [file, lines] of wanted)
    for (const [line, list] of lines)
      for (const want of list) problems.push(`${path.basename(file)}:${line}:${want.col}: unreported:${want.pattern}`);
  return problems;
}

/** One case of internal/types/testdata: a file, or a folder that is one package. */
export interface TestdataCase {
  name: string;
  files: string[];
  colDelta: number;
}

/** The cases with the tolerances of types2's check_test.go. */
export function testdataCases(goroot: string): TestdataCase[] {
  const base = path.join(goroot, 'src/internal/types/testdata');
  const local = path.join(goroot, 'src/cmd/compile/internal/types2/testdata/local');
  const suites: [string, string, number][] = [
    ['check', path.join(base, 'check'), 50],
    ['spec', path.join(base, 'spec'), 20],
    ['examples', path.join(base, 'examples'), 125],
    ['fixedbugs', path.join(base, 'fixedbugs'), 100],
    ['local', local, 0],
  ];
  const cases: TestdataCase[] = [];
  for (const [suite, dir, colDelta] of suites) {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      const full = path.join(dir, entry.name);
      const files = entry.isDirectory()
        ? fs
            .readdirSync(full)
            .filter(n => n.endsWith('.go'))
            .map(n => path.join(full, n))
        : entry.name.endsWith('.go')
          ? [full]
          : [];
      if (files.length > 0) cases.push({ name: `${suite}/${entry.name}`, files: files.sort(), colDelta });
    }
  }
  return cases;
}

const branchError =
  /^(goto|label) \S+ (jumps|not defined|defined and|already)|^(break|continue) (is not in|label not)|^invalid (break|continue) label|fallthrough/;

/** Runs a case; null when it is about what we do not have: type checking without alias types. */
export function runTestdata(std: Std, c: TestdataCase): string[] | null {
  const sources = c.files.map(file => ({ path: file, text: fs.readFileSync(file, 'utf8') }));
  const config: Partial<Config> = { testFuncs: true };
  const first = /^\/\/\s*(-.*)/.exec(sources[0].text);
  for (const flag of first === null ? [] : first[1].split(/\s+/)) {
    const [name, value] = flag.split('=');
    if (name === '-lang') config.goVersion = value;
    else if (name === '-fakeImportC') config.cgo = true;
    else if (name === '-gotypesalias' && value === '0') return null;
  }
  const checked = checkSources(std, sources, config, undefined, true);
  const found: Found[] = [];
  for (const file of checked.files) {
    for (const e of file.errors) {
      // types2 reports these itself here, in its own words.
      if (branchError.test(e.message)) continue;
      const at = file.source.lineCol(e.offset);
      found.push({ file: file.source.path, ...at, message: e.message });
    }
  }
  for (const e of checked.errors) {
    const { source, start } = e.at.unit;
    const message = [e.message, ...e.continued.map(l => l.message)].join('\n\t');
    found.push({ file: source.path, ...source.lineCol(start + e.at.pos), message });
  }
  return matchErrors(sources, found, c.colDelta);
}

// ---- $GOROOT/test

/** The first line that is not a build constraint says what the test is: words without the slashes. */
function recipeOf(text: string): string[] {
  const line = text.split('\n').find(l => l !== '' && !/^\/\/(go:build| *\+build)/.test(l)) ?? '';
  return line
    .replace(/^\/\/\s*/, '')
    .trim()
    .split(/\s+/);
}

/** The file's //go:build line admits it. */
function isBuilt(std: Std, text: string): boolean {
  const header = text.slice(0, text.search(/\npackage/) + 1);
  const build = /^\/\/go:build .*/m.exec(header);
  if (build === null) return true;
  const parsed = parseConstraint(build[0]);
  const has = tagMatcher(std.target);
  return !parsed.ok || evalConstraint(parsed.expr, tag => tag === 'test_run' || has(tag));
}

function langOf(std: Std, recipe: string[]): string {
  return recipe.find(w => w.startsWith('-lang='))?.slice(6) ?? `go1.${std.target.release}`;
}

function goFilesIn(dir: string, folder = ''): string[] {
  return fs
    .readdirSync(path.join(dir, folder), { withFileTypes: true })
    .flatMap(e => {
      const name = path.posix.join(folder, e.name);
      if (e.isDirectory()) return e.name.endsWith('.dir') ? [] : goFilesIn(dir, name);
      return e.name.endsWith('.go') ? [name] : [];
    })
    .sort();
}

/** A test of $GOROOT/test whose recipe starts with one of the actions. */
function cases(std: Std, wanted: (recipe: string[]) => boolean): string[] {
  const dir = path.join(std.goroot, 'test');
  return goFilesIn(dir).filter(name => {
    const text = fs.readFileSync(path.join(dir, name), 'utf8');
    return wanted(recipeOf(text)) && isBuilt(std, text);
  });
}

/** Single files that are errorcheck tests of the front end: no flag asks for more. */
export function errorcheckCases(std: Std): string[] {
  const flags = /^-(0|1|d=panic|lang=.*)$/;
  return cases(std, ([action, ...rest]) => action === 'errorcheck' && rest.every(w => flags.test(w)));
}

/** Single files that compile, and say nothing of errors: no other file is part of the program. */
export function validCases(std: Std): string[] {
  const actions = new Set(['run', 'compile', 'build', 'runoutput', 'buildrun', 'asmcheck']);
  return cases(
    std,
    ([action, ...rest]) => actions.has(action) && rest.every(w => !w.endsWith('.go') && w !== '-goexperiment'),
  );
}

/** Folders of packages that import each other. */
export function folderCases(std: Std): string[] {
  const actions = new Set(['compiledir', 'rundir', 'builddir', 'buildrundir', 'errorcheckdir', 'errorcheckandrundir']);
  return cases(std, ([action]) => actions.has(action)).filter(name =>
    fs.existsSync(path.join(std.goroot, 'test', name.replace(/\.go$/, '.dir'))),
  );
}

/** Errors of a file that has none. */
export function runValid(std: Std, name: string): string[] {
  const file = path.join(std.goroot, 'test', name);
  const text = fs.readFileSync(file, 'utf8');
  const lang = langOf(std, recipeOf(text));
  const checked = checkSources(std, [{ path: file, text }], { goVersion: lang, ignoreBranchErrors: true });
  return compileErrors(checked, { lang }).errors.map(e => formatError(e, name => name));
}

/** Runs an errorcheck test by the rules of testdir_test.go. */
export function runErrorcheck(std: Std, name: string): string[] {
  const text = fs.readFileSync(path.join(std.goroot, 'test', name), 'utf8');
  const short = path.basename(name);
  const lang = langOf(std, recipeOf(text));
  const checked = checkSources(std, [{ path: short, text }], { goVersion: lang, ignoreBranchErrors: true });
  const lines = printed(checked, lang);
  if (lines.length === 0 && checked.fillsFrames) lines.push(...compiled(std, path.join(std.goroot, 'test', name)));
  return matchLines([{ path: short, text }], lines, true);
}

/** What compiling the file says of it, without folders and columns. */
function compiled(std: Std, file: string): string[] {
  const loaded = loadPackages(std.loading(path.dirname(file)), std.target, [file], loadDefaults);
  if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
  // testdir calls the compiler, for which bodies may be anywhere
  loaded.roots[0].files.sFiles.push('bodies.s');
  const packages = packageList(loaded.roots);
  const given = { packages, target: std.target, overlay: new Map(), goroot: std.goroot, limit: 0, compile: null };
  const steps = new PackageWork(given, std.parser).finish(packages.indexOf(loaded.roots[0]));
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.errors.map(line => line.replace(/^[^:]*\//, '').replace(/^([^:]*:\d+):\d+: /, '$1: '));
}

function printed(checked: CheckedPackage, lang: string): string[] {
  // Folders, which //line directives may name, do not count.
  return compileErrors(checked, { lang }).errors.map(e => formatError(e, n => n, false).replace(/^[^:]*\//, ''));
}

/** What does not match between printed errors and the ERROR comments; with `all` every comment must have its error. */
export function matchLines(sources: Source[], lines: string[], all: boolean): string[] {
  let out = lines;
  const problems: string[] = [];
  for (const { path: short, text } of sources) {
    text.split('\n').forEach((line, i) => {
      if (line.includes('////')) return;
      const auto = /\/\/ (?:GC_)?ERRORAUTO (.*)/.exec(line);
      const m = auto ?? /\/\/ (?:GC_)?ERROR (.*)/.exec(line);
      if (m === null) return;
      for (const [, quoted] of m[1].matchAll(/"([^"]*)"/g)) {
        const pattern = quoted.replace(
          /LINE(?:([+-])(\d+))?/g,
          (_, sign: string | undefined, n: string | undefined) =>
            `${short}:${i + 1 + (n === undefined ? 0 : sign === '-' ? -Number(n) : Number(n))}`,
        );
        const prefix = auto === null ? `${short}:${i + 1}:` : '<autogenerated>';
        const here = out.filter(s => s.startsWith(prefix));
        out = out.filter(s => !s.startsWith(prefix));
        if (here.length === 0) {
          if (all) problems.push(`${prefix} missing error "${pattern}"`);
          continue;
        }
        const unmatched = here.filter(s => !goPattern(pattern).test(s.slice(s.indexOf(' ') + 1)));
        if (unmatched.length === here.length)
          problems.push(`${prefix} no match for "${pattern}" in: ${here.join(' | ')}`);
        out.push(...unmatched);
      }
    });
  }
  for (const line of out) problems.push(`unmatched: ${line}`);
  return problems;
}

/** Checks the packages of a folder in the order of their first files, each of which names its package to importers. */
export function runFolder(std: Std, name: string): string[] {
  const recipe = recipeOf(fs.readFileSync(path.join(std.goroot, 'test', name), 'utf8'));
  const dir = path.join(std.goroot, 'test', name.replace(/\.go$/, '.dir'));
  const lang = langOf(std, recipe);
  const groups = new Map<string, Source[]>();
  for (const file of fs.readdirSync(dir).sort()) {
    if (!file.endsWith('.go')) continue;
    const text = fs.readFileSync(path.join(dir, file), 'utf8');
    if (!isBuilt(std, text)) continue;
    const key = recipe.includes('-s') ? file : (/^package\s+(\w+)/m.exec(text)?.[1] ?? file);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ path: file, text }]);
    else group.push({ path: file, text });
  }
  // What a middle end or nothing at all is asked about has errors that we do not look for.
  const all = recipe[0] === 'errorcheckdir' && !recipe.some(w => /^-(0|m|d=|N|l)/.test(w));
  const local = new Map<string, CheckedPackage>();
  const problems: string[] = [];
  const context = new Context();
  for (const sources of groups.values()) {
    const base = sources[0].path.replace(/\.go$/, '');
    const config = { goVersion: lang, ignoreBranchErrors: true, context };
    const checked = checkSources(std, sources, config, { path: `test/${base}`, local });
    local.set(base, checked);
    problems.push(...matchLines(sources, printed(checked, lang), all));
  }
  return problems;
}
