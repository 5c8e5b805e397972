/**
 * Type checking of loaded packages: each is checked once, after those it imports, and what the later layers read of it is
 * kept. Instances of generic types are shared among all of them.
 */
import { type PkgFlags, pkgConfigFlags } from '../cgo/pkgconfig.ts';
import { translateCgo } from '../cgo/translate.ts';
import { importedPackage, type Package, packageList } from '../load/package.ts';
import type { Target } from '../load/target.ts';
import { Damaged, sameBytes } from '../source/bytes.ts';
import { type FileSystem, listening } from '../source/files.ts';
import { clean, join } from '../source/path.ts';
import { finish } from '../source/steps.ts';
import { SourceText } from '../source/text.ts';
import { decodeSource, decodeUtf8 } from '../source/utf8.ts';
import type { File, Linkname, Unit } from '../syntax/ast.ts';
import { differInBody, graft } from '../syntax/graft.ts';
import { asLazy, type LazyFile, lazyFile, outlinedFile } from '../syntax/lazy.ts';
import type { SyntaxRules } from '../syntax/lower/state.ts';
import { parseFile, type ParsedFile, readFile, reparseFile } from '../syntax/parse.ts';
import type { TextEdit, TreeParser } from '../syntax/parser.ts';
import { checkFilesSteps } from './check.ts';
import { Checker, type Config } from './checker.ts';
import { Context } from './context.ts';
import type { CheckedPackage } from './info.ts';
import { ExportReader, type StoredOutline } from './export-read.ts';
import { type FileSlot, lazyPackage } from './lazy.ts';
import type { Obj, PackageObj } from './object.ts';
import { newPackage } from './package.ts';
import { type Sizes, sizesFor } from './sizes.ts';
import { unsafePackage } from './universe.ts';

/** What depends on the release of Go: what parses, the newest version that code may ask for, words of errors. */
export interface LanguageRules extends SyntaxRules {
  minor: number;
  namesInstances: boolean;
}

/** What checking needs of its host, and what it has found so far. */
export interface Checking {
  fs: FileSystem;
  parser: TreeParser;
  rules: LanguageRules;
  target: Pick<Target, 'goos' | 'goarch' | 'instrument' | 'c'>;
  sizes: Sizes;
  context: Context;
  /** Bodies of a package's functions are checked. */
  bodies(p: Package): boolean;
  /** The package stays as it is: its instances may be shared. Those of others go when the package is checked again. */
  lasting(p: Package): boolean;
  checked: Map<Package, CheckedPackage>;
  /** The declarations of the package are looked at when they are asked for. */
  lazy(p: Package): boolean;
  /**
   * Files parsed so far, by their bytes: a snapshot that did not change a file offers the same array. Null where no file
   * is parsed twice, because none is edited: collections of young memory take what a WeakMap holds for used.
   */
  parsed: WeakMap<Uint8Array, File> | null;
  /** What cgo makes of packages, by import path, of which files, and what was asked of the file system besides. */
  cgo: Map<string, { inputs: (Uint8Array | null)[]; files: File[]; asked: string[] }>;
  /** Files that are being edited, by path: with what is needed to parse their next text, once parsed. */
  edited: Map<string, ParsedFile | null>;
  /** The same for files of packages that are looked at declaration by declaration. */
  outlined: WeakMap<Uint8Array, LazyFile>;
  /** Declarations of the package that are known from earlier, as bytes. */
  stored: (p: Package) => Uint8Array | null;
  /** What only those know who compile; of packages that are not compiled, no. */
  inExportData: (pkg: PackageObj, obj: Obj) => boolean;
}

export function newChecking(
  fs: FileSystem,
  parser: TreeParser,
  rules: LanguageRules,
  target: Pick<Target, 'goos' | 'goarch' | 'instrument' | 'c'>,
  bodies: (p: Package) => boolean,
  lasting: (p: Package) => boolean = () => true,
  lazy: (p: Package) => boolean = () => false,
): Checking {
  return {
    fs,
    parser,
    rules,
    target,
    sizes: sizesFor(target.goarch),
    context: new Context(),
    bodies,
    lasting,
    checked: new Map(),
    lazy,
    parsed: new WeakMap(),
    cgo: new Map(),
    edited: new Map(),
    outlined: new WeakMap(),
    stored: () => null,
    inExportData: () => false,
  };
}

/** Checks the package after all it imports. A step is a file's parsing or a declaration's checking. */
export function* checkSteps(checking: Checking, p: Package): Generator<void, CheckedPackage> {
  for (const dep of packageList([p])) {
    if (checking.checked.has(dep) || dep.importPath === 'unsafe') continue;
    checking.checked.set(
      dep,
      checking.lazy(dep) ? checkLazily(checking, dep) : yield* checkOne(checking, dep, configOf(checking, dep)),
    );
    yield;
  }
  return checking.checked.get(p)!;
}

