/** The executable that a build replaces is kept, one for each, so that the two can be compared. */
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './build-records.ts';

/** Executables that are kept, whatever was built. */
const MOST = 6;

/** Moves `file` aside before a build of record `id` replaces it; where it is now, or null when there is nothing to keep. */
export function keepPrevious(
  env: Readonly<Record<string, string | undefined>>,
  id: string,
  file: string,
): string | null {
  const folder = path.join(cacheFolder(env), 'previous');
  const kept = path.join(folder, id, path.basename(file));
  try {
    if (!fs.statSync(file).isFile()) return null;
    fs.mkdirSync(path.dirname(kept), { recursive: true });
    fs.rmSync(kept, { force: true });
    try {
      fs.renameSync(file, kept);
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
