/** A file whose declarations are parsed when they are asked for, along its outline (outline.ts). */
import { SourceText } from '../source/text.ts';
import {
  type Decl,
  type File,
  Kind,
  type Name,
  RawNode as SyntaxNode,
  SourceFile,
  Unit,
  rawNode,
  rawNodes,
  typedNode,
  typedNodes,
} from './ast.ts';
import { fileVersion, linknamesOf, pragmasOf } from './directives.ts';
import { syntaxErrors } from './errors.ts';
import { type Found, parseAlone } from './found.ts';
import { lowerDecls } from './lower/decl.ts';
import { child, makeNode, newLowering, next, type SyntaxRules } from './lower/state.ts';
import { lowerBody } from './lower/stmt.ts';
import { strayNewline } from './newline.ts';
import { Keyword, type Outline, type OutlineUnit, outlineOf } from './outline.ts';
import { markLinkname, parseFile } from './parse.ts';
import type { TreeParser } from './parser.ts';
import { putEmptyBody, readSoundBody, readSoundDecl } from './sound.ts';
import { Sym } from './symbols.ts';
import { lowerUnit } from './units.ts';

const enum State {
  /** Only the outline is known. */
  Outlined,
  /** Parsed, a function without its body. */
  Declared,
  Whole,
}

export interface LazyFile {
  file: File;
  outline: Outline;
  parser: TreeParser;
  rules: SyntaxRules;
  /** By unit. */
  state: Uint8Array;
  /** Names that linkname lines mention. */
  linked: ReadonlySet<string>;
  /** Its text had to be parsed as a whole. */
  whole: boolean;
}

/** The file with units that have no declarations yet, where its text lets itself be outlined. */
export function lazyFile(parser: TreeParser, path: string, text: string, rules: SyntaxRules): LazyFile {
  const outline = outlineOf(text);
  if (outline === null) return wholeFile(parser, path, text, rules);
  return outlinedFile(parser, new SourceText(path, text), outline, rules);
}

/** The file whose outline is known; the text is not looked at. */
export function outlinedFile(parser: TreeParser, source: SourceText, outline: Outline, rules: SyntaxRules): LazyFile {
  const head = new Unit(source, outline.clause, outline.nameEnd, false);
  head.nodeCount = 1;
  const at = outline.name - outline.clause;
  const end = outline.nameEnd - outline.clause;
  const { pkgName: name } = outline;
  const pkgName = new SyntaxNode(Kind.Name, 0, head, at, at, end, 0, 0, 0, name, null, null, null, null, [], [], null);
  const linknames = linknamesOf(outline.directives, rules);
  const file = new SourceFile(
    source,
    head,
    typedNode<Name>(pkgName),
    outline.units.map(u => new Unit(source, u.start, u.end, false)),
    fileVersion(outline.directives, outline.clause),
    linknames,
    outline.directives,
    () => syntaxErrors(source, rules),
  );
  const state = new Uint8Array(outline.units.length);
  return { file, outline, parser, rules, state, linked: new Set(linknames.map(l => l.local)), whole: false };
}

/** A file that has been parsed as a whole, in the same form. */
function wholeFile(parser: TreeParser, path: string, text: string, rules: SyntaxRules): LazyFile {
  const parsed = parseFile(parser, path, text, rules);
  parsed.dispose();
  return asLazy(parsed.file, parser, rules);
}

/** The same for a file that is at hand. */
export function asLazy(file: File, parser: TreeParser, rules: SyntaxRules): LazyFile {
  const units = file.units.map(unit => unitOutline(unit, file.source.text));
  const outline: Outline = {
    clause: file.head.start,
    name: file.head.start + file.pkgName.start,
    nameEnd: file.head.start + file.pkgName.end,
    pkgName: file.pkgName.value,
    units,
    directives: [],
  };
  const state = new Uint8Array(units.length).fill(State.Whole);
  return { file, outline, parser, rules, state, linked: new Set(), whole: true };
}

function unitOutline(unit: Unit, text: string): OutlineUnit {
  const u: OutlineUnit = {
    keyword: text.charCodeAt(unit.start) as Keyword,
    start: unit.start,
    end: unit.end,
    body: -1,
    name: '',
    nameAt: 0,
    recv: '',
    ptr: false,
    names: [],
    alias: true,
    types: true,
    directives: 0,
  };
  const [decl] = rawNodes(unit.decls);
  if (decl?.kind === Kind.FuncDecl) {
    u.name = decl.a!.text;
    u.nameAt = unit.start + decl.a!.start;
    if (decl.c !== null) {
      let base = decl.c.b!;
      while (base.kind !== Kind.Name && base.a !== null) {
        u.ptr ||= base.kind === Kind.Operation;
        base = base.a;
      }
      u.recv = base.text;
    }
  } else
    for (const word of text.substring(unit.start, unit.end).match(/[\p{L}_][\p{L}\p{Nd}_]*/gu) ?? [])
      u.names.push(word);
  if (u.keyword === Keyword.Func && decl === undefined) u.keyword = Keyword.Var;
  return u;
}

