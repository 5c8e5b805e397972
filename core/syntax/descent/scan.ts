/** gc's scanner (syntax/scanner.go, source.go): tokens with automatic semicolons, and the errors in them. */
import { firstMalformed, lastMalformed } from '../../source/utf8.ts';
import { LitKind, Op } from '../ast.ts';
import { escapeAt, numberProblem, simpleEscapes, unicodeName } from '../literal.ts';
import { keywordAt, Prec, Token } from './token.ts';

export interface Scanner {
  readonly text: string;
  /** Where the text is taken to end. */
  readonly to: number;
  /** There is no character in it that is wrong wherever it stands. */
  readonly plain: boolean;
  /** The character being looked at, -1 at the end, and its offset. */
  ch: number;
  at: number;
  /** A newline or the end of the file stands for a semicolon. */
  nlsemi: boolean;
  /** Past the token before the current one. */
  end: number;
  // The current token.
  tok: Token;
  offset: number;
  /** Name, literal, or for a semicolon: `semicolon`, `newline`, `EOF`. */
  lit: string;
  bad: boolean;
  kind: LitKind;
  op: Op;
  prec: Prec;
  /** Errors go here, offsets in UTF-16 units. */
  error(offset: number, message: string): void;
  /** A comment that is a `//go:` directive, or a line directive. */
  directive(start: number, end: number): void;
}

/** A scanner of text[from, to). */
export function newScanner(
  text: string,
  from: number,
  to: number,
  error: (offset: number, message: string) => void,
  directive: (start: number, end: number) => void,
): Scanner {
  const part = from === 0 && to === text.length ? text : text.substring(from, to);
  const s: Scanner = {
    text,
    to,
    plain: !part.includes('\0') && !part.includes('\ufeff') && part.isWellFormed(),
    ch: 0x20,
    at: from - 1,
    nlsemi: false,
    end: from,
    tok: Token.EOF,
    offset: from,
    lit: '',
    bad: false,
    kind: LitKind.Int,
    op: Op.None,
    prec: Prec.None,
    error,
    directive,
  };
  nextChar(s);
  return s;
}

const bom = 0xfeff;

function nextChar(s: Scanner): void {
  s.at += s.ch > 0xffff ? 2 : 1;
  look(s);
}

/** Goes on at the offset, over characters of which none is wrong. */
function moveTo(s: Scanner, at: number): void {
  s.at = at;
  look(s);
}

/** Looks at the character at s.at, or at the first one from there that is right. */
function look(s: Scanner): void {
  for (;;) {
    if (s.at >= s.to) {
      s.at = s.to;
      s.ch = -1;
      return;
    }
    s.ch = s.text.charCodeAt(s.at);
    if (s.ch > 0 && s.ch < 0xd800) return;
    if (s.ch >= 0xd800 && s.ch < 0xdc00) s.ch = s.text.codePointAt(s.at)!;
    if (s.ch === 0) s.error(s.at, 'invalid NUL character');
    else if (s.ch === bom) {
      if (s.at > 0) s.error(s.at, 'invalid BOM in the middle of the file');
    } else if (s.ch >= firstMalformed && s.ch <= lastMalformed) s.error(s.at, 'invalid UTF-8 encoding');
    else return;
    s.at++;
  }
}

/** What a character of ASCII can be part of, in bits. */
const enum Class {
  Letter = 1,
  Decimal = 2,
  Hex = 4,
}

const classes = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const ch = String.fromCharCode(c);
  if (/[a-zA-Z_]/.test(ch)) classes[c] |= Class.Letter;
  if (/[0-9]/.test(ch)) classes[c] |= Class.Decimal;
  if (/[0-9a-fA-F]/.test(ch)) classes[c] |= Class.Hex;
}

/** Whether the character, or the end (-1), is in one of the classes. */
function isIn(c: number, set: number): boolean {
  return c >= 0 && c < 128 && (classes[c] & set) !== 0;
}

/** Offset of the first unit from `at` on that is in none of the classes. */
function pastClass(s: Scanner, at: number, set: number): number {
  const { text, to } = s;
  let i = at;
  while (i < to && isIn(text.charCodeAt(i), set)) i++;
  return i;
}

