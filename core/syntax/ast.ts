/**
 * The syntax tree: the node kinds and field names of gc's own parser (cmd/compile/internal/syntax, nodes.go), so that
 * gc's rules can be read beside ours.
 *
 * Every node is an object of one shape. A top-level declaration as written (a whole parenthesised group is one) is a
 * `Unit`: node ids are dense within it and offsets are relative to its start, so that an edit elsewhere changes nothing
 * in it. What the checker finds out lives in side tables by id (`types/info.ts`), never in the node.
 */
import type { PosBase, SourceText } from '../source/text.ts';

export const enum Kind {
  // expressions
  BadExpr,
  Name,
  BasicLit,
  CompositeLit,
  KeyValueExpr,
  FuncLit,
  ParenExpr,
  SelectorExpr,
  IndexExpr,
  SliceExpr,
  AssertExpr,
  TypeSwitchGuard,
  Operation,
  CallExpr,
  ListExpr,
  ArrayType,
  SliceType,
  DotsType,
  StructType,
  Field,
  InterfaceType,
  FuncType,
  MapType,
  ChanType,
  // declarations
  ImportDecl,
  ConstDecl,
  TypeDecl,
  VarDecl,
  FuncDecl,
  // statements
  EmptyStmt,
  LabeledStmt,
  BlockStmt,
  ExprStmt,
  SendStmt,
  DeclStmt,
  AssignStmt,
  BranchStmt,
  CallStmt,
  ReturnStmt,
  IfStmt,
  ForStmt,
  SwitchStmt,
  SelectStmt,
  RangeClause,
  CaseClause,
  CommClause,
}

/** Operators, in gc's order (syntax/tokens.go); None marks a plain assignment or `:=`'s absence. */
export const enum Op {
  None,
  Def, // :=
  Not, // !
  Recv, // <-
  Tilde, // ~
  OrOr,
  AndAnd,
  Eql,
  Neq,
  Lss,
  Leq,
  Gtr,
  Geq,
  Add,
  Sub,
  Or,
  Xor,
  Mul,
  Div,
  Rem,
  And,
  AndNot,
  Shl,
  Shr,
}

export const enum LitKind {
  Int,
  Float,
  Imag,
  Rune,
  String,
}

/** Keyword of a BranchStmt or CallStmt. */
export const enum Tok {
  Break,
  Continue,
  Fallthrough,
  Goto,
  Go,
  Defer,
}

export const enum ChanDir {
  Both,
  SendOnly,
  RecvOnly,
}

export const enum NodeFlag {
  HasDots = 1, // CallExpr f(x...)
  Full = 2, // SliceExpr x[i:j:k]
  Alias = 4, // TypeDecl type T = …
  Def = 8, // RangeClause k, v := range
  ImplicitOne = 16, // AssignStmt x++ / x--: rhs is null
  BadLit = 32, // BasicLit with a syntax error
  MethodDecl = 64, // FuncDecl with a receiver
}

/** Compiler directives of a declaration (gc's ir.PragmaFlag), bits of `pragma`. */
export const enum Pragma {
  Nointerface = 1,
  Noescape = 2,
  Norace = 4,
  Nosplit = 8,
  Noinline = 16,
  NoCheckPtr = 32,
  Systemstack = 64,
  Nowritebarrier = 128,
  Nowritebarrierrec = 256,
  Yeswritebarrierrec = 512,
  CgoUnsafeArgs = 1024,
  UintptrKeepAlive = 2048,
  UintptrEscapes = 4096,
  GoBuildPragma = 8192,
  RegisterParams = 16384,
  NotInHeap = 32768,
  Linkname = 65536, // named by a //go:linkname in this file
}

/** The one shape of all nodes. `a`…`d`, `list`, `list2` are reached by their names in the interfaces below. */
export class RawNode {
  constructor(
    public kind: Kind,
    readonly id: number,
    /** Another one once the node has been put into the unit of the text before (graft.ts). */
    public unit: Unit,
    /** gc's position of the node (syntax.Node.Pos): a call's `(`, a binary operator, …; relative to the unit. */
    public pos: number,
    /** First and past-the-end offset of the node's text; relative to the unit. */
    public start: number,
    public end: number,
    public op: number,
    public flags: number,
    /** CaseClause, CommClause: offset of the colon; FuncDecl, TypeDecl, VarDecl: pragma bits; ConstDecl: iota; BlockStmt:
     * offset of `}`; else 0. */
    public aux: number,
    public text: string,
    public a: RawNode | null,
    public b: RawNode | null,
    public c: RawNode | null,
    public d: RawNode | null,
    public list: RawNode[],
    public list2: RawNode[],
    /** Decl group that the declaration is part of, or null. */
    public group: Group | null,
  ) {}

