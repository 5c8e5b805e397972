/** From gc's position of a node to the text that it is about. */
import { type Message, MessageKind } from '../ir/message.ts';
import { Op } from '../ir/node.ts';
import { Kind, type RawNode, type Unit, rawNode } from '../syntax/ast.ts';

/** Half-open, in UTF-16 units from the start of the unit. */
export interface Range {
  start: number;
  end: number;
}

/** The text that the message, printed at offset `off` of the unit, is about. Where no node has that position: one unit. */
export function rangeOf(unit: Unit, off: number, msg: Message): Range {
  const found: RawNode[] = [];
  for (const decl of unit.decls) collect(rawNode(decl), off, found);
  const node = choose(found, msg);
  if (node === null) return { start: off, end: off + 1 };
  switch (node.kind) {
    case Kind.ForStmt:
      return keyword(off, 'for');
    case Kind.CallStmt:
      return keyword(off, unit.source.text.startsWith('defer', unit.start + off) ? 'defer' : 'go');
    case Kind.FuncLit:
      // what is said of the function, not of the value, is said at its keyword
      return msg.op === Op.OCLOSURE ? { start: node.start, end: node.end } : keyword(off, 'func');
    default:
      return { start: node.start, end: node.end };
  }
}

function keyword(start: number, word: string): Range {
  return { start, end: start + word.length };
}

/** Nodes with this position, outer ones first. */
function collect(node: RawNode | null, off: number, found: RawNode[]): void {
  if (node === null || off < node.start || off > node.end) return;
  if (node.pos === off) found.push(node);
  collect(node.a, off, found);
  collect(node.b, off, found);
  collect(node.c, off, found);
  collect(node.d, off, found);
  for (const child of node.list) collect(child, off, found);
  for (const child of node.list2) collect(child, off, found);
}

function choose(found: RawNode[], msg: Message): RawNode | null {
  let wanted: (node: RawNode) => boolean;
  switch (msg.kind) {
    case MessageKind.MovedToHeap:
    case MessageKind.Capturing:
    case MessageKind.LeakingParam:
    case MessageKind.LeakingParamContent:
    case MessageKind.LeakingParamToResult:
    case MessageKind.ParamDoesNotEscape:
    case MessageKind.MutatesParam:
    case MessageKind.CallsParam:
    case MessageKind.ParamUntouched:
    case MessageKind.LeaksBecause:
      wanted = node => node.kind === Kind.Name;
      break;
    case MessageKind.InliningCall:
    case MessageKind.CannotInlineCall:
    case MessageKind.Devirtualizing:
    case MessageKind.PartiallyDevirtualizing:
    case MessageKind.CannotDevirtualize:
    case MessageKind.AppendEscapes:
    case MessageKind.AppendDoesNotEscape:
      wanted = node => node.kind === Kind.CallExpr;
      break;
    case MessageKind.CanInline:
    case MessageKind.CannotInline:
    case MessageKind.BigFunction:
      wanted = node => node.kind === Kind.Name || node.kind === Kind.FuncLit;
      break;
    case MessageKind.BoundsCheckElided:
      wanted = node => node.kind === Kind.IndexExpr;
      break;
    case MessageKind.SelfAssignment:
      wanted = node => node.kind === Kind.AssignStmt;
      break;
    default:
      wanted = isExpr;
  }
  return found.find(wanted) ?? found.find(isExpr) ?? found[0] ?? null;
}

function isExpr(node: RawNode): boolean {
  return (
    node.kind < Kind.ImportDecl &&
    node.kind !== Kind.ListExpr &&
    node.kind !== Kind.KeyValueExpr &&
    node.kind !== Kind.Field
  );
}
