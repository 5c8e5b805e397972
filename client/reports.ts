/**
 * Two tree views: what a folder's toolchain, modules, cgo and build cache are, read when they are unfolded; and the answer
 * to the last question about a build, what the next one does or whether it is reproducible.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { type BaseLanguageClient, CancellationTokenSource } from 'vscode-languageclient';
import {
  REPORT_PROGRESS,
  REPORT_REQUEST,
  type ReportIcon,
  type ReportKind,
  type ReportNode,
  type ReportParams,
  type ReportProgress,
  type ReportResult,
} from '../server/protocol/reports.ts';
import { goCommand } from './go.ts';
import { ownProfiles, withVariables } from './targets.ts';

const CGO_TARGET = 'gospect.cgo.target';

const icons: Record<ReportIcon, [icon: string, color?: string]> = {
  good: ['pass', 'testing.iconPassed'],
  bad: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  info: ['info'],
  rebuilt: ['tools'],
  kept: ['check'],
  depends: ['question'],
  link: ['link'],
  folder: ['folder'],
  file: ['file'],
  module: ['package'],
  package: ['symbol-namespace'],
  tool: ['wrench'],
  setting: ['symbol-variable'],
  time: ['history'],
};

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

let reports = 0;

export function registerReports(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  folderOf: () => Promise<vscode.WorkspaceFolder | undefined>,
  /** Folder of the module that a folder's builds begin in. */
  moduleOf: (folder: vscode.WorkspaceFolder) => Promise<string | undefined>,
): void {
  const request = async (
    kind: ReportKind,
    folder: vscode.WorkspaceFolder,
    more: Partial<ReportParams>,
    token: vscode.CancellationToken | undefined,
    tell: (message: string) => void,
  ): Promise<ReportResult> => {
    const go = await goCommand(folder.uri);
    const id = String(++reports);
    const heard = client.onNotification(REPORT_PROGRESS, (p: ReportProgress) => {
      if (p.id === id) tell(p.message);
    });
    const settings = vscode.workspace.getConfiguration('gospect', folder);
    try {
      const params: ReportParams = {
        id,
        kind,
        cwd: (await moduleOf(folder)) ?? folder.uri.fsPath,
        target: '',
        profile: settings.get<string>('build.profile') ?? 'default',
        profiles: ownProfiles(folder.uri),
        packages: ['./...'],
        program: go.program,
        env: go.env,
        flags: withVariables(go.buildFlags, folder.uri),
        ...more,
      };
      return await client.sendRequest<ReportResult>(
        REPORT_REQUEST,
        params,
        token ?? new CancellationTokenSource().token,
      );
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    } finally {
      heard.dispose();
    }
  };
  const about = (folder: vscode.WorkspaceFolder | undefined): vscode.WorkspaceFolder | undefined =>
    folder ?? vscode.workspace.workspaceFolders?.[0];
  const ofActive = (): vscode.WorkspaceFolder | undefined => {
    const active = vscode.window.activeTextEditor?.document.uri;
    return about(active && vscode.workspace.getWorkspaceFolder(active));
  };
  const cgoTarget = (): string => context.workspaceState.get<string>(CGO_TARGET) ?? '';

  /** Lets the user choose a variable that the linker can set and give it a value; kept in the settings. */
  const setVariables = async (folder: vscode.WorkspaceFolder): Promise<void> => {
    const settings = vscode.workspace.getConfiguration('gospect', folder);
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: 'Looking for variables',
      cancellable: true,
    };
    const result = await vscode.window.withProgress(options, (_, token) =>
      request('variables', folder, {}, token, () => {}),
    );
    if (!result.ok) return void vscode.window.showWarningMessage(result.message);
    const items = result.nodes.map(node => ({
      label: `$(${icons[node.icon][0]}) ${node.label}`,
      description: node.detail,
      node,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title: 'Set Variables at Link Time',
      placeHolder:
        items.length > 0 ? 'A variable of type string' : 'There is no variable of type string in this module',
      matchOnDescription: true,
    });
    if (!picked) return;
    const values = { ...settings.get<Record<string, string>>('build.variables') };
    const { label, icon, detail } = picked.node;
    if (icon === 'info') return void vscode.window.showInformationMessage(`${label} cannot be set: ${detail}.`);
    const value = await vscode.window.showInputBox({
      title: label,
      prompt: `-ldflags=-X ${label}=…  Empty: not set any more.`,
      value: values[label] ?? '',
      validateInput: text =>
        text.includes("'") && text.includes('"') ? 'go knows no value with both kinds of quotes' : undefined,
    });
    if (value === undefined) return;
    if (value === '') delete values[label];
    else values[label] = value;
    const none = Object.keys(values).length === 0;
    await settings.update('build.variables', none ? undefined : values, vscode.ConfigurationTarget.Workspace);
  };

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
      const value = await vscode.window.showInputBox({
        title: 'cgo for which target?',
        prompt: 'os/arch, empty for this machine',
        value: cgoTarget(),
        validateInput: text =>
          text === '' || /^[a-z0-9]+\/[a-z0-9]+$/.test(text) ? undefined : 'os/arch, as linux/arm64',
      });
      if (value === undefined) return;
      await context.workspaceState.update(CGO_TARGET, value);
      toolchain.refresh();
    }),
    vscode.commands.registerCommand('gospect.openRow', async (node: ReportNode) => {
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
    }),
    vscode.commands.registerCommand('gospect.setVariables', async () => {
      const folder = await folderOf();
      if (folder) await setVariables(folder);
    }),
    vscode.commands.registerCommand(
      'gospect.copyRow',
      (node?: ReportNode) =>
        node && vscode.env.clipboard.writeText(node.copy || [node.label, node.detail].filter(Boolean).join(' ')),
    ),
    vscode.commands.registerCommand('gospect.switchToolchain', async (node?: ReportNode) => {
      let goroot = node?.goroot;
      if (goroot === undefined) {
        const folder = ofActive();
        const result = folder && (await request('toolchain', folder, {}, undefined, () => {}));
        if (!result?.ok) return;
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
        goroot = picked?.goroot;
      }
      if (goroot === undefined) return;
      const settings = vscode.workspace.getConfiguration('gospect');
      await settings.update(
        'goroot',
        goroot === '' ? undefined : path.normalize(goroot),
        vscode.ConfigurationTarget.Workspace,
      );
      toolchain.refresh();
    }),
    vscode.workspace.onDidChangeConfiguration(e => {
      if (e.affectsConfiguration('go') || e.affectsConfiguration('gospect.goroot')) toolchain.refresh();
    }),
  );
}
