/** What a function's body costs where it is expanded (inline.hairyVisitor). */
import { int64Val } from '../constant/ops.ts';
import { ValueKind } from '../constant/value.ts';
import { TypeKind } from '../types/type.ts';
import type { CostPart } from '../ir/message.ts';
import { Class, Flag, type Func, type Name, type Node, Op } from '../ir/node.ts';
import { haveInlineBody } from '../ir/inlinecall.ts';
import { opName } from '../ir/opnames.ts';
import { elemOf, isZeroSize, under } from '../ir/typeinfo.ts';
import { anyList, doChildren, doList } from '../ir/visit.ts';
import { canInlineCallExpr, inlCallee } from './call-site.ts';
import type { Inliner } from './inliner.ts';
import { isIntrinsicCall } from './intrinsics.ts';

export const inlineMaxBudget = 80;
/** A call that stays a call. */
export const inlineExtraCallCost = 57;
/** A call of a parameter or captured variable: may turn out to be of a known function. */
const inlineParamCallCost = 17;
const inlineExtraPanicCost = 1;
const inlineExtraThrowCost = inlineMaxBudget;
/** A function of this many nodes is big. */
const inlineBigFunctionNodes = 5000;
/** For literals that are called once. */
export const inlineClosureCalledOnceCost = 10 * inlineMaxBudget;

/** State of the walk over one function. */
export interface Cost {
  readonly inl: Inliner;
  readonly fn: Func;
  /** Null until somebody asks. */
  bigFunc: boolean | null;
  readonly maxBudget: number;
  budget: number;
  /** Why the function cannot be inlined at all; empty when nothing forbids it. */
  reason: string;
  /** Walks on past the budget, to know the whole cost. */
  readonly whole: boolean;
  /** What was charged, by place in the function's declaration; null when nobody wants to know. */
  readonly spent: Map<number, number> | null;
  /** Last place seen: that of nodes without one. */
  at: number;
  /** Calls that have not been charged for yet (Inliner.patient), and what they count where they stay calls. */
  readonly later: { call: Node; callee: Func; extra: number }[];
  readonly visit: (n: Node) => boolean;
}

export function newCost(inl: Inliner, fn: Func, budget: number, whole: boolean): Cost {
  const cost: Cost = {
    inl,
    fn,
    bigFunc: null,
    maxBudget: budget,
    budget,
    reason: '',
    whole,
    spent: whole ? new Map() : null,
    at: fn.pos?.off ?? 0,
    later: [],
    visit: n => doNode(cost, n),
  };
  return cost;
}

/** Architectures whose loads and stores of bytes are merged (sys.Arch.CanMergeLoads): there the functions that put
 * integers together from bytes are single instructions. */
const mergedLoads: ReadonlySet<string> = new Set(['386', 'amd64', 'arm64', 'loong64', 'ppc64', 'ppc64le', 's390x']);
const binaryMethod = /^(little|big)Endian\.(Put|Append)?Uint(16|32|64)$/;
const byteorderFunc = /^(LE|BE)(Put|Append)?Uint(16|32|64)$/;

