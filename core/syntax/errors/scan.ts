/** gc's scanner (syntax/scanner.go, source.go): tokens with automatic semicolons, and the errors in them. */
import { firstMalformed, lastMalformed } from '../../source/utf8.ts';
import { LitKind, Op } from '../ast.ts';
import { escapeAt, numberProblem, unicodeName } from '../literal.ts';
import { keywords, Prec, Token } from './token.ts';

export interface Scanner {
  readonly text: string;
  /** The character being looked at, -1 at the end, and its offset. */
  ch: number;
  at: number;
  /** A newline or the end of the file stands for a semicolon. */
  nlsemi: boolean;
  // The current token.
  tok: Token;
  offset: number;
  /** The line is blank up to the token. */
  blank: boolean;
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

export function newScanner(
  text: string,
  error: (offset: number, message: string) => void,
  directive: (start: number, end: number) => void,
): Scanner {
  const s: Scanner = {
    text,
    ch: 0x20,
    at: -1,
    nlsemi: false,
    tok: Token.EOF,
    offset: 0,
    blank: true,
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
  for (;;) {
    if (s.at >= s.text.length) {
      s.at = s.text.length;
      s.ch = -1;
      return;
    }
    s.ch = s.text.charCodeAt(s.at);
    if (s.ch >= 0xd800 && s.ch < 0xdc00) s.ch = s.text.codePointAt(s.at)!;
    if (s.ch === 0) s.error(s.at, 'invalid NUL character');
    else if (s.ch === bom) {
      if (s.at > 0) s.error(s.at, 'invalid BOM in the middle of the file');
    } else if (s.ch >= firstMalformed && s.ch <= lastMalformed) s.error(s.at, 'invalid UTF-8 encoding');
    else return;
    s.at++;
  }
}

const isLetter = (c: number): boolean => (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f;
const isDecimal = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isHex = (c: number): boolean => isDecimal(c) || (c >= 0x61 && c <= 0x66) || (c >= 0x41 && c <= 0x46);

/** Reads the next token. */
export function scan(s: Scanner): void {
  const nlsemi = s.nlsemi;
  s.nlsemi = false;
  for (;;) {
    const from = s.at;
    while (s.ch === 0x20 || s.ch === 9 || (s.ch === 10 && !nlsemi) || s.ch === 13) nextChar(s);
    s.offset = s.at;
    s.blank = from === 0 || s.text[from - 1] === '\n' || s.text.substring(from, s.at).includes('\n');
    if (isLetter(s.ch) || (s.ch >= 0x80 && identChar(s, true))) {
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
  if (isDecimal(c)) {
    scanNumber(s);
    return true;
  }
  if (c === -1) {
    s.lit = 'EOF';
    s.tok = nlsemi ? Token.Semi : Token.EOF;
    return true;
  }
  switch (String.fromCodePoint(c)) {
    case '\n':
      nextChar(s);
      s.lit = 'newline';
      s.tok = Token.Semi;
      return true;
    case '"':
      scanString(s);
      return true;
    case '`':
      scanRawString(s);
      return true;
    case "'":
      scanRune(s);
      return true;
    case '(':
      return single(s, Token.Lparen, false);
    case '[':
      return single(s, Token.Lbrack, false);
    case '{':
      return single(s, Token.Lbrace, false);
    case ',':
      return single(s, Token.Comma, false);
    case ';':
      s.lit = 'semicolon';
      return single(s, Token.Semi, false);
    case ')':
      return single(s, Token.Rparen, true);
    case ']':
      return single(s, Token.Rbrack, true);
    case '}':
      return single(s, Token.Rbrace, true);
    case ':':
      nextChar(s);
      return follow(s, '=') ? set(s, Token.Define) : set(s, Token.Colon);
    case '.':
      return scanDot(s);
    case '+':
      return scanPlus(s, Op.Add, '+');
    case '-':
      return scanPlus(s, Op.Sub, '-');
    case '*':
      operator(s, Op.Mul, Prec.Mul);
      return follow(s, '=') ? set(s, Token.AssignOp) : set(s, Token.Star);
    case '/':
      nextChar(s);
      if (follow(s, '/')) {
        lineComment(s);
        return false;
      }
      if (follow(s, '*')) return blockComment(s, nlsemi);
      s.op = Op.Div;
      s.prec = Prec.Mul;
      return assignOp(s);
    case '%':
      operator(s, Op.Rem, Prec.Mul);
      return assignOp(s);
    case '&':
      operator(s, Op.And, Prec.Mul);
      if (follow(s, '&')) return binary(s, Op.AndAnd, Prec.AndAnd);
      if (follow(s, '^')) s.op = Op.AndNot;
      return assignOp(s);
    case '|':
      operator(s, Op.Or, Prec.Add);
      if (follow(s, '|')) return binary(s, Op.OrOr, Prec.OrOr);
      return assignOp(s);
    case '^':
      operator(s, Op.Xor, Prec.Add);
      return assignOp(s);
    case '<':
      nextChar(s);
      if (follow(s, '=')) return binary(s, Op.Leq, Prec.Cmp);
      if (follow(s, '<')) {
        s.op = Op.Shl;
        s.prec = Prec.Mul;
        return assignOp(s);
      }
      if (follow(s, '-')) return set(s, Token.Arrow);
      return binary(s, Op.Lss, Prec.Cmp);
    case '>':
      nextChar(s);
      if (follow(s, '=')) return binary(s, Op.Geq, Prec.Cmp);
      if (follow(s, '>')) {
        s.op = Op.Shr;
        s.prec = Prec.Mul;
        return assignOp(s);
      }
      return binary(s, Op.Gtr, Prec.Cmp);
    case '=':
      nextChar(s);
      return follow(s, '=') ? binary(s, Op.Eql, Prec.Cmp) : set(s, Token.Assign);
    case '!':
      nextChar(s);
      return follow(s, '=') ? binary(s, Op.Neq, Prec.Cmp) : binary(s, Op.Not, Prec.None);
    case '~':
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
  if (isDecimal(s.text.charCodeAt(s.at + 1))) {
    scanNumber(s);
    return true;
  }
  nextChar(s);
  if (s.ch !== 0x2e || s.text[s.at + 1] !== '.') return set(s, Token.Dot);
  nextChar(s);
  nextChar(s);
  return set(s, Token.DotDotDot);
}

function scanIdent(s: Scanner): void {
  while (isLetter(s.ch) || isDecimal(s.ch)) nextChar(s);
  if (s.ch >= 0x80) while (identChar(s, false)) nextChar(s);
  s.lit = s.text.substring(s.offset, s.at);
  const keyword = keywords.get(s.lit);
  if (keyword !== undefined) {
    s.tok = keyword;
    s.nlsemi =
      keyword === Token.Break ||
      keyword === Token.Continue ||
      keyword === Token.Fallthrough ||
      keyword === Token.Return;
    return;
  }
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
  while (s.ch === 0x5f || (hex ? isHex(s.ch) : isDecimal(s.ch))) nextChar(s);
}

function scanNumber(s: Scanner): void {
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

function scanRawString(s: Scanner): void {
  let ok = true;
  nextChar(s);
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
  while (s.ch >= 0 && s.ch !== 10) nextChar(s);
  if (isDirective) s.directive(s.offset, s.at);
}

/** A comment that spans lines is a newline: true when it stands for a semicolon. */
function blockComment(s: Scanner, nlsemi: boolean): boolean {
  const isDirective = s.text.startsWith('line ', s.at);
  let closed = false;
  while (s.ch >= 0 && !closed) {
    while (s.ch === 0x2a && !closed) {
      nextChar(s);
      closed = follow(s, '/');
    }
    if (!closed && s.ch >= 0) nextChar(s);
  }
  if (!closed) s.error(s.offset, 'comment not terminated');
  else if (isDirective) s.directive(s.offset, s.at);
  if (!nlsemi || !s.text.substring(s.offset, s.at).includes('\n')) return false;
  s.lit = 'newline';
  return set(s, Token.Semi);
}
