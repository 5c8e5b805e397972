/** What gc says about directives while it parses (noder.go: pragma, checkUnusedDuringParse; parser.go: updateBase). */
import { fields, isLinkname, onItsOwnLine, pragmaFlag } from '../directives.ts';
import { errorAt, type Parser } from './state.ts';

/** A `//go:` comment or a line directive, `start` being the offset of its first slash. */
export function checkDirective(p: Parser, start: number, end: number): void {
  const text = p.s.text.substring(start, end);
  const block = text[1] === '*';
  const body = block ? text.slice(2, -2) : text.slice(2).replace(/\r$/, '');
  const column1 = start === 0 || p.s.text[start - 1] === '\n';
  if (body.startsWith('line ')) {
    p.lines = true;
    if (block || column1) checkLine(p, start + 7, body.slice(5));
    return;
  }
  // Positions of directives are those of what follows the slashes.
  const offset = start + 2;
  p.directives.push({ offset: start, end, text: body });
  if (!onItsOwnLine(p.s.text, start)) {
    errorAt(p, offset, 'misplaced compiler directive');
    return;
  }
  if (isLinkname(body, p.rules)) {
    const words = fields(body);
    if (words.length !== 2 && words.length !== 3) errorAt(p, offset, `usage: //${words[0]} localname [linkname]`);
    return;
  }
  if (body === 'go:embed' || body.startsWith('go:embed ')) {
    checkEmbed(p, offset, body.slice('go:embed'.length));
    return;
  }
  const flag = pragmaFlag(body.split(' ', 1)[0]);
  if (flag === 0) return;
  p.pragmas.push({ offset, message: 'misplaced compiler directive' });
  p.pragma |= flag;
}

function checkEmbed(p: Parser, offset: number, args: string): void {
  const patterns = embedPatterns(args);
  if (patterns.error !== null) errorAt(p, offset, patterns.error);
  if (patterns.list.length === 0) errorAt(p, offset, 'usage: //go:embed pattern...');
  else p.pragmas.push({ offset, message: 'misplaced go:embed directive' });
}

/** The patterns after `//go:embed`: words, or Go strings (noder.go parseGoEmbed). */
export function embedPatterns(args: string): { list: string[]; error: string | null } {
  const list: string[] = [];
  let rest = args.trim();
  while (rest !== '') {
    const invalid = { list: [], error: `invalid quoted string in //go:embed: ${rest}` };
    let path: string;
    let length: number;
    if (rest[0] === '`') {
      const close = rest.indexOf('`', 1);
      if (close < 0) return invalid;
      path = rest.slice(1, close);
      length = close + 1;
    } else if (rest[0] === '"') {
      const match = /^"(?:[^"\\]|\\[^])*"/.exec(rest);
      if (match === null) return invalid;
      length = match[0].length;
      try {
        path = JSON.parse(match[0]) as string;
      } catch {
        return { list: [], error: `invalid quoted string in //go:embed: ${match[0]}` };
      }
    } else {
      path = /^\S+/.exec(rest)![0];
      length = path.length;
    }
    const after = rest.slice(length);
    if (after !== '' && !/^\s/.test(after)) return { list: [], error: `invalid quoted string in //go:embed: ${after}` };
    list.push(path);
    rest = after.trim();
  }
  return { list, error: null };
}

const positionMax = 1 << 30;

/** The text after `line `, which begins at the offset. */
function checkLine(p: Parser, offset: number, text: string): void {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return;
  const last = number(text.slice(colon + 1));
  if (last === null) {
    errorAt(p, offset + colon + 1, `invalid line number: ${text.slice(colon + 1)}`);
    return;
  }
  const before = text.slice(0, colon);
  const colon2 = before.lastIndexOf(':');
  const line = colon2 < 0 ? null : number(before.slice(colon2 + 1));
  if (line === null) {
    if (last === 0 || last > positionMax)
      errorAt(p, offset + colon + 1, `invalid line number: ${text.slice(colon + 1)}`);
    return;
  }
  if (last === 0 || last > positionMax) {
    errorAt(p, offset + colon + 1, `invalid column number: ${text.slice(colon + 1)}`);
  } else if (line === 0 || line > positionMax) {
    errorAt(p, offset + colon2 + 1, `invalid line number: ${text.slice(colon2 + 1)}`);
  }
}

function number(digits: string): number | null {
  return /^[0-9]+$/.test(digits) ? Number(digits) : null;
}
