/** The state of gc's parser, the nodes it makes, and how it reports and resynchronises (syntax/parser.go). */
import { type Directive, Kind, Op, RawNode, type SyntaxError, Unit } from '../ast.ts';
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
  /** Absolute offset that the unit's offset 0 stands for. */
  base: number;
  nextId: number;
  /** Errors in the order in which they were found. */
  errors: SyntaxError[];
  /** Function nesting. */
  fnest: number;
  /** Expression nesting; below 0 in the headers of if, for and switch, where `{` opens the block. */
  xnest: number;
  depth: number;
  /** The deepest that nodes may be nested so far, chains of selectors and calls included. */
  deepest: number;
  /** The `//go:` directives read so far. */
  directives: Directive[];
  /** What is to be said of those that change a declaration if none takes them. */
  pragmas: SyntaxError[];
  /** The flags of these (`Pragma`). */
  pragma: number;
  /** There are comments that look like line directives. */
  lines: boolean;
  /** The function body being read has a label, or a statement that jumps. */
  branches: boolean;
}

/** Thrown when nesting is too deep to go on; the errors so far stand. */
const tooDeep = Symbol('nested too deeply');

/** Nesting beyond what the parser allows, or the host's stack. */
export function isTooDeep(thrown: unknown): boolean {
  return thrown === tooDeep || thrown instanceof RangeError;
}

export const maxNesting = 500;

/** A parser of the source, or of what is there from one offset to another. */
export function newParser(
  source: SourceText,
  rules: SyntaxRules,
  directive: (p: Parser, start: number, end: number) => void,
  from = 0,
  to = source.text.length,
): Parser {
  const p: Parser = {
    s: undefined as unknown as Scanner,
    rules,
    source,
    unit: new Unit(source, 0, source.text.length, true),
    base: 0,
    nextId: 0,
    errors: [],
    fnest: 0,
    xnest: 0,
    depth: 0,
    deepest: 0,
    directives: [],
    pragmas: [],
    pragma: 0,
    lines: false,
    branches: false,
  };
  const error = (offset: number, message: string) => errorAt(p, offset, message);
  p.s = newScanner(source.text, from, to, error, (start, end) => directive(p, start, end));
  return p;
}

/** A declaration takes the directives before it: their flags. */
export function takePragma(p: Parser): number {
  const flags = p.pragma;
  if (p.pragmas.length > 0) p.pragmas = [];
  p.pragma = 0;
  return flags;
}

/** What ends here takes no directives: those before it are misplaced. */
export function clearPragma(p: Parser): void {
  if (p.pragmas.length > 0) p.errors.push(...p.pragmas);
  takePragma(p);
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

/** What nodes without lists share; nobody writes to it. */
const none: RawNode[] = [];

/** A node at the offset, with a text that begins at `start`; `ended` says where it ends. */
export function node(p: Parser, kind: Kind, offset: number, start = offset): RawNode {
  const at = offset - p.base;
  const from = start - p.base;
  const id = p.nextId++;
  return new RawNode(kind, id, p.unit, at, from, at, Op.None, 0, 0, '', null, null, null, null, none, none, null);
}

/** The node, whose last token has been read. */
export function ended(p: Parser, n: RawNode): RawNode {
  n.end = p.s.end - p.base;
  return n;
}

/** Absolute offsets of a node's position and text. */
export function posOf(p: Parser, n: RawNode): number {
  return n.pos + p.base;
}

export function startOf(p: Parser, n: RawNode): number {
  return n.start + p.base;
}

/** A name that is the current token, or stands for one that is missing. */
export function nameAt(p: Parser, offset: number, text: string): RawNode {
  const n = node(p, Kind.Name, offset);
  n.text = text;
  return n;
}

export function badExpr(p: Parser): RawNode {
  return node(p, Kind.BadExpr, p.s.offset);
}

/** One level deeper, to be taken back by `leave`. */
export function enter(p: Parser): void {
  if (++p.depth > maxNesting) throw tooDeep;
  if (p.depth > p.deepest) p.deepest = p.depth;
}

export function leave(p: Parser): void {
  p.depth--;
}
