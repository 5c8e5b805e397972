/**
 * Declarations of a package as bytes, so that importers need not read its sources: what gc's export data is for, with
 * the shape of go/types' indexed format. Objects are found by name and read when they are asked for; each type is
 * written once and named by number; strings are interned.
 *
 * The unit of storage is a top-level declaration or group: all of its objects are written, or none. Units that nobody
 * has asked about are left out, and declared from the sources when somebody does (lazy.ts), so that keeping costs no
 * more than what was needed. What a written object mentions is written too, or belongs to another package, where it is
 * found by name: objects that mention anything else, such as types declared in functions, are left out.
 *
 * Positions are relative to their unit, units to their file; with the outlines, which are kept too, they are what they
 * would be had the sources been read. Bodies of functions are not here: who expands one has the function declared again
 * from its source (`LazyPackage.declareAgain`), and type parameters stay the same objects then.
 *
 * This file has what writing (export-write.ts) and reading (export-read.ts) share.
 */
import { type ByteReader, type ByteWriter, Damaged } from '../source/bytes.ts';
import type { FloatValue, IntValue, Value } from '../constant/value.ts';
import { ValueKind } from '../constant/value.ts';

/** What a type's description begins with. */
export const enum Tag {
  Basic,
  Byte,
  Rune,
  /** The interfaces without methods that are one object each: `any`'s, and the checker's own. */
  Any,
  EmptyInterface,
  /** A defined type or alias by the package, from 1, and its name; 0: it is predeclared. */
  Declared,
  Instance,
  AliasInstance,
  Array,
  Slice,
  Struct,
  Pointer,
  Tuple,
  Signature,
  Interface,
  Map,
  Chan,
  TypeParam,
  Union,
}

/** What an object's description begins with. */
export const enum ObjTag {
  Const,
  Var,
  Func,
  Type,
  Alias,
}

function writeBig(w: ByteWriter, n: bigint): void {
  w.string(n.toString(36));
}

function readBig(r: ByteReader): bigint {
  const text = r.string();
  const digits = text.startsWith('-') ? text.slice(1) : text;
  if (!/^[0-9a-z]+$/.test(digits)) throw new Damaged('number');
  let n = 0n;
  // in pieces whose values are exact
  for (let i = 0; i < digits.length; i += 10) {
    const part = digits.slice(i, i + 10);
    n = n * 36n ** BigInt(part.length) + BigInt(Number.parseInt(part, 36));
  }
  return text.startsWith('-') ? -n : n;
}

export function writeValue(w: ByteWriter, v: Value): void {
  w.byte(v.kind);
  switch (v.kind) {
    case ValueKind.Unknown:
      return;
    case ValueKind.Bool:
      w.bool(v.val);
      return;
    case ValueKind.String:
      w.string(v.bytes);
      return;
    case ValueKind.Int:
      writeBig(w, v.val);
      return;
    case ValueKind.Float:
      w.bool(v.big !== null);
      if (v.big !== null) {
        writeBig(w, v.big.mant);
        w.int(v.big.exp);
      }
      writeBig(w, v.num);
      writeBig(w, v.den);
      return;
    case ValueKind.Complex:
      writeValue(w, v.re);
      writeValue(w, v.im);
  }
}

export function readValue(r: ByteReader): Value {
  switch (r.byte()) {
    case ValueKind.Unknown:
      return { kind: ValueKind.Unknown };
    case ValueKind.Bool:
      return { kind: ValueKind.Bool, val: r.bool() };
    case ValueKind.String:
      return { kind: ValueKind.String, bytes: r.string() };
    case ValueKind.Int:
      return { kind: ValueKind.Int, val: readBig(r) };
    case ValueKind.Float: {
      const big = r.bool() ? { mant: readBig(r), exp: r.int() } : null;
      return { kind: ValueKind.Float, num: readBig(r), den: readBig(r), big };
    }
    case ValueKind.Complex:
      return { kind: ValueKind.Complex, re: readReal(r), im: readReal(r) };
    default:
      throw new Damaged('constant');
  }
}

function readReal(r: ByteReader): IntValue | FloatValue {
  const v = readValue(r);
  if (v.kind !== ValueKind.Int && v.kind !== ValueKind.Float) throw new Damaged('constant');
  return v;
}