/** Checks the package after all it imports, in one go. */
export function checkPackage(checking: Checking, p: Package): CheckedPackage {
  return finish(checkSteps(checking, p));
}

/** The names of the Go files that are compiled, sorted as gc gets them; those of tests come last. */
function goFiles({ files, forTest }: Package): string[] {
  const isTest = (name: string) => forTest !== '' && name.endsWith('_test.go');
  const names = files.goFiles.toSorted();
  return [...names.filter(name => !isTest(name)), ...names.filter(isTest)];
}

/** The files of the package that are compiled, parsed, in gc's order. A step is a file. */
function* parseSteps(checking: Checking, p: Package): Generator<void, File[]> {
  const files: File[] = [];
  for (const name of goFiles(p)) {
    const parsed = parseOne(checking, p, name);
    if (parsed === null) continue;
    files.push(parsed.file);
    yield;
  }
  if (p.files.cgoFiles.length > 0) files.push(...(yield* cgoSteps(checking, p)));
  return files;
}

function parseOne(checking: Checking, p: Package, name: string): { file: File; bytes: Uint8Array } | null {
  const path = name.startsWith('/') ? name : join(p.dir, name);
  const bytes = checking.fs.readFile(path);
  if (bytes === null) return null;
  const known = checking.parsed?.get(bytes);
  if (known !== undefined && known.source.path === path) return { file: known, bytes };
  const file = parsed(checking, path, decodeSource(bytes));
  checking.parsed?.set(bytes, file);
  return { file, bytes };
}

/** Imports of _cgo_gotypes.go. */
const cgoImports: readonly string[] = ['unsafe', 'syscall', 'runtime/cgo'];

const noPkgFlags: PkgFlags = { cflags: [], libs: [] };

/** What the go command has the C compiler's linker do for a sanitizer; -O2 and -g are CGO_LDFLAGS's default. */
const sanitizerFlags: Readonly<Record<string, readonly string[]>> = {
  msan: ['-fsanitize=memory'],
  asan: ['-fsanitize=address'],
};

/** What gc compiles for the files that import "C": behind the others, in cgo's order. */
function* cgoSteps(checking: Checking, p: Package): Generator<void, File[]> {
  const originals = [];
  for (const name of p.files.cgoFiles.toSorted()) {
    const parsed = parseOne(checking, p, name);
    if (parsed === null) continue;
    const imports = p.files.heads.get(name)?.imports ?? [];
    const preamble = imports.flatMap(i => (i.path === 'C' ? [i.preamble] : [])).join('\n');
    originals.push({ name, preamble, ...parsed });
    yield;
  }
  // a file that is broken is shown as it is
  if (originals.length === 0 || originals.some(o => o.file.errors.length > 0)) return originals.map(o => o.file);
  const inputs = [
    ...originals.map(o => o.bytes),
    ...p.files.hFiles.map(name => checking.fs.readFile(join(p.dir, name))),
  ];
  const known = checking.cgo.get(p.importPath);
  // a file system that remembers nothing gives other arrays of the same bytes
  if (known !== undefined && known.inputs.length === inputs.length)
    if (known.inputs.every((bytes, i) => sameBytes(bytes, inputs[i]))) return known.files;
  const { CPPFLAGS, CFLAGS, LDFLAGS, pkgConfig } = p.files.cgo;
  const { c } = checking.target;
  const { fs, asked } = listening(checking.fs);
  const pkg =
    c !== undefined && pkgConfig.length > 0 ? pkgConfigFlags(fs, pkgConfig, c.pcPath, c.pcLibdir) : noPkgFlags;
  const translated = translateCgo(
    {
      importPath: p.importPath,
      standard: p.standard,
      dir: p.dir,
      goos: checking.target.goos,
      goarch: checking.target.goarch,
      cppflags: [...(c?.cppflags ?? []), ...CPPFLAGS, ...pkg.cflags],
      cflags: [...(c?.cflags ?? []), ...CFLAGS],
      ldflags: [
        ...(sanitizerFlags[checking.target.instrument] ?? []),
        ...(c?.ldflags ?? ['-O2', '-g']),
        ...LDFLAGS,
        ...pkg.libs,
      ],
      files: originals,
    },
    fs,
  );
  yield;
  const files: File[] = [];
  for (const t of translated) {
    const file = readFile(checking.parser, t.path, t.text, checking.rules);
    if (t.original !== null) {
      file.source.origin = { source: t.original, spans: t.spans };
      file.cgoErrors = t.errors;
    }
    files.push(file);
    yield;
  }
  checking.cgo.set(p.importPath, { inputs, files, asked: [...asked] });
  return files;
}

