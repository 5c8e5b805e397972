/** Positions of nodes as values. gc's position of a node (`nodePos`) is not always where its text starts: a call's is its
 * parenthesis, a binary operation's its operator. */
import type { Pos } from '../source/text.ts';
import { type Expr, Kind, type Name, type Node, RawNode, type Unit } from '../syntax/ast.ts';

/** gc's position of the node (syntax.Node.Pos). */
export function nodePos(n: Node): Pos {
  return { base: n.unit, off: n.pos };
}

/** First character of the node (syntax.StartPos). */
export function startPos(n: Node): Pos {
  return { base: n.unit, off: n.start };
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
  return n as unknown as Name;
}
