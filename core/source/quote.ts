/** Go's quoted literals as strconv writes them; unquote.ts reads them. */

const graphic = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;
const escapes: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

/** Whether a code point is a letter, mark, number, punctuation, symbol or the ASCII space (strconv.IsPrint). */
export function isPrintable(point: number): boolean {
  if (point < 0x7f) return point >= 0x20;
  return point <= 0x10ffff && (point < 0xd800 || point >= 0xe000) && graphic.test(String.fromCodePoint(point));
}

/** A code point as it stands between `mark`s (strconv.appendEscapedRune); what is none is U+FFFD. */
export function escapedRune(point: number, mark: '"' | "'"): string {
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) point = 0xfffd;
  const char = String.fromCodePoint(point);
  if (char === mark || char === '\\') return `\\${char}`;
  if (isPrintable(point)) return char;
  const hex = point.toString(16);
  if (point < 0x80) return escapes[point] ?? `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** The text as a double-quoted Go literal (strconv.Quote). */
export function quote(text: string): string {
  let out = '"';
  for (const char of text) out += escapedRune(char.codePointAt(0)!, '"');
  return `${out}"`;
}

/** The code point as a Go rune literal (strconv.QuoteRune). */
export function quoteRune(point: number): string {
  return `'${escapedRune(point, "'")}'`;
}
