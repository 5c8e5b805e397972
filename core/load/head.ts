/**
 * The head of a Go file: what the go command reads of it. Package clause, imports with their places, directives above
 * the package clause, and, in a file that imports "embed", the patterns of its //go:embed lines. Bodies are not read.
 *
 * Follows go/build/read.go: a fast byte scan finds where the imports end, then that part is parsed with go/parser's
 * rules and messages. A file whose scan fails is parsed from the whole text, so that the message is the parser's.
 */
import { utf8Length } from '../source/text.ts';
import { unquote } from '../source/unquote.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { isIdentByte, Scanner, textStart, Tok } from './headscanner.ts';

/** A place in a file: line and column from 1, the column in bytes. */
export interface Place {
  line: number;
  col: number;
}

export interface HeadImport extends Place {
  path: string;
  /** Of import "C": the comment above, as the go command reads `#cgo` lines in it, and as cgo reads C; else ''. */
  doc: string;
  preamble: string;
}

export interface HeadEmbed extends Place {
  pattern: string;
}

/** A `//go:…` line above the package clause, slashes included. */
export interface HeadDirective extends Place {
  text: string;
}

export interface FileHead {
  /** '' when the package clause is broken. */
  packageName: string;
  imports: HeadImport[];
  embeds: HeadEmbed[];
  directives: HeadDirective[];
  /** The first error, in go/parser's words; not of `syntax` when an import path is not valid. The imports are empty then. */
  error: (Place & { message: string; syntax: boolean }) | null;
  /** The bytes that were read to find all this, from the start of the file; build constraints lie within. */
  headerEnd: number;
}

export type HeadResult = { ok: true; head: FileHead } | { ok: false; message: string };

const enum Scan {
  Ok,
  Syntax,
  NUL,
}

/** The byte scan of go/build/read.go. `at` is where reading stopped. */
class HeaderScanner {
  src: Uint8Array;
  at: number;
  failed: Scan = Scan.Ok;
  constructor(src: Uint8Array) {
    this.src = src;
    this.at = textStart(src);
  }
  fail(s: Scan): void {
    if (this.failed === Scan.Ok) this.failed = s;
  }
  /** The byte under the cursor, 0 at the end. */
  peek(): number {
    if (this.at >= this.src.length) return 0;
    const c = this.src[this.at];
    if (c === 0) this.fail(Scan.NUL);
    return c;
  }
  /** Skips spaces, semicolons and comments; the byte found is not consumed. */
  skipSpace(): number {
    const src = this.src;
    while (this.at < src.length) {
      const c = src[this.at];
      if (c === 32 || c === 10 || c === 9 || c === 13 || c === 12 || c === 59) {
        this.at++;
        continue;
      }
      if (c !== 47) {
        if (c === 0) this.fail(Scan.NUL);
        return c;
      }
      const d = this.at + 1 < src.length ? src[this.at + 1] : 0;
      if (d === 47) {
        this.at += 2;
        while (this.at < src.length && src[this.at] !== 10) {
          if (src[this.at] === 0) this.fail(Scan.NUL);
          this.at++;
        }
      } else if (d === 42) {
        this.at += 2;
        while (this.at + 1 < src.length && !(src[this.at] === 42 && src[this.at + 1] === 47)) {
          if (src[this.at] === 0) this.fail(Scan.NUL);
          this.at++;
        }
        if (this.at + 1 >= src.length) {
          this.at = src.length;
          this.fail(Scan.Syntax);
          return 0;
        }
        this.at += 2;
      } else {
        this.fail(Scan.Syntax);
        return 0;
      }
      if (this.failed !== Scan.Ok) return 0;
    }
    return 0;
  }
  keyword(word: string): void {
    this.skipSpace();
    for (let i = 0; i < word.length; i++) {
      if (this.peek() !== word.charCodeAt(i)) {
        this.fail(Scan.Syntax);
        return;
      }
      this.at++;
    }
    if (isIdentByte(this.peek())) this.fail(Scan.Syntax);
  }
  ident(): void {
    if (!isIdentByte(this.skipSpace())) {
      this.fail(Scan.Syntax);
      return;
    }
    while (isIdentByte(this.peek())) this.at++;
  }
  string(): void {
    const quote = this.skipSpace();
    if (quote !== 96 && quote !== 34) {
      this.fail(Scan.Syntax);
      return;
    }
    this.at++;
    while (this.failed === Scan.Ok) {
      if (this.at >= this.src.length) {
        this.fail(Scan.Syntax);
        return;
      }
      const c = this.peek();
      this.at++;
      if (c === quote) return;
      if (quote === 34) {
        if (c === 10) this.fail(Scan.Syntax);
        if (c === 92) {
          this.peek();
          this.at++;
        }
      }
    }
  }
  importSpec(): void {
    const c = this.skipSpace();
    if (c === 46) this.at++;
    else if (isIdentByte(c)) this.ident();
    this.string();
  }
  /** Reads package clause and imports. */
  run(): void {
    this.keyword('package');
    this.ident();
    while (this.failed === Scan.Ok && this.skipSpace() === 105) {
      this.keyword('import');
      if (this.skipSpace() === 40) {
        this.at++;
        for (;;) {
          const c = this.skipSpace();
          if (c === 41 || this.failed !== Scan.Ok) break;
          this.importSpec();
        }
        this.at++;
      } else this.importSpec();
    }
  }
}

