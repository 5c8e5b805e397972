/** Sizes of make and operands of interface conversions that are known to be constant (batch.rewriteWithLiterals). */
import { type Value, ValueKind } from '../constant/value.ts';
import { type Func, type Node, Node as NodeOf, Op } from '../ir/node.ts';
import { tempAt } from '../ir/names.ts';
import type { ReassignOracle } from '../ir/static-value.ts';
import { reassignOracle } from '../ir/static-value.ts';
import { basicInfo, intType, isInterface } from '../ir/typeinfo.ts';
import { BasicInfo, type Type } from '../types/type.ts';
import { type Batch, dropTemp } from './graph.ts';

export function rewriteWithLiterals(b: Batch, n: Node, fn: Func): void {
  if (n.op === Op.OMAKESLICE) {
    const size = n.z ?? n.y!;
    if (size.op === Op.OLITERAL) return;
    const ro = oracleOf(b, fn);
    const s = ro.staticValue(size);
    let literal: Node | null = null;
    if (s.op === Op.OLITERAL) {
      if (s.val!.kind !== ValueKind.Int || s.val!.val < 0n) return;
      literal = basicLit(n, size.type!, s.val!);
    } else if (s.op === Op.OLEN && b.env.release.knownLengths) {
      const x = ro.staticValue(s.x!);
      if (x.op === Op.OSLICELIT) literal = basicLit(n, intType, { kind: ValueKind.Int, val: BigInt(x.len!) });
    }
    if (literal === null) return;
    const { y, z } = n;
    keepEffects(b, n, size, fn);
    b.undo.push(() => {
      n.y = y;
      n.z = z;
    });
    if (n.z !== null) n.z = literal;
    else n.y = literal;
  } else if (n.op === Op.OCONVIFACE) {
    const x = n.x!;
    if (x.op === Op.OLITERAL || x.type === null || isInterface(x.type)) return;
    const v = oracleOf(b, fn).staticValue(x);
    if (v.op !== Op.OLITERAL || v.val === null || !validTypeForConst(x.type, v.val)) return;
    keepEffects(b, n, x, fn);
    b.undo.push(() => {
      n.x = x;
    });
    n.x = basicLit(n, x.type, v.val);
  }
}

function basicLit(n: Node, type: Type, val: Value): Node {
  const literal = new NodeOf(Op.OLITERAL, n.pos, type);
  literal.val = val;
  return literal;
}

/** Assigns what is replaced to a temporary, so that it is still evaluated. */
function keepEffects(b: Batch, n: Node, x: Node, fn: Func): void {
  const { init } = n;
  const { tmp, stmts } = tempAt(n.pos, fn, x);
  n.init = [...init, ...stmts];
  b.undo.push(() => {
    n.init = init;
    dropTemp(fn, tmp);
  });
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
export function oracleOf(b: Batch, fn: Func): ReassignOracle {
  const { oracles } = b;
  let outermost = fn;
  while (outermost.closureParent !== null && !outermost.closureParent.isPackageInit)
    outermost = outermost.closureParent;
  let oracle = oracles.get(outermost);
  if (oracle === undefined) {
    oracles.set(outermost, (oracle = reassignOracle(outermost)));
    b.undo.push(() => void oracles.delete(outermost));
  }
  return oracle;
}
