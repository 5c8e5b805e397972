/** Range statements (spec "For statements with range clause"; types2 range.go). */
import * as constant from '../constant/ops.ts';
import { type Expr, type ForStmt, Kind, type Node } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { assignment, assignVar, initVar, newLocalVar } from './assignments.ts';
import { arrayPtrDeref } from './builtins.ts';
import type { Checker } from './checker.ts';
import { declare } from './decl.ts';
import { error, softErrorf } from './errors.ts';
import { expr } from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import type { VarObj } from './object.ts';
import { makeOperand, Operand } from './operand.ts';
import { nodePos } from './position.ts';
import { identical, isBoolean, isInteger, isString } from './predicates.ts';
import { record, recordDef } from './recording.ts';
import { closeScope, openScope, stmt } from './stmt.ts';
import { BasicKind, ChanDir, type Type, TypeKind } from './type.ts';
import { commonUnder, under } from './under.ts';
import { Typ, universeBool, universeRune } from './universe.ts';
import { allowVersion, go1_22, go1_23, release } from './version.ts';

/** for sKey, sValue = range rangeVar { … }; sExtra is a third variable, an error (types2 Checker.rangeStmt). */
export function rangeStmt(
  c: Checker,
  inner: number,
  s: ForStmt,
  noNewVarPos: Node,
  sKey: Expr | null,
  sValue: Expr | null,
  sExtra: Expr | null,
  rangeVar: Expr,
  isDef: boolean,
): void {
  const x = new Operand();
  c.env.hasCallOrRecv = false;
  expr(c, null, x, rangeVar);

  if (x.mode !== Mode.Invalid && sValue === null && !c.env.hasCallOrRecv) {
    const t = arrayPtrDeref(under(x.type!));
    if (t.kind === TypeKind.Array) {
      // Not evaluated: recorded as the constant length, inside of parentheses.
      let at = rangeVar;
      while (at.kind === Kind.ParenExpr) at = at.x;
      record(c, makeOperand(Mode.Constant, at, Typ[BasicKind.Int], constant.makeInt64(t.len)));
    }
  }

  let key: Type | null = null;
  let val: Type | null = null;
  if (x.mode !== Mode.Invalid) {
    const r = rangeKeyVal(c, x.type!);
    if (!r.ok) softErrorf(c, x, `cannot range over ${str(c, x)}${r.cause === '' ? '' : `: ${r.cause}`}`);
    else if (r.key === null && sKey !== null)
      softErrorf(c, sKey, `range over ${str(c, x)} permits no iteration variables`);
    else if (r.val === null && sValue !== null)
      softErrorf(c, sValue, `range over ${str(c, x)} permits only one iteration variable`);
    else if (sExtra !== null) softErrorf(c, sExtra, 'range clause permits at most two iteration variables');
    key = r.key;
    val = r.val;
  }

  openScope(c, s);
  const rangeOverInt = isInteger(x.type!);
  const lhs = [sKey, sValue];
  const rhs = [key, val];
  if (isDef) {
    const vars: VarObj[] = [];
    for (let i = 0; i < 2; i++) {
      const e = lhs[i];
      if (e === null) continue;
      let obj: VarObj;
      if (e.kind === Kind.Name) {
        obj = newLocalVar(c, nodePos(e), e.value, null);
        recordDef(c, e, obj);
        if (e.value !== '_') vars.push(obj);
      } else {
        error(c, e, `invalid syntax tree: cannot declare ${exprString(e)}`);
        obj = newLocalVar(c, nodePos(e), '_', null);
      }
      const t = rhs[i];
      if (t === null || t === Typ[BasicKind.Invalid]) {
        obj.type = Typ[BasicKind.Invalid];
        obj.used = true;
        continue;
      }
      if (rangeOverInt) initVar(c, obj, x, 'range clause');
      // The error is at the variable, so it is an assignment in words.
      else initVar(c, obj, makeOperand(Mode.Value, e, t), 'assignment');
    }
    if (vars.length > 0) {
      const scopePos = nodePos(s.body);
      for (const v of vars) declare(c, c.env.scope, null, v, scopePos);
    } else error(c, noNewVarPos, 'no new variables on left side of :=');
  } else if (sKey !== null) {
    for (let i = 0; i < 2; i++) {
      const e = lhs[i];
      const t = rhs[i];
      if (e === null || t === null || t === Typ[BasicKind.Invalid]) continue;
      if (rangeOverInt) {
        assignVar(c, e, null, x, 'range clause');
        if (x.mode !== Mode.Invalid && !isInteger(x.type!))
          softErrorf(c, e, `cannot use iteration variable of type ${str(c, x.type)}`);
      } else assignVar(c, e, null, makeOperand(Mode.Value, e, t), 'assignment');
    }
  } else if (rangeOverInt) assignment(c, x, null, 'range clause');

  stmt(c, inner, s.body);
  closeScope(c);
}

interface RangeTypes {
  key: Type | null;
  val: Type | null;
  cause: string;
  ok: boolean;
}

function bad(cause: string): RangeTypes {
  return { key: Typ[BasicKind.Invalid], val: Typ[BasicKind.Invalid], cause, ok: false };
}

function good(key: Type | null, val: Type | null): RangeTypes {
  return { key, val, cause: '', ok: true };
}

/** Types of the iteration variables of a range over a value of the type (types2 rangeKeyVal). */
export function rangeKeyVal(c: Checker, orig: Type): RangeTypes {
  const [rtyp, err] = commonUnder(orig, (t, u) =>
    u !== null && u.kind === TypeKind.Chan && u.dir === ChanDir.SendOnly
      ? () => `receive from send-only channel ${str(c, t)}`
      : null,
  );
  if (rtyp === null) return bad(err!(c));
  const t = arrayPtrDeref(rtyp);
  switch (t.kind) {
    case TypeKind.Basic:
      if (isString(t)) return good(Typ[BasicKind.Int], universeRune);
      if (isInteger(t)) return allowVersion(c, go1_22) ? good(orig, null) : bad('requires go1.22 or later');
      break;
    case TypeKind.Array:
    case TypeKind.Slice:
      return good(Typ[BasicKind.Int], t.elem);
    case TypeKind.Map:
      return good(t.key, t.elem);
    case TypeKind.Chan:
      return good(t.elem, null);
    case TypeKind.Signature: {
      if (!allowVersion(c, go1_23)) return bad('requires go1.23 or later');
      const must = 'func must be func(yield func(...) bool): ';
      if (t.params.vars.length !== 1) return bad(`${must}wrong argument count`);
      if (t.results.vars.length !== 0) return bad(`${must}unexpected results`);
      const [cb, why] = commonUnder(t.params.vars[0].type!, null);
      if (cb === null || cb.kind !== TypeKind.Signature)
        return bad(why !== null ? `${must}in yield type, ${why(c)}` : `${must}argument is not func`);
      const params = cb.params.vars;
      const results = cb.results.vars;
      if (params.length > 2) return bad(`${must}yield func has too many parameters`);
      if (results.length !== 1 || !identical(results[0].type!, universeBool)) {
        if (results.length === 1 && isBoolean(results[0].type!))
          return bad(`${must}yield func returns user-defined boolean, not bool`);
        return bad(`${must}yield func does not return bool`);
      }
      if (cb.variadic && release(c) >= 27) return bad(`yield func of type ${str(c, cb)} cannot be variadic`);
      return good(params.length >= 1 ? params[0].type : null, params.length >= 2 ? params[1].type : null);
    }
    default:
  }
  // types2 leaves key and value unset here, unlike in the cases with a cause.
  return { key: null, val: null, cause: '', ok: false };
}
