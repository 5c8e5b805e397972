/**
 * One folder as a package: its files sorted into those that are in, those that are out and why, with the imports and
 * embed patterns of those that are in (go/build.Context.ImportDir).
 */
import type { FileSystem } from '../source/files.ts';
import { join } from '../source/path.ts';
import type { Position } from '../source/text.ts';
import { byBytes, decodeUtf8 } from '../source/utf8.ts';
import { saveCgo } from './cgo.ts';
import {
  type Constraint,
  evalAny,
  evalConstraint,
  failingTerms,
  parseConstraint,
  splitPlusBuild,
  type Term,
  trimSpace,
} from './constraint.ts';
import { type FileHead, readComments, readGoInfo } from './head.ts';
import { knownArch, knownOS } from './ports.ts';

/** Why a file is not part of the package for the target. */
export type Exclusion =
  /** The name begins with `_` or `.`. */
  | { why: 'hidden' }
  /** The name ends in a system or processor that is not the target's. */
  | { why: 'suffix'; failing: Term[] }
  /** A build constraint does not hold; `line` from 1. */
  | { why: 'constraint'; text: string; line: number; failing: Term[] }
  /** The file imports "C" and cgo is off. */
  | { why: 'cgo' }
  /** The file says `package documentation`. */
  | { why: 'documentation' }
  /** A .S or .sx file, which needs a cgo file beside it. */
  | { why: 'assembler' };

export interface ExcludedFile {
  name: string;
  exclusion: Exclusion;
}

/** What went wrong with a package; `kind` decides how it is shown and what it stops. */
export interface LoadError {
  kind: 'noGo' | 'scan' | 'import' | 'embed' | 'cycle' | 'match' | 'version' | 'other';
  message: string;
  /** Where, for `scan`: a file of the package itself. */
  pos: Position | null;
  /** For `import`: the path the message is about. For `embed`: the pattern. */
  subject: string;
}

export function loadError(
  kind: LoadError['kind'],
  message: string,
  subject = '',
  pos: Position | null = null,
): LoadError {
  return { kind, message, subject, pos };
}

export interface CgoFlags {
  CFLAGS: string[];
  CPPFLAGS: string[];
  CXXFLAGS: string[];
  FFLAGS: string[];
  LDFLAGS: string[];
  pkgConfig: string[];
}

/** The imports or embed patterns of a group of files: sorted, and where each is written. */
export interface Declared {
  names: string[];
  pos: ReadonlyMap<string, Position[]>;
}

/** A folder's files, names only, each list sorted. */
export interface DirPackage {
  dir: string;
  name: string;
  goFiles: string[];
  cgoFiles: string[];
  ignoredGoFiles: string[];
  invalidGoFiles: string[];
  ignoredOtherFiles: string[];
  cFiles: string[];
  cxxFiles: string[];
  mFiles: string[];
  hFiles: string[];
  fFiles: string[];
  sFiles: string[];
  swigFiles: string[];
  swigCXXFiles: string[];
  sysoFiles: string[];
  testGoFiles: string[];
  xTestGoFiles: string[];
  imports: Declared;
  testImports: Declared;
  xTestImports: Declared;
  embeds: Declared;
  testEmbeds: Declared;
  xTestEmbeds: Declared;
  cgo: CgoFlags;
  /** `//go:debug` and other `//go:` lines above the package clauses, test files aside. */
  directives: { file: string; text: string; line: number }[];
  /** The heads of the Go files that are in. */
  heads: ReadonlyMap<string, FileHead>;
  /** The constraint of each Go file that has one and is in: its language version comes from it. */
  constraints: ReadonlyMap<string, Constraint>;
  excluded: ExcludedFile[];
  /** No Go file is in, one with a broken constraint counting as out: patterns pass such a folder over. */
  empty: boolean;
  error: LoadError | null;
}

