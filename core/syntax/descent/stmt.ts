/** Statements (parser.go: simpleStmt, header, stmtOrNil, stmtList). */
import { Kind, NodeFlag, Op, type RawNode, Tok } from '../ast.ts';
import { checkBranches } from '../branches.ts';
import { unparen } from '../expression.ts';
import { exprString } from '../print.ts';
import { appendGroup, constDecl, type DeclParser, typeDecl, varDecl } from './decl.ts';
import { expr, exprList, name, pexpr } from './expr.ts';
import {
  advance,
  badExpr,
  clearPragma,
  ended,
  enter,
  errorAt,
  got,
  leave,
  next,
  node,
  type Parser,
  posOf,
  startOf,
  syntaxError,
  syntaxErrorAt,
  want,
} from './state.ts';
import { Token } from './token.ts';

/** Labels and branches are checked only in functions without syntax errors. */
export function funcBody(p: Parser): RawNode {
  p.fnest++;
  const outer = p.branches;
  p.branches = false;
  const errors = p.errors.length;
  const body = blockStmt(p, '');
  p.fnest--;
  if (p.branches && p.errors.length === errors) {
    const position = (offset: number) => {
      const at = p.source.position(offset + p.base);
      return `${at.file}:${at.line}:${at.col}`;
    };
    checkBranches(body, position, (offset, message) => errorAt(p, offset + p.base, message));
  }
  p.branches = outer;
  return body;
}

function blockStmt(p: Parser, context: string): RawNode {
  const n = node(p, Kind.BlockStmt, p.s.offset);
  if (!got(p, Token.Lbrace)) {
    syntaxError(p, `expected { after ${context}`);
    advance(p, Token.Name, Token.Rbrace);
    n.aux = p.s.offset - p.base;
    if (got(p, Token.Rbrace)) return n;
  }
  n.list = stmtList(p);
  n.aux = p.s.offset - p.base;
  want(p, Token.Rbrace);
  return ended(p, n);
}

function stmtList(p: Parser): RawNode[] {
  const { s } = p;
  const stmts: RawNode[] = [];
  while (s.tok !== Token.EOF && s.tok !== Token.Rbrace && s.tok !== Token.Case && s.tok !== Token.Default) {
    enter(p);
    const stmt = stmtOrNil(p);
    leave(p);
    clearPragma(p);
    if (stmt === null) break;
    stmts.push(stmt);
    if (!got(p, Token.Semi) && (s.tok as Token) !== Token.Rbrace) {
      syntaxError(p, 'at end of statement');
      advance(p, Token.Semi, Token.Rbrace, Token.Case, Token.Default);
      got(p, Token.Semi);
    }
  }
  return stmts;
}

function stmtOrNil(p: Parser): RawNode | null {
  const { s } = p;
  if (s.tok === Token.Name) {
    clearPragma(p);
    const lhs = exprList(p);
    if (lhs.kind === Kind.Name && (s.tok as Token) === Token.Colon) return labeledStmt(p, lhs);
    return simpleStmt(p, lhs, null);
  }
  switch (s.tok) {
    case Token.Var:
      return declStmt(p, varDecl);
    case Token.Const:
      return declStmt(p, constDecl);
    case Token.Type:
      return declStmt(p, typeDecl);
  }
  clearPragma(p);
  switch (s.tok) {
    case Token.Lbrace:
      return blockStmt(p, '');
    case Token.Operator:
    case Token.Star:
      switch (s.op) {
        case Op.Add:
        case Op.Sub:
        case Op.Mul:
        case Op.And:
        case Op.Xor:
        case Op.Not:
          return simpleStmt(p, null, null);
      }
      return null;
    case Token.Literal:
    case Token.Func:
    case Token.Lparen:
    case Token.Lbrack:
    case Token.Struct:
    case Token.Map:
    case Token.Chan:
    case Token.Interface:
    case Token.Arrow:
      return simpleStmt(p, null, null);
    case Token.For:
      return forStmt(p);
    case Token.Switch:
      return switchStmt(p);
    case Token.Select:
      return selectStmt(p);
    case Token.If:
      return ifStmt(p);
    case Token.Fallthrough:
      return branchStmt(p, Tok.Fallthrough);
    case Token.Break:
      return branchStmt(p, Tok.Break);
    case Token.Continue:
      return branchStmt(p, Tok.Continue);
    case Token.Goto:
      return branchStmt(p, Tok.Goto);
    case Token.Go:
      return callStmt(p, Tok.Go);
    case Token.Defer:
      return callStmt(p, Tok.Defer);
    case Token.Return: {
      const n = node(p, Kind.ReturnStmt, s.offset);
      next(p);
      if ((s.tok as Token) !== Token.Semi && (s.tok as Token) !== Token.Rbrace) n.a = exprList(p);
      return ended(p, n);
    }
    case Token.Semi: {
      const n = node(p, Kind.EmptyStmt, s.offset);
      if (s.lit === 'semicolon') n.end++;
      return n;
    }
    default:
      return null;
  }
}

