/** The user's settings as the server uses them. An editor may send values of any shape: what is no setting is ignored. */
import { type LoadFlags, noFlags } from './load-flags.ts';
import { substituted } from './protocol/placeholders.ts';

export interface Settings {
  /** Whether remarks are shown at all, and which kinds are not (codes of remarks). */
  enabled: boolean;
  hidden: string[];
  /** Hints of all kinds, of what costs, or none. */
  inlayHints: 'all' | 'costs' | 'off';
  /** What is analysed for, besides what the environment says. */
  flags: LoadFlags;
  /** Variables over those of the server's environment. */
  env: Record<string, string>;
}

/** Settings below `gospect.remarks`, each with the codes of the remarks that it shows. */
export const REMARK_GROUPS: Readonly<Record<string, readonly string[]>> = {
  heap: ['moved-to-heap', 'escapes', 'append-escapes'],
  stack: ['does-not-escape', 'param-does-not-escape', 'append-does-not-escape', 'zero-copy'],
  leaks: ['leak', 'leak-content', 'leak-to-result'],
  inlinable: ['can-inline', 'cannot-inline', 'big-function'],
  inlined: ['inlined', 'not-inlined'],
  devirtualized: ['devirtualized', 'not-devirtualized', 'imprecise-interface-call'],
  bounds: ['bounds-check'],
  other: ['kept-alive', 'self-assignment', 'uintptr', 'capture'],
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Reads `{ gospect: {…}, go: {…} }` as an editor's configuration has it. Placeholders in settings of the Go extension are
 * replaced by `folder` and by variables of `env`.
 */
export function readSettings(
  value: unknown,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const gospect = record(record(value).gospect);
  const go = record(record(value).go);
  const remarks = record(gospect.remarks);
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const replaced = (s: string) => substituted(s, { folder, home, env });

  const variables: Record<string, string> = {};
  for (const [name, v] of Object.entries(record(go.toolsEnvVars))) variables[name] = replaced(String(v));
  const goroot = replaced(text(gospect.goroot) || text(go.goroot));
  if (goroot) variables.GOROOT = goroot;
  const alternate = replaced(text(record(go.alternateTools).go));
  const slash = Math.max(alternate.lastIndexOf('/'), alternate.lastIndexOf('\\'));
  if (slash > 0) {
    const separator = alternate[slash] === '/' ? ':' : ';';
    variables.PATH = [alternate.slice(0, slash), variables.PATH ?? env.PATH ?? ''].join(separator);
  }

  const buildFlags = (Array.isArray(go.buildFlags) ? go.buildFlags : []).map(String);
  const flagged = buildFlags.map(flag => /^--?tags=(.*)$/.exec(flag)?.[1]).find(tags => tags !== undefined);
  const tags = (flagged ?? text(go.buildTags)).split(/[,\s]+/).filter(tag => tag !== '');
  const more = (Array.isArray(gospect.tags) ? gospect.tags : []).map(String).filter(tag => /^[\w.]+$/.test(tag));
  const [goos = '', goarch = ''] = text(gospect.target).split('/');
  return {
    enabled: remarks.enabled !== false,
    hidden: Object.entries(REMARK_GROUPS).flatMap(([group, codes]) => (remarks[group] === false ? codes : [])),
    inlayHints: gospect.inlayHints === 'off' || gospect.inlayHints === 'costs' ? gospect.inlayHints : 'all',
    flags: {
      ...noFlags,
      tags: [...new Set([...tags, ...more])],
      goos,
      goarch,
      instrument: buildFlags.includes('-race') ? 'race' : '',
    },
    env: variables,
  };
}
