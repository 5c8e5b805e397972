/**
 * Types that gc cannot lay out: arrays beyond the address space and channels of elements above 64 kB (types.CalcSize).
 * gc notices when it first reads such a type, and then names what it has read last: the declared object, or, in a
 * function, the variable. Nothing of a function is read when a declaration has such a type.
 */
import {
  type Expr,
  Kind,
  type Node,
  Op,
  type RawNode,
  type Unit,
  unpackList,
  rawNode,
  typedNode,
} from '../syntax/ast.ts';
import type { Checker } from './checker.ts';
import { type ArrayType, type ChanType, type Type, TypeKind } from './type.ts';
import { typeString } from './typestring.ts';

export interface SizeError {
  unit: Unit;
  /** Relative to the unit. */
  pos: number;
  message: string;
}

/** An array or channel type as written. */
export interface SizedExpr {
  expr: Expr;
  type: ArrayType | ChanType;
}

/** Sizes from which a channel's elements are too large. */
const maxElement = 2 ** 16;

export function tooLargeTypes(c: Checker): SizeError[] {
  const maxWidth = c.conf.sizes.ptrSize === 4 ? 2 ** 32 - 1 : 2 ** 50;
  const size = (t: Type): number => {
    const n = c.conf.sizes.sizeof(t);
    return n < 0 ? Infinity : n;
  };
  const declared: SizeError[] = [];
  const inside: SizeError[] = [];
  for (const { expr, type } of c.sizedExprs) {
    let message = '';
    if (type.kind === TypeKind.Chan) {
      if (size(type.elem) >= maxElement) message = 'channel element type too large (>64kB)';
    } else {
      const elem = size(type.elem);
      if (elem > 0 && type.len > Math.floor((maxWidth - 1) / elem))
        message = `type ${typeString(type, null)} larger than address space`;
    }
    if (message === '') continue;
    const { unit } = expr;
    const at = placeOf(unit, expr);
    if (at !== null) (at.inside ? inside : declared).push({ unit, pos: at.pos, message });
  }
  return declared.length > 0 ? declared : inside;
}

/** Values of these many bytes, or types as written that together have eight times as many, are worth a look at frames. */
const hugeValue = 2 ** 27;

/** Some function's stack frame may take a gigabyte. */
export function fillsFrames(c: Checker): boolean {
  const { sizes } = c.conf;
  if (c.longLiterals.some(({ len, elem }) => len * sizes.sizeof(elem) >= hugeValue)) return true;
  let sum = 0;
  for (const { type } of c.sizedExprs) {
    if (type.kind !== TypeKind.Array) continue;
    const size = sizes.sizeof(type);
    sum += size;
    if (size < 0 || size >= hugeValue || sum >= 8 * hugeValue) return true;
  }
  return false;
}

/** The name that the type is read with; null in a generic declaration, which gc reads by its instances. */
function placeOf(unit: Unit, expr: Expr): { pos: number; inside: boolean } | null {
  const decl = unit.decls.findLast(d => d.start <= expr.start);
  if (decl === undefined) return null;
  const raw = rawNode(decl);
  switch (decl.kind) {
    case Kind.TypeDecl:
      return decl.tparamList.length > 0 ? null : { pos: decl.name.pos, inside: false };
    case Kind.VarDecl: {
      const local = lastVariable(raw, expr.start);
      return local !== null ? { pos: local, inside: false } : { pos: decl.nameList[0].pos, inside: false };
    }
    case Kind.FuncDecl: {
      if (decl.tparamList.length > 0) return null;
      // methods are read with their type
      if (decl.body === null || expr.start < decl.body.start)
        return decl.recv === null ? { pos: decl.name.pos, inside: false } : null;
      return { pos: lastVariable(raw, expr.start) ?? decl.name.pos, inside: true };
    }
    default:
      return null;
  }
}

function namesOf(n: Node): readonly Expr[] {
  switch (n.kind) {
    case Kind.VarDecl:
      return n.nameList;
    case Kind.TypeDecl:
      return [n.name];
    case Kind.AssignStmt:
      return n.op === Op.Def ? unpackList(n.lhs) : [];
    default:
      return [];
  }
}

/** The variable or type declared last before the offset in a function's body; null when there is none. */
function lastVariable(root: RawNode, before: number): number | null {
  let found: number | null = null;
  const visit = (n: RawNode): void => {
    if (n.start > before) return;
    for (const name of n === root ? [] : namesOf(typedNode<Node>(n)))
      if (name.kind === Kind.Name && name.pos <= before && (found === null || name.pos > found)) found = name.pos;
    for (const e of [n.a, n.b, n.c, n.d, ...n.list, ...n.list2]) if (e !== null) visit(e);
  };
  visit(root);
  return found;
}
