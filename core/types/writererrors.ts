/** Errors that gc finds in a package without type errors while it writes its own form of it (noder/writer.go): about
 * functions without bodies and about linknames. */
import { type File, Kind, Pragma } from '../syntax/ast.ts';
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
  for (const file of p.files) linknameErrors(p, file, lang, linknamed, errors);
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
          if (!hasWasmImport(file, unit.start)) report('missing function body');
        }
      }
    }
  }
  return errors;
}

/** The comment lines right above the offset have a //go:wasmimport, which gives the function a body elsewhere. */
function hasWasmImport(file: File, offset: number): boolean {
  const above = /(?:^[ \t]*\/\/.*\n)*$/m.exec(file.source.text.slice(0, offset));
  return above !== null && /^[ \t]*\/\/go:wasmimport\s/m.test(above[0]);
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
  const unsafe = file.units.some(u =>
    u.decls.some(d => d.kind === Kind.ImportDecl && d.path !== null && d.path.value.slice(1, -1) === 'unsafe'),
  );
  for (const l of file.linknames) {
    // gc's position is behind the slashes.
    const report = (message: string) => errors.push({ file, offset: l.offset + 2, message });
    if (!unsafe) {
      report('//go:linkname only allowed in Go files that import "unsafe"');
      continue;
    }
    if (l.remote.includes('[') && l.remote.includes(']')) {
      report('//go:linkname reference of an instantiation is not allowed');
      continue;
    }
    const obj = p.pkg.scope.lookup(l.local);
    if (obj === null || (obj.kind !== ObjKind.Func && obj.kind !== ObjKind.Var)) {
      if (minorVersion(lang) >= go1_18) report('//go:linkname must refer to declared function or variable');
    } else if (linknamed.has(l.local)) report(`duplicate //go:linkname for ${l.local}`);
    else linknamed.add(l.local);
  }
}
