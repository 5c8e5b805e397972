/**
 * C's types with their sizes, as a compiler's debugging information describes them: that is what cmd/cgo reads. Names
 * of basic types are those that gcc gives them (`long unsigned int`).
 */
export const enum CKind {
  Void,
  Bool,
  Char,
  Int,
  Float,
  Complex,
  Enum,
  Pointer,
  Array,
  Func,
  Struct,
  Typedef,
}

export interface CType {
  readonly kind: CKind;
  /** Of a basic type or a typedef; the tag of a struct, union or enum, '' for none. */
  readonly name: string;
  /** Bytes; -1 while incomplete, for functions and for arrays without a length. */
  size: number;
  align: number;
  /** Int, Char, Enum: has a sign. */
  signed: boolean;
  /** Pointer, Array: the element; Func: the result; Typedef: what it stands for. */
  elem: CType | null;
  /** Array: number of elements, -1 for none. */
  count: number;
  params: CType[];
  variadic: boolean;
  /** Struct: a union. */
  union: boolean;
  /** Struct: null while incomplete. */
  fields: CField[] | null;
  /** Different for different types without a name. */
  readonly id: number;
}

export interface CField {
  /** '' for a struct or union without a name. */
  name: string;
  type: CType;
  /** Bytes. */
  offset: number;
  /** -1 for a field that is no bit field. */
  bits: number;
}

/** What the ABI of a target says of C's types. */
export interface DataModel {
  ptrSize: number;
  longSize: number;
  /** Alignment of long long and double in structs. */
  align64: number;
  charSigned: boolean;
  longDouble: { size: number; align: number };
  /** What size_t, ptrdiff_t and wchar_t are. */
  sizeType: string;
  ptrdiffType: string;
  wcharType: string;
  int64Type: string;
}

export function dataModel(goos: string, goarch: string): DataModel {
  const wide = !/^(386|arm|mips|mipsle|wasm)$/.test(goarch);
  const windows = goos === 'windows';
  const darwin = goos === 'darwin' || goos === 'ios';
  const arm = /^arm/.test(goarch);
  const long64 = wide && !windows;
  const long128 =
    /^(amd64|arm64|riscv64|loong64|mips64|mips64le|s390x)$/.test(goarch) && !(darwin && goarch === 'arm64');
  return {
    ptrSize: wide ? 8 : 4,
    longSize: long64 ? 8 : 4,
    align64: goarch === '386' && !windows ? 4 : 8,
    charSigned: darwin || !(arm || /^(ppc64|ppc64le|s390x|riscv64)$/.test(goarch)),
    longDouble: long128
      ? { size: 16, align: 16 }
      : goarch === '386' && !windows
        ? { size: 12, align: 4 }
        : /^ppc64/.test(goarch)
          ? { size: 16, align: 16 }
          : { size: 8, align: 8 },
    sizeType: long64 || (darwin && wide) ? 'long unsigned int' : wide ? 'long long unsigned int' : 'unsigned int',
    ptrdiffType: long64 ? 'long int' : wide ? 'long long int' : 'int',
    wcharType: windows ? 'short unsigned int' : arm && !darwin ? 'unsigned int' : 'int',
    int64Type: long64 && !darwin && goos !== 'openbsd' ? 'long int' : 'long long int',
  };
}

let ids = 0;

export function newType(kind: CKind, name: string, size: number, align: number): CType {
  return {
    kind,
    name,
    size,
    align,
    signed: false,
    elem: null,
    count: 0,
    params: [],
    variadic: false,
    union: false,
    fields: null,
    id: ids++,
  };
}

/** The basic types of a target, by gcc's names. */
export function basicTypes(m: DataModel): Map<string, CType> {
  const types = new Map<string, CType>();
  const add = (kind: CKind, name: string, size: number, signed: boolean, align = size) => {
    const t = newType(kind, name, size, Math.min(align, size === 8 ? m.align64 : align));
    t.signed = signed;
    types.set(name, t);
  };
  add(CKind.Void, 'void', -1, false, 1);
  add(CKind.Bool, '_Bool', 1, false);
  add(CKind.Char, 'char', 1, m.charSigned);
  add(CKind.Char, 'signed char', 1, true);
  add(CKind.Char, 'unsigned char', 1, false);
  add(CKind.Int, 'short int', 2, true);
  add(CKind.Int, 'short unsigned int', 2, false);
  add(CKind.Int, 'int', 4, true);
  add(CKind.Int, 'unsigned int', 4, false);
  add(CKind.Int, 'long int', m.longSize, true);
  add(CKind.Int, 'long unsigned int', m.longSize, false);
  add(CKind.Int, 'long long int', 8, true);
  add(CKind.Int, 'long long unsigned int', 8, false);
  add(CKind.Int, '__int128', 16, true);
  add(CKind.Int, '__int128 unsigned', 16, false);
  add(CKind.Float, '_Float16', 2, true);
  add(CKind.Float, 'float', 4, true);
  add(CKind.Float, 'double', 8, true);
  add(CKind.Float, 'long double', m.longDouble.size, true, m.longDouble.align);
  add(CKind.Float, '_Float128', 16, true);
  add(CKind.Complex, 'complex float', 8, true, 4);
  add(CKind.Complex, 'complex double', 16, true, m.align64);
  add(CKind.Complex, 'complex long double', 2 * m.longDouble.size, true, m.longDouble.align);
  return types;
}

