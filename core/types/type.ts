/**
 * The types of the language, in types2's vocabulary. Plain classes without behaviour: predicates, substitution, method
 * sets, printing and so on are functions in the files beside this one. Types are compared with `identical`; being the
 * same object is only its fast path.
 */
import type { Pos } from '../source/text.ts';
import type { Checker } from './checker.ts';
import type { Context } from './context.ts';
import type { FuncObj, TypeNameObj, VarObj } from './object.ts';
import type { Scope } from './scope.ts';
import type { TypeSet } from './typeset.ts';

export const enum TypeKind {
  Basic,
  Array,
  Slice,
  Struct,
  Pointer,
  Tuple,
  Signature,
  Interface,
  Map,
  Chan,
  Named,
  TypeParam,
  Union,
  Alias,
}

/** types2's BasicKind, same order. */
export const enum BasicKind {
  Invalid,
  Bool,
  Int,
  Int8,
  Int16,
  Int32,
  Int64,
  Uint,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Uintptr,
  Float32,
  Float64,
  Complex64,
  Complex128,
  String,
  UnsafePointer,
  UntypedBool,
  UntypedInt,
  UntypedRune,
  UntypedFloat,
  UntypedComplex,
  UntypedString,
  UntypedNil,
}

/** types2's BasicInfo bits. */
export const enum BasicInfo {
  IsBoolean = 1,
  IsInteger = 2,
  IsUnsigned = 4,
  IsFloat = 8,
  IsComplex = 16,
  IsString = 32,
  IsUntyped = 64,
  IsOrdered = IsInteger | IsFloat | IsString,
  IsNumeric = IsInteger | IsFloat | IsComplex,
  IsConstType = IsBoolean | IsNumeric | IsString,
}

export type Type =
  | BasicType
  | ArrayType
  | SliceType
  | StructType
  | PointerType
  | TupleType
  | SignatureType
  | InterfaceType
  | MapType
  | ChanType
  | NamedType
  | TypeParamType
  | UnionType
  | AliasType;

export class BasicType {
  readonly kind = TypeKind.Basic;
  constructor(
    readonly basic: BasicKind,
    readonly info: number,
    readonly name: string,
  ) {}
}

/** [len]elem; len is -1 when it could not be determined. */
export class ArrayType {
  readonly kind = TypeKind.Array;
  constructor(
    public len: number,
    public elem: Type,
  ) {}
}

export class SliceType {
  readonly kind = TypeKind.Slice;
  constructor(public elem: Type) {}
}

export class StructType {
  readonly kind = TypeKind.Struct;
  constructor(
    public fields: VarObj[],
    /** As long as `fields`, or empty when no field has a tag. Unquoted, one UTF-16 unit a byte. */
    public tags: string[],
  ) {}
}

export class PointerType {
  readonly kind = TypeKind.Pointer;
  constructor(public elem: Type) {}
}

export class TupleType {
  readonly kind = TypeKind.Tuple;
  constructor(public vars: VarObj[]) {}
}

export class SignatureType {
  readonly kind = TypeKind.Signature;
  /** Scope of the parameters, for declared functions and function literals; null for instances. */
  scope: Scope | null = null;
  constructor(
    public recv: VarObj | null,
    /** Type parameters of the receiver (methods of generic types). */
    public recvTypeParams: TypeParamType[],
    /** The function's own type parameters. */
    public typeParams: TypeParamType[],
    public params: TupleType,
    public results: TupleType,
    public variadic: boolean,
  ) {}
}

export class InterfaceType {
  readonly kind = TypeKind.Interface;
  /** Computed on demand by `typeSet`. */
  tset: TypeSet | null = null;
  /** True for an interface written as a bare constraint such as `~int | string` (types2 Interface.implicit). */
  implicit = false;
  /** False until methods and embedded types have been collected. */
  complete = false;
  /** For error reporting; null once the package has been checked. */
  check: Checker | null = null;
  constructor(
    /** Explicitly declared methods, in source order. */
    public methods: FuncObj[],
    /** Embedded elements, in source order. */
    public embeddeds: Type[],
    /** Position of each embedded element. */
    public embedPos: (Pos | null)[],
  ) {}
}

export class MapType {
  readonly kind = TypeKind.Map;
  constructor(
    public key: Type,
    public elem: Type,
  ) {}
}

export const enum ChanDir {
  SendRecv,
  SendOnly,
  RecvOnly,
}

export class ChanType {
  readonly kind = TypeKind.Chan;
  constructor(
    public dir: ChanDir,
    public elem: Type,
  ) {}
}

let nextNamedId = 0;
/** A defined type, or an instance of a generic one (`orig` differs then, `targs` are its arguments). */
export class NamedType {
  readonly kind = TypeKind.Named;
  /** Null while it is being set up, and for instances until `resolveUnderlying` has expanded them. */
  underlying: Type | null = null;
  typeParams: TypeParamType[] = [];
  /** Declared methods in source order; those of an instance are made on demand (`method`). */
  methods: FuncObj[] = [];
  /** Right-hand side of the declaration before following it to its end. */
  fromRHS: Type | null = null;
  /** Instance methods by index of the origin's, made on demand. */
  expandedMethods: (FuncObj | undefined)[] | null = null;
  /** Unique number, for hashing. */
  readonly id = ++nextNamedId;
  /** The checker that set the type up, while it is at work. */
  check: Checker | null = null;
  /** Where instances reached from this instance are found; null for declared types. */
  ctxt: Context | null = null;
  /** For instances: fromRHS has been set from the origin. */
  unpacked = false;
  /** For instances: an object of its own at the place of the instantiation, for cycles; `obj` is the origin's. */
  instObj: TypeNameObj | null = null;
  /** Whether the type has finite size, once known. */
  finite: boolean | null = null;
  constructor(
    public obj: TypeNameObj,
    public orig: NamedType | null,
    public targs: Type[],
  ) {}
  /** The generic type an instance is of, else the type itself. */
  get origin(): NamedType {
    return this.orig ?? this;
  }
}

let nextTypeParamId = 0;
export class TypeParamType {
  readonly kind = TypeKind.TypeParam;
  readonly id = ++nextTypeParamId;
  /** For completing the bound lazily; null once the package has been checked. */
  check: Checker | null = null;
  constructor(
    public obj: TypeNameObj,
    /** Position in its type parameter list, from 0; -1 until bound. */
    public index: number,
    /** The constraint as declared; any type, not necessarily an interface. */
    public bound: Type,
  ) {}
}

/** A term of a union: `~type` or `type`. */
export interface Term {
  tilde: boolean;
  type: Type;
}
export class UnionType {
  readonly kind = TypeKind.Union;
  constructor(public terms: Term[]) {}
}

export class AliasType {
  readonly kind = TypeKind.Alias;
  typeParams: TypeParamType[] = [];
  /** What the alias stands for after following aliases; null until known. */
  actual: Type | null = null;
  constructor(
    public obj: TypeNameObj,
    /** Right-hand side as declared, possibly an alias itself; null while it is being set up. */
    public fromRHS: Type | null,
    public orig: AliasType | null,
    public targs: Type[],
  ) {}
  /** The generic alias an instance is of, else the alias itself. */
  get origin(): AliasType {
    return this.orig ?? this;
  }
}
