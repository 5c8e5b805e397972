/**
 * Interface calls whose receiver can only be of one type become direct calls (devirtualize.StaticCall). What a variable
 * may hold is found from all assignments to it in its function; nil does not count, anything unknown spoils it.
 */
import type { Builder } from '../ir/build.ts';
import { nodeString } from '../ir/fmt.ts';
import { message, MessageKind } from '../ir/message.ts';
import { Class, Flag, type Func, type Name, Node, Op } from '../ir/node.ts';
import { canonical, isBlank, outerValue, singleResult, staticValue } from '../ir/static-value.ts';
import { typeString } from '../ir/typefmt.ts';
import {
  elemOf,
  hasShape,
  isArray,
  isChan,
  isInterface,
  isMap,
  isShape,
  isSlice,
  signatureOf,
  under,
} from '../ir/typeinfo.ts';
import { visitList } from '../ir/visit.ts';
import type { MapType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import type { Inliner } from './inliner.ts';
import { dotMethod, fixMethodCall, implementsIface } from '../ir/method-call.ts';

/** What is assigned: an expression, or a value of a type; neither stands for something unknown. */
interface Assignment {
  node: Node | null;
  type: Type | null;
}

/** What is known of the interface variables of the functions looked at so far (devirtualize.State). */
export class DevirtState {
  /** Assignments to each variable, without those of nil. */
  readonly assignments = new Map<Name, Assignment[]>();
  /** Calls with an interface result that is assigned to a variable: once the call is expanded, more is known. */
  readonly callResults = new Map<Node, { to: Assignment; result: number }[]>();
  readonly analyzed = new Set<Func>();
}

/** Makes the call direct if its receiver's type is known; tells whether it did. */
export function staticCall(inl: Inliner, s: DevirtState, call: Node): boolean {
  // A go or defer statement must not evaluate what may panic earlier than the call does.
  if (call.op !== Op.OCALLINTER || (call.flags & Flag.GoDefer) !== 0) return false;
  const sel = call.x!;
  const iface = sel.x!.type!;
  const env = inl.env;
  const typ = env.release.assignedTypes ? concreteType(inl.b, s, sel.x!) : convertedType(sel.x!);
  if (typ === null || isShape(typ)) return false;
  if (env.release.assignedTypes && !implementsIface(inl.b, typ, iface)) return false;
  const refuse = (why: string, t: Type): boolean => {
    const detail = `${why} ${typeString(t, env)}`;
    env.report(message(MessageKind.CannotDevirtualize, call.op, call.pos, nodeString(call, env), '', detail));
    return false;
  };
  if (hasShape(typ)) return refuse('shaped receiver', typ);
  if (hasShape(iface)) return refuse('shaped interface', iface);

  const assert = new Node(Op.ODOTTYPE, env.release.assignedTypes ? call.pos : sel.pos, typ);
  assert.x = sel.x;
  const dot = dotMethod(inl.b, sel.pos, assert, sel.sym!);
  if (dot === null) return false;
  const kind = dot.op === Op.ODOTMETH ? MessageKind.Devirtualizing : MessageKind.PartiallyDevirtualizing;
  env.report(message(kind, call.op, call.pos, nodeString(sel, env), typeString(typ, env)));
  call.x = dot;
  if (dot.op === Op.ODOTMETH) fixMethodCall(inl.b, call);
  return true;
}

/** Before Go 1.26: the type of what is converted to the interface, when the value has only one origin. */
function convertedType(n: Node): Type | null {
  const r = staticValue(n);
  if (r.op !== Op.OCONVIFACE) return null;
  const typ = r.x!.type!;
  return isInterface(typ) ? null : typ;
}

/** Nothing but nil, or only the variable itself, is assigned. */
const noType = Symbol();

/** A type and, where gc makes several of equal types, which of them it is. */
interface Concrete {
  type: Type;
  written: object | null;
}

/** The one type that the expression's value can have, or null. */
function concreteType(b: Builder, s: DevirtState, n: Node): Type | null {
  const t = concreteType1(b, s, n, new Set());
  return t === noType || t === null ? null : t.type;
}

function concreteType1(b: Builder, s: DevirtState, n: Node, seen: Set<Name>): Concrete | typeof noType | null {
  for (;;) {
    if (n.type === null) return null;
    if (!isInterface(n.type)) return { type: n.type, written: writtenType(b, n) };
    switch (n.op) {
      case Op.OCONVNOP:
      case Op.OCONVIFACE:
      case Op.OPAREN:
      case Op.ODOTTYPE:
      case Op.ODOTTYPE2:
        n = n.x!;
        continue;
      case Op.OINLCALL:
        n = singleResult(n);
        continue;
    }
    break;
  }
  if (n.op !== Op.ONAME) return null;
  const name = canonical(n as Name);
  if (name.cls !== Class.PAUTO || name.addrtaken) return null;
  if (seen.has(name)) return noType;
  seen.add(name);

  let typ: Concrete | null = null;
  for (const a of assignmentsOf(s, name)) {
    const t =
      a.node !== null ? concreteType1(b, s, a.node, seen) : a.type === null ? null : { type: a.type, written: null };
    if (t === noType) continue;
    if (t === null) return null;
    if (typ !== null && (typ.type !== t.type || typ.written !== t.written)) {
      if (typ.type === t.type && b.types.isLate(t.type)) b.onLate?.();
      return null;
    }
    typ = t;
  }
  return typ ?? noType;
}

/**
 * What tells the value's type from equal ones: for a struct type without a name or a pointer to one the checker's type;
 * for a pointer type that inlining brought, that of the variable or the expression that makes the pointer.
 */
function writtenType(b: Builder, n: Node): object | null {
  const type = n.type!;
  if (b.types.isLate(type)) {
    while (n.op === Op.OPAREN || n.op === Op.OINLCALL) n = n.op === Op.OPAREN ? n.x! : singleResult(n);
    if (n.op === Op.ONAME) return (n as Name).obj?.type ?? null;
    return n.op === Op.OADDR || n.op === Op.OPTRLIT || n.op === Op.ONEW ? n : null;
  }
  if ((type.kind === TypeKind.Pointer ? type.elem : type).kind !== TypeKind.Struct) return null;
  while (n.op === Op.OPAREN || n.op === Op.OADDR || n.op === Op.OPTRLIT) n = n.x!;
  let written = n.op === Op.ONAME ? ((n as Name).obj?.type ?? null) : (b.writtenTypes.get(n) ?? null);
  if (written?.kind === TypeKind.Pointer) written = written.elem;
  return written;
}

function assignmentsOf(s: DevirtState, n: Name): readonly Assignment[] {
  const fn = n.curfn!;
  if (!s.analyzed.has(fn)) {
    s.analyzed.add(fn);
    analyze(s, fn.body);
  }
  return s.assignments.get(n) ?? [];
}

/** Takes in what an expanded call brings (State.InlinedCall). */
export function inlinedCall(s: DevirtState, fn: Func, origCall: Node, inlined: Node): void {
  if (!s.analyzed.has(fn)) return;
  analyze(s, inlined.init);
  analyze(s, inlined.body);
  const refs = s.callResults.get(origCall);
  if (refs === undefined) return;
  s.callResults.delete(origCall);
  for (const ref of refs) ref.to.node = inlined.list[ref.result];
}

/** Records an assignment of a node, or of a value of a type; null when it is of no interest. */
function assign(s: DevirtState, to: Node | null, node: Node | null, type: Type | null): Assignment | null {
  if (to === null || to.op !== Op.ONAME || isBlank(to)) return null;
  const outer = outerValue(to) as Name;
  if (outer.curfn === null || !isInterface(outer.type!)) return null;
  const n = canonical(outer);
  if (n.cls !== Class.PAUTO) return null;
  if (node !== null && node.op === Op.ONIL) return null;
  const a: Assignment = { node, type: type !== null && isInterface(type) ? null : type };
  const list = s.assignments.get(n);
  if (list === undefined) s.assignments.set(n, [a]);
  else list.push(a);
  return a;
}

/** Records that a call's result is assigned. */
function assignResult(s: DevirtState, to: Node, call: Node, i: number): void {
  const type = signatureOf(call.x!.type!)!.results.vars[i].type!;
  const a = assign(s, to, null, type);
  if (a === null || !isInterface(type)) return;
  const refs = s.callResults.get(call);
  if (refs === undefined) s.callResults.set(call, [{ to: a, result: i }]);
  else refs.push({ to: a, result: i });
}

function unparen(n: Node): Node {
  while (n.op === Op.OPAREN) n = n.x!;
  return n;
}

function isCall(n: Node): boolean {
  return n.op === Op.OCALLFUNC || n.op === Op.OCALLINTER || n.op === Op.OCALLMETH || n.op === Op.OCALL;
}

/** Records all assignments to interface variables in the statements and in literals among them (State.analyze). */
function analyze(s: DevirtState, stmts: readonly Node[]): void {
  visitList(stmts, n => {
    switch (n.op) {
      case Op.OAS: {
        if (n.y === null) break;
        const rhs = unparen(n.y);
        if (isCall(rhs)) assignResult(s, n.x!, rhs, 0);
        else assign(s, n.x, rhs, null);
        break;
      }
      case Op.OAS2:
        n.list.forEach((p, i) => assign(s, p, n.list2[i], null));
        break;
      case Op.OAS2DOTTYPE:
        assign(s, n.list[0], n.list2[0], null);
        break;
      case Op.OAS2MAPR:
      case Op.OAS2RECV:
      case Op.OSELRECV2:
        assign(s, n.list[0], null, n.list2[0].type);
        break;
      case Op.OAS2FUNC: {
        const rhs = unparen(n.list2[0]);
        if (isCall(rhs)) n.list.forEach((p, i) => assignResult(s, p, rhs, i));
        else if (rhs.op === Op.OINLCALL) n.list.forEach((p, i) => assign(s, p, rhs.list[i], null));
        break;
      }
      case Op.ORANGE: {
        let x = n.x!.type!;
        const u = under(x);
        if (u.kind === TypeKind.Pointer && isArray(u.elem)) x = u.elem;
        if (isArray(x) || isSlice(x)) assign(s, n.z, null, elemOf(x));
        else if (isChan(x)) assign(s, n.y, null, elemOf(x));
        else if (isMap(x)) {
          assign(s, n.y, null, (under(x) as MapType).key);
          assign(s, n.z, null, elemOf(x));
        }
        break;
      }
      case Op.OSWITCH:
        if (n.x !== null && n.x.op === Op.OTYPESW) for (const c of n.list) assign(s, c.y, n.x.x, null);
        break;
      case Op.OCLOSURE:
        if (!s.analyzed.has(n.func!)) {
          s.analyzed.add(n.func!);
          analyze(s, n.func!.body);
        }
        break;
    }
  });
}
