/**
 * Putting a function's new body where the old one was: what refers to the declaration, its signature or its place goes
 * on to be right, since the unit and the numbers of the signature's nodes stay.
 */
import { anyNode, type FuncDecl, Kind, type RawNode, type Unit, rawNode } from './ast.ts';

/** The function that is all there is in the unit, or null. */
export function onlyFunc(unit: Unit): FuncDecl | null {
  const [decl] = unit.decls;
  return unit.decls.length === 1 && decl.kind === Kind.FuncDecl ? decl : null;
}

/** Both units hold one function, and it is the same but for the body. */
export function differInBody(old: Unit, fresh: Unit): boolean {
  const a = rawNode(onlyFunc(old));
  const b = rawNode(onlyFunc(fresh));
  if (a === null || b === null) return false;
  // the body comes last, in the text and in the numbers of the nodes
  return (
    a.id === b.id &&
    a.pos === b.pos &&
    a.flags === b.flags &&
    a.aux === b.aux &&
    sameNode(a.a, b.a) &&
    sameNode(a.b, b.b) &&
    sameNode(a.c, b.c) &&
    sameList(a.list, b.list) &&
    sameList(a.list2, b.list2)
  );
}

function sameNode(a: RawNode | null, b: RawNode | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.kind === b.kind &&
    a.id === b.id &&
    a.pos === b.pos &&
    a.start === b.start &&
    a.end === b.end &&
    a.op === b.op &&
    a.flags === b.flags &&
    a.aux === b.aux &&
    a.text === b.text &&
    sameNode(a.a, b.a) &&
    sameNode(a.b, b.b) &&
    sameNode(a.c, b.c) &&
    sameNode(a.d, b.d) &&
    sameList(a.list, b.list) &&
    sameList(a.list2, b.list2)
  );
}

function sameList(a: readonly RawNode[], b: readonly RawNode[]): boolean {
  return a.length === b.length && a.every((node, i) => sameNode(node, b[i]));
}

/** Makes `old` what `fresh` is, which must not be used any more. */
export function graft(old: Unit, fresh: Unit): void {
  old.source = fresh.source;
  old.start = fresh.start;
  old.end = fresh.end;
  old.broken = fresh.broken;
  old.repaired = fresh.repaired;
  old.nodeCount = fresh.nodeCount;
  old.decls = fresh.decls;
  anyNode(fresh.decls, node => {
    node.unit = old;
    return false;
  });
}

/** Number of the body's first node: those below are the signature's. */
export function signatureNodes(unit: Unit): number {
  const body = onlyFunc(unit)?.body ?? null;
  return body === null ? unit.nodeCount : body.id;
}
