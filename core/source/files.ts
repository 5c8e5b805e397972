/**
 * The read-only file system that a snapshot offers to the core. Paths are absolute and use `/` on every platform.
 * Every method is synchronous: a host has loaded what may be asked for, or reads it on the spot (Node).
 */
export interface FileSystem {
  /** The file's bytes, or null when there is no such file. Open, unsaved buffers shadow the disk. */
  readFile(path: string): Uint8Array | null;
  /** Names in the folder, sorted by byte order, with what they are; null when there is no such folder. */
  readDir(path: string): DirEntry[] | null;
  /** What the path is after following links; null when there is nothing. */
  stat(path: string): 'file' | 'dir' | null;
}

export interface DirEntry {
  name: string;
  /** `link` is a symbolic link, not followed: `stat` says what it leads to. `other`: a device, a socket, a pipe. */
  kind: 'file' | 'dir' | 'link' | 'other';
}

/** The file system, and the questions it has been asked: a letter for the method, then the path. */
export function listening(fs: FileSystem): { fs: FileSystem; asked: Set<string> } {
  const asked = new Set<string>();
  const note = (method: string, path: string): string => {
    asked.add(method + path);
    return path;
  };
  return {
    asked,
    fs: {
      readFile: path => fs.readFile(note('r', path)),
      readDir: path => fs.readDir(note('d', path)),
      stat: path => fs.stat(note('s', path)),
    },
  };
}

/** What the file system answers to a question that `listening` has noted. */
export function answer(fs: FileSystem, question: string): string | Uint8Array {
  const path = question.slice(1);
  if (question.startsWith('r')) return fs.readFile(path) ?? 'missing';
  if (question.startsWith('d')) return JSON.stringify(fs.readDir(path));
  return fs.stat(path) ?? 'missing';
}
