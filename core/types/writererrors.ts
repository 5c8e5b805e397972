/** Errors that gc finds in a package without type errors while it writes its own form of it (noder/writer.go): about
 * functions without bodies and about linknames. */
import { type Decl, type File, Kind, Pragma, type RawNode, type Unit, rawNode, typedNode } from '../syntax/ast.ts';
import { misplacedDirectives } from './directiveerrors.ts';
import type { CheckedPackage } from './info.ts';
import { ObjKind } from './object.ts';
import { go1_18, minorVersion } from './version.ts';

export interface WriterError {
  file: File;
  /** Absolute UTF-16 offset. */
  offset: number;
  message: string;
}

/** The errors in the order in which gc finds them. `complete`: there are no other files, such as assembly, that could
 * hold bodies (gc's -complete). */
export function writerErrors(p: CheckedPackage, lang: string, complete: boolean): WriterError[] {
  const errors: WriterError[] = [];
  const linknamed = new Set<string>();
  for (const file of p.files) {
    for (const e of misplacedDirectives(file)) errors.push({ file, ...e });
    embedErrors(file, lang, errors);
    linknameErrors(p, file, lang, linknamed, errors);
  }
  for (const file of p.files) {
    for (const unit of file.units) {
      for (const d of unit.decls) {
        if (d.kind !== Kind.FuncDecl) continue;
        const report = (message: string) => errors.push({ file, offset: unit.start + d.pos, message });
        const pragma = d.pragma;
        const has = (flag: Pragma) => (pragma & flag) !== 0;
        if (has(Pragma.Systemstack) && has(Pragma.Nosplit)) report('go:nosplit and go:systemstack cannot be combined');
        if (d.body !== null) {
          if (has(Pragma.Noescape)) report('can only use //go:noescape with external func implementations');
          if (has(Pragma.UintptrKeepAlive) && !has(Pragma.UintptrEscapes) && !has(Pragma.Nosplit))
            report('go:uintptrkeepalive requires go:nosplit');
        } else if ((complete || d.name.value === 'init') && (d.recv !== null || !linknamed.has(d.name.value))) {
          // The host gives an imported function its body.
          if (directiveAbove(file.source.text, unit.start, 'wasmimport') < 0) report('missing function body');
        }
      }
    }
  }
  return errors;
}

/** Checks the variables of a file that have a //go:embed line (noder's checkEmbed); reported at the first such line. */
function embedErrors(file: File, lang: string, errors: WriterError[]): void {
  const { text } = file.source;
  if (!text.includes('//go:embed')) return;
  const imported = importsPackage(file, 'embed');
  const judge = (d: Decl, unit: Unit, withinFunc: boolean): void => {
    if (d.kind !== Kind.VarDecl) return;
    const at = directiveAbove(text, unit.start + d.pos, 'embed');
    if (at < 0) return;
    let message: string;
    if (!imported) message = 'go:embed requires import "embed" (or import _ "embed", if package is not used)';
    else if (d.nameList.length > 1) message = 'go:embed cannot apply to multiple vars';
    else if (d.values !== null) message = 'go:embed cannot apply to var with initializer';
    else if (withinFunc) message = 'go:embed cannot apply to var inside func';
    else if (minorVersion(lang) < 16)
      message = `go:embed requires go1.16 or later (-lang was set to ${lang}; check go.mod)`;
    else return;
    errors.push({ file, offset: at + 2, message });
  };
  const visit = (n: RawNode, unit: Unit): void => {
    if (n.kind === Kind.DeclStmt) for (const d of n.list) judge(typedNode<Decl>(d), unit, true);
    for (const e of [n.a, n.b, n.c, n.d, ...n.list, ...n.list2]) if (e !== null) visit(e, unit);
  };
  for (const unit of file.units) {
    const within = text.slice(unit.start, unit.end).includes('//go:embed');
    for (const d of unit.decls) {
      judge(d, unit, false);
      if (within) visit(rawNode(d), unit);
    }
  }
}

/** Offset of the first `//go:verb` in the lines of comments right above a declaration that starts, or whose name after
 * its keyword is, at the offset; -1 when there is none. */
function directiveAbove(text: string, offset: number, verb: string): number {
  let start = text.lastIndexOf('\n', offset - 1) + 1;
  if (!/^[ \t]*(?:var[ \t]+)?$/.test(text.slice(start, offset))) return -1;
  let found = -1;
  while (start > 0) {
    const end = start - 1;
    start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (line !== '' && !line.startsWith('//')) break;
    if (line.startsWith(`//go:${verb} `)) found = text.indexOf('//', start);
  }
  return found;
}

function importsPackage(file: File, path: string): boolean {
  return file.units.some(u =>
    u.decls.some(d => d.kind === Kind.ImportDecl && d.path !== null && d.path.value.slice(1, -1) === path),
  );
}

/** Checks the linknames of a file; adds the names of the objects that have one. */
function linknameErrors(
  p: CheckedPackage,
  file: File,
  lang: string,
  linknamed: Set<string>,
  errors: WriterError[],
): void {
  if (file.linknames.length === 0) return;
  const unsafe = importsPackage(file, 'unsafe');
  for (const l of file.linknames) {
    // gc's position is behind the slashes.
    const report = (message: string) => errors.push({ file, offset: l.offset + 2, message });
    if (!unsafe) {
      report(`//${l.directive} only allowed in Go files that import "unsafe"`);
      continue;
    }
    if (l.remote.includes('[') && l.remote.includes(']')) {
      report(`//${l.directive} reference of an instantiation is not allowed`);
      continue;
    }
    const obj = p.pkg.scope.lookup(l.local);
    if (obj === null || (obj.kind !== ObjKind.Func && obj.kind !== ObjKind.Var)) {
      if (minorVersion(lang) >= go1_18) report(`//${l.directive} must refer to declared function or variable`);
    } else if (linknamed.has(l.local)) report(`duplicate //${l.directive} for ${l.local}`);
    else linknamed.add(l.local);
  }
}
