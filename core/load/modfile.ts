/**
 * go.mod and go.work (golang.org/x/mod/modfile): lines of words, blocks in parentheses, comments, quoted strings. Any
 * text gives a file and the list of what is wrong with it.
 */
import { quote } from '../source/quote.ts';
import { unquote } from '../source/unquote.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { splitPathVersion } from './modpath.ts';
import { canonicalVersion, isSemver, isValidGoVersion, type ModuleVersion, semverMajor } from './version.ts';

export interface Require extends ModuleVersion {
  indirect: boolean;
  line: number;
}

export interface Replace {
  old: ModuleVersion;
  /** A folder when the version is ''. */
  new: ModuleVersion;
  line: number;
}

export interface Retract {
  low: string;
  high: string;
  rationale: string;
}

export interface FileError {
  line: number;
  col: number;
  message: string;
  /** The version is one that the go command would look up. */
  lookup?: boolean;
}

export interface ModFile {
  /** The module path; '' when there is no module line. */
  module: string;
  /** From a `// Deprecated:` paragraph above or beside the module line; ''. */
  deprecated: string;
  /** The go line's version; ''. */
  go: string;
  toolchain: string;
  require: Require[];
  exclude: ModuleVersion[];
  replace: Replace[];
  retract: Retract[];
  tool: string[];
  ignore: string[];
  godebug: { key: string; value: string; line: number }[];
  /** go.work only: the folders of use lines. */
  use: { path: string; line: number }[];
  /** Line and column from 1, in characters; messages as modfile's, without the file name. */
  errors: FileError[];
}

interface Line {
  words: string[];
  line: number;
  /** Column of the first word, from 1. */
  col: number;
  /** Comments of whole lines directly above. */
  before: string[];
  /** The comment at the end of the line. */
  suffix: string;
}

interface Statement extends Line {
  /** The lines of a block, or null. */
  block: Line[] | null;
}

