/**
 * Two tree views: what a folder's toolchain, modules, cgo and build cache are, read when they are unfolded; and the answer
 * to the last question about a build, what the next one does or whether it is reproducible.
 */
import * as vscode from 'vscode';
import type { ReportKind, ReportNode, ReportResult } from '../server/protocol/reports.ts';
import { icons } from './report-icons.ts';

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

/** A row of the toolchain view that a report stands below. */
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

/** Toolchain, modules, cgo, cache: asked when unfolded, kept until refreshed. */
export class ToolchainView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly answers = new Map<ReportKind, ReportNode[]>();
  private readonly view: vscode.TreeView<Row>;

  constructor(private readonly ask: (kind: ReportKind) => Promise<ReportResult>) {
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

/** What went wrong as a row: its first line, the others beside it. */
export function problem(message: string): ReportNode {
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
export class AnswerView implements vscode.TreeDataProvider<ReportNode>, vscode.Disposable {
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
