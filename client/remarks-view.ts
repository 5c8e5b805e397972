/** The view of the active file's remarks by function: the editor's list of problems leaves hints out. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type AnalysisStatus, type RemarkList, type RemarkRow, ROWS_REQUEST } from '../server/protocol/analysis.ts';

interface Group {
  name: string;
  rows: RemarkRow[];
}
type Node = Group | RemarkRow;

const OUTSIDE = 'outside of functions';
const MISSES_KEY = 'gospect.missesOnly';

const ICONS: Readonly<Record<string, string>> = {
  'moved-to-heap': 'flame',
  escapes: 'flame',
  'append-escapes': 'flame',
  'cannot-inline': 'circle-slash',
  'can-inline': 'pass',
  inlined: 'arrow-small-right',
  devirtualized: 'symbol-interface',
  leak: 'arrow-up',
  'leak-content': 'arrow-up',
  'leak-to-result': 'arrow-up',
};

/** Milliseconds between a change and looking at it: typing comes first. */
const PAUSE = 200;

export function registerRemarksView(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  analysed: vscode.Event<AnalysisStatus>,
): void {
  const view = new RemarksView(client, context.workspaceState);
  context.subscriptions.push(
    view,
    vscode.window.onDidChangeActiveTextEditor(() => view.soon()),
    vscode.window.onDidChangeTextEditorSelection(() => view.followSoon()),
    // the state of the analysis is the same after many an edit: what it says of the file comes as diagnostics
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const active = vscode.window.activeTextEditor?.document.uri.toString();
      if (uris.some(uri => uri.toString() === active)) view.soon();
    }),
    analysed(({ state }) => {
      if (state !== 'running') view.soon();
    }),
    vscode.commands.registerCommand('gospect.showMisses', () => view.setMissesOnly(true)),
    vscode.commands.registerCommand('gospect.showAllRemarks', () => view.setMissesOnly(false)),
  );
}

/** The remarks of the active Go file, or of the one that was active last. */
class RemarksView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  /** In the order of the text. */
  private rows: RemarkRow[] = [];
  private groups: Group[] = [];
  private shown: vscode.Uri | undefined;
  private missesOnly: boolean;
  private refreshing: ReturnType<typeof setTimeout> | undefined;
  private following: ReturnType<typeof setTimeout> | undefined;
  /** The function that the cursor was last seen in. */
  private current: string | undefined;

  constructor(
    private readonly client: BaseLanguageClient,
    private readonly state: vscode.Memento,
  ) {
    this.missesOnly = state.get<boolean>(MISSES_KEY) ?? false;
    void vscode.commands.executeCommand('setContext', MISSES_KEY, this.missesOnly);
    this.view = vscode.window.createTreeView('gospect.remarks', { treeDataProvider: this, showCollapseAll: true });
    this.view.onDidChangeVisibility(() => this.soon());
  }

  dispose(): void {
    clearTimeout(this.refreshing);
    clearTimeout(this.following);
    this.view.dispose();
    this.changed.dispose();
  }

  getParent(node: Node): Group | undefined {
    return isGroup(node) ? undefined : this.groups.find(({ rows }) => rows.includes(node));
  }
  getChildren(node?: Node): Node[] {
    return node === undefined ? this.groups : isGroup(node) ? node.rows : [];
  }
  getTreeItem(node: Node): vscode.TreeItem {
    return isGroup(node) ? groupItem(node) : rowItem(node, this.shown);
  }

  /** Asks for the remarks, after a pause. */
  soon(): void {
    clearTimeout(this.refreshing);
    // a server that is stopped answers nothing; when it is there again, it tells
    this.refreshing = setTimeout(() => void this.refresh().catch(() => undefined), PAUSE);
  }

  followSoon(): void {
    clearTimeout(this.following);
    this.following = setTimeout(() => this.follow(), PAUSE);
  }

  setMissesOnly(value: boolean): void {
    this.missesOnly = value;
    void this.state.update(MISSES_KEY, value);
    void vscode.commands.executeCommand('setContext', MISSES_KEY, value);
    this.soon();
  }

  private async refresh(): Promise<void> {
    const { view, missesOnly } = this;
    const document = vscode.window.activeTextEditor?.document;
    if (!view.visible || document === undefined || document.languageId !== 'go') return;
    const { rows, note } = await this.client.sendRequest<RemarkList>(ROWS_REQUEST, document.uri.toString());
    this.rows = rows;
    if (this.shown?.toString() !== document.uri.toString()) this.current = undefined;
    this.shown = document.uri;
    this.groups = grouped(missesOnly ? rows.filter(row => row.miss) : rows);
    view.description = vscode.workspace.asRelativePath(document.uri);
    // what is there is shown without a word; that something is not there is explained
    const none = missesOnly ? 'Nothing here costs.' : 'Nothing to remark.';
    view.message = this.groups.length > 0 ? '' : note || none;
    this.changed.fire();
    this.follow();
  }

  /** Selects the function of the cursor, when it has come to another: what is selected within a function stays. */
  private follow(): void {
    const { view } = this;
    const editor = vscode.window.activeTextEditor;
    if (!view.visible || editor === undefined || editor.document.uri.toString() !== this.shown?.toString()) return;
    const above = this.rows.findLast(({ range }) => range.start.line <= editor.selection.active.line);
    if (above === undefined || nameOf(above) === this.current) return;
    this.current = nameOf(above);
    const [selected] = view.selection;
    const group = this.groups.find(({ name }) => name === this.current);
    if (group !== undefined && (selected === undefined || nameOf(selected) !== this.current))
      void view.reveal(group, { focus: false });
  }
}

const isGroup = (node: Node): node is Group => 'rows' in node;

/** Rows by function, in the order of the text; what stands outside of functions comes under its own heading. */
function grouped(rows: RemarkRow[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { name, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/** The name of a group, or of the group that a row is in. */
function nameOf(node: Node): string {
  return isGroup(node) ? node.name : node.function || OUTSIDE;
}

function groupItem({ name, rows }: Group): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = name;
  item.iconPath = new vscode.ThemeIcon('symbol-method');
  const heap = rows.filter(({ kind, miss }) => miss && kind !== 'cannot-inline').length;
  const dear = rows.some(({ kind }) => kind === 'cannot-inline');
  item.description = [heap > 0 ? `${heap} heap` : '', dear ? 'not inlined' : ''].filter(Boolean).join(' · ');
  return item;
}

function rowItem({ kind, message, range }: RemarkRow, uri: vscode.Uri | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(message);
  item.iconPath = new vscode.ThemeIcon(ICONS[kind] ?? 'info');
  item.description = `${range.start.line + 1}`;
  item.tooltip = `${message}\nline ${range.start.line + 1}`;
  const selection = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
  item.command = { title: 'Show', command: 'vscode.open', arguments: [uri, { selection }] };
  return item;
}
