/** The client at the other end: what it can do, and what is done for editors that lack it. */
import { type Connection, DidChangeWatchedFilesNotification, type InitializeParams } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { pathOf } from './documents.ts';
import { SELECT_TAGS_COMMAND, SELECT_TARGET_COMMAND } from './protocol/analysis.ts';

export interface Peer {
  /** Our own extension, which shows the status and has commands of its own for what quick fixes ask for. */
  ours: boolean;
  /** Asks for hints again when it is told to. */
  refreshesHints: boolean;
  /** Answers what its settings are. */
  hasSettings: boolean;
  /** Watches files when it is asked to. */
  watches: boolean;
  /** Schemes of URIs that name files: `git:` and the like name other texts by the same paths. */
  schemes: ReadonlySet<string>;
  /** Path of the first folder of the workspace, with `/`; '' where there is none. */
  root: string;
}

/** What a client says of itself when it begins. */
export function peerOf(params: InitializeParams): Peer {
  const { capabilities, initializationOptions, workspaceFolders, rootUri } = params;
  const { workspace } = capabilities;
  const roots = [...(workspaceFolders ?? []).map(({ uri }) => uri), ...(rootUri ? [rootUri] : [])];
  return {
    schemes: new Set(['file', ...roots.map(uri => URI.parse(uri).scheme)]),
    root: roots.length === 0 ? '' : pathOf(roots[0]).replace(/\/$/, ''),
    ours: (initializationOptions as { extension?: unknown } | undefined)?.extension === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    hasSettings: workspace?.configuration === true,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  };
}

/** Files that decide what an analysis says, besides those that are open. */
const WATCHED = '**/{*.go,go.mod,go.work,go.sum,modules.txt}';

/** Asks the client to tell of files that change on disk. */
export async function watchFiles(connection: Connection, peer: Peer): Promise<void> {
  if (!peer.watches) return;
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: WATCHED }] });
}

/** Commands that the server carries out for clients that have none of their own. */
export const commandsFor = (peer: Peer): string[] => (peer.ours ? [] : [SELECT_TARGET_COMMAND, SELECT_TAGS_COMMAND]);

/**
 * Whether a client has sent settings of ours. Some send an empty object, or nothing, to say that there are new ones to
 * ask for.
 */
export function isSettings(value: unknown): value is { gospect?: unknown; go?: unknown } {
  return typeof value === 'object' && value !== null && ('gospect' in value || 'go' in value);
}

/** The client's settings, asked for; null when it has none to give. */
export async function askSettings(connection: Connection, peer: Peer): Promise<object | null> {
  if (!peer.hasSettings) return null;
  const answer: unknown = await connection.workspace.getConfiguration([{ section: 'gospect' }, { section: 'go' }]);
  const [gospect, go] = Array.isArray(answer) ? (answer as unknown[]) : [];
  return (gospect ?? null) === null && (go ?? null) === null ? null : { gospect, go };
}

/** The settings after one of the commands was carried out: a target, or one more tag, for this session. */
export function withChoice(settings: unknown, command: string, choice: string): object {
  const { gospect, ...others } = (settings ?? {}) as { gospect?: { tags?: unknown } };
  if (command === SELECT_TARGET_COMMAND) return { ...others, gospect: { ...gospect, target: choice } };
  const tags = Array.isArray(gospect?.tags) ? (gospect.tags as unknown[]) : [];
  return { ...others, gospect: { ...gospect, tags: [...tags, choice] } };
}
