/** Calls of methods: as plain calls, and those that devirtualization makes once a function has been read. */
import type { InterfaceType, SignatureType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import type { Builder } from './build.ts';
import { dotField } from './build-expr.ts';
import { findMethod } from './methods.ts';
import { Flag, Node, Op, type Sym, type XPos } from './node.ts';
import { implicit } from './reader.ts';
import { identical, under } from './typeinfo.ts';

/** Whether values of `t` have all methods of the interface (typecheck.Implements). */
export function implementsIface(b: Builder, t: Type, iface: Type): boolean {
  return (under(iface) as InterfaceType).methods.every(im => {
    const m = findMethod(b, t, im.name, im.pkg);
    if (m === null || !identical(m.type, im.type)) return false;
    return m.recv === null || m.recv.kind !== TypeKind.Pointer || t.kind === TypeKind.Pointer || m.embedded === 2;
  });
}

/** `x.m` with embedded fields spelled out and the receiver made a value or pointer as the method wants it: an ODOTMETH
 * or ODOTINTER; null when there is no such method (typecheck.XDotMethod). */
export function dotMethod(b: Builder, pos: XPos | null, x: Node, sel: Sym): Node | null {
  const m = findMethod(b, x.type!, sel.name, sel.pkg);
  if (m === null) return null;
  for (const i of m.path) x = implicit(dotField(pos, x, i));
  if (m.fn === null) {
    const dot = new Node(Op.ODOTINTER, pos, m.type);
    dot.x = x;
    dot.sym = sel;
    return dot;
  }
  const recv = m.recv!;
  const pointer = x.type!.kind === TypeKind.Pointer;
  if (recv.kind === TypeKind.Pointer && !pointer) {
    const addr = new Node(Op.OADDR, pos, recv, Flag.Implicit);
    addr.x = x;
    x = addr;
  } else if (recv.kind !== TypeKind.Pointer && pointer) {
    const star = new Node(Op.ODEREF, pos, recv, Flag.Implicit);
    star.x = x;
    x = star;
  }
  const dot = new Node(Op.ODOTMETH, pos, m.type);
  dot.x = x;
  dot.sym = sel;
  dot.method = m.fn;
  return dot;
}

/** Makes a call of an ODOTMETH a plain call with the receiver as first argument (typecheck.FixMethodCall). */
export function fixMethodCall(b: Builder, call: Node): void {
  const dot = call.x!;
  const recv = dot.x!;
  const sig = dot.type as SignatureType;
  const params = [recv.type!, ...sig.params.vars.map(v => v.type!)];
  const results = sig.results.vars.map(v => v.type!);
  const expr = new Node(Op.OMETHEXPR, dot.pos, b.types.signature(params, results, sig.variadic));
  expr.x = new Node(Op.OTYPE, dot.pos, recv.type);
  expr.sym = dot.sym;
  expr.method = dot.method;
  call.op = Op.OCALLFUNC;
  call.x = expr;
  call.list = [recv, ...call.list];
}
