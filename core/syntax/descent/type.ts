/** Types, signatures and parameter lists (parser.go: typeOrNil, funcType, structType, interfaceType, paramList). */
import { ChanDir, Kind, Op, type RawNode } from '../ast.ts';
import { expr, literal, name, nameList, typeList } from './expr.ts';
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
  syntaxErrorAt,
  want,
} from './state.ts';
import { Token, tokenName } from './token.ts';

export function typeNode(p: Parser): RawNode {
  const t = typeOrNil(p);
  if (t !== null) return t;
  const bad = badExpr(p);
  syntaxError(p, 'expected type');
  advance(p, Token.Comma, Token.Colon, Token.Semi, Token.Rparen, Token.Rbrack, Token.Rbrace);
  return bad;
}

export function typeOrNil(p: Parser): RawNode | null {
  enter(p);
  const t = typeAt(p, p.s.offset);
  leave(p);
  return t;
}

function typeAt(p: Parser, offset: number): RawNode | null {
  const { s } = p;
  switch (s.tok) {
    case Token.Star:
      next(p);
      return indirect(p, offset, typeNode(p));
    case Token.Arrow: {
      next(p);
      want(p, Token.Chan);
      const t = node(p, Kind.ChanType, offset);
      t.op = ChanDir.RecvOnly;
      t.b = chanElem(p);
      return ended(p, t);
    }
    case Token.Func: {
      next(p);
      const { type } = funcType(p, 'function type');
      type.start = offset - p.base;
      return type;
    }
    case Token.Lbrack:
      next(p);
      return got(p, Token.Rbrack) ? sliceType(p, offset) : arrayType(p, offset, null);
    case Token.Chan: {
      next(p);
      const t = node(p, Kind.ChanType, offset);
      if (got(p, Token.Arrow)) t.op = ChanDir.SendOnly;
      t.b = chanElem(p);
      return ended(p, t);
    }
    case Token.Map: {
      next(p);
      want(p, Token.Lbrack);
      const t = node(p, Kind.MapType, offset);
      t.a = typeNode(p);
      want(p, Token.Rbrack);
      t.c = typeNode(p);
      return ended(p, t);
    }
    case Token.Struct:
      return structType(p);
    case Token.Interface:
      return interfaceType(p);
    case Token.Name:
      return qualifiedName(p, null);
    case Token.Lparen: {
      next(p);
      const t = typeNode(p);
      want(p, Token.Rparen);
      return t;
    }
    default:
      return null;
  }
}

function indirect(p: Parser, offset: number, type: RawNode): RawNode {
  const n = node(p, Kind.Operation, offset);
  n.op = Op.Mul;
  n.a = type;
  return ended(p, n);
}

function typeInstance(p: Parser, type: RawNode): RawNode {
  const x = node(p, Kind.IndexExpr, p.s.offset, startOf(p, type));
  want(p, Token.Lbrack);
  x.a = type;
  if (p.s.tok === Token.Rbrack) {
    syntaxError(p, 'expected type argument list');
    x.c = badExpr(p);
  } else {
    x.c = typeList(p, true).x;
  }
  want(p, Token.Rbrack);
  return ended(p, x);
}

function qualifiedName(p: Parser, first: RawNode | null): RawNode {
  let x: RawNode;
  if (first !== null) x = first;
  else if (p.s.tok === Token.Name) x = name(p);
  else {
    x = nameAt(p, p.s.offset, '_');
    syntaxError(p, 'expected name');
    advance(p, Token.Dot, Token.Semi, Token.Rbrace);
  }
  if (p.s.tok === Token.Dot) {
    const t = node(p, Kind.SelectorExpr, p.s.offset, startOf(p, x));
    next(p);
    t.a = x;
    t.c = name(p);
    x = ended(p, t);
  }
  return p.s.tok === Token.Lbrack ? typeInstance(p, x) : x;
}

/** A signature; with a context, type parameters are an error (of methods, only before Go 1.27). */
export function funcType(p: Parser, context: string): { tparams: RawNode[]; type: RawNode } {
  const type = node(p, Kind.FuncType, p.s.offset);
  let tparams: RawNode[] = [];
  if (got(p, Token.Lbrack)) {
    if (context !== '' && !(context === 'method' && p.rules.genericMethods)) {
      syntaxErrorAt(p, posOf(p, type), `${context} must have no type parameters`);
    }
    if (p.s.tok === Token.Rbrack) {
      syntaxError(p, 'empty type parameter list');
      next(p);
    } else {
      tparams = paramList(p, null, null, Token.Rbrack, true, false);
    }
  }
  want(p, Token.Lparen);
  type.list = paramList(p, null, null, Token.Rparen, false, true);
  type.list2 = funcResult(p);
  return { tparams, type: ended(p, type) };
}

