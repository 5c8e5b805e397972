import * as vscode from 'vscode';
import { registerBinaryExplorer } from './binary-explorer.ts';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';

/** What the language server is told and asked about, the same on the desktop and in the browser. */
export const clientOptions: LanguageClientOptions = {
  documentSelector: [{ language: 'go' }, { language: 'go.mod' }],
  synchronize: { configurationSection: ['gospect', 'go'] },
};

/** Starts the server with the window and the commands that need nothing but it. */
export async function startSession(context: vscode.ExtensionContext, client: BaseLanguageClient): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand('gospect.restartServer', async () => {
      await client.stop();
      await client.start();
    }),
    vscode.commands.registerCommand('gospect.showOutput', () => client.outputChannel.show(true)),
  );
  registerBinaryExplorer(context, (method, params) => client.sendRequest(method, params));
  await client.start();
}
