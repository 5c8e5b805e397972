/**
 * What -cover makes of a file before gc sees it (cmd/cover): each function begins by registering its counters, and each
 * basic block of the source with a counter of its own. The author's text stays where it is but for what is inserted, so
 * that lines are those of the file and columns those of the new text.
 */
import { basename } from '../source/path.ts';
import type { SourceText } from '../source/text.ts';
import { encodeUtf8 } from '../source/utf8.ts';
import { type Decl, type Expr, Kind, Op, type RawNode, rawNode } from './ast.ts';
import type { ParsedFile } from './parse.ts';

/** -covermode; `regonly`: the package is registered and nothing counted. */
export type CoverMode = 'set' | 'count' | 'atomic' | 'regonly';

/** A package whose files are being rewritten, one after the other. */
interface CoveredPackage {
  name: string;
  mode: CoverMode;
  /** What the names of all its variables begin with. */
  prefix: string;
  /** The package's number at run time, as an expression. */
  id: string;
  importPath: string;
  /** Named by files, which are then known by their whole paths (Package.Internal.Local). */
  local: boolean;
  /** The length of each counter array so far. */
  lengths: number[];
  /** The strings of what describes the package, each with its index. */
  strings: Map<string, number>;
  /** Bytes that describe the functions so far. */
  described: number;
}

/** The package before any of its files; `modulePath`: '' where there is no module. */
export function newCovered(
  given: Pick<CoveredPackage, 'name' | 'mode' | 'prefix' | 'id' | 'importPath' | 'local'>,
  modulePath: string,
): CoveredPackage {
  const pkg: CoveredPackage = { ...given, lengths: [], strings: new Map(), described: 0 };
  for (const s of ['', given.importPath, given.name, modulePath]) stringIndex(pkg, s);
  return pkg;
}

function stringIndex({ strings }: CoveredPackage, s: string): number {
  let index = strings.get(s);
  if (index === undefined) strings.set(s, (index = strings.size));
  return index;
}

/** Places of a counter array before the counters: how many there are, the package, the function. */
const firstCounter = 3;

const atomicName = '_cover_atomic_';

interface Edit {
  start: number;
  end: number;
  text: string;
}

interface Cover {
  pkg: CoveredPackage;
  source: SourceText;
  text: string;
  edits: Edit[];
  /** The counter array of the function; '' outside of functions. */
  counters: string;
  /** Counters of the function so far. */
  units: number;
  /** Stretches of the file that a counter is for: none is described twice. */
  seen: Set<string>;
}

