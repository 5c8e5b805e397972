/** Literals as written: what kind they are and what gc's scanner finds wrong with them (syntax/scanner.go). */
import { isPrintable, quoteRune } from '../source/quote.ts';
import { LitKind } from './ast.ts';

/** A fault in a literal; `offset` is in UTF-16 units from the literal's start. */
export interface LiteralProblem {
  offset: number;
  message: string;
}

/** The kind of the literal, by its first character and, for numbers, by what is in it. */
export function literalKind(text: string): LitKind {
  switch (text.charCodeAt(0)) {
    case 0x22: // "
    case 0x60: // `
      return LitKind.String;
    case 0x27: // '
      return LitKind.Rune;
  }
  if (text.endsWith('i')) return LitKind.Imag;
  const hex = isPrefix(text, 'x');
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i) | 0x20;
    if (text[i] === '.' || c === (hex ? 0x70 : 0x65)) return LitKind.Float; // p, e
  }
  return LitKind.Int;
}

/** The first fault of the literal in the order in which gc's scanner meets them, or null. */
export function literalProblem(text: string): LiteralProblem | null {
  switch (text.charCodeAt(0)) {
    case 0x60:
      return null;
    case 0x22:
      return text.includes('\\') ? escapesProblem(text, '"') : null;
    case 0x27:
      return runeProblem(text);
  }
  return numberProblem(text);
}

function isPrefix(text: string, letter: string): boolean {
  return text.length >= 2 && text[0] === '0' && text[1].toLowerCase() === letter;
}

const baseNames: Record<number, string> = { 2: 'binary', 8: 'octal', 10: 'decimal', 16: 'hexadecimal' };

/** Characters that make an escape of their own after a backslash. */
export const simpleEscapes = 'abfnrtv\\';

const isDecimal = (c: string): boolean => c >= '0' && c <= '9';
const isHex = (c: string): boolean => /^[0-9a-fA-F]$/.test(c);

/** scanner.number, over a literal whose extent is known. */
export function numberProblem(text: string): LiteralProblem | null {
  // Most numbers are plain decimals, or plain hexadecimals in tables.
  if (/^(?:[1-9][0-9]*|0x[0-9a-fA-F]+|0)$/.test(text)) return null;
  let i = 0;
  let base = 10;
  let prefix = '';
  let digits = false;
  let separators = false;
  let invalid = -1;
  let float = false;
  let problem: LiteralProblem | null = null;
  const fail = (offset: number, message: string) => {
    problem ??= { offset, message };
  };
  const scanDigits = (b: number, mark: boolean) => {
    for (; i < text.length; i++) {
      const c = text[i];
      if (c === '_') separators = true;
      else if (b <= 10 ? isDecimal(c) : isHex(c)) {
        digits = true;
        if (mark && b <= 10 && c.charCodeAt(0) >= 0x30 + b && invalid < 0) invalid = i;
      } else break;
    }
  };
  if (text[0] !== '.') {
    if (text[0] === '0') {
      i = 1;
      const c = (text[1] ?? '').toLowerCase();
      if (c === 'x') [base, prefix, i] = [16, 'x', 2];
      else if (c === 'o') [base, prefix, i] = [8, 'o', 2];
      else if (c === 'b') [base, prefix, i] = [2, 'b', 2];
      else [base, prefix, digits] = [8, '0', true];
    }
    scanDigits(base, true);
    if (text[i] === '.') {
      if (prefix === 'o' || prefix === 'b') fail(i, `invalid radix point in ${baseNames[base]} literal`);
      i++;
      float = true;
    }
  } else {
    i = 1;
    float = true;
  }
  if (float) scanDigits(base, true);
  if (!digits) fail(i, `${baseNames[base]} literal has no digits`);
  const e = (text[i] ?? '').toLowerCase();
  if (e === 'e' || e === 'p') {
    if (e === 'e' && prefix !== '' && prefix !== '0') fail(i, `'${text[i]}' exponent requires decimal mantissa`);
    else if (e === 'p' && prefix !== 'x') fail(i, `'${text[i]}' exponent requires hexadecimal mantissa`);
    i++;
    float = true;
    if (text[i] === '+' || text[i] === '-') i++;
    digits = false;
    scanDigits(10, false);
    if (!digits) fail(i, 'exponent has no digits');
  } else if (prefix === 'x' && float) {
    fail(i, "hexadecimal mantissa requires a 'p' exponent");
  }
  const imaginary = text[i] === 'i';
  if (!float && !imaginary && invalid >= 0) {
    fail(invalid, `invalid digit '${text[invalid]}' in ${baseNames[base]} literal`);
  }
  if (separators && problem === null) {
    const at = misplacedSeparator(text);
    if (at >= 0) fail(at, "'_' must separate successive digits");
  }
  return problem;
}

