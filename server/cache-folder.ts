/** Where Gospect keeps what may be deleted at any time. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from './go-env.ts';

/** GOSPECT_CACHE, else `gospect` in the cache folder of the platform. */
export function cacheFolder(env: Environment): string {
  if (env['GOSPECT_CACHE']) return path.resolve(env['GOSPECT_CACHE']);
  const home = env['HOME'] ?? homedir();
  if (process.platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData/Local'), 'gospect');
  if (process.platform === 'darwin') return path.join(home, 'Library/Caches/gospect');
  return path.join(env['XDG_CACHE_HOME'] || path.join(home, '.cache'), 'gospect');
}
