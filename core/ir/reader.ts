/** The state of building one function body (noder's reader). */
import { toComplex, toFloat, toInt } from '../constant/ops.ts';
import type { Value } from '../constant/value.ts';
import { ValueKind } from '../constant/value.ts';
import type { BlockStmt, Expr, Name as AstName, Node as AstNode, Unit } from '../syntax/ast.ts';
import { Kind } from '../syntax/ast.ts';
import type { Info } from '../types/info.ts';
import { Mode } from '../types/info.ts';
import type { Instance } from '../types/info.ts';
import { type FuncObj, ObjKind, type Obj, type PackageObj, type VarObj } from '../types/object.ts';
import type { SignatureType, Type } from '../types/type.ts';
import { BasicInfo, BasicKind, TypeKind } from '../types/type.ts';
import type { Builder, PackageSource } from './build.ts';
import { block, stmts } from './build-stmt.ts';
import { callShaped } from './build-closure.ts';
import type { Dict } from './instances.ts';
import { dictParamName, newLocal, newTemp } from './names.ts';
import type { Frame, Func, Sym, XPos } from './node.ts';
import { Class, Flag, Name, Node, Op } from './node.ts';
import { rewriteRangeFuncs, syntheticOf, writtenIn } from './rangefunc.ts';
import { canonical, outerValue } from './static-value.ts';
import {
  basicTypes,
  boolType,
  int32Type,
  intType,
  isComplex,
  isFloat,
  isInteger,
  stringType,
  uintType,
} from './typeinfo.ts';
import type { TypeEnv } from './types.ts';

/** Where a function's body comes from (noder's pkgReaderIndex). */
export interface Body {
  src: PackageSource;
  /** Undefined while nobody has asked for it (`blockOf`). */
  block: BlockStmt | null | undefined;
  sig: SignatureType;
  dict: Dict | null;
  env: TypeEnv | null;
  /** The method whose shaped form is called, for wrappers of methods of generic types. */
  method: { name: string; pkg: PackageObj | null } | null;
  /** The declared function; null for literals and functions without source. */
  obj: FuncObj | null;
  /** The reader of the function around a function literal. */
  outer: Reader | null;
  /** Makes the body of functions that have no source. */
  synthetic: ((pos: XPos, r: Reader) => void) | null;
}

/** What is being expanded, and where (the inl fields of noder's reader). */
export interface Inlining {
  caller: Func;
  call: Node;
  fn: Func;
  /** As in Frame. */
  index: number;
  /** Frames as seen from the call; one, but for bodies that are put together from several declarations. */
  frames: Frame[];
}

export class Reader {
  readonly info: Info;
  readonly locals = new Map<VarObj, Name>();
  /** Free variables that have been met, by object. */
  readonly captured = new Map<VarObj, Name>();
  dictParam: Name | null = null;
  inl: Inlining | null = null;
  /** Result variables of the function as declared; a range-over-func loop may have named them. */
  results: readonly VarObj[] = [];
  /** Literals and bodies of loops over functions that have been read. */
  funcLits = 0;
  rangeLits = 0;
  /** Captured values of a compiler-made closure that is being expanded. */
  synthVars: Name[] | null = null;
  constructor(
    readonly b: Builder,
    readonly src: PackageSource,
    readonly dict: Dict | null,
    readonly env: TypeEnv | null,
    public curfn: Func,
    /** Reader of the enclosing function, for function literals. */
    readonly outer: Reader | null,
  ) {
    this.info = src.info;
  }

  /** noder's importedDef: read from an imported declaration that is not generic. */
  get importedDef(): boolean {
    return this.src.imported && this.dict === null;
  }

  typ(t: Type): Type {
    const saved = this.b.importedDef;
    this.b.importedDef = this.importedDef;
    const r = this.b.types.typ(t, this.env);
    this.b.importedDef = saved;
    return r;
  }

  // ---- positions