/** Visits n and what is below it; true when the function cannot be inlined (hairyVisitor.doNode). */
function doNode(v: Cost, n: Node): boolean {
  const before = v.budget;
  switch (n.op) {
    case Op.OCALLFUNC:
      // what -cover adds is free, so that it does not change what is inlined
      if (isAtomicCoverageUpdate(v, n)) return false;
      if (!call(v, n)) return true;
      break;

    case Op.OCALL:
    case Op.OCALLINTER:
      v.budget -= extraCallCost(v);
      break;

    case Op.OPANIC:
      // Interface conversions of the argument once came later in the compiler.
      if (n.x!.op === Op.OCONVIFACE && (n.x!.flags & Flag.Implicit) !== 0) v.budget++;
      v.budget -= inlineExtraPanicCost;
      break;

    case Op.ORECOVER:
      v.reason = 'call to recover';
      return true;

    case Op.OCLOSURE:
      v.budget -= 15;
      break;

    case Op.OGO:
    case Op.ODEFER:
    case Op.OTAILCALL:
      v.reason = `unhandled op ${opName(n.op)}`;
      return true;

    case Op.OADDR: {
      const dot = n.x!;
      if ((dot.op === Op.ODOT || dot.op === Op.ODOTPTR) && dot.x!.op === Op.ONAME && isFirstField(dot)) v.budget += 2;
      break;
    }

    case Op.ODEREF: {
      let ptr = n.x!;
      while (ptr.op === Op.OCONVNOP) ptr = ptr.x!;
      if (ptr.op === Op.OADDR) v.budget++;
      break;
    }

    case Op.OCONVNOP:
    case Op.OBLOCK:
    case Op.OMETHEXPR:
      v.budget++;
      break;

    case Op.OFALL:
    case Op.OTYPE:
      return false;

    case Op.OIF: {
      const cond = n.x!;
      if (cond.op === Op.OLITERAL && cond.val!.kind === ValueKind.Bool) {
        return doList(n.init, v.visit) || doList(cond.val!.val ? n.body : n.list2, v.visit);
      }
      break;
    }

    case Op.OMETHVALUE:
    case Op.OSLICELIT:
      v.budget--;
      break;

    case Op.OAS2:
      v.budget += tupleTemps(n);
      break;

    case Op.OAS:
      if (isCoverageCounter(v, n.x!)) return false;
      break;

    case Op.OSLICE:
    case Op.OSLICEARR:
    case Op.OSLICESTR:
    case Op.OSLICE3:
    case Op.OSLICE3ARR:
      if (!v.inl.env.release.freeFullSlices) break;
      if (n.y !== null && n.y.op === Op.OLITERAL && int64Val(n.y.val!) === 0n) v.budget++;
      if (n.z !== null && n.z.op === Op.OLEN && n.z.x === n.x) v.budget += 2;
      break;
  }
  v.budget--;
  if (v.spent !== null) {
    if (n.pos !== null) v.at = n.pos.off;
    v.spent.set(v.at, (v.spent.get(v.at) ?? 0) + before - v.budget);
  }
  if (v.budget < 0 && !v.whole) {
    v.reason = 'too expensive';
    return true;
  }
  return doChildren(n, v.visit);
}

/** `a, b = f()` goes over temporaries in the IR; what they add is given back. */
function tupleTemps(n: Node): number {
  if (n.list2.length === 0) return 0;
  const init = n.list2[0].init;
  if (init.length !== 1) return 0;
  switch (init[0].op) {
    case Op.OAS2:
    case Op.OAS2FUNC:
    case Op.OAS2DOTTYPE:
    case Op.OAS2MAPR:
    case Op.OAS2RECV:
    case Op.OSELRECV2:
      return 4 * n.list.length + 1;
    default:
      return 0;
  }
}

/** An element of one of the arrays that -cover counts in (inline.isIndexingCoverageCounter). */
function isCoverageCounter({ inl }: Cost, n: Node): boolean {
  const { coverPrefix, pkg } = inl.env;
  if (coverPrefix === '' || n.op !== Op.OINDEX || n.x!.op !== Op.ONAME) return false;
  const name = n.x as Name;
  if (name.cls !== Class.PEXTERN || name.sym!.pkg !== pkg || !name.sym!.name.startsWith(coverPrefix)) return false;
  return under(name.type!).kind === TypeKind.Array;
}

/** A call that -covermode=atomic adds (inline.isAtomicCoverageCounterUpdate). */
function isAtomicCoverageUpdate(v: Cost, { x: fun, list: args }: Node): boolean {
  if (v.inl.env.coverPrefix === '' || fun!.op !== Op.ONAME || args.length !== 2) return false;
  const { cls, sym } = fun as Name;
  if (cls !== Class.PFUNC || sym!.pkg?.path !== 'sync/atomic') return false;
  if (sym!.name !== 'AddUint32' && sym!.name !== 'StoreUint32') return false;
  return args[0].op === Op.OADDR && isCoverageCounter(v, args[0].x!);
}

/** The field lies at offset 0 of its struct. */
function isFirstField(dot: Node): boolean {
  const t = dot.x!.type!;
  const s = under(dot.op === Op.ODOTPTR ? elemOf(t) : t);
  if (s.kind !== TypeKind.Struct) return false;
  for (const f of s.fields) {
    if (f === dot.field || (f.name === dot.sym!.name && f.name !== '_')) return true;
    if (!isZeroSize(f.type!)) return false;
  }
  return false;
}

