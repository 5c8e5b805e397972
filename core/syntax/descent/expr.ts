/** Expressions (parser.go: binaryExpr, unaryExpr, operand, pexpr, complitexpr). */
import { ChanDir, Kind, LitKind, NodeFlag, Op, type RawNode } from '../ast.ts';
import { isValue, unparen } from '../expression.ts';
import { exprString } from '../print.ts';
import {
  advance,
  badExpr,
  ended,
  enter,
  errorAt,
  got,
  leave,
  list,
  nameAt,
  next,
  node,
  type Parser,
  posOf,
  startOf,
  syntaxError,
  want,
} from './state.ts';
import { funcBody } from './stmt.ts';
import { Prec, Token } from './token.ts';
import { funcType, typeNode, typeOrNil } from './type.ts';

export function expr(p: Parser): RawNode {
  return binaryExpr(p, null, Prec.None);
}

export function binaryExpr(p: Parser, x: RawNode | null, prec: Prec): RawNode {
  const { s } = p;
  let left = x ?? unaryExpr(p);
  while ((s.tok === Token.Operator || s.tok === Token.Star) && s.prec > prec) {
    const t = node(p, Kind.Operation, s.offset, startOf(p, left));
    t.op = s.op;
    const inner = s.prec;
    next(p);
    t.a = left;
    enter(p);
    t.b = binaryExpr(p, null, inner);
    leave(p);
    left = ended(p, t);
  }
  return left;
}

function unaryExpr(p: Parser): RawNode {
  const { s } = p;
  if (s.tok === Token.Operator || s.tok === Token.Star) {
    switch (s.op) {
      case Op.Mul:
      case Op.Add:
      case Op.Sub:
      case Op.Not:
      case Op.Xor:
      case Op.Tilde:
      case Op.And: {
        const t = node(p, Kind.Operation, s.offset);
        t.op = s.op;
        next(p);
        enter(p);
        const x = unaryExpr(p);
        leave(p);
        t.a = t.op === Op.And ? unparen(x) : x;
        return ended(p, t);
      }
    }
  } else if (s.tok === Token.Arrow) {
    const offset = s.offset;
    next(p);
    enter(p);
    const x = unaryExpr(p);
    leave(p);
    if (x.kind === Kind.ChanType) {
      x.start = offset - p.base; // gc's position stays at `chan`
      receiveOnly(p, x);
      return x;
    }
    const t = node(p, Kind.Operation, offset);
    t.op = Op.Recv;
    t.a = x;
    return ended(p, t);
  }
  return pexpr(p, null, true);
}

/** `<-` in front of a channel type belongs to it, and to its element where that is sent to. */
function receiveOnly(p: Parser, type: RawNode): void {
  let dir = ChanDir.SendOnly as ChanDir;
  let t = type;
  while (dir === ChanDir.SendOnly) {
    if (t.kind !== Kind.ChanType) break;
    dir = t.op;
    if (t !== type) t.start = p.s.text.lastIndexOf('<-', startOf(p, t) - 1) - p.base;
    if (dir === ChanDir.RecvOnly) syntaxError(p, 'unexpected <-, expected chan');
    t.op = ChanDir.RecvOnly;
    t = t.b!;
  }
  if (dir === ChanDir.SendOnly) syntaxError(p, `unexpected ${exprString(t)}, expected chan`);
}

export function name(p: Parser): RawNode {
  const { s } = p;
  if (s.tok === Token.Name) {
    const n = nameAt(p, s.offset, s.lit);
    next(p);
    return ended(p, n);
  }
  const n = nameAt(p, s.offset, '_');
  syntaxError(p, 'expected name');
  advance(p);
  return n;
}

export function nameList(p: Parser, first: RawNode): RawNode[] {
  const names = [first];
  while (got(p, Token.Comma)) names.push(name(p));
  return names;
}

export function literal(p: Parser): RawNode | null {
  const { s } = p;
  if (s.tok !== Token.Literal) return null;
  const n = node(p, Kind.BasicLit, s.offset);
  n.text = s.lit;
  n.op = s.kind;
  if (s.bad) n.flags |= NodeFlag.BadLit;
  next(p);
  return ended(p, n);
}

