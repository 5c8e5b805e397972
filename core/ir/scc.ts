/** Groups of functions that call each other, callees first (ir/scc.go). */
import { Class, type Func, type Name, Op } from './node.ts';
import { visitList } from './visit.ts';

/** A literal that captures variables: it is handed over with the function that it is written in (ir.Func.IsClosure). */
export function isClosure(fn: Func): boolean {
  return fn.oclosure !== null && fn.closureVars.length > 0;
}

const done = 0xffffffff;

/**
 * Calls `analyze` with successive groups, such that each function refers only to functions of its own group or of
 * groups before it (ir.VisitFuncsBottomUp). A reference is any mention, called or not. `recursive` says that the
 * functions of the group refer to each other in a circle; otherwise the group is one function and its closures.
 * Functions of other packages are no part of it, their instances here are.
 */
export function visitFuncsBottomUp(list: readonly Func[], analyze: (group: Func[], recursive: boolean) => void): void {
  const ids = new Map<Func, number>();
  const stack: Func[] = [];
  let gen = 0;

  const go = (fn: Func): number => {
    const known = ids.get(fn);
    if (known !== undefined) return known;
    const id = ++gen;
    ids.set(fn, id);
    let min = ++gen;
    stack.push(fn);
    const refer = (f: Func | null): void => {
      if (f === null || f.imported) return;
      const m = go(f);
      if (m < min) min = m;
    };
    visitList(fn.body, n => {
      switch (n.op) {
        case Op.ONAME:
          if ((n as Name).cls === Class.PFUNC) refer((n as Name).fn);
          break;
        case Op.ODOTMETH:
        case Op.OMETHVALUE:
        case Op.OMETHEXPR:
          if (n.method !== null) refer(n.method.fn);
          break;
        case Op.OCLOSURE:
          refer(n.func);
          break;
      }
    });
    if ((min === id || min === id + 1) && !isClosure(fn)) {
      let i = stack.length - 1;
      for (; i >= 0; i--) {
        ids.set(stack[i], done);
        if (stack[i] === fn) break;
      }
      analyze(stack.splice(i), min === id);
    }
    return min;
  };
  // As gc does, from a copy: analyzing may append to the list, and what it appends is not visited.
  for (const fn of list.slice()) if (!isClosure(fn)) go(fn);
}
