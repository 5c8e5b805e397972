/** Statements (escape/stmt.go). */
import { type Name, type Node, Op } from '../ir/node.ts';
import { isBlank } from '../ir/static-value.ts';
import { hasPointers, isArray } from '../ir/typeinfo.ts';
import { addrs, assignHeap, assignList, reassigned } from './assign.ts';
import { call, goDeferStmt, results } from './call.ts';
import { discard, discards, expr, exprSkipInit } from './expr.ts';
import {
  type Hole,
  type Walker,
  LabelState,
  asHole,
  deref,
  dotType,
  flow,
  newLoc,
  note,
  oldLoc,
  teeHole,
} from './graph.ts';

export function stmt(e: Walker, n: Node | null): void {
  if (n === null) return;
  const b = e.b;
  stmts(e, n.init);
  switch (n.op) {
    case Op.OFALL:
    case Op.OINLMARK:
    case Op.OBREAK:
    case Op.OCONTINUE:
    case Op.OGOTO:
      return;
    case Op.OBLOCK:
      return stmts(e, n.list);
    case Op.ODCL:
      if (!isBlank(n.x)) dcl(e, n.x as Name);
      return;

    case Op.OLABEL:
      if (n.label === '_') return;
      // a label that is jumped back to begins a loop, until the enclosing block ends
      if (e.labels?.get(n.label) === LabelState.Looping) e.loopDepth++;
      e.labels?.delete(n.label);
      return;

    case Op.OIF:
      discard(e, n.x);
      block(e, n.body);
      return block(e, n.list2);
    case Op.OCHECKNIL:
      return discard(e, n.x);
    case Op.OFOR:
      e.loopDepth++;
      discard(e, n.x);
      stmt(e, n.y);
      block(e, n.body);
      e.loopDepth--;
      return;
    case Op.ORANGE: {
      // what is ranged over is evaluated before the loop and kept until it ends
      const tmp = newLoc(e, null, true);
      expr(e, asHole(tmp), n.x);
      e.loopDepth++;
      const ks = addrs(e, [n.y, n.z]);
      if (isArray(n.x!.type!)) flow(b, note(b, ks[1], n, 'range'), tmp);
      else flow(b, deref(b, ks[1], n, 'range-deref'), tmp);
      reassigned(ks, n);
      block(e, n.body);
      e.loopDepth--;
      return;
    }

    case Op.OSWITCH: {
      const tag = n.x;
      if (tag !== null && tag.op === Op.OTYPESW) {
        const ks: Hole[] = [];
        if (tag.y !== null) {
          for (const clause of n.list) {
            const variable = clause.y as Name;
            // clause variables have no ODCL
            const k = dcl(e, variable);
            if (hasPointers(variable.type!)) ks.push(dotType(b, k, variable.type!, clause, 'switch case'));
          }
        }
        expr(e, teeHole(e, ks), tag.x);
      } else discard(e, tag);
      for (const clause of n.list) {
        discards(e, clause.list);
        block(e, clause.body);
      }
      return;
    }
    case Op.OSELECT:
      for (const clause of n.list) {
        stmt(e, clause.x);
        block(e, clause.body);
      }
      return;
    case Op.ORECV:
      return exprSkipInit(e, b.discardHole, n);
    case Op.OSEND:
      discard(e, n.x);
      return assignHeap(e, n.y!, 'send', n);

    case Op.OAS:
    case Op.OASOP:
      return assignList(e, [n.x], [n.y], 'assign', n);
    case Op.OAS2:
      return assignList(e, n.list, n.list2, 'assign-pair', n);
    case Op.OAS2DOTTYPE:
      return assignList(e, n.list, n.list2, 'assign-pair-dot-type', n);
    case Op.OAS2MAPR:
      return assignList(e, n.list, n.list2, 'assign-pair-mapr', n);
    case Op.OAS2RECV:
    case Op.OSELRECV2:
      return assignList(e, n.list, n.list2, 'assign-pair-receive', n);
    case Op.OAS2FUNC: {
      const fun = n.list2[0];
      stmts(e, fun.init);
      const ks = addrs(e, n.list);
      call(e, ks, fun);
      return reassigned(ks, n);
    }
    case Op.ORETURN:
      return assignList(e, results(e.curfn), n.list, 'return', n);

    case Op.OCALLFUNC:
    case Op.OCALLMETH:
    case Op.OCALLINTER:
    case Op.OINLCALL:
    case Op.OCLEAR:
    case Op.OCLOSE:
    case Op.OCOPY:
    case Op.ODELETE:
    case Op.OPANIC:
    case Op.OPRINT:
    case Op.OPRINTLN:
    case Op.ORECOVER:
    case Op.OTAILCALL:
      return call(e, null, n);
    case Op.OGO:
    case Op.ODEFER:
      return goDeferStmt(e, n);
    default:
      throw new Error(`unexpected stmt: op ${n.op}`);
  }
}

export function stmts(e: Walker, list: readonly Node[]): void {
  for (let i = 0; i < list.length; i++) stmt(e, list[i]);
}

/** Like `stmts`, with the loop depth of labels in it ending here. */
export function block(e: Walker, list: readonly Node[]): void {
  const old = e.loopDepth;
  stmts(e, list);
  e.loopDepth = old;
}

/** The declaration of a variable: its loop depth is that of this place (escape.dcl). */
function dcl(e: Walker, n: Name): Hole {
  const loc = oldLoc(e.b, n);
  loc.loopDepth = e.loopDepth;
  return asHole(loc);
}
