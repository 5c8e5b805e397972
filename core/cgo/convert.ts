/**
 * From C's types to Go's, by cmd/cgo's rules (gcc.go: typeConv). Every type that is met is recorded under the name that
 * `_cgo_gotypes.go` will declare.
 */
import { baseType, CKind, type CType, sizeOf } from './ctype.ts';
import { type GoType, named } from './gotype.ts';

/** A type in both worlds. */
export interface ConvType {
  size: number;
  /** -1 when unknown. */
  align: number;
  go: GoType | null;
  /** C stores in the pointer type what is no pointer: in Go it is a uintptr. */
  badPointer: boolean;
}

export interface ConvFunc {
  params: ConvType[];
  /** Null for void. */
  result: ConvType | null;
}

/** What all files of a package share. */
export interface TypeTables {
  /** By name in Go, without what `package C` predeclares. */
  typedefs: Map<string, ConvType>;
  unionWithPointer: Set<GoType>;
  anonymousTags: Map<number, string>;
  ptrSize: number;
  goos: string;
}

/** State of the conversions of one file. */
export interface TypeConv {
  tables: TypeTables;
  known: Map<string, ConvType>;
  /** Pointer types whose elements are converted last, and which they are waiting for. */
  waiting: Map<string, { go: GoType & { kind: 'pointer' } }[]>;
  queue: { type: CType; key: string }[];
  incompleteStructs: Set<string>;
}

export function newTypeTables(ptrSize: number, goos: string): TypeTables {
  return { typedefs: new Map(), unionWithPointer: new Set(), anonymousTags: new Map(), ptrSize, goos };
}

export function newTypeConv(tables: TypeTables): TypeConv {
  return { tables, known: new Map(), waiting: new Map(), queue: [], incompleteStructs: new Set() };
}

/** Thrown where cgo gives up. */
export class ConversionError extends Error {}

const incomplete = '_cgopackage.Incomplete';
const goVoid = named('_Ctype_void');
const unsafePointer = named('unsafe.Pointer');

/** Text that is the same for the same type (dwarf.Type.String). */
function keyOf(t: CType): string {
  switch (t.kind) {
    case CKind.Pointer:
      return `*${keyOf(t.elem!)}`;
    case CKind.Array:
      return `[${t.count}]${keyOf(t.elem!)}`;
    case CKind.Func:
      return `func(${t.params.map(keyOf).join(', ')}${t.variadic ? ', ...' : ''}) ${keyOf(t.elem!)}`;
    case CKind.Struct:
    case CKind.Enum: {
      const word = t.kind === CKind.Enum ? 'enum' : t.union ? 'union' : 'struct';
      return `${word} ${t.name === '' ? t.id : t.name}`;
    }
    default:
      return t.name;
  }
}

const aliases: Record<string, string> = {
  'long int': 'long',
  'long unsigned int': 'ulong',
  'unsigned int': 'uint',
  'short unsigned int': 'ushort',
  'short int': 'short',
  'long long int': 'longlong',
  'long long unsigned int': 'ulonglong',
  'signed char': 'schar',
  'unsigned char': 'uchar',
};

/** The Go type of the C type as a variable or field has it (typeConv.Type). */
export function convType(c: TypeConv, t: CType): ConvType {
  return loadType(c, t, '');
}

/** Converts the elements of pointers that were left for later (typeConv.FinishType). */
export function finishTypes(c: TypeConv): void {
  for (let i = 0; i < c.queue.length; i++) {
    const { type, key } = c.queue[i];
    const pointers = c.waiting.get(key) ?? [];
    c.waiting.delete(key);
    const t = convType(c, type);
    for (const p of pointers) p.go.elem = t.go!;
  }
  c.queue.length = 0;
}

function intType(c: TypeConv, size: number, signed: boolean): { go: GoType; align: number } {
  if (size === 16) return { go: { kind: 'array', count: 16, elem: named('uint8') }, align: 1 };
  if (![1, 2, 4, 8].includes(size)) throw new ConversionError(`unexpected: ${size}-byte int type`);
  return { go: named(`${signed ? 'int' : 'uint'}${size * 8}`), align: Math.min(size, c.tables.ptrSize) };
}

