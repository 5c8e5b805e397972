/** The binary explorer: what is selected from every side, and the bytes of each line beside the source. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { goTest } from '../go.ts';
import { orderProject } from './order.ts';
import { openWindow, pictureOnFailure, type Window } from './window.ts';

let window: Window;

beforeAll(async () => {
  window = await openWindow(orderProject());
}, 300_000);
afterAll(() => window?.close());
beforeEach(() => pictureOnFailure(window));

goTest(
  'what is selected is shown from every side',
  async () => {
    await window.explore('order');
    const page = window.webview();
    await window.shot('explorer-treemap');
    // a search that no tile matches says what there is
    await page.getByRole('searchbox').fill('no such symbol');
    await page.getByText('Nothing here matches no such symbol.').waitFor();
    await window.shot('explorer-nothing-found');
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('searchbox').fill('/^main\\.discount$/');
    await page.getByRole('gridcell', { name: 'main.discount', exact: true }).click();
    await page.getByText('begins at').waitFor();
    await window.shot('explorer-details');
    await page.getByRole('tab', { name: 'Callers' }).click();
    await page.getByRole('button', { name: 'main.main', exact: true }).first().waitFor();
    await window.shot('explorer-callers');
    await page.getByRole('tab', { name: 'Assembly' }).click();
    await page.getByText(/TEXT main\.discount/).waitFor();
    await window.shot('explorer-assembly');
    await page.getByRole('tab', { name: 'Hex' }).click();
    await page
      .getByText(/[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2}/)
      .first()
      .waitFor();
    await window.shot('explorer-hex');
    await page.getByRole('tab', { name: 'Why linked' }).click();
    await page.getByText('Shortest chain from the entry').waitFor({ timeout: 200_000 });
    await page.getByText(/main\.main calls reflect\.Value\.MethodByName/).waitFor();
    await window.shot('explorer-why');
    await page.getByRole('link', { name: 'main.go:15' }).first().click();
    await window.page.locator('.tab.active', { hasText: 'main.go' }).waitFor();
    await window.page.locator('.tab', { hasText: 'order' }).first().click();
    await page.getByRole('tab', { name: 'Table' }).waitFor();
    await page.getByRole('tab', { name: 'Build info' }).click();
    await page.getByText('position-independent').waitFor();
    await window.shot('explorer-build');
    await page.getByRole('tab', { name: 'Modules' }).click();
    await window.shot('explorer-modules');
  },
  400_000,
);

goTest('the explorer is walked with keys alone', async () => {
  await window.explore('order');
  const page = window.webview();
  const { keyboard } = window.page;
  const steps = page.getByRole('navigation', { name: 'Where you are' }).getByRole('button');
  const treemap = page.getByRole('application');
  const hasFocus = (element: Locator) =>
    expect.poll(() => element.evaluate(node => node === node.ownerDocument.activeElement)).toBe(true);
  // the views, the search and back to what is searched
  await page.getByRole('tablist', { name: 'Views of the file' }).locator('[aria-selected="true"]').focus();
  await keyboard.press('End');
  await hasFocus(page.getByRole('tab', { name: 'History' }));
  await keyboard.press('Home');
  await hasFocus(page.getByRole('tab', { name: 'Treemap' }));
  await expect.poll(() => page.getByRole('tabpanel', { name: 'Treemap' }).count()).toBe(1);
  await keyboard.press('/');
  await hasFocus(page.getByRole('searchbox'));
  await keyboard.press('Escape');
  await hasFocus(treemap);
  // in and out of the treemap
  while ((await steps.count()) > 1) await keyboard.press('Backspace');
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  await expect.poll(() => steps.count()).toBe(2);
  await hasFocus(treemap);
  await keyboard.press('Backspace');
  await expect.poll(() => steps.count()).toBe(1);
  await hasFocus(treemap);
  // the list of keys comes and goes
  await keyboard.press('?');
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Keys' }).waitFor({ state: 'detached' });
  // a choice keeps the focus
  const group = page.getByLabel('Group');
  await group.focus();
  await keyboard.press('ArrowDown');
  await expect.poll(() => group.inputValue()).toBe('section');
  await hasFocus(group);
  await keyboard.press('ArrowUp');
  await expect.poll(() => group.inputValue()).toBe('package');
  // sections of the strip: one stop, then arrows
  const sections = page.getByRole('toolbar', { name: 'Sections in the order of the file' });
  await expect.poll(() => sections.locator('[tabindex="0"]').count()).toBe(1);
  await sections.locator('[tabindex="0"]').focus();
  await keyboard.press('ArrowRight');
  await hasFocus(sections.getByRole('button').nth(1));
  await keyboard.press('Enter');
  await expect.poll(() => steps.count()).toBe(2);
  await window.shot('explorer-keys');
});

goTest('bytes of machine code stand beside the lines of the source, when they are asked for', async () => {
  const { page } = window;
  await window.explore('order');
  await window.open('main.go');
  await window.command('Gospect: Toggle Bytes per Source Line');
  const beside = () =>
    page
      .locator('.editor-group-container.active .view-line span')
      .evaluateAll(spans => spans.map(span => getComputedStyle(span, '::before').content).filter(x => / B"$/.test(x)));
  await expect.poll(async () => (await beside()).length).toBeGreaterThan(5);
  await window.shot('line-bytes');
  await window.command('Gospect: Toggle Bytes per Source Line');
  await expect.poll(beside).toEqual([]);
});
