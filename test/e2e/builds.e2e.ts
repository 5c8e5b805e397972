/** What there is around a build, in a program so small that it is quickly built from nothing: settings, views, stopping. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
// @ts-expect-error plain scripts without types
import { workbench } from '../../scripts/workbench/install.mjs';
// @ts-expect-error plain scripts without types
import { serveWorkbench } from '../../scripts/workbench/serve.mjs';
import { found, goTest } from '../go.ts';
import { openWindow, pictureOnFailure, project, type Window } from './window.ts';

const folders = path.join(inject('scratch'), 'builds');
const cache = path.join(folders, 'cache');
const temporary = path.join(folders, 'tmp');
/** Compilers wait while this file is there. */
const hold = path.join(folders, 'hold');
const holding = `#!/bin/sh
case "$*" in *-V=full*) ;; */compile*) while [ -e '${hold}' ]; do sleep 0.2; done ;; esac
exec "$@"
`;
const sdk = path.join(inject('scratch'), 'w/home/sdk');
const program = {
  'go.mod': 'module example.com/hello\n\ngo 1.24\n',
  'main.go':
    'package main\n\nvar version = "dev"\n\nfunc main() { println(version, tagged) }\n\nvar kept *int\n\nfunc keep() {\n\tn := 1\n\tkept = &n\n}\n',
  'plain.go': '//go:build !special\n\npackage main\n\nconst tagged = "plain"\n',
  'special.go': '//go:build special\n\npackage main\n\nconst tagged = "special"\n',
};
let window: Window;

beforeAll(async () => {
  for (const folder of [temporary, sdk]) fs.mkdirSync(folder, { recursive: true });
  if (found && !fs.existsSync(path.join(sdk, 'go-of-mine'))) fs.symlinkSync(found.goroot, path.join(sdk, 'go-of-mine'));
  const script = path.join(folders, 'holding');
  fs.writeFileSync(script, holding, { mode: 0o755 });
  const settings = {
    // A click chooses a row and no more.
    'workbench.tree.expandMode': 'doubleClick',
    'go.buildTags': 'special',
    ...(process.platform === 'win32' ? {} : { 'go.buildFlags': [`-toolexec=${script}`] }),
    'go.toolsEnvVars': { GOCACHE: cache, GOTMPDIR: temporary },
    'gospect.build.variables': { 'main.nowhere': '1' },
  };
  window = await openWindow(project({ ...program, '.vscode/settings.json': JSON.stringify(settings) }));
  await window.open('main.go');
});
afterAll(() => window?.close());
beforeEach(() => pictureOnFailure(window));

const row = (name: RegExp) => window.page.getByRole('treeitem', { name }).first();
/** Unfolds a row until what is in it can be seen: the view may be filled anew meanwhile, and is folded again. */
const unfold = (name: RegExp, inside: RegExp) =>
  expect
    .poll(
      async () => {
        await row(name).click();
        await window.page.keyboard.press('ArrowRight');
        return row(inside).isVisible();
      },
      { interval: 1000 },
    )
    .toBe(true);
const input = () => window.page.locator('.quick-input-box input').first();
const setting = (name: string): unknown =>
  (JSON.parse(fs.readFileSync(path.join(window.folder, '.vscode/settings.json'), 'utf8')) as Record<string, unknown>)[
    name
  ];
/** Processes that have the text in their command line: pid, parent and command. */
const running = (text: string): [pid: number, parent: number, command: string][] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter(line => line.trim() !== '' && line.includes(text))
    .map(line => {
      const [, pid, parent, command] = /^ *(\d+) +(\d+) (.*)$/.exec(line)!;
      return [Number(pid), Number(parent), command];
    });
const compiling = () => running(temporary).some(([, , command]) => /[/\\]compile(\.exe)? /.test(command));
const made = () => path.join(window.folder, 'out/linux-amd64/hello');

goTest('a level behind the gear, targets kept as a matrix, and the workflow for them', async () => {
  const { page } = window;
  await window.command('Gospect: Generate GitHub Actions Workflow…');
  await input().fill('linux/amd64');
  const port = window.quickPick().filter({ hasText: 'linux/amd64' }).first();
  await port.hover();
  await port.getByRole('button', { name: /Level of the processor/ }).click();
  await window.quickPick().filter({ hasText: /^v3/ }).waitFor();
  await window.shot('port-level');
  await input().fill('v3');
  await page.keyboard.press('Enter');
  const chosen = window.quickPick().filter({ hasText: 'linux/amd64/v3' }).first();
  await chosen.waitFor();
  await window.shot('port-chosen');
  await page.getByRole('button', { name: /Keep as a matrix/ }).click();
  await page.locator('.quick-input-title', { hasText: 'Keep these targets' }).waitFor();
  await input().fill('servers');
  await page.keyboard.press('Enter');
  await window.line(/linux_amd64_v3/).waitFor();
  await window.shot('workflow');
  expect(setting('gospect.build.matrices')).toEqual({ servers: { targets: ['linux/amd64/v3'] } });
});

