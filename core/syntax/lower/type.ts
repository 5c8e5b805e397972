/** Types, signatures and parameter lists, as gc's parser.typeOrNil, funcType and paramList build them. */
import { ChanDir, Kind, Op, type RawNode } from '../ast.ts';
import { Sym } from '../symbols.ts';
import { badExpr, lowerExpr, lowerIndex, lowerLiteral, lowerName } from './expr.ts';
import { child, complain, endOf, type Lowering, makeNode, maxDepth, next, startOf, symbol } from './state.ts';

/** A type; parentheses around it leave no node. `strict` as in lowerIndex. */
export function lowerType(s: Lowering, at: number, strict = true): RawNode {
  if (s.depth > maxDepth) return badExpr(s, at, 'syntax error: nesting too deep');
  s.depth++;
  const n = lowerTypeOf(s, at, strict);
  s.depth--;
  return n;
}

function lowerTypeOf(s: Lowering, at: number, strict: boolean): RawNode {
  const start = startOf(s, at);
  const end = endOf(s, at);
  switch (symbol(s, at)) {
    case Sym.identifier:
      return lowerName(s, at);
    case Sym.qualified_type: {
      const x = lowerName(s, child(at));
      const dot = next(s, child(at));
      const n = makeNode(s, Kind.SelectorExpr, startOf(s, dot), start, end);
      n.a = x;
      n.c = lowerName(s, next(s, dot));
      return n;
    }
    case Sym.generic_type: {
      const type = child(at);
      const bare = symbol(s, type) === Sym.identifier;
      return lowerIndex(s, at, lowerType(s, type), next(s, type), strict || !bare);
    }
    case Sym.parenthesized_type:
      return lowerType(s, next(s, child(at)));
    case Sym.pointer_type:
    case Sym.embedded_pointer: {
      const n = makeNode(s, Kind.Operation, start, start, end);
      n.op = Op.Mul;
      n.a = lowerType(s, next(s, child(at)));
      return n;
    }
    case Sym.negated_type: {
      const n = makeNode(s, Kind.Operation, start, start, end);
      n.op = Op.Tilde;
      n.a = lowerType(s, next(s, child(at)));
      return n;
    }
    case Sym.union_type:
      return lowerUnion(s, at, strict);
    case Sym.array_type: {
      const n = makeNode(s, Kind.ArrayType, start, start, end);
      const len = next(s, child(at));
      if (symbol(s, len) !== Sym.DOT_DOT_DOT) n.a = lowerExpr(s, len);
      n.b = lowerType(s, next(s, next(s, len)));
      return n;
    }
    case Sym.slice_type: {
      const n = makeNode(s, Kind.SliceType, start, start, end);
      n.b = lowerType(s, next(s, next(s, child(at))));
      return n;
    }
    case Sym.dots_type: {
      const n = makeNode(s, Kind.DotsType, start, start, end);
      n.b = lowerType(s, next(s, child(at)));
      return n;
    }
    case Sym.map_type: {
      const n = makeNode(s, Kind.MapType, start, start, end);
      const key = next(s, next(s, child(at)));
      n.a = lowerType(s, key);
      n.c = lowerType(s, next(s, next(s, key)));
      return n;
    }
    case Sym.channel_type: {
      const n = makeNode(s, Kind.ChanType, start, start, end);
      let c = child(at);
      if (symbol(s, c) === Sym.LT_DASH) {
        n.op = ChanDir.RecvOnly;
        c = next(s, c);
      } else if (symbol(s, next(s, c)) === Sym.LT_DASH) {
        n.op = ChanDir.SendOnly;
        c = next(s, c);
      }
      n.b = lowerType(s, next(s, c));
      return n;
    }
    case Sym.function_type:
      return lowerFuncType(s, next(s, child(at)), next(s, at), start);
    case Sym.struct_type:
      return lowerStruct(s, at);
    case Sym.interface_type:
      return lowerInterface(s, at);
    default:
      return badExpr(s, at, 'syntax error: expected type');
  }
}

/** A | B | C: left-associative operations at the `|`. */
function lowerUnion(s: Lowering, at: number, strict: boolean): RawNode {
  const first = child(at);
  let x = lowerType(s, first, strict);
  for (let bar = next(s, first), end = next(s, at); bar < end; ) {
    const term = next(s, bar);
    const n = makeNode(s, Kind.Operation, startOf(s, bar), startOf(s, at), endOf(s, term));
    n.op = Op.Or;
    n.a = x;
    n.b = lowerType(s, term);
    x = n;
    bar = next(s, term);
  }
  return x;
}

