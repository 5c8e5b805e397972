/** Expressions (escape/expr.go). */
import { type Name, type Node, Class, Op } from '../ir/node.ts';
import {
  hasPointers,
  isArray,
  isDirectIface,
  isInterface,
  isPointer,
  isUintptr,
  isUnsafePointer,
} from '../ir/typeinfo.ts';
import { Pragma } from '../syntax/ast.ts';
import { assignHeap } from './assign.ts';
import { call, tagHole } from './call.ts';
import { closureExpr } from './closure.ts';
import {
  type Hole,
  type Walker,
  Hole as HoleOf,
  addrOf,
  deref,
  dotType,
  flow,
  note,
  oldLoc,
  spill,
  teeHole,
} from './graph.ts';
import { isReflectHeaderDataField } from './selfassign.ts';
import { stmts } from './stmt.ts';

/** Evaluates `n`, its value flowing into `k` (escape.expr). */
export function expr(e: Walker, k: Hole, n: Node | null): void {
  if (n === null) return;
  stmts(e, n.init);
  exprSkipInit(e, k, n);
}

export function exprSkipInit(e: Walker, k: Hole, n: Node): void {
  const b = e.b;
  // a value without pointers flows nowhere
  if (k.derefs >= 0 && k.dst !== b.blankLoc && n.type !== null && !hasPointers(n.type))
    k = new HoleOf(b.blankLoc, k.derefs, k.notes, k.addrtaken);

  switch (n.op) {
    case Op.OLITERAL:
    case Op.ONIL:
    case Op.OGETG:
    case Op.OGETCALLERSP:
    case Op.OTYPE:
    case Op.OMETHEXPR:
    case Op.OLINKSYMOFFSET:
    case Op.ODYNAMICTYPE:
      return;

    case Op.OITAB:
      return expr(e, k, n.x!);

    case Op.ONAME: {
      const { cls } = n as Name;
      if (cls !== Class.PFUNC && cls !== Class.PEXTERN) flow(b, k, oldLoc(b, n as Name));
      return;
    }

    case Op.OPLUS:
    case Op.ONEG:
    case Op.OBITNOT:
    case Op.ONOT:
      return discard(e, n.x);
    case Op.OADD:
    case Op.OSUB:
    case Op.OOR:
    case Op.OXOR:
    case Op.OMUL:
    case Op.ODIV:
    case Op.OMOD:
    case Op.OLSH:
    case Op.ORSH:
    case Op.OAND:
    case Op.OANDNOT:
    case Op.OEQ:
    case Op.ONE:
    case Op.OLT:
    case Op.OLE:
    case Op.OGT:
    case Op.OGE:
    case Op.OANDAND:
    case Op.OOROR:
      discard(e, n.x);
      return discard(e, n.y);

    case Op.OPAREN:
      return expr(e, k, n.x);
    case Op.OADDR:
      return expr(e, addrOf(b, k, n, 'address-of'), n.x);
    case Op.ODEREF:
      return expr(e, deref(b, k, n, 'indirection'), n.x);
    case Op.ODOT:
    case Op.ODOTMETH:
    case Op.ODOTINTER:
      return expr(e, note(b, k, n, 'dot'), n.x);
    case Op.ODOTPTR:
      return expr(e, deref(b, k, n, 'dot of pointer'), n.x);
    case Op.ODOTTYPE:
    case Op.ODOTTYPE2:
    case Op.ODYNAMICDOTTYPE:
    case Op.ODYNAMICDOTTYPE2:
      return expr(e, dotType(b, k, n.type!, n, 'dot'), n.x);
    case Op.OINDEX:
      if (isArray(n.x!.type!)) expr(e, note(b, k, n, 'fixed-array-index-of'), n.x);
      else expr(e, deref(b, k, n, 'dot of pointer'), n.x);
      return discard(e, n.y);
    case Op.OINDEXMAP:
      discard(e, n.x);
      return discard(e, n.y);
    case Op.OSLICE:
    case Op.OSLICEARR:
    case Op.OSLICE3:
    case Op.OSLICE3ARR:
    case Op.OSLICESTR:
      expr(e, note(b, k, n, 'slice'), n.x);
      discard(e, n.y);
      discard(e, n.z);
      return discard(e, n.w);

    case Op.OCONV:
    case Op.OCONVNOP: {
      const from = n.x!.type;
      if (n.type !== null && isUnsafePointer(n.type)) {
        const { flags } = b.env;
        const checked = (flags.checkptr >= 2 || flags.asan) && (e.curfn.pragma & Pragma.NoCheckPtr) === 0;
        if (checked && from !== null && isPointer(from)) return assignHeap(e, n.x!, 'conversion to unsafe.Pointer', n);
        if (from !== null && isUintptr(from)) return unsafeValue(e, k, n.x!);
      }
      return expr(e, k, n.x);
    }
    case Op.OCONVIFACE: {
      const from = n.x!.type!;
      if (!isInterface(from) && !isDirectIface(from, b.env.release)) k = spill(e, k, n);
      return expr(e, note(b, k, n, 'interface-converted'), n.x);
    }
    case Op.OSLICE2ARR:
      return expr(e, deref(b, k, n, 'slice-to-array'), n.x);
    case Op.OSLICE2ARRPTR:
      return expr(e, k, n.x);
    case Op.ORECV:
      return discard(e, n.x);

    case Op.OCALLMETH:
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
    case Op.OINLCALL:
    case Op.OLEN:
    case Op.OCAP:
    case Op.OMIN:
    case Op.OMAX:
    case Op.OCOMPLEX:
    case Op.OREAL:
    case Op.OIMAG:
    case Op.OAPPEND:
    case Op.OCOPY:
    case Op.ORECOVER:
    case Op.OUNSAFEADD:
    case Op.OUNSAFESLICE:
    case Op.OUNSAFESTRING:
    case Op.OUNSAFESTRINGDATA:
    case Op.OUNSAFESLICEDATA:
      return call(e, [k], n);

    case Op.ONEW:
      spill(e, k, n);
      return;
    case Op.OMAKESLICE:
      spill(e, k, n);
      discard(e, n.y);
      return discard(e, n.z);
    case Op.OMAKECHAN:
      return discard(e, n.y);
    case Op.OMAKEMAP:
      spill(e, k, n);
      return discard(e, n.y);

    case Op.OMETHVALUE: {
      // the receiver flows to the closure and to the method, whose results go who knows where
      const closureK = spill(e, k, n);
      const ks: Hole[] = new Array(numResults(n)).fill(b.heapHole);
      const paramK = tagHole(e, ks, n.method, 0);
      return expr(e, teeHole(e, [paramK, closureK]), n.x);
    }

    case Op.OPTRLIT:
      return expr(e, spill(e, k, n), n.x);
    case Op.OARRAYLIT:
      for (const elem of n.list) expr(e, note(b, k, n, 'array literal element'), elementValue(elem));
      return;
    case Op.OSLICELIT: {
      const store = spill(e, k, n);
      for (const elem of n.list) expr(e, note(b, store, n, 'slice-literal-element'), elementValue(elem));
      return;
    }
    case Op.OSTRUCTLIT:
      for (const elem of n.list) expr(e, note(b, k, n, 'struct literal element'), elem.x);
      return;
    case Op.OMAPLIT:
      spill(e, k, n);
      // keys and values are stored in the heap, always
      for (const elem of n.list) {
        assignHeap(e, elem.x!, 'map literal key', n);
        assignHeap(e, elem.y!, 'map literal value', n);
      }
      return;

    case Op.OCLOSURE:
      return closureExpr(e, k, n);

    case Op.ORUNES2STR:
    case Op.OBYTES2STR:
    case Op.OSTR2RUNES:
    case Op.OSTR2BYTES:
    case Op.ORUNESTR:
      spill(e, k, n);
      return discard(e, n.x);
    case Op.OADDSTR:
      spill(e, k, n);
      for (const operand of n.list) discard(e, operand);
      return;

    default:
      throw new Error(`unexpected expr: op ${n.op}`);
  }
}

