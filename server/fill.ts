/** Text of help for terminals of eighty columns. */

const COLUMNS = 80;

/** Breaks a line at blanks; lines after the first begin with `indent` blanks. What has no blank stays whole. */
function broken(line: string, indent: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > COLUMNS) {
    let at = rest.lastIndexOf(' ', COLUMNS);
    if (at <= indent) at = rest.indexOf(' ', COLUMNS);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = ' '.repeat(indent) + rest.slice(at + 1);
  }
  return [...lines, rest];
}

/**
 * Fills paragraphs. A line that is indented stays a line of its own, and what is too long of it goes on below its last
 * column, which begins after two blanks or more; `usage:` goes on below its arguments.
 */
export function filled(text: string): string {
  const lines: string[] = [];
  let open = '';
  const close = () => {
    if (open !== '') lines.push(...broken(open, 0));
    open = '';
  };
  for (const line of text.split('\n')) {
    const row = /^(?:\s+\S.*?\s{2,}(?=\S)|usage: \S+ \S+ |\s+)/.exec(line);
    if (row !== null || line === '') close();
    // what is in brackets belongs together
    if (line.startsWith('usage:')) {
      const whole = line.replaceAll(/\[[^\]]*\]/g, group => group.replaceAll(' ', '\u00a0'));
      lines.push(...broken(whole, row?.[0].length ?? 0).map(part => part.replaceAll('\u00a0', ' ')));
    } else if (row !== null) lines.push(...broken(line, row[0].length));
    else if (line === '') lines.push('');
    else open = open === '' ? line : `${open} ${line}`;
  }
  close();
  return lines.join('\n');
}
