/**
 * Expressions. They are checked top down: `f(c, x, e)` checks e and leaves the result in operand x, whose mode is Invalid
 * after an error, which has then been reported. Everything goes through `rawExpr`. An untyped expression is remembered
 * when it is left and gets its final type on the way up, when it is assigned or used otherwise: `updateExprType` walks
 * down again and records it; what remains is recorded at the end with its untyped type.
 */
import * as constant from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import { type Expr, Kind, Op, type Operation } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { callExpr, funcInst } from './call.ts';
import { type Checker, type ExprInfo, maxDepth } from './checker.ts';
import { convertUntyped, representation } from './const.ts';
import { ConvCode } from './convcode.ts';
import { error, invalidOp } from './errors.ts';
import { str } from './format.ts';
import { indexExpr, sliceExpr } from './index.ts';
import { Mode } from './info.ts';
import { basicLit, compositeLit, funcLit } from './literals.ts';
import { assertableTo } from './lookup.ts';
import { ExprKind } from './object.ts';
import { type Cause, isNil, makeOperand, Operand } from './operand.ts';
import { nodePos, syntheticName } from './position.ts';
import { binary, isComparison, isShift, unary } from './operator.ts';
import {
  allInteger,
  defaultType,
  hasNil,
  identical,
  isBoolean,
  isGeneric,
  isNumeric,
  isString,
  isTyped,
  isTypeParam,
  isUntyped,
  isValid,
  maxType,
} from './predicates.ts';
import { record, recordTypeAndValue } from './recording.ts';
import { BasicKind, type BasicType, PointerType, type SignatureType, type Type, TypeKind } from './type.ts';
import { ident, typ, validVarType, varType } from './typexpr.ts';
import { isEmptyInterface } from './typeset.ts';
import { commonUnder, under, underIs } from './under.ts';
import { release } from './version.ts';
import { Typ, universeError } from './universe.ts';
import { selector } from './selector.ts';
import { finiteSize } from './validtype.ts';

/** Gives x and, where they decide it, its operands the type; records it when final or typed (types2
 * Checker.updateExprType). A constant must be representable in it, the left operand of a shift must be an integer. */
export function updateExprType(c: Checker, x: Expr, type: Type, final: boolean): void {
  // Chains such as a + b + … lean to the left and can be longer than the stack is deep.
  let top: Expr = x;
  let chain: Expr[] | null = null;
  for (;;) {
    const old = c.untyped.get(top);
    if (old === undefined) break;
    let left: Expr | null = null;
    if (top.kind === Kind.ParenExpr) left = top.x;
    else if (top.kind === Kind.Operation) {
      if (top.y === null && top.op === Op.Mul) break;
      // Operands of constants are never materialised; those of comparisons have their types.
      if (old.val === null && (top.y === null || !isComparison(top.op))) left = top.x;
    }
    if (left === null) {
      finishUntyped(c, top, old, type, final);
      break;
    }
    chain ??= [];
    chain.push(top);
    top = left;
  }
  if (chain === null) return;
  for (let i = chain.length - 1; i >= 0; i--) {
    const e = chain[i];
    const old = c.untyped.get(e);
    if (old === undefined) continue;
    if (e.kind === Kind.Operation && e.y !== null && !isShift(e.op)) updateExprType(c, e.y, type, final);
    finishUntyped(c, e, old, type, final);
  }
}

/** Gives one expression its type, its operands have theirs. */
function finishUntyped(c: Checker, x: Expr, old: ExprInfo, type: Type, final: boolean): void {
  if (!final && isUntyped(type)) {
    old.type = under(type) as BasicType;
    return;
  }
  c.untyped.delete(x);
  if (old.isLhs && !allInteger(type)) {
    error(c, x, `${invalidOp}shifted operand ${exprString(x)} (type ${str(c, type)}) must be integer`);
    return;
  }
  if (old.val !== null) {
    const k = makeOperand(old.mode, x, old.type, old.val);
    convertUntyped(c, k, type);
    if (k.mode === Mode.Invalid) return;
  }
  recordTypeAndValue(c, x, old.mode, type, old.val);
}

