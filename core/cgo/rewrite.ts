/**
 * What becomes of a Go file that uses C (cmd/cgo's rewriteCalls and rewriteRef): the text that gc compiles instead. Line
 * directives lead every piece back to where it stood.
 */
import type { SourceText } from '../source/text.ts';
import { type File, Kind, type RawNode } from '../syntax/ast.ts';
import type { ConvType, TypeTables } from './convert.ts';
import { type GoType, goTypeText, rewriteUnsafe } from './gotype.ts';
import { builtinDefs } from './gotypes.ts';
import type { CName } from './names.ts';
import { type Call, Context, type Ref, type Uses, usesIn } from './refs.ts';

interface Edit {
  start: number;
  end: number;
  text: string;
}

export interface Rewritten {
  edits: Edit[];
  /** Names that only the rewritten code has: of two results, of function pointers. */
  added: Map<string, CName>;
  /** Functions that are called. */
  called: Set<string>;
}

interface Rewriter {
  source: SourceText;
  names: Map<string, CName>;
  tables: TypeTables;
  refs: Map<RawNode, Ref>;
  calls: Map<RawNode, Call>;
  out: Rewritten;
  needsUnsafe: boolean;
}

/** The edits that turn the file into what gc compiles. What has no name in `names` stays as it is. */
export function rewriteFile(file: File, uses: Uses, names: Map<string, CName>, tables: TypeTables): Rewritten {
  const r: Rewriter = {
    source: file.source,
    names,
    tables,
    refs: new Map(uses.refs.map(ref => [ref.node, ref])),
    calls: new Map(uses.calls.map(call => [call.node, call])),
    out: { edits: [], added: new Map(), called: new Set() },
    needsUnsafe: false,
  };
  const opaque = uses.refs.some(ref => !names.has(ref.name));
  for (const path of uses.importPaths) if (!opaque) edit(r, path, '_ "unsafe"');
  for (const call of uses.calls) {
    if (call.done) continue;
    const text = rewriteCall(r, call);
    if (text !== null) edit(r, call.node, text);
  }
  if (r.needsUnsafe) {
    const at = file.pkgName.unit.start + file.pkgName.end;
    r.out.edits.push({ start: at, end: at, text: '; import _cgo_unsafe "unsafe"' });
  }
  for (const ref of uses.refs) if (!ref.done) rewriteRef(r, ref);
  r.out.edits.sort((a, b) => a.start - b.start);
  return r.out;
}

function startOf(n: RawNode): number {
  return n.unit.start + n.start;
}

function endOf(n: RawNode): number {
  return n.unit.start + n.end;
}

function edit(r: Rewriter, n: RawNode, text: string): void {
  r.out.edits.push({ start: startOf(n), end: endOf(n), text });
}

/** A comment that sets the position to that of the offset. */
function lineComment(r: Rewriter, offset: number, back = 0): string {
  const { line, col } = r.source.lineCol(offset);
  return `/*line :${line}:${col - back}*/`;
}

function rewriteRef(r: Rewriter, ref: Ref): void {
  const name = r.names.get(ref.name);
  if (name === undefined) return;
  const { kind } = name;
  const mangled = rewriteName(r, ref, name, false, false);
  if (mangled === null) return;
  const back = kind === 'type' ? 0 : 1;
  const text = ` ${lineComment(r, startOf(ref.node))}${mangled} ${lineComment(r, endOf(ref.node), back)}`;
  edit(r, ref.node, kind === 'type' ? text : `(${text})`);
}

/** What stands for the `C.x` (rewriteName); null where cgo reports an error. `printed`: in an expression that is printed
 * anew, not in the author's text. */
