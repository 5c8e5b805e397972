/** From package patterns to import paths (cmd/go/internal/search, modload/search.go). */
import { basename, dirname, hasPathPrefix, isAbsolute, join } from '../source/path.ts';
import { byBytes } from '../source/utf8.ts';
import { type LoadError, loadError } from './directory.ts';
import { type Loader, readPackageDir } from './loader.ts';
import { findModuleRoot } from './mainmodules.ts';
import { hasModRoot, moduleDir, moduleTools, shortPath, vendorDir } from './modules.ts';
import { buildList, moduleGraph } from './requirements.ts';
import {
  isLiteral,
  isLocalPattern,
  isMetaPackage,
  isStandardImportPath,
  matchPattern,
  treeCanMatch,
} from './pattern.ts';
import { noMainModules, resolveLocalPackage } from './resolve.ts';
import { isToolchainPath, type ModuleVersion } from './version.ts';

/** A pattern and what it matches. */
export interface Match {
  pattern: string;
  dirs: string[] | null;
  paths: string[];
  errors: LoadError[];
}

/** A warning for each pattern that matches nothing, not even a package that cannot be loaded (search.WarnUnmatched). */
export function unmatched(matches: readonly Match[]): string[] {
  return matches
    .filter(({ paths, errors }) => paths.length === 0 && errors.length === 0)
    .map(({ pattern }) => `warning: "${pattern}" matched no packages`);
}

/** Fills in what the pattern matches; what makes loading impossible goes to `fatal`. */
export function* expandPattern(ld: Loader, m: Match, fatal: string[]): Generator<void, void> {
  const { pattern } = m;
  const ms = ld.modules;
  const matchError = (e: LoadError): LoadError =>
    isLiteral(pattern) ? e : { ...e, kind: 'match', message: `pattern ${pattern}: ${e.message}` };
  if (isLocalPattern(pattern)) {
    m.dirs = yield* matchDirs(ld, m);
    for (const dir of m.dirs) {
      const local = resolveLocalPackage(ms, dir, d => {
        const p = readPackageDir(ld, d);
        return p.error !== null && p.ignoredGoFiles.length === 0 ? p.error : null;
      });
      if (local.ok) {
        m.paths.push(local.path);
        continue;
      }
      if (local.builtin && !isLiteral(pattern)) continue;
      if (!hasModRoot(ms)) {
        fatal.push(noMainModules(ms));
        return;
      }
      m.errors.push(matchError(local.error));
    }
    return;
  }
  if (isLiteral(pattern)) {
    m.paths = [pattern];
    return;
  }
  if (pattern === 'std' || pattern === 'cmd') {
    m.paths = yield* matchStd(ld, pattern);
    return;
  }
  if (pattern === 'tool') {
    m.paths = moduleTools(ms);
    return;
  }
  const mains = ms.mains.map(x => ({ path: x.path, version: '' }));
  if (pattern === 'work' || pattern === 'all') {
    m.paths = yield* matchPackages(ld, m, mains, false);
    if (pattern === 'all') m.paths.push(...moduleTools(ms));
    return;
  }
  const g = moduleGraph(ms);
  if (g.error !== null) m.errors.push(loadError('other', g.error));
  m.paths = yield* matchPackages(ld, m, buildList(g), true);
}

/** Names under which no package is looked for. */
function skipped(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_') || name === 'testdata';
}

/** The folders below that a walk goes into; links are not followed. */
function subdirs(ld: Loader, dir: string): string[] {
  const out: string[] = [];
  for (const e of ld.env.fs.readDir(dir) ?? []) if (e.kind === 'dir' && !skipped(e.name)) out.push(e.name);
  return out;
}

/** std or cmd (search.Match.MatchPackages). */
function* matchStd(ld: Loader, pattern: 'std' | 'cmd'): Generator<void, string[]> {
  const out: string[] = [];
  const src = join(ld.env.goroot, 'src');
  const walk = function* (dir: string, name: string): Generator<void, void> {
    if (name !== '' && name !== 'builtin' && (ld.target.cgo || name !== 'runtime/cgo')) {
      const p = readPackageDir(ld, dir);
      yield;
      const vendoredMain = pattern === 'cmd' && name.startsWith('cmd/vendor') && p.name === 'main';
      if (p.error?.kind !== 'noGo' && !vendoredMain) out.push(name);
    }
    for (const sub of subdirs(ld, dir)) {
      const path = name === '' ? sub : `${name}/${sub}`;
      if (pattern === 'std' && (path === 'cmd' || !isStandardImportPath(path))) continue;
      yield* walk(join(dir, sub), path);
    }
  };
  if (pattern === 'std') yield* walk(src, '');
  else yield* walk(join(src, 'cmd'), 'cmd');
  return out;
}

