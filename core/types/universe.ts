/** The predeclared types, constants, functions and `nil`, and package unsafe (types2 universe). */
import { makeBool, makeInt64 } from '../constant/ops.ts';
import type { Value } from '../constant/value.ts';
import {
  BuiltinId,
  BuiltinObj,
  ConstObj,
  ExprKind,
  FuncObj,
  NilObj,
  type Obj,
  PackageObj,
  TypeNameObj,
  newVar,
  VarKind,
} from './object.ts';
import { Scope } from './scope.ts';
import {
  AliasType,
  BasicInfo,
  BasicKind,
  BasicType,
  InterfaceType,
  NamedType,
  SignatureType,
  TupleType,
  type Type,
} from './type.ts';
import type { TypeSet } from './typeset.ts';

const integer = BasicInfo.IsInteger;
const unsigned = BasicInfo.IsInteger | BasicInfo.IsUnsigned;
const untyped = BasicInfo.IsUntyped;

/** The basic types by BasicKind. */
export const Typ: readonly BasicType[] = [
  new BasicType(BasicKind.Invalid, 0, 'invalid type'),
  new BasicType(BasicKind.Bool, BasicInfo.IsBoolean, 'bool'),
  new BasicType(BasicKind.Int, integer, 'int'),
  new BasicType(BasicKind.Int8, integer, 'int8'),
  new BasicType(BasicKind.Int16, integer, 'int16'),
  new BasicType(BasicKind.Int32, integer, 'int32'),
  new BasicType(BasicKind.Int64, integer, 'int64'),
  new BasicType(BasicKind.Uint, unsigned, 'uint'),
  new BasicType(BasicKind.Uint8, unsigned, 'uint8'),
  new BasicType(BasicKind.Uint16, unsigned, 'uint16'),
  new BasicType(BasicKind.Uint32, unsigned, 'uint32'),
  new BasicType(BasicKind.Uint64, unsigned, 'uint64'),
  new BasicType(BasicKind.Uintptr, unsigned, 'uintptr'),
  new BasicType(BasicKind.Float32, BasicInfo.IsFloat, 'float32'),
  new BasicType(BasicKind.Float64, BasicInfo.IsFloat, 'float64'),
  new BasicType(BasicKind.Complex64, BasicInfo.IsComplex, 'complex64'),
  new BasicType(BasicKind.Complex128, BasicInfo.IsComplex, 'complex128'),
  new BasicType(BasicKind.String, BasicInfo.IsString, 'string'),
  new BasicType(BasicKind.UnsafePointer, 0, 'Pointer'),
  new BasicType(BasicKind.UntypedBool, BasicInfo.IsBoolean | untyped, 'untyped bool'),
  new BasicType(BasicKind.UntypedInt, integer | untyped, 'untyped int'),
  new BasicType(BasicKind.UntypedRune, integer | untyped, 'untyped rune'),
  new BasicType(BasicKind.UntypedFloat, BasicInfo.IsFloat | untyped, 'untyped float'),
  new BasicType(BasicKind.UntypedComplex, BasicInfo.IsComplex | untyped, 'untyped complex'),
  new BasicType(BasicKind.UntypedString, BasicInfo.IsString | untyped, 'untyped string'),
  new BasicType(BasicKind.UntypedNil, untyped, 'untyped nil'),
];

export const universe = new Scope(null, null, null);
export const unsafePackage = new PackageObj('unsafe', 'unsafe', new Scope(universe, null, null));
unsafePackage.complete = true;

/** uint8 and int32 under their other names. */
export const universeByte = new BasicType(BasicKind.Uint8, unsigned, 'byte');
export const universeRune = new BasicType(BasicKind.Int32, integer, 'rune');

/** The tuple without variables: no parameters, no results, the type of a call without results. */
export const emptyTuple = new TupleType([]);

/** The type set of all types. */
export const topTypeSet: TypeSet = { methods: [], terms: null, comparable: false };
/** Stands for the type set of a union that is too large. */
export const invalidTypeSet: TypeSet = { methods: [], terms: null, comparable: false };

function completeInterface(methods: FuncObj[], tset: TypeSet): InterfaceType {
  const t = new InterfaceType(methods, [], []);
  t.complete = true;
  t.tset = tset;
  return t;
}

export const emptyInterface = completeInterface([], topTypeSet);

/** What the functions of the language are called, their least number of arguments, and whether a call of one may stand
 * alone as a statement. Indexed by BuiltinId. */
