/** Choosing what to build for: a matrix of the settings, or ports with their levels. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type Matrix, saveMatrix, savedMatrices } from './build-settings.ts';
import { parseTarget } from './build-target.ts';
import { type BuildTarget, type PortInfo, PORTS_REQUEST, targetName } from '../server/protocol/ports.ts';

const REMEMBERED = 'gospect.crossBuild.targets';

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
  let chosen = context.workspaceState.get<string[]>(REMEMBERED) ?? [];
  for (;;) {
    const answer = await askPorts(ports, chosen, title);
    ({ chosen } = answer);
    if (answer.then === 'level') {
      const name = await askLevel(answer.port);
      if (name !== undefined && !chosen.includes(name)) chosen.push(name);
      continue;
    }
    if (answer.then === 'leave' || chosen.length === 0) return undefined;
    if (answer.then === 'save') {
      const name = await vscode.window.showInputBox({
        title: 'Keep these targets as a matrix',
        prompt: 'Its name',
        value: 'release',
      });
      if (!name) continue;
      await saveMatrix(folder, name, chosen);
    }
    await context.workspaceState.update(REMEMBERED, chosen);
    return chosen.map(parseTarget);
  }
}

/** What is ticked, and what the user wants next: to build, to keep the choice, to be asked for a level of a port. */
type PortsAnswer = { chosen: string[] } & ({ then: 'build' | 'save' | 'leave' } | { then: 'level'; port: PortInfo });

/** Shows the ports, those in `chosen` ticked and on top. */
async function askPorts(ports: readonly PortInfo[], chosen: readonly string[], title: string): Promise<PortsAnswer> {
  const known = new Set(ports.map(portName));
  const rank = (p: PortInfo) => (chosen.includes(portName(p)) ? 0 : p.firstClass ? 1 : 2);
  const pick = vscode.window.createQuickPick<PortItem>();
  Object.assign(pick, {
    canSelectMany: true,
    matchOnDescription: true,
    title,
    placeholder: 'Targets, with a level if you like: linux/amd64/v3',
    buttons: [saveButton],
  });
  pick.items = [
    ...chosen.filter(name => !known.has(name)).map(name => levelItem(ports, name)),
    ...ports.toSorted((a, b) => rank(a) - rank(b)).map(portItem),
  ];
  pick.selectedItems = pick.items.filter(i => chosen.includes(i.label));
  pick.onDidChangeValue(typed => {
    const name = typed.trim();
    if (!isLevel(ports, name) || pick.items.some(i => i.label === name)) return;
    const selected = pick.selectedItems;
    pick.items = [levelItem(ports, name), ...pick.items];
    pick.selectedItems = selected;
  });
  return new Promise(resolve => {
    const answer = (next: { then: 'build' | 'save' | 'leave' } | { then: 'level'; port: PortInfo }) => {
      resolve({ chosen: pick.selectedItems.map(i => i.label), ...next });
      pick.dispose();
    };
    pick.onDidAccept(() => answer({ then: 'build' }));
    pick.onDidTriggerButton(() => answer({ then: 'save' }));
    pick.onDidTriggerItemButton(({ item: { port } }) => port && answer({ then: 'level', port }));
    pick.onDidHide(() => answer({ then: 'leave' }));
    pick.show();
  });
}

/** Lets the user choose a level of the port's processor: the port's name with it, which the default is left out of. */
async function askLevel(port: PortInfo): Promise<string | undefined> {
  const items = port.levels.map(l => ({
    label: l.level,
    description: l.isDefault ? 'default' : '',
    detail: l.meaning,
    name: l.isDefault ? portName(port) : `${portName(port)}/${l.level}`,
  }));
  const title = `${port.knob} for ${portName(port)}`;
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.name;
}

const portName = ({ goos, goarch }: PortInfo): string => `${goos}/${goarch}`;

const portItem = (port: PortInfo): PortItem => ({
  label: portName(port),
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
});

const levelItem = (ports: readonly PortInfo[], name: string): PortItem => ({
  label: name,
  description: levelText(ports, name),
  port: null,
});

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
