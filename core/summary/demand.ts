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
import {
  bodyKey,
  mentionsObject,
  ownExportedBodies,
  ownExportedObjects,
  possibleBodies,
  type Reached,
} from '../ir/export.ts';
import { forCapture } from '../ir/loopvar.ts';
import type { Demand, Func, Inline, Leaks } from '../ir/node.ts';
import { type Body, ensureChecked, funcBody } from '../ir/reader.ts';
import { references, visitFuncsBottomUp } from '../ir/scc.ts';
import { hasPointers } from '../ir/typeinfo.ts';
import { makeWrappersOf } from '../ir/wrapper.ts';
import { Pragma, type Unit } from '../syntax/ast.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type FuncObj, isExported, type Obj, ObjKind, type PackageObj } from '../types/object.ts';
import { type SignatureType, TypeKind } from '../types/type.ts';
import { isNowhereMentioned, isOutOfReach, type Surroundings } from './callers.ts';
import { flagsFor } from './compile.ts';
import { bodyWithin, emptySummary, failedSummary, type SummaryData } from './encode.ts';
import { declaredFunc, Mentions, type Named, NameGraph } from './names.ts';

/** The answer depends on the whole package. */
class Uncertain extends Error {}

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

/** How many functions are looked at that may bring a body into a package, before the whole is. */
const maxMentioners = 30;

/** How many functions of the package are tried that may expand a function of another one. */
const maxTried = 12;

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

