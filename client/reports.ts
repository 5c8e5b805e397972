/**
 * Two tree views: what a folder's toolchain, modules, cgo and build cache are, read when they are unfolded; and the answer
 * to the last question about a build, what the next one does or whether it is reproducible.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ReportKind, ReportNode, ReportParams, ReportResult } from '../server/protocol/reports.ts';
import { setVariables } from './link-variables.ts';
import { icons } from './report-icons.ts';
import { type AskReport, asking } from './report-request.ts';

const CGO_TARGET = 'gospect.cgo.target';

function itemOf(node: ReportNode): vscode.TreeItem {
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    node.label,
    node.children.length === 0 ? None : node.expanded ? Expanded : Collapsed,
  );
  item.description = node.detail;
  item.tooltip = node.tooltip || [node.label, node.detail].filter(Boolean).join('\n');
  const [icon, color] = icons[node.icon];
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = node.goroot === '' ? 'row' : 'installation';
  item.accessibilityInformation = { label: [node.label, node.detail].filter(Boolean).join(', ') };
  if (node.file !== '' && node.children.length === 0)
    item.command = { command: 'gospect.openRow', title: 'Open', arguments: [node] };
  return item;
}

/** A question about one folder: what it is called, and how it is asked. */
interface Section {
  kind: ReportKind;
  label: string;
  icon: string;
}

const sections: readonly Section[] = [
  { kind: 'toolchain', label: 'Toolchain', icon: 'wrench' },
  { kind: 'modules', label: 'Modules', icon: 'package' },
  { kind: 'cgo', label: 'cgo', icon: 'symbol-operator' },
  { kind: 'cache', label: 'Build Cache', icon: 'database' },
];

type Row = Section | ReportNode;

type Ask = (kind: ReportKind, token?: vscode.CancellationToken) => Promise<ReportResult>;

/** Toolchain, modules, cgo, cache: asked when unfolded, kept until refreshed. */
class ToolchainView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly answers = new Map<ReportKind, ReportNode[]>();
  private readonly view: vscode.TreeView<Row>;

  constructor(private readonly ask: Ask) {
    this.view = vscode.window.createTreeView('gospect.toolchain', { treeDataProvider: this, showCollapseAll: true });
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
  refresh(): void {
    this.answers.clear();
    this.changed.fire(undefined);
  }
  /** Shows an answer that was asked for by a command in the place of the section's own. */
  put(kind: ReportKind, nodes: ReportNode[]): void {
    this.answers.set(kind, nodes);
    const section = sections.find(s => s.kind === kind);
    this.changed.fire(section);
    if (section) void this.view.reveal(section, { expand: true, focus: false, select: true });
  }

  getTreeItem(row: Row): vscode.TreeItem {
    if ('detail' in row) return itemOf(row);
    const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = row.kind;
    item.accessibilityInformation = { label: row.label };
    item.iconPath = new vscode.ThemeIcon(row.icon);
    item.contextValue = row.kind;
    return item;
  }
  getParent(row: Row): Row | undefined {
    return 'detail' in row ? sections.find(s => this.answers.get(s.kind)?.includes(row)) : undefined;
  }
  async getChildren(row?: Row): Promise<Row[]> {
    if (row === undefined) return vscode.workspace.workspaceFolders ? [...sections] : [];
    if ('detail' in row) return row.children;
    let nodes = this.answers.get(row.kind);
    if (nodes === undefined) {
      const result = await this.ask(row.kind);
      nodes = result.ok ? result.nodes : [problem(result.message)];
      this.answers.set(row.kind, nodes);
    }
    return nodes;
  }
}

function problem(message: string): ReportNode {
  const [label = '', ...rest] = message.split('\n');
  return {
    label,
    detail: rest.join(' ').trim(),
    tooltip: message,
    icon: 'bad',
    file: '',
    line: 0,
    copy: message,
    goroot: '',
    expanded: false,
    children: [],
  };
}