function extraCallCost(v: Cost): number {
  return v.inl.env.flags.l === 4 ? 1 : inlineExtraCallCost;
}

/** Charges for a call; false when it keeps the function from being inlined. */
function call(v: Cost, n: Node): boolean {
  const env = v.inl.env;
  const fun = n.x!;
  let cheap = false;
  let extra = extraCallCost(v);
  if (fun.op === Op.ONAME) {
    const name = fun as Name;
    if (name.cls === Class.PFUNC) {
      const fn = name.sym!.name;
      switch (name.sym!.pkg?.path) {
        case 'internal/abi':
          cheap = fn === 'NoEscape' || fn.startsWith('EscapeNonString[');
          break;
        case 'internal/runtime/sys':
          if (fn === 'GetCallerPC' || fn === 'GetCallerSP') {
            v.reason = `call to ${fn}`;
            return false;
          }
          break;
        case 'internal/byteorder':
          cheap = mergedLoads.has(env.goarch) && byteorderFunc.test(fn);
          break;
        case 'go.runtime':
        case 'runtime':
          if (fn === 'throw' && name.sym!.pkg!.path === 'go.runtime') {
            v.budget -= inlineExtraThrowCost;
            return true;
          }
          if (fn === 'panicrangestate') cheap = true;
          if (fn === 'deferrangefunc' && env.release.keepsRangeDefers) {
            v.reason = 'defer call in range func';
            return false;
          }
          break;
      }
    }
    if (name.cls === Class.PPARAM || name.isClosureVar) {
      extra = Math.min(extra, inlineParamCallCost);
    }
  } else if (fun.op === Op.OMETHEXPR && fun.method !== null) {
    const sym = fun.method.sym!;
    const path = sym.pkg?.path;
    if (path === 'runtime' && sym.name === 'heapBits.nextArena') cheap = true;
    if (path === 'encoding/binary' && mergedLoads.has(env.goarch) && binaryMethod.test(sym.name)) cheap = true;
  }
  if (cheap || isIntrinsicCall(n, env)) return true;
  const callee = inlCallee(v.inl, v.fn, fun, false);
  if (v.inl.patient && callee !== null && callee.closureParent === null) v.later.push({ call: n, callee, extra });
  else v.budget -= callCost(v, n, callee, extra);
  return true;
}

/** What a call counts: as much as the callee's body where that can stand there, else `extra`. */
function callCost(v: Cost, call: Node, callee: Func | null, extra: number): number {
  const { inl, fn } = v;
  if (callee === null || !haveInlineBody(inl.b, callee, null)) return extra;
  if (!canInlineCallExpr(inl, fn, call, callee, (v.bigFunc ??= isBigFunc(fn)), false, false)) return extra;
  return inl.charge === null ? callee.inl!.cost : inl.charge(callee);
}

/** Charges for the calls that were put off, as long as there is something left. */
export function chargeLater(v: Cost): void {
  for (const { call, callee, extra } of v.later) {
    if (v.budget < 0) return;
    v.budget -= callCost(v, call, callee, extra);
  }
}

/** What each line of the function costs, costliest first; of lines that cost the same the first one. */
export function costParts({ spent, fn }: Cost): CostPart[] {
  if (spent === null || fn.pos === null) return [];
  const { frame } = fn.pos;
  const { source, start } = frame.base;
  const lines = new Map<number, { off: number; cost: number }>();
  for (const [off, cost] of spent) {
    const line = source.lineOf(start + off);
    const part = lines.get(line);
    if (part === undefined) lines.set(line, { off, cost });
    else {
      part.off = Math.min(part.off, off);
      part.cost += cost;
    }
  }
  return [...lines.values()]
    .filter(({ cost }) => cost > 0)
    .sort((a, b) => b.cost - a.cost || a.off - b.off)
    .map(({ off, cost }) => ({ pos: { frame, off }, cost }));
}

/** A function into which only very cheap calls are expanded (inline.IsBigFunc). */
export function isBigFunc(fn: Func): boolean {
  // The function itself counts as a node.
  let budget = inlineBigFunctionNodes - 1;
  return anyList(fn.body, n => {
    if (n.op === Op.OAS2) budget += tupleTemps(n);
    budget--;
    return budget <= 0;
  });
}
