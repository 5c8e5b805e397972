/** Go string literals. */
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 };

/** The bytes of a double-quoted Go string (strconv.Unquote), which need not be UTF-8; null when badly quoted. */
export function unquoteBytes(quoted: string): Uint8Array | null {
  if (quoted.length < 2 || quoted[0] !== '"' || quoted[quoted.length - 1] !== '"') return null;
  const body = quoted.slice(1, -1);
  if (body.includes('\n')) return null;
  if (!body.includes('\\')) return body.includes('"') ? null : encodeUtf8(body);
  const out: number[] = [];
  for (let i = 0; i < body.length; ) {
    if (body[i] !== '\\') {
      let end = body.indexOf('\\', i);
      if (end < 0) end = body.length;
      const plain = body.slice(i, end);
      if (plain.includes('"')) return null;
      for (const b of encodeUtf8(plain)) out.push(b);
      i = end;
      continue;
    }
    const e = body[i + 1];
    if (e === undefined) return null;
    const hex = e === 'x' ? 2 : e === 'u' ? 4 : e === 'U' ? 8 : 0;
    if (hex > 0) {
      const digits = body.slice(i + 2, i + 2 + hex);
      if (digits.length < hex || !/^[0-9a-f]+$/i.test(digits)) return null;
      const v = Number.parseInt(digits, 16);
      if (hex === 2) out.push(v);
      else {
        if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return null;
        for (const b of encodeUtf8(String.fromCodePoint(v))) out.push(b);
      }
      i += 2 + hex;
      continue;
    }
    if (e >= '0' && e <= '7') {
      const digits = body.slice(i + 1, i + 4);
      if (!/^[0-3][0-7]{2}$/.test(digits)) return null;
      out.push(Number.parseInt(digits, 8));
      i += 4;
      continue;
    }
    const v = simple[e];
    if (v === undefined) return null;
    out.push(v);
    i += 2;
  }
  return Uint8Array.from(out);
}

/** The value of a Go string literal of either kind (strconv.Unquote); null when it is not one. */
export function unquote(literal: string): string | null {
  if (literal.length >= 2 && literal[0] === '`' && literal.endsWith('`')) {
    const body = literal.slice(1, -1);
    return body.includes('`') ? null : body.replaceAll('\r', '');
  }
  const bytes = unquoteBytes(literal);
  return bytes === null ? null : decodeUtf8(bytes);
}
