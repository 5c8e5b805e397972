/**
 * A compiled package that is edited: what changes in one function's body is computed again for that function and for
 * those that notice, and nothing else.
 *
 * The unit of work is the *family*: a declared function or an instance with the literals in it. Each phase's result for
 * a family is kept with what it was made from, and holds as long as that is the same:
 *
 * - *costs*: the body as written, and the costs of the functions that it mentions, as far as they were known at its turn;
 * - *expansion*: the body, costs and declarations of all functions that its calls were found to call, also in what was
 *   expanded;
 * - *escape analysis*: a batch, its functions after expansion, and the tags of those that they call.
 *
 * The turns are those of a compilation from scratch: the order of functions is computed anew each time, from what each
 * body mentions, which is kept too. Since expansion changes a body in place, a family that has to be costed or expanded
 * again is first built again from its checked syntax. What escape analysis changes it takes back (`undoBatch`).
 *
 * What an edit changes beyond that (types declared in functions, generic functions, which instances there are, what
 * initialises package variables) is not followed: `edit` says so, and the package is to be compiled afresh. Wrappers and
 * what is said of them have no place in the sources: they stay as they were made first.
 */
import { escapeBatch, undoBatch } from '../escape/batch.ts';
import type { Oracles } from '../escape/graph.ts';
import { canInline } from '../inline/can-inline.ts';
import type { Inliner } from '../inline/inliner.ts';
import { devirtualizeAndInlineFunc, expandFuncs, newInliner } from '../inline/interleaved.ts';
import { makeAbiWrappers } from '../ir/abi-wrappers.ts';
import { bloopWalk } from '../ir/bloop.ts';
import { boundsChecks } from '../ir/bounds.ts';
import { Builder } from '../ir/build.ts';
import { buildPackage } from '../ir/package.ts';
import { deadLocals } from '../ir/deadlocals.ts';
import type { CompileEnv } from '../ir/env.ts';
import { forCapture } from '../ir/loopvar.ts';
import type { Message } from '../ir/message.ts';
import { type Func, type Leaks, NONE } from '../ir/node.ts';
import { references, visitFuncsBottomUp } from '../ir/scc.ts';
import { staticInit } from '../ir/staticinit.ts';
import { makeWrappers } from '../ir/wrapper.ts';
import { anyNode, type File, Kind, type Unit } from '../syntax/ast.ts';
import { onlyFunc } from '../syntax/graft.ts';
import type { CheckedPackage } from '../types/info.ts';
import type { FuncObj } from '../types/object.ts';
import { canRecheck, newRechecking, recheckBody, type Rechecking } from '../types/recheck.ts';
import { type Type, TypeKind } from '../types/type.ts';
import { type Compiled, flagsFor, markNorace, summarize } from './compile.ts';
import {
  type Family,
  functionsOf,
  inlineKey,
  type KeptBatch,
  newState,
  rootOf,
  sameKeys,
  sameTags,
  type State,
} from './family.ts';

const withheldTags: (Leaks | null)[] = [];

export class LivePackage {
  private readonly b: Builder;
  private readonly env: CompileEnv;
  private readonly inliner: Inliner;
  private readonly rechecking: Rechecking;
  /** In the order in which functions have their turn. */
  private readonly families: Family[] = [];
  private readonly declared = new Map<Unit, Family>();
  private readonly states = new Map<Func, State>();
  /** How many families have asked for it. */
  private readonly askers = new Map<object, number>();
  private readonly oracles: Oracles = new Map();
  /** Literals of instances that are not compiled here: they are compiled all the same. */
  private readonly strays: Func[] = [];
  private wrappers: Func[] = [];
  private readonly aside: Message[] = [];
  private sink: Message[] = this.aside;

  constructor(
    private checked: CheckedPackage,
    outer: Omit<CompileEnv, 'pkg'>,
  ) {
    this.env = { ...outer, pkg: checked.pkg, report: msg => void this.sink.push(msg) };
    this.env.flags = flagsFor(checked.pkg.path, outer.flags);
    this.b = new Builder(checked, this.env);
    this.inliner = newInliner(this.b);
    this.rechecking = newRechecking(checked.checker);
  }

  // ---- results

