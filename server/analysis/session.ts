/**
 * Live analysis: the remarks of the package that a file belongs to, unsaved buffers included. What did not change since
 * the last analysis, packages and files alike, is taken over: a package is recognised by the bytes of its files and by
 * the packages that it imports.
 *
 * Host-independent: a host gives the file system, the environment and the parser, and drives the steps.
 */
import { type CompileFlags, defaultFlags } from '../../core/ir/env.ts';
import { loadSteps } from '../../core/load/load.ts';
import { createLoader, type Loader, type LoadOptions } from '../../core/load/loader.ts';
import { errorText, type Package, packageDesc, packageList } from '../../core/load/package.ts';
import type { ModuleEnv } from '../../core/load/modules.ts';
import { exclusionText, portsText, portsWith, tagsFor } from '../../core/load/standing.ts';
import type { Target } from '../../core/load/target.ts';
import { testPackages } from '../../core/load/testpackages.ts';
import { KeptRemarks } from '../../core/remark/kept.ts';
import type { Remark } from '../../core/remark/remark.ts';
import { Damaged } from '../../core/source/bytes.ts';
import type { DirEntry, FileSystem } from '../../core/source/files.ts';
import { basename, dirname, join } from '../../core/source/path.ts';
import { SourceText } from '../../core/source/text.ts';
import { decodeUtf8, encodeUtf8 } from '../../core/source/utf8.ts';
import type { SummaryStore } from '../../core/summary/encode.ts';
import { type CompiledPackage, Program } from '../../core/summary/program.ts';
import type { TreeParser } from '../../core/syntax/parser.ts';
import type { CheckedPackage } from '../../core/types/info.ts';

/** Where Go is and what is built for, as seen from a folder; or why that is not known, in words. */
export type Setting = { ok: true; env: ModuleEnv; target: Target } | { ok: false; message: string };

export interface SessionHost {
  parser: TreeParser;
  /** The saved files. */
  disk: FileSystem;
  setting(fs: FileSystem, dir: string): Setting;
  /** Where summaries of imported packages are kept between sessions; null: nowhere. */
  store: { summaries: SummaryStore; version: string } | null;
}

/** A problem with the code itself: remarks of the declarations without one are there all the same. */
export interface Problem {
  source: SourceText;
  /** Half-open, in UTF-16 units from the start of the file. */
  start: number;
  end: number;
  message: string;
}

export interface Analysis {
  package: Package;
  target: Target;
  /** The remarks in the package's files; only as long as there is no later analysis of the package. */
  readonly remarks: Remark[];
  /** Those in one of them. */
  remarksIn(path: string): Remark[];
  problems: Problem[];
  /** Why there are no remarks, or not all of them, in words; '' when there are all. */
  note: string;
}

/** Why there is no analysis, in words; for a file that the target leaves out, for which targets it is in. */
export interface NotAnalysed {
  message: string;
  /** The target, `os/arch`; '' where not even that is known. */
  port: string;
  /** Null when the file is in. */
  excluded: { source: SourceText; ports: string[]; tags: string[] } | null;
}

/** What is kept from one analysis to the next. */
interface Kept {
  /** What stands for the content of each file: a buffer, or the bytes on disk. */
  files: Map<string, Buffer | Uint8Array | null>;
  imports: (CheckedPackage | undefined)[];
  result: CompiledPackage;
}

/** The last analysis of a package with an open file. */
interface Live {
  kept: Kept;
  remarks: KeptRemarks;
  /** Folders of the package and of all that it imports. */
  dirs: ReadonlySet<string>;
  /** The buffers then. */
  buffers: ReadonlyMap<string, Buffer>;
  analysis: Analysis;
}

/** The text of an open file; another text is another object. */
interface Buffer {
  readonly text: string;
  bytes: Uint8Array | null;
}

const loadOptions: LoadOptions = { embed: false, tests: false, anyTags: false, complete: false, pgo: 'auto' };

const never = () => false;

/** Functions of a package that is compiled afresh within the time of a question. */
const FEW = 200;

/** Go files whose names do not keep them out. */
const goFile = /^[^._].*\.go$/;
const isTestFile = (name: string) => name.endsWith('_test.go');

export class Session {
  private readonly buffers = new Map<string, Buffer>();
  /** By package; emptied when something changes on disk. */
  private readonly lives = new Map<string, Live>();
  private readonly bytes = new Map<string, Uint8Array | null>();
  private readonly kept = new Map<string, Kept>();
  /** By package that was analysed: its folder, and the packages that it needs, itself included. */
  private readonly needed = new Map<string, { dir: string; keys: ReadonlySet<string> }>();
  private loader: Loader | null = null;
  private program: { key: string; program: Program } | null = null;
  /** Analyses that only followed edits. */
  followed = 0;