/** The rules that decide about files; made once per target. */
export interface FileRules {
  has: (tag: string) => boolean;
  cgo: boolean;
  /** Named files are taken whatever their constraints (go/build.Context.UseAllFiles). */
  useAllFiles: boolean;
  /** Take every file that some tags let in; only `ignore` keeps one out (cmd/go/internal/imports.AnyTags). */
  anyTags: boolean;
}

type FileList =
  | 'cFiles'
  | 'cxxFiles'
  | 'mFiles'
  | 'hFiles'
  | 'fFiles'
  | 'sFiles'
  | 'swigFiles'
  | 'swigCXXFiles'
  | 'sysoFiles';
const listForExt: Readonly<Record<string, FileList>> = {
  '.c': 'cFiles',
  '.cc': 'cxxFiles',
  '.cpp': 'cxxFiles',
  '.cxx': 'cxxFiles',
  '.m': 'mFiles',
  '.h': 'hFiles',
  '.hh': 'hFiles',
  '.hpp': 'hFiles',
  '.hxx': 'hFiles',
  '.f': 'fFiles',
  '.F': 'fFiles',
  '.for': 'fFiles',
  '.f90': 'fFiles',
  '.s': 'sFiles',
  '.S': 'sFiles',
  '.sx': 'sFiles',
  '.swig': 'swigFiles',
  '.swigcxx': 'swigCXXFiles',
  '.syso': 'sysoFiles',
};

/** The terms of a file's name that do not hold; null when the name lets it in (go/build.Context.goodOSArchFile). */
export function nameMismatch(name: string, has: (tag: string) => boolean): Term[] | null {
  const dot = name.indexOf('.');
  let stem = dot < 0 ? name : name.slice(0, dot);
  const i = stem.indexOf('_');
  if (i < 0) return null;
  stem = stem.slice(i);
  const l = stem.split('_');
  if (l[l.length - 1] === 'test') l.pop();
  const n = l.length;
  let tags: string[] = [];
  if (n >= 2 && knownOS.has(l[n - 2]) && knownArch.has(l[n - 1])) tags = [l[n - 2], l[n - 1]];
  else if (n >= 1 && (knownOS.has(l[n - 1]) || knownArch.has(l[n - 1]))) tags = [l[n - 1]];
  const failing = tags.filter(t => !has(t)).map(tag => ({ tag, negated: false }));
  return failing.length === 0 ? null : failing;
}

interface ConstraintLine {
  text: string;
  line: number;
}

/**
 * The build constraint lines of a header: the `//go:build` line, or else all `// +build` lines above the blank line
 * that ends the leading comments (go/build.parseFileHeader and shouldBuild).
 */
function constraintLines(header: string): { ok: true; lines: ConstraintLine[] } | { ok: false; message: string } {
  if (!header.includes('//go:build') && !header.includes('+build')) return { ok: true, lines: [] };
  const all = header.split('\n');
  let goBuild: ConstraintLine | null = null;
  let end = 0;
  let ended = false;
  let inComment = false;
  scan: for (let i = 0; i < all.length; i++) {
    // The text after the last newline is a line only when it is not empty.
    if (i === all.length - 1 && all[i] === '') break;
    let line = trimSpace(all[i]);
    if (line === '' && !ended) {
      end = i + 1;
      continue;
    }
    if (!line.startsWith('//')) ended = true;
    if (!inComment && /^\/\/go:build([\s\u0085]|$)/u.test(line)) {
      if (goBuild !== null) return { ok: false, message: 'multiple //go:build comments' };
      goBuild = { text: line, line: i + 1 };
    }
    while (line !== '') {
      if (inComment) {
        const close = line.indexOf('*/');
        if (close < 0) continue scan;
        inComment = false;
        line = trimSpace(line.slice(close + 2));
        continue;
      }
      if (line.startsWith('//')) continue scan;
      if (!line.startsWith('/*')) break scan;
      inComment = true;
      line = trimSpace(line.slice(2));
    }
  }
  if (goBuild !== null) return { ok: true, lines: [goBuild] };
  const lines: ConstraintLine[] = [];
  for (let i = 0; i < end; i++) {
    const text = trimSpace(all[i]);
    if (text.startsWith('//') && text.includes('+build') && splitPlusBuild(text) !== null)
      lines.push({ text, line: i + 1 });
  }
  return { ok: true, lines };
}