function parsed(checking: Checking, path: string, text: string): File {
  const known = checking.edited.get(path) ?? null;
  if (known !== null && known.file.source.text === text) return known.file;
  // where files are edited all of them go through tree-sitter: with both parsers' trees a key's p95 was twice as much
  if (checking.parsed === null) return readFile(checking.parser, path, text, checking.rules);
  const found = parseFile(checking.parser, path, text, checking.rules);
  if (checking.edited.has(path)) {
    known?.dispose();
    checking.edited.set(path, found);
  } else found.dispose();
  return found.file;
}

/** What became of a file that was checked, in a text where nothing but bodies of functions have changed. */
export interface FileEdit {
  file: File;
  /** The functions' units, and what they are in the new text. */
  changed: { unit: Unit; fresh: Unit }[];
  /** Makes the file, its units included, what it is in the new text. */
  commit(): void;
}

/** Parses the new text of a file that is being edited; null when more than functions' bodies have changed. The next
 * checking of the package has the new text in either case. */
export function editFile(checking: Checking, path: string, text: string): FileEdit | null {
  const old = checking.edited.get(path) ?? null;
  if (old === null) return null;
  const { file } = old;
  const { head, linknames } = file;
  const units = file.units.slice();
  const edit = editBetween(file.source.text, text);
  const inHead = edit.start <= head.end;
  const next = reparseFile(checking.parser, old, text, [edit], checking.rules);
  checking.edited.set(path, next);
  const now = next.file;
  if (inHead || now.units.length !== units.length || now.goVersion !== file.goVersion) return null;
  if (now.head.broken || head.broken || now.pkgName.value !== file.pkgName.value) return null;
  if (!sameLinknames(now.linknames, linknames)) return null;
  const changed: FileEdit['changed'] = [];
  const broken: FileEdit['changed'] = [];
  for (const [i, unit] of units.entries()) {
    const fresh = now.units[i];
    if (unit === fresh) continue;
    if (nothingIn(unit, fresh)) {
      broken.push({ unit, fresh });
      continue;
    }
    if (!differInBody(unit, fresh)) return null;
    changed.push({ unit, fresh });
  }
  return {
    file,
    changed,
    commit() {
      for (const { unit, fresh } of [...changed, ...broken]) graft(unit, fresh);
      // the parser's file and ours have the same units from now on
      now.units = file.units = units;
      file.source = now.source;
      file.linknames = now.linknames;
      if (head !== now.head) {
        head.source = now.head.source;
        head.start = now.head.start;
        head.end = now.head.end;
      }
      Object.defineProperty(file, 'errors', { get: () => now.errors, enumerable: true, configurable: true });
      checking.edited.set(path, { ...next, file });
    },
  };
}

/** Both are the same text of which nothing can be read. */
function nothingIn(a: Unit, b: Unit): boolean {
  if (!a.broken || !b.broken || a.decls.length + b.decls.length > 0) return false;
  return a.source.text.slice(a.start, a.end) === b.source.text.slice(b.start, b.end);
}

