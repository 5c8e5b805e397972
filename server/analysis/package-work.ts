/** What is done with one package of many: it is checked, compiled, and put into words, here or in a thread. */
import { type CompileFlags, defaultFlags } from '../../core/ir/env.ts';
import { type Message, messageLevel } from '../../core/ir/message.ts';
import type { Package } from '../../core/load/package.ts';
import type { Target } from '../../core/load/target.ts';
import { remarkJson, remarksOf } from '../../core/remark/remark.ts';
import { messageLines } from '../../core/remark/wording.ts';
import { Apart } from '../../core/summary/apart.ts';
import { encodeSummary, wholeSummary } from '../../core/summary/encode.ts';
import { frameErrors } from '../../core/summary/frame-errors.ts';
import type { TreeParser } from '../../core/syntax/parser.ts';
import { type CompileError, compileErrors, formatError } from '../../core/types/gcerrors.ts';
import type { CheckedPackage } from '../../core/types/info.ts';
import { isComplete } from '../../core/types/packages.ts';
import { nodeFiles, type Overlay } from '../node-files.ts';
import { openSummaries } from '../summary-store.ts';
import { piecesOf } from './pieces.ts';

/** How many errors of a package gc prints unless it is told -e (base.FlushErrors). */
export const errorLimit = 10;

/** What is the same for all packages of one run. Plain data: threads get it as a message. */
export interface Assignment {
  /** All packages, imports included; they are spoken of by their index. */
  packages: readonly Package[];
  target: Target;
  overlay: Overlay;
  goroot: string;
  /** Errors of a package that are printed at most; 0: all. */
  limit: number;
  /** How packages are compiled; null: they are checked only. */
  compile: {
    flags: CompileFlags;
    /** Packages that the flags are for. */
    named: ReadonlySet<number>;
    /** Packages about which something is said, and how. */
    wanted: ReadonlySet<number>;
    rendering: Rendering;
    /** Where summaries of earlier runs are, and under which keys those of the packages; null: nowhere. */
    cache: { folder: string; keys: ReadonlyMap<number, string> } | null;
  } | null;
}

/** gc's lines at a -m level, or a remark a line as JSON. */
export type Rendering = 'lines' | 'json';

/** What came of a package. */
export interface Outcome {
  /** The errors in its code, as gc prints them, file names absolute. */
  errors: string[];
  /** What went wrong in our own code while it was compiled; '' when nothing did. */
  failure: string;
  /** What is said of it, in pieces; null when it was not compiled or nothing is to be said. */
  text: Uint8Array[] | null;
  /** There is a package-level `main` in it. */
  hasMain: boolean;
  /** The bytes of its summary; null when it was not compiled. */
  summary: Uint8Array | null;
  /** What was asked of the file system beside its own files (`listening`), or null. */
  asked: string[] | null;
}

/** A summary that was made on the way, and the package that it is of; `asked` as of an outcome. */
export interface Made {
  id: number;
  summary: Uint8Array;
  asked: string[] | null;
}

/** Sees what the compiler said of a package, in the thread that compiled it. */
export type Inspector = (p: Package, messages: readonly Message[]) => void;

export class PackageWork {
  private readonly apart: Apart;
  private readonly ids: Map<Package, number>;
  private readonly summaries = new Map<number, Uint8Array>();
  private readonly checked = new Map<number, CheckedPackage>();
  /** Summaries that had to be made on the way, to be told to others. */
  made: Made[] = [];

  constructor(
    private readonly given: Assignment,
    parser: TreeParser,
    private readonly inspect: Inspector | null = null,
  ) {
    const { packages, target, overlay, compile } = given;
    this.ids = new Map(packages.map((p, id) => [p, id]));
    const flags = compile?.flags ?? defaultFlags;
    const cache = compile?.cache ?? null;
    const store = cache === null ? null : openSummaries(cache.folder);
    this.apart = new Apart(
      { fs: nodeFiles(overlay), parser, target, flags },
      {
        get: p => {
          const id = this.ids.get(p)!;
          const key = cache?.keys.get(id);
          return this.summaries.get(id) ?? (key === undefined ? null : store!.get(key));
        },
        put: (p, summary) => {
          const id = this.ids.get(p)!;
          this.summaries.set(id, summary);
          this.made.push({ id, summary, asked: this.apart.cgoAsked(p) });
        },
      },
    );
  }

