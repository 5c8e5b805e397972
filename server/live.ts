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
import { fileOf, pathOf } from './documents.ts';
import type { Peer } from './peer.ts';
import {
  type RemarkList,
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

/** What is open in the editor, and what the engine has said of it. */
interface Live {
  connection: Connection;
  engine: EnginePort;
  /** What the editor can do. */
  peer(): Peer;
  documents: TextDocuments<TextDocument>;
  /** URIs by the paths that the engine knows documents by. */
  uris: Map<string, string>;
  answers: Answers;
  hovers: Questions<{ markdown: string; range: Span } | null>;
  lists: Questions<RemarkList>;
}

/** Connects the documents of an editor with an engine. */
export function serveLive(connection: Connection, engine: EnginePort, peer: () => Peer): void {
  const live: Live = {
    connection,
    engine,
    peer,
    documents: new TextDocuments(TextDocument),
    uris: new Map(),
    answers: new Answers(),
    hovers: new Questions(),
    lists: new Questions(),
  };
  tellEngine(live);
  hearEngine(live);
  answerEditor(live);
  live.documents.listen(connection);
}

/** The path under which the engine knows a document; null for what is not analysed. */
function analysedPath({ documents, peer }: Live, uri: string): string | null {
  return documents.get(uri)?.languageId === 'go' ? fileOf(uri, peer()) : null;
}

/** Sends the engine the texts of documents, and which files change on disk. */
function tellEngine(live: Live): void {
  const { connection, engine, documents, uris, answers, hovers, lists } = live;
  const send = (document: TextDocument) => {
    const path = analysedPath(live, document.uri);
    if (path === null) return;
    uris.set(path, document.uri);
    engine.send({ type: 'buffer', path, version: document.version, text: document.getText() });
  };
  documents.onDidChangeContent(({ document }) => send(document));
  documents.onDidClose(({ document: { uri, version, languageId } }) => {
    const path = languageId === 'go' ? fileOf(uri, live.peer()) : null;
    if (path === null) return;
    uris.delete(path);
    answers.drop(path);
    engine.send({ type: 'buffer', path, version, text: null });
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  engine.onRestart(() => {
    documents.all().forEach(send);
    // nobody answers what the old one was asked
    hovers.answerAll(null);
    lists.answerAll({ rows: [], note: '' });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    engine.send({ type: 'changed', paths: changes.map(({ uri }) => pathOf(uri)) });
  });
}

/** Passes on what the engine says, as long as it is about the texts as they are now. */
function hearEngine({ connection, engine, peer, documents, uris, answers, hovers, lists }: Live): void {
  let note = '';
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
        lists.answer(message.id, message.list);
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
}

/** Answers what the editor asks about its documents. */
function answerEditor(live: Live): void {
  const { connection, engine, documents, answers, hovers, lists } = live;
  connection.languages.inlayHint.on(async ({ textDocument: { uri }, range }, token): Promise<InlayHint[]> => {
    const path = analysedPath(live, uri);
    if (path === null) return [];
    await answers.settled(path, documents.get(uri)?.version, token);
    const found = answers.get(path, documents.get(uri)?.version);
    if (found === undefined) return [];
    return found.hints
      .filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line)
      .map(({ position, label }) => ({ position, label, paddingLeft: true }));
  });
  connection.onCodeAction(({ textDocument: { uri } }): CodeAction[] => {
    const path = analysedPath(live, uri);
    const found = path === null ? undefined : answers.get(path, documents.get(uri)?.version);
    if (found === undefined) return [];
    return found.offers.map(({ kind, name }) => {
      const title = kind === 'port' ? `Remarks for ${name}` : `Remarks with the tag ${name}`;
      const command = kind === 'port' ? SELECT_TARGET_COMMAND : SELECT_TAGS_COMMAND;
      return { title, kind: CodeActionKind.QuickFix, command: { title, command, arguments: [name] } };
    });
  });
  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const path = analysedPath(live, uri);
    if (path === null) return null;
    const found = await hovers.ask(id => engine.send({ type: 'hover', id, path, at: position satisfies Place }));
    return found && { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
  });
  connection.onRequest(ROWS_REQUEST, async (uri: string): Promise<RemarkList> => {
    const path = analysedPath(live, uri);
    if (path !== null) return lists.ask(id => engine.send({ type: 'rows', id, path }));
    const { scheme } = URI.parse(uri);
    return {
      rows: [],
      note: `Remarks are for files and untitled documents: this is neither, but a text of ${scheme}.`,
    };
  });
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
