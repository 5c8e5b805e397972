/** Sizes, alignments and offsets of types as gc lays them out (types2 gcSizes). */
import { asNamed } from './alias.ts';
import type { VarObj } from './object.ts';
import { BasicInfo, BasicKind, type Type, TypeKind } from './type.ts';
import { under } from './under.ts';

/** Sizes of types on one architecture, in bytes; negative for types too large for the address space. */
export interface Sizes {
  ptrSize: number;
  alignof(t: Type): number;
  sizeof(t: Type): number;
}

/** Sizes on the architecture, named as GOARCH; 64-bit ones where it is unknown. */
export function sizesFor(goarch: string): Sizes {
  const small = goarch === '386' || goarch === 'arm' || goarch === 'mips' || goarch === 'mipsle';
  const ptrSize = small ? 4 : 8;
  const sizes: Sizes = { ptrSize, alignof: t => alignof(sizes, t), sizeof: t => sizeof(sizes, t) };
  return sizes;
}

function basicSize(kind: BasicKind, ptrSize: number): number {
  switch (kind) {
    case BasicKind.Bool:
    case BasicKind.Int8:
    case BasicKind.Uint8:
      return 1;
    case BasicKind.Int16:
    case BasicKind.Uint16:
      return 2;
    case BasicKind.Int32:
    case BasicKind.Uint32:
    case BasicKind.Float32:
      return 4;
    case BasicKind.Int64:
    case BasicKind.Uint64:
    case BasicKind.Float64:
    case BasicKind.Complex64:
      return 8;
    case BasicKind.Complex128:
      return 16;
    case BasicKind.String:
    case BasicKind.UntypedString:
      return ptrSize * 2;
    default:
      return ptrSize;
  }
}

/** Larger sizes overflow gc's int64. */
const maxSize = 2 ** 63;

function align(x: number, a: number): number {
  const y = Math.ceil(x / a) * a;
  return y < maxSize ? y : -1;
}

function alignof(s: Sizes, T: Type): number {
  const t = under(T);
  switch (t.kind) {
    case TypeKind.Array:
      return alignof(s, t.elem);
    case TypeKind.Struct: {
      if (t.fields.length === 0 && isSyncAtomicAlign64(T)) return 8;
      let max = 1;
      for (const f of t.fields) max = Math.max(max, alignof(s, f.type!));
      return max;
    }
    case TypeKind.Slice:
    case TypeKind.Interface:
      return s.ptrSize;
    case TypeKind.Basic:
      if ((t.info & BasicInfo.IsString) !== 0) return s.ptrSize;
  }
  let a = sizeof(s, T);
  if (a < 1) return 1;
  if (t.kind === TypeKind.Basic && (t.info & BasicInfo.IsComplex) !== 0) a /= 2;
  return Math.min(a, s.ptrSize);
}

/** The marker type that sync/atomic and internal/runtime/atomic align their 64-bit types with. */
function isSyncAtomicAlign64(T: Type): boolean {
  const obj = asNamed(T)?.obj;
  const path = obj?.pkg?.path;
  return obj?.name === 'align64' && (path === 'sync/atomic' || path === 'internal/runtime/atomic');
}

/** Offset of each field; negative from the first that is too far out. */
export function offsetsof(s: Sizes, fields: readonly VarObj[]): number[] {
  const offsets: number[] = [];
  let offs = 0;
  for (const f of fields) {
    if (offs >= 0) offs = align(offs, alignof(s, f.type!));
    offsets.push(offs);
    const size = sizeof(s, f.type!);
    offs = size >= 0 && offs >= 0 && offs + size < maxSize ? offs + size : -1;
  }
  return offsets;
}

/** Offset of the field that the path of field indices leads to, through embedded structs; negative if too large. */
export function offsetof(s: Sizes, T: Type, path: readonly number[]): number {
  let offs = 0;
  let t = T;
  for (const i of path) {
    const u = under(t);
    if (u.kind !== TypeKind.Struct) return -1;
    const d = offsetsof(s, u.fields)[i];
    if (d < 0 || offs + d >= maxSize) return -1;
    offs += d;
    t = u.fields[i].type!;
  }
  return offs;
}

function sizeof(s: Sizes, T: Type): number {
  const t = under(T);
  switch (t.kind) {
    case TypeKind.Basic:
      return basicSize(t.basic, s.ptrSize);
    case TypeKind.Array: {
      if (t.len <= 0) return 0;
      const esize = sizeof(s, t.elem);
      if (esize <= 0) return esize;
      const size = esize * t.len;
      return size < maxSize ? size : -1;
    }
    case TypeKind.Slice:
      return s.ptrSize * 3;
    case TypeKind.Interface:
      return s.ptrSize * 2;
    case TypeKind.Struct: {
      const n = t.fields.length;
      if (n === 0) return 0;
      const offs = offsetsof(s, t.fields)[n - 1];
      let size = sizeof(s, t.fields[n - 1].type!);
      if (offs < 0 || size < 0) return -1;
      // A pointer behind a last field of no size must not point to the next object.
      if (offs > 0 && size === 0) size = 1;
      return align(offs + size, alignof(s, t));
    }
    default:
      return s.ptrSize;
  }
}
