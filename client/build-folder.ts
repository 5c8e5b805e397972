/** The folder that a command is about, and the modules in it. */
import path from 'node:path';
import * as vscode from 'vscode';

/** Folders of modules below a workspace folder: itself if it has a go.mod, else all that have one, vendored ones aside. */
export async function modulesOf(folder: vscode.WorkspaceFolder): Promise<string[]> {
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '**/go.mod'),
    '**/{vendor,node_modules,testdata}/**',
    200,
  );
  const modules = found.map(uri => path.dirname(uri.fsPath)).sort();
  return modules.includes(folder.uri.fsPath) ? [folder.uri.fsPath] : modules;
}

/** Folder of the module that builds of a workspace folder begin in; undefined where there is none. */
export async function moduleOf(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  return (await modulesOf(folder))[0];
}

/** The folder a command is about: the active file's, else the only one, else the one that is picked. */
export async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
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
export function trusted(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window.showWarningMessage('Builds run go, and with it code of this folder: trust the workspace first.');
  return false;
}