export const predeclaredFuncs: readonly { name: string; nargs: number; variadic: boolean; kind: ExprKind }[] = [
  ['append', 1, true, ExprKind.Expression],
  ['cap', 1, false, ExprKind.Expression],
  ['clear', 1, false, ExprKind.Statement],
  ['close', 1, false, ExprKind.Statement],
  ['complex', 2, false, ExprKind.Expression],
  ['copy', 2, false, ExprKind.Statement],
  ['delete', 2, false, ExprKind.Statement],
  ['imag', 1, false, ExprKind.Expression],
  ['len', 1, false, ExprKind.Expression],
  ['make', 1, true, ExprKind.Expression],
  ['max', 1, true, ExprKind.Expression],
  ['min', 1, true, ExprKind.Expression],
  ['new', 1, false, ExprKind.Expression],
  ['panic', 1, false, ExprKind.Statement],
  ['print', 0, true, ExprKind.Statement],
  ['println', 0, true, ExprKind.Statement],
  ['real', 1, false, ExprKind.Expression],
  ['recover', 0, false, ExprKind.Statement],
  ['Add', 2, false, ExprKind.Expression],
  ['Alignof', 1, false, ExprKind.Expression],
  ['Offsetof', 1, false, ExprKind.Expression],
  ['Sizeof', 1, false, ExprKind.Expression],
  ['Slice', 2, false, ExprKind.Expression],
  ['SliceData', 1, false, ExprKind.Expression],
  ['String', 2, false, ExprKind.Expression],
  ['StringData', 1, false, ExprKind.Expression],
  ['assert', 1, false, ExprKind.Statement],
  ['trace', 0, true, ExprKind.Statement],
].map(([name, nargs, variadic, kind]) => ({
  name: name as string,
  nargs: nargs as number,
  variadic: variadic as boolean,
  kind: kind as ExprKind,
}));

function typeName(name: string, type: Type | null): TypeNameObj {
  return new TypeNameObj(name, null, null, type);
}

function def<T extends Obj>(obj: T): T {
  universe.insert(obj);
  return obj;
}

for (const t of Typ) {
  if (t.name.includes(' ')) continue;
  if (t.basic === BasicKind.UnsafePointer) unsafePackage.scope.insert(new TypeNameObj(t.name, unsafePackage, null, t));
  else def(typeName(t.name, t));
}
def(typeName('byte', universeByte));
def(typeName('rune', universeRune));

/** `any`: an alias for an interface of its own, so that it is printed by that name. */
export const universeAnyAlias = def(typeName('any', null));
export const anyInterface = completeInterface([], topTypeSet);
{
  const alias = new AliasType(universeAnyAlias, anyInterface, null, []);
  alias.actual = anyInterface;
  universeAnyAlias.type = alias;
}

function predeclaredInterface(name: string, make: (self: NamedType) => InterfaceType): TypeNameObj {
  const obj = typeName(name, null);
  const named = new NamedType(obj, null, []);
  obj.type = named;
  named.unpacked = true;
  named.fromRHS = named.underlying = make(named);
  named.finite = true;
  return def(obj);
}

const errorObj = predeclaredInterface('error', self => {
  const result = newVar(VarKind.ResultVar, null, null, '', Typ[BasicKind.String]);
  const recv = newVar(VarKind.RecvVar, null, null, '', self);
  const sig = new SignatureType(recv, [], [], emptyTuple, new TupleType([result]), false);
  const method = new FuncObj('Error', null, null, sig);
  return completeInterface([method], { methods: [method], terms: null, comparable: false });
});
export const universeError: Type = errorObj.type!;

export const universeComparable = predeclaredInterface('comparable', () =>
  completeInterface([], { methods: [], terms: null, comparable: true }),
);

function constant(name: string, kind: BasicKind, val: Value): ConstObj {
  const obj = new ConstObj(name, null, null, Typ[kind]);
  obj.val = val;
  return def(obj);
}
constant('true', BasicKind.UntypedBool, makeBool(true));
constant('false', BasicKind.UntypedBool, makeBool(false));
export const universeIota = constant('iota', BasicKind.UntypedInt, makeInt64(0));
export const universeBool: Type = Typ[BasicKind.Bool];
def(new NilObj('nil', null, null, Typ[BasicKind.UntypedNil]));

function builtin(id: BuiltinId, pkg: PackageObj | null): BuiltinObj {
  const obj = new BuiltinObj(predeclaredFuncs[id].name, pkg, id);
  obj.type = Typ[BasicKind.Invalid];
  return obj;
}
for (let id: number = BuiltinId.Append; id < BuiltinId.Assert; id++) {
  if (id < BuiltinId.Add) def(builtin(id, null));
  else unsafePackage.scope.insert(builtin(id, unsafePackage));
}

/** The universe with `assert` and `trace`, as the parent of package scopes in Go's own tests of the checker. */
export function testUniverse(): Scope {
  const scope = new Scope(universe, null, null);
  scope.insert(builtin(BuiltinId.Assert, null));
  scope.insert(builtin(BuiltinId.Trace, null));
  return scope;
}
