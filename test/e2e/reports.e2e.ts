import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished } from 'vitest';
import { goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

let window: Window;

beforeAll(async () => {
  window = await openWindow(project());
  await window.open('store.go');
});
afterAll(() => window?.close());
beforeEach(() => pictureOnFailure(window));

const rowOf =
  ({ page }: Window) =>
  (name: RegExp) =>
    page.getByRole('treeitem', { name }).first();

/** A window on a project whose settings hold from the start, with the views of Gospect at its side. */
async function ownWindow(settings: Record<string, unknown>) {
  const folder = project();
  fs.mkdirSync(path.join(folder, '.vscode'));
  fs.writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
  const own = await openWindow(folder);
  onTestFinished(() => own.close());
  pictureOnFailure(own);
  await own.open('store.go');
  await own.page.locator('.activitybar .action-label[aria-label*="Gospect"]').click();
  return { window: own, row: rowOf(own) };
}

goTest(
  'Explain Rebuild names the file that changed, and what depends on it',
  async () => {
    const { page } = window;
    const row = rowOf(window);
    await window.command('Gospect: Build Workspace');
    await page.locator('.activitybar .action-label[aria-label*="Gospect"]').click();
    await row(/^linux\/amd64/)
      .filter({ hasText: /MiB/ })
      .waitFor({ timeout: 300_000 });
    const file = path.join(window.folder, 'store/store.go');
    fs.appendFileSync(file, '\nfunc (s *Store) Extra() int { return 1 }\n');
    await window.command('Gospect: Explain Rebuild');
    await row(/An input changed/).waitFor();
    await row(/…\/store, file store\.go changed|…\/store.*file store\.go changed/).waitFor();
    await row(/Depends on the output of others/).waitFor();
    await window.shot('explain-rebuild');
    expect(await page.getByRole('treeitem', { name: /link example\.com\/inventory/ }).count()).toBeGreaterThan(0);
  },
  500_000,
);

goTest(
  'the toolchain, modules, cgo and the cache of the folder',
  async go => {
    // the cache of the machine may be large, and its disk slow
    const cache = path.join(inject('scratch'), 'small-cache');
    execFileSync(go.go, ['build', 'unicode/utf8'], { env: { ...process.env, GOCACHE: cache } });
    const { window, row } = await ownWindow({ 'go.toolsEnvVars': { GOCACHE: cache } });
    const { page } = window;
    // a tree has only the rows that fit: the other views are closed
    for (const title of ['Remarks', 'Builds', 'Explain Rebuild', 'Toolchain & Cache']) {
      const header = page.locator('.pane-header', { hasText: title }).first();
      const expanded = String(title === 'Toolchain & Cache');
      if ((await header.count()) > 0 && (await header.getAttribute('aria-expanded')) !== expanded) await header.click();
    }
    const sections: [name: RegExp, says: RegExp][] = [
      [/^Build Cache/, /(Ki|Mi|Gi)B in [\d,]+ entries/],
      [/^cgo/, /cgo is (on|off) for/],
      [/^Modules/, /main module, go 1/],
      [/^Toolchain/, /^go1\.\d+/],
    ];
    for (const [name, says] of sections) {
      await row(name).click();
      await page.keyboard.press('ArrowRight');
      await row(says).waitFor({ timeout: 200_000 });
      await window.shot(`view-${name.source.replaceAll(/\W/g, '')}`);
      await row(name).click();
      await page.keyboard.press('ArrowLeft');
    }
    await window.command('Gospect: Check C Compilers');
    await row(/^GCC.*compiles and links a program/).waitFor({ timeout: 200_000 });
    await window.shot('compilers');
  },
  500_000,
);

goTest(
  'the action graph grows while the build runs, and is its record when it has ended',
  async () => {
    const { window, row } = await ownWindow({ 'go.buildFlags': ['-a'] });
    await window.command('Gospect: Build Workspace');
    await row(/^linux\/amd64 \d+ of/).waitFor();
    await window.command('Gospect: Show Action Graph');
    const graph = window.webview();
    await graph.getByRole('heading', { name: 'Building' }).waitFor();
    await graph.getByText(/Now: /).waitFor();
    await window.shot('action-graph-live');
    await graph.getByRole('tab', { name: 'Timeline' }).waitFor({ timeout: 300_000 });
    await window.shot('action-graph-after-live');
    await graph.getByRole('combobox', { name: /A package that is gone/ }).fill('runtime');
    await graph.getByRole('combobox', { name: /A package that is gone/ }).press('Tab');
    await graph.getByText(/→ .*\(−\d+ %\)/).waitFor();
    await graph.getByRole('tab', { name: 'Processes' }).click();
    await graph
      .getByRole('gridcell', { name: /compile runtime/ })
      .first()
      .waitFor();
    await window.shot('action-graph-processes');
    await graph.getByRole('button', { name: 'Compare…' }).click();
    await window.quickPick().first().click();
    await graph.getByRole('tab', { name: 'Compare' }).waitFor();
    await graph.getByText(/against .* of build/).waitFor();
    await window.shot('action-graph-compare');
    for (const theme of ['Light Modern', 'Default High Contrast']) {
      await window.theme(theme);
      await window.shot(`action-graph-compare-${theme}`);
      await graph.getByRole('tab', { name: 'Timeline' }).click();
      await graph.locator('.lanes canvas').waitFor();
      await window.shot(`action-graph-${theme}`);
      await graph.getByRole('tab', { name: 'Compare' }).click();
    }
  },
  700_000,
);

goTest('the only main package is run as a task', async () => {
  await window.command('Gospect: Run Main Package…');
  await window.see(/run \.\/cmd\/inventory/);
  await window.shot('run-main');
});
