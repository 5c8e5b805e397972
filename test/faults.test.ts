/** What is said of modules with faults is what Go says of them: see faults.ts. */
import path from 'node:path';
import { expect } from 'vitest';
import { faultFiles, readFaults, runOurs, writeCase } from './faults.ts';
import { goTest } from './go.ts';

const folder = path.join(import.meta.dirname, 'faults');
for (const file of faultFiles(folder)) {
  goTest(`faults in ${file}, in Go’s words`, async ({ goroot }) => {
    const want: string[] = [];
    const got: string[] = [];
    for (const c of readFaults(path.join(folder, file))) {
      const written = writeCase(c);
      for (const command of c.commands) {
        want.push(`${c.name}: ${command.line}\n${command.want}`);
        got.push(`${c.name}: ${command.line}\n${await runOurs(command, written, goroot)}`);
      }
      written.remove();
    }
    expect(got).toEqual(want);
  });
}