export function updateExprVal(c: Checker, x: Expr, val: Value): void {
  const info = c.untyped.get(x);
  if (info !== undefined) info.val = val;
}

type Implicit = [type: Type | null, val: Value | null, code: ConvCode];
const notConvertible: Implicit = [null, null, ConvCode.InvalidUntypedConversion];

/** The type x takes where `target` is expected, and the constant's representation in it; type null with a code when x
 * cannot be converted implicitly (types2 Checker.implicitTypeAndValue). Without a checker x is no constant. */
export function implicitTypeAndValue(c: Checker | null, x: Operand, target: Type): Implicit {
  const xt = x.type!;
  if (x.mode === Mode.Invalid || isTyped(xt) || !isValid(target)) return [xt, null, ConvCode.Ok];
  if (isUntyped(target)) {
    const m = maxType(xt, target);
    return m !== null ? [m, null, ConvCode.Ok] : notConvertible;
  }
  if (isNil(x)) return hasNil(target) ? [target, null, ConvCode.Ok] : notConvertible;
  const u = under(target);
  if (u.kind === TypeKind.Basic) {
    if (x.mode === Mode.Constant) {
      const [v, code] = representation(c!, x, u);
      return v === null ? [null, null, code] : [target, v, ConvCode.Ok];
    }
    // Untyped values that are no constants: results of comparisons, left operands of shifts.
    switch ((xt as BasicType).basic) {
      case BasicKind.UntypedBool:
        return isBoolean(target) ? [target, null, ConvCode.Ok] : notConvertible;
      case BasicKind.UntypedInt:
      case BasicKind.UntypedRune:
      case BasicKind.UntypedFloat:
      case BasicKind.UntypedComplex:
        return isNumeric(target) ? [target, null, ConvCode.Ok] : notConvertible;
      case BasicKind.UntypedString:
        return isString(target) ? [target, null, ConvCode.Ok] : notConvertible;
      default:
        return notConvertible;
    }
  }
  if (u.kind === TypeKind.Interface) {
    if (isTypeParam(target)) {
      const ok = underIs(target, u => u !== null && implicitTypeAndValue(c, x, u)[0] !== null);
      return ok ? [target, null, ConvCode.Ok] : notConvertible;
    }
    // Values in interfaces have their default type.
    return isEmptyInterface(u) ? [defaultType(xt), null, ConvCode.Ok] : notConvertible;
  }
  return notConvertible;
}

/** The variable of function type that an expression is assigned to, for inference of its type arguments. */
export interface Target {
  sig: SignatureType;
  desc: string;
}

export function newTarget(c: Checker, t: Type | null, desc: string): Target | null {
  if (t === null) return null;
  const sig = infersFromUse(c) ? commonUnder(t, null)[0] : under(t);
  if (sig === null) return null;
  return sig.kind === TypeKind.Signature ? { sig, desc } : null;
}

/** Since Go 1.27 whatever a generic function is assigned to says how it is instantiated, not variables and results alone. */
export function infersFromUse(c: Checker): boolean {
  return release(c) >= 27;
}

/** Checks e and leaves its value or type in x (types2 Checker.rawExpr). `target` helps to infer the type arguments of a
 * generic function; `hint` is the element type of an enclosing composite literal. */
export function rawExpr(
  c: Checker,
  target: Target | null,
  x: Operand,
  e: Expr,
  hint: Type | null,
  allowGeneric: boolean,
): ExprKind {
  if (c.depth >= maxDepth) {
    error(c, e, 'expression nested too deeply');
    x.type = Typ[BasicKind.Invalid];
    return failed(x, e);
  }
  c.depth++;
  const kind = exprInternal(c, target, x, e, hint);
  c.depth--;
  if (!allowGeneric) nonGeneric(c, target, x);
  pendingType(c, x);
  record(c, x);
  return kind;
}

