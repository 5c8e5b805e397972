/** The executable that a build replaces is kept, one for each, so that the two can be compared. */
import fs from 'node:fs';
import path from 'node:path';
import { makeFolder } from './folder.ts';
import { cacheFolder } from '../cache-folder.ts';
import type { Environment } from '../go-env.ts';

/** Executables that are kept, whatever was built. */
const MOST = 6;

const keptAs = (env: Environment, id: string, file: string): string =>
  path.join(cacheFolder(env), 'previous', id, path.basename(file));

/** The one that `file` replaced when a build of record `id` made it; null when it is not kept. */
export function previousOf(env: Environment, id: string, file: string): string | null {
  const kept = keptAs(env, id, file);
  return fs.existsSync(kept) ? kept : null;
}

/**
 * Keeps `file` before a build of record `id` replaces it; where it is kept, or null when there is nothing to keep. The
 * file stays where it is: it is replaced in one step or not at all.
 */
export function keepPrevious(env: Environment, id: string, file: string): string | null {
  const folder = path.join(cacheFolder(env), 'previous');
  const kept = keptAs(env, id, file);
  try {
    if (!fs.statSync(file).isFile()) return null;
    makeFolder(path.dirname(kept));
    fs.rmSync(kept, { force: true });
    try {
      fs.linkSync(file, kept);
    } catch {
      // another file system
      fs.copyFileSync(file, kept);
    }
    const all = fs.readdirSync(folder).flatMap(name => {
      const dir = path.join(folder, name);
      return fs.readdirSync(dir).map(entry => path.join(dir, entry));
    });
    const byAge = all.map(name => ({ name, time: fs.statSync(name).ctimeMs })).sort((a, b) => b.time - a.time);
    for (const { name } of byAge.slice(MOST)) fs.rmSync(name, { force: true });
    return kept;
  } catch {
    // without it there is one comparison less
    return null;
  }
}
