/** Finding the top-level declarations of a text: in the tree of the whole, or piece by piece where that has errors. */
import type { Unit } from './ast.ts';
import { hasSyntaxError } from './errors.ts';
import type { SyntaxRules } from './lower/state.ts';
import { type ParsedTree, Rec, type TreeParser } from './parser.ts';
import { closedCuts, closedLine, closes, contentEnd, cutsOf, Ending, endingOf } from './pieces.ts';
import { Sym } from './symbols.ts';

/** A declaration, or a package clause, found in the text. */
export interface Found {
  start: number;
  end: number;
  /** Its records, with `at` the index of its own; null when it is to be taken over, or broken. */
  records: Int32Array | null;
  at: number;
  /** Index of the old unit that may be taken over, or -1. */
  reuse: number;
  broken: boolean;
}

/** The part of the text that changed: [start, end) of the new text, and by how much what follows moved. */
export interface Change {
  start: number;
  end: number;
  delta: number;
  /** The units of the old text. */
  units: readonly Unit[];
}

export function isPackageClause(f: Found): boolean {
  return f.records !== null && f.records[f.at] === Sym.package_clause;
}

// ---- a text that follows the grammar

/**
 * The declarations of a tree without errors; of those that the change leaves alone only the extents, when `partial`.
 * Returns the comments, those inside of such declarations excepted.
 */
export function declarationsOf(tree: ParsedTree, change: Change | null, partial: boolean, found: Found[]): Int32Array {
  const from = Math.max(0, (change?.start ?? 0) - 1);
  const to = (change?.end ?? 0) + 1;
  const flat = partial ? tree.flatten(from, to) : tree.flatten();
  const first = found.length;
  addDeclarations(flat.records, found);
  if (change !== null) matchUnits(found, first, change);
  for (let i = first; i < found.length; i++) {
    const f = found[i];
    if (!partial || (f.end > from && f.start < to)) continue;
    f.records = null;
    if (f.reuse >= 0) continue;
    f.records = tree.flatten(f.start, f.end).records;
    f.at = Rec.Size as number;
    while (f.records[f.at + Rec.Start] !== f.start || f.records[f.at] === Sym.newline) {
      f.at = f.records[f.at + Rec.Next];
    }
  }
  return flat.comments;
}

export function addDeclarations(records: Int32Array, found: Found[]): void {
  for (let at = Rec.Size as number; at < records.length; at = records[at + Rec.Next]) {
    if (records[at] === Sym.newline || records[at] === Sym.SEMI) continue;
    const start = records[at + Rec.Start];
    found.push({ start, end: records[at + Rec.End], records, at, reuse: -1, broken: false });
  }
}

/** Finds the old unit of each declaration that lies wholly outside of the change and has not changed itself. */
function matchUnits(found: readonly Found[], first: number, change: Change): void {
  for (let i = first; i < found.length; i++) {
    const f = found[i];
    if (f.start < change.end + 1 && f.end > change.start - 1) continue;
    const unit = unitAt(change.units, f.start >= change.end ? f.start - change.delta : f.start);
    if (unit < 0 || change.units[unit].broken) continue;
    if (change.units[unit].end - change.units[unit].start === f.end - f.start) f.reuse = unit;
  }
}

/** Index of the unit that begins at the offset, or -1. */
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

// ---- a text that does not

/** The declarations of a broken text, each piece parsed alone (pieces.ts). */
export function piecesOf(
  parser: TreeParser,
  text: string,
  change: Change | null,
  rules: SyntaxRules,
  found: Found[],
): void {
  const cuts = cutsOf(text);
  const first = cuts[0] ?? text.length;
  if (endingOf(text, 0, first) === Ending.Unterminated)
    cuts.unshift(0); // a comment that goes on after the cut
  else if (contentEnd(text, 0, first) > 0) found.push(brokenAt(0, contentEnd(text, 0, first)));
  for (let i = 0; i < cuts.length; i++) {
    if (takePiece(text, cuts[i], cuts[i + 1] ?? text.length, change, found)) continue;
    i = piece(parser, text, cuts, i, rules, found);
  }
}

/** How many cuts ahead the end of a declaration is looked for. */
const maxExtension = 64;

/** The declarations that begin at the cut; returns the last cut that belongs to them. */
export function piece(
  parser: TreeParser,
  text: string,
  cuts: readonly number[],
  i: number,
  rules: SyntaxRules,
  found: Found[],
): number {
  const start = cuts[i];
  const end = cuts[i + 1] ?? text.length;
  if (parsePiece(parser, text, start, end, rules, found)) return i;
  // A keyword in column 1 of a raw string, a comment or a function that is not formatted: see whether the text up to a
  // later cut makes a whole.
  const last = Math.min(cuts.length - 1, i + maxExtension);
  for (const cut of closedCuts(text, start, cuts[last], cuts, i + 1).slice(0, 4)) {
    if (cut > i + 1 && parsePiece(parser, text, start, cuts[cut], rules, found)) return cut - 1;
  }
  if (last === cuts.length - 1 && last > i && closes(text, start, text.length)) {
    if (parsePiece(parser, text, start, text.length, rules, found)) return last;
  }
  // What is being typed after a whole declaration is not part of it.
  const line = closedLine(text, start, end);
  const rest = line >= 0 && parsePiece(parser, text, start, line, rules, found) ? line : start;
  found.push(brokenAt(rest, contentEnd(text, rest, end)));
  return i;
}

function brokenAt(start: number, end: number): Found {
  return { start, end, records: null, at: 0, reuse: -1, broken: true };
}

/** Takes over the old unit that is all there is in [start, end), when the change leaves that alone. */
function takePiece(text: string, start: number, end: number, change: Change | null, found: Found[]): boolean {
  if (change === null || (start <= change.end && end >= change.start)) return false;
  const shift = start >= change.end ? change.delta : 0;
  const { units } = change;
  const i = unitAt(units, start - shift);
  if (i < 0 || units[i].broken || units[i].end > end - shift) return false;
  if (i + 1 < units.length && units[i + 1].start < end - shift) return false;
  if (!closes(text, units[i].end + shift, end)) return false; // a comment goes on
  found.push({ start, end: units[i].end + shift, records: null, at: 0, reuse: i, broken: false });
  return true;
}

/**
 * Parses text[start:end] alone; adds its declarations when it follows the grammar. gc's parser is asked first: on
 * broken text it is many times faster than tree-sitter's recovery.
 */
export function parsePiece(
  parser: TreeParser,
  text: string,
  start: number,
  end: number,
  rules: SyntaxRules,
  found: Found[],
): boolean {
  return !hasSyntaxError(text, start, end, rules) && parseAlone(parser, text, start, end, found);
}

/** Parses text[start:end], UTF-16 offsets, as if there were nothing else; adds its declarations when it follows the grammar. */
export function parseAlone(parser: TreeParser, text: string, start: number, end: number, found: Found[]): boolean {
  const tree = parser.parse(text.substring(start, end));
  const good = !tree.hasError;
  if (good) {
    const { records } = tree.flatten();
    for (let at = 0; at < records.length; at += Rec.Size) {
      records[at + Rec.Start] += start;
      records[at + Rec.End] += start;
    }
    addDeclarations(records, found);
  }
  tree.delete();
  return good;
}
