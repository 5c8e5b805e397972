/**
 * Indices into arrays and constant strings that cannot be out of range (cmd/compile walkIndex, bounded). gc says so while
 * it lowers functions to simpler code, in the order in which it visits expressions.
 */
import { ValueKind } from '../constant/value.ts';
import type { CompileEnv } from './env.ts';
import { MessageKind, message } from './message.ts';
import { Flag, type Func, type Node, Node as NodeOf, Op } from './node.ts';
import { sameSafeExpr } from './same-expr.ts';
import { isClosure } from './scc.ts';
import { elemOf, isArray, isInteger, isPointer, isUnsigned, under } from './typeinfo.ts';
import { TypeKind } from '../types/type.ts';
import { doChildren } from './visit.ts';

/** Reports the elided checks of all functions: list order, capturing literals right after their parent, last first. */
export function boundsChecks(funcs: readonly Func[], env: CompileEnv): void {
  // in most functions there is nothing to be said
  const outermost = new Set<Func>();
  for (const fn of funcs) {
    if (!fn.hasKnownLengths) continue;
    let outer = fn;
    while (isClosure(outer) && outer.closureParent !== null) outer = outer.closureParent;
    outermost.add(outer);
  }
  for (const fn of funcs) if (outermost.has(fn)) walkFunc(fn, env);
}

function walkFunc(fn: Func, env: CompileEnv): void {
  const literals: Func[] = [];
  new Order(env, literals).stmts(fn.body);
  for (let i = literals.length - 1; i >= 0; i--) walkFunc(literals[i], env);
}

/**
 * The order in which gc lowers what a function does (walk.order): calls and other operations with effects are taken out
 * of an expression and become statements of their own before the one that it is in, so that their indices come first.
 */
class Order {
  constructor(
    private readonly env: CompileEnv,
    private readonly literals: Func[],
  ) {
    const { race, msan, asan } = env.flags;
    this.instrumenting = race || msan || asan;
  }
  private readonly instrumenting: boolean;

  stmts(list: readonly Node[]): void {
    for (const n of list) this.stmt(n);
  }

  private stmt(n: Node): void {
    switch (n.op) {
      case Op.OAS:
      case Op.OASOP: {
        this.stmts(n.init);
        const left = n.x?.op === Op.OINDEXMAP ? this.operands(n.x) : this.expr(n.x, null);
        if (n.op === Op.OAS && isMapAppend(n)) {
          // m[k] = append(m[k], …) finds the place once
          this.report(left);
          const [, ...args] = n.y!.list;
          for (const arg of args) this.copyIndices(arg);
          return this.report(args.flatMap(arg => this.expr(arg, null)));
        }
        const right = this.expr(n.y, n.x);
        if (n.op === Op.OASOP && this.instrumenting) {
          // becomes x = x op y, so that x is seen twice
          const seen = left.filter(index => (index.flags & Flag.Bounded) === 0);
          for (const index of seen) if (!isSafe(index.y!)) this.copied.add(index);
          this.report(left);
          for (const index of seen) index.flags &= ~Flag.Bounded;
        }
        // what goes into a map is computed before its place is looked for
        return this.report(n.x?.op === Op.OINDEXMAP ? [...right, ...left] : [...left, ...right]);
      }
      case Op.OAS2FUNC:
      case Op.OAS2MAPR:
      case Op.OAS2DOTTYPE:
      case Op.OAS2RECV: {
        // goes through temporaries
        this.stmts(n.init);
        const left = n.list.flatMap(x => this.expr(x, null));
        const right = n.list2.flatMap(x => this.expr(x, null));
        return this.report([...right, ...left]);
      }
      case Op.OAS2: {
        // is taken apart: its first left side, then all right sides, then the other left sides
        this.stmts(n.init);
        const left = n.list.map(x => this.expr(x, null));
        const right = n.list2.flatMap(x => this.expr(x, null));
        return this.report([...(left[0] ?? []), ...right, ...left.slice(1).flat()]);
      }
      case Op.OSELECT:
        this.stmts(n.init);
        return this.select(n);
      case Op.ORETURN:
      case Op.OSEND:
      case Op.OCALLFUNC:
      case Op.OCALLINTER:
      case Op.OCOPY:
      case Op.ODELETE:
      case Op.OPANIC:
      case Op.OPRINT:
      case Op.OPRINTLN:
        return this.report(this.operands(n));
    }
    doChildren(n, child => {
      if (isStmt(child.op)) this.stmt(child);
      else this.report(this.expr(child, null));
      return false;
    });
    if (n.op === Op.OCLOSURE && isClosure(n.func!)) this.literals.push(n.func!);
  }

