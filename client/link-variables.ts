/** Variables that the linker sets: chosen from what the analysis finds, kept in the settings. */
import * as vscode from 'vscode';
import { icons } from './report-icons.ts';
import type { AskReport } from './report-request.ts';

/** Lets the user choose a variable that the linker can set and give it a value; kept in the settings. */
export async function setVariables(folder: vscode.WorkspaceFolder, ask: AskReport): Promise<void> {
  const settings = vscode.workspace.getConfiguration('gospect', folder);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Looking for variables',
    cancellable: true,
  };
  const result = await vscode.window.withProgress(options, (_, token) => ask('variables', folder, {}, token));
  if (!result.ok) return void vscode.window.showWarningMessage(result.message);
  const items = result.nodes.map(node => ({
    label: `$(${icons[node.icon][0]}) ${node.label}`,
    description: node.detail,
    node,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Set Variables at Link Time',
    placeHolder: items.length > 0 ? 'A variable of type string' : 'There is no variable of type string in this module',
    matchOnDescription: true,
  });
  if (!picked) return;
  const values = { ...settings.get<Record<string, string>>('build.variables') };
  const { label, icon, detail } = picked.node;
  if (icon === 'info') return void vscode.window.showInformationMessage(`${label} cannot be set: ${detail}.`);
  const value = await vscode.window.showInputBox({
    title: label,
    prompt: `-ldflags=-X ${label}=…  Empty: not set any more.`,
    value: values[label] ?? '',
    validateInput: text =>
      text.includes("'") && text.includes('"') ? 'go knows no value with both kinds of quotes' : undefined,
  });
  if (value === undefined) return;
  if (value === '') delete values[label];
  else values[label] = value;
  const none = Object.keys(values).length === 0;
  await settings.update('build.variables', none ? undefined : values, vscode.ConfigurationTarget.Workspace);
}
