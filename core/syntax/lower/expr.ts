/** Expressions, as gc's parser.expr, pexpr, operand and complitexpr build them. */
import { Kind, NodeFlag, Op, type RawNode } from '../ast.ts';
import { isValue, unparen } from '../expression.ts';
import { literalKind, literalProblem } from '../literal.ts';
import { Rec } from '../parser.ts';
import { Sym } from '../symbols.ts';
import { child, complain, endOf, type Lowering, makeNode, maxDepth, next, startOf, symbol, textOf } from './state.ts';
import { lowerBody } from './stmt.ts';
import { lowerFuncType, lowerType } from './type.ts';

export function lowerName(s: Lowering, at: number): RawNode {
  const start = startOf(s, at);
  const n = makeNode(s, Kind.Name, start, start, endOf(s, at));
  n.text = textOf(s, at);
  return n;
}

export function lowerLiteral(s: Lowering, at: number): RawNode {
  const start = startOf(s, at);
  const n = makeNode(s, Kind.BasicLit, start, start, endOf(s, at));
  n.text = textOf(s, at);
  n.op = literalKind(n.text);
  const problem = literalProblem(n.text);
  if (problem !== null) {
    n.flags |= NodeFlag.BadLit;
    complain(s, start + problem.offset, problem.message);
  }
  return n;
}

export function badExpr(s: Lowering, at: number, message: string): RawNode {
  complain(s, startOf(s, at), message);
  return makeNode(s, Kind.BadExpr, startOf(s, at), startOf(s, at), endOf(s, at));
}

export function lowerExpr(s: Lowering, at: number): RawNode {
  if (s.depth > maxDepth) return badExpr(s, at, 'syntax error: nesting too deep');
  s.depth++;
  const n = lowerExprOf(s, at);
  s.depth--;
  return n;
}

function lowerExprOf(s: Lowering, at: number): RawNode {
  switch (symbol(s, at)) {
    case Sym.identifier:
      return lowerName(s, at);
    case Sym.number_literal:
    case Sym.rune_literal:
    case Sym.interpreted_string_literal:
    case Sym.raw_string_literal:
      return lowerLiteral(s, at);
    case Sym.parenthesized_expression: {
      const start = startOf(s, at);
      const n = makeNode(s, Kind.ParenExpr, start, start, endOf(s, at));
      n.a = lowerExpr(s, next(s, child(at)));
      // in a header the grammar takes the brace for that of the block
      if (isLiteralType(unparen(n.a)) && /^[ \t]*\{/.test(s.text.slice(endOf(s, at), endOf(s, at) + 40)))
        complain(s, startOf(s, at), 'syntax error: cannot parenthesize type in composite literal');
      return n;
    }
    case Sym.selector_expression: {
      const x = lowerExpr(s, child(at));
      const dot = next(s, child(at));
      const n = makeNode(s, Kind.SelectorExpr, startOf(s, dot), startOf(s, at), endOf(s, at));
      n.a = x;
      n.c = lowerName(s, next(s, dot));
      return n;
    }
    case Sym.call_expression:
      return lowerCall(s, at);
    case Sym.index_expression: {
      const x = lowerExpr(s, child(at));
      return lowerIndex(s, at, x, next(s, child(at)), false);
    }
    case Sym.slice_expression:
      return lowerSlice(s, at);
    case Sym.type_assertion_expression: {
      const x = lowerExpr(s, child(at));
      const dot = next(s, child(at));
      const n = makeNode(s, Kind.AssertExpr, startOf(s, dot), startOf(s, at), endOf(s, at));
      n.a = x;
      n.b = lowerType(s, next(s, next(s, dot)));
      return n;
    }
    case Sym.type_switch_guard: {
      const x = lowerExpr(s, child(at));
      const n = makeNode(s, Kind.TypeSwitchGuard, startOf(s, next(s, child(at))), startOf(s, at), endOf(s, at));
      n.a = x;
      return n;
    }
    case Sym.composite_literal:
      return lowerTypedLiteral(s, at);
    case Sym.literal_value:
      return lowerLiteralValue(s, at, null, startOf(s, at));
    case Sym.keyed_element: {
      const key = lowerExpr(s, child(at));
      const colon = next(s, child(at));
      const n = makeNode(s, Kind.KeyValueExpr, startOf(s, colon), startOf(s, at), endOf(s, at));
      n.a = key;
      n.c = lowerExpr(s, next(s, colon));
      return n;
    }
    case Sym.func_literal: {
      const start = startOf(s, at);
      const n = makeNode(s, Kind.FuncLit, start, start, endOf(s, at));
      const signature = next(s, child(at));
      n.b = lowerFuncType(s, signature, next(s, at));
      let body = signature;
      while (symbol(s, body) !== Sym.block) body = next(s, body);
      n.d = lowerBody(s, body);
      return n;
    }
    case Sym.unary_expression:
      return lowerUnary(s, at);
    case Sym.binary_expression:
      return lowerBinary(s, at);
    case Sym.expression_list:
      return lowerExprList(s, at);
    default:
      return lowerType(s, at);
  }
}

/** x, y, z as one ListExpr, at its first element's position. */
function lowerExprList(s: Lowering, at: number): RawNode {
  const list: RawNode[] = [];
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    if (symbol(s, c) !== Sym.COMMA) list.push(lowerExpr(s, c));
  }
  const n = makeNode(s, Kind.ListExpr, list[0].pos + s.base, startOf(s, at), endOf(s, at));
  n.list = list;
  return n;
}

