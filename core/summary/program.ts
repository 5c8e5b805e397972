/**
 * From loaded packages to compiled ones: checks and compiles imports before importers, each package once. What an
 * importer takes from a package is its summary and nothing else.
 */
import type { CompileEnv, CompileFlags } from '../ir/env.ts';
import { type Package, packageList } from '../load/load.ts';
import type { Target } from '../load/target.ts';
import type { FileSystem } from '../source/files.ts';
import type { TreeParser } from '../syntax/parser.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type Program as Checking, checkSteps, newProgram } from '../types/packages.ts';
import { type Compiled, compilePackage } from './compile.ts';

/** What a host gives: files, the parser, what is compiled for, and how. */
export interface ProgramHost {
  fs: FileSystem;
  parser: TreeParser;
  target: Target;
  flags: CompileFlags;
}

/** A package on its way: checked, and compiled unless it has errors. */
export interface CompiledPackage {
  package: Package;
  checked: CheckedPackage;
  compiled: Compiled | null;
}

/** The packages of one snapshot that were compiled so far. */
export class Program {
  private readonly done = new Map<Package, CompiledPackage>();
  private readonly byPath = new Map<string, CompiledPackage>();
  private readonly checking: Checking;

  constructor(private readonly host: ProgramHost) {
    const rules = { genericMethods: host.target.release >= 27 };
    this.checking = newProgram(host.fs, host.parser, rules, host.target.goarch, () => true);
  }

  /** Compiles the package and, before it, all that it imports. A step is a package's checking or one function's part. */
  *compile(root: Package): Generator<void, CompiledPackage> {
    for (const p of packageList([root])) {
      if (this.done.has(p) || p.importPath === 'unsafe') continue;
      let checked: CheckedPackage;
      for (const steps = checkSteps(this.checking, p); ; ) {
        const step = steps.next();
        if (step.done) {
          checked = step.value;
          break;
        }
        yield;
      }
      const compiled = checked.errors.length > 0 ? null : yield* compilePackage(checked, this.envFor(p));
      const result = { package: p, checked, compiled };
      this.done.set(p, result);
      this.byPath.set(checked.pkg.path, result);
    }
    return this.done.get(root)!;
  }

  private envFor(p: Package): Omit<CompileEnv, 'pkg'> {
    const { target, flags } = this.host;
    return {
      sizes: this.checking.sizes,
      release: target.release,
      flags: { ...flags, std: p.standard },
      goos: target.goos,
      goarch: target.goarch,
      imported: path => this.byPath.get(path)?.compiled?.summary ?? null,
      report: () => {},
    };
  }
}
