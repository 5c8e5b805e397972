/**
 * The C preprocessor (C17 6.10 with GNU's extensions), as far as declarations need it: includes, conditionals, macros.
 * What a file includes is read through the host's file system; nothing runs. Bounded: depth of includes, number of
 * tokens, and steps of expansion.
 */
import { holds } from './condition.ts';
import { askCompiler, type Compiler, hasOperator } from './features.ts';
import { type HideSet, newToken, type Token, TokenKind, tokenize, tokenText } from './token.ts';

export interface Macro {
  /** Names of the parameters; null for an object-like macro. */
  params: string[] | null;
  variadic: boolean;
  body: Token[];
}

/** Where included files come from. */
export interface Includes {
  /** The text of a header as written; `after` is the place that #include_next goes on from. Null when there is none. */
  find(
    name: string,
    quoted: boolean,
    fromDir: string,
    after: number,
  ): { text: string; path: string; place: number } | null;
}

export interface Preprocessed {
  tokens: Token[];
  macros: Map<string, Macro>;
  /** Headers that were not found. */
  missing: string[];
}

const maxDepth = 100;
export const maxTokens = 4_000_000;

interface State {
  includes: Includes;
  macros: Map<string, Macro>;
  out: Token[];
  missing: string[];
  files: Map<string, Token[]>;
  once: Set<string>;
  /** Files that are wholly in an #ifndef of the macro. */
  guards: Map<string, string>;
  counter: number;
  steps: number;
  /** The expression of an #if is being expanded. */
  asking: Asking | null;
}

/** Where an #if stands: the folder of its file, and the place in the search path that #include_next goes on from. */
interface Asking {
  dir: string;
  place: number;
}

/** Preprocesses the text; `files` keeps tokens of headers for the next one. */
export function preprocess(
  text: string,
  dir: string,
  includes: Includes,
  predefined: string,
  files: Map<string, Token[]>,
): Preprocessed {
  const s: State = {
    includes,
    macros: new Map(),
    out: [],
    missing: [],
    files,
    once: new Set(),
    guards: new Map(),
    counter: 0,
    steps: 0,
    asking: null,
  };
  file(s, tokenize(predefined), '', dir, -1, 0);
  file(s, tokenize(text), '', dir, -1, 0);
  return { tokens: s.out, macros: s.macros, missing: s.missing };
}

/** A conditional: taken now; some branch has been taken; the outer one is taken. */
interface Condition {
  on: boolean;
  done: boolean;
  outer: boolean;
}

function file(s: State, tokens: readonly Token[], path: string, dir: string, place: number, depth: number): void {
  const conditions: Condition[] = [];
  let on = true;
  let run: Token[] = [];
  const flush = () => {
    if (run.length > 0) {
      for (const t of expand(s, run)) s.out.push(t);
      run = [];
    }
  };
  for (let i = 0; i < tokens.length && s.out.length < maxTokens; i++) {
    const t = tokens[i];
    if (t.kind === TokenKind.Newline) continue;
    const atStart = i === 0 || tokens[i - 1].kind === TokenKind.Newline;
    let end = i;
    if (!atStart || t.kind !== TokenKind.Punct || t.text !== '#') {
      // a line of text; expansion may need the lines after it
      while (tokens[end].kind !== TokenKind.Newline) end++;
      if (on) for (let j = i; j < end; j++) run.push(tokens[j]);
      i = end;
      continue;
    }
    while (tokens[end].kind !== TokenKind.Newline) end++;
    const line = tokens.slice(i + 1, end);
    i = end;
    const word = line[0]?.text ?? '';
    switch (word) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        let yes = false;
        if (on) {
          flush();
          if (word === 'if') yes = condition(s, line.slice(1), dir, place);
          else yes = isDefined(s, line[1]?.text ?? '') === (word === 'ifdef');
        }
        conditions.push({ on: yes, done: yes, outer: on });
        on = on && yes;
        continue;
      }
      case 'elif':
      case 'elifdef':
      case 'elifndef':
      case 'else': {
        const c = conditions[conditions.length - 1];
        if (c === undefined) continue;
        if (on) flush();
        if (!c.outer || c.done) on = false;
        else {
          if (word === 'else') on = true;
          else if (word === 'elif') on = condition(s, line.slice(1), dir, place);
          else on = isDefined(s, line[1]?.text ?? '') === (word === 'elifdef');
          c.done = on;
        }
        continue;
      }
      case 'endif': {
        const c = conditions.pop();
        if (c === undefined) continue;
        if (on) flush();
        on = c.outer;
        continue;
      }
    }
    if (!on) continue;
    switch (word) {
      case 'define':
        flush();
        define(s, line);
        break;
      case 'undef':
        flush();
        s.macros.delete(line[1]?.text ?? '');
        break;
      case 'include':
      case 'include_next':
      case 'import':
        flush();
        include(s, line, dir, word === 'include_next' ? place : -1, depth);
        break;
      case 'pragma':
        flush();
        if (line[1]?.text === 'once') s.once.add(path);
        else if (line[1]?.text === 'pack') s.out.push(newToken(TokenKind.Pack, tokenText(line.slice(2)), false));
        break;
    }
  }
  flush();
}