function funcResult(p: Parser): RawNode[] {
  if (got(p, Token.Lparen)) return paramList(p, null, null, Token.Rparen, false, false);
  const offset = p.s.offset;
  const type = typeOrNil(p);
  if (type === null) return [];
  const f = node(p, Kind.Field, offset);
  f.b = type;
  return [ended(p, f)];
}

/** The `[` has been read, and the length where there is one. */
export function arrayType(p: Parser, offset: number, length: RawNode | null): RawNode {
  let len = length;
  if (len === null && !got(p, Token.DotDotDot)) {
    p.xnest++;
    enter(p);
    len = expr(p);
    leave(p);
    p.xnest--;
  }
  if (p.s.tok === Token.Comma) {
    syntaxError(p, 'unexpected comma; expected ]');
    next(p);
  }
  want(p, Token.Rbrack);
  const t = node(p, Kind.ArrayType, offset);
  t.a = len;
  t.b = typeNode(p);
  return ended(p, t);
}

export function sliceType(p: Parser, offset: number): RawNode {
  const t = node(p, Kind.SliceType, offset);
  t.b = typeNode(p);
  return ended(p, t);
}

function chanElem(p: Parser): RawNode {
  const t = typeOrNil(p);
  if (t !== null) return t;
  const bad = badExpr(p);
  syntaxError(p, 'missing channel element type');
  return bad;
}

function structType(p: Parser): RawNode {
  const t = node(p, Kind.StructType, p.s.offset);
  t.list = [];
  const tags: (RawNode | null)[] = [];
  want(p, Token.Struct);
  want(p, Token.Lbrace);
  list(p, 'struct type', Token.Semi, Token.Rbrace, () => {
    fieldDecl(p, t, tags);
    return false;
  });
  if (tags.some(tag => tag !== null)) t.list2 = tags as RawNode[];
  return ended(p, t);
}

function addField(
  p: Parser,
  struct: RawNode,
  tags: (RawNode | null)[],
  offset: number,
  end: number,
  fieldName: RawNode | null,
  type: RawNode,
  tag: RawNode | null,
): void {
  const f = node(p, Kind.Field, offset);
  f.a = fieldName;
  f.b = type;
  f.end = end - p.base;
  struct.list.push(f);
  tags.push(tag);
}

function fieldDecl(p: Parser, struct: RawNode, tags: (RawNode | null)[]): void {
  const { s } = p;
  const offset = s.offset;
  const embed = (type: RawNode) => addField(p, struct, tags, offset, s.end, null, type, literal(p));
  switch (s.tok) {
    case Token.Name: {
      const first = name(p);
      const tok = s.tok as Token;
      if (tok === Token.Dot || tok === Token.Literal || tok === Token.Semi || tok === Token.Rbrace) {
        embed(qualifiedName(p, first));
        return;
      }
      const names = nameList(p, first);
      let type: RawNode;
      if (names.length === 1 && (s.tok as Token) === Token.Lbrack) {
        type = arrayOrTypeArgs(p);
        if (type.kind === Kind.IndexExpr) {
          type.a = first;
          type.start = first.start;
          embed(type);
          return;
        }
      } else {
        type = typeNode(p);
      }
      const { end } = s;
      const tag = literal(p);
      names.forEach((n, i) => {
        const last = i === names.length - 1;
        addField(p, struct, tags, posOf(p, n), last ? end : n.end + p.base, n, type, tag);
      });
      return;
    }
    case Token.Star: {
      next(p);
      let type: RawNode;
      if ((s.tok as Token) === Token.Lparen) {
        syntaxError(p, 'cannot parenthesize embedded type');
        next(p);
        type = qualifiedName(p, null);
        got(p, Token.Rparen);
      } else {
        type = qualifiedName(p, null);
      }
      embed(indirect(p, offset, type));
      return;
    }
    case Token.Lparen: {
      syntaxError(p, 'cannot parenthesize embedded type');
      next(p);
      let type: RawNode;
      if ((s.tok as Token) === Token.Star) {
        const star = s.offset;
        next(p);
        type = indirect(p, star, qualifiedName(p, null));
      } else {
        type = qualifiedName(p, null);
      }
      got(p, Token.Rparen);
      embed(type);
      return;
    }
    default:
      syntaxError(p, 'expected field name or embedded type');
      advance(p, Token.Semi, Token.Rbrace);
  }
}

/** After a name: `[n]E`, `[]E`, or the type arguments of an IndexExpr whose operand the caller fills in. */
function arrayOrTypeArgs(p: Parser): RawNode {
  const offset = p.s.offset;
  want(p, Token.Lbrack);
  if (got(p, Token.Rbrack)) return sliceType(p, offset);
  const { x, comma } = typeList(p, false);
  want(p, Token.Rbrack);
  if (!comma) {
    const elem = typeOrNil(p);
    if (elem !== null) {
      const t = node(p, Kind.ArrayType, offset);
      t.a = x;
      t.b = elem;
      return ended(p, t);
    }
  }
  const t = node(p, Kind.IndexExpr, offset);
  t.c = x;
  return ended(p, t);
}

