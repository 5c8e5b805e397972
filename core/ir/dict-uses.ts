/**
 * Run-time types that operations need beside their operands. gc keeps them in fields of the node that no message shows
 * (RType, TypeWord, SrcRType); in a function of a shape they come from the dictionary, so that its parameter counts as
 * used (deadlocals visits them: DoChildrenWithHidden).
 */
import type { Type } from '../types/type.ts';
import { rangeTypes } from './dictlayout.ts';
import { Flag, type Name, type Node, Op } from './node.ts';
import type { Reader } from './reader.ts';
import { isBlank } from './static-value.ts';
import { hasShape, isEmptyInterface, isInterface, isMap } from './typeinfo.ts';

/** By node, the dictionary that it takes a run-time type from. */
export type DictUses = WeakMap<Node, Name>;

function note(r: Reader, n: Node): void {
  n.flags |= Flag.DictUse;
  r.b.dictUses.set(n, r.dictParam!);
}

/** Notes that an operation takes its run-time type from the dictionary of the function that is read; returns the node. */
export function noteDictUse(r: Reader, n: Node): Node {
  if (r.dictParam !== null && needsDict(n)) note(r, n);
  return n;
}

/** The same for the conversion of a value of type src to dst; `n` is the conversion, or the range statement that has it
 * done (reader.convRTTI). */
export function noteConvDictUse(r: Reader, n: Node, src: Type, dst: Type): Node {
  if (r.dictParam !== null && isInterface(dst) && convNeedsDict(src, dst)) note(r, n);
  return n;
}

/** What a range statement over a value of type t takes: the type of a map, and those of what it converts to its
 * variables. */
export function noteRangeDictUse(r: Reader, n: Node, t: Type): void {
  if (r.dictParam === null) return;
  noteDictUse(r, n);
  const sources = rangeTypes(t);
  [n.y, n.z].forEach((to, i) => {
    const src = sources[i];
    if (to === null || src === null || to.type === null || isBlank(to)) return;
    if (isInterface(to.type)) noteConvDictUse(r, n, r.typ(src), to.type);
  });
}

function convNeedsDict(src: Type, dst: Type): boolean {
  const itab = !isEmptyInterface(dst);
  if (isInterface(src)) return itab && hasShape(dst);
  return hasShape(src) || (itab && hasShape(dst));
}

function needsDict(n: Node): boolean {
  switch (n.op) {
    case Op.OINDEXMAP:
    case Op.OCOPY:
      return hasShape(n.x!.type!);
    case Op.OMAPLIT:
    case Op.OMAKESLICE:
    case Op.OMAKEMAP:
    case Op.OMAKECHAN:
    case Op.OAPPEND:
    case Op.OUNSAFESLICE:
      return hasShape(n.type!);
    case Op.ODELETE:
      return hasShape(n.list[0].type!);
    case Op.ORANGE:
      return n.x!.type !== null && isMap(n.x!.type) && hasShape(n.x!.type);
    default:
      return false;
  }
}