/** Without typedefs. */
export function baseType(t: CType): CType {
  let b = t;
  while (b.kind === CKind.Typedef && b.elem !== null) b = b.elem;
  return b;
}

export function pointerTo(elem: CType, m: DataModel): CType {
  const t = newType(CKind.Pointer, '', m.ptrSize, m.ptrSize);
  t.elem = elem;
  return t;
}

export function arrayOf(elem: CType, count: number): CType {
  const t = newType(CKind.Array, '', count < 0 || elem.size < 0 ? -1 : count * elem.size, elem.align);
  t.elem = elem;
  t.count = count;
  return t;
}

export function funcOf(result: CType, params: CType[], variadic: boolean): CType {
  const t = newType(CKind.Func, '', -1, 1);
  t.elem = result;
  t.params = params;
  t.variadic = variadic;
  return t;
}

export function typedefOf(name: string, elem: CType): CType {
  const t = newType(CKind.Typedef, name, elem.size, elem.align);
  t.elem = elem;
  t.signed = elem.signed;
  return t;
}

/** The size as known now: a typedef may have been made before its struct was complete. -1 when unknown. */
export function sizeOf(t: CType): number {
  const b = baseType(t);
  if (b.kind === CKind.Array && b.count >= 0) {
    const size = sizeOf(b.elem!);
    return size < 0 ? -1 : size * b.count;
  }
  return b.size;
}

export function alignOf(t: CType): number {
  if (t.kind === CKind.Typedef) {
    const own = alignOf(t.elem!);
    return Math.max(own, t.align);
  }
  if (t.kind === CKind.Array) return alignOf(t.elem!);
  return t.align;
}

/** What attributes and #pragma pack ask of a struct's layout. */
export interface Layout {
  packed: boolean;
  /** Greatest alignment of a field; 0 for none. */
  pack: number;
  /** Least alignment of the whole; 0 for none. */
  aligned: number;
}

/** A field as declared: `align` is what its own attribute asks for, 0 for nothing. */
export interface FieldDecl {
  name: string;
  type: CType;
  bits: number;
  align: number;
  packed: boolean;
}

/** Lays out a struct or union by the rules of the System V ABI, which gcc and clang follow. */
export function layOut(t: CType, decls: readonly FieldDecl[], layout: Layout): void {
  const fields: CField[] = [];
  let bit = 0;
  let align = 1;
  let size = 0;
  for (const d of decls) {
    const flexible = Math.max(sizeOf(d.type), 0);
    let a = alignOf(d.type);
    if (layout.packed || d.packed) a = 1;
    a = Math.max(a, d.align);
    if (layout.pack > 0) a = Math.min(a, layout.pack);
    if (t.union) bit = 0;
    let offset: number;
    if (d.bits >= 0) {
      const unit = flexible * 8;
      if (d.bits === 0) {
        bit = Math.ceil(bit / unit) * unit;
        continue;
      }
      if (!layout.packed && !d.packed && Math.floor(bit / unit) !== Math.floor((bit + d.bits - 1) / unit))
        bit = Math.ceil(bit / (a * 8)) * a * 8;
      offset = bit >> 3;
      bit += d.bits;
      if (d.name !== '') align = Math.max(align, a);
      // debugging information has no entry for a bit field without a name
      if (d.name === '') {
        size = Math.max(size, Math.ceil(bit / 8));
        continue;
      }
    } else {
      offset = Math.ceil(Math.ceil(bit / 8) / a) * a;
      bit = (offset + flexible) * 8;
      align = Math.max(align, a);
    }
    size = Math.max(size, Math.ceil(bit / 8));
    fields.push({ name: d.name, type: d.type, offset, bits: d.bits });
  }
  align = Math.max(align, layout.aligned);
  t.fields = fields;
  t.align = align;
  t.size = Math.ceil(size / align) * align;
}