function loadType(c: TypeConv, t: CType, parent: string): ConvType {
  const key = `${parent} > ${keyOf(t)}`;
  const bad = t.kind === CKind.Typedef && badPointerTypedef(c, t);
  const known = c.known.get(key);
  if (known !== undefined && !bad) {
    if (known.go === null) throw new ConversionError('type conversion loop');
    return known;
  }
  const { ptrSize } = c.tables;
  const out: ConvType = { size: t.kind === CKind.Func ? -1 : sizeOf(t), align: -1, go: null, badPointer: false };
  c.known.set(key, out);
  switch (t.kind) {
    case CKind.Void:
      out.go = goVoid;
      out.align = 1;
      break;
    case CKind.Bool:
      basic(c, t, out, named('bool'), 1);
      break;
    case CKind.Char:
      basic(c, t, out, named(t.signed ? 'int8' : 'uint8'), 1);
      break;
    case CKind.Int: {
      const { go, align } = intType(c, t.size, t.signed);
      basic(c, t, out, go, align);
      break;
    }
    case CKind.Float:
      if (t.size !== 4 && t.size !== 8) throw new ConversionError(`unexpected: ${t.size}-byte float type`);
      basic(c, t, out, named(t.size === 4 ? 'float32' : 'float64'), Math.min(t.size, ptrSize));
      break;
    case CKind.Complex:
      if (t.size !== 8 && t.size !== 16) throw new ConversionError(`unexpected: ${t.size}-byte complex type`);
      basic(c, t, out, named(t.size === 8 ? 'complex64' : 'complex128'), Math.min(t.size / 2, ptrSize));
      break;
    case CKind.Enum:
      if (t.size < 0) {
        unsized(out);
        break;
      }
      out.go = intType(c, t.size, t.signed).go;
      out.align = Math.min(t.size, ptrSize);
      break;
    case CKind.Func:
      unsized(out);
      break;
    case CKind.Array: {
      const count = Math.max(t.count, 0);
      const sub = convType(c, t.elem!);
      out.align = sub.align;
      out.go = { kind: 'array', count, elem: sub.go! };
      out.size = count * sub.size;
      break;
    }
    case CKind.Pointer: {
      out.size = ptrSize;
      out.align = ptrSize;
      if (baseType(t.elem!).kind === CKind.Void) {
        out.go = unsafePointer;
        break;
      }
      const go: GoType & { kind: 'pointer' } = { kind: 'pointer', elem: goVoid };
      out.go = go;
      const elemKey = keyOf(t.elem!);
      const list = c.waiting.get(elemKey);
      if (list !== undefined) list.push({ go });
      else {
        c.waiting.set(elemKey, [{ go }]);
        c.queue.push({ type: t.elem!, key: elemKey });
      }
      break;
    }
    case CKind.Struct:
      structType(c, t, out);
      break;
    case CKind.Typedef:
      typedefType(c, t, out, key);
      break;
  }
  return out;
}

function unsized(out: ConvType): void {
  out.size = 0;
  out.go = { kind: 'array', count: 0, elem: named('byte') };
}

function basic(c: TypeConv, t: CType, out: ConvType, go: GoType, align: number): void {
  const name = `_Ctype_${(aliases[t.name] ?? t.name).replaceAll(' ', '')}`;
  out.align = align;
  c.tables.typedefs.set(name, { ...out, go });
  out.go = named(name);
}

function structType(c: TypeConv, t: CType, out: ConvType): void {
  const { typedefs, unionWithPointer, anonymousTags } = c.tables;
  let tag = t.name;
  if (tag === '') {
    tag = anonymousTags.get(t.id) ?? `__${anonymousTags.size}`;
    anonymousTags.set(t.id, tag);
  }
  const name = `_Ctype_${t.union ? 'union' : 'struct'}_${tag}`;
  out.go = named(name);
  if (t.fields === null) {
    if (!typedefs.has(name)) typedefs.set(name, { ...out, go: named(incomplete) });
    out.size = 0;
    return;
  }
  if (t.union) {
    out.go = { kind: 'array', count: t.size, elem: named('byte') };
    if (hasPointer(t, 0)) unionWithPointer.add(out.go);
    out.align = 1;
    typedefs.set(name, out);
    return;
  }
  const { go, align } = structFields(c, t);
  out.align = align;
  typedefs.set(name, { ...out, go: c.incompleteStructs.has(tag) ? named(incomplete) : go });
}

const keywords = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(
    ' ',
  ),
);

