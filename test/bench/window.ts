/// <reference lib="dom" />
/**
 * The binary explorer on a large file in a real window: how long until there is something to see, frames while its
 * treemap is zoomed and its table scrolled, and memory of the language server and of the page.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FrameLocator } from 'playwright-core';
import { driveWindow } from '../e2e/drive.ts';

interface Workbench {
  url(folder: string): string;
  stop(): Promise<void>;
}

/** Milliseconds between frames, and what the page worked in each of them. */
interface Frames {
  gaps: number[];
  work: number[];
}

/** Peak resident memory of the process whose command line and environment have these texts, in MiB; 0 for none. */
function peakOf(commandLine: string, environment: string): number {
  for (const pid of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const has = (file: string, text: string) => fs.readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(text);
      if (!has('cmdline', commandLine) || !has('environ', environment)) continue;
      const peak = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
      return Number(peak?.[1] ?? 0) / 1024;
    } catch {
      // it has ended, or is somebody else's
    }
  }
  return 0;
}

/** Notes when the file was asked for, in milliseconds since 1970. */
function noteOpening(): void {
  addEventListener('dblclick', () => Object.assign(globalThis, { opened: Date.now() }), true);
}

/**
 * Notes in a page when what is waited for is first on screen, by the same clock: asking from outside, some times a
 * second, would be late by up to half a second.
 */
function noteWhenSeen(): void {
  const seen: Record<string, number> = {};
  Object.assign(globalThis, { seen });
  const awaited = {
    first: () => document.querySelector('.strip'),
    whole: () => document.querySelector('[role=tab]'),
    all: () => [...document.querySelectorAll('button:enabled')].find(button => button.textContent === 'Export…'),
  };
  // not an observer: the page is written into a document that is opened anew
  setInterval(() => {
    for (const [name, find] of Object.entries(awaited)) {
      if (name in seen || !find()) continue;
      seen[name] = Number.NaN;
      // its frame has been painted when the next task begins
      requestAnimationFrame(() => setTimeout(() => (seen[name] = Date.now())));
    }
  }, 5);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const at = (values: number[], share: number) => sorted(values)[Math.floor((values.length - 1) * share)];

function said({ gaps, work }: Frames): string {
  const rate = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
  const figures = (values: number[]) =>
    `median ${at(values, 0.5).toFixed(1)}, p95 ${at(values, 0.95).toFixed(1)}, at most ${at(values, 1).toFixed(1)} ms`;
  return `${rate.toFixed(0)} frames a second; between frames ${figures(gaps)}; work in one ${figures(work)}`;
}

/** Zooms in and out of one place of the treemap after another, once a frame. */
const zoomFrames = (page: FrameLocator): Promise<Frames> =>
  page.locator('canvas').evaluate(async canvas => {
    const gaps: number[] = [];
    const work: number[] = [];
    let last = performance.now();
    for (let i = 0; i < 120; i++) {
      const now = await new Promise<number>(resolve => requestAnimationFrame(resolve));
      gaps.push(now - last);
      last = now;
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const begin = performance.now();
      canvas.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: i % 6 < 3 ? -100 : 100,
          clientX: left + ((i * 37) % 97) * (width / 100),
          clientY: top + ((i * 53) % 89) * (height / 100),
          cancelable: true,
        }),
      );
      work.push(performance.now() - begin);
    }
    return { gaps: gaps.slice(1), work };
  });

/** Scrolls the table down by many rows a frame, and back. */
const scrollFrames = (page: FrameLocator): Promise<Frames> =>
  page.locator('.table-body').evaluate(async body => {
    const gaps: number[] = [];
    const work: number[] = [];
    let last = performance.now();
    for (let i = 0; i < 240; i++) {
      const now = await new Promise<number>(resolve => requestAnimationFrame(resolve));
      gaps.push(now - last);
      last = now;
      const begin = performance.now();
      body.scrollTop += i < 120 ? 1500 : -1500;
      body.dispatchEvent(new Event('scroll'));
      void (body as HTMLElement).offsetHeight;
      work.push(performance.now() - begin);
    }
    return { gaps: gaps.slice(1), work };
  });

/** Prints a line each. `file` is opened in the explorer of a window of its own, with the extension as it was built. */
export async function benchWindow(file: string, print: (name: string, text: string) => void): Promise<void> {
  const root = process.cwd();
  const script = (name: string) => import(pathToFileURL(path.join(root, 'scripts', name)).href);
  const { workbench } = await script('workbench/install.mjs');
  const { serveWorkbench } = await script('workbench/serve.mjs');
  const { run } = await script('node.mjs');
  await run(process.execPath, ['scripts/build.mjs'], { quiet: true });
  const installed = await workbench();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
  const home = path.join(scratch, 'w');
  const folder = path.join(scratch, 'p');
  fs.mkdirSync(folder);
  const name = 'program.exe';
  fs.copyFileSync(file, path.join(folder, name));
  const server: Workbench = await serveWorkbench(installed, {
    home,
    extension: root,
    settings: { 'workbench.editorAssociations': { '*.exe': 'gospect.binary' } },
  });
  const window = await driveWindow({ chromium: installed.chromium, address: server.url(''), folder, shots: scratch });
  try {
    await window.page.locator('.activitybar .action-label[aria-label*="Gospect"]').waitFor();
    const page = window.webview();
    await window.page.evaluate(noteOpening);
    await window.page.context().addInitScript(noteWhenSeen);
    await window.page.locator('.part.sidebar .label-name', { hasText: name }).dblclick();
    // what is too small to be seen comes after the rest; the rows in view are saved once all are there
    await page.locator('button:enabled', { hasText: 'Export…' }).waitFor();
    const opened = await window.page.evaluate(() => (globalThis as unknown as { opened: number }).opened);
    const seen = () => (globalThis as unknown as { seen: Record<'first' | 'whole' | 'all', number> }).seen;
    const { first, whole, all } = await page.locator('body').evaluate(seen);
    const size = fs.statSync(file).size / 1e6;
    print('window', `${path.basename(file)}, ${size.toFixed(1)} MB`);
    print(
      '',
      `${seconds(first - opened)} to the first paint, ${seconds(whole - opened)} to all its bytes, ${seconds(all - opened)} to every symbol`,
    );
    await page.locator('canvas').waitFor();
    print('', `treemap zoom: ${said(await zoomFrames(page))}`);
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.locator('.table-row').first().waitFor();
    print('', `table scroll: ${said(await scrollFrames(page))}`);
    const begun = performance.now();
    await page.getByRole('searchbox').fill('/String$/');
    await page.locator('.table-row').first().waitFor();
    print('', `${(performance.now() - begun).toFixed(0)} ms to filter the table by a regular expression`);
    const heap = await page
      .locator('body')
      .evaluate(() => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0);
    const peak = peakOf('dist/server.js', home);
    print(
      '',
      `${peak.toFixed(0)} MiB at most in the server, ${(heap / 2 ** 20).toFixed(0)} MiB of objects in the page`,
    );
  } finally {
    await window.close();
    await server.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
