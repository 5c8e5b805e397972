import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { clientOptions, startSession } from './session.ts';

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  // a browser runs no go: the commands that need one are not offered
  void vscode.commands.executeCommand('setContext', 'gospect.noBuilds', true);
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/web/server.js');
  client = new LanguageClient('gospect', 'Gospect', new Worker(script.toString(true)), clientOptions(context));
  await startSession(context, client);
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
