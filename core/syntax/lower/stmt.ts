/** Statements, as gc's parser.stmtOrNil, simpleStmt and header build them. */
import { Kind, NodeFlag, Op, type RawNode, Tok } from '../ast.ts';
import { checkBranches } from '../branches.ts';
import { exprString } from '../print.ts';
import { Sym } from '../symbols.ts';
import { lowerDecls } from './decl.ts';
import { badExpr, binaryOperator, isOperation, lowerExpr, lowerName } from './expr.ts';
import {
  child,
  complain,
  endOf,
  isSemicolon,
  type Lowering,
  makeNode,
  maxDepth,
  next,
  startOf,
  symbol,
  textOf,
} from './state.ts';

export function lowerBlock(s: Lowering, at: number): RawNode {
  const n = makeNode(s, Kind.BlockStmt, startOf(s, at), startOf(s, at), endOf(s, at));
  n.aux = n.end - 1;
  n.list = lowerStatements(s, next(s, child(at)), next(s, at));
  return n;
}

/** A function's body, its labels and branches checked. */
export function lowerBody(s: Lowering, at: number): RawNode {
  const outer = s.branches;
  s.branches = false;
  const complaints = s.complaints.length;
  const body = lowerBlock(s, at);
  if (s.branches && s.complaints.length === complaints) {
    checkBranches(body, String, (offset, message) => complain(s, offset + s.base, message));
  }
  s.branches = outer;
  return body;
}

/** The statements among the siblings [from, end), `}` included when it is one of them. */
function lowerStatements(s: Lowering, from: number, end: number): RawNode[] {
  const list: RawNode[] = [];
  for (let c = from; c < end; c = next(s, c)) {
    switch (symbol(s, c)) {
      case Sym.newline:
      case Sym.SEMI:
      case Sym.RBRACE:
        break;
      case Sym.empty_statement:
        list.push(makeNode(s, Kind.EmptyStmt, startOf(s, c), startOf(s, c), endOf(s, c)));
        break;
      case Sym.empty_labeled_statement: {
        list.push(lowerEmptyLabel(s, c));
        const after = next(s, c);
        if (after < end && symbol(s, after) === Sym.empty_statement) c = after;
        break;
      }
      default:
        list.push(lowerStmt(s, c));
    }
  }
  return list;
}

/** `L:` before a `;`, which is then its empty statement, or before `}`; elsewhere gc misses the statement. */
function lowerEmptyLabel(s: Lowering, at: number): RawNode {
  const label = child(at);
  const colon = next(s, label);
  const n = makeNode(s, Kind.LabeledStmt, startOf(s, colon), startOf(s, at), endOf(s, at));
  s.branches = true;
  n.a = lowerName(s, label);
  const inner = next(s, colon);
  if (inner < next(s, at) && s.depth <= maxDepth) {
    s.depth++;
    n.c = lowerEmptyLabel(s, inner);
    s.depth--;
    return n;
  }
  if (inner < next(s, at)) complain(s, startOf(s, inner), 'syntax error: nesting too deep');
  let after = endOf(s, at);
  const last = next(s, at);
  if (last < s.records.length && startOf(s, last) >= after) after = startOf(s, last);
  const sym = last < s.records.length ? symbol(s, last) : Sym.RBRACE;
  if (sym !== Sym.empty_statement && sym !== Sym.RBRACE) {
    complain(s, startOf(s, colon), 'syntax error: missing statement after label');
  }
  n.c = makeNode(s, Kind.EmptyStmt, after, after, after);
  return n;
}

export function lowerStmt(s: Lowering, at: number): RawNode {
  if (s.depth > maxDepth) {
    const bad = makeNode(s, Kind.ExprStmt, startOf(s, at), startOf(s, at), endOf(s, at));
    bad.a = badExpr(s, at, 'syntax error: nesting too deep');
    return bad;
  }
  s.depth++;
  const n = lowerStmtOf(s, at);
  s.depth--;
  return n;
}

function lowerStmtOf(s: Lowering, at: number): RawNode {
  const start = startOf(s, at);
  const end = endOf(s, at);
  switch (symbol(s, at)) {
    case Sym.const_declaration:
    case Sym.type_declaration:
    case Sym.var_declaration: {
      const n = makeNode(s, Kind.DeclStmt, start, start, end);
      n.list = lowerDecls(s, at, null);
      return n;
    }
    case Sym.block:
      return lowerBlock(s, at);
    case Sym.return_statement: {
      const n = makeNode(s, Kind.ReturnStmt, start, start, end);
      const results = next(s, child(at));
      if (results < next(s, at)) n.a = lowerExpr(s, results);
      return n;
    }
    case Sym.go_statement:
      return lowerCallStmt(s, at, Tok.Go);
    case Sym.defer_statement:
      return lowerCallStmt(s, at, Tok.Defer);
    case Sym.if_statement:
      return lowerIf(s, at);
    case Sym.for_statement:
      return lowerFor(s, at);
    case Sym.switch_statement:
      return lowerSwitch(s, at);
    case Sym.select_statement: {
      const n = makeNode(s, Kind.SelectStmt, start, start, end);
      n.aux = n.end - 1;
      n.list = lowerClauses(s, at, Sym.communication_case);
      return n;
    }
    case Sym.labeled_statement: {
      const label = child(at);
      const colon = next(s, label);
      const n = makeNode(s, Kind.LabeledStmt, startOf(s, colon), start, end);
      s.branches = true;
      n.a = lowerName(s, label);
      n.c = lowerStmt(s, next(s, colon));
      return n;
    }
    case Sym.fallthrough_statement:
      return lowerBranch(s, at, Tok.Fallthrough);
    case Sym.break_statement:
      return lowerBranch(s, at, Tok.Break);
    case Sym.continue_statement:
      return lowerBranch(s, at, Tok.Continue);
    case Sym.goto_statement:
      return lowerBranch(s, at, Tok.Goto);
    default:
      // gc does not look for an expression where a statement begins with ~.
      if (s.text[start] === '~') complain(s, start, 'syntax error: unexpected ~, expected }');
      return lowerSimple(s, at);
  }
}