/** Reports a generic type or function that is not instantiated, unless the target says how (types2 Checker.nonGeneric). */
export function nonGeneric(c: Checker, target: Target | null, x: Operand): void {
  if (x.mode === Mode.Invalid || x.mode === Mode.NoValue) return;
  const t = x.type!;
  let what: string;
  if (t.kind === TypeKind.Alias || t.kind === TypeKind.Named) {
    if (!isGeneric(t)) return;
    what = 'type';
  } else if (t.kind === TypeKind.Signature && t.typeParams.length > 0) {
    if (target !== null) {
      funcInst(c, target, nodePos(x.expr!), x, null, true);
      return;
    }
    what = 'function';
  } else return;
  error(c, x.expr, `cannot use generic ${what} ${exprString(x.expr!)} without instantiation`);
  x.mode = Mode.Invalid;
  x.type = Typ[BasicKind.Invalid];
}

/** A type whose declaration is still being worked on has no finite size yet: a cycle, reported by finiteSize. */
function pendingType(c: Checker, x: Operand): void {
  if (x.mode === Mode.Invalid || x.mode === Mode.NoValue) return;
  if (!finiteSize(c, x.type)) {
    x.mode = Mode.Invalid;
    x.type = Typ[BasicKind.Invalid];
  }
}

/** The core of rawExpr, by kind of expression. */
function exprInternal(c: Checker, target: Target | null, x: Operand, e: Expr, hint: Type | null): ExprKind {
  x.mode = Mode.Invalid;
  x.type = Typ[BasicKind.Invalid];
  switch (e.kind) {
    case Kind.Name:
      ident(c, x, e, false);
      break;
    case Kind.BasicLit:
      basicLit(c, x, e);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      break;
    case Kind.FuncLit:
      funcLit(c, x, e);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      break;
    case Kind.CompositeLit:
      compositeLit(c, x, e, hint);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      break;
    case Kind.ParenExpr: {
      // Inference does not go past parentheses.
      const kind = rawExpr(c, null, x, e.x, null, false);
      x.expr = e;
      return kind;
    }
    case Kind.SelectorExpr:
      selector(c, x, e, false);
      break;
    case Kind.IndexExpr:
      if (indexExpr(c, x, e)) funcInst(c, target, nodePos(e), x, e, true);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      break;
    case Kind.SliceExpr:
      sliceExpr(c, x, e);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      break;
    case Kind.AssertExpr: {
      expr(c, null, x, e.x);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      if (isTypeParam(x.type)) {
        error(c, x, `${invalidOp}cannot use type assertion on type parameter value ${str(c, x)}`);
        return failed(x, e);
      }
      if (under(x.type).kind !== TypeKind.Interface) {
        error(c, x, `${invalidOp}${str(c, x)} is not an interface`);
        return failed(x, e);
      }
      const T = varType(c, e.type);
      if (!isValid(T)) return failed(x, e);
      typeAssertion(c, e, x, T, false);
      x.mode = Mode.CommaOk;
      x.type = T;
      break;
    }
    case Kind.TypeSwitchGuard:
      error(c, e, 'invalid syntax tree: use of .(type) outside type switch');
      rawExpr(c, null, new Operand(), e.x, null, true);
      return failed(x, e);
    case Kind.CallExpr:
      return callExpr(c, x, e);
    case Kind.Operation:
      if (e.y !== null) {
        binaryChain(c, x, e);
        if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
        break;
      }
      if (e.op === Op.Mul) {
        if (!indirection(c, x, e)) return failed(x, e);
        break;
      }
      unary(c, x, e);
      if ((x.mode as Mode) === Mode.Invalid) return failed(x, e);
      if (e.op === Op.Recv) {
        x.expr = e;
        return ExprKind.Statement;
      }
      break;
    case Kind.ArrayType:
    case Kind.SliceType:
    case Kind.StructType:
    case Kind.FuncType:
    case Kind.InterfaceType:
    case Kind.MapType:
    case Kind.ChanType:
      x.mode = Mode.TypExpr;
      x.type = typ(c, e);
      break;
    case Kind.DotsType:
      error(c, e, 'invalid syntax tree: invalid use of ...');
      return failed(x, e);
    case Kind.ListExpr:
      error(c, e, 'invalid syntax tree: unexpected list of expressions');
      return failed(x, e);
    case Kind.KeyValueExpr:
      error(c, e, 'invalid syntax tree: no key:value expected');
      return failed(x, e);
    default:
      return failed(x, e);
  }
  x.expr = e;
  return ExprKind.Expression;
}

