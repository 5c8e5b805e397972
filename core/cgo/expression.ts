/**
 * Expressions of C: the type of each and, where it is constant, its value. What is not understood has no type; nothing
 * is guessed.
 */
import { arrayOf, baseType, CKind, type CType, sizeOf, alignOf } from './ctype.ts';
import { declarator, isTypeStart, specifiers } from './parse.ts';
import type { Parser } from './parser.ts';
import { charValue, codePoints, integerValue, literalBytes } from './literal.ts';
import { basicType, pointer } from './scope.ts';
import { binaryLevels, TokenKind } from './token.ts';

export interface Operand {
  /** Null when unknown. */
  type: CType | null;
  /** The value of an arithmetic constant expression. */
  value: bigint | number | null;
  /** The bytes of a string literal without the zero at its end, one UTF-16 unit (0…255) each; null for anything else. */
  literal: string | null;
}

const unknown: Operand = { type: null, value: null, literal: null };

function operand(type: CType | null, value: bigint | number | null = null): Operand {
  return { type, value, literal: null };
}

const maxNesting = 300;

/** The type of values of the enum in expressions (int or unsigned int, or its own when wider). */
function promoted(p: Parser, t: CType): CType {
  const b = baseType(t);
  if (b.kind === CKind.Enum) {
    if (b.size > 4) return basicType(p.scope, b.signed ? 'long int' : 'long unsigned int');
    return basicType(p.scope, b.signed ? 'int' : 'unsigned int');
  }
  if (b.kind === CKind.Bool || b.kind === CKind.Char || (b.kind === CKind.Int && b.size < 4))
    return basicType(p.scope, 'int');
  return t;
}

const ranks = ['int', 'long int', 'long long int', '__int128'];

/** The usual arithmetic conversions (C17 6.3.1.8). */
function common(p: Parser, a: CType, b: CType): CType | null {
  const x = baseType(promoted(p, a));
  const y = baseType(promoted(p, b));
  if (x.kind === CKind.Float || y.kind === CKind.Float) {
    if (x.kind !== CKind.Float) return y;
    if (y.kind !== CKind.Float) return x;
    return x.size >= y.size ? x : y;
  }
  if (x.kind !== CKind.Int || y.kind !== CKind.Int) return null;
  const rank = (t: CType) =>
    ranks.findIndex(
      r =>
        r === t.name.replace('unsigned int', 'int').replace('unsigned', '').trim() ||
        (r === 'int' && t.name === 'unsigned int'),
    );
  const [lo, hi] = rank(x) <= rank(y) ? [x, y] : [y, x];
  if (lo.signed === hi.signed) return hi;
  if (!hi.signed) return hi;
  if (rank(lo) === rank(hi)) return lo;
  if (hi.size > lo.size) return hi;
  return basicType(p.scope, hi.name === 'long int' ? 'long unsigned int' : 'long long unsigned int');
}

/** The value as the type holds it. */
function wrap(type: CType | null, value: bigint | number | null): bigint | number | null {
  if (type === null || value === null) return null;
  const b = baseType(type);
  switch (b.kind) {
    case CKind.Int:
    case CKind.Char:
    case CKind.Enum: {
      if (typeof value === 'number' && !Number.isFinite(value)) return null;
      const v = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
      return b.signed ? BigInt.asIntN(b.size * 8, v) : BigInt.asUintN(b.size * 8, v);
    }
    case CKind.Bool:
      return value === 0n || value === 0 ? 0n : 1n;
    case CKind.Float:
      return b.size === 4 ? Math.fround(Number(value)) : Number(value);
    case CKind.Pointer:
      return typeof value === 'bigint' ? value : null;
    default:
      return null;
  }
}

/** An expression with commas. */
export function expression(p: Parser): Operand {
  let x = assignment(p);
  while (p.is(',')) {
    p.next();
    x = { ...assignment(p), value: null };
  }
  return x;
}

/** An expression without commas outside of brackets. */
export function assignment(p: Parser): Operand {
  if (p.depth > maxNesting) throw new SyntaxError('nested too deeply');
  p.depth++;
  const x = conditional(p);
  if (/^(?:[-+*/%&|^]|<<|>>)?=$/.test(p.text)) {
    p.next();
    assignment(p);
    p.depth--;
    return operand(x.type);
  }
  p.depth--;
  return x;
}

