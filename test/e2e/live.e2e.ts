import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

let window: Window;

beforeAll(async () => {
  window = await openWindow(project());
});
afterAll(() => window.close());
beforeEach(() => pictureOnFailure(window));

const hint = (line: string | RegExp, label: string) => window.hint(line, label);

/** The line of `m := n + 1`; the editor shows blanks as no-break spaces. */
const COUNTED = /:=\sn\s\+\s1/;

goTest(
  'remarks appear in a file as it is opened, and on an edit that is not saved',
  async () => {
    await window.open('store.go');
    await window.goToLine(40);
    // the first look also reads what the package imports, down to the runtime
    await hint('make(map[string]', 'heap').waitFor({ timeout: 120_000 });
    await window.shot('remarks');
    await window.line('make(map[string]').getByText('make', { exact: true }).hover();
    await window.page.locator('.monaco-hover').getByText('escapes to the heap').first().waitFor();
    await window.shot('remarks-hover');
    const saved = fs.readFileSync(path.join(window.folder, 'store/store.go'), 'utf8');
    await window.goToLine(81);
    await window.page.keyboard.press('Control+End');
    await window.type('\nfunc count(n int) *int {\n\tm := n + 1\n\treturn &m\n}\n');
    await hint(COUNTED, 'heap').waitFor();
    expect(fs.readFileSync(path.join(window.folder, 'store/store.go'), 'utf8')).toBe(saved);
    await window.shot('remarks-unsaved');
  },
  180_000,
);

goTest('a syntax error in one function leaves the remarks of the others', async () => {
  await window.type('\nfunc broken( {\n');
  await window.page.locator('.squiggly-error').first().waitFor();
  await hint(COUNTED, 'heap').waitFor();
  await window.shot('remarks-syntax-error');
});

goTest('remarks are hidden and shown by a command', async () => {
  await hint(COUNTED, 'heap').waitFor();
  await window.command('Gospect: Toggle Compiler Remarks');
  await hint(COUNTED, 'heap').waitFor({ state: 'detached' });
  await window.command('Gospect: Toggle Compiler Remarks');
  await hint(COUNTED, 'heap').waitFor();
});

goTest('the Remarks view lists what the compiler decides, by function', async () => {
  const { page } = window;
  await page.locator('.activitybar .action-label[aria-label*="Gospect"]').click();
  const row = (name: RegExp) => page.getByRole('treeitem', { name }).first();
  await row(/\(\*Store\)\.Add/).click();
  await row(/make\(map\[string\]\*Item\) escapes to heap/).waitFor();
  await window.shot('remarks-view');
  await row(/make\(map\[string\]\*Item\) escapes to heap/).click();
  await page.locator('.statusbar-item', { hasText: /Ln 40/ }).waitFor();
  // the function of the cursor is chosen there
  await window.goToLine(54);
  await page.locator('.monaco-list-row.selected', { hasText: '(*Store).Take' }).waitFor();
});

test('the status bar says what is analysed for', async () => {
  await window.page
    .locator('.statusbar-item', { hasText: /\w+\/\w+|Gospect/ })
    .first()
    .waitFor();
});