function lowerCall(s: Lowering, at: number): RawNode {
  const fun = lowerExpr(s, child(at));
  const paren = next(s, child(at));
  const n = makeNode(s, Kind.CallExpr, startOf(s, paren), startOf(s, at), endOf(s, at));
  n.a = fun;
  const args: RawNode[] = [];
  for (let c = next(s, paren), end = next(s, at); c < end; c = next(s, c)) {
    switch (symbol(s, c)) {
      case Sym.COMMA:
      case Sym.RPAREN:
        break;
      case Sym.DOT_DOT_DOT:
        n.flags |= NodeFlag.HasDots;
        break;
      default:
        args.push(lowerExpr(s, c));
    }
  }
  n.list = args;
  return n;
}

/**
 * x[i], x[T1, T2]: `bracket` is the `[`. gc reads the first element as an expression and the others as types
 * (parser.typeList); where only a type can stand, `strict`, the first is a type as well.
 */
export function lowerIndex(s: Lowering, at: number, x: RawNode, bracket: number, strict: boolean): RawNode {
  const n = makeNode(s, Kind.IndexExpr, startOf(s, bracket), startOf(s, at), endOf(s, at));
  n.a = x;
  const list: RawNode[] = [];
  for (let c = next(s, bracket), end = next(s, at); c < end; c = next(s, c)) {
    const sym = symbol(s, c);
    if (sym === Sym.COMMA || sym === Sym.RBRACK) continue;
    list.push(list.length === 0 && !strict ? lowerExpr(s, c) : lowerTypeArgument(s, c));
  }
  if (list.length === 1) {
    n.c = list[0];
  } else {
    const first = list[0];
    const last = list[list.length - 1];
    const l = makeNode(s, Kind.ListExpr, first.pos + s.base, first.start + s.base, last.end + s.base);
    l.list = list;
    n.c = l;
  }
  return n;
}

/** A type that was read as an expression: parentheses go, as parser.typeOrNil drops them, and values are refused. */
function lowerTypeArgument(s: Lowering, at: number): RawNode {
  switch (symbol(s, at)) {
    case Sym.parenthesized_expression:
      return lowerTypeArgument(s, next(s, child(at)));
    case Sym.selector_expression: {
      if (symbol(s, child(at)) !== Sym.identifier) break;
      return lowerExpr(s, at);
    }
    case Sym.index_expression: {
      const x = child(at);
      if (symbol(s, x) !== Sym.identifier && symbol(s, x) !== Sym.selector_expression) break;
      return lowerIndex(s, at, lowerTypeArgument(s, x), next(s, x), true);
    }
    case Sym.unary_expression: {
      const operator = child(at);
      if (symbol(s, operator) === Sym.STAR) {
        const n = makeNode(s, Kind.Operation, startOf(s, at), startOf(s, at), endOf(s, at));
        n.op = Op.Mul;
        n.a = lowerTypeArgument(s, next(s, operator));
        return n;
      }
      if (symbol(s, operator) === Sym.LT_DASH && symbol(s, next(s, operator)) === Sym.channel_type) {
        const type = lowerExpr(s, at);
        type.pos = type.start; // read as a type it is where its arrow is
        return type;
      }
      break;
    }
    case Sym.number_literal:
    case Sym.rune_literal:
    case Sym.interpreted_string_literal:
    case Sym.raw_string_literal:
    case Sym.binary_expression:
    case Sym.call_expression:
    case Sym.slice_expression:
    case Sym.type_assertion_expression:
    case Sym.type_switch_guard:
    case Sym.composite_literal:
    case Sym.func_literal:
      break;
    default:
      return lowerType(s, at);
  }
  return badExpr(s, at, 'syntax error: expected type');
}

