/**
 * Cutting a broken file into pieces that can be parsed alone: at `package`, `import`, `const`, `type`, `var` and `func`
 * in column 1, where gofmt puts every top-level declaration and hardly ever anything else. One open quote or brace then
 * costs the declaration it is in, not the rest of the file.
 */

/** Where a cut is possible, and what the text is like up to the next one. */
export interface Cut {
  offset: number;
  /** The text from this cut to the next one closes every bracket, string and comment that it opens. */
  closed: boolean;
}

const keyword = /^(?:package|import|const|type|var|func)\b/;

/** All offsets of column 1 at which a declaration's keyword stands, whatever they are inside of. */
export function cutsOf(text: string): Cut[] {
  const cuts: Cut[] = [];
  for (let line = 0; line >= 0; ) {
    const c = text.charCodeAt(line);
    // p, i, c, t, v, f
    if (c === 0x70 || c === 0x69 || c === 0x63 || c === 0x74 || c === 0x76 || c === 0x66) {
      if (keyword.test(text.substring(line, line + 8))) cuts.push({ offset: line, closed: false });
    }
    const newline = text.indexOf('\n', line);
    line = newline < 0 ? -1 : newline + 1;
  }
  for (let i = 0; i < cuts.length; i++) {
    cuts[i].closed = scan(text, cuts[i].offset, i + 1 < cuts.length ? cuts[i + 1].offset : text.length).closed;
  }
  return cuts;
}

/** Whether text[from:to], read as Go from its start, ends outside of brackets, strings and comments. */
export function closes(text: string, from: number, to: number): boolean {
  return scan(text, from, to).closed;
}

/**
 * Offset of the `{` that opens the body of the function whose text is [from, to), or -1: the first one outside of
 * parentheses and brackets that does not belong to a struct or interface type.
 */
export function bodyOf(text: string, from: number, to: number): number {
  return scan(text, from, to).body;
}

function scan(text: string, from: number, to: number): { closed: boolean; body: number } {
  let depth = 0;
  let body = -1;
  let typeBrace = false; // the last word was struct or interface
  let i = from;
  while (i < to) {
    const c = text.charCodeAt(i);
    if (isWord(c)) {
      const start = i;
      while (i < to && isWord(text.charCodeAt(i))) i++;
      const word = i - start === 6 || i - start === 9 ? text.substring(start, i) : '';
      typeBrace = word === 'struct' || word === 'interface';
      continue;
    }
    i++;
    switch (c) {
      case 0x28: // (
      case 0x5b: // [
        depth++;
        break;
      case 0x7b: // {
        if (depth === 0 && !typeBrace && body < 0) body = i - 1;
        depth++;
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x22: // "
      case 0x27: // '
        i = endOfString(text, i, to, c);
        break;
      case 0x60: {
        const close = text.indexOf('`', i);
        if (close < 0 || close >= to) return { closed: false, body };
        i = close + 1;
        break;
      }
      case 0x2f: // /
        if (text.charCodeAt(i) === 0x2f) {
          const newline = text.indexOf('\n', i);
          i = newline < 0 ? to : newline;
        } else if (text.charCodeAt(i) === 0x2a) {
          const close = text.indexOf('*/', i + 1);
          if (close < 0 || close >= to) return { closed: false, body };
          i = close + 2;
        }
        break;
    }
    if (c > 0x20) typeBrace = false;
  }
  return { closed: depth === 0 && i <= to, body };
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