/** Index of the first `_` that does not stand between digits (or after the prefix), or -1 (scanner.go invalidSep). */
function misplacedSeparator(text: string): number {
  const hex = isPrefix(text, 'x');
  let i = 0;
  let last = '.'; // '0' for a digit, '_', or '.' for anything else
  if (hex || isPrefix(text, 'o') || isPrefix(text, 'b')) {
    last = '0';
    i = 2;
  }
  for (; i < text.length; i++) {
    const before = last;
    const c = text[i];
    if (c === '_') {
      if (before !== '0') return i;
      last = '_';
    } else if (isDecimal(c) || (hex && isHex(c))) {
      last = '0';
    } else {
      if (before === '_') return i - 1;
      last = '.';
    }
  }
  return last === '_' ? text.length - 1 : -1;
}

function runeProblem(text: string): LiteralProblem | null {
  let i = 1;
  let count = 0;
  for (; i < text.length - 1; count++) {
    if (text[i] === '\\') {
      const escape = escapeAt(text, i + 1, "'");
      if (escape.problem !== null) return escape.problem;
      i = escape.end;
    } else {
      i += text.codePointAt(i)! > 0xffff ? 2 : 1;
    }
  }
  if (count === 0) return { offset: text.length - 1, message: "empty rune literal or unescaped '" };
  return count === 1 ? null : { offset: 0, message: 'more than one character in rune literal' };
}

function escapesProblem(text: string, quote: string): LiteralProblem | null {
  for (let i = 1; i < text.length - 1; ) {
    if (text[i] !== '\\') {
      i++;
      continue;
    }
    const escape = escapeAt(text, i + 1, quote);
    if (escape.problem !== null) return escape.problem;
    i = escape.end;
  }
  return null;
}

/** The escape whose character after the backslash is at `at`: where it ends, and what is wrong (scanner.escape). */
export function escapeAt(text: string, at: number, quote: string): { end: number; problem: LiteralProblem | null } {
  const c = text[at] ?? '';
  let n: number;
  let base: number;
  let max = 0x10ffff;
  let i = at;
  if (c === quote || (c !== '' && simpleEscapes.includes(c))) return { end: at + 1, problem: null };
  if (c >= '0' && c <= '7') [n, base, max] = [3, 8, 255];
  else if (c === 'x') [n, base, max, i] = [2, 16, 255, at + 1];
  else if (c === 'u') [n, base, i] = [4, 16, at + 1];
  else if (c === 'U') [n, base, i] = [8, 16, at + 1];
  else if (c === '') return { end: at, problem: null };
  else return { end: at, problem: { offset: at, message: 'unknown escape' } };
  let value = 0;
  for (; n > 0; n--, i++) {
    if (i >= text.length) return { end: i, problem: null };
    const digit = isHex(text[i]) ? Number.parseInt(text[i], 16) : 36;
    if (digit >= base) {
      const point = text.codePointAt(i)!;
      const message = `invalid character ${quoteRune(point)} in ${baseNames[base]} escape`;
      return { end: i, problem: { offset: i, message } };
    }
    value = value * base + digit;
  }
  if (value > max && base === 8) {
    return { end: i, problem: { offset: i, message: `octal escape value ${value} > 255` } };
  }
  if (value > max || (value >= 0xd800 && value < 0xe000)) {
    return { end: i, problem: { offset: i, message: `escape is invalid Unicode code point ${unicodeName(value)}` } };
  }
  return { end: i, problem: null };
}

/** A code point as Go's %#U prints it: U+0040 '@', without the character where it cannot be printed. */
export function unicodeName(point: number): string {
  const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrintable(point) ? `${name} '${String.fromCodePoint(point)}'` : name;
}
