/** The walk over imports that finds each package's folder and remembers which package imported it first (modload/load.go). */
import { hasPathPrefix, join } from '../source/path.ts';
import { byBytes } from '../source/utf8.ts';
import { loadError } from './directory.ts';
import { isReal, type Loader, readPackageDir, type Resolved, stdVendor } from './loader.ts';
import { expandPattern, type Match, unmatched } from './match.ts';
import { checkImportPath } from './modpath.ts';
import { hasModRoot, moduleTools } from './modules.ts';
import { moduleGraph } from './requirements.ts';
import { cleanPatterns, isStandardImportPath } from './pattern.ts';
import { explainMissing, importFromModules, sumMessage } from './resolve.ts';
import { compareGoVersion, type ModuleVersion } from './version.ts';

/**
 * Resolves the roots and all they import (modload.loadFromRoots). What is in "all" spreads from the main modules'
 * packages over imports, and over the imports of tests of the main modules; before go 1.16 over all tests.
 */
export function* resolveAll(ld: Loader, roots: readonly string[], all: boolean): Generator<void, void> {
  const ms = ld.modules;
  const tools = new Set(moduleTools(ms));
  const go = ms.work ? '1.18' : ms.mains[0].goVersion;
  const closesOverTests = compareGoVersion(go, '1.16') < 0;
  const isMain = (r: Resolved): boolean => r.mod !== null && ms.mains.some(m => m.path === r.mod?.path);
  const queue: Resolved[] = [];
  const node = (path: string): Resolved => {
    const have = ld.resolved.get(path);
    if (have) return have;
    const found = importFromModules(ms, path);
    const r: Resolved = {
      ...found,
      path,
      importer: null,
      testOf: null,
      imports: [],
      test: null,
      inAll: false,
      root: false,
      walked: false,
      inStd: isStandardImportPath(path) && hasPathPrefix(found.dir, join(ld.env.goroot, 'src')),
    };
    ld.resolved.set(path, r);
    queue.push(r);
    return r;
  };
  const importsOf = (r: Resolved, names: readonly string[]): Resolved[] =>
    names.filter(isReal).map(written => node(r.inStd ? stdVendor(ld, r.path, written) : written));
  /** Adds flags and what follows from them (modload.applyPkgFlags); a stack, since imports can be deep. */
  const mark = (start: Resolved, { inAll = false, root = false }: { inAll?: boolean; root?: boolean }): void => {
    const work = [{ r: start, inAll, root }];
    for (let w = work.pop(); w; w = work.pop()) {
      const { r } = w;
      const spread = w.inAll && !r.inAll;
      r.inAll ||= w.inAll;
      r.root ||= w.root || (all && r.inAll && r.testOf === null);
      if (!r.walked) continue;
      if (r.testOf === null && r.test === null) {
        const want = (all && isMain(r)) || (all && closesOverTests && r.inAll) || (ld.options.tests && r.root);
        if (want) makeTest(r, isMain(r) || (closesOverTests && r.inAll));
      }
      if (spread) for (const dep of r.imports) work.push({ r: dep, inAll: true, root: false });
    }
  };
  const makeTest = (r: Resolved, inAll: boolean): void => {
    const t: Resolved = { ...r, testOf: r, test: null, imports: [], inAll: false, root: false };
    r.test = t;
    const p = readPackageDir(ld, r.dir);
    t.imports = importsOf(t, [...new Set([...p.testImports.names, ...p.xTestImports.names])].sort(byBytes));
    mark(t, { inAll });
    if (t.inAll) for (const dep of t.imports) mark(dep, { inAll: true });
  };

  const rootNodes = roots.map(node);
  for (const r of rootNodes) mark(r, { root: true });
  for (let i = 0; i < queue.length; i++) {
    const r = queue[i];
    if (tools.has(r.path)) mark(r, { inAll: true });
    if (r.dir === '') continue;
    if (isMain(r)) mark(r, { inAll: true });
    r.imports = importsOf(r, readPackageDir(ld, r.dir).imports.names);
    r.walked = true;
    mark(r, r);
    if (r.inAll) for (const dep of r.imports) mark(dep, { inAll: true });
    yield;
  }
  buildStacks(ld, rootNodes);
  for (const r of ld.walk) {
    checkImplicit(ld, r, isMain);
    explain(ld, r);
  }
}

