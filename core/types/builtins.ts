/** Calls of built-in functions (spec "Built-in functions", "Package unsafe"). */
import * as constant from '../constant/ops.ts';
import { Token } from '../constant/ops.ts';
import type { Value } from '../constant/value.ts';
import type { CallExpr, Expr } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { unalias } from './alias.ts';
import { assignment } from './assignments.ts';
import { checkArguments, exprList, newParam, use } from './call.ts';
import type { Checker } from './checker.ts';
import { convertUntyped } from './const.ts';
import { error, invalidArg, invalidOp, softErrorf, versionErrorf } from './errors.ts';
import { exclude, exprOrType, rawExpr, updateExprType } from './expr.ts';
import { str } from './format.ts';
import { matchTypes } from './operator.ts';
import { unsafeBuiltin } from './unsafe.ts';
import { index } from './index.ts';
import { Mode } from './info.ts';
import { BuiltinId, TypeNameObj } from './object.ts';
import { assignableTo, copyOperand, isNil, Operand } from './operand.ts';
import {
  allOrdered,
  allString,
  defaultType,
  identical,
  isBoolean,
  isNumeric,
  isString,
  isTypeParam,
  isUntyped,
  isValid,
} from './predicates.ts';
import { recordBuiltinType } from './recording.ts';
import {
  BasicKind,
  ChanDir,
  InterfaceType,
  PointerType,
  SignatureType,
  SliceType,
  type Term,
  TupleType,
  type Type,
  TypeKind,
  UnionType,
} from './type.ts';
import { newTypeParam, typeParamIs } from './typeparam.ts';
import { validVarType, varType } from './typexpr.ts';
import { all, commonUnder, under, underIs } from './under.ts';
import { emptyInterface, predeclaredFuncs, Typ, universeByte } from './universe.ts';
import { allowVersion, go1_21, go1_26, go1_27, release, verifyVersionf } from './version.ts';

/** Checks the call of a built-in; false when it is invalid. x gets the result, but for its expression (types2
 * Checker.builtin). */
export function builtin(c: Checker, x: Operand, call: CallExpr, id: BuiltinId): boolean {
  const argList = call.argList;
  const bin = predeclaredFuncs[id];
  if (call.hasDots && id !== BuiltinId.Append) {
    error(c, call, `${invalidOp}invalid use of ... with built-in ${bin.name}`);
    use(c, argList);
    return false;
  }
  // len and cap are constant only if their argument has no calls and receives.
  if (id === BuiltinId.Len || id === BuiltinId.Cap) {
    const saved = c.env.hasCallOrRecv;
    c.env.hasCallOrRecv = false;
    const ok = builtinCall(c, x, call, id);
    c.env.hasCallOrRecv = saved;
    return ok;
  }
  return builtinCall(c, x, call, id);
}