  /** What was said, in lists that stay the same as long as their content does. */
  messages(): (readonly Message[])[] {
    const lists: (readonly Message[])[] = [this.aside];
    for (const family of this.families) lists.push(...family.said);
    for (const { fn, family, cost, batch } of this.states.values()) {
      if (cost !== null && family !== null) lists.push(cost.said);
      if (batch !== null && batch.fns[0] === fn) lists.push(batch.said);
    }
    return lists;
  }

  /** As compilePackage gives it, but for the order of the messages. The summary is made when it is asked for. */
  compiled(): Compiled {
    const { checked, b } = this;
    const all = () => [...this.list(functionsOf), ...this.wrappers];
    let summary: Compiled['summary'] | null = null;
    const live = this;
    let messages: Message[] | null = null;
    return {
      get messages() {
        return (messages ??= live.messages().flat());
      },
      get summary() {
        if (summary !== null) return summary;
        b.funcs = all();
        return (summary = summarize(checked, b));
      },
    };
  }

  // ---- the whole

  /** Compiles the package, in steps. */
  *start(): Generator<void> {
    const { b, checked } = this;
    const asked = new Map<Func, Set<object>>();
    const said = new Map<Func, Message[]>();
    b.types.asked = new Set();
    b.reading = fn => {
      b.types.asked = new Set();
      asked.set(fn, b.types.asked);
      this.sink = [];
      said.set(fn, this.sink);
    };
    this.sink = [];
    const ofPackage = b.types.asked;
    const ofInit = this.sink;
    yield* buildPackage(checked, this.env, b);
    markNorace(b);
    b.reading = null;
    b.types.asked = null;
    this.sink = this.aside;
    this.count(ofPackage, 1);

    const funcs = b.funcs;
    const roots = new Set(funcs.filter(fn => fn.closureParent === null));
    for (const fn of roots) {
      if (fn.nname.obj !== null && fn.nname.obj.pkg === b.pkg && !fn.dupok) break;
      this.addFamily(fn, null, asked.get(fn), fn.isPackageInit ? ofInit : []);
      roots.delete(fn);
    }
    for (const { obj, decl } of checked.info.funcs) {
      if (decl.name.value === '_' || isGeneric(obj)) continue;
      const fn = b.declaredFunc(obj);
      if (fn === null) continue;
      const family = this.addFamily(fn, decl.unit, asked.get(fn), said.get(fn));
      family.withheld = !roots.delete(fn);
      this.declared.set(decl.unit, family);
    }
    for (const fn of roots) this.addFamily(fn, null, asked.get(fn), said.get(fn));
    for (const fn of funcs) {
      const family = this.states.get(rootOf(fn))?.family;
      if (family) family.built.push(fn);
    }
    yield;
    for (const family of this.families) this.begin(family);
    yield;
    yield* this.settle(true);
    b.types.passing = new Map();
    this.forgetMet();
  }

  private addFamily(root: Func, unit: Unit | null, asked: Set<object> = new Set(), built: Message[] = []): Family {
    const family: Family = {
      root,
      unit,
      version: 0,
      withheld: false,
      fresh: true,
      built: [],
      expanded: [],
      outside: [],
      callees: [],
      asked,
      said: [built],
    };
    this.families.push(family);
    this.states.set(root, newState(root, family));
    this.count(asked, 1);
    return family;
  }

  /** Functions in the order in which they have their turn. */
  private list(of: (family: Family) => readonly Func[]): Func[] {
    const list: Func[] = [];
    const literals: Func[] = [];
    for (const family of this.families) {
      if (family.withheld) continue;
      for (const fn of of(family)) (fn === family.root ? list : literals).push(fn);
    }
    return [...list, ...literals, ...this.strays];
  }

  // ---- an edit

  /** Whether `edit` may be called once the unit is what `fresh` is, which differs from it in the body of its function. */
  follows(unit: Unit, fresh: Unit): boolean {
    return canRecheck(this.rechecking, unit) && !declaresTypes(unit) && !declaresTypes(fresh);
  }

  /** The functions of the units have other bodies. False: that cannot be followed, the package must be checked and
   * compiled afresh, and nothing here be used any more. */
  edit(file: File, units: readonly Unit[]): boolean {
    for (const unit of units) if (!recheckBody(this.rechecking, file, unit)) return false;
    const { b } = this;
    b.types.passing = new Map();
    for (const unit of units) {
      const decl = onlyFunc(unit)!;
      if (decl.name.value === '_') continue;
      const family = this.declared.get(unit);
      if (family === undefined) return false;
      b.local.decls.set(family.root.nname.obj as FuncObj, decl);
      const { asked } = family;
      family.version++;
      b.types.asked = family.asked = new Set();
      const known = this.checked.broken.has(unit) ? this.withhold(family) : this.rebuild(family);
      b.types.asked = null;
      if (!known || !this.sameInstances(asked, family.asked)) return false;
    }
    const steps = this.settle(false);
    let step = steps.next();
    while (!step.done) step = steps.next();
    this.forgetMet();
    return step.value;
  }

