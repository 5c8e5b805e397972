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
  const changed = new vscode.EventEmitter<void>();
  /** In the order of the text. */
  let rows: RemarkRow[] = [];
  let groups: Group[] = [];
  let shown: vscode.Uri | undefined;
  let missesOnly = context.workspaceState.get<boolean>(MISSES_KEY) ?? false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let following: ReturnType<typeof setTimeout> | undefined;
  /** The function that the cursor was last seen in. */
  let current: string | undefined;

  const isGroup = (node: Node): node is Group => 'rows' in node;
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getParent: node => (isGroup(node) ? undefined : groups.find(({ rows }) => rows.includes(node))),
    getChildren: node => (node === undefined ? groups : isGroup(node) ? node.rows : []),
    getTreeItem: node => (isGroup(node) ? groupItem(node) : rowItem(node, shown)),
  };
  const view = vscode.window.createTreeView('gospect.remarks', { treeDataProvider: provider, showCollapseAll: true });

  const refresh = async () => {
    timer = undefined;
    const document = vscode.window.activeTextEditor?.document;
    if (!view.visible || document === undefined || document.languageId !== 'go') return;
    const list = await client.sendRequest<RemarkList>(ROWS_REQUEST, document.uri.toString());
    ({ rows } = list);
    if (shown?.toString() !== document.uri.toString()) current = undefined;
    shown = document.uri;
    groups = grouped(missesOnly ? rows.filter(row => row.miss) : rows);
    view.description = vscode.workspace.asRelativePath(document.uri);
    // what is there is shown without a word; that something is not there is explained
    view.message = groups.length > 0 ? '' : list.note || (missesOnly ? 'Nothing here costs.' : 'Nothing to remark.');
    changed.fire();
    follow();
  };
  /** Selects the function of the cursor, when it has come to another: what is selected within a function stays. */
  const follow = () => {
    const editor = vscode.window.activeTextEditor;
    if (!view.visible || editor === undefined || editor.document.uri.toString() !== shown?.toString()) return;
    const above = rows.findLast(({ range }) => range.start.line <= editor.selection.active.line);
    if (above === undefined || nameOf(above) === current) return;
    current = nameOf(above);
    const [selected] = view.selection;
    const group = groups.find(({ name }) => name === current);
    if (group !== undefined && (selected === undefined || nameOf(selected) !== current))
      void view.reveal(group, { focus: false });
  };
  const soon = () => {
    clearTimeout(timer);
    // a server that is stopped answers nothing; when it is there again, it tells
    timer = setTimeout(() => void refresh().catch(() => undefined), PAUSE);
  };
  const setMissesOnly = (value: boolean) => {
    missesOnly = value;
    void context.workspaceState.update(MISSES_KEY, value);
    void vscode.commands.executeCommand('setContext', MISSES_KEY, value);
    soon();
  };
  void vscode.commands.executeCommand('setContext', MISSES_KEY, missesOnly);

  context.subscriptions.push(
    view,
    changed,
    {
      dispose() {
        clearTimeout(timer);
        clearTimeout(following);
      },
    },
    view.onDidChangeVisibility(soon),
    vscode.window.onDidChangeActiveTextEditor(soon),
    vscode.window.onDidChangeTextEditorSelection(() => {
      clearTimeout(following);
      following = setTimeout(follow, PAUSE);
    }),
    // the state of the analysis is the same after many an edit: what it says of the file comes as diagnostics
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const active = vscode.window.activeTextEditor?.document.uri.toString();
      if (uris.some(uri => uri.toString() === active)) soon();
    }),
    analysed(({ state }) => {
      if (state !== 'running') soon();
    }),
    vscode.commands.registerCommand('gospect.showMisses', () => setMissesOnly(true)),
    vscode.commands.registerCommand('gospect.showAllRemarks', () => setMissesOnly(false)),
  );
}

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
  return 'rows' in node ? node.name : node.function || OUTSIDE;
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
