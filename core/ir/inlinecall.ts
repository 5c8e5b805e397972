/** Expanding a call: the callee's body is read again, in the caller (noder's unifiedInlineCall). */
import { ObjKind } from '../types/object.ts';
import { assign } from './build-assign.ts';
import { callShaped } from './build-closure.ts';
import { stmts } from './build-stmt.ts';
import type { Builder } from './build.ts';
import { Class, Flag, Func, type Name, Node, NONE, Op, type XPos } from './node.ts';
import { blockOf, type Body, declareParams, ensureChecked, funcBody, type Inlining, Reader, unary } from './reader.ts';
import { rewriteRangeFuncs } from './rangefunc.ts';
import { isBlank, singleResult } from './static-value.ts';
import { editChildren } from './visit.ts';

/** The function's body can be read for inlining (HaveInlineBody). `within`: the function in whose expanded body the call
 * is, if any. */
export function haveInlineBody(b: Builder, fn: Func, within: Func | null): boolean {
  return fn.inl !== null && b.hasBody(fn, within);
}

/**
 * The OINLCALL that replaces `call` of `fn` in `caller`. Variables and closures of the copy are added to the caller and
 * to the target. `instances` computes, saying nothing, the costs of generic functions that were first met here.
 */
export function inlineCall(b: Builder, caller: Func, call: Node, fn: Func, instances: (fns: Func[]) => void): Node {
  const body = b.bodies.get(fn);
  if (body === undefined) throw new Error(`no body of ${fn.sym.name}`);
  ensureChecked(body.src, body.obj);
  if (!b.expanded.has(fn)) {
    b.expanded.add(fn);
    b.onExpanded?.(fn);
    // what was costed here has its variables (ir.Inline.HaveDcl)
    if (!fn.inlChecked) expandInline(b, fn, body);
  }

  const tmpfn = new Func(caller.nname, fn.pos, caller.pkg);
  tmpfn.oclosure = fn.oclosure;
  const r = new Reader(b, body.src, body.dict, body.env, tmpfn, null);
  const inl: Inlining = { caller, call, fn, index: b.inlgen, frames: [] };
  r.inl = inl;
  bindClosureVars(r, fn, cv => cv.outer!);
  const rewritten = blockOf(body) === null ? null : rewriteRangeFuncs(r, body);
  r.results = rewritten?.results ?? body.sig.results.vars;
  declareParams(r, body, tmpfn);
  const inlvars = tmpfn.dcl.filter(n => n.cls === Class.PPARAM);
  const retvars = tmpfn.dcl.filter(n => n.cls === Class.PPARAMOUT);
  const delayResults = fn.inl!.canDelayResults;
  const retLabel = b.autoLabel(caller, '.i');
  b.inlgen++;

  let init = call.init;
  call.init = NONE;
  if (call.op === Op.OCALLFUNC) init = [...init, ...calleeEffects(call.x!)];

  const as2 = new Node(Op.OAS2, call.pos, null);
  as2.flags |= Flag.Def;
  as2.list = inlvars;
  as2.list2 = call.list.slice();
  const dcls: Node[] = [];
  for (const name of inlvars) {
    if (isBlank(name)) continue;
    dcls.push(unary(Op.ODCL, call.pos, null, name));
    name.defn = as2;
  }
  as2.init = dcls;
  assign(r, as2);
  init = [...init, as2];
  if (!delayResults) {
    for (const name of retvars) init.push(unary(Op.ODCL, call.pos, null, name), unary(Op.OAS, call.pos, null, name));
  }
  init.push(new Node(Op.OINLMARK, call.pos, null));

  const { basePos } = b;
  b.basePos = fn.pos;
  if (body.synthetic !== null) {
    tmpfn.body = [];
    body.synthetic(call.pos ?? fn.pos, r);
  } else if (body.dict !== null && !body.dict.shaped) {
    tmpfn.body = [];
    callShaped(r, body, call.pos);
  } else tmpfn.body = stmts(r, rewritten!.block.stmtList);

  const met = b.readBodies(true);
  if (met.length > 0) {
    instances(met);
    for (const m of met) m.body = NONE;
  }
  b.basePos = basePos;

  const edit = (n: Node): Node => {
    switch (n.op) {
      case Op.ORETURN:
        return inlReturn(n, call.pos, retvars, delayResults, retLabel, r);
      case Op.OBLOCK:
      case Op.OCASE:
      case Op.OFOR:
      case Op.OIF:
      case Op.ORANGE:
      case Op.OSELECT:
      case Op.OSWITCH:
        editChildren(n, edit);
    }
    return n;
  };
  tmpfn.body = tmpfn.body.map(edit);

  for (const name of tmpfn.dcl) {
    name.curfn = caller;
    if (name.cls !== Class.PAUTO) {
      name.pos = r.inlPos(name.pos);
      name.cls = Class.PAUTO;
    }
  }
  caller.dcl.push(...tmpfn.dcl);
  caller.hasDistinctVars ||= tmpfn.hasDistinctVars;
  caller.hasKnownLengths ||= tmpfn.hasKnownLengths;
  caller.hasLabels ||= tmpfn.hasLabels;

  const end = new Node(Op.OLABEL, call.pos, null);
  end.label = retLabel;
  const res = new Node(Op.OINLCALL, call.pos, call.type);
  res.body = [...tmpfn.body, end];
  res.list = retvars;
  res.init = init;
  return res;
}

