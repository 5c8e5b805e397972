/**
 * The outline of a file: where its top-level declarations and the bodies of its functions are, and which names they may
 * declare, found by a scanner of brackets, strings and comments that is twenty times faster than parsing. Of an
 * imported package most declarations are never looked at; those that are get parsed one by one, functions at first
 * without their bodies.
 *
 * What is cut here is what pieces.ts would cut: declarations that begin with their keyword in column 1, outside of all
 * brackets. Any other text has no outline and is parsed as a whole.
 */
import type { Directive } from './ast.ts';

/** First letter of a declaration's keyword. */
export const enum Keyword {
  Func = 0x66,
  Type = 0x74,
  Var = 0x76,
  Const = 0x63,
  Import = 0x69,
}

/** A top-level declaration or group. Offsets are absolute, in UTF-16 units. */
export interface OutlineUnit {
  keyword: Keyword;
  start: number;
  end: number;
  /** Func: offset of the body's `{`; -1 without body. */
  body: number;
  /** Func: its name; else empty. */
  name: string;
  /** Func: offset of the name. */
  nameAt: number;
  /** Method: name of the receiver's base type as written; empty for functions. */
  recv: string;
  /** Method: the receiver is written with a `*`. */
  ptr: boolean;
  /** Type, var, const: the names that it declares are among these. */
  names: string[];
  /** Type: there may be an alias declaration. */
  alias: boolean;
  /** Func: the word `type` stands in the body, beside those of type switches. */
  types: boolean;
  /** Index of the first directive that may be its own. */
  directives: number;
}

export interface Outline {
  /** Offsets of the package clause, and of the name in it. */
  clause: number;
  name: number;
  nameEnd: number;
  pkgName: string;
  units: OutlineUnit[];
  /** All `//go:` comments, in source order. */
  directives: Directive[];
}

/** What a character can begin; anything else needs no look. */
const enum Class {
  Other,
  Blank,
  Newline,
  Word,
  Open,
  Close,
  Quote,
  Raw,
  Slash,
}

const classes = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const ch = String.fromCharCode(c);
  if (ch === '\n') classes[c] = Class.Newline;
  else if (c <= 0x20) classes[c] = Class.Blank;
  else if (/[A-Za-z_]/.test(ch)) classes[c] = Class.Word;
  else if ('([{'.includes(ch)) classes[c] = Class.Open;
  else if (')]}'.includes(ch)) classes[c] = Class.Close;
  else if (ch === '"' || ch === "'") classes[c] = Class.Quote;
  else if (ch === '`') classes[c] = Class.Raw;
  else if (ch === '/') classes[c] = Class.Slash;
}

function isWordPart(c: number): boolean {
  return c >= 0x80 || (c >= 0x30 && c <= 0x39) || classes[c] === Class.Word;
}

const declaration = /(?:import|const|type|var|func)\b/y;
const packageClause = /package[ \t]+([\p{L}_][\p{L}\p{Nd}_]*)/uy;
const name = String.raw`[\p{L}_][\p{L}\p{Nd}_]*`;
const funcHead = new RegExp(
  String.raw`func[ \t]+(?:\([ \t]*(?:${name}[ \t]+)?(\*?)[ \t]*(${name})[ \t]*(?:\[[^\]()/]*\])?[ \t]*\)[ \t]*)?(${name})`,
  'uy',
);

/** The outline of the text; null when its declarations do not lie open, or when it has line directives. */
export function outlineOf(text: string): Outline | null {
  if (text.includes('\0') || text.includes('\ufeff')) return null;
  const scanner = new Scanner(text);
  return scanner.run() ? scanner.outline : null;
}

class Scanner {
  readonly outline: Outline = { clause: -1, name: 0, nameEnd: 0, pkgName: '', units: [], directives: [] };
  private unit: OutlineUnit | null = null;
  /** Past the last character that is neither blank, comment nor semicolon. */
  private end = 0;
  constructor(private readonly text: string) {}

