import { expect, test } from 'vitest';
import { MessageKind } from '../ir/message.ts';
import { SourceText } from '../source/text.ts';
import { hintOffset, hintText } from './hint.ts';
import type { Remark } from './remark.ts';

/** The line with the hint of a remark about the text between « and », in brackets where an editor shows it. */
function shown(line: string, kind: MessageKind, subject = ''): string {
  const start = line.indexOf('«');
  const text = line.replace('«', '').replace('»', '');
  const source = new SourceText('x.go', text);
  const data = { subject, number: 93, limit: 80 };
  const remark = { kind, source, start, end: line.indexOf('»') - 1, data } as unknown as Remark;
  const at = hintOffset(remark);
  return `${text.slice(0, at)}[${hintText(remark)}]${text.slice(at)}`;
}

test.each([
  ['\t«m» := n + 1\n\treturn &m', '\tm := n + 1[heap]\n\treturn &m'],
  ['\tvar «m» = "// no comment" // nor this "one\n', '\tvar m = "// no comment"[heap] // nor this "one\n'],
  ["\t«r» := '\"' /* a rune */ // ok", "\tr := '\"'[heap] /* a rune */ // ok"],
  ['\t«s» := `a\nb`', '\ts := `a[heap]\nb`'],
  ['\ta, «m» := 1, 2', '\ta, m := 1, 2[m heap]'],
  ['\t«m», a := 1, 2', '\tm, a := 1, 2[m heap]'],
  ['func f(«m» int) *int {', 'func f(m int) *int {[m heap]'],
])('a variable’s hint stands behind its line: %s', (line, expected) => {
  expect(shown(line, MessageKind.MovedToHeap, 'm')).toBe(expected);
});

test('the hint of a value stands behind the value, that of a function behind its first line', () => {
  expect(shown('\tf(«&T{}», 1)', MessageKind.EscapesToHeap)).toBe('\tf(&T{}[heap], 1)');
  expect(shown('func «f»() {\r\n}', MessageKind.CannotInline)).toBe('func f() {[93 > 80]\r\n}');
});