  frameOf(unit: Unit): Frame {
    const frame = this.b.frame(writtenIn(unit));
    return this.inl === null ? frame : this.inlFrame(frame);
  }
  /** The frame as seen from the call that is being expanded (reader.inlPosBase). */
  inlFrame(frame: Frame): Frame {
    const inl = this.inl;
    if (inl === null || frame.inlinedAt !== null) return frame;
    for (const known of inl.frames) if (known.base === frame.base) return known;
    const f: Frame = { base: frame.base, inlinedAt: inl.call.pos, callee: inl.fn, index: inl.index };
    inl.frames.push(f);
    return f;
  }
  pos(n: AstNode): XPos | null {
    if (n.pos < 0) return null;
    const frame = this.frameOf(n.unit);
    const { last } = this;
    if (last !== null && last.off === n.pos && last.frame === frame) return last;
    return (this.last = { frame, off: n.pos });
  }
  /** The position that was asked for last: that of several nodes, as a rule. */
  private last: XPos | null = null;
  posAt(unit: Unit, off: number): XPos | null {
    return off < 0 ? null : { frame: this.frameOf(unit), off };
  }
  /** Position without inlining. */
  origPos(n: AstNode): XPos | null {
    if (n.pos < 0) return null;
    return { frame: this.b.frame(writtenIn(n.unit)), off: n.pos };
  }
  objPos(obj: VarObj): XPos | null {
    const pos = this.b.objPos(obj);
    return pos === null || this.inl === null ? pos : { frame: this.inlFrame(pos.frame), off: pos.off };
  }
  inlPos(pos: XPos | null): XPos | null {
    return pos === null || this.inl === null ? pos : { frame: this.inlFrame(pos.frame), off: pos.off };
  }

  // ---- side tables

  modeOf(x: AstNode): Mode {
    return x.unit.synthetic === null ? this.info.modeOf(x) : Mode.Value;
  }
  /** Type of an expression; of a generic function's name its instantiated type. Null for none. */
  typeOf(x: AstNode): Type | null {
    const made = syntheticOf(x.unit);
    return made === null ? this.info.typeOf(x) : (made.types.get(x.id) ?? null);
  }
  valueOf(x: AstNode): Value | null {
    const made = syntheticOf(x.unit);
    return made === null ? this.info.valueOf(x) : (made.values.get(x.id) ?? null);
  }
  objOf(name: AstName): Obj | null {
    const made = syntheticOf(name.unit);
    return made === null ? this.info.objOf(name) : (made.objs.get(name.id) ?? null);
  }
  instanceOf(name: AstName): Instance | null {
    return name.unit.synthetic === null ? this.info.instanceOf(name) : null;
  }
  isType(x: Expr): boolean {
    return this.modeOf(x) === Mode.TypExpr;
  }

  // ---- variables

  addLocal(obj: VarObj, name: Name): void {
    name.obj = obj;
    this.locals.set(obj, name);
  }

  newLocal(pos: XPos | null, obj: VarObj, type: Type): Name {
    const name = newLocal(pos, this.curfn, { pkg: obj.pkg, name: obj.name }, type);
    this.addLocal(obj, name);
    return name;
  }

  /** The variable that an object stands for here; captures it when it belongs to an enclosing function. */
  useLocal(obj: VarObj, at: AstNode | null): Name {
    const name = this.locals.get(obj) ?? this.captured.get(obj);
    if (name !== undefined) return name;
    const outer = this.outer;
    if (outer === null) throw new Error(`variable ${obj.name} is not declared in ${this.curfn.sym.name}`);
    const n = outer.useLocal(obj, at);
    const cv = newClosureVar(at === null ? null : outer.pos(at), this.curfn, n);
    cv.obj = obj;
    this.captured.set(obj, cv);
    return cv;
  }

  temp(pos: XPos | null, type: Type): Name {
    return newTemp(pos, this.curfn, type);
  }
}

