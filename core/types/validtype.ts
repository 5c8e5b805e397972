/** Types that contain themselves (types2 validtype). */
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { cycleError } from './decl.ts';
import { cycleObj, unpack } from './named.ts';
import { identical } from './predicates.ts';
import { BasicKind, type NamedType, type Type, TypeKind } from './type.ts';
import { Typ } from './universe.ts';

export { finiteSize } from './cycles.ts';

/** Reports a type whose values would contain themselves, and makes it invalid. */
export function validType(c: Checker, typ: NamedType): void {
  validType0(c, typ, [], []);
}

/** `nest` is the chain of types that typ is nested in, changed while a type argument is followed; `path` the whole way. */
function validType0(c: Checker, typ: Type | null, nest: NamedType[], path: NamedType[]): boolean {
  if (typ === null) return true;
  const t = unalias(typ);
  switch (t.kind) {
    case TypeKind.Array:
      return validType0(c, t.elem, nest, path);
    case TypeKind.Struct:
      for (const f of t.fields) if (!validType0(c, f.type, nest, path)) return false;
      return true;
    case TypeKind.Union:
      for (const term of t.terms) if (!validType0(c, term.type, nest, path)) return false;
      return true;
    case TypeKind.Interface:
      for (const e of t.embeddeds) if (!validType0(c, e, nest, path)) return false;
      return true;
    case TypeKind.Named: {
      // A type of a finished package cannot contain one of this package, and is valid.
      if (t.check === null && t.targs.length === 0) return true;
      for (const e of nest) {
        if (!identical(e, t)) continue;
        t.origin.fromRHS = Typ[BasicKind.Invalid];
        t.origin.underlying = Typ[BasicKind.Invalid];
        const start = path.findIndex(p => identical(p, t));
        const cycle = path.slice(Math.max(start, 0)).map(cycleObj);
        cycleError(c, cycle, 0);
        return false;
      }
      const origin = unpack(t.origin);
      return validType0(c, origin.fromRHS, [...nest, t], [...path, t]);
    }
    case TypeKind.TypeParam: {
      // A type parameter stands for the type argument that the innermost type was given.
      const d = nest.length - 1;
      if (d < 0) return true;
      const i = nest[d].typeParams.indexOf(t);
      if (i < 0 || i >= nest[d].targs.length) return true;
      return validType0(c, nest[d].targs[i], nest.slice(0, d), path);
    }
    default:
      return true;
  }
}
