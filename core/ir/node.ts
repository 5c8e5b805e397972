/**
 * The intermediate representation: function bodies as gc's middle end sees them, in gc's vocabulary
 * (cmd/compile/internal/ir). Nodes are mutable and of one shape; which field means what for an op is in the table at
 * `Node`. Built by `build*.ts` from the checked syntax tree, rewritten by devirtualization and inlining, read by escape
 * analysis.
 */
import type { Value } from '../constant/value.ts';
import type { PosBase } from '../source/text.ts';
import type { FuncObj, PackageObj, VarObj } from '../types/object.ts';
import type { Type } from '../types/type.ts';

export const enum Op {
  ONAME,
  ONONAME,
  OTYPE,
  OLITERAL,
  ONIL,
  OADD,
  OSUB,
  OOR,
  OXOR,
  OADDSTR,
  OADDR,
  OANDAND,
  OAPPEND,
  OBYTES2STR,
  ORUNES2STR,
  OSTR2BYTES,
  OSTR2RUNES,
  OSLICE2ARR,
  OSLICE2ARRPTR,
  OAS,
  OAS2,
  OAS2DOTTYPE,
  OAS2FUNC,
  OAS2MAPR,
  OAS2RECV,
  OASOP,
  OCALL,
  OCALLFUNC,
  OCALLMETH,
  OCALLINTER,
  OCAP,
  OCLEAR,
  OCLOSE,
  OCLOSURE,
  OMAPLIT,
  OSTRUCTLIT,
  OARRAYLIT,
  OSLICELIT,
  OPTRLIT,
  OCONV,
  OCONVIFACE,
  OCONVNOP,
  OCOPY,
  ODCL,
  ODCLFUNC,
  ODELETE,
  ODOT,
  ODOTPTR,
  ODOTMETH,
  ODOTINTER,
  ODOTTYPE,
  ODOTTYPE2,
  OEQ,
  ONE,
  OLT,
  OLE,
  OGE,
  OGT,
  ODEREF,
  OINDEX,
  OINDEXMAP,
  OKEY,
  OSTRUCTKEY,
  OLEN,
  OMAKECHAN,
  OMAKEMAP,
  OMAKESLICE,
  OMUL,
  ODIV,
  OMOD,
  OLSH,
  ORSH,
  OAND,
  OANDNOT,
  ONEW,
  ONOT,
  OBITNOT,
  OPLUS,
  ONEG,
  OOROR,
  OPANIC,
  OPRINT,
  OPRINTLN,
  OPAREN,
  OSEND,
  OSLICE,
  OSLICEARR,
  OSLICESTR,
  OSLICE3,
  OSLICE3ARR,
  ORECOVER,
  ORECV,
  ORUNESTR,
  OSELRECV2,
  OMIN,
  OMAX,
  OREAL,
  OIMAG,
  OCOMPLEX,
  OUNSAFEADD,
  OUNSAFESLICE,
  OUNSAFESLICEDATA,
  OUNSAFESTRING,
  OUNSAFESTRINGDATA,
  OMETHEXPR,
  OMETHVALUE,
  OBLOCK,
  OBREAK,
  OCASE,
  OCONTINUE,
  ODEFER,
  OFALL,
  OFOR,
  OGOTO,
  OIF,
  OLABEL,
  OGO,
  ORANGE,
  ORETURN,
  OSELECT,
  OSWITCH,
  OTYPESW,
  OINLCALL,
  OCHECKNIL,
  OINLMARK,
  OLINKSYMOFFSET,
  ODYNAMICDOTTYPE,
  ODYNAMICDOTTYPE2,
  ODYNAMICTYPE,
  OTAILCALL,
  OGETG,
  OGETCALLERSP,
  OITAB,
}

/** The frame a position lies in: a declaration, as it stands or inlined at a call of another frame. */
export interface Frame {
  readonly base: PosBase;
  /** The call that this copy of the declaration was inlined at, or null. */
  readonly inlinedAt: XPos | null;
  /** The function that was inlined; null when `inlinedAt` is. */
  readonly callee: Func | null;
  /** Number of that expansion among those of the package, in the order in which they are made (InlTree); -1. */
  readonly index: number;
}

/** A position with its inline stack (gc's XPos). One object may be shared by many nodes. */
export interface XPos {
  readonly frame: Frame;
  /** UTF-16 units from the frame's base. */
  readonly off: number;
}

/** What gc prints for a position: the outermost call site (base.Ctxt.OutermostPos). */
export function outermost(pos: XPos): XPos {
  let at = pos;
  while (at.frame.inlinedAt !== null) at = at.frame.inlinedAt;
  return at;
}

/** A linker-level symbol: package (null for predeclared) and name as gc's types.Sym has them. */
export interface Sym {
  readonly pkg: PackageObj | null;
  readonly name: string;
}

