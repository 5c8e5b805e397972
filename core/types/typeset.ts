/** Type sets of interfaces (types2 typeset). */
import type { Pos } from '../source/text.ts';
import { unalias } from './alias.ts';
import { later } from './check.ts';
import type { Checker } from './checker.ts';
import { error, newError } from './errors.ts';
import { str } from './format.ts';
import { type FuncObj, isExported, type PackageObj, sameId } from './object.ts';
import { ObjSet } from './objset.ts';
import { comparableType, identical, isValid } from './predicates.ts';
import { type TermList, termsIntersect, termsUnion } from './termlist.ts';
import { type InterfaceType, type Term, type Type, TypeKind, type UnionType } from './type.ts';
import { isImportedConstraint } from './decl.ts';
import { under } from './under.ts';
import { maxTermCount } from './union.ts';
import { invalidTypeSet, topTypeSet } from './universe.ts';
import { allowVersion, go1_14, go1_18, verifyVersionf } from './version.ts';

/** The type set of an interface: all its methods, and the terms that restrict it. */
export interface TypeSet {
  /** All methods, embedded ones included, sorted by id. */
  methods: FuncObj[];
  /** Type terms; null stands for the universe of all types. */
  terms: Term[] | null;
  /** Invariant: when set, `terms` is null. */
  comparable: boolean;
}

export function typeSet(t: InterfaceType): TypeSet {
  return t.tset ?? computeInterfaceTypeSet(t.check, t);
}

/** No type is in the set. */
export function isEmptySet(s: TypeSet): boolean {
  return s.terms !== null && s.terms.length === 0;
}
/** Described by methods alone: an interface that is more than a constraint. */
export function isMethodSet(s: TypeSet): boolean {
  return !s.comparable && s.terms === null;
}
export function isAllSet(s: TypeSet): boolean {
  return isMethodSet(s) && s.methods.length === 0;
}
export function isEmptyInterface(t: InterfaceType): boolean {
  return isAllSet(typeSet(t));
}
export function hasTerms(s: TypeSet): boolean {
  return s.terms !== null && s.terms.length > 0;
}
export function isComparableSet(s: TypeSet, seen: Set<Type> | null): boolean {
  if (s.terms === null) return s.comparable;
  return termsAll(s, t => t !== null && comparableType(t.type, false, seen) === null);
}

/** f holds for all terms; it is asked once with null when there are no specific types (types2 _TypeSet.is). */
export function termsAll(s: TypeSet, f: (t: Term | null) => boolean): boolean {
  if (s.terms === null || s.terms.length === 0) return f(null);
  for (const t of s.terms) if (!f(t)) return false;
  return true;
}

/** f holds for all types of the set with their underlying types (types2 _TypeSet.all). */
export function allTypes(s: TypeSet, f: (t: Type | null, u: Type | null) => boolean): boolean {
  if (s.terms === null || s.terms.length === 0) return f(null, null);
  for (const t of s.terms) {
    const u = unalias(t.type);
    if (!f(t.type, t.tilde ? u : under(u))) return false;
  }
  return true;
}

export function lookupMethod(s: TypeSet, pkg: PackageObj | null, name: string, foldCase: boolean): number {
  const { methods } = s;
  if (name !== '_') for (let i = 0; i < methods.length; i++) if (sameId(methods[i], pkg, name, foldCase)) return i;
  return -1;
}

/** Order of methods: exported ones first, by name, then by package path (types2 object.cmp). */
function compareMethods(a: FuncObj, b: FuncObj): number {
  if (a === b) return 0;
  const ea = isExported(a.name);
  if (ea !== isExported(b.name)) return ea ? -1 : 1;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (ea) return 0;
  const pa = a.pkg?.path ?? '';
  const pb = b.pkg?.path ?? '';
  return pa < pb ? -1 : pa > pb ? 1 : 0;
}

export function sortMethods(list: FuncObj[]): void {
  list.sort(compareMethods);
}

