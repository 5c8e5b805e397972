/**
 * The state of checking one package (types2's Checker and environment). The rules are functions over it in the files
 * beside this one, named as in types2, with the checker as first parameter.
 */
import type { Value } from '../constant/value.ts';
import type { Expr, File, FuncDecl, InterfaceType as InterfaceExpr, Node, TypeDecl, Unit } from '../syntax/ast.ts';
import type { Pos } from '../source/text.ts';
import { Context } from './context.ts';
import type { Mode, TypeError } from './info.ts';
import { Info } from './info.ts';
import type { MonoGraph } from './mono.ts';
import type { FuncObj, LabelObj, Obj, PackageObj, PkgNameObj, TypeNameObj, VarObj } from './object.ts';
import type { Scope } from './scope.ts';
import type { Sizes } from './sizes.ts';
import type {
  AliasType,
  BasicType,
  InterfaceType,
  NamedType,
  SignatureType,
  TypeParamType,
  UnionType,
} from './type.ts';
import type { SizedExpr } from './toolarge.ts';
import type { Type } from './type.ts';
import type { TypeSet } from './typeset.ts';

/** Gives the checker the packages that it imports. */
export interface Importer {
  /** The package for an import path as written in a file of `from`; an error text when there is none. */
  import(path: string, from: string): PackageObj | string;
}

/** What is known of an expression that has no final type yet (types2's exprInfo). */
export interface ExprInfo {
  /** Left operand of a shift whose type check is delayed. */
  isLhs: boolean;
  mode: Mode;
  type: BasicType;
  val: Value | null;
}

export interface Config {
  importer: Importer;
  sizes: Sizes;
  /** Language version of the package, `go1.N`; empty means the newest. */
  goVersion: string;
  /** N of go1.N, the newest language version; that of the release whose rules these are when not given. */
  newest?: number;
  /** Errors name instances in cycles of types with their type arguments (load/release.ts). */
  namesInstances?: boolean;
  /** Bodies of functions are checked when set; imported packages only need their declarations and generic bodies. */
  funcBodies: boolean;
  /** `import "C"` is accepted and its names are opaque. */
  cgo: boolean;
  /** Like gc's -e: no limit. Kept here since gc stops type checking after ten errors without it. */
  allErrors: boolean;
  /** Instances are shared among all packages that are checked with the same context. */
  context?: Context;
  /** Check as gc does rather than as types2 alone: labels and branches have been checked by the parser, and interfaces
   * without a name may not be cyclic. */
  ignoreBranchErrors?: boolean;
  /** The unexported object is in the package's export data because of a body that importers can expand. */
  inExportData?: (pkg: PackageObj, obj: Obj) => boolean;
  /** `assert` and `trace` are predeclared, for Go's own tests of the checker. */
  testFuncs?: boolean;
}

/** Package-level declaration of an object (types2's declInfo). */
export interface DeclInfo {
  fileScope: Scope;
  version: string;
  /** Left side of an n:1 variable declaration. */
  lhs: VarObj[] | null;
  vtyp: Expr | null;
  init: Expr | null;
  inherited: boolean;
  tdecl: TypeDecl | null;
  fdecl: FuncDecl | null;
  /** Package-level objects that the initialisation expression or body depends on. */
  deps: Set<Obj>;
  /** The function's body has been checked, or is about to be. */
  bodyChecked: boolean;
  /** Number of the unit in a package whose declarations are looked at one by one, else -1. */
  unit: number;
}

/** What the checker is inside of (types2's environment). */
export interface Environment {
  decl: DeclInfo | null;
  scope: Scope;
  version: string;
  /** Value of iota in a constant declaration, else null. */
  iota: Value | null;
  /** Where to report an error in an inherited constant initialisation. */
  errpos: Pos | null;
  inTParamList: boolean;
  sig: SignatureType | null;
  isPanic: Set<Node> | null;
  hasLabel: boolean;
  hasCallOrRecv: boolean;
}

/** Something to do once the current declaration is complete. */
export interface Action {
  version: string;
  run: () => void;
}

/** Nesting at which checking an expression gives up, so that the stack suffices everywhere; gc has no such limit. */
export const maxDepth = 600;

export class Checker {
  readonly info = new Info();
  /** One list for ever: others hold it. */
  readonly errors: TypeError[] = [];
  readonly broken = new Set<Unit>();
  ctxt: Context;
  readonly objMap = new Map<Obj, DeclInfo>();
  /** Keys of objMap in source order. */
  objList: Obj[] = [];
  /** Non-blank methods that wait for their base type's declaration, by that type's name object. */
  readonly methods = new Map<Obj, FuncObj[]>();
  env: Environment;
  /** Expressions without final type. */
  readonly untyped = new Map<Expr, ExprInfo>();
  /** Delayed actions (types2's delayed), in order. */
  delayed: Action[] = [];
  objPath: Obj[] = [];
  readonly objPathIdx = new Map<Obj, number>();
  imports: PkgNameObj[] = [];
  readonly impMap = new Map<string, PackageObj>();
  readonly dotImportMap = new Map<Scope, Map<string, PkgNameObj>>();
  /** Language version of each file. */
  readonly versions = new Map<File, string>();
  /** Type sets of unions. */
  readonly unionTypeSets = new Map<UnionType, TypeSet>();
  /** Types to be completed at the end. */
  cleaners: (NamedType | AliasType | TypeParamType | InterfaceType)[] = [];
  mono: MonoGraph | null = null;
  /** Interface types as written. */
  interfaceExprs: { expr: InterfaceExpr; type: InterfaceType }[] = [];
  /** Types as written that may be too large. */
  sizedExprs: SizedExpr[] = [];
  /** Arrays behind long literals of slices. */
  longLiterals: { len: number; elem: Type }[] = [];
  /** Import paths by package name, of all packages reachable; made when a message needs it. */
  pkgPathMap: Map<string, Set<string>> | null = null;
  readonly seenPkgMap = new Set<PackageObj>();
  /** A unit with a syntax error, or a failed import, may have declared what is missing. */
  incomplete = false;
  /** An import failed whose package name is not known: any name before a dot may be it. */
  failedImport = false;
  /** A name was taken to be declared in a unit with a syntax error. */
  guessed = false;
  /** An error was left out, or would have been, as the consequence of those of other declarations. */
  followed = false;
  /** A dot-import failed: any name may be from there. */
  failedDotImport = false;
  /** For packages whose declarations are looked at one by one (lazy.ts): called when an object is entered, and before
   * the methods of a type are collected. */
  lazy: { entered(obj: Obj): void; methodsOf(obj: TypeNameObj): void } | null = null;
  /** Type parameters that are declared a second time: by their place they stay the objects that they are. */
  declaredAgain: readonly TypeParamType[] = [];
  /** Labels not yet used. */
  labels: LabelObj[] = [];
  /** Nesting of the expression or type expression being checked. */
  depth = 0;
  constructor(
    readonly conf: Config,
    readonly pkg: PackageObj,
    readonly files: File[],
  ) {
    this.ctxt = conf.context ?? new Context();
    this.env = newEnvironment(pkg.scope, '');
  }
}

/** An environment with nothing but a scope and a language version. */
export function newEnvironment(scope: Scope, version: string): Environment {
  return {
    decl: null,
    scope,
    version,
    iota: null,
    errpos: null,
    inTParamList: false,
    sig: null,
    isPanic: null,
    hasLabel: false,
    hasCallOrRecv: false,
  };
}
