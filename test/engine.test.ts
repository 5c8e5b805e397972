/** The engine lets what comes in end its work, and is always about the buffers as they are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Engine, endsWork } from '../server/analysis/engine.ts';
import type { FromEngine, ToEngine } from '../server/analysis/messages.ts';
import { nodeSessionHost } from '../server/analysis/node-host.ts';
import { Session } from '../server/analysis/session.ts';
import { noFlags } from '../server/load-flags.ts';
import { readSettings } from '../server/settings.ts';
import { goTest } from './go.ts';

const used = `package low

//go:noinline
func Keep(p *int) int { return first(p) }

//go:noinline
func first(p *int) int { return second(p) }

//go:noinline
func second(p *int) int { return *p }
`;
const source = (name: string) => `package top

import "m/low"

func F() int {
	${name} := 1
	return low.Keep(&${name})
}

func G() *int {
	${name} := 2
	return &${name}
}
`;

goTest('a text that comes in while an imported package is asked ends the question', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gospect-engine-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries({
    'go.mod': 'module m\n\ngo 1.26\n',
    'low/low.go': used,
    'top/top.go': source('old'),
  })) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  const file = path.join(dir, 'top/top.go');
  const inner = await nodeSessionHost(process.env, () => noFlags);

  /** Sends the file, and its next text when that has been looked for so many times: what is said of it. */
  const heard = async (after: number): Promise<{ said: FromEngine[]; looked: number }> => {
    const said: FromEngine[] = [];
    const waiting: ToEngine[] = [];
    let looked = 0;
    await new Promise<void>(resolve => {
      const engine: Engine = new Engine({
        session: () => Promise.resolve(new Session({ ...inner, store: null })),
        send(message) {
          said.push(message);
          if (message.type === 'status' && message.status.state !== 'running') resolve();
        },
        async breathe() {
          await new Promise(next => setImmediate(next));
          for (const message of waiting.splice(0)) engine.receive(message);
        },
        isOutdated() {
          if (++looked === after) waiting.push({ type: 'buffer', path: file, version: 2, text: source('next') });
          return waiting.some(endsWork);
        },
        supply: () => Promise.resolve(false),
        changed() {},
        link: text => text,
      });
      engine.receive({ type: 'settings', settings: readSettings({}, '', {}) });
      engine.receive({ type: 'buffer', path: file, version: 1, text: source('old') });
    });
    return { said, looked };
  };
  const undisturbed = await heard(0);
  expect(undisturbed.looked).toBeGreaterThan(2);
  for (let after = 1; after <= undisturbed.looked; after++) {
    const files = (await heard(after)).said.filter(message => message.type === 'file');
    expect(files.map(({ version }) => version)).toEqual([2]);
    expect(files[0].diagnostics.map(({ message }) => message)).toContain('moved to heap: next');
  }
});