/** The end of the leading comments of a file that is not Go (go/build.readComments), or a message. */
export function readComments(src: Uint8Array): { ok: true; end: number } | { ok: false; message: string } {
  const s = new HeaderScanner(src);
  s.skipSpace();
  if (s.failed === Scan.NUL) return { ok: false, message: 'unexpected NUL in input' };
  if (s.failed === Scan.Syntax) return { ok: false, message: 'syntax error' };
  return { ok: true, end: s.at };
}

/** Reads the head of a Go file. Fails only where the go command cannot read it at all: a NUL byte. */
export function readGoInfo(src: Uint8Array): HeadResult {
  const scan = new HeaderScanner(src);
  scan.run();
  if (scan.failed === Scan.NUL) return { ok: false, message: 'unexpected NUL in input' };
  const end = scan.failed === Scan.Syntax ? src.length : Math.min(scan.at, src.length);
  const head = parseHead(src, end);
  if (head.error === null) {
    for (const imp of head.imports) {
      if (isValidImport(imp.path)) continue;
      head.error = { line: imp.line, col: imp.col, message: `invalid import path: ${imp.path}`, syntax: false };
      head.imports = [];
      head.directives = [];
      return { ok: true, head };
    }
    if (head.imports.some(i => i.path === 'embed')) scanEmbeds(src, head.embeds);
  } else {
    head.imports = [];
    head.directives = [];
  }
  return { ok: true, head };
}

