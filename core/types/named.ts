/** Defined types and instances of generic ones. Instances are expanded lazily: their right-hand side when the underlying
 * type is asked for, their methods one by one (types2 named). */
import type { Pos } from '../source/text.ts';
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { Context } from './context.ts';
import { objDecl } from './decl.ts';
import { deref } from './lookup.ts';
import { equalFold, FuncObj, isExported, type PackageObj, samePkg, TypeNameObj, VarObj } from './object.ts';
import { makeSubstMap, subst } from './subst.ts';
import { BasicKind, InterfaceType, NamedType, PointerType, SignatureType, type Type, TypeKind } from './type.ts';
import { typeSet } from './typeset.ts';
import { Typ } from './universe.ts';

/** The type that a declaration defines, its right-hand side to be set (types2 Checker.newNamed). */
export function newNamed(c: Checker | null, obj: TypeNameObj): NamedType {
  const t = new NamedType(obj, null, []);
  t.check = c;
  t.unpacked = true;
  if (obj.type === null) obj.type = t;
  if (c !== null) c.cleaners.push(t);
  return t;
}

/** An instance of a generic type; it is expanded when it is looked into (types2 Checker.newNamedInstance). */
export function newNamedInstance(
  c: Checker | null,
  pos: Pos | null,
  orig: NamedType,
  targs: Type[],
  ctxt: Context,
): NamedType {
  const t = new NamedType(orig.obj, orig, targs);
  t.check = c;
  t.ctxt = ctxt;
  t.typeParams = orig.typeParams;
  t.instObj = new TypeNameObj(orig.obj.name, orig.obj.pkg, pos, t);
  if (c !== null) c.cleaners.push(t);
  return t;
}

/** The object that stands for this type, or this instance, in cycles. */
export function cycleObj(t: NamedType): TypeNameObj {
  return t.instObj ?? t.obj;
}

/** Sets the right-hand side of an instance (types2 Named.unpack). */
export function unpack(t: NamedType): NamedType {
  if (!t.unpacked) {
    t.unpacked = true;
    t.fromRHS = expandRHS(t);
  }
  return t;
}

/** Follows the right-hand sides of declarations to the underlying type and keeps it (types2 resolveUnderlying). */
export function resolveUnderlying(n: NamedType): Type {
  if (n.underlying !== null) return n.underlying;
  const path: NamedType[] = [];
  let rhs: Type | null = n;
  let u: Type;
  for (;;) {
    if (rhs === null) {
      u = Typ[BasicKind.Invalid];
      break;
    }
    if (rhs.kind === TypeKind.Alias) rhs = unalias(rhs);
    else if (rhs.kind === TypeKind.Named) {
      const t: NamedType = rhs;
      if (t.underlying !== null) {
        u = t.underlying;
        break;
      }
      if (path.includes(t)) {
        u = Typ[BasicKind.Invalid];
        break;
      }
      path.push(t);
      rhs = unpack(t).fromRHS;
    } else {
      u = rhs;
      break;
    }
  }
  for (const t of path) t.underlying ??= u;
  return n.underlying ?? u;
}

function expandRHS(n: NamedType): Type {
  const c = n.check;
  const orig = n.orig!;
  const tpars = orig.typeParams;
  // A mismatch has been reported where the type was instantiated.
  if (n.targs.length !== tpars.length) return Typ[BasicKind.Invalid];
  n.ctxt ??= new Context();
  const smap = makeSubstMap(tpars, n.targs);
  const origRHS = unpack(orig).fromRHS;
  if (origRHS === null) return Typ[BasicKind.Invalid];
  const rhs = subst(c, cycleObj(n).pos, origRHS, smap, n, n.ctxt);
  if (rhs.kind !== TypeKind.Interface) return rhs;
  // Methods of a generic interface have the generic type as receiver.
  const methods = replaceRecvType(rhs.methods, orig, n);
  if (methods === null) return rhs;
  let iface = rhs;
  if (iface === origRHS) {
    iface = newInterface(c);
    iface.complete = true;
    iface.embeddeds = rhs.embeddeds;
  }
  iface.methods = methods;
  iface.tset = null;
  if (c === null) typeSet(iface);
  return iface;
}

