/**
 * The head of a Go file: what the go command reads of it. Package clause, imports with their places, directives above
 * the package clause, and, in a file that imports "embed", the patterns of its //go:embed lines. Bodies are not read.
 *
 * Follows go/build/read.go: a fast byte scan finds where the imports end, then that part is parsed with go/parser's
 * rules and messages. A file whose scan fails is parsed from the whole text, so that the message is the parser's.
 */
import { utf8Length } from '../source/text.ts';
import { decodeRune, decodeUtf8 } from '../source/utf8.ts';

/** A place in a file: line and column from 1, the column in bytes. */
export interface Place {
  line: number;
  col: number;
}

export interface HeadImport extends Place {
  path: string;
  /** Text of the comment above, comment marks removed; only for import "C", else ''. */
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

/** Where the text starts: after a byte order mark, if there is one. */
export function textStart(src: Uint8Array): number {
  return src.length >= 3 && src[0] === 0xef && src[1] === 0xbb && src[2] === 0xbf ? 3 : 0;
}

function isIdentByte(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c === 95 || c >= 0x80;
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

// --- The parser, over the header only.

const enum Tok {
  EOF,
  Illegal,
  Comment,
  Ident,
  Literal,
  String,
  Semicolon,
  Comma,
  Period,
  LParen,
  RParen,
  RBrace,
  Package,
  Import,
  /** Any other keyword or operator; `text` is its spelling. */
  Other,
}

const keywords = new Set(
  `break case chan const continue default defer else fallthrough for func go goto if interface map range return select
   struct switch type var`.split(/\s+/),
);
const operators = [
  '&^=',
  '<<=',
  '>>=',
  '...',
  '&&',
  '||',
  '<-',
  '++',
  '--',
  '==',
  '!=',
  '<=',
  '>=',
  ':=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '<<',
  '>>',
  '&^',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '<',
  '>',
  '=',
  '!',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  '.',
  ':',
  '~',
];

/** go/scanner over bytes, for what can stand in a header. Inserts semicolons. */
class Scanner {
  src: Uint8Array;
  end: number;
  at: number;
  line = 1;
  lineStart: number;
  insertSemi = false;
  // The token read last.
  tok: Tok = Tok.EOF;
  start = 0;
  tokLine = 1;
  tokColumn = 1;
  text = '';
  error: (message: string, line: number, column: number) => void;
  constructor(src: Uint8Array, end: number, error: (message: string, line: number, column: number) => void) {
    this.src = src;
    this.end = end;
    this.at = textStart(src);
    this.lineStart = 0;
    this.error = error;
  }
  mark(): void {
    this.start = this.at;
    this.tokLine = this.line;
    this.tokColumn = this.at - this.lineStart + 1;
  }
  errorAt(message: string, offset: number): void {
    this.error(message, this.line, offset - this.lineStart + 1);
  }
  newline(): void {
    this.line++;
    this.lineStart = this.at;
  }
  take(tok: Tok, text: string): void {
    this.tok = tok;
    this.text = text;
  }
  next(): void {
    const src = this.src;
    for (;;) {
      while (this.at < this.end) {
        const c = src[this.at];
        if (c === 10) {
          if (this.insertSemi) break;
          this.at++;
          this.newline();
        } else if (c === 32 || c === 9 || c === 13) this.at++;
        else break;
      }
      this.mark();
      if (this.at >= this.end) {
        if (this.insertSemi) {
          this.insertSemi = false;
          this.take(Tok.Semicolon, '\n');
        } else this.take(Tok.EOF, '');
        return;
      }
      const c = src[this.at];
      if (c === 10) {
        this.insertSemi = false;
        this.at++;
        this.newline();
        this.take(Tok.Semicolon, '\n');
        return;
      }
      if (c === 47 && this.at + 1 < this.end && (src[this.at + 1] === 47 || src[this.at + 1] === 42)) {
        if (this.insertSemi && this.commentEndsLine()) {
          this.insertSemi = false;
          this.take(Tok.Semicolon, '\n');
          return;
        }
        this.comment();
        return;
      }
      this.token(c);
      return;
    }
  }
  /** Whether the comment here reaches the end of the line, so that a semicolon goes before it (scanner.findLineEnd). */
  commentEndsLine(): boolean {
    const src = this.src;
    let i = this.at;
    while (i + 1 < this.end && src[i] === 47 && (src[i + 1] === 47 || src[i + 1] === 42)) {
      if (src[i + 1] === 47) return true;
      i += 2;
      while (i + 1 < this.end && !(src[i] === 42 && src[i + 1] === 47)) {
        if (src[i] === 10) return true;
        i++;
      }
      if (i + 1 >= this.end) return true;
      i += 2;
      while (i < this.end && (src[i] === 32 || src[i] === 9 || src[i] === 13)) i++;
      if (i >= this.end || src[i] === 10) return true;
    }
    return false;
  }
  comment(): void {
    const src = this.src;
    const start = this.at;
    if (src[this.at + 1] === 47) {
      while (this.at < this.end && src[this.at] !== 10) this.at++;
      let stop = this.at;
      if (stop > start && src[stop - 1] === 13) stop--;
      this.take(Tok.Comment, decodeUtf8(src, start, stop));
      return;
    }
    const line = this.line;
    const lineStart = this.lineStart;
    this.at += 2;
    for (;;) {
      if (this.at + 1 >= this.end) {
        this.at = this.end;
        this.error('comment not terminated', line, start - lineStart + 1);
        break;
      }
      if (src[this.at] === 42 && src[this.at + 1] === 47) {
        this.at += 2;
        break;
      }
      if (src[this.at] === 10) {
        this.at++;
        this.newline();
      } else this.at++;
    }
    this.take(Tok.Comment, decodeUtf8(src, start, this.at).replaceAll('\r', ''));
  }
  token(c: number): void {
    const src = this.src;
    const start = this.at;
    if (isIdentByte(c) && !(c >= 48 && c <= 57)) {
      if (c < 0x80 || isLetter(decodeRune(src, this.at, this.end) >>> 3)) {
        while (this.at < this.end) {
          const b = src[this.at];
          if (b < 0x80) {
            if (!isIdentByte(b)) break;
            this.at++;
            continue;
          }
          const r = decodeRune(src, this.at, this.end);
          if (!isLetter(r >>> 3) && !/^\p{Nd}$/u.test(String.fromCodePoint(r >>> 3))) break;
          this.at += r & 7;
        }
        const word = decodeUtf8(src, start, this.at);
        this.insertSemi = false;
        if (word === 'package') this.take(Tok.Package, word);
        else if (word === 'import') this.take(Tok.Import, word);
        else if (keywords.has(word)) {
          this.insertSemi = word === 'break' || word === 'continue' || word === 'fallthrough' || word === 'return';
          this.take(Tok.Other, word);
        } else {
          this.insertSemi = true;
          this.take(Tok.Ident, word);
        }
        return;
      }
    }
    if (c >= 48 && c <= 57) {
      while (this.at < this.end && (isIdentByte(src[this.at]) || src[this.at] === 46)) this.at++;
      this.insertSemi = true;
      this.take(Tok.Literal, decodeUtf8(src, start, this.at));
      return;
    }
    if (c === 34) {
      this.at++;
      for (;;) {
        if (this.at >= this.end || src[this.at] === 10) {
          this.errorAt('string literal not terminated', start);
          break;
        }
        const b = src[this.at++];
        if (b === 34) break;
        if (b === 92) this.escape();
      }
      this.insertSemi = true;
      this.take(Tok.String, decodeUtf8(src, start, this.at));
      return;
    }
    if (c === 96) {
      const line = this.line;
      const column = start - this.lineStart + 1;
      this.at++;
      for (;;) {
        if (this.at >= this.end) {
          this.error('raw string literal not terminated', line, column);
          break;
        }
        const b = src[this.at++];
        if (b === 96) break;
        if (b === 10) this.newline();
      }
      this.insertSemi = true;
      this.take(Tok.String, decodeUtf8(src, start, this.at).replaceAll('\r', ''));
      return;
    }
    if (c === 39) {
      this.at++;
      let n = 0;
      for (;;) {
        if (this.at >= this.end || src[this.at] === 10) {
          this.errorAt('rune literal not terminated', start);
          n = 1;
          break;
        }
        if (src[this.at] === 39) {
          this.at++;
          break;
        }
        n++;
        if (src[this.at] === 92) {
          this.at++;
          this.escape();
        } else this.at += decodeRune(src, this.at, this.end) & 7;
      }
      if (n !== 1) this.errorAt('illegal rune literal', start);
      this.insertSemi = true;
      this.take(Tok.Literal, decodeUtf8(src, start, this.at));
      return;
    }
    for (const op of operators) {
      let i = 0;
      while (i < op.length && start + i < this.end && src[start + i] === op.charCodeAt(i)) i++;
      if (i < op.length) continue;
      this.at += op.length;
      this.insertSemi = op === ')' || op === ']' || op === '}' || op === '++' || op === '--';
      if (op === '(') this.take(Tok.LParen, op);
      else if (op === ')') this.take(Tok.RParen, op);
      else if (op === '}') this.take(Tok.RBrace, op);
      else if (op === ',') this.take(Tok.Comma, op);
      else if (op === '.') this.take(Tok.Period, op);
      else if (op === ';') this.take(Tok.Semicolon, ';');
      else this.take(Tok.Other, op);
      return;
    }
    const r = decodeRune(src, this.at, this.end);
    const cp = r >>> 3;
    this.at += r & 7;
    if (cp === 0xfeff) {
      this.errorAt('illegal byte order mark', start);
    } else if (cp === 0xfffd && (r & 7) === 1) {
      this.errorAt('illegal UTF-8 encoding', start);
    } else {
      const ch = String.fromCodePoint(cp);
      const shown = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(ch) ? `'${ch === "'" || ch === '\\' ? '\\' + ch : ch}'` : '';
      const u = 'U+' + cp.toString(16).toUpperCase().padStart(4, '0');
      if (cp === 0x201c || cp === 0x201d) this.errorAt(`curly quotation mark ${shown} (use neutral ${"'\"'"})`, start);
      else this.errorAt(`illegal character ${u}${shown === '' ? '' : ' ' + shown}`, start);
    }
    this.take(Tok.Illegal, decodeUtf8(src, start, this.at));
  }
  /** Steps over the rest of an escape; the parser needs no value, only the end. */
  escape(): void {
    if (this.at < this.end && this.src[this.at] !== 10) this.at++;
  }
}

function isLetter(cp: number): boolean {
  return cp === 95 || /^\p{L}$/u.test(String.fromCodePoint(cp));
}

class TooManyErrors extends Error {}

/** go/parser.parseFile with ImportsOnly|ParseComments over src[0, end). */
function parseHead(src: Uint8Array, end: number): FileHead {
  const head: FileHead = { packageName: '', imports: [], embeds: [], directives: [], error: null, headerEnd: end };
  let errors = 0;
  const report = (message: string, line: number, column: number): void => {
    errors++;
    const e = head.error;
    if (e === null || line < e.line || (line === e.line && column < e.col))
      head.error = { message, line, col: column, syntax: true };
    if (errors > 10) throw new TooManyErrors();
  };
  const s = new Scanner(src, end, report);
  // The comment group that ends on the line before the current token, as the parser's leadComment.
  let lead: string[] = [];
  let beforePackage = true;

  function next(): void {
    lead = [];
    s.next();
    let group: string[] = [];
    let groupEnd = -2;
    while (s.tok === Tok.Comment) {
      if (beforePackage && s.text.startsWith('//go:'))
        head.directives.push({ text: s.text, line: s.tokLine, col: s.tokColumn });
      if (s.tokLine > groupEnd + 1) group = [];
      group.push(s.text);
      groupEnd = s.line;
      s.next();
    }
    if (groupEnd + 1 === s.tokLine) lead = group;
  }
  function errorExpected(what: string): void {
    let message = `expected ${what}`;
    if (s.tok === Tok.Semicolon && s.text === '\n') message += ', found newline';
    else if (s.tok === Tok.Ident || s.tok === Tok.Literal || s.tok === Tok.String) message += `, found ${s.text}`;
    else message += `, found '${s.tok === Tok.EOF ? 'EOF' : s.tok === Tok.Illegal ? 'ILLEGAL' : s.text}'`;
    report(message, s.tokLine, s.tokColumn);
  }
  function expectSemi(): void {
    if (s.tok === Tok.RParen || s.tok === Tok.RBrace) return;
    if (s.tok === Tok.Semicolon) {
      next();
      return;
    }
    errorExpected("';'");
    if (s.tok === Tok.Comma) next();
    else while (s.tok !== Tok.EOF && s.tok !== Tok.Other) next();
  }
  function importSpec(doc: string[]): HeadImport | null {
    const at = { line: s.tokLine, col: s.tokColumn };
    if (s.tok === Tok.Ident || s.tok === Tok.Period) next();
    let path: string | null = null;
    if (s.tok === Tok.String) {
      path = unquote(s.text);
      // A literal that does not unquote is an error of the scanner already, or of the import path.
      if (path === null) path = '';
      next();
    } else if (s.tok === Tok.Ident || s.tok === Tok.Literal) {
      report('import path must be a string', s.tokLine, s.tokColumn);
      next();
    } else {
      report('missing import path', s.tokLine, s.tokColumn);
      while (s.tok !== Tok.EOF && s.tok !== Tok.Semicolon && s.tok !== Tok.RParen && s.tok !== Tok.RBrace) next();
    }
    expectSemi();
    return path === null ? null : { path, ...at, preamble: path === 'C' ? commentText(doc) : '' };
  }

  try {
    next();
    if (errors > 0) return head;
    beforePackage = false;
    if (s.tok !== Tok.Package) errorExpected("'package'");
    next();
    let name = '';
    if ((s.tok as Tok) === Tok.Ident) {
      name = s.text;
      next();
    } else {
      errorExpected("'IDENT'");
      next();
    }
    expectSemi();
    if (errors > 0) return head;
    head.packageName = name;
    while ((s.tok as Tok) === Tok.Import) {
      const doc = lead;
      next();
      if ((s.tok as Tok) === Tok.LParen) {
        next();
        const specs: HeadImport[] = [];
        let sole: string[] = doc;
        let count = 0;
        while ((s.tok as Tok) !== Tok.RParen && (s.tok as Tok) !== Tok.EOF) {
          const own = lead;
          const spec = importSpec(own);
          count++;
          if (own.length > 0) sole = own;
          if (spec) specs.push(spec);
        }
        if (count === 1 && specs.length === 1 && specs[0].path === 'C') specs[0].preamble = commentText(sole);
        head.imports.push(...specs);
        if ((s.tok as Tok) !== Tok.RParen) errorExpected("')'");
        next();
        expectSemi();
      } else {
        const spec = importSpec(doc);
        if (spec) head.imports.push(spec);
      }
    }
  } catch (e) {
    if (!(e instanceof TooManyErrors)) throw e;
  }
  return head;
}

/** The text of a comment group with its marks removed (ast.CommentGroup.Text), for #cgo lines. */
function commentText(group: string[]): string {
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

/** The value of a Go string literal (strconv.Unquote); null when it is not one. */
export function unquote(lit: string): string | null {
  if (lit.length < 2) return null;
  const q = lit[0];
  if (q !== lit[lit.length - 1]) return null;
  const body = lit.slice(1, -1);
  if (q === '`') return body.includes('`') ? null : body.replaceAll('\r', '');
  if (q !== '"') return null;
  if (!body.includes('\\')) return body.includes('"') || body.includes('\n') ? null : body;
  // \x and octal escapes make bytes: collected, then decoded together.
  const bytes: number[] = [];
  let out = '';
  const flush = (): void => {
    if (bytes.length > 0) out += decodeUtf8(Uint8Array.from(bytes));
    bytes.length = 0;
  };
  const simple: Record<string, string> = {
    a: '\x07',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
    '\\': '\\',
    '"': '"',
  };
  for (let i = 0; i < body.length; ) {
    const c = body[i];
    if (c === '"' || c === '\n') return null;
    if (c !== '\\') {
      flush();
      out += c;
      i++;
      continue;
    }
    const e = body[i + 1];
    const hex = e === 'x' ? 2 : e === 'u' ? 4 : e === 'U' ? 8 : 0;
    if (hex > 0) {
      const digits = body.slice(i + 2, i + 2 + hex);
      if (digits.length !== hex || !/^[0-9a-fA-F]+$/.test(digits)) return null;
      const v = Number.parseInt(digits, 16);
      if (hex === 2) bytes.push(v);
      else {
        if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return null;
        flush();
        out += String.fromCodePoint(v);
      }
      i += 2 + hex;
    } else if (e !== undefined && e >= '0' && e <= '7') {
      const digits = body.slice(i + 1, i + 4);
      if (!/^[0-7]{3}$/.test(digits) || Number.parseInt(digits, 8) > 255) return null;
      bytes.push(Number.parseInt(digits, 8));
      i += 4;
    } else {
      if (e === undefined || !(e in simple)) return null;
      flush();
      out += simple[e];
      i += 2;
    }
  }
  flush();
  return out;
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
