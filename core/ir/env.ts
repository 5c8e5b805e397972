/**
 * What compiling one package needs from outside: the target, the flags, the packages it imports, and where to say what
 * was decided.
 */
import type { Profile } from '../load/profile.ts';
import type { GoRelease } from '../load/release.ts';
import type { SymAbis } from '../load/symabis.ts';
import type { CheckedPackage } from '../types/info.ts';
import type { FuncObj, PackageObj } from '../types/object.ts';
import type { Sizes } from '../types/sizes.ts';
import type { Message } from './message.ts';
import type { Func, Inline, Leaks } from './node.ts';

/** gc's command line flags that change what it decides, with gc's names. */
export interface CompileFlags {
  /** -m: level of what is reported. Costing stops at the budget below 2, which changes the order of some lines. */
  m: number;
  /** -l: 1 stands for the default (inlining is on), as base.Flag.LowerL after gc's toggling: 0 is off. */
  l: number;
  /** -N. */
  N: boolean;
  race: boolean;
  msan: boolean;
  asan: boolean;
  /** -d=checkptr. */
  checkptr: number;
  smallframes: boolean;
  /** -d=escapemutationscalls: says which parameters are changed or called. */
  escapeMutationsCalls: boolean;
  /** -std: package of the standard library. */
  std: boolean;
}

/** What inlining and escape analysis of its own package found out about a function. */
export interface FuncSummary {
  /** Null when the function cannot be inlined. */
  readonly inl: Inline | null;
  /** Receiver first. */
  readonly tags: (Leaks | null)[];
  /** The tag of one parameter, where that can be told without the others; undefined where not. */
  tag?(param: number): Leaks | null | undefined;
}

/** One package as its importers need it. */
export interface PackageSummary {
  checked: CheckedPackage;
  /** By linker symbol name within the package: `F`, `T.M`, `(*T).M`. */
  funcs: { get(name: string, obj: FuncObj): FuncSummary | undefined };
  /**
   * Functions, of this and other packages, whose bodies importers can expand (`bodyKey`). `within`: the function in
   * whose expanded body the call is. Unless `thorough`, what takes long to find out counts as no.
   */
  bodies: { has(key: string, fn: Func, within: Func | null, thorough: boolean): boolean };
}

export interface CompileEnv {
  /** The package that is being compiled: its names are printed bare. */
  pkg: PackageObj;
  sizes: Sizes;
  /** The Go release whose rules apply. */
  release: GoRelease;
  flags: CompileFlags;
  goos: string;
  goarch: string;
  imported(path: string): PackageSummary | null;
  report(msg: Message): void;
  /** What the package's assembly files define and refer to; null where there is one calling convention only. */
  symAbis(): SymAbis | null;
  /** The -pgoprofile that it is compiled with. */
  profile: Profile | null;
  /** What the names of the package's -cover counters begin with; ''. */
  coverPrefix: string;
  /** Told what could not be analysed in code that has errors; the function is then withheld. Null: it is thrown. */
  fail: ((error: unknown) => void) | null;
}

/** What `go build` gives the compiler when nothing is asked for. */
export const defaultFlags: CompileFlags = {
  m: 1,
  l: 1,
  N: false,
  race: false,
  msan: false,
  asan: false,
  checkptr: 0,
  smallframes: false,
  escapeMutationsCalls: false,
  std: false,
};