function interfaceType(p: Parser): RawNode {
  const t = node(p, Kind.InterfaceType, p.s.offset);
  const methods: RawNode[] = [];
  want(p, Token.Interface);
  want(p, Token.Lbrace);
  list(p, 'interface type', Token.Semi, Token.Rbrace, () => {
    let f = p.s.tok === Token.Name ? methodDecl(p) : null;
    if (f === null || f.a === null) f = embeddedElem(p, f, f === null ? p.s.offset : posOf(p, f));
    methods.push(ended(p, f));
    return false;
  });
  t.list = methods;
  return ended(p, t);
}

function methodDecl(p: Parser): RawNode {
  const f = node(p, Kind.Field, p.s.offset);
  const first = name(p);
  const context = 'interface method';
  const method = () => {
    f.a = first;
    f.b = funcType(p, context).type;
  };
  if (p.s.tok === Token.Lparen) {
    method();
    return f;
  }
  if (p.s.tok !== Token.Lbrack) {
    f.b = qualifiedName(p, first);
    return f;
  }
  const offset = p.s.offset;
  next(p);
  if ((p.s.tok as Token) === Token.Rbrack) {
    const close = p.s.offset;
    next(p);
    if ((p.s.tok as Token) === Token.Lparen) {
      errorAt(p, close, 'empty type parameter list');
      method();
    } else {
      errorAt(p, close, 'empty type argument list');
      f.b = first;
    }
    return f;
  }
  const params = paramList(p, null, null, Token.Rbrack, false, false);
  if (params.length === 0) {
    if ((p.s.tok as Token) === Token.Lparen) method();
    else f.b = first;
    return f;
  }
  if (params[0].a !== null) {
    method();
    errorAt(p, offset, 'interface method must have no type parameters');
    return f;
  }
  const t = node(p, Kind.IndexExpr, offset, startOf(p, first));
  t.a = first;
  if (params.length === 1) {
    t.c = params[0].b;
  } else {
    const l = node(p, Kind.ListExpr, posOf(p, params[0]), startOf(p, params[0].b!));
    l.list = params.map(param => param.b!);
    l.end = l.list[l.list.length - 1].end;
    t.c = l;
  }
  f.b = ended(p, t);
  return f;
}

function isOperator(p: Parser, op: Op): boolean {
  return p.s.tok === Token.Operator && p.s.op === op;
}

/** A union of terms, of which the first may have been read; its text begins at `start`. */
function embeddedElem(p: Parser, first: RawNode | null, start = p.s.offset): RawNode {
  let f = first;
  if (f === null) {
    f = node(p, Kind.Field, start);
    f.b = embeddedTerm(p);
  }
  while (isOperator(p, Op.Or)) {
    const t = node(p, Kind.Operation, p.s.offset, start);
    t.op = Op.Or;
    next(p);
    t.a = f.b;
    t.b = embeddedTerm(p);
    f.b = ended(p, t);
  }
  return ended(p, f);
}

function embeddedTerm(p: Parser): RawNode {
  if (isOperator(p, Op.Tilde)) {
    const t = node(p, Kind.Operation, p.s.offset);
    t.op = Op.Tilde;
    next(p);
    t.a = typeNode(p);
    return ended(p, t);
  }
  const t = typeOrNil(p);
  if (t !== null) return t;
  const bad = badExpr(p);
  syntaxError(p, 'expected ~ term or type');
  advance(p, Token.Operator, Token.Semi, Token.Rparen, Token.Rbrack, Token.Rbrace);
  return bad;
}

