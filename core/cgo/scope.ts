/** What the declarations of a C translation unit have declared. */
import {
  arrayOf,
  basicTypes,
  CKind,
  type CType,
  type DataModel,
  layOut,
  newType,
  pointerTo,
  typedefOf,
} from './ctype.ts';

export interface Scope {
  model: DataModel;
  basic: Map<string, CType>;
  typedefs: Map<string, CType>;
  /** By `struct x`, `union x`, `enum x`. */
  tags: Map<string, CType>;
  /** Variables and functions. */
  objects: Map<string, CType>;
  enumerators: Map<string, { value: bigint; type: CType }>;
  /** Values of constant variables. */
  constants: Map<string, number>;
  /** Typedefs of what is `_Atomic`, of which gcc's debugging information tells less; null for another compiler's. */
  atomics: Set<string> | null;
}

export function newScope(model: DataModel, isGcc: boolean): Scope {
  const s: Scope = {
    model,
    basic: basicTypes(model),
    typedefs: new Map(),
    tags: new Map(),
    objects: new Map(),
    enumerators: new Map(),
    constants: new Map(),
    atomics: isGcc ? new Set() : null,
  };
  const list = newType(CKind.Struct, '__va_list_tag', -1, 1);
  const fields = [
    ['gp_offset', basicType(s, 'unsigned int')],
    ['fp_offset', basicType(s, 'unsigned int')],
    ['overflow_arg_area', pointer(s, basicType(s, 'void'))],
    ['reg_save_area', pointer(s, basicType(s, 'void'))],
  ] as const;
  const decls = fields.map(([name, type]) => ({ name, type, bits: -1, align: 0, packed: false }));
  layOut(list, decls, { packed: false, pack: 0, aligned: 0 });
  s.typedefs.set('__builtin_va_list', typedefOf('__builtin_va_list', arrayOf(list, 1)));
  return s;
}

export function basicType(s: Scope, name: string): CType {
  return s.basic.get(name)!;
}

/** The struct, union or enum of the tag, incomplete when nobody has declared it yet. */
export function tagged(s: Scope, keyword: string, tag: string): CType {
  const key = `${keyword} ${tag}`;
  let t = s.tags.get(key);
  if (t === undefined) {
    t = newType(keyword === 'enum' ? CKind.Enum : CKind.Struct, tag, -1, 1);
    t.union = keyword === 'union';
    s.tags.set(key, t);
  }
  return t;
}

export function pointer(s: Scope, elem: CType): CType {
  return pointerTo(elem, s.model);
}

const wordTypes = new Map<string, string>();
for (const [words, name] of [
  ['char', 'char'],
  ['char signed', 'signed char'],
  ['char unsigned', 'unsigned char'],
  ['short', 'short int'],
  ['short signed', 'short int'],
  ['short unsigned', 'short unsigned int'],
  ['int', 'int'],
  ['signed', 'int'],
  ['unsigned', 'unsigned int'],
  ['long', 'long int'],
  ['long signed', 'long int'],
  ['long unsigned', 'long unsigned int'],
  ['long long', 'long long int'],
  ['long long signed', 'long long int'],
  ['long long unsigned', 'long long unsigned int'],
  ['__int128', '__int128'],
  ['__int128 signed', '__int128'],
  ['__int128 unsigned', '__int128 unsigned'],
  ['float', 'float'],
  ['double', 'double'],
  ['double long', 'long double'],
  ['_Complex float', 'complex float'],
  ['_Complex double', 'complex double'],
  ['_Complex', 'complex double'],
  ['_Complex double long', 'complex long double'],
  ['void', 'void'],
  ['_Bool', '_Bool'],
  ['_Float16', '_Float16'],
  ['_Float128', '_Float128'],
  ['_Float32', 'float'],
  ['_Float64', 'double'],
  ['_Float32x', 'double'],
  ['_Float64x', 'long double'],
]) {
  wordTypes.set(words, name);
}

/** The basic type that the words name together (C17 6.7.2), in any order; null when they name none. */
export function typeOfWords(s: Scope, words: readonly string[]): CType | null {
  let sorted = words.toSorted();
  if (sorted.length > 1 && sorted.some(w => w === 'long' || w === 'short')) sorted = sorted.filter(w => w !== 'int');
  else if (sorted.length > 1 && sorted.some(w => w === 'signed' || w === 'unsigned'))
    sorted = sorted.filter(w => w !== 'int');
  const name = wordTypes.get(sorted.join(' '));
  return name === undefined ? null : basicType(s, name);
}

/** The type word in its usual spelling, or '' when it is none. */
export function typeWord(text: string): string {
  switch (text) {
    case 'char':
    case 'short':
    case 'int':
    case 'long':
    case 'signed':
    case 'unsigned':
    case 'float':
    case 'double':
    case 'void':
    case '_Bool':
    case '_Complex':
    case '__int128':
    case '_Float16':
    case '_Float32':
    case '_Float64':
    case '_Float128':
    case '_Float32x':
    case '_Float64x':
      return text;
    case '__signed__':
    case '__signed':
      return 'signed';
    case '__complex__':
      return '_Complex';
    case '__float128':
      return '_Float128';
    default:
      return '';
  }
}

/** The name of the unsigned type of a signed one. */
export function unsignedOf(name: string): string {
  switch (name) {
    case 'signed char':
      return 'unsigned char';
    case 'short int':
      return 'short unsigned int';
    case 'int':
      return 'unsigned int';
    case 'long int':
      return 'long unsigned int';
    case 'long long int':
      return 'long long unsigned int';
    default:
      return '__int128 unsigned';
  }
}
