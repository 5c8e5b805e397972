/**
 * Instances by origin and type arguments, so that the same instance is one object (types2 context).
 *
 * What a type is called in messages depends on how it is written: List[byte] and List[uint8] are identical, but two
 * objects here, as in gc. So nothing depends on the packages checked before, although a context is shared among them.
 */
import { identical } from './predicates.ts';
import { type AliasType, type NamedType, type SignatureType, type Type, TypeKind } from './type.ts';
import { spelling } from './typestring.ts';

interface Entry {
  orig: Type;
  targs: readonly Type[];
  instance: Type;
}

export class Context {
  private readonly entries = new Map<number, Entry[]>();

  /** What is entered here is found here alone; what `base` has is found too. */
  constructor(private readonly base: Context | null = null) {}

  lookup(hash: number, orig: Type, targs: readonly Type[]): Type | null {
    const list = this.entries.get(hash);
    if (list !== undefined) for (const e of list) if (same(e, orig, targs)) return e.instance;
    return this.base === null ? null : this.base.lookup(hash, orig, targs);
  }

  /** Enters the instance unless there is one already, which is then returned. */
  update(hash: number, orig: Type, targs: readonly Type[], instance: Type): Type {
    const known = this.lookup(hash, orig, targs);
    if (known !== null) return known;
    const entry: Entry = { orig, targs, instance };
    const list = this.entries.get(hash);
    if (list === undefined) this.entries.set(hash, [entry]);
    else list.push(entry);
    return instance;
  }
}

function same(e: Entry, orig: Type, targs: readonly Type[]): boolean {
  if (e.orig !== orig || e.targs.length !== targs.length) return false;
  for (let i = 0; i < targs.length; i++) {
    const x = e.targs[i];
    const y = targs[i];
    if (x !== y && (!identical(x, y) || spelling(x) !== spelling(y))) return false;
  }
  return true;
}

/** Equal for the same origin and identical type arguments. Two functions of identical types are two origins. */
export function instanceHash(orig: NamedType | AliasType | SignatureType, targs: readonly Type[]): number {
  let h = orig.kind === TypeKind.Alias ? strHash(orig.obj.name) : typeHash(orig, 0);
  for (const t of targs) h = mix(h, typeHash(t, 0));
  return h;
}

function mix(h: number, x: number): number {
  return (Math.imul(h, 31) + x) | 0;
}

function strHash(s: string): number {
  let h = 0;
  for (let i = 0; i < s.length; i++) h = mix(h, s.charCodeAt(i));
  return h;
}

/** Equal for identical types. Interfaces count as one, since their type sets may not be known yet; so do the types in a
 * generic signature, which are identical up to renaming. */
function typeHash(t: Type, depth: number): number {
  if (depth > 8) return 1;
  switch (t.kind) {
    case TypeKind.Basic:
      return t.basic + 1;
    case TypeKind.Alias: {
      const actual = t.actual ?? t.fromRHS;
      return actual === null ? 1 : typeHash(actual, depth);
    }
    case TypeKind.Array:
      return mix(mix(101, t.len), typeHash(t.elem, depth + 1));
    case TypeKind.Slice:
      return mix(102, typeHash(t.elem, depth + 1));
    case TypeKind.Struct: {
      let h = 103;
      for (const f of t.fields) h = mix(h, strHash(f.name));
      return h;
    }
    case TypeKind.Pointer:
      return mix(104, typeHash(t.elem, depth + 1));
    case TypeKind.Tuple: {
      let h = 105;
      for (const v of t.vars) h = mix(h, typeHash(v.type!, depth + 1));
      return h;
    }
    case TypeKind.Signature:
      if (t.typeParams.length > 0) return mix(106, t.typeParams.length);
      return mix(mix(107, typeHash(t.params, depth + 1)), typeHash(t.results, depth + 1));
    case TypeKind.Interface:
      return 108;
    case TypeKind.Map:
      return mix(mix(109, typeHash(t.key, depth + 1)), typeHash(t.elem, depth + 1));
    case TypeKind.Chan:
      return mix(110 + t.dir, typeHash(t.elem, depth + 1));
    case TypeKind.Named: {
      let h = mix(120, t.origin.id);
      for (const a of t.targs) h = mix(h, typeHash(a, depth + 1));
      return h;
    }
    case TypeKind.TypeParam:
      return mix(121, t.id);
    case TypeKind.Union:
      return 122;
  }
}