/** The text that gc compiles for the file, which has no syntax errors (annotateFile). */
export function coveredText(pkg: CoveredPackage, { file }: ParsedFile): string {
  const { source } = file;
  const { text } = source;
  const c: Cover = { pkg, source, text, edits: [], counters: '', units: 0, seen: new Set() };
  const afterName = file.pkgName.unit.start + file.pkgName.end;
  if (pkg.mode === 'atomic') insert(c, afterName, `; import ${atomicName} "sync/atomic"`);
  if (pkg.name === 'main') insert(c, afterName, '; import _ "runtime/coverage"');
  if (pkg.mode !== 'regonly') for (const unit of file.units) for (const decl of unit.decls) coverDecl(c, decl);
  // of edits at one place insertions come first, in the order in which they were made
  c.edits.sort((a, b) => a.start - b.start || a.end - b.end);
  let out = '';
  let at = 0;
  for (const edit of c.edits) {
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  out += text.slice(at);
  return pkg.mode === 'atomic' ? `${out}\nvar _ = ${atomicName}.LoadUint32\n` : out;
}

/** How many elements of a literal make a function big (inline.inlineBigFunctionNodes): more say nothing more. */
const enough = 5000;

/**
 * The file that declares the counters, which gc compiles before the others (emitMetaData). The bytes that describe the
 * functions are for the run time alone; but it matters how many they are, since the package's initialization becomes too
 * big to inline into, and there gc has it register them (coverage.registerMeta), which is some nodes more.
 */
export function coverVariables(pkg: CoveredPackage): string {
  const { name, prefix, id, lengths } = pkg;
  const counters = lengths.map((n, i) => `var ${prefix}_${i} [${n}]uint32\n`).join('');
  const registers = (id === `${prefix}P` ? 29 : 27) + (name === 'main' ? 3 : 0);
  const bytes = Math.min(metaLength(pkg), enough) + registers;
  return `package ${name}\n\nvar ${prefix}P uint32\n${counters}var ${prefix}M = [...]byte{${'0,'.repeat(bytes)}}\n`;
}

/** The length of what describes the package (encodemeta.CoverageMetaDataBuilder.Emit): header, functions, strings. */
function metaLength({ strings, lengths, described }: CoveredPackage): number {
  let length = 44 + 4 * lengths.length + described + uleb128Length(strings.size);
  for (const s of strings.keys()) {
    const bytes = encodeUtf8(s).length;
    length += uleb128Length(bytes) + bytes;
  }
  return length;
}

function uleb128Length(n: number): number {
  return n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x200000 ? 3 : n < 0x10000000 ? 4 : 5;
}

function coverDecl(c: Cover, decl: Decl): void {
  if (decl.kind === Kind.FuncDecl) {
    const { name, recv, body } = decl;
    if (name.value === '_' || body === null) return;
    const base = recv === null ? null : unparenStar(recv.type);
    const type = base?.kind === Kind.Name ? `${recv!.type.kind === Kind.Name ? '' : '*'}${base.value}.` : '';
    coverFunc(c, rawNode(decl), rawNode(body), type + name.value);
  } else walk(c, rawNode(decl));
}

/** The operand of `*x`, or x. */
function unparenStar(x: Expr): Expr {
  return x.kind === Kind.Operation && x.op === Op.Mul && x.y === null ? x.x : x;
}

/** A function with counters of its own: one that is declared, or a literal outside of functions (preFunc, postFunc). */
function coverFunc(c: Cover, fn: RawNode, body: RawNode, name: string): void {
  const { mode, prefix, id, lengths, importPath, local } = c.pkg;
  const func = lengths.length;
  c.counters = `${prefix}_${func}`;
  c.units = 0;
  walk(c, body);
  lengths.push(c.units + firstCounter);
  const file = local ? c.source.path : `${importPath}/${basename(c.source.position(startOf(fn)).file)}`;
  for (const n of [c.units, stringIndex(c.pkg, name), stringIndex(c.pkg, file), 0]) c.pkg.described += uleb128Length(n);
  const set = (which: number, value: string): string =>
    mode === 'atomic'
      ? `${atomicName}.StoreUint32(&${c.counters}[${which}], ${value})`
      : `${c.counters}[${which}] = ${value}`;
  const hook = `{${set(0, String(c.units))} ; ${set(1, id)} ; ${set(2, String(func))} ; `;
  const at = startOf(body);
  c.edits.push({ start: at, end: at + 1, text: hook });
  c.counters = '';
}

/** Adds counters to the blocks of n, in the order of ast.Walk (File.Visit). */
function walk(c: Cover, n: RawNode): void {
  switch (n.kind) {
    case Kind.BlockStmt:
      addCounters(c, startOf(n), startOf(n) + 1, endOf(n), n.list, true);
      break;
    case Kind.SwitchStmt:
    case Kind.SelectStmt:
      for (const part of [n.a, n.b]) if (part !== null) walk(c, part);
      for (const clause of n.list) {
        const { list } = clause;
        const colon = clause.unit.start + clause.aux + 1;
        addCounters(c, colon, colon, list.length > 0 ? endOf(list[list.length - 1]) : colon, list, false);
      }
      for (const clause of n.list) walk(c, clause);
      return;
    case Kind.IfStmt:
      coverIf(c, n);
      return;
    case Kind.FuncLit:
      if (c.counters === '') {
        const { line, col } = c.source.position(startOf(n));
        coverFunc(c, n, n.d!, `func.L${line}.C${col}`);
        return;
      }
      break;
  }
  for (const part of partsOf(n)) walk(c, part);
}

/** The if's parts; an else that is followed by another if becomes a block, so that there is a place for its counter. */
function coverIf(c: Cover, n: RawNode): void {
  for (const part of [n.a, n.b, n.d]) if (part !== null) walk(c, part);
  const other = n.c;
  if (other === null) return;
  const at = afterElse(c.text, endOf(n.d!));
  insert(c, at, '{');
  insert(c, endOf(other), '}');
  if (other.kind === Kind.IfStmt) {
    addCounters(c, at, at + 1, endOf(other) + 1, [other], true);
    walk(c, other);
  } else {
    addCounters(c, at, at + 1, endOf(other), other.list, true);
    for (const stmt of other.list) walk(c, stmt);
  }
}

/** The offset behind the next `else` that is in no comment (File.findText). */
function afterElse(text: string, from: number): number {
  const token = /\/\/.*|\/\*[\s\S]*?\*\/|else/g;
  token.lastIndex = from;
  for (let m = token.exec(text); m !== null; m = token.exec(text)) if (m[0] === 'else') return token.lastIndex;
  return from;
}

/**
 * Puts a counter before each run of statements that are executed together (File.addCounters). `pos`: where the first
 * begins; where that is also its end there is nothing to count. `at`: where its counter goes. `blockEnd`: where the list
 * ends, and with it, if `whole`, a single run.
 */
function addCounters(
  c: Cover,
  pos: number,
  at: number,
  blockEnd: number,
  list: readonly RawNode[],
  whole: boolean,
): void {
  if (list.length === 0) {
    insert(c, at, `${counter(c, at, blockEnd, 0)};`);
    return;
  }
  const stmts = [...list];
  for (let i = 0; ; ) {
    const first = i;
    let end = blockEnd;
    while (i < stmts.length) {
      const stmt = stmts[i++];
      end = boundary(stmt);
      if (!endsBlock(stmt)) continue;
      whole = false;
      // a goto may lead to the statement: its counter is behind the label
      if (stmt.kind === Kind.LabeledStmt && !isControl(stmt.c!)) {
        end = startOf(stmt);
        stmts.splice(i, 0, stmt.c!);
      }
      break;
    }
    if (whole) end = blockEnd;
    if (pos !== end) insert(c, at, `${counter(c, pos, end, i - first)};`);
    if (i === stmts.length) return;
    pos = at = startOf(stmts[i]);
  }
}

/** The next counter, for `statements` statements from `from` to `to` (File.newCounter). */
function counter(c: Cover, from: number, to: number, statements: number): string {
  const begin = c.source.position(from);
  const end = c.source.position(to);
  const unit = (): string => `${begin.file}:${begin.line}:${begin.col} ${end.file}:${end.line}:${end.col}`;
  while (c.seen.has(unit())) end.col++;
  c.seen.add(unit());
  for (const n of [begin.line, begin.col, end.line, end.col, statements]) c.pkg.described += uleb128Length(n);
  const place = `${c.counters}[${c.units++ + firstCounter}]`;
  switch (c.pkg.mode) {
    case 'count':
      return `${place}++`;
    case 'atomic':
      return `${atomicName}.AddUint32(&${place}, 1)`;
    default:
      return `${place} = 1`;
  }
}

/** Where what the statement executes first ends: before blocks and function literals in it (File.statementBoundary). */
function boundary(stmt: RawNode): number {
  switch (stmt.kind) {
    case Kind.BlockStmt:
      return startOf(stmt);
    case Kind.LabeledStmt:
      return boundary(stmt.c!);
    case Kind.IfStmt:
    case Kind.ForStmt: {
      const literal = literalIn([stmt.a, stmt.b, stmt.kind === Kind.ForStmt ? stmt.c : null]);
      return literal ?? startOf(stmt.d!);
    }
    case Kind.SwitchStmt: {
      const isTypeSwitch = stmt.b?.kind === Kind.TypeSwitchGuard;
      return literalIn([stmt.a, isTypeSwitch ? null : stmt.b]) ?? braceOf(stmt);
    }
    case Kind.SelectStmt:
      return braceOf(stmt);
    default:
      return literalIn([stmt]) ?? endOf(stmt);
  }
}

/** Where the clauses of a switch or select begin: no statement has its place, and what precedes them has no braces but
 * those of literals. */
function braceOf(stmt: RawNode): number {
  const { text } = stmt.unit.source;
  const from = Math.max(startOf(stmt), stmt.a === null ? 0 : endOf(stmt.a), stmt.b === null ? 0 : endOf(stmt.b));
  const token = /\/\/.*|\/\*[\s\S]*?\*\/|\{/g;
  token.lastIndex = from;
  for (let m = token.exec(text); m !== null; m = token.exec(text)) if (m[0] === '{') return m.index;
  return from;
}

/** Where the body of the first function literal in the nodes begins (hasFuncLiteral); null when there is none. */
function literalIn(nodes: readonly (RawNode | null)[]): number | null {
  for (const n of nodes) {
    if (n === null) continue;
    if (n.kind === Kind.FuncLit) return startOf(n.d!);
    const found = literalIn(partsOf(n));
    if (found !== null) return found;
  }
  return null;
}

/** The statement changes the flow of control, or has a function literal in it (File.endsBasicSourceBlock). */
function endsBlock(stmt: RawNode): boolean {
  switch (stmt.kind) {
    case Kind.BlockStmt:
    case Kind.BranchStmt:
    case Kind.ForStmt:
    case Kind.IfStmt:
    case Kind.LabeledStmt:
    case Kind.SwitchStmt:
    case Kind.SelectStmt:
      return true;
    case Kind.ExprStmt: {
      const call = stmt.a!;
      if (call.kind === Kind.CallExpr && call.list.length === 1)
        if (call.a!.kind === Kind.Name && call.a!.text === 'panic') return true;
      break;
    }
  }
  return literalIn([stmt]) !== null;
}

/** Nothing can be put between the statement and its label (File.isControl). */
function isControl({ kind }: RawNode): boolean {
  return kind === Kind.ForStmt || kind === Kind.SwitchStmt || kind === Kind.SelectStmt;
}

/** The nodes right below n that can have a function literal in them, in source order. */
function partsOf(n: RawNode): RawNode[] {
  const parts: RawNode[] = [];
  for (const part of [n.a, n.b, n.c, n.d, ...n.list, ...n.list2]) if (part !== null && !isType(part)) parts.push(part);
  return parts.sort((a, b) => startOf(a) - startOf(b));
}

function isType({ kind }: RawNode): boolean {
  return kind === Kind.Field || (kind >= Kind.StructType && kind <= Kind.ChanType);
}

function startOf(n: RawNode): number {
  return n.unit.start + n.start;
}

function endOf(n: RawNode): number {
  return n.unit.start + n.end;
}

function insert(c: Cover, at: number, text: string): void {
  c.edits.push({ start: at, end: at, text });
}
