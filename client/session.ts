/** What the extension does alike on the desktop and in a browser: the language client, views, commands. */
import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import {
  type AnalysisStatus,
  FILES_REQUEST,
  type FileAnswer,
  STATUS_NOTIFICATION,
} from '../server/protocol/analysis.ts';
import { type Desktop, registerBinaryExplorer } from './binary-explorer.ts';
import { registerRemarksView } from './remarks-view.ts';
import { registerStatus } from './status.ts';

/** The settings as plain data: what the editor gives cannot be sent to a worker. */
const configuration = (section: string): unknown =>
  JSON.parse(JSON.stringify(vscode.workspace.getConfiguration(section)));

/** What the language server is told and asked about, the same on the desktop and in the browser. */
export function clientOptions(context: vscode.ExtensionContext): LanguageClientOptions {
  return {
    documentSelector: [{ language: 'go' }, { language: 'go.mod' }],
    initializationOptions: () => ({
      gospect: configuration('gospect'),
      go: configuration('go'),
      extension: true,
      assets: `${vscode.Uri.joinPath(context.extensionUri, 'dist').toString(true)}/`,
    }),
    synchronize: { configurationSection: ['gospect', 'go'] },
    middleware: {
      handleDiagnostics(uri, diagnostics, next) {
        const errors = showsErrors(uri);
        next(uri, errors ? diagnostics : diagnostics.filter(d => d.severity !== vscode.DiagnosticSeverity.Error));
      },
    },
    // places in hovers are links to files
    markdown: { isTrusted: true },
  };
}

/** Whether errors of the code are shown: where the Go extension shows them, once is enough. */
function showsErrors(uri: vscode.Uri): boolean {
  const setting = vscode.workspace.getConfiguration('gospect', uri).get<string>('errors');
  if (setting === 'on' || setting === 'off') return setting === 'on';
  // the Go extension shows them in files only
  if (uri.scheme === 'untitled') return true;
  const others = vscode.extensions.getExtension('golang.go') !== undefined;
  return !others || vscode.workspace.getConfiguration('go', uri).get<boolean>('useLanguageServer') === false;
}

/** Starts the server with the window and the commands that need nothing but it. */
export async function startSession(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  desktop: Desktop | null,
): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand('gospect.restartServer', async () => {
      await client.stop();
      await client.start();
    }),
    vscode.commands.registerCommand('gospect.showOutput', () => client.outputChannel.show(true)),
    vscode.commands.registerCommand('gospect.toggleRemarks', async () => {
      const settings = vscode.workspace.getConfiguration('gospect');
      const enabled = settings.get<boolean>('remarks.enabled') ?? true;
      // where the setting stands it is changed; else it is the user's own
      const inWorkspace = settings.inspect('remarks.enabled')?.workspaceValue !== undefined;
      const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
      await settings.update('remarks.enabled', !enabled, target);
    }),
    client.onRequest(FILES_REQUEST, fileAnswer),
  );
  const status = new vscode.EventEmitter<AnalysisStatus>();
  context.subscriptions.push(
    status,
    client.onNotification(STATUS_NOTIFICATION, (next: AnalysisStatus) => status.fire(next)),
  );
  registerStatus(context, client, status.event);
  registerRemarksView(context, client, status.event);
  registerBinaryExplorer(context, (method, params) => client.sendRequest(method, params), desktop);
  await client.start();
}

/** A file or folder of the workspace for a server without a disk. */
async function fileAnswer(text: string): Promise<FileAnswer> {
  const uri = vscode.Uri.parse(text);
  const kindOf = (type: vscode.FileType): 'file' | 'dir' | 'other' =>
    type & vscode.FileType.Directory ? 'dir' : type & vscode.FileType.File ? 'file' : 'other';
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) {
      const entries = (await vscode.workspace.fs.readDirectory(uri)).map(([name, type]) => ({
        name,
        kind: kindOf(type),
      }));
      return { kind: 'dir', bytes: null, entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    }
    return { kind: 'file', bytes: await vscode.workspace.fs.readFile(uri), entries: null };
  } catch {
    return { kind: null, bytes: null, entries: null };
  }
}
