/**
 * Calls through interfaces and function values that, by a profile, mostly go to one function: that function is called
 * directly after a test whether it is the one (devirtualize.ProfileGuided). The direct call can then be inlined.
 */
import { funcString, nodeString } from '../ir/fmt.ts';
import { message, MessageKind } from '../ir/message.ts';
import { dotMethod, fixMethodCall, implementsIface } from '../ir/method-call.ts';
import { funcName, newTemp } from '../ir/names.ts';
import { Flag, type Func, Node, NONE, Op } from '../ir/node.ts';
import { visitFuncsBottomUp } from '../ir/scc.ts';
import { anyType, boolType, identical, signatureOf, uint8Type, uintptrType, under } from '../ir/typeinfo.ts';
import { editBody, editChildren } from '../ir/visit.ts';
import type { SignatureType, Type } from '../types/type.ts';
import { inlineImpossible } from './can-inline.ts';
import { type CallEdge, type CallGraph, directCallee, linkFuncName, nodeLineOffset } from './hot-calls.ts';
import type { Inliner } from './inliner.ts';

/** Rewrites the hot calls of all functions. */
export function profileGuided(inl: Inliner, funcs: readonly Func[], g: CallGraph): void {
  visitFuncsBottomUp(funcs, group => {
    for (const fn of group) devirtualizeFunc(inl, fn, g);
  });
}

function devirtualizeFunc(inl: Inliner, fn: Func, g: CallGraph): void {
  const edit = (n: Node): Node => {
    editChildren(n, edit);
    if ((n.op !== Op.OCALLFUNC && n.op !== Op.OCALLINTER) || (n.flags & Flag.GoDefer) !== 0) return n;
    return (n.op === Op.OCALLINTER ? interfaceCall(inl, fn, n, g) : functionCall(inl, fn, n, g)) ?? n;
  };
  editBody(fn, edit);
}

/** The callee of the heaviest edge of the call's line, among those that the call can have; null when that is one nobody
 * sees, or there is none (findHotConcreteCallee). */
function hottestCallee(g: CallGraph, caller: Func, call: Node, fits: (fn: Func) => boolean): Func | null {
  const edges = g.edges.get(linkFuncName(caller));
  if (edges === undefined) return null;
  const offset = nodeLineOffset(call, caller);
  let hottest: CallEdge | null = null;
  const hotter = (e: CallEdge): boolean => {
    if (hottest === null) return true;
    if (e.weight !== hottest.weight) return e.weight > hottest.weight;
    if ((hottest.fn === null) !== (e.fn === null)) return e.fn !== null;
    return e.callee < hottest.callee;
  };
  for (const e of edges.values()) {
    if (e.offset !== offset || !hotter(e)) continue;
    if (e.fn === null || fits(e.fn)) hottest = e;
  }
  const found = hottest as CallEdge | null;
  return found === null || found.weight === 0 ? null : found.fn;
}

function recvType(fn: Func): Type | null {
  const sig = fn.type as SignatureType | null;
  return sig?.recv?.type ?? null;
}

/** A function that surely cannot be inlined is not worth the test (shouldPGODevirt). */
function shouldDevirtualize(inl: Inliner, callee: Func): boolean {
  const { env } = inl;
  let why = inlineImpossible(inl, callee);
  if (why === '' && callee.imported && !inl.b.hasBody(callee, null)) why = 'no function body';
  if (why === '') return true;
  if (env.flags.m >= 2)
    env.report(message(MessageKind.ShouldNotPgoDevirtualize, Op.ODCLFUNC, callee.pos, funcName(callee), '', why));
  return false;
}

