/** The status bar item: what is analysed for, whether it is done, and a way to change it. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type AnalysisStatus, SELECT_TAGS_COMMAND, SELECT_TARGET_COMMAND } from '../server/protocol/analysis.ts';
import { PORTS_REQUEST, type PortInfo } from '../server/protocol/ports.ts';

const ICONS: Record<AnalysisStatus['state'], string> = {
  idle: '',
  running: '$(ellipsis)',
  done: '$(check)',
  errors: '$(warning)',
  failed: '$(circle-slash)',
};

export function registerStatus(
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  changed: vscode.Event<AnalysisStatus>,
): void {
  const item = vscode.window.createStatusBarItem('gospect.status', vscode.StatusBarAlignment.Right, 50);
  item.name = 'Gospect';
  item.command = 'gospect.menu';
  let status: AnalysisStatus = { state: 'idle', target: '', package: '', note: '' };

  const update = () => {
    const isGo = vscode.window.activeTextEditor?.document.languageId === 'go';
    if (!isGo) {
      item.hide();
      return;
    }
    const enabled = vscode.workspace.getConfiguration('gospect').get<boolean>('remarks.enabled') ?? true;
    item.text = `${status.target || 'Gospect'} ${enabled ? ICONS[status.state] : '$(eye-closed)'}`.trim();
    const tags = vscode.workspace.getConfiguration('gospect').get<string[]>('tags') ?? [];
    const words = {
      idle: 'nothing analysed yet',
      running: 'analysing',
      done: 'analysed',
      errors: 'analysed; declarations with errors are left out',
      failed: 'no analysis',
    };
    item.tooltip = [
      `Gospect: ${enabled ? words[status.state] : 'remarks are off'}`,
      status.package && `package ${status.package}`,
      tags.length > 0 && `tags ${tags.join(', ')}`,
      status.note,
    ]
      .filter(Boolean)
      .join('\n');
    item.show();
  };

  context.subscriptions.push(
    item,
    changed(next => {
      // the target stays in view while its next analysis runs
      status = { ...next, target: next.target || status.target, package: next.package || status.package };
      update();
    }),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.workspace.onDidChangeConfiguration(update),
    vscode.commands.registerCommand(SELECT_TARGET_COMMAND, (port?: string) => selectTarget(client, port)),
    vscode.commands.registerCommand(SELECT_TAGS_COMMAND, (tag?: string) => selectTags(tag)),
    vscode.commands.registerCommand('gospect.menu', async () => {
      const commands = [
        { label: '$(eye) Toggle Compiler Remarks', command: 'gospect.toggleRemarks' },
        { label: '$(server-environment) Select Target…', command: SELECT_TARGET_COMMAND },
        { label: '$(tag) Select Build Tags…', command: SELECT_TAGS_COMMAND },
        { label: '$(settings-gear) Settings', command: 'workbench.action.openSettings', argument: 'gospect.' },
        { label: '$(debug-restart) Restart Language Server', command: 'gospect.restartServer' },
        { label: '$(output) Show Output', command: 'gospect.showOutput' },
      ];
      const title = status.note || `Gospect ${status.target}`;
      const picked = await vscode.window.showQuickPick(commands, { title });
      if (picked) await vscode.commands.executeCommand(picked.command, picked.argument);
    }),
  );
  update();
}

/** Sets the port that remarks are for, in the workspace; builds, tests and the debugger keep theirs. */
async function selectTarget(client: BaseLanguageClient, port?: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('gospect');
  if (port !== undefined) {
    await settings.update('target', port, settingsTarget());
    return;
  }
  const current = settings.get<string>('target') ?? '';
  const ports = await client.sendRequest<PortInfo[]>(PORTS_REQUEST);
  const nameOf = ({ goos, goarch }: PortInfo) => `${goos}/${goarch}`;
  const items = [
    { label: 'As the environment says', description: current === '' ? 'current' : '', value: '' },
    ...ports
      .toSorted((a, b) => Number(b.firstClass) - Number(a.firstClass))
      .map(port => ({
        label: nameOf(port),
        description: [nameOf(port) === current ? 'current' : '', port.firstClass ? 'first class' : '']
          .filter(Boolean)
          .join(', '),
        value: nameOf(port),
      })),
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Remarks for', placeHolder: 'Target' });
  if (!picked) return;
  await settings.update('target', picked.value || undefined, settingsTarget());
}

/** Sets the tags that remarks are for besides those of the Go extension's settings; a tag that is given is added. */
async function selectTags(tag?: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('gospect');
  const current = settings.get<string[]>('tags') ?? [];
  let tags = tag === undefined ? [] : [...new Set([...current, tag])];
  if (tag === undefined) {
    const typed = await vscode.window.showInputBox({
      title: 'Build tags that remarks are for',
      prompt: 'Separated by commas; empty for none',
      value: current.join(','),
      validateInput: text => (/^[\w.,\s]*$/.test(text) ? undefined : 'Tags are letters, digits, dots and underscores'),
    });
    if (typed === undefined) return;
    tags = typed.split(/[,\s]+/).filter(word => word !== '');
  }
  await settings.update('tags', tags.length > 0 ? tags : undefined, settingsTarget());
}

function settingsTarget(): vscode.ConfigurationTarget {
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  return inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
}
