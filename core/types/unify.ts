/** Type unification for inference (types2 unify). Type parameters that have been unified with each other share a handle;
 * a handle holds the inferred type once there is one. */
import { asNamed, unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { objDecl } from './decl.ts';
import { lookupFieldOrMethod } from './lookup.ts';
import { type FuncObj, ObjKind, objId, sameId } from './object.ts';
import {
  type IfacePair,
  identical,
  identicalOrigin,
  isInterface,
  isTypeLit,
  isTypeParam,
  seenPair,
} from './predicates.ts';
import { termsEqual } from './termlist.ts';
import {
  ChanDir,
  type InterfaceType,
  type SignatureType,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { typeSet } from './typeset.ts';
import { release } from './version.ts';
import { commonUnder, under } from './under.ts';

const depthLimit = 50;

/** Bits: Assign is unification for assignment (channel directions and names may differ at the top), Exact requires
 * identity except for what is inferred. */
export const enum UnifyMode {
  Inexact = 0,
  Assign = 1,
  Exact = 2,
}

interface Handle {
  type: Type | null;
}

function asInterface(x: Type): InterfaceType | null {
  if (unalias(x).kind === TypeKind.TypeParam) return null;
  const u = under(x);
  return u.kind === TypeKind.Interface ? u : null;
}

export class Unifier {
  private readonly handles = new Map<TypeParamType, Handle>();
  private depth = 0;

  constructor(
    private readonly c: Checker,
    tparams: readonly TypeParamType[],
    targs: readonly (Type | null)[],
    /** Interfaces with common methods help inference (since Go 1.21). */
    private readonly enableInterfaceInference: boolean,
  ) {
    for (let i = 0; i < tparams.length; i++) this.handles.set(tparams[i], { type: targs[i] ?? null });
  }

  at(x: TypeParamType): Type | null {
    return this.handles.get(x)!.type;
  }
  set(x: TypeParamType, t: Type): void {
    this.handles.get(x)!.type = t;
  }
  unknowns(): number {
    let n = 0;
    for (const h of this.handles.values()) if (h.type === null) n++;
    return n;
  }
  inferred(tparams: readonly TypeParamType[]): (Type | null)[] {
    return tparams.map(t => this.at(t));
  }

  /** Makes x and y identical (or assignable, by mode) by setting type parameters; false when that is impossible. */
  unify(x: Type, y: Type, mode: number): boolean {
    return this.nify(x, y, mode, null);
  }

  private join(x: TypeParamType, y: TypeParamType): boolean {
    const hx = this.handles.get(x)!;
    const hy = this.handles.get(y)!;
    if (hx === hy) return true;
    if (hx.type !== null && hy.type !== null) return false;
    const [from, to] = hx.type !== null ? [hy, hx] : [hx, hy];
    for (const [t, h] of this.handles) if (h === from) this.handles.set(t, to);
    return true;
  }

  private asBoundTypeParam(x: Type): TypeParamType | null {
    const t = unalias(x);
    return t.kind === TypeKind.TypeParam && this.handles.has(t) ? t : null;
  }

  private nify(x: Type, y: Type, mode: number, p: IfacePair | null): boolean {
    if (x === y || unalias(x) === unalias(y)) return true;
    if (this.depth >= depthLimit) return false;
    this.depth++;
    const result = this.nify0(x, y, mode, p);
    this.depth--;
    return result;
  }

  private nify0(x: Type, y: Type, mode: number, p: IfacePair | null): boolean {
    // A defined type or a bound type parameter goes to y or x respectively.
    if (asNamed(x) !== null || this.asBoundTypeParam(y) !== null) [x, y] = [y, x];
    const ny = asNamed(y);
    if (
      (mode & UnifyMode.Exact) === 0 &&
      ny !== null &&
      isTypeLit(x) &&
      !(this.enableInterfaceInference && isInterface(x))
    ) {
      y = under(ny);
      if (x === y || unalias(x) === unalias(y)) return true;
    }

    const px = this.asBoundTypeParam(x);
    const py = this.asBoundTypeParam(y);
    if (px !== null && py !== null) {
      if (this.join(px, py)) return true;
      return this.nify(this.at(px)!, this.at(py)!, mode, p);
    }
    if (px !== null) {
      const tx = this.at(px);
      if (tx === null) {
        this.set(px, y);
        return true;
      }
      return this.nify(tx, y, mode, p) && this.refine(px, tx, y, mode);
    }

    if (this.enableInterfaceInference && (mode & UnifyMode.Exact) === 0) {
      let xi = asInterface(x);
      const yi = asInterface(y);
      if (xi !== null && yi !== null) return this.nifyInterfaces(xi, yi, p);
      if (yi !== null) {
        xi = yi;
        y = x;
      }
      if (xi !== null) {
        // y must have the methods of the interface.
        for (const xm of typeSet(xi).methods) {
          const { obj } = lookupFieldOrMethod(y, false, xm.pkg, xm.name, false);
          if (obj === null || obj.kind !== ObjKind.Func) return false;
          // a method may be declared only after its use; one with type parameters is never an interface's
          if (obj.type === null) {
            // before Go 1.27 that is a mismatch
            if (release(this.c) < 27) return false;
            objDecl(this.c, obj);
          }
          const sig = obj.type as SignatureType;
          if (sig.typeParams.length > 0 || !this.nify(xm.type!, sig, UnifyMode.Exact, p)) return false;
        }
        return true;
      }
    }

    // An unbound type parameter goes to x.
    if (isTypeParam(y)) [x, y] = [y, x];
    const emode = (mode & UnifyMode.Assign) !== 0 ? mode | UnifyMode.Exact : mode;
    const yorig = y;
    x = unalias(x);
    y = unalias(y);
    switch (x.kind) {
      case TypeKind.Basic:
        return y.kind === TypeKind.Basic && x.basic === y.basic;
      case TypeKind.Array:
        if (y.kind !== TypeKind.Array) return false;
        return (x.len < 0 || y.len < 0 || x.len === y.len) && this.nify(x.elem, y.elem, emode, p);
      case TypeKind.Slice:
        return y.kind === TypeKind.Slice && this.nify(x.elem, y.elem, emode, p);
      case TypeKind.Struct: {
        if (y.kind !== TypeKind.Struct || x.fields.length !== y.fields.length) return false;
        for (let i = 0; i < x.fields.length; i++) {
          const f = x.fields[i];
          const g = y.fields[i];
          if (
            f.embedded !== g.embedded ||
            (x.tags[i] ?? '') !== (y.tags[i] ?? '') ||
            !sameId(f, g.pkg, g.name, false) ||
            !this.nify(f.type!, g.type!, emode, p)
          )
            return false;
        }
        return true;
      }
      case TypeKind.Pointer:
        return y.kind === TypeKind.Pointer && this.nify(x.elem, y.elem, emode, p);
      case TypeKind.Tuple:
        return y.kind === TypeKind.Tuple && this.tuples(x, y, mode, p);
      case TypeKind.Signature:
        return (
          y.kind === TypeKind.Signature &&
          x.variadic === y.variadic &&
          this.tuples(x.params, y.params, emode, p) &&
          this.tuples(x.results, y.results, emode, p)
        );
      case TypeKind.Interface: {
        if (y.kind !== TypeKind.Interface) return false;
        const xset = typeSet(x);
        const yset = typeSet(y);
        if (xset.comparable !== yset.comparable || !termsEqual(xset.terms, yset.terms)) return false;
        const a = xset.methods;
        const b = yset.methods;
        if (a.length !== b.length) return false;
        if (seenPair(p, x, y)) return true;
        const q: IfacePair = { x, y, prev: p };
        for (let i = 0; i < a.length; i++)
          if (methodId(a[i]) !== methodId(b[i]) || !this.nify(a[i].type!, b[i].type!, UnifyMode.Exact, q)) return false;
        return true;
      }
      case TypeKind.Map:
        return y.kind === TypeKind.Map && this.nify(x.key, y.key, emode, p) && this.nify(x.elem, y.elem, emode, p);
      case TypeKind.Chan:
        return (
          y.kind === TypeKind.Chan &&
          ((mode & UnifyMode.Exact) === 0 || x.dir === y.dir) &&
          this.nify(x.elem, y.elem, emode, p)
        );
      case TypeKind.Named: {
        if (y.kind !== TypeKind.Named || x.targs.length !== y.targs.length) return false;
        for (let i = 0; i < x.targs.length; i++) if (!this.nify(x.targs[i], y.targs[i], mode, p)) return false;
        return identicalOrigin(x, y);
      }
      case TypeKind.TypeParam: {
        // An unbound type parameter unifies by what its types have in common.
        const [cx] = commonUnder(x, null);
        return cx !== null && this.nify(cx, yorig, UnifyMode.Assign, p);
      }
      default:
        return false;
    }
  }

  /** px has unified with y: keep the more specific of its type x and y. */
  private refine(px: TypeParamType, x: Type, y: Type, mode: number): boolean {
    const xi = asInterface(x);
    const yi = asInterface(y);
    const xn = asNamed(x) !== null;
    const yn = asNamed(y) !== null;
    if (xi !== null && yi !== null) {
      if (xn && yn) return identical(x, y);
      if (typeSet(xi).methods.length !== typeSet(yi).methods.length) return false;
    } else if (xi !== null || yi !== null) return false;
    if ((mode & UnifyMode.Exact) === 0) {
      if (xn) {
        // A defined type stays.
      } else if (yn) this.set(px, y);
      else {
        // A directed channel is assignable from a bidirectional one, not the other way.
        const yc = under(y);
        if (yc.kind === TypeKind.Chan && yc.dir !== ChanDir.SendRecv) this.set(px, y);
      }
    }
    return true;
  }

  /** The common methods of two interfaces unify; one must have all methods of the other. */
  private nifyInterfaces(xi: InterfaceType, yi: InterfaceType, p: IfacePair | null): boolean {
    const xset = typeSet(xi);
    const yset = typeSet(yi);
    if (xset.comparable !== yset.comparable || !termsEqual(xset.terms, yset.terms)) return false;
    if (seenPair(p, xi, yi)) return true;
    const q: IfacePair = { x: xi, y: yi, prev: p };
    let xmethods = xset.methods;
    let ymethods = yset.methods;
    if (xmethods.length > ymethods.length) [xmethods, ymethods] = [ymethods, xmethods];
    for (const xm of xmethods) {
      const ym = ymethods.find(m => methodId(m) === methodId(xm));
      if (ym === undefined || !this.nify(xm.type!, ym.type!, UnifyMode.Exact, q)) return false;
    }
    return true;
  }

  private tuples(x: TupleType, y: TupleType, mode: number, p: IfacePair | null): boolean {
    if (x.vars.length !== y.vars.length) return false;
    // Parameter and result tuples pass their mode on unchanged.
    for (let i = 0; i < x.vars.length; i++) if (!this.nify(x.vars[i].type!, y.vars[i].type!, mode, p)) return false;
    return true;
  }
}

function methodId(m: FuncObj): string {
  return objId(m.pkg, m.name);
}
