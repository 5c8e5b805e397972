/**
 * From text to the syntax tree of a file, and from the tree of one text to that of the next.
 *
 * A text that follows the grammar is parsed once and lowered declaration by declaration. One that does not is cut at the
 * top-level declarations (pieces.ts) and each piece parsed alone, because tree-sitter's own recovery may throw away, or
 * silently cut short, everything around a stray bracket. A piece that stays broken becomes a broken unit; of a broken
 * function the signature is kept where it can be read, so that its callers keep their types.
 *
 * gc's messages come from a parser of their own (errors.ts), which runs only when something is wrong.
 */
import { type LineDirective, SourceText } from '../source/text.ts';
import {
  type Decl,
  type File,
  Kind,
  type Linkname,
  type Name,
  Pragma,
  RawNode,
  type SyntaxError,
  Unit,
} from './ast.ts';
import {
  type Directive,
  fileVersion,
  goDirectives,
  lineDirectivesOf,
  linknamesOf,
  onItsOwnLine,
  type Pragmas,
  pragmasOf,
} from './directives.ts';
import { syntaxErrors } from './errors.ts';
import { lowerDecls } from './lower/decl.ts';
import { lowerName } from './lower/expr.ts';
import { child, newLowering, next, type SyntaxRules } from './lower/state.ts';
import { strayNewline } from './newline.ts';
import { type ParsedTree, Rec, type TextEdit, type TreeParser } from './parser.ts';
import { bodyOf, closedCuts, closedLine, closes, cutsOf } from './pieces.ts';
import { Sym } from './symbols.ts';

/** A file's tree with what is needed to parse the next version of its text from it. */
export interface ParsedFile {
  readonly file: File;
  readonly tree: ParsedTree;
  /** By unit, in the order of `file.units`: what a unit's lowering depends on beside its text. */
  readonly traits: UnitTraits[];
  /** There are directives inside of declarations, where walking a part of the tree does not find them. */
  readonly innerDirectives: boolean;
  /** Frees the parser's tree; the file itself stays usable. */
  dispose(): void;
}

interface UnitTraits {
  /** Directives before the declaration, as written. */
  directives: string;
  /** gc has something to say about the declaration. */
  suspect: boolean;
}

/** Parses a file from scratch. `path` is what messages call it. */
export function parseFile(parser: TreeParser, path: string, text: string, rules: SyntaxRules): ParsedFile {
  return build(parser, path, text, rules, parser.parse(text), null);
}

/**
 * Parses the next version of a file. Declarations that did not change are taken over as they are: their units move to
 * the new file (offset and source are updated in place), so the old file must not be used any more. What comes out is
 * what parseFile would give. The old tree is freed.
 */
export function reparseFile(
  parser: TreeParser,
  old: ParsedFile,
  text: string,
  edits: readonly TextEdit[],
  rules: SyntaxRules,
): ParsedFile {
  const tree = parser.parse(text, old.tree, edits);
  const parsed = build(parser, old.file.source.path, text, rules, tree, { old, ...changedRange(old, text, edits) });
  old.tree.delete();
  return parsed;
}

/** The part of the text that changed: [start, end) of the new text, and by how much what follows moved. */
interface Change {
  old: ParsedFile;
  start: number;
  end: number;
  delta: number;
}

function changedRange(old: ParsedFile, text: string, edits: readonly TextEdit[]) {
  let start = text.length;
  let tail = text.length;
  let length = old.tree.text.length;
  for (const edit of edits) {
    start = Math.min(start, edit.start);
    tail = Math.min(tail, length - edit.oldEnd);
    length += edit.newEnd - edit.oldEnd;
  }
  return { start, end: Math.max(start, text.length - tail), delta: text.length - old.tree.text.length };
}

/** A declaration found in the text: flattened, taken over, or broken. */
interface Found {
  start: number;
  end: number;
  records: Int32Array | null;
  at: number;
  reuse: number;
  broken: boolean;
}

