/** Asks the server for reports on a folder, with what the settings say of its builds. */
import * as vscode from 'vscode';
import { type BaseLanguageClient, CancellationTokenSource } from 'vscode-languageclient';
import {
  REPORT_PROGRESS,
  REPORT_REQUEST,
  type ReportKind,
  type ReportParams,
  type ReportProgress,
  type ReportResult,
} from '../server/protocol/reports.ts';
import { goCommand } from './go.ts';
import { ownProfiles, withVariables } from './targets.ts';

/** Asks for one report; `tell` hears how far it is. What goes wrong is a result, too. */
export type AskReport = (
  kind: ReportKind,
  folder: vscode.WorkspaceFolder,
  more: Partial<ReportParams>,
  token: vscode.CancellationToken | undefined,
  tell: (message: string) => void,
) => Promise<ReportResult>;

let reports = 0;

export function asking(
  client: BaseLanguageClient,
  moduleOf: (folder: vscode.WorkspaceFolder) => Promise<string | undefined>,
): AskReport {
  return async (kind, folder, more, token, tell) => {
    const go = await goCommand(folder.uri);
    const id = String(++reports);
    const heard = client.onNotification(REPORT_PROGRESS, (p: ReportProgress) => {
      if (p.id === id) tell(p.message);
    });
    const settings = vscode.workspace.getConfiguration('gospect', folder);
    try {
      const params: ReportParams = {
        id,
        kind,
        cwd: (await moduleOf(folder)) ?? folder.uri.fsPath,
        target: '',
        profile: settings.get<string>('build.profile') ?? 'default',
        profiles: ownProfiles(folder.uri),
        packages: ['./...'],
        program: go.program,
        env: go.env,
        flags: withVariables(go.buildFlags, folder.uri),
        ...more,
      };
      return await client.sendRequest<ReportResult>(
        REPORT_REQUEST,
        params,
        token ?? new CancellationTokenSource().token,
      );
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    } finally {
      heard.dispose();
    }
  };
}
