/** The binary explorer: the difference of two builds, and of the working tree and HEAD. */
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
  'the difference to another build has the function that came on top',
  async () => {
    await window.explore('earlier');
    await window.explore('order');
    await window.command('Gospect: Compare Binary with…');
    await window.quickPick().filter({ hasText: 'earlier' }).click();
    const page = window.webview();
    await page.getByText(/against earlier/).waitFor();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('checkbox', { name: 'What follows' }).uncheck();
    await expect.poll(() => page.getByText('padding, follows').count()).toBe(0);
    const cells = page.locator('.table-row').first().getByRole('gridcell');
    await expect.poll(() => cells.first().textContent()).toBe('main.discount');
    await window.shot('difference-table');
    await page.getByRole('tab', { name: 'Treemap' }).click();
    await page.getByRole('tab', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'order', exact: true }).click();
    await window.shot('difference-treemap');
    await page.getByRole('checkbox', { name: 'What follows' }).check();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByText('padding, follows').first().waitFor();
    await window.shot('difference-following');
    await page.getByRole('button', { name: 'End comparison' }).click();
    await page
      .getByText(/^unknown/)
      .first()
      .waitFor();
  },
  400_000,
);

goTest(
  'the working tree is compared with what HEAD builds',
  async () => {
    await window.explore('order');
    await window.command('Gospect: Compare Binary with…');
    await window.quickPick().filter({ hasText: 'HEAD, built now' }).click();
    const page = window.webview();
    await page.getByText(/against order \(HEAD\)/).waitFor({ timeout: 300_000 });
    await page.getByRole('tab', { name: 'Table' }).click();
    const cells = page.locator('.table-row').first().getByRole('gridcell');
    await expect.poll(() => cells.first().textContent()).toBe('main.discount');
    await window.shot('difference-head');
  },
  400_000,
);
