/** Choosing what to build for: ports with their levels, matrices that are kept in the settings, profiles. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { PORTS_REQUEST, type PortInfo } from '../server/protocol/ports.ts';
import { type OwnProfile, PROFILES_REQUEST, type ProfileInfo, type ProfilesParams } from '../server/protocol/builds.ts';
import { type BuildTarget, targetName } from './build-terminal.ts';

const REMEMBERED = 'gospect.crossBuild.targets';

/** Targets that are built together, with how. */
export interface Matrix {
  targets: BuildTarget[];
  /** '' for the profile of the settings. */
  profile: string;
  archive: boolean;
}

export const parseTarget = (name: string): BuildTarget => {
  const [goos = '', goarch = '', level = ''] = name.split('/');
  return { goos, goarch, level };
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** The matrices of the settings; what is none is left out. */
function savedMatrices(folder: vscode.WorkspaceFolder): [name: string, matrix: Matrix][] {
  const all = record(vscode.workspace.getConfiguration('gospect', folder).get('build.matrices'));
  return Object.entries(all).flatMap(([name, value]) => {
    const { targets, profile, archive } = record(value);
    if (!Array.isArray(targets) || targets.length === 0) return [];
    const named = targets.filter((t): t is string => typeof t === 'string');
    return [
      [
        name,
        {
          targets: named.map(parseTarget),
          profile: typeof profile === 'string' ? profile : '',
          archive: archive === true,
        },
      ],
    ];
  });
}

/** The user's own profiles, as the settings have them; the server says what is wrong with them. */
export function ownProfiles(folder: vscode.Uri): Record<string, OwnProfile> {
  return record(vscode.workspace.getConfiguration('gospect', folder).get('build.profiles')) as Record<
    string,
    OwnProfile
  >;
}

/** Values for variables that the linker sets, as a flag; none: no flag. */
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

/** What to build for: a matrix that is kept, or ports that are picked now. */
export async function chooseMatrix(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  folder: vscode.WorkspaceFolder,
  title: string,
): Promise<Matrix | undefined> {
  const saved = savedMatrices(folder);
  if (saved.length > 0) {
    const items = saved.map(([name, matrix]) => ({
      label: `$(server-environment) ${name}`,
      description: [matrix.profile, matrix.archive ? 'archives' : ''].filter(Boolean).join(', '),
      detail: matrix.targets.map(targetName).join(', '),
      matrix,
    }));
    const choose = { label: '$(list-selection) Choose targets…', description: '', detail: '', matrix: undefined };
    const picked = await vscode.window.showQuickPick([...items, choose], {
      title,
      placeHolder: 'A matrix of the settings, or other targets',
    });
    if (!picked) return undefined;
    if (picked.matrix) return picked.matrix;
  }
  const targets = await pickTargets(context, client, folder, title);
  return targets && { targets, profile: '', archive: false };
}

interface PortItem extends vscode.QuickPickItem {
  port: PortInfo | null;
}

const levelButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('settings-gear'),
  tooltip: 'Level of the processor…',
};
const saveButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('save'),
  tooltip: 'Keep as a matrix in the settings…',
};

