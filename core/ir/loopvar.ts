/**
 * Per-iteration loop variables (cmd/compile loopvar): a variable that a loop of Go 1.22 or later declares, and that is
 * captured or has its address taken inside the loop, is copied at the start of each iteration. Where it is not, sharing
 * one variable cannot be observed, and the loop stays as it is.
 */
import { ValueKind } from '../constant/value.ts';
import { newTemp } from './names.ts';
import { Flag, type Func, type Name, Node, Op } from './node.ts';
import { canonical, outerValue } from './static-value.ts';
import { boolType } from './typeinfo.ts';
import { doChildren } from './visit.ts';

/** Rewrites the loops of one function; its literals are functions of their own. */
export function forCapture(fn: Func): void {
  if (!fn.hasDistinctVars) return;
  const pass = new Pass(fn);
  for (const stmt of fn.body) pass.scan(stmt);
  pass.moveDeclarations();
}

class Pass {
  /** Loop variables, and whether something inside the loop may keep hold of them. */
  private readonly leaks = new Map<Name, boolean>();
  /** Assignments that now begin an iteration, by the variable whose declaration moves there. */
  private readonly fixups = new Map<Node, Node>();
  private loopDepth = 0;
  private returnInLoopDepth = 0;
  private labels = 0;

  constructor(private readonly fn: Func) {}

  readonly scan = (n: Node): boolean => {
    switch (n.op) {
      case Op.OCLOSURE:
        if (this.returnInLoopDepth < this.loopDepth) for (const cv of n.func!.closureVars) this.note(canonical(cv));
        break;
      case Op.OADDR: {
        const outer = outerValue(n.x!);
        if (this.returnInLoopDepth < this.loopDepth && outer.op === Op.ONAME) this.note(outer as Name);
        break;
      }
      case Op.ORETURN: {
        // what is taken while returning cannot be seen by another iteration
        const saved = this.returnInLoopDepth;
        this.returnInLoopDepth = this.loopDepth;
        doChildren(n, this.scan);
        this.returnInLoopDepth = saved;
        return false;
      }
      case Op.ORANGE:
        if ((n.flags & Flag.Def) !== 0 && (n.flags & Flag.DistinctVars) !== 0) {
          this.rangeLoop(n);
          return false;
        }
        n.flags &= ~Flag.DistinctVars;
        break;
      case Op.OFOR:
        if ((n.flags & Flag.DistinctVars) !== 0) {
          this.forLoop(n);
          return false;
        }
    }
    doChildren(n, this.scan);
    return false;
  };

  private note(name: Name): void {
    if (this.leaks.has(name)) this.leaks.set(name, true);
  }
  private declares(n: Node | null): void {
    if (n !== null && n.op === Op.ONAME && !this.leaks.has(n as Name)) this.leaks.set(n as Name, false);
  }

  private rangeLoop(n: Node): void {
    this.declares(n.y);
    this.declares(n.z);
    this.loopDepth++;
    doChildren(n, this.scan);
    this.loopDepth--;
    n.y = this.perIteration(n, n.y);
    n.z = this.perIteration(n, n.z);
    n.flags &= ~Flag.DistinctVars;
  }

  /** `for k := range` with k leaking becomes `for t := range { k := t; … }`. */
  private perIteration(loop: Node, k: Node | null): Node | null {
    if (k === null || this.leaks.get(k as Name) !== true) return k;
    const temp = newTemp(null, this.fn, k.type!);
    const copy = assign(loop, k, temp, Flag.Def);
    loop.body = [copy, ...loop.body];
    this.fixups.set(k, copy);
    return temp;
  }

