/**
 * go.mod and go.work (golang.org/x/mod/modfile): lines of words, blocks in parentheses, comments, quoted strings. Any
 * text gives a file and the list of what is wrong with it.
 */
import { unquote } from '../source/unquote.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { quote, splitPathVersion } from './modpath.ts';
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

/** Splits the text into lines and blocks. */
function parseSyntax(text: string, errors: ModFile['errors']): Statement[] {
  const out: Statement[] = [];
  let block: Statement | null = null;
  let comments: string[] = [];
  let n = 0;
  const lines = text.split('\n').length;
  for (const raw of text.split('\n')) {
    n++;
    const words: string[] = [];
    let suffix = '';
    let i = 0;
    let broken = false;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    while (i < line.length) {
      const c = line[i];
      if (c === ' ' || c === '\t' || c === '\r') {
        i++;
        continue;
      }
      if (line.startsWith('//', i)) {
        suffix = line.slice(i);
        break;
      }
      if (line.startsWith('/*', i)) {
        errors.push({ line: n, col: i + 1, message: 'mod files must use // comments (not /* */ comments)' });
        broken = true;
        break;
      }
      if (c === '(' || c === ')' || c === ',') {
        words.push(c);
        i++;
        continue;
      }
      if (c === '=' && line[i + 1] === '>') {
        words.push('=>');
        i += 2;
        continue;
      }
      if (c === '"' || c === '`') {
        let j = i + 1;
        while (j < line.length && line[j] !== c) j += c === '"' && line[j] === '\\' ? 2 : 1;
        if (j >= line.length) {
          errors.push({
            line: n,
            col: line.length + 1,
            message: n < lines ? 'unexpected newline in string' : 'unexpected EOF in string',
          });
          broken = true;
          break;
        }
        words.push(line.slice(i, j + 1));
        i = j + 1;
        continue;
      }
      let j = i;
      while (
        j < line.length &&
        line.charCodeAt(j) >= 0x20 &&
        !/[\s(),"`]/.test(line[j]) &&
        !line.startsWith('//', j) &&
        !line.startsWith('/*', j)
      )
        j++;
      if (j === i) {
        errors.push({ line: n, col: i + 1, message: `unexpected input character '${quote(line[i]).slice(1, -1)}'` });
        broken = true;
        break;
      }
      words.push(line.slice(i, j));
      i = j;
    }
    if (broken) {
      comments = [];
      continue;
    }
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
      directive(f, s, s.words[0], s.words.slice(1), null, kind, lax);
      continue;
    }
    const verb = s.words[0];
    if (s.words.length > 1 || !blockVerbs[kind].has(verb)) {
      if (!lax) f.errors.push({ line: s.line, col: s.col, message: `unknown block type: ${s.words.join(' ')}` });
      continue;
    }
    for (const l of s.block) directive(f, l, verb, l.words, s, kind, lax);
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

function directive(
  f: ModFile,
  l: Line,
  verb: string,
  args: string[],
  block: Line | null,
  kind: 'mod' | 'work',
  lax: boolean,
): void {
  const fail = (message: string): void => {
    f.errors.push({ line: l.line, col: l.col, message });
  };
  if (lax && !laxVerbs.has(verb)) return;
  const known =
    kind === 'mod'
      ? blockVerbs.mod.has(verb) || verb === 'go' || verb === 'toolchain'
      : blockVerbs.work.has(verb) || verb === 'go' || verb === 'toolchain';
  if (!known) {
    fail(`unknown directive: ${verb}`);
    return;
  }
  // A version in a go.mod of a main module may be short or a branch: that is looked up over the network.
  const version = (path: string, w: string): string | null => {
    const t = wordText(w);
    if (t === null) {
      fail(`invalid quoted string: ${w}`);
      return null;
    }
    const v = canonicalVersion(t);
    if (v === '' || (!lax && v !== t)) {
      fail(`${verb} ${path}: version ${quote(t)} invalid: must be of the form v1.2.3`);
      if (!lax) f.errors[f.errors.length - 1].lookup = true;
      return null;
    }
    const major = wrongMajor(path, v);
    if (major !== null && !lax) {
      fail(`${verb} ${path}: version ${quote(v)} invalid: ${major}`);
      return null;
    }
    return v;
  };
  const text = (w: string): string | null => {
    const t = wordText(w);
    if (t === null) fail(`invalid quoted string: ${w}`);
    return t;
  };
  switch (verb) {
    case 'go': {
      if (f.go !== '') return fail('repeated go statement');
      if (args.length !== 1) return fail('go directive expects exactly one argument');
      let v = args[0];
      if (!isValidGoVersion(v)) {
        // A dependency's go line may say more than a version; its leading numbers count.
        const m = lax ? /^v?(\d+\.\d+)(?:[^0-9].*)?$/.exec(v) : null;
        if (!m) return fail(`invalid go version '${v}': must match format 1.23.0`);
        v = m[1];
      }
      f.go = v;
      return;
    }
    case 'toolchain': {
      if (f.toolchain !== '') return fail('repeated toolchain statement');
      if (args.length !== 1) return fail('toolchain directive expects exactly one argument');
      if (!/^default$|^go1($|\.)/.test(args[0]))
        return fail(`invalid toolchain version '${args[0]}': must match format go1.23.0 or default`);
      f.toolchain = args[0];
      return;
    }
    case 'module': {
      if (f.module !== '') return fail('repeated module statement');
      if (args.length !== 1) return fail('usage: module module/path');
      const p = text(args[0]);
      if (p === null) return;
      f.module = p;
      for (const para of commentParagraphs(l, block)) {
        if (!para.startsWith('Deprecated:')) continue;
        f.deprecated = para.slice('Deprecated:'.length).replace(/\s+/g, ' ').trim();
        break;
      }
      return;
    }
    case 'godebug': {
      const m = args.length === 1 ? /^([^"`',=]+)=([^"`']*)$/.exec(args[0]) : null;
      if (!m) return fail('usage: godebug key=value');
      f.godebug.push({ key: m[1], value: m[2], line: l.line });
      return;
    }
    case 'require':
    case 'exclude': {
      if (args.length !== 2) return fail(`usage: ${verb} module/path v1.2.3`);
      const path = text(args[0]);
      if (path === null) return;
      const v = version(path, args[1]);
      if (v === null) return;
      if (verb === 'require') f.require.push({ path, version: v, indirect: isIndirect(l), line: l.line });
      else f.exclude.push({ path, version: v });
      return;
    }
    case 'replace': {
      const arrow = args.indexOf('=>');
      const usage = `usage: ${verb} module/path [v1.2.3] => other/module v1.4\n\t or ${verb} module/path [v1.2.3] => ../local/directory`;
      if ((arrow !== 1 && arrow !== 2) || args.length < arrow + 2 || args.length > arrow + 3) return fail(usage);
      const oldPath = text(args[0]);
      const newPath = text(args[arrow + 1]);
      if (oldPath === null || newPath === null) return;
      const oldVersion = arrow === 2 ? version(oldPath, args[1]) : '';
      if (oldVersion === null) return;
      let newVersion = '';
      if (args.length === arrow + 2) {
        if (!isDirectoryPath(newPath)) {
          if (newPath.includes('@'))
            return fail("replacement module must match format 'path version', not 'path@version'");
          return fail('replacement module without version must be directory path (rooted or starting with . or ..)');
        }
      } else {
        const v = version(newPath, args[arrow + 2]);
        if (v === null) return;
        if (isDirectoryPath(newPath))
          return fail(`replacement module directory path ${quote(newPath)} cannot have version`);
        newVersion = v;
      }
      f.replace.push({
        old: { path: oldPath, version: oldVersion },
        new: { path: newPath.replaceAll('\\', '/'), version: newVersion },
        line: l.line,
      });
      return;
    }
    case 'retract': {
      const rationale = commentParagraphs(l, block).join('\n').trim();
      const spec = args.join(' ');
      const m = /^\[\s*(\S+?)\s*,\s*(\S+?)\s*\]$/.exec(spec);
      const ends = m ? [m[1], m[2]] : args.length === 1 && !args[0].startsWith('[') ? [args[0], args[0]] : null;
      if (!ends) {
        if (!lax) fail(spec.startsWith('[') ? "expected ',' after version" : "expected '[' or version");
        return;
      }
      const low = wordText(ends[0]);
      const high = wordText(ends[1]);
      if (low === null || high === null || !isSemver(low) || !isSemver(high)) {
        if (!lax) fail(`invalid version in retract: ${spec}`);
        return;
      }
      f.retract.push({ low: canonicalVersion(low), high: canonicalVersion(high), rationale });
      return;
    }
    case 'tool':
    case 'ignore': {
      if (args.length !== 1) return fail(`${verb} directive expects exactly one argument`);
      const p = text(args[0]);
      if (p !== null) f[verb].push(p);
      return;
    }
    case 'use': {
      if (args.length !== 1) return fail(`usage: ${verb} local/dir`);
      const p = text(args[0]);
      if (p !== null) f.use.push({ path: p.replaceAll('\\', '/'), line: l.line });
      return;
    }
  }
}
