/**
 * Compiling one package as far as its remarks need it, in the order of gc's phases (cmd/compile/internal/gc.Main): the
 * order of the phases is the order of the messages.
 */
import { escapeFuncs } from '../escape/batch.ts';
import { type LargeFrame, largeFrames } from '../escape/frame.ts';
import { devirtualizeAndInlineFunc, devirtualizeAndInlinePackage, newInliner } from '../inline/interleaved.ts';
import { makeAbiWrappers } from '../ir/abi-wrappers.ts';
import { bloopWalk } from '../ir/bloop.ts';
import { boundsChecks } from '../ir/bounds.ts';
import type { Builder } from '../ir/build.ts';
import { buildPackage } from '../ir/package.ts';
import { deadLocals } from '../ir/deadlocals.ts';
import type { CompileEnv, CompileFlags, FuncSummary } from '../ir/env.ts';
import { exportedBodies } from '../ir/export.ts';
import { forCapture } from '../ir/loopvar.ts';
import type { Message } from '../ir/message.ts';
import { isNoInstrumentPkg, isRuntimePkg } from '../ir/special-packages.ts';
import { staticInit } from '../ir/staticinit.ts';
import { makeWrappers } from '../ir/wrapper.ts';
import { Pragma } from '../syntax/ast.ts';
import type { CheckedPackage } from '../types/info.ts';

export interface Compiled {
  /** In gc's order; those of both levels. */
  messages: Message[];
  summary: FullSummary;
}

/** What all functions of a package are. */
export interface FullSummary {
  checked: CheckedPackage;
  funcs: Map<string, FuncSummary>;
  bodies: ReadonlySet<string>;
}

/** A package that is compiled once. */
export interface Finished extends Compiled {
  /** Functions whose stack frames are too large. */
  largeFrames: LargeFrame[];
}

/** Compiles in steps: a host may do other things, or give up, between two of them. `env.report` is replaced. */
export function* compilePackage(checked: CheckedPackage, outer: Omit<CompileEnv, 'pkg'>): Generator<void, Finished> {
  const messages: Message[] = [];
  const env: CompileEnv = { ...outer, pkg: checked.pkg, report: msg => void messages.push(msg) };
  env.flags = flagsFor(checked.pkg.path, outer.flags);
  const b = yield* buildPackage(checked, env);
  markNorace(b);
  b.types.loaded = true;
  bloopWalk(b, b.funcs);
  const inliner = newInliner(b);
  yield* devirtualizeAndInlinePackage(inliner, b.funcs);
  makeWrappers(b, fn => devirtualizeAndInlineFunc(inliner, fn));
  yield;
  for (const fn of b.funcs) forCapture(fn);
  const init = b.funcs.find(fn => fn.isPackageInit);
  if (init !== undefined) staticInit(init, env);
  if (env.flags.m >= 2) makeAbiWrappers(b);
  if (!env.flags.N) deadLocals(b.funcs, b.dictUses);
  yield* escapeFuncs(b.funcs, env);
  boundsChecks(b.funcs, env);
  const frames = checked.fillsFrames ? largeFrames(b.funcs, env) : [];
  return { messages, summary: summarize(checked, b), largeFrames: frames };
}

/** Instrumentation checks pointers, too; the packages that it is itself made of are not instrumented (base.ParseFlags,
 * gc.Main). */
export function flagsFor(path: string, flags: CompileFlags): CompileFlags {
  const { race, msan, asan } = flags;
  let { checkptr } = flags;
  if ((race || msan || asan) && checkptr === 0) checkptr = 1;
  if (isRuntimePkg(path)) checkptr = 0;
  const instrument = !isNoInstrumentPkg(path);
  const N = flags.N && !isRuntimePkg(path);
  return { ...flags, N, checkptr, race: race && instrument, msan: msan && instrument, asan: asan && instrument };
}

/** What comes of package runtime is not instrumented in other packages either (noder.unified). */
export function markNorace(b: Builder): void {
  if (isRuntimePkg(b.pkg.path)) return;
  for (const fn of b.funcs) if (fn.sym.pkg?.path === 'runtime') fn.pragma |= Pragma.Norace;
}

/** What importers need to know of the functions: by symbol name, those that are declared in the package. */
export function summarize(checked: CheckedPackage, b: Builder): FullSummary {
  const funcs = new Map<string, FuncSummary>();
  for (const fn of b.funcs) {
    if (fn.closureParent !== null || fn.dupok || fn.sym.pkg !== checked.pkg) continue;
    funcs.set(fn.sym.name, { inl: fn.inl, tags: fn.tags });
  }
  return { checked, funcs, bodies: exportedBodies(b) };
}
