/** What may import what: internal and vendor folders (load.disallowInternal, disallowVendor). */
import { hasPathPrefix } from '../source/path.ts';
import type { Loader } from './loader.ts';
import { type ImportInfo, type Package, type PackageError, plainError } from './package.ts';

/** The index of the last path element `internal`, or -1 (load.findInternal). */
function findInternal(path: string): number {
  if (path.endsWith('/internal')) return path.length - 'internal'.length;
  const i = path.lastIndexOf('/internal/');
  if (i >= 0) return i + 1;
  return path === 'internal' || path.startsWith('internal/') ? 0 : -1;
}

export function disallowInternal(
  ld: Loader,
  importer: Package | null,
  p: Package,
  stack: readonly ImportInfo[],
): PackageError | null {
  if (p.error || importer === null) return null;
  let i = findInternal(p.importPath);
  if (i < 0) return null;
  if (i > 0) i--;
  let importerPath = importer.importPath;
  const fips = 'crypto/internal/fips140';
  let allowed: boolean;
  if (hasPathPrefix(importerPath, 'crypto') && hasPathPrefix(p.importPath, fips)) return null;
  if (hasPathPrefix(importerPath, fips)) allowed = hasPathPrefix(p.importPath, 'crypto/internal');
  else if (p.module === null) {
    const parent = p.dir.slice(0, i + p.dir.length - p.importPath.length);
    allowed = hasPathPrefix(importer.dir, parent.replace(/\/$/, ''));
  } else {
    if (importer.cmdlineFiles) importerPath = dirImportPath(ld, importer.dir);
    allowed = hasPathPrefix(importerPath, p.importPath.slice(0, i));
  }
  if (allowed) return null;
  const e = plainError(stack, `use of internal package ${p.importPath} not allowed`);
  e.alwaysPrintStack = true;
  return e;
}

/** The import path of a folder of a main module; '.' outside of them (modload.DirImportPath). */
function dirImportPath(ld: Loader, dir: string): string {
  let best = '';
  let path = '.';
  for (const m of ld.modules.mains) {
    if (m.root === '') continue;
    if (dir === m.root) return m.prefix;
    if (!hasPathPrefix(dir, m.root) || m.prefix <= best) continue;
    best = m.prefix;
    const suffix = dir.slice(m.root.length + 1);
    path = suffix.startsWith('vendor/') ? suffix.slice('vendor/'.length) : `${m.prefix}/${suffix}`;
  }
  return path;
}

/** The index of the last path element `vendor` that something follows, or -1 (load.FindVendor). */
function findVendor(path: string): number {
  const i = path.lastIndexOf('/vendor/');
  if (i >= 0) return i + 1;
  return path.startsWith('vendor/') ? 0 : -1;
}

export function disallowVendor(
  importer: Package,
  path: string,
  p: Package,
  stack: readonly ImportInfo[],
): PackageError | null {
  let i = findVendor(p.importPath);
  if (i >= 0) {
    if (i > 0) i--;
    const cut = i + p.dir.length - p.importPath.length;
    const parent = cut <= 0 ? '' : p.dir.slice(0, cut).replace(/\/$/, '');
    if (!hasPathPrefix(importer.dir, parent)) {
      return plainError(stack, 'use of vendored package not allowed');
    }
  }
  const v = findVendor(path);
  if (v >= 0) return plainError(stack, `${path} must be imported as ${path.slice(v + 'vendor/'.length)}`);
  return null;
}
