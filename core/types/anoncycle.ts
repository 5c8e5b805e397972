/** Anonymous interfaces that refer to themselves through their methods, which gc cannot print or compare (its noder's
 * checkFiles and cycleFinder). */
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { comparePos } from './decl.ts';
import { error } from './errors.ts';
import { nodePos } from './position.ts';
import { type InterfaceType, type Type, TypeKind } from './type.ts';
import { typeSet } from './typeset.ts';

const message = 'invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)';

/** Reports such interfaces, each cycle once, at the outermost interface expression in the source. */
export function anonymousCycles(c: Checker): void {
  const exprs = c.interfaceExprs.sort((a, b) => comparePos(nodePos(a.expr), nodePos(b.expr)));
  const cyclic = new Map<InterfaceType, boolean>();
  let last: (typeof exprs)[number] | null = null;
  for (const e of exprs) {
    if (last !== null && last.expr.unit === e.expr.unit && e.expr.start < last.expr.end) continue;
    last = e;
    if (!hasCycle(cyclic, e.type)) continue;
    error(c, nodePos(e.expr), message);
    for (const t of cyclic.keys()) cyclic.set(t, false);
  }
}

function hasCycle(cyclic: Map<InterfaceType, boolean>, t: InterfaceType): boolean {
  return typeSet(t).methods.some(m => visit(cyclic, m.type!));
}

function visit(cyclic: Map<InterfaceType, boolean>, typ: Type): boolean {
  const t = unalias(typ);
  switch (t.kind) {
    case TypeKind.Pointer:
    case TypeKind.Array:
    case TypeKind.Chan:
    case TypeKind.Slice:
      return visit(cyclic, t.elem);
    case TypeKind.Map:
      return visit(cyclic, t.key) || visit(cyclic, t.elem);
    case TypeKind.Struct:
      return t.fields.some(f => visit(cyclic, f.type!));
    case TypeKind.Signature:
      return t.params.vars.some(v => visit(cyclic, v.type!)) || t.results.vars.some(v => visit(cyclic, v.type!));
    case TypeKind.Interface: {
      if (t.methods.length === 0 && t.embeddeds.length === 0) return false;
      const known = cyclic.get(t);
      if (known !== undefined) return known;
      cyclic.set(t, true);
      if (hasCycle(cyclic, t)) return true;
      cyclic.set(t, false);
      return false;
    }
    default:
      return false;
  }
}
