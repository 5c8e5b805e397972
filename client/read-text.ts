/** A file of the extension as text, where it lies on disk. */
import fs from 'node:fs';
import type * as vscode from 'vscode';

export function readText(file: vscode.Uri): string {
  return fs.readFileSync(file.fsPath, 'utf8');
}
