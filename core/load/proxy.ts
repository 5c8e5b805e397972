/** Where modules are asked for: GOPROXY's list, and the modules that go past it (cmd/go/internal/modfetch/proxy.go). */
import { matchesGlob, parseGlob } from '../source/glob.ts';

/** One place of GOPROXY. */
export interface ProxyStep {
  /** `direct`, `off` or an address. */
  where: string;
  /** What makes the next place be asked: that this one does not have it (404, 410), or any error. */
  next: 'not found' | 'any error' | '';
}

/** The places in their order (modfetch.proxyList); nothing is asked after `direct` or `off`. */
export function proxySteps(setting: string): ProxyStep[] {
  const words = setting.split(/([,|])/);
  const out: ProxyStep[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const where = words[i].trim();
    if (where === '') continue;
    const ends = where === 'off' || where === 'direct';
    const next = ends || i + 1 >= words.length ? '' : words[i + 1] === ',' ? 'not found' : 'any error';
    out.push({ where, next });
    if (ends) break;
  }
  return out;
}

/**
 * Whether one of the patterns, as GOPRIVATE and GONOPROXY have them, matches a prefix of the path that ends at a slash
 * (module.MatchPrefixPatterns).
 */
export function matchPrefixPatterns(patterns: string, path: string): boolean {
  for (const pattern of patterns.split(',')) {
    const glob = pattern.endsWith('/') ? pattern.slice(0, -1) : pattern;
    if (glob === '') continue;
    const segments = parseGlob(glob);
    const prefix = path.split('/').slice(0, glob.split('/').length).join('/');
    if (segments !== null && matchesGlob(segments, prefix)) return true;
  }
  return false;
}
