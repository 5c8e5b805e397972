import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost } from './node-host.ts';
import { serve } from './serve.ts';

serve(createConnection(ProposedFeatures.all), nodeHost());
