/** The files that //go:embed patterns name (cmd/go/internal/load.resolveEmbed). */
import type { DirEntry, FileSystem } from '../source/files.ts';
import { matchesGlob, parseGlob } from '../source/glob.ts';
import { basename, clean, dirname, join } from '../source/path.ts';
import { byBytes } from '../source/utf8.ts';
import { checkFilePath } from './modpath.ts';

export interface EmbedResult {
  /** All files, relative to the package's folder, sorted. */
  files: string[];
  /** Each pattern's files. */
  byPattern: Map<string, string[]>;
  /** The pattern that failed and why; the lists are empty then. */
  error: { pattern: string; message: string } | null;
}

/** The paths below dir that match the glob, whose elements match one name each (filepath.Glob). */
function glob(fs: FileSystem, dir: string, pattern: string): string[] {
  let found = [dir];
  for (const elem of pattern.split('/')) {
    const next: string[] = [];
    if (!/[*?[\\]/.test(elem)) {
      for (const d of found) {
        const p = join(d, elem);
        if (entryKind(fs, p) !== null) next.push(p);
      }
    } else {
      const segs = parseGlob(elem) ?? [];
      for (const d of found)
        for (const e of fs.readDir(d) ?? []) if (matchesGlob(segs, e.name)) next.push(join(d, e.name));
    }
    found = next;
  }
  return found;
}

/** What the path itself is, a link not being followed. */
function entryKind(fs: FileSystem, path: string): DirEntry['kind'] | null {
  const entries = fs.readDir(dirname(path));
  const name = basename(path);
  if (entries) return entries.find(e => e.name === name)?.kind ?? null;
  return fs.stat(path);
}

/** Names that cannot be in a module's zip file (load.isBadEmbedName). */
function isBadName(name: string): boolean {
  return checkFilePath(name) !== null || ['.bzr', '.hg', '.git', '.svn'].includes(name);
}

/** A path as io/fs has it: no leading slash, no `.` or `..`, not empty; `.` alone is the package's own folder, no file. */
function validPattern(p: string): boolean {
  return p !== '.' && p !== '' && !p.startsWith('/') && clean(p) === p && p !== '..' && !p.startsWith('../');
}

export function resolveEmbed(fs: FileSystem, dir: string, patterns: readonly string[]): EmbedResult {
  const byPattern = new Map<string, string[]>();
  const all = new Set<string>();
  const dirOk = new Set<string>();
  const fail = (pattern: string, message: string): EmbedResult => ({
    files: [],
    byPattern: new Map(),
    error: { pattern, message: `pattern ${pattern}: ${message}` },
  });
  for (const pattern of patterns) {
    const hidden = pattern.startsWith('all:');
    const g = hidden ? pattern.slice(4) : pattern;
    if (!validPattern(g) || g.split('/').some(e => parseGlob(e) === null))
      return fail(pattern, 'invalid pattern syntax');
    const list = new Set<string>();
    for (const file of glob(fs, dir, g)) {
      const rel = file.slice(dir.length + 1);
      const kind = entryKind(fs, file);
      const what = kind === 'dir' ? 'directory' : 'file';
      for (let d = file; d.length > dir.length + 1 && !dirOk.has(d); d = dirname(d)) {
        if (fs.stat(join(d, 'go.mod')) !== null)
          return fail(pattern, `cannot embed ${what} ${rel}: in different module`);
        if (d !== file && entryKind(fs, d) !== 'dir')
          return fail(pattern, `cannot embed ${what} ${rel}: in non-directory ${d.slice(dir.length + 1)}`);
        dirOk.add(d);
        const elem = basename(d);
        if (isBadName(elem))
          return fail(
            pattern,
            d === file
              ? `cannot embed ${what} ${rel}: invalid name ${elem}`
              : `cannot embed ${what} ${rel}: in invalid directory ${elem}`,
          );
      }
      if (kind === 'file') list.add(rel);
      else if (kind === 'dir') {
        let count = 0;
        const walk = (d: string, relDir: string): string | null => {
          for (const e of fs.readDir(d) ?? []) {
            const r = `${relDir}/${e.name}`;
            const dotted = e.name[0] === '.' || e.name[0] === '_';
            if (isBadName(e.name) || (dotted && !hidden)) {
              if (e.kind === 'dir' || dotted) continue;
              return `cannot embed file ${r}: invalid name ${e.name}`;
            }
            if (e.kind === 'dir') {
              if (fs.stat(join(d, e.name, 'go.mod')) !== null) continue;
              const bad = walk(join(d, e.name), r);
              if (bad !== null) return bad;
            } else if (e.kind === 'file') {
              count++;
              list.add(r);
            }
          }
          return null;
        };
        const bad = walk(file, rel);
        if (bad !== null) return fail(pattern, bad);
        if (count === 0) return fail(pattern, `cannot embed directory ${rel}: contains no embeddable files`);
      } else return fail(pattern, `cannot embed irregular file ${rel}`);
    }
    if (list.size === 0) return fail(pattern, 'no matching files found');
    const sorted = [...list].sort(byBytes);
    byPattern.set(pattern, sorted);
    for (const f of sorted) all.add(f);
  }
  return { files: [...all].sort(byBytes), byPattern, error: null };
}
