/** Packages as `go list -json` prints them. */
import { byBytes } from '../source/utf8.ts';
import { formatPos, type Package, packageDesc, type PackageError } from './package.ts';
import { moduleInfo, type ModuleInfo } from './moduleinfo.ts';
import { isReal, type Loader, stdVendor } from './loader.ts';

/** A value as encoding/json writes it with MarshalIndent("", "\t"). Fields of an object in the order given. */
export type Json = string | boolean | number | null | Json[] | { [field: string]: Json };

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function jsonString(s: string): string {
  const body = s.replace(/["\\<>&\u2028\u2029\p{Cc}]/gu, c => {
    const code = c.charCodeAt(0);
    if (code >= 0x7f && code < 0xa0) return c;
    return escapes[c] ?? `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${body}"`;
}

/** The value as text; `indent` is that of the line it begins on. */
export function goJson(v: Json, indent = ''): string {
  if (v === null || typeof v === 'boolean' || typeof v === 'number') return String(v);
  if (typeof v === 'string') return jsonString(v);
  const inner = `${indent}\t`;
  if (Array.isArray(v)) {
    if (v.length === 0) return '[]';
    return `[\n${v.map(e => inner + goJson(e, inner)).join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(v);
  if (fields.length === 0) return '{}';
  return `{\n${fields.map(([k, e]) => `${inner}${jsonString(k)}: ${goJson(e, inner)}`).join(',\n')}\n${indent}}`;
}

/** The module's fields, empty ones left out. */
export function moduleJson(m: ModuleInfo): Json {
  const out: { [field: string]: Json } = { Path: m.Path };
  if (m.Version !== '') out['Version'] = m.Version;
  if (m.Replace) out['Replace'] = moduleJson(m.Replace);
  if (m.Time !== '') out['Time'] = m.Time;
  if (m.Main) out['Main'] = true;
  if (m.Indirect) out['Indirect'] = true;
  if (m.Dir !== '') out['Dir'] = m.Dir;
  if (m.GoMod !== '') out['GoMod'] = m.GoMod;
  if (m.GoVersion !== '') out['GoVersion'] = m.GoVersion;
  if (m.Error !== '') out['Error'] = { Err: m.Error };
  if (m.Sum !== '') out['Sum'] = m.Sum;
  if (m.GoModSum !== '') out['GoModSum'] = m.GoModSum;
  return out;
}

function errorJson(e: PackageError): Json {
  return { ImportStack: e.stack.map(s => s.path), Pos: e.pos ? formatPos(e.pos) : '', Err: e.message };
}

/** The fields that can be asked for, in the order go list prints them. */
export const listFields = [
  'Dir',
  'ImportPath',
  'Name',
  'Root',
  'ForTest',
  'Module',
  'Match',
  'Goroot',
  'Standard',
  'DepOnly',
  'Incomplete',
  'GoFiles',
  'CgoFiles',
  'IgnoredGoFiles',
  'InvalidGoFiles',
  'IgnoredOtherFiles',
  'CFiles',
  'CXXFiles',
  'MFiles',
  'HFiles',
  'FFiles',
  'SFiles',
  'SwigFiles',
  'SwigCXXFiles',
  'SysoFiles',
  'EmbedPatterns',
  'EmbedFiles',
  'CgoCFLAGS',
  'CgoCPPFLAGS',
  'CgoCXXFLAGS',
  'CgoFFLAGS',
  'CgoLDFLAGS',
  'CgoPkgConfig',
  'Imports',
  'ImportMap',
  'Deps',
  'Error',
  'DepsErrors',
  'TestGoFiles',
  'TestImports',
  'TestEmbedPatterns',
  'XTestGoFiles',
  'XTestImports',
  'XTestEmbedPatterns',
] as const;
export type ListField = (typeof listFields)[number];

/** What go list's Deps and DepsErrors collect, for each package of a list with imports before importers. */
export interface Collected {
  deps: Map<Package, string[]>;
  depsErrors: Map<Package, PackageError[]>;
}

export function collectDeps(list: readonly Package[], errorsToo: boolean): Collected {
  // Sets of package numbers as bits: lists of paths would cost the square of the number of packages.
  const number = new Map<Package, number>();
  list.forEach((p, i) => number.set(p, i));
  const words = (list.length + 31) >> 5;
  const sets = new Map<Package, Uint32Array>();
  for (const p of list) {
    const set = new Uint32Array(words);
    for (const d of p.deps ?? []) {
      const n = number.get(d);
      if (n === undefined) continue;
      set[n >> 5] |= 1 << (n & 31);
      const sub = sets.get(d);
      if (sub) for (let i = 0; i < words; i++) set[i] |= sub[i];
    }
    sets.set(p, set);
  }
  const deps = new Map<Package, string[]>();
  const depsErrors = new Map<Package, PackageError[]>();
  for (const p of list) {
    const set = sets.get(p) as Uint32Array;
    const paths = new Set<string>();
    const errors = new Set<PackageError>();
    list.forEach((d, i) => {
      if (((set[i >> 5] >>> (i & 31)) & 1) === 0) return;
      paths.add(packageDesc(d));
      if (errorsToo && d.error) errors.add(d.error);
    });
    deps.set(p, [...paths].sort(byBytes));
    const top = (e: PackageError): string => (e.stack.length > 0 ? e.stack[e.stack.length - 1].path : '');
    depsErrors.set(
      p,
      [...errors].sort((a, b) => {
        if (a.stack.length === 0 || b.stack.length === 0)
          return a.stack.length - b.stack.length || byBytes(a.message, b.message);
        return byBytes(top(a), top(b));
      }),
    );
  }
  return { deps, depsErrors };
}

/** The package's fields that `want` names, empty ones left out, in go list's order. */
export function packageJson(
  ld: Loader,
  p: Package,
  collected: Collected | null,
  depOnly: boolean,
  want: (f: ListField) => boolean,
): Json {
  const out: { [field: string]: Json } = {};
  const f = p.files;
  const renamed = new Map<string, string>();
  for (const d of p.deps ?? []) if (d.forTest !== '' || d.forMain !== '') renamed.set(d.importPath, packageDesc(d));
  const imports = p.imports.map(path => renamed.get(path) ?? path);
  for (const field of listFields) {
    if (!want(field)) continue;
    const v = fieldValue(field);
    if (v === '' || v === false || v === null) continue;
    if (Array.isArray(v) && v.length === 0) continue;
    out[field] = v;
  }
  return out;

  /** Imports of tests as what they mean (load.Package.Resolve). */
  function resolved(names: readonly string[]): string[] {
    if (!p.standard) return [...names];
    return [...new Set(names.map(name => (isReal(name) ? stdVendor(ld, p.importPath, name) : name)))].sort(byBytes);
  }

  function fieldValue(field: ListField): Json {
    switch (field) {
      case 'Dir':
        return p.dir;
      case 'ImportPath':
        return packageDesc(p);
      case 'Name':
        return p.name;
      case 'Root':
        return p.root;
      case 'ForTest':
        return p.forTest;
      case 'Module':
        return p.module ? moduleJson(moduleInfo(ld.modules, p.module)) : null;
      case 'Match':
        return p.match;
      case 'Goroot':
        return p.goroot;
      case 'Standard':
        return p.standard;
      case 'DepOnly':
        return depOnly;
      case 'Incomplete':
        return p.incomplete;
      case 'GoFiles':
        return f.goFiles;
      case 'CgoFiles':
        return f.cgoFiles;
      case 'IgnoredGoFiles':
        return f.ignoredGoFiles;
      case 'InvalidGoFiles':
        return f.invalidGoFiles;
      case 'IgnoredOtherFiles':
        return f.ignoredOtherFiles;
      case 'CFiles':
        return f.cFiles;
      case 'CXXFiles':
        return f.cxxFiles;
      case 'MFiles':
        return f.mFiles;
      case 'HFiles':
        return f.hFiles;
      case 'FFiles':
        return f.fFiles;
      case 'SFiles':
        return f.sFiles;
      case 'SwigFiles':
        return f.swigFiles;
      case 'SwigCXXFiles':
        return f.swigCXXFiles;
      case 'SysoFiles':
        return f.sysoFiles;
      case 'EmbedPatterns':
        return f.embeds.names;
      case 'EmbedFiles':
        return p.embedFiles;
      case 'CgoCFLAGS':
        return f.cgo.CFLAGS;
      case 'CgoCPPFLAGS':
        return f.cgo.CPPFLAGS;
      case 'CgoCXXFLAGS':
        return f.cgo.CXXFLAGS;
      case 'CgoFFLAGS':
        return f.cgo.FFLAGS;
      case 'CgoLDFLAGS':
        return f.cgo.LDFLAGS;
      case 'CgoPkgConfig':
        return f.cgo.pkgConfig;
      case 'Imports':
        return imports;
      case 'ImportMap': {
        const entries = f.imports.names.map((written, i) => [written, imports[i]]).filter(([a, b]) => a !== b);
        // test variants change the order: encoding/json writes the keys of a map sorted
        entries.sort(([a], [b]) => byBytes(a, b));
        return entries.length === 0 ? null : Object.fromEntries(entries);
      }
      case 'Deps':
        return collected?.deps.get(p) ?? [];
      case 'Error':
        return p.error ? errorJson(p.error) : null;
      case 'DepsErrors':
        return (collected?.depsErrors.get(p) ?? []).map(errorJson);
      case 'TestGoFiles':
        return f.testGoFiles;
      case 'TestImports':
        return resolved(f.testImports.names);
      case 'TestEmbedPatterns':
        return f.testEmbeds.names;
      case 'XTestGoFiles':
        return f.xTestGoFiles;
      case 'XTestImports':
        return resolved(f.xTestImports.names);
      case 'XTestEmbedPatterns':
        return f.xTestEmbeds.names;
    }
  }
}