function lowerSlice(s: Lowering, at: number): RawNode {
  const x = lowerExpr(s, child(at));
  const bracket = next(s, child(at));
  const n = makeNode(s, Kind.SliceExpr, startOf(s, bracket), startOf(s, at), endOf(s, at));
  n.a = x;
  const indices: (RawNode | null)[] = [null, null, null];
  let i = 0;
  for (let c = next(s, bracket), end = next(s, at); c < end; c = next(s, c)) {
    const sym = symbol(s, c);
    if (sym === Sym.RBRACK) break;
    if (sym !== Sym.COLON) {
      indices[i] = lowerExpr(s, c);
      continue;
    }
    if (++i === 2) {
      n.flags |= NodeFlag.Full;
      if (indices[1] === null) complain(s, startOf(s, c), 'middle index required in 3-index slice');
    }
  }
  n.list = indices as RawNode[];
  return n;
}

/** T{…}. gc refuses an index expression that must be a value before `{` (parser.pexpr, isValue). */
function lowerTypedLiteral(s: Lowering, at: number): RawNode {
  const type = lowerExpr(s, child(at));
  const body = next(s, child(at));
  if (type.kind === Kind.IndexExpr && isValue(type)) {
    complain(s, startOf(s, body), 'syntax error: unexpected { at end of statement');
  }
  return lowerLiteralValue(s, body, type, startOf(s, at));
}

function lowerLiteralValue(s: Lowering, at: number, type: RawNode | null, start: number): RawNode {
  const n = makeNode(s, Kind.CompositeLit, startOf(s, at), start, endOf(s, at));
  n.b = type;
  const list: RawNode[] = [];
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    const sym = symbol(s, c);
    if (sym === Sym.COMMA || sym === Sym.LBRACE || sym === Sym.RBRACE) continue;
    list.push(lowerExpr(s, c));
  }
  n.list = list;
  return n;
}

function lowerUnary(s: Lowering, at: number): RawNode {
  const operator = child(at);
  checkOperator(s, operator);
  let x = lowerExpr(s, next(s, operator));
  const sym = symbol(s, operator);
  if (sym === Sym.LT_DASH && x.kind === Kind.ChanType) {
    receiveOnly(s, at, x);
    return x;
  }
  const n = makeNode(s, Kind.Operation, startOf(s, at), startOf(s, at), endOf(s, at));
  n.op = unaryOperator(sym);
  if (n.op === Op.And) while (x.kind === Kind.ParenExpr) x = x.a!;
  n.a = x;
  return n;
}

/**
 * `<-` before a channel type belongs to the type: <-(chan E) is (<-chan E), and <-(chan<- E) is (<-chan (<-E)), for as
 * long as E is a channel type that is sent to (parser.unaryExpr).
 */
function receiveOnly(s: Lowering, at: number, type: RawNode): void {
  type.start = startOf(s, at) - s.base; // gc's position stays at `chan`
  const sendOnly = 1;
  const recvOnly = 2;
  let dir = sendOnly;
  let t: RawNode = type;
  while (dir === sendOnly) {
    if (t.kind !== Kind.ChanType) {
      complain(s, endOf(s, at), 'syntax error: unexpected channel element, expected chan');
      return;
    }
    dir = t.op;
    if (t !== type) t.start = s.text.lastIndexOf('<-', t.start + s.base - 1) - s.base;
    if (dir === recvOnly) complain(s, endOf(s, at), 'syntax error: unexpected <-, expected chan');
    t.op = recvOnly;
    t = t.b!;
  }
}

