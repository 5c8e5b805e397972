/**
 * What an editor does while the engine is at work: texts come in faster than they are analysed, files are saved, removed
 * and closed, a folder is renamed, go.mod changes. When all is quiet, what is shown of the open files is what an engine
 * shows that begins with them. By hand: `node scripts/program.mjs test/edits/engine.ts [SEED [ROUNDS]]`.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Engine, endsWork } from '../../server/analysis/engine.ts';
import type { ToEngine } from '../../server/analysis/messages.ts';
import { nodeSessionHost } from '../../server/analysis/node-host.ts';
import { Session } from '../../server/analysis/session.ts';
import { noFlags } from '../../server/load-flags.ts';
import { readSettings } from '../../server/settings.ts';
import { randomFrom } from './judge.ts';

const [seed = '1', rounds = '40'] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const dir = mkdtempSync(path.join(os.tmpdir(), 'gospect-engine-'));
const at = (name: string) => path.join(dir, name);

/** The texts that a file has, by number. */
const texts: Record<string, (n: number) => string> = {
  'low/low.go': n => `package low

var sink *int

func Keep(p *int) int { return first(p) + ${n % 7} }

//go:noinline
func first(p *int) int {
	${n % 3 === 0 ? 'sink = p' : '_ = p'}
	return *p
}

type T struct{ a${n % 5} *int }

func (t *T) Set(p *int) { t.a${n % 5} = p }
`,
  'top/top.go': n => `package top

import "${n % 11 === 0 ? 'm/gone' : 'm/low'}"

func F() int {
	x${n} := 1
	return low.Keep(&x${n})
}
${n % 4 === 0 ? 'func G( {' : ''}
func H() *low.T {
	var t low.T
	y := ${n}
	t.Set(&y)
	return &t
}
`,
  'top/top_test.go': n => `package top

import "testing"

func TestF(t *testing.T) {
	z${n} := F()
	t.Log(z${n})
}
`,
  'top/more.go': n => `package top

func More${n % 2}() *int { return new(int) }
`,
};
mkdirSync(at('low'));
mkdirSync(at('top'));
writeFileSync(at('go.mod'), 'module m\n\ngo 1.26\n');
for (const name of ['low/low.go', 'top/top.go', 'top/more.go']) writeFileSync(at(name), texts[name](1));

const inner = await nodeSessionHost(process.env, () => noFlags);
const turn = () => new Promise(resolve => setImmediate(resolve));

function start() {
  /** What was last said of each file. */
  const shown = new Map<string, string>();
  const waiting: ToEngine[] = [];
  let busy = true;
  const engine = new Engine({
    session: () => Promise.resolve(new Session({ ...inner, store: null })),
    send(message) {
      if (message.type === 'file')
        shown.set(message.path, JSON.stringify([message.version, message.diagnostics, message.hints]));
    },
    async breathe() {
      busy = true;
      await turn();
      for (const message of waiting.splice(0)) engine.receive(message);
    },
    isOutdated: () => waiting.some(endsWork),
    supply: () => Promise.resolve(false),
    changed() {},
    link: text => text,
  });
  const deliver = () => {
    for (const message of waiting.splice(0)) engine.receive(message);
  };
  /** Comes back when the engine has not breathed for a while. */
  const quiet = async () => {
    deliver();
    do {
      busy = false;
      await new Promise(resolve => setTimeout(resolve, 100));
    } while (busy || waiting.length > 0);
  };
  engine.receive({ type: 'settings', settings: readSettings({}, '', {}) });
  return { shown, waiting, deliver, quiet };
}

const live = start();
const open = new Map<string, { version: number; text: string }>();
let version = 0;
let low = 'low';

/** Does what a person does; what the engine is told of it, if anything. */
function act(): ToEngine | null {
  const names = Object.keys(texts);
  const name = names[random(names.length)];
  const file = at(name);
  const text = texts[name](random(1000));
  const changed = (...paths: string[]): ToEngine => ({ type: 'changed', paths });
  switch (random(9)) {
    case 4:
      if (!open.delete(file)) return null;
      live.shown.delete(file);
      return { type: 'buffer', path: file, version: ++version, text: null };
    case 5:
      if (!existsSync(path.dirname(file))) return null;
      writeFileSync(file, text);
      return changed(file);
    case 6:
      rmSync(file, { force: true });
      return changed(file);
    case 7: {
      const to = low === 'low' ? 'gone' : 'low';
      renameSync(at(low), at(to));
      low = to;
      return changed(at('low'), at('gone'));
    }
    case 8:
      writeFileSync(
        at('go.mod'),
        random(4) === 0 ? 'modul' : `module ${random(3) > 0 ? 'm' : 'other'}\n\ngo 1.${20 + random(7)}\n`,
      );
      return changed(at('go.mod'));
    default: {
      const half = random(3) === 0 ? text.slice(0, random(text.length)) : text;
      open.set(file, { version: ++version, text: half });
      return { type: 'buffer', path: file, version, text: half };
    }
  }
}

let differences = 0;
for (let round = 0; round < Number(rounds); round++) {
  for (let k = random(12); k >= 0; k--) {
    const message = act();
    // it comes in between two slices, or is found within one
    if (random(2) > 0) live.deliver();
    if (message !== null) live.waiting.push(message);
    if (random(2) > 0) live.deliver();
    for (let turns = random(4); turns > 0; turns--) await turn();
  }
  await live.quiet();
  const fresh = start();
  for (const [file, { version: number, text }] of open)
    fresh.waiting.push({ type: 'buffer', path: file, version: number, text });
  await fresh.quiet();
  for (const file of open.keys()) {
    if (live.shown.get(file) === fresh.shown.get(file)) continue;
    differences++;
    console.log(`round ${round}: ${file}\n  ${live.shown.get(file)}\nbegun anew\n  ${fresh.shown.get(file)}`);
  }
}
console.log(`${rounds} rounds, ${differences} differences`);
rmSync(dir, { recursive: true });
process.exitCode = differences > 0 ? 1 : 0;
