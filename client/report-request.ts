/** Asks the server for reports on a folder, with what the settings say of its builds. */
import type * as vscode from 'vscode';
import { type BaseLanguageClient, CancellationToken } from 'vscode-languageclient';
import {
  REPORT_PROGRESS,
  REPORT_REQUEST,
  type ReportKind,
  type ReportParams,
  type ReportProgress,
  type ReportResult,
} from '../server/protocol/reports.ts';
import { moduleOf } from './build-folder.ts';
import { ownProfiles, profileOf, withVariables } from './build-settings.ts';
import { goCommand } from './go.ts';

/** Asks for one report; `tell` hears how far it is. Errors are results: it never rejects. */
export type AskReport = (
  kind: ReportKind,
  folder: vscode.WorkspaceFolder,
  more?: Partial<ReportParams>,
  token?: vscode.CancellationToken,
  tell?: (message: string) => void,
) => Promise<ReportResult>;

let reports = 0;

export function asking(client: BaseLanguageClient): AskReport {
  return async (kind, folder, more, token, tell) => {
    const go = await goCommand(folder.uri);
    const id = String(++reports);
    const heard = client.onNotification(REPORT_PROGRESS, (p: ReportProgress) => {
      if (p.id === id) tell?.(p.message);
    });
    try {
      const params: ReportParams = {
        id,
        kind,
        cwd: (await moduleOf(folder)) ?? folder.uri.fsPath,
        target: '',
        profile: profileOf(folder),
        profiles: ownProfiles(folder.uri),
        packages: ['./...'],
        program: go.program,
        env: go.env,
        flags: withVariables(go.buildFlags, folder.uri),
        ...more,
      };
      return await client.sendRequest<ReportResult>(REPORT_REQUEST, params, token ?? CancellationToken.None);
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    } finally {
      heard.dispose();
    }
  };
}
