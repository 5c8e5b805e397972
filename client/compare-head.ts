/** Builds the last commit of a folder beside its working tree, to compare the executables. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { GoCommand } from './go.ts';

const run = promisify(execFile);

/**
 * Builds the program of a file twice: as HEAD has it, in a worktree of its own, and as it is now. Both are built with
 * -trimpath, or the two folders would be a difference. Tells the user what goes wrong, and returns undefined then.
 */
export async function buildHead(
  file: vscode.Uri,
  storage: vscode.Uri,
  goOf: (folder: vscode.Uri) => Promise<GoCommand>,
): Promise<{ now: vscode.Uri; head: vscode.Uri } | undefined> {
  const folder = (vscode.workspace.getWorkspaceFolder(file) ?? vscode.workspace.workspaceFolders?.[0])?.uri;
  if (!folder) return undefined;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Building HEAD', cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-head-'));
      const tree = path.join(scratch, 'tree');
      const git = (...args: string[]) => run('git', args, { cwd: folder.fsPath, signal: stop.signal });
      try {
        const go = await goOf(folder);
        const top = (await git('rev-parse', '--show-toplevel')).stdout.trim();
        await git('worktree', 'add', '--detach', tree, 'HEAD');
        const inside = path.relative(fs.realpathSync(top), fs.realpathSync(folder.fsPath));
        const env = { ...process.env, ...go.env };
        const options = { env, signal: stop.signal, maxBuffer: 1 << 26 };
        // the package is found by the name of the file, among the main packages of the folder
        const format = '{{if eq .Name "main"}}{{.ImportPath}}{{end}}';
        const { stdout } = await run(go.program, ['list', '-f', format, './...'], { ...options, cwd: folder.fsPath });
        const mains = stdout.split('\n').filter(line => line !== '');
        const wanted = path.basename(file.fsPath).replace(/\.exe$/, '');
        const main = mains.find(p => p.slice(p.lastIndexOf('/') + 1) === wanted) ?? mains[0];
        if (main === undefined) throw new Error('the folder has no main package');
        const out = path.join(storage.fsPath, 'compare');
        fs.mkdirSync(out, { recursive: true });
        const name = main.slice(main.lastIndexOf('/') + 1);
        const build = async (cwd: string, to: string) => {
          const args = ['build', '-trimpath', '-buildvcs=false', ...go.buildFlags, '-o', to, main];
          await run(go.program, args, { ...options, cwd });
          return vscode.Uri.file(to);
        };
        const head = await build(path.join(tree, inside), path.join(out, `${name} (HEAD)`));
        progress.report({ message: 'and the working tree' });
        const now = await build(folder.fsPath, path.join(out, name));
        return { now, head };
      } catch (error) {
        if (stop.signal.aborted) return undefined;
        const { stderr, message } = error as { stderr?: string; message?: string };
        const said = (stderr || message || String(error))
          .split('\n')
          .find(line => line !== '' && !line.startsWith('#'));
        void vscode.window.showErrorMessage(`HEAD cannot be built: ${said}`);
        return undefined;
      } finally {
        await git('worktree', 'remove', '--force', tree).catch(() => undefined);
        fs.rmSync(scratch, { recursive: true, force: true });
      }
    },
  );
}
