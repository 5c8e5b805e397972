/** The binary explorer: what is selected from every side, and the difference of two builds. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

const MAIN = `package main

import (
	"fmt"
	"os"
	"reflect"
)

type Order struct{ Lines int }

func (o Order) Total() int { return 3 * o.Lines }

func main() {
	method := reflect.ValueOf(Order{len(os.Args)}).MethodByName(os.Args[0])
	fmt.Println(method.IsValid())
}
`;
const ADDED = MAIN.replace('.IsValid())', '.IsValid(), discount(len(os.Args)))').concat(`
//go:noinline
func discount(n int) (sum int) {
	for i := range n {
		sum += i * n
		fmt.Fprintln(os.Stderr, "discount", i, sum)
	}
	return sum
}
`);

let window: Window;

beforeAll(async () => {
  const folder = project({ 'go.mod': 'module example.com/order\n\ngo 1.22\n', 'main.go': MAIN });
  const build = (out: string) => {
    try {
      execFileSync('go', ['build', '-buildvcs=false', '-o', out], { cwd: folder, stdio: 'pipe' });
    } catch {
      // without Go the tests below are listed as skipped
    }
  };
  build('order-old');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  git('init', '-q');
  git('add', 'go.mod', 'main.go');
  git('commit', '-qm', 'first');
  fs.writeFileSync(path.join(folder, 'main.go'), ADDED);
  build('order');
  window = await openWindow(folder);
}, 300_000);
afterAll(() => window.close());
beforeEach(() => pictureOnFailure(window));

goTest(
  'what is selected is shown from every side',
  async () => {
    await window.openWith('order', 'Gospect Binary Explorer');
    const page = window.webview();
    await page.getByRole('tab', { name: 'Treemap' }).waitFor();
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
    await page.getByText('Shortest chain from the entry').waitFor({ timeout: 100_000 });
    await page.getByText(/main\.main calls reflect\.Value\.MethodByName/).waitFor();
    await window.shot('explorer-why');
    await page.getByRole('link', { name: 'main.go:15' }).first().click();
    await window.page.locator('.tab.active', { hasText: 'main.go' }).waitFor();
    await window.page.locator('.tab', { hasText: 'order' }).first().click();
    await page.getByRole('tab', { name: 'Build info' }).click();
    await page.getByText('position-independent').waitFor();
    await window.shot('explorer-build');
    await page.getByRole('tab', { name: 'Modules' }).click();
    await window.shot('explorer-modules');
  },
  240_000,
);

goTest(
  'the difference to another build has the function that came on top',
  async () => {
    const { page: workbench } = window;
    const tab = (name: string) => workbench.locator('.tab', { has: workbench.getByText(name, { exact: true }) });
    // the editor that was chosen for one binary file opens the next
    await workbench.keyboard.press('Control+P');
    await workbench.locator('.quick-input-box input').first().fill('order-old');
    await window.quickPick().filter({ hasText: 'order-old' }).first().waitFor();
    await workbench.keyboard.press('Enter');
    await window.webview().locator('h1', { hasText: 'order-old' }).waitFor();
    await tab('order').first().click();
    await window.webview().getByText('ELF').first().waitFor();
    await window.command('Gospect: Compare Binary with…');
    await window.quickPick().filter({ hasText: 'order-old' }).click();
    const page = window.webview();
    await page.getByText(/against order-old/).waitFor();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('searchbox').fill('');
    const cells = page.locator('.table-row').first().getByRole('gridcell');
    await expect.poll(() => cells.first().textContent()).toBe('main.discount');
    await window.shot('difference-table');
    await page.getByRole('tab', { name: 'Treemap' }).click();
    await page.getByRole('tab', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'order', exact: true }).click();
    await window.shot('difference-treemap');
    await page.getByRole('button', { name: 'End comparison' }).click();
    await page.getByText(/^unknown/).waitFor();
  },
  240_000,
);

goTest('the lines of a Go file have the bytes of their machine code beside them', async () => {
  await window.open('main.go');
  await window.command('Gospect: Toggle Bytes per Source Line');
  const before = () =>
    window.page.locator('.editor-group-container.active .view-line span').evaluateAll(spans => {
      const { getComputedStyle } = globalThis as unknown as {
        getComputedStyle(element: unknown, pseudo: string): { content: string };
      };
      return spans.map(span => getComputedStyle(span, '::before').content).filter(text => /\d+\sB/.test(text));
    });
  await expect.poll(async () => (await before()).length, { timeout: 30_000 }).toBeGreaterThan(4);
  await window.shot('line-bytes');
  await window.command('Gospect: Toggle Bytes per Source Line');
});

goTest(
  'the working tree is compared with what HEAD builds',
  async () => {
    const tab = window.page.locator('.tab', { has: window.page.getByText('order', { exact: true }) });
    await tab.first().click();
    await window.webview().getByText('ELF').first().waitFor();
    await window.command('Gospect: Compare Binary with…');
    await window.quickPick().filter({ hasText: 'HEAD, built now' }).click();
    const page = window.webview();
    await page.getByText(/against order \(HEAD\)/).waitFor({ timeout: 150_000 });
    await page.getByRole('tab', { name: 'Table' }).click();
    const cells = page.locator('.table-row').first().getByRole('gridcell');
    await expect.poll(() => cells.first().textContent()).toBe('main.discount');
    await window.shot('difference-head');
  },
  240_000,
);