function lowerBranch(s: Lowering, at: number, tok: Tok): RawNode {
  const n = makeNode(s, Kind.BranchStmt, startOf(s, at), startOf(s, at), endOf(s, at));
  n.op = tok;
  s.branches = true;
  const label = next(s, child(at));
  if (child(at) < next(s, at) && label < next(s, at)) n.a = lowerName(s, label);
  return n;
}

/** go and defer take a primary expression without parentheses around it (parser.callStmt). */
function lowerCallStmt(s: Lowering, at: number, tok: Tok): RawNode {
  const n = makeNode(s, Kind.CallStmt, startOf(s, at), startOf(s, at), endOf(s, at));
  n.op = tok;
  const call = next(s, child(at));
  if (isOperation(s, call)) {
    const first = symbol(s, call) === Sym.unary_expression ? child(call) : next(s, child(call));
    complain(s, startOf(s, first), `syntax error: unexpected ${textOf(s, first)}, expected expression`);
  }
  let x = lowerExpr(s, call);
  if (x.kind === Kind.ParenExpr) {
    const word = tok === Tok.Go ? 'go' : 'defer';
    complain(s, startOf(s, call), `expression in ${word} must not be parenthesized`);
    while (x.kind === Kind.ParenExpr) x = x.a!;
  }
  n.a = x;
  return n;
}

/** An expression, assignment, send or increment (parser.simpleStmt). */
function lowerSimple(s: Lowering, at: number): RawNode {
  const start = startOf(s, at);
  const end = endOf(s, at);
  switch (symbol(s, at)) {
    case Sym.assignment_statement: {
      const operator = next(s, child(at));
      const n = makeNode(s, Kind.AssignStmt, startOf(s, operator), start, end);
      n.op = symbol(s, operator) === Sym.COLON_EQ ? Op.Def : Op.None;
      n.c = lowerExpr(s, child(at));
      n.b = lowerExpr(s, next(s, operator));
      return n;
    }
    case Sym.operator_assignment: {
      const operator = next(s, child(at));
      const n = makeNode(s, Kind.AssignStmt, startOf(s, operator), start, end);
      n.op = binaryOperator(symbol(s, operator));
      n.c = lowerExpr(s, child(at));
      n.b = lowerExpr(s, next(s, operator));
      return n;
    }
    case Sym.inc_statement: {
      const operator = next(s, child(at));
      const n = makeNode(s, Kind.AssignStmt, startOf(s, operator), start, end);
      n.op = binaryOperator(symbol(s, operator));
      n.flags |= NodeFlag.ImplicitOne;
      n.c = lowerExpr(s, child(at));
      return n;
    }
    case Sym.send_statement: {
      const arrow = next(s, child(at));
      const n = makeNode(s, Kind.SendStmt, startOf(s, arrow), start, end);
      n.a = lowerExpr(s, child(at));
      n.c = lowerExpr(s, next(s, arrow));
      return n;
    }
    default: {
      const x = lowerExpr(s, at);
      const n = makeNode(s, Kind.ExprStmt, x.pos + s.base, start, end);
      n.a = x;
      return n;
    }
  }
}

/** The condition of if and for, the tag of switch: an expression, or gc cannot use it as value (parser.header). */
function conditionOf(s: Lowering, n: RawNode): RawNode {
  if (n.kind === Kind.ExprStmt) return n.a!;
  complain(s, n.pos + s.base, `syntax error: cannot use ${exprString(n)} as value`);
  return makeNode(s, Kind.BadExpr, n.pos + s.base, n.start + s.base, n.end + s.base);
}

function lowerIf(s: Lowering, at: number): RawNode {
  const n = makeNode(s, Kind.IfStmt, startOf(s, at), startOf(s, at), endOf(s, at));
  let c = next(s, child(at));
  if (isSemicolon(s, c)) {
    c = next(s, c);
  } else if (isSemicolon(s, next(s, c))) {
    n.a = lowerSimple(s, c);
    c = next(s, next(s, c));
  }
  n.b = conditionOf(s, lowerSimple(s, c));
  c = next(s, c);
  n.d = lowerBlock(s, c);
  c = next(s, c);
  if (c < next(s, at)) n.c = lowerStmt(s, next(s, c));
  return n;
}

