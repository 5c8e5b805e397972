/**
 * Newlines where the grammar lets them pass but gc's scanner puts a semicolon: after a name, a literal, a closing
 * bracket and a few keywords (spec "Semicolons"), with more of the same construct to follow.
 */
import { Rec } from './parser.ts';
import { Sym } from './symbols.ts';

/** Whether gc inserts a semicolon at a newline after the token. */
function endsLine(sym: number): boolean {
  switch (sym) {
    case Sym.identifier:
    case Sym.number_literal:
    case Sym.rune_literal:
    case Sym.interpreted_string_literal:
    case Sym.raw_string_literal:
    case Sym.RPAREN:
    case Sym.RBRACK:
    case Sym.RBRACE:
    case Sym.PLUS_PLUS:
    case Sym.DASH_DASH:
    case Sym.kw_break:
    case Sym.kw_continue:
    case Sym.kw_fallthrough:
    case Sym.fallthrough_statement:
    case Sym.kw_return:
      return true;
    default:
      return false;
  }
}

/** Offset of the first newline in records [from, to) at which gc ends the statement and the grammar does not, or -1. */
export function strayNewline(text: string, records: Int32Array, from: number, to: number): number {
  let end = -1; // of the last token, when it ends lines
  for (let at = from; at < to; at += Rec.Size) {
    if (records[at + Rec.Next] !== at + Rec.Size) continue; // not a token
    const sym = records[at];
    const start = records[at + Rec.Start];
    if (end >= 0 && start > end && sym !== Sym.newline) {
      // Comments may be in between; a newline in one counts.
      for (let i = end; i < start; i++) if (text.charCodeAt(i) === 10) return i;
    }
    end = endsLine(sym) ? records[at + Rec.End] : -1;
  }
  return -1;
}
