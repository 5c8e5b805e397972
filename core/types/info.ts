/**
 * What the checker found out about a package, by syntax node: side tables per declaration unit, indexed by node id.
 */
import type { Value } from '../constant/value.ts';
import type { Expr, File, FuncDecl, Name, Node, Unit } from '../syntax/ast.ts';
import type { Checker } from './checker.ts';
import type { FuncObj, Obj, PackageObj, VarObj } from './object.ts';
import type { SizeError } from './toolarge.ts';
import type { Type } from './type.ts';

/** types2's operandMode, as recorded for an expression. */
export const enum Mode {
  Invalid,
  NoValue,
  Builtin,
  TypExpr,
  Constant,
  Variable,
  MapIndex,
  Value,
  NilValue,
  CommaOk,
  CommaErr,
  CgoFunc,
}

export const enum SelectionKind {
  FieldVal,
  MethodVal,
  MethodExpr,
}

/** A selector that is not a qualified identifier (types2's Selection). */
export interface Selection {
  kind: SelectionKind;
  recv: Type;
  obj: VarObj | FuncObj;
  /** Path from the receiver: field indices through embedded fields, last the field's or method's own index. */
  index: number[];
  /** True when a pointer was followed on the path. */
  indirect: boolean;
}

/** A use of a generic function with its type arguments (types2's Instance), by the Name that denotes it. */
export interface Instance {
  targs: Type[];
  type: Type;
}

/** What most units have: nothing of the kind, and therefore no table of their own. */
const none: ReadonlyMap<number, never> = new Map<number, never>();

function enter<T>(table: ReadonlyMap<number, T>, id: number, value: T): ReadonlyMap<number, T> {
  if (table === none) return new Map([[id, value]]);
  (table as Map<number, T>).set(id, value);
  return table;
}

export class UnitInfo {
  mode: Uint8Array;
  /** Type of each expression (after untyped operands got their final type), by node id. */
  readonly type: (Type | null)[];
  /** Constant value of each constant expression. */
  val: ReadonlyMap<number, Value> = none;
  /** Object of each Name: defined (`defs`) or used (`uses`) there. */
  readonly obj: (Obj | null)[];
  selections: ReadonlyMap<number, Selection> = none;
  instances: ReadonlyMap<number, Instance> = none;
  /** Objects without a Name: type-switch clause variables (by CaseClause), implicit package names (by ImportDecl),
   * unnamed parameters and embedded fields (by Field). */
  implicits: ReadonlyMap<number, Obj> = none;
  constructor(unit: Unit) {
    this.mode = new Uint8Array(unit.nodeCount);
    this.type = new Array(unit.nodeCount).fill(null);
    this.obj = new Array(unit.nodeCount).fill(null);
  }
  setVal(id: number, value: Value): void {
    this.val = enter(this.val, id, value);
  }
  setSelection(id: number, selection: Selection): void {
    this.selections = enter(this.selections, id, selection);
  }
  setInstance(id: number, instance: Instance): void {
    this.instances = enter(this.instances, id, instance);
  }
  setImplicit(id: number, obj: Obj): void {
    this.implicits = enter(this.implicits, id, obj);
  }
}

/** One initialisation of package variables: lhs = rhs; no lhs for `var _ = rhs` handled as a blank variable. */
export interface Initializer {
  lhs: VarObj[];
  rhs: Expr;
}

export class Info {
  private readonly units = new Map<Unit, UnitInfo>();
  private lastUnit: Unit | null = null;
  private lastInfo: UnitInfo | null = null;

  /** The package's variable initialisations in execution order. */
  initOrder: Initializer[] = [];
  /** Package-level functions and methods in source order (files sorted by name), blank ones included. */
  readonly funcs: { readonly obj: FuncObj; decl: FuncDecl }[] = [];

