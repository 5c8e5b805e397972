/**
 * From text to the syntax tree of a file, and from the tree of one text to that of the next.
 *
 * A text that follows the grammar is parsed once and lowered declaration by declaration. One that does not is cut at the
 * top-level declarations (pieces.ts) and each piece parsed alone, because tree-sitter's own recovery may throw away, or
 * silently cut short, everything around a stray bracket. A piece that stays broken becomes a broken unit; of a broken
 * function the signature is kept where it can be read, so that its callers keep their types.
 *
 * An edit inside of one declaration, the others being whole, needs that declaration alone; any other is given to
 * tree-sitter with the tree of the last text that was parsed as a whole. Either way the outcome is that of parsing the
 * text afresh.
 *
 * gc's messages come from a parser of their own (errors.ts), which runs only when something is wrong. Where no file is
 * edited it is given each file first, and if it finds no error its tree is taken (`readFile`, sound.ts).
 */
import { SourceText } from '../source/text.ts';
import { hasMalformed } from '../source/utf8.ts';
import {
  type Directive,
  type File,
  Kind,
  type Linkname,
  Pragma,
  type RawNode,
  SourceFile,
  type Unit,
  rawNodes,
} from './ast.ts';
import {
  fileVersion,
  goDirectives,
  lineDirectivesOf,
  isLinkname,
  linknamesOf,
  onItsOwnLine,
  type Pragmas,
  pragmasOf,
} from './directives.ts';
import { embedPatterns } from './descent/directive.ts';
import { syntaxErrors } from './errors.ts';
import { type Change, declarationsOf, type Found, isPackageClause, piece, piecesOf } from './found.ts';
import type { SyntaxRules } from './lower/state.ts';
import type { ParsedTree, TextEdit, TreeParser } from './parser.ts';
import { cutsOf, Ending, endingOf } from './pieces.ts';
import { soundFile } from './sound.ts';
import { type Head, headOf, lowerUnit, type UnitTraits } from './units.ts';

/** A file's tree with what is needed to parse the next version of its text from it. */
export interface ParsedFile {
  readonly file: File;
  /** By unit, in the order of `file.units`. */
  readonly traits: readonly UnitTraits[];
  /** The tree of the last text that was parsed as a whole, and the edits since. */
  readonly tree: ParsedTree;
  readonly edits: readonly TextEdit[];
  readonly directives: readonly Directive[];
  /** There are directives inside of declarations, where walking a part of the tree does not find them. */
  readonly innerDirectives: boolean;
  /** Apart from broken units nothing is wrong or unusual: an edit inside of a unit cannot matter to the rest. */
  readonly regular: boolean;
  /** Frees the parser's tree; the file itself stays usable. */
  dispose(): void;
}

/** Parses a file from scratch. `path` is what messages call it. */
export function parseFile(parser: TreeParser, path: string, text: string, rules: SyntaxRules): ParsedFile {
  return parseWhole(parser, path, text, rules, parser.parse(text), null, null);
}

/** Parses a file where none is edited: a whole run of the command line. */
export function readFile(parser: TreeParser, path: string, text: string, rules: SyntaxRules): File {
  const sound = soundFile(path, text, rules);
  if (sound !== null) {
    markLinknames(sound);
    return sound;
  }
  const parsed = parseFile(parser, path, text, rules);
  parsed.dispose();
  return parsed.file;
}

/**
 * Parses the next version of a file. Declarations that did not change are taken over as they are: their units move to
 * the new file (offset and source are updated in place), so the old file must not be used any more. What comes out is
 * what parseFile would give. The old tree is freed, or taken over.
 */
export function reparseFile(
  parser: TreeParser,
  old: ParsedFile,
  text: string,
  edits: readonly TextEdit[],
  rules: SyntaxRules,
): ParsedFile {
  const change = changeOf(old, text, edits);
  const allEdits = old.edits.concat(edits);
  const local = allEdits.length < maxEdits ? parseUnit(parser, old, text, change, allEdits, rules) : null;
  if (local !== null) return local;
  const tree = parser.parse(text, old.tree, allEdits);
  const parsed = parseWhole(parser, old.file.source.path, text, rules, tree, old, change);
  old.tree.delete();
  return parsed;
}

