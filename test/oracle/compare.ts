/** Comparison of two outputs of -m as multisets of lines, by class of message, and of their order. */

export interface Difference {
  missing: string[];
  extra: string[];
  /** Lines that both have, counted with repetition. */
  common: number;
  /** The lines that both have come in the same order. */
  sameOrder: boolean;
  /** First line of gc's that comes elsewhere in ours. */
  firstDisorder: string;
}

export function compare(theirs: string[], ours: string[]): Difference {
  const left = count(theirs);
  const right = count(ours);
  const missing = [];
  const extra = [];
  const seen = new Map<string, number>();
  const commonTheirs = [];
  for (const line of theirs) {
    const n = (seen.get(line) ?? 0) + 1;
    seen.set(line, n);
    if (n > (right.get(line) ?? 0)) missing.push(line);
    else commonTheirs.push(line);
  }
  seen.clear();
  const commonOurs: string[] = [];
  for (const line of ours) {
    const n = (seen.get(line) ?? 0) + 1;
    seen.set(line, n);
    if (n > (left.get(line) ?? 0)) extra.push(line);
    else commonOurs.push(line);
  }
  const at = commonTheirs.findIndex((line, i) => line !== commonOurs[i]);
  return {
    missing,
    extra,
    common: commonTheirs.length,
    sameOrder: at < 0,
    firstDisorder: at < 0 ? '' : `${commonTheirs[at]}   (ours has: ${commonOurs[at]})`,
  };
}

function count(lines: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

const classes: [string, RegExp][] = [
  ['flow', /: {3,}(flow|from|warning)/],
  ['escapes in', / escapes to heap in .*:$/],
  ['parameter leaks', /: parameter .* leaks to /],
  ['capturing', / capturing by (ref|value): /],
  ['can inline', /: can inline /],
  ['cannot inline into', /: cannot inline .* into /],
  ['cannot inline', /: cannot inline /],
  ['inlining call', /: inlining call to /],
  ['devirtualizing', /: (partially )?devirtualizing |cannot devirtualize/],
  ['self-assignment', / ignoring self-assignment /],
  ['moved to heap', /moved to heap: /],
  ['leaking param content', /: leaking param content: /],
  ['leaking to result', /: leaking param: .* to result /],
  ['leaking param', /: leaking param: /],
  ['zero-copy', /: zero-copy /],
  ['bounds check', /: index bounds check elided/],
  ['append', /: append (escapes to heap|does not escape)/],
  ['func literal', /: func literal (escapes to heap|does not escape)/],
  ['... argument', /: \.\.\. argument (escapes to heap|does not escape)/],
  ['param does not escape', /:\d+: [\p{L}_~.][\p{L}\p{N}_.]* does not escape$/u],
  ['escapes to heap', / escapes to heap$/],
  ['does not escape', / does not escape$/],
];

/** Class of a line of -m, by its sentence. */
export function classOf(line: string): string {
  for (const [name, pattern] of classes) if (pattern.test(line)) return name;
  return 'other';
}