function isDefined(s: State, name: string): boolean {
  return s.macros.has(name) || name === '__FILE__' || name === '__LINE__' || hasOperator(name, compilerOf(s));
}

function compilerOf({ macros }: State): Compiler {
  return { clang: macros.has('__clang__'), x86: macros.has('__x86_64__') || macros.has('__i386__') };
}

function define(s: State, line: readonly Token[]): void {
  const name = line[1];
  if (name === undefined || name.kind !== TokenKind.Ident) return;
  const macro: Macro = { params: null, variadic: false, body: [] };
  let at = 2;
  if (line[2]?.text === '(' && !line[2].spaced) {
    macro.params = [];
    for (at = 3; at < line.length && line[at].text !== ')'; at++) {
      const t = line[at];
      if (t.text === '...') {
        macro.variadic = true;
        // GNU: `args...` names the rest
        if (line[at - 1].kind !== TokenKind.Ident) macro.params.push('__VA_ARGS__');
      } else if (t.kind === TokenKind.Ident) macro.params.push(t.text);
    }
    at++;
  }
  macro.body = line.slice(at);
  s.macros.set(name.text, macro);
}

function include(s: State, line: readonly Token[], dir: string, after: number, depth: number): void {
  if (depth >= maxDepth) return;
  let rest = line.slice(1);
  if (rest[0]?.kind === TokenKind.Ident) rest = expand(s, rest);
  const header = headerName(rest);
  if (header === null) return;
  const found = s.includes.find(header.name, header.quoted, dir, after);
  if (found === null) {
    s.missing.push(header.name);
    return;
  }
  if (s.once.has(found.path)) return;
  const guard = s.guards.get(found.path);
  if (guard !== undefined && s.macros.has(guard)) return;
  let tokens = s.files.get(found.path);
  if (tokens === undefined) s.files.set(found.path, (tokens = tokenize(found.text)));
  if (guard === undefined) s.guards.set(found.path, guardOf(tokens));
  const slash = found.path.lastIndexOf('/');
  file(s, tokens, found.path, slash < 0 ? dir : found.path.slice(0, slash), found.place, depth + 1);
}

function headerName(tokens: readonly Token[]): { name: string; quoted: boolean } | null {
  if (tokens[0]?.kind === TokenKind.String) return { name: tokens[0].text.slice(1, -1), quoted: true };
  if (tokens[0]?.text !== '<') return null;
  const close = tokens.findIndex(t => t.text === '>');
  if (close < 0) return null;
  return { name: tokenText(tokens.slice(1, close)), quoted: false };
}

/** The macro that guards a file which is wholly in one #ifndef; '' when it is not. */
function guardOf(tokens: readonly Token[]): string {
  const first = tokens.findIndex(t => t.kind !== TokenKind.Newline);
  if (first < 0 || tokens[first].text !== '#' || tokens[first + 1].text !== 'ifndef') return '';
  const name = tokens[first + 2].text;
  let depth = 0;
  for (let i = first; i < tokens.length; i++) {
    if (tokens[i].text !== '#' || (i > 0 && tokens[i - 1].kind !== TokenKind.Newline)) continue;
    const word = tokens[i + 1].text;
    if (word === 'if' || word === 'ifdef' || word === 'ifndef') depth++;
    else if (depth === 1 && /^el/.test(word)) return '';
    else if (word === 'endif' && --depth === 0) {
      const rest = tokens.findIndex((t, j) => j > i && t.kind === TokenKind.Newline);
      return tokens.slice(rest).every(t => t.kind === TokenKind.Newline) ? name : '';
    }
  }
  return '';
}

// ---- macros

function hidden(t: Token, name: string): boolean {
  for (let h = t.hide; h !== null; h = h.next) if (h.name === name) return true;
  return false;
}

const maxSteps = 3_000_000;

/** Expands all macros in the tokens. */
export function expandTokens(macros: Map<string, Macro>, tokens: readonly Token[]): Token[] {
  const includes: Includes = { find: () => null };
  return expand(
    {
      includes,
      macros,
      out: [],
      missing: [],
      files: new Map(),
      once: new Set(),
      guards: new Map(),
      counter: 0,
      steps: 0,
      asking: null,
    },
    tokens,
  );
}

