/** The hint that stands in the text: a word or two, behind what it is about. */
import { MessageKind } from '../ir/message.ts';
import type { Remark } from './remark.ts';

/** The short text of an inlay hint; empty for remarks that have none. */
export function hintText(remark: Remark): string {
  switch (remark.kind) {
    case MessageKind.MovedToHeap:
      return isStatementOf(remark) ? 'heap' : `${remark.data.subject} heap`;
    case MessageKind.EscapesToHeap:
    case MessageKind.AppendEscapes:
      return 'heap';
    case MessageKind.InliningCall:
      return 'inlined';
    case MessageKind.CannotInline:
      return remark.data.limit > 0 ? `${remark.data.number} > ${remark.data.limit}` : '';
    case MessageKind.LeakingParam:
      return 'leaks';
    case MessageKind.LeakingParamContent:
      return 'content leaks';
    case MessageKind.LeakingParamToResult:
      return 'leaks to result';
    case MessageKind.Devirtualizing:
    case MessageKind.PartiallyDevirtualizing:
    case MessageKind.PgoDevirtualizing:
      return 'devirtualized';
    case MessageKind.ZeroCopy:
      return 'no copy';
    default:
      return '';
  }
}

/**
 * Where the hint stands, in UTF-16 units from the start of the file: behind the text that it is about. What is said of a
 * function is about all of it and stands behind its first line; what is said of a variable stands behind the line that
 * declares it, since `m heap := f()` is no Go.
 */
export function hintOffset(remark: Remark): number {
  const text = remark.source?.text ?? '';
  switch (remark.kind) {
    case MessageKind.CannotInline: {
      const end = text.indexOf('\n', remark.start);
      if (end < 0) return remark.end;
      return text[end - 1] === '\r' ? end - 1 : end;
    }
    case MessageKind.MovedToHeap:
      return codeEnd(text, remark.end);
    default:
      return remark.end;
  }
}

/** End of the line's code from an offset on: what comes then is blanks or a comment. */
function codeEnd(text: string, from: number): number {
  let end = from;
  for (let i = from; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '"' || text[i] === '`' || text[i] === "'") {
      const quote = text[i];
      for (i++; i < text.length && text[i] !== quote && text[i] !== '\n'; i++)
        if (text[i] === '\\' && quote !== '`') i++;
      if (text[i] !== quote) return i; // goes on in the next line
    } else if (text[i] === '/' && (text[i + 1] === '/' || text[i + 1] === '*')) return end;
    if (!/\s/.test(text[i])) end = i + 1;
  }
  return end;
}

/** The line declares this variable and no other: its name need not be said. */
function isStatementOf({ source, start, end }: Remark): boolean {
  if (source === null) return true;
  const { text } = source;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*(?:var\s+)?$/.test(before) && !/^\s*,/.test(text.slice(end, end + 8));
}
