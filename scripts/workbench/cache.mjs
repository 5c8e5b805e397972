// Where what is downloaded lies: outside the repository, one folder per version, complete or not there at all.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'gospect');

/**
 * The folder `name` of the cache, made by `fill(folder)` when it is not there. It is filled beside its place and moved
 * in at the end, so that an interrupted run leaves nothing half done and a second run at the same time does no harm.
 */
export async function cached(name, title, fill) {
  const folder = path.join(cache, name);
  const stamp = path.join(folder, '.complete');
  if (fs.existsSync(stamp)) return folder;
  const start = performance.now();
  console.log(`${title}: installing into ${folder} …`);
  const temporary = `${folder}.tmp-${process.pid}`;
  fs.mkdirSync(temporary, { recursive: true });
  const tidy = () => fs.rmSync(temporary, { recursive: true, force: true });
  process.once('exit', tidy);
  await fill(temporary);
  fs.writeFileSync(path.join(temporary, '.complete'), '');
  if (!fs.existsSync(stamp)) {
    fs.rmSync(folder, { recursive: true, force: true });
    try {
      fs.renameSync(temporary, folder);
    } catch (error) {
      if (!fs.existsSync(stamp)) throw error; // another run was first
    }
  }
  tidy();
  process.off('exit', tidy);
  console.log(`${title}: done in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return folder;
}
