/** Windows of the tests: on the workbench that all of them share, with pictures of what fails. */
import fs from 'node:fs';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { driveWindow, type Window } from './drive.ts';

export type { Window };

let copies = 0;

/** A fresh copy of the sample module, or of nothing but these files, as the folder to open. */
export function project(files?: Record<string, string>): string {
  const folder = path.join(inject('scratch'), `p${++copies}-${process.pid}`);
  if (files === undefined) {
    fs.cpSync(path.join(import.meta.dirname, '../sample'), folder, { recursive: true });
  } else {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
  }
  return folder;
}

/** Opens a folder in a browser of its own. */
export function openWindow(folder: string, address = inject('workbench')): Promise<Window> {
  return driveWindow({ chromium: inject('chromium'), address, folder, shots: inject('shots') });
}

/** Takes a picture of the window when the running test fails, before what was to be done at its end until then. */
export function pictureOnFailure(window: Window): void {
  onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await window.shot(`failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`).catch(() => undefined);
  });
}
