/** The hover that explains a remark: verdict, why, what would change it, gc's own line. */
import { type FlowNote, type FlowStep, MessageKind } from '../ir/message.ts';
import { type XPos, outermost } from '../ir/node.ts';
import { inlinedAt, type Remark } from './remark.ts';

/** How a host links to a place: markdown for the text, given the file and the line from 1. */
export type Link = (text: string, path: string, line: number) => string;

/** Markdown for a remark; `gcLine` as gc prints it. */
export function hoverMarkdown(remark: Remark, link: Link, gcLine: string): string {
  const parts = [`**${verdict(remark)}**${size(remark)}`];
  for (const at of inlinedAt(remark))
    parts.push(`In \`${at.callee}\`, which is inlined here (${placeLink(at.source.path, lineAt(at), link)}).`);
  if (remark.path !== null) {
    const steps = explanation(remark.path, link);
    if (steps.length > 0) parts.push(steps.map((step, i) => `${i + 1}. ${step}`).join('\n'));
  }
  const costs = costliestLines(remark, link);
  if (costs.length > 0) parts.push(costs.join('\n'));
  const change = advice(remark);
  if (change !== '') parts.push(change);
  parts.push(`\`${gcLine}\``);
  return parts.join('\n\n');
}

function lineAt(at: { source: { lineOf(offset: number): number }; offset: number }): number {
  return at.source.lineOf(at.offset) + 1;
}

function placeLink(path: string, line: number, link: Link): string {
  return link(`line ${line}`, path, line);
}

function verdict(remark: Remark): string {
  const { subject, object, number, limit, detail } = remark.data;
  switch (remark.kind) {
    case MessageKind.MovedToHeap:
    case MessageKind.EscapesToHeap:
      return `${code(subject)} escapes to the heap`;
    case MessageKind.AppendEscapes:
      return 'The new backing array of `append` is on the heap';
    case MessageKind.AppendDoesNotEscape:
      return 'The new backing array of `append` does not escape';
    case MessageKind.DoesNotEscape:
    case MessageKind.ParamDoesNotEscape:
      return `${code(subject)} does not escape`;
    case MessageKind.CanInline:
      return number > 0 ? `${code(subject)} can be inlined, cost ${number}` : `${code(subject)} can be inlined`;
    case MessageKind.CannotInline:
      return limit > 0
        ? `${code(subject)} cannot be inlined: cost ${number} is more than ${limit}`
        : `${code(subject)} cannot be inlined: ${detail}`;
    case MessageKind.InliningCall:
      return `The call of ${code(subject)} is inlined`;
    case MessageKind.LeakingParam:
      return `Parameter ${code(subject)} leaks to the heap`;
    case MessageKind.LeakingParamContent:
      return `What parameter ${code(subject)} points to leaks to the heap`;
    case MessageKind.LeakingParamToResult:
      return number > 0
        ? `What parameter ${code(subject)} points to leaks to result ${code(object)}`
        : `Parameter ${code(subject)} leaks to result ${code(object)}`;
    case MessageKind.Devirtualizing:
    case MessageKind.PartiallyDevirtualizing:
      return `${code(subject)} is called as the method of ${code(object)}`;
    case MessageKind.ZeroCopy:
      return 'The bytes of the string are used without copying';
    case MessageKind.BoundsCheckElided:
      return 'The index needs no bounds check';
    default:
      return escapeText(remark.message);
  }
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, c => `\\${c}`);
}

function size(remark: Remark): string {
  const bytes = remark.data.number;
  const known = remark.kind === MessageKind.MovedToHeap || remark.kind === MessageKind.EscapesToHeap;
  return known && bytes > 0 ? ` (${bytes} B each time)` : '';
}

/** The steps of a flow in words, from the value outwards. */
function explanation(path: readonly FlowStep[], link: Link): string[] {
  const steps: string[] = [];
  for (const step of path) {
    for (const note of step.notes) {
      const text = noteText(note, step);
      if (text !== '') steps.push(`${text}${note.pos === null ? '' : ` (${linkOf(note.pos, link)})`}`);
    }
  }
  return steps;
}

function linkOf(pos: XPos, link: Link): string {
  const { frame, off } = outermost(pos);
  const { source, offset } = frame.base.source.authored(frame.base.start + off);
  return placeLink(source.path, source.lineOf(offset) + 1, link);
}

function noteText(note: FlowNote, step: FlowStep): string {
  const expr = code(note.expr);
  const to = step.dst.startsWith('{') ? '' : ` to ${code(step.dst)}`;
  switch (note.why) {
    case 'address-of':
      return `${expr} takes its address`;
    case 'spill':
      return `${expr} refers to its storage`;
    case 'assign':
    case 'assign-pair':
    case 'assign-pair-dot-type':
    case 'assign-pair-mapr':
    case 'assign-pair-receive':
      return step.dst === '{heap}' ? `${expr} stores it in the heap` : `${expr} assigns it${to}`;
    case 'return':
      return `${expr} returns it`;
    case 'call parameter':
      return step.dst === '{heap}'
        ? `${expr} passes it on, and the callee lets it go to the heap`
        : `it is an argument of ${expr}`;
    case 'interface-converted':
      return `${expr} is converted to an interface`;
    case 'captured by a closure':
      return `a function literal captures ${expr}`;
    case 'reference':
      return `${expr} is captured by reference`;
    case 'slice-literal-element':
    case 'array literal element':
    case 'struct literal element':
    case 'map literal key':
    case 'map literal value':
      return `it is part of ${expr}`;
    case 'send':
      return `${expr} sends it on a channel`;
    case 'key of map put':
      return `${expr} keeps it as a key of a map`;
    case 'too large for stack':
    case 'too aligned for stack':
    case 'zero-sized element':
      return `${expr} is ${note.why}`;
    default:
      return `${expr} (${note.why})`;
  }
}

/** How many of a function's lines are shown with their cost. */
const shownLines = 4;

/** The lines of a function that make it too costly to be inlined, as a list. */
function costliestLines({ data }: Remark, link: Link): string[] {
  const rows = data.parts.slice(0, shownLines).map(({ pos, cost }) => {
    const { source, offset } = pos.frame.base.source.authored(pos.frame.base.start + pos.off);
    const line = source.lineOf(offset);
    const starts = source.lineStarts();
    const text = source.text.slice(starts[line], starts[line + 1] ?? source.text.length).trim();
    return `- ${cost}: ${code(text)} (${placeLink(source.path, line + 1, link)})`;
  });
  const rest = data.parts.slice(shownLines).reduce((sum, { cost }) => sum + cost, 0);
  if (rest > 0) rows.push(`- ${rest}: the other lines`);
  return rows;
}

/** What would change the verdict, where there is something to say. */
function advice(remark: Remark): string {
  const last = remark.path?.at(-1)?.notes.at(-1)?.why;
  switch (remark.kind) {
    case MessageKind.MovedToHeap:
    case MessageKind.EscapesToHeap:
      if (last === 'return') return 'Return the value instead of a pointer, or let the caller pass the storage.';
      if (last === 'interface-converted' || last === 'call parameter')
        return 'A callee that takes a concrete type, or can be inlined, would keep it on the stack.';
      if (last === 'too large for stack') return 'Only smaller values are kept on the stack.';
      return '';
    case MessageKind.CannotInline:
      return remark.data.limit > 0 ? 'Move rare work into a function of its own to make this one cheaper.' : '';
    default:
      return '';
  }
}
