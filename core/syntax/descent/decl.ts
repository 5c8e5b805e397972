/** Files and declarations (parser.go: fileOrNil, appendGroup, importDecl … funcDeclOrNil). */
import { type Group, Kind, NodeFlag, Op, type RawNode } from '../ast.ts';
import { isTypeElem, unparen } from '../expression.ts';
import { binaryExpr, exprList, isString, literal, name, nameList, pexpr } from './expr.ts';
import {
  advance,
  badExpr,
  clearPragma,
  ended,
  errorAt,
  got,
  gotAssign,
  list,
  nameAt,
  next,
  node,
  type Parser,
  posOf,
  startOf,
  syntaxError,
  syntaxErrorAt,
  takePragma,
  want,
} from './state.ts';
import { funcBody } from './stmt.ts';
import { Prec, Token } from './token.ts';
import { arrayType, funcType, paramList, sliceType, typeNode, typeOrNil } from './type.ts';

/** Parses a file; the declarations are of use to tests only. */
export function parseSource(p: Parser): RawNode[] {
  const decls: RawNode[] = [];
  next(p);
  if (!got(p, Token.Package)) {
    syntaxError(p, 'package statement must be first');
    return decls;
  }
  takePragma(p);
  name(p);
  want(p, Token.Semi);
  if (p.errors.length > 0) return decls;
  topLevelDecls(p, decls);
  return decls;
}

/** Parses declarations, after a package clause or without one. */
export function parseDeclarations(p: Parser): RawNode[] {
  next(p);
  if (got(p, Token.Package)) {
    takePragma(p);
    name(p);
    want(p, Token.Semi);
  }
  const decls: RawNode[] = [];
  topLevelDecls(p, decls);
  return decls;
}

function topLevelDecls(p: Parser, decls: RawNode[]): void {
  const { s } = p;
  let previous = Token.Import;
  while (s.tok !== Token.EOF) {
    if (s.tok === Token.Import && previous !== Token.Import) {
      syntaxError(p, 'imports must appear before other declarations');
    }
    previous = s.tok;
    if (!topLevelDecl(p, decls)) continue;
    clearPragma(p);
    if ((s.tok as Token) !== Token.EOF && !got(p, Token.Semi)) {
      syntaxError(p, 'after top level declaration');
      advance(p, ...topLevel);
    }
  }
  clearPragma(p);
}

const topLevel = [Token.Import, Token.Const, Token.Type, Token.Var, Token.Func];

/** Appends the declarations of one keyword; false when there is none to be read. */
export function topLevelDecl(p: Parser, decls: RawNode[]): boolean {
  switch (p.s.tok) {
    case Token.Import:
      next(p);
      appendGroup(p, decls, importDecl);
      return true;
    case Token.Const:
      next(p);
      appendGroup(p, decls, constDecl);
      return true;
    case Token.Type:
      next(p);
      appendGroup(p, decls, typeDecl);
      return true;
    case Token.Var:
      next(p);
      appendGroup(p, decls, varDecl);
      return true;
    case Token.Func:
      decls.push(funcDecl(p));
      return true;
    default: {
      const last = decls[decls.length - 1] as RawNode | undefined;
      if (p.s.tok === Token.Lbrace && last?.kind === Kind.FuncDecl && last.d === null) {
        syntaxError(p, 'unexpected semicolon or newline before {');
      } else {
        syntaxError(p, 'non-declaration statement outside function body');
      }
      advance(p, ...topLevel);
      return false;
    }
  }
}

export type DeclParser = (p: Parser, group: Group | null, index: number) => RawNode;

export function appendGroup(p: Parser, decls: RawNode[], f: DeclParser): void {
  if (p.s.tok !== Token.Lparen) {
    decls.push(f(p, null, 0));
    return;
  }
  const group: Group = { unit: p.unit };
  clearPragma(p);
  next(p);
  let index = 0;
  list(p, 'grouped declaration', Token.Semi, Token.Rparen, () => {
    decls.push(f(p, group, index++));
    return false;
  });
}

function declNode(p: Parser, kind: Kind, group: Group | null, start = p.s.offset): RawNode {
  const d = node(p, kind, p.s.offset, start);
  d.group = group;
  const pragma = takePragma(p);
  if (p.fnest === 0) d.aux = pragma;
  return d;
}

function importDecl(p: Parser, group: Group | null): RawNode {
  const d = declNode(p, Kind.ImportDecl, group);
  d.aux = 0;
  if (p.s.tok === Token.Name) {
    d.a = name(p);
  } else if (p.s.tok === Token.Dot) {
    d.a = nameAt(p, p.s.offset, '.');
    next(p);
    ended(p, d.a);
  }
  d.c = literal(p);
  if (d.c === null) {
    syntaxError(p, 'missing import path');
    advance(p, Token.Semi, Token.Rparen);
  } else if ((d.c.flags & NodeFlag.BadLit) === 0 && !isString(d.c)) {
    syntaxErrorAt(p, posOf(p, d.c), 'import path must be a string');
    d.c.flags |= NodeFlag.BadLit;
  }
  return ended(p, d);
}