function rewriteName(r: Rewriter, ref: Ref, name: CName, addPosition: boolean, printed: boolean): string | null {
  const placed = (text: string) =>
    !addPosition || text.length === name.go.length ? text : `${text} ${lineComment(r, endOf(ref.node))}`;
  const deref = () => {
    // gofmt puts *x into brackets where it is selected from
    const { parent } = ref;
    const tight = printed && parent !== null && parent.a === ref.node && tightKinds.has(parent.kind);
    return tight ? `(*${placed(name.mangle)})` : `*${placed(name.mangle)}`;
  };
  switch (ref.context) {
    case Context.Call:
    case Context.Call2:
      if (name.kind === 'type') break;
      if (name.kind !== 'func') return null;
      r.out.called.add(name.go);
      if (ref.context === Context.Call2) {
        if (builtinDefs.has(name.go)) return null;
        let two = r.out.added.get(`2${name.go}`);
        if (two === undefined) {
          two = { ...name, addError: true, mangle: `_C2func_${name.go}` };
          r.out.added.set(`2${name.go}`, two);
        }
        return placed(two.mangle);
      }
      break;
    case Context.Expr:
      if (name.kind === 'func') {
        if (builtinDefs.has(name.c)) return null;
        const go = `fp_${name.go}`;
        let pointer = r.out.added.get(go);
        if (pointer === undefined) {
          const { ptrSize } = r.tables;
          const type = { size: ptrSize, align: ptrSize, go: unsafePointer, badPointer: false };
          pointer = { ...name, go, kind: 'fpvar', type, func: null, mangle: `_Cfpvar_${go}` };
          r.out.added.set(go, pointer);
        }
        return `_Cgo_ptr(${placed(pointer.mangle)})`;
      }
      if (name.kind === 'var') return deref();
      if (name.kind === 'macro') return `${placed(name.mangle)}()`;
      break;
    case Context.Selector:
      return name.kind === 'var' ? deref() : null;
    case Context.Type:
      if (name.kind !== 'type') return null;
      break;
    default:
      if (name.kind === 'func') return null;
  }
  return placed(name.mangle);
}

const unsafePointer: GoType = { kind: 'name', name: 'unsafe.Pointer' };
const tightKinds = new Set([Kind.SelectorExpr, Kind.IndexExpr, Kind.SliceExpr, Kind.AssertExpr, Kind.CallExpr]);

/** Texts that stand for nodes below the one that is printed. */
type Substitutes = Map<RawNode, string>;

/** The expression as gofmt prints it. */
function print(r: Rewriter, n: RawNode, substitutes: Substitutes): string {
  if (r.source.text.slice(startOf(n), endOf(n)).includes('\n')) return printText(r, n, substitutes);
  return printBinary(r, n, 0, 1, substitutes);
}

/** The text of the expression, without the indentation of the line on which it begins. */
function printText(r: Rewriter, n: RawNode, substitutes: Substitutes): string {
  const start = startOf(n);
  const end = endOf(n);
  const inside = [...substitutes]
    .map(([node, text]) => ({ start: startOf(node), end: endOf(node), text }))
    .filter(s => s.start >= start && s.end <= end)
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  const { text } = r.source;
  let out = '';
  let at = start;
  for (const s of inside) {
    if (s.start < at) continue;
    out += dedent(r, start, text.slice(at, s.start)) + s.text;
    at = s.end;
  }
  return out + dedent(r, start, text.slice(at, end));
}

const precedences: Record<string, number> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '|': 4,
  '^': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '<<': 5,
  '>>': 5,
  '&': 5,
  '&^': 5,
};

/** A binary operation with its operator, null for anything else. */
function binaryOf(r: Rewriter, n: RawNode): { op: string; prec: number } | null {
  if (n.kind !== Kind.Operation || n.b === null) return null;
  const op = /^(?:\/\*[^]*?\*\/|\s)*([-+*/%&|^<>=!]+)/.exec(r.source.text.slice(endOf(n.a!), startOf(n.b)))?.[1] ?? '';
  const prec = precedences[op];
  return prec === undefined ? null : { op, prec };
}

/** The operation as gofmt spaces it where it stands alone (go/printer's binaryExpr): an argument among others is written
 * tighter. */
