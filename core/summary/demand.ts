/**
 * The summary of an imported package, function by function, as importers ask for it. Of most functions that a package
 * has, an importer never hears; of those that it calls it wants to know whether they can be expanded, at which cost, and
 * where their arguments go. Each follows from the function's body and from what holds for the functions it calls.
 *
 * What is answered here is what compiling the whole package would say:
 * - Costs are of bodies as written, callees first. Among functions that refer to each other in a circle the order in
 *   which they are visited matters; whether a function may be in such a circle is seen from the names in its text
 *   (names.ts), then from the references in its body.
 * - Expansion changes one function and its literals, whatever is done to others.
 * - Leak tags are found for all functions of a circle together; whoever is called beside them has its tags before.
 * Where an answer depends on the package as a whole (the order within a circle, what has been expanded anywhere in it),
 * the package is compiled as a whole after all, apart from what its importers see of it.
 */
import { type Circle, tagAlone } from '../escape/alone.ts';
import { escapeBatch } from '../escape/batch.ts';
import { params } from '../escape/call.ts';
import type { Oracles } from '../escape/graph.ts';
import { canInline } from '../inline/can-inline.ts';
import { inlineBigFunctionMaxCost } from '../inline/call-site.ts';
import { inlineExtraCallCost, inlineMaxBudget } from '../inline/cost.ts';
import type { Inliner } from '../inline/inliner.ts';
import { isRuntimePkg } from '../ir/special-packages.ts';
import { devirtualizeAndInlineFunc, expandFuncs, newInliner } from '../inline/interleaved.ts';
import { bloopWalk } from '../ir/bloop.ts';
import { Builder } from '../ir/build.ts';
import { deadLocals } from '../ir/deadlocals.ts';
import type { CompileEnv, FuncSummary, PackageSummary } from '../ir/env.ts';
import { bodyKey } from '../ir/export.ts';
import { forCapture } from '../ir/loopvar.ts';
import type { Demand, Func, Inline, Leaks } from '../ir/node.ts';
import { type Body, ensureChecked, funcBody } from '../ir/reader.ts';
import { references, visitFuncsBottomUp } from '../ir/scc.ts';
import { hasPointers } from '../ir/typeinfo.ts';
import { makeWrappersOf } from '../ir/wrapper.ts';
import { Interrupted } from '../source/steps.ts';
import { Pragma, type Unit } from '../syntax/ast.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type FuncObj, type Obj, ObjKind, type PackageObj } from '../types/object.ts';
import type { NamedType, SignatureType } from '../types/type.ts';
import { flagsFor } from './compile.ts';
import { bodyWithin, emptySummary, failedSummary, type SummaryData } from './encode.ts';
import { NameGroups } from './names.ts';
import { type Functions, ShownBodies } from './shown-bodies.ts';
import { ifCertain, Uncertain } from './uncertain.ts';

/** How far a function of the package is. */
interface State {
  /** The function, and the literals in it, in gc's order; null before its body is read. */
  family: Func[] | null;
  /** Its body cannot be read. */
  failed: boolean;
  costing: boolean;
  /** The function can be inlined at this cost or a greater one, or cannot: -1 when its cost is known. */
  atLeast: number;
  /** It can be inlined at this cost or a lesser one: -1 when that is not sure. */
  atMost: number;
  /** What its literals cost depends on such functions. */
  literalsUnsure: boolean;
  inlined: boolean;
  /** Tags of single parameters; undefined where there is none, and while it is being found. */
  leaks: Map<number, Leaks | null | undefined>;
  /** Why its calls could not be expanded; empty. */
  uncertain: string;
  /** Functions that the body as written refers to; null while nobody has asked. */
  references: Func[] | null;
}

/** A function whose cost is being found. */
interface Costing {
  fn: Func;
  /** Callees that may be in a circle with it, or whose own cost is not sure: they were counted as little as possible. */
  suspects: Set<Func>;
}

/** What is known of a function, found out when it is asked for. A class for the reason that SourceFile is one. */
class DemandedFunc implements FuncSummary {
  constructor(
    private readonly pkg: DemandedPackage,
    private readonly name: string,
    private readonly obj: FuncObj,
  ) {}
  get inl(): Inline | null {
    return this.pkg.answer<Inline | null>(this.name, this.obj, 'costs', fn => fn.inl, null);
  }
  get tags(): (Leaks | null)[] {
    return this.pkg.answer<(Leaks | null)[]>(this.name, this.obj, 'tags', fn => (takesPointers(fn) ? fn.tags : []), []);
  }
  tag(param: number): Leaks | null | undefined {
    return this.pkg.tagOf(this.name, this.obj, param);
  }
}