export function constDecl(p: Parser, group: Group | null, index: number): RawNode {
  const d = declNode(p, Kind.ConstDecl, group);
  d.aux = index;
  d.list = nameList(p, name(p));
  if (p.s.tok !== Token.EOF && p.s.tok !== Token.Semi && p.s.tok !== Token.Rparen) {
    d.b = typeOrNil(p);
    if (gotAssign(p)) d.c = exprList(p);
  }
  return ended(p, d);
}

export function typeDecl(p: Parser, group: Group | null): RawNode {
  const { s } = p;
  const d = declNode(p, Kind.TypeDecl, group);
  d.a = name(p);
  if (s.tok === Token.Lbrack) {
    const offset = s.offset;
    next(p);
    switch (s.tok as Token) {
      case Token.Name:
        d.b = arrayOrTypeParams(p, d, offset);
        break;
      case Token.Rbrack:
        next(p);
        d.b = sliceType(p, offset);
        break;
      default:
        d.b = arrayType(p, offset, null);
    }
  } else {
    if (gotAssign(p)) d.flags |= NodeFlag.Alias;
    d.b = typeOrNil(p);
  }
  if (d.b === null) {
    d.b = badExpr(p);
    syntaxError(p, 'in type declaration');
    advance(p, Token.Semi, Token.Rparen);
  }
  return ended(p, d);
}

/** After `type T [` and in front of a name: type parameters, or the length of an array. */
function arrayOrTypeParams(p: Parser, d: RawNode, offset: number): RawNode | null {
  let x = name(p);
  if (p.s.tok !== Token.Lbrack) {
    p.xnest++;
    x = binaryExpr(p, pexpr(p, x, false), Prec.None);
    p.xnest--;
  }
  const split = extractName(p, x, p.s.tok === Token.Comma);
  if (split === null || (split.type === null && p.s.tok === Token.Rbrack)) return arrayType(p, offset, x);
  d.list2 = paramList(p, split.name, split.type, Token.Rbrack, true, false);
  if (gotAssign(p)) d.flags |= NodeFlag.Alias;
  return typeOrNil(p);
}

function extractName(p: Parser, x: RawNode, force: boolean): { name: RawNode; type: RawNode | null } | null {
  if (x.kind === Kind.Name) return { name: x, type: null };
  if (x.kind === Kind.Operation && x.b !== null) {
    if (x.op === Op.Mul && x.a!.kind === Kind.Name && (force || isTypeElem(x.b))) {
      const star = node(p, Kind.Operation, posOf(p, x));
      star.op = Op.Mul;
      star.a = x.b;
      star.end = x.end;
      return { name: x.a!, type: star };
    }
    if (x.op === Op.Or) {
      const split = extractName(p, x.a!, force || isTypeElem(x.b));
      if (split !== null && split.type !== null) {
        const or = node(p, Kind.Operation, posOf(p, x), startOf(p, split.type));
        or.op = Op.Or;
        or.a = split.type;
        or.b = x.b;
        or.end = x.end;
        return { name: split.name, type: or };
      }
    }
  }
  if (x.kind === Kind.CallExpr && x.a!.kind === Kind.Name) {
    const dots = (x.flags & NodeFlag.HasDots) !== 0;
    if (x.list.length === 1 && !dots && (force || isTypeElem(x.list[0]))) {
      return { name: x.a!, type: unparen(x.list[0]) };
    }
  }
  return null;
}

export function varDecl(p: Parser, group: Group | null): RawNode {
  const d = declNode(p, Kind.VarDecl, group);
  d.list = nameList(p, name(p));
  if (gotAssign(p)) {
    d.c = exprList(p);
  } else {
    d.b = typeNode(p);
    if (gotAssign(p)) d.c = exprList(p);
  }
  return ended(p, d);
}

/** gc's position of a function is what follows `func`: the name, or the receiver's `(`. */
function funcDecl(p: Parser): RawNode {
  const { s } = p;
  const start = s.offset;
  next(p);
  const f = declNode(p, Kind.FuncDecl, null, start);
  let context = '';
  if (got(p, Token.Lparen)) {
    context = 'method';
    f.flags |= NodeFlag.MethodDecl;
    const receivers = paramList(p, null, null, Token.Rparen, false, false);
    if (receivers.length === 0) errorAt(p, s.offset, 'method has no receiver');
    else f.c = receivers[0];
    if (receivers.length > 1) errorAt(p, s.offset, 'method has multiple receivers');
  }
  if (s.tok === Token.Name) {
    f.a = name(p);
    const { tparams, type } = funcType(p, context);
    f.list2 = tparams;
    f.b = type;
  } else {
    f.a = nameAt(p, s.offset, '_');
    f.b = node(p, Kind.FuncType, s.offset);
    syntaxError(p, context === '' ? 'expected name or (' : 'expected name');
    advance(p, Token.Lbrace, Token.Semi);
  }
  if ((s.tok as Token) === Token.Lbrace) f.d = funcBody(p);
  return ended(p, f);
}