function expand(s: State, input: readonly Token[]): Token[] {
  // a stack, the next token at its end
  const rest = input.toReversed();
  const out: Token[] = [];
  while (rest.length > 0) {
    const t = rest.pop()!;
    if (t.kind !== TokenKind.Ident || ++s.steps > maxSteps) {
      out.push(t);
      continue;
    }
    if (s.asking !== null && (t.text === 'defined' || (/^__(?:has|is)_/.test(t.text) && rest.at(-1)?.text === '('))) {
      out.push(newToken(TokenKind.Number, String(conditionOperator(s, t.text, rest, s.asking)), t.spaced));
      continue;
    }
    const macro = s.macros.get(t.text);
    if (macro === undefined) {
      if (t.text === '_Pragma') skipParens(rest);
      else if (t.text === '__COUNTER__') out.push(newToken(TokenKind.Number, String(s.counter++), t.spaced));
      else if (t.text === '__LINE__') out.push(newToken(TokenKind.Number, '1', t.spaced));
      else if (t.text === '__FILE__') out.push(newToken(TokenKind.String, '""', t.spaced));
      else out.push(t);
      continue;
    }
    if (hidden(t, t.text)) {
      out.push(t);
      continue;
    }
    if (macro.params === null) {
      pushBody(s, rest, macro, t, null, { name: t.text, next: t.hide });
      continue;
    }
    if (rest[rest.length - 1]?.text !== '(') {
      out.push(t);
      continue;
    }
    const args = arguments_(rest, macro);
    if (args === null) {
      out.push(t);
      continue;
    }
    pushBody(s, rest, macro, t, args, { name: t.text, next: t.hide });
  }
  return out;
}

function skipParens(rest: Token[]): void {
  if (rest[rest.length - 1]?.text !== '(') return;
  let depth = 0;
  while (rest.length > 0) {
    const t = rest.pop()!;
    if (t.text === '(') depth++;
    else if (t.text === ')' && --depth === 0) return;
  }
}

/** The arguments of a call, taken from the stack; null, with nothing taken, when it is not closed. */
function arguments_(rest: Token[], macro: Macro): Token[][] | null {
  const params = macro.params!;
  const args: Token[][] = [];
  let arg: Token[] = [];
  let depth = 0;
  for (let i = rest.length - 1; i >= 0; i--) {
    const t = rest[i];
    if (t.text === '(' && t.kind === TokenKind.Punct) {
      if (depth++ > 0) arg.push(t);
    } else if (t.text === ')' && t.kind === TokenKind.Punct) {
      if (--depth > 0) arg.push(t);
      else {
        if (args.length > 0 || arg.length > 0 || params.length > 0) args.push(arg);
        while (args.length < params.length) args.push([]);
        rest.length = i;
        return args;
      }
    } else if (t.text === ',' && depth === 1 && !(macro.variadic && args.length === params.length - 1)) {
      args.push(arg);
      arg = [];
    } else arg.push(t);
  }
  return null;
}

/** Puts the macro's body with its arguments in place on the stack. */
function pushBody(s: State, rest: Token[], macro: Macro, at: Token, args: Token[][] | null, hide: HideSet): void {
  const out = args === null ? pasted(macro.body) : substituted(s, macro, args, macro.body);
  for (let i = out.length - 1; i >= 0; i--) {
    const t = out[i];
    if (t.text === '') continue;
    const copy: Token = { kind: t.kind, text: t.text, spaced: i === 0 ? at.spaced : t.spaced, hide: t.hide };
    for (let h: HideSet | null = hide; h !== null; h = h.next)
      if (!hidden(copy, h.name)) copy.hide = { name: h.name, next: copy.hide };
    rest.push(copy);
  }
}

/** The body of a macro without parameters. */
function pasted(body: readonly Token[]): Token[] {
  if (!body.some(t => t.text === '##')) return [...body];
  const out: Token[] = [];
  for (let i = 0; i < body.length; i++)
    if (body[i].text === '##' && i > 0 && i + 1 < body.length) glue(out, [body[++i]]);
    else out.push(body[i]);
  return out;
}

/** What an argument or `__VA_OPT__` stands for next to an operator, and expanded; `end` is the last token it takes. */
interface Operand {
  end: number;
  raw(): Token[];
  expanded(): Token[];
  /** The argument that takes the rest of a call. */
  isRest: boolean;
}