/** Edits after which the whole is parsed again, so that the tree does not fall behind for ever. */
const maxEdits = 1000;

function changeOf(old: ParsedFile, text: string, edits: readonly TextEdit[]): Change {
  const before = old.file.source.text.length;
  let start = text.length;
  let tail = text.length;
  let length = before;
  for (const edit of edits) {
    start = Math.min(start, edit.start);
    tail = Math.min(tail, length - edit.oldEnd);
    length += edit.newEnd - edit.oldEnd;
  }
  const end = Math.max(start, text.length - tail);
  return { start, end, delta: text.length - before, units: old.file.units };
}

const lineDirective = /\/[/*]line /;

function parseWhole(
  parser: TreeParser,
  path: string,
  text: string,
  rules: SyntaxRules,
  tree: ParsedTree,
  old: ParsedFile | null,
  change: Change | null,
): ParsedFile {
  const found: Found[] = [];
  const hasLines = lineDirective.test(text);
  let comments: Int32Array | null = null;
  if (tree.hasError) piecesOf(parser, text, change, rules, found);
  else comments = declarationsOf(tree, change, old !== null && !old.innerDirectives && !hasLines, found);
  const listed = text.includes('//go:') ? directiveLines(text) : [];
  const directives = comments === null ? listed : goDirectives(text, comments);
  const lines = hasLines
    ? lineDirectivesOf(path, text, comments ?? lineComments(text))
    : { list: [], malformed: false };
  const source = new SourceText(path, text, lines.list);
  const head = headOf(found, source, rules);
  const onePackage = !head.suspect && found.filter(isPackageClause).length === 1;
  const regular = onePackage && !hasLines && !oddCharacters(text.substring(0, head.unit.start));
  return assemble({
    parser,
    source,
    rules,
    tree,
    edits: [],
    found: found.filter(f => !isPackageClause(f)),
    head,
    directives,
    old,
    change,
    suspect: tree.hasError || !onePackage || lines.malformed,
    regular: regular && directives.length === listed.length,
  });
}

/** Whether there are characters that are wrong even in a comment, where the grammar takes them. */
function oddCharacters(text: string): boolean {
  return text.includes('\0') || text.lastIndexOf('\ufeff') > 0 || hasMalformed(text);
}

// ---- an edit inside of one declaration

/**
 * The new file when the change lies inside of one unit, and all others are whole and stay what they are; null when that
 * cannot be told from the unit's text alone.
 */
function parseUnit(
  parser: TreeParser,
  old: ParsedFile,
  text: string,
  change: Change,
  edits: readonly TextEdit[],
  rules: SyntaxRules,
): ParsedFile | null {
  if (!old.regular) return null;
  const { units } = change;
  let i = units.length - 1;
  while (i >= 0 && units[i].start >= change.start) i--;
  if (i < 0) return null;
  const unit = units[i];
  const limit = i + 1 < units.length ? units[i + 1].start : old.file.source.text.length;
  // A broken unit may grow up to the next one; a whole one is changed in its inside.
  if (change.end - change.delta >= (unit.broken ? limit : unit.end)) return null;
  for (let j = 0; j < units.length; j++) if (j !== i && units[j].broken) return null;

  const cuts = cutsOf(text.substring(unit.start, limit + change.delta));
  if (cuts.length !== 1 || cuts[0] !== 0 || !startsLine(text, unit.start)) return null;
  if (i + 1 < units.length) {
    if (!startsLine(text, limit + change.delta)) return null;
    if (cutsOf(text.substr(limit + change.delta, 10))[0] !== 0) return null;
  }
  if (text.startsWith('import', unit.start) !== old.file.source.text.startsWith('import', unit.start)) return null;
  const region = text.substring(unit.start, Math.max(change.end, unit.end + change.delta));
  if (region.includes('//go:') || lineDirective.test(region)) return null;
  if (unit.broken && /\/\/go:|\/[/*]line /.test(old.file.source.text.substring(unit.start, limit))) return null;
  if (endingOf(text, unit.start, limit + change.delta) === Ending.Unterminated) return null;

  const found: Found[] = [];
  for (let j = 0; j < i; j++) found.push(unchanged(units[j], j, 0));
  const end = i + 1 < units.length ? [unit.start, limit + change.delta] : [unit.start];
  piece(parser, text, end, 0, rules, found);
  if (found.slice(i).some(isPackageClause)) return null;
  for (let j = i + 1; j < units.length; j++) found.push(unchanged(units[j], j, change.delta));

  const source = new SourceText(old.file.source.path, text);
  old.file.head.source = source;
  const directives = old.directives.map(d => (d.offset < change.start ? d : moved(d, change.delta)));
  return assemble({
    parser,
    source,
    rules,
    tree: old.tree,
    edits,
    found,
    head: { unit: old.file.head, name: old.file.pkgName, suspect: false },
    directives,
    old,
    change,
    suspect: false,
    regular: true,
  });
}

function startsLine(text: string, offset: number): boolean {
  return offset === 0 || text[offset - 1] === '\n';
}

function unchanged(unit: Unit, index: number, delta: number): Found {
  return { start: unit.start + delta, end: unit.end + delta, records: null, at: 0, reuse: index, broken: unit.broken };
}

function moved(directive: Directive, delta: number): Directive {
  return { offset: directive.offset + delta, end: directive.end + delta, text: directive.text };
}

// ---- the file

interface Parts {
  parser: TreeParser;
  source: SourceText;
  rules: SyntaxRules;
  tree: ParsedTree;
  edits: readonly TextEdit[];
  /** The declarations, package clauses left out. */
  found: readonly Found[];
  head: Head;
  directives: readonly Directive[];
  old: ParsedFile | null;
  change: Change | null;
  /** Something is wrong beside what the units show. */
  suspect: boolean;
  regular: boolean;
}

function assemble(parts: Parts): ParsedFile {
  const { parser, source, rules, head, directives, old, tree } = parts;
  const linknames = linknamesOf(directives, rules);
  const reusable = old !== null && sameLinknames(linknames, old.file.linknames) ? old : null;
  const file = new SourceFile(
    source,
    head.unit,
    head.name,
    [],
    fileVersion(directives, head.unit.start),
    linknames,
    directives,
    ({ units }) => {
      const errors = suspect || oddCharacters(source.text) ? syntaxErrors(source, rules) : [];
      // gc's parser reads long chains of selectors and calls in a loop; here they nest.
      const broken = units.find(unit => unit.broken);
      if (errors.length > 0 || broken === undefined) return errors;
      return [{ offset: broken.start, message: 'syntax error: nesting too deep' }];
    },
  );
  const traits: UnitTraits[] = [];
  const pragmas = pragmasOf(source.text, directives);
  pragmas.skip(head.unit.start); // before the package clause directives are the file's
  let suspect =
    parts.suspect ||
    linknameLines(directives, rules) !== linknames.length ||
    directives.some(directive => !onItsOwnLine(source.text, directive.offset) || isBadEmbed(directive.text));
  let importsOver = false;
  let importsInOrder = true;
  for (const f of parts.found) {
    const trait: UnitTraits = { directives: directivesBefore(directives, file, f.start), suspect: false };
    pragmas.misplaced = false;
    const unit = takeOver(f, reusable, trait, source, pragmas) ?? lowerUnit(parser, f, source, pragmas, trait, rules);
    trait.suspect ||= pragmas.misplaced;
    suspect ||= trait.suspect;
    file.units.push(unit);
    traits.push(trait);
    const isImport = source.text.startsWith('import', unit.start);
    if (isImport && importsOver) importsInOrder = false;
    importsOver ||= !isImport;
  }
  pragmas.misplaced = false;
  pragmas.drop(source.text.length);
  suspect ||= !importsInOrder || pragmas.misplaced;
  markLinknames(file);
  const innerDirectives = directives.some(directive => directive.offset >= head.unit.end && inside(file, directive));
  return {
    file,
    traits,
    tree,
    edits: parts.edits,
    directives,
    innerDirectives,
    regular: parts.regular && importsInOrder && !innerDirectives,
    // not of `parts`, which has the file before this one
    dispose: () => tree.delete(),
  };
}

/** The old unit, moved to where its text is now; null when it cannot be taken over. */
function takeOver(
  f: Found,
  old: ParsedFile | null,
  trait: UnitTraits,
  source: SourceText,
  pragmas: Pragmas,
): Unit | null {
  if (old === null || f.reuse < 0 || f.broken) return null;
  const before = old.traits[f.reuse];
  if (before.suspect || before.directives !== trait.directives) return null;
  const unit = old.file.units[f.reuse];
  unit.start = f.start;
  unit.end = f.end;
  unit.source = source;
  pragmas.skip(f.end);
  return unit;
}

/** In a broken text nobody knows what is a comment: every line that is a directive counts. */
function directiveLines(text: string): Directive[] {
  const list: Directive[] = [];
  for (const match of text.matchAll(/^([ \t]*\/\/)(go:.*)$/gm)) {
    const end = match.index + match[0].length;
    const offset = match.index + match[1].length - 2;
    list.push({ offset, end, text: match[2].replace(/\r$/, '') });
  }
  return list;
}

/** The same for line directives: offsets of what looks like one. */
function lineComments(text: string): Int32Array {
  const pairs: number[] = [];
  for (const match of text.matchAll(/^\/\/line .*|\/\*line [^*\n]*\*\//gm)) {
    pairs.push(match.index, match.index + match[0].length);
  }
  return Int32Array.from(pairs);
}

/** The directives between the declaration and what is before it, as one string. */
function directivesBefore(directives: readonly Directive[], file: File, start: number): string {
  const from = file.units.length > 0 ? file.units[file.units.length - 1].end : file.head.end;
  let joined = '';
  for (const directive of directives) {
    if (directive.offset >= start) break;
    if (directive.offset < from) continue;
    joined += `${onItsOwnLine(file.source.text, directive.offset) ? '' : '!'}${directive.text}\n`;
  }
  return joined;
}

function inside(file: File, directive: Directive): boolean {
  return file.units.some(unit => directive.offset > unit.start && directive.offset < unit.end);
}

/** gc has something to say about a linkname line with another number of words. */
function linknameLines(directives: readonly Directive[], rules: SyntaxRules): number {
  return directives.filter(directive => isLinkname(directive.text, rules)).length;
}

function isBadEmbed(text: string): boolean {
  if (text !== 'go:embed' && !text.startsWith('go:embed ')) return false;
  const { list, error } = embedPatterns(text.slice('go:embed'.length));
  return error !== null || list.length === 0;
}

function sameLinknames(a: readonly Linkname[], b: readonly Linkname[]): boolean {
  return a.length === b.length && a.every((x, i) => x.local === b[i].local && x.remote === b[i].remote);
}

/** Sets Pragma.Linkname on the functions and variables that a linkname line names. */
function markLinknames(file: File): void {
  if (file.linknames.length === 0) return;
  const names = new Set(file.linknames.map(linkname => linkname.local));
  for (const unit of file.units) for (const decl of rawNodes(unit.decls)) markLinkname(decl, names);
}

/** Sets Pragma.Linkname when the declaration is of a function or variable among the names. */
export function markLinkname(decl: RawNode, names: ReadonlySet<string>): void {
  const named =
    (decl.kind === Kind.FuncDecl && decl.c === null && names.has(decl.a!.text)) ||
    (decl.kind === Kind.VarDecl && decl.list.some(name => names.has(name.text)));
  if (named) decl.aux |= Pragma.Linkname;
}

export type { SyntaxRules };
