/** Unary and binary operators, comparisons and shifts (spec "Operators"). */
import * as constant from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import { type Expr, Kind, Op, type Operation, unparen } from '../syntax/ast.ts';
import { exprString, operatorString } from '../syntax/print.ts';
import type { Checker } from './checker.ts';
import { convertUntyped, overflow, representable } from './const.ts';
import { isPointer } from './conversions.ts';
import { error, invalidOp, type Positioner, versionErrorf } from './errors.ts';
import { expr, updateExprType } from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { assignableTo, compositeKind, isNil, Operand } from './operand.ts';
import { opPos } from './position.ts';
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
  isComplex,
  isInteger,
  isNonTypeParamInterface,
  isTyped,
  isTypeParam,
  isUnsigned,
  isUntyped,
  isValid,
} from './predicates.ts';
import { BasicKind, ChanDir, PointerType, type Type, TypeKind } from './type.ts';
import { commonUnder, under } from './under.ts';
import { Typ } from './universe.ts';
import { allowVersion, go1_13, go1_26, release } from './version.ts';

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

export function unary(c: Checker, x: Operand, e: Operation): void {
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
      break;
    default:
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
    default:
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

/** lhs op rhs where x is lhs evaluated; e is the expression, null when it is implicit in an assignment (types2
 * Checker.binary). */
export function binary(c: Checker, x: Operand, e: Expr | null, lhs: Expr, rhs: Expr, op: Op): void {
  const y = new Operand();
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
    const length = stringLength(x.val!) + stringLength(y.val!);
    if (length > maxString) {
      error(c, opPos(e), `constant string too long (${length} bytes > ${maxString} bytes)`);
      x.val = constant.makeUnknown();
      x.expr = e;
      return;
    }
    x.val = constant.binaryOp(x.val!, op === Op.Div && isInteger(x.type!) ? constant.IntDiv : op, y.val!);
    x.expr = e;
    overflow(c, x, opPos(e));
    return;
  }
  x.mode = Mode.Value;
}

/** The longest constant string; gc's own limit is 2e9 bytes, since Go 1.27, and more than fits a string here. */
const maxString = 5e8;

function stringLength(v: Value): number {
  return v.kind === ValueKind.String ? v.bytes.length : 0;
}

/** x and y may have matching types once the untyped one is converted; if not, the mismatch is reported instead of a
 * failed conversion. */
function mayConvert(c: Checker, x: Operand, y: Operand): boolean {
  const xt = x.type!;
  const yt = y.type!;
  if (isTyped(xt) && isTyped(yt)) return false;
  if (release(c) >= go1_26 && allNumeric(xt) !== allNumeric(yt)) return false;
  if (isNonTypeParamInterface(xt) || isNonTypeParamInterface(yt)) return true;
  if (allBoolean(xt) !== allBoolean(yt)) return false;
  if (allString(xt) !== allString(yt)) return false;
  if (isNil(x)) return hasNil(yt);
  if (isNil(y)) return hasNil(xt);
  return !isPointer(xt) && !isPointer(yt);
}

/** Converts an untyped operand to the type of the other (types2 Checker.matchTypes). */
export function matchTypes(c: Checker, x: Operand, y: Operand): void {
  if (!mayConvert(c, x, y)) return;
  convertUntyped(c, x, y.type!);
  if (x.mode === Mode.Invalid) return;
  convertUntyped(c, y, x.type!);
  if (y.mode === Mode.Invalid) x.mode = Mode.Invalid;
}
