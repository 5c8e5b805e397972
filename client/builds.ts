/** The commands about builds, and what builds leave in the Builds view. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  ARCHIVE_REQUEST,
  type ArchiveParams,
  WORKFLOW_REQUEST,
  type WorkflowParams,
} from '../server/protocol/builds.ts';
import { formatCount } from '../server/protocol/units.ts';
import { registerActionGraph } from './action-graph.ts';
import { moduleOf, modulesOf, pickFolder, trusted } from './build-folder.ts';
import { type Matrix, outputOf, ownProfiles, profileOf, withVariables } from './build-settings.ts';
import { hostTarget } from './build-target.ts';
import { targetName } from '../server/protocol/ports.ts';
import { type Builder, buildTask, hostMatrix, TASK_TYPE, taskProvider } from './build-task.ts';
import { BuildsView } from './builds-view.ts';
import { chooseProfile } from './choose-profile.ts';
import { chooseMatrix } from './choose-targets.ts';
import { goCommand } from './go.ts';
import { goTask, pickMain } from './go-tasks.ts';
import { asking } from './report-request.ts';
import { registerReports } from './reports.ts';

/** The build commands, their tasks and the Builds view. Everything here runs `go`, and only when asked. */
export function registerBuilds(context: vscode.ExtensionContext, client: BaseLanguageClient): BuildsView {
  const view = new BuildsView(context.workspaceState);
  const graph = registerActionGraph(context, client, target => view.last(target));
  const builder: Builder = { context, client, view, graph };
  registerReports(context, client);

  /** Registers a command about one folder, which is asked for where it is not plain. */
  const inFolder = (command: string, run: (folder: vscode.WorkspaceFolder) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, async () => {
      const folder = await pickFolder();
      if (folder) await run(folder);
    });

  context.subscriptions.push(
    view,
    inFolder('gospect.buildWorkspace', folder => build(builder, folder, hostMatrix())),
    inFolder('gospect.crossBuild', async folder => {
      const matrix = await chooseMatrix(context, client, folder, 'Cross-Build');
      if (matrix) await build(builder, folder, matrix);
    }),
    inFolder('gospect.runMain', folder => runMain(client, folder)),
    inFolder('gospect.chooseProfile', async folder => {
      const { buildFlags } = await goCommand(folder.uri);
      const flags = withVariables(buildFlags, folder.uri);
      await chooseProfile(client, folder, { target: targetName(hostTarget()), packages: ['./...'], flags });
    }),
    inFolder('gospect.archiveBuilds', folder => packResults(builder, folder)),
    inFolder('gospect.generateWorkflow', async folder => {
      const matrix = await chooseMatrix(context, client, folder, 'GitHub Actions Workflow');
      if (matrix) await showWorkflow(client, folder, matrix);
    }),
    vscode.commands.registerCommand('gospect.stopBuild', () => {
      for (const execution of vscode.tasks.taskExecutions)
        if (execution.task.definition.type === TASK_TYPE) execution.terminate();
    }),
    vscode.commands.registerCommand('gospect.clearBuilds', () => view.clear()),
    vscode.tasks.registerTaskProvider(TASK_TYPE, taskProvider(builder)),
  );
  return view;
}

async function build(builder: Builder, folder: vscode.WorkspaceFolder, matrix: Matrix): Promise<void> {
  if (!trusted()) return;
  if ((await modulesOf(folder)).length === 0) {
    void vscode.window.showWarningMessage(
      `There is no go.mod in ${folder.name}: Gospect builds modules. "go mod init" makes one.`,
    );
    return;
  }
  await vscode.tasks.executeTask(buildTask(builder, folder, matrix));
}

/** Runs a main package that is picked. */
async function runMain(client: BaseLanguageClient, folder: vscode.WorkspaceFolder): Promise<void> {
  if (!trusted()) return;
  const cwd = (await moduleOf(folder)) ?? folder.uri.fsPath;
  const pkg = await pickMain(asking(client), folder);
  const task = pkg && (await goTask(folder, cwd, { type: TASK_TYPE, command: 'run', package: pkg }));
  if (task) await vscode.tasks.executeTask(task);
}

/** Packs what was built: an archive of each target, with their checksums. */
async function packResults({ context, client, view }: Builder, folder: vscode.WorkspaceFolder): Promise<void> {
  const results = view.built();
  if (results.length === 0) {
    void vscode.window.showInformationMessage('There is nothing to pack yet: build first.');
    return;
  }
  const params: ArchiveParams = { results, folder: path.dirname(outputOf(context, folder, hostTarget())) };
  const files = await client.sendRequest<string[]>(ARCHIVE_REQUEST, params);
  const show = 'Show';
  const answer = await vscode.window.showInformationMessage(
    `${formatCount(files.length, 'archive')} and SHA256SUMS are in ${params.folder}.`,
    show,
  );
  if (answer === show && files[0]) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(files[0]));
}

/** Opens a workflow of GitHub Actions that builds the targets, to be looked at and saved. */
async function showWorkflow(client: BaseLanguageClient, folder: vscode.WorkspaceFolder, matrix: Matrix): Promise<void> {
  const module = (await moduleOf(folder)) ?? folder.uri.fsPath;
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
}
