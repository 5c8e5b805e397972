/** What all end-to-end tests share: the packed extension, and a workbench that has it. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
// @ts-expect-error plain scripts without types
import { goFolder } from '../../scripts/workbench/go.mjs';
// @ts-expect-error plain scripts without types
import { workbench } from '../../scripts/workbench/install.mjs';
// @ts-expect-error plain scripts without types
import { serveWorkbench } from '../../scripts/workbench/serve.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed extension. */
    vsix: string;
    /** Address of the running workbench, a folder to be added. */
    workbench: string;
    chromium: string;
    /** Folder for copies of samples and for what tests write; gone after the run. */
    scratch: string;
    /** Folder of screenshots; kept. */
    shots: string;
  }
}

/** Packs the extension as users get it and serves it in a real workbench for all end-to-end tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = path.resolve(import.meta.dirname, '../..');
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-e2e-')));
  const shots = process.env.GOSPECT_SHOTS || path.join(os.tmpdir(), 'gospect-screenshots');
  fs.rmSync(shots, { recursive: true, force: true });
  fs.mkdirSync(shots, { recursive: true });

  const installed = await workbench();
  const vsix = path.join(scratch, 'gospect.vsix');
  const go: string | null = await goFolder().catch(() => null);
  if (go) process.env.PATH = `${go}${path.delimiter}${process.env.PATH}`;
  await promisify(execFile)(process.execPath, ['scripts/package.mjs', '--out', vsix], { cwd: root });
  const server = await serveWorkbench(installed, {
    home: path.join(scratch, 'w'),
    vsix,
    settings: { 'gospect.build.output': 'out', 'editor.autoIndent': 'none' },
    env: {
      PATH: process.env.PATH,
      // what go built before is used again: only the editor gets an empty home
      GOCACHE:
        process.env.GOCACHE || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'go-build'),
      GOFLAGS: '-buildvcs=false',
    },
  });
  project.provide('vsix', vsix);
  project.provide('workbench', server.url(''));
  project.provide('chromium', installed.chromium);
  project.provide('scratch', scratch);
  project.provide('shots', shots);
  console.log(`screenshots: ${shots}`);
  return async () => {
    await server.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
}