  /** What is met now comes too late for wrappers. */
  private forgetMet(): void {
    const { b } = this;
    b.needWrapperTypes.length = 0;
    b.haveWrapperTypes.length = 0;
    b.needMethodValues.length = 0;
    b.haveMethodValues.length = 0;
    b.funcs = [];
  }

  private count(asked: Iterable<object>, by: 1 | -1): object[] {
    const changed: object[] = [];
    for (const x of asked) {
      const before = this.askers.get(x) ?? 0;
      const after = before + by;
      if (after === 0) this.askers.delete(x);
      else this.askers.set(x, after);
      if (before === 0 || after === 0) changed.push(x);
    }
    return changed;
  }

  /** Whether the package has the same instances as before, now that a family asks for other things. */
  private sameInstances(before: Set<object>, after: Set<object>): boolean {
    const added = this.count(after, 1);
    const removed = this.count(before, -1);
    return !removed.some(x => this.needsInstances(x)) && !added.some(x => this.needsInstances(x));
  }

  /** Asking for it makes instances part of the package. */
  private needsInstances(x: object): boolean {
    if (!('kind' in x)) return true; // an instance, or a dictionary
    const { b } = this;
    const seen = new Set<Type>();
    const todo: (Type | null)[] = [x as Type];
    for (let t = todo.pop(); t !== undefined; t = todo.pop()) {
      if (t === null || seen.has(t)) continue;
      seen.add(t);
      switch (t.kind) {
        case TypeKind.Named: {
          const info = b.instances.infoOf(t);
          if (info === null) break;
          if (info.dict !== null) return true;
          // those of the package are part of it whoever mentions them
          if (t.obj.pkg === b.pkg) break;
          todo.push(t.underlying);
          for (const m of info.methods) todo.push(m.type);
          break;
        }
        case TypeKind.Pointer:
        case TypeKind.Slice:
        case TypeKind.Array:
        case TypeKind.Chan:
          todo.push(t.elem);
          break;
        case TypeKind.Map:
          todo.push(t.key, t.elem);
          break;
        case TypeKind.Struct:
          for (const f of t.fields) todo.push(f.type);
          break;
        case TypeKind.Tuple:
          for (const v of t.vars) todo.push(v.type);
          break;
        case TypeKind.Signature:
          todo.push(t.params, t.results);
          break;
        case TypeKind.Interface:
          for (const m of t.methods) todo.push(m.type);
          break;
        default:
      }
    }
    return false;
  }

  private clear(family: Family): void {
    for (const fn of family.built) if (fn !== family.root) this.states.delete(fn);
    for (const fn of family.expanded) this.states.delete(fn);
    this.oracles.delete(family.root);
    family.built = [];
    family.expanded = [];
    family.outside = [];
    family.callees = [];
    family.said = [[]];
  }

  /** Builds the family again. False when that changes what other functions there are. */
  private rebuild(family: Family): boolean {
    const { b } = this;
    this.clear(family);
    family.withheld = false;
    family.fresh = true;
    const known = family.root.tags;
    this.sink = family.said[0];
    b.funcs = [];
    if (!b.rebuild(family.root)) return this.withhold(family);
    b.readBodies(false);
    const literals = b.funcs;
    if (literals.some(fn => rootOf(fn) !== family.root)) return false;
    family.root.tags = known;
    family.built = family.root.dupok ? [...literals, family.root] : [family.root, ...literals];
    this.begin(family);
    return true;
  }

  /** From now on nothing is known of the function. */
  private withhold(family: Family): boolean {
    const { root } = family;
    this.clear(family);
    family.withheld = true;
    family.fresh = false;
    root.imported = true;
    root.body = NONE;
    root.inl = null;
    root.inlChecked = false;
    root.tags = withheldTags;
    root.esc = 0;
    const state = this.states.get(root)!;
    state.batch = null;
    state.cost = null;
    state.built = state.resolved = state.final = [];
    return true;
  }

