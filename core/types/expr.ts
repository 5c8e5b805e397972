/**
 * Expressions. They are checked top down: `f(c, x, e)` checks e and leaves the result in operand x, whose mode is Invalid
 * after an error, which has then been reported. Everything goes through `rawExpr`. An untyped expression is remembered
 * when it is left and gets its final type on the way up, when it is assigned or used otherwise: `updateExprType` walks
 * down again and records it; what remains is recorded at the end with its untyped type.
 */
import * as constant from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import { type Expr, Kind, Op, type Operation, type ParenExpr, unparen } from '../syntax/ast.ts';
import { exprString, operatorString } from '../syntax/print.ts';
import { callExpr, funcInst } from './call.ts';
import type { Checker } from './checker.ts';
import { convertUntyped, overflow, representable, representation } from './const.ts';
import { ConvCode } from './convcode.ts';
import { isPointer } from './conversions.ts';
import { error, invalidOp, type Positioner, versionErrorf } from './errors.ts';
import { str } from './format.ts';
import { indexExpr, sliceExpr } from './index.ts';
import { Mode } from './info.ts';
import { basicLit, compositeLit, funcLit } from './literals.ts';
import { assertableTo } from './lookup.ts';
import { ExprKind } from './object.ts';
import { assignableTo, type Cause, compositeKind, isNil, makeOperand, Operand } from './operand.ts';
import { nodePos, opPos } from './position.ts';
import {
  allBoolean,
  allInteger,
  allNumeric,
  allNumericOrString,
  allOrdered,
  allString,
  allUnsigned,
  comparable,
  comparableType,
  defaultType,
  hasNil,
  identical,
  isBoolean,
  isComplex,
  isGeneric,
  isInteger,
  isNonTypeParamInterface,
  isNumeric,
  isString,
  isTyped,
  isTypeParam,
  isUnsigned,
  isUntyped,
  isValid,
  maxType,
} from './predicates.ts';
import { record, recordTypeAndValue } from './recording.ts';
import { BasicKind, type BasicType, ChanDir, PointerType, type SignatureType, type Type, TypeKind } from './type.ts';
import { ident, typ, validVarType, varType } from './typexpr.ts';
import { isEmptyInterface } from './typeset.ts';
import { commonUnder, under, underIs } from './under.ts';
import { Typ, universeError } from './universe.ts';
import { selector } from './selector.ts';
import { finiteSize } from './validtype.ts';
import { allowVersion, go1_13 } from './version.ts';

type Predicate = (t: Type) => boolean;

/** Types that each unary operator applies to; filled on first use since the modules import each other. */
function unaryPredicate(op: Op): Predicate | null {
  switch (op) {
    case Op.Add:
    case Op.Sub:
      return allNumeric;
    case Op.Xor:
      return allInteger;
    case Op.Not:
      return allBoolean;
    default:
      return null;
  }
}

function binaryPredicate(op: Op): Predicate | null {
  switch (op) {
    case Op.Add:
      return allNumericOrString;
    case Op.Sub:
    case Op.Mul:
    case Op.Div:
      return allNumeric;
    case Op.Rem:
    case Op.And:
    case Op.Or:
    case Op.Xor:
    case Op.AndNot:
      return allInteger;
    case Op.AndAnd:
    case Op.OrOr:
      return allBoolean;
    default:
      return null;
  }
}

/** The operator is defined on x's type (types2 Checker.op). */
function opDefined(c: Checker, pred: Predicate | null, x: Operand, op: Op): boolean {
  if (pred === null) {
    error(c, x, `invalid syntax tree: unknown operator ${operatorString(op)}`);
    return false;
  }
  if (pred(x.type!)) return true;
  error(c, x, `${invalidOp}operator ${operatorString(op)} not defined on ${str(c, x)}`);
  return false;
}

