/** Units: what becomes of a declaration that was found in the text. */
import type { SourceText } from '../source/text.ts';
import { type Decl, Kind, type Name, RawNode, type SyntaxError, Unit, typedNode, typedNodes } from './ast.ts';
import type { Pragmas } from './directives.ts';
import { type Found, isPackageClause, parsePiece } from './found.ts';
import { declarationErrors, repairedDecls } from './errors.ts';
import { lowerDecls } from './lower/decl.ts';
import { lowerName } from './lower/expr.ts';
import { child, newLowering, next, type SyntaxRules } from './lower/state.ts';
import { strayNewline } from './newline.ts';
import type { TreeParser } from './parser.ts';
import { bodyOf } from './pieces.ts';

/** What a unit's lowering depends on beside its text. */
export interface UnitTraits {
  /** Directives before the declaration, as written. */
  directives: string;
  /** gc has something to say about the declaration. */
  suspect: boolean;
}

export interface Head {
  unit: Unit;
  name: Name;
  suspect: boolean;
}

/** The package clause, which must come first; a text without one belongs to the package `_`. */
export function headOf(found: readonly Found[], source: SourceText, rules: SyntaxRules): Head {
  const first = found.find(isPackageClause);
  const unit = new Unit(source, first?.start ?? 0, first?.end ?? 0, first === undefined);
  unit.nodeCount = 1;
  if (first === undefined) {
    const name = new RawNode(Kind.Name, 0, unit, 0, 0, 0, 0, 0, 0, '_', null, null, null, null, [], [], null);
    return { unit, name: typedNode<Name>(name), suspect: true };
  }
  const s = newLowering(source.text, first.records!, unit, rules);
  const name = lowerName(s, next(s, child(first.at)));
  const stray = strayNewline(source.text, first.records!, first.at, next(s, first.at));
  return { unit, name: typedNode<Name>(name), suspect: first !== found[0] || stray >= 0 };
}

/** Lowers the declaration, into the unit if one is given. */
export function lowerUnit(
  parser: TreeParser,
  found: Found,
  source: SourceText,
  pragmas: Pragmas,
  trait: UnitTraits,
  rules: SyntaxRules,
  into: Unit | null = null,
): Unit {
  if (found.broken) return brokenUnit(parser, found, source, pragmas, trait, rules, into);
  let f = found;
  if (f.records === null) {
    // It was to be taken over, and is not.
    const again: Found[] = [];
    if (!parsePiece(parser, source.text, f.start, f.end, rules, again)) {
      return brokenUnit(parser, f, source, pragmas, trait, rules, into);
    }
    f = again[0];
  }
  const mark = pragmas.mark();
  const unit = into ?? new Unit(source, f.start, f.end, false);
  const s = newLowering(source.text, f.records!, unit, rules);
  unit.decls = typedNodes<Decl>(lowerDecls(s, f.at, pragmas));
  const stray = strayNewline(source.text, f.records!, f.at, next(s, f.at));
  if (stray >= 0 || s.complaints.some(complaint => complaint.message.startsWith('syntax error'))) {
    pragmas.reset(mark);
    return brokenUnit(parser, f, source, pragmas, trait, rules, into);
  }
  pragmas.drop(f.end);
  unit.nodeCount = s.nextId;
  trait.suspect = s.complaints.length > 0;
  return unit;
}

/**
 * A declaration that does not follow the grammar, or that gc refuses: nothing in it is analysed, but what can be read of
 * it is kept, so that others keep their types: a function's signature, a group without the lines that are broken.
 */
function brokenUnit(
  parser: TreeParser,
  f: Found,
  source: SourceText,
  pragmas: Pragmas,
  trait: UnitTraits,
  rules: SyntaxRules,
  into: Unit | null,
): Unit {
  const unit = into ?? new Unit(source, f.start, f.end, true);
  unit.broken = true;
  trait.suspect = true;
  const decls = repairedDecls(unit, rules);
  if (decls !== null) {
    unit.decls = typedNodes<Decl>(decls);
    unit.broken = false;
    unit.repaired = true;
    pragmas.skip(f.end);
    return unit;
  }
  const isFunc = source.text.startsWith('func', f.start);
  const text = isFunc ? source.text : withoutBrokenLines(source.text, f.start, f.end, rules);
  const end = isFunc ? bodyOf(text, f.start, f.end) : f.end;
  const readable: Found[] = [];
  if (end >= 0 && parsePiece(parser, text, f.start, end, rules, readable) && readable.length === 1) {
    const s = newLowering(text, readable[0].records!, unit, rules);
    const decls = lowerDecls(s, readable[0].at, pragmas);
    if (s.complaints.length === 0 && isFunc === (decls[0]?.kind === Kind.FuncDecl)) {
      unit.decls = typedNodes<Decl>(decls);
      unit.nodeCount = s.nextId;
    }
  }
  pragmas.skip(f.end);
  return unit;
}

/** Lines that are given up before the whole declaration is. */
const maxBrokenLines = 6;

/**
 * The text with the lines of text[from:to] blanked that gc's errors come from, its first and last one excepted. That is
 * the line with the error, or the one before it, where something is missing: whichever leaves the later error.
 */
function withoutBrokenLines(text: string, from: number, to: number, rules: SyntaxRules): string {
  let masked = text;
  let [error] = declarationErrors(masked, from, to, rules);
  for (let i = 0; i < maxBrokenLines && error !== undefined; i++) {
    let best: string | null = null;
    let bestError: SyntaxError | undefined = error;
    let end = masked.indexOf('\n', error.offset);
    for (let tries = 0; tries < 2 && end >= 0 && end < to; tries++) {
      const start = contentLine(masked, from, end);
      if (start < 0) break;
      end = masked.indexOf('\n', start);
      const without = blanked(masked, start, end, text.startsWith('const', from));
      const [next] = declarationErrors(without, from, to, rules);
      if (best === null || (bestError !== undefined && (next === undefined || next.offset > bestError.offset))) {
        best = without;
        bestError = next;
      }
      if (next === undefined) break;
      end = start - 1;
    }
    if (best === null) break;
    masked = best;
    error = bestError;
  }
  return masked;
}

/** Start of the last line before `end` that has something on it and is not the first one of the text from `from` on. */
function contentLine(text: string, from: number, end: number): number {
  let last = end;
  while (last > from) {
    const start = text.lastIndexOf('\n', last - 1) + 1;
    if (start <= from) return -1;
    if (text.substring(start, last).trim() !== '') return start;
    last = start - 1;
  }
  return -1;
}

/** The text without the line; a constant's keeps its place with a `_`, for the sake of iota. */
function blanked(text: string, start: number, end: number, constant: boolean): string {
  return text.substring(0, start) + (constant ? '_' : ' ') + ' '.repeat(end - start - 1) + text.substring(end);
}
