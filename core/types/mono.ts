/** Finding generic code that instantiates itself without end (types2 mono). Vertices are type parameters and local types,
 * an edge of weight 1 says that the source occurs inside a type argument for the destination; a cycle of positive weight
 * has no finite instantiation. */
import type { Pos } from '../source/text.ts';
import type { Expr } from '../syntax/ast.ts';
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { comparePos } from './decl.ts';
import { newError } from './errors.ts';
import { ObjKind, type PackageObj, type TypeNameObj } from './object.ts';
import { isAlias } from './objectstring.ts';
import { startPos } from './position.ts';
import { type NamedType, type Type, TypeKind, type TypeParamType } from './type.ts';
import { typeSet } from './typeset.ts';
import { relativeTo, typeString } from './typestring.ts';

interface Vertex {
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
  typ: Type;
}

export class MonoGraph {
  readonly vertices: Vertex[] = [];
  readonly edges: Edge[] = [];
  /** Type parameters of methods' receivers stand for those of the type. */
  readonly canon = new Map<TypeParamType, TypeParamType>();
  readonly nameIdx = new Map<TypeNameObj, number>();
}

function graph(c: Checker): MonoGraph {
  return (c.mono ??= new MonoGraph());
}

export function recordCanon(c: Checker, mpar: TypeParamType, tpar: TypeParamType): void {
  graph(c).canon.set(mpar, tpar);
}

/** Reports a loop of instantiations, if there is one. */
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
  // Follow predecessors until a vertex comes again; what lies before it is not part of the cycle.
  let stack: number[] = [];
  const seen = new Set<number>();
  while (!seen.has(v)) {
    stack.push(v);
    seen.add(v);
    v = w.edges[w.vertices[v].pre].src;
  }
  stack = stack.slice(stack.indexOf(v));
  const err = newError(c);
  err.addf(w.vertices[v].obj, 'instantiation cycle:');
  const qf = relativeTo(c.pkg);
  for (const s of stack) {
    const edge = w.edges[w.vertices[s].pre];
    const { obj } = w.vertices[edge.dst];
    const how = obj.type!.kind === TypeKind.Named ? 'implicitly parameterized by' : 'instantiated as';
    err.addf(edge.pos, `${obj.name} ${how} ${typeString(edge.typ, qf)}`);
  }
  err.report();
}

/** Type arguments were given for tparams at pos, or at the expressions of xlist. */
export function recordMonoInstance(
  c: Checker,
  pkg: PackageObj,
  pos: Pos | null,
  tparams: readonly TypeParamType[],
  targs: readonly Type[],
  xlist: readonly Expr[],
): void {
  for (let i = 0; i < tparams.length; i++) {
    if (tparams[i].obj.pkg !== pkg) continue;
    assign(graph(c), pkg, i < xlist.length ? startPos(xlist[i]) : pos, tparams[i], targs[i]);
  }
}

function assign(w: MonoGraph, pkg: PackageObj, pos: Pos | null, tpar: TypeParamType, targ: Type): void {
  const flow = (src: number, typ: Type): void => {
    w.edges.push({ dst: typeParamVertex(w, tpar), src, weight: typ === targ ? 0 : 1, pos, typ: targ });
  };
  const walk = (typ0: Type): void => {
    const typ = unalias(typ0);
    switch (typ.kind) {
      case TypeKind.TypeParam:
        flow(typeParamVertex(w, typ), typ);
        break;
      case TypeKind.Named: {
        const src = localNamedVertex(w, pkg, typ.origin);
        if (src >= 0) flow(src, typ);
        for (const a of typ.targs) walk(a);
        break;
      }
      case TypeKind.Array:
      case TypeKind.Chan:
      case TypeKind.Pointer:
      case TypeKind.Slice:
        walk(typ.elem);
        break;
      case TypeKind.Map:
        walk(typ.key);
        walk(typ.elem);
        break;
      case TypeKind.Interface:
        for (const m of typeSet(typ).methods) walk(m.type!);
        break;
      case TypeKind.Signature:
        for (const v of typ.params.vars) walk(v.type!);
        for (const v of typ.results.vars) walk(v.type!);
        break;
      case TypeKind.Struct:
        for (const f of typ.fields) walk(f.type!);
        break;
      default:
    }
  };
  walk(targ);
}

/** Vertex of a type declared in a generic function, which is parameterised by its type parameters; -1 for others. */
function localNamedVertex(w: MonoGraph, pkg: PackageObj, named: NamedType): number {
  const { obj } = named;
  if (obj.pkg !== pkg) return -1;
  const root = pkg.scope;
  if (obj.parent === root) return -1;
  const known = w.nameIdx.get(obj);
  if (known !== undefined) return known;
  let idx = -1;
  for (let scope = obj.parent; scope !== null && scope !== root; scope = scope.parent) {
    for (const elem of scope.elems.values()) {
      if (elem.kind !== ObjKind.TypeName || isAlias(elem) || comparePos(elem.pos, obj.pos) >= 0) continue;
      const tpar = elem.type;
      if (tpar === null || tpar.kind !== TypeKind.TypeParam) continue;
      if (idx < 0) idx = w.vertices.push({ weight: 0, pre: 0, len: 0, obj }) - 1;
      w.edges.push({ dst: idx, src: typeParamVertex(w, tpar), weight: 1, pos: obj.pos, typ: tpar });
    }
  }
  w.nameIdx.set(obj, idx);
  return idx;
}

function typeParamVertex(w: MonoGraph, tpar: TypeParamType): number {
  const { obj } = w.canon.get(tpar) ?? tpar;
  let idx = w.nameIdx.get(obj);
  if (idx === undefined) {
    idx = w.vertices.push({ weight: 0, pre: 0, len: 0, obj }) - 1;
    w.nameIdx.set(obj, idx);
  }
  return idx;
}
