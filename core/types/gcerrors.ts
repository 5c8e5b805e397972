/** A package's compile errors as gc prints them: which, in what order, and with what hints (noder, base.FlushErrors). */
import type { SourceText } from '../source/text.ts';
import type { CheckedPackage, TypeError } from './info.ts';
import { forbiddenDirectives } from './directiveerrors.ts';
import { go1_21, minorVersion } from './version.ts';
import { writerErrors } from './writererrors.ts';

/** One error with its continuation lines, which start with a tab. */
export interface CompileError {
  source: SourceText;
  /** Absolute UTF-16 offset. */
  offset: number;
  /** Text of the lines; where a continuation has a place of its own, `${place}` is put before its text. */
  lines: { source: SourceText | null; offset: number; text: string }[];
}

const versionError = /requires go[0-9]+\.[0-9]+ or later/;

export interface CompileErrors {
  /** Sorted by place. */
  errors: CompileError[];
  /** The error at which gc gives up counting; it says "too many errors" there. Null when there are fewer. */
  tooMany: CompileError | null;
}

export interface CompileOptions {
  /** Language version of the package, `go1.N`. */
  lang: string;
  /** At most so many errors, 10 without -e; 0 for all. */
  limit?: number;
  /** All of the package is Go: every function has a body (gc's -complete). */
  complete?: boolean;
  /** What the back end reports, where nothing else is wrong. */
  backEnd?: readonly CompileError[];
  /** Of the standard library, which may have directives that others must not have (gc's -std). */
  std?: boolean;
}

/** gc's errors for the package. With a syntax error nothing is type-checked. */
export function compileErrors(p: CheckedPackage, options: CompileOptions): CompileErrors {
  const { lang, limit = 0, complete = false, std = false, backEnd = [] } = options;
  const found: CompileError[] = [];
  // cgo comes first, and gc not at all when it refuses
  const cgo = p.files.flatMap(({ source, cgoErrors }) =>
    (cgoErrors ?? []).map(e => single(source.origin?.source ?? source, e.offset, e.message)),
  );
  if (cgo.length > 0) return { errors: cgo, tooMany: null };
  for (const file of p.files) {
    const forbidden = std ? [] : forbiddenDirectives(file);
    const inOrder = [...file.errors, ...forbidden].sort((a, b) => a.offset - b.offset);
    for (const e of inOrder) found.push(single(file.source, e.offset, e.message));
  }
  if (!found.some(e => e.lines[0].text.startsWith('syntax error'))) {
    for (const e of p.errors) found.push(typeError(p, e, lang));
    if (found.length === 0)
      for (const e of writerErrors(p, lang, complete)) found.push(single(e.file.source, e.offset, e.message));
    if (found.length === 0)
      for (const { unit, pos, message } of p.tooLarge) found.push(single(unit.source, unit.start + pos, message));
    if (found.length === 0) found.push(...backEnd);
  }
  const errors: CompileError[] = [];
  let tooMany: CompileError | null = null;
  // One syntax error a line; of the others those that repeat what was said last on the line are dropped.
  let lastSyntax: CompileError | null = null;
  let lastOther: CompileError | null = null;
  for (const e of found) {
    if (e.lines[0].text.startsWith('syntax error')) {
      if (lastSyntax !== null && sameLine(lastSyntax, e)) continue;
      lastSyntax = e;
    } else {
      if (lastOther !== null && sameLine(lastOther, e) && sameText(lastOther, e)) continue;
      lastOther = e;
    }
    errors.push(e);
    if (errors.length === limit) {
      tooMany = e;
      break;
    }
  }
  // gc numbers files, and parts of them by line directives, when it first needs a position there, and sorts by that.
  const order = new Map<SourceText, Map<number, number>>();
  let count = 0;
  const baseOf = ({ source, offset }: CompileError): number => {
    let bases = order.get(source);
    if (bases === undefined) order.set(source, (bases = new Map()));
    const base = source.baseOf(offset);
    let n = bases.get(base);
    if (n === undefined) bases.set(base, (n = count++));
    return n;
  };
  for (const e of found) baseOf(e);
  errors.sort((a, b) => baseOf(a) - baseOf(b) || a.offset - b.offset);
  const repeats = (a: CompileError, b: CompileError) =>
    a.source === b.source && a.offset === b.offset && sameText(a, b);
  const distinct = errors.filter((e, i) => i === 0 || !repeats(errors[i - 1], e));
  return { errors: distinct, tooMany };
}

function typeError(p: CheckedPackage, e: TypeError, lang: string): CompileError {
  const { source, start } = e.at.unit;
  let text = e.message;
  if (versionError.test(text)) {
    const file = p.files.find(f => f.source === source);
    // Versions below go1.21 in a //go:build line do not lower that of the file any further.
    if (file !== undefined && minorVersion(file.goVersion) >= go1_21)
      text += ` (file declares //go:build ${file.goVersion})`;
    else text += ` (-lang was set to ${lang}; check go.mod)`;
  }
  const error = single(source, start + e.at.pos, text);
  for (const { at, message } of e.continued) {
    const offset = at === null ? 0 : at.unit.start + at.pos;
    error.lines.push({ source: at === null ? null : at.unit.source, offset, text: message });
  }
  return error;
}

function single(source: SourceText, offset: number, text: string): CompileError {
  return { source, offset, lines: [{ source: null, offset: 0, text }] };
}

function sameLine(a: CompileError, b: CompileError): boolean {
  return a.source === b.source && a.source.lineOf(a.offset) === b.source.lineOf(b.offset);
}

/** The messages are the same, the places included that further lines of them name. */
function sameText(a: CompileError, b: CompileError): boolean {
  return (
    a.lines.length === b.lines.length &&
    a.lines.every(({ source, offset, text }, i) => {
      const other = b.lines[i];
      return text === other.text && source === other.source && offset === other.offset;
    })
  );
}

/** The error as gc prints it; `name` is what a file is called. Without columns for -C. The first line's position has
 * eight bits for its column and prints none that do not fit. */
export function formatError(e: CompileError, name: (path: string) => string, columns = true): string {
  const place = (source: SourceText, offset: number, colMax: number) => {
    const p = source.position(offset, colMax);
    const file = p.file === source.path ? name(p.file) : p.file;
    return columns && p.col > 0 && p.col < colMax ? `${file}:${p.line}:${p.col}` : `${file}:${p.line}`;
  };
  const lines = e.lines.map((l, i) => {
    if (i === 0) return `${place(e.source, e.offset, 255)}: ${l.text}`;
    return `\t${l.source === null ? '' : `${place(l.source, l.offset, Infinity)}: `}${l.text}`;
  });
  return lines.join('\n');
}
