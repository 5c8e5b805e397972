/** Why something escapes or leaks: the flows of -m=2, as data (explainPath, explainFlow of escape/solve.go). */
import { nodeString } from '../ir/fmt.ts';
import { type FlowStep, message, MessageKind } from '../ir/message.ts';
import { funcName } from '../ir/names.ts';
import { Op } from '../ir/node.ts';
import type { Batch, Location, Note } from './graph.ts';

/** `src` escapes because its address flows to `dst` directly. */
export function reportEscape(b: Batch, src: Location, dst: Location, derefs: number, notes: Note | null): void {
  const n = src.n;
  if (n === null) return;
  const path = [explainFlow(b, dst, src, derefs, notes)];
  b.env.report(
    message(MessageKind.EscapesBecause, n.op, n.pos, nodeString(n, b.env), funcName(src.curfn), '', 0, 0, path),
  );
}

/** `l` escapes because its address flows to the root of the walk, over several edges. */
export function reportEscapePath(b: Batch, root: Location, l: Location): void {
  const n = l.n;
  if (n === null) return;
  const path = explainPath(b, root, l);
  b.env.report(
    message(MessageKind.EscapesBecause, n.op, n.pos, nodeString(n, b.env), funcName(l.curfn), '', 0, 0, path),
  );
}

/** The value of parameter `l` flows to the root after `derefs` dereferences. */
export function reportLeakPath(b: Batch, root: Location, l: Location, derefs: number): void {
  const n = l.n!;
  const path = explainPath(b, root, l);
  const subject = nodeString(n, b.env);
  b.env.report(
    message(
      MessageKind.LeaksBecause,
      Op.ONAME,
      n.pos,
      subject,
      funcName(l.curfn),
      explainLoc(b, root),
      derefs,
      0,
      path,
    ),
  );
}

function explainPath(b: Batch, root: Location, from: Location): FlowStep[] {
  const steps: FlowStep[] = [];
  const visited = new Set<Location>();
  let src = from;
  for (;;) {
    if (visited.has(src)) {
      if (steps.length > 0) steps[steps.length - 1].truncated = true;
      return steps;
    }
    visited.add(src);
    const dst = src.dst;
    if (dst === null) return steps;
    const edge = dst.edges[src.dstEdge];
    steps.push(explainFlow(b, dst, src, edge.derefs, edge.notes));
    if (dst === root) return steps;
    src = dst;
  }
}

function explainFlow(b: Batch, dst: Location, src: Location, derefs: number, notes: Note | null): FlowStep {
  const step: FlowStep = { dst: explainLoc(b, dst), src: explainLoc(b, src), derefs, notes: [], truncated: false };
  for (let n = notes; n !== null; n = n.next)
    step.notes.push({ expr: nodeString(n.where, b.env), why: n.why, pos: n.where.pos });
  return step;
}

function explainLoc(b: Batch, l: Location): string {
  if (l === b.heapLoc) return '{heap}';
  if (l.n === null) return '{temp}';
  const text = nodeString(l.n, b.env);
  return l.n.op === Op.ONAME ? text : `{storage for ${text}}`;
}
