/** What `npm start` does on a machine with a desktop VS Code, and on one without. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { project } from './window.ts';

const root = path.join(import.meta.dirname, '../..');

function start(folder: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['scripts/start.mjs', folder], {
    cwd: root,
    env: { ...process.env, INIT_CWD: root, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  return child;
}

test.skipIf(process.platform === 'win32')(
  "npm start opens the desktop's VS Code where there is one, in a profile of its own",
  async () => {
    const bin = path.join(inject('scratch'), 'bin');
    const called = path.join(inject('scratch'), 'called');
    fs.mkdirSync(bin, { recursive: true });
    // stands for the desktop's program: tells how it was called
    fs.writeFileSync(path.join(bin, 'code'), `#!/bin/sh\nprintf '%s\\n' "$@" > '${called}'\n`, { mode: 0o755 });
    const folder = project();
    const env = { DISPLAY: ':7', GOSPECT_WORKBENCH: '', PATH: `${bin}${path.delimiter}${process.env.PATH}` };
    const [code] = await once(start(folder, env), 'exit');
    expect(code).toBe(0);
    const args = fs.readFileSync(called, 'utf8').trim().split('\n');
    expect(args).toContain(`--extensionDevelopmentPath=${root}`);
    expect(args.some(arg => arg.startsWith('--user-data-dir='))).toBe(true);
    expect(args.at(-1)).toBe(folder);
  },
);

test('npm start prints the address of a workbench, and ends when it is told to', async () => {
  const child = start(project(), { GOSPECT_WORKBENCH: '1' });
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', data => {
      output += data;
      const found = /http:\/\/127\.0\.0\.1:\S+/.exec(output);
      if (found) resolve(found[0]);
    });
    child.once('exit', () => reject(new Error(`it ended\n${output}`)));
  });
  expect((await fetch(address)).status).toBe(200);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  await expect(fetch(address)).rejects.toThrow();
});