  get value(): RawNode | string | null {
    return this.kind === Kind.Name || this.kind === Kind.BasicLit ? this.text : this.c;
  }
  get litKind() {
    return this.op;
  }
  get tok() {
    return this.op;
  }
  get dir() {
    return this.op;
  }
  get hasDots() {
    return (this.flags & NodeFlag.HasDots) !== 0;
  }
  get full() {
    return (this.flags & NodeFlag.Full) !== 0;
  }
  get alias() {
    return (this.flags & NodeFlag.Alias) !== 0;
  }
  get def() {
    return (this.flags & NodeFlag.Def) !== 0;
  }
  get colon() {
    return this.aux;
  }
  get rbrace() {
    return this.aux;
  }
  get iota() {
    return this.aux;
  }
  get pragma() {
    return this.aux;
  }
  get x() {
    return this.a;
  }
  get fun() {
    return this.a;
  }
  get key() {
    return this.a;
  }
  get len() {
    return this.a;
  }
  get name() {
    return this.a;
  }
  get localPkgName() {
    return this.a;
  }
  get label() {
    return this.a;
  }
  get chan() {
    return this.a;
  }
  get call() {
    return this.a;
  }
  get results() {
    return this.a;
  }
  get init() {
    return this.a;
  }
  get cases() {
    return this.a;
  }
  get comm() {
    return this.a;
  }
  get type() {
    return this.b;
  }
  get y() {
    return this.b;
  }
  get elem() {
    return this.b;
  }
  get rhs() {
    return this.b;
  }
  get cond() {
    return this.b;
  }
  get tag() {
    return this.b;
  }
  get sel() {
    return this.c;
  }
  get index() {
    return this.c;
  }
  get path() {
    return this.c;
  }
  get values() {
    return this.c;
  }
  get recv() {
    return this.c;
  }
  get stmt() {
    return this.c;
  }
  get lhs() {
    return this.c;
  }
  get post() {
    return this.c;
  }
  get else() {
    return this.c;
  }
  get body() {
    return this.d;
  }
  get then() {
    return this.d;
  }
  get elemList() {
    return this.list;
  }
  get argList() {
    return this.list;
  }
  get indices() {
    return this.list;
  }
  get fieldList() {
    return this.list;
  }
  get tagList() {
    return this.list2;
  }
  get methodList() {
    return this.list;
  }
  get paramList() {
    return this.list;
  }
  get resultList() {
    return this.list2;
  }
  get nameList() {
    return this.list;
  }
  get tparamList() {
    return this.list2;
  }
  get stmtList() {
    return this.list;
  }
  get declList() {
    return this.list;
  }
  get clauses() {
    return this.list;
  }
}

/** Identity of a parenthesised declaration group; an ungrouped declaration has none. */
export interface Group {
  /** Nothing but identity. */
  readonly unit: Unit;
}

interface Base<K extends Kind> {
  readonly kind: K;
  readonly id: number;
  readonly unit: Unit;
  readonly pos: number;
  readonly start: number;
  readonly end: number;
  readonly flags: number;
}

// ---- expressions

