/** Live analysis as the Language Server Protocol has it: documents in, diagnostics, inlay hints and hovers out. */
import {
  type CodeAction,
  CodeActionKind,
  type Connection,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type InlayHint,
  MarkupKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { EditorDiagnostic, Place, Span } from './analysis/editor.ts';
import type { FromEngine, ToEngine } from './analysis/messages.ts';
import { Answers, Questions } from './answers.ts';
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

/** The engine's name of a document: its absolute path with `/`. */
export const pathOf = (uri: string): string => {
  const { path } = URI.parse(uri);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
};

/** Connects the documents of an editor with an engine; `peer` tells what the editor can do. */
export function serveLive(connection: Connection, engine: EnginePort, peer: () => Peer): void {
  const documents = new TextDocuments(TextDocument);
  const uris = new Map<string, string>();
  const answers = new Answers();
  const hovers = new Questions<{ markdown: string; range: Span } | null>();
  const lists = new Questions<RemarkRow[]>();
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
    hovers.answerAll(null);
    lists.answerAll([]);
  });
  documents.onDidClose(({ document }) => {
    if (!isGoFile(document)) return;
    const path = pathOf(document.uri);
    uris.delete(path);
    answers.drop(path);
    engine.send({ type: 'buffer', path, version: document.version, text: null });
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    engine.send({ type: 'changed', paths: changes.map(({ uri }) => pathOf(uri)) });
  });

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
        hovers.answer(message.id, message.hover);
        break;
      case 'rows':
        lists.answer(message.id, message.rows);
        break;
      case 'file': {
        const { path, version, diagnostics, hints, offers } = message;
        const uri = uris.get(path);
        if (uri === undefined || documents.get(uri)?.version !== version) break;
        void connection.sendDiagnostics({ uri, version, diagnostics: diagnostics.map(asDiagnostic) });
        const asked = answers.put(path, { version, hints, offers });
        // nobody is waiting: the editor shows hints that it got before, or none
        if (!asked && peer().refreshesHints) void connection.languages.inlayHint.refresh().catch(() => undefined);
        break;
      }
    }
  });

  connection.languages.inlayHint.on(async ({ textDocument, range }, token): Promise<InlayHint[]> => {
    if (goFile(textDocument.uri) === null) return [];
    const path = pathOf(textDocument.uri);
    await answers.settled(path, documents.get(textDocument.uri)?.version, token);
    const found = answers.get(path, documents.get(textDocument.uri)?.version);
    if (found === undefined) return [];
    return found.hints
      .filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line)
      .map(({ position, label }) => ({ position, label, paddingLeft: true }));
  });

  connection.onCodeAction(({ textDocument }): CodeAction[] => {
    const document = goFile(textDocument.uri);
    const found = document && answers.get(pathOf(textDocument.uri), document.version);
    if (!found) return [];
    return found.offers.map(({ kind, name }) => {
      const title = kind === 'port' ? `Remarks for ${name}` : `Remarks with the tag ${name}`;
      const command = kind === 'port' ? SELECT_TARGET_COMMAND : SELECT_TAGS_COMMAND;
      return { title, kind: CodeActionKind.QuickFix, command: { title, command, arguments: [name] } };
    });
  });

  connection.onHover(async ({ textDocument, position }) => {
    if (goFile(textDocument.uri) === null) return null;
    const path = pathOf(textDocument.uri);
    const found = await hovers.ask(id => engine.send({ type: 'hover', id, path, at: position satisfies Place }));
    return found && { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
  });

  connection.onRequest(ROWS_REQUEST, (uri: string) =>
    lists.ask(id => engine.send({ type: 'rows', id, path: pathOf(uri) })),
  );

  documents.listen(connection);
}

function asDiagnostic({ range, message, code, severity }: EditorDiagnostic): Diagnostic {
  return {
    range,
    message,
    source: 'gospect',
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Hint,
    ...(code === '' ? {} : { code }),
    ...(severity === 'faded' ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}
