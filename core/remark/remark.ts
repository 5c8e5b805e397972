/**
 * Remarks: what gc decides about a package, each with the text that it is about. A remark is data; gc's sentence is one
 * way to write it (wording.ts), the hint at the end of a line and the hover (hover.ts) are others.
 */
import { type FlowStep, type Message, MessageKind, messageLevel } from '../ir/message.ts';
import { type XPos, outermost } from '../ir/node.ts';
import type { SourceText } from '../source/text.ts';
import { utf8Length } from '../source/text.ts';
import { type Decl, Kind, Unit } from '../syntax/ast.ts';
import { rangeOf } from './range.ts';
import { sentence } from './wording.ts';

export interface Remark {
  /** Import path of the package that was compiled. */
  package: string;
  /** Function that the text is in, as the linker names it: `F`, `T.M`, `(*T).M`; empty outside of functions. */
  function: string;
  kind: MessageKind;
  /** File of the text; null when gc gives no place. */
  source: SourceText | null;
  /** Half-open range of the text in UTF-16 units from the start of the file. */
  start: number;
  end: number;
  /** gc's sentence. */
  message: string;
  /** Why it escapes or leaks; null where there is nothing to explain. */
  path: readonly FlowStep[] | null;
  data: Message;
}

interface InlinedAt {
  callee: string;
  source: SourceText;
  offset: number;
}

/** Remarks of a package in gc's order. Explanations are given to the remark that they explain. */
export function remarksOf(packagePath: string, messages: readonly Message[]): Remark[] {
  const remarks: Remark[] = [];
  const paths = new Map<string, readonly FlowStep[]>();
  for (const msg of messages) {
    if (msg.path === null) continue;
    const key = explanationKey(msg);
    if (!paths.has(key)) paths.set(key, msg.path);
  }
  for (const msg of messages) {
    if (msg.path !== null) continue;
    remarks.push(remarkOf(packagePath, msg, paths.get(explanationKey(msg)) ?? null));
  }
  return remarks;
}

/** What an explanation and its remark have in common: the place, and whether it is about a parameter's leak. */
function explanationKey(msg: Message): string {
  if (msg.pos === null) return '';
  const at = outermost(msg.pos);
  const leak =
    msg.kind === MessageKind.LeaksBecause ||
    msg.kind === MessageKind.LeakingParam ||
    msg.kind === MessageKind.LeakingParamContent ||
    msg.kind === MessageKind.LeakingParamToResult;
  return `${at.frame.base.source.path}:${at.frame.base.start + at.off}:${leak}:${msg.op}:${msg.subject}`;
}

function remarkOf(packagePath: string, msg: Message, path: readonly FlowStep[] | null): Remark {
  const remark: Remark = {
    package: packagePath,
    function: '',
    kind: msg.kind,
    source: null,
    start: 0,
    end: 0,
    message: sentence(msg, msg.kind === MessageKind.CanInline ? 1 : 2),
    path,
    data: msg,
  };
  if (msg.pos === null) return remark;
  const { frame, off } = outermost(msg.pos);
  const { base } = frame;
  remark.source = base.source;
  remark.start = base.start + off;
  remark.end = remark.start + 1;
  if (base instanceof Unit) {
    const range = rangeOf(base, off, msg);
    remark.start = base.start + range.start;
    remark.end = base.start + range.end;
    remark.function = functionAt(base, off);
  }
  if (base.source.origin !== null) {
    const start = base.source.authored(remark.start);
    remark.end = Math.max(base.source.authored(remark.end).offset, start.offset + 1);
    [remark.source, remark.start] = [start.source, start.offset];
  }
  return remark;
}

/** Where the calls are that brought the code here, innermost first, when it was inlined. */
export function inlinedAt({ data: { pos } }: Remark): InlinedAt[] {
  const stack: InlinedAt[] = [];
  for (let at = pos; at !== null && at.frame.inlinedAt !== null; at = at.frame.inlinedAt) {
    const { base } = at.frame;
    stack.push({ callee: at.frame.callee?.sym.name ?? '', ...base.source.authored(base.start + at.off) });
  }
  return stack;
}

/** Linker's name of the declared function at an offset of the unit. */
function functionAt(unit: Unit, off: number): string {
  const decl = unit.decls.find(d => d.start <= off && off <= d.end);
  return decl === undefined ? '' : declName(decl);
}

function declName(decl: Decl): string {
  if (decl.kind !== Kind.FuncDecl) return '';
  if (decl.recv === null) return decl.name.value;
  let type = decl.recv.type;
  while (type.kind === Kind.ParenExpr) type = type.x;
  const pointer = type.kind === Kind.Operation;
  if (type.kind === Kind.Operation) type = type.x;
  while (type.kind === Kind.ParenExpr) type = type.x;
  if (type.kind === Kind.IndexExpr) type = type.x;
  const name = type.kind === Kind.Name ? type.value : '';
  return pointer ? `(*${name}).${decl.name.value}` : `${name}.${decl.name.value}`;
}

