/** Builds in VS Code: commands, tasks, and what they leave in the Builds view. */
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  ARCHIVE_REQUEST,
  type ArchiveParams,
  WORKFLOW_REQUEST,
  type WorkflowParams,
} from '../server/protocol/builds.ts';
import { portOfNode } from '../server/protocol/ports.ts';
import { formatCount } from '../server/protocol/units.ts';
import { registerActionGraph } from './action-graph.ts';
import { type BuildTarget, buildTerminal, targetName } from './build-terminal.ts';
import { BuildsView } from './builds-view.ts';
import { goCommand } from './go.ts';
import { goTask, isGoTask, pickMain } from './go-tasks.ts';
import { registerReports } from './reports.ts';
import { chooseMatrix, chooseProfile, type Matrix, ownProfiles, parseTarget, withVariables } from './targets.ts';

const TASK_TYPE = 'gospect';

interface BuildTaskDefinition extends vscode.TaskDefinition {
  /** Ports as `os/arch[/level]`; none means the host's. */
  targets?: string[];
  /** Name of a profile; none means that of the settings. */
  profile?: string;
  /** Pack what was built. */
  archive?: boolean;
}

/** Go's name of the machine the extension runs on. */
function hostTarget(): BuildTarget {
  return { ...portOfNode(process.platform, process.arch, os.endianness()), level: '' };
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

/** Whether go may be run here; if not, that is said. */
function trusted(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window.showWarningMessage('Builds run go, and with it code of this folder: trust the workspace first.');
  return false;
}

/** The build commands, their tasks and the Builds view. Everything here runs `go`, and only when asked. */
export function registerBuilds(context: vscode.ExtensionContext, client: BaseLanguageClient): BuildsView {
  const view = new BuildsView(context.workspaceState);

  const outputOf = (folder: vscode.WorkspaceFolder, target: BuildTarget): string => {
    const configured = vscode.workspace.getConfiguration('gospect', folder).get<string>('build.output') ?? '';
    const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
    const base = configured ? path.resolve(folder.uri.fsPath, configured) : path.join(storage, 'builds', folder.name);
    return path.join(base, targetName(target).replaceAll(/[/,]/g, '-'));
  };

  const profileOf = (folder: vscode.WorkspaceFolder, named = ''): string =>
    named || (vscode.workspace.getConfiguration('gospect', folder).get<string>('build.profile') ?? 'default');

  const buildTask = (folder: vscode.WorkspaceFolder, matrix: Matrix, definition?: BuildTaskDefinition) => {
    const { targets } = matrix;
    const task = new vscode.Task(
      definition ?? {
        type: TASK_TYPE,
        targets: targets.map(targetName),
        ...(matrix.profile ? { profile: matrix.profile } : {}),
        ...(matrix.archive ? { archive: true } : {}),
      },
      folder,
      targets.length === 1 ? `build ${targetName(targets[0])}` : `build ${targets.length} targets`,
      'Gospect',
      new vscode.CustomExecution(async () => {
        const go = await goCommand(folder.uri);
        return buildTerminal({
          client,
          go: { ...go, buildFlags: withVariables(go.buildFlags, folder.uri) },
          folder: folder.uri.fsPath,
          modules: await modulesOf(folder),
          targets,
          profile: profileOf(folder, matrix.profile),
          profiles: ownProfiles(folder.uri),
          archive: matrix.archive ? path.dirname(outputOf(folder, targets[0])) : '',
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
      '$gospect',
    );
    task.group = vscode.TaskGroup.Build;
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, panel: vscode.TaskPanelKind.Dedicated };
    return task;
  };

  const build = async (matrix: Matrix, folder: vscode.WorkspaceFolder): Promise<void> => {
    if (!trusted()) return;
    if ((await modulesOf(folder)).length === 0) {
      void vscode.window.showWarningMessage(
        `There is no go.mod in ${folder.name}: Gospect builds modules. "go mod init" makes one.`,
      );
      return;
    }
    await vscode.tasks.executeTask(buildTask(folder, matrix));
  };
  const only = (...targets: BuildTarget[]): Matrix => ({ targets, profile: '', archive: false });

  const moduleOf = async (folder: vscode.WorkspaceFolder): Promise<string> =>
    (await modulesOf(folder))[0] ?? folder.uri.fsPath;
  const running = () => vscode.tasks.taskExecutions.filter(({ task }) => task.definition.type === TASK_TYPE);

  const graph = registerActionGraph(context, client, target => view.last(target));
  registerReports(context, client, pickFolder, async folder => (await modulesOf(folder))[0]);
  context.subscriptions.push(
    view,
    vscode.commands.registerCommand('gospect.buildWorkspace', async () => {
      const folder = await pickFolder();
      if (folder) await build(only(hostTarget()), folder);
    }),
    vscode.commands.registerCommand('gospect.crossBuild', async () => {
      const folder = await pickFolder();
      const matrix = folder && (await chooseMatrix(context, client, folder, 'Cross-Build'));
      if (folder && matrix) await build(matrix, folder);
    }),
    vscode.commands.registerCommand('gospect.runMain', async () => {
      const folder = await pickFolder();
      if (!folder || !trusted()) return;
      const cwd = await moduleOf(folder);
      const pkg = await pickMain(client, folder, cwd);
      const task = pkg && (await goTask(folder, cwd, { type: TASK_TYPE, command: 'run', package: pkg }));
      if (task) await vscode.tasks.executeTask(task);
    }),
    vscode.commands.registerCommand('gospect.chooseProfile', async () => {
      const folder = await pickFolder();
      if (!folder) return;
      const { buildFlags } = await goCommand(folder.uri);
      const flags = withVariables(buildFlags, folder.uri);
      await chooseProfile(client, folder, { target: targetName(hostTarget()), packages: ['./...'], flags });
    }),
    vscode.commands.registerCommand('gospect.archiveBuilds', async () => {
      const folder = await pickFolder();
      const results = view.built();
      if (!folder) return;
      if (results.length === 0) {
        void vscode.window.showInformationMessage('There is nothing to pack yet: build first.');
        return;
      }
      const params: ArchiveParams = { results, folder: path.dirname(outputOf(folder, hostTarget())) };
      const files = await client.sendRequest<string[]>(ARCHIVE_REQUEST, params);
      const show = 'Show';
      const answer = await vscode.window.showInformationMessage(
        `${formatCount(files.length, 'archive')} and SHA256SUMS are in ${params.folder}.`,
        show,
      );
      if (answer === show && files[0])
        await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(files[0]));
    }),
    vscode.commands.registerCommand('gospect.generateWorkflow', async () => {
      const folder = await pickFolder();
      const matrix = folder && (await chooseMatrix(context, client, folder, 'GitHub Actions Workflow'));
      if (!folder || !matrix) return;
      const module = (await modulesOf(folder))[0] ?? folder.uri.fsPath;
      const params: WorkflowParams = {
        targets: matrix.targets.map(targetName),
        profile: profileOf(folder, matrix.profile),
        profiles: ownProfiles(folder.uri),
        flags: withVariables((await goCommand(folder.uri)).buildFlags, folder.uri),
        packages: ['./...'],
        goMod: path.posix.join(path.relative(folder.uri.fsPath, module).replaceAll('\\', '/'), 'go.mod'),
      };
      const content = await client.sendRequest<string>(WORKFLOW_REQUEST, params);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content }));
    }),
    vscode.commands.registerCommand('gospect.stopBuild', () => {
      for (const execution of running()) execution.terminate();
    }),
    vscode.commands.registerCommand('gospect.clearBuilds', () => view.clear()),
    vscode.tasks.registerTaskProvider(TASK_TYPE, {
      async provideTasks() {
        const out: vscode.Task[] = [];
        for (const folder of vscode.workspace.workspaceFolders ?? []) {
          out.push(buildTask(folder, only(hostTarget())));
          for (const command of ['install', 'test'] as const) {
            const task = await goTask(folder, await moduleOf(folder), { type: TASK_TYPE, command });
            if (task) out.push(task);
          }
        }
        return out;
      },
      async resolveTask(task) {
        const definition = task.definition as BuildTaskDefinition;
        const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
        if (!folder) return undefined;
        if (isGoTask(definition)) return (await goTask(folder, await moduleOf(folder), definition)) ?? undefined;
        const targets = definition.targets?.length ? definition.targets.map(parseTarget) : [hostTarget()];
        const matrix = { targets, profile: definition.profile ?? '', archive: definition.archive === true };
        return buildTask(folder, matrix, definition);
      },
    }),
  );
  return view;
}