/** The folders that a local pattern names (search.Match.MatchDirs); relative ones stay as written. */
function* matchDirs(ld: Loader, m: Match): Generator<void, string[]> {
  const { pattern } = m;
  const ms = ld.modules;
  if (isLiteral(pattern)) return [pattern];
  const i = pattern.indexOf('...');
  const start = dirname(pattern.slice(0, i + 3));
  const abs = isAbsolute(start) ? start : join(ld.env.cwd, start);
  // A walk outside the modules at hand can find nothing, and may be long.
  const root = findModuleRoot(ld.env.fs, abs);
  const main = ms.mains.find(x => x.root !== '' && x.root === root);
  const inStd = hasPathPrefix(abs, join(ld.env.goroot, 'src'));
  const inCache = hasModRoot(ms) && buildListDirs(ld).some(d => hasPathPrefix(abs, d));
  if (!main && !inStd && !inCache) {
    const scope = ms.work
      ? 'modules listed in go.work or their selected dependencies'
      : 'main module or its selected dependencies';
    m.errors.push(
      loadError(
        'match',
        `pattern ${pattern}: directory prefix ${shortPath(abs, ld.env.cwd)} does not contain ${scope}`,
      ),
    );
    return [];
  }
  const relativePattern = !isAbsolute(pattern);
  const match = matchPattern(pattern);
  const ignored = main ? ignorePatterns(main.file.ignore) : null;
  const out: string[] = [];
  const walk = function* (dir: string, name: string, top: boolean): Generator<void, void> {
    if (!top && ld.env.fs.stat(join(dir, 'go.mod')) === 'file') return;
    if (main && ignored?.(dir.slice(main.root.length + 1))) return;
    if (match(name)) {
      const p = readPackageDir(ld, dir);
      yield;
      if (p.error === null || p.invalidGoFiles.length > 0) out.push(name);
    }
    for (const sub of subdirs(ld, dir)) yield* walk(join(dir, sub), name === '/' ? `/${sub}` : `${name}/${sub}`, false);
  };
  if (ld.env.fs.readDir(abs) === null) {
    const named = /^(?:.*\/)?(?=[^/]*$)/.exec(pattern.slice(0, pattern.indexOf('...')))![0];
    m.errors.push(loadError('match', `pattern ${pattern}: lstat ${named || start}: no such file or directory`));
    return [];
  }
  const name = relativePattern && start !== '.' && !start.startsWith('.') ? `./${start}` : start;
  yield* walk(abs, name, true);
  return out;
}

function buildListDirs(ld: Loader): string[] {
  return buildList(moduleGraph(ld.modules))
    .filter(m => m.version !== '' && !isToolchainPath(m.path))
    .map(m => moduleDir(ld.modules, m).dir)
    .filter(d => d !== '');
}

/** A function that says whether go.mod's ignore lines cover a folder, relative to the module (search.IgnorePatterns). */
function ignorePatterns(patterns: readonly string[]): (rel: string) => boolean {
  const norm = (p: string): string => `/${p.replace(/^\/|\/$/g, '')}/`;
  const rooted = patterns.filter(p => p.startsWith('./')).map(p => norm(p.slice(2)));
  const any = patterns.filter(p => !p.startsWith('./')).map(norm);
  return rel => {
    if (rel === '') return false;
    const dir = norm(rel);
    return rooted.some(p => dir.startsWith(p)) || any.some(p => dir.includes(p));
  };
}

/** The packages of the modules whose import path matches (modload.matchPackages), sorted. */
function* matchPackages(
  ld: Loader,
  m: Match,
  mods: readonly ModuleVersion[],
  includeStd: boolean,
): Generator<void, string[]> {
  const ms = ld.modules;
  const meta = isMetaPackage(m.pattern);
  const isMatch = meta ? () => true : matchPattern(m.pattern);
  const canMatch = meta ? () => true : treeCanMatch(m.pattern);
  const have = new Set(['builtin']);
  if (!ld.target.cgo) have.add('runtime/cgo');
  const out: string[] = [];
  const walk = function* (
    root: string,
    dir: string,
    name: string,
    prune: { vendor: boolean; goMod: boolean },
    ignored: ((rel: string) => boolean) | null,
  ): Generator<void, void> {
    const top = dir === root;
    if (!top) {
      if (ignored?.(dir.slice(root.length + 1))) return;
      if (!canMatch(name)) return;
      if (prune.goMod && ld.env.fs.stat(join(dir, 'go.mod')) === 'file') return;
    }
    if (name !== '') {
      if (!canMatch(name)) return;
      if (!have.has(name)) {
        have.add(name);
        if (isMatch(name)) {
          const p = readPackageDir(ld, dir);
          yield;
          if (!p.empty) out.push(name);
        }
      }
    }
    if (!top && prune.vendor && basename(dir) === 'vendor') return;
    for (const sub of subdirs(ld, dir))
      yield* walk(root, join(dir, sub), name === '' ? sub : `${name}/${sub}`, prune, ignored);
  };
  if (includeStd) {
    const src = join(ld.env.goroot, 'src');
    yield* walk(src, src, '', { vendor: false, goMod: true }, null);
    if (canMatch('cmd')) yield* walk(join(src, 'cmd'), join(src, 'cmd'), 'cmd', { vendor: false, goMod: true }, null);
  }
  if (ms.vendor) {
    for (const main of ms.mains)
      if (main.root !== '')
        yield* walk(main.root, main.root, main.prefix, { vendor: true, goMod: true }, ignorePatterns(main.file.ignore));
    if (hasModRoot(ms)) yield* walk(vendorDir(ms), vendorDir(ms), '', { vendor: true, goMod: false }, null);
    return out.sort(byBytes);
  }
  for (const mod of mods) {
    if (isToolchainPath(mod.path) || !canMatch(mod.path)) continue;
    const main = mod.version === '' ? ms.mains.find(x => x.path === mod.path) : undefined;
    if (main) {
      if (main.root === '') continue;
      yield* walk(main.root, main.root, main.prefix, { vendor: true, goMod: true }, ignorePatterns(main.file.ignore));
      continue;
    }
    const at = moduleDir(ms, mod);
    if (at.error !== null) {
      m.errors.push(loadError('match', `pattern ${m.pattern}: ${at.error}`));
      continue;
    }
    yield* walk(at.dir, at.dir, mod.path, { vendor: true, goMod: at.local }, null);
  }
  return out.sort(byBytes);
}