/** What `gospect m -json` prints of a remark: offsets, lines and columns from 0, in UTF-16 units and in bytes. */
export function remarkJson(remark: Remark): object {
  const { source, start, end, data } = remark;
  const json: Record<string, unknown> = {
    v: 1,
    package: remark.package,
    function: remark.function,
    kind: kindNames[remark.kind],
    level: messageLevel(remark.kind),
    message: remark.message,
  };
  if (source !== null) {
    json.file = source.path;
    json.range = { start: place(source, start), end: place(source, end) };
    json.bytes = { start: utf8Length(source.text, 0, start), end: utf8Length(source.text, 0, end) };
  }
  if (remark.kind === MessageKind.CanInline || remark.kind === MessageKind.CannotInline) {
    if (data.number > 0) json.cost = data.number;
    if (data.limit > 0) json.budget = data.limit;
    if (data.parts.length > 0) json.costs = data.parts.map(({ pos, cost }) => ({ cost, at: placeOf(pos) }));
  }
  if (remark.kind === MessageKind.InliningCall) json.callee = data.subject;
  if (remark.path !== null) {
    json.explanation = remark.path.map(step => ({
      to: step.dst,
      from: step.src,
      derefs: step.derefs,
      because: step.notes.map(note => ({
        expression: note.expr,
        why: note.why,
        ...(note.pos === null ? {} : { at: placeOf(note.pos) }),
      })),
    }));
  }
  return json;
}

function place(source: SourceText, offset: number): { line: number; character: number } {
  const line = source.lineOf(offset);
  return { line, character: offset - source.lineStarts()[line] };
}

function placeOf(pos: XPos): { file: string; line: number; character: number } {
  const { frame, off } = outermost(pos);
  const { source, offset } = frame.base.source.authored(frame.base.start + off);
  return { file: source.path, ...place(source, offset) };
}

/** Names of the kinds for settings, JSON and diagnostics' codes. */
export const kindNames: Readonly<Record<MessageKind, string>> = {
  [MessageKind.ImpreciseInterfaceCall]: 'imprecise-interface-call',
  [MessageKind.BloopKeptAlive]: 'kept-alive',
  [MessageKind.BloopUnknown]: 'kept-alive',
  [MessageKind.CanInline]: 'can-inline',
  [MessageKind.CannotInline]: 'cannot-inline',
  [MessageKind.BigFunction]: 'big-function',
  [MessageKind.BenchmarkNotInlined]: 'not-inlined',
  [MessageKind.InliningCall]: 'inlined',
  [MessageKind.CannotInlineCall]: 'not-inlined',
  [MessageKind.Devirtualizing]: 'devirtualized',
  [MessageKind.PartiallyDevirtualizing]: 'devirtualized',
  [MessageKind.CannotDevirtualize]: 'not-devirtualized',
  [MessageKind.PgoDevirtualizing]: 'devirtualized',
  [MessageKind.ShouldNotPgoDevirtualize]: 'not-devirtualized',
  [MessageKind.SelfAssignment]: 'self-assignment',
  [MessageKind.EscapesBecause]: 'escape-explanation',
  [MessageKind.LeaksBecause]: 'leak-explanation',
  [MessageKind.Capturing]: 'capture',
  [MessageKind.AssumingUintptr]: 'uintptr',
  [MessageKind.MarkingUintptr]: 'uintptr',
  [MessageKind.MarkingUintptrSlice]: 'uintptr',
  [MessageKind.LeakingParam]: 'leak',
  [MessageKind.LeakingParamContent]: 'leak-content',
  [MessageKind.LeakingParamToResult]: 'leak-to-result',
  [MessageKind.ParamDoesNotEscape]: 'param-does-not-escape',
  [MessageKind.MutatesParam]: 'param-does-not-escape',
  [MessageKind.CallsParam]: 'param-does-not-escape',
  [MessageKind.ParamUntouched]: 'param-does-not-escape',
  [MessageKind.MovedToHeap]: 'moved-to-heap',
  [MessageKind.EscapesToHeap]: 'escapes',
  [MessageKind.DoesNotEscape]: 'does-not-escape',
  [MessageKind.AppendEscapes]: 'append-escapes',
  [MessageKind.AppendDoesNotEscape]: 'append-does-not-escape',
  [MessageKind.ZeroCopy]: 'zero-copy',
  [MessageKind.BoundsCheckElided]: 'bounds-check',
};
