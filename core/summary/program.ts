/**
 * From loaded packages to compiled ones: checks and compiles imports before importers, each package once. What an
 * importer takes from a package is its summary and nothing else.
 */
import type { CompileEnv, PackageSummary } from '../ir/env.ts';
import type { Message } from '../ir/message.ts';
import { type Package, packageList } from '../load/package.ts';
import type { Profile } from '../load/profile.ts';
import { goRelease } from '../load/release.ts';
import { Damaged } from '../source/bytes.ts';
import type { FileSystem } from '../source/files.ts';
import { dirname } from '../source/path.ts';
import { finish, Interrupted } from '../source/steps.ts';
import type { CheckedPackage } from '../types/info.ts';
import { type Checking, checkApart, checkSteps, editFile, newChecking } from '../types/packages.ts';
import { compilePackage } from './compile.ts';
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
import { Kept } from './kept.ts';
import { LivePackage } from './live.ts';

/** A package on its way: checked, and compiled unless it has errors. */
export interface CompiledPackage {
  package: Package;
  checked: CheckedPackage;
  compiled: { messages: Message[]; summary: PackageSummary } | null;
  /** What follows edits of it; null for packages that are not edited. */
  live: LivePackage | null;
  /** The -m level that it was compiled with: 0 for what only its importers wanted. */
  level: number;
  /** What went wrong in compiling it, of which we are to blame; empty. Errors in the code are in `checked`. */
  failure: string;
}

/** The summary that is kept under a key: its bytes until they have been decoded. */
interface KeptSummary {
  key: string;
  bytes: Uint8Array | null;
  data: SummaryData | null | undefined;
}

/** The packages of one snapshot that were compiled so far. */
export class Program {
  private readonly done = new Map<Package, CompiledPackage>();
  /** By `pathKey`. */
  private readonly byPath = new Map<string, CompiledPackage>();
  private readonly checking: Checking;
  /** The package that is being edited: it will be checked again, and nothing of it may stay behind then. */
  edited: Package | null = null;
  /** Whether nobody wants the result of what is being done any more: asked between the functions of imported packages,
   * which are looked at within one step. Then an `Interrupted` ends the compilation; what was found out stays known. */
  interrupted: () => boolean = () => false;
  /** Packages that had to be compiled as a whole although only parts were asked for, and why. */
  readonly apart: string[] = [];
  /** What the packages imported when they were compiled. */
  private readonly imports = new Map<Package, (CheckedPackage | undefined)[]>();
  private readonly kept: Kept;
  /** Packages of which only that is looked at which their importers ask for. */
  private readonly demanded = new Set<Package>();

  /** `tolerant`: packages with errors are compiled without the declarations that have them. */
  constructor(
    private readonly host: ProgramHost,
    private readonly tolerant = false,
  ) {
    this.kept = new Kept(host);
    const rules = goRelease(host.target.release);
    const lasting = (p: Package) => !this.tolerant || (p.standard && p.forTest === '' && p !== this.edited);
    const lazy = (p: Package) => this.demanded.has(p);
    this.checking = newChecking(host.fs, host.parser, rules, host.target, () => true, lasting, lazy);
    this.checking.stored = p => this.storedDeclarations(p);
  }

