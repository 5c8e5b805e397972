/**
 * Build constraints: `//go:build` expressions and the older `// +build` lines (go/build/constraint).
 */

export type Constraint =
  | { op: 'tag'; tag: string }
  | { op: 'not'; x: Constraint }
  | { op: 'and'; x: Constraint; y: Constraint }
  | { op: 'or'; x: Constraint; y: Constraint };

export type ParsedConstraint = { ok: true; expr: Constraint } | { ok: false; message: string; offset: number };

// The limits of go/build/constraint; they also bound the recursion here.
const maxSize = 1000;
const maxOldSize = 100;

/** White space as Go's strings.TrimSpace has it: U+0085 counts, U+FEFF does not. */
export function trimSpace(s: string): string {
  return s.replace(/^[\s\u0085]+/u, keepBOM).replace(/[\s\u0085]+$/u, keepBOM);
}
function keepBOM(run: string): string {
  const i = run.indexOf('\ufeff');
  return i < 0 ? '' : run.slice(i, run.lastIndexOf('\ufeff') + 1);
}

/** The expression after `//go:build`; null when the line is not one. */
export function splitGoBuild(line: string): string | null {
  if (line.endsWith('\n')) line = line.slice(0, -1);
  if (line.includes('\n') || !line.startsWith('//go:build')) return null;
  const rest = trimSpace(line).slice('//go:build'.length);
  const trimmed = trimSpace(rest);
  return rest.length === trimmed.length && rest !== '' ? null : trimmed;
}

/** The clauses after `// +build`; null when the line is not one. */
export function splitPlusBuild(line: string): string | null {
  if (line.endsWith('\n')) line = line.slice(0, -1);
  if (line.includes('\n') || !line.startsWith('//')) return null;
  const text = trimSpace(line.slice(2));
  if (!text.startsWith('+build')) return null;
  const rest = text.slice('+build'.length);
  const trimmed = trimSpace(rest);
  return rest.length === trimmed.length && rest !== '' ? null : trimmed;
}

/** Parses a line of either kind (constraint.Parse). Offsets count UTF-16 units of the expression, from 0. */
export function parseConstraint(line: string): ParsedConstraint {
  const goBuild = splitGoBuild(line);
  if (goBuild !== null) return parseExpr(goBuild);
  const plusBuild = splitPlusBuild(line);
  if (plusBuild !== null) return parsePlusBuild(plusBuild);
  return { ok: false, message: 'not a build constraint', offset: 0 };
}

