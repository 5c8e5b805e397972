/** The language server as the extension starts it: a process that speaks with its parent. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost } from './node-host.ts';
import { serve } from './serve.ts';

// a signal would end the process without its exit handlers, which stop builds and remove their folders
process.once('SIGTERM', () => process.exit(143));
process.once('SIGHUP', () => process.exit(129));

serve(createConnection(ProposedFeatures.all), nodeHost());
