/**
 * Compiler directives: `//go:` lines and their flags (noder's pragma and pragmaFlag), `//go:linkname`, the language
 * version of `//go:build`, and `//line`.
 */
import type { LineDirective } from '../source/text.ts';
import { type Directive, type Linkname, Pragma } from './ast.ts';
import { goVersionOf } from './goversion.ts';
import type { SyntaxRules } from './lower/state.ts';

/** The `//go:` comments among the comments (pairs of offsets, as the flattener gives them; `shift` is added). */
export function goDirectives(text: string, comments: Int32Array, shift = 0): Directive[] {
  const list: Directive[] = [];
  for (let i = 0; i < comments.length; i += 2) {
    const start = comments[i] + shift;
    if (text.startsWith('//go:', start)) {
      const end = comments[i + 1] + shift;
      list.push({ offset: start, end, text: text.substring(start + 2, end).replace(/\r$/, '') });
    }
  }
  return list;
}

/** The flags of a directive's verb (noder/lex.go pragmaFlag). */
export function pragmaFlag(verb: string): number {
  switch (verb) {
    case 'go:build':
      return Pragma.GoBuildPragma;
    case 'go:noescape':
      return Pragma.Noescape;
    case 'go:norace':
      return Pragma.Norace;
    case 'go:nosplit':
      return Pragma.Nosplit | Pragma.NoCheckPtr;
    case 'go:noinline':
      return Pragma.Noinline;
    case 'go:nocheckptr':
      return Pragma.NoCheckPtr;
    case 'go:systemstack':
      return Pragma.Systemstack;
    case 'go:nowritebarrier':
      return Pragma.Nowritebarrier;
    case 'go:nowritebarrierrec':
      return Pragma.Nowritebarrierrec | Pragma.Nowritebarrier;
    case 'go:yeswritebarrierrec':
      return Pragma.Yeswritebarrierrec;
    case 'go:cgo_unsafe_args':
      return Pragma.CgoUnsafeArgs | Pragma.NoCheckPtr;
    case 'go:uintptrkeepalive':
      return Pragma.UintptrKeepAlive;
    case 'go:uintptrescapes':
      return Pragma.UintptrEscapes | Pragma.UintptrKeepAlive;
    case 'go:registerparams':
      return Pragma.RegisterParams;
    default:
      return 0;
  }
}

/** Hands each declaration the directives that stand before it, as the parser's takePragma and clearPragma do. */
export interface Pragmas {
  /** The flags of the directives before the offset that nobody has taken. */
  take(offset: number): number;
  /** Passes over the directives before the offset: no declaration takes them. */
  drop(offset: number): void;
  /** Passes over the directives before the offset; they have been judged before. */
  skip(offset: number): void;
  /** How far the directives have been handed out, and going back there. */
  mark(): number;
  reset(mark: number): void;
  /** Set when a directive had to be passed over, or is not on a line of its own: gc has something to say about it. */
  misplaced: boolean;
}

export function pragmasOf(text: string, directives: readonly Directive[]): Pragmas {
  let at = 0;
  const pragmas: Pragmas = {
    misplaced: false,
    mark: () => at,
    reset(mark) {
      at = mark;
    },
    take(offset) {
      let flags = 0;
      for (; at < directives.length && directives[at].offset < offset; at++) {
        if (!onItsOwnLine(text, directives[at].offset)) {
          pragmas.misplaced = true;
          continue;
        }
        const verb = directives[at].text.split(' ', 1)[0];
        flags |= pragmaFlag(verb);
      }
      return flags;
    },
    skip(offset) {
      while (at < directives.length && directives[at].offset < offset) at++;
    },
    drop(offset) {
      for (; at < directives.length && directives[at].offset < offset; at++) {
        if (pragmaFlag(directives[at].text.split(' ', 1)[0]) !== 0 || directives[at].text.startsWith('go:embed')) {
          pragmas.misplaced = true;
        }
      }
    },
  };
  return pragmas;
}

