/** Function literals and what they capture (OCLOSURE of escape/expr.go; batch.flowClosure). */
import { message, MessageKind } from '../ir/message.ts';
import type { Node } from '../ir/node.ts';
import { nodeString } from '../ir/fmt.ts';
import { canonical } from '../ir/static-value.ts';
import {
  type Batch,
  type Hole,
  type Walker,
  Walker as WalkerOf,
  addrOf,
  flow,
  newLoc,
  note,
  oldLoc,
  spill,
} from './graph.ts';
import { walkFunc } from './batch.ts';

/** Largest variable that is captured by value, in bytes. */
const maxByValue = 128;

export function closureExpr(e: Walker, k: Hole, n: Node): void {
  const b = e.b;
  const store = spill(e, k, n);
  b.closures.push({ k: store, clo: n });
  const fn = n.func!;
  // one that captures nothing is a function like any other, analysed before this one
  if (fn.closureVars.length === 0) return;
  for (const cv of fn.closureVars) {
    const loc = oldLoc(b, cv);
    if (loc.captured) continue;
    loc.captured = true;
    // assignments before the first capture, in straight-line code, do not make the capture be by reference
    if (loc.loopDepth === e.loopDepth) loc.reassigned = false;
  }
  for (const local of fn.dcl) if (local.loc < 0) newLoc(new WalkerOf(b, fn), local, true);
  walkFunc(b, fn);
}

/** Decides how each variable of the literal is captured and lets it flow into the closure (batch.flowClosure). */
export function flowClosure(b: Batch, k: Hole, clo: Node): void {
  for (const cv of clo.func!.closureVars) {
    const n = canonical(cv);
    const loc = oldLoc(b, cv);
    const width = b.env.sizes.sizeof(n.type!);
    n.byval = !loc.addrtaken && !loc.reassigned && width <= maxByValue;
    cv.byval = n.byval;
    if (!n.byval && !n.addrtaken) {
      n.addrtaken = true;
      b.undo.push(() => {
        n.addrtaken = false;
      });
    }
    if (b.env.flags.m > 1) {
      const { env } = b;
      const by = n.byval ? 'value' : 'ref';
      const fn = n.curfn === null ? '' : nodeString(n.curfn.nname, env);
      const capture = { addrtaken: loc.addrtaken, reassigned: loc.reassigned, width };
      env.report(message(MessageKind.Capturing, n.op, n.pos, nodeString(n, env), fn, by, 0, 0, null, capture));
    }
    const into = n.byval ? k : addrOf(b, k, cv, 'reference');
    flow(b, note(b, into, cv, 'captured by a closure'), loc);
  }
}
