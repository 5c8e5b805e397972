/** Where a parser of C is: a place in the tokens, with what #pragma pack has set there. */
import type { Scope } from './scope.ts';
import { newToken, type Token, TokenKind } from './token.ts';

const end = newToken(TokenKind.End, '', false);

export class Parser {
  at = 0;
  depth = 0;
  /** What #pragma pack has set. */
  pack = 0;
  private readonly packs: number[] = [];

  constructor(
    private readonly tokens: readonly Token[],
    readonly scope: Scope,
  ) {
    this.pragmas();
  }

  get token(): Token {
    return this.tokens[this.at] ?? end;
  }
  get text(): string {
    return this.token.text;
  }
  get kind(): TokenKind {
    return this.token.kind;
  }
  is(text: string): boolean {
    return this.token.text === text;
  }
  peek(n: number): Token {
    return this.tokens[this.at + n] ?? end;
  }

  next(): void {
    this.at++;
    this.pragmas();
  }

  private pragmas(): void {
    for (; this.kind === TokenKind.Pack; this.at++) {
      const words = this.text;
      const n = /\b(\d+)\b/.exec(words);
      if (/\bpop\b/.test(words)) this.pack = this.packs.pop() ?? 0;
      else {
        if (/\bpush\b/.test(words)) this.packs.push(this.pack);
        if (n !== null) this.pack = Number(n[1]);
        else if (!/\bpush\b/.test(words)) this.pack = 0;
      }
    }
  }

  expect(text: string): void {
    if (this.text !== text || this.kind !== TokenKind.Punct)
      throw new SyntaxError(`${text} expected, not ${this.text}`);
    this.next();
  }

  /** Passes over brackets that begin here. */
  skipParens(): void {
    this.skipGroup('(', ')');
  }
  skipBraces(): void {
    this.skipGroup('{', '}');
  }
  private skipGroup(open: string, close: string): void {
    let depth = 0;
    do {
      if (this.kind === TokenKind.Punct) {
        if (this.text === open) depth++;
        else if (this.text === close) depth--;
      }
      this.next();
    } while (depth > 0 && this.kind !== TokenKind.End);
  }
  /** Passes over everything up to the closing bracket that belongs to one before. */
  skipTo(close: string): void {
    let depth = 0;
    for (; this.kind !== TokenKind.End; this.next()) {
      if (this.kind !== TokenKind.Punct) continue;
      if ('([{'.includes(this.text)) depth++;
      else if (depth === 0 && this.text === close) break;
      else if (')]}'.includes(this.text)) depth--;
    }
    this.next();
  }
}
