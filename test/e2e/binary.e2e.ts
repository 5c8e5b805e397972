/** The binary explorer: what is selected from every side. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach } from 'vitest';
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
	fmt.Println(method.IsValid(), discount(len(os.Args)))
}

//go:noinline
func discount(n int) (sum int) {
	for i := range n {
		sum += i * n
		fmt.Fprintln(os.Stderr, "discount", i, sum)
	}
	return sum
}
`;
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
  build('order');
  window = await openWindow(folder);
  // the editor is offered once the extension is known
  await window.page.locator('.activitybar .action-label[aria-label*="Gospect"]').waitFor();
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
