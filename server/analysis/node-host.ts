/** A session's host in Node: the disk, the environment as the go command reads it, the parser. */
import { existsSync, readFileSync } from 'node:fs';
import type { FileSystem } from '../../core/source/files.ts';
import { type Environment, findGo, hostPort, makeTarget, moduleEnv } from '../go-env.ts';
import type { LoadFlags } from '../load-flags.ts';
import { disk, slashed } from '../node-files.ts';
import { nodeParser } from '../node-parser.ts';
import { isInPack, openStdPack, type StdPack } from '../std-pack.ts';
import { summaryStore } from '../summary-store.ts';
import { packSetting } from './pack-setting.ts';
import type { SessionHost } from './session.ts';

/** The bundled sources of the standard library, opened when no Go is found; null when the package has none. */
let bundled: StdPack | null | undefined;

function bundledPack(): StdPack | null {
  if (bundled === undefined) {
    const file = new URL('std.pack', import.meta.url);
    bundled = existsSync(file) ? openStdPack(new Uint8Array(readFileSync(file))) : null;
  }
  return bundled;
}

/** The disk, and where Go is not installed the bundled pack at its own place. */
const packOrDisk: FileSystem = {
  readFile: path => (isPacked(path) ? bundledPack()!.readFile(path) : disk.readFile(path)),
  readDir: path => (isPacked(path) ? bundledPack()!.readDir(path) : disk.readDir(path)),
  stat: path => (isPacked(path) ? bundledPack()!.stat(path) : disk.stat(path)),
};

const isPacked = (path: string): boolean => isInPack(path) && bundledPack() !== null;

/** A host for the environment; `flags` are the settings of the user: target, tags. */
export async function nodeSessionHost(env: Environment, flags: () => LoadFlags): Promise<SessionHost> {
  return {
    parser: await nodeParser(),
    disk: packOrDisk,
    store: summaryStore(env),
    setting(fs, dir) {
      const cwd = slashed(dir);
      const found = findGo(fs, cwd, env);
      if (!found.ok) {
        // a GOROOT that is set and wrong is an error, not a reason to look elsewhere
        const pack = env['GOROOT'] ? null : bundledPack();
        return pack ? packSetting(pack, fs, cwd, onThisMachine(flags(), env)) : found;
      }
      const target = makeTarget(found.go, flags(), env);
      if (!target.ok) return target;
      return { ok: true, env: moduleEnv(found.go, fs, cwd, flags()), target: target.target };
    },
  };
}

/** Flags whose target, where they name none, is that of the environment or the machine. */
function onThisMachine(flags: LoadFlags, env: Environment): LoadFlags {
  const { goos, goarch } = hostPort();
  return {
    ...flags,
    goos: flags.goos || env['GOOS'] || goos,
    goarch: flags.goarch || env['GOARCH'] || goarch,
  };
}
