/** What is read of a git repository, by the git on PATH. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { UsageError } from './command.ts';
import { type Overlay, slashed } from './node-files.ts';

const maxOutput = 1 << 30;

/** git's output; what it complains about is thrown as a UsageError. */
function git(cwd: string, args: readonly string[], input = ''): Buffer {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd, input, maxBuffer: maxOutput });
  if (error !== undefined) throw new UsageError(`git could not be run: ${error.message}; put it on PATH`);
  if (status === 0) return stdout;
  throw new UsageError(stderr.toString().trim().split('\n')[0] || `git ${args[0]} failed`);
}

const names = (output: Buffer): string[] => output.toString().split('\0').filter(Boolean);

/** The commit that the words name; null when they name none. */
export function commitOf(cwd: string, words: string): string | null {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${words}^{commit}`];
  const { status, stdout } = spawnSync('git', args, { cwd });
  return status === 0 ? stdout.toString().trim() : null;
}

/** The files of the commit that are other ones, or none, in the working tree, as what stands in for those of the disk. */
export function filesAt(cwd: string, commit: string): Overlay {
  const top = slashed(
    git(cwd, ['rev-parse', '--show-toplevel'])
      .toString()
      .replace(/\r?\n$/, ''),
  );
  const changed = names(git(top, ['diff', '--name-only', '--no-renames', '-z', commit, '--']));
  const untracked = names(git(top, ['ls-files', '--others', '--exclude-standard', '-z']));
  const files = new Map<string, Uint8Array | null>();
  for (const name of [...changed, ...untracked]) files.set(path.posix.join(top, name), null);
  for (const row of names(git(top, ['ls-tree', '-r', '-z', '--full-tree', commit]))) {
    const match = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(row);
    const file = match && path.posix.join(top, match[2]);
    if (match && file && files.has(file)) files.set(file, git(top, ['cat-file', 'blob', match[1]]));
  }
  return files;
}
