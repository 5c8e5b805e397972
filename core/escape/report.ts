/** What is said of a solved batch, and the tags of its parameters (batch.finish, paramTag, reportLeaks). */
import { nodeString } from '../ir/fmt.ts';
import { message, MessageKind } from '../ir/message.ts';
import { Flag, type Func, type Leaks, type Name, type Node, Op } from '../ir/node.ts';
import { elemOf, hasPointers, isUintptr } from '../ir/typeinfo.ts';
import { Pragma } from '../syntax/ast.ts';
import { params, results } from './call.ts';
import { type Batch, Attr, EscFunc, oldLoc } from './graph.ts';
import { addCallee, addHeap, addMutator, encode, noLeaks, numEscResults, optimize } from './leaks.ts';

export function finish(b: Batch, fns: readonly Func[]): void {
  for (const fn of fns) {
    fn.esc = EscFunc.Tagged;
    fn.tags = params(fn).map(param => paramTag(b, fn, param));
  }
  for (const loc of b.allLocs) {
    const n = loc.n;
    if (n === null) continue;
    reportLocation(b, n, loc.attrs);
  }
  for (const loc of b.allLocs) if (loc.n !== null) loc.n.loc = -1;
}

function reportLocation(b: Batch, n: Node, attrs: number): void {
  const { env } = b;
  const escapes = (attrs & Attr.Escapes) !== 0;
  if (escapes) n.flags |= Flag.Heap;
  else n.flags &= ~Flag.Heap;
  if (n.op === Op.ONAME) {
    if (escapes && env.flags.m > 0) env.report(message(MessageKind.MovedToHeap, Op.ONAME, n.pos, nodeString(n, env)));
    return;
  }
  if (env.flags.m === 0) return;
  // the closure around a go or defer statement's call is not the user's
  if (n.op === Op.OCLOSURE && n.func!.wrapper) return;
  if (n.op === Op.OAPPEND) {
    env.report(message(escapes ? MessageKind.AppendEscapes : MessageKind.AppendDoesNotEscape, n.op, n.pos));
    return;
  }
  const text = nodeString(n, env);
  env.report(message(escapes ? MessageKind.EscapesToHeap : MessageKind.DoesNotEscape, n.op, n.pos, text));
  if (n.op === Op.OSTR2BYTES && (attrs & Attr.Mutates) === 0)
    env.report(message(MessageKind.ZeroCopy, n.op, n.pos, text));
}

/** Nothing is written for its name; `_` is a name of which gc speaks as of `~pN`. */
function hasNoName(param: Name): boolean {
  return isUnnamed(param) && param.obj?.name !== '_';
}

/** Name as written; unnamed parameters are called `~pN`. */
function isUnnamed(param: Name): boolean {
  const { name } = param.sym!;
  return name === '' || name.startsWith('~');
}

/** The tag of one parameter (receiver included), and the line about it (batch.paramTag). */
export function paramTag(b: Batch, fn: Func, param: Name): Leaks | null {
  const { env } = b;
  const type = param.type!;
  const name = param.sym!.name;
  const diagnose = env.flags.m > 0 && !fn.wrapper && !fn.dupok;
  const say = (kind: MessageKind): void => {
    if (diagnose) env.report(message(kind, Op.ONAME, param.pos, name));
  };

  if (fn.body.length === 0) {
    // assembly, or code that another package gives: pointers in uintptr arguments must be kept alive
    fn.pragma |= Pragma.UintptrKeepAlive;
    if (isUintptr(type)) {
      say(MessageKind.AssumingUintptr);
      return null;
    }
    if (!hasPointers(type)) return null;
    const esc = noLeaks();
    if ((fn.pragma & Pragma.Noescape) !== 0) {
      if (!hasNoName(param)) say(MessageKind.ParamDoesNotEscape);
      addMutator(esc, 0);
      addCallee(esc, 0);
    } else {
      if (!hasNoName(param)) say(MessageKind.LeakingParam);
      addHeap(esc, 0);
    }
    return encode(esc);
  }

  if ((fn.pragma & Pragma.UintptrEscapes) !== 0) {
    if (isUintptr(type)) {
      say(MessageKind.MarkingUintptr);
      return null;
    }
    if (param.isDDD && isUintptr(elemOf(type))) {
      say(MessageKind.MarkingUintptrSlice);
      return null;
    }
  }

  if (!hasPointers(type)) return null;
  if (isUnnamed(param) || name === '_') return encode(noLeaks());

  const loc = oldLoc(b, param);
  const esc = loc.paramEsc;
  optimize(esc);
  if (diagnose && (loc.attrs & Attr.Escapes) === 0) reportLeaks(b, param, esc, fn);
  return encode(esc);
}

/** One line for the heap, one for each result, or that there is none (batch.reportLeaks). */
function reportLeaks(b: Batch, param: Name, esc: Leaks, fn: Func): void {
  const { env } = b;
  const name = param.sym!.name;
  let warned = false;
  if (esc.heap >= 0) {
    const kind = esc.heap === 0 ? MessageKind.LeakingParam : MessageKind.LeakingParamContent;
    env.report(message(kind, Op.ONAME, param.pos, name, '', '', esc.heap));
    warned = true;
  }
  const list = results(fn);
  for (let i = 0; i < numEscResults; i++) {
    const level = esc.results[i];
    if (level < 0) continue;
    env.report(message(MessageKind.LeakingParamToResult, Op.ONAME, param.pos, name, list[i].sym!.name, '', level));
    warned = true;
  }
  if (env.flags.escapeMutationsCalls) {
    const flows: [MessageKind, number][] = [
      [MessageKind.MutatesParam, esc.mutator],
      [MessageKind.CallsParam, esc.callee],
    ];
    for (const [kind, derefs] of flows) {
      if (derefs < 0) continue;
      env.report(message(kind, Op.ONAME, param.pos, name, '', '', derefs));
      warned = true;
    }
    if (!warned) env.report(message(MessageKind.ParamUntouched, Op.ONAME, param.pos, name));
  } else if (!warned) env.report(message(MessageKind.ParamDoesNotEscape, Op.ONAME, param.pos, name));
}