/** Name of an operation that may overflow, else empty (types2 opName). */
export function opName(x: Expr | null): string {
  if (x === null || x.kind !== Kind.Operation) return '';
  if (x.y === null) return x.op === Op.Xor ? 'bitwise complement' : '';
  switch (x.op) {
    case Op.Add:
      return 'addition';
    case Op.Sub:
      return 'subtraction';
    case Op.Xor:
      return 'bitwise XOR';
    case Op.Mul:
      return 'multiplication';
    case Op.Shl:
      return 'shift';
    default:
      return '';
  }
}

function unary(c: Checker, x: Operand, e: Operation): void {
  expr(c, null, x, e.x);
  if (x.mode === Mode.Invalid) return;
  let op = e.op;
  switch (op) {
    case Op.And:
      if (unparen(e.x).kind !== Kind.CompositeLit && x.mode !== Mode.Variable) {
        error(c, x, `${invalidOp}cannot take address of ${str(c, x)}`);
        x.mode = Mode.Invalid;
        return;
      }
      x.mode = Mode.Value;
      x.type = new PointerType(x.type!);
      return;
    case Op.Recv: {
      const elem = chanElem(c, x, x, true);
      if (elem === null) {
        x.mode = Mode.Invalid;
        return;
      }
      x.mode = Mode.CommaOk;
      x.type = elem;
      c.env.hasCallOrRecv = true;
      return;
    }
    case Op.Tilde:
      if (!allInteger(x.type!)) {
        error(c, e, 'cannot use ~ outside of interface or type constraint');
        x.mode = Mode.Invalid;
        return;
      }
      error(c, e, 'cannot use ~ outside of interface or type constraint (use ^ for bitwise complement)');
      op = Op.Xor;
  }
  if (!opDefined(c, unaryPredicate(op), x, op)) {
    x.mode = Mode.Invalid;
    return;
  }
  if (x.mode === Mode.Constant) {
    if (x.val!.kind === ValueKind.Unknown) return;
    const prec = isUnsigned(x.type!) ? c.conf.sizes.sizeof(x.type!) * 8 : 0;
    x.val = constant.unaryOp(op, x.val!, prec);
    x.expr = e;
    overflow(c, x, opPos(e));
    return;
  }
  x.mode = Mode.Value;
}

/** Element type for a receive from or a send to x, or null after an error (types2 Checker.chanElem). */
export function chanElem(c: Checker, at: Positioner, x: Operand, recv: boolean): Type | null {
  const [u, err] = commonUnder(x.type!, (t, u) => {
    if (u === null) return () => 'no specific channel type';
    if (u.kind !== TypeKind.Chan) return () => `non-channel ${str(c, t)}`;
    if (recv && u.dir === ChanDir.SendOnly) return () => `send-only channel ${str(c, t)}`;
    if (!recv && u.dir === ChanDir.RecvOnly) return () => `receive-only channel ${str(c, t)}`;
    return null;
  });
  if (u !== null && u.kind === TypeKind.Chan) return u.elem;
  const what = recv ? 'receive from' : 'send to';
  const why = err!(c);
  if (isTypeParam(x.type!)) error(c, at, `${invalidOp}cannot ${what} ${str(c, x)}: ${why}`);
  else error(c, at, `${invalidOp}cannot ${what} ${why} ${str(c, x)}`);
  return null;
}

export function isShift(op: Op): boolean {
  return op === Op.Shl || op === Op.Shr;
}

export function isComparison(op: Op): boolean {
  return op >= Op.Eql && op <= Op.Geq;
}

/** Gives x and, where they decide it, its operands the type; records it when final or typed (types2
 * Checker.updateExprType). A constant must be representable in it, the left operand of a shift must be an integer. */
