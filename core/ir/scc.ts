/** Groups of functions that call each other, callees first (ir/scc.go). */
import { Class, type Func, type Name, type Node, Op } from './node.ts';
import { visitList } from './visit.ts';

/** A literal that captures variables: it is handed over with the function that it is written in (ir.Func.IsClosure). */
export function isClosure(fn: Func): boolean {
  return fn.oclosure !== null && fn.closureVars.length > 0;
}

/** Above all numbers of a walk, and small enough to be held without an object for it. */
const done = 0x7fffffff;

/** The functions that the body mentions, called or not, each once in order of first mention. */
export function references(fn: Func): Func[] {
  const found = new Set<Func>();
  visitList(fn.body, n => {
    const f = mentioned(n);
    if (f !== null) found.add(f);
  });
  return [...found];
}

function mentioned(n: Node): Func | null {
  switch (n.op) {
    case Op.ONAME:
      return (n as Name).cls === Class.PFUNC ? (n as Name).fn : null;
    case Op.ODOTMETH:
    case Op.OMETHVALUE:
    case Op.OMETHEXPR:
      return n.method === null ? null : n.method.fn;
    case Op.OCLOSURE:
      return n.func;
    default:
      return null;
  }
}

/**
 * Calls `analyze` with successive groups, such that each function refers only to functions of its own group or of
 * groups before it (ir.VisitFuncsBottomUp). `recursive` says that the functions of the group refer to each other in a
 * circle; otherwise the group is one function and its closures. Functions of other packages are no part of it, their
 * instances here are. `refer` gives what `references` gives, or gave when nothing has changed since.
 */
export function visitFuncsBottomUp(
  list: readonly Func[],
  analyze: (group: Func[], recursive: boolean) => void,
  refer: (fn: Func) => readonly Func[] = references,
): void {
  const walk = {};
  const stack: Func[] = [];
  let gen = 0;

  const go = (fn: Func): number => {
    if (fn.metBy === walk) return fn.met;
    const id = ++gen;
    fn.metBy = walk;
    fn.met = id;
    let min = ++gen;
    stack.push(fn);
    for (const f of refer(fn)) {
      if (f.imported) continue;
      const m = go(f);
      if (m < min) min = m;
    }
    if ((min === id || min === id + 1) && !isClosure(fn)) {
      let i = stack.length - 1;
      for (; i >= 0; i--) {
        stack[i].met = done;
        if (stack[i] === fn) break;
      }
      analyze(stack.splice(i), min === id);
    }
    return min;
  };
  // As gc does, from a copy: analyzing may append to the list, and what it appends is not visited.
  for (const fn of list.slice()) if (!isClosure(fn)) go(fn);
}