goTest('variables that the linker can set, the wrong one flagged', async () => {
  await window.command('Gospect: Set Variables at Link Time…');
  await window.quickPick().filter({ hasText: 'main.nowhere' }).waitFor();
  await window.shot('variables');
  await input().fill('main.version');
  await window.quickPick().filter({ hasText: 'main.version' }).first().waitFor();
  await window.page.keyboard.press('Enter');
  await window.page.locator('.quick-input-title', { hasText: 'main.version' }).waitFor();
  await input().fill('v1 beta');
  await window.page.keyboard.press('Enter');
  await expect
    .poll(() => setting('gospect.build.variables'))
    .toEqual({ 'main.nowhere': '1', 'main.version': 'v1 beta' });
});

goTest('a build as the settings say: tags, variables, environment', async () => {
  await window.command('Gospect: Build Workspace');
  await window.command('View: Show Gospect');
  await row(/^linux\/amd64/)
    .filter({ hasText: /MiB/ })
    .waitFor({ timeout: 110_000 });
  if (process.platform === 'linux' && process.arch === 'x64')
    expect(execFileSync('sh', ['-c', '"$0" 2>&1', made()], { encoding: 'utf8' })).toBe('v1 beta special\n');
  expect(fs.readdirSync(cache).length).toBeGreaterThan(200);
});

goTest('whether the build is reproducible, and what to change', async () => {
  await window.command('Gospect: Verify Reproducible Build');
  await row(/^Not reproducible/).waitFor({ timeout: 110_000 });
  await row(/What to change.*-trimpath/).waitFor();
  await window.shot('verify');
});

goTest('damage in the build cache is found by hashing, and that alone is removed', async () => {
  const outputs = fs
    .readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('-d'))
    .map(name => path.join(cache, name))
    .filter(name => fs.statSync(name).size > 1000)
    .sort();
  fs.appendFileSync(outputs[0], 'x');
  // A tree has only the rows that fit: the other views are closed.
  for (const title of ['Builds', 'Remarks', 'Verify Reproducible Build']) {
    const header = window.page.locator('.pane-header', { hasText: title }).first();
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
  }
  await window.command('Gospect: Check Build Cache');
  await row(/^Damaged.*\d files?/).waitFor();
  await window.shot('cache-damaged');
  await window.command('Gospect: Repair Build Cache…');
  await window.page.getByRole('button', { name: 'Remove What Is Damaged' }).click();
  await row(/^Repaired.*\d files? removed/).waitFor();
  await window.shot('cache-repaired');
  expect(fs.existsSync(outputs[0])).toBe(false);
  expect(outputs.slice(1).every(file => fs.existsSync(file))).toBe(true);
});

goTest('another installation of Go for this folder, and back', async () => {
  const { page } = window;
  await window.command('Gospect: Switch Toolchain…');
  await window.quickPick().filter({ hasText: 'As the environment says' }).waitFor();
  await input().fill('go-of-mine');
  await window.quickPick().filter({ hasText: 'go-of-mine' }).first().waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => setting('gospect.goroot')).toBe(path.join(sdk, 'go-of-mine'));
  await unfold(/^Toolchain\s*$/, /^go1\..*the settings name it/);
  await window.shot('toolchain-switched');
  await unfold(/^Modules\s*$/, /^example\.com\/hello/);
  await unfold(/^cgo\s*$/, /^cgo is (on|off) for/);
  const file = path.join(window.folder, '.vscode/settings.json');
  const plain = fs.readFileSync(file, 'utf8');
  for (const [theme, look] of [
    ['Default Dark Modern', 'vs-dark'],
    ['Default High Contrast', 'hc-black'],
  ]) {
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(plain), 'workbench.colorTheme': theme }));
    await page.locator(`.monaco-workbench.${look}`).waitFor();
    await window.shot(`toolchain-${look}`);
  }
  fs.writeFileSync(file, plain);
  await page.locator('.monaco-workbench.vs:not(.hc-black)').waitFor();
  await window.command('Gospect: Switch Toolchain…');
  await window.quickPick().filter({ hasText: 'As the environment says' }).first().waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => setting('gospect.goroot')).toBe(undefined);
});

