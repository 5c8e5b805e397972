/** Declarations, as gc's parser.importDecl, constDecl, typeDecl, varDecl and funcDeclOrNil build them. */
import { type Group, Kind, NodeFlag, Op, type RawNode } from '../ast.ts';
import type { Pragmas } from '../directives.ts';
import { isTypeElem, unparen } from '../expression.ts';
import { Sym } from '../symbols.ts';
import { lowerExpr, lowerLiteral, lowerName } from './expr.ts';
import { child, complain, endOf, type Lowering, makeNode, next, startOf, symbol } from './state.ts';
import { lowerBody } from './stmt.ts';
import { lowerFuncType, lowerParams, lowerType, lowerTypeParams } from './type.ts';

/**
 * The declarations of one keyword, a group's one by one. `pragmas` gives a top-level declaration the directives before
 * it; inside functions there are none to take.
 */
export function lowerDecls(s: Lowering, at: number, pragmas: Pragmas | null): RawNode[] {
  switch (symbol(s, at)) {
    case Sym.function_declaration:
    case Sym.method_declaration:
      return [lowerFunc(s, at, pragmas)];
    default: {
      const body = next(s, child(at));
      switch (symbol(s, body)) {
        case Sym.import_group:
        case Sym.const_group:
        case Sym.type_group:
        case Sym.var_group:
          return lowerGroup(s, body, pragmas);
        default:
          return [lowerSpec(s, body, null, 0, pragmas)];
      }
    }
  }
}

function lowerGroup(s: Lowering, at: number, pragmas: Pragmas | null): RawNode[] {
  const group: Group = { unit: s.unit };
  const list: RawNode[] = [];
  pragmas?.drop(startOf(s, at));
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    switch (symbol(s, c)) {
      case Sym.import_spec:
      case Sym.const_spec:
      case Sym.type_spec:
      case Sym.var_spec:
        list.push(lowerSpec(s, c, group, list.length, pragmas));
    }
  }
  return list;
}

function lowerSpec(s: Lowering, at: number, group: Group | null, index: number, pragmas: Pragmas | null): RawNode {
  switch (symbol(s, at)) {
    case Sym.import_spec:
      return lowerImport(s, at, group, pragmas);
    case Sym.type_spec:
      return lowerTypeDecl(s, at, group, pragmas);
    case Sym.const_spec: {
      const n = lowerValues(s, at, Kind.ConstDecl, group);
      pragmas?.take(startOf(s, at));
      n.aux = index;
      return n;
    }
    default: {
      const n = lowerValues(s, at, Kind.VarDecl, group);
      n.aux = pragmas?.take(startOf(s, at)) ?? 0;
      return n;
    }
  }
}

function lowerImport(s: Lowering, at: number, group: Group | null, pragmas: Pragmas | null): RawNode {
  const n = makeNode(s, Kind.ImportDecl, startOf(s, at), startOf(s, at), endOf(s, at));
  n.group = group;
  pragmas?.take(startOf(s, at));
  let c = child(at);
  if (symbol(s, c) === Sym.identifier || symbol(s, c) === Sym.DOT) {
    n.a = lowerName(s, c);
    c = next(s, c);
  }
  n.c = lowerLiteral(s, c);
  const sym = symbol(s, c);
  if (sym !== Sym.interpreted_string_literal && sym !== Sym.raw_string_literal) {
    complain(s, startOf(s, c), 'syntax error: import path must be a string');
    n.c.flags |= NodeFlag.BadLit;
  }
  return n;
}

/** Names, type and values of a const or var spec. */
function lowerValues(s: Lowering, at: number, kind: Kind, group: Group | null): RawNode {
  const n = makeNode(s, kind, startOf(s, at), startOf(s, at), endOf(s, at));
  n.group = group;
  const names: RawNode[] = [];
  const end = next(s, at);
  let c = child(at);
  for (;;) {
    names.push(lowerName(s, c));
    c = next(s, c);
    if (c >= end || symbol(s, c) !== Sym.COMMA) break;
    c = next(s, c);
  }
  n.list = names;
  if (c < end && symbol(s, c) !== Sym.EQ) {
    n.b = lowerType(s, c);
    c = next(s, c);
  }
  if (c < end) n.c = lowerExpr(s, next(s, c));
  return n;
}

