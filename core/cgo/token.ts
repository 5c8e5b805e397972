/** Preprocessing tokens of C (C17 6.4), comments and line continuations removed. */

export const enum TokenKind {
  Ident,
  Number,
  Char,
  String,
  Punct,
  /** End of a line: the preprocessor's directives end there. */
  Newline,
  /** `#pragma pack(…)`, whose words are the text; from the preprocessor alone. */
  Pack,
  End,
}

export interface Token {
  kind: TokenKind;
  text: string;
  /** White space stands before it. */
  spaced: boolean;
  /** Macros that may not be expanded in it any more (Prosser's hide set). */
  hide: HideSet | null;
}

export interface HideSet {
  name: string;
  next: HideSet | null;
}

export function newToken(kind: TokenKind, text: string, spaced: boolean): Token {
  return { kind, text, spaced, hide: null };
}

const pattern =
  /(\n)|[ \t\v\f\r]+|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|((?:u8|[uUL])?"(?:[^"\\\n]|\\[^])*"?)|((?:u8|[uUL])?'(?:[^'\\\n]|\\[^])*'?)|([\p{L}_$][\p{L}\p{Nd}_$]*)|(\.?[0-9](?:[eEpP][+-]|'[0-9A-Za-z]|[0-9A-Za-z_.])*)|(\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|##|[^])/uy;

/** The tokens of a file, its lines ended by Newline tokens. */
export function tokenize(source: string): Token[] {
  const text = source.includes('\\') ? source.replace(/\\[ \t]*\r?\n/g, '') : source;
  const tokens: Token[] = [];
  let spaced = false;
  pattern.lastIndex = 0;
  for (let m = pattern.exec(text); m !== null && m[0] !== ''; m = pattern.exec(text)) {
    let kind: TokenKind;
    if (m[1] !== undefined) kind = TokenKind.Newline;
    else if (m[4] !== undefined) kind = TokenKind.Ident;
    else if (m[5] !== undefined) kind = TokenKind.Number;
    else if (m[6] !== undefined) kind = TokenKind.Punct;
    else if (m[2] !== undefined) kind = TokenKind.String;
    else if (m[3] !== undefined) kind = TokenKind.Char;
    else {
      spaced = true;
      continue;
    }
    tokens.push(newToken(kind, m[0], spaced));
    spaced = false;
  }
  tokens.push(newToken(TokenKind.Newline, '\n', false));
  return tokens;
}

/** The tokens as text, as `gcc -E -dM` prints a macro's. */
export function tokenText(tokens: readonly Token[]): string {
  let text = '';
  for (const [i, t] of tokens.entries()) text += i > 0 && t.spaced ? ` ${t.text}` : t.text;
  return text;
}

/** How tightly C's binary operators bind, by their text; higher binds tighter (C17 6.5.5 to 6.5.14). */
export const binaryLevels: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};