export function isString(n: RawNode): boolean {
  return n.op === LitKind.String;
}

function operand(p: Parser, keepParens: boolean): RawNode {
  const { s } = p;
  switch (s.tok) {
    case Token.Name:
      return name(p);
    case Token.Literal:
      return literal(p)!;
    case Token.Lparen: {
      const offset = s.offset;
      next(p);
      p.xnest++;
      enter(p);
      const x = expr(p);
      leave(p);
      p.xnest--;
      want(p, Token.Rparen);
      if (!keepParens && (s.tok as Token) !== Token.Lbrace) return x;
      const paren = node(p, Kind.ParenExpr, offset);
      paren.a = x;
      return ended(p, paren);
    }
    case Token.Func: {
      const offset = s.offset;
      next(p);
      const { type } = funcType(p, 'function type');
      if ((s.tok as Token) !== Token.Lbrace) {
        type.start = offset - p.base;
        return type;
      }
      p.xnest++;
      const f = node(p, Kind.FuncLit, offset);
      f.b = type;
      enter(p);
      f.d = funcBody(p);
      leave(p);
      p.xnest--;
      return ended(p, f);
    }
    case Token.Lbrack:
    case Token.Chan:
    case Token.Map:
    case Token.Struct:
    case Token.Interface:
      return typeNode(p);
    default: {
      const x = badExpr(p);
      syntaxError(p, 'expected expression');
      advance(p, Token.Rparen, Token.Rbrack, Token.Rbrace);
      return x;
    }
  }
}

export function pexpr(p: Parser, first: RawNode | null, keepParens: boolean): RawNode {
  const { s } = p;
  let x = first ?? operand(p, keepParens);
  for (let links = 0; ; links++) {
    if (p.depth + links > p.deepest) p.deepest = p.depth + links;
    const offset = s.offset;
    switch (s.tok) {
      case Token.Dot:
        next(p);
        x = selector(p, x, offset);
        break;
      case Token.Lbrack:
        next(p);
        x = indexOrSlice(p, x, offset);
        break;
      case Token.Lparen: {
        const t = node(p, Kind.CallExpr, offset, startOf(p, x));
        next(p);
        t.a = x;
        argList(p, t);
        x = ended(p, t);
        break;
      }
      case Token.Lbrace: {
        const t = unparen(x);
        if (!startsLiteral(p, t)) return x;
        if (t !== x) syntaxError(p, 'cannot parenthesize type in composite literal');
        const n = compositeLit(p);
        n.start = x.start;
        n.b = x;
        x = n;
        break;
      }
      default:
        return x;
    }
  }
}

function selector(p: Parser, x: RawNode, offset: number): RawNode {
  const { s } = p;
  switch (s.tok) {
    case Token.Name: {
      const t = node(p, Kind.SelectorExpr, offset, startOf(p, x));
      t.a = x;
      t.c = name(p);
      return ended(p, t);
    }
    case Token.Lparen: {
      next(p);
      let t: RawNode;
      if (got(p, Token.Type)) {
        t = node(p, Kind.TypeSwitchGuard, offset, startOf(p, x));
      } else {
        t = node(p, Kind.AssertExpr, offset, startOf(p, x));
        t.b = typeNode(p);
      }
      t.a = x;
      want(p, Token.Rparen);
      return ended(p, t);
    }
    default:
      syntaxError(p, 'expected name or (');
      advance(p, Token.Semi, Token.Rparen);
      return x;
  }
}