/** The answer to the last question about a build. */
class AnswerView implements vscode.TreeDataProvider<ReportNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private nodes: ReportNode[] = [];
  private readonly view: vscode.TreeView<ReportNode>;

  constructor() {
    this.view = vscode.window.createTreeView('gospect.answer', { treeDataProvider: this, showCollapseAll: true });
  }
  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
  async show(title: string, about: string, nodes: ReportNode[]): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'gospect.answered', true);
    this.nodes = nodes;
    this.view.title = title;
    this.view.description = about;
    this.changed.fire();
    if (nodes[0]) await this.view.reveal(nodes[0], { select: true, focus: false });
  }
  getTreeItem(node: ReportNode): vscode.TreeItem {
    return itemOf(node);
  }
  getParent(): undefined {
    return undefined;
  }
  getChildren(node?: ReportNode): ReportNode[] {
    return node ? node.children : this.nodes;
  }
}

export function registerReports(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  folderOf: () => Promise<vscode.WorkspaceFolder | undefined>,
  /** Folder of the module that a folder's builds begin in. */
  moduleOf: (folder: vscode.WorkspaceFolder) => Promise<string | undefined>,
): void {
  const request = asking(client, moduleOf);
  const about = (folder: vscode.WorkspaceFolder | undefined): vscode.WorkspaceFolder | undefined =>
    folder ?? vscode.workspace.workspaceFolders?.[0];
  const ofActive = (): vscode.WorkspaceFolder | undefined => {
    const active = vscode.window.activeTextEditor?.document.uri;
    return about(active && vscode.workspace.getWorkspaceFolder(active));
  };
  const cgoTarget = (): string => context.workspaceState.get<string>(CGO_TARGET) ?? '';

  const toolchain = new ToolchainView(async (kind, token) => {
    const folder = ofActive();
    if (!folder) return { ok: false, message: 'Open a folder first.' };
    return request(kind, folder, { target: kind === 'cgo' ? cgoTarget() : '' }, token, () => {});
  });
  const answers = new AnswerView();

  /** Asks while a notification says what is done; it can be cancelled there. */
  const withProgress = async (
    title: string,
    kind: ReportKind,
    runs: boolean,
    more: Partial<ReportParams> = {},
  ): Promise<{ folder: vscode.WorkspaceFolder; nodes: ReportNode[] } | undefined> => {
    if (runs && !vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage(
        'This runs programs or asks the network as this folder says: trust the workspace first.',
      );
      return undefined;
    }
    const folder = await folderOf();
    if (!folder) return undefined;
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const result = await request(kind, folder, more, token, message => progress.report({ message }));
      if (token.isCancellationRequested) return undefined;
      return { folder, nodes: result.ok ? result.nodes : [problem(result.message)] };
    });
  };
  const answer = async (title: string, kind: ReportKind, more: Partial<ReportParams> = {}): Promise<void> => {
    const result = await withProgress(title, kind, true, more);
    if (result) await answers.show(title, [result.folder.name, more.target].filter(Boolean).join(' · '), result.nodes);
  };
  const targetOf = (node: unknown): Partial<ReportParams> => {
    const target = (node as { target?: unknown } | undefined)?.target;
    return typeof target === 'string' ? { target } : {};
  };
  const section = async (title: string, kind: ReportKind, place: ReportKind, runs: boolean): Promise<void> => {
    await vscode.commands.executeCommand('gospect.toolchain.focus');
    const result = await withProgress(title, kind, runs, kind === 'compile' ? { target: cgoTarget() } : {});
    if (result) toolchain.put(place, result.nodes);
  };

  context.subscriptions.push(
    toolchain,
    answers,
    vscode.commands.registerCommand('gospect.explainRebuild', (node?: unknown) =>
      answer('Explain Rebuild', 'next', targetOf(node)),
    ),
    vscode.commands.registerCommand('gospect.verifyBuild', (node?: unknown) =>
      answer('Verify Reproducible Build', 'verify', targetOf(node)),
    ),
    vscode.commands.registerCommand('gospect.refreshToolchain', () => toolchain.refresh()),
    vscode.commands.registerCommand('gospect.verifyModules', () => section('Verify Modules', 'sums', 'modules', false)),
    vscode.commands.registerCommand('gospect.findUpgrades', () =>
      section('Look for Module Upgrades', 'upgrades', 'modules', true),
    ),
    vscode.commands.registerCommand('gospect.checkCompilers', () =>
      section('Check C Compilers', 'compile', 'cgo', true),
    ),
    vscode.commands.registerCommand('gospect.checkCache', () =>
      section('Check Build Cache', 'checkCache', 'cache', false),
    ),
    vscode.commands.registerCommand('gospect.repairCache', async () => {
      const repair = 'Remove What Is Damaged';
      const chosen = await vscode.window.showWarningMessage(
        'Every output of the build cache is hashed again, and what is damaged is removed. The next build makes it anew.',
        { modal: true },
        repair,
      );
      if (chosen === repair) await section('Repair Build Cache', 'repairCache', 'cache', true);
    }),
    vscode.commands.registerCommand('gospect.chooseCgoTarget', async () => {
      const value = await askCgoTarget(cgoTarget());
      if (value === undefined) return;
      await context.workspaceState.update(CGO_TARGET, value);
      toolchain.refresh();
    }),
    vscode.commands.registerCommand('gospect.openRow', openRow),
    vscode.commands.registerCommand('gospect.setVariables', async () => {
      const folder = await folderOf();
      if (folder) await setVariables(folder, request);
    }),
    vscode.commands.registerCommand(
      'gospect.copyRow',
      (node?: ReportNode) =>
        node && vscode.env.clipboard.writeText(node.copy || [node.label, node.detail].filter(Boolean).join(' ')),
    ),
    vscode.commands.registerCommand('gospect.switchToolchain', async (node?: ReportNode) => {
      const goroot = node?.goroot ?? (await chooseToolchain(ofActive(), request));
      if (goroot === undefined) return;
      const settings = vscode.workspace.getConfiguration('gospect');
      const value = goroot === '' ? undefined : path.normalize(goroot);
      await settings.update('goroot', value, vscode.ConfigurationTarget.Workspace);
      toolchain.refresh();
    }),
    vscode.workspace.onDidChangeConfiguration(e => {
      if (e.affectsConfiguration('go') || e.affectsConfiguration('gospect.goroot')) toolchain.refresh();
    }),
  );
}