function builtinCall(c: Checker, x: Operand, call: CallExpr, id: BuiltinId): boolean {
  const argList = call.argList;
  const bin = predeclaredFuncs[id];
  let args: Operand[] = [];
  let nargs: number;
  switch (id) {
    case BuiltinId.Make:
    case BuiltinId.New:
    case BuiltinId.Offsetof:
    case BuiltinId.Trace:
      nargs = argList.length;
      break;
    default:
      args = builtinArgs(c, call);
      nargs = args.length;
      for (const a of args) if (a.mode === Mode.Invalid) return false;
      if (nargs > 0) copyOperand(x, args[0]);
  }
  const count = nargs < bin.nargs ? 'not enough' : !bin.variadic && nargs > bin.nargs ? 'too many' : '';
  if (count !== '') {
    error(c, call, `${invalidOp}${count} arguments for ${exprString(call)} (expected ${bin.nargs}, found ${nargs})`);
    return false;
  }

  switch (id) {
    case BuiltinId.Append:
      return append(c, x, call, args);
    case BuiltinId.Cap:
    case BuiltinId.Len:
      return lenOrCap(c, x, call, id);
    case BuiltinId.Clear:
      verifyVersionf(c, call.fun, go1_21, 'clear');
      if (
        !underIs(x.type!, u => {
          if (u !== null && (u.kind === TypeKind.Map || u.kind === TypeKind.Slice)) return true;
          error(c, x, `${invalidArg}cannot clear ${str(c, x)}: argument must be (or constrained by) map or slice`);
          return false;
        })
      )
        return false;
      x.mode = Mode.NoValue;
      recordBuiltinType(c, call.fun, makeSig(null, x.type!));
      return true;
    case BuiltinId.Close:
      if (
        !underIs(x.type!, u => {
          if (u === null || u.kind !== TypeKind.Chan) {
            error(c, x, `${invalidOp}cannot close non-channel ${str(c, x)}`);
            return false;
          }
          if (u.dir === ChanDir.RecvOnly) {
            error(c, x, `${invalidOp}cannot close receive-only channel ${str(c, x)}`);
            return false;
          }
          return true;
        })
      )
        return false;
      x.mode = Mode.NoValue;
      recordBuiltinType(c, call.fun, makeSig(null, x.type!));
      return true;
    case BuiltinId.Complex:
      return complex(c, x, call, args[1]);
    case BuiltinId.Copy:
      return copy(c, x, call, args[1]);
    case BuiltinId.Delete:
      return delete_(c, x, call, args[1]);
    case BuiltinId.Imag:
    case BuiltinId.Real:
      return realOrImag(c, x, call, id);
    case BuiltinId.Make:
      return make(c, x, call);
    case BuiltinId.Max:
    case BuiltinId.Min:
      return minMax(c, x, call, id, args);
    case BuiltinId.New:
      return new_(c, x, call);
    case BuiltinId.Panic:
      // Whether a call ends the function only matters with results.
      if (c.env.sig !== null && c.env.sig.results.vars.length > 0) {
        c.env.isPanic ??= new Set();
        c.env.isPanic.add(call);
      }
      assignment(c, x, emptyInterface, 'argument to panic');
      if (x.mode === Mode.Invalid) return false;
      x.mode = Mode.NoValue;
      recordBuiltinType(c, call.fun, makeSig(null, emptyInterface));
      return true;
    case BuiltinId.Print:
    case BuiltinId.Println:
      for (const a of args) {
        assignment(c, a, null, `argument to built-in ${bin.name}`);
        if (a.mode === Mode.Invalid) return false;
      }
      x.mode = Mode.NoValue;
      recordBuiltinType(c, call.fun, makeSig(null, ...args.map(a => a.type!)));
      return true;
    case BuiltinId.Recover:
      x.mode = Mode.Value;
      x.type = emptyInterface;
      recordBuiltinType(c, call.fun, makeSig(x.type));
      return true;
    case BuiltinId.Assert:
      if (x.mode !== Mode.Constant || !isBoolean(x.type!)) {
        error(c, x, `${invalidArg}${str(c, x)} is not a boolean constant`);
        return false;
      }
      if (!constant.boolVal(x.val!)) error(c, call, `${exprString(call)} failed`);
      return true;
    case BuiltinId.Trace: {
      if (nargs === 0) {
        x.mode = Mode.NoValue;
        return true;
      }
      let y = x;
      for (const arg of argList) {
        rawExpr(c, null, y, arg, null, false);
        y = new Operand();
      }
      return x.mode !== Mode.Invalid;
    }
    default:
      return unsafeBuiltin(c, x, call, id, args);
  }
}

function builtinArgs(c: Checker, call: CallExpr): Operand[] {
  return call.argList.length === 0 ? [] : exprList(c, call.argList);
}

const byteSlice = () => new SliceType(universeByte);

/** The type set of t holds byte slices and strings only; whether a string is among them, null otherwise. */
function bytesOrString(t: Type): { hasString: boolean } | null {
  let hasString = false;
  let ok = true;
  all(t, (_, u) => {
    if (u !== null && u.kind === TypeKind.Slice && identical(u.elem, universeByte)) return true;
    if (u !== null && isString(u)) {
      hasString = true;
      return true;
    }
    ok = false;
    return false;
  });
  return ok ? { hasString } : null;
}