  private store: SessionHost['store'];
  /** As of `analyse`; never while an edit of a large package is followed. */
  private isOutdated: () => boolean = never;

  constructor(private readonly host: SessionHost) {
    this.store = host.store;
  }

  /** The text of an open buffer; null when it is closed and the disk counts again. */
  setBuffer(path: string, text: string | null): void {
    const before = this.buffers.has(path);
    if (text === null) this.buffers.delete(path);
    else this.buffers.set(path, { text: text.toWellFormed(), bytes: null });
    if (before !== (text !== null)) {
      this.lives.clear();
      this.program?.program.setEdited(path, text !== null);
    }
    this.bytes.delete(path);
  }

  /** A file was made, changed or removed on disk, or a folder with all that is in it. */
  changed(path: string): void {
    // of a file that is open, the buffer counts
    if (this.buffers.has(path)) return;
    this.bytes.delete(path);
    const below = `${path}/`;
    for (const known of this.bytes.keys()) if (known.startsWith(below)) this.bytes.delete(known);
    this.lives.clear();
  }

  /**
   * Analyses the package of the file's folder, in steps. A message where that cannot be done. When `isOutdated` says so,
   * which is asked within steps, too, it ends with an `Interrupted`.
   */
  *analyse(file: string, isOutdated: () => boolean = never): Generator<void, Analysis | NotAnalysed> {
    try {
      return yield* this.analyseOnce(file, isOutdated);
    } catch (error) {
      if (!(error instanceof Damaged) || this.store === null) throw error;
      // what was kept is damaged: everything is made from the sources, and kept instead
      const { summaries, version } = this.store;
      this.store = { summaries: { ...summaries, get: () => null }, version };
      this.program = null;
      return yield* this.analyseOnce(file, isOutdated);
    }
  }

  private *analyseOnce(file: string, isOutdated: () => boolean): Generator<void, Analysis | NotAnalysed> {
    const dir = dirname(file);
    const edited = this.followEdits(file, isOutdated);
    if (edited !== null) return edited;
    this.isOutdated = isOutdated;
    const fs = this.snapshot();
    const setting = this.host.setting(fs, dir);
    if (!setting.ok) return { message: setting.message, port: '', excluded: null };
    const { env, target } = setting;
    const name = basename(file);
    const tests = isTestFile(name);
    const loader = createLoader({ ...env, fs, cwd: dir }, target, { ...loadOptions, tests }, this.loader);
    this.loader = loader;
    // a folder that is not on disk is in no module's list of packages
    let loaded = this.host.disk.stat(dir) === null ? null : yield* loadSteps(loader, ['.']);
    // there and outside of any module the files are a package all the same, as for `go build a.go b.go`
    if (loaded === null || loaded.fatal.some(line => line.startsWith('go.mod file not found'))) {
      const names = (fs.readDir(dir) ?? []).map(entry => entry.name).filter(other => goFile.test(other));
      loaded = yield* loadSteps(
        loader,
        names.filter(other => tests || !isTestFile(other)),
      );
    }
    if (loaded.fatal.length > 0) return { message: loaded.fatal.join('\n'), port: portOf(target), excluded: null };
    if (loaded.roots.length === 0) return { message: `no package in ${dir}`, port: portOf(target), excluded: null };
    const root = packageWith(loader, loaded.roots[0], name);
    if (root === null) return notBuilt(loader, loaded.roots[0], name);

    const program = this.programFor(target, fs);
    program.edited = root;
    const results = new Map<Package, CompiledPackage>();
    for (const p of packageList([root])) {
      if (p.importPath === 'unsafe') continue;
      const key = keyOf(p);
      const files = new Map(
        [...p.files.goFiles, ...p.files.cgoFiles, ...(p.files.cgoFiles.length > 0 ? p.files.hFiles : [])].map(name => {
          const path = join(p.dir, name);
          return [path, this.buffers.get(path) ?? fs.readFile(path)] as const;
        }),
      );
      const imports = (p.deps ?? []).filter(dep => dep.importPath !== 'unsafe').map(dep => results.get(dep)?.checked);
      const kept = this.kept.get(key);
      if (kept !== undefined && sameFiles(kept.files, files) && sameList(kept.imports, imports)) {
        program.adopt(p, kept.result);
        results.set(p, kept.result);
        if (p !== root || kept.result.level > 0) continue;
      }
      // remarks of imported packages are not asked for
      const result = yield* program.compile(p, q => q === root);
      results.set(p, result);
      this.kept.set(key, { files, imports, result });
    }
    program.retain(results);
    this.needed.set(keyOf(root), { dir: root.dir, keys: new Set(Array.from(results.keys(), keyOf)) });
    this.forgetClosed(root.dir);
    const kept = this.kept.get(keyOf(root))!;
    const paths = [...root.files.goFiles, ...root.files.cgoFiles].map(other => join(root.dir, other));
    const remarks = new KeptRemarks(root.importPath, new Set(paths));
    const analysis = analysisOf(root, target, kept.result, remarks);
    const dirs = new Set([...results.keys()].map(p => p.dir));
    this.lives.set(keyOf(root), { kept, remarks, dirs, buffers: new Map(this.buffers), analysis });
    return analysis;
  }