export class DemandedPackage implements PackageSummary, Demand, Functions {
  readonly funcs: PackageSummary['funcs'];
  readonly bodies: PackageSummary['bodies'];
  private readonly known = new Map<FuncObj, FuncSummary>();
  private builder_: Builder | null = null;
  private inliner: Inliner | null = null;
  private readonly states = new Map<Func, State>();
  private readonly costings: Costing[] = [];
  private readonly oracles: Oracles = new Map();
  private readonly groups = new NameGroups(pkg => this.builder.source(pkg)?.checked ?? null);
  /** Instances that the package's own bodies mention; others are only met in what is expanded. */
  readonly instances = new Set<Func>();
  private expanding = false;
  readonly expandedIn = new Map<FuncObj, Func | null>();
  private shown = new ShownBodies(this);
  private data_: SummaryData | null = null;
  /** Something was found out that is not kept yet. */
  fresh = false;

  constructor(
    readonly checked: CheckedPackage,
    private readonly env: CompileEnv,
    /** What earlier runs have kept. */
    private readonly stored: () => SummaryData | null,
    /** Compiles the whole package. */
    private readonly whole: (why: string) => SummaryData,
    /** Called before a body is read: an `Interrupted` that it throws passes through all that is under way. */
    private readonly poll: () => void = () => {},
  ) {
    this.funcs = { get: (name, obj) => this.summaryOf(name, obj) };
    this.bodies = { has: (key, fn, within, thorough) => this.hasBody(key, fn, within, thorough) };
  }

  /** What is known of the functions. */
  get data(): SummaryData {
    return (this.data_ ??= this.stored() ?? emptySummary());
  }

  private summaryOf(name: string, obj: FuncObj): FuncSummary | undefined {
    const { data } = this;
    if (data.whole && !data.costs.has(name)) return undefined;
    let summary = this.known.get(obj);
    if (summary === undefined) {
      summary = new DemandedFunc(this, name, obj);
      this.known.set(obj, summary);
    }
    return summary;
  }

  /** The tag of one parameter, where that can be told without the others; undefined where not. */
  tagOf(name: string, obj: FuncObj, param: number): Leaks | null | undefined {
    const { data } = this;
    const tags = data.tags.get(name);
    if (tags !== undefined) return tags[param];
    if (data.whole) return undefined;
    const key = `${name} ${param}`;
    if (data.single.has(key)) return data.single.get(key);
    let tag: Leaks | null | undefined;
    try {
      const fn = this.funcOf(obj);
      tag = fn !== null && fn.demand === this ? this.tag(fn, param) : undefined;
    } catch (error) {
      this.passOn(error);
    }
    data.single.set(key, tag);
    this.fresh = true;
    return tag;
  }

  /** What is known of the function, else what `ask` finds out of it. */
  answer<T>(name: string, obj: FuncObj, known: 'costs' | 'tags', ask: (fn: Func) => T, none: T): T {
    const answers = (): Map<string, T> => this.data[known] as Map<string, never>;
    let answer = answers().get(name);
    if (answer !== undefined) return answer;
    if (!this.data.whole) {
      const found = this.certainly(() => {
        const fn = this.funcOf(obj);
        return { value: fn === null || fn.imported ? none : ask(fn) };
      });
      if (found !== null) {
        answers().set(name, found.value);
        this.fresh = true;
        return found.value;
      }
    }
    answer = answers().get(name);
    return answer === undefined ? none : answer;
  }