export interface BadExpr extends Base<Kind.BadExpr> {}
export interface Name extends Base<Kind.Name> {
  readonly value: string;
}
export interface BasicLit extends Base<Kind.BasicLit> {
  /** The literal as written. */
  readonly value: string;
  readonly litKind: LitKind;
}
/** Type{ElemList[0], …}; `type` is null for elided inner literals. */
export interface CompositeLit extends Base<Kind.CompositeLit> {
  readonly type: Expr | null;
  readonly elemList: Expr[];
}
export interface KeyValueExpr extends Base<Kind.KeyValueExpr> {
  readonly key: Expr;
  readonly value: Expr;
}
export interface FuncLit extends Base<Kind.FuncLit> {
  readonly type: FuncType;
  readonly body: BlockStmt;
}
export interface ParenExpr extends Base<Kind.ParenExpr> {
  readonly x: Expr;
}
export interface SelectorExpr extends Base<Kind.SelectorExpr> {
  readonly x: Expr;
  readonly sel: Name;
}
/** x[index]; several indices (instantiation) come as one ListExpr. */
export interface IndexExpr extends Base<Kind.IndexExpr> {
  readonly x: Expr;
  readonly index: Expr;
}
/** x[indices[0] : indices[1] : indices[2]]; always three, a missing one is null. */
export interface SliceExpr extends Base<Kind.SliceExpr> {
  readonly x: Expr;
  readonly indices: (Expr | null)[];
  readonly full: boolean;
}
export interface AssertExpr extends Base<Kind.AssertExpr> {
  readonly x: Expr;
  readonly type: Expr;
}
/** lhs := x.(type) */
export interface TypeSwitchGuard extends Base<Kind.TypeSwitchGuard> {
  readonly lhs: Name | null;
  readonly x: Expr;
}
/** Unary (y null) or binary operation; `*x` and `&x` are unary Mul and And. */
export interface Operation extends Base<Kind.Operation> {
  readonly op: Op;
  readonly x: Expr;
  readonly y: Expr | null;
}
export interface CallExpr extends Base<Kind.CallExpr> {
  readonly fun: Expr;
  readonly argList: Expr[];
  readonly hasDots: boolean;
}
/** x, y, z: both sides of assignments, results, case lists, several type arguments. */
export interface ListExpr extends Base<Kind.ListExpr> {
  readonly elemList: Expr[];
}
/** [len]elem; `len` null is [...]elem. */
export interface ArrayType extends Base<Kind.ArrayType> {
  readonly len: Expr | null;
  readonly elem: Expr;
}
export interface SliceType extends Base<Kind.SliceType> {
  readonly elem: Expr;
}
/** ...elem, as the type of a last parameter. */
export interface DotsType extends Base<Kind.DotsType> {
  readonly elem: Expr;
}
/** One Field per name; `tagList` is empty or as long as `fieldList`, with null where a field has no tag. */
export interface StructType extends Base<Kind.StructType> {
  readonly fieldList: Field[];
  readonly tagList: (BasicLit | null)[];
}
/** name type; `name` null for embedded fields, unnamed parameters, embedded interface elements. Names that share a
 * type as in `a, b T` are Fields that share the same `type` node. */
export interface Field extends Base<Kind.Field> {
  readonly name: Name | null;
  readonly type: Expr;
}
export interface InterfaceType extends Base<Kind.InterfaceType> {
  readonly methodList: Field[];
}
export interface FuncType extends Base<Kind.FuncType> {
  readonly paramList: Field[];
  readonly resultList: Field[];
}
export interface MapType extends Base<Kind.MapType> {
  readonly key: Expr;
  readonly value: Expr;
}
export interface ChanType extends Base<Kind.ChanType> {
  readonly dir: ChanDir;
  readonly elem: Expr;
}

export type Expr =
  | BadExpr
  | Name
  | BasicLit
  | CompositeLit
  | KeyValueExpr
  | FuncLit
  | ParenExpr
  | SelectorExpr
  | IndexExpr
  | SliceExpr
  | AssertExpr
  | TypeSwitchGuard
  | Operation
  | CallExpr
  | ListExpr
  | ArrayType
  | SliceType
  | DotsType
  | StructType
  | Field
  | InterfaceType
  | FuncType
  | MapType
  | ChanType;

// ---- declarations

interface DeclBase<K extends Kind> extends Base<K> {
  readonly group: Group | null;
}
export interface ImportDecl extends DeclBase<Kind.ImportDecl> {
  /** Name, `.` and `_` included; null when none is written. */
  readonly localPkgName: Name | null;
  readonly path: BasicLit | null;
}
/** One line of a const group; `type` and `values` null when the previous line's are repeated (found by the checker). */
export interface ConstDecl extends DeclBase<Kind.ConstDecl> {
  readonly nameList: Name[];
  readonly type: Expr | null;
  readonly values: Expr | null;
  readonly iota: number;
}
export interface TypeDecl extends DeclBase<Kind.TypeDecl> {
  readonly name: Name;
  readonly tparamList: Field[];
  readonly alias: boolean;
  readonly type: Expr;
  readonly pragma: number;
}
export interface VarDecl extends DeclBase<Kind.VarDecl> {
  readonly nameList: Name[];
  readonly type: Expr | null;
  readonly values: Expr | null;
  readonly pragma: number;
}
export interface FuncDecl extends DeclBase<Kind.FuncDecl> {
  readonly recv: Field | null;
  readonly name: Name;
  readonly tparamList: Field[];
  readonly type: FuncType;
  /** Null for a function without a body (assembly, linkname). */
  readonly body: BlockStmt | null;
  readonly pragma: number;
}
export type Decl = ImportDecl | ConstDecl | TypeDecl | VarDecl | FuncDecl;

