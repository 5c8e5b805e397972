/** Index and slice expressions (spec "Index expressions", "Slice expressions"). */
import * as constant from '../constant/ops.ts';
import { ValueKind } from '../constant/value.ts';
import { type Expr, type IndexExpr, Kind, type SliceExpr } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { assignment } from './assignments.ts';
import { use } from './call.ts';
import type { Checker } from './checker.ts';
import { convertUntyped, representableConst } from './const.ts';
import { error, invalidArg, invalidOp } from './errors.ts';
import { assignedExpr, expr, exprOrType, nonGeneric } from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { Operand } from './operand.ts';
import { nodePos } from './position.ts';
import { allInteger, identical, isString, isTypeParam, isUntyped, isValid } from './predicates.ts';
import { BasicKind, SliceType, type Type, TypeKind } from './type.ts';
import { varType } from './typexpr.ts';
import { all, under, underIs } from './under.ts';
import { Typ, universeByte } from './universe.ts';

/** Checks x[index]. True when it is the instantiation of a generic function, which is left to the caller (types2
 * Checker.indexExpr). */
export function indexExpr(c: Checker, x: Operand, e: IndexExpr): boolean {
  exprOrType(c, x, e.x, true);
  switch (x.mode) {
    case Mode.Invalid:
      use(c, [e.index]);
      return false;
    case Mode.TypExpr:
      x.mode = Mode.Invalid;
      x.type = varType(c, e);
      if (isValid(x.type)) x.mode = Mode.TypExpr;
      return false;
    case Mode.Value:
      {
        const sig = under(x.type!);
        if (sig.kind === TypeKind.Signature && sig.typeParams.length > 0) return true;
      }
      break;
    default:
  }
  nonGeneric(c, null, x);
  if ((x.mode as Mode) === Mode.Invalid) return false;

  let valid = false;
  let length = -1;
  const t = under(x.type!);
  switch (t.kind) {
    case TypeKind.Basic:
      if (isString(t)) {
        valid = true;
        if (x.mode === Mode.Constant) length = constant.stringVal(x.val!).length;
        x.mode = Mode.Value;
        x.type = universeByte;
      }
      break;
    case TypeKind.Array:
      valid = true;
      length = t.len;
      if (x.mode !== Mode.Variable) x.mode = Mode.Value;
      x.type = t.elem;
      break;
    case TypeKind.Pointer: {
      const a = under(t.elem);
      if (a.kind === TypeKind.Array) {
        valid = true;
        length = a.len;
        x.mode = Mode.Variable;
        x.type = a.elem;
      }
      break;
    }
    case TypeKind.Slice:
      valid = true;
      x.mode = Mode.Variable;
      x.type = t.elem;
      break;
    case TypeKind.Map:
      return mapIndex(c, x, e, t.key, t.elem);
    case TypeKind.Interface:
      {
        if (!isTypeParam(x.type!)) break;
        const common = commonIndex(x);
        if (common === null) break;
        if (common.key !== null) return mapIndex(c, x, e, common.key, common.elem);
        valid = true;
        length = common.length;
        x.mode = common.mode;
        x.type = common.elem;
      }
      break;
    default:
  }
  if (!valid) {
    error(c, nodePos(e), `cannot index ${str(c, x)}`);
    use(c, [e.index]);
    x.mode = Mode.Invalid;
    return false;
  }
  const i = singleIndex(c, e);
  if (i === null) {
    x.mode = Mode.Invalid;
    return false;
  }
  x.type ??= Typ[BasicKind.Invalid];
  index(c, i, length);
  return false;
}

function mapIndex(c: Checker, x: Operand, e: IndexExpr, key: Type, elem: Type): false {
  const i = singleIndex(c, e);
  if (i === null) {
    x.mode = Mode.Invalid;
    return false;
  }
  const k = new Operand();
  assignedExpr(c, k, i);
  assignment(c, k, key, 'map index');
  x.mode = Mode.MapIndex;
  x.type = elem;
  x.expr = e;
  return false;
}