/** Fields with padding in between; bit fields and misplaced ones are left out (typeConv.Struct). */
function structFields(c: TypeConv, t: CType): { go: GoType; align: number } {
  const used = new Set(t.fields!.map(f => f.name));
  const names = new Map<string, string>();
  for (const f of t.fields!) {
    if (!keywords.has(f.name)) continue;
    let name = `_${f.name}`;
    while (used.has(name)) name = `_${name}`;
    used.add(name);
    names.set(f.name, name);
  }
  const fields: { name: string; type: GoType }[] = [];
  const sizes: number[] = [];
  const pad = (size: number) => {
    fields.push({ name: '_', type: { kind: 'array', count: size, elem: named('byte') } });
    sizes.push(size);
  };
  let align = 1;
  let off = 0;
  let unnamed = 0;
  for (const f of t.fields!) {
    const ft = convType(c, f.type);
    if (f.bits >= 0) continue;
    if (ft.align > 0 && f.offset % ft.align !== 0) continue;
    const before = off;
    if (ft.align > 0) off = Math.ceil(off / ft.align) * ft.align;
    if (f.offset > off) {
      pad(f.offset - before);
      off = f.offset;
    }
    if (f.offset < off) continue;
    fields.push({ name: f.name === '' ? `anon${unnamed++}` : (names.get(f.name) ?? f.name), type: ft.go! });
    sizes.push(ft.size);
    off += ft.size;
    align = Math.max(align, ft.align);
  }
  if (off < t.size) {
    pad(t.size - off);
    off = t.size;
  }
  while (off > 0 && sizes[sizes.length - 1] === 0) {
    fields.pop();
    sizes.pop();
  }
  if (off !== t.size) throw new ConversionError(`struct size calculation error off=${off} bytesize=${t.size}`);
  return { go: { kind: 'struct', fields }, align };
}

function typedefType(c: TypeConv, t: CType, out: ConvType, key: string): void {
  const { typedefs, unionWithPointer, ptrSize, goos } = c.tables;
  if (t.name === '_GoString_') {
    out.go = named('string');
    out.size = 2 * ptrSize;
    out.align = ptrSize;
    return;
  }
  if (t.name === '_GoBytes_') {
    out.go = named('[]byte');
    out.size = ptrSize + 8;
    out.align = ptrSize;
    return;
  }
  const name = `_Ctype_${t.name}`;
  const target = t.elem!;
  const unnamed = target.kind === CKind.Struct && target.name === '';
  let sub = loadType(c, target, unnamed ? key : '');
  const replace = (go: GoType, badPointer: boolean) => {
    sub = { ...sub, go, badPointer: badPointer || sub.badPointer };
    const old = typedefs.get(name);
    if (old !== undefined) {
      old.go = go;
      if (badPointer) old.badPointer = true;
    }
  };
  if (badPointerTypedef(c, t)) replace(named('uintptr'), true);
  if (goos === 'windows' && t.name === 'HANDLE' && isVoidPointer(target)) replace(named(`*${incomplete}`), false);
  if (goos === 'windows' && target.kind === CKind.Pointer && isHandleStruct(target.elem!, t.name)) {
    const tag = target.elem!.name;
    c.incompleteStructs.add(tag);
    const old = typedefs.get(`_Ctype_struct_${tag}`);
    if (old !== undefined) old.go = named(incomplete);
  }
  out.go = named(name);
  out.badPointer = sub.badPointer;
  if (unionWithPointer.has(sub.go!)) unionWithPointer.add(out.go);
  out.size = sub.size;
  out.align = sub.align;
  const old = typedefs.get(name);
  if (old === undefined) typedefs.set(name, { ...out, go: sub.go });
  if (isStructUnion(sub.go)) {
    out.go = sub.go;
    if (old !== undefined && isStructUnion(old.go)) out.go = old.go;
  }
}

function isStructUnion(t: GoType | null): boolean {
  return t !== null && t.kind === 'name' && /^_Ctype_(struct|union)_/.test(t.name);
}

function hasPointer(t: CType, depth: number): boolean {
  if (depth > 200) return true;
  switch (t.kind) {
    case CKind.Pointer:
      return true;
    case CKind.Array:
      return hasPointer(t.elem!, depth + 1);
    case CKind.Typedef:
      return t.name === '_GoString_' || t.name === '_GoBytes_' || hasPointer(t.elem!, depth + 1);
    case CKind.Struct:
      return t.fields?.some(f => hasPointer(f.type, depth + 1)) ?? false;
    default:
      return false;
  }
}