export function updateExprType(c: Checker, x: Expr, type: Type, final: boolean): void {
  const old = c.untyped.get(x);
  if (old === undefined) return;
  switch (x.kind) {
    case Kind.ParenExpr:
      updateExprType(c, x.x, type, final);
      break;
    case Kind.Operation:
      // Operands of constants are never materialised.
      if (x.y === null) {
        if (x.op === Op.Mul) return;
        if (old.val === null) updateExprType(c, x.x, type, final);
      } else if (old.val === null && !isComparison(x.op)) {
        updateExprType(c, x.x, type, final);
        if (!isShift(x.op)) updateExprType(c, x.y, type, final);
      }
      break;
  }
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
 * cannot be converted implicitly (types2 Checker.implicitTypeAndValue). */
export function implicitTypeAndValue(c: Checker, x: Operand, target: Type): Implicit {
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
      const [v, code] = representation(c, x, u);
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

/** x op y for a comparison; the untyped boolean is left in x (types2 Checker.comparison). In a switch case the operator
 * is == and the message differs. */
export function comparison(c: Checker, x: Operand, y: Operand, op: Op, switchCase: boolean): void {
  if (!isValid(x.type!) || !isValid(y.type!)) {
    x.mode = Mode.Invalid;
    return;
  }
  if (switchCase) op = Op.Eql;

  let errOp: Operand | null = null;
  let cause = '';
  if (!assignableTo(c, x, y.type!, null) && !assignableTo(c, y, x.type!, null)) {
    // Only known once the second operand has been seen, so it is reported there.
    errOp = y;
    cause = `mismatched types ${str(c, x.type)} and ${str(c, y.type)}`;
  } else if (op === Op.Eql || op === Op.Neq) {
    if (isNil(x) || isNil(y)) {
      if (!hasNil(isNil(x) ? y.type! : x.type!)) errOp = y;
    } else if (!comparable(x.type!)) {
      errOp = x;
      cause = incomparableCause(c, x.type!);
    } else if (!comparable(y.type!)) {
      errOp = y;
      cause = incomparableCause(c, y.type!);
    }
  } else if (!allOrdered(x.type!)) errOp = x;
  else if (!allOrdered(y.type!)) errOp = y;

  if (errOp === null) {
    if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
      x.val = constant.makeBool(constant.compare(x.val!, op, y.val!));
    } else {
      x.mode = Mode.Value;
      updateExprType(c, x.expr!, defaultType(x.type!), true);
      updateExprType(c, y.expr!, defaultType(y.type!), true);
    }
    x.type = Typ[BasicKind.UntypedBool];
    return;
  }

  if (cause === '') {
    if (isTypeParam(x.type!) || isTypeParam(y.type!)) {
      if (!isTypeParam(x.type!)) errOp = y;
      cause = `type parameter ${str(c, errOp.type)} cannot use operator ${operatorString(op)}`;
    } else {
      const what = compositeKind(errOp.type!) || str(c, errOp.type);
      cause = `operator ${operatorString(op)} not defined on ${what}`;
    }
  }
  const xs = exprString(x.expr!);
  const ys = exprString(y.expr!);
  if (switchCase) error(c, x, `invalid case ${xs} in switch on ${ys} (${cause})`);
  else error(c, errOp, `${invalidOp}${xs} ${operatorString(op)} ${ys} (${cause})`);
  x.mode = Mode.Invalid;
}

/** Why values of the type cannot be compared, empty when there is nothing more to say. */
function incomparableCause(c: Checker, t: Type): string {
  switch (under(t).kind) {
    case TypeKind.Slice:
    case TypeKind.Signature:
    case TypeKind.Map:
      return `${compositeKind(t)} can only be compared to nil`;
  }
  const err = comparableType(t, true, null);
  return err === null ? '' : err(c);
}

/** x << y, x >> y; e is the expression, null when it is implicit in an assignment (types2 Checker.shift). */
function shift(c: Checker, x: Operand, y: Operand, e: Expr | null, op: Op): void {
  const xval = x.mode === Mode.Constant ? constant.toInt(x.val!) : null;
  if (!allInteger(x.type!) && !(isUntyped(x.type!) && xval !== null && xval.kind === ValueKind.Int)) {
    error(c, x, `${invalidOp}shifted operand ${str(c, x)} must be integer`);
    x.mode = Mode.Invalid;
    return;
  }
  let yval: Value | null = null;
  if (y.mode === Mode.Constant) {
    yval = constant.toInt(y.val!);
    if (yval.kind === ValueKind.Int && yval.val < 0n) {
      error(c, y, `${invalidOp}negative shift count ${str(c, y)}`);
      x.mode = Mode.Invalid;
      return;
    }
    if (isUntyped(y.type!)) {
      representable(c, y, Typ[BasicKind.Uint]);
      if ((y.mode as Mode) === Mode.Invalid) {
        x.mode = Mode.Invalid;
        return;
      }
    }
  } else if (allInteger(y.type!)) {
    if (!allUnsigned(y.type!) && !allowVersion(c, go1_13)) {
      versionErrorf(c, y, go1_13, `${invalidOp}signed shift count ${str(c, y)}`);
      x.mode = Mode.Invalid;
      return;
    }
  } else if (isUntyped(y.type!)) {
    convertUntyped(c, y, Typ[BasicKind.Uint]);
    if ((y.mode as Mode) === Mode.Invalid) {
      x.mode = Mode.Invalid;
      return;
    }
  } else {
    error(c, y, `${invalidOp}shift count ${str(c, y)} must be integer`);
    x.mode = Mode.Invalid;
    return;
  }

  if (x.mode === Mode.Constant) {
    if (y.mode === Mode.Constant) {
      if (x.val!.kind === ValueKind.Unknown || y.val!.kind === ValueKind.Unknown) {
        x.val = constant.makeUnknown();
        if (!isInteger(x.type!)) x.type = Typ[BasicKind.UntypedInt];
        return;
      }
      // Enough for the smallest float64.
      const shiftBound = 1023 - 1 + 52;
      if (yval!.kind !== ValueKind.Int || yval!.val > BigInt(shiftBound)) {
        error(c, y, `${invalidOp}invalid shift count ${str(c, y)}`);
        x.mode = Mode.Invalid;
        return;
      }
      if (!isInteger(x.type!)) x.type = Typ[BasicKind.UntypedInt];
      x.val = constant.shift(xval!, op, Number(yval!.val));
      x.expr = e;
      overflow(c, x, opPos(e));
      return;
    }
    // The constant gets the type that it would have without the shift: decided when the final type is known.
    if (isUntyped(x.type!)) {
      const info = c.untyped.get(x.expr!);
      if (info !== undefined) info.isLhs = true;
      x.mode = Mode.Value;
      return;
    }
  }
  if (!allInteger(x.type!)) {
    error(c, x, `${invalidOp}shifted operand ${str(c, x)} must be integer`);
    x.mode = Mode.Invalid;
    return;
  }
  x.mode = Mode.Value;
}

/** lhs op rhs; e is the expression, null when it is implicit in an assignment (types2 Checker.binary). */
export function binary(c: Checker, x: Operand, e: Expr | null, lhs: Expr, rhs: Expr, op: Op): void {
  const y = new Operand();
  expr(c, null, x, lhs);
  expr(c, null, y, rhs);
  if (x.mode === Mode.Invalid) return;
  if (y.mode === Mode.Invalid) {
    x.mode = Mode.Invalid;
    x.expr = y.expr;
    return;
  }
  if (isShift(op)) {
    shift(c, x, y, e, op);
    return;
  }
  matchTypes(c, x, y);
  if ((x.mode as Mode) === Mode.Invalid) return;
  if (isComparison(op)) {
    comparison(c, x, y, op, false);
    return;
  }
  if (!identical(x.type!, y.type!)) {
    if (isValid(x.type!) && isValid(y.type!)) {
      const types = `(mismatched types ${str(c, x.type)} and ${str(c, y.type)})`;
      if (e !== null) error(c, x, `${invalidOp}${exprString(e)} ${types}`);
      else error(c, x, `${invalidOp}${exprString(lhs)} ${operatorString(op)}= ${exprString(rhs)} ${types}`);
    }
    x.mode = Mode.Invalid;
    return;
  }
  if (!opDefined(c, binaryPredicate(op), x, op)) {
    x.mode = Mode.Invalid;
    return;
  }
  if (op === Op.Div || op === Op.Rem) {
    if ((x.mode === Mode.Constant || allInteger(x.type!)) && y.mode === Mode.Constant && constant.sign(y.val!) === 0) {
      error(c, y, `${invalidOp}division by zero`);
      x.mode = Mode.Invalid;
      return;
    }
    if (x.mode === Mode.Constant && y.mode === Mode.Constant && isComplex(x.type!)) {
      const re = constant.real(y.val!);
      const im = constant.imag(y.val!);
      if (
        constant.sign(constant.binaryOp(re, Op.Mul, re)) === 0 &&
        constant.sign(constant.binaryOp(im, Op.Mul, im)) === 0
      ) {
        error(c, y, `${invalidOp}division by zero`);
        x.mode = Mode.Invalid;
        return;
      }
    }
  }
  if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
    if (x.val!.kind === ValueKind.Unknown || y.val!.kind === ValueKind.Unknown) {
      x.val = constant.makeUnknown();
      return;
    }
    x.val = constant.binaryOp(x.val!, op === Op.Div && isInteger(x.type!) ? constant.IntDiv : op, y.val!);
    x.expr = e;
    overflow(c, x, opPos(e));
    return;
  }
  x.mode = Mode.Value;
}

