/** The packages that `go test` compiles of a package: its test variant, its external tests, and the program around them. */
import type { Position } from '../source/text.ts';
import { byBytes } from '../source/utf8.ts';
import { resolveEmbed } from './embed.ts';
import type { Declared } from './directory.ts';
import { importPackage, linkerDeps } from './load.ts';
import { type Loader, setPos } from './loader.ts';
import { emptyPackage, type ImportInfo, type Package, type PackageError, packageList, plainError } from './package.ts';

export interface TestPackages {
  /** The program that runs the tests; its only file is written by `go test`. */
  main: Package;
  /** The package with its in-package tests; the package itself where it has none. */
  test: Package;
  /** The external tests; null where there are none. */
  xtest: Package | null;
}

/** What the program of every test imports besides the tests. */
const testMainDeps = ['os', 'reflect', 'testing', 'testing/internal/testdeps'];

interface TestImports {
  packages: Package[];
  /** The imports after vendoring. */
  paths: string[];
  importMap: Map<string, string>;
  embedFiles: string[];
  embed: ReadonlyMap<string, string[]>;
  error: PackageError | null;
  incomplete: boolean;
}

/**
 * The test packages of a loaded package that has files of tests (load.TestPackagesAndErrors). The imports of tests must
 * have been resolved: `ld.options.tests`. Packages between the tests and the package under test are copies, which
 * import its test variant in its place.
 */
export function testPackages(ld: Loader, p: Package): TestPackages {
  const { files } = p;
  const own = importsOf(ld, p, `${p.importPath} (test)`, files.testImports, files.testEmbeds);
  const external = importsOf(ld, p, `${p.importPath}_test`, files.xTestImports, files.xTestEmbeds);

  let test = p;
  if (files.testGoFiles.length > 0 || p.name === 'main') {
    test = {
      ...p,
      files: {
        ...files,
        goFiles: [...files.goFiles, ...files.testGoFiles],
        imports: joined(files.testImports, files.imports),
      },
      imports: [...own.paths, ...p.imports],
      importMap: new Map([...p.importMap, ...own.importMap]),
      deps: [...own.packages, ...(p.deps ?? [])],
      embedFiles: [...p.embedFiles, ...own.embedFiles],
      embed: new Map([...p.embed, ...own.embed]),
      error: p.error ?? own.error,
      incomplete: p.incomplete || own.incomplete,
      forTest: p.importPath,
    };
  }

  let xtest: Package | null = null;
  if (files.xTestGoFiles.length > 0) {
    const empty = emptyPackage(`${p.importPath}_test`);
    xtest = {
      ...empty,
      name: `${p.name}_test`,
      root: p.root,
      dir: p.dir,
      goroot: p.goroot,
      module: p.module,
      goVersion: p.goVersion,
      files: {
        ...empty.files,
        dir: p.dir,
        name: `${p.name}_test`,
        goFiles: files.xTestGoFiles,
        imports: files.xTestImports,
        heads: files.heads,
        constraints: files.constraints,
      },
      imports: external.paths,
      importMap: external.importMap,
      deps: external.packages.filter(d => d.importPath !== p.importPath),
      embedFiles: external.embedFiles,
      embed: external.embed,
      forTest: p.importPath,
      pgoProfile: p.pgoProfile,
      error: external.error,
      incomplete: external.incomplete,
    };
    if (external.paths.includes(p.importPath)) xtest.deps!.push(test);
  }

  const main = mainPackage(ld, p, test, xtest);
  const cycle = recompileForTest(main, p, test, xtest);
  if (cycle !== null) {
    test.error = cycle;
    test.incomplete = true;
  }
  return { main, test, xtest };
}

/** Loads what the tests import, under the name that import stacks have for them. */
function importsOf(ld: Loader, p: Package, name: string, imports: Declared, embeds: Declared): TestImports {
  const stack: ImportInfo[] = [{ path: name, pos: null }];
  const out: TestImports = {
    packages: [],
    paths: [],
    importMap: new Map(),
    embedFiles: [],
    embed: new Map(),
    error: null,
    incomplete: false,
  };
  for (const path of imports.names) {
    if (path === 'C') {
      out.paths.push(path);
      continue;
    }
    const found = importPackage(ld, path, p, stack, imports.pos.get(path) ?? null);
    if (found.error !== null) {
      out.error ??= found.error;
      out.incomplete = true;
    }
    if (found.p.incomplete) out.incomplete = true;
    if (found.p.importPath !== path) out.importMap.set(path, found.p.importPath);
    out.packages.push(found.p);
    out.paths.push(found.p.importPath);
  }
  if (ld.options.embed && embeds.names.length > 0) {
    const e = resolveEmbed(ld.env.fs, p.dir, embeds.names);
    out.embedFiles = e.files;
    out.embed = e.byPattern;
    if (e.error && out.error === null) {
      out.error = plainError(stack, e.error.message);
      setPos(ld, out.error, embeds.pos.get(e.error.pattern));
      out.incomplete = true;
    }
  }
  return out;
}

