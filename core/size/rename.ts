/**
 * Which functions of two files are the same one under another name: renamed, moved to another package, or a closure with
 * another number. Names say nothing then, addresses never; what stays is most of the machine code. Each function gets a
 * sketch of its code (the least hash of its four-byte windows in each of 32 classes: the share of equal entries estimates
 * the share of windows that both have), and pairs are taken by likeness, the most alike first.
 */

/** A function that only one of the files has, by its machine code. */
export interface Stray {
  /** What the pairs are told in. */
  id: string;
  code: Uint8Array;
}

const CLASSES = 32;
/** Of the sketch so much must be equal: relocated operands differ in any two links. */
const ALIKE = 14;
/** The same where a function is so short that many are like it. */
const ALIKE_SHORT = 24;
const SHORT = 64;
const SHORTEST = 24;
/** Functions that share one entry of a sketch; of more the entry says nothing. */
const CROWD = 24;

/** Pairs [old, new] of ids. */
export function pairByCode(old: readonly Stray[], now: readonly Stray[]): Map<string, string> {
  const pairs = new Map<string, string>();
  if (old.length === 0 || now.length === 0) return pairs;
  const index = new Map<number, number[]>();
  const before = old.map(({ code }) => sketchOf(code));
  for (const [i, sketch] of before.entries()) {
    for (let c = 0; c < CLASSES; c++) {
      if (sketch[c] === EMPTY) continue;
      const key = sketch[c] * CLASSES + c;
      const list = index.get(key);
      if (list === undefined) index.set(key, [i]);
      else if (list.length < CROWD) list.push(i);
    }
  }
  const found: { from: number; to: number; alike: number }[] = [];
  for (const [to, { code }] of now.entries()) {
    const sketch = sketchOf(code);
    const votes = new Map<number, number>();
    for (let c = 0; c < CLASSES; c++) {
      for (const i of index.get(sketch[c] * CLASSES + c) ?? []) votes.set(i, (votes.get(i) ?? 0) + 1);
    }
    for (const from of votes.keys()) {
      const alike = likeness(before[from], sketch);
      const sizes = [old[from].code.length, code.length];
      const least = Math.min(...sizes);
      if (least < SHORTEST || least < 0.7 * Math.max(...sizes)) continue;
      if (alike >= (least < SHORT ? ALIKE_SHORT : ALIKE)) found.push({ from, to, alike });
    }
  }
  found.sort((a, b) => b.alike - a.alike || a.from - b.from || a.to - b.to);
  const taken = new Set<number>();
  const given = new Set<number>();
  for (const { from, to } of found) {
    if (taken.has(from) || given.has(to)) continue;
    taken.add(from);
    given.add(to);
    pairs.set(old[from].id, now[to].id);
  }
  return pairs;
}

const EMPTY = 0xffffffff;

function sketchOf(code: Uint8Array): Uint32Array {
  const sketch = new Uint32Array(CLASSES).fill(EMPTY);
  for (let i = 0; i + 4 <= code.length; i++) {
    let hash = code[i] | (code[i + 1] << 8) | (code[i + 2] << 16) | (code[i + 3] << 24);
    hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const spread = (hash ^ (hash >>> 16)) >>> 0;
    const c = spread % CLASSES;
    const value = Math.floor(spread / CLASSES);
    if (value < sketch[c]) sketch[c] = value;
  }
  return sketch;
}

/** Equal entries, scaled to 32; classes that neither has do not count. */
function likeness(a: Uint32Array, b: Uint32Array): number {
  let same = 0;
  let either = 0;
  for (let c = 0; c < CLASSES; c++) {
    if (a[c] === EMPTY && b[c] === EMPTY) continue;
    either++;
    if (a[c] === b[c]) same++;
  }
  return either === 0 ? 0 : (CLASSES * same) / either;
}

/** The pieces that names are made of: `net/http.(*Server).Serve` is net/http, Server, Serve. */
const WORD = /[\p{L}\p{N}_/-]+/gu;

/**
 * What the pairs say of single words: `Server` is now `Service`, `example.com/a` is `example.com/b`. A word counts when all
 * pairs in which it stands agree.
 */
export function wordsOf(pairs: Iterable<readonly [string, string]>): Map<string, string> {
  const words = new Map<string, string | null>();
  for (const [from, to] of pairs) {
    const a = from.match(WORD) ?? [];
    const b = to.match(WORD) ?? [];
    if (a.length !== b.length) continue;
    for (let i = 0; i < a.length; i++) {
      const known = words.get(a[i]);
      words.set(a[i], known === undefined || known === b[i] ? b[i] : null);
    }
  }
  const changed = new Map<string, string>();
  for (const [from, to] of words) if (to !== null && to !== from) changed.set(from, to);
  return changed;
}

/** The name with those words replaced. */
export function renamed(name: string, words: ReadonlyMap<string, string>): string {
  return words.size === 0 ? name : name.replace(WORD, word => words.get(word) ?? word);
}

/** What closures and init functions of one function have in common: the name without its numbers; null for other names. */
export function familyOf(name: string): string | null {
  const family = name
    .replace(/\.(func|gowrap|deferwrap|init\.?)\d+(?=$|[.-])/g, '.$1#')
    .replace(/-range\d+/g, '-range#');
  return family === name ? null : family;
}