/** Whether nothing stands before the offset on its line. */
export function onItsOwnLine(text: string, offset: number): boolean {
  for (let i = offset - 1; i >= 0 && text[i] !== '\n'; i--) {
    if (text[i] !== ' ' && text[i] !== '\t' && text[i] !== '\r') return false;
  }
  return true;
}

/** Words as strings.Fields splits them. */
export function fields(text: string): string[] {
  return text.split(/[\t\n\v\f\r \u0085\u00a0]+/).filter(word => word !== '');
}

/** The directive is a linkname, by the rules of the release. */
export function isLinkname(text: string, rules: SyntaxRules): boolean {
  return text.startsWith('go:linkname ') || (rules.linknamestd === true && text.startsWith('go:linknamestd '));
}

/** `//go:linkname local [remote]`; lines with another number of words are gc's errors. */
export function linknamesOf(directives: readonly Directive[], rules: SyntaxRules): Linkname[] {
  const list: Linkname[] = [];
  for (const directive of directives) {
    if (!isLinkname(directive.text, rules)) continue;
    const words = fields(directive.text);
    if (words.length === 2 || words.length === 3) {
      list.push({ directive: words[0], offset: directive.offset, local: words[1], remote: words[2] ?? '' });
    }
  }
  return list;
}

/** The version that the last `//go:build` line before the package clause asks for (syntax.File.GoVersion). */
export function fileVersion(directives: readonly Directive[], packageOffset: number): string {
  let version = '';
  for (const directive of directives) {
    if (directive.offset >= packageOffset) break;
    if (!directive.text.startsWith('go:build')) continue;
    const found = goVersionOf(directive.text);
    if (found !== null) version = found;
  }
  return version;
}

/** `//line` comments at the start of a line and `/*line` comments anywhere (parser.updateBase); gc has
 * something to say about malformed ones. */
export function lineDirectivesOf(
  path: string,
  text: string,
  comments: Int32Array,
): { list: LineDirective[]; malformed: boolean } {
  const list: LineDirective[] = [];
  let malformed = false;
  let file = path; // an empty name with a column means the same file as before
  for (let i = 0; i < comments.length; i += 2) {
    const start = comments[i];
    if (!text.startsWith('line ', start + 2)) continue;
    const block = text[start + 1] === '*';
    if (!block && start > 0 && text[start - 1] !== '\n') continue;
    const end = comments[i + 1];
    const body = block ? text.substring(start + 7, end - 2) : text.substring(start + 7, end).replace(/\r$/, '');
    const parsed = parseLineDirective(body);
    if (parsed === null) {
      malformed ||= body.includes(':');
      continue;
    }
    if (parsed.file === '' && parsed.col > 0) parsed.file = file;
    file = parsed.file;
    const next = block ? end : text.indexOf('\n', end) + 1;
    if (!block && next === 0) continue;
    if (block && body.includes('\n')) continue;
    list.push({ offset: next, ...parsed });
  }
  return { list, malformed };
}

/** `file:line` or `file:line:col`, numbers from 1. */
function parseLineDirective(text: string): { file: string; line: number; col: number } | null {
  const last = trailingNumber(text);
  if (last === null || last.value === null) return null;
  const before = trailingNumber(last.rest);
  if (before !== null && before.value !== null) {
    if (!inRange(last.value) || !inRange(before.value)) return null;
    return { file: before.rest, line: before.value, col: last.value };
  }
  return inRange(last.value) ? { file: last.rest, line: last.value, col: 0 } : null;
}

const positionMax = 1 << 30; // syntax.PosMax

function inRange(n: number): boolean {
  return n > 0 && n <= positionMax;
}

/** What follows the last colon, as a number where it is one, and what precedes it. */
function trailingNumber(text: string): { rest: string; value: number | null } | null {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return null;
  const digits = text.substring(colon + 1);
  return { rest: text.substring(0, colon), value: /^[0-9]+$/.test(digits) ? Number(digits) : null };
}
