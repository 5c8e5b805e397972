/** Expressions: writer.expr, reader.expr and typecheck's tcXxx for each kind. */
import { ValueKind } from '../constant/value.ts';
import type { CompositeLit, Expr, Operation, SelectorExpr } from '../syntax/ast.ts';
import { Kind, Op as SyntaxOp, unparen } from '../syntax/ast.ts';
import { Mode, SelectionKind, type Selection } from '../types/info.ts';
import { type FuncObj, type Obj, ObjKind, type VarObj } from '../types/object.ts';
import type { StructType, Type } from '../types/type.ts';
import { BasicKind, PointerType, TypeKind } from '../types/type.ts';
import { lookupFieldOrMethod } from '../types/lookup.ts';
import { lengthOf } from './bounds.ts';
import { callExpr } from './build-call.ts';
import { curry, funcLit } from './build-closure.ts';
import { implicitConv } from './build-conv.ts';
import { funcInst, methodExprValue, methodValue } from './build-method.ts';
import { noteDictUse } from './dict-uses.ts';
import {
  assignable,
  coreType,
  deref,
  identicalTypes,
  isInterfaceType,
  selectorOf,
  unalias,
  underType,
} from './generic.ts';
import { linkString } from './names.ts';
import { Node, Op, type XPos } from './node.ts';
import { idealType, implicit, isGlobal, literal, lookupObj, newAddr, type Reader, unary } from './reader.ts';
import { syntheticOf } from './rangefunc.ts';
import {
  byteType,
  elemOf,
  identicalStrict,
  basicTypes,
  isArray,
  isInterface,
  isPointer,
  isString,
  isUntyped,
  uint8Type,
  uintptrType,
  under,
} from './typeinfo.ts';

const binaryOps: Partial<Record<SyntaxOp, Op>> = {
  [SyntaxOp.OrOr]: Op.OOROR,
  [SyntaxOp.AndAnd]: Op.OANDAND,
  [SyntaxOp.Eql]: Op.OEQ,
  [SyntaxOp.Neq]: Op.ONE,
  [SyntaxOp.Lss]: Op.OLT,
  [SyntaxOp.Leq]: Op.OLE,
  [SyntaxOp.Gtr]: Op.OGT,
  [SyntaxOp.Geq]: Op.OGE,
  [SyntaxOp.Add]: Op.OADD,
  [SyntaxOp.Sub]: Op.OSUB,
  [SyntaxOp.Or]: Op.OOR,
  [SyntaxOp.Xor]: Op.OXOR,
  [SyntaxOp.Mul]: Op.OMUL,
  [SyntaxOp.Div]: Op.ODIV,
  [SyntaxOp.Rem]: Op.OMOD,
  [SyntaxOp.And]: Op.OAND,
  [SyntaxOp.AndNot]: Op.OANDNOT,
  [SyntaxOp.Shl]: Op.OLSH,
  [SyntaxOp.Shr]: Op.ORSH,
};

/** The IR's op for a binary operator (noder's binOps). */
export function binaryOp(op: SyntaxOp): Op {
  const o = binaryOps[op];
  if (o === undefined) throw new Error(`no binary operator ${op}`);
  return o;
}

/** Builds an expression. */
export function expr(r: Reader, x0: Expr): Node {
  const x = unparen(x0);
  const made = syntheticOf(x.unit);
  const helper = made?.helpers.get(x.id);
  if (helper !== undefined) {
    const sig = made!.types.get(x.id)!;
    const s = sig.kind === TypeKind.Signature ? sig : null;
    return r.b.runtimeFunc(
      helper,
      s!.params.vars.map(v => r.typ(v.type!)),
      s!.results.vars.map(v => r.typ(v.type!)),
    );
  }
  const { obj, inst } = lookupObj(r, x);
  const tv = inst !== null && x.kind === Kind.Name ? inst.type : r.typeOf(x);
  const val = r.valueOf(x);
  if (val !== null && tv !== null) return literal(r.pos(x), idealType(r, tv, val), val);
  if (obj !== null && obj.kind === ObjKind.Nil) return new Node(Op.ONIL, r.pos(x), r.typ(tv!));

  let reshape: Type | null = null;
  if (tv !== null && r.modeOf(x) !== Mode.Builtin && tv.kind !== TypeKind.Tuple && !isUntyped(tv)) reshape = r.typ(tv);
  const n = expr1(r, x, obj, inst === null ? [] : inst.targs, tv);
  if (reshape !== null && n.type !== null && !identicalStrict(n.type, reshape) && n.op !== Op.ONAME) n.type = reshape;
  return noteDictUse(r, n);
}

