/** The expression of an #if once its macros are expanded (C17 6.10.1): integers of 64 bits, with or without a sign. */
import { charValue, codePoints, integerValue } from './literal.ts';
import { binaryLevels, type Token, TokenKind } from './token.ts';

/** A value of intmax_t or uintmax_t. */
interface Value {
  bits: bigint;
  unsigned: boolean;
}

interface CondParser {
  tokens: readonly Token[];
  at: number;
  /** The target's char and wchar_t have a sign, which their constants get. */
  charSigned: boolean;
  wcharSigned: boolean;
}

/** Whether the expression is not zero; what does not parse is zero. */
export function holds(tokens: readonly Token[], charSigned: boolean, wcharSigned: boolean): boolean {
  return expression({ tokens, at: 0, charSigned, wcharSigned }, 0).bits !== 0n;
}

const signed = (bits: bigint): Value => ({ bits: BigInt.asIntN(64, bits), unsigned: false });
const truth = (yes: boolean): Value => signed(yes ? 1n : 0n);
const zero = signed(0n);

/** The value as the common type of two operands has it (6.3.1.8): without a sign when one of them is. */
function converted(bits: bigint, unsigned: boolean): Value {
  return unsigned ? { bits: BigInt.asUintN(64, bits), unsigned } : signed(bits);
}

/** With the comma, which gcc takes. */
function expression(p: CondParser, depth: number): Value {
  let x = ternary(p, depth);
  while (p.tokens[p.at]?.text === ',') {
    p.at++;
    x = ternary(p, depth);
  }
  return x;
}

function ternary(p: CondParser, depth: number): Value {
  const c = binary(p, 1, depth);
  if (p.tokens[p.at]?.text !== '?') return c;
  p.at++;
  const yes = expression(p, depth + 1);
  if (p.tokens[p.at]?.text === ':') p.at++;
  const no = ternary(p, depth + 1);
  return converted((c.bits !== 0n ? yes : no).bits, yes.unsigned || no.unsigned);
}

function binary(p: CondParser, level: number, depth: number): Value {
  let x = unary(p, depth);
  for (;;) {
    const op = p.tokens[p.at]?.text ?? '';
    const l = binaryLevels[op];
    if (l === undefined || l < level) return x;
    p.at++;
    x = fold(op, x, binary(p, l + 1, depth));
  }
}

/** A division by zero, which gcc refuses, gives zero. */
function fold(op: string, x: Value, y: Value): Value {
  switch (op) {
    case '||':
      return truth(x.bits !== 0n || y.bits !== 0n);
    case '&&':
      return truth(x.bits !== 0n && y.bits !== 0n);
    case '<<':
      return shifted(x, y.bits);
    case '>>':
      return shifted(x, -y.bits);
  }
  const unsigned = x.unsigned || y.unsigned;
  const a = converted(x.bits, unsigned).bits;
  const b = converted(y.bits, unsigned).bits;
  switch (op) {
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    case '|':
      return converted(a | b, unsigned);
    case '^':
      return converted(a ^ b, unsigned);
    case '&':
      return converted(a & b, unsigned);
    case '+':
      return converted(a + b, unsigned);
    case '-':
      return converted(a - b, unsigned);
    case '*':
      return converted(a * b, unsigned);
    case '/':
      return converted(b === 0n ? 0n : a / b, unsigned);
    default:
      return converted(b === 0n ? 0n : a % b, unsigned);
  }
}

/** x shifted to the left, by a negative count to the right, as gcc does; a count past the width shifts all bits out. */
function shifted(x: Value, count: bigint): Value {
  const by = count > 64n ? 64n : count < -64n ? -64n : count;
  return converted(by >= 0n ? x.bits << by : x.bits >> -by, x.unsigned);
}

function unary(p: CondParser, depth: number): Value {
  const t = p.tokens[p.at++];
  if (t === undefined || depth > 500) return zero;
  switch (t.text) {
    case '(': {
      const x = expression(p, depth + 1);
      if (p.tokens[p.at]?.text === ')') p.at++;
      return x;
    }
    case '!':
      return truth(unary(p, depth + 1).bits === 0n);
    case '-': {
      const x = unary(p, depth + 1);
      return converted(-x.bits, x.unsigned);
    }
    case '+':
      return unary(p, depth + 1);
    case '~': {
      const x = unary(p, depth + 1);
      return converted(~x.bits, x.unsigned);
    }
  }
  if (t.kind === TokenKind.Number) return numberValue(t.text);
  if (t.kind === TokenKind.Char) {
    return converted(charValue(t.text, p.charSigned) ?? 0n, !hasSign(p, t.text));
  }
  // names that are no macros are 0
  return truth(t.text === 'true');
}

/** Whether the character constant's type has a sign: int, which one of several characters has, char, or a wide one's. */
function hasSign(p: CondParser, text: string): boolean {
  if (text[0] === "'") return p.charSigned || codePoints(text.slice(1, -1))?.length !== 1;
  return text[0] === 'L' && p.wcharSigned;
}

/** A number that no intmax_t holds has no sign, even a decimal one. */
function numberValue(text: string): Value {
  const n = integerValue(text);
  if (n === null) return zero;
  return converted(n.value, n.suffix.includes('u') || n.value >> 63n !== 0n);
}
