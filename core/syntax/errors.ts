/**
 * Syntax errors in gc's words and places. They come from a complete recursive-descent parser that goes on after an error
 * where gc's does (descent/). It runs over a file in which tree-sitter or lowering has found something wrong; of files
 * without errors it gives the tree as well (sound.ts).
 */
import { SourceText } from '../source/text.ts';
import { type Decl, type RawNode, type SyntaxError, type Unit, typedNodes } from './ast.ts';
import { parseDeclarations, parseSource } from './descent/decl.ts';
import { checkDirective } from './descent/directive.ts';
import { isTooDeep, newParser } from './descent/state.ts';
import type { SyntaxRules } from './lower/state.ts';

/** The errors in the order in which gc prints them: by offset, one syntax error a line. */
export function syntaxErrors(source: SourceText, rules: SyntaxRules): SyntaxError[] {
  return recoverySource(source, rules).errors;
}

/**
 * The errors as printed, all that were found, and the declarations as the recovering parser reads them, in a unit of
 * their own that is the whole text. What is analysed leaves broken declarations out: of these, tests make use.
 */
export function recoverySource(
  source: SourceText,
  rules: SyntaxRules,
): { errors: SyntaxError[]; all: SyntaxError[]; decls: RawNode[]; unit: Unit } {
  const p = newParser(source, rules, checkDirective);
  let decls: RawNode[] = [];
  try {
    decls = parseSource(p);
  } catch (thrown) {
    if (!isTooDeep(thrown)) throw thrown;
    p.errors.push({ offset: p.s.offset, message: 'syntax error: nesting too deep' });
  }
  p.unit.decls = typedNodes<Decl>(decls);
  p.unit.nodeCount = p.nextId;
  return { errors: asPrinted(source, p.errors), all: p.errors, decls, unit: p.unit };
}

const importOrder = 'syntax error: imports must appear';

/** Whether gc finds a syntax error in text[from:to], one or more declarations; their order does not count. */
export function hasSyntaxError(text: string, from: number, to: number, rules: SyntaxRules): boolean {
  return declarationErrors(text, from, to, rules).some(error => error.message.startsWith('syntax error'));
}

/**
 * The errors in text[from:to], one or more declarations whose order does not count, in the order in which gc finds
 * them.
 */
export function declarationErrors(text: string, from: number, to: number, rules: SyntaxRules): SyntaxError[] {
  const p = newParser(new SourceText('', text.substring(from, to)), rules, checkDirective);
  try {
    parseDeclarations(p);
  } catch (thrown) {
    if (!isTooDeep(thrown)) throw thrown;
    p.errors.push({ offset: p.s.offset, message: 'syntax error: nesting too deep' });
  }
  return p.errors
    .filter(error => !error.message.startsWith(importOrder))
    .map(error => ({ offset: error.offset + from, message: error.message }));
}

/** What gc's parser says of what the grammar does not know, and goes on with. */
const repairable =
  /^((middle|final) index|interface method must have no type param|empty type (parameter|argument) list)/;
/** Texts in which that can be. */
const mayBeRepaired = /:|\binterface\b/;

/**
 * The declarations of a unit with errors of which gc calls none a syntax error, such as a missing index: then it goes on
 * to check types. Null when one is.
 */
export function repairedDecls(unit: Unit, rules: SyntaxRules): RawNode[] | null {
  const text = unit.source.text.substring(unit.start, unit.end);
  if (!mayBeRepaired.test(text)) return null;
  const p = newParser(new SourceText('', text), rules, () => {});
  p.unit = unit;
  let decls: RawNode[] = [];
  try {
    decls = parseDeclarations(p);
  } catch (thrown) {
    if (!isTooDeep(thrown)) throw thrown;
    return null;
  }
  if (p.errors.length === 0 || p.errors.some(error => !repairable.test(error.message))) return null;
  unit.nodeCount = p.nextId;
  return decls;
}

/** base.ErrorfAt: a line's first syntax error hides its others, and equal errors are shown once. */
function asPrinted(source: SourceText, errors: readonly SyntaxError[]): SyntaxError[] {
  const kept: SyntaxError[] = [];
  let syntaxLine = -1;
  let otherLine = -1;
  let other = '';
  for (const error of errors) {
    const line = source.lineOf(error.offset);
    if (error.message.startsWith('syntax error')) {
      if (line === syntaxLine) continue;
      syntaxLine = line;
    } else {
      if (line === otherLine && error.message === other) continue;
      otherLine = line;
      other = error.message;
    }
    kept.push(error);
  }
  kept.sort((a, b) => a.offset - b.offset);
  return kept.filter((e, i) => i === 0 || e.offset !== kept[i - 1].offset || e.message !== kept[i - 1].message);
}
