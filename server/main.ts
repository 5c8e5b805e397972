/** The language server as the extension starts it: a process that speaks with its parent. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost } from './node-host.ts';
import { serve } from './serve.ts';

// ended from outside: what is to be done at the end (builds are stopped, their folders removed) is done on exit only
process.once('SIGTERM', () => process.exit(143));
process.once('SIGHUP', () => process.exit(129));

serve(createConnection(ProposedFeatures.all), nodeHost());
