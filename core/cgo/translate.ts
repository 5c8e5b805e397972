/**
 * cgo, as far as the compiler sees it: from the files of a package that import "C" to the Go files that gc is given in
 * their place, without running cgo or a C compiler. The preambles and the headers that they include are read for their
 * declarations; the types get the Go types that cmd/cgo would give them; the files are rewritten as it rewrites them.
 *
 * What a preamble's declarations do not tell (a header that is not there, a macro that is no expression) stays `C.x` in
 * the text, and `import "C"` with it: the checker then takes the name for opaque.
 */
import type { FileSystem } from '../source/files.ts';
import { join } from '../source/path.ts';
import type { SourceText, Span } from '../source/text.ts';
import { type File, Kind, type RawNode, rawNode } from '../syntax/ast.ts';
import { newTypeConv, newTypeTables, type TypeTables } from './convert.ts';
import { dataModel } from './ctype.ts';
import { exportErrors, writtenType } from './exporttypes.ts';
import { named } from './gotype.ts';
import { type Export, goTypesFile, symbolPrefix } from './gotypes.ts';
import { type CFlags, includesOf, predefinedMacros, readCFlags } from './headers.ts';
import { cName, type CName, resolveNames } from './names.ts';
import { declarations } from './parse.ts';
import { type Includes, maxTokens, preprocess } from './preprocess.ts';
import { type CgoError, isC, type Uses, usesOf } from './refs.ts';
import { hasPointer, rewriteFile } from './rewrite.ts';
import { newScope } from './scope.ts';
import type { Token } from './token.ts';

export interface CgoPackage {
  importPath: string;
  standard: boolean;
  dir: string;
  goos: string;
  goarch: string;
  /** Of the #cgo lines. */
  cppflags: readonly string[];
  cflags: readonly string[];
  /** All flags for the linker, those of the #cgo lines last. */
  ldflags: readonly string[];
  /** The files that import "C", with their bytes and the comments above the import, in order of their names. */
  files: readonly { name: string; bytes: Uint8Array; file: File; preamble: string }[];
}

/** A file for gc. */
export interface Translated {
  path: string;
  text: string;
  /** The file as the user has it, and which parts of the text are its; null for `_cgo_gotypes.go`. */
  original: SourceText | null;
  spans: Span[];
  /** What cgo says of the original. */
  errors: CgoError[];
}

const prolog = `
#include <stddef.h>
typedef ptrdiff_t intgo;
#define GO_CGO_GOSTRING_TYPEDEF
typedef struct { const char *p; intgo n; } _GoString_;
typedef struct { char *p; intgo n; intgo c; } _GoBytes_;
_GoString_ GoString(char *p);
_GoString_ GoStringN(char *p, int l);
_GoBytes_ GoBytes(void *p, int n);
char *CString(_GoString_);
void *CBytes(_GoBytes_);
void *_CMalloc(size_t);
static size_t _GoStringLen(_GoString_ s);
static const char *_GoStringPtr(_GoString_ s);
`;

/** Packages that cgo's code may not import, being imported by them (cmd/go's cgo flags). */
const noRuntimeCgo = new Set(['runtime/cgo']);
const noSyscall = new Set(['runtime/cgo', 'runtime/race', 'runtime/msan', 'runtime/asan']);

/** The files that gc compiles for those that import "C", in its order. */
export function translateCgo(p: CgoPackage, fs: FileSystem): Translated[] {
  const flags = readCFlags([...p.cppflags, ...p.cflags]);
  // cgo adds the folder itself
  flags.dirs = [...flags.dirs.map(dir => (dir.startsWith('/') ? dir : join(p.dir, dir))), p.dir];
  const includes = includesOf(fs, flags, p.goos, p.goarch);
  const model = dataModel(p.goos, p.goarch);
  const tables = newTypeTables(model.ptrSize, p.goos);
  const headers = new Map<string, Token[]>();
  const names = new Map<string, CName>();
  const exports: Export[] = [];
  const noCallback = new Set<string>();
  const noEscape = new Set<string>();
  const rewritten: Translated[] = [];
  const uses = p.files.map(f => usesOf(f.file));
  for (const [i, f] of p.files.entries()) {
    const preamble = withoutDirectives(f.preamble, noCallback, noEscape);
    const { names: fileNames, unknown } = namesOf(p, prolog + preamble, uses[i], flags, includes, headers, tables);
    const result = rewriteFile(f.file, uses[i], fileNames, tables);
    for (const [go, name] of fileNames) {
      if (name.kind === 'func' && !result.called.has(go)) continue;
      if (!names.has(go)) names.set(go, name);
    }
    for (const [go, name] of result.added) if (!names.has(go)) names.set(go, name);
    for (const e of uses[i].exports) exports.push(exportOf(e.name, e.decl, f.file, p.files, tables));
    rewritten.push({
      ...apply(f.file.source, result.edits),
      errors: [...uses[i].errors, ...unknownNames(uses[i], unknown)],
    });
  }
  if (rewritten.every(r => r.errors.length === 0)) {
    const files = p.files.map(f => f.file);
    for (const { file, error } of exportErrors(exports, files)) rewritten[files.indexOf(file)].errors.push(error);
  }
  const gotypes = goTypesFile({
    packageName: p.files[0].file.pkgName.value,
    prefix: symbolPrefix(
      p.importPath,
      p.files.map(f => f.bytes),
    ),
    ldflags: p.ldflags,
    importRuntimeCgo: !(p.standard && noRuntimeCgo.has(p.importPath)),
    importSyscall: !(p.standard && noSyscall.has(p.importPath)),
    names,
    tables,
    exports,
    noCallback,
    noEscape,
  });
  return [{ path: '_cgo_gotypes.go', text: gotypes, original: null, spans: [], errors: [] }, ...rewritten];
}