function declStmt(p: Parser, f: DeclParser): RawNode {
  const n = node(p, Kind.DeclStmt, p.s.offset);
  next(p);
  n.list = [];
  appendGroup(p, n.list, f);
  return ended(p, n);
}

function branchStmt(p: Parser, tok: Tok): RawNode {
  const n = node(p, Kind.BranchStmt, p.s.offset);
  n.op = tok;
  p.branches = true;
  next(p);
  if (tok === Tok.Goto || (tok !== Tok.Fallthrough && p.s.tok === Token.Name)) n.a = name(p);
  return ended(p, n);
}

function callStmt(p: Parser, tok: Tok): RawNode {
  const n = node(p, Kind.CallStmt, p.s.offset);
  n.op = tok;
  next(p);
  const x = pexpr(p, null, p.s.tok === Token.Lparen);
  const call = unparen(x);
  if (call !== x) {
    errorAt(p, posOf(p, x), `expression in ${tok === Tok.Go ? 'go' : 'defer'} must not be parenthesized`);
  }
  n.a = call;
  return ended(p, n);
}

function labeledStmt(p: Parser, label: RawNode): RawNode | null {
  const n = node(p, Kind.LabeledStmt, p.s.offset, startOf(p, label));
  n.a = label;
  p.branches = true;
  want(p, Token.Colon);
  if (p.s.tok === Token.Rbrace) {
    n.c = node(p, Kind.EmptyStmt, p.s.offset);
    return ended(p, n);
  }
  enter(p);
  n.c = stmtOrNil(p);
  leave(p);
  if (n.c !== null) {
    if (n.c.kind === Kind.EmptyStmt) n.c.end = n.c.start;
    return ended(p, n);
  }
  syntaxErrorAt(p, posOf(p, n), 'missing statement after label');
  return null;
}

type Keyword = Token.For | Token.If | Token.Switch | null;

function simpleStmt(p: Parser, first: RawNode | null, keyword: Keyword): RawNode {
  const { s } = p;
  if (keyword === Token.For && s.tok === Token.Range) return rangeClause(p, null, false);
  const lhs = first ?? exprList(p);
  const offset = s.offset;
  if (lhs.kind !== Kind.ListExpr && s.tok !== Token.Assign && s.tok !== Token.Define) {
    switch (s.tok) {
      case Token.AssignOp: {
        const op = s.op;
        next(p);
        return ended(p, assignStmt(p, offset, op, lhs, expr(p)));
      }
      case Token.IncOp: {
        const n = assignStmt(p, offset, s.op, lhs, null);
        n.flags |= NodeFlag.ImplicitOne;
        next(p);
        return ended(p, n);
      }
      case Token.Arrow: {
        const n = node(p, Kind.SendStmt, offset, startOf(p, lhs));
        next(p);
        n.a = lhs;
        n.c = expr(p);
        return ended(p, n);
      }
      default:
        return exprStmt(p, lhs);
    }
  }
  if (s.tok !== Token.Assign && s.tok !== Token.Define) {
    syntaxError(p, 'expected := or = or comma');
    advance(p, Token.Semi, Token.Rbrace);
    return exprStmt(p, lhs.kind === Kind.ListExpr ? lhs.list[0] : lhs);
  }
  const op = s.tok === Token.Define ? Op.Def : Op.None;
  next(p);
  if (keyword === Token.For && (s.tok as Token) === Token.Range) return rangeClause(p, lhs, op === Op.Def);
  const rhs = exprList(p);
  if (rhs.kind === Kind.TypeSwitchGuard && keyword === Token.Switch && op === Op.Def && lhs.kind === Kind.Name) {
    rhs.c = lhs;
    rhs.start = lhs.start;
    return exprStmt(p, rhs);
  }
  return assignStmt(p, offset, op, lhs, rhs);
}

