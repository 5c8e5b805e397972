/** What gc's parser tells of an expression by its syntax alone, for whoever builds the tree. */
import { Kind, Op, type RawNode } from './ast.ts';

/** Without any parentheses around it (syntax.Unparen). */
export function unparen(x: RawNode): RawNode {
  while (x.kind === Kind.ParenExpr && x.a !== null) x = x.a;
  return x;
}

/** Whether x must be a value, for its syntax alone (gc's isValue). */
export function isValue(x: RawNode): boolean {
  switch (x.kind) {
    case Kind.BasicLit:
    case Kind.CompositeLit:
    case Kind.FuncLit:
    case Kind.SliceExpr:
    case Kind.AssertExpr:
    case Kind.TypeSwitchGuard:
    case Kind.CallExpr:
      return true;
    case Kind.Operation:
      return x.op !== Op.Mul || x.b !== null;
    case Kind.ParenExpr:
      return isValue(x.a!);
    case Kind.IndexExpr:
      return isValue(x.a!) || isValue(x.c!);
    default:
      return false;
  }
}

/** Whether x can only be a type element, not a value (gc's isTypeElem). */
export function isTypeElem(x: RawNode): boolean {
  switch (x.kind) {
    case Kind.ArrayType:
    case Kind.StructType:
    case Kind.FuncType:
    case Kind.InterfaceType:
    case Kind.SliceType:
    case Kind.MapType:
    case Kind.ChanType:
      return true;
    case Kind.Operation:
      return isTypeElem(x.a!) || (x.b !== null && isTypeElem(x.b)) || x.op === Op.Tilde;
    case Kind.ParenExpr:
      return isTypeElem(x.a!);
    default:
      return false;
  }
}
