import type { SyntaxError } from './ast.ts';
import type { SyntaxRules } from './lower/state.ts';
export function syntaxErrors(text: string, rules: SyntaxRules): SyntaxError[] {
  void text, rules;
  return [];
}