  /** The answer, or null when it depends on the whole package: then that is compiled. */
  private certainly<T>(ask: () => T): T | null {
    try {
      return ask();
    } catch (error) {
      this.passOn(error);
      this.giveUp(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** Throws what is no matter of the package; when that ends the work, nothing half made is left. */
  private passOn(error: unknown): void {
    if (error instanceof Interrupted) this.drop();
    if (error instanceof Interrupted || error instanceof RangeError) throw error;
  }

  private passing<T>(ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      this.passOn(error);
      throw error;
    }
  }

  /** Forgets all that may be half made; what has been found out stays. */
  private drop(): void {
    this.builder_ = null;
    this.inliner = null;
    this.states.clear();
    this.costings.length = 0;
    this.oracles.clear();
    this.instances.clear();
    this.expandedIn.clear();
    this.expanding = false;
    this.shown = new ShownBodies(this);
  }

  private giveUp(why: string): void {
    const { data } = this;
    // nothing of what was found so far is needed any more
    this.builder_ = null;
    this.inliner = null;
    this.states.clear();
    this.costings.length = 0;
    this.data_ = failedSummary();
    try {
      this.data_ = this.whole(why);
    } catch (error) {
      if (error instanceof Interrupted) this.data_ = data;
      throw error;
    }
    this.fresh = true;
  }

  // ---- functions

  get builder(): Builder {
    if (this.builder_ !== null) return this.builder_;
    const { pkg } = this.checked;
    const b = new Builder(this.checked, { ...this.env, flags: flagsFor(pkg.path, this.env.flags) });
    b.onDemand = (fn, body) => this.met(fn, body);
    b.onMet = fn => {
      if (!this.expanding) this.instances.add(fn);
    };
    b.onLate = () => {
      throw new Uncertain('a pointer type that inlining brought, unless another body has it');
    };
    this.builder_ = b;
    this.inliner = newInliner(b);
    this.inliner.patient = true;
    this.inliner.charge = callee => this.charge(callee);
    return b;
  }

  private met(fn: Func, body: Body): void {
    fn.demand = this;
    fn.inlPending = true;
    fn.tagsPending = true;
    if (body.dict !== null && !this.expanding) this.instances.add(fn);
    // as markNorace does it
    if (fn.sym.pkg?.path === 'runtime' && !isRuntimePkg(this.checked.pkg.path)) fn.pragma |= Pragma.Norace;
    // what escape analysis does with functions without body, before their callers
    if (body.block === null && body.synthetic === null) fn.pragma |= Pragma.UintptrKeepAlive;
    this.states.set(fn, {
      family: null,
      failed: false,
      costing: false,
      atLeast: -1,
      atMost: -1,
      literalsUnsure: false,
      inlined: false,
      leaks: new Map(),
      uncertain: '',
      references: null,
    });
  }

  funcOf(obj: FuncObj): Func | null {
    const { typeParams, recvTypeParams } = obj.signature;
    return typeParams.length > 0 || recvTypeParams.length > 0 ? null : this.builder.declaredFunc(obj);
  }

  /** Reads the function's body, and those of the literals in it. */
  private read(fn: Func): State {
    const s = this.states.get(fn)!;
    if (s.family !== null) return s;
    this.poll();
    const { builder: b } = this;
    const body = b.bodies.get(fn)!;
    const { funcs, importedDef } = b;
    const { expanding } = this;
    this.setExpanding(false);
    b.importedDef = false;
    b.readBodies(false);
    ensureChecked(body.src, body.obj);
    b.funcs = [];
    if (body.obj !== null && body.src.checked.broken.has(body.obj.pos!.base as Unit)) s.failed = true;
    else {
      try {
        funcBody(b, body, fn);
        b.readBodies(false);
      } catch (error) {
        if (this.env.fail === null) throw error;
        this.env.fail(error);
        s.failed = true;
      }
    }
    s.family = body.dict === null ? [fn, ...b.funcs] : [...b.funcs, fn];
    b.funcs = funcs;
    b.importedDef = importedDef;
    this.setExpanding(expanding);
    if (s.failed) {
      fn.imported = true;
      fn.body = [];
      fn.inlPending = false;
      fn.tagsPending = false;
      return s;
    }
    bloopWalk(b, s.family);
    return s;
  }

  // ---- costs

  inl(fn: Func): void {
    const s = this.states.get(fn)!;
    const { costings } = this;
    if (s.costing) {
      // Of itself nothing is known yet; of a function whose cost waits for this one the least that it can be.
      if (costings[costings.length - 1].fn === fn) fn.inl = null;
      else fn.inl = { cost: 0, canDelayResults: false };
      return;
    }
    if (s.atLeast >= 0) {
      if (costings.length === 0 && !this.isClear(s)) throw new Uncertain(`cost of ${fn.sym.name}`);
      return;
    }
    this.read(fn);
    if (s.failed) {
      fn.inl = null;
      return;
    }
    s.costing = true;
    const costing: Costing = { fn, suspects: new Set() };
    costings.push(costing);
    this.cost(fn, s.family!);
    // what is too costly with them counted so is so however they count
    if (costing.suspects.size > 0 && (fn.inl !== null || s.family!.length > 1)) this.settleSuspects(s, costing);
    costings.pop();
    s.costing = false;
    if (s.atLeast >= 0 && costings.length === 0 && !this.isClear(s)) throw new Uncertain(`cost of ${fn.sym.name}`);
  }

  /** The function and its literals have been costed with suspects counted as little as possible: finds out whether that
   * is their cost, by counting them as much as possible, and only then by looking for a circle. */
  private settleSuspects(s: State, { fn, suspects }: Costing): void {
    const family = s.family!;
    const inliner = this.inliner!;
    const least = family.map(f => f.inl);
    const own = fn.inl;
    inliner.charge = callee => this.most(callee);
    this.cost(fn, family);
    inliner.charge = callee => this.charge(callee);
    const most = fn.inl;
    const unsure = family.some((f, i) => f !== fn && limit(f.inl) !== limit(least[i]));
    if (unsure || most?.cost !== own?.cost) {
      if (![...suspects].some(suspect => this.isCircular(suspect, fn))) {
        inliner.charge = null;
        this.cost(fn, family);
        inliner.charge = callee => this.charge(callee);
        return;
      }
      s.literalsUnsure = unsure;
      if (own !== null) {
        s.atLeast = own.cost;
        s.atMost = most === null ? -1 : most.cost;
        fn.inlPending = true;
      }
    }
    for (const [i, f] of family.entries()) f.inl = least[i];
  }

  /** Whether the function is expanded does not depend on what exactly it costs. */
  private isClear({ atLeast, atMost }: State): boolean {
    return this.expanding && atMost >= 0 && (atLeast > inlineBigFunctionMaxCost || atMost <= inlineBigFunctionMaxCost);
  }

  /** What the callee counts for its caller cannot be told. */
  private isCircular(callee: Func, caller: Func): boolean {
    const s = this.states.get(callee)!;
    return s.costing || s.atLeast >= 0 || this.reaches(callee, caller);
  }

  private cost(fn: Func, family: readonly Func[]): void {
    for (const f of family) {
      f.inlChecked = false;
      f.inl = null;
      f.cannotInline = '';
    }
    fn.inlPending = true;
    if (this.builder.env.flags.l !== 0) {
      const literals = (f: Func): boolean => f.oclosure !== null || f === fn;
      visitFuncsBottomUp(
        family,
        group => {
          for (const f of group) {
            canInline(this.inliner!, f);
            if (f !== fn) continue;
            // callees that asked meanwhile were told the least
            if (fn.cannotInline !== '') fn.inl = null;
            fn.inlPending = false;
          }
        },
        f => references(f).filter(literals),
      );
    }
    fn.inlPending = false;
  }

  private charge(callee: Func): number {
    const { inl } = callee;
    const costing = this.costings[this.costings.length - 1];
    if (costing === undefined || callee.demand !== this || callee === costing.fn) return inl!.cost;
    const unsure = this.states.get(callee)!.atLeast >= 0;
    if (!unsure && !this.groups.mayReferToEachOther(callee, costing.fn)) return inl!.cost;
    costing.suspects.add(callee);
    // a callee that turns out not to be expanded counts as a call
    return Math.min(inl!.cost, inlineExtraCallCost);
  }

  /** The most that a callee may count. */
  private most(callee: Func): number {
    const { inl } = callee;
    const costing = this.costings[this.costings.length - 1];
    if (costing === undefined || callee.demand !== this || !costing.suspects.has(callee)) return inl!.cost;
    const s = this.states.get(callee)!;
    if (s.costing || (s.atLeast >= 0 && s.atMost < 0)) return inlineMaxBudget;
    return Math.max(s.atLeast >= 0 ? s.atMost : inl!.cost, inlineExtraCallCost);
  }

  // ---- circles

  /** A reference in the bodies as written leads from one function to the other, within the group of both. */
  private reaches(from: Func, to: Func): boolean {
    const seen = new Set<Func>([from]);
    for (const fn of seen) {
      for (const f of this.referencesOf(fn)) {
        if (f === to) return true;
        if (!seen.has(f) && f.demand === this && this.groups.mayReferToEachOther(f, to)) seen.add(f);
      }
    }
    return false;
  }

  private referencesOf(fn: Func): Func[] {
    const s = this.read(fn);
    if (s.references !== null) return s.references;
    s.references = s.family!.flatMap(references);
    return s.references;
  }

  // ---- expansion

  /** Expands the calls in the function. */
  inline(fn: Func): void {
    void fn.inl;
    const s = this.read(fn);
    if (s.inlined || s.failed) return;
    if (s.literalsUnsure) throw new Uncertain(`cost of the literals in ${fn.sym.name}`);
    // half of it may have been done
    if (s.uncertain !== '') throw new Uncertain(s.uncertain);
    if (this.groups.isInCircle(fn)) this.referencesOf(fn);
    const family = s.family!;
    const literals = (f: Func): boolean => f.oclosure !== null || f === fn;
    const groups = (): Func[][] => {
      const list: Func[][] = [];
      visitFuncsBottomUp(
        family,
        group => void list.push(group),
        f => references(f).filter(literals),
      );
      return list;
    };
    const waiting = this.costings.splice(0);
    try {
      s.family = this.whileExpanding(fn, family.slice(), () => {
        for (const _ of expandFuncs(this.inliner!, family, groups, () => {}));
      });
      s.inlined = true;
    } catch (error) {
      if (error instanceof Uncertain) s.uncertain = error.message;
      throw error;
    } finally {
      this.costings.splice(0, this.costings.length, ...waiting);
    }
    const { builder: b } = this;
    for (const f of s.family) forCapture(f);
    if (!b.env.flags.N) deadLocals(s.family, b.dictUses);
  }

  wrap(t: NamedType): void {
    const { builder: b } = this;
    this.whileExpanding(null, [], () => {
      makeWrappersOf(b, b.types.typ(t, null), fn => devirtualizeAndInlineFunc(this.inliner!, fn));
    });
  }

  /** Runs what expands calls in a function, or in wrappers; the functions are `funcs` and those that come with it. */
  private whileExpanding(fn: Func | null, funcs: Func[], run: () => void): Func[] {
    const { builder: b, expanding } = this;
    const outer = { funcs: b.funcs, importedDef: b.importedDef, onExpanded: b.onExpanded };
    this.setExpanding(true);
    b.importedDef = false;
    b.funcs = funcs;
    b.onExpanded = f => {
      const { obj } = f.nname;
      if (obj !== null && obj.kind === ObjKind.Func) this.expandedIn.set(obj, fn);
    };
    try {
      run();
      return b.funcs;
    } finally {
      b.funcs = outer.funcs;
      b.importedDef = outer.importedDef;
      b.onExpanded = outer.onExpanded;
      this.setExpanding(expanding);
    }
  }

  isTried(fn: Func): boolean {
    return this.states.get(fn)?.inlined !== false;
  }

  /** Whether it could be done: where it could not, nothing is known of what the function expands. */
  private tryInline(fn: Func): boolean {
    return ifCertain(() => {
      this.inline(fn);
      return true;
    }, false);
  }

  private setExpanding(expanding: boolean): void {
    this.expanding = expanding;
    this.builder.types.loaded = expanding;
  }

  // ---- leak tags

  tags(fn: Func): void {
    const s = this.read(fn);
    if (s.failed) return;
    if (isInstance(this.builder, fn) && !this.instances.has(fn)) throw new Uncertain(`instance ${fn.sym.name}`);
    this.inline(fn);
    if (fn.body.length > 0 && this.groups.isInCircle(fn)) {
      const tags = params(fn).map((p, i) => (hasPointers(p.type!) ? this.tag(fn, i) : null));
      if (tags.every(tag => tag !== undefined)) {
        fn.tagsPending = false;
        fn.tags = tags;
        return;
      }
    }
    const among = (f: Func): boolean => {
      if (f.oclosure !== null || f === fn) return true;
      if (f.demand !== this || !f.tagsPending || !this.groups.mayReferToEachOther(f, fn)) return false;
      if (this.read(f).failed) return false;
      this.inline(f);
      return true;
    };
    visitFuncsBottomUp(
      [fn],
      group => {
        escapeBatch(group, this.oracles, this.builder.env, true);
        for (const f of group) f.tagsPending = false;
      },
      f => references(f).filter(among),
    );
  }

  tag(fn: Func, param: number): Leaks | null | undefined {
    const s = this.states.get(fn)!;
    if (s.leaks.has(param)) return s.leaks.get(param);
    s.leaks.set(param, undefined);
    s.leaks.set(param, ifCertain(() => this.findTag(fn, param), null)?.leaks);
    return s.leaks.get(param);
  }

  private findTag(fn: Func, param: number): { leaks: Leaks | null } | null {
    const s = this.read(fn);
    if (s.failed || fn.esc !== 0 || params(fn)[param] === undefined) return null;
    if (isInstance(this.builder, fn) && !this.instances.has(fn)) return null;
    if (fn.body.length === 0) return { leaks: fn.tags[param] };
    this.inline(fn);
    const circle: Circle = {
      exists: this.groups.isInCircle(fn),
      join: callee => {
        if (callee.demand !== this || !this.groups.mayReferToEachOther(callee, fn)) return null;
        const { family, failed } = this.read(callee);
        if (callee.body.length === 0) return null;
        return failed || callee.esc !== 0 || !this.tryInline(callee) ? undefined : family!;
      },
    };
    const leaks = tagAlone(fn, s.family!, param, circle, this.oracles, this.builder.env);
    return leaks === undefined ? null : { leaks };
  }

  // ---- bodies

  /** The unexported object is in the package's export data (`ShownBodies.exports`). */
  exports(obj: Obj): boolean {
    return this.passing(() => this.shown.exports(obj));
  }

  shows(fn: Func): boolean {
    return this.hasBody(bodyKey(fn.sym), fn, null, false);
  }

  isOwn(fn: Func): boolean {
    return fn.demand === this;
  }

  private hasBody(key: string, fn: Func, within: Func | null, thorough: boolean): boolean {
    const has = this.data.bodies.get(key);
    if (has !== undefined) return has;
    const question = bodyWithin(key, within === null ? '' : bodyKey(within.sym));
    if (!thorough && this.data.unsure.has(question)) return false;
    if (!this.data.whole) {
      const found = this.certainly(() => {
        const held = this.shown.has(key, fn, within, thorough);
        if (held === null && thorough) throw new Uncertain(`body of ${key}`);
        return { held };
      });
      if (found !== null) {
        this.fresh = true;
        if (found.held === null) this.data.unsure.add(question);
        else this.data.bodies.set(key, found.held);
        return found.held === true;
      }
    }
    return this.data.bodies.get(key) === true;
  }

  checkedOf(pkg: PackageObj): CheckedPackage | null {
    return pkg === this.checked.pkg ? this.checked : (this.env.imported(pkg.path)?.checked ?? null);
  }

  mayExpand(pkg: PackageObj, obj: FuncObj): boolean {
    if (pkg === this.checked.pkg) return this.mayExpandOwn(obj);
    const summary = this.env.imported(pkg.path);
    return !(summary instanceof DemandedPackage) || summary.mayExpandOwn(obj);
  }

  mayInline(fn: Func): boolean {
    const { obj } = fn.nname;
    if (fn.demand === this) return ifCertain(() => fn.inl !== null, true);
    const path = fn.sym.pkg?.path;
    const summary = path === undefined || obj === null || obj.kind !== ObjKind.Func ? null : this.env.imported(path);
    return summary instanceof DemandedPackage ? summary.mayExpandOwn(obj as FuncObj) : fn.inl !== null;
  }

  /** Whether the function of this package can be expanded, or nobody knows. */
  private mayExpandOwn(obj: FuncObj): boolean {
    if (this.data.whole) return true;
    return this.passing(() => {
      const fn = this.funcOf(obj);
      return fn !== null && !fn.imported && this.mayInline(fn);
    });
  }
}

function isInstance(b: Builder, fn: Func): boolean {
  return (b.bodies.get(fn)?.dict ?? null) !== null;
}

/** Some parameter, the receiver included, can hold a pointer: only then there is something to find out. */
function takesPointers(fn: Func): boolean {
  const sig = fn.type as SignatureType;
  return (sig.recv !== null && hasPointers(sig.recv.type!)) || sig.params.vars.some(v => hasPointers(v.type!));
}

/** The least of the limits that decide about a literal's expansion (inline.inlineCostOK) under which it stays. */
function limit(inl: Inline | null): number {
  if (inl === null) return -1;
  return [2 * inlineBigFunctionMaxCost, 2 * inlineMaxBudget].find(max => inl.cost <= max) ?? 0;
}