/** x and y may have matching types once the untyped one is converted; if not, the mismatch is reported instead of a
 * failed conversion. */
function mayConvert(x: Operand, y: Operand): boolean {
  const xt = x.type!;
  const yt = y.type!;
  if (isTyped(xt) && isTyped(yt)) return false;
  if (allNumeric(xt) !== allNumeric(yt)) return false;
  if (isNonTypeParamInterface(xt) || isNonTypeParamInterface(yt)) return true;
  if (allBoolean(xt) !== allBoolean(yt)) return false;
  if (allString(xt) !== allString(yt)) return false;
  if (isNil(x)) return hasNil(yt);
  if (isNil(y)) return hasNil(xt);
  return !isPointer(xt) && !isPointer(yt);
}

/** Converts an untyped operand to the type of the other (types2 Checker.matchTypes). */
export function matchTypes(c: Checker, x: Operand, y: Operand): void {
  if (!mayConvert(x, y)) return;
  convertUntyped(c, x, y.type!);
  if (x.mode === Mode.Invalid) return;
  convertUntyped(c, y, x.type!);
  if (y.mode === Mode.Invalid) x.mode = Mode.Invalid;
}

/** The variable of function type that an expression is assigned to, for inference of its type arguments. */
export interface Target {
  sig: SignatureType;
  desc: string;
}

