/** Methods of canonical types, promoted ones included (typecheck.Lookdot, AddImplicitDots, Implements). */
import type { Builder, MethodInfo } from '../ir/build.ts';
import { Flag, Node, Op, type Sym, type XPos } from '../ir/node.ts';
import { identical, isPointer, under } from '../ir/typeinfo.ts';
import { isExported, type FuncObj, type PackageObj, type VarObj } from '../types/object.ts';
import type { InterfaceType, SignatureType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';

/** Where a method is found: behind which embedded fields, and whether it is a declared or an interface's method. */
export interface FoundMethod {
  path: VarObj[];
  /** One of the embedded fields is a pointer. */
  indirect: boolean;
  declared: MethodInfo | null;
  abstract: FuncObj | null;
}

interface Member {
  readonly name: string;
  readonly pkg: PackageObj | null;
}

function sameName(a: Member, b: Member): boolean {
  return a.name === b.name && (isExported(a.name) || a.pkg === b.pkg);
}

/** Finds the method at the least depth of embedding; null when there is none or more than one there. */
export function lookupMethod(b: Builder, t: Type, m: Member): FoundMethod | null {
  interface At {
    type: Type;
    path: VarObj[];
    indirect: boolean;
  }
  let level: At[] = [{ type: t, path: [], indirect: false }];
  const seen = new Set<Type>();
  while (level.length > 0) {
    const found: (FoundMethod | null)[] = [];
    const next: At[] = [];
    for (const at of level) {
      const base = at.type.kind === TypeKind.Pointer ? at.type.elem : at.type;
      if (base.kind === TypeKind.Named) {
        if (seen.has(base)) continue;
        seen.add(base);
        const declared = b.infoOf(base)?.methods.find(x => sameName(x, m)) ?? null;
        if (declared !== null) {
          found.push({ path: at.path, indirect: at.indirect, declared, abstract: null });
          continue;
        }
      }
      const u = under(base);
      if (u.kind === TypeKind.Interface) {
        const abstract = u.methods.find(x => sameName(x, m)) ?? null;
        if (abstract !== null) found.push({ path: at.path, indirect: at.indirect, declared: null, abstract });
      } else if (u.kind === TypeKind.Struct) {
        for (const f of u.fields) {
          if (sameName(f, m)) found.push(null);
          if (!f.embedded) continue;
          const indirect = at.indirect || f.type!.kind === TypeKind.Pointer;
          next.push({ type: f.type!, path: [...at.path, f], indirect });
        }
      }
    }
    if (found.length > 0) return found.length === 1 ? found[0] : null;
    level = next;
  }
  return null;
}

/** Whether values of `t` have all methods of the interface (typecheck.Implements). */
export function implementsIface(b: Builder, t: Type, iface: Type): boolean {
  const methods = (under(iface) as InterfaceType).methods;
  return methods.every(im => {
    const tm = lookupMethod(b, t, im);
    if (tm === null) return false;
    if (tm.declared === null) return identical(tm.abstract!.type, im.type);
    if (!identical(tm.declared.type, im.type)) return false;
    return tm.declared.recv.kind !== TypeKind.Pointer || t.kind === TypeKind.Pointer || tm.indirect;
  });
}

/** `x.m` with embedded fields spelled out and the receiver made a value or pointer as the method wants it: an ODOTMETH
 * or ODOTINTER (typecheck.XDotMethod). */
export function dotMethod(b: Builder, pos: XPos | null, x: Node, sel: Sym): Node | null {
  const found = lookupMethod(b, x.type!, sel);
  if (found === null) return null;
  for (const f of found.path) {
    const dot = new Node(isPointer(x.type!) ? Op.ODOTPTR : Op.ODOT, pos, f.type, Flag.Implicit);
    dot.x = x;
    dot.sym = { pkg: f.pkg, name: f.name };
    dot.field = f;
    x = dot;
  }
  if (found.abstract !== null) {
    const dot = new Node(Op.ODOTINTER, pos, found.abstract.type);
    dot.x = x;
    dot.sym = sel;
    return dot;
  }
  const { fn, recv, type } = found.declared!;
  const pointer = x.type!.kind === TypeKind.Pointer;
  if (recv.kind === TypeKind.Pointer && !pointer) {
    const addr = new Node(Op.OADDR, pos, recv, Flag.Implicit);
    addr.x = x;
    x = addr;
  } else if (recv.kind !== TypeKind.Pointer && pointer) {
    const star = new Node(Op.ODEREF, pos, recv, Flag.Implicit);
    star.x = x;
    x = star;
  }
  const dot = new Node(Op.ODOTMETH, pos, type);
  dot.x = x;
  dot.sym = sel;
  dot.method = fn.nname;
  return dot;
}

/** Makes a call of an ODOTMETH a plain call with the receiver as first argument (typecheck.FixMethodCall). */
export function fixMethodCall(b: Builder, call: Node): void {
  const dot = call.x!;
  const recv = dot.x!;
  const sig = dot.type as SignatureType;
  const params = [recv.type!, ...sig.params.vars.map(v => v.type!)];
  const results = sig.results.vars.map(v => v.type!);
  const expr = new Node(Op.OMETHEXPR, dot.pos, b.types.signature(params, results, sig.variadic));
  expr.x = new Node(Op.OTYPE, dot.pos, recv.type);
  expr.sym = dot.sym;
  expr.method = dot.method;
  call.op = Op.OCALLFUNC;
  call.x = expr;
  call.list = [recv, ...call.list];
}