/** Reads the next token. */
export function scan(s: Scanner): void {
  const nlsemi = s.nlsemi;
  s.nlsemi = false;
  // a comment that stands for a newline is no part of what it ends
  s.end = s.tok === Token.Semi && s.text.charCodeAt(s.offset) === 0x2f ? s.offset : s.at;
  for (;;) {
    while (s.ch === 0x20 || s.ch === 9 || (s.ch === 10 && !nlsemi) || s.ch === 13) nextChar(s);
    s.offset = s.at;
    if (isIn(s.ch, Class.Letter) || (s.ch >= 0x80 && identChar(s, true))) {
      nextChar(s);
      scanIdent(s);
      return;
    }
    if (scanOther(s, nlsemi)) return;
  }
}

/** Any token but an identifier; false for a comment or an invalid character. */
function scanOther(s: Scanner, nlsemi: boolean): boolean {
  const c = s.ch;
  if (isIn(c, Class.Decimal)) {
    scanNumber(s);
    return true;
  }
  if (c === -1) {
    s.lit = 'EOF';
    s.tok = nlsemi ? Token.Semi : Token.EOF;
    return true;
  }
  switch (c) {
    case 0x0a: // newline
      nextChar(s);
      s.lit = 'newline';
      s.tok = Token.Semi;
      return true;
    case 0x22: // "
      scanString(s);
      return true;
    case 0x60: // `
      scanRawString(s);
      return true;
    case 0x27: // '
      scanRune(s);
      return true;
    case 0x28: // (
      return single(s, Token.Lparen, false);
    case 0x5b: // [
      return single(s, Token.Lbrack, false);
    case 0x7b: // {
      return single(s, Token.Lbrace, false);
    case 0x2c: // ,
      return single(s, Token.Comma, false);
    case 0x3b: // ;
      s.lit = 'semicolon';
      return single(s, Token.Semi, false);
    case 0x29: // )
      return single(s, Token.Rparen, true);
    case 0x5d: // ]
      return single(s, Token.Rbrack, true);
    case 0x7d: // }
      return single(s, Token.Rbrace, true);
    case 0x3a: // :
      nextChar(s);
      return follow(s, '=') ? set(s, Token.Define) : set(s, Token.Colon);
    case 0x2e: // .
      return scanDot(s);
    case 0x2b: // +
      return scanPlus(s, Op.Add, '+');
    case 0x2d: // -
      return scanPlus(s, Op.Sub, '-');
    case 0x2a: // *
      operator(s, Op.Mul, Prec.Mul);
      return follow(s, '=') ? set(s, Token.AssignOp) : set(s, Token.Star);
    case 0x2f: // /
      nextChar(s);
      if (follow(s, '/')) {
        lineComment(s);
        return false;
      }
      if (follow(s, '*')) return blockComment(s, nlsemi);
      s.op = Op.Div;
      s.prec = Prec.Mul;
      return assignOp(s);
    case 0x25: // %
      operator(s, Op.Rem, Prec.Mul);
      return assignOp(s);
    case 0x26: // &
      operator(s, Op.And, Prec.Mul);
      if (follow(s, '&')) return binary(s, Op.AndAnd, Prec.AndAnd);
      if (follow(s, '^')) s.op = Op.AndNot;
      return assignOp(s);
    case 0x7c: // |
      operator(s, Op.Or, Prec.Add);
      if (follow(s, '|')) return binary(s, Op.OrOr, Prec.OrOr);
      return assignOp(s);
    case 0x5e: // ^
      operator(s, Op.Xor, Prec.Add);
      return assignOp(s);
    case 0x3c: // <
      nextChar(s);
      if (follow(s, '=')) return binary(s, Op.Leq, Prec.Cmp);
      if (follow(s, '<')) {
        s.op = Op.Shl;
        s.prec = Prec.Mul;
        return assignOp(s);
      }
      if (follow(s, '-')) return set(s, Token.Arrow);
      return binary(s, Op.Lss, Prec.Cmp);
    case 0x3e: // >
      nextChar(s);
      if (follow(s, '=')) return binary(s, Op.Geq, Prec.Cmp);
      if (follow(s, '>')) {
        s.op = Op.Shr;
        s.prec = Prec.Mul;
        return assignOp(s);
      }
      return binary(s, Op.Gtr, Prec.Cmp);
    case 0x3d: // =
      nextChar(s);
      return follow(s, '=') ? binary(s, Op.Eql, Prec.Cmp) : set(s, Token.Assign);
    case 0x21: // !
      nextChar(s);
      return follow(s, '=') ? binary(s, Op.Neq, Prec.Cmp) : binary(s, Op.Not, Prec.None);
    case 0x7e: // ~
      nextChar(s);
      return binary(s, Op.Tilde, Prec.None);
    default:
      s.error(s.at, `invalid character ${unicodeName(c)}`);
      nextChar(s);
      return false;
  }
}