/** The preamble without its #cgo lines, of which those that say how functions behave are noted. */
function withoutDirectives(preamble: string, noCallback: Set<string>, noEscape: Set<string>): string {
  return preamble
    .split('\n')
    .map(line => {
      const words = line.trim().split(/\s+/);
      if (words[0] !== '#cgo' || words.length < 2) return line;
      if (words.length === 3 && words[1] === 'nocallback') noCallback.add(words[2]);
      if (words.length === 3 && words[1] === 'noescape') noEscape.add(words[2]);
      return '';
    })
    .join('\n');
}

function namesOf(
  p: CgoPackage,
  text: string,
  uses: Uses,
  flags: CFlags,
  includes: Includes,
  headers: Map<string, Token[]>,
  tables: TypeTables,
): { names: Map<string, CName>; unknown: string[] } {
  const wanted = [...new Set(uses.refs.map(ref => ref.name))];
  if (wanted.length === 0) return { names: new Map(), unknown: [] };
  const pre = preprocess(text, p.dir, includes, predefinedMacros(p.goos, p.goarch, flags), headers);
  const scope = newScope(dataModel(p.goos, p.goarch), !pre.macros.has('__clang__'));
  declarations(pre.tokens, scope);
  const names = resolveNames(wanted, scope, pre.macros, newTypeConv(tables));
  if (pre.missing.length > 0 || pre.tokens.length >= maxTokens) return { names, unknown: [] };
  // what stands nowhere in a preamble that was read as a whole is not declared there
  const mentioned = new Set(pre.tokens.map(t => t.text));
  const unknown = wanted.filter(go => {
    const c = cName(go)
      .replace(/^(sizeof\(|struct |union |enum )+/, '')
      .replace(/\)+$/, '');
    return !names.has(go) && /^(?!__)\w+$/.test(c) && !mentioned.has(c) && !pre.macros.has(c);
  });
  return { names, unknown: unknown.toSorted() };
}

/** The errors for names that nothing declares, at their first uses (cmd/cgo's guessKinds). */
function unknownNames({ refs }: Uses, unknown: readonly string[]): CgoError[] {
  return unknown.map(go => {
    const { node } = refs.find(ref => ref.name === go)!;
    return { offset: node.unit.start + node.start, message: `could not determine what C.${go} refers to` };
  });
}

/** The text with the edits in it, and where its parts come from. */
function apply(source: SourceText, edits: readonly { start: number; end: number; text: string }[]): Translated {
  const spans: Span[] = [];
  let text = `// Code generated by cmd/cgo; DO NOT EDIT.\n\n//line ${source.path}:1:1\n`;
  let at = 0;
  const copy = (to: number) => {
    spans.push({ start: text.length, from: at, length: to - at });
    text += source.text.slice(at, to);
    at = to;
  };
  for (const e of edits) {
    if (e.start < at) continue;
    copy(e.start);
    spans.push({ start: text.length, from: e.start, length: 0 });
    text += e.text;
    at = e.end;
  }
  copy(source.text.length);
  return { path: source.path, text, original: source, spans, errors: [] };
}

/** An exported function with its types as written. */
function exportOf(name: string, decl: RawNode, file: File, files: CgoPackage['files'], tables: TypeTables): Export {
  const typeOf = (f: RawNode) => writtenType(f.b!);
  const type = decl.b!;
  return {
    name,
    recv: decl.c === null ? '' : typeOf(decl.c),
    params: type.list.map(typeOf),
    results: type.list2.map(f => ({ type: typeOf(f), hasPointer: mayPoint(f.b!, files, tables, 0) })),
    file: file.source.path,
    line: file.source.lineCol(decl.unit.start + decl.start).line,
    node: decl,
  };
}

/** Whether values of a Go type may hold pointers, as cgo sees it (Package.hasPointer). */
function mayPoint(t: RawNode, files: CgoPackage['files'], tables: TypeTables, depth: number): boolean {
  if (depth > 100) return true;
  switch (t.kind) {
    case Kind.ArrayType:
      return mayPoint(t.b!, files, tables, depth + 1);
    case Kind.StructType:
      return t.list.some(f => mayPoint(f.b!, files, tables, depth + 1));
    case Kind.SelectorExpr:
      return !isC(t.a) || hasPointer(tables, named(`_Ctype_${t.c!.text}`), false, 0);
    case Kind.Name: {
      for (const { file } of files)
        for (const unit of file.units)
          for (const d of unit.decls)
            if (d.kind === Kind.TypeDecl && d.name.value === t.text)
              return mayPoint(rawNode(d.type), files, tables, depth + 1);
      return !/^(bool|byte|rune|u?int(8|16|32|64)?|float(32|64)|complex(64|128))$/.test(t.text);
    }
    default:
      return true;
  }
}
