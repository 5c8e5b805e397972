/** The analysing thread in Node. */
import { parentPort } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { Engine } from './analysis/engine.ts';
import type { ToEngine } from './analysis/messages.ts';
import { nodeSessionHost } from './analysis/node-host.ts';
import { Session } from './analysis/session.ts';
import { isUntitled } from './documents.ts';

const port = parentPort!;
const engine = new Engine({
  async session(settings) {
    return new Session(await nodeSessionHost({ ...process.env, ...settings.env }, () => settings.flags));
  },
  send: message => port.postMessage(message),
  breathe: () => new Promise(resolve => setImmediate(resolve)),
  supply: () => Promise.resolve(false),
  changed: () => {},
  link: (text, path, line) => (isUntitled(path) ? text : `[${text}](${pathToFileURL(path).href}#L${line})`),
});
port.on('message', (message: ToEngine) => engine.receive(message));