/** A variable of `fn` that stands for `outer` of the enclosing function (ir.NewClosureVar). */
export function newClosureVar(pos: XPos | null, fn: Func, outer: Name): Name {
  const c = new Name(pos, outer.sym!, Class.PAUTOHEAP, outer.type);
  c.curfn = fn;
  c.isClosureVar = true;
  c.outer = outer;
  outer.captured = true;
  c.autotemp = outer.autotemp;
  fn.closureVars = [...fn.closureVars, c];
  return c;
}

/** Reads the body of a function into `fn` (reader.funcBody). */
export function funcBody(b: Builder, body: Body, fn: Func): Reader {
  const r = new Reader(b, body.src, body.dict, body.env, fn, body.outer);
  readBody(r, body, fn);
  return r;
}

/** Has the body checked, if the checker left it out (packages whose summary is known). */
export function ensureChecked(src: PackageSource, obj: FuncObj | null): void {
  const { checkBody } = src.checked;
  if (checkBody === null || obj === null) return;
  checkBody(obj);
}

/** What stands in the function's braces; null when it has none. */
export function blockOf(body: Body): BlockStmt | null {
  if (body.block === undefined) body.block = body.src.decls.get(body.obj!)?.body ?? null;
  return body.block;
}

/** Reads the body into `fn`; what is read within does not move where reading is outside (ir.WithFunc). */
export function readBody(r: Reader, body: Body, fn: Func): void {
  const { basePos } = r.b;
  r.b.basePos = fn.pos;
  readBlock(r, body, fn);
  r.b.basePos = basePos;
}

function readBlock(r: Reader, body: Body, fn: Func): void {
  ensureChecked(body.src, body.obj);
  const rewritten = blockOf(body) === null ? null : rewriteRangeFuncs(r, body);
  r.results = rewritten?.results ?? body.sig.results.vars;
  declareParams(r, body, fn);
  if (body.synthetic !== null) {
    fn.body = [];
    body.synthetic(fn.pos, r);
    return;
  }
  if (body.dict !== null && !body.dict.shaped) {
    fn.body = [];
    callShaped(r, body, fn.pos);
    return;
  }
  if (rewritten === null) return;
  const list = stmts(r, rewritten.block.stmtList);
  fn.body = list.length > 0 ? list : [block(null, [])];
}

/** Parameters and results become variables of the function (ir.Func.DeclareParams). */
export function declareParams(r: Reader, body: Body, fn: Func): void {
  const sig = body.sig;
  const dict = body.dict;
  const dcl: Name[] = [];
  let params = 0;
  const declare = (
    obj: VarObj | null,
    name: string,
    pkg: PackageObj | null,
    pos: XPos | null,
    type: Type,
    cls: Class,
  ) => {
    const index = cls === Class.PPARAM ? params++ : dcl.length - params;
    if (name === '' || name === '_') {
      name = `${cls === Class.PPARAM ? '~p' : '~r'}${index}`;
      pkg = null;
    }
    // the pseudo-package of methods of unnamed types has no name that could be printed
    const sym: Sym = { pkg: pkg ?? (fn.sym.pkg === r.b.goPkg ? null : fn.sym.pkg), name };
    const n = new Name(pos, sym, cls, type);
    n.curfn = fn;
    dcl.push(n);
    if (obj !== null) r.addLocal(obj, n);
    return n;
  };
  const param = (v: VarObj, cls: Class) =>
    declare(v, v.name, v.pkg, r.b.objPos(v), body.synthetic !== null ? v.type! : r.typ(v.type!), cls);
  if (sig.recv !== null && body.synthetic === null) param(sig.recv, Class.PPARAM);
  if (dict !== null && dict.shaped && body.outer === null) {
    r.dictParam = declare(
      null,
      dictParamName,
      r.inl?.fn.sym.pkg ?? fn.pkg,
      fn.pos,
      r.b.instances.dictParamType(dict),
      Class.PPARAM,
    );
  }
  sig.params.vars.forEach((v, i) => {
    const n = param(v, Class.PPARAM);
    if (sig.variadic && i === sig.params.vars.length - 1) n.isDDD = true;
  });
  for (const v of r.results) param(v, Class.PPARAMOUT);
  fn.dcl = dcl;
}