// ---- statements

export interface EmptyStmt extends Base<Kind.EmptyStmt> {}
export interface LabeledStmt extends Base<Kind.LabeledStmt> {
  readonly label: Name;
  readonly stmt: Stmt;
}
export interface BlockStmt extends Base<Kind.BlockStmt> {
  readonly stmtList: Stmt[];
  /** Offset of the closing brace. */
  readonly rbrace: number;
}
export interface ExprStmt extends Base<Kind.ExprStmt> {
  readonly x: Expr;
}
export interface SendStmt extends Base<Kind.SendStmt> {
  readonly chan: Expr;
  readonly value: Expr;
}
export interface DeclStmt extends Base<Kind.DeclStmt> {
  readonly declList: Decl[];
}
/** lhs op= rhs; Op.Def is `:=`, Op.None `=`; `x++` has op Add and rhs null. */
export interface AssignStmt extends Base<Kind.AssignStmt> {
  readonly op: Op;
  readonly lhs: Expr;
  readonly rhs: Expr | null;
}
export interface BranchStmt extends Base<Kind.BranchStmt> {
  readonly tok: Tok;
  readonly label: Name | null;
}
/** go call / defer call */
export interface CallStmt extends Base<Kind.CallStmt> {
  readonly tok: Tok;
  readonly call: Expr;
}
export interface ReturnStmt extends Base<Kind.ReturnStmt> {
  readonly results: Expr | null;
}
export interface IfStmt extends Base<Kind.IfStmt> {
  readonly init: SimpleStmt | null;
  readonly cond: Expr;
  readonly then: BlockStmt;
  readonly else: IfStmt | BlockStmt | null;
}
/** `init` is the RangeClause of a range loop. */
export interface ForStmt extends Base<Kind.ForStmt> {
  readonly init: SimpleStmt | null;
  readonly cond: Expr | null;
  readonly post: SimpleStmt | null;
  readonly body: BlockStmt;
}
/** `tag` may be a TypeSwitchGuard. */
export interface SwitchStmt extends Base<Kind.SwitchStmt> {
  readonly init: SimpleStmt | null;
  readonly tag: Expr | null;
  readonly clauses: CaseClause[];
}
export interface SelectStmt extends Base<Kind.SelectStmt> {
  readonly clauses: CommClause[];
}
export interface RangeClause extends Base<Kind.RangeClause> {
  readonly lhs: Expr | null;
  readonly def: boolean;
  readonly x: Expr;
}
/** `cases` null is default. */
export interface CaseClause extends Base<Kind.CaseClause> {
  readonly cases: Expr | null;
  readonly stmtList: Stmt[];
  readonly colon: number;
}
/** `comm` null is default. */
export interface CommClause extends Base<Kind.CommClause> {
  readonly comm: SimpleStmt | null;
  readonly stmtList: Stmt[];
  readonly colon: number;
}
export type SimpleStmt = EmptyStmt | ExprStmt | SendStmt | AssignStmt | RangeClause;
export type Stmt =
  | SimpleStmt
  | LabeledStmt
  | BlockStmt
  | DeclStmt
  | BranchStmt
  | CallStmt
  | ReturnStmt
  | IfStmt
  | ForStmt
  | SwitchStmt
  | SelectStmt;
export type Node = Expr | Decl | Stmt | CaseClause | CommClause;

// All nodes are objects of one class, whatever their kind; the types of kinds name its fields. These four go from one
// to the other, and are the only ones to do so.

/** The node with the fields of the class. */
export function rawNode(n: Node): RawNode;
export function rawNode(n: Node | null): RawNode | null;
export function rawNode(n: Node | null): RawNode | null {
  return n as unknown as RawNode | null;
}

export function rawNodes(list: readonly Node[]): RawNode[] {
  return list as unknown as RawNode[];
}

/** The node with the fields of its kind, which the caller knows. */
export function typedNode<T extends Node>(n: RawNode): T {
  return n as unknown as T;
}

