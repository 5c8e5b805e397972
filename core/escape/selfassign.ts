/** Assignments that change nothing for escape analysis (escape/utils.go). */
import { type Node, Op } from '../ir/node.ts';
import { sameSafeExpr } from '../ir/same-expr.ts';
import { elemOf, typeSym } from '../ir/typeinfo.ts';
import { BasicKind, TypeKind } from '../types/type.ts';

/** `b.buf = b.buf[n:m]`: slices what is already reachable from the same pointer (isSliceSelfAssign). */
function isSliceSelfAssign(dst: Node, src: Node): boolean {
  if (dst.op !== Op.ODEREF && dst.op !== Op.ODOTPTR) return false;
  if (dst.x!.op !== Op.ONAME) return false;
  switch (src.op) {
    case Op.OSLICE:
    case Op.OSLICE3:
    case Op.OSLICESTR:
      break;
    case Op.OSLICEARR:
    case Op.OSLICE3ARR:
      // slicing an array that lies in the object makes a new pointer to the object
      if (src.x!.op === Op.OADDR) return false;
      break;
    default:
      return false;
  }
  const base = src.x!;
  if (base.op !== Op.ODEREF && base.op !== Op.ODOTPTR) return false;
  return base.x!.op === Op.ONAME && dst.x === base.x;
}

/** Whether assigning `src` to `dst` stores nothing that is not already there (isSelfAssign). */
export function isSelfAssign(dst: Node, src: Node): boolean {
  if (isSliceSelfAssign(dst, src)) return true;
  // val.x = val.y, val.x[i] = val.y[j]: only the last step may differ
  if (dst.op !== src.op) return false;
  switch (dst.op) {
    case Op.ODOT:
    case Op.ODOTPTR:
      return sameSafeExpr(dst.x!, src.x!);
    case Op.OINDEX:
      if (mayAffectMemory(dst.y!) || mayAffectMemory(src.y!)) return false;
      return sameSafeExpr(dst.x!, src.x!);
    default:
      return false;
  }
}

/** Whether evaluating `n` may change memory. */
function mayAffectMemory(n: Node): boolean {
  switch (n.op) {
    case Op.ONAME:
    case Op.OLITERAL:
    case Op.ONIL:
      return false;
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
    case Op.OINDEX:
      return mayAffectMemory(n.x!) || mayAffectMemory(n.y!);
    case Op.OCONVNOP:
    case Op.OCONV:
    case Op.OLEN:
    case Op.OCAP:
    case Op.ONOT:
    case Op.OBITNOT:
    case Op.OPLUS:
    case Op.ONEG:
    case Op.ODOT:
    case Op.ODOTPTR:
    case Op.ODEREF:
      return mayAffectMemory(n.x!);
    default:
      return true;
  }
}

/** p.Data of a reflect.SliceHeader or reflect.StringHeader (ir.IsReflectHeaderDataField). */
export function isReflectHeaderDataField(n: Node): boolean {
  const type = n.type;
  if (type === null || type.kind !== TypeKind.Basic || type.basic !== BasicKind.Uintptr) return false;
  if (n.sym === null || n.sym.name !== 'Data') return false;
  const holder = n.op === Op.ODOT ? n.x!.type! : n.op === Op.ODOTPTR ? elemOf(n.x!.type!) : null;
  if (holder === null) return false;
  const sym = typeSym(holder);
  if (sym === null || sym.pkg?.path !== 'reflect') return false;
  return sym.name === 'SliceHeader' || sym.name === 'StringHeader';
}
