import { firstMalformed, lastMalformed } from './utf8.ts';

/** One line directive (`//line` or `/*line`): from `offset` on, positions count from `file:line[:col]`. */
export interface LineDirective {
  /** Absolute UTF-16 offset of the first character the directive governs. */
  offset: number;
  /** File name as written; empty when the directive keeps none. */
  file: string;
  line: number;
  /** Column of that character, or 0 when the directive has none: columns are then not printed. */
  col: number;
}

/** What gc prints before a message: name of the file, line and column from 1, the column in bytes; 0 stands for none. */
export interface Position {
  file: string;
  line: number;
  col: number;
}

/** A part of a text that was made from another: `length` units from `start` are those from `from` there; of a span of no
 * length, all up to the next one stand in place of what is there. */
export interface Span {
  start: number;
  from: number;
  length: number;
}

/** Units between the marks of a long line. */
const markEvery = 1024;

/** Offset of the n-th mark of the line that starts there: not between the halves of a surrogate pair. */
function markAt(text: string, start: number, n: number): number {
  const at = start + n * markEvery;
  const inPair = n > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  return inPair ? at - 1 : at;
}

/** The text of one file of one snapshot. Offsets are UTF-16 code units from 0. */
export class SourceText {
  private lines: Uint32Array | null = null;
  private marks: { line: number; bytes: Uint32Array } | null = null;
  /** The text as its author has it, where this one was made from it (cgo); `spans` in rising order. */
  origin: { source: SourceText; spans: readonly Span[] } | null = null;
  private text_: string | (() => string);

  constructor(
    /** Absolute path, `/`-separated. */
    readonly path: string,
    /** The text, or what gives it when it is first looked at. */
    text: string | (() => string),
    readonly lineDirectives: readonly LineDirective[] = [],
  ) {
    this.text_ = text;
  }

  get text(): string {
    if (typeof this.text_ !== 'string') this.text_ = this.text_();
    return this.text_;
  }

  /** The place in the text that the author has. */
  authored(offset: number): { source: SourceText; offset: number } {
    if (this.origin === null) return { source: this, offset };
    const { source, spans } = this.origin;
    let last: Span | null = null;
    for (const span of spans) {
      if (span.start > offset) break;
      last = span;
    }
    if (last === null) return { source, offset: 0 };
    return { source, offset: last.from + Math.min(offset - last.start, last.length) };
  }

  /** Offsets at which lines begin. */
  lineStarts(): Uint32Array {
    if (this.lines !== null) return this.lines;
    const starts = [0];
    for (let i = this.text.indexOf('\n'); i >= 0; i = this.text.indexOf('\n', i + 1)) starts.push(i + 1);
    this.lines = Uint32Array.from(starts);
    return this.lines;
  }

  /** Index from 0 of the line that holds the offset. */
  lineOf(offset: number): number {
    const starts = this.lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (starts[mid] <= offset) low = mid;
      else high = mid - 1;
    }
    return low;
  }

  /** Line and column from 1, the column in bytes of UTF-8, before any line directive. */
  lineCol(offset: number): { line: number; col: number } {
    const line = this.lineOf(offset);
    const start = this.lineStarts()[line];
    const far = Math.floor((offset - start) / markEvery);
    if (far === 0) return { line: line + 1, col: 1 + utf8Length(this.text, start, offset) };
    const before = this.marksOf(line)[far - 1];
    return { line: line + 1, col: 1 + before + utf8Length(this.text, markAt(this.text, start, far), offset) };
  }

  /** Bytes from the start of a long line to its marks, so that the many places in it are not counted from there each. */
  private marksOf(line: number): Uint32Array {
    if (this.marks !== null && this.marks.line === line) return this.marks.bytes;
    const { text } = this;
    const starts = this.lineStarts();
    const start = starts[line];
    const end = line + 1 < starts.length ? starts[line + 1] : text.length;
    const bytes = new Uint32Array(Math.floor((end - start) / markEvery));
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) {
      sum += utf8Length(text, markAt(text, start, i), markAt(text, start, i + 1));
      bytes[i] = sum;
    }
    this.marks = { line, bytes };
    return bytes;
  }

  /** Index of the line directive that governs the offset, -1 before the first: each begins a new base of positions. */
  baseOf(offset: number): number {
    let i = -1;
    while (i + 1 < this.lineDirectives.length && this.lineDirectives[i + 1].offset <= offset) i++;
    return i;
  }

  /** The position gc would print, line directives applied (gc's syntax.PosBase). `colMax` is the largest column that a
   * position holds, which greater ones are taken for, those of directives included. */
  position(offset: number, colMax = Number.POSITIVE_INFINITY): Position {
    const at = this.lineCol(offset);
    const { line } = at;
    const col = Math.min(at.col, colMax);
    let last: LineDirective | null = null;
    for (const directive of this.lineDirectives) {
      if (directive.offset > offset) break;
      last = directive;
    }
    if (last === null) return { file: this.path, line, col };
    const from = this.lineCol(last.offset);
    const { file } = last;
    if (last.col === 0) return { file, line: last.line + line - from.line, col: 0 };
    return {
      file,
      line: last.line + line - from.line,
      col: line === from.line ? last.col + col - Math.min(from.col, colMax) : col,
    };
  }
}

/** Bytes that text[from:to] takes in UTF-8. Lone surrogates count as U+FFFD, but for those that stand for a byte each. */
export function utf8Length(text: string, from: number, to: number): number {
  let bytes = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      i++;
    } else bytes += unit >= firstMalformed && unit <= lastMalformed ? 1 : 3;
  }
  return bytes;
}

/** What positions are relative to, so that moving a declaration leaves the positions inside it as they are. */
export interface PosBase {
  readonly source: SourceText;
  /** Absolute UTF-16 offset that offset 0 of this base stands for. */
  readonly start: number;
}

/** A place in the sources. */
export interface Pos {
  base: PosBase;
  /** UTF-16 units from the base's start. */
  off: number;
}
