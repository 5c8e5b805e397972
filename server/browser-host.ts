/** The platform of the server in a browser's worker: no disk, no programs, the standard library from a bundled pack. */
import type { Connection } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { sourceOf } from '../core/binary/bytes.ts';
import type { FileSystem } from '../core/source/files.ts';
import { Interrupted } from '../core/source/steps.ts';
import { Engine } from './analysis/engine.ts';
import type { FromEngine } from './analysis/messages.ts';
import { packSetting } from './analysis/pack-setting.ts';
import { Session } from './analysis/session.ts';
import { answerOf, compareBinaries, guarded, type OpenBinary, openBinary } from './binary/report.ts';
import { failedResult } from './build/targets.ts';
import { isUntitled } from './documents.ts';
import type { ServerHost } from './host.ts';
import { createParser } from './parser.ts';
import { FILES_REQUEST, type FileAnswer } from './protocol/analysis.ts';
import type { Settings } from './settings.ts';
import { isInPack, openStdPack, type StdPack } from './std-pack.ts';

declare function setTimeout(run: () => void, ms: number): number;

/** Thrown when the analysis asks for what has not been fetched yet. */
class Missing extends Interrupted {
  constructor(readonly path: string) {
    super(`${path} has not been fetched`);
  }
}

/** A file of the extension, through the client: a worker of a remote extension can fetch none itself. */
async function asset(connection: Connection, base: string, name: string): Promise<Uint8Array> {
  const { bytes } = await connection.sendRequest<FileAnswer>(FILES_REQUEST, base + name);
  if (bytes === null) throw new Error(`${name} is missing in ${base}`);
  return bytes;
}

/** The workspace's files as far as they were fetched from the client, and the pack's. */
class FetchedFiles implements FileSystem {
  private readonly answers = new Map<string, FileAnswer>();

  constructor(
    private readonly pack: StdPack,
    /** Whether the path lies in a folder of the workspace; nothing else is asked for. */
    private readonly isOurs: (path: string) => boolean,
  ) {}

  private answer(path: string): FileAnswer | null {
    if (!this.isOurs(path)) return null;
    const found = this.answers.get(path);
    if (found === undefined) throw new Missing(path);
    return found;
  }

  readFile(path: string): Uint8Array | null {
    return isInPack(path) ? this.pack.readFile(path) : (this.answer(path)?.bytes ?? null);
  }

  readDir(path: string): ReturnType<FileSystem['readDir']> {
    return isInPack(path) ? this.pack.readDir(path) : (this.answer(path)?.entries ?? null);
  }

  stat(path: string): 'file' | 'dir' | null {
    return isInPack(path) ? this.pack.stat(path) : (this.answer(path)?.kind ?? null);
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
  let assets = '';
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
        // it ends with the server only
        onRestart: () => {},
      };
    },
    binary: binaries(),
    build: async ({ target }) =>
      failedResult(target, 'a browser runs no programs: builds need Go on this machine', false),
    report: async () => ({ ok: false, message: 'a browser runs no programs and sees no disk: this needs the desktop' }),
    whatIf: async () => null,
    export: async () => ({ ok: false, message: 'a browser keeps no records of builds' }),
    archive: async () => [],
    records: async () => [],
    graph: async () => ({ ok: false, message: 'a browser keeps no records of builds' }),
  };
}

/** Executables by their bytes, the last one kept open. */
function binaries(): ServerHost['binary'] {
  let kept: { key: string; open: OpenBinary } | null = null;
  return async ({ name, key, bytes, query }) => {
    if (bytes === null && kept?.key !== key)
      return { ok: false, message: 'another file was opened since: show it again' };
    if (bytes !== null || kept === null) {
      const read = openBinary(name, sourceOf(bytes ?? new Uint8Array()));
      if (!read.ok) return read;
      kept = { key, open: read.value };
    }
    const { open } = kept;
    if (query.type === 'assembly' || query.type === 'why' || query.type === 'without')
      return { ok: false, message: 'a browser runs no programs: this needs Go on this machine' };
    const read = guarded(() => {
      if (query.type !== 'compare') return answerOf(open, query);
      const old = openBinary(query.old.name, sourceOf(query.old.bytes ?? new Uint8Array()));
      return old.ok ? compareBinaries(old.value, open) : old.message;
    });
    if (!read.ok) return read;
    return typeof read.value === 'string' ? { ok: false, message: read.value } : { ok: true, answer: read.value };
  };
}

/** An engine in this thread. */
function localEngine(connection: Connection, base: () => string, send: (message: FromEngine) => void): Engine {
  let loaded: Promise<{ pack: StdPack; session(settings: Settings): Session }> | null = null;
  let roots: URI[] = [];
  const rootOf = (path: string): URI | undefined =>
    roots.find(root => path === root.path || path.startsWith(`${root.path.replace(/\/$/, '')}/`));
  const uriOf = (path: string): URI => (rootOf(path) ?? URI.parse('file:///')).with({ path });
  let files: FetchedFiles | null = null;

  const load = async () => {
    const [treeSitter, grammar, flatten, std, folders] = await Promise.all([
      asset(connection, base(), 'web-tree-sitter.wasm'),
      asset(connection, base(), 'gospect-go.wasm'),
      asset(connection, base(), 'flatten.wasm'),
      asset(connection, base(), 'std.pack'),
      connection.workspace.getWorkspaceFolders(),
    ]);
    roots = (folders ?? []).map(({ uri }) => URI.parse(uri));
    const parser = await createParser({ treeSitter, grammar, flatten });
    const pack = openStdPack(std);
    const disk = new FetchedFiles(pack, path => rootOf(path) !== undefined);
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
    // nothing comes in before there is time for it
    isOutdated: () => false,
    async supply(error) {
      if (!(error instanceof Missing) || files === null) return false;
      files.put(error.path, await connection.sendRequest<FileAnswer>(FILES_REQUEST, uriOf(error.path).toString()));
      return true;
    },
    changed: () => files?.forget(),
    link(text, path, line) {
      const place = uriOf(path).with({ fragment: `L${line}` });
      return isUntitled(path) ? text : `[${text}](${place.toString()})`;
    },
  });
}
