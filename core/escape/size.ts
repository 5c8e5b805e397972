/** Sizes above which storage is on the heap whatever flows where (ir.MaxStackVarSize, HeapAllocReason). */
import { ValueKind } from '../constant/value.ts';
import type { CompileEnv } from '../ir/env.ts';
import { type Func, type Name, type Node, Class, Op } from '../ir/node.ts';
import { elemOf } from '../ir/typeinfo.ts';

/** Largest variable that is declared and on the stack, in bytes (ir.MaxStackVarSize; smaller with -smallframes). */
function maxStackVarSize(env: CompileEnv): number {
  return env.flags.smallframes ? 64 * 1024 : 128 * 1024;
}
/** Largest of those without a declaration: new(T), &T{}, make, closures, method values (ir.MaxImplicitStackVarSize). */
function maxImplicitStackVarSize(env: CompileEnv): number {
  return env.flags.smallframes ? 16 * 1024 : 64 * 1024;
}

/** Why the location of `n` is on the heap in any case, or the empty string (HeapAllocReason). */
export function heapAllocReason(n: Node, env: CompileEnv): string {
  const type = n.type;
  if (type === null) return '';
  const { sizes } = env;
  if (n.op === Op.ONAME) {
    const { cls } = n as Name;
    if (cls === Class.PPARAM || cls === Class.PPARAMOUT) return '';
  }
  if (sizes.sizeof(type) > maxStackVarSize(env)) return 'too large for stack';
  if (sizes.alignof(type) > sizes.ptrSize) return 'too aligned for stack';
  switch (n.op) {
    case Op.ONEW:
    case Op.OPTRLIT: {
      const elem = elemOf(type);
      if (sizes.sizeof(elem) > maxImplicitStackVarSize(env)) return 'too large for stack';
      return sizes.alignof(elem) > sizes.ptrSize ? 'too aligned for stack' : '';
    }
    case Op.OCLOSURE:
      return closureSize(n.func!, env) > maxImplicitStackVarSize(env) ? 'too large for stack' : '';
    case Op.OMETHVALUE:
      return sizes.ptrSize + sizes.sizeof(n.x!.type!) > maxImplicitStackVarSize(env) ? 'too large for stack' : '';
    case Op.OMAKESLICE: {
      const size = sizes.sizeof(elemOf(type));
      if (size === 0) return 'zero-sized element';
      // a size that is not constant takes the stack up to a limit and the heap above it, when the code runs
      const cap = smallInt(n.z ?? n.y!);
      return cap !== null && cap > Math.floor(maxImplicitStackVarSize(env) / size) ? 'too large for stack' : '';
    }
    default:
      return '';
  }
}

/** Value of an integer literal that fits in 32 bits (IsSmallIntConst). */
function smallInt(n: Node): number | null {
  if (n.op !== Op.OLITERAL || n.val === null) return null;
  const { val } = n;
  let value: bigint;
  if (val.kind === ValueKind.Int) value = val.val;
  else if (val.kind === ValueKind.Float && val.big === null && val.den === 1n) value = val.num;
  else return null;
  return value >= -0x80000000n && value <= 0x7fffffffn ? Number(value) : null;
}

/** Bytes of a closure record: the code pointer, then what is captured (typecheck.ClosureType). */
function closureSize(fn: Func, env: CompileEnv): number {
  const { sizes } = env;
  let size = sizes.ptrSize;
  for (const cv of fn.closureVars) {
    const align = cv.byval ? sizes.alignof(cv.type!) : sizes.ptrSize;
    size = Math.ceil(size / align) * align + (cv.byval ? sizes.sizeof(cv.type!) : sizes.ptrSize);
  }
  return size;
}