export function exprs(r: Reader, list: readonly Expr[]): Node[] {
  return list.map(x => expr(r, x));
}

export function optExpr(r: Reader, x: Expr | null): Node | null {
  return x === null ? null : expr(r, x);
}

function expr1(r: Reader, x: Expr, obj: Obj | null, targs: readonly Type[], tv: Type | null): Node {
  if (obj !== null) {
    if (targs.length > 0) {
      const { wrapper, base, dictPtr } = funcInst(r, r.pos(x), obj as FuncObj, targs);
      if (wrapper !== null) return wrapper;
      return curry(r, r.origPos(x), false, base, dictPtr!, null);
    }
    if (obj.kind === ObjKind.Var) return isGlobal(obj) ? r.b.global(obj) : r.useLocal(obj, x);
    if (obj.kind === ObjKind.Func) return r.b.global(obj);
    throw new Error(`${obj.name} is not a value`);
  }
  switch (x.kind) {
    case Kind.CompositeLit:
      return compLit(r, x, tv!);
    case Kind.FuncLit:
      return funcLit(r, x);
    case Kind.SelectorExpr: {
      const sel = r.info.selectionOf(x)!;
      return sel.kind === SelectionKind.FieldVal ? fieldVal(r, x, sel) : methodSelector(r, x, sel);
    }
    case Kind.IndexExpr: {
      const selector = selectorOf(x);
      const sel = selector === null ? null : r.info.selectionOf(selector);
      if (sel !== null && sel.kind !== SelectionKind.FieldVal) return methodSelector(r, selector!, sel);
      const core = coreType(r.typeOf(x.x)!);
      const keyType = core !== null && core.kind === TypeKind.Map ? core.key : null;
      const n = expr(r, x.x);
      const pos = r.pos(x);
      const index = implicitConv(r, keyType, x.index);
      return indexExpr(r, pos, n, index);
    }
    case Kind.SliceExpr: {
      const n = expr(r, x.x);
      const pos = r.pos(x);
      const [low, high, max] = x.indices.map(i => optExpr(r, i));
      return sliceExpr(r, pos, n, low, high, max);
    }
    case Kind.AssertExpr: {
      const iface = r.typeOf(x.x)!;
      const n = expr(r, x.x);
      const pos = r.pos(x);
      const typ = exprType(r, iface, x.type);
      if (typ.op === Op.ODYNAMICTYPE) {
        const a = unary(Op.ODYNAMICDOTTYPE, pos, typ.type, n);
        a.y = rtype(r, pos, iface);
        a.z = typ.x;
        a.w = typ.y;
        return a;
      }
      return unary(Op.ODOTTYPE, pos, typ.type, n);
    }
    case Kind.Operation:
      return operation(r, x, tv);
    case Kind.CallExpr:
      return callExpr(r, x, tv);
    default:
      throw new Error(`unexpected expression of kind ${x.kind}`);
  }
}

// ---- selectors

/** x.field by index: ODOT or ODOTPTR (typecheck.DotField). */
export function dotField(pos: XPos | null, x: Node, index: number): Node {
  const ptr = isPointer(x.type!);
  const struct = under(ptr ? elemOf(x.type!) : x.type!) as StructType;
  const field = struct.fields[index];
  const n = unary(ptr ? Op.ODOTPTR : Op.ODOT, pos, field.type, x);
  n.sym = { pkg: field.pkg, name: field.name };
  n.field = field;
  return n;
}

/** x.M or T.M that is not called. */
function methodSelector(r: Reader, x: SelectorExpr, sel: Selection): Node {
  if (sel.kind !== SelectionKind.MethodVal) return methodExprValue(r, x, sel);
  const { recv, typ } = recvExpr(r, x, sel);
  return methodValue(r, x, sel, recv, typ);
}

function fieldVal(r: Reader, x: SelectorExpr, sel: Selection): Node {
  let n = expr(r, x.x);
  const pos = r.pos(x);
  sel.index.forEach((ix, i) => {
    n = dotField(pos, n, ix);
    if (i < sel.index.length - 1) implicit(n);
  });
  return n;
}