/** append(s S, x ...E) S; append([]byte, string...) */
function append(c: Checker, x: Operand, call: CallExpr, args: Operand[]): boolean {
  const [E, err] = sliceElem(c, x);
  if (err !== null) {
    error(c, x, `invalid append: ${err}`);
    return false;
  }
  let sig: SignatureType | null = null;
  if (args.length === 2 && call.hasDots && assignableTo(c, x, byteSlice(), null)) {
    const y = args[1];
    if (bytesOrString(y.type!)?.hasString) {
      sig = makeSig(x.type, x.type!, y.type!);
      sig.variadic = true;
    }
  }
  if (sig === null) {
    sig = makeSig(x.type, x.type!, new SliceType(E!));
    sig.variadic = true;
    checkArguments(c, call, sig, [], [], args, []);
  }
  recordBuiltinType(c, call.fun, sig);
  x.mode = Mode.Value;
  return true;
}

/** len(x), cap(x) */
function lenOrCap(c: Checker, x: Operand, call: CallExpr, id: BuiltinId): boolean {
  const isLen = id === BuiltinId.Len;
  const hasLen = (u: Type | null): boolean => {
    if (u === null) return false;
    const t = arrayPtrDeref(u);
    switch (t.kind) {
      case TypeKind.Basic:
        return isLen && isString(t);
      case TypeKind.Array:
      case TypeKind.Slice:
      case TypeKind.Chan:
        return true;
      case TypeKind.Map:
        return isLen;
      default:
        return false;
    }
  };
  let mode: Mode = Mode.Invalid;
  let val: Value | null = null;
  const u = under(x.type!);
  if (u.kind === TypeKind.Interface) {
    if (isTypeParam(x.type!) && underIs(x.type!, hasLen)) mode = Mode.Value;
  } else if (hasLen(u)) {
    mode = Mode.Value;
    const t = arrayPtrDeref(u);
    if (t.kind === TypeKind.Basic && x.mode === Mode.Constant) {
      mode = Mode.Constant;
      val = constant.makeInt64(constant.stringVal(x.val!).length);
    } else if (t.kind === TypeKind.Array && !c.env.hasCallOrRecv) {
      mode = Mode.Constant;
      val = t.len >= 0 ? constant.makeInt64(t.len) : constant.makeUnknown();
    }
  }
  if (mode === Mode.Invalid) {
    if (isValid(u)) error(c, x, `${invalidArg}${str(c, x)} for built-in ${isLen ? 'len' : 'cap'}`);
    return false;
  }
  if (mode !== Mode.Constant) recordBuiltinType(c, call.fun, makeSig(Typ[BasicKind.Int], x.type!));
  x.mode = mode;
  x.type = Typ[BasicKind.Int];
  x.val = val;
  return true;
}

/** complex(x, y floatT) complexT */
function complex(c: Checker, x: Operand, call: CallExpr, y: Operand): boolean {
  const xu = isUntyped(x.type!);
  const yu = isUntyped(y.type!);
  if (xu && !yu) convertUntyped(c, x, y.type!);
  else if (yu && !xu) convertUntyped(c, y, x.type!);
  else if (xu && yu) {
    if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
      for (const o of [x, y])
        if (isNumeric(o.type!) && constant.sign(constant.imag(o.val!)) === 0) o.type = Typ[BasicKind.UntypedFloat];
    } else {
      // One has a shift in it: an error since floats cannot be shifted.
      convertUntyped(c, x, Typ[BasicKind.Float64]);
      convertUntyped(c, y, Typ[BasicKind.Float64]);
    }
  }
  if (x.mode === Mode.Invalid || y.mode === Mode.Invalid) return false;
  if (!identical(x.type!, y.type!)) {
    error(c, x, `${invalidOp}${exprString(call)} (mismatched types ${str(c, x.type)} and ${str(c, y.type)})`);
    return false;
  }
  const resTyp = applyTypeFunc(
    c,
    t => {
      const u = under(t);
      if (u.kind !== TypeKind.Basic) return null;
      switch (u.basic) {
        case BasicKind.Float32:
          return Typ[BasicKind.Complex64];
        case BasicKind.Float64:
          return Typ[BasicKind.Complex128];
        case BasicKind.UntypedFloat:
          return Typ[BasicKind.UntypedComplex];
        default:
          return null;
      }
    },
    x,
    BuiltinId.Complex,
  );
  if (resTyp === null) {
    error(c, x, `${invalidArg}arguments have type ${str(c, x.type)}, expected floating-point`);
    return false;
  }
  if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
    const re = constant.toFloat(x.val!);
    x.val = constant.binaryOp(re, Token.Add, constant.makeImag(constant.toFloat(y.val!)));
  } else x.mode = Mode.Value;
  if ((x.mode as Mode) !== Mode.Constant) recordBuiltinType(c, call.fun, makeSig(resTyp, x.type!, x.type!));
  x.type = resTyp;
  return true;
}

