/**
 * npm run bench -- graph: the page of the action graph with 3,000 actions in a browser: how long until it can be used, the
 * layered layout, and the times of frames while timeline and graph are dragged.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
// @ts-expect-error plain scripts without types
import { workbench } from '../../scripts/workbench/install.mjs';

/** The browser's, in what is run there. */
declare function requestAnimationFrame(callback: (now: number) => void): number;

const ACTIONS = 3000;

/** A build as go records it: actions that each wait for some of those shortly before, on eight cores. */
function record(): string {
  let seed = 1;
  const random = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const free = Array.from({ length: 8 }, () => 0);
  const done: number[] = [];
  const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  const list = Array.from({ length: ACTIONS }, (_, i) => {
    const deps = new Set<number>();
    for (let n = i === 0 ? 0 : 1 + random(8); n > 0; n--) deps.add(Math.max(0, i - 1 - random(Math.min(i, 400))));
    const ready = Math.max(0, ...[...deps].map(d => done[d]));
    const core = free.indexOf(Math.min(...free));
    const start = Math.max(ready, free[core]);
    done[i] = free[core] = start + 5 + random(200);
    return {
      ID: i,
      Mode: i === ACTIONS - 1 ? 'link' : 'build',
      Package: `example.com/module${i % 40}/internal/package${i}`,
      Deps: [...deps],
      Priority: i,
      NeedBuild: true,
      ActionID: `action${i}`,
      BuildID: `action${i}/content${i}`,
      TimeReady: at(ready),
      TimeStart: at(start),
      TimeDone: at(done[i]),
      Cmd: ['compile'],
      CmdReal: (done[i] - start) * 1e6,
      CmdUser: (done[i] - start) * 9e5,
      CmdSys: 1e6,
    };
  });
  return JSON.stringify(list);
}

/** Drags the canvas about and tells the times between frames, in milliseconds, least first. */
async function drag(page: Page, canvas: string): Promise<number[]> {
  const box = (await page.locator(canvas).first().boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // Zoomed in, there is something to be dragged.
  await page.mouse.move(x, y);
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -300);
  await page.evaluate(() => {
    const times: number[] = [];
    let last = performance.now();
    const frame = (now: number): void => {
      times.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, { frameTimes: times });
  });
  await page.mouse.down();
  for (let i = 0; i < 120; i++) await page.mouse.move(x + 200 * Math.sin(i / 10), y + 60 * Math.cos(i / 10));
  await page.mouse.up();
  const times = await page.evaluate(() => (globalThis as unknown as { frameTimes: number[] }).frameTimes);
  return times.slice(2).sort((a, b) => a - b);
}

const frames = (times: number[]): string => {
  const at = (share: number): string => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  return `frames median ${at(0.5)}, p95 ${at(0.95)}, at most ${at(1)} ms of ${times.length}`;
};

export async function benchGraph(row: (name: string, text: string) => void): Promise<void> {
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-bench-'));
  const installed = (await workbench()) as { chromium: string };
  const browser = await chromium.launch({
    executablePath: installed.chromium,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const file = path.join(top, 'graph.json');
    const html = path.join(top, 'page.html');
    fs.writeFileSync(file, record());
    const cli = path.resolve('dist/cli.js');
    fs.writeFileSync(
      html,
      execFileSync(process.execPath, [cli, 'graph', '--from', file, '--html'], { maxBuffer: 1 << 28 }),
    );
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(pathToFileURL(html).href, { waitUntil: 'commit' });
    /** Milliseconds from `since` to the second frame after the element is there. */
    const shown = async (selector: string, since: number): Promise<number> => {
      await page.locator(selector).first().waitFor();
      const now = await page.evaluate(
        () =>
          new Promise<number>(done =>
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))),
          ),
      );
      return now - since;
    };
    const timeline = await shown('.lanes canvas', 0);
    row('graph', `${ACTIONS} actions: the page can be used ${timeline.toFixed(0)} ms after it was opened`);
    row('', `timeline dragged: ${frames(await drag(page, '.lanes canvas'))}`);
    const begin = await page.evaluate(() => performance.now());
    await page.getByRole('tab', { name: 'Graph' }).click();
    const network = await shown('.network canvas', begin);
    row('', `graph shown ${network.toFixed(0)} ms after it was asked for, laid out in that`);
    row('', `graph dragged: ${frames(await drag(page, '.network canvas'))}`);
  } finally {
    await browser.close();
    fs.rmSync(top, { recursive: true, force: true });
  }
}