function conditional(p: Parser): Operand {
  const c = binary(p, 1);
  if (!p.is('?')) return c;
  p.next();
  const yes = p.is(':') ? c : expression(p);
  p.expect(':');
  const no = conditional(p);
  const type =
    yes.type === null || no.type === null ? (yes.type ?? no.type) : (common(p, yes.type, no.type) ?? yes.type);
  if (c.value === null) return operand(type);
  return operand(type, wrap(type, isZero(c.value) ? no.value : yes.value));
}

function isZero(v: bigint | number): boolean {
  return v === 0n || v === 0;
}

function binary(p: Parser, level: number): Operand {
  let x = cast(p);
  for (;;) {
    const op = p.text;
    const l = p.kind === TokenKind.Punct ? binaryLevels[op] : undefined;
    if (l === undefined || l < level) return x;
    p.next();
    x = combine(p, op, x, binary(p, l + 1));
  }
}

function combine(p: Parser, op: string, x: Operand, y: Operand): Operand {
  const int = basicType(p.scope, 'int');
  if (op === '&&' || op === '||') {
    if (x.value === null) return operand(int);
    const left = !isZero(x.value);
    if (left === (op === '||')) return operand(int, left ? 1n : 0n);
    return operand(int, y.value === null ? null : isZero(y.value) ? 0n : 1n);
  }
  if (x.type === null || y.type === null) return unknown;
  const bx = decayed(p, x.type);
  const by = decayed(p, y.type);
  const compares = binaryLevels[op] === 6 || binaryLevels[op] === 7;
  if (bx.kind === CKind.Pointer || by.kind === CKind.Pointer) {
    if (compares) return operand(int);
    if (bx.kind === CKind.Pointer && by.kind === CKind.Pointer)
      return operand(basicType(p.scope, p.scope.model.ptrdiffType));
    return operand(bx.kind === CKind.Pointer ? bx : by);
  }
  const shift = op === '<<' || op === '>>';
  const type = shift ? baseType(promoted(p, x.type)) : common(p, x.type, y.type);
  if (type === null) return unknown;
  const result = compares ? int : type;
  const a = wrap(type, x.value);
  const b = shift ? y.value : wrap(type, y.value);
  if (a === null || b === null) return operand(result);
  return operand(result, wrap(result, fold(op, a, b)));
}

function fold(op: string, a: bigint | number, b: bigint | number): bigint | number | null {
  const bit = (v: boolean) => (v ? 1n : 0n);
  switch (op) {
    case '==':
      return bit(a === b);
    case '!=':
      return bit(a !== b);
    case '<':
      return bit(a < b);
    case '>':
      return bit(a > b);
    case '<=':
      return bit(a <= b);
    case '>=':
      return bit(a >= b);
  }
  if (typeof a === 'number' || typeof b === 'number') {
    const x = Number(a);
    const y = Number(b);
    switch (op) {
      case '+':
        return x + y;
      case '-':
        return x - y;
      case '*':
        return x * y;
      case '/':
        return x / y;
      default:
        return null;
    }
  }
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? null : a / b;
    case '%':
      return b === 0n ? null : a % b;
    case '<<':
      return b < 0n || b > 127n ? null : a << b;
    case '>>':
      return b < 0n || b > 127n ? null : a >> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return null;
  }
}

/** Arrays and functions as they are used: pointers. */
function decayed(p: Parser, t: CType): CType {
  const b = baseType(t);
  if (b.kind === CKind.Array) return pointer(p.scope, b.elem!);
  if (b.kind === CKind.Func) return pointer(p.scope, b);
  return b;
}

function cast(p: Parser): Operand {
  if (!p.is('(') || !isTypeStart(p, 1)) return unary(p);
  p.next();
  const type = typeName(p);
  p.expect(')');
  if (p.is('{')) {
    p.skipBraces();
    return postfix(p, operand(type));
  }
  if (p.depth++ > maxNesting) throw new SyntaxError('nested too deeply');
  const x = cast(p);
  p.depth--;
  return operand(type, wrap(type, x.value));
}

/** The type that specifiers and an abstract declarator name. */
export function typeName(p: Parser): CType {
  const spec = specifiers(p);
  return declarator(p, spec.type).type;
}