/** Free variables of the function stand for the variables around it. */
function bindClosureVars(r: Reader, fn: Func, as: (cv: Name) => Name): void {
  for (const cv of fn.closureVars) {
    if (cv.obj !== null && cv.obj.kind === ObjKind.Var) r.captured.set(cv.obj, as(cv));
  }
  const vars = fn.closureVars;
  r.synthVars = vars.map(as);
  const last = vars[vars.length - 1];
  if (last !== undefined && r.dict !== null) r.dictParam = as(last);
}

/** A return becomes assignments to the result variables and a jump behind the body (reader.inlReturn). */
function inlReturn(
  ret: Node,
  pos: XPos | null,
  retvars: readonly Name[],
  delayResults: boolean,
  label: string,
  r: Reader,
): Node {
  const list = ret.init.slice();
  ret.init = NONE;
  if (ret.list.length > 0) {
    const as2 = new Node(Op.OAS2, pos, null);
    as2.list = retvars.slice();
    as2.list2 = ret.list;
    if (delayResults) {
      for (const name of retvars) {
        list.push(unary(Op.ODCL, pos, null, name));
        name.defn = as2;
      }
    }
    list.push(assign(r, as2));
  }
  const jump = new Node(Op.OGOTO, pos, null);
  jump.label = label;
  list.push(jump);
  const block = new Node(Op.OBLOCK, pos, null);
  block.list = list;
  return block;
}

/** What evaluating the callee does besides naming a function (inline.CalleeEffects). */
function calleeEffects(callee: Node): Node[] {
  const out: Node[] = [];
  for (;;) {
    out.push(...callee.init);
    callee.init = NONE;
    switch (callee.op) {
      case Op.OCONVNOP:
      case Op.OPAREN:
        callee = callee.x!;
        break;
      case Op.OINLCALL:
        out.push(...callee.body);
        callee.body = NONE;
        callee = singleResult(callee);
        break;
      default:
        return out;
    }
  }
}

/** gc reads a body once more before it is first inlined; what that meets, and says, counts (noder's expandInline). */
function expandInline(b: Builder, fn: Func, body: Body): void {
  const funcs = b.funcs.length;
  const tmpfn = new Func(fn.nname, fn.pos, fn.pkg);
  tmpfn.closureVars = fn.closureVars;
  tmpfn.oclosure = fn.oclosure;
  if (fn.closureVars.length > 0) {
    const r = new Reader(b, body.src, body.dict, body.env, tmpfn, null);
    bindClosureVars(r, fn, cv => cv);
    readInto(r, body, tmpfn);
  } else funcBody(b, { ...body, outer: null }, tmpfn);
  b.funcs.length = funcs;
}

function readInto(r: Reader, body: Body, fn: Func): void {
  const rewritten = blockOf(body) === null ? null : rewriteRangeFuncs(r, body);
  r.results = rewritten?.results ?? body.sig.results.vars;
  declareParams(r, body, fn);
  if (body.synthetic !== null) body.synthetic(fn.pos, r);
  else if (rewritten !== null) stmts(r, rewritten.block.stmtList);
}
