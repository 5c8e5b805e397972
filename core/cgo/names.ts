/** What the `x` of `C.x` are (cmd/cgo's guessKinds and recordTypes), from the declarations of a file's preamble. */
import { quote } from '../constant/print.ts';
import { CKind, type CType, baseType } from './ctype.ts';
import {
  type ConvFunc,
  type ConvType,
  ConversionError,
  convFunc,
  convType,
  finishTypes,
  type TypeConv,
  typedefsOf,
} from './convert.ts';
import { assignment, typeName } from './expression.ts';
import { isTypeStart } from './parse.ts';
import { Parser } from './parser.ts';
import { expandTokens, type Macro } from './preprocess.ts';
import type { Scope } from './scope.ts';
import { TokenKind, tokenize, tokenText } from './token.ts';

export type NameKind = 'iconst' | 'fconst' | 'sconst' | 'type' | 'var' | 'fpvar' | 'func' | 'macro';

/** What is known of a `C.x`. */
export interface CName {
  /** The x. */
  go: string;
  /** How C spells it. */
  c: string;
  kind: NameKind;
  mangle: string;
  type: ConvType | null;
  func: ConvFunc | null;
  /** Returns errno too. */
  addError: boolean;
  /** The value of a constant, as written in Go; ''. */
  constant: string;
}

const spelled = new Map([
  ['schar', 'signed char'],
  ['uchar', 'unsigned char'],
  ['ushort', 'unsigned short'],
  ['uint', 'unsigned int'],
  ['ulong', 'unsigned long'],
  ['longlong', 'long long'],
  ['ulonglong', 'unsigned long long'],
  ['complexfloat', 'float _Complex'],
  ['complexdouble', 'double _Complex'],
]);

/** How C spells the name (cname). */
export function cName(go: string): string {
  const known = spelled.get(go);
  if (known !== undefined) return known;
  const m = /^(struct|union|enum|sizeof)_(.*)$/s.exec(go);
  if (m === null) return go;
  return m[1] === 'sizeof' ? `sizeof(${cName(m[2])})` : `${m[1]} ${m[2]}`;
}

/** The kind of a name and its C type, before any conversion. */
interface Guess {
  kind: NameKind | 'not-type';
  type: CType | null;
  constant: string;
}

/** Names that cannot be told apart, or whose types have no Go type, are absent. */
export function resolveNames(
  wanted: readonly string[],
  scope: Scope,
  macros: Map<string, Macro>,
  conv: TypeConv,
): Map<string, CName> {
  const names = new Map<string, CName>();
  const guesses = new Map<string, Guess | null>();
  const failed = new Set<string>();
  // Typedefs that types are made of are asked for as well, until there are no new ones.
  const all = new Set(wanted);
  const typedefs = new Set<string>();
  for (let before = -1; typedefs.size > before; ) {
    before = typedefs.size;
    const sorted = [...all].toSorted();
    const types: [string, Guess][] = [];
    for (const go of sorted) {
      let guess = guesses.get(go);
      if (guess === undefined) guesses.set(go, (guess = guessKind(cName(go), scope, macros)));
      if (guess === null) continue;
      if (guess.type !== null) types.push([go, guess]);
      else names.set(go, constantName(go, guess));
    }
    const isTag = ([go]: [string, Guess]) => /^(struct|union|enum) /.test(cName(go));
    for (const [, guess] of types) typedefsOf(guess.type!, new Set(), typedefs);
    for (const [go, guess] of [...types.filter(isTag), ...types.filter(t => !isTag(t))]) {
      try {
        const name = convert(go, guess, conv);
        if (name !== null) names.set(go, name);
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error;
        failed.add(go);
        conv.queue.length = 0;
        conv.waiting.clear();
      }
    }
    for (const name of typedefs) all.add(name);
  }
  for (const go of failed) names.delete(go);
  for (const name of names.values()) {
    name.mangle = `_C${name.kind}_${name.go}`;
    const { typedefs: known } = conv.tables;
    if (name.kind === 'type' && name.type !== null && !known.has(name.mangle)) known.set(name.mangle, name.type);
  }
  return names;
}

function newName(go: string, kind: NameKind): CName {
  return { go, c: cName(go), kind, mangle: '', type: null, func: null, addError: false, constant: '' };
}

function constantName(go: string, guess: Guess): CName {
  const name = newName(go, guess.kind as NameKind);
  name.constant = guess.constant;
  return name;
}

/** What the name refers to; null when that cannot be told. */
function guessKind(c: string, scope: Scope, macros: Map<string, Macro>): Guess | null {
  const macro = macros.get(c);
  const define = macro !== undefined && macro.params === null ? tokenText(macro.body).trim() : '';
  if (define !== '') {
    const int = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)$/.exec(define);
    if (int !== null) {
      const digits = int[1];
      const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
      const value = define[0] === '-' ? -magnitude : magnitude;
      if (BigInt.asIntN(64, value) === value) return { kind: 'iconst', type: null, constant: hex(value) };
    }
    if (/^'(?:[^'\\\n]|\\(?:[abfnrtv\\']|[0-7]{3}|x[0-9a-fA-F]{2}))'$/u.test(define))
      return { kind: 'iconst', type: null, constant: define };
    if (/^"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|[0-7]{3}|x[0-9a-fA-F]{2}))*"$/.test(define))
      return { kind: 'sconst', type: null, constant: define };
  }
  const tokens = expandTokens(macros, tokenize(c).slice(0, -1));
  const p = new Parser(tokens, scope);
  try {
    if (isTypeStart(p, 0)) {
      const type = typeName(p);
      return p.kind === TokenKind.End ? { kind: 'type', type, constant: '' } : null;
    }
    if (tokens.length === 0) return null;
    const x = assignment(p);
    if (p.kind !== TokenKind.End || x.type === null) return null;
    if (x.literal !== null) return { kind: 'sconst', type: x.type, constant: quote(x.literal) };
    if (typeof x.value === 'bigint') {
      const unsigned = x.type.kind === CKind.Int && !x.type.signed;
      const value = unsigned ? BigInt.asUintN(64, x.value) : BigInt.asIntN(64, x.value);
      return { kind: 'iconst', type: x.type, constant: hex(value) };
    }
    if (typeof x.value === 'number') return { kind: 'fconst', type: x.type, constant: fixed(x.value) };
    const known = scope.constants.get(c);
    // what has an integer type is a variable to cgo all the same
    if (known !== undefined && baseType(x.type).kind !== CKind.Int)
      return { kind: 'fconst', type: x.type, constant: fixed(known) };
    const variable = define === '' && scope.objects.has(c);
    return { kind: variable ? 'var' : 'not-type', type: x.type, constant: define };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Go's %#x. */
function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Go's %f. */
function fixed(value: number): string {
  if (Math.abs(value) < 1e21) return value.toFixed(6);
  return `${BigInt(value)}.000000`;
}

function convert(go: string, guess: Guess, conv: TypeConv): CName | null {
  const type = guess.type!;
  let name: CName;
  if (guess.kind !== 'type' && type.kind === CKind.Func) {
    name = newName(go, 'func');
    name.func = convFunc(conv, type);
  } else {
    name = newName(go, guess.kind === 'not-type' ? 'macro' : guess.kind);
    name.type = convType(conv, type);
    if (guess.kind === 'iconst' || guess.kind === 'fconst' || guess.kind === 'sconst') name.constant = guess.constant;
    if (guess.kind === 'not-type') name.func = { params: [], result: name.type };
  }
  finishTypes(conv);
  return name;
}
