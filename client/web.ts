/** The extension in a browser: the server in a worker, without what needs `go`. */
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { clientOptions, startSession } from './session.ts';

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  // a browser runs no go: the commands that need one are not offered
  void vscode.commands.executeCommand('setContext', 'gospect.noBuilds', true);
  // not by its address: an extension that lies on a remote machine may not start a worker from there
  const script = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(context.extensionUri, 'dist/web/server.js'));
  const address = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'text/javascript' }));
  const worker = new Worker(address, { name: 'Gospect' });
  client = new LanguageClient('gospect', 'Gospect', worker, clientOptions(context));
  await startSession(context, client, null);
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
