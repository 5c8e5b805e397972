import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { sourceOf } from '../core/binary/bytes.ts';
import { binaryReport } from './binary-report.ts';
import { failedResult } from './build-targets.ts';
import { serve } from './serve.ts';

// the worker's own scope, which the protocol's library knows and the type checker of this layer does not
const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
serve(createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope)), {
  binary: async ({ name, bytes }) => binaryReport(name, sourceOf(bytes ?? new Uint8Array())),
  build: async ({ target }) =>
    failedResult(target, 'a browser runs no programs: builds need Go on this machine', false),
  graph: async () => ({ ok: false, message: 'a browser keeps no records of builds' }),
});
