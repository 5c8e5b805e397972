/** gc's sentences for messages, and its way of writing positions. */
import { type Message, MessageKind } from '../ir/message.ts';
import { type XPos, outermost } from '../ir/node.ts';

/** Columns that do not fit in gc's eight bits are not printed; lines stay at the largest of twenty. */
const colMax = 255;
const lineMax = (1 << 20) - 2;

/** `file:line:col` of the outermost call of a position, the file's name as `SourceText` has it (base.FmtPos). */
export function positionText(pos: XPos | null): string {
  if (pos === null) return '<unknown line number>';
  const { frame, off } = outermost(pos);
  const { file, line, col } = frame.base.source.position(frame.base.start + off, colMax);
  // where a directive gives no name the back end prints ??, the front end nothing
  const at = `${file === '' ? '??' : file}:${Math.min(line, lineMax)}`;
  return col > 0 && col < colMax ? `${at}:${col}` : at;
}

/** gc's sentence, without its position; level is that of -m. */
export function sentence(msg: Message, level: number): string {
  const { subject, object, detail, number } = msg;
  switch (msg.kind) {
    case MessageKind.ImpreciseInterfaceCall:
      return 'imprecise interface call';
    case MessageKind.BloopKeptAlive:
      return `${subject} will be kept alive`;
    case MessageKind.BloopUnknown:
      return subject;
    case MessageKind.CanInline:
      return level >= 2 ? `can inline ${subject} with cost ${number} as: ${detail}` : `can inline ${subject}`;
    case MessageKind.CannotInline:
      return `cannot inline ${subject}: ${detail}`;
    case MessageKind.BigFunction:
      return `function ${subject} considered 'big'; reducing max cost of inlinees`;
    case MessageKind.BenchmarkNotInlined:
      return `skip inlining within testing.B.loop for ${subject}`;
    case MessageKind.InliningCall:
      return `inlining call to ${subject}`;
    case MessageKind.CannotInlineCall:
      return `cannot inline ${subject} into ${object}: ${detail}`;
    case MessageKind.Devirtualizing:
      return `devirtualizing ${subject} to ${object}`;
    case MessageKind.PartiallyDevirtualizing:
      return `partially devirtualizing ${subject} to ${object}`;
    case MessageKind.CannotDevirtualize:
      return `cannot devirtualize ${subject}: ${detail}`;
    case MessageKind.PgoDevirtualizing:
      return `PGO devirtualizing ${subject} to ${object}`;
    case MessageKind.ShouldNotPgoDevirtualize:
      return `should not PGO devirtualize ${subject}: ${detail}`;
    case MessageKind.SelfAssignment:
      return `${subject} ignoring self-assignment in ${object}`;
    case MessageKind.EscapesBecause:
      return `${subject} escapes to heap in ${object}:`;
    case MessageKind.LeaksBecause:
      return `parameter ${subject} leaks to ${detail} for ${object} with derefs=${number}:`;
    case MessageKind.Capturing: {
      const { addrtaken, reassigned, width } = msg.capture!;
      return `${object} capturing by ${detail}: ${subject} (addr=${addrtaken} assign=${reassigned} width=${width})`;
    }
    case MessageKind.AssumingUintptr:
      return `assuming ${subject} is unsafe uintptr`;
    case MessageKind.MarkingUintptr:
      return `marking ${subject} as escaping uintptr`;
    case MessageKind.MarkingUintptrSlice:
      return `marking ${subject} as escaping ...uintptr`;
    case MessageKind.LeakingParam:
      return `leaking param: ${subject}`;
    case MessageKind.LeakingParamContent:
      return `leaking param content: ${subject}`;
    case MessageKind.LeakingParamToResult:
      return `leaking param: ${subject} to result ${object} level=${number}`;
    case MessageKind.MovedToHeap:
      return `moved to heap: ${subject}`;
    case MessageKind.EscapesToHeap:
      return `${subject} escapes to heap`;
    case MessageKind.ParamDoesNotEscape:
    case MessageKind.DoesNotEscape:
      return `${subject} does not escape`;
    case MessageKind.MutatesParam:
      return `mutates param: ${subject} derefs=${number}`;
    case MessageKind.CallsParam:
      return `calls param: ${subject} derefs=${number}`;
    case MessageKind.ParamUntouched:
      return `${subject} does not escape, mutate, or call`;
    case MessageKind.AppendEscapes:
      return 'append escapes to heap';
    case MessageKind.AppendDoesNotEscape:
      return 'append does not escape';
    case MessageKind.ZeroCopy:
      return 'zero-copy string->[]byte conversion';
    case MessageKind.BoundsCheckElided:
      return 'index bounds check elided';
  }
}

/** Messages that gc prints itself, with a stand-in for an unknown position; it leaves that out in all others. */
function printsUnknown(kind: MessageKind): boolean {
  switch (kind) {
    case MessageKind.CanInline:
    case MessageKind.CannotInline:
    case MessageKind.BigFunction:
    case MessageKind.BenchmarkNotInlined:
    case MessageKind.InliningCall:
    case MessageKind.CannotInlineCall:
    case MessageKind.EscapesBecause:
    case MessageKind.LeaksBecause:
      return true;
    default:
      return false;
  }
}

/** The lines that gc prints for a message at -m level `level`: one, or with its explanation several. */
export function messageLines(msg: Message, level: number, position = positionText): string[] {
  const at = msg.pos === null && !printsUnknown(msg.kind) ? '' : `${position(msg.pos)}: `;
  const lines = [`${at}${sentence(msg, level)}`];
  if (msg.path === null) return lines;
  const prefix = at.slice(0, -1);
  for (const step of msg.path) {
    const ops = step.derefs < 0 ? '&' : '*'.repeat(step.derefs);
    lines.push(`${prefix}   flow: ${step.dst} ← ${ops}${step.src}:`);
    for (const note of step.notes) lines.push(`${prefix}     from ${note.expr} (${note.why}) at ${position(note.pos)}`);
    if (step.truncated)
      lines.push(`${prefix}   warning: truncated explanation due to assignment cycle; see golang.org/issue/35518`);
  }
  return lines;
}
