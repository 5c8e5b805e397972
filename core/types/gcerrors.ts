/** A package's compile errors as gc prints them: which, in what order, and with what hints (noder, base.FlushErrors). */
import type { SourceText } from '../source/text.ts';
import type { CheckedPackage } from './info.ts';

/** One error with its continuation lines, which start with a tab. */
export interface CompileError {
  source: SourceText;
  /** Absolute UTF-16 offset. */
  offset: number;
  /** Text of the lines; where a continuation has a place of its own, `${place}` is put before its text. */
  lines: { source: SourceText | null; offset: number; text: string }[];
}

const versionError = /requires go[0-9]+\.[0-9]+ or later/;

/** gc's errors for the package, sorted by place, equal ones on a line once. Syntax errors in any file hide all others. */
export function compileErrors(p: CheckedPackage, lang: string): CompileError[] {
  const errors: CompileError[] = [];
  for (const file of p.files) {
    const lines = new Set<number>();
    for (const e of file.errors) {
      // One syntax error a line.
      const line = file.source.lineOf(e.offset);
      if (e.message.startsWith('syntax error')) {
        if (lines.has(line)) continue;
        lines.add(line);
      }
      errors.push(single(file.source, e.offset, e.message));
    }
  }
  if (errors.length === 0) {
    for (const e of p.errors) {
      const { source, start } = e.at.unit;
      let text = e.message;
      if (versionError.test(text)) {
        const file = p.files.find(f => f.source === source);
        if (file !== undefined && file.goVersion !== '') text += ` (file declares //go:build ${file.goVersion})`;
        else text += ` (-lang was set to ${lang}; check go.mod)`;
      }
      const error = single(source, start + e.at.pos, text);
      for (const line of e.continued) {
        const at = line.at;
        error.lines.push({
          source: at === null ? null : at.unit.source,
          offset: at === null ? 0 : at.unit.start + at.pos,
          text: line.message,
        });
      }
      errors.push(error);
    }
  }
  const order = new Map(p.files.map((f, i) => [f.source, i]));
  errors.sort((a, b) => (order.get(a.source) ?? 0) - (order.get(b.source) ?? 0) || a.offset - b.offset);
  return errors.filter((e, i) => i === 0 || !sameText(errors, i, e));
}

function single(source: SourceText, offset: number, text: string): CompileError {
  return { source, offset, lines: [{ source: null, offset: 0, text }] };
}

/** An error before it on the same line says the same. */
function sameText(errors: CompileError[], i: number, e: CompileError): boolean {
  const line = e.source.lineOf(e.offset);
  for (let k = i - 1; k >= 0; k--) {
    const other = errors[k];
    if (other.source !== e.source || other.source.lineOf(other.offset) !== line) return false;
    if (other.lines[0].text === e.lines[0].text && other.lines.length === e.lines.length) return true;
  }
  return false;
}

/** The error as gc prints it; `name` is what a file is called. Without columns for -C. */
export function formatError(e: CompileError, name: (path: string) => string, columns = true): string {
  const place = (source: SourceText, offset: number) => {
    const p = source.position(offset);
    const file = p.file === source.path ? name(p.file) : p.file;
    return columns && p.col > 0 ? `${file}:${p.line}:${p.col}` : `${file}:${p.line}`;
  };
  const lines = e.lines.map((l, i) => {
    if (i === 0) return `${place(e.source, e.offset)}: ${l.text}`;
    return `\t${l.source === null ? '' : `${place(l.source, l.offset)}: `}${l.text}`;
  });
  return lines.join('\n');
}