function set(s: Scanner, tok: Token): boolean {
  s.tok = tok;
  return true;
}

function single(s: Scanner, tok: Token, nlsemi: boolean): boolean {
  nextChar(s);
  s.nlsemi = nlsemi;
  return set(s, tok);
}

function follow(s: Scanner, char: string): boolean {
  if (s.ch !== char.charCodeAt(0)) return false;
  nextChar(s);
  return true;
}

function operator(s: Scanner, op: Op, prec: Prec): void {
  nextChar(s);
  s.op = op;
  s.prec = prec;
}

function binary(s: Scanner, op: Op, prec: Prec): boolean {
  s.op = op;
  s.prec = prec;
  return set(s, Token.Operator);
}

function assignOp(s: Scanner): boolean {
  return follow(s, '=') ? set(s, Token.AssignOp) : set(s, Token.Operator);
}

function scanPlus(s: Scanner, op: Op, char: string): boolean {
  operator(s, op, Prec.Add);
  if (!follow(s, char)) return assignOp(s);
  s.nlsemi = true;
  return set(s, Token.IncOp);
}

function scanDot(s: Scanner): boolean {
  if (s.at + 1 < s.to && isIn(s.text.charCodeAt(s.at + 1), Class.Decimal)) {
    scanNumber(s);
    return true;
  }
  nextChar(s);
  if (s.ch !== 0x2e || s.at + 1 >= s.to || s.text[s.at + 1] !== '.') return set(s, Token.Dot);
  nextChar(s);
  nextChar(s);
  return set(s, Token.DotDotDot);
}

function scanIdent(s: Scanner): void {
  if (isIn(s.ch, Class.Letter | Class.Decimal)) moveTo(s, pastClass(s, s.at + 1, Class.Letter | Class.Decimal));
  if (s.ch >= 0x80) while (identChar(s, false)) nextChar(s);
  const keyword = keywordAt(s.text, s.offset, s.at);
  if (keyword !== null) {
    s.lit = keyword.word;
    s.tok = keyword.tok;
    s.nlsemi =
      s.tok === Token.Break || s.tok === Token.Continue || s.tok === Token.Fallthrough || s.tok === Token.Return;
    return;
  }
  s.lit = s.text.substring(s.offset, s.at);
  s.nlsemi = true;
  s.tok = Token.Name;
}

/** Whether the character is part of an identifier; what cannot be is reported, and taken for one. */
function identChar(s: Scanner, first: boolean): boolean {
  const c = s.ch;
  if (c < 0) return false;
  const char = String.fromCodePoint(c);
  if (c === 0x5f || /^\p{L}$/u.test(char)) return true;
  if (/^\p{Nd}$/u.test(char)) {
    if (first) s.error(s.at, `identifier cannot begin with digit ${unicodeName(c)}`);
    return true;
  }
  if (c < 0x80) return false;
  s.error(s.at, `invalid character ${unicodeName(c)} in identifier`);
  return true;
}

function setLiteral(s: Scanner, kind: LitKind, ok: boolean): void {
  s.nlsemi = true;
  s.tok = Token.Literal;
  s.lit = s.text.substring(s.offset, s.at);
  s.bad = !ok;
  s.kind = kind;
}

function scanDigits(s: Scanner, hex: boolean): void {
  while (s.ch === 0x5f || isIn(s.ch, hex ? Class.Hex : Class.Decimal)) nextChar(s);
}

function scanNumber(s: Scanner): void {
  if (s.ch >= 0x31 && s.ch <= 0x39) {
    moveTo(s, pastClass(s, s.at + 1, Class.Decimal));
    // most numbers are plain decimals
    if (s.ch !== 0x2e && !isIn(s.ch, Class.Letter)) {
      setLiteral(s, LitKind.Int, true);
      return;
    }
    s.at = s.offset;
    look(s);
  }
  let hex = false;
  let kind = LitKind.Int;
  if (s.ch !== 0x2e) {
    const zero = s.ch === 0x30;
    nextChar(s);
    const letter = s.ch | 0x20;
    if (zero && (letter === 0x78 || letter === 0x6f || letter === 0x62)) {
      hex = letter === 0x78;
      nextChar(s);
    }
    scanDigits(s, hex);
  }
  if (s.ch === 0x2e) {
    nextChar(s);
    kind = LitKind.Float;
    scanDigits(s, hex);
  }
  const e = s.ch | 0x20;
  if (s.ch > 0 && (e === 0x65 || e === 0x70)) {
    nextChar(s);
    kind = LitKind.Float;
    if (s.ch === 0x2b || s.ch === 0x2d) nextChar(s);
    scanDigits(s, false);
  }
  if (s.ch === 0x69) {
    nextChar(s);
    kind = LitKind.Imag;
  }
  const problem = numberProblem(s.text.substring(s.offset, s.at));
  if (problem !== null) s.error(s.offset + problem.offset, problem.message);
  setLiteral(s, kind, problem === null);
}

