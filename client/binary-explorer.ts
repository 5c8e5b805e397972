/** The binary explorer: a read-only custom editor for executables, and the commands that open and compare them. */
import * as vscode from 'vscode';
import {
  BINARY_REQUEST,
  type BinaryFile,
  type BinaryParams,
  type BinaryQuery,
  type BinaryResult,
  type FromBinaryPage,
  type GoProgram,
  type PageQuery,
  type PastBuild,
  type ToBinaryPage,
} from '../server/protocol/binary.ts';
import { LineBytes } from './line-bytes.ts';
import { pageHtml, type ReadText } from './page.ts';
import { saveText } from './save-text.ts';

const VIEW_TYPE = 'gospect.binary';

/** Sends a request to the language server. */
export type Ask = <Params, Result>(method: string, params: Params) => Promise<Result>;

/** What only an editor on a desktop has: programs to run, and builds. */
export interface Desktop {
  /** A file of the extension. */
  readText: ReadText;
  /** The user's go for a folder. */
  go(folder: vscode.Uri): Promise<Omit<GoProgram, 'cwd'>>;
  /** Sizes of earlier builds of a file, oldest first. */
  history(file: vscode.Uri): PastBuild[];
  /** The file that the last build replaced, if it was kept. */
  previous(file: vscode.Uri): vscode.Uri | undefined;
  /** Called with each executable that a build made. */
  onDidBuild(listener: (file: vscode.Uri) => void): void;
  /** Builds what HEAD has of the file's program; undefined when that failed, which has been said then. */
  buildHead(file: vscode.Uri): Promise<{ now: vscode.Uri; head: vscode.Uri } | undefined>;
}

interface BinaryDocument extends vscode.CustomDocument {
  readonly uri: vscode.Uri;
}

export function registerBinaryExplorer(context: vscode.ExtensionContext, ask: Ask, desktop: Desktop | null): void {
  const lines = new LineBytes(context.workspaceState, ask);
  desktop?.onDidBuild(file => lines.use(file));
  const editor = new BinaryEditor(context.extensionUri, ask, desktop, file => lines.use(file));
  const ofTab = () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputCustom && input.viewType === VIEW_TYPE ? input.uri : undefined;
  };
  context.subscriptions.push(
    lines,
    vscode.window.registerCustomEditorProvider(VIEW_TYPE, editor, {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { retainContextWhenHidden: false },
    }),
    vscode.commands.registerCommand('gospect.openBinary', async (uri?: vscode.Uri) => {
      const chosen = uri ?? (await chooseFile('Open in Binary Explorer', 'Explore'));
      if (chosen !== undefined) await vscode.commands.executeCommand('vscode.openWith', chosen, VIEW_TYPE);
    }),
    vscode.commands.registerCommand('gospect.compareBinary', async (uri?: vscode.Uri, old?: vscode.Uri) => {
      const now = uri ?? ofTab() ?? (await chooseFile('Compare Binary', 'Compare'));
      if (now === undefined) return;
      const with_ = old ? { now, old } : await chooseOld(now, desktop);
      if (with_ !== undefined) await editor.compare(with_.now, with_.old);
    }),
  );
}

async function chooseFile(title: string, openLabel: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title,
    openLabel,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return files?.[0];
}

/** What a file is compared with: the build before, HEAD's build, another open one, or one that is chosen. */
async function chooseOld(
  now: vscode.Uri,
  desktop: Desktop | null,
): Promise<{ now: vscode.Uri; old: vscode.Uri } | undefined> {
  type Item = vscode.QuickPickItem & { old(): Promise<{ now: vscode.Uri; old: vscode.Uri } | undefined> };
  const items: Item[] = [];
  const previous = desktop?.previous(now);
  if (previous)
    items.push({
      label: '$(history) The build before',
      description: `${nameOf(now)} as it was`,
      old: async () => ({ now, old: previous }),
    });
  if (desktop && vscode.workspace.isTrusted && vscode.workspace.workspaceFolders?.length)
    items.push({
      label: '$(git-commit) HEAD, built now',
      description: 'builds the last commit and the working tree, both with -trimpath',
      async old() {
        const built = await desktop.buildHead(now);
        return built && { now: built.now, old: built.head };
      },
    });
  for (const { input } of vscode.window.tabGroups.all.flatMap(group => group.tabs)) {
    if (!(input instanceof vscode.TabInputCustom) || input.viewType !== VIEW_TYPE) continue;
    const { uri } = input;
    if (uri.toString() === now.toString()) continue;
    items.push({ label: `$(file-binary) ${nameOf(uri)}`, description: uri.path, old: async () => ({ now, old: uri }) });
  }
  items.push({
    label: '$(folder-opened) Choose a File…',
    async old() {
      const old = await chooseFile(`Compare ${nameOf(now)} with`, 'Compare');
      return old && { now, old };
    },
  });
  const picked =
    items.length === 1
      ? items[0]
      : await vscode.window.showQuickPick(items, {
          title: `Compare ${nameOf(now)} with`,
          placeHolder: 'The older file',
        });
  return picked?.old();
}