function joined(a: Declared, b: Declared): Declared {
  const pos = new Map<string, Position[]>();
  for (const { pos: of } of [b, a]) for (const [name, list] of of) pos.set(name, [...(pos.get(name) ?? []), ...list]);
  return { names: [...a.names, ...b.names], pos };
}

function mainPackage(ld: Loader, p: Package, test: Package, xtest: Package | null): Package {
  const main = emptyPackage(`${p.importPath}.test`);
  main.name = 'main';
  main.dir = p.dir;
  main.root = p.root;
  main.module = p.module;
  main.goVersion = p.goVersion;
  main.pgoProfile = p.pgoProfile;
  main.files = { ...main.files, dir: p.dir, name: 'main', goFiles: ['_testmain.go'] };
  main.deps = [];
  const imports = [...testMainDeps];
  const linker = linkerDeps(ld.target);
  if (!linker.ok) main.error = plainError([], linker.message);
  const stack: ImportInfo[] = [{ path: 'testmain', pos: null }];
  for (const path of [...testMainDeps, ...(linker.ok ? linker.deps : [])]) {
    if (path === test.importPath) main.deps.push(test);
    else main.deps.push(importPackage(ld, path, null, stack, null).p);
  }
  if (test.files.goFiles.length + test.files.cgoFiles.length > 0) {
    main.deps.push(test);
    imports.push(test.importPath);
  }
  if (xtest !== null) {
    main.deps.push(xtest);
    imports.push(xtest.importPath);
  }
  main.imports = [...new Set(imports)].sort(byBytes);
  main.files.imports = { names: main.imports, pos: new Map() };
  return main;
}

/**
 * Puts copies that import the test variant in the place of packages that import the package under test
 * (load.recompileForTest). Returns the error where the tests thereby import themselves.
 */
function recompileForTest(main: Package, real: Package, test: Package, xtest: Package | null): PackageError | null {
  const copies = new Map<Package, Package>([[real, test]]);
  for (const p of packageList([main])) {
    if (p === real) continue;
    let to = p;
    const split = (): void => {
      if (to !== p || p === main || p === xtest || p === test) return;
      to = { ...p, forTest: real.importPath, imports: [...p.imports], deps: [...(p.deps ?? [])] };
      to.pgoProfile = real.pgoProfile;
      copies.set(p, to);
    };
    (p.deps ?? []).forEach((dep, i) => {
      const copy = copies.get(dep);
      if (copy === undefined || copy === dep) return;
      split();
      to.deps![i] = copy;
    });
    if (p.name === 'main') split();
    if (real.pgoProfile !== '' && p.pgoProfile === '') split();
  }
  return testCycle(test);
}

/** The shortest way by which the test variant imports itself, as an error. */
function testCycle(test: Package): PackageError | null {
  const importers = new Map<Package, Package | null>();
  const queue = [...(test.deps ?? [])];
  for (const p of queue) importers.set(p, null);
  for (let i = 0; i < queue.length; i++) {
    const p = queue[i];
    if (p === test) {
      const stack: ImportInfo[] = [{ path: test.importPath, pos: null }];
      const way: ImportInfo[] = [];
      for (let q: Package | null = p; q !== null; q = importers.get(q) ?? null) {
        const importer: Package = importers.get(q) ?? test;
        way.push({ path: q.importPath, pos: importer.files.imports.pos.get(q.importPath)?.[0] ?? null });
      }
      stack.push(...way.reverse());
      return { ...plainError(stack, 'import cycle not allowed in test'), cycle: true };
    }
    for (const dep of p.deps ?? []) {
      if (importers.has(dep)) continue;
      importers.set(dep, p);
      queue.push(dep);
    }
  }
  return null;
}

/**
 * What `go test` compiles for the packages: those with tests are there as their test variants and external tests, the
 * others as they are. The programs around the tests are left out: no file of theirs is anybody's.
 */
export function testedPackages(ld: Loader, roots: readonly Package[]): Package[] {
  return roots.flatMap(p => {
    if (p.files.testGoFiles.length + p.files.xTestGoFiles.length === 0) return [p];
    const { test, xtest } = testPackages(ld, p);
    const own = test.files.goFiles.length + test.files.cgoFiles.length > 0 ? [test] : [];
    return xtest === null ? own : [...own, xtest];
  });
}

/** The first of the test packages, or of what they need, with an error (load.TestPackagesFor); null: none. */
export function testError({ main, test, xtest }: TestPackages): PackageError | null {
  for (const p of [test, xtest, main]) {
    if (p === null) continue;
    if (p.error !== null) return p.error;
    if (p.incomplete) return packageList([p]).find(d => d.error !== null)?.error ?? null;
  }
  return null;
}