/** A binary operation: its left operands, which may be operations themselves in any number, without recursion. */
function binaryChain(c: Checker, x: Operand, e: Operation): void {
  const spine = [e];
  let left = e.x;
  while (left.kind === Kind.Operation && left.y !== null) {
    spine.push(left);
    left = left.x;
  }
  expr(c, null, x, left);
  for (let i = spine.length - 1; i >= 0; i--) {
    const s = spine[i];
    binary(c, x, s, s.x, s.y!, s.op);
    if (i === 0) return;
    // What rawExpr and expr do for the operand of the next operation.
    x.expr = s;
    pendingType(c, x);
    record(c, x);
  }
}

/** Leaves x invalid; as a statement kind so that no further error follows. */
function failed(x: Operand, e: Expr): ExprKind {
  x.mode = Mode.Invalid;
  x.expr = e;
  return ExprKind.Statement;
}

/** *x, the pointer type or the variable pointed to. */
function indirection(c: Checker, x: Operand, e: Operation): boolean {
  exprOrType(c, x, e.x, false);
  if (x.mode === Mode.Invalid) return false;
  if (x.mode === Mode.TypExpr) {
    validVarType(c, e.x, x.type!);
    x.type = new PointerType(x.type!);
    return true;
  }
  let base: Type | null = null;
  const ok = underIs(x.type!, u => {
    if (u === null || u.kind !== TypeKind.Pointer) {
      error(c, x, `${invalidOp}cannot indirect ${str(c, x)}`);
      return false;
    }
    if (base !== null && !identical(u.elem, base)) {
      error(c, x, `${invalidOp}pointers of ${str(c, x)} must have identical base types`);
      return false;
    }
    base = u.elem;
    return true;
  });
  if (!ok) return false;
  x.mode = Mode.Variable;
  x.type = base;
  return true;
}

/** A key under which equal constants of any representation meet (types2 keyVal). */
export function keyVal(v: Value): string {
  if (v.kind === ValueKind.Complex) {
    const f = constant.toFloat(v);
    if (f.kind !== ValueKind.Float && f.kind !== ValueKind.Int)
      return `c${constant.float64Val(constant.real(v))},${constant.float64Val(constant.imag(v))}`;
    v = f;
  }
  if (v.kind === ValueKind.Float) {
    const i = constant.toInt(v);
    if (i.kind !== ValueKind.Int) return `f${constant.float64Val(v)}`;
    v = i;
  }
  switch (v.kind) {
    case ValueKind.Int:
      return `i${v.val}`;
    case ValueKind.String:
      return `s${v.bytes}`;
    case ValueKind.Bool:
      return v.val ? 'true' : 'false';
    default:
      return 'unknown';
  }
}

/** x.(T) can hold; x is of interface type (types2 Checker.typeAssertion). */
export function typeAssertion(c: Checker, e: Expr, x: Operand, T: Type, typeSwitch: boolean): void {
  const cause: Cause = { text: '' };
  if (assertableTo(c, x.type!, T, cause)) return;
  const es = exprString(e);
  if (typeSwitch)
    error(
      c,
      e,
      `impossible type switch case: ${es}\n\t${str(c, x)} cannot have dynamic type ${str(c, T)} ${cause.text}`,
    );
  else
    error(c, e, `impossible type assertion: ${es}\n\t${str(c, T)} does not implement ${str(c, x.type)} ${cause.text}`);
}

const noValueBuiltinType = (1 << Mode.NoValue) | (1 << Mode.Builtin) | (1 << Mode.TypExpr);

