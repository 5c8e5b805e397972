/** Choosing the profile to build with. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { PROFILES_REQUEST, type ProfileInfo, type ProfilesParams } from '../server/protocol/builds.ts';
import { ownProfiles, profileOf } from './build-settings.ts';

/** Lets the user choose the profile to build with, each shown as the command line it comes to; a button copies it. */
export async function chooseProfile(
  client: BaseLanguageClient,
  folder: vscode.WorkspaceFolder,
  params: Omit<ProfilesParams, 'profiles'>,
): Promise<void> {
  const current = profileOf(folder);
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
    if (!item) return;
    const settings = vscode.workspace.getConfiguration('gospect', folder);
    await settings.update('build.profile', item.info.name, vscode.ConfigurationTarget.Workspace);
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
}
