/** Fields and methods of types (spec "Selectors", "Method sets"; types2 lookup). */
import { asNamed, unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { objDecl } from './decl.ts';
import { qualifierOf, str } from './format.ts';
import { hasPtrRecv, lookupNamedMethod, method } from './named.ts';
import { type FuncObj, ObjKind, type PackageObj, sameId, type VarObj } from './object.ts';
import type { Cause } from './operand.ts';
import { identical, isInterface, isTypeParam, isValid } from './predicates.ts';
import {
  type InterfaceType,
  type NamedType,
  type SignatureType,
  type StructType,
  type Type,
  TypeKind,
} from './type.ts';
import { lookupMethod, typeSet } from './typeset.ts';
import { signatureString } from './typestring.ts';
import { under } from './under.ts';

/** What a selector finds. Without an object: index non-null means that the name is ambiguous, `indirect` that a pointer
 * receiver is needed, else that there is nothing. */
export interface LookupResult {
  obj: VarObj | FuncObj | null;
  index: number[] | null;
  indirect: boolean;
}

/** The element type of a pointer, and whether it is one; aliases are followed, named pointers are not. */
export function deref(t: Type): [Type, boolean] {
  const p = unalias(t);
  return p.kind === TypeKind.Pointer ? [p.elem, true] : [t, false];
}

/** The element type of a pointer to a struct, else the type itself. */
export function derefStructPtr(t: Type): Type {
  const p = under(t);
  return p.kind === TypeKind.Pointer && under(p.elem).kind === TypeKind.Struct ? p.elem : t;
}

const notFound: LookupResult = { obj: null, index: null, indirect: false };
const needsPointer: LookupResult = { obj: null, index: null, indirect: true };

/** Looks up a field or method of T as seen from pkg. Methods with pointer receivers need a pointer or `addressable`. */
export function lookupFieldOrMethod(
  T: Type,
  addressable: boolean,
  pkg: PackageObj | null,
  name: string,
  foldCase: boolean,
): LookupResult {
  // A defined pointer type has fields but no methods.
  const t = asNamed(T);
  if (t !== null) {
    const p = under(t);
    if (p.kind === TypeKind.Pointer) {
      const res = lookupFieldOrMethodImpl(p, false, pkg, name, foldCase);
      return res.obj !== null && res.obj.kind === ObjKind.Func ? notFound : res;
    }
  }
  return lookupFieldOrMethodImpl(T, addressable, pkg, name, foldCase);
}

interface EmbeddedType {
  typ: Type;
  index: number[];
  indirect: boolean;
  /** The type occurs several times at this depth. */
  multiples: boolean;
}

function lookupFieldOrMethodImpl(
  T: Type,
  addressable: boolean,
  pkg: PackageObj | null,
  name: string,
  foldCase: boolean,
): LookupResult {
  if (name === '_') return notFound;
  const [typ, isPtr] = deref(T);
  // Pointers to interfaces have no methods.
  if (isPtr && under(typ).kind === TypeKind.Interface) return notFound;

  let current: EmbeddedType[] = [{ typ, index: [], indirect: isPtr, multiples: false }];
  const seen: NamedType[] = [];
  while (current.length > 0) {
    let next: EmbeddedType[] | null = null;
    let obj: VarObj | FuncObj | null = null;
    let index: number[] | null = null;
    let indirect = false;
    for (const e of current) {
      const named = asNamed(e.typ);
      if (named !== null) {
        // What was seen at a shallower depth hides this.
        if (seenNamed(seen, named)) continue;
        seen.push(named);
        const i = lookupNamedMethod(named, pkg, name, foldCase);
        if (i >= 0) {
          index = [...e.index, i];
          if (obj !== null || e.multiples) return { obj: null, index, indirect: false };
          obj = method(named, i);
          indirect = e.indirect;
          continue;
        }
      }
      const t = under(e.typ);
      if (t.kind === TypeKind.Struct) {
        const { fields } = t;
        for (let i = 0; i < fields.length; i++) {
          const f = fields[i];
          if ((f.name === name || foldCase) && sameId(f, pkg, name, foldCase)) {
            index = [...e.index, i];
            if (obj !== null || e.multiples) return { obj: null, index, indirect: false };
            obj = f;
            indirect = e.indirect;
            continue;
          }
          if (obj === null && f.embedded) {
            const [ftyp, fptr] = deref(f.type!);
            next ??= [];
            next.push({ typ: ftyp, index: [...e.index, i], indirect: e.indirect || fptr, multiples: e.multiples });
          }
        }
      } else if (t.kind === TypeKind.Interface) {
        const tset = typeSet(t);
        const i = lookupMethod(tset, pkg, name, foldCase);
        if (i >= 0) {
          index = [...e.index, i];
          if (obj !== null || e.multiples) return { obj: null, index, indirect: false };
          obj = tset.methods[i];
          indirect = e.indirect;
        }
      }
    }
    if (obj !== null) {
      if (obj.kind === ObjKind.Func && hasPtrRecv(obj) && !indirect && !addressable) return needsPointer;
      return { obj, index, indirect };
    }
    if (next === null) break;
    current = consolidateMultiples(next);
  }
  return notFound;
}

function seenNamed(seen: readonly NamedType[], t: NamedType): boolean {
  for (const s of seen) if (s === t || identical(s, t)) return true;
  return false;
}

/** One entry for each type, marked when there were several. */
function consolidateMultiples(list: EmbeddedType[]): EmbeddedType[] {
  if (list.length <= 1) return list;
  const out: EmbeddedType[] = [];
  for (const e of list) {
    const prev = out.find(o => identical(o.typ, e.typ));
    if (prev === undefined) out.push(e);
    else prev.multiples = true;
  }
  return out;
}

const enum State {
  Ok,
  NotFound,
  WrongName,
  Unexported,
  WrongSig,
  AmbigSel,
  PtrRecv,
  Field,
}

export interface MissingMethod {
  /** A method of T that V lacks. */
  method: FuncObj;
  /** V has it with another signature or with a pointer receiver. */
  wrongType: boolean;
}

/** A method of interface T that V lacks, or null. An interface V only needs the methods it has to agree unless `static`
 * is set (types2 Checker.missingMethod). */
export function missingMethod(
  c: Checker | null,
  V: Type,
  T: Type,
  static_: boolean,
  equivalent: (x: Type, y: Type) => boolean,
  cause: Cause | null,
): MissingMethod | null {
  const { methods } = typeSet(under(T) as InterfaceType);
  let state = State.Ok as State;
  let m: FuncObj | null = null;
  let f: FuncObj | null = null;
  const u = methods.length === 0 ? null : under(V);
  if (u === null) return null;
  if (u.kind === TypeKind.Interface) {
    const tset = typeSet(u);
    for (m of methods) {
      const i = lookupMethod(tset, m.pkg, m.name, false);
      f = i < 0 ? null : tset.methods[i];
      if (f === null) {
        if (!static_) continue;
        state = State.NotFound;
        break;
      }
      if (!equivalent(f.type!, m.type!)) {
        state = State.WrongSig;
        break;
      }
    }
  } else {
    for (m of methods) {
      const res = lookupFieldOrMethodImpl(V, false, m.pkg, m.name, false);
      f = null;
      if (res.obj === null) {
        if (res.index !== null) state = State.AmbigSel;
        else if (res.indirect) state = State.PtrRecv;
        else {
          state = State.NotFound;
          const { obj } = lookupFieldOrMethodImpl(V, false, m.pkg, m.name, true);
          if (obj !== null && obj.kind === ObjKind.Func) {
            f = obj;
            state = f.name === m.name ? State.Unexported : State.WrongName;
          }
        }
        break;
      }
      if (res.obj.kind !== ObjKind.Func) {
        state = State.Field;
        break;
      }
      f = res.obj;
      // Methods may not have a type yet.
      if (c !== null) objDecl(c, f);
      if (!equivalent(f.type!, m.type!)) {
        state = State.WrongSig;
        break;
      }
    }
  }
  if (state === State.Ok) return null;
  if (cause !== null) {
    if (f !== null && c !== null) objDecl(c, f);
    cause.text = missingCause(c, state, V, T, m!, f);
  }
  return { method: m!, wrongType: state === State.WrongSig || state === State.PtrRecv };
}

function missingCause(c: Checker | null, state: State, V: Type, T: Type, m: FuncObj, f: FuncObj | null): string {
  switch (state) {
    case State.NotFound:
      if (isInterfacePtr(V)) return `(${interfacePtrError(c, V)})`;
      if (isInterfacePtr(T)) return `(${interfacePtrError(c, T)})`;
      return `(missing method ${m.name})`;
    case State.WrongName:
      return `(missing method ${m.name})\n\t\thave ${funcString(c, f!, false)}\n\t\twant ${funcString(c, m, false)}`;
    case State.Unexported:
      return `(unexported method ${m.name})`;
    case State.WrongSig: {
      let fs = funcString(c, f!, false);
      let ms = funcString(c, m, false);
      if (fs === ms) {
        // Types of the same name from different packages.
        fs = funcString(c, f!, true);
        ms = funcString(c, m, true);
      }
      if (fs === ms) return `(wrong type for method ${m.name})`;
      return `(wrong type for method ${m.name})\n\t\thave ${fs}\n\t\twant ${ms}`;
    }
    case State.AmbigSel:
      return `(ambiguous selector ${str(c, V)}.${m.name})`;
    case State.PtrRecv:
      return `(method ${m.name} has pointer receiver)`;
    case State.Field:
      return `(${str(c, V)}.${m.name} is a field, not a method)`;
    case State.Ok:
      return '';
  }
}

/** V has all methods of T, as far as is known: types in error count as having them. */
export function hasAllMethods(
  c: Checker | null,
  V: Type,
  T: Type,
  static_: boolean,
  equivalent: (x: Type, y: Type) => boolean,
  cause: Cause | null,
): boolean {
  if (!isValid(V)) return true;
  return missingMethod(c, V, T, static_, equivalent, cause) === null || hasInvalidEmbeddedFields(V, new Set());
}

function hasInvalidEmbeddedFields(T: Type, seen: Set<StructType>): boolean {
  const S = under(derefStructPtr(T));
  if (S.kind !== TypeKind.Struct || seen.has(S)) return false;
  seen.add(S);
  return S.fields.some(f => f.embedded && (!isValid(f.type!) || hasInvalidEmbeddedFields(f.type!, seen)));
}

export function isInterfacePtr(T: Type): boolean {
  const p = under(T);
  return p.kind === TypeKind.Pointer && isInterface(p.elem);
}

export function interfacePtrError(c: Checker | null, T: Type): string {
  const p = under(T);
  if (p.kind === TypeKind.Pointer && isTypeParam(p.elem))
    return `type ${str(c, T)} is pointer to type parameter, not type parameter`;
  return `type ${str(c, T)} is pointer to interface, not interface`;
}

/** Name and signature of a method; with pkgInfo, packages are written so that equal names can be told apart. */
export function funcString(c: Checker | null, f: FuncObj, pkgInfo: boolean): string {
  const qf = c !== null && !pkgInfo ? qualifierOf(c) : null;
  return f.name + signatureString(f.type as SignatureType, qf, false, pkgInfo);
}

/** A value of interface type V may hold a T. */
export function assertableTo(c: Checker | null, V: Type, T: Type, cause: Cause | null): boolean {
  if (isInterface(T)) return true;
  return hasAllMethods(c, T, V, false, identical, cause);
}

/** Index of a field as seen from pkg, or -1. */
export function fieldIndex(fields: readonly VarObj[], pkg: PackageObj | null, name: string, foldCase: boolean): number {
  if (name !== '_') for (let i = 0; i < fields.length; i++) if (sameId(fields[i], pkg, name, foldCase)) return i;
  return -1;
}