function isVoidPointer(t: CType): boolean {
  return t.kind === CKind.Pointer && t.elem!.kind === CKind.Void;
}

/** `struct NAME__ { int unused; }`, as Windows declares its handles. */
function isHandleStruct(t: CType, name: string): boolean {
  if (t.kind !== CKind.Struct || t.name !== `${name}__` || t.fields?.length !== 1) return false;
  return t.fields[0].name === 'unused' && t.fields[0].type.name === 'int';
}

const jniParents = new Map([
  ['jobject', ''],
  ['jclass', 'jobject'],
  ['jthrowable', 'jobject'],
  ['jstring', 'jobject'],
  ['jarray', 'jobject'],
  ['jweak', 'jobject'],
  ...['boolean', 'byte', 'char', 'short', 'int', 'long', 'float', 'double', 'object'].map((t): [string, string] => [
    `j${t}Array`,
    'jarray',
  ]),
]);

/** A typedef in which C stores what is no pointer (badPointerTypedef): of Core Foundation, JNI or EGL. */
function badPointerTypedef(c: TypeConv, t: CType): boolean {
  const darwin = c.tables.goos === 'darwin' || c.tables.goos === 'ios';
  if (darwin && t.name === 'CFTypeRef') return true;
  if (t.name === 'EGLDisplay' || t.name === 'EGLConfig') return isVoidPointer(t.elem!);
  let parent = jniParents.get(t.name);
  if (parent === undefined) return false;
  let w = t;
  while (parent !== '') {
    if (w.elem!.kind !== CKind.Typedef || w.elem!.name !== parent) return false;
    w = w.elem!;
    parent = jniParents.get(w.name)!;
  }
  const p = w.elem!;
  if (isVoidPointer(p)) return true;
  return (
    p.kind === CKind.Pointer && p.elem!.kind === CKind.Struct && p.elem!.name === '_jobject' && p.elem!.fields === null
  );
}

function baseBadPointerTypedef(c: TypeConv, t: CType): boolean {
  let d = t;
  while (d.elem!.kind === CKind.Typedef) d = d.elem!;
  return badPointerTypedef(c, d);
}

/** The Go signature of a C function (typeConv.FuncType). */
export function convFunc(c: TypeConv, t: CType): ConvFunc {
  if (t.variadic && t.params.length > 0) throw new ConversionError('unexpected type: ...');
  const params = t.variadic ? [] : t.params.map(p => funcArg(c, p));
  const result = baseType(t.elem!).kind === CKind.Void ? null : convType(c, t.elem!);
  return { params, result };
}

/** A parameter of a typedef for a pointer is of the pointer type itself (typeConv.FuncArg). */
function funcArg(c: TypeConv, t: CType): ConvType {
  const out = convType(c, t);
  if (t.kind !== CKind.Typedef) {
    if (t.kind !== CKind.Array) return out;
    const { ptrSize } = c.tables;
    return { size: ptrSize, align: ptrSize, go: { kind: 'pointer', elem: out.go! }, badPointer: false };
  }
  const base = baseType(t);
  if (base.kind !== CKind.Pointer || baseType(base.elem!).kind === CKind.Void || baseBadPointerTypedef(c, t))
    return out;
  return convType(c, base);
}

/** Names of the typedefs that the type is made of (fileTypedefs.recordTypedefs), in the order in which they are met. */
export function typedefsOf(t: CType, seen: Set<CType>, out: Set<string>): void {
  if (seen.has(t)) return;
  seen.add(t);
  switch (t.kind) {
    case CKind.Typedef:
      if (t.name.startsWith('__builtin') || out.has(t.name)) return;
      out.add(t.name);
      typedefsOf(t.elem!, seen, out);
      break;
    case CKind.Pointer:
    case CKind.Array:
      typedefsOf(t.elem!, seen, out);
      break;
    case CKind.Func:
      typedefsOf(t.elem!, seen, out);
      for (const p of t.params) typedefsOf(p, seen, out);
      break;
    case CKind.Struct:
      for (const f of t.fields ?? []) typedefsOf(f.type, seen, out);
      break;
  }
}
