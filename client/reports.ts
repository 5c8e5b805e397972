/** The commands about toolchain, modules, cgo and build cache, and those that ask about the next build. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ReportKind, ReportNode, ReportParams } from '../server/protocol/reports.ts';
import { pickFolder } from './build-folder.ts';
import { setVariables } from './link-variables.ts';
import { type AskReport, asking } from './report-request.ts';
import { AnswerView, problem, ToolchainView } from './report-views.ts';

const CGO_TARGET = 'gospect.cgo.target';

/** Reports that run programs or ask the network, which a folder has to be trusted for. */
const active: ReadonlySet<ReportKind> = new Set<ReportKind>(['next', 'verify', 'upgrades', 'compile', 'repairCache']);

export function registerReports(context: vscode.ExtensionContext, client: BaseLanguageClient): void {
  const ask = asking(client);
  const cgoTarget = (): string => context.workspaceState.get<string>(CGO_TARGET) ?? '';
  const toolchain = new ToolchainView(async kind => {
    const folder = shownFolder();
    if (!folder) return { ok: false, message: 'Open a folder first.' };
    return ask(kind, folder, { target: kind === 'cgo' ? cgoTarget() : '' });
  });
  const answers = new AnswerView();

  /** Answers a question about a build, of the row's target where it is asked of a row, in the view of answers. */
  const answer = async (title: string, kind: ReportKind, row: unknown): Promise<void> => {
    const target = (row as { target?: unknown } | undefined)?.target;
    const more = typeof target === 'string' ? { target } : {};
    const result = await askWithProgress(ask, title, kind, more);
    if (result) await answers.show(title, [result.folder.name, more.target].filter(Boolean).join(' · '), result.nodes);
  };
  /** Looks closer at what a section is about, and shows that in its place. */
  const fill = async (section: ReportKind, title: string, kind: ReportKind): Promise<void> => {
    await vscode.commands.executeCommand('gospect.toolchain.focus');
    const result = await askWithProgress(ask, title, kind, kind === 'compile' ? { target: cgoTarget() } : {});
    if (result) toolchain.put(section, result.nodes);
  };

  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    toolchain,
    answers,
    registerCommand('gospect.explainRebuild', (row?: unknown) => answer('Explain Rebuild', 'next', row)),
    registerCommand('gospect.verifyBuild', (row?: unknown) => answer('Verify Reproducible Build', 'verify', row)),
    registerCommand('gospect.refreshToolchain', () => toolchain.refresh()),
    registerCommand('gospect.verifyModules', () => fill('modules', 'Verify Modules', 'sums')),
    registerCommand('gospect.findUpgrades', () => fill('modules', 'Look for Module Upgrades', 'upgrades')),
    registerCommand('gospect.checkCompilers', () => fill('cgo', 'Check C Compilers', 'compile')),
    registerCommand('gospect.checkCache', () => fill('cache', 'Check Build Cache', 'checkCache')),
    registerCommand('gospect.repairCache', async () => {
      const repair = 'Remove What Is Damaged';
      const chosen = await vscode.window.showWarningMessage(
        'Every output of the build cache is hashed again, and what is damaged is removed. The next build makes it anew.',
        { modal: true },
        repair,
      );
      if (chosen === repair) await fill('cache', 'Repair Build Cache', 'repairCache');
    }),
    registerCommand('gospect.chooseCgoTarget', async () => {
      const value = await askCgoTarget(cgoTarget());
      if (value === undefined) return;
      await context.workspaceState.update(CGO_TARGET, value);
      toolchain.refresh();
    }),
    registerCommand('gospect.openRow', openRow),
    registerCommand('gospect.setVariables', async () => {
      const folder = await pickFolder();
      if (folder) await setVariables(folder, ask);
    }),
    registerCommand(
      'gospect.copyRow',
      (node?: ReportNode) =>
        node && vscode.env.clipboard.writeText(node.copy || [node.label, node.detail].filter(Boolean).join(' ')),
    ),
    registerCommand('gospect.switchToolchain', async (node?: ReportNode) => {
      const goroot = node?.goroot ?? (await chooseToolchain(shownFolder(), ask));
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

/** The folder that the view of the toolchain is about: the active file's, else the first. */
function shownFolder(): vscode.WorkspaceFolder | undefined {
  const file = vscode.window.activeTextEditor?.document.uri;
  return (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
}

/** Asks while a notification says what is done; it can be cancelled there. */
async function askWithProgress(
  ask: AskReport,
  title: string,
  kind: ReportKind,
  more: Partial<ReportParams>,
): Promise<{ folder: vscode.WorkspaceFolder; nodes: ReportNode[] } | undefined> {
  if (active.has(kind) && !vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(
      'This runs programs or asks the network as this folder says: trust the workspace first.',
    );
    return undefined;
  }
  const folder = await pickFolder();
  if (!folder) return undefined;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const result = await ask(kind, folder, more, token, message => progress.report({ message }));
    if (token.isCancellationRequested) return undefined;
    return { folder, nodes: result.ok ? result.nodes : [problem(result.message)] };
  });
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
  ask: AskReport,
): Promise<string | undefined> {
  const result = folder && (await ask('toolchain', folder));
  if (!result?.ok) {
    void vscode.window.showWarningMessage(result?.message ?? 'Open a folder first: a toolchain is chosen for one.');
    return undefined;
  }
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
function askCgoTarget(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'cgo for which target?',
    prompt: 'os/arch, empty for this machine',
    value,
    validateInput: text => (text === '' || /^[a-z0-9]+\/[a-z0-9]+$/.test(text) ? undefined : 'os/arch, as linux/arm64'),
  });
}