function unary(p: Parser): Operand {
  const op = p.text;
  if (p.kind === TokenKind.Punct) {
    switch (op) {
      case '++':
      case '--':
        p.next();
        return operand(unary(p).type);
      case '&': {
        p.next();
        const x = cast(p);
        return operand(x.type === null ? null : pointer(p.scope, x.type));
      }
      case '&&':
        p.next();
        p.next();
        return operand(pointer(p.scope, basicType(p.scope, 'void')));
      case '*': {
        p.next();
        const x = cast(p);
        if (x.type === null) return unknown;
        const t = decayed(p, x.type);
        return operand(t.kind === CKind.Pointer ? t.elem : null);
      }
      case '+':
      case '-':
      case '~':
      case '!': {
        if (p.depth++ > maxNesting) throw new SyntaxError('nested too deeply');
        p.next();
        const x = cast(p);
        p.depth--;
        if (op === '!') {
          const int = basicType(p.scope, 'int');
          return operand(int, x.value === null ? null : isZero(x.value) ? 1n : 0n);
        }
        if (x.type === null) return unknown;
        const type = promoted(p, x.type);
        const v = wrap(type, x.value);
        if (v === null) return operand(type);
        if (op === '~') return operand(type, typeof v === 'bigint' ? wrap(type, ~v) : null);
        return operand(type, op === '-' ? wrap(type, -v) : v);
      }
    }
  }
  switch (op) {
    case 'sizeof':
    case '_Alignof':
    case 'alignof':
    case '__alignof__':
    case '__alignof': {
      p.next();
      let type: CType | null;
      if (p.is('(') && isTypeStart(p, 1)) {
        p.next();
        type = typeName(p);
        p.expect(')');
      } else type = unary(p).type;
      const size =
        type === null ? -1 : op === 'sizeof' ? (baseType(type).kind === CKind.Void ? 1 : sizeOf(type)) : alignOf(type);
      return operand(basicType(p.scope, p.scope.model.sizeType), size < 0 ? null : BigInt(size));
    }
    case '__extension__':
      p.next();
      return cast(p);
    case '__real__':
    case '__imag__':
      p.next();
      cast(p);
      return unknown;
  }
  return postfix(p, primary(p));
}

function postfix(p: Parser, first: Operand): Operand {
  let x = first;
  for (;;) {
    switch (p.text) {
      case '[': {
        p.next();
        const index = expression(p);
        p.expect(']');
        if (x.type === null) return unknown;
        let t = decayed(p, x.type);
        if (t.kind !== CKind.Pointer && index.type !== null) t = decayed(p, index.type);
        x = operand(t.kind === CKind.Pointer ? t.elem : null);
        break;
      }
      case '(': {
        p.next();
        while (!p.is(')') && p.kind !== TokenKind.End) {
          assignment(p);
          if (p.is(',')) p.next();
        }
        p.expect(')');
        let t = x.type === null ? null : baseType(x.type);
        if (t?.kind === CKind.Pointer) t = baseType(t.elem!);
        x = operand(t?.kind === CKind.Func ? t.elem : null);
        break;
      }
      case '.':
      case '->': {
        const arrow = p.is('->');
        p.next();
        const name = p.text;
        p.next();
        let t = x.type;
        if (t !== null && arrow) {
          const d = decayed(p, t);
          t = d.kind === CKind.Pointer ? d.elem : null;
        }
        x = operand(t === null ? null : (member(t, name, 0)?.type ?? null));
        break;
      }
      case '++':
      case '--':
        p.next();
        x = operand(x.type);
        break;
      default:
        return x;
    }
  }
}

/** The field of a struct or union, those of members without a name included. */
function member(type: CType, name: string, depth: number): { type: CType; offset: number } | null {
  const t = baseType(type);
  if (t.fields === null || depth > 50) return null;
  for (const f of t.fields) {
    if (f.name === name) return { type: f.type, offset: f.offset };
    if (f.name === '') {
      const found = member(f.type, name, depth + 1);
      if (found !== null) return { type: found.type, offset: found.offset + f.offset };
    }
  }
  return null;
}

/** The type of a literal's characters by its prefix: wchar_t, char16_t or char32_t (C17 6.4.4.4). */
function characterType(p: Parser, text: string): string {
  if (text[0] === 'L') return p.scope.model.wcharType;
  if (text.startsWith('u8')) return 'unsigned char';
  return text[0] === 'u' ? 'short unsigned int' : 'unsigned int';
}