// What holds a compiler up is a script.
const posix: typeof goTest = process.platform === 'win32' ? name => test.skip(name) : goTest;

let edits = 0;
/** Changes what the program prints, builds it, and returns when its compiler has been started, which is held up. */
async function buildHeldUp(): Promise<string> {
  const word = `special${++edits}`;
  fs.writeFileSync(
    path.join(window.folder, 'special.go'),
    `//go:build special\n\npackage main\n\nconst tagged = "${word}"\n`,
  );
  fs.writeFileSync(hold, '');
  await window.command('Gospect: Build Workspace');
  await expect.poll(compiling, { interval: 50 }).toBe(true);
  return word;
}
/** Nothing runs any more, and all that the build left is the program that was there before. */
async function nothingButBefore(before: Buffer): Promise<void> {
  await expect.poll(() => running(temporary)).toEqual([]);
  await expect.poll(() => fs.readdirSync(temporary)).toEqual([]);
  await expect.poll(() => fs.readdirSync(path.dirname(made()))).toEqual(['hello']);
  expect(fs.readFileSync(made()).equals(before)).toBe(true);
}

posix('Stop Build in mid-build leaves no process and no file, and what was built is still there', async () => {
  const before = fs.readFileSync(made());
  await buildHeldUp();
  await window.command('Gospect: Stop Build');
  const builds = window.page.locator('.pane-header', { hasText: 'Builds' }).first();
  if ((await builds.getAttribute('aria-expanded')) === 'false') await builds.click();
  await row(/^linux\/amd64.*stopped/).waitFor();
  await window.shot('build-stopped');
  await nothingButBefore(before);
});

posix('an extension host killed in mid-build leaves no process and no file, and the next build is right', async () => {
  const before = fs.readFileSync(made());
  const word = await buildHeldUp();
  const all = new Map(running('').map(([pid, parent, command]) => [pid, { parent, command }]));
  let host: number | undefined = running(temporary)[0]?.[0];
  while (host && !all.get(host)?.command.includes('--type=extensionHost')) host = all.get(host)?.parent;
  expect(host, 'the extension host among those that started the compiler').toBeDefined();
  process.kill(host!, 'SIGKILL');
  await nothingButBefore(before);
  fs.rmSync(hold);
  const again = await openWindow(window.folder);
  try {
    pictureOnFailure(again);
    await again.command('Gospect: Build Workspace');
    await expect.poll(() => fs.readFileSync(made()).includes(word)).toBe(true);
    await nothingButBefore(fs.readFileSync(made()));
  } finally {
    await again.close();
  }
});

goTest(
  'in a folder that is not trusted nothing of its settings is run',
  async () => {
    const proof = path.join(folders, 'run');
    const evil = `#!/bin/sh\necho "$0 $@" >> '${proof}'\n`;
    const settings = {
      'go.alternateTools': { go: '${workspaceFolder}/evil/bin/go' },
      'go.toolsEnvVars': { GOFLAGS: '-toolexec=${workspaceFolder}/evil/bin/go', CC: '${workspaceFolder}/evil/bin/go' },
      'gospect.goroot': '${workspaceFolder}/evil',
      'gospect.build.profile': 'mine',
      'gospect.build.profiles': { mine: { flags: ['-toolexec=evil/bin/go'], env: {} } },
    };
    const folder = project({
      ...program,
      'evil/bin/go': evil,
      'evil/VERSION': 'go1.26.8\n',
      '.vscode/settings.json': JSON.stringify(settings),
    });
    fs.chmodSync(path.join(folder, 'evil/bin/go'), 0o755);
    const server = await serveWorkbench(await workbench(), {
      home: path.join(inject('scratch'), 'u'),
      vsix: inject('vsix'),
      trust: true,
      env: { PATH: process.env.PATH },
    });
    const untrusted = await openWindow(folder, server.url(''));
    try {
      pictureOnFailure(untrusted);
      await untrusted.open('main.go');
      await untrusted.command('Gospect: Build Workspace');
      await untrusted.see(/trust the workspace first/);
      await untrusted.shot('untrusted');
      await untrusted.command('Gospect: Look for Module Upgrades');
      await untrusted.see(/This runs programs or asks the network as this folder says/);
      // Reading is not running: remarks are there.
      await untrusted.hint('n := 1', 'heap').waitFor();
      expect(fs.existsSync(proof) ? fs.readFileSync(proof, 'utf8') : '').toBe('');
      expect(fs.existsSync(path.join(folder, 'out'))).toBe(false);
    } finally {
      await untrusted.close();
      await server.stop();
    }
  },
  180_000,
);