/** copy(dst, src []E) int; copy([]byte, string) */
function copy(c: Checker, x: Operand, call: CallExpr, y: Operand): boolean {
  // Before Go 1.27 nil was a slice of bytes where bytes or a string were copied.
  if (release(c) >= go1_27) {
    const [, err] = sliceElem(c, x);
    if (err !== null) {
      error(c, x, `invalid copy: ${err}`);
      return false;
    }
  }
  const special = assignableTo(c, x, byteSlice(), null) && bytesOrString(y.type!) !== null;
  if (!special) {
    const [dstE, dstErr] = sliceElem(c, x);
    if (dstErr !== null) {
      error(c, x, `invalid copy: ${dstErr}`);
      return false;
    }
    const [elem, srcErr] = sliceElem(c, y);
    let srcE = elem;
    if (srcErr !== null) {
      if (!allString(y.type!)) {
        error(c, y, `invalid copy: ${srcErr}`);
        return false;
      }
      srcE = universeByte;
    }
    if (!identical(dstE!, srcE!)) {
      error(
        c,
        x,
        `invalid copy: arguments ${str(c, x)} and ${str(c, y)} have different element types ${str(c, dstE)} and ${str(c, srcE)}`,
      );
      return false;
    }
  }
  recordBuiltinType(c, call.fun, makeSig(Typ[BasicKind.Int], x.type!, y.type!));
  x.mode = Mode.Value;
  x.type = Typ[BasicKind.Int];
  return true;
}

/** delete(m, key) */
function delete_(c: Checker, x: Operand, call: CallExpr, keyArg: Operand): boolean {
  const map = x.type!;
  let key: Type | null = null;
  const ok = underIs(map, u => {
    if (u === null || u.kind !== TypeKind.Map) {
      error(c, x, `${invalidArg}${str(c, x)} is not a map`);
      return false;
    }
    if (key !== null && !identical(u.key, key)) {
      error(c, x, `${invalidArg}maps of ${str(c, x)} must have identical key types`);
      return false;
    }
    key = u.key;
    return true;
  });
  if (!ok) return false;
  copyOperand(x, keyArg);
  assignment(c, x, key, 'argument to delete');
  if (x.mode === Mode.Invalid) return false;
  x.mode = Mode.NoValue;
  recordBuiltinType(c, call.fun, makeSig(null, map, key!));
  return true;
}