  /**
   * `for z := a; cond; post { … }` with z leaking becomes
   * `for t, first := a, true; ; { z := t; if first { first = false } else { post }; if !cond { break }; …; next: t = z }`,
   * and a `continue` of this loop a `goto next`.
   */
  private forLoop(n: Node): void {
    for (const definition of definitions(n)) this.declares(defined(definition));
    this.loopDepth++;
    doChildren(n, this.scan);
    this.loopDepth--;
    n.flags &= ~Flag.DistinctVars;
    const leaked = definitions(n).filter(definition => this.leaks.get(defined(definition)) === true);
    if (leaked.length === 0) return;

    const body: Node[] = [];
    const after: Node[] = [];
    for (const definition of leaked) {
      const z = defined(definition);
      const temp = newTemp(null, this.fn, z.type!);
      const copy = assign(n, z, temp, Flag.Def);
      z.defn = copy;
      body.push(copy);
      this.fixups.set(z, copy);
      after.push(assign(n, temp, z, 0));
      if (definition.index < 0) definition.stmt.x = temp;
      else definition.stmt.list[definition.index] = temp;
    }
    const next = `.3clNext_${++this.labels}`;
    for (const stmt of n.body) redirectContinues(stmt, n.label, next);
    if (n.y !== null) {
      const first = newTemp(null, this.fn, boolType);
      const branch = new Node(Op.OIF, n.pos, null);
      const declaration = new Node(Op.ODCL, n.pos, null);
      declaration.x = first;
      branch.init = [declaration];
      branch.x = first;
      branch.body = [assign(n, first, boolean(false), 0)];
      branch.list2 = [n.y];
      body.push(branch);
      n.init = [...n.init, assign(n, first, boolean(true), 0)];
    }
    if (n.x !== null) {
      const not = new Node(Op.ONOT, n.x.pos, n.x.type);
      not.x = n.x;
      const leave = new Node(Op.OIF, n.pos, null);
      leave.x = not;
      leave.body = [new Node(Op.OBREAK, n.pos, null)];
      body.push(leave);
    }
    const label = new Node(Op.OLABEL, n.pos, null);
    label.label = next;
    n.body = [...body, ...n.body, label, ...after];
    n.x = null;
    n.y = null;
  }

  /** A copied variable is declared where its copy is made, not before the loop. */
  moveDeclarations(): void {
    if (this.fixups.size === 0) return;
    const edit = (list: Node[]): Node[] => {
      const kept = list.filter(n => {
        const copy = n.op === Op.ODCL ? this.fixups.get(n.x!) : undefined;
        if (copy === undefined) return true;
        copy.init = [n, ...copy.init];
        this.fixups.delete(n.x!);
        return false;
      });
      return kept.length === list.length ? list : kept;
    };
    const walk = (n: Node): boolean => {
      if (n.init.length > 0) n.init = edit(n.init);
      if (n.body.length > 0) n.body = edit(n.body);
      if (n.op === Op.OBLOCK && n.list.length > 0) n.list = edit(n.list);
      if (n.op === Op.OIF && n.list2.length > 0) n.list2 = edit(n.list2);
      return doChildren(n, walk);
    };
    this.fn.body = edit(this.fn.body);
    for (const stmt of this.fn.body) walk(stmt);
  }
}

/** A variable that a for statement's init defines: element `index` of the statement's left side, -1 for `x := y`. */
interface Definition {
  stmt: Node;
  index: number;
}

/** Something may keep hold of a variable that the loop declares: a closure captures it, or its address is taken. */
export function mayLeak(loop: Node): boolean {
  const held = (n: Node | null): boolean =>
    n !== null && n.op === Op.ONAME && ((n as Name).captured || (n as Name).addrtaken);
  if (loop.op === Op.OFOR) return definitions(loop).some(d => held(defined(d)));
  return (loop.flags & Flag.Def) !== 0 && (held(loop.y) || held(loop.z));
}

function definitions(n: Node): Definition[] {
  const found: Definition[] = [];
  for (const stmt of n.init) {
    if ((stmt.flags & Flag.Def) === 0) continue;
    if (stmt.op === Op.OAS) found.push({ stmt, index: -1 });
    else for (let index = 0; index < stmt.list.length; index++) found.push({ stmt, index });
  }
  return found.filter(d => defined(d).op === Op.ONAME);
}

function defined({ stmt, index }: Definition): Name {
  return (index < 0 ? stmt.x! : stmt.list[index]) as Name;
}

function redirectContinues(stmt: Node, loopLabel: string, next: string): void {
  let depth = 0;
  const edit = (n: Node): boolean => {
    if (n.op === Op.OCONTINUE) {
      if ((depth === 0 && n.label === '') || (loopLabel !== '' && n.label === loopLabel)) {
        n.label = next;
        n.op = Op.OGOTO;
      }
    } else if (n.op === Op.OFOR || n.op === Op.ORANGE) {
      depth++;
      doChildren(n, edit);
      depth--;
      return false;
    }
    doChildren(n, edit);
    return false;
  };
  edit(stmt);
}

function assign(at: Node, x: Node, y: Node, flags: number): Node {
  const as = new Node(Op.OAS, at.pos, null, flags);
  as.x = x;
  as.y = y;
  return as;
}

function boolean(val: boolean): Node {
  const n = new Node(Op.OLITERAL, null, boolType);
  n.val = { kind: ValueKind.Bool, val };
  return n;
}
