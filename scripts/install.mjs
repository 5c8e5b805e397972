// Dependencies, brought when they are missing or not those of the lock file. Loads none of them.
import fs from 'node:fs';
import path from 'node:path';
import { root, run, since } from './node.mjs';

const readPackages = file => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;

/** Whether node_modules holds what package-lock.json names: version by version, optional packages of other platforms aside. */
export function isInstalled() {
  try {
    const installed = readPackages('node_modules/.package-lock.json');
    return Object.entries(readPackages('package-lock.json')).every(
      ([place, wanted]) =>
        place === '' || installed[place]?.version === wanted.version || (wanted.optional && !installed[place]),
    );
  } catch {
    return false;
  }
}

/** Runs `npm ci` (no package's own scripts) unless everything is there; ends the process when that fails. */
export async function install() {
  if (isInstalled()) return;
  const start = performance.now();
  console.log('npm ci: installing dependencies into node_modules …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, output } = await run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    quiet: true,
    shell: process.platform === 'win32',
  });
  if (code !== 0) {
    console.error(`${output}\nnpm ci failed with status ${code}`);
    process.exit(1);
  }
  console.log(`npm ci: done in ${since(start)}`);
}
