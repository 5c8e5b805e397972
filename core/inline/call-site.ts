/** Whether a particular call is expanded (inline.canInlineCallExpr, inlCallee, mkinlcall). */
import type { SignatureType } from '../types/type.ts';
import { diagName, funcString } from '../ir/fmt.ts';
import { haveInlineBody } from '../ir/inlinecall.ts';
import { message, MessageKind } from '../ir/message.ts';
import { funcName } from '../ir/names.ts';
import { Class, Flag, type Func, type Name, type Node, Op, type XPos } from '../ir/node.ts';
import { isNoInstrumentPkg, isNoRacePkg, isRuntimePkg } from '../ir/special-packages.ts';
import { staticCalleeName, staticValue } from '../ir/static-value.ts';
import { identical } from '../ir/typeinfo.ts';
import { canInline, inlineHotMaxBudget, simdCreditMultiplier } from './can-inline.ts';
import { inlineClosureCalledOnceCost, inlineMaxBudget } from './cost.ts';
import type { Inliner } from './inliner.ts';
import { isIntrinsicCall } from './intrinsics.ts';

/** Limit of what is expanded into a big function. */
export const inlineBigFunctionMaxCost = 20;

/** The function that an expression is known to be (inline.inlCallee). Unless only asked to resolve, a literal is costed
 * when it is first met. */
export function inlCallee(inl: Inliner, caller: Func, fun: Node, resolveOnly: boolean): Func | null {
  const fn = calleeOf(inl, caller, fun, resolveOnly);
  if (fn !== null) inl.callees?.add(fn);
  return fn;
}

function calleeOf(inl: Inliner, caller: Func, fun: Node, resolveOnly: boolean): Func | null {
  const fn = staticValue(fun);
  switch (fn.op) {
    case Op.OMETHEXPR: {
      const name = fn.method;
      if (name === null || name.type === null) return null;
      const recv = (name.type as SignatureType).recv;
      return recv !== null && identical(recv.type!, fn.x!.type!) ? name.fn : null;
    }
    case Op.ONAME:
      return (fn as Name).cls === Class.PFUNC ? (fn as Name).fn : null;
    case Op.OCLOSURE: {
      const c = fn.func!;
      // Captured variables must be the caller's own.
      if (c.closureVars.length > 0 && c.closureVars[0].outer!.curfn !== caller) return null;
      if (!resolveOnly) canInline(inl, c);
      return c;
    }
    default:
      return null;
  }
}

/** Calls that are never expanded, whatever they call (inline.inlineCallCheck). */
function mightInline(inl: Inliner, call: Node): boolean {
  const { l, checkptr } = inl.env.flags;
  if (l === 0 || call.op !== Op.OCALLFUNC || (call.flags & (Flag.GoDefer | Flag.NoInline)) !== 0) return false;
  const name = staticCalleeName(call.x!);
  if (name !== null) {
    const sym = name.sym!;
    if (checkptr !== 0 && call.x!.op === Op.OMETHEXPR && sym.pkg?.path === 'reflect') {
      if (sym.name === 'Value.UnsafeAddr' || sym.name === 'Value.Pointer') return false;
    }
    if (sym.pkg?.path === 'internal/abi' && sym.name.startsWith('EscapeNonString[')) return false;
  }
  return !isIntrinsicCall(call, inl.env);
}

/** The function that the call would be resolved to, whether or not it can be inlined (inline.InlineCallTarget). */
export function inlineCallTarget(inl: Inliner, caller: Func, call: Node): Func | null {
  return mightInline(inl, call) ? inlCallee(inl, caller, call.x!, true) : null;
}

/** The expanded call, or null (inline.TryInlineCall). */
export function tryInlineCall(
  inl: Inliner,
  caller: Func,
  call: Node,
  bigCaller: boolean,
  closureCalledOnce: boolean,
): Node | null {
  if (!mightInline(inl, call)) return null;
  const fn = inlCallee(inl, caller, call.x!, false);
  // whether the body is at hand may take long to find out
  if (fn === null || fn.inl === null || !inlineCostOK(inl, call, caller, fn, bigCaller, closureCalledOnce)) return null;
  if (!haveInlineBody(inl.b, fn, call.pos!.frame.callee)) return null;
  if (!canInlineCallExpr(inl, caller, call, fn, bigCaller, closureCalledOnce, true)) return null;
  const env = inl.env;
  env.report(message(MessageKind.InliningCall, call.op, call.pos, diagName(fn, env), diagName(caller, env)));
  return inl.inlineCall(caller, call, fn);
}

/** The callee is cheap enough for this caller (inline.inlineCostOK). */
function inlineCostOK(
  inl: Inliner,
  call: Node,
  caller: Func,
  callee: Func,
  bigCaller: boolean,
  closureCalledOnce: boolean,
): boolean {
  let max = bigCaller ? inlineBigFunctionMaxCost : inlineMaxBudget;
  const simd = simdCreditMultiplier(inl, callee) * max;
  if (callee.closureParent !== null) {
    max *= 2;
    if (closureCalledOnce) max = Math.max(max, inlineClosureCalledOnceCost);
  }
  max = Math.max(max, simd);
  const cost = callee.inl!.cost;
  if (cost <= max) return true;
  return inl.hot !== null && !bigCaller && cost <= inlineHotMaxBudget && inl.hot.site(call, caller);
}

/** Whether the call can be expanded, given that the callee has been costed (inline.canInlineCallExpr). */
export function canInlineCallExpr(
  inl: Inliner,
  caller: Func,
  call: Node,
  callee: Func,
  bigCaller: boolean,
  closureCalledOnce: boolean,
  log: boolean,
): boolean {
  if (callee.inl === null) return false;
  if (!inlineCostOK(inl, call, caller, callee, bigCaller, closureCalledOnce)) return false;
  const pos = call.pos!;
  // A call that was brought here by its own expansion.
  for (let at = pos.frame.inlinedAt; at !== null; at = at.frame.inlinedAt) if (samePlace(at, pos)) return false;

  const { env } = inl;
  const { race, msan, asan, checkptr } = env.flags;
  const path = callee.sym.pkg?.path ?? '';
  if ((race || msan || asan) && isNoInstrumentPkg(path)) return false;
  if (race && isNoRacePkg(path)) return false;
  if (checkptr !== 0 && isRuntimePkg(path)) return false;

  for (let at: XPos | null = pos; at !== null; at = at.frame.inlinedAt) {
    const f = at.frame.callee;
    if (f === null || (f !== callee && (f.sym.name !== callee.sym.name || f.sym.pkg !== callee.sym.pkg))) continue;
    if (log && env.flags.m >= 2) {
      env.report(
        message(
          MessageKind.CannotInlineCall,
          call.op,
          pos,
          funcString(callee, env),
          funcName(caller),
          'repeated recursive cycle',
        ),
      );
    }
    return false;
  }
  return true;
}

/** Equal for gc, whose columns end at 255. */
function samePlace(a: XPos, b: XPos): boolean {
  const source = a.frame.base.source;
  if (source !== b.frame.base.source) return false;
  const p = a.frame.base.start + a.off;
  const q = b.frame.base.start + b.off;
  if (p === q) return true;
  if (source.lineOf(p) !== source.lineOf(q)) return false;
  return source.lineCol(p).col >= 255 && source.lineCol(q).col >= 255;
}