/** The one replacement that makes the second text of the first. */
function editBetween(a: string, b: string): TextEdit {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let tail = 0;
  while (tail < most - start && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++;
  return { start, oldEnd: a.length - tail, newEnd: b.length - tail };
}

function sameLinknames(a: readonly Linkname[], b: readonly Linkname[]): boolean {
  return a.length === b.length && a.every((x, i) => x.local === b[i].local && x.remote === b[i].remote);
}

/** The package, checked declaration by declaration as these are asked for. */
function checkLazily(checking: Checking, p: Package): CheckedPackage {
  const conf = configOf(checking, p);
  const pkg = packageOf(p, p.name);
  const imports = new Map<string, PackageObj | string>();
  // what cgo writes imports more than the files as they are
  const names = p.files.cgoFiles.length > 0 ? [...p.files.imports.names, ...cgoImports] : p.files.imports.names;
  for (const path of new Set(names)) {
    if (path === 'C') continue;
    const imp = conf.importer.import(path, '');
    imports.set(path, imp);
    if (typeof imp !== 'string') pkg.imports.push(imp);
  }
  // who asks may come when the packages of today have been forgotten
  const importer = { import: (path: string) => imports.get(path) ?? `can't find import: "${path}"` };
  const c = new Checker({ ...conf, importer, funcBodies: false }, pkg, []);
  return lazyPackage(c, () => {
    const files: FileSlot[] = [];
    const bytes = p.files.cgoFiles.length > 0 ? null : checking.stored(p);
    const stored = bytes === null ? null : ExportReader.open(bytes);
    for (const name of goFiles(p)) {
      const path = name.startsWith('/') ? name : join(p.dir, name);
      const bytes = checking.fs.readFile(path);
      if (bytes === null) continue;
      const outline = stored?.outlines[files.length];
      const open = () => openFile(checking, path, bytes, outline);
      files.push(outline === undefined ? openSlot(open()) : { units: outline.units, open });
    }
    if (p.files.cgoFiles.length > 0)
      for (const file of finish(cgoSteps(checking, p)))
        files.push(openSlot(asLazy(file, checking.parser, checking.rules)));
    return { files, stored };
  });
}

function openSlot(file: LazyFile): FileSlot {
  return { units: file.outline.units.length, open: () => file };
}

/** The file, outlined unless its outline is known from earlier. */
function openFile(checking: Checking, path: string, bytes: Uint8Array, outline: StoredOutline | undefined): LazyFile {
  const { parser, rules, outlined } = checking;
  let file = outlined.get(bytes);
  if (file !== undefined && file.file.source.path === path) {
    if (outline !== undefined && outline.units !== file.outline.units.length) throw new Damaged('outline');
    return file;
  }
  if (outline === undefined) file = lazyFile(parser, path, decodeUtf8(bytes), rules);
  else file = outlinedFile(parser, new SourceText(path, () => decodeUtf8(bytes)), outline.read(), rules);
  outlined.set(bytes, file);
  return file;
}

/** Checks the whole package once more, apart from what its importers see of it. */
export function* checkApart(checking: Checking, p: Package, lazy: CheckedPackage): Generator<void, CheckedPackage> {
  return yield* checkOne(checking, p, { ...configOf(checking, p), importer: lazy.checker.conf.importer });
}

/** Checks the whole package, those that it imports being known, and keeps nothing of it. */
export function* checkAlone(checking: Checking, p: Package): Generator<void, CheckedPackage> {
  return yield* checkOne(checking, p, { ...configOf(checking, p), context: new Context(checking.context) });
}

function packageOf(p: Package, name: string): PackageObj {
  return newPackage(p.name === 'main' && p.forTest === '' ? 'main' : p.importPath.replace(/ \[.*$/, ''), name);
}

function* checkOne(checking: Checking, p: Package, conf: Config): Generator<void, CheckedPackage> {
  const files = yield* parseSteps(checking, p);
  for (const steps = checkFilesSteps(new Checker(conf, packageOf(p, ''), files)); ; ) {
    const r = steps.next();
    if (r.done) return r.value;
    yield;
  }
}

function configOf(checking: Checking, p: Package): Config {
  const importer = {
    import(path: string): PackageObj | string {
      if (path === 'unsafe') return unsafePackage;
      const dep = importedPackage(p, path);
      const found = dep === null ? undefined : checking.checked.get(dep);
      return found === undefined ? missingImport(path) : found.pkg;
    },
  };
  return {
    importer,
    sizes: checking.sizes,
    goVersion: p.goVersion === '' ? '' : `go${p.goVersion}`,
    newest: checking.rules.minor,
    namesInstances: checking.rules.namesInstances,
    funcBodies: checking.bodies(p),
    cgo: p.files.cgoFiles.length > 0,
    allErrors: true,
    ignoreBranchErrors: true,
    inExportData: (pkg, obj) => checking.inExportData(pkg, obj),
    context: checking.lasting(p) ? checking.context : new Context(checking.context),
  };
}

/** Why nothing can be imported by the path (noder's resolveImportPath and openPackage). */
export function missingImport(path: string): string {
  if (path === 'main') return 'cannot import "main"';
  if (path.startsWith('/')) return 'import path cannot be absolute path';
  const canonical = clean(path);
  if (!/^\.{1,2}(\/|$)/.test(path) && canonical !== path)
    return `non-canonical import path ${JSON.stringify(path)} (should be ${JSON.stringify(canonical)})`;
  return `can't find import: "${path}"`;
}

/** No files but Go's, so that bodies must be there (cmd/go's -complete; some standard packages get theirs from runtime). */
export function isComplete(p: Package): boolean {
  const f = p.files;
  const lists = [f.cgoFiles, f.cFiles, f.cxxFiles, f.mFiles, f.fFiles, f.sFiles, f.sysoFiles, f.swigFiles];
  if (lists.some(l => l.length > 0) || f.swigCXXFiles.length > 0) return false;
  return !(
    p.standard && /^(bytes|internal\/poll|net|os|runtime\/(metrics|pprof|trace)|sync|syscall|time)$/.test(p.importPath)
  );
}