function lowerTypeDecl(s: Lowering, at: number, group: Group | null, pragmas: Pragmas | null): RawNode {
  const n = makeNode(s, Kind.TypeDecl, startOf(s, at), startOf(s, at), endOf(s, at));
  n.group = group;
  n.aux = pragmas?.take(startOf(s, at)) ?? 0;
  let c = child(at);
  n.a = lowerName(s, c);
  c = next(s, c);
  if (symbol(s, c) === Sym.type_parameter_list) {
    n.list2 = lowerTypeParams(s, c);
    c = next(s, c);
  }
  if (symbol(s, c) === Sym.EQ) {
    n.flags |= NodeFlag.Alias;
    c = next(s, c);
  }
  const type = lowerType(s, c);
  n.b = type;
  // `type T[P *[]int] E` has been read as an array type whose length is P * []int.
  if (type.kind === Kind.ArrayType && type.a !== null && (n.flags & NodeFlag.Alias) === 0) {
    const length = next(s, child(c));
    const split = startsWithName(s, length) ? extractName(type.a, false) : null;
    if (split !== null) {
      const f = makeNode(s, Kind.Field, split.name.start + s.base, split.name.start + s.base, endOf(s, length));
      f.a = split.name;
      f.b = split.type;
      n.list2 = [f];
      n.b = type.b;
    }
  }
  return n;
}

/** Whether the first token of the expression is a name, the only case that gc looks at (parser.typeDecl). */
function startsWithName(s: Lowering, at: number): boolean {
  let first = at;
  while (next(s, first) > child(first)) first = child(first);
  return symbol(s, first) === Sym.identifier;
}

/** Splits x into a type parameter's name and its constraint where x can be read so (gc's extractName). */
function extractName(x: RawNode, force: boolean): { name: RawNode; type: RawNode } | null {
  if (x.kind === Kind.Operation && x.b !== null) {
    if (x.op === Op.Mul) {
      if (x.a!.kind !== Kind.Name || !(force || isTypeElem(x.b))) return null;
      const name = x.a!;
      x.a = x.b;
      x.b = null;
      x.start = x.pos;
      return { name, type: x };
    }
    if (x.op === Op.Or) {
      const split = extractName(x.a!, force || isTypeElem(x.b));
      if (split === null) return null;
      x.a = split.type;
      x.start = split.type.start;
      return { name: split.name, type: x };
    }
    return null;
  }
  if (
    x.kind === Kind.CallExpr &&
    x.a!.kind === Kind.Name &&
    x.list.length === 1 &&
    (x.flags & NodeFlag.HasDots) === 0
  ) {
    if (!force && !isTypeElem(x.list[0])) return null;
    return { name: x.a!, type: unparen(x.list[0]) };
  }
  return null;
}

/** gc's position of a function is what follows `func`: the name, or the receiver's `(`. */
function lowerFunc(s: Lowering, at: number, pragmas: Pragmas | null): RawNode {
  const first = next(s, child(at));
  const n = makeNode(s, Kind.FuncDecl, startOf(s, first), startOf(s, at), endOf(s, at));
  n.aux = pragmas?.take(startOf(s, first)) ?? 0;
  let c = first;
  if (symbol(s, at) === Sym.method_declaration) {
    n.flags |= NodeFlag.MethodDecl;
    const receivers = lowerParams(s, c, false);
    if (receivers.length === 0) complain(s, endOf(s, c), 'method has no receiver');
    else n.c = receivers[0];
    c = next(s, c);
    if (receivers.length > 1) complain(s, startOf(s, c), 'method has multiple receivers');
  }
  n.a = lowerName(s, c);
  c = next(s, c);
  const signature = c;
  if (symbol(s, c) === Sym.type_parameter_list) {
    n.list2 = lowerTypeParams(s, c);
    if (n.flags & NodeFlag.MethodDecl && !s.rules.genericMethods) {
      complain(s, startOf(s, c), 'syntax error: method must have no type parameters');
    }
  }
  n.b = lowerFuncType(s, signature, next(s, at));
  while (c < next(s, at) && symbol(s, c) !== Sym.block) c = next(s, c);
  if (c < next(s, at)) n.d = lowerBody(s, c);
  return n;
}
