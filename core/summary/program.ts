/**
 * From loaded packages to compiled ones: parses, checks and compiles imports before importers, each package once. What
 * an importer takes from a package is its summary and nothing else.
 */
import type { CompileEnv, CompileFlags } from '../ir/env.ts';
import { importedPackage, type Package, packageList } from '../load/load.ts';
import type { Target } from '../load/target.ts';
import type { FileSystem } from '../source/files.ts';
import { join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import type { File } from '../syntax/ast.ts';
import { type ParsedFile, parseFile } from '../syntax/parse.ts';
import type { TreeParser } from '../syntax/parser.ts';
import { checkFiles } from '../types/check.ts';
import type { CheckedPackage } from '../types/info.ts';
import { PackageObj } from '../types/object.ts';
import { Scope } from '../types/scope.ts';
import { gcSizes } from '../types/sizes.ts';
import { unsafePackage, universe } from '../types/universe.ts';
import { type Compiled, compilePackage } from './compile.ts';

/** What a host gives: files, the parser, and what is compiled for. */
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
  constructor(readonly host: ProgramHost) {}

  /** Compiles the package and, before it, all that it imports. Steps are a declaration or a function long at most. */
  *compile(root: Package): Generator<void, CompiledPackage> {
    for (const p of packageList([root])) {
      if (this.done.has(p)) continue;
      const result = yield* this.compileOne(p);
      this.done.set(p, result);
      this.byPath.set(p.importPath, result);
    }
    return this.done.get(root)!;
  }

  /** Compiles the package, whose imports are compiled. */
  private *compileOne(p: Package): Generator<void, CompiledPackage> {
    const { host } = this;
    const files: File[] = [];
    for (const name of [...p.files.goFiles, ...p.files.cgoFiles].sort()) {
      const path = join(p.dir, name);
      const bytes = host.fs.readFile(path);
      if (bytes === null) continue;
      const parsed: ParsedFile = parseFile(host.parser, path, decodeUtf8(bytes), {
        genericMethods: host.target.release >= 27,
      });
      parsed.dispose();
      files.push(parsed.file);
      yield;
    }
    const pkg = new PackageObj(p.name === 'main' ? 'main' : p.importPath, p.name, new Scope(universe, null, null));
    const importer = {
      import: (path: string): PackageObj | string => {
        if (path === 'unsafe') return unsafePackage;
        const dep = importedPackage(p, path);
        const found = dep === null ? undefined : this.done.get(dep);
        return found === undefined ? `could not import ${path}` : found.checked.pkg;
      },
    };
    const sizes = gcSizes(host.target.goarch);
    const checked = yield* checkFiles(
      {
        importer,
        sizes,
        goVersion: `go${p.goVersion}`,
        funcBodies: true,
        cgo: p.files.cgoFiles.length > 0,
        allErrors: false,
      },
      pkg,
      files,
    );
    const env: CompileEnv = {
      sizes,
      release: host.target.release,
      flags: { ...host.flags, std: p.standard },
      goos: host.target.goos,
      goarch: host.target.goarch,
      imported: path => this.byPath.get(path)?.compiled?.summary ?? null,
      report: () => {},
    };
    const compiled = checked.errors.length > 0 ? null : yield* compilePackage(checked, env);
    return { package: p, checked, compiled };
  }
}
