/** Summaries on disk, shared by all windows and the command line: bounded, written atomically, safe to delete. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SummaryStore } from '../core/summary/encode.ts';
import { makeFolder } from './build/folder.ts';
import { cacheFolder } from './cache-folder.ts';
import type { Environment } from './go-env.ts';

/** Files that are kept: of more, those that were not used for longest are removed. */
const maxFiles = 4000;

/**
 * Tells this build of the analysis from others: each build writes the bundle that this file is in anew. It is looked at
 * when it is loaded, since the next build may replace it while the program runs.
 */
const version = versionOf(fileURLToPath(import.meta.url));

function versionOf(file: string): string {
  const { mtimeMs, size } = statSync(file);
  return `${path.basename(file)} ${mtimeMs} ${size}`;
}

/** Summaries that are kept, and what tells this build of the analysis from others. */
export interface OpenStore {
  summaries: SummaryStore;
  version: string;
  /** Where they lie; it need not exist. */
  folder: string;
}

/** The store in Gospect's cache folder. */
export function summaryStore(env: Environment): OpenStore {
  const folder = path.join(cacheFolder(env), 'summaries');
  return { summaries: openSummaries(folder), version, folder };
}

/** What is kept in the folder; it need not exist. */
export function openSummaries(dir: string): SummaryStore {
  const file = (key: string): string => path.join(dir, key);
  let writes = 0;
  return {
    hash(parts) {
      const hash = createHash('sha256');
      // short parts are hashed together: a call of the platform costs more than the hashing
      let text = '';
      for (const part of parts) {
        if (typeof part === 'string') text += `${Buffer.byteLength(part)}\n${part}`;
        else {
          hash.update(`${text}${part.length}\n`);
          hash.update(part);
          text = '';
        }
      }
      return hash.update(text).digest('hex');
    },
    get(key) {
      try {
        const bytes = checkedContent(key, readFileSync(file(key)));
        if (bytes === null) {
          rmSync(file(key), { force: true });
          return null;
        }
        const now = new Date();
        utimesSync(file(key), now, now);
        return bytes;
      } catch {
        return null;
      }
    },
    put(key, ...parts) {
      try {
        makeFolder(dir);
        if (writes++ % 500 === 0) trim(dir);
        const temporary = `${file(key)}.${process.pid}`;
        writeParts(temporary, [digest(key, parts), ...parts]);
        renameSync(temporary, file(key));
      } catch {
        // without a cache everything works, slower
      }
    },
  };
}

/** Each file begins with a digest of its key and its content: a damaged file, or one of another key, is not used. */
const digestSize = 16;

function digest(key: string, parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256').update(key);
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, digestSize);
}

/** Writes a file; it does not stay where there is no room for all of it. */
function writeParts(name: string, parts: readonly Uint8Array[]): void {
  const fd = openSync(name, 'w');
  let written = false;
  try {
    for (const part of parts) writeFileSync(fd, part);
    written = true;
  } finally {
    closeSync(fd);
    if (!written) rmSync(name, { force: true });
  }
}

function checkedContent(key: string, bytes: Buffer): Buffer | null {
  const content = bytes.subarray(digestSize);
  return bytes.length >= digestSize && digest(key, [content]).equals(bytes.subarray(0, digestSize)) ? content : null;
}

/** Removes the files that were not used for longest when there are too many. */
function trim(dir: string): void {
  const names = readdirSync(dir);
  if (names.length <= maxFiles) return;
  const used = names.map(name => ({
    name,
    time: statSync(path.join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }));
  used.sort((a, b) => a.time - b.time);
  for (const { name } of used.slice(0, names.length - maxFiles / 2)) rmSync(path.join(dir, name), { force: true });
}
