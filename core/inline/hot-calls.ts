/**
 * The call graph of a package with the weights of a profile on it (pgoir), and what of it is hot enough to be inlined
 * more eagerly (inline.PGOInlinePrologue).
 */
import type { Builder } from '../ir/build.ts';
import { pathToPrefix } from '../ir/names.ts';
import { Class, type Func, type Name, type Node, Op, type Sym, type XPos } from '../ir/node.ts';
import { staticValue } from '../ir/static-value.ts';
import { identical } from '../ir/typeinfo.ts';
import { visitList } from '../ir/visit.ts';
import { unescapePath } from '../names/symbol.ts';
import { ObjKind } from '../types/object.ts';
import { type SignatureType, TypeKind } from '../types/type.ts';
import type { HotCalls } from './inliner.ts';
import { edgeKey, type Profile } from '../load/profile.ts';

/** Calls of one function from a line of another. */
export interface CallEdge {
  callee: string;
  /** Null for a function that this package does not see. */
  fn: Func | null;
  weight: number;
  /** Lines from the caller's first. */
  offset: number;
}

export interface CallGraph {
  profile: Profile;
  /** All functions of the graph, by linker name; null for those that this package does not see. */
  nodes: Map<string, Func | null>;
  /** Out-edges by caller, each by its key. */
  edges: Map<string, Map<string, CallEdge>>;
}

/** The linker's name (ir.LinkFuncName). */
export function linkFuncName(fn: { sym: Sym }): string {
  const { pkg, name } = fn.sym;
  return pkg === null ? name : `${pathToPrefix(pkg.path)}.${name}`;
}

function lineOf(pos: XPos): number {
  const { base } = pos.frame;
  return base.source.position(base.start + pos.off).line;
}

/** Lines from the first one of the function (pgoir.NodeLineOffset), both as line directives have them. */
export function nodeLineOffset(n: Node, fn: Func): number {
  return n.pos === null ? 0 : lineOf(n.pos) - lineOf(fn.pos);
}

/** The function that an expression surely is (pgoir.DirectCallee). */
export function directCallee(fun: Node): Func | null {
  const fn = staticValue(fun);
  switch (fn.op) {
    case Op.OMETHEXPR: {
      const recv = (fn.method?.type as SignatureType | undefined)?.recv ?? null;
      return recv !== null && identical(recv.type!, fn.x!.type!) ? fn.method!.fn : null;
    }
    case Op.ONAME:
      return (fn as Name).cls === Class.PFUNC ? (fn as Name).fn : null;
    case Op.OCLOSURE:
      return fn.func;
    default:
      return null;
  }
}

/** The graph of the package's calls and of those that the profile adds (pgoir.createIRGraph). */
export function createCallGraph(b: Builder, profile: Profile): CallGraph {
  const g: CallGraph = { profile, nodes: new Map(), edges: new Map() };
  for (const fn of b.funcs) g.nodes.set(linkFuncName(fn), fn);
  const edgesOf = (caller: string) => {
    let out = g.edges.get(caller);
    if (out === undefined) g.edges.set(caller, (out = new Map()));
    return out;
  };
  for (const fn of b.funcs) {
    const caller = linkFuncName(fn);
    visitList(fn.body, n => {
      if (n.op !== Op.OCALLFUNC) return;
      const callee = directCallee(n.x!);
      if (callee === null) return;
      const name = linkFuncName(callee);
      if (!g.nodes.has(name)) g.nodes.set(name, callee);
      const offset = nodeLineOffset(n, fn);
      const key = edgeKey(caller, name, offset);
      const weight = profile.byKey.get(key)?.weight ?? 0;
      edgesOf(caller).set(key, { callee: name, fn: g.nodes.get(name)!, weight, offset });
    });
  }
  // what the profile knows beside: calls through interfaces and function values
  const local = new Set(g.nodes.keys());
  for (const { caller, callee, offset, weight } of profile.edges) {
    if (!local.has(caller)) continue;
    const key = edgeKey(caller, callee, offset);
    const out = edgesOf(caller);
    if (out.has(key)) continue;
    if (!g.nodes.has(callee)) g.nodes.set(callee, lookupFunc(b, callee));
    out.set(key, { callee, fn: g.nodes.get(callee)!, weight, offset });
  }
  return g;
}

/** A function or method of another package by its linker name, if the export data of the imports has it
 * (noder.LookupFunc). */
function lookupFunc(b: Builder, name: string): Func | null {
  const fn = findFunc(b, name);
  if (fn === null || b.hasBody(fn, null)) return fn;
  return b.pkg.imports.includes(fn.pkg) ? fn : null;
}

function findFunc(b: Builder, name: string): Func | null {
  const slash = name.lastIndexOf('/');
  const dot = name.indexOf('.', slash + 1);
  if (dot < 0 || name.includes('[')) return null;
  const path = unescapePath(name.slice(0, dot));
  const pkg = b.env.imported(path)?.checked.pkg;
  if (pkg === undefined) return null;
  const symbol = name.slice(dot + 1);
  const obj = pkg.scope.lookup(symbol);
  if (obj !== null) return obj.kind === ObjKind.Func && obj.signature.typeParams.length === 0 ? b.global(obj).fn : null;
  const method = /^(?:\(\*([^)]+)\)|([^.]+))\.([^.]+)$/.exec(symbol);
  if (method === null) return null;
  const type = pkg.scope.lookup(method[1] ?? method[2]);
  if (type === null || type.kind !== ObjKind.TypeName || type.type === null) return null;
  const t = type.type;
  if (t.kind !== TypeKind.Named || t.typeParams.length > 0) return null;
  const info = b.instances.infoOf(b.types.typ(t, null));
  const found = info?.methods.find(m => m.fn.sym.name === symbol || m.fn.nname.obj?.name === method[3]);
  return found?.fn ?? null;
}

/** Share of the whole weight, in percent, that the hot calls make up. */
const cdfThreshold = 99;

/** The calls that make up nearly all of the profile, and the functions that they call (hotNodesFromCDF). */
export function hotCallsOf(g: CallGraph): HotCalls {
  const { edges, totalWeight } = g.profile;
  let cumulated = 0;
  let count = 0;
  while (count < edges.length) {
    cumulated += edges[count++].weight;
    if ((cumulated / totalWeight) * 100 > cdfThreshold) break;
  }
  const callees = new Set<string>();
  const sites = new Map<Func, Set<number>>();
  for (const { caller, callee, offset } of edges.slice(0, count)) {
    if (g.nodes.has(callee)) callees.add(callee);
    const fn = g.nodes.get(caller);
    if (fn === undefined || fn === null) continue;
    const known = sites.get(fn);
    if (known === undefined) sites.set(fn, new Set([offset]));
    else known.add(offset);
  }
  return {
    callee: fn => callees.has(linkFuncName(fn)),
    site: (call, caller) => sites.get(caller)?.has(nodeLineOffset(call, caller)) ?? false,
  };
}