class ConstraintSyntax extends Error {
  offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const tagChars = /[\p{L}\p{Nd}_.]+/uy;

/** Parses the text of a `//go:build` line: `||`, `&&`, `!`, parentheses, tags. */
export function parseExpr(text: string): ParsedConstraint {
  let at = 0;
  let tok = '';
  let isTag = false;
  let pos = 0;
  let size = 0;

  function lex(): void {
    isTag = false;
    while (at < text.length && (text[at] === ' ' || text[at] === '\t')) at++;
    pos = at;
    if (at >= text.length) {
      tok = '';
      return;
    }
    const c = text[at];
    if (c === '(' || c === ')' || c === '!') {
      at++;
      tok = c;
      return;
    }
    if (c === '&' || c === '|') {
      if (text[at + 1] !== c) throw new ConstraintSyntax(`invalid syntax at ${c}`, at);
      at += 2;
      tok = c + c;
      return;
    }
    tagChars.lastIndex = at;
    const m = tagChars.exec(text);
    if (!m) throw new ConstraintSyntax(`invalid syntax at ${String.fromCodePoint(text.codePointAt(at) as number)}`, at);
    tok = m[0];
    at += tok.length;
    isTag = true;
  }
  function or(): Constraint {
    let x = and();
    while (tok === '||') x = { op: 'or', x, y: and() };
    return x;
  }
  function and(): Constraint {
    let x = not();
    while (tok === '&&') x = { op: 'and', x, y: not() };
    return x;
  }
  function not(): Constraint {
    if (++size > maxSize) throw new ConstraintSyntax('build expression too large', pos);
    lex();
    if (tok !== '!') return atom();
    lex();
    if ((tok as string) === '!') throw new ConstraintSyntax('double negation not allowed', pos);
    return { op: 'not', x: atom() };
  }
  function atom(): Constraint {
    if (tok === '(') {
      const open = pos;
      let x: Constraint;
      try {
        x = or();
      } catch (e) {
        if (e instanceof ConstraintSyntax && e.message === 'unexpected end of expression')
          e.message = 'missing close paren';
        throw e;
      }
      if ((tok as string) !== ')') throw new ConstraintSyntax('missing close paren', open);
      lex();
      return x;
    }
    if (!isTag)
      throw new ConstraintSyntax(tok === '' ? 'unexpected end of expression' : `unexpected token ${tok}`, pos);
    const tag = tok;
    lex();
    return { op: 'tag', tag };
  }

  try {
    const expr = or();
    if (tok !== '') throw new ConstraintSyntax(`unexpected token ${tok}`, pos);
    return { ok: true, expr };
  } catch (e) {
    if (e instanceof ConstraintSyntax) return { ok: false, message: e.message, offset: e.offset };
    throw e;
  }
}

/** Parses the text of a `// +build` line: clauses by spaces are alternatives, terms by commas hold together. */
function parsePlusBuild(text: string): ParsedConstraint {
  let size = 0;
  let x: Constraint | null = null;
  for (const clause of text.split(/[\s\u0085]+/u)) {
    if (clause === '') continue;
    let y: Constraint | null = null;
    for (let lit of clause.split(',')) {
      let z: Constraint;
      if (lit.startsWith('!!') || lit === '!') {
        // Invalid terms select nothing.
        z = { op: 'tag', tag: 'ignore' };
      } else {
        const neg = lit.startsWith('!');
        if (neg) lit = lit.slice(1);
        z = { op: 'tag', tag: /^[\p{L}\p{Nd}_.]+$/u.test(lit) ? lit : 'ignore' };
        if (neg) z = { op: 'not', x: z };
      }
      if (y === null) y = z;
      else {
        if (++size > maxOldSize) return { ok: false, message: 'expression too complex for // +build lines', offset: 0 };
        y = { op: 'and', x: y, y: z };
      }
    }
    if (y === null) continue;
    if (x === null) x = y;
    else {
      if (++size > maxOldSize) return { ok: false, message: 'expression too complex for // +build lines', offset: 0 };
      x = { op: 'or', x, y };
    }
  }
  return { ok: true, expr: x ?? { op: 'tag', tag: 'ignore' } };
}

/** Whether the constraint holds when `has` says which tags do. */
export function evalConstraint(x: Constraint, has: (tag: string) => boolean): boolean {
  switch (x.op) {
    case 'tag':
      return has(x.tag);
    case 'not':
      return !evalConstraint(x.x, has);
    case 'and':
      return evalConstraint(x.x, has) && evalConstraint(x.y, has);
    case 'or':
      return evalConstraint(x.x, has) || evalConstraint(x.y, has);
  }
}

/** Whether some set of tags, each taken as both present and absent but `ignore`, lets the file in. */
export function evalAny(x: Constraint): boolean {
  const walk = (e: Constraint, prefer: boolean): boolean => {
    switch (e.op) {
      case 'tag':
        return e.tag === 'ignore' ? false : prefer;
      case 'not':
        return !walk(e.x, !prefer);
      case 'and':
        return walk(e.x, prefer) && walk(e.y, prefer);
      case 'or':
        return walk(e.x, prefer) || walk(e.y, prefer);
    }
  };
  return walk(x, true);
}

/** A term of a constraint, as written: `windows`, `!cgo`. */
export interface Term {
  tag: string;
  negated: boolean;
}

/**
 * The terms that make the constraint false: the first false side of an `&&`, both sides of an `||`. Empty when it holds.
 */
export function failingTerms(x: Constraint, has: (tag: string) => boolean): Term[] {
  const out: Term[] = [];
  // want: the value that was hoped for; collects the terms that deny it.
  const walk = (e: Constraint, want: boolean): void => {
    if (evalConstraint(e, has) === want) return;
    if (e.op === 'tag') out.push({ tag: e.tag, negated: !want });
    else if (e.op === 'not') walk(e.x, !want);
    else if ((e.op === 'and') === want) walk(evalConstraint(e.x, has) === want ? e.y : e.x, want);
    else {
      walk(e.x, want);
      walk(e.y, want);
    }
  };
  walk(x, true);
  return out;
}

/** The constraint as `//go:build` writes it (constraint.Expr.String). */
export function formatConstraint(x: Constraint): string {
  const arg = (e: Constraint, inOp: 'and' | 'or'): string => {
    const s = formatConstraint(e);
    return (inOp === 'and' && e.op === 'or') || (inOp === 'or' && e.op === 'and') ? `(${s})` : s;
  };
  switch (x.op) {
    case 'tag':
      return x.tag;
    case 'not':
      return x.x.op === 'and' || x.x.op === 'or' ? `!(${formatConstraint(x.x)})` : `!${formatConstraint(x.x)}`;
    case 'and':
      return `${arg(x.x, 'and')} && ${arg(x.y, 'and')}`;
    case 'or':
      return `${arg(x.x, 'or')} || ${arg(x.y, 'or')}`;
  }
}

/**
 * The N of the least go1.N that the constraint implies, taking all tags as independent; -1 when it implies none
 * (constraint.GoVersion). It is the language version of the file.
 */
export function minGoVersion(x: Constraint): number {
  const min = (e: Constraint, positive: boolean): number => {
    switch (e.op) {
      case 'and':
      case 'or': {
        const a = min(e.x, positive);
        const b = min(e.y, positive);
        return (e.op === 'and') === positive ? Math.max(a, b) : Math.min(a, b);
      }
      case 'not':
        return min(e.x, !positive);
      case 'tag': {
        if (!positive) return -1;
        if (e.tag === 'go1') return 0;
        const m = /^go1\.(\d{1,9})$/.exec(e.tag);
        return m ? Number(m[1]) : -1;
      }
    }
  };
  return min(x, true);
}
