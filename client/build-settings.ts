/** What the settings say of a folder's builds: where they go, profiles, matrices, variables that the linker sets. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { OwnProfile } from '../server/protocol/builds.ts';
import { parseTarget } from './build-target.ts';
import { type BuildTarget, targetName } from '../server/protocol/ports.ts';

/** Targets that are built together, with how. */
export interface Matrix {
  targets: BuildTarget[];
  /** '' for the profile of the settings. */
  profile: string;
  archive: boolean;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** The folder for a target's executables. */
export function outputOf(
  context: vscode.ExtensionContext,
  folder: vscode.WorkspaceFolder,
  target: BuildTarget,
): string {
  const configured = vscode.workspace.getConfiguration('gospect', folder).get<string>('build.output') ?? '';
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const base = configured ? path.resolve(folder.uri.fsPath, configured) : path.join(storage, 'builds', folder.name);
  return path.join(base, targetName(target).replaceAll(/[/,]/g, '-'));
}

/** The profile with that name, or the one that the settings name. */
export function profileOf(folder: vscode.WorkspaceFolder, named = ''): string {
  return named || (vscode.workspace.getConfiguration('gospect', folder).get<string>('build.profile') ?? 'default');
}

/** The matrices of the settings; values that are no matrix are left out. */
export function savedMatrices(folder: vscode.WorkspaceFolder): [name: string, matrix: Matrix][] {
  const all = record(vscode.workspace.getConfiguration('gospect', folder).get('build.matrices'));
  const saved: [string, Matrix][] = [];
  for (const [name, value] of Object.entries(all)) {
    const { targets, profile, archive } = record(value);
    const named = Array.isArray(targets) ? targets.filter((t): t is string => typeof t === 'string') : [];
    if (named.length === 0) continue;
    saved.push([
      name,
      {
        targets: named.map(parseTarget),
        profile: typeof profile === 'string' ? profile : '',
        archive: archive === true,
      },
    ]);
  }
  return saved;
}

/** Saves the targets as a matrix in the settings; other properties of a matrix with this name stay. */
export async function saveMatrix(folder: vscode.WorkspaceFolder, name: string, targets: string[]): Promise<void> {
  const settings = vscode.workspace.getConfiguration('gospect', folder);
  const all = record(settings.get('build.matrices'));
  const matrices = { ...all, [name]: { ...record(all[name]), targets } };
  await settings.update('build.matrices', matrices, vscode.ConfigurationTarget.Workspace);
}

/** The user's own profiles, as the settings have them; the server says what is wrong with them. */
export function ownProfiles(folder: vscode.Uri): Record<string, OwnProfile> {
  return record(vscode.workspace.getConfiguration('gospect', folder).get('build.profiles')) as Record<
    string,
    OwnProfile
  >;
}

/** The flag that has the linker set variables; none where the settings name no variable. */
function variableFlags(folder: vscode.Uri): string[] {
  const values = record(vscode.workspace.getConfiguration('gospect', folder).get('build.variables'));
  const words = Object.entries(values)
    .filter(([name, value]) => name !== '' && typeof value === 'string')
    .map(([name, value]) => `-X ${quoted(`${name}=${value as string}`)}`);
  return words.length > 0 ? [words.join(' ')] : [];
}

/** Flags with the variables that the linker sets: of several -ldflags go takes the last, so they are one. */
export function withVariables(flags: readonly string[], folder: vscode.Uri): string[] {
  const variables = variableFlags(folder);
  if (variables.length === 0) return [...flags];
  const pattern = /^--?ldflags=(.*)$/s;
  const given = flags.flatMap(flag => pattern.exec(flag)?.[1] ?? []);
  return [...flags.filter(flag => !pattern.test(flag)), `-ldflags=${[...given, ...variables].join(' ')}`];
}

/** A word of -ldflags: go splits at white space and knows quotes, without escapes in them. */
function quoted(word: string): string {
  if (!/[\s'"]/.test(word)) return word;
  return word.includes("'") ? `"${word}"` : `'${word}'`;
}
