/** Builds as tasks of VS Code: what a definition in tasks.json means, and the tasks that are offered without one. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ActionGraph } from './action-graph.ts';
import { moduleOf, modulesOf } from './build-folder.ts';
import { type Matrix, outputOf, ownProfiles, profileOf, withVariables } from './build-settings.ts';
import { hostTarget, parseTarget } from './build-target.ts';
import { targetName } from '../server/protocol/ports.ts';
import { buildTerminal } from './build-terminal.ts';
import type { BuildsView } from './builds-view.ts';
import { goCommand } from './go.ts';
import { goTask, isGoTask } from './go-tasks.ts';

export const TASK_TYPE = 'gospect';

interface BuildTaskDefinition extends vscode.TaskDefinition {
  /** Ports as `os/arch[/level]`; none means the host's. */
  targets?: string[];
  /** Name of a profile; none means that of the settings. */
  profile?: string;
  /** Pack what was built. */
  archive?: boolean;
}

/** What a build task needs of the extension: who builds, and who is told how it goes. */
export interface Builder {
  context: vscode.ExtensionContext;
  client: BaseLanguageClient;
  view: BuildsView;
  graph: ActionGraph;
}

/** This machine alone, with the profile of the settings. */
export const hostMatrix = (): Matrix => ({ targets: [hostTarget()], profile: '', archive: false });

/** The task that builds the folder's modules for the targets of the matrix. */
export function buildTask(
  { context, client, view, graph }: Builder,
  folder: vscode.WorkspaceFolder,
  matrix: Matrix,
  definition: BuildTaskDefinition = definitionOf(matrix),
): vscode.Task {
  const { targets, profile, archive } = matrix;
  const task = new vscode.Task(
    definition,
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
        profile: profileOf(folder, profile),
        profiles: ownProfiles(folder.uri),
        archive: archive ? path.dirname(outputOf(context, folder, targets[0])) : '',
        output: target => outputOf(context, folder, target),
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
}

function definitionOf({ targets, profile, archive }: Matrix): BuildTaskDefinition {
  return {
    type: TASK_TYPE,
    targets: targets.map(targetName),
    ...(profile ? { profile } : {}),
    ...(archive ? { archive } : {}),
  };
}

/** Offers to build each folder, to install it and to compile its tests; makes tasks of the definitions in tasks.json. */
export function taskProvider(builder: Builder): vscode.TaskProvider {
  const cwdOf = async (folder: vscode.WorkspaceFolder): Promise<string> =>
    (await moduleOf(folder)) ?? folder.uri.fsPath;
  return {
    async provideTasks() {
      const out: vscode.Task[] = [];
      for (const folder of vscode.workspace.workspaceFolders ?? []) {
        out.push(buildTask(builder, folder, hostMatrix()));
        for (const command of ['install', 'test'] as const) {
          const task = await goTask(folder, await cwdOf(folder), { type: TASK_TYPE, command });
          if (task) out.push(task);
        }
      }
      return out;
    },
    async resolveTask(task) {
      const definition = task.definition as BuildTaskDefinition;
      const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
      if (!folder) return undefined;
      if (isGoTask(definition)) return (await goTask(folder, await cwdOf(folder), definition)) ?? undefined;
      const { targets, profile = '', archive } = definition;
      const matrix: Matrix = {
        targets: targets?.length ? targets.map(parseTarget) : [hostTarget()],
        profile,
        archive: archive === true,
      };
      return buildTask(builder, folder, matrix, definition);
    },
  };
}