type Match =
  | { in: true; head: FileHead | null; constraint: Constraint | null }
  | { in: false; exclusion: Exclusion }
  | { in: 'error'; message: string; constraint: boolean }
  | { in: 'unknown' };

/** Why a file that the folder has cannot be read, as the system words it. */
function whyUnread(fs: FileSystem, dir: string, name: string): string {
  if (fs.stat(join(dir, name)) === null) return 'no such file or directory';
  const kind = fs.readDir(dir)?.find(e => e.name === name)?.kind;
  return kind === 'other' ? 'not a regular file' : 'permission denied';
}

/** Whether the file is part of its package for the target, and why not (go/build.Context.matchFile). */
export function matchFile(fs: FileSystem, dir: string, name: string, rules: FileRules): Match {
  if (name.startsWith('_') || name.startsWith('.')) return { in: false, exclusion: { why: 'hidden' } };
  const ext = extension(name);
  if (ext !== '.go' && !(ext in listForExt)) return { in: 'unknown' };
  const mismatch = rules.useAllFiles || rules.anyTags ? null : nameMismatch(name, rules.has);
  if (mismatch) return { in: false, exclusion: { why: 'suffix', failing: mismatch } };
  if (ext === '.syso') return { in: true, head: null, constraint: null };
  const path = join(dir, name);
  const src = fs.readFile(path);
  if (src === null) return { in: 'error', message: `open ${path}: ${whyUnread(fs, dir, name)}`, constraint: false };
  let head: FileHead | null = null;
  let headerEnd: number;
  if (ext === '.go') {
    const r = readGoInfo(src);
    if (!r.ok) return { in: 'error', message: `read ${path}: ${r.message}`, constraint: false };
    head = r.head;
    headerEnd = head.headerEnd;
  } else {
    // What does not begin with proper comments has no constraint, and is in.
    const r = readComments(src);
    headerEnd = r.ok ? r.end : 0;
  }
  const found = constraintLines(decodeUtf8(src, 0, headerEnd));
  if (!found.ok) return { in: 'error', message: `${name}: ${found.message}`, constraint: false };
  let constraint: Constraint | null = null;
  for (const line of found.lines) {
    const parsed = parseConstraint(line.text);
    if (!parsed.ok) {
      // A broken // +build line says nothing; a broken //go:build line is an error.
      if (!line.text.startsWith('//go:build')) continue;
      return { in: 'error', message: `${name}: parsing //go:build line: ${parsed.message}`, constraint: true };
    }
    constraint = constraint === null ? parsed.expr : { op: 'and', x: constraint, y: parsed.expr };
    if (rules.useAllFiles) continue;
    if (rules.anyTags ? evalAny(parsed.expr) : evalConstraint(parsed.expr, rules.has)) continue;
    const failing = failingTerms(parsed.expr, rules.has);
    return { in: false, exclusion: { why: 'constraint', text: line.text, line: line.line, failing } };
  }
  return { in: true, head, constraint };
}

function extension(name: string): string {
  const i = name.lastIndexOf('.');
  return i < 0 ? '' : name.slice(i);
}

type Positions = Map<string, Position[]>;
function declare(m: Positions, name: string, pos: Position): void {
  const l = m.get(name);
  if (l) l.push(pos);
  else m.set(name, [pos]);
}
function declared(m: Positions): Declared {
  return { names: [...m.keys()].sort(byBytes), pos: m };
}