export class DemandedPackage implements PackageSummary, Demand {
  readonly funcs: PackageSummary['funcs'];
  readonly bodies: PackageSummary['bodies'];
  private readonly known = new Map<FuncObj, FuncSummary>();
  private builder: Builder | null = null;
  private inliner: Inliner | null = null;
  private readonly states = new Map<Func, State>();
  private readonly costings: Costing[] = [];
  private readonly oracles: Oracles = new Map();
  private readonly graphs = new Map<PackageObj, NameGraph>();
  /** Instances that the package's own bodies mention; others are only met in what is expanded. */
  private readonly proper = new Set<Func>();
  private expanding = false;
  private ownBodies: Set<string> | null = null;
  private exported: ReadonlySet<object> | null = null;
  /** Bodies that the export data may hold. */
  private possible: Map<string, Reached> | null = null;
  /** Functions of other packages that the package expands nowhere. */
  private readonly unexpanded = new Set<FuncObj>();
  /** Whose inlining expanded a function of another package; null: a wrapper's. */
  private readonly expandedIn = new Map<FuncObj, Func | null>();
  /** Declared types whose wrappers have been made. */
  private readonly wrapped = new Set<string>();
  private readonly reachable = new Set<PackageObj>();
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
      if (error instanceof RangeError) throw error;
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
      if (error instanceof RangeError) throw error;
      this.giveUp(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  private giveUp(why: string): void {
    // nothing of what was found so far is needed any more
    this.builder = null;
    this.inliner = null;
    this.states.clear();
    this.costings.length = 0;
    this.data_ = failedSummary();
    this.data_ = this.whole(why);
    this.fresh = true;
  }

  // ---- functions

  private get b(): Builder {
    if (this.builder !== null) return this.builder;
    const { pkg } = this.checked;
    const b = new Builder(this.checked, { ...this.env, flags: flagsFor(pkg.path, this.env.flags) });
    b.onDemand = (fn, body) => this.met(fn, body);
    b.onMet = fn => {
      if (!this.expanding) this.proper.add(fn);
    };
    b.onLate = () => {
      throw new Uncertain('a pointer type that inlining brought, unless another body has it');
    };
    this.builder = b;
    this.inliner = newInliner(b);
    this.inliner.patient = true;
    this.inliner.charge = callee => this.charge(callee);
    return b;
  }

  private met(fn: Func, body: Body): void {
    fn.demand = this;
    fn.inlPending = true;
    fn.tagsPending = true;
    if (body.dict !== null && !this.expanding) this.proper.add(fn);
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

  private funcOf(obj: FuncObj): Func | null {
    const { typeParams, recvTypeParams } = obj.signature;
    return typeParams.length > 0 || recvTypeParams.length > 0 ? null : this.b.declaredFunc(obj);
  }

  /** Reads the function's body, and those of the literals in it. */
  private read(fn: Func): State {
    const s = this.states.get(fn)!;
    if (s.family !== null) return s;
    const { b } = this;
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
    if (costing.suspects.size > 0 && (fn.inl !== null || s.family!.length > 1)) {
      if ([...costing.suspects].some(suspect => this.isCircular(suspect, fn))) {
        const family = s.family!;
        const least = family.map(f => f.inl);
        this.inliner!.charge = callee => this.most(callee);
        this.cost(fn, family);
        this.inliner!.charge = callee => this.charge(callee);
        const own = least[family.indexOf(fn)];
        s.literalsUnsure = family.some((f, i) => f !== fn && limit(f.inl) !== limit(least[i]));
        if (own !== null) {
          s.atLeast = own.cost;
          s.atMost = fn.inl === null ? -1 : fn.inl.cost;
          fn.inlPending = true;
        }
        for (const [i, f] of family.entries()) f.inl = least[i];
      } else {
        this.inliner!.charge = null;
        this.cost(fn, s.family!);
        this.inliner!.charge = callee => this.charge(callee);
      }
    }
    costings.pop();
    s.costing = false;
    if (s.atLeast >= 0 && costings.length === 0 && !this.isClear(s)) throw new Uncertain(`cost of ${fn.sym.name}`);
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
    if (this.b.env.flags.l !== 0) {
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
    if (!unsure && !this.mayBeCircular(callee, costing.fn)) return inl!.cost;
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

  private unitOf(fn: Func): Unit | null {
    const { obj } = fn.nname;
    return obj === null || obj.pos === null ? null : (obj.pos.base as Unit);
  }

  private groupOf(fn: Func): { graph: NameGraph; group: number } | null {
    const unit = this.unitOf(fn);
    const pkg = fn.nname.obj?.pkg ?? null;
    if (unit === null || pkg === null) return null;
    let graph = this.graphs.get(pkg);
    if (graph === undefined) {
      const src = this.b.source(pkg);
      if (src === null) return null;
      this.graphs.set(pkg, (graph = new NameGraph(src.checked)));
    }
    return { graph, group: graph.group(unit) };
  }

  /** The function may be in a circle. */
  private isInGroup(fn: Func): boolean {
    const at = this.groupOf(fn);
    return at !== null && at.graph.size(at.group) > 1;
  }

  /** The functions may refer to each other, perhaps by way of others. */
  private mayBeCircular(a: Func, b: Func): boolean {
    const x = this.groupOf(a);
    const y = this.groupOf(b);
    return x !== null && y !== null && x.graph === y.graph && x.group === y.group && x.group >= 0;
  }

  /** A reference in the bodies as written leads from one function to the other, within the group of both. */
  private reaches(from: Func, to: Func): boolean {
    const seen = new Set<Func>([from]);
    for (const fn of seen) {
      for (const f of this.referencesOf(fn)) {
        if (f === to) return true;
        if (!seen.has(f) && f.demand === this && this.mayBeCircular(f, to)) seen.add(f);
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

  private inline(fn: Func): void {
    void fn.inl;
    const s = this.read(fn);
    if (s.inlined || s.failed) return;
    if (s.literalsUnsure) throw new Uncertain(`cost of the literals in ${fn.sym.name}`);
    // half of it may have been done
    if (s.uncertain !== '') throw new Uncertain(s.uncertain);
    const at = this.groupOf(fn);
    if (at !== null && at.graph.size(at.group) > 1) this.referencesOf(fn);
    const { b } = this;
    const { funcs, importedDef, onExpanded } = b;
    const { expanding } = this;
    this.setExpanding(true);
    b.importedDef = false;
    b.funcs = s.family!.slice();
    const literals = (f: Func): boolean => f.oclosure !== null || f === fn;
    const { costings } = this;
    const waiting = costings.splice(0);
    b.onExpanded = f => {
      const { obj } = f.nname;
      if (obj !== null && obj.kind === ObjKind.Func) this.expandedIn.set(obj, fn);
    };
    const groups = (): Func[][] => {
      const list: Func[][] = [];
      visitFuncsBottomUp(
        s.family!,
        group => void list.push(group),
        f => references(f).filter(literals),
      );
      return list;
    };
    try {
      for (const _ of expandFuncs(this.inliner!, s.family!, groups, () => {}));
      s.inlined = true;
    } catch (error) {
      if (error instanceof Uncertain) s.uncertain = error.message;
      throw error;
    } finally {
      b.onExpanded = onExpanded;
      costings.splice(0, costings.length, ...waiting);
      if (s.inlined) s.family = b.funcs;
      b.funcs = funcs;
      b.importedDef = importedDef;
      this.setExpanding(expanding);
    }
    for (const f of s.family!) forCapture(f);
    if (!b.env.flags.N) deadLocals(s.family!, b.dictUses);
  }

  /** Whether it could be done: where it could not, nothing is known of what the function expands. */
  private tryInline(fn: Func): boolean {
    return (
      this.surely(() => {
        this.inline(fn);
        return true;
      }) ?? false
    );
  }

  /** The answer, or null when it depends on the whole package. */
  private surely<T>(ask: () => T): T | null {
    try {
      return ask();
    } catch (error) {
      if (error instanceof Uncertain) return null;
      throw error;
    }
  }

  private setExpanding(expanding: boolean): void {
    this.expanding = expanding;
    this.b.types.loaded = expanding;
  }

  // ---- leak tags

  tags(fn: Func): void {
    const s = this.read(fn);
    if (s.failed) return;
    if (isInstance(this.b, fn) && !this.proper.has(fn)) throw new Uncertain(`instance ${fn.sym.name}`);
    this.inline(fn);
    if (fn.body.length > 0 && this.isInGroup(fn)) {
      const tags = params(fn).map((p, i) => (hasPointers(p.type!) ? this.tag(fn, i) : null));
      if (tags.every(tag => tag !== undefined)) {
        fn.tagsPending = false;
        fn.tags = tags;
        return;
      }
    }
    const among = (f: Func): boolean => {
      if (f.oclosure !== null || f === fn) return true;
      if (f.demand !== this || !f.tagsPending || !this.mayBeCircular(f, fn)) return false;
      if (this.read(f).failed) return false;
      this.inline(f);
      return true;
    };
    visitFuncsBottomUp(
      [fn],
      group => {
        escapeBatch(group, this.oracles, this.b.env, true);
        for (const f of group) f.tagsPending = false;
      },
      f => references(f).filter(among),
    );
  }

  tag(fn: Func, param: number): Leaks | null | undefined {
    const s = this.states.get(fn)!;
    if (s.leaks.has(param)) return s.leaks.get(param);
    s.leaks.set(param, undefined);
    s.leaks.set(param, this.surely(() => this.findTag(fn, param))?.leaks);
    return s.leaks.get(param);
  }

  private findTag(fn: Func, param: number): { leaks: Leaks | null } | null {
    const s = this.read(fn);
    if (s.failed || fn.esc !== 0 || params(fn)[param] === undefined) return null;
    if (isInstance(this.b, fn) && !this.proper.has(fn)) return null;
    if (fn.body.length === 0) return { leaks: fn.tags[param] };
    this.inline(fn);
    const circle: Circle = {
      exists: this.isInGroup(fn),
      join: callee => {
        if (callee.demand !== this || !this.mayBeCircular(callee, fn)) return null;
        const { family, failed } = this.read(callee);
        if (callee.body.length === 0) return null;
        return failed || callee.esc !== 0 || !this.tryInline(callee) ? undefined : family!;
      },
    };
    const leaks = tagAlone(fn, s.family!, param, circle, this.oracles, this.b.env);
    return leaks === undefined ? null : { leaks };
  }

  /**
   * The unexported object is in the package's export data, where gc finds it when an importer names it: what is exported
   * has it in its type, or calls it in a body that can be expanded. Constants in bodies are their values.
   */
  exports(obj: Obj): boolean {
    if (obj.kind === ObjKind.Const) return false;
    if (this.exported === null) {
      try {
        this.exported = ownExportedObjects(this.b, o => this.funcOf(o));
      } catch (error) {
        if (!(error instanceof Uncertain)) throw error;
        this.exported = new Set();
      }
    }
    return (
      this.exported.has(obj) || (obj.kind === ObjKind.TypeName && obj.type !== null && this.exported.has(obj.type))
    );
  }

  // ---- bodies

  private hasBody(key: string, fn: Func, within: Func | null, thorough: boolean): boolean {
    const has = this.data.bodies.get(key);
    if (has !== undefined) return has;
    const question = bodyWithin(key, within === null ? '' : bodyKey(within.sym));
    if (!thorough && this.data.unsure.has(question)) return false;
    if (!this.data.whole) {
      const found = this.certainly(() => {
        const held = this.holdsBody(key, fn, within, thorough);
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

  /** Null when only the whole package can tell. */
  private holdsBody(key: string, fn: Func, within: Func | null, thorough: boolean): boolean | null {
    const { obj } = fn.nname;
    if (obj === null || obj.kind !== ObjKind.Func) return null;
    const { pkg } = this.checked;
    const outer = within === null ? null : within.nname.obj;
    const inside =
      within !== null && outer !== null && outer.kind === ObjKind.Func && this.mentions(outer, obj) ? within : null;
    if (obj.pkg === pkg) {
      if (isPlainlyExported(obj)) return true;
      if (inside !== null && outer!.pkg === pkg && this.hasBody(bodyKey(inside.sym), inside, null, false)) return true;
      this.ownBodies ??= ownExportedBodies(this.b, o => this.funcOf(o));
      return this.ownBodies.has(key);
    }
    if (!this.imports(obj.pkg)) return false;
    if (thorough) {
      if (isNowhereMentioned(this.surroundings, obj) || isOutOfReach(this.surroundings, obj)) return false;
      const held = this.isReached(key, inside);
      if (held !== null) return held;
    }
    if (inside !== null && this.hasBody(bodyKey(inside.sym), inside, null, false)) {
      // whatever this package expanded the outer function into has the inner one's call
      const at = outer!.pkg === pkg ? this.funcOf(outer as FuncObj) : (this.expandedIn.get(outer as FuncObj) ?? null);
      if (at !== null) {
        this.inline(at);
        if (this.expandedIn.has(obj)) return true;
      }
    }
    return null;
  }

  /**
   * A function of the package expands the other, of another package, as is plain from a few that mention it or the one
   * that it is asked for within. False where there is none, or where it takes more to find it.
   */
  private isPlainlyExpanded(wanted: FuncObj, inside: Func | null): boolean {
    if (this.expandedIn.has(wanted)) return true;
    const mentions = new Mentions(this.checked);
    const callees = inside === null ? [wanted] : [wanted, inside.nname.obj as FuncObj];
    for (const callee of callees) {
      const { functions } = mentions.of(callee.name, callee.pkg === this.checked.pkg);
      const length = ({ unit }: Named): number => unit.end - unit.start;
      const shortest = functions.sort((a, b) => length(a) - length(b)).slice(0, maxTried);
      for (const named of shortest) {
        const obj = declaredFunc(this.checked.pkg, named);
        const fn = obj === null ? null : this.funcOf(obj);
        if (fn === null || !this.tryInline(fn)) continue;
        if (this.expandedIn.has(wanted) || this.isExpandedInInstance(wanted, callee.name)) return true;
      }
      const { recv } = callee.signature;
      if (recv === null) continue;
      const base = recv.type!.kind === TypeKind.Pointer ? recv.type.elem : recv.type!;
      if (base.kind !== TypeKind.Named) continue;
      for (const name of mentions.embedders(base.obj.name)) {
        this.wrap(name);
        if (this.expandedIn.has(wanted)) return true;
      }
    }
    return false;
  }

  /** An instance that the package's own bodies are known to mention, and that mentions the name, expands the function. */
  private isExpandedInInstance(wanted: FuncObj, name: string): boolean {
    const mentioned = new RegExp(String.raw`(?<![\w\u0080-\uffff])${name}(?![\w\u0080-\uffff])`);
    for (const fn of [...this.proper]) {
      const unit = this.unitOf(fn);
      if (unit === null || this.states.get(fn)?.inlined !== false) continue;
      if (!mentioned.test(unit.source.text.substring(unit.start, unit.end))) continue;
      if (this.tryInline(fn) && this.expandedIn.has(wanted)) return true;
    }
    return false;
  }

  /** Makes the wrappers of a type's methods. */
  private wrap(name: string): void {
    const obj = this.checked.pkg.scope.lookup(name);
    if (this.wrapped.has(name) || obj === null || obj.kind !== ObjKind.TypeName) return;
    this.wrapped.add(name);
    const t = obj.type;
    if (t === null || t.kind !== TypeKind.Named || t.obj !== obj || t.typeParams.length > 0) return;
    const { b } = this;
    const { funcs, importedDef, onExpanded } = b;
    const { expanding } = this;
    this.setExpanding(true);
    b.importedDef = false;
    b.funcs = [];
    makeWrappersOf(b, b.types.typ(t, null), fn => {
      b.onExpanded = f => {
        if (f.nname.obj?.kind === ObjKind.Func) this.expandedIn.set(f.nname.obj, null);
      };
      devirtualizeAndInlineFunc(this.inliner!, fn);
    });
    b.onExpanded = onExpanded;
    b.funcs = funcs;
    b.importedDef = importedDef;
    this.setExpanding(expanding);
  }

  /**
   * The package's export data has the body of a function of another package. Whether a way to it is one depends on which
   * functions the package expands, of which those are looked at that are on the way. Null when it takes more to tell.
   */
  private isReached(key: string, inside: Func | null): boolean | null {
    for (;;) {
      this.possible ??= possibleBodies(
        this.b,
        o => this.funcOf(o),
        f => !this.unexpanded.has(f.nname.obj as FuncObj) && this.mayInline(f),
      );
      const wanted = this.possible.get(key);
      if (wanted === undefined) return false;
      let unknown = false;
      let closed = false;
      for (let at: Reached | null = wanted; at !== null && !closed; at = at.from) {
        const { fn, obj } = at;
        if (fn.demand === this) unknown ||= !this.surelyInlines(fn);
        else if (this.isNowhereExpanded(obj)) closed = this.unexpanded.add(obj).has(obj);
        else unknown ||= !this.isPlainlyExpanded(obj, at === wanted ? inside : null);
      }
      if (!closed) return unknown ? null : true;
      this.possible = null;
    }
  }

  private surelyInlines(fn: Func): boolean {
    try {
      return fn.inl !== null;
    } catch (error) {
      if (error instanceof Uncertain) return false;
      throw error;
    }
  }

  /**
   * Nothing in the package expands the function, of another package: nobody mentions it whose body is compiled here or
   * can be expanded here. False when that cannot be told from names.
   */
  private isNowhereExpanded(wanted: FuncObj): boolean {
    if (this.unexpanded.has(wanted)) return true;
    if (this.expandedIn.has(wanted)) return false;
    const work = [wanted];
    for (let i = 0; i < work.length; i++) {
      const obj = work[i];
      if (i >= maxMentioners || obj.pkg === null || obj.signature.recv !== null) return false;
      for (const pkg of this.reachable) {
        if (pkg !== obj.pkg && !pkg.imports.includes(obj.pkg)) continue;
        const checked = this.checkedOf(pkg);
        if (checked === null) return false;
        const mentioners = new Mentions(checked).of(obj.name, pkg === obj.pkg);
        if (pkg === this.checked.pkg && mentioners.outside) return false;
        for (const { name, method } of mentioners.functions) {
          if (pkg === obj.pkg && name === obj.name && !method) continue;
          const by = method ? null : pkg.scope.lookup(name);
          if (by === null || by.kind !== ObjKind.Func) return false;
          const isGeneric = by.signature.typeParams.length > 0;
          if (pkg === this.checked.pkg && !isGeneric) {
            const fn = this.funcOf(by);
            if (fn === null || !this.tryInline(fn) || this.expandedIn.has(wanted)) return false;
          }
          if ((isGeneric || this.mayExpandOf(pkg, by)) && !work.includes(by)) work.push(by);
        }
      }
    }
    return true;
  }

  private get surroundings(): Surroundings {
    return {
      own: this.checked.pkg,
      reachable: this.reachable,
      checkedOf: pkg => this.checkedOf(pkg),
      mayExpand: (pkg, fn) => this.mayExpandOf(pkg, fn),
    };
  }

  private checkedOf(pkg: PackageObj): CheckedPackage | null {
    return pkg === this.checked.pkg ? this.checked : (this.env.imported(pkg.path)?.checked ?? null);
  }

  private mayExpandOf(pkg: PackageObj, obj: FuncObj): boolean {
    if (pkg === this.checked.pkg) return this.mayExpand(obj);
    const summary = this.env.imported(pkg.path);
    return !(summary instanceof DemandedPackage) || summary.mayExpand(obj);
  }

  private mayInline(fn: Func): boolean {
    const { obj } = fn.nname;
    if (fn.demand === this) {
      try {
        return fn.inl !== null;
      } catch (error) {
        if (error instanceof Uncertain) return true;
        throw error;
      }
    }
    const path = fn.sym.pkg?.path;
    const summary = path === undefined || obj === null || obj.kind !== ObjKind.Func ? null : this.env.imported(path);
    return summary instanceof DemandedPackage ? summary.mayExpand(obj as FuncObj) : fn.inl !== null;
  }

  /** Whether the function can be expanded, or nobody knows. */
  mayExpand(obj: FuncObj): boolean {
    if (this.data.whole) return true;
    const fn = this.funcOf(obj);
    return fn !== null && !fn.imported && this.mayInline(fn);
  }

  private mentions(outer: FuncObj, obj: FuncObj): boolean {
    const src = outer.pkg === null ? null : this.b.source(outer.pkg);
    return src !== null && mentionsObject(src, outer, obj);
  }

  /** The package is among those that this one needs. */
  private imports(wanted: PackageObj | null): boolean {
    if (this.reachable.size === 0) {
      this.reachable.add(this.checked.pkg);
      for (const p of this.reachable) for (const q of p.imports) this.reachable.add(q);
    }
    return wanted !== null && this.reachable.has(wanted);
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

/** An exported function, or a method of an exported type. */
function isPlainlyExported(obj: FuncObj): boolean {
  const { recv } = obj.signature;
  if (recv === null) return isExported(obj.name) && obj.parent === obj.pkg?.scope;
  let t = recv.type!;
  if (t.kind === TypeKind.Pointer) t = t.elem;
  return t.kind === TypeKind.Named && isExported(t.obj.name) && t.obj.parent === t.obj.pkg?.scope;
}
