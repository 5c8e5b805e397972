/** The state of the recovering parser, and how it reports and resynchronises (syntax/parser.go). */
import { Kind, Op, RawNode, type SyntaxError, Unit } from '../ast.ts';
import type { SyntaxRules } from '../lower/state.ts';
import { operatorString } from '../print.ts';
import type { SourceText } from '../../source/text.ts';
import { newScanner, type Scanner, scan } from './scan.ts';
import { Token, tokenName } from './token.ts';

export interface Parser {
  s: Scanner;
  rules: SyntaxRules;
  source: SourceText;
  unit: Unit;
  nextId: number;
  /** Errors in the order in which they were found. */
  errors: SyntaxError[];
  /** Function nesting. */
  fnest: number;
  /** Expression nesting; below 0 in the headers of if, for and switch, where `{` opens the block. */
  xnest: number;
  depth: number;
  /** What is to be said of the `//go:` directives read so far if no declaration takes them. */
  pragmas: SyntaxError[];
}

/** Thrown when nesting is too deep to go on; the errors so far stand. */
export const tooDeep = Symbol('nested too deeply');

export const maxNesting = 500;

export function newParser(
  source: SourceText,
  rules: SyntaxRules,
  directive: (p: Parser, start: number, end: number) => void,
): Parser {
  const p: Parser = {
    s: undefined as unknown as Scanner,
    rules,
    source,
    unit: new Unit(source, 0, source.text.length, true),
    nextId: 0,
    errors: [],
    fnest: 0,
    xnest: 0,
    depth: 0,
    pragmas: [],
  };
  const error = (offset: number, message: string) => errorAt(p, offset, message);
  p.s = newScanner(source.text, error, (start, end) => directive(p, start, end));
  return p;
}

/** A declaration takes the directives before it. */
export function takePragma(p: Parser): void {
  p.pragmas = [];
}

/** What ends here takes no directives: those before it are misplaced. */
export function clearPragma(p: Parser): void {
  p.errors.push(...p.pragmas);
  p.pragmas = [];
}

export function next(p: Parser): void {
  scan(p.s);
}

export function got(p: Parser, tok: Token): boolean {
  if (p.s.tok !== tok) return false;
  scan(p.s);
  return true;
}

export function want(p: Parser, tok: Token): void {
  if (got(p, tok)) return;
  syntaxError(p, `expected ${tokenName(tok)}`);
  advance(p);
}

/** `=`; `:=` is taken for it, with an error. */
export function gotAssign(p: Parser): boolean {
  if (p.s.tok === Token.Define) syntaxError(p, 'expected =');
  else if (p.s.tok !== Token.Assign) return false;
  next(p);
  return true;
}

export function errorAt(p: Parser, offset: number, message: string): void {
  p.errors.push({ offset, message });
}

export function syntaxError(p: Parser, message: string): void {
  syntaxErrorAt(p, p.s.offset, message);
}

/** Messages that begin with in, at, after or expected get the unexpected token put before them. */
export function syntaxErrorAt(p: Parser, offset: number, message: string): void {
  if (p.s.tok === Token.EOF && p.errors.length > 0) return;
  if (message.startsWith('in ') || message.startsWith('at ') || message.startsWith('after ')) message = ` ${message}`;
  else if (message.startsWith('expected ')) message = `, ${message}`;
  else {
    errorAt(p, offset, `syntax error: ${message}`);
    return;
  }
  errorAt(p, offset, `syntax error: unexpected ${tokenAsFound(p)}${message}`);
}

function tokenAsFound(p: Parser): string {
  const { s } = p;
  switch (s.tok) {
    case Token.Name:
      return `name ${s.lit}`;
    case Token.Semi:
      return s.lit;
    case Token.Literal:
      return `literal ${s.lit}`;
    case Token.Operator:
      return operatorString(s.op);
    case Token.AssignOp:
      return `${operatorString(s.op)}=`;
    case Token.IncOp:
      return operatorString(s.op).repeat(2);
    default:
      return tokenName(s.tok);
  }
}

/** Keywords that begin a statement: good places to go on at, inside of functions. */
const statementStarts: ReadonlySet<Token> = new Set([
  Token.Break,
  Token.Const,
  Token.Continue,
  Token.Defer,
  Token.Fallthrough,
  Token.For,
  Token.Go,
  Token.Goto,
  Token.If,
  Token.Return,
  Token.Select,
  Token.Switch,
  Token.Type,
  Token.Var,
]);

/** Skips to one of the tokens, or inside of a function to a statement's keyword; without any, skips one token. */
export function advance(p: Parser, ...followers: Token[]): void {
  const { s } = p;
  while (s.tok !== Token.EOF) {
    if (followers.length > 0 && (followers.includes(s.tok) || (p.fnest > 0 && statementStarts.has(s.tok)))) return;
    next(p);
    if (followers.length === 0) return;
  }
}

/**
 * [ f { sep f } [ sep ] ] close. `element` returns true when nothing may follow. Returns the offset of the closing
 * token.
 */
export function list(p: Parser, context: string, sep: Token, close: Token, element: () => boolean): number {
  let done = false;
  while (p.s.tok !== Token.EOF && p.s.tok !== close && !done) {
    done = element();
    if (!got(p, sep) && p.s.tok !== close) {
      syntaxError(p, `in ${context}; possibly missing ${tokenName(sep)} or ${tokenName(close)}`);
      advance(p, Token.Rparen, Token.Rbrack, Token.Rbrace);
      if (p.s.tok !== close) return p.s.offset;
    }
  }
  const offset = p.s.offset;
  want(p, close);
  return offset;
}

/** A node at the offset; its extent is not kept. */
export function node(p: Parser, kind: Kind, offset: number): RawNode {
  const id = p.nextId++;
  return new RawNode(kind, id, p.unit, offset, offset, offset, Op.None, 0, 0, '', null, null, null, null, [], [], null);
}

export function nameAt(p: Parser, offset: number, text: string): RawNode {
  const n = node(p, Kind.Name, offset);
  n.text = text;
  return n;
}

export function badExpr(p: Parser): RawNode {
  return node(p, Kind.BadExpr, p.s.offset);
}

/** Runs f one level deeper. */
export function nested<T>(p: Parser, f: () => T): T {
  if (++p.depth > maxNesting) throw tooDeep;
  const result = f();
  p.depth--;
  return result;
}