/** A constant as the type represents it (noder's FixValue). */
export function fixValue(type: Type, val: Value): Value {
  if (isInteger(type)) return orSelf(toInt(val), val);
  if (isFloat(type)) return orSelf(toFloat(val), val);
  if (isComplex(type)) return orSelf(toComplex(val), val);
  return val;
}

function orSelf(v: Value, old: Value): Value {
  return v.kind === ValueKind.Unknown ? old : v;
}

/** The type that an expression without one gets (noder's idealType). */
export function idealType(r: Reader, t: Type, val: Value | null): Type {
  if (t.kind === TypeKind.Basic && (t.info & BasicInfo.IsUntyped) !== 0) {
    switch (t.basic) {
      case BasicKind.UntypedInt:
      case BasicKind.UntypedFloat:
      case BasicKind.UntypedComplex: {
        const v = val === null ? null : toInt(val);
        return v !== null && v.kind === ValueKind.Int && v.val < 0n ? intType : uintType;
      }
      case BasicKind.UntypedBool:
        return boolType;
      case BasicKind.UntypedString:
        return stringType;
      case BasicKind.UntypedRune:
        return int32Type;
      default:
        return basicTypes[t.basic];
    }
  }
  return r.typ(t);
}

export function literal(pos: XPos | null, type: Type, val: Value): Node {
  const n = new Node(Op.OLITERAL, pos, type);
  n.val = fixValue(type, val);
  return n;
}

/** An object of package scope (noder's isGlobal). */
export function isGlobal(obj: Obj): boolean {
  if (obj.pkg === null) return true;
  return obj.parent === obj.pkg.scope;
}

/** The object and instance that an expression refers to, if any (noder's lookupObj). */
export function lookupObj(r: Reader, x: Expr): { obj: Obj | null; inst: Instance | null } {
  let e = x;
  if (e.kind === Kind.IndexExpr) {
    const index = e.index.kind === Kind.ListExpr ? e.index.elemList : [e.index];
    if (index.length === 1 && !r.isType(index[0])) return { obj: null, inst: null };
    e = e.x;
  }
  if (e.kind === Kind.SelectorExpr) {
    if (!isPkgQual(r, e.x)) return { obj: null, inst: null };
    e = e.sel;
  }
  if (e.kind !== Kind.Name) return { obj: null, inst: null };
  return { obj: r.objOf(e), inst: r.instanceOf(e) };
}

function isPkgQual(r: Reader, x: Expr): boolean {
  return x.kind === Kind.Name && r.objOf(x)?.kind === ObjKind.PkgName;
}

/** `&x`, or a pointer to the literal `x`; the variable that `x` is a part of has its address taken (ir.NewAddrExpr). */
export function newAddr(types: Builder['types'], pos: XPos | null, x: Node): Node {
  const lit = x.op === Op.OARRAYLIT || x.op === Op.OMAPLIT || x.op === Op.OSLICELIT || x.op === Op.OSTRUCTLIT;
  const n = new Node(lit ? Op.OPTRLIT : Op.OADDR, pos, types.pointer(x.type!));
  n.x = x;
  if (!lit) {
    const base = outerValue(x);
    if (base instanceof Name) {
      base.addrtaken = true;
      if (!base.byval) canonical(base).addrtaken = true;
    }
  }
  return n;
}

export function implicit(n: Node): Node {
  n.flags |= Flag.Implicit;
  return n;
}

export function unary(op: Op, pos: XPos | null, type: Type | null, x: Node): Node {
  const n = new Node(op, pos, type);
  n.x = x;
  return n;
}
