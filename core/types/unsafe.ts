/** Calls of the functions of package unsafe (spec "Package unsafe"). */
import * as constant from '../constant/ops.ts';
import { type CallExpr, Kind, unparen } from '../syntax/ast.ts';
import { exprString } from '../syntax/print.ts';
import { asNamed } from './alias.ts';
import { assignment } from './assignments.ts';
import { use } from './call.ts';
import type { Checker } from './checker.ts';
import { error, invalidArg } from './errors.ts';
import { expr } from './expr.ts';
import { makeSig } from './builtins.ts';
import { str } from './format.ts';
import { isValidIndex } from './index.ts';
import { Mode, SelectionKind } from './info.ts';
import { derefStructPtr, lookupFieldOrMethod } from './lookup.ts';
import { BuiltinId, ObjKind } from './object.ts';
import { makeOperand, Operand } from './operand.ts';
import { isTypeParam } from './predicates.ts';
import { record, recordBuiltinType, recordSelection } from './recording.ts';
import { offsetof } from './sizes.ts';
import { BasicKind, type NamedType, PointerType, SliceType, type Type, TypeKind } from './type.ts';
import { commonUnder, under } from './under.ts';
import { Typ, universeByte } from './universe.ts';
import { go1_17, go1_20, verifyVersionf } from './version.ts';

/** The functions of package unsafe. */
export function unsafeBuiltin(c: Checker, x: Operand, call: CallExpr, id: BuiltinId, args: Operand[]): boolean {
  const uintptr = Typ[BasicKind.Uintptr];
  switch (id) {
    case BuiltinId.Add: {
      verifyVersionf(c, call.fun, go1_17, 'unsafe.Add');
      const ptr = Typ[BasicKind.UnsafePointer];
      assignment(c, x, ptr, 'argument to unsafe.Add');
      if (x.mode === Mode.Invalid) return false;
      const y = args[1];
      if (!isValidIndex(c, y, 'length', true)) return false;
      x.mode = Mode.Value;
      x.type = ptr;
      recordBuiltinType(c, call.fun, makeSig(ptr, ptr, y.type!));
      return true;
    }
    case BuiltinId.Alignof:
      assignment(c, x, null, 'argument to unsafe.Alignof');
      if (x.mode === Mode.Invalid) return false;
      return sizeResult(c, x, call, hasVarSize(x.type!, null), x.type!, () => c.conf.sizes.alignof(x.type!));
    case BuiltinId.Sizeof:
      assignment(c, x, null, 'argument to unsafe.Sizeof');
      if (x.mode === Mode.Invalid) return false;
      return sizeResult(c, x, call, hasVarSize(x.type!, null), x.type!, () => c.conf.sizes.sizeof(x.type!));
    case BuiltinId.Offsetof:
      return offsetofCall(c, x, call);
    case BuiltinId.Slice: {
      verifyVersionf(c, call.fun, go1_17, 'unsafe.Slice');
      const ptr = commonUnder(x.type!, null)[0];
      if (ptr === null || ptr.kind !== TypeKind.Pointer) {
        error(c, x, `${invalidArg}${str(c, x)} is not a pointer`);
        return false;
      }
      const y = args[1];
      if (!isValidIndex(c, y, 'length', false)) return false;
      x.mode = Mode.Value;
      x.type = new SliceType(ptr.elem);
      recordBuiltinType(c, call.fun, makeSig(x.type, ptr, y.type!));
      return true;
    }
    case BuiltinId.SliceData: {
      verifyVersionf(c, call.fun, go1_20, 'unsafe.SliceData');
      const slice = commonUnder(x.type!, null)[0];
      if (slice === null || slice.kind !== TypeKind.Slice) {
        error(c, x, `${invalidArg}${str(c, x)} is not a slice`);
        return false;
      }
      x.mode = Mode.Value;
      x.type = new PointerType(slice.elem);
      recordBuiltinType(c, call.fun, makeSig(x.type, slice));
      return true;
    }
    case BuiltinId.String: {
      verifyVersionf(c, call.fun, go1_20, 'unsafe.String');
      const bytePtr = new PointerType(universeByte);
      assignment(c, x, bytePtr, 'argument to unsafe.String');
      if (x.mode === Mode.Invalid) return false;
      const y = args[1];
      if (!isValidIndex(c, y, 'length', false)) return false;
      x.mode = Mode.Value;
      x.type = Typ[BasicKind.String];
      recordBuiltinType(c, call.fun, makeSig(x.type, bytePtr, y.type!));
      return true;
    }
    case BuiltinId.StringData:
      verifyVersionf(c, call.fun, go1_20, 'unsafe.StringData');
      assignment(c, x, Typ[BasicKind.String], 'argument to unsafe.StringData');
      if (x.mode === Mode.Invalid) return false;
      x.mode = Mode.Value;
      x.type = new PointerType(universeByte);
      recordBuiltinType(c, call.fun, makeSig(x.type, Typ[BasicKind.String]));
      return true;
    default:
      x.type = uintptr;
      return false;
  }
}

