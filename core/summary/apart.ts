/**
 * Packages that are checked and compiled one by one, each as a whole against what the packages it imports show when they
 * are asked (types/lazy.ts, demand.ts). Of these the summaries are bytes, from wherever they were compiled; of the
 * package itself nothing stays. So memory does not grow with what has been compiled, and several threads can share the
 * work: what a package says does not depend on where and when the others were compiled.
 */
import type { PackageSummary } from '../ir/env.ts';
import { type Package, packageList } from '../load/package.ts';
import { finish } from '../source/steps.ts';
import { goRelease } from '../load/release.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type Checking, checkAlone, checkApart, checkSteps, newChecking } from '../types/packages.ts';
import { type Finished, compilePackage } from './compile.ts';
import { DemandedPackage } from './demand.ts';
import {
  decodeDeclarations,
  decodeSummary,
  encodeSummary,
  failedSummary,
  type SummaryData,
  wholeSummary,
} from './encode.ts';
import { environment, pathKey, type ProgramHost, readProfile } from './host.ts';

/** Where the bytes of summaries are, and where those go that had to be made on the way. */
export interface Summaries {
  get(p: Package): Uint8Array | null;
  put(p: Package, bytes: Uint8Array): void;
}

export class Apart {
  private readonly checking: Checking;
  /** What packages show their importers; no summary of those that cannot be compiled. */
  private readonly shown = new Map<Package, { checked: CheckedPackage; summary: PackageSummary | null }>();

  constructor(
    private readonly host: Omit<ProgramHost, 'store'>,
    private readonly summaries: Summaries,
  ) {
    const { fs, parser, target } = host;
    this.checking = newChecking(
      fs,
      parser,
      goRelease(target.release),
      target,
      () => true,
      () => true,
      isWhole,
    );
    this.checking.parsed = null;
    this.checking.stored = p => {
      const bytes = this.summaries.get(p);
      return bytes === null ? null : decodeDeclarations(bytes);
    };
    this.checking.inExportData = (pkg, obj) => {
      for (const { checked, summary } of this.shown.values())
        if (checked.pkg === pkg) return summary instanceof DemandedPackage && summary.exports(obj);
      return false;
    };
  }

  /** What earlier runs, or other threads, have found out of the package. */
  private known(p: Package): SummaryData | null {
    const bytes = this.summaries.get(p);
    return bytes === null ? null : decodeSummary(bytes);
  }

  /** Checks the package. A step is a file's parsing or a declaration's checking. */
  *check(p: Package): Generator<void, CheckedPackage> {
    for (const d of packageList([p]))
      if (d !== p && d.importPath !== 'unsafe' && !this.shown.has(d)) yield* this.show(d);
    return yield* checkAlone(this.checking, p);
  }

  /** What was asked of the file system when cgo's files of the package were made (`listening`); null: they were not. */
  cgoAsked(p: Package): string[] | null {
    return this.checking.cgo.get(p.importPath)?.asked ?? null;
  }

  /** Compiles a package that has been checked and may have no errors, at the -m level; a text: why it cannot be. */
  *compile(p: Package, checked: CheckedPackage, level: number): Generator<void, Finished | string> {
    const profile = p.pgoProfile === '' ? null : readProfile(this.host.fs, p.pgoProfile);
    if (typeof profile === 'string') return profile;
    return yield* compilePackage(checked, { ...this.environment(p, level), profile });
  }

  /** What importers have found out of packages since that was last asked for, where no summary says it; `asked` as of
   * `cgoAsked`. */
  *answers(): Generator<{ package: Package; bytes: Uint8Array; asked: string[] | null }> {
    for (const [p, { checked, summary }] of this.shown) {
      const { lazy } = checked;
      if (!(summary instanceof DemandedPackage) || lazy === null) continue;
      const { data, fresh } = summary;
      // what is compiled as a whole may be declared otherwise by others
      const declared = lazy.fresh && !data.whole;
      summary.fresh = lazy.fresh = false;
      if (!(fresh || declared) || checked.broken.size > 0 || checked.checker.incomplete) continue;
      if (declared) data.declarations = lazy.exported();
      if (checked.errors.length === 0) yield { package: p, bytes: encodeSummary(data), asked: this.cgoAsked(p) };
    }
  }

  private *show(p: Package): Generator<void, void> {
    const checked = yield* checkSteps(this.checking, p);
    const { pkg, lazy } = checked;
    if (lazy === null) {
      this.shown.set(p, { checked, summary: null });
      return;
    }
    const env = { ...this.environment(p, 0), pkg, profile: null };
    const summary = new DemandedPackage(
      checked,
      env,
      () => this.known(p),
      () => this.whole(p, checked),
    );
    this.shown.set(p, { checked, summary });
  }

  /** The summary of a package of which nobody has it, where it takes the whole package to answer. */
  private whole(p: Package, lazy: CheckedPackage): SummaryData {
    const checked = finish(checkApart(this.checking, p, lazy));
    if (checked.errors.length > 0) return failedSummary();
    const { summary } = finish(compilePackage(checked, { ...this.environment(p, 0), profile: null }));
    const data = wholeSummary(summary.funcs, summary.bodies);
    this.summaries.put(p, encodeSummary(data));
    return data;
  }

  private environment(p: Package, level: number): ReturnType<typeof environment> {
    const needed = new Map<string, PackageSummary | null>();
    for (const d of packageList([p])) {
      const shown = d === p ? undefined : this.shown.get(d);
      if (shown !== undefined) needed.set(pathKey(d.forMain, shown.checked.pkg.path), shown.summary);
    }
    return environment(this.host, this.checking.sizes, p, level, key => needed.get(key) ?? null, false);
  }
}

/** The package can be looked at declaration by declaration. */
function isWhole(p: Package): boolean {
  return p.error === null && p.name !== '';
}