/** real(complexT) floatT, imag(complexT) floatT */
function realOrImag(c: Checker, x: Operand, call: CallExpr, id: BuiltinId): boolean {
  if (isUntyped(x.type!)) {
    if (x.mode === Mode.Constant) {
      if (isNumeric(x.type!)) x.type = Typ[BasicKind.UntypedComplex];
    } else {
      convertUntyped(c, x, Typ[BasicKind.Complex128]);
      if ((x.mode as Mode) === Mode.Invalid) return false;
    }
  }
  const resTyp = applyTypeFunc(
    c,
    t => {
      const u = under(t);
      if (u.kind !== TypeKind.Basic) return null;
      switch (u.basic) {
        case BasicKind.Complex64:
          return Typ[BasicKind.Float32];
        case BasicKind.Complex128:
          return Typ[BasicKind.Float64];
        case BasicKind.UntypedComplex:
          return Typ[BasicKind.UntypedFloat];
        default:
          return null;
      }
    },
    x,
    id,
  );
  if (resTyp === null) {
    error(c, x, `${invalidArg}argument has type ${str(c, x.type)}, expected complex type`);
    return false;
  }
  if (x.mode === Mode.Constant) x.val = id === BuiltinId.Real ? constant.real(x.val!) : constant.imag(x.val!);
  else x.mode = Mode.Value;
  if (x.mode !== Mode.Constant) recordBuiltinType(c, call.fun, makeSig(resTyp, x.type!));
  x.type = resTyp;
  return true;
}

/** make(T, n), make(T, n, m) */
function make(c: Checker, x: Operand, call: CallExpr): boolean {
  const argList = call.argList;
  const arg0 = argList[0];
  const T = varType(c, arg0);
  if (!isValid(T)) return false;
  const [u, err] = commonUnder(T, (_, u) => {
    if (u === null) return () => 'no specific type';
    if (u.kind === TypeKind.Slice || u.kind === TypeKind.Map || u.kind === TypeKind.Chan) return null;
    return () => 'type must be slice, map, or channel';
  });
  if (err !== null) {
    error(c, arg0, `${invalidArg}cannot make ${exprString(arg0)}: ${err(c)}`);
    return false;
  }
  const min = u!.kind === TypeKind.Slice ? 2 : 1;
  const nargs = argList.length;
  if (nargs < min || min + 1 < nargs) {
    error(c, call, `${invalidOp}${exprString(call)} expects ${min} or ${min + 1} arguments; found ${nargs}`);
    return false;
  }
  const types: Type[] = [T];
  const sizes: bigint[] = [];
  for (let i = 1; i < nargs; i++) {
    const [t, size] = index(c, argList[i], -1);
    types.push(t);
    if (size >= 0n) sizes.push(size);
  }
  if (sizes.length === 2 && sizes[0] > sizes[1]) error(c, argList[1], `${invalidArg}length and capacity swapped`);
  x.mode = Mode.Value;
  x.type = T;
  recordBuiltinType(c, call.fun, makeSig(T, ...types));
  return true;
}

/** max(x, …), min(x, …) */
function minMax(c: Checker, x: Operand, call: CallExpr, id: BuiltinId, args: Operand[]): boolean {
  const name = predeclaredFuncs[id].name;
  verifyVersionf(c, call.fun, go1_21, `built-in ${name}`);
  const op = id === BuiltinId.Max ? Token.Gtr : Token.Lss;
  for (let i = 0; i < args.length; i++) {
    const a = args[i];
    if (a.mode === Mode.Invalid) return false;
    if (!allOrdered(a.type!)) {
      error(c, a, `${invalidArg}${str(c, a)} cannot be ordered`);
      return false;
    }
    if (i === 0) continue;
    matchTypes(c, x, a);
    if (x.mode === Mode.Invalid) return false;
    if (!identical(x.type!, a.type!)) {
      error(
        c,
        a,
        `${invalidArg}mismatched types ${str(c, x.type)} (previous argument) and ${str(c, a.type)} (type of ${exprString(a.expr!)})`,
      );
      return false;
    }
    if (x.mode === Mode.Constant && a.mode === Mode.Constant) {
      if (constant.compare(a.val!, op, x.val!)) copyOperand(x, a);
    } else x.mode = Mode.Value;
  }
  if (x.mode !== Mode.Constant) {
    x.mode = Mode.Value;
    // A value must not be untyped.
    assignment(c, x, emptyInterface, `argument to built-in ${name}`);
    if ((x.mode as Mode) === Mode.Invalid) return false;
  }
  for (const a of args) updateExprType(c, a.expr!, x.type!, true);
  if (x.mode !== Mode.Constant) recordBuiltinType(c, call.fun, makeSig(x.type, ...args.map(() => x.type!)));
  return true;
}