function printBinary(r: Rewriter, n: RawNode, prec1: number, depth: number, substitutes: Substitutes): string {
  const b = substitutes.has(n) ? null : binaryOf(r, n);
  if (b === null) return printText(r, n, substitutes);
  const spaced = b.prec < cutoff(r, n, depth) && b.prec >= prec1;
  const same = binaryOf(r, n.a!)?.prec === b.prec;
  const x = printBinary(r, n.a!, b.prec, depth + (same ? 0 : 1), substitutes);
  const y = printBinary(r, n.b!, b.prec + 1, depth + 1, substitutes);
  return spaced ? `${x} ${b.op} ${y}` : `${x}${b.op}${y}`;
}

function cutoff(r: Rewriter, n: RawNode, depth: number): number {
  const found = { has4: false, has5: false, problem: 0 };
  walkBinary(r, n, found);
  if (found.problem > 0) return found.problem + 1;
  if (found.has4 && found.has5) return depth === 1 ? 5 : 4;
  return depth === 1 ? 6 : 4;
}

function walkBinary(r: Rewriter, n: RawNode, found: { has4: boolean; has5: boolean; problem: number }): void {
  const b = binaryOf(r, n)!;
  if (b.prec === 4) found.has4 = true;
  if (b.prec === 5) found.has5 = true;
  for (const x of [n.a!, n.b!]) {
    if (binaryOf(r, x) !== null) walkBinary(r, x, found);
    else if (x === n.b && x.kind === Kind.Operation) {
      const pair = b.op + r.source.text[startOf(x)];
      if (pair === '/*' || pair === '&&' || pair === '&^') found.problem = 5;
      else if (pair === '++' || pair === '--') found.problem = Math.max(found.problem, 4);
    }
  }
}

function dedent(r: Rewriter, start: number, text: string): string {
  if (!text.includes('\n')) return text;
  const line = r.source.lineStarts()[r.source.lineOf(start)];
  const indent = /^\t*/.exec(r.source.text.slice(line))![0];
  return indent === '' ? text : text.replaceAll(`\n${indent}`, '\n');
}

/** Replaces uses of C in the expression, calls included (Package.mangle). */
function mangle(r: Rewriter, n: RawNode, addPosition: boolean, substitutes: Substitutes): void {
  const uses = usesIn(n);
  for (const { node } of uses.calls) {
    const call = r.calls.get(node);
    if (call === undefined || call.done) continue;
    const text = rewriteCall(r, call);
    if (text === null) continue;
    call.done = true;
    substitutes.set(node, text);
  }
  for (const { node } of uses.refs) {
    const ref = r.refs.get(node);
    const name = ref === undefined ? undefined : r.names.get(ref.name);
    if (ref === undefined || name === undefined || ref.done) continue;
    const text = rewriteName(r, ref, name, addPosition, true);
    if (text === null) continue;
    ref.done = true;
    substitutes.set(node, text);
  }
}

/**
 * A call that passes pointers becomes a function that checks them and calls (Package.rewriteCall); null for a call that
 * stays as it is.
 */
