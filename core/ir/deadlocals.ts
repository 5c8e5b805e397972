/**
 * Blanks assignments to local variables that are never used and whose values have no effects (cmd/compile deadlocals).
 * A function literal that is only assigned to such a variable disappears with it, and with it what escape analysis would
 * have said of it.
 */
import { ValueKind } from '../constant/value.ts';
import type { DictUses } from './dict-uses.ts';
import { Class, Flag, type Func, Name, Node, Op } from './node.ts';
import { intType } from './typeinfo.ts';
import { isClosure } from './scc.ts';
import { canonical, isBlank } from './static-value.ts';
import { doChildren } from './visit.ts';

/** Where one assignment of a variable stands: `x = y` of OAS, or element i of the lists of OAS2. */
interface Assignment {
  node: Node;
  /** -1 for OAS. */
  index: number;
}

/** Handles every function that is not a capturing literal, the literals inside with it. */
export function deadLocals(funcs: readonly Func[], dictUses: DictUses): void {
  for (const fn of funcs) {
    if (isClosure(fn)) continue;
    const finder = new Finder(dictUses);
    finder.list(fn.body);
    for (const [name, assignments] of finder.defs) {
      for (const assignment of assignments) blank(assignment);
      name.defn = null;
    }
  }
}

function blank({ node, index }: Assignment): void {
  const lhs = index < 0 ? node.x! : node.list[index];
  const dead = new Name(lhs.pos, { pkg: null, name: '_' }, Class.PAUTO, lhs.type);
  const zero = new Node(Op.OLITERAL, null, intType);
  zero.val = { kind: ValueKind.Int, val: 0n };
  if (index < 0) {
    node.x = dead;
    node.y = zero;
  } else {
    node.list[index] = dead;
    node.list2[index] = zero;
  }
}

class Finder {
  /** Assignments of variables not seen in use so far; `usedIn` tells those that have been. */
  readonly defs = new Map<Name, Assignment[]>();
  private readonly visit = (n: Node): boolean => {
    this.node(n);
    return false;
  };

  constructor(private readonly dictUses: DictUses) {}

  list(nodes: readonly Node[]): void {
    for (let i = 0; i < nodes.length; i++) this.node(nodes[i]);
  }

  private node(n: Node): void {
    const dict = (n.flags & Flag.DictUse) === 0 ? undefined : this.dictUses.get(n);
    if (dict !== undefined) this.use(canonical(dict));
    switch (n.op) {
      case Op.OCLOSURE:
        this.list(n.init);
        for (const captured of n.func!.closureVars) this.node(captured);
        this.list(n.func!.body);
        return;
      case Op.ODCL:
        return;
      case Op.ONAME:
        this.use(canonical(n as Name));
        return;
      case Op.OAS:
        this.assign(n, -1, n.x!, n.y, false);
        return;
      case Op.OAS2: {
        const blankIsNotUse = n.list.some(lhs => !isBlank(lhs));
        for (let i = 0; i < n.list.length; i++) this.assign(n, i, n.list[i], n.list2[i], blankIsNotUse);
        return;
      }
      default:
        doChildren(n, this.visit);
    }
  }

  /** From its first use on, what was assigned to a variable counts. */
  private use(name: Name): void {
    if (name.usedIn === this || !isLocal(name, false)) return;
    name.usedIn = this;
    const assignments = this.defs.get(name);
    if (assignments === undefined) return;
    this.defs.delete(name);
    for (const { node, index } of assignments) {
      const rhs = index < 0 ? node.y : node.list2[index];
      if (rhs !== null) this.node(rhs);
    }
  }

  private assign(node: Node, index: number, lhs: Node, rhs: Node | null, blankIsNotUse: boolean): void {
    if (lhs.op !== Op.ONAME) this.node(lhs);
    else {
      const name = canonical(lhs as Name);
      if (isLocal(name, blankIsNotUse) && !hasEffects(rhs)) {
        if (name.usedIn !== this) {
          const assignments = this.defs.get(name);
          if (assignments === undefined) this.defs.set(name, [{ node, index }]);
          else assignments.push({ node, index });
          return;
        }
      }
    }
    if (rhs !== null) this.node(rhs);
  }
}

function isLocal(name: Name, blankIsNotUse: boolean): boolean {
  if (isBlank(name)) return blankIsNotUse;
  return name.cls === Class.PAUTO || name.cls === Class.PPARAM;
}

function hasEffects(n: Node | null): boolean {
  if (n === null) return false;
  if (n.init.length > 0) return true;
  return n.op !== Op.ONAME && n.op !== Op.OLITERAL && n.op !== Op.ONIL && n.op !== Op.OCLOSURE;
}
