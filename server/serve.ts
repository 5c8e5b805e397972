import { type Connection, type InitializeResult, TextDocumentSyncKind } from 'vscode-languageserver';
import { ports } from '../core/load/ports.ts';
import type { ServerHost } from './host.ts';
import { BINARY_REQUEST, type BinaryParams } from './protocol/binary.ts';
import { PORTS_REQUEST, type PortInfo } from './protocol/ports.ts';

/** Answers an editor on this connection. Capabilities are those that work, and no others. */
export function serve(connection: Connection, host: ServerHost): void {
  connection.onInitialize(
    (): InitializeResult => ({
      serverInfo: { name: 'gospect' },
      capabilities: { textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental } },
    }),
  );
  connection.onRequest(PORTS_REQUEST, (): PortInfo[] =>
    ports
      .filter(port => !port.broken)
      .map(({ goos, goarch, firstClass, cgoSupported }) => ({ goos, goarch, firstClass, cgoSupported })),
  );
  connection.onRequest(BINARY_REQUEST, async (params: BinaryParams): Promise<unknown> => host.binary(params));
  connection.listen();
}
