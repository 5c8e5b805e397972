/**
 * The go command's build cache as it lies on disk (cmd/go/internal/cache): 256 folders, in them for each key a file
 * `KEY-a` that names the output and its size, and for each output a file `OUTPUT-d`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { userCacheDir } from './cache-folder.ts';
import type { GoEnv, Environment } from './go-env.ts';

/** The folder of the build cache (cache.DefaultDir), or why there is no folder to look into. */
export function cacheDir(go: GoEnv, env: Environment): { ok: true; dir: string } | { ok: false; message: string } {
  const program = go.get('GOCACHEPROG');
  if (program !== '') return { ok: false, message: `the build cache is kept by a program (GOCACHEPROG=${program})` };
  const set = go.get('GOCACHE');
  if (set === 'off') return { ok: false, message: 'GOCACHE=off: Go needs a build cache since 1.12' };
  if (set !== '') {
    if (!path.isAbsolute(set)) return { ok: false, message: `GOCACHE=${set} is not an absolute path` };
    return { ok: true, dir: set };
  }
  return { ok: true, dir: path.join(userCacheDir(env), 'go-build') };
}

/** How many folders there are: one for each value of a hash's first byte, two hexadecimal digits. */
export const folderCount = 256;

/** Days without use after which the go command removes an entry; it looks once a day. */
export const trimDays = 5;
/** Milliseconds of a day. */
export const day = 86_400_000;

/** When the go command last trimmed the cache (trim.txt), in milliseconds since 1970; null when never. */
export function lastTrimmed(dir: string): number | null {
  try {
    const seconds = Number(fs.readFileSync(path.join(dir, 'trim.txt'), 'utf8').trim());
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
  } catch {
    return null;
  }
}

/** Whether a file that begins so, a character a byte, is an executable or an object of C: ELF, PE, Mach-O, Wasm. */
export function isExecutable(head: string): boolean {
  return /^(\x7fELF|MZ|\xcf\xfa\xed\xfe|\xfe\xed\xfa|\0asm)/.test(head);
}

export interface CacheEntry {
  /** Hexadecimal. */
  key: string;
  output: string;
  /** Bytes of the output, as the entry says. */
  size: number;
  /** Milliseconds since 1970: when it was put there. */
  made: number;
}

/** Reads the text of an entry (cache.DiskCache.get); a sentence when it is damaged. */
export function parseEntry(text: string, key: string): CacheEntry | string {
  const m = /^v1 ([0-9a-f]{64}) ([0-9a-f]{64}) ([ \d]{20}) ([ \d]{20})\n$/.exec(text);
  if (!m) return 'its entry in the cache is damaged';
  if (m[1] !== key) return 'its entry in the cache is that of another key';
  if (!/^ *\d+$/.test(m[3]) || !/^ *\d+$/.test(m[4])) return 'its entry in the cache is damaged';
  return { key, output: m[2], size: Number(m[3]), made: Number(m[4]) / 1e6 };
}

export function entryFile(dir: string, hash: string, kind: 'a' | 'd'): string {
  return path.join(dir, hash.slice(0, 2), `${hash}-${kind}`);
}

/** What is wrong with the entry of a key, in a clause; '' when the go command would take it. */
export function entryFault(dir: string, key: string, lastBuild: number): string {
  let text: string;
  try {
    text = fs.readFileSync(entryFile(dir, key, 'a'), 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return 'its entry in the cache cannot be read';
    return `its entry is no longer in the cache${trimmedSince(dir, lastBuild)}`;
  }
  const entry = parseEntry(text, key);
  if (typeof entry === 'string') return entry;
  const file = entryFile(dir, entry.output, 'd');
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return 'its output is gone from the cache, though the entry is there';
  if (stat.size !== entry.size) return `its output in the cache has ${stat.size} bytes instead of ${entry.size}`;
  return hasBuildId(file) ? '' : 'its output in the cache is damaged: there is no build ID where it should be';
}

/** Whether a compiled package begins as one (buildid.ReadFile). */
function hasBuildId(file: string): boolean {
  const head = Buffer.alloc(4096);
  let read = 0;
  const fd = fs.openSync(file, 'r');
  try {
    read = fs.readSync(fd, head, 0, head.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const text = head.toString('latin1', 0, read);
  // What is no archive is an executable, whose build ID lies elsewhere.
  return text.startsWith('!<arch>\n') ? /\nbuild id "/.test(text) : isExecutable(text);
}

/** Says so if the go command has trimmed its cache since the last build, long enough after it to have taken entries. */
function trimmedSince(dir: string, lastBuild: number): string {
  const trimmed = lastTrimmed(dir);
  return trimmed !== null && trimmed - lastBuild > trimDays * day
    ? `: go removes what was not used for ${trimDays} days`
    : '';
}