function exprStmt(p: Parser, x: RawNode): RawNode {
  const n = node(p, Kind.ExprStmt, posOf(p, x), startOf(p, x));
  n.a = x;
  return ended(p, n);
}

function assignStmt(p: Parser, offset: number, op: Op, lhs: RawNode, rhs: RawNode | null): RawNode {
  const n = node(p, Kind.AssignStmt, offset, startOf(p, lhs));
  n.op = op;
  n.c = lhs;
  n.b = rhs;
  return ended(p, n);
}

function rangeClause(p: Parser, lhs: RawNode | null, def: boolean): RawNode {
  const n = node(p, Kind.RangeClause, p.s.offset, lhs === null ? p.s.offset : startOf(p, lhs));
  next(p);
  n.c = lhs;
  if (def) n.flags |= NodeFlag.Def;
  n.a = expr(p);
  return ended(p, n);
}

interface Header {
  init: RawNode | null;
  cond: RawNode | null;
  post: RawNode | null;
}

function header(p: Parser, keyword: Exclude<Keyword, null>): Header {
  const { s } = p;
  const h: Header = { init: null, cond: null, post: null };
  want(p, keyword);
  if (s.tok === Token.Lbrace) {
    if (keyword === Token.If) {
      syntaxError(p, 'missing condition in if statement');
      h.cond = badExpr(p);
    }
    return h;
  }
  const outer = p.xnest;
  p.xnest = -1;
  if (s.tok !== Token.Semi) {
    if (got(p, Token.Var)) {
      const word = keyword === Token.If ? 'if' : keyword === Token.For ? 'for' : 'switch';
      syntaxError(p, `var declaration not allowed in ${word} initializer`);
    }
    h.init = simpleStmt(p, null, keyword);
    if (h.init.kind === Kind.RangeClause) {
      p.xnest = outer;
      return h;
    }
  }
  const { cond, semi } = condition(p, keyword, h);
  h.cond = unpackCondition(p, keyword, cond, semi);
  p.xnest = outer;
  return h;
}

interface Semicolon {
  offset: number;
  lit: string;
}

/** What follows the init statement: the condition as a statement, and the semicolon before it. */
function condition(p: Parser, keyword: Keyword, h: Header): { cond: RawNode | null; semi: Semicolon | null } {
  const { s } = p;
  if (s.tok === Token.Lbrace) {
    const cond = h.init;
    h.init = null;
    return { cond, semi: null };
  }
  let semi: Semicolon | null = null;
  let cond: RawNode | null = null;
  if (s.tok === Token.Semi) {
    semi = { offset: s.offset, lit: s.lit };
    next(p);
  } else {
    want(p, Token.Lbrace);
    if ((s.tok as Token) !== Token.Lbrace) advance(p, Token.Lbrace, Token.Rbrace);
  }
  if (keyword !== Token.For) {
    if ((s.tok as Token) !== Token.Lbrace) cond = simpleStmt(p, null, keyword);
    return { cond, semi };
  }
  if ((s.tok as Token) !== Token.Semi) {
    if ((s.tok as Token) === Token.Lbrace) {
      syntaxError(p, 'expected for loop condition');
      return { cond, semi };
    }
    cond = simpleStmt(p, null, null);
  }
  want(p, Token.Semi);
  if ((s.tok as Token) !== Token.Lbrace) {
    h.post = simpleStmt(p, null, null);
    if (h.post.kind === Kind.AssignStmt && h.post.op === Op.Def) {
      syntaxErrorAt(p, posOf(p, h.post), 'cannot declare in post statement of for loop');
    }
  }
  return { cond, semi };
}

