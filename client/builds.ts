import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { PORTS_REQUEST, type PortInfo } from '../server/protocol/ports.ts';
import { registerActionGraph } from './action-graph.ts';
import { type BuildTarget, buildTerminal, targetName } from './build-terminal.ts';
import { BuildsView } from './builds-view.ts';
import { goCommand } from './go.ts';
import { registerReports } from './reports.ts';

const TASK_TYPE = 'gospect';
const REMEMBERED = 'gospect.crossBuild.targets';

interface BuildTaskDefinition extends vscode.TaskDefinition {
  /** Ports as `os/arch`; none means the host's. */
  targets?: string[];
}

const parseTarget = (name: string): BuildTarget => {
  const [goos = '', goarch = ''] = name.split('/');
  return { goos, goarch };
};

/** Go's name of the machine the extension runs on. */
function hostTarget(): BuildTarget {
  const systems: Record<string, string> = { win32: 'windows', sunos: 'solaris' };
  const processors: Record<string, string> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle' };
  return {
    goos: systems[process.platform] ?? process.platform,
    goarch: processors[process.arch] ?? process.arch,
  };
}

/** Folders of modules below a workspace folder: itself if it has a go.mod, else all that have one, vendored ones aside. */
async function modulesOf(folder: vscode.WorkspaceFolder): Promise<string[]> {
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '**/go.mod'),
    '**/{vendor,node_modules,testdata}/**',
    200,
  );
  const modules = found.map(uri => path.dirname(uri.fsPath)).sort();
  return modules.includes(folder.uri.fsPath) ? [folder.uri.fsPath] : modules;
}

/** The folder a command is about: the active file's, else the only one, else the one that is picked. */
async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const active = vscode.window.activeTextEditor?.document.uri;
  const ofActive = active && vscode.workspace.getWorkspaceFolder(active);
  if (ofActive || folders.length === 1) return ofActive ?? folders[0];
  if (folders.length === 0) {
    void vscode.window.showWarningMessage('Gospect builds a folder: open the folder of a Go module first.');
    return undefined;
  }
  return vscode.window.showWorkspaceFolderPick();
}

/** The build commands, their tasks and the Builds view. Everything here runs `go`, and only when asked. */
export function registerBuilds(context: vscode.ExtensionContext, client: BaseLanguageClient): void {
  const view = new BuildsView(context.workspaceState);

  const outputOf = (folder: vscode.WorkspaceFolder, target: BuildTarget): string => {
    const configured = vscode.workspace.getConfiguration('gospect', folder).get<string>('build.output') ?? '';
    const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
    const base = configured ? path.resolve(folder.uri.fsPath, configured) : path.join(storage, 'builds', folder.name);
    return path.join(base, `${target.goos}-${target.goarch}`);
  };

  const buildTask = (folder: vscode.WorkspaceFolder, targets: BuildTarget[], definition?: BuildTaskDefinition) => {
    const task = new vscode.Task(
      definition ?? { type: TASK_TYPE, targets: targets.map(targetName) },
      folder,
      targets.length === 1 ? `build ${targetName(targets[0])}` : `build ${targets.length} targets`,
      'Gospect',
      new vscode.CustomExecution(async () => {
        const go = await goCommand(folder.uri);
        return buildTerminal({
          client,
          go,
          folder: folder.uri.fsPath,
          modules: await modulesOf(folder),
          targets,
          profile: vscode.workspace.getConfiguration('gospect', folder).get<string>('build.profile') ?? 'default',
          output: target => outputOf(folder, target),
          onStart: target => view.start(target),
          onProgress: (target, compiling, done, total) => view.progress(target, compiling, done, total),
          onLive: (target, spans) => graph.hear(targetName(target), spans),
          onDone: outcome => {
            view.finish(outcome);
            const name = targetName(outcome.target);
            void graph.ended(outcome.record ? { record: outcome.record, file: '', name } : null);
          },
        });
      }),
      '$gospect-go',
    );
    task.group = vscode.TaskGroup.Build;
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, panel: vscode.TaskPanelKind.Dedicated };
    return task;
  };

  const build = async (targets: BuildTarget[], folder: vscode.WorkspaceFolder): Promise<void> => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage(
        'Builds run go, and with it code of this folder: trust the workspace first.',
      );
      return;
    }
    if ((await modulesOf(folder)).length === 0) {
      void vscode.window.showWarningMessage(
        `There is no go.mod in ${folder.name}: Gospect builds modules. "go mod init" makes one.`,
      );
      return;
    }
    await vscode.tasks.executeTask(buildTask(folder, targets));
  };

  const running = () => vscode.tasks.taskExecutions.filter(({ task }) => task.definition.type === TASK_TYPE);

  const graph = registerActionGraph(context, client, target => view.last(target));
  registerReports(context, client, pickFolder, async folder => (await modulesOf(folder))[0]);
  context.subscriptions.push(
    view,
    vscode.commands.registerCommand('gospect.buildWorkspace', async () => {
      const folder = await pickFolder();
      if (folder) await build([hostTarget()], folder);
    }),
    vscode.commands.registerCommand('gospect.crossBuild', async () => {
      const folder = await pickFolder();
      const targets = folder && (await pickTargets(context, client));
      if (folder && targets) await build(targets, folder);
    }),
    vscode.commands.registerCommand('gospect.stopBuild', () => {
      for (const execution of running()) execution.terminate();
    }),
    vscode.commands.registerCommand('gospect.clearBuilds', () => view.clear()),
    vscode.tasks.registerTaskProvider(TASK_TYPE, {
      provideTasks: () => (vscode.workspace.workspaceFolders ?? []).map(folder => buildTask(folder, [hostTarget()])),
      resolveTask(task) {
        const definition = task.definition as BuildTaskDefinition;
        const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
        if (!folder) return undefined;
        const targets = definition.targets?.length ? definition.targets.map(parseTarget) : [hostTarget()];
        return buildTask(folder, targets, definition);
      },
    }),
  );
}

/** Lets the user choose several ports, the last choice and then Go's first-class ones on top. */
async function pickTargets(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
): Promise<BuildTarget[] | undefined> {
  const ports = await client.sendRequest<PortInfo[]>(PORTS_REQUEST);
  const remembered = new Set(context.workspaceState.get<string[]>(REMEMBERED) ?? []);
  const rank = (port: PortInfo) => (remembered.has(targetName(port)) ? 0 : port.firstClass ? 1 : 2);
  const items = ports
    .toSorted((a, b) => rank(a) - rank(b))
    .map(port => ({
      label: targetName(port),
      description: [port.firstClass ? 'first class' : '', port.cgoSupported ? '' : 'no cgo'].filter(Boolean).join(', '),
      picked: remembered.has(targetName(port)),
    }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: 'Cross-Build',
    placeHolder: 'Targets to build for',
  });
  if (!picked || picked.length === 0) return undefined;
  const names = picked.map(({ label }) => label);
  await context.workspaceState.update(REMEMBERED, names);
  return names.map(parseTarget);
}
