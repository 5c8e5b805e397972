/** Methods of canonical types, promoted ones included (typecheck.CalcMethods, dotpath). */
import { type FuncObj, isExported, type PackageObj } from '../types/object.ts';
import type { InterfaceType, SignatureType, StructType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import type { Builder } from './build.ts';
import type { Name } from './node.ts';
import { compareSyms, elemOf, isInterface, isPointer, isStruct, under } from './typeinfo.ts';

/** A method of a type's method set. */
export interface Method {
  name: string;
  pkg: PackageObj | null;
  /** Without receiver. */
  type: SignatureType;
  /** The declared method; null for methods of interfaces. */
  fn: Name | null;
  /** The receiver as declared; null for methods of interfaces. */
  recv: Type | null;
  /** A method of an interface, as the checker knows it. */
  abstract: FuncObj | null;
  /** Fields through which it is promoted. */
  path: number[];
  /** 0: declared for the type itself, 1: promoted, 2: promoted through an embedded pointer. */
  embedded: 0 | 1 | 2;
}

function sameName(a: { name: string; pkg: PackageObj | null }, name: string, pkg: PackageObj | null): boolean {
  return a.name === name && (isExported(name) || a.pkg === pkg);
}

/** The base type that methods are declared for: T of T and *T. */
function baseOf(t: Type): Type {
  return t.kind === TypeKind.Pointer ? t.elem : t;
}

function declared(b: Builder, t: Type, name: string, pkg: PackageObj | null): Method | null {
  const m = b.instances.infoOf(t)?.methods.find(m => sameName(m, name, pkg));
  if (m !== undefined) {
    return {
      name: m.name,
      pkg: m.pkg,
      type: m.type,
      fn: m.fn.nname,
      recv: m.recv,
      abstract: null,
      path: [],
      embedded: 0,
    };
  }
  if (!isInterface(t)) return null;
  const i = (under(t) as InterfaceType).methods.find(m => sameName(m, name, pkg));
  if (i === undefined) return null;
  return ofInterface(i);
}

function ofInterface(m: FuncObj): Method {
  let abstract = m;
  while (abstract.origin !== null) abstract = abstract.origin;
  const type = m.type as SignatureType;
  return { name: m.name, pkg: m.pkg, type, fn: null, recv: null, abstract, path: [], embedded: 0 };
}

/** The method of that name at the least depth, null when there is none, several, or a field (dotpath). */
export function findMethod(b: Builder, recv: Type, name: string, pkg: PackageObj | null): Method | null {
  const base = baseOf(recv);
  const own = declared(b, base, name, pkg);
  if (own !== null) return own;
  let level: { type: Type; path: number[]; ptr: boolean; count: number }[] = [
    { type: base, path: [], ptr: false, count: 1 },
  ];
  const seen = new Set<Type>([base]);
  while (level.length > 0) {
    let found: Method | null = null;
    let count = 0;
    const next = new Map<Type, { type: Type; path: number[]; ptr: boolean; count: number }>();
    for (const at of level) {
      if (!isStruct(at.type)) continue;
      (under(at.type) as StructType).fields.forEach((f, i) => {
        if (sameName(f, name, pkg)) {
          if (at.path.length > 0 || at === level[0]) count += at.count;
          return;
        }
        if (!f.embedded) return;
        const ptr = isPointer(f.type!);
        const type = ptr ? elemOf(f.type!) : f.type!;
        if (seen.has(type)) return;
        const known = next.get(type);
        if (known !== undefined) {
          known.count += at.count;
          return;
        }
        next.set(type, { type, path: [...at.path, i], ptr: at.ptr || ptr, count: at.count });
      });
    }
    if (count > 0) return null;
    level = [...next.values()];
    for (const at of level) {
      seen.add(at.type);
      const m = declared(b, at.type, name, pkg);
      if (m === null) continue;
      count += at.count;
      found = { ...m, path: at.path, embedded: at.ptr ? 2 : 1 };
    }
    if (count > 1) return null;
    if (found !== null) {
      // A field of that name beside it makes both ambiguous.
      const clash = level.some(
        at => isStruct(at.type) && (under(at.type) as StructType).fields.some(f => sameName(f, name, pkg)),
      );
      return clash ? null : found;
    }
  }
  return null;
}

/** The method set of T and *T, in gc's order (Type.AllMethods after CalcMethods). */
export function allMethods(b: Builder, t: Type): Method[] {
  if (isInterface(t)) {
    return (under(t) as InterfaceType).methods.map(ofInterface);
  }
  const names: { name: string; pkg: PackageObj | null }[] = [];
  const add = (m: { name: string; pkg: PackageObj | null }) => {
    if (!names.some(o => sameName(o, m.name, m.pkg))) names.push(m);
  };
  const seen = new Set<Type>();
  const walk = (t: Type) => {
    if (seen.has(t)) return;
    seen.add(t);
    for (const m of b.instances.infoOf(t)?.methods ?? []) add(m);
    const u = under(t);
    if (u.kind === TypeKind.Interface) for (const m of u.methods) add(m);
    if (u.kind === TypeKind.Struct) {
      for (const f of u.fields) if (f.embedded) walk(isPointer(f.type!) ? elemOf(f.type!) : f.type!);
    }
  };
  walk(t);
  const methods: Method[] = [];
  for (const m of names) {
    if (m.name === '_') continue;
    const found = findMethod(b, t, m.name, m.pkg);
    if (found !== null) methods.push(found);
  }
  return methods.sort(compareSyms);
}