/** The uintptr that a size is: a constant unless type parameters decide it. Negative sizes are too large. */
function sizeResult(c: Checker, x: Operand, call: CallExpr, variable: boolean, arg: Type, size: () => number): boolean {
  const uintptr = Typ[BasicKind.Uintptr];
  if (variable) {
    x.mode = Mode.Value;
    recordBuiltinType(c, call.fun, makeSig(uintptr, arg));
  } else {
    const n = size();
    if (n < 0) {
      error(c, x, `${str(c, x)} is too large`);
      return false;
    }
    x.mode = Mode.Constant;
    x.val = constant.makeInt64(n);
  }
  x.type = uintptr;
  return true;
}

/** unsafe.Offsetof(x.f) */
function offsetofCall(c: Checker, x: Operand, call: CallExpr): boolean {
  const arg0 = call.argList[0];
  const selx = unparen(arg0);
  if (selx.kind !== Kind.SelectorExpr) {
    error(c, arg0, `${invalidArg}${exprString(arg0)} is not a selector expression`);
    use(c, [arg0]);
    return false;
  }
  expr(c, null, x, selx.x);
  if (x.mode === Mode.Invalid) return false;
  const base = derefStructPtr(x.type!);
  const sel = selx.sel.value;
  const { obj, index: path, indirect } = lookupFieldOrMethod(base, false, c.pkg, sel, false);
  if (obj === null) {
    error(c, x, `${invalidArg}${str(c, base)} has no single field ${sel}`);
    return false;
  }
  if (obj.kind === ObjKind.Func) {
    error(c, arg0, `${invalidArg}${exprString(arg0)} is a method value`);
    return false;
  }
  if (indirect) {
    error(c, x, `${invalidArg}field ${sel} is embedded via a pointer in ${str(c, base)}`);
    return false;
  }
  recordSelection(c, selx, SelectionKind.FieldVal, base, obj, path!, false);
  record(c, makeOperand(x.mode === Mode.Variable ? Mode.Variable : Mode.Value, selx, obj.type));
  return sizeResult(c, x, call, hasVarSize(base, null), obj.type!, () => offsetof(c.conf.sizes, base, path!));
}

/** The size of t depends on type parameters, or t is part of a cycle not checked yet (types2 hasVarSize). */
function hasVarSize(t: Type, seen: Map<NamedType, boolean> | null): boolean {
  const named = asNamed(t);
  if (named !== null) {
    const v = seen?.get(named);
    if (v !== undefined) return v;
    seen ??= new Map();
    seen.set(named, true);
  }
  let result = false;
  const u = under(t);
  if (u.kind === TypeKind.Array) result = hasVarSize(u.elem, seen);
  else if (u.kind === TypeKind.Struct) {
    for (const f of u.fields) {
      if (hasVarSize(f.type!, seen)) {
        result = true;
        break;
      }
    }
  } else if (u.kind === TypeKind.Interface) result = isTypeParam(t);
  if (named !== null) seen!.set(named, result);
  return result;
}
