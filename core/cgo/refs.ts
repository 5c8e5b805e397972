/** The uses of C in a Go file (cmd/cgo's ast.go): every `C.x` with what it is used as, and the calls of C functions. */
import { type Decl, type File, Kind, NodeFlag, type RawNode, Tok, rawNode } from '../syntax/ast.ts';

export const enum Context {
  Expr,
  Type,
  EmbedType,
  Field,
  Param,
  Selector,
  Call,
  /** A call whose result is assigned to two variables. */
  Call2,
  Assign2,
  Defer,
}

export interface Ref {
  /** The `C.x`. */
  node: RawNode;
  parent: RawNode | null;
  /** The x, with `_CMalloc` for malloc. */
  name: string;
  context: Context;
  /** Replaced by the rewriting of a call. */
  done: boolean;
}

export interface Call {
  node: RawNode;
  deferred: boolean;
  done: boolean;
}

/** An error of cgo's own; the offset is absolute, in UTF-16 units of the file as written. */
export interface CgoError {
  offset: number;
  message: string;
}

export interface Uses {
  refs: Ref[];
  calls: Call[];
  /** The names of `//export` functions. */
  exports: { name: string; decl: RawNode }[];
  /** What cgo itself refuses, at absolute offsets. */
  errors: CgoError[];
  /** The path of `import "C"`. */
  importPaths: RawNode[];
}

export function isC(x: RawNode | null): boolean {
  return x !== null && x.kind === Kind.Name && x.text === 'C';
}

/** All uses of C in the file, in source order. */
export function usesOf(file: File): Uses {
  const uses: Uses = { refs: [], calls: [], exports: [], errors: [], importPaths: [] };
  for (const unit of file.units) for (const decl of unit.decls) declaration(uses, rawNode(decl));
  for (const unit of file.units) {
    const decl = unit.decls[0] as Decl | undefined;
    if (decl === undefined || decl.kind !== Kind.FuncDecl) continue;
    const found = exportAbove(file.source.text, unit.start);
    if (found === null) continue;
    const { name, offset } = found;
    const real = rawNode(decl).a!.text;
    if (name === real) uses.exports.push({ name, decl: rawNode(decl) });
    else
      uses.errors.push({
        offset,
        message:
          name === ''
            ? 'export missing name'
            : `export comment has wrong name ${JSON.stringify(name)}, want ${JSON.stringify(real)}`,
      });
  }
  return uses;
}

/** The name of an //export line in the comment right above the offset, and where the line is; or null. */
function exportAbove(text: string, start: number): { name: string; offset: number } | null {
  let at = text.lastIndexOf('\n', start - 1) + 1;
  while (at > 0) {
    const line = text.lastIndexOf('\n', at - 2) + 1;
    const found = /^\/\/export (.*)$/.exec(text.slice(line, at - 1).trimEnd());
    if (found !== null) return { name: found[1].trim(), offset: line };
    if (!text.startsWith('//', line)) return null;
    at = line;
  }
  return null;
}

/** Visits the expression and all below it as cgo does, with no others to look for. */
export function usesIn(node: RawNode): Uses {
  const uses: Uses = { refs: [], calls: [], exports: [], errors: [], importPaths: [] };
  walk(uses, node, Context.Expr, null);
  return uses;
}

function declaration(u: Uses, d: RawNode): void {
  switch (d.kind) {
    case Kind.ImportDecl:
      if (d.c !== null && d.c.text === '"C"') {
        u.importPaths.push(d.c);
        if (d.a !== null) u.errors.push({ offset: d.unit.start + d.c.start, message: 'cannot rename import "C"' });
      }
      break;
    case Kind.TypeDecl:
      fields(u, d.list2, Context.Param);
      walk(u, d.b, Context.Type, d);
      break;
    case Kind.ConstDecl:
    case Kind.VarDecl:
      walk(u, d.b, Context.Type, d);
      list(u, d.c, d.list.length === 2 && d.c?.kind !== Kind.ListExpr ? Context.Assign2 : Context.Expr, d);
      break;
    case Kind.FuncDecl:
      if (d.c !== null) fields(u, [d.c], Context.Param);
      fields(u, d.list2, Context.Param);
      walk(u, d.b, Context.Type, d);
      walk(u, d.d, Context.Expr, d);
      break;
  }
}

function fields(u: Uses, list: readonly RawNode[], context: Context): void {
  let last: RawNode | null = null;
  for (const f of list) {
    // names that share a type share its node
    if (f.b === last) continue;
    last = f.b;
    walk(u, f.b, f.a === null && context === Context.Field ? Context.EmbedType : Context.Type, f);
  }
}

/** The elements of a list, or a single expression. */
function list(u: Uses, x: RawNode | null, context: Context, parent: RawNode): void {
  if (x?.kind === Kind.ListExpr) for (const e of x.list) walk(u, e, context, parent);
  else walk(u, x, context, parent);
}

function all(u: Uses, nodes: readonly RawNode[], parent: RawNode): void {
  for (const n of nodes) walk(u, n, Context.Expr, parent);
}

