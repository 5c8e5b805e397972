/** Devirtualization and inlining of a package's functions, in turns (inline/interleaved). */
import type { Builder } from '../ir/build.ts';
import { isTestingBLoop } from '../ir/bloop.ts';
import { funcString, nodeString } from '../ir/fmt.ts';
import { message, MessageKind } from '../ir/message.ts';
import type { CompileEnv } from '../ir/env.ts';
import { inlineCall } from '../ir/inlinecall.ts';
import { Flag, type Func, Node, Op } from '../ir/node.ts';
import { references, visitFuncsBottomUp } from '../ir/scc.ts';
import { editBody, editChildren } from '../ir/visit.ts';
import { inlineCallTarget, tryInlineCall } from './call-site.ts';
import { canInlineFuncs } from './can-inline.ts';
import { isBigFunc } from './cost.ts';
import { DevirtState, inlinedCall, staticCall } from './devirtualize.ts';
import { createCallGraph, hotCallsOf } from './hot-calls.ts';
import type { Inliner } from './inliner.ts';
import { profileGuided } from './pgo-devirtualize.ts';

/** The calls of one function. */
class FuncState {
  /** Each call stands in parentheses, so that it can be replaced wherever it is, also inside another call that is.
   * There are no others. */
  readonly parens: Node[] = [];
  /** Nodes with children that are in parentheses. */
  private readonly holders: Node[] = [];
  /** A child of the node whose children are being marked is. */
  private holds = false;
  /** By index of `parens`: the function that is called, once known. */
  readonly resolved: (Func | null)[] = [];
  /** A call of an interface's method became a direct one. */
  devirtualized = false;
  readonly bigCaller: boolean;
  constructor(
    readonly inl: Inliner,
    readonly fn: Func,
    readonly useCounts: Map<Func, number>,
  ) {
    const env = inl.env;
    this.bigCaller = env.flags.l !== 0 && isBigFunc(fn);
    if (this.bigCaller && env.flags.m >= 2) {
      env.report(message(MessageKind.BigFunction, Op.ODCLFUNC, fn.pos, funcString(fn, env)));
    }
  }

  /** Puts parentheses around calls, inner ones first (inlClosureState.mark). */
  readonly mark = (n: Node): Node => {
    const { env } = this.inl;
    if (n.op === Op.OPAREN) {
      this.holds = true;
      return n;
    }
    if (!env.release.keepsBenchmarksAlive && isTestingBLoop(n)) {
      if (env.flags.m > 0) env.report(message(MessageKind.BenchmarkNotInlined, n.op, n.pos, nodeString(n, env)));
      this.markHead(n);
      return n;
    }
    if (n.op === Op.OTAILCALL) {
      n.x!.flags |= Flag.NoInline;
      this.markChildren(n.x!);
      return n;
    }
    this.markChildren(n);
    if (n.op !== Op.OCALLFUNC && n.op !== Op.OCALLINTER) return n;
    const paren = new Node(Op.OPAREN, n.pos, n.type);
    paren.x = n;
    this.parens.push(paren);
    this.holds = true;
    return paren;
  };

  markChildren(n: Node): void {
    const { holds } = this;
    this.holds = false;
    editChildren(n, this.mark);
    if (this.holds) this.holders.push(n);
    this.holds = holds;
  }

  /** A loop's init, condition and post statement. */
  private markHead(n: Node): void {
    n.init = n.init.map(this.mark);
    n.x = this.mark(n.x!);
    if (n.y !== null) n.y = this.mark(n.y);
    this.holders.push(n);
  }

  /** Finds what the call calls, devirtualizing it first, and counts the use; -1 for expanded calls, 0 for unknown ones. */
  resolve(state: DevirtState, i: number): number {
    const known = this.resolved[i] ?? null;
    if (known !== null) return this.useCounts.get(known) ?? 0;
    const call = this.parens[i].x!;
    if (call.op === Op.OINLCALL) return -1;
    if (staticCall(this.inl, state, call)) {
      this.devirtualized = true;
      this.markChildren(call);
    }
    const callee = inlineCallTarget(this.inl, this.fn, call);
    if (callee === null) return 0;
    while (this.resolved.length <= i) this.resolved.push(null);
    this.resolved[i] = callee;
    const count = (this.useCounts.get(callee) ?? 0) + 1;
    this.useCounts.set(callee, count);
    return count;
  }