/** Whether the compiler takes the path: graphic characters other than space and !"#$%&'()*,:;<=>?[\]^{|}` and U+FFFD. */
export function isValidImport(path: string): boolean {
  return path !== '' && !/[!"#$%&'()*,:;<=>?[\\\]^{|}`\ufffd]|\p{Z}|\p{C}/u.test(path);
}

class TooManyErrors extends Error {}

/** go/parser.parseFile with ImportsOnly|ParseComments over src[0, end). */
function parseHead(src: Uint8Array, end: number): FileHead {
  const parser = new HeadParser(src, end);
  try {
    parser.file();
  } catch (e) {
    if (!(e instanceof TooManyErrors)) throw e;
  }
  return parser.head;
}

class HeadParser {
  readonly head: FileHead;
  private readonly s: Scanner;
  private errors = 0;
  /** The comment group that ends on the line before the current token, as the parser's leadComment. */
  private lead: string[] = [];
  private beforePackage = true;

  constructor(src: Uint8Array, end: number) {
    this.head = { packageName: '', imports: [], embeds: [], directives: [], error: null, headerEnd: end };
    this.s = new Scanner(src, end, (message, line, column) => this.report(message, line, column));
  }

  /** The package clause and the imports; nothing behind a clause with errors. */
  file(): void {
    const { s, head } = this;
    this.next();
    if (this.errors > 0) return;
    this.beforePackage = false;
    if (s.tok !== Tok.Package) this.errorExpected("'package'");
    this.next();
    const name = s.tok === Tok.Ident ? s.text : '';
    if (s.tok !== Tok.Ident) this.errorExpected("'IDENT'");
    this.next();
    this.expectSemi();
    if (this.errors > 0) return;
    head.packageName = name;
    while (this.at(Tok.Import)) this.importDecl();
  }

  private importDecl(): void {
    const { head } = this;
    const doc = this.lead;
    this.next();
    if (!this.at(Tok.LParen)) {
      const spec = this.importSpec(doc);
      if (spec) head.imports.push(spec);
      return;
    }
    this.next();
    const specs: HeadImport[] = [];
    let sole: string[] = doc;
    let count = 0;
    while (!this.at(Tok.RParen) && !this.at(Tok.EOF)) {
      const own = this.lead;
      const spec = this.importSpec(own);
      count++;
      if (own.length > 0) sole = own;
      if (spec) specs.push(spec);
    }
    // the preamble of a group of one may stand above the group
    if (count === 1 && specs.length === 1 && specs[0].path === 'C') specs[0] = { ...specs[0], ...comments(sole) };
    head.imports.push(...specs);
    if (!this.at(Tok.RParen)) this.errorExpected("')'");
    this.next();
    this.expectSemi();
  }

  private importSpec(doc: string[]): HeadImport | null {
    const { s } = this;
    const at = { line: s.tokLine, col: s.tokColumn };
    if (s.tok === Tok.Ident || s.tok === Tok.Period) this.next();
    let path: string | null = null;
    if (s.tok === Tok.String) {
      // A literal that does not unquote is an error of the scanner already, or of the import path.
      path = unquote(s.text) ?? '';
      this.next();
    } else if (s.tok === Tok.Ident || s.tok === Tok.Literal) {
      this.report('import path must be a string', s.tokLine, s.tokColumn);
      this.next();
    } else {
      this.report('missing import path', s.tokLine, s.tokColumn);
      while (s.tok !== Tok.EOF && s.tok !== Tok.Semicolon && s.tok !== Tok.RParen && s.tok !== Tok.RBrace) this.next();
    }
    this.expectSemi();
    return path === null ? null : { path, ...at, ...comments(path === 'C' ? doc : []) };
  }

  /** Goes to the next token that is no comment; notes directives above the package clause. */
  private next(): void {
    const { s } = this;
    this.lead = [];
    s.next();
    let group: string[] = [];
    let groupEnd = -2;
    while (s.tok === Tok.Comment) {
      if (this.beforePackage && s.text.startsWith('//go:'))
        this.head.directives.push({ text: s.text, line: s.tokLine, col: s.tokColumn });
      if (s.tokLine > groupEnd + 1) group = [];
      group.push(s.text);
      groupEnd = s.line;
      s.next();
    }
    if (groupEnd + 1 === s.tokLine) this.lead = group;
  }

  private at(tok: Tok): boolean {
    return this.s.tok === tok;
  }

  private report(message: string, line: number, col: number): void {
    this.errors++;
    const e = this.head.error;
    if (e === null || line < e.line || (line === e.line && col < e.col))
      this.head.error = { message, line, col, syntax: true };
    if (this.errors > 10) throw new TooManyErrors();
  }

  private errorExpected(what: string): void {
    const { s } = this;
    let message = `expected ${what}`;
    if (s.tok === Tok.Semicolon && s.text === '\n') message += ', found newline';
    else if (s.tok === Tok.Ident || s.tok === Tok.Literal || s.tok === Tok.String) message += `, found ${s.text}`;
    else message += `, found '${s.tok === Tok.EOF ? 'EOF' : s.tok === Tok.Illegal ? 'ILLEGAL' : s.text}'`;
    this.report(message, s.tokLine, s.tokColumn);
  }

  private expectSemi(): void {
    const { s } = this;
    if (s.tok === Tok.RParen || s.tok === Tok.RBrace) return;
    if (s.tok === Tok.Semicolon) {
      this.next();
      return;
    }
    this.errorExpected("';'");
    if (s.tok === Tok.Comma) this.next();
    else while (s.tok !== Tok.EOF && s.tok !== Tok.Other) this.next();
  }
}

/** The texts of a comment group: for cgo whatever stands between the marks (cmd/cgo's commentText). */
function comments(group: string[]): { doc: string; preamble: string } {
  const preamble = group.map(c => (c.startsWith('//') ? `${c.slice(2)}\n` : c.slice(2, -2))).join('');
  return { doc: docText(group), preamble };
}

/** The text of a comment group with its marks removed, and without directives (ast.CommentGroup.Text). */
function docText(group: string[]): string {
  const lines: string[] = [];
  for (const c of group) {
    let text: string;
    if (c.startsWith('//')) {
      text = c.slice(2);
      if (text.startsWith(' ')) text = text.slice(1);
      else if (/^(line |extern |export |[a-z0-9]+:[a-z0-9])/.test(text)) continue;
    } else text = c.slice(2, -2);
    lines.push(...text.split('\n'));
  }
  return lines.map(l => l.trimEnd()).join('\n');
}

/** Finds the //go:embed lines of a whole file, strings and other comments respected. */
function scanEmbeds(src: Uint8Array, out: HeadEmbed[]): void {
  let line = 1;
  let lineStart = 0;
  let i = textStart(src);
  const n = src.length;
  const skipTo = (end: number): void => {
    for (; i < end && i < n; i++) {
      if (src[i] !== 10) continue;
      line++;
      lineStart = i + 1;
    }
  };
  while (i < n) {
    const c = src[i];
    if (c === 10) skipTo(i + 1);
    else if (c === 47 && src[i + 1] === 47) {
      let end = src.indexOf(10, i);
      if (end < 0) end = n;
      parseGoEmbed(decodeUtf8(src, i, end), line, i - lineStart + 1, out);
      skipTo(end);
    } else if (c === 47 && src[i + 1] === 42) {
      let end = i + 2;
      while (end < n && !(src[end] === 42 && src[end + 1] === 47)) end++;
      skipTo(end + 2);
    } else if (c === 96) {
      const end = src.indexOf(96, i + 1);
      skipTo(end < 0 ? n : end + 1);
    } else if (c === 34 || c === 39) {
      let end = i + 1;
      while (end < n && src[end] !== c && src[end] !== 10) end += src[end] === 92 ? 2 : 1;
      skipTo(end < n && src[end] === 10 ? end : end + 1);
    } else i++;
  }
}

/** The patterns of a //go:embed line: words, or Go string literals. A line that is badly formed has none. */
function parseGoEmbed(comment: string, line: number, column: number, out: HeadEmbed[]): void {
  if (!comment.startsWith('//go:embed')) return;
  const rest = comment.slice('//go:embed'.length);
  if (rest !== '' && !/^[\s\u0085]/u.test(rest)) return;
  const found: HeadEmbed[] = [];
  const re = /[\s\u0085]*(?:("(?:[^"\\\n]|\\.)*"|`[^`]*`)(?=[\s\u0085]|$)|([^\s\u0085"`][^\s\u0085]*))/uy;
  const end = rest.trimEnd().length;
  while (re.lastIndex < end) {
    const from = re.lastIndex;
    const m = re.exec(rest);
    if (!m) return;
    const word = m[1] ?? m[2];
    const pattern = m[1] !== undefined ? unquote(m[1]) : m[2];
    if (pattern === null) return;
    const at = from + m[0].length - word.length;
    found.push({ pattern, line, col: column + '//go:embed'.length + utf8Length(rest, 0, at) });
  }
  out.push(...found);
}
