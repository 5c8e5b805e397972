import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

let window: Window;

beforeAll(async () => {
  const folder = project();
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'just words\n'.repeat(100));
  fs.writeFileSync(path.join(folder, 'cut'), '\x7fELF\x02\x01\x01');
  window = await openWindow(folder);
});
afterAll(() => window.close());
beforeEach(() => pictureOnFailure(window));

test('the extension activates and offers its commands', async () => {
  await window.open('store.go');
  const titles = [];
  for (const name of ['Build Workspace', 'Cross-Build', 'Restart', 'Stop Build'])
    titles.push(...(await window.commandTitles(`Gospect: ${name}`)));
  expect(titles).toEqual(
    expect.arrayContaining(['Gospect: Build Workspace', 'Gospect: Cross-Build…', 'Gospect: Restart Language Server']),
  );
  expect(titles).not.toContain('Gospect: Stop Build');
});

goTest(
  'a cross-build of two targets makes two files of the right format',
  async () => {
    await window.command('Gospect: Cross-Build…');
    const input = window.page.locator('.quick-input-box input').first();
    for (const target of ['linux/amd64', 'windows/arm64']) {
      await input.fill(target);
      await window
        .quickPick()
        .filter({ hasText: target })
        .first()
        .locator('.monaco-checkbox, .quick-input-list-checkbox')
        .first()
        .click();
    }
    // a level can be typed, too
    await input.fill('linux/amd64/v3');
    await window
      .quickPick()
      .filter({ hasText: /GOAMD64=v3/ })
      .waitFor();
    await input.fill('');
    await window.shot('cross-build-picker');
    await window.page.keyboard.press('Enter');
    await window.page.locator('.activitybar .action-label[aria-label*="Gospect"]').click();
    const linux = window.page.getByRole('treeitem', { name: /^linux\/amd64/ });
    const windows = window.page.getByRole('treeitem', { name: /^windows\/arm64/ });
    await linux.filter({ hasText: /MiB/ }).waitFor({ timeout: 300_000 });
    await windows.filter({ hasText: /MiB/ }).waitFor({ timeout: 300_000 });
    await window.shot('builds');
    const magic = (file: string, length: number) =>
      fs
        .readFileSync(path.join(window.folder, 'out', file))
        .subarray(0, length)
        .toString('latin1');
    expect(magic('linux-amd64/inventory', 4)).toBe('\x7fELF');
    expect(magic('windows-arm64/inventory.exe', 2)).toBe('MZ');
  },
  700_000,
);

goTest('the binary explorer shows an executable that was built', async () => {
  const { page } = window;
  await page.getByRole('treeitem', { name: /linux-amd64\/inventory/ }).click();
  const explorer = window.webview();
  await explorer.getByRole('tab', { name: 'Treemap' }).waitFor();
  await explorer.locator('canvas').first().waitFor();
  await explorer.getByText(/ELF/).first().waitFor();
  await window.shot('binary-treemap');
  await explorer.getByRole('tab', { name: 'Table' }).click();
  await explorer.getByText('runtime').first().waitFor();
  await window.shot('binary-table');
});

goTest('an error of the compiler becomes a problem at its line', async () => {
  const file = path.join(window.folder, 'report/report.go');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace('total += it.Count', 'total += it.Missing'));
  await window.command('Gospect: Build Workspace');
  await window.page.getByRole('treeitem', { name: /^linux\/amd64: failed/ }).waitFor();
  await window.command('Problems: Focus on Problems View');
  await window.see(/it\.Missing undefined/);
  await window.shot('build-problem');
  await window.page.keyboard.press('Control+J'); // the panel is closed again
  fs.writeFileSync(file, text);
});

test.each([
  ['a text file', 'notes.txt', /is not|not a|no executable/i],
  ['a truncated ELF file', 'cut', /truncated|too short|end of the file/i],
])('the binary explorer says what is wrong with %s', async (_, name, message) => {
  await window.openWith(name, 'Gospect Binary Explorer');
  await window.webview().getByText(message).first().waitFor();
  await window.shot(`binary-${name}`);
});

goTest('the action graph shows what the build did', async () => {
  const { page } = window;
  // what is up to date is not linked again
  fs.appendFileSync(path.join(window.folder, 'report/report.go'), '\nfunc init() { println() }\n');
  await window.command('Gospect: Build Workspace');
  await page
    .getByRole('treeitem', { name: /^linux\/amd64/ })
    .filter({ hasText: /MiB/ })
    .waitFor();
  await window.command('Gospect: Show Action Graph');
  const graph = window.webview();
  await graph.getByRole('tab', { name: 'Timeline' }).waitFor();
  await graph.getByText(/actions: \d+ cached, \d+ run/).waitFor();
  await graph.locator('.lanes canvas').waitFor();
  await window.shot('action-graph-timeline');
  await graph.getByRole('tab', { name: 'Graph' }).click();
  await graph.locator('.network canvas').waitFor();
  await window.shot('action-graph-graph');
  await graph.getByRole('tab', { name: 'Table' }).click();
  await graph.getByRole('gridcell', { name: 'link', exact: true }).first().click();
  await graph.getByText('build ID').waitFor();
  await window.shot('action-graph-table');
  const changed = graph.getByLabel('A package that is gone or takes another time');
  await changed.fill('no/such');
  await changed.press('Tab');
  await graph.getByText('was not compiled in this build').waitFor();
  await changed.fill('example.com/inventory/report');
  await expect.poll(() => changed.getAttribute('aria-invalid')).toBe('false');
  await graph.getByRole('button', { name: 'Export…' }).click();
  for (const format of ['JSON', 'Page', 'Trace', 'DOT'])
    await window.quickPick().filter({ hasText: format }).first().waitFor();
  await window.shot('action-graph-export');
  await page.keyboard.press('Escape');
});
