/** Shapes: the types that generic code is compiled for (noder's shapify). */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8Length } from '../source/text.ts';
import { encodeUtf8 } from '../source/utf8.ts';
import type { NamedType, Type } from '../types/type.ts';
import { TypeKind } from '../types/type.ts';
import { linkString } from './names.ts';
import { hasShape, isPointer, isShape, makeNamed, notInHeap, shapePkg, uint8Type, under } from './typeinfo.ts';
import type { TypeTable } from './types.ts';

/** Names of shapes longer than this many bytes are replaced by their hash (-d=maxshapelen). */
const maxShapeLen = 500;

/**
 * The shape that stands for a type argument: its underlying type, or one shape for all pointers when the constraint is
 * `basic`, that is, asks for methods only. `keepsPointers`: pointers to types with shapes in them are left as they are.
 */
export function shapify(
  types: TypeTable,
  shapes: Map<string, NamedType>,
  targ: Type,
  basic: boolean,
  keepsPointers: boolean,
): Type {
  // A type that is still being set up (its own definition mentions the instance).
  if (targ.kind === TypeKind.Named && targ.underlying === null) return targ;
  const u = under(targ);
  const instantiated = targ.kind === TypeKind.Named && targ.obj.name.includes('[');
  if (u.kind === TypeKind.Interface && instantiated && hasShape(targ)) return targ;
  const pointerShaping = basic && isPointer(targ) && u.kind === TypeKind.Pointer && !notInHeap(u.elem);
  if (keepsPointers && pointerShaping && !isShape(u.elem) && hasShape(u.elem)) return targ;
  const shape = pointerShaping ? types.pointer(uint8Type) : u;
  let name = linkString(shape);
  if (utf8Length(name, 0, name.length) > maxShapeLen) name = hashName(name);
  let t = shapes.get(name);
  if (t === undefined) {
    t = makeNamed(name, shapePkg);
    t.underlying = shape;
    shapes.set(name, t);
  }
  return t;
}

/** cmd/internal/hash.Sum32 in hexadecimal: SHA-256 with its first byte inverted. */
function hashName(name: string): string {
  const sum = sha256(encodeUtf8(name));
  let hex = (sum[0] ^ 0xff).toString(16).padStart(2, '0');
  for (let i = 1; i < sum.length; i++) hex += sum[i].toString(16).padStart(2, '0');
  return hex;
}
