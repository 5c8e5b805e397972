/** How types, objects, operands and expressions appear in messages. */
import type { Pos } from '../source/text.ts';
import { type Node, RawNode } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import type { Checker } from './checker.ts';
import type { Obj, PackageObj } from './object.ts';
import { objectString } from './objectstring.ts';
import { Operand, operandString } from './operand.ts';
import type { Type } from './type.ts';
import { type Qualifier, typeString } from './typestring.ts';

export type Printable = Type | Operand | Obj | Node | null;

/** How x is printed in an error of this package (types2 sprintf's %s and %v). */
export function str(c: Checker | null, x: Printable | readonly Printable[]): string {
  if (x === null) return '<nil>';
  if (Array.isArray(x)) return `[${x.map(e => str(c, e)).join(', ')}]`;
  const qf = c === null ? null : qualifierOf(c);
  if (x instanceof RawNode) return exprString(x);
  if (x instanceof Operand) return operandString(x, qf);
  if ('scopePos' in x) return objectString(x, qf);
  return typeString(x as Type, qf);
}

/** `file:line:col` (syntax.Pos.String). */
export function posString(pos: Pos | null): string {
  if (pos === null) return '<unknown position>';
  const p = pos.base.source.position(pos.base.start + pos.off);
  return p.col > 0 ? `${p.file}:${p.line}:${p.col}` : `${p.file}:${p.line}`;
}

export function qualifierOf(c: Checker): Qualifier {
  return pkg => qualifier(c, pkg);
}

/** Package names as written; paths in quotes where several packages have that name (types2 Checker.qualifier). */
export function qualifier(c: Checker, pkg: PackageObj): string {
  if (pkg === c.pkg) return '';
  if (c.pkgPathMap === null) {
    c.pkgPathMap = new Map();
    c.seenPkgMap.clear();
    markImports(c, c.pkg);
  }
  const paths = c.pkgPathMap.get(pkg.name);
  return paths !== undefined && paths.size > 1 ? JSON.stringify(pkg.path) : pkg.name;
}

export function markImports(c: Checker, pkg: PackageObj): void {
  if (c.seenPkgMap.has(pkg)) return;
  c.seenPkgMap.add(pkg);
  const paths = c.pkgPathMap!.get(pkg.name);
  if (paths === undefined) c.pkgPathMap!.set(pkg.name, new Set([pkg.path]));
  else paths.add(pkg.path);
  for (const imp of pkg.imports) markImports(c, imp);
}
