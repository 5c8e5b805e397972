/** Units: what becomes of a declaration that was found in the text. */
import type { SourceText } from '../source/text.ts';
import { type Decl, Kind, type Name, RawNode, Unit } from './ast.ts';
import type { Pragmas } from './directives.ts';
import { type Found, isPackageClause, parsePiece } from './found.ts';
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
    return { unit, name: name as unknown as Name, suspect: true };
  }
  const s = newLowering(source.text, first.records!, unit, rules);
  const name = lowerName(s, next(s, child(first.at)));
  const stray = strayNewline(source.text, first.records!, first.at, next(s, first.at));
  return { unit, name: name as unknown as Name, suspect: first !== found[0] || stray >= 0 };
}

/** Lowers the declaration. */
export function lowerUnit(
  parser: TreeParser,
  found: Found,
  source: SourceText,
  pragmas: Pragmas,
  trait: UnitTraits,
  rules: SyntaxRules,
): Unit {
  if (found.broken) return brokenUnit(parser, found, source, pragmas, trait, rules);
  let f = found;
  if (f.records === null) {
    // It was to be taken over, and is not.
    const again: Found[] = [];
    if (!parsePiece(parser, source.text, f.start, f.end, rules, again)) {
      return brokenUnit(parser, f, source, pragmas, trait, rules);
    }
    f = again[0];
  }
  const mark = pragmas.mark();
  const unit = new Unit(source, f.start, f.end, false);
  const s = newLowering(source.text, f.records!, unit, rules);
  unit.decls = lowerDecls(s, f.at, pragmas) as unknown as Decl[];
  const stray = strayNewline(source.text, f.records!, f.at, next(s, f.at));
  if (stray >= 0 || s.complaints.some(complaint => complaint.message.startsWith('syntax error'))) {
    pragmas.reset(mark);
    return brokenUnit(parser, f, source, pragmas, trait, rules);
  }
  pragmas.drop(f.end);
  unit.nodeCount = s.nextId;
  trait.suspect = s.complaints.length > 0;
  return unit;
}

/**
 * A declaration that does not follow the grammar, or that gc refuses: nothing in it is analysed, but a function's
 * signature is kept where it can be read.
 */
function brokenUnit(
  parser: TreeParser,
  f: Found,
  source: SourceText,
  pragmas: Pragmas,
  trait: UnitTraits,
  rules: SyntaxRules,
): Unit {
  const { text } = source;
  const unit = new Unit(source, f.start, f.end, true);
  trait.suspect = true;
  const body = text.startsWith('func', f.start) ? bodyOf(text, f.start, f.end) : -1;
  const signature: Found[] = [];
  if (body >= 0 && parsePiece(parser, text, f.start, body, rules, signature) && signature.length === 1) {
    const s = newLowering(text, signature[0].records!, unit, rules);
    const decls = lowerDecls(s, signature[0].at, pragmas);
    if (s.complaints.length === 0 && decls[0].kind === Kind.FuncDecl) {
      unit.decls = decls as unknown as Decl[];
      unit.nodeCount = s.nextId;
    }
  }
  pragmas.skip(f.end);
  return unit;
}