/**
 * The signature whose first record is `at` (type parameters are the caller's), up to `end`. A FuncType is at its `(`
 * for gc, or at the `[` of the type parameters; the extent begins at `start`.
 */
export function lowerFuncType(s: Lowering, at: number, end: number, start = startOf(s, at)): RawNode {
  const pos = startOf(s, at);
  let c = at;
  if (symbol(s, c) === Sym.type_parameter_list) c = next(s, c);
  const n = makeNode(s, Kind.FuncType, pos, start, endOf(s, c));
  n.list = lowerParams(s, c, true);
  c = next(s, c);
  if (c < end && symbol(s, c) !== Sym.block) {
    n.end = endOf(s, c) - s.base;
    n.list2 = symbol(s, c) === Sym.parameter_list ? lowerParams(s, c, false) : [lowerResult(s, c)];
  }
  return n;
}

function lowerResult(s: Lowering, at: number): RawNode {
  const f = makeNode(s, Kind.Field, startOf(s, at), startOf(s, at), endOf(s, at));
  f.b = lowerType(s, at);
  return f;
}

/**
 * A parameter list (parser.paramList): entries that are a lone name are types when no entry has both, and names that
 * share the type to their right otherwise. `dots`: a last parameter may be variadic.
 */
export function lowerParams(s: Lowering, at: number, dots: boolean): RawNode[] {
  const list: RawNode[] = [];
  let named = 0;
  let typed = 0;
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    if (symbol(s, c) !== Sym.parameter) continue;
    const f = makeNode(s, Kind.Field, startOf(s, c), startOf(s, c), endOf(s, c));
    const first = child(c);
    const second = next(s, first);
    if (second < next(s, c)) {
      f.a = lowerName(s, first);
      f.b = lowerType(s, second);
      named++;
      typed++;
    } else if (symbol(s, first) === Sym.identifier) {
      f.a = lowerName(s, first);
    } else {
      f.b = lowerType(s, first, false);
      typed++;
    }
    list.push(f);
  }
  if (list.length === 0) return list;
  if (named === 0) {
    for (const f of list) {
      if (f.a === null) continue;
      f.b = f.a;
      f.a = null;
    }
  } else if (named !== list.length) {
    shareTypes(s, list, at, named === typed);
  }
  checkDots(s, list, dots);
  return list;
}

function shareTypes(s: Lowering, list: RawNode[], at: number, missingType: boolean): void {
  let type: RawNode | null = null;
  let problem = -1;
  for (let i = list.length - 1; i >= 0; i--) {
    const f = list[i];
    if (f.b !== null) {
      type = f.b;
      if (f.a === null) {
        problem = f.start + s.base;
        f.a = makeNode(s, Kind.Name, problem, problem, problem);
        f.a.text = '_';
      }
    } else if (type !== null) {
      f.b = type;
    } else {
      problem = f.start + s.base;
      f.b = makeNode(s, Kind.BadExpr, problem, problem, problem);
    }
  }
  if (problem < 0) return;
  if (missingType) complain(s, endOf(s, at) - 1, 'syntax error: missing parameter type');
  else complain(s, problem, 'syntax error: missing parameter name');
}

function checkDots(s: Lowering, list: RawNode[], dots: boolean): void {
  let first = true;
  for (let i = 0; i < list.length; i++) {
    const type = list[i].b!;
    if (type.kind !== Kind.DotsType || (dots && i === list.length - 1)) continue;
    if (first) {
      complain(s, type.pos + s.base, dots ? 'can only use ... with final parameter' : 'invalid use of ...');
    }
    first = false;
    list[i].b = type.b;
  }
}

/** The fields of a type parameter list; the names of one group share their constraint. */
export function lowerTypeParams(s: Lowering, at: number): RawNode[] {
  const list: RawNode[] = [];
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    if (symbol(s, c) !== Sym.type_parameter_declaration) continue;
    const from = list.length;
    let constraint: RawNode | null = null;
    // The constraint is the last child; a lone identifier after a name is one as well.
    let last = child(c);
    for (let d = last; d < next(s, c); d = next(s, d)) last = d;
    for (let d = child(c); d < next(s, c); d = next(s, d)) {
      if (symbol(s, d) === Sym.COMMA) continue;
      if (d === last) {
        constraint = lowerType(s, d);
        continue;
      }
      const f = makeNode(s, Kind.Field, startOf(s, d), startOf(s, d), endOf(s, d));
      f.a = lowerName(s, d);
      list.push(f);
    }
    for (let i = from; i < list.length; i++) list[i].b = constraint;
    list[list.length - 1].end = endOf(s, c) - s.base;
  }
  return list;
}

