/**
 * Cutting a broken file into pieces that can be parsed alone: at `package`, `import`, `const`, `type`, `var` and `func`
 * in column 1, where gofmt puts every top-level declaration and hardly ever anything else. One open quote or brace then
 * costs the declaration it is in, not the rest of the file.
 */

const keyword = /^(?:package|import|const|type|var|func)\b/;

/** All offsets of column 1 at which a declaration's keyword stands, whatever they are inside of. */
export function cutsOf(text: string): number[] {
  const cuts: number[] = [];
  for (let line = 0; line >= 0; ) {
    const c = text.charCodeAt(line);
    // p, i, c, t, v, f
    if (c === 0x70 || c === 0x69 || c === 0x63 || c === 0x74 || c === 0x76 || c === 0x66) {
      if (keyword.test(text.substring(line, line + 8))) cuts.push(line);
    }
    const newline = text.indexOf('\n', line);
    line = newline < 0 ? -1 : newline + 1;
  }
  return cuts;
}

/** How a text ends that is read as Go from its start. */
export const enum Ending {
  /** Outside of brackets, strings and comments. */
  Closed,
  /** With a bracket open, or one closed that was not. */
  Open,
  /** Inside of a raw string or a comment, which may go on in what follows. */
  Unterminated,
}

/** Whether text[from:to] ends outside of brackets, strings and comments. */
export function closes(text: string, from: number, to: number): boolean {
  return endingOf(text, from, to) === Ending.Closed;
}

export function endingOf(text: string, from: number, to: number): Ending {
  return scan(text, from, to, [], 0, null);
}

/**
 * Which of the cuts (indices from `first` on, all after `from`) lie outside of the brackets, strings and comments that
 * text[from:to] opens. Stops where more is closed than was opened.
 */
export function closedCuts(text: string, from: number, to: number, cuts: readonly number[], first: number): number[] {
  const found: number[] = [];
  scan(text, from, to, cuts, first, found);
  return found;
}

/**
 * Offset of the first line after `from` that begins outside of the brackets, strings and comments that text[from:to]
 * opens and has something on it that is no comment, or -1: what stands before it may be a whole declaration.
 */
export function closedLine(text: string, from: number, to: number): number {
  const lines: number[] = [];
  for (let i = text.indexOf('\n', from); i >= 0 && i + 1 < to; i = text.indexOf('\n', i + 1)) {
    const c = text.charCodeAt(i + 1);
    if (c !== 10 && c !== 13 && c !== 0x2f) lines.push(i + 1);
  }
  const found = closedCuts(text, from, to, lines, 0);
  return found.length > 0 ? lines[found[0]] : -1;
}

/** Offset of the needle in text[from:to], or -1; looks no further, however long the text is. */
function find(text: string, needle: string, from: number, to: number): number {
  const at = text.substring(from, to).indexOf(needle);
  return at < 0 ? -1 : from + at;
}

/** A scan of Go's brackets, strings and comments. */
function scan(
  text: string,
  from: number,
  to: number,
  cuts: readonly number[],
  first: number,
  found: number[] | null,
): Ending {
  let depth = 0;
  let cut = first;
  let i = from;
  while (i < to) {
    while (cut < cuts.length && cuts[cut] <= i) {
      if (cuts[cut] === i && depth === 0) found?.push(cut);
      cut++;
    }
    const c = text.charCodeAt(i++);
    switch (c) {
      case 0x28: // (
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        if (--depth < 0) return Ending.Open;
        break;
      case 0x22: // "
      case 0x27: // '
        i = endOfString(text, i, to, c);
        break;
      case 0x60: {
        const close = find(text, '`', i, to);
        if (close < 0) return Ending.Unterminated;
        i = close + 1;
        break;
      }
      case 0x2f: // /
        if (text.charCodeAt(i) === 0x2f) {
          const newline = find(text, '\n', i, to);
          i = newline < 0 ? to : newline;
        } else if (text.charCodeAt(i) === 0x2a) {
          const close = find(text, '*/', i + 1, to);
          if (close < 0) return Ending.Unterminated;
          i = close + 2;
        }
        break;
    }
  }
  return depth === 0 ? Ending.Closed : Ending.Open;
}

/**
 * Offset of the `{` that opens the body of the function whose text is [from, to), or -1: the first one outside of
 * parentheses and brackets that does not belong to a struct or interface type.
 */
export function bodyOf(text: string, from: number, to: number): number {
  let depth = 0;
  let typeBrace = false; // the last word was struct or interface
  for (let i = from; i < to; ) {
    const c = text.charCodeAt(i);
    if (isWord(c)) {
      const start = i;
      while (i < to && isWord(text.charCodeAt(i))) i++;
      const word = i - start === 6 || i - start === 9 ? text.substring(start, i) : '';
      typeBrace = word === 'struct' || word === 'interface';
      continue;
    }
    i++;
    if (c === 0x7b && depth === 0 && !typeBrace) return i - 1;
    if (c === 0x28 || c === 0x5b || c === 0x7b) depth++;
    else if (c === 0x29 || c === 0x5d || c === 0x7d) depth--;
    else if (c === 0x22 || c === 0x27) i = endOfString(text, i, to, c);
    else if (c === 0x60) {
      const close = find(text, '`', i, to);
      if (close < 0) return -1;
      i = close + 1;
    } else if (c === 0x2f && text.charCodeAt(i) === 0x2f) {
      const newline = find(text, '\n', i, to);
      i = newline < 0 ? to : newline;
    } else if (c === 0x2f && text.charCodeAt(i) === 0x2a) {
      const close = find(text, '*/', i + 1, to);
      if (close < 0) return -1;
      i = close + 2;
    }
    if (c > 0x20) typeBrace = false;
  }
  return -1;
}

/** Past the last character of text[from:to] that is neither blank, comment nor semicolon; `from` when there is none. */
export function contentEnd(text: string, from: number, to: number): number {
  let end = from;
  for (let i = from; i < to; ) {
    const c = text.charCodeAt(i++);
    if (c <= 0x20 || c === 0x3b || c === 0xfeff) continue;
    if (c === 0x2f && text.charCodeAt(i) === 0x2f) {
      const newline = find(text, '\n', i, to);
      i = newline < 0 ? to : newline;
      continue;
    }
    if (c === 0x2f && text.charCodeAt(i) === 0x2a) {
      const close = find(text, '*/', i + 1, to);
      i = close < 0 ? to : close + 2;
      continue;
    }
    if (c === 0x22 || c === 0x27) i = endOfString(text, i, to, c);
    else if (c === 0x60) {
      const close = find(text, '`', i, to);
      i = close < 0 ? to : close + 1;
    }
    end = Math.min(i, to);
  }
  return end;
}

function isWord(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c === 0x5f || c >= 0x80;
}

/** Past the closing quote, or the end of the line where there is none. */
function endOfString(text: string, from: number, to: number, quote: number): number {
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i++;
    else if (c === quote) return i + 1;
    else if (c === 10) return i;
  }
  return to;
}
