/** Expressions that may stand for each other. */
import { compare } from '../constant/ops.ts';
import { Op as OpSyntax } from '../syntax/ast.ts';
import { type Node, Op } from './node.ts';
import { identical, isSimple } from './typeinfo.ts';

/** Whether both expressions have the same value and no effects, so that one may stand for the other (ir.SameSafeExpr). */
export function sameSafeExpr(l: Node, r: Node): boolean {
  while (l.op === Op.OCONVNOP) l = l.x!;
  while (r.op === Op.OCONVNOP) r = r.x!;
  if (l.op !== r.op || l.type === null || r.type === null || !identical(l.type, r.type)) return false;
  switch (l.op) {
    case Op.ONAME:
      return l === r;
    case Op.ODOT:
    case Op.ODOTPTR:
      return (
        l.sym !== null &&
        r.sym !== null &&
        l.sym.name === r.sym.name &&
        l.sym.pkg === r.sym.pkg &&
        sameSafeExpr(l.x!, r.x!)
      );
    case Op.ODEREF:
    case Op.ONOT:
    case Op.OBITNOT:
    case Op.OPLUS:
    case Op.ONEG:
      return sameSafeExpr(l.x!, r.x!);
    case Op.OCONV:
      return isSimple(l.type) && sameSafeExpr(l.x!, r.x!);
    case Op.OINDEX:
    case Op.OINDEXMAP:
    case Op.OADD:
    case Op.OSUB:
    case Op.OOR:
    case Op.OXOR:
    case Op.OMUL:
    case Op.OLSH:
    case Op.ORSH:
    case Op.OAND:
    case Op.OANDNOT:
    case Op.ODIV:
    case Op.OMOD:
      return sameSafeExpr(l.x!, r.x!) && sameSafeExpr(l.y!, r.y!);
    case Op.OLITERAL:
      return compare(l.val!, OpSyntax.Eql, r.val!);
    case Op.ONIL:
      return true;
    default:
      return false;
  }
}