/** A body with arguments in place (C17 6.10.3); `__VA_OPT__` as in C23, where the rest of the arguments is not empty. */
function substituted(s: State, macro: Macro, args: Token[][], body: readonly Token[]): Token[] {
  const params = macro.params!;
  const operandAt = (i: number): Operand | null => {
    const t = body[i] as Token | undefined;
    if (t === undefined || t.kind !== TokenKind.Ident) return null;
    if (macro.variadic && t.text === '__VA_OPT__' && body[i + 1]?.text === '(') {
      const end = closing(body, i + 1);
      const content = (): Token[] =>
        expand(s, args[params.length - 1]).length === 0 ? [] : substituted(s, macro, args, body.slice(i + 2, end));
      return { end, raw: content, expanded: content, isRest: false };
    }
    const param = params.indexOf(t.text);
    if (param < 0) return null;
    const isRest = macro.variadic && param === params.length - 1;
    return { end: i, raw: () => args[param], expanded: () => expand(s, args[param]), isRest };
  };
  const out: Token[] = [];
  for (let i = 0; i < body.length; i++) {
    const t = body[i];
    const stringized = t.text === '#' ? operandAt(i + 1) : null;
    if (stringized !== null) {
      const text = tokenText(stringized.raw()).replace(/["\\]/g, c => `\\${c}`);
      out.push(newToken(TokenKind.String, `"${text}"`, t.spaced));
      i = stringized.end;
      continue;
    }
    if (t.text === '##' && i > 0 && i + 1 < body.length) {
      const next = operandAt(i + 1);
      const right = next?.raw() ?? [body[i + 1]];
      i = next?.end ?? i + 1;
      if (next?.isRest && out.at(-1)?.text === ',') {
        // GNU: a comma before an empty rest goes
        if (right.length === 0) out.pop();
        else out.push(...right);
      } else glue(out, right);
      continue;
    }
    const operand = operandAt(i);
    if (operand === null) {
      out.push(t);
      continue;
    }
    i = operand.end;
    const glued = body[i + 1]?.text === '##';
    const tokens = glued ? operand.raw() : operand.expanded();
    if (tokens.length === 0 && glued) out.push(newToken(TokenKind.Punct, '', t.spaced));
    for (const [j, a] of tokens.entries()) out.push(j === 0 ? { ...a, spaced: t.spaced } : a);
  }
  return out;
}

/** The place of the parenthesis that closes the one there; the end where there is none. */
function closing(body: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < body.length; i++) {
    if (body[i].text === '(') depth++;
    else if (body[i].text === ')' && --depth === 0) return i;
  }
  return body.length;
}

/** `##`: makes one token of the last of `out` and the first of `right`; a token without text stands for an empty operand. */
function glue(out: Token[], right: readonly Token[]): void {
  const left = out.pop();
  if (left === undefined || left.text === '') out.push(...right);
  else if (right.length === 0) out.push(left);
  else {
    const glued = tokenize(left.text + right[0].text);
    glued.pop();
    if (glued.length > 0) glued[0].spaced = left.spaced;
    out.push(...glued, ...right.slice(1));
  }
}

// ---- #if

function condition(s: State, line: readonly Token[], dir: string, place: number): boolean {
  s.asking = { dir, place };
  const tokens = expand(s, line);
  s.asking = null;
  const charSigned = !s.macros.has('__CHAR_UNSIGNED__');
  const wcharSigned = s.macros.get('__WCHAR_MIN__')?.body.some(t => t.text === '-') === true;
  return holds(tokens, charSigned, wcharSigned);
}

/**
 * An operator that #if alone has, which is gone from the stack after: `defined`, also where a macro's body has it, as
 * gcc does; `__has_include`, and what is asked of the compiler.
 */
function conditionOperator(s: State, name: string, rest: Token[], { dir, place }: Asking): number {
  if (name === 'defined') {
    const paren = rest.at(-1)?.text === '(';
    if (paren) rest.pop();
    const yes = isDefined(s, rest.pop()?.text ?? '');
    if (paren) rest.pop();
    return Number(yes);
  }
  const args: Token[] = [];
  rest.pop();
  for (let depth = 1; rest.length > 0; ) {
    const t = rest.pop()!;
    if (t.text === '(') depth++;
    else if (t.text === ')' && --depth === 0) break;
    args.push(t);
  }
  if (!name.startsWith('__has_include')) return askCompiler(name, tokenText(expand(s, args)), compilerOf(s));
  const header = headerName(args[0]?.kind === TokenKind.Ident ? expand(s, args) : args);
  const after = name === '__has_include' ? -1 : place;
  return Number(header !== null && s.includes.find(header.name, header.quoted, dir, after) !== null);
}
