/** What reports load packages with. */
import type { Environment } from '../go-env.ts';
import { type Loading, prepareLoading } from '../loading.ts';

/** What loading packages needs; `flags` as go build takes them. */
export function reportLoading(cwd: string, env: Environment, flags: readonly string[]): Loading {
  const given = new Map<string, string>();
  for (const flag of flags) {
    const m = /^--?([^=]+)(?:=(.*))?$/s.exec(flag);
    if (m) given.set(m[1], m[2] ?? '');
  }
  return prepareLoading(given, { cwd, env });
}
