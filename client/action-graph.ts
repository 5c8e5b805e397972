/** The action graph page: of the last build, of one in the Builds view, or of a record that go made elsewhere. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  type FromGraphPage,
  GRAPH_REQUEST,
  type GraphParams,
  type GraphResult,
  type ToGraphPage,
} from '../server/protocol/builds.ts';
import { pageHtml } from './page.ts';

const VIEW_TYPE = 'gospect.actionGraph';
const SOURCE = 'gospect.actionGraph.source';

/** What the page shows: the record of a build, or a file; and what to call it while it is read. */
interface Source extends GraphParams {
  name: string;
}

/** The page, opened at most once: another build replaces what it shows. */
export class ActionGraph implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private ready = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly client: BaseLanguageClient,
  ) {}

  dispose(): void {
    this.panel?.dispose();
  }

  async show(source: Source): Promise<void> {
    await this.context.workspaceState.update(SOURCE, source);
    if (this.panel === null) {
      this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, 'Action Graph', vscode.ViewColumn.Active));
    } else {
      this.panel.reveal();
      await this.load();
    }
  }

  /** Fills a panel, a new one or one that the window kept over a restart. */
  adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.ready = false;
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.context.extensionUri, 'dist')],
    };
    panel.webview.onDidReceiveMessage((message: FromGraphPage) => {
      if (message.type === 'save') void save(message.name, message.text);
      else {
        this.ready = true;
        void this.load();
      }
    });
    panel.onDidDispose(() => {
      this.panel = null;
    });
    panel.webview.html = pageHtml(panel.webview, this.context.extensionUri, 'graph', 'Action Graph');
  }

  private async load(): Promise<void> {
    const source = this.context.workspaceState.get<Source>(SOURCE);
    if (!this.ready || this.panel === null || source === undefined) return;
    const post = (message: ToGraphPage) => void this.panel?.webview.postMessage(message);
    const { name } = source;
    this.panel.title = `Action Graph: ${name}`;
    post({ type: 'loading', name });
    try {
      const params: GraphParams = { record: source.record, file: source.file };
      const result = await this.client.sendRequest<GraphResult>(GRAPH_REQUEST, params);
      post(result.ok ? { type: 'graph', graph: result.graph } : { type: 'failed', name, message: result.message });
    } catch (error) {
      post({ type: 'failed', name, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** The record of the last build of a target, if there is one. */
export type LastBuild = (target?: string) => { target: string; record: string } | undefined;

export function registerActionGraph(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  last: LastBuild,
): void {
  const page = new ActionGraph(context, client);
  context.subscriptions.push(
    page,
    vscode.commands.registerCommand('gospect.showActionGraph', async (node?: { target?: unknown }) => {
      const target = typeof node?.target === 'string' ? node.target : undefined;
      const built = last(target);
      if (built) {
        await page.show({ record: built.record, file: '', name: built.target });
        return;
      }
      const build = 'Build Workspace';
      const chosen = await vscode.window.showInformationMessage('There is no recorded build yet.', build);
      if (chosen === build) await vscode.commands.executeCommand('gospect.buildWorkspace');
    }),
    vscode.commands.registerCommand('gospect.openActionGraph', async () => {
      const files = await vscode.window.showOpenDialog({
        title: 'Open an action graph that go build -debug-actiongraph wrote',
        openLabel: 'Open',
        filters: { 'Action graphs': ['json'], 'All files': ['*'] },
      });
      const file = files?.[0];
      if (file) await page.show({ record: '', file: file.fsPath, name: vscode.workspace.asRelativePath(file) });
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async panel => page.adopt(panel),
    }),
  );
}

async function save(name: string, text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog(
    folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) },
  );
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
