/**
 * Stack frames of more than a gigabyte, which gc refuses (ssagen.Compile, CheckLargeStacks). The back end lays frames out,
 * which is not done here; but a frame that large is made of single values of many megabytes, and where those have to be
 * copied is decided before: parameters and results that no register holds, the arguments of a call, and the temporaries
 * that ordering and walking put values into (package walk): the array that is ranged over, the result of a call that is
 * not assigned to a variable, an argument that is read through a pointer, the array behind a literal of a slice.
 * Variables above 128 kB are on the heap. Temporaries of one statement are counted together; those of statements that
 * follow one another share their place (order.newTemp, liveness.MergeLocals).
 */
import type { CompileEnv } from '../ir/env.ts';
import { Class, Flag, type Func, type Name, type Node, Op, type XPos } from '../ir/node.ts';
import { isBlank } from '../ir/static-value.ts';
import { elemOf, isArray, isInterface, under } from '../ir/typeinfo.ts';
import { doChildren } from '../ir/visit.ts';
import type { SignatureType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';

/** From here on a frame is too large, in bytes (ssagen's maxStackSize). */
export const maxFrame = 2 ** 30;

/** Larger variables are on the heap (ir.MaxStackVarSize). */
const maxVariable = 128 * 1024;

/** Values up to this many bytes may be in registers, or do not matter beside a gigabyte. */
const small = 128;

export interface LargeFrame {
  /** The function's. */
  pos: XPos | null;
  message: string;
}

/** The functions, after escape analysis, whose frames are too large. */
export function largeFrames(funcs: readonly Func[], env: CompileEnv): LargeFrame[] {
  const found: LargeFrame[] = [];
  for (const fn of funcs) {
    // a function without a body has no frame
    if (fn.body.length === 0) continue;
    const frame = new Frame(env);
    const args = frame.arguments(fn.nname.type as SignatureType);
    const locals = Math.ceil((frame.variables(fn) + frame.list(fn.body)) / 8) * 8;
    const mb = (bytes: number) => Math.floor(bytes / 2 ** 20);
    let message = `stack frame too large (>1GB): ${mb(locals)} MB locals + ${mb(args)} MB args`;
    if (locals < maxFrame && args < maxFrame) {
      if (locals + frame.callee < maxFrame) continue;
      message += ` + ${mb(frame.callee)} MB callee`;
    }
    found.push({ pos: fn.pos, message });
  }
  return found;
}

class Frame {
  /** The most that a call needs for its arguments and results. */
  callee = 0;
  /** Temporaries of the statement that is looked at. */
  private temps = 0;
  private readonly child = (n: Node): boolean => {
    this.expr(n, null);
    return false;
  };
  constructor(private readonly env: CompileEnv) {}

  private size(t: Type | null): number {
    return t === null ? 0 : this.env.sizes.sizeof(t);
  }

  /** Bytes of the parameters and results that are on the stack. */
  arguments(sig: SignatureType): number {
    let sum = 0;
    const vars = [...sig.params.vars, ...sig.results.vars];
    if (sig.recv !== null) vars.unshift(sig.recv);
    for (const v of vars) {
      const size = this.size(v.type);
      if (size > small) sum = Math.ceil(sum / 8) * 8 + size;
    }
    return sum;
  }

  /** Bytes of the variables that are not on the heap. */
  variables(fn: Func): number {
    let sum = 0;
    for (const n of fn.dcl) {
      if (n.cls !== Class.PAUTO || (n.flags & Flag.Heap) !== 0) continue;
      const size = this.size(n.type);
      if (size > small) sum += size;
    }
    return sum;
  }

  /** Bytes of the temporaries that are in use at one time. */
  list(stmts: readonly Node[]): number {
    let most = 0;
    for (const n of stmts) most = Math.max(most, this.stmt(n));
    return most;
  }

  private stmt(n: Node): number {
    const saved = this.temps;
    this.temps = 0;
    const inits = this.list(n.init);
    let inside = 0;
    switch (n.op) {
      case Op.OAS:
        this.expr(n.x, null);
        this.expr(n.y, n.x);
        break;
      case Op.OAS2:
        this.parallel(n);
        break;
      case Op.OAS2FUNC:
        for (const x of n.list) {
          this.expr(x, null);
          if (!isBlank(x)) this.temp(x.type);
        }
        this.called(n.list2[0]);
        break;
      case Op.OCALLFUNC:
      case Op.OCALLINTER:
        this.called(n);
        break;
      case Op.ORANGE: {
        // what is ranged over with values is copied, of the other arrays only the length is asked for
        const valued = n.z !== null && !isBlank(n.z);
        if (valued || !isArray(n.x!.type!)) this.expr(n.x, null);
        else this.called(n.x!);
        if (valued && isArray(n.x!.type!)) this.temp(n.x!.type);
        // what is copied in each iteration has a place of its own although it is on the heap
        for (const v of [n.y, n.z]) {
          if (v !== null && v.op === Op.ONAME && (v as Name).autotemp && (v.flags & Flag.Heap) !== 0) this.temp(v.type);
        }
        inside = this.list(n.body);
        break;
      }
      case Op.OIF:
      case Op.OFOR:
        this.expr(n.x, null);
        inside = Math.max(this.list(n.body), this.list(n.list2), n.y === null ? 0 : this.stmt(n.y));
        break;
      case Op.OBLOCK:
        inside = this.list(n.list);
        break;
      case Op.OSWITCH:
      case Op.OSELECT:
        this.expr(n.x, null);
        for (const c of n.list) {
          for (const x of c.list) this.expr(x, null);
          inside = Math.max(inside, this.list(c.body));
        }
        break;
      case Op.OINLCALL:
        this.expr(n, null);
        break;
      default:
        doChildren(n, this.child);
    }
    const used = this.temps;
    this.temps = saved;
    return Math.max(inits, used + inside);
  }

  private temp(t: Type | null): void {
    const size = this.size(t);
    if (size > small) this.temps += size;
  }

  /** What is computed before all of it is assigned is copied where an assignment could change it (ascompatee). */
  private parallel(n: Node): void {
    let writes = false;
    for (let i = 0; i < n.list.length; i++) {
      const [x, y] = [n.list[i], n.list2[i]];
      this.expr(x, null);
      this.expr(y, null);
      if (writes && y.type !== null && y.op !== Op.OCALLFUNC && readsMemory(y)) this.temp(y.type);
      if (!isBlank(x) && !isLocal(x)) writes = true;
    }
  }

  /** A large element of a literal, which is not itself written element by element. */
  private isCopied(n: Node): boolean {
    const x = n.op === Op.OKEY || n.op === Op.OSTRUCTKEY ? (n.y ?? n.x)! : n;
    if (x.op === Op.OSTRUCTLIT || x.op === Op.OARRAYLIT || x.op === Op.OLITERAL) return false;
    return this.size(x.type) > maxVariable;
  }

  /** Arguments and results of a call. */
  private called(n: Node): void {
    if (n.op !== Op.OCALLFUNC && n.op !== Op.OCALLINTER) {
      this.expr(n, null);
      return;
    }
    const sig = under(n.x!.type!) as SignatureType;
    this.callee = Math.max(this.callee, this.arguments(sig));
    this.expr(n.x, null);
    for (const arg of n.list) {
      this.expr(arg, null);
      // what may panic is computed before arguments are put on the stack (walkCall1)
      if (mayPanic(arg)) this.temp(arg.type);
    }
  }

  private expr(n: Node | null, lhs: Node | null): void {
    if (n === null || n.op === Op.ONAME || n.op === Op.OTYPE || n.op === Op.OLITERAL) return;
    switch (n.op) {
      case Op.OCALLFUNC:
      case Op.OCALLINTER: {
        // what was needed for the arguments is free when the result comes
        const before = this.temps;
        this.temps = 0;
        this.called(n);
        const result = lhs === null || lhs.op !== Op.ONAME ? this.size(n.type) : 0;
        this.temps = before + Math.max(this.temps, result);
        return;
      }
      case Op.ODOTTYPE:
        this.expr(n.x, null);
        this.temp(n.type);
        return;
      case Op.OLEN:
      case Op.OCAP:
        this.called(n.x!);
        return;
      case Op.OSLICELIT:
        doChildren(n, this.child);
        if ((n.flags & Flag.Heap) === 0) this.temps += this.size(elemOf(n.type!)) * n.len!;
        return;
      case Op.OSTRUCTLIT:
      case Op.OARRAYLIT:
        doChildren(n, this.child);
        // stores of small values go where the literal goes
        if (n.list.some(x => this.isCopied(x))) this.temp(n.type);
        return;
      case Op.OCONVIFACE:
        this.expr(n.x, null);
        if (n.x!.op === Op.OSTRUCTLIT || n.x!.op === Op.OARRAYLIT) this.temp(n.x!.type);
        return;
      case Op.OAS:
      case Op.OAS2:
      case Op.OAS2FUNC:
        // of an expression's init list
        this.temps += this.stmt(n);
        return;
      case Op.OCLOSURE:
        return;
      case Op.OINLCALL: {
        const inside = this.list(n.body);
        this.temps = Math.max(this.temps, this.list(n.init), inside);
        return;
      }
      default:
        doChildren(n, this.child);
    }
  }
}

/** A variable on the stack whose address is not taken. */
function isLocal(n: Node): boolean {
  if (n.op !== Op.ONAME) return false;
  const name = n as Name;
  return name.cls !== Class.PEXTERN && !name.addrtaken && (name.flags & Flag.Heap) === 0;
}

function readsMemory(n: Node): boolean {
  if (n.op === Op.OLITERAL || n.op === Op.ONIL) return false;
  return !isLocal(n);
}

/** Computing the argument may panic, as reading through a pointer does (walk.mayCall). Calls have been taken out. */
function mayPanic(n: Node): boolean {
  switch (n.op) {
    case Op.ONAME:
      return (n.flags & Flag.Heap) !== 0;
    case Op.ODEREF:
    case Op.ODOTPTR:
    case Op.OINDEX:
      return true;
    case Op.ODOT:
      return mayPanic(n.x!);
    case Op.OCONVNOP:
      return !isInterface(n.type!) && n.type!.kind !== TypeKind.Pointer && mayPanic(n.x!);
    default:
      return false;
  }
}