  /** How many packages are kept from one analysis to the next. */
  get size(): number {
    return this.kept.size;
  }

  /** Forgets the packages that none with an open file needs, nor that of the folder; and what was parsed of them. */
  private forgetClosed(dir: string): void {
    const open = new Set(Array.from(this.buffers.keys(), dirname)).add(dir);
    const needed = new Set<string>();
    for (const [key, root] of this.needed) {
      if (!open.has(root.dir)) this.needed.delete(key);
      else for (const other of root.keys) needed.add(other);
    }
    for (const [key, { files }] of this.kept) {
      if (needed.has(key)) continue;
      this.kept.delete(key);
      this.lives.delete(key);
      const bytes = Array.from(files.values()).filter(content => content instanceof Uint8Array);
      this.program!.program.forgetFiles(bytes);
    }
  }

  /** Keeps for other sessions what has been found out of imported packages, in steps. */
  *keep(): Generator<void> {
    if (this.program !== null) yield* this.program.program.keepAnswers();
  }

  /** The analysis, when all that has changed since the last one are bodies of functions of the package; else null. */
  private followEdits(file: string, isOutdated: () => boolean): Analysis | null {
    let live: Live | null = null;
    for (const other of this.lives.values()) {
      const { package: p } = other.analysis;
      if (other.kept.files.has(file) && (p.forTest !== '') === isTestFile(basename(file))) live = other;
    }
    if (live === null) return null;
    const { kept, remarks, analysis } = live;
    const root = analysis.package;
    const key = keyOf(root);
    this.lives.delete(key);
    let { result } = kept;
    // what an end in the middle costs is that the package is compiled afresh
    this.isOutdated = result.checked.info.funcs.length <= FEW ? isOutdated : never;
    for (const [path, buffer] of this.buffers) {
      if (live.buffers.get(path) === buffer || !live.dirs.has(dirname(path))) continue;
      if (!kept.files.has(path)) {
        if (isTestFile(basename(path)) && root.forTest === '') continue;
        return null; // what is imported has changed, or what belongs to the package
      }
      // syntax trees are shared with the package's other variants
      for (const [other, { kept: theirs }] of this.lives) if (theirs.files.has(path)) this.lives.delete(other);
      // nothing is known of the package until that has been done
      this.kept.delete(key);
      const next = root.files.cgoFiles.length > 0 ? null : this.program!.program.edit(result, path, buffer.text);
      if (next === null) return null;
      this.kept.set(key, kept);
      result = next;
      kept.files.set(path, buffer);
    }
    const buffers = new Map(this.buffers);
    if (result === kept.result) {
      this.lives.set(key, { ...live, buffers });
      return analysis;
    }
    kept.result = result;
    this.followed++;
    const now = analysisOf(root, analysis.target, result, remarks);
    this.lives.set(key, { ...live, buffers, analysis: now });
    return now;
  }

  /** The program of the target; another target begins anew. */
  private programFor(target: Target, fs: FileSystem): Program {
    const key = JSON.stringify(target);
    if (this.program === null || this.program.key !== key) {
      this.kept.clear();
      this.needed.clear();
      const flags: CompileFlags = { ...defaultFlags, m: 2, race: target.instrument === 'race' };
      this.lives.clear();
      const program = new Program({ fs, parser: this.host.parser, target, flags, store: this.store }, true);
      program.interrupted = () => this.isOutdated();
      for (const path of this.buffers.keys()) program.setEdited(path, true);
      this.program = { key, program };
    }
    this.program.program.setFiles(fs);
    return this.program.program;
  }