  /** The family has been built. */
  private begin(family: Family): void {
    const { b } = this;
    if (family.withheld) return;
    this.sink = family.said[0];
    bloopWalk(b, family.built);
    this.sink = this.aside;
    const outside = new Set<Func>();
    for (const fn of family.built) {
      let state = this.states.get(fn);
      if (state === undefined) this.states.set(fn, (state = newState(fn, family)));
      state.cost = null;
      state.built = references(fn);
      for (const f of state.built) if (rootOf(f) !== family.root && this.states.has(rootOf(f))) outside.add(f);
    }
    family.outside = [...outside];
  }

  // ---- the phases

  /** Brings everything up to date with the families that are fresh; false when that goes beyond them. */
  private *settle(first: boolean): Generator<void, boolean> {
    for (;;) {
      const stale = this.costs();
      yield;
      if (stale.size === 0) this.expansions(stale);
      if (stale.size === 0) break;
      for (const family of stale) if (family.root.isPackageInit || !this.rebuildable(family)) return false;
      for (const family of stale) if (!this.rebuild(family)) return false;
    }
    const fresh = this.families.filter(f => f.fresh && !f.withheld);
    if (!(yield* this.expand(fresh, first))) return false;
    if (first) this.makeWrappers(fresh);
    else this.finishBodies(fresh.flatMap(functionsOf));
    for (const family of fresh) for (const fn of functionsOf(family)) this.state(fn).final = references(fn);
    yield;
    yield* this.escape(first);
    for (const family of fresh) {
      boundsChecks(functionsOf(family), this.envInto((family.said[2] = [])));
      family.fresh = false;
    }
    if (first) boundsChecks([...this.strays, ...this.wrappers], this.envInto(this.aside));
    return true;
  }

  private envInto(sink: Message[]): CompileEnv {
    this.sink = sink;
    return this.env;
  }

  /** Built from a body of its own. */
  private rebuildable({ root }: Family): boolean {
    return this.b.bodies.has(root);
  }

  private state(fn: Func): State {
    let state = this.states.get(fn);
    if (state === undefined) {
      state = newState(fn, this.states.get(rootOf(fn))?.family ?? null);
      state.built = state.resolved = state.final = references(fn);
      this.states.set(fn, state);
    }
    return state;
  }

  /** Gives every function its cost; those of families that are not fresh are taken over. Returns those whose costs do not
   * hold any more. */
  private costs(): Set<Family> {
    const stale = new Set<Family>();
    if (this.env.flags.l === 0) return stale;
    for (const family of this.families) {
      for (const fn of family.built) {
        // functions that have not had their turn have no cost yet
        fn.inl = null;
        fn.inlChecked = this.states.get(fn)!.exempt;
      }
    }
    const turn = (fn: Func): void => {
      const state = this.state(fn);
      const { family } = state;
      if (family === null) return;
      const seen = family.outside.map(inlineKey);
      if (state.cost === null) {
        const said: Message[] = [];
        this.sink = said;
        canInline(this.inliner, fn);
        state.cost = { seen, inl: fn.inl, checked: fn.inlChecked, reason: fn.cannotInline, said };
        return;
      }
      const { cost } = state;
      fn.inl = cost.inl;
      fn.inlChecked = cost.checked;
      fn.cannotInline = cost.reason;
      if (!sameKeys(cost.seen, seen)) stale.add(family);
    };
    visitFuncsBottomUp(
      this.list(f => f.built),
      group => {
        for (const fn of group) turn(fn);
      },
      fn => this.state(fn).built,
    );
    return stale;
  }

  /** Adds the families whose expansions do not hold any more. */
  private expansions(stale: Set<Family>): void {
    for (const family of this.families) {
      if (family.fresh || family.withheld) continue;
      for (const { fn, key } of family.callees) {
        if (this.calleeKey(fn) === key) continue;
        stale.add(family);
        break;
      }
    }
  }

  /** Changes with the cost of the function, and with the body that would be expanded. */
  private calleeKey(fn: Func): number {
    const key = inlineKey(fn);
    return key < 0 ? -1 : (this.states.get(rootOf(fn))?.family?.version ?? 0) * 0x10000 + key;
  }

