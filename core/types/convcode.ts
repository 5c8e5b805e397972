/** Why an implicit conversion of a constant is not possible (those of types2's error codes that change the words). */
export const enum ConvCode {
  Ok,
  TruncatedFloat,
  NumericOverflow,
  InvalidConstVal,
  InvalidUntypedConversion,
}