/** Parses text[start:end] alone; null when it does not follow the grammar. */
function parseRange(parser: TreeParser, text: string, start: number, end: number): Found | null {
  const found: Found[] = [];
  parseAlone(parser, text, start, end, found);
  return found.length === 1 ? found[0] : null;
}

/** Gives the unit its declarations; a function's body stays empty until bodyOf is called. */
export function declare(f: LazyFile, i: number): Unit {
  const unit = f.file.units[i];
  if (f.state[i] !== State.Outlined) return unit;
  f.state[i] = State.Declared;
  const u = f.outline.units[i];
  if (!readDeclared(f, u, unit)) {
    const found = parseRange(f.parser, f.file.source.text, u.start, u.body >= 0 ? u.body : u.end);
    if (found === null || !lower(f, u, unit, found)) giveUp(f, i);
  }
  for (const decl of rawNodes(unit.decls)) markLinkname(decl, f.linked);
  if (u.body < 0) f.state[i] = State.Whole;
  return unit;
}

function pragmasFor(f: LazyFile, u: OutlineUnit) {
  const { directives, units } = f.outline;
  const following = units[units.indexOf(u) + 1]?.directives ?? directives.length;
  const own = directives.slice(u.directives, following);
  const pragmas = pragmasOf(f.file.source.text, own);
  pragmas.skip(f.outline.clause);
  return pragmas;
}

/** Reads the declaration where nothing is wrong with it. */
function readDeclared(f: LazyFile, u: OutlineUnit, unit: Unit): boolean {
  const pragma = pragmasFor(f, u).take(u.start);
  if (u.body < 0) return readSoundDecl(unit, u.start, u.end, pragma, f.rules);
  if (!readSoundDecl(unit, u.start, u.body, pragma, f.rules)) return false;
  const [decl] = rawNodes(unit.decls);
  if (decl.kind !== Kind.FuncDecl || decl.d !== null) return false;
  putEmptyBody(unit, decl, u.body, u.end);
  unit.end = u.end;
  return true;
}

function lower(f: LazyFile, u: OutlineUnit, unit: Unit, found: Found): boolean {
  const s = newLowering(f.file.source.text, found.records!, unit, f.rules);
  const decls = lowerDecls(s, found.at, pragmasFor(f, u));
  if (s.complaints.length > 0 && s.complaints.some(c => c.message.startsWith('syntax error'))) return false;
  if (strayNewline(s.text, s.records, found.at, next(s, found.at)) >= 0) return false;
  if (u.body >= 0) {
    const [decl] = decls;
    if (decl?.kind !== Kind.FuncDecl) return false;
    decl.end = u.end - u.start;
    decl.d = makeNode(s, Kind.BlockStmt, u.body, u.body, u.end);
    decl.d.aux = decl.end - 1;
  }
  unit.decls = typedNodes<Decl>(decls);
  unit.nodeCount = s.nextId;
  return true;
}

/** The declaration has an error: what can be read of it is kept, as in any broken file. */
function giveUp(f: LazyFile, i: number): void {
  const u = f.outline.units[i];
  const unit = f.file.units[i];
  const found: Found = { start: u.start, end: u.end, records: null, at: 0, reuse: -1, broken: true };
  const trait = { directives: '', suspect: false };
  lowerUnit(f.parser, found, f.file.source, pragmasFor(f, u), trait, f.rules, unit);
  f.state[i] = State.Whole;
}

/** Fills the body of the function, if it has one; false when there is an error in it, which makes the unit broken. */
export function parseBody(f: LazyFile, i: number): boolean {
  const unit = declare(f, i);
  if (f.state[i] === State.Whole) return !unit.broken;
  f.state[i] = State.Whole;
  const u = f.outline.units[i];
  const body = rawNode(unit.decls[0]).d!;
  const sound = readSoundBody(unit, u.body, u.end, f.rules);
  if (sound !== null) {
    body.list = sound.list;
    body.aux = sound.aux;
    return true;
  }
  const found = parseRange(f.parser, f.file.source.text, u.start, u.end);
  if (found !== null && found.end === u.end) {
    const s = newLowering(f.file.source.text, found.records!, unit, f.rules);
    s.nextId = unit.nodeCount;
    let c = child(found.at);
    const end = next(s, found.at);
    while (c < end && s.records[c] !== Sym.block) c = next(s, c);
    if (c < end && strayNewline(s.text, s.records, found.at, end) < 0) {
      const lowered = lowerBody(s, c);
      if (!s.complaints.some(complaint => complaint.message.startsWith('syntax error'))) {
        body.list = lowered.list;
        body.aux = lowered.aux;
        unit.nodeCount = s.nextId;
        return true;
      }
    }
  }
  unit.broken = true;
  return false;
}
