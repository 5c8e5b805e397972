import type { Value } from '../constant/value.ts';
import type { Expr } from '../syntax/ast.ts';
import { Mode } from './info.ts';
import type { BuiltinId } from './object.ts';
import type { Type } from './type.ts';

/** An intermediate value during checking (types2's operand). Reused and overwritten in place as gc does. */
export class Operand {
  mode: Mode = Mode.Invalid;
  expr: Expr | null = null;
  type: Type | null = null;
  val: Value | null = null;
  /** Which built-in function, when mode is Builtin. */
  id: BuiltinId = 0;
}
