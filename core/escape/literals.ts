/** Sizes of make and operands of interface conversions that are known to be constant (batch.rewriteWithLiterals). */
import type { GoRelease } from '../load/release.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import { type Func, type Node, Node as NodeOf, Op } from '../ir/node.ts';
import { tempAt } from '../ir/names.ts';
import type { Oracles } from './graph.ts';
import type { ReassignOracle } from '../ir/static-value.ts';
import { reassignOracle } from '../ir/static-value.ts';
import { basicInfo, intType, isInterface } from '../ir/typeinfo.ts';
import { BasicInfo, type Type } from '../types/type.ts';

export function rewriteWithLiterals(n: Node, fn: Func, oracles: Oracles, release: GoRelease): void {
  if (n.op === Op.OMAKESLICE) {
    const size = n.z ?? n.y!;
    if (size.op === Op.OLITERAL) return;
    const ro = oracleOf(fn, oracles);
    const s = ro.staticValue(size);
    let literal: Node | null = null;
    if (s.op === Op.OLITERAL) {
      if (s.val!.kind !== ValueKind.Int || s.val!.val < 0n) return;
      literal = basicLit(n, size.type!, s.val!);
    } else if (s.op === Op.OLEN && release.knownLengths) {
      const x = ro.staticValue(s.x!);
      if (x.op === Op.OSLICELIT) literal = basicLit(n, intType, { kind: ValueKind.Int, val: BigInt(x.len) });
    }
    if (literal === null) return;
    keepEffects(n, size, fn);
    if (n.z !== null) n.z = literal;
    else n.y = literal;
  } else if (n.op === Op.OCONVIFACE) {
    const x = n.x!;
    if (x.op === Op.OLITERAL || x.type === null || isInterface(x.type)) return;
    const v = oracleOf(fn, oracles).staticValue(x);
    if (v.op !== Op.OLITERAL || v.val === null || !validTypeForConst(x.type, v.val)) return;
    keepEffects(n, x, fn);
    n.x = basicLit(n, x.type, v.val);
  }
}

function basicLit(n: Node, type: Type, val: Value): Node {
  const literal = new NodeOf(Op.OLITERAL, n.pos, type);
  literal.val = val;
  return literal;
}

/** Assigns what is replaced to a temporary, so that it is still evaluated. */
function keepEffects(n: Node, x: Node, fn: Func): void {
  n.init = [...n.init, ...tempAt(n.pos, fn, x).stmts];
}

/** A constant of this kind can have this type (ir.ValidTypeForConst). */
function validTypeForConst(t: Type, v: Value): boolean {
  const info = basicInfo(t);
  switch (v.kind) {
    case ValueKind.Unknown:
      return false;
    case ValueKind.Bool:
      return (info & BasicInfo.IsBoolean) !== 0;
    case ValueKind.String:
      return (info & BasicInfo.IsString) !== 0;
    case ValueKind.Int:
      return (info & BasicInfo.IsInteger) !== 0;
    case ValueKind.Float:
      return (info & BasicInfo.IsFloat) !== 0;
    case ValueKind.Complex:
      return (info & BasicInfo.IsComplex) !== 0;
  }
}

/** The oracle of the function that the literal is in, whatever its depth (batch.reassignOracle). */
export function oracleOf(fn: Func, oracles: Oracles): ReassignOracle {
  let outermost = fn;
  while (outermost.closureParent !== null && !outermost.closureParent.isPackageInit)
    outermost = outermost.closureParent;
  let oracle = oracles.get(outermost);
  if (oracle === undefined) oracles.set(outermost, (oracle = reassignOracle(outermost)));
  return oracle;
}
