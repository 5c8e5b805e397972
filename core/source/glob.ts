/** Globs as Go's path.Match has them: stars and question marks match no slash. */

/** One character, or any number of them, that a glob has at its place. */
export type GlobSegment =
  | { char: string }
  | { any: true }
  | { star: true }
  | { set: [string, string][]; negated: boolean };

/** The segments of a glob; null when its syntax is bad. */
export function parseGlob(glob: string): GlobSegment[] | null {
  const out: GlobSegment[] = [];
  const chars = Array.from(glob);
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i];
    if (c === '*') out.push({ star: true });
    else if (c === '?') out.push({ any: true });
    else if (c === '\\') {
      if (++i >= chars.length) return null;
      out.push({ char: chars[i] });
    } else if (c === '[') {
      const set: [string, string][] = [];
      let negated = false;
      i++;
      if (chars[i] === '^') {
        negated = true;
        i++;
      }
      const one = (): string | null => {
        if (i >= chars.length || chars[i] === '-' || chars[i] === ']') return null;
        if (chars[i] === '\\' && ++i >= chars.length) return null;
        return chars[i++];
      };
      for (;;) {
        if (chars[i] === ']' && set.length > 0) break;
        const lo = one();
        if (lo === null) return null;
        let hi: string | null = lo;
        if (chars[i] === '-') {
          i++;
          hi = one();
          if (hi === null) return null;
        }
        if (i >= chars.length) return null;
        set.push([lo, hi]);
      }
      out.push({ set, negated });
    } else out.push({ char: c });
  }
  return out;
}

/** Whether all of the name matches. Linear but for the last star, which is all that can need retrying. */
export function matchesGlob(segs: GlobSegment[], name: string): boolean {
  const chars = Array.from(name);
  let s = 0;
  let n = 0;
  let starSeg = -1;
  let starAt = 0;
  while (n < chars.length || s < segs.length) {
    const seg = segs[s];
    if (seg && 'star' in seg) {
      starSeg = s++;
      starAt = n;
      continue;
    }
    if (seg && n < chars.length) {
      const c = chars[n];
      let ok: boolean;
      if ('char' in seg) ok = seg.char === c;
      else if ('any' in seg) ok = c !== '/';
      else ok = seg.set.some(([lo, hi]) => lo <= c && c <= hi) !== seg.negated;
      if (ok) {
        s++;
        n++;
        continue;
      }
    }
    if (starSeg >= 0 && starAt < chars.length && chars[starAt] !== '/') {
      s = starSeg + 1;
      n = ++starAt;
      continue;
    }
    return false;
  }
  return true;
}
