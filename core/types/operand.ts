/** Operands: the intermediate values of checking, how they are printed, and assignability. */
import * as constant from '../constant/ops.ts';
import { type Value, ValueKind } from '../constant/value.ts';
import { type Expr, LitKind } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { unalias } from './alias.ts';
import type { Checker } from './checker.ts';
import { implicitTypeAndValue } from './expr.ts';
import { str } from './format.ts';
import { Mode } from './info.ts';
import { implements_ } from './instantiate.ts';
import { isInterfacePtr } from './lookup.ts';
import { BuiltinId } from './object.ts';
import { hasEmptyTypeset, hasName, identical, isGeneric, isUntyped, isValid } from './predicates.ts';
import { BasicKind, ChanDir, type Type, TypeKind } from './type.ts';
import { typeParamIs } from './typeparam.ts';
import { type Qualifier, typeString } from './typestring.ts';
import { under } from './under.ts';
import { predeclaredFuncs, Typ } from './universe.ts';

/** An intermediate value during checking (types2's operand). Reused and overwritten in place as gc does. */
export class Operand {
  mode: Mode = Mode.Invalid;
  expr: Expr | null = null;
  type: Type | null = null;
  val: Value | null = null;
  /** Which built-in function, when mode is Builtin. */
  id: BuiltinId = 0;
}

/** Why a rule does not hold, written by the function that finds out (types2's `cause *string`). */
export interface Cause {
  text: string;
}

/** An operand with everything given. */
export function makeOperand(mode: Mode, expr: Expr | null, type: Type | null, val: Value | null = null): Operand {
  const x = new Operand();
  x.mode = mode;
  x.expr = expr;
  x.type = type;
  x.val = val;
  return x;
}

/** Overwrites x with y (Go's `*x = *y`). */
export function copyOperand(x: Operand, y: Operand): void {
  x.mode = y.mode;
  x.expr = y.expr;
  x.type = y.type;
  x.val = y.val;
  x.id = y.id;
}

export function cloneOperand(y: Operand): Operand {
  const x = new Operand();
  copyOperand(x, y);
  return x;
}

const modeString: readonly string[] = [
  'invalid operand',
  'no value',
  'built-in',
  'type',
  'constant',
  'variable',
  'map index expression',
  'value',
  'nil',
  'comma, ok expression',
  'comma, error expression',
  'cgo function',
];

/** How an operand is described in messages: `expr (kind mode value of type T)` (types2 operandString). */
export function operandString(x: Operand, qf: Qualifier | null): string {
  if (x.mode === Mode.NilValue) {
    if (x.type === null || x.type === Typ[BasicKind.Invalid]) return 'nil (with invalid type)';
    if (x.type === Typ[BasicKind.UntypedNil]) return 'nil';
    return `nil (of type ${typeString(x.type, qf)})`;
  }
  let expr = '';
  if (x.expr !== null) expr = exprString(x.expr);
  else if (x.mode === Mode.Builtin) expr = predeclaredFuncs[x.id].name;
  else if (x.mode === Mode.TypExpr) expr = typeString(x.type, qf);
  else if (x.mode === Mode.Constant) expr = constant.valueString(x.val!);

  let s = '';
  if (expr !== '') s = `${expr} (`;
  let hasType = false;
  switch (x.mode) {
    case Mode.Invalid:
    case Mode.NoValue:
    case Mode.Builtin:
    case Mode.TypExpr:
      break;
    default:
      if (x.type !== null) {
        if (isUntyped(x.type)) s += `${(x.type as { name: string }).name} `;
        else hasType = true;
      }
  }
  s += modeString[x.mode];
  if (x.mode === Mode.Constant) {
    const v = constant.valueString(x.val!);
    if (v !== expr) s += ` ${v}`;
  }
  if (hasType) {
    const t = x.type!;
    if (isValid(t)) {
      let desc = isGeneric(t) ? 'generic ' : '';
      const u = unalias(t);
      const tpar = u.kind === TypeKind.TypeParam ? u : null;
      if (tpar === null && (t.kind === TypeKind.Alias || t.kind === TypeKind.Named)) {
        let what = compositeKind(t);
        if (what === '') what = (under(t) as { name: string }).name;
        desc += `${what} `;
      }
      s += ` of ${desc}type ${typeString(t, qf)}`;
      if (tpar !== null) {
        s += ` constrained by ${typeString(tpar.bound, qf)}`;
        if (hasEmptyTypeset(tpar)) s += ' with empty type set';
      }
    } else s += ' with invalid type';
  }
  if (expr !== '') s += ')';
  return s;
}