  /** The package's summary was made elsewhere. */
  know(id: number, summary: Uint8Array): void {
    this.summaries.set(id, summary);
    this.checked.delete(id);
  }

  /** The first half of the work, which needs no summary. */
  *check(id: number): Generator<void, CheckedPackage> {
    let checked = this.checked.get(id);
    if (checked === undefined) {
      checked = yield* this.apart.check(this.given.packages[id]);
      this.checked.set(id, checked);
    }
    return checked;
  }

  /** All of the work. */
  *finish(id: number): Generator<void, Outcome> {
    const p = this.given.packages[id];
    const outcome: Outcome = { errors: [], failure: '', text: null, hasMain: false, summary: null, asked: null };
    try {
      const checked = yield* this.check(id);
      this.checked.delete(id);
      if (p.files.cgoFiles.length > 0) outcome.asked = this.apart.cgoAsked(p);
      outcome.hasMain = checked.pkg.scope.lookup('main') !== null;
      outcome.errors = errorLines(this.given, p, checked, []);
      const { compile } = this.given;
      if (outcome.errors.length === 0 && (compile !== null || checked.fillsFrames))
        yield* this.compile(id, checked, outcome);
    } catch (error) {
      // code with errors may lead to what the middle end never sees from gc
      outcome.failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    return outcome;
  }

  /** What was found out on the way about packages that have no summary. */
  answers(): Made[] {
    return [...this.apart.answers()].map(({ package: p, bytes, asked }) => ({
      id: this.ids.get(p)!,
      summary: bytes,
      asked,
    }));
  }

  /** Compiles the package: finds errors of the back end, and makes the summary and the text that are wanted. */
  private *compile(id: number, checked: CheckedPackage, outcome: Outcome): Generator<void, void> {
    const p = this.given.packages[id];
    const { compile } = this.given;
    const level = compile !== null && compile.named.has(id) ? compile.flags.m : 0;
    const compiled = yield* this.apart.compile(p, checked, level);
    if (typeof compiled !== 'string' && checked.fillsFrames)
      outcome.errors = errorLines(this.given, p, checked, frameErrors(compiled.largeFrames));
    if (compile === null || outcome.errors.length > 0) return;
    if (typeof compiled === 'string') {
      outcome.failure = compiled;
      return;
    }
    outcome.summary = encodeSummary(wholeSummary(compiled.summary.funcs, compiled.summary.bodies));
    this.summaries.set(id, outcome.summary);
    if (!compile.wanted.has(id)) return;
    this.inspect?.(p, compiled.messages);
    outcome.text = piecesOf(rendered(compile.rendering, p, compiled.messages, compile.flags.m));
  }
}

/** The lines of a package's errors, `too many errors` as the last. */
function errorLines(
  { goroot, limit }: Assignment,
  p: Package,
  checked: CheckedPackage,
  backEnd: CompileError[],
): string[] {
  const lang = `go${p.goVersion}`;
  const { errors, tooMany } = compileErrors(checked, {
    lang,
    limit,
    complete: isComplete(p),
    std: p.standard,
    backEnd,
  });
  // files of the standard library carry the name they were compiled under
  const name = (path: string) =>
    !p.standard && path.startsWith(`${goroot}/`) ? `$GOROOT${path.slice(goroot.length)}` : path;
  const lines = errors.map(e => formatError(e, name));
  if (tooMany !== null) lines.push(`${placeOf(tooMany)}: too many errors`);
  return lines;
}

function placeOf(e: CompileError): string {
  const text = formatError({ ...e, lines: [{ ...e.lines[0], text: '' }] }, name => name);
  return text.slice(0, text.lastIndexOf(':'));
}

/** The lines of the messages, file names absolute; nothing of what is said at `<autogenerated>`. */
function* rendered(
  rendering: Rendering,
  p: Package,
  messages: readonly Message[],
  level: number,
): Generator<string, void> {
  if (rendering === 'json') {
    for (const remark of remarksOf(p.importPath, messages)) yield JSON.stringify(remarkJson(remark));
    return;
  }
  for (const msg of messages) {
    if (messageLevel(msg.kind) > level) continue;
    for (const line of messageLines(msg, level)) if (!line.startsWith('<autogenerated>')) yield line;
  }
}
