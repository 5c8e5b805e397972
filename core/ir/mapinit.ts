/** Large map literals of package variables get functions of their own, so that the linker can drop those of unused
 * variables (staticinit.OutlineMapInits). */
import type { Builder } from './build.ts';
import { Class, Func, Name, Node, Op, type XPos } from './node.ts';
import { isLargeMapInit } from './staticinit.ts';

/** Moves the assignments out of the package's `init` into `map.init.0`, `map.init.1`, …, which are never inlined. */
export function outlineMapInits(b: Builder, init: Func): void {
  init.body.forEach((stmt, i) => {
    if (!isLargeMapInit(stmt)) return;
    const pos = stmt.pos as XPos;
    const sym = { pkg: init.pkg, name: `map.init.${b.mapInits++}` };
    const name = new Name(pos, sym, Class.PFUNC, b.types.signature([], [], false));
    const fn = new Func(name, pos, init.pkg);
    name.fn = fn;
    fn.inlChecked = true;
    fn.body = [stmt];
    b.funcs.push(fn);
    const call = new Node(Op.OCALLFUNC, pos, null);
    call.x = name;
    init.body[i] = call;
  });
}