  /** The files as they are now: buffers before the disk; bytes that were read stay the same object until they change. */
  private snapshot(): FileSystem {
    const { disk } = this.host;
    const { buffers, bytes } = this;
    return {
      readFile(path) {
        const buffer = buffers.get(path);
        if (buffer !== undefined) return (buffer.bytes ??= encodeUtf8(buffer.text));
        let found = bytes.get(path);
        if (found === undefined) bytes.set(path, (found = disk.readFile(path)));
        return found;
      },
      readDir(path): DirEntry[] | null {
        const entries = disk.readDir(path);
        let added: DirEntry[] | null = null;
        for (const buffer of buffers.keys()) {
          if (dirname(buffer) !== path) continue;
          const name = basename(buffer);
          if (entries?.some(e => e.name === name)) continue;
          (added ??= []).push({ name, kind: 'file' });
        }
        if (added === null) return entries;
        return [...(entries ?? []), ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
      },
      stat: path => (buffers.has(path) ? 'file' : disk.stat(path)),
    };
  }
}

const keyOf = (p: Package): string => `${packageDesc(p)} ${p.dir}`;

/** The package that the file is compiled in: `p` itself, its test variant or its external tests; null for none of them. */
function packageWith(loader: Loader, p: Package, name: string): Package | null {
  const { goFiles, cgoFiles, testGoFiles, xTestGoFiles } = p.files;
  if (goFiles.includes(name) || cgoFiles.includes(name)) return p;
  if (testGoFiles.includes(name)) return testPackages(loader, p).test;
  return xTestGoFiles.includes(name) ? testPackages(loader, p).xtest : null;
}

/** Why the file is not part of its package for the target, and for which ports and tags it is. */
function notBuilt({ env, target }: Loader, { files }: Package, name: string): NotAnalysed {
  const port = portOf(target);
  const out = files.excluded.find(f => f.name === name);
  if (out === undefined) return { message: `${name} is not built for ${port}`, port, excluded: null };
  const inFor = portsWith(env.fs, files.dir, name, target);
  const tags = tagsFor(env.fs, files.dir, name, out.exclusion, target);
  const elsewhere = inFor.length === 0 ? '' : `; it is for ${portsText(inFor)}`;
  const path = join(files.dir, name);
  const own = (other: string): boolean => other.endsWith(`/${target.goarch}`);
  const source = new SourceText(path, decodeUtf8(env.fs.readFile(path) ?? new Uint8Array()));
  return {
    message: `${name} is not built for ${port}: ${exclusionText(out.exclusion)}${elsewhere}`,
    port,
    excluded: { source, ports: inFor.toSorted((a, b) => Number(own(b)) - Number(own(a))), tags },
  };
}

function portOf({ goos, goarch }: Target): string {
  return `${goos}/${goarch}`;
}

function analysisOf(root: Package, target: Target, result: CompiledPackage, kept: KeptRemarks): Analysis {
  const problems: Problem[] = [];
  for (const file of result.checked.files) {
    for (const { offset, message } of file.errors)
      problems.push({ source: file.source, start: offset, end: offset + 1, message });
    const source = file.source.origin?.source ?? file.source;
    for (const { offset, message } of file.cgoErrors ?? [])
      problems.push({ source, start: offset, end: offset + 1, message });
  }
  for (const { at, message } of result.checked.errors) {
    const { unit, pos, end } = at;
    const { source, offset: start } = unit.source.authored(unit.start + pos);
    const past = unit.source.authored(unit.start + end).offset;
    problems.push({ source, start, end: Math.max(past, start), message: importMessage(root, message) });
  }
  const messages = result.live === null ? [result.compiled?.messages ?? []] : result.live.messages();
  let note = '';
  if (root.error !== null) note = errorText(root.error);
  else if (result.compiled === null)
    note = `${root.importPath} could not be analysed: ${result.failure.split('\n')[0]}`;
  return {
    package: root,
    target,
    get remarks() {
      return kept.of(messages, null);
    },
    remarksIn: path => kept.of(messages, path),
    problems,
    note,
  };
}

/** Where a package cannot be imported, the go command's message says more than the compiler's. */
function importMessage(root: Package, message: string): string {
  const path = /^could not import (\S+) \(/.exec(message)?.[1];
  const error = root.deps?.find(dep => dep.importPath === path)?.error;
  return error ? `could not import ${path}: ${error.message}` : message;
}

function sameFiles(a: Kept['files'], b: Kept['files']): boolean {
  if (a.size !== b.size) return false;
  for (const [path, content] of a) if (content === null || b.get(path) !== content) return false;
  return true;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((x, i) => x !== undefined && x === b[i]);
}
