/** Unions and single terms as they are written in interfaces (types2 union). */
import { type Expr, Kind, Op, type Operation } from '../syntax/ast.ts';
import { later } from './check.ts';
import type { Checker } from './checker.ts';
import { error, softErrorf } from './errors.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { identical, isInterface, isTypeParam, isValid } from './predicates.ts';
import { recordTypeAndValue } from './recording.ts';
import { disjoint } from './termlist.ts';
import { BasicKind, type Term, type Type, TypeKind, UnionType } from './type.ts';
import { typeSet } from './typeset.ts';
import { typ } from './typexpr.ts';
import { under } from './under.ts';
import { Typ, universeComparable } from './universe.ts';

/** Most terms that a union may have. */
export const maxTermCount = 100;

/** The type of a union expression; a single type without tilde stands for itself. */
export function parseUnion(c: Checker, uexpr: Expr): Type {
  const [blist, tlist] = flattenUnion(uexpr);
  const terms: Term[] = [];
  let u: Type | null = null;
  for (let i = 0; i < tlist.length; i++) {
    const term = parseTilde(c, tlist[i]);
    if (tlist.length === 1 && !term.tilde) return term.type;
    if (terms.length >= maxTermCount) {
      if (isValid(u!)) {
        error(c, tlist[i], `cannot handle more than ${maxTermCount} union terms (implementation limitation)`);
        u = Typ[BasicKind.Invalid];
      }
    } else {
      terms.push(term);
      u = new UnionType([...terms]);
    }
    if (i > 0) recordTypeAndValue(c, blist[i - 1], Mode.TypExpr, u!, null);
  }
  if (!isValid(u!)) return u!;

  // Terms can only be examined once all types are complete.
  later(c, () => {
    for (let i = 0; i < terms.length; i++) {
      const t = terms[i];
      if (!isValid(t.type)) continue;
      const u = under(t.type);
      const f = u.kind === TypeKind.Interface ? u : null;
      if (t.tilde) {
        if (f !== null) {
          error(c, tlist[i], `invalid use of ~ (${str(c, t.type)} is an interface)`);
          continue;
        }
        if (!identical(u, t.type)) {
          error(c, tlist[i], `invalid use of ~ (underlying type of ${str(c, t.type)} is ${str(c, u)})`);
          continue;
        }
      }
      // Interfaces with methods and comparable may not be in unions.
      if (f !== null) {
        const tset = typeSet(f);
        if (tset.methods.length > 0) {
          const s = termString(t);
          error(c, tlist[i], `cannot use ${s} in union (${s} contains methods)`);
        } else if (t.type === universeComparable.type) error(c, tlist[i], 'cannot use comparable in union');
        else if (tset.comparable) {
          const s = termString(t);
          error(c, tlist[i], `cannot use ${s} in union (${s} embeds comparable)`);
        }
        continue;
      }
      const j = overlappingTerm(terms, i);
      if (j >= 0) softErrorf(c, tlist[i], `overlapping terms ${termString(t)} and ${termString(terms[j])}`);
    }
  });
  return u!;
}

/** A term prints its type with full package paths, as it is no type itself. */
function termString(t: Term): string {
  return (t.tilde ? '~' : '') + str(null, t.type);
}

function parseTilde(c: Checker, tx: Expr): Term {
  let x = tx;
  let tilde = false;
  if (x.kind === Kind.Operation && x.op === Op.Tilde) {
    x = x.x;
    tilde = true;
  }
  let t = typ(c, x);
  // Embedding type parameters is not permitted; only the outermost form can be seen here.
  if (isTypeParam(t)) {
    if (tilde) error(c, x, `type in term ${str(c, tx)} cannot be a type parameter`);
    else error(c, x, 'term cannot be a type parameter');
    t = Typ[BasicKind.Invalid];
  }
  const term: Term = { tilde, type: t };
  if (tilde) recordTypeAndValue(c, tx, Mode.TypExpr, new UnionType([term]), null);
  return term;
}

/** Index of a term before the i-th that has types in common with it, or -1. */
function overlappingTerm(terms: readonly Term[], i: number): number {
  for (let j = 0; j < i; j++) if (!isInterface(terms[j].type) && !disjoint(terms[j], terms[i])) return j;
  return -1;
}

/** Operations and operands of x | y | z, from left to right. */
function flattenUnion(x: Expr): [Operation[], Expr[]] {
  const blist: Operation[] = [];
  const tlist: Expr[] = [];
  while (x.kind === Kind.Operation && x.op === Op.Or && x.y !== null) {
    blist.push(x);
    tlist.push(x.y);
    x = x.x;
  }
  tlist.push(x);
  return [blist.reverse(), tlist.reverse()];
}
