/**
 * What a variable that is assigned once stands for (StaticValue, Reassigned, ReassignOracle; ir/expr.go,
 * ir/reassignment.go).
 */
import { Class, type Func, type Name, type Node, Op } from './node.ts';
import { TypeKind } from '../types/type.ts';
import { isArray, under } from './typeinfo.ts';
import { anyList } from './visit.ts';

/** The variable itself, for a closure's name of it (ir.Name.Canonical). */
export function canonical(n: Name): Name {
  while (n.isClosureVar && n.outer !== null) n = n.outer;
  return n;
}

/** The variable that assigning to `n` changes a part of (ir.OuterValue): of `x.f[i]`, for an array f, x. */
export function outerValue(n: Node): Node {
  for (;;) {
    switch (n.op) {
      case Op.ODOT:
      case Op.OPAREN:
      case Op.OCONVNOP:
        n = n.x!;
        continue;
      case Op.OINDEX:
        if (isArray(n.x!.type!)) {
          n = n.x!;
          continue;
        }
    }
    return n;
  }
}

/** The variable that is assigned to, in the frame that declares it, or null when it is none. */
function outerName(n: Node | null): Name | null {
  if (n === null) return null;
  const x = outerValue(n);
  return x.op === Op.ONAME ? canonical(x as Name) : null;
}

export function isBlank(n: Node | null): boolean {
  return n !== null && n.op === Op.ONAME && n.sym!.name === '_';
}

/** The only result of an inlined call (InlinedCallExpr.SingleResult). */
export function singleResult(n: Node): Node {
  return n.list[0];
}

/** What the definition of variable `n` assigns to it, when it is a plain assignment. */
function definition(n: Name): Node | null {
  const defn = n.defn;
  if (n.cls !== Class.PAUTO || defn === null) return null;
  if (defn.op === Op.OAS) return defn.y;
  if (defn.op === Op.OAS2) {
    const i = defn.list.indexOf(n);
    return i < 0 ? null : defn.list2[i];
  }
  return null;
}

/** The expression that the value of `n` comes from: through no-op conversions, inlined calls and local variables that
 * are never assigned again (ir.StaticValue). */
export function staticValue(n: Node): Node {
  for (;;) {
    switch (n.op) {
      case Op.OCONVNOP:
      case Op.OPAREN:
        n = n.x!;
        continue;
      case Op.OINLCALL:
        n = singleResult(n);
        continue;
      case Op.ONAME: {
        const name = canonical(n as Name);
        const rhs = definition(name);
        if (rhs === null || reassigned(name)) return n;
        n = rhs;
        continue;
      }
    }
    return n;
  }
}

/** Whether the variable is assigned other than where it is defined, or may be: its address is taken, or it is not local
 * (ir.Reassigned). */
export function reassigned(name: Name): boolean {
  if (name.curfn === null || name.addrtaken) return true;
  const is = (x: Node | null): boolean => x !== null && outerName(x) === name;
  const go = (n: Node): boolean => {
    switch (n.op) {
      case Op.OAS:
        return n !== name.defn && is(n.x);
      case Op.OAS2:
      case Op.OAS2FUNC:
      case Op.OAS2MAPR:
      case Op.OAS2DOTTYPE:
      case Op.OAS2RECV:
      case Op.OSELRECV2:
        return n !== name.defn && n.list.some(is);
      case Op.OASOP:
        return is(n.x);
      case Op.ORANGE:
        return is(n.y) || is(n.z);
      case Op.OCLOSURE:
        return anyList(n.func!.body, go);
      default:
        return false;
    }
  };
  return anyList(name.curfn.body, go);
}

/** Answers the same as staticValue and reassigned for all variables of a function and its closures, after one walk.
 * Stands for the function as it was then. */
export interface ReassignOracle {
  staticValue(n: Node): Node;
  reassigned(n: Name): boolean;
  /** All assignments to a variable of function type but those of nil, when they are simple ones; null when its values
   * are not known so (ReassignOracle.FuncAssignments). */
  funcAssignments(n: Name): readonly Node[] | null;
}

export function reassignOracle(fn: Func): ReassignOracle {
  /** Variables with one definition: the defining statement, or null for parameters. */
  const single = new Map<Name, Node | null>();
  for (const p of fn.dcl) {
    if (p.cls !== Class.PPARAM) break;
    if (!isBlank(p)) single.set(p, null);
  }
  const assigns = new Map<Name, Node[]>();
  const find = (n: Node): boolean => {
    if (n.op === Op.ONAME) {
      const name = n as Name;
      if (name.cls === Class.PAUTO && !name.addrtaken && (name.defn === null || name.defn.op === Op.OAS)) {
        if (name.type !== null && under(name.type).kind === TypeKind.Signature && !assigns.has(name))
          assigns.set(name, []);
      }
      if (name.defn !== null && !name.addrtaken && name.cls === Class.PAUTO) single.set(name, name.defn);
    } else if (n.op === Op.OCLOSURE) anyList(n.func!.body, find);
    return false;
  };
  anyList(fn.body, find);

  const prune = (x: Node | null, at: Node): void => {
    const name = outerName(x);
    if (name === null) return;
    const list = assigns.get(name);
    if (list !== undefined) {
      if (at.op !== Op.OAS) assigns.delete(name);
      else if (!isNilAssign(at)) list.push(at);
    }
    const defn = single.get(name);
    if (defn === undefined) return;
    if (name.cls === Class.PPARAM || (name.cls === Class.PAUTO && at !== defn)) single.delete(name);
  };
  const go = (n: Node): boolean => {
    switch (n.op) {
      case Op.OAS:
      case Op.OASOP:
        prune(n.x, n);
        break;
      case Op.OAS2:
      case Op.OAS2FUNC:
      case Op.OAS2MAPR:
      case Op.OAS2DOTTYPE:
      case Op.OAS2RECV:
      case Op.OSELRECV2:
        for (const p of n.list) prune(p, n);
        break;
      case Op.ORANGE:
        prune(n.y, n);
        prune(n.z, n);
        break;
      case Op.OCLOSURE:
        anyList(n.func!.body, go);
        break;
    }
    return false;
  };
  anyList(fn.body, go);

  return {
    staticValue(n) {
      for (;;) {
        if (n.op === Op.OCONVNOP || n.op === Op.OPAREN) n = n.x!;
        else if (n.op === Op.OINLCALL) n = singleResult(n);
        else if (n.op === Op.ONAME) {
          const name = canonical(n as Name);
          const rhs = definition(name);
          if (rhs === null || !single.has(name)) return n;
          n = rhs;
        } else return n;
      }
    },
    reassigned: n => !single.has(n),
    funcAssignments: n => assigns.get(canonical(n)) ?? null,
  };
}

/** Nothing, or nil, is assigned. */
function isNilAssign(as: Node): boolean {
  let y = as.y;
  while (y !== null && y.op === Op.OCONVNOP) y = y.x;
  return y === null || y.op === Op.ONIL;
}

/** The function that a call of `n` calls, when `n` names it (ir.StaticCalleeName). */
export function staticCalleeName(n: Node): Name | null {
  switch (n.op) {
    case Op.OMETHEXPR:
      return n.method;
    case Op.ONAME:
      return (n as Name).cls === Class.PFUNC ? (n as Name) : null;
    case Op.OCLOSURE:
      return n.func!.nname;
    default:
      return null;
  }
}