export function newInterface(c: Checker | null): InterfaceType {
  const t = new InterfaceType([], [], []);
  t.check = c;
  if (c !== null) c.cleaners.push(t);
  return t;
}

/** Copies of the methods whose receiver is `old`, with receiver `new_`; null when there is none. */
export function replaceRecvType(list: FuncObj[], old: Type, new_: Type): FuncObj[] | null {
  let out: FuncObj[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const sig = list[i].type as SignatureType | null;
    if (sig === null || sig.recv === null || sig.recv.type !== old) continue;
    out ??= list.slice();
    const copy = copySignature(sig);
    copy.recv = cloneVar(sig.recv, new_);
    out[i] = cloneFunc(list[i], copy);
  }
  return out;
}

/** The same parameters and results in a signature of its own. */
export function copySignature(s: SignatureType): SignatureType {
  const copy = new SignatureType(s.recv, s.recvTypeParams, s.typeParams, s.params, s.results, s.variadic);
  copy.scope = s.scope;
  return copy;
}

/** The variable with another type, as an instance has it. */
export function cloneVar(v: VarObj, type: Type): VarObj {
  const copy = new VarObj(v.name, v.pkg, v.pos, type);
  copy.parent = v.parent;
  copy.order = v.order;
  copy.scopePos = v.scopePos;
  copy.varKind = v.varKind;
  copy.embedded = v.embedded;
  copy.used = v.used;
  copy.origin = v.origin ?? v;
  return copy;
}

/** The method with another type, as an instance has it; it knows the generic one as its origin. */
export function cloneFunc(f: FuncObj, type: Type): FuncObj {
  const copy = new FuncObj(f.name, f.pkg, f.pos, type);
  copy.parent = f.parent;
  copy.order = f.order;
  copy.scopePos = f.scopePos;
  copy.hasPtrRecv = f.hasPtrRecv;
  copy.origin = f.origin ?? f;
  return copy;
}

/** The method's receiver is a pointer. */
export function hasPtrRecv(f: FuncObj): boolean {
  const sig = f.knownType as SignatureType | null;
  if (sig !== null && sig.recv !== null) return deref(sig.recv.type!)[1];
  return f.hasPtrRecv;
}

/** The i-th method in source order; that of an instance is made on demand. */
export function method(t: NamedType, i: number): FuncObj {
  if (t.orig === null) return t.methods[i];
  t.expandedMethods ??= [];
  return (t.expandedMethods[i] ??= expandMethod(t, i));
}

function expandMethod(t: NamedType, i: number): FuncObj {
  const origm = t.orig!.methods[i];
  const c = t.check;
  if (c !== null) objDecl(c, origm);
  const origSig = origm.type as SignatureType;
  const [rbase] = deref(origSig.recv!.type!);
  // The method's own receiver type: nothing to substitute.
  if (rbase === t) return origm;
  let sig = origSig;
  if (origSig.recvTypeParams.length === t.targs.length) {
    const smap = makeSubstMap(origSig.recvTypeParams, t.targs);
    t.ctxt ??= new Context();
    sig = subst(c, origm.pos, origSig, smap, t, t.ctxt) as SignatureType;
  }
  if (sig === origSig) sig = copySignature(origSig);
  const rtyp = hasPtrRecv(origm) ? new PointerType(t) : t;
  sig.recv = cloneVar(origSig.recv!, rtyp);
  return cloneFunc(origm, sig);
}

/** Adds a method to a declared type unless it has one of that name. */
export function addMethod(t: NamedType, m: FuncObj): void {
  if (methodIndexByName(t, m.name, false) < 0) t.methods.push(m);
}

function methodIndexByName(t: NamedType, name: string, foldCase: boolean): number {
  if (name === '_') return -1;
  const { methods } = t;
  for (let i = 0; i < methods.length; i++)
    if (methods[i].name === name || (foldCase && equalFold(methods[i].name, name))) return i;
  return -1;
}

/** Index of a method declared for the type, or -1 (types2 Named.lookupMethod). */
export function lookupNamedMethod(t: NamedType, pkg: PackageObj | null, name: string, foldCase: boolean): number {
  if (samePkg(t.obj.pkg, pkg) || isExported(name) || foldCase) return methodIndexByName(t.origin, name, foldCase);
  return -1;
}
