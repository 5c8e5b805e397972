/** Assignments and addressable expressions (escape/assign.go). */
import { message, MessageKind } from '../ir/message.ts';
import { type Name, type Node, Class, Op } from '../ir/node.ts';
import { nodeString } from '../ir/fmt.ts';
import { isBlank } from '../ir/static-value.ts';
import { isArray } from '../ir/typeinfo.ts';
import { discard, expr, unsafeValue } from './expr.ts';
import { type Hole, type Walker, asHole, note, oldLoc } from './graph.ts';
import { isReflectHeaderDataField, isSelfAssign } from './selfassign.ts';

/** The hole that storing into the addressable expression `n` means (escape.addr). */
export function addr(e: Walker, n: Node | null): Hole {
  if (n === null || isBlank(n)) return e.b.discardHole;
  switch (n.op) {
    case Op.ONAME:
      return (n as Name).cls === Class.PEXTERN ? e.b.heapHole : asHole(oldLoc(e.b, n as Name));
    case Op.OLINKSYMOFFSET:
      return e.b.heapHole;
    case Op.ODOT:
      return addr(e, n.x);
    case Op.OINDEX:
      discard(e, n.y);
      if (isArray(n.x!.type!)) return addr(e, n.x);
      mutate(e, n.x!);
      return e.b.heapHole;
    case Op.ODEREF:
    case Op.ODOTPTR:
      mutate(e, n.x!);
      return e.b.heapHole;
    case Op.OINDEXMAP:
      discard(e, n.x);
      assignHeap(e, n.y!, 'key of map put', n);
      return e.b.heapHole;
    default:
      throw new Error(`unexpected addr: op ${n.op}`);
  }
}

/** Memory that `n` points to is written. */
export function mutate(e: Walker, n: Node): void {
  expr(e, e.b.mutatorHole, n);
}

export function addrs(e: Walker, list: readonly (Node | null)[]): Hole[] {
  const ks = [];
  for (const n of list) ks.push(addr(e, n));
  return ks;
}

export function assignHeap(e: Walker, src: Node, why: string, where: Node): void {
  expr(e, note(e.b, e.b.heapHole, where, why), src);
}

/** dsts… = srcs… (escape.assignList). A missing source is a zero value. */
export function assignList(
  e: Walker,
  dsts: readonly (Node | null)[],
  srcs: readonly (Node | null)[],
  why: string,
  where: Node,
): void {
  const ks = addrs(e, dsts);
  for (let i = 0; i < ks.length; i++) {
    let k = ks[i];
    const src = i < srcs.length ? srcs[i] : null;
    const dst = dsts[i];
    if (dst !== null) {
      // a uintptr stored in a reflect header stays a pointer
      if (dst.op === Op.ODOTPTR && isReflectHeaderDataField(dst)) {
        if (src !== null) unsafeValue(e, note(e.b, e.b.heapHole, where, why), src);
        continue;
      }
      if (src !== null && isSelfAssign(dst, src)) {
        const { env } = e.b;
        if (env.flags.m > 0) {
          const subject = nodeString(e.curfn.nname, env);
          env.report(message(MessageKind.SelfAssignment, where.op, where.pos, subject, nodeString(where, env)));
        }
        k = e.b.discardHole;
      }
    }
    expr(e, note(e.b, k, where, why), src);
  }
  reassigned(ks, where);
}

/** Marks what the holes stand for as assigned again, but for the one statement that defines it (escape.reassigned). */
export function reassigned(ks: readonly Hole[], where: Node): void {
  if (where.op === Op.OAS && where.y === null) {
    const dst = where.x!;
    // `var x T`: this is its definition
    if (dst.op === Op.ONAME && (dst as Name).defn === null) return;
  }
  for (const k of ks) {
    const loc = k.dst;
    const n = loc.n;
    // a range statement assigns its variables on every iteration
    if (n !== null && n.op === Op.ONAME && (n as Name).defn === where && where.op !== Op.ORANGE) continue;
    loc.reassigned = true;
  }
}
