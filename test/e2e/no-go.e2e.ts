/** A machine without Go: remarks from the bundled standard library, and one clear message where a go command is needed. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, inject, test } from 'vitest';
// @ts-expect-error plain scripts without types
import { workbench } from '../../scripts/workbench/install.mjs';
// @ts-expect-error plain scripts without types
import { serveWorkbench } from '../../scripts/workbench/serve.mjs';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

const packed = fs.existsSync(path.join(import.meta.dirname, '../../dist/std.pack'));
let server: { url(folder: string): string; stop(): Promise<void> };
let window: Window;

beforeAll(async () => {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  server = await serveWorkbench(await workbench(), {
    home: path.join(inject('scratch'), 'n'),
    vsix: inject('vsix'),
    settings: { 'workbench.colorTheme': 'Default High Contrast', 'terminal.integrated.gpuAcceleration': 'off' },
    env: {
      PATH: folders.filter(folder => !fs.existsSync(path.join(folder, 'go'))).join(path.delimiter),
      GOROOT: '',
    },
  });
  window = await openWindow(project(), server.url(''));
});
afterAll(async () => {
  await window.close();
  await server.stop();
});
beforeEach(() => pictureOnFailure(window));

test.skipIf(!packed)(
  'without Go remarks come from the bundled standard library',
  async () => {
    await window.open('store.go');
    await window.goToLine(40);
    await window.hint('make(map[string]', 'heap').waitFor({ timeout: 120_000 });
    await window.shot('no-go-remarks');
  },
  180_000,
);

test('without Go a build says what is missing and what to do', async () => {
  await window.command('Gospect: Build Workspace');
  await window.see(/no Go found: set GOROOT, or put go on PATH/);
  await window.shot('no-go-build');
});
