/**
 * Declarations of C (C17 6.7 with GNU's extensions). Bodies of functions and initial values are passed over. What
 * cannot be read is passed over up to the end of its declaration: its names are then unknown, and others are not.
 */
import {
  arrayOf,
  baseType,
  CKind,
  type CType,
  type FieldDecl,
  funcOf,
  type Layout,
  layOut,
  newType,
  sizeOf,
  typedefOf,
} from './ctype.ts';
import { type Attributes, attribute, newAttributes, withAttributes } from './attributes.ts';
import { assignment, expression, typeName } from './expression.ts';
import { Parser } from './parser.ts';
import { basicType, pointer, type Scope, tagged, typeOfWords, typeWord, unsignedOf } from './scope.ts';
import { type Token, TokenKind } from './token.ts';

/** Reads all declarations into the scope. */
export function declarations(tokens: readonly Token[], scope: Scope): void {
  const p = new Parser(tokens, scope);
  while (p.kind !== TokenKind.End) {
    const from = p.at;
    try {
      p.depth = 0;
      declaration(p);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      recover(p, from);
    }
    if (p.at === from) p.next();
  }
}

/** To behind the declaration that began at `from`: its semicolon, or the body of a function. */
function recover(p: Parser, from: number): void {
  p.at = from;
  let last = '';
  for (; p.kind !== TokenKind.End; ) {
    if (p.is(';')) return p.next();
    if (p.is('{')) {
      const isFunc = last === ')';
      p.skipBraces();
      if (isFunc) return;
      last = '}';
      continue;
    }
    if (p.is('(')) {
      p.skipParens();
      last = ')';
      continue;
    }
    last = p.text;
    p.next();
  }
}

function declaration(p: Parser): void {
  if (p.is(';')) return p.next();
  if (/^(_Static_assert|static_assert|asm|__asm__|__asm)$/.test(p.text) && p.peek(1).text === '(') {
    p.next();
    p.skipParens();
    return;
  }
  if (p.is('extern') && p.peek(1).kind === TokenKind.String) {
    p.next();
    p.next();
    return p.is('{') ? p.next() : undefined;
  }
  if (p.is('}')) return p.next();
  const spec = specifiers(p);
  if (p.is(';')) return p.next();
  for (;;) {
    const d = declarator(p, spec.type);
    const attributes = newAttributes();
    for (;;) {
      if (/^(asm|__asm__|__asm)$/.test(p.text)) {
        p.next();
        p.skipParens();
      } else if (!attribute(p, attributes)) break;
    }
    d.attributes.push(attributes, spec.attributes);
    checkLength(d.type);
    const type = withAttributes(p, d.type, d.attributes);
    if (spec.atomic && spec.storage === 'typedef' && d.type === spec.type) declareAtomic(p, d.name, type);
    else declare(p, d.name, type, spec.storage);
    if (p.is('{') && d.type.kind === CKind.Func) return p.skipBraces();
    if (p.is('=')) {
      p.next();
      if (spec.isConst && d.type === spec.type) constant(p, d.name, d.type);
      const counted = initialCount(p);
      if (d.type.kind === CKind.Array && d.type.count < 0 && counted >= 0 && d.name !== '')
        p.scope.objects.set(d.name, arrayOf(d.type.elem!, counted));
    }
    if (!p.is(',')) break;
    p.next();
  }
  p.expect(';');
}

/** Notes the value of a constant variable: gcc takes it where a constant is wanted. */
function constant(p: Parser, name: string, type: CType): void {
  const { at } = p;
  const b = baseType(type);
  const arithmetic = b.kind === CKind.Int || b.kind === CKind.Char || b.kind === CKind.Float || b.kind === CKind.Bool;
  if (arithmetic && !p.is('{')) {
    const { value } = assignment(p);
    if (value !== null) p.scope.constants.set(name, Number(value));
  }
  p.at = at;
}