function lowerFor(s: Lowering, at: number): RawNode {
  const n = makeNode(s, Kind.ForStmt, startOf(s, at), startOf(s, at), endOf(s, at));
  let c = next(s, child(at));
  switch (symbol(s, c)) {
    case Sym.block:
      break;
    case Sym.for_clause:
      lowerForClause(s, c, n);
      c = next(s, c);
      break;
    case Sym.range_clause:
      n.a = lowerRange(s, c);
      c = next(s, c);
      break;
    default:
      n.b = conditionOf(s, lowerSimple(s, c));
      c = next(s, c);
  }
  n.d = lowerBlock(s, c);
  return n;
}

function lowerForClause(s: Lowering, at: number, n: RawNode): void {
  let part = 0;
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    if (isSemicolon(s, c)) {
      part++;
      continue;
    }
    const stmt = lowerSimple(s, c);
    if (part === 0) n.a = stmt;
    else if (part === 1) n.b = conditionOf(s, stmt);
    else {
      n.c = stmt;
      if (stmt.kind === Kind.AssignStmt && stmt.op === Op.Def) {
        complain(s, stmt.pos + s.base, 'syntax error: cannot declare in post statement of for loop');
      }
    }
  }
}

function lowerRange(s: Lowering, at: number): RawNode {
  let c = child(at);
  let lhs: RawNode | null = null;
  let def = false;
  if (symbol(s, c) !== Sym.kw_range) {
    lhs = lowerExpr(s, c);
    c = next(s, c);
    def = symbol(s, c) === Sym.COLON_EQ;
    c = next(s, c);
  }
  const n = makeNode(s, Kind.RangeClause, startOf(s, c), startOf(s, at), endOf(s, at));
  if (def) n.flags |= NodeFlag.Def;
  n.c = lhs;
  n.a = lowerExpr(s, next(s, c));
  return n;
}

function lowerSwitch(s: Lowering, at: number): RawNode {
  const n = makeNode(s, Kind.SwitchStmt, startOf(s, at), startOf(s, at), endOf(s, at));
  n.aux = n.end - 1;
  let c = next(s, child(at));
  if (isSemicolon(s, c)) {
    c = next(s, c);
  } else if (symbol(s, c) !== Sym.LBRACE && isSemicolon(s, next(s, c))) {
    n.a = typeSwitchGuard(s, lowerSimple(s, c));
    c = next(s, next(s, c));
  }
  if (symbol(s, c) !== Sym.LBRACE) n.b = conditionOf(s, typeSwitchGuard(s, lowerSimple(s, c)));
  n.list = lowerClauses(s, at, Sym.case_clause);
  return n;
}

/** `x := y.(type)` becomes the guard itself, as an expression statement (parser.simpleStmt). */
function typeSwitchGuard(s: Lowering, n: RawNode): RawNode {
  if (n.kind !== Kind.AssignStmt || n.op !== Op.Def || n.b?.kind !== Kind.TypeSwitchGuard) return n;
  if (n.c?.kind !== Kind.Name) return n;
  const b = s.base;
  const guard = makeNode(s, Kind.TypeSwitchGuard, n.b.pos + b, n.start + b, n.b.end + b);
  guard.a = n.b.a;
  guard.c = n.c;
  const stmt = makeNode(s, Kind.ExprStmt, guard.pos + b, n.start + b, n.end + b);
  stmt.a = guard;
  return stmt;
}

/** The clauses of a switch or select. */
function lowerClauses(s: Lowering, at: number, sym: Sym): RawNode[] {
  const list: RawNode[] = [];
  const kind = sym === Sym.case_clause ? Kind.CaseClause : Kind.CommClause;
  for (let c = child(at), end = next(s, at); c < end; c = next(s, c)) {
    if (symbol(s, c) !== sym) continue;
    const n = makeNode(s, kind, startOf(s, c), startOf(s, c), endOf(s, c));
    let d = child(c);
    if (symbol(s, d) === Sym.kw_case) {
      d = next(s, d);
      n.a = kind === Kind.CaseClause ? lowerExpr(s, d) : lowerSimple(s, d);
    }
    d = next(s, d);
    n.aux = startOf(s, d) - s.base;
    n.list = lowerStatements(s, next(s, d), next(s, c));
    if (n.list.length > 0 && next(s, c) < end && symbol(s, next(s, c)) === sym) checkSeparated(s, c);
    list.push(n);
  }
  return list;
}

/** Before another clause, unlike before `}`, the last statement wants its semicolon. */
function checkSeparated(s: Lowering, at: number): void {
  let last = child(at);
  for (let c = last; c < next(s, at); c = next(s, c)) last = c;
  if (isSemicolon(s, last) || symbol(s, last) === Sym.empty_statement) return;
  complain(s, endOf(s, at), 'syntax error: unexpected keyword case at end of statement');
}
