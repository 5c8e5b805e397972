/**
 * Tasks that run go as it is, with the flags and linked variables of the settings: install, compile tests, run a main
 * package. An argument array each, never a shell's line.
 */
import * as vscode from 'vscode';
import { withVariables } from './build-settings.ts';
import { goCommand } from './go.ts';
import type { AskReport } from './report-request.ts';

/** What such a task does. */
export type GoVerb = 'install' | 'test' | 'run';

export interface GoTaskDefinition extends vscode.TaskDefinition {
  command: GoVerb;
  /** Package pattern; `./...` when there is none. */
  package?: string;
}

const titles: Record<GoVerb, string> = { install: 'install', test: 'compile the tests of', run: 'run' };

export const isGoTask = (definition: vscode.TaskDefinition): definition is GoTaskDefinition =>
  typeof definition['command'] === 'string' && definition['command'] in titles;

/** The task; null for a package that go would take for a flag. */
export async function goTask(
  folder: vscode.WorkspaceFolder,
  cwd: string,
  definition: GoTaskDefinition,
): Promise<vscode.Task | null> {
  const { command, package: pkg = './...' } = definition;
  if (pkg.startsWith('-')) return null;
  const go = await goCommand(folder.uri);
  const flags = withVariables(go.buildFlags, folder.uri);
  const args: Record<GoVerb, string[]> = {
    install: ['install', ...flags, '--', pkg],
    // Compiles and links every test, and runs none of them.
    test: ['test', ...flags, '-run=^$', '-vet=off', pkg],
    run: ['run', ...flags, pkg],
  };
  const execution = new vscode.ProcessExecution(go.program, args[command], { cwd, env: go.env });
  const task = new vscode.Task(definition, folder, `${titles[command]} ${pkg}`, 'Gospect', execution, '$gospect');
  task.group = command === 'test' ? vscode.TaskGroup.Test : vscode.TaskGroup.Build;
  task.presentationOptions = { panel: vscode.TaskPanelKind.Dedicated };
  return task;
}

/** Lets the user choose a main package of the folder's module; the only one without asking. */
export async function pickMain(ask: AskReport, folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  const result = await ask('mains', folder);
  const nodes = result.ok ? result.nodes : [];
  if (nodes.length === 0) {
    void vscode.window.showInformationMessage(
      result.ok ? `There is no main package in ${folder.name}.` : result.message,
    );
    return undefined;
  }
  if (nodes.length === 1) return nodes[0].copy;
  const items = nodes.map(n => ({ label: n.label, description: n.detail, pattern: n.copy }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Run Main Package', matchOnDescription: true });
  return picked?.pattern;
}
