/** A person at a workbench, played by a browser without a screen: for tests, and for measuring. */
import fs from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';

/** How long to wait for what must come; a loaded machine is slow. */
const PATIENCE = 60_000;
/** Milliseconds that a list has to stay the same to count as complete. */
const SETTLED = 400;

/** What a window is opened with. */
export interface Place {
  /** The browser's program. */
  chromium: string;
  /** Address of a workbench that shows the folder when its name follows. */
  address: string;
  folder: string;
  /** Folder of screenshots. */
  shots: string;
}

/** A workbench window and what a person does in it. */
export interface Window {
  page: Page;
  folder: string;
  /** Opens a file of the folder through quick open and waits for its editor. */
  open(file: string): Promise<void>;
  /** Opens a file of the folder in a custom editor, by the editor's name. */
  openWith(file: string, editor: string): Promise<void>;
  /** Opens an executable that the settings of the folder associate with the binary explorer, and waits for its page. */
  explore(file: string): Promise<void>;
  /** Puts the cursor at the start of a line (from 1) of the active editor. */
  goToLine(line: number): Promise<void>;
  /** Types into the active editor as a person does, with brackets and indentation left as they are typed. */
  type(text: string): Promise<void>;
  /** Runs a command by its title in the palette: `Gospect: Build Workspace`. */
  command(title: string): Promise<void>;
  /** Titles the palette offers for a text. */
  commandTitles(text: string): Promise<string[]>;
  /** The rows of the open quick pick. */
  quickPick(): Locator;
  /** The visible lines of the active editor that hold a text, inlay hints included. */
  line(text: string | RegExp): Locator;
  /** The inlay hint of a visible line. */
  hint(line: string | RegExp, label: string): Locator;
  /** Makes the folder's settings these, and nothing else; they take effect a little later. */
  settings(values: Record<string, unknown>): void;
  /** Shows the folder in a theme, by its id: `Default High Contrast`. */
  theme(id: string): Promise<void>;
  /** Waits for a text anywhere in the window. */
  see(text: string | RegExp): Promise<void>;
  /** The inside of the visible webview. */
  webview(): FrameLocator;
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What the text editor shows of a binary file. */
const AS_BINARY = '.editor-group-container.active .monaco-editor-pane-placeholder';

const inputOf = (page: Page) => page.locator('.quick-input-box input').first();
const rowsOf = (page: Page) => page.locator('.quick-input-list .monaco-list-row');
const webviewOf = (page: Page) => page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');

/** Opens the palette on the commands that match a text. */
async function palette(page: Page, text: string): Promise<void> {
  await page.keyboard.press('F1');
  await inputOf(page).fill(`>${text}`);
  await rowsOf(page).first().waitFor();
}

/** Waits until the extension's commands are offered: its editors are then, too. */
async function extensionReady(page: Page): Promise<void> {
  // the icon of its views may be what an earlier window had
  for (let known = false; !known; ) {
    const offered = async () => {
      // a key that comes too early is lost
      await page.keyboard.press('F1');
      await inputOf(page).fill('>Gospect: Show Output', { timeout: 5000 });
      await rowsOf(page).filter({ hasText: 'Gospect: Show Output' }).first().waitFor({ timeout: 2000 });
      return true;
    };
    known = await offered().catch(() => false);
    await page.keyboard.press('Escape');
    await inputOf(page).waitFor({ state: 'hidden' });
  }
}

/** Opens a file by its name, until what it is opened in is there: what comes too early is lost, or opened as text. */
async function quickOpen(page: Page, file: string, arrived: Locator): Promise<void> {
  const input = inputOf(page);
  const opened = async () => {
    await page.keyboard.press('Control+P');
    await input.fill(file, { timeout: 5000 });
    // what is opened is the row that is chosen, which changes while the list is filled
    const chosen = page.locator('.quick-input-list .monaco-list-row.focused .label-name').first();
    await chosen.getByText(path.basename(file), { exact: true }).waitFor({ timeout: 10_000 });
    await input.press('Enter');
    await arrived.waitFor({ timeout: 20_000 });
    return true;
  };
  for (let tries = 1; ; tries++) {
    if (await opened().catch(error => tries === 3 && Promise.reject(error))) return;
    await page.keyboard.press('Escape');
    await palette(page, 'View: Close Editor');
    await rowsOf(page).filter({ hasText: 'View: Close Editor' }).first().click();
  }
}

/** Shows the active file in another editor, which is a page of an extension. */
async function reopenWith(page: Page, editor: string): Promise<void> {
  const rows = rowsOf(page);
  await palette(page, 'View: Reopen Editor With...');
  await rows.first().filter({ hasText: 'Reopen Editor With...' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-box input[placeholder^="Select editor"]').waitFor();
  await inputOf(page).fill(editor);
  await rows.first().filter({ hasText: editor }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('iframe.webview.ready:visible').waitFor();
}

/** Opens a folder in a browser of its own; `address` is that of a workbench without the folder. */
export async function driveWindow({ chromium: executablePath, address, folder, shots }: Place): Promise<Window> {
  const browser: Browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE);
  const shot = async (name: string) => {
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
  };
  await page.goto(address + encodeURIComponent(folder), { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('.monaco-workbench .part.sidebar');
  const input = inputOf(page);
  const rows = rowsOf(page);
  await extensionReady(page);
  const webview = () => webviewOf(page);
  const settings = (values: Record<string, unknown>) => {
    const file = path.join(folder, '.vscode/settings.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(values));
  };
  const line = (text: string | RegExp) =>
    page.locator('.editor-group-container.active .view-line').filter({ hasText: text });
  return {
    page,
    folder,
    async open(file) {
      await quickOpen(page, file, page.locator('.tab.active', { hasText: path.basename(file) }));
      await page.locator('.editor-group-container.active .view-line').first().waitFor();
    },
    async openWith(file, editor) {
      await quickOpen(page, file, page.locator('.tab.active', { hasText: path.basename(file) }));
      // an editor that is still opening would win over the one that is asked for next
      await page.locator([AS_BINARY, '.editor-group-container.active .view-line'].join(', ')).first().waitFor();
      await reopenWith(page, editor);
    },
    async explore(file) {
      await quickOpen(page, file, page.locator('.tab.active', { hasText: path.basename(file) }));
      const title = webview().locator('h1').getByText(file, { exact: true });
      const asText = page.locator(AS_BINARY).first();
      const there = (place: Locator) =>
        place.waitFor().then(
          () => true,
          () => false,
        );
      // on a busy machine files are associated with the editor of an extension that is not known yet
      await Promise.race([there(title), there(asText)]);
      if (await asText.isVisible()) await reopenWith(page, 'Gospect Binary Explorer');
      await title.waitFor();
      await webview().getByRole('tab', { name: 'Treemap' }).waitFor();
    },
    async goToLine(line) {
      await page.keyboard.press('Control+G');
      await input.fill(`:${line}`);
      await page.keyboard.press('Enter');
      // what is typed next is for the editor
      await input.waitFor({ state: 'hidden' });
    },
    async type(text) {
      await page.keyboard.insertText(text);
    },
    async command(title) {
      await palette(page, title);
      await rows.filter({ hasText: title }).first().click();
    },
    async commandTitles(text) {
      await palette(page, text);
      // the list settles in steps
      let titles: string[] = [];
      for (let before: string | null = null; before !== titles.join('\n'); ) {
        before = titles.join('\n');
        await page.waitForTimeout(SETTLED);
        titles = await rows.locator('.label-name').allInnerTexts();
      }
      await page.keyboard.press('Escape');
      await input.waitFor({ state: 'hidden' });
      return titles.map(title => title.replaceAll('\u00a0', ' '));
    },
    quickPick: () => rows,
    line,
    // inlay hints are spans of their own within the line
    hint: (text, label) =>
      line(text)
        .locator('span', { hasText: new RegExp(`^\\s*${label}$`) })
        .first(),
    async see(text) {
      await page.getByText(text).first().waitFor();
    },
    settings,
    async theme(id) {
      settings({ 'workbench.colorTheme': id });
      const base = id.includes('Contrast')
        ? id.includes('Light')
          ? 'hc-light'
          : 'hc-black'
        : id.includes('Light')
          ? 'vs'
          : 'vs-dark';
      await page.locator(`.monaco-workbench.${base}`).waitFor();
      if (await page.locator('iframe.webview.ready:visible').count())
        await webview().locator(`body[data-vscode-theme-id="${id}"]`).waitFor();
    },
    webview,
    shot,
    close: () => browser.close(),
  };
}
