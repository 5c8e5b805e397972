/** Cycles among type declarations (types2 cycles). */
import { Kind } from '../syntax/ast.ts';
import { unalias } from './alias.ts';
import { pop, push } from './check.ts';
import type { Checker } from './checker.ts';
import { cycleError, firstInSrc } from './decl.ts';
import { cycleObj } from './named.ts';
import { ObjKind, type TypeNameObj } from './object.ts';
import { BasicKind, type Type, TypeKind } from './type.ts';
import { Typ } from './universe.ts';

/** Reports type declarations that lead back to themselves by names alone, and makes them invalid. */
export function directCycles(c: Checker): void {
  const pathIdx = new Map<TypeNameObj, number>();
  for (const obj of c.objList) if (obj.kind === ObjKind.TypeName) directCycle(c, obj, pathIdx);
}

/** The same for one type. */
export function directCycle(c: Checker, tname: TypeNameObj, pathIdx: Map<TypeNameObj, number>): void {
  const path: TypeNameObj[] = [];
  for (;;) {
    const start = pathIdx.get(tname);
    // -1 stands for types that lead to no cycle, or to one that was reported.
    if (start !== undefined && start < 0) break;
    if (start !== undefined) {
      tname.type = Typ[BasicKind.Invalid];
      const cycle = path.slice(start);
      cycleError(c, cycle, firstInSrc(cycle));
      break;
    }
    pathIdx.set(tname, path.length);
    path.push(tname);
    const rhs = c.objMap.get(tname)!.tdecl!.type;
    if (rhs.kind !== Kind.Name) break;
    const next = c.pkg.scope.lookup(rhs.value);
    if (next === null || next.kind !== ObjKind.TypeName || !c.objMap.has(next)) break;
    tname = next;
  }
  for (const t of path) pathIdx.set(t, -1);
}

/** The size of values of the type is known, as far as its declaration is; a cycle is reported. */
export function finiteSize(c: Checker, typ: Type | null): boolean {
  if (typ === null) return true;
  const t = unalias(typ);
  switch (t.kind) {
    case TypeKind.Named: {
      if (t.finite !== null) return t.finite;
      const obj = cycleObj(t);
      const i = c.objPathIdx.get(obj);
      if (i !== undefined) {
        const cycle = c.objPath.slice(i);
        cycleError(c, cycle, firstInSrc(cycle));
        return false;
      }
      push(c, obj);
      const finite = finiteSize(c, t.fromRHS);
      pop(c);
      t.finite ??= finite;
      return finite;
    }
    case TypeKind.Array:
      return finiteSize(c, t.elem);
    case TypeKind.Struct:
      return t.fields.every(f => finiteSize(c, f.type));
    default:
      return true;
  }
}