interface CommonIndex {
  key: Type | null;
  elem: Type;
  length: number;
  mode: Mode;
}

/** What all types of a type parameter's type set agree on when indexed, or null. */
function commonIndex(x: Operand): CommonIndex | null {
  let common: CommonIndex | null = null;
  let mode = Mode.Variable;
  const ok = underIs(x.type!, u => {
    if (u === null) return false;
    let l = -1;
    let k: Type | null = null;
    let e: Type | null = null;
    switch (u.kind) {
      case TypeKind.Basic:
        if (isString(u)) {
          e = universeByte;
          mode = Mode.Value;
        }
        break;
      case TypeKind.Array:
        l = u.len;
        e = u.elem;
        if (x.mode !== Mode.Variable) mode = Mode.Value;
        break;
      case TypeKind.Pointer: {
        const a = under(u.elem);
        if (a.kind === TypeKind.Array) {
          l = a.len;
          e = a.elem;
        }
        break;
      }
      case TypeKind.Slice:
        e = u.elem;
        break;
      case TypeKind.Map:
        k = u.key;
        e = u.elem;
        break;
      default:
    }
    if (e === null) return false;
    if (common === null) {
      common = { key: k, elem: e, length: l, mode };
      return true;
    }
    const first: CommonIndex = common;
    if (first.key !== k && (first.key === null || k === null || !identical(first.key, k))) return false;
    if (!identical(first.elem, e)) return false;
    if (l >= 0 && l < first.length) first.length = l;
    return true;
  });
  if (!ok || common === null) return null;
  (common as CommonIndex).mode = mode;
  return common;
}

/** The common underlying type of what is sliced; strings are like byte slices, but are remembered. Null with an error. */
function commonSliceable(c: Checker, x: Operand): Type | null {
  let ct: Type | null = null;
  let cu: Type | null = null;
  let hasString = false;
  let failed = false;
  all(x.type!, (t, u) => {
    if (u === null) {
      error(c, x, `cannot slice ${str(c, x)}: no specific type in ${str(c, x.type)}`);
      failed = true;
      return false;
    }
    if (isString(u)) {
      u = new SliceType(universeByte);
      hasString = true;
    }
    if (cu === null) {
      ct = t;
      cu = u;
      return true;
    }
    if (!identical(cu, u)) {
      error(c, x, `cannot slice ${str(c, x)}: ${str(c, ct)} and ${str(c, t)} have different underlying types`);
      failed = true;
      return false;
    }
    return true;
  });
  if (hasString) return isTypeParam(x.type!) ? Typ[BasicKind.String] : under(x.type!);
  return failed ? null : cu;
}

/** Checks x[low : high : max] (types2 Checker.sliceExpr). */
export function sliceExpr(c: Checker, x: Operand, e: SliceExpr): void {
  expr(c, null, x, e.x);
  if (x.mode === Mode.Invalid) {
    use(c, e.indices);
    return;
  }

  const u = commonSliceable(c, x);
  if (u === null) {
    x.mode = Mode.Invalid;
    return;
  }

  let valid = false;
  let length = -1;
  switch (u.kind) {
    case TypeKind.Basic:
      if (isString(u)) {
        if (e.full) {
          error(c, e.indices[2] ?? e, `${invalidOp}3-index slice of string`);
          x.mode = Mode.Invalid;
          return;
        }
        valid = true;
        if (x.mode === Mode.Constant) length = constant.stringVal(x.val!).length;
        if (isUntyped(x.type!)) x.type = Typ[BasicKind.String];
      }
      break;
    case TypeKind.Array:
      valid = true;
      length = u.len;
      if (x.mode !== Mode.Variable) {
        error(c, x, `cannot slice unaddressable value ${str(c, x)}`);
        x.mode = Mode.Invalid;
        return;
      }
      x.type = new SliceType(u.elem);
      break;
    case TypeKind.Pointer: {
      const a = under(u.elem);
      if (a.kind === TypeKind.Array) {
        valid = true;
        length = a.len;
        x.type = new SliceType(a.elem);
      }
      break;
    }
    case TypeKind.Slice:
      valid = true;
      break;
    default:
  }
  if (!valid) {
    error(c, x, `cannot slice ${str(c, x)}`);
    x.mode = Mode.Invalid;
    return;
  }
  x.mode = Mode.Value;
  if (e.full && (e.indices[1] === null || e.indices[2] === null)) {
    error(c, e, 'invalid syntax tree: 2nd and 3rd index required in 3-index slice');
    x.mode = Mode.Invalid;
    return;
  }

  sliceIndices(c, e, length);
}

