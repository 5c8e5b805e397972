/**
 * Which functions assembly files define and refer to, by which calling convention: what `go tool asm -gensymabis` tells
 * the compiler. Of assembly only its preprocessor and the shape of a line have to be understood for that.
 *
 * Sources: cmd/asm/internal/lex (input.go, tokenizer.go), Parser.line, symDefRef and funcAddress of
 * cmd/asm/internal/asm/parse.go, asmArgs of cmd/go/internal/work/gc.go.
 */
import { levelKnob, type Target } from './target.ts';

/** Calling conventions, by gc's names. */
export const enum Abi {
  ABI0 = 1,
  ABIInternal = 2,
}

/** By linker symbol. */
export interface SymAbis {
  /** The convention of functions that assembly defines. */
  defs: Map<string, Abi>;
  /** The conventions by which assembly refers to functions (and to anything else that looks like one), as bits. */
  refs: Map<string, number>;
}

/** Reads an included file, null when there is none. */
export type Include = (name: string) => string | null;

interface Macro {
  /** Null: it is used without parentheses. */
  parameters: string[] | null;
  body: string[];
}

/** Bounds for what macros may grow to: gc's for how deep they call each other, our own for the whole. */
const maxDepth = 100;
const maxTokens = 2_000_000;

const tokenPattern =
  /[\p{L}_·∕][\p{L}\p{Nd}_·∕]*|\d[\p{L}\p{Nd}_.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\n|[^\s]/gu;
const identifier = /^[\p{L}_·∕]/u;

/** What is defined and referred to in the files of a package; `path`: its import path as symbols have it. */
export function symAbis(texts: readonly string[], path: string, target: Target, include: Include): SymAbis {
  const result: SymAbis = { defs: new Map(), refs: new Map() };
  for (const text of texts) {
    const macros = new Map<string, Macro>();
    for (const name of definedNames(target)) macros.set(name, { parameters: null, body: ['1'] });
    const out: string[] = [];
    preprocess(text, macros, include, out, 0);
    statements(out, path, result);
  }
  return result;
}

function definedNames(target: Target): string[] {
  const { goos, goarch } = target;
  const names = [`GOOS_${goos}`, `GOARCH_${goarch}`, ...target.experiments.map(e => `GOEXPERIMENT_${e}`)];
  const knob = levelKnob(goarch);
  if (knob === null || goarch === 'wasm') return names;
  const level = target.level || knob.default;
  const values =
    goarch === 'ppc64' || goarch === 'ppc64le'
      ? knob.values.slice(0, knob.values.indexOf(level) + 1)
      : goarch === 'arm'
        ? ['5', '6', '7'].filter(version => version <= level[0])
        : goarch === 'arm64'
          ? level.includes('lse') || level >= 'v8.1'
            ? ['LSE']
            : []
          : [level];
  return [...names, ...values.map(value => `${knob.variable}_${value}`)];
}

/** Appends the tokens of the text to `out`, directives obeyed and macros replaced. */
function preprocess(text: string, macros: Map<string, Macro>, include: Include, out: string[], depth: number): void {
  const lines = text
    .replace(/\/\*[^]*?\*\//g, comment => '\n'.repeat(comment.split('\n').length - 1) || ' ')
    .split('\n');
  /** For each open #ifdef whether its lines count. */
  const taken: boolean[] = [];
  for (let i = 0; i < lines.length; i++) {
    const tokens = tokensOf(lines[i]);
    if (tokens[0] !== '#') {
      if (!taken.includes(false)) expand([...tokens, '\n'], macros, out, 0);
      continue;
    }
    const [, directive, name] = tokens;
    if (directive === 'ifdef' || directive === 'ifndef') taken.push(macros.has(name) === (directive === 'ifdef'));
    else if (directive === 'else' && taken.length > 0) taken[taken.length - 1] = !taken[taken.length - 1];
    else if (directive === 'endif') taken.pop();
    else if (directive === 'define') {
      // a line that ends in a backslash goes on, and the next is a line of the macro
      const at = i;
      const body = tokens.slice(3);
      while (body[body.length - 1] === '\\' && i + 1 < lines.length) body.splice(-1, 1, '\n', ...tokensOf(lines[++i]));
      if (taken.includes(false)) continue;
      // a parenthesis after a space belongs to what the macro stands for
      const close = lines[at].includes(`${name}(`) ? body.indexOf(')') : -1;
      if (close < 0) macros.set(name, { parameters: null, body });
      else macros.set(name, { parameters: body.slice(1, close).filter(t => t !== ','), body: body.slice(close + 1) });
    } else if (taken.includes(false)) continue;
    else if (directive === 'undef') macros.delete(name);
    else if (directive === 'include' && name !== undefined && depth < maxDepth) {
      const included = include(name.slice(1, -1));
      if (included !== null) preprocess(included, macros, include, out, depth + 1);
    }
    if (out.length > maxTokens) return;
  }
}

/** Replaces macros in the tokens. */
function expand(tokens: readonly string[], macros: ReadonlyMap<string, Macro>, out: string[], depth: number): void {
  for (let i = 0; i < tokens.length && out.length <= maxTokens; i++) {
    const macro = depth < maxDepth ? macros.get(tokens[i]) : undefined;
    if (macro === undefined) {
      out.push(tokens[i]);
      continue;
    }
    const { parameters } = macro;
    if (parameters === null) {
      expand(macro.body, macros, out, depth + 1);
      continue;
    }
    if (tokens[i + 1] !== '(') {
      out.push(tokens[i]);
      continue;
    }
    const args: string[][] = [[]];
    let nesting = 0;
    for (i++; i < tokens.length; i++) {
      const t = tokens[i];
      if (t === '(' && nesting++ === 0) continue;
      if (t === ')' && --nesting === 0) break;
      if (t === ',' && nesting === 1) args.push([]);
      else args[args.length - 1].push(t);
    }
    expand(
      macro.body.flatMap(t => {
        const at = parameters.indexOf(t);
        return at < 0 ? [t] : (args[at] ?? []);
      }),
      macros,
      out,
      depth + 1,
    );
  }
}

/** Takes definitions and references from the lines. */
function statements(tokens: readonly string[], path: string, { defs, refs }: SymAbis): void {
  let start = 0;
  for (let i = 0; i <= tokens.length; i++) {
    if (i < tokens.length && tokens[i] !== '\n' && tokens[i] !== ';') continue;
    let from = start;
    start = i + 1;
    while (from + 1 < i && tokens[from + 1] === ':') from += 2;
    const word = tokens[from];
    if (word === undefined || from >= i || !identifier.test(word)) continue;
    // what follows a dot says on which condition, or how
    let first = from + 1;
    while (tokens[first] === '.' && first + 1 < i) first += 2;
    const operands = operandsOf(tokens, first, i);
    if (word === 'TEXT') {
      const found = operands.length > 0 ? address(operands[0], path) : null;
      if (found !== null) defs.set(found.name, found.abi);
      continue;
    }
    // the first of these two is what is defined, or a number
    const skipped = word === 'DATA' || word === 'FUNCDATA' ? 1 : 0;
    for (const operand of operands.slice(skipped)) {
      const found = address(operand, path);
      if (found !== null) refs.set(found.name, (refs.get(found.name) ?? 0) | found.abi);
    }
  }
}

function operandsOf(tokens: readonly string[], from: number, to: number): string[][] {
  const list: string[][] = [[]];
  for (let i = from; i < to; i++) {
    if (tokens[i] === ',') list.push([]);
    else list[list.length - 1].push(tokens[i]);
  }
  return list;
}

/** `name(SB)`, `name<ABIInternal>(SB)`, perhaps with `$` before and an offset; not what is static (funcAddress). */
function address(operand: readonly string[], path: string): { name: string; abi: Abi } | null {
  let i = operand[0] === '$' || operand[0] === '*' ? 1 : 0;
  const word = operand[i++];
  if (word === undefined || !identifier.test(word)) return null;
  let abi = Abi.ABI0;
  if (operand[i] === '<') {
    if (operand[i + 2] !== '>') return null;
    if (operand[i + 1] === 'ABIInternal') abi = Abi.ABIInternal;
    i += 3;
  }
  if (operand[i] === '+') {
    if (!/^\d/.test(operand[i + 1] ?? '')) return null;
    i += 2;
  }
  if (operand.length !== i + 3 || operand[i] !== '(' || operand[i + 1] !== 'SB' || operand[i + 2] !== ')') return null;
  const name = word.replaceAll('·', '.').replaceAll('∕', '/');
  return { name: name.startsWith('.') ? path + name : name, abi };
}

function tokensOf(line: string): string[] {
  const comment = line.indexOf('//');
  return (comment < 0 ? line : line.slice(0, comment)).match(tokenPattern) ?? [];
}
