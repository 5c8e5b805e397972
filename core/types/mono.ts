/**
 * Detection of instantiations without end, such as `func f[T any]() { f[*T]() }` (types2 mono.go).
 *
 * Type parameters, and local types that depend on some, are vertices; an instantiation with a type argument that mentions
 * a vertex is an edge to the type parameter, of weight 0 if the argument is that very type, else 1. A cycle with positive
 * weight has no finite instantiation; it shows as a path longer than there are vertices.
 */
import type { Pos } from '../source/text.ts';
import type { Expr } from '../syntax/ast.ts';
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { newError } from './errors.ts';
import { ObjKind, type PackageObj, type TypeNameObj } from './object.ts';
import { isAlias } from './objectstring.ts';
import { startPos } from './position.ts';
import { type NamedType, type TupleType, type Type, TypeKind, type TypeParamType } from './type.ts';
import { typeSet } from './typeset.ts';
import { relativeTo, typeString } from './typestring.ts';

interface Vertex {
  /** Weight of the heaviest known path to it, the edge it ends with, its length. */
  weight: number;
  pre: number;
  len: number;
  obj: TypeNameObj;
}

interface Edge {
  dst: number;
  src: number;
  weight: number;
  pos: Pos | null;
  type: Type;
}

export interface MonoGraph {
  vertices: Vertex[];
  edges: Edge[];
  /** Type parameters of method receivers by those of the type's declaration. */
  canon: Map<TypeParamType, TypeParamType>;
  nameIdx: Map<TypeNameObj, number>;
}

function graph(c: Checker): MonoGraph {
  c.mono ??= { vertices: [], edges: [], canon: new Map(), nameIdx: new Map() };
  return c.mono;
}

/** Looks for a cycle of positive weight and reports it (Bellman-Ford). */
export function monomorph(c: Checker): void {
  const w = c.mono;
  if (w === null) return;
  for (let again = true; again; ) {
    again = false;
    for (let i = 0; i < w.edges.length; i++) {
      const edge = w.edges[i];
      const src = w.vertices[edge.src];
      const dst = w.vertices[edge.dst];
      const weight = src.weight + edge.weight;
      if (weight <= dst.weight) continue;
      dst.pre = i;
      dst.len = src.len + 1;
      if (dst.len === w.vertices.length) {
        reportInstanceLoop(c, w, edge.dst);
        return;
      }
      dst.weight = weight;
      again = true;
    }
  }
}

function reportInstanceLoop(c: Checker, w: MonoGraph, v: number): void {
  let stack: number[] = [];
  const seen = new Set<number>();
  while (!seen.has(v)) {
    stack.push(v);
    seen.add(v);
    v = w.edges[w.vertices[v].pre].src;
  }
  // Only what is on the cycle.
  stack = stack.slice(stack.indexOf(v));
  const err = newError(c);
  err.addf(w.vertices[v].obj, 'instantiation cycle:');
  const qf = relativeTo(c.pkg);
  for (const i of stack) {
    const edge = w.edges[w.vertices[i].pre];
    const obj = w.vertices[edge.dst].obj;
    const how = obj.type!.kind === TypeKind.Named ? 'implicitly parameterized by' : 'instantiated as';
    err.addf(edge.pos, `${obj.name} ${how} ${typeString(edge.type, qf)}`);
  }
  err.report();
}

/** The receiver's type parameter mpar stands for tpar of the type's declaration. */
export function recordCanon(c: Checker, mpar: TypeParamType, tpar: TypeParamType): void {
  graph(c).canon.set(mpar, tpar);
}

/** An instantiation in the package. */
export function recordMonoInstance(
  c: Checker,
  pkg: PackageObj,
  pos: Pos | null,
  tparams: readonly TypeParamType[],
  targs: readonly Type[],
  xlist: readonly Expr[],
): void {
  for (let i = 0; i < tparams.length; i++) {
    // Instances of imported functions cannot be part of a cycle.
    if (tparams[i].obj.pkg !== pkg) continue;
    assign(graph(c), pkg, i < xlist.length ? startPos(xlist[i]) : pos, tparams[i], targs[i]);
  }
}

function assign(w: MonoGraph, pkg: PackageObj, pos: Pos | null, tpar: TypeParamType, targ: Type): void {
  const flow = (src: number, t: Type) =>
    w.edges.push({ dst: typeParamVertex(w, tpar), src, weight: t === targ ? 0 : 1, pos, type: targ });
  const tuple = (t: TupleType) => {
    for (const v of t.vars) visit(v.type!);
  };
  const visit = (t0: Type): void => {
    const t = unalias(t0);
    switch (t.kind) {
      case TypeKind.TypeParam:
        flow(typeParamVertex(w, t), t);
        break;
      case TypeKind.Named: {
        const src = localNamedVertex(w, pkg, t.origin);
        if (src >= 0) flow(src, t);
        for (const a of t.targs) visit(a);
        break;
      }
      case TypeKind.Array:
      case TypeKind.Chan:
      case TypeKind.Pointer:
      case TypeKind.Slice:
        visit(t.elem);
        break;
      case TypeKind.Map:
        visit(t.key);
        visit(t.elem);
        break;
      case TypeKind.Interface:
        for (const m of typeSet(t).methods) visit(m.type!);
        break;
      case TypeKind.Signature:
        tuple(t.params);
        tuple(t.results);
        break;
      case TypeKind.Struct:
        for (const f of t.fields) visit(f.type!);
    }
  };
  visit(targ);
}

/** Vertex of a type declared in a function with type parameters, on which it depends; -1 for others. */
function localNamedVertex(w: MonoGraph, pkg: PackageObj, named: NamedType): number {
  const obj = named.obj;
  if (obj.pkg !== pkg || obj.parent === pkg.scope) return -1;
  const known = w.nameIdx.get(obj);
  if (known !== undefined) return known;
  let idx = -1;
  for (let scope = obj.parent; scope !== null && scope !== pkg.scope; scope = scope.parent) {
    for (const elem of scope.elems.values()) {
      if (elem.kind !== ObjKind.TypeName || isAlias(elem) || elem.type === null) continue;
      const tpar = elem.type;
      if (tpar.kind !== TypeKind.TypeParam || !before(elem, obj)) continue;
      if (idx < 0) idx = w.vertices.push({ weight: 0, pre: 0, len: 0, obj }) - 1;
      w.edges.push({ dst: idx, src: typeParamVertex(w, tpar), weight: 1, pos: obj.pos, type: tpar });
    }
  }
  w.nameIdx.set(obj, idx);
  return idx;
}

function before(a: TypeNameObj, b: TypeNameObj): boolean {
  return a.pos !== null && b.pos !== null && a.pos.base.start + a.pos.off < b.pos.base.start + b.pos.off;
}

function typeParamVertex(w: MonoGraph, tpar0: TypeParamType): number {
  const tpar = w.canon.get(tpar0) ?? tpar0;
  const known = w.nameIdx.get(tpar.obj);
  if (known !== undefined) return known;
  const idx = w.vertices.push({ weight: 0, pre: 0, len: 0, obj: tpar.obj }) - 1;
  w.nameIdx.set(tpar.obj, idx);
  return idx;
}