export function typedNodes<T extends Node>(list: readonly RawNode[]): T[] {
  return list as unknown as T[];
}

// ---- containers

/** A top-level declaration as written, with its group; the grain of incremental work. */
export class Unit implements PosBase {
  /** Number of nodes: ids are 0 … nodeCount-1. */
  nodeCount = 0;
  decls: Decl[] = [];
  /** What gc's parser makes of a text that it refuses for other than syntax errors: it is checked, never compiled. */
  repaired = false;
  constructor(
    public source: SourceText,
    /** Absolute UTF-16 offset of the unit's first character. */
    public start: number,
    public end: number,
    /** True when the text has a syntax error: nothing in it is analysed. */
    public broken: boolean,
    /** What is known of nodes that no text has, where a checker knows of those that one has (ir/rangefunc.ts), or null. */
    readonly synthetic: object | null = null,
  ) {}
}

/** A `//go:linkname local remote` line; `remote` is empty in the one-argument form. */
export interface Linkname {
  /** `go:linkname` or `go:linknamestd`. */
  directive: string;
  /** Absolute UTF-16 offset of the directive. */
  offset: number;
  local: string;
  remote: string;
}

/** A syntax error in gc's words, without the `syntax error: ` that its text may already begin with being added. */
export interface SyntaxError {
  /** Absolute UTF-16 offset. */
  offset: number;
  message: string;
}

export interface File {
  source: SourceText;
  /** The unit that holds the package clause's name; it has no declarations. */
  head: Unit;
  pkgName: Name;
  /** In source order, imports included. */
  units: Unit[];
  /** `go1.N` of a //go:build line, or empty (syntax.File.GoVersion). */
  goVersion: string;
  linknames: Linkname[];
  /** The `//go:` comments, in source order. */
  directives: readonly Directive[];
  readonly errors: SyntaxError[];
  /** Of a file that cgo wrote: what cgo says of the original, at its absolute offsets. */
  cgoErrors?: readonly SyntaxError[];
}

/**
 * A file whose syntax errors are looked for when somebody asks: diagnostics do, not what depends on the declarations, and
 * nobody waits for them on a keystroke. A class, because V8 ties a getter of an object literal to the literal's hidden
 * class, which then keeps all that the getter sees, here whole packages, over every collection but the full ones.
 */
export class SourceFile implements File {
  private found: SyntaxError[] | null = null;
  cgoErrors?: readonly SyntaxError[];
  constructor(
    public source: SourceText,
    public head: Unit,
    public pkgName: Name,
    public units: Unit[],
    public goVersion: string,
    public linknames: Linkname[],
    public directives: readonly Directive[],
    private readonly find: (file: File) => SyntaxError[],
  ) {}
  get errors(): SyntaxError[] {
    return (this.found ??= this.find(this));
  }
}

/** A `//go:` comment. */
export interface Directive {
  /** Absolute UTF-16 offsets of the comment. */
  offset: number;
  end: number;
  /** Without the `//`, as in gc: `go:noinline`. */
  text: string;
}

/** A node like n, with the same number in the same unit: what was found out of n is that of the copy. */
export function copyNode(n: RawNode): RawNode {
  return new RawNode(
    n.kind,
    n.id,
    n.unit,
    n.pos,
    n.start,
    n.end,
    n.op,
    n.flags,
    n.aux,
    n.text,
    n.a,
    n.b,
    n.c,
    n.d,
    n.list,
    n.list2,
    n.group,
  );
}

/** Without any parentheses around it (syntax.Unparen). */
export function unparen(x: Expr): Expr {
  while (x.kind === Kind.ParenExpr) x = x.x;
  return x;
}

/** Asks `f` of the nodes and all below them, in no order that matters, until it says true; whether it did. */
export function anyNode(roots: readonly Decl[], f: (node: RawNode) => boolean): boolean {
  const stack: (RawNode | null)[] = rawNodes(roots).slice();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === null) continue;
    if (f(node)) return true;
    stack.push(node.a, node.b, node.c, node.d);
    for (const child of node.list) stack.push(child);
    for (const child of node.list2) stack.push(child);
  }
  return false;
}

/** The elements of a list expression, one for a single expression, none for null (syntax.UnpackListExpr). */
export function unpackList(x: Expr | null): Expr[] {
  if (x === null) return [];
  return x.kind === Kind.ListExpr ? x.elemList : [x];
}