function paramDecl(p: Parser, firstName: RawNode | null, follow: Token): RawNode | null {
  const { s } = p;
  const typeSets = follow === Token.Rbrack;
  let first = firstName;
  if (first === null && typeSets && isOperator(p, Op.Tilde)) return embeddedElem(p, null);
  const start = first === null ? s.offset : posOf(p, first);
  const f = node(p, Kind.Field, start);
  if (s.tok === Token.Name || first !== null) {
    first ??= name(p);
    if (s.tok === Token.Lbrack) {
      const offset = s.offset;
      f.b = arrayOrTypeArgs(p);
      const args = f.b.kind === Kind.IndexExpr;
      if (args) {
        f.b.a = first;
        f.b.start = first.start;
      } else f.a = first;
      return typeSets && isOperator(p, Op.Or) ? embeddedElem(p, f, args ? start : offset) : ended(p, f);
    }
    if (s.tok === Token.Dot) {
      f.b = qualifiedName(p, first);
      return typeSets && isOperator(p, Op.Or) ? embeddedElem(p, f, start) : ended(p, f);
    }
    if (typeSets && isOperator(p, Op.Or)) {
      f.b = first;
      return embeddedElem(p, f, start);
    }
    f.a = first;
  }
  if (s.tok === Token.DotDotDot) {
    const t = node(p, Kind.DotsType, s.offset);
    next(p);
    t.b = typeOrNil(p);
    if (t.b === null) {
      f.b = badExpr(p);
      syntaxError(p, '... is missing type');
    } else {
      f.b = ended(p, t);
    }
    return ended(p, f);
  }
  if (typeSets && isOperator(p, Op.Tilde)) {
    f.b = embeddedElem(p, null).b;
    return ended(p, f);
  }
  const type = s.offset;
  f.b = typeOrNil(p);
  if (typeSets && isOperator(p, Op.Or) && f.b !== null) embeddedElem(p, f, type);
  if (f.a !== null || f.b !== null) return ended(p, f);
  syntaxError(p, `expected ${tokenName(follow)}`);
  advance(p, Token.Comma, follow);
  return null;
}

/**
 * A parameter list whose opening bracket, and perhaps first name and its type, have been read. `requireNames` for type
 * parameters; `dots` where a last parameter may be variadic.
 */
export function paramList(
  p: Parser,
  firstName: RawNode | null,
  firstType: RawNode | null,
  close: Token,
  requireNames: boolean,
  dots: boolean,
): RawNode[] {
  let first = firstName;
  let type = firstType;
  const given = () => {
    const f = node(p, Kind.Field, posOf(p, first!));
    f.a = first;
    f.b = type;
    return ended(p, f);
  };
  if (first !== null && type !== null && p.s.tok === close) {
    const only = given();
    next(p);
    return [only];
  }
  const params: RawNode[] = [];
  let named = 0;
  let typed = 0;
  const end = list(p, 'parameter list', Token.Comma, close, () => {
    const param = type !== null ? given() : paramDecl(p, first, close);
    first = null;
    type = null;
    if (param === null) return false;
    if (param.a !== null && param.b !== null) named++;
    if (param.b !== null) typed++;
    params.push(param);
    return false;
  });
  if (params.length === 0) return params;
  if (named === 0 && !requireNames) {
    for (const param of params) {
      if (param.a === null) continue;
      param.b = param.a;
      param.a = null;
    }
  } else if (named !== params.length) {
    shareTypes(p, params, end, named === typed, requireNames);
  }
  checkDots(p, params, dots);
  return params;
}

function shareTypes(p: Parser, params: RawNode[], end: number, missingType: boolean, requireNames: boolean): void {
  let offset = -1;
  let type: RawNode | null = null;
  for (let i = params.length - 1; i >= 0; i--) {
    const param = params[i];
    if (param.b !== null) {
      type = param.b;
      if (param.a === null) {
        offset = textStart(type) + p.base;
        param.a = nameAt(p, offset, '_');
      }
    } else if (type !== null) {
      param.b = type;
    } else {
      offset = posOf(p, param.a!);
      param.b = node(p, Kind.BadExpr, offset);
    }
  }
  if (offset < 0) return;
  let message: string;
  if (missingType) {
    offset = end;
    message = requireNames ? 'missing type constraint' : 'missing parameter type';
  } else if (requireNames) {
    message =
      params.length === 1 ? 'missing type parameter name or invalid array length' : 'missing type parameter name';
  } else {
    message = 'missing parameter name';
  }
  syntaxErrorAt(p, offset, message);
}

function checkDots(p: Parser, params: RawNode[], dots: boolean): void {
  let first = true;
  params.forEach((param, i) => {
    const type = param.b;
    if (type?.kind !== Kind.DotsType || (dots && i === params.length - 1)) return;
    if (first) errorAt(p, posOf(p, type), dots ? 'can only use ... with final parameter' : 'invalid use of ...');
    first = false;
    param.b = type.b;
  });
}

/** Where the type's text begins (syntax.StartPos), relative to the unit; parentheses left no node. */
function textStart(type: RawNode): number {
  let t = type;
  for (;;) {
    switch (t.kind) {
      case Kind.SelectorExpr:
      case Kind.IndexExpr:
      case Kind.CallExpr:
      case Kind.AssertExpr:
      case Kind.KeyValueExpr:
        t = t.a!;
        break;
      case Kind.CompositeLit:
        if (t.b === null) return t.pos;
        t = t.b;
        break;
      case Kind.Operation:
        if (t.b === null) return t.pos;
        t = t.a!;
        break;
      case Kind.ListExpr:
        t = t.list[0];
        break;
      default:
        return t.pos;
    }
  }
}