  /** Expands the call if that is possible and worth it; tells whether it did. */
  edit(state: DevirtState, i: number): boolean {
    const paren = this.parens[i];
    const call = paren.x!;
    if (call.op === Op.OINLCALL) return false;
    const count = this.resolve(state, i);
    if (count <= 0) return false;
    const calledOnce = count === 1 && this.resolved[i]!.closureParent !== null;
    const inlined = tryInlineCall(this.inl, this.fn, call, this.bigCaller, calledOnce);
    if (inlined === null) return false;
    paren.x = inlined;
    this.markChildren(inlined);
    inlinedCall(state, this.fn, call, inlined);
    return true;
  }

  unparenthesize(): void {
    if (this.parens.length === 0) return;
    editBody(this.fn, unparen);
    for (const n of this.holders) editChildren(n, unparen);
  }
}

function unparen(n: Node): Node {
  return n.op === Op.OPAREN ? n.x! : n;
}

/** Runs over all functions of the package (DevirtualizeAndInlinePackage). May be paused between functions. */
export function* devirtualizeAndInlinePackage(inl: Inliner, funcs: readonly Func[]): Generator<void> {
  const { profile } = inl.env;
  if (profile !== null) {
    const graph = createCallGraph(inl.b, profile);
    profileGuided(inl, funcs, graph);
    inl.hot = hotCallsOf(graph);
    yield;
  }
  const known = new Map<Func, readonly Func[]>();
  const refer = (fn: Func): readonly Func[] => {
    let refs = known.get(fn);
    if (refs === undefined) known.set(fn, (refs = references(fn)));
    return refs;
  };
  canInlineFuncs(inl, funcs, refer);
  yield;
  yield* expandFuncs(
    inl,
    funcs,
    devirtualized => {
      for (const fn of devirtualized) known.delete(fn);
      const groups: Func[][] = [];
      visitFuncsBottomUp(funcs, group => void groups.push(group), refer);
      return groups;
    },
    () => {},
  );
}

/**
 * Expands calls in these functions, which have been costed. `groups` is asked for the order of functions once all calls
 * have been resolved, and told which of them mention others than before; `entering` is told in which function the next
 * decisions are made.
 */
export function* expandFuncs(
  inl: Inliner,
  funcs: readonly Func[],
  groups: (devirtualized: readonly Func[]) => readonly (readonly Func[])[],
  entering: (fn: Func) => void,
): Generator<void> {
  const states = new Map<Func, FuncState>();
  const useCounts = new Map<Func, number>();
  const state = new DevirtState();
  for (const fn of funcs.slice()) {
    entering(fn);
    const s = new FuncState(inl, fn, useCounts);
    editBody(fn, s.mark);
    states.set(fn, s);
    for (let i = 0; i < s.parens.length; i++) s.resolve(state, i);
  }
  yield;
  const devirtualized: Func[] = [];
  for (const s of states.values()) if (s.devirtualized) devirtualized.push(s.fn);
  for (const group of groups(devirtualized)) {
    for (let done = false; !done; ) {
      done = true;
      for (const fn of group) {
        const s = states.get(fn);
        if (s === undefined) continue;
        entering(fn);
        // What an expansion brings is resolved together before any of it is tried, so that a literal with two calls in
        // it is not taken for one that is called once.
        let from = 0;
        let to = s.parens.length;
        while (from < to) {
          for (let i = from; i < to; i++) if (s.edit(state, i)) done = false;
          from = to;
          to = s.parens.length;
          for (let i = from; i < to; i++) s.resolve(state, i);
        }
      }
    }
    yield;
  }
  for (const s of states.values()) s.unparenthesize();
}

/** Runs over one function that was made later, a wrapper (DevirtualizeAndInlineFunc). */
export function devirtualizeAndInlineFunc(inl: Inliner, fn: Func): void {
  const s = new FuncState(inl, fn, new Map());
  editBody(fn, s.mark);
  const state = new DevirtState();
  for (let done = false; !done; ) {
    done = true;
    for (let i = 0; i < s.parens.length; i++) if (s.edit(state, i)) done = false;
  }
  s.unparenthesize();
}

/** The inliner of a package that is being built. */
export function newInliner(b: Builder): Inliner {
  const inl: Inliner = {
    b,
    env: b.env,
    hot: null,
    callees: null,
    charge: null,
    patient: false,
    inlineCall: (caller, call, fn) => inlineCall(b, caller, call, fn, fns => costInstances(inl, fns)),
  };
  return inl;
}

/** Generic functions that are first used in expanded bodies of other packages are costed without a word and then lose
 * their body: they can be expanded, but are not compiled here (noder.readBodies during inlining). */
function costInstances(inl: Inliner, fns: readonly Func[]): void {
  const env: CompileEnv = { ...inl.env, flags: { ...inl.env.flags, m: 0 }, report: () => {} };
  canInlineFuncs({ ...inl, env }, fns);
  for (const fn of fns) fn.body = [];
}