/** Checks the indices, of which each must be at least as large as those before; `length` is -1 where it is not constant. */
function sliceIndices(c: Checker, e: SliceExpr, length: number): void {
  const ind = [-1n, -1n, -1n];
  for (let i = 0; i < 3; i++) {
    const at = e.indices[i];
    if (at !== null) ind[i] = index(c, at, length >= 0 ? length + 1 : -1)[1];
    else if (i === 0) ind[i] = 0n;
    else if (length >= 0) ind[i] = BigInt(length);
  }
  for (let i = 0; i < 2; i++) {
    if (ind[i] <= 0n) continue;
    for (let j = i + 1; j < 3; j++) {
      if (ind[j] >= 0n && ind[j] < ind[i]) {
        error(c, e.indices[j], `invalid slice indices: ${ind[j]} < ${ind[i]}`);
        return;
      }
    }
  }
}

/** The one index of an index expression; more are an error. */
function singleIndex(c: Checker, e: IndexExpr): Expr | null {
  const i = e.index as Expr | null;
  if (i === null || i.kind === Kind.BadExpr) {
    if (i === null) error(c, e, `invalid syntax tree: missing index for ${exprString(e.x)}`);
    return i;
  }
  if (i.kind !== Kind.ListExpr) return i;
  if (i.elemList.length > 1) error(c, i.elemList[1], `${invalidOp}more than one index`);
  return i.elemList[0];
}

/** Checks an index with the upper bound `max`, if not negative. Its type, invalid after an error, and its constant value
 * or -1 (types2 Checker.index). */
export function index(c: Checker, e: Expr, max: number): [type: Type, val: bigint] {
  const x = new Operand();
  expr(c, null, x, e);
  if (!isValidIndex(c, x, 'index', false)) return [Typ[BasicKind.Invalid], -1n];
  if (x.mode !== Mode.Constant) return [x.type!, -1n];
  if (x.val!.kind !== ValueKind.Int) return [Typ[BasicKind.Invalid], -1n];
  const v = x.val!.val;
  if (max >= 0 && v >= BigInt(max)) {
    error(c, x, `${invalidArg}index ${constant.valueString(x.val!)} out of bounds [0:${max}]`);
    return [Typ[BasicKind.Invalid], -1n];
  }
  return [x.type!, v];
}

/** x is an integer that can be an index, a length and so on; `what` names it (types2 Checker.isValidIndex). */
export function isValidIndex(c: Checker, x: Operand, what: string, allowNegative: boolean): boolean {
  if (x.mode === Mode.Invalid) return false;
  convertUntyped(c, x, Typ[BasicKind.Int]);
  if ((x.mode as Mode) === Mode.Invalid) return false;
  if (!allInteger(x.type!)) {
    error(c, x, `${invalidArg}${what} ${str(c, x)} must be integer`);
    return false;
  }
  if (x.mode === Mode.Constant) {
    if (!allowNegative && constant.sign(x.val!) < 0) {
      error(c, x, `${invalidArg}${what} ${str(c, x)} must not be negative`);
      return false;
    }
    const v = representableConst(c, x.val!, Typ[BasicKind.Int]);
    if (v === null) {
      error(c, x, `${invalidArg}${what} ${str(c, x)} overflows int`);
      return false;
    }
    x.val = v;
  }
  return true;
}