/** What a folder's files are gathered into, one by one. */
interface Gathering {
  fs: FileSystem;
  rules: FileRules;
  p: DirPackage;
  heads: Map<string, FileHead>;
  constraints: Map<string, Constraint>;
  /** Imports and embed patterns of the package, its tests, and its external tests. */
  own: { imports: Positions; embeds: Positions };
  test: { imports: Positions; embeds: Positions };
  xTest: { imports: Positions; embeds: Positions };
  /** .S and .sx files, which are in only beside a cgo file. */
  assembler: string[];
  /** The file that the package's name is from. */
  firstFile: string;
  brokenConstraints: number;
}

/**
 * The package in a folder. `only` names the files to look at, for files given on the command line; else all are.
 * Errors are in the result: `error` is the first.
 */
export function importDir(fs: FileSystem, dir: string, rules: FileRules, only?: readonly string[]): DirPackage {
  const heads = new Map<string, FileHead>();
  const constraints = new Map<string, Constraint>();
  const p = emptyPackage(dir, heads, constraints);
  const entries = fs.readDir(dir);
  if (entries === null && only === undefined) {
    p.error = loadError('other', `open ${dir}: no such file or directory`);
    return p;
  }
  const names =
    only ??
    (entries ?? [])
      .filter(e => e.kind !== 'dir' && !(e.kind === 'link' && fs.stat(join(dir, e.name)) === 'dir'))
      .map(e => e.name);
  const group = () => ({ imports: new Map(), embeds: new Map() });
  const g: Gathering = {
    fs,
    rules,
    p,
    heads,
    constraints,
    own: group(),
    test: group(),
    xTest: group(),
    assembler: [],
    firstFile: '',
    brokenConstraints: 0,
  };
  for (const name of names) addFile(g, name);
  p.imports = declared(g.own.imports);
  p.testImports = declared(g.test.imports);
  p.xTestImports = declared(g.xTest.imports);
  p.embeds = declared(g.own.embeds);
  p.testEmbeds = declared(g.test.embeds);
  p.xTestEmbeds = declared(g.xTest.embeds);
  if (p.cgoFiles.length > 0) p.sFiles = [...p.sFiles, ...g.assembler].sort(byBytes);
  else {
    p.ignoredOtherFiles = [...p.ignoredOtherFiles, ...g.assembler].sort(byBytes);
    for (const name of g.assembler) p.excluded.push({ name, exclusion: { why: 'assembler' } });
  }
  const files = p.goFiles.length + p.cgoFiles.length + p.testGoFiles.length + p.xTestGoFiles.length;
  p.empty = files === 0 && p.invalidGoFiles.length === g.brokenConstraints;
  if (p.error === null && files === 0) p.error = loadError('noGo', `no buildable Go source files in ${dir}`);
  return p;
}

function emptyPackage(
  dir: string,
  heads: ReadonlyMap<string, FileHead>,
  constraints: ReadonlyMap<string, Constraint>,
): DirPackage {
  const none: Declared = { names: [], pos: new Map() };
  return {
    dir,
    name: '',
    goFiles: [],
    cgoFiles: [],
    ignoredGoFiles: [],
    invalidGoFiles: [],
    ignoredOtherFiles: [],
    cFiles: [],
    cxxFiles: [],
    mFiles: [],
    hFiles: [],
    fFiles: [],
    sFiles: [],
    swigFiles: [],
    swigCXXFiles: [],
    sysoFiles: [],
    testGoFiles: [],
    xTestGoFiles: [],
    imports: none,
    testImports: none,
    xTestImports: none,
    embeds: none,
    testEmbeds: none,
    xTestEmbeds: none,
    cgo: { CFLAGS: [], CPPFLAGS: [], CXXFLAGS: [], FFLAGS: [], LDFLAGS: [], pkgConfig: [] },
    directives: [],
    heads,
    constraints,
    excluded: [],
    empty: false,
    error: null,
  };
}

/** Notes what is wrong with a file; the first such error is the package's (go/build's badGoFile). */
function badGoFile({ p }: Gathering, name: string, error: LoadError): void {
  p.error ??= error;
  if (!p.invalidGoFiles.includes(name)) p.invalidGoFiles.push(name);
}