function rewriteCall(r: Rewriter, call: Call): string | null {
  const fun = call.node.a!;
  const goName = fun.c!.text;
  if (goName === 'malloc') return null;
  const name = r.names.get(goName);
  if (name === undefined || name.kind !== 'func' || name.func === null) return null;
  const { params, result } = name.func;
  const args = call.node.list;
  if (args.length !== params.length) return null;
  if (!params.some((p, i) => needsPointerCheck(r, p.go!, args[i]))) return null;
  // what cannot be named cannot be checked either
  for (const a of args) if (usesIn(a).refs.some(ref => !r.names.has(ref.name))) return null;

  let out = call.deferred ? 'func() func() ' : 'func() ';
  let returns = false;
  if (!call.deferred) {
    const two = r.refs.get(fun)?.context === Context.Call2;
    const type = result === null ? (two ? '_Ctype_void' : '') : unsafeTypeText(r, result.go!);
    returns = result !== null || two;
    out += two ? `(${type}, error)` : type;
  }
  out += '{ ';
  const passed = params.map((param, i) => passArgument(r, i, param, args[i]));
  out += passed.map(p => p.evaluate).join('');
  if (call.deferred) out += 'return func() { ';
  out += passed.map(p => p.check).join('');
  if (returns) out += 'return ';
  const substitutes: Substitutes = new Map();
  mangle(r, fun, false, substitutes);
  out += `${lineComment(r, endOf(call.node))}${print(r, fun, substitutes)}(`;
  out += params.map((_, i) => `_cgo${i}`).join(', ');
  out += '); ';
  out += call.deferred ? '}}()()' : '}()';
  return out;
}

/** The type as it is written where pointers are passed; notes when that takes package unsafe. */
function unsafeTypeText(r: Rewriter, t: GoType): string {
  const rewritten = rewriteUnsafe(t);
  if (rewritten !== t) r.needsUnsafe = true;
  return goTypeText(rewritten);
}

/**
 * The statements that evaluate argument i into `_cgo<i>`, and the one that checks what it points to, '' where nothing has
 * to be checked. Of `&a[i]`, `&x` and `a[i:j]` the check looks at `a` or `x` alone (Package.checkIndex, checkAddr,
 * checkSlice).
 */
function passArgument(r: Rewriter, i: number, param: ConvType, arg: RawNode): { evaluate: string; check: string } {
  const substitutes: Substitutes = new Map();
  mangle(r, arg, true, substitutes);
  const atArg = (subs: Substitutes) => placeOf(r, arg, subs);
  // the place of the argument as written, which a call that was rewritten has lost
  const at = arg.kind === Kind.SelectorExpr && substitutes.has(arg) ? lineComment(r, startOf(arg)) : atArg(substitutes);
  if (!needsPointerCheck(r, param.go!, arg) || param.badPointer || isStringData(r, arg)) {
    const type = unsafeTypeText(r, param.go!);
    return { evaluate: `var _cgo${i} ${type} = ${at}${print(r, arg, substitutes)}; `, check: '' };
  }
  const inner = withoutConversions(r, arg);
  if (isAddress(r, inner) && inner.a!.kind === Kind.IndexExpr) {
    const x = inner.a!.a!;
    const variable = isVariable(x);
    const index = `_cgoIndex${i} := ${variable ? '&' : ''}${placeOf(r, x, substitutes)}${print(r, x, substitutes)}; `;
    const whole = new Map(substitutes).set(x, variable ? `(*_cgoIndex${i})` : `_cgoIndex${i}`);
    return {
      evaluate: `${index}_cgo${i} := ${atArg(whole)}${print(r, arg, whole)}; `,
      check: `_cgoCheckPointer(_cgo${i}, ${variable ? '*' : ''}_cgoIndex${i}); `,
    };
  }
  const base = isAddress(r, inner) ? `_cgoBase${i}` : inner.kind === Kind.SliceExpr ? `_cgoSlice${i}` : '';
  if (base !== '') {
    const whole = new Map(substitutes).set(inner, base);
    return {
      evaluate:
        `${base} := ${placeOf(r, inner, substitutes)}${print(r, inner, substitutes)}; ` +
        `_cgo${i} := ${atArg(whole)}${print(r, arg, whole)}; `,
      check: `_cgoCheckPointer(${base}, 0 == 0); `,
    };
  }
  return { evaluate: `_cgo${i} := ${at}${print(r, arg, substitutes)}; `, check: `_cgoCheckPointer(_cgo${i}, nil); ` };
}