  /** False when the text has to be parsed as a whole. */
  run(): boolean {
    const { text } = this;
    const { length } = text;
    let depth = 0;
    // in a function's signature
    let head = false;
    // a `{` would be a type's: the last word was struct or interface
    let typeBrace = false;
    // depth at which a group's or declaration's names stand
    let names = -1;
    for (let i = 0, lineStart = true; i < length; ) {
      const c = text.charCodeAt(i);
      if (lineStart) {
        lineStart = false;
        if (c === 0x70 && this.clause(i)) {
          i = this.outline.nameEnd;
          continue;
        }
        if (c >= 0x63 && c <= 0x76 && this.begins(i)) {
          if (depth !== 0 || this.outline.clause < 0) return false;
          const unit = this.begin(i, c);
          if (unit === null) return false;
          head = c === Keyword.Func;
          names = -1;
          if (head) i = unit.nameAt + unit.name.length;
          else {
            i += c === Keyword.Import ? 6 : c === Keyword.Const ? 5 : c === Keyword.Type ? 4 : 3;
            while (text.charCodeAt(i) === 0x20 || text.charCodeAt(i) === 9) i++;
            if (c !== Keyword.Import) names = text.charCodeAt(i) === 0x28 ? 1 : 0;
          }
          this.end = i;
          typeBrace = false;
          continue;
        }
      }
      switch (c < 0x80 ? classes[c] : Class.Word) {
        case Class.Newline:
          lineStart = true;
          i++;
          continue;
        case Class.Blank:
          i++;
          continue;
        case Class.Word: {
          const from = i++;
          if (depth === names || (head && depth === 0)) {
            while (i < length && isWordPart(text.charCodeAt(i))) i++;
            if (head) typeBrace = isTypeWord(text, from, i);
            else this.unit!.names.push(text.substring(from, i));
          } else {
            while (i < length && isWordPart(text.charCodeAt(i))) i++;
            typeBrace = false;
            if (c === 0x74 && i - from === 4 && this.unit !== null && text.startsWith('ype', from + 1)) {
              if (text.charCodeAt(from - 1) !== 0x28) this.unit.types = true;
            }
          }
          this.end = i;
          if (this.unit === null) return false;
          continue;
        }
        case Class.Open:
          if (c === 0x7b && head && depth === 0 && !typeBrace) {
            this.unit!.body = i;
            head = false;
          }
          depth++;
          break;
        case Class.Close:
          if (--depth < 0) return false;
          break;
        case Class.Quote: {
          for (i++; ; i++) {
            const d = text.charCodeAt(i);
            if (d === 0x5c) i++;
            else if (d === c) break;
            else if (d === 10 || i >= length) return false;
          }
          break;
        }
        case Class.Raw:
          i = text.indexOf('`', i + 1);
          if (i < 0) return false;
          break;
        case Class.Slash: {
          const d = text.charCodeAt(i + 1);
          if (d === 0x2f) {
            let end = text.indexOf('\n', i);
            if (end < 0) end = length;
            const third = text.charCodeAt(i + 2);
            if (third === 0x67) this.directive(i, end);
            else if (third === 0x6c && text.startsWith('line ', i + 2)) return false;
            i = end;
            continue;
          }
          if (d === 0x2a) {
            if (text.startsWith('line ', i + 2)) return false;
            const end = text.indexOf('*/', i + 2);
            if (end < 0) return false;
            i = end + 2;
            continue;
          }
          break;
        }
        default:
          if (c === 0x3b) {
            i++;
            continue;
          }
          // `=` in a type declaration, outside of brackets
          if (c === 0x3d && depth === names) this.unit!.alias = true;
      }
      typeBrace = false;
      i++;
      this.end = i;
      if (this.unit === null) return false;
    }
    this.finish();
    return depth === 0 && this.outline.clause >= 0;
  }

  /** The package clause stands here; there is one, and it comes first. */
  private clause(i: number): boolean {
    const { outline } = this;
    if (outline.clause >= 0) return false;
    packageClause.lastIndex = i;
    const m = packageClause.exec(this.text);
    if (m === null) return false;
    outline.clause = i;
    outline.nameEnd = i + m[0].length;
    outline.name = outline.nameEnd - m[1].length;
    outline.pkgName = m[1];
    return true;
  }

  private begins(i: number): boolean {
    declaration.lastIndex = i;
    return declaration.test(this.text);
  }

  private finish(): void {
    if (this.unit !== null) this.unit.end = this.end;
  }

  /** A declaration begins; null when it cannot be read here. */
  private begin(start: number, keyword: Keyword): OutlineUnit | null {
    this.finish();
    const { outline, text } = this;
    const unit: OutlineUnit = {
      keyword,
      start,
      end: start,
      body: -1,
      name: '',
      nameAt: 0,
      recv: '',
      ptr: false,
      names: [],
      alias: false,
      types: false,
      directives: outline.directives.length,
    };
    // those after the declaration before are this one's
    while (unit.directives > 0 && outline.directives[unit.directives - 1].offset >= this.end) unit.directives--;
    if (keyword === Keyword.Func) {
      funcHead.lastIndex = start;
      const m = funcHead.exec(text);
      if (m === null) return null;
      unit.name = m[3];
      unit.nameAt = start + m[0].length - m[3].length;
      unit.recv = m[2] ?? '';
      unit.ptr = m[1] === '*';
    }
    outline.units.push(unit);
    this.unit = unit;
    return unit;
  }

  private directive(start: number, end: number): void {
    if (!this.text.startsWith('//go:', start)) return;
    const text = this.text.substring(start + 2, end).replace(/\r$/, '');
    this.outline.directives.push({ offset: start, end, text });
  }
}

function isTypeWord(text: string, from: number, to: number): boolean {
  return (
    (to - from === 6 && text.startsWith('struct', from)) || (to - from === 9 && text.startsWith('interface', from))
  );
}
