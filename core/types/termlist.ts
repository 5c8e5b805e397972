/** Terms of type sets and lists of them (types2 typeterm, termlist). A list is a union; null is the set of all types, the
 * empty list that of none. */
import { identical } from './predicates.ts';
import type { Term, Type } from './type.ts';
import { under } from './under.ts';

export type TermList = Term[] | null;

/** No type is in both. */
export function disjoint(x: Term, y: Term): boolean {
  const ux = y.tilde ? under(x.type) : x.type;
  const uy = x.tilde ? under(y.type) : y.type;
  return !identical(ux, uy);
}

/** t is in the term: identical to its type, or with ~ its underlying type is (types2 term.includes). */
export function termIncludes(x: Term, t: Type): boolean {
  return identical(x.type, x.tilde ? under(t) : t);
}

function termSubsetOf(x: Term, y: Term): boolean {
  return !disjoint(x, y) && (!x.tilde || y.tilde);
}

function termIntersect(x: Term, y: Term): Term | null {
  if (disjoint(x, y)) return null;
  return !x.tilde || y.tilde ? x : y;
}

/** Without terms that others include. */
function norm(xl: Term[]): Term[] {
  if (xl.length < 2) return xl;
  const used: boolean[] = new Array(xl.length).fill(false);
  const rl: Term[] = [];
  for (let i = 0; i < xl.length; i++) {
    if (used[i]) continue;
    let xi = xl[i];
    for (let j = i + 1; j < xl.length; j++) {
      if (used[j]) continue;
      const xj = xl[j];
      if (disjoint(xi, xj)) continue;
      if (!xi.tilde && xj.tilde) xi = xj;
      used[j] = true;
    }
    rl.push(xi);
  }
  return rl;
}

/** What is in either list, in normal form; null stands for all types (types2 termlist.union). */
export function termsUnion(xl: TermList, yl: TermList): TermList {
  if (xl === null || yl === null) return null;
  return norm([...xl, ...yl]);
}

/** What is in both lists; null stands for all types (types2 termlist.intersect). */
export function termsIntersect(xl: TermList, yl: TermList): TermList {
  if (xl === null) return yl;
  if (yl === null) return xl;
  const rl: Term[] = [];
  for (const x of xl) {
    for (const y of yl) {
      const r = termIntersect(x, y);
      if (r !== null) rl.push(r);
    }
  }
  return norm(rl);
}

/** Every type of xl is in yl; null stands for all types (types2 termlist.subsetOf). */
export function termsSubsetOf(xl: TermList, yl: TermList): boolean {
  if (yl === null) return true;
  if (xl === null) return false;
  return xl.every(x => yl.some(y => termSubsetOf(x, y)));
}

/** Both lists have the same types, however they are written (types2 termlist.equal). */
export function termsEqual(xl: TermList, yl: TermList): boolean {
  if (xl === yl) return true;
  return termsSubsetOf(xl, yl) && termsSubsetOf(yl, xl);
}
