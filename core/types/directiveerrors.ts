/** What gc says about `//go:` comments that stand where their verb means nothing, or that user code must not have. */
import { type Decl, type Directive, type File, Kind, Pragma, type RawNode, rawNode, typedNode } from '../syntax/ast.ts';
import { fields, onItsOwnLine, pragmaFlag } from '../syntax/directives.ts';
import { basename } from '../source/path.ts';

/** An error at the text behind the slashes, where gc has a directive. */
export interface DirectiveError {
  /** Absolute UTF-16 offset. */
  offset: number;
  message: string;
}

const runtimePragmas =
  Pragma.Systemstack | Pragma.Nowritebarrier | Pragma.Nowritebarrierrec | Pragma.Yeswritebarrierrec;

/** Directives that code outside of the standard library must not have, or has misspelled (noder.pragma, pragcgo). */
export function forbiddenDirectives(file: File): DirectiveError[] {
  const errors: DirectiveError[] = [];
  const generated = basename(file.source.path).startsWith('_cgo_');
  for (const { offset, text } of file.directives) {
    if (!onItsOwnLine(file.source.text, offset)) continue;
    const report = (message: string) => errors.push({ offset: offset + 2, message });
    const verb = text.split(' ', 1)[0];
    if (text.startsWith('go:cgo_')) {
      const words = pragmaFields(text);
      if (!text.startsWith('go:cgo_import_dynamic ') || words.length < 4) {
        if (!generated) report(`//${text} only allowed in cgo-generated code`);
      } else {
        const lib = words[3].replace(/^"+|"+$/g, '');
        if (lib !== '' && !/^[0-9A-Za-z._/\u0080-\uffff]/.test(lib) && !generated)
          report(`invalid library name ${JSON.stringify(lib)} in cgo_import_dynamic directive`);
      }
      const usage = cgoUsage(words);
      if (usage !== '') report(`usage: //go:${usage}`);
      if (text.startsWith('go:cgo_import_dynamic ') && words.length >= 4) continue;
    } else if (text.startsWith('go:wasmimport ')) {
      if (fields(text).length !== 3) report('usage: //go:wasmimport importmodule importname');
      continue;
    } else if (text.startsWith('go:wasmexport ')) {
      if (fields(text).length !== 2) report('usage: //go:wasmexport exportname');
      continue;
    }
    const flag = pragmaFlag(verb);
    if ((flag & runtimePragmas) !== 0) report(`//${verb} only allowed in runtime`);
    if (flag === Pragma.UintptrKeepAlive) report(`//${verb} is only allowed in the standard library`);
  }
  return errors;
}

/** Words, a text in double quotes being one (noder.pragmaFields). */
function pragmaFields(text: string): string[] {
  return [...text.matchAll(/"[^"]*"?|[^\s"]+/g)].map(m => m[0]);
}

/** How the verb is to be used, where it is not used so; empty. */
function cgoUsage(words: readonly string[]): string {
  const quoted = words.map(w => w.length >= 2 && w.startsWith('"') && w.endsWith('"'));
  const verb = words[0].slice('go:'.length);
  const n = words.length;
  const names = (count: number) => n === count && !quoted.slice(1).includes(true);
  switch (verb) {
    case 'cgo_export_static':
    case 'cgo_export_dynamic':
      return names(2) || names(3) ? '' : `${verb} local [remote]`;
    case 'cgo_import_dynamic':
      return names(2) || names(3) || (n === 4 && !quoted[1] && !quoted[2] && quoted[3])
        ? ''
        : `${verb} local [remote ["library"]]`;
    case 'cgo_import_static':
      return names(2) ? '' : `${verb} local`;
    case 'cgo_dynamic_linker':
      return n === 2 && quoted[1] ? '' : `${verb} "path"`;
    case 'cgo_ldflag':
      return n === 2 && quoted[1] ? '' : `${verb} "arg"`;
    default:
      return '';
  }
}

const allowedFor: Partial<Record<Kind, number>> = {
  [Kind.ImportDecl]: 0,
  [Kind.ConstDecl]: 0,
  [Kind.TypeDecl]: 0,
  [Kind.VarDecl]: 0,
  [Kind.FuncDecl]: ~Pragma.GoBuildPragma,
};

/**
 * Directives before a declaration, or before the package clause, that take no such flags (noder's checkPragmas). A
 * declaration has those that stand between it and the one before it; what no declaration takes is a syntax error.
 */
export function misplacedDirectives(file: File): DirectiveError[] {
  const { directives } = file;
  if (!directives.some(isFlag)) return [];
  const errors: DirectiveError[] = [];
  let at = 0;
  const take = (offset: number, allowed: number, embeds: boolean) => {
    for (; at < directives.length && directives[at].offset < offset; at++) {
      const { text } = directives[at];
      if (text.startsWith('go:embed')) {
        if (!embeds) errors.push({ offset: directives[at].offset + 2, message: 'misplaced go:embed directive' });
      } else if ((pragmaFlag(text.split(' ', 1)[0]) & ~allowed) !== 0)
        errors.push({ offset: directives[at].offset + 2, message: 'misplaced compiler directive' });
    }
  };
  take(file.head.start + file.pkgName.pos, Pragma.GoBuildPragma, false);
  const visit = (n: RawNode, base: number): void => {
    const allowed = allowedFor[n.kind];
    if (allowed !== undefined) take(base + typedNode<Decl>(n).pos, allowed, n.kind === Kind.VarDecl);
    for (const e of [n.a, n.b, n.c, n.d, ...n.list, ...n.list2]) if (e !== null) visit(e, base);
  };
  for (const unit of file.units) {
    const within = directives.some(d => d.offset > unit.start && d.offset < unit.end);
    for (const decl of unit.decls) {
      if (within) visit(rawNode(decl), unit.start);
      else take(unit.start + decl.pos, allowedFor[decl.kind] ?? 0, decl.kind === Kind.VarDecl);
    }
  }
  return errors;
}

function isFlag({ text }: Directive): boolean {
  return text.startsWith('go:embed') || pragmaFlag(text.split(' ', 1)[0]) !== 0;
}
