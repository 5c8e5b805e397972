/** The least Go version that a build constraint implies (go/build/constraint GoVersion). */

/**
 * `go1.N` for a `go:build` directive's expression, empty when it asks for none, null when the expression is malformed.
 * Any tag may be true or false independently of the others, so the answer follows from the expression's shape alone.
 */
export function goVersionOf(directive: string): string | null {
  const expression = directive.substring('go:build'.length);
  const reader = { tokens: expression.match(/&&|\|\||[!()]|[^\s&|!()]+|[&|]/g) ?? [], at: 0 };
  const version = orOf(reader, 1);
  if (version === null || reader.at !== reader.tokens.length) return null;
  if (version < 0) return '';
  return version === 0 ? 'go1' : `go1.${version}`;
}

interface Reader {
  tokens: string[];
  at: number;
}

// The least version implied by the expression, or by its negation where sign is -1; -1 for none.

function orOf(r: Reader, sign: number): number | null {
  let x = andOf(r, sign);
  while (x !== null && r.tokens[r.at] === '||') {
    r.at++;
    const y = andOf(r, sign);
    x = y === null ? null : sign > 0 ? Math.min(x, y) : Math.max(x, y);
  }
  return x;
}

function andOf(r: Reader, sign: number): number | null {
  let x = notOf(r, sign);
  while (x !== null && r.tokens[r.at] === '&&') {
    r.at++;
    const y = notOf(r, sign);
    x = y === null ? null : sign > 0 ? Math.max(x, y) : Math.min(x, y);
  }
  return x;
}

function notOf(r: Reader, sign: number): number | null {
  const token = r.tokens[r.at++];
  if (token === '!') return r.tokens[r.at] === '!' ? null : notOf(r, -sign);
  if (token === '(') {
    const x = orOf(r, sign);
    return r.tokens[r.at++] === ')' ? x : null;
  }
  if (token === undefined || !/^[\p{L}\p{Nd}_.]+$/u.test(token)) return null;
  if (sign < 0) return -1;
  if (token === 'go1') return 0;
  const minor = /^go1\.([0-9]+)/.exec(token);
  return minor !== null && token.length === minor[0].length ? Number(minor[1]) : -1;
}