/** A comment with the position of the expression; '' where it begins with something that was put in its place. */
function placeOf(r: Rewriter, n: RawNode, substitutes: Substitutes): string {
  for (let x = n; ; x = x.a!) {
    if (substitutes.has(x)) return '';
    if (!tightKinds.has(x.kind) && (x.kind !== Kind.Operation || x.b === null)) return lineComment(r, startOf(n));
  }
}

/** The address of something; one in brackets is another thing to cgo. */
function isAddress(r: Rewriter, n: RawNode): boolean {
  return n.kind === Kind.Operation && n.b === null && r.source.text[startOf(n)] === '&';
}

/** The argument of the conversions around it. */
function withoutConversions(r: Rewriter, arg: RawNode): RawNode {
  let x = arg;
  while (x.kind === Kind.CallExpr && x.list.length === 1 && (isType(r, x.a!) || isUnsafeData(x.a!, false)))
    x = x.list[0];
  return x;
}

const predeclared = new Set(
  'bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr'.split(
    ' ',
  ),
);

/** Whether the expression is surely a type (Package.isType). */
function isType(r: Rewriter, t: RawNode): boolean {
  switch (t.kind) {
    case Kind.SelectorExpr:
      if (t.a!.kind !== Kind.Name) return false;
      if (t.a!.text === 'unsafe') return t.c!.text === 'Pointer';
      return t.a!.text === 'C' && r.names.get(t.c!.text)?.kind === 'type';
    case Kind.Name:
      return predeclared.has(t.text) || t.text.startsWith('_Ctype_');
    case Kind.ParenExpr:
      return isType(r, t.a!);
    case Kind.Operation:
      return t.b === null && r.source.text[startOf(t)] === '*' && isType(r, t.a!);
    case Kind.ArrayType:
    case Kind.SliceType:
    case Kind.StructType:
    case Kind.FuncType:
    case Kind.InterfaceType:
    case Kind.MapType:
    case Kind.ChanType:
      return true;
    default:
      return false;
  }
}

/** unsafe.StringData or unsafe.SliceData. */
function isUnsafeData(x: RawNode, onlyString: boolean): boolean {
  if (x.kind !== Kind.SelectorExpr || x.a!.kind !== Kind.Name || x.a!.text !== 'unsafe') return false;
  return x.c!.text === 'StringData' || (!onlyString && x.c!.text === 'SliceData');
}

function isStringData(r: Rewriter, arg: RawNode): boolean {
  for (let x = arg; x.kind === Kind.CallExpr && x.list.length === 1; x = x.list[0]) {
    if (isUnsafeData(x.a!, true)) return true;
    if (!isType(r, x.a!)) return false;
  }
  return false;
}

function isVariable(x: RawNode): boolean {
  if (x.kind === Kind.Name || x.kind === Kind.IndexExpr) return true;
  return x.kind === Kind.SelectorExpr && isVariable(x.a!);
}

function needsPointerCheck(r: Rewriter, t: GoType, arg: RawNode): boolean {
  if (arg.kind === Kind.Name && arg.text === 'nil') return false;
  return hasPointer(r.tables, t, true, 0);
}

const plain = new Set([...predeclared].filter(t => t !== 'error' && t !== 'string' && t !== 'uintptr'));

/** Whether values of the type may hold a pointer; at the `top`, one that leads to another pointer. */
export function hasPointer(tables: TypeTables, t: GoType, top: boolean, depth: number): boolean {
  if (depth > 100) return true;
  switch (t.kind) {
    case 'array':
      return hasPointer(tables, t.elem, top, depth + 1);
    case 'struct':
      return t.fields.some(f => hasPointer(tables, f.type, top, depth + 1));
    case 'pointer':
      if (!top) return true;
      return tables.unionWithPointer.has(t.elem) || hasPointer(tables, t.elem, false, depth + 1);
    case 'name': {
      const def = tables.typedefs.get(t.name);
      if (def !== undefined) return hasPointer(tables, def.go!, top, depth + 1);
      if (t.name === 'string') return !top;
      return !plain.has(t.name);
    }
  }
}
