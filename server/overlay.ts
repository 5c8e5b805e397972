/** The file that -overlay names (cmd/go/internal/fsys): JSON of `{"Replace": {"path": "file that stands in, or empty"}}`. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { GoError } from './command.ts';
import { fileError, type Overlay, slashed } from './node-files.ts';

/** Reads it. What is wrong with it is thrown as a GoError in the go command's words. */
export function readOverlay(file: string, cwd: string): Overlay {
  let text: string;
  try {
    text = readFileSync(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new GoError(`go: reading overlay: ${fileError(error, 'open', file)}`);
  }
  const replace = replacements(text);
  const seen = new Map<string, string>();
  const out = new Map<string, Uint8Array | null>();
  const names = Object.keys(replace).sort();
  for (const from of names) {
    if (from === '') throw new GoError('go: empty string key in overlay map');
    const target = slashed(path.resolve(cwd, from));
    const other = seen.get(target);
    if (other !== undefined) throw new GoError(`go: duplicate paths ${other} and ${from} in overlay map`);
    seen.set(target, from);
  }
  const targets = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [target, from] of targets) {
    if (replace[from] === '') continue;
    const below = targets.find(([other, name]) => other.startsWith(`${target}/`) && replace[name] !== '');
    if (below !== undefined) throw new GoError(`go: inconsistent files ${target} and ${below[0]} in overlay map`);
  }
  for (const [target, from] of targets) {
    const to = replace[from];
    if (to === '') {
      out.set(target, null);
      continue;
    }
    const real = path.resolve(cwd, to);
    try {
      if (statSync(real).isDirectory())
        throw new GoError(`read ${path.dirname(target)}: overlay maps child ${path.basename(target)} to directory`);
      out.set(target, readFileSync(real));
    } catch (error) {
      throw error instanceof GoError ? error : new GoError(fileError(error, 'stat', slashed(real)));
    }
  }
  return out;
}

function replacements(text: string): Record<string, string> {
  const fail = (message: string): GoError => new GoError(`go: parsing overlay JSON: ${message}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw fail(
      /^Unexpected end of JSON input|^Expected|^Unterminated/.test(message) ? 'unexpected end of JSON input' : message,
    );
  }
  const kind = (v: unknown): string => (Array.isArray(v) ? 'array' : typeof v === 'boolean' ? 'bool' : typeof v);
  if (parsed === null) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed))
    throw fail(`json: cannot unmarshal ${kind(parsed)} into Go value of type fsys.overlayJSON`);
  const replace = (parsed as Record<string, unknown>)['Replace'] ?? {};
  if (typeof replace !== 'object' || Array.isArray(replace))
    throw fail(
      `json: cannot unmarshal ${kind(replace)} into Go struct field overlayJSON.Replace of type map[string]string`,
    );
  for (const value of Object.values(replace as Record<string, unknown>)) {
    if (typeof value !== 'string')
      throw fail(`json: cannot unmarshal ${kind(value)} into Go struct field overlayJSON.Replace of type string`);
  }
  return replace as Record<string, string>;
}