/** Receiver of a method call or value: implicit fields, dereference or address included (writer.recvExpr). `typ` is its
 * type before type parameters are replaced. */
export function recvExpr(r: Reader, x: SelectorExpr, sel: Selection): { recv: Node; typ: Type } {
  let n = expr(r, x.x);
  const pos = r.pos(x);
  let typ = r.typeOf(x.x)!;
  for (const ix of sel.index.slice(0, -1)) {
    typ = (underType(deref(typ)) as StructType).fields[ix].type!;
    n = implicit(dotField(pos, n, ix));
  }
  const want = recvKind(typ, sel.obj as FuncObj);
  if (want === 'deref') {
    n = implicit(unary(Op.ODEREF, pos, elemOf(n.type!), n));
    typ = deref(typ);
  } else if (want === 'addr') {
    n = implicit(newAddr(r.b.types, pos, n));
    typ = ptrTo(typ);
  }
  return { recv: n, typ };
}

/** How a receiver of type `typ` becomes the method's own receiver type (isPtrTo of writer.recvExpr). */
export function recvKind(typ: Type, method: FuncObj): 'deref' | 'addr' | '' {
  const u = unalias(typ);
  if (u.kind === TypeKind.TypeParam || isInterfaceType(u)) return '';
  const ptr = u.kind === TypeKind.Pointer;
  const m = method.origin ?? method;
  const recv = m.signature.recv;
  if (recv === null || recv.type === null) return '';
  const rt = unalias(recv.type);
  if (rt.kind !== TypeKind.Pointer && isInterfaceType(rt)) return '';
  const wantPtr = rt.kind === TypeKind.Pointer;
  if (ptr && !wantPtr) return 'deref';
  return !ptr && wantPtr ? 'addr' : '';
}

const pointers = new WeakMap<Type, Type>();
/** *T of a checker's type. */
export function ptrTo(t: Type): Type {
  let p = pointers.get(t);
  if (p === undefined) {
    p = new PointerType(t);
    pointers.set(t, p);
  }
  return p;
}

// ---- index and slice

export function indexExpr(r: Reader, pos: XPos | null, x: Node, index: Node): Node {
  if (isPointer(x.type!) && isArray(elemOf(x.type!))) {
    x = implicit(unary(Op.ODEREF, pos, elemOf(x.type!), x));
  }
  const u = under(x.type!);
  const map = u.kind === TypeKind.Map;
  const n = unary(map ? Op.OINDEXMAP : Op.OINDEX, pos, isString(x.type!) ? byteType : elemOf(x.type!), x);
  n.y = index;
  if (index.op !== Op.OLITERAL && lengthOf(x) >= 0) r.curfn.hasKnownLengths = true;
  return n;
}

function sliceExpr(r: Reader, pos: XPos | null, x: Node, low: Node | null, high: Node | null, max: Node | null): Node {
  if (isArray(x.type!)) x = implicit(newAddr(r.b.types, pos, x));
  const n = new Node(max === null ? Op.OSLICE : Op.OSLICE3, pos, x.type);
  if (isString(x.type!)) n.op = Op.OSLICESTR;
  else if (isPointer(x.type!)) {
    n.op = max === null ? Op.OSLICEARR : Op.OSLICE3ARR;
    n.type = r.b.types.slice(elemOf(elemOf(x.type!)));
  }
  n.x = x;
  n.y = low;
  n.z = high;
  n.w = max;
  return n;
}

// ---- operators

function operation(r: Reader, x: Operation, tv: Type | null): Node {
  const pos = r.pos(x);
  if (x.y === null) {
    const n = expr(r, x.x);
    switch (x.op) {
      case SyntaxOp.And:
        return newAddr(r.b.types, pos, n);
      case SyntaxOp.Mul:
        return unary(Op.ODEREF, pos, elemOf(n.type!), n);
      case SyntaxOp.Recv:
        return unary(Op.ORECV, pos, elemOf(n.type!), n);
      case SyntaxOp.Not:
        return unary(Op.ONOT, pos, n.type, n);
      case SyntaxOp.Xor:
        return unary(Op.OBITNOT, pos, n.type, n);
      case SyntaxOp.Add:
        return unary(Op.OPLUS, pos, n.type, n);
      default:
        return unary(Op.ONEG, pos, n.type, n);
    }
  }
  let common: Type | null = null;
  if (x.op !== SyntaxOp.Shl && x.op !== SyntaxOp.Shr) common = commonType(r.typeOf(x.x)!, r.typeOf(x.y)!);
  const op = binaryOp(x.op);
  const left = implicitConv(r, common, x.x);
  const right = implicitConv(r, common, x.y);
  return binary(r, op, pos, left, right, tv);
}

