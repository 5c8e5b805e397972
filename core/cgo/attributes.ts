/** Attributes of C declarations as far as they change types: GNU's `__attribute__`, `_Alignas`; others are passed over. */
import { alignOf, arrayOf, CKind, type CType, sizeOf } from './ctype.ts';
import { assignment, typeName } from './expression.ts';
import { isTypeStart } from './parse.ts';
import type { Parser } from './parser.ts';
import { basicType, unsignedOf } from './scope.ts';
import { TokenKind } from './token.ts';

export interface Attributes {
  packed: boolean;
  /** 0 for none. */
  aligned: number;
  /** Of __attribute__((mode(…))). */
  mode: string;
  vectorSize: number;
}

export function newAttributes(): Attributes {
  return { packed: false, aligned: 0, mode: '', vectorSize: 0 };
}

/** An attribute, if one stands here. */
export function attribute(p: Parser, out: Attributes): boolean {
  if (p.is('_Alignas') || p.is('alignas')) {
    p.next();
    p.expect('(');
    if (isTypeStart(p, 0)) out.aligned = Math.max(out.aligned, alignOf(typeName(p)));
    else out.aligned = Math.max(out.aligned, Number(assignment(p).value ?? 0n));
    p.expect(')');
    return true;
  }
  if (p.is('[') && p.peek(1).text === '[') {
    p.next();
    p.skipTo(']');
    p.expect(']');
    return true;
  }
  if (p.is('__declspec')) {
    p.next();
    p.skipParens();
    return true;
  }
  if (!p.is('__attribute__') && !p.is('__attribute')) return false;
  p.next();
  p.expect('(');
  p.expect('(');
  while (!p.is(')') && p.kind !== TokenKind.End) {
    const name = p.text.replace(/^__(.*)__$/, '$1');
    p.next();
    if (p.is('(') && (name === 'aligned' || name === 'vector_size' || name === 'mode')) {
      p.next();
      if (name === 'mode') {
        out.mode = p.text.replace(/^__(.*)__$/, '$1');
        p.next();
      } else {
        const n = Number((isTypeStart(p, 0) ? BigInt(sizeOf(typeName(p))) : assignment(p).value) ?? 0n);
        if (name === 'aligned') out.aligned = Math.max(out.aligned, n);
        else out.vectorSize = n;
      }
      p.expect(')');
    } else {
      if (name === 'packed') out.packed = true;
      else if (name === 'aligned') out.aligned = Math.max(out.aligned, 16);
      if (p.is('(')) p.skipParens();
    }
    if (p.is(',')) p.next();
  }
  p.expect(')');
  p.expect(')');
  return true;
}

const modes: Record<string, number> = { QI: 1, byte: 1, HI: 2, SI: 4, DI: 8, TI: 16 };

/** The type with what the attributes ask for: another size or alignment, or a vector of it. */
export function withAttributes(p: Parser, type: CType, list: readonly Attributes[]): CType {
  let t = type;
  for (const a of list) {
    if (a.mode !== '') {
      const size =
        a.mode === 'word' || a.mode === 'pointer' || a.mode === 'unwind_word' ? p.scope.model.ptrSize : modes[a.mode];
      for (const name of ['signed char', 'short int', 'int', p.scope.model.int64Type, '__int128']) {
        const signed = basicType(p.scope, name);
        if (signed.size !== size) continue;
        t = t.signed ? signed : basicType(p.scope, unsignedOf(name));
        break;
      }
    }
    if (a.vectorSize > 0 && t.size > 0) {
      t = arrayOf(t, a.vectorSize / t.size);
      t.align = a.vectorSize;
    }
    if (a.aligned > alignOf(t) && t.kind !== CKind.Func) {
      t = { ...t, align: a.aligned };
    }
  }
  return t;
}
