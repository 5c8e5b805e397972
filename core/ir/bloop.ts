/** What a benchmark computes inside `for b.Loop()` is kept alive, so that it is not optimised away (package bloop). */
import type { Builder } from './build.ts';
import { newTemp, pathToPrefix } from './names.ts';
import type { CompileEnv } from './env.ts';
import { message, MessageKind } from './message.ts';
import { Class, Flag, type Func, type Name, Node, Op } from './node.ts';
import { isBlank } from './static-value.ts';
import { anyType, signatureOf, unsafePointerType } from './typeinfo.ts';
import type { Type } from '../types/type.ts';
import { editBody, editChildren } from './visit.ts';

/** Rewrites the loops of functions of the package, if it imports package testing (bloop.Walk). */
export function bloopWalk(b: Builder, funcs: readonly Func[]): void {
  if (!b.env.release.keepsBenchmarksAlive || !b.pkg.imports.some(p => p.path === 'testing')) return;
  for (const fn of funcs.slice()) {
    const loops = new Bloop(fn, b);
    editBody(fn, n => loops.edit(n, false));
  }
}

/** `for b.Loop()`, b of type *testing.B. */
export function isTestingBLoop(n: Node): boolean {
  if (n.op !== Op.OFOR || n.x === null || n.x.op !== Op.OCALLFUNC) return false;
  const fun = n.x.x!;
  if (fun.op !== Op.OMETHEXPR || fun.method === null) return false;
  const sym = fun.method.sym!;
  return sym.name === '(*B).Loop' && sym.pkg?.path === 'testing';
}

/** The variable whose part or conversion the expression is. */
function nameOf(n: Node | null): Name | null {
  while (n !== null) {
    switch (n.op) {
      case Op.ONAME:
        return (n as Name).cls === Class.PFUNC ? null : (n as Name);
      case Op.OSLICE:
      case Op.OSLICE3:
      case Op.ODOT:
      case Op.ODOTPTR:
      case Op.OCONV:
      case Op.OCONVIFACE:
      case Op.OCONVNOP:
      case Op.OADDR:
      case Op.OINDEX:
      case Op.OINDEXMAP:
        n = n.x;
        continue;
      default:
        return null;
    }
  }
  return null;
}

class Bloop {
  private readonly env: CompileEnv;
  constructor(
    private readonly fn: Func,
    private readonly b: Builder,
  ) {
    this.env = b.env;
  }

  readonly edit = (n: Node, outer: boolean): Node => {
    const inside = outer || isTestingBLoop(n);
    editChildren(n, x => this.edit(x, inside));
    if (!inside) return n;
    switch (n.op) {
      case Op.OFOR:
      case Op.ORANGE:
        this.preserve(n.body);
        break;
      case Op.OIF:
        this.preserve(n.body);
        this.preserve(n.list2);
        break;
      case Op.OBLOCK:
        this.preserve(n.list);
        break;
      case Op.OCASE:
        if (n.x === null) this.preserve(n.list);
        this.preserve(n.body);
        break;
    }
    return n;
  };

  private preserve(list: Node[]): void {
    for (let i = 0; i < list.length; i++) list[i] = this.stmt(list[i]);
  }

  private say(kind: MessageKind, at: Node, subject: string): void {
    if (this.env.flags.m >= 2) this.env.report(message(kind, at.op, at.pos, subject));
  }
  private kept(at: Node, subject: string): void {
    this.say(MessageKind.BloopKeptAlive, at, subject);
  }

  private variable(at: Node, name: Name): void {
    const sym = name.sym!;
    this.kept(at, `${pathToPrefix((sym.pkg ?? this.env.pkg).path)}.${sym.name}`);
  }

  /** A destination that can be kept alive. */
  private destination(at: Node, x: Node): Node | null {
    const name = nameOf(x);
    if (name !== null) {
      this.variable(at, name);
      return name;
    }
    if (x.op === Op.ODEREF) {
      this.kept(at, 'dereference');
      return x;
    }
    this.say(MessageKind.BloopUnknown, at, 'expr is unknown to bloop pass');
    return null;
  }

  private temp(at: Node, type: Type, stmt: Node): Name {
    const tmp = newTemp(at.pos, this.fn, type);
    const dcl = new Node(Op.ODCL, at.pos, null);
    dcl.x = tmp;
    stmt.init = [...stmt.init, dcl];
    return tmp;
  }

