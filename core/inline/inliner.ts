/**
 * Inlining and devirtualization, after gc's (cmd/compile/internal/inline, inline/interleaved, devirtualize).
 *
 * The problem: a call hides what is called. Expanding it saves the call, and, more than that, lets what follows see
 * through it: an argument no longer escapes, a literal's closure is never made, an interface has one concrete type. But
 * code grows, so only cheap functions are expanded.
 *
 * The model. Before anything is expanded, every function gets a *cost*: the number of nodes of its body, with a few
 * operations made dearer or free (`cost.ts`). What stays within the *budget* of 80 (800 for literals) can be inlined,
 * unless it holds something that cannot be moved, such as a defer (`can-inline.ts`). A call of an inlinable function
 * counts as the callee's cost instead of a call's 57, since its body is what will stand there; so costs are found callees
 * first. Whether a particular call is expanded is decided at the call (`call-site.ts`): within a big function only the
 * cheapest are, a literal with one call nearly always is, recursion ends where a function would be expanded into
 * itself.
 *
 * Expansion and devirtualization feed each other, so they take turns (`interleaved.ts`): all calls of a function are
 * listed, each is resolved (an interface call with one possible type becomes a direct call, `devirtualize.ts`), each is
 * tried, what an expansion brings along is added to the list, until nothing changes. With a profile, before all that,
 * calls that mostly go to one function are split (`pgo-devirtualize.ts`), and the budgets of hot calls are raised
 * (`hot-calls.ts`).
 *
 * Invariants. Costs are of bodies as written; the body that is expanded is read anew from the source, so expansion never
 * sees its own work. The order of messages is gc's: everything is done in the order of the function list and of the
 * nodes. Costing stops at the budget when nobody asked for numbers, and that can be seen in the order of messages, so we
 * stop too.
 *
 * Sources: inline/inl.go, inline/interleaved/interleaved.go, devirtualize/devirtualize.go and pgo.go, pgoir/irgraph.go,
 * ssagen/intrinsics.go (`intrinsics.ts`) of Go 1.26.
 */
import type { Builder } from '../ir/build.ts';
import type { CompileEnv } from '../ir/env.ts';
import type { Func, Node } from '../ir/node.ts';

/** What a profile says of calls (inline.PGOInlinePrologue): which are among those that make up 99 % of its weight. */
export interface HotCalls {
  callee(fn: Func): boolean;
  site(call: Node, caller: Func): boolean;
}

/** What the inliner works with. */
export interface Inliner {
  readonly b: Builder;
  readonly env: CompileEnv;
  /** Null without a profile. */
  hot: HotCalls | null;
  /** Collects the functions that calls were found to call, when somebody wants to know; null. */
  callees: Set<Func> | null;
  /** What a call of an inlinable function counts, where that is not its cost; null: it is. */
  charge: ((callee: Func) => number) | null;
  /** Nobody wants to know the cost of what is too expensive: callees are asked about once the rest has been counted, and
   * only while that can be inlined. */
  patient: boolean;
  /** The node that can replace the call: `fn`'s body, read anew (noder.unifiedInlineCall). */
  inlineCall(caller: Func, call: Node, fn: Func): Node;
}
