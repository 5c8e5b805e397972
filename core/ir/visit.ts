/**
 * Walks over the intermediate representation in gc's order of children (ir/node_gen.go): the init list first, then the
 * fields as gc declares them. Bodies of function literals are not children of the literal.
 */
import { type Func, type Node, Op } from './node.ts';

/** Applied to a node; true stops the walk. */
export type Visitor = (n: Node) => boolean;

/** True as soon as `f` is for one of the nodes. */
export function doList(list: readonly Node[], f: Visitor): boolean {
  for (let i = 0; i < list.length; i++) if (f(list[i])) return true;
  return false;
}

/** Applies `f` to each child of `n` until it returns true (ir.DoChildren). */
export function doChildren(n: Node, f: Visitor): boolean {
  const { op } = n;
  if (op === Op.ONAME) return false;
  if (n.init.length > 0 && doList(n.init, f)) return true;
  if (op === Op.OLITERAL) return false;
  if (op === Op.OTYPESW) return (n.y !== null && f(n.y)) || (n.x !== null && f(n.x));
  if (n.x !== null && f(n.x)) return true;
  if (op === Op.OCALLFUNC || op === Op.OCALLINTER || op === Op.OCALLMETH || op === Op.OCALL) {
    return doList(n.list, f) || (n.y !== null && f(n.y));
  }
  if (op === Op.OINLCALL) return doList(n.body, f) || doList(n.list, f);
  if (n.y !== null && f(n.y)) return true;
  if (n.z !== null && f(n.z)) return true;
  if (n.w !== null && f(n.w)) return true;
  if (n.list.length > 0 && doList(n.list, f)) return true;
  if (op === Op.OIF) return doList(n.body, f) || doList(n.list2, f);
  if (n.list2.length > 0 && doList(n.list2, f)) return true;
  return n.body.length > 0 && doList(n.body, f);
}

/** Applies `f` to `n` and everything below it, parents first, until it returns true (ir.Any). */
export function any(n: Node, f: Visitor): boolean {
  if (f(n)) return true;
  // doChildren, written out: most of what the middle end does is walking
  const { op } = n;
  if (op === Op.ONAME) return false;
  if (n.init.length > 0 && anyList(n.init, f)) return true;
  if (op === Op.OLITERAL) return false;
  if (op === Op.OTYPESW) return (n.y !== null && any(n.y, f)) || (n.x !== null && any(n.x, f));
  if (n.x !== null && any(n.x, f)) return true;
  if (op === Op.OCALLFUNC || op === Op.OCALLINTER || op === Op.OCALLMETH || op === Op.OCALL) {
    return anyList(n.list, f) || (n.y !== null && any(n.y, f));
  }
  if (op === Op.OINLCALL) return anyList(n.body, f) || anyList(n.list, f);
  if (n.y !== null && any(n.y, f)) return true;
  if (n.z !== null && any(n.z, f)) return true;
  if (n.w !== null && any(n.w, f)) return true;
  if (n.list.length > 0 && anyList(n.list, f)) return true;
  if (op === Op.OIF) return anyList(n.body, f) || anyList(n.list2, f);
  if (n.list2.length > 0 && anyList(n.list2, f)) return true;
  return n.body.length > 0 && anyList(n.body, f);
}

/** The same for all statements of a list (ir.AnyList). */
export function anyList(list: readonly Node[], f: Visitor): boolean {
  for (let i = 0; i < list.length; i++) if (any(list[i], f)) return true;
  return false;
}

/** Applies `f` to `n` and everything below it, parents first (ir.Visit). */
export function visit(n: Node, f: (n: Node) => undefined): void {
  any(n, f as unknown as Visitor);
}

/** The same for all statements of a list, such as a function's body (ir.VisitList). */
export function visitList(list: readonly Node[], f: (n: Node) => undefined): void {
  anyList(list, f as unknown as Visitor);
}

export type Editor = (n: Node) => Node;

/** Replaces each node of the list by what `edit` makes of it. */
export function editList(list: Node[], edit: Editor): void {
  for (let i = 0; i < list.length; i++) list[i] = edit(list[i]);
}

/** Replaces each child of `n` by what `edit` makes of it, in the order of doChildren (ir.EditChildren). */
export function editChildren(n: Node, edit: Editor): void {
  if (n.op === Op.ONAME) return;
  editList(n.init, edit);
  if (n.op === Op.OTYPESW) {
    if (n.y !== null) n.y = edit(n.y);
    if (n.x !== null) n.x = edit(n.x);
    return;
  }
  if (n.x !== null) n.x = edit(n.x);
  if (n.op === Op.OCALLFUNC || n.op === Op.OCALLINTER || n.op === Op.OCALLMETH || n.op === Op.OCALL) {
    editList(n.list, edit);
    if (n.y !== null) n.y = edit(n.y);
    return;
  }
  if (n.op === Op.OINLCALL) {
    editList(n.body, edit);
    editList(n.list, edit);
    return;
  }
  if (n.y !== null) n.y = edit(n.y);
  if (n.z !== null) n.z = edit(n.z);
  if (n.w !== null) n.w = edit(n.w);
  editList(n.list, edit);
  if (n.op === Op.OIF) {
    editList(n.body, edit);
    editList(n.list2, edit);
    return;
  }
  editList(n.list2, edit);
  editList(n.body, edit);
}

/** Replaces the statements of a function's body by what `edit` makes of them. */
export function editBody(fn: Func, edit: Editor): void {
  editList(fn.body, edit);
}
