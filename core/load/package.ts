/** What loading gives: packages, their errors, and the questions asked of them. */
import { basename } from '../source/path.ts';
import type { Position } from '../source/text.ts';
import { type DirPackage, importDir } from './directory.ts';
import { type ModuleVersion } from './version.ts';

/** One import on the way from the command line to a package. */
export interface ImportInfo {
  path: string;
  /** Where it is imported; null for a package named on the command line. */
  pos: Position | null;
}

export interface PackageError {
  stack: ImportInfo[];
  /** Where; file name as a message shows it. Null when the error has no place. */
  pos: Position | null;
  message: string;
  /** The packages of the import stack are a cycle, the last importing the first. */
  cycle: boolean;
  /** The import stack is shown even where the place is known. */
  alwaysPrintStack: boolean;
}

export interface Package {
  importPath: string;
  dir: string;
  name: string;
  /** GOROOT, or the module's folder; ''. */
  root: string;
  goroot: boolean;
  /** Of the standard library or the go command's own tree. */
  standard: boolean;
  module: ModuleVersion | null;
  /** Files, imports and constraints as the folder has them. */
  files: DirPackage;
  /** The language version of its files unless they say otherwise: `1.26`. */
  goVersion: string;
  /** Import paths after vendoring, in the order of the written ones, which are `files.imports.names`. */
  imports: string[];
  /** Written path to import path, where they differ. */
  importMap: Map<string, string>;
  /** What it imports, the implicit imports of cgo and the linker included; null while loading and after an early error. */
  deps: Package[] | null;
  embedFiles: string[];
  /** Pattern to files. */
  embed: ReadonlyMap<string, string[]>;
  error: PackageError | null;
  /** It or something it needs has an error. */
  incomplete: boolean;
  /** The patterns that matched it. */
  match: string[];
  /** Named on the command line by files. */
  cmdlineFiles: boolean;
  /** For a test variant: the import path of the package under test; ''. */
  forTest: string;
  /** For a copy that is compiled with one program's profile: that program; ''. */
  forMain: string;
  /** The profile that guides its compilation; ''. */
  pgoProfile: string;
  /** What the names of its -cover counters begin with; '' when it is not covered. */
  coverPrefix: string;
}

const noFiles: DirPackage = importDir({ readFile: () => null, readDir: () => [], stat: () => null }, '', {
  has: () => false,
  cgo: false,
  useAllFiles: false,
  anyTags: false,
});

export function emptyPackage(importPath: string): Package {
  return {
    importPath,
    dir: '',
    name: '',
    root: '',
    goroot: false,
    standard: false,
    module: null,
    files: { ...noFiles, error: null },
    goVersion: '',
    imports: [],
    importMap: new Map(),
    deps: null,
    embedFiles: [],
    embed: new Map(),
    error: null,
    incomplete: false,
    match: [],
    cmdlineFiles: false,
    forTest: '',
    forMain: '',
    pgoProfile: '',
    coverPrefix: '',
  };
}

export function plainError(stack: readonly ImportInfo[], message: string): PackageError {
  return { stack: [...stack], pos: null, message, cycle: false, alwaysPrintStack: false };
}

/** The package's name where several of it are told apart (load.Package.Desc). */
export function packageDesc(p: Package): string {
  if (p.forTest !== '') return `${p.importPath} [${p.forTest}.test]`;
  if (p.forMain !== '') return `${p.importPath} [${p.forMain}]`;
  return p.importPath;
}

/** The package that `path` means where p's files import it; null when it is missing or "C". */
export function importedPackage(p: Package, path: string): Package | null {
  if (path === 'C' || p.deps === null) return null;
  const real = p.importMap.get(path) ?? path;
  return p.deps.find(d => d.importPath === real) ?? null;
}

/** The roots and all they import, imports before importers (load.PackageList). */
export function packageList(roots: readonly Package[]): Package[] {
  const seen = new Set<Package>();
  const out: Package[] = [];
  // A stack of its own: the depth of imports is the input's to choose.
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const work: { p: Package; next: number }[] = [{ p: root, next: 0 }];
    while (work.length > 0) {
      const top = work[work.length - 1];
      const deps = top.p.deps ?? [];
      if (top.next >= deps.length) {
        out.push(top.p);
        work.pop();
        continue;
      }
      const d = deps[top.next++];
      if (seen.has(d)) continue;
      seen.add(d);
      work.push({ p: d, next: 0 });
    }
  }
  return out;
}

/** The error as the go command prints it (load.PackageError.Error). */
export function errorText(e: PackageError): string {
  const at = e.pos ? formatPos(e.pos) : '';
  if (at !== '' && (e.stack.length === 0 || !e.alwaysPrintStack)) return `${at}: ${e.message}`;
  if (e.stack.length === 0) return e.message;
  const imports = e.stack.map(s => (e.cycle && s.pos ? `${s.path} from ${basename(s.pos.file)}` : s.path));
  return `package ${imports.join('\n\timports ')}${at === '' ? '' : `\n\t${at}`}: ${e.message}`;
}

export function formatPos(p: Position): string {
  return p.line === 0 ? p.file : p.col === 0 ? `${p.file}:${p.line}` : `${p.file}:${p.line}:${p.col}`;
}