function primary(p: Parser): Operand {
  const { text, kind } = p;
  switch (kind) {
    case TokenKind.Number:
      p.next();
      return number(p, text);
    case TokenKind.Char: {
      p.next();
      const { charSigned } = p.scope.model;
      const type = basicType(p.scope, text[0] === "'" ? 'int' : characterType(p, text));
      return operand(type, wrap(type, charValue(text, charSigned)));
    }
    case TokenKind.String: {
      // each is read by itself: an escape ends with the literal that it is in
      const bodies: string[] = [];
      let elem = 'char';
      while (p.kind === TokenKind.String) {
        if (/^[LUu]"/.test(p.text)) elem = characterType(p, p.text);
        bodies.push(p.text.slice(p.text.indexOf('"') + 1, -1));
        p.next();
      }
      const type = basicType(p.scope, elem);
      const parts = bodies.map(body => (elem === 'char' ? literalBytes(body) : codePoints(body)));
      if (parts.includes(null)) return unknown;
      // in UTF-16 some characters are two
      const pairs = (part: string | number[]) =>
        typeof part === 'string' || type.size !== 2 ? 0 : part.filter(code => code > 0xffff).length;
      const count = parts.reduce((sum, part) => sum + part!.length + pairs(part!), 1);
      // one of wide characters is no constant to cgo
      const literal = elem === 'char' ? parts.join('') : null;
      return { type: arrayOf(type, count), value: null, literal };
    }
  }
  if (text === '(') {
    p.next();
    if (p.is('{')) {
      p.skipBraces();
      p.expect(')');
      return unknown;
    }
    if (p.depth++ > maxNesting) throw new SyntaxError('nested too deeply');
    const x = expression(p);
    p.depth--;
    p.expect(')');
    return x;
  }
  if (kind !== TokenKind.Ident) throw new SyntaxError(`unexpected ${text}`);
  p.next();
  if (text === '__builtin_offsetof' && p.is('(')) {
    p.next();
    let type: CType | null = typeName(p);
    p.expect(',');
    let offset = 0;
    for (;;) {
      const found: { type: CType; offset: number } | null = type === null ? null : member(type, p.text, 0);
      p.next();
      if (found === null) type = null;
      else {
        offset += found.offset;
        type = found.type;
      }
      if (!p.is('.')) break;
      p.next();
    }
    if (!p.is(')')) {
      p.skipTo(')');
      return operand(basicType(p.scope, p.scope.model.sizeType));
    }
    p.expect(')');
    return operand(basicType(p.scope, p.scope.model.sizeType), type === null ? null : BigInt(offset));
  }
  if (/^__builtin_|^_Generic$/.test(text) && p.is('(') && !p.scope.objects.has(text)) {
    p.skipParens();
    return unknown;
  }
  const enumerator = p.scope.enumerators.get(text);
  if (enumerator !== undefined) return operand(enumerator.type, enumerator.value);
  const object = p.scope.objects.get(text);
  if (object !== undefined) return operand(object);
  if (text === 'true' || text === 'false') return operand(basicType(p.scope, 'int'), text === 'true' ? 1n : 0n);
  return unknown;
}

/** A number's type is the first of its list that holds it (C17 6.4.4.1). */
function number(p: Parser, text: string): Operand {
  const int = integerValue(text);
  if (int === null) {
    const m = /^(0[xX][0-9a-fA-F.]*[pP][-+]?[0-9]+|[0-9.]+(?:[eE][-+]?[0-9]+)?)([fFlL]|[fF]?[0-9]*[xX]?)$/.exec(text);
    // GNU's imaginary numbers, whose real part is nothing
    if (/^[0-9.]+(?:[eE][-+]?[0-9]+)?(?:[fFlL]?[ij]|[ij][fFlL]?)$/.test(text))
      return operand(basicType(p.scope, /f/i.test(text) ? 'complex float' : 'complex double'), 0);
    if (m === null) return unknown;
    const type = basicType(p.scope, /^f$/i.test(m[2]) ? 'float' : /^l$/i.test(m[2]) ? 'long double' : 'double');
    const value = /^0[xX]/.test(m[1]) ? null : Number(m[1]);
    return operand(type, wrap(type, value));
  }
  const unsigned = int.suffix.includes('u');
  const longs = (int.suffix.match(/l/g) ?? []).length;
  const names = ['int', 'unsigned int', 'long int', 'long unsigned int', 'long long int', 'long long unsigned int'];
  for (const [i, name] of names.entries()) {
    if (i < longs * 2) continue;
    const isUnsigned = i % 2 === 1;
    if (unsigned !== isUnsigned && (unsigned || int.decimal)) continue;
    const type = basicType(p.scope, name);
    const bits = BigInt(type.size * 8 - (isUnsigned ? 0 : 1));
    if (int.value >> bits === 0n) return operand(type, int.value);
  }
  return unknown;
}