class BinaryEditor implements vscode.CustomReadonlyEditorProvider<BinaryDocument> {
  /** Open pages by the file they show, and what each is to be compared with. */
  private readonly pages = new Map<string, Set<(old: vscode.Uri) => void>>();
  private readonly wanted = new Map<string, vscode.Uri>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly ask: Ask,
    private readonly desktop: Desktop | null,
    private readonly opened: (file: vscode.Uri) => void,
  ) {}

  openCustomDocument(uri: vscode.Uri): BinaryDocument {
    return { uri, dispose() {} };
  }

  /** Shows a file with its difference to an older one. */
  async compare(now: vscode.Uri, old: vscode.Uri): Promise<void> {
    const open = this.pages.get(now.toString());
    if (open === undefined || open.size === 0) this.wanted.set(now.toString(), old);
    else for (const compare of open) compare(old);
    await vscode.commands.executeCommand('vscode.openWith', now, VIEW_TYPE);
  }

  resolveCustomEditor(document: BinaryDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const { uri } = document;
    const name = nameOf(uri);
    const post = (message: ToBinaryPage) => void webview.postMessage(message);
    const question = async (query: BinaryQuery): Promise<BinaryResult> => {
      try {
        const file = await fileOf(uri, query.type === 'open');
        return await this.ask<BinaryParams, BinaryResult>(BINARY_REQUEST, { ...file, query });
      } catch (error) {
        return { ok: false, message: error instanceof Error ? error.message : String(error) };
      }
    };
    const compare = async (old: vscode.Uri) => {
      post({ type: 'loading', name, what: `Comparing ${name} with ${nameOf(old)}…` });
      const result = await question({ type: 'compare', old: await fileOf(old, true) });
      if (!result.ok) {
        void vscode.window.showErrorMessage(`${name} cannot be compared: ${result.message}`);
        await load();
      } else if (result.answer.type === 'compare') {
        const { old: before, size, rows } = result.answer;
        post({ type: 'difference', old: before, size, rows });
      }
    };
    // both are asked for before the page is there, which takes a second itself: what the headers say is known at once,
    // and with a core to spare what all bytes are soon after the page
    const onDisk = uri.scheme === 'file';
    const begin = () => ({ head: onDisk ? question({ type: 'head' }) : null, opened: question({ type: 'open' }) });
    let early = onDisk ? begin() : null;
    const load = async () => {
      const { head, opened } = early ?? begin();
      early = null;
      post({ type: 'loading', name, what: `Reading ${name}…` });
      void head?.then(known => {
        if (known.ok && known.answer.type === 'head') post({ type: 'head', head: known.answer.head });
      });
      const result = await opened;
      if (!result.ok) post({ type: 'failed', name, message: result.message });
      else if (result.answer.type === 'open') {
        const { summary, table, whole } = result.answer;
        this.opened(uri);
        post({ type: 'binary', summary, table, whole, history: this.desktop?.history(uri) ?? [] });
        const old = this.wanted.get(uri.toString());
        this.wanted.delete(uri.toString());
        if (old) await compare(old);
      }
    };
    const complete = async () => {
      const rest = await question({ type: 'rows' });
      if (!rest.ok) post({ type: 'failed', name, message: rest.message });
      else if (rest.answer.type === 'rows') post({ type: 'rows', table: rest.answer.table });
    };
    webview.onDidReceiveMessage(async (message: FromBinaryPage) => {
      if (message.type === 'ready' || message.type === 'retry') void load();
      else if (message.type === 'rows') void complete();
      else if (message.type === 'open') void openSource(message.file, message.line);
      else if (message.type === 'copy') void vscode.env.clipboard.writeText(message.text);
      else if (message.type === 'save') void saveText(message.name, message.text);
      else if (message.type === 'compare') void vscode.commands.executeCommand('gospect.compareBinary', uri);
      else {
        const query = await this.withGo(message.query, uri);
        const result: BinaryResult = typeof query === 'string' ? { ok: false, message: query } : await question(query);
        post({ type: 'answer', id: message.id, result });
      }
    });
    const pages = this.pages.get(uri.toString()) ?? new Set();
    this.pages.set(uri.toString(), pages);
    const onCompare = (old: vscode.Uri) => void compare(old);
    pages.add(onCompare);
    const changed = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name),
    );
    // a build has replaced the file: show the new one, with the selection kept
    changed.onDidChange(load);
    changed.onDidCreate(load);
    panel.onDidDispose(() => {
      changed.dispose();
      pages.delete(onCompare);
    });
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'dist')] };
    webview.html = pageHtml(webview, this.extensionUri, 'binary', name, this.desktop?.readText ?? null);
  }

  /** The question with the user's go where it needs one; a reason why it cannot be asked. */
  private async withGo(query: PageQuery, file: vscode.Uri): Promise<BinaryQuery | string> {
    if (query.type === 'function' || query.type === 'bytes') return query;
    if (this.desktop === null) return 'this needs Go, and a browser runs no programs';
    if (!vscode.workspace.isTrusted) return 'this runs go, and with it code of this folder: trust the workspace first';
    const folder =
      vscode.workspace.getWorkspaceFolder(file)?.uri ??
      vscode.workspace.workspaceFolders?.[0]?.uri ??
      vscode.Uri.joinPath(file, '..');
    const go = { ...(await this.desktop.go(folder)), cwd: folder.fsPath };
    if (query.type === 'assembly') return { type: 'assembly', symbol: query.symbol, go };
    if (query.type === 'why') return { type: 'why', symbol: query.symbol, go };
    return { type: 'without', pkg: query.pkg, from: query.from, go };
  }
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** On disk the server reads slices of the file itself; elsewhere it is sent the bytes, once. */
async function fileOf(uri: vscode.Uri, first: boolean): Promise<BinaryFile> {
  const named = { name: nameOf(uri), key: uri.toString() };
  if (uri.scheme === 'file') return { ...named, path: uri.fsPath, bytes: null };
  return { ...named, path: null, bytes: first ? await vscode.workspace.fs.readFile(uri) : null };
}

/** `line` from 1, 0 for the file alone. */
async function openSource(file: string, line: number): Promise<void> {
  try {
    const selection = line > 0 ? new vscode.Range(line - 1, 0, line - 1, 0) : undefined;
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true, ...(selection ? { selection } : {}) });
  } catch {
    void vscode.window.showInformationMessage(`${file} is not on this machine; the program was built elsewhere.`);
  }
}
