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

/** What is kept: of more files or bytes, those that were not used for longest are removed. */
const bounds = { files: 4000, bytes: 2 ** 31 };

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

/** What is kept in the folder, which need not exist; `most` at most, somewhat more between two looks at it. */
export function openSummaries(dir: string, most = bounds): SummaryStore {
  const file = (key: string): string => path.join(dir, key);
  /** Since the folder was looked at; it is before the first is written. */
  let written = { files: most.files, bytes: 0 };
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
      const bytes = parts.reduce((sum, part) => sum + part.length, 0);
      // it would drive out the others, and Node reads no file of 2 GiB
      if (bytes > most.bytes / 2) return;
      try {
        makeFolder(dir);
        if (written.files >= most.files / 8 || written.bytes >= most.bytes / 8) {
          trim(dir, most);
          written = { files: 0, bytes: 0 };
        }
        written.files++;
        written.bytes += bytes;
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

/** Where there is more than `most`, leaves half of that: what was used last. */
function trim(dir: string, most: typeof bounds): void {
  const found = readdirSync(dir).map(name => {
    const { mtimeMs = 0, size = 0 } = statSync(path.join(dir, name), { throwIfNoEntry: false }) ?? {};
    return { name, time: mtimeMs, size };
  });
  if (found.length <= most.files && found.reduce((sum, { size }) => sum + size, 0) <= most.bytes) return;
  found.sort((a, b) => b.time - a.time);
  let bytes = 0;
  for (const [i, { name, size }] of found.entries()) {
    bytes += size;
    if (i >= most.files / 2 || bytes > most.bytes / 2) rmSync(path.join(dir, name), { force: true });
  }
}
