import fs from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { inject, onTestFailed } from 'vitest';

/** How long to wait for what must come; a loaded machine is slow. */
const PATIENCE = 30_000;

let copies = 0;

/** A fresh copy of the sample module, or of nothing but these files, as the folder to open. */
export function project(files?: Record<string, string>): string {
  const folder = path.join(inject('scratch'), `p${++copies}-${process.pid}`);
  if (files === undefined) {
    fs.cpSync(path.join(import.meta.dirname, '../sample'), folder, { recursive: true });
  } else {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
  }
  return folder;
}

/** A workbench window and what a person does in it. */
export interface Window {
  page: Page;
  folder: string;
  /** Opens a file of the folder through quick open and waits for its editor. */
  open(file: string): Promise<void>;
  /** Opens a file of the folder in a custom editor, by the editor's name. */
  openWith(file: string, editor: string): Promise<void>;
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
  /** Waits for a text anywhere in the window. */
  see(text: string | RegExp): Promise<void>;
  /** The inside of the visible webview. */
  webview(): FrameLocator;
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a folder in a browser of its own; a failing test leaves a screenshot. */
export async function openWindow(folder: string, address = inject('workbench')): Promise<Window> {
  const browser: Browser = await chromium.launch({
    executablePath: inject('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE);
  const shot = async (name: string) => {
    await page.screenshot({ path: path.join(inject('shots'), `${name}.png`) });
  };
  await page.goto(address + encodeURIComponent(folder), { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('.monaco-workbench .part.sidebar');
  const input = page.locator('.quick-input-box input').first();
  const rows = page.locator('.quick-input-list .monaco-list-row');

  const palette = async (text: string) => {
    await page.keyboard.press('F1');
    await input.fill(`>${text}`);
    await rows.first().waitFor();
  };
  const line = (text: string | RegExp) =>
    page.locator('.editor-group-container.active .view-line').filter({ hasText: text });
  return {
    page,
    folder,
    async open(file) {
      await page.keyboard.press('Control+P');
      await input.fill(file);
      await rows
        .filter({ hasText: path.basename(file) })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.tab.active', { hasText: path.basename(file) }).waitFor();
      await page.locator('.editor-group-container.active .view-line').first().waitFor();
    },
    async openWith(file, editor) {
      await page.keyboard.press('Control+P');
      await input.fill(file);
      await rows
        .filter({ hasText: path.basename(file) })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.tab.active', { hasText: path.basename(file) }).waitFor();
      // an editor that is still opening would win over the one that is asked for next
      const opened = ['.monaco-editor-pane-placeholder', '.view-line'].map(x => `.editor-group-container.active ${x}`);
      await page.locator(opened.join(', ')).first().waitFor();
      await palette('View: Reopen Editor With...');
      await rows.first().filter({ hasText: 'Reopen Editor With...' }).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-box input[placeholder^="Select editor"]').waitFor();
      await input.fill(editor);
      await rows.first().filter({ hasText: editor }).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('iframe.webview.ready:visible').waitFor();
    },
    async goToLine(line) {
      await page.keyboard.press('Control+G');
      await input.fill(`:${line}`);
      await page.keyboard.press('Enter');
    },
    async type(text) {
      await page.keyboard.insertText(text);
    },
    async command(title) {
      await palette(title);
      await rows.filter({ hasText: title }).first().click();
    },
    async commandTitles(text) {
      await palette(text);
      await page.waitForTimeout(500); // the list settles in steps
      const titles = await rows.locator('.label-name').allInnerTexts();
      await page.keyboard.press('Escape');
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
    webview: () => page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame'),
    shot,
    close: () => browser.close(),
  };
}

/** Takes a picture of the window when the running test fails. */
export function pictureOnFailure(window: Window): void {
  onTestFailed(async ({ task }) => {
    await window.shot(`failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`).catch(() => undefined);
  });
}
