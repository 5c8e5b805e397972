/** A session's host in Node: the disk, the environment as the go command reads it, the parser. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { DirEntry, FileSystem } from '../../core/source/files.ts';
import { type Environment, findGo, type LoadFlags, makeTarget, moduleEnv } from '../go-env.ts';
import { slashed } from '../node-files.ts';
import { nodeParser } from '../node-parser.ts';
import { summaryStore } from '../summary-store.ts';
import type { SessionHost } from './session.ts';

/** The disk as it is at each call; a session keeps what it may keep. */
export const disk: FileSystem = {
  readFile(path) {
    try {
      return readFileSync(path);
    } catch {
      return null;
    }
  },
  readDir(path) {
    try {
      return readdirSync(path, { withFileTypes: true })
        .map((e): DirEntry => {
          const kind = e.isFile() ? 'file' : e.isDirectory() ? 'dir' : e.isSymbolicLink() ? 'link' : 'other';
          return { name: e.name, kind };
        })
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    } catch {
      return null;
    }
  },
  stat(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : found.isDirectory() ? 'dir' : 'file';
  },
};

/** A host for the environment; `flags` are the settings of the user: target, tags. */
export async function nodeSessionHost(env: Environment, flags: () => LoadFlags): Promise<SessionHost> {
  return {
    parser: await nodeParser(),
    disk,
    store: summaryStore(env),
    setting(fs, dir) {
      const cwd = slashed(dir);
      const found = findGo(fs, cwd, env);
      if (!found.ok) return found;
      const target = makeTarget(found.go, flags(), env);
      if (!target.ok) return target;
      return { ok: true, env: moduleEnv(found.go, fs, cwd, flags()), target: target.target };
    },
  };
}
