/** What gc's back end reports of a package that has no other errors: stack frames that are too large. */
import type { LargeFrame } from '../escape/frame.ts';
import { outermost } from '../ir/node.ts';
import type { CompileError } from '../types/gcerrors.ts';

/** The functions that gc refuses, as errors at their names (ssagen.CheckLargeStacks). */
export function frameErrors(frames: readonly LargeFrame[]): CompileError[] {
  const errors: CompileError[] = [];
  for (const { pos, message } of frames) {
    if (pos === null) continue;
    const at = outermost(pos);
    const { source, start } = at.frame.base;
    errors.push({ source, offset: start + at.off, lines: [{ source: null, offset: 0, text: message }] });
  }
  return errors;
}
