/** Live analysis as the Language Server Protocol has it: documents in, diagnostics, inlay hints and hovers out. */
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type Connection,
  DiagnosticSeverity,
  DiagnosticTag,
  type InlayHint,
  MarkupKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { EditorHint, Offer, Place, Span } from './analysis/editor.ts';
import type { FromEngine, ToEngine } from './analysis/messages.ts';
import type { Peer } from './peer.ts';
import {
  type RemarkRow,
  ROWS_REQUEST,
  SELECT_TAGS_COMMAND,
  SELECT_TARGET_COMMAND,
  STATUS_NOTIFICATION,
} from './protocol/analysis.ts';

/** The analysing side: a worker, or the same thread where there is none. */
export interface EnginePort {
  send(message: ToEngine): void;
  onMessage(listener: (message: FromEngine) => void): void;
  /** The engine is a new one that knows nothing: what it is to know must be sent again. */
  onRestart(listener: () => void): void;
}

interface Shown {
  version: number;
  hints: EditorHint[];
  offers: Offer[];
}

/** Milliseconds that a request for hints waits for an analysis of the text as it is now. */
const HINT_PATIENCE = 10_000;

/** The engine's name of a document: its absolute path with `/`. */
export const pathOf = (uri: string): string => {
  const { path } = URI.parse(uri);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
};

/** Connects the documents of an editor with an engine; `peer` tells what the editor can do. */
export function serveLive(connection: Connection, engine: EnginePort, peer: () => Peer): void {
  const documents = new TextDocuments(TextDocument);
  const uris = new Map<string, string>();
  const shown = new Map<string, Shown>();
  const waiting = new Map<string, Set<() => void>>();
  const hovers = new Map<number, (hover: { markdown: string; range: Span } | null) => void>();
  const lists = new Map<number, (rows: RemarkRow[]) => void>();
  let nextId = 0;
  let note = '';

  /** Whether it is a Go file as it is or will be on disk, not another text of its path, such as that of HEAD. */
  const isGoFile = (document: TextDocument) =>
    document.languageId === 'go' && peer().schemes.has(URI.parse(document.uri).scheme);
  const goFile = (uri: string): TextDocument | null => {
    const document = documents.get(uri);
    return document !== undefined && isGoFile(document) ? document : null;
  };
  const send = (document: TextDocument) => {
    if (!isGoFile(document)) return;
    const path = pathOf(document.uri);
    uris.set(path, document.uri);
    engine.send({ type: 'buffer', path, version: document.version, text: document.getText() });
  };
  documents.onDidChangeContent(({ document }) => send(document));
  engine.onRestart(() => {
    documents.all().forEach(send);
    // nobody answers what the old one was asked
    for (const answer of hovers.values()) answer(null);
    hovers.clear();
    for (const answer of lists.values()) answer([]);
    lists.clear();
  });
  documents.onDidClose(({ document }) => {
    if (!isGoFile(document)) return;
    const path = pathOf(document.uri);
    uris.delete(path);
    shown.delete(path);
    engine.send({ type: 'buffer', path, version: document.version, text: null });
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    engine.send({ type: 'changed', paths: changes.map(({ uri }) => pathOf(uri)) });
  });

  const wake = (path: string) => {
    for (const resume of waiting.get(path) ?? []) resume();
    waiting.delete(path);
  };

  engine.onMessage(message => {
    switch (message.type) {
      case 'status':
        if (peer().ours) void connection.sendNotification(STATUS_NOTIFICATION, message.status);
        else if (message.status.note !== note) {
          note = message.status.note;
          if (note !== '') connection.console.warn(note);
        }
        break;
      case 'hover':
        hovers.get(message.id)?.(message.hover);
        hovers.delete(message.id);
        break;
      case 'rows':
        lists.get(message.id)?.(message.rows);
        lists.delete(message.id);
        break;
      case 'file': {
        const { path, version, diagnostics, hints, offers } = message;
        const uri = uris.get(path);
        if (uri === undefined || documents.get(uri)?.version !== version) break;
        const asked = waiting.has(path);
        shown.set(path, { version, hints, offers });
        void connection.sendDiagnostics({
          uri,
          version,
          diagnostics: diagnostics.map(({ range, message, code, severity }) => ({
            range,
            message,
            source: 'gospect',
            severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Hint,
            ...(code === '' ? {} : { code }),
            ...(severity === 'faded' ? { tags: [DiagnosticTag.Unnecessary] } : {}),
          })),
        });
        wake(path);
        // nobody is waiting: the editor shows hints that it got before, or none
        if (!asked && peer().refreshesHints) void connection.languages.inlayHint.refresh().catch(() => undefined);
        break;
      }
    }
  });

  /** Resolves when the document's remarks are those of its present text, it was closed, or patience has ended. */
  const settled = (uri: string, token: CancellationToken) =>
    new Promise<void>(resolve => {
      const path = pathOf(uri);
      if (shown.get(path)?.version === documents.get(uri)?.version) return resolve();
      const set = waiting.get(path) ?? new Set();
      const giveUp = () => {
        clearTimeout(timer);
        set.delete(resume);
        if (set.size === 0 && waiting.get(path) === set) waiting.delete(path);
        resolve();
      };
      const resume = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(giveUp, HINT_PATIENCE);
      token.onCancellationRequested(giveUp);
      waiting.set(path, set.add(resume));
    });

  connection.languages.inlayHint.on(async ({ textDocument, range }, token): Promise<InlayHint[]> => {
    if (goFile(textDocument.uri) === null) return [];
    await settled(textDocument.uri, token);
    const found = shown.get(pathOf(textDocument.uri));
    if (found === undefined || found.version !== documents.get(textDocument.uri)?.version) return [];
    return found.hints
      .filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line)
      .map(({ position, label }) => ({ position, label, paddingLeft: true }));
  });

  connection.onCodeAction(({ textDocument }): CodeAction[] => {
    const document = goFile(textDocument.uri);
    const found = document && shown.get(pathOf(textDocument.uri));
    if (!found || found.version !== document.version) return [];
    return found.offers.map(({ kind, name }) => {
      const title = kind === 'port' ? `Remarks for ${name}` : `Remarks with the tag ${name}`;
      const command = kind === 'port' ? SELECT_TARGET_COMMAND : SELECT_TAGS_COMMAND;
      return { title, kind: CodeActionKind.QuickFix, command: { title, command, arguments: [name] } };
    });
  });

  connection.onHover(async ({ textDocument, position }) => {
    if (goFile(textDocument.uri) === null) return null;
    const id = ++nextId;
    const found = await new Promise<{ markdown: string; range: Span } | null>(resolve => {
      hovers.set(id, resolve);
      engine.send({ type: 'hover', id, path: pathOf(textDocument.uri), at: position satisfies Place });
    });
    return found && { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
  });

  connection.onRequest(
    ROWS_REQUEST,
    (uri: string) =>
      new Promise<RemarkRow[]>(resolve => {
        const id = ++nextId;
        lists.set(id, resolve);
        engine.send({ type: 'rows', id, path: pathOf(uri) });
      }),
  );

  documents.listen(connection);
}
