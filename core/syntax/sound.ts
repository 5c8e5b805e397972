/**
 * Texts without errors, read by the recursive-descent parser in one go (descent/). It takes a quarter of the time that
 * making tree-sitter's tree and lowering it takes, and gives the same nodes: test/syntax.oracle.test.ts compares them,
 * field by field. A text that is wrong, or that is being edited, needs tree-sitter's tree.
 */
import { SourceText } from '../source/text.ts';
import { type Decl, type File, Kind, type Name, RawNode, SourceFile, Unit, typedNode, typedNodes } from './ast.ts';
import { fileVersion, linknamesOf } from './directives.ts';
import { topLevelDecl } from './descent/decl.ts';
import { checkDirective } from './descent/directive.ts';
import { name } from './descent/expr.ts';
import { clearPragma, got, isTooDeep, maxNesting, newParser, next, type Parser, takePragma } from './descent/state.ts';
import { funcBody } from './descent/stmt.ts';
import { Token } from './descent/token.ts';
import type { SyntaxRules } from './lower/state.ts';

/** The file; null when there is something wrong with it, or it has line directives. */
export function soundFile(path: string, text: string, rules: SyntaxRules): File | null {
  const source = new SourceText(path, text);
  const p = newParser(source, rules, checkDirective);
  return soundly(p, () => {
    const { s } = p;
    next(p);
    const head = new Unit(source, s.offset, s.offset, false);
    p.unit = head;
    p.base = head.start;
    if (!got(p, Token.Package)) return null;
    takePragma(p);
    const pkgName = name(p);
    head.end = s.end;
    head.nodeCount = p.nextId;
    if (!got(p, Token.Semi)) return null;
    const units: Unit[] = [];
    for (let imports = true; s.tok !== Token.EOF; ) {
      if (s.tok !== Token.Import) imports = false;
      else if (!imports) return null;
      const unit = new Unit(source, s.offset, s.offset, false);
      if (!readDecls(p, unit) || ((s.tok as Token) !== Token.EOF && !got(p, Token.Semi))) return null;
      units.push(unit);
    }
    clearPragma(p);
    const { directives } = p;
    const linknames = linknamesOf(directives, rules);
    const version = fileVersion(directives, head.start);
    return new SourceFile(source, head, typedNode<Name>(pkgName), units, version, linknames, directives, () => []);
  });
}

/**
 * Reads the declaration that is source.text[from, to) into the unit; of a function the text may end before its body, and
 * so does the node. `pragma`: the flags of the directives before it. False when something is wrong with it.
 */
export function readSoundDecl(unit: Unit, from: number, to: number, pragma: number, rules: SyntaxRules): boolean {
  const p = newParser(unit.source, rules, checkDirective, from, to);
  const read = soundly(p, () => {
    next(p);
    p.pragma = pragma;
    return readDecls(p, unit) && isOver(p) ? true : null;
  });
  if (read === null) unit.decls = [];
  return read !== null;
}

/** The body source.text[from, to) of a function that the unit has without it; null when something is wrong with it. */
export function readSoundBody(unit: Unit, from: number, to: number, rules: SyntaxRules): RawNode | null {
  const p = newParser(unit.source, rules, checkDirective, from, to);
  p.unit = unit;
  p.base = unit.start;
  p.nextId = unit.nodeCount;
  const body = soundly(p, () => {
    next(p);
    const read = funcBody(p);
    return isOver(p) ? read : null;
  });
  if (body !== null) unit.nodeCount = p.nextId;
  return body;
}

/** An empty block in place of the function's body, source.text[from, to). */
export function putEmptyBody(unit: Unit, func: RawNode, from: number, to: number): void {
  const id = unit.nodeCount++;
  const start = from - unit.start;
  const end = to - unit.start;
  func.end = end;
  func.d = new RawNode(
    Kind.BlockStmt,
    id,
    unit,
    start,
    start,
    end,
    0,
    0,
    end - 1,
    '',
    null,
    null,
    null,
    null,
    [],
    [],
    null,
  );
}

/** What `read` gives, when the parser has found nothing wrong and nothing is nested too deeply to go on with. */
function soundly<T>(p: Parser, read: () => T | null): T | null {
  try {
    const result = read();
    return p.errors.length === 0 && !p.lines && p.deepest <= maxNesting ? result : null;
  } catch (thrown) {
    if (!isTooDeep(thrown)) throw thrown;
    return null;
  }
}

/** Reads the declarations of one keyword, of which the unit knows where they begin. */
function readDecls(p: Parser, unit: Unit): boolean {
  p.unit = unit;
  p.base = unit.start;
  p.nextId = 0;
  const decls: RawNode[] = [];
  if (!topLevelDecl(p, decls)) return false;
  clearPragma(p);
  unit.end = p.s.end;
  unit.nodeCount = p.nextId;
  unit.decls = typedNodes<Decl>(decls);
  return p.errors.length === 0;
}

/** The text ends here. */
function isOver({ s }: Parser): boolean {
  return s.tok === Token.EOF || (s.tok === Token.Semi && s.lit === 'EOF');
}
