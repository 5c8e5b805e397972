// npm start [-- PATH]: opens Gospect on a folder (else on the sample module) in a real VS Code, and ends with Ctrl-C.
// The desktop's `code` where there is one and a display, in a profile of its own; else a workbench from npm, whose
// address is printed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { install } from './install.mjs';
import { root, run, since } from './node.mjs';
import { goFolder } from './workbench/go.mjs';
import { workbench } from './workbench/install.mjs';
import { serveWorkbench } from './workbench/serve.mjs';

const start = performance.now();
const target = path.resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2] ?? path.join(root, 'test/sample'));
if (!fs.existsSync(target)) {
  console.error(`npm start: ${target} does not exist`);
  process.exit(2);
}
const folder = fs.statSync(target).isDirectory() ? target : path.dirname(target);

await install();
if ((await run(process.execPath, ['scripts/build.mjs'])).code !== 0) process.exit(1);

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-start-'));
const tidy = () => fs.rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
process.on('exit', tidy);

const env = { ...process.env };
try {
  const go = await goFolder();
  if (go) env.PATH = `${go}${path.delimiter}${env.PATH}`;
} catch (error) {
  console.log(`no Go on PATH, and none could be fetched (${error.message}); builds will not work, the rest does`);
}

const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
if (display && !process.env.GOSPECT_WORKBENCH && (await run('code', ['--version'], { quiet: true })).code === 0) {
  console.log(`opening ${folder} in VS Code (${since(start)}); Ctrl-C or closing its window ends`);
  const { code } = await run(
    'code',
    ['--wait', '--new-window', `--extensionDevelopmentPath=${root}`, `--user-data-dir=${profile}`, folder],
    { env, shell: process.platform === 'win32' },
  );
  process.exit(code);
}

let server;
try {
  server = await serveWorkbench(await workbench(), {
    home: path.join(profile, 'w'),
    extension: root,
    env: { PATH: env.PATH, HOME: os.homedir() },
  });
} catch (error) {
  console.error(`npm start: ${error.message}`);
  process.exit(1);
}
let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await server.stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
void server.ended.then(() => stopping || process.exit(1));
console.log(`Gospect on ${folder} (${since(start)})`);
console.log(`\n  ${server.url(folder)}\n\nCtrl-C ends.`);