/** Who imports each package on a shortest way from the roots, and all of them in that order (modload.buildStacks). */
function buildStacks(ld: Loader, roots: readonly Resolved[]): void {
  const seen = new Set<Resolved>(roots);
  ld.walk = [...seen];
  for (const r of ld.walk) r.importer = null;
  const visit = (next: Resolved, from: Resolved): void => {
    if (seen.has(next)) return;
    seen.add(next);
    next.importer = from;
    ld.walk.push(next);
  };
  for (let i = 0; i < ld.walk.length; i++) {
    const r = ld.walk[i];
    for (const dep of r.imports) visit(dep, r);
    if (r.test) visit(r.test, r);
  }
}

/**
 * The chain of imports by which the main modules need the package, as `go mod why` shows it: a line a package, tests
 * with `.test`. '' when they do not. The packages of "all" must have been loaded.
 */
export function why(ld: Loader, path: string): string {
  let r: Resolved | null = ld.resolved.get(path) ?? null;
  if (r === null || !ld.walk.includes(r)) return '';
  const chain: string[] = [];
  for (; r; r = r.importer) chain.unshift(r.testOf ? `${r.path}.test\n` : `${r.path}\n`);
  return chain.join('');
}

/** The packages that were reached, with the modules that provide them, sorted by path. */
export function reachedPackages(ld: Loader): { path: string; mod: ModuleVersion | null; depth: number }[] {
  const out: { path: string; mod: ModuleVersion | null; depth: number }[] = [];
  for (const r of ld.walk) {
    if (r.testOf) continue;
    let depth = 0;
    for (let x: Resolved | null = r; x; x = x.importer) depth++;
    out.push({ path: r.path, mod: r.mod, depth });
  }
  return out.sort((a, b) => byBytes(a.path, b.path));
}

/** Resolves what the patterns match and all it imports, without making packages. */
export function* resolveSteps(
  ld: Loader,
  patterns: readonly string[],
): Generator<void, { paths: string[]; warnings: string[]; fatal: string[] }> {
  const fatal = [...ld.modules.fatal];
  const matches: Match[] = cleanPatterns(patterns).map(pattern => ({ pattern, dirs: null, paths: [], errors: [] }));
  for (const m of matches) {
    if (fatal.length > 0) break;
    yield* expandPattern(ld, m, fatal);
  }
  if (fatal.length > 0) return { paths: [], warnings: [], fatal };
  const all = matches.some(m => m.pattern === 'all');
  yield* resolveAll(
    ld,
    matches.flatMap(m => m.paths),
    all,
  );
  for (const m of matches) if (m.pattern === 'all') m.paths = patternAll(ld);
  return { paths: matches.flatMap(m => m.paths), warnings: unmatched(matches), fatal: [] };
}

/** A main module's package must import from modules that go.mod names (modload.updateRequirements). */
function checkImplicit(ld: Loader, r: Resolved, isMain: (r: Resolved) => boolean): void {
  const ms = ld.modules;
  if (ms.vendor || !isMain(r) || r.error) return;
  for (const dep of r.imports) {
    if (dep.mod === null || isMain(dep)) continue;
    if (ms.work) {
      if (moduleGraph(ms).required.has(`${dep.mod.path} ${dep.mod.version}`)) continue;
    } else if (ms.buildMod === 'mod' || ms.rootVersion.get(dep.mod.path) === dep.mod.version) continue;
    r.error = {
      ...loadError(
        'import',
        `package ${r.path} imports ${dep.path} from implicitly required module; to add missing requirements, run:\n\tgo get ${dep.mod.path}@${dep.mod.version}`,
        r.path,
      ),
      missing: false,
      sumMissing: [],
      sumFound: false,
    };
    return;
  }
}

/** Completes the messages that say who imports what. */
function explain(ld: Loader, r: Resolved): void {
  const ms = ld.modules;
  const e = r.error;
  if (!e) return;
  if (e.sumMissing.length > 0) {
    const by = r.importer;
    e.message = sumMessage(
      r.path,
      e,
      by ? { path: by.path, version: by.mod?.version ?? '', test: by.testOf !== null } : null,
    );
  }
  if (!e.missing || !hasModRoot(ms)) return;
  let main = null;
  for (let x = r.importer; x && !main; x = x.importer) main = ms.mains.find(m => m.path === x?.mod?.path) ?? null;
  r.error = { ...e, ...explainMissing(ms, r.path, main) };
}

/** The packages of "all", sorted. */
export function patternAll(ld: Loader): string[] {
  const out: string[] = [];
  for (const r of ld.walk) if (r.inAll && !r.testOf && checkImportPath(r.path) === null) out.push(r.path);
  return out.sort(byBytes);
}