function lowerStruct(s: Lowering, at: number): RawNode {
  const n = makeNode(s, Kind.StructType, startOf(s, at), startOf(s, at), endOf(s, at));
  const fields: RawNode[] = [];
  const tags: (RawNode | null)[] = [];
  let tagged = false;
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    if (symbol(s, c) !== Sym.field_declaration) continue;
    const from = fields.length;
    const tag = lowerFields(s, c, fields);
    if (tag !== null) tagged = true;
    for (let i = from; i < fields.length; i++) tags.push(tag);
  }
  n.list = fields;
  if (tagged) n.list2 = tags as RawNode[];
  return n;
}

/** One line of a struct: its fields are appended; its tag is returned. */
function lowerFields(s: Lowering, at: number, fields: RawNode[]): RawNode | null {
  const end = next(s, at);
  let tag: RawNode | null = null;
  let type = -1;
  const names: number[] = [];
  for (let c = child(at); c < end; c = next(s, c)) {
    switch (symbol(s, c)) {
      case Sym.COMMA:
        break;
      case Sym.number_literal:
      case Sym.rune_literal:
      case Sym.interpreted_string_literal:
      case Sym.raw_string_literal:
        tag = lowerLiteral(s, c);
        break;
      case Sym.identifier: {
        const after = next(s, c);
        const embedded = names.length === 0 && (after >= end || isLiteral(symbol(s, after)));
        const last = names.length > 0 && (after >= end || isLiteral(symbol(s, after)));
        if (embedded || last) type = c;
        else names.push(c);
        break;
      }
      default:
        type = c;
    }
  }
  if (names.length === 0) {
    const f = makeNode(s, Kind.Field, startOf(s, at), startOf(s, at), endOf(s, type));
    f.b = lowerType(s, type, false);
    fields.push(f);
    return tag;
  }
  // after one name gc reads a length or type arguments
  if (names.length === 1 && symbol(s, type) === Sym.array_type) {
    const length = next(s, child(type));
    if (symbol(s, length) === Sym.DOT_DOT_DOT)
      complain(s, startOf(s, length), 'syntax error: unexpected ..., expected expression');
  }
  const list: RawNode[] = [];
  for (const name of names) {
    const f = makeNode(s, Kind.Field, startOf(s, name), startOf(s, name), endOf(s, name));
    f.a = lowerName(s, name);
    list.push(f);
  }
  const shared = lowerType(s, type);
  for (const f of list) {
    f.b = shared;
    fields.push(f);
  }
  list[list.length - 1].end = endOf(s, type) - s.base;
  return tag;
}

function isLiteral(sym: Sym): boolean {
  return (
    sym === Sym.interpreted_string_literal ||
    sym === Sym.raw_string_literal ||
    sym === Sym.number_literal ||
    sym === Sym.rune_literal
  );
}

function lowerInterface(s: Lowering, at: number): RawNode {
  const n = makeNode(s, Kind.InterfaceType, startOf(s, at), startOf(s, at), endOf(s, at));
  const methods: RawNode[] = [];
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    switch (symbol(s, c)) {
      case Sym.kw_interface:
      case Sym.LBRACE:
      case Sym.RBRACE:
      case Sym.SEMI:
      case Sym.newline:
        break;
      case Sym.method_elem: {
        const f = makeNode(s, Kind.Field, startOf(s, c), startOf(s, c), endOf(s, c));
        f.a = lowerName(s, child(c));
        f.b = lowerFuncType(s, next(s, child(c)), next(s, c));
        methods.push(f);
        break;
      }
      default: {
        const f = makeNode(s, Kind.Field, startOf(s, c), startOf(s, c), endOf(s, c));
        f.b = lowerType(s, c);
        moveTypeArguments(f.b);
        methods.push(f);
      }
    }
  }
  n.list = methods;
  return n;
}

/** gc reads the arguments of an embedded T[A, B] as parameters first: their list is where the first one's text begins. */
function moveTypeArguments(elem: RawNode): void {
  let x = elem;
  while (x.kind === Kind.Operation && x.op === Op.Or) x = x.a!;
  if (x.kind === Kind.IndexExpr && x.a!.kind === Kind.Name && x.c!.kind === Kind.ListExpr) x.c!.pos = x.c!.start;
}