export const enum Flag {
  /** OCALL*: last argument is spread, f(x...). */
  IsDDD = 1 << 0,
  /** OCALL*: is the call of a go or defer statement. */
  GoDefer = 1 << 1,
  /** OCALL*: must not be inlined. */
  NoInline = 1 << 2,
  /** Inserted by the compiler: not printed (OADDR, ODEREF, conversions); literals of arguments for `...` are called so. */
  Implicit = 1 << 3,
  /** OAS, OAS2*, ORANGE, OSELRECV2: declares (:=). */
  Def = 1 << 4,
  /** OASOP: x++ or x--. */
  IncDec = 1 << 5,
  /** OINDEX, OSLICE*: bounds are known to hold. */
  Bounded = 1 << 6,
  /** OFOR, ORANGE: variables are per iteration. */
  DistinctVars = 1 << 7,
  /** OCALLFUNC: the call of runtime.KeepAlive that `for b.Loop()` brings (bloop.ts): its argument flows nowhere. */
  KeepAlive = 1 << 8,
  /** ONAME and what allocates: on the heap, as escape analysis found. */
  Heap = 1 << 9,
  /** Takes a run-time type from the dictionary (dict-uses.ts). */
  DictUse = 1 << 10,
}

/**
 * A statement or expression.
 *
 * | ops | fields |
 * | --- | --- |
 * | OADD…OANDNOT, OEQ…OGE, OANDAND, OOROR, OCOPY, OCOMPLEX, OUNSAFEADD/SLICE/STRING | x, y |
 * | OADDSTR, OMIN, OMAX, OPRINT, OPRINTLN, OAPPEND, ODELETE | list |
 * | ONOT, ONEG, OPLUS, OBITNOT, ODEREF, OADDR, ORECV, OLEN, OCAP, OREAL, OIMAG, OPANIC, OCLEAR, OCLOSE, OPAREN, ONEW, OUNSAFESLICEDATA/STRINGDATA, conversions | x |
 * | OCALLFUNC, OCALLINTER, OCALLMETH, OCALL, OTAILCALL | x function, list arguments |
 * | OCLOSURE | func |
 * | OSTRUCTLIT, OARRAYLIT, OSLICELIT, OMAPLIT | list; len: length of the array or slice |
 * | OPTRLIT | x literal |
 * | OSTRUCTKEY | field, x value |
 * | OKEY | x key, y value |
 * | ODOT, ODOTPTR, ODOTINTER, ODOTMETH | x, sym; field for struct fields, method for methods |
 * | OMETHEXPR, OMETHVALUE | x (OTYPE for OMETHEXPR), sym, method: name of the function |
 * | ODOTTYPE, ODOTTYPE2 | x; type is the asserted type |
 * | ODYNAMICDOTTYPE* | x, y run-time type of x; z and w as x and y of ODYNAMICTYPE |
 * | OINDEX, OINDEXMAP | x, y index |
 * | OSLICE, OSLICEARR, OSLICESTR, OSLICE3, OSLICE3ARR | x, y low, z high, w max |
 * | OMAKESLICE, OMAKEMAP, OMAKECHAN | y length, z capacity |
 * | OLITERAL | val |
 * | OINLCALL | body, list results |
 * | OAS | x, y |
 * | OASOP | x, y, asop |
 * | OAS2, OAS2FUNC, OAS2DOTTYPE, OAS2MAPR, OAS2RECV, OSELRECV2 | list left, list2 right |
 * | ODCL | x name |
 * | OBLOCK | list |
 * | OIF | x condition, body, list2 else |
 * | OFOR | x condition, y post, body, label |
 * | ORANGE | x, y key, z value, body, label |
 * | OSWITCH | x tag (OTYPESW: x expression, y the case variable's name), list of OCASE, label |
 * | OSELECT | list of OCASE, label |
 * | OCASE | x communication (select), y the clause's variable (type switch), list values or types, body |
 * | OGO, ODEFER | x call, y defer token of a range-over-func body |
 * | ORETURN | list results |
 * | OBREAK, OCONTINUE, OGOTO, OLABEL | label |
 * | ODYNAMICTYPE | x run-time type, or y itab |
 */
export class Node {
  init: Node[] = NONE;
  x: Node | null = null;
  y: Node | null = null;
  z: Node | null = null;
  w: Node | null = null;
  list: Node[] = NONE;
  list2: Node[] = NONE;
  body: Node[] = NONE;
  sym: Sym | null = null;
  label: string = '';
  /** Struct field of ODOT, ODOTPTR, OSTRUCTKEY. */
  field: VarObj | null = null;
  /** Function symbol of a method selector. */
  method: Name | null = null;
  func: Func | null = null;
  val: Value | null = null;
  asop: Op = 0;
  /** Not a number from the start: one large number in such a field, and each node would need an object for its own. */
  len: number | null = null;
  /** Set by escape analysis: the index of the node's location, -1 for none. */
  loc = -1;
  constructor(
    public op: Op,
    public pos: XPos | null,
    public type: Type | null,
    public flags = 0,
  ) {}
}

/** Shared empty list: replace it, never push to it. */
export const NONE: Node[] = [];

export const enum Class {
  /** A package-level variable. */
  PEXTERN,
  PAUTO,
  PAUTOHEAP,
  PPARAM,
  PPARAMOUT,
  PFUNC,
}