/** The words of a line and the comment that ends it, or what cannot be a word and its column from 1. */
function scanLine(line: string, last: boolean): { words: string[]; suffix: string } | { col: number; message: string } {
  const words: string[] = [];
  let i = 0;
  while (i < line.length) {
    const c = line[i];
    if (c === ' ' || c === '\t' || c === '\r') {
      i++;
      continue;
    }
    if (line.startsWith('//', i)) return { words, suffix: line.slice(i) };
    if (line.startsWith('/*', i)) return { col: i + 1, message: 'mod files must use // comments (not /* */ comments)' };
    const start = i;
    if (c === '(' || c === ')' || c === ',') i++;
    else if (c === '=' && line[i + 1] === '>') i += 2;
    else if (c === '"' || c === '`') {
      i++;
      while (i < line.length && line[i] !== c) i += c === '"' && line[i] === '\\' ? 2 : 1;
      if (i >= line.length)
        return { col: line.length + 1, message: `unexpected ${last ? 'EOF' : 'newline'} in string` };
      i++;
    } else {
      while (
        i < line.length &&
        line.charCodeAt(i) >= 0x20 &&
        !/[\s(),"`]/.test(line[i]) &&
        !line.startsWith('//', i) &&
        !line.startsWith('/*', i)
      )
        i++;
      if (i === start) return { col: i + 1, message: `unexpected input character '${quote(line[i]).slice(1, -1)}'` };
    }
    words.push(line.slice(start, i));
  }
  return { words, suffix: '' };
}

/** Splits the text into lines and blocks. */
function parseSyntax(text: string, errors: ModFile['errors']): Statement[] {
  const out: Statement[] = [];
  let block: Statement | null = null;
  let comments: string[] = [];
  let n = 0;
  const lines = text.split('\n').length;
  for (const raw of text.split('\n')) {
    n++;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const scanned = scanLine(line, n === lines);
    if ('message' in scanned) {
      errors.push({ line: n, col: scanned.col, message: scanned.message });
      comments = [];
      continue;
    }
    const { words, suffix } = scanned;
    if (words.length === 0) {
      if (suffix !== '') comments.push(suffix);
      else comments = [];
      continue;
    }
    const entry: Line = { words, line: n, col: line.length - line.trimStart().length + 1, before: comments, suffix };
    comments = [];
    if (block) {
      if (words.length === 1 && words[0] === ')') block = null;
      else block.block?.push(entry);
      continue;
    }
    // A retract interval has brackets of its own; a parenthesis at the end of a line opens a block.
    if (words.length >= 2 && words[words.length - 1] === '(') {
      block = { ...entry, words: words.slice(0, -1), block: [] };
      out.push(block);
    } else if (words.length >= 3 && words[words.length - 2] === '(' && words[words.length - 1] === ')') {
      out.push({ ...entry, words: words.slice(0, -2), block: [] });
    } else out.push({ ...entry, block: null });
  }
  if (block)
    errors.push({
      line: n,
      col: 1,
      message: `syntax error (unterminated block started at ${BLOCK_FILE}:${block.line}:${block.col})`,
    });
  return out;
}

/** Stands for the file's name in messages that have it in their midst. */
const BLOCK_FILE = '\0';

/** The errors as the go command prints them, a line each. Within a message the file has its whole `path`. */
export function fileErrors(name: string, path: string, f: ModFile, offline = false): string {
  const lines = f.errors.map(e => {
    const message = e.message.replace(BLOCK_FILE, path);
    if (offline && e.lookup) return `${name}:${e.line}: module lookup disabled by GOPROXY=off`;
    return `${name}:${e.line}:${e.col > 1 ? `${e.col}:` : ''} ${message}`;
  });
  return lines.join('\n');
}

function emptyFile(): ModFile {
  return {
    module: '',
    deprecated: '',
    go: '',
    toolchain: '',
    require: [],
    exclude: [],
    replace: [],
    retract: [],
    tool: [],
    ignore: [],
    godebug: [],
    use: [],
    errors: [],
  };
}

/** Why the version is not one of the path's major version, or null (module.CheckPathMajor). */
function wrongMajor(path: string, version: string): string | null {
  const split = splitPathVersion(path);
  if (split === null) return null;
  const major = semverMajor(version);
  const wanted = split.major.replace(/-unstable$/, '').slice(1);
  // An old bug of pseudo-versions for gopkg.in, which there are many of.
  if (wanted === 'v1' && split.major[0] === '.' && version.startsWith('v0.0.0-')) return null;
  if (wanted === '')
    return major === 'v0' || major === 'v1' || version.endsWith('+incompatible')
      ? null
      : `should be v0 or v1, not ${major}`;
  return major === wanted ? null : `should be ${wanted}, not ${major}`;
}

/** Reads a main module's go.mod, or with `lax` a dependency's: what it does not know is then passed over. */
export function parseModFile(src: Uint8Array, lax = false): ModFile {
  return parse(src, 'mod', lax);
}

/** Reads a go.work. */
export function parseWorkFile(src: Uint8Array): ModFile {
  return parse(src, 'work', false);
}

const blockVerbs: Readonly<Record<'mod' | 'work', ReadonlySet<string>>> = {
  mod: new Set(['module', 'godebug', 'require', 'exclude', 'replace', 'retract', 'tool', 'ignore']),
  work: new Set(['godebug', 'use', 'replace']),
};
const laxVerbs = new Set(['go', 'module', 'retract', 'require', 'ignore']);

function parse(src: Uint8Array, kind: 'mod' | 'work', lax: boolean): ModFile {
  const f = emptyFile();
  const statements = parseSyntax(decodeUtf8(src), f.errors);
  // what cannot be read is all that is said
  if (f.errors.length > 0) {
    f.errors.splice(1);
    return f;
  }
  for (const s of statements) {
    if (s.block === null) {
      addDirective(f, { verb: s.words[0], args: s.words.slice(1), line: s, block: null, lax }, kind);
      continue;
    }
    const verb = s.words[0];
    if (s.words.length > 1 || !blockVerbs[kind].has(verb)) {
      if (!lax) f.errors.push({ line: s.line, col: s.col, message: `unknown block type: ${s.words.join(' ')}` });
      continue;
    }
    for (const line of s.block) addDirective(f, { verb, args: line.words, line, block: s, lax }, kind);
  }
  return f;
}

/** A word's text: bare words are themselves, quoted ones unquoted; null when badly quoted (modfile.parseString). */
function wordText(w: string): string | null {
  if (w.startsWith('"') || w.startsWith('`')) return unquote(w);
  return w;
}

function isIndirect(l: Line): boolean {
  const m = /^\/\/\s*(.*)$/.exec(l.suffix);
  return m !== null && (/^indirect\s*$/.test(m[1]) || m[1].startsWith('indirect;'));
}

function isDirectoryPath(p: string): boolean {
  return p === '.' || p === '..' || /^\.\.?[\\/]/.test(p) || p.startsWith('/') || /^[A-Za-z]:/.test(p);
}

/** The paragraphs of the comments above and beside, slashes removed. */
function commentParagraphs(l: Line, block: Line | null): string[] {
  const own = [...l.before, ...(l.suffix === '' ? [] : [l.suffix])];
  const comments = own.length > 0 || block === null ? own : block.before;
  const text = comments.map(c => c.replace(/^\/\/ ?/, '')).join('\n');
  return text.split(/\n\s*\n/).filter(p => p.trim() !== '');
}

/** A directive and where it stands. */
interface Directive {
  verb: string;
  args: string[];
  line: Line;
  /** The head of the block that it is in, or null. */
  block: Line | null;
  /** The file is that of a dependency, where much is let pass. */
  lax: boolean;
}

/** Puts what a directive says into the file's data, or what is wrong with it into its errors (modfile's File.add). */
function addDirective(f: ModFile, d: Directive, kind: 'mod' | 'work'): void {
  const { verb, args } = d;
  if (d.lax && !laxVerbs.has(verb)) return;
  if (!blockVerbs[kind].has(verb) && verb !== 'go' && verb !== 'toolchain') {
    fail(f, d, `unknown directive: ${verb}`);
    return;
  }
  switch (verb) {
    case 'go':
      return addGo(f, d);
    case 'toolchain':
      return addToolchain(f, d);
    case 'module':
      return addModule(f, d);
    case 'godebug': {
      const m = args.length === 1 ? /^([^"`',=]+)=([^"`']*)$/.exec(args[0]) : null;
      if (!m) return fail(f, d, 'usage: godebug key=value');
      f.godebug.push({ key: m[1], value: m[2], line: d.line.line });
      return;
    }
    case 'require':
    case 'exclude': {
      if (args.length !== 2) return fail(f, d, `usage: ${verb} module/path v1.2.3`);
      const path = textOf(f, d, args[0]);
      if (path === null) return;
      const version = versionOf(f, d, path, args[1]);
      if (version === null) return;
      if (verb === 'require') f.require.push({ path, version, indirect: isIndirect(d.line), line: d.line.line });
      else f.exclude.push({ path, version });
      return;
    }
    case 'replace':
      return addReplace(f, d);
    case 'retract':
      return addRetract(f, d);
    case 'tool':
    case 'ignore': {
      if (args.length !== 1) return fail(f, d, `${verb} directive expects exactly one argument`);
      const p = textOf(f, d, args[0]);
      if (p !== null) f[verb].push(p);
      return;
    }
    case 'use': {
      if (args.length !== 1) return fail(f, d, `usage: ${verb} local/dir`);
      const p = textOf(f, d, args[0]);
      if (p !== null) f.use.push({ path: p.replaceAll('\\', '/'), line: d.line.line });
      return;
    }
  }
}

function fail(f: ModFile, { line }: Directive, message: string): void {
  f.errors.push({ line: line.line, col: line.col, message });
}

/** What a word says, quotes removed; null with an error where it cannot be unquoted. */
function textOf(f: ModFile, d: Directive, word: string): string | null {
  const t = wordText(word);
  if (t === null) fail(f, d, `invalid quoted string: ${word}`);
  return t;
}

/**
 * The version that a word says, in canonical form; null with an error where it is none, or not one of the module `path`.
 * In the go.mod of a main module it may be short, or a branch: the go command looks that up over the network.
 */
function versionOf(f: ModFile, d: Directive, path: string, word: string): string | null {
  const t = textOf(f, d, word);
  if (t === null) return null;
  const v = canonicalVersion(t);
  if (v === '' || (!d.lax && v !== t)) {
    fail(f, d, `${d.verb} ${path}: version ${quote(t)} invalid: must be of the form v1.2.3`);
    if (!d.lax) f.errors[f.errors.length - 1].lookup = true;
    return null;
  }
  const major = wrongMajor(path, v);
  if (major !== null && !d.lax) {
    fail(f, d, `${d.verb} ${path}: version ${quote(v)} invalid: ${major}`);
    return null;
  }
  return v;
}

function addGo(f: ModFile, d: Directive): void {
  if (f.go !== '') return fail(f, d, 'repeated go statement');
  if (d.args.length !== 1) return fail(f, d, 'go directive expects exactly one argument');
  let [v] = d.args;
  if (!isValidGoVersion(v)) {
    // A dependency's go line may say more than a version; its leading numbers count.
    const m = d.lax ? /^v?(\d+\.\d+)(?:[^0-9].*)?$/.exec(v) : null;
    if (!m) return fail(f, d, `invalid go version '${v}': must match format 1.23.0`);
    v = m[1];
  }
  f.go = v;
}

function addToolchain(f: ModFile, d: Directive): void {
  if (f.toolchain !== '') return fail(f, d, 'repeated toolchain statement');
  if (d.args.length !== 1) return fail(f, d, 'toolchain directive expects exactly one argument');
  const [name] = d.args;
  if (!/^default$|^go1($|\.)/.test(name))
    return fail(f, d, `invalid toolchain version '${name}': must match format go1.23.0 or default`);
  f.toolchain = name;
}

function addModule(f: ModFile, d: Directive): void {
  if (f.module !== '') return fail(f, d, 'repeated module statement');
  if (d.args.length !== 1) return fail(f, d, 'usage: module module/path');
  const p = textOf(f, d, d.args[0]);
  if (p === null) return;
  f.module = p;
  const notice = commentParagraphs(d.line, d.block).find(para => para.startsWith('Deprecated:'));
  if (notice !== undefined) f.deprecated = notice.slice('Deprecated:'.length).replace(/\s+/g, ' ').trim();
}

function addReplace(f: ModFile, d: Directive): void {
  const { verb, args } = d;
  const arrow = args.indexOf('=>');
  const usage = `usage: ${verb} module/path [v1.2.3] => other/module v1.4\n\t or ${verb} module/path [v1.2.3] => ../local/directory`;
  if ((arrow !== 1 && arrow !== 2) || args.length < arrow + 2 || args.length > arrow + 3) return fail(f, d, usage);
  const oldPath = textOf(f, d, args[0]);
  const newPath = textOf(f, d, args[arrow + 1]);
  if (oldPath === null || newPath === null) return;
  const oldVersion = arrow === 2 ? versionOf(f, d, oldPath, args[1]) : '';
  if (oldVersion === null) return;
  let newVersion = '';
  if (args.length === arrow + 2) {
    if (!isDirectoryPath(newPath)) {
      if (newPath.includes('@'))
        return fail(f, d, "replacement module must match format 'path version', not 'path@version'");
      return fail(f, d, 'replacement module without version must be directory path (rooted or starting with . or ..)');
    }
  } else {
    const v = versionOf(f, d, newPath, args[arrow + 2]);
    if (v === null) return;
    if (isDirectoryPath(newPath))
      return fail(f, d, `replacement module directory path ${quote(newPath)} cannot have version`);
    newVersion = v;
  }
  f.replace.push({
    old: { path: oldPath, version: oldVersion },
    new: { path: newPath.replaceAll('\\', '/'), version: newVersion },
    line: d.line.line,
  });
}

function addRetract(f: ModFile, d: Directive): void {
  const rationale = commentParagraphs(d.line, d.block).join('\n').trim();
  const spec = d.args.join(' ');
  const m = /^\[\s*(\S+?)\s*,\s*(\S+?)\s*\]$/.exec(spec);
  const ends = m ? [m[1], m[2]] : d.args.length === 1 && !spec.startsWith('[') ? [spec, spec] : null;
  if (!ends) {
    if (!d.lax) fail(f, d, spec.startsWith('[') ? "expected ',' after version" : "expected '[' or version");
    return;
  }
  const low = wordText(ends[0]);
  const high = wordText(ends[1]);
  if (low === null || high === null || !isSemver(low) || !isSemver(high)) {
    if (!d.lax) fail(f, d, `invalid version in retract: ${spec}`);
    return;
  }
  f.retract.push({ low: canonicalVersion(low), high: canonicalVersion(high), rationale });
}