  /** Channels and values to send are computed first; what is received is assigned in the clause that is chosen. */
  private select(n: Node): void {
    for (const { x: comm } of n.list) {
      if (comm === null) continue;
      this.stmts(comm.init);
      if (comm.op === Op.OSELRECV2) for (const recv of comm.list2) this.report(this.operands(recv));
      else this.report(this.operands(comm));
    }
    for (const { x: comm, body } of n.list) {
      if (comm?.op === Op.OSELRECV2) for (const to of comm.list) this.report(this.expr(to, null));
      this.stmts(body);
    }
  }

  /** The indices that stay in the expression, in the order in which they are lowered with it. `lhs`: what the whole
   * expression is assigned to (orderState.expr). */
  private expr(n: Node | null, lhs: Node | null): Node[] {
    if (n === null) return [];
    switch (n.op) {
      case Op.OCLOSURE:
        if (isClosure(n.func!)) this.literals.push(n.func!);
        break;
      case Op.OANDAND:
      case Op.OOROR:
        this.stmts(n.init);
        this.report(this.expr(n.x, null));
        this.report(this.expr(n.y, null));
        return [];
      case Op.OINLCALL:
        this.stmts(n.init);
        this.stmts(n.body);
        return n.list.flatMap(x => this.expr(x, null));
      case Op.OMAPLIT:
        this.stmts(n.init);
        for (const e of n.list) {
          const key = this.expr(e.x, null);
          this.report([...this.expr(e.y, null), ...key]);
        }
        return [];
    }
    // x = append(x, y) and x = x[i:j] stay as they are
    const within = n.op === Op.OAPPEND ? n.list[0] : isSlice(n.op) ? n.x : null;
    const inPlace = lhs !== null && within !== null && sameSafeExpr(lhs, within);
    const rest = this.operands(n);
    if (n.op === Op.OINDEX) return [...rest, n];
    const takenOut = isTakenOut(n.op) || (this.instrumenting && n.op === Op.OINDEXMAP);
    if (!takenOut || inPlace || (lhs !== null && lhs.op === Op.ONAME)) return rest;
    this.report(rest);
    return [];
  }

  private operands(n: Node): Node[] {
    const list: Node[] = [];
    // arguments are made safe to evaluate twice: of an index that is not, all that is left is a temporary
    if (n.op === Op.OAPPEND) for (const arg of n.list) this.copyIndices(arg);
    const slice = isSlice(n.op);
    doChildren(n, child => {
      if (isStmt(child.op)) this.stmt(child);
      // the bounds of slices are computed before what is sliced
      else if (slice && child !== n.x) this.report(this.expr(child, null));
      else list.push(...this.expr(child, null));
      return false;
    });
    return list;
  }

  /** Marks the indices in x that are not safe to evaluate twice (walk.safeExpr). */
  private copyIndices(x: Node): void {
    for (let n = x; ; n = n.x!) {
      if (n.op === Op.OINDEX && !isSafe(n.y!)) this.copied.add(n);
      else if (n.op !== Op.OINDEX && n.op !== Op.ODOT && n.op !== Op.ODOTPTR && n.op !== Op.ODEREF) return;
    }
  }
  private readonly copied = new Set<Node>();

  private report(list: readonly Node[]): void {
    for (const n of list) {
      const index = this.copied.has(n) ? new NodeOf(Op.ONONAME, n.y!.pos, n.y!.type) : n.y!;
      check(n, index, this.env);
    }
  }
}

/** Operations whose value gc copies to a temporary first (orderState.expr1, copyExpr). */
function isTakenOut(op: Op): boolean {
  switch (op) {
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
    case Op.OCAP:
    case Op.OCOMPLEX:
    case Op.OCOPY:
    case Op.OIMAG:
    case Op.OLEN:
    case Op.OMAKECHAN:
    case Op.OMAKEMAP:
    case Op.OMAKESLICE:
    case Op.OMAX:
    case Op.OMIN:
    case Op.ONEW:
    case Op.OREAL:
    case Op.ORECOVER:
    case Op.OSTR2BYTES:
    case Op.OSTR2RUNES:
    case Op.OAPPEND:
    case Op.ORECV:
      return true;
    default:
      return isSlice(op);
  }
}

function isMapAppend({ x, y }: Node): boolean {
  return x?.op === Op.OINDEXMAP && y?.op === Op.OAPPEND && sameSafeExpr(x, y.list[0]);
}

