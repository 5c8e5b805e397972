/** Assignments, multi-valued expressions and what they take apart (tcAssign, tcAssignList, writer.multiExpr). */
import type { Expr } from '../syntax/ast.ts';
import type { TupleType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import { assignConv, conv, implicitConv } from './build-conv.ts';
import { expr } from './build-expr.ts';
import { noteConvDictUse } from './dict-uses.ts';
import { identicalTypes } from './generic.ts';
import { Flag, Name, Node, Op, type XPos } from './node.ts';
import { type Reader, unary } from './reader.ts';
import { identical } from './typeinfo.ts';
import { isBlank } from './static-value.ts';

/** Completes an OAS or OAS2: its op, conversions of the values, definitions of temporaries (tcAssign, assign). */
export function assign(r: Reader, n: Node): Node {
  if (n.op === Op.OAS) {
    if (n.y !== null && !isBlank(n.x) && n.x!.type !== null) n.y = assignConv(n.y, n.x!.type, n.pos);
    if (n.x instanceof Name && n.x.autotemp) n.x.defn = n;
    return n;
  }
  const lhs = n.list;
  const rhs = n.list2;
  if (rhs.length === 1 && lhs.length !== 1) {
    const y = rhs[0];
    if (lhs.length === 2) {
      switch (y.op) {
        case Op.OINDEXMAP:
          n.op = Op.OAS2MAPR;
          return n;
        case Op.ORECV:
          n.op = Op.OAS2RECV;
          return n;
        case Op.ODOTTYPE:
          n.op = Op.OAS2DOTTYPE;
          y.op = Op.ODOTTYPE2;
          return n;
        case Op.ODYNAMICDOTTYPE:
          n.op = Op.OAS2DOTTYPE;
          y.op = Op.ODYNAMICDOTTYPE2;
          return n;
        default:
      }
    }
    n.op = Op.OAS2FUNC;
    const results = (y.type as TupleType).vars;
    const mismatched = lhs.some((l, i) => !isBlank(l) && !identical(l.type, results[i].type));
    if (mismatched) rewriteMultiValueCall(r, n, y);
    return n;
  }
  rhs.forEach((y, i) => {
    if (!isBlank(lhs[i]) && lhs[i].type !== null) rhs[i] = assignConv(y, lhs[i].type!, n.pos);
  });
  return n;
}

/** The results of a call, as temporaries that are set before `n` (typecheck.RewriteMultiValueCall). */
export function intoTemps(r: Reader, n: Node, call: Node): Name[] {
  const as = new Node(Op.OAS2FUNC, n.pos, null);
  as.list2 = [call];
  const temps = (call.type as TupleType).vars.map(v => r.temp(n.pos, v.type!));
  as.init = temps.map(tmp => unary(Op.ODCL, n.pos, null, tmp));
  as.list = temps;
  n.init = [...n.init, as];
  return temps;
}

/** a, b = f() with conversions. */
function rewriteMultiValueCall(r: Reader, n: Node, call: Node): void {
  const temps = intoTemps(r, n, call);
  n.op = Op.OAS2;
  n.list2 = temps.map((tmp, i) => (isBlank(n.list[i]) ? tmp : assignConv(tmp, n.list[i].type!, n.pos)));
}

/**
 * Expressions, each converted to the type of what it is assigned to; one that has several values goes through
 * temporaries that an OAS2 in the first value's init list sets (writer.multiExpr, reader.multiExpr).
 */
export function multiExpr(
  r: Reader,
  pos: XPos | null,
  dstType: (i: number) => Type | null,
  list: readonly Expr[],
): Node[] {
  if (list.length === 1) {
    const tuple = r.typeOf(list[0]);
    if (tuple !== null && tuple.kind === TypeKind.Tuple && tuple.vars.length > 1) {
      return spread(r, pos, dstType, list[0], tuple);
    }
  }
  return list.map((x, i) => implicitConv(r, dstType(i), x));
}

function spread(r: Reader, pos: XPos | null, dstType: (i: number) => Type | null, x: Expr, tuple: TupleType): Node[] {
  const value = expr(r, x);
  const as = new Node(Op.OAS2, pos, null);
  as.list2 = [value];
  as.flags |= Flag.Def;
  const temps: Name[] = [];
  const init: Node[] = [];
  const results = tuple.vars.map((v, i) => {
    const tmp = r.temp(pos, r.typ(v.type!));
    tmp.defn = as;
    temps.push(tmp);
    init.push(unary(Op.ODCL, pos, null, tmp));
    const dst = dstType(i);
    if (dst === null || identicalTypes(v.type!, dst)) return tmp as Node;
    const to = r.typ(dst);
    return noteConvDictUse(r, conv(r, pos, to, tmp, true), tmp.type!, to);
  });
  as.list = temps;
  as.init = init;
  assign(r, as);
  results[0] = initExpr([as], results[0], r.b.basePos);
  return results;
}

/** The expression with statements that are run before it (ir.InitExpr); one that may be shared is wrapped, at `pos`. */
export function initExpr(init: Node[], x: Node, pos: XPos | null): Node {
  if (init.length === 0) return x;
  if (x.op === Op.ONAME || x.op === Op.OLITERAL || x.op === Op.ONIL || x.op === Op.OTYPE) {
    x = unary(Op.OCONVNOP, pos, x.type, x);
  }
  x.init = [...init, ...x.init];
  return x;
}
