/** Terminating statements (spec "Terminating statements"; types2 return.go). */
import { type BlockStmt, type CaseClause, type IfStmt, Kind, type Stmt, Tok, unparen } from '../syntax/ast.ts';
import type { Checker } from './checker.ts';

/** s ends the execution of its block; `label` is its label or empty. */
export function isTerminating(c: Checker, s: Stmt, label: string): boolean {
  switch (s.kind) {
    case Kind.LabeledStmt:
      return isTerminating(c, s.stmt, s.label.value);
    case Kind.ExprStmt: {
      const call = unparen(s.x);
      return call.kind === Kind.CallExpr && c.env.isPanic !== null && c.env.isPanic.has(call);
    }
    case Kind.ReturnStmt:
      return true;
    case Kind.BranchStmt:
      return s.tok === Tok.Goto || s.tok === Tok.Fallthrough;
    case Kind.BlockStmt:
      return isTerminatingList(c, s.stmtList);
    case Kind.IfStmt:
      return s.else !== null && isTerminating(c, s.then, '') && isTerminating(c, s.else, '');
    case Kind.SwitchStmt:
      return isTerminatingSwitch(c, s.clauses, label);
    case Kind.SelectStmt:
      return s.clauses.every(cc => isTerminatingList(c, cc.stmtList) && !hasBreakList(cc.stmtList, label, true));
    case Kind.ForStmt:
      // A range clause ends the loop.
      if (s.init !== null && s.init.kind === Kind.RangeClause) return false;
      return s.cond === null && !hasBreak(s.body, label, true);
    default:
      return false;
  }
}

function isTerminatingList(c: Checker, list: Stmt[]): boolean {
  for (let i = list.length - 1; i >= 0; i--) if (list[i].kind !== Kind.EmptyStmt) return isTerminating(c, list[i], '');
  return false;
}

function isTerminatingSwitch(c: Checker, clauses: CaseClause[], label: string): boolean {
  let hasDefault = false;
  for (const cc of clauses) {
    if (cc.cases === null) hasDefault = true;
    if (!isTerminatingList(c, cc.stmtList) || hasBreakList(cc.stmtList, label, true)) return false;
  }
  return hasDefault;
}

/** s is or contains a break out of the statement with the label or, if implicit, out of the closest one. */
function hasBreak(s: Stmt | BlockStmt | IfStmt, label: string, implicit: boolean): boolean {
  switch (s.kind) {
    case Kind.LabeledStmt:
      return hasBreak(s.stmt, label, implicit);
    case Kind.BranchStmt:
      return s.tok === Tok.Break && (s.label === null ? implicit : s.label.value === label);
    case Kind.BlockStmt:
      return hasBreakList(s.stmtList, label, implicit);
    case Kind.IfStmt:
      return hasBreak(s.then, label, implicit) || (s.else !== null && hasBreak(s.else, label, implicit));
    case Kind.SwitchStmt:
    case Kind.SelectStmt:
      if (label === '') return false;
      for (const cc of s.clauses) if (hasBreakList(cc.stmtList, label, false)) return true;
      return false;
    case Kind.ForStmt:
      return label !== '' && hasBreak(s.body, label, false);
    default:
      return false;
  }
}

function hasBreakList(list: Stmt[], label: string, implicit: boolean): boolean {
  for (const s of list) if (hasBreak(s, label, implicit)) return true;
  return false;
}