  unit(unit: Unit): UnitInfo {
    if (unit === this.lastUnit) return this.lastInfo!;
    let info = this.units.get(unit);
    if (info === undefined) {
      info = new UnitInfo(unit);
      this.units.set(unit, info);
    }
    this.lastUnit = unit;
    this.lastInfo = info;
    return info;
  }
  /** Forgets what was found in a unit, before it is checked again, but for the nodes below `keep`. */
  renew(unit: Unit, keep: number): void {
    const old = this.units.get(unit);
    if (old === undefined) return;
    const info = new UnitInfo(unit);
    info.mode.set(old.mode.subarray(0, keep));
    for (let id = 0; id < keep; id++) {
      info.type[id] = old.type[id];
      info.obj[id] = old.obj[id];
    }
    info.val = keptBelow(keep, old.val);
    info.selections = keptBelow(keep, old.selections);
    info.instances = keptBelow(keep, old.instances);
    info.implicits = keptBelow(keep, old.implicits);
    this.units.set(unit, info);
    if (unit === this.lastUnit) this.lastUnit = this.lastInfo = null;
  }
  /** Makes room for nodes that a unit got since it was first looked at. */
  grow(unit: Unit): void {
    const info = this.units.get(unit);
    if (info === undefined) return;
    const mode = new Uint8Array(unit.nodeCount);
    mode.set(info.mode);
    info.mode = mode;
    while (info.type.length < unit.nodeCount) {
      info.type.push(null);
      info.obj.push(null);
    }
  }
  typeOf(x: Node | Expr): Type | null {
    return this.unit(x.unit).type[x.id];
  }
  modeOf(x: Node | Expr): Mode {
    return this.unit(x.unit).mode[x.id];
  }
  valueOf(x: Node | Expr): Value | null {
    return this.unit(x.unit).val.get(x.id) ?? null;
  }
  objOf(name: Name): Obj | null {
    return this.unit(name.unit).obj[name.id];
  }
  selectionOf(x: Node): Selection | null {
    return this.unit(x.unit).selections.get(x.id) ?? null;
  }
  instanceOf(name: Name): Instance | null {
    return this.unit(name.unit).instances.get(name.id) ?? null;
  }
  implicitOf(x: Node): Obj | null {
    return this.unit(x.unit).implicits.get(x.id) ?? null;
  }
}

function keptBelow<T>(limit: number, from: ReadonlyMap<number, T>): ReadonlyMap<number, T> {
  let to: ReadonlyMap<number, T> = none;
  for (const [id, value] of from) if (id < limit) to = enter(to, id, value);
  return to;
}

/** An error of the checker: where, in types2's words, continuation lines after the first. */
export interface TypeError {
  at: { unit: Unit; pos: number; end: number };
  message: string;
  /** Continuation lines: text with an optional place of its own. */
  continued: { at: { unit: Unit; pos: number } | null; message: string }[];
  /** Unused variables, imports, labels: reported, but the code is still analysed. */
  soft: boolean;
}

/** A checked package: everything the later layers read. */
export interface CheckedPackage {
  pkg: PackageObj;
  files: File[];
  info: Info;
  errors: TypeError[];
  /** Types that gc cannot lay out, where nothing else is wrong. */
  tooLarge: SizeError[];
  /** There are values so large that they may fill a stack frame. */
  fillsFrames: boolean;
  /** Units with an error in them: their functions are not analysed further. */
  broken: Set<Unit>;
  /** Checks a function's body that was left out, when it is needed; null when all bodies have been checked. */
  checkBody: ((obj: FuncObj) => void) | null;
  /** Checks a body again that was replaced in its unit (recheck.ts). */
  checker: Checker;
  /** For packages whose declarations are looked at when they are asked for; else null. */
  lazy: LazyChecked | null;
}

/** What is known of a function's declaration without its body. */
export interface FuncHead {
  unit: Unit;
  /** Of the declaration, in UTF-16 units from the unit's start. */
  pos: number;
  /** Flags of its directives (syntax Pragma). */
  pragma: number;
  hasBody: boolean;
}

export function headOf({ unit, pos, pragma, body }: FuncDecl): FuncHead {
  return { unit, pos, pragma, hasBody: body !== null };
}

/** What is asked for of a package whose declarations are looked at one by one (types/lazy.ts). */
export interface LazyChecked {
  /** The function's declaration; undefined for functions that have none here. */
  declOf(obj: FuncObj): FuncDecl | undefined;
  headOf(obj: FuncObj): FuncHead | undefined;
  /** All functions and methods, by the units in whose text they are. */
  functions(): { unit: Unit; name: string; method: boolean }[];
  /** What has been declared so far as bytes (export-data.ts); null when that cannot be written. */
  exported(): Uint8Array | null;
  /** Something has been declared from its source that is not among the bytes from which the package was read. */
  fresh: boolean;
  /** Parses and collects all functions in which types may be declared. */
  prepareLocalTypes(): void;
}
