/** Sizes and alignments of types as gc lays them out (types2 gcsizes). Bytes; -1 for types that are too large. */
import { asNamed } from './alias.ts';
import type { VarObj } from './object.ts';
import { BasicKind, BasicInfo, type StructType, type Type, TypeKind } from './type.ts';
import { under } from './under.ts';

/** Sizes of types on one architecture. */
export interface Sizes {
  ptrSize: number;
  alignof(t: Type): number;
  sizeof(t: Type): number;
  offsetsof(fields: readonly VarObj[]): number[];
}

const basicSizes: Partial<Record<BasicKind, number>> = {
  [BasicKind.Bool]: 1,
  [BasicKind.Int8]: 1,
  [BasicKind.Int16]: 2,
  [BasicKind.Int32]: 4,
  [BasicKind.Int64]: 8,
  [BasicKind.Uint8]: 1,
  [BasicKind.Uint16]: 2,
  [BasicKind.Uint32]: 4,
  [BasicKind.Uint64]: 8,
  [BasicKind.Float32]: 4,
  [BasicKind.Float64]: 8,
  [BasicKind.Complex64]: 8,
  [BasicKind.Complex128]: 16,
};

/** Largest size there is; arithmetic beyond it overflows in gc, which makes a type too large. */
const maxSize = 2 ** 63;

class GcSizes implements Sizes {
  constructor(
    readonly ptrSize: number,
    readonly maxAlign: number,
  ) {}

  alignof(T: Type): number {
    const t = under(T);
    switch (t.kind) {
      case TypeKind.Array:
        return this.alignof(t.elem);
      case TypeKind.Struct: {
        // The marker type that asks for 64-bit alignment.
        if (t.fields.length === 0 && isSyncAtomicAlign64(T)) return 8;
        let max = 1;
        for (const f of t.fields) max = Math.max(max, this.alignof(f.type!));
        return max;
      }
      case TypeKind.Slice:
      case TypeKind.Interface:
        return this.ptrSize;
      case TypeKind.Basic:
        if ((t.info & BasicInfo.IsString) !== 0) return this.ptrSize;
        break;
      default:
    }
    let a = this.sizeof(T);
    if (a < 1) return 1;
    if (t.kind === TypeKind.Basic && (t.info & BasicInfo.IsComplex) !== 0) a /= 2;
    return Math.min(a, this.maxAlign);
  }

  offsetsof(fields: readonly VarObj[]): number[] {
    const offsets: number[] = [];
    let offs = 0;
    for (const f of fields) {
      if (offs >= 0) offs = align(offs, this.alignof(f.type!));
      offsets.push(offs);
      const d = this.sizeof(f.type!);
      offs = d >= 0 && offs >= 0 ? checked(offs + d) : -1;
    }
    return offsets;
  }

  sizeof(T: Type): number {
    const t = under(T);
    switch (t.kind) {
      case TypeKind.Basic:
        return basicSizes[t.basic] ?? (t.basic === BasicKind.String ? 2 * this.ptrSize : this.ptrSize);
      case TypeKind.Array: {
        if (t.len <= 0) return 0;
        const esize = this.sizeof(t.elem);
        if (esize <= 0) return esize;
        return checked(esize * t.len);
      }
      case TypeKind.Slice:
        return 3 * this.ptrSize;
      case TypeKind.Struct: {
        const n = t.fields.length;
        if (n === 0) return 0;
        const offs = this.offsetsof(t.fields)[n - 1];
        let size = this.sizeof(t.fields[n - 1].type!);
        if (offs < 0 || size < 0) return -1;
        // A pointer past a final field of no size must not point to other memory.
        if (offs > 0 && size === 0) size = 1;
        return align(checked(offs + size), this.alignof(T));
      }
      case TypeKind.Interface:
        return 2 * this.ptrSize;
      default:
        return this.ptrSize;
    }
  }
}

function checked(x: number): number {
  return x >= maxSize ? -1 : x;
}

function align(x: number, a: number): number {
  return x < 0 ? x : checked(Math.ceil(x / a) * a);
}

/** sync/atomic's marker of 64-bit alignment. */
export function isSyncAtomicAlign64(T: Type): boolean {
  const obj = asNamed(T)?.obj;
  if (obj === undefined || obj.name !== 'align64' || obj.pkg === null) return false;
  return obj.pkg.path === 'sync/atomic' || obj.pkg.path === 'internal/runtime/atomic';
}

const fourByteArchs = new Set(['386', 'arm', 'mips', 'mipsle']);

/** Sizes on a GOARCH; unknown ones are taken as 64-bit. */
export function sizesFor(goarch: string): Sizes {
  if (goarch === 'amd64p32') return new GcSizes(4, 8);
  return fourByteArchs.has(goarch) ? new GcSizes(4, 4) : new GcSizes(8, 8);
}

/** Offset of the field that a selection path through embedded structs leads to; -1 if too large. */
export function offsetof(sizes: Sizes, T: Type, index: readonly number[]): number {
  let offs = 0;
  for (const i of index) {
    const s: StructType = under(T) as StructType;
    const d = sizes.offsetsof(s.fields)[i];
    if (d < 0) return -1;
    offs += d;
    T = s.fields[i].type!;
  }
  return offs;
}