/** The type that both operands of a comparison or arithmetic operation are converted to. */
export function commonType(x: Type, y: Type): Type {
  if (identicalTypes(x, y)) return y;
  return assignable(x, y) ? y : x;
}

/** A binary operation; string concatenations become one flat list at the last operator (typecheck OADD). */
export function binary(r: Reader, op: Op, pos: XPos | null, x: Node, y: Node, tv: Type | null): Node {
  if (op === Op.OADD && isString(x.type!)) {
    let add = x;
    if (x.op === Op.OADDSTR) add.pos = pos;
    else {
      add = new Node(Op.OADDSTR, pos, x.type);
      add.list = [x];
    }
    if (y.op === Op.OADDSTR) add.list.push(...y.list);
    else add.list.push(y);
    add.type = x.type;
    return add;
  }
  const compare = op >= Op.OEQ && op <= Op.OGT;
  const n = new Node(op, pos, compare ? (tv === null ? null : idealType(r, tv, null)) : x.type);
  n.x = x;
  n.y = y;
  return n;
}

// ---- types as operands

/** A type as an operand of new, make, assertions and type switches: an OTYPE, or an ODYNAMICTYPE when only the
 * dictionary knows it (reader.exprType). `iface`: the type of the value asserted on, or null. */
export function exprType(r: Reader, iface: Type | null, x: Expr): Node {
  const pos = r.pos(x);
  const t = r.typeOf(x)!;
  const type = r.typ(t);
  const derived = r.env !== null && isDerived(r, t);
  const typeNode = () => new Node(Op.OTYPE, pos, type);
  if (iface !== null && !isEmptyIface(iface)) {
    r.typ(iface);
    const dynamic = isInterface(type) ? derived : derived || (r.env !== null && isDerived(r, iface));
    if (!dynamic) return typeNode();
    const n = new Node(Op.ODYNAMICTYPE, pos, type);
    if (isInterface(type)) n.x = rttiWord(r, pos);
    else n.y = rttiWord(r, pos);
    return n;
  }
  if (!derived) return typeNode();
  const n = new Node(Op.ODYNAMICTYPE, pos, type);
  n.x = rttiWord(r, pos);
  return n;
}

/** The run-time type of a type: the address of its symbol, or a word of the dictionary (reader.rtype). */
function rtype(r: Reader, pos: XPos | null, t: Type): Node {
  const type = r.typ(t);
  if (r.env !== null && isDerived(r, t)) return rttiWord(r, pos);
  const sym = new Node(Op.OLINKSYMOFFSET, pos, uint8Type);
  sym.sym = { pkg: null, name: `type:${linkString(type)}` };
  return unary(Op.OADDR, pos, r.b.types.pointer(uint8Type), sym);
}

export function isEmptyIface(t: Type): boolean {
  const u = underType(t);
  return u.kind === TypeKind.Interface && u.methods.length === 0 && u.embeddeds.every(isEmptyIface);
}

/** The type depends on type parameters (typeInfo.derived). */
export function isDerived(r: Reader, t: Type): boolean {
  switch (t.kind) {
    case TypeKind.TypeParam:
      return true;
    case TypeKind.Alias:
      return t.targs.some(a => isDerived(r, a)) || isDerived(r, t.actual ?? t.fromRHS!);
    case TypeKind.Named: {
      if (t.targs.some(a => isDerived(r, a))) return true;
      return t.obj.pkg !== null && r.b.instances.hasImplicits(t.origin.obj);
    }
    case TypeKind.Pointer:
    case TypeKind.Slice:
    case TypeKind.Array:
    case TypeKind.Chan:
      return isDerived(r, t.elem);
    case TypeKind.Map:
      return isDerived(r, t.key) || isDerived(r, t.elem);
    case TypeKind.Struct:
      return t.fields.some(f => isDerived(r, f.type!));
    case TypeKind.Tuple:
      return t.vars.some(v => isDerived(r, v.type!));
    case TypeKind.Signature:
      return isDerived(r, t.params) || isDerived(r, t.results);
    case TypeKind.Interface:
      return t.methods.some(m => isDerived(r, m.type!)) || t.embeddeds.some(e => isDerived(r, e));
    default:
      return false;
  }
}

