/**
 * Slash-separated paths as Go's package path has them, for file paths and import paths alike.
 * File paths in the core are absolute and use `/` on every platform (`C:/x` on Windows).
 */

/** The shortest equal path (Go's path.Clean): no `.`, no `//`, inner `..` resolved; `.` for the empty path. */
export function clean(path: string): string {
  if (path === '') return '.';
  const rooted = path.charCodeAt(0) === 47;
  const out: string[] = [];
  for (const elem of path.split('/')) {
    if (elem === '' || elem === '.') continue;
    if (elem === '..') {
      if (out.length > 0 && out[out.length - 1] !== '..') out.pop();
      else if (!rooted) out.push('..');
      continue;
    }
    out.push(elem);
  }
  const s = out.join('/');
  if (rooted) return '/' + s;
  return s === '' ? '.' : s;
}

/** Elements joined and cleaned (Go's path.Join); empty elements are dropped, '' when nothing is left. */
export function join(...elems: string[]): string {
  const s = elems.filter(e => e !== '').join('/');
  return s === '' ? '' : clean(s);
}

/** All but the last element, cleaned (Go's path.Dir). */
export function dirname(path: string): string {
  const i = path.lastIndexOf('/');
  if (i < 0) return '.';
  return clean(path.slice(0, i + 1));
}

/** The last element (Go's path.Base). */
export function basename(path: string): string {
  if (path === '') return '.';
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  if (end === 0) return '/';
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

/** Whether a file path is absolute: `/x`, or `C:/x`. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:\//.test(path);
}

/** Whether the elements of path begin with those of prefix (cmd/go's str.HasPathPrefix). */
export function hasPathPrefix(path: string, prefix: string): boolean {
  if (path.length === prefix.length) return path === prefix;
  if (path.length < prefix.length) return false;
  if (prefix === '') return true;
  if (prefix.endsWith('/')) return path.startsWith(prefix);
  return path.charCodeAt(prefix.length) === 47 && path.startsWith(prefix);
}

/** The path of file `path` below folder `dir`: '' when it is the folder itself, null when it lies elsewhere. */
export function below(path: string, dir: string): string | null {
  if (!hasPathPrefix(path, dir)) return null;
  if (path.length === dir.length) return '';
  return path.slice(dir.endsWith('/') ? dir.length : dir.length + 1);
}

/** The path to `target` as seen from folder `base`, both absolute (Go's filepath.Rel). */
export function relative(base: string, target: string): string {
  const b = base.split('/').filter(e => e !== '');
  const t = target.split('/').filter(e => e !== '');
  let i = 0;
  while (i < b.length && i < t.length && b[i] === t[i]) i++;
  const out = [...b.slice(i).map(() => '..'), ...t.slice(i)];
  return out.length === 0 ? '.' : out.join('/');
}
