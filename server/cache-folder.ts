/** Where caches lie: the user's folder for them, and in it what Gospect keeps and may be deleted at any time. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from './go-env.ts';

/** GOSPECT_CACHE, else `gospect` in the user's folder for caches. */
export function cacheFolder(env: Environment): string {
  return env['GOSPECT_CACHE'] ? path.resolve(env['GOSPECT_CACHE']) : path.join(userCacheDir(env), 'gospect');
}

/** The user's folder for caches (os.UserCacheDir). */
export function userCacheDir(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const home = env['HOME'] ?? homedir();
  // Windows finds a variable by any spelling, a copy of its environment only by the system's, which is LOCALAPPDATA
  if (platform === 'win32') return env['LOCALAPPDATA'] || env['LocalAppData'] || path.join(home, 'AppData/Local');
  if (platform === 'darwin') return path.join(home, 'Library/Caches');
  return env['XDG_CACHE_HOME'] || path.join(home, '.cache');
}