/** A word of the dictionary (reader.dictWord). */
export function dictWord(r: Reader, pos: XPos | null, index: number): Node {
  const dict = r.dictParam!;
  const star = implicit(unary(Op.ODEREF, pos, elemOf(dict.type!), dict));
  const n = unary(Op.OINDEX, pos, uintptrType, star);
  n.y = literal(pos, basicTypes[BasicKind.UntypedInt], { kind: ValueKind.Int, val: BigInt(index) });
  return n;
}

function rttiWord(r: Reader, pos: XPos | null): Node {
  return unary(Op.OCONVNOP, pos, r.b.types.pointer(uint8Type), dictWord(r, pos, 0));
}

// ---- composite literals

function compLit(r: Reader, x: CompositeLit, tv: Type): Node {
  const pos = r.pos(x);
  const typ0 = r.typ(tv);
  const ptr = isPointer(typ0);
  const typ = ptr ? elemOf(typ0) : typ0;
  let gen = tv;
  const core = coreType(gen);
  if (core !== null && core.kind === TypeKind.Pointer) gen = core.elem;
  const kind = coreType(gen)!;
  const key = kind.kind === TypeKind.Map ? kind.key : null;
  const elem =
    kind.kind === TypeKind.Map || kind.kind === TypeKind.Slice || kind.kind === TypeKind.Array ? kind.elem : null;

  const list = x.elemList.map((e, i) => {
    if (kind.kind === TypeKind.Struct) {
      const keyed = e.kind === Kind.KeyValueExpr;
      const path = literalField(r, kind, e, i);
      const field = fieldAt(under(typ) as StructType, path);
      const n = new Node(Op.OSTRUCTKEY, r.pos(keyed ? e.key : e), null);
      n.field = field;
      n.sym = { pkg: field.pkg, name: field.name };
      n.x = implicitConv(r, fieldAt(kind, path).type!, keyed ? e.value : e);
      return n;
    }
    if (e.kind === Kind.KeyValueExpr) {
      const n = new Node(Op.OKEY, r.pos(e.key), null);
      n.x = implicitConv(r, key, e.key);
      n.y = implicitConv(r, elem, e.value);
      return n;
    }
    return implicitConv(r, elem, e);
  });
  let lit = newCompLit(pos, typ, list);
  if (typ.kind === TypeKind.Struct) r.b.writtenTypes.set(lit, gen);
  if (ptr) {
    lit = newAddr(r.b.types, pos, lit);
    lit.type = typ0;
  }
  return lit;
}

/** Where the field is that the i-th element of a struct literal sets: indices, through embedded structs. */
export function literalField(r: Reader, struct: StructType, e: Expr, i: number): readonly number[] {
  if (e.kind !== Kind.KeyValueExpr || e.key.kind !== Kind.Name) return [i];
  const { key } = e;
  const obj = r.objOf(key);
  let index = struct.fields.findIndex(f => f === obj);
  if (index < 0) index = struct.fields.findIndex(f => f.name === key.value);
  return index >= 0 ? [index] : lookupFieldOrMethod(struct, false, r.src.checked.pkg, key.value, false).index!;
}

/** The field at the end of a path through embedded structs. */
export function fieldAt(struct: StructType, path: readonly number[]): VarObj {
  let s = struct;
  for (const i of path.slice(0, -1)) s = underType(s.fields[i].type!) as StructType;
  return s.fields[path[path.length - 1]];
}

/** A composite literal with its op by type (tcCompLit). */
export function newCompLit(pos: XPos | null, typ: Type, list: Node[]): Node {
  const u = under(typ);
  const n = new Node(Op.OSTRUCTLIT, pos, typ);
  n.list = list;
  switch (u.kind) {
    case TypeKind.Array:
      n.op = Op.OARRAYLIT;
      n.len = u.len;
      break;
    case TypeKind.Slice: {
      n.op = Op.OSLICELIT;
      let next = 0;
      let length = 0;
      for (const e of list) {
        if (e.op === Op.OKEY && e.x!.val !== null && e.x!.val.kind === ValueKind.Int) next = Number(e.x!.val.val);
        next++;
        if (next > length) length = next;
      }
      n.len = length;
      break;
    }
    case TypeKind.Map:
      n.op = Op.OMAPLIT;
      break;
    default:
  }
  return n;
}
