/** The action graph page: of the last build, of one in the Builds view, or of a record that go made elsewhere. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  EXPORT_REQUEST,
  type ExportFormat,
  type ExportParams,
  type ExportResult,
  type FromGraphPage,
  GRAPH_REQUEST,
  type GraphParams,
  type GraphResult,
  type LiveSpan,
  type RecordInfo,
  RECORDS_REQUEST,
  WHAT_IF_REQUEST,
  type WhatIfParams,
  type WhatIfQuestion,
  type ToGraphPage,
} from '../server/protocol/builds.ts';
import { pageHtml } from './page.ts';
import { readText } from './read-text.ts';
import { saveText } from './save-text.ts';

const VIEW_TYPE = 'gospect.actionGraph';
const SOURCE = 'gospect.actionGraph.source';

/** What the page shows: the record of a build, or a file; and what to call it while it is read. */
interface Source extends GraphParams {
  name: string;
  /** A build to compare with. */
  other?: GraphParams;
}

/** The page, opened at most once: another build replaces what it shows. */
export class ActionGraph implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private ready = false;
  /** The build that runs and is shown: its target, and its actions so far. */
  private live: { target: string; spans: Map<number, LiveSpan> } | null = null;
  private following = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly client: BaseLanguageClient,
  ) {}

  dispose(): void {
    this.panel?.dispose();
  }

  async show(source: Source): Promise<void> {
    this.following = false;
    await this.context.workspaceState.update(SOURCE, source);
    if (!this.open()) await this.load();
  }

  /** Fills a panel, a new one or one that the window kept over a restart. */
  adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.ready = false;
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.context.extensionUri, 'dist')],
    };
    panel.webview.onDidReceiveMessage(async (message: FromGraphPage) => {
      try {
        await this.answer(message);
      } catch (error) {
        void vscode.window.showErrorMessage(`Action Graph: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    panel.onDidDispose(() => {
      this.panel = null;
    });
    panel.webview.html = pageHtml(panel.webview, this.context.extensionUri, 'graph', 'Action Graph', readText);
  }

  private async answer(message: FromGraphPage): Promise<void> {
    if (message.type === 'export') return this.export();
    if (message.type === 'compare') return this.compare();
    if (message.type === 'whatIf') return this.whatIf(message.question);
    this.ready = true;
    await this.load();
  }

  /** The page comes into view; whether it is a new one, which asks for what to show when it is ready. */
  private open(): boolean {
    if (this.panel !== null) {
      this.panel.reveal();
      return false;
    }
    this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, 'Action Graph', vscode.ViewColumn.Active));
    return true;
  }

  /** Hears of a build that runs; shows it if that is what the page is to show. */
  hear(target: string, spans: readonly LiveSpan[]): void {
    if (this.live?.target !== target || spans.some(s => s.id === 0 && s.done < 0))
      this.live = { target, spans: new Map() };
    for (const span of spans) this.live.spans.set(span.id, span);
    if (this.following) this.postLive();
  }
  /** The target whose build runs. */
  get running(): string | null {
    return this.live?.target ?? null;
  }
  /** Shows the build that runs, and its record when it has ended. */
  follow(): void {
    this.following = true;
    this.open();
    this.postLive();
  }
  /** The build that was followed has ended: shows its record. */
  async ended(source: Source | null): Promise<void> {
    this.live = null;
    if (!this.following) return;
    this.following = false;
    if (source) await this.show(source);
    else await this.load();
  }
  private postLive(): void {
    if (!this.ready || this.panel === null || this.live === null) return;
    this.panel.title = `Action Graph: ${this.live.target}, running`;
    const { target, spans } = this.live;
    const message: ToGraphPage = { type: 'live', name: target, target, spans: [...spans.values()] };
    void this.panel.webview.postMessage(message);
  }

  private async whatIf(question: WhatIfQuestion): Promise<void> {
    const source = this.context.workspaceState.get<Source>(SOURCE);
    if (!source) return;
    const params: WhatIfParams = { record: source.record, file: source.file, question };
    const wall = await this.client.sendRequest<number | null>(WHAT_IF_REQUEST, params);
    const message: ToGraphPage = { type: 'whatIf', wall: wall ?? -1 };
    void this.panel?.webview.postMessage(message);
  }

  /** Lets the user choose as what, and where, the build is saved. */
  private async export(): Promise<void> {
    const source = this.context.workspaceState.get<Source>(SOURCE);
    if (!source) return;
    const picked = await vscode.window.showQuickPick(formats, { title: 'Export the build', matchOnDetail: true });
    if (!picked) return;
    const params: ExportParams = { record: source.record, file: source.file, format: picked.format };
    const result = await this.client.sendRequest<ExportResult>(EXPORT_REQUEST, params);
    if (result.ok) await saveText(picked.file, result.text);
    else void vscode.window.showErrorMessage(`The build cannot be exported: ${result.message}.`);
  }

  /** Lets the user choose another build that is kept, or a file, to set beside the one that is shown. */
  private async compare(): Promise<void> {
    const source = this.context.workspaceState.get<Source>(SOURCE);
    if (!source) return;
    const records = await this.client.sendRequest<RecordInfo[]>(RECORDS_REQUEST);
    const file = { label: '$(file) A file…', description: '-debug-actiongraph or -debug-trace', record: '' };
    const items = records
      .filter(r => r.record !== source.record)
      .map(r => ({
        label: `${r.title} · ${r.target}`,
        description: new Date(r.time).toLocaleString(),
        detail: `${(r.wall / 1000).toFixed(2)} s, ${r.run} compiled`,
        record: r.record,
      }));
    const picked = await vscode.window.showQuickPick([...items, file], {
      title: 'Compare with…',
      matchOnDescription: true,
    });
    if (!picked) return;
    const chosen = picked.record === '' ? (await chooseFile())?.fsPath : '';
    if (chosen === undefined) return;
    await this.context.workspaceState.update(SOURCE, { ...source, other: { record: picked.record, file: chosen } });
    await this.load();
  }

  private async load(): Promise<void> {
    if (this.following && this.live) return this.postLive();
    const source = this.context.workspaceState.get<Source>(SOURCE);
    if (!this.ready || this.panel === null || source === undefined) return;
    const post = (message: ToGraphPage) => void this.panel?.webview.postMessage(message);
    const { name } = source;
    this.panel.title = `Action Graph: ${name}`;
    post({ type: 'loading', name });
    try {
      const params: GraphParams = { record: source.record, file: source.file };
      const result = await this.client.sendRequest<GraphResult>(GRAPH_REQUEST, params);
      if (!result.ok) return post({ type: 'failed', name, message: result.message });
      const beside = source.other ? await this.client.sendRequest<GraphResult>(GRAPH_REQUEST, source.other) : null;
      if (beside?.ok === false)
        void vscode.window.showWarningMessage(`There is nothing to compare with: ${beside.message}.`);
      post({ type: 'graph', graph: result.graph, other: beside?.ok ? beside.graph : null });
    } catch (error) {
      post({ type: 'failed', name, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** What a build can be saved as, and what the file is called. */
const formats: readonly (vscode.QuickPickItem & { format: ExportFormat; file: string })[] = [
  {
    label: 'JSON',
    detail: 'gospect graph --from reads it, and Gospect: Open Action Graph File…',
    format: 'json',
    file: 'build.json',
  },
  {
    label: 'Page',
    detail: 'one HTML file for a browser, with timeline, graph and table',
    format: 'html',
    file: 'build.html',
  },
  {
    label: 'Trace',
    detail: 'for Perfetto (ui.perfetto.dev) and chrome://tracing',
    format: 'trace',
    file: 'build.trace.json',
  },
  { label: 'DOT', detail: 'for Graphviz', format: 'dot', file: 'build.dot' },
];

/** The record of the last build of a target, if there is one. */
export type LastBuild = (target?: string) => { target: string; record: string } | undefined;

export function registerActionGraph(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  last: LastBuild,
): ActionGraph {
  const page = new ActionGraph(context, client);
  context.subscriptions.push(
    page,
    vscode.commands.registerCommand('gospect.showActionGraph', async (node?: { target?: unknown }) => {
      const target = typeof node?.target === 'string' ? node.target : undefined;
      if (page.running !== null && (target === undefined || target === page.running)) {
        page.follow();
        return;
      }
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
      const file = await chooseFile();
      if (file) await page.show({ record: '', file: file.fsPath, name: vscode.workspace.asRelativePath(file) });
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async panel => page.adopt(panel),
    }),
  );
  return page;
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: 'Open what go build -debug-actiongraph or -debug-trace wrote, or an exported build',
    openLabel: 'Open',
    filters: { 'Action graphs and traces': ['json'], 'All files': ['*'] },
  });
  return files?.[0];
}