function addFile(g: Gathering, name: string): void {
  const { fs, rules, p } = g;
  const ext = extension(name);
  const m = matchFile(fs, p.dir, name, rules);
  if (m.in === 'unknown') return;
  if (m.in === 'error') {
    if (ext === '.go') {
      badGoFile(g, name, loadError('other', m.message));
      if (m.constraint) g.brokenConstraints++;
    } else p.ignoredOtherFiles.push(name);
  } else if (!m.in) {
    p.excluded.push({ name, exclusion: m.exclusion });
    if (m.exclusion.why === 'hidden') return;
    if (ext === '.go') p.ignoredGoFiles.push(name);
    else p.ignoredOtherFiles.push(name);
  } else if (ext === '.S' || ext === '.sx') g.assembler.push(name);
  else if (m.head === null) p[listForExt[ext]].push(name);
  else addGoFile(g, name, m.head, m.constraint);
}

/** A Go file whose name and constraints let it in: the group it belongs to, and what it declares there. */
function addGoFile(g: Gathering, name: string, head: FileHead, constraint: Constraint | null): void {
  const { p, rules } = g;
  const path = join(p.dir, name);
  if (head.error) {
    const { line, col, message, syntax } = head.error;
    const error = syntax
      ? loadError('scan', message, '', { file: path, line, col })
      : loadError('other', `${path}:${line}:${col}: ${message}`);
    badGoFile(g, name, error);
  }
  let pkg = head.packageName;
  if (pkg === 'documentation') {
    p.ignoredGoFiles.push(name);
    p.excluded.push({ name, exclusion: { why: 'documentation' } });
    return;
  }
  g.heads.set(name, head);
  if (constraint) g.constraints.set(name, constraint);
  const isTest = name.endsWith('_test.go');
  const isXTest = isTest && pkg.endsWith('_test') && p.name !== pkg;
  if (isXTest) pkg = pkg.slice(0, -'_test'.length);
  if (p.name === '') {
    p.name = pkg;
    g.firstFile = name;
  } else if (pkg !== p.name) {
    const message = `found packages ${p.name} (${g.firstFile}) and ${pkg} (${name}) in ${p.dir}`;
    badGoFile(g, name, loadError('other', message));
  }

  if (addCgo(g, name, head, isTest)) {
    if (!rules.cgo && !rules.anyTags) {
      p.ignoredGoFiles.push(name);
      p.excluded.push({ name, exclusion: { why: 'cgo' } });
      g.heads.delete(name);
      return;
    }
    p.cgoFiles.push(name);
  } else if (isXTest) p.xTestGoFiles.push(name);
  else if (isTest) p.testGoFiles.push(name);
  else p.goFiles.push(name);
  const { imports, embeds } = isXTest ? g.xTest : isTest ? g.test : g.own;
  for (const i of head.imports) declare(imports, i.path, { file: path, line: i.line, col: i.col });
  for (const e of head.embeds) declare(embeds, e.pattern, { file: path, line: e.line, col: e.col });
  if (!isTest) for (const d of head.directives) p.directives.push({ file: name, text: d.text, line: d.line });
}

/** Whether the file uses cgo, which a test must not; its `#cgo` lines are added to the package's flags. */
function addCgo(g: Gathering, name: string, head: FileHead, isTest: boolean): boolean {
  const { p, rules } = g;
  let isCgo = false;
  for (const imp of head.imports) {
    if (imp.path !== 'C') continue;
    if (isTest) {
      badGoFile(g, name, loadError('other', `use of cgo in test ${name} not supported`));
      continue;
    }
    isCgo = true;
    const message = saveCgo(join(p.dir, name), p.dir, imp.doc, rules.has, p.cgo);
    if (message !== null) badGoFile(g, name, loadError('other', message));
  }
  return isCgo;
}