function indexOrSlice(p: Parser, x: RawNode, offset: number): RawNode {
  const { s } = p;
  let i: RawNode | null = null;
  if (s.tok !== Token.Colon) {
    let comma = false;
    if (s.tok === Token.Rbrack) {
      syntaxError(p, 'expected operand');
      i = badExpr(p);
    } else {
      ({ x: i, comma } = typeList(p, false));
    }
    if (comma || (s.tok as Token) === Token.Rbrack) {
      want(p, Token.Rbrack);
      const t = node(p, Kind.IndexExpr, offset, startOf(p, x));
      t.a = x;
      t.c = i;
      return ended(p, t);
    }
  }
  if (!got(p, Token.Colon)) {
    syntaxError(p, 'expected comma, : or ]');
    advance(p, Token.Comma, Token.Colon, Token.Rbrack);
  }
  p.xnest++;
  const t = node(p, Kind.SliceExpr, offset, startOf(p, x));
  t.a = x;
  const indices: (RawNode | null)[] = [i, null, null];
  if (s.tok !== Token.Colon && s.tok !== Token.Rbrack) indices[1] = inner(p);
  if (s.tok === Token.Colon) {
    t.flags |= NodeFlag.Full;
    if (indices[1] === null) {
      errorAt(p, s.offset, 'middle index required in 3-index slice');
      indices[1] = badExpr(p);
    }
    next(p);
    if ((s.tok as Token) !== Token.Rbrack) {
      indices[2] = inner(p);
    } else {
      errorAt(p, s.offset, 'final index required in 3-index slice');
      indices[2] = badExpr(p);
    }
  }
  t.list = indices as RawNode[];
  p.xnest--;
  want(p, Token.Rbrack);
  return ended(p, t);
}

/** An expression one level deeper. */
function inner(p: Parser): RawNode {
  enter(p);
  const x = expr(p);
  leave(p);
  return x;
}

/** Whether `{` after x begins a composite literal and not a block. */
function startsLiteral(p: Parser, x: RawNode): boolean {
  switch (x.kind) {
    case Kind.Name:
    case Kind.SelectorExpr:
      return p.xnest >= 0;
    case Kind.IndexExpr:
      return p.xnest >= 0 && !isValue(x);
    case Kind.ArrayType:
    case Kind.SliceType:
    case Kind.StructType:
    case Kind.MapType:
      return true;
    default:
      return false;
  }
}

function argList(p: Parser, call: RawNode): void {
  const args: RawNode[] = [];
  p.xnest++;
  list(p, 'argument list', Token.Comma, Token.Rparen, () => {
    args.push(inner(p));
    const dots = got(p, Token.DotDotDot);
    if (dots) call.flags |= NodeFlag.HasDots;
    return dots;
  });
  p.xnest--;
  call.list = args;
}

function element(p: Parser): RawNode {
  enter(p);
  const x = p.s.tok === Token.Lbrace ? compositeLit(p) : expr(p);
  leave(p);
  return x;
}

function compositeLit(p: Parser): RawNode {
  const n = node(p, Kind.CompositeLit, p.s.offset);
  const elements: RawNode[] = [];
  p.xnest++;
  want(p, Token.Lbrace);
  list(p, 'composite literal', Token.Comma, Token.Rbrace, () => {
    let e = element(p);
    if (p.s.tok === Token.Colon) {
      const pair = node(p, Kind.KeyValueExpr, p.s.offset, startOf(p, e));
      next(p);
      pair.a = e;
      pair.c = element(p);
      e = ended(p, pair);
    }
    elements.push(e);
    return false;
  });
  p.xnest--;
  n.list = elements;
  return ended(p, n);
}

export function exprList(p: Parser): RawNode {
  const x = expr(p);
  if (!got(p, Token.Comma)) return x;
  const t = node(p, Kind.ListExpr, posOf(p, x), startOf(p, x));
  t.list = [x, expr(p)];
  while (got(p, Token.Comma)) t.list.push(expr(p));
  return ended(p, t);
}

/** Types separated by commas; without `strict` the first may be any expression. */
export function typeList(p: Parser, strict: boolean): { x: RawNode; comma: boolean } {
  p.xnest++;
  let x = strict ? typeNode(p) : inner(p);
  let comma = false;
  if (got(p, Token.Comma)) {
    comma = true;
    let t = typeOrNil(p);
    if (t !== null) {
      const l = node(p, Kind.ListExpr, posOf(p, x), startOf(p, x));
      l.list = [x, t];
      while (got(p, Token.Comma)) {
        t = typeOrNil(p);
        if (t === null) break;
        l.list.push(t);
      }
      l.end = l.list[l.list.length - 1].end;
      x = l;
    }
  }
  p.xnest--;
  return { x, comma };
}
