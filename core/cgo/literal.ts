/** Values of C's literals (C17 6.4.4, 6.4.5). */
import { encodeRune } from '../constant/literal.ts';

/** An integer literal's value and suffix, in lower case; null when it is not one. */
export function integerValue(text: string): { value: bigint; suffix: string; decimal: boolean } | null {
  const m = /^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]*)$/.exec(text);
  if (m === null) return null;
  const digits = m[1].replaceAll("'", '');
  const octal = /^0[0-7]+$/.test(digits);
  if (/^0[0-9]+$/.test(digits) && !octal) return null;
  return {
    value: BigInt(octal ? `0o${digits.slice(1)}` : digits),
    suffix: m[2].toLowerCase(),
    decimal: !/^0./.test(digits),
  };
}

const escapes: Record<string, number> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27 };

/** A character of a literal; `byte` where it is written as one (`\\xff`, `\\377`), not as a character of the text. */
interface Character {
  code: number;
  byte: boolean;
}

/** The characters of a literal without its quotes; null when an escape is none. */
function characters(body: string): Character[] | null {
  const out: Character[] = [];
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      const code = body.codePointAt(i)!;
      out.push({ code, byte: false });
      if (code > 0xffff) i++;
      continue;
    }
    const c = body[++i];
    const number = /^(?:x([0-9a-fA-F]+)|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(body.slice(i));
    if (number !== null) {
      const [all, hex, octal, short, long] = number;
      const code = octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex ?? short ?? long, 16);
      out.push({ code, byte: short === undefined && long === undefined });
      i += all.length - 1;
    } else if (c === undefined) return null;
    else out.push({ code: escapes[c] ?? c.charCodeAt(0), byte: false });
  }
  return out;
}

/** The code points of a literal without its quotes; null when an escape is none. */
export function codePoints(body: string): number[] | null {
  return characters(body)?.map(({ code }) => code) ?? null;
}

/** The bytes of a literal of char without its quotes, one UTF-16 unit (0…255) each; null when an escape is none. */
export function literalBytes(body: string): string | null {
  const list = characters(body);
  if (list === null) return null;
  return list.map(({ code, byte }) => (byte ? String.fromCharCode(code & 0xff) : encodeRune(code))).join('');
}

/**
 * A character constant's value, of type int unless it is wide; null when it is badly formed. Of one character it is that
 * of a char, which the target may have without a sign.
 */
export function charValue(text: string, charSigned: boolean): bigint | null {
  const codes = codePoints(text.slice(text.indexOf("'") + 1, -1));
  if (codes === null || codes.length === 0) return null;
  if (text[0] !== "'") return BigInt(codes[0]);
  let value = 0n;
  for (const c of codes) value = BigInt.asIntN(32, (value << 8n) | BigInt(c & 0xff));
  return codes.length === 1 && charSigned ? BigInt.asIntN(8, value) : value;
}
