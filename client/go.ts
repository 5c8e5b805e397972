/** Which `go` the user has chosen, with which flags and environment: the Go extension's settings and our own. */
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { substituted } from '../server/protocol/placeholders.ts';

/** How the user's `go` is to be called in a folder. */
export interface GoCommand {
  program: string;
  /** What `go.toolsEnvVars` adds to the environment. */
  env: Record<string, string>;
  /** Flags of `go build` from `go.buildFlags` and `go.buildTags`. */
  buildFlags: string[];
}

/** The part of the Go extension's interface that is used here. */
interface GoExtension {
  settings?: { getExecutionCommand(tool: string, resource: vscode.Uri): { binPath: string } | undefined };
}

/**
 * The `go` that the user's settings mean: gospect.goroot, else the Go extension's answer where it is installed, else
 * go.alternateTools, go.goroot, and last the one on PATH. Whether it is there shows when it is run.
 */
export async function goCommand(folder: vscode.Uri): Promise<GoCommand> {
  const settings = vscode.workspace.getConfiguration('go', folder);
  const surroundings = { folder: folder.fsPath, home: os.homedir(), env: process.env };
  const replaced = (text: string) => substituted(text, surroundings);
  const environment = settings.get<Record<string, unknown>>('toolsEnvVars') ?? {};
  const env: GoCommand['env'] = {};
  for (const [name, value] of Object.entries(environment)) env[name] = replaced(String(value));

  const extension = vscode.extensions.getExtension<GoExtension>('golang.go');
  const answered = extension && (await extension.activate())?.settings?.getExecutionCommand('go', folder)?.binPath;
  const alternate = settings.get<Record<string, string>>('alternateTools')?.go;
  const goroot = settings.get<string>('goroot');
  const own = vscode.workspace.getConfiguration('gospect', folder).get<string>('goroot');
  const program =
    (own && path.join(replaced(own), 'bin', 'go')) ||
    answered ||
    (alternate && replaced(alternate)) ||
    (goroot && path.join(replaced(goroot), 'bin', 'go')) ||
    'go';

  const buildFlags = (settings.get<string[]>('buildFlags') ?? []).map(replaced);
  const tags = settings.get<string>('buildTags');
  if (tags && !buildFlags.some(flag => /^--?tags(=|$)/.test(flag))) buildFlags.push(`-tags=${tags}`);
  return { program, env, buildFlags };
}