export function newTarget(t: Type | null, desc: string): Target | null {
  if (t === null) return null;
  const sig = under(t);
  return sig.kind === TypeKind.Signature ? { sig, desc } : null;
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
  const kind = exprInternal(c, target, x, e, hint);
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
  error(c, x.expr!, `cannot use generic ${what} ${exprString(x.expr!)} without instantiation`);
  x.mode = Mode.Invalid;
  x.type = Typ[BasicKind.Invalid];
}

/** A type whose declaration is still being worked on has no finite size yet: a cycle, reported by finiteSize. */
function pendingType(c: Checker, x: Operand): void {
  if (x.mode === Mode.Invalid || x.mode === Mode.NoValue) return;
  if (!finiteSize(c, x.type!)) {
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
      const kind = rawExpr(c, null, x, (e as ParenExpr).x, null, false);
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
        binary(c, x, e, e.x, e.y, e.op);
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
    return [t.vars.map(v => makeOperand(Mode.Value, e, v.type)), false];
  if (allowCommaOk && (x.mode === Mode.MapIndex || x.mode === Mode.CommaOk || x.mode === Mode.CommaErr)) {
    const second = x.mode === Mode.CommaErr ? universeError : Typ[BasicKind.UntypedBool];
    return [[x, makeOperand(Mode.Value, e, second)], true];
  }
  return [[x], false];
}

/** Checks an element of a composite literal whose type may be left out. */
export function exprWithHint(c: Checker, x: Operand, e: Expr, hint: Type): void {
  rawExpr(c, null, x, e, hint, false);
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
