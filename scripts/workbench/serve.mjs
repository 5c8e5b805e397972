// One running workbench: code-server on a fresh profile and a free port.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { run } from '../node.mjs';

/** Nothing looks anything up, nothing pops up; the editor's inlay hints are on. */
const SETTINGS = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'editor.inlayHints.enabled': 'on',
  'files.autoSave': 'off', // as on the desktop
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
};

/** Folders open without a question, and without trust. */
const TRUST = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/**
 * Starts the workbench in `home` (emptied) and resolves when its page answers, with `url(folder)` and `stop()`.
 * The extension is a packed one (`vsix`) or a folder to be linked (`extension`). `settings` are added to the user's,
 * `env` to the environment of the server and with it of the extension host. With `trust` folders are not trusted until
 * somebody says so.
 */
export async function serveWorkbench(
  { node, entry },
  { home, vsix, extension, settings = {}, env = {}, trust = false },
) {
  fs.rmSync(home, { recursive: true, force: true });
  for (const folder of ['user/User', 'extensions', 'home']) fs.mkdirSync(path.join(home, folder), { recursive: true });
  fs.writeFileSync(
    path.join(home, 'user/User/settings.json'),
    JSON.stringify({ ...SETTINGS, ...(trust ? TRUST : {}), ...settings }, null, 2),
  );
  fs.writeFileSync(path.join(home, 'config.yaml'), 'auth: none\ncert: false\n'); // else one is written into ~/.config

  const environment = { ...process.env };
  for (const name of Object.keys(environment)) {
    if (/^(VSCODE_|ELECTRON_|npm_)/.test(name)) delete environment[name];
  }
  Object.assign(environment, {
    EXTENSIONS_GALLERY: '{}',
    VSCODE_CLI: '1', // the extension host keeps this environment: no login shell is asked for another PATH
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    HOME: path.join(home, 'home'),
    ...env,
  });
  const program = [
    entry,
    ...['--config', path.join(home, 'config.yaml')],
    ...['--user-data-dir', path.join(home, 'user')],
    ...['--extensions-dir', path.join(home, 'extensions')],
    '--disable-telemetry',
    '--disable-update-check',
  ];
  if (vsix) {
    const installed = await run(node, [...program, '--install-extension', vsix], { env: environment, quiet: true });
    if (installed.code !== 0) throw new Error(`the extension could not be installed\n${installed.output}`);
  }
  if (extension) {
    const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));
    fs.symlinkSync(extension, path.join(home, 'extensions', `${publisher}.${name}-${version}`));
  }

  const port = await freePort();
  const log = path.join(home, 'server.log');
  const output = fs.openSync(log, 'w');
  const server = spawn(
    node,
    [
      ...program,
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--session-socket', path.join(home, 's.sock')],
      ...(trust ? [] : ['--disable-workspace-trust']),
      '--disable-getting-started-override',
      '--disable-proxy',
    ],
    { env: environment, detached: true, stdio: ['ignore', output, output] },
  );
  // its children (file watcher, extension host) outlive it: the whole process group is ended
  const kill = signal => {
    try {
      process.kill(-server.pid, signal);
    } catch {
      // it has ended
    }
  };
  const atExit = () => kill('SIGKILL');
  process.once('exit', atExit);
  const ended = new Promise(resolve => server.once('exit', resolve));
  let running = true;
  void ended.then(() => (running = false));
  const stop = async () => {
    kill('SIGTERM');
    await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 3000))]);
    kill('SIGKILL');
    process.off('exit', atExit);
  };

  const base = `http://127.0.0.1:${port}/`;
  const deadline = performance.now() + 60_000;
  // its health check answers before VS Code itself is loaded: the page is what tells
  while (!(await fetch(base).catch(() => null))?.ok) {
    if (!running || performance.now() > deadline) {
      await stop();
      throw new Error(`the workbench did not start\n${fs.readFileSync(log, 'utf8').slice(-3000)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return { url: folder => `${base}?folder=${encodeURIComponent(folder)}`, stop, ended, log, home };
}
