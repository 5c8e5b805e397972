/**
 * The folders of a build: for results, for results that are not whole yet, for go to work in. Their names have the process
 * id in them, by which folders of builds that were killed are found.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Makes a folder for go to work in, which the caller removes: go tidies up only when it ends by itself. Folders of builds
 * that were killed are removed now.
 */
export function temporary(set: string): string {
  const top = set || os.tmpdir();
  try {
    clearStale(top, scratchPrefix);
  } catch {
    // Somebody else's, or not to be read: nothing that this build needs.
  }
  return fs.mkdtempSync(path.join(top, `${scratchPrefix}${process.pid}-`));
}

const scratchPrefix = 'gospect-go-';

/** Work folders beside results are called this, then a process id. */
export const workPrefix = '.gospect-';

/**
 * Makes the folder and those above it, one by one: where that is impossible (/proc), Node's own way never ends. Those that
 * were made are added to `made`, outermost first.
 */
export function makeFolder(folder: string, made: string[] = []): void {
  if (fs.existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent, made);
  try {
    fs.mkdirSync(folder);
    made.push(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Removes what builds left here whose process is gone: one that was killed could not tidy up. */
export function clearStale(folder: string, prefix: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)-/.exec(name.slice(prefix.length))?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes folders that were made for results that did not come. */
export function removeEmpty(made: readonly string[]): void {
  for (const folder of made.toReversed()) {
    try {
      fs.rmdirSync(folder);
    } catch {
      // It has files.
    }
  }
}

export function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
