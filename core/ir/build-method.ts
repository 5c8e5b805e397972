/** References to instances of generic functions and to methods (reader.funcInst, methodExpr and what uses them). */
import type { SelectorExpr } from '../syntax/ast.ts';
import type { Selection } from '../types/info.ts';
import { type FuncObj, isExported, ObjKind, type PackageObj } from '../types/object.ts';
import type { InterfaceType, NamedType, SignatureType, StructType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import type { Dict, NamedInfo } from './instances.ts';
import { curry, methodExprWrap } from './build-closure.ts';
import { dictWord, dotField, isDerived, ptrTo, recvKind } from './build-expr.ts';
import { deref, isGenericMethod, isInterfaceType, methodTypeArgs, unalias, underType } from './generic.ts';
import { methodExprKey, subDictIndex } from './dictlayout.ts';
import { findMethod } from './methods.ts';
import { instanceName } from './names.ts';
import { Node, Op, type XPos } from './node.ts';
import { implicit, newAddr, type Reader, unary } from './reader.ts';
import { elemOf, hasShape, identical, isInterface, isPointer, under } from './typeinfo.ts';

/** The forms of a reference to something that may need a dictionary. */
export interface FuncRef {
  /** Stands for the function as it is; null when only the dictionary at run time tells. */
  wrapper: Node | null;
  /** What is called, with `dictPtr` as an argument. */
  base: Node;
  dictPtr: Node | null;
}

/** An instance of a generic function. */
export function funcInst(r: Reader, pos: XPos | null, obj: FuncObj, targs: readonly Type[]): FuncRef {
  const fn = obj.origin ?? obj;
  const explicits = targs.map(t => r.typ(t));
  if (r.env !== null && targs.some(t => isDerived(r, t))) {
    const base = r.b.instance(fn, [], explicits, true);
    return {
      wrapper: null,
      base,
      dictPtr: subDict(r, pos, fn, targs, (base.type as SignatureType).params.vars[0].type!),
    };
  }
  const wrapper = r.b.instance(fn, [], explicits, false);
  const base = r.b.instance(fn, [], explicits, true);
  const dictPtr = dictPtrOf(r, pos, r.b.funcDict(wrapper));
  return { wrapper, base, dictPtr };
}

/** A pointer to a dictionary that the current one holds. */
function subDict(r: Reader, pos: XPos | null, obj: FuncObj | NamedType, targs: readonly Type[], type: Type): Node {
  const { layout } = r.dict!;
  const i = subDictIndex(layout, obj, targs);
  if (i < 0)
    throw new Error(`no dictionary of ${obj.kind === ObjKind.Func ? obj.name : obj.obj.name} in that of the function`);
  return unary(Op.OCONVNOP, pos, type, dictWord(r, pos, layout.methodExprs.length + i));
}

/** The address of a dictionary that is known. */
export function dictPtrOf(r: Reader, pos: XPos | null, dict: Dict): Node {
  return newAddr(r.b.types, pos, r.b.instances.dictName(dict));
}

/** func(recv, params…) results (typecheck.NewMethodType). */
export function methodFuncType(r: Reader, sig: SignatureType, recv: Type | null): SignatureType {
  const params = sig.params.vars.map(v => v.type!);
  if (recv !== null) params.unshift(recv);
  return r.b.types.signature(
    params,
    sig.results.vars.map(v => v.type!),
    sig.variadic,
  );
}

/** The method of `recv` as a function: OMETHEXPR (typecheck.NewMethodExpr). */
export function newMethodExpr(r: Reader, pos: XPos | null, recv: Type, name: string, pkg: PackageObj | null): Node {
  const m = findMethod(r.b, recv, name, pkg);
  if (m === null) throw new Error(`no method ${name}`);
  const n = unary(Op.OMETHEXPR, pos, methodFuncType(r, m.type, recv), new Node(Op.OTYPE, pos, recv));
  n.sym = { pkg: m.pkg, name: m.name };
  n.method = m.fn;
  return n;
}

function shapedMethodExpr(r: Reader, pos: XPos | null, info: NamedInfo, method: FuncObj): Node {
  const m = info.methods.find(m => m.name === method.name);
  if (m === undefined) throw new Error(`no method ${method.name}`);
  const n = unary(Op.OMETHEXPR, pos, methodFuncType(r, m.type, m.recv), new Node(Op.OTYPE, pos, m.recv));
  n.sym = { pkg: m.pkg, name: m.name };
  n.method = m.fn.nname;
  return n;
}

/** An instance of a generic method; there is none but the shaped one (shapedMethodExpr). */
function genericMethodRef(r: Reader, pos: XPos | null, fun: FuncObj, targs: readonly Type[]): FuncRef {
  const explicits = targs.map(t => r.typ(t));
  const fn = r.b.instance(fun, [], explicits, true);
  const sig = fn.type as SignatureType;
  const recv = sig.recv!.type!;
  const base = unary(Op.OMETHEXPR, pos, methodFuncType(r, sig, recv), new Node(Op.OTYPE, pos, recv));
  const own = fun.signature.recvTypeParams.length;
  base.sym = { pkg: fun.pkg, name: instanceName(fun.name, r.b.funcDict(fn).targs.slice(own), 0) };
  base.method = fn;
  const type = sig.params.vars[0].type!;
  if (r.env !== null && targs.some(t => isDerived(r, t))) {
    return { wrapper: null, base, dictPtr: subDict(r, pos, fun, targs, type) };
  }
  return { wrapper: null, base, dictPtr: dictPtrOf(r, pos, r.b.instances.dict(fun, [], explicits, false)!) };
}

/** A method selected on a receiver of type `recv`, the type before type parameters are replaced. */
export function methodRef(r: Reader, x: SelectorExpr, recv: Type, sel: Selection): FuncRef {
  const fun = sel.obj as FuncObj;
  const pos = r.pos(x);
  const recvType = r.typ(recv);
  const u = unalias(recv);
  if (u.kind === TypeKind.TypeParam) {
    const sig = methodFuncType(r, r.typ(fun.type!) as SignatureType, recvType);
    const i = r.dict!.layout.methodExprs.indexOf(methodExprKey(u, fun));
    if (i < 0) throw new Error(`no method ${u.obj.name}.${fun.name} in the dictionary of the function`);
    const fn = unary(Op.OCONVNOP, pos, sig, newAddr(r.b.types, pos, dictWord(r, pos, i)));
    return { wrapper: fn, base: fn, dictPtr: null };
  }
  if (!isInterfaceType(u)) {
    const named = unalias(deref(u));
    if (named.kind === TypeKind.Named) {
      if (isGenericMethod(fun)) return genericMethodRef(r, pos, fun.origin ?? fun, methodTypeArgs(r, x, named));
      const obj = named.origin.obj;
      const explicits = named.targs.map(t => r.typ(t));
      const implicits = r.env === null ? [] : r.env.targs;
      const local = r.b.instances.implicitCount(obj);
      if (r.env !== null && (local > 0 || named.targs.some(t => isDerived(r, t)))) {
        const info = r.b.instances.namedInst(named.origin, implicits.slice(0, local), explicits, true);
        const base = shapedMethodExpr(r, pos, info, fun);
        const type = (base.type as SignatureType).params.vars[1].type!;
        return { wrapper: null, base, dictPtr: subDict(r, pos, named.origin, named.targs, type) };
      }
      if (named.targs.length > 0) {
        const info = r.b.instances.namedInst(named.origin, [], explicits, true);
        const base = shapedMethodExpr(r, pos, info, fun);
        const plain = r.b.instances.namedInst(named.origin, [], explicits, false);
        const dictPtr = dictPtrOf(r, pos, plain.dict!);
        const wrapper = newMethodExpr(r, pos, recvType, fun.name, fun.pkg);
        return { wrapper, base, dictPtr };
      }
    }
  }
  const fn = newMethodExpr(r, pos, recvType, fun.name, fun.pkg);
  return { wrapper: fn, base: fn, dictPtr: null };
}

/** x.M as a value (exprMethodVal). */
export function methodValue(r: Reader, x: SelectorExpr, sel: Selection, recv: Node, typ: Type): Node {
  const { wrapper, base, dictPtr } = methodRef(r, x, typ, sel);
  const pos = r.pos(x);
  if (wrapper === null || wrapper.op !== Op.OMETHEXPR) return curry(r, r.origPos(x), true, base, recv, dictPtr);
  if (hasShape(recv.type!)) {
    recv = unary(Op.OCONVNOP, recv.pos, (wrapper.type as SignatureType).params.vars[0].type, recv);
  }
  const sig = wrapper.type as SignatureType;
  const n = unary(
    Op.OMETHVALUE,
    pos,
    r.b.types.signature(
      sig.params.vars.slice(1).map(v => v.type!),
      sig.results.vars.map(v => v.type!),
      sig.variadic,
    ),
    recv,
  );
  n.sym = wrapper.sym;
  n.method = wrapper.method;
  const list = r.importedDef ? r.b.haveMethodValues : r.b.needMethodValues;
  list.push({ recv: recv.type!, name: n.sym!.name, pkg: n.sym!.pkg });
  return n;
}

/** T.M (exprMethodExpr). */
export function methodExprValue(r: Reader, x: SelectorExpr, sel: Selection): Node {
  let typ = r.typeOf(x.x)!;
  const recv = r.typ(typ);
  const implicits = sel.index.slice(0, -1);
  for (const ix of implicits) typ = (underType(deref(typ)) as StructType).fields[ix].type!;
  const kind = recvKind(typ, sel.obj as FuncObj);
  if (kind === 'deref') typ = deref(typ);
  else if (kind === 'addr') typ = ptrTo(typ);
  const pos = r.pos(x);
  const { wrapper, base, dictPtr } = methodRef(r, x, typ, sel);
  if (wrapper !== null && implicits.length === 0 && kind === '') return wrapper;
  if (wrapper !== null && wrapper.op === Op.OMETHEXPR && !hasShape(recv)) {
    return newMethodExpr(r, pos, recv, wrapper.sym!.name, wrapper.sym!.pkg);
  }
  return methodExprWrap(r, r.origPos(x), recv, implicits, kind, base, dictPtr);
}

/** x.M where x is a value and M is selected by name (typecheck.XDotMethod with ctxCallee): ODOTINTER, or for other
 * receivers the method's receiver with what it takes to get there, and the method. */
export function xdotMethod(r: Reader, pos: XPos | null, x: Node, name: string, pkg: PackageObj | null): Node {
  const t = x.type!;
  const iface = isInterface(t) ? (under(t) as InterfaceType) : null;
  if (iface !== null) return dotInter(pos, x, iface, name, pkg);
  const m = findMethod(r.b, t, name, pkg);
  if (m === null) throw new Error(`no method ${name}`);
  let recv = x;
  for (const ix of m.path) recv = implicit(dotField(pos, recv, ix));
  if (isInterface(recv.type!)) return dotInter(pos, recv, under(recv.type!) as InterfaceType, name, pkg);
  const want = m.recv!;
  if (!identical(want, recv.type)) {
    const byAddress = isPointer(want) && identical(elemOf(want), recv.type);
    recv = implicit(byAddress ? newAddr(r.b.types, pos, recv) : unary(Op.ODEREF, pos, elemOf(recv.type!), recv));
  }
  const n = unary(Op.ODOTMETH, pos, m.type, recv);
  n.sym = { pkg: m.pkg, name: m.name };
  n.method = m.fn;
  return n;
}

/** x.M of an interface, by name (ODOTINTER). */
export function dotInter(pos: XPos | null, x: Node, iface: InterfaceType, name: string, pkg: PackageObj | null): Node {
  const m = iface.methods.find(m => m.name === name && (m.pkg === pkg || isExported(name))) ?? null;
  if (m === null) throw new Error(`no method ${name} in interface`);
  const n = unary(Op.ODOTINTER, pos, m.type, x);
  n.sym = { pkg: m.pkg, name };
  return n;
}