/** Kind of a composite type in words, empty for a basic one (types2 compositeKind). */
export function compositeKind(t: Type): string {
  switch (under(t).kind) {
    case TypeKind.Array:
      return 'array';
    case TypeKind.Slice:
      return 'slice';
    case TypeKind.Struct:
      return 'struct';
    case TypeKind.Pointer:
      return 'pointer';
    case TypeKind.Signature:
      return 'func';
    case TypeKind.Interface:
      return 'interface';
    case TypeKind.Map:
      return 'map';
    case TypeKind.Chan:
      return 'chan';
    case TypeKind.Tuple:
      return 'tuple';
    case TypeKind.Union:
      return 'union';
    default:
      return '';
  }
}

const litKinds: readonly BasicKind[] = [
  BasicKind.UntypedInt,
  BasicKind.UntypedFloat,
  BasicKind.UntypedComplex,
  BasicKind.UntypedRune,
  BasicKind.UntypedString,
];

/** Sets x to the untyped constant of a literal; x is invalid when it is out of range (types2 operand.setConst). */
export function setConst(x: Operand, kind: LitKind, lit: string): void {
  const val = constant.makeFromLiteral(lit, kind as number);
  if (val.kind === ValueKind.Unknown) {
    x.mode = Mode.Invalid;
    x.type = Typ[BasicKind.Invalid];
    return;
  }
  x.mode = Mode.Constant;
  x.type = Typ[litKinds[kind]];
  x.val = val;
}

/** x is the untyped nil value (types2 operand.isNil). */
export function isNil(x: Operand): boolean {
  return x.mode === Mode.NilValue;
}

/** Puts a line in front of the reason, which is kept below it. */
export function addCause(cause: Cause | null, msg: string): void {
  if (cause === null) return;
  cause.text = cause.text === '' ? msg : `${msg}\n\t${cause.text}`;
}

/** Assignability of x to type T (spec "Assignability"; types2 operand.assignableTo). Writes the reason to `cause` when
 * it fails and there is more to say than that. Without a checker x is no constant. */
export function assignableTo(c: Checker | null, x: Operand, target: Type, cause: Cause | null): boolean {
  if (x.mode === Mode.Invalid || !isValid(target)) return true;
  const V = unalias(x.type!);
  const T = unalias(target);
  if (identical(V, T)) return true;
  const Vu = under(V);
  const Tu = under(T);
  const Vp = V.kind === TypeKind.TypeParam ? V : null;
  const Tp = T.kind === TypeKind.TypeParam ? T : null;

  if (isUntyped(Vu)) {
    if (Tp !== null) return typeParamIs(Tp, t => t !== null && implicitTypeAndValue(c, x, t.type)[0] !== null);
    return implicitTypeAndValue(c, x, T)[0] !== null;
  }

  if (identical(Vu, Tu) && (!hasName(V) || !hasName(T)) && Vp === null && Tp === null) return true;

  if ((Tu.kind === TypeKind.Interface && Tp === null) || isInterfacePtr(Tu)) {
    if (implements_(c, V, T, false, cause)) return true;
    if (Vp === null) return false;
    if (cause !== null) cause.text = '';
  }

  // A type assertion may be what is missing.
  if (Vu.kind === TypeKind.Interface && Vp === null && implements_(c, T, V, false, null)) {
    if (cause !== null) cause.text = 'need type assertion';
    return false;
  }

  if (
    Vu.kind === TypeKind.Chan &&
    Vu.dir === ChanDir.SendRecv &&
    Tu.kind === TypeKind.Chan &&
    identical(Vu.elem, Tu.elem)
  )
    return !hasName(V) || !hasName(T);

  if (Vp === null && Tp === null) return false;

  if (!hasName(V) && Tp !== null) {
    let ok = false;
    typeParamIs(Tp, t => {
      if (t === null) return false;
      ok = assignableTo(c, x, t.type, cause);
      if (!ok) addCause(cause, `cannot assign ${str(c, x.type)} to ${str(c, t.type)} (in ${str(c, Tp)})`);
      return ok;
    });
    return ok;
  }

  if (Vp !== null && !hasName(T)) {
    const y = cloneOperand(x);
    let ok = false;
    typeParamIs(Vp, v => {
      if (v === null) return false;
      y.type = v.type;
      ok = assignableTo(c, y, T, cause);
      if (!ok) addCause(cause, `cannot assign ${str(c, v.type)} (in ${str(c, Vp)}) to ${str(c, target)}`);
      return ok;
    });
    return ok;
  }
  return false;
}
