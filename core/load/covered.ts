/** Which of loaded packages -coverpkg's patterns name (load.MatchPackage). */
import { below, clean, join } from '../source/path.ts';
import { moduleTools, type Modules } from './modules.ts';
import type { Package } from './package.ts';
import { isLocalImport, matchPattern } from './pattern.ts';

/** Whether the pattern, given in folder `cwd`, names a package that is loaded. `all` is every one. */
export function packageMatcher(pattern: string, cwd: string, modules: Modules): (p: Package) => boolean {
  if (isLocalImport(pattern)) return folderMatcher(pattern, cwd);
  if (pattern === 'all') return () => true;
  if (pattern === 'std') return p => p.standard;
  if (pattern === 'cmd') return p => p.standard && p.importPath.startsWith('cmd/');
  if (pattern === 'tool') {
    const tools = new Set(moduleTools(modules));
    return p => tools.has(p.importPath);
  }
  if (pattern === 'work') return p => isMain(p);
  const matches = matchPattern(pattern);
  return p => matches(p.importPath);
}

/** Whether the package is of a main module. */
export function isMain(p: Package): boolean {
  return p.module !== null && p.module.version === '';
}

/** The folder goes as far as the last slash before a wildcard; what follows is matched with the path below it. */
function folderMatcher(pattern: string, cwd: string): (p: Package) => boolean {
  const wildcard = pattern.indexOf('...');
  if (wildcard < 0) {
    const dir = clean(join(cwd, pattern));
    return p => p.dir === dir;
  }
  const slash = pattern.lastIndexOf('/', wildcard);
  const dir = clean(join(cwd, pattern.slice(0, slash)));
  const matches = matchPattern(pattern.slice(slash + 1));
  return p => {
    const path = below(p.dir, dir);
    return path !== null && matches(path === '' ? '.' : path);
  };
}