function isSlice(op: Op): boolean {
  switch (op) {
    case Op.OSLICE:
    case Op.OSLICEARR:
    case Op.OSLICESTR:
    case Op.OSLICE3:
    case Op.OSLICE3ARR:
      return true;
    default:
      return false;
  }
}

/** Stands in a list of statements and is not an expression. */
function isStmt(op: Op): boolean {
  switch (op) {
    case Op.OAS:
    case Op.OAS2:
    case Op.OAS2DOTTYPE:
    case Op.OAS2FUNC:
    case Op.OAS2MAPR:
    case Op.OAS2RECV:
    case Op.OASOP:
    case Op.OBLOCK:
    case Op.OCASE:
    case Op.ODCL:
    case Op.ODEFER:
    case Op.OFOR:
    case Op.OGO:
    case Op.OIF:
    case Op.ORANGE:
    case Op.ORETURN:
    case Op.OSELECT:
    case Op.OSELRECV2:
    case Op.OSEND:
    case Op.OSWITCH:
      return true;
    default:
      return false;
  }
}

/** Needs no copy to be evaluated twice (walk.safeExpr). */
function isSafe(n: Node): boolean {
  switch (n.op) {
    case Op.ONAME:
    case Op.OLITERAL:
    case Op.ONIL:
      return true;
    case Op.OLEN:
    case Op.OCAP:
    case Op.ODOT:
    case Op.ODOTPTR:
    case Op.ODEREF:
      return isSafe(n.x!);
    case Op.OINDEX:
    case Op.OINDEXMAP:
      return isSafe(n.x!) && isSafe(n.y!);
    default:
      return false;
  }
}

function check(n: Node, index: Node, env: CompileEnv): void {
  if ((n.flags & Flag.Bounded) !== 0) return;
  const limit = lengthOf(n.x!);
  if (limit < 0 || !bounded(index, limit, env)) return;
  n.flags |= Flag.Bounded;
  if (index.op === Op.OLITERAL) return;
  env.report(message(MessageKind.BoundsCheckElided, n.op, n.pos));
}

/** Length of an array, of what a pointer to one points to, or of a constant string; -1 for all else. */
export function lengthOf(x: Node): number {
  if (x.type === null) return -1;
  const type = isPointer(x.type) ? elemOf(x.type) : x.type;
  if (isArray(type)) {
    const array = under(type);
    return array.kind === TypeKind.Array ? array.len : -1;
  }
  if (x.op === Op.OLITERAL && x.val?.kind === ValueKind.String) return x.val.bytes.length;
  return -1;
}

/** Whether 0 ≤ n < max follows from the form of the expression and its type alone. */
function bounded(n: Node, max: number, env: CompileEnv): boolean {
  if (n.type === null || !isInteger(n.type)) return false;
  const signed = !isUnsigned(n.type);
  let bits = 8 * env.sizes.sizeof(n.type);
  const constant = smallInt(n);
  if (constant !== null) return constant >= 0 && constant < max;
  const right = n.y === null ? null : smallInt(n.y);
  switch (n.op) {
    case Op.OAND:
    case Op.OANDNOT: {
      const left = smallInt(n.x!);
      let mask = -1;
      if (left !== null) mask = left;
      else if (right !== null) {
        mask = right;
        if (n.op === Op.OANDNOT) {
          mask = -right - 1;
          if (!signed && bits < 53) mask = ((mask % 2 ** bits) + 2 ** bits) % 2 ** bits;
          else if (!signed) mask = Number.POSITIVE_INFINITY;
        }
      }
      if (mask >= 0 && mask < max) return true;
      break;
    }
    case Op.OMOD:
      if (!signed && right !== null && right >= 0 && right <= max) return true;
      break;
    case Op.ODIV:
      if (!signed && right !== null) {
        for (let v = right; bits > 0 && v >= 2; v = Math.floor(v / 2)) bits--;
      }
      break;
    case Op.ORSH:
      if (!signed && right !== null) {
        if (right > bits) return true;
        bits -= right;
      }
      break;
  }
  return !signed && bits <= 62 && 2 ** bits <= max;
}

/** The value of a constant that fits 32 bits (ir.IsSmallIntConst), else null. */
function smallInt(n: Node): number | null {
  const v = n.op === Op.OLITERAL ? n.val : null;
  if (v === null || v.kind !== ValueKind.Int || v.val < -0x80000000n || v.val > 0x7fffffffn) return null;
  return Number(v.val);
}
