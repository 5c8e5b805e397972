import { type Connection, TextDocumentSyncKind, type InitializeResult } from 'vscode-languageserver';

/** Answers an editor on this connection. Capabilities are those that work, and no others. */
export function serve(connection: Connection): void {
  connection.onInitialize(
    (): InitializeResult => ({
      serverInfo: { name: 'gospect' },
      capabilities: { textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental } },
    }),
  );
  connection.listen();
}
