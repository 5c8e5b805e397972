/**
 * Cache keys and what they are made of. With GODEBUG=gocachehash=1 the go command prints every line it hashes into a
 * key, quoted as Go quotes, under a name such as `build fmt`; the SHA-256 of the lines in order is the key. A key that
 * differs from last time differs in a line, and that line is the reason for a rebuild.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { decodeUtf8, encodeUtf8 } from '../source/utf8.ts';
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

/** What kind of input a hashed line is. */
export type InputKind = 'file' | 'import' | 'flag' | 'environment' | 'tool' | 'release' | 'target' | 'module' | 'other';

export interface KeyInput {
  kind: InputKind;
  /** What tells it from other inputs: `file main.go`, `import fmt`, `GOAMD64`. */
  name: string;
  value: string;
}

/** Splits a hashed line into what it is and its value (work.Builder.buildActionID writes them). */
export function inputOf(quoted: string): KeyInput {
  const bytes = unquoteBytes(quoted);
  const text = bytes === null ? quoted : decodeUtf8(bytes).replace(/\n$/, '');
  const make = (kind: InputKind, name: string, value: string): KeyInput => ({ kind, name, value });
  let m = /^(file|import|packagefile) (\S+?)[ =](.*)$/s.exec(text);
  if (m) {
    if (m[1] === 'import' || m[1] === 'packagefile') return make('import', m[2], m[3]);
    return make('file', m[2], m[3]);
  }
  m = /^(go1\.\S+|devel .*)$/.exec(text);
  if (m) return make('release', 'Go', m[1]);
  m = /^(compile|link|asm|cgo|CC ID|CXX ID|FC ID|gccgo) ?(.*)$/s.exec(text);
  if (m && m[2] !== '') {
    // `compile compile version go1.26.8 [flags] [package's flags]`
    const flags = /^(.*?) (\[.*\].*)$/s.exec(m[2]);
    if (flags) return make('tool', m[1], `${flags[1]} ${flags[2]}`);
    return make('tool', m[1], m[2]);
  }
  m = /^goos (\S+) goarch (\S+)$/.exec(text);
  if (m) return make('target', 'GOOS/GOARCH', `${m[1]}/${m[2]}`);
  m = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text);
  if (m) return make('environment', m[1], m[2]);
  m = /^(omitdebug|trimpath|buildmode|linkflags|cgo|cover|modinfo|defaultgodebug|pgofile|import) ?(.*)$/s.exec(text);
  if (m) return make('flag', m[1], m[2]);
  return make('other', text.split(' ')[0] ?? '', text);
}

/**
 * The inputs in a hashed line: one, but for the build information of a program, which holds the flags of the build and
 * the versions of its modules, each a thing of its own.
 */
export function inputsOf(quoted: string): KeyInput[] {
  const whole = inputOf(quoted);
  if (whole.name !== 'modinfo') return [whole];
  const out: KeyInput[] = [];
  // The line quotes the text once more, so its tabs and line ends are escapes.
  for (const m of whole.value.matchAll(/(?:^|\\n|[^\\])(build|dep|mod|=>)\\t((?:[^\\]|\\[^n])*)/g)) {
    const [kind, text] = [m[1], m[2]];
    if (kind === 'build') {
      const eq = text.indexOf('=');
      out.push({ kind: 'flag', name: text.slice(0, eq), value: text.slice(eq + 1) });
    } else {
      const [path, ...rest] = text.split('\\t');
      out.push({ kind: 'module', name: path, value: rest.join(' ') });
    }
  }
  return out.length > 0 ? out : [whole];
}

export interface InputChange {
  kind: InputKind;
  name: string;
  /** null when it was, or is, not there. */
  before: string | null;
  after: string | null;
}

/** The inputs in which two keys of the same name differ, in the order of the newer one. */
export function compareKeys(before: CacheKey, after: CacheKey): InputChange[] {
  const key = (i: KeyInput): string => `${i.kind} ${i.name}`;
  const old = new Map<string, KeyInput>();
  for (const i of before.lines.flatMap(inputsOf)) old.set(key(i), i);
  const out: InputChange[] = [];
  for (const i of after.lines.flatMap(inputsOf)) {
    const was = old.get(key(i));
    old.delete(key(i));
    if (was?.value === i.value) continue;
    out.push({ kind: i.kind, name: i.name, before: was?.value ?? null, after: i.value });
  }
  for (const i of old.values()) out.push({ kind: i.kind, name: i.name, before: i.value, after: null });
  return out;
}

/** The SHA-256 of a text, in hexadecimal: names for records. */
export function hashText(text: string): string {
  let hex = '';
  for (const b of sha256(encodeUtf8(text))) hex += b.toString(16).padStart(2, '0');
  return hex;
}