/** Lets the user choose several ports, the last choice and then Go's first-class ones on top; a gear offers levels. */
async function pickTargets(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  folder: vscode.WorkspaceFolder,
  title: string,
): Promise<BuildTarget[] | undefined> {
  const ports = await client.sendRequest<PortInfo[]>(PORTS_REQUEST);
  const chosen = new Set(context.workspaceState.get<string[]>(REMEMBERED) ?? []);
  const known = new Set(ports.map(p => `${p.goos}/${p.goarch}`));
  for (;;) {
    const extra = [...chosen].filter(name => !known.has(name));
    const rank = (p: PortInfo) => (chosen.has(`${p.goos}/${p.goarch}`) ? 0 : p.firstClass ? 1 : 2);
    const items: PortItem[] = [
      ...extra.map(label => ({ label, description: levelText(ports, label), port: null })),
      ...ports
        .toSorted((a, b) => rank(a) - rank(b))
        .map(port => ({
          label: `${port.goos}/${port.goarch}`,
          description: [
            port.firstClass ? 'first class' : '',
            port.cgoSupported ? '' : 'no cgo',
            port.race ? 'race detector' : '',
            modesText(port),
          ]
            .filter(Boolean)
            .join(' · '),
          buttons: port.levels.length > 0 ? [levelButton] : [],
          port,
        })),
    ];
    const pick = vscode.window.createQuickPick<PortItem>();
    Object.assign(pick, {
      canSelectMany: true,
      matchOnDescription: true,
      title,
      placeholder: 'Targets, with a level if you like: linux/amd64/v3',
      buttons: [saveButton],
    });
    pick.items = items;
    pick.selectedItems = items.filter(i => chosen.has(i.label));
    pick.onDidChangeValue(typed => {
      const name = typed.trim();
      if (!isLevel(ports, name) || pick.items.some(i => i.label === name)) return;
      const selected = pick.selectedItems;
      pick.items = [{ label: name, description: levelText(ports, name), port: null }, ...pick.items];
      pick.selectedItems = selected;
    });
    const answer = await new Promise<{ done: boolean; save: boolean; port: PortInfo | null }>(resolve => {
      pick.onDidAccept(() => resolve({ done: true, save: false, port: null }));
      pick.onDidTriggerButton(() => resolve({ done: false, save: true, port: null }));
      pick.onDidTriggerItemButton(e => resolve({ done: false, save: false, port: e.item.port }));
      pick.onDidHide(() => resolve({ done: false, save: false, port: null }));
      pick.show();
    });
    chosen.clear();
    for (const { label } of pick.selectedItems) chosen.add(label);
    pick.dispose();
    if (answer.port) {
      const { goos, goarch, knob, levels } = answer.port;
      const level = await vscode.window.showQuickPick(
        levels.map(l => ({ label: l.level, description: l.isDefault ? 'default' : '', detail: l.meaning })),
        { title: `${knob} for ${goos}/${goarch}`, matchOnDetail: true },
      );
      if (level) chosen.add(level.description === 'default' ? `${goos}/${goarch}` : `${goos}/${goarch}/${level.label}`);
      continue;
    }
    if (!answer.done && !answer.save) return undefined;
    if (chosen.size === 0) return undefined;
    if (answer.save && !(await saveMatrix(folder, [...chosen]))) continue;
    await context.workspaceState.update(REMEMBERED, [...chosen]);
    return [...chosen].map(parseTarget);
  }
}

/** The kinds of output beyond programs and archives, which every port has. */
function modesText({ buildmodes }: PortInfo): string {
  const modes = buildmodes.filter(mode => !['default', 'exe', 'archive'].includes(mode));
  return modes.length > 0 ? `-buildmode ${modes.join(', ')}` : '';
}

/** Whether the text is a port with one of its levels. */
function isLevel(ports: readonly PortInfo[], name: string): boolean {
  const { goos, goarch, level } = parseTarget(name);
  const port = ports.find(p => p.goos === goos && p.goarch === goarch);
  return name === `${goos}/${goarch}/${level}` && port?.levels.some(l => l.level === level) === true;
}

function levelText(ports: readonly PortInfo[], name: string): string {
  const { goos, goarch, level } = parseTarget(name);
  const port = ports.find(p => p.goos === goos && p.goarch === goarch);
  const found = port?.levels.find(l => l.level === level);
  return port ? `${port.knob}=${level}${found?.meaning ? `: ${found.meaning}` : ''}` : '';
}

async function saveMatrix(folder: vscode.WorkspaceFolder, targets: string[]): Promise<boolean> {
  const name = await vscode.window.showInputBox({
    title: 'Keep these targets as a matrix',
    prompt: 'Its name',
    value: 'release',
  });
  if (!name) return false;
  const settings = vscode.workspace.getConfiguration('gospect', folder);
  const all = record(settings.get('build.matrices'));
  const before = record(all[name]);
  await settings.update(
    'build.matrices',
    { ...all, [name]: { ...before, targets } },
    vscode.ConfigurationTarget.Workspace,
  );
  return true;
}

/** Lets the user choose the profile to build with, each shown as the command line it comes to; a button copies it. */
export async function chooseProfile(
  client: BaseLanguageClient,
  folder: vscode.WorkspaceFolder,
  params: Omit<ProfilesParams, 'profiles'>,
): Promise<void> {
  const settings = vscode.workspace.getConfiguration('gospect', folder);
  const current = settings.get<string>('build.profile') ?? 'default';
  const list = await client.sendRequest<ProfileInfo[]>(PROFILES_REQUEST, {
    ...params,
    profiles: ownProfiles(folder.uri),
  });
  const copy: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy the command' };
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { info: ProfileInfo }>();
  Object.assign(pick, {
    title: 'Build Profile',
    placeholder: 'What builds are made with',
    matchOnDetail: true,
    matchOnDescription: true,
  });
  pick.items = list.map(info => ({
    label: info.name,
    description: [info.name === current ? 'current' : '', info.description].filter(Boolean).join(', '),
    detail: info.unsupported || info.command,
    buttons: [copy],
    info,
  }));
  pick.onDidTriggerItemButton(({ item }) => void vscode.env.clipboard.writeText(item.info.command));
  pick.onDidAccept(async () => {
    const [item] = pick.selectedItems;
    pick.hide();
    if (item) await settings.update('build.profile', item.info.name, vscode.ConfigurationTarget.Workspace);
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
}
