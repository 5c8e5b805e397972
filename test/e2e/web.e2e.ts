/** The packed extension in the web extension host of a real workbench: no Node, no Go, files through the editor. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
// @ts-expect-error plain scripts without types
import { workbench } from '../../scripts/workbench/install.mjs';
// @ts-expect-error plain scripts without types
import { serveWorkbench } from '../../scripts/workbench/serve.mjs';
import { found, goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

const packed = fs.existsSync(path.join(import.meta.dirname, '../../dist/std.pack'));
let server: { url(folder: string): string; stop(): Promise<void> };
let window: Window;

beforeAll(async () => {
  server = await serveWorkbench(await workbench(), {
    home: path.join(inject('scratch'), 'b'),
    vsix: inject('vsix'),
    settings: { 'remote.extensionKind': { 'gospect.gospect': ['web'] }, 'workbench.colorTheme': 'Default Dark Modern' },
  });
  const folder = project();
  if (found) execFileSync(found.go, ['build', '-o', 'inventory.bin', './cmd/...'], { cwd: folder });
  window = await openWindow(folder, server.url(''));
});
afterAll(async () => {
  await window.close();
  await server.stop();
});
beforeEach(() => pictureOnFailure(window));

test.skipIf(!packed)(
  'in a browser remarks are shown and follow edits',
  async () => {
    await window.open('store.go');
    await window.goToLine(40);
    await window.hint('make(map[string]', 'heap').waitFor({ timeout: 120_000 });
    await window.shot('web-remarks');
    await window.goToLine(81);
    await window.page.keyboard.press('Control+End');
    await window.type('\nfunc count(n int) *int {\n\tm := n + 1\n\treturn &m\n}\n');
    await window.hint(/:=\sn\s\+\s1/, 'heap').waitFor();
  },
  180_000,
);

goTest('in a browser an executable is opened', async () => {
  await window.openWith('inventory.bin', 'Gospect Binary Explorer');
  await window.webview().getByText('ELF').first().waitFor();
  await window.shot('web-binary');
});

test('what needs a go command is not offered in a browser', async () => {
  expect(await window.commandTitles('Gospect:')).not.toContain('Gospect: Build Workspace');
});
