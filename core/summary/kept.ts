/** What is kept of packages from one run to the next: their summaries, what was said of them, and under which keys. */
import type { CompileFlags } from '../ir/env.ts';
import { type Package, packageList } from '../load/package.ts';
import { answer } from '../source/files.ts';
import { join } from '../source/path.ts';
import { decodeUtf8, encodeUtf8 } from '../source/utf8.ts';
import { isWhole } from './encode.ts';
import { flagsAt, type ProgramHost } from './host.ts';

/** A host may change its files: then `forget`. */
export class Kept {
  /** Keys of the packages' summaries, made when first needed. */
  private readonly keys = new Map<Package, string>();

  /** By package: what is answered to what cgo asks. */
  private readonly answers = new Map<Package, string | null>();

  constructor(private readonly host: Pick<ProgramHost, 'fs' | 'target' | 'flags' | 'store'>) {}

  /** The bytes of the package's summary from an earlier run, or null. */
  summary(p: Package): Uint8Array | null {
    const key = this.summaryKey(p);
    return key === null ? null : this.host.store!.summaries.get(key);
  }

  /** There is a summary of all functions of the package. */
  isWhole(p: Package): boolean {
    const bytes = this.summary(p);
    return bytes !== null && isWhole(bytes);
  }

  /** Keeps the summary of a package that has no errors and was compiled without flags of its own. */
  keepSummary(p: Package, bytes: Uint8Array): void {
    const key = this.summaryKey(p);
    if (key !== null) this.host.store!.summaries.put(key, bytes);
  }

  /** Under which the package's summary is; null where there is no store, or where it is not known what cgo asked for one
   * of the packages that it is made of. */
  summaryKey(p: Package): string | null {
    const { store } = this.host;
    if (store === null) return null;
    const parts = [this.key(p)];
    for (const d of packageList([p])) {
      if (d.files.cgoFiles.length === 0) continue;
      const answered = this.answered(d);
      if (answered === null) return null;
      parts.push(answered);
    }
    return parts.length === 1 ? parts[0] : store.summaries.hash(parts);
  }

  /** The bytes of what was said of the package when it was last compiled as it is now; null when nobody knows. `named`:
   * the packages that the flags are for. */
  text(p: Package, rendering: string, named: ReadonlySet<Package>): Uint8Array | null {
    const { store } = this.host;
    if (store === null || !this.isKeepable(p)) return null;
    return store.summaries.get(this.textKey(p, rendering, named));
  }

  /** Keeps what is said of a package that has no errors: the pieces one after another. */
  keepText(p: Package, rendering: string, named: ReadonlySet<Package>, text: readonly Uint8Array[]): void {
    const { store } = this.host;
    if (store === null || !this.isKeepable(p)) return;
    store.summaries.put(this.textKey(p, rendering, named), ...text);
  }

  /** Keeps what was asked of the file system when cgo's files of the package were made (`listening`). */
  keepAsked(p: Package, asked: readonly string[]): void {
    const { store } = this.host;
    if (store !== null) store.summaries.put(this.askedKey(p), encodeUtf8(asked.join('\n')));
    this.answers.delete(p);
  }

  private askedKey(p: Package): string {
    return this.host.store!.summaries.hash([this.key(p), 'asked']);
  }

  /** A digest of what is answered today to all that was asked for cgo's files of the package, of which its own key does
   * not know; null when nobody knows what was asked. */
  private answered(p: Package): string | null {
    const { fs, store } = this.host;
    let digest = this.answers.get(p);
    if (digest !== undefined) return digest;
    const bytes = store!.summaries.get(this.askedKey(p));
    const asked = bytes === null ? null : decodeUtf8(bytes).split('\n');
    const answers = asked?.flatMap(question => [question, answer(fs, question)]) ?? null;
    digest = answers === null ? null : store!.summaries.hash(answers);
    this.answers.set(p, digest);
    return digest;
  }

  /** What a profile does depends on lines of other packages. */
  private isKeepable(p: Package): boolean {
    if (p.error !== null || p.importPath === 'unsafe' || p.pgoProfile !== '') return false;
    return p.files.cgoFiles.length === 0 || this.answered(p) !== null;
  }

  /** The package's files, or what it imports, may have changed; or those of all packages. */
  forget(p: Package | null): void {
    this.answers.clear();
    if (p === null) this.keys.clear();
    else this.keys.delete(p);
  }

  private textKey(p: Package, rendering: string, named: ReadonlySet<Package>): string {
    const flags = flagsAt(this.host.flags, this.host.flags.m);
    const parts = [this.key(p), rendering, p.dir, p.forTest, p.forMain, JSON.stringify(flags)];
    for (const d of packageList([p])) if (d.files.cgoFiles.length > 0) parts.push(this.answered(d) ?? 'unknown');
    // which of its imports are compiled with them, too, matters then
    if (decideOtherwise(flags)) for (const d of packageList([p])) if (named.has(d)) parts.push(d.importPath);
    return this.host.store!.summaries.hash(parts);
  }

  /** A digest of what the package is made of, but for what cgo asks; there must be a store. */
  private key(p: Package): string {
    let key = this.keys.get(p);
    if (key !== undefined) return key;
    for (const d of packageList([p])) {
      if (d.importPath === 'unsafe' || this.keys.has(d)) continue;
      this.keys.set(d, (key = this.host.store!.summaries.hash(this.inputs(d))));
    }
    return key!;
  }

  /** All that a summary depends on: the analysis, the target, the flags, the sources, the imported summaries. */
  private inputs(p: Package): (string | Uint8Array)[] {
    const { target, fs, flags, store } = this.host;
    const parts: (string | Uint8Array)[] = [store!.version, JSON.stringify(target), JSON.stringify(flagsAt(flags, 0))];
    parts.push(p.importPath, p.name, p.goVersion, String(p.standard));
    for (const name of [...p.files.goFiles, ...p.files.cgoFiles].sort())
      parts.push(name, fs.readFile(name.startsWith('/') ? name : join(p.dir, name)) ?? 'missing');
    if (p.pgoProfile !== '') parts.push(fs.readFile(p.pgoProfile) ?? 'missing');
    for (const dep of p.deps ?? []) if (dep.importPath !== 'unsafe') parts.push(this.keys.get(dep)!);
    return parts;
  }
}

/** The flags change what importers of the package see, not only what is said of it. */
export function decideOtherwise(flags: CompileFlags): boolean {
  return JSON.stringify({ ...flags, m: 0 }) !== JSON.stringify({ ...flagsAt(flags, 0), m: 0 });
}
