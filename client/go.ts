/** Which `go` the user has chosen, with which flags and environment: the Go extension's settings and our own. */
import path from 'node:path';
import * as vscode from 'vscode';

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

const substituted = (text: string, folder: vscode.Uri): string =>
  text
    .replaceAll(/\$\{workspace(?:Folder|Root)\}/g, folder.fsPath)
    .replaceAll(/\$\{env:([^}]+)\}/g, (_, name: string) => process.env[name] ?? '')
    .replace(/^~(?=\/|$)/, process.env.HOME ?? '~');

/**
 * The `go` that the user's settings mean: gospect.goroot, else the Go extension's answer where it is installed, else
 * go.alternateTools, go.goroot, and last the one on PATH. Whether it is there shows when it is run.
 */
export async function goCommand(folder: vscode.Uri): Promise<GoCommand> {
  const settings = vscode.workspace.getConfiguration('go', folder);
  const environment = settings.get<Record<string, unknown>>('toolsEnvVars') ?? {};
  const env: GoCommand['env'] = {};
  for (const [name, value] of Object.entries(environment)) env[name] = substituted(String(value), folder);

  const extension = vscode.extensions.getExtension<GoExtension>('golang.go');
  const answered = extension && (await extension.activate())?.settings?.getExecutionCommand('go', folder)?.binPath;
  const alternate = settings.get<Record<string, string>>('alternateTools')?.go;
  const goroot = settings.get<string>('goroot');
  const own = vscode.workspace.getConfiguration('gospect', folder).get<string>('goroot');
  const program =
    (own && path.join(substituted(own, folder), 'bin', 'go')) ||
    answered ||
    (alternate && substituted(alternate, folder)) ||
    (goroot && path.join(substituted(goroot, folder), 'bin', 'go')) ||
    'go';

  const buildFlags = (settings.get<string[]>('buildFlags') ?? []).map(flag => substituted(flag, folder));
  const tags = settings.get<string>('buildTags');
  if (tags && !buildFlags.some(flag => /^--?tags(=|$)/.test(flag))) buildFlags.push(`-tags=${tags}`);
  return { program, env, buildFlags };
}
