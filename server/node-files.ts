/** The core's file system over node:fs: the disk, and the disk with files that stand in for some of it. */
import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, constants, type Dirent, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { DirEntry, FileSystem } from '../core/source/files.ts';
import { basename, dirname } from '../core/source/path.ts';
import { decodeWith } from '../core/source/utf8.ts';

/**
 * Files in place of those on disk, as -overlay says or as a commit has them: absolute path with `/` to bytes, or null for a
 * file that counts as missing.
 */
export type Overlay = ReadonlyMap<string, Uint8Array | null>;

// ten times as fast as the core's own decoder
decodeWith(bytes => {
  const { buffer, byteOffset, byteLength } = bytes;
  const view = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  return isAscii(view) ? view.toString('latin1') : isUtf8(view) ? view.toString('utf8') : null;
});

/** A path with `/` as separator. */
export function slashed(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

/** An error of the file system as Go words it: what was done, to which file, and why it failed. */
export function fileError(error: unknown, verb: string, file: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EISDIR: 'is a directory',
    EACCES: 'permission denied',
    ENOTDIR: 'not a directory',
  };
  return `${verb} ${file}: ${words[String(code)] ?? String(code)}`;
}

/** Opening a pipe that nobody writes to would wait for ever. */
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The disk at each call. What cannot be read counts as missing, and so do pipes and devices, which may have no end. */
export const disk: FileSystem = {
  readFile(path) {
    let fd: number;
    try {
      fd = openSync(path, readOnly);
    } catch {
      return null;
    }
    try {
      return fstatSync(fd).isFile() ? readFileSync(fd) : null;
    } catch {
      return null;
    } finally {
      closeSync(fd);
    }
  },
  readDir(path) {
    let list: Dirent[];
    try {
      list = readdirSync(path, { withFileTypes: true });
    } catch {
      return null;
    }
    return list
      .map(
        (e): DirEntry => ({
          name: e.name,
          kind: e.isFile() ? 'file' : e.isDirectory() ? 'dir' : e.isSymbolicLink() ? 'link' : 'other',
        }),
      )
      .sort(byName);
  },
  stat(path) {
    try {
      const s = statSync(path, { throwIfNoEntry: false });
      if (!s) return null;
      return s.isDirectory() ? 'dir' : 'file';
    } catch {
      // what is asked for below a file, with too long a name, without permission or in a ring of links
      return null;
    }
  },
};

function byName(a: DirEntry, b: DirEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * A file system that reads the disk when asked. It remembers folders and the kinds of paths, so that one load sees one
 * state and asks once: make a new one for each load.
 */
export function nodeFiles(overlay: Overlay = new Map()): FileSystem {
  const dirs = new Map<string, DirEntry[] | null>();
  const kinds = new Map<string, 'file' | 'dir' | null>();
  const added = new Map<string, Map<string, 'file' | 'dir' | null>>();
  const add = (path: string, kind: 'file' | 'dir' | null): void => {
    const dir = dirname(path);
    let names = added.get(dir);
    if (!names) added.set(dir, (names = new Map()));
    if (names.has(basename(path))) return;
    names.set(basename(path), kind);
    // a file is there with the folders above it
    if (kind !== null && dir !== path) add(dir, 'dir');
  };
  for (const [path, bytes] of overlay) add(path, bytes === null ? null : 'file');
  const readDir = (path: string): DirEntry[] | null => {
    const have = dirs.get(path);
    if (have !== undefined) return have;
    const entries = overlaid(disk.readDir(path), added.get(path));
    dirs.set(path, entries);
    return entries;
  };
  return {
    readFile(path) {
      const over = overlay.get(path);
      return over === undefined ? disk.readFile(path) : over;
    },
    readDir,
    stat(path) {
      const over = overlay.get(path);
      if (over !== undefined) return over === null ? null : 'file';
      const have = kinds.get(path);
      if (have !== undefined) return have;
      // A folder that was read answers for its entries.
      const siblings = path === dirname(path) ? undefined : dirs.get(dirname(path));
      let kind: 'file' | 'dir' | null | undefined;
      if (siblings) {
        const name = basename(path);
        const e = siblings.find(s => s.name === name);
        if (!e) kind = null;
        else if (e.kind === 'file' || e.kind === 'dir') kind = e.kind;
      }
      if (kind === undefined) kind = added.has(path) ? 'dir' : disk.stat(path);
      kinds.set(path, kind);
      return kind;
    },
  };
}

function overlaid(list: DirEntry[] | null, names: Map<string, 'file' | 'dir' | null> | undefined): DirEntry[] | null {
  if (!names) return list;
  // a folder that is on the disk as well stays what it is there
  const out = (list ?? []).filter(e => !names.has(e.name) || names.get(e.name) === 'dir');
  for (const [name, kind] of names) {
    if (kind !== null && !out.some(e => e.name === name)) out.push({ name, kind });
  }
  return out.sort(byName);
}