function walk(u: Uses, n: RawNode | null, context: Context, parent: RawNode | null): void {
  if (n === null) return;
  switch (n.kind) {
    case Kind.SelectorExpr:
      if (isC(n.a)) ref(u, n, context, parent);
      else walk(u, n.a, Context.Selector, n);
      break;
    case Kind.CallExpr:
      if (n.a!.kind === Kind.SelectorExpr && isC(n.a!.a))
        u.calls.push({ node: n, deferred: context === Context.Defer, done: false });
      walk(u, n.a, context === Context.Assign2 ? Context.Call2 : Context.Call, n);
      all(u, n.list, n);
      break;
    case Kind.ParenExpr:
      walk(u, n.a, context, n);
      break;
    case Kind.Operation:
      // *x keeps the context
      if (n.b === null && n.unit.source.text[n.unit.start + n.start] === '*') walk(u, n.a, context, n);
      else {
        walk(u, n.a, Context.Expr, n);
        walk(u, n.b, Context.Expr, n);
      }
      break;
    case Kind.FuncLit:
      walk(u, n.b, Context.Type, n);
      walk(u, n.d, Context.Expr, n);
      break;
    case Kind.CompositeLit:
      walk(u, n.b, Context.Type, n);
      all(u, n.list, n);
      break;
    case Kind.KeyValueExpr:
      walk(u, n.a, Context.Expr, n);
      walk(u, n.c, Context.Expr, n);
      break;
    case Kind.IndexExpr:
      walk(u, n.a, Context.Expr, n);
      list(u, n.c, Context.Expr, n);
      break;
    case Kind.SliceExpr:
      walk(u, n.a, Context.Expr, n);
      for (const i of n.list) walk(u, i, Context.Expr, n);
      break;
    case Kind.AssertExpr:
      walk(u, n.a, Context.Expr, n);
      walk(u, n.b, Context.Type, n);
      break;
    case Kind.TypeSwitchGuard:
      walk(u, n.a, Context.Expr, n);
      break;
    case Kind.ListExpr:
      for (const e of n.list) walk(u, e, context, n);
      break;
    case Kind.ArrayType:
      walk(u, n.a, Context.Expr, n);
      walk(u, n.b, Context.Type, n);
      break;
    case Kind.SliceType:
    case Kind.DotsType:
    case Kind.ChanType:
      walk(u, n.b, Context.Type, n);
      break;
    case Kind.MapType:
      walk(u, n.a, Context.Type, n);
      walk(u, n.c, Context.Type, n);
      break;
    case Kind.StructType:
    case Kind.InterfaceType:
      fields(u, n.list, Context.Field);
      break;
    case Kind.FuncType:
      fields(u, n.list, Context.Param);
      fields(u, n.list2, Context.Param);
      break;
    default:
      statement(u, n);
  }
}

function statement(u: Uses, n: RawNode): void {
  switch (n.kind) {
    case Kind.DeclStmt:
      for (const d of n.list) declaration(u, d);
      break;
    case Kind.LabeledStmt:
      walk(u, n.c, Context.Expr, n);
      break;
    case Kind.ExprStmt:
      walk(u, n.a, Context.Expr, n);
      break;
    case Kind.SendStmt:
      walk(u, n.a, Context.Expr, n);
      walk(u, n.c, Context.Expr, n);
      break;
    case Kind.AssignStmt: {
      list(u, n.c, Context.Expr, n);
      const two = n.c?.kind === Kind.ListExpr && n.c.list.length === 2 && n.b?.kind !== Kind.ListExpr;
      if ((n.flags & NodeFlag.ImplicitOne) === 0) list(u, n.b, two ? Context.Assign2 : Context.Expr, n);
      break;
    }
    case Kind.CallStmt:
      walk(u, n.a, n.op === Tok.Defer ? Context.Defer : Context.Expr, n);
      break;
    case Kind.ReturnStmt:
      list(u, n.a, Context.Expr, n);
      break;
    case Kind.BlockStmt:
      all(u, n.list, n);
      break;
    case Kind.IfStmt:
      walk(u, n.a, Context.Expr, n);
      walk(u, n.b, Context.Expr, n);
      walk(u, n.d, Context.Expr, n);
      walk(u, n.c, Context.Expr, n);
      break;
    case Kind.ForStmt:
      walk(u, n.a, Context.Expr, n);
      walk(u, n.b, Context.Expr, n);
      walk(u, n.c, Context.Expr, n);
      walk(u, n.d, Context.Expr, n);
      break;
    case Kind.RangeClause:
      list(u, n.c, Context.Expr, n);
      walk(u, n.a, Context.Expr, n);
      break;
    case Kind.SwitchStmt: {
      walk(u, n.a, Context.Expr, n);
      walk(u, n.b, Context.Expr, n);
      const types = n.b?.kind === Kind.TypeSwitchGuard;
      for (const clause of n.list) {
        list(u, clause.a, types ? Context.Type : Context.Expr, clause);
        all(u, clause.list, clause);
      }
      break;
    }
    case Kind.SelectStmt:
      for (const clause of n.list) {
        walk(u, clause.a, Context.Expr, clause);
        all(u, clause.list, clause);
      }
      break;
  }
}

function ref(u: Uses, n: RawNode, context: Context, parent: RawNode | null): void {
  let name = n.c!.text;
  if (name === 'malloc') name = '_CMalloc';
  u.refs.push({ node: n, parent, name, context: context === Context.Assign2 ? Context.Expr : context, done: false });
}