/** A variable or function (ONAME); one object per variable and function body copy. */
export class Name extends Node {
  /** Function that declares the variable; null for package-level ones. */
  curfn: Func | null = null;
  /** PFUNC: the function. */
  fn: Func | null = null;
  /** The statement that defines it (OAS, OAS2*, ORANGE, …); for closure variables null. */
  defn: Node | null = null;
  /** Closure variable: the variable of the enclosing function that it stands for. */
  outer: Name | null = null;
  /** Closure variable: captured by value. */
  byval = false;
  isClosureVar = false;
  addrtaken = false;
  /** A closure variable stands for it. */
  captured = false;
  /** Made by the compiler (.autotmp_N). */
  autotemp = false;
  /** Function parameter that is `...T`. */
  isDDD = false;
  /** The walk that has found the variable in use (deadlocals.ts). */
  usedIn: object | null = null;
  /** The checker's variable or function; null for synthetic ones. */
  obj: VarObj | FuncObj | null = null;
  constructor(
    pos: XPos | null,
    sym: Sym,
    /** Changes when a body is expanded: its parameters and results become variables of the caller. */
    public cls: Class,
    type: Type | null,
  ) {
    super(Op.ONAME, pos, type);
    this.sym = sym;
  }
}

/** What inlining knows of a function that can be inlined (ir.Inline). */
export interface Inline {
  cost: number;
  /** Results can be returned through delayed assignment: exactly one non-empty return and unnamed results. */
  canDelayResults: boolean;
}

/** Minimal number of dereferences after which a parameter flows to heap, mutator, callee and the results (escape.leaks);
 * -1 for no flow. Null stands for a parameter that leaks to the heap with none. */
export interface Leaks {
  heap: number;
  mutator: number;
  callee: number;
  /** Results 0 to 4. */
  results: number[];
}

/** Finds out what a function is asked for, and sets it. */
export interface Demand {
  inl(fn: Func): void;
  tags(fn: Func): void;
  /** The tag of one parameter, receiver first; undefined where only those of all can be told. */
  tag(fn: Func, param: number): Leaks | null | undefined;
}

/** A function to be compiled, or one of an imported package that is called. */
export class Func {
  body: Node[] = NONE;
  /** Parameters (receiver first), results, then locals, in gc's order. */
  dcl: Name[] = [];
  closureVars: Name[] = [];
  /** Enclosing function of a literal, range body or go/defer wrapper. */
  closureParent: Func | null = null;
  /** First enclosing function that is not itself the body of a range-over-func loop, for such bodies. */
  rangeParent: Func | null = null;
  oclosure: Node | null = null;
  /** Finds out what is not known yet when it is asked for: of imported functions, and in packages that are compiled
   * function by function. */
  demand: Demand | null = null;
  /** `inl` and `tags` are still to be found out. */
  inlPending = false;
  tagsPending = false;
  private inline: Inline | null = null;
  private leaks: (Leaks | null)[] = [];
  /** Has been through CanInline. */
  inlChecked = false;
  cannotInline = '';
  pragma = 0;
  /** Emitted in several packages (instances, wrappers, their closures): its parameters are not reported. */
  dupok = false;
  wrapper = false;
  /** A loop in the body declares variables of each iteration and lets something keep hold of them (loopvar.ts). */
  hasDistinctVars = false;
  /** The body has indices into something of known length that are not constant (bounds.ts). */
  hasKnownLengths = false;
  /** The body has labels that are written in the source: what jumps back, jumps to these. */
  hasLabels = false;
  isPackageInit = false;
  /** Body is from another package (imported, for inlining only). */
  imported = false;
  funcLitGen = 0;
  rangeLitGen = 0;
  goDeferGen = 0;
  /** How far escape analysis is with it (escape's EscFunc). */
  esc = 0;
  /** A literal whose results may be used by unknown callers (ClosureResultsLost). */
  closureResultsLost = false;
  /** The walk over the call graph that met the function last, and the number that it gave it (scc.ts). */
  metBy: object | null = null;
  met = 0;
  constructor(
    readonly nname: Name,
    public pos: XPos,
    readonly pkg: PackageObj,
  ) {}
  get inl(): Inline | null {
    if (this.inlPending) this.demand!.inl(this);
    return this.inline;
  }
  set inl(inl: Inline | null) {
    this.inline = inl;
  }
  /** Leak tags, receiver first; empty until analysed. */
  get tags(): (Leaks | null)[] {
    if (this.tagsPending) this.demand!.tags(this);
    return this.leaks;
  }
  set tags(tags: (Leaks | null)[]) {
    this.leaks = tags;
  }
  /** The leak tag of one parameter, receiver first: that can be known when those of others are not. */
  tag(i: number): Leaks | null | undefined {
    const alone = this.tagsPending ? this.demand!.tag(this, i) : undefined;
    return alone === undefined ? this.tags[i] : alone;
  }
  get type() {
    return this.nname.type;
  }
  get sym(): Sym {
    return this.nname.sym!;
  }
}
