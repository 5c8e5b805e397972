import { expect, onTestFinished, test } from 'vitest';
import { goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project } from './window.ts';

test('a folder without go.mod is not built, and that is said', async () => {
  const window = await openWindow(project({ 'main.go': 'package main\n\nfunc main() {}\n' }));
  onTestFinished(() => window.close());
  pictureOnFailure(window);
  await window.open('main.go');
  await window.command('Gospect: Build Workspace');
  await window.see(/There is no go\.mod in/);
});

test('settings of every group are found in the settings editor', async () => {
  const window = await openWindow(project());
  onTestFinished(() => window.close());
  pictureOnFailure(window);
  await window.open('store.go');
  await window.command('Preferences: Open Settings (UI)');
  await window.page.locator('.settings-editor .suggest-input-container').first().click();
  await window.page.keyboard.type('gospect.remarks');
  await window.see('Show what is moved or escapes to the heap.');
  const found = await window.page
    .locator('.settings-editor .setting-item-label', { hasText: /^(Heap|Stack|Leaks)$/ })
    .count();
  expect(found).toBeGreaterThan(0);
  await window.shot('settings');
});

goTest(
  'a file of another target is grey until that target is selected, and again when it no longer is',
  async () => {
    const window = await openWindow(
      project({
        'go.mod': 'module example.com/where\n\ngo 1.22\n',
        'main.go': 'package main\n\nfunc main() { println(*where(1)) }\n',
        'where_linux.go': 'package main\n\nfunc where(n int) *int { return &n }\n',
        'where_windows.go': 'package main\n\nfunc where(n int) *int { return &n }\n',
      }),
    );
    onTestFinished(() => window.close());
    pictureOnFailure(window);
    const select = async (target: string) => {
      await window.command('Gospect: Select Target…');
      const input = window.page.locator('.quick-input-widget input[placeholder="Target"]');
      await input.fill(target);
      await window.quickPick().first().filter({ hasText: target }).waitFor();
      await input.press('Enter');
      await input.waitFor({ state: 'hidden' });
    };
    const grey = window.page.locator('.editor-group-container.active .squiggly-inline-unnecessary').first();
    const moved = window.hint('func where', String.raw`n\sheap`);
    await window.open('where_windows.go');
    await grey.waitFor({ timeout: 120_000 });
    await select('windows/arm64');
    await moved.waitFor();
    await grey.waitFor({ state: 'detached' });
    await window.page.locator('.statusbar-item', { hasText: 'windows/arm64' }).waitFor();
    await window.shot('target-selected');
    await select('As the environment says');
    await grey.waitFor();
    await moved.waitFor({ state: 'detached' });
  },
  240_000,
);
