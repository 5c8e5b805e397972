/** The platform of the server in a browser's worker: no disk, no programs, the standard library from a bundled pack. */
import type { Connection } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { sourceOf } from '../core/binary/bytes.ts';
import type { FileSystem } from '../core/source/files.ts';
import { Engine } from './analysis/engine.ts';
import type { FromEngine } from './analysis/messages.ts';
import { packSetting } from './analysis/pack-setting.ts';
import { Session } from './analysis/session.ts';
import { binaryReport } from './binary-report.ts';
import { failedResult } from './build-targets.ts';
import type { ServerHost } from './host.ts';
import { createParser } from './parser.ts';
import { FILES_REQUEST, type FileAnswer } from './protocol/analysis.ts';
import type { Settings } from './settings.ts';
import { openStdPack, PACK_GOROOT, type StdPack } from './std-pack.ts';

/** What is used of a worker's scope. */
declare const self: { location: { href: string } };
declare function fetch(url: string): Promise<{ ok: boolean; status: number; arrayBuffer(): Promise<ArrayBuffer> }>;
declare function setTimeout(run: () => void, ms: number): number;

/** Thrown when the analysis asks for what has not been fetched yet. */
class Missing extends Error {
  constructor(readonly path: string) {
    super(`${path} has not been fetched`);
  }
}

async function asset(base: string, name: string): Promise<Uint8Array> {
  const response = await fetch(base + name);
  if (!response.ok) throw new Error(`${name} could not be read (status ${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The workspace's files as far as they were fetched from the client, and the pack's. */
class FetchedFiles implements FileSystem {
  private readonly answers = new Map<string, FileAnswer>();

  constructor(
    private readonly pack: StdPack,
    /** Path of the workspace folder; nothing outside is asked for. */
    private readonly folder: () => string,
  ) {}

  private answer(path: string): FileAnswer | null {
    if (path !== this.folder() && !path.startsWith(`${this.folder().replace(/\/$/, '')}/`)) return null;
    const found = this.answers.get(path);
    if (found === undefined) throw new Missing(path);
    return found;
  }

  private isPacked(path: string): boolean {
    return path === PACK_GOROOT || path.startsWith(`${PACK_GOROOT}/`);
  }

  readFile(path: string): Uint8Array | null {
    return this.isPacked(path) ? this.pack.readFile(path) : (this.answer(path)?.bytes ?? null);
  }

  readDir(path: string): ReturnType<FileSystem['readDir']> {
    return this.isPacked(path) ? this.pack.readDir(path) : (this.answer(path)?.entries ?? null);
  }

  stat(path: string): 'file' | 'dir' | null {
    return this.isPacked(path) ? this.pack.stat(path) : (this.answer(path)?.kind ?? null);
  }

  put(path: string, answer: FileAnswer): void {
    this.answers.set(path, answer);
  }

  forget(): void {
    this.answers.clear();
  }
}

/** The host of a server in this worker; files of the workspace are asked of the client. */
export function browserHost(connection: Connection): ServerHost {
  // the bundle is dist/web/server.js, what it needs lies in dist/
  let assets = self.location.href.startsWith('blob:') ? '' : new URL('..', self.location.href).href;
  return {
    useAssets(base) {
      assets = base;
    },
    env: {},
    engine() {
      const listeners: ((message: FromEngine) => void)[] = [];
      const engine = localEngine(
        connection,
        () => assets,
        message => {
          for (const listener of listeners) listener(message);
        },
      );
      return {
        send: message => engine.receive(message),
        onMessage: listener => void listeners.push(listener),
      };
    },
    binary: async ({ name, bytes }) => binaryReport(name, sourceOf(bytes ?? new Uint8Array())),
    build: async ({ target }) =>
      failedResult(target, 'a browser runs no programs: builds need Go on this machine', false),
    graph: async () => ({ ok: false, message: 'a browser keeps no records of builds' }),
  };
}

/** An engine in this thread. */
function localEngine(connection: Connection, base: () => string, send: (message: FromEngine) => void): Engine {
  let loaded: Promise<{ pack: StdPack; session(settings: Settings): Session }> | null = null;
  let root = URI.parse('file:///');
  let files: FetchedFiles | null = null;

  const load = async () => {
    const [treeSitter, grammar, flatten, std, folders] = await Promise.all([
      asset(base(), 'web-tree-sitter.wasm'),
      asset(base(), 'gospect-go.wasm'),
      asset(base(), 'flatten.wasm'),
      asset(base(), 'std.pack'),
      connection.workspace.getWorkspaceFolders(),
    ]);
    if (folders?.[0]) root = URI.parse(folders[0].uri);
    const parser = await createParser({ treeSitter, grammar, flatten });
    const pack = openStdPack(std);
    const disk = new FetchedFiles(pack, () => root.path);
    files = disk;
    return {
      pack,
      session: (settings: Settings) =>
        new Session({ parser, disk, store: null, setting: (fs, dir) => packSetting(pack, fs, dir, settings.flags) }),
    };
  };

  return new Engine({
    async session(settings) {
      loaded ??= load();
      return (await loaded).session(settings);
    },
    send,
    breathe: () => new Promise(resolve => setTimeout(resolve, 0)),
    async supply(error) {
      if (!(error instanceof Missing) || files === null) return false;
      const uri = root.with({ path: error.path }).toString();
      files.put(error.path, await connection.sendRequest<FileAnswer>(FILES_REQUEST, uri));
      return true;
    },
    changed: () => files?.forget(),
    link: (text, path, line) => `[${text}](${root.with({ path, fragment: `L${line}` }).toString()})`,
  });
}
