/** Writing what is known into the side tables (types2 recording). */
import type { Value } from '../constant/value.ts';
import { type Expr, Kind, type Name, type Node, type SelectorExpr } from '../syntax/ast.ts';
import type { Checker } from './checker.ts';
import { Mode, SelectionKind } from './info.ts';
import { type FuncObj, newVar, type Obj, VarKind, type VarObj } from './object.ts';
import type { Operand } from './operand.ts';
import { nodePos } from './position.ts';
import { isUntyped } from './predicates.ts';
import { BasicKind, type BasicType, type SignatureType, TupleType, type Type } from './type.ts';
import { emptyTuple, Typ } from './universe.ts';

/** Records the operand for its expression; an untyped one is remembered until it has its final type. */
export function record(c: Checker, x: Operand): void {
  let typ: Type;
  let val: Value | null = null;
  switch (x.mode) {
    case Mode.Invalid:
      typ = Typ[BasicKind.Invalid];
      break;
    case Mode.NoValue:
      typ = emptyTuple;
      break;
    case Mode.Constant:
      typ = x.type!;
      val = x.val;
      break;
    default:
      typ = x.type!;
  }
  if (isUntyped(typ)) c.untyped.set(x.expr!, { isLhs: false, mode: x.mode, type: typ as BasicType, val });
  else recordTypeAndValue(c, x.expr!, x.mode, typ, val);
}

/** Records what is still untyped when the package has been checked, as it is (types2 Checker.recordUntyped). */
export function recordUntyped(c: Checker): void {
  for (const [x, info] of c.untyped) recordTypeAndValue(c, x, info.mode, info.type, info.val);
  c.untyped.clear();
}

/** Records mode, type and constant of an expression in the table of its unit; nothing for what is in error. */
export function recordTypeAndValue(c: Checker, x: Expr, mode: Mode, typ: Type, val: Value | null): void {
  if (mode === Mode.Invalid) return;
  const info = c.info.unit(x.unit);
  info.mode[x.id] = mode;
  info.type[x.id] = typ;
  if (val !== null) info.setVal(x.id, val);
}

/** Records the signature of a call of a built-in function for its name, parenthesised or not. */
export function recordBuiltinType(c: Checker, f: Expr, sig: SignatureType): void {
  for (;;) {
    recordTypeAndValue(c, f, Mode.Builtin, sig, null);
    if (f.kind !== Kind.ParenExpr) return;
    f = f.x;
  }
}

/** Gives the expression of a comma-ok assignment its tuple type. */
export function recordCommaOkTypes(c: Checker, x: Expr, a: readonly Operand[]): void {
  if (a[0].mode === Mode.Invalid) return;
  for (;;) {
    const info = c.info.unit(x.unit);
    const pos = nodePos(x);
    info.type[x.id] = new TupleType([
      newVar(VarKind.LocalVar, pos, c.pkg, '', a[0].type),
      newVar(VarKind.LocalVar, pos, c.pkg, '', a[1].type),
    ]);
    if (x.kind !== Kind.ParenExpr) return;
    x = x.x;
  }
}

/** The name in the expression that denotes a generic function or type. */
function instantiatedIdent(expr: Expr): Name | null {
  const x = expr.kind === Kind.IndexExpr ? expr.x : expr;
  if (x.kind === Kind.Name) return x;
  return x.kind === Kind.SelectorExpr ? x.sel : null;
}

/** Records with which type arguments a generic function or type is used, for the name in `expr` that says which. */
export function recordInstance(c: Checker, expr: Expr, targs: Type[], typ: Type): void {
  const ident = instantiatedIdent(expr);
  if (ident !== null) c.info.unit(ident.unit).setInstance(ident.id, { targs, type: typ });
}

/** Records what a name declares; null for a name that declares nothing, such as `_` or a switch's variable. */
export function recordDef(c: Checker, id: Name, obj: Obj | null): void {
  c.info.unit(id.unit).obj[id.id] = obj;
}

/** Records what a name refers to. */
export function recordUse(c: Checker, id: Name, obj: Obj): void {
  c.info.unit(id.unit).obj[id.id] = obj;
}

/**
 * Records what a node declares without naming it: a clause's variable of a type switch, an import or a parameter
 * without a name.
 */
export function recordImplicit(c: Checker, node: Node, obj: Obj): void {
  c.info.unit(node.unit).setImplicit(node.id, obj);
}

export function recordSelection(
  c: Checker,
  x: SelectorExpr,
  kind: SelectionKind,
  recv: Type,
  obj: VarObj | FuncObj,
  index: number[],
  indirect: boolean,
): void {
  recordUse(c, x.sel, obj);
  c.info.unit(x.unit).setSelection(x.id, { kind, recv, obj, index, indirect });
}
