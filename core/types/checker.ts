/**
 * The state of checking one package (types2's Checker and environment). The rules are functions over it in the files
 * beside this one, named as in types2, with the checker as first parameter.
 */
import type { Value } from '../constant/value.ts';
import type { Expr, File, FuncDecl, Node, Unit } from '../syntax/ast.ts';
import type { Pos } from '../source/text.ts';
import type { TypeError } from './info.ts';
import { Info } from './info.ts';
import type { FuncObj, LabelObj, Obj, PackageObj, PkgNameObj, VarObj } from './object.ts';
import type { Scope } from './scope.ts';
import type { Sizes } from './sizes.ts';
import type { SignatureType } from './type.ts';

/** Gives the checker the packages that it imports. */
export interface Importer {
  /** The package for an import path as written in a file of `from`; an error text when there is none. */
  import(path: string, from: string): PackageObj | string;
}

export interface Config {
  importer: Importer;
  sizes: Sizes;
  /** Language version of the package, `go1.N`; empty means the newest. */
  goVersion: string;
  /** Bodies of functions are checked when set; imported packages only need their declarations and generic bodies. */
  funcBodies: boolean;
  /** `import "C"` is accepted and its names are opaque. */
  cgo: boolean;
  /** Like gc's -e: no limit. Kept here since gc stops type checking after ten errors without it. */
  allErrors: boolean;
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
  tdecl: import('../syntax/ast.ts').TypeDecl | null;
  fdecl: FuncDecl | null;
  /** Package-level objects that the initialisation expression or body depends on. */
  deps: Set<Obj>;
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

export interface Action {
  /** Run after the current declaration is complete; `version` and such are captured by the closure. */
  run: () => void;
}

export class Checker {
  readonly info = new Info();
  readonly errors: TypeError[] = [];
  readonly broken = new Set<Unit>();
  readonly objMap = new Map<Obj, DeclInfo>();
  readonly methods = new Map<Obj, FuncObj[]>();
  env!: Environment;
  /** Delayed actions (types2's delayed), in order. */
  delayed: Action[] = [];
  objPath: Obj[] = [];
  imports: PkgNameObj[] = [];
  dotImportMap = new Map<Scope, Map<string, PkgNameObj>>();
  /** Labels by the Name node that defines or uses them go to info; here those not yet used. */
  labels: LabelObj[] = [];
  constructor(
    readonly conf: Config,
    readonly pkg: PackageObj,
    readonly files: File[],
  ) {}
}