function build(
  parser: TreeParser,
  path: string,
  text: string,
  rules: SyntaxRules,
  tree: ParsedTree,
  change: Change | null,
): ParsedFile {
  const found: Found[] = [];
  let comments: Int32Array | null = null;
  if (!tree.hasError) comments = declarationsOf(tree, change, found);
  else piecesOf(parser, text, change, found);

  const directives = comments === null ? directiveLines(text) : goDirectives(text, comments);
  const lines: LineDirective[] = /\/[/*]line /.test(text)
    ? lineDirectivesOf(path, text, comments ?? lineComments(text))
    : [];
  const source = new SourceText(path, text, lines);
  const linknames = linknamesOf(directives);
  const reusable = change !== null && sameLinknames(linknames, change.old.file.linknames) ? change : null;
  const head = headOf(found, source, rules);
  let errors: SyntaxError[] | null = null;
  const file: File = {
    source,
    head: head.unit,
    pkgName: head.name,
    units: [],
    goVersion: fileVersion(directives, head.unit.start),
    linknames,
    // Asked for by diagnostics, not by what depends on the declarations: nobody waits for them on a keystroke.
    get errors() {
      errors ??= suspect || pragmas.misplaced ? syntaxErrors(source, rules) : [];
      return errors;
    },
  };
  const traits: UnitTraits[] = [];
  const pragmas = pragmasOf(text, directives);
  pragmas.drop(head.unit.start);
  pragmas.misplaced = false; // before the package clause directives are the file's
  let suspect = tree.hasError || head.suspect || strayLinknames(directives);
  let importsOver = false;
  for (const f of found) {
    if (f.records !== null && symbolOf(f) === Sym.package_clause) {
      if (f !== head.found) suspect = true;
      continue;
    }
    const trait: UnitTraits = { directives: directivesBefore(directives, file, f.start), suspect: false };
    const misplaced: boolean = pragmas.misplaced;
    pragmas.misplaced = false;
    const unit =
      takeOver(f, reusable, trait, source, pragmas) ?? lowerUnit(parser, f, tree, source, pragmas, trait, rules);
    trait.suspect ||= pragmas.misplaced;
    pragmas.misplaced ||= misplaced;
    file.units.push(unit);
    traits.push(trait);
    if (trait.suspect) suspect = true;
    const isImport = unit.decls[0]?.kind === Kind.ImportDecl || text.startsWith('import', unit.start);
    if (isImport && importsOver) suspect = true;
    importsOver ||= !isImport;
  }
  markLinknames(file);
  const innerDirectives = directives.some(directive => directive.offset >= head.unit.end && inside(file, directive));
  return { file, tree, traits, innerDirectives, dispose: () => tree.delete() };
}

function inside(file: File, directive: Directive): boolean {
  return file.units.some(unit => directive.offset > unit.start && directive.offset < unit.end);
}

function symbolOf(f: Found): Sym {
  return f.records![f.at];
}

// ---- a text that follows the grammar

/** The top-level declarations; those outside of the change come without what is below them. Returns the comments. */
function declarationsOf(tree: ParsedTree, change: Change | null, found: Found[]): Int32Array {
  // Line directives may stand inside of functions, whose comments are not listed unless they are walked.
  const partial = change !== null && !change.old.innerDirectives && !/\/[/*]line /.test(tree.text);
  const from = Math.max(0, (change?.start ?? 0) - 1);
  const to = (change?.end ?? 0) + 1;
  const flat = partial ? tree.flatten(from, to) : tree.flatten();
  const records = flat.records;
  for (let at = Rec.Size as number; at < records.length; at = records[at + Rec.Next]) {
    const sym = records[at];
    if (sym === Sym.newline || sym === Sym.SEMI) continue;
    const start = records[at + Rec.Start];
    const end = records[at + Rec.End];
    const outside = partial && (end <= from || start >= to);
    const f: Found = { start, end, records, at, reuse: -1, broken: false };
    if (outside) f.records = null;
    found.push(f);
  }
  if (change !== null) matchUnits(found, change);
  // The package clause is needed in any case.
  for (const f of found) {
    if (f.records === null && f.reuse < 0) {
      const below = tree.flatten(f.start, f.end);
      f.records = below.records;
      f.at = recordAt(below.records, f.start);
    }
  }
  return flat.comments;
}

function recordAt(records: Int32Array, start: number): number {
  let at = Rec.Size as number;
  while (records[at + Rec.Start] !== start || records[at] === Sym.newline) at = records[at + Rec.Next];
  return at;
}

/** Finds the old unit of each declaration that lies wholly outside of the change and has not changed itself. */
function matchUnits(found: Found[], change: Change): void {
  const units = change.old.file.units;
  let i = 0;
  for (const f of found) {
    if (f.start < change.end + 1 && f.end > change.start - 1) continue;
    const before = f.start >= change.end ? f.start - change.delta : f.start;
    while (i < units.length && units[i].start < before) i++;
    const unit = units[i];
    if (unit === undefined || unit.start !== before || unit.broken || unit.end - unit.start !== f.end - f.start)
      continue;
    f.reuse = i;
  }
}

// ---- a text that does not

/** The declarations of a broken text, each parsed alone (pieces.ts). */
function piecesOf(parser: TreeParser, text: string, change: Change | null, found: Found[]): void {
  const cuts = cutsOf(text);
  const endOfCut = (i: number) => (i + 1 < cuts.length ? cuts[i + 1] : text.length);
  if (cuts.length > 0 && !blank(text, 0, cuts[0])) {
    found.push({ start: 0, end: cuts[0], records: null, at: 0, reuse: -1, broken: true });
  }
  for (let i = 0; i < cuts.length; i++) {
    const start = cuts[i];
    if (takePiece(text, start, endOfCut(i), change, found)) continue;
    if (parsePiece(parser, text, start, endOfCut(i), found)) continue;
    // A keyword in column 1 of a raw string, a comment or a function that is not formatted: see whether the text up to
    // a later cut makes a whole.
    let whole = -1;
    const last = Math.min(cuts.length - 1, i + maxExtension);
    for (const cut of closedCuts(text, start, endOfCut(last), cuts, i + 1).slice(0, 4)) {
      if (cut === i + 1 || !parsePiece(parser, text, start, cuts[cut], found)) continue;
      whole = cut - 1;
      break;
    }
    if (whole < 0 && last === cuts.length - 1 && last > i && closes(text, start, text.length)) {
      if (parsePiece(parser, text, start, text.length, found)) whole = last;
    }
    if (whole >= 0) {
      i = whole;
      continue;
    }
    // What is being typed after a whole declaration is not part of it.
    const line = closedLine(text, start, endOfCut(i));
    const rest = line >= 0 && parsePiece(parser, text, start, line, found) ? line : start;
    found.push({ start: rest, end: trimEnd(text, rest, endOfCut(i)), records: null, at: 0, reuse: -1, broken: true });
  }
}

/** How many cuts ahead the end of a declaration is looked for. */
const maxExtension = 64;

/** Takes over the old unit that is all there is in [start, end), when the change leaves that alone. */
function takePiece(text: string, start: number, end: number, change: Change | null, found: Found[]): boolean {
  if (change === null || (start <= change.end && end >= change.start)) return false;
  const shift = start >= change.end ? change.delta : 0;
  const units = change.old.file.units;
  const i = unitAt(units, start - shift);
  if (i < 0 || units[i].broken || units[i].end > end - shift) return false;
  if (i + 1 < units.length && units[i + 1].start < end - shift) return false;
  if (!closes(text, units[i].end + shift, end)) return false; // a comment goes on
  found.push({ start, end: units[i].end + shift, records: null, at: 0, reuse: i, broken: false });
  return true;
}

function unitAt(units: readonly Unit[], start: number): number {
  let low = 0;
  let high = units.length - 1;
  while (low <= high) {
    const mid = (low + high) >> 1;
    if (units[mid].start === start) return mid;
    if (units[mid].start < start) low = mid + 1;
    else high = mid - 1;
  }
  return -1;
}

/** Parses text[start:end] alone; adds its declarations when it follows the grammar. */
function parsePiece(parser: TreeParser, text: string, start: number, end: number, found: Found[]): boolean {
  const tree = parser.parse(text.substring(start, end));
  const good = !tree.hasError;
  if (good) {
    const records = shifted(tree.flatten().records, start);
    for (let at = Rec.Size as number; at < records.length; at = records[at + Rec.Next]) {
      if (records[at] === Sym.newline || records[at] === Sym.SEMI) continue;
      const f = { start: records[at + Rec.Start], end: records[at + Rec.End], records, at, reuse: -1, broken: false };
      found.push(f);
    }
  }
  tree.delete();
  return good;
}

function shifted(records: Int32Array, by: number): Int32Array {
  for (let at = 0; at < records.length; at += Rec.Size) {
    records[at + Rec.Start] += by;
    records[at + Rec.End] += by;
  }
  return records;
}

function blank(text: string, from: number, to: number): boolean {
  return /^(?:\s|\/\/.*|\/\*[^]*?\*\/|\ufeff)*$/.test(text.substring(from, to));
}

function trimEnd(text: string, start: number, end: number): number {
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return end;
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

// ---- units

interface Head {
  unit: Unit;
  name: Name;
  found: Found | null;
  suspect: boolean;
}

/** The package clause, which must come first; a text without one belongs to the package `_`. */
function headOf(found: Found[], source: SourceText, rules: SyntaxRules): Head {
  const first = found.find(f => f.records !== null && symbolOf(f) === Sym.package_clause);
  const unit = new Unit(source, first?.start ?? 0, first?.end ?? 0, first === undefined);
  unit.nodeCount = 1;
  if (first === undefined) {
    const name = new RawNode(Kind.Name, 0, unit, 0, 0, 0, 0, 0, 0, '_', null, null, null, null, [], [], null);
    return { unit, name: name as unknown as Name, found: null, suspect: true };
  }
  const s = newLowering(source.text, first.records!, unit, rules);
  const name = lowerName(s, next(s, child(first.at)));
  const stray = strayNewline(source.text, first.records!, first.at, next(s, first.at));
  return { unit, name: name as unknown as Name, found: first, suspect: first !== found[0] || stray >= 0 };
}

/** The old unit, moved to where its text is now; null when it cannot be taken over. */
function takeOver(
  f: Found,
  change: Change | null,
  trait: UnitTraits,
  source: SourceText,
  pragmas: Pragmas,
): Unit | null {
  if (change === null || f.reuse < 0) return null;
  const old = change.old.traits[f.reuse];
  if (old.suspect || old.directives !== trait.directives) return null;
  const unit = change.old.file.units[f.reuse];
  unit.start = f.start;
  unit.end = f.end;
  unit.source = source;
  pragmas.skip(f.end);
  return unit;
}

function lowerUnit(
  parser: TreeParser,
  f: Found,
  tree: ParsedTree,
  source: SourceText,
  pragmas: Pragmas,
  trait: UnitTraits,
  rules: SyntaxRules,
): Unit {
  if (f.broken) return brokenUnit(parser, f, source, pragmas, trait, rules);
  let { records, at } = f;
  if (records === null) {
    // It was to be taken over, and is not.
    if (tree.hasError) {
      const again: Found[] = [];
      parsePiece(parser, source.text, f.start, f.end, again);
      ({ records, at } = again[0]);
    } else {
      records = tree.flatten(f.start, f.end).records;
      at = recordAt(records, f.start);
    }
  }
  const unit = new Unit(source, f.start, f.end, false);
  const s = newLowering(source.text, records!, unit, rules);
  unit.decls = lowerDecls(s, at, pragmas) as unknown as Decl[];
  pragmas.drop(f.end);
  const stray = strayNewline(source.text, records!, at, next(s, at));
  if (stray >= 0) s.complaints.push({ offset: stray, message: 'syntax error: unexpected newline' });
  unit.nodeCount = s.nextId;
  trait.suspect = s.complaints.length > 0;
  if (s.complaints.some(complaint => complaint.message.startsWith('syntax error'))) withholdBody(unit);
  return unit;
}

/** What is left of a declaration in which gc finds a syntax error: a function's signature. */
function withholdBody(unit: Unit): void {
  unit.broken = true;
  const decl = unit.decls[0] as unknown as RawNode | undefined;
  if (decl?.kind === Kind.FuncDecl) decl.d = null;
  else unit.decls = [];
}

/** A piece that does not follow the grammar: a function's signature is kept when it does on its own. */
function brokenUnit(
  parser: TreeParser,
  f: Found,
  source: SourceText,
  pragmas: Pragmas,
  trait: UnitTraits,
  rules: SyntaxRules,
): Unit {
  const text = source.text;
  const unit = new Unit(source, f.start, f.end, true);
  trait.suspect = true;
  const body = text.startsWith('func', f.start) ? bodyOf(text, f.start, f.end) : -1;
  if (body >= 0) {
    const signature: Found[] = [];
    if (parsePiece(parser, text, f.start, body, signature) && signature.length === 1) {
      const s = newLowering(text, signature[0].records!, unit, rules);
      const decls = lowerDecls(s, signature[0].at, pragmas);
      if (s.complaints.length === 0 && decls[0].kind === Kind.FuncDecl) {
        unit.decls = decls as unknown as Decl[];
        unit.nodeCount = s.nextId;
      }
    }
  }
  pragmas.skip(f.end);
  return unit;
}

// ---- what belongs to the file

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

/** Whether a linkname line has a number of words that gc refuses. */
function strayLinknames(directives: readonly Directive[]): boolean {
  return directives.filter(d => d.text.startsWith('go:linkname ')).length !== linknamesOf(directives).length;
}

function sameLinknames(a: readonly Linkname[], b: readonly Linkname[]): boolean {
  return a.length === b.length && a.every((x, i) => x.local === b[i].local && x.remote === b[i].remote);
}

/** Sets Pragma.Linkname on the functions and variables that a linkname line names. */
function markLinknames(file: File): void {
  if (file.linknames.length === 0) return;
  const names = new Set(file.linknames.map(linkname => linkname.local));
  for (const unit of file.units) {
    for (const decl of unit.decls as unknown as RawNode[]) {
      const named =
        (decl.kind === Kind.FuncDecl && decl.c === null && names.has(decl.a!.text)) ||
        (decl.kind === Kind.VarDecl && decl.list.some(name => names.has(name.text)));
      if (named) decl.aux |= Pragma.Linkname;
    }
  }
}

export type { SyntaxError, SyntaxRules };