function elementValue(elem: Node): Node {
  return elem.op === Op.OKEY ? elem.y! : elem;
}

function numResults(n: Node): number {
  const type = n.type;
  return type !== null && 'results' in type ? type.results.vars.length : 0;
}

/** Arithmetic on uintptr, of which pointers converted to uintptr flow into `k` (escape.unsafeValue). */
export function unsafeValue(e: Walker, k: Hole, n: Node): void {
  const b = e.b;
  stmts(e, n.init);
  switch (n.op) {
    case Op.OCONV:
    case Op.OCONVNOP:
      if (n.x!.type !== null && isUnsafePointer(n.x!.type)) expr(e, k, n.x);
      else discard(e, n.x);
      return;
    case Op.ODOTPTR:
      if (isReflectHeaderDataField(n)) expr(e, deref(b, k, n, 'reflect.Header.Data'), n.x);
      else discard(e, n.x);
      return;
    case Op.OPLUS:
    case Op.ONEG:
    case Op.OBITNOT:
      return unsafeValue(e, k, n.x!);
    case Op.OADD:
    case Op.OSUB:
    case Op.OOR:
    case Op.OXOR:
    case Op.OMUL:
    case Op.ODIV:
    case Op.OMOD:
    case Op.OAND:
    case Op.OANDNOT:
      unsafeValue(e, k, n.x!);
      return unsafeValue(e, k, n.y!);
    case Op.OLSH:
    case Op.ORSH:
      unsafeValue(e, k, n.x!);
      return discard(e, n.y);
    default:
      exprSkipInit(e, b.discardHole, n);
  }
}

/** Evaluates `n` for what it does, not for its value. */
export function discard(e: Walker, n: Node | null): void {
  expr(e, e.b.discardHole, n);
}

export function discards(e: Walker, list: readonly Node[]): void {
  for (const n of list) expr(e, e.b.discardHole, n);
}
