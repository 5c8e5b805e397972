/** Calls, conversions written as calls, and built-in functions. */
import { ValueKind } from '../constant/value.ts';
import type { CallExpr, Expr } from '../syntax/ast.ts';
import { Kind, unparen } from '../syntax/ast.ts';
import { Mode, SelectionKind } from '../types/info.ts';
import { BuiltinId, type FuncObj, ObjKind } from '../types/object.ts';
import type { InterfaceType, SignatureType, StructType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import { multiExpr } from './build-assign.ts';
import { convertExpr } from './build-conv.ts';
import { expr, exprs, exprType, newCompLit, recvExpr } from './build-expr.ts';
import { dotInter, funcInst, methodRef } from './build-method.ts';
import { coreSignature, deref, selectorOf } from './generic.ts';
import { MessageKind, message } from './message.ts';
import { fixMethodCall } from './method-call.ts';
import { tempCopy } from './names.ts';
import { Flag, Name, Node, Op, type XPos } from './node.ts';
import { implicit, literal, lookupObj, newAddr, type Reader, unary } from './reader.ts';
import {
  basicKind,
  elemOf,
  int32Type,
  intType,
  interfaceType,
  isInterface,
  basicTypes,
  stringType,
  under,
  uintptrType,
} from './typeinfo.ts';
import { BasicKind } from '../types/type.ts';
import { any } from './visit.ts';

/** A call as written; `tv` is its type. */
export function callExpr(r: Reader, x: CallExpr, tv: Type | null): Node {
  const funType = r.typeOf(x.fun);
  if (r.isType(x.fun)) return convertExpr(r, funType, x.argList[0], false);
  const fun = unparen(x.fun);
  if (r.modeOf(x.fun) === Mode.Builtin) {
    const { obj } = lookupObj(r, fun);
    if (obj !== null && obj.kind === ObjKind.Builtin) return builtin(r, x, obj.id, tv);
  }
  let callee: Node;
  const args: Node[] = [];
  const selector = selectorOf(fun);
  const sel = selector === null ? null : r.info.selectionOf(selector);
  if (selector !== null && sel !== null && sel.kind === SelectionKind.MethodVal) {
    const { recv, typ } = recvExpr(r, selector, sel);
    const { base, dictPtr } = methodRef(r, selector, typ, sel);
    if (isInterface(recv.type!) && base.op === Op.OMETHEXPR) {
      const m = sel.obj as FuncObj;
      callee = dotInter(base.pos, recv, under(recv.type!) as InterfaceType, m.name, m.pkg);
    } else {
      if (isInterface(recv.type!) && r.b.env.flags.m > 0) {
        r.b.env.report(message(MessageKind.ImpreciseInterfaceCall, base.op, base.pos));
      }
      callee = base;
      args.push(recv);
    }
    if (dictPtr !== null) args.push(dictPtr);
  } else {
    const { obj, inst } = lookupObj(r, fun);
    if (obj !== null && obj.kind === ObjKind.Func && inst !== null && inst.targs.length > 0) {
      const ref = funcInst(r, r.pos(fun), obj, inst.targs);
      callee = ref.base;
      args.push(ref.dictPtr!);
    } else callee = expr(r, fun);
  }
  const pos = r.pos(x);
  let sigType = funType;
  if (sel === null) {
    const { inst } = lookupObj(r, fun);
    if (inst !== null) sigType = inst.type;
  }
  args.push(...multiExpr(r, pos, paramTypes(coreSignature(sigType!)!, x.hasDots), x.argList));
  return call(r, pos, callee, args, x.hasDots);
}

/** Type of the i-th argument's parameter. */
export function paramTypes(sig: SignatureType, dots: boolean): (i: number) => Type | null {
  const params = sig.params.vars;
  return i => {
    if (sig.variadic && !dots && i >= params.length - 1) {
      const last = params[params.length - 1].type!;
      return last.kind === TypeKind.Slice ? last.elem : null;
    }
    return params[i]?.type ?? null;
  };
}

/** A call of a function value or method (typecheck.Call). */
export function call(r: Reader, pos: XPos | null, fun: Node, args: Node[], dots: boolean): Node {
  const n = new Node(Op.OCALLFUNC, pos, null);
  n.x = fun;
  n.list = args;
  if (dots) n.flags |= Flag.IsDDD;
  rewriteNonNameCall(r, n);
  fun = n.x;
  const sig = under(fun.type!) as SignatureType;
  if (fun.op === Op.ODOTINTER) n.op = Op.OCALLINTER;
  if (sig.variadic && !dots) {
    const vi = sig.params.vars.length - 1;
    const type = sig.params.vars[vi].type!;
    n.list = [...args.slice(0, vi), makeDotArgs(pos, type, args.slice(vi))];
    n.flags |= Flag.IsDDD;
  }
  if (fun.op === Op.ODOTMETH) fixMethodCall(r.b, n);
  const results = sig.results.vars;
  if (results.length === 1) n.type = results[0].type;
  else if (results.length > 1) n.type = sig.results;
  if (results.length === 1 && fun instanceof Name && fun.sym!.name === 'getg' && fun.sym!.pkg?.path === 'runtime') {
    n.op = Op.OGETG;
  }
  return n;
}

/** The arguments for `...T` as a slice (MakeDotArgs). */
function makeDotArgs(pos: XPos | null, type: Type, args: Node[]): Node {
  if (args.length === 0) return new Node(Op.ONIL, pos, type);
  return implicit(newCompLit(pos, type, args));
}

function callOrChan(n: Node): boolean {
  switch (n.op) {
    case Op.OAPPEND:
    case Op.OCALL:
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
    case Op.OCALLMETH:
    case Op.OCAP:
    case Op.OCLEAR:
    case Op.OCLOSE:
    case Op.OCOMPLEX:
    case Op.OCOPY:
    case Op.ODELETE:
    case Op.OIMAG:
    case Op.OLEN:
    case Op.OMAX:
    case Op.OMIN:
    case Op.OPANIC:
    case Op.OPRINT:
    case Op.OPRINTLN:
    case Op.OREAL:
    case Op.ORECOVER:
    case Op.ORECV:
    case Op.OUNSAFEADD:
    case Op.OUNSAFESLICE:
    case Op.OUNSAFESLICEDATA:
    case Op.OUNSAFESTRING:
    case Op.OUNSAFESTRINGDATA:
      return true;
    default:
      return false;
  }
}

/** A callee, or the receiver of an interface call, that itself calls something is evaluated first (RewriteNonNameCall). */
function rewriteNonNameCall(r: Reader, n: Node): void {
  const dot = n.x!;
  const method = dot.op === Op.ODOTMETH || dot.op === Op.ODOTINTER || dot.op === Op.OMETHVALUE;
  const x = method ? dot.x! : dot;
  if (!any(x, callOrChan)) return;
  const tmp = r.temp(n.pos, x.type!);
  const as = new Node(Op.OAS, n.pos, null);
  as.x = tmp;
  as.y = x;
  as.init = [unary(Op.ODCL, n.pos, null, tmp)];
  tmp.defn = as;
  if (method) dot.x = tmp;
  else n.x = tmp;
  n.init = [...n.init, as];
}

// ---- built-in functions

function builtin(r: Reader, x: CallExpr, id: BuiltinId, tv: Type | null): Node {
  const pos = r.pos(x);
  switch (id) {
    case BuiltinId.Make: {
      const type = exprType(r, null, x.argList[0]);
      return make(pos, type, exprs(r, x.argList.slice(1)));
    }
    case BuiltinId.New: {
      const arg = x.argList[0];
      if (r.isType(arg)) {
        const type = exprType(r, null, arg);
        return unary(Op.ONEW, pos, r.b.types.pointer(type.type!), type);
      }
      const value = expr(r, arg);
      const { tmp, stmts } = tempCopy(pos, r.curfn, value, r.b.env.release);
      const addr = newAddr(r.b.types, pos, tmp);
      addr.init = stmts;
      return addr;
    }
    case BuiltinId.Sizeof:
      return uintptrLit(pos, r.b.env.sizes.sizeof(r.typ(r.typeOf(x.argList[0])!)));
    case BuiltinId.Alignof:
      return uintptrLit(pos, r.b.env.sizes.alignof(r.typ(r.typeOf(x.argList[0])!)));
    case BuiltinId.Offsetof:
      return uintptrLit(pos, offsetOf(r, unparen(x.argList[0])));
    default:
  }
  const sigType = r.typeOf(x.fun);
  const sig = sigType === null ? null : coreSignature(sigType);
  const dst = sig === null ? () => null : paramTypes(sig, x.hasDots);
  const args = multiExpr(r, pos, dst, x.argList);
  return builtinCall(r, pos, id, args, x.hasDots, tv);
}

function uintptrLit(pos: XPos | null, n: number): Node {
  return literal(pos, uintptrType, { kind: ValueKind.Int, val: BigInt(n) });
}

/** Offset of a field through embedded structs, not pointers (exprOffsetof). */
function offsetOf(r: Reader, x: Expr): number {
  if (x.kind !== Kind.SelectorExpr) return 0;
  const sel = r.info.selectionOf(x)!;
  const sizes = r.b.env.sizes;
  let t = r.typ(deref(r.typeOf(x.x)!));
  let offset = 0;
  for (const ix of sel.index) {
    const fields = (under(t) as StructType).fields;
    let at = 0;
    for (let i = 0; i <= ix; i++) {
      const align = sizes.alignof(fields[i].type!);
      at = Math.ceil(at / align) * align;
      if (i < ix) at += sizes.sizeof(fields[i].type!);
    }
    offset += at;
    t = fields[ix].type!;
  }
  return offset;
}

/** A call of a built-in function with its arguments built (tcCall's builtins). */
function builtinCall(r: Reader, pos: XPos | null, id: BuiltinId, args: Node[], dots: boolean, tv: Type | null): Node {
  const one = (op: Op, type: Type | null) => unary(op, pos, type, args[0]);
  const two = (op: Op, type: Type | null) => {
    const n = unary(op, pos, type, args[0]);
    n.y = args[1];
    return n;
  };
  const many = (op: Op, type: Type | null) => {
    const n = new Node(op, pos, type);
    n.list = args;
    return n;
  };
  switch (id) {
    case BuiltinId.Append: {
      const n = many(Op.OAPPEND, args[0].type);
      if (dots) {
        n.flags |= Flag.IsDDD;
        const y = args[1];
        if (y.op === Op.OCONVNOP && (y.flags & Flag.Implicit) !== 0) args[1] = y.x!;
      }
      return n;
    }
    case BuiltinId.Cap:
      return one(Op.OCAP, intType);
    case BuiltinId.Len:
      return one(Op.OLEN, intType);
    case BuiltinId.Clear:
      return one(Op.OCLEAR, null);
    case BuiltinId.Close:
      return one(Op.OCLOSE, null);
    case BuiltinId.Panic:
      return one(Op.OPANIC, null);
    case BuiltinId.Real:
    case BuiltinId.Imag:
      return one(id === BuiltinId.Real ? Op.OREAL : Op.OIMAG, partType(args[0].type!));
    case BuiltinId.Complex:
      return two(Op.OCOMPLEX, wholeType(args[0].type!));
    case BuiltinId.Copy:
      return two(Op.OCOPY, intType);
    case BuiltinId.Delete:
      return many(Op.ODELETE, null);
    case BuiltinId.Max:
    case BuiltinId.Min:
      return many(id === BuiltinId.Max ? Op.OMAX : Op.OMIN, args[0].type);
    case BuiltinId.Print:
      return many(Op.OPRINT, null);
    case BuiltinId.Println:
      return many(Op.OPRINTLN, null);
    case BuiltinId.Recover:
      if (r.b.env.release.recoversFrames) args = [new Node(Op.OGETCALLERSP, pos, r.b.types.pointer(int32Type))];
      return many(Op.ORECOVER, interfaceType);
    case BuiltinId.Add:
      return two(Op.OUNSAFEADD, args[0].type);
    case BuiltinId.Slice:
      return two(Op.OUNSAFESLICE, r.b.types.slice(elemOf(args[0].type!)));
    case BuiltinId.SliceData:
      return one(Op.OUNSAFESLICEDATA, r.b.types.pointer(elemOf(args[0].type!)));
    case BuiltinId.String:
      return two(Op.OUNSAFESTRING, stringType);
    case BuiltinId.StringData:
      return one(Op.OUNSAFESTRINGDATA, r.b.types.pointer(r.typ(bytePointerElem(r, tv))));
    default:
      throw new Error(`unexpected built-in function ${id}`);
  }
}

function bytePointerElem(r: Reader, tv: Type | null): Type {
  const t = tv === null ? null : r.typ(tv);
  return t !== null && t.kind === TypeKind.Pointer ? t.elem : basicTypes[BasicKind.Uint8];
}

/** Type of a complex number's parts. */
function partType(t: Type): Type {
  return basicKind(t) === BasicKind.Complex64 ? basicTypes[BasicKind.Float32] : basicTypes[BasicKind.Float64];
}
function wholeType(t: Type): Type {
  return basicKind(t) === BasicKind.Float32 ? basicTypes[BasicKind.Complex64] : basicTypes[BasicKind.Complex128];
}

/** make(T, …) (tcMake). */
function make(pos: XPos | null, type: Node, args: Node[]): Node {
  const t = type.type!;
  const u = under(t);
  const op = u.kind === TypeKind.Slice ? Op.OMAKESLICE : u.kind === TypeKind.Map ? Op.OMAKEMAP : Op.OMAKECHAN;
  const n = new Node(op, pos, t);
  n.y =
    args[0] ??
    (op === Op.OMAKESLICE ? null : literal(pos, basicTypes[BasicKind.UntypedInt], { kind: ValueKind.Int, val: 0n }));
  n.z = args[1] ?? null;
  return n;
}
