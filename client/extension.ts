/** The extension on the desktop: the server in a process of its own, and all that needs `go`. */
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { buildHead } from './compare-head.ts';
import { goCommand } from './go.ts';
import { registerBuilds } from './builds.ts';
import { readText } from './read-text.ts';
import { clientOptions, startSession } from './session.ts';

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  client = new LanguageClient('gospect', 'Gospect', server, clientOptions(context));
  const builds = registerBuilds(context, client);
  const go = async (folder: vscode.Uri) => {
    const { program, env, buildFlags } = await goCommand(folder);
    return { program, env, flags: buildFlags };
  };
  await startSession(context, client, {
    readText,
    go,
    history: file => builds.history(file.fsPath),
    previous: file => builds.previous(file.fsPath),
    onDidBuild: listener => void context.subscriptions.push(builds.onDidBuild(listener)),
    buildHead: file => buildHead(file, context.storageUri ?? context.globalStorageUri, goCommand),
  });
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
