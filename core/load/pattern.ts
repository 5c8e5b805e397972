/** Package patterns (`go help packages`; cmd/internal/pkgpattern, cmd/go/internal/search). */
import { clean, hasPathPrefix, isAbsolute } from '../source/path.ts';

/** Whether a path is `.`, `..` or begins with one of them and a slash (go/build.IsLocalImport). */
export function isLocalImport(path: string): boolean {
  return path === '.' || path === '..' || path.startsWith('./') || path.startsWith('../');
}

/** Whether the name is reserved for a set of packages. */
export function isMetaPackage(name: string): boolean {
  return name === 'std' || name === 'cmd' || name === 'tool' || name === 'work' || name === 'all';
}

/** A pattern without wildcard that is no meta package; it matches one package at most. */
export function isLiteral(pattern: string): boolean {
  return !pattern.includes('...') && !isMetaPackage(pattern);
}

/** A pattern that names folders rather than import paths. */
export function isLocalPattern(pattern: string): boolean {
  return isLocalImport(pattern) || isAbsolute(pattern);
}

/** Whether the path could be of the standard library: no dot in its first element. */
export function isStandardImportPath(path: string): boolean {
  const i = path.indexOf('/');
  return !(i < 0 ? path : path.slice(0, i)).includes('.');
}

/** The patterns in canonical form, `.` when there are none (search.CleanPatterns). */
export function cleanPatterns(patterns: readonly string[]): string[] {
  if (patterns.length === 0) return ['.'];
  return patterns.map(a => {
    let p = a;
    let v = '';
    if (!isLocalPattern(a)) {
      const at = a.indexOf('@');
      if (at >= 0) {
        p = a.slice(0, at);
        v = a.slice(at);
      }
    }
    if (isAbsolute(p)) return clean(p) + v;
    p = p.replaceAll('\\', '/');
    if (p.startsWith('./')) {
      p = `./${clean(p)}`;
      if (p === './.') p = '.';
    } else p = clean(p);
    return p + v;
  });
}

const vendorMark = '\0';

/** Path elements `vendor` other than the last, marked so that no wildcard matches them. */
function markVendor(path: string): string {
  if (!path.includes('vendor')) return path;
  const elems = path.split('/');
  for (let i = 0; i < elems.length - 1; i++) if (elems[i] === 'vendor') elems[i] = vendorMark;
  return elems.join('/');
}

/**
 * A function that says whether a path matches: `...` stands for any string, `/...` at the end also for nothing, and a
 * wildcard does not reach into vendor folders (pkgpattern.MatchPattern).
 */
export function matchPattern(pattern: string): (name: string) => boolean {
  if (pattern.includes(vendorMark)) return () => false;
  let p = markVendor(pattern);
  // pattern = head + one of: nothing; '/...' that may be empty; '/vendor/...' that also matches the vendor folder itself.
  let tail: 'none' | 'optional' | 'vendor' = 'none';
  if (p === `${vendorMark}/...` || p.endsWith(`/${vendorMark}/...`)) {
    tail = 'vendor';
    p = p.slice(0, -`${vendorMark}/...`.length).replace(/\/$/, '');
  } else if (p.endsWith('/...')) {
    tail = 'optional';
    p = p.slice(0, -4);
  }
  const parts = p.split('...');
  // The parts must occur in order, the first at the start, the last at the end: greedy search is enough for globs.
  const matchParts = (s: string): boolean => {
    if (parts.length === 1) return s === parts[0];
    if (!s.startsWith(parts[0])) return false;
    const last = parts[parts.length - 1];
    let at = parts[0].length;
    const end = s.length - last.length;
    if (end < at || !s.endsWith(last)) return false;
    for (let i = 1; i < parts.length - 1; i++) {
      const found = s.indexOf(parts[i], at);
      if (found < 0 || found + parts[i].length > end) return false;
      if (s.slice(at, found).includes(vendorMark)) return false;
      at = found + parts[i].length;
    }
    return !s.slice(at, end).includes(vendorMark);
  };
  return name => {
    if (name.includes(vendorMark)) return false;
    const s = markVendor(name);
    if (tail === 'none') return matchParts(s);
    if (tail === 'vendor') {
      if (s.endsWith('/vendor') && matchParts(s.slice(0, -'/vendor'.length))) return true;
      for (let i = s.indexOf(`/${vendorMark}/`); i >= 0; i = s.indexOf(`/${vendorMark}/`, i + 1))
        if (matchParts(s.slice(0, i)) && !s.slice(i + 3).includes(vendorMark)) return true;
      return false;
    }
    if (matchParts(s)) return true;
    // Some prefix that ends before a slash, the rest being free of vendor folders.
    for (let i = s.indexOf('/'); i >= 0; i = s.indexOf('/', i + 1))
      if (!s.slice(i).includes(vendorMark) && matchParts(s.slice(0, i))) return true;
    return false;
  };
}

/** Whether the path or something below it can match (pkgpattern.TreeCanMatchPattern). */
export function treeCanMatch(pattern: string): (name: string) => boolean {
  const i = pattern.indexOf('...');
  const prefix = i < 0 ? pattern : pattern.slice(0, i);
  return name => (name.length <= prefix.length && hasPathPrefix(prefix, name)) || (i >= 0 && name.startsWith(prefix));
}