function unpackCondition(p: Parser, keyword: Keyword, cond: RawNode | null, semi: Semicolon | null): RawNode | null {
  if (cond === null) {
    if (keyword !== Token.If || semi === null) return null;
    const message =
      semi.lit === 'semicolon'
        ? 'missing condition in if statement'
        : `unexpected ${semi.lit}, expected { after if clause`;
    syntaxErrorAt(p, semi.offset, message);
    return node(p, Kind.BadExpr, semi.offset);
  }
  if (cond.kind === Kind.ExprStmt) return cond.a;
  const shown =
    cond.kind === Kind.AssignStmt && cond.op === Op.None
      ? `assignment ${emphasize(cond.c!)} = ${emphasize(cond.b!)}`
      : exprString(cond);
  syntaxErrorAt(p, posOf(p, cond), `cannot use ${shown} as value`);
  return null;
}

/** Binary operands of a mistaken assignment are shown in parentheses. */
function emphasize(x: RawNode): string {
  return x.kind === Kind.Operation && x.b !== null ? `(${exprString(x)})` : exprString(x);
}

function ifStmt(p: Parser): RawNode {
  const n = node(p, Kind.IfStmt, p.s.offset);
  const h = header(p, Token.If);
  n.a = h.init;
  n.b = h.cond;
  n.d = blockStmt(p, 'if clause');
  if (got(p, Token.Else)) {
    if (p.s.tok === Token.If) {
      enter(p);
      n.c = ifStmt(p);
      leave(p);
    } else if (p.s.tok === Token.Lbrace) n.c = blockStmt(p, '');
    else {
      syntaxError(p, 'else must be followed by if or statement block');
      advance(p, Token.Name, Token.Rbrace);
    }
  }
  return ended(p, n);
}

function forStmt(p: Parser): RawNode {
  const n = node(p, Kind.ForStmt, p.s.offset);
  const h = header(p, Token.For);
  n.a = h.init;
  n.b = h.cond;
  n.c = h.post;
  n.d = blockStmt(p, 'for clause');
  return ended(p, n);
}

function switchStmt(p: Parser): RawNode {
  const n = node(p, Kind.SwitchStmt, p.s.offset);
  const h = header(p, Token.Switch);
  n.a = h.init;
  n.b = h.cond;
  clauses(p, n, 'switch', Kind.CaseClause);
  return n;
}

function selectStmt(p: Parser): RawNode {
  const n = node(p, Kind.SelectStmt, p.s.offset);
  want(p, Token.Select);
  clauses(p, n, 'select', Kind.CommClause);
  return n;
}

function clauses(p: Parser, n: RawNode, word: string, kind: Kind): void {
  if (!got(p, Token.Lbrace)) {
    syntaxError(p, `missing { after ${word} clause`);
    advance(p, Token.Case, Token.Default, Token.Rbrace);
  }
  n.list = [];
  while (p.s.tok !== Token.EOF && p.s.tok !== Token.Rbrace) n.list.push(clause(p, kind));
  n.aux = p.s.offset - p.base;
  want(p, Token.Rbrace);
  ended(p, n);
}

function clause(p: Parser, kind: Kind): RawNode {
  const c = node(p, kind, p.s.offset);
  switch (p.s.tok) {
    case Token.Case:
      next(p);
      c.a = kind === Kind.CaseClause ? exprList(p) : simpleStmt(p, null, null);
      break;
    case Token.Default:
      next(p);
      break;
    default:
      syntaxError(p, 'expected case or default or }');
      advance(p, Token.Colon, Token.Case, Token.Default, Token.Rbrace);
  }
  c.aux = p.s.offset - p.base;
  want(p, Token.Colon);
  c.list = stmtList(p);
  return ended(p, c);
}