function interfaceCall(inl: Inliner, fn: Func, call: Node, g: CallGraph): Node | null {
  const sel = call.x!;
  const iface = sel.x!.type!;
  const name = sel.sym!.name;
  const callee = hottestCallee(g, fn, call, f => {
    const t = recvType(f);
    return t !== null && implementsIface(inl.b, t, iface) && linkFuncName(f).endsWith(`.${name}`);
  });
  const concrete = callee === null ? null : recvType(callee);
  if (callee === null || concrete === null || !shouldDevirtualize(inl, callee)) return null;
  report(inl, call, `interface call ${nodeString(sel, inl.env)}`, callee);

  const { pos } = call;
  const { value: recv, args, init } = copyInputs(fn, call, sel.x!);
  const tmp = newTemp(pos, fn, concrete);
  const ok = newTemp(pos, fn, boolType);
  const assert = new Node(Op.ODOTTYPE2, pos, concrete);
  assert.x = recv;
  const as = new Node(Op.OAS2DOTTYPE, pos, null);
  as.list = [tmp, ok];
  as.list2 = [assert];
  init.push(as);

  const direct = new Node(Op.OCALLFUNC, pos, call.type, call.flags & Flag.IsDDD);
  direct.x = dotMethod(inl.b, pos, tmp, sel.sym!)!;
  direct.list = args.slice();
  fixMethodCall(inl.b, direct);
  return conditional(fn, ok, direct, call, init);
}

function functionCall(inl: Inliner, fn: Func, call: Node, g: CallGraph): Node | null {
  if (directCallee(call.x!) !== null) return null;
  const type = under(call.x!.type!);
  const callee = hottestCallee(g, fn, call, f => f.type !== null && identical(type, under(f.type)));
  if (callee === null || callee.oclosure !== null || recvType(callee) !== null) return null;
  if (callee.sym.pkg?.path === 'runtime' && callee.sym.name === 'memhash_varlen') return null;
  if (!shouldDevirtualize(inl, callee)) return null;
  report(inl, call, `function call ${nodeString(call.x!, inl.env)}`, callee);

  const { pos } = call;
  const { value, args, init } = copyInputs(fn, call, call.x!);
  // the code's address, out of the function value, against the callee's
  const boxed = new Node(Op.OCONVIFACE, pos, anyType);
  boxed.x = value;
  const data = new Node(Op.OPLUS, pos, uintptrType);
  data.x = boxed;
  const pc = new Node(Op.ODEREF, pos, uintptrType);
  pc.x = data;
  const calleePC = new Node(Op.OADDR, pos, uintptrType);
  calleePC.x = new Node(Op.OLINKSYMOFFSET, pos, uint8Type);
  calleePC.x.sym = callee.sym;
  const equal = new Node(Op.OEQ, pos, boolType);
  equal.x = pc;
  equal.y = calleePC;

  const direct = new Node(Op.OCALLFUNC, pos, call.type, call.flags & Flag.IsDDD);
  direct.x = callee.nname;
  direct.list = args.slice();
  return conditional(fn, equal, direct, call, init);
}

function report(inl: Inliner, call: Node, what: string, callee: Func): void {
  const { env } = inl;
  if (env.flags.m > 0)
    env.report(message(MessageKind.PgoDevirtualizing, call.op, call.pos, what, funcString(callee, env)));
}

/** Evaluates the receiver or function value and the arguments into temporaries (copyInputs). The call that is left names
 * the receiver or function value itself all the same. */
function copyInputs(fn: Func, call: Node, value: Node): { value: Node; args: Node[]; init: Node[] } {
  const init = [...call.init];
  call.init = NONE;
  const as = new Node(Op.OAS2, call.pos, null);
  as.list2 = [value, ...call.list];
  as.list = as.list2.map(x => newTemp(call.pos, fn, x.type!));
  init.push(as);
  const args = as.list.slice(1);
  call.list = args;
  return { value: as.list[0], args, init };
}

/** One call or the other, as an expression (condCall). */
function conditional(fn: Func, condition: Node, thenCall: Node, elseCall: Node, init: Node[]): Node {
  const { pos } = elseCall;
  const results = signatureOf(elseCall.x!.type!)!.results.vars.map(v => newTemp(pos, fn, v.type!));
  const branch = (call: Node): Node[] => {
    if (results.length === 0) return [call];
    const as = new Node(results.length === 1 ? Op.OAS2 : Op.OAS2FUNC, pos, null);
    as.list = results.slice();
    as.list2 = [call];
    return [as];
  };
  const choice = new Node(Op.OIF, pos, null);
  choice.x = condition;
  choice.init = init;
  choice.body = branch(thenCall);
  choice.list2 = branch(elseCall);
  const out = new Node(Op.OINLCALL, pos, thenCall.type);
  out.body = [choice];
  out.list = results;
  return out;
}
