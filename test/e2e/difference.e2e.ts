/** The binary explorer: the difference of two builds, and of the working tree and HEAD. */
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
  // the editor is offered once the extension is known
  await window.page.locator('.activitybar .action-label[aria-label*="Gospect"]').waitFor();
  await window.open('main.go');
  await window.page.waitForTimeout(2000);
}, 300_000);
afterAll(() => window.close());
beforeEach(() => pictureOnFailure(window));

/** Opens a file of the folder in the binary explorer, from the list of files. */
async function explore(name: string): Promise<void> {
  const { page } = window;
  const file = page.locator('.part.sidebar .label-name', { hasText: new RegExp(`^${name}$`) });
  await file.first().click({ button: 'right' });
  await page.locator('.action-label', { hasText: 'Open in Binary Explorer' }).first().hover();
  await page.waitForTimeout(300); // a menu that has just opened takes no clicks
  await page.keyboard.press('Enter');
  await window.webview().getByRole('tab', { name: 'Treemap' }).waitFor();
  await window.webview().locator('h1').getByText(name, { exact: true }).waitFor();
}

goTest(
  'the difference to another build has the function that came on top',
  async () => {
    await explore('order-old');
    await explore('order');
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
    await page
      .getByText(/^unknown/)
      .first()
      .waitFor();
  },
  240_000,
);

goTest(
  'the working tree is compared with what HEAD builds',
  async () => {
    await explore('order');
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
