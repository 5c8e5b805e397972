/** Go's own tests of its type checker, and its standard library, as test cases: read from GOROOT, never copied. */
import fs from 'node:fs';
import path from 'node:path';
import { evalConstraint, parseConstraint } from '../../core/load/constraint.ts';
import { loadPackages } from '../../core/load/load.ts';
import type { Package } from '../../core/load/package.ts';
import { tagMatcher, type Target } from '../../core/load/target.ts';
import { unquote } from '../../core/constant/ops.ts';
import type { File } from '../../core/syntax/ast.ts';
import { parseFile } from '../../core/syntax/parse.ts';
import type { TreeParser } from '../../core/syntax/parser.ts';
import { checkFiles } from '../../core/types/check.ts';
import { Checker, type Config } from '../../core/types/checker.ts';
import { Context } from '../../core/types/context.ts';
import { compileErrors, formatError } from '../../core/types/gcerrors.ts';
import type { CheckedPackage } from '../../core/types/info.ts';
import { newPackage } from '../../core/types/package.ts';
import { checkPackage, newProgram, type Program } from '../../core/types/packages.ts';
import { unsafePackage } from '../../core/types/universe.ts';
import { findGo, makeTarget, moduleEnv, noFlags } from '../../server/go-env.ts';
import { nodeFiles } from '../../server/node-files.ts';
import { testParser } from '../parser.ts';

const rules = { genericMethods: false };

/** The standard library, loaded; packages are checked when they are asked for. */
export interface Std {
  goroot: string;
  target: Target;
  parser: TreeParser;
  program: Program;
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
  const loaded = loadPackages(moduleEnv(go.go, files, path.join(goroot, 'src'), noFlags), target.target, ['std'], {
    embed: false,
    tests: false,
    anyTags: false,
    pgo: 'off',
  });
  if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
  const packages = new Map(loaded.roots.map(p => [p.importPath, p]));
  const parser = await testParser();
  const program = newProgram(files, parser, rules, target.target.goarch, () => bodies);
  return {
    goroot,
    target: target.target,
    parser,
    program,
    packages,
    list: loaded.roots.filter(p => p.importPath !== 'unsafe'),
  };
}

/** Errors of one package of the standard library, as gc would print them. */
export function checkStdPackage(std: Std, p: Package): string[] {
  return compileErrors(checkPackage(std.program, p), { lang: `go${p.goVersion}` }).errors.map(e =>
    formatError(e, name => name),
  );
}

export interface Source {
  path: string;
  text: string;
}

/** Checks files as one package that may import the standard library. */
export function checkSources(std: Std, sources: Source[], config: Partial<Config>): CheckedPackage {
  const files: File[] = sources.map(s => {
    const parsed = parseFile(std.parser, s.path, s.text, rules);
    parsed.dispose();
    return parsed.file;
  });
  const importer = {
    import(imported: string) {
      if (imported === 'unsafe') return unsafePackage;
      const p = std.packages.get(imported);
      if (p === undefined) return `can't find import: "${imported}"`;
      return checkPackage(std.program, p).pkg;
    },
  };
  const name = files[0]?.pkgName.value ?? 'p';
  const conf: Config = {
    importer,
    sizes: std.program.sizes,
    goVersion: '',
    funcBodies: true,
    cgo: false,
    allErrors: true,
    context: new Context(),
    ...config,
  };
  return checkFiles(new Checker(conf, newPackage(name, ''), files));
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
  const checked = checkSources(std, sources, config);
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

/** Names of single files in $GOROOT/test that are errorcheck tests of the front end: no flag asks for more. */
export function errorcheckCases(std: Std): string[] {
  const dir = path.join(std.goroot, 'test');
  const has = tagMatcher(std.target);
  const folders = ['.', 'ken', 'chan', 'interface', 'syntax', 'fixedbugs', 'abi', 'typeparam', 'typeparam/mdempsky'];
  const cases: string[] = [];
  for (const folder of folders) {
    for (const name of fs.readdirSync(path.join(dir, folder))) {
      if (!name.endsWith('.go')) continue;
      const file = path.posix.join(folder, name);
      const text = fs.readFileSync(path.join(dir, file), 'utf8');
      const lines = text.split('\n');
      const recipe = lines.find(l => l !== '' && !/^\/\/(go:build| *\+build)/.test(l)) ?? '';
      const words = recipe
        .replace(/^\/\/\s*/, '')
        .trim()
        .split(/\s+/);
      if (words[0] !== 'errorcheck') continue;
      if (words.slice(1).some(w => w !== '-0' && w !== '-1' && !w.startsWith('-lang='))) continue;
      const header = text.slice(0, text.search(/\npackage/) + 1);
      const build = /^\/\/go:build .*/m.exec(header);
      if (build !== null) {
        const parsed = parseConstraint(build[0]);
        if (parsed.ok && !evalConstraint(parsed.expr, tag => tag === 'test_run' || has(tag))) continue;
      }
      cases.push(file);
    }
  }
  return cases.sort();
}

/** Runs an errorcheck test by the rules of testdir_test.go. */
export function runErrorcheck(std: Std, name: string): string[] {
  const file = path.join(std.goroot, 'test', name);
  const text = fs.readFileSync(file, 'utf8');
  const short = path.basename(name);
  const recipe = text.split('\n').find(l => l !== '' && !/^\/\/(go:build| *\+build)/.test(l)) ?? '';
  const lang = /-lang=(\S+)/.exec(recipe)?.[1] ?? '';
  const goVersion = lang === '' ? 'go1.26' : lang;
  const checked = checkSources(std, [{ path: short, text }], { goVersion, ignoreBranchErrors: true });
  let out = compileErrors(checked, { lang: goVersion }).errors.map(e =>
    formatError(e, name => name, false).replace(/^[^:]*\//, ''),
  );
  const problems: string[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.includes('////')) return;
    const m = /\/\/ (?:GC_)?ERROR (.*)/.exec(line);
    if (m === null) return;
    for (const [, quoted] of m[1].matchAll(/"([^"]*)"/g)) {
      const pattern = quoted.replace(/LINE(?:([+-])(\d+))?/g, (_, sign: string | undefined, n: string | undefined) => {
        const delta = n === undefined ? 0 : Number(n);
        return `${short}:${i + 1 + (sign === '-' ? -delta : delta)}`;
      });
      const prefix = `${short}:${i + 1}:`;
      const here = out.filter(s => s.startsWith(prefix));
      out = out.filter(s => !s.startsWith(prefix));
      if (here.length === 0) {
        problems.push(`${short}:${i + 1}: missing error "${pattern}"`);
        continue;
      }
      const unmatched = here.filter(s => !goPattern(pattern).test(s.slice(s.indexOf(' ') + 1)));
      if (unmatched.length === here.length)
        problems.push(`${short}:${i + 1}: no match for "${pattern}" in: ${here.join(' | ')}`);
      out.push(...unmatched);
    }
  });
  for (const line of out) problems.push(`unmatched: ${line}`);
  return problems;
}