/**
 * The grammar's lexer knows which tokens may follow and reads `a<-b` as a < -b, `--x` as -(-x). gc's takes the longest
 * token there is.
 */
function checkOperator(s: Lowering, operator: number): void {
  const end = endOf(s, operator);
  if (end - startOf(s, operator) !== 1) return;
  switch (s.text.substring(end - 1, end + 1)) {
    case '<-':
    case '--':
    case '++':
    case '&&':
    case '&^':
    case '/*': // a comment that does not end
      complain(s, end - 1, `syntax error: unexpected ${s.text.substring(end - 1, end + 1)}`);
  }
}

function unaryOperator(sym: Sym): Op {
  switch (sym) {
    case Sym.PLUS:
      return Op.Add;
    case Sym.DASH:
      return Op.Sub;
    case Sym.BANG:
      return Op.Not;
    case Sym.CARET:
      return Op.Xor;
    case Sym.STAR:
      return Op.Mul;
    case Sym.AMP:
      return Op.And;
    case Sym.LT_DASH:
      return Op.Recv;
    default:
      return Op.Tilde;
  }
}

/** Left-associative chains are long in generated code, so the left side is walked, not recursed into. */
function lowerBinary(s: Lowering, at: number): RawNode {
  const spine: number[] = [];
  let left = at;
  while (symbol(s, left) === Sym.binary_expression) {
    spine.push(left);
    left = child(left);
  }
  let x = lowerExpr(s, left);
  for (let i = spine.length - 1; i >= 0; i--) {
    const operator = next(s, child(spine[i]));
    checkOperator(s, operator);
    const n = makeNode(s, Kind.Operation, startOf(s, operator), startOf(s, spine[i]), endOf(s, spine[i]));
    n.op = binaryOperator(symbol(s, operator));
    n.a = x;
    n.b = lowerExpr(s, next(s, operator));
    x = n;
  }
  return x;
}

/** The operator of `x op y`, and of `x op= y`. */
export function binaryOperator(sym: Sym): Op {
  switch (sym) {
    case Sym.PIPE_PIPE:
      return Op.OrOr;
    case Sym.AMP_AMP:
      return Op.AndAnd;
    case Sym.EQ_EQ:
      return Op.Eql;
    case Sym.BANG_EQ:
      return Op.Neq;
    case Sym.LT:
      return Op.Lss;
    case Sym.LT_EQ:
      return Op.Leq;
    case Sym.GT:
      return Op.Gtr;
    case Sym.GT_EQ:
      return Op.Geq;
    case Sym.PLUS:
    case Sym.PLUS_EQ:
    case Sym.PLUS_PLUS:
      return Op.Add;
    case Sym.DASH:
    case Sym.DASH_EQ:
    case Sym.DASH_DASH:
      return Op.Sub;
    case Sym.PIPE:
    case Sym.PIPE_EQ:
      return Op.Or;
    case Sym.CARET:
    case Sym.CARET_EQ:
      return Op.Xor;
    case Sym.STAR:
    case Sym.STAR_EQ:
      return Op.Mul;
    case Sym.SLASH:
    case Sym.SLASH_EQ:
      return Op.Div;
    case Sym.PERCENT:
    case Sym.PERCENT_EQ:
      return Op.Rem;
    case Sym.AMP:
    case Sym.AMP_EQ:
      return Op.And;
    case Sym.AMP_CARET:
    case Sym.AMP_CARET_EQ:
      return Op.AndNot;
    case Sym.LT_LT:
    case Sym.LT_LT_EQ:
      return Op.Shl;
    default:
      return Op.Shr;
  }
}

/** What an expression's record says it is, for callers that only look: used by go and defer. */
export function isOperation(s: Lowering, at: number): boolean {
  const sym = s.records[at + Rec.Symbol];
  return sym === Sym.unary_expression || sym === Sym.binary_expression;
}

/** A type that a brace makes a literal wherever it stands. */
function isLiteralType({ kind }: RawNode): boolean {
  return kind === Kind.ArrayType || kind === Kind.SliceType || kind === Kind.StructType || kind === Kind.MapType;
}
