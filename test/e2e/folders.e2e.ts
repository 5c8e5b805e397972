import { expect, onTestFinished, test } from 'vitest';
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