/** Passes over an initial value; the number of elements that it gives an array, or -1. */
function initialCount(p: Parser): number {
  if (p.kind === TokenKind.String) return sizeOf(assignment(p).type!);
  if (!p.is('{')) {
    while (p.kind !== TokenKind.End && !p.is(',') && !p.is(';')) {
      if (p.is('(')) p.skipParens();
      else if (p.is('{')) p.skipBraces();
      else p.next();
    }
    return -1;
  }
  let depth = 0;
  let count = 0;
  let some = false;
  let plain = true;
  do {
    if (p.kind === TokenKind.Punct && '([{'.includes(p.text)) {
      if (depth === 1) some = true;
      if (depth === 1 && p.is('[') && /^[{,]$/.test(p.peek(-1).text)) plain = false;
      depth++;
    } else if (p.kind === TokenKind.Punct && ')]}'.includes(p.text)) depth--;
    else if (depth === 1 && p.is(',')) {
      if (some) count++;
      some = false;
    } else if (depth === 1) some = true;
    p.next();
  } while (depth > 0 && p.kind !== TokenKind.End);
  return plain ? count + (some ? 1 : 0) : -1;
}

function declare(p: Parser, name: string, type: CType, storage: string): void {
  if (name === '') return;
  if (storage === 'typedef') {
    const known = p.scope.typedefs.get(name);
    if (known === undefined || known.elem === null) p.scope.typedefs.set(name, typedefOf(name, type));
    return;
  }
  const known = p.scope.objects.get(name);
  // a later declaration may lack what an earlier one says
  if (known !== undefined && known.kind === CKind.Array && type.kind === CKind.Array && type.count < 0) return;
  if (known !== undefined && known.kind === CKind.Func && type.kind === CKind.Func && type.params.length === 0) return;
  p.scope.objects.set(name, type);
}

/**
 * A typedef of an atomic type. cgo asks gcc for DWARF of version 2, which has no word for atomic: a basic type then has the
 * typedef's name, of other types the typedef is not told (gcc's modified_type_die).
 */
function declareAtomic(p: Parser, name: string, type: CType): void {
  const { atomics, typedefs } = p.scope;
  if (atomics === null) return declare(p, name, type, 'typedef');
  atomics.add(name);
  const b = baseType(type);
  if (b.kind > CKind.Complex) {
    typedefs.set(name, b);
    return;
  }
  const own = newType(b.kind, name, b.size, type.align);
  own.signed = b.signed;
  typedefs.set(name, own);
}

// ---- specifiers

interface Specifiers {
  type: CType;
  isConst: boolean;
  /** Has the qualifier `_Atomic`, of its own or by a typedef's name. */
  atomic: boolean;
  /** `typedef` or something else. */
  storage: string;
  attributes: Attributes;
}

const qualifier =
  /^(const|volatile|restrict|__const|__const__|__volatile__|__volatile|__restrict|__restrict__|_Nullable|_Nonnull|_Null_unspecified|__extension__|inline|__inline|__inline__|_Noreturn|__noreturn|auto|register|_Thread_local|__thread|thread_local|static|extern|__stdcall|__cdecl|__fastcall|__ptr64|__w64)$/;

export function isTypeStart(p: Parser, n: number): boolean {
  const { kind, text } = p.peek(n);
  if (kind !== TokenKind.Ident) return false;
  if (text === '__extension__') return isTypeStart(p, n + 1);
  if (typeWord(text) !== '' || p.scope.typedefs.has(text)) return true;
  return /^(struct|union|enum|const|volatile|__const|__const__|__volatile__|typeof|__typeof__|__typeof|_Atomic|__attribute__)$/.test(
    text,
  );
}

export function specifiers(p: Parser): Specifiers {
  const attributes = newAttributes();
  const words: string[] = [];
  let storage = '';
  let isConst = false;
  let atomic = false;
  let type: CType | null = null;
  for (;;) {
    const { text } = p;
    if (/^(const|__const|__const__)$/.test(text)) isConst = true;
    if (text === '_Atomic') atomic = true;
    if (p.kind !== TokenKind.Ident && text !== '[') break;
    if (text === 'typedef') {
      storage = 'typedef';
      p.next();
    } else if (text === '_Atomic' && p.peek(1).text === '(') {
      p.next();
      p.next();
      type = typeName(p);
      p.expect(')');
    } else if (text === '_Atomic' || qualifier.test(text)) p.next();
    else if (attribute(p, attributes)) continue;
    else if (typeWord(text) !== '') {
      words.push(typeWord(text));
      p.next();
    } else if (type !== null || words.length > 0) break;
    else if (text === 'struct' || text === 'union') type = structSpecifier(p);
    else if (text === 'enum') type = enumSpecifier(p);
    else if (/^(typeof|__typeof__|__typeof|typeof_unqual)$/.test(text)) {
      p.next();
      p.expect('(');
      type = isTypeStart(p, 0) ? typeName(p) : expression(p).type;
      if (type === null) throw new SyntaxError('unknown type');
      p.expect(')');
    } else {
      const known = p.scope.typedefs.get(text);
      if (known === undefined) break;
      type = known;
      if (p.scope.atomics?.has(text)) atomic = true;
      p.next();
    }
  }
  if (words.length > 0) type = typeOfWords(p.scope, words);
  if (type === null) throw new SyntaxError(`a type is expected, not ${p.text}`);
  return { type, isConst, atomic, storage, attributes };
}

function structSpecifier(p: Parser): CType {
  const keyword = p.text;
  p.next();
  const layout: Layout = { packed: false, pack: p.pack, aligned: 0 };
  const attributes = newAttributes();
  while (attribute(p, attributes));
  let tag = '';
  if (p.kind === TokenKind.Ident) {
    tag = p.text;
    p.next();
  }
  while (attribute(p, attributes));
  if (!p.is('{')) {
    if (tag === '') throw new SyntaxError('a tag is expected');
    return tagged(p.scope, keyword, tag);
  }
  let t: CType;
  if (tag !== '') t = tagged(p.scope, keyword, tag);
  else {
    t = newType(CKind.Struct, '', -1, 1);
    t.union = keyword === 'union';
  }
  if (p.depth++ > 200) throw new SyntaxError('nested too deeply');
  p.next();
  const fields: FieldDecl[] = [];
  while (!p.is('}')) {
    if (p.kind === TokenKind.End) throw new SyntaxError('} expected');
    fieldDeclaration(p, fields);
  }
  p.depth--;
  p.next();
  while (attribute(p, attributes));
  layout.packed = attributes.packed;
  layout.aligned = attributes.aligned;
  if (t.fields === null) layOut(t, fields, layout);
  return t;
}

function fieldDeclaration(p: Parser, fields: FieldDecl[]): void {
  if (p.is(';')) return p.next();
  if (/^(_Static_assert|static_assert)$/.test(p.text)) {
    p.next();
    return p.skipParens();
  }
  const spec = specifiers(p);
  if (p.is(';')) {
    p.next();
    if (spec.type.kind === CKind.Struct && (spec.type.name === '' || spec.type.fields !== null))
      fields.push({ name: '', type: spec.type, bits: -1, align: spec.attributes.aligned, packed: false });
    return;
  }
  for (;;) {
    const d = p.is(':') ? { name: '', type: spec.type, attributes: [] as Attributes[] } : declarator(p, spec.type);
    let bits = -1;
    if (p.is(':')) {
      p.next();
      const { value } = assignment(p);
      if (typeof value !== 'bigint') throw new SyntaxError('the width of a bit field is unknown');
      bits = Number(value);
    }
    const attributes = newAttributes();
    while (attribute(p, attributes));
    const all = [...d.attributes, attributes, spec.attributes];
    checkLength(d.type);
    const type = withAttributes(
      p,
      d.type,
      all.map(a => ({ ...a, aligned: 0 })),
    );
    fields.push({
      name: d.name,
      type,
      bits,
      align: Math.max(...all.map(a => a.aligned)),
      packed: all.some(a => a.packed),
    });
    if (!p.is(',')) break;
    p.next();
  }
  p.expect(';');
}

function enumSpecifier(p: Parser): CType {
  p.next();
  const attributes = newAttributes();
  while (attribute(p, attributes));
  let tag = '';
  if (p.kind === TokenKind.Ident) {
    tag = p.text;
    p.next();
  }
  let underlying: CType | null = null;
  if (p.is(':')) {
    p.next();
    underlying = specifiers(p).type;
  }
  const t = tag === '' ? newType(CKind.Enum, '', -1, 1) : tagged(p.scope, 'enum', tag);
  if (underlying !== null) [t.size, t.align, t.signed] = [underlying.size, underlying.align, underlying.signed];
  if (!p.is('{')) return t;
  p.next();
  const names: string[] = [];
  let value = -1n;
  let low = 0n;
  let high = 0n;
  while (!p.is('}')) {
    if (p.kind !== TokenKind.Ident) throw new SyntaxError('an enumerator is expected');
    const name = p.text;
    p.next();
    while (attribute(p, newAttributes()));
    if (p.is('=')) {
      p.next();
      const x = assignment(p);
      if (typeof x.value !== 'bigint') throw new SyntaxError(`the value of ${name} is unknown`);
      value = x.value;
    } else value++;
    names.push(name);
    p.scope.enumerators.set(name, { value, type: enumeratorType(p.scope, value) });
    if (value < low) low = value;
    if (value > high) high = value;
    if (p.is(',')) p.next();
  }
  p.next();
  while (attribute(p, attributes));
  if (underlying === null) {
    t.signed = low < 0n;
    const bits = t.signed ? 31n : 32n;
    t.size = high >> bits > 0n || (t.signed && (-low - 1n) >> 31n > 0n) ? 8 : 4;
    if (attributes.packed) t.size = high < 256n && low >= -128n ? 1 : high < 65536n && low >= -32768n ? 2 : t.size;
    t.align = t.size === 8 ? p.scope.model.align64 : t.size;
  }
  // where one value is wide, all have the wide type
  if (t.size > 4) {
    const type = basicType(p.scope, t.signed ? p.scope.model.int64Type : unsignedOf(p.scope.model.int64Type));
    for (const name of names) p.scope.enumerators.get(name)!.type = type;
  }
  return t;
}

function enumeratorType(scope: Scope, value: bigint): CType {
  if (value >= -(1n << 31n) && value < 1n << 31n) return basicType(scope, 'int');
  if (value > 0n && value < 1n << 32n) return basicType(scope, 'unsigned int');
  return basicType(scope, value < 1n << 63n ? scope.model.int64Type : unsignedOf(scope.model.int64Type));
}

// ---- declarators

export interface Declarator {
  name: string;
  type: CType;
  attributes: Attributes[];
}

/** A declarator, with or without a name, over the type. */
export function declarator(p: Parser, base: CType): Declarator {
  if (p.depth++ > 300) throw new SyntaxError('nested too deeply');
  let type = base;
  const attributes: Attributes[] = [];
  for (;;) {
    const a = newAttributes();
    if (p.is('*') || p.is('^')) {
      p.next();
      type = pointer(p.scope, type);
    } else if (p.kind === TokenKind.Ident && (qualifier.test(p.text) || p.is('_Atomic'))) p.next();
    else if (attribute(p, a)) attributes.push(a);
    else break;
  }
  let name = '';
  /** Tokens of a declarator in brackets are read again when the type around is known. */
  let inner = -1;
  if (p.is('(') && isDeclaratorParen(p)) {
    inner = p.at;
    p.skipParens();
  } else if (p.kind === TokenKind.Ident) {
    name = p.text;
    p.next();
  }
  type = suffixes(p, type);
  if (inner >= 0) {
    const after = p.at;
    p.at = inner;
    p.next();
    const d = declarator(p, type);
    p.expect(')');
    p.at = after;
    p.depth--;
    return { name: d.name, type: d.type, attributes: [...attributes, ...d.attributes] };
  }
  p.depth--;
  return { name, type, attributes };
}

/** Whether the bracket is around a declarator, not around parameters. */
function isDeclaratorParen(p: Parser): boolean {
  const { text, kind } = p.peek(1);
  if (text === '*' || text === '(' || text === '^' || text === '[') return true;
  if (/^__attribute/.test(text)) return true;
  return kind === TokenKind.Ident && !isTypeStart(p, 1) && !qualifier.test(text);
}

function suffixes(p: Parser, base: CType): CType {
  if (p.is('[') && p.peek(1).text !== '[') {
    p.next();
    while (
      /^(static|const|restrict|volatile|__restrict|__restrict__|\*)$/.test(p.text) &&
      p.peek(1).kind !== TokenKind.End
    ) {
      if (p.is('*') && p.peek(1).text !== ']') break;
      p.next();
    }
    let count = -1;
    if (!p.is(']')) {
      const { value } = expression(p);
      // a parameter's length may be anything
      count = typeof value === 'bigint' ? Number(value) : -2;
    }
    p.expect(']');
    const elem = suffixes(p, base);
    return arrayOf(elem, count);
  }
  if (p.is('(')) {
    p.next();
    const params: CType[] = [];
    let variadic = false;
    if (p.is('void') && p.peek(1).text === ')') p.next();
    while (!p.is(')')) {
      if (p.kind === TokenKind.End) throw new SyntaxError(') expected');
      if (p.is('...')) {
        variadic = true;
        p.next();
      } else {
        const spec = specifiers(p);
        const d = declarator(p, spec.type);
        while (attribute(p, newAttributes()));
        params.push(parameterType(p, d.type));
      }
      if (p.is(',')) p.next();
    }
    p.next();
    return suffixes(p, funcOf(base, params, variadic));
  }
  return base;
}

/** Only a parameter may be an array whose length is no constant. */
function checkLength(t: CType): void {
  if (t.kind === CKind.Array && t.count === -2) throw new SyntaxError('the length of an array is unknown');
}

/** Arrays and functions are passed as pointers (C17 6.7.6.3). */
function parameterType(p: Parser, t: CType): CType {
  const b = baseType(t);
  if (b.kind === CKind.Array) return pointer(p.scope, b.elem!);
  return b.kind === CKind.Func ? pointer(p.scope, t) : t;
}