/** new(T), and since go1.26 new(expr) */
function new_(c: Checker, x: Operand, call: CallExpr): boolean {
  const arg = call.argList[0];
  if (release(c) < go1_26) {
    x.type = varType(c, arg);
    x.mode = isValid(x.type) ? Mode.TypExpr : Mode.Invalid;
  } else newOperand(c, x, call, arg);
  if (x.mode === Mode.Invalid) return false;
  const T = x.type!;
  x.mode = Mode.Value;
  x.type = new PointerType(T);
  recordBuiltinType(c, call.fun, makeSig(x.type, T));
  return true;
}

/** The argument of new is a type, or since Go 1.26 a value. */
function newOperand(c: Checker, x: Operand, call: CallExpr, arg: Expr): void {
  exprOrType(c, x, arg, false);
  exclude(c, x, (1 << Mode.NoValue) | (1 << Mode.Builtin));
  if (x.mode === Mode.Invalid) return;
  if (x.mode === Mode.TypExpr) {
    validVarType(c, arg, x.type!);
    return;
  }
  if (isUntyped(x.type!)) {
    assignment(c, x, null, 'argument to new');
    if ((x.mode as Mode) === Mode.Invalid) return;
  }
  if (!allowVersion(c, go1_26)) versionErrorf(c, call.fun, go1_26, `new(${exprString(arg)})`);
}

/** Element type of a slice, or of all slices of a type set; else what is wrong (types2 sliceElem). */
function sliceElem(c: Checker, x: Operand): [elem: Type | null, err: string | null] {
  let E: Type | null = null;
  let err: string | null = null;
  all(x.type!, (_, u) => {
    if (u === null || u.kind !== TypeKind.Slice) {
      err = `argument must be a slice; have ${isNil(x) ? 'untyped nil' : str(c, x)}`;
      return false;
    }
    if (E === null) E = u.elem;
    else if (!identical(E, u.elem)) {
      err = `mismatched slice element types ${str(c, E)} and ${str(c, u.elem)} in ${str(c, x)}`;
      return false;
    }
    return true;
  });
  return err !== null ? [null, err] : [E, null];
}

/** f of x's type; for a type parameter a new one whose constraint has f of each term, which is reported as not
 * supported. Null where f is (types2 Checker.applyTypeFunc). */
function applyTypeFunc(c: Checker, f: (t: Type) => Type | null, x: Operand, id: BuiltinId): Type | null {
  const tp = unalias(x.type!);
  if (tp.kind !== TypeKind.TypeParam) return f(x.type!);
  const terms: Term[] = [];
  const ok = typeParamIs(tp, t => {
    if (t === null) return false;
    const r = f(t.type);
    if (r === null) return false;
    terms.push({ tilde: t.tilde, type: r });
    return true;
  });
  if (!ok) return null;
  softErrorf(
    c,
    x,
    `${str(c, x)} not supported as argument to built-in ${predeclaredFuncs[id].name} for go1.18 (see go.dev/issue/50937)`,
  );
  const obj = new TypeNameObj(tp.obj.name, c.pkg, null, null);
  const ptyp = newTypeParam(c, obj, new InterfaceType([], [new UnionType(terms)], [null]));
  ptyp.index = tp.index;
  return ptyp;
}

/** A signature for the arguments and the result; untyped arguments get their default types. */
export function makeSig(res: Type | null, ...args: Type[]): SignatureType {
  const params = args.map(t => newParam(null, null, defaultType(t)));
  return new SignatureType(
    null,
    [],
    [],
    new TupleType(params),
    new TupleType(res === null ? [] : [newParam(null, null, res)]),
    false,
  );
}

/** A for *A where A is an array, else the type itself. */
export function arrayPtrDeref(t: Type): Type {
  const p = unalias(t);
  if (p.kind === TypeKind.Pointer) {
    const a = under(p.elem);
    if (a.kind === TypeKind.Array) return a;
  }
  return t;
}