/** Checks e as a single value (types2 Checker.expr). */
export function expr(c: Checker, target: Target | null, x: Operand, e: Expr): void {
  rawExpr(c, target, x, e, null, false);
  exclude(c, x, noValueBuiltinType);
  singleValue(c, x);
}

/** Checks e as a single value that is assigned: assignment says how a generic function is instantiated, if it can. */
export function assignedExpr(c: Checker, x: Operand, e: Expr): void {
  if (infersFromUse(c)) genericExpr(c, x, e);
  else expr(c, null, x, e);
}

/** Like expr, but the value may be a generic function. */
export function genericExpr(c: Checker, x: Operand, e: Expr): void {
  rawExpr(c, null, x, e, null, true);
  exclude(c, x, noValueBuiltinType);
  singleValue(c, x);
}

/** Checks e as one or several values; with allowCommaOk an expression with a comma-ok form gives two (types2
 * Checker.multiExpr). */
export function multiExpr(c: Checker, e: Expr, allowCommaOk: boolean): [list: Operand[], commaOk: boolean] {
  const x = new Operand();
  rawExpr(c, null, x, e, null, false);
  exclude(c, x, noValueBuiltinType);
  const t = x.type;
  if (t !== null && t.kind === TypeKind.Tuple && x.mode !== Mode.Invalid)
    return [t.vars.map((v, i) => makeOperand(Mode.Value, part(c, e, `${nth(i + 1)} function result`), v.type)), false];
  if (allowCommaOk && (x.mode === Mode.MapIndex || x.mode === Mode.CommaOk || x.mode === Mode.CommaErr)) {
    const second = x.mode === Mode.CommaErr ? universeError : Typ[BasicKind.UntypedBool];
    const what =
      x.mode === Mode.CommaErr ? 'err value of (comma, err) expression' : 'ok value of (comma, ok) expression';
    return [[x, makeOperand(Mode.Value, part(c, e, what), second)], true];
  }
  return [[x], false];
}

/** One of the values of e; since Go 1.27 messages say which. */
function part(c: Checker, e: Expr, what: string): Expr {
  return infersFromUse(c) ? syntheticName(e.unit, e.start, what) : e;
}

function nth(n: number): string {
  return `${n}${n === 1 ? 'st' : n === 2 ? 'nd' : n === 3 ? 'rd' : 'th'}`;
}

/** Checks an element of a composite literal whose type may be left out. */
export function exprWithHint(c: Checker, x: Operand, e: Expr, hint: Type): void {
  rawExpr(c, null, x, e, hint, infersFromUse(c));
  exclude(c, x, noValueBuiltinType);
  singleValue(c, x);
}

/** Checks e as a single value or a type. */
export function exprOrType(c: Checker, x: Operand, e: Expr, allowGeneric: boolean): void {
  rawExpr(c, null, x, e, null, allowGeneric);
  exclude(c, x, 1 << Mode.NoValue);
  singleValue(c, x);
}

/** Reports an operand whose mode is in the set of modes (bits) and makes it invalid (types2 Checker.exclude). */
export function exclude(c: Checker, x: Operand, modeset: number): void {
  if ((modeset & (1 << x.mode)) === 0) return;
  let msg: string;
  if (x.mode === Mode.NoValue) msg = (modeset & (1 << Mode.TypExpr)) !== 0 ? 'used as value' : 'used as value or type';
  else if (x.mode === Mode.Builtin) msg = 'must be called';
  else msg = 'is not an expression';
  error(c, x, `${str(c, x)} ${msg}`);
  x.mode = Mode.Invalid;
}

/** Reports a tuple and makes it invalid (types2 Checker.singleValue). */
export function singleValue(c: Checker, x: Operand): void {
  if (x.mode === Mode.Value && x.type!.kind === TypeKind.Tuple) {
    error(c, x, `multiple-value ${str(c, x)} in single-value context`);
    x.mode = Mode.Invalid;
  }
}
