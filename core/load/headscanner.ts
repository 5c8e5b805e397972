/** go/scanner over bytes, for what can stand in the head of a file. */
import { decodeRune, decodeUtf8 } from '../source/utf8.ts';

/** Where the text starts: after a byte order mark, if there is one. */
export function textStart(src: Uint8Array): number {
  return src.length >= 3 && src[0] === 0xef && src[1] === 0xbb && src[2] === 0xbf ? 3 : 0;
}

export function isIdentByte(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c === 95 || c >= 0x80;
}

export const enum Tok {
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

/** Inserts semicolons as go/scanner does. */
export class Scanner {
  src: Uint8Array;
  end: number;
  at: number;
  line = 1;
  lineStart: number;
  insertSemi = false;
  // The current token.
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
    // a newline that ends the text begins no line (token.File.AddLine)
    if (this.at >= this.end) return;
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