/** An escape, the backslash being the current character; reports what is wrong with it. */
function scanEscape(s: Scanner, quote: string): boolean {
  nextChar(s);
  if (s.ch >= 0 && simpleEscapes.includes(s.text[s.at])) {
    nextChar(s);
    return true;
  }
  const { end, problem } = escapeAt(s.text, s.at, quote);
  while (s.at < end) nextChar(s);
  if (problem === null) return true;
  s.error(problem.offset, problem.message);
  return false;
}

function scanString(s: Scanner): void {
  let ok = true;
  nextChar(s);
  for (;;) {
    if (s.plain) moveTo(s, pastPlain(s, 0x22));
    if (follow(s, '"')) break;
    if (s.ch === 0x5c) {
      if (!scanEscape(s, '"')) ok = false;
      continue;
    }
    if (s.ch === 10) {
      s.error(s.at, 'newline in string');
      ok = false;
      break;
    }
    if (s.ch < 0) {
      s.error(s.offset, 'string not terminated');
      ok = false;
      break;
    }
    nextChar(s);
  }
  setLiteral(s, LitKind.String, ok);
}

/** Offset of the first unit from s.at on that is the quote, a backslash or a newline. */
function pastPlain(s: Scanner, quote: number): number {
  const { text, to } = s;
  let i = s.at;
  for (; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === quote || c === 0x5c || c === 10) break;
  }
  return i;
}

/** Goes to where the word begins next, or to the end; slowly over characters that are wrong wherever they stand. */
function moveToNext(s: Scanner, word: string): void {
  if (s.plain) {
    const at = s.text.indexOf(word, s.at);
    moveTo(s, at < 0 || at > s.to - word.length ? s.to : at);
  } else while (s.ch >= 0 && !s.text.startsWith(word, s.at)) nextChar(s);
}

function scanRawString(s: Scanner): void {
  let ok = true;
  nextChar(s);
  moveToNext(s, '`');
  while (!follow(s, '`')) {
    if (s.ch < 0) {
      s.error(s.offset, 'string not terminated');
      ok = false;
      break;
    }
    nextChar(s);
  }
  setLiteral(s, LitKind.String, ok);
}

function scanRune(s: Scanner): void {
  let ok = true;
  nextChar(s);
  for (let n = 0; ; n++) {
    if (s.ch === 0x27) {
      if (ok && n === 0) s.error(s.at, "empty rune literal or unescaped '");
      else if (ok && n !== 1) s.error(s.offset, 'more than one character in rune literal');
      ok &&= n === 1;
      nextChar(s);
      break;
    }
    if (s.ch === 0x5c) {
      if (!scanEscape(s, "'")) ok = false;
      continue;
    }
    if (s.ch === 10) {
      if (ok) s.error(s.at, 'newline in rune literal');
      ok = false;
      break;
    }
    if (s.ch < 0) {
      if (ok) s.error(s.offset, 'rune literal not terminated');
      ok = false;
      break;
    }
    nextChar(s);
  }
  setLiteral(s, LitKind.Rune, ok);
}

function lineComment(s: Scanner): void {
  const isDirective = s.text.startsWith('go:', s.at) || s.text.startsWith('line ', s.at);
  moveToNext(s, '\n');
  if (isDirective) s.directive(s.offset, s.at);
}

/** A comment that spans lines is a newline: true when it stands for a semicolon. */
function blockComment(s: Scanner, nlsemi: boolean): boolean {
  const isDirective = s.text.startsWith('line ', s.at);
  moveToNext(s, '*/');
  if (s.ch < 0) s.error(s.offset, 'comment not terminated');
  else {
    moveTo(s, s.at + 2);
    if (isDirective) s.directive(s.offset, s.at);
  }
  if (!nlsemi || !s.text.substring(s.offset, s.at).includes('\n')) return false;
  s.lit = 'newline';
  return set(s, Token.Semi);
}
