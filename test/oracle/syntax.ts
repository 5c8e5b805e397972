/** Our syntax tree in the vocabulary of the oracle program (oracle/syntax/main.go). */
import { type File, Kind, NodeFlag, type RawNode, Tok } from '../../core/syntax/ast.ts';
import { operatorString } from '../../core/syntax/print.ts';
import { utf8Length } from '../../core/source/text.ts';

interface Extent {
  start: number;
  end: number;
  kind: string;
}

function kindOf(n: RawNode): string {
  switch (n.kind) {
    case Kind.Name:
      return n.text === '.' || n.end === n.start ? '' : 'Name';
    case Kind.BasicLit:
      return 'BasicLit';
    case Kind.CompositeLit:
      return 'CompositeLit';
    case Kind.KeyValueExpr:
      return 'KeyValue';
    case Kind.FuncLit:
      return 'FuncLit';
    case Kind.SelectorExpr:
      return 'Selector';
    case Kind.IndexExpr:
      return 'Index';
    case Kind.SliceExpr:
      return 'Slice';
    case Kind.AssertExpr:
    case Kind.TypeSwitchGuard:
      return 'Assert';
    case Kind.Operation:
      return `${n.b === null ? 'Unary' : 'Binary'}${operatorString(n.op)}`;
    case Kind.CallExpr:
      return 'Call';
    case Kind.ArrayType:
    case Kind.SliceType:
      return 'Array';
    case Kind.StructType:
      return 'Struct';
    case Kind.InterfaceType:
      return 'Interface';
    case Kind.MapType:
      return 'Map';
    case Kind.ChanType:
      return 'Chan';
    case Kind.FuncDecl:
      return 'FuncDecl';
    case Kind.SendStmt:
      return 'Send';
    case Kind.AssignStmt: {
      const op = operatorString(n.op);
      return `Assign${(n.flags & NodeFlag.ImplicitOne) !== 0 ? op + op : `${op}=`}`;
    }
    case Kind.CallStmt:
      return n.op === Tok.Go ? 'go' : 'defer';
    case Kind.ReturnStmt:
      return 'Return';
    case Kind.BranchStmt:
      return ['break', 'continue', 'fallthrough', 'goto'][n.op];
    case Kind.BlockStmt:
      return 'Block';
    case Kind.IfStmt:
      return 'If';
    case Kind.ForStmt:
      return 'For';
    case Kind.SwitchStmt:
      return 'Switch';
    case Kind.SelectStmt:
      return 'Select';
    default:
      return '';
  }
}

/** Kinds and extents in bytes of the file's nodes, as the oracle prints them with -v. */
export function nodeLines(file: File): string[] {
  const { text } = file.source;
  const extents: Extent[] = [];
  const seen = new Set<RawNode>(); // fields that share a type
  const visit = (n: RawNode | null) => {
    if (n === null || seen.has(n)) return;
    if (n.kind === Kind.Field && n.b !== null && seen.has(n.b)) {
      visit(n.a);
      return;
    }
    seen.add(n);
    const kind = kindOf(n);
    // go/ast has the `v :=` of a type switch outside of the assertion.
    const start = n.kind === Kind.TypeSwitchGuard ? n.a!.start : n.start;
    if (kind !== '') extents.push({ start: start + n.unit.start, end: n.end + n.unit.start, kind });
    for (const child of [n.a, n.b, n.c, n.d]) visit(child);
    for (const child of n.list) visit(child);
    for (const child of n.list2) visit(child);
  };
  visit(file.pkgName as unknown as RawNode);
  for (const unit of file.units) for (const decl of unit.decls) visit(decl as unknown as RawNode);
  if (/[\u0080-\uffff]/.test(text)) {
    // Byte offsets of all UTF-16 offsets.
    const bytes = new Uint32Array(text.length + 1);
    for (let i = 0; i < text.length; ) {
      const width = text.codePointAt(i)! > 0xffff ? 2 : 1;
      const length = utf8Length(text, i, i + width);
      bytes[i + width] = bytes[i] + length;
      i += width;
    }
    for (const extent of extents) {
      extent.start = bytes[extent.start];
      extent.end = bytes[extent.end];
    }
  }
  extents.sort((x, y) => x.start - y.start || y.end - x.end || (x.kind < y.kind ? -1 : x.kind > y.kind ? 1 : 0));
  return extents.map(extent => `${extent.kind} ${extent.start} ${extent.end}\n`);
}

/** FNV-1a, 32 bits, of the lines. */
export function hashOf(lines: readonly string[]): number {
  let hash = 2166136261;
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 16777619);
  }
  return hash >>> 0;
}
