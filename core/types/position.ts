/** Positions of nodes as values. gc's position of a node (`nodePos`) is not always where its text starts: a call's is its
 * parenthesis, a binary operation's its operator. */
import type { Pos } from '../source/text.ts';
import { type Expr, Kind, type Name, type Node, RawNode, type Unit, typedNode } from '../syntax/ast.ts';

/** gc's position of the node (syntax.Node.Pos). */
export function nodePos(n: Node): Pos {
  return { base: n.unit, off: n.pos };
}

/** Where gc takes a node to start (syntax.StartPos), relative to its unit: the start of its leftmost operand, but for
 * some kinds its own position, such as the parenthesis of a function type or the bracket of a slice expression. */
export function startOffset(n: Node): number {
  for (;;) {
    let left: Node | null = null;
    switch (n.kind) {
      case Kind.CompositeLit:
        left = n.type;
        break;
      case Kind.KeyValueExpr:
        left = n.key;
        break;
      case Kind.SelectorExpr:
      case Kind.IndexExpr:
      case Kind.AssertExpr:
        left = n.x;
        break;
      case Kind.TypeSwitchGuard:
      case Kind.RangeClause:
        left = n.lhs ?? n.x;
        break;
      case Kind.Operation:
        if (n.y !== null) left = n.x;
        break;
      case Kind.CallExpr:
        left = n.fun;
        break;
      case Kind.ListExpr:
        if (n.elemList.length > 0) left = n.elemList[0];
        break;
      case Kind.SendStmt:
        left = n.chan;
        break;
      case Kind.AssignStmt:
        left = n.lhs;
        break;
      default:
    }
    if (left === null) return n.pos;
    n = left;
  }
}

/** startOffset as a position. */
export function startPos(n: Node): Pos {
  return { base: n.unit, off: startOffset(n) };
}

/** Behind the last character of the node (syntax.EndPos). */
export function endPos(n: Node): Pos {
  return { base: n.unit, off: n.end };
}

/** The operator of an operation, else the start of the expression (types2 opPos). */
export function opPos(x: Expr | null): Pos | null {
  if (x === null) return null;
  return x.kind === Kind.Operation ? nodePos(x) : startPos(x);
}

/** A name that is not in the source, for messages. It has no id: nothing may be recorded for it. */
export function syntheticName(unit: Unit, pos: number, text: string): Name {
  const n = new RawNode(Kind.Name, -1, unit, pos, pos, pos, 0, 0, 0, text, null, null, null, null, [], [], null);
  return typedNode<Name>(n);
}
