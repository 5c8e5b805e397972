/**
 * Exact constant values, with go/constant's representations: what a value is printed as depends on which of them it has.
 * Operations are in the files beside this one.
 */
export const enum ValueKind {
  Unknown,
  Bool,
  String,
  Int,
  Float,
  Complex,
}

export type Value = UnknownValue | BoolValue | StringValue | IntValue | FloatValue | ComplexValue;

export interface UnknownValue {
  readonly kind: ValueKind.Unknown;
}
export interface BoolValue {
  readonly kind: ValueKind.Bool;
  readonly val: boolean;
}
/** The bytes of a Go string, one UTF-16 unit (0…255) a byte. */
export interface StringValue {
  readonly kind: ValueKind.String;
  readonly bytes: string;
}
export interface IntValue {
  readonly kind: ValueKind.Int;
  readonly val: bigint;
}
/** num/den in lowest terms, den > 0; or, when `big` is set, a binary float mant × 2^exp of at most 512 bits of mantissa
 * (go/constant's floatVal, used where a fraction would be too large). */
export interface FloatValue {
  readonly kind: ValueKind.Float;
  readonly num: bigint;
  readonly den: bigint;
  readonly big: { readonly mant: bigint; readonly exp: number } | null;
}
export interface ComplexValue {
  readonly kind: ValueKind.Complex;
  readonly re: IntValue | FloatValue;
  readonly im: IntValue | FloatValue;
}
