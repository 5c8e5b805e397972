import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { registerBuilds } from './builds.ts';
import { clientOptions, startSession } from './session.ts';

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  client = new LanguageClient('gospect', 'Gospect', server, clientOptions(context));
  registerBuilds(context, client);
  await startSession(context, client);
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