/** Computes the type set of an interface; errors are reported at its elements. */
export function computeInterfaceTypeSet(c: Checker | null, ityp: InterfaceType): TypeSet {
  if (ityp.tset !== null) return ityp.tset;
  // Methods and embedded types are not all known yet: there is an error that will be found elsewhere.
  if (!ityp.complete) return topTypeSet;

  // An infinitely expanding interface ends here.
  const tset: TypeSet = { methods: [], terms: null, comparable: false };
  ityp.tset = tset;
  const unionSets = c === null ? new Map<UnionType, TypeSet>() : c.unionTypeSets;
  const seen = new ObjSet();
  const allMethods: FuncObj[] = [];
  const mpos = new Map<FuncObj, Pos | null>();

  const duplicate = (pos: Pos | null, m: FuncObj, other: FuncObj): void => {
    const err = newError(c!);
    err.addf(pos, `duplicate method ${m.name}`);
    err.addf(mpos.get(other) ?? null, `other declaration of method ${m.name}`);
    err.report();
  };
  const addMethod = (pos: Pos | null, m: FuncObj, explicit: boolean): void => {
    const other = seen.insert(m) as FuncObj | null;
    if (other === null) {
      allMethods.push(m);
      mpos.set(m, pos);
    } else if (c !== null && explicit) duplicate(pos, m, other);
    else if (c !== null) {
      // Identity needs complete types. Embedding the same method twice is fine since 1.14.
      later(c, () => {
        if ((pos !== null && !allowVersion(c, go1_14)) || !identical(m.type!, other.type!)) duplicate(pos, m, other);
      });
    }
  };

  for (const m of ityp.methods) addMethod(m.pos, m, true);

  let allTerms: TermList = null;
  let allComparable = false;
  for (let i = 0; i < ityp.embeddeds.length; i++) {
    const typ = ityp.embeddeds[i];
    const epos = ityp.embedPos[i] ?? null;
    const report = epos !== null && c !== null;
    let comparable = false;
    let terms: TermList;
    const u = under(typ);
    if (u.kind === TypeKind.Interface) {
      const set = computeInterfaceTypeSet(c, u);
      if (
        report &&
        isImportedConstraint(c, typ) &&
        !verifyVersionf(c, epos, go1_18, `embedding constraint interface ${str(c, typ)}`)
      )
        continue;
      comparable = set.comparable;
      for (const m of set.methods) addMethod(epos, m, false);
      terms = set.terms;
    } else if (u.kind === TypeKind.Union) {
      if (report && !verifyVersionf(c, epos, go1_18, `embedding interface element ${str(c, u)}`)) continue;
      const set = computeUnionTypeSet(c, unionSets, epos, u);
      if (set === invalidTypeSet) continue;
      terms = set.terms;
    } else {
      if (!isValid(u)) continue;
      if (report && !verifyVersionf(c, epos, go1_18, `embedding non-interface type ${str(c, typ)}`)) continue;
      terms = [{ tilde: false, type: typ }];
    }
    [allTerms, allComparable] = intersectTermLists(allTerms, allComparable, terms, comparable);
  }

  tset.comparable = allComparable;
  sortMethods(allMethods);
  tset.methods = allMethods;
  tset.terms = allTerms;
  return tset;
}

function intersectTermLists(xterms: TermList, xcomp: boolean, yterms: TermList, ycomp: boolean): [TermList, boolean] {
  const terms = termsIntersect(xterms, yterms);
  const comp = xcomp || ycomp;
  if (!comp || terms === null) return [terms, comp];
  // Only the strictly comparable types remain.
  return [terms.filter(t => comparableType(t.type, false, null) === null), false];
}

export function computeUnionTypeSet(
  c: Checker | null,
  unionSets: Map<UnionType, TypeSet>,
  pos: Pos | null,
  utyp: UnionType,
): TypeSet {
  const known = unionSets.get(utyp);
  if (known !== undefined) return known;
  const tset: TypeSet = { methods: [], terms: [], comparable: false };
  unionSets.set(utyp, tset);
  let allTerms: TermList = [];
  for (const t of utyp.terms) {
    const u = under(t.type);
    let terms: TermList;
    if (u.kind === TypeKind.Interface) terms = computeInterfaceTypeSet(c, u).terms;
    else if (!isValid(u)) continue;
    else terms = t.tilde && !identical(t.type, u) ? [] : [t];
    allTerms = termsUnion(allTerms, terms);
    if (allTerms !== null && allTerms.length > maxTermCount) {
      if (c !== null) error(c, pos, `cannot handle more than ${maxTermCount} union terms (implementation limitation)`);
      unionSets.set(utyp, invalidTypeSet);
      return invalidTypeSet;
    }
  }
  tset.terms = allTerms;
  return tset;
}