  private stmt(n: Node): Node {
    switch (n.op) {
      case Op.OAS: {
        if (isBlank(n.x) && n.y !== null) {
          const tmp = this.temp(n, n.y.type!, n);
          n.x = tmp;
          n.flags |= Flag.Def;
          tmp.defn = n;
        }
        const to = this.destination(n, n.x!);
        return to === null ? n : this.keepAliveAt([to], n);
      }
      case Op.OASOP: {
        const to = this.destination(n, n.x!);
        return to === null ? n : this.keepAliveAt([to], n);
      }
      case Op.OAS2:
      case Op.OAS2FUNC:
      case Op.OAS2DOTTYPE:
      case Op.OAS2MAPR:
      case Op.OAS2RECV: {
        const keep: Node[] = [];
        n.list.forEach((x, i) => {
          if (isBlank(x)) {
            const tmp = this.temp(n, this.valueType(n, i), n);
            tmp.defn = n;
            n.list[i] = x = tmp;
            n.flags |= Flag.Def;
          }
          const to = this.destination(n, x);
          if (to !== null) keep.push(to);
        });
        return this.keepAliveAt(keep, n);
      }
      case Op.OCALLFUNC:
      case Op.OCALLINTER:
      case Op.OCALL:
      case Op.OPRINT:
      case Op.OPRINTLN:
      case Op.ODELETE:
      case Op.ORECOVER:
        return this.call(n);
      default:
        return n;
    }
  }

  private valueType(n: Node, i: number): Type {
    if (n.list2.length === n.list.length) return n.list2[i].type!;
    const results = n.list2[0].op === Op.OCALLFUNC || n.list2[0].op === Op.OCALLINTER ? n.list2[0].x!.type! : null;
    return results === null ? n.list2[0].type! : signatureOf(results)!.results.vars[i].type!;
  }

  private call(n: Node): Node {
    const results = n.x === null ? [] : (signatureOf(n.x.type!)?.results.vars ?? []);
    if (results.length > 0) {
      const as = new Node(results.length === 1 ? Op.OAS : Op.OAS2FUNC, n.pos, null, Flag.Def);
      const tmps = results.map(r => this.temp(n, r.type!, as));
      for (const t of tmps) t.defn = as;
      if (results.length === 1) {
        as.x = tmps[0];
        as.y = n;
      } else {
        as.list = tmps.slice();
        as.list2 = [n];
      }
      this.kept(n, results.length > 1 ? 'function results' : 'function result');
      return this.keepAliveAt(tmps, as);
    }
    const keep: Node[] = [];
    const before: Node[] = [];
    const save = (at: Node, x: Node): Name => {
      const as = new Node(Op.OAS, at.pos, null, Flag.Def);
      const tmp = this.temp(at, x.type!, as);
      as.x = tmp;
      as.y = x;
      tmp.defn = as;
      before.push(as);
      this.kept(n, 'function arg');
      return tmp;
    };
    n.list.forEach((a, i) => {
      const name = nameOf(a);
      if (name !== null) {
        this.variable(n, name);
        keep.push(name);
      } else if (a.op === Op.OSLICELIT) {
        const names: Node[] = [];
        a.list.forEach((e, j) => {
          const known = nameOf(e);
          if (known !== null) {
            this.variable(n, known);
            names.push(known);
          } else keep.push((a.list[j] = save(e, e)));
        });
        keep.push(...names);
      } else keep.push((n.list[i] = save(n, a)));
    });
    if (before.length === 0) return this.keepAliveAt(keep, n);
    const block = new Node(Op.OBLOCK, n.pos, null);
    block.list = [...before, n];
    return this.keepAliveAt(keep, block);
  }

  /** The statement, then runtime.KeepAlive of the address of each. */
  private keepAliveAt(keep: readonly Node[], stmt: Node): Node {
    if (keep.length === 0) return stmt;
    const block = new Node(Op.OBLOCK, stmt.pos, null);
    block.list = [stmt];
    for (const n of keep) {
      if (n.sym === null || n.sym.name === '_') continue;
      const addr = new Node(Op.OADDR, stmt.pos, this.b.types.pointer(n.type!));
      addr.x = n;
      if (n.op === Op.ONAME) (n as Name).addrtaken = true;
      this.fn.hasDistinctVars = true;
      const pointer = new Node(Op.OCONVNOP, stmt.pos, unsafePointerType);
      pointer.x = addr;
      const arg = new Node(Op.OCONVIFACE, stmt.pos, anyType, Flag.Implicit);
      arg.x = pointer;
      const call = new Node(Op.OCALLFUNC, stmt.pos, null, Flag.NoInline | Flag.KeepAlive);
      call.x = this.b.runtimeFunc('KeepAlive', [anyType], []);
      call.list = [arg];
      block.list.push(call);
    }
    return block;
  }
}