  private *expand(fresh: readonly Family[], first: boolean): Generator<void, boolean> {
    const { b, inliner } = this;
    b.funcs = [];
    for (const family of fresh) family.said[1] = [];
    const callees = new Map<Family, Set<Func>>();
    for (const family of fresh) callees.set(family, new Set());
    b.types.loaded = true;
    yield* expandFuncs(
      inliner,
      fresh.flatMap(f => f.built),
      () => {
        for (const family of fresh) for (const fn of family.built) this.state(fn).resolved = references(fn);
        const groups: Func[][] = [];
        visitFuncsBottomUp(
          this.list(f => f.built),
          group => void groups.push(group),
          fn => this.state(fn).resolved,
        );
        return groups;
      },
      fn => {
        const family = this.states.get(fn)!.family!;
        this.sink = family.said[1];
        inliner.callees = callees.get(family)!;
      },
    );
    b.types.loaded = false;
    inliner.callees = null;
    this.sink = this.aside;
    for (const [family, met] of callees) {
      for (const fn of met) if (rootOf(fn) !== family.root) family.callees.push({ fn, key: this.calleeKey(fn) });
    }
    for (const fn of b.funcs) {
      const family = this.states.get(rootOf(fn))?.family;
      if (family?.fresh) family.expanded.push(fn);
      else if (first) this.strays.push(fn);
      else return false;
    }
    return true;
  }

  private makeWrappers(fresh: readonly Family[]): void {
    const { b, inliner } = this;
    const funcs = [...fresh.flatMap(functionsOf), ...this.strays];
    b.funcs = [];
    b.types.loaded = true;
    makeWrappers(b, fn => devirtualizeAndInlineFunc(inliner, fn));
    b.types.loaded = false;
    this.wrappers = b.funcs;
    for (const fn of this.wrappers) forCapture(fn);
    b.funcs = funcs.slice();
    if (this.env.flags.m >= 2) makeAbiWrappers(b);
    this.wrappers.push(...b.funcs.slice(funcs.length));
    this.finishBodies(funcs);
    if (!this.env.flags.N) deadLocals(this.wrappers, b.dictUses);
  }

  /** What is left to be done between expansion and escape analysis. */
  private finishBodies(funcs: readonly Func[]): void {
    for (const fn of funcs) forCapture(fn);
    const init = funcs.find(fn => fn.isPackageInit);
    if (init !== undefined) staticInit(init, this.env);
    if (!this.env.flags.N) deadLocals(funcs, this.b.dictUses);
  }

  /** Analyses the batches that are not what they were, callees first. */
  private *escape(first: boolean): Generator<void> {
    const batches: Func[][] = [];
    const list = this.list(functionsOf);
    if (first) list.push(...this.wrappers);
    visitFuncsBottomUp(
      list,
      fns => void batches.push(fns),
      fn => this.state(fn).final,
    );
    for (const fns of batches) {
      if (this.holds(fns)) continue;
      const known = fns.map(fn => fn.tags);
      for (const fn of fns) {
        const { batch } = this.state(fn);
        if (batch !== null) undoBatch(batch.undo);
        fn.esc = 0;
      }
      const said: Message[] = [];
      const batch = escapeBatch(fns, this.oracles, this.envInto(said));
      fns.forEach((fn, i) => {
        // the same list as long as it says the same
        if (sameTags(known[i], fn.tags)) fn.tags = known[i];
      });
      const tags = [...batch.callees].map(fn => ({ fn, tags: fn.tags }));
      const kept: KeptBatch = { undo: batch.undo, fns, tags, said };
      for (const fn of fns) this.state(fn).batch = kept;
      yield;
    }
    this.sink = this.aside;
  }

  /** What was found out about the batch is right still. */
  private holds(fns: readonly Func[]): boolean {
    const { batch } = this.state(fns[0]);
    if (batch === null || batch.fns.length !== fns.length) return false;
    for (let i = 0; i < fns.length; i++) {
      const state = this.state(fns[i]);
      if (batch.fns[i] !== fns[i] || state.batch !== batch || state.family?.fresh === true) return false;
    }
    return batch.tags.every(({ fn, tags }) => fn.tags === tags);
  }
}

function isGeneric({ signature }: FuncObj): boolean {
  return signature.typeParams.length > 0 || signature.recvTypeParams.length > 0;
}

/** Types are declared in the function. */
function declaresTypes(unit: Unit): boolean {
  return anyNode(unit.decls, node => node.kind === Kind.TypeDecl);
}
