/** Substitution of type parameters (types2 subst). What does not change is not copied. */
import type { Pos } from '../source/text.ts';
import { newAliasInstance } from './alias.ts';
import type { Checker } from './checker.ts';
import type { Context } from './context.ts';
import { instance } from './instantiate.ts';
import { recordCanon } from './mono.ts';
import { cloneFunc, cloneVar, newInterface, replaceRecvType } from './named.ts';
import { type FuncObj, TypeNameObj, type VarObj } from './object.ts';
import {
  ArrayType,
  BasicKind,
  ChanType,
  MapType,
  type NamedType,
  PointerType,
  SignatureType,
  SliceType,
  StructType,
  type Term,
  TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
  UnionType,
} from './type.ts';
import { newTypeParam } from './typeparam.ts';
import { typeSet } from './typeset.ts';
import { Typ } from './universe.ts';

/** What takes the place of type parameters. */
export interface SubstMap {
  from: readonly TypeParamType[];
  to: readonly (Type | null)[];
}

/** targs for tpars; null leaves a parameter as it is. */
export function makeSubstMap(tpars: readonly TypeParamType[], targs: readonly (Type | null)[]): SubstMap {
  return { from: tpars, to: targs };
}

function lookup(m: SubstMap, t: TypeParamType): Type {
  const { from } = m;
  for (let i = from.length - 1; i >= 0; i--) if (from[i] === t) return m.to[i] ?? t;
  return t;
}

/** typ with smap applied. One of expanding (the instance being expanded) and ctxt is given. */
export function subst(
  c: Checker | null,
  pos: Pos | null,
  typ: Type,
  smap: SubstMap,
  expanding: NamedType | null,
  ctxt: Context | null,
): Type {
  if (smap.from.length === 0 || typ.kind === TypeKind.Basic) return typ;
  if (typ.kind === TypeKind.TypeParam) return lookup(smap, typ);
  return new Subster(c, pos, smap, expanding, ctxt).typ(typ);
}

class Subster {
  constructor(
    readonly c: Checker | null,
    readonly pos: Pos | null,
    readonly smap: SubstMap,
    readonly expanding: NamedType | null,
    readonly ctxt: Context | null,
  ) {}

  typ(t: Type): Type {
    switch (t.kind) {
      case TypeKind.Basic:
        return t;
      case TypeKind.TypeParam:
        return lookup(this.smap, t);
      case TypeKind.Alias: {
        const orig = t.origin;
        const n = orig.typeParams.length;
        if (n === 0) return t;
        if (t.targs.length !== n) return Typ[BasicKind.Invalid];
        const targs = this.types(t.targs);
        return targs === null ? t : newAliasInstance(this.c, this.pos, orig, targs, this.expanding, this.ctxt);
      }
      case TypeKind.Array: {
        const elem = this.typ(t.elem);
        return elem === t.elem ? t : new ArrayType(t.len, elem);
      }
      case TypeKind.Slice: {
        const elem = this.typ(t.elem);
        return elem === t.elem ? t : new SliceType(elem);
      }
      case TypeKind.Struct: {
        const fields = this.vars(t.fields);
        return fields === null ? t : new StructType(fields, t.tags);
      }
      case TypeKind.Pointer: {
        const elem = this.typ(t.elem);
        return elem === t.elem ? t : new PointerType(elem);
      }
      case TypeKind.Tuple:
        return this.tuple(t);
      case TypeKind.Signature: {
        // The receiver is left alone: for interface methods it is set by the interface, otherwise by expandMethod.
        if (t.typeParams.length > 0 && !this.smap.from.includes(t.typeParams[0])) return this.genericMethod(t);
        const params = this.tuple(t.params);
        const results = this.tuple(t.results);
        if (params === t.params && results === t.results) return t;
        return new SignatureType(t.recv, t.recvTypeParams, t.typeParams, params, results, t.variadic);
      }
      case TypeKind.Union: {
        let terms: Term[] | null = null;
        for (let i = 0; i < t.terms.length; i++) {
          const term = t.terms[i];
          const u = this.typ(term.type);
          if (u === term.type) continue;
          terms ??= t.terms.slice();
          terms[i] = { tilde: term.tilde, type: u };
        }
        return terms === null ? t : new UnionType(terms);
      }
      case TypeKind.Interface: {
        const methods = this.funcs(t.methods);
        const embeddeds = this.types(t.embeddeds);
        if (methods === null && embeddeds === null) return t;
        const iface = newInterface(this.c);
        iface.embeddeds = embeddeds ?? t.embeddeds;
        iface.embedPos = t.embedPos;
        iface.implicit = t.implicit;
        iface.complete = t.complete;
        const list = methods ?? t.methods;
        iface.methods = replaceRecvType(list, t, iface) ?? list;
        if (this.c === null) typeSet(iface);
        return iface;
      }
      case TypeKind.Map: {
        const key = this.typ(t.key);
        const elem = this.typ(t.elem);
        return key === t.key && elem === t.elem ? t : new MapType(key, elem);
      }
      case TypeKind.Chan: {
        const elem = this.typ(t.elem);
        return elem === t.elem ? t : new ChanType(t.dir, elem);
      }
      case TypeKind.Named: {
        const n = t.targs.length;
        if (n === 0) return t;
        const orig = t.origin;
        if (n !== orig.typeParams.length) return Typ[BasicKind.Invalid];
        const targs = this.types(t.targs);
        return targs === null ? t : instance(this.c, this.pos, orig, targs, this.expanding, this.ctxt);
      }
    }
  }

  /**
   * A method with type parameters of its own, those of the receiver being substituted: their bounds may refer to them,
   * so that each instance of the receiver has type parameters of its own.
   */
  private genericMethod(t: SignatureType): SignatureType {
    const { c, pos, expanding, ctxt } = this;
    const fresh = t.typeParams.map(tp => {
      const obj = new TypeNameObj(tp.obj.name, tp.obj.pkg, tp.obj.pos, null);
      const p = newTypeParam(c, obj, tp.bound);
      p.index = tp.index;
      if (c !== null) recordCanon(c, p, tp);
      return p;
    });
    const smap = { from: [...this.smap.from, ...t.typeParams], to: [...this.smap.to, ...fresh] };
    const inner = new Subster(c, pos, smap, expanding, ctxt);
    for (const p of fresh) p.bound = inner.typ(p.bound);
    return new SignatureType(
      t.recv,
      t.recvTypeParams,
      fresh,
      inner.tuple(t.params),
      inner.tuple(t.results),
      t.variadic,
    );
  }

  private types(list: Type[]): Type[] | null {
    let out: Type[] | null = null;
    for (let i = 0; i < list.length; i++) {
      const u = this.typ(list[i]);
      if (u === list[i]) continue;
      out ??= list.slice();
      out[i] = u;
    }
    return out;
  }

  private vars(list: VarObj[]): VarObj[] | null {
    let out: VarObj[] | null = null;
    for (let i = 0; i < list.length; i++) {
      const u = this.typ(list[i].type!);
      if (u === list[i].type) continue;
      out ??= list.slice();
      out[i] = cloneVar(list[i], u);
    }
    return out;
  }

  private funcs(list: FuncObj[]): FuncObj[] | null {
    let out: FuncObj[] | null = null;
    for (let i = 0; i < list.length; i++) {
      const u = this.typ(list[i].type!);
      if (u === list[i].type) continue;
      out ??= list.slice();
      out[i] = cloneFunc(list[i], u);
    }
    return out;
  }

  private tuple(t: TupleType): TupleType {
    const vars = this.vars(t.vars);
    return vars === null ? t : new TupleType(vars);
  }
}