/** Opens the file of a row, at its line; what is no text is shown where it lies. */
async function openRow(node: ReportNode): Promise<void> {
  if (node.file === '') return;
  const uri = vscode.Uri.file(node.file);
  const stat = await vscode.workspace.fs.stat(uri).then(
    s => s,
    () => undefined,
  );
  if (
    stat &&
    !(stat.type & vscode.FileType.Directory) &&
    /\.(go|mod|work|sum|txt|env|mk)$|\/go\.env$/.test(node.file)
  ) {
    const line = Math.max(0, node.line - 1);
    await vscode.window.showTextDocument(uri, { preview: true, selection: new vscode.Range(line, 0, line, 0) });
  } else await vscode.commands.executeCommand('revealFileInOS', uri);
}

/** Lets the user choose among the toolchains that are there: a GOROOT, '' for that of the environment. */
async function chooseToolchain(
  folder: vscode.WorkspaceFolder | undefined,
  request: AskReport,
): Promise<string | undefined> {
  const result = folder && (await request('toolchain', folder, {}, undefined, () => {}));
  if (!result?.ok) return undefined;
  const rows = result.nodes.flatMap(n => n.children).filter(n => n.goroot !== '');
  const picked = await vscode.window.showQuickPick(
    [
      { label: 'As the environment says', description: 'go on PATH, GOROOT', goroot: '' },
      ...rows.map(r => ({ label: r.label, description: r.detail, detail: r.goroot, goroot: r.goroot })),
    ],
    {
      title: 'Switch Toolchain',
      placeHolder: 'Go to analyse and build with in this workspace',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return picked?.goroot;
}

/** Asks for another target that cgo is looked at for; '' is this machine. */
const askCgoTarget = (value: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'cgo for which target?',
    prompt: 'os/arch, empty for this machine',
    value,
    validateInput: text => (text === '' || /^[a-z0-9]+\/[a-z0-9]+$/.test(text) ? undefined : 'os/arch, as linux/arm64'),
  });
