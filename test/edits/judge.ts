/**
 * The law of incremental analysis: whatever edits lead to a text, what is said of it is what a whole analysis of that text
 * says. Makes random edits in packages of the standard library, and compares. By hand, for as long as one likes:
 * `node scripts/program.mjs test/edits/main.ts [SEED [EDITS [FILE…]]]`, files as in `net/http/server.go`.
 */
import { readFileSync } from 'node:fs';
import type { Analysis, NotAnalysed, Session } from '../../server/analysis/session.ts';
import { finish } from '../../core/source/steps.ts';

/** Numbers that look random, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Random = (below: number) => number;

const statements = [
  'var tmp = new(int); *tmp = 1; println(tmp)',
  'x1 := make([]byte, 10); println(len(x1))',
  'defer func() { println("done") }()',
  'go func(n int) { println(n) }(3)',
  'for i := range 3 { f := func() int { return i }; println(f()) }',
  'if true { return }',
  'panic("no")',
  'undefinedName(1)',
  'var unused int',
  'y1 := "a"; y1 += "b"; _ = y1',
  'func() { type T struct{ a int }; var t T; println(&t) }()',
  'var e1 interface{ Error() string }; _ = e1.Error()',
  '_ = func(p *int) *int { return p }',
  'switch z := any(1).(type) { case int: println(z) }',
  'var big [300]int; println(big[5])',
  'select {}',
  'L: for { break L }',
];
const scraps = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '`',
  '/*',
  '//',
  '.',
  ',',
  ':=',
  '=',
  '*',
  '&',
  'x',
  '1',
  '\n',
  ' ',
  'return',
  'err',
];

/** A function of the text that begins in column 1, from its `{` to its `}`; null when there is none. */
function bodyAt(text: string, random: Random): { start: number; end: number } | null {
  const starts = [...text.matchAll(/^func [^\n]*\{\n/gm)];
  if (starts.length === 0) return null;
  const match = starts[random(starts.length)];
  const start = match.index + match[0].length;
  const end = text.indexOf('\n}', start - 1);
  return end < 0 ? null : { start, end: end + 1 };
}

/** Start of a line of text[start:end]. */
function lineIn(text: string, { start, end }: { start: number; end: number }, random: Random): number {
  const at = start + random(end - start + 1);
  return Math.max(start, text.lastIndexOf('\n', at - 1) + 1);
}

/** The texts that one random edit leads through; more than one when something is typed. */
function edited(text: string, random: Random): string[] {
  const body = bodyAt(text, random);
  if (body === null) return [`${text}\n`];
  const replace = (start: number, end: number, by: string) => text.slice(0, start) + by + text.slice(end);
  const line = lineIn(text, body, random);
  const lineEnd = text.indexOf('\n', line) + 1 || text.length;
  switch (random(14)) {
    case 0:
    case 1:
      return [replace(line, line, `\t${statements[random(statements.length)]}\n`)];
    case 2:
      return [replace(line, lineEnd, '')];
    case 3:
      return [replace(line, line, text.slice(line, lineEnd))];
    case 4: {
      const statement = statements[random(statements.length)];
      const typed: string[] = [];
      for (let i = 1; i <= statement.length; i += 1 + random(4)) typed.push(replace(line, line, statement.slice(0, i)));
      typed.push(replace(line, line, `\t${statement}\n`));
      return typed;
    }
    case 5:
    case 6: {
      // one identifier becomes another one of the function
      const words = [...text.slice(body.start, body.end).matchAll(/\b[a-zA-Z_]\w*\b/g)];
      if (words.length === 0) return [text];
      const word = words[random(words.length)];
      const at = body.start + word.index;
      return [replace(at, at + word[0].length, words[random(words.length)][0])];
    }
    case 7:
    case 8: {
      const at = body.start + random(body.end - body.start);
      return [replace(at, at, scraps[random(scraps.length)])];
    }
    case 9: {
      const at = body.start + random(body.end - body.start);
      return [replace(at, Math.min(body.end, at + 1 + random(3)), '')];
    }
    case 10: {
      const numbers = [...text.slice(body.start, body.end).matchAll(/\b\d+\b/g)];
      if (numbers.length === 0) return [text];
      const number = numbers[random(numbers.length)];
      return [replace(body.start + number.index, body.start + number.index + number[0].length, String(random(300)))];
    }
    case 11:
      return [replace(body.end, body.end, ''), replace(line, line, '\t// a comment\n')];
    case 12: {
      // a call of another function of the file
      const names = [...text.matchAll(/^func (\w+)\(\)/gm)].map(m => m[1]);
      return [replace(line, line, `\t${names.length > 0 ? names[random(names.length)] : 'println'}()\n`)];
    }
    default: {
      const at = random(text.length);
      return random(4) === 0 ? [replace(at, at, scraps[random(scraps.length)])] : [replace(line, line, '\n')];
    }
  }
}

/** All that is said, a line each, sorted. */
export function everything(analysis: Analysis | NotAnalysed): string[] {
  if ('message' in analysis) return [analysis.message];
  const lines = new Set<string>([`note ${analysis.note}`]);
  for (const { source, start, end, message } of analysis.problems)
    lines.add(`${source.path}:${start}-${end} ${message}`);
  for (const { source, start, end, message, path, data, function: fn } of analysis.remarks) {
    const steps = path?.map(step => [step.dst, step.src, step.derefs, step.notes.map(n => [n.expr, n.why])]) ?? [];
    lines.add(
      `${source?.path}:${start}-${end} ${fn} ${message} ${data.number} ${data.detail} ${JSON.stringify(steps)}`,
    );
  }
  return [...lines].sort();
}

export interface Verdict {
  /** Texts that were compared, and how many of them were not analysed as a whole. */
  texts: number;
  followed: number;
  /** What differs, in words; empty when nothing does. */
  difference: string;
}

/** Edits the file at random. `live` follows the edits, `whole` is made to analyse the package anew each time. */
export function judge(live: Session, whole: Session, file: string, seed: number, edits: number): Verdict {
  const random = randomFrom(seed);
  const original = readFileSync(file, 'utf8');
  let text = original;
  const before: string[] = [];
  let texts = 0;
  let followed = 0;
  const compare = (what: string): string => {
    texts++;
    live.setBuffer(file, text);
    const counted = live.followed;
    const ours = everything(finish(live.analyse(file)));
    followed += live.followed - counted;
    whole.setBuffer(file, null);
    whole.setBuffer(file, text);
    const theirs = everything(finish(whole.analyse(file)));
    const known = new Set(theirs);
    const extra = ours.filter(line => !known.delete(line));
    if (extra.length + known.size === 0) return '';
    const show = (sign: string, lines: Iterable<string>) => [...lines].slice(0, 8).map(line => `${sign} ${line}`);
    return [`${file}, seed ${seed}, ${what}`, ...show('+', extra), ...show('-', known)].join('\n');
  };
  let difference = compare('as it is');
  for (let i = 0; i < edits && difference === ''; i++) {
    const next = before.length > 0 && random(3) === 0 ? [before.pop()!] : edited(text, random);
    // many errors at once are no longer like anything that is being typed
    if (random(8) === 0) next.push(original);
    before.push(text);
    if (before.length > 4) before.shift();
    for (const [j, t] of next.entries()) {
      if (t === text) continue;
      const old = text;
      text = t;
      difference = compare(`edit ${i}.${j}`);
      if (difference === '') continue;
      let at = 0;
      while (old[at] === t[at]) at++;
      difference += `\nat ${JSON.stringify(t.slice(Math.max(0, at - 60), at))} | ${JSON.stringify(t.slice(at, at + 60))}`;
      break;
    }
  }
  live.setBuffer(file, null);
  whole.setBuffer(file, null);
  return { texts, followed, difference };
}