  /**
   * Compiles the package and, before it, all that it imports. A step is a package's checking or one function's part.
   * Messages are kept of the packages that are `wanted`.
   */
  *compile(root: Package, wanted: (p: Package) => boolean = p => p === root): Generator<void, CompiledPackage> {
    for (const p of packageList([root])) {
      if (p.importPath === 'unsafe') continue;
      const level = wanted(p) ? this.host.flags.m : 0;
      const known = this.done.get(p);
      const imports = this.importsOf(p);
      const current = this.imports.get(p)?.every((checked, i) => checked === imports[i]) === true;
      if (known !== undefined && known.level >= level && current) {
        // a package and its test variant go by the same path
        this.byPath.set(pathKey(p.forMain, known.checked.pkg.path), known);
        continue;
      }
      // what it was made of is gone, because that is looked at as a whole now, or no more
      if (known !== undefined && !current) this.checking.checked.delete(p);
      this.imports.set(p, imports);
      const lazily = level === 0 && this.isDemandable(p);
      if (lazily) this.demanded.add(p);
      else {
        this.demanded.delete(p);
        // what is compiled has all its bodies checked, for the errors in them
        if (this.checking.checked.get(p)?.checkBody) this.checking.checked.delete(p);
      }
      const checked = yield* checkSteps(this.checking, p);
      const result: CompiledPackage = { package: p, checked, compiled: null, live: null, level, failure: '' };
      this.done.set(p, result);
      this.byPath.set(pathKey(p.forMain, checked.pkg.path), result);
      if (lazily) {
        const env = { ...this.envFor(p, 0, this.importedBy(p)), pkg: checked.pkg, profile: null };
        const stored = () => this.stored(p);
        const whole = (why: string) => this.compileApart(p, checked, env, why);
        const summary = new DemandedPackage(checked, env, stored, whole, () => this.poll());
        result.compiled = { messages: [], summary };
        continue;
      }
      if (checked.errors.length > 0 && !this.tolerant) continue;
      const profile = this.profileOf(p);
      if (typeof profile === 'string') {
        result.failure = profile;
        continue;
      }
      const env = (packages?: typeof this.byPath) => ({ ...this.envFor(p, level, packages), profile });
      try {
        // a profile makes decisions depend on lines of other functions: those are not followed
        if (this.tolerant && level > 0 && profile === null) {
          result.live = new LivePackage(checked, env(this.importedBy(p)));
          yield* result.live.start();
          result.compiled = result.live.compiled();
        } else {
          const compiled = yield* compilePackage(checked, env());
          result.compiled = compiled;
          if (level === 0) this.keep(p, checked, wholeSummary(compiled.summary.funcs, compiled.summary.bodies));
        }
      } catch (error) {
        if (error instanceof Damaged || error instanceof Interrupted) {
          this.done.delete(p);
          this.checking.checked.delete(p);
          throw error;
        }
        // code with errors may lead to what the middle end never sees from gc
        result.live = null;
        result.failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
    }
    return this.done.get(root)!;
  }

  private poll(): void {
    if (this.interrupted()) throw new Interrupted('the compilation was ended');
  }

  private importsOf(p: Package): (CheckedPackage | undefined)[] {
    return (p.deps ?? []).map(dep => this.checking.checked.get(dep));
  }

  /** The package's summary from an earlier run, if there is one. */
  private stored(p: Package): SummaryData | null {
    const kept = this.read(p);
    if (kept === null) return null;
    if (kept.data === undefined) {
      kept.data = kept.bytes === null ? null : decodeSummary(kept.bytes);
      kept.bytes = null;
    }
    return kept.data;
  }

  /** What it says of declarations: of most packages nobody asks for more. */
  private storedDeclarations(p: Package): Uint8Array | null {
    const kept = this.read(p);
    if (kept === null) return null;
    if (kept.data !== undefined) return kept.data?.declarations ?? null;
    return kept.bytes === null ? null : decodeDeclarations(kept.bytes);
  }

  private read(p: Package): KeptSummary | null {
    const key = this.host.store === null ? null : this.kept.summaryKey(p);
    if (key === null) return null;
    let kept = this.keptSummaries.get(p);
    if (kept === undefined || kept.key !== key) {
      kept = { key, bytes: this.kept.summary(p), data: undefined };
      this.keptSummaries.set(p, kept);
    }
    return kept;
  }
  private readonly keptSummaries = new Map<Package, KeptSummary>();

  /** Keeps the summary of a package without errors for later runs. */
  private keep(p: Package, checked: CheckedPackage, summary: SummaryData): void {
    if (this.host.store === null || checked.errors.length > 0) return;
    summary.declarations ??= this.stored(p)?.declarations ?? null;
    const asked = this.checking.cgo.get(p.importPath)?.asked;
    if (asked !== undefined) this.kept.keepAsked(p, asked);
    this.kept.keepSummary(p, encodeSummary(summary));
    const key = this.kept.summaryKey(p);
    if (key !== null) this.keptSummaries.set(p, { key, bytes: null, data: summary });
  }

  /**
   * Whether what importers want to know of the package can be looked at piece by piece. Errors in it then show up only
   * where they matter; where a package with errors must not be compiled, it is looked at as a whole first.
   */
  private isDemandable(p: Package): boolean {
    if (p.error !== null || p.name === '' || p.pgoProfile !== '') return false;
    const fixed = p.standard || (p.module !== null && p.module.version !== '');
    return this.tolerant || fixed || this.stored(p)?.whole === true;
  }

  /** The summary of a whole package that is otherwise looked at piece by piece. */
  private compileApart(p: Package, lazy: CheckedPackage, env: CompileEnv, why: string): SummaryData {
    const line = `${p.importPath}: ${why}`;
    if (!this.apart.includes(line)) this.apart.push(line);
    const checked = finish(checkApart(this.checking, p, lazy));
    if (checked.errors.length > 0 && !this.tolerant) return failedSummary();
    const steps = compilePackage(checked, env);
    let step = steps.next();
    for (; !step.done; step = steps.next()) this.poll();
    const { summary } = step.value;
    const data = wholeSummary(summary.funcs, summary.bodies);
    this.keep(p, checked, data);
    return data;
  }

  /** Keeps what has been found out of imported packages since that was last done, for later runs; a step is a package.
   * What depends on a file that is being edited will be something else soon. */
  *keepAnswers(): Generator<void> {
    for (const [p, { compiled, checked }] of this.done) {
      const summary = compiled?.summary;
      const { lazy } = checked;
      if (!(summary instanceof DemandedPackage) || lazy === null || !(summary.fresh || lazy.fresh)) continue;
      if (checked.broken.size === 0 && !checked.checker.incomplete && !this.isEdited(p)) {
        if (lazy.fresh) summary.data.declarations = lazy.exported();
        this.keep(p, checked, summary.data);
      }
      summary.fresh = lazy.fresh = false;
      yield;
    }
  }

  private isEdited(p: Package): boolean {
    const dirs = new Set([...this.checking.edited.keys()].map(dirname));
    return dirs.size > 0 && packageList([p]).some(dep => dirs.has(dep.dir));
  }

  /** From now on the file at the path may be edited, or no more. */
  setEdited(path: string, edited: boolean): void {
    const { edited: files } = this.checking;
    if (files.has(path) === edited) return;
    if (edited) files.set(path, null);
    else {
      files.get(path)?.dispose();
      files.delete(path);
    }
  }

  /**
   * What the package is with a new text of one of its files, if nothing but bodies of functions have changed; null:
   * it is to be compiled afresh, and what was found out before must not be used any more.
   */
  edit(known: CompiledPackage, path: string, text: string): CompiledPackage | null {
    const { live } = known;
    const change = editFile(this.checking, path, text);
    if (change === null || live === null) return null;
    // a variant of the package has been compiled from the new text already, and parsed it
    if (!known.checked.files.includes(change.file)) return null;
    const { file, changed } = change;
    const follows = changed.every(({ unit, fresh }) => live.follows(unit, fresh));
    change.commit();
    const units = changed.map(({ unit }) => unit);
    try {
      if (!follows || !live.edit(file, units)) return null;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      // code with errors: compiling it afresh says so
      return null;
    }
    this.kept.forget(null);
    return { ...known, checked: { ...known.checked }, compiled: live.compiled() };
  }

  /** Takes over what came of the package in an earlier snapshot. */
  adopt(p: Package, result: CompiledPackage): void {
    this.checking.checked.set(p, result.checked);
    this.imports.set(p, this.importsOf(p));
    this.done.set(p, result);
    this.byPath.set(pathKey(p.forMain, result.checked.pkg.path), result);
  }

  /** Forgets all packages but these. */
  retain(packages: ReadonlyMap<Package, CompiledPackage>): void {
    for (const p of [...this.done.keys()]) {
      if (packages.has(p)) continue;
      this.done.delete(p);
      this.imports.delete(p);
      this.kept.forget(p);
      this.keptSummaries.delete(p);
      this.demanded.delete(p);
      this.checking.checked.delete(p);
    }
    const left = new Set(packages.values());
    for (const [key, result] of this.byPath) if (!left.has(result)) this.byPath.delete(key);
  }

  /** Forgets what was parsed of the files with these bytes. */
  forgetFiles(files: Iterable<Uint8Array>): void {
    for (const bytes of files) {
      this.checking.parsed?.delete(bytes);
      this.checking.outlined.delete(bytes);
    }
  }

  /** The files of a new snapshot. */
  setFiles(fs: FileSystem): void {
    this.profiles.clear();
    this.checking.fs = fs;
    this.host.fs = fs;
  }

  /** The profile that the package is compiled with, or what is wrong with it; each file is read once. */
  private profileOf(p: Package): Profile | string | null {
    if (p.pgoProfile === '') return null;
    let profile = this.profiles.get(p.pgoProfile);
    if (profile === undefined) this.profiles.set(p.pgoProfile, (profile = readProfile(this.host.fs, p.pgoProfile)));
    return profile;
  }
  private readonly profiles = new Map<string, Profile | string | null>();

  /** What the package imports, as compiled by now: what is kept of it keeps no more alive than that. */
  private importedBy(p: Package): Map<string, CompiledPackage> {
    const imported = new Map<string, CompiledPackage>();
    for (const d of packageList([p])) {
      const known = d === p ? undefined : this.done.get(d);
      if (known !== undefined) imported.set(pathKey(d.forMain, known.checked.pkg.path), known);
    }
    return imported;
  }

  private envFor(p: Package, level: number, packages = this.byPath): Omit<CompileEnv, 'pkg' | 'profile'> {
    const known = (key: string) => packages.get(key)?.compiled?.summary ?? null;
    return environment(this.host, this.checking.sizes, p, level, known, this.tolerant);
  }
}
