/** Which functions can be inlined, and why not (inline.CanInline). */
import { Pragma } from '../syntax/ast.ts';
import type { SignatureType } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { diagName, funcString, stmtsString } from '../ir/fmt.ts';
import { type CostPart, message, MessageKind } from '../ir/message.ts';
import { Class, type Func, Op } from '../ir/node.ts';
import { references, visitFuncsBottomUp } from '../ir/scc.ts';
import { typeString } from '../ir/typefmt.ts';
import { under } from '../ir/typeinfo.ts';
import { anyList, doList } from '../ir/visit.ts';
import { chargeLater, costParts, inlineClosureCalledOnceCost, inlineMaxBudget, newCost } from './cost.ts';
import type { Inliner } from './inliner.ts';

/** Budget of what a profile calls hot. */
export const inlineHotMaxBudget = 2000;

/** Finds out which of the functions can be inlined, callees first (inline.CanInlineFuncs). `refer` as of
 * visitFuncsBottomUp. */
export function canInlineFuncs(
  inl: Inliner,
  funcs: readonly Func[],
  refer: (fn: Func) => readonly Func[] = references,
): void {
  if (inl.env.flags.l === 0) return;
  visitFuncsBottomUp(
    funcs,
    group => {
      for (const fn of group) canInline(inl, fn);
    },
    refer,
  );
}

/** Vectors of simd/archsimd are structs that hold one of its marker types (types.Type.IsSIMD). */
function isSIMD(t: Type): boolean {
  if (t.kind !== TypeKind.Named || t.obj.pkg?.path !== 'simd/archsimd') return false;
  if (/^v(128|256|512)$/.test(t.obj.name)) return true;
  const u = under(t);
  return u.kind === TypeKind.Struct && u.fields.length > 0 && isSIMD(u.fields[0].type!);
}

/** Code on vectors must be inlined to be of any use (inline.simdCreditMultiplier). */
export function simdCreditMultiplier(inl: Inliner, fn: Func): number {
  const sig = fn.type as SignatureType | null;
  if (sig !== null && sig.kind === TypeKind.Signature) {
    if (sig.recv !== null && isSIMD(sig.recv.type!)) return 3;
    if (sig.params.vars.some(v => isSIMD(v.type!)) || sig.results.vars.some(v => isSIMD(v.type!))) return 3;
  }
  if (fn.closureVars.some(v => v.type !== null && isSIMD(v.type))) return inl.env.release.simdCaptureCredit;
  return 1;
}

/** The largest cost with which the function can be inlined somewhere (inline.inlineBudget). */
export function inlineBudget(inl: Inliner, fn: Func): number {
  let budget = inlineMaxBudget * simdCreditMultiplier(inl, fn);
  if (inl.hot !== null && inl.hot.callee(fn)) budget = inlineHotMaxBudget;
  if (fn.closureParent !== null) budget = Math.max(budget, inlineClosureCalledOnceCost);
  return budget;
}

/** Decides whether `fn` can be inlined: sets `fn.inl` and reports. */
export function canInline(inl: Inliner, fn: Func): void {
  const env = inl.env;
  const impossible = inlineImpossible(inl, fn);
  if (impossible !== '') {
    cannot(inl, fn, impossible);
    return;
  }
  if (fn.inlChecked) return;

  const budget = inlineBudget(inl, fn);
  const v = newCost(inl, fn, budget, env.flags.m >= 2);
  const hairy = doList(fn.body, v.visit);
  if (!hairy) chargeLater(v);
  fn.inlChecked = true;
  const cost = budget - v.budget;
  if (hairy) {
    cannot(inl, fn, v.reason);
    return;
  }
  if (v.budget < 0) {
    cannot(inl, fn, `function too complex: cost ${cost} exceeds budget ${budget}`, cost, budget, costParts(v));
    return;
  }
  fn.inl = { cost, canDelayResults: canDelayResults(fn) };
  let detail = '';
  if (env.flags.m >= 2) detail = `${typeString(fn.type, env)} { ${stmtsString(fn.body, env)} }`;
  env.report(message(MessageKind.CanInline, Op.ODCLFUNC, fn.pos, diagName(fn, env), '', detail, cost, budget));
}

/** With cost and budget where the one is more than the other; what was counted before something forbade it says nothing. */
function cannot(inl: Inliner, fn: Func, reason: string, cost = 0, budget = 0, parts: readonly CostPart[] = []): void {
  const env = inl.env;
  fn.cannotInline = reason;
  if (env.flags.m < 2) return;
  const said = message(MessageKind.CannotInline, Op.ODCLFUNC, fn.pos, funcString(fn, env), '', reason, cost, budget);
  env.report(parts.length > 0 ? { ...said, parts } : said);
}

/** Why the function cannot be inlined whatever is in it; empty when it may be (inline.InlineImpossible). */
export function inlineImpossible(inl: Inliner, fn: Func): string {
  const { race, checkptr } = inl.env.flags;
  const pragma = fn.pragma;
  if ((pragma & Pragma.Noinline) !== 0) return 'marked go:noinline';
  if (race && (pragma & Pragma.Norace) !== 0) return 'marked go:norace with -race compilation';
  if (checkptr !== 0 && (pragma & Pragma.NoCheckPtr) !== 0) return 'marked go:nocheckptr';
  if ((pragma & Pragma.CgoUnsafeArgs) !== 0) return 'marked go:cgo_unsafe_args';
  // //go:uintptrescapes implies keeping alive.
  if ((pragma & (Pragma.UintptrKeepAlive | Pragma.UintptrEscapes)) !== 0) {
    return 'marked as having a keep-alive uintptr argument';
  }
  if ((pragma & Pragma.Yeswritebarrierrec) !== 0) return 'marked go:yeswritebarrierrec';
  if (fn.body.length === 0 && fn.inl === null) return 'no function body';
  return '';
}

/** There is exactly one return, it has results, and they are unnamed: then the variables of the results need not be
 * declared before it (inline.canDelayResults). */
export function canDelayResults(fn: Func): boolean {
  let returns = 0;
  anyList(fn.body, n => {
    if (n.op === Op.ORETURN) returns += n.list.length === 0 ? 2 : 1;
    return returns > 1;
  });
  if (returns !== 1) return false;
  // Unnamed results are called ~r0, ~r1, …; blank ones ~b0.
  return fn.dcl.every(d => d.cls !== Class.PPARAMOUT || d.sym!.name.startsWith('~') || d.sym!.name === '_');
}
