import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

let window: Window;

beforeAll(async () => {
  window = await openWindow(project());
  await window.open('store.go');
});
afterAll(() => window?.close());
beforeEach(() => pictureOnFailure(window));

const row = (name: RegExp) => window.page.getByRole('treeitem', { name }).first();

goTest(
  'Explain Rebuild names the file that changed, and what depends on it',
  async () => {
    const { page } = window;
    await window.command('Gospect: Build Workspace');
    await page.locator('.activitybar .action-label[aria-label*="Gospect"]').click();
    await row(/^linux\/amd64/)
      .filter({ hasText: /MiB/ })
      .waitFor({ timeout: 110_000 });
    const file = path.join(window.folder, 'store/store.go');
    fs.appendFileSync(file, '\nfunc (s *Store) Extra() int { return 1 }\n');
    await window.command('Gospect: Explain Rebuild');
    await row(/An input changed/).waitFor();
    await row(/inventory\/store.*file store\.go changed/).waitFor();
    await row(/Depends on the output of others/).waitFor();
    await window.shot('explain-rebuild');
    expect(await page.getByRole('treeitem', { name: /link example\.com\/inventory/ }).count()).toBeGreaterThan(0);
  },
  240_000,
);

goTest('the toolchain, modules, cgo and the cache of the folder', async () => {
  const { page } = window;
  await window.command('View: Toggle Primary Side Bar Visibility');
  await window.command('View: Toggle Primary Side Bar Visibility');
  await page.getByRole('button', { name: /Toolchain & Cache Section/ }).click();
  for (const name of [/^Toolchain$/, /^cgo$/, /^Build Cache$/]) await row(name).dblclick();
  await row(/^go1\.\d+/).waitFor();
  await row(/cgo is (on|off) for/).waitFor();
  await row(/(Ki|Mi|Gi)B in [\d,]+ entries/).waitFor({ timeout: 100_000 });
  await window.shot('toolchain');
});
