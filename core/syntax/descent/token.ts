/** gc's tokens (syntax/tokens.go) and what its messages call them. */

export const enum Token {
  EOF,
  Name,
  Literal,
  /** A binary or unary operator other than `*`. */
  Operator,
  /** op= */
  AssignOp,
  /** ++ and -- */
  IncOp,
  Assign,
  Define,
  Arrow,
  Star,
  Lparen,
  Lbrack,
  Lbrace,
  Rparen,
  Rbrack,
  Rbrace,
  Comma,
  Semi,
  Colon,
  Dot,
  DotDotDot,
  // keywords, in alphabetical order
  Break,
  Case,
  Chan,
  Const,
  Continue,
  Default,
  Defer,
  Else,
  Fallthrough,
  For,
  Func,
  Go,
  Goto,
  If,
  Import,
  Interface,
  Map,
  Package,
  Range,
  Return,
  Select,
  Struct,
  Switch,
  Type,
  Var,
}

/** Precedences of binary operators; 0 for the unary ones. */
export const enum Prec {
  None,
  OrOr,
  AndAnd,
  Cmp,
  Add,
  Mul,
}

const spelling = [
  'EOF',
  'name',
  'literal',
  'op',
  'op=',
  'opop',
  '=',
  ':=',
  '<-',
  '*',
  '(',
  '[',
  '{',
  ')',
  ']',
  '}',
  ',',
  ';',
  ':',
  '.',
  '...',
  'break',
  'case',
  'chan',
  'const',
  'continue',
  'default',
  'defer',
  'else',
  'fallthrough',
  'for',
  'func',
  'go',
  'goto',
  'if',
  'import',
  'interface',
  'map',
  'package',
  'range',
  'return',
  'select',
  'struct',
  'switch',
  'type',
  'var',
];

interface Keyword {
  word: string;
  tok: Token;
}

/** Keywords by the code of their first letter. */
const keywords: readonly Keyword[][] = Array.from({ length: 128 }, (_, c) =>
  spelling
    .map((word, tok) => ({ word, tok: tok as Token }))
    .filter(({ word, tok }) => tok >= Token.Break && word.charCodeAt(0) === c),
);

/** The keyword that text[start, end) is, or null. */
export function keywordAt(text: string, start: number, end: number): Keyword | null {
  const first = text.charCodeAt(start);
  if (first >= 128) return null;
  for (const keyword of keywords[first])
    if (keyword.word.length === end - start && text.startsWith(keyword.word, start)) return keyword;
  return null;
}

/** The token as messages name it (parser.go tokstring). */
export function tokenName(tok: Token): string {
  if (tok === Token.Comma) return 'comma';
  if (tok === Token.Semi) return 'semicolon or newline';
  return tok >= Token.Break ? `keyword ${spelling[tok]}` : spelling[tok];
}
