/**
 * Cache keys and what they are made of. With GODEBUG=gocachehash=1 the go command prints every line it hashes into a
 * key, quoted as Go quotes, under a name such as `build fmt`; the SHA-256 of the lines in order is the key. A key that
 * differs from last time differs in a line, and that line is the reason for a rebuild.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeUtf8 } from '../source/utf8.ts';
import { unquoteBytes } from '../source/unquote.ts';

export interface CacheKey {
  /** `build fmt`, `link example.com/app`. */
  name: string;
  /** The lines that were hashed, unquoted. */
  lines: string[];
  /** The key in hexadecimal, as Go printed it; '' when the record ends before it. */
  sum: string;
}

const headPattern = /^HASH\[(.*?)\](?:: (.*))?$/;

/**
 * The keys of the named kinds in the go command's stderr, in the order they were begun. Lines of several keys may be
 * mixed, as packages are handled side by side; the same name may come again, as a key of its own.
 */
export function parseHashLines(text: string, kinds: readonly string[] = ['build', 'link']): CacheKey[] {
  const out: CacheKey[] = [];
  const open = new Map<string, CacheKey>();
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, end);
    at = end + 1;
    if (!line.startsWith('HASH[')) continue;
    const m = headPattern.exec(line);
    if (!m) continue;
    const [, name, rest] = m;
    const space = name.indexOf(' ');
    if (!kinds.includes(space < 0 ? name : name.slice(0, space))) continue;
    if (rest === undefined) {
      const key: CacheKey = { name, lines: [], sum: '' };
      open.set(name, key);
      out.push(key);
      continue;
    }
    const key = open.get(name);
    if (!key) continue;
    if (rest.startsWith('"')) key.lines.push(rest);
    else if (/^[0-9a-f]{64}$/.test(rest)) {
      key.sum = rest;
      open.delete(name);
    }
  }
  return out;
}

/** The key that the lines give, in hexadecimal; null when a line is not quoted as Go quotes. */
export function recompute(key: CacheKey): string | null {
  const hash = sha256.create();
  for (const line of key.lines) {
    const bytes = unquoteBytes(line);
    if (bytes === null) return null;
    hash.update(bytes);
  }
  let hex = '';
  for (const b of hash.digest()) hex += b.toString(16).padStart(2, '0');
  return hex;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A hash as build IDs show it: the first 120 bits in base64 for URLs, 20 characters (buildid.HashToString). */
export function shortHash(hex: string): string {
  let out = '';
  for (let i = 0; i + 6 <= hex.length && out.length < 20; i += 6) {
    const n = Number.parseInt(hex.slice(i, i + 6), 16);
    out += alphabet[n >> 18] + alphabet[(n >> 12) & 63] + alphabet[(n >> 6) & 63] + alphabet[n & 63];
  }
  return out;
}

/** The SHA-256 of a text, in hexadecimal: names for records. */
export function hashText(text: string): string {
  let hex = '';
  for (const b of sha256(encodeUtf8(text))) hex += b.toString(16).padStart(2, '0');
  return hex;
}
