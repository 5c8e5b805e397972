/** The binary explorer: a read-only custom editor for executables, and a command that opens it. */
import * as vscode from 'vscode';
import {
  BINARY_REQUEST,
  type BinaryParams,
  type BinaryResult,
  type FromBinaryPage,
  type ToBinaryPage,
} from '../server/protocol/binary.ts';
import { pageHtml } from './page.ts';

const VIEW_TYPE = 'gospect.binary';

/** Sends a request to the language server. */
export type Ask = <Params, Result>(method: string, params: Params) => Promise<Result>;

interface BinaryDocument extends vscode.CustomDocument {
  readonly uri: vscode.Uri;
}

export function registerBinaryExplorer(context: vscode.ExtensionContext, ask: Ask): void {
  context.subscriptions.push(
    vscode.window.registerCustomEditorProvider(VIEW_TYPE, new BinaryEditor(context.extensionUri, ask), {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { retainContextWhenHidden: false },
    }),
    vscode.commands.registerCommand('gospect.openBinary', async (uri?: vscode.Uri) => {
      const chosen = uri ?? (await chooseFile());
      if (chosen !== undefined) await vscode.commands.executeCommand('vscode.openWith', chosen, VIEW_TYPE);
    }),
  );
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title: 'Open in Binary Explorer',
    openLabel: 'Explore',
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return files?.[0];
}

class BinaryEditor implements vscode.CustomReadonlyEditorProvider<BinaryDocument> {
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly ask: Ask,
  ) {}

  openCustomDocument(uri: vscode.Uri): BinaryDocument {
    return { uri, dispose() {} };
  }

  resolveCustomEditor(document: BinaryDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    const post = (message: ToBinaryPage) => void webview.postMessage(message);
    const load = async () => {
      post({ type: 'loading', name });
      try {
        const result = await this.ask<BinaryParams, BinaryResult>(BINARY_REQUEST, await paramsOf(document.uri, name));
        if (result.ok) post({ type: 'binary', summary: result.summary, table: result.table });
        else post({ type: 'failed', name, message: result.message });
      } catch (error) {
        post({ type: 'failed', name, message: error instanceof Error ? error.message : String(error) });
      }
    };
    webview.onDidReceiveMessage((message: FromBinaryPage) => {
      if (message.type === 'ready' || message.type === 'retry') void load();
      else if (message.type === 'open') void openSource(message.file);
      else void save(message.name, message.text);
    });
    const changed = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(document.uri, '..'), name),
    );
    // a build has replaced the file: show the new one, with the selection kept
    changed.onDidChange(load);
    changed.onDidCreate(load);
    panel.onDidDispose(() => changed.dispose());
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'dist')] };
    webview.html = pageHtml(webview, this.extensionUri, 'binary', name);
  }
}

/** On disk the server reads slices of the file itself; elsewhere it is sent the bytes. */
async function paramsOf(uri: vscode.Uri, name: string): Promise<BinaryParams> {
  if (uri.scheme === 'file') return { name, path: uri.fsPath, bytes: null };
  return { name, path: null, bytes: await vscode.workspace.fs.readFile(uri) };
}

async function openSource(file: string): Promise<void> {
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
  } catch {
    void vscode.window.showInformationMessage(`${file} is not on this machine; the program was built elsewhere.`);
  }
}

async function save(name: string, text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog(
    folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) },
  );
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
